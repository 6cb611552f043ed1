/** What only several nodes over one PostgreSQL can do wrong. Starts a server of its own, which it may kill. */
import { chownSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createLane } from '../../src/store/lane.ts'
import { DatabaseUnavailable, type Database, type Query } from '../../src/store/database.ts'
import { migrate, migrations } from '../../src/store/migrate.ts'
import { openDatabase, placeOf, withoutPassword } from '../../src/store/open.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import type { Value } from '../../src/store/postgres-connection.ts'
import { serversOf } from '../../src/store/postgres-servers.ts'
import { Gathered } from '../../src/store/postgres-gathered.ts'
import { readLatest, readVersion, type Scope } from '../../src/store/read.ts'
import { resourcesOf, startExchange } from '../helper.ts'
import { orderBundle } from '../orders.ts'
import { certificate, forLoopback } from '../identity/certificates.ts'
import { startPostgres } from '../postgres-server.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const server = await startPostgres()
if (!server) {
  t.plan(0, 'this machine has no PostgreSQL; the second run of the tests says so, and CI does not allow it')
  process.exit()
}
t.teardown(() => server.close())

let databases = 0
async function fresh(): Promise<string> {
  const name = `case_${++databases}`
  const admin = await openPostgres({ url: server!.url('postgres'), readers: 1 })
  await admin.query(`CREATE DATABASE ${name}`)
  await admin.close()
  return server!.url(name)
}

async function nodes(t: Test, count: number): Promise<Database[]> {
  const url = await fresh()
  const opened = await Promise.all(Array.from({ length: count }, () => openPostgres({ url, readers: 2 })))
  t.teardown(() => Promise.all(opened.map((node) => node.close())).then(() => undefined))
  return opened
}

const NOTE = 'CREATE TABLE note (seq BIGINT PRIMARY KEY, tick BIGINT NOT NULL, node INTEGER NOT NULL)'

t.test('nodes that start at the same moment on an empty database agree on its schema', async (t) => {
  const url = await fresh()
  const opened = await Promise.all(Array.from({ length: 5 }, () => openDatabase(url)))
  const [first] = opened
  const rows = await first!.query<{ number: number }>('SELECT number FROM schema_version ORDER BY number')
  t.same(
    rows.map(({ number }) => number),
    migrations.map((_, index) => index + 1),
  )
  await Promise.all(opened.map((node) => node.close()))
})

t.test(
  'order and numbers hold across nodes whose clocks disagree, and a reader that follows them misses nothing',
  async (t) => {
    const [one, two, reader] = await nodes(t, 3)
    await migrate(one!)
    await one!.transaction((query) => query(NOTE))
    const lanes = [createLane(one!, () => 1_000_000), createLane(two!, () => 999_000)]
    const seen: number[] = []
    let writing = true
    const follow = async (): Promise<void> => {
      for (let last = false; ;) {
        const rows = await reader!.query<{ seq: number }>('SELECT seq FROM note WHERE seq > $1 ORDER BY seq', [
          seen.at(-1) ?? 0,
        ])
        seen.push(...rows.map(({ seq }) => seq))
        if (last) return
        last = !writing
      }
    }
    const following = follow()
    const work = (node: number) =>
      lanes[node]!.submit(async ({ query, tick, nextSeq }) => {
        await query('INSERT INTO note (seq, tick, node) VALUES ($1, $2, $3)', [nextSeq(), tick, node])
      })
    for (let round = 0; round < 40; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => work((round + index) % 2)))
    }
    writing = false
    await following
    t.same(
      seen,
      Array.from({ length: 800 }, (_, index) => index + 1),
      'every number once, in order, none skipped',
    )
    const rows = await reader!.query<{ tick: number }>('SELECT tick FROM note ORDER BY seq')
    t.ok(
      rows.every(({ tick }, index) => index === 0 || tick >= rows[index - 1]!.tick),
      'time never runs back',
    )
  },
)

t.test('a node that dies inside a group leaves nothing of it, and the next writer goes on', async (t) => {
  const [doomed, other] = await nodes(t, 2)
  await migrate(doomed!)
  await doomed!.transaction((query) => query(NOTE))
  const inside = Promise.withResolvers<Query>()
  const dying = doomed!.transaction(async (query) => {
    await query('INSERT INTO note (seq, tick, node) VALUES (1, 1, 0) RETURNING seq')
    inside.resolve(query)
    const [row] = await query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    // What the server sees of a process that is gone: its connection ends.
    await other!.query('SELECT pg_terminate_backend($1)', [row!.pid])
    await query('SELECT 1 AS one')
  })
  const refused = t.rejects(dying, DatabaseUnavailable)
  await inside.promise
  const after = other!.transaction((query) =>
    query('INSERT INTO note (seq, tick, node) VALUES (2, 2, 1) RETURNING seq'),
  )
  await Promise.all([refused, after])
  t.same(await other!.query('SELECT seq FROM note'), [{ seq: 2 }])
  await doomed!.transaction((query) => query('INSERT INTO note (seq, tick, node) VALUES (3, 3, 0)'))
  t.same(await other!.query('SELECT COUNT(*) AS n FROM note'), [{ n: 2 }], 'the node itself connects again')
})

t.test('reads of one row that are asked at once go as one statement, and each asker gets its own row', async (t) => {
  const sent: string[] = []
  const columns: (readonly Value[])[] = []
  const gathered = new Gathered(async <R>(sql: string, params: readonly Value[]) => {
    sent.push(sql)
    columns.push(params)
    if (sql.includes('unnest') && params.flat().includes('away')) throw new DatabaseUnavailable('away')
    if (params.flat().includes('fault')) throw new Error('22021')
    const [ids] = params
    return (Array.isArray(ids) ? ids : [ids]).map((id) => (id === 'none' ? { id: null } : { id })) as R[]
  })
  const ask = (id: string) => gathered.ask<{ id: string }>('SELECT id FROM t WHERE id = $1', [id])
  t.same(await Promise.all(['a', 'none', 'b', 'a'].map(ask)), [[{ id: 'a' }], [], [{ id: 'b' }], [{ id: 'a' }]])
  t.same(columns, [[['a', 'none', 'b', 'a']]], 'one statement')
  t.same(await ask('c'), [{ id: 'c' }])
  t.equal(sent.at(-1), 'SELECT id FROM t WHERE id = $1', 'who asks alone asks as ever')
  const outcomes = await Promise.allSettled(['d', 'fault', 'e'].map(ask))
  t.same(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
    'what the server cannot take is the fault of its asker alone',
  )
  const before = sent.length
  t.ok((await Promise.allSettled(['f', 'away'].map(ask))).every(({ status }) => status === 'rejected'))
  t.equal(sent.length, before + 1, 'a server that is away is not asked again by each')
})

t.test('a statement, and the wait for another node, take no longer than they may', async (t) => {
  const url = await fresh()
  const hasty = await openPostgres({ url, readers: 1, statementTimeout: 300, lockTimeout: 100 })
  const other = await openPostgres({ url, readers: 1 })
  t.teardown(() => Promise.all([hasty.close(), other.close()]).then(() => undefined))
  await t.rejects(hasty.query('SELECT pg_sleep(60)'), DatabaseUnavailable)
  t.same(await hasty.query('SELECT 1 AS one'), [{ one: 1 }], 'the connection goes on')
  const held = Promise.withResolvers<void>()
  const inside = Promise.withResolvers<void>()
  const holding = other.transaction(async (query) => {
    await query('SELECT 1 AS one')
    inside.resolve()
    await held.promise
  })
  await inside.promise
  await t.rejects(
    hasty.transaction((query) => query('SELECT 1 AS one')),
    DatabaseUnavailable,
  )
  held.resolve()
  await holding
  t.same(await hasty.transaction((query) => query('SELECT 2 AS two')), [{ two: 2 }], 'and gets its turn afterwards')
  // A full disk, too many connections, a deadlock, a server that stops, one that only reads after a change of roles; a fault of ours.
  for (const code of ['53100', '53300', '40P01', '57P01', '25006']) {
    const raise = `DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${code}'; END $$`
    await t.rejects(hasty.query(raise), DatabaseUnavailable, code)
  }
  await t.rejects(hasty.query("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '42703'; END $$"), { code: '42703' })
})

t.test('of several servers the one that answers is used', async (t) => {
  const url = (await fresh()).replace('127.0.0.1', '127.0.0.1:9,127.0.0.1')
  t.same(serversOf('postgres://a:p,w@b:1,c:2/d?e=f,g@h'), [
    'postgres://a:p,w@b:1/d?e=f,g@h',
    'postgres://a:p,w@c:2/d?e=f,g@h',
  ])
  t.same(serversOf('postgres://b'), ['postgres://b'])
  t.equal(withoutPassword('postgres://a:secret@b:1,c/d?sslpassword=x'), 'postgres://a@b:1,c/d')
  t.equal(placeOf('postgres://a:secret@b:1,c/d?x=y'), 'b:1,c/d')
  const database = await openDatabase(url)
  t.teardown(() => database.close())
  t.same(await database.query('SELECT COUNT(*) AS n FROM clock'), [{ n: 1 }])
  await t.rejects(openDatabase('postgres://a:secret@127.0.0.1:9,127.0.0.1:9/d'), {
    message:
      '127.0.0.1:9,127.0.0.1:9/d cannot be used as the database: PostgreSQL cannot be reached. connect ECONNREFUSED 127.0.0.1:9; connect ECONNREFUSED 127.0.0.1:9',
  })
})

t.test('the way to the server is encrypted and proven where the URL says so', async (t) => {
  const url = await fresh()
  const folder = temporaryFolder(t)
  const authority = certificate('a test authority', { authority: true })
  const stranger = certificate('another authority', { authority: true })
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const trusted = file('authority.pem', authority.pem)
  const untrusted = file('stranger.pem', stranger.pem)
  const ask = async (parameters: string): Promise<unknown> => {
    const database = await openPostgres({ url: `${url}?${parameters}`, readers: 1 })
    return database.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()').finally(() => database.close())
  }
  await t.rejects(ask(`sslmode=verify-full&sslrootcert=${trusted}`), DatabaseUnavailable, 'a server without TLS')

  const admin = await openPostgres({ url: server.url('postgres'), readers: 1 })
  const [row] = await admin.query<{ data_directory: string }>('SHOW data_directory')
  const data = row?.data_directory ?? ''
  const present = async (extensions: readonly Buffer[]): Promise<void> => {
    const { pem, keyPem } = certificate('database', { by: authority, extensions })
    for (const [name, content] of [
      ['server.crt', pem],
      ['server.key', keyPem],
    ] as const) {
      writeFileSync(join(data, name), content, { mode: 0o600 })
      chownSync(join(data, name), statSync(data).uid, statSync(data).gid)
    }
    await admin.query('ALTER SYSTEM SET ssl = on')
    await admin.query('SELECT pg_reload_conf()')
  }
  const proven = `sslmode=verify-full&sslrootcert=${trusted}`
  await present([])
  t.same(await eventually(() => ask('sslmode=no-verify')), [{ ssl: true }])
  await t.rejects(ask(proven), DatabaseUnavailable, 'of another name')
  await present([forLoopback()])
  t.same(await eventually(() => ask(proven)), [{ ssl: true }])
  t.same(await ask(''), [{ ssl: false }], 'not where the URL does not say so')
  await t.rejects(ask(`sslmode=verify-full&sslrootcert=${untrusted}`), DatabaseUnavailable, 'by somebody else')
  await admin.query('ALTER SYSTEM RESET ssl')
  await admin.query('SELECT pg_reload_conf()')
  await admin.close()
})

t.test(
  'while the server is away every request is told so at once; afterwards all that was acknowledged is there',
  async (t) => {
    const exchange = await startExchange(t, { DATABASE_URL: await fresh() })
    const trust = await exchange.party('trust', 'RBA')
    t.equal((await trust.post('', orderBundle())).status, 200)
    await readTogether(t, exchange.context.database)
    const before = await exchange.context.database.query('SELECT COUNT(*) AS n FROM version')

    await server.kill()
    const second = orderBundle()
    const written = await trust.post('', second)
    t.equal(written.status, 503)
    t.same(written.keys, ['database-unavailable'])
    t.ok(written.headers['retry-after'])
    t.equal((await trust.get('Task')).status, 503)
    t.equal((await exchange.app.inject('/ready')).statusCode, 503)
    t.equal((await exchange.app.inject('/health')).statusCode, 200, 'the service itself lives')
    const metrics = async () => (await exchange.app.inject('/metrics')).body
    t.match(await metrics(), /^database_up 0$/m)
    t.match(await metrics(), /^database_unavailable_total{kind="read"} [1-9]/m)

    await server.start()
    t.same(await eventually(() => exchange.context.database.query('SELECT COUNT(*) AS n FROM version')), before)
    t.equal((await eventually(() => trust.post('', second))).status, 200, 'and the repeat is accepted')
    t.equal((await exchange.app.inject('/ready')).statusCode, 200)
    t.match(await metrics(), /^database_up 1$/m)
    t.match(await metrics(), /^database_read_seconds_count [1-9]/m)
  },
)

t.test('only a search that may be stale is answered by a replica, and never one that looks for work', async (t) => {
  // A copy that nothing has come to yet.
  const behind = await fresh()
  await (await openDatabase(behind)).close()
  const exchange = await startExchange(t, { DATABASE_URL: await fresh(), DATABASE_READ_URL: behind })
  const trust = await exchange.party('trust', 'RBA')
  t.equal((await trust.post('', orderBundle())).status, 200)
  const stale = { 'cache-control': 'no-store, max-stale=60' }
  const found = async (path: string, headers = {}) => resourcesOf(await trust.get(path, headers)).length
  t.equal(await found('Patient'), 1)
  t.equal(await found('Patient', { 'cache-control': 'no-cache' }), 1)
  t.equal(await found('Patient', stale), 0, 'the copy answers')
  t.equal(await found('Patient?_lastUpdated=ge2020-01-01', stale), 1, 'a poll by time')
  t.equal(await found('Patient?_sort=_lastUpdated', stale), 1)
  t.equal(await found('Task?status=requested', stale), 1, 'work is looked for where it is')
  t.equal(await found('MedicationRequest', stale), 1)
  const alone = await startExchange(t, {
    DATABASE_URL: exchange.databaseUrl,
    DATABASE_READ_URL: 'postgres://127.0.0.1:9/nowhere',
  })
  const again = await alone.party('trust', 'RBA')
  t.equal(resourcesOf(await again.get('Patient', stale)).length, 1, 'a copy that is away is not missed')
  const older = await startExchange(t, { DATABASE_URL: exchange.databaseUrl, DATABASE_READ_URL: await fresh() })
  const once = await older.party('trust', 'RBA')
  t.equal(resourcesOf(await once.get('Patient', stale)).length, 1, 'nor one that has not come to the newest tables')
  t.equal(
    (await once.get('Patient?nonsense=1', { ...stale, prefer: 'handling=strict' })).status,
    400,
    'a refusal is one',
  )
})

/** The first answer that is not "away": connections are opened again at their own pace. */
async function eventually<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      const answer = await ask()
      if ((answer as { status?: number }).status !== 503) return answer
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('PostgreSQL was not reached again.')
}

/** Reads of many resources at once, each by those who see it and those who do not. */
async function readTogether(t: Test, { query }: Pick<Database, 'query'>): Promise<void> {
  const open: Scope = { kind: 'open' }
  const rows = await query<{ type: string; id: string; key: number; version: number }>(
    'SELECT type, id, key, version FROM resource ORDER BY key',
  )
  const often = Array.from({ length: 70 }, (_, i) => rows[i % rows.length]!)
  const all = await Promise.all(often.map(({ type, id }) => readLatest(query, type, id, open)))
  t.same(
    all.map((stored) => stored?.key),
    often.map(({ key }) => key),
    'more than one statement takes',
  )
  const item = rows.find(({ type }) => type === 'MedicationRequest')!
  const seen = await Promise.all(
    ['RBA', 'RXX'].flatMap((organization) => {
      const scope: Scope = { kind: 'organization', organization }
      return [
        readLatest(query, item.type, item.id, scope),
        readVersion(query, item.type, item.id, item.version, scope),
        readVersion(query, item.type, item.id, item.version + 1, scope),
      ]
    }),
  )
  t.same(
    seen.map((stored) => stored?.key),
    [item.key, item.key, undefined, undefined, undefined, undefined],
    'in its own scope',
  )
  const odd = ['\0', '"\\{},', 'NULL', item.id].map((id) => readLatest(query, item.type, id, open))
  t.same(
    (await Promise.allSettled(odd)).map((answer) => (answer.status === 'fulfilled' ? answer.value?.id : 'refused')),
    ['refused', undefined, undefined, item.id],
  )
}
