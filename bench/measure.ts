/** Ratios: what is measured and its bare limit take turns, so that whatever else the machine does hits both. */

export interface Side {
  /** Operations per second. */
  readonly rate: number
  readonly p50?: number
  readonly p99?: number
}

export interface Contest {
  /** What a reader of the table sees. */
  readonly name: string
  readonly against: string
  ours(): Promise<Side>
  bare(): Promise<Side>
}

export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export interface Result {
  readonly name: string
  readonly against: string
  /** Our rate over the bare rate, round by round. */
  readonly ratio: Spread
  readonly ours: Spread
  readonly bare: Spread
  /** ms, median of the rounds; absent where nothing travels. */
  readonly p50?: number
  readonly p99?: number
}

/** Plays a contest: one round that does not count, then `rounds` that do, with the first turn changing sides. */
export async function play(contest: Contest, rounds: number): Promise<Result> {
  const ours: Side[] = []
  const bare: Side[] = []
  for (let round = -1; round < rounds; round++) {
    const turns = [async () => ours.push(await contest.ours()), async () => bare.push(await contest.bare())]
    if (round % 2 !== 0) turns.reverse()
    for (const turn of turns) await turn()
  }
  ours.shift()
  bare.shift()
  const p50 = ours.flatMap((side) => side.p50 ?? [])
  const p99 = ours.flatMap((side) => side.p99 ?? [])
  return {
    name: contest.name,
    against: contest.against,
    ratio: spread(ours.map(({ rate }, i) => rate / (bare[i]?.rate ?? Number.NaN))),
    ours: spread(ours.map(({ rate }) => rate)),
    bare: spread(bare.map(({ rate }) => rate)),
    ...(p50.length > 0 ? { p50: spread(p50).median, p99: spread(p99).median } : {}),
  }
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, low: at(0), high: at(sorted.length - 1) }
}

/** The table that is printed. */
export function table(results: readonly Result[]): string {
  const rows = [
    ['what', 'ratio', 'spread', 'ours/s', 'bare/s', 'p50 ms', 'p99 ms', 'against'],
    ...results.map(({ name, against, ratio, ours, bare, p50, p99 }) => [
      name,
      ratio.median.toFixed(2),
      `${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)}`,
      ours.median.toFixed(0),
      bare.median.toFixed(0),
      p50?.toFixed(1) ?? '',
      p99?.toFixed(1) ?? '',
      against,
    ]),
  ]
  return columns(rows)
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
