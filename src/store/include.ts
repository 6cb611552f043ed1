/**
 * What else belongs on a page: the resources that matches refer to, and those that refer to them
 * (https://hl7.org/fhir/R4/search.html#include). Each once, and only what the caller may see.
 */
import { refuse } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import type { Include } from '../fhir/search-controls.ts'
import type { SearchParams } from '../fhir/search-params.ts'
import type { Query } from './database.ts'
import type { Scope } from './read.ts'
import type { FoundResource } from './search.ts'
import { Parameters } from './parameters.ts'
import { isScoped, shownSql } from './search-conditions.ts'

/** Most resources that are included on one page: half of them would look like all. */
export const MAX_INCLUDED = 1000
/** How often `:iterate` goes on from what was included. */
export const MAX_ROUNDS = 5
/** Values in one statement. */
const CHUNK = 500

export interface IncludeRequest {
  readonly includes: readonly Include[]
  readonly matches: readonly FoundResource[]
  readonly params: SearchParams
  readonly scope: Scope
  /** Types the caller may read. */
  readonly mayRead: (type: string) => boolean
  readonly types: readonly string[]
}

const nameOf = ({ type, id }: { readonly type: string; readonly id: string }): string => `${type}/${id}`

/**
 * The included resources, in the order they were reached.
 * @throws Problem too-many-included
 */
export async function included(query: Query, request: IncludeRequest): Promise<FoundResource[]> {
  const { includes, matches } = request
  if (includes.length === 0) return []
  const seen = new Set(matches.map(nameOf))
  const all: FoundResource[] = []
  let frontier = matches
  for (let round = 0; frontier.length > 0 && round <= MAX_ROUNDS; round++) {
    const found: FoundResource[] = []
    for (const include of includes) {
      if (round > 0 && !include.iterate) continue
      // What one include of a round finds, the next one may go on from in the next round.
      const rows =
        include.direction === 'forward'
          ? await forward(query, request, include, frontier)
          : await reverse(query, request, include, frontier)
      for (const row of rows) {
        if (seen.has(nameOf(row))) continue
        seen.add(nameOf(row))
        found.push(row)
        if (all.length + found.length > MAX_INCLUDED) {
          throw refuse(
            'too-many-included',
            `The page would include more than ${MAX_INCLUDED} resources: ask for a smaller _count, or for fewer includes.`,
          )
        }
      }
    }
    all.push(...found)
    frontier = found
  }
  return all
}

const VERSION = /\/_history\/[^/]*$/
const LOCAL = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/

async function forward(
  query: Query,
  request: IncludeRequest,
  include: Include,
  frontier: readonly FoundResource[],
): Promise<FoundResource[]> {
  const { params, mayRead } = request
  const ids = new Map<string, Set<string>>()
  const urls = new Map<string, Set<string>>()
  const add = (map: Map<string, Set<string>>, type: string, value: string): void => {
    if (mayRead(type)) map.set(type, (map.get(type) ?? new Set()).add(value))
  }
  for (const row of frontier) {
    if (include.type !== '*' && include.type !== row.type) continue
    const resource = JSON.parse(row.text) as Resource
    const codes = include.code === '*' ? referenceCodes(params, row.type) : [include.code]
    for (const code of codes) {
      for (const target of params.targets(resource, code)) {
        const [, type = '', id = ''] = LOCAL.exec(target.replace(VERSION, '')) ?? []
        if (type !== '') {
          if (include.target === undefined || include.target === type) add(ids, type, id)
        } else if (/^[a-z]+:/.test(target)) {
          const types = include.target === undefined ? (params.param(row.type, code)?.targets ?? []) : [include.target]
          for (const to of types) if (params.param(to, 'url')?.kind === 'uri') add(urls, to, target)
        }
      }
    }
  }
  const found: FoundResource[] = []
  for (const [type, wanted] of ids) {
    for (const part of chunks([...wanted])) {
      found.push(...(await load(query, request.scope, type, (parameters) => `r.id IN (${parameters.addAll(part)})`)))
    }
  }
  // A canonical is no address: it is the `url` of what it names.
  for (const [type, wanted] of urls) {
    for (const part of chunks([...wanted])) {
      const named = (parameters: Parameters): string =>
        `r.key IN (SELECT key FROM index_uri WHERE param = ${parameters.add(`${type}.url`)} AND value IN (${parameters.addAll(part)}))`
      found.push(...(await load(query, request.scope, type, named)))
    }
  }
  return found
}

async function reverse(
  query: Query,
  request: IncludeRequest,
  include: Include,
  frontier: readonly FoundResource[],
): Promise<FoundResource[]> {
  const { params, mayRead } = request
  const found: FoundResource[] = []
  const types = include.type === '*' ? request.types : [include.type]
  for (const type of types) {
    if (!mayRead(type)) continue
    const codes = include.code === '*' ? referenceCodes(params, type) : [include.code]
    for (const code of codes) {
      const targets = params.param(type, code)?.targets ?? []
      const names = frontier
        .filter((row) => include.target === undefined || include.target === row.type)
        .filter((row) => targets.length === 0 || targets.includes(row.type))
        .map(nameOf)
      for (const part of chunks(names)) {
        const refers = (parameters: Parameters): string =>
          `r.key IN (SELECT key FROM index_reference WHERE param = ${parameters.add(`${type}.${code}`)} AND target IN (${parameters.addAll(part)}))`
        found.push(...(await load(query, request.scope, type, refers)))
      }
    }
  }
  return found
}

const referenceCodes = (params: SearchParams, type: string): string[] =>
  params.list(type).flatMap(({ code, kind }) => (kind === 'reference' ? [code] : []))

function* chunks<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < values.length; at += CHUNK) yield values.slice(at, at + CHUNK)
}

async function load(
  query: Query,
  scope: Scope,
  type: string,
  condition: (parameters: Parameters) => string,
): Promise<FoundResource[]> {
  const parameters = new Parameters()
  const tests = [`r.type = ${parameters.add(type)}`, 'r.deleted = 0', condition(parameters)]
  if (isScoped(scope, type)) {
    const organization = parameters.add(scope.organization)
    tests.push(`EXISTS (SELECT 1 FROM access a WHERE a.org = ${organization} AND a.type = r.type AND a.key = r.key)`)
    tests.push(...shownSql(scope, 'r', parameters))
  }
  // One more than may be included tells that there are too many.
  return query<FoundResource>(
    `SELECT r.key AS key, r.type AS type, r.id AS id, r.version AS version, r.tick AS tick, v.text AS text
     FROM resource r JOIN version v ON v.key = r.key AND v.version = r.version
     WHERE ${tests.join(' AND ')} ORDER BY r.key LIMIT ${MAX_INCLUDED + 1}`,
    parameters.values,
  )
}
