/** The most of a medicine in a day that the words of a dose instruction allow. */
import { remember } from '../fhir/remember.ts'
import { amountUnits } from './dose-vocabulary.ts'
import { onlyMatch } from './dose-tokens.ts'

/** So much in 24 hours. */
export interface DailyMaximum {
  readonly value: number
  /** UCUM for what is measured, `tablet` or `capsule` for what is counted. */
  readonly unit: string
}

const MAXIMUM =
  / (?:max|maximum|(?:no|not) more than|not exceed)(?: (?:of|dose|daily|is|\||total|to))* (\d+(?:\.\d+)?) ([a-z]+)(?: \|)? (?:(?:in|per|a|each|every|\/|within) (?:(?:any|a|1) )?(?:24 (?:hours?|hrs?|h)|day)|daily|\/ 24 (?:h|hours?|hrs?))(?= )/g

/** `max 8 tablets in 24 hours`; undefined where no such limit is said, or several are. */
export const dailyMaximumIn = remember(1000, (text): DailyMaximum | undefined => {
  if (!/max|more than|exceed/i.test(text)) return undefined
  const found = onlyMatch(text, MAXIMUM)
  if (!found) return undefined
  const [, value, word = ''] = found
  const unit = amountUnits[word] ?? (/^(?:tablet|capsule)s?$/.test(word) ? word.replace(/s$/, '') : undefined)
  return unit === undefined ? undefined : { value: Number(value), unit }
})
