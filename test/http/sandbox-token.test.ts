import { SignJWT } from 'jose'
import t from 'tap'
import { createSandboxTokens } from '../../src/identity/sandbox.ts'
import { type Shell, shell } from './shell.ts'

const good = {
  grant_type: 'client_credentials',
  client_id: 'sandbox',
  client_secret: 'sandbox',
  role: 'provider',
  organization: 'abc01',
}

const ask = (app: Shell['app'], form: Record<string, string> | string, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/oauth2/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  })

const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name))

t.test('the sandbox hands out a token that names the role and the organisation asked for', async (t) => {
  const { app, seen } = shell()
  const answer = await ask(app, good)
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['cache-control'], 'no-store')
  const body = answer.json()
  t.match(body, { token_type: 'Bearer', expires_in: 3600, role: 'provider', organization: 'ABC01' })
  const read = await app.inject({ url: '/fhir/Task/1', headers: { authorization: `Bearer ${body.access_token}` } })
  t.equal(read.statusCode, 200)
  t.strictSame(seen[0]?.caller, { role: 'provider', organization: 'ABC01', client: 'sandbox' })
})

t.test('HTTP Basic is the other way to name the client, but not both at once', async (t) => {
  const { app } = shell()
  const basic = { authorization: `Basic ${Buffer.from('sandbox:sandbox').toString('base64')}` }
  const { client_id: _id, client_secret: _secret, ...grant } = good
  t.equal((await ask(app, grant, basic)).statusCode, 200)
  t.match((await ask(app, good, basic)).json(), { error: 'invalid_request' })
  const wrong = { authorization: `Basic ${Buffer.from('sandbox').toString('base64')}` }
  t.equal((await ask(app, grant, wrong)).statusCode, 401)
})

t.test('a request that cannot be granted is answered in the words of OAuth and says what to send', async (t) => {
  const { app } = shell()
  const cases: [form: Record<string, string> | string, status: number, error: string, words: RegExp][] = [
    [without('grant_type'), 400, 'invalid_request', /grant_type=client_credentials/],
    [{ ...good, grant_type: 'password' }, 400, 'unsupported_grant_type', /client_credentials/],
    [without('client_id'), 401, 'invalid_client', /client_id=sandbox/],
    [{ ...good, client_secret: 'guess' }, 401, 'invalid_client', /client_secret=sandbox/],
    [without('role'), 400, 'invalid_request', /trust, pharmacist, provider, logistics, observer, manufacturer, tester/],
    [
      { ...good, role: 'service' },
      400,
      'invalid_request',
      /trust, pharmacist, provider, logistics, observer, manufacturer, tester\./,
    ],
    [{ ...good, organization: 'R B A' }, 400, 'invalid_request', /ODS code/],
    [{ ...good, organization: '' }, 400, 'invalid_request', /ODS code/],
    [`${new URLSearchParams(good)}&role=trust`, 400, 'invalid_request', /only once/],
    ['%ff=%', 401, 'invalid_client', /sandbox/],
  ]
  for (const [form, status, error, words] of cases) {
    const answer = await ask(app, form)
    t.equal(answer.statusCode, status, JSON.stringify(form))
    t.equal(answer.json().error, error)
    t.match(answer.json().error_description, words)
    t.notOk('access_token' in answer.json())
    t.equal(answer.headers['cache-control'], 'no-store')
  }
})

t.test('JSON, bytes that are not UTF-8 and a huge form are invalid requests too', async (t) => {
  const { app } = shell()
  const json = await ask(app, JSON.stringify(good), { 'content-type': 'application/json' })
  t.match([json.statusCode, json.json()], [400, { error: 'invalid_request', error_description: /form/ }])
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  for (const payload of [Buffer.from([0x61, 0x3d, 0xff]), Buffer.alloc(6_000_000, 'a')]) {
    const answer = await app.inject({ method: 'POST', url: '/oauth2/token', headers, payload })
    t.match([answer.statusCode, answer.json()], [400, { error: 'invalid_request' }])
  }
})

t.test('a token ends when its time is over, also when it has been used before', async (t) => {
  const { app, authorization, pass } = shell({ env: { TOKEN_LIFETIME: '60' } })
  const headers = await authorization()
  const read = () => app.inject({ url: '/fhir/Task/1', headers })
  t.equal((await read()).statusCode, 200)
  pass(59_000)
  t.equal((await read()).statusCode, 200, 'from memory')
  pass(1_000)
  const late = await read()
  t.equal(late.statusCode, 401)
  t.match(late.headers['www-authenticate'], /error="invalid_token"/)
})

t.test('a token that was altered, signed by somebody else, unsigned or for another purpose is no token', async (t) => {
  const now = Date.parse('2026-11-22T10:00:00Z')
  const secret = new Uint8Array(32).fill(7)
  const tokens = createSandboxTokens({ secret, lifetime: 60, clock: () => now })
  const caller = { role: 'trust', organization: 'RBA', client: 'sandbox' } as const
  const { token } = await tokens.issue(caller)
  t.strictSame((await tokens.verify(token)).caller, caller)

  const claims = { role: 'trust', organization: 'RBA' }
  const sign = (payload: Record<string, unknown>, key = secret, audience = 'homecare-exchange/fhir') =>
    new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('homecare-exchange')
      .setAudience(audience)
      .setSubject('sandbox')
      .setExpirationTime(now / 1000 + 60)
      .sign(key)
  t.strictSame(
    (await tokens.verify(await sign(claims))).caller,
    caller,
    'the hand-made token is right but for what follows',
  )
  const [head, payload, signature] = token.split('.')
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
  const forged = Buffer.from(JSON.stringify({ ...claims, role: 'tester', exp: 9e9 })).toString('base64url')
  const bad: Record<string, string> = {
    'other key': await sign(claims, new Uint8Array(32).fill(8)),
    'other audience': await sign(claims, secret, 'elsewhere'),
    'role service': await sign({ ...claims, role: 'service' }),
    'no organisation': await sign({ role: 'trust' }),
    unsigned,
    'other payload': `${head}.${forged}.${signature}`,
    'not a token': 'abc',
    'far too long': 'a'.repeat(100_000),
  }
  for (const [name, value] of Object.entries(bad)) {
    const refusal: unknown = await tokens.verify(value).catch((error: unknown) => error)
    t.match(refusal, { status: 401, issues: [{ key: 'token-invalid' }] }, name)
  }
})

t.test('a header that holds no bearer token is a 401, never a crash', async (t) => {
  const { app } = shell()
  for (const authorization of ['', 'Bearer', 'Bearer ', 'Bearer a b', 'Basic c2FuZGJveDpzYW5kYm94', 'Bearer \u00e9']) {
    const answer = await app.inject({ url: '/fhir/Task/1', headers: { authorization } })
    t.equal(answer.statusCode, 401, JSON.stringify(authorization))
  }
})
