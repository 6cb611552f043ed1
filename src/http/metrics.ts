/**
 * What `/metrics` tells (Prometheus). Labels are kinds of addresses, methods, statuses and codes of our own catalogue:
 * a bounded number of series, and never an id, an organisation or anything of a patient.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Registry } from 'prom-client'
import type { Context } from '../context.ts'
import type { FhirReply } from '../interactions/interaction.ts'
import type { ObservedDatabase } from '../store/observed.ts'
import type { Lane } from '../store/lane.ts'
import type { Admission, AdmissionFigures } from './admission.ts'
import { counter, type Exposed, gauge, histogram } from './exposition.ts'
import { isUnavailable } from './failure.ts'
import { routeOf } from './log.ts'
import { createRequestMetrics } from './request-metrics.ts'

export interface Metrics {
  readonly contentType: string
  /** Counts and times one request. */
  answered(request: FastifyRequest, reply: FastifyReply): void
  /** Counts the answer to a search or a poll. */
  polled(kind: 'search' | 'changes' | 'other', result: FhirReply): void
  text(): Promise<string>
}

/** Of the text exposition (https://prometheus.io/docs/instrumenting/exposition_formats). */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export function createMetrics(context: Context, admission: Admission): Metrics {
  const requests = createRequestMetrics()
  const refusals = counter(
    'refusals_total',
    'Refused requests by the code of what was wrong; one with several codes counts once for each',
    ['code'],
  )
  const polls = counter('polls_total', 'Answers to searches and $changes, by whether they said something', [
    'kind',
    'answer',
  ])
  const exposed: readonly Exposed[] = [
    refusals,
    polls,
    gauge('feed_requests_waiting', 'Requests held until there is something new for them', () =>
      context.arrivals.waiting(),
    ),
    ...ofLane(context.lane),
    ...ofDatabase(context.database),
    ...ofAdmission(admission),
    requests,
  ]
  let ofProcess: Promise<Registry> | undefined
  return {
    contentType: CONTENT_TYPE,
    answered(request, reply) {
      const { elapsedTime, statusCode } = reply
      requests.observe(request.method, routeOf(request), statusCode, elapsedTime / 1000)
      for (const code of request.refusal ?? []) refusals.inc(code)
    },
    polled(kind, { status, body }) {
      const empty = status === 304 || !body?.includes('"entry":[')
      polls.inc(kind, empty ? 'empty' : 'news')
    },
    async text() {
      ofProcess ??= processMetrics()
      return [await (await ofProcess).metrics(), ...exposed.map((one) => one.text())].join('\n')
    },
  }
}

/** Those of the process itself, counted from the first look on: their library is loaded for those who look. */
async function processMetrics(): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client')
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** What is in hand, by the limits of admission. */
function ofAdmission(admission: Admission): Exposed[] {
  const of = (key: keyof AdmissionFigures) => () => admission.figures()[key]
  const inHand = 'Requests let in and not yet answered, those that wait for changes apart'
  return [
    gauge('http_requests_in_hand', inHand, of('requests')),
    gauge('http_bodies_queued', 'Requests that wait for room for a large body', of('queued')),
    gauge('http_body_bytes', 'Bytes of large bodies in hand', of('bodyBytes')),
    gauge('http_answer_bytes', 'Bytes of large answers that clients have not fetched yet', of('answerBytes')),
  ]
}

/** Where the time of writers goes: before their group, and in it. */
function ofLane(lane: Lane): Exposed[] {
  const size = histogram('lane_group_size', 'Writes committed together', [1, 2, 4, 8, 16, 32, 64, 128])
  const wait = histogram('lane_wait_seconds', 'Time the oldest write of a group had waited when the group began')
  const commit = histogram('lane_commit_seconds', 'Time from the beginning of a group until it was durable')
  lane.observe((group) => {
    size.observe(group.size)
    wait.observe(group.waited / 1000)
    commit.observe(group.took / 1000)
  })
  return [gauge('lane_queue', 'Writes waiting for the next group', () => lane.waiting()), size, wait, commit]
}

/** How fast the database answers reads, and whether it answers at all. */
function ofDatabase(database: ObservedDatabase): Exposed[] {
  const reads = histogram(
    'database_read_seconds',
    'Time from sending a read to its rows; of one that failed, to its failure',
  )
  const failures = counter(
    'database_unavailable_total',
    'Reads and groups of writes that failed because the database was away, overloaded, locked or full',
    ['kind'],
  )
  let up = 1
  database.observe((kind, ms, error) => {
    if (kind === 'read') reads.observe(ms / 1000)
    const away = error !== undefined && isUnavailable(error)
    up = away ? 0 : 1
    if (away) failures.inc(kind)
  })
  const answers = '1 when the last read or group reached the database, 0 when it did not'
  return [gauge('database_up', answers, () => up), reads, failures]
}
