/**
 * The port to a database: two methods, the same SQL text on every engine. `$1` placeholders, ISO or integer
 * times, no JSON operators, no dialect test outside the driver files.
 */
export type SqlValue = string | number | bigint | null
export type Row = Record<string, SqlValue>

/** Runs one statement. Integers come back as numbers (all of ours are below 2^53). */
export type Query = <R = Row>(sql: string, params?: readonly SqlValue[]) => Promise<R[]>

export interface Database {
  /** A read outside any transaction; sees everything committed before it was called. */
  readonly query: Query
  /**
   * The row of a read that finds at most one (`single`), at once and as `query` would find it: its columns in their order,
   * undefined where there is none. Absent where asking takes a way to a server.
   * @throws Error of the engine
   */
  readonly first?: (sql: string, params: readonly SqlValue[]) => readonly SqlValue[] | undefined
  /**
   * Runs `work` in one write transaction and makes it durable before it resolves. When `work` throws,
   * nothing of it remains. Only the lane calls this: writers are ordered there, not here.
   *
   * A statement that answers no rows may be sent without being waited for; its fault then comes out of a later
   * statement, at the latest out of the RELEASE of the savepoint it stands in, or of the commit.
   *
   * `before` answers what was committed when the transaction began, without a way to a server or a thread: for what the
   * transaction itself has not changed. Where it turns out that somebody else has written meanwhile, nothing of the work
   * stays and it is run once more. Absent where every question takes such a way.
   */
  transaction<T>(work: (query: Query, before?: Query) => Promise<T>): Promise<T>
  /**
   * Runs `work` on what was committed when it began, however long it takes: reads only. It holds no writer up, but
   * while it lasts the engine cannot give old pages or rows free.
   */
  snapshot<T>(work: (query: Query) => Promise<T>): Promise<T>
  /** What the engine's own check of its files finds, at most 100 lines; undefined where SQL does not reach one. */
  integrity(): Promise<readonly string[] | undefined>
  /** Nobody but this process writes: what went through its own lane is all there is. */
  readonly exclusive: boolean
  /**
   * Resolves with the reason when nothing can be read or written any more before the process starts anew; never
   * while it can. Absent where connections mend themselves.
   */
  readonly lost?: Promise<Error>
  /**
   * The instant of the clock row, as reads of this turn of the event loop see it; undefined when it cannot be read.
   * Absent where asking takes a way to a server.
   */
  tick?(): number | undefined
  /** The same as it is after the call, where asking takes a way to a server; absent where it does not. */
  askTick?(): Promise<number | undefined>
  /** How the engine would answer a statement, in its own words, for testers; absent where it cannot tell. */
  explain?(sql: string, params?: readonly SqlValue[]): Promise<readonly string[]>
  close(): Promise<void>
}

/**
 * The database is away, overloaded or full. Nothing of the work is known to be stored: a sender may repeat it, and
 * the same request then gets the same answer.
 */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
}

/**
 * Marks a read that is answered by keys, along the same way whatever the values and however large the tables: a driver
 * may decide on that way once.
 */
export function steady(sql: string): string {
  STEADY.add(sql)
  return sql
}

/**
 * Marks a steady read that finds at most one row: a driver may answer those that are asked in the same turn of the event
 * loop together. Each sees what was committed before it was asked for, alone or not.
 */
export function single(sql: string): string {
  SINGLE.add(sql)
  return steady(sql)
}

/** Whether a statement was marked by `steady`. */
export const isSteady = (sql: string): boolean => STEADY.has(sql)
/** Whether a statement was marked by `single`. */
export const isSingle = (sql: string): boolean => SINGLE.has(sql)
const STEADY = new Set<string>()
const SINGLE = new Set<string>()

/** Whether somebody needs the answer of a statement: rows, or that all went well up to here. */
export const isWaited = (sql: string): boolean => WAITED.test(sql)
const WAITED = /^\s*(?:SELECT|WITH|EXPLAIN|PRAGMA|RELEASE|ROLLBACK TO)|\bRETURNING\b/
