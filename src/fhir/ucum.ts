/**
 * UCUM units (https://ucum.org/ucum). The grammar and the tables are those of the U.S. National Library of Medicine's
 * library; the units of everyday prescriptions are answered without it.
 */
import { UcumLhcUtils } from '@lhncbc/ucum-lhc'
import { remember } from './remember.ts'

export const UCUM = 'http://unitsofmeasure.org'

/** Codes that most quantities of a prescription carry. */
const everyday = new Set(['1', '%', 'mg', 'g', 'ug', 'ng', 'kg', 'mL', 'L', '[iU]', 's', 'min', 'h', 'd', 'wk', 'mo'])

const validate = remember(2000, (code) => {
  const { status, ucumCode } = UcumLhcUtils.getInstance().validateUnitString(code)
  return status === 'valid' && ucumCode === code
})

/** Longer texts are no unit that anybody wrote by hand, and the library's time grows with the length. */
const MAX_LENGTH = 60

/** Whether the text is a UCUM code, case sensitive (`mL`, not `ML`). */
export const isUcum = (code: string): boolean => everyday.has(code) || (code.length <= MAX_LENGTH && validate(code))

/** The value in another unit; undefined when the units do not measure the same thing. */
export function convert(value: number, from: string, to: string): number | undefined {
  if (from === to) return value
  const { status, toVal } = UcumLhcUtils.getInstance().convertUnitTo(from, value, to)
  return status === 'succeeded' && toVal !== null ? toVal : undefined
}
