/** Forty ways for an access token to be wrong, each refused; and what happens around keys. Real keys, real HTTP. */
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request as httpRequest } from 'node:http'
import { base64url, EncryptJWT, exportSPKI, generateKeyPair } from 'jose'
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { START, startExchange } from '../helper.ts'
import { located, orderBundle } from '../orders.ts'
import { AUDIENCE, type Claims, goodClaims, ISSUER, jsonFile, keyPair, keyServer, listen, sign } from './parties.ts'

const main = await keyPair('main')
const rsa = await keyPair('rsa', 'RS384')
const second = await keyPair('second')
const stranger = await keyPair('main')
const inline = await keyPair('inline')

const good = goodClaims(START)
const seconds = START / 1000
const part = (value: unknown) => base64url.encode(JSON.stringify(value))

interface Wrong {
  readonly name: string
  readonly token: () => Promise<string> | string
  readonly status: number
  readonly key: string
}

/** The same token with the other signature that the same curve accepts: s and n - s (P-384). */
function otherSignature(token: string): string {
  const order = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n
  const [head, payload, signature = ''] = token.split('.')
  const bytes = Buffer.from(signature, 'base64url').toString('hex')
  const s = order - BigInt(`0x${bytes.slice(96)}`)
  return `${head}.${payload}.${Buffer.from(bytes.slice(0, 96) + s.toString(16).padStart(96, '0'), 'hex').toString('base64url')}`
}

const wrongs: Wrong[] = []
const wrong = (name: string, token: Wrong['token'], key = 'token-invalid', status = 401): void =>
  void wrongs.push({ name, token, status, key })
const claims = (changes: Claims) => () => sign(main, { ...good, ...changes })

wrong('not a token at all', () => 'abc')
wrong('two parts only', async () => (await sign(main, good)).split('.').slice(0, 2).join('.'))
wrong('far too long', () => `${'a'.repeat(9000)}.b.c`)
wrong('a header that is not JSON', async () => `e30x.${part(good)}.AA`)
wrong('alg none', () => `${part({ alg: 'none' })}.${part(good)}.`)
wrong('alg None, in other letters', () => `${part({ alg: 'nOnE', kid: 'main' })}.${part(good)}.`)
wrong('signed with the public key as a shared secret', async () => {
  const text = `${part({ alg: 'HS256', kid: 'rsa' })}.${part(good)}`
  return `${text}.${createHmac('sha256', await exportSPKI(rsa.publicKey))
    .update(text)
    .digest('base64url')}`
})
wrong('an algorithm outside the allow-list', async () => sign(await keyPair('main', 'ES512'), good))
wrong('a key of somebody else under the right name', () => sign(stranger, good))
wrong('a key that nobody publishes', async () => sign(await keyPair('unknown'), good))
wrong('no kid where there are several keys', () => sign(main, good, { kid: undefined }))
wrong('the kid of another key', () => sign(main, good, { kid: 'second' }))
wrong('an embedded key (jwk)', () => sign(stranger, good, { jwk: stranger.jwk, kid: 'elsewhere' }))
wrong('a key address of its own (jku)', () => sign(stranger, good, { jku: 'https://attacker.example/jwks', kid: 'x' }))
wrong('a critical header that is not understood', async () => {
  const [, payload, signature] = (await sign(main, good)).split('.')
  return `${part({ alg: 'ES384', kid: 'main', crit: ['exp'], exp: 1 })}.${payload}.${signature}`
})
wrong('a changed payload', async () => {
  const [head, , signature] = (await sign(main, good)).split('.')
  return `${head}.${part({ ...good, organization: 'RXX' })}.${signature}`
})
wrong('a cut signature', async () => (await sign(main, good)).slice(0, -8))
wrong('the signature of another token', async () => {
  const [head, payload] = (await sign(main, good)).split('.')
  return `${head}.${payload}.${(await sign(main, { ...good, sub: 'x' })).split('.')[2]}`
})
wrong('an identity token', () => sign(main, good, { typ: 'id_token+jwt' }))
wrong('a logout token', () => sign(main, good, { typ: 'logout+jwt' }))
wrong('an encrypted token', async () => {
  const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-384' })
  return new EncryptJWT(good).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' }).encrypt(publicKey)
})
wrong('expired', claims({ iat: seconds - 600, exp: seconds - 300 }), 'token-expired')
wrong(
  'expired by just more than the clocks may differ',
  claims({ iat: seconds - 300, exp: seconds - 11 }),
  'token-expired',
)
wrong('no exp', claims({ exp: undefined }))
wrong('exp as text', claims({ exp: String(seconds + 300) }))
wrong('exp far in the future', claims({ exp: seconds + 366 * 86_400 }))
wrong('not valid yet', claims({ nbf: seconds + 60 }))
wrong('nbf as text', claims({ nbf: 'soon' }))
wrong('issued in the future', claims({ iat: seconds + 60 }))
wrong('no iat', claims({ iat: undefined }))
wrong('ends before it begins', claims({ iat: seconds + 5, exp: seconds + 1 }))
wrong('no issuer', claims({ iss: undefined }))
wrong('an issuer nobody trusts', claims({ iss: 'https://attacker.example' }))
wrong('an issuer that differs by a slash', claims({ iss: `${ISSUER}/` }))
wrong('an issuer that is a list', claims({ iss: [ISSUER] }))
wrong('signed by another trusted issuer’s key', () => sign(inline, good))
wrong('no audience', claims({ aud: undefined }))
wrong('another audience', claims({ aud: 'https://elsewhere.example/fhir' }))
wrong('an audience that begins alike', claims({ aud: `${AUDIENCE}/Patient` }))
wrong('nobody it was given to', claims({ sub: undefined, client_id: undefined }))
wrong('a name of several lines', claims({ client_id: 'a\nb' }))
wrong('a name with a character that no database keeps', claims({ client_id: 'a\u0000' }))
wrong('a name that is a book', claims({ client_id: 'a'.repeat(257) }))
wrong('no jti where the issuer must give one', () => sign(inline, { ...good, iss: 'https://inline.example' }))
wrong('not bound to a certificate where it must be', () => sign(second, { ...good, iss: 'https://bound.example' }))
wrong('bound to a certificate that did not come', claims({ cnf: { 'x5t#S256': 'A'.repeat(43) } }))
wrong('bound by DPoP, whose proof nobody checks', claims({ cnf: { jkt: 'A'.repeat(43) } }))
wrong('no organisation', claims({ organization: undefined }), 'identity-unknown', 403)
wrong('an organisation that is no code', claims({ organization: "RBA' OR 1=1" }), 'identity-unknown', 403)
wrong('an organisation the issuer may not speak for', claims({ organization: 'RYY' }), 'identity-unknown', 403)
wrong('no role', claims({ role: undefined }), 'identity-unknown', 403)
wrong('the role of the service itself', claims({ role: 'service' }), 'identity-unknown', 403)
wrong('a role that every object has', claims({ role: 'constructor' }), 'identity-unknown', 403)
wrong('a tester outside the sandbox', claims({ role: 'tester' }), 'identity-unknown', 403)
wrong('no scope', claims({ scope: undefined }), 'scope-missing', 403)
wrong('a scope for another type', claims({ scope: 'system/Task.cruds' }), 'scope-missing', 403)
wrong('a scope for something else', claims({ scope: 'system/Patient.cud' }), 'scope-missing', 403)
wrong('a scope for users', claims({ scope: 'user/Patient.rs patient/*.cruds openid' }), 'scope-missing', 403)
wrong('a scope narrowed by a query', claims({ scope: 'system/Patient.rs?name=x' }), 'scope-missing', 403)

t.test('tokens of outside issuers', async (t) => {
  const server = await keyServer(t, { keys: [main.jwk, rsa.jwk, second.jwk] })
  const issuers = jsonFile(t, [
    {
      issuer: ISSUER,
      audience: [AUDIENCE],
      jwksUrl: server.url,
      organizations: ['RBA', 'RXX'],
      algorithms: ['ES384', 'RS384'],
    },
    { issuer: 'https://inline.example', audience: [AUDIENCE], jwks: { keys: [inline.jwk] }, jti: 'required', uses: 2 },
    { issuer: 'https://bound.example', audience: [AUDIENCE], jwksUrl: server.url, certificateBound: true },
    {
      issuer: 'https://other-words.example',
      audience: [AUDIENCE, 'other'],
      jwksUrl: server.url,
      organizationClaim: '/extensions/subject~1organization',
      roleClaim: 'https://claims.example/role',
      scopeClaim: 'scp',
      roleNames: { 'homecare-pharmacist': 'pharmacist' },
    },
  ])
  const exchange = await startExchange(t, { AUTH: 'oauth', ISSUERS: issuers })
  const origin = await listen(exchange)
  const ask = (token: string | undefined, path = 'Patient', init: RequestInit = {}) =>
    fetch(`${origin}/fhir/${path}`, {
      ...init,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
    })

  await t.test('good ones come in', async (t) => {
    for (const [name, token] of [
      ['ES384', await sign(main, good)],
      ['RS384', await sign(rsa, good)],
      ['a list of audiences', await sign(main, { ...good, aud: ['x', AUDIENCE] })],
      ['expired within the difference of clocks', await sign(main, { ...good, exp: seconds - 9, iat: seconds - 300 })],
      ['an older kind of scope', await sign(main, { ...good, scope: 'system/Patient.read' })],
      ['no typ', await sign(main, good, { typ: undefined })],
      [
        'other words for claims',
        await sign(main, {
          ...good,
          iss: 'https://other-words.example',
          aud: 'other',
          organization: undefined,
          role: undefined,
          scope: undefined,
          extensions: { 'subject/organization': 'rba' },
          'https://claims.example/role': 'homecare-pharmacist',
          scp: ['system/Patient.rs'],
        }),
      ],
    ] as const) {
      t.equal((await ask(token)).status, 200, name)
    }
  })

  await t.test('more than forty wrong ones do not, and leave nothing', async (t) => {
    t.ok(wrongs.length >= 40, `${wrongs.length} ways`)
    for (const { name, token, status, key } of wrongs) {
      const answer = await ask(await token())
      const outcome = (await answer.json()) as { issue: { details: { coding: { code: string }[] } }[] }
      t.same([answer.status, outcome.issue[0]?.details.coding[0]?.code], [status, key], name)
      const challenge = answer.headers.get('www-authenticate') ?? ''
      t.match(challenge, status === 401 ? /error="invalid_token"/ : /error="insufficient_scope"/, name)
    }
  })

  await t.test('two issuers that give one name to two clients are told apart on record', async (t) => {
    for (const iss of [ISSUER, 'https://other-words.example']) {
      const claims = { ...good, iss, 'https://claims.example/role': 'homecare-pharmacist', scp: 'system/*.rs' }
      const organization = { extensions: { 'subject/organization': 'RBA' } }
      await ask(await sign(main, { ...claims, ...organization, client_id: 'epr' }), 'Patient?_summary=count')
    }
    await exchange.audit.flush()
    const found = await ask(await sign(main, { ...good, scope: 'system/*.rs' }), 'AuditEvent?_count=100')
    const told = await found.text()
    for (const iss of [ISSUER, 'https://other-words.example']) t.match(told, `"name":"epr of ${iss}"`)
  })

  await t.test('no header, or one that is no bearer', async (t) => {
    const answer = await ask(undefined)
    t.equal(answer.status, 401)
    t.equal(answer.headers.get('www-authenticate'), 'Bearer realm="homecare-exchange"')
    for (const authorization of ['Basic YTpi', 'Bearer', 'bearer a b', 'DPoP x.y.z']) {
      t.equal((await ask(undefined, 'Patient', { headers: { authorization } })).status, 401, authorization)
    }
    const { hostname, port } = new URL(origin)
    const raw = async (...headers: string[]): Promise<number | undefined> => {
      const asked = httpRequest({ hostname, port, path: '/fhir/Patient', headers: ['host', 'x', ...headers] })
      asked.end()
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      answer.resume()
      return answer.statusCode
    }
    const bearer = `Bearer ${await sign(main, good)}`
    t.equal(await raw('authorization', bearer), 200)
    t.equal(await raw('authorization', bearer, 'authorization', 'Bearer x'), 401, 'two of them are none')
    t.equal(await raw('authorization', 'Bearer x', 'Authorization', bearer), 401)
    const inQuery = await ask(undefined, `Patient?access_token=${await sign(main, good)}`)
    t.equal(inQuery.status, 401, 'a token in the address is none')
  })

  await t.test('a token of limited use is good as often as its issuer says', async (t) => {
    const limited = { ...good, iss: 'https://inline.example', jti: 'a' }
    const token = await sign(inline, limited)
    t.same([(await ask(token)).status, (await ask(token)).status, (await ask(token)).status], [200, 200, 401])
    t.equal((await ask(await sign(inline, { ...limited, jti: 'b' }))).status, 200, 'another one counts anew')
    t.equal((await ask(await sign(inline, limited))).status, 401, 'signed again, it is the same token by its jti')
    t.equal((await ask(otherSignature(await sign(inline, { ...limited, jti: 'b' })))).status, 200, 'its second use')
    t.equal((await ask(await sign(inline, { ...limited, jti: 'b' }))).status, 401)
    const together = await sign(inline, { ...limited, jti: 'c' })
    const answers = await Promise.all([1, 2, 3, 4].map(async () => (await ask(together)).status))
    t.same(answers.toSorted(), [200, 200, 401, 401], 'four at once')
    const node = await startExchange(t, { AUTH: 'oauth', ISSUERS: issuers, DATABASE_URL: exchange.databaseUrl })
    const again = await node.app.inject({ url: '/fhir/Patient', headers: { authorization: `Bearer ${token}` } })
    t.equal(again.statusCode, 401, 'nor on another node')
  })

  await t.test('scopes are asked for every interaction and every entry of a Bundle', async (t) => {
    const json = { 'content-type': 'application/fhir+json' }
    const post = async (scope: string, path: string, body: unknown) =>
      ask(await sign(main, { ...good, scope }), path, { method: 'POST', headers: json, body: JSON.stringify(body) })
    const named = async (answer: Response): Promise<string> => {
      const { issue } = (await answer.json()) as { issue: { diagnostics: string }[] }
      return issue.flatMap(({ diagnostics }) => /system\/[A-Za-z*]+\.[a-z]+/.exec(diagnostics)?.[0] ?? []).join(' ')
    }
    const reader = await sign(main, { ...good, scope: 'system/Patient.r' })
    t.equal((await ask(reader, 'Patient/x')).status, 404, 'read is allowed')
    t.equal((await ask(reader, 'Patient/x/_history')).status, 404)
    for (const [path, init, scope] of [
      ['Patient', {}, 'system/Patient.s'],
      [
        'Patient/_search',
        { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        'system/Patient.s',
      ],
      ['Patient', { method: 'POST', headers: json, body: '{}' }, 'system/Patient.c'],
      ['Patient/x', { method: 'PUT', headers: json, body: '{}' }, 'system/Patient.u'],
      ['Task/x', {}, 'system/Task.r'],
    ] as const) {
      const answer = await ask(reader, path, init)
      t.equal(answer.status, 403, `${path} ${scope}`)
      t.match(answer.headers.get('www-authenticate'), `scope="${scope}"`)
      t.equal(await named(answer), scope)
    }
    const bundle = orderBundle()
    const refused = await post('system/*.r system/Patient.c system/Organization.c', '', bundle)
    t.equal(refused.status, 403)
    t.equal(await named(refused), 'system/Practitioner.c system/PractitionerRole.c system/MedicationRequest.c')
    t.equal((await ask(await sign(main, good), 'Patient')).status, 200)
    const [row] = await exchange.context.database.query('SELECT COUNT(*) AS n FROM resource WHERE type = $1', [
      'Patient',
    ])
    t.same(row, { n: 0 }, 'nothing of the Bundle is stored')
    const made = await post('system/*.cruds', '', bundle)
    t.equal(made.status, 200)
    const again = await post('system/Patient.c', '', bundle)
    t.equal(again.status, 403, 'what was answered before is not for a token that may not ask it')
    const answer = { body: await made.json(), status: 200, headers: {}, text: '', keys: [] } as never
    const patient = located(answer, 'Patient')
    const [task] = (((await (await ask(await sign(main, good), 'Task')).json()) as r4.Bundle).entry ?? []).map(
      ({ resource }) => resource?.id,
    )
    const story = async (scope: string): Promise<string[]> => {
      const told = await ask(await sign(main, { ...good, scope }), `Task/${task}/$timeline`)
      const references = JSON.stringify(await told.json()).matchAll(/"reference":"([A-Za-z]+)/g)
      return [...new Set([...references].map(([, type = '']) => type))].toSorted()
    }
    t.same(await story('system/*.rs'), ['MedicationRequest', 'Task'])
    t.same(await story('system/Task.rs'), ['Task'], 'a story tells of no type that the token may not read')
    t.equal((await ask(await sign(main, good), patient)).status, 200)

    const writer = (path: string, init: RequestInit) => async (scope: string) => {
      const answer = await ask(await sign(main, { ...good, scope }), path, init)
      return `${answer.status} ${(await answer.text()).includes('"birthDate"')}`
    }
    const known = orderBundle().entry.find(({ resource }) => resource?.resourceType === 'Patient')
    const bare = JSON.stringify({ ...known?.resource, birthDate: undefined, name: [{ family: 'Fishing' }] })
    const [{ identifier: [number] = [] }] = [known?.resource as r4.Patient]
    const condition = `identifier=${number?.system}|${number?.value}`
    const found = writer('Patient', { method: 'POST', headers: { ...json, 'if-none-exist': condition }, body: bare })
    const patches = { ...json, 'content-type': 'application/json-patch+json' }
    const patched = writer(patient, { method: 'PATCH', headers: patches, body: '[]' })
    const entry = {
      resource: JSON.parse(bare) as unknown,
      request: { method: 'POST', url: 'Patient', ifNoneExist: condition },
    }
    const bundled = writer('', {
      method: 'POST',
      headers: { ...json, prefer: 'return=representation' },
      body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: [entry] }),
    })
    t.equal(await found('system/Patient.c'), '200 false', 'what a condition finds is not shown to who may only create')
    t.equal(await found('system/Patient.cr'), '200 true')
    t.equal(await bundled('system/Patient.c'), '200 false')
    t.equal(await bundled('system/Patient.cr'), '200 true')
    t.equal(await patched('system/Patient.u'), '200 false', 'nor what a patch is laid upon to who may only change')
    t.equal(await patched('system/Patient.ru'), '200 true')
    t.equal((await ask(await sign(main, { ...good, scope: 'system/Task.r' }), `${patient}/$validate`)).status, 403)
    const message = {
      resourceType: 'Bundle',
      type: 'message',
      identifier: { value: 'one' },
      entry: [
        {
          resource: {
            resourceType: 'MessageHeader',
            eventCoding: { system: 'https://fhir.nhs.uk/CodeSystem/message-event', code: 'prescription-order' },
            source: { endpoint: 'https://directory.example.org/RBA' },
          },
        },
        ...bundle.entry.map(({ fullUrl, resource }) => ({ fullUrl, resource })),
      ],
    }
    t.equal(
      await named(await post('system/*.cr', '$process-message', message)),
      'system/Patient.u system/Practitioner.u system/Organization.u',
      'a message changes what it finds, so it takes the scope for that',
    )
    t.equal(
      (await ask(await sign(main, { ...good, organization: 'RXX' }), patient)).status,
      404,
      'a stranger finds nothing',
    )
    t.equal(
      (
        await ask(await sign(main, good), '$validate', {
          method: 'POST',
          headers: json,
          body: '{"resourceType":"Basic"}',
        })
      ).status,
      200,
    )
  })
})

t.test('keys change, disappear and are out of reach', async (t) => {
  const server = await keyServer(t, { keys: [main.jwk] })
  const issuers = jsonFile(t, [{ issuer: ISSUER, audience: [AUDIENCE], jwksUrl: server.url }])
  const exchange = await startExchange(t, { AUTH: 'oauth', ISSUERS: issuers })
  const origin = await listen(exchange)
  const ask = async (key = main) =>
    fetch(`${origin}/fhir/Patient`, {
      headers: { authorization: `Bearer ${await sign(key, goodClaims(exchange.now))}` },
    })

  server.keys = undefined
  const down = await ask()
  t.equal(down.status, 503, 'no keys yet: the token may be good, so try again')
  t.equal(down.headers.get('retry-after'), '30')
  t.equal(((await down.json()) as { issue: { code: string }[] }).issue[0]?.code, 'transient')
  server.keys = { keys: [main.jwk] }
  t.equal((await ask()).status, 503, 'the address is left alone for a while')
  t.equal(server.asked, 1)
  exchange.now += 30_000
  t.equal((await ask()).status, 200)
  t.equal((await ask()).status, 200, 'ten requests with ten tokens are one fetch')
  t.equal(server.asked, 2)

  server.keys = { keys: [main.jwk, second.jwk] }
  t.equal((await ask(second)).status, 401, 'a key id that is not known is looked for, but not all the time')
  exchange.now += 30_000
  t.equal((await ask(second)).status, 200, 'rotation: a new key is found by its id')

  server.keys = { keys: [second.jwk] }
  exchange.now += 10 * 60_000
  t.equal((await ask(main)).status, 401, 'a withdrawn key counts no more')

  server.keys = undefined
  exchange.now += 60 * 60_000
  t.equal((await ask(second)).status, 200, 'what is remembered serves while the address is down')
  exchange.now += 24 * 60 * 60_000
  t.equal((await ask(second)).status, 503, 'but not for ever')

  for (const keys of [
    { keys: [] },
    'x',
    { keys: [{ kty: 'oct', k: 'AA', kid: 'main' }] },
    { keys: 'a'.repeat(300_000) },
  ]) {
    server.keys = keys
    exchange.now += 30_000
    t.equal((await ask(main)).status, 503, `no usable set: ${JSON.stringify(keys).slice(0, 40)}`)
  }
})

t.test('a token that was verified is verified again before long', async (t) => {
  const server = await keyServer(t, { keys: [main.jwk] })
  const issuers = jsonFile(t, [{ issuer: ISSUER, audience: [AUDIENCE], jwksUrl: server.url }])
  const exchange = await startExchange(t, { AUTH: 'oauth', ISSUERS: issuers })
  const token = await sign(main, { ...good, exp: seconds + 3600 })
  const ask = async () =>
    (await exchange.app.inject({ url: '/fhir/Patient', headers: { authorization: `Bearer ${token}` } })).statusCode
  t.equal(await ask(), 200)
  server.keys = { keys: [second.jwk] }
  exchange.now += 59_000
  t.equal(await ask(), 200, 'from memory')
  exchange.now += 10 * 60_000
  t.equal(await ask(), 401, 'its key was withdrawn')
})

t.test('a broken file of issuers stops the start, with words', async (t) => {
  const row = { issuer: ISSUER, audience: [AUDIENCE], jwksUrl: 'https://login.example.org/jwks' }
  const cases: [unknown, RegExp][] = [
    [[], /fewer than 1/],
    [[{ issuer: ISSUER }], /audience/],
    [[{ ...row, jwksUrl: 'http://login.example.org/jwks' }], /jwksUrl/],
    [[{ ...row, jwks: { keys: [] } }], /jwksUrl/],
    [[{ issuer: ISSUER, audience: ['x'], jwks: { keys: [] } }], /no public key/],
    [[{ ...row, algorithms: ['HS256'] }], /algorithms/],
    [[{ ...row, algorithms: ['none'] }], /algorithms/],
    [[{ ...row, roles: ['service'] }], /roles/],
    [[{ ...row, uses: 1 }], /jti/],
    [[row, row], /two rows/],
  ]
  for (const [value, message] of cases) {
    const file = jsonFile(t, value)
    await t.rejects(startExchange(t, { AUTH: 'oauth', ISSUERS: file }), { message }, message.source)
  }
})
