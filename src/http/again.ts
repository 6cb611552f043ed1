/**
 * The short way of a request that its connection has sent before, word for word, or of a read that differs from one only
 * in its id. What the long way has found out about it (what it asks for, whether it may, in which form it is answered)
 * depends on nothing but these words and what is asked anew here: whether the token is still believed, whether there is
 * room and time for it, and the answer. Where any of that is in doubt nothing was done, and the request goes the long
 * way. So every rule stands there, once.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import type { FhirReply, FhirRequest } from '../interactions/interaction.ts'
import type { Admission, Entered } from './admission.ts'
import { answeredAs, type Asked, type Audit } from './audit.ts'
import type { Authentication } from './caller.ts'
import { isCompressed } from './content-coding.ts'
import type { Endpoint } from './endpoints.ts'
import { idsOf, logRequest, newIds, TOLD_BACK } from './log.ts'
import type { Metrics } from './metrics.ts'
import { ID } from './refusals.ts'
import { type Manner, sendAgain } from './reply.ts'
import type { Throttle } from './throttle.ts'

/** Requests of one connection that are remembered, and of all together, which are then forgotten. */
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
  readonly again?: FhirReply['again']
  /** Answers the same of another id, see `FhirReply.another`. */
  readonly another?: FhirReply['another']
  /** What the interaction was asked, where it may be asked anew: it only reads, and needs nothing but the context. */
  readonly request?: FhirRequest
}

interface Remembered extends Known {
  readonly url: string
  /** What stands before the id, where it is as good for every other. */
  readonly place: string | undefined
  readonly method: string
  readonly authorization: string | undefined
  readonly acceptEncoding: string | undefined
  /** Whether it came with ids of its sender's. */
  readonly named: boolean
  /** As they came: names and values in turn. */
  readonly headers: readonly string[]
}

/** A request on the short way. */
interface Passing {
  readonly known: Remembered
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** ms of `performance.now`. */
  readonly since: number
  /** See `idsOf`. */
  readonly ids: string[]
  readonly place: Entered
  /** What is told of the rhythm. */
  readonly marks: Marks
  /** Of the resource that is read, where one is. */
  readonly id: string | undefined
  /** See `Known.own`. */
  readonly own: readonly string[]
}

type LongWay = (request: IncomingMessage, response: ServerResponse) => void
type Marks = Readonly<Record<string, string>>
const NO_MARKS: Marks = {}

export class Again {
  readonly #options: AgainOptions
  /** By connection, few of each. */
  #known = new WeakMap<Socket, Remembered[]>()
  #count = 0
  readonly #counted = new WeakMap<IncomingMessage, Marks>()

  constructor(options: AgainOptions) {
    this.#options = options
  }

  /** Keeps what was found out about a request, so that the same on the same connection goes the short way. */
  remember(request: IncomingMessage, known: Known): void {
    const { url = '', method = '', rawHeaders, headers } = request
    if (rawHeaders.reduce((sum, { length }) => sum + length, url.length) > SIZE_LIMIT) return
    // A read of one id is as good as one of another; what is answered again without a look is of one address.
    const isOfAny = known.endpoint.code === 'read' && (known.another !== undefined || !known.again)
    const place = isOfAny ? readPlace(url) : undefined
    const { again, ...ofAny } = known
    this.#keep(request, {
      ...ofAny,
      ...(again && place === undefined ? { again } : {}),
      url,
      place,
      method,
      headers: rawHeaders,
      authorization: headers.authorization,
      acceptEncoding: headers['accept-encoding']?.toString(),
      named: TOLD_BACK.some((name) => headers[name] !== undefined),
    })
  }

  /** What is told of the rhythm, where the short way has counted the request before it was left. */
  counted(request: IncomingMessage): Marks | undefined {
    return this.#counted.get(request)
  }

  /**
   * Answers a request the short way, or leaves it untouched and says false.
   * @param longWay where it goes when that comes to light only later
   */
  answer(request: IncomingMessage, response: ServerResponse, longWay: LongWay): boolean {
    const known = this.#find(request)
    if (known === undefined) return false
    const { authentication, throttle, audit, admission } = this.#options
    const { caller, endpoint } = known
    if (authentication.shown(known.authorization, request.socket) !== caller) return false
    if (audit.full || !throttle.admits(caller, endpoint.polled === true)) return false
    const since = performance.now()
    const id = idIn(known, request)
    const result = atOnce(known, id)
    // Where another look was taken and did not answer, the long way says why.
    if (!result && (known.another || !known.request)) return false
    if (result && isCompressed(known.acceptEncoding, result.status, result.body)) return false
    const place = admission.enter(response)
    if (!place) return false
    if (result && !place.answer(result.body?.length ?? 0)) return false
    throttle.request(caller)
    const marks = endpoint.polled ? throttle.poll(caller) : NO_MARKS
    // Node reads the headers when they are first looked at, which costs as much as looking all of this up.
    const ids = known.named ? idsOf(request) : newIds()
    const own = request.url === known.url ? known.own : [`${endpoint.type}/${id}`]
    const passing: Passing = { known, request, response, since, ids, place, marks, own, id }
    if (result) this.#send(passing, result)
    else void this.#ask(passing, longWay)
    return true
  }

  #find(request: IncomingMessage): Remembered | undefined {
    return this.#known.get(request.socket)?.find((known) => isAt(known, request) && isSame(known, request))
  }

  #keep(request: IncomingMessage, remembered: Remembered): void {
    if (++this.#count > LIMIT) {
      this.#known = new WeakMap()
      this.#count = 1
    }
    const others = (this.#known.get(request.socket) ?? []).filter(
      (known) => !(isAt(known, request) && isSame(known, request)),
    )
    this.#known.set(request.socket, [remembered, ...others].slice(0, CONNECTION_LIMIT))
  }

  /** Asks the interaction. What it refuses, and what has no room, is for the long way to find out anew. */
  async #ask(passing: Passing, longWay: LongWay): Promise<void> {
    const { known, request, response, place, marks } = passing
    const result = await known.endpoint.interaction(this.#options.context, askedBy(passing)).catch(() => undefined)
    if (!result || this.#options.audit.full || !place.answer(result.body?.length ?? 0)) {
      place.leave()
      this.#counted.set(request, marks)
      longWay(request, response)
      return
    }
    this.#send(passing, result)
  }

  #send(passing: Passing, result: FhirReply): void {
    const { known, request, response, since, ids, marks, own } = passing
    const { context, audit, metrics } = this.#options
    const { caller, endpoint, manner, method, route } = known
    const id = ids[1]!
    void audit.record(answeredAs({ ...known.asked, recorded: context.clock(), request: id }, own, result, context))
    if (endpoint.polled) metrics.polled(endpoint, result)
    response.on('finish', () => {
      const ms = performance.now() - since
      const ended = { id, raw: request, method, route, status: result.status, ms, caller, refusal: null }
      metrics.answered(ended)
      logRequest(context.log, ended)
    })
    const told = marks === NO_MARKS ? manner : { ...manner, marks: { ...manner.marks, ...marks } }
    sendAgain(response, result, told, ids)
    if (!result.again || result.again === known.again || known.another) return
    this.remember(request, { ...known, own, request: askedBy(passing), again: result.again })
  }
}

/** The id that a request names. */
const idIn = ({ place, request }: Remembered, { url = '' }: IncomingMessage): string | undefined =>
  place === undefined ? request?.id : url.slice(place.length)

/** The answer that takes no promise. What it fails with is for the long way to find out and tell. */
function atOnce({ again, another }: Known, id: string | undefined): FhirReply | undefined {
  try {
    return again?.() ?? (id === undefined ? undefined : another?.(id))
  } catch {
    return undefined
  }
}

/** What the interaction is asked. */
function askedBy({ known: { request: known }, request, ids, id }: Passing): FhirRequest {
  const asked = { ...known!, requestId: ids[1]!, url: request.url ?? '' }
  return id === undefined ? asked : { ...asked, id }
}

/** Whether a request is for the same address, or where that does not matter for another id there. */
const isAt = ({ place, url }: Remembered, { url: asked = '' }: IncomingMessage): boolean =>
  place === undefined ? asked === url : asked.startsWith(place) && ID.test(asked.slice(place.length))

/** The address of a resource without its id; undefined where it does not end in one. */
function readPlace(url: string): string | undefined {
  const slash = url.lastIndexOf('/') + 1
  return ID.test(url.slice(slash)) ? url.slice(0, slash) : undefined
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
