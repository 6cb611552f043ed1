/** The last supply draws near and nobody has renewed: the exchange asks, reminds, and takes the answer. */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { resourcesOf } from '../helper.ts'
import { PROVIDER, stateOf, TRUST } from '../orders.ts'
import { DAY, extensionValue, reason, type Order, type Story, story } from './story.ts'

const renewals = async (self: Story): Promise<Resource[]> => resourcesOf(await self.trust.get('Task?code=renewal'))

/** An order of which all but the last supply have been delivered, 28 days apart. */
async function nearItsEnd(self: Story): Promise<Order> {
  const order = await self.order(undefined, 1)
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.work(first)
  await order.dispense(first)
  return order
}

t.test('raised once, late, reminded, answered by a new prescription', async (t) => {
  const self = await story(t)
  const order = await nearItsEnd(self)
  t.same(await renewals(self), [], 'not two months ahead')
  await self.pass(30 * DAY)
  const [asked, ...more] = await renewals(self)
  t.equal(more.length, 0, 'once')
  t.equal(stateOf(asked!), 'renewal-requested')
  t.match(asked, {
    basedOn: [{ reference: order.item }],
    requester: { identifier: { value: PROVIDER } },
    owner: { identifier: { value: TRUST } },
  })
  t.ok((asked as unknown as r4.Task).restriction?.period?.end, 'by when the patient runs out')
  await self.pass(24 * DAY)
  t.ok(extensionValue(await self.read(self.trust, `Task/${asked?.id}`), 'overdue-since'), 'late')
  t.ok((await self.events()).includes('renewal-overdue'))
  const start = self.now(7 * DAY)
  const fresh = await self.order((_, item) => {
    item.priorPrescription = { reference: order.item }
    item.dispenseRequest = { ...item.dispenseRequest, validityPeriod: { start } }
  })
  const answered = await self.read(self.trust, `Task/${asked?.id}`)
  t.equal(stateOf(answered), 'renewal-prescribed')
  t.match(answered, { output: [{ valueReference: { reference: fresh.item } }] })
  t.equal((await self.read(self.trust, order.item)).status, 'active', 'the last supply of the old one still comes')
  await self.pass(8 * DAY)
  t.equal((await self.read(self.trust, order.item)).status, 'stopped')
})

t.test('answered by stopping, and by letting it rest', async (t) => {
  const self = await story(t)
  await nearItsEnd(self)
  await self.pass(30 * DAY)
  const [asked] = await renewals(self)
  const task = `Task/${asked?.id}`
  t.equal((await self.change(self.provider, task, { status: 'rejected', ...reason('therapy-ended') })).status, 403)
  const { restriction: _, ...bare } = await self.read(self.trust, task)
  const resting = await self.trust.put({ ...bare, status: 'on-hold', ...reason('patient-has-stock') } as Resource)
  t.same([resting.status, resting.keys], [422, ['transition-requirement']], 'until when?')
  const until = { restriction: { period: { end: self.now(60 * DAY).slice(0, 10) } } }
  await self.move(self.trust, task, { status: 'on-hold', ...reason('patient-has-stock'), ...until })
  await self.pass(62 * DAY)
  t.ok(extensionValue(await self.read(self.trust, task), 'overdue-since'), 'and it comes back')
  t.equal(
    stateOf(await self.move(self.trust, task, { status: 'rejected', ...reason('therapy-ended') })),
    'renewal-stopped',
  )
  await self.pass(30 * DAY)
  t.equal((await renewals(self)).length, 1, 'and is not asked again')
})

t.test('raised by the provider, of the trust that prescribed, and of nobody else', async (t) => {
  const self = await story(t)
  const order = await self.order()
  const ods = (value: string) => ({ identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value } })
  const task = {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: 'https://homecare-exchange.org/fhir/CodeSystem/task-code', code: 'renewal' }] },
    basedOn: [{ reference: order.item }],
    for: (await self.read(self.provider, order.item)).subject,
    requester: ods(PROVIDER),
    owner: ods(TRUST),
  }
  const raised = await self.provider.post('Task', task)
  t.equal(raised.status, 201, raised.text)
  t.equal(stateOf(raised.body), 'renewal-requested')
  t.equal((await self.trust.get(`Task/${raised.body.id}`)).status, 200)
  const elsewhere = await self.provider.post('Task', { ...task, owner: ods('RH8') })
  t.same([elsewhere.status, elsewhere.keys], [403, ['role-forbidden']])
  const disguised = await self.provider.post('Task', { ...task, requester: ods('VNE51') })
  t.same([disguised.status, disguised.keys], [403, ['role-forbidden']])
  t.equal(
    (await self.trust.post('Task', { ...task, requester: ods(TRUST) })).status,
    403,
    'a trust asks nobody to renew',
  )
})
