/**
 * How a wish to cancel ends, in the national codes
 * (`https://fhir.nhs.uk/CodeSystem/medicationrequest-status-history`, R-0001 to R-0010).
 */
import type { r4 } from '../fhir/resource.ts'
import { businessCode } from './states.ts'

export const STATUS_HISTORY = 'https://fhir.nhs.uk/CodeSystem/medicationrequest-status-history'

const outcomes = {
  'R-0001': 'Prescription/item was cancelled',
  'R-0002': 'Prescription/item was not cancelled – With dispenser',
  'R-0003': 'Prescription/item was not cancelled – With dispenser active',
  'R-0004': 'Prescription/item was not cancelled – Prescription has been dispensed',
  'R-0005': 'Prescription/item was not cancelled – Prescription has expired',
  'R-0006': 'Prescription/item had already been cancelled',
  'R-0007': 'Prescription/item cancellation requested by another prescriber',
  'R-0008': 'Prescription/item not found',
  'R-0009': 'Cancellation functionality disabled in Spine',
  'R-0010': 'Prescription/item was not cancelled. Prescription has been not dispensed',
} as const

export type CancelCode = keyof typeof outcomes

export const cancelOutcome = (code: CancelCode): r4.Coding & { code: CancelCode; display: string } => ({
  system: STATUS_HISTORY,
  code,
  display: outcomes[code],
})

const byOrderState: Readonly<Record<string, CancelCode>> = {
  'awaiting-screening': 'R-0001',
  submitted: 'R-0001',
  received: 'R-0002',
  'query-to-prescriber': 'R-0002',
  accepted: 'R-0002',
  suspended: 'R-0002',
  'in-supply': 'R-0003',
  'final-supply-done': 'R-0004',
  expired: 'R-0005',
  cancelled: 'R-0006',
  stopped: 'R-0006',
  voided: 'R-0008',
}

/**
 * The immediate answer to a wish to cancel, from what the prescription and its order were before it. An order that the
 * provider holds is answered as pending (R-0002, R-0003): the provider's own answer follows. R-0009 is the national
 * system's to say, and is never given here.
 */
export function immediateOutcome(
  prescription: Pick<r4.MedicationRequest, 'status'> | undefined,
  order: r4.Task | undefined,
  supplyBegun: boolean,
): CancelCode {
  if (!prescription || prescription.status === 'entered-in-error') return 'R-0008'
  if (prescription.status === 'cancelled' || prescription.status === 'stopped') return 'R-0006'
  if (prescription.status === 'completed') return 'R-0004'
  if (!order) return 'R-0001'
  const state = businessCode(order) ?? ''
  if (state === 'suspended' && supplyBegun) return 'R-0003'
  return byOrderState[state] ?? (order.status === 'rejected' ? 'R-0010' : 'R-0002')
}
