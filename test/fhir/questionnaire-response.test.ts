/** A response against its questionnaire; the verdicts and places are those of HL7's validator, where it has any. */
import t from 'tap'
import { responseIssues } from '../../src/fhir/questionnaire-response.ts'
import { type Issue, operationOutcome, severityOf } from '../../src/fhir/problem.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { createTerminology, type ValueSetSource } from '../../src/fhir/terminology.ts'

type Loose = Record<string, unknown>

const GENDER = 'http://example.com/gender'
const terminology = createTerminology({
  codeSystems: () => undefined,
  valueSets: (url) =>
    url === 'http://example.com/ValueSet/gender'
      ? { compose: { include: [{ system: GENDER, concept: [{ code: 'male' }] }] } }
      : undefined,
})
const holds = (set: string | ValueSetSource, system: string | undefined, code: string) =>
  typeof set === 'string' ? terminology.has(set, system, code) : terminology.hasIn(set, system, code)

function judge(questions: readonly Loose[], items: readonly Loose[] | undefined, more: Loose = {}): readonly Issue[] {
  const questionnaire = { resourceType: 'Questionnaire', id: 'q', status: 'active', item: questions }
  const { contained = [], ...rest } = more as { contained?: readonly Loose[] }
  const response = {
    ...{ resourceType: 'QuestionnaireResponse', contained: [questionnaire, ...contained], questionnaire: '#q' },
    ...{ status: 'completed', ...(items && { item: items }), ...rest },
  }
  return responseIssues(
    { answer: response as unknown as Resource, root: 'R' },
    questionnaire as unknown as r4.Questionnaire,
    holds,
  )
}

/** Code and places of each issue, a warning with its severity before. */
const told = (...sent: Parameters<typeof judge>): string[] =>
  judge(...sent).map((issue) => {
    const places = operationOutcome([issue]).issue[0]?.expression?.join(' ') ?? ''
    const severity = severityOf(issue) === 'error' ? '' : `${severityOf(issue)} `
    return `${severity}${issue.key.replace('questionnaire-', '')} ${places}`
  })

const yes = { answer: [{ valueBoolean: true }] }
const no = { answer: [{ valueBoolean: false }] }
const one = { linkId: '1', text: 'One', type: 'boolean' }
const two = { linkId: '2', type: 'string' }
const said = { linkId: '2', answer: [{ valueString: 'x' }] }

t.test('items are those of the questionnaire, in its places, order and words', (t) => {
  const group = { linkId: 'g', type: 'group', item: [one, two] }
  t.same(told([one], [{ linkId: '1', text: 'One', ...yes }]), [])
  t.same(told([one], [{ linkId: '1', text: 'Two', ...yes }]), ['item-text R.item[0].text R.item[0]'])
  t.same(told([one], [{ linkId: '9', ...yes }]), ['item-unknown R.item[0] R'])
  t.same(told([group], [{ linkId: '1', ...yes }]), ['item-unknown R.item[0] R'], 'in another place')
  t.same(told([one, two], [said, { linkId: '1', ...yes }]), ['item-order R.item[1] R'])
  t.same(told([group], [{ linkId: 'g', item: [{ linkId: '1', ...yes }, said] }]), [])
  t.same(told([group], [{ linkId: 'g', ...yes }]), ['nesting R.item[0].answer[0] R.item[0]'])
  const nested = { ...one, item: [two] }
  t.same(told([nested], [{ linkId: '1', answer: [{ valueBoolean: true, item: [said] }] }]), [])
  t.same(told([nested], [{ linkId: '1', item: [said] }]), ['nesting R.item[0].item[0] R.item[0]'])
  t.same(told([nested], [{ linkId: '1', answer: [{ valueBoolean: true, item: [{ linkId: '9' }] }] }]), [
    'item-unknown R.item[0].answer[0].item[0] R.item[0].answer[0]',
  ])
  t.same(told([{ linkId: 'd', type: 'display' }, two], [{ linkId: 'd', item: [said] }]), [
    'nesting R.item[0].item[0] R.item[0]',
  ])
  t.end()
})

t.test('what must be answered is, and nothing is answered too often', (t) => {
  const must = { ...one, required: true }
  t.same(told([must], undefined), ['answer-missing R'])
  t.same(told([must], [{ linkId: '1' }]), ['answer-missing R'], 'an item that says nothing is none')
  t.same(told([must], [{ linkId: '1' }], { status: 'in-progress' }), ['warning answer-missing R'])
  t.same(told([{ linkId: 'g', type: 'group', item: [must] }], undefined), [], 'not where the group is left out')
  t.same(told([{ linkId: 'g', type: 'group', required: true, item: [one] }], undefined), ['answer-missing R'])
  const group = { linkId: 'g', type: 'group', item: [must, two] }
  t.same(told([group], [{ linkId: 'g', item: [said] }]), ['answer-missing R.item[0]'])
  t.same(told([{ ...one, item: [{ ...two, required: true }] }], [{ linkId: '1', ...yes }]), [
    'answer-missing R.item[0]',
  ])
  const both = { linkId: '1', answer: [...yes.answer, ...no.answer] }
  t.same(told([one], [both]), ['too-many R.item[0].answer[1] R.item[0]'])
  t.same(
    told(
      [one],
      [
        { linkId: '1', ...yes },
        { linkId: '1', ...no },
      ],
    ),
    ['too-many R.item[1] R'],
  )
  t.same(told([{ ...one, repeats: true }], [both]), [])
  t.match(judge([must], undefined)[0]?.diagnostics, /"1"/, 'the question is named')
  t.end()
})

t.test('an answer has the type of its question, and is one of its options', (t) => {
  const types: Readonly<Record<string, Loose>> = {
    boolean: { valueBoolean: true },
    decimal: { valueDecimal: 1.5 },
    integer: { valueInteger: 1 },
    date: { valueDate: '2026-01-01' },
    dateTime: { valueDateTime: '2026-01-01' },
    time: { valueTime: '10:00:00' },
    string: { valueString: 'a' },
    text: { valueString: 'a' },
    url: { valueUri: 'http://example.com' },
    attachment: { valueAttachment: { title: 'a' } },
    reference: { valueReference: { display: 'a' } },
    quantity: { valueQuantity: { value: 1 } },
  }
  for (const [type, value] of Object.entries(types)) {
    t.same(told([{ linkId: '1', type }], [{ linkId: '1', answer: [value] }]), [], type)
    t.same(told([{ linkId: '1', type }], [{ linkId: '1', answer: [{ valueCoding: { code: 'a' } }] }]), [
      'answer-type R.item[0].answer[0].value.ofType(Coding)',
    ])
  }
  const a = { system: 'http://example.com/s', code: 'a' }
  const place = (type: string) => `R.item[0].answer[0].value.ofType(${type})`
  const wrong = (type: string) => [`answer-option ${place(type)} R.item[0].answer[0]`]
  const chosen = (type: string, options: Loose, value: Loose) =>
    told([{ linkId: '1', type, ...options }], [{ linkId: '1', answer: [value] }])
  const codes = { answerOption: [{ valueCoding: { ...a, display: 'A' } }] }
  for (const type of ['choice', 'open-choice']) {
    t.same(chosen(type, codes, { valueCoding: a }), [])
    t.same(chosen(type, codes, { valueCoding: { code: 'a' } }), wrong('Coding'), 'without its system')
    t.same(chosen(type, codes, { valueQuantity: { value: 1 } }), [`answer-type ${place('Quantity')}`])
    t.same(chosen(type, { answerOption: [{ valueInteger: 1 }] }, { valueInteger: 2 }), wrong('integer'))
    t.same(chosen(type, { answerOption: [{ valueDate: '2026-01-01' }] }, { valueDate: '2026-01-01' }), [])
    const patient = { valueReference: { reference: 'Patient/1' } }
    t.same(
      chosen(type, { answerOption: [patient] }, { valueReference: { reference: 'Patient/2' } }),
      wrong('Reference'),
    )
    t.same(chosen(type, {}, { valueString: 'a' }), [], 'no options are said')
    const set = { answerValueSet: 'http://example.com/ValueSet/gender' }
    t.same(chosen(type, set, { valueCoding: { system: GENDER, code: 'male' } }), [])
    t.same(chosen(type, set, { valueCoding: { system: GENDER, code: 'none' } }), wrong('Coding'))
    t.same(chosen(type, set, { valueCoding: { code: 'male' } }), wrong('Coding'))
    for (const valueCoding of [a, { code: 'a' }, { display: 'A' }]) {
      t.same(chosen(type, { answerValueSet: 'http://example.com/none' }, { valueCoding }), [], 'nobody can tell')
    }
  }
  t.same(chosen('choice', codes, { valueString: 'other' }), wrong('string'))
  t.same(chosen('open-choice', codes, { valueString: 'other' }), [], 'in words of their own')
  t.same(chosen('string', { maxLength: 3 }, { valueString: 'abcd' }), [`warning answer-length ${place('string')}`])
  const contained = [
    { resourceType: 'ValueSet', id: 'v', compose: { include: [{ system: a.system, concept: [{ code: 'a' }] }] } },
  ]
  const local = (code: string) =>
    told(
      [{ linkId: '1', type: 'choice', answerValueSet: '#v' }],
      [{ linkId: '1', answer: [{ valueCoding: { ...a, code } }] }],
      {
        contained,
      },
    )
  t.same(local('a'), [])
  t.same(local('b'), wrong('Coding'))
  t.end()
})

t.test('what is not asked is not answered', (t) => {
  const when = (operator: string, answer: Loose, question = '1') => ({
    enableWhen: [{ question, operator, ...answer }],
  })
  const off = ['item-disabled R.item[1]']
  const asked = (type: string, condition: Loose, value: Loose) =>
    told(
      [
        { linkId: '1', type },
        { ...two, ...condition },
      ],
      [{ linkId: '1', answer: [value] }, said],
    )
  t.same(asked('boolean', when('=', { answerBoolean: true }), { valueBoolean: true }), [])
  t.same(asked('boolean', when('=', { answerBoolean: true }), { valueBoolean: false }), off)
  t.same(asked('boolean', when('!=', { answerBoolean: true }), { valueBoolean: true }), off)
  t.same(asked('boolean', when('exists', { answerBoolean: false }), { valueBoolean: true }), off)
  for (const [operator, values] of Object.entries({
    '>': [6],
    '<': [4],
    '>=': [5, 6],
    '<=': [4, 5],
    '=': [5],
    '!=': [4, 6],
  })) {
    for (const value of [4, 5, 6]) {
      const expected = values.includes(value) ? [] : off
      t.same(
        asked('integer', when(operator, { answerInteger: 5 }), { valueInteger: value }),
        expected,
        `${value}${operator}5`,
      )
    }
  }
  const date = when('>', { answerDateTime: '2026-01-01T01:00:00+01:00' })
  t.same(asked('dateTime', date, { valueDateTime: '2026-01-01T00:00:00Z' }), off, 'the same moment')
  t.same(asked('dateTime', date, { valueDateTime: '2026-01-02' }), [])
  t.same(asked('string', when('>', { answerString: 'b' }), { valueString: 'a' }), off)
  const code = { system: 'http://example.com/s', code: 'a' }
  t.same(asked('choice', when('=', { answerCoding: { code: 'a' } }), { valueCoding: code }), [], 'a code of any system')
  t.same(asked('choice', when('=', { answerCoding: { ...code, system: 'urn:x' } }), { valueCoding: code }), off)
  t.same(asked('choice', when('>', { answerCoding: code }), { valueCoding: code }), [], 'codes have no order')
  const dose = { value: 5, system: 'http://unitsofmeasure.org', code: 'mg' }
  t.same(asked('quantity', when('>', { answerQuantity: dose }), { valueQuantity: dose }), off)
  t.same(
    asked('quantity', when('>', { answerQuantity: dose }), { valueQuantity: { ...dose, code: 'g' } }),
    [],
    'units differ',
  )
  t.same(asked('integer', when('=', { answerString: '5' }), { valueInteger: 5 }), [], 'types differ')
  t.same(
    asked('reference', when('=', { answerReference: { reference: 'Patient/1' } }), {
      valueReference: { reference: 'Patient/2' },
    }),
    off,
  )
  const expression = { url: 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression' }
  t.same(asked('boolean', { extension: [expression], required: true }, { valueBoolean: true }), [], 'is not evaluated')
  const required = { ...two, required: true, ...when('=', { answerBoolean: true }) }
  t.same(told([one, required], [{ linkId: '1', ...yes }]), ['answer-missing R'])
  t.same(told([one, required], [{ linkId: '1', ...no }]), [])
  t.end()
})

t.test('conditions are taken together, and each looks at its own repetition of a group', (t) => {
  const condition = (question: string) => ({ question, operator: '=', answerBoolean: true })
  const third = { ...one, linkId: '3' }
  for (const [behaviour, first, second, enabled] of [
    ['all', yes, yes, true],
    ['all', yes, no, false],
    ['any', yes, no, true],
    ['any', no, no, false],
    [undefined, no, no, true],
  ] as const) {
    const question = { ...two, enableWhen: [condition('1'), condition('3')], enableBehavior: behaviour }
    const found = told([one, third, question], [{ linkId: '1', ...first }, { linkId: '3', ...second }, said])
    t.same(found, enabled ? [] : ['item-disabled R.item[2]'], `${behaviour}`)
  }
  const inner = { ...two, enableWhen: [condition('1')] }
  const group = { linkId: 'g', type: 'group', repeats: true, item: [one, inner] }
  const filled = (answer: Loose) => ({ linkId: 'g', item: [{ linkId: '1', ...answer }, said] })
  t.same(told([group], [filled(yes), filled(no)]), ['item-disabled R.item[1].item[1]'])
  const child = { ...one, item: [inner] }
  const answered = (valueBoolean: boolean) => [{ linkId: '1', answer: [{ valueBoolean, item: [said] }] }]
  t.same(told([child], answered(true)), [])
  t.same(told([child], answered(false)), ['item-disabled R.item[0].answer[0].item[0]'])
  t.end()
})

t.test('without its questionnaire a response is not checked, and it is said so', (t) => {
  const answer: Resource = { resourceType: 'QuestionnaireResponse', status: 'completed' }
  const issues = (found?: r4.Questionnaire) => responseIssues({ answer, root: 'R' }, found, holds)
  t.match(issues(), [{ key: 'questionnaire-unknown', expression: 'R.questionnaire' }])
  t.same(issues({ resourceType: 'Questionnaire', status: 'active' }), [])
  t.end()
})
