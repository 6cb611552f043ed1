/**
 * The embedded engine: `node:sqlite`, built into Node 24. One connection writes, in a thread of its own so that neither
 * a statement nor the disk stops the event loop; another one reads, in the loop, so that a read is one call and a
 * reader never sees inside a transaction.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type Database, DatabaseUnavailable, type Query } from './database.ts'
import { connect, firstRows, type RunFirst, statements } from './sqlite-connection.ts'
import { type WriterPlace, writerThread, type WritingConnection } from './sqlite-thread.ts'
import { SqliteTransactions } from './sqlite-transactions.ts'

/**
 * Makes a folder and those above it that are missing, one by one: where one cannot be made, as in `/proc`, Node's own
 * way (`recursive`) tries for ever.
 * @throws Error of the file system
 */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}

/**
 * Opens a database file, and creates it and its folder where they are missing.
 *
 * When the thread ends, reads are refused as well from then on (`lost`): whether its last group was committed is not
 * known here, and what this process remembers of the log (`exclusive`) may lack it. A new process reads it from the
 * file, as after a power cut.
 * @param startWriting called when something is written first
 */
export function openSqlite(file: string, startWriting: () => WriterPlace = writerThread): Database {
  makeFolder(dirname(resolve(file)))
  const reader = connect(file)
  const read = queryOf(reader)
  const firstRow = firstRows(reader)
  const snapshot = sharedSnapshot(reader, firstRow)
  const { promise: lost, resolve: lose } = Promise.withResolvers<Error>()
  let writer: WritingConnection | undefined
  let fault: Error | undefined

  const start = (): WritingConnection => {
    const place = startWriting()
    void place.lost.then((error) => {
      fault = error
      lose(error)
    })
    return place.open(file)
  }

  const query: Query = (sql, params) => {
    if (fault) return Promise.reject(fault)
    snapshot.join()
    return read(sql, params)
  }
  const transactions = new SqliteTransactions(() => (writer ??= start()), { query, renew: snapshot.end })

  return {
    query,
    first(sql, params) {
      if (fault) throw fault
      snapshot.join()
      return firstRow(sql, params)
    },
    transaction: (work) =>
      inTurn(resolve(file), async () => {
        if (!reader.isOpen) throw new DatabaseUnavailable('The database is closed.')
        return transactions.run(work)
      }),
    async snapshot(work) {
      const connection = connect(file)
      try {
        connection.exec('BEGIN')
        return await work(queryOf(connection))
      } finally {
        connection.close()
      }
    },
    async integrity() {
      const connection = connect(file)
      try {
        const rows = connection.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
        return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok')
      } finally {
        connection.close()
      }
    },
    exclusive: true,
    lost,
    tick: () => (fault ? undefined : snapshot.tick()),
    async explain(sql, params) {
      const rows = await read<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, params)
      return rows.map(({ detail }) => detail)
    },
    async close() {
      if (!reader.isOpen) return
      snapshot.end()
      reader.close()
      // The last one to go folds the log back into the file: in the thread, where it keeps nobody waiting.
      await writer?.close()
    },
  }
}

/** By file: the end of the last transaction of this process that was begun or waits to begin, whatever came of it. */
const turns = new Map<string, Promise<void>>()

/**
 * Runs a transaction after those of this process before it on the same file: the thread does what it is sent in that
 * order, so one that waits there for another's lock would wait for ever.
 */
async function inTurn<T>(file: string, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(file) ?? Promise.resolve()).then(work)
  const end = (): void => {}
  const ended = mine.then(end, end)
  turns.set(file, ended)
  try {
    return await mine
  } finally {
    if (turns.get(file) === ended) turns.delete(file)
  }
}

function queryOf(connection: DatabaseSync): Query {
  const run = statements(connection)
  return async (sql, params = []) => run(sql, params) as never[]
}

/**
 * Reads in one turn of the event loop share a snapshot from the second on: under load, taking and giving back the
 * read lock for each costs more than finding the row. It ends with the turn, and with every commit of ours. The clock
 * row is read once for all of them.
 */
function sharedSnapshot(
  reader: DatabaseSync,
  first: RunFirst,
): { join(): void; end(): void; tick(): number | undefined } {
  const begin = reader.prepare('BEGIN')
  const commit = reader.prepare('COMMIT')
  let tick: number | undefined
  let reads = 0
  let open = false
  const end = () => {
    tick = undefined
    if (open) commit.run()
    open = false
  }
  const turnOver = () => {
    end()
    reads = 0
  }
  const join = () => {
    if (++reads === 1) setImmediate(turnOver)
    else if (!open) {
      begin.run()
      open = true
    }
  }
  return {
    join,
    end,
    tick() {
      if (tick !== undefined || !reader.isOpen) return tick
      join()
      // Not before the schema is there.
      const [now] = first('SELECT tick FROM clock WHERE id = 1', []) ?? []
      return (tick = now as number | undefined)
    },
  }
}
