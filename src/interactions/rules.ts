/** Homecare's rules at the door: what may happen, and what the service does because of it. */
import { textOf } from '../fhir/json.ts'
import { Problem } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { follow as plan } from '../homecare/effects.ts'
import { factsOf } from '../homecare/facts.ts'
import { governs, inState } from '../homecare/lifecycle.ts'
import type { Lifecycle } from '../homecare/lifecycle-table.ts'
import { serviceMayChange } from '../homecare/lifecycle-checks.ts'
import { alarmsOf } from '../homecare/next-action.ts'
import { type Item, isOrder, itemsDisagree, joinOrder, orderParticulars, orderTask } from '../homecare/order.ts'
import { therapiesOf } from '../homecare/policy.ts'
import { isRenewalTask, REASON, TASK_OUTPUT } from '../homecare/states.ts'
import type { Done, Facts, Operation, Rules } from '../store/operation.ts'
import { ordersBeside } from './concurrent.ts'
import { SPREAD_LABEL, spreadLabel } from './confidentiality.ts'
import { mayDelete } from './deletion.ts'
import { parse, readByReference, readCurrent, type Stored } from '../store/read.ts'
import { named, trustBehind, WITHDRAW_CARRIERS, withdrawCarriers } from './grants.ts'
import { livePrescriptions, PATIENT_DIED, QUERY_REPLIED, queriedOrders, withProviderNext } from './happenings.ts'
import { isIssues, judge } from './judge.ts'
import { forWhom, PATIENT_RENUMBERED, renumbered } from './patient-number.ts'
import { foreseen, ordersOfGroup } from './repeats.ts'
import { prescribersOf, priorOf, startOf } from './replacement.ts'
import { CHECK_SIGNATURE, checkSignature, prepareSignatures, SHARE_SIGNATURES, shareSignatures } from './signatures.ts'
import type { RulesOptions } from './rules-options.ts'
import { around, cancelsOf, itemsOf, orderOf, orderReference, organizationsBehind, resolve } from './surroundings.ts'

/** Effects beyond those that tables name. */
const PLACE_ORDER = 'place-order'

type Effect = (options: RulesOptions, done: Done, facts: Facts) => Promise<Operation[]>

/** Effects that look beyond one order. */
const own: Readonly<Record<string, Effect>> = {
  [CHECK_SIGNATURE]: checkSignature,
  [SHARE_SIGNATURES]: async (_, { type, id, verdict }, facts) => {
    await shareSignatures(`${type}/${id}`, verdict.grants, facts)
    return []
  },
  [SPREAD_LABEL]: async (options, done, facts) => {
    await spreadLabel(options, done, facts)
    return []
  },
  [WITHDRAW_CARRIERS]: async (options, done, facts) => {
    await withdrawCarriers(options, done, facts)
    return []
  },
  [PLACE_ORDER]: placeOrder,
  'release-order': releaseOrder,
  'replace-prior': replacePrior,
  'set-alarms': async (options, done, facts) => {
    const table = lifecycleOf(options, done.next)
    facts.remind(done.stored, alarmsOf(table, done.verdict.to, done.next as unknown as r4.Task))
    return []
  },
  [QUERY_REPLIED]: async (_, done, facts) =>
    (await queriedOrders(done, facts)).map((order) => serviceUpdates(withProviderNext(order) as unknown as Resource)),
  [PATIENT_RENUMBERED]: async (options, done, facts) =>
    (await renumbered(options, done, facts))
      .filter((task) => serviceMayChange(lifecycleOf(options, task), task, 'for'))
      .map(serviceUpdates),
  [PATIENT_DIED]: async (options, done, facts) =>
    (await livePrescriptions(done, facts)).map((prescription) => ending(options, prescription, 'death')),
}

/** What may happen now, and what follows from it: the rules that the store asks while the lane is held. */
export function createRules(options: RulesOptions): Rules {
  return {
    foresee: (write, query) => [...foreseen(options, write, query), ...prepareSignatures(options, write.resource)],
    judge: (change, facts) => judge(options, change, facts),
    mayDelete: (removal) => mayDelete(options, removal),
    follow: (done, effect, facts) => (own[effect] ?? carryOut(effect))(options, done, facts),
  }
}

/** A prescription ended by the service for a reason that the trust has given elsewhere. */
function ending(options: RulesOptions, prescription: r4.MedicationRequest, code: string): Operation {
  const resource = prescription as unknown as Resource
  const to = prescription.status === 'draft' ? 'cancelled' : 'stopped'
  return serviceUpdates(inState(lifecycleOf(options, resource), resource, to, { coding: [{ system: REASON, code }] }))
}

/** Ends the prescription that a new one replaces, now or when the new one begins to be good. */
async function replacePrior(options: RulesOptions, done: Done, facts: Facts): Promise<Operation[]> {
  const stored = await priorOf(done.next, facts, await prescribersOf(facts.query, done.stored))
  const prescription = done.next as unknown as r4.MedicationRequest
  if (!stored || !isOrder(done.next)) return []
  const answered = await renewed(options, stored, done, facts)
  const start = startOf(prescription)
  if (start !== undefined && start > facts.now) {
    facts.remind(done.stored, [{ kind: 'replace', at: start }])
    return answered
  }
  return [...answered, ...replacing(options, stored)]
}

/** A new prescription answers the requests to renew the one before it. */
async function renewed(options: RulesOptions, prior: Stored, done: Done, facts: Facts): Promise<Operation[]> {
  const asked = await readByReference(facts.query, 'Task.based-on', `MedicationRequest/${prior.id}`)
  return asked
    .map((stored) => parse<r4.Task>(stored))
    .filter((task) => isRenewalTask(task) && ['requested', 'accepted', 'on-hold'].includes(task.status))
    .map((task) => {
      const output = [
        ...(task.output ?? []),
        {
          type: { coding: [{ system: TASK_OUTPUT, code: 'new-prescription' }] },
          valueReference: { reference: `MedicationRequest/${done.id}` },
        },
      ]
      const next = { ...task, output, lastModified: new Date(facts.now).toISOString() } as unknown as Resource
      return serviceUpdates(inState(lifecycleOf(options, next), next, 'renewal-prescribed'))
    })
}

/** The operation that ends a prescription because another one has taken its place; none when it has ended already. */
export function replacing(options: RulesOptions, prior: Stored): Operation[] {
  const prescription = parse<r4.MedicationRequest>(prior)
  return ['active', 'on-hold', 'draft'].includes(prescription.status ?? '')
    ? [ending(options, prescription, 'replaced')]
    : []
}

/** A screened order is shown to its provider, with the prescriptions it is about. */
async function releaseOrder(options: RulesOptions, done: Done, facts: Facts): Promise<Operation[]> {
  const order = done.next as unknown as r4.Task
  const references = [...(order.basedOn ?? []), { reference: `Task/${done.id}` }]
  for (const { reference } of references) {
    const local = facts.target(reference)
    const stored = local && (await readCurrent(facts.query, local.type, local.id, { kind: 'open' }))
    const row = stored && options.row(stored.type)
    if (!stored || !row) continue
    const grants = await named(row, parse(stored), facts)
    await facts.admit(stored, grants)
    if (stored.type === 'MedicationRequest') await shareSignatures(`${stored.type}/${stored.id}`, grants, facts)
  }
  return []
}

/** An effect of a lifecycle table: the service moves or creates Tasks, through the same tables. */
const carryOut =
  (effect: string): Effect =>
  async (options, done, facts) => {
    const surroundings = await around(facts, await orderBehind(done, facts))
    const task = done.type === 'Task' ? (done.next as unknown as r4.Task) : undefined
    const reason = (done.next.statusReason ?? done.next.statusReasonCodeableConcept) as r4.CodeableConcept | undefined
    const steps = plan(effect, {
      order: surroundings.order,
      prescriptions: surroundings.prescriptions,
      supplies: surroundings.supplies,
      reason,
      supply: task,
      cancels: surroundings.order ? await cancelsOf(facts, surroundings.order) : [],
      prescription: done.type === 'MedicationRequest' ? `MedicationRequest/${done.id}` : undefined,
      newId: options.newId,
      now: facts.now,
    })
    return steps.map((step) => {
      if (step.kind === 'create') return serviceCreates(step.resource)
      const resource = step.task as unknown as Resource
      const table = lifecycleOf(options, resource)
      return serviceUpdates(
        inState(table, { ...resource, lastModified: new Date(facts.now).toISOString() }, step.to, step.reason),
      )
    })
  }

/** The order that a change belongs to, as it is stored now. */
async function orderBehind(done: Done, facts: Facts): Promise<r4.Task | undefined> {
  if (done.type === 'MedicationRequest') return orderOf(facts, `MedicationRequest/${done.id}`)
  if (done.type === 'MedicationDispense') {
    const dispense = done.next as unknown as r4.MedicationDispense
    return orderOf(facts, dispense.authorizingPrescription?.[0]?.reference ?? '')
  }
  return (await resolve(facts, orderReference(done.next, done.id))) as unknown as r4.Task | undefined
}

/**
 * The table that a resource moves by.
 * @throws Error when none governs it
 */
export function lifecycleOf(options: RulesOptions, resource: Resource): Lifecycle {
  const facts = factsOf({ now: 0, prescriptions: [], supplies: [] })
  for (const table of options.lifecycles.values()) if (governs(table, resource, facts)) return table
  throw new Error(`No lifecycle governs ${resource.resourceType}/${resource.id}.`)
}

export const serviceCreates = (task: r4.Task): Operation => {
  const { id = '', ...content } = task
  const resource = { ...content, id } as unknown as Resource
  return { kind: 'create', id, root: 'Task', byService: true, draft: { resource, text: textOf(resource), content: '' } }
}

export const serviceUpdates = (resource: Resource): Operation => ({
  kind: 'update',
  id: resource.id ?? '',
  root: resource.resourceType,
  byService: true,
  ifMatchRequired: false,
  draft: { resource, text: textOf(resource), content: '' },
})

/**
 * An active prescription is work for its provider: one order Task for all items of a group.
 * @throws Problem when the items of the group do not agree, or the order is closed to new items
 */
async function placeOrder(options: RulesOptions, done: Done, facts: Facts): Promise<Operation[]> {
  const [existing] = await ordersOfGroup(done, facts)
  const added = itemOf(done)
  // Most items of an order come together, and the first of them has placed it for all.
  if (existing?.basedOn?.some(({ reference }) => reference === added.reference)) return []
  if (existing) {
    const items = await itemsOf(facts, existing)
    const joined = joinOrder(
      existing,
      items.map(({ resource }) => resource),
      added,
      facts.now,
      done.root,
    )
    if (isIssues(joined)) throw new Problem(joined)
    await checkAgreement(facts, [...items, { ...added, root: done.root }])
    return [serviceUpdates(joined as unknown as Resource)]
  }
  const group = done.next.groupIdentifier as r4.Identifier
  const peers = facts.written('MedicationRequest').filter(({ next, verdict }) => {
    const other = next.groupIdentifier as r4.Identifier | undefined
    return verdict.effects.includes(PLACE_ORDER) && other?.system === group.system && other?.value === group.value
  })
  const items = peers.map((peer) => ({ ...itemOf(peer), root: peer.root }))
  const [owner] = await checkAgreement(facts, items)
  const { trust } = await trustBehind(done, facts)
  const [first, ...rest] = items
  if (!first || owner === undefined) throw new Error('A prescription that places an order must be among those written.')
  const performer = first.resource.dispenseRequest?.performer?.reference
  return [
    serviceCreates(
      orderTask({
        id: options.newId(),
        items: [first, ...rest],
        subject: await forWhom(options, done, facts),
        requester: trust,
        owner,
        now: facts.now,
        screening: screens(options, trust, owner, items),
        beside: [...new Set(items.flatMap(({ reference }) => ordersBeside(facts, reference)))],
        ...(performer === undefined ? {} : { ownerReference: performer }),
      }),
    ),
  ]
}

/** Whether the trust's own pharmacist looks at the order before the provider is told of it. */
const screens = (options: RulesOptions, trust: string, provider: string, items: readonly Item[]): boolean =>
  options.policies({ trust, provider, therapies: therapiesOf(items.map(({ resource }) => resource)) }).screening

const itemOf = (done: Done): Item => ({
  reference: `MedicationRequest/${done.id}`,
  resource: done.next as unknown as r4.MedicationRequest,
})

/** All items are for one patient and one provider. @returns the ODS code of the provider, per item */
async function checkAgreement(facts: Facts, items: readonly (Item & { readonly root?: string })[]): Promise<string[]> {
  const read = []
  for (const { resource, root = 'MedicationRequest' } of items) {
    const behind = await organizationsBehind(facts, resource.dispenseRequest?.performer)
    const particulars = orderParticulars(resource, () => behind[0]?.ods, root)
    if (isIssues(particulars)) throw new Problem(particulars)
    read.push({ particulars, root })
  }
  const issues = itemsDisagree(read)
  if (issues.length > 0) throw new Problem(issues)
  return read.map(({ particulars }) => particulars.provider)
}
