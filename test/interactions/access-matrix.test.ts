/**
 * Who may do what with whose: every type, interaction and operation of the table, for every role, with what is one's own
 * and with what is another organisation's. What is expected is read from the rows: refused where they do not name the
 * role; and of another's, exactly what is answered for an id that nothing ever had.
 */
import t from 'tap'
import { callerRoles, plays, type Role } from '../../src/caller.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { offeredAt, typeInteractions } from '../../src/server-table.ts'
import { type Answer, type Exchange, type Party, resourcesOf, startExchange } from '../helper.ts'
import { acceptedOrder, dispenseOf, OTHER_PROVIDER, PROVIDER, TRUST } from '../orders.ts'

const OTHER_TRUST = 'RXX'
const CARRIER = '8HX01'
const NEVER = '01900000-0000-7000-8000-000000000000'
const JSON_PATCH = { 'content-type': 'application/json-patch+json' }
type AskingRole = (typeof callerRoles)[number]

/** `Type` -> id of one that an organisation may see. */
type Kept = ReadonlyMap<string, string>

interface Side {
  readonly trust: Kept
  readonly provider: Kept
  readonly logistics: Kept
}

/** An order with all that belongs to it, and of every other type what each party keeps itself. */
async function work(exchange: Exchange, trustCode: string, providerCode: string, carrier: string): Promise<Side> {
  const trust = await exchange.party('trust', trustCode)
  const provider = await exchange.party('provider', providerCode)
  const accepted = await acceptedOrder({ trust, provider }, { trust: trustCode, provider: providerCode })
  await provider.post('MedicationDispense', dispenseOf(accepted, exchange.now))
  const named = { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: carrier }
  const type = { coding: [{ system: 'https://homecare-exchange.org/fhir/CodeSystem/task-output', code: 'carrier' }] }
  await provider.put({
    ...accepted.supplies[0],
    output: [{ type, valueReference: { identifier: named } }],
  } as unknown as Resource)
  for (const party of [trust, provider]) {
    const practitioner = await party.post('Practitioner', { resourceType: 'Practitioner', name: [{ family: 'Own' }] })
    const link = { reference: `Practitioner/${practitioner.body.id}` }
    await party.post('PractitionerRole', { resourceType: 'PractitionerRole', practitioner: link })
    await party.post('Organization', { resourceType: 'Organization', name: 'Own' })
    await party.post('Medication', { resourceType: 'Medication', status: 'active' })
    await party.post('Provenance', {
      resourceType: 'Provenance',
      target: [{ reference: `Task/${accepted.order.id}` }],
      recorded: '2026-11-22T09:00:00Z',
      agent: [{ who: link }],
    })
    await party.post('Communication', {
      resourceType: 'Communication',
      status: 'completed',
      basedOn: [{ reference: `Task/${accepted.order.id}` }],
      payload: [{ contentString: 'own' }],
    })
  }
  return {
    trust: await keptBy(exchange, trust),
    provider: await keptBy(exchange, provider),
    logistics: await keptBy(exchange, await exchange.party('logistics', carrier)),
  }
}

/** The newest of each type: what a party made last, it made itself. */
async function keptBy(exchange: Exchange, party: Party): Promise<Kept> {
  await exchange.audit.flush()
  const kept = new Map<string, string>()
  for (const type of exchange.context.exposedTypes) {
    const sort = type === 'AuditEvent' ? '-date' : '-_lastUpdated'
    const [resource] = resourcesOf(await party.get(`${type}?_sort=${sort}&_count=1`))
    if (resource?.id !== undefined) kept.set(type, resource.id)
  }
  return kept
}

/** An answer without what differs between any two: the ids asked for, instants, what is random. */
function told({ status, headers, text }: Answer, id: string): string {
  const { etag, location, allow } = headers
  const words = [status, etag, location, allow, text].join('\n')
  return words
    .replaceAll(id, 'ID')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|audit-[0-9a-f]{32}|[\w-]{60,}/g, '~')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
}

/** The ways to carry out an interaction with one resource, or to ask for it among its type. */
const ways: Readonly<
  Record<
    (typeof typeInteractions)[number],
    (party: Party, type: string, id: string, body: Resource) => Promise<Answer>[]
  >
> = {
  read: (party, type, id) => [
    party.get(`${type}/${id}`),
    party.get(`${type}/${id}`, { 'if-none-match': 'W/"1"' }),
    party.send('HEAD', `${type}/${id}`),
  ],
  vread: (party, type, id) => [party.get(`${type}/${id}/_history/1`), party.get(`${type}/${id}/_history/99`)],
  'history-instance': (party, type, id) => [party.get(`${type}/${id}/_history`)],
  'history-type': (party, type) => [party.get(`${type}/_history?_count=250`)],
  'search-type': (party, type, id) => [
    party.get(`${type}?_id=${id}`),
    party.get(`${type}?_id=${id}&_summary=count`),
    party.send('POST', `${type}/_search`, `_id=${id}&_total=accurate`, {
      'content-type': 'application/x-www-form-urlencoded',
    }),
  ],
  create: (party, type, id, body) => [party.post(type, { ...body, id: undefined }, { 'if-none-exist': `_id=${id}` })],
  update: (party, type, id, body) => [
    party.send('PUT', `${type}/${id}`, { ...body, id }, { 'if-match': 'W/"1"' }),
    party.send('PUT', `${type}/${id}`, { ...body, id }),
    party.send('PUT', `${type}?_id=${id}`, { ...body, id }),
  ],
  patch: (party, type, id) => [
    party.send('PATCH', `${type}/${id}`, [], { ...JSON_PATCH, 'if-match': 'W/"1"' }),
    party.send('PATCH', `${type}/${id}`, [], { ...JSON_PATCH, 'if-match': 'W/"77"' }),
    party.send('PATCH', `${type}?_id=${id}`, [], JSON_PATCH),
  ],
  delete: (party, type, id) => [
    party.send('DELETE', `${type}/${id}`),
    party.send('DELETE', `${type}/${id}`, undefined, { 'if-match': 'W/"1"' }),
    party.send('DELETE', `${type}?_id=${id}`),
  ],
}

const READING = ['read', 'vread', 'history-instance', 'history-type', 'search-type']

/** The organisation that a role belongs to in the scene. */
const organizationOf = (role: AskingRole): string =>
  role === 'provider' ? PROVIDER : role === 'logistics' ? CARRIER : TRUST
const keptFor = (side: Side, role: AskingRole): Kept =>
  role === 'provider' || role === 'logistics' ? side[role] : side.trust

const exchangeReady = async (t: Parameters<typeof startExchange>[0]) => {
  const exchange = await startExchange(t)
  const own = await work(exchange, TRUST, PROVIDER, CARRIER)
  const others = await work(exchange, OTHER_TRUST, OTHER_PROVIDER, '8HX02')
  return { exchange, own, others }
}

t.test('every interaction with every type', async (t) => {
  const { exchange, own, others } = await exchangeReady(t)
  const { context } = exchange
  for (const role of callerRoles) {
    const party = await exchange.party(role, organizationOf(role))
    const wrong: string[] = []
    let asked = 0
    for (const type of context.exposedTypes) {
      const row = context.row(type)
      if (!row) continue
      const shared = row.source === 'definitions'
      for (const interaction of typeInteractions) {
        const allowed: readonly Role[] | undefined = row.interactions[interaction]
        const mine = keptFor(own, role).get(type)
        const theirs = keptFor(others, role).get(type)
        const body = (
          mine === undefined ? { resourceType: type } : { ...(await stored(exchange, type, mine)), meta: undefined }
        ) as Resource
        const ask = async (id: string): Promise<Answer[]> => Promise.all(ways[interaction](party, type, id, body))
        const expect = (name: string, found: unknown, wanted: unknown): void => {
          asked++
          if (JSON.stringify(found) !== JSON.stringify(wanted))
            wrong.push(`${type} ${interaction}, ${name}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`)
        }
        const refusal = allowed === undefined ? [405, 'interaction-unsupported'] : [403, 'role-forbidden']
        if (allowed === undefined || !plays(role, allowed)) {
          for (const id of [mine, theirs, NEVER]) {
            for (const answer of id === undefined ? [] : await ask(id)) {
              // A HEAD has no body to say why.
              expect('refused', [answer.status, answer.keys[0] ?? refusal[1]], refusal)
            }
          }
          continue
        }
        if (!shared && theirs !== undefined) {
          const nothing = (await ask(NEVER)).map((answer) => told(answer, NEVER))
          const found = (await ask(theirs)).map((answer) => told(answer, theirs))
          expect('another’s', found, nothing)
          if (READING.includes(interaction))
            expect(
              'nothing of it',
              (await ask(theirs)).some(({ text }) => text.includes(`"id":"${theirs}"`)),
              false,
            )
        }
        if (mine !== undefined && (interaction === 'update' || interaction === 'patch')) {
          // Unchanged, under the version it has: nothing but who asks decides.
          const version = { 'if-match': `W/"${(await stored(exchange, type, mine)).meta?.versionId}"` }
          const answer =
            interaction === 'patch'
              ? await party.send('PATCH', `${type}/${mine}`, [], { ...JSON_PATCH, ...version })
              : await party.send('PUT', `${type}/${mine}`, await stored(exchange, type, mine), version)
          const acts = await standsAsMoreThanReader(exchange, type, mine, organizationOf(role))
          expect('one’s own', [answer.status, answer.keys[0]], acts ? [200, undefined] : [403, 'role-forbidden'])
        }
        if (mine === undefined || !READING.includes(interaction)) continue
        for (const answer of await ask(mine)) {
          const wanted = answer.keys[0] === 'version-not-found' ? 404 : 200
          expect('one’s own', [answer.status === 304 ? 200 : answer.status], [wanted])
        }
        expect(
          'shows it',
          (await ask(mine)).some(({ text }) => text.includes(`"id":"${mine}"`)),
          true,
        )
      }
    }
    t.same(wrong, [], `${role}: ${asked} answers`)
  }
})

async function standsAsMoreThanReader(exchange: Exchange, type: string, id: string, organization: string) {
  const sides = await exchange.context.database.query<{ side: string }>(
    `SELECT a.side AS side FROM resource r JOIN access a ON a.key = r.key AND a.type = r.type
     WHERE r.type = $1 AND r.id = $2 AND a.org = $3 AND a.side <> 'reader'`,
    [type, id, organization],
  )
  return sides.length > 0
}

/** What is stored, whoever may see it. */
async function stored(exchange: Exchange, type: string, id: string): Promise<Resource> {
  const [row] = await exchange.context.database.query<{ text: string }>(
    'SELECT v.text AS text FROM resource r JOIN version v ON v.key = r.key AND v.version = r.version WHERE r.type = $1 AND r.id = $2',
    [type, id],
  )
  return row ? (JSON.parse(row.text) as Resource) : ({ resourceType: type } as Resource)
}

t.test('every link between types: chains, _has, includes, sorts, what is missing', async (t) => {
  const { exchange, own, others } = await exchangeReady(t)
  const { context } = exchange
  for (const role of ['trust', 'provider'] as const) {
    const party = await exchange.party(role, organizationOf(role))
    const theirs = keptFor(others, role)
    const foreign = new Set(
      [...theirs].filter(([type]) => context.row(type)?.source !== 'definitions').map(([, id]) => id),
    )
    const wrong: string[] = []
    let asked = 0
    const alike = async (what: string, path: (id: string) => string, id: string): Promise<void> => {
      asked++
      const [nothing, found] = [await party.get(path(NEVER)), await party.get(path(id))]
      if (told(found, id) !== told(nothing, NEVER)) wrong.push(`${what}: ${found.status} ${found.text.slice(0, 300)}`)
    }
    const clean = async (path: string): Promise<void> => {
      asked++
      const { text, status } = await party.get(path)
      const [leak] = [...foreign].filter((id) => text.includes(id))
      if (leak !== undefined || (status !== 200 && status !== 400)) wrong.push(`${path}: ${status} shows ${leak}`)
    }
    for (const type of context.exposedTypes) {
      if (context.row(type)?.source !== 'store') continue
      const params = context.search.list(type)
      for (const { code } of role === 'trust' ? params : []) {
        await clean(`${type}?_sort=${code}&_count=250&_total=accurate`)
        await clean(`${type}?${code}:missing=true&_count=250`)
      }
      for (const { code, targets } of params.filter(({ kind }) => kind === 'reference')) {
        await clean(`${type}?_include=${type}:${code}&_count=250`)
        for (const target of targets) {
          const id = theirs.get(target)
          if (id === undefined || context.row(target)?.source !== 'store') continue
          await alike(`${type}?${code}=${target}/${target}`, (each) => `${type}?${code}=${target}/${each}`, id)
          await alike(`${type}?${code}:${target}._id`, (each) => `${type}?${code}:${target}._id=${each}`, id)
          const referrer = theirs.get(type)
          if (referrer !== undefined)
            await alike(
              `${target}?_has:${type}:${code}`,
              (each) => `${target}?_has:${type}:${code}:_id=${each}`,
              referrer,
            )
          await clean(`${target}?_revinclude=${type}:${code}&_count=250`)
        }
      }
    }
    for (const path of [
      '?_type=Patient,Task,MedicationRequest&_count=250',
      '_history?_count=250',
      'Patient?_include=*&_revinclude=*&_revinclude:iterate=*&_count=250',
    ])
      await clean(path)
    t.same(wrong, [], `${role}: ${asked} questions`)
    t.ok([...keptFor(own, role).values()].length > 10)
  }
})

/** What an operation that writes is sent: nothing that it could carry out. */
const NOTHING = { resourceType: 'Parameters' } as const

t.test('every operation, at every level, alone and in a Bundle', async (t) => {
  const { exchange, own, others } = await exchangeReady(t)
  const { context } = exchange
  for (const role of callerRoles) {
    const party = await exchange.party(role, organizationOf(role))
    const wrong: string[] = []
    let asked = 0
    for (const row of context.table.operations) {
      for (const type of context.exposedTypes.filter((each) => offeredAt(row, each))) {
        if (!row.levels.includes('instance')) continue
        const path = (id: string) => `${type}/${id}/$${row.name}`
        const batch = (id: string) => ({
          resourceType: 'Bundle',
          type: 'batch',
          entry: [
            row.writes
              ? { request: { method: 'POST', url: path(id) }, resource: NOTHING }
              : { request: { method: 'GET', url: path(id) } },
          ],
        })
        const ask = (id: string) => (row.writes ? party.post(path(id), NOTHING) : party.get(path(id)))
        const mayBatch = plays(role, context.table.system.batch ?? [])
        const theirs = keptFor(others, role).get(type)
        const mine = keptFor(own, role).get(type)
        for (const id of [theirs, mine]) {
          if (id === undefined) continue
          asked++
          const answer = await ask(id)
          const inBatch = mayBatch ? await party.post('', batch(id)) : undefined
          if (!plays(role, row.roles)) {
            if (answer.status !== 403 || (inBatch && !inBatch.text.includes('role-forbidden')))
              wrong.push(`${path(type)} ${answer.status}`)
            continue
          }
          if (id === mine || context.row(type)?.source === 'definitions') continue
          if (told(answer, id) !== told(await ask(NEVER), NEVER)) wrong.push(`${path(type)}: ${answer.text}`)
          if (inBatch && told(inBatch, id) !== told(await party.post('', batch(NEVER)), NEVER))
            wrong.push(`batch ${path(type)}: ${inBatch.text}`)
        }
      }
    }
    t.same(wrong, [], `${role}: ${asked} addresses`)
  }
})
