/**
 * The database of the bare server: statements that wait in one turn of the event loop are committed together, as
 * durably as the service commits, and nothing else. On PostgreSQL they are pipelined over one connection.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import pg from 'pg'
import type { SqlValue } from '../src/store/database.ts'

export interface Statement {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

export interface BareStore {
  /** Resolves when the statements are durable, with those that waited at the same time. */
  durably(statements: readonly Statement[]): Promise<void>
  read<R>(sql: string, params: readonly SqlValue[]): Promise<R[]>
  /** As the usual driver does it: a pool of four connections, each with one statement at a time. */
  readPooled<R>(sql: string, params: readonly SqlValue[]): Promise<R[]>
  close(): Promise<void>
}

/** As many as the service commits together. */
const GROUP_LIMIT = 128

interface Job {
  readonly statements: readonly Statement[]
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Those that wait are given to `commit` together, one group after the other. */
function grouped(commit: (statements: readonly Statement[]) => Promise<void> | void): BareStore['durably'] {
  let queue: Job[] = []
  let running = false
  const run = async (): Promise<void> => {
    running = true
    while (queue.length > 0) {
      await new Promise((resolve) => setImmediate(resolve))
      const group = queue.slice(0, GROUP_LIMIT)
      queue = queue.slice(GROUP_LIMIT)
      try {
        await commit(group.flatMap(({ statements }) => statements))
        for (const { done } of group) done()
      } catch (error) {
        for (const { failed } of group) failed(error)
      }
    }
    running = false
  }
  return (statements) =>
    new Promise((done, failed) => {
      queue.push({ statements, done, failed })
      if (!running) void run()
    })
}

/** @param url `sqlite:FILE` or `postgres://…` */
export const openBare = (url: string): Promise<BareStore> =>
  url.startsWith('sqlite:') ? Promise.resolve(openFile(url.slice('sqlite:'.length))) : openServer(url)

function openFile(file: string): BareStore {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000')
  const prepared = new Map<string, StatementSync>()
  const statement = (sql: string): StatementSync => {
    let found = prepared.get(sql)
    if (!found) prepared.set(sql, (found = database.prepare(sql.replace(/\$(\d+)/g, '?$1'))))
    return found
  }
  const read = async <R>(sql: string, params: readonly SqlValue[]) => statement(sql).all(...params) as R[]
  return {
    durably: grouped((statements) => {
      database.exec('BEGIN IMMEDIATE')
      try {
        for (const { sql, params } of statements) {
          if (sql.startsWith('SELECT')) statement(sql).all(...params)
          else statement(sql).run(...params)
        }
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    }),
    read,
    readPooled: read,
    close: async () => database.close(),
  }
}

async function openServer(url: string): Promise<BareStore> {
  const config = { connectionString: url, pipeline: true } as pg.ClientConfig
  const [writer, reader] = [new pg.Client(config), new pg.Client(config)]
  await Promise.all([writer.connect(), reader.connect()])
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  const names = new Map<string, string>()
  const query = ({ sql, params }: Statement) => {
    let name = names.get(sql)
    if (name === undefined) names.set(sql, (name = `b${names.size}`))
    return { name, text: sql, values: [...params] }
  }
  return {
    durably: grouped(async (statements) => {
      const sent = [writer.query('BEGIN'), ...statements.map((one) => writer.query(query(one))), writer.query('COMMIT')]
      await Promise.all(sent)
    }),
    read: async <R>(sql: string, params: readonly SqlValue[]) =>
      (await reader.query(query({ sql, params }))).rows as R[],
    readPooled: async <R>(sql: string, params: readonly SqlValue[]) =>
      (await pool.query(query({ sql, params }))).rows as R[],
    async close() {
      await Promise.all([writer.end(), reader.end(), pool.end()])
    },
  }
}
