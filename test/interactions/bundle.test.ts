/** Batches and transactions: what an entry may ask, in which order it is done, and what each is answered. */
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Answer, type Exchange, type Party, resourcesOf, rowCounts, startExchange } from '../helper.ts'
import { acceptedOrder, errorsIn, orderBundle, parties } from '../orders.ts'

interface Teardown {
  teardown(work: () => Promise<void> | void): void
}

const open = async (t: Teardown): Promise<{ exchange: Exchange; tester: Party }> => {
  const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, 'conformance/tester.json') })
  return { exchange, tester: await exchange.party('tester', 'RBA') }
}
const urn = (n: number): string => `urn:uuid:7f1c2b1e-0000-4000-8000-${String(n).padStart(12, '0')}`
const patient = (value: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: 'urn:x', value }],
  ...more,
})
const bundle = (type: 'batch' | 'transaction', ...entry: object[]) => ({ resourceType: 'Bundle', type, entry })
const ask = (method: string, url: string, resource?: object, more: object = {}) => ({
  ...(resource ? { resource } : {}),
  request: { method, url, ...more },
})
const entriesOf = (answer: Answer): r4.BundleEntry[] => (answer.body as unknown as r4.Bundle).entry ?? []
const keyOf = ({ response }: r4.BundleEntry): string | undefined =>
  (response?.outcome as r4.OperationOutcome | undefined)?.issue[0]?.details?.coding?.[0]?.code
const statuses = (answer: Answer): string[] =>
  entriesOf(answer).map((entry) => [entry.response?.status, keyOf(entry)].filter(Boolean).join(' '))
const pathOf = (entry: r4.BundleEntry | undefined): string =>
  entry?.response?.location?.replace(/^.*\/fhir\/|\/_history.*$/g, '') ?? ''
const seen = ({ status, keys }: Answer): string => [status, ...keys].join(' ')

t.test('a batch: each entry stands for itself, in the answer’s place of its own', async (t) => {
  const { exchange, tester } = await open(t)
  const { id } = (await tester.post('Patient', patient('1'))).body
  const { id: doomed } = (await tester.post('Patient', patient('2'))).body
  const { base } = exchange.context
  const answer = await tester.post(
    '',
    bundle(
      'batch',
      ask('GET', `Patient/${id}`),
      ask('POST', 'Patient', patient('3')),
      ask('POST', 'Patient', { resourceType: 'Patient', birthDate: 'soon' }),
      ask('PUT', 'Patient/mine', patient('4', { id: 'mine' })),
      ask('PUT', `Patient/${id}`, patient('1', { id, active: true }), { ifMatch: 'W/"9"' }),
      ask('DELETE', `Patient/${doomed}`),
      ask('GET', `/Patient/${doomed}`),
      ask('GET', `${base}/Patient?identifier=urn:x|3`),
      ask('GET', 'Patient/none'),
      ask('GET', 'Patient?identifer=x'),
      ask('GET', `Patient/${id}/_history/1`),
      ask('GET', `Patient/${id}/_history`),
      ask('HEAD', `Patient/${id}`),
      ask('GET', `Patient/${id}`, undefined, { ifNoneMatch: 'W/"1"' }),
      ask('POST', 'Patient', patient('1'), { ifNoneExist: 'identifier=urn:x|1' }),
      ask('PUT', 'Patient?identifier=urn:x|4', patient('4', { active: true })),
      ask('POST', 'Patient/$validate', { resourceType: 'Patient', gender: 'x' }),
      ask('GET', 'metadata'),
      ask('GET', 'http://elsewhere.example.org/Patient/1'),
      ask('BREW', 'Patient'),
      ask('GET', 'Nonsense/1'),
      ask('POST', 'Patient', { resourceType: 'Basic', code: { text: 'x' } }),
      { resource: patient('5') },
      ask('POST', 'Patient'),
      ask('PUT', 'Patient/a', patient('6', { id: 'b' })),
      ask('DELETE', 'Patient'),
    ),
  )
  t.equal(answer.status, 200, answer.text.slice(0, 300))
  t.equal(answer.body.type, 'batch-response')
  t.same(statuses(answer), [
    '200 OK',
    '201 Created',
    '400 Bad Request primitive-invalid',
    '201 Created',
    '412 Precondition Failed version-conflict',
    '204 No Content',
    '410 Gone deleted',
    '200 OK',
    '404 Not Found not-found',
    '400 Bad Request unknown-parameter',
    '200 OK',
    '200 OK',
    '200 OK',
    '304 Not Modified',
    '200 OK',
    '200 OK',
    '200 OK code-not-in-value-set',
    '200 OK',
    '400 Bad Request bundle-entry-invalid',
    '405 Method Not Allowed interaction-unsupported',
    '404 Not Found unknown-type',
    '400 Bad Request type-mismatch',
    '400 Bad Request bundle-entry-invalid',
    '400 Bad Request bundle-entry-invalid',
    '400 Bad Request id-mismatch',
    '400 Bad Request bundle-entry-invalid',
  ])
  const entries = entriesOf(answer)
  t.match(entries[0], { resource: { id }, response: { etag: 'W/"1"', lastModified: /^2026/ } })
  t.match(entries[1], { response: { etag: 'W/"1"', location: new RegExp(`^${base}/Patient/[^/]+/_history/1$`) } })
  t.match(entries[1]?.resource, { resourceType: 'Patient' }, 'this table answers a write with its resource')
  t.match(entries[3], { fullUrl: `${base}/Patient/mine` })
  t.match(entries[7], { resource: { type: 'searchset' } }, 'reads come after the writes')
  t.equal((entries[7]?.resource as r4.Bundle).entry?.length, 1)
  t.equal(entries[12]?.resource, undefined, 'HEAD has no body')
  t.match(entries[15], { response: { etag: 'W/"2"' } }, 'the conditional update found what the batch had made')
  t.same(errorsIn(exchange, answer.body, { root: 'Bundle', type: 'Bundle' }), [])
})

t.test('Prefer is for the entries of a Bundle too', async (t) => {
  const { tester } = await open(t)
  for (const type of ['batch', 'transaction'] as const) {
    const send = (prefer: string) =>
      tester.post('', bundle(type, ask('POST', 'Patient', patient('1'))), { prefer: `return=${prefer}` })
    t.match(entriesOf(await send('representation'))[0], { resource: { identifier: [{ value: '1' }] } }, type)
    t.equal(entriesOf(await send('minimal'))[0]?.resource, undefined)
    t.equal(keyOf(entriesOf(await send('OperationOutcome'))[0] as r4.BundleEntry), 'done')
  }
})

t.test('a transaction: DELETE, POST, PUT, then GET, whatever the order of its entries', async (t) => {
  const { exchange, tester } = await open(t)
  const { id } = (await tester.post('Patient', patient('1'))).body
  const other = (await tester.post('Patient', patient('2'))).body
  const answer = await tester.post(
    '',
    bundle(
      'transaction',
      ask('GET', 'Patient?identifier=urn:x|1'),
      ask('POST', 'Patient/_search?identifier=urn:x|1&active=true'),
      ask('PUT', `Patient/${other.id}`, { ...other, active: true }, { ifMatch: 'W/"1"' }),
      // What is deleted is no match any more.
      {
        ...ask('POST', 'Patient', patient('1', { active: true }), { ifNoneExist: 'identifier=urn:x|1' }),
        fullUrl: urn(1),
      },
      ask('DELETE', `Patient/${id}`),
      ask('GET', `?_type=Patient&_id=${other.id}`),
      ask('PUT', 'Basic/new', {
        resourceType: 'Basic',
        id: 'new',
        code: { text: 'x' },
        subject: { reference: urn(1) },
      }),
    ),
  )
  t.equal(answer.status, 200, answer.text.slice(0, 400))
  t.same(statuses(answer), ['200 OK', '200 OK', '200 OK', '201 Created', '204 No Content', '200 OK', '201 Created'])
  const [found, posted, , created] = entriesOf(answer)
  t.match(posted?.resource, { type: 'searchset', total: 1 }, 'a search by POST reads, as one by GET does')
  t.match(found?.resource, { entry: [{ resource: { active: true } }] })
  t.match((await tester.get('Basic/new')).body, { subject: { reference: pathOf(created) } })
  t.same(errorsIn(exchange, answer.body, { root: 'Bundle', type: 'Bundle' }), [])
  const empty = await tester.post('', { resourceType: 'Bundle', type: 'transaction' })
  t.same([empty.status, empty.body.entry], [200, undefined])
})

t.test('one fault and nothing of a transaction is stored', async (t) => {
  const { exchange, tester } = await open(t)
  const { id } = (await tester.post('Patient', patient('1'))).body
  for (const value of ['2', '2']) await tester.post('Patient', patient(value))
  const before = await rowCounts(exchange.context)
  const faults: [name: string, entry: object, expected: string][] = [
    ['a stale update', ask('PUT', `Patient/${id}`, patient('1', { id }), { ifMatch: '7' }), '412 version-conflict'],
    [
      'an ambiguous create',
      ask('POST', 'Patient', patient('2'), { ifNoneExist: 'identifier=urn:x|2' }),
      '412 multiple-matches',
    ],
    ['an ambiguous delete', ask('DELETE', 'Patient?identifier=urn:x|2'), '412 multiple-matches'],
    [
      'a broken resource',
      ask('POST', 'Patient', { resourceType: 'Patient', nmae: 1 }),
      '400 structure-unknown-property',
    ],
    ['an unknown address', ask('GET', 'Nonsense'), '404 unknown-type'],
    ['a read of nothing', ask('GET', 'Patient/none'), '404 not-found'],
    ['a search with a typing error', ask('GET', 'Patient?identifer=1'), '400 unknown-parameter'],
    ['an operation', ask('POST', 'Patient/$validate', patient('1')), '405 interaction-unsupported'],
    ['a condition with a typing error', ask('DELETE', 'Patient?identifer=1'), '400 unknown-parameter'],
    [
      'a reference by a condition that nothing matches',
      ask('POST', 'Basic', {
        resourceType: 'Basic',
        code: { text: 'x' },
        subject: { reference: 'Patient?identifier=urn:x|9' },
      }),
      '422 reference-unresolved',
    ],
    [
      'a reference by a condition that says nothing',
      ask('POST', 'Basic', { resourceType: 'Basic', code: { text: 'x' }, subject: { reference: 'Patient?' } }),
      '400 condition-missing',
    ],
    ['a search by POST of one resource', ask('POST', 'Patient/1/_search'), '400 bundle-entry-invalid'],
    [
      'a reference by a condition that several match',
      ask('POST', 'Basic', {
        resourceType: 'Basic',
        code: { text: 'x' },
        subject: { reference: 'Patient?identifier=urn:x|2' },
      }),
      '412 multiple-matches',
    ],
    ['the same resource twice', ask('DELETE', 'Patient/first'), '400 identity-twice'],
    ['the same update twice', ask('PUT', 'Patient/first', patient('5', { id: 'first' })), '400 identity-twice'],
  ]
  for (const [name, entry, expected] of faults) {
    const answer = await tester.post(
      '',
      bundle('transaction', ask('PUT', 'Patient/first', patient('8', { id: 'first' })), entry),
    )
    t.equal(seen(answer), expected, name)
    t.match(answer.text, /Bundle\.entry\[[01]\]/, `${name}: says where`)
    if (name === 'an ambiguous create') t.match(answer.text, '"Bundle.entry[1].request.ifNoneExist"')
  }
  t.same(await rowCounts(exchange.context), before)
})

t.test('references are rewritten in every form that R4 names', async (t) => {
  const { exchange, tester } = await open(t)
  const known = (
    await tester.post('Organization', {
      resourceType: 'Organization',
      identifier: [{ system: 'urn:x', value: 'o' }],
      name: 'O',
    })
  ).body
  const oid = 'urn:oid:1.2.840.1'
  const server = 'http://epr.example.org/fhir'
  const answer = await tester.post(
    '',
    bundle(
      'transaction',
      {
        fullUrl: `${server}/DocumentReference/7`,
        resource: {
          resourceType: 'DocumentReference',
          id: '7',
          status: 'current',
          text: {
            status: 'generated',
            div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${urn(1)}">who</a></div>`,
          },
          subject: { reference: urn(1) },
          // A neighbour on the sender's server.
          custodian: { reference: 'Organization/8' },
          author: [
            { reference: oid },
            { reference: `${urn(1)}/_history/5` },
            { reference: 'Organization?identifier=urn:x|o' },
            { reference: 'Practitioner?identifier=urn:x|new' },
            { reference: 'http://else.example.org/fhir/Practitioner/1' },
          ],
          content: [{ attachment: { url: urn(2), title: urn(2) } }],
        },
        request: { method: 'POST', url: 'DocumentReference' },
      },
      { fullUrl: urn(1), ...ask('POST', 'Patient', patient('1')) },
      {
        fullUrl: urn(2),
        ...ask('POST', 'Binary', { resourceType: 'Binary', contentType: 'text/plain', data: 'aGk=' }),
      },
      {
        fullUrl: oid,
        ...ask('PUT', 'Practitioner?identifier=urn:x|p', {
          resourceType: 'Practitioner',
          identifier: [{ system: 'urn:x', value: 'p' }],
        }),
      },
      {
        fullUrl: `${server}/Organization/8`,
        ...ask('POST', 'Organization', { resourceType: 'Organization', id: '8', name: 'N' }),
      },
      ask('POST', 'Practitioner', { resourceType: 'Practitioner', identifier: [{ system: 'urn:x', value: 'new' }] }),
    ),
  )
  t.equal(answer.status, 200, answer.text.slice(0, 500))
  const [document, who, binary, practitioner, custodian, fresh] = entriesOf(answer).map(pathOf)
  t.match((await tester.get(document ?? '')).body, {
    text: { div: new RegExp(`href="${who}"`) },
    subject: { reference: who },
    custodian: { reference: custodian },
    author: [
      { reference: practitioner },
      { reference: `${who}/_history/1` },
      { reference: `Organization/${known.id}` },
      { reference: fresh },
      { reference: 'http://else.example.org/fhir/Practitioner/1' },
    ],
    content: [{ attachment: { url: binary, title: urn(2) } }],
  })
  t.equal(resourcesOf(await tester.get(`DocumentReference?subject=${who}`)).length, 1, 'and found by them')
  t.same(errorsIn(exchange, answer.body, { root: 'Bundle', type: 'Bundle' }), [])
})

t.test('an entry of a batch cannot refer to one that the batch creates', async (t) => {
  const { tester } = await open(t)
  const about = (reference: string) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    subject: { reference },
  })
  const answer = await tester.post(
    '',
    bundle(
      'batch',
      { fullUrl: urn(1), ...ask('POST', 'Patient', patient('1')) },
      ask('POST', 'Patient', patient('2', { id: 'sent' })),
      ask('PUT', 'Patient/own', patient('3', { id: 'own' })),
      ask('POST', 'Observation', about(urn(1))),
      ask('POST', 'Observation', about('Patient/sent')),
      ask('POST', 'Observation', about('Patient/own')),
      ask('POST', 'Observation', about(urn(2))),
    ),
  )
  t.same(statuses(answer), [
    ...Array<string>(3).fill('201 Created'),
    ...Array<string>(2).fill('400 Bad Request batch-reference'),
    '201 Created',
    '201 Created',
  ])
  t.match(entriesOf(answer)[3]?.response?.outcome, {
    issue: [{ expression: ['Bundle.entry[3].resource.subject.reference'] }],
  })
})

t.test('without fullUrl a table may have a new resource known by the id it was sent with', async (t) => {
  const { tester } = await open(t)
  const member = (value: string, reference: string) =>
    patient(value, { link: [{ other: { reference }, type: 'seealso' }] })
  const linked = async (...entries: object[]) => {
    const answered = entriesOf(await tester.post('', bundle('transaction', ...entries)))
    const reference = (answered[1]?.resource as r4.Patient | undefined)?.link?.[0]?.other.reference
    return reference === pathOf(answered[0]) ? 'the new one' : reference
  }
  const refers = ask('POST', 'Patient', member('2', 'Patient/a'))
  t.equal(await linked(ask('POST', 'Patient', patient('1', { id: 'a' })), refers), 'the new one')
  t.equal(await linked({ fullUrl: urn(1), ...ask('POST', 'Patient', patient('1', { id: 'a' })) }, refers), 'Patient/a')
  const twins = [patient('1', { id: 'a' }), member('2', 'Patient/a'), patient('3', { id: 'a' })]
  t.equal(await linked(...twins.map((twin) => ask('POST', 'Patient', twin))), 'Patient/a', 'of two, neither is meant')
  const stored = ask('PUT', 'Patient/a', patient('4', { id: 'a' }))
  t.equal(await linked(ask('POST', 'Patient', patient('1', { id: 'a' })), refers, stored), 'Patient/a', 'this one is')
})

t.test('a condition may name another entry by its fullUrl', async (t) => {
  const { tester } = await open(t)
  const basic = (code: string): object => ({
    resourceType: 'Basic',
    code: { text: code },
    subject: { reference: urn(1) },
  })
  const send = (...more: object[]): Promise<Answer> =>
    tester.post(
      '',
      bundle(
        'transaction',
        // Before the entry that it names.
        ask('POST', 'Basic', basic('a'), { ifNoneExist: `subject=${urn(1)}` }),
        { ...ask('POST', 'Patient', patient('1'), { ifNoneExist: 'identifier=urn:x|1' }), fullUrl: urn(1) },
        ...more,
      ),
    )
  t.same(statuses(await send()), ['201 Created', '201 Created'])
  t.same(statuses(await send()), ['200 OK', '200 OK'], 'the same again: both are there')
  const changed = await send(ask('PUT', `Basic?subject=${urn(1)}`, basic('b')))
  t.equal(seen(changed), '400 identity-twice', 'and a second entry about it is refused')
  const [stored] = resourcesOf(await tester.get('Basic'))
  t.match(stored, { subject: { reference: /^Patient\/[0-9a-f-]{36}$/ } })
  t.match((await tester.get('Basic')).body, { total: 1 })
})

t.test('fifty transactions with one condition make one resource', async (t) => {
  const { exchange, tester } = await open(t)
  const one = bundle(
    'transaction',
    { fullUrl: urn(1), ...ask('POST', 'Patient', patient('1'), { ifNoneExist: 'identifier=urn:x|1' }) },
    ask('POST', 'Basic', { resourceType: 'Basic', code: { text: 'x' }, subject: { reference: urn(1) } }),
  )
  const before = await rowCounts(exchange.context)
  const answers = await Promise.all(Array.from({ length: 50 }, () => tester.post('', one)))
  t.equal(new Set(answers.map((answer) => pathOf(entriesOf(answer)[0]))).size, 1)
  t.equal((await tester.get('Patient/_history')).body.total, 1)
  t.equal((await tester.get('Basic/_history?_count=0')).body.total, 50)
  const subjects = new Set(
    resourcesOf(await tester.get('Basic')).map(({ subject }) => (subject as r4.Reference).reference),
  )
  t.equal(subjects.size, 1)
  t.equal((await rowCounts(exchange.context)).resource, (before.resource ?? 0) + 51)
})

t.test('Bundles of other types, too many entries, and what is no Bundle', async (t) => {
  const { tester } = await open(t)
  t.equal(seen(await tester.post('', { resourceType: 'Bundle', type: 'collection' })), '400 bundle-type-unsupported')
  t.equal(seen(await tester.post('', patient('1'))), '400 type-mismatch')
  for (const type of ['batch', 'transaction'] as const) {
    const many = await tester.post('', bundle(type, ...Array.from({ length: 201 }, () => ask('GET', 'Patient'))))
    t.equal(seen(many), '413 bundle-too-many-entries')
    t.match(many.text, /200 entries/)
    t.equal((await tester.post('', { resourceType: 'Bundle', type, entry: {} })).status, 400, 'entry is a list')
    t.equal((await tester.post('', { resourceType: 'Bundle', type, entry: ['x'] })).status, 400)
    t.equal((await tester.post('', { resourceType: 'Bundle', type, nonsense: 1 })).status, 400)
  }
  t.match((await tester.get('metadata')).text, /A batch or transaction may have 200 entries/)
})

t.test('the parties’ table holds in a Bundle as it does outside', async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { trust, provider } = both
  const accepted = await acceptedOrder(both)
  const task = (await provider.get(`Task/${accepted.order.id}`)).body
  const [item] = resourcesOf(await trust.get('MedicationRequest'))
  const answer = await provider.post(
    '',
    bundle(
      'batch',
      ask('GET', `Task/${task.id}`),
      ask('PUT', `Task/${task.id}`, task),
      ask('DELETE', `Task/${task.id}`),
      ask('POST', 'MedicationRequest', { ...(item as Resource) }),
      ask('GET', 'Task?status=accepted'),
      ask('DELETE', 'Provenance/1'),
    ),
  )
  t.same(statuses(answer), [
    '200 OK',
    '428 Precondition Required if-match-required',
    '409 Conflict deletion-not-allowed',
    '403 Forbidden role-forbidden',
    '200 OK',
    '405 Method Not Allowed interaction-unsupported',
  ])
  const stranger = await exchange.party('provider', 'VNE51')
  t.same(statuses(await stranger.post('', bundle('batch', ask('GET', `Task/${task.id}`)))), ['404 Not Found not-found'])
  t.equal((await (await exchange.party('observer', 'RBA')).post('', bundle('batch'))).status, 403)

  const order = orderBundle()
  const withRead = { ...order, entry: [...order.entry, ask('GET', 'Task')] }
  t.equal(seen(await trust.post('', withRead)), '405 interaction-unsupported', 'nothing is read with an order')
  const deleted = await trust.post(
    '',
    bundle('transaction', ask('DELETE', `Patient/${(item?.subject as r4.Reference).reference?.split('/')[1]}`)),
  )
  t.equal(seen(deleted), '409 still-referenced')
  const role = (await trust.post('Practitioner', { resourceType: 'Practitioner', active: true })).body
  const link = (
    await trust.post('PractitionerRole', {
      resourceType: 'PractitionerRole',
      practitioner: { reference: `Practitioner/${role.id}` },
      organization: { identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'RBA' } },
    })
  ).body
  const both2 = bundle(
    'transaction',
    ask('DELETE', `Practitioner/${role.id}`),
    ask('DELETE', `PractitionerRole/${link.id}`),
  )
  const gone = await trust.post('', both2)
  t.same(statuses(gone), ['204 No Content', '204 No Content'], 'a whole goes with its parts')
})
