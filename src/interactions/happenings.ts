/** What follows from resources that have no lifecycle of their own: a death, an answer to a query. */
import type { r4 } from '../fhir/resource.ts'
import { businessCode, isOrderTask, NEXT_ACTOR } from '../homecare/states.ts'
import { extensionOf, withExtension } from '../homecare/named-rules.ts'
import type { Change, Done, Facts } from '../store/operation.ts'
import { parse, readByReference, readSides } from '../store/read.ts'
import { resolve } from './surroundings.ts'

export const PATIENT_DIED = 'patient-died'
export const QUERY_REPLIED = 'query-replied'

/** Whether the record of a patient says so. */
export const hasDied = (patient: r4.Patient | undefined): boolean =>
  patient?.deceasedBoolean === true || patient?.deceasedDateTime !== undefined

/** Names of what follows from a change. */
export async function happeningEffects(change: Change, facts: Facts): Promise<readonly string[]> {
  if (change.type === 'Patient') {
    const before = change.current?.resource as unknown as r4.Patient | undefined
    return hasDied(change.next as unknown as r4.Patient) && !hasDied(before) ? [PATIENT_DIED] : []
  }
  if (change.type !== 'Communication' || change.caller.role === 'provider') return []
  return (await queriedOrders(change, facts)).length > 0 ? [QUERY_REPLIED] : []
}

/** Orders that wait for the trust's answer and that a Communication is about. */
export async function queriedOrders({ next }: Pick<Change, 'next'>, facts: Facts): Promise<r4.Task[]> {
  const { basedOn = [], about = [], status } = next as unknown as r4.Communication
  if (status !== 'completed') return []
  const orders = new Map<string, r4.Task>()
  for (const { reference } of [...basedOn, ...about]) {
    const task = (await resolve(facts, reference)) as unknown as r4.Task | undefined
    if (task?.resourceType !== 'Task' || !isOrderTask(task)) continue
    if (businessCode(task) !== 'query-to-prescriber' || extensionOf(task, NEXT_ACTOR)?.valueCode === 'provider')
      continue
    orders.set(task.id ?? '', task)
  }
  return [...orders.values()]
}

/** The order with the ball in the provider's hands again: the trust has answered. */
export const withProviderNext = (order: r4.Task): r4.Task => withExtension(order, NEXT_ACTOR, { valueCode: 'provider' })

/** Prescriptions of a patient that are alive and that the caller's organisation may end. */
export async function livePrescriptions(done: Done, facts: Facts): Promise<r4.MedicationRequest[]> {
  const live: r4.MedicationRequest[] = []
  for (const stored of await readByReference(facts.query, 'MedicationRequest.subject', `Patient/${done.id}`)) {
    const prescription = parse<r4.MedicationRequest>(stored)
    if (!['active', 'on-hold', 'draft'].includes(prescription.status ?? '')) continue
    const sides = await readSides(facts.query, stored.type, stored.key, done.caller.organization)
    if (sides.includes('requester')) live.push(prescription)
  }
  return live
}
