import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import { compileInvariant } from '../../src/fhir/invariants.ts'
import { type Issue, isError } from '../../src/fhir/problem.ts'
import { createProfiles, type Profiles } from '../../src/fhir/profile.ts'
import type { ProfileDefinition } from '../../src/fhir/profile-definition.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { createStructureValidator } from '../../src/fhir/structure.ts'
import { nothingSeen } from '../../src/fhir/structure-runtime.ts'
import { createTerminology, type ValueSetSource } from '../../src/fhir/terminology.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'

const definitions = loadBaseDefinitions(join(packageRoot, 'profiles/base'))
const own = createProfiles(definitions, [])

const R4 = 'http://hl7.org/fhir/StructureDefinition'
const judge = (resource: object, profiles: Profiles = own): [string, string | undefined][] =>
  profiles
    .validate(resource, { root: (resource as Resource).resourceType })
    .map(({ key, expression }: Issue) => [key, expression])

t.test('every extension and profile that R4 publishes can be enforced', (t) => {
  const lines = readFileSync(join(packageRoot, 'profiles/base/Profile.ndjson'), 'utf8').trim().split('\n')
  t.ok(lines.length > 400)
  for (const line of lines) {
    const { url, type } = JSON.parse(line) as ProfileDefinition
    t.equal(own.typeOf(url), type, url)
  }
  t.end()
})

t.test('every example of a wrong extension is refused at its place', (t) => {
  const places = {
    'extension-context': 'Patient.name[0]',
    'extension-context--invariant': 'Questionnaire.item[0]',
    'extension-part-unknown': 'Patient.extension[0].extension[0]',
    'extension-version': 'Patient.extension[0]',
  }
  for (const [name, place] of Object.entries(places)) {
    const resource = JSON.parse(readFileSync(join(packageRoot, `profiles/invalid/${name}.json`), 'utf8')) as object
    t.same(judge(resource), [[name.split('--')[0], place]], name)
  }
  t.end()
})

t.test('an extension is looked at in a list that is called resource and holds none', (t) => {
  const wrong = { url: `${R4}/ordinalValue`, valueDecimal: 1 }
  const resource = { type: 'Patient', extension: [wrong] }
  const statement = { resourceType: 'CapabilityStatement', rest: [{ mode: 'server', resource: [resource] }] }
  t.same(judge(statement), [['extension-context', 'CapabilityStatement.rest[0].resource[0]']])
  const patient = { resourceType: 'Patient', extension: [wrong] }
  t.same(judge({ resourceType: 'Parameters', parameter: [{ name: 'a', resource: patient }] }), [
    ['extension-context', 'Parameters.parameter[0].resource'],
  ])
  t.end()
})

/** An extension that may stand in the given contexts, with what it is given. */
function loaded(context: ProfileDefinition['context'], more: Partial<ProfileDefinition> = {}): Profiles {
  const definition: ProfileDefinition = {
    resourceType: 'StructureDefinition',
    url: 'https://example.org/seen',
    kind: 'complex-type',
    type: 'Extension',
    baseDefinition: `${R4}/Extension`,
    derivation: 'constraint',
    ...(context && { context }),
    differential: { element: [{ path: 'Extension.url', fixedUri: 'https://example.org/seen' }] },
    ...more,
  }
  return createProfiles(definitions, [{ file: 'seen.json', definition }])
}

const SEEN = { url: 'https://example.org/seen', valueBoolean: true }
const refused = (context: ProfileDefinition['context'], resource: object): boolean =>
  judge({ resourceType: 'Patient', ...resource }, loaded(context)).some(([key]) => key === 'extension-context')

t.test('an extension stands where its context allows: elements by path, type and ancestor', (t) => {
  const element = (expression: string) => [{ type: 'element', expression }]
  const places = {
    root: { extension: [SEEN] },
    name: { name: [{ extension: [SEEN] }] },
    family: { name: [{ family: 'a', _family: { extension: [SEEN] } }] },
    given: { name: [{ given: ['a', 'b'], _given: [null, { extension: [SEEN] }] }] },
    contact: { contact: [{ extension: [SEEN], gender: 'other' }] },
    deceased: { deceasedBoolean: false, _deceasedBoolean: { extension: [SEEN] } },
    text: { text: { extension: [SEEN], status: 'generated', div: '<div/>' } },
  }
  const allowed: Record<string, (keyof typeof places)[]> = {
    Patient: ['root'],
    DomainResource: ['root'],
    Resource: ['root'],
    'Patient.name': ['name'],
    HumanName: ['name'],
    'HumanName.family': ['family'],
    'Patient.name.family': ['family'],
    'HumanName.given': ['given'],
    string: ['family', 'given'],
    BackboneElement: ['contact'],
    'Patient.contact': ['contact'],
    'Patient.deceased[x]': ['deceased'],
    'Patient.deceasedBoolean': ['deceased'],
    'DomainResource.text': ['text'],
    Narrative: ['text'],
    Element: ['root', 'name', 'family', 'given', 'contact', 'deceased', 'text'],
    'Patient.address': [],
    Observation: [],
  }
  for (const [expression, names] of Object.entries(allowed)) {
    for (const [name, resource] of Object.entries(places)) {
      const isAllowed = names.includes(name as keyof typeof places)
      t.equal(!refused(element(expression), resource), isAllowed, `${expression} at ${name}`)
    }
  }
  t.equal(refused(undefined, places.name), false, 'a definition without a context allows any place')
  t.equal(refused([...element('Observation'), ...element('HumanName')], places.name), false, 'one of several will do')
  const item = { resourceType: 'Questionnaire', item: [{ linkId: '1', item: [{ linkId: '2', extension: [SEEN] }] }] }
  t.equal(refused(element('Questionnaire.item'), item), false, 'an element that is defined by another is that one')
  t.end()
})

t.test('an extension that changes the meaning of what holds it stands in modifierExtension alone', (t) => {
  const modifies = loaded([{ type: 'element', expression: 'Patient' }], {
    differential: { element: [{ path: 'Extension', isModifier: true }, { path: 'Extension.url' }] },
  })
  t.same(judge({ resourceType: 'Patient', modifierExtension: [SEEN] }, modifies), [])
  t.same(judge({ resourceType: 'Patient', extension: [SEEN] }, modifies), [
    ['extension-context', 'Patient.extension[0]'],
  ])
  const url = `${R4}/capabilitystatement-prohibited`
  const extension = [{ url, valueBoolean: true }]
  t.match(judge({ resourceType: 'CapabilityStatement', extension }, createProfiles(definitions, [])), [
    ['extension-context', 'CapabilityStatement.extension[0]'],
  ])
  t.end()
})

t.test('contexts may be extensions and FHIRPath, and have invariants', (t) => {
  const outer = { url: 'https://example.org/outer', extension: [SEEN] }
  const inExtension = [{ type: 'extension', expression: 'https://example.org/outer' }]
  t.equal(refused(inExtension, { extension: [outer] }), false)
  t.equal(refused(inExtension, { extension: [SEEN] }), true)
  const inValue = { url: 'https://example.org/outer', valueBoolean: true, _valueBoolean: { extension: [SEEN] } }
  t.equal(refused(inExtension, { extension: [inValue] }), false)
  const home = [{ type: 'fhirpath', expression: "Patient.address.where(use = 'home')" }]
  t.equal(refused(home, { address: [{ use: 'home', extension: [SEEN] }] }), false)
  t.equal(refused(home, { address: [{ use: 'work', extension: [SEEN] }] }), true)
  const born = [{ type: 'fhirpath', expression: 'Patient.birthDate' }]
  t.equal(refused(born, { birthDate: '1970', _birthDate: { extension: [SEEN] } }), false)
  t.equal(refused(born, { gender: 'other', _gender: { extension: [SEEN] } }), true)

  const withRule = loaded([{ type: 'element', expression: 'Patient' }], {
    contextInvariant: ['active and %extension.valueBoolean'],
  })
  t.same(judge({ resourceType: 'Patient', active: true, extension: [SEEN] }, withRule), [])
  t.same(judge({ resourceType: 'Patient', active: false, extension: [SEEN] }, withRule), [
    ['extension-context', 'Patient'],
  ])
  t.end()
})

t.test('R4 vital signs are checked by their code and by their claim', (t) => {
  const observation = {
    resourceType: 'Observation',
    status: 'final',
    category: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '8310-5' }] },
    subject: { reference: 'Patient/1' },
    effectiveDateTime: '2026-03-02',
    valueQuantity: { value: 37, unit: 'C', system: 'http://unitsofmeasure.org', code: 'Cel' },
  }
  t.same(judge(observation), [])
  const { subject: _subject, ...nobody } = observation
  t.same(judge(nobody), [['profile-required', 'Observation.subject']])
  const terminology = createTerminology({
    codeSystems: () => undefined,
    valueSets: (url) => definitions.valueSet(url) as ValueSetSource | undefined,
  })
  const component = [
    {
      code: { coding: [{ system: 'http://loinc.org', code: '3151-8' }] },
      valueQuantity: { value: 2, system: 'http://unitsofmeasure.org', code: 'L/min' },
    },
  ]
  const flow = createProfiles(definitions, [], { terminology }).validate(
    { ...observation, component },
    { root: 'Observation' },
  )
  t.same(flow.filter(isError), [], 'the unit of a part is recommended')
  const inKelvin = { ...observation, valueQuantity: { ...observation.valueQuantity, code: 'K' } }
  t.same(judge(inKelvin, createProfiles(definitions, [], { terminology })), [
    ['profile-binding', 'Observation.value.ofType(Quantity).code'],
  ])
  const { effectiveDateTime: _when, ...timeless } = observation
  t.same(judge({ ...timeless, effectivePeriod: { start: '2026-01' } }), [], 'a period has no day')
  t.same(judge({ ...timeless, effectiveDateTime: '2026-01' }), [
    ['profile-invariant', 'Observation.effective.ofType(dateTime)'],
  ])
  const plain = { ...nobody, code: { text: 'Temperature' } }
  t.same(judge(plain), [])
  t.same(judge({ ...nobody, status: 'entered-in-error' }), [], 'what was entered in error is not mended')
  t.same(judge({ ...plain, meta: { profile: [`${R4}/vitalsigns`] } }), [['profile-required', 'Observation.subject']])
  t.same(judge({ ...plain, meta: { profile: [`${R4}/vitalsigns|9.9`] } }), [
    ['profile-unknown', 'Observation.meta.profile[0]'],
  ])
  t.end()
})

t.test('a modifier extension whose definition is known is understood, any other refused', (t) => {
  const root = { path: 'Extension', isModifier: true }
  const profiles = loaded([{ type: 'element', expression: 'Patient' }], { differential: { element: [root] } })
  t.ok(definitions.modifierExtensions.has(`${R4}/request-doNotPerform`))
  t.same([...profiles.modifierExtensions], ['https://example.org/seen'])
  const structure = createStructureValidator(definitions, { modifierExtensions: profiles.modifierExtensions })
  const patient = (url: string): object => ({
    resourceType: 'Patient',
    modifierExtension: [{ url, valueBoolean: true }],
  })
  const keys = (url: string): string[] =>
    structure
      .validate(patient(url), { root: 'Patient' })
      .filter(({ severity }) => severity === undefined)
      .map(({ key }) => key)
  t.same(keys('https://example.org/seen'), [])
  t.same(keys('https://example.org/other'), ['modifier-extension-unknown'])
  t.end()
})

t.test('memberOf asks the value sets, and String means what FHIR calls string', (t) => {
  const isMember = (_valueSet: string, _system: string | undefined, code: string) =>
    code === 'a' ? ('yes' as const) : code === 'b' ? ('no' as const) : ('unknown' as const)
  const rule = compileInvariant("code.memberOf('https://example.org/set')", { type: 'Basic', isMember })
  const basic = (code: string): Resource =>
    ({ resourceType: 'Basic', code: { coding: [{ system: 's', code }] } }) as unknown as Resource
  t.equal(rule.check(basic('a'), basic('a')), true)
  t.equal(rule.check(basic('b'), basic('b')), false)
  t.equal(rule.check(basic('c'), basic('c')), true, 'what is not known is not held against the resource')
  const street = 'https://example.org/street'
  const text = compileInvariant(`(address.line[0].extension('${street}').value as String) = 'High Street'`, {
    type: 'Patient',
  })
  const patient = (valueString: string): Resource =>
    ({
      resourceType: 'Patient',
      address: [{ line: ['1'], _line: [{ extension: [{ url: street, valueString }] }] }],
    }) as unknown as Resource
  t.equal(text.check(patient('High Street'), patient('High Street')), true)
  t.equal(text.check(patient('Low Street'), patient('Low Street')), false)
  t.end()
})

t.test('an extension with a definition is seen by the structure step wherever it stands', (t) => {
  const structure = createStructureValidator(definitions, {
    watch: { isKnownExtension: own.knowsExtension, misformedOf: () => undefined },
  })
  const known = { url: `${R4}/data-absent-reason`, valueString: 'a code is needed' }
  const nested = { url: 'https://example.org/x', extension: [known] }
  const holders: Record<string, object> = {
    'the resource': { extension: [known] },
    'an element': { name: [{ text: 'x', extension: [known] }] },
    'a primitive': { _birthDate: { extension: [known] } },
    'a primitive of a list': { name: [{ given: ['x', null], _given: [null, { extension: [known] }] }] },
    'another extension': { extension: [nested] },
    'a contained resource': {
      contained: [{ resourceType: 'Organization', id: 'o', name: 'x', extension: [known] }],
      managingOrganization: { reference: '#o' },
    },
    'the resource, as a modifier': { modifierExtension: [known] },
  }
  for (const [where, holder] of Object.entries(holders)) {
    const patient = { resourceType: 'Patient', ...holder }
    const seen = nothingSeen()
    structure.validate(patient, { root: 'Patient', seen })
    const judged = (extended?: Pick<ReadonlySet<unknown>, 'has'>): Issue[] =>
      own.validate(patient, { root: 'Patient', ...(extended && { extended }) })
    t.ok(judged().length > 0, where)
    t.same(judged(seen.extended), judged(), where)
    t.same(judged(new Set()), [], 'and is what decides')
  }
  const bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Patient' } }] }
  const seen = nothingSeen()
  structure.validate(bundle, { root: 'Bundle', seen })
  t.equal(seen.extended.size, 0)
  t.end()
})
