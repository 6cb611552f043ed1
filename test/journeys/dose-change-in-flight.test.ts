/** The dose changes: a new prescription takes the place of the old one, which is barred from that instant. */
import t from 'tap'
import { inBundle, orderBundle, stateOf } from '../orders.ts'
import { DAY, story, supplyState } from './story.ts'

t.test('before dispatch: the old goods stay, the new order is worked', async (t) => {
  const { provider, move, change, read, order: place } = await story(t)
  const old = await place()
  await old.accept()
  const [first = '', second = ''] = await old.supplies()
  await old.work(first)
  await old.work(second, 'ready-to-dispatch')
  const fresh = await place((_, item) => {
    item.priorPrescription = { reference: old.item }
  })
  t.match(await read(provider, old.item), { status: 'stopped', statusReason: { coding: [{ code: 'replaced' }] } })
  const barred = await change(provider, second, supplyState('dispatched'))
  t.same([barred.status, barred.keys[0]], [422, 'transition-requirement'], 'the old dose does not leave any more')
  const [asked] = await old.cancels()
  await move(provider, `Task/${asked?.id}`, { status: 'completed' })
  t.equal(await old.state(), 'stopped')
  await fresh.accept()
  await fresh.work((await fresh.supplies())[0] ?? '')
  t.equal(await fresh.state(), 'in-supply')
})

t.test('after dispatch: the old goods arrive and are recorded, nothing follows them', async (t) => {
  const { provider, move, read, order: place } = await story(t)
  const old = await place()
  await old.accept()
  const [first = ''] = await old.supplies()
  await old.work(first, 'dispatched')
  await place((_, item) => {
    item.priorPrescription = { reference: old.item }
  })
  await old.work(first)
  t.equal((await old.dispense(first)).status, 201)
  const [asked] = await old.cancels()
  const answered = await move(provider, `Task/${asked?.id}`, { status: 'completed' })
  t.match(answered, { output: [{}, {}, {}, { valueReference: { reference: first } }] }, 'which had left')
  t.equal(await old.state(), 'stopped')
  t.equal(stateOf(await read(provider, first)), 'delivered')
})

t.test('a prescription for later leaves the present one alone until its day', async (t) => {
  const { trust, now, pass, read, order: place } = await story(t)
  const old = await place()
  await old.accept()
  await place((_, item) => {
    item.priorPrescription = { reference: old.item }
    item.dispenseRequest = { ...item.dispenseRequest, validityPeriod: { start: now(10 * DAY) } }
  })
  t.equal((await read(trust, old.item)).status, 'active')
  await pass(11 * DAY)
  t.equal((await read(trust, old.item)).status, 'stopped')
})

t.test('somebody else’s prescription is not replaced', async (t) => {
  const { exchange, trust, read, order: place } = await story(t)
  const old = await place()
  const stranger = await exchange.party('trust', 'RH8')
  const bundle = orderBundle({ trust: 'RH8' })
  const identifier = ((await read(trust, old.item)).identifier as { system: string; value: string }[])[0]
  inBundle(bundle, 'MedicationRequest').priorPrescription = { identifier: identifier! }
  const answer = await stranger.post('', bundle)
  t.same([answer.status, answer.keys], [422, ['prior-prescription-differs']])
  t.equal((await read(trust, old.item)).status, 'active')
})
