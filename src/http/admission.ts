/**
 * Who is let in, so that memory stays bounded whatever is sent. Three things are counted: requests in hand, bytes of
 * large bodies on their way or being worked on, and bytes of answers that nobody has fetched yet. What does not fit is
 * refused with 503 and Retry-After before anything of it is done; large bodies first wait a little for room, unread.
 * While the service stops, nobody new is let in and everybody who is in hand gets an answer.
 */
import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Problem, refuse } from '../fhir/problem.ts'
import { isFhirUrl, pathOf } from './query-text.ts'
import { readPrefer } from './prefer.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The place it takes; null while it is not let in. */
    place: Place | null
  }
}

/**
 * Bytes up to which a body or an answer is not counted: orders are 10 to 40 kB, so what everybody sends never stands
 * behind a few large ones, and the limit on requests bounds them all (1,000 of them: 64 MB).
 */
const SMALL = 65_536
/**
 * ms that a large body waits for room. Longer and a sender with a usual time limit of 10 s would hear nothing at all.
 */
const ROOM_WAIT = 5000
/** One client's part of the room for bodies, and of the requests whose bodies are under way: four must join to fill it. */
const SHARE = 4
/** ms between two looks for answers that nobody fetches. */
const SWEEP = 1000

/** Addresses that are always answered: who asks how the service is must hear it above all when it is full. */
const OPERATIONAL: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics'])

export interface AdmissionOptions {
  /** Requests in hand at a time. */
  readonly requests: number
  /** Requests with `Prefer: wait` that do not count among them: they are idle. */
  readonly waiting: number
  /** Bytes of large bodies at a time. */
  readonly bodies: number
  /** Bytes that one body may have: reserved where a length is not told, or a body is compressed. */
  readonly bodyLimit: number
  /** Bytes of large answers that have not left. */
  readonly answers: number
  /** ms that a client may take to fetch an answer. */
  readonly answerTimeout: number
}

export interface AdmissionFigures {
  /** Requests in hand but those with `Prefer: wait`. */
  readonly requests: number
  /** Requests that wait for room for their body. */
  readonly queued: number
  readonly bodyBytes: number
  readonly answerBytes: number
}

export interface Admission {
  figures(): AdmissionFigures
  /** Everybody who was let in has had an answer. */
  idle(): boolean
  /** Nobody is let in any more; answers end their connections. */
  stop(): void
  readonly stopping: boolean
  /** The body has arrived and has so many bytes unpacked: what was reserved beyond it is given back. */
  arrived(request: FastifyRequest, bytes: number): void
  /** The interaction works, up to the returned call: its place is kept even when its sender hangs up. */
  work(request: FastifyRequest): () => void
  /**
   * Counts an answer until it has left, and the time from now on.
   * @param repeatable nothing was written, so the answer may be withheld
   * @throws Problem busy when too many answers wait for slow readers
   */
  answer(request: FastifyRequest, bytes: number, repeatable: boolean): void
  /** Lets in a request that is worked on; undefined where there is no room for it now, or the service stops. */
  enter(response: ServerResponse): Entered | undefined
}

/** The place of a request that was let in, which is kept even when its sender hangs up. */
export interface Entered {
  /** Counts an answer of so many bytes as `Admission.answer` does; without room for it the place is given back, and false. */
  answer(bytes: number): boolean
  /** Gives the place back: there is no answer from here. */
  leave(): void
}

/** Those that ask for news and may wait for it hold nothing but their connection. */
type Kind = 'ordinary' | 'waiting' | 'operational'

/** What one request holds. */
class Place {
  readonly response: ServerResponse
  readonly kind: Kind
  client = ''
  /** Its body is under way. */
  arriving = false
  bodyBytes = 0
  answerBytes = 0
  /** ms of `performance.now`; 0 until there is an answer. */
  answeredAt = 0
  working = false
  closed = false
  /** Set while it waits for room: gives up. */
  giveUp: (() => void) | undefined
  /** Among all that are taken; -1 when it is given back. */
  index = -1

  constructor(response: ServerResponse, kind: Kind) {
    this.response = response
    this.kind = kind
  }
}

/**
 * All places that are taken. Not a Set: one that is added to and deleted from without end gets a new table again and again,
 * each of which leads from the one before, and once one of them is old, the collector of young garbage follows them to
 * every response that was ever in one.
 */
class Places {
  readonly #taken: Place[] = []

  get all(): readonly Place[] {
    return this.#taken
  }

  get size(): number {
    return this.#taken.length
  }

  add(place: Place): void {
    place.index = this.#taken.push(place) - 1
  }

  /** @returns false where it was given back before */
  delete(place: Place): boolean {
    const { index } = place
    if (index < 0) return false
    place.index = -1
    const last = this.#taken.pop()!
    if (last === place) return true
    this.#taken[index] = last
    last.index = index
    return true
  }
}

interface Arrivals {
  requests: number
  bytes: number
}

/** Registers the hooks on the whole application; before those that ask who is asking. */
export function registerAdmission(app: FastifyInstance, options: AdmissionOptions): Admission {
  const rooms = new Rooms(options)
  const places = new Places()
  const counts = { ordinary: 0, waiting: 0, operational: 0 }
  let answerBytes = 0
  let stopping = false
  let sweeper: NodeJS.Timeout | undefined

  const leave = (place: Place): void => {
    if (place.working || !place.closed || !places.delete(place)) return
    counts[place.kind]--
    answerBytes -= place.answerBytes
    rooms.leave(place)
  }
  const sweep = (): void => {
    const before = performance.now() - options.answerTimeout
    for (const { answeredAt, response } of [...places.all])
      if (answeredAt > 0 && answeredAt < before) response.destroy()
    if (places.size > 0) return
    clearInterval(sweeper)
    sweeper = undefined
  }
  const kindOf = (request: FastifyRequest): Kind => {
    // Most requests are for FHIR, and Fastify makes these options anew each time.
    if (!isFhirUrl(request.url) && OPERATIONAL.has(request.routeOptions.url ?? '')) return 'operational'
    return counts.waiting < options.waiting && waits(request) ? 'waiting' : 'ordinary'
  }
  const take = (response: ServerResponse, kind: Kind): Place => {
    const place = new Place(response, kind)
    places.add(place)
    counts[kind]++
    sweeper ??= setInterval(sweep, SWEEP).unref()
    // It closes once, and a listener that takes itself away costs more.
    response.on('close', () => {
      place.closed = true
      place.giveUp?.()
      leave(place)
    })
    return place
  }
  const letIn = (request: FastifyRequest, reply: FastifyReply): void => {
    const kind = kindOf(request)
    if (kind !== 'operational' && stopping) throw full(STOPPING)
    if (kind === 'ordinary' && counts.ordinary >= options.requests) throw full(TOO_MANY)
    request.place = take(reply.raw, kind)
  }
  const hasRoom = (bytes: number): boolean => bytes <= SMALL || answerBytes + bytes <= options.answers
  const answered = (place: Place, bytes: number): void => {
    place.answeredAt = performance.now()
    if (bytes <= SMALL || place.closed) return
    place.answerBytes = bytes
    answerBytes += bytes
  }

  app.decorateRequest('place', null)
  app.addHook('onRequest', (request, reply, done) => {
    try {
      letIn(request, reply)
      done()
    } catch (error) {
      done(error as Error)
    }
  })
  // After those who ask who is asking: a stranger cannot reserve anything.
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const { place } = request
    const bytes = place ? bytesOf(request, options.bodyLimit) : undefined
    if (!place || bytes === undefined) {
      done(null, payload)
      return
    }
    const { organization = '', client = '' } = request.caller ?? {}
    rooms.enter(place, `${organization}\n${client}`, bytes, (refused) => done(refused ?? null, payload))
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    if (stopping) reply.header('connection', 'close')
    if (request.place) request.place.answeredAt = performance.now()
    done(null, payload)
  })

  return {
    figures: () => ({
      requests: counts.ordinary,
      queued: rooms.queued,
      bodyBytes: rooms.bytes,
      answerBytes,
    }),
    idle: () => places.size === 0,
    stop() {
      stopping = true
    },
    get stopping() {
      return stopping
    },
    arrived({ place }, bytes) {
      if (place) rooms.settle(place, bytes)
    },
    work({ place }) {
      if (!place) return () => {}
      place.working = true
      return () => {
        place.working = false
        leave(place)
      }
    },
    answer({ place }, bytes, repeatable) {
      if (!place) return
      if (repeatable && !place.closed && !hasRoom(bytes)) throw full(TOO_SLOW)
      answered(place, bytes)
    },
    enter(response) {
      if (stopping || counts.ordinary >= options.requests) return undefined
      const place = take(response, 'ordinary')
      place.working = true
      const end = (): void => {
        place.working = false
        leave(place)
      }
      const giveBack = (): void => {
        place.closed = true
        end()
      }
      return {
        leave: giveBack,
        answer(bytes) {
          if (!hasRoom(bytes)) {
            giveBack()
            return false
          }
          answered(place, bytes)
          end()
          return true
        },
      }
    },
  }
}

/** The room for bodies. Those who wait for it are served in the order in which they came, each client up to its share. */
class Rooms {
  readonly #options: AdmissionOptions
  readonly #clients = new Map<string, Arrivals>()
  readonly #queue: { readonly place: Place; readonly bytes: number; readonly enter: () => void }[] = []
  bytes = 0

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  get queued(): number {
    return this.#queue.length
  }

  /** Calls `done` when the body may be read, or with the reason why not. */
  enter(place: Place, client: string, bytes: number, done: (refused?: Problem) => void): void {
    const arrivals = this.#clients.get(client) ?? { requests: 0, bytes: 0 }
    if (arrivals.requests >= Math.max(1, this.#options.requests / SHARE)) {
      done(full(TOO_MANY_OF_YOURS))
      return
    }
    arrivals.requests++
    this.#clients.set(client, arrivals)
    place.client = client
    place.arriving = true
    if (bytes <= SMALL) {
      done()
      return
    }
    const end = (refused?: Problem): void => {
      clearTimeout(timer)
      place.giveUp = undefined
      const at = this.#queue.indexOf(entry)
      if (at >= 0) this.#queue.splice(at, 1)
      done(refused)
    }
    const timer = setTimeout(() => end(full(TOO_LARGE_NOW)), ROOM_WAIT).unref()
    // Its connection is gone: nobody hears it.
    place.giveUp = () => end(full(TOO_LARGE_NOW))
    const entry = { place, bytes, enter: () => end() }
    this.#queue.push(entry)
    this.#serve()
  }

  /** The body is there. */
  settle(place: Place, bytes: number): void {
    this.#arrived(place)
    if (place.bodyBytes > 0) this.#give(place, bytes <= SMALL ? 0 : Math.min(bytes, place.bodyBytes))
  }

  leave(place: Place): void {
    this.#arrived(place)
    if (place.bodyBytes > 0) this.#give(place, 0)
  }

  #arrived(place: Place): void {
    if (!place.arriving) return
    place.arriving = false
    const arrivals = this.#clients.get(place.client)
    if (!arrivals) return
    arrivals.requests--
    this.#forget(place.client, arrivals)
  }

  #give(place: Place, kept: number): void {
    const given = place.bodyBytes - kept
    place.bodyBytes = kept
    this.bytes -= given
    const arrivals = this.#clients.get(place.client)
    if (arrivals) {
      arrivals.bytes -= given
      this.#forget(place.client, arrivals)
    }
    this.#serve()
  }

  #forget(client: string, { requests, bytes }: Arrivals): void {
    if (requests === 0 && bytes === 0) this.#clients.delete(client)
  }

  #serve(): void {
    const { bodies } = this.#options
    for (const { place, bytes, enter } of [...this.#queue]) {
      // One body always fits, however the limits are set.
      if (this.bytes > 0 && this.bytes + bytes > bodies) return
      const arrivals = this.#clients.get(place.client)
      if (!arrivals || (arrivals.bytes > 0 && arrivals.bytes + bytes > bodies / SHARE)) continue
      arrivals.bytes += bytes
      this.bytes += bytes
      place.bodyBytes = bytes
      enter()
    }
  }
}

const STOPPING =
  'The service is stopping: send the same request again after the time in Retry-After, on a new connection.'
const TOO_MANY =
  'Too many requests are being worked on: send the same request again after the time in Retry-After. Nothing of it was done.'
const TOO_MANY_OF_YOURS =
  'Too many bodies of yours are under way: send them faster or fewer at a time, and this one again after the time in Retry-After. Nothing of it was done.'
const TOO_LARGE_NOW =
  'There is no room for a body of this size now: send fewer large ones at a time, and this one again after the time in Retry-After. Nothing of it was done.'
const TOO_SLOW =
  'Too many answers wait to be fetched: ask again after the time in Retry-After, for fewer resources (_count) or from a faster line.'

const full = (words: string): Problem => refuse('busy', words, undefined, { 'retry-after': '1' })

/** Asks to be kept waiting for news. */
const waits = ({ url, headers }: FastifyRequest): boolean =>
  headers.prefer !== undefined &&
  pathOf(url).endsWith('/$changes') &&
  readPrefer(headers.prefer.toString()).wait !== undefined

/** Bytes that the body may come to; undefined when there is none, or one that is refused unread. */
function bytesOf({ headers }: FastifyRequest, limit: number): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return limit
  const length = Number(headers['content-length'] ?? 0)
  if (length === 0 || length > limit) return undefined
  return headers['content-encoding'] === undefined ? length : limit
}
