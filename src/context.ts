/** Everything an interaction may use, made once at boot. Clock and ids are injected so that tests own time. */
import type { ReasonMaps } from './homecare/national-reasons.ts'
import type { Logger } from 'pino'
import { type Caller, eyesOf } from './caller.ts'
import type { Scheme } from './homecare/policy.ts'
import type { StatisticsTable } from './homecare/statistics.ts'
import type { Compartments } from './fhir/compartments.ts'
import type { SearchParams } from './fhir/search-params.ts'
import type { NewsAnswer } from './interactions/changes.ts'
import type { Cursors } from './interactions/cursor.ts'
import type { KnownQueries } from './interactions/known-queries.ts'
import { hiddenFrom } from './interactions/confidentiality.ts'
import { mayDo } from './interactions/permission.ts'
import type { ReadAnswer } from './interactions/read.ts'
import type { RulesOptions } from './interactions/rules-options.ts'
import type { PageAnswer } from './interactions/search-answer.ts'
import type { TerminologyServer } from './interactions/terminology-server.ts'
import type { Arrivals } from './store/arrivals.ts'
import type { Current } from './store/current.ts'
import type { ObservedDatabase } from './store/observed.ts'
import type { Lane } from './store/lane.ts'
import type { DoorOptions } from './store/operation.ts'
import type { Scope } from './store/read.ts'
import type { Turns } from './store/turns.ts'
import type { Validation } from './validation.ts'

export interface Context extends Validation {
  readonly database: ObservedDatabase
  /** Answers searches that may be a moment old; absent where there is none. */
  readonly replica?: ObservedDatabase
  /** What was read of single resources, of pages and of feeds, while it is still true. */
  readonly reads: Current<ReadAnswer>
  readonly pages: Current<PageAnswer>
  readonly news: Current<NewsAnswer>
  /** What queries mean that were asked before. */
  readonly queries: KnownQueries
  readonly lane: Lane
  /** What those who write may take of the event loop at a time. */
  readonly turns: Turns
  /** Requests that wait for news. */
  readonly arrivals: Arrivals
  readonly door: DoorOptions
  readonly rules: RulesOptions
  /** What observers and manufacturers are told. */
  readonly statistics: StatisticsTable
  /** Which manufacturer pays the homecare of which medicines. */
  readonly schemes: readonly Scheme[]
  /** Whose delay a reason is: code of our reasons -> party. */
  readonly attributions: ReadonlyMap<string, string>
  /** Our reasons in national codes. */
  readonly reasonMaps: ReasonMaps
  /** Hours for which the answer under an Idempotency-Key is kept. */
  readonly idempotencyHours: number
  readonly search: SearchParams
  readonly compartments: Compartments
  /** Absent when none is configured: then only the form of codes is checked. */
  readonly terminologyServer?: TerminologyServer
  /** The hand-written head of the CapabilityStatement. */
  readonly capabilityHead: Readonly<Record<string, unknown>>
  /** Whether pages of other origins may call the service. */
  readonly cors: boolean
  /** Absolute FHIR base without trailing slash. */
  readonly base: string
  /** Places in the feeds. */
  readonly cursors: Cursors
  /** 32 bytes that seal page links. */
  readonly pageKey: Uint8Array
  readonly log: Logger
  /** A new resource id: time-ordered UUID (RFC 9562 version 7). */
  readonly newId: () => string
  /** When this service started, in ms since the epoch. */
  readonly started: number
  close(): Promise<void>
}

/** Whose eyes a caller reads a type with. Published definitions and open tables are for every allowed role. */
export function scopeOf(context: Context, caller: Caller, type: string): Scope {
  if (context.table.scope === 'open' || context.row(type)?.source === 'definitions') return { kind: 'open' }
  return organizationScope(context, caller)
}

/** What an organisation sees, without what is hidden from the caller's role. */
function organizationScope({ table }: Context, caller: Caller): Extract<Scope, { kind: 'organization' }> {
  const organization = eyesOf(caller)
  const hidden = hiddenFrom(table, caller)
  return hidden ? { kind: 'organization', organization, hidden } : { kind: 'organization', organization }
}

/** Whose eyes a caller searches with: a search may go from type to type, so each is judged by its own row. */
export function searchScope(context: Context, caller: Caller): Scope {
  if (context.table.scope === 'open') return { kind: 'open' }
  const published = new Set(context.exposedTypes.filter((type) => context.row(type)?.source === 'definitions'))
  return { ...organizationScope(context, caller), published }
}

/** Types a caller may search; nobody comes to another by a chain. The audit log is not searched along with others. */
export const maySearch =
  (context: Context, caller: Caller) =>
  (type: string): boolean =>
    context.row(type)?.source !== 'audit' && mayDo(context.row(type), caller, 'search-type')

/** Types a caller may read. */
export const mayRead =
  (context: Context, caller: Caller) =>
  (type: string): boolean =>
    mayDo(context.row(type), caller, 'read')
