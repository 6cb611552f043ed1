/** One prescription, one piece of work: never lost, never doubled, and moved on only as the tables allow. */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Answer, resourcesOf, rowCounts, startExchange } from '../helper.ts'
import {
  errorsIn,
  acceptedOrder,
  dispenseOf,
  inBundle,
  located,
  type OrderBundle,
  orderBundle,
  orderState,
  orderNumber,
  orderTask,
  PROVIDER,
  parties,
  stateOf,
  TRUST,
} from '../orders.ts'

const REASON = 'https://homecare-exchange.org/fhir/CodeSystem/reason'
const SUPPLY = 'https://homecare-exchange.org/fhir/CodeSystem/supply-business-status'
const supplyState = (code: string): Partial<r4.Task> => ({ businessStatus: { coding: [{ system: SUPPLY, code }] } })
const entriesOf = (answer: Answer): r4.BundleEntry[] => (answer.body as unknown as r4.Bundle).entry ?? []

/** The Bundle with a second item like the first. */
function withSecondItem(bundle: OrderBundle): OrderBundle {
  const second = structuredClone(bundle.entry.at(-1)) as r4.BundleEntry
  second.fullUrl = 'urn:uuid:7f1c2b1e-0000-4000-8000-000000000002'
  const item = second.resource as r4.MedicationRequest
  item.identifier = [{ system: 'https://fhir.nhs.uk/Id/prescription-order-item-number', value: crypto.randomUUID() }]
  bundle.entry.push(second)
  return bundle
}

t.test('an order of several items is one Task that says what there is to do', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const bundle = withSecondItem(orderBundle())
  const group = {
    system: 'https://fhir.nhs.uk/Id/prescription-order-number',
    value: orderNumber(901),
    extension: [
      {
        url: 'https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionId',
        valueIdentifier: { system: 'https://fhir.nhs.uk/Id/prescription', value: '2cbe1f0b' },
      },
    ],
  }
  for (const { resource } of bundle.entry)
    if (resource?.resourceType === 'MedicationRequest') Object.assign(resource, { groupIdentifier: group })
  const answer = await trust.post('', bundle)
  const items = entriesOf(answer)
    .slice(-2)
    .map(({ response }) => response?.location?.replace(/^.*fhir\/|\/_history.*$/g, '') ?? '')
  const tasks = resourcesOf(await provider.get('Task?status=requested'))
  t.equal(tasks.length, 1)
  const { id, meta, authoredOn, lastModified, extension, ...task } = tasks[0] as unknown as r4.Task
  t.same(task, {
    resourceType: 'Task',
    basedOn: items.map((reference) => ({ reference })),
    groupIdentifier: group,
    status: 'requested',
    ...orderState('submitted'),
    businessStatus: { coding: [{ ...orderState('submitted').businessStatus?.coding?.[0], display: 'Submitted' }] },
    intent: 'order',
    code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
    focus: { reference: items[0] },
    for: {
      reference: located(answer, 'Patient'),
      identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' },
    },
    requester: {
      type: 'Organization',
      identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: TRUST },
    },
    owner: {
      type: 'Organization',
      identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: PROVIDER },
    },
  })
  t.same(
    extension?.map(({ url, ...value }) => [url.split('/').at(-1), value]),
    [
      ['next-actor', { valueCode: 'provider' }],
      ['next-action-due', { valueDateTime: new Date(Date.parse(authoredOn ?? '') + 4 * 3_600_000).toISOString() }],
    ],
    'whose turn it is, and until when',
  )
  t.match(answer.text, `The order is followed as Task/${id}.`, 'the sender is told')
  t.equal(meta?.versionId, '1')
  t.equal(authoredOn, lastModified)
  t.same(errorsIn(exchange, tasks[0], { root: 'Task', type: 'Task' }), [], 'a valid Task')
})

t.test(
  'the Tasks of an order are found by the patient’s NHS number, which follows the record of the patient',
  async (t) => {
    const exchange = await startExchange(t)
    const all = await parties(exchange)
    const { trust, provider } = all
    const NHS = 'https://fhir.nhs.uk/Id/nhs-number'
    const [number, corrected] = ['9449304130', '9000000009']
    const found = async (query: string): Promise<string[]> =>
      resourcesOf(await provider.get(`Task?${query}`))
        .map(({ id }) => `Task/${id}`)
        .sort()
    const { order, supplies } = await acceptedOrder(all)
    const patient = (order as unknown as r4.Task).for?.reference ?? ''
    const tasks = [order, ...supplies].map(({ id }) => `Task/${id}`).sort()
    t.ok(supplies.length > 0)
    t.same(await found(`patient:identifier=${NHS}|${number}`), tasks, 'whether the subject carried it or not')
    t.same(await found(`patient.identifier=${NHS}|${number}`), tasks)
    t.same(await found(`owner:identifier=${PROVIDER}&requester:identifier=${TRUST}`), tasks)

    const ended = await orderTask(provider, located(await trust.post('', orderBundle()), 'MedicationRequest'))
    const statusReason = { coding: [{ system: REASON, code: 'no-valid-po' }] }
    const rejected = await provider.put({
      ...ended,
      ...orderState('rejected-no-po'),
      status: 'rejected',
      statusReason,
    } as Resource)
    t.equal(rejected.status, 200, rejected.text)
    const before = resourcesOf(await provider.get('Task')).map(({ id, meta }) => `${id}/${meta?.versionId}`)
    const record = (await trust.get(patient)).body
    t.equal((await trust.put({ ...record, birthDate: '1970-01-02' })).status, 200)
    t.same(
      resourcesOf(await provider.get('Task')).map(({ id, meta }) => `${id}/${meta?.versionId}`),
      before,
      'nothing else of the record touches the work',
    )
    const identifier = [{ system: NHS, value: corrected }]
    const renumbered = await trust.put({ ...(await trust.get(patient)).body, identifier })
    t.equal(renumbered.status, 200, renumbered.text)
    t.same(await found(`patient:identifier=${NHS}|${corrected}`), tasks, 'what goes on is about the corrected number')
    t.same(await found(`patient:identifier=${NHS}|${number}`), [`Task/${ended.id}`], 'what has ended stays as it ended')

    const own = orderBundle()
    inBundle(own, 'MedicationRequest').subject = { identifier: { system: NHS, value: number } }
    const alone = await orderTask(provider, located(await trust.post('', own), 'MedicationRequest'))
    t.same(alone.for, { identifier: { system: NHS, value: number } }, 'a subject without a record is taken as it is')
  },
)

t.test('items in separate requests join the order until the provider has taken it', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const first = await trust.post('', orderBundle())
  const reference = located(first, 'MedicationRequest')
  const { id: _i, meta: _m, ...item } = (await trust.get(reference)).body
  const another = () => ({ ...item, identifier: [{ system: 'urn:item', value: crypto.randomUUID() }] })
  const second = await trust.post('MedicationRequest', another())
  t.equal(second.status, 201)
  const task = await orderTask(provider, reference)
  t.equal(task.id, (await orderTask(provider, `MedicationRequest/${second.body.id}`)).id, 'one order for both')
  t.equal(task.meta?.versionId, '2')
  t.equal(
    (await provider.put({ ...task, status: 'accepted', meta: { versionId: '1' } })).status,
    412,
    'who read one item does not accept two',
  )
  t.equal((await provider.put({ ...task, status: 'accepted' })).status, 200)
  const before = await rowCounts(exchange.context)
  const late = await trust.post('MedicationRequest', another())
  t.same([late.status, late.keys], [409, ['order-closed-to-items']])
  const repeat = await trust.post('MedicationRequest', (({ id: _id, meta: _meta, ...rest }) => rest)(second.body))
  t.same([repeat.status, repeat.body.id], [201, second.body.id], 'a repeat is answered as the first time, also later')
  t.same(await rowCounts(exchange.context), before)
  const elsewhere = {
    ...another(),
    dispenseRequest: {
      performer: { identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'VNE51' } },
    },
  }
  t.equal((await trust.post('MedicationRequest', elsewhere)).status, 409, 'also for another provider')
})

t.test('items of one order that disagree are refused whole', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const before = await rowCounts(exchange.context)
  const bundle = withSecondItem(orderBundle())
  const second = bundle.entry.at(-1)?.resource as r4.MedicationRequest
  second.dispenseRequest = {
    performer: { identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'VNE51' } },
  }
  const answer = await trust.post('', bundle)
  t.same([answer.status, answer.keys], [422, ['order-items-disagree']])
  t.same(await rowCounts(exchange.context), before)
})

t.test('a medicine that was stored before is judged with the prescription that refers to it', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const stored = async (medication: object): Promise<string> =>
    `Medication/${(await trust.post('Medication', { resourceType: 'Medication', ...medication })).body.id}`
  const ordered = (reference: string, change: (item: r4.MedicationRequest) => void = () => undefined): OrderBundle => {
    const bundle = orderBundle()
    const item = inBundle(bundle, 'MedicationRequest')
    delete item.medicationCodeableConcept
    item.medicationReference = { reference }
    change(item)
    return bundle
  }
  const errors = async (bundle: OrderBundle): Promise<string[]> =>
    ((await trust.post('$validate', bundle)).body as unknown as r4.OperationOutcome).issue
      .filter(({ severity }) => severity === 'error')
      .map(({ details }) => details?.coding?.[0]?.code ?? '')
  const daily = (item: r4.MedicationRequest): void => {
    const repeat = item.dosageInstruction?.[0]?.timing?.repeat
    if (repeat) repeat.periodUnit = 'd'
    delete item.dosageInstruction?.[0]?.text
    delete item.dispenseRequest?.quantity
  }
  const morphine = await stored({ code: { text: 'Morphine sulfate 10mg tablets' } })
  const nothing = await stored({ status: 'active' })
  const methotrexate = await stored({ code: { text: 'Methotrexate 10mg pre-filled syringe' } })
  const before = await rowCounts(exchange.context)
  const wrong: [OrderBundle, string][] = [
    [ordered(morphine), 'controlled-drug'],
    [ordered(nothing), 'medicine-not-named'],
    [ordered(methotrexate, daily), 'weekly-medicine-too-often'],
  ]
  for (const [bundle, key] of wrong) {
    const answer = await trust.post('', bundle)
    t.equal(answer.status, 422, key)
    t.ok(answer.keys.includes(key), `${key}: ${answer.keys.join()}`)
    const asked = await errors(bundle)
    t.ok(asked.includes(key), `$validate says ${key}: ${asked.join()}`)
  }
  t.same(await rowCounts(exchange.context), before, 'nothing is stored')
  t.same(await errors(ordered(methotrexate)), [])
  t.equal((await trust.post('', ordered(methotrexate))).status, 200)

  const fullUrl = 'urn:uuid:3f1d7c52-5e0a-4c53-9d64-0a9c5a8f2b11'
  const together = ordered(fullUrl, (item) => Object.assign(item.dispenseRequest?.quantity ?? {}, { value: 7 }))
  const resource: r4.Medication = { resourceType: 'Medication', code: { text: 'Methotrexate 10mg pre-filled syringe' } }
  together.entry.push({ fullUrl, resource, request: { method: 'POST', url: 'Medication' } })
  const warned = (await trust.post('', together)).text.split('"quantity-differs-from-dose"').length - 1
  t.equal(warned, 1, 'of a medicine that comes along a warning is told once')
})

t.test('a repeat gets the same answer, other content is refused', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const bundle = orderBundle()
  const first = await trust.post('', bundle)
  const before = await rowCounts(exchange.context)
  t.equal((await trust.post('', bundle)).text, first.text, 'byte for byte')
  t.same(await rowCounts(exchange.context), before)

  const renamed = JSON.parse(JSON.stringify(bundle).replaceAll(/urn:uuid:\w{4}/g, 'urn:uuid:ffff')) as OrderBundle
  const again = await trust.post('', renamed)
  t.equal(located(again, 'MedicationRequest'), located(first, 'MedicationRequest'), 'with new names for its entries')
  t.equal(resourcesOf(await provider.get('Task')).length, 1)

  const changed = structuredClone(bundle)
  const request = inBundle(changed, 'MedicationRequest').dispenseRequest
  if (request?.quantity) request.quantity.value = 5
  const counts = await rowCounts(exchange.context)
  const refused = await trust.post('', changed)
  t.same([refused.status, refused.keys], [409, ['prescription-duplicate']])
  t.same(await rowCounts(exchange.context), counts)
})

t.test('a draft cannot become a second prescription of an item', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const first = await trust.post('', orderBundle())
  const active = (await trust.get(located(first, 'MedicationRequest'))).body
  const bundle = orderBundle()
  inBundle(bundle, 'MedicationRequest').status = 'draft'
  const draft = (await trust.get(located(await trust.post('', bundle), 'MedicationRequest'))).body
  const refused = await trust.put({ ...draft, status: 'active', identifier: active.identifier })
  t.same([refused.status, refused.keys], [409, ['prescription-duplicate']])
  const own = await trust.put({ ...draft, status: 'active' })
  t.equal(own.status, 200, 'under its own identifier it can')
  t.equal((await trust.put({ ...own.body, note: [{ text: 'x' }] })).status, 200)
  t.equal(resourcesOf(await provider.get('Task?status=requested')).length, 2)
})

t.test('senders in a hurry: concurrent repeats and concurrent acceptances', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const bundle = orderBundle()
  const answers = await Promise.all(Array.from({ length: 20 }, () => trust.post('', bundle)))
  t.equal(new Set(answers.map(({ text }) => text)).size, 1, 'twenty times the same answer')
  const tasks = resourcesOf(await provider.get('Task'))
  t.equal(tasks.length, 1, 'one order')
  const single = {
    ...(await trust.get(located(answers[0] as Answer, 'MedicationRequest'))).body,
    groupIdentifier: { system: 'urn:group', value: '1' },
    identifier: [{ system: 'urn:item', value: '1' }],
  }
  const posts = await Promise.all(Array.from({ length: 20 }, () => trust.post('MedicationRequest', single)))
  t.same(
    [...new Set(posts.map(({ status, body }) => `${status} ${body.id}`))].length,
    1,
    'also for single prescriptions',
  )
  t.equal(resourcesOf(await provider.get('Task')).length, 2)

  const task = tasks[0] as Resource
  const wins = await Promise.all(Array.from({ length: 30 }, () => provider.put({ ...task, status: 'accepted' })))
  t.equal(wins.filter(({ status }) => status === 200).length, 1, 'one acceptance')
  t.equal(wins.filter(({ keys }) => keys[0] === 'version-conflict').length, 29)
  t.equal(resourcesOf(await provider.get(`Task?part-of=Task/${task.id}`)).length, 3, 'one set of supplies')
})

t.test('the way of an order, and what it refuses on the way', async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { trust, provider } = both
  const accepted = await acceptedOrder(both, { repeats: 0 })
  t.equal(stateOf(accepted.order), 'accepted')
  t.same(accepted.supplies.map(stateOf), ['due'])
  let supply = accepted.supplies[0] as Resource
  const step = async (changes: Partial<r4.Task>): Promise<Answer> => {
    const answer = await provider.put({ ...supply, ...changes } as Resource)
    if (answer.status === 200) supply = answer.body
    return answer
  }
  const skipped = await step({ status: 'in-progress', ...supplyState('dispatched') })
  t.same([skipped.status, skipped.keys], [422, ['transition-not-allowed']])
  t.match(skipped.text, 'accepted/delivery-booked', 'says what is allowed now')
  const unbooked = await step({ status: 'accepted' })
  t.same([unbooked.status, unbooked.keys], [422, ['transition-requirement']], 'a booking has a time')
  const slot = { start: '2026-11-22T09:10:00Z', end: '2026-11-22T09:30:00Z' }
  const shifted = await step({ status: 'accepted', executionPeriod: slot, owner: { display: 'somebody else' } })
  t.same(shifted.keys, ['element-frozen'], 'the work is not handed to somebody else')
  t.equal((await step({ status: 'accepted', executionPeriod: slot })).status, 200)
  t.equal((await step({ status: 'in-progress', ...supplyState('dispensing') })).status, 200)
  t.equal(stateOf((await provider.get(`Task/${accepted.order.id}`)).body), 'in-supply', 'the order follows')
  for (const code of ['ready-to-dispatch', 'dispatched']) t.equal((await step(supplyState(code))).status, 200, code)
  exchange.now = Date.parse('2026-11-22T09:25:00Z')
  t.same(
    (await step({ status: 'completed', ...supplyState('delivered') })).keys,
    ['transition-requirement'],
    'a delivery has a time of its own',
  )
  const handed = { ...slot, end: '2026-11-22T09:20:00Z' }
  t.equal((await step({ status: 'completed', ...supplyState('delivered'), executionPeriod: handed })).status, 200)
  const done = (await trust.get(`Task/${accepted.order.id}`)).body
  t.same([done.status, stateOf(done)], ['completed', 'final-supply-done'])
  const reopened = await provider.put({ ...done, status: 'accepted' })
  t.same([reopened.status, reopened.keys], [422, ['transition-not-allowed']])
  t.same((await provider.put({ ...done, note: [{ text: 'x' }] })).keys, ['state-final'])
  const events = await exchange.context.database.query<{ kind: string; to_state: string }>(
    'SELECT kind, to_state FROM event WHERE id = $1 ORDER BY seq',
    [accepted.order.id ?? ''],
  )
  t.same(
    events.map(({ to_state }) => to_state),
    ['submitted', 'accepted', 'in-supply', 'final-supply-done'],
    'one event for each',
  )
})

t.test('a party’s decimals survive the service’s own steps', async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { order, supplies } = await acceptedOrder(both)
  const output = [{ type: { text: 'weight' }, valueQuantity: { value: 1.23, unit: 'kg' } }]
  const text = JSON.stringify({ ...order, output }).replace('1.23', '1.00')
  t.match((await both.provider.send('PUT', `Task/${order.id}`, text, { 'if-match': 'W/"2"' })).text, '"value":1.00')
  const booked = await both.provider.put({
    ...supplies[0],
    status: 'accepted',
    executionPeriod: { start: '2026-11-24T09:00:00Z' },
  } as Resource)
  await both.provider.put({ ...booked.body, status: 'in-progress', ...supplyState('dispensing') } as Resource)
  const moved = await both.trust.get(`Task/${order.id}`)
  t.equal(stateOf(moved.body), 'in-supply')
  t.match(moved.text, '"value":1.00')
})

t.test('a dispense is counted once and never beyond what was prescribed', async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { provider } = both
  const accepted = await acceptedOrder(both)
  const dispense = dispenseOf(accepted, exchange.now)
  const first = await provider.post('MedicationDispense', dispense)
  t.equal(first.status, 201)
  const repeat = async (body: unknown): Promise<unknown[]> => {
    const before = await rowCounts(exchange.context)
    const answer = await provider.post('MedicationDispense', body)
    t.same(await rowCounts(exchange.context), before, 'nothing is stored')
    return [answer.status, answer.body.id ?? answer.keys[0]]
  }
  t.same(await repeat(dispense), [201, first.body.id], 'a repeat gets the same answer')
  t.same(await repeat({ ...dispense, daysSupply: { value: 14, unit: 'day' } }), [409, 'dispense-duplicate'])
  const { identifier: _, ...nameless } = dispenseOf(accepted, exchange.now, 1)
  const second = await provider.post('MedicationDispense', nameless)
  t.equal(second.status, 201)
  t.same(await repeat(nameless), [201, second.body.id], 'also without an identifier')

  const more = (changes: Partial<r4.MedicationDispense>) =>
    repeat({ ...dispenseOf(accepted, exchange.now, 2), ...changes })
  const supply = accepted.supplies[0]?.id
  for (const reference of [`Task/${supply}`, `${exchange.context.base}/Task/${supply}`, `Task/${supply}/_history/1`]) {
    t.same(
      await more({ supportingInformation: [{ reference }] }),
      [422, 'dispense-exceeds-supply'],
      'one supply, however it is spelled',
    )
  }
  const item = `MedicationRequest/${accepted.item.id}`
  for (const reference of [item, `${item}/_history/1`, `${exchange.context.base}/${item}`]) {
    const quantity = { ...dispense.quantity, value: 4.001 }
    t.same(
      await more({ authorizingPrescription: [{ reference }], supportingInformation: [], quantity }).then(
        (found) => found[0],
      ),
      400,
      'an empty list is no list',
    )
    const { supportingInformation: _s, ...loose } = dispenseOf(accepted, exchange.now, 2)
    t.same(
      await repeat({ ...loose, authorizingPrescription: [{ reference }], quantity }),
      [422, 'dispense-exceeds-authorised'],
      'one prescription, however it is spelled',
    )
  }
  const both2 = [dispenseOf(accepted, exchange.now, 2), dispenseOf(accepted, exchange.now, 2)]
  const raced = await Promise.all(both2.map((body) => provider.post('MedicationDispense', body)))
  t.same(raced.map(({ status }) => status).sort(), [201, 422], 'two at once: one is too much')
  const other = await exchange.party('provider', 'VNE51')
  t.same(
    (await other.post('MedicationDispense', dispenseOf(accepted, exchange.now, 2))).keys,
    ['reference-unresolved'],
    'not by another provider',
  )
})

t.test('a dispense before the order is accepted is refused', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const item = (await trust.get(located(await trust.post('', orderBundle()), 'MedicationRequest'))).body
  const { supportingInformation: _, ...dispense } = dispenseOf({ item, supplies: [], order: item }, exchange.now)
  const answer = await provider.post('MedicationDispense', dispense)
  t.same([answer.status, answer.keys], [422, ['dispense-order-not-accepted']])
})
