/** Nobody at home: the delivery fails, another is booked, the first promise is still known, and it arrives. */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { stateOf } from '../orders.ts'
import { DAY, extensionValue, parameter, reason, story, supplyState } from './story.ts'

t.test('failed, rebooked, delivered', async (t) => {
  const { trust, provider, move, change, read, now, pass, order: place } = await story(t)
  const order = await place(undefined, 0)
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.book(first, 2)
  const promised = extensionValue(await read(provider, first), 'first-promised')
  await pass(2 * DAY)
  await order.work(first, 'dispatched')
  const unsaid = await change(provider, first, { status: 'failed' })
  t.same([unsaid.status, unsaid.keys], [422, ['reason-required']], 'a failure has a reason')
  t.equal(stateOf(await read(provider, first)), 'dispatched', 'and nothing moved')
  await move(provider, first, { status: 'failed', ...reason('patient-not-home') })
  const [, again = ''] = await order.supplies()
  t.equal(extensionValue(await read(trust, again), 'first-promised'), promised)
  await move(provider, again, supplyState('contacting-patient'))
  await move(provider, again, { ...supplyState('patient-uncontactable'), ...reason('patient-uncontactable') })
  await order.book(again, 1)
  await move(provider, again, { executionPeriod: { start: now(2 * DAY) }, ...reason('patient-request') })
  await pass(2 * DAY)
  await order.work(again)
  t.equal((await order.dispense(again)).status, 201)
  t.equal(await order.state(), 'final-supply-done')
  const told = (await trust.get(`${order.task}/$timeline`)).body as unknown as r4.Parameters
  const attributions = (told.parameter ?? []).flatMap(
    ({ part }) => part?.find(({ name }) => name === 'attribution')?.valueCode ?? [],
  )
  t.ok(attributions.includes('patient'), 'whose delay it was')
})

t.test('delivered at the very end of the slot, before it, and long after it', async (t) => {
  const { provider, change, read, exchange, order: place } = await story(t)
  const order = await place()
  await order.accept()
  for (const [supply = '', hours] of (await order.supplies()).map((one, i) => [one, [0, -1, 30][i] ?? 0] as const)) {
    await order.book(supply)
    await order.work(supply, 'dispatched')
    const slot = (await read(provider, supply)) as unknown as r4.Task
    const end = slot.executionPeriod?.end ?? ''
    const handedOver = new Date(Date.parse(end) + hours * 3_600_000).toISOString()
    exchange.now = Date.parse(handedOver) + 60_000
    if (hours === 0) {
      const left = await change(provider, supply, supplyState('delivered'))
      t.same([left.status, left.keys], [422, ['transition-requirement']], 'the slot left as it was says nothing')
    }
    const told = await change(provider, supply, {
      ...supplyState('delivered'),
      ...(hours === 0 ? { lastModified: end } : { executionPeriod: { end: handedOver } }),
    })
    t.equal(told.status, 200, told.text)
    t.match(told.body, { executionPeriod: { end: handedOver } })
    t.same(extensionValue(told.body, 'agreed-slot'), slot.executionPeriod, 'and the slot stands beside it')
  }
})

t.test('what a failed delivery was said to have handed over covers nobody, until it comes after all', async (t) => {
  const { trust, provider, move, order: place } = await story(t)
  const order = await place()
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.work(first, 'dispatched')
  const early = await order.dispense(first)
  t.equal(early.status, 201, 'reported as handed over when it left')
  const told = async () => {
    const { body } = await trust.get(`${order.item}/$remaining`)
    const value = (name: string) =>
      parameter(body, name)?.valueQuantity?.value ?? parameter(body, name)?.valueDuration?.value
    return ['supplied', 'underWay', 'remaining', 'daysCovered'].map(value)
  }
  t.same(await told(), [4, 0, 8, 28])
  await move(provider, first, { ...supplyState('delivery-failed'), ...reason('patient-not-home') })
  t.same(await told(), [0, 4, 8, undefined], 'nobody was home')
  const again = (await order.supplies()).at(-1) ?? ''
  await order.work(again)
  t.same(await told(), [4, 0, 8, 28], 'the same goods came')
  const twice = await order.dispense(again)
  t.equal(twice.status, 201)
  t.same(await told(), [4, 4, 4, 28], 'or other goods, and the first are still to be taken back')
  await move(provider, `MedicationDispense/${early.body.id}`, { status: 'entered-in-error' })
  t.same(await told(), [4, 0, 8, 28])
})

t.test('goods are not handed over before they left', async (t) => {
  const { provider, change, now, exchange, order: place } = await story(t)
  const order = await place()
  await order.accept()
  const [supply = ''] = await order.supplies()
  await order.work(supply, 'ready-to-dispatch')
  exchange.now += DAY
  const left = await change(provider, supply, { ...supplyState('dispatched'), lastModified: now(-2 * 3_600_000) })
  t.equal(left.status, 200, left.text)
  const delivered = (hours: number) => ({
    ...supplyState('delivered'),
    executionPeriod: { end: now(-hours * 3_600_000) },
  })
  const early = await change(provider, supply, delivered(3))
  t.same([early.status, early.keys], [422, ['transition-requirement']])
  t.match(early.text, /before the time at which the goods were dispatched/)
  t.equal((await change(provider, supply, delivered(1))).status, 200)
})
