/**
 * Transactions on a SQLite file. What work asks before it writes is read by the loop's own connection, and the lock is
 * taken when the first statement leaves: most groups then cost one way to the thread and back. The thread compares the
 * version of the file as it takes the lock; where another connection has written since the loop last knew, nothing that
 * was read counts, and the work is run once more with the lock held from the start.
 */
import { DatabaseUnavailable, type Query } from './database.ts'
import { OUTDATED } from './sqlite-messages.ts'
import type { WritingConnection } from './sqlite-thread.ts'

/** The loop's own connection. */
export interface Reader {
  /** What is committed; in one turn of the event loop the same for all who ask. */
  readonly query: Query
  /** Whoever asks from now on sees what is committed now. */
  renew(): void
}

type Work<T> = (query: Query, before: Query) => Promise<T>

export class SqliteTransactions {
  readonly #writer: () => WritingConnection
  readonly #reader: Reader
  /** Of the file, when this connection last held the lock; the reader has seen nothing older since. */
  #version: string | undefined

  /** @param writer called for every transaction */
  constructor(writer: () => WritingConnection, reader: Reader) {
    this.#writer = writer
    this.#reader = reader
  }

  /** Runs work as `Database.transaction` promises; whoever calls sees to it that one follows the other. */
  async run<T>(work: Work<T>): Promise<T> {
    try {
      return await this.#attempt(work)
    } catch (error) {
      if (!isOutdated(error)) throw error
      return this.#attempt(work)
    }
  }

  async #attempt<T>(work: Work<T>): Promise<T> {
    const writer = this.#writer()
    /** Whether what the reader sees is what the transaction began with, or the thread will say that it is not. */
    let known = this.#version !== undefined
    let asked = false
    let begun: Promise<string> | undefined
    const begin = (): Promise<string> => {
      known &&= asked
      begun = writer.begin(known ? this.#version : undefined)
      begun.catch(() => {})
      return begun
    }
    const query: Query = async (sql, params = []) => {
      if (!begun) void begin()
      return writer.run(sql, params) as Promise<never[]>
    }
    const before: Query = async (sql, params) => {
      if (!known && !begun) {
        const taken = begin()
        await writer.run('SELECT 1', [])
        this.#version = await taken
        this.#reader.renew()
        known = true
      }
      if (!known) return query(sql, params)
      asked = true
      return this.#reader.query(sql, params)
    }
    try {
      const result = await work(query, before)
      if (!begun) void begin()
      await writer.finish('COMMIT')
      // Whoever asks from now on sees it, in this turn of the event loop too.
      this.#reader.renew()
      return result
    } catch (error) {
      this.#version = undefined
      // Where the thread has ended its transaction has ended too.
      await writer.finish('ROLLBACK').catch(() => undefined)
      await begun?.catch((fault: unknown) => {
        throw isLocked(fault) ? new DatabaseUnavailable('Another process holds the store.', { cause: fault }) : fault
      })
      throw error
    }
  }
}

const isOutdated = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === OUTDATED

/** SQLITE_BUSY (https://www.sqlite.org/rescode.html). */
const isLocked = (error: unknown): boolean => error instanceof Error && 'errcode' in error && error.errcode === 5
