/** For those who run the service: is it alive, can it work, what does it do. No patient data, no ids. */
import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Context } from '../context.ts'
import { describe } from './failure.ts'

/** Registers `/`, `/health`, `/ready` and `/metrics`, and counts every request of the whole application. */
export function registerOperational(app: FastifyInstance, context: Context): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const labelNames = ['route', 'method', 'status'] as const
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered',
    labelNames,
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  new Gauge({
    name: 'feed_requests_waiting',
    help: 'Requests held until there is something new for them',
    registers: [registry],
    collect() {
      this.set(context.arrivals.waiting())
    },
  })
  app.addHook('onResponse', async (request, reply) => {
    // The pattern of the address, not the address: a bounded number of series, and no id in a label.
    const labels = { route: request.routeOptions.url ?? 'unknown', method: request.method, status: reply.statusCode }
    requests.inc(labels)
    durations.observe(labels, reply.elapsedTime / 1000)
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
    try {
      await context.database.query('SELECT 1 AS ready')
      return { status: 'ready' }
    } catch (error) {
      context.log.error({ failure: describe(error) }, 'database does not answer')
      return reply.code(503).header('retry-after', '5').send({ status: 'unavailable', reason: 'database' })
    }
  })
  get('/metrics', async (_request, reply) => {
    return reply.header('content-type', registry.contentType).send(await registry.metrics())
  })
}
