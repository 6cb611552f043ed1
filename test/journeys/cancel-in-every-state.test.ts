/** A cancellation is a race with a truthful end: whatever the state, the trust gets a success and the goods are told apart. */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { cutResource } from '../../src/fhir/json.ts'
import { requestOf } from '../../src/interactions/submit.ts'
import { commit } from '../../src/store/commit.ts'
import type { LaneTransaction } from '../../src/store/lane.ts'
import { stateOf } from '../orders.ts'
import { reason, story, supplyState } from './story.ts'

const stopped = { status: 'stopped', ...reason('treatment-change') }
const outputs = (task: unknown, code: string): string[] =>
  ((task as r4.Task).output ?? [])
    .filter(({ type }) => type.coding?.[0]?.code === code)
    .map(
      ({ valueReference, valueCodeableConcept }) =>
        valueReference?.reference ?? valueCodeableConcept?.coding?.[0]?.code ?? '',
    )

t.test('before receipt it is immediate', async (t) => {
  const { trust, move, order: place } = await story(t)
  for (const status of ['stopped', 'cancelled']) {
    const order = await place()
    await move(trust, order.item, { ...stopped, status })
    t.equal(await order.state(), 'cancelled')
    t.same(await order.cancels(), [], 'nobody is asked')
  }
})

t.test('while the provider holds it, the provider is asked, and answers', async (t) => {
  const { trust, provider, move, change, order: place } = await story(t)
  for (const held of ['received', 'query-to-prescriber', 'accepted', 'suspended']) {
    const order = await place()
    if (held === 'received') await move(provider, order.task, { status: 'received' })
    else if (held === 'query-to-prescriber')
      await move(provider, order.task, { status: 'on-hold', ...reason('clarification') })
    else await order.accept()
    if (held === 'suspended') await move(trust, order.task, { status: 'on-hold', ...reason('surgery') })
    t.equal(await order.state(), held)
    const status = held === 'accepted' ? 'cancelled' : 'stopped'
    t.equal(
      (await change(trust, order.item, { ...stopped, status })).status,
      200,
      `${held}: a pending cancel is a success`,
    )
    const [asked, ...more] = await order.cancels()
    t.equal(more.length, 0)
    t.equal(stateOf(asked!), 'cancel-requested')
    const refused = await change(provider, `Task/${asked?.id}`, { status: 'rejected', ...reason('already-dispatched') })
    t.same([refused.status, refused.keys], [422, ['transition-requirement']], 'nothing had left')
    const answered = await move(provider, `Task/${asked?.id}`, { status: 'completed' })
    t.same(outputs(answered, 'cancel-outcome'), ['R-0001'])
    t.equal(await order.state(), 'cancelled', held)
    for (const supply of await order.supplies()) t.equal(stateOf((await provider.get(supply)).body), 'supply-cancelled')
  }
})

t.test('in supply, goods that have left are told apart from those that have not', async (t) => {
  const { trust, provider, move, change, order: place } = await story(t)
  const order = await place()
  await order.accept()
  const [first = '', second = '', third = ''] = await order.supplies()
  await order.work(first)
  await order.work(second, 'dispatched')
  const cancelled = await change(trust, order.item, { ...stopped, status: 'cancelled' })
  t.match(
    cancelled,
    { status: 422, text: /set it to stopped/ },
    'what was supplied in part was not withdrawn, but ended',
  )
  await move(trust, order.item, stopped)
  t.equal(
    (await change(provider, third, { ...supplyState('delivery-booked'), executionPeriod: { start: '2027-01-01' } }))
      .status,
    200,
  )
  const barred = await change(provider, third, supplyState('dispensing'))
  t.same([barred.status, barred.keys[0]], [422, 'transition-requirement'], 'nothing begins any more')
  const [asked] = await order.cancels()
  const answered = await move(provider, `Task/${asked?.id}`, { status: 'completed' })
  t.same(outputs(answered, 'supply-left').sort(), [first, second].sort())
  t.same(outputs(answered, 'supply-stopped'), [third])
  t.equal(stateOf((await provider.get(third)).body), 'supply-cancelled')
  t.equal(await order.state(), 'in-supply', 'the goods on the road may finish')
  await order.work(second)
  t.equal(await order.state(), 'stopped', 'and then it has ended')
})

t.test('refused because everything had left, with the national code', async (t) => {
  const { trust, provider, move, order: place } = await story(t)
  const order = await place(undefined, 0)
  await order.accept()
  const [only = ''] = await order.supplies()
  await order.work(only, 'dispatched')
  await move(trust, order.item, stopped)
  const [asked] = await order.cancels()
  const answered = await move(provider, `Task/${asked?.id}`, { status: 'rejected', ...reason('already-dispatched') })
  t.equal(stateOf(answered), 'cancel-refused')
  t.same(outputs(answered, 'cancel-outcome'), ['R-0004'])
  await order.work(only)
  t.equal(await order.state(), 'stopped')
})

t.test('what has ended is not cancelled again', async (t) => {
  const { trust, provider, move, change, order: place } = await story(t)
  const order = await place(undefined, 0)
  await order.accept()
  await order.work((await order.supplies())[0] ?? '')
  t.equal(await order.state(), 'final-supply-done')
  t.equal((await change(trust, order.item, stopped)).status, 200, 'the prescription itself may still be ended')
  t.same(await order.cancels(), [], 'but nobody is asked')
  t.equal(await order.state(), 'final-supply-done')
  const other = await place()
  await move(provider, other.task, { status: 'rejected', ...reason('no-valid-po') })
  await move(trust, other.item, stopped)
  t.equal(await other.state(), 'rejected-no-po')
})

t.test('the provider that does not answer is reminded', async (t) => {
  const { trust, move, pass, events, order: place } = await story(t)
  const order = await place()
  await order.accept()
  await move(trust, order.item, stopped)
  await pass(25 * 3_600_000)
  t.ok((await events()).includes('cancel-unanswered'))
})

t.test('a stop and a dispatch at the same instant: one truthful outcome, every time', async (t) => {
  const { trust, provider, exchange, read, order: place, move } = await story(t)
  let won = 0
  const order = await place(undefined, 1)
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.work(first, 'ready-to-dispatch')
  const ready = await read(provider, first)
  const live = await read(trust, order.item)
  // The same race over and over: what the first round stored is put back by the savepoint of a refused transaction.
  const wish = (resource: typeof ready, changes: object) => {
    const { id = '', resourceType } = resource
    const next: Resource = { ...resource, ...changes, id }
    return {
      kind: 'update' as const,
      id,
      root: resourceType,
      ifMatchRequired: true,
      ifMatch: [Number(resource.meta?.versionId)],
      draft: { resource: next, text: cutResource(resourceType, JSON.stringify(next)), content: '' },
    }
  }
  const undo = new Error('undo')
  const { context } = exchange
  for (let round = 0; round < 1000; round++) {
    const outcome = { dispatched: false, stopped: false }
    const acts = [
      async (lane: LaneTransaction) => {
        const caller = { role: 'provider', organization: provider.organization, client: 'test' } as const
        await commit(context.door, lane, requestOf(context, caller, [wish(ready, supplyState('dispatched'))]))
        outcome.dispatched = true
      },
      async (lane: LaneTransaction) => {
        const caller = { role: 'trust', organization: trust.organization, client: 'test' } as const
        await commit(context.door, lane, requestOf(context, caller, [wish(live, stopped)]))
        outcome.stopped = true
      },
    ]
    if (round % 2) acts.reverse()
    const after = await context.lane
      .submit(async (lane) => {
        for (const [i, act] of acts.entries()) {
          await lane.query(`SAVEPOINT act${i}`)
          await act(lane).catch(async () => lane.query(`ROLLBACK TO SAVEPOINT act${i}`))
        }
        const [row] = await lane.query<{ n: number }>(
          "SELECT COUNT(*) AS n FROM event WHERE kind = 'supply-dispatched' AND id = $1",
          [ready.id ?? ''],
        )
        throw Object.assign(undo, { count: row?.n })
      })
      .catch((error: unknown) => (error as { count?: number }).count)
    if (!outcome.stopped) t.fail('the trust may always stop')
    if (outcome.dispatched !== (round % 2 === 0)) t.fail('goods leave only when they left first')
    if (after !== (outcome.dispatched ? 1 : 0)) t.fail('the log says what happened')
    won += outcome.dispatched ? 1 : 0
  }
  t.equal(won, 500)
  // And once for good, through the front door.
  const both = await Promise.all([
    provider.put({ ...ready, ...supplyState('dispatched') } as Resource),
    trust.put({ ...live, ...stopped } as Resource),
  ])
  t.equal(both[1]?.status, 200)
  t.equal(stateOf(await read(provider, first)), both[0]?.status === 200 ? 'dispatched' : 'ready-to-dispatch')
  if (both[0]?.status === 200) await move(provider, first, { ...supplyState('delivery-failed'), ...reason('lost') })
})
