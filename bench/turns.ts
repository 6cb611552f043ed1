/**
 * Contests between two functions in one process: they take turns of a few milliseconds, every call is timed, and the
 * percentiles of all calls of one side stand over those of the other. What a neighbour does to the machine hits both.
 */
import type { Spread } from './measure.ts'
import { spread } from './measure.ts'

export interface Duel {
  readonly name: string
  readonly against: string
  /** What issue or reader may hold us to: the time of ours over the time of the other at most, or at least so many times faster. */
  readonly goal?: { readonly atMost: number } | { readonly timesFaster: number }
  readonly ours: () => void
  readonly bare: () => void
}

export interface DuelResult {
  readonly name: string
  readonly against: string
  readonly goal: string
  readonly met: boolean | undefined
  /** Time of ours over time of the other, at the median and at the 99th percentile of all calls. */
  readonly p50: number
  readonly p99: number
  /** Of the medians, round by round. */
  readonly rounds: Spread
  /** Microseconds. */
  readonly ours: { readonly p50: number; readonly p99: number }
  readonly bare: { readonly p50: number; readonly p99: number }
}

const ROUNDS = 31
/** ms of one turn; a slower function gets one call. */
const TURN = 12
/** ms of processor time of each side before anything counts: V8 compiles what it has seen often enough. */
const WARM = 1500

function turn(work: () => void, duration: number): number[] {
  const times: number[] = []
  const start = performance.now()
  let before = start
  do {
    work()
    const after = performance.now()
    times.push((after - before) * 1000)
    before = performance.now()
  } while (before - start < duration)
  return times
}

const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN

export function duel({ name, against, goal, ours, bare }: Duel): DuelResult {
  for (const work of [bare, ours]) {
    const { user } = process.cpuUsage()
    while (process.cpuUsage().user - user < WARM * 1000) turn(work, TURN)
  }
  const sides: [number[], number[]] = [[], []]
  const ratios: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const medians: [number, number] = [0, 0]
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const times = turn(side === 0 ? ours : bare, TURN).sort((a, b) => a - b)
      medians[side] = percentile(times, 0.5)
      for (const time of times) sides[side].push(time)
    }
    ratios.push(medians[0] / medians[1])
  }
  const [one, other] = sides.map((times) => {
    times.sort((a, b) => a - b)
    return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
  }) as [DuelResult['ours'], DuelResult['bare']]
  const p50 = one.p50 / other.p50
  const p99 = one.p99 / other.p99
  const isFaster = goal !== undefined && 'timesFaster' in goal
  return {
    name,
    against,
    goal: goal === undefined ? '' : isFaster ? `${goal.timesFaster}x faster` : `at most ${goal.atMost.toFixed(2)}`,
    met: goal === undefined ? undefined : isFaster ? 1 / p50 >= goal.timesFaster : p50 <= goal.atMost,
    p50: isFaster ? 1 / p50 : p50,
    p99: isFaster ? 1 / p99 : p99,
    rounds: spread(isFaster ? ratios.map((ratio) => 1 / ratio) : ratios),
    ours: one,
    bare: other,
  }
}
