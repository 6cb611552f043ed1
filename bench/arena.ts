/** Where contests over loopback take place: the service and its bare limit on one engine, filled alike. */
import type { SqlValue } from '../src/store/database.ts'
import { openAsIs } from '../src/store/open.ts'
import { type Amount, type Filled, fillStore } from './bulk.ts'
import { ask, type Connection, load, type Request } from './client.ts'
import type { Side } from './measure.ts'
import { orderSource, prescriptionSource, PROVIDER, TRUST } from './orders.ts'
import { type Engine, profiled, type Running, type Stage } from './servers.ts'

export type Headers = Readonly<Record<string, string>>

export interface Arena extends Filled {
  readonly engine: Engine
  readonly service: Running
  /** A copy of the store as it was filled; nobody uses it. */
  readonly spare: string
  readonly ours: readonly Connection[]
  readonly bare: readonly Connection[]
  readonly trust: Headers
  readonly provider: Headers
  /** Bodies with identifiers of their own: one that came before would be answered as a repeat. */
  readonly nextPrescription: () => string
  readonly nextOrder: () => string
  /** Tasks that nobody has touched yet, from the latest on: polls from the start find the same as before. */
  readonly nextTask: () => string
}

/** Most clients of a contest. */
export const CLIENTS = 128
/** ms of one turn. */
const TURN = 400

/** @returns undefined when the machine has no such engine */
export async function createArena(
  stage: Stage,
  engine: Engine,
  amount: Amount,
  profile?: string,
): Promise<Arena | undefined> {
  const url = await stage.database(engine)
  if (url === undefined) return undefined
  const filled = await fillStore(url, amount)
  await stage.settle(engine)
  const [bareUrl, spare] = [await stage.copy(url), await stage.copy(url)]
  const service = await stage.service(url, {}, profiled(profile))
  const bareServer = await stage.start(['bench/bare.ts', bareUrl])
  const ours = await stage.connect(service.origin, CLIENTS)
  const bare = await stage.connect(bareServer.origin, CLIENTS)
  const trust = await login(ours[0], 'trust', TRUST)
  const provider = await login(ours[0], 'provider', PROVIDER)
  const nextOrder = orderSource()
  const untouched = filled.tasks.slice(50)
  const template = JSON.stringify(await rowsOf(url, () => ask(ours[0], postOrder(trust, nextOrder()))))
  await ask(bare[0], { method: 'PUT', path: '/template', headers: trust, body: template })
  const arena: Arena = {
    ...filled,
    engine,
    service,
    spare,
    ours,
    bare,
    trust,
    provider,
    nextPrescription: prescriptionSource(filled.prescription, filled.patients),
    nextOrder,
    nextTask() {
      const task = untouched.pop()
      if (task === undefined) throw new Error('All Tasks are used up: fill more, or make the turns shorter.')
      return task
    },
  }
  await warm(arena)
  return arena
}

/** ms and writes that end each part of warming up, whichever comes first. */
const WARM = 5000
const WARM_WRITES = 4000

/** V8 compiles what it has seen often enough, so both sides see some of everything before anything counts. */
async function warm({ ours, bare, trust, nextPrescription, nextOrder, prescriptions }: Arena): Promise<void> {
  const some = async (connections: readonly Connection[], next: () => Request, status: number, most = WARM_WRITES) => {
    let left = most
    const limited = () => (left-- > 0 ? next() : undefined)
    try {
      await load({ connections: connections.slice(0, 32), duration: WARM, next: limited, status })
    } catch {
      // A machine that is busy may refuse for a moment. Nothing is measured yet, and what is wrong shows again.
    }
  }
  await some(ours, () => postPrescription(trust, nextPrescription()), 201)
  await some(ours, () => postOrder(trust, nextOrder()), 200, WARM_WRITES / 8)
  await some(ours, get(`/fhir/MedicationRequest/${prescriptions[0]}`, trust), 200)
  await some(bare, () => postPrescription(trust, nextPrescription(), '/body'), 201)
  await some(bare, () => postOrder(trust, nextOrder(), '/rows'), 201, WARM_WRITES / 8)
}

export async function login(connection: Connection | undefined, role: string, organization: string): Promise<Headers> {
  const body = `grant_type=client_credentials&client_id=sandbox&client_secret=sandbox&role=${role}&organization=${organization}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await ask(connection, { method: 'POST', path: '/oauth2/token', headers, body })
  const { access_token: token } = JSON.parse(answer.toString()) as { access_token: string }
  return { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' }
}

/** One turn of a closed load on the first connections. */
export const turn =
  (connections: readonly Connection[], clients: number, next: () => Request, status = 200) =>
  (): Promise<Side> =>
    load({ connections: connections.slice(0, clients), duration: TURN, next, status })

export const get = (path: string, headers: Headers) => (): Request => ({ method: 'GET', path, headers })

export const postOrder = (trust: Headers, body: string, path = '/fhir'): Request => ({
  method: 'POST',
  path,
  headers: { ...trust, prefer: 'return=minimal' },
  body,
})

export const postPrescription = (trust: Headers, body: string, path = '/fhir/MedicationRequest'): Request => ({
  method: 'POST',
  path,
  headers: { ...trust, prefer: 'return=minimal' },
  body,
})

export const clientsText = (count: number): string => (count === 1 ? '1 client' : `${count} clients`)

/** Tables that a write leaves rows in, and the column that tells the new ones. */
const WRITTEN = {
  resource: 'key',
  version: 'key',
  event: 'key',
  access: 'key',
  feed: 'key',
  index_token: 'key',
  index_reference: 'key',
  index_date: 'key',
  index_string: 'key',
  index_uri: 'key',
  index_number: 'key',
  index_quantity: 'key',
  alarm: 'key',
}

/** The rows that one write leaves in the store, and how many keys it takes. */
async function rowsOf(url: string, write: () => Promise<unknown>) {
  const database = await openAsIs(url)
  try {
    const end = async () => (await database.query<{ seq: number }>('SELECT seq FROM clock WHERE id = 1'))[0]?.seq ?? 0
    const before = await end()
    await write()
    const stride = (await end()) - before
    const tables = []
    for (const [table, column] of Object.entries(WRITTEN)) {
      const rows = await database.query<Record<string, SqlValue>>(`SELECT * FROM ${table} WHERE ${column} > $1`, [
        before,
      ])
      if (rows.length > 0) tables.push({ table, columns: Object.keys(rows[0] ?? {}), rows: rows.map(Object.values) })
    }
    return { stride, tables }
  } finally {
    await database.close()
  }
}
