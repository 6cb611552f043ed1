import t from 'tap'
import type { ProfileElement, Slicing } from '../../src/fhir/profile-definition.ts'
import { CORE, element, judge, load, profile, URL_BASE } from './profile-kit.ts'

const patient = (identifier: readonly object[]): object => ({ resourceType: 'Patient', identifier })
const id = (system: string, rest: object = {}): object => ({ system: `http://${system}`, value: '1', ...rest })

const slicing = (rest: Partial<Slicing> = {}): Slicing => ({
  discriminator: [{ type: 'value', path: 'system' }],
  rules: 'open',
  ...rest,
})

/** Identifiers sliced by system. */
const bySystem = (rest: Partial<Slicing>, ...names: readonly string[]): ProfileElement[] => [
  element('Patient.identifier', { slicing: slicing(rest) }),
  ...names.flatMap((name) => [
    { id: `Patient.identifier:${name}`, path: 'Patient.identifier', sliceName: name, max: '1' },
    { id: `Patient.identifier:${name}.system`, path: 'Patient.identifier.system', fixedUri: `http://${name}` },
    { id: `Patient.identifier:${name}.value`, path: 'Patient.identifier.value', min: 1, maxLength: 3 },
  ]),
]

t.test('slices by value: cardinality and content of each, open to others', async (t) => {
  const elements = bySystem({}, 'a', 'b').map((e) => (e.sliceName === 'a' ? { ...e, min: 1 } : e))
  const profiles = load(profile('open', 'Patient', elements))
  t.same(judge(profiles, patient([id('x'), id('a'), id('b')])), [])
  t.same(judge(profiles, patient([id('x', { value: 'long one' }), id('b', { value: 'long one' })])), [
    ['profile-value', 'Patient.identifier[1].value'],
    ['profile-required', 'Patient.identifier'],
  ])
  t.same(judge(profiles, patient([id('a'), id('a'), id('b', { value: undefined })])), [
    ['profile-required', 'Patient.identifier[2].value'],
    ['profile-too-many', 'Patient.identifier'],
  ])
  const [issue] = profiles.validate(patient([id('b')]), { root: 'Patient', profiles: profiles.canonicals })
  t.match(issue?.diagnostics, /"a" \(system = "http:\/\/a"\)/, 'says how the slice is told apart')
})

t.test('closed, open at the end, ordered', async (t) => {
  const closed = load(profile('closed', 'Patient', bySystem({ rules: 'closed' }, 'a', 'b')))
  t.same(judge(closed, patient([id('b'), id('a')])), [])
  t.same(judge(closed, patient([id('a'), id('x')])), [['profile-slice', 'Patient.identifier[1]']])
  const atEnd = load(profile('end', 'Patient', bySystem({ rules: 'openAtEnd' }, 'a', 'b')))
  t.same(judge(atEnd, patient([id('b'), id('a'), id('x'), id('y')])), [])
  t.same(judge(atEnd, patient([id('b'), id('x'), id('a')])), [['profile-slice', 'Patient.identifier[1]']])
  const ordered = load(profile('ordered', 'Patient', bySystem({ ordered: true }, 'a', 'b')))
  t.same(judge(ordered, patient([id('a'), id('x'), id('b')])), [])
  t.same(judge(ordered, patient([id('b'), id('a')])), [['profile-slice', 'Patient.identifier[1]']])
})

t.test('slices that carry no ids are placed by path and slice name', async (t) => {
  const elements = bySystem({ rules: 'closed' }, 'a', 'b').map(({ id: _id, ...rest }) => rest)
  const profiles = load(profile('paths', 'Patient', elements))
  t.same(judge(profiles, patient([id('a'), id('b')])), [])
  t.same(judge(profiles, patient([id('a', { value: 'long one' }), id('x')])), [
    ['profile-value', 'Patient.identifier[0].value'],
    ['profile-slice', 'Patient.identifier[1]'],
  ])
})

t.test('discriminators by pattern, by required binding, and by what lies deeper', async (t) => {
  const name = (slice: string, rest: Partial<ProfileElement>[]): ProfileElement[] => [
    { id: `Observation.category:${slice}`, path: 'Observation.category', sliceName: slice, max: '1' },
    ...rest.map((r) => ({ path: 'Observation.category', ...r, id: `Observation.category:${slice}${r.id}` })),
  ]
  const profiles = load(
    profile('category', 'Observation', [
      element('Observation.category', {
        slicing: { discriminator: [{ type: 'pattern', path: '$this' }], rules: 'closed' },
      }),
      ...name('p', []).map((e) => ({ ...e, patternCodeableConcept: { coding: [{ code: 'p' }] } })),
      ...name('b', []).map((e) => ({
        ...e,
        binding: { strength: 'required', valueSet: 'https://example.org/ValueSet/colours' },
      })),
      ...name('d', [
        { id: '.coding', path: 'Observation.category.coding', min: 1 },
        { id: '.coding.code', path: 'Observation.category.coding.code', fixedCode: 'd' },
      ]),
    ]),
  )
  const observation = (...categories: object[]) => ({ resourceType: 'Observation', category: categories })
  const coded = (code: string, system?: string) => ({ coding: [{ code, ...(system ? { system } : {}) }] })
  t.same(judge(profiles, observation(coded('p'), coded('red', 'https://example.org/colours'), coded('d'))), [])
  t.same(judge(profiles, observation(coded('p'), coded('green', 'https://example.org/colours'), coded('e'))), [
    ['profile-slice', 'Observation.category[1]'],
    ['profile-slice', 'Observation.category[2]'],
  ])
  t.same(judge(profiles, observation(coded('d'), coded('d'))), [['profile-too-many', 'Observation.category']])
})

t.test('discriminators by existence and by several criteria at once', async (t) => {
  const at = (slice: string, name: string, rest: Partial<ProfileElement>): ProfileElement => ({
    id: `Patient.identifier:${slice}.${name}`,
    path: `Patient.identifier.${name}`,
    ...rest,
  })
  const profiles = load(
    profile('exists', 'Patient', [
      element('Patient.identifier', {
        slicing: slicing({
          discriminator: [
            { type: 'exists', path: 'period' },
            { type: 'value', path: 'use' },
          ],
          rules: 'closed',
        }),
      }),
      { id: 'Patient.identifier:old', path: 'Patient.identifier', sliceName: 'old', max: '1' },
      at('old', 'use', { patternCode: 'old' }),
      at('old', 'period', { min: 1 }),
      { id: 'Patient.identifier:now', path: 'Patient.identifier', sliceName: 'now', min: 1 },
      at('now', 'use', { patternCode: 'usual' }),
      at('now', 'period', { max: '0' }),
    ]),
  )
  const old = id('a', { use: 'old', period: { end: '2020' } })
  t.same(judge(profiles, patient([old, id('a', { use: 'usual' })])), [])
  t.same(judge(profiles, patient([id('a', { use: 'old' }), id('a', { use: 'usual' })])), [
    ['profile-slice', 'Patient.identifier[0]'],
  ])
})

t.test('discriminators by type: of a choice, of an entry, of a target', async (t) => {
  const at = (path: string, slice: string, rest: Partial<ProfileElement> = {}): ProfileElement => ({
    id: `${path}:${slice}`,
    path,
    sliceName: slice,
    ...rest,
  })
  const choice = load(
    profile('choice', 'Observation', [
      element('Observation.value[x]', {
        slicing: { discriminator: [{ type: 'type', path: '$this' }], rules: 'closed' },
      }),
      at('Observation.value[x]', 'valueQuantity', { type: [{ code: 'Quantity' }] }),
      { id: 'Observation.value[x]:valueQuantity.unit', path: 'Observation.value[x].unit', min: 1 },
      at('Observation.value[x]', 'valueString'),
    ]),
  )
  const observation = (rest: object) => ({ resourceType: 'Observation', ...rest })
  t.same(judge(choice, observation({ valueQuantity: { unit: 'mg' } })), [])
  t.same(judge(choice, observation({ valueString: 'x' })), [])
  t.same(judge(choice, observation({ valueQuantity: { value: 1 } })), [
    ['profile-required', 'Observation.value.ofType(Quantity).unit'],
  ])
  t.same(judge(choice, observation({ valueBoolean: true })), [['profile-slice', 'Observation.value.ofType(boolean)']])

  const bundle = load(
    profile('bundle', 'Bundle', [
      element('Bundle.entry', { slicing: { discriminator: [{ type: 'type', path: 'resource' }], rules: 'open' } }),
      at('Bundle.entry', 'patient', { min: 1, max: '1' }),
      {
        id: 'Bundle.entry:patient.resource',
        path: 'Bundle.entry.resource',
        min: 1,
        type: [{ code: 'Patient', profile: [`${URL_BASE}p`] }],
      },
    ]),
    profile('p', 'Patient', [element('Patient.name', { min: 1 })]),
  )
  const entries = (...resources: object[]) => ({
    resourceType: 'Bundle',
    entry: resources.map((resource) => ({ resource })),
  })
  t.same(judge(bundle, entries({ resourceType: 'Task' }, { resourceType: 'Patient', name: [{ text: 'A' }] })), [])
  t.same(judge(bundle, entries({ resourceType: 'Patient' })), [['profile-required', 'Bundle.entry[0].resource.name']])
  t.same(judge(bundle, entries({ resourceType: 'Task' })), [['profile-required', 'Bundle.entry']])

  const target = load(
    profile('target', 'Task', [
      element('Task.basedOn', { slicing: { discriminator: [{ type: 'type', path: 'resolve()' }], rules: 'closed' } }),
      at('Task.basedOn', 'order', {
        max: '1',
        type: [{ code: 'Reference', targetProfile: [`${CORE}MedicationRequest`] }],
      }),
    ]),
  )
  const task = (...references: string[]) => ({
    resourceType: 'Task',
    basedOn: references.map((reference) => ({ reference })),
  })
  t.same(judge(target, task('MedicationRequest/1')), [])
  t.same(judge(target, task('CarePlan/1')), [['profile-slice', 'Task.basedOn[0]']])
  t.same(judge(target, task('MedicationRequest/1', 'https://x.org/MedicationRequest/2')), [
    ['profile-too-many', 'Task.basedOn'],
  ])
})

t.test('discriminators by profile, of an item and of what it refers to', async (t) => {
  const slice = (name: string, rest: Partial<ProfileElement>): ProfileElement => ({
    id: `Patient.identifier:${name}`,
    path: 'Patient.identifier',
    sliceName: name,
    ...rest,
  })
  const profiles = load(
    profile('by-profile', 'Patient', [
      element('Patient.identifier', {
        slicing: { discriminator: [{ type: 'profile', path: '$this' }], rules: 'closed' },
      }),
      slice('long', { min: 1, type: [{ code: 'Identifier', profile: [`${URL_BASE}long`] }] }),
      element('Patient.generalPractitioner', {
        slicing: { discriminator: [{ type: 'profile', path: 'resolve()' }], rules: 'open' },
      }),
      {
        id: 'Patient.generalPractitioner:named',
        path: 'Patient.generalPractitioner',
        sliceName: 'named',
        min: 1,
        type: [{ code: 'Reference', targetProfile: [`${URL_BASE}named`] }],
      },
    ]),
    profile('long', 'Identifier', [element('Identifier.period', { min: 1 })]),
    profile('named', 'Organization', [element('Organization.name', { min: 1 })]),
  )
  const sent = (rest: object, organization: object) => ({
    resourceType: 'Patient',
    contained: [{ resourceType: 'Organization', id: 'o', ...organization }],
    identifier: [id('a', rest)],
    generalPractitioner: [{ reference: '#o' }],
  })
  t.same(judge(profiles, sent({ period: { start: '2020' } }, { name: 'x' })), [])
  t.same(judge(profiles, sent({}, {})), [
    ['profile-slice', 'Patient.identifier[0]'],
    ['profile-required', 'Patient.identifier'],
    ['profile-required', 'Patient.generalPractitioner'],
  ])
})

t.test('discriminators through extension(), ofType() and nested elements', async (t) => {
  const kind = 'http://x.org/kind'
  const profiles = load(
    profile('path', 'Patient', [
      element('Patient.identifier', {
        slicing: {
          discriminator: [{ type: 'value', path: `extension('${kind}').value.ofType(code)` }],
          rules: 'closed',
        },
      }),
      { id: 'Patient.identifier:k', path: 'Patient.identifier', sliceName: 'k', max: '1' },
      {
        id: 'Patient.identifier:k.extension',
        path: 'Patient.identifier.extension',
        slicing: { discriminator: [{ type: 'value', path: 'url' }] },
      },
      { id: 'Patient.identifier:k.extension:kind', path: 'Patient.identifier.extension', sliceName: 'kind', min: 1 },
      { id: 'Patient.identifier:k.extension:kind.url', path: 'Patient.identifier.extension.url', fixedUri: kind },
      {
        id: 'Patient.identifier:k.extension:kind.value[x]',
        path: 'Patient.identifier.extension.value[x]',
        type: [{ code: 'code' }],
        fixedCode: 'k',
      },
    ]),
  )
  const coded = (valueCode: string) => id('a', { extension: [{ url: kind, valueCode }] })
  t.same(judge(profiles, patient([coded('k')])), [])
  t.same(judge(profiles, patient([coded('x'), id('b')])), [
    ['profile-slice', 'Patient.identifier[0]'],
    ['profile-slice', 'Patient.identifier[1]'],
  ])
})

t.test('a slice of a slice', async (t) => {
  const at = (slice: string, rest: Partial<ProfileElement> = {}): ProfileElement => ({
    id: `Patient.identifier:${slice}`,
    path: 'Patient.identifier',
    sliceName: slice,
    ...rest,
  })
  const profiles = load(
    profile(
      'base',
      'Patient',
      bySystem({ rules: 'open' }, 'a').map((e) => (e.sliceName ? { ...e, max: '*' } : e)),
    ),
    profile(
      'derived',
      'Patient',
      [
        at('a', { slicing: { discriminator: [{ type: 'value', path: 'use' }], rules: 'closed' } }),
        at('a/old', { max: '1' }),
        { id: 'Patient.identifier:a/old.use', path: 'Patient.identifier.use', fixedCode: 'old' },
        at('a/usual', { min: 1 }),
        { id: 'Patient.identifier:a/usual.use', path: 'Patient.identifier.use', fixedCode: 'usual' },
      ],
      { baseDefinition: `${URL_BASE}base` },
    ),
  )
  const derived = `${URL_BASE}derived`
  t.same(judge(profiles, patient([id('a', { use: 'usual' }), id('x'), id('a', { use: 'old' })]), derived), [])
  t.same(judge(profiles, patient([id('a', { use: 'temp' }), id('x', { use: 'temp' })]), derived), [
    ['profile-slice', 'Patient.identifier[0]'],
    ['profile-required', 'Patient.identifier'],
  ])
})

t.test('slices without discriminators are told apart by all they ask', async (t) => {
  const profiles = load(
    profile('content', 'Patient', [
      element('Patient.identifier', { slicing: { rules: 'closed' } }),
      { id: 'Patient.identifier:long', path: 'Patient.identifier', sliceName: 'long', min: 1 },
      { id: 'Patient.identifier:long.period', path: 'Patient.identifier.period', min: 1 },
    ]),
  )
  t.same(judge(profiles, patient([id('a', { period: { start: '2020' } })])), [])
  t.same(judge(profiles, patient([id('a')])), [
    ['profile-slice', 'Patient.identifier[0]'],
    ['profile-required', 'Patient.identifier'],
  ])
})

t.test('a slicing that cannot be understood stops with file and reason', async (t) => {
  const withDiscriminator = (type: string, path: string): ProfileElement[] => [
    element('Patient.identifier', { slicing: { discriminator: [{ type, path }] } }),
    { id: 'Patient.identifier:a', path: 'Patient.identifier', sliceName: 'a' },
  ]
  const fails = (reason: RegExp, elements: ProfileElement[]) =>
    t.throws(() => load(profile('a', 'Patient', elements)), { message: reason }, String(reason))
  fails(/discriminator "where\(use = 'old'\)" is not understood/, withDiscriminator('value', "where(use = 'old')"))
  fails(/type "position" are not known/, withDiscriminator('position', '$this'))
  const ofProfile: ProfileElement[] = [
    element('Patient.generalPractitioner', {
      slicing: { discriminator: [{ type: 'profile', path: 'resolve()' }] },
    }),
    {
      id: 'Patient.generalPractitioner:a',
      path: 'Patient.generalPractitioner',
      sliceName: 'a',
      type: [{ code: 'Reference', targetProfile: ['https://example.org/missing'] }],
    },
  ]
  fails(/told apart by the profile https:\/\/example.org\/missing, which is not loaded/, ofProfile)
  fails(/has slices and does not say how/, withDiscriminator('value', 'x').slice(1))
})

t.test(
  'a slice that says nothing where the discriminator leads is told by the others, or by all it asks',
  async (t) => {
    const two = load(
      profile('two', 'Patient', [
        element('Patient.telecom', {
          slicing: {
            discriminator: [
              { type: 'value', path: 'system' },
              { type: 'value', path: 'use' },
            ],
            rules: 'closed',
          },
        }),
        { id: 'Patient.telecom:email', path: 'Patient.telecom', sliceName: 'email', max: '1' },
        { id: 'Patient.telecom:email.system', path: 'Patient.telecom.system', min: 1, fixedCode: 'email' },
      ]),
    )
    const telecom = (...systems: string[]) => ({
      resourceType: 'Patient',
      telecom: systems.map((system) => ({ system, value: 'a', use: 'home' })),
    })
    t.same(judge(two, telecom('email')), [])
    t.same(judge(two, telecom('phone')), [['profile-slice', 'Patient.telecom[0]']])
    t.same(two.notes, [])
    const none = load(
      profile('none', 'Patient', [
        element('Patient.telecom', { slicing: { discriminator: [{ type: 'value', path: 'use' }] } }),
        { id: 'Patient.telecom:ranked', path: 'Patient.telecom', sliceName: 'ranked', min: 1 },
        { id: 'Patient.telecom:ranked.rank', path: 'Patient.telecom.rank', min: 1 },
      ]),
    )
    t.match(none.notes[0], /leads to nothing in this slice/)
    t.same(judge(none, telecom('phone')), [['profile-required', 'Patient.telecom']])
    t.same(judge(none, { resourceType: 'Patient', telecom: [{ rank: 1, value: 'a' }] }), [])
  },
)

t.test('a choice sliced by its typed names, and slices told apart by a type of R4', async (t) => {
  const payloads = load(
    profile('payloads', 'Communication', [
      element('Communication.payload', {
        slicing: { discriminator: [{ type: 'type', path: 'content' }], rules: 'closed' },
      }),
      { id: 'Communication.payload:words', path: 'Communication.payload', sliceName: 'words', max: '1' },
      {
        id: 'Communication.payload:words.contentString',
        path: 'Communication.payload.contentString',
        min: 1,
        type: [{ code: 'string' }],
      },
    ]),
  )
  const payload = (...items: object[]) => ({ resourceType: 'Communication', status: 'completed', payload: items })
  t.same(judge(payloads, payload({ contentString: 'a' })), [])
  t.same(judge(payloads, payload({ contentReference: { reference: 'Media/1' } })), [
    ['profile-slice', 'Communication.payload[0]'],
  ])
  const entries = load(
    profile('entries', 'Bundle', [
      element('Bundle.entry', { slicing: { discriminator: [{ type: 'profile', path: 'resource' }] } }),
      { id: 'Bundle.entry:patient', path: 'Bundle.entry', sliceName: 'patient', min: 1, max: '1' },
      {
        id: 'Bundle.entry:patient.resource',
        path: 'Bundle.entry.resource',
        type: [{ code: 'Patient', profile: ['http://hl7.org/fhir/StructureDefinition/Patient'] }],
      },
    ]),
  )
  const bundle = (...types: string[]) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: types.map((resourceType) => ({ resource: { resourceType } })),
  })
  t.same(judge(entries, bundle('Patient', 'Basic')), [])
  t.same(judge(entries, bundle('Basic')), [['profile-required', 'Bundle.entry']])
})

t.test('a type may name one element of another profile, and nothing else of that profile', async (t) => {
  const code = (text: string) => ({ coding: [{ system: 'http://sections', code: text }] })
  const section = (name: string, ...rest: ProfileElement[]): ProfileElement[] => [
    { path: 'Composition.section', sliceName: name },
    { path: 'Composition.section.code', min: 1, patternCodeableConcept: code(name) },
    ...rest,
  ]
  const library = profile('library', 'Composition', [
    element('Composition.title', { max: '0' }),
    element('Composition.section', {
      slicing: { discriminator: [{ type: 'pattern', path: 'code' }], rules: 'closed' },
    }),
    ...section('plan', { path: 'Composition.section.title', min: 1 }),
    ...section('drugs', { path: 'Composition.section.mode', min: 1 }),
  ])
  const URL = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-profile-element'
  const slice = (name: string, id: string, min = 0): ProfileElement => ({
    path: 'Composition.section',
    sliceName: name,
    min,
    type: [
      {
        code: 'BackboneElement',
        profile: [`${URL_BASE}library`],
        _profile: [{ extension: [{ url: URL, valueString: `Composition.section:${id}` }] }],
      },
    ],
  })
  const report = (...slices: ProfileElement[]) =>
    profile('report', 'Composition', [
      element('Composition.section', {
        slicing: { discriminator: [{ type: 'pattern', path: 'code' }], rules: 'open' },
      }),
      ...slices,
    ])
  const profiles = load(report(slice('first', 'plan', 1), slice('second', 'drugs')), library)
  const written = (...sections: object[]) => ({
    resourceType: 'Composition',
    meta: { profile: [`${URL_BASE}report`] },
    title: 'a',
    section: sections,
  })
  const told = (...sections: object[]) =>
    profiles.validate(written(...sections), { root: 'Composition' }).map(({ key, expression }) => [key, expression])
  t.same(told({ code: code('plan'), title: 'a' }, { code: code('drugs'), mode: 'working' }, { title: 'b' }), [])
  t.same(told({ code: code('plan') }, { code: code('drugs'), title: 'a' }), [
    ['profile-required', 'Composition.section[0].title'],
    ['profile-required', 'Composition.section[1].mode'],
  ])
  t.same(told({ code: code('drugs'), mode: 'working' }), [['profile-required', 'Composition.section']])
  t.throws(
    () => load(report(slice('first', 'nothing')), library),
    /library has no element "Composition.section:nothing"/,
  )
})
