/** SSRF: the service calls nobody but the addresses its operator has written down, and follows no redirects from there. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/config.ts'
import { loadIssuers } from '../../src/identity/issuers.ts'
import { fetchKeys } from '../../src/identity/key-set.ts'
import { createTerminologyServer } from '../../src/interactions/terminology-server.ts'
import { startExchange } from '../helper.ts'
import { jsonFile } from '../identity/parties.ts'
import { orderBundle, parties } from '../orders.ts'

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

t.test('only two files open connections to others', async (t) => {
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
  const listens = ['src/serve.ts', 'src/config.ts', 'src/http/certificate.ts', 'src/app.ts']
  t.same(found.filter((file) => ![...commands, ...listens].includes(file)).toSorted(), [
    'src/identity/key-set.ts',
    'src/interactions/terminology-server.ts',
  ])
})

t.test('a redirect is an answer that is no use, not an order', async (t) => {
  const inside = await listening(t, (_request, response) => response.end('{"keys":[]}'))
  const moved = await listening(t, (_request, response) => response.writeHead(302, { location: inside.url }).end())
  await t.rejects(fetchKeys(moved.url), { message: /302/ })
  const terminology = createTerminologyServer({ url: moved.url, clock: Date.now })
  const issues = await terminology.check([{ system: 'http://snomed.info/sct', code: '1', expression: 'x' }])
  t.same(
    issues.map(({ key }) => key),
    ['terminology-unavailable'],
  )
  t.same(inside.asked, [], 'nobody went there')
  const endless = await listening(t, (_request, response) => response.end('x'.repeat(300_000)))
  await t.rejects(fetchKeys(endless.url), { message: /too long/ })
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
