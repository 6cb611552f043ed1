/** Amounts and units of medicines: what a dose is in another unit, and what a unit's words say against its code. */
import { remember } from '../fhir/remember.ts'
import type { r4 } from '../fhir/resource.ts'
import { isUcum, UCUM } from '../fhir/ucum.ts'

/** Milligrams in a unit of mass. */
const MILLIGRAMS: Readonly<Record<string, number>> = { kg: 1e6, g: 1000, mg: 1, ug: 1e-3, ng: 1e-6 }
/** Millilitres in a unit of volume. */
const MILLILITRES: Readonly<Record<string, number>> = { L: 1000, mL: 1, ml: 1, uL: 1e-3 }

export type Dimension = 'mass' | 'volume' | 'activity'

export interface Measure {
  readonly dimension: Dimension
  /** mg, mL or international units */
  readonly value: number
}

/** A value in a UCUM unit as mass, volume or activity; undefined for other units. */
export function measureOf(value: number, code: string): Measure | undefined {
  const mass = MILLIGRAMS[code]
  if (mass !== undefined) return { dimension: 'mass', value: value * mass }
  const volume = MILLILITRES[code]
  if (volume !== undefined) return { dimension: 'volume', value: value * volume }
  // Insulin and heparin are often given in U, which UCUM has for enzymes.
  return code === '[iU]' || code === '[IU]' || code === 'U' ? { dimension: 'activity', value } : undefined
}

/**
 * A quantity as mass, volume or activity: by its UCUM code, or by the words of its unit where it has none.
 * @param value another amount of the same
 */
export function measured(quantity: r4.Quantity | undefined, value = quantity?.value): Measure | undefined {
  if (quantity === undefined || value === undefined) return undefined
  const { code, system, unit } = quantity
  if (system === UCUM && code !== undefined) return measureOf(value, code)
  return unit === undefined ? undefined : measureOf(value, codeOfWords(unit) ?? '')
}

/** UCUM codes by the words that people write for them. */
const WORDS: Readonly<Record<string, string>> = {
  kilogram: 'kg',
  kg: 'kg',
  gram: 'g',
  g: 'g',
  milligram: 'mg',
  mg: 'mg',
  microgram: 'ug',
  mcg: 'ug',
  µg: 'ug',
  μg: 'ug',
  ug: 'ug',
  nanogram: 'ng',
  ng: 'ng',
  litre: 'L',
  liter: 'L',
  millilitre: 'mL',
  milliliter: 'mL',
  ml: 'mL',
  'international unit': '[iU]',
  iu: '[iU]',
  hour: 'h',
  day: 'd',
  week: 'wk',
  month: 'mo',
  year: 'a',
}

/** The UCUM code that the words of a unit name; undefined for words that are not known. */
export const codeOfWords = remember(500, (unit): string | undefined => {
  const words = unit.trim().toLowerCase()
  return WORDS[words] ?? (words.endsWith('s') ? WORDS[words.slice(0, -1)] : undefined)
})

/** Codes that mean the same. */
const canonical = (code: string): string =>
  code === 'ml' ? 'mL' : code === 'l' ? 'L' : code === '[IU]' ? '[iU]' : code

/** Whether a reader of `unit` and a reader of `code` would take two different amounts. */
export function unitContradictsCode({ unit, code, system }: r4.Quantity): boolean {
  if (unit === undefined || code === undefined || system !== UCUM) return false
  const meant = codeOfWords(unit)
  // A code that is none contradicts nothing: it is refused for that.
  return meant !== undefined && meant !== canonical(code) && isUcum(code)
}
