/** The most of a medicine that a dosage allows: in its words, or in its elements. */
import { remember } from '../fhir/remember.ts'
import type { r4 } from '../fhir/resource.ts'
import { UCUM } from '../fhir/ucum.ts'
import { amountUnits } from './dose-vocabulary.ts'
import { onlyMatch } from './dose-tokens.ts'
import { daysOf } from './timing.ts'
import { codeOfWords, measureOf } from './units.ts'

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

/** The same as a quantity: in UCUM, or counted. */
export function dailyMaximumOf(text: string): r4.Quantity | undefined {
  const said = dailyMaximumIn(text)
  if (!said) return undefined
  const { value, unit } = said
  return measureOf(value, unit) ? { value, code: unit, system: UCUM } : { value, unit }
}

/** Days of a limit's period; a day may be given in words alone. */
export const periodOf = (period: r4.Quantity | undefined): number | undefined =>
  daysOf(period) ??
  (period?.unit === undefined ? undefined : daysOf({ ...period, code: codeOfWords(period.unit) ?? '' }))

/** A limit that a dosage sets. */
export interface Maximum {
  /** Where it stands in the dosage. */
  readonly element: 'maxDosePerAdministration' | 'maxDosePerPeriod' | 'text'
  readonly amount: r4.Quantity
  /** For how long; none for a limit of one dose. */
  readonly days: number
}

/** Every limit of a dosage for one dose or for a time. */
export function maximaOf({ maxDosePerAdministration, maxDosePerPeriod, text = '' }: r4.Dosage): readonly Maximum[] {
  const maxima: Maximum[] = []
  if (maxDosePerAdministration) {
    maxima.push({ element: 'maxDosePerAdministration', amount: maxDosePerAdministration, days: 0 })
  }
  const days = periodOf(maxDosePerPeriod?.denominator)
  if (maxDosePerPeriod?.numerator && days !== undefined) {
    maxima.push({ element: 'maxDosePerPeriod', amount: maxDosePerPeriod.numerator, days })
  }
  const said = dailyMaximumOf(text)
  if (said) maxima.push({ element: 'text', amount: said, days: 1 })
  return maxima
}
