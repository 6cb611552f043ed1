/** In which form an answer leaves and a body may arrive: formats, compression, preferences, origins. */
import { brotliCompressSync, brotliDecompressSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib'
import type { AddressInfo } from 'node:net'
import type { InjectOptions } from 'fastify'
import t from 'tap'
import { chooseCoding } from '../../src/http/content-coding.ts'
import { mediaType } from '../../src/http/media-type.ts'
import { negotiate } from '../../src/http/negotiation.ts'
import { readPrefer } from '../../src/http/prefer.ts'
import { shell } from './shell.ts'

const FHIR = 'application/fhir+json; charset=utf-8'
const fhirJson = { 'content-type': 'application/fhir+json' }
const thrown = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return (error as { issues: { key: string }[] }).issues[0]?.key
  }
}

t.test(
  'Accept: the most specific range that matches gives the weight, FHIR’s own name wins between equals',
  async (t) => {
    const table: [accept: string | undefined, contentType: string | undefined][] = [
      [undefined, FHIR],
      ['', FHIR],
      ['*/*', FHIR],
      ['application/*', FHIR],
      ['application/fhir+json', FHIR],
      ['APPLICATION/FHIR+JSON', FHIR],
      ['application/fhir+json; charset=utf-8', FHIR],
      ['application/fhir+json; charset=iso-8859-1', undefined],
      // R4: a generic name is answered with that name.
      ['application/json', 'application/json; charset=utf-8'],
      ['text/json', 'text/json; charset=utf-8'],
      ['text/*', 'text/json; charset=utf-8'],
      ['application/json+fhir', 'application/json+fhir; charset=utf-8'],
      ['application/json, application/fhir+json', FHIR],
      ['application/json, text/plain, */*', FHIR],
      ['application/json, application/fhir+json;q=0.9', 'application/json; charset=utf-8'],
      ['application/fhir+xml, application/fhir+json;q=0.1', FHIR],
      ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', FHIR],
      ['application/fhir+json;q=0, */*', 'application/json; charset=utf-8'],
      ['application/*;q=0, application/fhir+json', FHIR],
      ['application/fhir+json;q=0, application/fhir+json;q=1', FHIR],
      ['application/fhir+json; fhirVersion=4.0', `${FHIR}; fhirVersion=4.0`],
      ['application/fhir+json; fhirVersion="4.0"', `${FHIR}; fhirVersion=4.0`],
      ['application/fhir+json; fhirVersion=5.0, application/fhir+json; fhirVersion=4.0', `${FHIR}; fhirVersion=4.0`],
      ['application/fhir+json; fhirVersion=5.0, */*;q=0.1', FHIR],
      ['application/json; fhirVersion=4.0', 'application/json; charset=utf-8; fhirVersion=4.0'],
      ['application/fhir+json; fhirVersion=3.0', undefined],
      ['application/fhir+json; fhirVersion=1', undefined],
      ['application/fhir+xml', undefined],
      ['text/turtle', undefined],
      ['application/json;q=0', undefined],
      ['application/fhir+json;q=2', undefined],
      ['application/fhir+json;q=x', undefined],
      ['*/*;q=0', undefined],
      ['nonsense', undefined],
    ]
    for (const [accept, expected] of table) {
      t.equal(
        thrown(() => negotiate(accept, [])),
        expected ?? 'accept-unsupported',
        String(accept),
      )
    }
    t.strictSame(mediaType('a/b; x="1;,2"; Y=3'), {
      type: 'a/b',
      parameters: new Map([
        ['x', '1;,2'],
        ['y', '3'],
      ]),
    })
  },
)

t.test('_format wins over Accept', async (t) => {
  const json = ['json', 'JSON', 'application/json', 'application/fhir+json', 'application/fhir json', 'text/json']
  for (const format of json) t.equal(negotiate('application/fhir+xml', [format]), FHIR, format)
  t.equal(negotiate(undefined, ['application/fhir+json; fhirVersion=4.0']), `${FHIR}; fhirVersion=4.0`)
  const other = ['xml', 'ttl', 'html', 'application/fhir+xml', 'text/turtle', '', 'json; fhirVersion=3.0', 'jsonx']
  for (const format of other) {
    t.equal(
      thrown(() => negotiate('application/fhir+json', [format])),
      'accept-unsupported',
      format,
    )
  }
})

t.test('a form that was not filled in asks for no format', async (t) => {
  const { app, authorization } = shell()
  const { statusCode, headers } = await app.inject({ url: '/fhir/Task?_format=', headers: await authorization() })
  t.same([statusCode, headers['content-type']], [200, FHIR])
})

t.test('an answer and a refusal leave in the form that was asked for', async (t) => {
  const { app, authorization } = shell()
  const headers = await authorization()
  const generic = await app.inject({ url: '/fhir/Task', headers: { ...headers, accept: 'application/json' } })
  t.equal(generic.headers['content-type'], 'application/json; charset=utf-8')
  t.equal(generic.headers.vary, 'accept, accept-encoding, prefer')
  const refusals: [request: InjectOptions, status: number, contentType: string][] = [
    [{ url: '/fhir/Task?_pretty=true' }, 401, FHIR],
    [
      { url: '/fhir/Tasc?_pretty=true', headers: { ...headers, accept: 'application/json' } },
      404,
      'application/json; charset=utf-8',
    ],
    [{ url: '/fhir/Task?_pretty=true&_format=xml', headers }, 406, FHIR],
    [{ url: '/fhir/Task?a=%zz&_pretty=true', headers }, 400, FHIR],
    [
      {
        method: 'POST',
        url: '/fhir/Task?_pretty=true',
        headers: { ...headers, accept: 'application/fhir+json;fhirVersion=4.0' },
      },
      400,
      `${FHIR}; fhirVersion=4.0`,
    ],
  ]
  for (const [request, status, contentType] of refusals) {
    const answer = await app.inject(request)
    t.same([answer.statusCode, answer.headers['content-type']], [status, contentType], String(request.url))
    t.match(answer.body, /^\{\n {2}"resourceType": "OperationOutcome",\n/, 'indented')
  }
  const plain = await app.inject({ url: '/fhir/Tasc?_pretty=false', headers })
  t.match(plain.body, /^\{"resourceType":"OperationOutcome"/)
  const odd = await app.inject({ url: '/fhir/Task?_pretty=maybe', headers })
  t.match([odd.statusCode, odd.json().issue[0].diagnostics], [400, '_pretty takes true or false.'])
  const form = await app.inject({
    method: 'POST',
    url: '/fhir/Task/_search',
    headers: { ...headers, accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    payload: '_pretty=true&_format=json',
  })
  t.same([form.headers['content-type'], form.body], [FHIR, '{\n  "resourceType": "Basic"\n}\n'])
})

t.test('Accept-Encoding: what is chosen', async (t) => {
  const table: [header: string | undefined, coding: string][] = [
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['br;q=0.5, gzip', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['*', 'br'],
    ['gzip;q=0', 'identity'],
    ['deflate', 'identity'],
    ['zstd', 'identity'],
    ['gzip;q=0.5, identity', 'identity'],
    ['identity;q=0, gzip;q=0.1', 'gzip'],
    ['gzip;q=nonsense', 'identity'],
    ['identity;q=0', 'accept-unsupported'],
    ['*;q=0', 'accept-unsupported'],
    ['deflate, *;q=0', 'accept-unsupported'],
  ]
  for (const [header, coding] of table) {
    t.equal(
      thrown(() => chooseCoding(header).coding),
      coding,
      String(header),
    )
  }
})

t.test('an answer is compressed as asked, under the same ETag; what is short, empty or a token is not', async (t) => {
  const long = `{"resourceType":"Basic","note":"${'µ'.repeat(3000)}"}`
  let reply: { status: number; body?: string; version?: number } = { status: 200, body: long, version: 3 }
  const { app, authorization } = shell({ reply: () => reply })
  const headers = await authorization()
  const ask = (encoding: string, method: 'GET' | 'HEAD' = 'GET') =>
    app.inject({ method, url: '/fhir/Task/1', headers: { ...headers, 'accept-encoding': encoding } })
  const zipped = await ask('gzip')
  t.match(zipped.headers, { 'content-encoding': 'gzip', etag: 'W/"3"', 'content-type': FHIR })
  t.equal(gunzipSync(zipped.rawPayload).toString(), long)
  const brotli = await ask('gzip, br')
  t.equal(brotli.headers['content-encoding'], 'br')
  t.equal(brotliDecompressSync(brotli.rawPayload).toString(), long)
  t.equal(brotli.headers['content-length'], String(brotli.rawPayload.length))
  const head = await ask('gzip, br', 'HEAD')
  for (const name of ['content-length', 'content-encoding', 'etag', 'content-type', 'vary', 'cache-control']) {
    t.equal(head.headers[name], brotli.headers[name], `HEAD has the ${name} of GET`)
  }
  t.equal(head.body, '')
  const plain = await ask('identity')
  t.same([plain.body, plain.headers['content-encoding']], [long, undefined])
  const refused = await ask('*;q=0')
  t.same([refused.statusCode, refused.headers['content-encoding']], [406, undefined])

  reply = { status: 200, body: '{"resourceType":"Basic"}' }
  t.equal((await ask('gzip')).headers['content-encoding'], undefined, 'short')
  const forced = await ask('gzip, identity;q=0')
  t.equal(gunzipSync(forced.rawPayload).toString(), '{"resourceType":"Basic"}', 'short, but plain is excluded')
  for (const status of [204, 304]) {
    reply = { status, version: 3 }
    const empty = await ask('gzip')
    t.same(
      [empty.statusCode, empty.body, empty.headers['content-encoding'], empty.headers['content-type']],
      [status, '', undefined, undefined],
    )
  }
  const token = await app.inject({
    method: 'POST',
    url: '/oauth2/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'gzip, identity;q=0' },
    payload: 'grant_type=client_credentials&client_id=sandbox&client_secret=sandbox&role=trust&organization=RBA',
  })
  t.same([token.statusCode, token.headers['content-encoding']], [200, undefined], 'a secret is not compressed')
})

t.test('a compressed body is read, up to the limit of what it unpacks to', async (t) => {
  const { app, seen, authorization } = shell({ env: { BODY_LIMIT: '100000' } })
  const headers = { ...(await authorization()), ...fhirJson }
  const task = '{"resourceType":"Task","description":"0,5 µg"}'
  const post = (payload: Buffer, encoding: string) =>
    app.inject({ method: 'POST', url: '/fhir/Task', headers: { ...headers, 'content-encoding': encoding }, payload })
  const good: [Buffer, string][] = [
    [gzipSync(task), 'gzip'],
    [gzipSync(task), 'X-GZIP'],
    [deflateSync(task), 'deflate'],
    [brotliCompressSync(task), 'br'],
    [Buffer.from(task), 'identity'],
  ]
  for (const [payload, encoding] of good) {
    t.equal((await post(payload, encoding)).statusCode, 200, encoding)
    t.equal(seen.pop()?.body, task)
  }
  const bomb = Buffer.alloc(60_000_000, ' ')
  const exactly = gzipSync(`{"resourceType":"Task"}${' '.repeat(100_000 - 23)}`)
  t.equal((await post(exactly, 'gzip')).statusCode, 200, 'the limit itself is allowed')
  seen.pop()
  const bad: [payload: Buffer, encoding: string, status: number, key: string][] = [
    [gzipSync(bomb), 'gzip', 413, 'body-too-large'],
    [deflateSync(bomb), 'deflate', 413, 'body-too-large'],
    [brotliCompressSync(bomb), 'br', 413, 'body-too-large'],
    [gzipSync(`{"resourceType":"Task"}${' '.repeat(100_001 - 23)}`), 'gzip', 413, 'body-too-large'],
    [gzipSync(task).subarray(0, -5), 'gzip', 400, 'content-encoding-broken'],
    [Buffer.from(task), 'gzip', 400, 'content-encoding-broken'],
    [gzipSync(task), 'br', 400, 'content-encoding-broken'],
    [gzipSync(Buffer.from([0x22, 0xff, 0x22])), 'gzip', 400, 'json-malformed'],
    [gzipSync(task), 'zstd', 415, 'content-encoding-unsupported'],
    [gzipSync(gzipSync(task)), 'gzip, gzip', 415, 'content-encoding-unsupported'],
  ]
  for (const [payload, encoding, status, key] of bad) {
    t.ok(payload.length <= 100_000, 'small on the wire')
    const answer = await post(payload, encoding)
    t.same([answer.statusCode, answer.json().issue[0].details.coding[0].code], [status, key], `${encoding} ${key}`)
    if (status === 415) t.equal(answer.headers['accept-encoding'], 'gzip, deflate, br')
  }
  t.strictSame(seen, [], 'none of them reached an interaction')
})

t.test('Prefer: the first of several counts, what is unknown is ignored', async (t) => {
  const table: [header: string | string[] | undefined, prefer: object][] = [
    [undefined, {}],
    ['return=minimal', { return: 'minimal' }],
    ['return="representation"', { return: 'representation' }],
    ['Return=operationoutcome', { return: 'OperationOutcome' }],
    ['return=minimal, return=representation', { return: 'minimal' }],
    ['return=all, handling=lenient', { handling: 'lenient' }],
    ['respond-async, handling=strict; return=minimal', { handling: 'strict', return: 'minimal' }],
    ['x="a, return=minimal"', {}],
    ['constructor=x, __proto__=minimal', {}],
  ]
  for (const [header, prefer] of table) t.strictSame({ ...readPrefer(header) }, prefer, String(header))
})

t.test('Preference-Applied names what the answer follows; respond-async is answered at once', async (t) => {
  const { app, authorization } = shell({ reply: () => ({ status: 200, body: '{}', follows: ['return'] }) })
  const headers = await authorization('provider')
  const ask = (prefer: string) =>
    app.inject({ method: 'PUT', url: '/fhir/Task/1', headers: { ...headers, ...fhirJson, prefer }, payload: '{}' })
  t.equal((await ask('return=minimal, handling=strict')).headers['preference-applied'], 'return=minimal')
  t.equal((await ask('handling=strict')).headers['preference-applied'], undefined)
  const asynchronous = await ask('respond-async')
  t.same([asynchronous.statusCode, asynchronous.headers['preference-applied']], [200, undefined])
})

t.test('OPTIONS tells what an address takes, to anybody', async (t) => {
  const { app, seen } = shell()
  const table: [url: string, allow: string][] = [
    ['/fhir/Task/1', 'GET, HEAD, PUT, OPTIONS'],
    ['/fhir/Task', 'POST, PUT, GET, HEAD, OPTIONS'],
    ['/fhir/metadata', 'GET, HEAD, OPTIONS'],
    ['/fhir', 'POST, OPTIONS'],
  ]
  for (const [url, allow] of table) {
    const answer = await app.inject({ method: 'OPTIONS', url })
    t.same([answer.statusCode, answer.body, answer.headers.allow], [204, '', allow], url)
  }
  t.strictSame(seen, [])
})

t.test('pages of other origins may call only where they are configured', async (t) => {
  const page = { origin: 'https://tracker.example.org' }
  const preflight = (url = '/fhir/Task/1', origin = page.origin) =>
    ({
      method: 'OPTIONS',
      url,
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,if-match',
      },
    }) as const
  const closed = shell()
  const none = await closed.app.inject(preflight())
  t.same([none.statusCode, none.headers['access-control-allow-origin']], [204, undefined])

  const { app, authorization } = shell({ env: { CORS_ORIGINS: 'https://tracker.example.org, http://localhost:3000' } })
  const allowed = await app.inject(preflight())
  t.equal(allowed.statusCode, 204)
  t.match(allowed.headers, {
    'access-control-allow-origin': page.origin,
    'access-control-allow-methods': /PUT, PATCH, DELETE/,
    'access-control-allow-headers': /Authorization.*If-Match.*If-None-Exist.*Prefer/,
    'access-control-max-age': '600',
    vary: /Origin/i,
  })
  t.equal(allowed.headers['access-control-allow-credentials'], undefined)
  const stranger = await app.inject(preflight('/fhir/Task/1', 'https://evil.example.org'))
  t.equal(stranger.headers['access-control-allow-origin'], undefined)
  const headers = { ...page, ...(await authorization()) }
  const answer = await app.inject({ url: '/fhir/Task/1', headers })
  t.match(answer.headers, {
    'access-control-allow-origin': page.origin,
    'access-control-expose-headers': /Content-Location.*ETag.*Last-Modified.*Location.*X-Request-ID/,
    vary: /origin.*accept, accept-encoding/i,
  })
  const refusal = await app.inject({ url: '/fhir/Task/1', headers: page })
  t.same(
    [refusal.statusCode, refusal.headers['access-control-allow-origin']],
    [401, page.origin],
    'a page can read why',
  )
  t.equal((await app.inject({ url: '/metrics', headers: page })).headers['access-control-allow-origin'], undefined)
  const options = await app.inject({ method: 'OPTIONS', url: '/fhir/Task/1', headers: page })
  t.equal(options.headers.allow, 'GET, HEAD, PUT, OPTIONS', 'no preflight: the address itself answers')

  const any = shell({ env: { CORS_ORIGINS: '*' } })
  t.equal((await any.app.inject(preflight())).headers['access-control-allow-origin'], '*')
})

t.test('every answer over the wire has a date', async (t) => {
  const { app, authorization } = shell()
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo
  for (const headers of [await authorization(), {}]) {
    const answer = await fetch(`http://127.0.0.1:${port}/fhir/Task/1`, { headers })
    t.match(answer.headers.get('date'), /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/, String(answer.status))
    await answer.text()
  }
})
