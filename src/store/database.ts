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
   * Runs `work` in one write transaction and makes it durable before it resolves. When `work` throws,
   * nothing of it remains. Only the lane calls this: writers are ordered there, not here.
   */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>
  close(): Promise<void>
}
