/** What a group of writes remembers is what the database would say, and it costs few ways to the database. */
import t from 'tap'
import { textOf } from '../../src/fhir/json.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { commit } from '../../src/store/commit.ts'
import type { Query } from '../../src/store/database.ts'
import { foresee } from '../../src/store/foresight.ts'
import type { LaneTransaction } from '../../src/store/lane.ts'
import { openDatabase } from '../../src/store/open.ts'
import type { Operation } from '../../src/store/operation.ts'
import {
  ACCESS,
  BY_REFERENCE,
  BY_TOKEN,
  CURRENT,
  CURRENT_SEEN,
  LIVE_BY_SUBJECT,
  SIDES,
  readLatest,
  type Stored,
} from '../../src/store/read.ts'
import { engine } from '../database.ts'
import { numbers, pick } from '../random.ts'
import { faultsOf } from './consistency.ts'
import { startExchange } from '../helper.ts'
import { orderBundle } from '../orders.ts'

const caller = { role: 'trust', organization: 'RBA', client: 'test' } as const
const scope = { kind: 'organization', organization: 'RBA' } as const
const SYSTEM = 'https://example.org/Id/local'

const draft = (resource: Resource) => ({ resource, text: textOf(resource), content: '' })
const create = (id: string, resource: Resource): Operation => ({
  kind: 'create',
  id,
  root: 'Patient',
  draft: draft(resource),
})
const patient = (family: string, value: string): Resource =>
  ({ resourceType: 'Patient', name: [{ family }], identifier: [{ system: SYSTEM, value }] }) as unknown as Resource
const role = (practitioner: string): Resource =>
  ({
    resourceType: 'PractitionerRole',
    practitioner: { reference: `Practitioner/${practitioner}` },
  }) as unknown as Resource
const planned = (status: string, code?: string): Resource =>
  ({
    resourceType: 'MedicationRequest',
    status,
    ...(code
      ? { statusReason: { coding: [{ system: 'https://homecare-exchange.org/fhir/CodeSystem/reason', code }] } }
      : {}),
    intent: 'plan',
    subject: { reference: 'Patient/p1' },
  }) as unknown as Resource
const update = (id: string, resource: Resource): Operation => ({
  kind: 'update',
  id,
  root: 'Patient',
  ifMatchRequired: false,
  draft: draft({ ...resource, id }),
})
const remove = (id: string): Operation => ({
  kind: 'delete',
  type: 'Patient',
  id,
  root: 'Patient',
  ifMatchRequired: false,
})

t.test('whatever is written, memory and database agree', async (t) => {
  const { context } = await startExchange(t)
  const questions = (key: number) =>
    [
      [CURRENT, ['Patient', 'p1']],
      [CURRENT_SEEN, ['Patient', 'p1', 'RBA']],
      [CURRENT_SEEN, ['Patient', 'p1', 'VN6XW']],
      [CURRENT, ['PractitionerRole', 'r1']],
      [ACCESS, [key, 'Patient']],
      [SIDES, ['RBA', 'Patient', key]],
      [BY_TOKEN, ['Patient.identifier', '1', SYSTEM]],
      [BY_TOKEN, ['Patient.identifier', '2', SYSTEM]],
      [BY_REFERENCE, ['PractitionerRole.practitioner', 'Practitioner/d1']],
      [BY_REFERENCE, ['PractitionerRole.practitioner', 'Practitioner/d2']],
      [LIVE_BY_SUBJECT, ['MedicationRequest.subject', 'Patient/p1']],
    ] as const
  let compared = 0
  await context.lane.submit(async (transaction) => {
    const { query } = transaction
    const agree = async (what: string): Promise<void> => {
      const [row] = await query<{ key: number }>("SELECT key FROM resource WHERE type = 'Patient' AND id = 'p1'")
      for (const [sql, params] of questions(row?.key ?? 0)) {
        // Another text with the same meaning is not known to memory.
        t.same(await query(sql, params), await query(`${sql} `, params), `${what}: ${sql} ${params.join(' ')}`)
        compared++
      }
    }
    const write = async (what: string, operation: Operation): Promise<void> => {
      await commit(context.door, transaction, { caller, scope, operations: [operation] })
      await agree(what)
    }
    await agree('nothing there')
    await write('created', create('p1', patient('One', '1')))
    await write('another with the same identifier', create('p2', patient('Two', '1')))
    await write('another identifier', update('p1', patient('One', '2')))
    await write('the same identifier, another text', update('p1', patient('Uno', '2')))
    await write('referred to', create('d1', { resourceType: 'Practitioner' }))
    await write('refers', create('r1', role('d1')))
    await write('nobody refers to the new one yet', create('d2', { resourceType: 'Practitioner' }))
    await write('two refer to it', create('r2', role('d2')))
    await write('in the order of their keys', update('r1', role('d2')))
    await write('one does no more', update('r2', role('d1')))
    await write('one is gone', { ...remove('r2'), type: 'PractitionerRole' } as Operation)
    await write('deleted', remove('p1'))
    await write('brought back', update('p1', patient('One', '1')))
    await write('prescribed', create('m1', planned('active')))
    await write('held', update('m1', planned('on-hold', 'hospital-stay')))
    await write('ended', update('m1', planned('stopped', 'therapy-ended')))
  })
  t.equal(compared, 17 * 11)
})

t.test('what a refused work has written nobody of its group remembers', async (t) => {
  const { context } = await startExchange(t)
  const write = (transaction: LaneTransaction, ...operations: Operation[]) =>
    commit(context.door, transaction, { caller, scope, operations })
  const seen: unknown[] = []
  const look = async ({ query }: LaneTransaction) => {
    const found = await readLatest(query, 'Patient', 'p1', scope)
    seen.push(
      found && { version: found.version, tokens: (await query(BY_TOKEN, ['Patient.identifier', '9', SYSTEM])).length },
    )
  }
  const results = await Promise.allSettled([
    context.lane.submit((lane) => write(lane, create('p1', patient('One', '1')))),
    context.lane.submit(look),
    context.lane.submit(async (lane) => {
      await write(lane, update('p1', patient('One', '9')))
      await look(lane)
      throw new Error('refused')
    }),
    context.lane.submit(look),
    context.lane.submit((lane) => write(lane, update('p1', patient('Two', '9')))),
    context.lane.submit(look),
  ])
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
  )
  t.same(seen, [
    { version: 1, tokens: 0 },
    { version: 2, tokens: 1 },
    { version: 1, tokens: 0 },
    { version: 2, tokens: 1 },
  ])
})

t.test('more rows than one statement takes are all written', async (t) => {
  const { context } = await startExchange(t)
  const identifier = Array.from({ length: 50 }, (_, i) => ({ system: SYSTEM, value: `${i}` }))
  const operation = create('p1', { ...patient('Many', ''), identifier } as unknown as Resource)
  await context.lane.submit((lane) => commit(context.door, lane, { caller, scope, operations: [operation] }))
  for (const { value } of identifier) {
    const found = await context.database.query(BY_TOKEN, ['Patient.identifier', value, SYSTEM])
    t.equal(found.length, 1, value)
  }
})

t.test(
  'what one group writes about the same resources over and over ends as if each had been written alone',
  async (t) => {
    const { context } = await startExchange(t)
    const random = numbers(20_261_122)
    const upTo = (most: number): number => Math.floor(random() * most)
    const versions = new Map<string, number>()
    const last = new Map<string, string>()
    for (let i = 0; i < 6; i++) {
      const operations = [create(`p${i}`, patient('New', `new-${i}`))]
      await context.lane.submit((lane) => commit(context.door, lane, { caller, scope, operations }))
      versions.set(`p${i}`, 1)
    }
    for (let group = 0; group < 6; group++) {
      const wanted = Array.from({ length: 40 }, (_, i) => {
        const id = `p${upTo(6)}`
        const value = `${group}-${i % 7}`
        const content = patient(pick(random, ['Ann', 'Bob']), value)
        const kind = upTo(8)
        const operation = kind === 0 ? remove(id) : update(id, content)
        return { id, value: kind === 0 ? '' : value, operation, fails: kind === 2 }
      })
      const results = await Promise.allSettled(
        wanted.map(({ operation, fails }) => {
          const request = { caller, scope, operations: [operation] }
          const work = async (lane: LaneTransaction) => {
            const done = await commit(context.door, lane, request)
            // After its rows were put down: none of them may stay, nor any that others have put down be lost.
            if (fails && upTo(2) === 0) throw new Error('changed its mind')
            return done
          }
          // Read before, as for every request: a look at the store would send what waits.
          return context.lane.submit(work, { foresee: (query) => foresee(context.door, query, request) })
        }),
      )
      for (const [i, { id, value }] of wanted.entries()) {
        const result = results[i]
        const status = result?.status === 'fulfilled' ? result.value.outcomes[0]?.status : undefined
        if (status !== 'created' && status !== 'updated' && status !== 'deleted') continue
        versions.set(id, (versions.get(id) ?? 0) + 1)
        last.set(id, value)
      }
    }
    t.ok([...versions.values()].reduce((sum, count) => sum + count, 0) > 50)
    t.same(await faultsOf(context.database.query, context.search.extract), [])
    for (const [id, value] of last) {
      const [current] = await context.database.query<Stored>(CURRENT, ['Patient', id])
      t.equal(current?.version, versions.get(id), id)
      t.equal(current?.deleted === 1, value === '', id)
      const found =
        value === '' ? [] : await context.database.query<Stored>(BY_TOKEN, ['Patient.identifier', value, SYSTEM])
      t.ok(value === '' || found.some((one) => one.id === id), `${id} is found by what it holds now`)
    }
  },
)

const within = ({ there, statements }: { there: number; statements: number }, [ways = 0, all = 0]: number[]): boolean =>
  there <= ways && statements <= all

t.test('a write costs few ways to the database and back, however much it reads', async (t) => {
  const exchange = await startExchange(t, {}, undefined, openDatabase)
  const trust = await exchange.party('trust', 'RBA')
  const provider = await exchange.party('provider', 'VN6XW')
  const ways = { statements: 0, there: 0, outstanding: 0 }
  let together = Promise.withResolvers<void>()
  const { database } = exchange.context
  const { transaction } = database
  const counted =
    (query: Query): Query =>
    async (sql, params) => {
      ways.statements++
      if (!/^\s*(SELECT|UPDATE clock SET tick|RELEASE)/.test(sql)) return query(sql, params)
      if (ways.outstanding++ === 0) {
        ways.there++
        together = Promise.withResolvers()
      }
      const { promise: all, resolve: back } = together
      // What is asked in the same turn of the event loop travels together, and so do its answers: whether one of them
      // comes a moment before another is the machine's affair.
      await new Promise((resolve) => setImmediate(resolve))
      try {
        return await query(sql, params)
      } finally {
        if (--ways.outstanding === 0) back()
        await all
      }
    }
  Object.assign(database, {
    transaction: (work: (query: Query, before?: Query) => Promise<unknown>) =>
      transaction((query, before) => work(counted(query), before)),
  })
  const cost = async (work: () => Promise<{ status: number }>): Promise<{ there: number; statements: number }> => {
    // What was read before is recorded in its own time, which must not fall into this count.
    await exchange.audit.flush()
    Object.assign(ways, { statements: 0, there: 0 })
    t.ok((await work()).status < 300)
    return { there: ways.there, statements: ways.statements }
  }
  await trust.post('', orderBundle())
  const bundle = await cost(() => trust.post('', orderBundle()))
  const most =
    engine === 'sqlite'
      ? { order: [1, 16], task: [1, 17], patient: [1, 10] }
      : { order: [6, 34], task: [2, 26], patient: [4, 19] }
  t.ok(within(bundle, most.order), `an order: ${JSON.stringify(bundle)}`)
  const [task] = ((await provider.get('Task?status=requested')).body as unknown as r4.Bundle).entry ?? []
  const put = await cost(() => provider.put({ ...task?.resource, status: 'received' } as unknown as Resource))
  t.ok(within(put, most.task), `a Task: ${JSON.stringify(put)}`)
  const identifier = [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }]
  const patient = await cost(() => trust.post('Patient', { resourceType: 'Patient', identifier }))
  t.ok(within(patient, most.patient), `a Patient: ${JSON.stringify(patient)}`)
})
