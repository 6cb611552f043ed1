/** Versions in the order in which they were written, newest first. The scope is a required argument. */
import type { Query } from './database.ts'
import type { Scope } from './read.ts'
import { Parameters } from './parameters.ts'
import { shownSql } from './search-conditions.ts'

/** Whose history: of a resource (type and id), of a type, of several types, of everything. */
export interface HistoryFilter {
  readonly scope: Scope
  readonly type?: string
  readonly id?: string
  /** Only these types; absent: all. */
  readonly types?: readonly string[]
  /** Written at this moment or later, ms since the epoch. */
  readonly since?: number
  /** Current at some moment of this range, ms since the epoch, both ends inclusive. */
  readonly at?: { readonly low: number; readonly high: number }
}

export interface HistoryRow {
  /** Number of the event that tells of it: newer versions have greater ones. */
  readonly seq: number
  readonly type: string
  readonly id: string
  readonly version: number
  /** ms since the epoch */
  readonly tick: number
  /** HTTP verb of the write. */
  readonly method: string
  /** Whether the version before was a deletion. */
  readonly afterDeletion: boolean
  /** Empty for a deletion. */
  readonly text: string
}

/** Where a page stands among the event numbers. */
export interface HistoryPlace {
  /** Older than this event number; backwards: newer. */
  readonly beyond: number
  readonly backwards: boolean
  /** The newest event number of these pages: what was written since is none of them. */
  readonly newest: number
}

/**
 * @param place absent for the first page
 * @param limit most rows, at least 1
 * @returns newest first; backwards oldest first
 */
export async function readHistory(
  query: Query,
  filter: HistoryFilter,
  place: HistoryPlace | undefined,
  limit: number,
): Promise<HistoryRow[]> {
  const parameters = new Parameters()
  const conditions = conditionsOf(filter, parameters)
  if (place) {
    const beyond = parameters.add(place.beyond)
    conditions.push(`e.seq ${place.backwards ? '>' : '<'} ${beyond}`, `e.seq <= ${parameters.add(place.newest)}`)
  }
  const rows = await query<Omit<HistoryRow, 'afterDeletion'> & { previous: string | null }>(
    `SELECT e.seq AS seq, e.type AS type, e.id AS id, v.version AS version, v.tick AS tick, v.method AS method,
       v.text AS text, (SELECT p.method FROM version p WHERE p.key = v.key AND p.version = v.version - 1) AS previous
     FROM ${tables(filter)} WHERE ${conditions.join(' AND ')}
     ORDER BY e.seq${place?.backwards ? '' : ' DESC'} LIMIT ${parameters.add(limit)}`,
    parameters.values,
  )
  return rows.map(({ previous, ...row }) => ({ ...row, afterDeletion: previous === 'DELETE' }))
}

/** How many versions there are. */
export async function countHistory(query: Query, filter: HistoryFilter): Promise<number> {
  const parameters = new Parameters()
  const narrowed = filter.id !== undefined || filter.since !== undefined || filter.at !== undefined
  const sql = narrowed
    ? `SELECT COUNT(*) AS total FROM ${tables(filter)} WHERE ${conditionsOf(filter, parameters).join(' AND ')}`
    : wholeHistory(filter, parameters)
  const [row] = await query<{ total: number }>(sql, parameters.values)
  return row?.total ?? 0
}

/** Versions are numbered without a gap, so the resources say how many there are and the log need not be walked. */
function wholeHistory({ scope, type, types }: HistoryFilter, parameters: Parameters): string {
  const among = (column: string): string[] => [
    ...(type === undefined ? [] : [`${column} = ${parameters.add(type)}`]),
    ...(types ? [types.length === 0 ? '1 = 0' : `${column} IN (${parameters.addAll(types)})`] : []),
  ]
  const conditions =
    scope.kind === 'open'
      ? ['1 = 1', ...among('r.type')]
      : [
          `r.key IN (SELECT a.key FROM access a WHERE ${[`a.org = ${parameters.add(scope.organization)}`, ...among('a.type')].join(' AND ')})`,
          ...shownSql(scope, 'r', parameters),
        ]
  return `SELECT COALESCE(SUM(r.version), 0) AS total FROM resource r WHERE ${conditions.join(' AND ')}`
}

/** Every version has the event of its number; an event that tells of no version is none of the history. */
const tables = (filter: HistoryFilter): string =>
  filter.id === undefined
    ? 'event e JOIN version v ON v.key = e.key AND v.version = e.version AND v.seq = e.seq'
    : 'resource r JOIN event e ON e.key = r.key JOIN version v ON v.key = e.key AND v.version = e.version AND v.seq = e.seq'

function conditionsOf(filter: HistoryFilter, parameters: Parameters): string[] {
  const { scope, type, id, types, since, at } = filter
  const conditions: string[] = ['1 = 1']
  if (id !== undefined) conditions.push(`r.id = ${parameters.add(id)}`)
  if (type !== undefined) conditions.push(`${id === undefined ? 'e' : 'r'}.type = ${parameters.add(type)}`)
  if (types) conditions.push(types.length === 0 ? '1 = 0' : `e.type IN (${parameters.addAll(types)})`)
  if (scope.kind === 'organization') {
    conditions.push(
      `EXISTS (SELECT 1 FROM access a WHERE a.org = ${parameters.add(scope.organization)} AND a.type = e.type AND a.key = e.key)`,
    )
    const shown = shownSql(scope, 'h', parameters)
    if (shown.length > 0)
      conditions.push(`EXISTS (SELECT 1 FROM resource h WHERE h.key = e.key AND ${shown.join(' AND ')})`)
  }
  if (since !== undefined) conditions.push(`v.tick >= ${parameters.add(since)}`)
  if (at) {
    conditions.push(
      `v.tick <= ${parameters.add(at.high)}`,
      `NOT EXISTS (SELECT 1 FROM version n WHERE n.key = v.key AND n.version = v.version + 1 AND n.tick <= ${parameters.add(at.low)})`,
    )
  }
  return conditions
}
