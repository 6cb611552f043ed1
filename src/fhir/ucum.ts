/**
 * UCUM units (https://ucum.org/ucum). The grammar and the tables are those of the U.S. National Library of Medicine's
 * library; the units of everyday prescriptions are answered without it.
 */
import { createRequire } from 'node:module'
import type { UcumLhcUtils, Utilities } from '@lhncbc/ucum-lhc'
import { remember } from './remember.ts'

const load = createRequire(import.meta.url)
let loaded: Utilities | undefined

/** Loaded when the first unit asks for it: the start does not wait for its tables. */
const library = (): Utilities =>
  (loaded ??= (load('@lhncbc/ucum-lhc') as { UcumLhcUtils: typeof UcumLhcUtils }).UcumLhcUtils.getInstance())

export const UCUM = 'http://unitsofmeasure.org'

/** Codes that most quantities of a prescription carry. */
const everyday = new Set(['1', '%', 'mg', 'g', 'ug', 'ng', 'kg', 'mL', 'L', '[iU]', 's', 'min', 'h', 'd', 'wk', 'mo'])

const validate = remember(2000, (code) => {
  const { status, ucumCode } = library().validateUnitString(code)
  return status === 'valid' && ucumCode === code
})

/** Longer texts are no unit that anybody wrote by hand, and the library's time grows with the length. */
const MAX_LENGTH = 60

/**
 * The characters UCUM is written in; brackets hold something, and an annotation ends its unit. Of other texts the
 * library fails and writes them to standard output: that may be a sender's slip with a patient's name in it.
 */
const WRITTEN = /^(?!.*(?:\(\)|\}\d))[!-~]+$/

/** An annotation says nothing of the unit: any words of ASCII, or none, may stand in it. */
const ANNOTATION = /\{[ -z|~]*\}/g
const bare = (code: string): string => (code.includes('{') ? code.replace(ANNOTATION, '{a}') : code)

/** Whether the text is a UCUM code, case sensitive (`mL`, not `ML`). */
export const isUcum = (code: string): boolean => everyday.has(code) || isWritten(bare(code))

const isWritten = (code: string): boolean => code.length <= MAX_LENGTH && WRITTEN.test(code) && validate(code)

/** How a unit becomes base units: `value * factor` of `unit`; by the library where the way is not a factor (Cel). */
interface Base {
  readonly unit: string
  readonly factor: number | undefined
}

const baseOf = remember(2000, (code): Base | undefined => {
  if (!isUcum(code)) return undefined
  const { status, magnitude, unitToExp, fromUnitIsSpecial } = library().convertToBaseUnits(bare(code), 1)
  // Arbitrary units ([iU]) measure nothing but themselves.
  if (status !== 'succeeded' || magnitude === undefined || !unitToExp) return { unit: code, factor: 1 }
  const parts = Object.entries(unitToExp).map(([unit, exponent]) => (exponent === 1 ? unit : `${unit}${exponent}`))
  return { unit: parts.sort().join('.') || '1', factor: fromUnitIsSpecial ? undefined : magnitude }
})

/** Digits kept of a converted value: fewer than a double has, so that 5400 mg and 5.4 g are the same to the last. */
const DIGITS = 12

/**
 * A quantity in base units, so that quantities in different units can be compared.
 * @returns undefined when the text is no UCUM code
 */
export function canonical(value: number, code: string): { readonly value: number; readonly unit: string } | undefined {
  const base = baseOf(code)
  if (!base) return undefined
  const { unit, factor } = base
  if (factor !== undefined) return { unit, value: Number((value * factor).toPrecision(DIGITS)) }
  const { magnitude } = library().convertToBaseUnits(bare(code), value)
  return magnitude === undefined ? undefined : { unit, value: Number(magnitude.toPrecision(DIGITS)) }
}
