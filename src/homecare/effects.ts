/**
 * What follows from a step, for other resources: the effects that lifecycle tables name. Each is a plan of what the
 * service writes in the same commit, as moves by role `service` through the same tables.
 */
import type { r4 } from '../fhir/resource.ts'
import { orderHasEnded, prescriptionHasEnded, supplyHasEnded } from './facts.ts'
import { businessCode, REASON } from './states.ts'
import { replacementOf, supplyTasks } from './supply-plan.ts'

export const effectNames: ReadonlySet<string> = new Set([
  'create-supplies',
  'cancel-supplies',
  'replace-supply',
  'start-order',
  'complete-order',
  'cancel-order',
])

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

type Effect = (situation: Situation) => readonly Follow[]

const effects: Readonly<Record<string, Effect>> = {
  /** Once in the life of an order: accepting again after a query finds them there. */
  'create-supplies': ({ order, prescriptions, supplies, newId, now }) => {
    if (!order || supplies.length > 0) return []
    const live = prescriptions.filter((prescription) => !prescriptionHasEnded(prescription))
    return supplyTasks({ order, prescriptions: live, newId, now }).map((resource) => ({ kind: 'create', resource }))
  },
  'cancel-supplies': ({ supplies, reason = withdrawn }) =>
    supplies
      .filter((supply) => !supplyHasEnded(supply) && !beyondRecall.includes(businessCode(supply) ?? ''))
      .map((task) => ({ kind: 'move', task, to: 'supply-cancelled', reason })),
  'replace-supply': ({ order, supply, newId, now }) =>
    order && supply && !orderHasEnded(order) ? [{ kind: 'create', resource: replacementOf(supply, newId(), now) }] : [],
  'start-order': ({ order }) =>
    order && businessCode(order) === 'accepted' ? [{ kind: 'move', task: order, to: 'in-supply' }] : [],
  'complete-order': ({ order, supplies }) =>
    order && businessCode(order) === 'in-supply' && supplies.every(supplyHasEnded)
      ? [{ kind: 'move', task: order, to: 'final-supply-done' }]
      : [],
  /** Before the provider has taken it, an order ends with its last prescription. */
  'cancel-order': ({ order, prescriptions, reason = withdrawn }) =>
    order && businessCode(order) === 'submitted' && prescriptions.every(prescriptionHasEnded)
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
