/**
 * The bare limits: Fastify and the database with nothing between them. Each route does what no server could leave out
 * for the same answer at the same durability, and nothing else: no token, no validation, no index, no rules.
 * `node bench/bare.ts DATABASE_URL`, a copy of the service's own database.
 */
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { SqlValue } from '../src/store/database.ts'
import { openBare, type Statement } from './bare-store.ts'
import { PROVIDER } from './orders.ts'

const FHIR_JSON = 'application/fhir+json; charset=utf-8'
const POLL = 'SELECT text FROM bare_task WHERE owner = $1 AND status = $2 AND tick > $3 ORDER BY tick, id LIMIT 50'
const READ = `SELECT v.text AS text, v.version AS version, v.tick AS tick FROM resource r
  JOIN version v ON v.key = r.key AND v.version = r.version WHERE r.type = $1 AND r.id = $2`

const store = await openBare(process.argv[2] ?? '')
await store.durably(
  [
    'CREATE TABLE bare_body (id TEXT PRIMARY KEY, text TEXT NOT NULL)',
    'CREATE TABLE bare_task (id TEXT PRIMARY KEY, owner TEXT NOT NULL, status TEXT NOT NULL, tick BIGINT NOT NULL, version INTEGER NOT NULL, text TEXT NOT NULL)',
    `INSERT INTO bare_task SELECT r.id, '${PROVIDER}', CASE WHEN v.text LIKE '%"status":"requested"%' THEN 'requested' ELSE 'over' END,
       r.tick, r.version, v.text FROM resource r JOIN version v ON v.key = r.key AND v.version = r.version WHERE r.type = 'Task'`,
    'CREATE INDEX bare_task_poll ON bare_task (owner, status, tick, id)',
  ].map((sql) => ({ sql, params: [] })),
)

const app = Fastify({ bodyLimit: 100_000_000 })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
const bytes = new Map<string, string>()
let count = 0

app.put<{ Params: { name: string } }>('/bytes/:name', async (request, reply) => {
  bytes.set(request.params.name, request.body as string)
  return reply.send()
})
app.get<{ Params: { name: string } }>('/bytes/:name', async (request, reply) =>
  reply.header('content-type', FHIR_JSON).send(bytes.get(request.params.name)),
)
// A searchset as it is made where resources are objects: every row parsed, the Bundle stringified.
app.get('/parsed', async (_request, reply) => {
  const rows = await store.read<{ text: string }>(POLL, [PROVIDER, 'requested', 0])
  const entry = rows.map(({ text }) => ({ resource: JSON.parse(text) as unknown, search: { mode: 'match' } }))
  return reply
    .header('content-type', FHIR_JSON)
    .send(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry }))
})
app.get<{ Querystring: { after: string } }>('/poll', async (request, reply) => {
  const rows = await store.read<{ text: string }>(POLL, [PROVIDER, 'requested', Number(request.query.after)])
  const entries = rows.map(({ text }) => `{"resource":${text}}`).join(',')
  return reply
    .header('content-type', FHIR_JSON)
    .send(`{"resourceType":"Bundle","type":"searchset"${entries ? `,"entry":[${entries}]` : ''}}`)
})
app.get<{ Params: { type: string; id: string } }>('/pooled/:type/:id', async (request, reply) => {
  const { type, id } = request.params
  const [row] = await store.readPooled<{ text: string; version: number }>(READ, [type, id])
  return reply.header('content-type', FHIR_JSON).header('etag', `W/"${row?.version}"`).send(row?.text)
})
app.post('/parse', async (request, reply) => {
  JSON.parse(request.body as string)
  return reply.code(201).send()
})
app.post('/body', async (request, reply) => {
  const text = request.body as string
  JSON.parse(text)
  await store.durably([insert('bare_body', [`b${(count++).toString().padStart(12, '0')}`, text])])
  return reply.code(201).send()
})
app.patch<{ Params: { id: string } }>('/task/:id', async (request, reply) => {
  JSON.parse(request.body as string)
  const { id } = request.params
  await store.durably([
    { sql: 'SELECT version, text FROM bare_task WHERE id = $1', params: [id] },
    { sql: 'UPDATE bare_task SET version = version + 1, tick = tick + 1 WHERE id = $1', params: [id] },
  ])
  return reply.send()
})

/** Rows that one write of the service has left, to be written again under keys of their own. */
interface Template {
  /** Keys and event numbers that the write has taken. */
  readonly stride: number
  readonly tables: readonly {
    readonly table: string
    readonly columns: readonly string[]
    readonly rows: SqlValue[][]
  }[]
}

let template: Template = { stride: 0, tables: [] }
app.put('/template', async (request, reply) => {
  template = JSON.parse(request.body as string) as Template
  return reply.send()
})
app.post('/rows', async (request, reply) => {
  JSON.parse(request.body as string)
  await store.durably(again(template, ++count))
  return reply.code(201).send()
})

/** What has to differ: numbers of rows, and ids where they must be unique. */
const NUMBERS = new Set(['key', 'seq'])

function again({ stride, tables }: Template, time: number): Statement[] {
  return tables.flatMap(({ table, columns, rows }) => {
    const shifted = rows.map((row) =>
      row.map((value, i) => {
        const name = columns[i] ?? ''
        if (NUMBERS.has(name)) return Number(value) + time * stride
        return name === 'id' && table === 'resource' ? `${String(value)}-${time}` : value
      }),
    )
    return Array.from({ length: Math.ceil(shifted.length / ROWS) }, (_, chunk) =>
      insert(table, ...shifted.slice(chunk * ROWS, (chunk + 1) * ROWS)),
    )
  })
}

/** Rows of one statement, as many as the service sends. */
const ROWS = 16
const texts = new Map<string, string>()

function insert(table: string, ...rows: SqlValue[][]): Statement {
  const width = rows[0]?.length ?? 0
  const name = `${table} ${rows.length}`
  let sql = texts.get(name)
  if (sql === undefined) {
    const row = (_: unknown, at: number) =>
      `(${Array.from({ length: width }, (_, column) => `$${at * width + column + 1}`).join(', ')})`
    sql = `INSERT INTO ${table} VALUES ${rows.map(row).join(', ')}`
    texts.set(name, sql)
  }
  return { sql, params: rows.flat() }
}

await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}\n`)
process.on('SIGTERM', () => process.exit(0))
