/** Nothing is prescribed for somebody whose stored record says that he has died, whichever way the prescription comes. */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { startExchange } from '../helper.ts'
import { inBundle, located, orderBundle, parties } from '../orders.ts'

const exchange = await startExchange(t)
const { trust } = await parties(exchange)
const NHS = 'https://fhir.nhs.uk/Id/nhs-number'
const number = (value: string): r4.Identifier => ({ system: NHS, value })
const LIVING = '9449304130'
const [DEAD, TWICE] = ['9434765919', '9693633008']

const placed = await trust.post('', orderBundle())
const item = (await trust.get(located(placed, 'MedicationRequest'))).body as unknown as r4.MedicationRequest
const record = (await trust.get(item.subject.reference ?? '')).body as unknown as r4.Patient
const { id: _, meta: __, ...particulars } = record
const { id: ___, meta: ____, ...same } = item
const patient = async (changes: object): Promise<string> => {
  const made = await trust.post('Patient', { ...particulars, ...changes })
  return `Patient/${made.body.id}`
}
/** The prescription for somebody else, with numbers of its own. */
function prescription(subject: r4.Reference, changes: object = {}): r4.MedicationRequest {
  const { identifier, groupIdentifier } = inBundle(orderBundle(), 'MedicationRequest')
  return { ...same, identifier, groupIdentifier, subject, ...changes } as r4.MedicationRequest
}
const dead = await patient({ identifier: [number(DEAD)], deceasedDateTime: '2026-11-01' })
const DIED = [422, ['patient-deceased']]

t.test('by a prescription of its own, created, updated to or patched to an order', async (t) => {
  const created = await trust.post('MedicationRequest', prescription({ reference: dead }))
  t.same([created.status, created.keys], DIED)
  t.match(created.text, 'PATIENT_DECEASED')
  t.notMatch(created.text, DEAD)
  const conditional = await trust.send('POST', 'MedicationRequest', JSON.stringify(prescription({ reference: dead })), {
    'if-none-exist': 'identifier=https://fhir.nhs.uk/Id/prescription-order-item-number|none-of-these',
  })
  t.same([conditional.status, conditional.keys], DIED)
  const draft = await trust.post('MedicationRequest', prescription({ reference: dead }, { status: 'draft' }))
  t.equal(draft.status, 201)
  const ifMatch = { 'if-match': 'W/"1"' }
  const activated = await trust.put({ ...draft.body, status: 'active' })
  t.same([activated.status, activated.keys], DIED)
  const patched = await trust.send(
    'PATCH',
    `MedicationRequest/${draft.body.id}`,
    JSON.stringify([{ op: 'replace', path: '/status', value: 'active' }]),
    { ...ifMatch, 'content-type': 'application/json-patch+json' },
  )
  t.same([patched.status, patched.keys], DIED)
})

t.test('by the NHS number alone', async (t) => {
  const answer = await trust.post('MedicationRequest', prescription({ identifier: number(DEAD) }))
  t.same([answer.status, answer.keys], DIED)
})

t.test('in a transaction that refers to the record by a condition', async (t) => {
  const bundle = orderBundle()
  const entry = bundle.entry.find(({ resource }) => resource?.resourceType === 'Patient')
  bundle.entry = bundle.entry.filter((one) => one !== entry)
  inBundle(bundle, 'MedicationRequest').subject = { reference: `Patient?identifier=${NHS}|${DEAD}` }
  const answer = await trust.post('', bundle)
  t.same([answer.status, answer.keys], DIED)
})

t.test('where another record of the same number says so, it is warned of', async (t) => {
  const known = await patient({ identifier: [number(TWICE)], deceasedBoolean: true })
  const other = await patient({ identifier: [number(TWICE)] })
  t.not(known, other)
  const answer = await trust.send('POST', 'MedicationRequest', JSON.stringify(prescription({ reference: other })), {
    prefer: 'return=OperationOutcome',
  })
  t.equal(answer.status, 201)
  t.match(answer.text, /"severity":"warning".*"patient-deceased"/)
  t.notMatch(answer.text, TWICE)
})

t.test('asked of $validate, it is told without a mode', async (t) => {
  const asked = await trust.post('MedicationRequest/$validate', prescription({ reference: dead }))
  t.ok(asked.keys.includes('patient-deceased'), asked.keys.join())
  const other = await exchange.party('trust', 'RA9')
  t.notOk(
    (await other.post('MedicationRequest/$validate', prescription({ reference: dead }))).text.includes('deceased'),
  )
  const living = await trust.post('MedicationRequest/$validate', prescription({ identifier: number(LIVING) }))
  t.notOk(living.keys.includes('patient-deceased'))
})
