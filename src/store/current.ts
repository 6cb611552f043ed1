/**
 * Answers that are still true. What was read is kept with the instant of the store's clock at which it was read. Whatever
 * changes a resource, its index or who may see it moves that clock in the same transaction (`lane.ts`, `reindex.ts`), so
 * while the clock stands still, reading again would find the same; the first read after a change finds nothing here.
 *
 * What is asked for the first time is not kept: most of it never is again, and what is kept for nothing is copied by the
 * collector of garbage.
 *
 * Answers belong to one caller, the very one that was let in with one token for one purpose: nothing is shown to anybody
 * by what somebody else was shown.
 */
import type { Caller } from '../caller.ts'
import type { Database } from './database.ts'

/** Characters that are kept at most; when they are reached, all are forgotten. */
const SIZE_LIMIT = 16_000_000
/** What an answer without text counts. */
const OVERHEAD = 500
/** Questions that are known to have been asked. */
const ASKED_LIMIT = 10_000

export class Current<T> {
  readonly #database: Pick<Database, 'tick' | 'askTick'>
  #answers = new Map<Caller, Map<string, T>>()
  /** Questions asked, whenever that was. */
  #asked = new WeakMap<Caller, Set<string>>()
  #askedCount = 0
  /** The instant at which all answers were read. */
  #tick: number | undefined
  #size = 0

  /** Without either way to the clock nothing is kept. */
  constructor(database: Pick<Database, 'tick' | 'askTick'>) {
    this.#database = database
  }

  /**
   * The clock, where asking for it takes a way to a server: for `find` and `ask` of the one request that has asked for it,
   * since for one that came later it may be too old. Not asked for what was never answered before; undefined also where
   * the clock is at hand.
   */
  instant(caller: Caller, question: string): Promise<number | undefined> | undefined {
    return this.#asked.get(caller)?.has(question) ? this.#database.askTick?.() : undefined
  }

  /**
   * What `read` answers now, where `find` has found nothing.
   * @param question all on which the answer depends beside the store and the caller
   * @param sizeOf characters of an answer
   * @param asked what `instant` has said before
   */
  async ask(
    caller: Caller,
    question: string,
    read: () => Promise<T>,
    sizeOf: (answer: T) => number,
    asked?: number,
  ): Promise<T> {
    const { askTick } = this.#database
    const began = askTick ? asked : this.#tick
    const again = this.#wasAsked(caller, question) && began !== undefined
    const answer = await read()
    if (!again) return answer
    const keep = (now: number | undefined): void => {
      if (this.#stoodStill(began, now)) this.#keep(caller, question, answer, sizeOf(answer))
    }
    if (askTick) askTick().then(keep, () => {})
    else keep(this.#database.tick?.())
    return answer
  }

  /** The same of what is read at once, where the clock is at hand; nothing is kept where there is no answer. */
  askAtOnce(caller: Caller, question: string, read: () => T | undefined, sizeOf: (answer: T) => number): T | undefined {
    const began = this.#tick
    const again = this.#wasAsked(caller, question) && began !== undefined
    const answer = read()
    if (answer && again && this.#stoodStill(began, this.#database.tick?.())) {
      this.#keep(caller, question, answer, sizeOf(answer))
    }
    return answer
  }

  /** What the caller was answered, if it is still true. @param asked what `instant` has said */
  find(caller: Caller, question: string, asked?: number): T | undefined {
    if (asked === undefined && this.#database.askTick) return undefined
    return this.#at(asked ?? this.#database.tick?.()) ? this.#answers.get(caller)?.get(question) : undefined
  }

  /** The clock as it is; what was kept of another instant is forgotten. @returns whether it is known */
  #at(tick: number | undefined): boolean {
    if (tick !== this.#tick) this.#forget()
    this.#tick = tick
    return tick !== undefined
  }

  #wasAsked(caller: Caller, question: string): boolean {
    const questions = this.#asked.get(caller)
    if (questions?.has(question)) return true
    if (++this.#askedCount > ASKED_LIMIT) {
      this.#asked = new WeakMap([[caller, new Set([question])]])
      this.#askedCount = 1
    } else if (questions) questions.add(question)
    else this.#asked.set(caller, new Set([question]))
    return false
  }

  /** What was read while the clock moved may be of both sides of it. */
  #stoodStill(began: number | undefined, now: number | undefined): boolean {
    return this.#at(now) && now === began
  }

  /** @param characters of the answer */
  #keep(caller: Caller, question: string, answer: T, characters: number): void {
    const size = characters + OVERHEAD
    if (this.#size + size > SIZE_LIMIT) this.#forget()
    if (size > SIZE_LIMIT) return
    this.#size += size
    const answers = this.#answers.get(caller)
    if (answers) answers.set(question, answer)
    else this.#answers.set(caller, new Map([[question, answer]]))
  }

  #forget(): void {
    // Not emptied: from the table of an emptied one the next is reached, so the collector would let all of them grow old.
    if (this.#size > 0) this.#answers = new Map()
    this.#size = 0
  }
}
