import t from 'tap'
import { Problem, refuse } from '../../src/fhir/problem.ts'
import type { Database } from '../../src/store/database.ts'
import { createLane, type Lane, type LaneTransaction } from '../../src/store/lane.ts'
import { migrate, migrations } from '../../src/store/migrate.ts'
import { once } from '../../src/store/reply.ts'
import { Turns } from '../../src/store/turns.ts'
import { engine, freshDatabase, open } from '../database.ts'

const START = Date.UTC(2026, 10, 22, 9, 0, 0)
const HOUR = 3_600_000

interface Road {
  readonly database: Database
  readonly lane: Lane
  readonly url: string
  /** What the lane's clock says, in ms; assign to move it. */
  now: number
}

interface Place {
  teardown(work: () => Promise<void> | void): void
}

/** A lane on a real database, and a table that work can write names into. */
async function road(t: Place, existing?: string): Promise<Road> {
  const url = existing ?? (await freshDatabase(t))
  const database = await open(url)
  t.teardown(() => database.close())
  await migrate(database)
  await database.transaction((query) =>
    query('CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, seq BIGINT, tick BIGINT)'),
  )
  const clock = { now: START }
  return Object.assign(clock, { database, url, lane: createLane(database, () => clock.now) })
}

/** Work that writes one row and takes one event number. */
const note =
  (name: string, then: () => void = () => {}) =>
  async ({ query, tick, nextSeq }: LaneTransaction): Promise<{ seq: number; tick: number }> => {
    const seq = nextSeq()
    await query('INSERT INTO note (name, seq, tick) VALUES ($1, $2, $3)', [name, seq, tick])
    then()
    return { seq, tick }
  }

const fail = (reason: unknown) => (): never => {
  throw reason
}

const names = async (database: Database): Promise<string[]> =>
  (await database.query<{ name: string }>('SELECT name FROM note ORDER BY seq')).map((row) => row.name)

const clockRow = async (database: Database): Promise<{ tick: number; seq: number } | undefined> =>
  (await database.query<{ tick: number; seq: number }>('SELECT tick, seq FROM clock'))[0]

t.test('of two transactions at a time, one that is taken back neither stays nor takes the other with it', async (t) => {
  const { database } = await road(t)
  const add = 'INSERT INTO note (name, seq, tick) VALUES ($1, 1, 1)'
  const slow = database.transaction(async (query) => {
    await query(add, ['taken back'])
    for (let i = 0; i < 20; i++) await query('SELECT COUNT(*) AS n FROM note')
    throw new Error('taken back')
  })
  const quick = database.transaction((query) => query(add, ['stays']))
  await t.rejects(slow, { message: 'taken back' })
  await quick
  t.same(await names(database), ['stays'])
})

t.test('work that is refused takes nothing of its neighbours in the group with it', async (t) => {
  const { lane, database } = await road(t)
  const refusal = refuse('version-conflict', 'It is at version 2.')
  const results = await Promise.allSettled([
    lane.submit(note('first')),
    lane.submit(note('refused', fail(refusal))),
    lane.submit(note('third')),
    lane.submit(note('broken', fail(new TypeError('a bug')))),
    lane.submit(note('fifth')),
  ])
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
  )
  t.equal(results[1]?.status === 'rejected' && results[1].reason, refusal, 'the sender gets its own refusal')
  t.type(results[3]?.status === 'rejected' && results[3].reason, TypeError, 'a bug is not dressed up as a refusal')
  t.same(await names(database), ['first', 'third', 'fifth'])
  const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  t.equal(new Set(done.map(({ tick }) => tick)).size, 1, 'they were one group')
  t.same(
    done.map(({ seq }) => seq),
    [1, 2, 3],
    'what failed neither burns an event number nor has one given twice',
  )
  t.same(await clockRow(database), { tick: START, seq: 3 })
})

t.test('a statement that the database refuses fails its own work only', async (t) => {
  const { lane, database } = await road(t)
  await lane.submit(note('taken'))
  const results = await Promise.allSettled([
    lane.submit(note('before')),
    lane.submit(async (transaction) => {
      await note('half')(transaction)
      await note('taken')(transaction)
    }),
    lane.submit(note('after')),
  ])
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  t.same(await names(database), ['taken', 'before', 'after'], 'nor is the first half of the failed work there')
  t.equal((await clockRow(database))?.seq, 3)
})

t.test('what is written at the end of a work, and what it only reads, fails that work only', async (t) => {
  const { lane, database } = await road(t)
  const last =
    (...keys: number[]) =>
    ({ rows }: LaneTransaction): Promise<void> => {
      for (const key of keys) rows.add('alarm', [key, 'test', 'Task', `${key}`, key])
      return Promise.resolve()
    }
  const results = await Promise.allSettled([
    lane.submit(note('first')),
    lane.submit(last(1)),
    lane.submit(last(2, 1)),
    lane.submit(last(3)),
    lane.submit(({ query }) => query('SELECT one FROM nowhere')),
    lane.submit(async (transaction) => {
      await last(4)(transaction)
      throw new Error('refused')
    }),
    lane.submit(last(5)),
    lane.submit(note('last')),
  ])
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled'],
  )
  t.match(results[4]?.status === 'rejected' && results[4].reason, { message: /nowhere/ }, 'each is told its own fault')
  t.match(results[5]?.status === 'rejected' && results[5].reason, { message: 'refused' })
  t.same(await names(database), ['first', 'last'])
  t.same(await database.query('SELECT key FROM alarm ORDER BY key'), [{ key: 1 }, { key: 3 }, { key: 5 }])
})

t.test('when the transaction fails everybody is told, and nothing of anybody is stored', async (t) => {
  const { lane, database } = await road(t)
  // A deferred constraint is checked by COMMIT itself: the work has gone well, then the commit fails.
  await database.transaction(async (query) => {
    await query('CREATE TABLE parent (id INTEGER PRIMARY KEY)')
    await query('CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)')
  })
  await lane.submit(note('kept'))
  const before = await clockRow(database)
  const results = await Promise.allSettled([
    lane.submit(note('innocent')),
    lane.submit(({ query }) => query('INSERT INTO child (parent) VALUES (7)')),
    lane.submit(note('innocent too')),
  ])
  t.same(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  )
  t.match(results[0]?.status === 'rejected' && results[0].reason, { message: /FOREIGN KEY/i })
  t.same(await names(database), ['kept'])
  t.same(await clockRow(database), before, 'no event number is used up')
  const next = await lane.submit(note('next'))
  t.equal(next.seq, 2, 'the lane goes on')
  t.same(await names(database), ['kept', 'next'])
})

t.test('a database that was not migrated is an error for the sender, not a hang', async (t) => {
  const { lane, database } = await road(t)
  await database.transaction((query) => query('DELETE FROM clock'))
  await t.rejects(lane.submit(note('lost')), /clock row is missing/)
  t.same(await names(database), [])
})

t.test('nothing can be seen, and nobody is answered, before the commit', async (t) => {
  const { lane, database } = await road(t)
  const seen: string[][] = []
  const answered: string[] = []
  const look = async (): Promise<void> => {
    seen.push(await names(database))
    // A whole turn of the event loop: an answer that was on its way would have arrived.
    await new Promise((resolve) => setImmediate(resolve))
    seen.push(answered.slice())
  }
  await Promise.all([
    lane.submit(note('a')).then(() => answered.push('a')),
    lane.submit(async (transaction) => {
      await note('b')(transaction)
      await look()
    }),
    lane.submit(note('c')).then(() => answered.push('c')),
  ])
  t.same(seen, [[], []])
  t.same(await names(database), ['a', 'b', 'c'])
  t.same(answered, ['a', 'c'])
})

t.test('a commit is on disk before it is answered: nothing is left to the system’s memory', async (t) => {
  const { database } = await road(t)
  // A power cut cannot be played here; that the engine syncs its log with every commit can be read off its settings.
  if (engine === 'postgres') {
    const rows = await database.transaction((query) =>
      query("SELECT setting FROM pg_settings WHERE name = 'synchronous_commit'"),
    )
    t.same(rows, [{ setting: 'on' }])
    return
  }
  const settings = await database.transaction(async (query) => [
    ...(await query('PRAGMA journal_mode')),
    ...(await query('PRAGMA synchronous')),
    ...(await query('PRAGMA foreign_keys')),
  ])
  t.same(settings, [{ journal_mode: 'wal' }, { synchronous: 2 }, { foreign_keys: 1 }])
})

t.test('time rises from group to group, whatever the clock does', async (t) => {
  const run = await road(t)
  const ticks: number[] = []
  for (const jump of [0, 0, HOUR, -2 * HOUR, -24 * HOUR, 25 * HOUR, 0]) {
    run.now += jump
    ticks.push((await run.lane.submit(note(`${ticks.length}`))).tick)
  }
  t.same(
    ticks.map((tick) => tick - START),
    [0, 1, HOUR, HOUR + 1, HOUR + 2, HOUR + 3, HOUR + 4],
    'after a jump back the last time is counted on',
  )
  await run.database.close()
  const restarted = await road(t, run.url)
  restarted.now = START - HOUR
  const first = await restarted.lane.submit(note('after the restart'))
  t.equal(first.tick - START, HOUR + 5, 'also across a restart with a clock that is behind')
  t.equal(first.seq, ticks.length + 1)
})

t.test('event numbers and times rise in the order of the commits, without a gap', async (t) => {
  const run = await road(t)
  const resolved: number[] = []
  const submitted: Promise<unknown>[] = []
  for (let i = 0; i < 400; i++) {
    run.now += ((i * 7919) % 41) - 20
    const then = i % 5 === 3 ? fail(new Error('refused')) : undefined
    submitted.push(
      run.lane.submit(note(`${i}`, then)).then(
        ({ seq }) => resolved.push(seq),
        () => undefined,
      ),
    )
    if (i % 37 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(submitted)
  t.same(
    resolved,
    Array.from({ length: 320 }, (_, i) => i + 1),
    'answers leave in the order of the event numbers',
  )
  const rows = await run.database.query<{ tick: number }>('SELECT tick FROM note ORDER BY seq')
  t.ok(rows.every(({ tick }, i) => i === 0 || tick >= (rows[i - 1]?.tick ?? 0)))
  t.ok(new Set(rows.map(({ tick }) => tick)).size > 3, 'in several groups')
})

t.test('when too much is waiting, the next is refused at once and the others are done', async (t) => {
  const { lane, database } = await road(t)
  const accepted = Array.from({ length: 5000 }, (_, i) => lane.submit(note(`${i}`)))
  t.equal(lane.waiting(), 5000)
  // Settled within this turn of the event loop: nothing of the queue can have been worked off.
  const refused = await Promise.race([
    lane.submit(note('too much')).catch((error: unknown) => error),
    new Promise((resolve) => setImmediate(() => resolve('still waiting'))),
  ])
  if (!(refused instanceof Problem)) throw new Error('The lane took more than its limit.')
  t.equal(refused.status, 503)
  t.equal(refused.issues[0]?.key, 'busy')
  t.match(refused.headers['retry-after'], /^[1-9]\d*$/, 'Retry-After in whole seconds')
  const done = await Promise.all(accepted)
  t.equal(lane.waiting(), 0)
  const sizes = new Map<number, number>()
  for (const { tick } of done) sizes.set(tick, (sizes.get(tick) ?? 0) + 1)
  t.ok(Math.max(...sizes.values()) > 1, 'those who wait are committed together')
  t.ok(Math.max(...sizes.values()) <= 128, 'and no group is without limit')
  t.same(
    await names(database),
    Array.from({ length: 5000 }, (_, i) => `${i}`),
    'in the order in which they came, and what was refused is not there',
  )
  t.ok(await lane.submit(note('afterwards')), 'there is room again')
})

t.test('work that comes in the moment in which the lane comes to rest is not forgotten', async (t) => {
  const { lane, database } = await road(t)
  // The answer to one is what makes the sender submit the next: no turn of the event loop lies between.
  for (let i = 0; i < 20; i++) await lane.submit(note(`${i}`))
  await lane.submit(note('refused', fail(new Error('refused')))).catch(() => lane.submit(note('instead')))
  t.equal((await names(database)).length, 21)
})

t.test('idle waits for all that is under way, failed work too', async (t) => {
  const { lane, database } = await road(t)
  await lane.idle()
  let late: Promise<unknown> = Promise.resolve()
  const refused = lane.submit(note('refused', fail(new Error('refused')))).catch(() => {
    late = lane.submit(note('late'))
  })
  const done = lane.submit(note('done'))
  await lane.idle()
  t.same(await names(database), ['done', 'late'])
  t.equal(lane.waiting(), 0)
  await Promise.all([refused, done, late])
})

t.test('a repeated message gets the first answer and its work is not done again', async (t) => {
  const { lane, database } = await road(t)
  const send = (organization: string, content: string, text: string, then?: () => void) =>
    lane.submit((transaction) =>
      once(transaction, { organization, identity: 'message:1', content }, async () => {
        await note(`${organization} ${text}`, then)(transaction)
        return { status: 200, text }
      }),
    )
  await t.rejects(send('RBA', 'hash', 'failed', fail(new Error('refused'))), /refused/)
  const [first, second] = await Promise.all([send('RBA', 'hash', 'answer'), send('RBA', 'hash', 'another answer')])
  t.same(first, { status: 200, text: 'answer' }, 'an attempt that failed leaves no answer behind')
  t.same(second, first, 'also for a repeat in the same group')
  t.same(await send('RBA', 'hash', 'later'), first)
  const refused = await send('RBA', 'other hash', 'other').catch((error: unknown) => error)
  t.match(refused, { status: 409, issues: [{ key: 'duplicate-content' }] })
  t.same(await send('RTH', 'other hash', 'own'), { status: 200, text: 'own' }, 'identities are per organisation')
  t.same(await names(database), ['RBA answer', 'RTH own'])
})

t.test('a schema is made once, kept, and refused when it is newer than this build', async (t) => {
  const { lane, database } = await road(t)
  await lane.submit(note('kept'))
  const schema = () =>
    database.query(
      engine === 'sqlite'
        ? 'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name'
        : "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    )
  const before = await schema()
  await migrate(database)
  t.same(await schema(), before, 'migrating again changes nothing')
  t.same(await names(database), ['kept'])
  t.equal((await clockRow(database))?.seq, 1)

  const fresh = await freshDatabase(t)
  const [one, two] = [await open(fresh), await open(fresh)]
  t.teardown(() => Promise.all([one.close(), two.close()]).then(() => undefined))
  await migrate(one)
  await migrate(two)
  t.equal((await two.query('SELECT number FROM schema_version')).length, migrations.length, 'two openings agree')

  await one.transaction((query) => query('INSERT INTO schema_version (number) VALUES (999)'))
  // The other opening stands for another process, which may share one snapshot among the reads of a turn.
  await new Promise(setImmediate)
  await t.rejects(migrate(two), /schema 999.*newer build/)
})

/** A lane whose turns and waits are told by a stopwatch of the test. */
const timed = (database: Database, stopwatch: () => number): Lane =>
  createLane(
    database,
    () => START,
    () => {},
    new Turns(stopwatch),
  )

t.test('work that has waited too long is refused before it begins, and groups tell how long they took', async (t) => {
  const { database } = await road(t)
  let now = 0
  const lane = timed(database, () => now)
  const groups: unknown[] = []
  lane.observe((figures) => groups.push(figures))
  let late: Promise<unknown> | undefined
  let early: Promise<unknown> | undefined
  await lane.submit(
    note('slow', () => {
      late = lane.submit(note('late')).catch((reason: unknown) => reason)
      now = 5000
      early = lane.submit(note('early'))
      now = 10_001
    }),
  )
  t.match(await late, { issues: [{ key: 'busy' }], headers: { 'retry-after': '1' }, status: 503 })
  await early
  t.same(await names(database), ['slow', 'early'])
  t.same(groups, [
    { size: 1, waited: 0, took: 10_001 },
    { size: 1, waited: 5001, took: 0 },
  ])
})

t.test('a group takes as much as its limits allow, and one piece of work of any size', async (t) => {
  const { lane } = await road(t)
  const groups: number[] = []
  lane.observe(({ size }) => groups.push(size))
  const work = async (): Promise<void> => {}
  const sizes = [9_000_000, 1_500_000, 2_500_000, 1, ...Array.from({ length: 130 }, () => 100)]
  await Promise.all(sizes.map((size) => lane.submit(work, { size })))
  t.same(groups, [1, 2, 128, 3])
})

t.test('whoever reads waits for a piece of all that wait to write, and those are served in turn', async (t) => {
  let now = 0
  const turns = new Turns(() => now)
  let longest = 0
  let began = 0
  let ended = false
  const read = (): void => {
    longest = Math.max(longest, now - began)
    began = now
    if (!ended) setImmediate(read)
  }
  setImmediate(read)
  const served: number[] = []
  const work = async (i: number, pieces: number): Promise<void> => {
    // As requests come: many in one turn of the loop, each in a call of its own.
    await new Promise(setImmediate)
    for (let piece = 0; piece < pieces; piece++) {
      await turns.take()
      now += 2
      // What it sets going is work of the same turn.
      await Promise.resolve().then(() => (now += 1))
      served.push(i)
    }
  }
  await Promise.all(Array.from({ length: 20 }, (_, i) => work(i, i === 7 ? 10 : 1)))
  ended = true
  longest = Math.max(longest, now - began)
  t.equal(now, 3 * 29)
  t.ok(longest <= 4, `${longest} ms: the limit of 1 and one piece of work`)
  t.same([...new Set(served)], [...Array(20).keys()], 'first come, first served')
  t.ok(served.indexOf(19) < served.lastIndexOf(7), 'who has much to do waits for those behind him')
})

t.test('a group that is answered lets those who read have a turn in between', async (t) => {
  const { database } = await road(t)
  let now = 0
  const lane = timed(database, () => now)
  const order: string[] = []
  let reads = 0
  const read = (): void => {
    order.push('read')
    if (reads++ < 200) setImmediate(read)
  }
  await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      lane.submit(note(`job ${i}`)).then(() => {
        if (i === 0) read()
        now += 2
        order.push('answer')
      }),
    ),
  )
  const answers = order.join(' ').match(/(?:answer ?)+/g) ?? []
  t.ok(answers.length >= 4, `${answers.length} turns for ten answers of 2 ms`)
})

t.test('what is ready to leave does not wait for the next turn of those who work', async (t) => {
  let now = 0
  const turns = new Turns(() => now)
  const order: string[] = []
  turns.between(() => order.push('leave'))
  const work = async (): Promise<void> => {
    await turns.take()
    now += 5
    order.push('work')
  }
  await work()
  await Promise.all([work(), work()])
  t.same(order, ['work', 'leave', 'work', 'leave', 'work'])
})
