import { join } from 'node:path'
import t from 'tap'
import type { Caller } from '../../src/caller.ts'
import { contentHash } from '../../src/fhir/content.ts'
import { cutResource } from '../../src/fhir/json.ts'
import { refuse } from '../../src/fhir/problem.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { createSearchParams } from '../../src/fhir/search-params.ts'
import { parseSearch, type SearchQuery } from '../../src/fhir/search-query.ts'
import { commit } from '../../src/store/commit.ts'
import { packageRoot } from '../../src/config.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'
import type { Database } from '../../src/store/database.ts'
import { createLane, type Lane } from '../../src/store/lane.ts'
import { migrate } from '../../src/store/migrate.ts'
import type { Change, Committed, DoorOptions, Draft, Operation, Rules, Verdict } from '../../src/store/operation.ts'
import { readCurrent, readVersions } from '../../src/store/read.ts'
import { freshDatabase, open } from '../database.ts'
import { numbers } from '../random.ts'
import { faultsOf } from './consistency.ts'

const definitions = loadBaseDefinitions(join(packageRoot, 'profiles/base')).searchParameters()
const params = createSearchParams(
  definitions,
  ['Task', 'Patient', 'Organization', 'MedicationRequest', 'StructureDefinition'].map((type) => ({
    type,
    search: '*' as const,
  })),
)
const trust: Caller = { role: 'trust', organization: 'RBA', client: 'test' }
const stranger: Caller = { role: 'trust', organization: 'RTH', client: 'test' }

/** Rules that allow everything; the creator may change what it made. */
const allow = (change: Change): Verdict => ({
  grants: change.current ? [] : [{ organization: change.caller.organization, side: 'requester' }],
  event: change.current ? 'updated' : 'created',
  from: '',
  to: '',
  effects: [],
})

class Door {
  readonly database: Database
  readonly lane: Lane
  readonly #options: DoorOptions
  #count = 0
  now = Date.UTC(2026, 10, 22, 9, 0, 0)

  private constructor(database: Database, rules: Partial<Rules>) {
    this.database = database
    this.lane = createLane(database, () => this.now)
    this.#options = {
      rules: { judge: async (change) => allow(change), mayDelete: () => {}, follow: async () => [], ...rules },
      extract: (resource) => params.extract(resource),
      shares: (type) => (type === 'Task' ? ['for'] : type === 'Patient' ? ['managingOrganization'] : []),
      precedence: () => 0,
      referencesEnforced: true,
      referrers: (target) => ['Task.for', 'Task.patient'].filter(() => target === 'Patient'),
      base: 'http://exchange.test/fhir',
    }
  }

  static async open(
    t: { teardown(work: () => Promise<void> | void): void },
    rules: Partial<Rules> = {},
  ): Promise<Door> {
    const database = await open(await freshDatabase(t))
    t.teardown(() => database.close())
    await migrate(database)
    return new Door(database, rules)
  }

  id = (): string => `id-${++this.#count}`

  write(operations: readonly Operation[], caller: Caller = trust): Promise<Committed> {
    const scope = { kind: 'organization', organization: caller.organization } as const
    return this.lane.submit((lane) => commit(this.#options, lane, { caller, scope, operations }))
  }

  create = (text: string, more: { ifNoneExist?: SearchQuery; fullUrl?: string } = {}): Operation => {
    const draft = draftOf(text)
    return { kind: 'create', id: this.id(), root: draft.resource.resourceType, draft, ...more }
  }

  async text(type: string, id: string): Promise<string | undefined> {
    return (await readCurrent(this.database.query, type, id, { kind: 'open' }))?.text
  }

  faults = (): Promise<string[]> => faultsOf(this.database.query, (resource) => params.extract(resource))

  async counts(): Promise<Record<string, number | undefined>> {
    const counts: Record<string, number | undefined> = {}
    for (const table of ['resource', 'version', 'event', 'access', 'index_token', 'index_reference']) {
      counts[table] = (await this.database.query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n
    }
    return counts
  }
}

function draftOf(text: string): Draft {
  const resource = JSON.parse(text) as Resource
  return { resource, text: cutResource(resource.resourceType, text), content: contentHash(resource) }
}

const update = (id: string, text: string, version?: number): Operation => {
  const draft = draftOf(text)
  const root = draft.resource.resourceType
  return {
    kind: 'update',
    id,
    root,
    draft,
    ifMatchRequired: false,
    ...(version === undefined ? {} : { ifMatch: [version] }),
  }
}

const json = (resource: Record<string, unknown>): string => JSON.stringify(resource)
const task = (elements: Record<string, unknown> = {}): string =>
  json({ resourceType: 'Task', status: 'requested', intent: 'order', ...elements })
const patient = (value: string): string => json({ resourceType: 'Patient', identifier: [{ system: 'urn:nhs', value }] })
const condition = (type: string, query: string): SearchQuery =>
  parseSearch(type, [...new URLSearchParams(query)], params, { lenient: false, defaultCount: 2, maxCount: 2 })
const keyOf = (error: unknown): unknown => (error as { issues?: { key: string }[] }).issues?.[0]?.key ?? error
const settledKeys = (results: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  results.map((result) => (result.status === 'fulfilled' ? 'done' : keyOf(result.reason)))

/** The code of what the sender is told. */
const refusal = async (work: Promise<unknown>): Promise<unknown> => settledKeys(await Promise.allSettled([work]))[0]

/** A Task whose searchable elements come and go, with repetitions among them. */
function anyTask(random: () => number): string {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const some = <T>(make: () => T): T[] => Array.from({ length: Math.floor(random() * 4) }, make)
  const maybe = (name: string, make: () => unknown) => (random() < 0.6 ? { [name]: make() } : {})
  const coding = () => ({ system: pick(['urn:a', 'urn:b', undefined]), code: pick(['x', 'y', 'z']) })
  const reference = (type: string) => ({
    reference: pick([`${type}/1`, `http://exchange.test/fhir/${type}/1`, `http://elsewhere.test/${type}/9`]),
    ...maybe('identifier', () => ({ system: 'urn:ods', value: pick(['RBA', 'RTH']) })),
  })
  const day = () => `2026-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 9)}`
  return task({
    status: pick(['requested', 'accepted', 'in-progress']),
    meta: { tag: some(coding), profile: some(() => pick(['urn:profile:a', 'urn:profile:b|1.0'])) },
    ...maybe('identifier', () => some(() => ({ system: 'urn:id', value: pick(['1', '2', '3']) }))),
    ...maybe('businessStatus', () => ({ coding: some(coding), text: 'words' })),
    ...maybe('for', () => reference('Patient')),
    ...maybe('owner', () => reference('Organization')),
    ...maybe('executionPeriod', () => ({ ...maybe('start', day), ...maybe('end', day) })),
    ...maybe('authoredOn', day),
    ...maybe('basedOn', () => some(() => reference('MedicationRequest'))),
  })
}

t.test('after any number of updates the index rows are what the definitions say, and none is left over', async (t) => {
  const door = await Door.open(t)
  for (const type of ['Patient', 'Organization', 'MedicationRequest']) {
    const made = door.create(json({ resourceType: type, status: 'active' }))
    await door.write([{ ...made, id: '1' }])
  }
  const random = numbers(7)
  const created = await door.write(Array.from({ length: 5 }, () => door.create(anyTask(random))))
  const ids = created.outcomes.map((outcome) => outcome.stored.id)
  for (let round = 0; round < 60; round++) {
    door.now += Math.floor(random() * 2000) - 800
    await Promise.all(ids.map((id) => door.write([update(id, anyTask(random))])))
    if (round % 10 === 0) t.same(await door.faults(), [], `round ${round}`)
  }
  t.same(await door.faults(), [])
  t.ok(((await door.counts()).version ?? 0) > 250, 'the updates were not all the same')
  const bare = task()
  for (const id of ids) await door.write([update(id, bare)])
  const left = await door.database.query("SELECT * FROM index_token WHERE param = 'Task.business-status'")
  t.same(left, [], 'what is gone from the resource is gone from the index')
  t.same(await door.faults(), [])
})

t.test('names and addresses are indexed as they are now, not as they were', async (t) => {
  const door = await Door.open(t)
  const named = (family: string, line: string) =>
    json({ resourceType: 'Patient', name: [{ family, given: ['Ada', 'Ada'] }], address: [{ line: [line] }] })
  const { outcomes } = await door.write([door.create(named('Müller', 'Old Road 1'))])
  const id = outcomes[0]?.stored.id ?? ''
  await door.write([update(id, named('Muller', 'New Road 2'))])
  const rows = await door.database.query("SELECT exact FROM index_string WHERE param = 'Patient.family'")
  t.same(rows, [{ exact: 'Muller' }], 'the same without accents, yet another name')
  t.same(await door.faults(), [])
})

t.test('the checker finds each kind of damage', async (t) => {
  const door = await Door.open(t)
  const { outcomes } = await door.write([
    door.create(patient('1'), { fullUrl: 'urn:uuid:p' }),
    door.create(task({ for: { reference: 'urn:uuid:p' }, authoredOn: '2026-01-01' })),
  ])
  await door.write([update(outcomes[1]?.stored.id ?? '', task({ status: 'accepted' }))])
  t.same(await door.faults(), [])
  const damages: [sql: string, fault: RegExp][] = [
    ["DELETE FROM index_token WHERE param = 'Task.status'", /index row missing.*Task.status/],
    [
      "INSERT INTO index_token (param, code, system, key) VALUES ('Task.status', 'requested', '', 2)",
      /index row too many/,
    ],
    [
      "INSERT INTO index_reference (param, target, key) VALUES ('Task.patient', 'Patient/1', 77)",
      /index row too many.*Task.patient.*key 77/,
    ],
    ['DELETE FROM version WHERE version = 1 AND key = 2', /is at version 2 and has versions 2/],
    ['DELETE FROM resource WHERE key = 2', /belongs to no resource/],
    ['UPDATE version SET text = replace(text, \'versionId":"2\', \'versionId":"1\')', /its text says/],
    ['UPDATE resource SET tick = tick + 1', /its time is not that/],
    ['DELETE FROM event WHERE seq = 2', /event 3 stands where 2 should/],
    ['DELETE FROM event WHERE seq = 3', /no event 3 tells of/],
    ['UPDATE event SET version = 1', /event 3 tells of/],
    ['UPDATE clock SET seq = seq + 1', /the clock counts 4 events/],
    ['UPDATE clock SET tick = 1', /the clock is behind/],
    ["DELETE FROM access WHERE type = 'Patient'", /Patient.*nobody may change it/],
    ["INSERT INTO access VALUES ('RBA', 'Task', 77, 'owner')", /access to Task 77/],
  ]
  for (const [sql, fault] of damages) {
    const undo = new Error('undo')
    const broken = door.database.transaction(async (query) => {
      const changed = await query(`${sql} RETURNING 1 AS changed`)
      t.not(changed.length, 0, sql)
      const faults = await faultsOf(query, (resource) => params.extract(resource))
      t.match(faults.join('\n'), fault, sql)
      throw undo
    })
    await t.rejects(broken, undo)
  }
  t.same(await door.faults(), [], 'and nothing where nothing is wrong')
})

t.test('operations of one request are written all or not at all', async (t) => {
  const door = await Door.open(t, {
    judge: async (change) => {
      if (change.next.status === 'failed') throw refuse('transition-not-allowed', 'Not now.', change.root)
      return allow(change)
    },
  })
  await door.write([door.create(patient('1'))])
  const before = await door.counts()
  const results = await Promise.allSettled([
    door.write([door.create(patient('2')), door.create(task()), door.create(task({ status: 'failed' }))]),
    door.write([door.create(patient('3'))]),
    door.write([door.create(patient('4')), update('nothing', task(), 1)]),
  ])
  t.same(settledKeys(results), ['transition-not-allowed', 'done', 'not-found'])
  const after = await door.counts()
  t.equal(after.resource, (before.resource ?? 0) + 1, 'only the neighbour in the group is there')
  t.equal(after.event, (before.event ?? 0) + 1)
  t.same(await door.faults(), [])
})

t.test('of two that change the same version at once, one wins and the other is told', async (t) => {
  const door = await Door.open(t)
  const { outcomes } = await door.write([door.create(task())])
  const id = outcomes[0]?.stored.id ?? ''
  const statuses = ['accepted', 'rejected', 'cancelled', 'on-hold']
  const results = await Promise.allSettled(statuses.map((status) => door.write([update(id, task({ status }), 1)])))
  t.same(settledKeys(results), ['done', 'version-conflict', 'version-conflict', 'version-conflict'])
  t.match(await door.text('Task', id), /"versionId":"2".*"status":"accepted"/)
  t.equal((await readVersions(door.database.query, 'Task', id, { kind: 'open' })).length, 2)
  t.same(await door.faults(), [])
})

t.test('a conditional create sent many times at once creates one', async (t) => {
  const door = await Door.open(t)
  const ifNoneExist = condition('Patient', 'identifier=urn:nhs|1')
  const results = await Promise.all(
    Array.from({ length: 30 }, () => door.write([door.create(patient('1'), { ifNoneExist })])),
  )
  const outcomes = results.flatMap((result) => result.outcomes)
  t.same(
    outcomes.map(({ status }) => status),
    ['created', ...Array.from({ length: 29 }, () => 'matched')],
  )
  t.equal(new Set(outcomes.map(({ stored }) => stored.id)).size, 1)
  const [other] = (await door.write([door.create(patient('1'), { ifNoneExist })], stranger)).outcomes
  t.equal(other?.status, 'created', 'what another organisation has is not matched, or it could be peeped at')
  t.equal((await door.counts()).resource, 2)
  t.same(await door.faults(), [])
})

t.test('a Bundle whose group is done once more is stored as if it had been done once', async (t) => {
  const door = await Door.open(t)
  const lines = [
    door.create(patient('1'), { fullUrl: 'urn:uuid:p' }),
    door.create(task({ for: { reference: 'urn:uuid:p' } })),
  ]
  let faults = 0
  // A fault of whoever shares the group comes to light when both have ended: both are done anew.
  const other = door.lane.submit(async ({ rows, tick }) => {
    if (faults++ === 0) rows.add('reply', [null, 'identity', 'content', tick, 200, ''])
  })
  const { outcomes } = await door.write(lines)
  await other
  t.equal(faults, 2)
  const [whom, what] = outcomes.map(({ stored }) => stored)
  t.match(await door.text('Task', what?.id ?? ''), `"for":{"reference":"Patient/${whom?.id}"}`)
  t.same(await door.faults(), [])
})

t.test('links between entries are resolved in what is stored and in what is found', async (t) => {
  const door = await Door.open(t)
  const dose = '{"resourceType":"Task","for":{"reference":"urn:uuid:p"},"input":[{"valueDecimal":1.00}],"note":[]}'
  // The Task comes first: what it points to is written after it.
  const { outcomes } = await door.write([door.create(dose), door.create(patient('1'), { fullUrl: 'urn:uuid:p' })])
  const [made, whom] = outcomes
  t.ok(made?.stored.text.includes(`"for":{"reference":"Patient/${whom?.stored.id}"}`))
  t.ok(made?.stored.text.includes('"valueDecimal":1.00'), 'to the last digit')
  t.same(await door.faults(), [], 'the index says the same as the text')
  const before = await door.counts()
  t.equal(await refusal(door.write([door.create(dose)])), 'reference-unresolved')
  t.equal(
    await refusal(door.write([door.create(dose.replace('urn:uuid:p', `Patient/${whom?.stored.id}`))], stranger)),
    'reference-unresolved',
  )
  t.same(await door.counts(), before)
})

t.test('what has not changed makes no version and no event', async (t) => {
  const door = await Door.open(t)
  const { outcomes } = await door.write([door.create(task({ description: 'one' }))])
  const stored = outcomes[0]?.stored
  const before = await door.counts()
  const again = await door.write([update(stored?.id ?? '', task({ description: 'one' }), 1)])
  t.equal(again.outcomes[0]?.status, 'unchanged')
  t.equal(again.outcomes[0]?.stored.text, stored?.text)
  t.same(await door.counts(), before)
})

t.test('resources of two types may have the same id in one Bundle; one resource is written once', async (t) => {
  const door = await Door.open(t)
  await door.write([{ ...door.create(patient('1')), id: 'same' }])
  await door.write([{ ...door.create(task()), id: 'same' }])
  const both = await door.write([update('same', patient('2')), update('same', task({ status: 'accepted' }))])
  t.same(
    both.outcomes.map(({ status, stored }) => `${stored.type} ${status}`),
    ['Patient updated', 'Task updated'],
  )
  t.equal(await refusal(door.write([update('same', patient('3')), update('same', patient('4'))])), 'identity-twice')
  t.match(await door.text('Patient', 'same'), /"value":"2"/)
  t.same(await door.faults(), [])
})

t.test('what follows from a write is stored with it or not at all', async (t) => {
  let working = true
  const door = await Door.open(t, {
    judge: async (change) => ({ ...allow(change), effects: change.type === 'Patient' ? ['greet', 'greet'] : [] }),
    follow: async (done) => {
      if (!working) throw new Error('a bug in an effect')
      return [{ ...door.create(task({ for: { reference: `Patient/${done.id}` } })), byService: true }]
    },
  })
  const { outcomes, consequences } = await door.write([door.create(patient('1'))])
  t.same(
    [...outcomes, ...consequences].map(({ stored }) => stored.type),
    ['Patient', 'Task', 'Task'],
  )
  const before = await door.counts()
  working = false
  await t.rejects(door.write([door.create(patient('2'))]), /a bug in an effect/)
  t.same(await door.counts(), before)
})

t.test('effects that go round in circles end with an error and leave nothing', async (t) => {
  const door = await Door.open(t, {
    judge: async (change) => ({ ...allow(change), effects: ['again'] }),
    follow: async () => [{ ...door.create(task()), byService: true }],
  })
  await t.rejects(door.write([door.create(task())]), /Effects do not end/)
  t.equal((await door.counts()).resource, 0)
})

t.test('who may see a resource may see what it points to, and what that points to', async (t) => {
  const door = await Door.open(t, {
    judge: async (change) => {
      const verdict = allow(change)
      return change.type === 'Task'
        ? { ...verdict, grants: [...verdict.grants, { organization: 'VN6XW', side: 'owner' }] }
        : verdict
    },
  })
  const { outcomes } = await door.write([
    door.create(json({ resourceType: 'Organization', name: 'A clinic' }), { fullUrl: 'urn:uuid:o' }),
    door.create(json({ resourceType: 'Patient', managingOrganization: { reference: 'urn:uuid:o' } }), {
      fullUrl: 'urn:uuid:p',
    }),
    door.create(patient('unrelated')),
    door.create(task({ for: { reference: 'urn:uuid:p' } })),
  ])
  const seen = []
  for (const { stored } of outcomes) {
    const scope = { kind: 'organization', organization: 'VN6XW' } as const
    seen.push((await readCurrent(door.database.query, stored.type, stored.id, scope)) !== undefined)
  }
  t.same(seen, [true, true, false, true])
  const provider: Caller = { role: 'provider', organization: 'VN6XW', client: 'test' }
  const whom = outcomes[1]?.stored.id ?? ''
  t.equal(await refusal(door.write([update(whom, patient('changed'))], provider)), 'role-forbidden')
})
