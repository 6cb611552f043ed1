/** Cancellations and dispense notifications in the national form, at the boundary; inside there is one model. */
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { cancelCodes, immediateOutcome } from '../../src/homecare/cancel-outcome.ts'
import { loadReasonMap, reasonMapNames } from '../../src/homecare/national-reasons.ts'
import { inState } from '../../src/homecare/lifecycle.ts'
import { type Answer, resourcesOf, rowCounts } from '../helper.ts'
import { loadTable } from '../homecare/tables.ts'
import { errorsIn, stateOf, TRUST } from '../orders.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { type Order, reason, type Story, story } from '../journeys/story.ts'

const EVENT = 'https://fhir.nhs.uk/CodeSystem/message-event'
const ITEM = 'https://fhir.nhs.uk/Id/prescription-order-item-number'

const message = (event: string, ...resources: object[]): r4.Bundle => ({
  resourceType: 'Bundle',
  identifier: { system: 'https://tools.ietf.org/html/rfc4122', value: randomUUID() },
  type: 'message',
  entry: [
    {
      resourceType: 'MessageHeader',
      id: randomUUID(),
      eventCoding: { system: EVENT, code: event },
      source: { endpoint: 'https://directory.example.org/epr' },
    },
    ...resources,
  ].map((resource) => ({ fullUrl: `urn:uuid:${randomUUID()}`, resource: resource as r4.FhirResource })),
})

async function itemOf(self: Story, order: Order): Promise<r4.MedicationRequest> {
  const { id: _, meta: _m, ...item } = await self.read(self.trust, order.item)
  return item as unknown as r4.MedicationRequest
}

async function cancelled(self: Story, order: Order, changes: object = {}): Promise<Answer> {
  const item = await itemOf(self, order)
  const { requester: _, ...rest } = item
  const update = {
    ...rest,
    status: 'cancelled',
    statusReason: {
      coding: [{ system: 'https://fhir.nhs.uk/CodeSystem/medicationrequest-status-reason', code: '0003' }],
    },
    ...changes,
  }
  return self.trust.post('$process-message', message('prescription-order-update', update))
}

const outcomeOf = (answer: Answer): string | undefined => {
  const item = resourcesOf(answer).find(({ resourceType }) => resourceType === 'MedicationRequest')
  const history = (item as unknown as r4.MedicationRequest | undefined)?.extension?.find(({ url }) =>
    url.endsWith('Extension-DM-PrescriptionStatusHistory'),
  )
  return history?.extension?.find(({ url }) => url === 'status')?.valueCoding?.code
}

t.test('a cancellation is answered with the national code of where the order is, and is never an error', async (t) => {
  const self = await story(t)
  const { trust, provider, move, read } = self
  const waiting = await self.order()
  const first = await cancelled(self, waiting)
  t.equal(first.status, 200, first.text.slice(0, 600))
  t.match(resourcesOf(first)[0], { eventCoding: { code: 'prescription-order-response' }, response: { code: 'ok' } })
  t.equal(outcomeOf(first), 'R-0001')
  t.equal(await waiting.state(), 'cancelled')
  t.equal(outcomeOf(await cancelled(self, waiting)), 'R-0006', 'again')

  const taken = await self.order()
  await taken.accept()
  const pending = await cancelled(self, taken)
  t.same([pending.status, outcomeOf(pending)], [200, 'R-0002'])
  t.equal((await read(trust, taken.item)).status, 'cancelled', 'barred from this instant')
  const [asked] = await taken.cancels()
  const answered = (await move(provider, `Task/${asked?.id}`, { status: 'completed' })) as unknown as r4.Task
  t.match(answered.output?.[0], { valueCodeableConcept: { coding: [{ code: 'R-0001' }] } }, 'the answer that follows')

  const active = await self.order()
  await active.accept()
  await active.work((await active.supplies())[0] ?? '')
  t.equal(outcomeOf(await cancelled(self, active)), 'R-0003')
  t.equal((await read(trust, active.item)).status, 'stopped', 'what was supplied in part is stopped')

  const done = await self.order(undefined, 0)
  await done.accept()
  await done.work((await done.supplies())[0] ?? '')
  t.equal(outcomeOf(await cancelled(self, done)), 'R-0004')
  t.equal((await read(trust, done.item)).status, 'active', 'what is done is not undone')

  const returned = await self.order()
  await move(provider, returned.task, { status: 'rejected', ...reason('not-registered') })
  t.equal(outcomeOf(await cancelled(self, returned)), 'R-0010')

  const unknown = { identifier: [{ system: ITEM, value: randomUUID() }] }
  t.equal(outcomeOf(await cancelled(self, returned, unknown)), 'R-0008')
  const stranger = await self.exchange.party('trust', 'RH8')
  const theirs = message('prescription-order-update', { ...(await itemOf(self, done)), status: 'cancelled' })
  t.equal(outcomeOf(await stranger.post('$process-message', theirs)), 'R-0008', 'another trust’s is not there')
})

/** The id of the message that an answer answers. */
const answers = (answer: Answer): string | undefined =>
  (resourcesOf(answer)[0] as unknown as r4.MessageHeader | undefined)?.response?.identifier
/** `Task/[id]` of the wish to cancel that an answer names. */
const wishIn = (answer: Answer): string => {
  const task = resourcesOf(answer).find(({ resourceType }) => resourceType === 'Task')
  return `Task/${task?.id}`
}
const RESPONSE = '$prescription-order-response'

t.test('the maps of reasons to national codes are read and searched like every definition', async (t) => {
  const { provider } = await story(t)
  t.match((await provider.get('ConceptMap/reason-to-return')).body, { name: 'ReasonToReturn' })
  const target = encodeURIComponent('https://fhir.nhs.uk/CodeSystem/medicationrequest-status-reason')
  const found = await provider.get(`ConceptMap?target-system=${target}&_elements=name`)
  t.match(resourcesOf(found), [{ name: 'ReasonToEndOfPrescription' }], found.text.slice(0, 500))
})

t.test('once the provider has answered, the trust fetches the message that follows', async (t) => {
  const self = await story(t)
  const { trust, provider, move, exchange } = self
  const order = await self.order()
  await order.accept()
  const bundle = message('prescription-order-update', { ...(await itemOf(self, order)), status: 'cancelled' })
  const [header] = bundle.entry?.map(({ resource }) => resource) as [r4.MessageHeader]
  header.sender = {
    reference: 'urn:uuid:x',
    identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: TRUST },
  }
  const pending = await trust.post('$process-message', bundle)
  t.same([outcomeOf(pending), answers(pending)], ['R-0002', header.id])
  t.same(errorsIn(exchange, pending.body, { root: 'Bundle', type: 'Bundle' }), [])
  const wish = wishIn(pending)
  const early = await trust.get(`${wish}/${RESPONSE}`)
  t.same([early.status, early.keys], [404, ['cancel-unanswered']])
  t.match(early.text, /it has until 20\d\d-/)
  t.equal((await provider.get(`${wish}/${RESPONSE}`)).status, 403, 'the trust is answered, not the provider')
  const stranger = await exchange.party('trust', 'RH8')
  t.same((await stranger.get(`${wish}/${RESPONSE}`)).keys, ['not-found'])

  exchange.now += 3_600_000
  const at = self.now()
  await move(provider, wish, { status: 'completed', lastModified: at })
  const second = await trust.get(`${wish}/${RESPONSE}`)
  t.equal(second.status, 200, second.text.slice(0, 600))
  t.same([outcomeOf(second), answers(second), wishIn(second)], ['R-0001', header.id, wish])
  t.match(resourcesOf(second)[0], {
    eventCoding: { system: EVENT, code: 'prescription-order-response' },
    destination: [{ endpoint: header.source.endpoint, receiver: { identifier: { value: TRUST } } }],
    focus: [{ reference: order.item }, { reference: wish }],
  })
  const history = (resourcesOf(second)[1] as unknown as r4.MedicationRequest).extension?.at(-1)?.extension
  t.equal(history?.[1]?.valueDateTime, at, 'as of the provider’s answer')
  t.match(resourcesOf(second)[1], { status: 'cancelled', identifier: (await itemOf(self, order)).identifier })
  t.same(errorsIn(exchange, second.body, { root: 'Bundle', type: 'Bundle' }), [])
  exchange.now += 3_600_000
  t.equal((await trust.get(`${order.task}/${RESPONSE}`)).text, second.text, 'of the order, and later: the same message')
  t.equal((await trust.get(`${wish}/${RESPONSE}?message=${header.id}`)).text, second.text)
  t.same((await trust.get(`${wish}/${RESPONSE}?message=other`)).keys, ['cancel-message-unknown'])
  t.same((await trust.get(`${wish}/${RESPONSE}?massage=x`)).keys, ['unknown-parameter'])
})

t.test('goods that had left are said to have left; each message gets its own answer', async (t) => {
  const self = await story(t)
  const { trust, provider, move, exchange } = self
  const order = await self.order((bundle, item) => {
    const second = structuredClone(item)
    second.identifier = [{ system: ITEM, value: randomUUID() }]
    second.medicationCodeableConcept = { text: 'Folic acid 5mg' }
    bundle.entry.push({ ...bundle.entry.at(-1), fullUrl: `urn:uuid:${randomUUID()}`, resource: second })
  })
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.work(first, 'dispatched')
  const task = (await self.read(trust, order.task)) as unknown as r4.Task
  const items = (task.basedOn ?? []).map(({ reference = '' }) => reference)
  t.equal(items.length, 2)
  const asked: (string | undefined)[] = []
  for (const item of items) {
    const { meta: _, ...update } = await self.read(trust, item)
    const answer = await trust.post(
      '$process-message',
      message('prescription-order-update', { ...update, status: 'cancelled' }),
    )
    t.equal(outcomeOf(answer), 'R-0003')
    asked.push(answers(answer))
  }
  const wishes = await order.cancels()
  t.equal(wishes.length, 1)
  const wish = `Task/${wishes[0]?.id}`
  const which = await trust.get(`${wish}/${RESPONSE}`)
  t.same([which.status, which.keys], [422, ['cancel-message-ambiguous']])
  t.match(which.text, `message=${asked[1]}`)
  await move(provider, wish, { status: 'rejected', ...reason('already-dispatched') })
  for (const [index, item] of items.entries()) {
    const answer = await trust.get(`${wish}/${RESPONSE}?message=${asked[index]}`)
    t.same([outcomeOf(answer), answers(answer)], ['R-0004', asked[index]])
    const told = resourcesOf(answer).filter(({ resourceType }) => resourceType === 'MedicationRequest')
    t.same(
      told.map(({ id, status }) => [`MedicationRequest/${id}`, status]),
      [[item, 'active']],
    )
  }
  t.same(errorsIn(exchange, wishes[0], { root: 'Task', type: 'Task' }), [])
})

t.test('what was not asked by message, or was answered at once, has no message that follows', async (t) => {
  const self = await story(t)
  const { trust, move } = self
  const byRest = await self.order()
  await byRest.accept()
  await move(trust, byRest.item, { status: 'cancelled', ...reason('withdrawn-by-trust') })
  const atOnce = await self.order()
  const answer = await cancelled(self, atOnce)
  t.equal(outcomeOf(answer), 'R-0001')
  for (const { task } of [byRest, atOnce]) {
    t.same((await trust.get(`${task}/${RESPONSE}`)).keys, ['cancel-message-unknown'])
  }
  const broken = message('prescription-order-update', { ...(await itemOf(self, byRest)), status: 'cancelled' })
  const [header] = broken.entry ?? []
  if (header?.resource) Object.assign(header.resource, { source: undefined, sender: { display: 'EPR' } })
  const refused = await trust.post('$process-message', broken)
  t.same([refused.status, refused.keys], [422, ['structure-required']], 'a header without source')
})

const prescriber = (value: string) => ({
  requester: { identifier: { system: 'https://fhir.nhs.uk/Id/sds-role-profile-id', value } },
})

t.test('while a cancellation is pending, another prescriber who asks is told so', async (t) => {
  const self = await story(t)
  const order = await self.order()
  await order.accept()
  t.equal(outcomeOf(await cancelled(self, order, prescriber('100102238986'))), 'R-0002')
  const before = await rowCounts(self.exchange.context)
  t.equal(outcomeOf(await cancelled(self, order, prescriber('200102238987'))), 'R-0007', 'another one')
  t.equal(outcomeOf(await cancelled(self, order, prescriber('100102238986'))), 'R-0006', 'the same one')
  t.equal(outcomeOf(await cancelled(self, order)), 'R-0006', 'and who does not say is not called another')
  const { event } = await rowCounts(self.exchange.context)
  t.equal(event, before.event, 'none of them changes anything')
  const [asked] = await order.cancels()
  await self.move(self.provider, `Task/${asked?.id}`, { status: 'completed' })
  t.equal(outcomeOf(await cancelled(self, order, prescriber('200102238987'))), 'R-0006', 'once answered it is over')
})

t.test('a trust that does not cancel by message is told so, and nothing changes', async (t) => {
  const policy = JSON.parse(readFileSync('conformance/policy.json', 'utf8')) as { rows: object[] }
  policy.rows.push({ trust: TRUST, cancelByMessage: false })
  const file = join(temporaryFolder(t), 'policy.json')
  writeFileSync(file, JSON.stringify(policy))
  const self = await story(t, { POLICY: file })
  const order = await self.order()
  t.equal(outcomeOf(await cancelled(self, order)), 'R-0009')
  t.equal((await self.read(self.trust, order.item)).status, 'active')
  t.equal(await order.state(), 'submitted')
})

t.test('every state of an order has its national answer, and every answer is given', (t) => {
  const order = loadTable('Order')
  const given = new Set<string>()
  const task = (state: { code: string; status: string }) =>
    inState(order, { resourceType: 'Task' }, state.code) as unknown as r4.Task
  for (const status of ['active', 'on-hold', 'stopped', 'cancelled', 'completed', 'entered-in-error'] as const) {
    for (const state of order.states) {
      for (const supplyBegun of [false, true]) {
        const code = immediateOutcome({ status }, task(state), { supplyBegun })
        given.add(code)
        const over = ['stopped', 'cancelled', 'completed', 'entered-in-error'].includes(status)
        if (!over && state.terminal) t.not(code, 'R-0002', `${state.code} is over, and nobody holds it`)
      }
    }
  }
  given.add(immediateOutcome({ status: 'active' }, undefined, { supplyBegun: false, disabled: true }))
  given.add(immediateOutcome({ status: 'stopped' }, undefined, { supplyBegun: false, askedByAnother: true }))
  t.same([...given].sort(), cancelCodes.toSorted())
  t.end()
})

t.test('reasons are told in national codes where there are any', async (t) => {
  const self = await story(t)
  const order = await self.order()
  const answer = await cancelled(self, order, reason('biosimilar-switch'))
  const item = resourcesOf(answer).find(({ resourceType }) => resourceType === 'MedicationRequest')
  t.match(item, {
    statusReason: {
      coding: [
        { code: 'biosimilar-switch' },
        { system: 'https://fhir.nhs.uk/CodeSystem/medicationrequest-status-reason', code: '0003' },
      ],
    },
  })
  const returned = await self.order()
  await self.move(self.provider, returned.task, { status: 'rejected', ...reason('no-valid-po') })
  const [task] = resourcesOf(await self.provider.get(`${returned.task}/$national-status`))
  t.match(task, {
    businessStatus: { coding: [{ code: 'Not Dispensed' }] },
    statusReason: { coding: [{ system: /EPS-task-dispense-return-status-reason$/, code: '0002' }] },
  })
})

t.test('the maps to national reasons hold, and a broken one stops the boot', (t) => {
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
  const reasons = read('profiles/CodeSystem/reason.json') as r4.CodeSystem
  for (const name of reasonMapNames) {
    const map = read(`profiles/ConceptMap/${name}.json`) as r4.ConceptMap
    t.ok(loadReasonMap(name, map, reasons).codes.size > 5, name)
    const [group] = map.group ?? []
    const broken = (element: r4.ConceptMapGroupElement[]) => () =>
      loadReasonMap(name, { ...map, group: [{ ...group, element }] } as r4.ConceptMap, reasons)
    t.throws(broken([{ code: 'because', target: [{ code: '0001', equivalence: 'equivalent' }] }]), /no reason because/)
    t.throws(broken([{ code: 'death' }]), /death has one national code/)
  }
  const ended = read('profiles/ConceptMap/reason-to-end-of-prescription.json') as r4.ConceptMap
  const gone = { code: 'death', target: [{ code: '0008', equivalence: 'equivalent' as const }] }
  t.throws(
    () => loadReasonMap('x', { ...ended, group: [{ ...ended.group?.[0], element: [gone] }] } as r4.ConceptMap, reasons),
    /0008 may not be used/,
  )
  t.end()
})

t.test('the same cancellation again gets the same answer', async (t) => {
  const self = await story(t)
  const order = await self.order()
  const bundle = message('prescription-order-update', { ...(await itemOf(self, order)), status: 'cancelled' })
  const first = await self.trust.post('$process-message', bundle)
  const before = await rowCounts(self.exchange.context)
  t.equal((await self.trust.post('$process-message', bundle)).text, first.text)
  t.same(await rowCounts(self.exchange.context), before)
  t.equal((await self.provider.post('$process-message', bundle)).status, 403, 'a provider cancels nothing')
})

t.test('a dispense notification becomes a dispense of the prescription it contains', async (t) => {
  const self = await story(t)
  const { provider, trust } = self
  const order = await self.order()
  await order.accept()
  const item = await itemOf(self, order)
  const dispense = (changes: object = {}) => ({
    resourceType: 'MedicationDispense',
    contained: [{ ...item, id: 'm1', subject: { reference: 'urn:uuid:11111111-1111-4111-8111-111111111111' } }],
    identifier: [{ system: 'https://fhir.nhs.uk/Id/prescription-dispense-item-number', value: randomUUID() }],
    status: 'completed',
    medicationCodeableConcept: item.medicationCodeableConcept,
    subject: { type: 'Patient', identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' } },
    authorizingPrescription: [{ reference: '#m1' }],
    type: { coding: [{ system: 'https://fhir.nhs.uk/CodeSystem/medicationdispense-type', code: '0001' }] },
    quantity: item.dispenseRequest?.quantity,
    whenHandedOver: self.now(),
    dosageInstruction: item.dosageInstruction,
    ...changes,
  })
  const bundle = message('dispense-notification', dispense())
  const answer = await provider.post('$process-message', bundle)
  t.equal(answer.status, 200, answer.text.slice(0, 900))
  t.match(resourcesOf(answer)[0], { eventCoding: { code: 'dispense-notification' }, response: { code: 'ok' } })
  const [stored] = await order.dispenses()
  t.match(stored, { authorizingPrescription: [{ reference: order.item }], subject: { reference: /^Patient\// } })
  t.equal((stored as Resource).contained, undefined)
  t.equal(stateOf(await self.read(trust, order.task)), 'in-supply')
  t.equal((await provider.post('$process-message', bundle)).text, answer.text, 'a repeat is a repeat')
  t.equal((await order.dispenses()).length, 1)

  const unknown = dispense({ contained: [{ ...item, id: 'm1', identifier: [{ system: ITEM, value: 'none' }] }] })
  const refused = await provider.post('$process-message', message('dispense-notification', unknown))
  t.same([refused.status, refused.keys], [422, ['reference-unresolved']])
  t.match(refused.text, 'PRESCRIPTION_NOT_FOUND')
  t.equal((await trust.post('$process-message', message('dispense-notification', dispense()))).status, 403)
})

t.test('the order in the national tracker’s terms', async (t) => {
  const self = await story(t)
  const { provider, move } = self
  const order = await self.order(undefined, 0)
  const codes = async () =>
    (resourcesOf(await provider.get(`${order.task}/$national-status`)) as unknown as r4.Task[]).map(
      ({ status, businessStatus }) => `${status} ${businessStatus?.coding?.[0]?.code}`,
    )
  t.same(await codes(), [], 'the tracker begins at the pharmacy')
  await move(provider, order.task, { status: 'received' })
  t.same(await codes(), ['in-progress With Pharmacy'])
  await order.accept()
  const [only = ''] = await order.supplies()
  for (const [until, code] of [
    ['dispensing', 'in-progress With Pharmacy'],
    ['ready-to-dispatch', 'in-progress Ready to Dispatch'],
    ['dispatched', 'completed Dispatched'],
    ['delivered', 'completed Collected'],
  ] as const) {
    await order.work(only, until)
    t.same(await codes(), [code], until)
  }
  const [task] = resourcesOf(await provider.get(`${order.task}/$national-status`)) as unknown as r4.Task[]
  t.match(task, { focus: { identifier: { system: ITEM } }, for: { identifier: { value: '9449304130' } } })
})

t.test('what may be done next, for each side', async (t) => {
  const self = await story(t)
  const order = await self.order()
  const steps = async (who: 'trust' | 'provider', task: string) =>
    ((await self[who].get(`${task}/$next`)).body as unknown as r4.Parameters).parameter
      ?.filter(({ name }) => name === 'step')
      .map(({ part }) =>
        Object.fromEntries(
          (part ?? []).map((one) => [
            one.name,
            one.valueCode ?? one.valueBoolean ?? one.valueString ?? one.valueCanonical,
          ]),
        ),
      )
  const first = (await steps('provider', order.task)) ?? []
  t.same(first.map(({ state }) => state).slice(0, 3), ['received', 'accepted', 'query-to-prescriber'])
  t.match(first[2], { reasonRequired: true, reasons: /order-query-reason/, possible: true })
  t.same(
    (await steps('trust', order.task))?.map(({ state }) => state),
    ['suspended', 'cancelled', 'voided'],
  )
  await order.accept()
  const [supply = ''] = await order.supplies()
  const booking = (await steps('provider', supply))?.find(({ state }) => state === 'delivery-booked')
  t.match(booking, { possible: false, missing: /executionPeriod\.start/ })
  t.equal(
    (await self.exchange.party('provider', 'VNE51').then((other) => other.get(`${order.task}/$next`))).status,
    404,
  )
})
