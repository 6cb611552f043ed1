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

/** An answer; its body is put together only for who looks at it, so that a load of large ones is not slowed down by copying. */
export class Answer {
  readonly status: number
  readonly #parts: Buffer[] = []
  #missing: number

  /** @param length bytes of the body */
  constructor(status: number, length: number) {
    this.status = status
    this.#missing = length
  }

  /** @returns whether it is complete */
  add(bytes: Buffer): boolean {
    this.#parts.push(bytes)
    this.#missing -= bytes.length
    return this.#missing <= 0
  }

  get body(): Buffer {
    return this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
  }
}

const NOTHING = Buffer.alloc(0)

/** One kept-alive connection; opened again for the next request when the server has closed it while it was idle. */
export class Connection {
  #socket: Socket
  readonly #address: URL
  /** Of a head that is not complete. */
  #received: Buffer = NOTHING
  /** Whose body is under way. */
  #answer: Answer | undefined
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined
  #closed = false

  private constructor(socket: Socket, address: URL) {
    this.#socket = this.#listen(socket)
    this.#address = address
  }

  /** @param origin `http://127.0.0.1:port` */
  static async open(origin: string): Promise<Connection> {
    const address = new URL(origin)
    return new Connection(await opened(address), address)
  }

  async send(request: Request): Promise<Answer> {
    const { method, path, headers = {}, body = '' } = request
    let text = `${method} ${path} HTTP/1.1\r\nhost: ${this.#address.host}\r\n`
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`
    if (method !== 'GET') text += `content-length: ${Buffer.byteLength(body)}\r\n`
    if (this.#closed) {
      this.#socket = this.#listen(await opened(this.#address))
      this.#closed = false
      this.#received = NOTHING
      this.#answer = undefined
    }
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) throw new Error('The server has closed the connection.')
      this.#waiting = { resolve, reject }
      this.#socket.write(`${text}\r\n${body}`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #listen(socket: Socket): Socket {
    const ended = (error?: Error) => {
      this.#closed = true
      this.#waiting?.reject(error ?? new Error('The server closed the connection.'))
      this.#waiting = undefined
    }
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', ended)
    socket.on('close', () => ended())
    return socket
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
      this.#received = received
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
    this.#answer = new Answer(Number(head.slice(9, 12)), length)
    return received.subarray(headEnd + 4)
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error)
    this.#waiting = undefined
    this.close()
  }
}

function opened({ hostname, port }: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
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

async function answered(connection: Connection | undefined, request: Request, status: number): Promise<Answer> {
  if (!connection) throw new Error('There is no connection.')
  const answer = await connection.send(request)
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
          await answered(connection, request, status)
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
        const { status, body } = await connection.send(one.make())
        times.push(performance.now() - start - one.at)
        if (status === one.status) one.answered?.(body)
        else errors++
      }
    }),
  )
  return { times, errors, ms: performance.now() - start }
}
