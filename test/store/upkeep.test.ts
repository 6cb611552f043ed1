/** The commands beside a running service: check finds what is wrong, reindex mends the index while others write. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import pino from 'pino'
import t from 'tap'
import { createContext, createSearch } from '../../src/boot.ts'
import { fhirBase, packageRoot, readConfig } from '../../src/config.ts'
import type { Database } from '../../src/store/database.ts'
import { readIndexState } from '../../src/store/index-state.ts'
import { type Reindexed, reindex } from '../../src/store/reindex.ts'
import { bar } from '../../src/upkeep/progress.ts'
import { createValidation } from '../../src/validation.ts'
import { command } from '../command.ts'
import { engine, freshDatabase, open } from '../database.ts'
import { type Exchange, startExchange } from '../helper.ts'
import { orderBundle, parties } from '../orders.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { faultsOf } from './consistency.ts'

const withDatabase = async (url: string, work: (database: Database) => Promise<unknown>): Promise<void> => {
  const database = await open(url)
  await work(database).finally(() => database.close())
}
const damage = (url: string, sql: string): Promise<void> =>
  withDatabase(url, (database) => database.transaction((query) => query(sql)))

async function withOrders(t: Parameters<typeof startExchange>[0]): Promise<Exchange> {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  await trust.post('', orderBundle())
  return exchange
}

t.test('check says of a store in use that it is sound', async (t) => {
  const { databaseUrl } = await withOrders(t)
  const { code, out, err } = await command(['check'], { DATABASE_URL: databaseUrl })
  t.same([code, err], [0, ''], out)
  t.match(out, /^sound {2}\d+ resources, \d+ versions, \d+ events/)
  t.equal(out.includes('pg_amcheck'), engine === 'postgres')
})

t.test('check names damage by its place, quotes nothing of it, and tells what to do', async (t) => {
  const { databaseUrl } = await withOrders(t)
  const env = { DATABASE_URL: databaseUrl }
  await damage(databaseUrl, "DELETE FROM index_string WHERE param = 'Patient.family'")
  const index = await command(['check'], env)
  t.equal(index.code, 1)
  t.match(
    index.out,
    /index +index row missing: Patient.family of Patient\/[\w-]+\n1 faults .*\n(.*\n)?Run: .* reindex\n/,
  )
  await damage(databaseUrl, "UPDATE version SET text = 'Mrs Surname' WHERE key = (SELECT MAX(key) FROM version)")
  const { code, out } = await command(['check', '--json'], env)
  t.equal(code, 1)
  t.notMatch(out, /Surname/)
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  t.ok(lines.some(({ area, fault }) => area === 'version' && /its text is no JSON/.test(String(fault))))
  t.match(lines.at(-1), { faults: { version: 1 }, engineChecked: engine === 'sqlite' })
})

t.test('a store that cannot be used: exit code 2, words, and nothing is changed', async (t) => {
  const url = await freshDatabase(t)
  const absent = await command(['check'], { DATABASE_URL: url })
  t.equal(absent.code, 2)
  t.match(absent.err, engine === 'sqlite' ? /does not exist/ : /no service has used it yet/)
  const { databaseUrl, close } = await startExchange(t)
  await close()
  await damage(databaseUrl, 'DELETE FROM schema_version WHERE number > 2')
  for (const name of ['check', 'reindex']) {
    const older = await command([name], { DATABASE_URL: databaseUrl })
    t.equal(older.code, 2)
    t.match(older.err, /has schema 2, this build has \d+: start the service of this build first/)
  }
  t.equal((await command(['check', 'x'], {})).code, 2)
  t.equal((await command(['reindex', '--nonsense'], {})).code, 2)
})

/** A server table whose row of Patient is searched by these parameters only. */
function tableWith(t: Parameters<typeof temporaryFolder>[0], search: readonly string[]): string {
  const table = JSON.parse(readFileSync(join(packageRoot, 'conformance/server.json'), 'utf8'))
  for (const row of table.types) if (row.type === 'Patient') row.search = search
  const file = join(temporaryFolder(t), 'table.json')
  writeFileSync(file, JSON.stringify(table))
  return file
}

/** What a start of the service says about the index. */
async function warnings(databaseUrl: string, env: Record<string, string> = {}): Promise<string[]> {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  const config = readConfig({ ...env, DATABASE_URL: databaseUrl })
  const context = await createContext({ config, log: pino({ level: 'warn' }, stream) })
  await context.close()
  return lines.filter((line) => line.includes('reindex'))
}

const definitionsOf = (env: Record<string, string>) => {
  const config = readConfig(env)
  const { search, fingerprint } = createSearch(createValidation(config), fhirBase(config))
  return { definitions: fingerprint, extract: search.extract }
}

t.test('after a change of the definitions a start says so, and reindex makes the index what they say', async (t) => {
  const { databaseUrl, close } = await withOrders(t)
  t.same(await warnings(databaseUrl), [], 'the same definitions')
  await close()
  const changed = { SERVER_TABLE: tableWith(t, ['identifier', 'given', 'death-date', 'phone']) }
  const [warning] = await warnings(databaseUrl, changed)
  t.match(warning, /homecare-exchange reindex/)
  const { extract } = definitionsOf(changed)
  await withDatabase(databaseUrl, async ({ query }) => {
    t.match((await faultsOf(query, extract)).join('\n'), /index row missing.*Patient.given|too many: Patient.family/)
  })
  const { code, out } = await command(['reindex'], { ...changed, DATABASE_URL: databaseUrl })
  t.equal(code, 0, out)
  t.match(out, /^done {2}\d+ resources gone through, \d+ index rows added, [1-9]\d* removed/)
  await withDatabase(databaseUrl, async ({ query }) => t.same(await faultsOf(query, extract), []))
  t.same(await warnings(databaseUrl, changed), [], 'and the next start finds it so')
  t.equal((await command(['check'], { ...changed, DATABASE_URL: databaseUrl })).code, 0)
  t.equal((await warnings(databaseUrl)).length, 1, 'the way back is a change as well')
  t.equal((await warnings(databaseUrl, changed)).length, 1, 'and after it nobody has made the index alone')
})

t.test('reindex goes on where it was interrupted, and others write meanwhile', async (t) => {
  const { databaseUrl, close } = await withOrders(t)
  await close()
  const env = { SERVER_TABLE: tableWith(t, ['identifier', 'phone']) }
  const exchange = await startExchange(t, { ...env, DATABASE_URL: databaseUrl })
  const { trust } = await parties(exchange)
  const { database } = exchange.context
  const options = definitionsOf(env)
  const seen: [number, number][] = []
  const run = (pause: () => Promise<void>, signal?: AbortSignal): Promise<Reindexed> =>
    reindex(database, { ...options, pause, progress: (...at) => seen.push(at), ...(signal ? { signal } : {}) })

  const first = await run(async () => {}, AbortSignal.abort())
  t.match(first, { finished: false, resources: 20 }, 'one group')
  t.match(await readIndexState(database.query), { definitions: '', target: options.definitions })
  const total = seen[0]?.[1] ?? 0
  t.ok(total > 40, `${total} resources`)

  let posted = 0
  const second = await run(async () => {
    if (posted++ < 1) t.equal((await trust.post('', orderBundle())).status, 200)
  })
  t.ok(second.finished)
  t.ok(posted >= 1, `${posted} were posted meanwhile`)
  t.ok(second.resources <= total, `${second.resources} gone through, of ${total} and what was posted`)
  t.ok(second.removed > 0)
  t.match(await readIndexState(database.query), { definitions: options.definitions, target: '', position: 0 })
  t.same(await faultsOf(database.query, options.extract), [])
  const again = await run(async () => {})
  t.match(again, { finished: true, added: 0, removed: 0 }, 'nothing is left to do')
})

t.test('the bar', async (t) => {
  t.equal(bar('x', 0, 0), `x [${'#'.repeat(30)}] 100 %  0 of 0`)
  t.equal(bar('x', 2300, 10_000), `x [${'#'.repeat(6)}${'.'.repeat(24)}]  23 %  2,300 of 10,000`)
})
