import { createServer } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { createArrivals, feedName } from '../../src/store/arrivals.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { contentHash } from '../../src/fhir/content.ts'
import { textOf } from '../../src/fhir/json.ts'
import { submit } from '../../src/interactions/submit.ts'
import { createLane } from '../../src/store/lane.ts'
import { faultsOf } from '../store/consistency.ts'
import { type Answer, type Exchange, type Party, resourcesOf, rowCounts, startExchange } from '../helper.ts'
import { acceptedOrder, errorsIn, located, OTHER_PROVIDER, orderBundle, orderTask, parties } from '../orders.ts'

const FEED = 'Task/$changes'

const cursorOf = (answer: Answer): string => (answer.body as unknown as r4.Bundle).identifier?.value ?? ''
const told = (answer: Answer): string[] =>
  resourcesOf(answer).map(({ resourceType, id, meta }) => `${resourceType}/${id} ${meta?.versionId}`)
const go = (cursor: string): string => `${FEED}?cursor=${cursor}`

/** Everything from a cursor on, following the next links. */
async function follow(party: Party, path = FEED): Promise<{ entries: string[]; cursor: string; pages: number }> {
  const entries: string[] = []
  for (let pages = 1; ; pages++) {
    const answer = await party.get(path)
    if (answer.status !== 200) throw new Error(answer.text)
    entries.push(...told(answer))
    const next = (answer.body as unknown as r4.Bundle).link?.find(({ relation }) => relation === 'next')?.url ?? ''
    path = next.slice(next.indexOf('/fhir/') + '/fhir/'.length)
    if (told(answer).length === 0) return { entries, cursor: cursorOf(answer), pages }
  }
}

/** Resolves when as many requests wait as expected. */
async function waiting(exchange: Exchange, count: number): Promise<void> {
  while (exchange.context.arrivals.waiting() !== count) await turn()
}

t.test('the feed tells of every version, oldest first, and goes on where the last answer ended', async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { trust, provider } = both
  const { order, supplies } = await acceptedOrder(both)
  const first = await provider.get(FEED)
  t.equal(first.status, 200)
  t.same(errorsIn(exchange, first.body, { root: 'Bundle', type: 'Bundle' }), [], 'it is a valid Bundle')
  t.equal((first.body as unknown as r4.Bundle).type, 'history')
  t.same(told(first), [`Task/${order.id} 1`, `Task/${order.id} 2`, ...supplies.map(({ id }) => `Task/${id} 1`)])
  const [created, changed] = (first.body as unknown as r4.Bundle).entry ?? []
  t.match(created, {
    fullUrl: `${exchange.context.base}/Task/${order.id}`,
    request: { method: 'POST', url: 'Task' },
    response: { status: '201 Created', etag: 'W/"1"' },
  })
  t.match(changed, {
    request: { method: 'PUT', url: `Task/${order.id}` },
    response: { status: '200 OK', etag: 'W/"2"', lastModified: order.meta?.lastUpdated },
  })
  t.ok(first.text.includes((await provider.get(`Task/${order.id}/_history/1`)).text), 'byte for byte')

  const before = await rowCounts(exchange.context)
  const empty = await provider.get(go(cursorOf(first)))
  t.same(told(empty), [], 'nothing is new')
  t.equal(cursorOf(empty), cursorOf(first), 'the place is the same')
  t.notOk('entry' in empty.body, 'R4 has no empty lists')
  t.same(told(await provider.get(FEED)), told(first), 'the beginning can be read again')
  t.same(await rowCounts(exchange.context), before, 'reading changes nothing')

  const next = await orderTask(provider, located(await trust.post('', orderBundle()), 'MedicationRequest'))
  const news = await provider.get(go(cursorOf(first)))
  t.same(told(news), [`Task/${next.id} 1`])
  t.same(told(await provider.get(go(cursorOf(first)))), told(news), 'a cursor can be used again')

  const pages = await follow(provider, `${FEED}?_count=1`)
  t.same(pages.entries, [...told(first), ...told(news)], 'page by page it is the same')
  t.equal(pages.pages, pages.entries.length + 1)
  t.same(told(await provider.get(go(pages.cursor))), [])

  const now = await provider.get(`${FEED}?from=now`)
  t.same(told(now), [])
  await provider.put({ ...next, status: 'received' })
  t.equal(told(await provider.get(go(cursorOf(now)))).length, 1, 'from=now tells only of what comes')
  const asked = { resourceType: 'Parameters', parameter: [{ name: 'cursor', valueString: cursorOf(now) }] }
  t.equal(told(await provider.post(FEED, asked)).length, 1, 'POST with Parameters is the same question')
  t.same(await faultsOf(exchange.context.database.query, exchange.context.door.extract), [])
})

t.test('each organisation has a feed of its own', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const other = await exchange.party('provider', OTHER_PROVIDER)
  const prescription = located(await trust.post('', orderBundle()), 'MedicationRequest')
  const task = await orderTask(provider, prescription)
  t.same(told(await other.get(FEED)), [], 'nothing of somebody else')
  t.same(told(await trust.get(FEED)), [`Task/${task.id} 1`], 'the trust follows what it ordered')

  const mine = cursorOf(await provider.get(FEED))
  const [stolen, forged, type] = await Promise.all([
    other.get(go(mine)),
    provider.get(go(`${mine.slice(0, -2)}xx`)),
    provider.get(`MedicationRequest/$changes?cursor=${mine}`),
  ])
  for (const answer of [stolen, forged, type, await provider.get(go(`${mine}"`))]) {
    t.same([answer.status, ...answer.keys], [400, 'cursor-invalid'])
  }

  t.test('what it gains later comes when it gains it', async (t) => {
    const start = cursorOf(await other.get(`${FEED}?from=now`))
    const patients = cursorOf(await other.get('MedicationRequest/$changes'))
    const { database, door } = exchange.context
    const [row] = await database.query<{ key: number }>('SELECT key FROM resource WHERE id = $1', [task.id ?? ''])
    t.ok(row)
    const changed = { ...task, description: 'goes to another provider' }
    const handedOver = {
      ...exchange.context,
      door: {
        ...door,
        rules: {
          ...door.rules,
          judge: async () => ({
            grants: [{ organization: OTHER_PROVIDER, side: 'owner' as const }],
            event: 'handed-over',
            from: '',
            to: '',
            effects: [],
          }),
        },
        shares: (name: string) => (name === 'Task' ? ['basedOn', 'for'] : door.shares(name)),
      },
    }
    await submit(handedOver, { role: 'trust', organization: trust.organization, client: 'test' }, [
      {
        kind: 'update',
        id: task.id ?? '',
        root: 'Task',
        ifMatchRequired: false,
        draft: { resource: changed, text: textOf(changed), content: '' },
      },
    ])
    t.same(told(await other.get(go(start))), [`Task/${task.id} 2`], 'its new Task')
    t.same(
      told(await other.get(`MedicationRequest/$changes?cursor=${patients}`)),
      [`${prescription} 1`],
      'and the prescription it leads to, written long before',
    )
    t.same(await faultsOf(database.query, door.extract), [])
  })

  t.test('what it has lost is not shown', async (t) => {
    await exchange.context.database.transaction((query) =>
      query('DELETE FROM access WHERE org = $1 AND type = $2', [OTHER_PROVIDER, 'Task']),
    )
    t.same(told(await other.get(FEED)), [])
    t.equal(told(await provider.get(FEED)).length, 2)
  })
})

t.test('a question that cannot be understood is refused', async (t) => {
  const exchange = await startExchange(t)
  const { provider } = await parties(exchange)
  const cursor = cursorOf(await provider.get(FEED))
  const cases: [path: string, status: number, key: string][] = [
    [`${FEED}?status=requested`, 400, 'unknown-parameter'],
    [`${FEED}?from=yesterday`, 400, 'parameter-invalid'],
    [`${FEED}?from=now&cursor=${cursor}`, 400, 'parameter-invalid'],
    [`${FEED}?from=now&from=start`, 400, 'parameter-invalid'],
    [`${FEED}?_count=0`, 400, 'parameter-invalid'],
    [`${FEED}?_count=ten`, 400, 'parameter-invalid'],
    [`${FEED}?cursor=`, 400, 'cursor-invalid'],
    ['Patient/$changes', 404, 'unknown-endpoint'],
    ['$changes', 404, 'unknown-endpoint'],
  ]
  for (const [path, status, key] of cases) {
    const answer = await provider.get(path)
    t.same([answer.status, ...answer.keys], [status, key], path.replace(cursor, 'CURSOR'))
  }
  const posted = await provider.post(FEED, { resourceType: 'Task' })
  t.same([posted.status, ...posted.keys], [400, 'type-mismatch'])
})

t.test('a cursor of a log that is gone is refused, not answered with nothing', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  await trust.post('', orderBundle())
  const { database } = exchange.context
  const [cursor, later] = [cursorOf(await provider.get(FEED)), cursorOf(await provider.get(FEED))]
  await database.transaction((query) => query('UPDATE event SET tick = tick + 1'))
  const other = await provider.get(go(cursor))
  t.same([other.status, ...other.keys], [410, 'cursor-expired'], 'the same number is another event')
  await database.transaction((query) => query('DELETE FROM event'))
  t.same((await provider.get(go(later))).keys, ['cursor-expired'], 'there is no such event')
})

t.test('a reader may wait for news', async (t) => {
  const exchange = await startExchange(t, { WAITING_PER_ORGANIZATION: '2', WAITING_LIMIT: '3' })
  const { trust, provider } = await parties(exchange)
  const other = await exchange.party('provider', OTHER_PROVIDER)
  const third = await exchange.party('provider', 'VNFKT')
  const cursor = cursorOf(await provider.get(FEED))
  const wait = { prefer: 'wait=20' }
  const post = () => trust.post('', orderBundle())

  t.test('it is answered when something is committed for it, and others stay', async (t) => {
    const [mine, theirs] = [provider.get(go(cursor), wait), other.get(FEED, wait)]
    await waiting(exchange, 2)
    await post()
    const answer = await mine
    t.equal(told(answer).length, 1)
    t.equal(answer.headers['preference-applied'], 'wait=20')
    t.equal(exchange.context.arrivals.waiting(), 1, 'the other provider still waits')
    t.equal(told(await provider.get(go(cursor), wait)).length, 1, 'what is there is answered at once')

    exchange.now += 19_999
    await exchange.context.arrivals.beat()
    await turn()
    t.equal(exchange.context.arrivals.waiting(), 1, 'its time is not up')
    exchange.now += 1
    await exchange.context.arrivals.beat()
    const late = await theirs
    t.same([late.status, told(late)], [200, []], 'an empty answer, and the cursor to go on')
    t.equal(exchange.context.arrivals.waiting(), 0)
  })

  t.test('nobody waits longer than the service allows', async (t) => {
    const answer = other.get(FEED, { prefer: 'wait=86400' })
    await waiting(exchange, 1)
    exchange.now += 30_000
    await exchange.context.arrivals.beat()
    t.equal((await answer).headers['preference-applied'], 'wait=30')
    t.equal((await other.get(FEED, { prefer: 'wait=0' })).status, 200)
    t.equal((await other.get(FEED, { prefer: 'wait=soon' })).status, 200, 'what is no number is ignored')
  })

  t.test('places are limited, for one organisation and for all', async (t) => {
    const held = [other.get(FEED, wait), other.get(FEED, wait)]
    await waiting(exchange, 2)
    const greedy = await other.get(FEED, wait)
    t.same([greedy.status, ...greedy.keys, greedy.headers['retry-after']], [429, 'waiting-too-many', '5'])
    held.push(third.get(FEED, wait))
    await waiting(exchange, 3)
    const now = cursorOf(await provider.get(`${FEED}?from=now`))
    const full = await provider.get(go(now), wait)
    t.same([full.status, ...full.keys, full.headers['retry-after']], [503, 'busy', '5'])
    t.equal((await provider.get(go(now))).status, 200, 'who does not wait is not held up')
    t.equal((await post()).status, 200, 'nor is who writes')
    exchange.now += 60_000
    await exchange.context.arrivals.beat()
    t.same(
      (await Promise.all(held)).map(({ status }) => status),
      [200, 200, 200],
    )
    t.equal(exchange.context.arrivals.waiting(), 0)
  })

  t.test('a commit of another node is noticed', async (t) => {
    const { context } = exchange
    const [task] = resourcesOf(await provider.get('Task?_count=1'))
    t.ok(task)
    const changed = { ...task, status: 'received' } as Resource
    const now = cursorOf(await provider.get(`${FEED}?from=now`))
    const answers = [provider.get(go(now), wait), other.get(FEED, wait)]
    await waiting(exchange, 2)
    const node = { ...context, lane: createLane(context.database, () => exchange.now) }
    await submit(node, { role: 'provider', organization: provider.organization, client: 'other' }, [
      {
        kind: 'update',
        id: task?.id ?? '',
        root: 'Task',
        ifMatchRequired: false,
        draft: { resource: changed, text: textOf(changed), content: contentHash(changed) },
      },
    ])
    t.equal(context.arrivals.waiting(), 2, 'nobody has told this node')
    await context.arrivals.beat()
    t.same(told((await answers[0]) as Answer), [`Task/${task?.id} 2`])
    t.equal(context.arrivals.waiting(), 1, 'who has no news waits on')
  })

  t.test('when the service stops everybody is answered', async (t) => {
    const answer = third.get(FEED, wait)
    await waiting(exchange, 2)
    await exchange.close()
    const { status, body } = await answer
    t.same([status, body.resourceType], [200, 'Bundle'])
    t.equal(exchange.context.arrivals.waiting(), 0)
  })
})

t.test('most polls for news need no look at the store, and none of them misses any', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const other = await exchange.party('provider', OTHER_PROVIDER)
  await trust.post('', orderBundle())
  const [task] = resourcesOf(await provider.get('Task'))
  const now = cursorOf(await provider.get(`${FEED}?from=now`))
  const { database } = exchange.context
  const ask = database.query
  let statements = 0
  const counted: typeof ask = (sql, params) => {
    statements++
    return ask(sql, params)
  }
  Object.assign(database, { query: counted })
  const byTime = `Task?_lastUpdated=gt${task?.meta?.lastUpdated}&_sort=_lastUpdated`
  for (const path of [go(now), byTime]) {
    await provider.get(path)
    statements = 0
    t.same(resourcesOf(await provider.get(path)), [])
    t.equal(statements === 0, database.exclusive, path.includes('cursor') ? 'the feed' : 'a poll by time')
  }
  await trust.post('', orderBundle())
  t.equal(resourcesOf(await provider.get(go(now))).length, 1)
  t.equal(resourcesOf(await provider.get(byTime)).length, 1)
  statements = 0
  t.same(resourcesOf(await other.get(`Task?_lastUpdated=gt${task?.meta?.lastUpdated}`)), [])
  t.equal(statements === 0, database.exclusive, 'what is written for others costs a provider nothing')
})

t.test('a client that hangs up frees its place', async (t) => {
  const exchange = await startExchange(t)
  const { app, context } = exchange
  const probe = createServer()
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done))
  const { port } = probe.address() as { port: number }
  await new Promise((done) => probe.close(done))
  await app.listen({ host: '127.0.0.1', port })
  const login = await fetch(`http://127.0.0.1:${port}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'sandbox',
      client_secret: 'sandbox',
      role: 'provider',
      organization: OTHER_PROVIDER,
    }),
  })
  const { access_token: token } = (await login.json()) as { access_token: string }
  const client = new AbortController()
  const request = fetch(`http://127.0.0.1:${port}/fhir/${FEED}`, {
    headers: { authorization: `Bearer ${token}`, prefer: 'wait=20' },
    signal: client.signal,
  })
  await waiting(exchange, 1)
  client.abort()
  await t.rejects(request)
  await waiting(exchange, 0)
  t.equal(context.arrivals.waiting(), 0)
})

t.test('between a commit and its announcement nobody is told that nothing is new', async (t) => {
  const feed = feedName('VN6XW', 'Task')
  let tick: number | undefined = 10
  const arrivals = createArrivals({
    query: () => Promise.resolve([]),
    clock: () => 0,
    limit: 0,
    limitPerOrganization: 0,
    aloneSince: { seq: 5, tick: 10 },
    tick: () => tick,
  })
  const isQuiet = () => [arrivals.isQuietSince(feed, 5), arrivals.isUnchangedSince(feed, 10)]
  t.same(isQuiet(), [true, true])
  tick = 11
  t.same(isQuiet(), [false, false], 'readers see a group of which nothing was said yet')
  arrivals.committed({ from: 5, to: 6, tick: 11, feeds: new Set() })
  t.same(isQuiet(), [true, true], 'it was about others')
  arrivals.committed({ from: 6, to: 7, tick: 12, feeds: new Set([feed]) })
  tick = 12
  t.same(isQuiet(), [false, false])
  tick = undefined
  t.same([arrivals.isQuietSince(feed, 7), arrivals.isUnchangedSince(feed, 12)], [false, false], 'the store is away')
})

t.test('readers miss nothing of what many writers are told is done', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  // A database server has several nodes writing, each by a clock of its own.
  const other = exchange.context.database.exclusive
    ? exchange
    : await startExchange(t, { DATABASE_URL: exchange.databaseUrl })
  const nodes = [
    { exchange, trust, provider },
    { exchange: other, ...(await parties(other)) },
  ] as const
  const acknowledged = new Set<string>()
  let writing = true

  const write = async (orders: number, node: (typeof nodes)[number]): Promise<void> => {
    const { exchange, trust, provider } = node
    for (let i = 0; i < orders; i++) {
      // Clocks of machines jump.
      exchange.now += [5, -40, 0, 1, 300][i % 5] ?? 0
      const prescription = located(await trust.post('', orderBundle()), 'MedicationRequest')
      const task = await orderTask(provider, prescription)
      acknowledged.add(`Task/${task.id} 1`)
      const received = (await provider.put({ ...task, status: 'received' })).body
      acknowledged.add(`Task/${received.id} ${received.meta?.versionId}`)
      const accepted = (await provider.put({ ...received, status: 'accepted' })).body
      acknowledged.add(`Task/${accepted.id} ${accepted.meta?.versionId}`)
    }
  }
  const followFeed = async ({ provider }: (typeof nodes)[number]): Promise<string[]> => {
    const seen: string[] = []
    for (let path: string = FEED; ;) {
      const last = !writing
      const answer = await provider.get(path)
      seen.push(...told(answer))
      path = `${go(cursorOf(answer))}&_count=7`
      if (last && told(answer).length === 0) return seen
      await turn()
    }
  }
  const pollByTime = async ({ provider }: (typeof nodes)[number]): Promise<Map<string, number>> => {
    const seen = new Map<string, number>()
    for (let since = '1970-01-01T00:00:00Z'; ;) {
      const last = !writing
      const found = resourcesOf(await provider.get(`Task?_lastUpdated=gt${since}&_sort=_lastUpdated`))
      for (const { id, meta } of found) seen.set(`Task/${id}`, Number(meta?.versionId))
      since = found.at(-1)?.meta?.lastUpdated ?? since
      if (last && found.length === 0) return seen
      await turn()
    }
  }

  const readers = nodes.map((node) => followFeed(node))
  const pollers = nodes.map((node) => pollByTime(node))
  await Promise.all(Array.from({ length: 8 }, (_, index) => write(4, nodes[index % 2 === 0 ? 0 : 1])))
  writing = false
  const feeds = await Promise.all(readers)
  const times = await Promise.all(pollers)

  t.equal(acknowledged.size, 8 * 4 * 3)
  const stored = await exchange.context.database.query<{ id: string; version: number }>(
    `SELECT r.id, v.version FROM version v JOIN resource r ON r.key = v.key WHERE r.type = 'Task' ORDER BY v.seq`,
  )
  for (const seen of feeds) {
    t.same(
      [...acknowledged].filter((version) => !seen.includes(version)),
      [],
      'nothing acknowledged is missing',
    )
    t.same(
      seen,
      stored.map(({ id, version }) => `Task/${id} ${version}`),
      'every version, once, in the order in which they were committed',
    )
  }
  const newest = new Map(stored.map(({ id, version }) => [`Task/${id}`, version]))
  for (const seen of times) t.same(new Map([...seen].sort()), new Map([...newest].sort()), 'polled by time as well')
})
