/** Searches in a compartment: what R4 says belongs to a patient (or a practitioner, …), and nothing of anybody else. */
import fc from 'fast-check'
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { readScopes } from '../../src/fhir/smart-scope.ts'
import { endpointsOf } from '../../src/http/endpoints.ts'
import { interactions } from '../../src/interactions/index.ts'
import { searchSystem } from '../../src/interactions/search-system.ts'
import { type Answer, resourcesOf, startExchange } from '../helper.ts'
import { acceptedOrder, parties } from '../orders.ts'

type Tap = Parameters<typeof startExchange>[0]

async function tester(t: Tap) {
  const exchange = await startExchange(t, { SERVER_TABLE: 'conformance/tester.json' })
  return { exchange, party: await exchange.party('tester', 'XTEST') }
}

const idsOf = (answer: Answer): string[] => resourcesOf(answer).map(({ id }) => id ?? '')
const namesOf = (answer: Answer): string[] => resourcesOf(answer).map(({ resourceType, id }) => `${resourceType}/${id}`)
const linkOf = (answer: Answer, relation: string): string | undefined =>
  (answer.body as unknown as r4.Bundle).link?.find((link) => link.relation === relation)?.url.split('/fhir/')[1]
const put = (resource: { readonly resourceType: string; readonly id: string }) => ({
  resource,
  request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
})
const transaction = (resources: readonly Parameters<typeof put>[0][]) => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: resources.map(put),
})
const observation = (id: string, more: object) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'x' },
  ...more,
})
const to = (reference: string) => ({ reference })

const WORLD = [
  { resourceType: 'Patient', id: 'ann' },
  { resourceType: 'Patient', id: 'bob', link: [{ other: to('Patient/ann'), type: 'seealso' }] },
  { resourceType: 'Practitioner', id: 'eve' },
  { resourceType: 'Encounter', id: 'visit', status: 'planned', class: { code: 'HH' }, subject: to('Patient/ann') },
  observation('o1', { subject: to('Patient/ann'), encounter: to('Encounter/visit') }),
  observation('o2', { subject: to('Patient/bob'), performer: [to('Patient/ann'), to('Practitioner/eve')] }),
  observation('o3', { subject: to('Patient/ann'), performer: [to('Patient/ann')], status: 'amended' }),
  observation('o4', { subject: to('Patient/bob') }),
  { resourceType: 'Basic', id: 'b1', code: { text: 'x' }, author: to('Patient/ann') },
  { resourceType: 'Task', id: 't1', status: 'draft', intent: 'order', for: to('Patient/ann') },
]

t.test('a compartment has what refers to its resource by any of the parameters of R4, each once', async (t) => {
  const { party } = await tester(t)
  t.equal((await party.post('', transaction(WORLD))).status, 200)
  const table: [path: string, expected: string][] = [
    ['Patient/ann/Observation', 'o1 o2 o3'],
    ['Patient/ann/Observation?status=final', 'o1 o2'],
    ['Patient/ann/Observation?status=final&_sort=-_id', 'o2 o1'],
    ['Patient/ann/Observation?performer=Practitioner/eve', 'o2'],
    ['Patient/ann/Observation?_include=Observation:performer&_id=o2', 'o2 ann eve'],
    ['Patient/ann/Patient', 'bob'],
    ['Patient/bob/Observation', 'o2 o4'],
    ['Patient/bob/Patient', ''],
    ['Encounter/visit/Observation', 'o1'],
    ['Encounter/visit/Encounter', 'visit'],
    ['Encounter/visit/Encounter?status=finished', ''],
    ['Practitioner/eve/Observation', 'o2'],
    ['Practitioner/eve/Practitioner', 'eve'],
    ['Patient/ann/*', 'bob visit o1 o2 o3 b1'],
    ['Patient/ann/*?_type=Observation,Basic', 'o1 o2 o3 b1'],
    ['Encounter/visit/*', 'visit o1'],
    ['Encounter/visit/*?_lastUpdated=lt2000-01-01', ''],
  ]
  for (const [path, expected] of table) {
    const answer = await party.get(path)
    t.equal(answer.status, 200, `${path} ${answer.status === 200 ? '' : answer.text}`)
    t.same(idsOf(answer), expected.split(' ').filter(Boolean), path)
    const [place = '', query = ''] = path.split('?')
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const posted = await party.send('POST', `${place}/_search`, query, form)
    t.same(idsOf(posted), idsOf(answer), `${path} as a form`)
    t.match(linkOf(answer, 'self'), place)
    t.equal((await party.send('HEAD', path)).status, 200)
  }
  t.equal((await party.get('Patient/ann/Observation?_total=accurate&_count=1')).body.total, 3)
  t.equal((await party.get('Patient/ann/*?_summary=count')).body.total, 6)
})

t.test('what no compartment has is refused in words, alone and in a batch', async (t) => {
  const { party } = await tester(t)
  t.equal((await party.post('', transaction(WORLD))).status, 200)
  const table: [path: string, status: number, key: string, words: RegExp][] = [
    ['Patient/ann/Task', 404, 'unknown-endpoint', /Task in the compartment of Patient.*MedicationRequest/],
    ['Organization/x/Task', 404, 'unknown-endpoint', /Organization has no compartment.*Patient, Practitioner/],
    ['Patient/ann/Nonsense', 404, 'unknown-endpoint', /Nonsense/],
    ['Patient/nobody/Observation', 404, 'not-found', /no Patient with this id/],
    ['Patient/nobody/*', 404, 'not-found', /no Patient with this id/],
    ['Patient/ann/Observation?sbject=1', 400, 'unknown-parameter', /subject/],
    ['Patient/ann/*?_type=Task', 400, 'parameter-invalid', /_type/],
    ['Patient/ann/*?code=x', 400, 'unknown-parameter', /code/],
    ['Patient/ann/Observation?_page=x', 400, 'page-link-invalid', /page/i],
  ]
  const entry = table.map(([url]) => ({ request: { method: 'GET', url } }))
  const batch = await party.post('', { resourceType: 'Bundle', type: 'batch', entry })
  const entries = (batch.body as unknown as r4.Bundle).entry ?? []
  for (const [index, [path, status, key, words]] of table.entries()) {
    const answer = await party.get(path)
    t.equal(answer.status, status, path)
    t.same(answer.keys, [key], path)
    t.match(answer.text, words, path)
    t.match(entries[index]?.response?.status, String(status), `${path} in a batch`)
  }
  t.equal((await party.send('DELETE', 'Patient/ann/Observation')).status, 405)
  t.equal((await party.get('Patient/ann/$nonsense')).status, 404)
  t.equal((await party.get('Patient/ann/_history%2F:versionId')).status, 404)
  t.equal((await party.send('DELETE', 'Basic/b1')).status, 204)
  t.same(idsOf(await party.get('Patient/ann/Basic')), [], 'what was deleted is not there')
})

t.test('entries of a batch search compartments as the request alone does', async (t) => {
  const { party } = await tester(t)
  t.equal((await party.post('', transaction(WORLD))).status, 200)
  const entry = ['Patient/ann/Observation?status=amended', 'Encounter/visit/*'].map((url) => ({
    request: { method: 'GET', url },
  }))
  const answer = await party.post('', { resourceType: 'Bundle', type: 'batch', entry })
  const found = ((answer.body as unknown as r4.Bundle).entry ?? []).map(({ resource }) =>
    ((resource as r4.Bundle).entry ?? []).map((each) => each.resource?.id),
  )
  t.same(found, [['o3'], ['visit', 'o1']])
})

t.test('pages of a compartment stand still and belong to it alone', async (t) => {
  const { party } = await tester(t)
  const many = Array.from({ length: 7 }, (_, n) => observation(`n${n}`, { subject: to('Patient/ann') }))
  t.equal((await party.post('', transaction([...WORLD, ...many]))).status, 200)
  for (const [place, other] of [
    ['Patient/ann/Observation', 'Patient/bob/Observation'],
    ['Patient/ann/*', 'Patient/ann/Observation'],
  ] as const) {
    const whole = namesOf(await party.get(`${place}?_count=100`))
    const seen: string[] = []
    let page = await party.get(`${place}?_count=2`)
    let turn = 0
    for (;;) {
      seen.push(...namesOf(page))
      const next = linkOf(page, 'next')
      if (next === undefined) break
      t.match(next, `${place}?_page=`)
      t.same((await party.get(next.replace(place, other))).keys, ['page-link-invalid'])
      // Away from the compartment, and new in it.
      const id = `n${6 - (turn++ % 7)}`
      await party.send('PUT', `Observation/${id}`, observation(id, { subject: to('Patient/bob') }))
      await party.post('Observation', { ...observation('', { subject: to('Patient/ann') }), id: undefined })
      page = await party.get(next)
    }
    t.same(seen, whole, place)
    const back = many.map(({ id }) => observation(id, { subject: to('Patient/ann') }))
    t.equal((await party.post('', transaction(back))).status, 200)
  }
})

t.test('a compartment is the union of the searches by its single parameters, whatever the data', async (t) => {
  const { exchange, party } = await tester(t)
  const patients = ['p0', 'p1', 'p2']
  await party.post('', transaction(patients.map((id) => ({ resourceType: 'Patient', id }))))
  const who = fc.constantFrom(...patients.map((id) => to(`Patient/${id}`)))
  const maybe = fc.option(who, { nil: undefined })
  const communication = fc.record({ subject: maybe, sender: maybe, recipient: fc.array(who, { maxLength: 3 }) })
  let number = 0
  await fc.assert(
    fc.asyncProperty(fc.array(communication, { minLength: 1, maxLength: 8 }), async (drawn) => {
      const resources = drawn.map(({ recipient, ...rest }) => ({
        ...{ resourceType: 'Communication', id: `c${number++}`, status: 'completed' },
        ...(recipient.length > 0 ? { recipient } : {}),
        ...rest,
      }))
      t.equal((await party.post('', transaction(resources))).status, 200)
      exchange.now += 1000
      for (const id of patients) {
        const single = await Promise.all(
          ['subject', 'sender', 'recipient'].map((code) => party.get(`Communication?${code}=Patient/${id}&_count=250`)),
        )
        const union = [...new Set(single.flatMap(idsOf))].toSorted()
        const found = idsOf(await party.get(`Patient/${id}/Communication?_count=250`))
        t.same(found.toSorted(), union)
        t.equal(found.length, union.length)
        t.same(idsOf(await party.get(`Patient/${id}/*?_count=250`)), found)
      }
    }),
    { numRuns: 12 },
  )
})

t.test("another organisation's compartment does not exist, and nothing hidden is found in one's own", async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { item } = await acceptedOrder(both)
  const patient = (item.subject as r4.Reference).reference ?? ''
  const mine = await both.trust.get(`${patient}/MedicationRequest`)
  t.same(idsOf(mine), [item.id])
  t.same(idsOf(await both.provider.get(`${patient}/MedicationRequest?status=active`)), [item.id])
  const all = namesOf(await both.trust.get(`${patient}/*`))
  t.ok(all.includes(`MedicationRequest/${item.id}`), all.join(' '))
  t.notOk(
    all.some((name) => name.startsWith('Task/')),
    'R4 has no Task in the compartment of Patient',
  )
  for (const [role, organization] of [
    ['trust', 'RX1'],
    ['provider', 'VNE51'],
  ] as const) {
    const other = await exchange.party(role, organization)
    for (const path of [`${patient}/MedicationRequest`, `${patient}/*`, 'Patient/none/MedicationRequest']) {
      const answer = await other.get(path)
      t.equal(answer.status, 404, `${organization} ${path}`)
      t.same(answer.keys, ['not-found'])
    }
    const nobody = (await other.get('Patient/none/MedicationRequest')).text
    t.equal((await other.get(`${patient}/MedicationRequest`)).text, nobody, 'to the letter as what is not there')
  }
  const rows = exchange.context.exposedTypes.flatMap((type) => exchange.context.row(type) ?? [])
  const endpoints = endpointsOf(exchange.context.table, rows, interactions, exchange.context.compartments.all)
  t.same(
    endpoints.get('/Patient/:id/MedicationRequest')?.map(({ scopes }) => scopes),
    [
      [
        ['Patient', 'r'],
        ['MedicationRequest', 's'],
      ],
    ],
    'a token must allow both',
  )
  const [type = '', id = ''] = patient.split('/')
  const nothing = await searchSystem(exchange.context, {
    ...{ base: exchange.context.base, compartment: { type, id }, query: [], url: '', prefer: {}, requestId: 'x' },
    caller: { role: 'trust', organization: 'RBA', client: 'x', scopes: readScopes('system/Patient.r') },
  })
  t.notMatch(nothing.body, '"entry"', 'a token that allows no search finds nothing')
  const driver = await exchange.party('logistics', both.provider.organization)
  for (const path of [`${patient}/Patient`, `${patient}/MedicationRequest`, `${patient}/*`]) {
    t.same((await driver.get(path)).keys, ['role-forbidden'], `${path} for who is shown a part of a patient`)
  }
  const observer = await exchange.party('observer', 'X26')
  t.same((await observer.get(`${patient}/MedicationRequest`)).keys, ['role-forbidden'])
  await exchange.audit.flush()
  const log = await both.trust.get(`AuditEvent?entity=${patient}&_count=100`)
  t.match(log.text, /search-type/, 'the search is on record beside its patient')
})

t.test('what is served in a compartment is what R4 defines and metadata says', async (t) => {
  const { exchange, party } = await tester(t)
  const { definitions, compartments, search } = exchange.context
  t.same(
    definitions.compartments().map(({ code }) => code),
    ['Device', 'Encounter', 'Patient', 'Practitioner', 'RelatedPerson'],
  )
  for (const { code, url, resource } of definitions.compartments()) {
    const offered = compartments.all.find((each) => each.type === code)
    t.same(
      offered?.members,
      resource.map((member) => member.code),
      `${url}: every type, so every parameter is known`,
    )
    for (const { code: type, param } of resource) {
      for (const name of param.filter((each) => each !== '{def}')) t.ok(search.param(type, name), `${type}.${name}`)
    }
  }
  const { rest } = (await party.get('metadata')).body as unknown as r4.CapabilityStatement
  t.same(
    rest?.[0]?.compartment,
    definitions.compartments().map(({ url }) => url),
  )
  t.notMatch(rest?.[0]?.documentation, /AuditEvent/, 'here they are kept like any other type')
  const own = await startExchange(t)
  const served = await own.app.inject({ url: '/fhir/metadata' })
  t.match(served.json<r4.CapabilityStatement>().rest?.[0]?.documentation, /AuditEvents are searched by their own/)
  t.same(served.json<r4.CapabilityStatement>().rest?.[0]?.compartment, [
    'http://hl7.org/fhir/CompartmentDefinition/patient',
    'http://hl7.org/fhir/CompartmentDefinition/practitioner',
  ])
  const openApi = await own.app.inject({ url: '/openapi.json' })
  t.ok(openApi.json<{ paths: object }>().paths['/Patient/{id}/MedicationRequest' as never])
})
