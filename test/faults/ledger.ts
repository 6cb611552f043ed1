/** What clients sent and were told, and whether the store holds just that. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/config.ts'
import { prescriptionBundle } from '../../src/demo/prescription.ts'
import type { IndexRow } from '../../src/fhir/index-row.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { createSearchParams } from '../../src/fhir/search-params.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'
import { mod37Check } from '../../src/homecare/identifiers.ts'
import { checkServerTable } from '../../src/server-table.ts'
import type { Party } from './service.ts'

const ITEM_NUMBER = 'https://fhir.nhs.uk/Id/prescription-order-item-number'
const ORDER_NUMBER = 'https://fhir.nhs.uk/Id/prescription-order-number'
const BASE = 'http://localhost/fhir'
/** Supplies that the service plans for an accepted order of the demonstration's prescription. */
const SUPPLIES = 3

/** Who talks to whom: several trusts, some of which share a provider. */
export const PAIRS = [
  { trust: 'RBA', provider: 'VN6XW' },
  { trust: 'RTH', provider: 'VNE51' },
  { trust: 'RX1', provider: 'VN6XW' },
] as const
export const PROVIDERS = [...new Set(PAIRS.map(({ provider }) => provider))]

/** Who follows which feed. */
export interface Poller {
  readonly role: 'trust' | 'provider'
  readonly organization: string
  readonly type: 'Task' | 'MedicationRequest'
}

export const POLLERS: readonly Poller[] = [
  ...PAIRS.map(({ trust }) => ({ role: 'trust', organization: trust, type: 'Task' }) as const),
  ...PROVIDERS.flatMap((organization) =>
    (['Task', 'MedicationRequest'] as const).map((type) => ({ role: 'provider', organization, type }) as const),
  ),
]

export interface Order {
  readonly number: string
  readonly trust: string
  readonly bundle: r4.Bundle
  readonly items: readonly string[]
  /** What the sender was answered, if it was. */
  answer?: string
}

/** A resource as it was answered, and who was told. */
export interface ToldResource {
  readonly path: string
  readonly resource: Resource
  readonly organization: string
}

/** A version that somebody wrote: asked for at `from`, acknowledged at `to`, in ms of one clock. */
export interface Acknowledged {
  readonly path: string
  readonly from: number
  readonly to: number
}

/** What the clients know: what they sent, and what they were told. */
export class Ledger {
  #count = 0
  readonly orders: Order[] = []
  /** Resources as they were answered with 200 or 201, by `Type/id/_history/version`. */
  readonly told = new Map<string, ToldResource>()
  readonly acknowledged: Acknowledged[] = []

  /** @param from when it was asked to be written, which was answered just now; absent: it need not be news */
  tell(resource: Resource, organization: string = PAIRS[0].trust, from?: number): void {
    const path = `${resource.resourceType}/${resource.id}/_history/${resource.meta?.versionId}`
    this.told.set(path, { path, resource, organization })
    if (from !== undefined) this.acknowledged.push({ path, from, to: performance.now() })
  }

  tellBundle(text: string, organization?: string, from?: number): void {
    const bundle = JSON.parse(text) as r4.Bundle
    for (const { resource, response } of bundle.entry ?? []) {
      // Of a patient that was there already nothing new was written.
      const news = response?.status?.startsWith('201') ? from : undefined
      this.tell(resource as unknown as Resource, organization, news)
    }
  }

  /** The next order to send: two items for one patient, so that a half could be seen. */
  newOrder({ trust, provider }: (typeof PAIRS)[number] = PAIRS[0]): Order {
    const stem = `${(this.#count++).toString(16).padStart(6, '0')}-A1B2C3-23407`.toUpperCase()
    const number = stem + mod37Check(stem)
    const bundle = prescriptionBundle({ trust, provider, authoredOn: AUTHORED, orderNumber: number })
    const first = bundle.entry.at(-1)
    if (!first) throw new Error('The prescription has no entries.')
    const second = structuredClone(first)
    second.fullUrl = `urn:uuid:${randomUUID()}`
    Object.assign(second.resource as object, { identifier: [{ system: ITEM_NUMBER, value: randomUUID() }] })
    bundle.entry.push(second)
    const items = [first, second].map(({ resource }) => (resource as r4.MedicationRequest).identifier?.[0]?.value ?? '')
    const order = { number, trust, bundle, items }
    this.orders.push(order)
    return order
  }
}

export const AUTHORED = new Date().toISOString()

/** Runs a check for each of a list, over several connections. @returns what they found to be wrong */
export async function each<T>(
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
export async function toldFaults(party: Party, { path, resource }: ToldResource): Promise<string[]> {
  const { status, text } = await party.send('GET', path)
  if (status !== 200) return [`${path} was acknowledged and is answered with ${status}`]
  const current = await party.send('GET', path.replace(/\/_history.*/, ''))
  // What was deleted later has a history of its own (linearizable.ts).
  if (current.status !== 410) {
    const version = Number((JSON.parse(current.text) as Resource).meta?.versionId)
    if (!(version >= Number(resource.meta?.versionId))) return [`${path} was acknowledged, current is ${version}`]
  }
  const same = JSON.stringify(JSON.parse(text)) === JSON.stringify(resource)
  return same ? [] : [`${path} is not as it was acknowledged`]
}

/** Whether an order is there with everything that belongs to it, or not at all. */
export async function orderFaults(party: Party, order: Order): Promise<string[]> {
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

/**
 * Whether the log stands in the order of the clients' own time: what was acknowledged before something else was asked for
 * comes before it, whichever node did either.
 * @param numbers event number of each version
 */
export function orderOfTimeFaults(writes: readonly Acknowledged[], numbers: ReadonlyMap<string, number>): string[] {
  const faults: string[] = []
  const ended = writes.toSorted((a, b) => a.to - b.to)
  let next = 0
  let last: Acknowledged | undefined
  const numberOf = (write: Acknowledged | undefined): number => (write && numbers.get(write.path)) ?? 0
  for (const write of writes.toSorted((a, b) => a.from - b.from)) {
    for (let before = ended[next]; before && before.to < write.from; before = ended[++next]) {
      if (numberOf(before) > numberOf(last)) last = before
    }
    if (last && numberOf(write) <= numberOf(last)) {
      faults.push(`${write.path} was asked for after ${last.path} was acknowledged, and stands before it`)
    }
  }
  return faults
}

/** A sender that got no answer sends again. */
export async function resendFaults(party: Party, order: Order, ledger: Ledger): Promise<string[]> {
  const { status, text } = await party.post(order.bundle)
  if (status !== 200) return [`order ${order.number}: its repeat is answered with ${status}`]
  if (order.answer !== undefined) {
    return text === order.answer ? [] : [`order ${order.number}: its repeat is answered otherwise than the first time`]
  }
  order.answer = text
  ledger.tellBundle(text, order.trust)
  return []
}

export function extractor(): (resource: Resource) => IndexRow[] {
  const definitions = loadBaseDefinitions(join(packageRoot, 'profiles/base'))
  const json = JSON.parse(readFileSync(join(packageRoot, 'conformance/server.json'), 'utf8')) as unknown
  const table = checkServerTable(json, [...definitions.resourceTypes], 'server.json')
  const search = createSearchParams(definitions.searchParameters(), table.types, { bases: [BASE] })
  return (resource) => search.extract(resource)
}
