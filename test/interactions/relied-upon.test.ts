/** What prescriptions rely on does not become something or somebody else behind them. */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { startExchange } from '../helper.ts'
import { acceptedOrder, dispenseOf, inBundle, located, type OrderBundle, orderBundle, parties } from '../orders.ts'

const exchange = await startExchange(t)
const { trust } = await parties(exchange)
const SCT = 'http://snomed.info/sct'
const weekly = {
  code: {
    coding: [{ system: SCT, code: '15517911000001104', display: 'Methotrexate 10mg/0.2ml pre-filled syringes' }],
  },
}
const morphine = { code: { coding: [{ system: SCT, code: '322236009', display: 'Morphine 10mg' }] } }

const medication = async (content: object): Promise<Resource> =>
  (await trust.post('Medication', { resourceType: 'Medication', ...content })).body
const ordered = (
  reference: r4.Reference,
  change: (item: r4.MedicationRequest) => void = () => undefined,
): OrderBundle => {
  const bundle = orderBundle()
  const item = inBundle(bundle, 'MedicationRequest')
  delete item.medicationCodeableConcept
  item.medicationReference = reference
  change(item)
  return bundle
}
const draft = (item: r4.MedicationRequest): void => {
  item.status = 'draft'
}
const changed = async (reference: string, changes: object) =>
  trust.put({ ...(await trust.get(reference)).body, ...changes })

t.test('a Medication does not become another one once it is prescribed: not by PUT, not by PATCH', async (t) => {
  const { id, meta } = await medication({ ...weekly, form: { text: 'injection' } })
  const path = `Medication/${id}`
  t.equal((await trust.post('', ordered({ reference: path }, draft))).status, 200)
  t.equal((await changed(path, { form: { text: 'solution for injection' } })).status, 200, 'a draft binds nothing')
  t.equal((await trust.post('', ordered({ reference: path }))).status, 200)
  for (const [element, value] of Object.entries({
    ...morphine,
    form: { text: 'tablet' },
    amount: { numerator: { value: 20 }, denominator: { value: 1 } },
    ingredient: [{ itemCodeableConcept: { text: 'Morphine' } }],
  })) {
    const answer = await changed(path, { [element]: value })
    t.same([answer.status, answer.keys], [409, ['medicine-in-use']], element)
  }
  const patch = [{ op: 'replace', path: '/code', value: morphine.code }]
  const headers = { 'content-type': 'application/json-patch+json', 'if-match': `W/"${Number(meta?.versionId) + 1}"` }
  const patched = await trust.send('PATCH', path, JSON.stringify(patch), headers)
  t.same([patched.status, patched.keys], [409, ['medicine-in-use']])
  const narrative = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Methotrexate</div>' }
  t.equal((await changed(path, { status: 'inactive', text: narrative })).status, 200, 'words and status are put right')
})

t.test('what is in a made-up medicine is judged, and stays, however deep it stands', async (t) => {
  const inner = await medication(weekly)
  const reference = `Medication/${inner.id}`
  const outer = await medication({
    code: { text: 'Prepared by the aseptic unit' },
    ingredient: [{ itemReference: { reference } }],
  })
  const daily = (item: r4.MedicationRequest): void => {
    const repeat = item.dosageInstruction?.[0]?.timing?.repeat
    if (repeat) repeat.periodUnit = 'd'
    delete item.dosageInstruction?.[0]?.text
  }
  const asked = await trust.post('', ordered({ reference: `Medication/${outer.id}` }, daily))
  t.ok(asked.keys.includes('weekly-medicine-too-often'), asked.text)
  t.equal((await trust.post('', ordered({ reference: `Medication/${outer.id}` }))).status, 200)
  t.same((await changed(reference, morphine)).keys, ['medicine-in-use'])
  const bad = await medication(morphine)
  for (const ingredient of [
    { itemReference: { reference: `Medication/${bad.id}` } },
    { itemReference: { display: 'Morphine sulfate' } },
    { itemReference: { reference: '#s' } },
  ]) {
    const contained = [{ resourceType: 'Substance', id: 's', code: { text: 'Morphine sulfate' } }]
    const made = { resourceType: 'Medication', id: 'm', code: { text: 'Prepared' }, ingredient: [ingredient] }
    const within = JSON.stringify(ingredient).includes('#s') ? { contained } : {}
    const stored = await medication({ ...within, code: made.code, ingredient: [ingredient] })
    t.ok((await trust.post('', ordered({ reference: `Medication/${stored.id}` }))).keys.includes('controlled-drug'))
    const held = ordered({ reference: '#m' }, (item) => {
      item.contained = [made, ...('contained' in within ? contained : [])] as r4.FhirResource[]
    })
    const answer = await trust.post('', held)
    const expected = ingredient.itemReference.reference?.startsWith('Medication/') ? 'any' : 'controlled-drug'
    t.ok(expected === 'any' || answer.keys.includes(expected), `${JSON.stringify(ingredient)} ${answer.keys.join()}`)
  }
})

t.test('a version of a Medication is what it was then, and one that never was names no medicine', async (t) => {
  const { id } = await medication(morphine)
  t.equal((await changed(`Medication/${id}`, weekly)).status, 200)
  const order = (version: number) => trust.post('', ordered({ reference: `Medication/${id}/_history/${version}` }))
  t.same((await order(1)).keys, ['controlled-drug'])
  t.same((await order(9)).keys, ['medicine-not-named'])
  t.equal((await order(2)).status, 200)
  const called = ordered({ reference: `Medication/${id}`, display: 'Morphine 10mg' })
  t.same((await trust.post('', called)).keys, ['controlled-drug'], 'by what the reference is called')
})

t.test(
  'a patient or prescriber of live prescriptions does not become somebody else; records are put right',
  async (t) => {
    const made = await trust.post('', orderBundle())
    const [patient, role] = [located(made, 'Patient'), located(made, 'PractitionerRole')]
    const record = (await trust.get(patient)).body as unknown as r4.Patient
    const number = [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9446368138' }]
    const name = [{ family: 'Another', given: ['Person'] }]
    const swap = await changed(patient, { identifier: number, name, birthDate: '1950-02-28' })
    t.same([swap.status, swap.keys], [409, ['person-in-use']])
    t.same((await changed(patient, { name, birthDate: '1950-02-28' })).keys, ['person-in-use'])
    t.equal((await changed(patient, { name: [...(record.name ?? []), ...name] })).status, 200, 'a name more')
    t.equal((await changed(patient, { name })).status, 200, 'a new name')
    t.equal((await changed(patient, { birthDate: '1980-02-28' })).status, 200, 'a date of birth put right')
    t.equal((await changed(patient, { identifier: number })).status, 200, 'a number put right')
    const other = await trust.post('Practitioner', {
      resourceType: 'Practitioner',
      name,
      identifier: [{ system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '7654321' }],
    })
    const moved = await changed(role, { practitioner: { reference: `Practitioner/${other.body.id}` } })
    t.same([moved.status, moved.keys], [409, ['person-in-use']], moved.text)
    const item = located(made, 'MedicationRequest')
    const end = {
      status: 'cancelled',
      statusReason: {
        coding: [{ system: 'https://fhir.nhs.uk/CodeSystem/medicationrequest-status-reason', code: '0001' }],
      },
    }
    t.equal((await changed(item, end)).status, 200)
    t.equal(
      (await changed(role, { practitioner: { reference: `Practitioner/${other.body.id}` } })).status,
      200,
      'none lives',
    )
  },
)

t.test('two live orders for one stored Medication are told of, though neither holds its code', async (t) => {
  const prefer = { prefer: 'return=OperationOutcome' }
  const { id } = await medication({ code: { text: 'Prepared for one patient' } })
  const other = await medication({ code: { text: 'Prepared for one patient' } })
  const send = async (medicine?: string) =>
    (await trust.post('', ordered({ reference: `Medication/${medicine}` }), prefer)).text
  t.notMatch(await send(id), /prescription-concurrent/)
  t.notMatch(await send(other.id), /prescription-concurrent/, 'another one')
  t.match(await send(id), /prescription-concurrent/)
})

t.test(
  'a number in subject does not name another patient than the reference: not in an order, not in a dispense',
  async (t) => {
    const exchange = await startExchange(t)
    const { trust, provider } = await parties(exchange)
    const numbered = (value: string) => ({ identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value } })
    const order = (value: string): OrderBundle => {
      const bundle = orderBundle()
      const item = inBundle(bundle, 'MedicationRequest')
      item.subject = { ...item.subject, ...numbered(value) }
      return bundle
    }
    t.same((await trust.post('', order('9446368138'))).keys, ['subject-ambiguous'])
    t.equal((await trust.post('', order('9449304130'))).status, 200)
    const dispense = dispenseOf(await acceptedOrder({ trust, provider }), exchange.now)
    const report = (subject: object) => provider.post('MedicationDispense', { ...dispense, subject })
    t.same((await report(numbered('9446368138'))).keys, ['subject-ambiguous'])
    t.same((await report({ ...dispense.subject, ...numbered('9446368138') })).keys, ['subject-ambiguous'])
    const reported = await report({ ...dispense.subject, ...numbered('9449304130') })
    t.equal(reported.status, 201)
    const record = (await trust.get(dispense.subject?.reference ?? '')).body
    t.equal((await trust.put({ ...record, identifier: [numbered('9446368138').identifier] })).status, 200)
    const later = await provider.put({ ...reported.body, note: [{ text: 'Left with a neighbour.' }] })
    t.equal(later.status, 200, 'a number put right since does not hold up reports')
  },
)
