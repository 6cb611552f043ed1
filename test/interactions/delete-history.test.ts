/** Deletes, histories and conditional changes, on the open table and on the parties' own. */
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Answer, type Exchange, type Party, resourcesOf, startExchange } from '../helper.ts'
import { acceptedOrder, errorsIn, inBundle, located, orderBundle, parties } from '../orders.ts'
import { faultsOf } from '../store/consistency.ts'

interface Teardown {
  teardown(work: () => Promise<void> | void): void
}

const open = async (t: Teardown): Promise<{ exchange: Exchange; tester: Party }> => {
  const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, 'conformance/tester.json') })
  return { exchange, tester: await exchange.party('tester', 'RBA') }
}
const patient = (value: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: 'urn:x', value }],
  ...more,
})
const seen = ({ status, keys }: Answer): string => [status, ...keys].join(' ')
const entriesOf = (answer: Answer): r4.BundleEntry[] => (answer.body as unknown as r4.Bundle).entry ?? []
const told = (answer: Answer): string[] =>
  entriesOf(answer).map(({ request, response, resource }) =>
    [request?.method, request?.url, response?.status, response?.etag, resource ? 'resource' : 'none'].join(' '),
  )
const linkOf = (answer: Answer, relation: string): string | undefined =>
  (answer.body as unknown as r4.Bundle).link?.find((link) => link.relation === relation)?.url.replace(/^.*\/fhir\//, '')
const faults = async ({ context }: Exchange): Promise<string[]> => {
  const found = await faultsOf(context.database.query, (resource) => context.search.extract(resource))
  // In an open table nothing belongs to anybody.
  return found.filter((fault) => context.table.scope !== 'open' || !fault.endsWith('nobody may change it'))
}

t.test('a deleted resource is gone, keeps its versions, and comes back with the next PUT', async (t) => {
  const { exchange, tester } = await open(t)
  const { id } = (await tester.post('Patient', patient('1'))).body
  exchange.now += 1000
  const deleted = await tester.send('DELETE', `Patient/${id}`)
  t.same([deleted.status, deleted.text, deleted.headers.etag], [204, '', 'W/"2"'])
  t.equal(deleted.headers['last-modified'], 'Sun, 22 Nov 2026 09:00:01 GMT')
  const gone = await tester.get(`Patient/${id}`)
  t.equal(seen(gone), '410 deleted')
  t.equal(gone.headers.etag, 'W/"2"')
  t.equal((await tester.get(`Patient/${id}/_history/1`)).status, 200, 'the version before can be read')
  t.equal(seen(await tester.get(`Patient/${id}/_history/2`)), '410 deleted')
  t.equal(seen(await tester.get(`Patient/${id}/_history/3`)), '404 version-not-found')
  t.same(resourcesOf(await tester.get('Patient?identifier=urn:x|1')), [], 'it is found no more')
  const again = await tester.send('DELETE', `Patient/${id}`)
  t.same([again.status, again.headers.etag], [204, 'W/"2"'], 'a second delete changes nothing')
  t.equal((await tester.send('DELETE', 'Patient/never-there')).status, 204)
  const outcome = await tester.send('DELETE', `Patient/${id}`, undefined, { prefer: 'return=OperationOutcome' })
  t.equal(seen(outcome), '200 done')

  const back = await tester.put({ ...patient('1'), id: id ?? '' } as Resource, { 'if-match': 'W/"2"' })
  t.same([back.status, back.headers.etag], [201, 'W/"3"'])
  t.match(back.headers.location, `Patient/${id}/_history/3`)
  t.equal((await tester.get(`Patient/${id}`)).status, 200)
  t.equal(resourcesOf(await tester.get('Patient?identifier=urn:x|1')).length, 1)
  const history = await tester.get(`Patient/${id}/_history`)
  t.same(told(history), [
    `PUT Patient/${id} 201 Created W/"3" resource`,
    `DELETE Patient/${id} 204 No Content W/"2" none`,
    'POST Patient 201 Created W/"1" resource',
  ])
  t.same(errorsIn(exchange, history.body, { root: 'Bundle', type: 'Bundle' }), [])
  t.same(await faults(exchange), [])
})

t.test('a delete is held to its If-Match', async (t) => {
  const { tester } = await open(t)
  const { id } = (await tester.post('Patient', patient('1'))).body
  const stale = await tester.send('DELETE', `Patient/${id}`, undefined, { 'if-match': 'W/"7"' })
  t.equal(seen(stale), '412 version-conflict')
  t.equal((await tester.send('DELETE', `Patient/${id}`, undefined, { 'if-match': '"1"' })).status, 204)
})

t.test('conditional delete: none, one, several, and never everything', async (t) => {
  const { tester } = await open(t)
  for (const value of ['1', '2', '2']) await tester.post('Patient', patient(value))
  t.equal((await tester.send('DELETE', 'Patient?identifier=urn:x|9')).status, 204)
  t.equal((await tester.send('DELETE', 'Patient?identifier=urn:x|1')).status, 204)
  t.equal(seen(await tester.send('DELETE', 'Patient?identifier=urn:x|2')), '412 multiple-matches')
  t.equal(seen(await tester.send('DELETE', 'Patient')), '400 condition-missing')
  t.equal(seen(await tester.send('DELETE', 'Patient?_count=1')), '400 condition-missing')
  t.equal(seen(await tester.send('DELETE', 'Patient?identifer=1')), '400 unknown-parameter')
  t.equal(resourcesOf(await tester.get('Patient')).length, 2)
})

t.test('the three main types are deleted as drafts only, and the refusal says what to do instead', async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { trust, provider } = both
  const bundle = orderBundle()
  inBundle(bundle, 'MedicationRequest').status = 'draft'
  const draft = located(await trust.post('', bundle), 'MedicationRequest')
  t.equal((await trust.send('DELETE', draft)).status, 204)
  t.equal((await trust.get(draft)).status, 410)
  t.equal((await provider.get(draft)).status, 404, 'to whom it was never there it was not deleted either')
  t.equal((await trust.get(`${draft}/_history`)).body.total, 2)

  const accepted = await acceptedOrder(both)
  const [active] = resourcesOf(await trust.get('MedicationRequest'))
  for (const [party, path] of [
    [trust, `MedicationRequest/${active?.id}`],
    [trust, `Task/${accepted.order.id}`],
    [provider, `Task/${accepted.order.id}`],
  ] as const) {
    const answer = await party.send('DELETE', path)
    t.equal(seen(answer), '409 deletion-not-allowed', path)
    t.match(answer.text, /PUT it with/)
    t.equal((await party.get(path)).status, 200)
  }
  t.equal((await provider.send('DELETE', `MedicationRequest/${active?.id}`)).status, 403)
  t.same(await faults(exchange), [])
})

t.test('what others refer to is not deleted, nor what another party sent', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const made = await trust.post('', orderBundle())
  const path = located(made, 'Patient')
  const refused = await trust.send('DELETE', path)
  t.equal(seen(refused), '409 still-referenced')
  t.equal((await trust.get(path)).status, 200, 'nothing of it happened')
  t.equal(seen(await provider.send('DELETE', located(made, 'Organization'))), '403 role-forbidden')
  const stranger = await exchange.party('trust', 'RXX')
  t.equal((await stranger.send('DELETE', path)).status, 204, 'a stranger cannot tell it from what is not there')
  t.equal((await trust.get(path)).status, 200)

  const lone = (await trust.post('Practitioner', { resourceType: 'Practitioner', active: true })).body
  t.equal((await trust.send('DELETE', `Practitioner/${lone.id}`)).status, 204)
  const role = { resourceType: 'PractitionerRole', practitioner: { reference: `Practitioner/${lone.id}` } }
  const dangling = await trust.post('PractitionerRole', role)
  t.ok(dangling.keys.includes('reference-unresolved'), 'and nothing refers to what was deleted')
  t.same(await faults(exchange), [])
})

t.test('history of a type and of everything: newest first, stable pages while others write', async (t) => {
  const { exchange, tester } = await open(t)
  // A database of a run on PostgreSQL comes with published definitions.
  const before = Number((await tester.get('_history?_count=0')).body.total)
  const ids: string[] = []
  for (let i = 0; i < 7; i++) {
    exchange.now += 1000
    ids.push((await tester.post('Patient', patient(String(i)))).body.id ?? '')
  }
  exchange.now += 1000
  await tester.post('Basic', { resourceType: 'Basic', code: { text: 'x' } })
  exchange.now += 1000
  await tester.send('DELETE', `Patient/${ids[0]}`)
  const whole = await tester.get('_history')
  t.match(whole.body, { type: 'history', total: before + 9 })
  t.equal((await tester.get('Patient/_history')).body.total, 8)
  t.same(told(whole).slice(0, 3), [
    `DELETE Patient/${ids[0]} 204 No Content W/"2" none`,
    'POST Basic 201 Created W/"1" resource',
    'POST Patient 201 Created W/"1" resource',
  ])
  /** Pages from a link on, each with its own link. */
  const pagesOf = async (
    link: string,
    relation: 'next' | 'previous',
  ): Promise<{ link: string; etags: string[]; last: string | undefined }[]> => {
    const page = await tester.get(link)
    const etags = entriesOf(page).map(({ fullUrl, response }) => `${fullUrl} ${response?.etag}`)
    await tester.post('Basic', { resourceType: 'Basic', code: { text: 'z' } })
    const on = linkOf(page, relation)
    return [{ link, etags, last: linkOf(page, 'last') }, ...(on === undefined ? [] : await pagesOf(on, relation))]
  }
  for (const [path, total] of [
    ['_history', before + 9],
    ['Patient/_history', 8],
  ] as const) {
    const all: string[] = []
    let link: string | undefined = `${path}?_count=3`
    while (link) {
      const page: Answer = await tester.get(link)
      t.match(page.body, { total }, 'the total stays what the first page said')
      t.same(errorsIn(exchange, page.body, { root: 'Bundle', type: 'Bundle' }), [])
      all.push(...entriesOf(page).map(({ fullUrl, response }) => `${fullUrl} ${response?.etag}`))
      link = linkOf(page, 'next')
      // What is written between two pages belongs before the first of them.
      await tester.post('Basic', { resourceType: 'Basic', code: { text: 'y' } })
    }
    t.same([all.length, new Set(all).size], [total, total], 'none lost, none twice')
    const forwards = await pagesOf(`${path}?_count=3`, 'next')
    const fromEnd = await pagesOf(forwards[0]?.last ?? '', 'previous')
    t.same(
      fromEnd.reverse().flatMap(({ etags }) => etags),
      forwards.flatMap(({ etags }) => etags),
      'back from the last',
    )
    const backwards = await pagesOf(forwards.at(-1)?.link ?? '', 'previous')
    t.same(
      backwards.map(({ etags }) => etags).reverse(),
      forwards.map(({ etags }) => etags),
      'the same pages backwards',
    )
  }
})

t.test('history by time: _since, _at, _count', async (t) => {
  const { exchange, tester } = await open(t)
  const { id } = (await tester.post('Patient', patient('1'))).body
  const path = `Patient/${id}`
  for (const active of [true, false]) {
    exchange.now += 60_000
    await tester.put({ ...patient('1', { active }), id } as Resource, { 'if-match': active ? '1' : '2' })
  }
  const versions = async (query: string): Promise<string[]> => {
    const answer = await tester.get(`${path}/_history?${query}`)
    t.equal(answer.status, 200, answer.text.slice(0, 300))
    return entriesOf(answer).map(({ response }) => response?.etag ?? '')
  }
  const table: [query: string, etags: string[]][] = [
    ['', ['W/"3"', 'W/"2"', 'W/"1"']],
    ['_since=2026-11-22T09:01:00Z', ['W/"3"', 'W/"2"']],
    ['_since=2026-11-22T09:01:00.001Z', ['W/"3"']],
    ['_since=2026-11-22T10:01:00%2B01:00', ['W/"3"', 'W/"2"']],
    ['_since=2026-11-22T10:01:00+01:00', ['W/"3"', 'W/"2"']],
    ['_since=2030-01-01T00:00:00Z', []],
    ['_at=2026-11-22T10:01:00+01:00', ['W/"2"']],
    ['_at=2026-11-22T09:00:30Z', ['W/"1"']],
    ['_at=2026-11-22T09:01:00Z', ['W/"2"']],
    ['_at=2026-11-22T09:01', ['W/"2"']],
    ['_at=2026-11-22', ['W/"3"', 'W/"2"', 'W/"1"']],
    ['_at=2026-11-21', []],
    ['_at=2027', ['W/"3"']],
    ['_count=1', ['W/"3"']],
    ['_count=0', []],
  ]
  for (const [query, etags] of table) t.same(await versions(query), etags, query)
  t.equal((await tester.get(`${path}/_history?_count=0`)).body.total, 3)
  for (const query of ['_since=x', '_at=2026-13', '_count=-1', '_count=1&_count=2']) {
    t.equal(seen(await tester.get(`${path}/_history?${query}`)), '400 parameter-invalid', query)
  }
  t.equal(seen(await tester.get(`${path}/_history?name=x`)), '400 unknown-parameter')
  const lenient = await tester.get(`${path}/_history?name=x&_count=1`, { prefer: 'handling=lenient' })
  t.same([lenient.status, lenient.headers['preference-applied']], [200, 'handling=lenient'])
  t.match(linkOf(lenient, 'self'), /_history\?_count=1$/, 'the self link says what was understood')
  for (const query of ['_summary=text', '_elements=active', '_elements=Patient.active']) {
    for (const address of [path, 'Patient', '']) {
      const [first] = resourcesOf(await tester.get(`${address}${address && '/'}_history?_count=1&${query}`))
      const active = query.includes('active') ? false : undefined
      t.match(first, { id, meta: { versionId: '3', tag: [{ code: 'SUBSETTED' }] }, active }, `${address} ${query}`)
      t.notOk(first && 'identifier' in first, query)
    }
  }
  for (const query of ['_summary=count', '_elements=nonsense', '_elements=Basic.code']) {
    t.equal(seen(await tester.get(`${path}/_history?${query}`)), '400 parameter-invalid', query)
  }
  t.equal(seen(await tester.get('Patient/none/_history')), '404 not-found')
  const next = linkOf(await tester.get(`${path}/_history?_count=1`), 'next') ?? ''
  t.equal(seen(await tester.get(next.replace(path, 'Patient'))), '400 page-link-invalid', 'of another address')
  t.equal(seen(await (await exchange.party('tester', 'RXX')).get(next)), '400 page-link-invalid', 'of somebody else')
})

t.test('history obeys the scope', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const stranger = await exchange.party('trust', 'RXX')
  const made = await trust.post('', orderBundle())
  const types = (answer: Answer) => new Set(resourcesOf(answer).map(({ resourceType }) => resourceType))
  t.ok(types(await trust.get('_history')).has('MedicationRequest'))
  t.notOk(types(await trust.get('_history')).has('StructureDefinition'), 'definitions are not the caller’s')
  t.ok((await trust.get('StructureDefinition/_history')).body.total)
  for (const path of ['_history', 'Patient/_history']) {
    t.match((await stranger.get(path)).body, { total: 0 })
  }
  t.equal((await stranger.get(`${located(made, 'Patient')}/_history`)).status, 404)
  t.equal((await (await exchange.party('observer', 'RBA')).get('_history')).status, 403)
})

t.test('conditional update: none, one, several, and ids that do not fit', async (t) => {
  const { tester } = await open(t)
  const put = (query: string, body: object, headers = {}) => tester.send('PUT', `Patient?${query}`, body, headers)
  const condition = 'identifier=urn:x|1'
  const created = await put(condition, patient('1'))
  t.equal(created.status, 201, created.text)
  const { id } = created.body
  const updated = await put(condition, patient('1', { active: true }))
  t.same([updated.status, updated.body.id, updated.headers.etag], [200, id, 'W/"2"'])
  t.equal((await put(condition, patient('1', { id, active: false }))).status, 200, 'the id may be sent along')
  t.equal(seen(await put(condition, patient('1', { id: 'other' }))), '400 id-mismatch')
  t.equal(seen(await put('identifier=urn:x|2', patient('2', { id }))), '409 condition-mismatch')
  const named = await put('identifier=urn:x|2', patient('2', { id: 'named' }))
  t.same([named.status, named.body.id], [201, 'named'], 'no match with an id: created under it')
  t.equal(seen(await put(condition, patient('1'), { 'if-match': 'W/"1"' })), '412 version-conflict')
  t.equal((await put(condition, patient('1'), { 'if-match': 'W/"3"' })).status, 200)
  t.equal(seen(await put(condition, patient('1'), { 'if-none-match': '*' })), '412 version-conflict')
  await tester.post('Patient', patient('1'))
  t.equal(seen(await put(condition, patient('1'))), '412 multiple-matches')
  t.equal(seen(await tester.send('PUT', 'Patient', patient('1'))), '400 condition-missing')
  const race = await Promise.all(Array.from({ length: 20 }, () => put('identifier=urn:x|3', patient('3'))))
  t.same(race.map(({ status }) => status).toSorted(), [...Array(19).fill(200), 201])
  t.equal(new Set(race.map(({ body }) => body.id)).size, 1)
  t.same(new Set(race.map(({ headers }) => headers.etag)), new Set(['W/"1"']), 'nothing changed after the first')
})

t.test('PUT to an id that is not there: created where the table lets it, refused elsewhere', async (t) => {
  const { tester } = await open(t)
  const put = (id: string, body: object, headers = {}) => tester.send('PUT', `Patient/${id}`, body, headers)
  const created = await put('mine', patient('1', { id: 'mine' }), { 'if-none-match': '*' })
  t.same([created.status, created.body.id, created.headers.etag], [201, 'mine', 'W/"1"'])
  t.match(told(await tester.get('Patient/mine/_history')), ['PUT Patient/mine 201 Created W/"1" resource'])
  t.equal(seen(await put('mine', patient('1', { id: 'mine' }), { 'if-none-match': '*' })), '412 version-conflict')
  t.equal(seen(await put('mine', patient('1', { id: 'mine' }), { 'if-none-match': 'W/"1"' })), '412 version-conflict')
  t.equal(seen(await put('mine', patient('1', { id: 'mine' }), { 'if-none-match': 'W/"7", "8"' })), '200')
  t.equal(seen(await put('mine', patient('1', { id: 'mine' }), { 'if-none-match': 'one' })), '400 header-invalid')
  t.equal(seen(await put('new', patient('1', { id: 'new' }), { 'if-match': 'W/"1"' })), '412 version-conflict')
  t.equal(seen(await put('new', patient('1'))), '400 id-mismatch', 'a body without id')
  t.equal(seen(await put('new', patient('1', { id: 'other' }))), '400 id-mismatch')
  t.equal(seen(await put('new', { resourceType: 'Basic', id: 'new' })), '400 type-mismatch')
  t.equal(seen(await put('a_b', patient('1', { id: 'a_b' }))), '400 parameter-invalid', 'no id')

  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  t.equal(
    seen(await trust.send('PUT', 'Organization/mine', { resourceType: 'Organization', id: 'mine', name: 'x' })),
    '405 update-as-create',
  )
})

t.test('If-Match in every form that clients send; a PUT of what several change needs it', async (t) => {
  const { tester } = await open(t)
  const { body } = await tester.post('Patient', { resourceType: 'Patient', active: true })
  const at = `Patient/${body.id}`
  let version = 1
  const forms: [ifMatch: (current: number) => string, status: number][] = [
    [(n) => `W/"${n}"`, 200],
    [(n) => `"${n}"`, 200],
    [(n) => String(n), 200],
    [(n) => `"99", W/"${n}"`, 200],
    [() => '*', 200],
    [(n) => `"${n - 1}","99"`, 412],
    [() => 'W/"3a"', 412],
    [() => 'latest', 400],
    [() => '', 400],
  ]
  for (const [ifMatch, status] of forms) {
    const gender = version % 2 ? 'male' : 'female'
    const header = { 'if-match': ifMatch(version) }
    const put = await tester.send('PUT', at, { resourceType: 'Patient', id: body.id, gender }, header)
    t.equal(put.status, status, header['if-match'])
    if (put.status === 200) version++
  }
  const patch = [{ op: 'replace', path: '/gender', value: 'other' }]
  const json = { 'content-type': 'application/json-patch+json', 'if-match': '*' }
  t.equal((await tester.send('PATCH', at, patch, json)).status, 200)
  t.equal((await tester.send('DELETE', at, undefined, { 'if-match': '*' })).status, 204)
  for (const id of [body.id, 'never-there']) {
    const put = await tester.send('PUT', `Patient/${id}`, { resourceType: 'Patient', id }, { 'if-match': '*' })
    t.same([put.status, put.keys], [412, ['version-conflict']], 'there is nothing to match')
  }
  t.ok((await tester.send('PUT', at, { resourceType: 'Patient', id: body.id })).status < 300, 'none is asked for here')
  const exchange = await startExchange(t)
  const accepted = await acceptedOrder(await parties(exchange))
  const provider = await exchange.party('provider', 'VN6XW')
  const order = (await provider.get(`Task/${accepted.order.id}`)).body
  t.equal(seen(await provider.send('PUT', `Task/${order.id}`, order)), '428 if-match-required')
})

t.test('an update that says nothing new keeps version and time, however it is written', async (t) => {
  const { exchange, tester } = await open(t)
  const text =
    '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00,"unit":"mg"}}'
  const { id } = (await tester.post('Observation', text)).body
  exchange.now += 5000
  const put = (body: string) => tester.send('PUT', `Observation/${id}`, body)
  const same = await put(
    `{ "id": "${id}", "valueQuantity": { "unit": "m\\u0067", "value": 1.00 },\n "resourceType": "Observation", "code": {"text": "x"}, "status": "final", "meta": {"versionId": "99"} }`,
  )
  t.same(
    [same.status, same.headers.etag, same.headers['last-modified']],
    [200, 'W/"1"', 'Sun, 22 Nov 2026 09:00:00 GMT'],
  )
  const digit = await put(text.replace('1.00', '1.0').replace('"status"', `"id":"${id}","status"`))
  t.equal(digit.headers.etag, 'W/"2"', 'another precision is another value')
  const tag = await put(
    text.replace('1.00', '1.0').replace('"status"', `"id":"${id}","meta":{"tag":[{"code":"t"}]},"status"`),
  )
  t.equal(tag.headers.etag, 'W/"3"', 'a tag is content')
})

t.test('reads answer 304 to who knows the version', async (t) => {
  const { exchange, tester } = await open(t)
  exchange.now += 500
  const { id } = (await tester.post('Patient', patient('1'))).body
  const at = (seconds: number) => new Date(exchange.now + seconds * 1000).toUTCString()
  const table: [headers: Record<string, string>, status: number][] = [
    [{ 'if-modified-since': at(0) }, 304],
    [{ 'if-modified-since': at(60) }, 304],
    [{ 'if-modified-since': at(-2) }, 200],
    [{ 'if-modified-since': 'whenever' }, 200],
    [{ 'if-none-match': 'W/"1"' }, 304],
    [{ 'if-none-match': 'W/"2"', 'if-modified-since': at(60) }, 200],
  ]
  for (const place of [`Patient/${id}`, `Patient/${id}/_history/1`]) {
    const { headers: whole } = await tester.get(place)
    for (const [headers, status] of table) {
      const answer = await tester.get(place, { ...headers, 'x-correlation-id': 'c', 'x-request-id': 'r' })
      t.same([answer.status, answer.headers.etag], [status, 'W/"1"'], JSON.stringify(headers))
      if (status !== 304) continue
      t.equal(answer.text, '')
      // RFC 9110 section 15.4.5: what the 200 says of how it may be kept, and no more.
      const { etag, vary, date } = whole
      const of = { 'content-location': whole['content-location'], 'cache-control': 'no-store' }
      const ids = { 'x-request-id': 'r', 'x-correlation-id': 'c' }
      const { connection: _connection, ...said } = answer.headers
      t.same({ ...said, date }, { etag, vary, date, ...of, ...ids })
    }
  }
})

t.test('fifty conditional creates at once make one', async (t) => {
  const { exchange, tester } = await open(t)
  const condition = { 'if-none-exist': 'identifier=urn:x|1' }
  const race = await Promise.all(Array.from({ length: 50 }, () => tester.post('Patient', patient('1'), condition)))
  t.same(race.map(({ status }) => status).toSorted(), [...Array(49).fill(200), 201])
  t.equal(new Set(race.map(({ headers }) => headers.location)).size, 1)
  t.equal((await tester.get('Patient/_history')).body.total, 1)
  t.same(await faults(exchange), [])
})
