/** The box was warm: nobody uses it until a pharmacist has said so, and what is lost is replaced. */
import t from 'tap'
import { stateOf } from '../orders.ts'
import { outputOf, reason, story, supplyState } from './story.ts'

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

const assessed = { output: [outputOf('assessed-by', { valueReference: { display: 'A pharmacist' } })] }

t.test('told by the patient after delivery: looked at, and released', async (t) => {
  const { provider, change, move, now, read, order: place } = await story(t)
  const order = await place()
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.work(first)
  await move(provider, first, { ...supplyState('quarantined'), ...reason('temperature-excursion') })
  const arrival = { ...supplyState('delivered'), executionPeriod: { end: now(-3_600_000) } }
  const unseen = await change(provider, first, arrival)
  t.same(
    [unseen.status, unseen.keys],
    [422, ['transition-requirement']],
    'nobody uses it before a pharmacist has looked',
  )
  const repeated = await move(provider, first, { ...arrival, lastModified: now(-3_600_000) })
  t.equal(stateOf(repeated), 'quarantined', 'the driver’s own report is recorded, and releases nothing')
  t.same((await read(provider, `${first}/_history`)).total, 8)
  const released = await move(provider, first, { ...arrival, ...assessed })
  t.equal(stateOf(released), 'delivered')
})

t.test('the last delivery turns out to be spoilt: the order is work again, and another one follows', async (t) => {
  const { provider, move, read, order: place } = await story(t)
  const order = await place(undefined, 0)
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.work(first)
  const sent = await order.dispense(first)
  t.equal(await order.state(), 'final-supply-done')
  await move(provider, first, { ...supplyState('quarantined'), ...reason('temperature-excursion') })
  t.equal(await order.state(), 'in-supply')
  await move(provider, first, { status: 'failed', ...reason('temperature-excursion') })
  const [, again = ''] = await order.supplies()
  t.equal(stateOf(await read(provider, again)), 'due')
  const twice = await order.dispense(again)
  t.same([twice.status, twice.keys], [422, ['dispense-exceeds-authorised']], 'what was spoilt is taken back first')
  await move(provider, `MedicationDispense/${sent.body.id}`, { status: 'entered-in-error' })
  await order.work(again)
  t.equal((await order.dispense(again)).status, 201)
  t.equal(await order.state(), 'final-supply-done')
})
