/** $validate: everything that is wrong, by the code of a write, with nothing stored. */
import t from 'tap'
import type { r4, Resource } from '../../src/fhir/resource.ts'
import { type Answer, rowCounts, startExchange } from '../helper.ts'
import { inBundle, located, orderBundle, parties } from '../orders.ts'

const exchange = await startExchange(t)
const { trust, provider } = await parties(exchange)
const NHS = { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }
const narrative = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' }
const patient = { resourceType: 'Patient', identifier: [NHS], birthDate: '2026-02-30', gendre: 'male' }

const issuesOf = (answer: Answer): r4.OperationOutcomeIssue[] => (answer.body as unknown as r4.OperationOutcome).issue
const errorsOf = (answer: Answer) =>
  issuesOf(answer)
    .filter(({ severity }) => severity === 'error')
    .map(({ details, expression }) => [details?.coding?.[0]?.code, expression?.[0]])

// Before the first test: one that waits between two of them takes itself for the end.
const open = await startExchange(t, { SERVER_TABLE: 'conformance/tester.json' })
const tester = await open.party('tester', 'TEST1')

await t.test('the same issues as a write, at system and type level, bare and in Parameters', async (t) => {
  const before = await rowCounts(exchange.context)
  const expected = [
    ['primitive-invalid', 'Patient.birthDate'],
    ['structure-unknown-property', 'Patient.gendre'],
  ]
  t.same(errorsOf(await trust.post('Patient', patient)), expected, 'as a write refuses it')
  const parameters = { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: patient }] }
  for (const path of ['$validate', 'Patient/$validate']) {
    for (const body of [patient, parameters]) {
      const answer = await trust.post(path, body)
      t.equal(answer.status, 200, path)
      t.same(errorsOf(answer), expected, path)
    }
  }
  t.same(await rowCounts(exchange.context), before, 'nothing is stored')
})

await t.test(
  'what is missing or too many is told by its own name, and by the element that is there to hold it',
  async (t) => {
    const contact = { relationship: [{ text: 'Mother' }], gender: 'female', nickname: 'M' }
    const answer = await trust.post('$validate', { resourceType: 'Observation', code: { text: 'x' }, component: [{}] })
    t.ok(issuesOf(answer).some(({ expression }) => expression?.join() === 'Observation.status,Observation'))
    const inside = await trust.post('$validate', { resourceType: 'Patient', contact: [contact] })
    t.same(
      issuesOf(inside)
        .map(({ expression }) => expression)
        .find((places) => places?.[0]?.endsWith('nickname')),
      ['Patient.contact[0].nickname', 'Patient.contact[0]'],
    )
  },
)

await t.test('what is wrong with a code or a system is told of the concept or identifier as well', async (t) => {
  const coding = { system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'none' }
  const answer = await trust.post('$validate', {
    ...{ resourceType: 'RelatedPerson', patient: { reference: 'patient/1' } },
    identifier: [{ system: 'local', value: '1', type: { coding: [coding] } }],
  })
  const places = issuesOf(answer).filter(({ severity }) => severity === 'error')
  t.same(
    places.map(({ expression }) => expression),
    [
      ['RelatedPerson.identifier[0].system', 'RelatedPerson.identifier[0]'],
      ['RelatedPerson.identifier[0].type.coding[0].code', 'RelatedPerson.identifier[0].type'],
    ],
  )
})

await t.test('the order of issues is stable, whatever the mode and the address', async (t) => {
  const item = { linkId: '1', type: 'group', item: [{ linkId: '1.1', type: 'group', item: [{ linkid: '1.1.1' }] }] }
  const broken = { resourceType: 'Questionnaire', statsu: 'draft', item: [{ ...item, prefix: '' }], url: 'x y' }
  const { text } = await trust.post('$validate', broken)
  const order = issuesOf({ body: JSON.parse(text) as Resource } as Answer).map(({ expression }) => expression?.[0])
  t.same(order, [
    'Questionnaire.statsu',
    'Questionnaire.item[0].item[0].item[0].linkid',
    'Questionnaire.item[0].item[0].item[0].linkId',
    'Questionnaire.item[0].item[0].item[0].type',
    'Questionnaire.item[0].item[0].item[0]',
    'Questionnaire.item[0].prefix',
    'Questionnaire.url',
    'Questionnaire.status',
    'Questionnaire',
  ])
  for (const mode of ['create', 'profile']) {
    t.equal((await trust.post(`$validate?mode=${mode}`, broken)).text, text, mode)
    const parameter = [
      { name: 'mode', valueCode: mode },
      { name: 'resource', resource: broken },
    ]
    t.equal((await trust.post('$validate', { resourceType: 'Parameters', parameter })).text, text)
  }
  t.equal((await trust.post('$validate', broken)).text, text, 'again')
})

await t.test('a sound resource is said to be sound', async (t) => {
  const answer = await trust.post('$validate', { resourceType: 'Organization', name: 'x', text: narrative })
  t.same(errorsOf(answer), [])
  t.match(answer.text, /All OK/)
})

await t.test('an order Bundle is judged as a whole, doses included', async (t) => {
  const bundle = orderBundle()
  const item = inBundle(bundle, 'MedicationRequest')
  const repeat = item.dosageInstruction?.[0]?.timing?.repeat
  if (repeat) repeat.periodUnit = 'd'
  const keys = errorsOf(await trust.post('$validate', bundle)).map(([key]) => key)
  t.ok(keys.includes('weekly-medicine-too-often'), keys.join())
  t.same(errorsOf(await trust.post('$validate', orderBundle())), [])
})

await t.test('line and column, when asked for, lead to the offending place', async (t) => {
  const text = JSON.stringify(patient, null, 2)
  const answer = await trust.post('$validate?position=true', text)
  const wrong = issuesOf(answer).find(({ expression }) => expression?.[0] === 'Patient.birthDate')
  const [line, column] = (wrong?.extension ?? []).map(({ valueInteger = 0 }) => valueInteger)
  t.ok(
    text
      .split('\n')
      [(line ?? 0) - 1]?.slice((column ?? 0) - 1)
      .startsWith('"2026-02-30"'),
  )
  t.notOk(
    issuesOf(await trust.post('$validate', text)).some(({ extension }) => extension),
    'only when asked',
  )
})

await t.test('a profile that is asked for is applied, one that is not known is said so', async (t) => {
  const known = 'https://homecare-exchange.org/fhir/StructureDefinition/homecare-order-task'
  const task = { resourceType: 'Task', status: 'requested', intent: 'order' }
  t.ok(errorsOf(await trust.post(`$validate?profile=${known}`, task)).some(([key]) => key?.startsWith('profile-')))
  const unknown = await trust.post('$validate?profile=http://example.org/none', task)
  t.ok(errorsOf(unknown).some(([key]) => key === 'profile-unknown'))
})

await t.test(
  'a type that is not kept here is judged by R4 alone, and so are Parameters that are no call',
  async (t) => {
    const image = { system: 'http://snomed.info/sct', code: '12345678' }
    const metric = { resourceType: 'DeviceMetric', type: { coding: [image] }, category: 'setting', text: narrative }
    const answer = await trust.post('$validate', { ...metric, parent: { reference: 'Patient/1' } })
    t.same(errorsOf(answer), [])
    t.match(
      issuesOf(answer)
        .filter(({ severity }) => severity === 'warning')
        .map(({ expression }) => expression?.[0]),
      ['DeviceMetric.parent'],
      'what it refers to need not be here',
    )
    const wrong = await trust.post('$validate', { ...metric, category: 'none' })
    t.same(errorsOf(wrong), [['code-not-in-value-set', 'DeviceMetric.category']])
    const result = { resourceType: 'Parameters', parameter: [{ name: 'result', valueBoolean: 'yes' }] }
    t.same(errorsOf(await trust.post('$validate', result)), [
      ['structure-wrong-type', 'Parameters.parameter[0].value.ofType(boolean)'],
    ])
    t.same((await trust.post('Patient/$validate', result)).keys, ['body-missing'])
    const call = { resourceType: 'Parameters', parameter: [{ name: 'profile', valueUri: 'x' }] }
    t.same((await trust.post('$validate', call)).keys, ['body-missing'])
  },
)

await t.test('a claim of a profile for another type is told at the claim and of the resource', async (t) => {
  const claim = { meta: { profile: ['http://hl7.org/fhir/StructureDefinition/Organization'] } }
  const issues = issuesOf(
    await trust.post('$validate', { resourceType: 'RelatedPerson', patient: { display: 'x' }, ...claim }),
  )
  const { expression } = issues.find(({ details }) => details?.coding?.[0]?.code === 'profile-type') ?? {}
  t.same(expression, ['RelatedPerson.meta.profile[0]', 'RelatedPerson'])
})

await t.test(
  'what is wrong with a reference or a contained resource is told of what R4 puts the rule on, too',
  async (t) => {
    const contained = [{ resourceType: 'Organization', id: 'o', name: 'x' }]
    const answer = await trust.post('$validate', {
      resourceType: 'RelatedPerson',
      contained,
      patient: { reference: '#p' },
    })
    const places = issuesOf(answer)
      .filter(({ severity }) => severity === 'error')
      .map(({ details, expression }) => [details?.coding?.[1]?.code, ...(expression ?? [])])
    t.same(places, [
      ['ref-1', 'RelatedPerson.patient.reference', 'RelatedPerson.patient'],
      ['dom-3', 'RelatedPerson.contained[0]', 'RelatedPerson'],
    ])
  },
)

await t.test('what is stored can be checked again, and is there only for those who may see it', async (t) => {
  const reference = located(await trust.post('', orderBundle()), 'MedicationRequest')
  t.same(errorsOf(await trust.get(`${reference}/$validate`)), [])
  t.equal((await (await exchange.party('trust', 'RXX')).get(`${reference}/$validate`)).status, 404)
  for (const parameter of [[], [{ name: 'mode', valueCode: 'profile' }], [{ name: 'profile', valueUri: 'urn:none' }]]) {
    const call = { resourceType: 'Parameters', ...(parameter.length > 0 ? { parameter } : {}) }
    t.same(
      errorsOf(await trust.post(`${reference}/$validate`, call)),
      parameter[0]?.name === 'profile' ? [['profile-unknown', 'MedicationRequest']] : [],
    )
    t.equal((await (await exchange.party('trust', 'RXX')).post(`${reference}/$validate`, call)).status, 404)
  }
  const updating = { resourceType: 'Parameters', parameter: [{ name: 'mode', valueCode: 'update' }] }
  t.same(
    (await trust.post(`${reference}/$validate`, updating)).keys,
    ['body-missing'],
    'what it would become is to be sent',
  )
  const stored = (await provider.get(reference)).body
  const other: Resource = { ...stored, id: 'other' }
  t.match(errorsOf(await provider.post(`${reference}/$validate?mode=update`, other)), [['id-mismatch']])
})

await t.test('an error of the call itself is refused, and a deletion is judged without a resource', async (t) => {
  t.same((await trust.post('Organization/$validate', patient)).keys, ['type-mismatch'])
  const wrapped = { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: patient }] }
  t.same((await trust.post('Task/$validate', wrapped)).keys, ['type-mismatch'])
  t.same((await trust.post('Patient/$validate?mode=delete', patient)).keys, ['parameter-invalid'])
  const reference = located(await trust.post('', orderBundle()), 'MedicationRequest')
  t.equal((await trust.get('MedicationRequest/none/$validate?mode=delete')).status, 404)
  const answer = await trust.get(`${reference}/$validate?mode=delete`)
  t.equal(answer.status, 200)
  t.same(errorsOf(answer), [['deletion-not-allowed', 'MedicationRequest.status']])
  const mode = { resourceType: 'Parameters', parameter: [{ name: 'mode', valueCode: 'delete' }] }
  t.same(errorsOf(await trust.post(`${reference}/$validate`, mode)), [
    ['deletion-not-allowed', 'MedicationRequest.status'],
  ])
})

await t.test('a tester stores what is a vital sign by its code alone, and $validate says what it lacks', async (t) => {
  const code = { coding: [{ system: 'http://loinc.org', code: '8867-4' }] }
  const observation = { resourceType: 'Observation', status: 'final', code }
  t.equal((await tester.post('Observation', observation)).status, 201)
  t.ok(errorsOf(await tester.post('$validate', observation)).some(([key]) => key === 'profile-required'))
  const temperature = { coding: [{ system: 'http://snomed.info/sct', code: '276885007' }] }
  const magic = errorsOf(await tester.post('$validate', { ...observation, code: temperature }))
  t.ok(
    magic.some(([, place]) => place === 'Observation.code.coding'),
    'by a code of SNOMED CT too: the magic one is asked',
  )
  const meta = { profile: ['http://hl7.org/fhir/StructureDefinition/vitalsigns'] }
  t.equal((await tester.post('Observation', { ...observation, meta })).status, 422, 'what it claims it must keep')

  // R4 itself forbids none of this, and public suites are full of it; who asks for the verdict is told.
  const sloppy = { resourceType: 'Patient', identifier: [{ system: 'system1', value: '1' }] }
  const stored = await tester.post('Patient', sloppy, { prefer: 'return=OperationOutcome' })
  t.equal(stored.status, 201)
  t.match(stored.text, /"severity":"warning".*uri-not-absolute/)
  t.ok(errorsOf(await tester.post('$validate', sloppy)).some(([key]) => key === 'uri-not-absolute'))
  const entry = (active: boolean) => ({
    fullUrl: 'Patient/mine',
    resource: { resourceType: 'Patient', id: 'mine', active },
    request: { method: 'PUT', url: 'Patient/mine' },
  })
  const batch = { resourceType: 'Bundle', type: 'batch', entry: [entry(true), entry(false)] }
  const { body } = await tester.post('', batch)
  const statuses = (body as unknown as r4.Bundle).entry?.map(({ response }) => response?.status)
  t.same(statuses, ['201 Created', '200 OK'], 'a relative fullUrl, twice')
  t.ok(errorsOf(await tester.post('$validate', batch)).some(([key]) => key === 'bundle-full-url'))
})

await t.test('an answer is checked by what it answers: contained, beside it in the Bundle, or stored', async (t) => {
  const url = 'http://example.com/Questionnaire/a,b'
  const item = [{ linkId: '1', type: 'boolean', required: true }]
  const questionnaire = { resourceType: 'Questionnaire', url, version: '2', status: 'active', item }
  const wrong = {
    ...{ resourceType: 'QuestionnaireResponse', questionnaire: url, status: 'completed' },
    item: [{ linkId: '1', answer: [{ valueString: 'yes' }] }],
  }
  const found = async (body: object): Promise<unknown> =>
    issuesOf(await tester.post('$validate', body))
      .filter(({ severity }) => severity !== 'information')
      .map(({ severity, details, expression }) => [severity, details?.coding?.[0]?.code, expression?.[0]])
  const told = (root: string) => [
    ['error', 'questionnaire-answer-type', `${root}.item[0].answer[0].value.ofType(string)`],
  ]
  const unknown = (root: string) => [['warning', 'questionnaire-unknown', `${root}.questionnaire`]]
  const root = 'QuestionnaireResponse'
  t.same(await found(wrong), unknown(root), 'nobody knows it yet')
  const contained = [{ ...questionnaire, id: 'q' }]
  t.same(await found({ ...wrong, contained, questionnaire: '#q' }), told(root))
  const beside = (definition: object) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [wrong, definition].map((resource, i) => ({
      fullUrl: `urn:uuid:0197a1f0-0000-7000-8000-00000000000${i}`,
      resource,
    })),
  })
  t.same(await found(beside(questionnaire)), told('Bundle.entry[0].resource'))
  const broken = (await found(beside({ ...questionnaire, item: {} }))) as unknown[]
  t.same(broken.at(-1), unknown('Bundle.entry[0].resource')[0], 'by one that is broken nobody is judged')
  t.equal((await tester.post('Questionnaire', questionnaire)).status, 201)
  t.same(await found(wrong), told(root), 'stored')
  t.same(await found({ ...wrong, questionnaire: `${url}|2` }), told(root), 'stored, by version')
  t.same(await found({ ...wrong, questionnaire: `${url}|1` }), unknown(root), 'another version is another one')
  const parameters = { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: wrong }] }
  t.same(await found(parameters), told(root))
  t.equal((await tester.post('QuestionnaireResponse', wrong)).status, 201, 'what a tester stores is the testers own')

  const canonical = 'http://example.com/Measure/m'
  const group = [{ population: [{ code: { text: 'x' }, criteria: { language: 'text/fhirpath', expression: 'true' } }] }]
  const report = {
    ...{ resourceType: 'MeasureReport', status: 'complete', type: 'summary', measure: canonical },
    group: [{ population: [{ code: { text: 'y' }, count: 1 }] }],
    period: { start: '2026' },
  }
  t.same(await found(report), [['warning', 'measure-unknown', 'MeasureReport.measure']])
  const measure = { resourceType: 'Measure', url: canonical, status: 'active', group }
  t.equal((await tester.post('Measure', measure)).status, 201)
  t.same(await found(report), [
    ['error', 'measure-part-unknown', 'MeasureReport.group[0].population[0].code'],
    ['error', 'measure-part-missing', 'MeasureReport.group[0].population'],
  ])
})

await t.test('what cannot be read is refused as a write would refuse it', async (t) => {
  t.same((await trust.post('$validate', '{"a":')).keys, ['json-malformed'])
  t.same((await trust.post('$validate?mode=nonsense', patient)).keys, ['parameter-invalid'])
  t.same((await trust.post('$validate', { resourceType: 'Parameters', parameter: [] })).keys, ['body-missing'])
  const asked = (...more: object[]) => {
    const parameter = [{ name: 'resource', resource: patient }, ...more]
    return trust.post('$validate', { resourceType: 'Parameters', parameter })
  }
  for (const type of ['Uri', 'Canonical', 'Url', 'String']) {
    const profile = { name: 'profile', [`value${type}`]: 'http://example.org/none' }
    const keys = errorsOf(await asked(profile)).map(([key]) => key)
    t.ok(keys.includes('profile-unknown'), `a profile is not passed over: ${type}`)
  }
  t.same((await asked({ name: 'profile', valueInteger: 1 })).keys, ['parameter-invalid'])
  t.same((await asked({ name: 'mode', valueString: 'nonsense' })).keys, ['parameter-invalid'])
  t.same((await asked({ name: 'resource', resource: patient })).keys, ['parameter-invalid'], 'one at a time')
  for (const body of [
    '[]',
    'null',
    '1',
    '{}',
    '{"resourceType":"Nonsense"}',
    '{"resourceType":"Bundle","entry":[null]}',
  ]) {
    const answer = await trust.post('$validate', body)
    t.equal(answer.status, 200, body)
    t.ok(errorsOf(answer).length > 0, body)
  }
})

await t.test('a sender whose write is accepted is told what to look at', async (t) => {
  const order = orderBundle()
  inBundle(order, 'MedicationRequest').category = [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/medicationrequest-category', code: 'inpatient' }] },
  ]
  const answer = await trust.post('', order)
  t.equal(answer.status, 200)
  t.match(answer.text, /category-not-homecare/, 'in a transaction, with the entry')
  const prefer = { prefer: 'return=OperationOutcome' }
  const single = await trust.post('Patient', { resourceType: 'Patient', identifier: [NHS] }, prefer)
  t.equal(single.status, 201)
  t.match(single.text, /profile-invariant/, 'with a single write that asks for an OperationOutcome')
})
