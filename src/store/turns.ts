/**
 * Turns of the event loop. Whoever has much to do asks for leave before each piece of it, and waits where this turn has
 * been long enough already: without this, one who only reads would wait for all that those who write have to do at a time.
 */

/** ms of such work in one turn: with less, the turns themselves would be noticed. */
const TURN_LIMIT = 1

export class Turns {
  /** ms that only ever rise */
  readonly stopwatch: () => number
  readonly #waiting: (() => void)[] = []
  readonly #between: (() => void)[] = []
  /** When this turn's work began; undefined as long as there is none. */
  #began: number | undefined

  /** @param stopwatch ms that only ever rise */
  constructor(stopwatch: () => number = () => performance.now()) {
    this.stopwatch = stopwatch
  }

  /** Resolves when the next piece of work may be done, first come, first served; undefined where it may be done at once. */
  take(): Promise<void> | undefined {
    if (this.#began === undefined) {
      this.#began = this.stopwatch()
      setImmediate(this.#next)
      return undefined
    }
    if (!this.#isOver(this.#began)) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** What is to be done before those who wait go on: a few μs of work that others wait for. */
  between(work: () => void): void {
    this.#between.push(work)
  }

  #isOver(began: number): boolean {
    return this.stopwatch() - began > TURN_LIMIT
  }

  readonly #next = (): void => {
    for (const work of this.#between) work()
    if (this.#waiting.length === 0) {
      this.#began = undefined
      return
    }
    this.#began = this.stopwatch()
    setImmediate(this.#next)
    this.#serve()
  }

  readonly #serve = (): void => {
    if (this.#began === undefined || this.#isOver(this.#began)) return
    this.#waiting.shift()?.()
    // When all that it has set going has come to rest: ticks come after promises.
    if (this.#waiting.length > 0) queueMicrotask(() => process.nextTick(this.#serve))
  }
}
