/** A new patient: registered with a provider, the prescription screened by the trust's pharmacist, then sent. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import { readFileSync } from 'node:fs'
import { resourcesOf } from '../helper.ts'
import { PROVIDER, stateOf, TRUST } from '../orders.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { DAY, extensionValue, lasting, outputOf, reason, story } from './story.ts'

const ods = (value: string) => ({ identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value } })

t.test('registration has the trust’s day and the provider’s', async (t) => {
  const { trust, provider, move, change, read, pass, order: place } = await story(t)
  const known = await place()
  const patient = (await read(trust, known.item)).subject
  const asked = await trust.post('Task', {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: 'https://homecare-exchange.org/fhir/CodeSystem/task-code', code: 'registration' }] },
    for: patient,
    authoredOn: '2026-11-22T09:00:00Z',
    requester: ods(TRUST),
    owner: ods(PROVIDER),
  })
  t.equal(asked.status, 201, asked.text)
  const task = `Task/${asked.body.id}`
  t.equal(extensionValue(asked.body, 'next-actor'), 'provider')
  await move(provider, task, { status: 'received' })
  await move(provider, task, { status: 'on-hold', ...reason('address-error') })
  await pass(4 * DAY)
  t.ok(extensionValue(await read(trust, task), 'overdue-since'), 'the trust is late')
  await move(trust, task, { status: 'received', note: [{ text: 'address corrected' }] })
  const early = await change(provider, task, { status: 'completed' })
  t.same([early.status, early.keys], [422, ['transition-requirement']], 'since when?')
  const done = await move(provider, task, {
    status: 'completed',
    output: [outputOf('registered-on', { valueDate: '2026-11-27' })],
  })
  t.equal(stateOf(done), 'registered')
  t.equal(
    (await provider.post('Task', { ...asked.body, requester: ods(PROVIDER) })).status,
    403,
    'a provider registers nobody by itself',
  )
})

t.test('where the policy asks for it, the provider is told nothing before a pharmacist has looked', async (t) => {
  const file = join(temporaryFolder(t), 'policy.json')
  const policy = JSON.parse(readFileSync(join(packageRoot, 'conformance/policy.json'), 'utf8')) as { rows: object[] }
  policy.rows.push({ trust: TRUST, screening: true })
  writeFileSync(file, JSON.stringify(policy))
  const { trust, provider, read, change, move, order: place, exchange } = await story(t, { POLICY: file })
  const team = await lasting(exchange, 'pharmacist', TRUST)
  const order = await place()
  t.equal(stateOf(await read(trust, order.task)), 'awaiting-screening')
  t.equal((await provider.get(order.task)).status, 404)
  t.equal((await provider.get(order.item)).status, 404)
  t.same(resourcesOf(await provider.get('Task')), [])
  const blind = await change(team, order.task, { status: 'requested' })
  t.same([blind.status, blind.keys], [422, ['transition-requirement']], 'who looked?')
  const pharmacist = {
    valueReference: { identifier: { system: 'https://fhir.hl7.org.uk/Id/gphc-number', value: '2084567' } },
  }
  const screened = { status: 'requested', output: [outputOf('screened-by', pharmacist)] }
  const epr = await change(trust, order.task, screened)
  t.same([epr.status, epr.keys], [403, ['transition-not-yours']], 'whoever prescribes does not screen')
  await move(team, order.task, screened)
  t.equal(stateOf(await read(provider, order.task)), 'submitted')
  t.equal((await provider.get(order.item)).status, 200)
  const patient = (await read(trust, order.item)).subject as { reference: string }
  t.equal((await provider.get(patient.reference)).status, 200)
  await order.accept()
  await order.work((await order.supplies())[0] ?? '')
  const refused = await place()
  await move(trust, refused.task, { status: 'cancelled', ...reason('prescribing-error') })
  t.equal((await provider.get(refused.task)).status, 404, 'what was not sent is never seen')
})
