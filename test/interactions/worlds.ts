/**
 * Two worlds that differ in one thing: in `shared` other organisations are at work as well, in `alone` they never were.
 * A viewer sends the same requests to both. Whatever it is answered must be the same, byte for byte, once ids and what
 * is sealed are called by the order of their appearance: nothing of the others reaches the viewer, not even their number.
 */
import { createHash } from 'node:crypto'
import type { Answer, Exchange, Party } from '../helper.ts'
import { numbers } from '../random.ts'

export type Method = Parameters<Party['send']>[0]

/** A request whose `<n>` and `<foreign n>` stand for names of things, which are others in each world. */
export interface Request {
  readonly method: Method
  readonly path: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** Ids, ids of AuditEvents, and sealed texts (page links, cursors). */
const NAME = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\baudit-[0-9a-f]{32}|[\w-]{60,}/g
/** Headers that say when or how long, not what. */
const PASSING = new Set(['date', 'content-length', 'connection', 'keep-alive'])

export class World {
  readonly exchange: Exchange
  readonly viewer: Party
  readonly #names = new Map<string, string>()
  readonly #things = new Map<string, string>()
  #count = 0
  #foreign = 0

  constructor(exchange: Exchange, viewer: Party) {
    this.exchange = exchange
    this.viewer = viewer
  }

  /** What a name stands for here. */
  thing(name: string): string {
    const found = this.#things.get(name)
    if (found === undefined) throw new Error(`There is nothing called ${name}.`)
    return found
  }

  /** Something of others that the viewer may try: what does not exist here stands for it where others never were. */
  foreign(thing: string | undefined): string {
    const name = `<foreign ${this.#foreign++}>`
    this.#call(thing ?? invented(name), name)
    return name
  }

  #call(thing: string, name: string): void {
    this.#names.set(thing, name)
    this.#things.set(name, thing)
  }

  /** A text with names instead of things. */
  mask(text: string): string {
    return text.replace(NAME, (thing) => {
      if (!this.#names.has(thing)) this.#call(thing, `<${this.#count++}>`)
      return this.#names.get(thing) ?? ''
    })
  }

  #fill(text: string): string {
    return text.replace(/<(?:foreign )?\d+>/g, (name) => this.thing(name))
  }

  /** Sends as somebody; the viewer unless told. */
  async send({ method, path, body, headers = {} }: Request, party = this.viewer): Promise<Answer> {
    const text = body === undefined ? undefined : this.#fill(JSON.stringify(body))
    const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, this.#fill(value)]))
    const answer = await party.send(method, this.#fill(path), text, { 'x-request-id': 'same', ...filled })
    await this.exchange.audit.flush()
    return answer
  }

  /** What the viewer is told, all of it. */
  told({ status, headers, text }: Answer): { status: number; headers: string; body: string } {
    const kept = Object.entries(headers).filter(([name]) => !PASSING.has(name))
    return { status, headers: this.mask(JSON.stringify(kept.sort())), body: this.mask(text) }
  }
}

/** An id that nothing ever had. */
const invented = (name: string): string =>
  createHash('sha256')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')

/** Dice that fall the same way for the same seed. */
export class Dice {
  readonly #next: () => number

  constructor(seed: number) {
    this.#next = numbers(seed)
  }

  /** A whole number from 0 up to, not including, a limit. */
  below(limit: number): number {
    // The whole number of 32 bits that the fraction was made of.
    return (this.#next() * 2 ** 32) % limit
  }

  one<T>(values: readonly T[]): T {
    const found = values[this.below(values.length)]
    if (found === undefined) throw new Error('There is nothing to choose from.')
    return found
  }

  maybe<T>(value: T): T[] {
    return this.below(2) === 0 ? [] : [value]
  }
}
