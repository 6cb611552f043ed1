/**
 * The load: HTTP/1.1 over plain sockets, one request at a time per connection. It knows just enough of HTTP for the
 * two servers it talks to, so that it costs little beside them.
 */
import { connect, type Socket } from 'node:net'

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answer {
  readonly status: number
  readonly head: string
  readonly body: Buffer
}

/** One kept-alive connection. */
export class Connection {
  readonly #socket: Socket
  readonly #host: string
  #received: Buffer = Buffer.alloc(0)
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined

  private constructor(socket: Socket, host: string) {
    this.#socket = socket
    this.#host = host
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
      this.#read()
    })
    const ended = (error?: Error) => {
      this.#waiting?.reject(error ?? new Error('The server closed the connection.'))
      this.#waiting = undefined
    }
    socket.on('error', ended)
    socket.on('close', () => ended())
  }

  /** @param origin `http://127.0.0.1:port` */
  static open(origin: string): Promise<Connection> {
    const { hostname, port, host } = new URL(origin)
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new Connection(socket, host))
      })
    })
  }

  send(request: Request): Promise<Answer> {
    const { method, path, headers = {}, body = '' } = request
    let text = `${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\n`
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`
    if (method !== 'GET') text += `content-length: ${Buffer.byteLength(body)}\r\n`
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(`${text}\r\n${body}`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(): void {
    const headEnd = this.#received.indexOf('\r\n\r\n')
    if (headEnd < 0) return
    const head = this.#received.toString('latin1', 0, headEnd)
    // These two never have a body (RFC 9110 section 6.4.1), and need not say so.
    const bodiless = head.startsWith('304', 9) || head.startsWith('204', 9)
    const length = bodiless ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN)
    if (Number.isNaN(length)) {
      this.#fail(new Error(`An answer without Content-Length: ${head.split('\r\n', 1)[0]}`))
      return
    }
    const end = headEnd + 4 + length
    if (this.#received.length < end) return
    const body = this.#received.subarray(headEnd + 4, end)
    this.#received = this.#received.subarray(end)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body })
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error)
    this.#waiting = undefined
    this.close()
  }
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

export interface Loaded {
  readonly requests: number
  /** Requests per second. */
  readonly rate: number
  /** Latency in ms at the median and at the 99th percentile. */
  readonly p50: number
  readonly p99: number
}

/**
 * Sends as fast as the answers come, on every connection.
 * @throws Error at the first answer with another status: a figure of refusals is worth nothing
 */
export async function load({ connections, duration, next, status }: Load): Promise<Loaded> {
  const latencies: number[] = []
  const start = performance.now()
  await Promise.all(
    connections.map(async (connection) => {
      for (;;) {
        const sent = performance.now()
        if (sent - start >= duration) return
        const request = next()
        if (!request) return
        const answer = await connection.send(request)
        latencies.push(performance.now() - sent)
        if (answer.status !== status) {
          throw new Error(`${request.method} ${request.path}: status ${answer.status}, ${answer.body.toString()}`)
        }
      }
    }),
  )
  const elapsed = performance.now() - start
  latencies.sort((a, b) => a - b)
  const at = (part: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0
  return { requests: latencies.length, rate: (latencies.length * 1000) / elapsed, p50: at(0.5), p99: at(0.99) }
}
