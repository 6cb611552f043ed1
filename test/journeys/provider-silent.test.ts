/** Nobody answers: the exchange notices, says whose turn it is, and a year passes in seconds. */
import t from 'tap'
import { runClock } from '../../src/interactions/clock.ts'
import { stateOf } from '../orders.ts'
import { DAY, extensionValue, story } from './story.ts'

t.test('a provider that does not acknowledge', async (t) => {
  const { trust, provider, pass, read, move, events, order: place } = await story(t)
  const order = await place()
  const before = await read(trust, order.task)
  t.equal(extensionValue(before, 'next-actor'), 'provider')
  await pass(3 * 3_600_000)
  t.notOk((await events()).includes('order-not-acknowledged'), 'not before its time')
  await pass(2 * 3_600_000)
  t.equal((await events()).filter((kind) => kind === 'order-not-acknowledged').length, 1)
  const late = await read(trust, order.task)
  t.equal(extensionValue(late, 'overdue-since'), extensionValue(before, 'next-action-due'))
  t.equal(late.status, 'requested', 'nothing is decided for the provider')
  await pass(10 * DAY)
  t.equal((await events()).filter((kind) => kind === 'order-not-acknowledged').length, 1, 'said once')
  await move(provider, order.task, { status: 'received' })
  t.equal(extensionValue(await read(trust, order.task), 'overdue-since'), undefined, 'answered')
})

t.test('a supply that does not come runs out, and the order expires', async (t) => {
  const { trust, provider, exchange, now, pass, read, change, events, order: place } = await story(t)
  const order = await place((_, item) => {
    item.dispenseRequest = {
      ...item.dispenseRequest,
      validityPeriod: { start: now().slice(0, 10), end: now(120 * DAY).slice(0, 10) },
    }
  })
  await order.accept()
  const [first = '', second = ''] = await order.supplies()
  await order.work(first)
  await pass(40 * DAY)
  const waiting = await read(trust, second)
  t.ok(extensionValue(waiting, 'run-out'), 'the need-by day passed')
  t.ok(extensionValue(waiting, 'overdue-since'))
  await order.book(second, 90)
  t.ok(extensionValue(await read(trust, second), 'run-out'), 'and stays told')
  await pass(85 * DAY)
  const expired = await read(trust, order.task)
  t.equal(stateOf(expired), 'expired')
  t.equal(stateOf(await read(provider, second)), 'supply-cancelled')
  t.equal((await read(trust, order.item)).status, 'active', 'the prescription is the trust’s to end')
  t.equal((await order.dispense(second)).status, 422, 'and nothing is dispensed on it')
  t.equal((await change(provider, order.task, { status: 'accepted' })).status, 422)
  t.ok((await events()).includes('supply-run-out'))
  t.equal(await runClock(exchange.context), 0, 'nothing is left to say')
})

t.test('goods on the road may finish after the validity is over', async (t) => {
  const { now, pass, order: place } = await story(t)
  const order = await place((_, item) => {
    item.dispenseRequest = {
      ...item.dispenseRequest,
      validityPeriod: { start: now().slice(0, 10), end: now(3 * DAY).slice(0, 10) },
    }
  }, 0)
  await order.accept()
  const [only = ''] = await order.supplies()
  await order.work(only, 'dispatched')
  await pass(6 * DAY)
  t.equal(await order.state(), 'in-supply')
  await order.work(only)
  t.equal(await order.state(), 'final-supply-done')
})

t.test('two nodes look at the clock at the same time: each thing is said once', async (t) => {
  const { exchange, events, order: place } = await story(t)
  for (let i = 0; i < 5; i++) await place()
  exchange.now += 5 * 3_600_000
  await Promise.all([runClock(exchange.context), runClock(exchange.context), runClock(exchange.context)])
  t.equal((await events()).filter((kind) => kind === 'order-not-acknowledged').length, 5)
})
