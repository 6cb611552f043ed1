/** The authorization server inside, as an EPR meets it: registered on the command line, asked with signed assertions. */
import { createHash, X509Certificate } from 'node:crypto'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import t, { type Test } from 'tap'
import { narrow, permits, readScope, readScopes } from '../../src/fhir/smart-scope.ts'
import { command, type Ended } from '../command.ts'
import { type Exchange, START, startExchange } from '../helper.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { certificate } from './certificates.ts'
import { type Claims, type KeyPair, keyPair, keyServer, listen, sign } from './parties.ts'

const es = await keyPair('es')
const rs = await keyPair('rs', 'RS384')
const other = await keyPair('es')
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** `homecare-exchange …` in a process of its own. @returns exit code and what it said */
const cli = (env: Record<string, string>, ...args: string[]): Promise<Ended> => command(args, env)

const client = (id: string, more: Record<string, unknown>) => ({
  id,
  organization: 'RBA',
  role: 'trust',
  scope: 'system/*.cruds',
  ...more,
})

/** Writes the files of an authorization server. */
async function files(t: Test, clients: unknown[]): Promise<Record<string, string>> {
  const where = temporaryFolder(t)
  const env = { AUTH: 'oauth', CLIENTS: join(where, 'clients.json'), SIGNING_KEYS: join(where, 'keys.json') }
  writeFileSync(env.CLIENTS, JSON.stringify({ clients }), { mode: 0o600 })
  t.equal((await cli(env, 'key', 'rotate')).code, 0)
  return env
}

interface Desk {
  readonly origin: string
  readonly tokenUrl: string
  assertion(key: KeyPair, changes?: Claims, header?: Record<string, unknown>): Promise<string>
  ask(
    assertion: string,
    changes?: Record<string, string | undefined>,
  ): Promise<{ status: number; body: Record<string, unknown> }>
}

let jti = 0

async function desk(exchange: Exchange): Promise<Desk> {
  const origin = await listen(exchange)
  const tokenUrl = `${exchange.context.base.replace('/fhir', '')}/oauth2/token`
  return {
    origin,
    tokenUrl,
    assertion: (key, changes = {}, header = {}) => {
      const now = Math.floor(exchange.now / 1000)
      const claims = { iss: 'epr', sub: 'epr', aud: tokenUrl, exp: now + 240, iat: now, jti: `j${++jti}` }
      return sign(key, { ...claims, ...changes }, { typ: 'JWT', ...header })
    },
    ask: async (assertion, changes = {}) => {
      const form = {
        grant_type: 'client_credentials',
        scope: 'system/*.rs',
        client_assertion_type: TYPE,
        client_assertion: assertion,
        ...changes,
      }
      const body = new URLSearchParams(JSON.parse(JSON.stringify(form))).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await fetch(`${origin}/oauth2/token`, { method: 'POST', headers, body })
      t.equal(answer.headers.get('cache-control'), 'no-store')
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    },
  }
}

t.test('a registered client gets a short token for its organisation, and comes in with it', async (t) => {
  const server = await keyServer(t, { keys: [rs.jwk] })
  const env = await files(t, [
    client('epr', { jwks: { keys: [es.jwk] } }),
    client('by-url', { jwksUrl: server.url, organization: 'VN6XW', role: 'provider', scope: 'system/Task.rus' }),
  ])
  const exchange = await startExchange(t, env)
  const { origin, tokenUrl, assertion, ask } = await desk(exchange)

  const discovered = await (await fetch(`${origin}/fhir/.well-known/smart-configuration`)).json()
  t.match(discovered, {
    token_endpoint: tokenUrl,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
  })
  t.notOk('issuer' in (discovered as object), 'SMART leaves it out where nobody signs in')
  t.notOk('tls_client_certificate_bound_access_tokens' in (discovered as object), 'not where TLS ends elsewhere')
  const issuer = exchange.context.base.replace('/fhir', '')
  t.same(await (await fetch(`${origin}/.well-known/oauth-authorization-server`)).json(), {
    issuer,
    ...(discovered as object),
  })
  const { rest } = (await (await fetch(`${origin}/fhir/metadata`)).json()) as { rest: { security: unknown }[] }
  t.match(rest[0]?.security, { service: [{ coding: [{ code: 'OAuth' }, { code: 'SMART-on-FHIR' }] }] })

  const { status, body } = await ask(await assertion(es))
  t.match([status, body], [200, { token_type: 'Bearer', expires_in: 300, scope: 'system/*.rs' }])
  const token = String(body.access_token)
  t.match(decodeProtectedHeader(token), { alg: 'ES384', typ: 'at+jwt' })
  t.match(decodeJwt(token), { aud: exchange.context.base, organization: 'RBA', role: 'trust', client_id: 'epr' })
  const jwks = createRemoteJWKSet(new URL(`${origin}/oauth2/jwks`))
  t.ok(await jwtVerify(token, jwks, { currentDate: new Date(START) }), 'anybody can verify it')
  const published = JSON.stringify(await (await fetch(`${origin}/oauth2/jwks`)).json())
  t.notMatch(published, /"d":/, 'with the public half alone')
  const read = (bearer: string, path: string) =>
    fetch(`${origin}/fhir/${path}`, { headers: { authorization: `Bearer ${bearer}` } })
  t.equal((await read(token, 'Task')).status, 200)

  const byUrl = await ask(await assertion(rs, { iss: 'by-url', sub: 'by-url' }), {
    scope: 'system/*.read system/Task.write',
  })
  t.match(byUrl.body, { scope: 'system/Task.rs system/Task.u' }, 'no more than the client may have')
  t.equal((await read(String(byUrl.body.access_token), 'Task')).status, 200)
  t.equal((await read(String(byUrl.body.access_token), 'Patient')).status, 403)
  t.equal(server.asked, 1)
  server.keys = undefined
  await server.close()
  exchange.now += 11 * 60_000
  t.equal((await ask(await assertion(rs, { iss: 'by-url', sub: 'by-url' }), { scope: 'system/Task.s' })).status, 200)
  t.equal((await read(token, 'Task')).status, 401, 'five minutes are over')
})

t.test('an assertion that is wrong gets no token', async (t) => {
  const env = await files(t, [
    client('epr', { jwks: { keys: [es.jwk, rs.jwk] } }),
    client('two', { jwks: { keys: [es.jwk] } }),
  ])
  const exchange = await startExchange(t, env)
  const { assertion, ask, tokenUrl } = await desk(exchange)
  const now = exchange.now / 1000
  t.equal((await ask(await assertion(rs))).status, 200, 'RS384')
  t.equal((await ask(await assertion(es, { aud: ['x', tokenUrl] }))).status, 200, 'a list of audiences')
  const shared = await keyPair('es', 'ES256')
  const cases: [string, string, RegExp][] = [
    ['nonsense', 'a.b.c', /proves no client/],
    ['an unknown client', await assertion(es, { iss: 'nobody', sub: 'nobody' }), /proves no client/],
    ['the name of a property', await assertion(es, { iss: '__proto__', sub: '__proto__' }), /proves no client/],
    ['somebody else’s key', await assertion(other), /proves no client/],
    ['another client’s key', await assertion(rs, { iss: 'two', sub: 'two' }), /proves no client/],
    ['another algorithm', await assertion(shared), /proves no client/],
    ['no kid', await assertion(es, {}, { kid: undefined }), /proves no client/],
    ['an access token', await assertion(es, {}, { typ: 'at+jwt' }), /proves no client/],
    ['another subject', await assertion(es, { sub: 'two' }), /iss and sub/],
    ['another audience', await assertion(es, { aud: 'https://elsewhere.example/token' }), /audience/],
    ['no audience', await assertion(es, { aud: undefined }), /audience/],
    ['expired', await assertion(es, { exp: now - 20 }), /expired/],
    ['no exp', await assertion(es, { exp: undefined }), /exp and jti/],
    ['good for a day', await assertion(es, { exp: now + 86_400 }), /300 seconds/],
    ['not valid yet', await assertion(es, { nbf: now + 60 }), /./],
    ['no jti', await assertion(es, { jti: undefined }), /exp and jti/],
    ['an empty jti', await assertion(es, { jti: '' }), /jti/],
    ['a huge jti', await assertion(es, { jti: 'j'.repeat(300) }), /jti/],
  ]
  for (const [name, text, words] of cases) {
    const { status, body } = await ask(text)
    t.match([status, body], [401, { error: 'invalid_client', error_description: words }], name)
    t.notOk('access_token' in body)
  }
  const used = await assertion(es)
  t.equal((await ask(used)).status, 200)
  t.match(await ask(used), { status: 401, body: { error_description: /used before/ } }, 'a replay')
  const twice = await assertion(es)
  const both = await Promise.all([ask(twice), ask(twice), ask(twice)])
  t.same(both.map(({ status }) => status).sort(), [200, 401, 401], 'at the same moment, too')
  const taken = await assertion(es, { jti: 'mine' })
  t.equal((await ask(taken)).status, 200)
  t.equal(
    (await ask(await assertion(es, { iss: 'two', sub: 'two', jti: 'mine' }))).status,
    200,
    'each client has its own',
  )

  for (const [changes, status, error] of [
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ grant_type: undefined }, 400, 'unsupported_grant_type'],
    [{ client_assertion: undefined }, 400, 'invalid_request'],
    [{ client_assertion_type: 'x' }, 400, 'invalid_request'],
    [{ client_secret: 'x' }, 401, 'invalid_client'],
    [{ scope: undefined }, 400, 'invalid_scope'],
    [{ scope: 'openid patient/*.rs' }, 400, 'invalid_scope'],
  ] as const) {
    const answer = await ask(await assertion(es), changes)
    t.match([answer.status, answer.body], [status, { error }], JSON.stringify(changes))
  }
})

t.test('a replay is refused after a restart as well', async (t) => {
  const env = await files(t, [client('epr', { jwks: { keys: [es.jwk] } })])
  const first = await startExchange(t, { ...env, PORT: '18080' })
  const at = await desk(first)
  const used = await at.assertion(es)
  t.equal((await at.ask(used)).status, 200)
  await first.close()
  const again = await startExchange(t, { ...env, PORT: '18080', DATABASE_URL: first.databaseUrl })
  t.equal((await (await desk(again)).ask(used)).status, 401)
})

t.test('the command line registers, lists and removes clients, and rotates keys under a running service', async (t) => {
  const where = temporaryFolder(t)
  const env = { CLIENTS: join(where, 'a/clients.json'), SIGNING_KEYS: join(where, 'a/keys.json') }
  const mine = join(where, 'mine.json')
  const add = (...more: string[]) =>
    cli(env, 'client', 'add', '--organization', 'rba', '--role', 'trust', '--scope', 'system/*.cruds', ...more)
  const added = await add('--id', 'epr', '--make-key', mine)
  t.equal(added.code, 0, added.err)
  for (const file of [env.CLIENTS, env.SIGNING_KEYS, mine]) t.equal(statSync(file).mode & 0o777, 0o600, file)
  t.notMatch(readFileSync(env.CLIENTS, 'utf8'), /"d"/, 'no private key is kept for a client')

  const exchange = await startExchange(t, { AUTH: 'oauth', ...env })
  const { ask, tokenUrl, origin } = await desk(exchange)
  const signed = async () =>
    (await cli({}, 'assertion', '--id', 'epr', '--key', mine, '--audience', tokenUrl)).out.trim()
  exchange.now = Date.now()
  const { status, body } = await ask(await signed())
  t.equal(status, 200, JSON.stringify(body))
  const read = async () =>
    (await fetch(`${origin}/fhir/Task`, { headers: { authorization: `Bearer ${body.access_token}` } })).status
  t.equal(await read(), 200)

  t.match((await cli(env, 'key', 'rotate')).out, /new key/)
  exchange.now += 61_000
  t.equal(await read(), 200, 'a token of the key before is good until it ends')
  t.match((await cli(env, 'key', 'list')).out.trim().split('\n'), [/Z$/, /Z$/])
  await cli(env, 'key', 'rotate')
  exchange.now += 61_000
  t.equal(await read(), 401, 'one of the key before that is not')

  writeFileSync(join(where, 'public.json'), JSON.stringify({ keys: [es.jwk] }))
  t.equal((await add('--id', 'second', '--jwks', join(where, 'public.json'), '--name', 'Second EPR')).code, 0)
  t.match((await cli(env, 'client', 'list')).out, /epr\tRBA\ttrust\tsystem\/\*\.cruds\nsecond\t/)
  exchange.now = Date.now()
  t.equal((await ask(await signed())).status, 200)
  t.equal((await cli(env, 'client', 'remove', '--id', 'epr')).code, 0)
  t.equal((await ask(await signed())).status, 401, 'a removed client gets no more tokens')

  writeFileSync(join(where, 'private.json'), readFileSync(mine))
  for (const [args, words] of [
    [['--id', 'second', '--jwks-url', 'https://epr.example.org/jwks'], /stands twice/],
    [['--id', 'a b', '--jwks-url', 'https://epr.example.org/jwks'], /must match/],
    [['--id', 'x', '--jwks-url', 'http://epr.example.org/jwks'], /must match/],
    [['--id', 'x'], /Say once where the keys are/],
    [['--id', 'x', '--jwks', join(where, 'private.json')], /public half only/],
    [['--id', 'x', '--make-key', mine], /exists already/],
    [['--id', 'x', '--scope', 'user/*.rs', '--jwks-url', 'https://epr.example.org/jwks'], /no scope like/],
    [['--jwks-url', 'https://epr.example.org/jwks'], /--id is missing/],
  ] as const) {
    const answer = await add(...args)
    t.match([answer.code, answer.err], [2, words])
  }
  t.equal((await cli(env, 'client', 'grant')).code, 2)
  t.equal((await cli(env, 'client', 'remove', '--id', 'nobody')).code, 2)
})

t.test('files that others may read, or that are broken, stop the start', async (t) => {
  const env = await files(t, [client('epr', { jwks: { keys: [es.jwk] } })])
  const starts = () => startExchange(t, env)
  chmodSync(env.SIGNING_KEYS ?? '', 0o644)
  await t.rejects(starts(), { message: /chmod 600/ })
  chmodSync(env.SIGNING_KEYS ?? '', 0o600)
  writeFileSync(env.SIGNING_KEYS ?? '', '{"keys":[{"kty":"EC","d":"secret"')
  const refusal = (await starts().catch((error: Error) => error)) as Error
  t.match(refusal.message, /is not JSON/)
  t.notMatch(refusal.message, /secret/)
  writeFileSync(env.SIGNING_KEYS ?? '', '{"keys":[]}')
  await t.rejects(starts(), { message: /no signing keys/ })
})

t.test('a token can be bound to a client certificate', async (t) => {
  const where = temporaryFolder(t)
  const server = certificate('server')
  const [mine, theirs] = [certificate('mine'), certificate('theirs')].map(({ pem, keyPem }) => ({
    cert: pem,
    key: keyPem,
  }))
  const thumbprint = createHash('sha256')
    .update(new X509Certificate(mine?.cert ?? '').raw)
    .digest('base64url')
  writeFileSync(join(where, 'server.pem'), server.pem)
  writeFileSync(join(where, 'server.key'), server.keyPem)
  const env = await files(t, [client('epr', { jwks: { keys: [es.jwk] }, certificate: thumbprint })])
  const tls = { TLS_CERTIFICATE: join(where, 'server.pem'), TLS_KEY: join(where, 'server.key') }
  const exchange = await startExchange(t, { ...env, ...tls })
  t.match(exchange.context.base, /^https:/)
  await exchange.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = exchange.app.server.address() as AddressInfo
  const call = (path: string, options: Record<string, unknown>, body = '') =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = httpsRequest(
        { host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false, ...options },
        (answer) => {
          let text = ''
          answer.on('data', (chunk) => (text += chunk))
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  const discovered = await call('/fhir/.well-known/smart-configuration', {})
  t.match(JSON.parse(discovered.text), { tls_client_certificate_bound_access_tokens: true })
  const tokenUrl = `${exchange.context.base.replace('/fhir', '')}/oauth2/token`
  const now = exchange.now / 1000
  const assertion = await sign(es, { iss: 'epr', sub: 'epr', aud: tokenUrl, exp: now + 60, jti: 'tls' }, { typ: 'JWT' })
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'system/*.rs',
    client_assertion_type: TYPE,
    client_assertion: assertion,
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const login = await call('/oauth2/token', { method: 'POST', headers }, form.toString())
  t.equal(login.status, 200, login.text)
  const authorization = `Bearer ${JSON.parse(login.text).access_token}`
  const read = async (certificate: Record<string, unknown>) =>
    (await call('/fhir/Task', { headers: { authorization }, ...certificate })).status
  t.equal(await read({ ...mine }), 200)
  t.equal(await read({ ...theirs }), 401, 'a stolen token is worth nothing with another certificate')
  t.equal(await read({}), 401, 'nor without one')
})

t.test('scopes: what they say and what is left of them', async (t) => {
  for (const text of ['system/*.cruds', 'system/Task.rs', 'system/Task.read', 'system/*.*', 'system/Task.c'])
    t.ok(readScope(text), text)
  for (const text of [
    'system/Task.',
    'system/Task.sr',
    'system/Task.rr',
    'system/task.rs',
    'System/Task.rs',
    'system/*.rs?x=y',
    'user/Task.rs',
    'system/Task.rsx',
    'system/Task.Read',
    'openid',
    '',
  ]) {
    t.equal(readScope(text), undefined, text)
  }
  const given = (asked: string, allowed: string) =>
    narrow(readScopes(asked), readScopes(allowed))
      .map(({ text }) => text)
      .join(' ')
  t.equal(given('system/*.read', 'system/*.cruds'), 'system/*.read')
  t.equal(given('system/*.cruds', 'system/Task.rs system/Patient.read'), 'system/Task.rs system/Patient.rs')
  t.equal(given('system/Task.cruds', 'system/*.rs'), 'system/Task.rs')
  t.equal(given('system/Task.cud', 'system/*.rs'), '')
  t.notOk(permits(readScopes('system/Task.cruds'), '*', 'r'), 'one type is not every type')
  t.ok(permits(readScopes('system/Task.r system/*.s'), 'Task', 'rs'), 'several add up')
})

t.test('attempts at the token endpoint are counted for whom they claim to come from', async (t) => {
  const env = await files(t, [
    client('epr', { jwks: { keys: [es.jwk] } }),
    client('other', { jwks: { keys: [es.jwk] }, organization: 'RXX' }),
  ])
  const exchange = await startExchange(t, env)
  const { assertion, ask } = await desk(exchange)
  const forged = await assertion(es, { jti: 'again' })
  const statuses: number[] = []
  for (let i = 0; i < 61; i++) statuses.push((await ask(forged)).status)
  t.same([...new Set(statuses)], [200, 401, 429], 'once good, then a replay, then too many')
  t.equal(statuses.indexOf(429), 60)
  t.equal((await ask(await assertion(es, { iss: 'other', sub: 'other' }))).status, 200, 'another client is served')
  exchange.now += 1000
  t.equal((await ask(await assertion(es))).status, 200, 'and so is this one after the time in Retry-After')
})
