/** The one place that knows which engine a DATABASE_URL means. */
import type { Database } from './database.ts'
import { checkSchema, migrate } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import { serversOf } from './postgres-servers.ts'
import { openSqlite } from './sqlite.ts'

const SQLITE = 'sqlite:'

/**
 * The database of a URL (`sqlite:FILE` or `postgres://…`) at this build's schema.
 * @throws Error naming the file or the server; never the password
 */
export const openDatabase = (url: string): Promise<Database> => opened(url, migrate)

/**
 * As `openDatabase`, for commands beside a service: a schema that is not this build's is refused and left as it is.
 * @throws Error naming the file or the server; never the password
 */
export const openAsIs = (url: string): Promise<Database> => opened(url, checkSchema)

/** A database that is only read; its schema is that of the one it copies. */
export const openReplica = (url: string): Promise<Database> => openPostgres({ url, standby: true })

async function opened(url: string, prepare: (database: Database) => Promise<void>): Promise<Database> {
  const embedded = url.startsWith(SQLITE)
  let database: Database | undefined
  try {
    if (embedded) {
      database = openSqlite(url.slice(SQLITE.length))
      await prepare(database)
      return database
    }
    // A new index on a large store takes longer than a statement, or another node, may wait for it otherwise.
    database = await openPostgres({ url, readers: 1, statementTimeout: 0, lockTimeout: 0 })
    await prepare(database)
    await database.close()
    return await openPostgres({ url })
  } catch (error) {
    await database?.close()
    throw new Error(
      `${embedded ? url.slice(SQLITE.length) : placeOf(url)} cannot be used as the database: ${words(error)}`,
    )
  }
}

/** Hosts and database of a URL of PostgreSQL. */
export function placeOf(url: string): string {
  const servers = serversOf(url).map((server) => new URL(server))
  return `${hostsOf(servers)}${servers[0]?.pathname ?? ''}`
}

/** What a terminal or a log may show of a database's URL: the password may stand before the host or among the parameters. */
export function withoutPassword(url: string): string {
  if (url.startsWith(SQLITE)) return url
  const servers = serversOf(url).map((server) => new URL(server))
  const shown = servers[0] ?? new URL(url)
  shown.password = ''
  for (const name of [...shown.searchParams.keys()]) if (/pass/i.test(name)) shown.searchParams.delete(name)
  return shown.href.replace(shown.host, hostsOf(servers))
}

const hostsOf = (servers: readonly URL[]): string => servers.map(({ host }) => host).join(',')

/** The words of an error and of what caused it: "cannot be reached" alone does not say why. */
function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} ${error.cause.message}` : error.message
}
