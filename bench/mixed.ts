/**
 * Mixed load as a nation would send it, twenty times over. What a nation sends (domain figures, working hours only:
 * 250 days of 8 hours): 116,000 orders a month are 0.18 a second, 30 million events a year 4.2 a second, and each event
 * is looked at twice. 26 providers poll every ten seconds, 206 trusts every minute.
 */
import type { Arena } from './arena.ts'
import { get, postOrder } from './arena.ts'
import { type Due, openLoad } from './client.ts'
import { goalText, columns, type Goal, meets } from './measure.ts'
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
/** ms; the beginning is not counted. */
const LENGTH = 12_000
const LEAD = 2000
const CONNECTIONS = 64

export interface MixedResult {
  readonly name: string
  readonly engine: string
  /** Requests a second, in all. */
  readonly rate: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly errors: number
  /** p99 over p50. */
  readonly ratio: number
  readonly goal: Goal
  readonly met: boolean
}

export const MIXED = `mixed load of a nation, ${TIMES} times over`

export async function mixed(arena: Arena): Promise<MixedResult> {
  const { ours, engine } = arena
  const connections = ours.slice(0, CONNECTIONS)
  await openLoad(connections, plan(arena, LEAD))
  const { rate, p50 = 0, p95 = 0, p99 = 0, errors = 0 } = await openLoad(connections, plan(arena, LENGTH))
  const ratio = p99 / p50
  const goal = { atMost: 5 }
  return { name: MIXED, engine, rate, p50, p95, p99, errors, ratio, goal, met: errors === 0 && meets(goal, ratio) }
}

/** Every request with the moment at which it is due: at random, as independent senders send. */
function plan({ trust, provider, prescriptions, nextTask }: Arena, length: number): Due[] {
  const page = '/fhir/Task?status=requested&_count=50'
  const since = () => `${page}&_sort=_lastUpdated&_lastUpdated=gt${new Date(Date.now() - 10_000).toISOString()}`
  let next = 0
  const any = () => `/fhir/MedicationRequest/${prescriptions[(next += 7) % prescriptions.length]}`
  const all: Due[] = [
    ...at(NATION.orders, length, () => ({
      make: () => postOrder(trust, JSON.stringify(smallOrder('MIX'))),
      status: 200,
    })),
    ...at(NATION.events, length, () => {
      const task = nextTask()
      return { make: () => patchTask(provider, `/fhir/Task/${task}`), status: 200 }
    }),
    ...at(NATION.looks, length, () => ({ make: () => get(any(), trust)(), status: 200 })),
    ...at(NATION.polls, length, () => ({ make: () => get(since(), provider)(), status: 200 })),
  ]
  return all.sort((a, b) => a.at - b.at)
}

/** @param rate of one nation, a second */
function at(rate: number, length: number, make: () => Omit<Due, 'at'>): Due[] {
  const found: Due[] = []
  const gap = 1000 / (rate * TIMES)
  for (let time = 0; ; found.push({ at: time, ...make() })) {
    time -= Math.log(1 - Math.random()) * gap
    if (time >= length) return found
  }
}

export const mixedTable = (results: readonly MixedResult[]): string =>
  columns([
    ['what', 'engine', 'a second', 'p50 ms', 'p95 ms', 'p99 ms', 'errors', 'p99/p50', 'goal', ''],
    ...results.map(({ name, engine, rate, p50, p95, p99, errors, ratio, goal, met }) => [
      name,
      engine,
      rate.toFixed(0),
      ...[p50, p95, p99].map((time) => time.toFixed(1)),
      String(errors),
      ratio.toFixed(1),
      goalText(goal),
      met ? 'met' : 'MISSED',
    ]),
  ])
