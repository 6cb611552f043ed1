/** The OpenAPI document says what is routed, and the page that shows it needs nothing from anywhere else. */
import { validate } from '@readme/openapi-parser'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import { endpointsOf } from '../../src/http/endpoints.ts'
import { interactions } from '../../src/interactions/index.ts'
import { startExchange } from '../helper.ts'

interface Operation {
  readonly operationId: string
  readonly summary?: string
  readonly security?: readonly unknown[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
}
interface Document {
  readonly openapi: string
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties: object }>> }
}

/** Parameters that shape an answer: they are no search parameters of a type. */
const shaping = new Set(['_count', '_sort', '_total', '_summary', '_elements', '_include', '_revinclude'])

for (const file of ['conformance/server.json', 'conformance/tester.json']) {
  t.test(`${file}: /openapi.json is valid OpenAPI 3.1 and names exactly the addresses that are routed`, async (t) => {
    const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, file) })
    const { app, context } = exchange
    const answer = await app.inject({ url: '/openapi.json' })
    t.match([answer.statusCode, answer.headers['content-type']], [200, /^application\/json/])
    const document = answer.json() as Document
    t.equal(document.openapi, '3.1.0')
    t.strictSame(document.servers, [{ url: context.base }])
    const result = await validate(answer.json())
    t.ok(result.valid, JSON.stringify(result).slice(0, 500))

    const rows = context.exposedTypes.flatMap((type) => context.row(type) ?? [])
    const routed = [...endpointsOf(context.table, rows, interactions, context.compartments.all)].flatMap(
      ([path, endpoints]) => endpoints.map(({ method }) => `${method} ${path === '' ? '/' : path}`),
    )
    const named = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    )
    t.strictSame(named.sort(), routed.sort())
    for (const type of context.exposedTypes.slice(0, 20)) {
      t.strictSame(
        (document.paths[`/${type}`]?.get?.parameters ?? [])
          .filter((parameter) => parameter.in === 'query' && !shaping.has(parameter.name))
          .map(({ name }) => name),
        context.search.list(type).map(({ code }) => code),
        `search parameters of ${type}`,
      )
    }
    const kept = await app.inject({ url: '/openapi.json', headers: { 'if-none-match': String(answer.headers.etag) } })
    t.same([kept.statusCode, kept.body], [304, ''])
    const packed = await app.inject({ url: '/openapi.json', headers: { 'accept-encoding': 'gzip' } })
    t.equal(packed.headers['content-encoding'], 'gzip')
  })
}

t.test('what a sender must know stands in the document: types, references, versions, who needs no token', async (t) => {
  const { app } = await startExchange(t)
  const document = (await app.inject({ url: '/openapi.json' })).json() as Document
  t.match(document.components.schemas.MedicationRequest, {
    required: ['resourceType', 'status', 'intent', 'subject'],
    properties: {
      resourceType: { const: 'MedicationRequest' },
      subject: { $ref: '#/components/schemas/Reference', description: 'To Patient, Group.' },
      medicationCodeableConcept: { $ref: '#/components/schemas/CodeableConcept' },
      dosageInstruction: { type: 'array', items: { $ref: '#/components/schemas/Dosage' } },
      dispenseRequest: { $ref: '#/components/schemas/MedicationRequest.dispenseRequest' },
    },
  })
  t.match(document.components.schemas['MedicationRequest.dispenseRequest'], {
    properties: { numberOfRepeatsAllowed: { type: 'integer', minimum: 0 } },
  })
  t.ok(document.components.schemas['Timing.repeat'], 'data types are described as deep as they go')
  const change = document.paths['/Task/{id}']?.put?.parameters
  t.match(
    change?.find(({ name }) => name === 'If-Match'),
    { in: 'header', required: true },
  )
  t.strictSame(document.paths['/metadata']?.get?.security, [])
  const namesAt = (path: string, method: string) =>
    (document.paths[path]?.[method]?.parameters ?? []).map(({ name, in: where }) => `${where} ${name}`)
  t.strictSame(namesAt('/Task/$changes', 'get'), ['query cursor', 'query from', 'query _count', 'header Prefer'])
  t.strictSame(namesAt('/Task/{id}/_history', 'get'), ['path id', 'query _count', 'query _since', 'query _at'])
  t.ok(namesAt('/Task/{id}', 'get').includes('query _elements'))
  t.ok(namesAt('/Task/{id}', 'patch').includes('header If-Match'))
  t.match(document.paths['/']?.post?.summary, /transaction or batch/)
})

t.test('/docs is served whole from here, under a policy that lets nothing else in', async (t) => {
  const { app } = await startExchange(t, { BASE_URL: 'http://localhost/r4' })
  const page = await app.inject({ url: '/docs' })
  t.equal(page.statusCode, 200)
  const head = await app.inject({ method: 'HEAD', url: '/docs' })
  t.same([head.statusCode, head.body], [200, ''])
  t.match(page.headers['content-type'], /^text\/html/)
  const policy = String(page.headers['content-security-policy'])
  t.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'; /)
  t.match(policy, /connect-src 'self' http:\/\/localhost; .*frame-ancestors 'none'/)
  t.notMatch(policy, /unsafe|\*/)
  t.match(page.headers, { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  const parts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address)
  t.ok(parts.length >= 4, parts.join(' '))
  t.notMatch(page.body, /<script>|<style>|\son\w+=/, 'nothing is written into the page itself')
  for (const address of parts) {
    t.notMatch(address, /^(?:https?:)?\/\//, 'from no other host')
    const url = new URL(address, 'http://here/docs').pathname
    const part = await app.inject({ url })
    t.equal(part.statusCode, 200, url)
  }
  const shown = await app.inject({ url: '/docs/json' })
  t.strictSame(shown.json(), (await app.inject({ url: '/openapi.json' })).json(), 'and shows the document')
  t.equal((await app.inject({ url: '/docs/static/../../package.json' })).statusCode, 404)
})
