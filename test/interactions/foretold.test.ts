/** $validate with a mode says what the write would be told now: by the same code, without the lane, and writes nothing. */
import t, { type Test } from 'tap'
import { syringes } from '../../src/demo/prescription.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { foretelling, refusals } from '../foretold.ts'
import { type Party, rowCounts, startExchange } from '../helper.ts'
import {
  type Accepted,
  acceptedOrder,
  dispenseOf,
  inBundle,
  located,
  type OrderBundle,
  orderBundle,
  orderNumber,
  PROVIDER,
  parties,
  TRUST,
} from '../orders.ts'

const exchange = await startExchange(t)
const sides = await parties(exchange)
const seen = new Set<string>()
const stranger = await exchange.party('trust', 'RXX')
const NHS = { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9446368138' }
const ANOTHER = { resourceType: 'Patient', identifier: [{ system: 'https://example.org/mrn', value: 'A' }, NHS] }
const uuid = (n: number): string => `urn:uuid:0197a1f0-0000-7000-8000-${String(n).padStart(12, '0')}`

type Item = Extract<r4.FhirResource, { resourceType: 'MedicationRequest' }>
const itemWith = (change: (item: Item, bundle: OrderBundle) => void): OrderBundle => {
  const bundle = orderBundle()
  change(inBundle(bundle, 'MedicationRequest'), bundle)
  return bundle
}
const messageOf = (bundle: OrderBundle, identity: string): object => ({
  ...{ resourceType: 'Bundle', type: 'message', identifier: { system: 'urn:ietf:rfc:3986', value: identity } },
  entry: [
    {
      fullUrl: uuid(1),
      resource: {
        resourceType: 'MessageHeader',
        eventCoding: { system: 'https://fhir.nhs.uk/CodeSystem/message-event', code: 'prescription-order' },
        source: { endpoint: 'https://example.org' },
        focus: bundle.entry.flatMap(({ fullUrl, resource }) =>
          resource?.resourceType === 'MedicationRequest' ? [{ reference: fullUrl }] : [],
        ),
      },
    },
    ...bundle.entry.map(({ fullUrl, resource }) => ({ fullUrl, resource })),
  ],
})

interface World {
  readonly trust: Party
  readonly provider: Party
  readonly made: Accepted
  readonly sent: OrderBundle
}
type Case = readonly [name: string, code: string, write: (world: World) => Promise<{ readonly status: number }>]

const read = async (party: Party, reference: string): Promise<Resource> => (await party.get(reference)).body
const pathOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`
const subjectOf = (item: Resource): string => (item.subject as r4.Reference).reference ?? ''
const changed = async (party: Party, reference: string, changes: object) =>
  party.put({ ...(await read(party, reference)), ...changes })
const dispense = ({ provider, made }: World, changes: object, who = provider) =>
  who.post('MedicationDispense', { ...dispenseOf(made, exchange.now), ...changes })
const transaction = (...entry: object[]): object => ({ resourceType: 'Bundle', type: 'transaction', entry })
const put = (resource: Resource, fullUrl?: string): object => ({
  ...(fullUrl === undefined ? {} : { fullUrl }),
  ...{ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } },
})

const cases: readonly Case[] = [
  [
    'an item sent before with another dose',
    'prescription-duplicate',
    async ({ trust, sent }) => {
      const bundle = structuredClone(sent)
      inBundle(bundle, 'MedicationRequest').note = [{ text: 'Other content.' }]
      return trust.post('', bundle)
    },
  ],
  [
    'the same message with other content',
    'duplicate-content',
    async ({ trust }) => {
      const bundle = orderBundle()
      await trust.post('$process-message', messageOf(bundle, uuid(20)))
      return trust.post('$process-message', messageOf(orderBundle(), uuid(20)))
    },
  ],
  [
    'an order number in a message that was used',
    'prescription-duplicate',
    ({ trust, sent }) => {
      const bundle = structuredClone(sent)
      inBundle(bundle, 'MedicationRequest').note = [{ text: 'Other content.' }]
      return trust.post('$process-message', messageOf(bundle, uuid(21)))
    },
  ],
  [
    'a replacement of another patient’s prescription',
    'prior-prescription-differs',
    async ({ trust }) => {
      const { body } = await sides.trust.post('Patient', ANOTHER)
      const theirs = itemWith((item) => (item.subject = { reference: `Patient/${body.id}` }))
      const item = located(await sides.trust.post('', theirs), 'MedicationRequest')
      return trust.post(
        '',
        itemWith((mine) => (mine.priorPrescription = { reference: item })),
      )
    },
  ],
  [
    'a reference to nothing',
    'reference-unresolved',
    ({ trust }) =>
      trust.post(
        '',
        itemWith((item) => (item.subject = { reference: 'Patient/nobody' })),
      ),
  ],
  [
    'a condition that finds two',
    'multiple-matches',
    async ({ trust }) => {
      for (const n of [1, 2])
        await trust.post('Patient', { resourceType: 'Patient', identifier: [NHS], gender: n === 1 ? 'male' : 'female' })
      return trust.post(
        'Patient',
        { resourceType: 'Patient', identifier: [NHS] },
        { 'if-none-exist': `identifier=${NHS.system}|${NHS.value}` },
      )
    },
  ],
  [
    'one resource twice in a Bundle',
    'identity-twice',
    async ({ trust, made }) => {
      const patient = await read(trust, subjectOf(made.item))
      return trust.post(
        '',
        transaction(put({ ...patient, active: true }, uuid(2)), put({ ...patient, active: false }, uuid(3))),
      )
    },
  ],
  [
    'an update of what is not there',
    'update-as-create',
    ({ trust }) => trust.send('PUT', 'Patient/nobody', { resourceType: 'Patient', id: 'nobody', identifier: [NHS] }),
  ],
  [
    'an old version',
    'version-conflict',
    async ({ provider, made }) =>
      provider.put({ ...(await read(provider, pathOf(made.order))), status: 'completed', meta: { versionId: '1' } }),
  ],
  [
    'a transition that the table does not know',
    'transition-not-allowed',
    ({ provider, made }) => changed(provider, pathOf(made.order), { status: 'received' }),
  ],
  [
    'somebody else’s transition',
    'transition-not-yours',
    ({ trust, made }) =>
      changed(trust, pathOf(made.supplies[0] as Resource), {
        status: 'in-progress',
        businessStatus: {
          coding: [{ system: 'https://homecare-exchange.org/fhir/CodeSystem/supply-state', code: 'dispensing' }],
        },
      }),
  ],
  [
    'a dose changed after it was prescribed',
    'element-frozen',
    async ({ trust, made }) =>
      changed(trust, pathOf(made.item), {
        dosageInstruction: [{ ...(made.item.dosageInstruction as object[])[0], patientInstruction: 'Another one.' }],
      }),
  ],
  [
    'an end without a reason',
    'reason-required',
    ({ trust, made }) => changed(trust, pathOf(made.item), { status: 'stopped' }),
  ],
  ['more than a supply', 'dispense-exceeds-supply', (world) => dispense(world, { quantity: syringes(5) })],
  [
    'other units',
    'dispense-quantity-unit',
    (world) => dispense(world, { quantity: { value: 4, unit: 'mL', system: 'http://unitsofmeasure.org', code: 'mL' } }),
  ],
  [
    'another supply’s item',
    'dispense-not-of-order',
    async (world) => {
      const other = await acceptedOrder(sides)
      return dispense(world, { supportingInformation: [{ reference: pathOf(other.supplies[0] as Resource) }] })
    },
  ],
  [
    'another medicine',
    'dispense-medication-differs',
    (world) =>
      dispense(world, {
        medicationCodeableConcept: {
          coding: [
            {
              system: 'http://snomed.info/sct',
              code: '322236009',
              display: 'Etanercept 50mg/1ml solution for injection pre-filled syringes',
            },
          ],
        },
      }),
  ],
  [
    'a dispense reported with other content',
    'dispense-duplicate',
    async (world) => {
      const identifier = [{ system: 'urn:dispense', value: crypto.randomUUID() }]
      await dispense(world, { identifier, quantity: syringes(1) }, sides.provider)
      return dispense(world, { identifier, quantity: syringes(2) })
    },
  ],
  [
    'an order for the dead',
    'patient-deceased',
    async ({ trust }) => {
      const bundle = orderBundle()
      const entry = bundle.entry.find(({ resource }) => resource?.resourceType === 'Patient')
      if (entry) entry.resource = { ...entry.resource, identifier: [NHS], deceasedBoolean: true } as r4.Patient
      delete entry?.request?.ifNoneExist
      return trust.post('', bundle)
    },
  ],
  [
    'items of one order for two patients',
    'order-items-disagree',
    async ({ trust }) => {
      const bundle = orderBundle()
      const entry = bundle.entry.find(({ resource }) => resource?.resourceType === 'MedicationRequest')
      const item = structuredClone(entry?.resource) as Item
      const other = await sides.trust.post('Patient', {
        resourceType: 'Patient',
        identifier: [NHS],
        name: [{ family: 'Other' }],
      })
      item.identifier = [
        { system: 'https://fhir.nhs.uk/Id/prescription-order-item-number', value: crypto.randomUUID() },
      ]
      item.subject = { reference: `Patient/${other.body.id}` }
      bundle.entry.push({ ...entry, fullUrl: uuid(9), resource: item } as OrderBundle['entry'][number])
      return trust.post('', bundle)
    },
  ],
  [
    'morphine that is stored already',
    'controlled-drug',
    async ({ trust }) => {
      const code = {
        coding: [{ system: 'http://snomed.info/sct', code: '322236009', display: 'Morphine 10mg tablets' }],
      }
      const { body } = await sides.trust.post('Medication', { resourceType: 'Medication', code })
      return trust.post(
        '',
        itemWith((item) => {
          delete item.medicationCodeableConcept
          item.medicationReference = { reference: `Medication/${body.id}` }
        }),
      )
    },
  ],
]

for (const [name, code, write] of cases) {
  t.test(`${name}: ${code} is foretold`, async (t: Test) => {
    const sent = orderBundle()
    await sides.trust.post('', sent)
    const world = {
      trust: foretelling(t, sides.trust, seen),
      provider: foretelling(t, sides.provider, seen),
      made: await acceptedOrder(sides),
      sent,
    }
    const { status } = await write(world)
    t.ok(status >= 400 && status < 500, `${status}`)
    t.ok(seen.has(code), [...seen].join())
  })
}

t.test('what is stored already is said to be, and a warning of the lane is told before', async (t) => {
  const { trust } = sides
  const bundle = orderBundle()
  const item = inBundle(bundle, 'MedicationRequest')
  const keysOf = async (path: string, body: unknown): Promise<(string | undefined)[]> =>
    ((await trust.post(path, body)).body as unknown as r4.OperationOutcome).issue.map(
      ({ severity, details }) => `${severity} ${details?.coding?.[0]?.code}`,
    )
  const stored = await trust.post('', bundle)
  const single = { ...(await read(trust, located(stored, 'MedicationRequest'))) }
  t.same(refusals(await trust.post('$validate?mode=create', bundle)), [], 'the same Bundle is a repeat')
  delete single.meta
  const again = { ...item, subject: single.subject, requester: single.requester } as unknown as Resource
  t.ok((await keysOf('$validate?mode=create', again)).length > 0)
  const beside = orderBundle()
  inBundle(beside, 'MedicationRequest').subject = single.subject as r4.Reference
  t.ok((await keysOf('$validate?mode=create', beside)).includes('warning prescription-concurrent'))
  const condition = { 'if-none-exist': `_id=${(single.subject as r4.Reference).reference?.split('/')[1]}` }
  const found = await trust.post(
    'Patient/$validate?mode=create',
    { resourceType: 'Patient', identifier: [NHS] },
    condition,
  )
  t.match(found.text, /stored-already/)
})

t.test('every item that would be refused is told, not the first alone', async (t) => {
  const bundle = orderBundle()
  const entry = bundle.entry.find(({ resource }) => resource?.resourceType === 'MedicationRequest')
  const second = structuredClone(entry) as NonNullable<typeof entry>
  second.fullUrl = uuid(8)
  for (const each of [entry, second]) (each?.resource as Item).subject = { reference: 'Patient/nobody' }
  const identifier = { system: 'https://fhir.nhs.uk/Id/prescription-order-item-number', value: crypto.randomUUID() }
  ;(second.resource as Item).identifier = [identifier]
  bundle.entry.push(second)
  const at = bundle.entry.indexOf(entry as never)
  t.same(
    refusals(await sides.trust.post('$validate?mode=create', bundle)),
    [at, bundle.entry.length - 1].map((n) => `reference-unresolved Bundle.entry[${n}].resource.subject.reference`),
  )
})

t.test('an entry may refer to, condition on and delete what the Bundle itself brings and leaves', async (t) => {
  const trust = foretelling(t, sides.trust)
  const number = { system: 'https://example.org/mrn', value: crypto.randomUUID() }
  const patient = { resourceType: 'Patient', identifier: [NHS, number] }
  const bundle = orderBundle()
  const own = bundle.entry.find(({ resource }) => resource?.resourceType === 'Patient')
  if (own) own.resource = { ...own.resource, identifier: [NHS, number] } as r4.Patient
  delete own?.request?.ifNoneExist
  inBundle(bundle, 'MedicationRequest').subject = { reference: `Patient?identifier=${number.system}|${number.value}` }
  t.equal((await trust.post('', bundle)).status, 200, 'a reference by condition to an entry')
  const post = (resource: object, url: string, fullUrl: string) => ({
    fullUrl,
    resource,
    request: { method: 'POST', url },
  })
  const related = { resourceType: 'Provenance', recorded: '2026-11-22T09:00:00Z', agent: [{ who: { display: 'x' } }] }
  const made = await sides.trust.post(
    '',
    transaction(
      post(patient, 'Patient', uuid(1)),
      post({ ...related, target: [{ reference: uuid(1) }] }, 'Provenance', uuid(2)),
    ),
  )
  t.equal(made.status, 200, made.text)
  const remove = located(made, 'Patient')
  const asked = await sides.trust.get(`${remove}/$validate?mode=delete`)
  const gone = await sides.trust.send('DELETE', remove)
  t.same(refusals(asked), refusals(gone), 'what others refer to is not deleted, and this is foretold')
  t.equal(gone.status >= 400, refusals(asked).length > 0)
})

t.test('in a batch each entry is foretold alone, after those before it', async (t) => {
  const [made, other] = [await acceptedOrder(sides), await acceptedOrder(sides)]
  const [mine, theirs] = [made.item, other.item]
  const batch = {
    ...transaction(put({ ...mine, status: 'stopped' }), put({ ...theirs, note: [{ text: 'x' }] })),
    type: 'batch',
  }
  const asked = await sides.trust.post('$validate?mode=create', batch)
  t.ok(refusals(asked).includes('if-match-required Bundle.entry[0].resource'), asked.text)
})

t.test('an update is judged by the id in the body where the address names none, and needs one', async (t) => {
  const { trust, provider } = sides
  const made = await acceptedOrder(sides)
  const { item } = made
  const stop = { ...item, status: 'stopped' }
  for (const path of ['$validate', 'MedicationRequest/$validate', `${pathOf(made.item)}/$validate`]) {
    const parameter = [
      { name: 'mode', valueCode: 'update' },
      { name: 'resource', resource: stop },
    ]
    const asked = await trust.post(path, { resourceType: 'Parameters', parameter })
    t.same(refusals(asked), ['reason-required MedicationRequest.statusReason'], path)
  }
  const { id: _, ...nameless } = stop
  t.same(refusals(await trust.post('$validate?mode=update', nameless)), ['id-mismatch MedicationRequest.id'])
  t.same(refusals(await provider.post(`${pathOf(made.item)}/$validate?mode=update`, stop)), [
    'role-forbidden MedicationRequest',
  ])
  t.same(
    refusals(await trust.post('$validate', { ...stop, subject: { reference: 'Patient/nobody' } })),
    [],
    'without a mode it is judged by itself',
  )
})

t.test('nothing is written, and nobody waits for the lane', async (t) => {
  const { trust } = sides
  const before = await rowCounts(exchange.context)
  const { promise, resolve } = Promise.withResolvers<void>()
  const held = exchange.context.lane.submit(() => promise)
  t.same(refusals(await trust.post('$validate?mode=create', orderBundle())), [])
  t.same(refusals(await trust.post('$validate?mode=create', messageOf(orderBundle(), uuid(30)))), [])
  t.same(await rowCounts(exchange.context), before)
  resolve()
  await held
})

t.test('what others have is as unknown to $validate as to a write', async (t) => {
  const made = await acceptedOrder(sides)
  const patient = subjectOf(made.item)
  const nobody = 'Patient/0197a1f0-0000-7000-8000-000000000000'
  const bundle = (reference: string): OrderBundle => {
    const order = orderBundle({ trust: 'RXX', orderNumber: orderNumber(90_001) })
    inBundle(order, 'MedicationRequest').subject = { reference }
    return order
  }
  const answers = []
  for (const reference of [patient, nobody]) {
    const { text } = await stranger.post('$validate?mode=create', bundle(reference))
    const update = { ...(await read(sides.trust, patient)), id: reference.split('/')[1] }
    const { text: put } = await stranger.post('$validate?mode=update', update)
    const gone = await stranger.get(`${reference}/$validate?mode=delete`)
    answers.push([text, put, gone.status, gone.keys].join().replaceAll(reference, 'X'))
  }
  t.equal(answers[0], answers[1])
  const elsewhere = await exchange.party('provider', 'VNE51')
  const moved = { ...made.order, status: 'completed' } as Resource
  t.same(refusals(await elsewhere.post('$validate?mode=update', moved)), ['update-as-create Task'])
  for (const role of ['observer', 'logistics'] as const) {
    const party = await exchange.party(role, role === 'observer' ? 'X26' : PROVIDER)
    const [told] = refusals(await party.post('$validate?mode=create', orderBundle({ trust: TRUST })))
    t.match(told, /^role-forbidden/)
  }
})
