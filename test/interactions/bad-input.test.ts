/** What is wrong is refused in words, and leaves no trace: every refusal is checked for status, codes and storage. */
import { randomBytes } from 'node:crypto'
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Answer, type Party, resourcesOf, rowCounts, startExchange } from '../helper.ts'
import { located, orderBundle, orderTask, parties, type Refusal, refusals } from '../orders.ts'

const exchange = await startExchange(t)
const { trust, provider } = await parties(exchange)
const stranger = await exchange.party('trust', 'RXX')
const observer = await exchange.party('observer', 'X26')
const posted = await trust.post('', orderBundle())
const item = located(posted, 'MedicationRequest')
const patient = located(posted, 'Patient')
const order = await orderTask(provider, item)

const patientBody = {
  resourceType: 'Patient',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }],
  name: [{ family: 'Test' }],
}

const refused = refusals(t, exchange)
const post =
  (path: string, body: unknown, who: Party = trust, headers = {}) =>
  () =>
    who.post(path, body, headers)

const bodies: readonly (readonly [name: string, body: string, expected: Refusal])[] = [
  ['malformed JSON', '{"resourceType":"Patient",', '400 json-malformed structure'],
  ['a body that is only white space', ' \n', '400 body-missing required'],
  ['a deeply nested body', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`, '400 json-too-deep too-long'],
  ['nesting that would end a recursion', '['.repeat(200_000) + ']'.repeat(200_000), '400 json-too-deep too-long'],
  ['a property twice', '{"resourceType":"Patient","active":true,"active":false}', '400 json-duplicate-key structure'],
  [
    'a property twice, once in disguise',
    '{"resourceType":"Patient","active":true,"\\u0061ctive":false}',
    '400 json-duplicate-key structure',
  ],
  [
    '__proto__ at the top',
    '{"resourceType":"Patient","__proto__":{"active":true}}',
    '400 structure-unknown-property structure',
  ],
  [
    '__proto__ below',
    '{"resourceType":"Patient","maritalStatus":{"text":"x","__proto__":{"polluted":true}}}',
    '400 structure-unknown-property structure',
  ],
  [
    '__proto__ in a list',
    '{"resourceType":"Patient","name":[{"family":"x","__proto__":{"polluted":true}}]}',
    '400 structure-unknown-property structure',
  ],
  [
    '__proto__ in contained',
    '{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"a","name":"x","__proto__":{"polluted":1}}]}',
    '400 structure-unknown-property structure',
  ],
  [
    '__proto__ in meta',
    '{"resourceType":"Patient","meta":{"__proto__":{"polluted":true}},"active":true}',
    '400 structure-unknown-property structure',
  ],
  [
    'constructor as a property',
    '{"resourceType":"Patient","constructor":{"prototype":{"polluted":true}}}',
    '400 structure-unknown-property structure',
  ],
  ['the resource type __proto__', '{"resourceType":"__proto__"}', '400 type-mismatch value'],
  ['a list', '[]', '400 structure-too-many structure'],
  ['null', 'null', '400 structure-null structure'],
  ['a string', '"Patient"', '400 structure-wrong-type structure'],
  ['no resource type', '{"name":[{"family":"x"}]}', '400 structure-resource-type structure'],
  ['another resource type', '{"resourceType":"Observation"}', '400 type-mismatch value'],
  ['an unknown property', '{"resourceType":"Patient","surname":"x"}', '400 structure-unknown-property structure'],
  [
    'a number beyond every number',
    '{"resourceType":"Patient","multipleBirthInteger":1e999}',
    '422 primitive-invalid value',
  ],
  [
    'a day that is in no calendar',
    '{"resourceType":"Patient","birthDate":"2026-02-30"}',
    '422 primitive-invalid value',
  ],
  [
    'a conditional reference',
    '{"resourceType":"Patient","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9449304130"}],"managingOrganization":{"reference":"Organization?identifier=x"}}',
    '422 reference-unresolved not-found',
  ],
]
for (const [name, body, expected] of bodies) await refused(`body: ${name}`, post('Patient', body), expected)
t.equal(({} as Record<string, unknown>).polluted, undefined, 'no prototype was changed')

await refused('no body', () => trust.send('POST', 'Patient'), '400 body-missing required')
await refused(
  'a body of 6 MB',
  post('Patient', `{"resourceType":"Patient","id":"${'x'.repeat(6_000_000)}"}`),
  '413 body-too-large too-long',
)
await refused(
  'XML',
  post('Patient', '<Patient xmlns="http://hl7.org/fhir"/>', trust, { 'content-type': 'application/fhir+xml' }),
  '415 content-type-unsupported not-supported',
)
await refused(
  'XML asked for',
  () => trust.get(patient, { accept: 'application/fhir+xml' }),
  '406 accept-unsupported not-supported',
)
await refused('an unknown type', post('Foo', { resourceType: 'Foo' }), '404 unknown-type not-supported')
await refused(
  'a type that is not exposed',
  post('Observation', { resourceType: 'Observation' }),
  '404 unknown-type not-supported',
)
await refused(
  'a create at an id',
  () => trust.post(`${patient}`, patientBody),
  '405 interaction-unsupported not-supported',
)
await refused(
  'no token',
  async () => {
    const answer = await exchange.app.inject({ url: `/fhir/${patient}` })
    const body = answer.json() as Resource & r4.OperationOutcome
    return {
      status: answer.statusCode,
      headers: {},
      text: answer.body,
      bytes: answer.rawPayload,
      body,
      keys: body.issue.map((issue) => issue.details?.coding?.[0]?.code ?? ''),
    }
  },
  '401 login-required login',
)

const notFound = '404 not-found not-found'
const noVersion = '404 version-not-found not-found'
await refused(
  'an unknown parameter',
  () => provider.get('Task?stauts=requested'),
  '400 unknown-parameter not-supported',
)
await refused(
  'an unknown modifier',
  () => provider.get('Task?status:sort-of=requested'),
  '400 unknown-modifier not-supported',
)
await refused('a parameter without a value', () => provider.get('Task?status='), '400 parameter-invalid invalid')
await refused('a forged page link', () => provider.get('Task?_page=AAAA'), '400 page-link-invalid invalid')
await refused('an id that can be none', () => trust.get('Patient/not_an_id!'), notFound)
await refused('an id that is none', () => trust.get('Patient/0'), notFound)
await refused('an id of another type', () => trust.get(patient.replace('Patient', 'Organization')), notFound)
await refused('a version that is none', () => trust.get(`${patient}/_history/7`), noVersion)
await refused('a version that is no number', () => trust.get(`${patient}/_history/x`), noVersion)

const stored = (await trust.get(patient)).body
const changed = { ...stored, active: true }
await refused(
  'a stale If-Match',
  () => trust.send('PUT', patient, changed, { 'if-match': 'W/"7"' }),
  '412 version-conflict conflict',
)
await refused(
  'an If-Match that is none',
  () => trust.send('PUT', patient, changed, { 'if-match': 'latest' }),
  '400 header-invalid invalid',
)
await refused(
  'an If-Match of * on what was never there',
  () => trust.send('PUT', 'Patient/nobody', { ...changed, id: 'nobody' }, { 'if-match': '*' }),
  '404 not-found not-found',
)
await refused(
  'an If-Match of * on a Task, which says no version',
  () => provider.send('PUT', `Task/${order.id}`, { ...order, status: 'accepted' }, { 'if-match': '*' }),
  '428 if-match-required required',
)
await refused(
  'no If-Match on a Task',
  () => provider.send('PUT', `Task/${order.id}`, { ...order, status: 'accepted' }),
  '428 if-match-required required',
)
await refused(
  'a stale If-Match on a Task',
  () => provider.put({ ...order, status: 'accepted', meta: { versionId: '9' } }),
  '412 version-conflict conflict',
)
await refused(
  'another id in the body',
  () => trust.send('PUT', patient, { ...changed, id: 'other' }),
  '400 id-mismatch value',
)
await refused('no id in the body', () => trust.send('PUT', patient, patientBody), '400 id-mismatch value')
await refused(
  'an update that would create',
  () => trust.send('PUT', 'Patient/my-own-id', { ...patientBody, id: 'my-own-id' }),
  '405 update-as-create not-supported',
)
await refused(
  'an empty condition',
  post('Patient', patientBody, trust, { 'if-none-exist': '' }),
  '400 condition-missing required',
)
await refused(
  'a condition that says nothing',
  post('Patient', patientBody, trust, { 'if-none-exist': '_count=1' }),
  '400 condition-missing required',
)
await refused(
  'a condition with a typing error',
  post('Patient', patientBody, trust, { 'if-none-exist': 'identifer=x' }),
  '400 unknown-parameter not-supported',
)

const forbidden = '403 role-forbidden forbidden'
const prescription = (await trust.get(item)).body
await refused('a provider posts a prescription', post('MedicationRequest', prescription, provider), forbidden)
await refused('a provider posts a prescription in a Bundle', post('', orderBundle(), provider), forbidden)
await refused('an observer reads a Task', () => observer.get(`Task/${order.id}`), forbidden)
await refused('an observer searches Tasks', () => observer.get('Task'), forbidden)
await refused(
  'a Task is posted that says nothing of what is to be done',
  post('Task', { resourceType: 'Task', status: 'requested', intent: 'order' }),
  '422 profile-required required',
)

await t.test('another organisation’s resource is not there', async (t) => {
  const before = await rowCounts(exchange.context)
  const missing = '01900000-0000-7000-8000-000000000000'
  // Whoever asks for somebody else's resource gets to the letter what one gets for nothing at all.
  const asks = (id: string): Promise<Answer>[] => [
    stranger.get(`Patient/${id}`),
    stranger.get(`Patient/${id}/_history/1`),
    stranger.get(`Patient/${id}/_history`),
    stranger.send('PUT', `Patient/${id}`, { ...patientBody, id }),
    stranger.send('PUT', `Patient/${id}`, { ...patientBody, id }, { 'if-match': 'W/"1"' }),
    stranger.post('Provenance', provenanceOf(`Patient/${id}`)),
    stranger.post('', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: { ...patientBody, id }, request: { method: 'PUT', url: `Patient/${id}` } }],
    }),
  ]
  const theirs = await Promise.all(asks(patient.slice('Patient/'.length)))
  const nothing = await Promise.all(asks(missing))
  t.same(
    theirs.map(({ status }) => status),
    [404, 404, 404, 405, 404, 422, 405],
  )
  t.same(
    theirs.map(({ text }) => text),
    nothing.map(({ text }) => text),
  )
  for (const search of [`_id=${patient.slice(8)}`, 'identifier=9449304130', 'family=Example', '']) {
    t.same(resourcesOf(await stranger.get(`Patient?${search}`)), [], search)
    t.equal((await stranger.get(`Patient?${search}&_summary=count`)).body.total, 0, `${search} counted`)
  }
  const page = await trust.get('MedicationRequest?_count=1')
  await trust.post('', orderBundle())
  const link = ((await trust.get('MedicationRequest?_count=1')).body as unknown as r4.Bundle).link?.find(
    ({ relation }) => relation === 'next',
  )
  t.equal(page.status, 200)
  t.same((await stranger.get(link?.url.replace(/^.*\/fhir\//, '') ?? '')).keys, ['page-link-invalid'])
  t.notSame(await rowCounts(exchange.context), before, 'only the second order was stored')
})

function provenanceOf(target: string): r4.Provenance {
  return {
    resourceType: 'Provenance',
    target: [{ reference: target }],
    recorded: '2026-11-22T09:00:00Z',
    agent: [{ who: { display: 'x' } }],
  }
}

await t.test('If-None-Exist does not tell of another organisation’s patient', async (t) => {
  const body = { ...patientBody, identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }] }
  const condition = { 'if-none-exist': 'identifier=https://fhir.nhs.uk/Id/nhs-number|9449304130' }
  const answer = await stranger.post('Patient', body, condition)
  t.equal(answer.status, 201)
  t.not(`Patient/${answer.body.id}`, patient)
  t.equal((await stranger.post('Patient', body, condition)).body.id, answer.body.id, 'its own is found')
})

t.test('characters and lengths that a database does not keep are refused, not met as its failure', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const made = await trust.post('', orderBundle())
  const patient = (await trust.get(located(made, 'Patient'))).body as unknown as r4.Patient & Resource
  for (const query of [
    'Patient?name=%00',
    'Patient?name:contains=a%00b',
    'Patient?identifier=a|%00',
    'Patient?identifier=%00|b',
    'Patient?_tag=%00',
    'Patient?_has:Task:patient:code=%00',
    'Task?code:text=%00',
    'Task?patient:identifier=a|%00',
    'AuditEvent?agent:identifier=%00',
    'StructureDefinition?url=%00',
    '?_type=Patient,Task&_tag=%00',
  ])
    t.same((await trust.get(query)).keys, ['parameter-invalid'], query)
  const item = (value: string) => ({
    resourceType: 'Parameters',
    parameter: [{ name: 'identifier', valueIdentifier: { system: 'a', value } }],
  })
  const copy = (id: string) => ({
    resourceType: 'Parameters',
    parameter: [{ name: 'resource', resource: { resourceType: 'MedicationRequest', id } }],
  })
  const message = (value: string) => ({ resourceType: 'Bundle', type: 'message', identifier: { value }, entry: [] })
  for (const half of ['a\u0000', '\ud800', 'b\udc00\ud800', '\ud83d']) {
    const bodies: [string, unknown][] = [
      ['Patient', { resourceType: 'Patient', name: [{ family: half }] }],
      ['Patient', { resourceType: 'Patient', [half]: 1 }],
      ['MedicationRequest/$verify', item(half)],
      ['MedicationRequest/$verify', copy(half)],
      ['$process-message', message(half)],
      ['$validate', { resourceType: 'Patient', name: [{ family: half }] }],
    ]
    for (const [path, body] of bodies)
      t.same((await trust.post(path, body)).keys, ['json-character-invalid'], `${path} ${JSON.stringify(half)}`)
  }
  t.equal(
    (await trust.post('$validate', '{"resourceType":"Patient","name":[{"family":"\\ud83d\\ude00"}]}')).status,
    200,
  )
  // Nothing of it can be made shorter by compression.
  const long = randomBytes(3000).toString('base64url')
  const changes: Partial<r4.Patient>[] = [
    { identifier: [...(patient.identifier ?? []), { system: 'urn:x', value: long }] },
    { identifier: [...(patient.identifier ?? []), { system: `urn:${long}`, value: 'a' }] },
    { meta: { tag: [{ system: 'urn:a', code: long }] } },
    { meta: { profile: [`http://x.example/${long}`] } },
    { telecom: [{ system: 'email', value: long }] },
    { generalPractitioner: [{ reference: `http://x.example/${long}` }] },
    { generalPractitioner: [{ identifier: { system: 'urn:a', value: long } }] },
  ]
  for (const change of changes) {
    const answer = await trust.put({ ...patient, ...change, meta: { ...change.meta, versionId: '1' } } as never)
    t.same([answer.status, answer.keys], [422, ['indexed-too-long']], Object.keys(change).join())
    t.notOk(answer.text.includes(long))
  }
  t.equal((await trust.put({ ...patient, name: [{ family: long }] } as never)).status, 200, 'a name may be long')
  const answer = await trust.post('$process-message', {
    resourceType: 'Bundle',
    type: 'message',
    identifier: { value: long },
    entry: orderMessage(),
  })
  t.same(answer.keys, ['message-unidentified'])
})

const orderMessage = () => [
  {
    resource: {
      resourceType: 'MessageHeader',
      eventCoding: { system: 'https://fhir.nhs.uk/CodeSystem/message-event', code: 'prescription-order' },
      source: { endpoint: 'https://directory.example.org/RBA' },
    },
  },
  ...orderBundle().entry.map(({ fullUrl, resource }) => ({ fullUrl, resource })),
]
