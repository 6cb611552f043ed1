import t from 'tap'
import { operationOutcome } from '../../src/fhir/problem.ts'
import { createProfiles } from '../../src/fhir/profile.ts'
import type { ProfileDefinition, ProfileElement } from '../../src/fhir/profile-definition.ts'
import { CORE, definitions, element, judge, load, profile, URL_BASE } from './profile-kit.ts'

const patient = (rest: object = {}): object => ({ resourceType: 'Patient', ...rest })
const observation = (rest: object = {}): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...rest,
})

t.test('min and max of an element, at its place', async (t) => {
  const profiles = load(
    profile('card', 'Patient', [
      element('Patient.birthDate', { min: 1 }),
      element('Patient.name', { min: 1, max: '2' }),
      element('Patient.name.family', { min: 1 }),
      element('Patient.photo', { max: '0' }),
    ]),
  )
  t.same(judge(profiles, patient({ birthDate: '1979-03-14', name: [{ family: 'A' }] })), [])
  t.same(judge(profiles, patient({ name: [{ family: 'A' }, { given: ['B'] }] })), [
    ['profile-required', 'Patient.name[1].family'],
    ['profile-required', 'Patient.birthDate'],
  ])
  t.same(judge(profiles, patient({ birthDate: '1979', name: [{ family: 'A' }, { family: 'B' }, { family: 'C' }] })), [
    ['profile-too-many', 'Patient.name'],
  ])
  t.same(judge(profiles, patient({ birthDate: '1979', name: [{ family: 'A' }], photo: [{ title: 'x' }] })), [
    ['profile-too-many', 'Patient.photo'],
  ])
})

t.test('a primitive that has only an extension is there; its extension is where the profile looks', async (t) => {
  const absent = { extension: [{ url: `${CORE}data-absent-reason`, valueCode: 'unknown' }] }
  const profiles = load(
    profile('born', 'Patient', [
      element('Patient.birthDate', { min: 1 }),
      element('Patient.birthDate.extension', { max: '1' }),
    ]),
  )
  t.same(judge(profiles, patient({ _birthDate: absent })), [])
  t.same(judge(profiles, patient({ _birthDate: { extension: [...absent.extension, ...absent.extension] } })), [
    ['profile-too-many', 'Patient.birthDate.extension'],
  ])
})

t.test('fixed and pattern values', async (t) => {
  const profiles = load(
    profile('fixed', 'Observation', [
      element('Observation.status', { fixedCode: 'final' }),
      element('Observation.code', { patternCodeableConcept: { coding: [{ system: 'http://s', code: 'a' }] } }),
      element('Observation.subject', { fixedReference: { reference: 'Patient/1', display: 'Ada' } }),
    ]),
  )
  const coding = [
    { system: 'http://s', code: 'b' },
    { display: 'x', code: 'a', system: 'http://s' },
  ]
  t.same(judge(profiles, observation({ code: { coding, text: 'y' } })), [])
  t.same(judge(profiles, observation({ code: { coding }, subject: { display: 'Ada', reference: 'Patient/1' } })), [])
  t.same(
    judge(
      profiles,
      observation({ status: 'amended', code: { coding: [{ code: 'a' }] }, subject: { reference: 'Patient/1' } }),
    ),
    [
      ['profile-value', 'Observation.status'],
      ['profile-value', 'Observation.code'],
      ['profile-value', 'Observation.subject'],
    ],
  )
})

t.test('what is not as fixed is told at the element, and where in it that shows', async (t) => {
  const subject = { reference: 'Patient/1', identifier: { system: 'http://s', value: '1' } }
  const profiles = load(
    profile('places', 'Observation', [
      element('Observation.code', { fixedCodeableConcept: { coding: [{ system: 'http://s', code: 'a' }] } }),
      element('Observation.subject', { patternReference: subject }),
    ]),
  )
  const places = (more: object): unknown =>
    operationOutcome(
      profiles.validate(observation(more), { root: 'Observation', profiles: [`${URL_BASE}places`] }),
    ).issue.flatMap(({ expression = [] }) => expression.map((place) => place.replace('Observation', 'O')))
  const code = (coding: object[], text?: string) => ({ subject, code: { coding, ...(text && { text }) } })
  const right = { system: 'http://s', code: 'a' }
  t.same(places(code([right])), [])
  t.same(places(code([{ ...right, code: 'b' }])), ['O.code', 'O.code.coding[0].code'])
  t.same(places(code([{ code: 'a' }])), ['O.code', 'O.code.coding[0].system'])
  t.same(places(code([right], 'x')), ['O.code', 'O.code.text'])
  t.same(places({ subject, code: { id: 'a', coding: [{ id: 'b', ...right }] } }), [], 'an id is no part of the value')
  const other = { ...subject, identifier: { ...subject.identifier, value: '2' }, display: 'x' }
  t.same(places({ ...code([right]), subject: other }), ['O.subject', 'O.subject.identifier.value'])
  t.same(places({ ...code([right]), subject: {} }), ['O.subject', 'O.subject.reference', 'O.subject.identifier'])
})

t.test('where the target of a reference stands', async (t) => {
  const wanted = (name: string, ...aggregation: string[]) =>
    profile(name, 'Observation', [
      element('Observation.subject', {
        type: [{ code: 'Reference', targetProfile: [`${CORE}Patient`], aggregation }],
      }),
    ])
  const modes = [['contained'], ['bundled'], ['referenced'], ['contained', 'bundled'], ['contained', 'referenced']]
  const profiles = load(...modes.map((list) => wanted(list.join('-'), ...list)))
  const inside = 'urn:uuid:00000000-0000-4000-8000-000000000001'
  /** The modes that take the reference, alone and beside the patient in a Bundle. */
  const taken = (subject: object): unknown =>
    modes
      .map((list) => list.join('-'))
      .filter((name) => {
        const contained = [{ resourceType: 'Patient', id: 'p' }]
        const resource = observation({ subject, contained, meta: { profile: [URL_BASE + name] } })
        const bundle = {
          resourceType: 'Bundle',
          type: 'collection',
          entry: [{ resource }, { fullUrl: inside, resource: { resourceType: 'Patient' } }],
        }
        return profiles.validate(bundle, { root: 'Bundle' }).every(({ key }) => key !== 'profile-target')
      })
  const everywhere = modes.map((list) => list.join('-'))
  t.same(taken({ reference: '#p' }), ['contained', 'contained-bundled', 'contained-referenced'])
  t.same(taken({ reference: inside }), ['bundled', 'referenced', 'contained-bundled', 'contained-referenced'])
  t.same(taken({ reference: 'Patient/elsewhere' }), ['referenced', 'contained-referenced'])
  t.same(taken({ identifier: { value: '1' } }), everywhere, 'what is named by identifier may be anywhere')
})

t.test('bounds and lengths', async (t) => {
  const profiles = load(
    profile('bounds', 'Patient', [
      element('Patient.multipleBirth[x]', { minValueInteger: 1, maxValueInteger: 3 }),
      element('Patient.birthDate', { minValueDate: '1900-01-01' }),
      element('Patient.name.family', { maxLength: 3, extension: [{ url: `${CORE}minLength`, valueInteger: 2 }] }),
    ]),
  )
  t.same(judge(profiles, patient({ multipleBirthInteger: 3, birthDate: '1900-01-01', name: [{ family: 'Ada' }] })), [])
  t.same(judge(profiles, patient({ multipleBirthInteger: 4, birthDate: '1899-12-31', name: [{ family: 'Adam' }] })), [
    ['profile-value', 'Patient.name[0].family'],
    ['profile-value', 'Patient.birthDate'],
    ['profile-value', 'Patient.multipleBirth.ofType(integer)'],
  ])
  t.same(judge(profiles, patient({ name: [{ family: 'A' }] })), [['profile-value', 'Patient.name[0].family']])
})

t.test('bounds of quantities hold in whatever unit of the kind was sent', async (t) => {
  const kilograms = (value: number): object => ({ value, system: 'http://unitsofmeasure.org', code: 'kg' })
  const profiles = load(
    profile('weighed', 'Observation', [
      element('Observation.value[x]', { minValueQuantity: kilograms(1), maxValueQuantity: kilograms(10) }),
    ]),
  )
  const weighed = (value: number, code: string, system = 'http://unitsofmeasure.org'): [string, string | undefined][] =>
    judge(profiles, observation({ code: { text: 'x' }, valueQuantity: { value, system, code } }))
  const wrong = [['profile-value', 'Observation.value.ofType(Quantity)']]
  for (const [value, code] of [
    [1, 'kg'],
    [1000, 'g'],
    [10000, 'g'],
    [10, 'kg'],
    [5000000, 'mg'],
  ] as const) {
    t.same(weighed(value, code), [], `${value} ${code}`)
  }
  for (const [value, code] of [
    [0.9, 'kg'],
    [999, 'g'],
    [10001, 'g'],
    [1000, 'mg'],
  ] as const) {
    t.same(weighed(value, code), wrong, `${value} ${code}`)
  }
  t.same(weighed(500, 'mL'), [], 'what is of another kind is not decided here')
  t.same(weighed(500, 'g', 'https://example.org/units'), [])
})

t.test('where any resource may stand, a profile says which', async (t) => {
  const profiles = load(
    profile('manifest', 'Bundle', [
      element('Bundle.entry.resource', { type: [{ code: 'Resource', profile: [`${CORE}Patient`] }] }),
    ]),
    profile('patients', 'Bundle', [
      element('Bundle.entry.resource', { type: [{ code: 'Resource', profile: [`${URL_BASE}named`] }] }),
    ]),
    profile('named', 'Patient', [element('Patient.name', { min: 1 })]),
  )
  const bundle = (resource: object): object => ({ resourceType: 'Bundle', type: 'collection', entry: [{ resource }] })
  t.same(judge(profiles, bundle(patient())), [])
  t.same(judge(profiles, bundle({ resourceType: 'Organization' })), [['profile-type', 'Bundle.entry[0].resource']])
  const patients = `${URL_BASE}patients`
  t.same(judge(profiles, bundle({ resourceType: 'Organization', name: [{}] }), patients), [
    ['profile-type', 'Bundle.entry[0].resource'],
  ])
  t.same(judge(profiles, bundle(patient({ name: [{ text: 'x' }] })), patients), [])
  t.same(judge(profiles, bundle(patient()), patients), [['profile-required', 'Bundle.entry[0].resource.name']])
})

t.test('a profile on a Bundle follows the references between its entries', async (t) => {
  const profiles = load(
    profile('about-named', 'Bundle', [
      element('Bundle.entry', { slicing: { discriminator: [{ type: 'profile', path: 'resource' }], rules: 'open' } }),
      element('Bundle.entry', { sliceName: 'report', min: 1 }),
      element('Bundle.entry.resource', {
        id: 'Bundle.entry:report.resource',
        type: [{ code: 'Observation', profile: [`${URL_BASE}report`] }],
      }),
    ]),
    profile('report', 'Observation', [
      element('Observation.subject', { type: [{ code: 'Reference', targetProfile: [`${URL_BASE}named`] }] }),
    ]),
    profile('named', 'Patient', [element('Patient.name', { min: 1 })]),
  )
  const bundle = (about: object): object => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        fullUrl: 'https://example.org/fhir/Observation/o',
        resource: observation({ id: 'o', code: { text: 'x' }, subject: { reference: 'Patient/p' } }),
      },
      { fullUrl: 'https://example.org/fhir/Patient/p', resource: patient({ id: 'p', ...about }) },
    ],
  })
  t.same(judge(profiles, bundle({ name: [{ text: 'x' }] })), [])
  t.same(judge(profiles, bundle({})), [['profile-required', 'Bundle.entry']])
})

t.test('bindings: required is an error, extensible a warning, an unknown value set says nothing', async (t) => {
  const valueSet = 'https://example.org/ValueSet/colours'
  const profiles = load(
    profile('bound', 'Observation', [
      element('Observation.code', { binding: { strength: 'required', valueSet } }),
      element('Observation.method', { binding: { strength: 'extensible', valueSet: `${valueSet}|1.0.0` } }),
      element('Observation.bodySite', {
        binding: { strength: 'required', valueSet: 'https://example.org/ValueSet/x' },
      }),
      element('Observation.category', { binding: { strength: 'preferred', valueSet } }),
    ]),
  )
  const red = { coding: [{ system: 'https://example.org/colours', code: 'red' }] }
  const green = { coding: [{ system: 'https://example.org/colours', code: 'green' }] }
  t.same(
    judge(profiles, observation({ code: red, method: { text: 'by hand' }, bodySite: green, category: [green] })),
    [],
  )
  const issues = profiles.validate(observation({ code: green, method: green }), {
    root: 'Observation',
    profiles: [`${URL_BASE}bound`],
  })
  t.same(
    issues.map(({ key, expression, severity }) => [key, expression, severity]),
    [
      ['profile-binding', 'Observation.code', undefined],
      ['profile-binding', 'Observation.method', 'warning'],
    ],
  )
  t.match(issues[0]?.diagnostics, valueSet)
  t.same(judge(profiles, observation({ code: { text: 'red' } })), [['profile-binding', 'Observation.code']])
})

t.test('types of a choice, and the shorthand that names one', async (t) => {
  const profiles = load(
    profile('choice', 'Observation', [
      element('Observation.value[x]', { type: [{ code: 'Quantity' }, { code: 'string' }] }),
    ]),
    profile('shorthand', 'Observation', [
      element('Observation.valueQuantity', { min: 1 }),
      element('Observation.valueQuantity.code', { fixedCode: 'mg' }),
    ]),
    profile('only-one', 'Observation', [
      element('Observation.value[x]', { type: [{ code: 'Quantity' }] }),
      element('Observation.value[x].code', { min: 1 }),
    ]),
  )
  const [choice, shorthand, onlyOne] = profiles.canonicals
  t.same(judge(profiles, observation({ valueString: 'x' }), choice), [])
  t.same(judge(profiles, observation({ valueBoolean: true }), choice), [
    ['profile-type', 'Observation.value.ofType(boolean)'],
  ])
  t.same(judge(profiles, observation({ valueQuantity: { value: 1, code: 'mg' } }), shorthand), [])
  t.same(judge(profiles, observation({ valueQuantity: { value: 1, code: 'g' } }), shorthand), [
    ['profile-value', 'Observation.value.ofType(Quantity).code'],
  ])
  t.same(judge(profiles, observation({ valueString: 'x' }), shorthand), [['profile-required', 'Observation.value']])
  t.same(judge(profiles, observation({ valueQuantity: { value: 1 } }), onlyOne), [
    ['profile-required', 'Observation.value.ofType(Quantity).code'],
  ])
})

t.test('invariants: at the element, item by item, with severity', async (t) => {
  const rule = (key: string, expression: string, severity: 'error' | 'warning' = 'error') => ({
    constraint: [{ key, severity, human: `${key} in words`, expression }],
  })
  const profiles = load(
    profile('rules', 'Patient', [
      element('Patient', rule('p-1', "name.where(use = 'official').exists()")),
      element('Patient.telecom', rule('t-1', "system = 'phone' implies value.startsWith('0')", 'warning')),
      element('Patient.birthDate', rule('b-1', '$this > @1900-01-01 and %resource.gender.exists()')),
    ]),
  )
  const good = { name: [{ use: 'official', family: 'A' }], gender: 'female', birthDate: '1979-03-14' }
  t.same(judge(profiles, patient(good)), [])
  const telecom = [
    { system: 'phone', value: '0123' },
    { system: 'phone', value: '123' },
  ]
  const issues = profiles.validate(patient({ birthDate: '1850-01-01', telecom }), {
    root: 'Bundle.entry[3].resource',
    profiles: [`${URL_BASE}rules`],
  })
  t.same(
    issues.map(({ key, expression, severity, diagnostics }) => [key, expression, severity, diagnostics.slice(0, 13)]),
    [
      ['profile-invariant', 'Bundle.entry[3].resource.telecom[1]', 'warning', 't-1: t-1 in w'],
      ['profile-invariant', 'Bundle.entry[3].resource.birthDate', undefined, 'b-1: b-1 in w'],
      ['profile-invariant', 'Bundle.entry[3].resource', undefined, 'p-1: p-1 in w'],
    ],
  )
})

t.test('rules ask whether a value conforms, what is contained, and what HL7 publishes', async (t) => {
  const holds = (expression: string): boolean => {
    const profiles = load(
      profile('asking', 'Patient', [
        element('Patient', { constraint: [{ key: 'a-1', severity: 'error', expression }] }),
      ]),
      profile('named', 'Patient', [element('Patient.name', { min: 1 })]),
      profile('nameless', 'Patient', [element('Patient.name', { max: '0' })]),
      profile('spoken', 'HumanName', [element('HumanName.text', { min: 1 })]),
    )
    const resource = patient({
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
      contained: [{ resourceType: 'Organization', id: 'o', name: 'Trust' }],
      managingOrganization: { reference: '#o' },
      name: [{ family: 'Ada' }],
    })
    const found = judge(profiles, resource)
    t.ok(found.length === 0 || (found.length === 1 && found[0]?.[0] === 'profile-invariant'))
    return found.length === 0
  }
  for (const expression of [
    `conformsTo('${URL_BASE}named')`,
    `conformsTo('${CORE}Patient')`,
    `conformsTo('${CORE}DomainResource')`,
    `name.first().conformsTo('${CORE}HumanName')`,
    `managingOrganization.resolve().conformsTo('${CORE}Organization')`,
    "managingOrganization.resolve().name = 'Trust'",
    'text.div.exists()',
    "%`vs-marital-status` = 'http://hl7.org/fhir/ValueSet/marital-status'",
    `%\`ext-patient-birthTime\` = '${CORE}patient-birthTime'`,
  ]) {
    t.ok(holds(expression), expression)
  }
  for (const expression of [
    `conformsTo('${URL_BASE}nameless')`,
    `conformsTo('${URL_BASE}gone')`,
    `conformsTo('${CORE}Observation')`,
    `name.first().conformsTo('${CORE}Patient')`,
    `name.first().conformsTo('${URL_BASE}spoken')`,
    "managingOrganization.resolve().name = 'Other'",
    'text.div.empty()',
  ]) {
    t.notOk(holds(expression), expression)
  }
})

t.test('a profile on a data type, named by an element; one of several is enough', async (t) => {
  const simple = [element('Identifier.system', { min: 1 }), element('Identifier.value', { min: 1 })]
  const profiles = load(
    profile('user', 'Patient', [
      element('Patient.identifier', { type: [{ code: 'Identifier', profile: [`${URL_BASE}full`] }] }),
      element('Patient.contact.name', {
        type: [{ code: 'HumanName', profile: [`${URL_BASE}family-only`, `${URL_BASE}text-only`] }],
      }),
    ]),
    profile('full', 'Identifier', simple),
    profile('family-only', 'HumanName', [element('HumanName.family', { min: 1 })]),
    profile('text-only', 'HumanName', [element('HumanName.text', { min: 1 })]),
  )
  const contact = (name: object) => [{ name }]
  t.same(
    judge(profiles, patient({ identifier: [{ system: 'http://s', value: '1' }], contact: contact({ text: 'A' }) })),
    [],
  )
  t.same(judge(profiles, patient({ identifier: [{ value: '1' }], contact: contact({ given: ['A'] }) })), [
    ['profile-required', 'Patient.identifier[0].system'],
    ['profile-type', 'Patient.contact[0].name'],
  ])
})

t.test('targets of references: type, and profile where the target is contained or in the Bundle', async (t) => {
  const profiles = load(
    profile('request', 'MedicationRequest', [
      element('MedicationRequest.requester', {
        type: [{ code: 'Reference', targetProfile: [`${CORE}PractitionerRole`] }],
      }),
      element('MedicationRequest.subject', { type: [{ code: 'Reference', targetProfile: [`${URL_BASE}named`] }] }),
    ]),
    profile('named', 'Patient', [element('Patient.name', { min: 1 })]),
  )
  const request = (rest: object = {}): object => ({
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { text: 'x' },
    subject: { reference: 'Patient/1' },
    ...rest,
  })
  t.same(judge(profiles, request({ requester: { reference: 'PractitionerRole/1' } })), [])
  t.same(judge(profiles, request({ requester: { identifier: { value: '1' } } })), [])
  for (const reference of [
    'urn:uuid:0e6cf9f5-6f39-4a5b-9b5e-3d4a21b6a1a5',
    'https://x.org/Id/1',
    'PractitionerRole?id=Id/1',
  ]) {
    t.same(judge(profiles, request({ requester: { reference } })), [], reference)
  }
  t.same(judge(profiles, request({ requester: { reference: 'https://x.org/fhir/Practitioner/1' } })), [
    ['profile-target', 'MedicationRequest.requester'],
  ])
  for (const [requester, isRight] of [
    [{ type: 'PractitionerRole', identifier: { value: '1' } }, true],
    [{ type: `${CORE}PractitionerRole`, reference: 'PractitionerRole/1' }, true],
    [{ type: 'Practitioner', identifier: { value: '1' } }, false],
    [{ type: 'Practitioner', reference: 'PractitionerRole/1' }, false],
    [{ type: 'PractitionerRole', reference: 'Practitioner/1' }, false],
    [{ type: 'Practitioner', reference: 'urn:uuid:0e6cf9f5-6f39-4a5b-9b5e-3d4a21b6a1a5' }, false],
  ] as const) {
    const found = isRight ? [] : [['profile-target', 'MedicationRequest.requester']]
    t.same(judge(profiles, request({ requester })), found, JSON.stringify(requester))
  }
  const contained = (rest: object): object =>
    request({ subject: { reference: '#p' }, contained: [{ resourceType: 'Patient', id: 'p', ...rest }] })
  t.same(judge(profiles, contained({ name: [{ text: 'A' }] })), [])
  t.same(judge(profiles, contained({})), [['profile-target', 'MedicationRequest.subject']])
  const bundle = (reference: string, rest: object): object => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      { fullUrl: 'https://x.org/fhir/Patient/1', resource: { resourceType: 'Patient', id: '1', ...rest } },
      {
        fullUrl: 'https://x.org/fhir/MedicationRequest/2',
        resource: request({ subject: { reference }, meta: { profile: [`${URL_BASE}request`] } }),
      },
    ],
  })
  for (const reference of ['Patient/1', 'https://x.org/fhir/Patient/1', 'Patient/1/_history/3']) {
    t.same(judge(profiles, bundle(reference, { name: [{ text: 'A' }] }), `${CORE}Bundle`), [], reference)
    t.same(
      judge(profiles, bundle(reference, {}), `${CORE}Bundle`),
      [['profile-target', 'Bundle.entry[1].resource.subject']],
      reference,
    )
  }
})

t.test('targets that refer to each other end, and each is told of the fault behind it', async (t) => {
  const profiles = load(
    profile('a', 'Organization', [
      element('Organization.partOf', { type: [{ code: 'Reference', targetProfile: [`${URL_BASE}a`] }] }),
      element('Organization.name', { min: 1 }),
    ]),
  )
  const entry = (id: string, partOf: string, rest: object) => ({
    fullUrl: `urn:uuid:${id}`,
    resource: { resourceType: 'Organization', partOf: { reference: `urn:uuid:${partOf}` }, ...rest },
  })
  const bundle = (rest: object) => ({
    resourceType: 'Bundle',
    entry: [entry('1', '2', { name: 'x' }), entry('2', '1', rest)],
  })
  const judged = (rest: object) =>
    profiles
      .validate(bundle(rest), { root: 'Bundle', profileOf: () => `${URL_BASE}a` })
      .map(({ expression }) => expression)
  t.same(judged({ name: 'y' }), [])
  t.same(judged({}), [
    'Bundle.entry[0].resource.partOf',
    'Bundle.entry[1].resource.name',
    'Bundle.entry[1].resource.partOf',
  ])
})

t.test('extensions: simple, nested and modifying, by definition wherever they stand', async (t) => {
  const simple = profile('colour', 'Extension', [
    element('Extension.extension', { max: '0' }),
    element('Extension.url', { fixedUri: `${URL_BASE}colour` }),
    element('Extension.value[x]', { min: 1, type: [{ code: 'code' }] }),
  ])
  const nested = profile('dose', 'Extension', [
    element('Extension.extension', { slicing: { discriminator: [{ type: 'value', path: 'url' }], rules: 'closed' } }),
    { id: 'Extension.extension:amount', path: 'Extension.extension', sliceName: 'amount', min: 1, max: '1' },
    { id: 'Extension.extension:amount.url', path: 'Extension.extension.url', fixedUri: 'amount' },
    {
      id: 'Extension.extension:amount.value[x]',
      path: 'Extension.extension.value[x]',
      min: 1,
      type: [{ code: 'Quantity' }],
    },
    element('Extension.url', { fixedUri: `${URL_BASE}dose` }),
  ])
  const use = profile('use', 'Patient', [
    {
      id: 'Patient.extension:colour',
      path: 'Patient.extension',
      sliceName: 'colour',
      min: 1,
      max: '1',
      type: [{ code: 'Extension', profile: [`${URL_BASE}colour`] }],
    },
  ])
  const profiles = load(use, simple, nested)
  const colour = { url: `${URL_BASE}colour`, valueCode: 'red' }
  const other = { url: 'http://x.org/other', valueString: 'y' }
  t.same(judge(profiles, patient({ extension: [other, colour] })), [])
  t.same(judge(profiles, patient({ extension: [other] })), [['profile-required', 'Patient.extension']])
  t.same(judge(profiles, patient({ extension: [colour, colour] })), [['profile-too-many', 'Patient.extension']])
  t.same(judge(profiles, patient({ extension: [{ url: `${URL_BASE}colour`, valueString: 'red' }] })), [
    ['profile-type', 'Patient.extension[0].value.ofType(string)'],
  ])
  const dose = (extension: object[]) => ({ url: `${URL_BASE}dose`, extension })
  const amount = { url: 'amount', valueQuantity: { value: 1 } }
  const judged = (rest: object) => judge(profiles, patient({ extension: [colour], ...rest }))
  t.same(judged({ name: [{ _family: { extension: [dose([amount])] } }] }), [])
  t.same(judged({ name: [{ _family: { extension: [dose([other])] } }] }), [
    ['profile-slice', 'Patient.name[0].family.extension[0].extension[0]'],
    ['profile-required', 'Patient.name[0].family.extension[0].extension'],
  ])
  t.same(judged({ modifierExtension: [dose([{ url: 'amount', valueString: 'x' }])] }), [
    ['profile-type', 'Patient.modifierExtension[0].extension[0].value.ofType(string)'],
  ])
})

t.test(
  'an element defined by another is as R4 defines it, and in a snapshot as the profile does where it says so',
  async (t) => {
    const form = (item: object[]) => ({ resourceType: 'Questionnaire', status: 'draft', item })
    const item = (linkId: string, rest: object = {}) => ({ linkId, type: 'group', text: 'x', ...rest })
    const inner = form([item('1', { item: [item('2', { item: [item('3', { text: undefined })] })] })])
    const outer = form([item('1', { text: undefined })])
    const differential = load(profile('form', 'Questionnaire', [element('Questionnaire.item.text', { min: 1 })]))
    t.same(judge(differential, outer), [['profile-required', 'Questionnaire.item[0].text']])
    t.same(judge(differential, inner), [])
    const deeper = load(
      profile('form', 'Questionnaire', [
        element('Questionnaire.item.text', { min: 1 }),
        element('Questionnaire.item.item.prefix', { min: 1 }),
      ]),
    )
    t.same(judge(deeper, inner), [['profile-required', 'Questionnaire.item[0].item[0].prefix']])
    const snapshot = (contentReference: string) => {
      const base = (definitions.structure('Questionnaire')?.snapshot.element ?? []) as unknown as ProfileElement[]
      const elements = base.map((each): ProfileElement => ({
        ...each,
        ...(each.contentReference ? { contentReference } : {}),
        ...(each.path === 'Questionnaire.item.text' ? { min: 1 } : {}),
      }))
      return load(profile('form', 'Questionnaire', [], { snapshot: { element: elements } }))
    }
    t.same(judge(snapshot('#Questionnaire.item'), inner), [
      ['profile-required', 'Questionnaire.item[0].item[0].item[0].text'],
    ])
    t.same(judge(snapshot(`${CORE}Questionnaire#Questionnaire.item`), inner), [])
  },
)

t.test('a profile of a profile asks what both ask', async (t) => {
  const profiles = load(
    profile('leaf', 'Patient', [element('Patient.gender', { min: 1 })], { baseDefinition: `${URL_BASE}middle|2.0.0` }),
    profile('middle', 'Patient', [element('Patient.name', { min: 1 })], {
      baseDefinition: `${URL_BASE}root`,
      version: '2.0.0',
    }),
    profile('root', 'Patient', [element('Patient.birthDate', { min: 1 })]),
  )
  t.same(judge(profiles, patient()), [
    ['profile-required', 'Patient.name'],
    ['profile-required', 'Patient.gender'],
    ['profile-required', 'Patient.birthDate'],
  ])
  t.same(judge(profiles, patient(), `${URL_BASE}root`), [['profile-required', 'Patient.birthDate']])
})

t.test('claims: known profiles are enforced, unknown ones are named in a warning', async (t) => {
  const profiles = load(
    profile('known', 'Patient', [element('Patient.name', { min: 1 })], { version: '1.1.0' }),
    profile('task', 'Task', []),
  )
  const claim = (...canonicals: string[]) => {
    const issues = profiles.validate(patient({ meta: { profile: canonicals } }), { root: 'Patient' })
    return issues.map(({ key, expression, severity }) => [key, expression, severity])
  }
  t.same(claim(`${CORE}Patient`), [])
  t.same(claim(`${URL_BASE}known`), [['profile-required', 'Patient.name', undefined]])
  t.same(claim(`${URL_BASE}known|1.1.0`), [['profile-required', 'Patient.name', undefined]])
  t.same(claim(`${CORE}Patient`, `${URL_BASE}other`), [['profile-unknown', 'Patient.meta.profile[1]', undefined]])
  t.same(claim(`${URL_BASE}known|1.1`), [['profile-required', 'Patient.name', undefined]], 'a version in part')
  t.same(claim(`${URL_BASE}known|1`), [['profile-required', 'Patient.name', undefined]])
  t.same(claim(`${URL_BASE}known|1.`), [['profile-unknown', 'Patient.meta.profile[0]', undefined]])
  t.same(claim(`${URL_BASE}known|9`), [['profile-unknown', 'Patient.meta.profile[0]', undefined]])
  t.same(claim(`${URL_BASE}task`, `${CORE}Task`), [
    ['profile-type', 'Patient.meta.profile[0]', undefined],
    ['profile-type', 'Patient.meta.profile[1]', undefined],
  ])
  t.same(claim(`${CORE}Patient|4.0.1`, `${CORE}Patient|4.0`), [])
  t.same(claim(`${CORE}Patient|5.0.0`), [['profile-unknown', 'Patient.meta.profile[0]', undefined]])
  t.same(claim(`${CORE}HumanName`), [['profile-type', 'Patient.meta.profile[0]', undefined]])
  const asked = profiles.validate(patient(), { root: 'Patient', profiles: [`${URL_BASE}other`] })
  t.same(
    asked.map(({ key, severity }) => [key, severity]),
    [['profile-unknown', 'error']],
  )
  const inside = { resourceType: 'Patient', id: 'a', meta: { profile: [`${URL_BASE}known`] } }
  const container = { resourceType: 'Basic', contained: [inside] }
  t.same(judge(profiles, container, `${CORE}Basic`), [['profile-required', 'Basic.contained[0].name']])
  const parameters = { resourceType: 'Parameters', parameter: [{ name: 'x', part: [{ name: 'y', resource: inside }] }] }
  t.same(judge(profiles, parameters, `${CORE}Parameters`), [
    ['profile-required', 'Parameters.parameter[0].part[0].resource.name'],
  ])
})

t.test('what cannot be understood stops with file and reason', async (t) => {
  const fails = (reason: RegExp, ...profiles: readonly ProfileDefinition[]) =>
    t.throws(() => load(...profiles), { message: reason }, String(reason))
  fails(
    /^a\.json: its base .*missing is not loaded/,
    profile('a', 'Patient', [], { baseDefinition: `${URL_BASE}missing` }),
  )
  fails(/^a\.json: .*derived from itself/, profile('a', 'Patient', [], { baseDefinition: `${URL_BASE}a` }))
  fails(
    /^a\.json: Patient\.nmae: R4 has no such element/,
    profile('a', 'Patient', [element('Patient.nmae', { min: 1 })]),
  )
  fails(
    /^a\.json: it is for Patient and its base .* for Task/,
    profile('a', 'Patient', [], { baseDefinition: `${URL_BASE}b` }),
    profile('b', 'Task', []),
  )
  fails(/^a\.json: it is a profile on "Robot"/, profile('a', 'Robot', []))
  fails(
    /^a\.json: Patient: the rule r-1 is not FHIRPath/,
    profile('a', 'Patient', [element('Patient', { constraint: [{ key: 'r-1', expression: 'name.where(' }] })]),
  )
  fails(/neither a differential nor a snapshot/, { ...profile('a', 'Patient', []), differential: undefined } as never)
  fails(/b\.json: .*also defined, differently, in a\.json/, profile('a', 'Patient', []), {
    ...profile('b', 'Patient', []),
    url: `${URL_BASE}a`,
  })
  fails(/max "many" is neither/, profile('a', 'Patient', [element('Patient.name', { max: 'many' })]))
  t.doesNotThrow(() =>
    createProfiles(definitions, [{ file: 'x', definition: { ...profile('x', 'Robot', []), kind: 'logical' } }]),
  )
})

t.test('what is not enforced is told to the operator', async (t) => {
  const profiles = load(
    profile('a', 'Patient', [
      element('Patient.name', { type: [{ code: 'HumanName', profile: [`${URL_BASE}nowhere`] }] }),
      element('Patient', { constraint: [{ key: 'w-1', human: 'only words' }] }),
    ]),
  )
  t.equal(profiles.notes.length, 2)
  t.match(profiles.notes.join(), /nowhere/)
  t.match(profiles.notes.join(), /w-1 has no FHIRPath/)
})

t.test('any value in any place is an issue or in order, never a crash', async (t) => {
  const profiles = load(
    profile('hostile', 'Patient', [
      element('Patient.name', { min: 1, max: '1' }),
      element('Patient.name.given', { max: '1', patternString: 'A' }),
      element('Patient.identifier', {
        slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'closed' },
      }),
      { id: 'Patient.identifier:a', path: 'Patient.identifier', sliceName: 'a', min: 1 },
      { id: 'Patient.identifier:a.system', path: 'Patient.identifier.system', fixedUri: 'http://a' },
      element('Patient.managingOrganization', { type: [{ code: 'Reference', targetProfile: [`${URL_BASE}org`] }] }),
      element('Patient.birthDate', { minValueDate: '1900-01-01' }),
    ]),
    profile('org', 'Organization', [element('Organization.name', { min: 1 })]),
  )
  const values = [null, 0, '', true, [], {}, [null], [[]], [{}], { reference: 7 }, { coding: [null] }]
  let tried = 0
  for (const value of values) {
    for (const name of ['name', 'identifier', 'managingOrganization', 'birthDate', 'meta', 'contained', 'extension']) {
      t.doesNotThrow(() => judge(profiles, patient({ [name]: value })))
      t.doesNotThrow(() =>
        judge(profiles, patient({ name: [{ given: value, extension: value }], meta: { profile: value } })),
      )
      tried++
    }
    t.same(profiles.validate(value, { root: 'Resource', profiles: profiles.canonicals }), [])
  }
  t.equal(tried, 77)
})
