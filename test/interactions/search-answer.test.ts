import t from 'tap'
import type { Caller } from '../../src/caller.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import type { SearchQuery } from '../../src/fhir/search-query.ts'
import { KnownQueries } from '../../src/interactions/known-queries.ts'
import { auditRecords, type AuditRow } from '../../src/store/audit-log.ts'
import { reindex } from '../../src/store/reindex.ts'
import { type Answer, type Exchange, type Party, resourcesOf, startExchange } from '../helper.ts'
import { wire } from '../http/wire.ts'
import { CLINIC, clinicBundle, inBundle, located, orderBundle, OTHER_PROVIDER, parties, TRUST } from '../orders.ts'
import { numbers, pick } from '../random.ts'

const bundleOf = (answer: Answer): r4.Bundle => answer.body as unknown as r4.Bundle

/** `mode name` of every entry, by the names that `store` gave. */
function entriesOf(answer: Answer, names: ReadonlyMap<string, string>): string[] {
  return (bundleOf(answer).entry ?? []).map(({ resource, search }) => {
    const name = names.get(`${resource?.resourceType}/${resource?.id}`) ?? resource?.resourceType ?? ''
    return search?.mode === 'match' ? name : `${search?.mode}:${name}`
  })
}

async function tester(t: Tap): Promise<{ exchange: Exchange; party: Party }> {
  const exchange = await startExchange(t, { SERVER_TABLE: 'conformance/tester.json' })
  return { exchange, party: await exchange.party('tester', 'XTEST') }
}

type Tap = Parameters<typeof startExchange>[0]

/** Stores resources in order; `@name` in a later one is the reference to an earlier one. */
async function store(party: Party, resources: Readonly<Record<string, object>>): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  for (const [name, resource] of Object.entries(resources)) {
    const text = JSON.stringify(resource).replace(
      /@([a-z0-9]+)/g,
      (whole, wanted: string) => [...names].find(([, other]) => other === wanted)?.[0] ?? whole,
    )
    const { resourceType } = JSON.parse(text) as Resource
    const answer = await party.post(resourceType, text)
    if (answer.status !== 201) throw new Error(`${name}: ${answer.text}`)
    names.set(`${resourceType}/${answer.body.id}`, name)
  }
  return names
}

const observation = (more: object): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...more,
})

t.test('includes: what matches refer to and what refers to them, each once', async (t) => {
  const { party } = await tester(t)
  const names = await store(party, {
    trust: { resourceType: 'Organization', name: 'Trust' },
    ward: { resourceType: 'Organization', name: 'Ward', partOf: { reference: '@trust' } },
    bay: { resourceType: 'Organization', name: 'Bay', partOf: { reference: '@ward' } },
    ann: { resourceType: 'Patient', managingOrganization: { reference: '@bay' } },
    one: observation({ subject: { reference: '@ann' }, performer: [{ reference: '@ward' }] }),
    two: observation({ subject: { reference: '@ann' }, hasMember: [{ reference: '@one' }], status: 'amended' }),
    plan: { resourceType: 'PlanDefinition', status: 'active', url: 'http://example.org/plan', version: '1' },
    care: {
      resourceType: 'CarePlan',
      status: 'active',
      intent: 'plan',
      subject: { reference: '@ann' },
      instantiatesCanonical: ['http://example.org/plan|1'],
    },
    pump: { resourceType: 'Device', url: 'http://pump.example', version: [{ value: '2.1' }] },
    use: { resourceType: 'DeviceMetric', type: { text: 'x' }, category: 'setting', source: { reference: '@pump' } },
  })
  const table: [query: string, expected: string][] = [
    ['Observation?_include=Observation:subject', 'one two include:ann'],
    ['Observation?_include=Observation:subject:Group', 'one two'],
    ['Observation?_include=Observation:subject&_include=Observation:performer', 'one two include:ann include:ward'],
    ['Observation?_include=*', 'one two include:ann include:ward'],
    ['Observation?_include=Observation:*&status=amended', 'two include:one include:ann'],
    [
      'Observation?_include=Observation:patient&_include:iterate=Patient:organization',
      'one two include:ann include:bay',
    ],
    [
      'Observation?_include=Observation:patient&_include:iterate=Patient:organization&_include:iterate=Organization:partof',
      'one two include:ann include:bay include:ward include:trust',
    ],
    ['Organization?name=bay&_include=Organization:partof', 'bay include:ward'],
    // Public suites ask for it, and R4 has no word against it; the parties are told that it adds nothing.
    ['Observation?_include=Observation:subject&_include=Patient:organization', 'one two include:ann'],
    ['Organization?name=bay&_include:recurse=Organization:partof', 'bay include:ward include:trust'],
    ['Organization?name=trust&_revinclude:iterate=Organization:partof', 'trust include:ward include:bay'],
    ['Patient?_revinclude=Observation:subject', 'ann include:one include:two'],
    ['Patient?_revinclude=Observation:subject:Patient&_count=1', 'ann include:one include:two'],
    [
      'Patient?_revinclude=Observation:subject&_revinclude=CarePlan:patient',
      'ann include:one include:two include:care',
    ],
    ['Organization?name=ward&_revinclude=*', 'ward include:one include:bay'],
    ['CarePlan?_include=CarePlan:instantiates-canonical', 'care include:plan'],
    ['PlanDefinition?_revinclude=CarePlan:instantiates-canonical', 'plan include:care'],
    ['Device?_revinclude=DeviceMetric:source', 'pump include:use'],
    ['Observation?status=final&_include=Observation:has-member', 'one'],
    ['Observation?_summary=count&_include=Observation:subject', ''],
  ]
  for (const [query, expected] of table) {
    const answer = await party.get(query)
    t.same(entriesOf(answer, names).sort(), expected.split(' ').filter(Boolean).sort(), `${query} ${answer.status}`)
  }
  const refused: [query: string, words: RegExp][] = [
    ['Observation?_include=Observation:sbject', /Did you mean "subject"/],
    ['Observation?_include=Observation:code', /"code" is no reference of Observation/],
    ['Observation?_include=Observation:subject:Task', /does not refer to Task/],
    ['Observation?_include=Observation', /Type:reference/],
    ['Observation?_include=Nonsense:subject', /not searched here/],
    ['Observation?_include:often=Observation:subject', /:iterate/],
    ['Patient?_revinclude=Observation:encounter', /does not refer to Patient/],
    ['Patient?_revinclude=Observation:subject:Group', /not the type that is searched/],
    ['Patient?_summary=text&_revinclude=Observation:subject', /does not go together/],
    [`Patient?${'_revinclude=Observation:subject&'.repeat(21)}`, /At most 20/],
  ]
  for (const [query, words] of refused) {
    const answer = await party.get(query)
    t.equal(answer.status, 400, query)
    t.match(answer.text.replaceAll('\\"', '"'), words, query)
  }
  const ward = [...names].find(([, name]) => name === 'ward')?.[0].split('/')[1] ?? ''
  const moved = await party.put({ resourceType: 'Organization', id: ward, name: 'Ward' }, { 'if-match': `W/"1"` })
  t.equal(moved.body.meta?.versionId, '2')
  for (const [code, version] of [
    ['then', 1],
    ['now', 2],
    ['never', 3],
  ] as const) {
    const subject = { reference: `Organization/${ward}/_history/${version}` }
    await party.post('Basic', { resourceType: 'Basic', code: { text: 'b', coding: [{ code }] }, subject })
  }
  const versions = async (query: string): Promise<(string | undefined)[]> =>
    (bundleOf(await party.get(query)).entry ?? [])
      .filter(({ search }) => search?.mode === 'include')
      .map(({ resource }) => resource?.meta?.versionId)
  t.same(await versions('Basic?code=then&_include=Basic:subject'), ['1'], 'the version that a reference names')
  t.same(await versions('Basic?code=now,then&_include=Basic:subject'), ['1', '2'])
  t.same(await versions('Basic?code=never&_include=Basic:subject'), [])
  const pairs = Array.from({ length: 1001 }, (_, index) => ({
    fullUrl: `urn:uuid:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    resource: { resourceType: 'Basic', code: { text: 'x' }, subject: { reference: `Organization/${ward}` } },
    request: { method: 'POST', url: 'Basic' },
  }))
  for (let at = 0; at < pairs.length; at += 100) {
    await party.post('', { resourceType: 'Bundle', type: 'transaction', entry: pairs.slice(at, at + 100) })
  }
  const many = await party.get('Organization?name=ward&_revinclude=Basic:subject')
  t.same([many.status, many.keys], [413, ['too-many-included']])
})

t.test('part of a resource is cut from its text, and says that it is a part', async (t) => {
  const { party } = await tester(t)
  await store(party, {
    ann: {
      resourceType: 'Patient',
      meta: { tag: [{ system: 'urn:t', code: 'a' }] },
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Ann</div>' },
      active: true,
      name: [{ family: 'Archer' }],
      photo: [{ url: 'http://example.org/p' }],
      communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] }, preferred: true }],
      birthDate: '1950-01-01',
      _birthDate: { id: 'b' },
    },
    one: observation({
      subject: { display: 'x' },
      note: [{ text: 'n' }],
      component: [{ code: { text: 'c' }, interpretation: [{ text: 'i' }], valueString: 'v' }],
      referenceRange: [{ text: 'r' }],
    }),
  })
  const text = JSON.stringify(observation({ valueQuantity: { value: 1 } })).replace('"value":1', '"value":1.00')
  await party.post('Observation', text)
  const first = async (query: string): Promise<Record<string, unknown>> =>
    bundleOf(await party.get(query)).entry?.[0]?.resource as unknown as Record<string, unknown>
  const names = async (query: string): Promise<string> =>
    Object.keys(await first(query))
      .sort()
      .join(' ')
  t.equal(await names('Patient?_summary=true'), '_birthDate active birthDate id meta name resourceType')
  t.equal(await names('Patient?_summary=text'), 'id meta resourceType text')
  t.equal(
    await names('Patient?_summary=data'),
    '_birthDate active birthDate communication id meta name photo resourceType',
  )
  t.equal(
    await names('Patient?_summary=false'),
    '_birthDate active birthDate communication id meta name photo resourceType text',
  )
  t.equal(await names('Patient?_elements=birthDate,photo'), '_birthDate active birthDate id meta photo resourceType')
  t.equal(await names('Patient?_elements=resourceType,name,id'), 'active id meta name resourceType')
  t.equal(await names('Patient?_elements=Patient.name'), 'active id meta name resourceType')
  t.equal(
    await names('Observation?_summary=true&_sort=_lastUpdated'),
    'code component id meta resourceType status subject',
  )
  t.same(
    (await first('Observation?_summary=true&_sort=_lastUpdated')).component,
    [{ code: { text: 'c' }, valueString: 'v' }],
    'backbone elements are cut too',
  )
  t.equal(await names('Observation?_summary=text'), 'code id meta resourceType status', 'what R4 demands stays')
  const { meta } = (await first('Patient?_elements=name')) as { meta: r4.Meta }
  t.same(
    meta.tag?.map(({ code }) => code),
    ['a', 'SUBSETTED'],
  )
  t.ok(meta.versionId)
  t.match((await party.get('Observation?_summary=true')).text, /"value":1\.00/, 'decimals keep their digits')
  for (const [query, words] of [
    ['Patient?_summary=some', /true, text, data, count, false/],
    ['Patient?_elements=nmae', /Did you mean "name"/],
    ['Patient?_elements=name.family.x', /top-level/],
    ['Patient?_elements=name&_summary=true', /choose one/],
  ] as const) {
    const answer = await party.get(query)
    t.equal(answer.status, 400, query)
    t.match(answer.text.replaceAll('\\"', '"'), words, query)
  }
})

t.test('a search of the whole system', async (t) => {
  const { party } = await tester(t)
  const names = await store(party, {
    trust: { resourceType: 'Organization', name: 'Trust', meta: { tag: [{ code: 'red' }] } },
    ann: { resourceType: 'Patient', managingOrganization: { reference: '@trust' }, meta: { tag: [{ code: 'red' }] } },
    one: observation({ subject: { reference: '@ann' } }),
  })
  const ids = new Map([...names].map(([reference, name]) => [name, reference.split('/')[1] ?? '']))
  const table: [query: string, expected: string][] = [
    ['?_tag=red', 'trust ann'],
    ['?_type=Patient,Observation', 'ann one'],
    ['?_type=Patient,Organization&_tag=red&_sort=-_lastUpdated', 'ann trust'],
    ['?_type=Observation,Patient&_include=Patient:organization', 'ann one include:trust'],
    [`?_id=${ids.get('one')},${ids.get('trust')}`, 'trust one'],
    ['?_type=Patient,Organization&active:missing=true', 'trust ann'],
    ['?_type=Patient&organization.name=trust', 'ann'],
    ['?_type=Patient&_summary=count', ''],
    ['?_tag=blue', ''],
  ]
  for (const [query, expected] of table) {
    const answer = await party.get(query)
    const found = entriesOf(answer, names)
    const wanted = expected.split(' ').filter(Boolean)
    t.same(query.includes('_sort') ? found : found.sort(), query.includes('_sort') ? wanted : wanted.sort(), query)
  }
  t.equal(bundleOf(await party.get('?_type=Patient&_summary=count')).total, 1)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  t.same(entriesOf(await party.post('_search?_tag=red', '_type=Patient', form), names), ['ann'], 'POST, both parts')
  const page = bundleOf(await party.get('?_tag=red&_count=1'))
  const next = page.link?.find(({ relation }) => relation === 'next')?.url.split('/fhir')[1] ?? ''
  t.match(next, /^\?_page=/)
  t.same(entriesOf(await party.get(next), names), ['ann'])
  for (const [query, words] of [
    ['?status=final', /"status" is not a search parameter of /],
    ['?_type=Patient,Observation&gender=male', /"gender" is not a search parameter of Observation/],
    ['?_type=Patent', /Did you mean "Patient"/],
    ['?_sort=name', /not a search parameter of this search/],
  ] as const) {
    const answer = await party.get(query)
    t.equal(answer.status, 400, query)
    t.match(answer.text.replaceAll('\\"', '"'), words, query)
  }
})

t.test('a tester may see how an answer is found; nobody else', async (t) => {
  const { party, exchange } = await tester(t)
  if (!exchange.context.database.explain) return
  const answer = await party.get('Patient?name=secret&__explain=true')
  const outcome = bundleOf(answer).entry?.at(-1)
  t.equal(outcome?.search?.mode, 'outcome')
  const words = (outcome?.resource as r4.OperationOutcome).issue[0]?.diagnostics
  t.match(words, /SELECT .*index_string/)
  t.match(words, /USING .*INDEX|Index/i)
  t.notMatch(words, /secret/, 'no values')
  const trust = await exchange.party('trust', 'RBA')
  t.equal((await trust.get('Patient?__explain=true')).status, 403, 'the tester table is for testers')
  const real = await startExchange(t)
  const other = await (await real.party('trust', 'RBA')).get('Patient?__explain=true')
  t.same([other.status, other.keys], [400, ['unknown-parameter']])
})

t.test('the self link can be read, and followed', async (t) => {
  const { party } = await tester(t)
  await store(party, {
    a: { resourceType: 'Basic', code: { text: 'a' }, meta: { tag: [{ system: 'http://x/y', code: 'a+b c' }] } },
  })
  const query = 'author:missing=true&_lastUpdated=gt2020-01-01T00:00:00Z,lt2000&_tag=http://x/y%7Ca%2Bb%20c'
  const bundle = bundleOf(await party.get(`Basic?${query}`))
  const self = bundle.link?.find(({ relation }) => relation === 'self')?.url ?? ''
  t.equal(self.replace(/^.*\?/, ''), query, 'escaped is only what cannot stand in a query')
  t.equal(bundleOf(await party.get(`Basic?${self.replace(/^.*\?/, '')}`)).total, 1)
})

t.test('who polls for a code that nothing can have is told so, instead of waiting for ever', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  await trust.post('', orderBundle())
  const hintsOf = async (query: string): Promise<(string | undefined)[]> => {
    const { status, body } = await provider.get(query)
    t.equal(status, 200, query)
    const outcomes = ((body as unknown as r4.Bundle).entry ?? []).filter(({ search }) => search?.mode === 'outcome')
    return outcomes.flatMap(({ resource }) =>
      (resource as r4.OperationOutcome).issue.map(({ diagnostics, severity }) => `${severity}: ${diagnostics}`),
    )
  }
  for (const query of ['Task?status=Requested', 'Task?status=|Requested', 'Task?status=requested,acepted']) {
    const [hint, ...more] = await hintsOf(query)
    t.match(hint, /^warning: Search parameter "status": .* Did you mean (requested|accepted)\? The codes are draft, /)
    t.same(more, [])
  }
  t.match((await hintsOf('Patient?gender=F')).join(), /The codes are male, female, other, unknown/)
  for (const query of [
    'Task?status=requested',
    'Task?status=http://hl7.org/fhir/task-status|requested',
    'Task?code=anything',
    'Task?status=https://example.org/other|Requested',
    'Task?status:missing=true',
  ]) {
    t.same(await hintsOf(query), [], query)
  }
  const { party } = await tester(t)
  const plain = bundleOf(await party.get('Task?status=Requested'))
  t.same([plain.total, plain.entry], [0, undefined], 'testers are answered as R4 says at least')
})

t.test(
  'a value set or code system that is kept here is meant by the searches that name it, as it is now',
  async (t) => {
    const { party } = await tester(t)
    const [letters, chosen] = ['http://example.org/letters', 'http://example.org/chosen']
    const concept = [{ code: 'a', concept: [{ code: 'a1' }] }, { code: 'b' }]
    const set = (url: string, compose: object) => ({ resourceType: 'ValueSet', status: 'active', url, compose })
    const isA = { system: letters, filter: [{ property: 'concept', op: 'is-a', value: 'a' }] }
    const names = await store(party, {
      system: { resourceType: 'CodeSystem', status: 'active', content: 'complete', url: letters, concept },
      chosen: { ...set(chosen, { include: [isA] }), version: '1' },
      both: set(`${chosen}/both`, { include: [{ valueSet: [chosen] }, { system: letters, concept: [{ code: 'b' }] }] }),
      itself: set(`${chosen}/itself`, { include: [isA], exclude: [{ valueSet: [`${chosen}/itself`] }] }),
      snomed: set(`${chosen}/snomed`, { include: [{ system: 'http://snomed.info/sct' }] }),
      ...Object.fromEntries(
        ['a1', 'b'].map((code) => [code, observation({ code: { coding: [{ system: letters, code }] } })]),
      ),
      other: observation({ code: { coding: [{ system: 'http://example.org/other', code: 'a1' }] } }),
    })
    const address = [...names].find(([, name]) => name === 'chosen')?.[0] ?? ''
    const found = async (query: string) => {
      const answer = await party.get(`Observation?${query}`)
      const listed = resourcesOf(answer).map(({ id }) => names.get(`Observation/${String(id)}`))
      return answer.status === 200 ? listed.join(' ') : [answer.status, ...answer.keys].join(' ')
    }
    const cases: [query: string, expected: string][] = [
      [`code:in=${chosen}`, 'a1'],
      [`code:in=${chosen}|1`, 'a1'],
      [`code:in=${address}`, 'a1'],
      [`code:not-in=${chosen}`, 'b other'],
      [`code:in=${chosen}/both`, 'a1 b'],
      [`code:below=${letters}|a`, 'a1'],
      [`code:above=${letters}|b`, 'b'],
      ...[
        `in=${chosen}|2`,
        `in=${chosen}/itself`,
        `in=${chosen}/snomed`,
        'in=http://example.org/none',
        `below=${letters}|z`,
      ].map((query): [string, string] => [`code:${query}`, '400 parameter-invalid']),
    ]
    for (const [query, expected] of cases) t.equal(await found(query), expected, query)
    const first = await party.get(`Observation?code:not-in=${chosen}&_count=1`)
    const changed = {
      ...set(chosen, { include: [{ system: letters, concept: [{ code: 'b' }] }] }),
      id: address.split('/')[1],
    }
    t.equal((await party.send('PUT', address, changed)).status, 200)
    t.equal(await found(`code:in=${chosen}`), 'b', 'what was changed counts at once')
    const next = bundleOf(first).link?.find(({ relation }) => relation === 'next')?.url ?? ''
    t.equal((await party.get(next.replace(/^.*\/fhir\//, ''))).status, 200, 'a page names it too')
    t.equal((await party.send('DELETE', address)).status, 204)
    t.equal(await found(`code:in=${chosen}`), '400 parameter-invalid')
  },
)

t.test('totals are told when they are asked for, or free', async (t) => {
  const { party } = await tester(t)
  await store(party, {
    a: { resourceType: 'Basic', code: { text: 'a' } },
    b: { resourceType: 'Basic', code: { text: 'b' } },
  })
  t.equal(bundleOf(await party.get('Basic')).total, 2, 'all on one page')
  t.equal(bundleOf(await party.get('Basic?_total=none')).total, undefined, 'who says that none is wanted gets none')
  t.equal(bundleOf(await party.get('Basic?_total=none&_lastUpdated=gt2100')).total, undefined)
  t.equal(bundleOf(await party.get('Basic?_count=1')).total, 2, 'a table may assume that it is wanted')
  t.equal(bundleOf(await party.get('Basic?_count=1&_total=none')).total, undefined)
  const { trust } = await parties(await startExchange(t))
  t.match(await trust.get('Patient?_include=Task:owner'), { status: 400, text: /write _include:iterate/ })
  for (const value of ['9449304130', '9000000009']) {
    const identifier = [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value }]
    t.equal((await trust.post('Patient', { resourceType: 'Patient', identifier })).status, 201)
  }
  t.equal(bundleOf(await trust.get('Patient?_count=1')).total, undefined, 'elsewhere it is told where it is free')
  t.equal(bundleOf(await trust.get('Patient?_count=1&_total=accurate')).total, 2)
  t.equal(bundleOf(await trust.get('Patient?_count=2147483647')).total, 2, 'a client may ask for all there is')
  const counted = bundleOf(await party.get('Basic?_count=0'))
  t.same([counted.total, counted.entry], [2, undefined])
})

t.test('what is asked again is answered as the store is now, to each caller by itself', async (t) => {
  const exchange = await startExchange(t)
  const { context, audit } = exchange
  const { trust, provider } = await parties(exchange)
  const stranger = await exchange.party('provider', 'VNXXX')
  const prescription = located(await trust.post('', orderBundle()), 'MedicationRequest')
  let reads = 0
  context.database.observe((kind) => {
    if (kind === 'read') reads++
  })
  const poll = async (party = provider): Promise<number> => {
    reads = 0
    return resourcesOf(await party.get('Task?status=requested&_include=Task:patient')).length
  }
  t.equal(await poll(), 2, 'order and patient')
  t.equal(await poll(), 2)
  // A server is asked for its clock before the answer is kept; who asks behind that hears later.
  for (let i = 0; i < 2; i++) await context.database.askTick?.()
  t.equal(await poll(), 2)
  t.equal(reads, 0, 'while the clock stands still nothing else is asked again')
  await audit.flush()
  t.equal(await poll(), 2)
  t.equal(reads, 0, 'nor after what was only put on record')
  t.equal(await poll(stranger), 0, 'what is kept for one is not answered to another')
  t.equal((await provider.get(prescription)).status, 200)
  t.equal((await stranger.get(prescription)).status, 404)
  const pages = await Promise.all([poll(), poll(await exchange.party('provider', provider.organization))])
  t.same(pages, [2, 2], 'another token of the same organisation reads for itself')

  await trust.post('', orderBundle())
  t.equal(await poll(), 3, 'a write is seen by the next search')
  const before = await trust.get(prescription)
  const known = { 'if-none-match': before.headers.etag ?? '' }
  t.equal((await trust.get(prescription, known)).status, 304)
  t.equal((await trust.get(prescription, known)).status, 304)
  const task = resourcesOf(await provider.get('Task?status=requested'))[0] as Resource
  const own = { 'if-none-match': `W/"${task.meta?.versionId}"` }
  t.equal((await provider.get(`Task/${task.id}`, own)).status, 304)
  t.equal((await provider.put({ ...task, status: 'received' } as Resource)).status, 200)
  t.equal((await provider.get(`Task/${task.id}`, own)).status, 200, 'and by the next read')
  t.equal(await poll(), 2)

  await context.database.transaction(async (query) => {
    await query("DELETE FROM index_token WHERE param = 'Task.status'")
    await query('UPDATE clock SET tick = tick + 1 WHERE id = 1')
  })
  t.equal(await poll(), 0)
  await reindex(context.database, { extract: context.search.extract, definitions: 'as ever', pause: async () => {} })
  t.equal(await poll(), 2, 'and what is mended in the index')
  const read = (await trust.get(prescription)).headers['last-modified']
  t.equal(read, before.headers['last-modified'])
})

/** A kept-alive connection on which one party asks. */
async function lineOf(t: Tap, app: Exchange['app'], role: string, organization: string) {
  const form = { grant_type: 'client_credentials', client_id: 'sandbox', client_secret: 'sandbox', role, organization }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const payload = new URLSearchParams(form).toString()
  const answer = await app.inject({ method: 'POST', url: '/oauth2/token', headers, payload })
  const authorization = `Bearer ${(answer.json() as { access_token: string }).access_token}`
  const line = await wire(t, app)
  return (path: string, more = {}) => line.get(path, { authorization, ...more })
}

t.test(
  'on a kept-alive connection too a write is seen by the next read and the next search, on every node',
  async (t) => {
    const exchange = await startExchange(t)
    const { context, audit } = exchange
    const { trust, provider } = await parties(exchange)
    // Two processes on one file would not know of each other's commits: such a store has one node.
    const env = { DATABASE_URL: exchange.databaseUrl }
    const nodes = context.database.exclusive ? [exchange] : [exchange, await startExchange(t, env)]
    await trust.post('', orderBundle())
    const [waiting] = resourcesOf(await provider.get('Task?status=requested'))
    const task = `/fhir/Task/${waiting?.id}`
    const lines = await Promise.all(nodes.map(({ app }) => lineOf(t, app, 'provider', provider.organization)))
    let version = 1
    let sent = 1
    const look = async (): Promise<void> => {
      const since = `/fhir/Task?_lastUpdated=gt${new Date(exchange.now + 3_600_000).toISOString()}`
      for (const get of lines) {
        for (let i = 0; i < 4; i++) {
          const found = JSON.parse((await get('/fhir/Task?status=requested,received')).text) as r4.Bundle
          t.equal(found.entry?.length, sent)
          t.equal((await get(task)).headers.etag, `W/"${version}"`)
          t.equal((await get(task, { 'if-none-match': `W/"${version}"` })).status, 304)
          t.equal((await get(task, { 'if-none-match': 'W/"1"' })).status, version === 1 ? 304 : 200)
          t.notMatch((await get(since)).text, '"entry"')
          const page = JSON.parse((await get('/fhir/Task?status=requested,received&_count=2')).text) as r4.Bundle
          const next = page.link?.find(({ relation }) => relation === 'next')?.url
          t.equal(next !== undefined, sent > 2)
          if (next !== undefined) {
            const rest = JSON.parse((await get(next.slice(next.indexOf('/fhir/')))).text) as r4.Bundle
            t.equal(rest.entry?.length, sent - 2, 'the links of a page that is kept lead on')
          }
          const feed = JSON.parse((await get('/fhir/Task/$changes')).text) as r4.Bundle
          t.equal(feed.entry?.length, sent + version - 1)
          const end = JSON.parse((await get(`/fhir/Task/$changes?cursor=${feed.identifier?.value}`)).text) as r4.Bundle
          t.same([end.entry, end.identifier], [undefined, feed.identifier])
        }
      }
    }
    await look()
    for (let round = 0; round < 3; round++) {
      await trust.post('', orderBundle())
      sent++
      await look()
      const current = (await provider.get(`Task/${waiting?.id}`)).body
      const note = [{ text: `round ${round} · “seen” €` }]
      t.equal((await provider.put({ ...current, note } as Resource)).status, 200)
      version++
      await look()
      exchange.now += 700
    }
    await audit.flush()
    const search = await context.database.query<AuditRow>("SELECT * FROM audit WHERE kind = '' OR kind = 'read'")
    const reads = search.flatMap(auditRecords).filter(({ kind, status }) => kind === 'read' && status === 304)
    t.ok(reads.length >= 4 * 7, 'every look is on record')
    t.ok(reads.every(({ entities }) => entities.join() === `Task/${waiting?.id}`))
  },
)

t.test('reads one after another on a connection are answered as each is by itself, whatever is written', async (t) => {
  const exchange = await startExchange(t)
  const { app, audit, context } = exchange
  const { trust, provider } = await parties(exchange)
  const clinic = await exchange.party('trust', CLINIC)
  const stranger = await exchange.party('provider', OTHER_PROVIDER)
  const askers = await Promise.all(
    (
      [
        ['trust', trust],
        ['trust', clinic],
        ['provider', provider],
        ['provider', stranger],
      ] as const
    ).map(async ([role, party]) => ({ party, line: await lineOf(t, app, role, party.organization) })),
  )
  const open = await trust.post('', orderBundle())
  // Of another site of the trust, and sensitive: neither the stranger nor the trust's own users see it.
  const bundle = structuredClone(clinicBundle(CLINIC, TRUST))
  const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }]
  for (const type of ['MedicationRequest', 'Patient'] as const) inBundle(bundle, type).meta = { security }
  const entry = bundle.entry.find(({ resource }) => resource?.resourceType === 'Patient')
  if (entry?.request) delete entry.request.ifNoneExist
  const hidden = await clinic.post('', bundle)
  const patients = [open, hidden].map((answer) => located(answer, 'Patient'))
  const addresses = [
    ...patients,
    ...[open, hidden].map((answer) => located(answer, 'MedicationRequest')),
    'Patient/nobody',
    'Patient/00000000-0000-7000-8000-000000000000',
    `${patients[0]}?_elements=name`,
    `${patients[0]}?_pretty=true`,
  ]
  const random = numbers(7)
  const seen = new Set<string>()
  let reads = 0
  const told = ({ status, headers, text }: Pick<Answer, 'status' | 'text'> & { headers: object }): unknown => {
    const {
      etag,
      'last-modified': modified,
      'content-location': place,
      'content-type': type,
    } = headers as Answer['headers']
    return { status, text, etag, modified, place, type }
  }
  const write = async (): Promise<void> => {
    const chance = random()
    if (chance < 0.3) {
      const made = await trust.post('Practitioner', {
        resourceType: 'Practitioner',
        name: [{ family: `Née ${random()}` }],
      })
      addresses.push(`Practitioner/${made.body.id}`)
      return
    }
    const own = addresses.slice(8)
    const address = own.length > 0 && chance < 0.6 ? pick(random, own) : pick(random, patients)
    const by = address === patients[1] ? clinic : trust
    const current = await by.get(address)
    if (current.status !== 200) return
    if (chance < 0.4 && own.includes(address)) await by.send('DELETE', address)
    else await by.put({ ...current.body, gender: pick(random, ['male', 'female', 'other']) } as Resource)
  }
  for (let step = 0; step < 160; step++) {
    if (random() < 0.2) await write()
    const { party, line } = pick(random, askers)
    const address = pick(random, addresses)
    const answer = await line(`/fhir/${address}`)
    t.same(told(answer), told(await party.get(address)), `${party.organization} ${address}`)
    seen.add(`${party.organization} ${answer.status}`)
    reads += 2
  }
  for (const answer of ['RBA 200', 'RBA 404', 'RBA 410', 'VN6XW 200', 'VN6XW 404', 'VNE51 404', 'A99968 200'])
    t.ok(seen.has(answer), answer)
  await audit.flush()
  const rows = await context.database.query<AuditRow>("SELECT * FROM audit WHERE kind = '' OR kind = 'read'")
  const recorded = rows.flatMap(auditRecords).filter(({ kind, type }) => kind === 'read' && type !== '')
  t.ok(recorded.length >= reads, 'each is on record')
})

t.test('who reads while others write is never told less than what was acknowledged before it asked', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const made = await Promise.all(
    ['One', 'Two', 'Three'].map((family) =>
      trust.post('Practitioner', { resourceType: 'Practitioner', name: [{ family }] }),
    ),
  )
  const people = made.map(({ body }) => ({ address: `Practitioner/${body.id}`, resource: body, acknowledged: 1 }))
  let writing = true
  const late: string[] = []
  const write = async (person: (typeof people)[number]): Promise<void> => {
    for (let round = 0; round < 25; round++) {
      const { status, body, text } = await trust.put({
        ...person.resource,
        birthDate: `19${10 + round}-01-01`,
      } as Resource)
      t.equal(status, 200, text)
      person.resource = body
      person.acknowledged = Number(body.meta?.versionId)
    }
  }
  const read = async (): Promise<number> => {
    const line = await lineOf(t, exchange.app, 'trust', TRUST)
    let count = 0
    for (; writing; count++) {
      const { address, acknowledged } = people[count % 3]!
      const { headers, text } = await line(`/fhir/${address}`)
      const version = Number(/\d+/.exec(headers.etag ?? '')?.[0])
      if (version < acknowledged) late.push(`${version} after ${acknowledged}`)
      if ((JSON.parse(text) as Resource).meta?.versionId !== String(version)) late.push('another text')
    }
    return count
  }
  const readers = Promise.all([read(), read(), read(), read()])
  await Promise.all(people.map(write))
  writing = false
  t.same(late, [])
  t.ok((await readers).every((count) => count > 25))
})

t.test('what a query means is found out for each caller by itself, and kept of what comes again', (t) => {
  const queries = new KnownQueries()
  const [ann, bob] = ['ann', 'bob'].map((client): Caller => ({ role: 'trust', organization: 'RBA', client }))
  let parsed = 0
  const read = (caller: Caller | undefined, question: string): SearchQuery =>
    queries.read(caller!, question, () => {
      parsed++
      return { type: question } as SearchQuery
    })
  const times = (work: () => void): number => {
    parsed = 0
    work()
    return parsed
  }
  const ask = (caller: Caller | undefined, count: number) => (): void => {
    for (let i = 0; i < count; i++) t.equal(read(caller, 'status=requested').type, 'status=requested')
  }
  t.equal(times(ask(ann, 5)), 2, 'the first time it is not worth keeping')
  t.equal(times(ask(bob, 5)), 2)
  t.equal(
    times(() => {
      for (let i = 0; i < 300; i++) read(ann, `_lastUpdated=gt${i}`)
      read(bob, 'status=requested')
    }),
    300,
    'endless new ones put out only their own',
  )
  t.equal(times(ask(ann, 1)), 1)
  t.end()
})
