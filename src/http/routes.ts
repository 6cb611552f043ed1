/**
 * The FHIR world of the HTTP shell. Every address comes from the server table; everything that can be refused from
 * the head of a request (who, where, in which form) is refused before its body is read.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import { refuse } from '../fhir/problem.ts'
import { keyed } from '../interactions/idempotency.ts'
import type { FhirReply, FhirRequest } from '../interactions/interaction.ts'
import type { Admission } from './admission.ts'
import type { Again, Known } from './again.ts'
import { answeredAs, askedOf, type Audit, namedIn, refusedAs } from './audit.ts'
import type { Authentication } from './caller.ts'
import { binaryForm, binaryText } from './binary.ts'
import { certificateOf } from './certificate.ts'
import { allowOf, type Endpoint, type Endpoints, isContent } from './endpoints.ts'
import { describe, failure } from './failure.ts'
import { bodyCoding, chooseCoding, mayBeCompressed, registerCompression } from './content-coding.ts'
import { checkContentType, FHIR_JSON, negotiate } from './negotiation.ts'
import type { Metrics } from './metrics.ts'
import { mediaType } from './media-type.ts'
import { readPrefer } from './prefer.ts'
import { withoutContent } from './protective.ts'
import { forPurpose } from './purpose.ts'
import { type Pairs, pathOf, queryOf, readPairs, takeFormat } from './query-text.ts'
import { checkIds, checkOperation, checkRole, checkScope, methodNotOffered, unknownEndpoint } from './refusals.ts'
import { fromReplica, mayBeStale } from './replica.ts'
import {
  type AnswerForm,
  completeHead,
  isSentAsIs,
  leave,
  type Manner,
  NOT_KEPT,
  sendFailure,
  sendReply,
} from './reply.ts'
import { swallow } from './server.ts'
import type { Throttle } from './throttle.ts'
import type { Tracing } from './tracing.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The address below the FHIR base with `:resourceType` for the type: alike for all types, registered once. */
    readonly shape?: string
  }
  interface FastifyRequest {
    /** The kind of address, `/fhir/Task/:id`; null where nothing is known. */
    address: string | null
    /** What is asked for there; null until it is let in, and where nothing is offered. */
    endpoint: Endpoint | null
    /** Set once the token is verified. */
    caller: Caller | null
    /** The query, read once, and the form of the answer it asks for. */
    answerForm: (AnswerForm & { readonly query: Pairs; readonly formats: readonly string[] }) | null
    /** Its body is kept as bytes, not read as text. */
    takesBytes: boolean
  }
}

export interface RouteOptions {
  readonly context: Context
  readonly endpoints: Endpoints
  readonly authentication: Authentication
  /** Knows what was asked before. */
  readonly again: Again
  readonly audit: Audit
  readonly admission: Admission
  readonly metrics: Metrics
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing
  readonly throttle: Throttle
  /** Headers of every answer. */
  readonly protective: Readonly<Record<string, string>>
}

/** Who asks where no token is needed. */
const ANYONE: Caller = { role: 'observer', organization: '', client: 'anonymous' }

interface Params {
  readonly resourceType?: string
  readonly id?: string
  readonly versionId?: string
  /** The type that is searched in a compartment, or `*`. */
  readonly member?: string
}

/** Registers the FHIR endpoints on an instance whose prefix is the FHIR base. Bodies arrive as text. */
export function registerRoutes(app: FastifyInstance, options: RouteOptions): void {
  const { context, authentication, throttle } = options
  // An answer that is ready does not wait for what the next one has to write.
  context.turns.between(leave)
  const operations = context.table.operations.map(({ name }) => name)
  const everyMethod = allowOf([...options.endpoints.values()].flat())
  const placeOf = placesOf(options.endpoints, app.prefix)
  const nowhere = (request: FastifyRequest) =>
    // A method that FHIR does not use at all is not routed, so nothing is known here about the address.
    !app.supportedMethods.includes(request.method)
      ? methodNotOffered(request.method, everyMethod)
      : unknownEndpoint(
          pathOf(request.url).slice(app.prefix.length),
          context.exposedTypes,
          operations,
          context.compartments,
        )

  /** Everything that can be refused from the head of a request whose caller is known. */
  const admit = (
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller,
    place: Place | undefined,
    endpoint: Endpoint | undefined,
  ): void => {
    request.caller = caller
    if (place === undefined) throw nowhere(request)
    checkOperation(request.params as Params, operations)
    if (endpoint === undefined) throw methodNotOffered(request.method, allowOf(place.offered))
    checkRole(endpoint, caller)
    checkScope(endpoint, caller)
    const open = endpoint.roles === 'anyone'
    if (!open) request.caller = forPurpose(context.table, request, caller)
    checkIds(request.params as Params, request.method)
    const counted = options.again.counted(request.raw)
    if (!open && !counted) throttle.request(request.caller)
    if (endpoint.polled) reply.headers(counted ?? throttle.poll(request.caller))
    request.endpoint = endpoint
    const taken = takeFormat(readPairs(queryOf(request.url)))
    request.answerForm = { ...taken, ...formOf(endpoint, request.headers.accept, taken) }
    chooseCoding(request.headers['accept-encoding']?.toString())
    checkContentType(endpoint.body, request.headers)
    request.takesBytes = endpoint.body === 'binary'
    bodyCoding(request.headers['content-encoding'])
  }
  /** A promise only where the token has to be verified. */
  const entered = (request: FastifyRequest, reply: FastifyReply): void | Promise<void> => {
    const place = placeOf(request)
    if (place !== undefined) request.address = place.address
    // What an address takes is no secret: metadata tells the same to anybody.
    if (request.method === 'OPTIONS' && place !== undefined) return
    const { socket } = request.raw
    const endpoint = endpointFor(place?.offered, request.method)
    const caller =
      endpoint?.roles === 'anyone'
        ? ANYONE
        : authentication.authenticate(request.headers.authorization, () => certificateOf(socket), socket)
    if (caller instanceof Promise) return caller.then((verified) => admit(request, reply, verified, place, endpoint))
    admit(request, reply, caller, place, endpoint)
  }
  // With callbacks: most callers are remembered, and a promise makes each of them wait for all others of the turn.
  app.addHook('onRequest', (request, reply, done) => {
    let entering: void | Promise<void>
    try {
      entering = entered(request, reply)
    } catch (error) {
      done(error as Error)
      return
    }
    if (entering) entering.then(() => done(), done)
    else done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    completeHead(request, reply, NOT_KEPT)
    done(null, payload)
  })
  registerCompression(app)
  const heads = {
    every: { ...options.protective, ...NOT_KEPT },
    unmodified: { ...withoutContent(options.protective), ...NOT_KEPT },
  }
  // The hook has refused before this is reached; having a handler is what makes Fastify run the hook here.
  app.setNotFoundHandler((request) => {
    throw nowhere(request)
  })
  app.setErrorHandler(async (error, request, reply) => {
    const failed = failure(error)
    const endpoint = request.endpoint ?? endpointFor(placeOf(request)?.offered, request.method)
    // Who was not let in has asked for nothing yet, and must not cost a write when there are too many already.
    if (request.place) await options.audit.record(refusedAs(askedOf(endpoint, request, context.clock()), failed))
    if (failed.status >= 500) {
      context.log.error({ requestId: request.id, route: request.address, failure: describe(error) }, 'request failed')
    }
    if (failed.status === 413) {
      // Room that was kept for the body is for others while the rest of it comes.
      options.admission.arrived(request, 0)
      await swallow(request.raw)
    }
    return sendFailure(reply, failed, request.answerForm ?? formOfRefusal(request))
  })

  for (const shape of new Set([...options.endpoints.keys()].map(shapeOf))) {
    app.route({
      method: app.supportedMethods as HTTPMethods[],
      url: shape,
      config: { shape },
      handler: (request, reply) => {
        if (request.endpoint) return answer(options, request.endpoint, request, reply, heads)
        // Every other method but OPTIONS is refused by the hook.
        const offered = placeOf(request)?.offered ?? []
        return reply.code(204).header('allow', allowOf(offered)).send()
      },
    })
  }
}

/** Types begin with a capital letter, and nothing else in an address does; `*` stands for all of a compartment. */
const shapeOf = (path: string): string =>
  path.replace(/^\/[A-Z][A-Za-z]*/, '/:resourceType').replace(/\/:id\/(?:[A-Z][A-Za-z]*|\*)/, '/:id/:member')

/** A kind of address that is known. */
interface Place {
  /** `/fhir/Task/:id` */
  readonly address: string
  readonly offered: readonly Endpoint[]
}

/** Finds the place of a request, undefined when it has none: by its shape and its type, without putting texts together. */
function placesOf(endpoints: Endpoints, prefix: string): (request: FastifyRequest) => Place | undefined {
  const shapes = new Map<string, Map<string, Place>>()
  for (const [path, offered] of endpoints) {
    const shape = shapeOf(path)
    const [, type = '', , member = ''] = path.split('/')
    const key = shape === path ? '' : shape.includes('/:member') ? `${type}/${member}` : type
    const places = shapes.get(shape) ?? new Map<string, Place>()
    shapes.set(shape, places.set(key, { address: prefix + path, offered }))
  }
  return ({ params, routeOptions }) => {
    const { resourceType = '', member } = params as Params
    return shapes.get(routeOptions.config.shape ?? ' ')?.get(member ? `${resourceType}/${member}` : resourceType)
  }
}

const endpointFor = (offered: readonly Endpoint[] | undefined, method: string): Endpoint | undefined =>
  offered?.find((endpoint) => endpoint.method === (method === 'HEAD' ? 'GET' : method))

async function answer(
  options: RouteOptions,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  heads: Pick<Manner, 'every' | 'unmodified'>,
): Promise<FastifyReply> {
  const { query, formats, pretty } = request.answerForm!
  const text = typeof request.body === 'string' ? request.body : undefined
  const form = endpoint.body === 'form' && text !== undefined ? takeFormat(readPairs(text)) : undefined
  if (form) {
    const contentType = negotiate(request.headers.accept, [...formats, ...form.formats])
    request.answerForm = { query, formats, contentType, pretty: pretty || form.pretty }
  }
  const body = bodyOf(options.context, endpoint, request)
  const fhirRequest = toFhirRequest(
    options.context.base,
    endpoint,
    request,
    reply,
    form ? [...query, ...form.query] : query,
    body,
  )
  const done = options.admission.work(request)
  try {
    const result = await onRecord(options, endpoint, request, fhirRequest)
    options.admission.answer(request, result.body?.length ?? 0, endpoint.method === 'GET' || endpoint.body === 'form')
    if (endpoint.polled) options.metrics.polled(endpoint, result)
    if (options.admission.stopping) reply.header('connection', 'close')
    const isMarked = endpoint.polled === true || options.context.cors || options.admission.stopping
    const marks = isMarked ? reply.getHeaders() : undefined
    const manner = { form: request.answerForm!, prefer: fhirRequest.prefer, ...heads, marks }
    sendReply(reply, result, manner)
    rememberIn(options, endpoint, request, fhirRequest, manner, result)
    return reply
  } finally {
    done()
  }
}

/** Remembers what was asked, where nothing but its words decides how it is answered once more. */
function rememberIn(
  { again, authentication, context, endpoints, tracing }: RouteOptions,
  endpoint: Endpoint,
  request: FastifyRequest,
  fhirRequest: FhirRequest,
  manner: Known['manner'],
  { again: kept, another }: FhirReply,
): void {
  const { headers, raw } = request
  const mayBeAsked =
    READS.has(endpoint.code) && fhirRequest.prefer.wait === undefined && !mayBeCompressed(headers['accept-encoding'])
  // A condition on one version is hardly ever asked again of what has changed.
  const isConditional = headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined
  if (!kept && (!mayBeAsked || isConditional)) return
  const caller = request.caller!
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
  const { query, ...form } = request.answerForm!
  if (tracing || hasBody || headers['idempotency-key'] !== undefined) return
  if (!isSentAsIs(form)) return
  if (mayBeStale(endpoints, endpoint, headers['cache-control'], query)) return
  if (authentication.shown(headers.authorization, raw.socket) !== caller) return
  again.remember(raw, {
    manner,
    caller,
    endpoint,
    route: request.address!,
    asked: askedOf(endpoint, request, context.clock()),
    own: namedIn(request),
    ...(kept ? { again: kept } : {}),
    ...(mayBeAsked ? { request: fhirRequest, ...(another ? { another } : {}) } : {}),
  })
}

/** The form in which an answer leaves. A part of a Binary is no content: it is answered as a resource. */
function formOf(
  endpoint: Endpoint,
  accept: string | undefined,
  { query, formats }: { readonly query: Pairs; readonly formats: readonly string[] },
): Omit<AnswerForm, 'pretty'> {
  return isContent(endpoint) && query.length === 0
    ? binaryForm(accept, formats)
    : { contentType: negotiate(accept, formats) }
}

/** The JSON that was sent, where the endpoint takes any. @throws Problem body-missing, and those of `binaryText` */
function bodyOf({ limits }: Context, endpoint: Endpoint, request: FastifyRequest): string | undefined {
  const { body, headers, params } = request
  if (endpoint.body === 'none' || endpoint.body === 'form') return undefined
  if (endpoint.body === 'binary' && body instanceof Uint8Array && body.length > 0) {
    return binaryText({ headers, body, id: (params as Params).id }, limits.bodyBytes)
  }
  if (typeof body === 'string' && body.trim() !== '') return body
  if (endpoint.bodyOptional) return undefined
  throw refuse('body-missing', 'The request has no body: send the resource as FHIR JSON.')
}

/** Interactions that never write: what they have answered is all there is to record. */
const READS: ReadonlySet<Endpoint['code']> = new Set([
  ...(['read', 'vread', 'history-instance', 'history-type', 'history-system'] as const),
  ...(['search-type', 'search-system'] as const),
])

/** Runs the interaction and records it: with its commits where it has written, else by what it has answered. */
async function onRecord(
  { context: service, endpoints, audit, tracing }: RouteOptions,
  endpoint: Endpoint,
  request: FastifyRequest,
  fhirRequest: FhirRequest,
): Promise<FhirReply> {
  const { idempotencyKey: key } = fhirRequest
  const interaction = key === undefined ? endpoint.interaction : keyed(endpoint.interaction, key)
  const context = tracing?.within(service, request) ?? service
  // What anybody may read says nothing about anybody.
  if (endpoint.roles === 'anyone') return interaction(context, fhirRequest)
  const asked = askedOf(endpoint, request, context.clock())
  const stale = mayBeStale(endpoints, endpoint, request.headers['cache-control'], fhirRequest.query)
  if (READS.has(endpoint.code) && !stale) {
    const result = await interaction(context, fhirRequest)
    const waiting = audit.record(answeredAs(asked, namedIn(request), result, context))
    if (waiting) await waiting
    return result
  }
  if (request.method !== 'GET') await service.turns.take()
  let written = false
  const lane = audit.lane(asked, context.lane, () => {
    written = true
  })
  const ask = (seen: Context) => interaction(seen, fhirRequest)
  const result = await (stale ? fromReplica({ ...context, lane }, ask) : ask({ ...context, lane }))
  if (!written) {
    const waiting = audit.record(answeredAs(asked, namedIn(request), result, context))
    if (waiting) await waiting
  }
  return result
}

/** The end of HTTP: below here nobody knows Fastify. */
function toFhirRequest(
  base: string,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  query: FhirRequest['query'],
  body: string | undefined,
): FhirRequest {
  const { id, versionId } = request.params as Params
  const ifNoneExist = request.headers['if-none-exist']?.toString()
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, 'if-modified-since': ifModifiedSince } = request.headers
  const idempotencyKey = request.headers['idempotency-key']?.toString()
  const prefer = readPrefer(request.headers.prefer)
  const asked: { -readonly [K in keyof FhirRequest]: FhirRequest[K] } = {
    base,
    query,
    url: request.url,
    prefer,
    caller: request.caller!,
    requestId: request.id,
  }
  if (prefer.wait !== undefined) asked.gone = hangUp(reply)
  if (endpoint.type !== undefined) asked.type = endpoint.type
  if (endpoint.operation !== undefined) asked.operation = endpoint.operation
  if (endpoint.compartment !== undefined) asked.compartment = { type: endpoint.compartment, id: id ?? '' }
  else if (id !== undefined) asked.id = id
  if (versionId !== undefined) asked.versionId = versionId
  if (body !== undefined) asked.body = body
  if (endpoint.body === 'patch') asked.contentType = mediaType(request.headers['content-type'])?.type ?? ''
  if (ifMatch !== undefined) asked.ifMatch = ifMatch
  if (ifNoneMatch !== undefined) asked.ifNoneMatch = ifNoneMatch
  if (ifNoneExist !== undefined) asked.ifNoneExist = ifNoneExist
  if (ifModifiedSince !== undefined) asked.ifModifiedSince = ifModifiedSince
  if (idempotencyKey !== undefined) asked.idempotencyKey = idempotencyKey
  return asked
}

/** Aborted when the connection ends before the answer has. */
function hangUp({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => controller.abort())
  return controller.signal
}

/** The form of a refusal before the request was read so far; what cannot be read asks for nothing. */
function formOfRefusal(request: FastifyRequest): AnswerForm {
  const pretty = /[?&]_pretty=true(?:&|$)/.test(request.url)
  try {
    const { formats } = takeFormat(readPairs(queryOf(request.url)))
    return { pretty, contentType: negotiate(request.headers.accept, formats) }
  } catch {
    return { pretty, contentType: FHIR_JSON }
  }
}
