/** A provider leaves: its patients move to another one, seen first, and nobody has two live orders. */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { resourcesOf } from '../helper.ts'
import { OTHER_PROVIDER, PROVIDER, stateOf, TRUST } from '../orders.ts'
import { lasting, story } from './story.ts'

const ods = (value: string) => ({ system: 'https://fhir.nhs.uk/Id/ods-organization-code', value })
const wish = (more: r4.ParametersParameter[] = []): r4.Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'from', valueIdentifier: ods(PROVIDER) },
    { name: 'to', valueIdentifier: ods(OTHER_PROVIDER) },
    ...more,
  ],
})
const execute = [{ name: 'dryRun', valueBoolean: false }]
const outcomes = (body: Resource): (string | undefined)[] =>
  ((body as unknown as r4.Parameters).parameter ?? [])
    .filter(({ name }) => name === 'move')
    .map(({ part }) => part?.find(({ name }) => name === 'outcome')?.valueCode)

t.test('moved at once: what is left goes to the new provider, what is on the road arrives', async (t) => {
  const { trust, exchange, read, order: place } = await story(t)
  const team = await lasting(exchange, 'pharmacist', TRUST)
  const [waiting, supplied] = [await place(), await place()]
  await supplied.accept()
  const [first = '', second = ''] = await supplied.supplies()
  await supplied.work(first)
  await supplied.work(second, 'dispatched')
  const seen = await team.post('$provider-exit', wish())
  t.same([seen.status, outcomes(seen.body)], [200, ['would-move', 'would-move']], seen.text)
  t.match(seen.text, second, 'goods on the road are named')
  t.equal((await read(trust, waiting.item)).status, 'active', 'nothing has happened yet')
  const done = await team.post('$provider-exit', wish([...execute, { name: 'status', valueCode: 'active' }]))
  t.same(outcomes(done.body), ['moved', 'moved'], done.text)
  t.equal(await waiting.state(), 'cancelled')
  t.equal((await read(trust, supplied.item)).status, 'stopped')
  t.equal(stateOf(await supplied.work(second)), 'delivered')
  const other = await lasting(exchange, 'provider', OTHER_PROVIDER)
  const orders = resourcesOf(await other.get('Task?code=fulfill&status=requested'))
  t.equal(orders.length, 2)
  const items = resourcesOf(await other.get('MedicationRequest')) as unknown as r4.MedicationRequest[]
  t.same(
    items.map(({ dispenseRequest }) => dispenseRequest?.numberOfRepeatsAllowed).sort(),
    [0, 2],
    'the supplies left',
  )
  const live = resourcesOf(await trust.get('MedicationRequest?status=active'))
  t.equal(live.length, 2, 'one live order each')
  t.same(
    outcomes((await team.post('$provider-exit', wish(execute))).body),
    ['nothing-left'],
    'asked again, nothing is doubled',
  )
})

t.test('prepared for signature: the old order is good until the new one is', async (t) => {
  const { trust, exchange, read, move, order: place } = await story(t)
  const team = await lasting(exchange, 'pharmacist', TRUST)
  const order = await place()
  await order.accept()
  const done = await team.post('$provider-exit', wish(execute))
  t.same(outcomes(done.body), ['prepared'])
  t.equal((await read(trust, order.item)).status, 'active')
  const [draft] = resourcesOf(await trust.get('MedicationRequest?status=draft'))
  await move(trust, `MedicationRequest/${draft?.id}`, { status: 'active' })
  t.equal((await read(trust, order.item)).status, 'stopped')
  t.equal(resourcesOf(await trust.get('MedicationRequest?status=active')).length, 1)
})

t.test('what cannot be meant is refused', async (t) => {
  const { trust, provider, exchange } = await story(t)
  const team = await lasting(exchange, 'pharmacist', TRUST)
  for (const party of [provider, trust])
    t.same((await party.post('$provider-exit', wish())).keys, ['role-forbidden'], 'it is for the homecare team')
  const empty = await team.post('$provider-exit', { resourceType: 'Parameters' })
  t.same([empty.status, empty.keys], [400, ['parameter-invalid']])
})

t.test('a device that came once is not supplied again by the next provider', async (t) => {
  const { exchange, trust, read, order: place } = await story(t)
  const team = await lasting(exchange, 'pharmacist', TRUST)
  const order = await place((bundle, item) => {
    const device = structuredClone(item)
    device.identifier = [{ ...device.identifier?.[0], value: crypto.randomUUID() }]
    device.dispenseRequest = { ...device.dispenseRequest, numberOfRepeatsAllowed: 0 }
    bundle.entry.push({
      fullUrl: `urn:uuid:${crypto.randomUUID()}`,
      resource: device,
      request: { method: 'POST', url: 'MedicationRequest' },
    })
  })
  const early = await team.post('$provider-exit', wish())
  t.match(early.text, /"suppliesLeft","valueUnsignedInt":3/, 'all of an order that waits')
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.work(first)
  const seen = await team.post('$provider-exit', wish())
  t.match(seen.text, /"name":"spent"/, seen.text)
  const done = await team.post('$provider-exit', wish([...execute, { name: 'status', valueCode: 'active' }]))
  t.same(outcomes(done.body), ['moved'], done.text)
  const live = resourcesOf(await trust.get('MedicationRequest?status=active')) as unknown as r4.MedicationRequest[]
  t.same(
    live.map(({ dispenseRequest }) => dispenseRequest?.numberOfRepeatsAllowed),
    [1],
    'two deliveries of the medicine, and nothing of the device',
  )
  const old = await read(trust, order.item)
  t.equal(old.status, 'stopped')
  for (const cancel of await order.cancels()) {
    const { provider } = { provider: await lasting(exchange, 'provider', PROVIDER) }
    t.equal((await provider.put({ ...cancel, status: 'completed' })).status, 200)
  }
  t.equal(await order.state(), 'stopped', 'nobody has two live orders')
})
