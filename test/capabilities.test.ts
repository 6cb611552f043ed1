/** The promise is kept: what `metadata` says is routed for exactly those it is for, and nothing else is. */
import { isError } from '../src/fhir/problem.ts'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Role } from '../src/caller.ts'
import { packageRoot } from '../src/config.ts'
import type { r4 } from '../src/fhir/resource.ts'
import { endpointsOf } from '../src/http/endpoints.ts'
import { interactions } from '../src/interactions/index.ts'
import { type ServerTable, typeInteractions } from '../src/server-table.ts'
import { type Answer, type Exchange, type Party, resourcesOf, startExchange } from './helper.ts'
import { temporaryFolder } from './temporary-folder.ts'

const roles = ['trust', 'provider', 'logistics', 'observer', 'manufacturer', 'tester'] as const
const tables = ['conformance/server.json', 'conformance/tester.json'] as const
const ID = '01900000-0000-7000-8000-000000000000'

const metadata = async (exchange: Exchange): Promise<r4.CapabilityStatement> => {
  // Before anybody has logged in.
  const answer = await exchange.app.inject({ url: '/fhir/metadata' })
  return answer.json() as r4.CapabilityStatement
}
const restOf = (statement: r4.CapabilityStatement): r4.CapabilityStatementRest =>
  statement.rest?.[0] as r4.CapabilityStatementRest

/** A request for an interaction of a type that no such resource is needed for. */
const asks: Readonly<Record<(typeof typeInteractions)[number], (party: Party, type: string) => Promise<Answer>[]>> = {
  read: (party, type) => [party.get(`${type}/${ID}`)],
  vread: (party, type) => [party.get(`${type}/${ID}/_history/1`)],
  'history-instance': (party, type) => [party.get(`${type}/${ID}/_history`)],
  create: (party, type) => [party.post(type, {})],
  update: (party, type) => [party.send('PUT', `${type}/${ID}`, {})],
  patch: (party, type) => [party.send('PATCH', `${type}/${ID}`, [], { 'content-type': 'application/json-patch+json' })],
  delete: (party, type) => [party.send('DELETE', `${type}/${ID}`)],
  'history-type': (party, type) => [party.get(`${type}/_history?_count=1`)],
  'search-type': (party, type) => [
    party.get(`${type}?_count=1`),
    party.send('POST', `${type}/_search`, '_count=1', { 'content-type': 'application/x-www-form-urlencoded' }),
  ],
}

for (const file of tables) {
  t.test(`${file}: what is promised is routed, what is routed is promised`, async (t) => {
    const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, file) })
    const { context } = exchange
    const rest = restOf(await metadata(exchange))
    const rows = context.exposedTypes.flatMap((type) => context.row(type) ?? [])
    const routed = [...endpointsOf(context.table, rows, interactions, context.compartments.all).values()].flat()
    const promised = new Set([
      'capabilities system',
      ...(rest.interaction ?? []).map(({ code }) => `${code} system`),
      ...(rest.operation ?? []).map(({ name }) => `operation ${name}`),
      ...(rest.resource ?? []).flatMap(({ type, interaction, operation }) => [
        ...(interaction ?? []).map(({ code }) => `${code} ${type}`),
        ...(operation ?? []).map(({ name }) => `operation ${type} ${name}`),
      ]),
    ])
    const names = new Set(
      routed.flatMap(({ code, also = [], type, operation }) =>
        [code, ...also].map((each) => [each, type ?? (operation ? [] : 'system'), operation ?? []].flat().join(' ')),
      ),
    )
    t.same([...names].sort(), [...promised].sort())
    t.ok(promised.size > 10)
  })

  t.test(`${file}: every type, interaction and role, over HTTP`, async (t) => {
    const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, file) })
    const { context } = exchange
    const promised = new Map(
      (restOf(await metadata(exchange)).resource ?? []).map(({ type, interaction }) => [
        type as string,
        new Set(interaction?.map(({ code }) => code as string)),
      ]),
    )
    // The tester's table says the same of every type: a few stand for all.
    const types = file.includes('tester')
      ? ['Account', 'Observation', 'Task', 'VisionPrescription']
      : [...promised.keys(), 'Observation']
    for (const role of roles) {
      const party = await exchange.party(role, 'RBA')
      const wrong: string[] = []
      for (const type of types) {
        for (const code of typeInteractions) {
          const allowed = context.row(type)?.interactions[code]
          for (const { status, keys } of await Promise.all(asks[code](party, type))) {
            const seen = `${status} ${keys[0] ?? ''}`.trim()
            const expected = expectation(
              promised.get(type)?.has(code),
              promised.has(type),
              allowed?.includes(role),
              code,
            )
            if (!expected.includes(seen)) wrong.push(`${role} ${code} ${type}: ${seen}, not ${expected.join(' or ')}`)
          }
        }
      }
      t.same(wrong, [], `${role}, ${types.length} types`)
    }
  })

  t.test(`${file}: every search parameter is answered, every other refused`, async (t) => {
    const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, file) })
    const party = await exchange.party('tester', 'RBA')
    const values: Readonly<Record<string, string>> = {
      date: '2026',
      reference: 'Patient/1',
      uri: 'urn:x',
      token: 'x',
      string: 'x',
      number: '1',
      quantity: '1',
    }
    const wrong: string[] = []
    let count = 0
    for (const { type, searchParam = [] } of restOf(await metadata(exchange)).resource ?? []) {
      const special: Readonly<Record<string, string>> = { _id: 'x', _lastUpdated: '2026' }
      // All parameters of a type in a few requests.
      for (let i = 0; i < searchParam.length; i += 40) {
        const part = searchParam.slice(i, i + 40)
        count += part.length
        const query = part.map(({ name, type: kind }) => {
          const value = special[name] ?? values[kind]
          // A composite is asked with the values of its components, which the statement does not name.
          return kind === 'reference' || value === undefined ? `${name}:missing=true` : `${name}=${value}`
        })
        const answer = await party.get(`${type}?${query.join('&')}`)
        if (answer.status !== 200) wrong.push(`${type}: ${answer.text.slice(0, 300)}`)
      }
    }
    t.same(wrong, [])
    t.ok(count > 100, `${count} parameters`)
    const rest = restOf(await metadata(exchange))
    const system = (rest.searchParam ?? []).map(({ name }) => name)
    if (rest.interaction?.some(({ code }) => code === 'search-system')) {
      t.ok(system.includes('_id') && system.includes('_lastUpdated'), system.join())
      const asked = system.map((name) => `${name}:missing=false`)
      t.equal((await party.get(`?_type=Patient,Task&_count=1&${asked.join('&')}`)).status, 200, system.join())
    }
    for (const type of ['Patient', 'Task', 'MedicationRequest']) {
      const { searchInclude = [], searchRevInclude = [] } = rest.resource?.find((each) => each.type === type) ?? {}
      t.ok(searchInclude.length > 1 && searchRevInclude.length > 1, type)
      for (const [name, values] of [
        ['_include', searchInclude],
        ['_revinclude', searchRevInclude],
      ] as const) {
        // A search reads twenty of them.
        for (let i = 0; i < values.length; i += 20) {
          const query = values.slice(i, i + 20).map((value) => `${name}=${value}`)
          t.same((await party.get(`${type}?_count=1&${query.join('&')}`)).keys, [], `${type} ${query.join(' ')}`)
        }
      }
    }
    const refused = await party.get('Patient?no-such-parameter=x')
    t.same([refused.status, refused.keys], [400, ['unknown-parameter']])
  })

  t.test(`${file}: the CapabilityStatement is a valid resource and the same for everybody`, async (t) => {
    const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, file) })
    const statement = await metadata(exchange)
    const faults = exchange.context.structure.validate(statement, {
      root: 'CapabilityStatement',
      type: 'CapabilityStatement',
    })
    t.same(faults.filter(isError), [])
    t.equal(statement.fhirVersion, '4.0.1')
    for (const role of roles) t.same((await (await exchange.party(role, 'RBA')).get('metadata')).body, statement, role)
  })
}

for (const file of tables) {
  t.test(`${file}: what is not promised is refused`, async (t) => {
    const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, file) })
    const statement = await metadata(exchange)
    const rest = restOf(statement)
    const party = await exchange.party('tester', 'RBA')
    const system = new Set(rest.interaction?.map(({ code }) => code as string))
    const offered = new Set(rest.operation?.map(({ name }) => name))
    const bundle = (type: string) => ({ resourceType: 'Bundle', type })
    const systemAsks: [code: string, answer: Promise<Answer>][] = [
      ['transaction', party.post('', bundle('transaction'))],
      ['batch', party.post('', bundle('batch'))],
      ['search-system', party.get('?_type=Patient')],
      ['history-system', party.get('_history')],
    ]
    for (const [code, asked] of systemAsks) {
      const { status, keys } = await asked
      if (system.has(code)) t.equal(status, 200, code)
      else t.match(String(status), /^4(04|05|22)$/, `${code}: ${keys.join()}`)
    }
    for (const name of ['validate', 'process-message', 'everything', 'expand', 'meta', 'export', 'convert']) {
      const { status } = await party.post(`$${name}`, {})
      if (offered.has(name)) t.not(status, 404, `$${name}`)
      else t.equal(status, 404, `$${name}`)
    }
    const patient = rest.resource?.find(({ type }) => type === 'Patient')
    const has = (code: string) => patient?.interaction?.some((one) => one.code === code) ?? false
    const conditions: [name: string, promised: boolean, answer: Promise<Answer>][] = [
      [
        'patch',
        has('patch'),
        party.send('PATCH', `Patient/${ID}`, [], { 'content-type': 'application/json-patch+json' }),
      ],
      ['delete', has('delete'), party.send('DELETE', `Patient/${ID}`)],
      ['history-type', has('history-type'), party.get('Patient/_history')],
      ['conditional update', patient?.conditionalUpdate ?? false, party.send('PUT', 'Patient?identifier=x|y', {})],
      [
        'conditional delete',
        !['not-supported', undefined].includes(patient?.conditionalDelete),
        party.send('DELETE', 'Patient?identifier=x|y'),
      ],
    ]
    for (const [name, promised, asked] of conditions) {
      const { status, keys } = await asked
      if (promised) t.notMatch(keys, ['interaction-unsupported'], name)
      else
        t.same(
          [status, keys],
          name === 'history-type' ? [404, ['not-found']] : [405, ['interaction-unsupported']],
          name,
        )
    }
    t.same(statement.format, ['application/fhir+json'])
    for (const format of ['xml', 'ttl', 'application/fhir+xml', 'text/turtle', 'html']) {
      const answer = await party.get(`metadata?_format=${encodeURIComponent(format)}`)
      t.same([answer.status, answer.keys], [406, ['accept-unsupported']], format)
    }
    for (const type of ['application/fhir+xml', 'text/turtle']) {
      const answer = await party.send('POST', 'Patient', '<Patient/>', { 'content-type': type })
      t.same([answer.status, answer.keys], [415, ['content-type-unsupported']], type)
    }
    for (const format of statement.format ?? []) {
      t.equal((await party.get(`metadata?_format=${encodeURIComponent(format)}`)).status, 200, format)
    }
  })

  t.test(`${file}: metadata passes $validate, in every mode, and is kept by its ETag`, async (t) => {
    const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, file) })
    const party = await exchange.party('tester', 'RBA')
    const tags = new Set<string>()
    for (const [mode, type] of [
      ['full', 'CapabilityStatement'],
      ['normative', 'CapabilityStatement'],
      ['terminology', 'TerminologyCapabilities'],
    ]) {
      const url = `metadata?mode=${mode}`
      const answer = await party.get(url)
      t.equal(answer.body.resourceType, type)
      t.equal(answer.headers['cache-control'], 'no-cache', 'may be kept, must be asked for again')
      const verdict = (await party.post('$validate', answer.body)).body as unknown as r4.OperationOutcome
      t.same(
        verdict.issue.filter(({ severity }) => severity === 'error' || severity === 'fatal'),
        [],
        String(mode),
      )
      const etag = answer.headers.etag ?? ''
      t.match(etag, /^W\/"[\w-]{22}"$/)
      tags.add(etag)
      const kept = await party.get(url, { 'if-none-match': `"other", ${etag}` })
      t.same([kept.status, kept.text, kept.headers.etag], [304, '', etag])
      t.equal((await party.get(url, { 'if-none-match': '"other"' })).status, 200)
      const head = await party.send('HEAD', url)
      t.same([head.status, head.text, head.headers.etag], [200, '', etag])
    }
    t.equal(tags.size, 3)
    const normative = (await party.get('metadata?mode=normative')).body as unknown as r4.CapabilityStatement
    const types = restOf(normative).resource?.map(({ type }) => type as string) ?? []
    t.ok(types.includes('Patient') && !types.includes('Task'), types.join())
    const refusals: [query: string, keys: string[]][] = [
      ['mode=everything', ['parameter-invalid']],
      ['_elements=rests', ['parameter-invalid']],
      ['_summary=count', ['parameter-invalid']],
      ['_summary=true&_elements=rest', ['parameter-invalid']],
      ['a=1&b=2', ['unknown-parameter', 'unknown-parameter']],
    ]
    for (const [query, keys] of refusals) {
      const answer = await party.get(`metadata?${query}`)
      t.same([answer.status, answer.keys], [400, keys], query)
    }
    const lenient = await party.get('metadata?_element=rest', { prefer: 'handling=lenient' })
    t.same([lenient.status, lenient.headers['preference-applied']], [200, 'handling=lenient'])
  })
}

t.test('profiles that are promised can be read, and security says what is so', async (t) => {
  const exchange = await startExchange(t, { CORS_ORIGINS: 'https://tracker.example.org' })
  const party = await exchange.party('observer', 'RBA')
  const rest = restOf(await metadata(exchange))
  t.equal(rest.security?.cors, true)
  const task = rest.resource?.find(({ type }) => type === 'Task')
  t.same(task?.supportedProfile?.map((url) => url.replace(/^.*\//, '')).sort(), [
    'homecare-order-task',
    'homecare-supply-task',
  ])
  const promised = (rest.resource ?? []).flatMap(({ profile, supportedProfile = [] }) => [
    profile ?? [],
    supportedProfile,
  ])
  for (const url of promised.flat()) {
    t.equal(resourcesOf(await party.get(`StructureDefinition?url=${url}`)).length, 1, url)
  }
  t.match(task, {
    versioning: 'versioned-update',
    referencePolicy: ['literal', 'logical', 'enforced'],
    interaction: [{ code: 'read', documentation: 'For the roles trust, pharmacist, provider, logistics, tester.' }],
  })
})

/** What a request may be answered with, as `status key`. */
function expectation(isPromised = false, isExposed: boolean, isAllowed = false, code: string): readonly string[] {
  if (!isExposed) return ['404 unknown-type', '404 unknown-endpoint']
  if (!isPromised) return ['405 interaction-unsupported']
  if (!isAllowed) return ['403 role-forbidden']
  if (code === 'search-type' || code === 'history-type') return ['200']
  // What is not there is deleted already.
  if (code === 'delete') return ['204']
  // An empty object is refused for what it is, by the interaction itself.
  if (code === 'create' || code === 'update') return ['400 structure-resource-type']
  return ['404 not-found', '404 version-not-found']
}

t.test('system interactions and operations are for the roles of the table', async (t) => {
  const exchange = await startExchange(t)
  const { table } = exchange.context
  for (const role of roles) {
    const party = await exchange.party(role, 'RBA')
    const places: [string, readonly Role[] | undefined][] = [
      ['', table.system.transaction],
      ...table.operations.map(({ name, levels, types = ['Task'], roles }): [string, readonly Role[]] => [
        levels.includes('system') ? `$${name}` : `${types[0]}/${levels.includes('type') ? '' : 'none/'}$${name}`,
        roles,
      ]),
    ]
    for (const [path, allowed] of places) {
      const { status } = await party.post(path, {})
      // $validate says what is wrong with anything; the others refuse what is no Bundle.
      const done = path === '$validate' ? 200 : path.includes('/none/') ? 404 : 400
      t.equal(status, allowed?.includes(role) ? done : 403, `${role} [base]/${path}`)
    }
  }
  const party = await exchange.party('observer', 'RBA')
  for (const { definition } of restOf(await metadata(exchange)).operation ?? []) {
    t.equal(
      resourcesOf(await party.get(`OperationDefinition?url=${definition}`)).length,
      1,
      'the definition can be read',
    )
  }
})

t.test('a row alone adds a type: no TypeScript', async (t) => {
  const table = JSON.parse(readFileSync(join(packageRoot, 'conformance/server.json'), 'utf8')) as ServerTable
  const row = {
    type: 'Encounter',
    source: 'store',
    interactions: { read: ['trust', 'provider'], create: ['trust'], 'search-type': ['trust'] },
    ifMatch: 'optional',
    shares: ['subject'],
    search: ['status', 'date', 'subject'],
  }
  const file = join(temporaryFolder(t), 'table.json')
  writeFileSync(file, JSON.stringify({ ...table, types: [...table.types, row] }))
  const exchange = await startExchange(t, { SERVER_TABLE: file })
  const trust = await exchange.party('trust', 'RBA')
  const promise = restOf(await metadata(exchange)).resource?.find(({ type }) => type === 'Encounter')
  t.same(promise?.interaction?.map(({ code }) => code).sort(), ['create', 'read', 'search-type'])
  t.same(promise?.searchParam?.map(({ name }) => name).sort(), ['_id', '_lastUpdated', 'date', 'status', 'subject'])
  const patient = await trust.post('Patient', {
    resourceType: 'Patient',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }],
  })
  const encounter = {
    resourceType: 'Encounter',
    status: 'planned',
    class: { code: 'HH' },
    subject: { reference: `Patient/${patient.body.id}` },
    period: { start: '2026-11-23', end: '2026-11-23' },
  }
  const created = await trust.post('Encounter', encounter)
  t.equal(created.status, 201, created.text)
  t.equal((await trust.get(`Encounter/${created.body.id}`)).text, created.text)
  const query = `Encounter?status=planned&date=2026-11&subject=Patient/${patient.body.id}`
  t.same(
    resourcesOf(await trust.get(query)).map(({ id }) => id),
    [created.body.id],
  )
  t.same((await trust.post('Encounter', { ...encounter, status: 'maybe' })).keys, ['code-not-in-value-set'])
  t.equal((await trust.put({ ...created.body })).status, 405)
  t.equal((await trust.get('Encounter?length=1')).status, 400)
  const stranger = await exchange.party('trust', 'RXX')
  t.equal((await stranger.get(`Encounter/${created.body.id}`)).status, 404, 'and the scope holds for it')
})
