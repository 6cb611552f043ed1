/** The lane and its connections by themselves: groups, threads, pipelines. */
import pg from 'pg'
import { createLane, type Lane } from '../src/store/lane.ts'
import { openDatabase } from '../src/store/open.ts'
import type { Database } from '../src/store/database.ts'
import { CURRENT } from '../src/store/read.ts'
import { type Arena, get, login, postPrescription, turn } from './arena.ts'
import { type Connection, load, together } from './client.ts'
import { type Contest, latenciesOf, type Side } from './measure.ts'
import { type Engine, type Stage } from './servers.ts'
import { TRUST } from './orders.ts'

/** ms of one turn. */
const TURN = 400

/** Does the same over and over with so many at a time. */
async function busy(clients: number, work: () => Promise<unknown>): Promise<Side> {
  const times: number[] = []
  const start = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (;;) {
        const before = performance.now()
        if (before - start >= TURN) return
        await work()
        times.push(performance.now() - before)
      }
    }),
  )
  return { rate: (times.length * 1000) / (performance.now() - start), ...latenciesOf(times) }
}

/** One event as the lane writes it: the smallest thing that must be durable. */
const append = (lane: Lane) => () =>
  lane.submit(async (transaction) => {
    const seq = transaction.nextSeq()
    transaction.rows.add('event', [seq, transaction.tick, seq, 'Task', `t${seq}`, 1, 'created', TRUST, 'trust', '', ''])
  })

/** A lane that takes the next piece of work when the one before it is durable: a transaction for each. */
function oneByOne(work: () => Promise<unknown>): () => Promise<unknown> {
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    last = last.then(work)
    return last
  }
}

/** Contests in this process, on an empty database. */
export async function lanes(stage: Stage, engine: Engine): Promise<{ contests: Contest[]; close(): Promise<void> }> {
  const url = await stage.database(engine)
  if (url === undefined) return { contests: [], close: async () => undefined }
  const database = await openDatabase(url)
  const lane = createLane(database, Date.now)
  const one = append(lane)
  const groups: Contest = {
    name: 'group commit of one row, 32 at a time',
    engine,
    ours: () => busy(32, one),
    bare: [{ against: 'a transaction for each', goal: { atLeast: 4 }, turn: () => busy(32, oneByOne(one)) }],
  }
  if (engine === 'sqlite') return { contests: [groups], close: () => database.close() }
  const pipelines = await pipelined(database, lane, url)
  return {
    contests: [groups, ...pipelines.contests],
    async close() {
      await pipelines.close()
      await database.close()
    },
  }
}

const INSERT =
  'INSERT INTO event (seq, tick, key, type, id, version, kind, org, role, from_state, to_state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)'

async function pipelined(database: Database, lane: Lane, url: string) {
  const one = append(lane)
  const [eight, four] = [new pg.Pool({ connectionString: url, max: 8 }), new pg.Pool({ connectionString: url, max: 4 })]
  const single = new pg.Client({ connectionString: url })
  await single.connect()
  // Beyond anything that the lane gives out here.
  let next = 1e12
  const row = () => {
    const seq = next++
    return [seq, Date.now(), seq, 'Task', `t${seq}`, 1, 'created', TRUST, 'trust', '', '']
  }
  const insert = () => ({ name: 'insert', text: INSERT, values: row() })
  const ids = await stored(lane)
  let at = 0
  const nextId = () => ids[at++ % ids.length] ?? ''
  const read = () => ({ name: 'read', text: CURRENT, values: ['Basic', nextId()] })
  const contests: Contest[] = [
    {
      name: 'PostgreSQL, durable insert of one row, 128 at a time',
      engine: 'postgres',
      ours: () => busy(128, one),
      bare: [
        {
          against: 'pool of 8, one statement each',
          goal: { atLeast: 2 },
          turn: () => busy(128, () => eight.query(insert())),
        },
        {
          against: 'one connection, a round trip per statement',
          goal: { atLeast: 8 },
          turn: () =>
            busy(1, async () => {
              await single.query('BEGIN')
              await single.query(insert())
              await single.query('COMMIT')
            }),
        },
      ],
    },
    {
      name: 'PostgreSQL, read by id, 128 at a time',
      engine: 'postgres',
      ours: () => busy(128, () => database.query(CURRENT, ['Basic', nextId()])),
      bare: [
        {
          against: 'pool of 4, not pipelined',
          goal: { atLeast: 2.5 },
          turn: () => busy(128, () => four.query(read())),
        },
      ],
    },
  ]
  return {
    contests,
    async close() {
      await Promise.all([eight.end(), four.end(), single.end()])
    },
  }
}

/** Ids of resources with texts as long as those of prescriptions. */
async function stored(lane: Lane): Promise<string[]> {
  const ids = Array.from({ length: 1000 }, (_, i) => `read-${i}`)
  const text = JSON.stringify({ resourceType: 'Basic', id: 'x'.repeat(2000) })
  await lane.submit(async ({ rows, tick }) => {
    for (const [i, id] of ids.entries()) {
      const key = 2e12 + i
      rows.add('resource', [key, 'Basic', id, 1, tick, 0, ''])
      rows.add('version', [key, 1, tick, key, 'POST', '', text])
    }
  })
  return ids
}

/** Name of the contest of `threads`. */
export const THREADS = 'p99 of GET by id while 32 write'

/**
 * Reads while others write: the service as it is, with its writer in a thread of its own, and the same with the writer
 * in the loop, both on copies of the same store.
 */
export async function threads(stage: Stage, arena: Arena): Promise<Contest> {
  const [apart, within] = [await stage.copy(arena.spare), await stage.copy(arena.spare)]
  const inLoop = await stage.start(['bench/in-loop-service.ts', within.slice('sqlite:'.length)])
  const sides = await Promise.all(
    [await stage.service(apart), inLoop].map(async ({ origin }) => {
      const connections = await stage.connect(origin, 36)
      const side = beside(connections, await login(connections[0], 'trust', TRUST), arena)
      for (let turn = 0; turn < 5; turn++) await side()
      return side
    }),
  )
  const [ours, bare] = sides as [() => Promise<Side>, () => Promise<Side>]
  return {
    name: THREADS,
    engine: 'sqlite',
    by: 'p99',
    ours,
    bare: [{ against: 'writer in the loop', goal: { atMost: 0.6 }, turn: bare }],
  }
}

/** Four clients read while 32 write as fast as they are answered; only the reads count. */
function beside(connections: readonly Connection[], trust: Arena['trust'], arena: Arena) {
  const { prescriptions } = arena
  let next = 0
  return async (): Promise<Side> => {
    const until = performance.now() + TURN
    const write = () => (performance.now() < until ? postPrescription(trust, arena.nextPrescription()) : undefined)
    const writers = load({ connections: connections.slice(4), duration: TURN, status: 201, next: write })
    const any = () => get(`/fhir/MedicationRequest/${prescriptions[next++ % prescriptions.length]}`, trust)()
    const [side] = await together([turn(connections, 4, any)(), writers])
    return side!
  }
}
