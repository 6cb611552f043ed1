/**
 * Reports come late, early, twice and against each other: depots scan in batches, telephones have no signal. Whatever
 * the order in which the same reports arrive, the work ends in the same state with the same dates, and nothing is lost.
 */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import type { TransitionRow } from '../../src/homecare/lifecycle-table.ts'
import { REASON } from '../../src/homecare/states.ts'
import { loadTable } from '../homecare/tables.ts'
import { stateOf } from '../orders.ts'
import { numbers, pick } from '../random.ts'
import { DAY, extensionValue, outputOf, reason, type Story, story, supplyState } from './story.ts'

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

/** What the story tells to have happened to a supply, in the order in which it happened. */
async function told({ provider, read }: Story, supply: string): Promise<string[]> {
  const { parameter: events = [] } = (await read(provider, `${supply}/$timeline`)) as unknown as r4.Parameters
  const lines = events.flatMap(({ part = [] }) => {
    const value = (name: string) => part.find((one) => one.name === name)
    if (!value('focus')?.valueReference?.reference?.startsWith(`${supply}/`) || value('role')?.valueCode !== 'provider')
      return []
    return [`${value('happened')?.valueInstant} ${value('reported')?.valueCode ?? value('to')?.valueCode}`]
  })
  return lines.sort()
}

for (let seed = 1; seed <= HISTORIES; seed++) {
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
    const wantedStory = await told(self, supply)
    t.equal(wantedStory.length, reports.length)
    for (const other of others) {
      const arrival = shuffled(random, [...reports, pick(random, reports), pick(random, reports)])
      const words = `${wording} arriving as ${arrival.map(({ state }) => state).join(', ')}`
      for (const report of arrival) {
        const answer = await send(self, other, report)
        if (answer.status !== 200) t.fail(`${report.state} of ${words}: ${answer.text.slice(0, 900)}`)
      }
      t.same(await outcome(self, other), wanted, words)
      t.same(await told(self, other), wantedStory, `${words}: each is told once, with when it happened`)
    }
  })
}

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
