/** Makes the context: opens the database, reads the tables, compiles the definitions. A broken table stops it. */
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Logger } from 'pino'
import { type Config, fhirBase, packageRoot } from './config.ts'
import type { Context } from './context.ts'
import { createElementCodes, createImplicitCodes } from './fhir/code-elements.ts'
import { type Compartments, createCompartments } from './fhir/compartments.ts'
import { indexFingerprint } from './fhir/index-fingerprint.ts'
import { createSearchParams, type SearchParams } from './fhir/search-params.ts'
import { loadPolicies, schemesOf, type SignatureTrust } from './homecare/policy.ts'
import { loadStatistics } from './homecare/statistics.ts'
import { createIds } from './id.ts'
import { createCursors } from './interactions/cursor.ts'
import { KnownQueries } from './interactions/known-queries.ts'
import { loadLifecycles, readAttributions, readReasonMaps } from './interactions/lifecycles.ts'
import { publishDefinitions } from './interactions/publish.ts'
import { createRules } from './interactions/rules.ts'
import type { RulesOptions } from './interactions/rules-options.ts'
import { isProven } from './proofs.ts'
import type { TypeRow } from './server-table.ts'
import type { SignatureVerifier } from './signature/verifier.ts'
import { claimIndex } from './store/index-state.ts'
import { createArrivals } from './store/arrivals.ts'
import { Current } from './store/current.ts'
import type { Database, Query } from './store/database.ts'
import { createLane } from './store/lane.ts'
import { Turns } from './store/turns.ts'
import { observed } from './store/observed.ts'
import { openDatabase, openReplica } from './store/open.ts'
import { type Compiled, createValidation, readJson, type Validation } from './validation.ts'
import { viewFaults } from './interactions/view.ts'

export interface BootOptions {
  readonly config: Config
  readonly log: Logger
  /** Milliseconds since the epoch. */
  readonly clock?: () => number
  readonly newId?: () => string
  /** Opens the database of DATABASE_URL at this build's schema; by default the engine that the URL names. */
  readonly open?: (url: string) => Promise<Database>
  /** Of the same tables and packages, where another service in this process has compiled them. */
  readonly compiled?: Compiled
}

/**
 * Everything an interaction may use.
 * @throws Error with words for the operator when a table, a definition or the database cannot be used
 */
export async function createContext(options: BootOptions): Promise<Context> {
  const { config, log, clock = Date.now, open = openDatabase } = options
  const newId = options.newId ?? createIds(clock)
  const base = fhirBase(config)
  const validation = createValidation(config, clock, options.compiled)
  const { table, row, profiles } = validation
  const { search, fingerprint } = createSearch(validation, base)
  const lifecycles = loadLifecycles(packageRoot, table, isProven('lifecycles', packageRoot))
  for (const note of profiles.notes) log.info({ note }, 'A profile is not enforced as it says, or only slowly.')
  const policy = readJson(config.policy)
  const policies = loadPolicies(config.policy, policy, lifecycles.values())
  const statisticsFile = join(packageRoot, 'conformance/statistics.json')
  const signatures = await signatureVerifier(dirname(config.policy), policies.signatures)
  const referrers = (type: string) => referrersOf(validation.exposedTypes, search, type)
  const rules: RulesOptions = {
    table,
    row,
    lifecycles,
    policies,
    homecare: validation.homecare,
    signatures,
    newId,
    referrers,
    inherited: search.inherited,
    base,
  }
  const database = observed(await open(config.databaseUrl))
  try {
    if (!(await claimIndex(database, fingerprint))) {
      log.warn(
        { command: 'homecare-exchange reindex' },
        'What is stored was indexed by other search definitions (or another BASE_URL, HOST or PORT): searches may miss it until the command has run with the same settings; the service may go on meanwhile.',
      )
    }
    const key = await pageKey(database)
    const [end] = await database.query<{ seq: number; tick: number }>('SELECT seq, tick FROM clock WHERE id = 1')
    const arrivals = createArrivals({
      query: database.query,
      clock,
      limit: config.waitingLimit,
      limitPerOrganization: config.waitingPerOrganization,
      ...(database.exclusive && end ? { aloneSince: end } : {}),
      tick: database.tick,
    })
    // Reached at the first search that is for it: a replica that is away does not stop a start.
    const replica =
      config.databaseReadUrl === undefined ? undefined : observed(await openReplica(config.databaseReadUrl))
    const turns = new Turns()
    const lane = createLane(database, clock, arrivals.committed, turns)
    const context: Context = {
      ...validation,
      database,
      ...(replica ? { replica } : {}),
      lane,
      turns,
      arrivals,
      reads: new Current(database),
      pages: new Current(database),
      news: new Current(database),
      queries: new KnownQueries(),
      rules,
      statistics: loadStatistics(statisticsFile, readJson(statisticsFile), lifecycles),
      schemes: schemesOf(policy),
      attributions: readAttributions(packageRoot),
      reasonMaps: readReasonMaps(packageRoot),
      idempotencyHours: config.idempotencyHours,
      door: {
        rules: createRules(rules),
        extract: (resource) => search.extract(resource),
        shares: (type) => row(type)?.shares ?? [],
        precedence: (type) => precedenceOf(row(type)),
        referrers,
        referencesEnforced: table.references === 'enforced',
        base,
      },
      search,
      compartments: compartmentsOf(validation, search),
      ...(await terminologyServer(config, clock, log)),
      capabilityHead: readJson(join(packageRoot, 'conformance/CapabilityStatement.json')) as Record<string, unknown>,
      cors: config.corsOrigins.length > 0,
      base,
      pageKey: key,
      cursors: createCursors(key, database),
      log,
      newId,
      started: clock(),
      async close() {
        arrivals.close()
        await lane.idle()
        await Promise.all([database.close(), replica?.close()])
      },
    }
    checkViews(context)
    await publishDefinitions(context, packageRoot)
    return context
  } catch (error) {
    await database.close()
    throw error
  }
}

/** @throws Error for a view that names what is not there: it would show less than it promises, or nothing */
function checkViews({ exposedTypes, row, subsets, search }: Context): void {
  const faults = exposedTypes.flatMap((type) => {
    const found = row(type)
    if (!found?.views) return []
    const isParam = (code: string) => search.param(type, code) !== undefined
    return viewFaults(found, { elements: subsets.elementsOf(type), isParam })
  })
  if (faults.length > 0) throw new Error(`The server table: ${faults.join('; ')}.`)
}

/** Search by the table and R4's definitions, and a fingerprint of all that the index depends on. */
export function createSearch(
  { definitions, table, codes }: Validation,
  base: string,
): { readonly search: SearchParams; readonly fingerprint: string } {
  const parameters = definitions.searchParameters()
  const search = createSearchParams(parameters, table.types, {
    bases: [base],
    implicitCodes: createImplicitCodes(definitions),
    // Testers ask what R4 lets them ask.
    elementCodes: table.scope === 'open' ? undefined : createElementCodes(definitions),
    terminology: codes,
    isProven: isProven('searchParameters', packageRoot),
  })
  return { search, fingerprint: indexFingerprint(parameters, table.types, [base]) }
}

/** Of what is served and read; the audit log is not searched along with others. */
function compartmentsOf({ definitions, exposedTypes, row }: Validation, search: SearchParams): Compartments {
  const searched = exposedTypes.filter(
    (type) => row(type)?.interactions['search-type'] && row(type)?.source !== 'audit',
  )
  const readable = definitions.compartments().filter(({ code }) => row(code)?.interactions.read)
  return createCompartments(readable, searched, search)
}

/** Its HTTP client takes a while to load, and most installations have no use for it. */
async function terminologyServer({ terminologyUrl: url, privateHosts }: Config, clock: () => number, log: Logger) {
  if (url === undefined) return {}
  const { guardedDispatcher, warnOfPrivate } = await import('./requests-out.ts')
  const dispatcher = guardedDispatcher({ privateHosts, warn: warnOfPrivate(log) })
  const { createTerminologyServer } = await import('./interactions/terminology-server.ts')
  return { terminologyServer: createTerminologyServer({ url, dispatcher, clock }) }
}

/** Certificates are read by a library of its own, which most installations never need. */
async function signatureVerifier(folder: string, trusts: readonly SignatureTrust[]): Promise<SignatureVerifier> {
  const load = async (): Promise<SignatureVerifier> => {
    const { createVerifier } = await import('./signature/verifier.ts')
    return createVerifier(folder, trusts)
  }
  if (trusts.length > 0) return load()
  let loaded: Promise<SignatureVerifier> | undefined
  const verifier = (): Promise<SignatureVerifier> => (loaded ??= load())
  return {
    prepare: async (data) => (await verifier()).prepare(data),
    verify: async (data, trust, moments) => (await verifier()).verify(data, trust, moments),
  }
}

/** What has a life of its own first, then what belongs to it; then the rest, then what speaks of it. */
function precedenceOf(row: TypeRow | undefined): number {
  const dependent = row?.inherits ? 1 : 0
  return row?.lifecycle ? dependent : 2 + dependent
}

/** Reference parameters that may lead to a type, of every type; those that may lead anywhere among them. */
const referrersOf = (types: readonly string[], search: SearchParams, target: string): readonly string[] =>
  types
    .flatMap((type) => search.list(type))
    .filter(({ kind, targets }) => kind === 'reference' && (targets.length === 0 || targets.includes(target)))
    .map(({ name }) => name)

/** The key of page links lives in the database, so that every node can serve the next page, also after a restart. */
async function pageKey(database: Database): Promise<Uint8Array> {
  const NAME = 'page-link'
  const read = async (query: Query): Promise<Uint8Array | undefined> => {
    const [row] = await query<{ value: string }>('SELECT value FROM secret WHERE name = $1', [NAME])
    return row && Buffer.from(row.value, 'base64')
  }
  const key =
    (await read(database.query)) ??
    (await database.transaction(async (query) => {
      const value = randomBytes(32).toString('base64')
      await query('INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [NAME, value])
      return read(query)
    }))
  if (!key) throw new Error('The key of page links was not kept.')
  return key
}
