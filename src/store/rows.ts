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

/**
 * Rows of one statement: as many of the larger as there are, then of the smaller, then what is left. Every number of rows
 * is a text of its own to prepare, so there must not be many.
 */
const CHUNKS = [64, 16]

export interface Statement {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

/** Changes rows that one resource has in one table. */
export interface Change extends Statement {
  readonly table: Table
  readonly key: number
}

/** Statements, and rows that come after them. */
class Waiting {
  readonly #added = new Map<Table, (readonly SqlValue[])[]>()
  #statements: (Statement | Change)[] = []
  /** Of the tables, not yet in statements. */
  rows = 0

  get isEmpty(): boolean {
    return this.rows === 0 && this.#statements.length === 0
  }

  add(table: Table, rows: readonly (readonly SqlValue[])[]): void {
    const there = this.#added.get(table)
    if (there) there.push(...rows)
    else this.#added.set(table, [...rows])
    this.rows += rows.length
  }

  /** Before the rows that wait, if it has nothing to do with them: those then stay together. */
  change(change: Change): void {
    if (this.#holds(change)) this.#seal()
    this.#statements.push(change)
  }

  take(): readonly Statement[] {
    if (this.isEmpty) return NOTHING
    this.#seal()
    const statements = this.#statements
    this.#statements = []
    return statements
  }

  /** Hands everything over, to stand behind what waits there; rows of one table then share statements. */
  moveTo(other: Waiting): void {
    for (const statement of this.#statements) {
      if ('key' in statement) other.change(statement)
      else other.#then(statement)
    }
    for (const [table, rows] of this.#added) other.add(table, rows)
    this.drop()
  }

  drop(): void {
    this.#added.clear()
    this.#statements = []
    this.rows = 0
  }

  #then(statement: Statement): void {
    this.#seal()
    this.#statements.push(statement)
  }

  #holds({ table, key }: Change): boolean {
    const names: readonly string[] = columns[table]
    const place = names.indexOf('key')
    return this.#added.get(table)?.some((row) => row[place] === key) ?? false
  }

  #seal(): void {
    for (const [table, rows] of this.#added) {
      let start = 0
      for (const chunk of CHUNKS) {
        for (; rows.length - start >= chunk; start += chunk) {
          this.#statements.push(insertOf(table, rows.slice(start, start + chunk)))
        }
      }
      if (start < rows.length) this.#statements.push(insertOf(table, rows.slice(start)))
    }
    this.#added.clear()
    this.rows = 0
  }
}

/** What a group writes: of the work that runs now, and of all that has ended well before it. */
export class Rows {
  readonly #own = new Waiting()
  readonly #settled = new Waiting()

  /** @param values in the order of the table's columns */
  add(table: Table, values: readonly SqlValue[]): void {
    this.#own.add(table, [values])
  }

  /** What is stored, or was added before, is changed; what is added later is not. */
  change(change: Change): void {
    this.#own.change(change)
  }

  /** Whether anything waits. */
  get waiting(): boolean {
    return !this.#own.isEmpty || !this.#settled.isEmpty
  }

  /** Rows of work that has ended well. */
  get settled(): number {
    return this.#settled.rows
  }

  /** The statements that write what the running work has added, which then waits no more. */
  take(): readonly Statement[] {
    return this.#own.take()
  }

  /** The same for work that has ended well. They come before those of `take`. */
  takeSettled(): readonly Statement[] {
    return this.#settled.take()
  }

  /** The running work has ended well. */
  settle(): void {
    this.#own.moveTo(this.#settled)
  }

  /** Forgets what the running work has added. */
  drop(): void {
    this.#own.drop()
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
