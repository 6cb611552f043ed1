/** What was acknowledged survives the death of the process, whole and once; what was not is there whole or not at all. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Client } from 'undici'
import { packageRoot } from '../../src/config.ts'
import { prescriptionBundle } from '../../src/demo/prescription.ts'
import type { IndexRow } from '../../src/fhir/index-row.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { createSearchParams } from '../../src/fhir/search-params.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'
import { mod37Check } from '../../src/homecare/identifiers.ts'
import { checkServerTable } from '../../src/server-table.ts'
import { freshDatabase, open } from '../database.ts'
import { faultsOf } from '../store/consistency.ts'

const ORDER_WRITERS = 8
const TASK_WRITERS = 4
const ITEM_NUMBER = 'https://fhir.nhs.uk/Id/prescription-order-item-number'
const ORDER_NUMBER = 'https://fhir.nhs.uk/Id/prescription-order-number'
/** Supplies that the service plans for an accepted order of the demonstration's prescription. */
const SUPPLIES = 3
/** The same for every process, so that the links in answers do not change with the port. */
const BASE = 'http://localhost/fhir'

/** The program as it is started by an operator, in a process of its own. */
class Service {
  readonly origin: string
  readonly #process: ChildProcess
  readonly #exited: Promise<unknown>

  private constructor(child: ChildProcess, exited: Promise<unknown>, origin: string) {
    this.#process = child
    this.#exited = exited
    this.origin = origin
  }

  static async start(databaseUrl: string): Promise<Service> {
    const child = spawn(process.execPath, ['src/main.ts'], {
      cwd: packageRoot,
      env: { PORT: '0', BASE_URL: BASE, LOG_LEVEL: 'silent', DATABASE_URL: databaseUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const exited = once(child, 'exit')
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    const origin = new Promise<string>((resolve) => {
      child.stdout.on('data', (chunk) => {
        said += chunk
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
        if (address) resolve(address)
      })
    })
    const died = exited.then(() => {
      throw new Error(`The service did not start: ${said}`)
    })
    const service = new Service(child, exited, await Promise.race([origin, died]))
    died.catch(() => undefined)
    return service
  }

  /** As the power cut does it: no signal handler runs. */
  kill(): void {
    this.#process.kill('SIGKILL')
  }

  async gone(): Promise<void> {
    await this.#exited
  }

  /** Whatever has happened before. */
  async end(): Promise<void> {
    this.kill()
    await this.gone()
  }
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** One connection of one party. */
class Party {
  readonly #client: Client
  readonly #authorization: string

  private constructor(client: Client, authorization: string) {
    this.#client = client
    this.#authorization = authorization
  }

  static async connect(origin: string, role: string, organization: string): Promise<Party> {
    const client = new Client(origin)
    const { body } = await client.request({
      method: 'POST',
      path: '/oauth2/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=client_credentials&client_id=sandbox&client_secret=sandbox&role=${role}&organization=${organization}`,
    })
    const { access_token: token } = (await body.json()) as { access_token: string }
    return new Party(client, `Bearer ${token}`)
  }

  /** @throws Error when the connection breaks before the whole answer is there */
  async send(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await this.#client.request({
      method,
      path: `/fhir/${path}`,
      headers: {
        authorization: this.#authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.statusCode, text: await answer.body.text() }
  }

  async search<T = Resource>(query: string): Promise<T[]> {
    const { status, text } = await this.send('GET', query)
    if (status !== 200) throw new Error(`${query}: status ${status} ${text}`)
    const bundle = JSON.parse(text) as r4.Bundle
    return (bundle.entry ?? []).map((entry) => entry.resource as unknown as T)
  }

  post = (bundle: r4.Bundle): Promise<Answer> => this.send('POST', '', bundle, { prefer: 'return=representation' })

  close = (): Promise<void> => this.#client.destroy()
}

interface Order {
  readonly number: string
  readonly bundle: r4.Bundle
  readonly items: readonly string[]
  /** What the sender was answered, if it was. */
  answer?: string
}

/** What the clients know: what they sent, and what they were told. */
class Ledger {
  readonly orders: Order[] = []
  /** Resources as they were answered with 200 or 201, by `Type/id/_history/version`. */
  readonly told = new Map<string, Resource>()

  tell(resource: Resource): void {
    this.told.set(`${resource.resourceType}/${resource.id}/_history/${resource.meta?.versionId}`, resource)
  }

  tellBundle(text: string): void {
    const bundle = JSON.parse(text) as r4.Bundle
    for (const entry of bundle.entry ?? []) this.tell(entry.resource as unknown as Resource)
  }

  /** The next order to send: two items for one patient, so that a half could be seen. */
  newOrder(): Order {
    const stem = `${this.orders.length.toString(16).padStart(6, '0')}-A1B2C3-23407`.toUpperCase()
    const number = stem + mod37Check(stem)
    const bundle = prescriptionBundle({ trust: 'RBA', provider: 'VN6XW', authoredOn: AUTHORED, orderNumber: number })
    const first = bundle.entry.at(-1)
    if (!first) throw new Error('The prescription has no entries.')
    const second = structuredClone(first)
    second.fullUrl = `urn:uuid:${randomUUID()}`
    Object.assign(second.resource as object, { identifier: [{ system: ITEM_NUMBER, value: randomUUID() }] })
    bundle.entry.push(second)
    const items = [first, second].map(({ resource }) => (resource as r4.MedicationRequest).identifier?.[0]?.value ?? '')
    const order = { number, bundle, items }
    this.orders.push(order)
    return order
  }
}

const AUTHORED = new Date().toISOString()

interface Round {
  /** Kills when so many requests were sent, or so many answers came. */
  readonly at: 'request' | 'answer'
  readonly count: number
}

/** Writes from many connections until the process is killed under them. @returns how many writes stayed unanswered */
async function loadUntilKilled(service: Service, ledger: Ledger, round: Round): Promise<number> {
  const counts = { request: 0, answer: 0 }
  let alive = true
  const count = (what: Round['at']): void => {
    if (what !== round.at || ++counts[what] !== round.count) return
    alive = false
    // A turn later, so that a request that was just sent is really on its way.
    setImmediate(() => service.kill())
  }
  let unanswered = 0
  const write = async (work: () => Promise<Answer>): Promise<Answer | undefined> => {
    unanswered++
    count('request')
    const answer = await work()
    unanswered--
    if (answer.status !== 200) throw new Error(`A write was refused: ${answer.status} ${answer.text}`)
    count('answer')
    return answer
  }
  const run = async (party: Party, step: (party: Party) => Promise<void>): Promise<void> => {
    try {
      while (true) await step(party)
    } catch (error) {
      // Only the end of the process may end a writer.
      if (alive) throw error
    } finally {
      await party.close()
    }
  }
  const sendOrder = async (party: Party): Promise<void> => {
    const order = ledger.newOrder()
    const answer = await write(() => party.post(order.bundle))
    if (!answer) return
    order.answer = answer.text
    ledger.tellBundle(answer.text)
  }
  const taken = new Set<string>()
  const put = async (party: Party, task: Resource, changes: Partial<r4.Task>): Promise<void> => {
    const headers = { 'if-match': `W/"${task.meta?.versionId}"` }
    const answer = await write(() => party.send('PUT', `Task/${task.id}`, { ...task, ...changes }, headers))
    if (answer) ledger.tell(JSON.parse(answer.text) as Resource)
  }
  const takeWork = async (party: Party): Promise<void> => {
    const found = await party.search('Task?status=requested&part-of:missing=true&_sort=-_lastUpdated&_count=20')
    const order = found.find(({ id }) => !taken.has(id ?? ''))
    if (!order) return
    taken.add(order.id ?? '')
    await put(party, order, { status: 'accepted' })
    const [supply] = await party.search(`Task?part-of=Task/${order.id}&_count=1`)
    if (!supply) throw new Error('An accepted order has no supplies.')
    await put(party, supply, { status: 'accepted', executionPeriod: { start: AUTHORED } })
  }
  const connect = (length: number, role: string, organization: string): Promise<Party[]> =>
    Promise.all(Array.from({ length }, () => Party.connect(service.origin, role, organization)))
  const trusts = await connect(ORDER_WRITERS, 'trust', 'RBA')
  const providers = await connect(TASK_WRITERS, 'provider', 'VN6XW')
  await Promise.all([
    ...trusts.map((party) => run(party, sendOrder)),
    ...providers.map((party) => run(party, takeWork)),
  ])
  await service.gone()
  return unanswered
}

/** Runs a check for each of a list, over several connections. @returns what they found to be wrong */
async function each<T>(
  parties: readonly Party[],
  list: readonly T[],
  check: (party: Party, one: T) => Promise<string[]>,
) {
  const faults: string[] = []
  let next = 0
  await Promise.all(
    parties.map(async (party) => {
      for (let one = list[next++]; one !== undefined; one = list[next++]) faults.push(...(await check(party, one)))
    }),
  )
  return faults
}

/** Whether a write that was acknowledged is there as it was answered. */
async function toldFaults(party: Party, [path, resource]: readonly [string, Resource]): Promise<string[]> {
  const { status, text } = await party.send('GET', path)
  if (status !== 200) return [`${path} was acknowledged and is answered with ${status}`]
  const current = await party.send('GET', path.replace(/\/_history.*/, ''))
  const version = Number((JSON.parse(current.text) as Resource).meta?.versionId)
  if (!(version >= Number(resource.meta?.versionId))) return [`${path} was acknowledged, current is ${version}`]
  const same = JSON.stringify(JSON.parse(text)) === JSON.stringify(resource)
  return same ? [] : [`${path} is not as it was acknowledged`]
}

/** Whether an order is there with everything that belongs to it, or not at all. */
async function orderFaults(party: Party, order: Order): Promise<string[]> {
  const values = order.items.map((item) => `${ITEM_NUMBER}|${item}`).join(',')
  const items = await party.search<r4.MedicationRequest>(`MedicationRequest?identifier=${values}`)
  const tasks = await party.search<r4.Task>(`Task?group-identifier=${ORDER_NUMBER}|${encodeURIComponent(order.number)}`)
  const orders = tasks.filter((task) => task.partOf === undefined)
  const supplies = tasks.length - orders.length
  const name = `order ${order.number}`
  if (items.length === 0 && tasks.length === 0) return order.answer === undefined ? [] : [`${name} is lost`]
  const [task] = orders
  if (items.length !== order.items.length || orders.length !== 1 || !task) {
    return [`${name} has ${items.length} items and ${orders.length} order Tasks`]
  }
  const faults: string[] = []
  const wanted = task.status === 'requested' ? 0 : SUPPLIES
  if (supplies !== wanted) faults.push(`${name} is ${task.status} with ${supplies} supplies`)
  const based = task.basedOn?.map(({ reference }) => reference).sort()
  if (
    based?.join() !==
    items
      .map(({ id }) => `MedicationRequest/${id}`)
      .sort()
      .join()
  ) {
    faults.push(`${name}: its Task is based on other items`)
  }
  const links = new Set(items.flatMap(({ subject, requester }) => [subject.reference, requester?.reference]))
  for (const link of links) {
    const { status } = await party.send('GET', link ?? 'nothing')
    if (status !== 200) faults.push(`${name}: ${link} is answered with ${status}`)
  }
  return faults
}

/** A sender that got no answer sends again. */
async function resendFaults(party: Party, order: Order, ledger: Ledger): Promise<string[]> {
  const { status, text } = await party.post(order.bundle)
  if (status !== 200) return [`order ${order.number}: its repeat is answered with ${status}`]
  if (order.answer !== undefined) {
    return text === order.answer ? [] : [`order ${order.number}: its repeat is answered otherwise than the first time`]
  }
  order.answer = text
  ledger.tellBundle(text)
  return []
}

function extractor(): (resource: Resource) => IndexRow[] {
  const definitions = loadBaseDefinitions(join(packageRoot, 'profiles/base'))
  const json = JSON.parse(readFileSync(join(packageRoot, 'conformance/server.json'), 'utf8')) as unknown
  const table = checkServerTable(json, [...definitions.resourceTypes], 'server.json')
  const search = createSearchParams(definitions.searchParameters(), table.types, { bases: [BASE] })
  return (resource) => search.extract(resource)
}

t.test('killed in the middle of a load of writes, again and again', async (t) => {
  const url = await freshDatabase(t)
  const extract = extractor()
  const ledger = new Ledger()
  const rounds: Round[] = [
    { at: 'answer', count: 40 },
    { at: 'request', count: 60 },
    { at: 'answer', count: 1 },
    { at: 'request', count: 35 },
  ]
  let service = await Service.start(url)
  t.teardown(() => service.end())
  for (const [index, round] of rounds.entries()) {
    const sentBefore = ledger.orders.length
    const toldBefore = ledger.told.size
    const unanswered = await loadUntilKilled(service, ledger, round)
    t.ok(unanswered > 0, `round ${index}: ${unanswered} writes were under way`)
    t.ok(ledger.told.size > toldBefore, `round ${index}: ${ledger.told.size - toldBefore} resources were acknowledged`)

    service = await Service.start(url)
    const { origin } = service
    const parties = await Promise.all(Array.from({ length: 4 }, () => Party.connect(origin, 'trust', 'RBA')))
    const sent = ledger.orders.slice(sentBefore)
    t.same(await each(parties, [...ledger.told].slice(toldBefore), toldFaults), [], 'what was acknowledged is there')
    t.same(await each(parties, sent, orderFaults), [], 'no order is there by half')
    const database = await open(url)
    t.same(await faultsOf(database.query, extract), [], 'the tables agree')
    const repeated = await each(parties, sent, (party, order) => resendFaults(party, order, ledger))
    t.same(repeated, [], 'who sends again is answered')
    t.same(await each(parties, sent, orderFaults), [], 'and every order is there once')
    t.same(await faultsOf(database.query, extract), [], 'the tables agree after the repeats')
    await database.close()
    await Promise.all(parties.map((party) => party.close()))
  }
  const parties = await Promise.all(Array.from({ length: 4 }, () => Party.connect(service.origin, 'trust', 'RBA')))
  t.same(await each(parties, [...ledger.told], toldFaults), [], 'all that was ever acknowledged is there')
  t.same(await each(parties, ledger.orders, orderFaults), [])
  t.ok(ledger.orders.length > 60, `${ledger.orders.length} orders, ${ledger.told.size} acknowledged versions`)
  await Promise.all(parties.map((party) => party.close()))
  await service.end()
})

t.test('the checks of this file find what they look for', async (t) => {
  const url = await freshDatabase(t)
  const service = await Service.start(url)
  t.teardown(() => service.end())
  const party = await Party.connect(service.origin, 'trust', 'RBA')
  const ledger = new Ledger()
  const [whole, half, lost] = [ledger.newOrder(), ledger.newOrder(), ledger.newOrder()]
  const { text } = await party.post(whole.bundle)
  ledger.tellBundle(text)
  await party.post({ ...half.bundle, entry: half.bundle.entry?.slice(0, -1) ?? [] })
  lost.answer = text
  t.same(await orderFaults(party, whole), [])
  t.match(await orderFaults(party, half), [/1 items/])
  t.match(await orderFaults(party, lost), [/is lost/])
  t.match(await resendFaults(party, { ...whole, answer: 'another' }, ledger), [/otherwise/])
  const [path, resource] = [...ledger.told].at(-1) ?? ['', { resourceType: '' }]
  t.same(await toldFaults(party, [path, resource]), [])
  t.match(await toldFaults(party, [path, { ...resource, status: 'on-hold' }]), [/not as it was/])
  t.match(await toldFaults(party, [path.replace(/1$/, '2'), resource]), [/answered with 404/])
  await party.close()
  await service.end()
})
