/** The one place that knows which engine a DATABASE_URL means. */
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

const SQLITE = 'sqlite:'

/**
 * The database of a URL (`sqlite:FILE` or `postgres://…`) at this build's schema.
 * @throws Error naming the file or the server; never the password
 */
export async function openDatabase(url: string): Promise<Database> {
  const embedded = url.startsWith(SQLITE)
  let database: Database | undefined
  try {
    database = embedded ? openSqlite(url.slice(SQLITE.length)) : await openPostgres({ url })
    await migrate(database)
    return database
  } catch (error) {
    await database?.close()
    throw new Error(
      `${embedded ? url.slice(SQLITE.length) : placeOf(url)} cannot be used as the database: ${words(error)}`,
    )
  }
}

/** Host and database of a URL. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/** The words of an error and of what caused it: "cannot be reached" alone does not say why. */
function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} ${error.cause.message}` : error.message
}
