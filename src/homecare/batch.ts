/** How long a batch lasts beside how long the supply of it does. */
import type { r4 } from '../fhir/resource.ts'
import { DAY, rangeOf } from './dates.ts'
import { supplies } from './supply.ts'

/** Days in the units in which a duration is stated (UCUM). */
const daysIn: Readonly<Record<string, number>> = { d: 1, wk: 7, mo: 30 }

/**
 * Whether a batch expires before what was supplied of it is used up: from the day of handing over (or preparing, or
 * today) for as many days as were supplied. What lies in stock at home is used first, so it may be later still.
 * @param lasts how long the supply lasts, where the dispense itself does not say it (`daysSupply`)
 */
export function expiresInUse(
  dispense: r4.MedicationDispense,
  batch: r4.MedicationBatch | undefined,
  now: number,
  lasts?: r4.Quantity,
): boolean {
  const expiry = rangeOf(batch?.expirationDate ?? '')
  const { value, code, unit } = dispense.daysSupply ?? lasts ?? {}
  const days = (value ?? 0) * (daysIn[code ?? ''] ?? (/^days?$/i.test(unit ?? 'day') ? 1 : 0))
  const from = rangeOf(dispense.whenHandedOver ?? dispense.whenPrepared ?? '')?.low ?? now
  // Goods that had expired at the door are another matter, and so is what was not supplied at all.
  return supplies(dispense) && expiry !== undefined && from <= expiry.high && from + (days - 1) * DAY > expiry.high
}

export const EXPIRES_IN_USE =
  'The batch expires (batch.expirationDate) before the days supplied of it are over: its last doses would be out of date. Supply a later batch, or fewer days of this one.'
