/** What the journeys have in common: a trust and a provider who work an order through the public API, and time. */
import { medicationDispense, syringes } from '../../src/demo/prescription.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { runClock } from '../../src/interactions/clock.ts'
import { CANONICAL } from '../../src/fhir/problem.ts'
import { REASON } from '../../src/homecare/states.ts'
import { type Answer, type Exchange, type Party, partyOf, resourcesOf, startExchange } from '../helper.ts'
import { inBundle, located, type OrderBundle, orderBundle, orderTask, PROVIDER, stateOf, TRUST } from '../orders.ts'

export const DAY = 86_400_000
const HOUR = 3_600_000

export interface Story {
  readonly exchange: Exchange
  readonly trust: Party
  readonly provider: Party
  /** Time passes, hour by hour where the clock has something to say, and the service looks at it. */
  pass(ms: number): Promise<void>
  /** The present instant as FHIR writes it. */
  now(offset?: number): string
  /** Posts an order; `change` may alter its Bundle. */
  order(change?: (bundle: OrderBundle, item: r4.MedicationRequest) => void, repeats?: number): Promise<Order>
  /** Reads a resource as a party sees it now. */
  read(party: Party, reference: string): Promise<Resource>
  /** Reads, changes, writes under the version read. */
  change(party: Party, reference: string, changes: object): Promise<Answer>
  /** The same, and it must work. */
  move(party: Party, reference: string, changes: object): Promise<Resource>
  /** Facts of the log about resources of a type, e.g. all that happened to Tasks. */
  events(type?: string): Promise<string[]>
}

export interface Order {
  /** `MedicationRequest/[id]` */
  readonly item: string
  /** `Task/[id]` of the order. */
  readonly task: string
  accept(): Promise<void>
  /** `Task/[id]` of the supplies, in order of their number; replacements at the end. */
  supplies(): Promise<string[]>
  /** Books a supply for a time from now, in days. */
  book(supply: string, inDays?: number): Promise<Resource>
  /** Works a supply up to a state, which may be the last one. */
  work(supply: string, until?: 'dispensing' | 'ready-to-dispatch' | 'dispatched' | 'delivered'): Promise<Resource>
  /** Reports a dispense of the item for a supply. */
  dispense(supply: string, changes?: Partial<r4.MedicationDispense>, headers?: Record<string, string>): Promise<Answer>
  state(): Promise<string>
  /** Every dispense of the item, newest first. */
  dispenses(): Promise<Resource[]>
  /** Open cancel Tasks. */
  cancels(): Promise<Resource[]>
}

export const reason = (code: string): { statusReason: r4.CodeableConcept } => ({
  statusReason: { coding: [{ system: REASON, code }] },
})

/** Status and business status of a Task, by the business status alone. */
const statuses: Readonly<Record<string, r4.Task['status']>> = {
  due: 'ready',
  'contacting-patient': 'in-progress',
  'patient-uncontactable': 'on-hold',
  'not-needed-yet': 'on-hold',
  'delivery-booked': 'accepted',
  'awaiting-stock': 'on-hold',
  dispensing: 'in-progress',
  'ready-to-dispatch': 'in-progress',
  'ready-to-dispatch-partial': 'in-progress',
  dispatched: 'in-progress',
  delivered: 'completed',
  'delivery-failed': 'failed',
  quarantined: 'on-hold',
  'part-delivered': 'in-progress',
}

export const supplyState = (code: string): Partial<r4.Task> => ({
  ...(statuses[code] ? { status: statuses[code] } : {}),
  businessStatus: { coding: [{ system: `${CANONICAL}/CodeSystem/supply-business-status`, code }] },
})

export const extensionValue = (resource: Resource, name: string): unknown => {
  const found = (resource as unknown as r4.Task).extension?.find(({ url }) => url.endsWith(`/${name}`))
  return found?.valueCode ?? found?.valueDateTime ?? found?.valueDate ?? found?.valuePeriod
}

/** An output of a Task in our codes. */
export const outputOf = (code: string, value: object): r4.TaskOutput => ({
  type: { coding: [{ system: `${CANONICAL}/CodeSystem/task-output`, code }] },
  ...value,
})

/** The first parameter of a name. */
export const parameter = (resource: Resource, name: string): r4.ParametersParameter | undefined =>
  (resource as unknown as r4.Parameters).parameter?.find((one) => one.name === name)

interface Teardown {
  teardown(work: () => Promise<void> | void): void
}

/** A party that logs in again when its token has grown old: stories take months. */
export async function lasting(
  exchange: Exchange,
  role: 'trust' | 'pharmacist' | 'provider',
  organization: string,
): Promise<Party> {
  let since = exchange.now
  let party = await exchange.party(role, organization)
  const send: Party['send'] = async (...request) => {
    if (exchange.now - since > HOUR / 2) {
      since = exchange.now
      party = await exchange.party(role, organization)
    }
    return party.send(...request)
  }
  return partyOf(organization, send)
}

export async function story(t: Teardown, env: Record<string, string> = {}): Promise<Story> {
  const exchange = await startExchange(t, env)
  const both = {
    trust: await lasting(exchange, 'trust', TRUST),
    provider: await lasting(exchange, 'provider', PROVIDER),
  }
  const now = (offset = 0): string => new Date(exchange.now + offset).toISOString()
  const read = async (party: Party, reference: string): Promise<Resource> => (await party.get(reference)).body
  const change: Story['change'] = async (party, reference, changes) =>
    party.put({ ...(await read(party, reference)), ...changes })
  const move: Story['move'] = async (party, reference, changes) => {
    const answer = await change(party, reference, changes)
    if (answer.status !== 200) throw new Error(`${reference}: ${answer.status} ${answer.text.slice(0, 900)}`)
    return answer.body
  }
  const self: Story = {
    exchange,
    ...both,
    now,
    read,
    change,
    move,
    async pass(ms) {
      const end = exchange.now + ms
      while (exchange.now < end) {
        exchange.now = Math.min(end, exchange.now + Math.max(HOUR, Math.floor(ms / 40)))
        await runClock(exchange.context)
      }
    },
    async order(alter, repeats = 2) {
      const bundle = orderBundle({ repeats, authoredOn: now() })
      alter?.(bundle, inBundle(bundle, 'MedicationRequest'))
      const answer = await both.trust.post('', bundle)
      if (answer.status !== 200) throw new Error(`the order was refused: ${answer.text.slice(0, 900)}`)
      const item = located(answer, 'MedicationRequest')
      return orderOf(self, item, `Task/${(await orderTask(both.trust, item)).id}`)
    },
    async events(type = 'Task') {
      const rows = await exchange.context.database.query<{ kind: string }>(
        'SELECT kind FROM event WHERE type = $1 ORDER BY seq',
        [type],
      )
      return rows.map(({ kind }) => kind)
    },
  }
  return self
}

/** What came before the slot that was agreed began when it came. */
const arrived = (slot: r4.Period | undefined, end: string): r4.Period =>
  slot?.start !== undefined && slot.start < end ? { start: slot.start, end } : { end }

const steps = ['dispensing', 'ready-to-dispatch', 'dispatched', 'delivered'] as const

export function orderOf(self: Story, item: string, task: string): Order {
  const { provider, exchange, now, move, read } = self
  const order: Order = {
    item,
    task,
    accept: async () => void (await move(provider, task, { status: 'accepted' })),
    async supplies() {
      const found = resourcesOf(await provider.get(`Task?part-of=${task}&code=supply&_count=200`))
      return found.map(({ id }) => `Task/${id}`)
    },
    book: (supply, inDays = 1) =>
      move(provider, supply, {
        ...supplyState('delivery-booked'),
        executionPeriod: { start: now(inDays * DAY), end: now(inDays * DAY + 5 * HOUR) },
      }),
    async work(supply, until = 'delivered') {
      let at = await read(provider, supply)
      if (stateOf(at) === 'due') at = await order.book(supply, 0)
      for (const step of steps.slice(steps.indexOf(stateOf(at) as 'dispensing') + 1, steps.indexOf(until) + 1)) {
        exchange.now += HOUR
        const slot = (at as unknown as r4.Task).executionPeriod
        at = await move(provider, supply, {
          ...supplyState(step),
          ...(step === 'delivered' ? { executionPeriod: arrived(slot, now()) } : {}),
        })
      }
      return at
    },
    async dispense(supply, changes = {}, headers = {}) {
      const resource = (await read(provider, item)) as unknown as r4.MedicationRequest
      const report = medicationDispense({ id: item.slice('MedicationRequest/'.length), resource }, supply, now())
      return provider.post(
        'MedicationDispense',
        { ...report, status: 'completed', whenHandedOver: now(), ...changes },
        headers,
      )
    },
    dispenses: async () =>
      resourcesOf(await provider.get(`MedicationDispense?prescription=${item}&_count=100`)).reverse(),
    state: async () => stateOf(await read(provider, task)),
    cancels: async () => resourcesOf(await provider.get(`Task?part-of=${task}&code=abort`)),
  }
  return order
}

export { syringes }
