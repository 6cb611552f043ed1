/**
 * One group of the lane inside its transaction. What a piece of work writes waits, beyond its end too, until something is
 * read that may depend on it or the group ends, so that rows of many share a statement; what was read or written by
 * anybody of the group is remembered. A piece of work stands in a savepoint from its first write on that something may
 * still be refused after; work that writes only when it has ended well needs none.
 *
 * That a piece of work was written without a fault is not waited for before the next one begins: on a server that is a
 * network away this would be a way there and back for each. A fault that comes to light later is that of the whole
 * group (`Unclear`), which is then done anew, one piece after the other (`careful`).
 */
import { type Query, type SqlValue, steady } from './database.ts'
import { Memory } from './memory.ts'
import { Rows, type Statement } from './rows.ts'
import type { Turns } from './turns.ts'

/** Asks for nothing but an answer. */
const WELL = steady('SELECT 1 AS one')

/** Rows of work that has ended well after which they are sent: the engine writes them while the next piece is thought about. */
const FLUSH = 256

/** The database has refused something, and it is not known of which piece of work. Nothing of the group may stay. */
export class Unclear extends Error {
  override readonly name = 'Unclear'
}

export interface GroupOptions {
  /** Waits for the end of each piece of work, so that a fault is known to be its own. */
  readonly careful: boolean
  /** What was there before the group (`Database.transaction`). */
  readonly before?: Query | undefined
  /** Work that finds what it needs among what the group has read never waits for anything else. */
  readonly turns: Turns
}

export class Group {
  readonly rows = new Rows()
  readonly memory: Memory
  readonly #raw: Query
  readonly #before: Query | undefined
  readonly #careful: boolean
  readonly #turns: Turns
  /** Whether anything was sent that writes. */
  #wrote = false
  /** What was sent and is not known to have gone well: each resolves with its fault, if any. */
  #ends: Promise<{ readonly cause: unknown } | undefined>[] = []
  /** Whether something was written after which no answer has come: an engine may keep its fault until one is asked for. */
  #unanswered = false
  /** Whether the savepoint of the running work is set; undefined between works. */
  #saved: boolean | undefined
  /** Whether the database has refused the running work something. */
  #refused = false

  /** @param raw the statements of the transaction */
  constructor(raw: Query, { careful, before, turns }: GroupOptions) {
    this.#raw = raw
    this.#before = before
    this.#careful = careful
    this.#turns = turns
    this.memory = new Memory((sql, params) => this.#send(sql, params), this.#before)
  }

  /**
   * Answers from memory or what was there before where it can; otherwise from the database, which then knows all that
   * was written.
   */
  readonly query: Query = (sql, params = []) => {
    const answer = this.memory.answer<never>(sql, params) ?? this.#ask<never>(sql, params)
    const turn = this.turn()
    return turn ? Promise.all([answer, turn]).then(([rows]) => rows) : answer
  }

  /** Lets the event loop take its turn where it has waited long enough; undefined where it has not. */
  turn(): Promise<void> | undefined {
    return this.#turns.take()
  }

  /**
   * Runs one piece of work.
   * @throws what it throws; nothing of it then remains
   * @throws Unclear when something before it has failed, or when a statement of its own has and cannot be taken back
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#saved = false
    this.#refused = false
    try {
      const value = await work()
      await this.#end()
      this.memory.settle()
      return value
    } catch (reason) {
      this.rows.drop()
      this.memory.undo()
      if (this.#saved || this.#refused) await this.#settled()
      if (this.#saved) {
        await this.#raw('ROLLBACK TO SAVEPOINT work')
        await this.#raw('RELEASE SAVEPOINT work')
      } else if (this.#refused) throw new Unclear('A statement of the group has failed.', { cause: reason })
      throw reason
    } finally {
      this.#saved = undefined
    }
  }

  /** Asks whether all that was sent went well, without waiting: it may travel with the commit. */
  end(): void {
    this.#flush()
    if (this.#unanswered) this.#later(this.#raw(WELL))
    this.#unanswered = false
  }

  /** What has failed of all that was sent, as far as `end` has asked; undefined when nothing has. */
  async fault(): Promise<Unclear | undefined> {
    const ends = await Promise.all(this.#ends)
    this.#ends = []
    const fault = ends.find((end) => end !== undefined)
    return fault && new Unclear('A statement of the group has failed.', fault)
  }

  /** Resolves when all that was done so far is known to be well. @throws Unclear */
  async #settled(): Promise<void> {
    this.end()
    const fault = await this.fault()
    if (fault) throw fault
  }

  /** A question of which memory knows nothing: as long as nobody has written, what was there before is what there is. */
  #ask<R>(sql: string, params: readonly SqlValue[]): Promise<R[]> {
    if (this.#before && !this.#wrote && !this.rows.waiting && isRead(sql)) return this.#before<R>(sql, params)
    return this.#send(sql, params)
  }

  /** The work has gone well. With care what it leaves to write is sent, and it is this work that fails with a fault of it. */
  async #end(): Promise<void> {
    if (this.#careful) {
      const statements = this.rows.take()
      if (statements.length > 0) await Promise.all(this.#write(statements))
      if (this.#saved) await this.#raw('RELEASE SAVEPOINT work')
      return
    }
    // Nobody has to take it back any more: it goes with what others leave.
    this.rows.settle()
    if (this.#saved) {
      this.#later(this.#raw('RELEASE SAVEPOINT work'))
      this.#unanswered = false
    }
    if (this.rows.settled >= FLUSH) this.#flush()
  }

  /** Sends what was left to write by work that has ended well. */
  #flush(): void {
    for (const { sql, params } of this.rows.takeSettled()) {
      this.#unanswered = this.#wrote = true
      this.#later(this.#raw(sql, params))
    }
  }

  #later(sent: Promise<unknown>): void {
    this.#ends.push(
      sent.then(
        () => undefined,
        (cause: unknown) => ({ cause }),
      ),
    )
  }

  /** Statements leave in the order of the calls, before anything is waited for: reads may be asked side by side. */
  async #send<R>(sql: string, params: readonly SqlValue[] = []): Promise<R[]> {
    this.#flush()
    const waiting = this.rows.take()
    const sent = waiting.length > 0 || this.#careful || !isRead(sql) ? this.#write(waiting) : []
    try {
      const [rows] = await Promise.all([...sent, this.#raw<R>(sql, params)].reverse())
      return rows as R[]
    } catch (error) {
      this.#refused = true
      throw error
    }
  }

  /** Sends statements that may have to be taken back. */
  #write(statements: readonly Statement[]): Promise<unknown>[] {
    this.#wrote = true
    const sent: Promise<unknown>[] = []
    if (this.#saved === false) {
      this.#saved = true
      sent.push(this.#raw('SAVEPOINT work'))
    }
    for (const { sql, params } of statements) sent.push(this.#raw(sql, params))
    return sent
  }
}

/** What only looks leaves nothing that would have to be taken back. */
export const isRead = (sql: string): boolean => /^\s*SELECT\b/.test(sql)
