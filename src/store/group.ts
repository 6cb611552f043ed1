/**
 * One group of the lane inside its transaction. What a piece of work writes waits until it ends or something is read
 * that may depend on it; what was read or written by anybody of the group is remembered. Each piece of work stands in
 * a savepoint from its first statement on.
 *
 * That a piece of work was written without a fault is not waited for before the next one begins: on a server that is a
 * network away this would be a way there and back for each. A fault that comes to light later is that of the whole
 * group (`Unclear`), which is then done anew, one piece after the other (`careful`).
 */
import type { Query, SqlValue } from './database.ts'
import { Memory } from './memory.ts'
import { Rows } from './rows.ts'

/** The database has refused something, and it is not known of which piece of work. Nothing of the group may stay. */
export class Unclear extends Error {
  override readonly name = 'Unclear'
}

export class Group {
  readonly rows = new Rows()
  readonly memory: Memory
  readonly #raw: Query
  readonly #careful: boolean
  /** The ends of the pieces of work that are not known to have come: each resolves with its fault, if any. */
  #ends: Promise<{ readonly cause: unknown } | undefined>[] = []
  /** Whether the savepoint of the running work is set; undefined between works. */
  #saved: boolean | undefined

  /**
   * @param raw the statements of the transaction
   * @param careful waits for the end of each piece of work, so that a fault is known to be its own
   */
  constructor(raw: Query, careful: boolean) {
    this.#raw = raw
    this.#careful = careful
    this.memory = new Memory((sql, params) => this.#send(sql, params))
  }

  /** Answers from memory where it can; otherwise from the database, which then knows all that was written. */
  readonly query: Query = (sql, params = []) => this.memory.answer(sql, params) ?? this.#send(sql, params)

  /**
   * Runs one piece of work.
   * @throws what it throws; nothing of it then remains
   * @throws Unclear when something before it has failed
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#saved = false
    try {
      const value = await work()
      await this.#flush()
      // A statement that was not waited for may fail as late as here, and it must be this work that fails with it.
      if (this.#saved) await this.#release()
      this.memory.settle()
      return value
    } catch (reason) {
      this.rows.drop()
      this.memory.undo()
      await this.settled()
      if (this.#saved) {
        await this.#raw('ROLLBACK TO SAVEPOINT work')
        await this.#raw('RELEASE SAVEPOINT work')
      }
      throw reason
    } finally {
      this.#saved = undefined
    }
  }

  /** Resolves when all that was done so far is known to be well. @throws Unclear */
  async settled(): Promise<void> {
    const ends = await Promise.all(this.#ends)
    this.#ends = []
    const fault = ends.find((end) => end !== undefined)
    if (fault) throw new Unclear('A statement of the group has failed.', fault)
  }

  async #release(): Promise<void> {
    const released = this.#raw('RELEASE SAVEPOINT work')
    if (this.#careful) await released
    else {
      this.#ends.push(
        released.then(
          () => undefined,
          (cause: unknown) => ({ cause }),
        ),
      )
    }
  }

  /** Statements leave in the order of the calls, before anything is waited for: reads may be asked side by side. */
  async #send<R>(sql: string, params: readonly SqlValue[] = []): Promise<R[]> {
    const [rows] = await Promise.all([...this.#before(), this.#raw<R>(sql, params)].reverse())
    return rows as R[]
  }

  async #flush(): Promise<void> {
    await Promise.all(this.#before(true))
  }

  /** Sends what has to stand before the next statement. */
  #before(onlyRows = false): Promise<unknown>[] {
    const statements = this.rows.take()
    const sent: Promise<unknown>[] = []
    if (this.#saved === false && (!onlyRows || statements.length > 0)) {
      this.#saved = true
      sent.push(this.#raw('SAVEPOINT work'))
    }
    for (const { sql, params } of statements) sent.push(this.#raw(sql, params))
    return sent
  }
}
