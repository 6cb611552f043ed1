/** The same request once more on its connection: answered the short way, which differs in nothing but what it costs. */
import t, { type Test } from 'tap'
import { refuse } from '../../src/fhir/problem.ts'
import type { Audit } from '../../src/http/audit.ts'
import type { FhirReply, FhirRequest } from '../../src/interactions/interaction.ts'
import type { AuditEntry } from '../../src/store/audit-log.ts'
import { type Shell, shell, type ShellOptions } from './shell.ts'
import { type Wire, wire } from './wire.ts'

/** An interaction whose answers hold until the test says otherwise. */
class Kept {
  version = 1
  holds = true
  /** Answers given the short way. */
  again = 0
  reply = (): FhirReply => {
    const answer = (): FhirReply => ({
      status: 200,
      body: `{"resourceType":"Task","id":"1","n":${this.version}}`,
      version: this.version,
      lastModified: Date.UTC(2026, 10, 22),
      answered: ['Task/1'],
      follows: ['handling'],
    })
    const again = (): FhirReply | undefined => {
      if (!this.holds) return undefined
      this.again++
      return answer()
    }
    return { ...answer(), again }
  }
}

interface Scene {
  readonly kept: Kept
  readonly line: Wire
  readonly service: Shell
  readonly trust: { readonly authorization: string }
}

async function scene(t: Test, options: ShellOptions = {}): Promise<Scene> {
  const kept = new Kept()
  const service = shell({ reply: kept.reply, ...options })
  t.teardown(() => service.app.close())
  const [line, trust] = [await wire(t, service.app), await service.authorization()]
  // Verifies the token: from then on the connection is known by it.
  await line.get('/fhir/Task/token', trust)
  service.seen.length = 0
  return { kept, service, line, trust }
}

const PATH = '/fhir/Task/1'

const auditOf = (recorded: AuditEntry[]): Audit => ({
  record: (entry) => void recorded.push(entry),
  full: false,
  lane: (_asked, into) => into,
  flush: async () => {},
})

t.test('the same words on the same connection get the same answer, without reaching the interaction', async (t) => {
  const { kept, line, service, trust } = await scene(t)
  const headers = { ...trust, prefer: 'handling=lenient', 'accept-encoding': 'gzip', 'if-none-match': 'W/"9"' }
  const long = await line.get(PATH, headers)
  const short = await line.get(PATH, headers)
  t.same([service.seen.length, kept.again], [1, 1])
  const { 'x-request-id': first, date: _date, ...rest } = long.headers
  const { 'x-request-id': second, date: _later, ...same } = short.headers
  t.same([short.status, short.text, same], [long.status, long.text, rest])
  t.match(same, { etag: 'W/"1"', 'cache-control': 'no-store', 'preference-applied': 'handling=lenient' })
  t.not(first, second, 'each request has an id of its own')
  const named = await line.get(PATH, { ...headers, 'x-request-id': 'mine' })
  t.equal(service.seen.length, 2, 'a header more is another request')
  const renamed = await line.get(PATH, { ...headers, 'x-request-id': 'other' })
  t.same([service.seen.length, kept.again], [2, 2], 'but not another id')
  t.same([named.headers['x-request-id'], renamed.headers['x-request-id']], ['mine', 'other'])
  kept.version = 2
  const latest = { ...headers, 'x-request-id': 'latest' }
  t.equal((await line.get(PATH, latest)).headers.etag, 'W/"2"', 'what is answered is asked for each time')
  kept.holds = false
  t.equal((await line.get(PATH, latest)).status, 200)
  t.equal(service.seen.length, 3, 'what may have changed is asked anew')
})

t.test('other words, another connection or a body are another request', async (t) => {
  const { kept, line, service, trust } = await scene(t)
  await line.get(PATH, trust)
  const others: [string, Record<string, string>, string?][] = [
    [`${PATH}?_pretty=true`, trust],
    ['/fhir/Task/2', trust],
    [PATH, { ...trust, accept: 'application/json' }],
    [PATH, { ...trust, 'if-none-match': 'W/"1"' }],
    [PATH, { ...trust, 'if-none-match': 'W/"2"' }],
    [PATH, { ...trust, 'purpose-of-use': 'TREAT' }],
    [PATH, trust, 'HEAD'],
    [PATH, await service.authorization('provider')],
    [PATH, { ...trust, 'content-length': '0' }],
    [PATH, { ...trust, 'content-length': '0' }],
    [PATH, { ...trust, 'idempotency-key': '5f0c9a1e-bd3d-4fb1-9d5c-0f5b9a0a5b11' }],
    [PATH, { ...trust, 'idempotency-key': '5f0c9a1e-bd3d-4fb1-9d5c-0f5b9a0a5b11' }],
  ]
  for (const [path, headers, method] of others) t.equal((await line.get(path, headers, method)).status, 200)
  const elsewhere = await wire(t, service.app)
  await elsewhere.get(PATH, trust)
  t.equal(kept.again, 0)
  t.equal(service.seen.length, 1 + others.length + 1)
  t.equal(
    (await line.get(PATH, { ...trust, accept: 'application/json' })).headers['content-type'],
    'application/json; charset=utf-8',
  )
  t.equal((await line.get(PATH, {})).status, 401, 'who shows no token is nobody')
  t.equal((await line.get(PATH, { authorization: 'Bearer x' })).status, 401)
})

t.test('a read of another id in the same words is asked past the routes, and refused by them', async (t) => {
  let asked = 0
  const reply = ({ id }: FhirRequest): FhirReply => {
    asked++
    if (id === 'gone') throw refuse('deleted', 'It was deleted.')
    return { status: 200, body: `{"resourceType":"Task","id":"${id}"}`, version: 1, answered: [] }
  }
  const recorded: AuditEntry[] = []
  const audit = auditOf(recorded)
  const { line, service, trust } = await scene(t, { reply, audit, env: { REQUEST_RATE: '5' } })
  recorded.length = 0
  const read = async (path: string, more = {}): Promise<number> => (await line.get(path, { ...trust, ...more })).status
  t.equal(await read('/fhir/Task/1'), 200)
  const long = service.seen.at(-1)
  const other = await line.get('/fhir/Task/2', trust)
  t.same([other.status, other.text], [200, '{"resourceType":"Task","id":"2"}'])
  const { id: _id, url: _url, requestId, ...words } = service.seen.at(-1) ?? {}
  const { id: _first, url: _place, requestId: before, ...same } = long ?? {}
  t.same(words, same, 'but for the id it is asked the same')
  t.not(requestId, before)
  t.equal(requestId, other.headers['x-request-id'])
  asked = 0
  t.equal(await read('/fhir/Task/gone'), 410)
  t.equal(asked, 2, 'what is refused was asked anew, on the long way')
  t.equal(await read('/fhir/Task/!!'), 404)
  t.equal(asked, 2)
  t.same(
    recorded.map(({ type, kind, status, entities }) => [type, kind, status, entities]),
    [
      ['Task', 'read', 200, ['Task/1']],
      ['Task', 'read', 200, ['Task/2']],
      ['Task', 'read', 410, []],
      ['Task', 'read', 404, []],
    ],
  )
  t.equal(await read('/fhir/Task/3'), 200)
  t.equal(await read('/fhir/Task/4'), 429, 'each was counted once: with the first of all, five in a minute')
})

t.test('a read of another id is answered at once where the answer to the first knows how', async (t) => {
  const others: string[] = []
  const answerTo = (id = ''): FhirReply => ({ status: 200, body: `{"resourceType":"Task","id":"${id}"}`, answered: [] })
  const another = (id: string): FhirReply | undefined => {
    others.push(id)
    if (id === 'broken') throw new Error('The disk is gone.')
    return id === 'unseen' ? undefined : answerTo(id)
  }
  const recorded: AuditEntry[] = []
  const audit = auditOf(recorded)
  const { line, service, trust } = await scene(t, { reply: ({ id }) => ({ ...answerTo(id), another }), audit })
  const asked = async (id: string, more = {}): Promise<string> => {
    const { status, text } = await line.get(`/fhir/Task/${id}`, { ...trust, ...more })
    return `${status} ${(JSON.parse(text) as { id: string }).id}`
  }
  const start = recorded.length
  for (const id of ['1', '2', '1', 'unseen', '3', 'broken', '4']) t.equal(await asked(id), `200 ${id}`)
  t.same(others.splice(0), ['2', '1', 'unseen', '3', 'broken', '4'], 'the first on the connection comes the long way')
  t.same(
    service.seen.map(({ id }) => id),
    ['1', 'unseen', 'broken'],
    'and what was not answered',
  )
  t.same(
    recorded.slice(start).map(({ entities }) => entities.join()),
    ['1', '2', '1', 'unseen', '3', 'broken', '4'].map((id) => `Task/${id}`),
  )
  for (const path of ['/fhir/Task/5?_pretty=true', '/fhir/Task/5/_history/1']) await line.get(path, trust)
  for (const id of ['6', '7']) await asked(id, { 'accept-encoding': 'gzip' })
  for (const id of ['8', '9']) await asked(id, { 'if-none-match': 'W/"3"' })
  t.same(others, [], 'other words, and what may be compressed, take the long way')
})

t.test(
  'an answer that is kept is of its own id, and each way of asking for one is remembered beside the others',
  async (t) => {
    const answerTo = (id = ''): FhirReply => ({
      status: 200,
      body: `{"resourceType":"Task","id":"${id}"}`,
      answered: [],
    })
    const reply = ({ id }: FhirRequest): FhirReply => ({
      ...answerTo(id),
      again: () => answerTo(id),
      another: answerTo,
    })
    const { line, service, trust } = await scene(t, { reply })
    const asked = async (id: string, more = {}): Promise<unknown> =>
      JSON.parse((await line.get(`/fhir/Task/${id}`, { ...trust, ...more })).text)
    for (const id of ['1', '2', '1', '3']) {
      t.match(await asked(id), { id })
      t.match(await asked(id, { 'if-none-match': 'W/"1"' }), { id })
    }
    const conditions = service.seen.map(({ id, ifNoneMatch }) => `${id} ${ifNoneMatch}`)
    t.same(conditions, ['1 undefined', '1 W/"1"'], 'only the first of each comes the long way')
  },
)

t.test('a token that has ended is refused on a connection that has used it', async (t) => {
  const { kept, line, service, trust } = await scene(t)
  for (let i = 0; i < 3; i++) t.equal((await line.get(PATH, trust)).status, 200)
  t.equal(kept.again, 2)
  service.pass(61_000)
  t.equal((await line.get(PATH, trust)).status, 200)
  t.equal(kept.again, 2, 'what its issuer may have withdrawn is verified anew')
  service.pass(86_400_000)
  const refused = await line.get(PATH, trust)
  t.equal(refused.status, 401)
  t.match(refused.text, /token-expired/)
  t.equal(kept.again, 2)
})

t.test('the short way is counted, limited, logged and put on record like the long one', async (t) => {
  const recorded: AuditEntry[] = []
  const audit = auditOf(recorded)
  const { kept, line, service, trust } = await scene(t, { env: { POLL_LIMIT: '3', LOG_LEVEL: 'info' }, audit })
  const rhythms: (string | undefined)[] = []
  for (let i = 0; i < 3; i++) {
    const { headers } = await line.get('/fhir/Task?status=requested', { ...trust, 'x-correlation-id': `walk-${i}` })
    rhythms.push(headers.ratelimit?.toString())
    t.equal(headers['x-correlation-id'], `walk-${i}`)
  }
  t.same([service.seen.length, kept.again], [1, 2])
  t.same(rhythms, ['"poll";r=2;t=20', '"poll";r=1;t=40', '"poll";r=0;t=60'])
  const refused = await line.get('/fhir/Task?status=requested', { ...trust, 'x-correlation-id': 'walk-4' })
  t.same([refused.status, refused.headers['retry-after']], [429, '20'])
  t.match(refused.text, /polling-too-fast/)
  const { text } = await line.get('/metrics')
  t.match(text, 'http_requests_total{route="/fhir/Task",method="GET",status="200"} 3')
  t.match(text, 'http_requests_in_hand 0')
  t.match(text, 'polls_total{kind="search",answer="empty"} 3')
  const lines = service.log.filter(({ msg, route }) => msg === 'request' && route === '/fhir/Task')
  t.same(
    lines.map(({ status, correlationId, organization, role }) => [status, correlationId, organization, role]),
    [200, 200, 200, 429].map((status, i) => [status, `walk-${i === 3 ? 4 : i}`, 'RBA', 'trust']),
  )
  const polls = recorded.filter(({ kind }) => kind === 'search-type')
  t.same(
    polls.map(({ org, role, status, parameters, entities }) => [org, role, status, parameters, entities]),
    [200, 200, 200, 429].map((status) => ['RBA', 'trust', status, 'status', status === 200 ? ['Task/1'] : []]),
  )
  t.equal(new Set(polls.map(({ request }) => request)).size, 4, 'each under its own id')
})

t.test('a service that stops or is full says so on the short way too', async (t) => {
  const { kept, line, service, trust } = await scene(t, { env: { REQUEST_LIMIT: '1' } })
  await line.get(PATH, trust)
  await line.get(PATH, trust)
  t.equal(kept.again, 1)
  let open: () => void = () => {}
  const busy = new Promise<void>((resolve) => (open = resolve))
  const reply = async ({ id }: FhirRequest): Promise<FhirReply> => {
    if (id === 'slow') await busy
    return { status: 200, body: '{}', answered: [] }
  }
  const held = await scene(t, { reply, env: { REQUEST_LIMIT: '1' } })
  const two = await wire(t, held.service.app)
  await held.line.get(PATH, held.trust)
  await two.get(PATH, held.trust)
  const first = held.line.get('/fhir/Task/slow', held.trust)
  while (held.service.seen.length < 3) await new Promise((resolve) => setImmediate(resolve))
  t.equal((await two.get(PATH, held.trust)).status, 503, 'what is asked past the routes takes a place')
  t.match((await two.get('/metrics')).text, 'http_requests_in_hand 1')
  open()
  t.equal((await first).status, 200)
  const stopping = service.app.close()
  const last = await line.get(PATH, trust).catch((error: NodeJS.ErrnoException) => error.code)
  t.match(last, /ECONNRE|503/.test(String(last)) ? last : { status: 503 })
  await stopping
  t.equal(kept.again, 1)
})

t.test('few requests of a connection are remembered, and none with endless words', async (t) => {
  const { kept, line, service, trust } = await scene(t)
  for (let i = 0; i < 40; i++) await line.get(`/fhir/Task/${i}`, trust)
  await line.get('/fhir/Task/0', trust)
  t.same([service.seen.length, kept.again], [41, 0])
  const long = { ...trust, 'x-words': 'x'.repeat(9000) }
  for (let i = 0; i < 3; i++) await line.get(PATH, long)
  t.same([service.seen.length, kept.again], [44, 0])
})
