/**
 * What `/metrics` tells (Prometheus). Labels are kinds of addresses, methods, statuses and codes of our own catalogue:
 * a bounded number of series, and never an id, an organisation or anything of a patient.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Context } from '../context.ts'
import type { FhirReply } from '../interactions/interaction.ts'
import type { ObservedDatabase } from '../store/observed.ts'
import type { Lane } from '../store/lane.ts'
import type { Admission, AdmissionFigures } from './admission.ts'
import type { Endpoint } from './endpoints.ts'
import { isUnavailable } from './failure.ts'
import type { Ended } from './log.ts'
import { createReadMetrics, createRequestMetrics, type ReadMetrics } from './request-metrics.ts'

export interface Metrics {
  readonly contentType: string
  /** Counts and times one request. */
  answered(request: Ended): void
  /** Counts the answer to a search or a poll. */
  polled(endpoint: Pick<Endpoint, 'operation'>, result: FhirReply): void
  text(): Promise<string>
}

/** Upper bounds of times, in seconds. */
const TIMES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** All that `/metrics` tells; labels are kinds of addresses and codes, never an id or an organisation. */
export function createMetrics(context: Context, admission: Admission): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = createRequestMetrics()
  const refusals = new Counter({
    name: 'refusals_total',
    help: 'Refused requests by the code of what was wrong; one with several codes counts once for each',
    labelNames: ['code'],
    registers,
  })
  const polls = pollsIn(registry)
  gauge(registry, 'feed_requests_waiting', 'Requests held until there is something new for them', () =>
    context.arrivals.waiting(),
  )
  registerLane(registry, context.lane)
  const reads = createReadMetrics()
  registerDatabase(registry, context.database, reads)
  registerAdmission(registry, admission)
  return {
    contentType: registry.contentType,
    answered({ method, route, status, ms, refusal }) {
      requests.observe(method, route, status, ms / 1000)
      for (const code of refusal ?? []) refusals.inc({ code })
    },
    polled({ operation }, { status, body, pieces }) {
      const kind = operation === 'changes' ? 'changes' : 'search'
      const empty = status === 304 || !(pieces || body?.includes('"entry":['))
      polls[kind][empty ? 'empty' : 'news']++
    },
    text: async () => `${await registry.metrics()}\n${requests.text()}${reads.text()}`,
  }
}

/** Polls, counted with an addition each; their labels are put together when somebody looks. */
function pollsIn(registry: Registry) {
  const polls = { search: { empty: 0, news: 0 }, changes: { empty: 0, news: 0 } }
  new Counter({
    name: 'polls_total',
    help: 'Answers to searches and $changes, by whether they said something',
    labelNames: ['kind', 'answer'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [kind, answers] of Object.entries(polls)) {
        for (const [answer, count] of Object.entries(answers)) if (count > 0) this.inc({ kind, answer }, count)
      }
    },
  })
  return polls
}

function gauge(registry: Registry, name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value())
    },
  })
}

/** What is in hand, by the limits of admission. */
function registerAdmission(registry: Registry, admission: Admission): void {
  const of = (key: keyof AdmissionFigures) => () => admission.figures()[key]
  const inHand = 'Requests let in and not yet answered, those that wait for changes apart'
  gauge(registry, 'http_requests_in_hand', inHand, of('requests'))
  gauge(registry, 'http_bodies_queued', 'Requests that wait for room for a large body', of('queued'))
  gauge(registry, 'http_body_bytes', 'Bytes of large bodies in hand', of('bodyBytes'))
  gauge(registry, 'http_answer_bytes', 'Bytes of large answers that clients have not fetched yet', of('answerBytes'))
}

/** Where the time of writers goes: before their group, and in it. */
function registerLane(registry: Registry, lane: Lane): void {
  const registers = [registry]
  gauge(registry, 'lane_queue', 'Writes waiting for the next group', () => lane.waiting())
  const size = new Histogram({
    name: 'lane_group_size',
    help: 'Writes committed together',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers,
  })
  const wait = new Histogram({
    name: 'lane_wait_seconds',
    help: 'Time the oldest write of a group had waited when the group began',
    buckets: TIMES,
    registers,
  })
  const commit = new Histogram({
    name: 'lane_commit_seconds',
    help: 'Time from the beginning of a group until it was durable',
    buckets: TIMES,
    registers,
  })
  lane.observe((group) => {
    size.observe(group.size)
    wait.observe(group.waited / 1000)
    commit.observe(group.took / 1000)
  })
}

/** How fast the database answers reads, and whether it answers at all. */
function registerDatabase(registry: Registry, database: ObservedDatabase, reads: ReadMetrics): void {
  const registers = [registry]
  const failures = new Counter({
    name: 'database_unavailable_total',
    help: 'Reads and groups of writes that failed because the database was away, overloaded, locked or full',
    labelNames: ['kind'],
    registers,
  })
  let up = 1
  gauge(registry, 'database_up', '1 when the last read or group reached the database, 0 when it did not', () => up)
  database.observe((kind, ms, error) => {
    if (kind === 'read') reads.observe(ms / 1000)
    const away = error !== undefined && isUnavailable(error)
    up = away ? 0 : 1
    if (away) failures.inc({ kind })
  })
}
