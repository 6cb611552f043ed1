/** The box was warm: nobody uses it until a pharmacist has said so, and what is lost is replaced. */
import t from 'tap'
import { stateOf } from '../orders.ts'
import { reason, story, supplyState } from './story.ts'

t.test('found on the road: quarantined, destroyed, replaced, never counted twice', async (t) => {
  const { provider, move, read, now, order: place } = await story(t)
  const order = await place(undefined, 0)
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.work(first, 'dispatched')
  const sent = await order.dispense(first, { status: 'in-progress', whenHandedOver: undefined as never })
  t.equal(sent.status, 201, sent.text)
  await move(provider, first, { ...supplyState('quarantined'), ...reason('temperature-excursion') })
  t.match(await read(provider, order.item), { status: 'active' })
  await move(provider, first, { status: 'failed', ...reason('temperature-excursion') })
  await move(provider, `MedicationDispense/${sent.body.id}`, {
    status: 'stopped',
    statusReasonCodeableConcept: reason('temperature-excursion').statusReason,
  })
  const [, again = ''] = await order.supplies()
  await order.work(again)
  t.equal((await order.dispense(again, { whenHandedOver: now() })).status, 201, 'what was destroyed does not count')
  t.equal(await order.state(), 'final-supply-done')
})

t.test('told by the patient after delivery: looked at, and released', async (t) => {
  const { provider, move, now, order: place } = await story(t)
  const order = await place()
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.work(first)
  await move(provider, first, { ...supplyState('quarantined'), ...reason('temperature-excursion') })
  const released = await move(provider, first, {
    ...supplyState('delivered'),
    executionPeriod: { end: now(-3_600_000) },
  })
  t.equal(stateOf(released), 'delivered')
})
