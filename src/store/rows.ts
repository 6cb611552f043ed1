/** What waits to be written: what one request adds to a table goes there with few statements. */
import type { SqlValue } from './database.ts'

/** Columns of every table that the lane adds rows to. */
export const columns = {
  resource: ['key', 'type', 'id', 'version', 'tick', 'deleted', 'label'],
  version: ['key', 'version', 'tick', 'seq', 'method', 'content', 'text'],
  event: ['seq', 'tick', 'key', 'type', 'id', 'version', 'kind', 'org', 'role', 'from_state', 'to_state'],
  access: ['org', 'type', 'key', 'side'],
  feed: ['org', 'type', 'seq', 'key', 'version'],
  index_token: ['param', 'code', 'system', 'element', 'key'],
  index_reference: ['param', 'target', 'element', 'key'],
  index_date: ['param', 'low', 'high', 'element', 'key'],
  index_string: ['param', 'value', 'exact', 'element', 'key'],
  index_uri: ['param', 'value', 'element', 'key'],
  index_number: ['param', 'low', 'high', 'element', 'key'],
  index_quantity: ['param', 'low', 'high', 'code', 'system', 'unit', 'element', 'key'],
  audit: [
    ...['seq', 'recorded', 'org', 'role', 'client', 'action', 'kind', 'type', 'status', 'outcome', 'problem', 'count'],
    ...['purpose', 'parameters', 'request', 'entities', 'hash', 'since', 'packed'],
  ],
  audit_chapter: ['chapter', 'type', 'id'],
  alarm: ['key', 'kind', 'type', 'id', 'at'],
  reply: ['org', 'identity', 'content', 'tick', 'status', 'text'],
} as const satisfies Record<string, readonly string[]>

export type Table = keyof typeof columns

/** Tables in which a row may be there already, which is as good as adding it. */
const MAY_EXIST: readonly Table[] = ['access', 'feed', 'audit_chapter']

/** Most rows of one statement. Every number of rows is a text of its own to prepare, so there must not be many. */
const CHUNK = 16

export interface Statement {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

export class Rows {
  readonly #added = new Map<Table, SqlValue[][]>()
  /** What comes before the rows that wait. */
  #statements: Statement[] = []

  /** @param values in the order of the table's columns */
  add(table: Table, values: SqlValue[]): void {
    const rows = this.#added.get(table)
    if (rows) rows.push(values)
    else this.#added.set(table, [values])
  }

  /** Another statement that answers nothing; it stands after all rows that wait, and before those that are added later. */
  then(sql: string, params: readonly SqlValue[]): void {
    this.#seal()
    this.#statements.push({ sql, params })
  }

  /** Whether anything waits. */
  get waiting(): boolean {
    return this.#added.size > 0 || this.#statements.length > 0
  }

  /** The statements that write what waits, which then waits no more. */
  take(): readonly Statement[] {
    if (!this.waiting) return NOTHING
    this.#seal()
    const statements = this.#statements
    this.#statements = []
    return statements
  }

  /** Forgets what waits. */
  drop(): void {
    this.#added.clear()
    this.#statements = []
  }

  #seal(): void {
    for (const [table, rows] of this.#added) {
      for (let start = 0; start < rows.length; start += CHUNK) {
        this.#statements.push(insertOf(table, rows.length > CHUNK ? rows.slice(start, start + CHUNK) : rows))
      }
    }
    this.#added.clear()
  }
}

const NOTHING: readonly Statement[] = []

/** @param rows at most a few, all of the same table */
export const insertOf = (table: Table, rows: readonly (readonly SqlValue[])[]): Statement => ({
  sql: insertText(table, rows.length),
  params: rows.flat(),
})

const texts = new Map<string, string>()

function insertText(table: Table, count: number): string {
  const name = `${table} ${count}`
  let text = texts.get(name)
  if (text === undefined) {
    const names = columns[table]
    const row = (index: number): string =>
      `(${names.map((_, column) => `$${index * names.length + column + 1}`).join(', ')})`
    const values = Array.from({ length: count }, (_, index) => row(index)).join(', ')
    const conflict = MAY_EXIST.includes(table) ? ' ON CONFLICT DO NOTHING' : ''
    text = `INSERT INTO ${table} (${names.join(', ')}) VALUES ${values}${conflict}`
    texts.set(name, text)
  }
  return text
}
