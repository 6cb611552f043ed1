/**
 * Reads of one row that are asked in the same turn of the event loop go to the server as one statement: most of what a
 * read by its key costs, at either end, is the statement around it. The values of all askers travel as arrays, so that
 * one text serves any number of them and is prepared once.
 */
import { DatabaseUnavailable, type Row, type SqlValue } from './database.ts'
import type { Value } from './postgres-connection.ts'

/** Rows of one statement: the first of them waits for the last. */
const LIMIT = 64

interface Asker {
  readonly params: readonly SqlValue[]
  readonly answer: (rows: Row[]) => void
  readonly refuse: (error: unknown) => void
}

type Send = <R>(sql: string, params: readonly Value[]) => Promise<R[]>

export class Gathered {
  readonly #send: Send
  /** Who has asked in this turn, by statement. */
  #asked = new Map<string, Asker[]>()
  readonly #together = new Map<string, string>()

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
    const columns = first.params.map((_, i) => askers.map(({ params }) => params[i] ?? null))
    this.#send<Row>(this.#textOf(sql, first.params), columns).then(
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

  /** The statement once for each element of the arrays, in their order; where it finds nothing a row of nulls. */
  #textOf(sql: string, params: readonly SqlValue[]): string {
    let text = this.#together.get(sql)
    if (text === undefined) {
      const arrays = params.map((value, i) => `$${i + 1}::${typeof value === 'string' ? 'text' : 'bigint'}[]`)
      const names = params.map((_, i) => `p${i + 1}`)
      // With a LIMIT of its own it is asked by keys once for each, whatever the planner thinks of how many there are.
      text = `SELECT one.* FROM unnest(${arrays.join(', ')}) WITH ORDINALITY AS asker (${names.join(', ')}, place)
        LEFT JOIN LATERAL (${sql.replace(/\$(\d+)/g, 'asker.p$1')} LIMIT 1) one ON TRUE ORDER BY asker.place`
      this.#together.set(sql, text)
    }
    return text
  }
}

function isFound(row: Row | undefined): row is Row {
  for (const name in row) if (row[name] !== null) return true
  return false
}
