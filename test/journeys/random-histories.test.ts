/**
 * Whatever actors do, in whatever order, as often as they like: the invariants of homecare hold. Histories are random
 * but for their seed, which a failure names, and are played on the real store.
 */
import t from 'tap'
import { auditRecords, type AuditRow } from '../../src/store/audit-log.ts'
import { syringes } from '../../src/demo/prescription.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { runClock } from '../../src/interactions/clock.ts'
import { foretelling } from '../foretold.ts'
import { type Answer, resourcesOf, rowCounts } from '../helper.ts'
import { stateOf } from '../orders.ts'
import { numbers, pick } from '../random.ts'
import { DAY, extensionValue, type Order, outputOf, reason, type Story, story, supplyState } from './story.ts'

const HISTORIES = 4
const STEPS = 45
const authorised = 12

interface World {
  readonly self: Story
  readonly order: Order
  readonly random: () => number
  /** What was sent and answered, to be sent again. */
  readonly sent: { readonly send: () => Promise<Answer>; readonly answer: Answer }[]
}

const orderMoves = ['received', 'accepted', 'on-hold', 'rejected', 'in-progress', 'completed', 'cancelled'] as const
const supplyMoves = [
  'contacting-patient',
  'delivery-booked',
  'dispensing',
  'ready-to-dispatch',
  'dispatched',
  'delivered',
  'part-delivered',
  'delivery-failed',
  'quarantined',
  'awaiting-stock',
] as const
const reasons = [
  'clarification',
  'patient-not-home',
  'out-of-stock',
  'short-supplied',
  'temperature-excursion',
  'surgery',
]
const itemMoves = ['on-hold', 'active', 'active', 'active', 'stopped', 'cancelled'] as const

async function step({ self, order, random, sent }: World): Promise<void> {
  const { trust, provider, exchange } = self
  exchange.now += Math.floor(random() * DAY)
  const key = { 'idempotency-key': crypto.randomUUID() }
  const act = async (send: () => Promise<Answer>): Promise<void> => void sent.push({ send, answer: await send() })
  const put = async (who: typeof trust, reference: string, changes: object): Promise<void> => {
    const { statusReason: _, ...current } = await self.read(who, reference)
    await act(() => who.put({ ...current, ...changes } as Resource, key))
  }
  const dice = random()
  if (dice < 0.04) return void (await put(trust, order.item, { status: pick(random, itemMoves), ...reason('surgery') }))
  if (dice < 0.2)
    return void (await put(random() < 0.7 ? provider : trust, order.task, {
      status: pick(random, orderMoves),
      ...reason(pick(random, reasons)),
    }))
  const supplies = await order.supplies()
  if (supplies.length === 0) return
  const supply = pick(random, supplies)
  if (dice < 0.75) {
    const end = self.now()
    const to = pick(random, supplyMoves)
    const slot = to === 'delivered' ? { executionPeriod: { end } } : { executionPeriod: { start: end } }
    return void (await put(provider, supply, {
      ...supplyState(to),
      ...(random() < 0.6 ? reason(pick(random, reasons)) : {}),
      ...(to === 'delivered' || to === 'delivery-booked' ? slot : {}),
    }))
  }
  if (dice < 0.92) {
    const quantity = syringes(pick(random, [1, 2, 4, 4, 5]))
    const identifier = [{ system: 'urn:dispense', value: crypto.randomUUID() }]
    return void (await act(() =>
      order.dispense(supply, { quantity, identifier, whenPrepared: '2026-11-23', whenHandedOver: '2027-01-01' }),
    ))
  }
  const [cancel] = await order.cancels()
  if (cancel) await put(provider, `Task/${cancel.id}`, { status: 'completed' })
}

/** Things that are true of every history. */
async function broken({ self, order }: World, first: Resource): Promise<string[]> {
  const wrong: string[] = []
  const { query } = self.exchange.context.database
  const dispenses = (await order.dispenses()) as unknown as r4.MedicationDispense[]
  const total = dispenses.reduce((sum, { quantity }) => sum + (quantity?.value ?? 0), 0)
  if (total > authorised) wrong.push(`${total} supplied of ${authorised}`)
  for (const supply of await order.supplies()) {
    const of = dispenses.filter(({ supportingInformation }) => supportingInformation?.[0]?.reference === supply)
    if (of.reduce((sum, { quantity }) => sum + (quantity?.value ?? 0), 0) > 4) wrong.push('one supply holds too much')
  }
  const item = await self.read(self.trust, order.item)
  for (const name of ['dosageInstruction', 'dispenseRequest', 'medicationCodeableConcept', 'authoredOn', 'subject']) {
    if (JSON.stringify(item[name]) !== JSON.stringify(first[name])) wrong.push(`what was signed changed: ${name}`)
  }
  for (const task of resourcesOf(await self.trust.get('Task?_count=200'))) {
    const actor = extensionValue(task, 'next-actor')
    if (actor === undefined) wrong.push(`${stateOf(task)} has nobody to act`)
    const open = !['completed', 'rejected', 'cancelled', 'failed', 'entered-in-error'].includes(String(task.status))
    if (open && extensionValue(task, 'next-action-due') === undefined) wrong.push(`${stateOf(task)} has no due time`)
  }
  const events = await query<{ kind: string; to_state: string; seq: number; type: string; from_state: string }>(
    'SELECT seq, kind, type, from_state, to_state FROM event ORDER BY seq',
  )
  let active = true
  for (const { type, kind, from_state, to_state } of events) {
    if (type === 'MedicationRequest' && from_state !== '') active = to_state === 'active'
    if (kind === 'supply-dispatched' && !active) wrong.push('goods left against an inactive prescription')
  }
  return wrong
}

for (let seed = 1; seed <= HISTORIES; seed++) {
  t.test(`history ${seed}`, async (t) => {
    const self = await story(t, { IDEMPOTENCY_HOURS: '8760' })
    const order = await self.order()
    await order.accept()
    // In one of them $validate is asked before each step what it will be told.
    const asked = (party: Story['trust']) => (seed === 1 ? foretelling(t, party) : party)
    const acting = { ...self, trust: asked(self.trust), provider: asked(self.provider) }
    const world: World = { self: acting, order, random: numbers(seed), sent: [] }
    const first = await self.read(self.trust, order.item)
    let done = 0
    for (let n = 0; n < STEPS; n++) {
      const before = await rowCounts(self.exchange.context)
      const count = world.sent.length
      await step(world)
      const latest = world.sent.at(-1)
      if (world.sent.length > count && latest) {
        if (latest.answer.status < 300) done++
        else
          t.same(
            await rowCounts(self.exchange.context),
            before,
            `a refusal changes nothing: ${latest.answer.text.slice(0, 300)}`,
          )
        if (latest.answer.status >= 500) t.fail(latest.answer.text)
      }
      const old = pick(world.random, world.sent)
      if (old && old.answer.status < 300) {
        const counts = await rowCounts(self.exchange.context)
        const again = await old.send()
        t.equal(again.text, old.answer.text, 'a repeat gets the first answer')
        t.same(await rowCounts(self.exchange.context), counts, 'and does nothing')
      }
      await runClock(self.exchange.context)
    }
    t.same(await broken(world, first), [], `seed ${seed}`)
    // Each refusal is on record, with its code: the attempt was made, and came to nothing.
    await self.exchange.audit.flush()
    const rows = await self.exchange.context.database.query<AuditRow>('SELECT * FROM audit ORDER BY seq')
    const refused = world.sent.flatMap(({ answer }) => (answer.status >= 400 ? (answer.keys[0] ?? '') : []))
    t.ok(refused.length > 0)
    t.same(
      rows.flatMap(auditRecords).flatMap(({ problem }) => (problem === '' ? [] : problem)),
      refused,
      'every refusal left its row',
    )
    t.ok(done > 3, 'something happened')
  })
}

t.test('two workers of one provider claim the same work: one wins, the other learns who', async (t) => {
  const { trust, provider, read, order: place } = await story(t)
  for (let round = 0; round < 10; round++) {
    const order = await place()
    const task = await read(provider, order.task)
    const workers = ['Ada Byron', 'Grace Hopper']
    const claims = await Promise.all(
      workers.map((display) => {
        const valueReference = { type: 'Practitioner', display }
        return provider.put({
          ...task,
          status: 'accepted',
          output: [outputOf('claimed-by', { valueReference })],
        } as Resource)
      }),
    )
    t.same(claims.map(({ status }) => status).sort(), [200, 412])
    const won = workers[claims.findIndex(({ status }) => status === 200)]
    const lost = claims.find(({ status }) => status === 412)
    t.match(lost?.text, `version 2 was made by provider VN6XW, ${won} (order-accepted)`)
    const told = await trust.put({ ...task, status: 'cancelled' } as Resource)
    t.match(told.text, 'version 2 was made by provider VN6XW (order-accepted)', 'another organisation learns which one')
  }
})
