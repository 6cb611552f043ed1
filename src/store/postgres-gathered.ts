/**
 * Reads of one row that are asked in the same turn of the event loop go to the server as one statement: most of what a
 * read by its key costs, at either end, is the statement around it. The values of all askers travel as arrays, so that
 * one text serves any number of them and is prepared once.
 */
import { DatabaseUnavailable, type Row, type SqlValue } from './database.ts'
import type { Value } from './postgres-connection.ts'

/** Rows of one statement: the first of them waits for the last. */
const LIMIT = 64

/** Who asks a statement, and hears what it finds. */
export interface Asker {
  readonly params: readonly SqlValue[]
  readonly answer: (rows: Row[]) => void
  readonly refuse: (error: unknown) => void
}

type Send = <R>(sql: string, params: readonly Value[]) => Promise<R[]>

export class Gathered {
  readonly #send: Send
  /** Who has asked in this turn, by statement. */
  #asked = new Map<string, Asker[]>()

  /** @param send sends one statement and answers its rows */
  constructor(send: Send) {
    this.#send = send
  }

  /** The row that a statement marked by `single` finds, if there is one. */
  ask<R>(sql: string, params: readonly SqlValue[]): Promise<R[]> {
    return new Promise((resolve, refuse) => {
      // Requests that came in together are all heard before it is their turn's end.
      if (this.#asked.size === 0) setImmediate(() => this.#turn())
      const asker = { params, answer: (rows: Row[]) => resolve(rows as R[]), refuse }
      const askers = this.#asked.get(sql)
      if (askers) askers.push(asker)
      else this.#asked.set(sql, [asker])
    })
  }

  #turn(): void {
    const asked = this.#asked
    this.#asked = new Map()
    for (const [sql, askers] of asked) {
      for (let start = 0; start < askers.length; start += LIMIT) this.#answer(sql, askers.slice(start, start + LIMIT))
    }
  }

  #answer(sql: string, askers: readonly Asker[]): void {
    const [first] = askers
    if (!first) return
    if (askers.length === 1) {
      this.#alone(sql, first)
      return
    }
    this.#send<Row>(textOfMany(sql, kindsOf(first.params), 'first'), columnsOf(askers)).then(
      (rows) => {
        for (const [i, { answer }] of askers.entries()) answer(isFound(rows[i]) ? [rows[i]] : [])
      },
      (error: unknown) => {
        if (error instanceof DatabaseUnavailable) for (const { refuse } of askers) refuse(error)
        // The values of one may be what the server cannot take: the others are not to suffer for it.
        else for (const asker of askers) this.#alone(sql, asker)
      },
    )
  }

  #alone(sql: string, { params, answer, refuse }: Asker): void {
    this.#send<Row>(sql, params).then(answer, refuse)
  }
}

/** The values of all askers, each of the statement's as an array. */
export const columnsOf = (askers: readonly Asker[]): SqlValue[][] =>
  (askers[0]?.params ?? []).map((_, i) => askers.map(({ params }) => params[i] ?? null))

/** Of values, a letter each: `n` a number, `t` text or nothing. */
export const kindsOf = (params: readonly SqlValue[]): string =>
  params.map((value) => (typeof value === 'number' || typeof value === 'bigint' ? 'n' : 't')).join('')

/** Each of these asks a statement once for each element of arrays, by keys whatever the planner thinks of their number. */
const SHAPES = {
  /** Its first row, or one of nulls, in their order. */
  first: (askers: string, asked: string) =>
    `SELECT one.* FROM ${askers} LEFT JOIN LATERAL (${asked} LIMIT 1) one ON TRUE ORDER BY asker.place`,
  /** All its rows, in its own order, with the place of the element: OFFSET keeps the planner from taking it apart. */
  all: (askers: string, asked: string) =>
    `SELECT asker.place AS place, one.* FROM ${askers}, LATERAL (${asked} OFFSET 0) one`,
}

const texts = new Map<string, string>()

/** @param kinds of the values of each asker, at least one */
export function textOfMany(sql: string, kinds: string, shape: keyof typeof SHAPES): string {
  const key = `${shape} ${kinds} ${sql}`
  let text = texts.get(key)
  if (text === undefined) {
    const arrays = [...kinds].map((kind, i) => `$${i + 1}::${kind === 'n' ? 'bigint' : 'text'}[]`)
    const names = [...kinds].map((_, i) => `p${i + 1}`)
    text = SHAPES[shape](
      `unnest(${arrays.join(', ')}) WITH ORDINALITY AS asker (${names.join(', ')}, place)`,
      sql.replace(/\$(\d+)/g, 'asker.p$1'),
    )
    texts.set(key, text)
  }
  return text
}

/** What `textOfMany` found in the shape `all`, by asker. */
export function rowsOfEach(found: readonly Row[], count: number): Row[][] {
  const rows = Array.from({ length: count }, (): Row[] => [])
  for (const { place, ...row } of found) rows[Number(place) - 1]?.push(row)
  return rows
}

function isFound(row: Row | undefined): row is Row {
  for (const name in row) if (row[name] !== null) return true
  return false
}
