/** Ratios: what is measured and its bare limits take turns, so that whatever else the machine does hits all of them. */

export interface Side {
  /** Operations per second. */
  readonly rate: number
  /** ms */
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  /** Answers other than the one expected; only where the load goes on in spite of them. */
  readonly errors?: number
}

export interface Goal {
  readonly atLeast?: number
  readonly atMost?: number
}

/** What ours is measured beside. */
export interface Bare {
  readonly against: string
  readonly goal?: Goal
  turn(): Promise<Side>
}

export interface Contest {
  /** What a reader of the table sees. */
  readonly name: string
  /** `sqlite`, `postgres`, or empty where no database is asked. */
  readonly engine: string
  /** What the ratio is made of: by default the rates. */
  readonly by?: 'rate' | 'p99'
  readonly rounds?: number
  ours(): Promise<Side>
  readonly bare: readonly Bare[]
}

export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export interface Result {
  readonly name: string
  readonly engine: string
  readonly against: string
  readonly by: 'rate' | 'p99'
  readonly goal?: Goal
  readonly met?: boolean
  /** Ours over the bare limit, round by round. */
  readonly ratio: Spread
  /** What the ratio is made of. */
  readonly ours: Spread
  readonly bare: Spread
  /** Of ours in ms, median of the rounds; absent where nothing travels. */
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  readonly errors?: number
}

export const ROUNDS = 5

/**
 * Plays a contest: one round that does not count, then those that do; who begins changes from round to round.
 * @returns one result for each bare limit
 */
export async function play(contest: Contest): Promise<Result[]> {
  const { name, engine, by = 'rate', rounds = ROUNDS } = contest
  const turns = [() => contest.ours(), ...contest.bare.map((bare) => () => bare.turn())]
  const sides: Side[][] = turns.map(() => [])
  for (let round = -1; round < rounds; round++) {
    for (let step = 0; step < turns.length; step++) {
      const index = (step + round + 1) % turns.length
      const side = await turns[index]!()
      if (round >= 0) sides[index]!.push(side)
    }
  }
  const value = (side: Side): number => side[by] ?? Number.NaN
  const [ours = [], ...others] = sides
  return contest.bare.map(({ against, goal }, i) => {
    const bare = others[i] ?? []
    const ratio = spread(ours.map((side, round) => value(side) / value(bare[round] ?? side)))
    return {
      name,
      engine,
      against,
      by,
      ...(goal ? { goal, met: meets(goal, ratio.median) } : {}),
      ratio,
      ours: spread(ours.map(value)),
      bare: spread(bare.map(value)),
      ...latencies(ours),
    }
  })
}

export const meets = ({ atLeast = 0, atMost = Number.POSITIVE_INFINITY }: Goal, value: number): boolean =>
  value >= atLeast && value <= atMost

function latencies(sides: readonly Side[]): Pick<Result, 'p50' | 'p95' | 'p99' | 'errors'> {
  const found: { -readonly [K in 'p50' | 'p95' | 'p99' | 'errors']?: number } = {}
  for (const name of ['p50', 'p95', 'p99'] as const) {
    const values = sides.flatMap((side) => side[name] ?? [])
    if (values.length > 0) found[name] = spread(values).median
  }
  const errors = sides.flatMap((side) => side.errors ?? [])
  if (errors.length > 0) found.errors = errors.reduce((sum, count) => sum + count)
  return found
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, low: at(0), high: at(sorted.length - 1) }
}

/** @param part 0.99 for the 99th percentile */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}

/** The median latencies of a turn. @param times ms, in any order */
export function latenciesOf(times: number[]): { p50: number; p95: number; p99: number } {
  times.sort((a, b) => a - b)
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95), p99: percentile(times, 0.99) }
}

export const goalText = (goal: Goal | undefined): string =>
  goal?.atLeast !== undefined
    ? `>= ${goal.atLeast.toFixed(2)}`
    : goal?.atMost !== undefined
      ? `<= ${goal.atMost.toFixed(2)}`
      : ''

/** The table that is printed. */
export function table(results: readonly Result[]): string {
  const figure = (value: number, by: Result['by']) => (by === 'rate' ? value.toFixed(0) : `${value.toFixed(1)} ms`)
  return columns([
    ['what', 'engine', 'goal', 'ratio', 'spread', '', 'ours', 'bare', 'p50 ms', 'p99 ms', 'against'],
    ...results.map(({ name, engine, against, by, goal, met, ratio, ours, bare, p50, p99 }) => [
      name,
      engine,
      goalText(goal),
      ratio.median.toFixed(2),
      `${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)}`,
      met === undefined ? '' : met ? 'met' : 'MISSED',
      figure(ours.median, by),
      figure(bare.median, by),
      p50?.toFixed(1) ?? '',
      p99?.toFixed(1) ?? '',
      against,
    ]),
  ])
}

/** Rows of cells as lines: the first and the last column begin at the left, figures end at the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, i) =>
          i === 0 || i === row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
