/** A whole exchange for a test: the real store on a database of its own, real routes, and a clock that the test moves. */
import type { FastifyInstance } from 'fastify'
import pino, { type Logger } from 'pino'
import { createApp } from '../src/app.ts'
import { createContext } from '../src/boot.ts'
import type { Caller } from '../src/caller.ts'
import { type Config, packageRoot, readConfig } from '../src/config.ts'
import type { Context } from '../src/context.ts'
import type { Resource, r4 } from '../src/fhir/resource.ts'
import { type Audit, createAudit } from '../src/http/audit.ts'
import { interactions } from '../src/interactions/index.ts'
import type { Database, Query } from '../src/store/database.ts'
import { openDatabase } from '../src/store/open.ts'
import { type Compiled, compileTables } from '../src/validation.ts'
import { freshDatabase } from './database.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly bytes: Uint8Array
  /** Parsed body; an empty object when there is none. */
  readonly body: Resource
  /** Codes of the issues but warnings, when the body is an OperationOutcome. */
  readonly keys: readonly string[]
}

export interface Party {
  readonly organization: string
  send(
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  /** PUT under the version that the resource carries. */
  put(resource: Resource, headers?: Record<string, string>): Promise<Answer>
}

export interface Exchange {
  readonly app: FastifyInstance
  readonly context: Context
  readonly audit: Audit
  /** DATABASE_URL, to start another service on the same data. */
  readonly databaseUrl: string
  /** ms since the epoch; assign to move time. */
  now: number
  party(role: Exclude<Caller['role'], 'service'>, organization: string): Promise<Party>
  close(): Promise<void>
}

interface Teardown {
  teardown(work: () => Promise<void> | void): void
}

/** Start of every test's time. */
export const START = Date.UTC(2026, 10, 22, 9, 0, 0)

/**
 * @param env settings beyond the defaults, e.g. `{ SERVER_TABLE: 'conformance/tester.json' }`
 * @param log where the service logs to, for tests that read it
 * @param open `openDatabase` for tests that count what a write takes
 */
export async function startExchange(
  t: Teardown,
  env: Record<string, string> = {},
  log: Logger = pino({ level: 'silent' }),
  open = openTwice,
): Promise<Exchange> {
  const databaseUrl = env.DATABASE_URL ?? (await freshDatabase(t, 'definitions', env))
  const config = readConfig({ LOG_LEVEL: 'silent', ...env, DATABASE_URL: databaseUrl })
  const exchange = { now: START }
  const context = await createContext({
    ...{ config, log, clock: () => exchange.now, open },
    ...compiledFor(config),
  })
  const audit = createAudit(context)
  const app = createApp({ context, config, interactions, audit })
  await app.ready()
  let isOpen = true
  const close = async (): Promise<void> => {
    if (!isOpen) return
    isOpen = false
    await app.close()
    await context.close()
  }
  t.teardown(close)
  return Object.assign(exchange, {
    app,
    context,
    audit,
    databaseUrl,
    close,
    party: (role: string, organization: string) => party(app, role, organization),
  })
}

class TakenBack extends Error {}

/**
 * A database that takes back every second transaction and has it done once more, as happens where a statement of a group
 * was refused or another node was quicker: what was done the first time must leave no trace, neither stored nor in what
 * the work was given.
 */
async function openTwice(url: string): Promise<Database> {
  const database = await openDatabase(url)
  let count = 0
  const takenBack = (work: (query: Query, before?: Query) => Promise<unknown>): Promise<void> =>
    database
      .transaction(async (query, before) => {
        await work(query, before)
        throw new TakenBack()
      })
      .catch((error: unknown) => {
        if (!(error instanceof TakenBack)) throw error
      })
  return {
    ...database,
    async transaction(work) {
      if (count++ % 2 === 1) await takenBack(work)
      return database.transaction(work)
    },
  }
}

const compiled = new Map<string, Compiled>()

/** Compiled once for all services of a process, where the tables are those of the project, which no test changes. */
function compiledFor(config: Config): { compiled?: Compiled } {
  const { serverTable, packages } = config
  if (packages.length > 0 || !serverTable.startsWith(packageRoot)) return {}
  const known = compiled.get(serverTable) ?? compileTables(config)
  compiled.set(serverTable, known)
  return { compiled: known }
}

async function party(app: FastifyInstance, role: string, organization: string): Promise<Party> {
  const login = await app.inject({
    method: 'POST',
    url: '/oauth2/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'sandbox',
      client_secret: 'sandbox',
      role,
      organization,
    }).toString(),
  })
  const authorization = `Bearer ${login.json().access_token}`
  const send: Party['send'] = async (method, path, body, headers = {}) => {
    const answer = await app.inject({
      method,
      url: `/fhir/${path}`,
      headers: {
        authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: payloadOf(body) }),
    })
    return read(answer.statusCode, answer.headers as Record<string, string>, answer.rawPayload)
  }
  return partyOf(organization, send)
}

const payloadOf = (body: unknown): string | Buffer =>
  typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)

/** A party whose verbs all go out by `send`. */
export function partyOf(organization: string, send: Party['send']): Party {
  return {
    organization,
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    put: (resource, headers) =>
      send('PUT', `${resource.resourceType}/${resource.id}`, resource, {
        'if-match': `W/"${resource.meta?.versionId}"`,
        ...headers,
      }),
  }
}

function read(status: number, headers: Record<string, string>, bytes: Buffer): Answer {
  const text = bytes.toString('utf8')
  const body = text.startsWith('{') ? (JSON.parse(text) as Resource) : ({ resourceType: '' } as Resource)
  const issues = body.resourceType === 'OperationOutcome' ? (body as unknown as r4.OperationOutcome).issue : []
  return {
    status,
    headers,
    text,
    bytes,
    body,
    keys: issues
      .filter(({ severity }) => severity !== 'warning')
      .map((issue) => issue.details?.coding?.[0]?.code ?? ''),
  }
}

/** Resources of a Bundle. */
export const resourcesOf = (answer: Answer): Resource[] =>
  ((answer.body as unknown as r4.Bundle).entry ?? []).map((entry) => entry.resource as unknown as Resource)

/** How many rows the tables hold: what a refusal must not change. */
export async function rowCounts(context: Context): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of ['resource', 'version', 'event', 'access', 'index_token', 'index_reference', 'reply']) {
    const [row] = await context.database.query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`)
    counts[table] = row?.n ?? 0
  }
  return counts
}
