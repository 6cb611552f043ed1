/**
 * A new, empty database for a test, on the engine of this run: SQLite, or PostgreSQL when the runner
 * (`test/on-postgres.ts`) has started one and says where.
 */
import { createHash, randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pg from 'pg'
import pino from 'pino'
import { createContext } from '../src/boot.ts'
import { packageRoot, readConfig } from '../src/config.ts'
import type { Database, SqlValue } from '../src/store/database.ts'
import { openPostgres } from '../src/store/postgres.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** URL of a server on which databases may be made; absent for SQLite. */
const server = process.env.TEST_POSTGRES_URL

export const engine = server === undefined ? 'sqlite' : 'postgres'

interface Teardown {
  teardown(work: () => Promise<void> | void): void
}

/**
 * DATABASE_URL of a database that goes with the test.
 * @param content `definitions`: what a first start of the service leaves, because making it takes longer than most
 *   tests; `none`: not even tables
 * @param env settings that the service will be started with
 */
export async function freshDatabase(
  t: Teardown,
  content: 'definitions' | 'none' = 'none',
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  if (server === undefined) {
    const file = join(temporaryFolder(t), 'exchange.db')
    const made = content === 'definitions' ? await template(env) : undefined
    if (made !== undefined) copyFileSync(made, file)
    return `sqlite:${file}`
  }
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(`CREATE DATABASE ${name} TEMPLATE ${content === 'none' ? 'template0' : 'template1'}`)
  t.teardown(() => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  return server.replace(/[^/]*$/, name)
}

/**
 * Instants never go back: a copy of what was made today would take every later test's injected clock along. So what is
 * copied was made long before any test's own clock begins.
 */
export const LONG_AGO = Date.UTC(2020, 0, 1)

/** Kept between runs and shared by the files of one; not a part of the tree. */
const kept = join(packageRoot, 'node_modules/.cache/homecare-exchange-tests')

/** The settings that decide what a first start leaves. */
const DECIDING = ['SERVER_TABLE', 'PACKAGES', 'BASE_URL', 'HOST', 'PORT']

/** A digest short enough for the name of a file. */
const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

/**
 * What a first start leaves on SQLite, by the sources and tables as they are now and the settings that count.
 * @returns undefined where that depends on files of the test itself
 */
async function template(env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const settings = DECIDING.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]))
  const files = [env.SERVER_TABLE, env.PACKAGES].filter((path) => path !== undefined)
  if (!files.every((path) => resolve(packageRoot, path).startsWith(packageRoot))) return undefined
  const build = digest(sources())
  const file = join(kept, `${build}-${digest(settings)}.db`)
  if (existsSync(file)) return file
  mkdirSync(kept, { recursive: true })
  for (const name of readdirSync(kept)) {
    if (/^[0-9a-f]{16}-.*\.db/.test(name) && !name.startsWith(build)) rmSync(join(kept, name), { force: true })
  }
  // Several files of tests may be at it: each makes its own, and the last one stays.
  const made = `${file}.${process.pid}`
  const config = readConfig({ LOG_LEVEL: 'silent', ...Object.fromEntries(settings), DATABASE_URL: `sqlite:${made}` })
  const context = await createContext({ config, log: pino({ level: 'silent' }), clock: () => LONG_AGO })
  await context.close()
  renameSync(made, file)
  return file
}

let stamp: string | undefined

/** When which file that a start depends on was changed. */
function sources(): string {
  stamp ??= ['src', 'profiles', 'conformance']
    .flatMap((folder) =>
      readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(packageRoot, folder, name),
      ),
    )
    .sort()
    .map((path) => `${path} ${statSync(path).mtimeMs}`)
    .join()
  return stamp
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
