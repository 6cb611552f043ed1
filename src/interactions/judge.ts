/** Whether a change may happen now: the lifecycle table, the identity of prescriptions, the arithmetic of dispenses. */
import { instant } from '../fhir/json.ts'
import { type Issue, Problem, type ProblemKey, refuse } from '../fhir/problem.ts'
import { localReference, referencesAt } from '../fhir/references.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { sidesOf, trustOf } from '../homecare/access.ts'
import { factsOf } from '../homecare/facts.ts'
import { decide, governs, stateOf } from '../homecare/lifecycle.ts'
import { isFrozen } from '../homecare/lifecycle-checks.ts'
import { isOrder, orderParticulars } from '../homecare/order.ts'
import { isOrderTask } from '../homecare/states.ts'
import { checkDispense, supplyReferences } from '../homecare/supply.ts'
import type { TypeRow } from '../server-table.ts'
import { type Change, creatorSides, type Facts, type Grant, type Verdict } from '../store/commit.ts'
import {
  readAccess,
  readByReference,
  readByToken,
  readCurrent,
  readSides,
  readVersion,
  type Stored,
} from '../store/read.ts'
import type { RulesOptions } from './rules.ts'
import { itemsOf, orderOf, organizationsBehind, parse, resolve, surroundingsOf } from './surroundings.ts'

/** @throws Problem when the change may not happen */
export async function judge(options: RulesOptions, change: Change, facts: Facts): Promise<Verdict> {
  const row = options.row(change.type)
  const plain = { event: change.current ? 'updated' : 'created', from: '', to: '', effects: [] }
  if (!row || options.table.scope === 'open') return { ...plain, grants: [] }
  if (!row.lifecycle) return { ...plain, grants: change.current ? [] : await grantsFor(options, row, change, facts) }
  const repeats = await repeated(change, facts)
  if (repeats) return { ...plain, repeats, grants: [] }
  const verdict = await byLifecycle(options, row.lifecycle, change, facts)
  const becomesOrder = isOrder(change.next) && !(change.current && isOrder(change.current.resource))
  if (becomesOrder) await checkOrder(change, facts)
  if (change.type === 'MedicationDispense') await dispenseChecks(change, facts)
  const grants = change.current && !becomesOrder ? [] : await grantsFor(options, row, change, facts)
  const effects = [...verdict.effects, ...(becomesOrder ? ['place-order'] : [])]
  return { ...verdict, grants, effects }
}

async function byLifecycle(
  options: RulesOptions,
  names: readonly string[],
  change: Change,
  facts: Facts,
): Promise<Omit<Verdict, 'grants'>> {
  const surroundings = factsOf(await surroundingsOf(facts, change.type, change.id, change.next))
  const governed = change.current?.resource ?? change.next
  const table = names
    .map((name) => options.lifecycles.get(name))
    .find((candidate) => candidate && governs(candidate, governed, surroundings))
  if (!table) {
    throw refuse(
      'state-unknown',
      `A ${change.type} of this kind has no lifecycle here; see conformance/lifecycle.`,
      change.root,
    )
  }
  const decision = decide({
    table,
    current: change.current?.resource,
    next: change.next,
    caller: change.caller,
    sides: change.sides,
    facts: surroundings,
    root: change.root,
  })
  if (decision.kind === 'refused') throw new Problem(decision.issues)
  const { event, from, to, effects, members } = decision
  const state = change.current && stateOf(table, change.current.resource)
  // Equal values may be written differently (1.0 and 1.00): what was signed stays as it was written.
  const frozen = state ? Object.keys(change.next).filter((name) => isFrozen(table, state, name)) : []
  return { event, from, to, effects, members: { ...members, ...touched(change, facts) }, frozen }
}

/** A party that moves a Task on without saying when has done so now: `Task?modified=` must not miss it. */
function touched(change: Change, facts: Facts): Readonly<Record<string, unknown>> {
  const before = change.current?.resource.lastModified
  if (change.type !== 'Task' || !change.current || change.next.lastModified !== before) return {}
  return { lastModified: instant(facts.now) }
}

/**
 * The version that a create repeats, if the caller's organisation sent the same content before.
 * @throws Problem prescription-duplicate, dispense-duplicate (409) for other content under the same identifier
 */
async function repeated(change: Change, facts: Facts): Promise<Stored | undefined> {
  if (change.current || change.caller.role === 'service') return undefined
  const side = change.type === 'MedicationDispense' ? 'owner' : 'requester'
  for (const twin of await twins(change, facts)) {
    const sides = await readSides(facts.query, twin.type, twin.key, change.caller.organization)
    if (!sides.includes(side)) continue
    const first = await readVersion(facts.query, twin.type, twin.id, 1, { kind: 'open' })
    if (first && first.content === change.content) return first
    const [key, code] = duplicateKeys[change.type] ?? []
    if (!key || !code) continue
    throw new Problem({
      key,
      diagnostics: `A ${change.type} with this identifier was sent before with other content. A repeat must be the same; what is prescribed or reported anew needs its own identifier.`,
      expression: `${change.root}.identifier`,
      national: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EPSIssueCode', code },
    })
  }
  if (change.wholeOrder) await refuseSecondOrder(change, facts)
  return undefined
}

const duplicateKeys: Readonly<Record<string, readonly [ProblemKey, string]>> = {
  MedicationRequest: ['prescription-duplicate', 'DUPLICATE_MEDICATIONREQUEST_ID'],
  MedicationDispense: ['dispense-duplicate', 'DUPLICATE_MEDICATIONREQUEST_ID'],
}

/** Stored resources of the type that carry one of the identifiers. */
async function twins(change: Change, facts: Facts): Promise<Stored[]> {
  const found: Stored[] = []
  for (const { system, value } of (change.next.identifier ?? []) as r4.Identifier[]) {
    if (system === undefined || value === undefined) continue
    found.push(...(await readByToken(facts.query, `${change.type}.identifier`, system, value)))
  }
  return found.length > 0 || change.type !== 'MedicationRequest' ? found : twinsInGroup(change, facts)
}

/** A prescription without an identifier of its own is known by its content within its group. */
async function twinsInGroup(change: Change, facts: Facts): Promise<Stored[]> {
  const found: Stored[] = []
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

async function checkOrder(change: Change, facts: Facts): Promise<void> {
  const prescription = change.next as unknown as r4.MedicationRequest
  const behind = await organizationsBehind(facts, prescription.dispenseRequest?.performer)
  const particulars = orderParticulars(prescription, () => behind[0]?.ods, change.root)
  if (isIssues(particulars)) throw new Problem(particulars)
}

/** `Array.isArray` does not narrow a readonly list. */
export const isIssues = (value: object): value is readonly Issue[] => Array.isArray(value)

async function dispenseChecks(change: Change, facts: Facts): Promise<void> {
  const dispense = change.next as unknown as r4.MedicationDispense
  const references = (dispense.authorizingPrescription ?? []).map(({ reference }) => reference ?? '')
  const locals = references.map((reference) => localReference(reference))
  if (locals.length === 0 || locals.some((local) => local?.type !== 'MedicationRequest')) {
    throw refuse(
      'dispense-prescription-missing',
      'Say in authorizingPrescription which prescription is supplied: a reference MedicationRequest/[id].',
      `${change.root}.authorizingPrescription`,
    )
  }
  const supplyReference = supplyReferences(dispense)[0]
  const supply = (await resolve(facts, supplyReference)) as unknown as r4.Task | undefined
  const medication = (await resolve(facts, dispense.medicationReference?.reference)) as unknown as
    | r4.Medication
    | undefined
  const issues: Issue[] = []
  for (const local of locals) {
    const reference = `${local?.type}/${local?.id}`
    const stored = await readCurrent(facts.query, 'MedicationRequest', local?.id ?? '', { kind: 'open' })
    const sides = stored ? await readSides(facts.query, stored.type, stored.key, change.caller.organization) : []
    if (!stored || !(sides.includes('owner') || change.caller.role === 'service')) {
      throw refuse(
        'reference-unresolved',
        'The prescription is not one that your organisation is to supply.',
        `${change.root}.authorizingPrescription`,
      )
    }
    const prescription = parse<r4.MedicationRequest>(stored)
    const prescribed = (await resolve(facts, prescription.medicationReference?.reference)) as unknown as
      | r4.Medication
      | undefined
    const others = await readByReference(facts.query, 'MedicationDispense.prescription', reference)
    issues.push(
      ...checkDispense({
        dispense,
        current: change.current?.resource as unknown as r4.MedicationDispense | undefined,
        prescription,
        earlier: others.filter(({ id }) => id !== change.id).map((other) => parse<r4.MedicationDispense>(other)),
        order: await orderOf(facts, reference),
        supply,
        medicationOf: (link) =>
          link === dispense.medicationReference?.reference ? medication?.code : prescribed?.code,
        now: facts.now,
        root: change.root,
      }),
    )
  }
  if (issues.length > 0) throw new Problem(issues)
}

/** Which organisations stand to a new resource, and how. */
async function grantsFor(options: RulesOptions, row: TypeRow, change: Change, facts: Facts): Promise<Grant[]> {
  const grants: Grant[] = []
  if (change.caller.role !== 'service') {
    for (const side of creatorSides(change.caller)) grants.push({ organization: change.caller.organization, side })
  }
  if (change.type === 'MedicationRequest') {
    const { trust, also } = await trustBehind(change, facts)
    for (const organization of [trust, ...also]) grants.push({ organization, side: 'requester' })
  }
  // A draft stays inside the trust: the provider is told when the prescription is active.
  if (change.type !== 'MedicationRequest' || change.next.status !== 'draft')
    grants.push(...(await named(row, change.next, facts)))
  for (const path of row.inherits ?? []) {
    for (const { reference } of referencesAt(change.next, path))
      grants.push(...(await inherited(options, row, reference, facts)))
  }
  return grants
}

/** The trust of a prescription: the organisation its sender acts for, or the one that organisation is part of. */
export async function trustBehind(change: Change, facts: Facts): Promise<ReturnType<typeof trustOf>> {
  const requester = change.next.requester as r4.Reference | undefined
  return trustOf(change.caller.organization, await organizationsBehind(facts, requester))
}

async function named(row: TypeRow, resource: Resource, facts: Facts): Promise<readonly Grant[]> {
  const codes = new Map<string, string[]>()
  for (const path of [...(row.access?.requester ?? []), ...(row.access?.owner ?? [])]) {
    for (const found of referencesAt(resource, path)) {
      if (found.reference === undefined) continue
      const behind = await organizationsBehind(facts, { reference: found.reference })
      codes.set(
        found.reference,
        behind.map(({ ods }) => ods),
      )
    }
  }
  return sidesOf(row, resource, (reference) => codes.get(reference) ?? [])
}

/** Who stands to the target stands here: on the same side where the work moves on, as a reader elsewhere. */
async function inherited(
  options: RulesOptions,
  row: TypeRow,
  reference: string | undefined,
  facts: Facts,
): Promise<Grant[]> {
  const local = reference === undefined ? undefined : localReference(reference, options.base)
  const target = local && (await readCurrent(facts.query, local.type, local.id, { kind: 'open' }))
  if (!target) return []
  const access = await readAccess(facts.query, target.type, target.key)
  return access.map(({ org, side }) => ({ organization: org, side: row.lifecycle ? side : 'reader' }))
}
