/**
 * The state of an order in the terms of the national tracker
 * (`https://fhir.nhs.uk/CodeSystem/task-businessStatus-nppt`): one Task per item, status and business status paired as
 * the tracker asks. Inside there are finer states; this is a translation outwards only.
 */
import type { r4 } from '../fhir/resource.ts'
import { supplyHasEnded } from './facts.ts'
import { businessCode } from './states.ts'

export const NPPT = 'https://fhir.nhs.uk/CodeSystem/task-businessStatus-nppt'

export interface NationalStatus {
  readonly code: string
  readonly status: 'in-progress' | 'completed'
}

const bySupply: Readonly<Record<string, NationalStatus>> = {
  'ready-to-dispatch': { code: 'Ready to Dispatch', status: 'in-progress' },
  'ready-to-dispatch-partial': { code: 'Ready to Dispatch - Partial', status: 'in-progress' },
  dispatched: { code: 'Dispatched', status: 'completed' },
  quarantined: { code: 'Dispatched', status: 'completed' },
  'part-delivered': { code: 'With Pharmacy - Preparing Remainder', status: 'in-progress' },
  delivered: { code: 'Collected', status: 'completed' },
}

/** Further along first: what a patient wants to know of several supplies is where the nearest one is. */
const nearest = ['dispatched', 'quarantined', 'ready-to-dispatch', 'ready-to-dispatch-partial', 'part-delivered']

/** Undefined while the order is on its way to the provider: the tracker begins at the pharmacy. */
export function nationalStatus(order: r4.Task, supplies: readonly r4.Task[]): NationalStatus | undefined {
  if (order.status === 'draft' || order.status === 'requested' || order.status === 'entered-in-error') return undefined
  const codes = supplies.map((supply) => businessCode(supply) ?? '')
  const code = nearest.find((candidate) => codes.includes(candidate))
  if (code !== undefined) return bySupply[code]
  const open = supplies.some((supply) => !supplyHasEnded(supply))
  if (codes.includes('delivered') && !open) return bySupply.delivered
  if (['rejected', 'cancelled', 'failed'].includes(order.status)) return { code: 'Not Dispensed', status: 'completed' }
  return { code: 'With Pharmacy', status: 'in-progress' }
}
