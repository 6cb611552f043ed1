/** Homecare's rules at the door: what may happen, and what the service does because of it. */
import { textOf } from '../fhir/json.ts'
import { Problem } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { follow as plan } from '../homecare/effects.ts'
import { factsOf } from '../homecare/facts.ts'
import { governs, inState } from '../homecare/lifecycle.ts'
import type { Lifecycle } from '../homecare/lifecycle-table.ts'
import { type Item, itemsDisagree, joinOrder, orderParticulars, orderTask } from '../homecare/order.ts'
import type { Done, Facts, Operation, Rules } from '../store/operation.ts'
import { mayDelete } from './deletion.ts'
import { trustBehind } from './grants.ts'
import { isIssues, judge } from './judge.ts'
import { ordersOfGroup } from './repeats.ts'
import type { RulesOptions } from './rules-options.ts'
import { around, itemsOf, orderOf, organizationsBehind, resolve } from './surroundings.ts'

/** Effects beyond those that tables name. */
export const PLACE_ORDER = 'place-order'

export function createRules(options: RulesOptions): Rules {
  return {
    judge: (change, facts) => judge(options, change, facts),
    mayDelete: (removal) => mayDelete(options, removal),
    follow: (done, effect, facts) =>
      effect === PLACE_ORDER ? placeOrder(options, done, facts) : carryOut(options, done, effect, facts),
  }
}

/** An effect of a lifecycle table: the service moves or creates Tasks, through the same tables. */
async function carryOut(options: RulesOptions, done: Done, effect: string, facts: Facts): Promise<Operation[]> {
  const surroundings = await around(facts, await orderBehind(done, facts))
  const task = done.type === 'Task' ? (done.next as unknown as r4.Task) : undefined
  const reason = (done.next.statusReason ?? done.next.statusReasonCodeableConcept) as r4.CodeableConcept | undefined
  const steps = plan(effect, {
    order: surroundings.order,
    prescriptions: surroundings.prescriptions,
    supplies: surroundings.supplies,
    reason,
    supply: task,
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
  const parent = (done.next as unknown as r4.Task).partOf?.[0]?.reference ?? `Task/${done.id}`
  return (await resolve(facts, parent)) as unknown as r4.Task | undefined
}

function lifecycleOf(options: RulesOptions, resource: Resource): Lifecycle {
  const facts = factsOf({ now: 0, prescriptions: [], supplies: [] })
  for (const table of options.lifecycles.values()) if (governs(table, resource, facts)) return table
  throw new Error(`No lifecycle governs ${resource.resourceType}/${resource.id}.`)
}

const serviceCreates = (task: r4.Task): Operation => {
  const { id = '', ...content } = task
  const resource = { ...content, id } as unknown as Resource
  return { kind: 'create', id, root: 'Task', byService: true, draft: { resource, text: textOf(resource), content: '' } }
}

const serviceUpdates = (resource: Resource): Operation => ({
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
    if (joined === existing) return []
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
        requester: trust,
        owner,
        now: facts.now,
        ...(performer === undefined ? {} : { ownerReference: performer }),
      }),
    ),
  ]
}

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
