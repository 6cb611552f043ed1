/**
 * The server under Fastify: how long and on how many connections it listens to whom, what it says to what is not a
 * request, and how it lets go of its connections.
 */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyServerOptions } from 'fastify'
import type { Config } from '../config.ts'
import { operationOutcome } from '../fhir/problem.ts'
import type { Again } from './again.ts'
import { failure } from './failure.ts'
import { FHIR_JSON } from './negotiation.ts'

/** ms between two looks for requests that take too long to arrive: their limits are met to the second. */
const CHECK_INTERVAL = 1000

/** Options of the server under Fastify. A client may show any certificate: what counts is that its thumbprint is its token's. */
export function serverOptions(config: Config): FastifyServerOptions {
  const { headersTimeout, requestTimeout, tlsCertificate, tlsKey } = config
  const timeouts = {
    requestTimeout: requestTimeout * 1000,
    connectionTimeout: config.connectionTimeout * 1000,
    keepAliveTimeout: config.keepAliveTimeout * 1000,
  }
  const limits = {
    // The head is a part of the request.
    headersTimeout: Math.min(headersTimeout, requestTimeout) * 1000,
    connectionsCheckingInterval: CHECK_INTERVAL,
    // Of two headers that mean one thing (Authorization, say) a proxy may go by the one and we by the other: joined they
    // are refused.
    joinDuplicateHeaders: true,
  }
  if (tlsCertificate === undefined || tlsKey === undefined) return { ...timeouts, http: limits } as FastifyServerOptions
  const [cert, key] = [readFileSync(tlsCertificate), readFileSync(tlsKey)]
  const tls = { cert, key, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' }
  return { ...timeouts, https: { ...limits, ...tls } } as FastifyServerOptions
}

/** Shows every request first to the short way, and what that leaves to all others. */
export function shortWayFirst(server: Server, again: Again): void {
  const [longWay] = server.listeners('request') as [(request: IncomingMessage, response: ServerResponse) => void]
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!again.answer(request, response, longWay)) longWay(request, response)
  })
}

/** A connection beyond the limit is closed at once, and with it those that are idle, so that the next one finds room. */
export function limitConnections(server: Server, limit: number): void {
  server.maxConnections = limit
  server.on('drop', () => server.closeIdleConnections())
}

/** ms between two looks whether all requests are answered. */
const IDLE_CHECK = 50

/**
 * Connections on which nothing was asked keep a server from closing (those that never sent a whole head are not idle
 * to it): they are cut once every request that was let in has its answer.
 */
export function closeWhenIdle(server: Server, idle: () => boolean): void {
  const timer = setInterval(() => {
    if (idle()) server.closeAllConnections()
  }, IDLE_CHECK)
  server.once('close', () => clearInterval(timer))
  // Where nobody listened there is nothing to close.
  if (!server.listening) clearInterval(timer)
}

/** Most bytes of a body that is refused for its size that are still taken off the line, and ms for which they are. */
const SWALLOWED = 64 * 1024 * 1024
const SWALLOW_TIME = 5000

/**
 * Lets the rest of a refused body come, and throws it away. Many clients send all of a body before they look for an
 * answer: those would meet a broken connection, and never be told why.
 */
export function swallow(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    let left = SWALLOWED
    const end = (): void => {
      clearTimeout(timer)
      request.off('data', onData).off('end', end).off('close', end).off('error', end)
      request.pause()
      resolve()
    }
    const onData = (chunk: Uint8Array): void => {
      left -= chunk.length
      if (left < 0) end()
    }
    const timer = setTimeout(end, SWALLOW_TIME)
    request.on('data', onData).on('end', end).on('close', end).on('error', end).resume()
  })
}

/** Answers a request that never became one: unreadable HTTP, a head that is too large, a body that never came. */
export function answerUnreadable(
  error: Error & { code?: string },
  socket: Socket,
  headers: Readonly<Record<string, string>>,
): void {
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
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
