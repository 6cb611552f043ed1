/** The HTTP shell with interactions that only write down what reached them. */
import { Writable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import type { Role } from '../../src/caller.ts'
import { fhirBase, readConfig } from '../../src/config.ts'
import type { Context } from '../../src/context.ts'
import { createCompartments } from '../../src/fhir/compartments.ts'
import { createSearchParams } from '../../src/fhir/search-params.ts'
import type { Audit } from '../../src/http/audit.ts'
import type { FhirReply, FhirRequest, Interactions } from '../../src/interactions/interaction.ts'
import { rowsOf, type ServerTable } from '../../src/server-table.ts'
import { Group } from '../../src/store/group.ts'
import { Turns } from '../../src/store/turns.ts'
import { createArrivals } from '../../src/store/arrivals.ts'
import type { Query } from '../../src/store/database.ts'

export const table: ServerTable = {
  name: 'test',
  references: 'free',
  scope: 'organization',
  system: { transaction: ['trust'], capabilities: ['trust', 'provider', 'observer', 'tester'] },
  operations: [{ name: 'process-message', levels: ['system'], roles: ['trust'], definition: 'x' }],
  types: [
    {
      type: 'Task',
      source: 'store',
      search: ['status'],
      ifMatch: 'required',
      interactions: {
        read: ['trust', 'provider'],
        vread: ['trust', 'provider'],
        'history-instance': ['trust', 'provider'],
        create: ['trust'],
        update: ['provider'],
        'search-type': ['trust', 'provider'],
      },
    },
    {
      type: 'StructureDefinition',
      source: 'definitions',
      search: [],
      ifMatch: 'optional',
      interactions: { read: ['trust'] },
    },
  ],
}

export interface Shell {
  readonly app: FastifyInstance
  /** What reached an interaction, in order. */
  readonly seen: (FhirRequest & { readonly code: string })[]
  /** Log lines so far. */
  readonly log: Record<string, unknown>[]
  /** A header with a fresh token. */
  authorization(role?: Role, organization?: string): Promise<{ authorization: string }>
  /** Moves the clock, in milliseconds. */
  pass(ms: number): void
}

export interface ShellOptions {
  readonly table?: ServerTable
  readonly env?: Readonly<Record<string, string>>
  readonly reply?: (request: FhirRequest) => FhirReply | Promise<FhirReply>
  readonly query?: Query
  readonly audit?: Audit
}

/** Builds a shell; close `app` when done. */
export function shell(options: ShellOptions = {}): Shell {
  const seen: Shell['seen'] = []
  const log: Shell['log'] = []
  let now = Date.parse('2026-11-22T10:00:00Z')
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log.push(JSON.parse(String(chunk)))
      done()
    },
  })
  const record = (code: string) => async (_context: unknown, request: FhirRequest) => {
    seen.push({ ...request, code })
    return (await options.reply?.(request)) ?? { status: 200, body: '{"resourceType":"Basic"}' }
  }
  const interactions: Interactions = {
    read: record('read'),
    vread: record('vread'),
    'history-instance': record('history-instance'),
    create: record('create'),
    update: record('update'),
    'search-type': record('search-type'),
    transaction: record('transaction'),
    capabilities: record('capabilities'),
    operations: { 'process-message': record('operation') },
  }
  const query: Query = options.query ?? (async () => [])
  const config = readConfig({ ...options.env })
  const served = options.table ?? table
  const rows = rowsOf(served, ['Task', 'StructureDefinition', 'Patient', 'Observation'])
  // All that the shell itself reads; the rest of a context is for real interactions.
  const context = {
    table: served,
    row: (type: string) => rows.get(type),
    exposedTypes: [...rows.keys()],
    compartments: createCompartments([], [], createSearchParams([], [])),
    base: fhirBase(config),
    cors: config.corsOrigins.length > 0,
    arrivals: createArrivals({ query, clock: () => now, limit: 0, limitPerOrganization: 0 }),
    turns: new Turns(),
    lane: {
      submit: (work) => {
        const { rows, memory } = new Group(query, { careful: true, turns: new Turns() })
        return work({ query, rows, memory, tick: now, nextSeq: () => 1, lastSeq: () => 0, announce: () => {} })
      },
      idle: async () => {},
      waiting: () => 0,
      observe: () => {},
    },
    database: {
      query,
      transaction: (work) => work(query),
      exclusive: false,
      snapshot: (work) => work(query),
      integrity: async () => undefined,
      close: async () => {},
      observe: () => {},
    },
    log: pino({ level: 'trace' }, sink),
    clock: () => now,
  } satisfies Partial<Context> as unknown as Context
  const app = createApp({ config, context, interactions, ...(options.audit ? { audit: options.audit } : {}) })
  return {
    app,
    seen,
    log,
    async authorization(role = 'trust', organization = 'RBA') {
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'sandbox',
        client_secret: 'sandbox',
        role,
        organization,
      })
      const answer = await app.inject({
        method: 'POST',
        url: '/oauth2/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: form.toString(),
      })
      return { authorization: `Bearer ${answer.json().access_token}` }
    },
    pass(ms) {
      now += ms
    },
  }
}
