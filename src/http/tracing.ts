/**
 * Traces by OpenTelemetry, where an endpoint is configured; its libraries are loaded only then, so that nobody else
 * waits for them. A request is a span, and so are its turn in the lane (waiting, then committing) and its reads. Names
 * and attributes are kinds of addresses, methods, statuses, codes of refusals and verbs of SQL: nothing of a patient.
 */
import type * as OpenTelemetry from '@opentelemetry/api'
import type { Context as Ancestry, Span, SpanOptions, Tracer } from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { withoutSlashes } from '../fhir/references.ts'
import type { Context } from '../context.ts'
import type { Query } from '../store/database.ts'
import type { Lane } from '../store/lane.ts'
import { routeOf } from './log.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the parts of this request are parts of; null where nothing is traced. */
    trace: Part | null
  }
}

export interface TracingOptions {
  /** Base of the collector, `http://host:4318`: spans go to `/v1/traces` below it. */
  readonly endpoint: string
  readonly serviceVersion: string
  /** `sqlite` or `postgresql`. */
  readonly databaseSystem: string
  readonly log: Logger
}

export interface Tracing {
  /** Follows every request from its head to the end of its answer. */
  register(app: FastifyInstance): void
  /** A context whose lane and reads are told as parts of the request. */
  within(context: Context, request: FastifyRequest): Context
  /** Sends what is left, as far as the collector takes it in a moment. */
  close(): Promise<void>
}

/** ms that a stop waits for the collector: traces are worth less than a prompt stop. */
const CLOSE_LIMIT = 2000
/** https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})$/

/**
 * Loads the libraries and begins. Further settings are OpenTelemetry's own and read by it: `OTEL_SERVICE_NAME`,
 * `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_…`.
 * @throws Error when a library is not installed
 */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { api, BasicTracerProvider, BatchSpanProcessor, OTLPTraceExporter, resourceFromAttributes } = await libraries()
  const told = () => options.log.warn('Traces cannot be delivered to OTEL_EXPORTER_OTLP_ENDPOINT.')
  const silent = () => {}
  api.diag.setLogger({ error: told, warn: silent, info: silent, debug: silent, verbose: silent })
  const exporter = new OTLPTraceExporter({ url: `${withoutSlashes(options.endpoint)}/v1/traces` })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': process.env.OTEL_SERVICE_NAME ?? 'homecare-exchange',
      'service.version': options.serviceVersion,
    }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  const parts = new Parts(api, provider.getTracer('homecare-exchange', options.serviceVersion))
  return {
    register: (app) => register(app, parts),
    within(context, { trace }) {
      if (!trace) return context
      const { lane, database } = context
      const query = tracedQuery(database.query, trace, options.databaseSystem)
      return { ...context, lane: tracedLane(lane, trace), database: { ...database, query } }
    },
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_LIMIT).unref())
      await Promise.race([provider.shutdown().catch(told), late])
    },
  }
}

async function libraries() {
  try {
    const [api, trace, exporter, resources] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
    return { api, ...trace, ...exporter, ...resources }
  } catch (error) {
    throw new Error(
      'OTEL_EXPORTER_OTLP_ENDPOINT asks for traces, and the libraries for them are not installed: npm install @opentelemetry/api @opentelemetry/sdk-trace-base @opentelemetry/exporter-trace-otlp-http @opentelemetry/resources',
      { cause: error },
    )
  }
}

type Api = typeof OpenTelemetry

/** Makes spans, and knows what they are parts of. */
class Parts {
  readonly #api: Api
  readonly #tracer: Tracer

  constructor(api: Api, tracer: Tracer) {
    this.#api = api
    this.#tracer = tracer
  }

  /** The span of a request; part of what its sender traces. */
  request(method: string, traceparent: string | undefined): Part {
    const { trace, ROOT_CONTEXT, SpanKind } = this.#api
    const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? []
    const parent =
      traceId === undefined || spanId === undefined || flags === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: parseInt(flags, 16) & 1, isRemote: true })
    return this.make(parent, method, { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } })
  }

  make(parent: Ancestry, name: string, options: SpanOptions): Part {
    const span = this.#tracer.startSpan(name, options, parent)
    return new Part(this, span, this.#api.trace.setSpan(parent, span))
  }

  client(parent: Ancestry, name: string, attributes: Record<string, string>): Part {
    return this.make(parent, name, { kind: this.#api.SpanKind.CLIENT, attributes })
  }

  failed(span: Span): void {
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR })
  }
}

/** One span, and the maker of those below it. */
class Part {
  readonly #parts: Parts
  readonly #own: Ancestry
  readonly span: Span

  constructor(parts: Parts, span: Span, own: Ancestry) {
    this.#parts = parts
    this.span = span
    this.#own = own
  }

  part(name: string): Part {
    return this.#parts.make(this.#own, name, {})
  }

  call(name: string, attributes: Record<string, string>): Part {
    return this.#parts.client(this.#own, name, attributes)
  }

  /** Ends it; of an error its kind is told, never its words. */
  end(error?: unknown): void {
    if (error !== undefined) {
      this.span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
      this.#parts.failed(this.span)
    }
    this.span.end()
  }

  fail(): void {
    this.#parts.failed(this.span)
  }
}

function register(app: FastifyInstance, parts: Parts): void {
  app.decorateRequest('trace', null)
  app.addHook('onRequest', (request, reply, done) => {
    const part = parts.request(request.method, request.headers.traceparent?.toString())
    request.trace = part
    // Also when the client hangs up, and then nothing else is told.
    reply.raw.once('close', () => {
      const route = routeOf(request)
      part.span.updateName(`${request.method} ${route}`)
      part.span.setAttributes({ 'http.route': route, 'http.response.status_code': reply.statusCode })
      if (request.refusal) part.span.setAttribute('homecare_exchange.refusal', [...request.refusal])
      if (reply.statusCode >= 500 || !reply.raw.writableFinished) part.fail()
      part.end()
    })
    done()
  })
}

function tracedLane(lane: Lane, trace: Part): Lane {
  return {
    ...lane,
    async submit(work, options) {
      const waiting = trace.part('lane wait')
      let committing: Part | undefined
      try {
        const result = await lane.submit((transaction) => {
          waiting.end()
          committing ??= trace.part('lane commit')
          return work(transaction)
        }, options)
        committing?.end()
        return result
      } catch (error) {
        // What was refused in the lane has been waited for; what was not let into it has only waited.
        ;(committing ?? waiting).end(error)
        throw error
      }
    },
  }
}

function tracedQuery(query: Query, trace: Part, system: string): Query {
  return async (sql, params) => {
    const verb = /^\s*([A-Za-z]+)/.exec(sql)?.[1]?.toUpperCase() ?? 'SQL'
    const reading = trace.call(`database ${verb}`, { 'db.system.name': system, 'db.operation.name': verb })
    try {
      // The statement has placeholders for all values; it is left out all the same, being long.
      const rows = await query(sql, params)
      reading.end()
      return rows as never
    } catch (error) {
      reading.end(error)
      throw error
    }
  }
}
