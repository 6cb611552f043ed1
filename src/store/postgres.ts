/**
 * PostgreSQL, for several nodes over one database (`DATABASE_URL=postgres://…`). One connection writes, a few read,
 * all pipelined. Only one writer is in a transaction at any moment, over all nodes: what one engine does by its
 * nature, an advisory lock does here, so that both behave alike to the last byte.
 */
import type pgModule from 'pg'
import type { ClientConfig } from 'pg'
import { type Database, isSingle, isSteady, steady } from './database.ts'
import { Gathered } from './postgres-gathered.ts'
import { PostgresConnection, type Value } from './postgres-connection.ts'
import { serversOf } from './postgres-servers.ts'
import { BY_KEYS, BY_VALUES, transaction } from './postgres-transaction.ts'

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

/** ms a transaction may stand still before the server ends it: a node that froze must not stop the others. */
const IDLE_IN_TRANSACTION = 10_000
/** ms beyond the server's own limit after which a silent connection counts as dead. */
const GRACE = 5000
const CONNECT_TIMEOUT = 5000
/**
 * Nothing that is asked here is worth a second process of the server or machine code of its own: with a LIMIT a plan ends
 * long before the price at which the server thinks so, and starting either takes it milliseconds.
 */
const AT_ONCE = ['SET max_parallel_workers_per_gather = 0', 'SET jit = off']
const CLOCK = steady('SELECT tick FROM clock WHERE id = 1')
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
    new PostgresConnection(clients(settings), { setup: [...AT_ONCE, ...setup], standby })
  // Texts compress to a third; a server built without lz4 keeps its own method.
  const writer = open(["SET default_toast_compression = 'lz4'", BY_KEYS])
  const searches = Array.from({ length: readers }, () => open([BY_VALUES]))
  // Apart, so that nobody who knows what he wants waits behind a search.
  const lookups = Array.from({ length: Math.ceil(readers / 2) }, () => open([BY_KEYS]))
  const lookUp = <R>(sql: string, params: readonly Value[]) => quietest(lookups).send<R>(sql, params)
  const poolFor = (sql: string) => (isSteady(sql) ? lookups : searches)
  const gathered = new Gathered(lookUp)
  /** The end of the last transaction: on one connection another in the middle of it would be part of it, and end it. */
  let last: Promise<unknown> = Promise.resolve()
  let clock: Promise<number | undefined> | undefined
  /** For all who ask in one turn of the event loop: sent when the last of them has asked. */
  const askClock = async (): Promise<number | undefined> => {
    await new Promise((resolve) => setImmediate(resolve))
    clock = undefined
    const [row] = await lookUp<{ tick: number }>(CLOCK, [])
    return row?.tick
  }

  return {
    query: (sql, params = []) => (isSingle(sql) ? gathered.ask(sql, params) : quietest(poolFor(sql)).send(sql, params)),
    transaction(work) {
      const mine = last.then(() => transaction(writer, work))
      last = mine.catch(() => {})
      return mine
    },
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
    askTick: () => (clock ??= askClock()),
    integrity: async () => undefined,
    exclusive: false,
    async explain(sql, params = []) {
      const rows = isSteady(sql)
        ? await generic(quietest(lookups), sql).catch(() => quietest(lookups).send<Plan>(`EXPLAIN ${sql}`, params))
        : await quietest(searches).send<Plan>(`EXPLAIN ${sql}`, params)
      // The plan repeats the values that were looked for: they may be a patient's.
      return rows.map((row) => row['QUERY PLAN'].replace(/'(?:[^']|'')*'/g, "'…'"))
    },
    async close() {
      await Promise.all([writer, ...searches, ...lookups].map((connection) => connection.close()))
    },
  }
}

interface Plan {
  readonly 'QUERY PLAN': string
}

/** How a statement is answered whatever its values, which servers before PostgreSQL 16 do not tell. */
async function generic(connection: PostgresConnection, sql: string): Promise<Plan[]> {
  const client = await connection.client()
  return (await client.query<Plan>(`EXPLAIN (GENERIC_PLAN) ${sql}`)).rows
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
