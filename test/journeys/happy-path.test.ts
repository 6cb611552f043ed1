/** Three supplies, from signature to the last doorstep, and everybody can ask at any time how things stand. */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { stateOf } from '../orders.ts'
import { DAY, extensionValue, parameter, reason, story } from './story.ts'

t.test('an order with three supplies', async (t) => {
  const { trust, provider, move, read, pass, now, order: place } = await story(t)
  const order = await place((_, item) => {
    item.dispenseRequest = {
      ...item.dispenseRequest,
      validityPeriod: { start: now().slice(0, 10), end: now(170 * DAY).slice(0, 10) },
    }
  })
  await order.accept()
  const supplies = await order.supplies()
  t.equal(supplies.length, 3)
  const asked = await trust.get(`${order.item}/$remaining`)
  t.equal(asked.status, 200, asked.text)
  t.match(parameter(asked.body, 'remaining'), { valueQuantity: { value: 12, unit: 'pre-filled disposable injection' } })
  for (const [n, supply] of supplies.entries()) {
    await order.book(supply, 2)
    await pass(2 * DAY)
    await order.work(supply, 'dispatched')
    t.match((await order.dispense(supply, { status: 'in-progress' })).body, { status: 'in-progress' })
    const underWay = (await trust.get(`${order.item}/$remaining`)).body
    t.match(parameter(underWay, 'underWay'), { valueQuantity: { value: 4 } })
    await order.work(supply)
    const [dispense] = await order.dispenses()
    await move(provider, `MedicationDispense/${dispense?.id}`, { status: 'completed', whenHandedOver: now() })
    const left = (await provider.get(`${order.item}/$remaining`)).body
    t.match(parameter(left, 'supplied'), { valueQuantity: { value: 4 * (n + 1) } })
    t.match(parameter(left, 'suppliesOpen'), { valueUnsignedInt: 2 - n })
    t.match(parameter(left, 'daysCovered'), { valueDuration: { value: 28 * (n + 1), code: 'd' } })
    await pass(25 * DAY)
  }
  t.equal(await order.state(), 'final-supply-done')
  t.equal(extensionValue(await read(trust, order.task), 'next-actor'), 'nobody')
  await move(trust, order.item, { status: 'completed' })
  t.match(await order.dispense(supplies[2] ?? ''), { status: 422 }, 'nothing beyond what is authorised')
})

t.test('four dates stand side by side', async (t) => {
  const { provider, move, read, now, order: place } = await story(t)
  const order = await place()
  await order.accept()
  const [, second = ''] = await order.supplies()
  const first = await order.book(second, 20)
  const promised = (first as unknown as r4.Task).executionPeriod?.start
  const slot = { start: now(23 * DAY), end: now(23 * DAY + 3_600_000) }
  await move(provider, second, { executionPeriod: slot, ...reason('patient-request') })
  await move(provider, second, { executionPeriod: { start: now(24 * DAY) }, ...reason('vehicle-breakdown') })
  const done = (await order.work(second)) as unknown as r4.Task
  t.equal(extensionValue(done as never, 'first-promised'), promised)
  t.same(extensionValue(done as never, 'agreed-slot'), { start: now(24 * DAY - 4 * 3_600_000) })
  t.ok(done.restriction?.period?.end, 'the need-by day')
  t.ok(done.executionPeriod?.end, 'the delivery')
  const story_ = (await provider.get(`${second}/$timeline`)).body
  const moves = parts(story_, 'event').filter((event) => event.what === 'supply-rebooked')
  t.same(
    moves.map((event) => event.attribution),
    ['patient', 'logistics'],
    'who asked, each time',
  )
  t.equal(stateOf(await read(provider, second)), 'delivered')
})

/** Parts of every parameter of a name, each as an object of codes. */
const parts = (resource: unknown, name: string): Record<string, unknown>[] =>
  ((resource as r4.Parameters).parameter ?? [])
    .filter((one) => one.name === name)
    .map((one) => Object.fromEntries((one.part ?? []).map((part) => [part.name, part.valueCode ?? part.valueInstant])))
