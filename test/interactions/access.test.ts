/** Who sees what: a party sees its own work and what belongs to it, and nothing of anybody else. */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Answer, type Exchange, type Party, resourcesOf, startExchange } from '../helper.ts'
import {
  acceptedOrder,
  CLINIC,
  clinicBundle,
  dispenseOf,
  inBundle,
  located,
  OTHER_PROVIDER,
  orderBundle,
  orderNumber,
  orderTask,
  PROVIDER,
  parties,
  TRUST,
} from '../orders.ts'

const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code'
const ids = (answer: Answer): string[] => resourcesOf(answer).map(({ id }) => id ?? '')
const polled = async (party: Party): Promise<string[]> => ids(await party.get('Task?status=requested'))

t.test('each party polls its own work and nobody else’s', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const other = await exchange.party('provider', OTHER_PROVIDER)
  const otherTrust = await exchange.party('trust', 'RXX')
  const first = located(await trust.post('', orderBundle()), 'MedicationRequest')
  const second = located(await otherTrust.post('', orderBundle({ trust: 'RXX' })), 'MedicationRequest')
  const tasks = [await orderTask(provider, first), await orderTask(provider, second)].map(({ id }) => id ?? '')
  t.same(await polled(provider), tasks, 'the provider works for both trusts')
  t.same(await polled(other), [], 'a second provider sees nothing')
  t.same(await polled(trust), [tasks[0]], 'a trust sees its own')
  t.same(await polled(otherTrust), [tasks[1]])
  for (const path of [`Task/${tasks[0]}`, first, `Task/${tasks[0]}/_history`]) {
    t.equal((await other.get(path)).status, 404, `${path} is not there for a second provider`)
    t.equal((await otherTrust.get(path)).status, 404, `${path} is not there for another trust`)
  }
  t.same(ids(await otherTrust.get(`Task?based-on=${first}`)), [])
  t.same(ids(await otherTrust.get('MedicationRequest?status:not=draft')), [second.split('/')[1]])
})

t.test('what is part of an order is found below it by those who see it, and by nobody else', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const other = await exchange.party('provider', OTHER_PROVIDER)
  const { order } = await acceptedOrder({ trust, provider })
  for (const party of [trust, provider]) {
    t.equal(ids(await party.get(`Task?part-of:below=${order.id}`)).length, 3, 'supplies')
    t.equal(ids(await party.get(`Task?part-of:above=${order.id}`)).length, 3)
  }
  for (const way of ['above', 'below']) t.same(ids(await other.get(`Task?part-of:${way}=Task/${order.id}`)), [])
})

t.test('the provider sees what its order needs, and nothing before there is an order', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const other = await exchange.party('provider', OTHER_PROVIDER)
  const types = ['Patient', 'Practitioner', 'PractitionerRole', 'Organization']
  const bundle = orderBundle()
  const order = bundle.entry.pop()
  const made = await trust.post('', bundle)
  for (const type of types) t.same(ids(await provider.get(type)), [], `${type} before the order`)
  const role = located(made, 'PractitionerRole')
  const prescription = {
    ...order?.resource,
    subject: { reference: located(made, 'Patient') },
    requester: { reference: role },
  }
  t.equal((await trust.post('MedicationRequest', prescription)).status, 201)
  for (const type of types) {
    const [resource] = resourcesOf(await provider.get(type))
    t.equal((await provider.get(`${type}/${resource?.id}`)).status, 200, `${type} with the order`)
    t.same(ids(await other.get(type)), [], `${type} for another provider`)
  }
})

t.test('a draft is invisible to the provider until it is active', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const bundle = orderBundle()
  inBundle(bundle, 'MedicationRequest').status = 'draft'
  const reference = located(await trust.post('', bundle), 'MedicationRequest')
  t.equal((await provider.get(reference)).status, 404)
  t.same(await polled(provider), [])
  t.same(ids(await provider.get('Patient')), [])
  const draft = (await trust.get(reference)).body
  t.equal((await trust.put({ ...draft, status: 'active' })).status, 200)
  t.equal((await provider.get(reference)).status, 200)
  t.equal((await polled(provider)).length, 1)
  t.equal(resourcesOf(await provider.get('Patient')).length, 1)
})

t.test('parties change what is theirs to change', async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { trust, provider } = both
  const bundle = orderBundle()
  const item = bundle.entry.at(-1)?.fullUrl ?? ''
  bundle.entry.push({
    resource: {
      resourceType: 'Provenance',
      target: [{ reference: item }],
      recorded: '2026-11-22T09:00:00Z',
      agent: [{ who: { display: 'prescriber' } }],
    } as r4.Provenance,
    request: { method: 'POST', url: 'Provenance' },
  })
  t.equal((await trust.post('', bundle)).status, 200)
  const one = async (type: string): Promise<Resource> => resourcesOf(await provider.get(type))[0] as Resource
  const attempts: [string, number, string][] = [
    ['Patient', 403, 'role-forbidden'],
    ['Provenance', 405, 'interaction-unsupported'],
    ['MedicationRequest', 403, 'role-forbidden'],
    ['Organization', 403, 'role-forbidden'],
    ['PractitionerRole', 403, 'role-forbidden'],
  ]
  for (const [type, status, key] of attempts) {
    const answer = await provider.put({ ...(await one(type)), language: 'en' })
    t.same([answer.status, answer.keys], [status, [key]], `a provider does not change the trust’s ${type}`)
  }
  const disguised = await exchange.party('trust', PROVIDER)
  const answer = await disguised.put({ ...(await one('Patient')), active: true })
  t.same([answer.status, answer.keys], [403, ['role-forbidden']], 'nor does it with another role')

  const accepted = await acceptedOrder(both)
  const dispense = (await provider.post('MedicationDispense', dispenseOf(accepted, exchange.now))).body
  t.equal((await trust.get(`MedicationDispense/${dispense.id}`)).status, 200, 'the trust sees the dispense')
  const byTrust = await trust.put({ ...dispense, status: 'entered-in-error' })
  t.same([byTrust.status, byTrust.keys], [403, ['role-forbidden']], 'and does not change it')
  const asProvider = await exchange.party('provider', TRUST)
  t.same((await asProvider.put({ ...dispense, status: 'entered-in-error' })).status, 403, 'nor in another role')
  const order = (await trust.get(`Task/${accepted.order.id}`)).body
  const onOrder = await trust.put({ ...order, status: 'completed' })
  t.equal(onOrder.status, 403, 'a trust does not take the provider’s steps')
  t.same(onOrder.keys, ['transition-not-yours'])
})

t.test('a trust does not use another trust’s resources', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const stranger = await exchange.party('trust', 'RXX')
  const made = await trust.post('', orderBundle())
  const bundle = orderBundle({ trust: 'RXX' })
  inBundle(bundle, 'MedicationRequest').subject = { reference: located(made, 'Patient') }
  const answer = await stranger.post('', bundle)
  t.same([answer.status, answer.keys], [422, ['reference-unresolved']])
  inBundle(bundle, 'MedicationRequest').subject = {
    reference: `${exchange.context.base}/${located(made, 'Patient')}/_history/1`,
  }
  t.same((await stranger.post('', bundle)).keys, ['reference-unresolved'], 'nor by its absolute address or version')
  t.same(ids(await stranger.get('MedicationRequest')), [])
})

/** Posts two orders one after the other, as the clinic’s EPR does: the second finds what the first has made. */
async function clinicOrders(exchange: Exchange): Promise<string[]> {
  const clinic = await exchange.party('trust', CLINIC)
  const references: string[] = []
  for (let i = 0; i < 2; i++)
    references.push(located(await clinic.post('', clinicBundle(CLINIC, TRUST)), 'MedicationRequest'))
  return references
}

t.test('a clinic that is part of a trust: both see the order', async (t) => {
  await t.test('sent by the clinic', async (t) => {
    const exchange = await startExchange(t)
    const { trust, provider } = await parties(exchange)
    const clinic = await exchange.party('trust', CLINIC)
    for (const reference of await clinicOrders(exchange)) {
      const task = (await orderTask(trust, reference)) as unknown as r4.Task
      t.equal(task.requester?.identifier?.value, TRUST, 'the trust asks')
      t.equal((await orderTask(clinic, reference)).id, task.id)
      t.equal((await orderTask(provider, reference)).id, task.id)
      t.equal((await trust.get(reference)).status, 200)
      t.equal((await trust.get(task.for?.reference ?? '')).status, 200, 'and the patient')
    }
    t.same(ids(await (await exchange.party('trust', 'RXX')).get('Task')), [])
  })
  await t.test('sent by the trust', async (t) => {
    const exchange = await startExchange(t)
    const { trust } = await parties(exchange)
    const clinic = await exchange.party('trust', CLINIC)
    for (let i = 0; i < 2; i++) {
      const reference = located(await trust.post('', clinicBundle(CLINIC, TRUST)), 'MedicationRequest')
      t.equal((await orderTask(clinic, reference)).id, (await orderTask(trust, reference)).id)
    }
  })
  await t.test('an item that joins brings its own clinic along', async (t) => {
    const exchange = await startExchange(t)
    const { trust } = await parties(exchange)
    const joined = orderNumber(900)
    const references: string[] = []
    for (const code of [CLINIC, 'A99969']) {
      const bundle = clinicBundle(code, TRUST)
      inBundle(bundle, 'MedicationRequest').groupIdentifier = {
        system: 'https://fhir.nhs.uk/Id/prescription-order-number',
        value: joined,
      }
      references.push(located(await trust.post('', bundle), 'MedicationRequest'))
    }
    const second = await exchange.party('trust', 'A99969')
    t.equal((await orderTask(second, references[1] ?? '')).id, (await orderTask(trust, references[0] ?? '')).id)
  })
})

t.test('an organisation that claims to be another’s parent gains nothing', async (t) => {
  await t.test('by its own record of the other', async (t) => {
    const exchange = await startExchange(t)
    const { trust } = await parties(exchange)
    const claimant = await exchange.party('trust', 'RXX')
    // It names the trust as provider, so that the trust can see what it claims.
    const claim = clinicBundle(TRUST, 'RXX')
    inBundle(claim, 'MedicationRequest').dispenseRequest = { performer: { identifier: { system: ODS, value: TRUST } } }
    t.equal((await claimant.post('', claim)).status, 200)
    const seen = resourcesOf(await trust.get('Organization'))
    t.equal(seen.length, 1, 'the trust sees the claim')

    const reference = located(await trust.post('', orderBundle()), 'MedicationRequest')
    t.equal((await claimant.get(reference)).status, 404, 'found by ODS code')
    const bundle = orderBundle()
    inBundle(bundle, 'PractitionerRole').organization = { reference: `Organization/${seen[0]?.id}` }
    const direct = located(await trust.post('', bundle), 'MedicationRequest')
    t.equal((await claimant.get(direct)).status, 404, 'referred to')
    const task = (await orderTask(trust, direct)) as unknown as r4.Task
    t.equal(task.requester?.identifier?.value, TRUST)
    t.equal((await claimant.get(`Task/${task.id}`)).status, 404)
  })
  await t.test('by its own prescription', async (t) => {
    const exchange = await startExchange(t)
    const { trust, provider } = await parties(exchange)
    const claimant = await exchange.party('trust', 'RXX')
    const reference = located(await claimant.post('', clinicBundle(TRUST, 'RXX')), 'MedicationRequest')
    const mine = located(await trust.post('', orderBundle()), 'MedicationRequest')
    t.equal((await claimant.get(mine)).status, 404)
    const task = (await orderTask(provider, reference)) as unknown as r4.Task
    t.equal(task.requester?.identifier?.value, 'RXX', 'the sender asks, whatever it writes')
  })
})

t.test('another organisation’s record of the same patient is not taken for one’s own', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const clinic = await exchange.party('trust', CLINIC)
  const theirs = located(await clinic.post('', clinicBundle(CLINIC, TRUST)), 'Patient')
  t.equal((await trust.get(theirs)).status, 200, 'the trust sees the clinic’s record')
  const first = located(await trust.post('', orderBundle()), 'Patient')
  t.not(first, theirs, 'an address that the clinic changes must not redirect the trust’s deliveries')
  t.equal(located(await trust.post('', orderBundle()), 'Patient'), first, 'its own is found from then on')
})

t.test('two names for the provider are refused: the patient would be shown to both', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const organization = await trust.post('Organization', {
    resourceType: 'Organization',
    identifier: [{ system: ODS, value: OTHER_PROVIDER }],
    name: 'Other',
  })
  const bundle = orderBundle()
  const performer = { reference: `Organization/${organization.body.id}` }
  inBundle(bundle, 'MedicationRequest').dispenseRequest = {
    performer: { ...performer, identifier: { system: ODS, value: PROVIDER } },
  }
  t.same((await trust.post('', bundle)).keys, ['order-provider-ambiguous'])
  inBundle(bundle, 'MedicationRequest').dispenseRequest = {
    performer: { reference: `${exchange.context.base}/Organization/${organization.body.id}` },
  }
  const answer = await trust.post('', bundle)
  t.equal(answer.status, 200, answer.text)
  const other = await exchange.party('provider', OTHER_PROVIDER)
  t.equal((await polled(other)).length, 1, 'a reference alone names the provider')
})

t.test('a provider that works for two trusts shows neither what the other has sent', async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { trust, provider } = both
  const other = await exchange.party('trust', 'RXX')
  const mine = await acceptedOrder(both)
  const theirs = await other.post('', orderBundle({ trust: 'RXX' }))
  const [patient, practitioner, item] = ['Patient', 'Practitioner', 'MedicationRequest'].map((type) =>
    located(theirs, type),
  ) as [string, string, string]
  const task = await orderTask(provider, item)
  const role = await provider.post('PractitionerRole', {
    resourceType: 'PractitionerRole',
    practitioner: { reference: practitioner },
  })
  t.equal(role.status, 201, role.text)
  const dispense = dispenseOf(mine, exchange.now)
  const renewal = (who: string): r4.Task => ({
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: 'https://homecare-exchange.org/fhir/CodeSystem/task-code', code: 'renewal' }] },
    basedOn: [{ reference: `MedicationRequest/${mine.item.id}` }],
    for: { reference: who },
    requester: { identifier: { system: ODS, value: PROVIDER } },
    owner: { identifier: { system: ODS, value: TRUST } },
  })
  const note = (...about: string[]) => ({
    resourceType: 'Communication',
    status: 'completed',
    about: about.map((reference) => ({ reference })),
    payload: [{ contentString: 'x' }],
  })
  const attacks: [string, string, unknown][] = [
    ['who received it', 'MedicationDispense', { ...dispense, receiver: [{ reference: patient }] }],
    ['who gave it out', 'MedicationDispense', { ...dispense, performer: [{ actor: { reference: practitioner } }] }],
    [
      'by way of its own role',
      'MedicationDispense',
      { ...dispense, performer: [{ actor: { reference: `PractitionerRole/${role.body.id}` } }] },
    ],
    ['whose next prescription is asked for', 'Task', renewal(patient)],
    ['one note about two trusts', 'Communication', note(`Task/${mine.order.id}`, `Task/${task.id}`)],
  ]
  for (const [name, path, body] of attacks) {
    const answer = await provider.post(path, body)
    t.same([answer.status, answer.keys], [422, ['reference-shows-others']], name)
    for (const each of [patient, practitioner]) t.equal((await trust.get(each)).status, 404, name)
    t.same(ids(await trust.get('Communication')), [])
  }
  t.equal((await provider.post('MedicationDispense', dispense)).status, 201, 'its own and the trust’s own are no harm')
  const own = (mine.item as unknown as r4.MedicationRequest).subject.reference ?? ''
  t.equal((await provider.post('Task', renewal(own))).status, 201)
  t.equal((await provider.post('Communication', note(`Task/${mine.order.id}`))).status, 201)
})

t.test('the number of another trust’s prescription says nothing, and stops nothing', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const other = await exchange.party('trust', 'RXX')
  const victim = located(await trust.post('', orderBundle()), 'MedicationRequest')
  const [number] = ((await trust.get(victim)).body as unknown as r4.MedicationRequest).identifier ?? []
  const told = async (value: string) => {
    const bundle = orderBundle({ trust: 'RXX' })
    inBundle(bundle, 'MedicationRequest').priorPrescription = { identifier: { ...number, value } }
    const { status, keys } = await other.post('', bundle)
    return [status, keys]
  }
  t.same(await told(number?.value ?? ''), await told('aaaaaaaa-9ebc-4ad0-8bfe-0c2e4a6d8f66'))
  t.match((await trust.get(victim)).body, { status: 'active' })
  const bundle = orderBundle()
  inBundle(bundle, 'MedicationRequest').priorPrescription = { identifier: { ...number } }
  t.equal((await trust.post('', bundle)).status, 200)
  t.match((await trust.get(victim)).body, { status: 'stopped' }, 'one’s own is replaced')
})

t.test('what is wrong with a stored resource is for those who may read it', async (t) => {
  const exchange = await startExchange(t)
  const { trust } = await parties(exchange)
  const made = await trust.post('', orderBundle())
  for (const type of ['Patient', 'MedicationRequest']) {
    const path = located(made, type)
    t.equal((await trust.get(`${path}/$validate`)).status, 200)
    for (const role of ['observer', 'manufacturer', 'logistics'] as const) {
      const party = await exchange.party(role, TRUST)
      for (const each of [path, `${type}/01900000-0000-7000-8000-000000000000`]) {
        for (const query of ['', '?mode=delete']) {
          const answer = await party.get(`${each}/$validate${query}`)
          t.same([answer.status, answer.keys], [403, ['role-forbidden']], `${role} ${type}${query}`)
        }
      }
    }
    const stranger = await exchange.party('trust', 'RXX')
    t.equal((await stranger.get(`${path}/$validate`)).status, 404)
  }
})
