/**
 * The application: Fastify with the FHIR endpoints of the server table under `/fhir`, the token endpoint and the
 * operational ones beside it. `app.inject` works without listening.
 */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify'
import type { Config } from './config.ts'
import type { Context } from './context.ts'
import { operationOutcome, refuse } from './fhir/problem.ts'
import { type Audit, createAudit } from './http/audit.ts'
import { createAuthentication } from './http/caller.ts'
import { registerCors } from './http/cors.ts'
import { registerDocs } from './http/docs.ts'
import { endpointsOf } from './http/endpoints.ts'
import { describe, failure } from './http/failure.ts'
import { echoIds, logRequest, requestIdOf } from './http/log.ts'
import { bodyCoding, decodeBody, inflate } from './http/content-coding.ts'
import { registerOperational } from './http/operational.ts'
import { FHIR_JSON } from './http/negotiation.ts'
import { isFhirUrl, PLAIN, sendFailure } from './http/reply.ts'
import { registerRoutes } from './http/routes.ts'
import { registerSandboxToken } from './http/sandbox-token.ts'
import { createThrottle } from './http/throttle.ts'
import { registerToken } from './http/token.ts'
import { registerWellKnown } from './http/well-known.ts'
import { createIdentity } from './identity/identity.ts'
import type { Interactions } from './interactions/interaction.ts'

export interface AppOptions {
  readonly context: Context
  readonly config: Config
  readonly interactions: Interactions
  /** Key of the sandbox tokens, 32 bytes; a fresh one when absent. */
  readonly secret?: Uint8Array
  /** Where accesses are recorded; one of its own when absent. */
  readonly audit?: Audit
}

/** Longer than any path that fits into a request head, so that a long id reaches our own words for it. */
const PARAMETER_LENGTH = 32_768

/**
 * Builds the application; it neither listens nor opens or closes the database.
 * @throws Error when the server table promises an interaction that has no code
 */
export function createApp(options: AppOptions): FastifyInstance {
  const { context, config, interactions } = options
  const rows = context.exposedTypes.flatMap((type) => context.row(type) ?? [])
  const endpoints = endpointsOf(context.table, rows, interactions)
  const app = Fastify({
    ...https(config),
    bodyLimit: config.bodyLimit,
    requestTimeout: config.requestTimeout * 1000,
    connectionTimeout: config.connectionTimeout * 1000,
    keepAliveTimeout: config.keepAliveTimeout * 1000,
    // A request on an open connection is still answered while the service stops; idle connections are closed.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    genReqId: requestIdOf,
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: PARAMETER_LENGTH,
      // Queries are read by `readPairs`, which keeps order and repetitions.
      querystringParser: () => ({}),
    },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, request, reply) => {
      echoIds(request, reply)
      sendFailure(reply, failure(error), isFhirUrl(request.url) ? PLAIN : undefined)
      // Hooks do not run for an address that cannot be read.
      logRequest(context.log, request, reply)
    },
  })

  app.decorateRequest('address', null)
  app.decorateRequest('caller', null)
  app.decorateRequest('answerForm', null)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const coding = bodyCoding(request.headers['content-encoding'])
    return decodeBody(coding === undefined ? body : await inflate(body, coding, config.bodyLimit))
  })
  app.addHook('onRequest', (request, reply, done) => {
    echoIds(request, reply)
    reply.header('x-content-type-options', 'nosniff')
    done()
  })
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

  // Those who wait are answered before the service stops listening to them.
  app.addHook('preClose', async () => context.arrivals.close())

  const identity = createIdentity(config, context, options.secret)
  const authentication = createAuthentication({ verify: identity.verify, clock: context.clock })
  const audit = options.audit ?? createAudit(context)
  app.addHook('onClose', () => audit.flush())
  registerOperational(app, context)
  registerDocs(app, context, endpoints)
  const throttle = config.pollLimit === 0 ? {} : { throttle: createThrottle(config.pollLimit, context.clock) }
  const logins = { audit, clock: context.clock }
  if (identity.sandbox) registerSandboxToken(app, identity.sandbox, logins)
  if (identity.server) registerToken(app, identity.server, logins)
  registerWellKnown(app, { identity, base: context.base, types: context.exposedTypes })
  app.register(async (fhir) => registerRoutes(fhir, { context, endpoints, authentication, audit, ...throttle }), {
    prefix: '/fhir',
  })
  return app
}

/** A client may show any certificate: what counts is that its thumbprint is the one its token is bound to. */
function https({ tlsCertificate, tlsKey }: Config): FastifyServerOptions {
  if (tlsCertificate === undefined || tlsKey === undefined) return {}
  const [cert, key] = [readFileSync(tlsCertificate), readFileSync(tlsKey)]
  const options = { cert, key, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' }
  return { https: options } as FastifyServerOptions
}

/** Answers a request that never became one: unreadable HTTP, a head that is too large, a body that never came. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  // What the parser stumbles over is the sender's, whatever code it has.
  const { status, issues } = failure(Object.assign(error, { statusCode: 400 }))
  const body = JSON.stringify(operationOutcome(issues))
  const head = [
    `HTTP/1.1 ${status} ${status === 408 ? 'Request Timeout' : status === 431 ? 'Request Header Fields Too Large' : 'Bad Request'}`,
    `Content-Type: ${FHIR_JSON}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
