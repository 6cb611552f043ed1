/**
 * The quick way through a profile. Nearly everything that is sent conforms, so every check can write, beside being
 * called, JavaScript that is left with `return false` unless the check surely finds nothing. Put together that is one
 * straight function a profile, with no list, place or found value made on the way; only what it does not vouch for is
 * checked by the checks themselves, which alone say what is wrong. A check that writes no code is called from it.
 */
import type { ItemCheck } from './profile-slicing.ts'
import type { Loose, ProfileScope } from './profile-scope.ts'

/** Where code stands. `S` is the scope, `R` its resource and `Z` its container. */
export interface Place {
  /** The variable that holds the value: neither undefined, null nor a list, and without a sibling. */
  readonly value: string
  readonly code: string
  readonly owner: string
}

/** Statements, each of which can stand alone. */
export type Quick = (at: Place, unit: Unit) => readonly string[]

/** What generated code refers to, by names that are the same in all functions made with one unit. */
export class Unit {
  readonly #names = new Map<unknown, string>()
  readonly #values = new Map<string, unknown>()

  /** @param key what tells it from others, where there may be several copies of it */
  name(value: unknown, key: unknown = value): string {
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name = `k${this.#names.size}`
    this.#names.set(key, name)
    this.#values.set(name, value)
    return name
  }

  /** The function that is true when no statement leaves it; what cannot be evaluated is left to the checks as well. */
  build(statements: readonly string[]): Holds {
    const body = statements.join('\n')
    const names = [...new Set(body.match(/\bk\d+\b/g))].filter((name) => this.#values.has(name))
    const values = names.map((name) => this.#values.get(name))
    const source = `'use strict'\nreturn (v, S) => {\nconst R = S.resource, Z = S.container\ntry {\n${body}\n} catch { return false }\nreturn true\n}`
    return new Function(...names, source)(...values) as Holds
  }
}

export type Holds = (value: Loose, scope: ProfileScope) => boolean

/** Names of variables below one another: `v`, `v1`, `v2`. */
export const below = (variable: string): string => `v${Number(variable.slice(1)) + 1}`

/** @param key what tells the check from others, where copies of it do the same */
export const calling =
  (check: ItemCheck, key: unknown = check): Quick =>
  ({ value, code, owner }, unit) => {
    const found = `{ value: ${value}, sibling: undefined, code: '${code}', owner: '${owner}', segment: '' }`
    return [`if (${unit.name(check, key)}(${found}, S) !== undefined) return false`]
  }

export const quickOf = (check: ItemCheck): Quick => check.quick ?? calling(check)

/** Of a check that always finds something. */
export const NEVER: Quick = () => ['return false']

/** A check with its code. */
export const withQuick = (check: ItemCheck, quick: Quick): ItemCheck => Object.assign(check, { quick })

/** The quick way through one profile, made when it is first taken. */
export class QuickProfile {
  readonly #write: () => readonly string[]
  readonly #unit: Unit
  #statements: readonly string[] | undefined
  #all: Holds | undefined
  readonly #beyond = new Map<QuickProfile, Holds>()

  constructor(check: ItemCheck, type: string, unit: Unit) {
    this.#unit = unit
    this.#write = () => quickOf(check)({ value: 'v', code: type, owner: type }, unit)
  }

  get #code(): readonly string[] {
    return (this.#statements ??= this.#write())
  }

  /** True when the value surely conforms. */
  holds(value: Loose, scope: ProfileScope): boolean {
    this.#all ??= this.#unit.build(this.#code)
    return this.#all(value, scope)
  }

  /** The same for a value that surely conforms to another profile: what both ask is not asked again. */
  holdsBeyond(other: QuickProfile, value: Loose, scope: ProfileScope): boolean {
    let holds = this.#beyond.get(other)
    if (holds === undefined) {
      const known = new Set(other.#code)
      holds = this.#unit.build(this.#code.filter((statement) => !known.has(statement)))
      this.#beyond.set(other, holds)
    }
    return holds(value, scope)
  }
}
