/**
 * The embedded engine: `node:sqlite`, built into Node 24. One connection writes, another reads, so that a reader
 * never sees inside a transaction. WAL with synchronous=FULL: an answered write survives a power cut.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Database, Query, SqlValue } from './database.ts'

/** Pages of 4 kB written to the WAL before SQLite folds them back: rare enough not to disturb the lane. */
const CHECKPOINT_PAGES = 4000
/** How long a second process (a backup, a shell) may hold the file before we give up, in ms. */
const BUSY_TIMEOUT = 5000

/** Opens a database file, and creates it and its folder where they are missing. */
export function openSqlite(file: string): Database {
  mkdirSync(dirname(file), { recursive: true })
  const writer = connect(file)
  const reader = connect(file)
  const write = statements(writer)
  const read = statements(reader)
  const snapshot = sharedSnapshot(reader)

  return {
    query: (sql, params) => {
      snapshot.join()
      return read(sql, params)
    },
    async transaction(work) {
      writer.exec('BEGIN IMMEDIATE')
      try {
        const result = await work(write)
        writer.exec('COMMIT')
        // Whoever asks from now on sees it, in this turn of the event loop too.
        snapshot.end()
        return result
      } catch (error) {
        if (writer.isTransaction) writer.exec('ROLLBACK')
        throw error
      }
    },
    async snapshot(work) {
      const connection = connect(file)
      try {
        connection.exec('BEGIN')
        return await work(statements(connection))
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
    async explain(sql, params) {
      const rows = await read<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, params)
      return rows.map(({ detail }) => detail)
    },
    async close() {
      snapshot.end()
      if (reader.isOpen) reader.close()
      if (writer.isOpen) writer.close()
    },
  }
}

/**
 * Reads in one turn of the event loop share a snapshot from the second on: under load, taking and giving back the
 * read lock for each costs more than finding the row. It ends with the turn, and with every commit of ours.
 */
function sharedSnapshot(reader: DatabaseSync): { join(): void; end(): void } {
  const begin = reader.prepare('BEGIN')
  const commit = reader.prepare('COMMIT')
  let reads = 0
  let open = false
  const end = () => {
    if (open) commit.run()
    open = false
  }
  const turnOver = () => {
    end()
    reads = 0
  }
  return {
    join() {
      if (++reads === 1) setImmediate(turnOver)
      else if (!open) {
        begin.run()
        open = true
      }
    },
    end,
  }
}

function connect(file: string): DatabaseSync {
  const connection = new DatabaseSync(file)
  connection.exec(`PRAGMA busy_timeout=${BUSY_TIMEOUT}`)
  connection.exec('PRAGMA journal_mode=WAL')
  connection.exec('PRAGMA synchronous=FULL')
  connection.exec(`PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}`)
  connection.exec('PRAGMA foreign_keys=ON')
  return connection
}

/** Prepared texts kept per connection: searches differ in their number of values, so there is no end to them. */
const STATEMENT_LIMIT = 500

/** Prepares each SQL text once. `$n` becomes `?n`, which SQLite binds by position. */
function statements(connection: DatabaseSync): Query {
  const prepared = new Map<string, { statement: StatementSync; returns: boolean }>()
  return async <R>(sql: string, params: readonly SqlValue[] = []): Promise<R[]> => {
    let entry = prepared.get(sql)
    if (!entry) {
      const statement = connection.prepare(sql.replace(/\$(\d+)/g, '?$1'))
      entry = { statement, returns: statement.columns().length > 0 }
      const oldest = prepared.size >= STATEMENT_LIMIT ? prepared.keys().next().value : undefined
      if (oldest !== undefined) prepared.delete(oldest)
      prepared.set(sql, entry)
    }
    if (entry.returns) return entry.statement.all(...params) as R[]
    entry.statement.run(...params)
    return []
  }
}
