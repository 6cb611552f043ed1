/**
 * Requests counted and timed. Labels are put together when somebody looks, not with every request, where they would
 * cost as much as all the rest of a read.
 */
import { type Distribution, distribution, observeIn, seriesText } from './exposition.ts'

interface Series extends Distribution {
  readonly method: string
  readonly route: string
  readonly status: number
}

export interface RequestMetrics {
  /**
   * @param route the pattern of the address, not the address: a bounded number of series, and no id in a label
   * @param seconds from the head of the request to the end of its answer
   */
  observe(method: string, route: string, status: number, seconds: number): void
  text(): string
}

export function createRequestMetrics(): RequestMetrics {
  const all: Series[] = []
  const byRoute = new Map<string, Map<string, Map<number, Series>>>()

  const seriesOf = (method: string, route: string, status: number): Series => {
    const byMethod = within(byRoute, route, () => new Map<string, Map<number, Series>>())
    const byStatus = within(byMethod, method, () => new Map<number, Series>())
    return within(byStatus, status, () => {
      const series = { method, route, status, ...distribution() }
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
        all.map((series) => seriesText('http_request_duration_seconds', labels(series), series)).join(''),
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
