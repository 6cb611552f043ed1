/**
 * The thread that writes to SQLite files, one for all of a process. It does what it is sent, in that order; a COMMIT
 * that waits for the disk then stops nobody who reads.
 *
 * A transaction in which a statement has failed does nothing more until it is rolled back, as on PostgreSQL: SQLite
 * itself goes on, and after some faults (full disk, I/O) has rolled back already, so that what follows would be
 * committed by itself, statement for statement.
 */
import type { DatabaseSync } from 'node:sqlite'
import { parentPort } from 'node:worker_threads'
import type { Row, SqlValue } from './database.ts'
import { connect, type Run, statements } from './sqlite-connection.ts'
import { type Answer, faultOf, type Order, OUTDATED } from './sqlite-messages.ts'

/**
 * Pages in the log from which on it is worth folding back what is in it: a few milliseconds of work. Left to SQLite alone
 * it is done by the commit that has filled `CHECKPOINT_PAGES`, and whoever waits for that one waits for all of them.
 */
const FOLD_PAGES = 500

/** ms without anything to do after which it is done. */
const IDLE = 10

/** A file that is written to, opened by its first statement. */
export class WrittenFile {
  readonly #path: string
  #open: { readonly connection: DatabaseSync; readonly run: Run } | undefined
  #openings = 0
  /** What the running transaction has failed with. */
  #fault: { readonly error: unknown } | undefined

  constructor(path: string) {
    this.#path = path
  }

  /**
   * Begins a transaction, with the lock that keeps all others from writing.
   * @param expected a version that was answered before: what was read since is true still unless the file has another
   * @returns the version of what is committed: another one after commits of other connections, never after our own
   * @throws Error of SQLite, or one with the code `OUTDATED`; nothing more of the transaction is done then
   */
  begin(expected: string | undefined): string {
    this.run('BEGIN IMMEDIATE', [])
    const [row] = this.run('PRAGMA data_version', [])
    // A number of one connection means nothing to the next.
    const version = `${this.#openings}.${row?.data_version}`
    if (expected === undefined || expected === version) return version
    const error = Object.assign(new Error('Another connection has written to the store meanwhile.'), { code: OUTDATED })
    this.#fault = { error }
    throw error
  }

  /** @throws Error of this statement, or of an earlier one of the transaction */
  run(sql: string, params: readonly SqlValue[]): Row[] {
    if (sql === 'ROLLBACK') return this.#rollback()
    const mends = sql.startsWith('ROLLBACK TO ')
    if (this.#fault && !(mends && this.#open?.connection.isTransaction)) throw this.#fault.error
    try {
      if (!this.#open) {
        const connection = connect(this.#path)
        // What a statement or savepoint keeps of the pages before it is of no use after a crash: writing it to a
        // temporary file, as SQLite does from the sixteenth page on, takes a third of the time of all statements.
        connection.exec('PRAGMA temp_store=MEMORY')
        this.#open = { connection, run: statements(connection) }
        this.#openings++
      }
      const rows = this.#open.run(sql, params)
      if (mends) this.#fault = undefined
      return rows
    } catch (error) {
      this.#fault ??= { error }
      throw this.#fault.error
    }
  }

  /**
   * Folds the log back into the file where enough has gathered in it, and nobody is in the middle of a transaction. What
   * somebody still reads stays in it. Answers whether it has tried.
   */
  fold(): boolean {
    if (!this.#open || this.#open.connection.isTransaction) return false
    try {
      const [state] = this.#open.run('PRAGMA wal_checkpoint(NOOP)', [])
      if (Number(state?.log) - Number(state?.checkpointed) < FOLD_PAGES) return false
      this.#open.run('PRAGMA wal_checkpoint(PASSIVE)', [])
    } catch {
      // It stays in the log, from which it is read as well; a commit that meets the same fault says so.
    }
    return true
  }

  close(): void {
    this.#open?.connection.close()
    this.#open = undefined
  }

  #rollback(): Row[] {
    this.#fault = undefined
    try {
      if (this.#open?.connection.isTransaction) this.#open.run('ROLLBACK', [])
    } catch {
      // Closing rolls back too; the next transaction opens the file anew.
      this.close()
    }
    return []
  }
}

const files = new Map<number, WrittenFile>()

/** @throws Error of SQLite */
function follow(order: Order): Row[] {
  if (order.kind === 'open') {
    files.set(order.file, new WrittenFile(order.path))
    return []
  }
  const file = files.get(order.file)
  if (order.kind === 'close') {
    files.delete(order.file)
    file?.close()
    return []
  }
  if (!file) throw new Error('The database is closed.')
  return order.kind === 'begin' ? [{ version: file.begin(order.expected) }] : file.run(order.sql, order.params)
}

/** In pauses only: whoever writes without one is slowed down less by SQLite's own turns, which are rarer. */
const idle = parentPort && setTimeout(() => files.forEach((file) => file.fold()), IDLE).unref()

parentPort?.on('message', (batch: readonly Order[]) => {
  const answers: Answer[] = []
  for (const order of batch) {
    const waited = order.kind === 'run' ? order.waited : order.kind !== 'open'
    try {
      const rows = follow(order)
      if (waited) answers.push({ rows })
    } catch (error) {
      if (waited) answers.push({ fault: faultOf(error) })
    }
  }
  if (answers.length === 0) return
  parentPort?.postMessage(answers)
  idle?.refresh()
})
