/**
 * One line per request: what kind of request it was, who made it, how it ended. Never a query, an address with ids
 * or a body: those are about patients.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Logger, pino } from 'pino'

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

/** Writes the line of one request. */
export function logRequest(log: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const route = routeOf(request)
  const level = quiet.has(route) ? 'debug' : 'info'
  if (!log.isLevelEnabled(level)) return
  const { caller } = request
  log[level](
    {
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      requestId: request.id,
      correlationId: correlationIdOf(request.raw),
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

/** The ids that are given back, so that both sides speak of the same request: names and values in turn. */
export function idsOf({ id, raw }: { readonly id: string; readonly raw: IncomingMessage }): string[] {
  const correlation = correlationIdOf(raw)
  return correlation === undefined ? ['x-request-id', id] : ['x-request-id', id, 'x-correlation-id', correlation]
}

/** Visible ASCII, at most 128 characters: nothing that could start another header or log line. */
function safeId(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value) ? value : undefined
}
