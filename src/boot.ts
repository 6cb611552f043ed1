/** Makes the context: opens the database, reads the tables, compiles the definitions. A broken table stops it. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Config, fhirBase, packageRoot } from './config.ts'
import type { Context } from './context.ts'
import { createSearchParams } from './fhir/search-params.ts'
import { createStructureValidator } from './fhir/structure.ts'
import { loadBaseDefinitions } from './generator/load-base.ts'
import { createIds } from './id.ts'
import { loadLifecycles } from './interactions/lifecycles.ts'
import { publishDefinitions } from './interactions/publish.ts'
import { createRules } from './interactions/rules.ts'
import { checkServerTable, rowsOf, type TypeRow } from './server-table.ts'
import type { Database } from './store/database.ts'
import { createLane } from './store/lane.ts'
import { migrate } from './store/migrate.ts'
import { openSqlite } from './store/sqlite.ts'

export interface BootOptions {
  readonly config: Config
  readonly log: Logger
  /** Milliseconds since the epoch. */
  readonly clock?: () => number
  readonly newId?: () => string
}

/**
 * Everything an interaction may use.
 * @throws Error with words for the operator when a table, a definition or the database cannot be used
 */
export async function createContext(options: BootOptions): Promise<Context> {
  const { config, log, clock = Date.now } = options
  const newId = options.newId ?? createIds(clock)
  const base = fhirBase(config)
  const definitions = loadBaseDefinitions(join(packageRoot, 'profiles/base'))
  const table = checkServerTable(readJson(config.serverTable), [...definitions.resourceTypes], config.serverTable)
  const rows = rowsOf(table, [...definitions.resourceTypes])
  const search = createSearchParams(definitions.searchParameters(), table.types, { bases: [base] })
  const lifecycles = loadLifecycles(packageRoot, table)
  const database = await openDatabase(config.databaseUrl.replace(/^sqlite:/, ''))
  try {
    const lane = createLane(database, clock)
    const row = (type: string) => rows.get(type)
    const context: Context = {
      table,
      row,
      exposedTypes: [...rows.keys()],
      database,
      lane,
      door: {
        rules: createRules({ table, row, lifecycles, newId, base }),
        extract: (resource) => search.extract(resource),
        shares: (type) => row(type)?.shares ?? [],
        precedence: (type) => precedenceOf(row(type)),
        referencesEnforced: table.references === 'enforced',
        base,
      },
      search,
      structure: createStructureValidator(definitions),
      capabilityHead: readJson(join(packageRoot, 'conformance/CapabilityStatement.json')) as Record<string, unknown>,
      base,
      limits: {
        bundleEntries: config.bundleEntryLimit,
        jsonDepth: config.jsonDepthLimit,
        searchDefaultCount: config.searchDefaultCount,
        searchMaxCount: config.searchMaxCount,
      },
      pageKey: await pageKey(database),
      log,
      clock,
      newId,
      started: clock(),
      async close() {
        await lane.idle()
        await database.close()
      },
    }
    await publishDefinitions(context, packageRoot)
    return context
  } catch (error) {
    await database.close()
    throw error
  }
}

/** The database at this build's schema. @throws Error naming the file */
async function openDatabase(file: string): Promise<Database> {
  let database: Database | undefined
  try {
    database = openSqlite(file)
    await migrate(database)
    return database
  } catch (error) {
    await database?.close()
    throw new Error(`${file} cannot be used as the database: ${(error as Error).message}`)
  }
}

/** What has a life of its own first, then what belongs to it; then the rest, then what speaks of it. */
function precedenceOf(row: TypeRow | undefined): number {
  const dependent = row?.inherits ? 1 : 0
  return row?.lifecycle ? dependent : 2 + dependent
}

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`)
  }
}

/** The key of page links lives in the database, so that every node can serve the next page, also after a restart. */
async function pageKey(database: Database): Promise<Uint8Array> {
  return database.transaction(async (query) => {
    await query('INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      'page-link',
      randomBytes(32).toString('base64'),
    ])
    const [row] = await query<{ value: string }>('SELECT value FROM secret WHERE name = $1', ['page-link'])
    return Buffer.from(row?.value ?? '', 'base64')
  })
}
