/**
 * The bare limits: Fastify and SQLite with nothing between them. Each route does what no server could leave out for
 * the same answer at the same durability, and nothing else: no token, no validation, no index, no rules.
 */
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import Fastify from 'fastify'

/** As many as the service commits together. */
const GROUP_LIMIT = 128
const FHIR_JSON = 'application/fhir+json; charset=utf-8'

const database = new DatabaseSync(process.argv[2] ?? ':memory:')
database.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;
  CREATE TABLE body (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
  CREATE TABLE task (id TEXT PRIMARY KEY, owner TEXT NOT NULL, status TEXT NOT NULL, tick INTEGER NOT NULL,
    version INTEGER NOT NULL, text TEXT NOT NULL);
  CREATE INDEX task_poll ON task (owner, status, tick, id)`)
const insert = database.prepare('INSERT INTO body (text) VALUES (?)')
const insertTask = database.prepare('INSERT INTO task VALUES (?, ?, ?, ?, 1, ?)')
const readTask = database.prepare('SELECT version, text FROM task WHERE id = ?')
const updateTask = database.prepare('UPDATE task SET version = version + 1, text = ? WHERE id = ?')
const poll = database.prepare(
  'SELECT text FROM task WHERE owner = ? AND status = ? AND tick > ? ORDER BY tick, id LIMIT 50',
)

interface Job {
  readonly work: () => void
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

let queue: Job[] = []

/** Those that wait in one turn of the event loop are committed together. */
function durably(work: () => void): Promise<void> {
  return new Promise((done, failed) => {
    if (queue.push({ work, done, failed }) === 1) setImmediate(commit)
  })
}

function commit(): void {
  const group = queue.slice(0, GROUP_LIMIT)
  queue = queue.slice(GROUP_LIMIT)
  if (queue.length > 0) setImmediate(commit)
  try {
    database.exec('BEGIN IMMEDIATE')
    for (const { work } of group) work()
    database.exec('COMMIT')
    for (const { done } of group) done()
  } catch (error) {
    for (const { failed } of group) failed(error)
  }
}

const app = Fastify({ bodyLimit: 100_000_000 })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
const bytes = new Map<string, string>()

app.put<{ Params: { name: string } }>('/bytes/:name', async (request, reply) => {
  bytes.set(request.params.name, request.body as string)
  return reply.send()
})
app.get<{ Params: { name: string } }>('/bytes/:name', async (request, reply) =>
  reply.header('content-type', FHIR_JSON).send(bytes.get(request.params.name)),
)
// A searchset as it is made where resources are objects: every row parsed, the Bundle stringified.
app.get('/parsed', async (_request, reply) => {
  const rows = poll.all('VN6XW', 'requested', 0) as { text: string }[]
  const entry = rows.map(({ text }) => ({ resource: JSON.parse(text) as unknown, search: { mode: 'match' } }))
  return reply
    .header('content-type', FHIR_JSON)
    .send(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry }))
})
app.post('/body', async (request, reply) => {
  const text = request.body as string
  JSON.parse(text)
  await durably(() => insert.run(text))
  return reply.code(201).send()
})
app.post('/tasks', async (request, reply) => {
  const tasks = JSON.parse(request.body as string) as { id: string; tick: number; text: string }[]
  await durably(() => {
    for (const { id, tick, text } of tasks) insertTask.run(id, 'VN6XW', 'requested', tick, text)
  })
  return reply.send()
})
app.get<{ Querystring: { after: string } }>('/poll', async (request, reply) => {
  const rows = poll.all('VN6XW', 'requested', Number(request.query.after)) as { text: string }[]
  const entries = rows.map(({ text }) => `{"resource":${text}}`).join(',')
  return reply
    .header('content-type', FHIR_JSON)
    .send(`{"resourceType":"Bundle","type":"searchset"${entries ? `,"entry":[${entries}]` : ''}}`)
})
app.put<{ Params: { id: string } }>('/task/:id', async (request, reply) => {
  const text = request.body as string
  JSON.parse(text)
  await durably(() => {
    readTask.get(request.params.id)
    updateTask.run(text, request.params.id)
  })
  return reply.send()
})
await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}\n`)
process.on('SIGTERM', () => process.exit(0))
