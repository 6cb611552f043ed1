/** The Task by which the trust is asked to renew a prescription before the patient runs out. */
import type { r4 } from '../fhir/resource.ts'
import { runOutOf, type SupplyLeft } from './next-action.ts'
import { RENEWAL_STATUS, TASK_CODE } from './states.ts'

export interface RenewalRequest extends SupplyLeft {
  readonly order: r4.Task
  readonly id: string
}

/** A renewal Task, asked of the trust on the provider's behalf; `restriction.period.end` is the day of running out. */
export function renewalTask({ order, id, ...left }: RenewalRequest): r4.Task {
  const instant = new Date(left.now).toISOString()
  const runOut = runOutOf(left)
  return {
    resourceType: 'Task',
    id,
    basedOn: left.prescriptions.map((prescription) => ({ reference: `MedicationRequest/${prescription.id}` })),
    ...(order.groupIdentifier ? { groupIdentifier: order.groupIdentifier } : {}),
    status: 'requested',
    businessStatus: { coding: [{ system: RENEWAL_STATUS, code: 'renewal-requested', display: 'Renewal requested' }] },
    intent: 'order',
    code: { coding: [{ system: TASK_CODE, code: 'renewal', display: 'Renewal' }] },
    focus: { reference: `Task/${order.id}` },
    ...(order.for ? { for: order.for } : {}),
    authoredOn: instant,
    lastModified: instant,
    ...(order.owner ? { requester: order.owner } : {}),
    ...(order.requester ? { owner: order.requester } : {}),
    ...(runOut === undefined ? {} : { restriction: { period: { end: runOut } } }),
  }
}
