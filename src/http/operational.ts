/** For those who run the service: is it alive, can it work, what does it do. No patient data, no ids. */
import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import type { Context } from '../context.ts'
import type { Admission } from './admission.ts'
import { describe } from './failure.ts'
import { endedOf, logRequest } from './log.ts'
import type { Metrics } from './metrics.ts'

/** Registers `/`, `/health`, `/ready` and `/metrics`, and counts, times and logs every request of the whole application. */
export function registerOperational(
  app: FastifyInstance,
  context: Context,
  admission: Admission,
  metrics: Metrics,
): void {
  app.decorateRequest('refusal', null)
  app.addHook('onResponse', (request, reply, done) => {
    const ended = endedOf(request, reply)
    metrics.answered(ended)
    logRequest(context.log, ended)
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
    return reply.header('content-type', metrics.contentType).send(await metrics.text())
  })
}
