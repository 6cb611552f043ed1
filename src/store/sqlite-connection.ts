/** One connection to a SQLite file, in the loop or in the thread that writes. */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Row, SqlValue } from './database.ts'

/** Pages of 4 kB written to the WAL before SQLite folds them back: rare enough not to disturb the lane. */
const CHECKPOINT_PAGES = 4000
/** How long a second process (a backup, a shell) may hold the file before we give up, in ms. */
const BUSY_TIMEOUT = 5000
/** Prepared texts kept per connection: searches differ in their number of values, so there is no end to them. */
const STATEMENT_LIMIT = 500

/** WAL with synchronous=FULL: an answered write survives a power cut. @throws Error of SQLite, with its `errcode` */
export function connect(file: string): DatabaseSync {
  const connection = new DatabaseSync(file)
  try {
    connection.exec(`PRAGMA busy_timeout=${BUSY_TIMEOUT}`)
    connection.exec('PRAGMA journal_mode=WAL')
    connection.exec('PRAGMA synchronous=FULL')
    connection.exec(`PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}`)
    connection.exec('PRAGMA foreign_keys=ON')
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Runs one statement to its end. */
export type Run = (sql: string, params: readonly SqlValue[]) => Row[]

/** Finds one row, its columns in their order. */
export type RunFirst = (sql: string, params: readonly SqlValue[]) => readonly SqlValue[] | undefined

/** Prepares each SQL text once and for good: for those of which there are few. */
export function firstRows(connection: DatabaseSync): RunFirst {
  const prepared = new Map<string, StatementSync>()
  return (sql, params) => {
    let statement = prepared.get(sql)
    if (!statement) {
      statement = connection.prepare(forSqlite(sql))
      // An object with its names takes longer to make than the row to find.
      statement.setReturnArrays(true)
      prepared.set(sql, statement)
    }
    return statement.get(...params) as SqlValue[] | undefined
  }
}

/** `$n` becomes `?n`, which SQLite binds by position. */
const forSqlite = (sql: string): string => sql.replace(/\$(\d+)/g, '?$1')

interface Prepared {
  readonly statement: StatementSync
  /** Of its columns; none for a statement that answers no rows. */
  names: readonly string[]
}

/** Prepares each SQL text once. */
export function statements(connection: DatabaseSync): Run {
  const prepared = new Map<string, Prepared>()
  return (sql, params) => {
    let entry = prepared.get(sql)
    if (!entry) {
      const statement = connection.prepare(forSqlite(sql))
      entry = { statement, names: namesOf(statement) }
      if (entry.names.length > 0) statement.setReturnArrays(true)
      const oldest = prepared.size >= STATEMENT_LIMIT ? prepared.keys().next().value : undefined
      if (oldest !== undefined) prepared.delete(oldest)
      prepared.set(sql, entry)
    }
    if (entry.names.length > 0) return rowsOf(entry, params)
    entry.statement.run(...params)
    return []
  }
}

const namesOf = (statement: StatementSync): string[] => statement.columns().map(({ name }) => name)

/**
 * Rows as objects. Put together here they take a fifth less time than as the driver answers them, and the engine knows
 * their shape when they are used.
 */
function rowsOf(entry: Prepared, params: readonly SqlValue[]): Row[] {
  const lists = entry.statement.all(...params) as unknown as SqlValue[][]
  const [first] = lists
  if (!first) return []
  // A table that has got a column since (`SELECT *`).
  if (first.length !== entry.names.length) entry.names = namesOf(entry.statement)
  const { names } = entry
  return lists.map((values) => {
    const row: Row = {}
    for (let i = 0; i < names.length; i++) row[names[i]!] = values[i]!
    return row
  })
}
