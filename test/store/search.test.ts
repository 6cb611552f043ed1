import { join } from 'node:path'
import t from 'tap'
import type { IndexRow } from '../../src/fhir/index-row.ts'
import { normalise } from '../../src/fhir/index-values.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { createSearchParams } from '../../src/fhir/search-params.ts'
import { parseSearch, type SearchQuery } from '../../src/fhir/search-query.ts'
import type { Condition, DateValue } from '../../src/fhir/search-condition.ts'
import { packageRoot } from '../../src/config.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'
import type { Database } from '../../src/store/database.ts'
import { MAX_CHANGED } from '../../src/store/search-snapshot.ts'
import { Rows } from '../../src/store/rows.ts'
import { indexChanges } from '../../src/store/index-table.ts'
import { migrate } from '../../src/store/migrate.ts'
import { explain, freshDatabase, open } from '../database.ts'
import { count, matchKeys, type PagePosition, type Scope, searchKeys } from '../../src/store/search.ts'

const definitions = loadBaseDefinitions(join(packageRoot, 'profiles/base')).searchParameters()
const params = createSearchParams(
  definitions,
  ['Task', 'Patient', 'Organization', 'AuditEvent'].map((type) => ({ type, search: '*' as const })),
)
const OPEN: Scope = { kind: 'open' }
const START = Date.parse('2024-01-01T00:00:00Z')

function read(search: string): SearchQuery {
  const [type = '', query = ''] = search.split('?')
  return parseSearch(type, [...new URLSearchParams(query)], params, {
    lenient: false,
    defaultCount: 50,
    maxCount: 1000,
  })
}

interface Entry {
  readonly resource: Resource
  readonly organizations?: readonly string[]
  readonly tick?: number
}

/** A database of its own that rows are put into by SQL, as the commit does. */
class Shelf {
  readonly database: Database
  #key = 0

  private constructor(database: Database) {
    this.database = database
  }

  static async open(t: { teardown(work: () => Promise<void> | void): void }): Promise<Shelf> {
    const database = await open(await freshDatabase(t))
    t.teardown(() => database.close())
    await migrate(database)
    return new Shelf(database)
  }

  async put(entries: readonly Entry[]): Promise<void> {
    await this.database.transaction(async (query) => {
      for (const { resource, organizations = [], tick } of entries) {
        const key = ++this.#key
        const { resourceType: type, id = `r${key}` } = resource
        await query('INSERT INTO resource (key, type, id, version, tick, deleted) VALUES ($1, $2, $3, 1, $4, 0)', [
          key,
          type,
          id,
          tick ?? START + key,
        ])
        await query("INSERT INTO version VALUES ($1, 1, $2, $1, 'POST', '', $3)", [
          key,
          tick ?? START + key,
          JSON.stringify({ ...resource, id }),
        ])
        for (const organization of organizations) {
          await query("INSERT INTO access VALUES ($1, $2, $3, 'owner')", [organization, type, key])
        }
        const rows = new Rows()
        indexChanges(rows, key, [], params.extract(resource))
        for (const { sql, params: values } of rows.take()) await query(sql, values)
      }
    })
  }

  async ids(search: string, scope: Scope = OPEN): Promise<string[]> {
    const { rows } = await searchKeys(this.database.query, { query: read(search), scope, limit: 1000 })
    return rows.map(({ id }) => id)
  }

  /** Ids of every page in turn; `between` runs after each page but the last. */
  async pages(search: string, limit: number, between: () => Promise<void> = async () => {}): Promise<string[][]> {
    const pages: string[][] = []
    let page: PagePosition | undefined
    do {
      const request = { query: read(search), scope: OPEN, limit, ...(page ? { page } : {}) }
      const found = await searchKeys(this.database.query, request)
      pages.push(found.rows.map(({ id }) => id))
      // As it comes back out of a sealed link.
      page = found.next && JSON.parse(JSON.stringify(found.next))
      if (page) await between()
    } while (page)
    return pages
  }
}

const task = (id: string, elements: Record<string, unknown> = {}): Resource => ({
  resourceType: 'Task',
  id,
  ...elements,
})

t.test('dates: every prefix against every precision', async (t) => {
  const shelf = await Shelf.open(t)
  const stored: Record<string, string | { start?: string; end?: string }> = {
    y2023: '2023',
    m202403: '2024-03',
    d0330: '2024-03-30',
    d0331: '2024-03-31',
    s10: '2024-03-31T10:00:00Z',
    ms10: '2024-03-31T10:00:00.500Z',
    s23z: '2024-03-31T23:30:00-01:00',
    p: { start: '2024-03-15', end: '2024-04-15' },
    from: { start: '2024-03-31T12:00:00Z' },
    until: { end: '2024-03-01' },
  }
  await shelf.put(
    Object.entries(stored).map(([id, value]) => ({
      resource: task(id, { executionPeriod: typeof value === 'string' ? { start: value, end: value } : value }),
    })),
  )
  await shelf.put([{ resource: task('none') }])
  const table: [value: string, expected: string][] = [
    ['2024-03-31', 'd0331 s10 ms10'],
    ['eq2024-03-31', 'd0331 s10 ms10'],
    ['ne2024-03-31', 'y2023 m202403 d0330 s23z p from until'],
    ['gt2024-03-31', 's23z p from'],
    ['lt2024-03-31', 'y2023 m202403 d0330 p until'],
    ['ge2024-03-31', 'm202403 d0331 s10 ms10 s23z p from'],
    ['le2024-03-31', 'y2023 m202403 d0330 d0331 s10 ms10 p from until'],
    ['sa2024-03-31', 's23z'],
    ['eb2024-03-31', 'y2023 d0330 until'],
    ['ap2024-03-31', 'm202403 d0330 d0331 s10 ms10 s23z p from'],
    ['2024', 'm202403 d0330 d0331 s10 ms10 s23z p'],
    ['2024-03', 'm202403 d0330 d0331 s10 ms10'],
    ['gt2023', 'm202403 d0330 d0331 s10 ms10 s23z p from until'],
    ['sa2023', 'm202403 d0330 d0331 s10 ms10 s23z p from'],
    ['sa2024-02', 'm202403 d0330 d0331 s10 ms10 s23z p from'],
    ['lt2024', 'y2023 until'],
    ['eb2024', 'y2023'],
    ['2024-03-31T10:00', 's10 ms10'],
    ['2024-03-31T10:00:00Z', 's10 ms10'],
    ['2024-03-31T11:00:00+01:00', 's10 ms10'],
    ['2024-03-31T10:00:00.500Z', 'ms10'],
    ['gt2024-03-31T10:00:00.500Z', 'm202403 d0331 s10 s23z p from'],
    ['ge2024-03-31T10:00:00.500Z', 'm202403 d0331 s10 ms10 s23z p from'],
    ['lt2024-03-31T10:00:00.500Z', 'y2023 m202403 d0330 d0331 s10 p until'],
    ['sa2024-03-31T10:00:00.499Z', 'ms10 s23z from'],
    // Finer than a millisecond: between two of them.
    ['2024-03-31T10:00:00.5000Z', 'ms10'],
    ['2024-03-31T10:00:00.5001Z', ''],
    ['lt2024-03-31T10:00:00.5001Z', 'y2023 m202403 d0330 d0331 s10 ms10 p until'],
    ['ge2024-03-31T10:00:00.5001Z', 'm202403 d0331 s10 s23z p from'],
    ['2023,2024-03-31T10:00:00.500Z', 'y2023 ms10'],
  ]
  for (const [value, expected] of table) {
    const ids = await shelf.ids(`Task?${new URLSearchParams({ period: value })}`)
    t.equal(ids.join(' '), expected, value)
  }
  t.same(await shelf.ids('Task?period=ge2024-03-31&period=lt2024-04-01'), [
    'm202403',
    'd0331',
    's10',
    'ms10',
    'p',
    'from',
  ])
  t.same(await shelf.ids('Task?period:missing=true'), ['none'])
  t.equal((await shelf.ids('Task?period:missing=false')).length, 10)
})

t.test('tokens', async (t) => {
  const shelf = await Shelf.open(t)
  const coded = (id: string, ...coding: object[]) => ({
    resource: task(id, { code: coding.length > 0 ? { coding } : { text: 'words' } }),
  })
  await shelf.put([
    coded('sa', { system: 's', code: 'a' }),
    coded('ta', { system: 't', code: 'a' }),
    coded('a', { code: 'a' }),
    coded('both', { system: 's', code: 'b' }, { system: 't', code: 'c' }),
    coded('words'),
    { resource: task('nothing') },
    coded('upper', { system: 's', code: 'A' }),
    coded('odd', { system: 's', code: 'a,b|c' }),
  ])
  const table: [query: string, expected: string][] = [
    ['code=a', 'sa ta a'],
    ['code=s|a', 'sa'],
    ['code=|a', 'a'],
    ['code=s|', 'sa both upper odd'],
    ['code=t|a,s|b', 'ta both'],
    ['code=s|b&code=t|c', 'both'],
    ['code=s|c', ''],
    ['code=A', 'upper'],
    ['code=s|a\\,b\\|c', 'odd'],
    ['code:not=a', 'both words nothing upper odd'],
    ['code:not=a,b', 'words nothing upper odd'],
    ['code:not=s|a&code:not=t|', 'a words nothing upper odd'],
    ['code:missing=true', 'nothing'],
    ['code:missing=false', 'sa ta a both words upper odd'],
    ['_id=sa,odd', 'sa odd'],
    ['_id:not=sa', 'ta a both words nothing upper odd'],
    ['_id:missing=true', ''],
    ['_lastUpdated=gt2024-01-01T00:00:00.006Z', 'upper odd'],
    ['_lastUpdated=le2024-01-01T00:00:00.002Z', 'sa ta'],
    ['_lastUpdated=gt2024-01-01T00:00:00Z', ''],
    ['_lastUpdated=2024-01-01', 'sa ta a both words nothing upper odd'],
  ]
  for (const [query, expected] of table) {
    t.equal((await shelf.ids(`Task?${query}`)).join(' '), expected, query)
    t.equal(await count(shelf.database.query, read(`Task?${query}`), OPEN), expected.split(' ').filter(Boolean).length)
  }
})

t.test('references, strings and uris', async (t) => {
  const shelf = await Shelf.open(t)
  const owned = (id: string, owner: object) => ({ resource: task(id, { owner }) })
  await shelf.put([
    owned('org1', { reference: 'Organization/1' }),
    owned('prac1', { reference: 'Practitioner/1' }),
    owned('foreign', { reference: 'https://other.example/Organization/1' }),
    owned('logical', { identifier: { system: 'ods', value: 'RBA' } }),
    owned('both', { reference: 'Organization/2', identifier: { system: 'ods', value: 'RBA' } }),
    owned('words', { display: 'somebody' }),
    { resource: task('none') },
    ...['Müller', 'muller-Lüd', 'Smith', '50% off_er', '50 percent'].map((name, index) => ({
      resource: { resourceType: 'Organization', id: `o${index}`, name },
    })),
    { resource: { resourceType: 'AuditEvent', id: 'p', agent: [{ policy: ['http://p', 'http://q'] }] } },
  ])
  const table: [query: string, expected: string][] = [
    ['Task?owner=Organization/1', 'org1'],
    ['Task?owner=1', 'org1 prac1'],
    ['Task?owner:Practitioner=1', 'prac1'],
    ['Task?owner=https://other.example/Organization/1', 'foreign'],
    ['Task?owner=Organization/1,Organization/2', 'org1 both'],
    ['Task?owner:identifier=ods|RBA', 'logical both'],
    ['Task?owner:identifier=RBA', 'logical both'],
    ['Task?owner:identifier=nhs|RBA', ''],
    ['Task?owner:missing=true', 'none'],
    ['Organization?name=mull', 'o0 o1'],
    ['Organization?name=MÜLLER', 'o0 o1'],
    ['Organization?name:exact=Müller', 'o0'],
    ['Organization?name:exact=müller', ''],
    ['Organization?name:contains=lud', 'o1'],
    ['Organization?name=lud', ''],
    ['Organization?name=50%25', 'o3'],
    ['Organization?name:contains=f_e', 'o3'],
    ['Organization?name:contains=o_f', ''],
    ['Organization?name:contains=\\\\', ''],
    ['AuditEvent?policy=http://q', 'p'],
    ['AuditEvent?policy=http://', ''],
  ]
  for (const [query, expected] of table) t.equal((await shelf.ids(query)).join(' '), expected, query)
})

t.test('no query reaches over the scope, and deleted resources are not found', async (t) => {
  const shelf = await Shelf.open(t)
  await shelf.put([
    { resource: task('mine', { status: 'requested' }), organizations: ['A'] },
    { resource: task('theirs', { status: 'requested' }), organizations: ['B'] },
    { resource: task('shared', { status: 'draft' }), organizations: ['A', 'B'] },
    { resource: task('nobodys', { status: 'requested' }) },
    { resource: task('gone', { status: 'requested' }), organizations: ['A'] },
    { resource: { resourceType: 'Patient', id: 'p', active: true }, organizations: ['A'] },
  ])
  await shelf.database.transaction((query) => query("UPDATE resource SET deleted = 1 WHERE id = 'gone'"))
  const scope = (organization: string): Scope => ({ kind: 'organization', organization })
  const queries = [
    '',
    'status=requested,draft',
    'status:not=nothing',
    'owner:missing=true',
    '_id:not=x',
    '_lastUpdated=ge2000',
    '_sort=-status',
    '_id:missing=false',
  ]
  for (const query of queries) {
    const found = async (who: Scope) => (await shelf.ids(`Task?${query}`, who)).toSorted().join(' ')
    t.equal(await found(scope('A')), 'mine shared', query)
    t.equal(await found(scope('B')), 'shared theirs', query)
    t.equal(await found(scope('C')), '', query)
    t.equal(await found(OPEN), 'mine nobodys shared theirs', query)
    t.equal(await count(shelf.database.query, read(`Task?${query}`), scope('A')), 2)
  }
  const matches = await shelf.database.transaction((query) =>
    matchKeys(query, read('Task?status=requested'), scope('A')),
  )
  t.same(
    matches.map(({ id, version }) => [id, version]),
    [['mine', 1]],
  )
  t.equal(
    (await matchKeys(shelf.database.query, read('Task?status=requested,draft'), OPEN)).length,
    2,
    'two tell enough',
  )
  const total = await searchKeys(shelf.database.query, { query: read('Task?_count=0'), scope: scope('A'), limit: 1 })
  t.same(total, { rows: [], total: 2 })
})

t.test('sorting: several keys, several values, missing last', async (t) => {
  const shelf = await Shelf.open(t)
  const sorted = (id: string, status: string | undefined, ...events: string[]) => ({
    resource: task(id, {
      ...(status ? { status } : {}),
      ...(events[0] ? { authoredOn: events[0] } : {}),
      identifier: events.map((value) => ({ value })),
    }),
  })
  await shelf.put([
    sorted('a', 'x', '2024-02'),
    sorted('b', undefined),
    sorted('c', 'y', '2024-01', '2024-09'),
    sorted('d', 'x', '2024-03'),
    sorted('e', 'x', '2024-02'),
  ])
  const table: [sort: string, expected: string][] = [
    ['status', 'a d e c b'],
    ['-status', 'c a d e b'],
    ['status,-authored-on', 'd a e c b'],
    ['authored-on', 'c a e d b'],
    ['-authored-on', 'd a e c b'],
    ['identifier', 'c a e d b'],
    ['-identifier', 'c d a e b'],
    ['_id', 'a b c d e'],
    ['-_id', 'e d c b a'],
    ['-_lastUpdated', 'e d c b a'],
    ['status,_lastUpdated', 'a d e c b'],
  ]
  for (const [sort, expected] of table) {
    t.equal((await shelf.ids(`Task?_sort=${sort}`)).join(' '), expected, sort)
    for (const limit of [1, 2, 3]) {
      t.equal((await shelf.pages(`Task?_sort=${sort}`, limit)).flat().join(' '), expected, `${sort}, pages of ${limit}`)
    }
  }
})

t.test('a result of which too much has changed is not paged on', async (t) => {
  const shelf = await Shelf.open(t)
  await shelf.put(
    Array.from({ length: MAX_CHANGED + 10 }, (_, index) => ({ resource: task(`t${index}`), tick: START })),
  )
  const { query } = shelf.database
  const request = {
    query: read('Task'),
    scope: OPEN,
    limit: 5,
    extract: (resource: Resource) => params.extract(resource),
  }
  await shelf.database.transaction((write) => write('UPDATE clock SET tick = $1, seq = $2', [START, MAX_CHANGED + 10]))
  const { next, snapshot } = await searchKeys(query, request)
  const change = (below: number) =>
    shelf.database.transaction(async (write) => {
      await write(
        `INSERT INTO version SELECT key, 2, $1, key + 100000, 'PUT', '', text FROM version WHERE version = 1 AND key <= $2
         AND key NOT IN (SELECT key FROM version WHERE version = 2)`,
        [START + 1, below],
      )
      await write('UPDATE resource SET version = 2, tick = $1 WHERE key <= $2', [START + 1, below])
    })
  const second = { ...request, ...(next ? { page: next } : {}), ...(snapshot ? { snapshot } : {}) }
  await change(MAX_CHANGED)
  t.same(
    (await searchKeys(query, second)).rows.map(({ id, version }) => `${id} ${version}`),
    ['t5 1', 't6 1', 't7 1', 't8 1', 't9 1'],
    'as many as are judged: the versions of the first page',
  )
  await change(MAX_CHANGED + 1)
  const refused: unknown = await searchKeys(query, second).catch((error: unknown) => error)
  t.match(refused, { issues: [{ key: 'page-link-expired', diagnostics: /send the search again/ }] })
})

t.test('paging loses nothing and repeats nothing while others write', async (t) => {
  const shelf = await Shelf.open(t)
  const first = Array.from({ length: 25 }, (_, index) => `t${index}`)
  await shelf.put(first.map((id) => ({ resource: task(id, { status: 'requested' }) })))
  let written = 0
  const write = () => shelf.put([{ resource: task(`new${written++}`, { status: 'requested' }) }])
  const seen = (await shelf.pages('Task?status=requested', 4, write)).flat()
  t.equal(new Set(seen).size, seen.length, 'none twice')
  t.same(seen.slice(0, 25), first, 'none lost')
  t.equal(seen.length, 25 + written, 'what was written meanwhile comes after')
})

t.test('a page in the order of _lastUpdated does not end inside an instant', async (t) => {
  const shelf = await Shelf.open(t)
  const ticks = [1, 1, 2, 3, 3, 3, 4, 5, 5, 5, 5, 6]
  await shelf.put(ticks.map((tick, index) => ({ resource: task(`t${index}`), tick: START + tick })))
  t.same(await shelf.pages('Task?_sort=_lastUpdated', 4), [
    ['t0', 't1', 't2'],
    ['t3', 't4', 't5', 't6'],
    ['t7', 't8', 't9', 't10'],
    ['t11'],
  ])
  t.same(
    (await shelf.pages('Task?_sort=_lastUpdated', 3)).flat().length,
    12,
    'an instant larger than the page is still paged',
  )

  // The poller that never follows a link and asks only for what is newer than the last it saw.
  const seen: string[] = []
  let last = START
  for (;;) {
    const query = read(`Task?_sort=_lastUpdated&_lastUpdated=gt${new Date(last).toISOString()}`)
    const { rows } = await searchKeys(shelf.database.query, { query, scope: OPEN, limit: 4 })
    if (rows.length === 0) break
    seen.push(...rows.map(({ id }) => id))
    last = rows.at(-1)?.tick ?? last
  }
  t.same(
    seen,
    ticks.map((_, index) => `t${index}`),
  )
})

t.test('a poll walks indexes, never a whole table', async (t) => {
  const shelf = await Shelf.open(t)
  const statuses = ['requested', 'accepted', 'completed']
  await shelf.put(
    Array.from({ length: 300 }, (_, index) => ({
      resource: task(`t${index}`, { status: statuses[index % 3], owner: { reference: 'Organization/1' } }),
      organizations: [`O${index % 10}`],
    })),
  )
  const plans = async (search: string, scope: Scope): Promise<string[]> => {
    const steps: string[] = []
    await searchKeys(
      async (sql, values) => {
        steps.push(...(await explain(shelf.database, sql, values ?? [])))
        return shelf.database.query(sql, values)
      },
      { query: read(search), scope, limit: 5 },
    )
    return steps
  }
  const queries = [
    'status=requested',
    'status=requested&_lastUpdated=gt2024-01-01&_sort=_lastUpdated',
    'status=requested&_sort=-_lastUpdated',
    'owner=Organization/1&status=requested',
    'status:not=completed',
    'authored-on=gt2024',
    'identifier=a|b',
    'patient.name=x',
    '_has:Task:part-of:status=x',
    '_id=t1',
    '_lastUpdated=gt2025&_sort=_lastUpdated',
  ]
  const organization: Scope = { kind: 'organization', organization: 'O1' }
  for (const scope of [organization, OPEN]) {
    for (const query of queries) {
      const steps = await plans(`Task?${query}`, scope)
      t.ok(steps.length > 2, steps.join('; '))
      // `p` is the page that was found, `few` the rows that are counted up to a limit.
      const scans = steps.filter((step) => /^SCAN (?!p$|few$|clock|\(subquery|CONSTANT)/.test(step))
      t.same(scans, [], `${query}: ${steps.join('; ')}`)
    }
  }
})

t.test('work that waits behind thousands of finished Tasks is found along the rows of its status', async (t) => {
  const shelf = await Shelf.open(t)
  const count = 9000
  const isRequested = (n: number) => n > 1000 && n % 3 === 0
  const isOwn = (n: number) => n % 4 !== 0
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT`
  const status = "CASE WHEN i > 1000 AND i % 3 = 0 THEN 'requested' ELSE 'completed' END"
  for (const statement of [
    `INSERT INTO resource (key, type, id, version, tick, deleted) ${numbers} i, 'Task', 't' || i, 1, i, 0 FROM n`,
    `INSERT INTO version ${numbers} i, 1, i, i, 'POST', '', '{}' FROM n`,
    `INSERT INTO access ${numbers} 'O1', 'Task', i, 'owner' FROM n WHERE i % 4 <> 0`,
    `INSERT INTO index_token (param, code, system, element, key) ${numbers} 'Task.status', ${status}, '', 0, i FROM n`,
    `INSERT INTO index_token (param, code, system, element, key) ${numbers} 'Task.intent', 'order', '', 0, i FROM n`,
  ])
    await shelf.database.transaction((query) => query(statement))
  const sent: string[] = []
  const pageOf = (search: string, scope: Scope, page?: PagePosition) =>
    searchKeys(
      (sql, values) => {
        sent.push(sql)
        return shelf.database.query(sql, values)
      },
      { query: read(search), scope, limit: 100, ...(page ? { page } : {}) },
    )
  const own: Scope = { kind: 'organization', organization: 'O1' }
  const numbersOf = (holds: (n: number) => boolean) =>
    Array.from({ length: count }, (_, i) => i + 1).flatMap((n) => (holds(n) ? [`t${n}`] : []))
  for (const [search, scope, expected] of [
    ['Task?status=requested', own, numbersOf((n) => isRequested(n) && isOwn(n))],
    ['Task?status=requested&intent=order', own, numbersOf((n) => isRequested(n) && isOwn(n))],
    ['Task?status=requested&intent=order', OPEN, numbersOf(isRequested)],
    ['Task?status=requested,none', own, numbersOf((n) => isRequested(n) && isOwn(n))],
  ] as const) {
    const found: string[] = []
    let last: PagePosition | undefined
    let [next, previous]: (PagePosition | undefined)[] = []
    do {
      const page = await pageOf(search, scope, next)
      found.push(...page.rows.map(({ id }) => id))
      ;[last, next, previous] = [next, page.next, page.previous]
    } while (next)
    t.same(found, expected, search)
    t.ok(last, 'several pages')
    const back = await pageOf(search, scope, previous)
    const end = found.length - (found.length % 100 || 100)
    t.same(
      back.rows.map(({ id }) => id),
      expected.slice(end - 100, end),
      'and backwards',
    )
  }
  sent.length = 0
  await pageOf('Task?status=requested', own)
  t.ok(sent.length <= 6, `${sent.length} statements`)
  t.notOk(sent.join('\n').includes('FROM access WHERE'), 'never all that the organisation may see')
})

/** The same semantics said a second time, resource by resource, to be compared with the SQL. */
function holds(condition: Condition, resource: Resource, rows: readonly IndexRow[], tick: number): boolean {
  const own = rows.filter((row) => 'param' in condition && row.param === condition.param)
  switch (condition.kind) {
    case 'id':
      return condition.values.includes(resource.id ?? '') !== condition.negate
    case 'constant':
      return condition.holds
    case 'lastUpdated':
      return condition.values.some((value) => dateHolds(value, tick, tick))
    case 'missing':
      return (own.length === 0) === condition.missing
    case 'token': {
      const found = own.some(
        (row) =>
          row.kind === 'token' &&
          condition.values.some(
            ({ system, code }) => (system ?? row.system) === row.system && (code ?? row.code) === row.code,
          ),
      )
      return found !== condition.negate
    }
    case 'reference':
      return own.some((row) => row.kind === 'reference' && condition.values.includes(row.target))
    case 'uri':
      return own.some((row) => row.kind === 'uri' && condition.values.includes(row.value))
    case 'date':
      return own.some(
        (row) => row.kind === 'date' && condition.values.some((value) => dateHolds(value, row.low, row.high)),
      )
    case 'string':
      return own.some(
        (row) =>
          row.kind === 'string' &&
          condition.values.some((value) => {
            if (condition.match === 'exact') return row.exact === value
            const text = normalise(row.exact)
            return condition.match === 'start' ? text.startsWith(value) : text.includes(value)
          }),
      )
    default:
      throw new Error(`${condition.kind} is not among the random queries`)
  }
}

/** R4's words: contains, above, below, after, before. */
function dateHolds({ prefix, low, high }: DateValue, from: number, to: number): boolean {
  const contained = low <= from && to <= high
  const reachesAbove = to > high
  const reachesBelow = from < low
  return {
    eq: contained,
    ne: !contained,
    gt: reachesAbove,
    lt: reachesBelow,
    ge: to >= low,
    le: from <= high,
    sa: from > high,
    eb: to < low,
    ap: !(from > high || to < low),
  }[prefix]
}

t.test('random data, random queries: SQL and a naive evaluator agree', async (t) => {
  let state = 20_240_331
  const chance = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const pick = <T>(list: readonly T[]): T => list[chance(list.length)] as T
  const maybe = <K extends string, V>(name: K, value: V) => (chance(4) === 0 ? {} : { [name]: value })
  const statuses = ['requested', 'accepted', 'completed']
  const dates = [
    '2024',
    '2024-01',
    '2024-01-31',
    '2024-02-01',
    '2024-01-31T10:00:00Z',
    '2024-01-31T10:00:00.250Z',
    '2023-12-31T23:59:59-01:00',
  ]
  const owners = [
    { reference: 'Organization/1' },
    { reference: 'Practitioner/1' },
    { identifier: { system: 'ods', value: 'R' } },
    { display: 'x' },
  ]
  const shelf = await Shelf.open(t)
  const entries = Array.from({ length: 150 }, (_, index) => ({
    resource: task(`t${index}`, {
      ...maybe('status', pick(statuses)),
      ...maybe('code', {
        coding: [{ system: pick(['s', 't']), code: pick(['a', 'b']) }, ...(chance(2) ? [{ code: 'c' }] : [])],
      }),
      ...maybe('owner', pick(owners)),
      ...maybe('authoredOn', pick(dates)),
      ...maybe('executionPeriod', { ...maybe('start', pick(dates)), end: '2024-02-15' }),
    }),
    organizations: [pick(['A', 'B', 'C']), 'D'],
    tick: START + chance(40) * 1000,
  }))
  await shelf.put(entries)
  const prefix = () => pick(['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'])
  const clauses: (() => string)[] = [
    () => `status=${pick(statuses)}`,
    () => `status=${pick(statuses)},${pick(statuses)}`,
    () => `status:not=${pick(statuses)}`,
    () => `code=${pick(['a', 's|a', '|c', 't|', 's|b,c'])}`,
    () => `code:not=${pick(['a', 't|', 's|b'])}`,
    () => `owner=${pick(['1', 'Organization/1', 'Practitioner/1,Organization/2'])}`,
    () => `owner:identifier=${pick(['R', 'ods|R', 'x|R'])}`,
    () => `${pick(['owner', 'status', 'authored-on', 'period'])}:missing=${pick(['true', 'false'])}`,
    () => `authored-on=${prefix()}${pick(dates)}`,
    () => `period=${prefix()}${pick(dates)},${prefix()}${pick(dates)}`,
    () => `_lastUpdated=${prefix()}2024-01-01T00:00:${String(chance(50)).padStart(2, '0')}Z`,
    () => `_id:not=t${chance(150)}`,
  ]
  let found = 0
  for (let round = 0; round < 300; round++) {
    const query = `Task?${Array.from({ length: 1 + chance(3) }, () => pick(clauses)()).join('&')}`
    const organization = pick(['A', 'B', 'C', 'D'])
    const expected = entries
      .filter(({ organizations }) => organizations.includes(organization))
      .filter(({ resource, tick }) => {
        const rows = params.extract(resource)
        return read(query).conditions.every((condition) => holds(condition, resource, rows, tick))
      })
      .map(({ resource }) => resource.id)
    const actual = await shelf.ids(query, { kind: 'organization', organization })
    if (JSON.stringify(actual) !== JSON.stringify(expected)) t.same(actual, expected, `${organization}: ${query}`)
    found += actual.length
  }
  t.ok(found > 3000, `${found} resources found in 300 queries`)
})
