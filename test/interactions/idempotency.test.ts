/** The same request under the same key is done once and answered as the first time, on every kind of write. */
import t from 'tap'
import { rowCounts, startExchange } from '../helper.ts'
import { acceptedOrder, dispenseOf, located, orderBundle, orderTask, parties } from '../orders.ts'

t.test('a PUT whose answer was lost gets the first answer, not a 412', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const task = await orderTask(provider, located(await trust.post('', orderBundle()), 'MedicationRequest'))
  const key = { 'idempotency-key': 'a-1' }
  const first = await provider.put({ ...task, status: 'accepted' }, key)
  t.equal(first.status, 200)
  await provider.put({ ...first.body, note: [{ text: 'later' }] })
  const before = await rowCounts(exchange.context)
  const again = await provider.put({ ...task, status: 'accepted' }, key)
  t.same([again.status, again.text, again.headers.etag], [200, first.text, first.headers.etag])
  t.same(await rowCounts(exchange.context), before, 'nothing is done twice')
  const other = await provider.put({ ...task, status: 'rejected' }, key)
  t.same([other.status, other.keys], [409, ['idempotency-key-reused']])
  t.match(other.text, /its body differs/)
  const elsewhere = await provider.put({ ...task, status: 'accepted', meta: { versionId: '7' } }, key)
  t.match(elsewhere.text, /conditions \(If-Match, If-None-Match, If-None-Exist\) and its body differ/)
  t.equal(
    (await trust.put({ ...task, status: 'cancelled' }, key)).status,
    412,
    'the key of another organisation is another key',
  )
})

t.test('also for creates, Bundles and what was refused the first time', async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { trust, provider } = both
  const bundle = orderBundle()
  const key = { 'idempotency-key': crypto.randomUUID() }
  const posted = await trust.post('', bundle, key)
  t.equal((await trust.post('', bundle, key)).text, posted.text)
  const accepted = await acceptedOrder(both)
  const { identifier: _, supportingInformation: _s, ...nameless } = dispenseOf(accepted, exchange.now)
  const two = await provider.post('MedicationDispense', nameless, { 'idempotency-key': 'd-1' })
  t.equal((await provider.post('MedicationDispense', nameless, { 'idempotency-key': 'd-1' })).body.id, two.body.id)
  const wrong = { ...nameless, quantity: { ...nameless.quantity, value: 400 } }
  t.equal((await provider.post('MedicationDispense', wrong, { 'idempotency-key': 'd-2' })).status, 422)
  t.equal(
    (
      await provider.post(
        'MedicationDispense',
        { ...nameless, whenPrepared: '2026-11-21' },
        { 'idempotency-key': 'd-2' },
      )
    ).status,
    201,
    'a refusal keeps no key',
  )
  t.equal((await provider.post('MedicationDispense', nameless, { 'idempotency-key': 'ü' })).status, 400)
})

t.test('all that gives a request its meaning must be the same under one key', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const team = await exchange.party('pharmacist', trust.organization)
  const key = { 'idempotency-key': 'same' }
  const first = await trust.post('Practitioner', { resourceType: 'Practitioner', name: [{ family: 'First' }] })
  const path = `Practitioner/${first.body.id}`
  const next = { ...first.body, name: [{ family: 'Next' }] }
  t.equal((await trust.send('PUT', path, next, { ...key, 'if-none-match': 'W/"7"' })).status, 200)
  t.equal((await trust.send('PUT', path, next, { ...key, 'if-none-match': 'W/"7"' })).status, 200)
  const refusals = [
    await trust.send('PUT', path, next, key),
    await trust.send('PUT', path, next, { ...key, 'if-none-match': 'W/"8"' }),
    await team.send('PUT', path, next, { ...key, 'if-none-match': 'W/"7"' }),
  ]
  t.same(
    refusals.map(({ status, keys }) => [status, ...keys]),
    refusals.map(() => [409, 'idempotency-key-reused']),
  )
  t.match(refusals[0]?.text, /conditions \(If-Match, If-None-Match, If-None-Exist\) differ/)
  t.match(refusals[2]?.text, /its role \(with Purpose-Of-Use\) differ/)
  const tester = await startExchange(t, { SERVER_TABLE: 'conformance/tester.json' })
  const any = await tester.party('tester', 'RBA')
  const stored = {
    resourceType: 'Parameters',
    id: 'p',
    parameter: ['a', 'b'].map((name) => ({ name, valueString: '1' })),
  }
  const patch = {
    resourceType: 'Parameters',
    id: 'p',
    parameter: [
      {
        name: 'operation',
        part: [
          { name: 'type', valueCode: 'delete' },
          { name: 'path', valueString: 'Parameters.parameter[1]' },
        ],
      },
    ],
  }
  t.equal((await any.send('PUT', 'Parameters/p', { ...stored, id: 'q' })).status, 400)
  t.equal((await any.send('PUT', 'Parameters/p', stored)).status, 201)
  const patched = await any.send('PATCH', 'Parameters/p', patch, key)
  t.equal(patched.status, 200, patched.text)
  const put = await any.send('PUT', 'Parameters/p', patch, key)
  t.same([put.status, put.keys], [409, ['idempotency-key-reused']])
  t.match(put.text, /its Content-Type differ/)
})

t.test('thirty at once under one key are one', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const practitioner = { resourceType: 'Practitioner', name: [{ family: 'Once' }] }
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => trust.post('Practitioner', practitioner, { 'idempotency-key': 'p' })),
  )
  t.equal(new Set(answers.map(({ body }) => body.id)).size, 1)
})

t.test('a key is forgotten after its time', async (t) => {
  const { runClock } = await import('../../src/interactions/clock.ts')
  const exchange = await startExchange(t, { IDEMPOTENCY_HOURS: '1' })
  const { trust } = await parties(exchange)
  const practitioner = { resourceType: 'Practitioner', name: [{ family: 'Twice' }] }
  const key = { 'idempotency-key': 'p' }
  const first = await trust.post('Practitioner', practitioner, key)
  exchange.now += 59 * 60_000
  await runClock(exchange.context)
  t.equal((await trust.post('Practitioner', practitioner, key)).body.id, first.body.id)
  exchange.now += 2 * 60_000
  await runClock(exchange.context)
  const { trust: anew } = await parties(exchange)
  t.not((await anew.post('Practitioner', practitioner, key)).body.id, first.body.id)
})
