/** FHIR's REST interactions on the real store: versions, conditions, preferences, searches, pages, transactions. */
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Answer, resourcesOf, rowCounts, startExchange } from '../helper.ts'
import { errorsIn, inBundle, orderBundle, parties } from '../orders.ts'

const NHS = 'https://fhir.nhs.uk/Id/nhs-number'
const nextOf = (answer: Answer): string | undefined =>
  (answer.body as unknown as r4.Bundle).link
    ?.find(({ relation }) => relation === 'next')
    ?.url.replace(/^.*\/fhir\//, '')
const entriesOf = (answer: Answer): r4.BundleEntry[] => (answer.body as unknown as r4.Bundle).entry ?? []
const urn = (n: number): string => `urn:uuid:7f1c2b1e-0000-4000-8000-${String(n).padStart(12, '0')}`

t.test('create, read, update, vread, history', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const { base } = exchange.context
  const body =
    '{"resourceType":"Patient","id":"mine","meta":{"versionId":"7","tag":[{"code":"x"}]},"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9449304130"}],"active":true}'
  const created = await trust.post('Patient', body)
  const { id } = created.body
  t.equal(created.status, 201)
  t.not(id, 'mine', 'the service assigns ids')
  t.same(created.body.meta, { versionId: '1', lastUpdated: created.body.meta?.lastUpdated, tag: [{ code: 'x' }] })
  t.match(created.headers, {
    etag: 'W/"1"',
    location: `${base}/Patient/${id}/_history/1`,
    'last-modified': 'Sun, 22 Nov 2026 09:00:00 GMT',
  })
  t.match(created.headers['content-type'], 'application/fhir+json')
  t.match(created.body.meta?.lastUpdated, /^2026-11-22T09:00:00\.\d{3}Z$/)
  const read = await trust.get(`Patient/${id}`)
  t.equal(read.text, created.text)
  t.match(read.headers, {
    etag: 'W/"1"',
    'last-modified': 'Sun, 22 Nov 2026 09:00:00 GMT',
    'cache-control': 'no-store',
    'content-location': `${base}/Patient/${id}/_history/1`,
  })
  t.equal(created.headers['content-location'], created.headers.location)
  const head = await trust.send('HEAD', `Patient/${id}`)
  t.same([head.status, head.text, head.headers.etag], [200, '', 'W/"1"'])

  exchange.now += 5000
  const updated = await trust.put({ ...read.body, active: false } as Resource)
  t.equal(updated.status, 200)
  t.match(updated.headers, {
    etag: 'W/"2"',
    location: `${base}/Patient/${id}/_history/2`,
    'last-modified': 'Sun, 22 Nov 2026 09:00:05 GMT',
  })
  t.match(updated.body.meta, { versionId: '2', tag: [{ code: 'x' }] })
  t.equal((await trust.get(`Patient/${id}/_history/1`)).text, created.text, 'the first version stays as it was')
  t.equal((await trust.get(`Patient/${id}/_history/2`)).text, updated.text)
  const history = await trust.get(`Patient/${id}/_history`)
  t.match(history.body, { type: 'history', total: 2 })
  t.same(
    entriesOf(history).map(({ request, response }) => [
      request?.method,
      request?.url,
      response?.status,
      response?.etag,
    ]),
    [
      ['PUT', `Patient/${id}`, '200 OK', 'W/"2"'],
      ['POST', 'Patient', '201 Created', 'W/"1"'],
    ],
  )
  t.same(errorsIn(exchange, history.body, { root: 'Bundle', type: 'Bundle' }), [])

  const before = await rowCounts(exchange.context)
  const same = await trust.put(updated.body)
  t.same([same.status, same.headers.etag], [200, 'W/"2"'], 'an update that changes nothing makes no version')
  t.same(await rowCounts(exchange.context), before)
  t.equal(
    (await trust.put({ ...updated.body, meta: { versionId: '1' } })).status,
    412,
    'and is still held to its If-Match',
  )
})

t.test('If-None-Match and Prefer', async (t) => {
  const { trust } = await parties(await startExchange(t))
  const body = {
    resourceType: 'Patient',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }],
    active: true,
  }
  const minimal = await trust.post('Patient', body, { prefer: 'return=minimal' })
  t.same([minimal.status, minimal.text, minimal.headers.etag], [201, '', 'W/"1"'])
  const id = minimal.headers.location?.match(/Patient\/([^/]+)/)?.[1] ?? ''
  const unchanged = await trust.get(`Patient/${id}`, { 'if-none-match': 'W/"1"' })
  t.same([unchanged.status, unchanged.text, unchanged.headers.etag], [304, '', 'W/"1"'])
  t.equal((await trust.get(`Patient/${id}`, { 'if-none-match': 'W/"0", W/"1"' })).status, 304)
  t.equal((await trust.get(`Patient/${id}`, { 'if-none-match': 'W/"2"' })).status, 200)
  const version = await trust.get(`Patient/${id}/_history/1`, { 'if-none-match': 'W/"1"' })
  t.same([version.status, version.text, version.headers.etag], [304, '', 'W/"1"'], 'a version that is known already')
  t.equal((await trust.get(`Patient/${id}/_history/1`, { 'if-none-match': 'W/"2"' })).status, 200)
  const outcome = await trust.post('Patient', body, { prefer: 'return=OperationOutcome' })
  t.same([outcome.status, outcome.keys], [201, ['done']])
  const representation = await trust.post('Patient', body, { prefer: 'return=representation' })
  t.equal(representation.body.resourceType, 'Patient')
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ resource: body, request: { method: 'POST', url: 'Patient' } }],
  }
  t.equal(entriesOf(await trust.post('', bundle))[0]?.resource, undefined)
  const full = await trust.post('', bundle, { prefer: 'return=representation' })
  t.match(entriesOf(full)[0], {
    resource: {
      resourceType: 'Patient',
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }],
      active: true,
    },
    response: { status: '201 Created', etag: 'W/"1"' },
  })
})

t.test('what a table tolerates is stored with a warning, and judged as ever by $validate', async (t) => {
  const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, 'conformance/tester.json') })
  const tester = await exchange.party('tester', 'RBA')
  const told = (div: string) => ({ resourceType: 'Patient', text: { status: 'generated', div } })
  const stored = await tester.post('Patient', told('<div>x</div>'))
  t.equal(stored.status, 201)
  t.same((await tester.get(`Patient/${stored.body.id}`)).body.text, told('<div>x</div>').text, 'as it was sent')
  const judged = await tester.post('Patient/$validate', told('<div>x</div>'))
  t.match((judged.body as unknown as r4.OperationOutcome).issue[0], {
    severity: 'error',
    details: { coding: [{ code: 'narrative-namespace' }] },
  })
  const unsafe = await tester.post('Patient', told('<div><script>x</script></div>'))
  t.same([unsafe.status, unsafe.keys], [400, ['narrative-unsafe']], 'it is looked through all the same')
})

t.test('a read answers the part that is asked for, and nothing it does not know', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const text =
    '{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">x</div>"},"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9449304130"}],"active":true,"gender":"female"}'
  const { body } = await trust.post('Patient', text)
  for (const address of [`Patient/${body.id}`, `Patient/${body.id}/_history/1`]) {
    const members = async (query: string) => Object.keys((await trust.get(`${address}?${query}`)).body).sort()
    t.same(await members('_elements=gender'), ['gender', 'id', 'meta', 'resourceType', 'active'].sort())
    t.same(await members('_elements=gender,id,resourceType'), await members('_elements=gender'))
    t.same(await members('_elements=Patient.gender'), await members('_elements=gender'))
    t.same(await members('_summary=text'), ['id', 'meta', 'resourceType', 'text'])
    t.notOk((await members('_summary=data')).includes('text'))
    t.notOk((await members('_summary=true')).includes('text'))
    t.ok((await members('_summary=false')).includes('text'))
    const part = await trust.get(`${address}?_elements=gender`)
    t.match(part.body.meta, { tag: [{ code: 'SUBSETTED' }] })
    t.equal(part.headers.etag, 'W/"1"')
    const refusals: [query: string, key: string][] = [
      ['nonsense=1', 'unknown-parameter'],
      ['_elements=genders', 'parameter-invalid'],
      ['_summary=count', 'parameter-invalid'],
      ['_summary=true&_elements=gender', 'parameter-invalid'],
      ['_summary=text&_summary=data', 'parameter-invalid'],
    ]
    for (const [query, key] of refusals) {
      const refused = await trust.get(`${address}?${query}`)
      t.same([refused.status, refused.keys], [400, [key]], query)
    }
    const lenient = await trust.get(`${address}?nonsense=1`, { prefer: 'handling=lenient' })
    t.same([lenient.status, lenient.headers['preference-applied']], [200, 'handling=lenient'])
    for (const ignored of ['_summary=nonsense', '_elements=nonsense']) {
      const whole = await trust.get(`${address}?${ignored}`, { prefer: 'handling=lenient' })
      t.same([whole.status, whole.body.meta?.tag], [200, undefined], ignored)
    }
  }
})

t.test('decimals are kept to the last digit wherever they are read', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const bundle = orderBundle()
  const item = inBundle(bundle, 'MedicationRequest')
  item.dosageInstruction = [{ text: 'x', doseAndRate: [{ doseQuantity: { value: 1.25, unit: 'mg' } }] }]
  const sent = JSON.stringify(bundle).replace('"value":1.25', '"value":1.00').replace('"value":28', '"value":2.80E1')
  t.equal((await trust.post('', sent)).status, 200)
  const [stored] = resourcesOf(await provider.get('MedicationRequest'))
  const held = (await trust.put({ ...stored, note: [{ text: 'x' }] } as Resource)).text
  const answers = [
    held,
    (await provider.get(`MedicationRequest/${stored?.id}`)).text,
    (await provider.get(`MedicationRequest/${stored?.id}/_history/1`)).text,
    (await provider.get(`MedicationRequest/${stored?.id}/_history`)).text,
    (await provider.get('MedicationRequest?status=active')).text,
  ]
  for (const text of answers) {
    t.match(text, '"value":1.00,', 'what was signed stays as it was written, even when it is sent back rounded')
    t.match(text, '"value":2.80E1,')
  }
})

t.test('a condition that a write does not take is refused, not overlooked', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const person = {
    resourceType: 'Practitioner',
    name: [{ family: 'Once' }],
    identifier: [{ system: 'urn:x', value: '1' }],
  }
  const made = await trust.post('Practitioner', person)
  const path = `Practitioner/${made.body.id}`
  const before = await rowCounts(exchange.context)
  const other = { ...made.body, name: [{ family: 'Other' }] }
  const query = 'identifier=urn:x|2'
  const patch = [{ op: 'replace', path: '/name/0/family', value: 'Other' }]
  const asJsonPatch = { 'content-type': 'application/json-patch+json' }
  const entries = [
    { request: { method: 'POST', url: `Practitioner?${query}` }, resource: person },
    { request: { method: 'PUT', url: `${path}?${query}` }, resource: other },
    { request: { method: 'DELETE', url: `${path}?${query}` } },
  ]
  const bundle = (type: string, entry: unknown) => ({ resourceType: 'Bundle', type, entry })
  const writes: [name: string, answer: Answer, words: RegExp][] = [
    ['POST', await trust.post(`Practitioner?${query}`, person), /If-None-Exist/],
    ['PUT', await trust.send('PUT', `${path}?${query}`, other), /If-Match/],
    ['PATCH', await trust.send('PATCH', `${path}?${query}`, patch, asJsonPatch), /If-Match/],
    ['DELETE', await trust.send('DELETE', `${path}?${query}`), /If-Match/],
    ['Bundle', await trust.post(`?${query}`, bundle('batch', entries)), /its entries have their own/],
    ['$validate', await trust.post(`Practitioner/$validate?${query}`, person), /profile, mode, position/],
  ]
  for (const [name, answer, words] of writes) {
    t.same([answer.status, answer.keys], [400, ['unknown-parameter']], name)
    t.match(answer.text, words, name)
  }
  for (const entry of entries) {
    const answer = await trust.post('', bundle('transaction', [entry]))
    t.same([answer.status, answer.keys], [400, ['unknown-parameter']], entry.request.method)
    t.match(answer.text, /Bundle.entry\[0\].request.url/)
  }
  const batch = await trust.post('', bundle('batch', entries))
  t.same(
    entriesOf(batch).map(({ response }) => response?.status),
    entries.map(() => '400 Bad Request'),
  )
  t.same(await rowCounts(exchange.context), before, 'nothing was written')
  t.equal((await trust.get(path)).text, made.text)
  const lenient = { prefer: 'handling=lenient' }
  t.equal((await trust.send('PUT', `${path}?${query}`, other, lenient)).status, 200, 'unless it asks for that')
})

t.test('If-None-Exist: none, one, several', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const body = { resourceType: 'Patient', identifier: [{ system: NHS, value: '9000000009' }] }
  const condition = { 'if-none-exist': `identifier=${NHS}|9000000009` }
  const created = await trust.post('Patient', body, condition)
  t.equal(created.status, 201)
  const before = await rowCounts(exchange.context)
  const matched = await trust.post('Patient', { ...body, active: true }, condition)
  t.same([matched.status, matched.text, matched.headers.etag], [200, created.text, 'W/"1"'])
  const raced = await Promise.all(Array.from({ length: 10 }, () => trust.post('Patient', body, condition)))
  t.ok(raced.every(({ status }) => status === 200))
  t.same(await rowCounts(exchange.context), before)
  const fresh = { 'if-none-exist': `identifier=${NHS}|9449304130` }
  const race = await Promise.all(
    Array.from({ length: 10 }, () =>
      trust.post('Patient', { resourceType: 'Patient', identifier: [{ system: NHS, value: '9449304130' }] }, fresh),
    ),
  )
  t.same(race.map(({ status }) => status).toSorted(), [...Array(9).fill(200), 201], 'ten at once create one')
  await trust.post('Patient', body)
  const several = await trust.post('Patient', body, condition)
  t.same([several.status, several.keys], [412, ['multiple-matches']])
})

t.test('searches: GET and POST, pages, polling, counting, sorting', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const placed: string[] = []
  for (let i = 0; i < 60; i++) {
    exchange.now += 1000
    t.equal((await trust.post('', orderBundle())).status, 200)
  }
  let link: string | undefined = 'Task?status=requested&_count=25'
  const sizes: number[] = []
  while (link) {
    const page: Answer = await provider.get(link)
    sizes.push(resourcesOf(page).length)
    placed.push(...resourcesOf(page).map(({ id }) => id ?? ''))
    link = nextOf(page)
    t.notMatch(link ?? '', 'requested', 'no query value lands in a link')
    // What is written meanwhile does not move what was already there.
    if (sizes.length === 1) await trust.post('', orderBundle())
  }
  t.same([sizes, new Set(placed).size], [[25, 25, 10], 60], 'later pages are those of the moment of the first')
  const newest = resourcesOf(await provider.get('Task?status=requested&_sort=-_lastUpdated&_count=1'))
  placed.push(...newest.map(({ id }) => id ?? ''))
  t.equal(new Set(placed).size, 61, 'what was written meanwhile is found by the next search')

  const form = await provider.send('POST', 'Task/_search?_count=5', 'status=requested&_sort=-_lastUpdated', {
    'content-type': 'application/x-www-form-urlencoded',
  })
  t.same(
    resourcesOf(form).map(({ id }) => id),
    placed.slice(-5).reverse(),
  )
  t.same(
    resourcesOf(await provider.get('Task?status=requested&_sort=-_lastUpdated&_count=5')).map(({ id }) => id),
    placed.slice(-5).reverse(),
  )

  const seen: string[] = []
  let since = '2026-01-01T00:00:00Z'
  for (;;) {
    const poll = resourcesOf(await provider.get(`Task?_lastUpdated=gt${since}&_sort=_lastUpdated&_count=7`))
    if (poll.length === 0) break
    seen.push(...poll.map(({ id }) => id ?? ''))
    since = poll.at(-1)?.meta?.lastUpdated ?? ''
  }
  t.same(seen, placed, 'polling by _lastUpdated sees everything once')
  for (const query of ['_count=0', '_summary=count']) {
    const answer = await provider.get(`Task?status=requested&${query}`)
    t.same([answer.body.total, answer.body.entry], [61, undefined], query)
  }
  t.equal((await provider.get('Task?_total=accurate&_count=1')).body.total, 61)
  const lenient = await provider.get('Task?stauts=requested&_count=1', { prefer: 'handling=lenient' })
  t.equal(entriesOf(lenient).at(-1)?.search?.mode, 'outcome', 'what was ignored is told')
  t.match(entriesOf(lenient).at(-1)?.fullUrl, /^urn:uuid:[0-9a-f-]{36}$/, 'as an entry that every Bundle may have')
  const faulty = await provider.get('Task?authored-on=soon&_count=1', { prefer: 'handling=lenient' })
  t.match(entriesOf(faulty).at(-1), {
    resource: { issue: [{ severity: 'warning', diagnostics: /^Ignored.*"authored-on"/ }] },
  })
  t.match(faulty.body, { link: [{ relation: 'self', url: /Task\?_count=1$/ }] })
  t.same(errorsIn(exchange, form.body, { root: 'Bundle', type: 'Bundle' }), [])
})

t.test('a transaction resolves what its entries call each other; a canonical stays', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const links = ['valueUri', 'valueUrl', 'valueUuid', 'valueCanonical'].map((name) => ({
    url: `http://example.org/${name}`,
    [name]: urn(1),
  }))
  const web = 'http://epr.example.org/fhir/Patient/1'
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: urn(2),
        resource: {
          resourceType: 'Communication',
          status: 'completed',
          extension: [...links, { url: 'http://example.org/ref', valueReference: { reference: urn(1) } }],
          subject: { reference: urn(1) },
          about: [{ reference: web }, { reference: urn(1) }],
          note: [{ text: `"reference":"${urn(1)}"` }],
        },
        request: { method: 'POST', url: 'Communication' },
      },
      {
        fullUrl: urn(1),
        resource: {
          resourceType: 'Patient',
          identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }],
          gender: 'male',
        },
        request: { method: 'POST', url: 'Patient' },
      },
      {
        fullUrl: web,
        resource: {
          resourceType: 'Patient',
          id: '1',
          identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }],
          gender: 'female',
        },
        request: { method: 'POST', url: 'Patient' },
      },
    ],
  }
  // Some writers escape the slash.
  const answer = await trust.post('', JSON.stringify(bundle).replaceAll(web, web.replaceAll('/', '\\/')))
  t.equal(answer.status, 200, answer.text.slice(0, 300))
  const [communication, first, second] = entriesOf(answer).map(
    ({ response }) => response?.location?.replace(/^.*fhir\/|\/_history.*$/g, '') ?? '',
  )
  const stored = (await trust.get(communication ?? '')).body as unknown as r4.Communication
  t.same(
    stored.extension?.map((extension) => Object.values(extension)[1]),
    [first, first, first, urn(1), { reference: first }],
  )
  t.equal(stored.subject?.reference, first)
  t.same(
    stored.about?.map(({ reference }) => reference),
    [second, first],
  )
  t.equal(stored.note?.[0]?.text, `"reference":"${urn(1)}"`, 'prose stays prose')
  t.equal(resourcesOf(await trust.get(`Communication?subject=${first}`)).length, 1)
})

t.test('a transaction with conditions, updates and faults: all or nothing', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const identifier = [{ system: NHS, value: '9000000009' }]
  const patient = (await trust.post('Patient', { resourceType: 'Patient', identifier })).body
  const organization = (await trust.post('Organization', { resourceType: 'Organization', name: 'One' })).body
  const entry = (ifMatch: string, extra: object[] = []) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        resource: { ...organization, name: 'Two' },
        request: { method: 'PUT', url: `Organization/${organization.id}`, ifMatch },
      },
      {
        fullUrl: urn(1),
        resource: { resourceType: 'Patient', identifier },
        request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${NHS}|9000000009` },
      },
      {
        resource: { resourceType: 'Communication', status: 'completed', subject: { reference: urn(1) } },
        request: { method: 'POST', url: 'Communication' },
      },
      ...extra,
    ],
  })
  const before = await rowCounts(exchange.context)
  const stale = await trust.post('', entry('W/"9"'))
  t.same([stale.status, stale.keys], [412, ['version-conflict']])
  t.match((stale.body as unknown as r4.OperationOutcome).issue[0]?.expression, ['Bundle.entry[0].resource'])
  const late = await trust.post(
    '',
    entry('W/"1"', [
      {
        resource: { resourceType: 'Organization', name: 'Three', partOf: { reference: 'Organization/none' } },
        request: { method: 'POST', url: 'Organization' },
      },
    ]),
  )
  t.same([late.status, late.keys], [422, ['reference-unresolved']])
  t.same(await rowCounts(exchange.context), before, 'nothing of either is stored')
  t.equal((await trust.get(`Organization/${organization.id}`)).body.name, 'One')

  const answer = await trust.post('', entry('W/"1"'))
  t.same(
    entriesOf(answer).map(({ response }) => [response?.status, response?.etag]),
    [
      ['200 OK', 'W/"2"'],
      ['200 OK', 'W/"1"'],
      ['201 Created', 'W/"1"'],
    ],
  )
  t.match(entriesOf(answer)[1]?.response?.location, `Patient/${patient.id}/_history/1`)
  const [said] = resourcesOf(await trust.get('Communication')) as unknown as r4.Communication[]
  t.equal(said?.subject?.reference, `Patient/${patient.id}`, 'a link to what was matched leads there')
  t.same(errorsIn(exchange, answer.body, { root: 'Bundle', type: 'Bundle' }), [])
})

t.test('an operation of FHIR that is not offered is refused as such, at every level and by every method', async (t) => {
  const exchange = await startExchange(t, { SERVER_TABLE: 'conformance/tester.json' })
  const tester = await exchange.party('tester', 'XTEST')
  const { id } = (await tester.post('Patient', { resourceType: 'Patient' })).body
  const operations = [
    'meta',
    'meta-add',
    'meta-delete',
    'everything',
    'lastn',
    'expand',
    'lookup',
    'document',
    'match',
    'export',
  ]
  for (const name of operations) {
    for (const path of [
      `$${name}`,
      `Patient/$${name}`,
      `Patient/${id}/$${name}`,
      `Patient/${id}/_history/1/$${name}`,
    ]) {
      for (const method of ['GET', 'POST'] as const) {
        const answer = await tester.send(method, path, method === 'POST' ? { resourceType: 'Parameters' } : undefined)
        t.same([answer.status, answer.keys], [404, ['unknown-endpoint']], `${method} ${path}`)
      }
    }
  }
})
