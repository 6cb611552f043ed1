/**
 * The load: HTTP/1.1 over plain sockets, one request at a time per connection. It knows just enough of HTTP for the
 * two servers it talks to, so that it costs little beside them.
 */
import { connect, type Socket } from 'node:net'
import { latenciesOf, type Side } from './measure.ts'

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** An answer; its body is copied only for who looks at it, so that a load of large ones is not slowed down by that. */
export class Answer {
  readonly status: number
  readonly #parts: Buffer[] | undefined
  #missing: number

  /**
   * @param length bytes of the body
   * @param kept whether somebody looks at it
   */
  constructor(status: number, length: number, kept: boolean) {
    this.status = status
    this.#parts = kept ? [] : undefined
    this.#missing = length
  }

  /** @param bytes that are written over soon @returns whether it is complete */
  add(bytes: Buffer): boolean {
    this.#parts?.push(Buffer.from(bytes))
    this.#missing -= bytes.length
    return this.#missing <= 0
  }

  /** @throws Error where it was not kept */
  get body(): Buffer {
    if (!this.#parts) throw new Error('Nobody was to look at this body.')
    return Buffer.concat(this.#parts)
  }
}

const NOTHING = Buffer.alloc(0)

/** What has just come, on whatever connection: it is read before more comes. New memory for each would cost more. */
const ARRIVED = Buffer.alloc(1 << 18)

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  readonly unread: number | undefined
}

/** One kept-alive connection; opened again for the next request when the server has closed it while it was idle. */
export class Connection {
  #socket!: Socket
  readonly #address: URL
  /** Of a head that is not complete. */
  #received: Buffer = NOTHING
  /** Whose body is under way. */
  #answer: Answer | undefined
  #waiting: Waiting | undefined
  #closed = false

  private constructor(address: URL) {
    this.#address = address
  }

  /** @param origin `http://127.0.0.1:port` */
  static async open(origin: string): Promise<Connection> {
    const connection = new Connection(new URL(origin))
    await connection.#connect()
    return connection
  }

  /** @param unread of an answer with this status nobody looks at the body */
  async send(request: Request, unread?: number): Promise<Answer> {
    const { method, path, headers = {}, body = '' } = request
    let text = `${method} ${path} HTTP/1.1\r\nhost: ${this.#address.host}\r\n`
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`
    if (method !== 'GET') text += `content-length: ${Buffer.byteLength(body)}\r\n`
    if (this.#closed) {
      await this.#connect()
      this.#closed = false
      this.#received = NOTHING
      this.#answer = undefined
    }
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) throw new Error('The server has closed the connection.')
      this.#waiting = { resolve, reject, unread }
      this.#socket.write(`${text}\r\n${body}`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  async #connect(): Promise<void> {
    const socket = await opened(this.#address, (chunk) => this.#read(chunk))
    const ended = (error?: Error) => {
      this.#closed = true
      this.#waiting?.reject(error ?? new Error('The server closed the connection.'))
      this.#waiting = undefined
    }
    socket.on('error', ended)
    socket.on('close', () => ended())
    this.#socket = socket
  }

  #read(chunk: Buffer): void {
    const bytes = this.#answer ? chunk : this.#begin(chunk)
    const answer = this.#answer
    if (!bytes || !answer?.add(bytes)) return
    this.#answer = undefined
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve(answer)
  }

  /** Reads the head. @returns what has come of the body; undefined while the head is not complete */
  #begin(chunk: Buffer): Buffer | undefined {
    const received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    this.#received = NOTHING
    const headEnd = received.indexOf('\r\n\r\n')
    if (headEnd < 0) {
      this.#received = Buffer.from(received)
      return undefined
    }
    const head = received.toString('latin1', 0, headEnd)
    // These two never have a body (RFC 9110 section 6.4.1), and need not say so.
    const bodiless = head.startsWith('304', 9) || head.startsWith('204', 9)
    const length = bodiless ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN)
    if (Number.isNaN(length)) {
      this.#fail(new Error(`An answer without Content-Length: ${head.split('\r\n', 1)[0]}`))
      return undefined
    }
    const status = Number(head.slice(9, 12))
    this.#answer = new Answer(status, length, status !== this.#waiting?.unread)
    return received.subarray(headEnd + 4)
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error)
    this.#waiting = undefined
    this.close()
  }
}

function opened({ hostname, port }: URL, read: (chunk: Buffer) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const callback = (length: number): boolean => {
      read(ARRIVED.subarray(0, length))
      return true
    }
    const onread = { buffer: ARRIVED, callback }
    const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/** Sends one request that must be answered with a status. @returns the body */
export async function ask(connection: Connection | undefined, request: Request, status = 200): Promise<Buffer> {
  return (await answered(connection, request, status)).body
}

async function answered(
  connection: Connection | undefined,
  request: Request,
  status: number,
  unread?: number,
): Promise<Answer> {
  if (!connection) throw new Error('There is no connection.')
  const answer = await connection.send(request, unread)
  if (answer.status === status) return answer
  throw new Error(`${request.method} ${request.path}: status ${answer.status} ${answer.body.toString().slice(0, 2000)}`)
}

export interface Load {
  readonly connections: readonly Connection[]
  /** ms; ends earlier when `next` has no more. */
  readonly duration: number
  /** The next request to send. */
  next(): Request | undefined
  /** The only status that counts as done. */
  readonly status: number
}

/**
 * Resolves when all have ended, also when one has failed: what is still on its way would be taken for the answer to
 * what is sent next.
 * @throws the first failure
 */
export async function together<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work)
  return Promise.all(work)
}

/**
 * Sends as fast as the answers come, on every connection.
 * @throws Error at the first answer with another status: a figure of refusals is worth nothing
 */
export async function load({ connections, duration, next, status }: Load): Promise<Side> {
  const times: number[] = []
  const start = performance.now()
  let failed = false
  await together(
    connections.map(async (connection) => {
      while (!failed) {
        const sent = performance.now()
        if (sent - start >= duration) return
        const request = next()
        if (!request) return
        try {
          await answered(connection, request, status, status)
        } catch (error) {
          failed = true
          throw error
        }
        times.push(performance.now() - sent)
      }
    }),
  )
  const elapsed = performance.now() - start
  return { rate: (times.length * 1000) / elapsed, ...latenciesOf(times) }
}

/** A request of an open load: it is due at a moment, whether or not those before it have been answered. */
export interface Due {
  /** ms after the beginning. */
  readonly at: number
  /** Made when it is sent. */
  make(): Request
  readonly status: number
  /** What is done with the answer. */
  answered?(body: Buffer): void
}

/** What came of an open load. */
export interface Opened {
  /** Latencies, ms. */
  readonly times: number[]
  /** Answers with another status than the one expected. */
  readonly errors: number
  readonly ms: number
}

/**
 * Sends each request when it is due, on whichever connection is free; latency counts from the moment it was due, so
 * that a server that stands still is not spared by clients that wait for it.
 * @param due in the order of time
 */
export async function openLoad(connections: readonly Connection[], due: readonly Due[]): Promise<Opened> {
  const times: number[] = []
  let errors = 0
  let next = 0
  const start = performance.now()
  await Promise.all(
    connections.map(async (connection) => {
      for (let one = due[next++]; one !== undefined; one = due[next++]) {
        const wait = one.at - (performance.now() - start)
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
        const answer = await connection.send(one.make(), one.answered ? undefined : one.status)
        times.push(performance.now() - start - one.at)
        if (answer.status === one.status) one.answered?.(answer.body)
        else errors++
      }
    }),
  )
  return { times, errors, ms: performance.now() - start }
}
