/**
 * One pipelined connection to PostgreSQL that mends itself. Statements are sent without waiting for the answers to
 * those before them, so one connection carries what many would. After a failure it is opened again, at a pace that
 * does not hammer a server that is starting; until then whoever asks is told at once instead of being kept waiting.
 */
import type { Writable } from 'node:stream'
import type { Client, QueryResult } from 'pg'
import { DatabaseUnavailable, type SqlValue } from './database.ts'

/** Makes a client that is not connected yet; handed in so that `pg` is loaded only where PostgreSQL is used. */
export type NewClient = () => Client

/** What a statement takes here: also an array of values. */
export type Value = SqlValue | readonly SqlValue[]

/** Texts that are prepared by name on each connection. Searches differ in their number of values: there is no end to them. */
const STATEMENT_LIMIT = 500
/** Wait before the next attempt to connect, in ms: doubled at each failure, so a restart is met soon after it ends. */
const FIRST_WAIT = 50
const LONGEST_WAIT = 2000

export interface ConnectionOptions {
  /** Statements run once on every new connection; they may fail without harm. */
  readonly setup?: readonly string[]
  /** A server that only copies another one will do; otherwise it counts as away until it has been promoted. */
  readonly standby?: boolean
}

export class PostgresConnection {
  readonly #servers: readonly NewClient[]
  readonly #setup: readonly string[]
  readonly #standby: boolean
  #open: Promise<Client> | undefined
  /** The one that was connected last. */
  #client: Client | undefined
  #failures = 0
  #notBefore = 0
  #closed = false
  readonly #names = new WeakMap<Client, Map<string, string>>()
  /** Statements of `send` whose answers have not come. */
  pending = 0

  /** @param servers of one database, of which one takes writes */
  constructor(servers: readonly NewClient[], { setup = [], standby = false }: ConnectionOptions = {}) {
    this.#servers = servers
    this.#setup = setup
    this.#standby = standby
  }

  /**
   * Sends one statement.
   * @throws DatabaseUnavailable when the server is away or stops meanwhile; the server's own error otherwise
   */
  async send<R>(sql: string, params: readonly Value[]): Promise<R[]> {
    this.pending++
    try {
      return await this.sendOn<R>(await this.client(), sql, params)
    } finally {
      this.pending--
    }
  }

  /** As `send`, on a client that was taken before: what belongs to one transaction must not continue on another. */
  async sendOn<R>(client: Client, sql: string, params: readonly Value[]): Promise<R[]> {
    gather(client)
    try {
      const name = this.#nameOf(client, sql)
      const result = (await client.query({
        text: sql,
        values: params as Value[],
        ...(name === undefined ? {} : { name }),
      })) as QueryResult
      return result.rows as R[]
    } catch (error) {
      throw asUnavailable(error)
    }
  }

  /** The connected client. @throws DatabaseUnavailable */
  client(): Promise<Client> {
    if (this.#closed) return Promise.reject(new DatabaseUnavailable('The database is closed.'))
    if (!this.#open) {
      if (Date.now() < this.#notBefore) {
        return Promise.reject(new DatabaseUnavailable('PostgreSQL cannot be reached; it is tried again shortly.'))
      }
      this.#open = this.#connect()
    }
    return this.#open
  }

  /** Gives a client up, e.g. because nobody knows what state its transaction is in. */
  discard(client: Client): void {
    this.#open = undefined
    client.end().catch(() => {})
  }

  async close(): Promise<void> {
    this.#closed = true
    const open = this.#open
    this.#open = undefined
    await open?.then((client) => client.end()).catch(() => {})
  }

  /** All servers are asked at once: one that does not answer must not keep the others waiting. */
  async #connect(): Promise<Client> {
    let found = false
    const attempts = this.#servers.map(async (newClient) => {
      const client = await this.#connectTo(newClient)
      if (found) {
        client.end().catch(() => {})
        throw new Error('Another server was faster.')
      }
      found = true
      return client
    })
    try {
      const client = await Promise.any(attempts)
      this.#client = client
      this.#failures = 0
      return client
    } catch (error) {
      this.#open = undefined
      this.#notBefore = Date.now() + Math.min(FIRST_WAIT * 2 ** this.#failures++, LONGEST_WAIT)
      const causes = (error instanceof AggregateError ? error.errors : [error]) as unknown[]
      const words = causes.map((cause) => (cause instanceof Error ? cause.message : String(cause))).join('; ')
      throw new DatabaseUnavailable('PostgreSQL cannot be reached.', { cause: new Error(words, { cause: causes[0] }) })
    }
  }

  async #connectTo(newClient: NewClient): Promise<Client> {
    const client = newClient()
    const lost = () => {
      if (this.#client === client) this.#open = undefined
    }
    // Without a listener a connection that breaks while idle would end the process.
    client.on('error', lost)
    client.on('end', lost)
    try {
      await client.connect()
      if (!this.#standby && (await isStandby(client))) throw new Error('The server is a standby.')
      for (const statement of this.#setup) await client.query(statement).catch(() => {})
      return client
    } catch (error) {
      client.end().catch(() => {})
      throw error
    }
  }

  #nameOf(client: Client, sql: string): string | undefined {
    let names = this.#names.get(client)
    if (!names) this.#names.set(client, (names = new Map()))
    let name = names.get(sql)
    if (name === undefined && names.size < STATEMENT_LIMIT) {
      name = `s${names.size}`
      names.set(sql, name)
    }
    return name
  }
}

/** Whether a server replays what another one has written; engines that do not know the question have no such servers. */
async function isStandby(client: Client): Promise<boolean> {
  const answer = await client
    .query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
    .catch(() => undefined)
  return answer?.rows[0]?.standby === true
}

/** What the type definitions do not know of a client: the socket below it. */
interface Wired {
  readonly connection: { readonly stream: Writable }
}

/** Statements that are sent in one go of the event loop leave in one write: each for itself costs a way into the kernel. */
function gather(client: Client): void {
  const { stream } = (client as unknown as Wired).connection
  if (stream.writableCorked > 0) return
  stream.cork()
  // Whoever is called in between sends more.
  process.nextTick(() => stream.uncork())
}

/** Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html after which a repeat may succeed. */
const TRANSIENT = /^(08...|53...|57P0[1-5]|57014|55P03|25006|40001|40P01|25P03|25P04)$/
/** What Node and the driver say when the connection is lost. */
const LOST = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/
const DRIVER_WORDS = /Connection terminated|not queryable|Query read timeout|connection error/

function asUnavailable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseUnavailable) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (TRANSIENT.test(code) || LOST.test(code) || (code === '' && DRIVER_WORDS.test(error.message))) {
    return new DatabaseUnavailable('PostgreSQL did not answer.', { cause: error })
  }
  return error
}
