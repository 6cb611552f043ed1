import type { SqlValue } from './database.ts'

/** Values of a statement in the order of their placeholders. */
export class Parameters {
  readonly values: SqlValue[] = []
  #aliases = 0

  /** Adds a value and answers its placeholder. */
  add(value: SqlValue): string {
    return `$${this.values.push(value)}`
  }

  addAll(values: readonly SqlValue[]): string {
    return values.map((value) => this.add(value)).join(', ')
  }

  /** A name for a table that no other part of the statement uses. */
  alias(): string {
    return `t${++this.#aliases}`
  }
}
