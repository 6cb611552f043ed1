/** SSRF: the service calls nobody but the addresses its operator has written down, and follows no redirects from there. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot, readConfig } from '../../src/config.ts'
import { loadIssuers } from '../../src/identity/issuers.ts'
import { fetchKeys } from '../../src/identity/fetch-keys.ts'
import { createTerminologyServer } from '../../src/interactions/terminology-server.ts'
import { isPrivateAddress } from '../../src/private-address.ts'
import { guardedDispatcher, publicOnly, type Resolve } from '../../src/requests-out.ts'
import { startExchange } from '../helper.ts'
import { jsonFile } from '../identity/parties.ts'
import { orderBundle, parties } from '../orders.ts'

/** For servers of a test, which are on this machine and named as such. */
const dispatcher = guardedDispatcher({ privateHosts: [] })

async function listening(
  t: Test,
  answer: RequestListener,
): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

t.test('only three files open connections to others', async (t) => {
  const found: string[] = []
  for (const { name, parentPath } of readdirSync(join(packageRoot, 'src'), { recursive: true, withFileTypes: true })) {
    if (!name.endsWith('.ts')) continue
    const text = readFileSync(join(parentPath, name), 'utf8')
    if (
      /from '(?:undici|node:https?|node:net|node:tls|node:dgram|@opentelemetry\/[\w-]+)'|(?<!\.|\w )\bfetch\(/.test(
        text.replaceAll(/import (?:type|\{ STATUS_CODES \}) .*/g, ''),
      )
    )
      found.push(relative(packageRoot, join(parentPath, name)))
  }
  const commands = ['src/demo/client.ts', 'src/exchanges/play-command.ts']
  const listens = ['src/serve.ts', 'src/config.ts', 'src/private-address.ts', 'src/http/certificate.ts', 'src/app.ts']
  t.same(found.filter((file) => ![...commands, ...listens].includes(file)).toSorted(), [
    'src/identity/fetch-keys.ts',
    'src/interactions/terminology-server.ts',
    'src/requests-out.ts',
  ])
})

t.test('a redirect is an answer that is no use, not an order', async (t) => {
  const inside = await listening(t, (_request, response) => response.end('{"keys":[]}'))
  const moved = await listening(t, (_request, response) => response.writeHead(302, { location: inside.url }).end())
  await t.rejects(fetchKeys(dispatcher)(moved.url), { message: /302/ })
  const terminology = createTerminologyServer({ url: moved.url, dispatcher, clock: Date.now })
  const issues = await terminology.check([{ system: 'http://snomed.info/sct', code: '1', expression: 'x' }])
  t.same(
    issues.map(({ key }) => key),
    ['terminology-unavailable'],
  )
  t.same(inside.asked, [], 'nobody went there')
  const endless = await listening(t, (_request, response) => response.end('x'.repeat(300_000)))
  await t.rejects(fetchKeys(dispatcher)(endless.url), { message: /too long/ })
})

t.test('key sets come over https, or from this machine', async (t) => {
  const row = { issuer: 'https://a.example.org', audience: ['x'] }
  for (const jwksUrl of [
    'http://10.0.0.1/jwks',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    'http://localhost.example.org/',
    'ftp://x/',
    'http://127.0.0.1.example.org/x',
  ]) {
    t.throws(() => loadIssuers(jsonFile(t, [{ ...row, jwksUrl }])), { message: /jwksUrl/ }, jwksUrl)
  }
})

t.test('an address that is not public is known as such, however it is written', (t) => {
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2001:0:a00:1::',
    'fe80::1',
    'fd12:3456::1',
    'fec0::1',
    'ff02::1',
  ])
    t.ok(isPrivateAddress(address), address)
  for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '192.169.0.1', '2606:4700::1111', '2a00:1450::1'])
    t.notOk(isPrivateAddress(address), address)
  t.end()
})

t.test('a name that leads inside is not connected to, unless the operator has named it', async (t) => {
  const inside = await listening(t, (_request, response) => response.end('{"keys":[]}'))
  const { port } = new URL(inside.url)
  const loopback: Resolve = (_host, answer) => answer(null, [{ address: '127.0.0.1', family: 4 }])
  const warned: string[] = []
  const warn = (host: string): number => warned.push(host)
  const guarded = guardedDispatcher({ privateHosts: [], warn, resolve: loopback })
  const url = `http://keys.example.org:${port}/`
  await t.rejects(fetchKeys(guarded)(url), { message: /keys\.example\.org is at a private address/ })
  const terminology = createTerminologyServer({ url, dispatcher: guarded, clock: Date.now })
  const issues = await terminology.check([{ system: 'http://snomed.info/sct', code: '1', expression: 'x' }])
  t.same(
    issues.map(({ key }) => key),
    ['terminology-unavailable'],
  )
  t.same(warned, ['keys.example.org', 'keys.example.org'], 'the operator finds the host in the log')
  for (const literal of ['http://10.0.0.1/', 'http://169.254.169.254/latest', 'http://[fd00::1]/', 'http://0/'])
    await t.rejects(fetchKeys(guarded)(literal), { message: /private address/ }, literal)
  t.same(inside.asked, [], 'nobody went there')
  const named = guardedDispatcher({ privateHosts: ['keys.example.org'], resolve: loopback })
  t.equal(await fetchKeys(named)(url), '{"keys":[]}')
  t.equal(await fetchKeys(guarded)(inside.url), '{"keys":[]}', 'this machine, named as such')
})

t.test('a name that is rebound after a look is judged again, by the address that is connected to', async (t) => {
  const answers = ['93.184.215.14', '10.0.0.1', '93.184.215.14']
  let asked = 0
  const rebound: Resolve = (_host, answer) => answer(null, [{ address: answers[asked++] ?? '', family: 4 }])
  const look = (resolve: Resolve) =>
    new Promise<unknown>((done) => {
      const find = publicOnly({ privateHosts: [], resolve })
      find('keys.example.org', { all: true }, (error, found) => done(error?.message ?? found))
    })
  t.same(await look(rebound), [{ address: '93.184.215.14', family: 4 }])
  t.match(await look(rebound), /private address/)
  t.same(await look(rebound), [{ address: '93.184.215.14', family: 4 }])
  t.equal(asked, 3, 'one look for one connection: none between judging and connecting')
  const both: Resolve = (_host, answer) =>
    answer(null, [
      { address: '93.184.215.14', family: 4 },
      { address: 'fd00::1', family: 6 },
    ])
  t.match(await look(both), /private address/, 'one private address among public ones is enough')
})

t.test('a private terminology server that nobody named stops the start', (t) => {
  const start = (env: Record<string, string>) => () => readConfig({ LOG_LEVEL: 'silent', ...env })
  for (const url of [
    'http://10.0.0.7/fhir',
    'http://169.254.169.254/',
    'http://[fd00::7]:8080/fhir',
    'http://167772167/',
  ])
    t.throws(start({ TERMINOLOGY_URL: url }), { message: /TERMINOLOGY_URL is at the private address/ }, url)
  for (const url of ['http://10.0.0.7/fhir', 'http://[FD00::7]:8080/fhir'])
    t.doesNotThrow(start({ TERMINOLOGY_URL: url, PRIVATE_HOSTS: 'x.internal, 10.0.0.7,fd00::7' }), url)
  t.doesNotThrow(start({ TERMINOLOGY_URL: 'http://localhost:8081/fhir' }))
  t.throws(start({ PRIVATE_HOSTS: 'http://10.0.0.7/' }), { message: /PRIVATE_HOSTS .* must be host names/ })
  t.end()
})

t.test('no address in a request is ever called', async (t) => {
  const { url, asked } = await listening(t, (_request, response) => response.end('{}'))
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const text = JSON.stringify(orderBundle())
  for (const change of [
    (body: string) => body.replaceAll(/"reference":"[^"]*"/g, `"reference":"${url}/Patient/1"`),
    (body: string) =>
      body.replaceAll(
        '"resourceType":"Patient"',
        `"resourceType":"Patient","meta":{"profile":["${url}/StructureDefinition/x"]},"implicitRules":"${url}/rules"`,
      ),
    (body: string) =>
      body.replaceAll(
        '"resourceType":"Patient"',
        `"resourceType":"Patient","photo":[{"url":"${url}/photo"}],"extension":[{"url":"${url}/x","valueUri":"${url}/y"}]`,
      ),
    (body: string) => body.replaceAll('http://snomed.info/sct', `${url}/system`),
  ]) {
    await trust.post('', change(text))
    await trust.post('$validate', change(text))
  }
  await trust.get(
    `Patient?organization=${encodeURIComponent(`${url}/Organization/1`)}&_profile=${encodeURIComponent(url)}`,
  )
  const [header, claims] = [{ alg: 'RS256', typ: 'JWT', jku: url, x5u: url, kid: url }, { iss: url }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  await trust.get('Patient', { authorization: `Bearer ${header}.${claims}.AAAA` })
  t.same(asked, [])
})
