/** Rules for authors of definitions: told where HL7's validator tells them, and silent on R4's own definitions. */
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { FilterPropertyOf } from '../../src/fhir/code-system-rules.ts'
import { createStructureValidator } from '../../src/fhir/structure.ts'
import { operationOutcome, severityOf } from '../../src/fhir/problem.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'

type Loose = Record<string, unknown>

const definitions = loadBaseDefinitions(join(packageRoot, 'profiles/base'))
const structure = createStructureValidator(definitions, {
  watch: { isKnownExtension: (url) => url === 'http://example.com/known', misformedOf: () => undefined },
})
const KEYS = /^(?:concept-map|definition|code-system|value-set|questionnaire)-/

/** Places of what these rules say, warnings marked; what is undefined is left out. */
const told = (resource: Loose): string[] =>
  structure
    .validate(JSON.parse(JSON.stringify(resource)), { root: 'R' })
    .filter(({ key }) => KEYS.test(key))
    .map((issue) => {
      const places = operationOutcome([issue]).issue[0]?.expression?.join(' ')
      return `${severityOf(issue) === 'error' ? '' : 'warning '}${issue.key} ${places}`
    })

t.test('a condition of a question names one that is there, before it and not below it', (t) => {
  const when = (question: string) => ({ enableWhen: [{ question, operator: 'exists', answerBoolean: true }] })
  const one = { linkId: '1', type: 'boolean' }
  const two = { linkId: '2', type: 'string' }
  const judge = (...item: Loose[]) => told({ resourceType: 'Questionnaire', status: 'active', item })
  const wrong = (at: string) => [`questionnaire-condition ${at}`]
  t.same(judge(one, { ...two, ...when('1') }), [])
  t.same(judge({ ...one, ...when('1') }), wrong('R.item[0]'))
  t.same(judge({ ...one, ...when('9') }), wrong('R.item[0]'))
  t.same(judge({ ...one, ...when('2'), item: [two] }), wrong('R.item[0]'), 'below it')
  t.same(judge({ ...one, item: [{ ...two, ...when('1') }] }), [], 'its own group')
  t.same(judge({ ...one, ...when('2') }, two), ['warning questionnaire-condition R.item[0]'], 'after it')
  const group = { linkId: 'g', type: 'group', item: [one] }
  t.same(judge(group, { ...two, ...when('1') }), [], 'in a group before it')
  t.end()
})

t.test('a code system holds what it says', (t) => {
  const system = {
    ...{ resourceType: 'CodeSystem', status: 'active', content: 'complete', caseSensitive: true },
    concept: [{ code: 'a', concept: [{ code: 'b' }] }],
  }
  const judge = (changes: Loose) => told({ ...system, ...changes })
  t.same(judge({ count: 2 }), [], 'those below others are counted')
  t.same(judge({ count: 1 }), ['code-system-content R.count'])
  t.same(judge({ content: 'fragment', count: 9 }), [])
  t.same(judge({ content: 'not-present' }), ['code-system-content R.concept[0]'])
  const supplements = 'http://hl7.org/fhir/administrative-gender'
  const supplement = { content: 'supplement', supplements, caseSensitive: undefined, concept: [{ code: 'male' }] }
  const { caseSensitive: _, ...rest } = { ...system, ...supplement }
  t.same(told(rest), [])
  t.same(told({ ...rest, supplements: undefined }), ['code-system-content R.content'])
  t.same(told({ ...rest, caseSensitive: true }), ['code-system-content R.caseSensitive'])
  t.same(told({ ...rest, content: 'complete' }), ['code-system-content R.content'])
  t.same(told({ ...rest, concept: [{ code: 'male' }, { code: 'none' }] }), ['code-system-content R.concept[1]'])
  t.same(told({ ...rest, supplements: 'http://example.com/cs', concept: [{ code: 'x' }] }), [], 'nobody can tell')
  t.end()
})

t.test('a property of a code system is declared once, with its type', (t) => {
  const uri = 'http://hl7.org/fhir/concept-properties#'
  const judge = (property: Loose[], ...concept: Loose[]) =>
    told({
      ...{ resourceType: 'CodeSystem', status: 'active', content: 'complete' },
      ...(property.length > 0 && { property }),
      ...(concept.length > 0 && { concept }),
    })
  const text = { code: 'p', type: 'string' }
  const has = (value: Loose) => ({ code: 'a', property: [{ code: 'p', ...value }] })
  const second = ['code-system-property R.property[1]']
  t.same(judge([text], has({ valueString: 'x' })), [])
  t.same(judge([text, text]), second)
  t.same(
    judge([
      { ...text, uri: 'urn:x' },
      { ...text, code: 'q', uri: 'urn:x' },
    ]),
    second,
  )
  t.same(judge([{ code: 'n', uri: `${uri}notSelectable`, type: 'boolean' }]), [])
  t.same(judge([{ code: 'n', uri: `${uri}notSelectable`, type: 'string' }]), ['code-system-property R.property[0]'])
  t.same(judge([{ code: 'n', uri: `${uri}constructor`, type: 'string' }]), ['code-system-property R.property[0]'])
  t.same(judge([], has({ valueString: 'x' })), ['code-system-property R.concept[0].property[0]'])
  t.same(judge([text], { code: 'b', concept: [has({ valueBoolean: true })] }), [
    'code-system-property R.concept[0].concept[0].property[0]',
  ])
  t.end()
})

t.test('a filter of a value set has a value that its code system can have', (t) => {
  const system = 'http://hl7.org/fhir/administrative-gender'
  const judge = (property: string, op: string, value: string, of = system) =>
    told({
      ...{ resourceType: 'ValueSet', status: 'active' },
      compose: { include: [{ system: of, filter: [{ property, op, value }] }] },
    })
  const wrong = ['value-set-filter R.compose.include[0].filter[0]']
  t.same(judge('concept', 'is-a', 'male'), [])
  t.same(judge('concept', 'is-a', 'none'), wrong)
  t.same(judge('concept', 'in', 'male,none'), wrong)
  t.same(judge('concept', 'regex', 'm.*'), wrong)
  t.same(judge('code', 'regex', 'm.*'), [])
  t.same(judge('concept', 'exists', 'maybe'), wrong)
  t.same(judge('notSelectable', '=', '1'), wrong)
  t.same(judge('concept', 'is-a', '73211009', 'http://snomed.info/sct'), [], 'nobody can tell')
  t.end()
})

t.test('a filter by a property of a code system has a value of its type, and an operator that the system has', (t) => {
  const declared: Record<string, [type: string, operators?: string[]]> = {
    coding: ['Coding', ['=']],
    count: ['integer'],
    share: ['decimal'],
    since: ['dateTime'],
    old: ['boolean'],
    word: ['string'],
  }
  const filterProperty: FilterPropertyOf = (system, name) => {
    const [type, operators = []] = (system === 'urn:local' && declared[name]) || []
    return type === undefined ? undefined : { type, operators }
  }
  const loaded = { judgeOf: () => undefined, has: () => 'unknown' as const, filterProperty }
  const judge = (property: string, value: string, op = '=', system = 'urn:local') =>
    createStructureValidator(definitions, { loaded })
      .validate(
        {
          ...{ resourceType: 'ValueSet', status: 'active' },
          compose: { include: [{ system, filter: [{ property, op, value }] }] },
        },
        { root: 'R' },
      )
      .some(({ key, expression }) => key === 'value-set-filter' && expression === 'R.compose.include[0].filter[0]')
  for (const [property, right, wrong] of [
    ['coding', 'http://hl7.org/fhir/administrative-gender#male', 'male'],
    [
      'coding',
      'http://hl7.org/fhir/administrative-gender|4.0.1#male',
      'http://hl7.org/fhir/administrative-gender#none',
    ],
    ['count', '12', 'twelve'],
    ['count', 'ge12', '1.5'],
    ['share', '-1.5e3', '1,5'],
    ['since', 'le2026-01', 'yesterday'],
    ['old', 'true', 'yes'],
  ] as const) {
    t.notOk(judge(property, right), `${property} ${right}`)
    t.ok(judge(property, wrong), `${property} ${wrong}`)
  }
  t.notOk(judge('count', '1,2', 'in'))
  t.ok(judge('count', '1,x', 'in'))
  t.notOk(judge('word', 'anything'))
  t.notOk(judge('count', 'true', 'exists'))
  t.ok(judge('count', '1', 'exists'))
  t.notOk(judge('share', '[', 'regex'))
  t.ok(judge('coding', 'http://hl7.org/fhir/administrative-gender#male', 'in'), 'the system has it with = only')
  t.notOk(judge('other', 'x'))
  t.notOk(judge('count', 'x', '=', 'urn:other'), 'nobody can tell')
  t.end()
})

t.test('an expression is FHIRPath, of known functions, and a plain path leads to an element', (t) => {
  const judge = (expression: string, ...base: string[]) =>
    told({
      ...{ resourceType: 'SearchParameter', url: 'http://example.com/sp', name: 'Sp', status: 'active', code: 'sp' },
      ...{ description: 'x', type: 'string', base: base.length > 0 ? base : ['Patient'], expression },
    })
  const wrong = ['definition-expression R.expression']
  for (const expression of [
    'Patient.name',
    'name.family',
    'Patient.name | Practitioner.name',
    'Resource.meta.tag',
    "Patient.extension('http://example.com').value",
    '(Patient.deceased as dateTime)',
    'Patient.deceased.ofType(boolean)',
    'Patient.contact.organization.resolve().name',
  ]) {
    t.same(judge(expression, 'Patient', 'Practitioner'), [], expression)
  }
  for (const expression of ['Patient.name.(', 'Patient.foo', 'Observation.code', 'Patient.name.foo()']) {
    t.same(judge(expression), wrong, expression)
  }
  t.same(judge('Bundle.entry.resource.name', 'Bundle'), [], 'any resource may stand there')
  t.same(judge(`Patient.${'name.'.repeat(300)}`), [], 'too long to be read')
  t.end()
})

t.test('a profile asks for what its type has, within what R4 allows', (t) => {
  const BASE = 'http://hl7.org/fhir/StructureDefinition/'
  const profile = {
    ...{ resourceType: 'StructureDefinition', url: 'http://example.com/p', name: 'P', status: 'active' },
    ...{
      kind: 'resource',
      abstract: false,
      type: 'Patient',
      baseDefinition: `${BASE}Patient`,
      derivation: 'constraint',
    },
  }
  const element = (path: string, more: Loose = {}): Loose => ({ id: path, path, ...more })
  const judge = (changes: Loose, ...elements: Loose[]) =>
    told({ ...profile, differential: { element: elements.length > 0 ? elements : [element('Patient')] }, ...changes })
  t.same(judge({}), [])
  t.same(judge({}, element('Patient'), element('Patient.name.family', { min: 1 })), [])
  t.same(judge({ kind: 'complex-type' }), ['definition-inconsistent R.kind R'])
  t.same(judge({ type: 'Observation' }), ['definition-inconsistent R.type R'])
  t.same(judge({ derivation: undefined }), ['definition-inconsistent R.derivation R'])
  const paths = ['Patient', 'Patient.name', 'Patient.foo', 'Patient.gender'].map((path) => element(path))
  t.same(judge({}, ...paths), ['definition-path R.differential.element[2] R'])
  t.same(judge({}, element('Observation')), ['definition-path R.differential.element[0] R'])
  const reference = (name: string) => ({ type: [{ code: 'Reference', targetProfile: [BASE + name] }] })
  const binding = (strength: string) => ({
    binding: { strength, valueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender' },
  })
  for (const [path, asked, isRight] of [
    ['Patient.gender', { max: '1' }, true],
    ['Patient.gender', { max: '5' }, false],
    ['Patient.name', { max: '*' }, true],
    ['Patient.link.other', { min: 0 }, false],
    ['Patient.gender', { type: [{ code: 'code' }] }, true],
    ['Patient.gender', { type: [{ code: 'string' }] }, false],
    ['Patient.deceased[x]', { type: [{ code: 'boolean' }] }, true],
    ['Patient.gender', { fixedCode: 'male' }, true],
    ['Patient.gender', { fixedString: 'male' }, false],
    ['Patient.gender', binding('required'), true],
    ['Patient.gender', binding('example'), false],
    ['Patient.maritalStatus', binding('required'), true],
    ['Patient.managingOrganization', reference('Organization'), true],
    ['Patient.managingOrganization', reference('Patient'), false],
  ] as const) {
    const expected = isRight ? [] : ['definition-inconsistent R.differential.element[0] R']
    t.same(judge({}, element(path, asked)), expected, `${path} ${JSON.stringify(asked)}`)
  }
  t.same(judge({}, element('Patient.name', { type: [{ code: 'HumanName', profile: [`${BASE}Count`] }] })), [
    'definition-inconsistent R.differential.element[0].type[0].profile[0] R.differential.element[0].type[0]',
  ])
  const slice = { id: 'Patient.name:x', path: 'Patient.name', sliceName: 'x' }
  const slicing = { discriminator: [{ type: 'value', path: 'use' }], rules: 'open' }
  t.same(judge({}, element('Patient.name', { slicing }), slice), [])
  t.same(judge({}, element('Patient.name'), slice), ['definition-inconsistent R.differential.element[1] R'])
  const again = { ...slice, slicing: { ...slicing, discriminator: [{ type: 'value', path: 'family' }] } }
  t.same(judge({}, element('Patient.name', { slicing }), again), ['definition-inconsistent R'], 'sliced otherwise')
  t.same(judge({}, element('Patient.name', { slicing }), { ...slice, slicing }), [])
  for (const [path, by, isThere] of [
    ['Patient.name', 'period.start', true],
    ['Patient.name', 'family.foo', false],
    ['Patient.name', 'foo', false],
    ['Patient.name', '$this', true],
    ['Patient.contact', 'organization.resolve().name', true],
    ['Patient.extension', 'valueCoding.code', true],
    ['Patient.contained', 'name', true],
  ] as const) {
    const sliced = element(path, { slicing: { discriminator: [{ type: 'value', path: by }], rules: 'open' } })
    const at = 'R.differential.element[0].slicing.discriminator[0] R.differential.element[0].slicing'
    t.same(judge({}, sliced), isThere ? [] : [`definition-inconsistent ${at}`], `${path} by ${by}`)
  }
  const extension = { id: 'Patient.extension:x', path: 'Patient.extension', sliceName: 'x' }
  t.same(judge({}, extension), [], 'extensions are sliced by their url')
  const own = {
    type: 'Extension',
    kind: 'complex-type',
    baseDefinition: `${BASE}Extension`,
    context: [{ type: 'element', expression: 'Patient' }],
  }
  const fixed = (fixedUri: string) => [element('Extension'), element('Extension.url', { fixedUri })]
  t.same(judge(own, ...fixed(profile.url)), [])
  t.same(judge(own, ...fixed('http://example.com/other')), ['definition-inconsistent R.url R'])
  const derived = { ...own, baseDefinition: 'http://example.com/known' }
  t.same(judge(derived, ...fixed(profile.url)).length, 1, 'the base has fixed the url already')
  t.same(judge(derived, ...fixed('http://example.com/known')), [])
  t.same(judge({ ...own, baseDefinition: 'http://example.com/unknown' }, ...fixed(profile.url)), [])
  t.same(judge({ ...own, contextInvariant: ['name.('] }, ...fixed(profile.url)), [
    'definition-expression R.contextInvariant[0]',
  ])
  t.same(judge({ baseDefinition: 'http://example.com/base' }, element('Patient.foo')), [], 'nobody knows the base')
  t.end()
})

t.test('a measure that asks in CQL names a library, and a composite parameter has parts', (t) => {
  const criteria = { language: 'text/cql', expression: 'X' }
  const measure = { resourceType: 'Measure', status: 'active', group: [{ stratifier: [{ criteria }] }] }
  t.same(told(measure), ['definition-inconsistent R.group[0].stratifier[0].criteria R.group[0].stratifier[0]'])
  t.same(told({ ...measure, library: ['http://example.com/Library/x'] }), [])
  const parameter = {
    ...{ resourceType: 'SearchParameter', url: 'http://example.com/sp', name: 'Sp', status: 'active', code: 'sp' },
    ...{ description: 'x', type: 'composite', base: ['Observation'], expression: 'Observation' },
  }
  t.same(told(parameter), ['definition-inconsistent R.component R'])
  t.end()
})

t.test('what is not readable is told by the structure alone', (t) => {
  const wrong = [
    { resourceType: 'Questionnaire', status: 'active', item: [{ linkId: '1', type: 'string', enableWhen: {} }] },
    { resourceType: 'CodeSystem', status: 'active', content: 'complete', count: 1, concept: [null], property: 'x' },
    { resourceType: 'ValueSet', status: 'active', compose: { include: [{ system: 1, filter: [1] }] } },
    { resourceType: 'StructureDefinition', differential: { element: [{ path: 1, type: {} }] } },
  ]
  for (const resource of wrong) t.same(told(resource), [], resource.resourceType)
  t.end()
})

const profileOf = (type: string, ...element: Loose[]): Loose => ({
  ...{ resourceType: 'StructureDefinition', url: 'http://example.com/p', name: 'P', status: 'draft', kind: 'resource' },
  ...{ abstract: false, type, baseDefinition: `http://hl7.org/fhir/StructureDefinition/${type}` },
  ...{ derivation: 'constraint', differential: { element } },
})
const listed = (id: string, more: Loose = {}): Loose => ({ id, path: id.replace(/:[^.]*/g, ''), ...more })

t.test('a differential lists elements in the order of R4', (t) => {
  const judge = (...ids: string[]) =>
    told(profileOf('Patient', listed('Patient'), ...ids.map((id) => listed(`Patient.${id}`, { min: 1 }))))
  const wrong = (...indexes: number[]) => indexes.map((i) => `definition-inconsistent R.differential.element[${i}] R`)
  t.same(judge('identifier', 'name', 'name.family', 'name.given', 'birthDate'), [])
  t.same(judge('name.family', 'name.given', 'birthDate'), [], 'on the way to others an element need not be listed')
  t.same(judge('name', 'identifier'), wrong(1))
  t.same(judge('birthDate', 'name', 'identifier'), wrong(1, 2))
  t.same(judge('name', 'name.given', 'name.family'), wrong(2))
  t.same(judge('name.family', 'name'), wrong(1), 'what is below an element comes after it')
  t.same(judge('contact.name.given', 'contact.name.family', 'contact.gender'), wrong(1))
  t.same(judge('deceasedBoolean', 'birthDate'), wrong(1), 'a choice by its type')
  const slicing = { slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'open' } }
  const sliced = (...more: Loose[]) =>
    told(profileOf('Patient', listed('Patient'), listed('Patient.identifier', slicing), ...more))
  const slice = (name: string) => [
    listed(`Patient.identifier:${name}`, { sliceName: name }),
    ...['system', 'value'].map((child) => listed(`Patient.identifier:${name}.${child}`, { min: 1 })),
  ]
  t.same(sliced(...slice('a'), ...slice('b'), listed('Patient.name', { min: 1 })), [])
  t.same(sliced(listed('Patient.name', { min: 1 }), ...slice('a')), wrong(2))
  t.end()
})

t.test('the root is not sliced, only what holds a code is bound, and rules are FHIRPath', (t) => {
  const judge = (root: Loose, ...more: Loose[]) => told(profileOf('Patient', listed('Patient', root), ...more))
  const slicing = { discriminator: [{ type: 'value', path: 'id' }], rules: 'open' }
  t.same(judge({ slicing }), ['definition-inconsistent R.differential.element[0] R'])
  const binding = { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender' }
  t.same(judge({}, listed('Patient.gender', { binding })), [])
  t.same(judge({}, listed('Patient.name.family', { binding })), [], 'words may come from a list')
  t.same(judge({}, listed('Patient.birthDate', { binding })), ['definition-inconsistent R.differential.element[1] R'])
  const rule = (expression: string) => ({ constraint: [{ key: 'x-1', severity: 'error', human: 'x', expression }] })
  t.same(judge(rule('name.exists()')), [])
  t.same(judge(rule('name.exist()')), ['definition-expression R.differential.element[0].constraint[0]'])
  t.same(judge(rule('name.')), ['definition-expression R.differential.element[0].constraint[0]'])
  t.end()
})

t.test('definitions that lack something are read all the same', (t) => {
  const { status: _status, ...rest } = profileOf('Patient', listed('Patient'), listed('Patient.nope'))
  t.same(told(rest), ['definition-path R.differential.element[1] R'])
  t.same(told({ ...rest, differential: { element: [{ id: 'Patient' }, { path: 'Patient.nope' }] } }), [])
  t.same(told({ ...rest, context: 'x' }), [], 'what has a wrong type is not')
  t.end()
})

t.test('the codes of a map are in its systems and value sets', (t) => {
  const systems = { source: 'http://hl7.org/fhir/request-status', target: 'http://hl7.org/fhir/task-status' }
  const map = (code: string, target: string, more: Loose = {}) => ({
    ...{ resourceType: 'ConceptMap', status: 'draft' },
    group: [{ ...systems, element: [{ code, target: [{ code: target, equivalence: 'equal' }] }] }],
    ...more,
  })
  t.same(told(map('active', 'requested')), [])
  t.same(told(map('asked', 'requested')), ['concept-map-code R.group[0].element[0].code'])
  t.same(told(map('active', 'asked')), ['concept-map-code R.group[0].element[0].target[0].code'])
  t.same(told(map('active', 'requested', { group: [{ element: [{ code: 'x' }] }] })), [], 'of no system at all')
  const knowing = createStructureValidator(definitions, {
    loaded: {
      judgeOf: (system) => (code) => (system === 'http://example.com/s' && code !== 'a' ? 'error' : undefined),
      has: (set, _system, code) => (set === 'http://example.com/set' ? (code === 'active' ? 'yes' : 'no') : 'unknown'),
    },
  })
  const codesOf = (resource: Loose) =>
    knowing
      .validate(resource, { root: 'R' })
      .filter(({ key }) => KEYS.test(key))
      .map(({ key, expression }) => `${key} ${expression}`)
  const from = { sourceUri: 'http://example.com/set' }
  t.same(codesOf(map('active', 'requested', from)), [])
  t.same(codesOf(map('draft', 'requested', from)), ['concept-map-code R.group[0].element[0].code'])
  t.same(codesOf(map('draft', 'requested', { sourceUri: 'http://example.com/other' })), [])
  t.end()
})
