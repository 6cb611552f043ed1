/**
 * Mixed load that lives through faults: whoever gets no answer, or is told to come back, goes on with another node.
 * Everything that clients were told is written down.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { AUTHORED, Ledger, type Order, PAIRS, type Poller, POLLERS, PROVIDERS } from './ledger.ts'
import type { Step } from './linearizable.ts'
import { type Answer, Party, type Service } from './service.ts'

/** The nodes as they are now; one that is being started again is missing. */
export type Nodes = readonly (Service | undefined)[]

/** What one load knows at its end. */
export class Told {
  readonly ledger = new Ledger()
  /** Orders that were refused. */
  readonly refused: Order[] = []
  /** What was done to each contended resource, by `Type/id`. */
  readonly steps = new Map<string, Step[]>()
  /** By poller: `Type/id/_history/version` in the order in which the feed told of them. */
  readonly feeds = new Map<Poller, string[]>(POLLERS.map((poller) => [poller, []]))
  /** By provider: the last version of each Task that polling by time has seen. */
  readonly polled = new Map<string, Map<string, number>>(PROVIDERS.map((provider) => [provider, new Map()]))
  /** Answers that never came, or that told to come back. */
  interrupted = 0
}

/** One party that talks to whichever node answers. */
class Client {
  readonly #nodes: () => Nodes
  readonly #role: string
  readonly organization: string
  readonly #told: Told
  #at: number
  #party: Party | undefined

  constructor(nodes: () => Nodes, role: string, organization: string, told: Told, at: number) {
    this.#nodes = nodes
    this.#role = role
    this.organization = organization
    this.#told = told
    this.#at = at
  }

  /** @returns undefined when nobody knows what became of it */
  async send(...request: Parameters<Party['send']>): Promise<Answer | undefined> {
    try {
      const nodes = this.#nodes()
      const node = nodes[this.#at % nodes.length]
      if (!node) throw new Error('This node is down.')
      this.#party ??= await Party.connect(node.origin, this.#role, this.organization)
      const answer = await this.#party.send(...request)
      if (answer.status !== 503) return answer
    } catch {
      await this.close()
      this.#at++
    }
    this.#told.interrupted++
    await pause(25)
    return undefined
  }

  /** Sends until there is an answer. */
  async insist(...request: Parameters<Party['send']>): Promise<Answer> {
    for (const end = Date.now() + PATIENCE; Date.now() < end;) {
      const answer = await this.send(...request)
      if (answer) return answer
    }
    throw new Error(`${request[0]} ${request[1]}: no node answers.`)
  }

  async close(): Promise<void> {
    await this.#party?.close()
    this.#party = undefined
  }
}

/** ms after which a client gives up. */
const PATIENCE = 45_000

export interface Load {
  readonly told: Told
  /** Ends the load; resolves when every client has got its last answer and the readers have caught up. */
  finish(): Promise<void>
}

/** @param contended Patients that several clients change at once, as stored */
export function startLoad(nodes: () => Nodes, told: Told, contended: readonly Resource[]): Load {
  let ending = false
  let writing = true
  let count = 0
  const client = (role: string, organization: string) => new Client(nodes, role, organization, told, count++)
  const repeat = async (one: Client, step: (one: Client) => Promise<void>, going = () => !ending): Promise<void> => {
    while (going()) await step(one)
    await one.close()
  }
  const taken = new Set<string>()
  const writers = [
    ...[...PAIRS, PAIRS[0]].map((pair) => repeat(client('trust', pair.trust), (one) => sendOrder(one, told, pair))),
    repeat(client('trust', 'RBA'), (one) => sendRefused(one, told)),
    ...PROVIDERS.map((provider) => repeat(client('provider', provider), (one) => takeWork(one, told, taken))),
    ...[1, 2, 3, 4].map((n) =>
      repeat(client('trust', 'RBA'), (one) => contend(one, told, contended[n % contended.length]!)),
    ),
  ]
  const readers = [
    ...POLLERS.map((poller) => follow(client(poller.role, poller.organization), told, poller, () => writing)),
    ...PROVIDERS.map((provider) => poll(client('provider', provider), told, () => writing)),
  ]
  const all = Promise.all([...writers, ...readers])
  all.catch(() => {
    ending = true
    writing = false
  })
  return {
    told,
    async finish() {
      ending = true
      await Promise.all(writers)
      writing = false
      await all
    },
  }
}

/** Sends one order until it is answered; a repeat is the same order. */
async function sendOrder(one: Client, { ledger }: Told, pair: (typeof PAIRS)[number]): Promise<void> {
  const order = ledger.newOrder(pair)
  const from = performance.now()
  const answer = await one.insist('POST', '', order.bundle, { prefer: 'return=representation' })
  if (answer.status !== 200) throw new Error(`An order was refused: ${answer.status} ${answer.text}`)
  order.answer = answer.text
  ledger.tellBundle(answer.text, order.trust, from)
}

/** Two good entries and a bad one, of which by turns the lane or the validation finds out: nothing of it may be there. */
async function sendRefused(one: Client, { ledger, refused }: Told): Promise<void> {
  const order = ledger.newOrder()
  ledger.orders.splice(ledger.orders.indexOf(order), 1)
  const bad = order.bundle.entry?.at(-1)?.resource as r4.MedicationRequest
  // In the lane its neighbours are written already.
  if (refused.length % 2 === 0) bad.subject = { reference: 'Patient/nobody' }
  else bad.status = 'completed'
  const answer = await one.insist('POST', '', order.bundle)
  if (answer.status < 400) throw new Error(`What leads nowhere was accepted with ${answer.status}.`)
  refused.push(order)
  await pause(50)
}

/** A provider accepts an order and plans its first supply. */
async function takeWork(one: Client, told: Told, taken: Set<string>): Promise<void> {
  const page = await one.send('GET', 'Task?status=requested&part-of:missing=true&_sort=-_lastUpdated&_count=20')
  const task = page?.status === 200 ? resources(page).find(({ id }) => !taken.has(id ?? '')) : undefined
  if (!task) return void (await pause(20))
  taken.add(task.id ?? '')
  const from = performance.now()
  const accepted = await put(one, { ...task, status: 'accepted' })
  if (accepted?.status !== 200) return
  told.ledger.tell(JSON.parse(accepted.text) as Resource, one.organization, from)
  const found = await one.send('GET', `Task?part-of=Task/${task.id}&_count=1`)
  const [supply] = found?.status === 200 ? resources(found) : []
  if (!supply) return
  const planned = await put(one, { ...supply, status: 'accepted', executionPeriod: { start: AUTHORED } })
  if (planned?.status === 200) told.ledger.tell(JSON.parse(planned.text) as Resource, one.organization)
}

/**
 * Reads a resource and changes what it has read, by PUT, PATCH or DELETE (after which a PUT brings it back): of several
 * that do so at once only one may get its way.
 */
async function contend(one: Client, told: Told, { resourceType, id, ...rest }: Resource): Promise<void> {
  const path = `${resourceType}/${id}`
  const steps = told.steps.get(path) ?? []
  told.steps.set(path, steps)
  const readFrom = performance.now()
  const read = await one.send('GET', path)
  if (read?.status !== 200 && read?.status !== 410) return
  const gone = read.status === 410
  const on = gone ? latest(steps) : versionIn(read)
  if (!gone) steps.push({ kind: 'read', from: readFrom, to: performance.now(), version: on })
  const telecom = [{ system: 'phone', value: `01632 96${String(steps.length % 10_000).padStart(4, '0')}` }]
  const from = performance.now()
  const answer = await change(one, path, on, gone ? 0 : steps.length % 9, {
    ...(gone ? { resourceType, id, ...rest } : (JSON.parse(read.text) as Resource)),
    telecom,
  } as Resource)
  const to = performance.now()
  if (answer === undefined) steps.push({ kind: 'unknown', from, on })
  else if (answer.status === 412) steps.push({ kind: 'refused', from, to, on })
  // It was deleted meanwhile; of a version that nobody named nothing follows.
  else if (answer.status === 404 || answer.status === 410) return
  else if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${answer.text}`)
  else {
    const version = versionIn(answer)
    const news = version === on ? undefined : from
    if (answer.status !== 204) told.ledger.tell(JSON.parse(answer.text) as Resource, one.organization, news)
    // The same telephone number as before: nothing was written.
    if (version === on) steps.push({ kind: 'read', from, to, version })
    else steps.push({ kind: 'write', from, to, on, version })
  }
}

/** The last version that anybody was told of. */
const latest = (steps: readonly Step[]): number =>
  Math.max(1, ...steps.map((step) => (step.kind === 'read' || step.kind === 'write' ? step.version : step.on)))

const versionIn = ({ etag }: Answer): number => Number(/"(\d+)"/.exec(etag)?.[1])

/** One change of a resource under the version that was read: of nine one is a DELETE and four are a PATCH. */
function change(one: Client, path: string, on: number, turn: number, next: Resource): Promise<Answer | undefined> {
  const headers = { 'if-match': `W/"${on}"` }
  if (turn === 8) return one.send('DELETE', path, undefined, headers)
  if (turn % 2 === 0) return one.send('PUT', path, next, headers)
  const patch = [{ op: 'add', path: '/telecom', value: (next as unknown as r4.Patient).telecom }]
  return one.send('PATCH', path, patch, { ...headers, 'content-type': 'application/json-patch+json' })
}

const put = (one: Client, resource: Resource): Promise<Answer | undefined> =>
  one.send('PUT', `${resource.resourceType}/${resource.id}`, resource, {
    'if-match': `W/"${resource.meta?.versionId}"`,
  })

/** Follows a feed, from the start to its end. */
async function follow(one: Client, { feeds }: Told, poller: Poller, writing: () => boolean): Promise<void> {
  const feed = feeds.get(poller) ?? []
  let path = `${poller.type}/$changes?_count=50`
  for (;;) {
    const last = !writing()
    const page = await one.insist('GET', path)
    if (page.status !== 200) throw new Error(`${path}: ${page.status} ${page.text}`)
    const bundle = JSON.parse(page.text) as r4.Bundle
    for (const { resource } of bundle.entry ?? [])
      feed.push(`${poller.type}/${resource?.id}/_history/${resource?.meta?.versionId}`)
    path = nextOf(bundle) ?? path
    if (bundle.entry?.length) continue
    if (last) return one.close()
    await pause(40)
  }
}

/** Polls for what has changed since the last change it has seen. */
async function poll(one: Client, told: Told, writing: () => boolean): Promise<void> {
  const polled = told.polled.get(one.organization) ?? new Map<string, number>()
  let since = '2000-01-01T00:00:00Z'
  for (;;) {
    const last = !writing()
    let path: string | undefined = `Task?_lastUpdated=ge${encodeURIComponent(since)}&_sort=_lastUpdated&_count=100`
    while (path !== undefined) {
      const page: Answer = await one.insist('GET', path)
      if (page.status !== 200) throw new Error(`${path}: ${page.status} ${page.text}`)
      for (const task of resources(page)) {
        polled.set(task.id ?? '', Math.max(polled.get(task.id ?? '') ?? 0, Number(task.meta?.versionId)))
        since = [since, task.meta?.lastUpdated ?? ''].sort().at(-1) ?? since
      }
      path = nextOf(JSON.parse(page.text) as r4.Bundle)
    }
    if (last) return one.close()
    await pause(50)
  }
}

const resources = ({ text }: Answer): Resource[] =>
  ((JSON.parse(text) as r4.Bundle).entry ?? []).map((entry) => entry.resource as unknown as Resource)

const nextOf = (bundle: r4.Bundle): string | undefined =>
  bundle.link?.find(({ relation }) => relation === 'next')?.url.replace(/^.*?\/fhir\//, '')
