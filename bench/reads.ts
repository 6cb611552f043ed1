/** Reads and polls over loopback. */
import type { r4 } from '../src/fhir/resource.ts'
import { type Arena, clientsText, get, type Headers, postPrescription, turn } from './arena.ts'
import { ask, load, type Request, together } from './client.ts'
import type { Bare, Contest, Side } from './measure.ts'

/** Pages that are turned before the deep one. */
const DEEP = 100
const BYTES = 'the same bytes from memory'

export async function reads(arena: Arena): Promise<Contest[]> {
  const { engine, ours, bare, trust, provider, prescriptions } = arena
  const stored = `/fhir/MedicationRequest/${prescriptions[0]}`
  const copied = async (name: string, path: string, headers: Headers, goal?: Bare['goal'], clients = 32) => {
    const bytes = await ask(ours[0], { method: 'GET', path, headers })
    const place = `/bytes/${name}`
    await ask(bare[0], { method: 'PUT', path: place, headers, body: bytes.toString() })
    const limit: Bare = { against: BYTES, ...(goal ? { goal } : {}), turn: turn(bare, clients, get(place, headers)) }
    return limit
  }
  const contest = (name: string, clients: number, next: () => Request, limits: readonly Bare[], status = 200) => ({
    name: `${name}, ${clientsText(clients)}`,
    engine,
    ours: turn(ours, clients, next, status),
    bare: limits,
  })
  // Another prescription each time: what was read a moment ago is not what is asked for.
  let next = 0
  const any = (): Request => get(`/fhir/MedicationRequest/${prescriptions[next++ % prescriptions.length]}`, trust)()
  const page = '/fhir/Task?status=requested&_count=50'
  const later = `/fhir/Task?status=requested&_lastUpdated=gt${new Date(Date.now() + 86_400_000).toISOString()}`
  const { cursor, early, deep } = await places(arena)
  const quiet = `/fhir/Task/$changes?cursor=${cursor}`
  const known = { ...trust, 'if-none-match': 'W/"1"' }
  const atLeast = (value: number) => ({ atLeast: value })
  const bareGet = (path: string, clients: number, against: string, goal?: Bare['goal']): Bare => ({
    against,
    ...(goal ? { goal } : {}),
    turn: turn(bare, clients, get(path, provider)),
  })
  return [
    contest('GET by id', 1, any, [await copied('read1', stored, trust, undefined, 1)]),
    contest('GET by id', 32, any, [
      await copied('read', stored, trust, atLeast(0.65)),
      ...(engine === 'postgres' ? [unpipelined(arena)] : []),
    ]),
    contest('GET by id, the same again', 32, get(stored, trust), [await copied('hot', stored, trust, atLeast(0.9))]),
    contest(
      'GET by id, not modified',
      32,
      get(stored, known),
      [await copied('304', stored, trust, atLeast(1.15))],
      304,
    ),
    contest('Task poll, empty', 32, get(later, provider), [await copied('none', later, provider, atLeast(0.9))]),
    contest('Task/$changes, empty', 32, get(quiet, provider), [await copied('quiet', quiet, provider)]),
    contest('Task/$changes, 50', 8, get('/fhir/Task/$changes?_count=50', provider), [
      await copied('told', '/fhir/Task/$changes?_count=50', provider, undefined, 8),
    ]),
    contest('Task poll, 50', 8, get(page, provider), [
      await copied('page', page, provider, atLeast(0.6), 8),
      bareGet('/poll?after=0', 8, 'the bare SQL, texts joined'),
      bareGet('/parsed', 8, 'rows parsed, Bundle stringified', atLeast(8)),
    ]),
    {
      ...contest(`page ${DEEP + 1} of all Tasks`, 8, get(deep, provider), []),
      bare: [
        {
          against: 'our own second page',
          goal: atLeast(0.85),
          turn: turn(ours, 8, get(early, provider)),
        },
      ],
    },
    // Last: what it writes would be news to the feed and change the pages.
    {
      ...contest('GET by id while others write', 32, any, []),
      ours: whileWriting(arena, ours, any, '/fhir/MedicationRequest'),
      bare: [
        {
          against: 'the same bytes, while others insert a row',
          goal: atLeast(0.65),
          turn: whileWriting(arena, bare, get('/bytes/read', trust), '/body'),
        },
      ],
    },
  ]
}

/** The same read by the usual driver: a pool of four, one statement at a time on each. */
function unpipelined({ bare, prescriptions, trust }: Arena): Bare {
  let next = 0
  const any = () => get(`/pooled/MedicationRequest/${prescriptions[next++ % prescriptions.length]}`, trust)()
  return { against: 'bare Fastify, pool of 4, not pipelined', turn: turn(bare, 32, any) }
}

/** Reads of 28 clients while four others write as fast as they are answered; only the reads count. */
function whileWriting(arena: Arena, connections: Arena['ours'], next: () => Request, path: string) {
  return async (): Promise<Side> => {
    const until = performance.now() + 400
    const write = () =>
      performance.now() < until ? postPrescription(arena.trust, arena.nextPrescription(), path) : undefined
    const writers = load({ connections: connections.slice(0, 4), duration: 400, status: 201, next: write })
    const [side] = await together([turn(connections.slice(4), 28, next)(), writers])
    return side!
  }
}

interface Places {
  /** At the end of the feed. */
  readonly cursor: string
  /** The link of the second page of all Tasks: the first is answered from memory when it is asked for again. */
  readonly early: string
  /** The link of a page deep in all Tasks. */
  readonly deep: string
}

async function places({ ours, provider }: Arena): Promise<Places> {
  const pageAt = async (path: string): Promise<r4.Bundle> =>
    JSON.parse((await ask(ours[0], { method: 'GET', path, headers: provider })).toString()) as r4.Bundle
  const early = nextOf(await pageAt('/fhir/Task?_count=50')) ?? ''
  let deep = early
  for (let page = 1; page < DEEP; page++) deep = nextOf(await pageAt(deep)) ?? deep
  const cursor = (await pageAt('/fhir/Task/$changes?from=now')).identifier?.value ?? ''
  return { cursor, early, deep }
}

/** Path and query of the next link. */
function nextOf(page: r4.Bundle): string | undefined {
  const next = page.link?.find(({ relation }) => relation === 'next')?.url
  return next?.slice(new URL(next).origin.length)
}
