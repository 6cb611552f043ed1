/** What homecare's rules need to know of the surroundings of a resource, read inside the lane. */
import { localReference } from '../fhir/references.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { isOpenForSupply, type Surroundings } from '../homecare/facts.ts'
import { organisationCode } from '../homecare/identifiers.ts'
import { isCancelTask, isOrderTask, isSupplyTask } from '../homecare/states.ts'
import type { Facts } from '../store/operation.ts'
import { parse, readByReference, readCurrent, readStateSince, readVersion } from '../store/read.ts'

/** A resource that this commit writes, or that is stored; whoever may see it. */
export async function resolve(facts: Facts, reference: string | undefined): Promise<Resource | undefined> {
  const local = facts.target(reference)
  if (!local) return undefined
  const pending = facts.pending(local)
  if (pending) return pending
  const stored = await readCurrent(facts.query, local.type, local.id, { kind: 'open' })
  return stored && !stored.deleted ? parse(stored) : undefined
}

/** The same, of the version that a reference names; undefined where that was never stored. */
export async function resolveVersion(facts: Facts, reference: string): Promise<Resource | undefined> {
  const [, version] = reference.split('/_history/', 2)
  const local = facts.target(reference)
  if (version === undefined || !local || facts.pending(local)) return resolve(facts, reference)
  const stored = await readVersion(facts.query, local.type, local.id, Number(version) || 0, { kind: 'open' })
  return stored && stored.text !== '' ? parse(stored) : undefined
}

/** Current Tasks that a prescription gave rise to. */
async function tasksOf(facts: Facts, prescription: string): Promise<r4.Task[]> {
  const stored = await readByReference(facts.query, 'Task.based-on', prescription)
  return stored.map((row) => parse<r4.Task>(row))
}

/** The order Task of a prescription, as it is stored now. */
export async function orderOf(facts: Facts, prescription: string): Promise<r4.Task | undefined> {
  return (await tasksOf(facts, prescription)).find(isOrderTask)
}

/** The supply Tasks of an order, as they are stored now, oldest first. */
export async function suppliesOf(facts: Facts, order: r4.Task): Promise<r4.Task[]> {
  const stored = await readByReference(facts.query, 'Task.part-of', `Task/${order.id}`)
  return stored.map((row) => parse<r4.Task>(row)).filter(isSupplyTask)
}

/** The prescriptions of an order with their references, as they are stored now. */
export async function itemsOf(
  facts: Facts,
  order: r4.Task,
): Promise<{ reference: string; resource: r4.MedicationRequest }[]> {
  const items: { reference: string; resource: r4.MedicationRequest }[] = []
  for (const { reference } of order.basedOn ?? []) {
    const resource = await resolve(facts, reference)
    if (reference !== undefined && resource?.resourceType === 'MedicationRequest') {
      items.push({ reference, resource: resource as unknown as r4.MedicationRequest })
    }
  }
  return items
}

/** Everything around an order (which may be absent). */
export async function around(facts: Facts, order: r4.Task | undefined): Promise<Surroundings> {
  if (!order) return { now: facts.now, prescriptions: [], supplies: [] }
  const items = await itemsOf(facts, order)
  return {
    now: facts.now,
    order,
    prescriptions: items.map(({ resource }) => resource),
    supplies: await suppliesOf(facts, order),
  }
}

/**
 * Since when nothing may be supplied on an order: since it left the states in which it is supplied, or since its last
 * active prescription ended or was held. Undefined while it may be supplied, and before it was ever accepted.
 */
export async function barredSince(
  facts: Pick<Facts, 'query'>,
  order: r4.Task,
  items: readonly { readonly reference: string; readonly resource: r4.MedicationRequest }[],
): Promise<number | undefined> {
  const since: number[] = []
  if (!isOpenForSupply(order)) since.push(await readStateSince(facts.query, 'Task', order.id ?? ''))
  if (items.length > 0 && !items.some(({ resource }) => resource.status === 'active')) {
    const ends = items.map(({ reference }) => localReference(reference)?.id ?? '')
    since.push(Math.max(...(await Promise.all(ends.map((id) => readStateSince(facts.query, 'MedicationRequest', id))))))
  }
  return since.length > 0 ? Math.min(...since) : undefined
}

/** Open cancel Tasks of an order. */
export async function cancelsOf(facts: Facts, order: r4.Task): Promise<r4.Task[]> {
  const stored = await readByReference(facts.query, 'Task.part-of', `Task/${order.id}`)
  return stored.map((row) => parse<r4.Task>(row)).filter((task) => isCancelTask(task) && task.status === 'requested')
}

/** The surroundings of a Task or MedicationRequest about to change. */
export async function surroundingsOf(facts: Facts, type: string, id: string, next: Resource): Promise<Surroundings> {
  if (type === 'MedicationRequest') return around(facts, await orderOf(facts, `${type}/${id}`))
  if (type !== 'Task') return around(facts, undefined)
  const order = await readTask(facts, orderReference(next, id))
  const surroundings = await around(facts, order ?? (next as unknown as r4.Task))
  // Only what is supplied asks since when it may not be.
  if (!order || !isSupplyTask(next as unknown as r4.Task)) return surroundings
  return { ...surroundings, barredSince: await barredSince(facts, order, await itemsOf(facts, order)) }
}

/** Reference to the order that a Task belongs to: what it is part of, or itself. */
export const orderReference = (task: Resource, id: string): string =>
  (task as unknown as r4.Task).partOf?.[0]?.reference ?? `Task/${id}`

/** A Task as it is stored now, not as this commit would have it. */
async function readTask(facts: Facts, reference: string): Promise<r4.Task | undefined> {
  const local = localReference(reference)
  const stored = local ? await readCurrent(facts.query, local.type, local.id, { kind: 'open' }) : undefined
  return stored ? parse<r4.Task>(stored) : undefined
}

export interface OrganizationFound {
  readonly ods: string
  readonly partOf?: string
  /** The reference to the Organization that says so; absent for an identifier alone. */
  readonly source?: string
}

/** The ODS codes behind a reference to an Organization, or to a PractitionerRole that works for one. */
export async function organizationsBehind(
  facts: Facts,
  reference: r4.Reference | undefined,
  depth = 0,
): Promise<OrganizationFound[]> {
  if (!reference || depth > 3) return []
  const resource = await resolve(facts, reference.reference)
  if (resource?.resourceType === 'PractitionerRole') {
    const role = resource as unknown as r4.PractitionerRole
    return organizationsBehind(facts, role.organization, depth + 1)
  }
  if (resource?.resourceType === 'Organization') {
    const organization = resource as unknown as r4.Organization
    const parents = organization.partOf ? await organizationsBehind(facts, organization.partOf, depth + 1) : []
    const partOf = parents[0]?.ods
    const source = reference.reference ?? ''
    return (organization.identifier ?? []).flatMap((identifier) => {
      const ods = organisationCode(identifier)
      return ods === undefined ? [] : [{ ods, source, ...(partOf === undefined ? {} : { partOf }) }]
    })
  }
  const ods = organisationCode(reference.identifier)
  return ods === undefined ? [] : [{ ods }]
}
