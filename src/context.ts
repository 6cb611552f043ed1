/** Everything an interaction may use, made once at boot. Clock and ids are injected so that tests own time. */
import type { Logger } from 'pino'
import type { Caller } from './caller.ts'
import type { SearchParams } from './fhir/search-params.ts'
import type { StructureValidator } from './fhir/structure.ts'
import type { ServerTable, TypeRow } from './server-table.ts'
import type { Database } from './store/database.ts'
import type { Lane } from './store/lane.ts'
import type { DoorOptions } from './store/operation.ts'
import type { Scope } from './store/read.ts'

export interface Limits {
  /** Entries of a Bundle. */
  readonly bundleEntries: number
  /** Nesting of objects and arrays in a body. */
  readonly jsonDepth: number
  /** Rows of a page when `_count` is not given, and at most. */
  readonly searchDefaultCount: number
  readonly searchMaxCount: number
}

export interface Context {
  readonly table: ServerTable
  /** Row of a resource type, a `*` row included; undefined for types that are not exposed. */
  row(type: string): TypeRow | undefined
  /** Every resource type that is exposed, in alphabetical order. */
  readonly exposedTypes: readonly string[]
  readonly database: Database
  readonly lane: Lane
  readonly door: DoorOptions
  readonly search: SearchParams
  readonly structure: StructureValidator
  /** The hand-written head of the CapabilityStatement. */
  readonly capabilityHead: Readonly<Record<string, unknown>>
  /** Absolute FHIR base without trailing slash. */
  readonly base: string
  readonly limits: Limits
  /** 32 bytes that seal page links. */
  readonly pageKey: Uint8Array
  readonly log: Logger
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** A new resource id: time-ordered UUID (RFC 9562 version 7). */
  readonly newId: () => string
  /** When this service started, in ms since the epoch. */
  readonly started: number
  close(): Promise<void>
}

/** Whose eyes a caller reads a type with. Published definitions and open tables are for every allowed role. */
export function scopeOf(context: Context, caller: Caller, type: string): Scope {
  if (context.table.scope === 'open' || context.row(type)?.source === 'definitions') return { kind: 'open' }
  return { kind: 'organization', organization: caller.organization }
}
