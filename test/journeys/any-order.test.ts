/**
 * Reports come late, early, twice and against each other: depots scan in batches, telephones have no signal. Whatever
 * the order in which the same reports arrive, the work ends in the same state with the same dates, and nothing is lost.
 */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import type { TransitionRow } from '../../src/homecare/lifecycle-table.ts'
import { ORDER_STATUS, REASON, STATUS_CHANGED } from '../../src/homecare/states.ts'
import { loadTable } from '../homecare/tables.ts'
import { resourcesOf } from '../helper.ts'
import { stateOf } from '../orders.ts'
import { numbers, pick } from '../random.ts'
import { DAY, extensionValue, outputOf, type Order, reason, type Story, story, supplyState } from './story.ts'

const HISTORIES = 6
const ARRIVALS = 3
const HOUR = 3_600_000

const shuffled = <T>(random: () => number, list: readonly T[]): T[] =>
  list
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)

const table = loadTable('Supply')

interface Report {
  readonly state: string
  readonly changes: Partial<r4.Task>
}

const firstReason = ({ reason: rule }: TransitionRow): Partial<r4.Task> => {
  const codes = rule?.valueSet === undefined ? undefined : table.reasonLists.get(rule.valueSet)?.codes.get(REASON)
  return rule?.required && codes instanceof Set ? reason([...codes][0] ?? '') : {}
}

/** A walk through the table as a provider would take it, an hour or more a step. */
function walk(random: () => number, start: number): Report[] {
  const reports: Report[] = []
  let at = 'due'
  for (let n = 1, time = start; n < 14; n++) {
    const rows = table.transitions.filter(
      (row) =>
        row.from.includes(at) &&
        row.to !== at &&
        !row.skips &&
        row.by.includes('provider') &&
        table.milestones?.includes(row.to) &&
        !(row.afterEnd && row.anew),
    )
    // Homeward: stories that never leave the telephone teach nothing about the van.
    const onward = rows.filter(({ to }) => table.ahead.get(to)?.has('dispatched') !== true || to === 'dispatched')
    const row = pick(random, onward.length > 0 && random() < 0.7 ? onward : rows)
    if (!row || (table.stateOf.get(at)?.terminal && random() < 0.7)) break
    time += HOUR + Math.floor(random() * HOUR)
    const lastModified = new Date(time).toISOString()
    const slot = { start: new Date(time + n * DAY).toISOString(), end: new Date(time + n * DAY + HOUR).toISOString() }
    reports.push({
      state: row.to,
      changes: {
        ...supplyState(row.to),
        ...firstReason(row),
        lastModified,
        ...(row.to === 'delivery-booked' ? { executionPeriod: slot } : {}),
        ...(row.to === 'delivered' ? { executionPeriod: { end: lastModified } } : {}),
        ...(row.to === 'not-needed-yet' ? { restriction: { period: { end: slot.start.slice(0, 10) } } } : {}),
        ...(at === 'quarantined' && row.to === 'delivered'
          ? { output: [outputOf('assessed-by', { valueReference: { display: 'A pharmacist' } })] }
          : {}),
      },
    })
    at = row.to
  }
  return reports
}

/** Sends a report as a party does: as the Task stands now, with what the report says. */
async function send({ provider, read }: Story, supply: string, { changes }: Report) {
  const { statusReason: _, ...current } = await read(provider, supply)
  return provider.put({ ...current, ...changes } as Resource)
}

/** What must not depend on the order of arrival. */
async function outcome({ provider, read }: Story, supply: string) {
  const task = (await read(provider, supply)) as unknown as r4.Task
  const order = await read(provider, task.partOf?.[0]?.reference ?? '')
  const { status, executionPeriod, restriction, statusReason, lastModified } = task
  const resource = task as unknown as Resource
  return {
    ...{ state: stateOf(resource), status, executionPeriod, needBy: restriction?.period?.end, statusReason },
    ...{ lastModified, promised: extensionValue(resource, 'first-promised') },
    ...{ slot: extensionValue(resource, 'agreed-slot'), order: stateOf(order) },
  }
}

/** What a story tells to have happened to a supply or a dispense, in the order in which it happened. */
async function told({ provider, read }: Story, timeline: string, focus: string): Promise<string[]> {
  const { parameter: events = [] } = (await read(provider, timeline)) as unknown as r4.Parameters
  const lines = events.flatMap(({ part = [] }) => {
    const value = (name: string) => part.find((one) => one.name === name)
    if (!value('focus')?.valueReference?.reference?.startsWith(`${focus}/`) || value('role')?.valueCode !== 'provider')
      return []
    return [`${value('happened')?.valueInstant} ${value('reported')?.valueCode ?? value('to')?.valueCode}`]
  })
  return lines.sort()
}

// The last two have reports that come again after the service has put words to the code of their state.
for (const seed of [...Array.from({ length: HISTORIES }, (_, i) => i + 1), 11, 16]) {
  t.test(`the same reports in any order, history ${seed}`, async (t) => {
    const self = await story(t)
    const random = numbers(seed)
    const start = self.exchange.now + HOUR
    const reports = walk(random, start)
    const wording = reports.map(({ state }) => state).join(', ')
    // A report does not lie before its Task was written (R4, inv-1).
    const supplies: string[] = []
    while (supplies.length <= ARRIVALS) {
      const order = await self.order(undefined, 0)
      await order.accept()
      supplies.push(...(await order.supplies()))
    }
    const [supply = '', ...others] = supplies
    self.exchange.now = start + 2 * DAY
    for (const report of reports) {
      const answer = await send(self, supply, report)
      t.equal(answer.status, 200, `${report.state} of ${wording}: ${answer.text.slice(0, 600)}`)
    }
    const wanted = await outcome(self, supply)
    const wantedStory = await told(self, `${supply}/$timeline`, supply)
    t.equal(wantedStory.length, reports.length)
    for (const other of others) {
      const arrival = shuffled(random, [...reports, pick(random, reports), pick(random, reports)])
      const words = `${wording} arriving as ${arrival.map(({ state }) => state).join(', ')}`
      for (const report of arrival) {
        const answer = await send(self, other, report)
        if (answer.status !== 200) t.fail(`${report.state} of ${words}: ${answer.text.slice(0, 900)}`)
      }
      t.same(await outcome(self, other), wanted, words)
      t.same(
        await told(self, `${other}/$timeline`, other),
        wantedStory,
        `${words}: each is told once, with when it happened`,
      )
    }
  })
}

const dispenses = loadTable('MedicationDispense')

/** A walk through the table of a dispense, an hour or more a step. */
function dispenseWalk(random: () => number, start: number): DispenseReport[] {
  const reports: DispenseReport[] = []
  const first = pick(
    random,
    dispenses.initial.filter(({ state }) => !dispenses.stateOf.get(state)?.terminal),
  )
  let at = ''
  for (let time = start; reports.length < 6 && dispenses.stateOf.get(at)?.terminal !== true;) {
    const ways = dispenses.transitions.filter(
      (row) => row.from.includes(at) && !row.skips && dispenses.milestones?.includes(row.to),
    )
    const row = at === '' ? { to: first?.state ?? '', reason: first?.reason } : pick(random, ways)
    if (!row) break
    time += HOUR + Math.floor(random() * HOUR)
    const when = new Date(time).toISOString()
    reports.push({
      status: row.to as r4.MedicationDispense['status'],
      when,
      ...(row.to === 'completed' ? { whenHandedOver: when } : {}),
      ...(row.reason?.required ? { statusReasonCodeableConcept: reason('out-of-stock').statusReason } : {}),
    })
    at = row.to
  }
  return reports
}

interface DispenseReport extends Partial<r4.MedicationDispense> {
  readonly status: r4.MedicationDispense['status']
  readonly when: string
}

/** Tells a dispense: the first report that comes makes it, the others change it as it stands. */
async function tell({ provider, read }: Story, order: Order, supply: string, made: string, report: DispenseReport) {
  const { when, ...changes } = report
  const said: r4.Extension = { url: STATUS_CHANGED, valueDateTime: when }
  if (made === '') {
    const unsaid = { whenPrepared: undefined as never, whenHandedOver: undefined as never }
    return order.dispense(supply, { ...unsaid, extension: [said], ...changes })
  }
  const { statusReasonCodeableConcept: was, ...current } = (await read(provider, made)) as Resource & {
    extension?: r4.Extension[]
  }
  const extension = (current.extension ?? []).map((one) => (one.url === STATUS_CHANGED ? said : one))
  const kept = current.status === report.status && was !== undefined ? { statusReasonCodeableConcept: was } : {}
  return provider.put({ ...current, extension, ...changes, ...kept } as Resource)
}

t.test('the same reports of a dispense in any order', async (t) => {
  const self = await story(t)
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const random = numbers(seed + 100)
    const orders: Order[] = []
    while (orders.length <= ARRIVALS) orders.push(await self.order(undefined, 0))
    for (const order of orders) await order.accept()
    const reports = dispenseWalk(random, self.exchange.now)
    self.exchange.now += DAY
    const results: unknown[] = []
    for (const [n, order] of orders.entries()) {
      const arrival = n === 0 ? reports : shuffled(random, [...reports, pick(random, reports), pick(random, reports)])
      const heard = arrival.map(({ status, when }) => `${status} ${when}`).join(', ')
      const words = `${reports.map(({ status }) => status).join(', ')} arriving as ${heard}`
      const [supply = ''] = await order.supplies()
      let made = ''
      for (const report of arrival) {
        const answer = await tell(self, order, supply, made, report)
        if (answer.status > 201) t.fail(`${report.status} of ${words}: ${answer.text.slice(0, 900)}`)
        made = `MedicationDispense/${answer.body.id}`
      }
      const { status, whenHandedOver, extension } = await self.read(self.provider, made)
      const changed = (extension as r4.Extension[]).find(({ url }) => url === STATUS_CHANGED)?.valueDateTime
      const lines = await told(self, `${order.task}/$timeline`, made)
      results.push({ status, whenHandedOver, changed, order: await order.state(), lines })
      t.same(results.at(-1), results[0], words)
      t.equal(lines.length, reports.length, 'each report is told once')
    }
  }
})

const orderTable = loadTable('Order')

/** What a provider says of an order, an hour or more apart. */
function orderWalk(random: () => number, start: number): Partial<r4.Task>[] {
  const reports: Partial<r4.Task>[] = []
  let at = 'submitted'
  for (let time = start; reports.length < 6 && orderTable.stateOf.get(at)?.terminal !== true;) {
    const ways = orderTable.transitions.filter(
      (row) =>
        row.from.includes(at) && !row.skips && row.by.includes('provider') && orderTable.milestones?.includes(row.to),
    )
    const row = pick(random, ways)
    if (!row) break
    time += HOUR + Math.floor(random() * HOUR)
    const list = row.reason?.valueSet === undefined ? undefined : orderTable.reasonLists.get(row.reason.valueSet)
    const codes = list?.codes.get(REASON)
    const businessStatus = { coding: [{ system: ORDER_STATUS, code: row.to }] }
    reports.push({
      status: orderTable.stateOf.get(row.to)?.status as r4.Task['status'],
      businessStatus,
      lastModified: new Date(time).toISOString(),
      ...(codes instanceof Set ? reason([...codes][0] ?? '') : {}),
    })
    at = row.to
  }
  return reports
}

t.test('what a provider says of an order, in any order', async (t) => {
  const self = await story(t)
  const { provider, trust, read, exchange } = self
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const random = numbers(seed + 200)
    const orders: Order[] = []
    while (orders.length <= ARRIVALS) orders.push(await self.order(undefined, 0))
    const reports = orderWalk(random, exchange.now)
    // In the middle of it the trust may pause the order and let it go on when all is told.
    const held = seed % 3 === 0 && stateIn(reports.at(-1))?.startsWith('rejected') === false
    exchange.now += DAY
    const results: unknown[] = []
    for (const [n, order] of orders.entries()) {
      const arrival = n === 0 ? reports : shuffled(random, [...reports, pick(random, reports)])
      const words = `${reports.map(stateIn).join(', ')} arriving as ${arrival.map(stateIn).join(', ')}`
      for (const [i, report] of arrival.entries()) {
        const half = n === 0 ? reports.length : Math.floor(arrival.length / 2)
        if (held && i === half) await pause(self, order)
        const { statusReason: _, ...current } = await read(provider, order.task)
        const answer = await provider.put({ ...current, ...report } as Resource)
        if (answer.status !== 200) t.fail(`${stateIn(report)} of ${words}: ${answer.text.slice(0, 900)}`)
      }
      if (held && n === 0) await pause(self, order)
      if (held) await self.move(trust, order.item, { status: 'active', statusReason: undefined })
      const task = await read(provider, order.task)
      const supplies = resourcesOf(await provider.get(`Task?part-of=${order.task}&status=ready`))
      results.push({
        state: stateOf(task),
        lines: await told(self, `${order.task}/$timeline`, order.task),
        supplies: supplies.length,
      })
      t.same(results.at(-1), results[0], words)
    }
  }
})

const stateIn = (report: Partial<r4.Task> | undefined): string | undefined => report?.businessStatus?.coding?.[0]?.code

const pause = ({ move, trust }: Story, { item }: Order): Promise<Resource> =>
  move(trust, item, { status: 'on-hold', ...reason('hospital-stay') })

t.test('a dispense that says no time is an act of this instant, and a retry changes nothing', async (t) => {
  const { provider, read, now, exchange, order: place } = await story(t)
  const order = await place()
  await order.accept()
  const [supply = ''] = await order.supplies()
  const said = (offset: number): r4.Extension => ({ url: STATUS_CHANGED, valueDateTime: now(offset) })
  exchange.now += DAY
  const first = await order.dispense(supply, {
    status: 'in-progress',
    whenHandedOver: undefined as never,
    extension: [said(-3 * HOUR)],
  })
  t.equal(first.status, 201, first.text)
  const dispense = `MedicationDispense/${first.body.id}`
  const held = await provider.put({ ...first.body, status: 'on-hold' } as Resource)
  t.match(
    held.body,
    { status: 'on-hold', extension: [{ valueDateTime: held.body.meta?.lastUpdated }] },
    'the time goes with its step',
  )
  const back = await provider.put({ ...held.body, status: 'preparation', extension: [said(-HOUR)] } as Resource)
  t.match(back.body, { status: 'on-hold' }, 'what happened before the hold is recorded')
  t.equal((back.body.extension as r4.Extension[]).length, 2, back.text)
  const bare = await provider.put({ ...back.body, status: 'in-progress', extension: undefined } as unknown as Resource)
  t.match(bare.body, { status: 'in-progress' }, 'without a time it happens now')
  t.equal((bare.body.extension as r4.Extension[]).length, 1, 'the late report stays')
  const early = await provider.put({ ...bare.body, status: 'stopped', extension: [said(-2 * DAY)] } as Resource)
  t.match(early.keys, ['reason-required'])
  const ahead = await provider.put({ ...bare.body, status: 'on-hold', extension: [said(2 * DAY)] } as Resource)
  t.match(ahead.keys, ['time-implausible'])
  const done = await provider.put({ ...bare.body, status: 'completed', whenHandedOver: now() } as Resource)
  t.equal(done.status, 200, done.text)
  const other = await provider.put({ ...done.body, note: [{ text: 'Left with a neighbour' }] } as Resource)
  t.match(other.keys, ['state-final'], 'an end is not changed in silence')
  t.match(await read(provider, dispense), { status: 'completed' })
})

t.test('a dispense handed over before it was reported as prepared', async (t) => {
  const { provider, read, now, order: place } = await story(t)
  const order = await place()
  await order.accept()
  const [supply = ''] = await order.supplies()
  await order.work(supply)
  const prepared = now(-6 * HOUR)
  const sent = await order.dispense(supply, { status: 'preparation', whenHandedOver: undefined as never })
  const dispense = `MedicationDispense/${sent.body.id}`
  const { whenPrepared: _, ...unprepared } = await read(provider, dispense)
  const put = (changes: object) => provider.put({ ...unprepared, ...changes } as Resource)
  const early = await put({ status: 'completed', whenHandedOver: now() })
  t.equal(early.status, 200, early.text)
  const late = await provider.put({
    ...early.body,
    status: 'in-progress',
    whenPrepared: prepared,
    whenHandedOver: undefined,
  })
  t.match(
    late.body,
    { status: 'completed', whenPrepared: prepared, whenHandedOver: early.body.whenHandedOver },
    late.text,
  )
  t.match(late.body, { extension: [{ extension: [{ valueCode: 'in-progress' }, { valueDateTime: prepared }, {}] }] })
  t.equal((await put({ ...late.body, status: 'stopped', statusReasonCodeableConcept: { text: 'no' } })).status, 422)
  const lines = ((await read(provider, `${supply}/$timeline`)) as unknown as r4.Parameters).parameter ?? []
  t.ok(
    lines.some(({ part }) => part?.some(({ name, valueCode }) => name === 'reported' && valueCode === 'in-progress')),
    'the story tells it',
  )
})
