/**
 * The short way of a request that its connection has sent before, word for word. What the long way has found out about it
 * (what it asks for, whether it may, in which form it is answered) depends on nothing but these words and what is asked
 * anew here: whether the token is still believed, whether there is room and time for it, whether the answer still holds.
 * Where any of that is in doubt nothing is done, and the request goes the long way. So every rule stands there, once.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import type { FhirReply } from '../interactions/interaction.ts'
import type { Admission } from './admission.ts'
import { answeredAs, type Asked, type Audit } from './audit.ts'
import type { Authentication } from './caller.ts'
import { isCompressed } from './content-coding.ts'
import type { Endpoint } from './endpoints.ts'
import { idsOf, logRequest, newIds, TOLD_BACK } from './log.ts'
import type { Metrics } from './metrics.ts'
import { type Manner, sendAgain } from './reply.ts'
import type { Throttle } from './throttle.ts'

/** Requests of one connection that are remembered, and of all together; when they are reached, they are forgotten. */
const CONNECTION_LIMIT = 16
const LIMIT = 2000
/** Characters of address and headers of one that is worth remembering. */
const SIZE_LIMIT = 8192

/** Headers in which the same request may differ: what is given back or traced, and decides nothing. */
const IGNORED: ReadonlySet<string> = new Set([...TOLD_BACK, 'traceparent', 'tracestate'])

export interface AgainOptions {
  readonly context: Context
  readonly authentication: Authentication
  readonly throttle: Throttle
  readonly audit: Audit
  readonly admission: Admission
  readonly metrics: Metrics
}

/** What the long way has found out about a request that it has answered. */
export interface Known {
  readonly caller: Caller
  readonly endpoint: Endpoint
  /** The kind of address, for metrics and log. */
  readonly route: string
  /** What goes on record, but for the time and the id of the request. */
  readonly asked: Asked
  /** `Type/id` that the address names. */
  readonly own: readonly string[]
  readonly manner: Manner
  /** Answers once more, see `FhirReply.again`. */
  readonly again: () => FhirReply | undefined
}

interface Remembered extends Known {
  readonly method: string
  readonly authorization: string | undefined
  readonly acceptEncoding: string | undefined
  /** Whether it came with ids of its sender's. */
  readonly named: boolean
  /** As they came: names and values in turn. */
  readonly headers: readonly string[]
}

export class Again {
  readonly #options: AgainOptions
  /** By connection and address. */
  #known = new WeakMap<Socket, Map<string, Remembered>>()
  #count = 0

  constructor(options: AgainOptions) {
    this.#options = options
  }

  /** Keeps what was found out about a request, so that the same on the same connection goes the short way. */
  remember(request: IncomingMessage, known: Known): void {
    const { socket, url = '', method = '', rawHeaders, headers } = request
    if (rawHeaders.reduce((sum, { length }) => sum + length, url.length) > SIZE_LIMIT) return
    if (++this.#count > LIMIT) {
      this.#known = new WeakMap()
      this.#count = 1
    }
    let ofConnection = this.#known.get(socket)
    if (!ofConnection || ofConnection.size >= CONNECTION_LIMIT) this.#known.set(socket, (ofConnection = new Map()))
    const { authorization } = headers
    const acceptEncoding = headers['accept-encoding']?.toString()
    const named = TOLD_BACK.some((name) => headers[name] !== undefined)
    ofConnection.set(url, { ...known, method, headers: rawHeaders, authorization, acceptEncoding, named })
  }

  /** Answers a request the short way, or leaves it untouched and says false. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const known = this.#known.get(request.socket)?.get(request.url ?? '')
    return known !== undefined && isSame(known, request) && this.#answer(known, request, response)
  }

  #answer(known: Remembered, request: IncomingMessage, response: ServerResponse): boolean {
    const { context, authentication, throttle, audit, admission, metrics } = this.#options
    const { caller, endpoint, manner, method, route } = known
    if (authentication.shown(known.authorization, request.socket) !== caller) return false
    const polled = endpoint.polled === true
    if (audit.full || !throttle.admits(caller, polled)) return false
    const since = performance.now()
    const result = known.again()
    if (!result || isCompressed(known.acceptEncoding, result.status, result.body)) return false
    if (!admission.enter(response, result.body?.length ?? 0)) return false
    throttle.request(caller)
    const marks = polled ? { ...manner.marks, ...throttle.poll(caller) } : manner.marks
    // Node reads the headers when they are first looked at, which costs as much as looking all of this up.
    const ids = known.named ? idsOf(request) : newIds()
    const id = ids[1]!
    const asked: Asked = { ...known.asked, recorded: context.clock(), request: id }
    void audit.record(answeredAs(asked, known.own, result, context))
    if (polled) metrics.polled(endpoint, result)
    response.on('finish', () => {
      const ms = performance.now() - since
      const ended = { id, raw: request, method, route, status: result.status, ms, caller, refusal: null }
      metrics.answered(ended)
      logRequest(context.log, ended)
    })
    sendAgain(response, result, marks === manner.marks ? manner : { ...manner, marks }, ids)
    return true
  }
}

function isSame({ method, headers }: Remembered, { method: asked, rawHeaders }: IncomingMessage): boolean {
  if (asked !== method || rawHeaders.length !== headers.length) return false
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!
    if (rawHeaders[i] !== name) return false
    if (rawHeaders[i + 1] !== headers[i + 1] && !IGNORED.has(name.toLowerCase())) return false
  }
  return true
}
