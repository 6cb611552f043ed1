/** From the server table to addresses: which method at which path is which interaction, and for whom. */
import { plays, type Role } from '../caller.ts'
import type { Compartment } from '../fhir/compartments.ts'
import type { Interaction, Interactions } from '../interactions/interaction.ts'
import { type NeededScope, operationScopes, permissionOf } from '../interactions/permission.ts'
import {
  offeredAt,
  type ServerTable,
  type SystemInteraction,
  type TypeInteraction,
  type TypeRow,
} from '../server-table.ts'
import type { BodyKind } from './negotiation.ts'

export interface Endpoint {
  /** GET stands for HEAD too. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly code: TypeInteraction | SystemInteraction | 'operation'
  /** Other interactions at the same address with the same method: the Bundle says which is meant, and for whom. */
  readonly also?: readonly SystemInteraction[]
  readonly type?: string
  /** The type of the resource, named by `:id`, in whose compartment is searched. */
  readonly compartment?: string
  readonly operation?: string
  readonly roles: readonly Role[] | 'anyone'
  /** What a token must allow besides; entries of a Bundle are asked one by one. */
  readonly scopes: readonly NeededScope[]
  readonly body: BodyKind
  /** The same is asked by GET: what is there is meant where no body comes. */
  readonly bodyOptional?: true
  /** A question that is asked again and again: the allowed rhythm is told and kept. */
  readonly polled?: boolean
  readonly interaction: Interaction
}

/** Endpoints by path below the FHIR base (`/Task/:id`). A known path where nothing is offered has an empty list. */
export type Endpoints = ReadonlyMap<string, readonly Endpoint[]>

type Place = readonly [path: string, method: Endpoint['method'], body: BodyKind]

/** https://hl7.org/fhir/R4/http.html#summary */
const typePlaces: Readonly<Record<TypeInteraction, readonly Place[]>> = {
  read: [['/:id', 'GET', 'none']],
  vread: [['/:id/_history/:versionId', 'GET', 'none']],
  'history-instance': [['/:id/_history', 'GET', 'none']],
  create: [['', 'POST', 'resource']],
  'history-type': [['/_history', 'GET', 'none']],
  // Without an id the query is a condition (https://hl7.org/fhir/R4/http.html#cond-update).
  update: [
    ['/:id', 'PUT', 'resource'],
    ['', 'PUT', 'resource'],
  ],
  patch: [
    ['/:id', 'PATCH', 'patch'],
    ['', 'PATCH', 'patch'],
  ],
  delete: [
    ['/:id', 'DELETE', 'none'],
    ['', 'DELETE', 'none'],
  ],
  'search-type': [
    ['', 'GET', 'none'],
    ['/_search', 'POST', 'form'],
  ],
}

const systemPlaces: Readonly<Record<SystemInteraction, readonly Place[]>> = {
  transaction: [['', 'POST', 'resource']],
  batch: [['', 'POST', 'resource']],
  'history-system': [['/_history', 'GET', 'none']],
  'search-system': [
    ['', 'GET', 'none'],
    ['/_search', 'POST', 'form'],
  ],
  capabilities: [['/metadata', 'GET', 'none']],
}

/**
 * All addresses of a table.
 * @param rows one per exposed type, a `*` row spelled out
 * @param compartments those that are offered, wherever the table lets their types be searched
 * @throws Error when the table promises an interaction that has no code
 */
export function endpointsOf(
  table: ServerTable,
  rows: readonly TypeRow[],
  interactions: Interactions,
  compartments: readonly Compartment[],
): Endpoints {
  const endpoints = new Map<string, Endpoint[]>()
  const missing: string[] = []
  const at = (path: string): Endpoint[] => {
    const list = endpoints.get(path) ?? []
    endpoints.set(path, list)
    return list
  }
  const add = (path: string, endpoint: Omit<Endpoint, 'interaction'>, interaction: Interaction | undefined): void => {
    const list = at(path)
    const twin = list.findIndex(({ method }) => method === endpoint.method)
    const first = list[twin]
    if (first && endpoint.code !== 'operation') list[twin] = sharing(first, endpoint)
    else if (interaction) list.push({ ...endpoint, interaction })
    else
      missing.push([endpoint.type ?? 'system', endpoint.operation ? `$${endpoint.operation}` : endpoint.code].join(' '))
  }

  for (const [code, places] of entries(systemPlaces)) {
    const roles = table.system[code]
    // The promise must be readable before one can log in (https://hl7.org/fhir/R4/http.html#capabilities).
    const who = code === 'capabilities' ? 'anyone' : roles
    for (const [path, method, body] of places) {
      if (roles && who) add(path, { method, code, roles: who, scopes: [], body }, interactions[code])
      else at(path)
    }
  }
  for (const row of table.operations) {
    const { name, levels, roles } = row
    const interaction = Object.hasOwn(interactions.operations, name) ? interactions.operations[name] : undefined
    const named = { code: 'operation', operation: name, roles, polled: row.reads === true } as const
    const operation = (type?: string) => ({ ...named, scopes: operationScopes(row, type) })
    if (levels.includes('system')) {
      add(`/$${name}`, { ...operation(), method: 'POST', body: 'resource' }, interaction)
      if (row.reads) add(`/$${name}`, { ...operation(), method: 'GET', body: 'none' }, interaction)
    }
    for (const { type } of rows.filter(({ type }) => offeredAt(row, type))) {
      if (levels.includes('type')) {
        add(`/${type}/$${name}`, { ...operation(type), type, method: 'POST', body: 'resource' }, interaction)
        if (row.reads) add(`/${type}/$${name}`, { ...operation(type), type, method: 'GET', body: 'none' }, interaction)
      }
      if (!levels.includes('instance')) continue
      const stored = { ...operation(type), type }
      const bodyOptional = row.writes ? {} : ({ bodyOptional: true } as const)
      add(`/${type}/:id/$${name}`, { ...stored, method: 'POST', body: 'resource', ...bodyOptional }, interaction)
      if (!row.writes) add(`/${type}/:id/$${name}`, { ...stored, method: 'GET', body: 'none' }, interaction)
    }
  }
  for (const row of rows) {
    for (const [code, places] of entries(typePlaces)) {
      const roles = row.interactions[code]
      for (const [path, method, body] of places) {
        const whole = `/${row.type}${path}`
        if (roles)
          add(
            whole,
            {
              method,
              code,
              type: row.type,
              roles,
              scopes: [[row.type, permissionOf[code]]],
              body: row.type === 'Binary' && body === 'resource' ? 'binary' : body,
              polled: code === 'search-type',
            },
            interactions[code],
          )
        else at(whole)
      }
    }
  }
  for (const { path, ...endpoint } of compartmentPlaces(table, rows, compartments)) {
    add(path, endpoint, interactions[endpoint.code])
  }
  if (missing.length > 0) throw new Error(`The server table promises what no code does: ${missing.join(', ')}.`)
  return endpoints
}

type Offer = Omit<Endpoint, 'interaction' | 'code'> & {
  readonly path: string
  readonly code: 'search-type' | 'search-system'
}

/**
 * Searches of a type, or of all types (`*`), in a compartment (https://hl7.org/fhir/R4/http.html#vsearch): for who may
 * read what the compartment is of and search the type, or all types.
 */
function* compartmentPlaces(
  table: ServerTable,
  rows: readonly TypeRow[],
  compartments: readonly Compartment[],
): Generator<Offer> {
  const rowOf = new Map(rows.map((row) => [row.type, row]))
  for (const { type: compartment, members } of compartments) {
    const readers = rowOf.get(compartment)?.interactions.read ?? []
    const reading: NeededScope = [compartment, permissionOf.read]
    const offer = function* (
      member: string,
      searchers: readonly Role[],
      what: Pick<Offer, 'code' | 'scopes' | 'type'>,
    ) {
      const roles = searchers.filter((role) => plays(role, readers))
      if (roles.length === 0) return
      for (const [path, method, body] of typePlaces['search-type']) {
        yield { path: `/${compartment}/:id/${member}${path}`, method, body, compartment, roles, polled: true, ...what }
      }
    }
    for (const type of members) {
      const row = rowOf.get(type)
      // Who is shown a part of a type asks for it by what is shown alone.
      const searchers = (row?.interactions['search-type'] ?? []).filter((role) => !row?.views?.[role])
      const scopes = [reading, [type, permissionOf['search-type']]] as const
      yield* offer(type, searchers, { code: 'search-type', type, scopes })
    }
    yield* offer('*', table.system['search-system'] ?? [], { code: 'search-system', scopes: [reading] })
  }
}

/** Whether what it holds is answered instead of the resource, unless FHIR is asked for (https://hl7.org/fhir/R4/binary.html#rest). */
export const isContent = ({ type, code }: Pick<Endpoint, 'type' | 'code'>): boolean =>
  type === 'Binary' && (code === 'read' || code === 'vread')

/** The methods that do something at a path. */
const methodsOf = (endpoints: readonly Endpoint[]): readonly string[] =>
  endpoints.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))

/** The Allow header of a path, or of several: every method once; OPTIONS is answered everywhere. */
export const allowOf = (endpoints: readonly Endpoint[]): string =>
  [...new Set([...methodsOf(endpoints), 'OPTIONS'])].join(', ')

/** One endpoint for two interactions. */
const sharing = (first: Endpoint, { code, roles }: Omit<Endpoint, 'interaction'>): Endpoint => ({
  ...first,
  also: [...(first.also ?? []), code as SystemInteraction],
  roles: first.roles === 'anyone' || roles === 'anyone' ? 'anyone' : [...new Set([...first.roles, ...roles])],
})

const entries = <K extends string, V>(record: Readonly<Record<K, V>>) => Object.entries(record) as [K, V][]
