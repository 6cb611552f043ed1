/**
 * The index against the definitions, without ever holding much of either. Every row that should be there is looked up
 * the way a search finds it; rows beyond those show in the number of rows of a parameter, and only then are looked for.
 */
import type { IndexRow } from '../fhir/index-row.ts'
import type { Resource } from '../fhir/resource.ts'
import type { Query } from './database.ts'
import { countsByParam, findRow, identity, indexKinds, rowsOfParam } from './index-table.ts'

export type Extract = (resource: Resource) => IndexRow[]

export interface IndexFault {
  readonly key: number
  /** The row that is missing, is there more than once, or should not be there. */
  readonly row: IndexRow
  /** Names resource and parameter, no value. */
  readonly words: string
}

/** A resource with the text of its current version, empty when it is deleted. */
export interface Indexed {
  readonly key: number
  readonly type: string
  readonly id: string
  readonly text: string
}

/** Resources looked at together: their texts are in memory at the same time. */
const RESOURCES = 50
/** Rows of one parameter looked at together. */
const ROWS = 20_000

/** Index rows too few or too many. @param query must see one state throughout */
export async function* indexFaults(query: Query, extract: Extract): AsyncGenerator<IndexFault> {
  const found = new Map<string, number>()
  for (let after = 0; ;) {
    const resources = await resourcesAfter(query, after, RESOURCES)
    for (const { key, type, id, text } of resources) {
      const rows = rowsOf(text, extract)
      const counts = await Promise.all(rows.map((row) => countOf(query, key, row)))
      for (const [i, row] of rows.entries()) {
        const count = counts[i] ?? 0
        const name = nameOf(row)
        found.set(name, (found.get(name) ?? 0) + count)
        if (count === 1) continue
        yield { key, row, words: `index row ${count === 0 ? 'missing' : 'too many'}: ${row.param} of ${type}/${id}` }
      }
    }
    if (resources.length < RESOURCES) break
    after = resources.at(-1)!.key
  }
  for (const kind of indexKinds) {
    for (const { param, n } of await query<{ param: string; n: number }>(countsByParam(kind))) {
      if (n > (found.get(`${kind} ${param}`) ?? 0)) yield* surplusOf(query, extract, kind, param)
    }
  }
}

/** The next resources in the order of their keys. */
export const resourcesAfter = (query: Query, after: number, limit: number): Promise<Indexed[]> =>
  query<Indexed>(
    `SELECT r.key AS key, r.type AS type, r.id AS id, v.text AS text
     FROM resource r JOIN version v ON v.key = r.key AND v.version = r.version
     WHERE r.key > $1 ORDER BY r.key LIMIT $2`,
    [after, limit],
  )

/** The rows that a text should have; none for a deletion, and for what cannot be read. */
export function rowsOf(text: string, extract: Extract): IndexRow[] {
  if (text === '') return []
  try {
    return extract(JSON.parse(text) as Resource)
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

/** How often a row is there. */
export async function countOf(query: Query, key: number, row: IndexRow): Promise<number> {
  const { sql, params } = findRow(key, row)
  return (await query<{ n: number }>(sql, params))[0]?.n ?? 0
}

/** Stored rows of one parameter that no resource gives rise to. */
async function* surplusOf(
  query: Query,
  extract: Extract,
  kind: IndexRow['kind'],
  param: string,
): AsyncGenerator<IndexFault> {
  for (let after = -1; ;) {
    const { sql, params } = rowsOfParam(kind, param, after, ROWS)
    const stored = (await query(sql, params)) as unknown as (IndexRow & { readonly key: number })[]
    const last = stored.at(-1)?.key ?? after
    // The rows of the last resource may go on behind the end: they come with the next ones, unless they fill it alone.
    const whole = stored.length < ROWS || stored[0]?.key === last ? stored : stored.filter(({ key }) => key !== last)
    for (const [key, rows] of Map.groupBy(whole, (row) => row.key)) {
      const expected = await expectedOf(query, extract, key)
      for (const { key: _key, ...rest } of rows) {
        const row = { ...rest, kind } as IndexRow
        if (expected.has(identity(row))) continue
        yield { key, row, words: `index row too many: ${param} of the resource with key ${key}` }
      }
    }
    if (stored.length < ROWS) return
    after = whole.at(-1)?.key ?? last
  }
}

async function expectedOf(query: Query, extract: Extract, key: number): Promise<ReadonlySet<string>> {
  const [resource] = await resourcesAfter(query, key - 1, 1)
  return new Set(resource?.key === key ? rowsOf(resource.text, extract).map(identity) : [])
}

const nameOf = ({ kind, param }: IndexRow): string => `${kind} ${param}`
