/** The national message form: the same work as a transaction, once, however often a message is sent. */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Answer, resourcesOf, rowCounts, startExchange } from '../helper.ts'
import { errorsIn, CLINIC, orderBundle, orderNumber, orderTask, PROVIDER, parties, refusals, TRUST } from '../orders.ts'

const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code'
const EVENT = 'https://fhir.nhs.uk/CodeSystem/message-event'

interface Message {
  readonly bundle: r4.Bundle & { entry: r4.BundleEntry[] }
  readonly header: r4.MessageHeader
  readonly patient: r4.Patient
  readonly item: r4.MedicationRequest
  readonly organization: r4.Organization
}

/** A prescription-order message of a clinic that is part of the trust; the same seed is the same prescription. */
function message(seed: string): Message {
  const order = orderBundle({ trust: CLINIC, orderNumber: orderNumber(parseInt(seed, 36) % 0xfffff) })
  const [patient, practitioner, organization, role, item] = order.entry.map(({ resource }) => resource) as [
    r4.Patient,
    r4.Practitioner,
    r4.Organization,
    r4.PractitionerRole,
    r4.MedicationRequest,
  ]
  organization.partOf = { identifier: { system: ODS, value: TRUST } }
  practitioner.identifier = [{ system: 'https://fhir.nhs.uk/Id/sds-user-id', value: '555086689106' }]
  role.identifier = [{ system: 'https://fhir.nhs.uk/Id/sds-role-profile-id', value: '601986680555' }]
  item.identifier = [{ system: 'https://fhir.nhs.uk/Id/prescription-order-item-number', value: seed }]
  const names = order.entry.map(({ fullUrl }) => fullUrl ?? '')
  const header: r4.MessageHeader = {
    resourceType: 'MessageHeader',
    id: randomUUID(),
    eventCoding: { system: EVENT, code: 'prescription-order' },
    sender: { reference: names[3] ?? '', identifier: { system: ODS, value: TRUST } },
    source: { endpoint: `https://directory.example.org/${TRUST}` },
    focus: [{ reference: names[4] ?? '' }],
  }
  const provenance: r4.Provenance = {
    resourceType: 'Provenance',
    target: [{ reference: names[4] ?? '' }],
    recorded: '2026-11-22T08:59:00+00:00',
    agent: [{ who: { reference: names[3] ?? '' } }],
  }
  const resources: r4.FhirResource[] = [header, item, patient, practitioner, role, organization, provenance]
  const fullUrlOf = (resource: r4.FhirResource) =>
    order.entry.find((entry) => entry.resource === resource)?.fullUrl ?? `urn:uuid:${randomUUID()}`
  const bundle = {
    resourceType: 'Bundle' as const,
    identifier: { system: 'https://tools.ietf.org/html/rfc4122', value: randomUUID() },
    type: 'message' as const,
    entry: resources.map((resource) => ({ fullUrl: fullUrlOf(resource), resource })),
  }
  return { bundle, header, patient, item, organization }
}

const renew = ({ bundle }: Message): void => {
  bundle.identifier = { ...bundle.identifier, value: randomUUID() }
}
const resourcesOfType = (answer: Answer, type: string): Resource[] =>
  resourcesOf(answer).filter(({ resourceType }) => resourceType === type)

t.test('a message becomes an order that clinic, trust and provider see', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const sent = message('1')
  const answer = await trust.post('$process-message', sent.bundle)
  t.equal(answer.status, 200, answer.text.slice(0, 500))
  const [header, item, task] = resourcesOf(answer) as [Resource, Resource, Resource]
  t.match(header, {
    resourceType: 'MessageHeader',
    eventCoding: { system: EVENT, code: 'prescription-order-response' },
    destination: [{ endpoint: `https://directory.example.org/${TRUST}`, receiver: { identifier: { value: TRUST } } }],
    response: { identifier: sent.header.id, code: 'ok' },
    focus: [{ reference: `MedicationRequest/${item.id}` }, { reference: `Task/${task.id}` }],
  })
  t.same(errorsIn(exchange, answer.body, { root: 'Bundle', type: 'Bundle' }), [], 'a valid Bundle')
  t.equal((await orderTask(provider, `MedicationRequest/${item.id}`)).id, task.id)
  const clinic = await exchange.party('trust', CLINIC)
  t.equal((await clinic.get(`Task/${task.id}`)).status, 200)
  t.equal(resourcesOf(await provider.get('Provenance')).length, 1, 'the signature comes along')
  t.match((await provider.get(`MedicationRequest/${item.id}`)).body.requester, { reference: /^PractitionerRole\// })
})

t.test('the same message again gets the same answer and stores nothing', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const sent = message('2')
  const first = await trust.post('$process-message', sent.bundle)
  const before = await rowCounts(exchange.context)
  exchange.now += 60_000
  const again = await trust.post('$process-message', sent.bundle)
  t.equal(again.text, first.text, 'byte for byte')
  t.same(await rowCounts(exchange.context), before)
  const twenty = await Promise.all(Array.from({ length: 20 }, () => trust.post('$process-message', sent.bundle)))
  t.ok(twenty.every(({ text }) => text === first.text))
  sent.item.note = [{ text: 'changed' }]
  const other = await trust.post('$process-message', sent.bundle)
  t.same([other.status, other.keys], [409, ['duplicate-content']], 'its identifier is used up')
  t.same(await rowCounts(exchange.context), before)
})

t.test('the same prescription in a new message is no second order', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const sent = message('3')
  const first = await trust.post('$process-message', sent.bundle)
  renew(sent)
  const again = await trust.post('$process-message', sent.bundle)
  t.equal(again.status, 200)
  t.equal(resourcesOfType(again, 'MedicationRequest')[0]?.id, resourcesOfType(first, 'MedicationRequest')[0]?.id)
  t.equal(resourcesOf(await provider.get('Task')).length, 1)

  renew(sent)
  const before = await rowCounts(exchange.context)
  const request = sent.item.dispenseRequest
  if (request?.quantity) request.quantity.value = 5
  const changed = await trust.post('$process-message', sent.bundle)
  t.same([changed.status, changed.keys], [409, ['prescription-duplicate']])
  sent.item.identifier = [{ system: 'https://fhir.nhs.uk/Id/prescription-order-item-number', value: 'another' }]
  const renumbered = await trust.post('$process-message', sent.bundle)
  t.same([renumbered.status, renumbered.keys], [409, ['prescription-duplicate']], 'nor under another item number')
  t.same(await rowCounts(exchange.context), before, 'nothing is stored')
})

t.test('what a newer message says of the patient holds', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const first = message('4')
  await trust.post('$process-message', first.bundle)
  const second = message('5')
  second.patient.address = [{ use: 'home', line: ['2 New Street'], postalCode: 'TA2 2BB' }]
  const answer = await trust.post('$process-message', second.bundle)
  t.equal(answer.status, 200, answer.text.slice(0, 300))
  for (const type of ['Patient', 'Practitioner', 'PractitionerRole', 'Organization']) {
    t.equal(resourcesOf(await trust.get(type)).length, 1, `one ${type}`)
  }
  const [patient] = resourcesOf(await provider.get('Patient')) as unknown as r4.Patient[]
  t.equal(patient?.address?.[0]?.postalCode, 'TA2 2BB')
  t.equal(patient?.meta?.versionId, '2')
  t.equal(resourcesOf(await provider.get('Task')).length, 2)
})

t.test('records of one patient by clinic and trust, and doubled ones, do not keep a message out', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const clinic = await exchange.party('trust', CLINIC)
  t.equal((await clinic.post('$process-message', message('6').bundle)).status, 200)
  for (const seed of ['7', '8']) {
    const answer = await trust.post('$process-message', message(seed).bundle)
    t.equal(answer.status, 200, `${seed}: ${answer.text.slice(0, 300)}`)
  }
  t.equal((await trust.post('Patient', message('9').patient)).status, 201, 'a second record by mistake')
  t.equal((await trust.post('$process-message', message('9').bundle)).status, 200)
  t.equal(resourcesOf(await provider.get('Task')).length, 4)
})

t.test('a message that is none is refused, and nothing is stored', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const refused = refusals(t, exchange)
  const changed =
    (change: (sent: Message) => void, who = trust) =>
    () => {
      const sent = message(randomUUID())
      change(sent)
      return who.post('$process-message', sent.bundle)
    }
  const nothing = (): void => {}
  await refused('by a provider', changed(nothing, provider), '403 role-forbidden forbidden')
  await refused(
    'by an observer',
    changed(nothing, await exchange.party('observer', 'X26')),
    '403 role-forbidden forbidden',
  )
  await refused(
    'another event',
    changed(({ header }) => Object.assign(header, { eventCoding: { system: EVENT, code: 'prescription-admin' } })),
    '422 message-event-unsupported not-supported',
  )
  await refused(
    'no header',
    changed(({ bundle }) => bundle.entry.shift()),
    '400 bundle-entry-invalid structure',
  )
  await refused(
    'no prescription',
    changed(({ bundle }) => bundle.entry.splice(1, 1)),
    '400 bundle-entry-invalid structure',
  )
  await refused(
    'no identity',
    changed(({ bundle, header }) => {
      delete bundle.identifier
      delete header.id
    }),
    '422 message-unidentified required',
  )
  await refused(
    'a transaction',
    () => trust.post('$process-message', orderBundle()),
    '400 bundle-type-unsupported not-supported',
  )
  for (const query of ['async=true', 'async=false&response-url=http://x', 'zz=1']) {
    await refused(
      `what would be answered elsewhere: ${query}`,
      () => trust.post(`$process-message?${query}`, message('x').bundle),
      '400 unknown-parameter not-supported',
    )
  }
  t.equal((await trust.post('$process-message?async=false', message('y').bundle)).status, 200)
  await refused(
    'a message at [base]',
    () => trust.post('', message('x').bundle),
    '400 bundle-type-unsupported not-supported',
  )
  await refused(
    'the same patient twice',
    changed(({ bundle, patient }) =>
      bundle.entry.push({ fullUrl: `urn:uuid:${randomUUID()}`, resource: { ...patient } }),
    ),
    '400 identity-twice duplicate',
  )
})

// The national examples lie beside the repository where this project was begun; elsewhere the tests above stand alone.
const example = join(packageRoot, '../shared/examples/nhs-eps/3-Process-Request-Send.json')
if (existsSync(example)) {
  t.test(
    'the national example is unsafe: it is refused with words a vendor can act on, and nothing is stored',
    async (t) => {
      const exchange = await startExchange(t)
      const { trust } = await parties(exchange)
      const before = await rowCounts(exchange.context)
      const answer = await trust.post('$process-message', readFileSync(example, 'utf8'))
      t.equal(answer.status, 422)
      t.same(answer.keys, ['weekly-medicine-too-often', 'quantity-far-from-dose'])
      t.same(await rowCounts(exchange.context), before)
    },
  )

  t.test('the national example, made safe, is accepted, once', async (t) => {
    const exchange = await startExchange(t)
    const { trust, provider } = await parties(exchange)
    const text = readFileSync(example, 'utf8')
      .replace('5 times a day', 'once a week')
      .replace('"frequency": 5', '"frequency": 1')
      .replace('"period": 1', '"period": 7')
    const first = await trust.post('$process-message', text)
    t.equal(first.status, 200, first.text.slice(0, 900))
    const before = await rowCounts(exchange.context)
    t.equal((await trust.post('$process-message', text)).text, first.text)
    t.same(await rowCounts(exchange.context), before)
    const [task] = resourcesOf(await provider.get('Task?status=requested')) as unknown as r4.Task[]
    t.equal(task?.owner?.identifier?.value, PROVIDER)
    t.ok(task?.groupIdentifier?.extension, 'the long prescription id comes along')
    t.same((await provider.post('$process-message', text)).keys, ['role-forbidden'])
  })
}
