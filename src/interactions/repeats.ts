/** What was sent before: a repeat gets its first answer, other content under the same identity is refused. */
import { Problem, type ProblemKey } from '../fhir/problem.ts'
import { localReference } from '../fhir/references.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { isOrderTask } from '../homecare/states.ts'
import { supplyReferences } from '../homecare/supply.ts'
import type { Query } from '../store/database.ts'
import type { Change, Facts, Foreseen } from '../store/operation.ts'
import { parse, readByReference, readByToken, readCurrent, readSides, readVersion, type Stored } from '../store/read.ts'
import { foreseenOrders } from './concurrent.ts'
import { foreseenDuplicate } from './duplicate-record.ts'
import type { RulesOptions } from './rules-options.ts'
import { itemsOf, orderReference } from './surroundings.ts'

/** Starts what the look for repeats and for the order of a write will read. */
export function foreseen(options: RulesOptions, write: Foreseen, query: Query): Promise<unknown>[] {
  const { id, resource, exists } = write
  const { resourceType: type } = resource
  if (options.table.scope === 'open') return []
  const reads = [...foreseenOrders(resource, query), ...foreseenDuplicate(write, query)]
  if (!options.row(type)?.lifecycle) return reads
  for (const { system, value } of identifiersOf(resource)) {
    reads.push(readByToken(query, `${type}.identifier`, system, value))
  }
  const group = resource.groupIdentifier as r4.Identifier | undefined
  if (type === 'MedicationRequest' && group?.system !== undefined && group.value !== undefined) {
    reads.push(readByToken(query, 'Task.group-identifier', group.system, group.value))
  }
  // Nothing can refer yet to what is made with this write.
  if (type === 'MedicationRequest' && exists) reads.push(readByReference(query, 'Task.based-on', `${type}/${id}`))
  const order = orderReference(resource, id)
  if (type === 'Task' && (exists || order !== `Task/${id}`)) {
    reads.push(readByReference(query, 'Task.part-of', order), foreseenItems(order, id, resource, query))
  }
  return reads
}

/** The prescriptions of the order that a Task belongs to. */
async function foreseenItems(order: string, id: string, task: Resource, query: Query): Promise<unknown> {
  const read = async (reference = '') => {
    const local = localReference(reference)
    return local && readCurrent(query, local.type, local.id, { kind: 'open' })
  }
  const stored = order === `Task/${id}` ? undefined : await read(order)
  const { basedOn = [] } = stored ? parse<r4.Task>(stored) : (task as unknown as r4.Task)
  return Promise.all(basedOn.map(({ reference }) => read(reference)))
}

/**
 * The version that a create repeats, if the caller's organisation sent the same content before.
 * @throws Problem prescription-duplicate, dispense-duplicate (409) for other content under the same identifier
 */
export async function repeated(change: Change, facts: Facts): Promise<Stored | undefined> {
  if (change.caller.role === 'service') return undefined
  const side = change.type === 'MedicationDispense' ? 'owner' : 'requester'
  // A draft may still take another identifier, but not one that is in use: that would be one item prescribed twice.
  const all = change.current ? await identifierTwins(change, facts) : await twins(change, facts)
  for (const twin of all) {
    if (twin.id === change.id) continue
    const sides = await readSides(facts.query, twin.type, twin.key, change.caller.organization)
    if (!sides.includes(side)) continue
    const first = await readVersion(facts.query, twin.type, twin.id, 1, { kind: 'open' })
    if (!change.current && first && first.content === change.content) return first
    const [key, code] = duplicateKeys[change.type] ?? []
    if (!key || !code) continue
    throw new Problem({
      key,
      diagnostics: `A ${change.type} with this identifier was sent before with other content. A repeat must be the same; what is prescribed or reported anew needs its own identifier.`,
      expression: `${change.root}.identifier`,
      national: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EPSIssueCode', code },
    })
  }
  if (change.wholeOrder && !change.current) await refuseSecondOrder(change, facts)
  return undefined
}

const duplicateKeys: Readonly<Record<string, readonly [ProblemKey, string]>> = {
  MedicationRequest: ['prescription-duplicate', 'DUPLICATE_MEDICATIONREQUEST_ID'],
  MedicationDispense: ['dispense-duplicate', 'DUPLICATE_MEDICATIONREQUEST_ID'],
}

/** Stored resources that a create may be a repeat of. */
async function twins(change: Change, facts: Facts): Promise<Stored[]> {
  const found = await identifierTwins(change, facts)
  if (found.length > 0) return found
  return change.type === 'MedicationDispense' ? sameReports(change, facts) : twinsInGroup(change, facts)
}

/** The identifiers of a resource that say whose they are. */
const identifiersOf = (resource: Resource): { system: string; value: string }[] =>
  ((resource.identifier ?? []) as r4.Identifier[]).flatMap(({ system, value }) =>
    system === undefined || value === undefined ? [] : [{ system, value }],
  )

/** Stored resources of the type that carry one of the identifiers. */
async function identifierTwins(change: Change, facts: Facts): Promise<Stored[]> {
  const found: Stored[] = []
  for (const { system, value } of identifiersOf(change.next)) {
    found.push(...(await readByToken(facts.query, `${change.type}.identifier`, system, value)))
  }
  return found
}

/**
 * A dispense without an identifier of its own is known by its content, if that says which supply or when: the same
 * amount of the same medicine is reported every month.
 */
async function sameReports(change: Change, facts: Facts): Promise<Stored[]> {
  const dispense = change.next as unknown as r4.MedicationDispense
  if (dispense.identifier || !(supplyReferences(dispense).length > 0 || dispense.whenPrepared)) return []
  const local = facts.target(dispense.authorizingPrescription?.[0]?.reference)
  if (!local) return []
  const found: Stored[] = []
  const param = 'MedicationDispense.prescription'
  for (const other of await readByReference(facts.query, param, `${local.type}/${local.id}`)) {
    const first = await readVersion(facts.query, other.type, other.id, 1, { kind: 'open' })
    if (first && first.content === change.content) found.push(first)
  }
  return found
}

/** A prescription without an identifier of its own is known by its content within its group. */
async function twinsInGroup(change: Change, facts: Facts): Promise<Stored[]> {
  const found: Stored[] = []
  if (change.type !== 'MedicationRequest') return found
  for (const order of await ordersOfGroup(change, facts)) {
    for (const { reference } of await itemsOf(facts, order)) {
      const local = localReference(reference)
      const first = local && (await readVersion(facts.query, local.type, local.id, 1, { kind: 'open' }))
      if (first && first.content === change.content) found.push(first)
    }
  }
  return found
}

/** Order Tasks with the prescription's groupIdentifier that the caller's organisation asked for. */
export async function ordersOfGroup(change: Change, facts: Facts): Promise<r4.Task[]> {
  const group = change.next.groupIdentifier as r4.Identifier | undefined
  if (group?.system === undefined || group.value === undefined) return []
  const orders: r4.Task[] = []
  for (const stored of await readByToken(facts.query, 'Task.group-identifier', group.system, group.value)) {
    const sides = await readSides(facts.query, 'Task', stored.key, change.caller.organization)
    const task = parse<r4.Task>(stored)
    if (sides.includes('requester') && isOrderTask(task)) orders.push(task)
  }
  return orders
}

async function refuseSecondOrder(change: Change, facts: Facts): Promise<void> {
  if ((await ordersOfGroup(change, facts)).length === 0) return
  throw new Problem({
    key: 'prescription-duplicate',
    diagnostics:
      'A prescription with this groupIdentifier was sent before with other content. A repeat must be the same; a new prescription needs a new number.',
    expression: `${change.root}.groupIdentifier`,
    national: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EPSIssueCode', code: 'DUPLICATE_PRESCRIPTION_ID' },
  })
}
