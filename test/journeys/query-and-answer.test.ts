/** A question costs days when nobody knows whose turn it is: here the ball is always in somebody's hands. */
import t from 'tap'
import { stateOf } from '../orders.ts'
import { DAY, extensionValue, reason, story } from './story.ts'

t.test('the provider asks, the trust is late, answers, and the order goes on', async (t) => {
  const { trust, provider, pass, read, move, events, order: place } = await story(t)
  const order = await place()
  await move(provider, order.task, { status: 'on-hold', ...reason('dose-not-safe') })
  const question = await provider.post('Communication', {
    resourceType: 'Communication',
    status: 'completed',
    basedOn: [{ reference: order.task }],
    payload: [{ contentString: 'Is the weight current?' }],
  })
  t.equal(question.status, 201, question.text)
  t.equal(extensionValue(await read(trust, order.task), 'next-actor'), 'trust', 'asking does not answer')
  await pass(3 * DAY)
  t.ok((await events()).includes('order-query-unanswered'))
  const answer = await trust.post('Communication', {
    resourceType: 'Communication',
    status: 'completed',
    basedOn: [{ reference: order.task }],
    inResponseTo: [{ reference: `Communication/${question.body.id}` }],
    payload: [{ contentString: 'Weighed last week.' }],
  })
  t.equal(answer.status, 201)
  t.equal(extensionValue(await read(provider, order.task), 'next-actor'), 'provider')
  t.ok((await events()).includes('order-query-replied'))
  await order.accept()
  t.equal((await order.supplies()).length, 3)
  const told = (await trust.get(`${order.task}/$timeline`)).text
  t.match(told, 'order-query-unanswered')
  t.match(told, `Communication/${answer.body.id}`, 'the answer is part of the story')
})

t.test('a question about an order in supply, and on with it', async (t) => {
  const { provider, move, change, read, order: place } = await story(t)
  const order = await place()
  await order.accept()
  const [first = '', second = ''] = await order.supplies()
  await order.work(first)
  await move(provider, order.task, { status: 'on-hold', ...reason('clinical-information-missing') })
  t.equal(
    (await change(provider, order.task, { status: 'rejected', ...reason('dose-not-safe') })).status,
    422,
    'too late to reject',
  )
  await move(provider, order.task, { status: 'in-progress' })
  t.equal(await order.state(), 'in-supply')
  await order.work(second)
  t.equal(stateOf(await read(provider, second)), 'delivered')
})
