/** The Task by which a provider is asked to stop an order that it holds. */
import type { r4 } from '../fhir/resource.ts'
import { CANCEL_STATUS, HL7_TASK_CODE } from './states.ts'

export interface CancelRequest {
  readonly order: r4.Task
  /** The prescription that ended, as `MedicationRequest/[id]`. */
  readonly prescription: string
  readonly id: string
  /** ms since the epoch */
  readonly now: number
}

/** A cancel Task below its order: the trust asks, the provider answers. */
export function cancelTask({ order, prescription, id, now }: CancelRequest): r4.Task {
  const instant = new Date(now).toISOString()
  return {
    resourceType: 'Task',
    id,
    basedOn: [{ reference: prescription }],
    ...(order.groupIdentifier ? { groupIdentifier: order.groupIdentifier } : {}),
    partOf: [{ reference: `Task/${order.id}` }],
    status: 'requested',
    businessStatus: { coding: [{ system: CANCEL_STATUS, code: 'cancel-requested', display: 'Cancel requested' }] },
    intent: 'order',
    ...(order.priority ? { priority: order.priority } : {}),
    code: {
      coding: [{ system: HL7_TASK_CODE, code: 'abort', display: 'Mark the focal resource as no longer active' }],
    },
    focus: { reference: `Task/${order.id}` },
    ...(order.for ? { for: order.for } : {}),
    authoredOn: instant,
    lastModified: instant,
    ...(order.requester ? { requester: order.requester } : {}),
    ...(order.owner ? { owner: order.owner } : {}),
  }
}

/** The open cancel Task with one more prescription of the order. */
export const joinCancel = (task: r4.Task, prescription: string): r4.Task =>
  task.basedOn?.some(({ reference }) => reference === prescription)
    ? task
    : { ...task, basedOn: [...(task.basedOn ?? []), { reference: prescription }] }
