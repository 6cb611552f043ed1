/**
 * Facts about the surroundings of a resource, as FHIRPath in a lifecycle table may ask for them (`%name`). Whoever
 * holds the lane reads the resources and calls these functions; a table never looks anything up itself.
 */
import type { r4 } from '../fhir/resource.ts'
import { businessCode } from './states.ts'

export const factNames = [
  'now',
  'orderState',
  'orderHeld',
  'orderOpen',
  'prescriptionsActive',
  'prescriptionsEnded',
  'suppliesTotal',
  'suppliesOpen',
  'suppliesOnTheWay',
  'suppliesDelivered',
] as const
export type FactName = (typeof factNames)[number]

export interface Facts {
  /** The instant of the decision, ISO text with milliseconds. */
  readonly now: string
  /** Business status code of the order a supply or a prescription belongs to; empty when there is none. */
  readonly orderState: string
  /** A provider holds the order: it was received and has not ended. */
  readonly orderHeld: boolean
  /** There is an order and it has not ended. */
  readonly orderOpen: boolean
  /** At least one prescription of the order may be dispensed now. */
  readonly prescriptionsActive: boolean
  /** Every prescription of the order is cancelled, stopped, completed or entered in error. */
  readonly prescriptionsEnded: boolean
  readonly suppliesTotal: number
  /** Supplies that have not ended. */
  readonly suppliesOpen: number
  /** Supplies whose goods have left the provider and have not arrived. */
  readonly suppliesOnTheWay: number
  /** Supplies handed over, in full or in part. */
  readonly suppliesDelivered: number
}

export const isFactName = (name: string): name is FactName => (factNames as readonly string[]).includes(name)

export interface Surroundings {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The order Task; for the lifecycle of the order itself: as it is stored now. */
  readonly order?: r4.Task | undefined
  /** Every MedicationRequest in the order's basedOn. For a MedicationRequest's own lifecycle: may be empty. */
  readonly prescriptions: readonly r4.MedicationRequest[]
  /** Every supply Task that is partOf the order. */
  readonly supplies: readonly r4.Task[]
}

const orderEnded = ['completed', 'rejected', 'cancelled', 'failed', 'entered-in-error']
const prescriptionEnded = ['cancelled', 'stopped', 'completed', 'entered-in-error']

export const orderHasEnded = (order: r4.Task): boolean => orderEnded.includes(order.status)
export const supplyHasEnded = (supply: r4.Task): boolean =>
  ['completed', 'failed', 'cancelled', 'entered-in-error'].includes(supply.status)
export const prescriptionHasEnded = (prescription: r4.MedicationRequest): boolean =>
  prescriptionEnded.includes(prescription.status ?? '')

/** Counts what a lifecycle table may ask about. */
export function factsOf({ now, order, prescriptions, supplies }: Surroundings): Facts {
  const state = order === undefined ? '' : (businessCode(order) ?? '')
  const open = order !== undefined && !orderHasEnded(order)
  const inState = (...codes: string[]): number =>
    supplies.filter((supply) => codes.includes(businessCode(supply) ?? '')).length
  return {
    now: new Date(now).toISOString(),
    orderState: state,
    orderHeld: open && order.status !== 'requested' && order.status !== 'draft',
    orderOpen: open,
    prescriptionsActive: prescriptions.some((prescription) => prescription.status === 'active'),
    prescriptionsEnded: prescriptions.length > 0 && prescriptions.every(prescriptionHasEnded),
    suppliesTotal: supplies.length,
    suppliesOpen: supplies.filter((supply) => !supplyHasEnded(supply)).length,
    suppliesOnTheWay: inState('dispatched', 'quarantined'),
    suppliesDelivered: inState('delivered', 'part-delivered'),
  }
}
