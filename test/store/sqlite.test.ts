/** The embedded engine's own: what is written in a thread comes back as if it were written here, and a fault too. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { isUnavailable } from '../../src/http/failure.ts'
import { type Database, DatabaseUnavailable, type SqlValue } from '../../src/store/database.ts'
import { createLane, type LaneTransaction } from '../../src/store/lane.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { WriterThread } from '../../src/store/sqlite-thread.ts'
import { WrittenFile } from '../../src/store/sqlite-writer.ts'
import { engine, freshDatabase } from '../database.ts'

const START = Date.UTC(2026, 10, 22, 9, 0, 0)

interface Road {
  readonly file: string
  readonly database: Database
}

/** A database with a table that names can be written into, once each. */
async function road(t: Parameters<typeof freshDatabase>[0], thread?: WriterThread): Promise<Road> {
  const file = (await freshDatabase(t)).slice('sqlite:'.length)
  const database = thread ? openSqlite(file, () => thread) : openSqlite(file)
  t.teardown(() => database.close())
  await migrate(database)
  await database.transaction((query) => query('CREATE TABLE note (name TEXT PRIMARY KEY, text TEXT)'))
  return { file, database }
}

const NOTE = 'INSERT INTO note (name, text) VALUES ($1, $2)'

const names = async ({ query }: Database): Promise<string[]> =>
  (await query<{ name: string }>('SELECT name FROM note ORDER BY rowid')).map(({ name }) => name)

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

if (engine === 'sqlite') {
  t.test('a folder that cannot be made is an error, and no wait for ever', async (t) => {
    t.throws(() => openSqlite(join(existsSync('/proc') ? '/proc' : '/dev/null', 'no-folder', 'below', 'x.db')))
  })

  t.test('a fault comes back as SQLite has thrown it', async (t) => {
    const { database, file } = await road(t)
    const fault = (sql: string, params: SqlValue[] = []) => caught(database.transaction((query) => query(sql, params)))
    await database.transaction((query) => query(NOTE, ['taken', '']))
    const repeated = await fault(NOTE, ['taken', ''])
    t.match(repeated, { code: 'ERR_SQLITE_ERROR', errcode: 1555, message: /UNIQUE/, stack: /sqlite-writer/ })
    t.type(repeated, Error)
    t.notOk(isUnavailable(repeated))
    t.match(await fault('SELECT 1 FROM nowhere'), { errcode: 1, message: /no such table/ })

    await database.transaction((query) => query('PRAGMA busy_timeout=0'))
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    const locked = await fault(NOTE, ['late', ''])
    other.exec('ROLLBACK')
    other.close()
    t.match(locked, { name: 'DatabaseUnavailable', cause: { errcode: 5 } })
    t.ok(isUnavailable(locked), 'a sender may repeat it')
    await database.transaction((query) => query(NOTE, ['after', '']))
    t.same(await names(database), ['taken', 'after'])
  })

  t.test('the log is folded back between transactions, as far as nobody reads what is in it', async (t) => {
    const { database, file } = await road(t)
    const pages = Array.from({ length: 600 }, (_, i) => [`${i}`, 'x'.repeat(4000)])
    const [other, log] = [new DatabaseSync(file), new DatabaseSync(file)]
    t.teardown(() => {
      other.close()
      log.close()
    })
    const left = (): number => {
      const state = log.prepare('PRAGMA wal_checkpoint(NOOP)').get()
      return Number(state?.log) - Number(state?.checkpointed)
    }
    await database.transaction(async (query) => {
      for (const page of pages) await query(NOTE, page)
    })
    // By the thread, in its own time; it never comes to this where nothing folds before SQLite's 4,000 pages.
    while (left() > 0) await new Promise((resolve) => setImmediate(resolve))
    await database.close()

    const written = new WrittenFile(file)
    t.notOk(written.fold(), 'not opened yet')
    written.run('BEGIN IMMEDIATE', [])
    written.run('DELETE FROM note', [])
    for (const page of pages) written.run(NOTE, page)
    t.notOk(written.fold(), 'in the middle of a transaction')
    written.run('COMMIT', [])
    other.exec('BEGIN')
    const { n } = other.prepare('SELECT COUNT(*) AS n FROM note').get() as { n: number }
    written.run("UPDATE note SET text = text || 'y'", [])
    t.ok(written.fold())
    t.ok(left() > 500, 'what is read stays in the log')
    t.equal(n, other.prepare("SELECT COUNT(*) AS n FROM note WHERE text NOT LIKE '%y'").get()?.n)
    other.exec('COMMIT')
    t.ok(written.fold())
    t.equal(left(), 0)
    t.notOk(written.fold(), 'nothing has gathered')
    written.close()
    t.equal(other.prepare("SELECT COUNT(*) AS n FROM note WHERE text LIKE '%y'").get()?.n, 600)
  })

  t.test('a value that cannot travel fails its own statement only', async (t) => {
    const { database } = await road(t)
    await database.transaction(async (query) => {
      await query(NOTE, ['before', ''])
      await t.rejects(query(NOTE, ['never', (() => 1) as never]), TypeError)
      await query(NOTE, ['after', ''])
    })
    t.same(await names(database), ['before', 'after'])
  })

  t.test('when the disk is full nothing of the group is there, and with room again the lane goes on', async (t) => {
    const { database } = await road(t)
    const lane = createLane(database, () => START)
    const write =
      (name: string, text = '') =>
      async ({ query }: LaneTransaction) => {
        await query(NOTE, [name, text])
      }
    await lane.submit(write('kept'))
    const [pages] = await database.query<{ page_count: number }>('PRAGMA page_count')
    await database.transaction((query) => query(`PRAGMA max_page_count=${(pages?.page_count ?? 0) + 10}`))
    const results = await Promise.all([
      caught(lane.submit(write('first'))),
      // SQLite has rolled all of it back by itself when it says so: what comes next must not be stored alone.
      caught(lane.submit(write('too much', 'x'.repeat(1_000_000)))),
      caught(lane.submit(write('third'))),
    ])
    for (const fault of results) {
      t.match(fault, { errcode: 13 })
      t.ok(isUnavailable(fault))
    }
    t.same(await names(database), ['kept'])
    await database.transaction((query) => query('PRAGMA max_page_count=1000000'))
    await lane.submit(write('again', 'x'.repeat(1_000_000)))
    t.same(await names(database), ['kept', 'again'])
  })

  t.test('whoever is answered sees it in the same turn, whoever reads meanwhile sees nothing half', async (t) => {
    const { database } = await road(t)
    const count = async () => (await names(database)).length
    t.same(await Promise.all([count(), count()]), [0, 0])
    let within = -1
    const seen = await database
      .transaction(async (query) => {
        await query(NOTE, ['a', ''])
        // The thread has the row by now: it has answered what was asked after it.
        t.same(await query('SELECT name FROM note'), [{ name: 'a' }])
        within = await count()
        await query(NOTE, ['b', ''])
      })
      // The second read of a turn opens a snapshot for the others.
      .then(() => Promise.all([count(), count(), count()]))
    t.equal(within, 0)
    t.same(seen, [2, 2, 2])
  })

  t.test('transactions on one file follow each other, also those of two that have opened it', async (t) => {
    const { database, file } = await road(t)
    const other = openSqlite(file)
    t.teardown(() => other.close())
    const write = (into: Database, name: string) =>
      into.transaction(async (query) => {
        const [row] = await query<{ n: number }>('SELECT COUNT(*) AS n FROM note')
        await new Promise((resolve) => setImmediate(resolve))
        await query(NOTE, [`${name}${row?.n}`, ''])
      })
    const failing = caught(write(database, 'a').then(() => write(database, 'a')))
    await Promise.all([write(other, 'b'), write(database, 'c'), write(other, 'd'), failing])
    t.same(await names(database), ['a0', 'b1', 'c2', 'd3', 'a4'])
  })

  t.test('what was read before the lock was taken counts only if nobody else has written since', async (t) => {
    const { database, file } = await road(t)
    const lane = createLane(database, () => START)
    const other = new DatabaseSync(file)
    t.teardown(() => other.close())
    const another = other.prepare('INSERT INTO note (name) VALUES (?)')
    const seen: unknown[] = []
    const write = (name: string, meanwhile?: string) =>
      lane.submit(async ({ query }) => {
        const [row] = await query<{ n: number }>('SELECT COUNT(*) AS n FROM note')
        seen.push(row?.n)
        if (meanwhile !== undefined && row?.n === 1) another.run(meanwhile)
        await query(NOTE, [`${name}${row?.n}`, ''])
      })
    await write('a')
    await write('b', 'x')
    t.same(seen.splice(0), [0, 1, 2], 'the second is done once more')
    await Promise.all([write('c'), write('d'), write('e')])
    t.same(seen.splice(0), [3, 4, 5], 'within a group each sees what those before it have written')
    another.run('z')
    await write('f')
    t.same(await names(database), ['a0', 'x', 'b2', 'c3', 'd4', 'e5', 'z', 'f7'])
  })

  t.test('close waits for what was sent, and nothing is accepted afterwards', async (t) => {
    const { database, file } = await road(t)
    const last = database.transaction((query) => query(NOTE, ['last', '']))
    await last
    await database.close()
    await database.close()
    await t.rejects(
      database.transaction((query) => query(NOTE, ['late', ''])),
      DatabaseUnavailable,
    )
    const again = openSqlite(file)
    t.same(await names(again), ['last'])
    await again.close()
  })

  t.test('when the thread ends, everybody is told so, nothing half is there, and a new start goes on', async (t) => {
    const thread = new WriterThread()
    const { database, file } = await road(t, thread)
    const lane = createLane(database, () => START)
    await lane.submit(({ query }) => query(NOTE, ['kept', '']))
    const group = [
      caught(lane.submit(({ query }) => query(NOTE, ['half', '']))),
      caught(
        lane.submit(async ({ query }) => {
          t.same(await query('SELECT COUNT(*) AS n FROM note'), [{ n: 2 }], 'the other half is written')
          await thread.terminate()
          await query(NOTE, ['never', ''])
        }),
      ),
    ]
    for (const fault of await Promise.all(group)) t.type(fault, DatabaseUnavailable)
    t.type(await database.lost, DatabaseUnavailable, 'the process learns that it has to start anew')
    t.type(await caught(lane.submit(async () => undefined)), DatabaseUnavailable)
    t.type(await caught(database.query('SELECT 1')), DatabaseUnavailable, 'readiness says no')
    await database.close()
    const anew = openSqlite(file)
    t.teardown(() => anew.close())
    t.same(await names(anew), ['kept'])
    await createLane(anew, () => START).submit(({ query }) => query(NOTE, ['after', '']))
    t.same(await names(anew), ['kept', 'after'])
  })
}
