/** Danger: too much at once, too slowly, or at the moment of stopping. Real sockets; nothing is measured in time. */
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { FhirReply } from '../../src/interactions/interaction.ts'
import { startExchange } from '../helper.ts'
import { orderBundle } from '../orders.ts'
import { type Shell, shell, type ShellOptions } from './shell.ts'

const OK: FhirReply = { status: 200, body: '{"resourceType":"Basic"}' }

/** Interactions that answer when the test says so. */
class Gate {
  readonly #waiting: ((reply: FhirReply) => void)[] = []
  reply = (): Promise<FhirReply> => new Promise((resolve) => this.#waiting.push(resolve))
  get inside(): number {
    return this.#waiting.length
  }
  /** Resolves when so many are inside. */
  async holds(count: number): Promise<void> {
    while (this.inside < count) await turn()
  }
  open(reply: FhirReply = OK): void {
    for (const resolve of this.#waiting.splice(0)) resolve(reply)
  }
}

class Listening {
  readonly shell: Shell
  readonly port: number

  constructor(shell: Shell) {
    this.shell = shell
    this.port = (shell.app.server.address() as AddressInfo).port
  }

  static async start(t: Test, options: ShellOptions = {}): Promise<Listening> {
    const made = shell(options)
    await made.app.listen({ port: 0, host: '127.0.0.1' })
    t.teardown(() => made.app.close())
    return new Listening(made)
  }

  /** A connection and everything that comes back on it. */
  async dial(): Promise<Line> {
    const socket = connect({ port: this.port, host: '127.0.0.1', allowHalfOpen: false })
    await once(socket, 'connect')
    return new Line(socket)
  }

  /** The head of a POST; the body is for the caller to send. */
  async head(length: number | 'chunked', client = 'RBA', path = '/fhir/Task'): Promise<string> {
    const { authorization } = await this.shell.authorization('trust', client)
    const framing = length === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${length}`
    return `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: application/fhir+json\r\n${framing}\r\n\r\n`
  }

  async get(path: string): Promise<string> {
    const { authorization } = await this.shell.authorization()
    return `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`
  }

  async metric(name: string): Promise<number> {
    const { body } = await this.shell.app.inject('/metrics')
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(body)?.[1])
  }

  /** Resolves when a metric has the value. */
  async until(name: string, value: number): Promise<void> {
    while ((await this.metric(name)) !== value) await turn()
  }
}

class Line {
  readonly socket: Socket
  readonly closed: Promise<unknown>
  text = ''

  constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      this.text += chunk
    })
  }

  send(text: string): this {
    this.socket.write(text)
    return this
  }

  /** Resolves when what came back matches. */
  async says(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.socket.destroyed) throw new Error(`The connection was closed after: ${this.text}`)
      await turn()
    }
    return this.text
  }
}

const body = (bytes: number): string => JSON.stringify({ resourceType: 'Task', note: 'x'.repeat(bytes - 33) })

t.test('more requests than may be in hand: refused at once and unread, while health is answered', async (t) => {
  const gate = new Gate()
  const service = await Listening.start(t, { reply: gate.reply, env: { REQUEST_LIMIT: '2' } })
  const [one, two, three] = [await service.dial(), await service.dial(), await service.dial()]
  for (const line of [one, two]) line.send(await service.get('/fhir/Task/1'))
  await gate.holds(2)
  // A body is announced and never sent: the refusal does not wait for it.
  three.send(`POST /fhir/Task HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n`)
  const refusal = await three.says(/\}$/)
  t.match(refusal, /^HTTP\/1\.1 503 /)
  t.match(refusal, /\r\nretry-after: 1\r\n/i)
  t.match(refusal, /"resourceType":"OperationOutcome".*"busy"/)
  const four = await service.dial()
  four.send('GET /health HTTP/1.1\r\nhost: x\r\n\r\nGET /ready HTTP/1.1\r\nhost: x\r\n\r\n')
  t.match(await four.says(/ready"\}$/), /^HTTP\/1\.1 200 [^]*HTTP\/1\.1 200 /)
  gate.open()
  for (const line of [one, two]) t.match(await line.says(/Basic/), /^HTTP\/1\.1 200 /)
  await service.until('http_requests_in_hand', 0)
  two.send(await service.get('/fhir/Task/1'))
  await gate.holds(1)
  gate.open()
  await two.says(/Basic[^]*Basic/)
})

t.test('somebody who hangs up keeps the place until the work has ended', async (t) => {
  const gate = new Gate()
  const service = await Listening.start(t, { reply: gate.reply, env: { REQUEST_LIMIT: '1' } })
  const gone = (await service.dial()).send(await service.get('/fhir/Task/1'))
  await gate.holds(1)
  gone.socket.destroy()
  await gone.closed
  const next = (await service.dial()).send(await service.get('/fhir/Task/1'))
  t.match(await next.says(/\}$/), /^HTTP\/1\.1 503 /)
  gate.open()
  await service.until('http_requests_in_hand', 0)
})

t.test('large bodies at once: they wait unread for room, each client to its share, and small ones pass', async (t) => {
  const gate = new Gate()
  const service = await Listening.start(t, { reply: gate.reply, env: { BODY_MEMORY: '400000' } })
  const large = body(100_000)
  const slow = (await service.dial()).send((await service.head(large.length)) + large.slice(0, 10))
  await service.until('http_body_bytes', 100_000)
  const same = (await service.dial()).send((await service.head(large.length)) + large)
  await service.until('http_bodies_queued', 1)
  t.equal(gate.inside, 0, 'more of the same client waits')
  const small = body(200)
  ;(await service.dial()).send((await service.head(small.length)) + small)
  await gate.holds(1)
  const others = await Promise.all(
    ['RTH', 'RX1', 'RYJ'].map(async (trust) =>
      (await service.dial()).send((await service.head(large.length, trust)) + large),
    ),
  )
  await gate.holds(4)
  t.equal(await service.metric('http_body_bytes'), 400_000, 'other clients pass, until the room is full')
  const hasty = (await service.dial()).send((await service.head('chunked', 'R1K')) + 'ffff\r\n')
  await service.until('http_bodies_queued', 2)
  hasty.socket.destroy()
  await service.until('http_bodies_queued', 1)
  slow.send(large.slice(10))
  await gate.holds(5)
  gate.open()
  for (const line of [slow, ...others]) await line.says(/Basic/)
  await gate.holds(1)
  gate.open()
  t.match(await same.says(/\}$/), /^HTTP\/1\.1 200 /, 'who has waited has lost nothing')
  await service.until('http_body_bytes', 0)
  await service.until('http_requests_in_hand', 0)
})

t.test('bodies without a length or compressed are reserved at their limit, and kept at what they are', async (t) => {
  const gate = new Gate()
  const service = await Listening.start(t, { reply: gate.reply, env: { BODY_LIMIT: '300000', BODY_MEMORY: '400000' } })
  const text = body(100_000)
  const line = (await service.dial()).send(await service.head('chunked'))
  await service.until('http_body_bytes', 300_000)
  line.send(`${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`)
  await gate.holds(1)
  t.equal(await service.metric('http_body_bytes'), 100_000)
  gate.open()
  await line.says(/Basic/)
  const over = (await service.dial()).send(await service.head(300_001))
  t.match(await over.says(/\}$/), /^HTTP\/1\.1 413 /, 'what is too large anyway takes no room')
  await service.until('http_body_bytes', 0)
})

t.test('a client that trickles many bodies at a time fills its share, not the service', async (t) => {
  const service = await Listening.start(t, { env: { REQUEST_LIMIT: '8' } })
  const small = body(200)
  const trickle = await Promise.all(
    [1, 2].map(async () => (await service.dial()).send((await service.head(small.length)) + small.slice(0, 5))),
  )
  await service.until('http_requests_in_hand', 2)
  const third = (await service.dial()).send((await service.head(small.length)) + small)
  t.match(await third.says(/\}$/), /^HTTP\/1\.1 503 [^]*of yours/)
  const other = (await service.dial()).send((await service.head(small.length, 'RTH')) + small)
  t.match(await other.says(/Basic/), /^HTTP\/1\.1 200 /)
  for (const line of trickle) t.match(await line.send(small.slice(5)).says(/Basic/), /^HTTP\/1\.1 200 /)
})

t.test('a head or a body that never ends is cut off with 408', async (t) => {
  const service = await Listening.start(t, { env: { HEADERS_TIMEOUT: '1', REQUEST_TIMEOUT: '2' } })
  const lines = [
    (await service.dial()).send('GET /fhir/Task HTTP/1.1\r\nhost: '),
    (await service.dial()).send((await service.head(1000)) + '{'),
    (await service.dial()).send((await service.head('chunked')) + '1\r\n{\r\n'),
  ]
  for (const line of lines) {
    await line.closed
    t.match(line.text, /^HTTP\/1\.1 408 [^]*"request-timeout"/)
  }
  await service.until('http_requests_in_hand', 0)
  const silent = await Listening.start(t, { env: { HEADERS_TIMEOUT: '1', REQUEST_TIMEOUT: '1' } })
  const nothing = await silent.dial()
  await nothing.closed
  t.pass('a connection on which nothing is ever said is cut too')
})

t.test('answers that nobody fetches: reads are refused meanwhile, and the connection is cut in the end', async (t) => {
  const page = { status: 200, body: JSON.stringify({ resourceType: 'Bundle', note: 'x'.repeat(30_000_000) }) }
  const service = await Listening.start(t, {
    reply: () => page,
    env: { ANSWER_MEMORY: '40000000', ANSWER_TIMEOUT: '1' },
  })
  const slow = await service.dial()
  slow.socket.pause()
  slow.send(await service.get('/fhir/Task'))
  await service.until('http_answer_bytes', page.body.length)
  const reader = (await service.dial()).send(await service.get('/fhir/Task'))
  t.match(await reader.says(/\}$/), /^HTTP\/1\.1 503 [^]*fetched/)
  const text = body(100)
  const writer = (await service.dial()).send((await service.head(text.length)) + text)
  t.match(await writer.says(/xxx/), /^HTTP\/1\.1 200 /, 'what was written is answered: the sender must know')
  writer.socket.destroy()
  await service.until('http_answer_bytes', 0)
  t.pass('the slow one was cut off')
  slow.socket.destroy()
})

t.test('more connections than allowed: idle ones give way', async (t) => {
  const service = await Listening.start(t, { env: { CONNECTION_LIMIT: '2' } })
  const idle = (await service.dial()).send('GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
  await idle.says(/alive/)
  const busy = (await service.dial()).send('GET /health HTTP/1.1\r\nhost: ')
  const third = await service.dial()
  await third.closed
  await idle.closed
  const fourth = (await service.dial()).send('GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
  await fourth.says(/alive/)
  await busy.send('x\r\n\r\n').says(/alive/)
})

t.test(
  'a stop: who is in hand is answered, who comes is refused, and silent connections do not hold it up',
  async (t) => {
    const gate = new Gate()
    const service = await Listening.start(t, { reply: gate.reply })
    const { app } = service.shell
    const silent = await service.dial()
    const half = (await service.dial()).send('GET /fhir/Task HTTP/1.1\r\nhost: ')
    const inHand = (await service.dial()).send(await service.get('/fhir/Task/1'))
    const text = body(200)
    const arriving = (await service.dial()).send((await service.head(text.length)) + text.slice(0, 50))
    const [post, get] = [arriving, await service.get('/fhir/Task/1')]
    await service.until('http_requests_in_hand', 2)
    await gate.holds(1)
    const stopped = app.close()
    while (app.server.listening) await turn()
    inHand.send(get)
    half.send(`x\r\n\r\n`)
    t.match(
      await half.says(/\}$/),
      /^HTTP\/1\.1 503 [^]*connection: close[^]*stopping/i,
      'a new one is told to go elsewhere',
    )
    post.send(text.slice(50))
    await gate.holds(2)
    gate.open()
    for (const line of [inHand, post]) {
      await line.closed
      t.match(line.text, /^HTTP\/1\.1 200 [^]*connection: close[^]*Basic/i, 'what was let in is answered whole')
    }
    await silent.closed
    await stopped
    t.equal(await refusedConnection(service.port), 'ECONNREFUSED', 'nobody listens any more')
  },
)

async function refusedConnection(port: number): Promise<unknown> {
  const socket = connect({ port, host: '127.0.0.1' })
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  return error.code
}

t.test('a stop answers those who wait for news, and loses no write that was let in', async (t) => {
  const exchange = await startExchange(t, { REQUEST_LIMIT: '80', WAITING_LIMIT: '40', WAITING_PER_ORGANIZATION: '40' })
  const { app } = exchange
  await app.listen({ port: 0, host: '127.0.0.1' })
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const token = async (role: string, organization: string): Promise<string> => {
    const form = {
      grant_type: 'client_credentials',
      client_id: 'sandbox',
      client_secret: 'sandbox',
      role,
      organization,
    }
    const answer = await fetch(`${origin}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) })
    return `Bearer ${((await answer.json()) as { access_token: string }).access_token}`
  }
  const [provider, trust] = [await token('provider', 'VN6XW'), await token('trust', 'RBA')]
  const waiting = Array.from({ length: 40 }, () =>
    fetch(`${origin}/fhir/Task/$changes`, { headers: { authorization: provider, prefer: 'wait=20' } }),
  )
  while (exchange.context.arrivals.waiting() < 40) await turn()
  const orders = Array.from({ length: 60 }, async () => {
    const headers = { authorization: trust, 'content-type': 'application/fhir+json' }
    // Who comes when nobody listens any more gets no answer, and nothing of it is stored.
    const answer = await fetch(`${origin}/fhir`, {
      method: 'POST',
      headers,
      body: JSON.stringify(orderBundle()),
    }).catch(() => undefined)
    return answer?.status
  })
  const [first] = await Promise.all([Promise.race(orders), ...waiting.slice(0, 1)])
  t.equal(first, 200)
  await exchange.close()
  const answers = await Promise.all(orders)
  t.same(
    answers.filter((status) => status !== 200 && status !== 503 && status !== undefined),
    [],
    'stored, refused, or never heard',
  )
  for (const answer of await Promise.all(waiting)) t.equal(answer.status, 200)
  const again = await startExchange(t, { DATABASE_URL: exchange.databaseUrl })
  const [row] = await again.context.database.query<{ n: number }>(
    `SELECT COUNT(*) AS n FROM resource WHERE type = 'Task'`,
  )
  t.equal(row?.n, answers.filter((status) => status === 200).length, 'what was answered is there, and nothing else')
})
