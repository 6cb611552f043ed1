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

const kinds = Object.keys(columns) as IndexRow['kind'][]

const inserts = new Map(
  kinds.map((kind) => {
    const names = [...columns[kind], 'element', 'key']
    return [
      kind,
      `INSERT INTO index_${kind} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
    ]
  }),
)

const deletes = new Map(
  kinds.map((kind) => {
    const names = [...columns[kind], 'element', 'key']
    return [kind, `DELETE FROM index_${kind} WHERE ${names.map((name, i) => `${name} = $${i + 1}`).join(' AND ')}`]
  }),
)

const values = (row: IndexRow): SqlValue[] => [
  ...columns[row.kind].map((name) => (row as unknown as Record<string, SqlValue>)[name] ?? ''),
  row.element ?? 0,
]

const identity = (row: IndexRow): string => JSON.stringify([row.kind, ...values(row)])

/** The statements that turn the index rows of a resource from `before` into `after`. */
export function indexChanges(key: number, before: readonly IndexRow[], after: readonly IndexRow[]): Statement[] {
  const statements: Statement[] = []
  if (before.length === 0) {
    for (const row of after) statements.push({ sql: inserts.get(row.kind) ?? '', params: [...values(row), key] })
    return statements
  }
  const old = new Map(before.map((row) => [identity(row), row]))
  for (const row of after) {
    if (!old.delete(identity(row))) statements.push({ sql: inserts.get(row.kind) ?? '', params: [...values(row), key] })
  }
  for (const row of old.values()) statements.push({ sql: deletes.get(row.kind) ?? '', params: [...values(row), key] })
  return statements
}
