/**
 * The way to the thread that writes to SQLite files (`sqlite-writer.ts`). What is asked in one step travels together;
 * what nobody waits for leaves with the next that somebody does.
 */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { DatabaseUnavailable, isWaited, type Row, type SqlValue } from './database.ts'
import { type Answer, errorOf, type Order } from './sqlite-messages.ts'

/** Orders that leave although nobody waits for them: the thread then works while the loop prepares what follows. */
const BATCH = 64

interface Waiter {
  readonly resolve: (rows: Row[]) => void
  readonly reject: (error: Error) => void
}

/** A file that the thread writes to. */
export interface WritingConnection {
  /**
   * Begins a transaction (`WrittenFile.begin`); leaves with what is sent next.
   * @throws DatabaseUnavailable when the thread has ended; Error of SQLite; Error with the code `OUTDATED`
   */
  begin(expected: string | undefined): Promise<string>
  /**
   * Sends a statement. One that answers no rows is not waited for: its fault comes out of the next that is, and until
   * a ROLLBACK nothing is done any more.
   * @throws DatabaseUnavailable when the thread has ended; Error of SQLite otherwise
   */
  run(sql: string, params: readonly SqlValue[]): Promise<Row[]>
  /** As `run`, of a statement whose end must be known. */
  finish(sql: 'COMMIT' | 'ROLLBACK'): Promise<void>
  close(): Promise<void>
}

/** Where files are written. */
export interface WriterPlace {
  /** Resolves with the reason when it has ended: nobody knows what became of what it was doing. */
  readonly lost: Promise<Error>
  /** @param path of a file, opened when something is written first */
  open(path: string): WritingConnection
}

/** A thread of its own. */
export class WriterThread implements WriterPlace {
  readonly lost: Promise<Error>
  readonly #worker: Worker
  #waiting: Waiter[] = []
  #batch: Order[] = []
  #leaving = false
  #files = 0
  #fault: Error | undefined

  constructor() {
    // Beside this file and in its language, in the sources and in what `generator/build.ts` makes of them.
    const entry = new URL(`./sqlite-writer${extname(import.meta.url)}`, import.meta.url)
    // Options of this process may load what only belongs into the loop.
    this.#worker = new Worker(entry, { name: 'sqlite-writer', execArgv: [] })
    // A process with nothing else to do may end.
    this.#worker.unref()
    this.#worker.on('message', (answers: readonly Answer[]) => this.#take(answers))
    this.lost = new Promise((resolve) => {
      const end = (cause?: unknown): void => {
        this.#fault ??= new DatabaseUnavailable('The thread that writes to the store has ended.', { cause })
        for (const { reject } of this.#waiting.splice(0)) reject(this.#fault)
        resolve(this.#fault)
      }
      this.#worker.on('error', end)
      this.#worker.on('exit', () => end())
    })
  }

  get ended(): boolean {
    return this.#fault !== undefined
  }

  open(path: string): WritingConnection {
    const file = ++this.#files
    this.#put({ kind: 'open', file, path })
    return {
      begin: async (expected) => {
        const [row] = await this.#ask({ kind: 'begin', file, expected }, false)
        return String(row?.version)
      },
      run: (sql, params) => {
        if (!params.every(isValue)) {
          return Promise.reject(new TypeError('A statement was given a value that no column can hold.'))
        }
        const waited = isWaited(sql)
        const order: Order = { kind: 'run', file, sql, params, waited }
        if (waited) return this.#ask(order)
        this.#put(order)
        return this.#fault ? Promise.reject(this.#fault) : Promise.resolve([])
      },
      finish: async (sql) => void (await this.#ask({ kind: 'run', file, sql, params: [], waited: true })),
      close: async () => {
        // With the thread its connections have gone too.
        await this.#ask({ kind: 'close', file }).catch((error: unknown) => {
          if (!(error instanceof DatabaseUnavailable)) throw error
        })
      },
    }
  }

  /** Ends the thread, whatever it is doing. */
  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  /** @param leaves whether what waits is sent when this step is over */
  #ask(order: Order, leaves = true): Promise<Row[]> {
    if (this.#fault) return Promise.reject(this.#fault)
    const answer = new Promise<Row[]>((resolve, reject) => {
      if (this.#waiting.push({ resolve, reject }) === 1) this.#worker.ref()
    })
    this.#put(order)
    if (leaves && !this.#leaving) {
      this.#leaving = true
      // After all promises that are fulfilled by now: what follows from them, as a COMMIT, travels along.
      process.nextTick(() => {
        this.#leaving = false
        this.#leave()
      })
    }
    return answer
  }

  #put(order: Order): void {
    if (this.#batch.push(order) >= BATCH) this.#leave()
  }

  #leave(): void {
    if (this.#batch.length === 0) return
    const batch = this.#batch
    this.#batch = []
    this.#worker.postMessage(batch)
  }

  #take(answers: readonly Answer[]): void {
    for (const answer of answers) {
      const waiter = this.#waiting.shift()
      if ('rows' in answer) waiter?.resolve(answer.rows as Row[])
      else waiter?.reject(errorOf(answer.fault))
    }
    if (this.#waiting.length === 0) this.#worker.unref()
  }
}

/** What the types promise; anything else could not travel, and its statement would be missing among the others. */
const isValue = (value: SqlValue): boolean =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'

let shared: WriterThread | undefined

/** The thread of this process, started by whoever writes first. One that has ended is not used again. */
export function writerThread(): WriterThread {
  if (!shared || shared.ended) shared = new WriterThread()
  return shared
}
