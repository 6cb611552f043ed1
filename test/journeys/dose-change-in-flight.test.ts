/** The dose changes: a new prescription takes the place of the old one, which is barred from that instant. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { type Answer, rowCounts } from '../helper.ts'
import { inBundle, located, orderBundle, orderTask, stateOf, TRUST } from '../orders.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { DAY, reason, story, supplyState } from './story.ts'

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
  t.equal(answer.status, 200, 'the number is as unknown to it as any')
  t.equal((await read(trust, old.item)).status, 'active')
})

const issues = (answer: Answer): r4.OperationOutcomeIssue[] =>
  ((answer.body as unknown as r4.Bundle).entry ?? []).flatMap(
    ({ response }) => (response?.outcome as r4.OperationOutcome | undefined)?.issue ?? [],
  )
const told = (answer: Answer): string[] =>
  issues(answer).map(({ severity, details }) => `${severity} ${details?.coding?.[0]?.code}`)

t.test(
  'two live orders for one medicine: the trust is warned, the provider sees it, a policy refuses it',
  async (t) => {
    const { trust, provider, read, move, order: place } = await story(t)
    const first = await place()
    t.equal((await read(provider, first.task)).input, undefined)
    const second = await trust.post('', orderBundle())
    t.equal(second.status, 200, second.text)
    t.ok(told(second).includes('warning prescription-concurrent'), second.text.slice(0, 900))
    const task = await orderTask(provider, located(second, 'MedicationRequest'))
    t.match(task.input, [
      { type: { coding: [{ code: 'concurrent-order' }] }, valueReference: { reference: first.task } },
    ])
    const bundle = orderBundle()
    inBundle(bundle, 'MedicationRequest').priorPrescription = { reference: first.item }
    const third = await trust.post('', bundle)
    t.ok(told(third).includes('warning prescription-concurrent'), 'it replaces one of the two, not the other')
    t.equal((await read(trust, first.item)).status, 'stopped')
    await move(trust, located(second, 'MedicationRequest'), { status: 'cancelled', ...reason('prescribing-error') })
    await move(trust, located(third, 'MedicationRequest'), { status: 'cancelled', ...reason('prescribing-error') })
    t.notOk(told(await trust.post('', orderBundle())).includes('warning prescription-concurrent'), 'none is left')
  },
)

t.test('a second order is seen though the patient has another record, and is only referred to', async (t) => {
  const { trust, read, order: place } = await story(t)
  const first = await place()
  const record = await read(trust, ((await read(trust, first.item)).subject as r4.Reference).reference ?? '')
  const { id: _, meta: __, ...person } = record
  const other = await trust.post('Patient', person)
  t.equal(other.status, 201, other.text)
  const bundle = orderBundle()
  const entry = bundle.entry.filter(({ resource }) => resource?.resourceType !== 'Patient')
  inBundle(bundle, 'MedicationRequest').subject = { reference: `Patient/${other.body.id}` }
  const second = await trust.post('', { ...bundle, entry })
  t.equal(second.status, 200, second.text)
  t.ok(told(second).includes('warning prescription-concurrent'), second.text.slice(0, 900))
})

t.test('a sender that goes round in circles is told of five orders, however many there are', async (t) => {
  const { trust } = await story(t)
  for (let i = 0; i < 7; i++) t.equal((await trust.post('', orderBundle())).status, 200)
  const [warning] = issues(await trust.post('', orderBundle())).filter(
    ({ details }) => details?.coding?.[0]?.code === 'prescription-concurrent',
  )
  t.equal(warning?.diagnostics?.match(/Task\//g)?.length, 5)
})

t.test('where the trust’s policy refuses a second order, nothing of it is stored', async (t) => {
  const policy = JSON.parse(readFileSync('conformance/policy.json', 'utf8')) as { rows: object[] }
  policy.rows.push({ trust: TRUST, secondOrder: 'refuse' })
  const file = join(temporaryFolder(t), 'policy.json')
  writeFileSync(file, JSON.stringify(policy))
  const { trust, exchange, order: place } = await story(t, { POLICY: file })
  const first = await place()
  const before = await rowCounts(exchange.context)
  const second = await trust.post('', orderBundle())
  t.same([second.status, second.keys], [422, ['prescription-concurrent']])
  t.match(second.text, first.task, 'it says which order')
  t.same(await rowCounts(exchange.context), before)
  const bundle = orderBundle()
  inBundle(bundle, 'MedicationRequest').priorPrescription = { reference: first.item }
  t.equal((await trust.post('', bundle)).status, 200, 'named as the prior one it is replaced')
})
