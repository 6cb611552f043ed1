/**
 * Numbers as searches write them (https://hl7.org/fhir/R4/search.html#number): `5.4` looks for what rounds to 5.4, so a
 * number stands for a range of half a unit of its last digit on both sides.
 */
export interface NumberRange {
  readonly value: number
  /** What `eq` looks for, lower end included, upper end not. */
  readonly from: number
  readonly to: number
}

/** Ends of a range that has none, on every engine. */
export const LOWEST = -Number.MAX_VALUE
export const HIGHEST = Number.MAX_VALUE

const NUMBER = /^([+-]?)(\d{1,30})(?:\.(\d{1,30}))?(?:[eE]([+-]?\d{1,3}))?$/

/**
 * Reads a number; undefined when it is not one. The ends are computed in decimal digits, since 5.4 + 0.05 is not 5.45
 * in binary. R4 lets `1e2` look for 95 to 105: with an exponent the range is that of one more digit.
 */
export function numberRange(text: string): NumberRange | undefined {
  const match = NUMBER.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent] = match
  const value = Number(text)
  if (!Number.isFinite(value)) return undefined
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`)
  const scale = (exponent === undefined ? 0 : Number(exponent)) - fraction.length
  const extra = exponent === undefined ? 1 : 2
  const unit = digits * 10n ** BigInt(extra)
  const at = (shift: bigint): number => Number(`${unit + shift}e${scale - extra}`)
  return { value, from: at(-5n), to: at(5n) }
}
