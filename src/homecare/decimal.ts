/**
 * Exact sums of FHIR decimals. Quantities of medicine are added up and compared with what is authorised; in binary
 * floating point 0.1 + 0.2 is more than 0.3, and a rightful last supply would be refused.
 */

/** `digits` / 10^`scale` */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

export const ZERO: Decimal = { digits: 0n, scale: 0 }

/**
 * The number by its shortest decimal text, which is what the sender wrote.
 * @throws RangeError for NaN and the infinities, which JSON cannot carry
 */
export function decimal(value: number): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))
  if (!match) throw new RangeError('not a finite number')
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(`${sign}${whole}${fraction}`)
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}

const at = ({ digits, scale }: Decimal, wanted: number): bigint => digits * 10n ** BigInt(wanted - scale)

/** The exact sum. */
export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { digits: at(a, scale) + at(b, scale), scale }
}

export const times = (a: Decimal, count: number): Decimal => ({ digits: a.digits * BigInt(count), scale: a.scale })

/** Negative when a < b, 0 when equal, positive when a > b. */
export function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale)
  const [left, right] = [at(a, scale), at(b, scale)]
  return left < right ? -1 : left > right ? 1 : 0
}

export const toNumber = ({ digits, scale }: Decimal): number => Number(`${digits}e-${scale}`)
