/**
 * Search in SQL: conditions are looks into narrow indexes or sets of keys from them (see `search-plan.ts`), the scope of
 * the caller is one more of them, and the page is cut by key before any text is read. Nothing is cached: what is
 * committed is found.
 */
import type { IndexRow } from '../fhir/index-row.ts'
import type { IndexKind } from '../fhir/index-values.ts'
import type { Resource } from '../fhir/resource.ts'
import type { SearchQuery, SortKey } from '../fhir/search-query.ts'
import type { Query } from './database.ts'
import { Parameters } from './parameters.ts'
import { type Scope, where } from './search-conditions.ts'
import { conditionsFor, type Course, type Way, ways, wayToOne } from './search-plan.ts'
import { withChanged } from './search-snapshot.ts'

export type { Scope } from './search-conditions.ts'

/** Where a page ends: the sort values of its last row and that row's key. */
export interface PagePosition {
  readonly values: readonly (string | number | null)[]
  readonly key: number
  /** The page before it is wanted: the values are those of the first row of the page that was seen. */
  readonly backwards?: boolean
  /** The last page is wanted: backwards from the end, whatever the values and the key say. */
  readonly end?: boolean
}

/** Where the last page lies. */
export const END: PagePosition = { values: [], key: 0, backwards: true, end: true }

/** The moment a search was first answered: the last instant and event number at that time. */
export interface Snapshot {
  readonly tick: number
  readonly seq: number
}

export interface FoundResource {
  readonly key: number
  readonly type: string
  readonly id: string
  readonly version: number
  /** Milliseconds since the epoch: `meta.lastUpdated`. */
  readonly tick: number
  /** The stored JSON, byte for byte. */
  readonly text: string
}

export interface SearchRequest {
  readonly query: SearchQuery
  readonly scope: Scope
  /** Absent for the first page. */
  readonly page?: PagePosition
  /** With `page` or for the first page once more: the moment whose answer is wanted. */
  readonly snapshot?: Snapshot
  /** Counted for the first page. */
  readonly total?: number
  /** Index rows of a version, to judge what has changed since the snapshot. */
  readonly extract?: (resource: Resource) => readonly IndexRow[]
  /** Most rows on the page, at least 1. */
  readonly limit: number
}

export interface SearchPage {
  readonly rows: readonly FoundResource[]
  /** Present when there are more rows. */
  readonly next?: PagePosition
  /** Present when there are rows before. */
  readonly previous?: PagePosition
  /** Present when there are rows. */
  readonly snapshot?: Snapshot
  /** Present when the query asks for it. */
  readonly total?: number
}

/**
 * One page of what a query finds within the scope, in the order it asks for; without `_sort` in the order of creation.
 * Later pages are those of the moment of the first: see `search-snapshot.ts`.
 */
export async function searchKeys(query: Query, request: SearchRequest): Promise<SearchPage> {
  const { query: search, scope, page, limit, snapshot } = request
  const isAsked = search.total === 'accurate' || search.total === 'estimate'
  const total = isAsked && request.total === undefined ? await count(query, search, scope) : request.total
  if (search.onlyTotal) return { rows: [], ...(total === undefined ? {} : { total }) }
  const found = await findRows(query, request)
  const backwards = page?.backwards === true
  const all = snapshot ? await withChanged(query, request, snapshot, found) : found
  const rows = backwards ? all.slice(0, limit).reverse() : cut(all, limit, search.sort)
  const [first, last] = [rows[0], rows.at(-1)]
  const more = all.length > (backwards ? limit : rows.length)
  const sorts = search.sort.length
  const clock = found[0]
  // What fits on the first page has been counted.
  const counted = total ?? (search.total === 'free' && !more && !page ? rows.length : undefined)
  return {
    rows,
    ...((more || backwards) && last && !page?.end ? { next: positionOf(last, sorts) } : {}),
    ...(page && (more || !backwards) && first ? { previous: { ...positionOf(first, sorts), backwards: true } } : {}),
    ...(counted === undefined ? {} : { total: counted }),
    ...(snapshot ? { snapshot } : clock ? { snapshot: { tick: clock.now, seq: clock.seq } } : {}),
  }
}

/** The rows of a page and one more, in the order of the page (backwards: from its end). */
async function findRows(query: Query, request: SearchRequest): Promise<readonly FoundRow[]> {
  const { query: search, scope, limit } = request
  let found: readonly FoundRow[] = []
  for await (const way of ways(query, search, scope, courseOf(request))) {
    const parameters = new Parameters()
    found = await query<FoundRow>(statement(request, way, parameters), parameters.values)
    const cutShort = way.kind !== 'sets' && way.edge !== undefined && found.length <= limit
    if (!cutShort) break
  }
  return found
}

function statement(request: SearchRequest, way: Way, parameters: Parameters): string {
  const { query: search, scope, page, snapshot, limit } = request
  const backwards = page?.backwards === true
  const orders = ordersOf(search.sort, backwards, parameters)
  const course = courseOf(request)
  const conditions = [
    ...conditionsFor(way, search, { scope, parameters }, course),
    ...after(orders, page, parameters),
    ...(way.kind === 'walk' && course ? course.start(parameters) : []),
  ]
  if (way.kind === 'walk' && course && way.edge !== undefined) {
    conditions.push(`r.${course.column} ${course.descending ? '>=' : '<='} ${parameters.add(way.edge)}`)
  }
  // What has changed since the first page is found as it was then.
  if (snapshot) conditions.push(`r.tick <= ${parameters.add(snapshot.tick)}`)
  const columns = orders.map(({ value }, index) => `, ${value} AS s${index}`).join('')
  const last = backwards ? ' DESC' : ''
  const direction = [...orders.flatMap(({ by }) => by), `r.key${last}`].join(', ')
  const outer = [...orders.flatMap(({ outerBy }) => outerBy), `p.key${last}`].join(', ')
  const clock = snapshot
    ? ''
    : ', (SELECT tick FROM clock WHERE id = 1) AS now, (SELECT seq FROM clock WHERE id = 1) AS seq'
  return `
    SELECT p.*, v.text AS text${clock} FROM (
      SELECT r.key AS key, r.type AS type, r.id AS id, r.version AS version, r.tick AS tick${columns}
      FROM resource r${orders.map(({ join }) => join).join('')}
      WHERE ${conditions.join(' AND ')}
      ORDER BY ${direction} LIMIT ${parameters.add(limit + 1)}
    ) p JOIN version v ON v.key = p.key AND v.version = p.version
    ORDER BY ${outer}`
}

/** The order in which resources can be walked by an index: of creation, or of `_lastUpdated`. */
function courseOf({ query: { sort }, page }: SearchRequest): Course | undefined {
  const [key] = sort
  if (sort.length > 1 || (key && key.code !== '_lastUpdated')) return undefined
  const column = key ? 'tick' : 'key'
  const descending = (key?.descending === true) !== (page?.backwards === true)
  return {
    column,
    descending,
    start(parameters) {
      const from = page?.end ? undefined : key ? page?.values[0] : page?.key
      return from === undefined || from === null
        ? []
        : [`r.${column} ${descending ? '<=' : '>='} ${parameters.add(from)}`]
    },
  }
}

/** How many resources a query finds within the scope. */
export async function count(query: Query, search: SearchQuery, scope: Scope): Promise<number> {
  const parameters = new Parameters()
  const conditions = where(search, scope, parameters)
  const statement = `SELECT COUNT(*) AS total FROM resource r WHERE ${conditions.join(' AND ')}`
  const [row] = await query<{ total: number }>(statement, parameters.values)
  return row?.total ?? 0
}

/**
 * The first few resources a condition (If-None-Exist) finds, oldest first. To be called with the `query` of the
 * lane's transaction, so that the answer still holds when the decision made from it is written.
 * @param limit two are enough to know that the condition is ambiguous
 * @param whose `own` leaves out what the organisation may only read
 */
export async function matchKeys(
  query: Query,
  search: SearchQuery,
  scope: Scope,
  limit = 2,
  whose: 'seen' | 'own' = 'seen',
): Promise<Omit<FoundResource, 'text'>[]> {
  const parameters = new Parameters()
  const conditions = conditionsFor(wayToOne(search), search, { scope, parameters })
  if (whose === 'own' && scope.kind === 'organization') {
    const organization = parameters.add(scope.organization)
    conditions.push(
      `EXISTS (SELECT 1 FROM access a WHERE a.org = ${organization} AND a.type = r.type AND a.key = r.key AND a.side <> 'reader')`,
    )
  }
  const statement = `
    SELECT r.key AS key, r.type AS type, r.id AS id, r.version AS version, r.tick AS tick
    FROM resource r WHERE ${conditions.join(' AND ')} ORDER BY r.key LIMIT ${parameters.add(limit)}`
  return query(statement, parameters.values)
}

/** A row with its sort values and, on a first page, the clock. */
export type FoundRow = FoundResource &
  Readonly<Record<`s${number}`, string | number | null>> & { readonly now: number; readonly seq: number }

const positionOf = (row: FoundRow, sorts: number): PagePosition => ({
  values: Array.from({ length: sorts }, (_, index) => row[`s${index}`] ?? null),
  key: row.key,
})

/**
 * Takes the page from one row more than the limit. Resources committed together share one instant, so a page in the
 * order of `_lastUpdated` ends between two instants where it can: a provider that polls with
 * `_lastUpdated=gt<the last it saw>` and does not follow next links would otherwise never see the rest of an instant
 * that the page had cut in two.
 */
function cut(found: readonly FoundRow[], limit: number, sort: readonly SortKey[]): readonly FoundRow[] {
  if (found.length <= limit) return found
  const page = found.slice(0, limit)
  const [key] = sort
  if (sort.length !== 1 || key?.code !== '_lastUpdated' || key.descending) return page
  const cutTick = found[limit]?.tick
  const whole = page.filter(({ tick }) => tick !== cutTick)
  return whole.length > 0 ? whole : page
}

/** One sort key in SQL. */
interface Order {
  readonly join: string
  readonly value: string
  readonly by: readonly string[]
  readonly outerBy: readonly string[]
  readonly descending: boolean
}

/** The column of each index that stands for its value when sorting. */
export const SORTED: Readonly<
  Record<IndexKind, { readonly low: string; readonly high: string; readonly filter: string }>
> = {
  token: { low: 'code', high: 'code', filter: " AND code <> ''" },
  reference: { low: 'target', high: 'target', filter: " AND target <> ''" },
  date: { low: 'low', high: 'high', filter: '' },
  string: { low: 'value', high: 'value', filter: '' },
  uri: { low: 'value', high: 'value', filter: '' },
  number: { low: 'low', high: 'high', filter: '' },
  quantity: { low: 'low', high: 'high', filter: '' },
}

/**
 * A resource with several values is placed by its smallest when ascending and its largest when descending; one
 * without any comes last either way.
 */
function order(key: SortKey, index: number, backwards: boolean, parameters: Parameters): Order {
  const descending = key.descending !== backwards
  const suffix = descending ? ' DESC' : ''
  if (!key.index) {
    const value = key.code === '_id' ? 'r.id' : 'r.tick'
    return { join: '', value, by: [`${value}${suffix}`], outerBy: [`p.s${index}${suffix}`], descending }
  }
  const { low, high, filter } = SORTED[key.index.kind]
  const value = `o${index}.value`
  const rows = `SELECT key, ${key.descending ? `MAX(${high})` : `MIN(${low})`} AS value FROM index_${key.index.kind}`
  const param = parameters.add(key.index.name)
  const missing = backwards ? ' DESC' : ''
  const by = (column: string) => [`CASE WHEN ${column} IS NULL THEN 1 ELSE 0 END${missing}`, `${column}${suffix}`]
  return {
    join: ` LEFT JOIN (${rows} WHERE param = ${param}${filter} GROUP BY key) o${index} ON o${index}.key = r.key`,
    value,
    by: by(value),
    outerBy: by(`p.s${index}`),
    descending,
  }
}

const ordersOf = (sort: readonly SortKey[], backwards: boolean, parameters: Parameters): Order[] =>
  sort.map((key, index) => order(key, index, backwards, parameters))

/** Rows behind the position: equal in the first sort values and behind in the next, down to the key. */
function after(orders: readonly Order[], page: PagePosition | undefined, parameters: Parameters): string[] {
  if (!page || page.end) return []
  const backwards = page.backwards === true
  const alternatives: string[] = []
  const equal: string[] = []
  orders.forEach(({ value, descending }, index) => {
    const last = page.values[index] ?? null
    if (last === null) {
      // Nothing comes behind a missing value but other missing values; backwards every other value does.
      if (backwards) alternatives.push([...equal, `${value} IS NOT NULL`].join(' AND '))
      equal.push(`${value} IS NULL`)
      return
    }
    const orMissing = backwards ? '' : ` OR ${value} IS NULL`
    const behind = `(${value} ${descending ? '<' : '>'} ${parameters.add(last)}${orMissing})`
    alternatives.push([...equal, behind].join(' AND '))
    equal.push(`${value} = ${parameters.add(last)}`)
  })
  alternatives.push([...equal, `r.key ${backwards ? '<' : '>'} ${parameters.add(page.key)}`].join(' AND '))
  return [
    alternatives.length === 1 ? alternatives.join('') : `(${alternatives.map((each) => `(${each})`).join(' OR ')})`,
  ]
}
