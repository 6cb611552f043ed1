/** The contests in which requests travel over loopback: writes, reads, polls. */
import { prescriptionBundle } from '../src/demo/prescription.ts'
import type { Resource, r4 } from '../src/fhir/resource.ts'
import { type Connection, load, type Request } from './client.ts'
import type { Contest } from './measure.ts'

/** ms of one turn. */
const TURN = 700
const TRUST = 'RBA'
const PROVIDER = 'VN6XW'

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

/** Posts prescriptions until `count` orders wait for the provider, and gives the bare server the same Tasks. */
export async function fill(servers: Servers, count: number): Promise<Filled> {
  const [first] = servers.ours
  const trust = await login(first, 'trust', TRUST)
  const provider = await login(first, 'provider', PROVIDER)
  const orderNumber = servers.newId()
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
  const [head = '', middle = '', tail = ''] = JSON.stringify(content).split(new RegExp(`${item}|${orderNumber}`))
  const prescription = (): string => head + servers.newId() + middle + servers.newId() + tail

  let posted = 1
  await load({
    connections: servers.ours,
    duration: Number.POSITIVE_INFINITY,
    status: 201,
    next: () => (posted++ < count ? post(trust, prescription()) : undefined),
  })
  const tasks: Resource[] = []
  let path: string | undefined = '/fhir/Task?status=requested&_count=250'
  while (path) {
    const page = JSON.parse(
      (await send(first, { method: 'GET', path, headers: provider }, 200)).toString(),
    ) as r4.Bundle
    tasks.push(...(page.entry ?? []).map((entry) => entry.resource as unknown as Resource))
    const next = page.link?.find(({ relation }) => relation === 'next')?.url
    path = next?.slice(new URL(next).origin.length)
  }
  if (tasks.length !== count) throw new Error(`${tasks.length} orders are there, ${count} were posted.`)
  const rows = tasks.map((task) => ({
    id: task.id,
    tick: Date.parse(task.meta?.lastUpdated ?? ''),
    text: JSON.stringify(task),
  }))
  await send(servers.bare[0], { method: 'POST', path: '/tasks', headers: trust, body: JSON.stringify(rows) }, 200)
  const stored = `/fhir/MedicationRequest/${medicationRequest?.id}`
  const bytes = await send(first, { method: 'GET', path: stored, headers: trust }, 200)
  await send(servers.bare[0], { method: 'PUT', path: '/bytes', headers: trust, body: bytes.toString() }, 200)
  return { trust, provider, prescription, stored, tasks }
}

const post = (trust: Headers, body: string): Request => ({
  method: 'POST',
  path: '/fhir/MedicationRequest',
  headers: { ...trust, prefer: 'return=minimal' },
  body,
})

export function contestsOverHttp(servers: Servers, filled: Filled): Contest[] {
  const { trust, provider, prescription, stored, tasks } = filled
  const contest = (
    name: string,
    against: string,
    clients: number,
    ours: () => Request | undefined,
    bare: () => Request,
    status = 200,
  ): Contest => {
    const turn = (connections: readonly Connection[], next: () => Request | undefined) => () =>
      load({ connections: connections.slice(0, clients), duration: TURN, next, status })
    const word = clients === 1 ? 'client' : 'clients'
    return {
      name: `${name}, ${clients} ${word}`,
      against,
      ours: turn(servers.ours, ours),
      bare: turn(servers.bare, bare),
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
    contest('GET by id', 'the same bytes from memory', clients, get(stored, trust), get('/bytes', trust))
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
  const later = new Date(Date.now() + 86_400_000)
  return [
    ...[1, 32].map(reads),
    contest(
      'Task poll, 50 of 10,000',
      'bare SQL, texts joined',
      4,
      get('/fhir/Task?status=requested&_count=50', provider),
      get('/poll?after=0', provider),
    ),
    contest(
      'Task poll, empty',
      'bare SQL, nothing found',
      4,
      get(`/fhir/Task?status=requested&_lastUpdated=gt${later.toISOString()}`, provider),
      get(`/poll?after=${later.getTime()}`, provider),
    ),
    ...[1, 32].map(updates),
    ...[1, 32].map(writes),
  ]
}
