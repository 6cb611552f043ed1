/**
 * Requests, and reads of the database, counted and timed, as Prometheus reads them. Counting is a few additions: labels are put together when
 * somebody looks, not with every request, where they would cost as much as all the rest of a read.
 */

/** Upper bounds of the buckets, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

interface Times {
  /** Events per bucket; the last one is for what took longer than all bounds. */
  readonly buckets: number[]
  count: number
  /** Seconds. */
  sum: number
}

interface Series extends Times {
  readonly method: string
  readonly route: string
  readonly status: number
}

const noTimes = (): Times => ({ buckets: BOUNDS.map(() => 0).concat(0), count: 0, sum: 0 })

function observeIn(times: Times, seconds: number): void {
  let bucket = 0
  while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket++
  times.buckets[bucket]!++
  times.count++
  times.sum += seconds
}

export interface RequestMetrics {
  /**
   * @param route the pattern of the address, not the address: a bounded number of series, and no id in a label
   * @param seconds from the head of the request to the end of its answer
   */
  observe(method: string, route: string, status: number, seconds: number): void
  /** The text exposition (https://prometheus.io/docs/instrumenting/exposition_formats). */
  text(): string
}

/** Counts requests and their times by route, method and status. */
export function createRequestMetrics(): RequestMetrics {
  const all: Series[] = []
  const byRoute = new Map<string, Map<string, Map<number, Series>>>()

  const seriesOf = (method: string, route: string, status: number): Series => {
    const byMethod = within(byRoute, route, () => new Map<string, Map<number, Series>>())
    const byStatus = within(byMethod, method, () => new Map<number, Series>())
    return within(byStatus, status, () => {
      const series = { method, route, status, ...noTimes() }
      all.push(series)
      return series
    })
  }

  return {
    observe(method, route, status, seconds) {
      observeIn(seriesOf(method, route, status), seconds)
    },
    text: () =>
      [
        '# HELP http_requests_total Requests answered',
        '# TYPE http_requests_total counter',
        ...all.map((series) => `http_requests_total{${labels(series)}} ${series.count}`),
        '# HELP http_request_duration_seconds Time from the head of a request to the end of its answer',
        '# TYPE http_request_duration_seconds histogram',
        ...all.flatMap((series) => histogram('http_request_duration_seconds', labels(series), series)),
        '',
      ].join('\n'),
  }
}

function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}

const labels = ({ route, method, status }: Series): string =>
  `route="${route.replace(/["\\\n]/g, '_')}",method="${method}",status="${status}"`

function histogram(name: string, labels: string, { buckets, sum, count }: Times): string[] {
  let below = 0
  const lines = [...BOUNDS, '+Inf'].map((bound, i) => {
    below += buckets[i]!
    return `${name}_bucket{le="${bound}"${labels === '' ? '' : `,${labels}`}} ${below}`
  })
  const all = labels === '' ? '' : `{${labels}}`
  return [...lines, `${name}_sum${all} ${sum}`, `${name}_count${all} ${count}`]
}

export interface ReadMetrics {
  /** @param seconds from sending a read to its end */
  observe(seconds: number): void
  /** The text exposition, as above. */
  text(): string
}

/** Reads of the database timed; several belong to one request, so they too are counted with a few additions. */
export function createReadMetrics(): ReadMetrics {
  const times = noTimes()
  const name = 'database_read_seconds'
  return {
    observe: (seconds) => observeIn(times, seconds),
    text: () =>
      [
        `# HELP ${name} Time from sending a read to its rows; of one that failed, to its failure`,
        `# TYPE ${name} histogram`,
        ...histogram(name, '', times),
        '',
      ].join('\n'),
  }
}
