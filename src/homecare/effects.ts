/**
 * What follows from a step, for other resources: the effects that lifecycle tables name. Each is a plan of what the
 * service writes in the same commit, as moves by role `service` through the same tables.
 */
import type { r4 } from '../fhir/resource.ts'
import { cancelTask, joinCancel } from './cancel-task.ts'
import { hasLeft, orderHasEnded, prescriptionHasEnded, replaces, supplyHasEnded } from './facts.ts'
import { extensionOf } from './named-rules.ts'
import { businessCode, HELD_FROM, REASON } from './states.ts'
import { replacementOf, supplyTasks } from './supply-plan.ts'

/** Effects that look beyond one order: carried out where the lane is held (src/interactions/rules.ts). */
const doorEffects = ['release-order', 'replace-prior'] as const

export const effectNames: ReadonlySet<string> = new Set([
  'create-supplies',
  'cancel-supplies',
  'replace-supply',
  'withdraw-replacement',
  'start-order',
  'complete-order',
  'reopen-order',
  'cancel-order',
  'request-cancel',
  'settle-order',
  'close-cancels',
  'suspend-order',
  'resume-order',
  ...doorEffects,
])

/** What follows from a step whenever it was reported: that goods were dispensed is true though the state is another. */
export const lastingEffects: ReadonlySet<string> = new Set(['create-supplies', 'start-order'])

export type Follow =
  | { readonly kind: 'create'; readonly resource: r4.Task }
  /** Write this Task into the state (`inState`), as role `service`. */
  | { readonly kind: 'move'; readonly task: r4.Task; readonly to: string; readonly reason?: r4.CodeableConcept }

/** Everything as it stands after the step and after the effects before this one. */
export interface Situation {
  readonly order?: r4.Task | undefined
  readonly prescriptions: readonly r4.MedicationRequest[]
  /** All supplies of the order. */
  readonly supplies: readonly r4.Task[]
  /** Open cancel Tasks of the order. */
  readonly cancels: readonly r4.Task[]
  /** The prescription that was moved, as `MedicationRequest/[id]`, for `request-cancel`. */
  readonly prescription?: string | undefined
  /** The reason of the step, carried on to what follows from it. */
  readonly reason?: r4.CodeableConcept | undefined
  /** The supply that was moved, for `replace-supply`. */
  readonly supply?: r4.Task | undefined
  readonly newId: () => string
  /** ms since the epoch */
  readonly now: number
}

const withdrawn: r4.CodeableConcept = { coding: [{ system: REASON, code: 'withdrawn-by-trust' }] }

/** Supplies whose goods are with the patient or on the way are ended by who knows: the provider. */
const beyondRecall = ['dispatched', 'quarantined', 'part-delivered']

/** Goods that have left and whose end is not known yet. */
const onTheWay = (supplies: readonly r4.Task[]): boolean =>
  supplies.some((supply) => ['dispatched', 'quarantined', 'part-delivered'].includes(businessCode(supply) ?? ''))

const handedOver = (supplies: readonly r4.Task[]): boolean =>
  supplies.some((supply) => ['delivered', 'part-delivered'].includes(businessCode(supply) ?? ''))

/** Why the prescriptions of an order ended or rest: what the trust said of them. */
const prescriptionReason = (prescriptions: readonly r4.MedicationRequest[], status?: string): r4.CodeableConcept =>
  prescriptions.find((item) => item.statusReason !== undefined && (status === undefined || item.status === status))
    ?.statusReason ?? withdrawn

/** Every prescription has ended, and one of them early: what is left of the order is not wanted any more. */
const isWithdrawn = (prescriptions: readonly r4.MedicationRequest[]): boolean =>
  prescriptions.length > 0 &&
  prescriptions.every(prescriptionHasEnded) &&
  prescriptions.some(({ status }) => status !== 'completed')

/** The end of an order whose prescriptions have ended: `stopped` once anything was handed over. */
const endOf = (order: r4.Task, { prescriptions, supplies }: Situation): Follow => ({
  kind: 'move',
  task: order,
  to: handedOver(supplies) ? 'stopped' : 'cancelled',
  reason: prescriptionReason(prescriptions),
})

const heldStates = ['submitted', 'received', 'query-to-prescriber', 'accepted', 'in-supply']

type Effect = (situation: Situation) => readonly Follow[]

const effects: Readonly<Record<string, Effect>> = {
  /** Once in the life of an order: accepting again after a query finds them there. */
  'create-supplies': ({ order, prescriptions, supplies, newId, now }) => {
    if (!order || orderHasEnded(order) || supplies.length > 0) return []
    const live = prescriptions.filter((prescription) => !prescriptionHasEnded(prescription))
    return supplyTasks({ order, prescriptions: live, newId, now }).map((resource) => ({ kind: 'create', resource }))
  },
  'cancel-supplies': ({ supplies, reason = withdrawn }) =>
    supplies
      .filter((supply) => !supplyHasEnded(supply) && !beyondRecall.includes(businessCode(supply) ?? ''))
      .map((task) => ({ kind: 'move', task, to: 'supply-cancelled', reason })),
  /** Once: what failed and is then found to have been recorded in error has its replacement already. */
  'replace-supply': ({ order, supply, supplies, prescriptions, newId, now }) =>
    order &&
    supply &&
    !orderHasEnded(order) &&
    !isWithdrawn(prescriptions) &&
    !supplies.some((other) => replaces(other) === `Task/${supply.id}`)
      ? [{ kind: 'create', resource: replacementOf(supply, newId(), now) }]
      : [],
  /** A delivery that took place after all needs no other: two would be a double supply. */
  'withdraw-replacement': ({ supply, supplies, reason = withdrawn }) =>
    supplies
      .filter((other) => supply && replaces(other) === `Task/${supply.id}` && !supplyHasEnded(other))
      .map((task) => ({ kind: 'move', task, to: 'supply-cancelled', reason })),
  'start-order': ({ order }) =>
    order && businessCode(order) === 'accepted' ? [{ kind: 'move', task: order, to: 'in-supply' }] : [],
  'complete-order': (situation) => {
    const { order, supplies, prescriptions } = situation
    if (!order || orderHasEnded(order) || !supplies.every(supplyHasEnded)) return []
    if (isWithdrawn(prescriptions)) return [endOf(order, situation)]
    return businessCode(order) === 'in-supply' ? [{ kind: 'move', task: order, to: 'final-supply-done' }] : []
  },
  /** A last delivery that turns out not to be good is work again, while a prescription is there to supply it on. */
  'reopen-order': ({ order, prescriptions }) =>
    order && businessCode(order) === 'final-supply-done' && prescriptions.some(({ status }) => status === 'active')
      ? [{ kind: 'move', task: order, to: 'in-supply' }]
      : [],
  /** What the provider holds is not taken from it: it is asked to stop, and answers. */
  'request-cancel': ({ order, cancels, prescription, newId, now }) => {
    if (!order || !prescription || orderHasEnded(order) || ['draft', 'requested'].includes(order.status)) return []
    const [open] = cancels
    if (!open) return [{ kind: 'create', resource: cancelTask({ order, prescription, id: newId(), now }) }]
    const joined = joinCancel(open, prescription)
    return joined === open ? [] : [{ kind: 'move', task: joined, to: 'cancel-requested' }]
  },
  /** The provider has answered: what has not left ends, and the order with it unless goods are on their way. */
  'settle-order': (situation) => {
    const { order, supplies, prescriptions } = situation
    if (!order || orderHasEnded(order) || !isWithdrawn(prescriptions)) return []
    if (!onTheWay(supplies)) return [endOf(order, situation)]
    return supplies
      .filter((supply) => !supplyHasEnded(supply) && !hasLeft(supply))
      .map((task) => ({ kind: 'move', task, to: 'supply-cancelled', reason: prescriptionReason(prescriptions) }))
  },
  /** An order that has ended leaves no question about its end open. */
  'close-cancels': ({ cancels }) => cancels.map((task) => ({ kind: 'move', task, to: 'cancel-confirmed' })),
  /** An order whose prescriptions all rest or have ended rests with them. */
  'suspend-order': ({ order, prescriptions }) =>
    order &&
    heldStates.includes(businessCode(order) ?? '') &&
    prescriptions.some(({ status }) => status === 'on-hold') &&
    !prescriptions.some(({ status }) => status === 'active')
      ? [{ kind: 'move', task: order, to: 'suspended', reason: prescriptionReason(prescriptions, 'on-hold') }]
      : [],
  'resume-order': ({ order, prescriptions }) => {
    const from = order && extensionOf(order, HELD_FROM)?.valueCode
    if (!order || businessCode(order) !== 'suspended' || from === undefined) return []
    return prescriptions.some(({ status }) => status === 'active') ? [{ kind: 'move', task: order, to: from }] : []
  },
  /** Before the provider has taken it, an order ends with its last prescription. */
  'cancel-order': ({ order, prescriptions, reason = withdrawn }) =>
    order &&
    ['awaiting-screening', 'submitted'].includes(businessCode(order) ?? '') &&
    prescriptions.every(prescriptionHasEnded)
      ? [{ kind: 'move', task: order, to: 'cancelled', reason }]
      : [],
}

/**
 * The plan of one effect.
 * @throws Error for a name that no table can carry, since the boot checks them
 */
export function follow(effect: string, situation: Situation): readonly Follow[] {
  const plan = effects[effect]
  if (!plan) throw new Error(`there is no effect "${effect}"`)
  return plan(situation)
}
