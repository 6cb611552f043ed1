/**
 * A write transaction on PostgreSQL. Statements that answer nothing are sent and not waited for; steady reads that are
 * asked in one turn of the event loop go as one statement for each text, so that what a whole group looks up before it
 * begins costs the server and the driver a few statements whatever its size.
 */
import type { Client } from 'pg'
import { isSteady, isWaited, type Query, type Row, type SqlValue } from './database.ts'
import type { PostgresConnection, Value } from './postgres-connection.ts'
import { type Asker, columnsOf, kindsOf, rowsOfEach, textOfMany } from './postgres-gathered.ts'

/** Any number that no other program uses on the same database: "homecare" in ASCII, cut to what a bigint holds. */
const LANE_LOCK = 0x686f6d65
/**
 * For what goes along the same keys whatever the values: planned once on each connection, which takes several times as
 * long as most of these statements, and never by walking a table because it was small or unknown at that moment.
 */
const PLANNING = {
  plan_cache_mode: ['force_generic_plan', 'force_custom_plan'],
  enable_seqscan: ['off', 'on'],
  enable_hashjoin: ['off', 'on'],
  enable_mergejoin: ['off', 'on'],
} as const
/** @returns a statement that plans by keys, or by its values, until the transaction or the connection ends */
const planning = (byKeys: boolean, local: boolean): string =>
  `SELECT ${Object.entries(PLANNING)
    .map(([name, [keys, values]]) => `set_config('${name}', '${byKeys ? keys : values}', ${local})`)
    .join(', ')}`
export const BY_KEYS = planning(true, false)
/** One plan for all values of a search goes through all resources of a type where a few by their keys were wanted. */
export const BY_VALUES = planning(false, false)
const BY_KEYS_HERE = planning(true, true)
const BY_VALUES_HERE = planning(false, true)
/** What the server has to find a way for; other statements have one that does not depend on their values. */
const PLANNED = /^\s*(?:SELECT|WITH)\b/

/** Runs `work` in a transaction of its own. @param connection with `BY_KEYS` */
export async function transaction<T>(connection: PostgresConnection, work: (query: Query) => Promise<T>): Promise<T> {
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

/** Steady reads that were asked in this turn, of one text and with values of the same kinds. */
interface Asked {
  readonly sql: string
  readonly kinds: string
  readonly askers: Asker[]
}

class Steps {
  readonly #connection: PostgresConnection
  readonly #client: Client
  #outstanding: Promise<unknown> = Promise.resolve()
  #fault: { readonly error: unknown } | undefined
  /** Whether what is sent next will be planned by keys, and whether it was so at the savepoint, to which it may return. */
  #byKeys = true
  #byKeysAtSavepoint = true
  readonly #asked = new Map<string, Asked>()

  constructor(connection: PostgresConnection, client: Client) {
    this.#connection = connection
    this.#client = client
  }

  /** Sends a statement; its fault is kept for the next one that is waited for. */
  later(sql: string, params: readonly SqlValue[]): void {
    this.#ask()
    this.#note(this.#send(ddl(sql), params))
  }

  async run<R>(sql: string, params: readonly SqlValue[]): Promise<R[]> {
    if (sql.startsWith('ROLLBACK TO ')) {
      this.#ask()
      await this.#outstanding
      this.#fault = undefined
      this.#byKeys = this.#byKeysAtSavepoint
    } else if (!isWaited(sql)) {
      if (sql.startsWith('SAVEPOINT ')) this.#byKeysAtSavepoint = this.#byKeys
      this.later(sql, params)
      return []
    }
    try {
      const rows = await (isSteady(sql) && params.length > 0 ? this.#together(sql, params) : this.#alone(sql, params))
      if (this.#fault) throw this.#fault.error
      return rows as R[]
    } catch (error) {
      // After one fault the server refuses the rest: the first is the one that says why.
      throw this.#fault ? this.#fault.error : error
    }
  }

  /** Waits for everything sent. @throws the first fault */
  async settled(): Promise<void> {
    this.#ask()
    await this.#outstanding
    if (this.#fault) throw this.#fault.error
  }

  #alone(sql: string, params: readonly SqlValue[]): Promise<Row[]> {
    this.#ask()
    if (PLANNED.test(sql)) this.#plan(isSteady(sql))
    return this.#send(sql, params)
  }

  /** The answer comes with that of all who ask the same in this turn, or before anything else is sent. */
  #together(sql: string, params: readonly SqlValue[]): Promise<Row[]> {
    return new Promise((answer, refuse) => {
      if (this.#asked.size === 0) process.nextTick(() => this.#ask())
      const kinds = kindsOf(params)
      const key = `${kinds} ${sql}`
      const asker = { params, answer, refuse }
      const asked = this.#asked.get(key)
      if (asked) asked.askers.push(asker)
      else this.#asked.set(key, { sql, kinds, askers: [asker] })
    })
  }

  /** Sends the reads that wait. */
  #ask(): void {
    if (this.#asked.size === 0) return
    const all = [...this.#asked.values()]
    this.#asked.clear()
    this.#plan(true)
    for (const { sql, kinds, askers } of all) {
      const [first] = askers
      if (askers.length === 1 && first) this.#send(sql, first.params).then(first.answer, first.refuse)
      else void this.#askMany(sql, kinds, askers)
    }
  }

  async #askMany(sql: string, kinds: string, askers: readonly Asker[]): Promise<void> {
    try {
      const found = rowsOfEach(await this.#send(textOfMany(sql, kinds, 'all'), columnsOf(askers)), askers.length)
      for (const [i, { answer }] of askers.entries()) answer(found[i] ?? [])
    } catch (error) {
      for (const { refuse } of askers) refuse(error)
    }
  }

  #plan(byKeys: boolean): void {
    if (byKeys === this.#byKeys) return
    this.#byKeys = byKeys
    this.#note(this.#send(byKeys ? BY_KEYS_HERE : BY_VALUES_HERE, []))
  }

  #note(sent: Promise<unknown>): void {
    this.#outstanding = sent.catch((error: unknown) => {
      this.#fault ??= { error }
    })
  }

  #send(sql: string, params: readonly Value[]): Promise<Row[]> {
    return this.#connection.sendOn<Row>(this.#client, sql, params)
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
