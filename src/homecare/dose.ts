/**
 * How often a medicine is given, by the words of `Dosage.text`. The words are
 * those of English prescriptions; a sentence that says more than one simple schedule, or says it in a way not known
 * here, means nothing to this reader. Silence is right then: a false alarm teaches people to ignore the true ones.
 */
import { remember } from '../fhir/remember.ts'
import { type Amount, amountsIn, type Devices, devicesIn, isInTurns, solidsIn } from './dose-amounts.ts'
import { momentsIn, weekdaysIn, weekdaysNamedIn } from './dose-days.ts'
import { numberAt, tokensOf, withoutAsides } from './dose-tokens.ts'
import {
  adverbs,
  amountUnits,
  confounders,
  counts,
  DAYS,
  nouns,
  ordinals,
  shorthand,
  unitNames,
  weekdays,
} from './dose-vocabulary.ts'
import { exactly, type Rate } from './timing.ts'

export interface DoseWords {
  /** Absent when the words state no single schedule that is understood. */
  readonly rate?: Rate
  /** Days of the period in which the rate was said: 1 for "daily", 7 for "weekly". */
  readonly period?: number
  /** Nothing but the period was said ("10 mg daily"): the amount might be parted. */
  readonly loose: boolean
  /** Given in every second of the times: perhaps another amount in the others. */
  readonly alternating?: boolean
  /** A dose to be given once and not again. */
  readonly single?: boolean
  /** Several phases or conditions: neither rate nor amount can be compared. */
  readonly complex: boolean
  /** Amounts that are a dose, not a strength, as far as the words show. */
  readonly amounts: readonly Amount[]
  /** The same of pens, syringes, vials. */
  readonly devices?: Devices
  /** The days of the week that are named, 0 for Monday; absent where none is, or where there are several phases. */
  readonly days?: readonly number[]
  /** How many tablets or capsules are taken at one time; absent where several numbers or none are said. */
  readonly solids?: number
}

interface Found {
  readonly rate: Rate
  readonly period: number
  /** "daily" alone, against "once daily". */
  readonly loose: boolean
}

/** Length of text that is read; what is longer than a dose instruction says more than one thing. */
const MAX_TEXT = 400
const SILENT: DoseWords = { loose: false, complex: true, amounts: [] }

const readShort = remember(1000, (text) => read(withoutAsides(tokensOf(text))))

/** What the words say. */
export const readWords = (text: string): DoseWords => (text.length > MAX_TEXT ? SILENT : readShort(text))

function read(tokens: readonly string[]): DoseWords {
  const complex = isComplex(tokens)
  const amounts = amountsIn(tokens)
  const counted = complex ? undefined : solidsIn(tokens)
  const devices = complex ? undefined : devicesIn(tokens)
  const named = complex ? undefined : weekdaysNamedIn(tokens)
  const said = {
    ...(counted !== undefined && { solids: counted }),
    ...(devices && { devices }),
    ...(named && named.size > 0 && { days: [...named] }),
  }
  const schedule = complex ? undefined : scheduleOf(tokens)
  if (schedule && !schedule.loose && isAlternating(tokens)) return { ...inTurns(tokens, schedule), complex, ...said }
  if (!schedule) return { loose: false, complex, amounts, ...said, ...(isSingle(tokens) && { single: true }) }
  return { rate: schedule.rate, period: schedule.period, loose: schedule.loose, complex, amounts, ...said }
}

/** "on alternate days", "every other day": the schedule of one amount, or of two by turns. */
const isAlternating = (tokens: readonly string[]): boolean =>
  tokens.some((token, i) => token === 'alternate' || (token === 'other' && tokens[i - 1] === 'every'))

/** Of two amounts by turns each is given in every second of the times, and something each time. */
function inTurns(tokens: readonly string[], { rate, period }: Found): Omit<DoseWords, 'complex'> {
  const said = { period, loose: false, alternating: true } as const
  if (!isInTurns(tokens)) return { ...said, rate, amounts: amountsIn(tokens) }
  return { ...said, rate: { low: rate.low, high: 2 * rate.high }, amounts: [] }
}

/** "single dose", "once only", "stat", and nothing of a course; "as a single dose" is how several tablets are taken. */
function isSingle(tokens: readonly string[]): boolean {
  const others = tokens.filter((token) => token !== 'stat')
  if (isComplex(others) || others.some((token) => token.startsWith('repeat'))) return false
  const said = ` ${tokens.join(' ')} `
  return / (stat|(once|1 dose) only|(?<!as a |as )(single|one off) dose) /.test(said)
}

/** "days 1 to 14", "week 0": a calendar of its own. */
const isNumbered = (tokens: readonly string[], i: number): boolean =>
  /^(days?|weeks?|months?)$/.test(tokens[i] ?? '') && numberAt(tokens, i + 1) !== undefined

function isComplex(tokens: readonly string[]): boolean {
  return tokens.some((token, i) => {
    if (isNumbered(tokens, i)) return true
    if (!confounders.has(token)) return false
    // "every second week" is a schedule; "after food" and "if required" are none of its conditions.
    if (token in ordinals && unitAt(tokens, i + 1) !== undefined && tokens[i - 1] === 'every') return false
    if (token === 'after') return !/^(food|meals?|breakfast|lunch|dinner|supper)$/.test(tokens[i + 1] ?? '')
    if (token === 'if') return !/^(required|needed|necessary)$/.test(tokens[i + 1] ?? '')
    return true
  })
}

const unitAt = (tokens: readonly string[], i: number): string | undefined => {
  const token = tokens[i] ?? ''
  const name = unitNames[token] ?? token
  return Object.hasOwn(DAYS, name) ? name : undefined
}

/** A number or a range of them (`4 to 6`, `1 or 2`) and the index behind it. */
function spanAt(tokens: readonly string[], i: number): { low: number; high: number; next: number } | undefined {
  const low = numberAt(tokens, i)
  if (low === undefined) return undefined
  const high = tokens[i + 1] === 'to' || tokens[i + 1] === 'or' ? numberAt(tokens, i + 2) : undefined
  return high === undefined ? { low, high: low, next: i + 1 } : { low, high, next: i + 3 }
}

/** How many doses: `once`, `twice`, `3 times`, `once or twice`, `2 to 3 times`, `3 x`. */
function countAt(tokens: readonly string[], i: number): { low: number; high: number; next: number } | undefined {
  const word = counts[tokens[i] ?? '']
  if (word !== undefined) {
    const other = tokens[i + 1] === 'or' || tokens[i + 1] === 'to' ? counts[tokens[i + 2] ?? ''] : undefined
    return other === undefined ? { low: word, high: word, next: i + 1 } : { low: word, high: other, next: i + 3 }
  }
  const span = spanAt(tokens, i)
  const counted = tokens[span?.next ?? -1] ?? ''
  // "5 nights a week" counts the days of a week, "2 days" alone is a time.
  const isDays = /^(days?|nights?|mornings|evenings)$/.test(counted) && isWeekly(tokens, (span?.next ?? 0) + 1)
  if (!span || !(isDays || /^(times?|x)$/.test(counted))) return undefined
  return { ...span, next: span.next + 1 }
}

const isWeekly = (tokens: readonly string[], i: number): boolean =>
  /^(a|per|each|every|\/)$/.test(tokens[i] ?? '') && unitAt(tokens, i + 1) === 'week'

interface Period {
  readonly low: number
  readonly high: number
  readonly next: number
}

/** `every 2 weeks`, `every 4 to 6 hours`, `every other day`, `each week`, `alternate days`, in days. */
function everyAt(tokens: readonly string[], i: number): Period | undefined {
  const first = tokens[i]
  if (first === 'alternate') {
    const unit = weekdays.has(tokens[i + 1] ?? '') ? 'week' : unitAt(tokens, i + 1)
    const days = 2 * (DAYS[unit ?? ''] ?? 0)
    return unit === undefined ? undefined : { low: days, high: days, next: i + 2 }
  }
  if (first !== 'every' && first !== 'each') return undefined
  const ordinal = ordinals[tokens[i + 1] ?? '']
  const span = ordinal === undefined ? spanAt(tokens, i + 1) : { low: ordinal, high: ordinal, next: i + 2 }
  const at = span?.next ?? i + 1
  // "every other Monday" is every other week.
  const unit = ordinal !== undefined && weekdays.has(tokens[at] ?? '') ? 'week' : unitAt(tokens, at)
  if (unit === undefined) return undefined
  const days = DAYS[unit] ?? 0
  return { low: (span?.low ?? 1) * days, high: (span?.high ?? 1) * days, next: at + 1 }
}

/** The period behind a count: `daily`, `a day`, `per week`, `/ day`, `in 24 hours`, `every 2 weeks`, `weekly`. */
function periodAt(tokens: readonly string[], start: number): Period | undefined {
  const i = tokens[start] === 'in' && everyAt(tokens, start + 1) ? start + 1 : start
  const adverb = adverbs[tokens[i] ?? '']
  if (adverb !== undefined) return { low: DAYS[adverb] ?? 1, high: DAYS[adverb] ?? 1, next: i + 1 }
  if (/^(a|an|per|\/|in)$/.test(tokens[i] ?? '')) {
    const article = tokens[i] === 'in' && tokens[i + 1] === 'a' ? 1 : 0
    const number = numberAt(tokens, i + 1 + article)
    const at = i + 1 + article + (number === undefined ? 0 : 1)
    const unit = unitAt(tokens, at)
    if (unit === undefined) return undefined
    const days = (number ?? 1) * (DAYS[unit] ?? 0)
    return { low: days, high: days, next: at + 1 }
  }
  return everyAt(tokens, i)
}

/** Things counted right before a bare period: `2 tablets daily` is one to two doses a day. */
function countedBefore(tokens: readonly string[], i: number): number | undefined {
  if (nouns.has(tokens[i - 1] ?? ''))
    return numberAt(tokens, i - 2) ?? (/^an?$/.test(tokens[i - 2] ?? '') ? 1 : undefined)
  return numberAt(tokens, i - 1)
}

const isAmountBefore = (tokens: readonly string[], i: number): boolean =>
  amountUnits[tokens[i - 1] ?? ''] !== undefined && numberAt(tokens, i - 2) !== undefined

/** A schedule that begins at a token, and the index behind it. */
function foundAt(tokens: readonly string[], i: number): (Found & { readonly next: number }) | undefined {
  const token = tokens[i] ?? ''
  const count = countAt(tokens, i)
  const period = count && periodAt(tokens, count.next)
  if (count && period) {
    const low = tokens[i - 1] === 'to' && tokens[i - 2] === 'up' ? 0 : count.low
    const rate = { low: low / period.high, high: count.high / period.low }
    return { rate, period: period.high, loose: false, next: period.next }
  }
  const short = shorthand[token]
  if (short !== undefined) return { rate: exactly(short), period: Math.max(1, 1 / short), loose: false, next: i + 1 }
  const weeks = /^q(\d+)w$/.exec(token)?.[1]
  if (weeks !== undefined && Number(weeks) > 0) {
    const days = 7 * Number(weeks)
    return { rate: exactly(1 / days), period: days, loose: false, next: i + 1 }
  }
  const hours = /^q(\d+)h$/.exec(token)?.[1]
  if (hours !== undefined) return { rate: exactly(24 / Number(hours)), period: 1, loose: false, next: i + 1 }
  const every = everyAt(tokens, i)
  if (every) {
    const plain = every.low === every.high && /^(every|each)$/.test(token) && every.next === i + 2
    return { rate: { low: 1 / every.high, high: 1 / every.low }, period: every.high, loose: plain, next: every.next }
  }
  return adverbAt(tokens, i)
}

/** `daily`, `2 weekly` (every two weeks), `8 hourly`, `2 daily` (two things a day), `1 tablet a day`. */
function adverbAt(tokens: readonly string[], i: number): (Found & { readonly next: number }) | undefined {
  const token = tokens[i] ?? ''
  const adverb = adverbs[token]
  const counted = countedBefore(tokens, i)
  if (adverb !== undefined) {
    const days = DAYS[adverb] ?? 1
    const span = /^(hourly|weekly|monthly)$/.test(token) ? spanBefore(tokens, i) : undefined
    if (span)
      return {
        rate: { low: 1 / (span.high * days), high: 1 / (span.low * days) },
        period: span.high * days,
        loose: false,
        next: i + 1,
      }
    return { rate: { low: 1 / days, high: Math.max(1, counted ?? 1) / days }, period: days, loose: true, next: i + 1 }
  }
  const unit = /^(a|per|\/)$/.test(token) ? unitAt(tokens, i + 1) : undefined
  if (unit === undefined) return undefined
  const days = DAYS[unit] ?? 1
  if (isAmountBefore(tokens, i)) {
    // "20 mg a day" may be parted, "4 ml an hour" is how fast an infusion runs.
    const parts = unit === 'day' ? 6 : 3
    return days < 1
      ? undefined
      : { rate: { low: 1 / days, high: parts / days }, period: days, loose: true, next: i + 2 }
  }
  if (counted === undefined) return undefined
  return { rate: { low: 1 / days, high: Math.max(1, counted) / days }, period: days, loose: true, next: i + 2 }
}

/** `2 weekly`, `4 to 6 hourly`: the numbers right before; one week or one hour is no multiple. */
function spanBefore(tokens: readonly string[], i: number): { low: number; high: number } | undefined {
  const high = numberAt(tokens, i - 1)
  if (high === undefined || (high === 1 && tokens[i] !== 'hourly')) return undefined
  const low = tokens[i - 2] === 'to' ? numberAt(tokens, i - 3) : undefined
  return { low: low ?? high, high }
}

/** Everything said about how often, put together; undefined when it does not come to one schedule. */
function scheduleOf(tokens: readonly string[]): Found | undefined {
  const firm: Found[] = []
  const loose: Found[] = []
  for (let i = 0; i < tokens.length;) {
    const found = foundAt(tokens, i)
    if (found) (found.loose ? loose : firm).push(found)
    i = found?.next ?? i + 1
  }
  const days = weekdaysIn(tokens)
  if (days === undefined) return undefined
  const [first, ...others] = firm
  if (first) {
    if (others.some(({ rate }) => rate.low !== first.rate.low || rate.high !== first.rate.high)) return undefined
    // "twice a day, every day" repeats the period; "once weekly … daily" says two things.
    if (loose.some(({ period }) => period !== first.period)) return undefined
    return onDays(first, days)
  }
  const times = momentsIn(tokens)
  const [only, ...more] = loose
  if (only) {
    if (more.some(({ period }) => period !== only.period)) return undefined
    const high = only.period === 1 ? Math.max(only.rate.high, times) : only.rate.high
    return onDays({ ...only, rate: { low: only.rate.low, high } }, days)
  }
  if (times > 0) return onDays({ rate: exactly(times), period: 1, loose: false }, days)
  return days > 0 ? { rate: exactly(days / 7), period: 7, loose: false } : undefined
}

/** A daily schedule on named days of the week is given on those days alone. */
function onDays(found: Found, days: number): Found {
  if (days === 0) return found
  if (found.period === 1) {
    return { ...found, rate: { low: (found.rate.low * days) / 7, high: (found.rate.high * days) / 7 }, period: 7 }
  }
  if (found.period === 7 && found.loose) return { ...found, rate: { low: found.rate.low, high: days / 7 } }
  return found
}
