/**
 * A new, empty database for a test, on the engine of this run: SQLite, or PostgreSQL when the runner
 * (`test/on-postgres.ts`) has started one and says where.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Database, SqlValue } from '../src/store/database.ts'
import { openPostgres } from '../src/store/postgres.ts'
import { openSqlite } from '../src/store/sqlite.ts'

/** URL of a server on which databases may be made; absent for SQLite. */
const server = process.env.TEST_POSTGRES_URL

export const engine = server === undefined ? 'sqlite' : 'postgres'

interface Teardown {
  teardown(work: () => Promise<void> | void): void
}

/**
 * DATABASE_URL of a database that goes with the test.
 * @param content `definitions`: on PostgreSQL, what a first start of the service leaves (`template1`), because making
 *   it takes longer than most tests; `none`: not even tables
 */
export async function freshDatabase(t: Teardown, content: 'definitions' | 'none' = 'none'): Promise<string> {
  if (server === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'homecare-test-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    return `sqlite:${join(folder, 'exchange.db')}`
  }
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(`CREATE DATABASE ${name} TEMPLATE ${content === 'none' ? 'template0' : 'template1'}`)
  t.teardown(() => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  return server.replace(/[^/]*$/, name)
}

/** Opens a database by its URL, without bringing its schema up. */
export async function open(url: string): Promise<Database> {
  return url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openPostgres({ url, readers: 1 })
}

/** The steps by which the engine would answer a statement; those that walk a whole table start with SCAN. */
export async function explain(database: Database, sql: string, values: readonly SqlValue[]): Promise<string[]> {
  if (engine === 'sqlite') {
    const rows = await database.query<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, values)
    return rows.map(({ detail }) => detail)
  }
  return database.transaction(async (query) => {
    // A few hundred rows are read faster as a whole; whether an index could be used is what matters.
    await query('SET LOCAL enable_seqscan = off')
    const rows = await query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, values)
    return rows.map((row) => row['QUERY PLAN'].trim().replace(/^(?:-> +)?Seq Scan on (\w+).*/, 'SCAN $1'))
  })
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
