/** How long a medicine is taken, and how fast an infusion runs, by the words of a dose instruction. */
import { remember } from '../fhir/remember.ts'
import { onlyMatch, spaced, tokensOf } from './dose-tokens.ts'
import { DAYS, unitNames } from './dose-vocabulary.ts'

const daysIn = (value: string, unit: string): number => Number(value) * (DAYS[unitNames[unit] ?? unit] ?? Number.NaN)

const COURSE =
  / for (\d+) (days?|weeks?|months?)(?= (?!a |per |each |every |of |on |off |before |after |prior |following |then |and |until |starting |\/ |in |\| then |\| off |\| followed ))/g

/** Days of a course that is told once, e.g. `for 7 days`. */
export const courseIn = remember(1000, (text): number | undefined => {
  const found = onlyMatch(text, COURSE)
  return found && daysIn(found[1] ?? '', found[2] ?? '')
})

const MINUTE = 1 / 1440
const OVER = / over (\d+(?:\.\d+)?) (hours?|hrs?|h|minutes?|mins?|min)(?= )/g

/** Days over which one infusion runs, e.g. `over 2 hours`. */
export const infusionTimeIn = remember(1000, (text): number | undefined => {
  const found = / over /i.test(text) ? onlyMatch(text, OVER) : undefined
  if (!found) return undefined
  const [, value = '', unit = ''] = found
  return unit.startsWith('m') ? Number(value) * MINUTE : daysIn(value, unit)
})

const RATE = / (\d+(?:\.\d+)?) (?:ml|millilitres) (?:\/|per|an|each|every) (?:hour|hr|h)(?= )/g

/** Millilitres an hour, e.g. `at 5 ml/hour`. */
export const millilitresAnHourIn = remember(1000, (text): number | undefined => {
  const found = /ml|millilit/i.test(text) ? onlyMatch(text, RATE) : undefined
  return found && Number(found[1])
})

const TABLET = / (\d+(?:\.\d+)?) (mg|micrograms?|mcg|g) (?:tablets?|capsules?)(?= )/g

/** The strengths of tablets and capsules that the words name, e.g. `one 10 mg tablet`: numbers with their units. */
export const tabletsIn = remember(1000, (text): readonly { value: number; unit: string }[] =>
  [...spaced(tokensOf(text)).matchAll(TABLET)].map(([, value, unit = '']) => ({ value: Number(value), unit })),
)
