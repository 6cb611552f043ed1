/** Index rows in SQL. Only what changed is touched: moving a Task on rewrites its status, not its patient. */
import type { IndexRow } from '../fhir/index-row.ts'
import { refuse } from '../fhir/problem.ts'
import type { SqlValue } from './database.ts'
import { columns, insertOf, type Rows, type Statement } from './rows.ts'

/** What kinds of index there are. Every table of one ends with `element` and `key`. */
export const indexKinds = Object.keys(columns).flatMap((table) =>
  table.startsWith('index_') ? [table.slice('index_'.length) as IndexRow['kind']] : [],
)

const isRow = new Map(
  indexKinds.map((kind) => {
    const names = columns[`index_${kind}`]
    return [kind, `FROM index_${kind} WHERE ${names.map((name, i) => `${name} = $${i + 1}`).join(' AND ')}`]
  }),
)

const deletes = new Map([...isRow].map(([kind, condition]) => [kind, `DELETE ${condition}`]))
const finds = new Map([...isRow].map(([kind, condition]) => [kind, `SELECT COUNT(*) AS n ${condition}`]))

const values = (row: IndexRow): SqlValue[] => [
  ...columns[`index_${row.kind}`].slice(0, -2).map((name) => (row as unknown as Record<string, SqlValue>)[name] ?? ''),
  row.element ?? 0,
]

/**
 * Bytes of the texts in one row: engines limit the size of an index entry (PostgreSQL's have 2,704 bytes), and what one
 * of them refuses late is refused by both, before anything of its group is in doubt.
 */
const MAX_BYTES = 2400

/** The texts that come whole into an entry. */
function textsOf(row: IndexRow): readonly string[] {
  switch (row.kind) {
    case 'token':
      return [row.system, row.code]
    case 'uri':
      return [row.value]
    case 'reference':
      return [row.target]
    default:
      return []
  }
}

/** @throws Problem indexed-too-long */
function checkLength(row: IndexRow): void {
  const texts = textsOf(row)
  const characters = texts.reduce((sum, text) => sum + text.length, 0)
  if (characters * 3 <= MAX_BYTES || texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) <= MAX_BYTES) return
  const [type = '', param = ''] = row.param.split('.', 2)
  throw refuse(
    'indexed-too-long',
    `What a ${type} is found by as ${param} is longer than ${MAX_BYTES} bytes, its system included: send a shorter one.`,
    type,
  )
}

/** The same for the same row, whether it was extracted or stored. */
export const identity = (row: IndexRow): string => [row.kind, ...values(row)].join('\u0000')

/** Turns the index rows of a resource from `before` into `after`: only what differs is written. @throws Problem indexed-too-long */
export function indexChanges(rows: Rows, key: number, before: readonly IndexRow[], after: readonly IndexRow[]): void {
  const old = new Map(before.map((row) => [identity(row), row]))
  const added = old.size === 0 ? after : after.filter((row) => !old.delete(identity(row)))
  added.forEach(checkLength)
  for (const row of old.values()) {
    rows.change({ table: `index_${row.kind}`, key, ...removal(key, row) })
  }
  for (const row of added) rows.add(`index_${row.kind}`, [...values(row), key])
}

export const insertion = (key: number, row: IndexRow): Statement =>
  insertOf(`index_${row.kind}`, [[...values(row), key]])

/** Removes a row, however often it is there. */
export const removal = (key: number, row: IndexRow): Statement => ({
  sql: deletes.get(row.kind) ?? '',
  params: [...values(row), key],
})

/** Answers `n`, how often a row is there; by the index that searches use. */
export const findRow = (key: number, row: IndexRow): Statement => ({
  sql: finds.get(row.kind) ?? '',
  params: [...values(row), key],
})

/** Answers `param` and `n`, its number of rows. */
export const countsByParam = (kind: IndexRow['kind']): string =>
  `SELECT param, COUNT(*) AS n FROM index_${kind} GROUP BY param`

/** Rows of one parameter in the order of their keys. */
export const rowsOfParam = (kind: IndexRow['kind'], param: string, after: number, limit: number): Statement => ({
  sql: `SELECT ${columns[`index_${kind}`].join(', ')} FROM index_${kind}
    WHERE param = $1 AND key > $2 ORDER BY key LIMIT $3`,
  params: [param, after, limit],
})
