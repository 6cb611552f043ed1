import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { sidesOf, trustOf } from '../../src/homecare/access.ts'
import { follow, type Situation } from '../../src/homecare/effects.ts'
import { factsOf } from '../../src/homecare/facts.ts'
import { isNhsNumber, odsCode } from '../../src/homecare/identifiers.ts'
import { decide } from '../../src/homecare/lifecycle.ts'
import { governs, inState } from '../../src/homecare/lifecycle-state.ts'
import {
  isOrder,
  itemsDisagree,
  joinOrder,
  orderIssues,
  orderParticulars,
  orderTask,
} from '../../src/homecare/order.ts'
import { FIRST_PROMISED, TASK_INPUT } from '../../src/homecare/states.ts'
import { supplyPeriod, supplyTasks } from '../../src/homecare/supply-plan.ts'
import { loadTable } from './tables.ts'

const NOW = Date.parse('2026-03-01T08:00:00.000Z')
const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code'
const group: r4.Identifier = {
  extension: [{ url: 'https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionId' }],
  system: 'https://fhir.nhs.uk/Id/prescription-order-number',
  value: 'DC2C66-A1B2C3-23407B',
}
const item = (more: object = {}, dispenseRequest: r4.MedicationRequestDispenseRequest = {}): r4.MedicationRequest => ({
  resourceType: 'MedicationRequest',
  status: 'active',
  intent: 'order',
  medicationCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '15517911000001104' }] },
  subject: { reference: 'Patient/p1' },
  groupIdentifier: group,
  authoredOn: '2026-03-01',
  dispenseRequest: { performer: { identifier: { system: ODS, value: 'vn6xw' } }, ...dispenseRequest },
  ...more,
})
const nowhere = (): undefined => undefined
let ids = 0
const newId = (): string => `id-${++ids}`
const build = (...resources: [r4.MedicationRequest, ...r4.MedicationRequest[]]): r4.Task => {
  const [first, ...rest] = resources
  const items = [
    { reference: 'MedicationRequest/m0', resource: first },
    ...rest.map((resource, index) => ({ reference: `MedicationRequest/m${index + 1}`, resource })),
  ] as const
  return orderTask({
    id: 'order1',
    items: [items[0], ...items.slice(1)],
    subject: items[0].resource.subject,
    requester: 'RBA',
    owner: 'VN6XW',
    now: NOW,
  })
}
const order = loadTable('Order')
const supply = loadTable('Supply')
const plain = factsOf({ now: NOW, prescriptions: [], supplies: [] })
const as = (resource: unknown): Resource => resource as Resource

t.test('only an active order is an order: no draft, proposal or plan reaches a provider', async (t) => {
  for (const intent of ['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order']) {
    t.ok(isOrder(as(item({ intent }))), intent)
  }
  for (const intent of ['proposal', 'plan', 'option', undefined]) t.notOk(isOrder(as(item({ intent }))), String(intent))
  for (const status of ['draft', 'on-hold', 'cancelled', 'stopped', 'completed', 'entered-in-error', 'unknown']) {
    t.notOk(isOrder(as(item({ status }))), status)
  }
  t.notOk(isOrder({ ...as(item()), resourceType: 'ServiceRequest' }))
})

t.test('a prescription that cannot be routed is refused with everything it lacks', async (t) => {
  const bare = orderParticulars(
    item({ groupIdentifier: undefined, dispenseRequest: {}, subject: {} }),
    nowhere,
    'Bundle.entry[1].resource',
  )
  t.match(bare, [
    { key: 'order-group-missing', expression: 'Bundle.entry[1].resource.groupIdentifier' },
    { key: 'order-provider-missing', expression: 'Bundle.entry[1].resource.dispenseRequest.performer' },
    { key: 'order-subject-missing', expression: 'Bundle.entry[1].resource.subject' },
  ])
  t.match(
    orderParticulars(item({ groupIdentifier: { value: 'x' } }), nowhere),
    [{ key: 'order-group-missing' }],
    'no system',
  )
  t.match(orderParticulars(item(), nowhere), { provider: 'VN6XW', group: { value: group.value } }, 'upper case')
  const byReference = item({}, { performer: { reference: 'Organization/o1' } })
  t.match(
    orderParticulars(byReference, (reference) => (reference === 'Organization/o1' ? 'VNE51' : undefined)),
    {
      provider: 'VNE51',
      providerReference: 'Organization/o1',
    },
  )
  t.match(orderParticulars(byReference, nowhere), [{ key: 'order-provider-missing' }], 'a reference that leads nowhere')
  const gphc = item(
    {},
    { performer: { identifier: { system: 'https://fhir.hl7.org.uk/Id/gphc-number', value: 'VN6XW' } } },
  )
  t.match(orderParticulars(gphc, nowhere), [{ key: 'order-provider-missing' }], 'another kind of identifier')
  t.same(orderIssues(as(byReference)), [], 'before references are followed, a literal one counts')
  t.match(orderIssues(as(item({ groupIdentifier: undefined }))), [{ key: 'order-group-missing' }])
  t.same(orderIssues(as(item({ intent: 'plan', groupIdentifier: undefined }))), [], 'a plan is no order')
})

t.test('an order mixes neither patients nor providers', async (t) => {
  const of = (resource: r4.MedicationRequest, root: string) => {
    const particulars = orderParticulars(resource, nowhere)
    if (!('group' in particulars)) throw new Error('the item is whole')
    return { particulars, root }
  }
  t.same(itemsDisagree([of(item(), 'a'), of(item(), 'b')]), [])
  const other = item(
    { subject: { reference: 'Patient/p2' } },
    { performer: { identifier: { system: ODS, value: 'VNE51' } } },
  )
  t.match(itemsDisagree([of(item(), 'a'), of(item(), 'b'), of(other, 'c')]), [
    { key: 'order-items-disagree', expression: 'c.subject' },
    { key: 'order-items-disagree', expression: 'c.dispenseRequest.performer' },
  ])
  const numbered = (value: string) =>
    item({ subject: { identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value } } })
  t.same(itemsDisagree([of(numbered('1'), 'a'), of(numbered('1'), 'b')]), [])
  t.equal(itemsDisagree([of(numbered('1'), 'a'), of(numbered('2'), 'b')]).length, 1)
})

t.test('the order Task says whose it is, what it is about and who acts next', async (t) => {
  const task = build(
    item(),
    item({ priority: 'urgent' }, { validityPeriod: { start: '2026-03-02', end: '2026-09-01' } }),
  )
  t.match(task, {
    status: 'requested',
    businessStatus: { coding: [{ code: 'submitted' }] },
    intent: 'order',
    priority: 'urgent',
    focus: { reference: 'MedicationRequest/m0' },
    for: { reference: 'Patient/p1' },
    requester: { type: 'Organization', identifier: { system: ODS, value: 'RBA' } },
    owner: { type: 'Organization', identifier: { system: ODS, value: 'VN6XW' } },
    authoredOn: '2026-03-01T08:00:00.000Z',
    restriction: { period: { start: '2026-03-02' } },
  })
  t.same(task.groupIdentifier, group, 'with the long prescription id it came with')
  t.same(
    task.basedOn?.map(({ reference }) => reference),
    ['MedicationRequest/m0', 'MedicationRequest/m1'],
  )
  t.equal(task.restriction?.period?.end, undefined, 'one item has no end, so the order has none')
  t.ok(governs(order, as(task), plain), 'the order table governs it')
  const created = decide({
    table: order,
    next: as(task),
    caller: { role: 'service', organization: '', client: '' },
    sides: [],
    facts: plain,
  })
  t.match(created, { kind: 'ok', to: 'submitted', members: {} })
})

t.test('an item joins its order until the provider has taken it', async (t) => {
  const task = build(item())
  const added = { reference: 'MedicationRequest/m9', resource: item({ priority: 'stat' }) }
  const joined = joinOrder(task, [item()], added, NOW + 1000)
  if (!('resourceType' in joined)) return t.fail('joins')
  t.same(
    joined.basedOn?.map(({ reference }) => reference),
    ['MedicationRequest/m0', 'MedicationRequest/m9'],
  )
  t.equal(joined.priority, 'stat')
  t.equal(joinOrder(joined, [item()], added, NOW + 2000), joined, 'the same item again changes nothing')
  const kept = decide({
    table: order,
    current: as(task),
    next: as(joined),
    caller: { role: 'service', organization: '', client: '' },
    sides: [],
    facts: plain,
  })
  t.match(kept, { kind: 'ok', event: 'updated' }, 'the table lets the service do it')
  for (const state of ['received', 'accepted', 'in-supply', 'suspended', 'cancelled', 'rejected-legal']) {
    const taken = inState(order, as(task), state) as unknown as r4.Task
    t.match(
      joinOrder(taken, [item()], added, NOW),
      [{ key: 'order-closed-to-items', diagnostics: new RegExp(state) }],
      state,
    )
  }
})

t.test('one supply for the first delivery and one for each repeat, on days that nobody invented', async (t) => {
  const schedule = {
    numberOfRepeatsAllowed: 2,
    validityPeriod: { start: '2026-01-31' },
    expectedSupplyDuration: { value: 4, code: 'wk', system: 'http://unitsofmeasure.org' },
  }
  const sharps = item({ authoredOn: '2026-01-31' })
  const tasks = supplyTasks({ order: build(item()), prescriptions: [item({}, schedule), sharps], newId, now: NOW })
  t.equal(tasks.length, 3)
  t.equal(new Set(tasks.map(({ id }) => id)).size, 3)
  t.same(
    tasks.map(({ restriction }) => restriction?.period),
    [{ start: '2026-01-31' }, { start: '2026-02-28', end: '2026-02-28' }, { start: '2026-03-28', end: '2026-03-28' }],
  )
  for (const [index, task] of tasks.entries()) {
    t.match(task, {
      status: 'ready',
      businessStatus: { coding: [{ code: 'due' }] },
      partOf: [{ reference: 'Task/order1' }],
      owner: { identifier: { value: 'VN6XW' } },
      requester: { identifier: { value: 'RBA' } },
      for: { reference: 'Patient/p1' },
      input: [{ valuePositiveInt: index + 1 }, { valuePositiveInt: 3 }],
    })
    t.ok(governs(supply, as(task), plain))
    t.notOk(governs(order, as(task), plain))
  }
  const at = (request: object, n: number) => supplyPeriod([item({ authoredOn: '2026-01-31' }, request)], n)
  const months = { dispenseInterval: { value: 1, code: 'mo' }, expectedSupplyDuration: { value: 35, code: 'd' } }
  t.same(at(months, 2), { start: '2026-02-28', end: '2026-03-07' }, 'the 31st does not exist in February')
  const late = { dispenseInterval: { value: 30, code: 'd' }, expectedSupplyDuration: { value: 28, code: 'd' } }
  t.same(at(late, 2), { start: '2026-02-28', end: '2026-02-28' }, 'due no later than the patient runs out')
  t.equal(at({ numberOfRepeatsAllowed: 5 }, 2), undefined, 'no interval, no date')
  t.equal(at({ expectedSupplyDuration: { value: 4, unit: 'weeks' } }, 2), undefined, 'words are no unit')
  const differ = [
    item({}, { expectedSupplyDuration: { value: 28, code: 'd' } }),
    item({}, { expectedSupplyDuration: { value: 30, code: 'd' } }),
  ]
  t.same(supplyPeriod(differ, 2)?.end, supplyPeriod(differ.slice(0, 1), 2)?.end, 'the first of them to run out decides')
  const spare = item({}, { numberOfRepeatsAllowed: 0, expectedSupplyDuration: { value: 1, code: 'd' } })
  const monthly = item({}, { numberOfRepeatsAllowed: 2, expectedSupplyDuration: { value: 28, code: 'd' } })
  t.same(supplyPeriod([spare, monthly], 3), supplyPeriod([monthly], 3), 'what comes once gives no rhythm')
  const loading = item(
    { authoredOn: '2026-01-01' },
    {
      numberOfRepeatsAllowed: 2,
      initialFill: { duration: { value: 14, code: 'd' } },
      expectedSupplyDuration: { value: 28, code: 'd' },
    },
  )
  t.same(
    [1, 2, 3].map((n) => supplyPeriod([loading], n)?.start),
    ['2026-01-01', '2026-01-15', '2026-02-12'],
    'a first fill that lasts for another time',
  )
  t.equal(supplyPeriod([item({ authoredOn: undefined })], 1), undefined)
  t.equal(supplyTasks({ order: build(item()), prescriptions: [item()], newId, now: NOW }).length, 1)
})

t.test('what follows from a step', async (t) => {
  const [first, second] = supplyTasks({
    order: build(item()),
    prescriptions: [item({}, { numberOfRepeatsAllowed: 1 })],
    newId,
    now: NOW,
  })
  if (!first || !second) return t.fail('two supplies')
  const orderAt = (state: string): r4.Task => inState(order, as(build(item())), state) as unknown as r4.Task
  const at = (task: r4.Task, state: string): r4.Task => inState(supply, as(task), state) as unknown as r4.Task
  const of = (more: Partial<Situation>): Situation => ({
    prescriptions: [item()],
    supplies: [first, second],
    cancels: [],
    newId,
    now: NOW,
    ...more,
  })
  t.equal(follow('create-supplies', of({ order: orderAt('accepted'), supplies: [] })).length, 1)
  t.same(follow('create-supplies', of({ order: orderAt('accepted') })), [], 'once in the life of an order')
  t.match(follow('start-order', of({ order: orderAt('accepted') })), [{ to: 'in-supply' }])
  t.same(follow('start-order', of({ order: orderAt('suspended') })), [], 'a held order stays held')
  t.same(follow('complete-order', of({ order: orderAt('in-supply'), supplies: [at(first, 'delivered'), second] })), [])
  const done = [at(first, 'delivered'), at(second, 'delivered')]
  t.match(follow('complete-order', of({ order: orderAt('in-supply'), supplies: done })), [{ to: 'final-supply-done' }])
  t.same(follow('complete-order', of({ order: orderAt('suspended'), supplies: done })), [])
  const reason = { text: 'why' }
  const cancelled = follow('cancel-supplies', of({ reason, supplies: [at(first, 'dispatched'), second] }))
  t.match(
    cancelled,
    [{ kind: 'move', task: { id: second.id }, to: 'supply-cancelled', reason }],
    'goods on the road are not wished away',
  )
  t.equal(cancelled.length, 1)
  t.match(follow('cancel-order', of({ order: orderAt('submitted'), prescriptions: [item({ status: 'stopped' })] })), [
    { to: 'cancelled' },
  ])
  t.same(
    follow('cancel-order', of({ order: orderAt('submitted'), prescriptions: [item({ status: 'stopped' }), item()] })),
    [],
  )
  t.same(
    follow('cancel-order', of({ order: orderAt('received'), prescriptions: [item({ status: 'stopped' })] })),
    [],
    'the provider has it',
  )
  const failed: r4.Task = {
    ...at(first, 'delivery-failed'),
    extension: [{ url: FIRST_PROMISED, valueDateTime: '2026-03-05' }],
    executionPeriod: { start: '2026-03-05' },
    statusReason: reason,
  }
  const [again] = follow('replace-supply', of({ order: orderAt('in-supply'), supply: failed }))
  if (again?.kind !== 'create') return t.fail('a replacement')
  t.match(again.resource, {
    status: 'ready',
    extension: failed.extension,
    input: [{ valuePositiveInt: 1 }, {}, { valueReference: { reference: `Task/${first.id}` } }],
  })
  t.equal(again.resource.executionPeriod ?? again.resource.statusReason, undefined)
  t.not(again.resource.id, first.id)
  const [third] = follow('replace-supply', of({ order: orderAt('in-supply'), supply: again.resource }))
  t.equal(
    third?.kind === 'create' &&
      third.resource.input?.filter(
        ({ type }) => type.coding?.[0]?.system === TASK_INPUT && type.coding[0].code === 'replaces',
      ).length,
    1,
  )
  t.same(
    follow('replace-supply', of({ order: orderAt('stopped'), supply: failed })),
    [],
    'nothing is sent again for an order that has ended',
  )
  t.throws(() => follow('explode', of({})))
})

t.test('which organisation stands where', async (t) => {
  const row = { access: { requester: ['requester'], owner: ['owner', 'performer.actor'] } }
  const resource = as({
    resourceType: 'Task',
    requester: { identifier: { system: ODS, value: 'rba' } },
    owner: { reference: 'Organization/o1' },
    performer: [{ actor: { identifier: { system: 'https://fhir.nhs.uk/Id/ods-site-code', value: 'VNE51' } } }, {}],
    note: [{ text: 'x' }],
  })
  t.same(
    sidesOf(row, resource, (reference) => (reference === 'Organization/o1' ? ['VN6XW', 'VN6'] : [])),
    [
      { organization: 'RBA', side: 'requester' },
      { organization: 'VN6XW', side: 'owner' },
      { organization: 'VN6', side: 'owner' },
      { organization: 'VNE51', side: 'owner' },
    ],
  )
  t.same(
    sidesOf({}, resource, () => ['RBA']),
    [],
  )
  const number = as({
    resourceType: 'Task',
    owner: { identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' } },
  })
  t.same(
    sidesOf(row, number, () => []),
    [],
    'only ODS codes are organisations',
  )
})

t.test('the trust of an order', async (t) => {
  t.same(trustOf('A99968', [{ ods: 'A99968', partOf: 'RBA' }]), { trust: 'RBA', also: ['A99968'] }, 'a clinic sends')
  t.same(trustOf('RBA', [{ ods: 'A99968', partOf: 'RBA' }]), { trust: 'RBA', also: ['A99968'] }, 'its trust sends')
  t.same(
    trustOf('RBA', [{ ods: 'A99968', partOf: 'RXX' }]),
    { trust: 'RBA', also: [] },
    'a stranger’s clinic gains nothing',
  )
  t.same(trustOf('RBA', [{ ods: 'RXX' }]), { trust: 'RBA', also: [] })
  t.same(trustOf('RBA', []), { trust: 'RBA', also: [] })
})

t.test('national identifiers', async (t) => {
  for (const number of ['9453740519', '9449304130', '9446368138']) t.ok(isNhsNumber(number), number)
  for (const number of ['9453740518', '0000000001', '945374051', '94537405199', 'x'])
    t.notOk(isNhsNumber(number), number)
  t.equal(odsCode(' vn6xw'), 'VN6XW')
  t.equal(odsCode('no code'), undefined)
})
