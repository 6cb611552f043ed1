/** For those who run the service: is it alive, can it work, what does it do. No patient data, no ids. */
import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Context } from '../context.ts'
import { describe } from './failure.ts'
import { logRequest, routeOf } from './log.ts'
import { createRequestMetrics } from './request-metrics.ts'

/** Registers `/`, `/health`, `/ready` and `/metrics`, and counts, times and logs every request of the whole application. */
export function registerOperational(app: FastifyInstance, context: Context): void {
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
    try {
      await context.database.query('SELECT 1 AS ready')
      return { status: 'ready' }
    } catch (error) {
      context.log.error({ failure: describe(error) }, 'database does not answer')
      return reply.code(503).header('retry-after', '5').send({ status: 'unavailable', reason: 'database' })
    }
  })
  get('/metrics', async (_request, reply) => {
    return reply.header('content-type', registry.contentType).send(`${await registry.metrics()}\n${requests.text()}`)
  })
}
