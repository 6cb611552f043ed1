/**
 * Danger: a poll or a read that walks the whole store, which nobody notices until there is much in it. Over 100,000
 * Tasks every statement that the service really sends is asked how the engine would answer it.
 */
import t from 'tap'
import { type Database, isSteady, type Query, type SqlValue } from '../../src/store/database.ts'
import { engine, open } from '../database.ts'
import { type Answer, type Exchange, resourcesOf, startExchange } from '../helper.ts'
import { acceptedOrder, orderBundle, parties } from '../orders.ts'

const TASKS = 100_000
const PIECE = 10_000
/** ms: on a machine with other work to do, making them takes longer than the half minute that a file gets. */
t.setTimeout(300_000)
/** Keys, ticks and event numbers of the past begin here, above those of the order that it is copied from. */
const FIRST = 1_000_000

/** Tables that were filled. */
const TABLES = ['resource', 'version', 'access', 'feed', 'event'].concat(
  ['token', 'reference', 'date', 'string', 'uri'].map((kind) => `index_${kind}`),
)

/** Tables that do not grow with the store; walking them is how they are meant to be read. */
const SMALL = new Set(['clock', 'secret', 'schema_version', 'index_state'])

/**
 * Copies one Task, with all its rows, 100,000 times: 25 providers and 20 trusts share them, one in 50 is still open,
 * identifiers are their own, and five Tasks at most share a patient or a prescription.
 */
async function fill({ databaseUrl }: Exchange, id: string): Promise<void> {
  // Beside the service's own connections, and in pieces, so that nobody waits long for the lane.
  const database = await open(databaseUrl)
  for (let from = 1; from <= TASKS; from += PIECE) await fillPiece(database, id, from, from + PIECE - 1)
  await database.transaction((query) =>
    query(`UPDATE clock SET seq = ${FIRST + TASKS + 1}, tick = tick + ${TASKS + 1} WHERE id = 1`),
  )
  // What the server's own housekeeping does within a minute of so many rows; the embedded engine keeps no statistics.
  if (engine === 'postgres') {
    for (const table of TABLES) await database.query(`VACUUM (ANALYZE) ${table}`)
  }
  await database.close()
}

async function fillPiece(database: Database, id: string, first: number, last: number): Promise<void> {
  const each = `WITH RECURSIVE n(i) AS (SELECT ${first} UNION ALL SELECT i + 1 FROM n WHERE i < ${last})`
  const key = `${FIRST} + n.i`
  const from = `FROM n, (SELECT key AS model, tick AS started FROM resource WHERE type = 'Task' AND id = '${id}') m`
  const provider = `CASE WHEN n.i % 25 = 0 THEN 'VN6XW' ELSE 'P' || (n.i % 25) END`
  const trust = `CASE WHEN n.i % 20 = 0 THEN 'RBA' ELSE 'R' || (n.i % 20) END`
  const copy = (table: string, columns: string, values: string, more = '') =>
    `INSERT INTO ${table} (${columns}) ${each} SELECT ${values} ${from}${more}`
  const index = (kind: string, columns: string, values: string) =>
    copy(
      `index_${kind}`,
      `param, ${columns}, element, key`,
      `x.param, ${values}, x.element, ${key}`,
      `
      JOIN index_${kind} x ON x.key = m.model`,
    )
  const own = (column: string) =>
    `CASE WHEN x.param LIKE '%identifier' THEN x.${column} || '-' || n.i ELSE x.${column} END`
  const statements = [
    copy('resource', 'key, type, id, version, tick, deleted', `${key}, 'Task', 'past-' || n.i, 1, m.started + n.i, 0`),
    copy(
      'version',
      'key, version, tick, seq, method, content, text',
      `${key}, 1, m.started + n.i, ${key}, 'POST', '', '{"resourceType":"Task","id":"past-' || n.i || '","meta":{"versionId":"1"}}'`,
    ),
    copy('access', 'org, type, key, side', `${provider}, 'Task', ${key}, 'owner'`),
    copy('access', 'org, type, key, side', `${trust}, 'Task', ${key}, 'requester'`),
    copy('feed', 'org, type, seq, key, version', `${provider}, 'Task', ${key}, ${key}, 1`),
    copy('feed', 'org, type, seq, key, version', `${trust}, 'Task', ${key}, ${key}, 1`),
    copy(
      'event',
      'seq, tick, key, type, id, version, kind, org, role, from_state, to_state',
      `${key}, m.started + n.i, ${key}, 'Task', 'past-' || n.i, 1, 'created', ${trust}, 'trust', '', 'submitted'`,
    ),
    index(
      'token',
      'code, system',
      `CASE WHEN x.param <> 'Task.status' THEN ${own('code')} WHEN n.i % 50 = 0 THEN 'requested' ELSE 'completed' END, x.system`,
    ),
    index(
      'reference',
      'target',
      `CASE WHEN x.param IN ('Task.owner', 'Task.requester') THEN x.target ELSE x.target || '-' || (n.i % 20000) END`,
    ),
    index('date', 'low, high', 'x.low + n.i, x.high + n.i'),
    index('string', 'value, exact', `${own('value')}, ${own('exact')}`),
    index('uri', 'value', 'x.value'),
  ]
  await database.transaction(async (query) => {
    for (const statement of statements) await query(statement)
  })
}

/** Every statement that is sent from now on, with the values of its first time. */
function listen({ context }: Exchange): Map<string, readonly SqlValue[]> {
  const heard = new Map<string, readonly SqlValue[]>()
  const hearing =
    (query: Query): Query =>
    (sql, params = []) => {
      if (!heard.has(sql)) heard.set(sql, params)
      return query(sql, params)
    }
  const { query, transaction } = context.database
  Object.assign(context.database, {
    query: hearing(query),
    transaction: (work: (query: Query) => Promise<unknown>) => transaction((inside) => work(hearing(inside))),
  })
  return heard
}

/**
 * Rough price, as PostgreSQL tells it, above which a walk counts: reading one of the large tables whole is priced at
 * 2,000 and more. A walk that ends after a few rows (LIMIT) because most rows fit is the planner's right choice.
 */
const PRICE = 500

/** The tables that a plan walks from end to end. */
function walked(plan: readonly string[], sql: string): string[] {
  // The last row of a log is found at its end: a walk of one step.
  if (/ORDER BY seq DESC LIMIT 1$/.test(sql) && !/WHERE/.test(sql)) return []
  const [, price = '0'] = /cost=[\d.]+\.\.([\d.]+)/.exec(plan[0] ?? '') ?? []
  // What goes by keys must not depend on how far it looks for where to begin.
  if (engine === 'postgres' && Number(price) < PRICE && !isSteady(sql)) return []
  const names = new Map(
    [
      ...sql.matchAll(
        /\b(?:FROM|JOIN|UPDATE|INTO)\s+([a-z_]+)(?:\s+(?:AS\s+)?(?!ON\b|WHERE\b|SET\b|JOIN\b|ORDER\b|LIMIT\b)([a-z_]+)\b)?/g,
      ),
    ].flatMap(([, table = '', alias]) => [
      [table, table] as const,
      ...(alias === undefined ? [] : [[alias, table] as const]),
    ]),
  )
  const walks = plan.flatMap((line, at) => {
    // All resources of a type, or all up to some key, are a walk too, unless they are wanted in that order and few.
    const typed = sql.includes('ORDER BY')
      ? undefined
      : /^SEARCH (\w+) USING .*\(type=\?(?: AND key<\?)?\)$/.exec(line)?.[1]
    const embedded = typed ?? /^SCAN (\w+)/.exec(line)?.[1]
    const [, sequential] = /Seq Scan on (\w+)/.exec(line) ?? []
    const [, whole] = /Index (?:Only )?Scan(?: Backward)? using \w+ on (\w+)/.exec(line) ?? []
    const conditioned = /Index Cond/.test(plan[at + 1] ?? '')
    const walk = embedded ?? sequential ?? (conditioned ? undefined : whole)
    return walk === undefined ? [] : [names.get(walk) ?? '']
  })
  return walks.filter((table) => table !== '' && !SMALL.has(table))
}

t.test(`no statement walks a store of ${TASKS} Tasks`, async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { trust, provider } = both
  const { order } = await acceptedOrder(both)
  await fill(exchange, order.id ?? '')
  const heard = listen(exchange)
  const faults: string[] = []
  let asked = 0
  const check = async (what: string): Promise<void> => {
    await exchange.audit.flush()
    const statements = [...heard].filter(([sql]) => /^\s*(SELECT|WITH|UPDATE|DELETE)\b/.test(sql))
    t.ok(statements.length > 0, `${what}: ${statements.length} statements`)
    heard.clear()
    for (const [sql, params] of statements) {
      const plan = (await exchange.context.database.explain?.(sql, params)) ?? []
      t.ok(plan.length > 0)
      asked++
      for (const table of walked(plan, sql)) faults.push(`${what} walks ${table}: ${sql}\n${plan.join('\n')}`)
    }
    heard.clear()
  }
  const get = async (path: string, party = provider): Promise<Answer> => {
    const answer = await party.get(path)
    t.equal(answer.status, 200, path)
    await check(path.replace(/[a-z]*cursor=.*|page=.*/, ''))
    return answer
  }
  const [item] = resourcesOf(await get('MedicationRequest?status=active'))
  const identifier = 'https://fhir.nhs.uk/Id/prescription-order-item-number'
  const since = new Date(exchange.now - 1000).toISOString()

  await t.test('polls', async () => {
    const page = await get('Task?status=requested')
    t.equal(resourcesOf(page).length, 50)
    const next = nextOf(page)
    await get(next)
    await get(`Task?status=requested&_lastUpdated=gt${since}&_sort=_lastUpdated`)
    await get('Task?status=requested&_sort=-_lastUpdated&_count=20')
    await get('Task?status=requested&part-of:missing=true&_sort=-_lastUpdated&_count=20')
    await get(`Task?_lastUpdated=ge${since}&_sort=_lastUpdated&_count=100`)
    await get('Task?status=requested&modified=ge2026-01-01')
    await get('Task?status=requested&_include=Task:focus')
    await get('Task?status=draft')
    await get('MedicationRequest?status=active&_count=5')
    await get('MedicationDispense?status=in-progress', trust)
    await get('Task?status=requested&_summary=count')
  })
  await t.test('reads', async () => {
    await get(`Task/${order.id}`)
    await get(`Task/${order.id}/_history`)
    await get(`Task/${order.id}/_history/1`)
    await get(`Task/${order.id}/$timeline`)
    await get(`Task/${order.id}/$next`)
    await get(`MedicationRequest/${item?.id}/$remaining`)
  })
  await t.test('look-ups', async () => {
    const value = (item?.identifier as { value: string }[])[0]?.value
    t.equal(resourcesOf(await get(`MedicationRequest?identifier=${identifier}|${value}`)).length, 1)
    await get(`MedicationRequest?identifier=${value}`)
    await get('Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|9449304130')
    await get('Task?identifier=nothing')
    const patient = (item?.subject as { reference: string }).reference
    t.equal(resourcesOf(await get(`${patient}/MedicationRequest?status=active`)).length, 1)
    await get(`${patient}/MedicationDispense?_sort=-_lastUpdated`, trust)
    await get(`${patient}/MedicationRequest?_total=accurate&_count=1`)
    await get(`${patient}/*`)
    await get(`${patient}/*?_lastUpdated=ge${since}&_sort=_lastUpdated&_total=accurate`, trust)
    await get(`Task?part-of=Task/${order.id}`)
    await get(`Task?focus=MedicationRequest/${item?.id}`)
    await get('Task?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9449304130')
  })
  await t.test('the feed', async () => {
    const first = await get('Task/$changes?_count=50')
    t.equal(resourcesOf(first).length, 50)
    await get(nextOf(first))
    const end = await get('Task/$changes?from=now')
    await get(nextOf(end))
  })
  await t.test('writes', async (t) => {
    t.equal((await trust.post('', orderBundle())).status, 200)
    const identifier = [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449310602' }]
    t.equal((await trust.post('Patient', { resourceType: 'Patient', identifier })).status, 201)
    // What a condition names is not looked for among all that the organisation has.
    const matched = [...heard].filter(([sql]) => /side <> 'reader'/.test(sql))
    t.ok(matched.length > 0)
    for (const [sql, params] of matched) {
      const plan = (await exchange.context.database.explain?.(sql, params)) ?? []
      t.notMatch(plan.join('\n'), /access_1 \(org=\? AND type=\?\)$/m, sql)
    }
    await check('an order')
    const { order: another, supplies } = await acceptedOrder(both)
    await check('an accepted order')
    const planned = { ...supplies[0], status: 'accepted', executionPeriod: { start: since } }
    t.equal((await provider.put(planned as never)).status, 200)
    await check('a supply that is planned')
    const current = await provider.get(`Task/${another.id}`)
    t.equal((await provider.put(current.body)).status, 200)
    await check('a write that says nothing new')
  })
  t.same(faults, [])
  const walk = 'SELECT key FROM version WHERE content = $1'
  t.same(walked((await exchange.context.database.explain?.(walk, ['x'])) ?? [], walk), ['version'], 'a walk is noticed')
  t.comment(`${asked} statements on ${engine}`)
})

function nextOf(answer: Answer): string {
  const { link = [] } = answer.body as unknown as { link?: { relation: string; url: string }[] }
  const url = link.find(({ relation }) => relation === 'next')?.url ?? ''
  return url.slice(url.indexOf('/fhir/') + '/fhir/'.length)
}
