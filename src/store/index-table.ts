/** Index rows in SQL. Only what changed is touched: moving a Task on rewrites its status, not its patient. */
import type { IndexRow } from '../fhir/index-row.ts'
import type { SqlValue } from './database.ts'

interface Statement {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

const columns: { readonly [K in IndexRow['kind']]: readonly string[] } = {
  token: ['param', 'code', 'system'],
  reference: ['param', 'target'],
  date: ['param', 'low', 'high'],
  string: ['param', 'value', 'exact'],
  uri: ['param', 'value'],
  number: ['param', 'low', 'high'],
  quantity: ['param', 'low', 'high', 'code', 'system', 'unit'],
}

export const indexKinds = Object.keys(columns) as IndexRow['kind'][]

const inserts = new Map(
  indexKinds.map((kind) => {
    const names = [...columns[kind], 'element', 'key']
    return [
      kind,
      `INSERT INTO index_${kind} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
    ]
  }),
)

const isRow = new Map(
  indexKinds.map((kind) => {
    const names = [...columns[kind], 'element', 'key']
    return [kind, `FROM index_${kind} WHERE ${names.map((name, i) => `${name} = $${i + 1}`).join(' AND ')}`]
  }),
)

const deletes = new Map([...isRow].map(([kind, condition]) => [kind, `DELETE ${condition}`]))
const finds = new Map([...isRow].map(([kind, condition]) => [kind, `SELECT COUNT(*) AS n ${condition}`]))

const values = (row: IndexRow): SqlValue[] => [
  ...columns[row.kind].map((name) => (row as unknown as Record<string, SqlValue>)[name] ?? ''),
  row.element ?? 0,
]

/** The same for the same row, whether it was extracted or stored. */
export const identity = (row: IndexRow): string => JSON.stringify([row.kind, ...values(row)])

/** The statements that turn the index rows of a resource from `before` into `after`. */
export function indexChanges(key: number, before: readonly IndexRow[], after: readonly IndexRow[]): Statement[] {
  const statements: Statement[] = []
  if (before.length === 0) {
    for (const row of after) statements.push(insertion(key, row))
    return statements
  }
  const old = new Map(before.map((row) => [identity(row), row]))
  for (const row of after) {
    if (!old.delete(identity(row))) statements.push(insertion(key, row))
  }
  for (const row of old.values()) statements.push(removal(key, row))
  return statements
}

export const insertion = (key: number, row: IndexRow): Statement => ({
  sql: inserts.get(row.kind) ?? '',
  params: [...values(row), key],
})

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
  sql: `SELECT ${[...columns[kind], 'element', 'key'].join(', ')} FROM index_${kind}
    WHERE param = $1 AND key > $2 ORDER BY key LIMIT $3`,
  params: [param, after, limit],
})
