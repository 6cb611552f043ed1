import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { refuse } from '../../src/fhir/problem.ts'
import { endpointsOf } from '../../src/http/endpoints.ts'
import { describe, failure } from '../../src/http/failure.ts'
import { pretty } from '../../src/http/pretty.ts'
import { type Shell, shell, table } from './shell.ts'

/** The answer is an OperationOutcome with this status, problem code and issue type, and nothing was carried out. */
function refused(
  t: Test,
  answer: LightMyRequestResponse,
  status: number,
  key: string,
  code: string,
  seen: Shell['seen'],
) {
  t.equal(answer.statusCode, status, `${key}: status`)
  t.equal(answer.headers['content-type'], 'application/fhir+json; charset=utf-8')
  const [issue] = answer.json().issue
  t.match(answer.json(), { resourceType: 'OperationOutcome' })
  t.match(issue, { severity: 'error', code, details: { coding: [{ code: key }] } })
  t.ok(issue.diagnostics.length > 20, issue.diagnostics)
  t.ok(answer.headers['x-request-id'], 'has an id to ask about')
  t.strictSame(seen, [], 'no interaction was called')
}

/** What comes back for bytes that are sent as they are. */
const exchanged = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })

const fhirJson = { 'content-type': 'application/fhir+json' }
const task = '{"resourceType":"Task"}'

t.test('every interaction of the table arrives with what its address and headers say', async (t) => {
  const { app, seen, authorization } = shell()
  const trust = await authorization('trust')
  const provider = await authorization('provider', 'ABC01')
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const calls: [request: InjectOptions, expected: object][] = [
    [
      { url: '/fhir/Task/a-1.B', headers: { ...trust, 'if-none-match': 'W/"3"' } },
      { code: 'read', type: 'Task', id: 'a-1.B', ifNoneMatch: 'W/"3"' },
    ],
    [
      { url: '/fhir/Task/1/_history/2', headers: trust },
      { code: 'vread', id: '1', versionId: '2' },
    ],
    [
      { url: '/fhir/Task/1/_history', headers: trust },
      { code: 'history-instance', id: '1' },
    ],
    [
      {
        method: 'POST',
        url: '/fhir/Task',
        headers: { ...trust, ...fhirJson, 'if-none-exist': 'identifier=x' },
        payload: task,
      },
      { code: 'create', type: 'Task', body: task, ifNoneExist: 'identifier=x' },
    ],
    [
      {
        method: 'PUT',
        url: '/fhir/Task/1',
        headers: { ...provider, ...fhirJson, 'if-match': 'W/"1"', prefer: 'return=minimal, handling=lenient' },
        payload: task,
      },
      { code: 'update', id: '1', body: task, ifMatch: 'W/"1"', prefer: { return: 'minimal', handling: 'lenient' } },
    ],
    [
      { url: '/fhir/Task?status=requested&code=a%7Cb&status=x+y', headers: trust },
      {
        code: 'search-type',
        query: [
          ['status', 'requested'],
          ['code', 'a|b'],
          ['status', 'x y'],
        ],
        url: '/fhir/Task?status=requested&code=a%7Cb&status=x+y',
      },
    ],
    [
      {
        method: 'POST',
        url: '/fhir/Task/_search?_count=5',
        headers: { ...trust, ...form },
        payload: 'status=requested&_format=json',
      },
      {
        code: 'search-type',
        query: [
          ['_count', '5'],
          ['status', 'requested'],
        ],
      },
    ],
    [
      { method: 'POST', url: '/fhir/Task/_search', headers: trust },
      { code: 'search-type', query: [] },
    ],
    [
      { method: 'POST', url: '/fhir', headers: { ...trust, ...fhirJson }, payload: '{}' },
      { code: 'transaction', body: '{}' },
    ],
    [{ method: 'POST', url: '/fhir/', headers: { ...trust, ...fhirJson }, payload: '{}' }, { code: 'transaction' }],
    [
      { method: 'POST', url: '/fhir/$process-message', headers: { ...trust, ...fhirJson }, payload: '{}' },
      { code: 'operation', operation: 'process-message' },
    ],
    [{ url: '/fhir/metadata' }, { code: 'capabilities' }],
    [{ url: '/fhir/metadata/', headers: { authorization: 'Bearer expired' } }, { code: 'capabilities' }],
    [
      { url: '/fhir/StructureDefinition/x', headers: trust },
      { code: 'read', type: 'StructureDefinition' },
    ],
  ]
  for (const [request, expected] of calls) {
    const answer = await app.inject(request)
    t.equal(answer.statusCode, 200, `${request.method ?? 'GET'} ${request.url}`)
    t.match(seen.at(-1), { base: 'http://127.0.0.1:8080/fhir', ...expected })
  }
  t.equal(seen.length, calls.length)
  t.strictSame(seen[0]?.caller, { role: 'trust', organization: 'RBA', client: 'sandbox' })
  t.strictSame(seen[0]?.prefer, {})
})

t.test('an answer carries version, date and place as FHIR headers, and the text untouched', async (t) => {
  const { app, authorization } = shell({
    reply: () => ({
      status: 201,
      body: '{"value":1.00,"a":[]}',
      version: 3,
      lastModified: Date.parse('2026-01-02T03:04:05.678Z'),
      location: 'http://x/fhir/Task/1/_history/3',
    }),
  })
  const headers = { ...(await authorization()), ...fhirJson }
  const post = { method: 'POST', url: '/fhir/Task', headers, payload: task } as const
  const answer = await app.inject(post)
  t.equal(answer.statusCode, 201)
  t.equal(answer.body, '{"value":1.00,"a":[]}')
  t.match(answer.headers, {
    etag: 'W/"3"',
    'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
    location: 'http://x/fhir/Task/1/_history/3',
    'content-type': 'application/fhir+json; charset=utf-8',
    'cache-control': 'no-store',
  })
  const indented = await app.inject({ ...post, url: '/fhir/Task?_pretty=true' })
  t.equal(indented.body, '{\n  "value": 1.00,\n  "a": []\n}\n', 'decimals keep their precision')
})

t.test('an answer without content has no content type', async (t) => {
  const { app, authorization } = shell({ reply: () => ({ status: 304, version: 1 }) })
  const answer = await app.inject({ url: '/fhir/Task/1', headers: await authorization() })
  t.equal(answer.statusCode, 304)
  t.equal(answer.body, '')
  t.equal(answer.headers['content-type'], undefined)
  t.equal(answer.headers.etag, 'W/"1"')
})

t.test('indenting changes nothing but white space', async (t) => {
  const texts = ['{}', '[]', '""', '1.50', '{"a":{"b":[1,2,{"c":"x\\"{,}:[ ]\\\\"}],"d":[{}]},"e":null}', '[ 1 ,\n 2 ]']
  for (const text of texts) t.strictSame(JSON.parse(pretty(text)), JSON.parse(text), text)
  t.match(pretty('{"a":[1.00,2]}'), '{\n  "a": [\n    1.00,\n    2\n  ]\n}')
  t.equal(pretty(`"${'x'.repeat(5_000_000)}"`).length, 5_000_002, 'a very long string is no trouble')
})

t.test('HEAD answers like GET, without the body', async (t) => {
  const { app, authorization } = shell({ reply: () => ({ status: 200, body: '{"a":1}', version: 2 }) })
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/fhir/Task/1`, { method: 'HEAD', headers: await authorization() })
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('etag'), 'W/"2"')
  t.equal(answer.headers.get('content-length'), '7')
  t.equal(await answer.text(), '')
})

t.test('without a token there is a 401 before anything else is told, whatever the request is', async (t) => {
  const { app, seen } = shell()
  const requests: InjectOptions[] = [
    { url: '/fhir/Task/1' },
    { url: '/fhir/Nothing' },
    { url: '/fhir/Task/1/x/y/z' },
    { url: '/fhir' },
    { url: '/fhir/?_format=xml' },
    { url: '/fhir/$nothing', method: 'POST' },
    { url: '/fhir/Task/1', method: 'DELETE' },
    { url: '/fhir/Tasc', method: 'OPTIONS' },
    { url: '/fhir/metadata', method: 'POST' },
    { url: '/fhir/Task/!!' },
    { url: '/fhir/Task', method: 'POST', headers: { 'content-type': 'application/xml' }, payload: '<a/>' },
    { url: '/fhir/Task', method: 'POST', headers: fhirJson, payload: Buffer.alloc(6_000_000, ' ') },
  ]
  for (const request of requests) {
    const answer = await app.inject(request)
    refused(t, answer, 401, 'login-required', 'login', seen)
    t.match(answer.headers['www-authenticate'], /^Bearer realm=/)
  }
  const garbled = await app.inject({ url: '/fhir/Task/1', headers: { authorization: 'Bearer x.y.z' } })
  refused(t, garbled, 401, 'token-invalid', 'login', seen)
  t.match(garbled.headers['www-authenticate'], /invalid_token/)
})

t.test('a role that the table does not name is refused, and told who may', async (t) => {
  const { app, seen, authorization } = shell()
  const provider = { ...(await authorization('provider', 'ABC01')), ...fhirJson }
  const create = await app.inject({ method: 'POST', url: '/fhir/Task', headers: provider, payload: task })
  refused(t, create, 403, 'role-forbidden', 'forbidden', seen)
  t.match(
    create.json().issue[0].diagnostics,
    'The role provider may not do this: create Task is allowed for trust, pharmacist.',
  )
  for (const url of ['/fhir', '/fhir/$process-message']) {
    const answer = await app.inject({ method: 'POST', url, headers: provider, payload: '{}' })
    refused(t, answer, 403, 'role-forbidden', 'forbidden', seen)
  }
  const observer = await app.inject({ url: '/fhir/Task', headers: await authorization('observer') })
  refused(t, observer, 403, 'role-forbidden', 'forbidden', seen)
})

t.test('addresses that lead nowhere are told apart: type, operation, place below a type, id', async (t) => {
  const { app, seen, authorization } = shell()
  const headers = await authorization()
  const cases: [url: string, status: number, key: string, code: string, words: RegExp][] = [
    ['/fhir/Tasc', 404, 'unknown-type', 'not-supported', /did you mean Task\?/],
    ['/fhir/task/1', 404, 'unknown-type', 'not-supported', /did you mean Task\?/],
    ['/fhir/Structure', 404, 'unknown-type', 'not-supported', /did you mean StructureDefinition\?/],
    ['/fhir/Observation', 404, 'unknown-type', 'not-supported', /Observation is not exposed.*metadata/],
    ['/fhir/Bundle', 404, 'unknown-type', 'not-supported', /POST a transaction or batch to \[base\] itself/],
    ['/fhir/9434765919', 404, 'unknown-endpoint', 'not-supported', /^There is nothing at this address: GET/],
    ['/fhir/Task/1/Patient', 404, 'unknown-endpoint', 'not-supported', /below Task: Task has no compartment/],
    ['/fhir/Task/1/_history/2/3', 404, 'unknown-endpoint', 'not-supported', /addresses are Task,/],
    ['/fhir/Task/1/$validate', 404, 'unknown-endpoint', 'not-supported', /offered: \$process-message/],
    ['/fhir/Task/$validate', 404, 'unknown-endpoint', 'not-supported', /offered: \$process-message/],
    ['/fhir/$export', 404, 'unknown-endpoint', 'not-supported', /offered: \$process-message/],
    ['/fhir/Task/a_b', 404, 'not-found', 'not-found', /64 letters/],
    ['/fhir/Task/a%2Fb', 404, 'not-found', 'not-found', /64 letters/],
    ['/fhir/Task/%00', 404, 'not-found', 'not-found', /64 letters/],
    [`/fhir/Task/${'a'.repeat(65)}`, 404, 'not-found', 'not-found', /64 letters/],
    [`/fhir/Task/${'a'.repeat(9000)}`, 404, 'not-found', 'not-found', /64 letters/],
    ['/fhir/Task/1/_history/%20', 404, 'version-not-found', 'not-found', /meta\.versionId/],
    ['/fhir/Task/%zz', 400, 'request-malformed', 'invalid', /readable URL/],
    ['/fhir/Task/%ff', 400, 'request-malformed', 'invalid', /readable URL/],
    ['/fhir/Task?status=%zz', 400, 'parameter-invalid', 'invalid', /escaped/],
    ['/fhir/Task?status=%ff', 400, 'parameter-invalid', 'invalid', /escaped/],
  ]
  for (const [url, status, key, code, words] of cases) {
    const answer = await app.inject({ url, headers })
    refused(t, answer, status, key, code, seen)
    t.match(answer.json().issue[0].diagnostics, words, url)
    t.notMatch(answer.body, /9434765919/, 'a number in an address is not repeated')
  }
})

t.test('a method that is not offered at a known address is a 405 that lists those that are', async (t) => {
  const { app, seen, authorization } = shell()
  const headers = await authorization()
  const cases: [method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH', url: string, allow: string][] = [
    ['DELETE', '/fhir/Task/1', 'GET, HEAD, PUT, OPTIONS'],
    ['PATCH', '/fhir/Task/1', 'GET, HEAD, PUT, OPTIONS'],
    ['POST', '/fhir/Task/1', 'GET, HEAD, PUT, OPTIONS'],
    ['DELETE', '/fhir/Task', 'POST, PUT, GET, HEAD, OPTIONS'],
    ['GET', '/fhir/Task/_search', 'POST, OPTIONS'],
    ['POST', '/fhir/Task/1/_history/1', 'GET, HEAD, OPTIONS'],
    ['GET', '/fhir', 'POST, OPTIONS'],
    ['GET', '/fhir/$process-message', 'POST, OPTIONS'],
    ['POST', '/fhir/metadata', 'GET, HEAD, OPTIONS'],
    ['POST', '/fhir/StructureDefinition', 'OPTIONS'],
    ['PUT', '/fhir/StructureDefinition/1', 'GET, HEAD, OPTIONS'],
  ]
  for (const [method, url, allow] of cases) {
    const answer = await app.inject({ method, url, headers })
    refused(t, answer, 405, 'interaction-unsupported', 'not-supported', seen)
    t.equal(answer.headers.allow, allow, `${method} ${url}`)
  }
})

t.test('a body that is not FHIR R4 JSON in UTF-8 is a 415 that says what to send', async (t) => {
  const { app, seen, authorization } = shell()
  const headers = await authorization()
  const types = [
    'application/fhir+xml',
    'application/xml',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/fhir+json; charset=iso-8859-1',
    'application/fhir+json; fhirVersion=3.0',
    'nonsense',
    ';;',
    '',
  ]
  for (const type of types) {
    const answer = await app.inject({
      method: 'POST',
      url: '/fhir/Task',
      headers: { ...headers, 'content-type': type },
      payload: task,
    })
    refused(t, answer, 415, 'content-type-unsupported', 'not-supported', seen)
    t.match(answer.json().issue[0].diagnostics, /send "application\/fhir\+json" in UTF-8/, type)
  }
  const json = await app.inject({
    method: 'POST',
    url: '/fhir/Task/_search',
    headers: { ...headers, ...fhirJson },
    payload: '{}',
  })
  refused(t, json, 415, 'content-type-unsupported', 'not-supported', seen)
  t.match(json.json().issue[0].diagnostics, /x-www-form-urlencoded/)
  const good = [
    'application/json',
    'text/json',
    'application/json+fhir',
    'application/fhir+json;charset=UTF-8',
    'Application/FHIR+JSON; fhirVersion="4.0"; charset="utf-8"',
  ]
  for (const type of good) {
    const answer = await app.inject({
      method: 'POST',
      url: '/fhir/Task',
      headers: { ...headers, 'content-type': type },
      payload: task,
    })
    t.equal(answer.statusCode, 200, type)
  }
})

t.test('an answer in another format than JSON is refused instead of sent anyway', async (t) => {
  const { app, seen, authorization } = shell()
  const headers = await authorization()
  const bad: [url: string, accept: string | undefined][] = [
    ['/fhir/Task', 'application/fhir+xml'],
    ['/fhir/Task', 'text/html, application/xml;q=0.9'],
    ['/fhir/Task', 'application/fhir+json;fhirVersion=5.0'],
    ['/fhir/Task', 'application/json;q=0'],
    ['/fhir/Task?_format=xml', 'application/fhir+json'],
    ['/fhir/Task?_format=application/fhir%2Bxml', undefined],
    ['/fhir/Task?_format=json&_format=xml', undefined],
    ['/fhir/Task?_format=application/fhir%2Bjson;fhirVersion=3.0', undefined],
    ['/fhir/metadata', 'application/fhir+xml'],
  ]
  for (const [url, accept] of bad) {
    const answer = await app.inject({ url, headers: { ...headers, ...(accept === undefined ? {} : { accept }) } })
    refused(t, answer, 406, 'accept-unsupported', 'not-supported', seen)
  }
  const search = { method: 'POST', url: '/fhir/Task/_search', payload: '_format=xml' } as const
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
  refused(t, await app.inject({ ...search, headers: form }), 406, 'accept-unsupported', 'not-supported', seen)
  const good: [url: string, accept: string][] = [
    ['/fhir/Task', '*/*'],
    ['/fhir/Task?_format=', 'application/fhir+json'],
    ['/fhir/Task', ''],
    ['/fhir/Task', 'text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8'],
    ['/fhir/Task', 'application/fhir+json; fhirVersion=4.0'],
    ['/fhir/Task', 'text/json'],
    ['/fhir/Task?_format=json', 'application/fhir+xml'],
    ['/fhir/Task?_format=application/fhir+json', 'text/html'],
    ['/fhir/Task?_format=application/fhir%2Bjson;fhirVersion=4.0', 'text/html'],
  ]
  for (const [url, accept] of good) {
    const answer = await app.inject({ url, headers: { ...headers, accept } })
    t.equal(answer.statusCode, 200, `${url} ${accept}`)
    t.strictSame(seen.at(-1)?.query, [], '_format is not a search parameter')
  }
})

t.test('a body that is missing, too large or not UTF-8 never reaches an interaction', async (t) => {
  const { app, seen, authorization } = shell()
  const headers = { ...(await authorization()), ...fhirJson }
  const post = (payload: Buffer | string) => app.inject({ method: 'POST', url: '/fhir/Task', headers, payload })
  refused(t, await app.inject({ method: 'POST', url: '/fhir/Task', headers }), 400, 'body-missing', 'required', seen)
  refused(t, await post(' \n'), 400, 'body-missing', 'required', seen)
  refused(t, await post(Buffer.alloc(6_000_000, ' ')), 413, 'body-too-large', 'too-long', seen)
  const latin1 = Buffer.from('{"resourceType":"Task","description":"0,5 \u00b5g"}', 'latin1')
  refused(t, await post(latin1), 400, 'json-malformed', 'structure', seen)
  t.match((await post(Buffer.from('\ufeff{}', 'utf16le'))).body, /looks like UTF-16/)
  t.match((await post(gzipSync('{"resourceType":"Task"}'))).body, /looks like gzip: say so in Content-Encoding/)
  const utf8 = '{"resourceType":"Task","description":"0,5 \u00b5g \u{1f48a}"}'
  t.equal((await post(utf8)).statusCode, 200)
  t.equal(seen[0]?.body, utf8)
})

t.test('a client that sends all of a body that is too large before it listens is told so', async (t) => {
  const { app, authorization } = shell()
  const { authorization: bearer } = await authorization()
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo
  const size = 24_000_000
  const chunk = Buffer.alloc(1_000_000, ' ')
  const framings: [head: string, frame: (bytes: Buffer) => Buffer[], end: string][] = [
    [`content-length: ${size}`, (bytes) => [bytes], ''],
    [
      'transfer-encoding: chunked',
      (bytes) => [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')],
      '0\r\n\r\n',
    ],
  ]
  for (const [head, frame, end] of framings) {
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `POST /fhir/Task HTTP/1.1\r\nhost: x\r\ncontent-type: application/fhir+json\r\nauthorization: ${bearer}\r\n${head}\r\n\r\n`,
    )
    for (let sent = 0; sent < size; sent += chunk.length) {
      for (const bytes of frame(chunk))
        await new Promise<void>((go, fail) => socket.write(bytes, (e) => (e ? fail(e) : go())))
    }
    socket.write(end)
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      socket.on('data', (bytes) => {
        text += bytes
      })
      socket.on('close', () => resolve(text)).on('error', reject)
    })
    t.match(answer, /^HTTP\/1\.1 413 [^]*connection: close[^]*body-too-large/i, head)
  }
})

t.test('a body that is not JSON or names __proto__ passes as the text it is: judging it is not for HTTP', async (t) => {
  const { app, seen, authorization } = shell()
  const headers = { ...(await authorization()), ...fhirJson }
  for (const payload of ['{"a":', '{"__proto__":{"role":"tester"}}']) {
    await app.inject({ method: 'POST', url: '/fhir/Task', headers, payload })
    t.equal(seen.at(-1)?.body, payload)
  }
})

t.test('a request id is given back when it is safe and replaced when it is not', async (t) => {
  const { app, seen, authorization } = shell()
  const headers = await authorization()
  const ask = (id: string) =>
    app.inject({ url: '/fhir/Task', headers: { ...headers, 'x-request-id': id, 'x-correlation-id': id } })
  const good = await ask('60E0B220-8136-4CA5-AE46-1D97EF59D068')
  t.equal(good.headers['x-request-id'], '60E0B220-8136-4CA5-AE46-1D97EF59D068')
  t.equal(good.headers['x-correlation-id'], '60E0B220-8136-4CA5-AE46-1D97EF59D068')
  t.equal(seen[0]?.requestId, '60E0B220-8136-4CA5-AE46-1D97EF59D068')
  for (const id of ['a\r\nset-cookie: x=1', 'a b', 'x'.repeat(129), '', '\u00e9', 'a\u0000']) {
    const answer = await ask(id)
    t.match(answer.headers['x-request-id'], /^[0-9a-f-]{36}$/, JSON.stringify(id))
    t.equal(answer.headers['x-correlation-id'], undefined)
    t.equal(answer.headers['set-cookie'], undefined)
  }
  const failed = await app.inject({ url: '/fhir/Task/%zz', headers: { 'x-request-id': 'mine' } })
  t.equal(failed.headers['x-request-id'], 'mine', 'also on an address that cannot be read')
})

t.test(
  'an interaction’s refusal is passed on with its headers; an unexpected error shows and logs no value',
  async (t) => {
    const secret = 'Mary Seacole 9434765919'
    const failing = shell({
      reply: (request) => {
        if (request.id === 'busy') throw refuse('busy', 'Try again in five seconds.', undefined, { 'retry-after': '5' })
        return JSON.parse(secret)
      },
    })
    const headers = await failing.authorization()
    const busy = await failing.app.inject({ url: '/fhir/Task/busy', headers })
    t.equal(busy.statusCode, 503)
    t.equal(busy.headers['retry-after'], '5')
    t.match(busy.json().issue, [{ code: 'transient', diagnostics: 'Try again in five seconds.' }])
    const broken = await failing.app.inject({ url: '/fhir/Task/1', headers })
    t.equal(broken.statusCode, 500)
    t.match(broken.json(), { resourceType: 'OperationOutcome', issue: [{ code: 'exception' }] })
    t.notMatch(broken.body, /Mary|SyntaxError|\.ts/)
    const line = failing.log.findLast(({ msg }) => msg === 'request failed')
    t.match(line, { level: 50, requestId: broken.headers['x-request-id'], failure: { type: 'SyntaxError' } })
    t.match(JSON.stringify(line), /shell\.ts/, 'the log says where')
    t.notMatch(JSON.stringify(failing.log), /Mary|9434765919/)
  },
)

t.test('one log line per request, with the kind of address but never its ids, query or body', async (t) => {
  const { app, log, authorization } = shell()
  const headers = await authorization('provider', 'ABC01')
  log.length = 0
  await app.inject({ url: '/fhir/Task?identifier=9434765919', headers: { ...headers, 'x-request-id': 'q1' } })
  await app.inject({ url: '/fhir/Task/9434765919', headers })
  await app.inject({ url: '/fhir/9434765919', headers })
  await app.inject({ url: '/9434765919', headers })
  await app.inject({ url: '/fhir/Task/1' })
  await app.inject({ url: '/fhir/Task/%zz' })
  t.notMatch(JSON.stringify(log), /9434765919/)
  t.match(log[0], {
    method: 'GET',
    route: '/fhir/Task',
    status: 200,
    requestId: 'q1',
    client: 'sandbox',
    organization: 'ABC01',
    role: 'provider',
  })
  t.match(log[1], { route: '/fhir/Task/:id', status: 200 })
  t.match(
    log.slice(2).map(({ status }) => status),
    [404, 404, 401, 400],
  )
})

t.test('unreadable HTTP and a head that is too large are answered in FHIR words too', async (t) => {
  const { app, authorization } = shell()
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo
  const send = (text: string) => exchanged(port, text)
  const nonsense = await send('NONSENSE\r\n\r\n')
  t.match(nonsense, /^HTTP\/1\.1 400 /)
  t.match(nonsense, /"resourceType":"OperationOutcome".*"request-malformed"/)
  const long = await send(`GET /fhir/Task?status=${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)
  t.match(long, /^HTTP\/1\.1 431 /)
  t.match(long, /"code":"too-long".*_search/)
  const token = (await authorization()).authorization
  const strange = await send(
    `PROPFIND /fhir/Task HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${token}\r\n\r\n`,
  )
  t.match(strange, /^HTTP\/1\.1 405 /)
  t.match(strange, /"interaction-unsupported".*PROPFIND/)
})

t.test('a browser is told with every answer to show, frame and guess nothing', async (t) => {
  const protective = {
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  }
  const { app, authorization } = shell({
    reply: ({ id }) => {
      if (id === 'broken') throw new TypeError('x')
      if (id === 'refused') throw refuse('busy', 'Try again in five seconds.')
      return { status: 200, body: '{"resourceType":"Basic"}' }
    },
  })
  t.teardown(() => app.close())
  const headers = await authorization()
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const requests: [status: number, request: InjectOptions][] = [
    [200, { url: '/fhir/Task/1', headers }],
    [200, { method: 'HEAD', url: '/fhir/Task/1', headers }],
    [200, { url: '/fhir/Task?status=requested', headers }],
    [401, { url: '/fhir/Task/1' }],
    [403, { url: '/fhir/Task/1', headers: await authorization('observer') }],
    [404, { url: '/fhir/Nothing/1', headers }],
    [404, { url: '/nothing', headers }],
    [405, { method: 'DELETE', url: '/fhir/Task/1', headers }],
    [415, { method: 'POST', url: '/fhir/Task', headers: { ...headers, 'content-type': 'text/plain' }, payload: 'x' }],
    [406, { url: '/fhir/Task/1?_format=ttl', headers }],
    [500, { url: '/fhir/Task/broken', headers }],
    [503, { url: '/fhir/Task/refused', headers }],
    [400, { url: '/fhir/Task/%zz', headers }],
    [400, { method: 'POST', url: '/oauth2/token', headers: form, payload: 'grant_type=none' }],
    [200, { url: '/health' }],
    [200, { url: '/ready' }],
    [200, { url: '/metrics' }],
    [200, { url: '/fhir/.well-known/smart-configuration' }],
  ]
  for (const [status, request] of requests) {
    const answer = await app.inject(request)
    const name = `${request.method ?? 'GET'} ${String(request.url)}`
    t.equal(answer.statusCode, status, `${name}: status`)
    t.match(answer.headers, protective, `${name}, ${status}`)
    t.notOk(answer.headers['strict-transport-security'], 'not over http: the proxy in front says it')
  }
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  for (const [status, text] of [
    ['400', 'NONSENSE\r\n\r\n'],
    ['431', `GET /fhir/Task?status=${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['401', 'PROPFIND /fhir/Task HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ] as const) {
    const answer = await exchanged(port, text)
    t.ok(answer.startsWith(`HTTP/1.1 ${status}`), `${status}: ${answer.slice(0, 30)}`)
    for (const [name, value] of Object.entries(protective))
      t.ok(answer.includes(`${name}: ${value}\r\n`), `${status}: ${name}`)
  }
})

t.test('a request in flight is answered while the service stops', async (t) => {
  let arrived: () => void
  const inside = new Promise<void>((resolve) => {
    arrived = resolve
  })
  let release: () => void
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const { app } = shell({
    query: async () => {
      arrived()
      await gate
      return []
    },
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const answer = fetch(`http://127.0.0.1:${port}/ready`)
  await inside
  const closed = app.close()
  release!()
  t.equal((await answer).status, 200)
  await closed
  await t.rejects(fetch(`http://127.0.0.1:${port}/health`), 'nobody listens any more')
})

t.test('whatever is thrown becomes a status with words; only a refusal speaks for itself', async (t) => {
  const coded = (code: string, statusCode?: number) => Object.assign(new Error('secret'), { code, statusCode })
  const cases: [thrown: unknown, status: number, key: string][] = [
    [refuse('version-conflict', 'Read it again.'), 412, 'version-conflict'],
    [coded('FST_ERR_CTP_BODY_TOO_LARGE', 413), 413, 'body-too-large'],
    [coded('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 415, 'content-type-unsupported'],
    [coded('FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400), 400, 'request-malformed'],
    [coded('FST_ERR_MAX_PARAM_LENGTH', 414), 404, 'not-found'],
    [coded('ERR_HTTP_REQUEST_TIMEOUT'), 408, 'request-timeout'],
    [coded('HPE_INVALID_CHUNK_SIZE'), 400, 'request-malformed'],
    [coded('toString'), 500, 'internal-error'],
    [coded('ERR_SQLITE_ERROR'), 500, 'internal-error'],
    [new TypeError('secret'), 500, 'internal-error'],
    ['secret', 500, 'internal-error'],
    [null, 500, 'internal-error'],
    [undefined, 500, 'internal-error'],
  ]
  for (const [thrown, status, key] of cases) {
    const failed = failure(thrown)
    t.match([failed.status, failed.issues[0]?.key], [status, key])
    t.notMatch(JSON.stringify([failed, describe(thrown)]), /secret/)
  }
})

t.test('the operational endpoints need no token, say whether work is possible and count without ids', async (t) => {
  let broken = false
  const { app, authorization } = shell({
    query: async () => {
      if (broken) throw new Error('disk gone')
      return []
    },
  })
  t.match((await app.inject('/health')).json(), { status: 'alive' })
  t.match((await app.inject('/ready')).json(), { status: 'ready' })
  t.match((await app.inject('/')).json(), { fhir: 'http://127.0.0.1:8080/fhir', token: 'POST /oauth2/token' })
  broken = true
  const ready = await app.inject('/ready')
  t.equal(ready.statusCode, 503)
  t.equal(ready.headers['retry-after'], '5')
  t.notMatch(ready.body, /disk gone/)
  t.equal((await app.inject('/health')).statusCode, 200, 'alive, though not ready')

  const headers = await authorization()
  await app.inject({ url: '/fhir/Task/9434765919', headers })
  await app.inject({ url: '/fhir/Task?identifier=9434765919', headers })
  await app.inject({ url: '/fhir/Nothing/9434765919', headers })
  const metrics = await app.inject('/metrics')
  t.match(metrics.headers['content-type'], /^text\/plain/)
  t.match(metrics.body, 'http_requests_total{route="/fhir/Task/:id",method="GET",status="200"} 1')
  t.match(metrics.body, 'http_request_duration_seconds_count{route="/fhir/Task",method="GET",status="200"} 1')
  t.match(metrics.body, /^database_read_seconds_bucket\{le="\+Inf"\} \d+$/m)
  t.match(metrics.body, /^database_read_seconds_count \d+$/m)
  t.match(metrics.body, 'process_cpu_seconds_total')
  for (const name of ['lane_queue', 'lane_group_size', 'lane_wait_seconds', 'lane_commit_seconds'])
    t.match(metrics.body, name)
  t.match(metrics.body, 'refusals_total{code="unknown-type"} 1')
  t.match(metrics.body, 'polls_total{kind="search",answer="empty"} 1')
  t.notMatch(metrics.body, /9434765919/)

  const lost = await app.inject('/Task')
  t.equal(lost.statusCode, 404)
  t.match(lost.json(), { error: 'unknown-endpoint', message: /FHIR is under \/fhir/ })
})

t.test('a row * opens every R4 type that has no row of its own', async (t) => {
  const open = { ...table, types: [table.types[0]!, { ...table.types[1]!, type: '*' }] }
  const { app, seen, authorization } = shell({ table: open })
  const headers = await authorization()
  t.equal((await app.inject({ url: '/fhir/Observation/1', headers })).statusCode, 200)
  t.match(seen[0], { code: 'read', type: 'Observation' })
  t.equal((await app.inject({ url: '/fhir/Task', headers })).statusCode, 200, 'its own row wins')
  t.equal((await app.inject({ url: '/fhir/Nonsense/1', headers })).statusCode, 404)
})

t.test('a table that promises what no code does stops the start', async (t) => {
  const rows = [...table.types]
  t.throws(
    () => endpointsOf(table, rows, { operations: {} }, []),
    /promises what no code does: .*system transaction.*\$process-message.*Task read/,
  )
})
