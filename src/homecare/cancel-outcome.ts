/**
 * How a wish to cancel ends, in the national codes
 * (`https://fhir.nhs.uk/CodeSystem/medicationrequest-status-history`, R-0001 to R-0010).
 */
import type { r4 } from '../fhir/resource.ts'
import { prescriptionHasEnded } from './facts.ts'
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
export const cancelCodes = Object.keys(outcomes) as readonly CancelCode[]

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

/** What else decides how a wish to cancel is answered. */
export interface CancelCircumstances {
  readonly supplyBegun: boolean
  /** The trust has agreed not to cancel by message (policy row `cancelByMessage`). */
  readonly disabled?: boolean
  /** The provider has yet to answer the wish of another prescriber. */
  readonly askedByAnother?: boolean
}

/** The outcomes that change nothing: there is nothing left to cancel, or nothing that may be. */
export const changesNothing = (code: CancelCode): boolean =>
  ['R-0004', 'R-0005', 'R-0006', 'R-0007', 'R-0009', 'R-0010'].includes(code)

/**
 * The immediate answer to a wish to cancel, from what the prescription and its order were before it. An order that the
 * provider holds is answered as pending (R-0002, R-0003): the provider's own answer follows. While it is pending,
 * another prescriber who asks is told so (R-0007). A trust that does not cancel by message is answered R-0009.
 */
export function immediateOutcome(
  prescription: Pick<r4.MedicationRequest, 'status'> | undefined,
  order: r4.Task | undefined,
  { supplyBegun, disabled = false, askedByAnother = false }: CancelCircumstances,
): CancelCode {
  if (!prescription || prescription.status === 'entered-in-error') return 'R-0008'
  if (disabled) return 'R-0009'
  if (askedByAnother && prescriptionHasEnded(prescription as r4.MedicationRequest)) return 'R-0007'
  if (prescription.status === 'cancelled' || prescription.status === 'stopped') return 'R-0006'
  if (prescription.status === 'completed') return 'R-0004'
  if (!order) return 'R-0001'
  const state = businessCode(order) ?? ''
  if (state === 'suspended' && supplyBegun) return 'R-0003'
  return byOrderState[state] ?? (order.status === 'rejected' ? 'R-0010' : 'R-0002')
}
