/**
 * Danger: a second record of one person is made without a word, and months later every order that names the person by
 * the number is refused, with no way to delete either record.
 */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Answer, startExchange } from '../helper.ts'
import { inBundle, orderBundle, parties } from '../orders.ts'

const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code'
const NHS = 'https://fhir.nhs.uk/Id/nhs-number'
const LOCAL = 'https://trust.example/Id/record'

const exchange = await startExchange(t)
const { trust } = await parties(exchange)
const stranger = await exchange.party('trust', 'RA9')
const record = (type: 'Patient' | 'Practitioner' | 'Organization'): Resource =>
  inBundle(orderBundle(), type) as unknown as Resource
const patient = (number: string): Resource => ({ ...record('Patient'), identifier: [{ system: NHS, value: number }] })
const TOLD = { prefer: 'return=OperationOutcome' }

const warnings = ({ body }: { readonly body: object }): r4.OperationOutcomeIssue[] =>
  ((body as r4.OperationOutcome).issue ?? []).filter(({ details }) => details?.coding?.[0]?.code === 'record-duplicate')
const entries = ({ body }: Answer): r4.OperationOutcomeIssue[][] =>
  ((body as unknown as r4.Bundle).entry ?? []).map(({ response }) => warnings({ body: response?.outcome ?? {} }))
/** What a transaction of records that are all created unconditionally is told of each. */
async function transacted(...resources: Resource[]): Promise<r4.OperationOutcomeIssue[][]> {
  const entry = resources.map((resource) => ({ resource, request: { method: 'POST', url: resource.resourceType } }))
  const answer = await trust.post('', { resourceType: 'Bundle', type: 'transaction', entry })
  t.equal(answer.status, 200, answer.text)
  return entries(answer)
}

for (const type of ['Patient', 'Practitioner', 'Organization'] as const) {
  t.test(`who creates a second ${type} with the number of their own is told which is there`, async (t) => {
    const first = await trust.post(type, record(type))
    const { identifier } = first.body as unknown as r4.Patient
    const answer = await trust.post(type, record(type), TOLD)
    t.equal(answer.status, 201, answer.text)
    const [issue, ...more] = warnings(answer)
    t.match(issue, { severity: 'warning', expression: [`${type}.identifier`] })
    t.same(more, [])
    t.match(issue?.diagnostics, `${type}/${first.body.id} `)
    t.notMatch(answer.text, identifier?.[0]?.value ?? type)
    const condition = `identifier=${identifier?.[0]?.system}|${identifier?.[0]?.value}`
    const later = await trust.post(type, record(type), { 'if-none-exist': condition })
    t.same([later.status, later.keys], [412, ['multiple-matches']], 'the danger')
    t.match(later.text, 'by its id')
  })
}

t.test('what another trust keeps of the same person is not told', async (t) => {
  t.equal((await stranger.post('Patient', patient('9434765919'))).status, 201)
  const first = await trust.post('Patient', patient('9434765919'), TOLD)
  t.equal(first.status, 201)
  t.same(warnings(first), [])
  t.equal(warnings(await trust.post('Patient', patient('9434765919'), TOLD)).length, 1)
})

t.test('who has asked by a condition, sends another number, or deleted the first, is told nothing', async (t) => {
  const first = await trust.post('Patient', patient('9693633008'), TOLD)
  t.same(warnings(first), [])
  const condition = { ...TOLD, 'if-none-exist': `identifier=${NHS}|9693633008` }
  const matched = await trust.post('Patient', patient('9693633008'), condition)
  t.same([matched.status, warnings(matched)], [200, []])
  const other = { ...TOLD, 'if-none-exist': 'family=Nobody' }
  const created = await trust.post('Patient', patient('9693633008'), other)
  t.same([created.status, warnings(created)], [201, []])
  t.same(warnings(await trust.post('Patient', { ...record('Patient'), identifier: [{ value: '1' }] }, TOLD)), [])

  const gone = await trust.post('Organization', {
    ...record('Organization'),
    identifier: [{ system: ODS, value: 'RX1' }],
  })
  t.ok((await trust.send('DELETE', `Organization/${gone.body.id}`)).status < 300)
  const again = { ...record('Organization'), identifier: [{ system: ODS, value: 'RX1' }] }
  t.same(warnings(await trust.post('Organization', again, TOLD)), [])
})

t.test('where there is no national number the sender’s own counts', async (t) => {
  const local = { ...record('Practitioner'), identifier: [{ system: LOCAL, value: 'P77' }] }
  t.same(warnings(await trust.post('Practitioner', local, TOLD)), [])
  t.equal(warnings(await trust.post('Practitioner', local, TOLD)).length, 1)
})

t.test('in a transaction it is told at the entry, also of one that the same Bundle creates', async (t) => {
  const [none, second, ...rest] = await transacted(
    { ...record('Organization'), identifier: [{ system: ODS, value: 'RX2' }] },
    { ...record('Organization'), identifier: [{ system: ODS, value: 'RX2' }] },
    { ...record('Organization'), identifier: [{ system: ODS, value: 'RX3' }] },
  )
  t.same([none, rest], [[], [[]]])
  t.match(second, [{ severity: 'warning', expression: ['Bundle.entry[1].resource.identifier'] }])
})

t.test('of two that come at once the second is told, and what was refused is told to nobody', async (t) => {
  const two = await Promise.all([1, 2].map(() => trust.post('Patient', patient('9435797881'), TOLD)))
  t.equal(two.flatMap(warnings).length, 1)
  const refused = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { resource: patient('9658218873'), request: { method: 'POST', url: 'Patient' } },
      {
        resource: { resourceType: 'PractitionerRole', practitioner: { reference: 'Practitioner/nobody' } },
        request: { method: 'POST', url: 'PractitionerRole' },
      },
    ],
  }
  const [none, answer] = await Promise.all([
    trust.post('', refused),
    trust.post('Patient', patient('9658218873'), TOLD),
  ])
  t.same([none.status, none.keys], [422, ['reference-unresolved']])
  t.same([answer.status, warnings(answer)], [201, []])
})

t.test('a transaction sent again gets its first answer', async (t) => {
  const { trust } = await parties(await startExchange(t))
  t.equal((await trust.post('Patient', record('Patient'))).status, 201)
  const bundle = orderBundle()
  for (const { resource, request } of bundle.entry)
    if (resource?.resourceType === 'Patient') delete request?.ifNoneExist
  const first = await trust.post('', bundle)
  t.equal(first.status, 200, first.text)
  t.match(entries(first)[0], [{ expression: ['Bundle.entry[0].resource.identifier'] }])
  t.equal((await trust.post('', bundle)).text, first.text)
})

t.test('$validate tells it before', async (t) => {
  await trust.post('Patient', patient('9449310602'))
  t.equal(warnings(await trust.post('Patient/$validate?mode=create', patient('9449310602'))).length, 1)
  t.same(warnings(await stranger.post('Patient/$validate?mode=create', patient('9449310602'))), [])
})
