/**
 * Mixed load as a nation would send it, twenty times over. What a nation sends (domain figures, working hours only:
 * 250 days of 8 hours): 116,000 orders a month are 0.18 a second, 30 million events a year 4.2 a second, and each event
 * is looked at twice. 26 providers poll every ten seconds, 206 trusts every minute.
 */
import type { Arena } from './arena.ts'
import { get, postOrder } from './arena.ts'
import { ask, type Connection, type Due, openLoad } from './client.ts'
import { goalText, columns, type Goal, latenciesOf, meets } from './measure.ts'
import { smallOrder } from './orders.ts'
import { patchTask } from './writes.ts'

const TIMES = 20
const WORKING = 250 * 8 * 3600
/** Requests a second of one nation. */
const NATION = {
  orders: (116_000 * 12) / WORKING,
  events: 30_000_000 / WORKING,
  looks: (2 * 30_000_000) / WORKING,
  polls: 26 / 10 + 206 / 60,
}
/** Turns of each side, and ms of one; what comes before them is not counted. */
const ROUNDS = 3
const TURN = 3000
const LEAD = 1500
const CONNECTIONS = 64

/** Latencies in ms. */
interface Latencies {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface MixedResult extends Latencies {
  readonly name: string
  readonly engine: string
  /** Requests a second, in all. */
  readonly rate: number
  readonly errors: number
  /** The bare server under the same requests. */
  readonly bare: Latencies
  /** p99 over p50. */
  readonly ratio: number
  readonly goal: Goal
  readonly met: boolean
}

export const MIXED = `mixed load of a nation, ${TIMES} times over`

export async function mixed(arena: Arena): Promise<MixedResult> {
  const { engine } = arena
  const ours = new Side(arena.ours, () => oursOf(arena))
  const bare = new Side(arena.bare, await bareOf(arena))
  for (const side of [bare, ours]) await side.play(LEAD, false)
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of round % 2 ? [ours, bare] : [bare, ours]) await side.play(TURN, true)
  }
  const { rate, errors } = ours
  const latencies = latenciesOf(ours.times)
  const ratio = latencies.p99 / latencies.p50
  const goal = { atMost: 5 }
  const met = errors === 0 && meets(goal, ratio)
  return { name: MIXED, engine, rate, ...latencies, errors, bare: latenciesOf(bare.times), ratio, goal, met }
}

/** One server under the load. */
class Side {
  readonly times: number[] = []
  errors = 0
  #ms = 0
  readonly #connections: readonly Connection[]
  readonly #requests: () => Requests

  constructor(connections: readonly Connection[], requests: () => Requests) {
    this.#connections = connections.slice(0, CONNECTIONS)
    this.#requests = requests
  }

  get rate(): number {
    return (this.times.length * 1000) / this.#ms
  }

  async play(length: number, counts: boolean): Promise<void> {
    const { times, errors, ms } = await openLoad(this.#connections, plan(this.#requests(), length))
    // Whatever was refused counts, also before anything is measured.
    this.errors += errors
    if (!counts) return
    this.times.push(...times)
    this.#ms += ms
  }
}

/** Makes one request of each kind. */
interface Requests {
  readonly order: () => Unplanned
  readonly event: () => Unplanned
  readonly look: () => Unplanned
  readonly poll: () => Unplanned
}

type Unplanned = Omit<Due, 'at'>

function oursOf({ trust, provider, prescriptions, nextTask }: Arena): Requests {
  const page = '/fhir/Task?status=requested&_count=50'
  const since = () => `${page}&_sort=_lastUpdated&_lastUpdated=gt${new Date(Date.now() - 10_000).toISOString()}`
  let next = 0
  const any = () => `/fhir/MedicationRequest/${prescriptions[(next += 7) % prescriptions.length]}`
  return {
    order: () => ({ make: () => postOrder(trust, JSON.stringify(smallOrder('MIX'))), status: 200 }),
    event() {
      const task = nextTask()
      return { make: () => patchTask(provider, `/fhir/Task/${task}`), status: 200 }
    },
    look: () => ({ make: () => get(any(), trust)(), status: 200 }),
    poll: () => ({ make: () => get(since(), provider)(), status: 200 }),
  }
}

/** The least that is to be done for each: the same rows inserted, one row changed, bytes from memory, an index looked into. */
async function bareOf({ ours, bare, trust, provider, prescriptions, tasks }: Arena): Promise<() => Requests> {
  const text = await ask(ours[0], get(`/fhir/MedicationRequest/${prescriptions[0]}`, trust)())
  await ask(bare[0], { method: 'PUT', path: '/bytes/look', headers: trust, body: text.toString() })
  let next = 0
  return () => ({
    order: () => ({ make: () => postOrder(trust, JSON.stringify(smallOrder('MIX')), '/rows'), status: 201 }),
    event: () => ({ make: () => patchTask(provider, `/task/${tasks[next++ % tasks.length]}`), status: 200 }),
    look: () => ({ make: () => get('/bytes/look', trust)(), status: 200 }),
    poll: () => ({ make: () => get(`/poll?after=${Date.now()}`, provider)(), status: 200 }),
  })
}

/** Every request with the moment at which it is due: at random, as independent senders send. */
function plan({ order, event, look, poll }: Requests, length: number): Due[] {
  const all = [
    ...at(NATION.orders, length, order),
    ...at(NATION.events, length, event),
    ...at(NATION.looks, length, look),
    ...at(NATION.polls, length, poll),
  ]
  return all.sort((a, b) => a.at - b.at)
}

/** @param rate of one nation, a second */
function at(rate: number, length: number, make: () => Unplanned): Due[] {
  const found: Due[] = []
  const gap = 1000 / (rate * TIMES)
  for (let time = 0; ; found.push({ at: time, ...make() })) {
    time -= Math.log(1 - Math.random()) * gap
    if (time >= length) return found
  }
}

export const mixedTable = (results: readonly MixedResult[]): string =>
  columns([
    ['what', 'engine', 'a second', 'p50 ms', 'p95 ms', 'p99 ms', 'errors', 'p99/p50', 'goal', '', 'bare server'],
    ...results.map(({ name, engine, rate, p50, p95, p99, errors, bare, ratio, goal, met }) => [
      name,
      engine,
      rate.toFixed(0),
      ...[p50, p95, p99].map((time) => time.toFixed(1)),
      String(errors),
      ratio.toFixed(1),
      goalText(goal),
      met ? 'met' : 'MISSED',
      [bare.p50, bare.p95, bare.p99].map((time) => time.toFixed(1)).join(', '),
    ]),
  ])
