/** The contests in which requests travel over loopback: writes, reads, polls. */
import { prescriptionBundle } from '../src/demo/prescription.ts'
import { mod37Check } from '../src/homecare/identifiers.ts'
import type { Resource, r4 } from '../src/fhir/resource.ts'
import { type Connection, load, type Request } from './client.ts'
import type { Contest } from './measure.ts'

/** ms of one turn. */
const TURN = 700
/** Pages that are turned before the deep one. */
const DEEP = 100
export const TRUST = 'RBA'
export const PROVIDER = 'VN6XW'

export interface Servers {
  readonly ours: readonly Connection[]
  readonly bare: readonly Connection[]
  readonly newId: () => string
}

export interface Filled {
  readonly trust: Headers
  readonly provider: Headers
  /** The next prescription to post: fresh identifiers, or it would be answered as a repeat. */
  readonly prescription: () => string
  /** A prescription that is stored. */
  readonly stored: string
  /** Order Tasks as the provider found them, at version 1. */
  readonly tasks: readonly Resource[]
  /** Next link of a page deep in all Tasks. */
  readonly deep: string
  /** Of the provider's feed, at its end. */
  readonly cursor: string
}

type Headers = Readonly<Record<string, string>>

async function send(connection: Connection | undefined, request: Request, status: number): Promise<Buffer> {
  if (!connection) throw new Error('There is no connection.')
  const answer = await connection.send(request)
  if (answer.status === status) return answer.body
  throw new Error(`${request.method} ${request.path}: status ${answer.status} ${answer.body.toString()}`)
}

async function login(connection: Connection | undefined, role: string, organization: string): Promise<Headers> {
  const body = `grant_type=client_credentials&client_id=sandbox&client_secret=sandbox&role=${role}&organization=${organization}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await send(connection, { method: 'POST', path: '/oauth2/token', headers, body }, 200)
  const { access_token: token } = JSON.parse(answer.toString()) as { access_token: string }
  return { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' }
}

let orders = 0

/** A prescription order number with its check character. */
function nextOrderNumber(): string {
  const stem = `DC2C66-RBA000-${(orders++).toString(16).toUpperCase().padStart(5, '0')}`
  return stem + mod37Check(stem.replaceAll('-', ''))
}

/** Posts prescriptions until `count` orders wait for the provider, and gives the bare server the same Tasks. */
export async function fill(servers: Servers, count: number): Promise<Filled> {
  const [first] = servers.ours
  const trust = await login(first, 'trust', TRUST)
  const provider = await login(first, 'provider', PROVIDER)
  const orderNumber = nextOrderNumber()
  const bundle = prescriptionBundle({
    trust: TRUST,
    provider: PROVIDER,
    authoredOn: new Date().toISOString(),
    orderNumber,
  })
  const headers = { ...trust, prefer: 'return=representation' }
  const answer = await send(first, { method: 'POST', path: '/fhir', headers, body: JSON.stringify(bundle) }, 200)
  const answered = JSON.parse(answer.toString()) as r4.Bundle
  const medicationRequest = answered.entry
    ?.map((entry) => entry.resource)
    .find((resource) => resource?.resourceType === 'MedicationRequest')
  const { id: _id, meta: _meta, ...content } = medicationRequest as r4.MedicationRequest
  const item = content.identifier?.[0]?.value ?? ''
  const [head = '', middle = '', tail = ''] = JSON.stringify(content).split(
    new RegExp(`${item}|${orderNumber.replace('+', '\\+')}`),
  )
  const prescription = (): string => head + servers.newId() + middle + nextOrderNumber() + tail

  let posted = 1
  await load({
    connections: servers.ours,
    duration: Number.POSITIVE_INFINITY,
    status: 201,
    next: () => (posted++ < count ? post(trust, prescription()) : undefined),
  })
  const tasks: Resource[] = []
  const pageAt = async (path: string): Promise<r4.Bundle> =>
    JSON.parse((await send(first, { method: 'GET', path, headers: provider }, 200)).toString()) as r4.Bundle
  let path: string | undefined = '/fhir/Task?status=requested&_count=250'
  while (path && tasks.length < count) {
    const page = await pageAt(path)
    tasks.push(...(page.entry ?? []).map((entry) => entry.resource as unknown as Resource))
    path = nextOf(page)
  }
  let deep = '/fhir/Task?_count=50'
  for (let page = 0; page < DEEP; page++) deep = nextOf(await pageAt(deep)) ?? deep
  const rows = tasks.map((task) => ({
    id: task.id,
    tick: Date.parse(task.meta?.lastUpdated ?? ''),
    text: JSON.stringify(task),
  }))
  await send(servers.bare[0], { method: 'POST', path: '/tasks', headers: trust, body: JSON.stringify(rows) }, 200)
  const stored = `/fhir/MedicationRequest/${medicationRequest?.id}`
  const cursor = (await pageAt('/fhir/Task/$changes?from=now')).identifier?.value ?? ''
  return { trust, provider, prescription, stored, tasks: tasks.slice(0, count), deep, cursor }
}

/** Path and query of the next link. */
function nextOf(page: r4.Bundle): string | undefined {
  const next = page.link?.find(({ relation }) => relation === 'next')?.url
  return next?.slice(new URL(next).origin.length)
}

/** Has the bare server send the bytes of an answer of ours. */
async function copy(servers: Servers, name: string, path: string, headers: Headers): Promise<string> {
  const bytes = await send(servers.ours[0], { method: 'GET', path, headers }, 200)
  await send(servers.bare[0], { method: 'PUT', path: `/bytes/${name}`, headers, body: bytes.toString() }, 200)
  return `/bytes/${name}`
}

const post = (trust: Headers, body: string): Request => ({
  method: 'POST',
  path: '/fhir/MedicationRequest',
  headers: { ...trust, prefer: 'return=minimal' },
  body,
})

export async function contestsOverHttp(servers: Servers, filled: Filled): Promise<Contest[]> {
  const { trust, provider, prescription, stored, tasks, deep, cursor } = filled
  const contest = (
    name: string,
    against: string,
    clients: number,
    ours: () => Request | undefined,
    bare: () => Request,
    status = 200,
    bareStatus = status,
    bareConnections = servers.bare,
  ): Contest => {
    const turn = (connections: readonly Connection[], next: () => Request | undefined, expected: number) => () =>
      load({ connections: connections.slice(0, clients), duration: TURN, next, status: expected })
    const word = clients === 1 ? 'client' : 'clients'
    return {
      name: `${name}, ${clients} ${word}`,
      against,
      ours: turn(servers.ours, ours, status),
      bare: turn(bareConnections, bare, bareStatus),
    }
  }
  const writes = (clients: number): Contest =>
    contest(
      'POST MedicationRequest',
      'parse, insert one row',
      clients,
      () => post(trust, prescription()),
      () => ({ ...post(trust, prescription()), path: '/body' }),
      201,
    )
  const get = (path: string, headers: Headers) => (): Request => ({ method: 'GET', path, headers })
  const reads = (clients: number): Contest =>
    contest('GET by id', 'the same bytes from memory', clients, get(stored, trust), get(read, trust))
  const updates = (clients: number): Contest => {
    const put = (path: string, task: Resource): Request => ({
      method: 'PUT',
      path,
      headers: { ...provider, 'if-match': 'W/"1"', prefer: 'return=minimal' },
      body: JSON.stringify({ ...task, status: 'received' }),
    })
    return contest(
      'PUT Task, requested to received',
      'select, update one row',
      clients,
      // Each Task can be received once: from the end, so that polls from the start find the same as before.
      () => {
        const task = fresh.pop()
        if (!task) throw new Error('All Tasks are used up: fill more, or make the turns shorter.')
        return put(`/fhir/Task/${task.id}`, task)
      },
      () => {
        const task = tasks[turns++ % tasks.length]!
        return put(`/task/${task.id}`, task)
      },
    )
  }
  const fresh = tasks.slice(50)
  let turns = 0
  const later = `/fhir/Task?status=requested&_lastUpdated=gt${new Date(Date.now() + 86_400_000).toISOString()}`
  const changes = `/fhir/Task/$changes?cursor=${cursor}`
  const poll = '/fhir/Task?status=requested&_count=50'
  // One after the other: a connection carries one request at a time.
  const read = await copy(servers, 'read', stored, trust)
  const none = await copy(servers, 'none', later, provider)
  const quiet = await copy(servers, 'quiet', changes, provider)
  const page = await copy(servers, 'page', poll, provider)
  const told = await copy(servers, 'told', '/fhir/Task/$changes?_count=50', provider)
  const sameBytes = 'the same bytes from memory'
  return [
    ...[1, 32].map(reads),
    contest(
      'GET by id, not modified',
      'the resource from memory',
      32,
      get(stored, { ...trust, 'if-none-match': 'W/"1"' }),
      get(read, trust),
      304,
      200,
    ),
    contest('Task poll, empty', sameBytes, 32, get(later, provider), get(none, provider)),
    contest('Task/$changes, empty', sameBytes, 32, get(changes, provider), get(quiet, provider)),
    contest('Task/$changes, 50', sameBytes, 4, get('/fhir/Task/$changes?_count=50', provider), get(told, provider)),
    contest('Task poll, 50', sameBytes, 4, get(poll, provider), get(page, provider)),
    contest('Task poll, 50', 'rows parsed, Bundle stringified', 4, get(poll, provider), get('/parsed', provider)),
    contest(
      `page ${DEEP + 1} of all Tasks`,
      'our own first page',
      4,
      get(deep, provider),
      get('/fhir/Task?_count=50', provider),
      200,
      200,
      servers.ours,
    ),
    ...[1, 32].map(updates),
    ...[1, 32].map(writes),
  ]
}
