/** A prescription is signed before anything is handed over on it. */
import type { r4 } from '../fhir/resource.ts'
import { writtenDay } from './dates.ts'

export const BEFORE_SIGNED =
  'whenHandedOver lies before the day on which the prescription was signed (authoredOn): nothing authorised this supply then. Correct the date, or name the prescription that it was supplied on.'

/**
 * Whether goods were handed over before the day on which their prescription was signed (Human Medicines Regulations
 * 2012, reg. 214: sale or supply in accordance with a prescription). False where either date is not told.
 */
export function isBeforeSigned(
  { whenHandedOver }: Pick<r4.MedicationDispense, 'whenHandedOver'>,
  { authoredOn }: Pick<r4.MedicationRequest, 'authoredOn'>,
): boolean {
  // What is signed in the evening may have been handed over in the morning.
  const [handedOver, signed] = [writtenDay(whenHandedOver ?? ''), writtenDay(authoredOn ?? '')]
  return handedOver !== undefined && signed !== undefined && handedOver.high < signed.low
}
