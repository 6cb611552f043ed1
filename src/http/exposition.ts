/**
 * What is counted and timed, as Prometheus reads it (https://prometheus.io/docs/instrumenting/exposition_formats).
 * Counting is a few additions: the text is put together when somebody looks.
 */

/** Upper bounds of times, in seconds. */
export const TIMES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Something that can be exposed. */
export interface Exposed {
  text(): string
}

export interface Counter extends Exposed {
  /** One more of what has these values of the labels. */
  inc(...values: readonly string[]): void
}

const head = (name: string, help: string, type: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`

const labelled = (names: readonly string[], values: readonly string[]): string =>
  names.map((name, i) => `${name}="${(values[i] ?? '').replace(/["\\\n]/g, '_')}"`).join(',')

/** @param labels names of labels, each of which has a bounded number of values */
export function counter(name: string, help: string, labels: readonly string[]): Counter {
  const counts = new Map<string, number>()
  return {
    inc(...values) {
      const key = labelled(labels, values)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    text: () => head(name, help, 'counter') + [...counts].map(([key, n]) => `${name}{${key}} ${n}\n`).join(''),
  }
}

/** @param value asked when somebody looks */
export const gauge = (name: string, help: string, value: () => number): Exposed => ({
  text: () => `${head(name, help, 'gauge')}${name} ${value()}\n`,
})

/** How many observations fell below each bound. */
export interface Distribution {
  /** Observations per bucket; the last one is for what is above all bounds. */
  readonly buckets: number[]
  count: number
  sum: number
}

export const distribution = (bounds: readonly number[] = TIMES): Distribution => ({
  buckets: bounds.map(() => 0).concat(0),
  count: 0,
  sum: 0,
})

export function observeIn(found: Distribution, value: number, bounds: readonly number[] = TIMES): void {
  let bucket = 0
  while (bucket < bounds.length && value > bounds[bucket]!) bucket++
  found.buckets[bucket]!++
  found.count++
  found.sum += value
}

/** The lines of one series of a histogram. @param labels as they stand between the braces; empty for none */
export function seriesText(
  name: string,
  labels: string,
  { buckets, sum, count }: Distribution,
  bounds: readonly number[] = TIMES,
): string {
  let below = 0
  const lines = [...bounds, '+Inf'].map((bound, i) => {
    below += buckets[i]!
    return `${name}_bucket{le="${bound}"${labels === '' ? '' : `,${labels}`}} ${below}`
  })
  const all = labels === '' ? '' : `{${labels}}`
  return [...lines, `${name}_sum${all} ${sum}`, `${name}_count${all} ${count}`, ''].join('\n')
}

export interface Histogram extends Exposed {
  observe(value: number): void
}

/** A histogram of one series. */
export function histogram(name: string, help: string, bounds: readonly number[] = TIMES): Histogram {
  const found = distribution(bounds)
  return {
    observe: (value) => observeIn(found, value, bounds),
    text: () => head(name, help, 'histogram') + seriesText(name, '', found, bounds),
  }
}
