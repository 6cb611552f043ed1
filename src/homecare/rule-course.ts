/** On which days, for how long, in which order and whether at all: what words and structure of dosages say of a course. */
import type { r4 } from '../fhir/resource.ts'
import { equals } from '../fhir/profile-values.ts'
import { remember } from '../fhir/remember.ts'
import { DAY, rangeOf } from './dates.ts'
import { courseIn } from './dose-course.ts'
import { tokensOf } from './dose-tokens.ts'
import { amountUnits } from './dose-vocabulary.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import {
  directionsOf,
  eachDosage,
  isAsNeeded,
  placeIn,
  type ReadDosage,
  saysAsDirected,
  saysAsNeeded,
} from './prescription-view.ts'
import { boundsOf } from './quantity.ts'
import { HAS } from './traits.ts'

const WEEK: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
/** Doses that a course of so many days and one of so many others hardly are. */
const LEEWAY = 1.3

export const wordsAgainstCourse: Check<Subject> = {
  codes: ['dosage-words-contradict-days'],
  asks: HAS.course,
  run: (subject) =>
    eachDosage(subject, (read) => {
      const { dosage, words, instructions, rate } = read
      const finding = (at: string, what: string): readonly Finding[] => [
        {
          code: 'dosage-words-contradict-days',
          at: placeIn(read, at),
          words: `${what} Correct whichever is wrong: the patient follows the words.`,
        },
      ]
      const days = dosage.timing?.repeat?.dayOfWeek
      const isOther = (named: readonly number[] | undefined): boolean =>
        named !== undefined && !named.some((day) => days?.includes(WEEK[day] as (typeof days)[number]))
      if (days && isOther(words?.days)) {
        return finding('timing', 'The text names another day of the week than timing.repeat.dayOfWeek.')
      }
      const other = days && instructions.find((one) => isOther(one.words.days))
      if (other) return finding(other.at, 'This names another day of the week than timing.repeat.dayOfWeek.')
      const said = words && !words.complex && dosage.text !== undefined ? courseIn(dosage.text) : undefined
      const bounds = said === undefined ? undefined : boundsOf(read)
      // A patch is worn for so many days, and not taken so long.
      if (said === undefined || bounds === undefined || (rate ?? words?.rate ?? { low: 0 }).low < 1) return NOTHING
      if (said <= bounds * LEEWAY && bounds <= said * LEEWAY) return NOTHING
      return finding('timing', 'The text gives the course another length than timing.repeat.bounds.')
    }),
}

/** What makes a regular dose one that may be left out. */
const CONDITION =
  /\b(?:when|if|as|prn|need\w*|require\w*|necessary|onset|attack\w*|pain|bleed\w*|up to|max\w*|may|can|rescue|relief|until|before|during|flare\w*|symptom\w*|for)\b/i

/** Where the dose kills or fails, the label cannot send the patient to what was said. */
export const asDirected: Check<Subject> = {
  codes: ['dosage-as-directed'],
  asks: HAS.asDirected,
  run: (subject) =>
    directionsOf(subject).flatMap(({ contents, known: table, dosages }): Finding[] => {
      const [only, ...more] = dosages
      if (!only || more.length > 0 || contents.name === '') return []
      const { timing, doseAndRate, text } = only.dosage
      if (timing || doseAndRate || text === undefined || !saysAsDirected(text)) return []
      if (table.weekly) return []
      const known = table.limit ?? table.interval
      if (!known) return []
      const words = `${known.name} needs a dose and how often it is given: "as directed" leaves both to memory. Say them in the text, in timing and in doseAndRate.`
      return [{ code: 'dosage-as-directed', at: `${only.at()}.text`, words }]
    }),
}

export const asNeeded: Check<Subject> = {
  codes: ['as-needed-contradicts'],
  asks: HAS.asNeeded,
  run: (subject) => {
    const view = directionsOf(subject)
    return view.flatMap(({ contents, known, dosages }) =>
      dosages.flatMap((read): Finding[] => {
        const { asNeededBoolean, text = '' } = read.dosage
        if (asNeededBoolean === undefined) return []
        const wrong = (words: string): Finding[] => [
          { code: 'as-needed-contradicts', at: `${read.at()}.asNeeded`, words },
        ]
        if (!asNeededBoolean) {
          if (!saysAsNeeded(text)) return []
          return wrong('The text says as needed, asNeeded says that it is not. Correct whichever is wrong.')
        }
        // A weekly medicine as needed is found by the rule for those.
        if (known.weekly) return []
        const regular = contents.name === '' ? undefined : known.interval
        if (regular) {
          return wrong(`${regular.name} is given at regular intervals, and not as needed: leave asNeeded out.`)
        }
        if ((read.words?.rate?.low ?? 0) === 0 || CONDITION.test(text)) return []
        return wrong(
          'The text is that of a regular course, asNeeded says that it may be left out. Say in the text when it is taken, or leave asNeeded out.',
        )
      }),
    )
  },
}

export const dosageSequence: Check<Subject> = {
  codes: ['dosage-twice', 'doses-at-once', 'dosage-phases-overlap'],
  asks: HAS.dosages,
  run: (subject) =>
    eachDosage(subject, (read, { dosages: all }) => {
      const i = all.indexOf(read)
      if (i === 0) return NOTHING
      if (all.slice(0, i).some((other) => equals(withoutId(other.dosage), withoutId(read.dosage)))) {
        const words =
          'This dosageInstruction stands there twice with the same sequence, which is twice the dose. Leave one out, or correct what was meant to be different.'
        return [{ code: 'dosage-twice', at: read.at(), words }]
      }
      if (all.slice(0, i).some((other) => isAtOnce(other, read))) {
        const words =
          'Two doses of the same timing, of which nothing says when one ends and the other begins, are given together, one on top of the other. Where one follows the other, give each a sequence of its own and bounds; where they are given at different times, say so; where both are meant, send their sum.'
        return [{ code: 'doses-at-once', at: read.at(), words }]
      }
      if (!all.slice(0, i).some((other) => overlaps(other.dosage, read.dosage))) return NOTHING
      const words =
        'This phase of the course begins before the one that its sequence puts before it is over. Correct the dates or the sequence; what is taken at the same time has the same sequence.'
      return [{ code: 'dosage-phases-overlap', at: `${read.at()}.timing.repeat.bounds.ofType(Period)`, words }]
    }),
}

const withoutId = ({ id: _, ...dosage }: r4.Dosage): r4.Dosage => dosage

/** Whether two dosages differ in nothing but the amount, and nothing says when the one ends and the other begins. */
function isAtOnce(one: ReadDosage, other: ReadDosage): boolean {
  const [a, b] = [one.dosage, other.dosage]
  if (a.sequence === undefined || b.sequence === undefined || !a.doseAndRate || !b.doseAndRate) return false
  if (isAsNeeded(a) || isAsNeeded(b) || BY_TURNS.test(`${a.text} ${b.text}`)) return false
  if (a.sequence !== b.sequence && (endsOf(one) || endsOf(other))) return false
  return equals(a.timing, b.timing) && withoutNumbers(a.text ?? '') === withoutNumbers(b.text ?? '')
}

/** Whether a dosage says, in words or structure, for how long it is. */
const endsOf = ({ dosage: { timing, text = '' } }: ReadDosage): boolean =>
  timing?.event !== undefined ||
  timing?.repeat?.count !== undefined ||
  timing?.repeat?.boundsDuration !== undefined ||
  timing?.repeat?.boundsPeriod !== undefined ||
  timing?.repeat?.boundsRange !== undefined ||
  /\b(?:for|until|weeks?|days?|months?|cycle)\b/i.test(text)

const BY_TURNS = /alternat|\bother\b|\bnext\b|\bturns?\b|\bthen\b|\bfollowed\b/i

/** Without what is counted or measured: two instructions that are left the same are for the same time. */
const withoutNumbers = remember(1000, (text) =>
  tokensOf(text)
    .filter(
      (token) =>
        !/^\d/.test(token) &&
        !/^(?:a|and|tablets?|capsules?|pens?|syringes?|\|)$/.test(token) &&
        !(token in amountUnits),
    )
    .join(' '),
)

/** Whether a phase that follows another begins before it is over; two with the same dates go together. */
function overlaps(one: r4.Dosage, other: r4.Dosage): boolean {
  const [first = 1, second = 1] = [one.sequence, other.sequence]
  if (first === second) return false
  const [before, after] = first < second ? [one, other] : [other, one]
  const [a, b] = [before.timing?.repeat?.boundsPeriod, after.timing?.repeat?.boundsPeriod]
  if (a?.start === b?.start || a?.end === b?.end) return false
  const [end, start] = [rangeOf(a?.end ?? ''), rangeOf(b?.start ?? '')]
  // The last day of one phase may be the first of the next.
  return end !== undefined && start !== undefined && start.low < end.high - 2 * DAY
}
