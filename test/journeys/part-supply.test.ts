/** Not all of it is there: a part goes out, the rest follows, in as many batches as there are; the sum is right. */
import t from 'tap'
import { syringes } from '../../src/demo/prescription.ts'
import { DAY, parameter, reason, story, supplyState } from './story.ts'

const batch = (lotNumber: string, expirationDate: string) => ({
  medicationCodeableConcept: undefined as never,
  contained: [
    {
      resourceType: 'Medication' as const,
      id: 'batch',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '15517911000001104' }] },
      batch: { lotNumber, expirationDate },
    },
  ],
  medicationReference: { reference: '#batch' },
})

t.test('three of four, then the fourth', async (t) => {
  const { provider, move, order: place } = await story(t)
  const order = await place(undefined, 0)
  await order.accept()
  const [supply = ''] = await order.supplies()
  await order.work(supply, 'dispensing')
  await move(provider, supply, { ...supplyState('ready-to-dispatch-partial'), ...reason('manufacturer-shortage') })
  await move(provider, supply, supplyState('dispatched'))
  const old = await order.dispense(supply, { quantity: syringes(3), ...batch('A1', '2026-01-31') })
  t.same([old.status, old.keys], [422, ['dispense-batch-expired']])
  const short = await provider.post('Medication', {
    ...batch('A2', '2026-12-01').contained[0],
    resourceType: 'Medication',
  })
  const warned = await order.dispense(
    supply,
    {
      status: 'preparation',
      whenHandedOver: undefined as never,
      quantity: syringes(1),
      medicationCodeableConcept: undefined as never,
      medicationReference: { reference: `Medication/${short.body.id}` },
    },
    { prefer: 'return=OperationOutcome' },
  )
  t.match(warned.text, /"warning"[^}]*"batch-expires-in-use"/)
  const unused = `MedicationDispense/${/MedicationDispense\/([^/]+)/.exec(warned.headers.location ?? '')?.[1]}`
  await move(provider, unused, { status: 'declined', statusReasonCodeableConcept: reason('out-of-stock').statusReason })
  const first = await order.dispense(supply, { quantity: syringes(2), ...batch('A1', '2028-01') })
  t.equal(first.status, 201, first.text)
  t.equal(
    (await order.dispense(supply, { quantity: syringes(1), ...batch('B2', '2028-02-28') })).status,
    201,
    'another batch',
  )
  await move(provider, supply, { ...supplyState('part-delivered'), ...reason('manufacturer-shortage') })
  const left = (await provider.get(`${order.item}/$remaining`)).body
  t.match(parameter(left, 'remaining'), { valueQuantity: { value: 1 } })
  t.match(parameter(left, 'daysCovered'), { valueDuration: { value: 56 } }, 'as the reports say how long each lasts')
  t.equal((await order.dispense(supply, { quantity: syringes(2) })).status, 422, 'one too many')
  await move(provider, supply, supplyState('dispensing'))
  await order.work(supply)
  t.equal((await order.dispense(supply, { quantity: syringes(1), ...batch('C3', '2028-02-28') })).status, 201)
  t.match(parameter((await provider.get(`${order.item}/$remaining`)).body, 'remaining'), {
    valueQuantity: { value: 0 },
  })
  t.equal(await order.state(), 'final-supply-done')
})

t.test('an item that was stopped before the goods left is not reported with those that go on', async (t) => {
  const { trust, provider, move, order: place } = await story(t)
  const order = await place((bundle, item) => {
    const second = structuredClone(item)
    second.identifier = [{ ...second.identifier?.[0], value: crypto.randomUUID() }]
    bundle.entry.push({
      fullUrl: `urn:uuid:${crypto.randomUUID()}`,
      resource: second,
      request: { method: 'POST', url: 'MedicationRequest' },
    })
  })
  await order.accept()
  const [first = '', next = ''] = await order.supplies()
  await order.work(first, 'dispatched')
  await move(trust, order.item, { status: 'stopped', ...reason('therapy-ended') })
  const [cancel] = await order.cancels()
  await move(provider, `Task/${cancel?.id}`, { status: 'rejected', ...reason('already-dispatched') })
  await order.work(first)
  t.equal((await order.dispense(first)).status, 201, 'it was on the road when it was stopped')
  await order.work(next)
  const never = await order.dispense(next)
  t.same([never.status, never.keys], [422, ['dispense-prescription-inactive']], 'it was not in the next one')
})

t.test(
  'a report that goods were there before their prescription was signed is taken, and somebody is told to look',
  async (t) => {
    const { now, order: place } = await story(t)
    const order = await place()
    await order.accept()
    const [first = '', next = ''] = await order.supplies()
    await order.work(first)
    await order.work(next)
    const reported = (supply: string, ahead: number) => {
      const times = { whenPrepared: now(ahead * DAY), whenHandedOver: now(ahead * DAY) }
      return order.dispense(supply, times, { prefer: 'return=OperationOutcome' })
    }
    const early = await reported(first, -20)
    t.equal(early.status, 201, early.text)
    t.match(early.text, /"warning"[^}]*"dispense-before-signed"/)
    const right = await reported(next, 0)
    t.equal(right.status, 201, right.text)
    t.notMatch(right.text, /dispense-before-signed/)
  },
)
