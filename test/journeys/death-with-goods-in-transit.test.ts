/** The patient has died while a delivery is on its way: everything stops, and what is on the road is accounted for. */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { orderBundle, stateOf } from '../orders.ts'
import { reason, story, supplyState } from './story.ts'

t.test('the trust records the death once, and every prescription of the patient ends', async (t) => {
  const { trust, provider, move, read, change, order: place } = await story(t)
  const order = await place()
  const other = await place()
  await order.accept()
  const [first = '', second = ''] = await order.supplies()
  await order.work(first, 'dispatched')
  const patient = ((await read(trust, order.item)) as unknown as r4.MedicationRequest).subject.reference ?? ''
  await move(trust, patient, { deceasedDateTime: '2026-11-22' })
  for (const { item } of [order, other]) {
    t.match(await read(trust, item), { status: 'stopped', statusReason: { coding: [{ code: 'death' }] } })
  }
  t.equal(await other.state(), 'cancelled', 'what nobody had taken is over at once')
  t.equal(
    (await change(provider, second, { ...supplyState('delivery-booked'), executionPeriod: { start: '2026-12-20' } }))
      .status,
    200,
  )
  t.equal((await change(provider, second, supplyState('dispensing'))).status, 422, 'nothing more is prepared')
  const [asked] = await order.cancels()
  await move(provider, `Task/${asked?.id}`, { status: 'completed' })
  t.equal(stateOf(await read(provider, second)), 'supply-cancelled')
  await move(provider, first, { ...supplyState('delivery-failed'), ...reason('death') })
  t.equal(
    await order.state(),
    'cancelled',
    'the goods came back: nothing was handed over, and no replacement is opened',
  )
  t.equal((await order.supplies()).length, 3)
})

t.test('nothing is prescribed for the dead', async (t) => {
  const { trust, move, read, order: place } = await story(t)
  const order = await place()
  const patient = ((await read(trust, order.item)) as unknown as r4.MedicationRequest).subject.reference ?? ''
  await move(trust, patient, { deceasedBoolean: true })
  const late = await trust.post('', orderBundle())
  t.same([late.status, late.keys], [422, ['patient-deceased']])
  t.match(late.text, 'PATIENT_DECEASED')
})
