/**
 * One line per request: what kind of request it was, who made it, how it ended. Never a query, an address with ids
 * or a body: those are about patients.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Logger, pino } from 'pino'
import type { Caller } from '../caller.ts'

/** Addresses that machines ask every few seconds. */
const quiet = new Set(['/health', '/ready', '/metrics'])

/** A logger to standard output, JSON lines, written in the background and flushed at exit. */
export function createLog(level: string): Logger {
  const destination = pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 1000 })
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

/** The kind of address, never the address itself: what a log or a metric may tell apart. */
export function routeOf(request: FastifyRequest): string {
  if (request.address !== null) return request.address
  // Asked for only here: Fastify makes these options anew each time.
  const { url, config } = request.routeOptions
  return (config.shape === undefined ? url : undefined) ?? 'unknown'
}

/** What is told of a request that has ended, in the log and in the metrics. */
export interface Ended {
  readonly id: string
  readonly raw: IncomingMessage
  readonly method: string
  readonly route: string
  readonly status: number
  /** From its head to the end of its answer. */
  readonly ms: number
  readonly caller: Caller | null
  /** Codes of what it was refused for, each once. */
  readonly refusal: readonly string[] | null
}

/** What the log, the metrics and the trace say of a request that was answered. */
export function endedOf(request: FastifyRequest, reply: FastifyReply): Ended {
  const { id, raw, method, caller, refusal } = request
  return { id, raw, method, caller, refusal, route: routeOf(request), status: reply.statusCode, ms: reply.elapsedTime }
}

/** Writes the line of one request. */
export function logRequest(log: Logger, { id, raw, method, route, status, ms, caller }: Ended): void {
  const level = quiet.has(route) ? 'debug' : 'info'
  if (!log.isLevelEnabled(level)) return
  log[level](
    {
      method,
      route,
      status,
      ms: Math.round(ms * 10) / 10,
      requestId: id,
      correlationId: correlationIdOf(raw),
      client: caller?.client,
      organization: caller?.organization,
      role: caller?.role,
    },
    'request',
  )
}

/** The sender's X-Request-ID, or one of ours when there is none that can be sent back and logged safely. */
export const requestIdOf = (request: IncomingMessage): string => safeId(request.headers['x-request-id']) ?? randomUUID()

/** The sender's X-Correlation-ID, where it can be sent back and logged safely. */
const correlationIdOf = ({ headers }: IncomingMessage): string | undefined => safeId(headers['x-correlation-id'])

/** The headers with ids of the sender's. */
export const TOLD_BACK = ['x-request-id', 'x-correlation-id'] as const

/**
 * The ids that are given back, so that both sides speak of the same request: names and values in turn.
 * @param id of the request, where it has one already
 */
export function idsOf(request: IncomingMessage, id = requestIdOf(request)): string[] {
  const correlation = correlationIdOf(request)
  return correlation === undefined ? newIds(id) : [...newIds(id), 'x-correlation-id', correlation]
}

/** The same for a request that came with none. */
export const newIds = (id: string = randomUUID()): string[] => ['x-request-id', id]

/** Visible ASCII, at most 128 characters: nothing that could start another header or log line. */
function safeId(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value) ? value : undefined
}
