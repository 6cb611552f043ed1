/** Traces, as a collector on loopback receives them: what belongs together, and nothing of a patient. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { readConfig } from '../../src/config.ts'
import { serve } from '../../src/serve.ts'
import { freshDatabase } from '../database.ts'
import { orderBundle } from '../orders.ts'

// OpenTelemetry reads settings of its own: those of whoever runs the tests are for something else.
for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) Reflect.deleteProperty(process.env, name)

interface Value {
  readonly stringValue?: string
  readonly intValue?: number
  readonly arrayValue?: { readonly values: readonly Value[] }
}
interface Told {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly kind: number
  readonly attributes: readonly { readonly key: string; readonly value: Value }[]
  readonly status: { readonly code?: number }
}

/** A collector and everything it was sent. */
async function collector(t: Test): Promise<{ url: string; paths: string[]; bodies: string[]; spans(): Told[] }> {
  const paths: string[] = []
  const bodies: string[] = []
  const server = createServer((request: IncomingMessage, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      paths.push(request.url ?? '')
      bodies.push(body)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise((resolve) => server.close(resolve)))
  const spans = (): Told[] =>
    bodies.flatMap((body) =>
      (JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Told[] }[] }[] }).resourceSpans.flatMap((one) =>
        one.scopeSpans.flatMap((scope) => scope.spans),
      ),
    )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths, bodies, spans }
}

async function start(t: Test, env: Record<string, string>) {
  const databaseUrl = await freshDatabase(t, 'definitions')
  return serve(readConfig({ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: databaseUrl, CLOCK_INTERVAL: '0', ...env }))
}

const attribute = ({ attributes }: Told, key: string): Value | undefined =>
  attributes.find((one) => one.key === key)?.value

t.test('a request is one trace with its turn in the lane and its reads, and tells nothing of a patient', async (t) => {
  const collected = await collector(t)
  const server = await start(t, { OTEL_EXPORTER_OTLP_ENDPOINT: `${collected.url}/` })
  const form = { grant_type: 'client_credentials', client_id: 'sandbox', client_secret: 'sandbox', role: 'trust' }
  const login = await fetch(`${server.origin}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...form, organization: 'RBA' }),
  })
  const { access_token: token } = (await login.json()) as { access_token: string }
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' }
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`
  const order = orderBundle()
  const posted = await fetch(`${server.origin}/fhir`, {
    method: 'POST',
    headers: { ...headers, traceparent },
    body: JSON.stringify(order),
  })
  t.equal(posted.status, 200)
  const ids = [...(await posted.text()).matchAll(/\/fhir\/[A-Z][A-Za-z]+\/([0-9a-f-]{36})/g)].map(([, id]) => id ?? '')
  t.ok(ids.length > 0)
  const nhsNumber = '9449304130'
  for (const path of [
    `Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|${nhsNumber}`,
    `Task/${ids[0]}`,
    'Task?status=wrong',
    'Nothing/secret',
  ]) {
    await (await fetch(`${server.origin}/fhir/${path}`, { headers })).text()
  }
  await (await fetch(`${server.origin}/fhir`, { method: 'POST', headers, body: '{"resourceType":"Bundle"}' })).text()
  await server.close()

  const spans = collected.spans()
  t.ok(collected.paths.every((path) => path === '/v1/traces'))
  t.match(collected.bodies[0], /"service.name"[^}]*"homecare-exchange"/)
  const request = spans.find((span) => span.traceId === traceId && span.kind === 2)
  t.equal(request?.name, 'POST /fhir')
  t.equal(request?.parentSpanId, 'b7ad6b7169203331', "part of the sender's trace")
  const parts = spans.filter(({ parentSpanId }) => parentSpanId === request?.spanId).map(({ name }) => name)
  t.ok(
    ['lane wait', 'lane commit'].every((name) => parts.includes(name)),
    parts.join(),
  )
  const search = spans.find(({ name }) => name === 'GET /fhir/Patient')
  t.ok(search)
  const read = spans.find(({ parentSpanId, name }) => parentSpanId === search?.spanId && name.startsWith('database '))
  t.equal(read && attribute(read, 'db.operation.name')?.stringValue, 'SELECT')
  t.ok(spans.some(({ name }) => name === 'GET /fhir/Task/:id'))
  t.equal(Number(request && attribute(request, 'http.response.status_code')?.intValue), 200)
  const refused = spans.find((span) => span.name === 'POST /fhir' && span.traceId !== traceId)
  t.ok(
    refused && attribute(refused, 'homecare_exchange.refusal')?.arrayValue?.values.length,
    'refusals have their codes',
  )

  const everything = collected.bodies.join()
  const secrets = JSON.stringify(order).match(/"(?:value|family|text|line|display|birthDate)":"?([^",]{6,})"/g) ?? []
  const words = secrets.map((pair) => /:"?(.*?)"?$/.exec(pair)?.[1] ?? '')
  t.ok(words.length > 5)
  for (const word of [nhsNumber, 'wrong', 'secret', token, ...ids, ...words]) t.notOk(everything.includes(word), word)
})

t.test('a collector that is away holds nothing up', async (t) => {
  const server = await start(t, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  t.equal((await fetch(`${server.origin}/fhir/metadata`)).status, 200)
  await server.close()
})
