/** The patient is in hospital: the prescription rests, the order rests with it, and both go on afterwards. */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { stateOf } from '../orders.ts'
import { DAY, extensionValue, reason, story, supplyState } from './story.ts'

t.test('held while a delivery is being prepared, resumed, delivered', async (t) => {
  const { trust, provider, move, change, read, pass, order: place } = await story(t)
  const order = await place()
  await order.accept()
  const [first = '', second = ''] = await order.supplies()
  await order.work(first)
  await order.work(second, 'ready-to-dispatch')
  await move(trust, order.item, { status: 'on-hold', ...reason('hospital-stay') })
  const held = await read(provider, order.task)
  t.equal(stateOf(held), 'suspended', 'the order rests with its prescription')
  t.equal(extensionValue(held, 'next-actor'), 'trust')
  const blocked = await change(provider, second, supplyState('dispatched'))
  t.same([blocked.status, blocked.keys[0]], [422, 'transition-requirement'], 'what is ready does not leave')
  await pass(60_000)
  t.equal((await order.dispense(second)).status, 422)
  await pass(9 * DAY)
  const { statusReason: _, ...item } = await read(trust, order.item)
  t.equal((await trust.put({ ...item, status: 'active' })).status, 200)
  t.equal(await order.state(), 'in-supply', 'back where it was')
  await order.work(second)
  t.equal((await order.dispense(second)).status, 201)
  t.equal(await order.state(), 'in-supply')
})

t.test('one of two items held is no reason for the other to wait', async (t) => {
  const { trust, move, order: place } = await story(t)
  const order = await place((bundle, item) => {
    bundle.entry.push({
      fullUrl: `urn:uuid:${crypto.randomUUID()}`,
      request: { method: 'POST', url: 'MedicationRequest' },
      resource: { ...item, identifier: [{ system: 'urn:item', value: crypto.randomUUID() }] } as r4.MedicationRequest,
    })
  })
  await order.accept()
  await move(trust, order.item, { status: 'on-hold', ...reason('bloods-overdue') })
  t.equal(await order.state(), 'accepted')
})

t.test('goods on the road when the hold comes are reported as they ended', async (t) => {
  const { trust, move, order: place } = await story(t)
  const order = await place()
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.work(first, 'dispatched')
  await move(trust, order.item, { status: 'on-hold', ...reason('hospital-stay') })
  t.equal(stateOf(await order.work(first)), 'delivered')
  t.equal((await order.dispense(first)).status, 201, 'and what was handed over is recorded')
  t.equal(await order.state(), 'suspended')
})
