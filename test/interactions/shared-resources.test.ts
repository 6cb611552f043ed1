/**
 * Patient, Practitioner, PractitionerRole and Organization are kept for each owner apart: what a trust sends never
 * reaches another trust's record, by whatever road it comes. Named by attack.
 */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Answer, type Party, resourcesOf, startExchange } from '../helper.ts'
import { inBundle, located, orderBundle, parties } from '../orders.ts'

const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code'
const NHS = 'https://fhir.nhs.uk/Id/nhs-number'
const SHARED = ['Patient', 'Practitioner', 'PractitionerRole', 'Organization'] as const
const ATTACKER = 'RXX'

const exchange = await startExchange(t)
const { trust, provider } = await parties(exchange)
const attacker = await exchange.party('trust', ATTACKER)

// The victim's order, whose supporting resources the provider delivers by.
const order = await trust.post('', orderBundle())
const victim = await Promise.all(SHARED.map(async (type) => (await trust.get(located(order, type))).body))
const patient = victim[0] as Resource & r4.Patient
const nhsNumber = patient.identifier?.find(({ system }) => system === NHS)?.value ?? ''

/** Every version of the victim's records, as the trust and its provider read them. */
const seen = async (): Promise<unknown[]> =>
  Promise.all(
    victim.flatMap(({ resourceType, id }) =>
      [trust, provider].map(async (party) => {
        const [now, history] = await Promise.all([
          party.get(`${resourceType}/${id}`),
          party.get(`${resourceType}/${id}/_history`),
        ])
        return [now.status, now.text, now.headers.etag, (history.body as unknown as r4.Bundle).total]
      }),
    ),
  )
const before = await seen()
t.ok(nhsNumber && before.length === 8, 'there is something to attack')

/** An order of the attacker whose shared resources all differ from the victim's, but for the identifiers. */
function poisoned(number?: string) {
  const bundle = orderBundle({ trust: ATTACKER, ...(number === undefined ? {} : { orderNumber: number }) })
  const { identifier = [] } = inBundle(bundle, 'Patient')
  Object.assign(inBundle(bundle, 'Patient'), {
    identifier,
    address: [{ use: 'home', line: ['1 Thief Lane'], city: 'Leeds', postalCode: 'LS1 1AA' }],
    telecom: [{ system: 'phone', value: '07700900000' }],
  })
  const own = inBundle(bundle, 'Organization')
  own.name = 'Poisoned'
  return bundle
}

const attack = (name: string, work: (t: Test) => Promise<void>) =>
  t.test(name, async (t) => {
    await work(t)
    t.same(await seen(), before, 'the victim’s records, versions and histories are as they were')
  })

/** Ids of what an answer made or found, which must not be the victim’s. */
const madeIn = (answer: Answer): string[] =>
  ((answer.body as unknown as r4.Bundle).entry ?? []).flatMap(({ response }) => response?.location ?? [])

const notTheVictims = (t: Test, answer: Answer): void => {
  for (const { id } of victim) t.notOk(answer.text.includes(id ?? ''), 'no id of the victim is told')
}

await attack('a transaction with the same NHS number and another address', async (t) => {
  const answer = await attacker.post('', poisoned())
  t.equal(answer.status, 200, answer.text.slice(0, 300))
  notTheVictims(t, answer)
  t.equal(madeIn(answer).length > 4, true)
  const mine = (await attacker.get(located(answer, 'Patient'))).body as Resource & r4.Patient
  t.equal(mine.address?.[0]?.city, 'Leeds', 'the attacker changed its own record')
})

await attack('a transaction that claims the victim’s own ODS code for its organisation', async (t) => {
  const bundle = poisoned()
  inBundle(bundle, 'Organization').identifier = [{ system: ODS, value: trust.organization }]
  notTheVictims(t, await attacker.post('', bundle))
})

const ways = (body: Resource): [name: string, work: (party: Party) => Promise<Answer>][] => {
  const { resourceType: type, id, identifier } = body as Resource & { identifier?: r4.Identifier[] }
  const [{ system, value } = { system: ODS, value: trust.organization }] = identifier ?? []
  const condition = `identifier=${system}|${value}`
  const changed = { ...body, language: 'en' } as Resource
  const asNew = { ...changed, id: undefined } as unknown as Resource
  const entry = (request: r4.BundleEntryRequest, resource: Resource | undefined, bundle: string) => ({
    resourceType: 'Bundle',
    type: bundle,
    entry: [{ fullUrl: `urn:uuid:${randomUUID()}`, resource, request }],
  })
  const patch = [{ op: 'add', path: '/language', value: 'en' }]
  const json = { 'content-type': 'application/json-patch+json' }
  return [
    ['an update by id', (party) => party.put(changed)],
    ['an update by id without a version', (party) => party.send('PUT', `${type}/${id}`, changed)],
    ['a patch by id', (party) => party.send('PATCH', `${type}/${id}`, patch, { ...json, 'if-match': 'W/"1"' })],
    ['a patch by identifier', (party) => party.send('PATCH', `${type}?${condition}`, patch, json)],
    ['a deletion by id', (party) => party.send('DELETE', `${type}/${id}`)],
    ['a deletion by identifier', (party) => party.send('DELETE', `${type}?${condition}`)],
    ['a conditional update', (party) => party.send('PUT', `${type}?${condition}`, asNew)],
    ['a conditional update with the victim’s id', (party) => party.send('PUT', `${type}?_id=${id}`, changed)],
    ['If-None-Exist by identifier', (party) => party.post(type, asNew, { 'if-none-exist': condition })],
    ['If-None-Exist by id', (party) => party.post(type, asNew, { 'if-none-exist': `_id=${id}` })],
    ...(['transaction', 'batch'] as const).flatMap((kind): ReturnType<typeof ways> => [
      [`a ${kind} that puts the id`, (p) => p.post('', entry({ method: 'PUT', url: `${type}/${id}` }, changed, kind))],
      [
        `a ${kind} that puts by identifier`,
        (p) => p.post('', entry({ method: 'PUT', url: `${type}?${condition}` }, asNew, kind)),
      ],
      [
        `a ${kind} that creates where none exists`,
        (p) => p.post('', entry({ method: 'POST', url: type, ifNoneExist: condition }, asNew, kind)),
      ],
      [
        `a ${kind} whose entry is named by the victim’s address`,
        (p) => {
          const bundle = entry({ method: 'POST', url: type }, changed, kind)
          Object.assign(bundle.entry[0] ?? {}, { fullUrl: `${exchange.context.base}/${type}/${id}` })
          return p.post('', bundle)
        },
      ],
      [`a ${kind} that deletes`, (p) => p.post('', entry({ method: 'DELETE', url: `${type}/${id}` }, undefined, kind))],
    ]),
  ]
}

for (const body of victim) {
  for (const [name, work] of ways(body)) {
    await attack(`${name}: ${body.resourceType}`, async (t) => {
      const answer = await work(attacker)
      t.ok(answer.status < 500, `${answer.status}`)
      const refused = answer.status >= 400
      const entries = (answer.body as unknown as r4.Bundle).entry ?? []
      const told = refused ? '' : JSON.stringify([answer.headers.location, entries.map(({ response }) => response)])
      t.notOk(told.includes(body.id ?? ''), 'what was written is not the victim’s')
    })
  }
}

await attack('a message with the same patient, practitioner and identifiers', async (t) => {
  const bundle = poisoned()
  const names = bundle.entry.map(({ fullUrl }) => fullUrl ?? '')
  const role = names[bundle.entry.findIndex(({ resource }) => resource?.resourceType === 'PractitionerRole')] ?? ''
  const item = names[bundle.entry.findIndex(({ resource }) => resource?.resourceType === 'MedicationRequest')] ?? ''
  const header: r4.MessageHeader = {
    resourceType: 'MessageHeader',
    id: randomUUID(),
    eventCoding: { system: 'https://fhir.nhs.uk/CodeSystem/message-event', code: 'prescription-order' },
    sender: { reference: role, identifier: { system: ODS, value: ATTACKER } },
    source: { endpoint: `https://directory.example.org/${ATTACKER}` },
    focus: [{ reference: item }],
  }
  const provenance: r4.Provenance = {
    resourceType: 'Provenance',
    target: [{ reference: item }],
    recorded: '2026-11-22T08:59:00+00:00',
    agent: [{ who: { reference: role } }],
  }
  inBundle(bundle, 'MedicationRequest').identifier = [
    { system: 'https://fhir.nhs.uk/Id/prescription-order-item-number', value: randomUUID() },
  ]
  inBundle(bundle, 'Practitioner').identifier = [
    { system: 'https://fhir.nhs.uk/Id/sds-user-id', value: '555086689106' },
  ]
  inBundle(bundle, 'PractitionerRole').identifier = [
    { system: 'https://fhir.nhs.uk/Id/sds-role-profile-id', value: '601986680555' },
  ]
  const answer = await attacker.post('$process-message', {
    resourceType: 'Bundle',
    identifier: { system: 'https://tools.ietf.org/html/rfc4122', value: randomUUID() },
    type: 'message',
    entry: [
      { fullUrl: `urn:uuid:${randomUUID()}`, resource: header },
      ...bundle.entry.map(({ fullUrl, resource }) => ({ fullUrl, resource })),
      { fullUrl: `urn:uuid:${randomUUID()}`, resource: provenance },
    ],
  })
  t.equal(answer.status, 200, answer.text.slice(0, 400))
  notTheVictims(t, answer)
})

t.test('the victim finds its own record again, not the attacker’s', async (t) => {
  const again = await trust.post('', orderBundle())
  t.equal(located(again, 'Patient'), `Patient/${patient.id}`)
  const found = resourcesOf(await trust.get(`Patient?identifier=${NHS}|${nhsNumber}`))
  t.same(
    found.map(({ id }) => id),
    [patient.id],
  )
  t.notMatch(JSON.stringify(found), /Thief/)
})
