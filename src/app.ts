/**
 * The application: Fastify with the FHIR endpoints of the server table under `/fhir`, the token endpoint and the
 * operational ones beside it. `app.inject` works without listening.
 */
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Config } from './config.ts'
import type { Context } from './context.ts'
import { refuse } from './fhir/problem.ts'
import { registerAdmission } from './http/admission.ts'
import { Again } from './http/again.ts'
import { type Audit, createAudit } from './http/audit.ts'
import { type Authentication, createAuthentication } from './http/caller.ts'
import { registerCors } from './http/cors.ts'
import { registerDocs } from './http/docs.ts'
import { endpointsOf } from './http/endpoints.ts'
import { describe, failure } from './http/failure.ts'
import { endedOf, logRequest, requestIdOf } from './http/log.ts'
import { bodyCoding, decodeBody, inflate } from './http/content-coding.ts'
import { registerOperational } from './http/operational.ts'
import { protectiveHeaders } from './http/protective.ts'
import { isFhirUrl } from './http/query-text.ts'
import { completeHead, PLAIN, sendFailure } from './http/reply.ts'
import { registerRoutes } from './http/routes.ts'
import { registerSandboxToken } from './http/sandbox-token.ts'
import { answerUnreadable, closeWhenIdle, limitConnections, serverOptions, shortWayFirst } from './http/server.ts'
import { createThrottle } from './http/throttle.ts'
import { createMetrics, type Metrics } from './http/metrics.ts'
import { registerToken } from './http/token.ts'
import type { Tracing } from './http/tracing.ts'
import { registerWellKnown } from './http/well-known.ts'
import { createIdentity } from './identity/identity.ts'
import type { Interactions } from './interactions/interaction.ts'
import { useOnce } from './store/once.ts'

export interface AppOptions {
  readonly context: Context
  readonly config: Config
  readonly interactions: Interactions
  /** Key of the sandbox tokens, 32 bytes; a fresh one when absent. */
  readonly secret?: Uint8Array
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing
  /** Where accesses are recorded; one of its own when absent. */
  readonly audit?: Audit
  /** Where requests are counted; metrics of its own when absent. */
  readonly metrics?: Metrics
  /** Who is believed to ask; by the settings when absent. */
  readonly authentication?: Authentication
}

/** Longer than any path that fits into a request head, so that a long id reaches our own words for it. */
const PARAMETER_LENGTH = 32_768

const unused = () => () => {
  throw new Error('Bodies are checked by our own validators: a route has no schema.')
}
/** Instead of Fastify's compilers of schemas, which take as long to load as all the rest of it. */
const NO_SCHEMAS = { buildValidator: unused, buildSerializer: unused }

/**
 * Builds the application; it neither listens nor opens or closes the database.
 * @throws Error when the server table promises an interaction that has no code
 */
export function createApp(options: AppOptions): FastifyInstance {
  const { context, config, interactions, tracing } = options
  const rows = context.exposedTypes.flatMap((type) => context.row(type) ?? [])
  const endpoints = endpointsOf(context.table, rows, interactions, context.compartments.all)
  const protective = protectiveHeaders(config)
  const app = Fastify({
    ...serverOptions(config),
    bodyLimit: config.bodyLimit,
    // Admission refuses while the service stops, in our own words.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    genReqId: requestIdOf,
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: PARAMETER_LENGTH,
      // Queries are read by `readPairs`, which keeps order and repetitions.
      querystringParser: () => ({}),
    },
    schemaController: { compilersFactory: NO_SCHEMAS },
    clientErrorHandler: (error, socket) => answerUnreadable(error, socket, protective),
    frameworkErrors: (error, request, reply) => {
      completeHead(request, reply, protective)
      sendFailure(reply, failure(error), isFhirUrl(request.url) ? PLAIN : undefined)
      // Hooks do not run for an address that cannot be read.
      logRequest(context.log, endedOf(request, reply))
    },
  })

  app.decorateRequest('address', null)
  app.decorateRequest('endpoint', null)
  app.decorateRequest('caller', null)
  app.decorateRequest('answerForm', null)
  app.decorateRequest('takesBytes', false)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const coding = bodyCoding(request.headers['content-encoding'])
    const plain = coding === undefined ? body : await inflate(body, coding, config.bodyLimit)
    admission.arrived(request, plain.length)
    return request.takesBytes ? plain : decodeBody(plain)
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    completeHead(request, reply, protective)
    done(null, payload)
  })
  tracing?.register(app)
  const admission = registerAdmission(app, {
    requests: config.requestLimit,
    waiting: config.waitLimit === 0 ? 0 : config.waitingLimit,
    bodies: config.bodyMemory,
    bodyLimit: config.bodyLimit,
    answers: config.answerMemory,
    answerTimeout: config.answerTimeout * 1000,
  })
  limitConnections(app.server, config.connectionLimit)
  registerCors(app, config.corsOrigins)
  app.setErrorHandler((error, request, reply) => {
    const failed = failure(error)
    if (failed.status >= 500) context.log.error({ requestId: request.id, failure: describe(error) }, 'request failed')
    return sendFailure(reply, failed, undefined)
  })
  app.setNotFoundHandler((request, reply) => {
    const problem = refuse(
      'unknown-endpoint',
      'There is nothing at this address: FHIR is under /fhir, and / says more.',
    )
    return sendFailure(reply, failure(problem), isFhirUrl(request.url) ? PLAIN : undefined)
  })

  app.addHook('preClose', async () => {
    admission.stop()
    // Those who wait are answered before the service stops listening to them.
    context.arrivals.close()
    closeWhenIdle(app.server, admission.idle)
  })

  const identity = createIdentity(config, context, options.secret)
  const authentication =
    options.authentication ??
    createAuthentication({
      verify: identity.verify,
      clock: context.clock,
      once: (what, until) => useOnce(context.lane, what, until),
    })
  const audit = options.audit ?? createAudit(context)
  app.addHook('onClose', () => audit.flush())
  const metrics = options.metrics ?? createMetrics(context, admission)
  registerOperational(app, context, admission, metrics)
  registerDocs(app, context, endpoints)
  const throttle = createThrottle({ polls: config.pollLimit, requests: config.requestRate, clock: context.clock })
  const again = new Again({ context, authentication, throttle, audit, admission, metrics })
  shortWayFirst(app.server, again)
  const logins = { audit, clock: context.clock }
  if (identity.sandbox) registerSandboxToken(app, identity.sandbox, logins)
  if (identity.server) registerToken(app, identity.server, logins)
  const tls = config.tlsKey !== undefined
  registerWellKnown(app, { identity, base: context.base, types: context.exposedTypes, tls })
  app.register(
    async (fhir) =>
      registerRoutes(fhir, {
        context,
        endpoints,
        authentication,
        again,
        audit,
        admission,
        metrics,
        throttle,
        protective,
        ...(tracing ? { tracing } : {}),
      }),
    {
      prefix: '/fhir',
    },
  )
  return app
}
