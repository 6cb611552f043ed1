/** The demonstration tells the story, and it fails when the service does not do what the story says. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { request } from 'undici'
import { packageRoot, readConfig } from '../../src/config.ts'
import { play } from '../../src/demo/story.ts'
import { serve } from '../../src/serve.ts'
import { freshDatabase } from '../database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the demonstration as `npm run demo` does. */
function demo(nodeOptions: readonly string[] = []): Promise<Ended> {
  const child = spawn(process.execPath, [...nodeOptions, 'src/demo/main.ts'], { cwd: packageRoot, env: {} })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    said.err += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...said }))
  })
}

t.test('npm run demo prints the timeline of one prescription and ends with success', async (t) => {
  const { code, out, err } = await demo()
  t.equal(err, '')
  t.equal(code, 0)
  const lines = out.trim().split('\n')
  t.match(lines[0], /^when +who +what +from -> to +version$/)
  t.match(lines.at(-1), /^One prescription travelled: 1 order, 3 supplies, 3 dispenses/)
  const rows = lines.slice(1, -1)
  t.ok(
    rows.every((row) => /^\d\d:\d\d:\d\d\.\d{3} {2}\S/.test(row)),
    'every row says when',
  )
  const moves = rows.map((row) => /(\S+) -> (\S+)/.exec(row)?.[0]).filter((move) => move !== undefined)
  t.ok(moves.includes('submitted -> accepted'))
  t.equal(moves.filter((move) => move === 'dispatched -> delivered').length, 3)
  t.ok(moves.includes('in-supply -> final-supply-done'))
  for (const who of ['trust RBA', 'provider VN6XW', 'service']) t.ok(out.includes(who), who)
})

t.test('npm run demo ends with failure when an answer is not as expected', async (t) => {
  const tamper = join(temporaryFolder(t), 'tamper.ts')
  const undici = JSON.stringify(import.meta.resolve('undici'))
  // Every order reads as suspended to the two clients, while the server under them works as it should.
  writeFileSync(
    tamper,
    `import { getGlobalDispatcher, setGlobalDispatcher } from ${undici}
     const tampering = (dispatch) => (options, handler) => dispatch(options, {
       onRequestStart: (...a) => handler.onRequestStart?.(...a),
       onResponseStart: (controller, status, headers, message) =>
         handler.onResponseStart?.(controller, status, { ...headers, etag: 'W/"9"' }, message),
       onResponseData: (...a) => handler.onResponseData?.(...a),
       onResponseEnd: (...a) => handler.onResponseEnd?.(...a),
       onResponseError: (...a) => handler.onResponseError?.(...a),
     })
     setGlobalDispatcher(getGlobalDispatcher().compose(tampering))`,
  )
  const { code, out, err } = await demo(['--import', tamper])
  t.equal(code, 1)
  t.match(err, /^The demonstration stopped: accepts the order: ETag: expected .*W.*2.*, got .*W.*9/)
  t.notMatch(out, /One prescription travelled/)
})

interface Exchanged {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly headers: Record<string, string>
  readonly text: string
}

type Tamper = (answer: Exchanged) => Exchanged

/** A server on a new database, behind a proxy that changes answers on their way. @returns its origin */
async function tamperedServer(
  t: { teardown(work: () => Promise<void> | void): void },
  tamper: Tamper,
): Promise<string> {
  const database = await freshDatabase(t, 'definitions')
  const server = await serve(readConfig({ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database }))
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/' } = incoming
    const body = await text(incoming)
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = incoming.headers
    const answer = await request(`${server.origin}${path}`, {
      method,
      headers: headers as Record<string, string>,
      ...(body === '' ? {} : { body }),
    })
    const kept: Record<string, string> = {}
    for (const name of ['content-type', 'etag', 'location']) {
      const value = answer.headers[name]
      if (typeof value === 'string') kept[name] = value
    }
    const changed = tamper({
      method,
      path,
      status: answer.statusCode,
      headers: kept,
      text: await answer.body.text(),
    })
    outgoing.writeHead(changed.status, changed.headers).end(changed.text)
  }
  const proxy = createServer((incoming, outgoing) => void pass(incoming, outgoing))
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    proxy.closeAllConnections()
    proxy.close()
    await server.close()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

async function text(incoming: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of incoming) body += chunk
  return body
}

/** Changes the answers that `concerns` picks, from the `nth` on. */
function from(nth: number, concerns: (answer: Exchanged) => boolean, change: Tamper): Tamper {
  let count = 0
  return (answer) => (concerns(answer) && ++count >= nth ? change(answer) : answer)
}

const lies: readonly (readonly [lie: string, tamper: Tamper, found: RegExp | undefined])[] = [
  ['nothing: the proxy alone does no harm', (answer) => answer, undefined],
  [
    'the order was accepted under another version',
    from(
      1,
      ({ method }) => method === 'PUT',
      (answer) => ({ ...answer, headers: { ...answer.headers, etag: 'W/"3"' } }),
    ),
    /^accepts the order: ETag/,
  ],
  [
    'a delivery is booked twice',
    from(
      2,
      ({ method }) => method === 'PUT',
      (answer) => ({ ...answer, headers: { ...answer.headers, etag: 'W/"3"' } }),
    ),
    /^supply 1: books a delivery: ETag/,
  ],
  [
    'the last supply is not delivered',
    (answer) => ({ ...answer, text: answer.text.replace(/final-supply-done/g, 'in-supply') }),
    /^state of the order/,
  ],
  [
    'another provider sees the order',
    (answer) =>
      answer.path.includes('status=requested') && !answer.text.includes('"entry"')
        ? { ...answer, text: answer.text.replace(/}$/, ',"entry":[{"resource":{"resourceType":"Task"}}]}') }
        : answer,
    /^orders that another provider sees/,
  ],
  [
    'the order is lost to the poll',
    (answer) => (answer.path.includes('status=requested') ? { ...answer, text: '{"resourceType":"Bundle"}' } : answer),
    /^orders that the provider sees: expected 1, got 0/,
  ],
  [
    'a repeat makes a second order',
    from(
      2,
      ({ method, path }) => method === 'POST' && /^\/fhir\/?$/.test(path),
      (answer) => ({ ...answer, text: answer.text.replace('W/\\"1\\"', 'W/\\"2\\"') }),
    ),
    /^the same order posted again/,
  ],
  [
    'a dispense is refused',
    from(
      2,
      ({ path }) => path.includes('MedicationDispense'),
      (answer) => ({ ...answer, status: 422 }),
    ),
    /completing the dispense: expected status 200, got 422/,
  ],
]

for (const [lie, tamper, found] of lies) {
  t.test(`the story is checked against: ${lie}`, async (t) => {
    const origin = await tamperedServer(t, tamper)
    const lines: string[] = []
    const told = await play(origin, (line) => lines.push(line)).then(
      () => 'told to its end',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    t.match(told, found ?? /^told to its end$/)
    t.equal(lines.at(-1)?.startsWith('One prescription travelled') ?? false, found === undefined)
  })
}
