/**
 * A result that stands still while others write. Links carry the instant at which the first page was answered, and
 * later pages show what was found at that instant, in the order and the version of that instant: no row is lost
 * because it changed and moved, none comes twice. Resources that have been deleted since are left out, and those that
 * were created since are not shown.
 *
 * Nothing is kept for this: what has not changed since is found as ever, and what has changed is judged from its version
 * of that instant. A chain or `_has` is judged as things are now, and so is who may see.
 */
import type { IndexRow } from '../fhir/index-row.ts'
import { refuse } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { isAboutOthers, matches } from '../fhir/search-match.ts'
import type { SearchQuery, SortKey } from '../fhir/search-query.ts'
import type { Query } from './database.ts'
import {
  type FoundResource,
  type FoundRow,
  type PagePosition,
  type SearchRequest,
  type Snapshot,
  SORTED,
} from './search.ts'
import { Parameters } from './parameters.ts'
import { conditionSql, isScoped, shownSql } from './search-conditions.ts'

/** Most resources changed since the first page that are judged for one page. */
export const MAX_CHANGED = 2000

/** The rows found among what has not changed, and those of the snapshot among what has, in the order of the page. */
export async function withChanged(
  query: Query,
  request: SearchRequest,
  snapshot: Snapshot,
  found: readonly FoundRow[],
): Promise<readonly FoundRow[]> {
  const { query: search, extract, limit, page } = request
  if (!extract) throw new Error('A page of a snapshot needs the index rows of old versions.')
  const here = new Set(found.map(({ key }) => key))
  const changed: FoundRow[] = []
  for (const { type, conditions } of search.branches ?? [search]) {
    const candidates = await changedSince(query, request, snapshot, type)
    const linked = await stillLinked(query, request, type, conditions, candidates)
    for (const row of candidates) {
      // What changed after the rows were read is among them, as it was.
      if (here.has(row.key) || !linked(row.key)) continue
      const rows = extract(JSON.parse(row.text) as Resource)
      if (!conditions.every((condition) => matches(condition, { id: row.id, tick: row.tick, rows }))) continue
      const values = search.sort.map((key) => sortValue(key, row, rows))
      const sorted: FoundRow = { ...row, ...Object.fromEntries(values.map((value, i) => [`s${i}`, value])) } as FoundRow
      // The last page goes back from behind everything.
      const side = page?.end ? -1 : page ? compare(search, sorted, positionRow(page)) : 1
      if (page?.backwards === true ? side < 0 : side > 0) changed.push(sorted)
    }
  }
  if (changed.length === 0) return found
  const sign = page?.backwards === true ? -1 : 1
  return [...found, ...changed].sort((a, b) => sign * compare(search, a, b)).slice(0, limit + 1)
}

/** What the caller may see of a type, was there at the snapshot, has changed since and is still there. */
async function changedSince(
  query: Query,
  { scope }: SearchRequest,
  { tick, seq }: Snapshot,
  type: string,
): Promise<FoundResource[]> {
  const parameters = new Parameters()
  const tests = [
    `r.type = ${parameters.add(type)}`,
    `r.tick > ${parameters.add(tick)}`,
    // Few have changed and nearly all are older: written like this, no engine takes the index of the keys.
    `r.key + 0 <= ${parameters.add(seq)}`,
    'r.deleted = 0',
    `v.tick <= ${parameters.add(tick)}`,
    `v.version = (SELECT MAX(o.version) FROM version o WHERE o.key = r.key AND o.tick <= ${parameters.add(tick)})`,
    // A version without text is a deletion: it was not there then.
    "v.text <> ''",
  ]
  if (isScoped(scope, type)) {
    const organization = parameters.add(scope.organization)
    tests.push(`EXISTS (SELECT 1 FROM access a WHERE a.org = ${organization} AND a.type = r.type AND a.key = r.key)`)
    tests.push(...shownSql(scope, 'r', parameters))
  }
  const rows = await query<FoundResource>(
    `SELECT r.key AS key, r.type AS type, r.id AS id, v.version AS version, v.tick AS tick, v.text AS text
     FROM resource r JOIN version v ON v.key = r.key WHERE ${tests.join(' AND ')} LIMIT ${MAX_CHANGED + 1}`,
    parameters.values,
  )
  if (rows.length > MAX_CHANGED) {
    throw refuse(
      'page-link-expired',
      `More than ${MAX_CHANGED} resources have changed since the first page: send the search again. To follow changes, sort by _lastUpdated and ask for what is newer than the last you have.`,
    )
  }
  return rows
}

/** Chains and `_has` speak of other resources, as they are now. */
async function stillLinked(
  query: Query,
  { scope }: SearchRequest,
  type: string,
  conditions: SearchQuery['conditions'],
  rows: readonly FoundResource[],
): Promise<(key: number) => boolean> {
  const links = conditions.filter(isAboutOthers)
  if (links.length === 0 || rows.length === 0) return () => true
  const parameters = new Parameters()
  const tests = [`r.type = ${parameters.add(type)}`, `r.key IN (${parameters.addAll(rows.map(({ key }) => key))})`]
  for (const condition of links) tests.push(conditionSql(condition, 'r', { scope, parameters }))
  const kept = await query<{ key: number }>(
    `SELECT r.key AS key FROM resource r WHERE ${tests.join(' AND ')}`,
    parameters.values,
  )
  const keys = new Set(kept.map(({ key }) => key))
  return (key) => keys.has(key)
}

type Value = string | number | null

function sortValue({ code, descending, index }: SortKey, row: FoundResource, rows: readonly IndexRow[]): Value {
  if (!index) return code === '_id' ? row.id : row.tick
  const { low, high } = SORTED[index.kind]
  const column = descending ? high : low
  const values = rows
    .filter((each) => each.param === index.name && each.kind === index.kind)
    .map((each) => (each as unknown as Record<string, string | number>)[column] ?? '')
    .filter((value) => value !== '' || index.kind === 'string' || index.kind === 'uri')
  const [first] = values
  if (first === undefined) return null
  return values.reduce((a, b) => (order(a, b) > 0 === descending ? a : b), first)
}

const positionRow = ({ values, key }: PagePosition): FoundRow =>
  ({ key, ...Object.fromEntries(values.map((value, i) => [`s${i}`, value])) }) as FoundRow

/** The order of a page: missing values last, equal ones in the order of creation. */
function compare({ sort }: SearchQuery, a: FoundRow, b: FoundRow): number {
  for (const [index, { descending }] of sort.entries()) {
    const [one, other] = [a[`s${index}`] ?? null, b[`s${index}`] ?? null]
    if (one === null || other === null) {
      if (one === other) continue
      return one === null ? 1 : -1
    }
    const by = order(one, other)
    if (by !== 0) return descending ? -by : by
  }
  return a.key - b.key
}

/** Numbers by size, texts by code points, as the engines do. */
const order = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number'
    ? a - b
    : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
