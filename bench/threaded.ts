/**
 * A prototype to measure with: SQLite whose writing connection lives in a thread of its own. Statements travel there in
 * batches, and reads stay where they are. What the lane does in between (rules, index) stays in the loop.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { Database, Query, SqlValue } from '../src/store/database.ts'
import { openSqlite } from '../src/store/sqlite.ts'

interface Asked {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

type Answered = { readonly rows: unknown[] } | { readonly fault: string }

/** Whoever waits for an answer of the thread. */
interface Waiter {
  readonly resolve: (rows: never) => void
  readonly reject: (error: Error) => void
}

/** Opens a SQLite file for a service. */
export function openThreaded(file: string): Database & { readonly stop: () => Promise<void> } {
  const reading = openSqlite(file)
  const worker = new Worker(new URL(import.meta.url), { workerData: file })
  const waiting: Waiter[] = []
  let batch: Asked[] = []
  worker.on('message', (answers: Answered[]) => {
    for (const answer of answers) {
      const waiter = waiting.shift()
      if ('rows' in answer) waiter?.resolve(answer.rows as never)
      else waiter?.reject(new Error(answer.fault))
    }
  })
  const send: Query = <R>(sql: string, params: readonly SqlValue[] = []) =>
    new Promise<R[]>((resolve, reject) => {
      waiting.push({ resolve: resolve as Waiter['resolve'], reject })
      if (batch.push({ sql, params }) > 1) return
      // What is asked in the same step travels together.
      queueMicrotask(() => {
        worker.postMessage(batch)
        batch = []
      })
    })
  return {
    ...reading,
    async transaction(work) {
      const begun = send('BEGIN IMMEDIATE')
      try {
        const [result] = await Promise.all([work(send), begun])
        await send('COMMIT')
        return result
      } catch (error) {
        await send('ROLLBACK').catch(() => undefined)
        throw error
      }
    },
    async close() {
      await worker.terminate()
      await reading.close()
    },
    stop: async () => void (await worker.terminate()),
  }
}

function serve(file: string): void {
  const connection = new DatabaseSync(file)
  connection.exec(
    'PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA foreign_keys=ON',
  )
  const prepared = new Map<string, { readonly statement: StatementSync; readonly returns: boolean }>()
  const run = ({ sql, params }: Asked): Answered => {
    try {
      let entry = prepared.get(sql)
      if (!entry) {
        const statement = connection.prepare(sql.replace(/\$(\d+)/g, '?$1'))
        entry = { statement, returns: statement.columns().length > 0 }
        prepared.set(sql, entry)
      }
      if (entry.returns) return { rows: entry.statement.all(...params) }
      entry.statement.run(...params)
      return { rows: [] }
    } catch (error) {
      return { fault: error instanceof Error ? error.message : String(error) }
    }
  }
  parentPort?.on('message', (asked: Asked[]) => parentPort?.postMessage(asked.map(run)))
}

if (!isMainThread && typeof workerData === 'string') serve(workerData)
