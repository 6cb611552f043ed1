/**
 * PostgreSQL, for several nodes over one database (`DATABASE_URL=postgres://…`). One connection writes, a few read,
 * all pipelined. Only one writer is in a transaction at any moment, over all nodes: what one engine does by its
 * nature, an advisory lock does here, so that both behave alike to the last byte.
 */
import type pgModule from 'pg'
import type { Client, ClientConfig } from 'pg'
import { type Database, isSingle, isSteady, isWaited, type Query, type SqlValue } from './database.ts'
import { Gathered } from './postgres-gathered.ts'
import { PostgresConnection, type Value } from './postgres-connection.ts'
import { serversOf } from './postgres-servers.ts'

export interface PostgresOptions {
  /**
   * `postgres://user:password@host:port/database`; TLS by `sslmode` and `sslrootcert` as libpq understands them. Of
   * several hosts (`one:5432,two:5432`) the one that is no standby is used, and found again when another takes its place.
   */
  readonly url: string
  /** Connections for searches; there are half as many for what goes by keys. All are pipelined. */
  readonly readers?: number
  /** A server that only copies another one, a moment behind, will do. */
  readonly standby?: boolean
  /** ms a statement may run; 0: as long as it needs. */
  readonly statementTimeout?: number
  /** ms a writer waits for another node's group. */
  readonly lockTimeout?: number
}

/** Any number that no other program uses on the same database: "homecare" in ASCII, cut to what a bigint holds. */
const LANE_LOCK = 0x686f6d65
/** ms a transaction may stand still before the server ends it: a node that froze must not stop the others. */
const IDLE_IN_TRANSACTION = 10_000
/** ms beyond the server's own limit after which a silent connection counts as dead. */
const GRACE = 5000
const CONNECT_TIMEOUT = 5000
/**
 * For what goes along the same keys whatever the values: planned once on each connection, which takes several times as
 * long as most of these statements, and never by walking a table because it was small or unknown at that moment.
 */
const BY_KEYS = [
  'SET plan_cache_mode = force_generic_plan',
  'SET enable_seqscan = off',
  'SET enable_hashjoin = off',
  'SET enable_mergejoin = off',
]
/** https://www.postgresql.org/docs/current/catalog-pg-type.html: bigint and the numbers that COUNT and SUM answer. */
const INT8 = 20
const NUMERIC = 1700

/**
 * Opens a database. The server is reached at the first statement.
 * @throws Error when the driver is not installed
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const { readers = 4, statementTimeout = 15_000, lockTimeout = 10_000, standby = false } = options
  const { Client: PgClient, types } = await driver()
  const config: ClientConfig = {
    application_name: 'homecare-exchange',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    statement_timeout: statementTimeout,
    lock_timeout: lockTimeout,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION,
    query_timeout: statementTimeout === 0 ? 0 : Math.max(statementTimeout, lockTimeout) + GRACE,
    keepAlive: true,
    types: {
      getTypeParser: (oid, format) =>
        // Keys, ticks and counts stay below 2^53; the driver would hand them out as text.
        Number(oid) === INT8 || Number(oid) === NUMERIC ? Number : types.getTypeParser(oid, format),
    },
  }
  // The type definitions do not know the option yet.
  const clients = (settings: ClientConfig) =>
    serversOf(options.url).map(
      (url) => () => new PgClient({ ...settings, connectionString: url, pipeline: true } as ClientConfig),
    )
  const open = (setup: readonly string[] = [], settings = config) =>
    new PostgresConnection(clients(settings), { setup, standby })
  // Texts compress to a third; a server built without lz4 keeps its own method.
  // Planned as it comes: under the settings of lookups a prescription took four times as long in a store of 120,000 Tasks.
  const writer = open(["SET default_toast_compression = 'lz4'"])
  const searches = Array.from({ length: readers }, () => open())
  // Apart, so that nobody who knows what he wants waits behind a search.
  const lookups = Array.from({ length: Math.ceil(readers / 2) }, () => open(BY_KEYS))
  const lookUp = <R>(sql: string, params: readonly Value[]) => quietest(lookups).send<R>(sql, params)
  const poolFor = (sql: string) => (isSteady(sql) ? lookups : searches)
  const gathered = new Gathered(lookUp)

  return {
    query: (sql, params = []) => (isSingle(sql) ? gathered.ask(sql, params) : quietest(poolFor(sql)).send(sql, params)),
    transaction: (work) => transaction(writer, work),
    async snapshot(work) {
      // Its statements may take as long as they need: nobody waits for them.
      const patient = { statement_timeout: 0, query_timeout: 0, idle_in_transaction_session_timeout: 0 }
      const connection = open([], { ...config, ...patient })
      try {
        const client = await connection.client()
        await connection.sendOn(client, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', [])
        return await work((sql, params = []) => connection.sendOn(client, sql, params))
      } finally {
        await connection.close()
      }
    },
    integrity: async () => undefined,
    exclusive: false,
    async explain(sql, params = []) {
      const rows = await quietest(poolFor(sql)).send<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, params)
      // The plan repeats the values that were looked for: they may be a patient's.
      return rows.map((row) => row['QUERY PLAN'].replace(/'(?:[^']|'')*'/g, "'…'"))
    },
    async close() {
      await Promise.all([writer, ...searches, ...lookups].map((connection) => connection.close()))
    },
  }
}

async function driver(): Promise<Pick<typeof pgModule, 'Client' | 'types'>> {
  try {
    return (await import('pg')).default
  } catch (error) {
    throw new Error('the driver for PostgreSQL is not installed: npm install pg', { cause: error })
  }
}

/** The connection with the fewest answers outstanding: one slow search then delays few others. */
const quietest = (pool: readonly PostgresConnection[]): PostgresConnection =>
  pool.reduce((best, connection) => (connection.pending < best.pending ? connection : best))

async function transaction<T>(connection: PostgresConnection, work: (query: Query) => Promise<T>): Promise<T> {
  const client = await connection.client()
  const steps = new Steps(connection, client)
  try {
    steps.later('BEGIN', [])
    steps.later('SELECT pg_advisory_xact_lock($1)', [LANE_LOCK])
    const result = await work((sql, params = []) => steps.run(sql, params))
    await steps.settled()
    await connection.sendOn(client, 'COMMIT', [])
    return result
  } catch (error) {
    // Where even this fails the connection is of no use any more.
    await connection.sendOn(client, 'ROLLBACK', []).catch(() => connection.discard(client))
    throw error
  }
}

/** The statements of one transaction: those without an answer are sent and not waited for. */
class Steps {
  readonly #connection: PostgresConnection
  readonly #client: Client
  #outstanding: Promise<unknown> = Promise.resolve()
  #fault: { readonly error: unknown } | undefined

  constructor(connection: PostgresConnection, client: Client) {
    this.#connection = connection
    this.#client = client
  }

  /** Sends a statement; its fault is kept for the next one that is waited for. */
  later(sql: string, params: readonly SqlValue[]): void {
    this.#outstanding = this.#connection.sendOn(this.#client, ddl(sql), params).catch((error: unknown) => {
      this.#fault ??= { error }
    })
  }

  async run<R>(sql: string, params: readonly SqlValue[]): Promise<R[]> {
    if (sql.startsWith('ROLLBACK TO ')) {
      await this.#outstanding
      this.#fault = undefined
    } else if (!isWaited(sql)) {
      this.later(sql, params)
      return []
    }
    try {
      const rows = await this.#connection.sendOn<R>(this.#client, sql, params)
      if (this.#fault) throw this.#fault.error
      return rows
    } catch (error) {
      // After one fault the server refuses the rest: the first is the one that says why.
      throw this.#fault ? this.#fault.error : error
    }
  }

  /** Waits for everything sent. @throws the first fault */
  async settled(): Promise<void> {
    await this.#outstanding
    if (this.#fault) throw this.#fault.error
  }
}

/**
 * Text is compared by its bytes, as the embedded engine does: the order of a page must not depend on the language of
 * the server. How the embedded engine lays a table out means nothing here.
 */
const ddl = (sql: string): string =>
  /^\s*(CREATE TABLE|ALTER TABLE)/.test(sql)
    ? sql.replace(/\bTEXT\b/g, 'TEXT COLLATE "C"').replace(/ WITHOUT ROWID$/, '')
    : sql
