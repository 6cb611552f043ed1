/**
 * Facts about the surroundings of a resource, as FHIRPath in a lifecycle table may ask for them (`%name`). Whoever
 * holds the lane reads the resources and calls these functions; a table never looks anything up itself.
 */
import type { r4 } from '../fhir/resource.ts'
import { businessCode, TASK_INPUT } from './states.ts'

const factNames = [
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
  'supplyBegun',
  'suppliesLeft',
  'suppliesRecallable',
  'barredSince',
  'timeSaid',
  'replacementBegun',
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
  /** A supply of the order is being dispensed, or was. */
  readonly supplyBegun: boolean
  /** Supplies (`Task/[id]`) whose goods have left the provider, wherever they are now. */
  readonly suppliesLeft: readonly string[]
  /** Supplies (`Task/[id]`) that have not ended and whose goods have not left. */
  readonly suppliesRecallable: readonly string[]
  /** Since when nothing of the order may be dispensed or dispatched, ISO text; empty while it may. */
  readonly barredSince: string
  /** The sender says when the step took place: a report of the past, not an act of this instant. */
  readonly timeSaid: boolean
  /** A supply that took the place of this one is being dispensed, or was. */
  readonly replacementBegun: boolean
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
  /** For a supply: since when nothing may be supplied, in ms since the epoch; absent while it may. */
  readonly barredSince?: number | undefined
  /** The sender says when the step took place. */
  readonly timeSaid?: boolean
  /** The supply that is about to change, as `Task/[id]`. */
  readonly supply?: string
}

const orderEnded = ['completed', 'rejected', 'cancelled', 'failed', 'entered-in-error']
const prescriptionEnded = ['cancelled', 'stopped', 'completed', 'entered-in-error']

export const orderHasEnded = (order: r4.Task): boolean => orderEnded.includes(order.status)
export const supplyHasEnded = (supply: r4.Task): boolean =>
  ['completed', 'failed', 'cancelled', 'entered-in-error'].includes(supply.status)
export const prescriptionHasEnded = (prescription: r4.MedicationRequest): boolean =>
  prescriptionEnded.includes(prescription.status ?? '')

export const goodsLeft: readonly string[] = [
  'dispatched',
  'quarantined',
  'part-delivered',
  'delivered',
  'delivery-failed',
]

/** The goods of the supply have left the provider, wherever they are now. */
export const hasLeft = (supply: r4.Task): boolean => goodsLeft.includes(businessCode(supply) ?? '')

/** The supply is being dispensed, or was. */
const hasBegun = (supply: r4.Task): boolean =>
  ['dispensing', 'ready-to-dispatch', 'ready-to-dispatch-partial'].includes(businessCode(supply) ?? '') ||
  hasLeft(supply)

/** The supply whose place a supply has taken, as `Task/[id]`. */
export const replaces = (supply: r4.Task): string | undefined =>
  supply.input?.find(({ type }) =>
    type.coding?.some(({ system, code }) => system === TASK_INPUT && code === 'replaces'),
  )?.valueReference?.reference

/** States of an order in which its prescriptions may be dispensed and dispatched. */
export const isOpenForSupply = (order: r4.Task): boolean =>
  ['accepted', 'in-supply'].includes(businessCode(order) ?? '')

/** Counts what a lifecycle table may ask about. */
export function factsOf({
  now,
  order,
  prescriptions,
  supplies,
  barredSince,
  timeSaid = false,
  supply,
}: Surroundings): Facts {
  const references = (chosen: readonly r4.Task[]): string[] => chosen.map(({ id }) => `Task/${id}`)
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
    supplyBegun: supplies.some(hasBegun),
    suppliesLeft: references(supplies.filter(hasLeft)),
    suppliesRecallable: references(supplies.filter((supply) => !supplyHasEnded(supply) && !hasLeft(supply))),
    barredSince: barredSince === undefined ? '' : new Date(barredSince).toISOString(),
    timeSaid,
    replacementBegun: supplies.some((other) => replaces(other) === supply && hasBegun(other)),
  }
}
