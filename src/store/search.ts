/**
 * Search as one set-based SQL statement (DESIGN section 5): every condition is `key IN (SELECT key FROM an index)`,
 * the scope of the caller is one more of them, and the page is cut by key before any text is read. Nothing is cached:
 * what is committed is found.
 */
import type { IndexKind } from '../fhir/index-values.ts'
import type { SearchQuery, SortKey } from '../fhir/search-query.ts'
import type { Query } from './database.ts'
import { Parameters, type Scope, where } from './search-conditions.ts'

export type { Scope } from './search-conditions.ts'

/** Where a page ended: the sort values of its last row and that row's key. */
export interface PagePosition {
  readonly values: readonly (string | number | null)[]
  readonly key: number
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
  /** Most rows on the page, at least 1. */
  readonly limit: number
}

export interface SearchPage {
  readonly rows: readonly FoundResource[]
  /** Present when there are more rows. */
  readonly next?: PagePosition
  /** Present when the query asks for it. */
  readonly total?: number
}

/**
 * One page of what a query finds within the scope, in the order it asks for; without `_sort` in the order of
 * creation, in which rows that are written meanwhile can only come after the page.
 */
export async function searchKeys(query: Query, request: SearchRequest): Promise<SearchPage> {
  const { query: search, scope } = request
  const total = search.total === 'none' ? {} : { total: await count(query, search, scope) }
  if (search.onlyTotal) return { rows: [], ...total }
  const parameters = new Parameters()
  const orders = search.sort.map((key, index) => order(key, index, parameters))
  const conditions = [...where(search, scope, parameters), ...after(orders, request.page, parameters)]
  const columns = orders.map(({ value }, index) => `, ${value} AS s${index}`).join('')
  const direction = [...orders.flatMap(({ by }) => by), 'r.key'].join(', ')
  const outer = [...orders.flatMap(({ outerBy }) => outerBy), 'p.key'].join(', ')
  const statement = `
    SELECT p.*, v.text AS text FROM (
      SELECT r.key AS key, r.type AS type, r.id AS id, r.version AS version, r.tick AS tick${columns}
      FROM resource r${orders.map(({ join }) => join).join('')}
      WHERE ${conditions.join(' AND ')}
      ORDER BY ${direction} LIMIT ${parameters.add(request.limit + 1)}
    ) p JOIN version v ON v.key = p.key AND v.version = p.version
    ORDER BY ${outer}`
  const found = await query<FoundRow>(statement, parameters.values)
  const rows = cut(found, request.limit, search.sort)
  const last = rows.at(-1)
  const more = found.length > rows.length && last !== undefined
  return { rows: rows.map(resourceOf), ...(more ? { next: positionOf(last, orders.length) } : {}), ...total }
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
  const conditions = where(search, scope, parameters)
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

type FoundRow = FoundResource & Readonly<Record<`s${number}`, string | number | null>>

const resourceOf = ({ key, type, id, version, tick, text }: FoundRow): FoundResource => ({
  key,
  type,
  id,
  version,
  tick,
  text,
})

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
const SORTED: Readonly<Record<IndexKind, { readonly low: string; readonly high: string; readonly filter: string }>> = {
  token: { low: 'code', high: 'code', filter: " AND code <> ''" },
  reference: { low: 'target', high: 'target', filter: " AND target <> ''" },
  date: { low: 'low', high: 'high', filter: '' },
  string: { low: 'value', high: 'value', filter: '' },
  uri: { low: 'value', high: 'value', filter: '' },
}

/**
 * A resource with several values is placed by its smallest when ascending and its largest when descending; one
 * without any comes last either way.
 */
function order(key: SortKey, index: number, parameters: Parameters): Order {
  const { descending } = key
  const suffix = descending ? ' DESC' : ''
  if (!key.index) {
    const value = key.code === '_id' ? 'r.id' : 'r.tick'
    return { join: '', value, by: [`${value}${suffix}`], outerBy: [`p.s${index}${suffix}`], descending }
  }
  const { low, high, filter } = SORTED[key.index.kind]
  const value = `o${index}.value`
  const rows = `SELECT key, ${descending ? `MAX(${high})` : `MIN(${low})`} AS value FROM index_${key.index.kind}`
  const param = parameters.add(key.index.name)
  const by = (column: string) => [`CASE WHEN ${column} IS NULL THEN 1 ELSE 0 END`, `${column}${suffix}`]
  return {
    join: ` LEFT JOIN (${rows} WHERE param = ${param}${filter} GROUP BY key) o${index} ON o${index}.key = r.key`,
    value,
    by: by(value),
    outerBy: by(`p.s${index}`),
    descending,
  }
}

/** Rows behind the position: equal in the first sort values and behind in the next, down to the key. */
function after(orders: readonly Order[], page: PagePosition | undefined, parameters: Parameters): string[] {
  if (!page) return []
  const alternatives: string[] = []
  const equal: string[] = []
  orders.forEach(({ value, descending }, index) => {
    const last = page.values[index] ?? null
    if (last === null) {
      // Nothing comes behind a missing value but other missing values.
      equal.push(`${value} IS NULL`)
      return
    }
    const behind = `(${value} ${descending ? '<' : '>'} ${parameters.add(last)} OR ${value} IS NULL)`
    alternatives.push([...equal, behind].join(' AND '))
    equal.push(`${value} = ${parameters.add(last)}`)
  })
  alternatives.push([...equal, `r.key > ${parameters.add(page.key)}`].join(' AND '))
  return [
    alternatives.length === 1 ? alternatives.join('') : `(${alternatives.map((each) => `(${each})`).join(' OR ')})`,
  ]
}
