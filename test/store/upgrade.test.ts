/**
 * Stores that builds of long ago have filled are brought up to this build, and nothing of them is lost. `filled/` holds
 * their rows as those builds wrote them: first what is known of them, then each table's columns and rows.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createSearch } from '../../src/boot.ts'
import { fhirBase, readConfig } from '../../src/config.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { verifyAudit } from '../../src/store/audit-verify.ts'
import type { SqlValue } from '../../src/store/database.ts'
import { migrate, migrations } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { reindex } from '../../src/store/reindex.ts'
import { createValidation } from '../../src/validation.ts'
import { engine, freshDatabase, open } from '../database.ts'
import { type Exchange, type Party, startExchange } from '../helper.ts'
import { CLINIC, PROVIDER, TRUST } from '../orders.ts'
import { faultsOf } from './consistency.ts'

type Values = readonly SqlValue[]

interface TableOf {
  readonly columns: readonly string[]
  readonly rows: Values[]
}

/** What is known of a store beside its rows. */
interface Known {
  readonly schema: number
  /** The instant of the last look at its clock, ms since the epoch. */
  readonly now: number
  /** An order that is worked, and one that waits. */
  readonly order: string
  readonly waiting: string
}

/** Of the younger one: what was sent under a key and answered, what was deleted, patched and sensitive, and where a poller was. */
interface Younger extends Known {
  readonly keyed: Resource
  readonly answered: string
  readonly deleted: string
  readonly patched: string
  readonly hidden: string
  readonly cursor: string
}

interface Filled<K extends Known> {
  readonly known: K
  readonly tables: ReadonlyMap<string, TableOf>
}

function filled<K extends Known>(name: string): Filled<K> {
  const [first = '', ...lines] = readFileSync(join(import.meta.dirname, 'filled', `${name}.ndjson`), 'utf8')
    .trim()
    .split('\n')
  const tables = new Map<string, TableOf>()
  let current: TableOf | undefined
  for (const line of lines) {
    const parsed = JSON.parse(line) as Values | { readonly table: string; readonly columns: readonly string[] }
    if ('table' in parsed) {
      current = { columns: parsed.columns, rows: [] }
      tables.set(parsed.table, current)
    } else current?.rows.push(parsed)
  }
  return { known: JSON.parse(first) as K, tables }
}

/** A database at the schema of then with the rows of then. @returns its URL */
async function stored(t: Test, { known, tables }: Filled<Known>): Promise<string> {
  const url = await freshDatabase(t)
  const database = await open(url)
  await database.transaction(async (query) => {
    await query('CREATE TABLE schema_version (number INTEGER PRIMARY KEY)')
    for (const [i, statements] of migrations.slice(0, known.schema).entries()) {
      for (const statement of statements) await query(statement)
      await query('INSERT INTO schema_version (number) VALUES ($1)', [i + 1])
    }
    for (const [table, { columns, rows }] of tables) {
      // Migrations put rows of their own into some tables.
      await query(`DELETE FROM ${table}`)
      const marks = columns.map((_, i) => `$${i + 1}`).join(', ')
      for (const row of rows) await query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`, row)
    }
  })
  await database.close()
  return url
}

/** Brings a store up as two nodes would that start at the same moment, and makes its index anew. */
async function upgrade(t: Test, url: string, now: number): Promise<Exchange> {
  // A second process beside a SQLite store is none of its nodes.
  const nodes = await Promise.all(Array.from({ length: engine === 'sqlite' ? 1 : 2 }, () => openDatabase(url)))
  await Promise.all(nodes.map((node) => node.close()))
  const exchange = await startExchange(t, { DATABASE_URL: url })
  exchange.now = now
  const config = readConfig({})
  const { search, fingerprint } = createSearch(createValidation(config), fhirBase(config))
  const { finished } = await reindex(exchange.context.database, {
    definitions: fingerprint,
    extract: (resource) => search.extract(resource),
    pause: async () => {},
    progress: () => {},
  })
  t.ok(finished, 'the index is made anew')
  const faults = await faultsOf(exchange.context.database.query, (resource) => search.extract(resource))
  t.same(faults, [], 'check finds nothing')
  return exchange
}

/** Every version that was there is there, byte for byte. */
async function sameTexts(t: Test, exchange: Exchange, { tables }: Filled<Known>): Promise<void> {
  const { columns, rows } = tables.get('version') ?? { columns: [], rows: [] }
  const found = await exchange.context.database.query(
    `SELECT ${columns.join(', ')} FROM version WHERE seq <= $1 ORDER BY seq`,
    [Number(rows.at(-1)?.[columns.indexOf('seq')])],
  )
  t.ok(rows.length > 10)
  t.same(
    found.map((row) => columns.map((name) => row[name])),
    rows,
    'no text has changed',
  )
}

/** What a poller gets that begins anew, as `id version`. */
async function followed(party: Party): Promise<string[]> {
  const seen: string[] = []
  for (let path = 'Task/$changes?_count=7'; ;) {
    const page = (await party.get(path)).body as unknown as r4.Bundle
    for (const { resource } of page.entry ?? []) seen.push(`${resource?.id} ${resource?.meta?.versionId}`)
    if (!page.entry?.length) return seen
    path = page.link?.find(({ relation }) => relation === 'next')?.url.replace(/^.*?\/fhir\//, '') ?? ''
  }
}

/** The versions of Tasks that an organisation may see, by the tables of then. */
function versionsFor({ tables }: Filled<Known>, organization: string): string[] {
  const rows = (name: string) => tables.get(name)?.rows ?? []
  const seen = new Set(
    rows('access').flatMap(([org, type, key]) => (org === organization && type === 'Task' ? [key] : [])),
  )
  const ids = new Map(rows('resource').map(([key, , id]) => [key, id]))
  return rows('version').flatMap(([key, version]) =>
    seen.has(key ?? null) ? [`${ids.get(key ?? null)} ${version}`] : [],
  )
}

/** The work goes on where it was: the waiting order is accepted, and its supplies are planned. */
async function workGoesOn(t: Test, provider: Party, { waiting, order }: Known): Promise<void> {
  t.equal((await provider.get(order)).status, 200)
  const task = await provider.get(waiting)
  t.match(task.body, { status: 'requested' })
  const accepted = await provider.put({ ...task.body, status: 'accepted' })
  t.equal(accepted.status, 200, accepted.text.slice(0, 500))
  const supplies = (await provider.get(`Task?part-of=${waiting}`)).body as unknown as r4.Bundle
  t.ok((supplies.entry?.length ?? 0) > 1, 'supplies are planned')
}

t.test('the first schema of all, through every migration', async (t) => {
  const before = filled('schema-1')
  const exchange = await upgrade(t, await stored(t, before), before.known.now + 60_000)
  await sameTexts(t, exchange, before)
  const provider = await exchange.party('provider', PROVIDER)
  t.same(await followed(provider), versionsFor(before, PROVIDER), 'the feed tells of every version once, in order')
  await workGoesOn(t, provider, before.known)
  t.same(await verifyAudit(exchange.context.database.query).then(({ whole }) => whole), true)
})

/** Entries of the log are numbered by chapters of 1024 today: as many, and the store goes beyond the first. */
const READS = 1100

/** Further rows of the audit log, one for each entry and one of `audit_entity` for each resource, as was done then. */
function readMore({ tables }: Filled<Younger>, patient: string): void {
  const audit = tables.get('audit')!
  const entity = tables.get('audit_entity')!
  const at = (name: string): number => audit.columns.indexOf(name)
  const model = audit.rows.find((row) => row[at('kind')] === 'read' && row[at('org')] === TRUST)!
  for (let i = 0; i < READS; i++) {
    const last = audit.rows.at(-1)!
    const row = [...model]
    row[at('seq')] = Number(last[at('seq')]) + 1
    row[at('recorded')] = Number(last[at('recorded')]) + 1
    row[at('status')] = 200
    row[at('outcome')] = '0'
    row[at('problem')] = ''
    row[at('count')] = 1
    row[at('entities')] = JSON.stringify([patient])
    const hashed = JSON.stringify([last[at('hash')], ...row.slice(0, -1)])
    row[at('hash')] = createHash('sha256').update(hashed).digest('base64url')
    audit.rows.push(row)
    const [type = '', id = ''] = patient.split('/')
    entity.rows.push(entity.columns.map((name) => ({ type, id, seq: row[at('seq')]! })[name as 'seq']))
  }
}

t.test('a store from before the audit log had chapters and packed rows', async (t) => {
  const before = filled<Younger>('schema-9')
  const { known, tables } = before
  readMore(before, known.patched)
  const audit = tables.get('audit')!
  const head = `${audit.rows.at(-1)?.[0]}:${audit.rows.at(-1)?.at(-1)}`
  const exchange = await upgrade(t, await stored(t, before), known.now + 60_000)
  await sameTexts(t, exchange, before)
  const trust = await exchange.party('trust', TRUST)
  const clinic = await exchange.party('trust', CLINIC)
  const provider = await exchange.party('provider', PROVIDER)

  t.same(await followed(provider), versionsFor(before, PROVIDER), 'the feed tells of every version once, in order')
  const page = (await provider.get(known.cursor)).body as unknown as r4.Bundle
  t.ok((page.entry?.length ?? 0) > 0, 'a cursor of then leads on')
  const repeat = await trust.post('Patient', known.keyed, { 'idempotency-key': 'before-the-upgrade' })
  t.same([repeat.status, repeat.text], [201, known.answered], 'a repeat gets the answer of then')
  t.equal((await trust.get(known.deleted)).status, 410)
  t.match((await trust.get(`${known.deleted}/_history`)).body, { total: 2 })
  t.match((await trust.get(known.patched)).body, { meta: { versionId: '2' } })
  t.equal((await trust.get(known.hidden)).status, 404, 'what is sensitive stays so')
  t.equal((await clinic.get(known.hidden)).status, 200, 'and is shown to who sent it, as today')
  const labels = await exchange.context.database.query<{ label: string }>(
    "SELECT DISTINCT label FROM resource WHERE label <> '' ORDER BY label",
  )
  t.same(labels, [{ label: `R ${CLINIC}` }, { label: `V ${CLINIC}` }])
  await workGoesOn(t, provider, known)

  await exchange.audit.flush()
  const { query } = exchange.context.database
  t.match(await verifyAudit(query, head), { whole: true }, 'the chain goes on from what was noted then')
  const about = audit.rows.filter((row) => String(row.at(-2)).includes(known.patched)).length
  t.ok(about > READS)
  const asked = await trust.get(`AuditEvent?entity=${known.patched}&_summary=count`)
  t.same(
    (asked.body as unknown as r4.Bundle).total,
    about + 1,
    'the log is searched by what it spoke of, in every chapter',
  )
  const mine = audit.rows.filter((row) => row[2] === PROVIDER).length
  const agents = await provider.get(
    `AuditEvent?agent:identifier=${PROVIDER}&date=le${new Date(known.now).toISOString()}&_summary=count`,
  )
  t.equal((agents.body as unknown as r4.Bundle).total, mine, 'and by who asked')
})

t.test('a migration that fails leaves a filled store as it was', async (t) => {
  const before = filled('schema-9')
  const url = await stored(t, before)
  const database = await open(url)
  // In the way of the next migration.
  await database.transaction((query) => query('CREATE TABLE audit_chapter (x INTEGER)'))
  await t.rejects(migrate(database), /audit_chapter/)
  const [row] = await database.query<{ n: number }>('SELECT MAX(number) AS n FROM schema_version')
  t.equal(row?.n, before.known.schema)
  const [kept] = await database.query<{ n: number }>('SELECT COUNT(*) AS n FROM audit_entity')
  t.equal(kept?.n, before.tables.get('audit_entity')?.rows.length)
  await database.transaction((query) => query('DROP TABLE audit_chapter'))
  await migrate(database)
  const [now] = await database.query<{ n: number }>('SELECT MAX(number) AS n FROM schema_version')
  t.equal(now?.n, migrations.length, 'and it is brought up once nothing is in the way')
  await database.close()
})
