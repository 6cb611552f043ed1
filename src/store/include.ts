/**
 * What else belongs on a page: the resources that matches refer to, and those that refer to them
 * (https://hl7.org/fhir/R4/search.html#include). Each once, and only what the caller may see.
 */
import { refuse } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { versioned } from '../fhir/index-values.ts'
import type { Include } from '../fhir/search-controls.ts'
import type { SearchParams } from '../fhir/search-params.ts'
import type { Query } from './database.ts'
import type { Scope } from './read.ts'
import type { FoundResource } from './search.ts'
import { Parameters } from './parameters.ts'
import { isScoped, shownSql } from './search-conditions.ts'

/** Most resources that are included on one page: half of them would look like all. */
const MAX_INCLUDED = 1000
/** How often `:iterate` goes on from what was included. */
const MAX_ROUNDS = 5
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
const versionOf = (row: FoundResource): string => `${nameOf(row)}/_history/${row.version}`

/**
 * The included resources, in the order they were reached.
 * @throws Problem too-many-included
 */
export async function included(query: Query, request: IncludeRequest): Promise<FoundResource[]> {
  const { includes, matches } = request
  if (includes.length === 0) return []
  const seen = new Set(matches.flatMap((row) => [nameOf(row), versionOf(row)]))
  const all: FoundResource[] = []
  let frontier = matches
  for (let round = 0; frontier.length > 0 && round <= MAX_ROUNDS; round++) {
    const found: Row[] = []
    for (const include of includes) {
      if (round > 0 && !include.iterate) continue
      // What one include of a round finds, the next one may go on from in the next round.
      const rows: readonly Row[] =
        include.direction === 'forward'
          ? await forward(query, request, include, frontier)
          : await reverse(query, request, include, frontier)
      for (const row of rows) {
        // A version that a reference names may stand beside the current one.
        const { pinned } = row
        if (seen.has(versionOf(row)) || (!pinned && seen.has(nameOf(row)))) continue
        seen.add(versionOf(row))
        if (!pinned) seen.add(nameOf(row))
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

/** A row, and whether it is the version that a reference names. */
type Row = FoundResource & { readonly pinned?: true }

const LOCAL = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/(\d{1,9}))?$/

/** What is named by type and by version (empty where none is named). */
class Wanted {
  readonly #values = new Map<string, { readonly type: string; readonly version: string; readonly names: Set<string> }>()

  add(type: string, version: string, name: string): void {
    const key = `${type} ${version}`
    const wanted = this.#values.get(key) ?? { type, version, names: new Set() }
    wanted.names.add(name)
    this.#values.set(key, wanted)
  }

  *parts(): Generator<{ readonly type: string; readonly version: string; readonly names: readonly string[] }> {
    for (const { type, version, names } of this.#values.values()) {
      for (const part of chunks([...names])) yield { type, version, names: part }
    }
  }
}

async function forward(
  query: Query,
  request: IncludeRequest,
  include: Include,
  frontier: readonly FoundResource[],
): Promise<Row[]> {
  const { params, mayRead, scope } = request
  const ids = new Wanted()
  const urls = new Wanted()
  const leads = (type: string): boolean => mayRead(type) && (include.target === undefined || include.target === type)
  for (const row of frontier) {
    if (include.type !== '*' && include.type !== row.type) continue
    const resource = JSON.parse(row.text) as Resource
    const codes = include.code === '*' ? referenceCodes(params, row.type) : [include.code]
    for (const code of codes) {
      const targets = params.targets(resource, code)
      for (const target of targets) {
        const [, type = '', id = '', version = ''] = LOCAL.exec(target) ?? []
        // Beside a reference to a version the index has one to the resource.
        const isBeside = version === '' && targets.some((other) => other.startsWith(`${target}/_history/`))
        if (type !== '' && !isBeside && leads(type)) ids.add(type, version, id)
        const [, url = '', of = ''] = /^([^|]+)\|(.*)$/.exec(target) ?? []
        if (url === '') continue
        const types = include.target === undefined ? (params.param(row.type, code)?.targets ?? []) : [include.target]
        for (const to of types) if (leads(to) && params.param(to, 'url')?.kind === 'uri') urls.add(to, of, url)
      }
    }
  }
  const found: Row[] = []
  for (const { type, version, names } of ids.parts()) {
    const named = (parameters: Parameters): string => `r.id IN (${parameters.addAll(names)})`
    const rows = await load(query, scope, type, named, version === '' ? undefined : Number(version))
    found.push(...(version === '' ? rows : rows.map((row) => ({ ...row, pinned: true as const }))))
  }
  // A canonical is no address: it is the `url` of what it names, and may name its `version` too.
  for (const { type, version, names } of urls.parts()) {
    const named = (parameters: Parameters): string => {
      const url = `r.key IN (SELECT key FROM index_uri WHERE param = ${parameters.add(`${type}.url`)} AND value IN (${parameters.addAll(names)}))`
      if (version === '') return url
      return `${url} AND r.key IN (SELECT key FROM index_token WHERE param = ${parameters.add(`${type}.version`)} AND code = ${parameters.add(version)})`
    }
    found.push(...(await load(query, scope, type, named)))
  }
  return found
}

/** How references may name a row: by its address, and by its canonical where it has one. */
function namesOf(row: FoundResource, { params }: IncludeRequest): string[] {
  if (params.param(row.type, 'url')?.kind !== 'uri') return [nameOf(row)]
  const { url, version } = JSON.parse(row.text) as { readonly url?: string; readonly version?: unknown }
  if (url === undefined) return [nameOf(row)]
  // What a Device has by that name are the versions of its parts, which are objects.
  return [nameOf(row), `${url}|`, ...(typeof version === 'string' ? [versioned(url, version)] : [])]
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
        .flatMap((row) => namesOf(row, request))
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
  version?: number,
): Promise<FoundResource[]> {
  const parameters = new Parameters()
  const tests = [`r.type = ${parameters.add(type)}`, 'r.deleted = 0', condition(parameters)]
  if (isScoped(scope, type)) {
    const organization = parameters.add(scope.organization)
    tests.push(`EXISTS (SELECT 1 FROM access a WHERE a.org = ${organization} AND a.type = r.type AND a.key = r.key)`)
    tests.push(...shownSql(scope, 'r', parameters))
  }
  const wanted = version === undefined ? 'r.version' : parameters.add(version)
  if (version !== undefined) tests.push("v.method <> 'DELETE'")
  // One more than may be included tells that there are too many.
  return query<FoundResource>(
    `SELECT r.key AS key, r.type AS type, r.id AS id, v.version AS version, v.tick AS tick, v.text AS text
     FROM resource r JOIN version v ON v.key = r.key AND v.version = ${wanted}
     WHERE ${tests.join(' AND ')} ORDER BY r.key LIMIT ${MAX_INCLUDED + 1}`,
    parameters.values,
  )
}
