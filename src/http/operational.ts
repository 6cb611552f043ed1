/** For those who run the service: is it alive, can it work, what does it do. No patient data, no ids. */
import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Context } from '../context.ts'
import type { Lane } from '../store/lane.ts'
import type { Admission, AdmissionFigures } from './admission.ts'
import { describe } from './failure.ts'
import { logRequest, routeOf } from './log.ts'
import { createRequestMetrics } from './request-metrics.ts'

/** Registers `/`, `/health`, `/ready` and `/metrics`, and counts, times and logs every request of the whole application. */
export function registerOperational(app: FastifyInstance, context: Context, admission: Admission): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = createRequestMetrics()
  new Gauge({
    name: 'feed_requests_waiting',
    help: 'Requests held until there is something new for them',
    registers: [registry],
    collect() {
      this.set(context.arrivals.waiting())
    },
  })
  registerLane(registry, context.lane)
  registerAdmissionMetrics(registry, admission)
  app.addHook('onResponse', (request, reply, done) => {
    const { elapsedTime, statusCode } = reply
    // The pattern of the address, not the address: a bounded number of series, and no id in a label.
    const route = routeOf(request)
    requests.observe(request.method, route, statusCode, elapsedTime / 1000)
    logRequest(context.log, request, reply)
    done()
  })

  const get = (url: string, handler: RouteHandlerMethod) => app.route({ method: ['GET', 'HEAD'], url, handler })
  get('/', async () => ({
    service: context.table.name,
    what: 'Carries homecare prescriptions from hospital trusts to homecare medicines providers, as FHIR R4.',
    fhir: context.base,
    capabilities: `${context.base}/metadata`,
    token: 'POST /oauth2/token',
    documentation: '/docs',
    openapi: '/openapi.json',
    operation: ['/health', '/ready', '/metrics'],
  }))
  get('/health', async () => ({ status: 'alive' }))
  get('/ready', async (_request, reply) => {
    const unavailable = (reason: string) =>
      reply.code(503).header('retry-after', '5').send({ status: 'unavailable', reason })
    if (admission.stopping) return unavailable('stopping')
    try {
      await context.database.query('SELECT 1 AS ready')
      return { status: 'ready' }
    } catch (error) {
      context.log.error({ failure: describe(error) }, 'database does not answer')
      return unavailable('database')
    }
  })
  get('/metrics', async (_request, reply) => {
    return reply.header('content-type', registry.contentType).send(`${await registry.metrics()}\n${requests.text()}`)
  })
}

/** What is in hand, by the limits of admission. */
function registerAdmissionMetrics(registry: Registry, admission: Admission): void {
  const gauge = (name: string, help: string, key: keyof AdmissionFigures) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(admission.figures()[key])
      },
    })
  gauge('http_requests_in_hand', 'Requests let in and not yet answered, those that wait for changes apart', 'requests')
  gauge('http_bodies_queued', 'Requests that wait for room for a large body', 'queued')
  gauge('http_body_bytes', 'Bytes of large bodies in hand', 'bodyBytes')
  gauge('http_answer_bytes', 'Bytes of large answers that clients have not fetched yet', 'answerBytes')
}

/** Where the time of writers goes: before their group, and in it. */
function registerLane(registry: Registry, lane: Lane): void {
  const registers = [registry]
  new Gauge({
    name: 'lane_queue',
    help: 'Writes waiting for the next group',
    registers,
    collect() {
      this.set(lane.waiting())
    },
  })
  const size = new Histogram({
    name: 'lane_group_size',
    help: 'Writes committed together',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers,
  })
  const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
  const wait = new Histogram({
    name: 'lane_wait_seconds',
    help: 'Time the oldest write of a group had waited when the group began',
    buckets,
    registers,
  })
  const commit = new Histogram({
    name: 'lane_commit_seconds',
    help: 'Time from the beginning of a group until it was durable',
    buckets,
    registers,
  })
  lane.observe((group) => {
    size.observe(group.size)
    wait.observe(group.waited / 1000)
    commit.observe(group.took / 1000)
  })
}
