/** Every access is on record, nobody finds another's record, and the record cannot be changed unnoticed. */
import { hash as digest } from 'node:crypto'
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { createAudit } from '../../src/http/audit.ts'
import {
  appendAudit,
  AUDIT_CHAPTER,
  type AuditEntry,
  type AuditRecord,
  auditRecords,
  type AuditRow,
} from '../../src/store/audit-log.ts'
import { DatabaseUnavailable } from '../../src/store/database.ts'
import { verifyAudit } from '../../src/store/audit-verify.ts'
import { command } from '../command.ts'
import { type Answer, type Exchange, type Party, resourcesOf, startExchange } from '../helper.ts'
import { errorsIn, located, orderBundle, orderTask, OTHER_PROVIDER, parties, PROVIDER, TRUST } from '../orders.ts'

const events = (answer: Answer): r4.AuditEvent[] => resourcesOf(answer) as unknown as r4.AuditEvent[]

/** Entries as they are on disk, what waits included. */
async function rows(exchange: Exchange): Promise<AuditRecord[]> {
  await exchange.audit.flush()
  return (await exchange.context.database.query<AuditRow>('SELECT * FROM audit ORDER BY seq')).flatMap(auditRecords)
}

const last = async (exchange: Exchange): Promise<AuditRecord | undefined> => (await rows(exchange)).at(-1)

async function found(exchange: Exchange, party: Party, query: string): Promise<r4.AuditEvent[]> {
  await exchange.audit.flush()
  return events(await party.get(`AuditEvent?${query}`))
}

t.test('each kind of access leaves one row that says who, what, how it ended and how much', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  t.match(
    (await rows(exchange)).map(({ kind, status }) => [kind, status]),
    [
      ['login', 200],
      ['login', 200],
    ],
  )
  const made = await trust.post('', orderBundle(), { 'purpose-of-use': 'TREAT' })
  const written = await last(exchange)
  t.match(written, {
    kind: 'transaction',
    org: TRUST,
    role: 'trust',
    client: 'sandbox',
    outcome: '0',
    purpose: 'TREAT',
  })
  const entities = written?.entities ?? []
  t.ok(entities.includes(located(made, 'Patient')) && entities.some((each) => each.startsWith('Task/')), 'the Task too')
  t.equal(written?.count, entities.length)

  const reference = located(made, 'MedicationRequest')
  const cases: [() => Promise<Answer>, Partial<AuditRecord>][] = [
    [() => provider.get(reference), { action: 'R', kind: 'read', type: 'MedicationRequest', status: 200, count: 1 }],
    [() => provider.get(`${reference}/_history/1`), { action: 'R', kind: 'vread', count: 1 }],
    [() => provider.get(`${reference}/_history`), { action: 'R', kind: 'history-instance', count: 1 }],
    [
      () => provider.get('Task?status=requested&_count=5', { 'x-request-id': 'abc' }),
      { action: 'E', kind: 'search-type', type: 'Task', count: 1, parameters: 'status _count', request: 'abc' },
    ],
    [() => provider.get('Task?status=rejected'), { kind: 'search-type', count: 0, outcome: '0' }],
    [() => provider.get('Patient/nobody'), { kind: 'read', status: 404, outcome: '4', problem: 'not-found', count: 0 }],
    [() => provider.get('Task?stauts=x'), { status: 400, problem: 'unknown-parameter' }],
    [() => provider.post('Patient', {}), { action: 'C', status: 403, problem: 'role-forbidden' }],
    [() => trust.post('Patient', { resourceType: 'Patient', x: 1 }), { action: 'C', status: 400, outcome: '4' }],
    [
      () => trust.get('Patient', { 'purpose-of-use': 'to look' }),
      { status: 400, problem: 'header-invalid', purpose: '' },
    ],
    [() => trust.send('HEAD', reference), { kind: 'read', count: 1 }],
    [() => trust.get(`${reference}?_pretty=true`), { kind: 'read' }],
    [() => trust.post('$validate', { resourceType: 'Basic' }), { kind: '$validate', action: 'E' }],
    [() => trust.get('nowhere'), { kind: 'unknown', status: 404, problem: 'unknown-type' }],
    [() => trust.get('Patient', { authorization: 'Bearer x' }), { status: 401, org: '', problem: 'token-invalid' }],
  ]
  for (const [work, expected] of cases) {
    const before = (await rows(exchange)).length
    await work()
    const after = await rows(exchange)
    t.equal(after.length, before + 1, `one row: ${JSON.stringify(expected)}`)
    t.match(after.at(-1), expected)
  }
  const login = { method: 'POST', url: '/oauth2/token', payload: 'grant_type=x' } as const
  await exchange.app.inject({ ...login, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  t.match(await last(exchange), { kind: 'login', outcome: '4', problem: 'unsupported_grant_type' })
  const count = (await rows(exchange)).length
  await exchange.app.inject({ url: '/fhir/metadata' })
  await exchange.app.inject({ url: '/health' })
  t.equal((await rows(exchange)).length, count, 'what anybody may read is not recorded')
})

t.test('a write is recorded with its commit or not at all', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  await trust.post('', orderBundle())
  const count = async () =>
    (
      await exchange.context.database.query<{ n: number }>("SELECT COUNT(*) AS n FROM audit WHERE kind = 'transaction'")
    )[0]?.n
  t.equal(await count(), 1, 'before any flush')
  const bundle = orderBundle()
  const rename = (from: string, to: string) =>
    exchange.context.database.transaction((query) => query(`ALTER TABLE ${from} RENAME TO ${to}`))
  await rename('audit', 'audit_away')
  t.equal((await trust.post('', bundle)).status, 500, 'a write that cannot be recorded does not happen')
  t.same(resourcesOf(await trust.get('MedicationRequest')).length, 1)
  await rename('audit_away', 'audit')
  t.equal((await trust.post('', bundle)).status, 200)
  t.match(await last(exchange), { outcome: '0' })
  t.same(
    (await rows(exchange)).filter(({ kind, status }) => kind === 'transaction' && status === 500).length,
    1,
    'what waited while the log could not be written is there',
  )
})

t.test('an organisation finds its own acts and what others did with its own, and nothing else', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const other = await exchange.party('trust', 'RXX')
  const stranger = await exchange.party('provider', OTHER_PROVIDER)
  const mine = await trust.post('', orderBundle())
  const theirs = await other.post('', orderBundle({ trust: 'RXX' }))
  const patient = located(mine, 'Patient')
  exchange.now += 60_000
  await provider.get('Task?status=requested')
  await provider.get(patient)
  await stranger.get(patient)

  const ofPatient = await found(exchange, trust, `patient=${patient}`)
  t.match(
    ofPatient.map(({ subtype, agent }) => [subtype?.[0]?.code, agent[0]?.who?.identifier?.value]),
    [
      ['transaction', TRUST],
      ['search-type', PROVIDER],
      ['read', PROVIDER],
    ],
  )
  const poll = JSON.stringify(ofPatient[1])
  t.match(poll, (await orderTask(trust, located(mine, 'MedicationRequest'))).id)
  const [foreign] = resourcesOf(await other.get('Task'))
  t.notMatch(poll, foreign?.id, 'the same poll has found another trust’s Task, which is none of its business')
  t.match(poll, '"valueString":"1"', 'nor is how many there were')
  const own = await found(exchange, provider, 'subtype=search-type&agent:identifier=VN6XW')
  t.match(JSON.stringify(own[0]), foreign?.id, 'who has asked finds all of it')

  t.same(await found(exchange, other, `patient=${patient}`), [])
  t.same(await found(exchange, stranger, `patient=${patient}`), [])
  t.same((await found(exchange, other, 'agent:identifier=RBA')).length, 0)
  const ids = (await found(exchange, other, '')).map(({ id }) => id)
  const [hidden] = (await found(exchange, trust, '')).filter(({ id }) => !ids.includes(id))
  t.equal((await other.get(`AuditEvent/${hidden?.id}`)).status, 404)
  t.equal((await trust.get(`AuditEvent/${hidden?.id}`)).status, 200)
  t.equal((await trust.get('AuditEvent/audit-999999')).status, 404)
  t.equal((await trust.get('AuditEvent/7')).status, 404)
  t.equal((await trust.post('AuditEvent', { resourceType: 'AuditEvent' })).status, 405, 'nobody writes it')
  const task = (await orderTask(provider, located(theirs, 'MedicationRequest'))).id
  t.same(await found(exchange, trust, `entity=Task/${task}`), [])

  for (const [query, expected] of [
    ['outcome=4&agent:identifier=VNE51', 0],
    ['agent=Organization/x', 0],
    ['action=R&agent:identifier=VN6XW', 1],
    [`date=gt${new Date(exchange.now - 1).toISOString()}&entity=${patient}`, 1],
    [`date=lt${new Date(exchange.now).toISOString()}&entity=${patient}`, 1],
    ['date=2025', 0],
    [`_id=${ofPatient[0]?.id},${ofPatient[2]?.id},audit-999999`, 2],
  ] as const) {
    t.equal((await found(exchange, trust, query)).length, expected, query)
  }
  t.match(
    (await found(exchange, stranger, 'outcome=4')).map(({ outcomeDesc }) => outcomeDesc),
    ['404 not-found'],
    'a refusal is found by whom it met',
  )
  for (const query of ['_sort=agent', 'outcome:not=0', '_sort=date,-date'])
    t.equal((await trust.get(`AuditEvent?${query}`)).status, 400, query)

  const all = await found(exchange, trust, '_count=100')
  const paged: string[] = []
  let answer = await trust.get('AuditEvent?_count=2&_sort=-date')
  for (;;) {
    paged.push(...resourcesOf(answer).map(({ id }) => id ?? ''))
    const next = (answer.body as unknown as r4.Bundle).link?.find(({ relation }) => relation === 'next')?.url
    if (next === undefined) break
    answer = await trust.get(next.replace(/^.*\/fhir\//, ''))
  }
  t.same(
    paged.filter((id) => all.some((each) => each.id === id)).toReversed(),
    all.map(({ id }) => id),
    'page by page, newest first',
  )
  t.match((await trust.get('AuditEvent?_summary=count')).body, { total: /^\d+$/ })
  for (const event of all) t.same(errorsIn(exchange, event, { root: 'AuditEvent', type: 'AuditEvent' }), [])
})

t.test('nothing of a patient is in the log but ids', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const bundle = orderBundle()
  await trust.post('', bundle)
  await trust.get('Patient?family=Marked&identifier=9449304130&9449304130=x')
  await trust.get('Patient?name=Marked', { 'x-request-id': 'ok', 'purpose-of-use': 'Marked' })
  await trust.get('Patient/9449304130%20Marked')
  const text = JSON.stringify(await rows(exchange))
  t.notMatch(text, /9449304130|Marked|Adalimumab|methotrexate/i)
})

const read: AuditEntry = {
  recorded: 1,
  org: 'RBA',
  role: 'trust',
  client: 'x',
  action: 'R',
  kind: 'read',
  type: 'Task',
  status: 200,
  outcome: '0',
  problem: '',
  count: 1,
  purpose: '',
  parameters: '',
  request: 'x',
  entities: ['Task/1'],
}

t.test('a row that is changed, removed or put in between is noticed', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  await trust.post('', orderBundle())
  const before = (await rows(exchange)).length
  const several = Array.from({ length: 3 }, () => read)
  await exchange.context.lane.submit((lane) => appendAudit(lane, several), { audited: true })
  /** The row of the three, and then one for each. */
  const pack = before + 3
  for (let i = 0; i < 4; i++) {
    await trust.get('Patient')
    await exchange.audit.flush()
  }
  const { query, transaction } = exchange.context.database
  const whole = await verifyAudit(query)
  if (!whole.whole) return t.fail('it is whole at first')
  const anchor = whole.head
  await trust.get('Patient')
  await exchange.audit.flush()
  t.match(await verifyAudit(query, anchor), { whole: true, rows: whole.rows + 1 })
  t.match(await verifyAudit(query, '3:x'), { whole: false, why: /noted/ })

  const broken = async (name: string, seq: number, ...statements: string[]) => {
    class Undo extends Error {}
    const attempt = transaction(async (inside) => {
      for (const statement of statements) await inside(statement)
      t.match(await verifyAudit(inside), { whole: false, seq }, name)
      throw new Undo()
    })
    await attempt.catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error
    })
  }
  const [one, two, three] = [pack + 1, pack + 2, pack + 3]
  await broken('another organisation', one, `UPDATE audit SET org = 'RXX' WHERE seq = ${one}`)
  await broken('another time', two, `UPDATE audit SET recorded = recorded + 1 WHERE seq = ${two}`)
  await broken('fewer entities', 1, "UPDATE audit SET entities = '[]' WHERE seq = 1")
  await broken('another hash', three, `UPDATE audit SET hash = 'x' WHERE seq = ${three}`)
  const among = (packed: string) => `UPDATE audit SET packed = ${packed} WHERE seq = ${pack}`
  await broken('another role among several', pack, among("replace(packed, 'trust', 'other')"))
  await broken('fewer of several', before + 1, among("'[]'"))
  await broken('no list any more', before + 1, among("'x'"))
  for (const column of ['recorded', 'status', 'count', 'since'] as const)
    for (const seq of [two, pack])
      await broken(`a digit of ${column}`, seq, `UPDATE audit SET ${column} = ${column} + 1 WHERE seq = ${seq}`)
  for (const column of ['org', 'role', 'client', 'action', 'kind', 'type', 'outcome', 'problem', 'purpose'])
    for (const seq of [two, pack])
      await broken(`a letter of ${column}`, seq, `UPDATE audit SET ${column} = ${column} || 'x' WHERE seq = ${seq}`)
  for (const column of ['parameters', 'request', 'entities', 'hash', 'packed'])
    for (const seq of [two, pack])
      await broken(
        `a blank more in ${column}`,
        column === 'packed' && seq === two ? two : seq,
        `UPDATE audit SET ${column} = ${column} || ' ' WHERE seq = ${seq}`,
      )
  const [entity = ''] = (await rows(exchange)).flatMap(({ entities }) => entities)
  await broken(
    'hidden from a search for a resource',
    1,
    `DELETE FROM audit_chapter WHERE id = '${entity.split('/')[1]}'`,
  )
  await broken(
    'hidden from a search for who asked',
    1,
    "UPDATE audit_chapter SET id = 'RXX' WHERE type = '' AND id = 'RBA'",
  )
  await broken('removed', two, `DELETE FROM audit WHERE seq = ${two}`)
  await broken('several removed', before + 1, `DELETE FROM audit WHERE seq = ${pack}`)
  await broken(
    'removed and closed up',
    two,
    `DELETE FROM audit WHERE seq = ${two}`,
    `UPDATE audit SET seq = -seq WHERE seq > ${two}`,
    'UPDATE audit SET seq = -seq - 1 WHERE seq < 0',
  )
  await broken(
    'two that changed places',
    two,
    `UPDATE audit SET seq = -seq WHERE seq IN (${two}, ${three})`,
    `UPDATE audit SET seq = ${two + three} + seq WHERE seq < 0`,
  )
  t.match(await verifyAudit(query), { whole: true }, 'and all is as it was')

  await exchange.close()
  const cli = (...args: string[]) => command(['audit', ...args], { DATABASE_URL: exchange.databaseUrl })
  t.match(await cli('verify', '--anchor', anchor), { code: 0, out: /is whole: \d+ rows\.\n\d+:[\w-]{43}\n/ })
  t.match(await cli('verify', '--anchor', '1:x'), { code: 1, out: /broken: row 1 is not the one/ })
  t.match(await cli('forget'), { code: 2 })
})

t.test(
  'several entries in one row come back as they were, also from a row of a store that packed them one by one',
  async (t) => {
    const exchange = await startExchange(t)
    const many = [
      { ...read, entities: ['Task/1', 'Patient/2'], count: 2 },
      { ...read, recorded: 5, org: 'RXX', request: 'y', entities: [] },
      { ...read, recorded: 3, problem: 'not-found', status: 404, outcome: '4', entities: ['Task/1', 'Patient/3'] },
    ]
    const alike = [read, read]
    const { lane, database } = exchange.context
    await lane.submit((transaction) => appendAudit(transaction, many), { audited: true })
    await lane.submit((transaction) => appendAudit(transaction, alike), { audited: true })
    const expected = [...many, ...alike].map((entry, i) => ({ ...entry, seq: i + 1 }))
    t.same(await rows(exchange), expected)
    t.match(await verifyAudit(database.query), { whole: true, rows: 5 })

    const [row] = await database.query<AuditRow>('SELECT * FROM audit WHERE seq = 3')
    const { seq, hash, since, packed, ...columns } = row!
    const listed = JSON.stringify(
      many.map((entry) => Object.keys(columns).map((name) => entry[name as keyof AuditEntry])),
    )
    t.ok(packed.length < listed.length)
    const chained = (before: string, number: number, ...values: unknown[]) =>
      digest('sha256', JSON.stringify([before, number, ...values]), 'base64url')
    const old = chained('', seq, ...Object.values(columns), listed)
    const [next] = await database.query<AuditRow>('SELECT * FROM audit WHERE seq = 5')
    const { seq: number, hash: _hash, since: _since, packed: behind, ...values } = next!
    const follows = digest('sha256', JSON.stringify([old, number, ...Object.values(values)]) + behind, 'base64url')
    await database.transaction(async (query) => {
      await query('UPDATE audit SET packed = $1, hash = $2 WHERE seq = $3', [listed, old, seq])
      await query('UPDATE audit SET hash = $1 WHERE seq = $2', [follows, number])
    })
    t.same(await rows(exchange), expected)
    t.match(await verifyAudit(database.query), { whole: true, rows: 5 })
    t.ok(hash !== old && since === 1)
  },
)

t.test('nothing is lost when the service stops, and answers wait when the queue is full', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  for (let i = 0; i < 20; i++) await trust.get('Patient')
  await exchange.close()
  const again = await startExchange(t, { DATABASE_URL: exchange.databaseUrl })
  t.equal((await rows(again)).filter(({ kind }) => kind === 'search-type').length, 20)

  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  const sizes: number[] = []
  const lane: Exchange['context']['lane'] = {
    ...again.context.lane,
    submit: async (work, options) => {
      await opened
      return again.context.lane.submit(async (transaction) => {
        const result = await work(transaction)
        sizes.push((await transaction.query<{ n: number }>('SELECT MAX(seq) AS n FROM audit'))[0]?.n ?? 0)
        return result
      }, options)
    },
  }
  const before = (await rows(again)).length
  const audit = createAudit({ lane, log: again.context.log })
  let waits: Promise<void> | undefined
  let recorded = 0
  while (waits === undefined && recorded < 100_000) {
    waits = audit.record(read)
    recorded++
  }
  t.equal(recorded, 10_000, 'the queue has an end')
  open()
  await waits
  t.same(
    [...new Set(sizes)].map((size) => size - before),
    Array.from({ length: 20 }, (_, i) => Math.min((i + 1) * 512, recorded)),
    'in parts, so that others have their turn',
  )
  t.match(await verifyAudit(again.context.database.query), { whole: true })
  await again.context.lane.submit((transaction) => appendAudit(transaction, []))
})

t.test(
  'reads that come without a pause share their ways to the disk; what could not be written is tried again',
  async (t) => {
    const { context } = await startExchange(t)
    // A process whose record waits may end; this one must not.
    const alive = setInterval(() => {}, 1000)
    t.teardown(() => clearInterval(alive))
    let calls = 0
    let called: () => void = () => {}
    const done: Promise<unknown>[] = []
    let away = false
    let { promise: open, resolve: go } = Promise.withResolvers<void>()
    const lane: Exchange['context']['lane'] = {
      ...context.lane,
      submit(work, options) {
        const end = open.then(() => {
          if (!away) return context.lane.submit(work, options)
          away = false
          throw new DatabaseUnavailable('It is away for once.')
        })
        calls++
        done.push(end)
        called()
        return end
      },
    }
    const next = () => new Promise<void>((resolve) => (called = resolve))
    const audit = createAudit({ lane, log: context.log })
    while (calls === 0) void audit.record(read)
    const parts = calls
    for (let i = 0; i < 3; i++) void audit.record(read)
    let asked = next()
    go()
    await Promise.all(done)
    await new Promise((resolve) => setImmediate(resolve))
    t.equal(calls, parts, 'what came while a group was written waits for more')

    ;({ promise: open, resolve: go } = Promise.withResolvers<void>())
    await asked
    t.equal(calls, parts + 1, 'not for ever')
    away = true
    asked = next()
    go()
    await asked
    await done.at(-1)
    t.match(await verifyAudit(context.database.query), { whole: true, rows: parts * 512 + 3 })
  },
)

t.test('a row that goes on into the next chapter is found in both', async (t) => {
  const exchange = await startExchange(t)
  const { lane, database } = exchange.context
  const early = Array.from({ length: AUDIT_CHAPTER - 3 }, () => ({ ...read, entities: ['Task/9'] }))
  await lane.submit((transaction) => appendAudit(transaction, early), { audited: true })
  const first = { ...read, entities: ['Task/2'] }
  const last = { ...read, org: 'RXX', entities: ['Task/3'] }
  await lane.submit((transaction) => appendAudit(transaction, [first, read, read, last, last]), { audited: true })
  t.match(await verifyAudit(database.query), { whole: true, rows: AUDIT_CHAPTER + 2 })
  const chapters = (id: string) =>
    database.query('SELECT chapter FROM audit_chapter WHERE id = $1 ORDER BY chapter', [id])
  for (const id of ['2', '1', '3', 'RXX']) t.same(await chapters(id), [{ chapter: 0 }, { chapter: 1 }])
  t.same(await chapters('9'), [{ chapter: 0 }])
})

t.test('of a work that is refused the log keeps nothing, and the chain goes on from what stays', async (t) => {
  const { context } = await startExchange(t)
  const entry = (request: string): AuditEntry => ({
    ...{ recorded: 1, org: 'RBA', role: 'trust', client: 'x', action: 'C', kind: 'create', type: 'Task', status: 0 },
    ...{ outcome: '0', problem: '', count: 1, purpose: '', parameters: '', request, entities: ['Task/1', 'Task/2'] },
  })
  const work = (request: string, fails: boolean) =>
    context.lane.submit(async (transaction) => {
      await appendAudit(transaction, [entry(`${request} 1`)])
      if (fails) await transaction.query('SELECT seq FROM audit')
      await appendAudit(transaction, [entry(`${request} 2`)])
      if (fails) throw new Error('refused')
    })
  const done = await Promise.allSettled([work('a', false), work('b', true), work('c', false), work('d', true)])
  t.same(
    done.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
  )
  await work('e', false)
  const kept = await context.database.query<{ request: string }>('SELECT request FROM audit ORDER BY seq')
  t.same(
    kept.map(({ request }) => request),
    ['a 1', 'a 2', 'c 1', 'c 2', 'e 1', 'e 2'],
  )
  t.match(await verifyAudit(context.database.query), { whole: true, rows: 6 })
})

t.test('what is looked for is found in a long log, from either end and by any of its patients', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const made = await trust.post('', orderBundle())
  const [patient, prescription] = [located(made, 'Patient'), located(made, 'MedicationRequest')]
  const { lane, database } = exchange.context
  const entry = (i: number): AuditEntry => ({
    ...{
      recorded: exchange.now,
      org: PROVIDER,
      role: 'provider',
      client: 'x',
      action: 'R',
      kind: 'read',
      type: 'Task',
    },
    ...{ status: 200, outcome: '0', problem: '', count: 1, purpose: '', parameters: '', request: `r${i}` },
    entities: i % 700 === 0 ? [patient] : i % 900 === 0 ? [prescription, 'Task/x'] : ['Task/x'],
  })
  const all = Array.from({ length: 5000 }, (_, i) => entry(i + 1))
  for (let start = 0; start < all.length; start += 500) {
    await lane.submit((transaction) => appendAudit(transaction, all.slice(start, start + 500)), { audited: true })
  }
  const about = (...wanted: string[]) =>
    all.filter(({ entities }) => entities.some((each) => wanted.includes(each))).map(({ request }) => request)
  const requests = async (query: string, party: Party = trust): Promise<string[]> => {
    const found: string[] = []
    let answer = await party.get(`AuditEvent?agent:identifier=${PROVIDER}&${query}`)
    for (;;) {
      for (const { entity = [] } of events(answer)) found.push(entity.at(-1)?.what?.identifier?.value ?? '')
      const next = (answer.body as unknown as r4.Bundle).link?.find(({ relation }) => relation === 'next')?.url
      if (next === undefined) return found
      answer = await party.get(next.replace(/^.*\/fhir\//, ''))
    }
  }
  t.same(await requests(`entity=${patient}`), about(patient))
  t.same(await requests(`entity=${patient}&_count=2`), about(patient), 'page by page')
  t.same(await requests(`entity=${patient}&_sort=-date&_count=3`), about(patient).toReversed(), 'from the end')
  t.same(await requests(`entity=${patient},${prescription}`), about(patient, prescription))
  t.same(await requests(`patient=${patient}&_count=4`), about(patient, prescription), 'with what speaks of the patient')
  t.same(await requests('patient:missing=false'), about(patient, prescription))
  t.same(await requests(`patient=${patient}&entity=${prescription}`), about(prescription), 'both hold')
  t.same(await requests(`patient=${patient}`, await exchange.party('trust', 'RXX')), [])
  t.equal((await requests(`entity=${patient},Task/x`, provider)).length, all.length, 'who has asked finds all of it')
  t.match((await trust.get(`AuditEvent?entity=${patient}&_summary=count`)).body, { total: about(patient).length + 1 })
  const chapters = await database.query<{ n: number }>("SELECT COUNT(*) AS n FROM audit_chapter WHERE id = 'x'")
  const packs = await database.query('SELECT seq FROM audit WHERE seq <= $1', [all.length])
  t.ok(packs.length < 50, 'many entries lie in one row')
  t.equal(chapters[0]?.n, 5, 'what is read again and again is noted once in a chapter')
  t.match(await verifyAudit(database.query), { whole: true })
})
