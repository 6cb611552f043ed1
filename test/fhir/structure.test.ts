import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { catalogue, type Issue, isError, type ProblemKey } from '../../src/fhir/problem.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { createStructureValidator } from '../../src/fhir/structure.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'

const folder = (name: string): string => fileURLToPath(new URL(`../../profiles/${name}/`, import.meta.url))
const validator = createStructureValidator(loadBaseDefinitions(folder('base')))

const read = (directory: string, file: string): Resource =>
  JSON.parse(readFileSync(folder(directory) + file, 'utf8')) as Resource

const everything = (resource: unknown, text?: string): Issue[] => {
  const root = (resource as Resource | null)?.resourceType ?? 'Resource'
  return validator.validate(resource, { root, text })
}
/** Errors alone: that a resource has no narrative is worth a warning in nearly every example. */
const validate = (resource: unknown): Issue[] => everything(resource).filter(isError)

const found = (resource: unknown): [string, string | undefined][] =>
  validate(resource).map(({ key, expression }) => [key, expression])

/** Where each file of profiles/invalid is wrong; the fault itself is the name of the file. */
const places: Readonly<Record<string, string>> = {
  'bundle-search-entry': 'Bundle.entry[1].resource',
  'code-not-in-value-set--codeable-concept': 'CarePlan.contained[0].clinicalStatus',
  'code-not-in-value-set--day-of-week': 'MedicationRequest.dosageInstruction[0].timing.repeat.dayOfWeek[1]',
  'code-not-in-value-set--extension-alone': 'Task.status',
  'code-not-in-value-set--mime-type': 'Provenance.signature[0].sigFormat',
  'code-not-in-value-set--period-unit': 'MedicationRequest.dosageInstruction[0].timing.repeat.periodUnit',
  'code-not-in-value-set--status': 'MedicationRequest.status',
  'code-not-in-value-set--status-in-capitals': 'MedicationRequest.status',
  'extension-invalid--neither': 'MedicationRequest.extension[0]',
  'extension-invalid--value-and-extensions': 'MedicationRequest.extension[1]',
  'invariant--att-1': 'Communication.payload[0].content.ofType(Attachment)',
  'invariant--cpt-2': 'Patient.telecom[0]',
  'invariant--dom-2': 'CarePlan.contained[1].contained',
  'invariant--dom-3': 'MedicationRequest.contained[0]',
  'invariant--dom-3-no-id': 'MedicationRequest.contained[0]',
  'invariant--dom-4': 'MedicationRequest.contained[0].meta',
  'invariant--dom-5': 'MedicationRequest.contained[0].meta.security',
  'invariant--drt-1': 'MedicationRequest.dispenseRequest.expectedSupplyDuration',
  'invariant--inv-1-parameters': 'Parameters.parameter[0]',
  'invariant--mdd-1': 'MedicationDispense',
  'invariant--org-1': 'Organization',
  'invariant--org-2': 'Organization.address[0]',
  'invariant--org-3': 'Organization.telecom[0]',
  'invariant--pat-1': 'Patient.contact[0]',
  'invariant--per-1': 'MedicationRequest.dispenseRequest.validityPeriod',
  'invariant--qty-3': 'MedicationRequest.dispenseRequest.quantity',
  'invariant--rat-1': 'MedicationRequest.dosageInstruction[0].maxDosePerPeriod',
  'invariant--ref-1': 'MedicationRequest.subject.reference',
  'invariant--rng-2': 'MedicationRequest.dosageInstruction[0].doseAndRate[0].dose.ofType(Range)',
  'invariant--sqty-1': 'MedicationRequest.dispenseRequest.quantity',
  'invariant--task-times': 'Task',
  'invariant--tim-10': 'MedicationRequest.dosageInstruction[0].timing.repeat',
  'invariant--tim-2': 'MedicationRequest.dosageInstruction[0].timing.repeat',
  'invariant--tim-5': 'MedicationRequest.dosageInstruction[0].timing.repeat',
  'invariant--tim-9': 'MedicationRequest.dosageInstruction[0].timing.repeat',
  'modifier-extension-unknown': 'MedicationRequest.modifierExtension[0]',
  'narrative-unsafe--event-handler': 'Patient.text.div',
  'narrative-unsafe--active-style': 'Patient.text.div',
  'narrative-unsafe--html-entity': 'Patient.text.div',
  'narrative-unsafe--link-to-nothing': 'Patient.text.div',
  'narrative-unsafe--list-in-paragraph': 'Patient.text.div',
  'narrative-unsafe--javascript-link': 'Patient.text.div',
  'narrative-unsafe--no-content': 'Patient.text.div',
  'narrative-namespace': 'Patient.text.div',
  'narrative-unsafe--not-well-formed': 'Patient.text.div',
  'narrative-unsafe--script': 'Patient.text.div',
  'primitive-invalid--24-oclock': 'Task.lastModified',
  'primitive-invalid--29-february-in-a-common-year': 'Patient.birthDate',
  'primitive-invalid--30-february': 'Patient.birthDate',
  'primitive-invalid--base64': 'Provenance.signature[0].data',
  'primitive-invalid--control-character': 'Communication.payload[0].content.ofType(string)',
  'primitive-invalid--half-a-repeat': 'MedicationRequest.dispenseRequest.numberOfRepeatsAllowed',
  'primitive-invalid--id': 'MedicationRequest.id',
  'primitive-invalid--positive-int': 'MedicationRequest.dosageInstruction[0].timing.repeat.frequency',
  'primitive-invalid--time-without-seconds': 'MedicationRequest.authoredOn',
  'primitive-invalid--time-without-zone': 'MedicationRequest.authoredOn',
  'primitive-invalid--uri-with-space': 'MedicationRequest.identifier[0].system',
  'primitive-invalid--uuid-in-full-url': 'Bundle.entry[0].fullUrl',
  'primitive-invalid--whole-number-with-fraction': 'MedicationRequest.dosageInstruction[0].timing.repeat.frequency',
  'reference-invalid--no-type': 'MedicationRequest.subject.reference',
  'reference-invalid--unknown-type': 'MedicationRequest.subject.reference',
  'reference-target': 'MedicationRequest.subject',
  'reference-target--absolute': 'MedicationRequest.subject',
  'reference-target--contained': 'MedicationRequest.subject',
  'reference-target--type': 'MedicationRequest.dispenseRequest.performer',
  'contained-id-twice': 'Patient.contained[1].id',
  'element-id-twice': 'Patient.telecom[1]',
  'oid-short': 'Patient.identifier[0].system',
  'uri-not-absolute': 'Patient.identifier[0].system',
  'uri-not-absolute--extension': 'Patient.extension[0].url',
  'uri-not-absolute--code-system': 'Patient.meta.tag[0].system',
  'uri-not-absolute--scheme': 'Patient.meta.tag[0].system',
  'identifier-not-uri': 'Patient.identifier[0]',
  'security-label-twice': 'Patient.meta.security[1]',
  'attachment-size': 'Patient.photo[0].size',
  'attachment-hash': 'Patient.photo[0].hash',
  'white-space-outside': 'Patient.name[0].family',
  'code-without-system': 'Patient.maritalStatus.coding[0]',
  'code-unknown': 'Patient.contact[0].relationship[0].coding[0].code',
  'code-unknown--system-of-stu3': 'Task.meta.tag[0].system',
  'code-not-recommended': 'Patient.maritalStatus',
  'bundle-full-url': 'Bundle.entry[1]',
  'bundle-full-url--missing': 'Bundle.entry[1]',
  'bundle-link-twice': 'Bundle.link[1]',
  'bundle-link-relation': 'Bundle.link[1].relation',
  'bundle-entry-unreachable': 'Bundle.entry[2]',
  'bundle-reference': 'Bundle.entry[2].resource.author',
  'structure-choice--two-doses': 'MedicationRequest.dosageInstruction[0].doseAndRate[0].dose',
  'structure-choice--two-medications': 'MedicationRequest.medication',
  'structure-empty--list': 'MedicationRequest.category',
  'structure-empty--object': 'MedicationRequest.dispenseRequest.validityPeriod',
  'structure-empty--only-an-id': 'MedicationRequest.dispenseRequest.validityPeriod',
  'structure-empty--string': 'MedicationRequest.dosageInstruction[0].text',
  'structure-list-unaligned': 'Patient.name[0].given',
  'structure-not-a-list--object': 'MedicationRequest.dosageInstruction',
  'structure-not-a-list--string': 'Patient.name[0].given',
  'structure-null': 'MedicationRequest.priority',
  'structure-null--in-list': 'Patient.name[0].given[1]',
  'structure-null--object': 'MedicationRequest.requester',
  'structure-required--extension-without-url': 'MedicationRequest.extension[1].extension[0].url',
  'structure-required--in-backbone': 'MedicationDispense.substitution.wasSubstituted',
  'structure-required--in-bundle': 'Bundle.entry[1].resource.status',
  'structure-required--no-medication': 'MedicationRequest.medication',
  'structure-required--no-status': 'MedicationRequest.status',
  'structure-required--no-subject': 'MedicationRequest.subject',
  'structure-resource-type': 'CarePlan.contained[0]',
  'structure-too-many--object': 'MedicationRequest.subject',
  'structure-too-many--string': 'MedicationRequest.status',
  'structure-unknown-property--choice-type': 'MedicationRequest.medicationString',
  'structure-unknown-property--constructor': 'Patient.name[0].constructor',
  'structure-unknown-property--meta-of-another-server': 'Patient.meta.project',
  'structure-unknown-property--misspelt': 'MedicationRequest.dispenseRequest.numberOfRepeatAllowed',
  'structure-unknown-property--other-release': 'MedicationRequest.medication',
  'structure-unknown-property--proto': 'MedicationRequest',
  'structure-wrong-type--number-for-string': 'MedicationRequest.identifier[0].value',
  'structure-wrong-type--string-for-boolean': 'MedicationRequest.substitution.allowed.ofType(boolean)',
  'structure-wrong-type--string-for-number': 'MedicationRequest.dispenseRequest.quantity.value',
  'structure-wrong-type--string-for-object': 'MedicationRequest.subject',
}

t.test('no false alarm on any valid example', async (t) => {
  const files = readdirSync(folder('valid'))
  t.ok(files.length > 0)
  for (const file of files) {
    const issues = validate(read('valid', file)).filter(({ key }) => isStructural(key))
    t.same(issues, [], file)
  }
})

/** Keys this validator can answer; examples of other rules live in the same folders. */
function isStructural(key: string): boolean {
  return Object.keys(places).some((file) => file.split('--')[0] === key)
}

t.test('every invalid example is refused for its own fault alone, at its place', async (t) => {
  for (const [name, place] of Object.entries(places)) {
    const [key = ''] = name.split('--')
    const text = readFileSync(`${folder('invalid')}${name}.json`, 'utf8')
    const all = everything(JSON.parse(text), text)
    const isWarning = catalogue[key as ProblemKey].severity !== 'error' || key === 'code-unknown'
    const issues = all.filter((issue) => isError(issue) || (isWarning && issue.key === key))
    t.same(
      issues.map((issue) => [issue.key, issue.expression]),
      [[key, place]],
      name,
    )
    t.ok(key in catalogue && (issues[0]?.diagnostics.length ?? 0) > 20, `${name} says what to do`)
  }
})

t.test('every invalid example of a structural rule has its place in this test', async (t) => {
  const structural = readdirSync(folder('invalid')).filter((file) => isStructural(file.split(/--|\.json/)[0] ?? ''))
  t.same(structural.map((file) => file.replace('.json', '')).toSorted(), Object.keys(places).toSorted())
})

t.test('every code of the structure step has an example', async (t) => {
  const keys = Object.keys(catalogue)
  const own = keys.slice(keys.indexOf('structure-resource-type'), keys.indexOf('invariant') + 1)
  const shown = new Set(Object.keys(places).map((name) => name.split('--')[0]))
  // The first takes 500 faults; the second needs a Bundle around it, as in bundle-rules.test.ts.
  const elsewhere = ['structure-issues-cut', 'reference-unresolved']
  t.same(
    own.filter((key) => !shown.has(key) && !elsewhere.includes(key)),
    [],
  )
})

t.test(
  'whole numbers are judged as they were written, and quantities may be written as they were measured',
  async (t) => {
    const judged = (members: string): unknown[] => {
      const text = `{"resourceType":"MedicationRequest","status":"active","intent":"order","medicationCodeableConcept":{"text":"a"},"subject":{"display":"b"},${members}}`
      const issues = everything(JSON.parse(text), text).filter(isError)
      return issues.map(({ key, expression }) => [key, expression])
    }
    const repeats = 'MedicationRequest.dispenseRequest.numberOfRepeatsAllowed'
    for (const number of [
      '2.0',
      '2.00 ',
      '0.0',
      '1.0\n',
      '-0',
      '1e2',
      '9E2',
      '1e3',
      '2e0',
      '1.5e1',
      '10e-1 ',
      '3E+1',
    ]) {
      t.same(judged(`"dispenseRequest":{"numberOfRepeatsAllowed":${number}}`), [['primitive-invalid', repeats]], number)
    }
    t.same(judged('"dispenseRequest":{"quantity":{"value":5e2}}'), [], 'a decimal may have an exponent')
    t.same(
      judged('"dispenseRequest":{"numberOfRepeatsAllowed":2},"note":[{"text":"1e2,","authorString":"\\"a\\":1e2}"}]'),
      [],
    )
    t.same(judged('"dispenseRequest":{"numberOfRepeatsAllowed":2,"quantity":{"value":2.0}}'), [])
    t.same(judged('"dispenseRequest":{"quantity":{"value":2.0}},"note":[{"text":"\\"rank\\":1.0,"}]'), [])
    const twice = judged('"dosageInstruction":[{"sequence":1.0},{"sequence":2},{"sequence":-3.0},{"sequence":1.5}]')
    t.same(twice, [
      ['primitive-invalid', 'MedicationRequest.dosageInstruction[3].sequence'],
      ['primitive-invalid', 'MedicationRequest.dosageInstruction[0].sequence'],
      ['primitive-invalid', 'MedicationRequest.dosageInstruction[2].sequence'],
    ])
    const text =
      '{"resourceType":"Patient","extension":[{"url":"http://a","valueInteger":1.0},{"url":"http://a","valueDecimal":1.0}]}'
    const [issue, ...others] = everything(JSON.parse(text), text).filter(isError)
    t.equal(issue?.expression, 'Patient.extension[0].value.ofType(integer)')
    t.match(issue?.diagnostics, /written in digits alone\.$/)
    t.same(others, [])
    const list = '{"resourceType":"ClaimResponse","item":[{"itemSequence":1,"noteNumber":[1, 2, 3e0]}]}'
    t.ok(everything(JSON.parse(list), list).some((one) => one.expression === 'ClaimResponse.item[0].noteNumber[2]'))
  },
)

t.test('a system of codes or identifiers is named by http:, https: or urn:', async (t) => {
  const absolute = (system: string) => {
    const coding = { system, code: 'a' }
    return found({
      resourceType: 'Observation',
      status: 'final',
      meta: { tag: [coding] },
      identifier: [{ system, value: '1' }],
      code: { text: 'a' },
      valueQuantity: { value: 1, ...coding },
    }).map(([key, expression]) => `${key} ${expression}`)
  }
  const all = [
    'uri-not-absolute Observation.meta.tag[0].system',
    'uri-not-absolute Observation.identifier[0].system',
    'uri-not-absolute Observation.value.ofType(Quantity).system',
  ]
  for (const system of ['http://a', 'https://a.org/b', 'urn:iso:std:iso:4217']) t.same(absolute(system), [], system)
  for (const system of ['mailto:a@b.org', 'ftp://a.org', 'app:source', 'a/b']) t.same(absolute(system), all, system)
  t.same(absolute('ldap://a.org'), [all[0], all[2]], 'a directory numbers its people')
})

t.test('money is counted in currencies that there are', async (t) => {
  const invoice = (currency: string) => ({ resourceType: 'Invoice', status: 'draft', totalNet: { value: 1, currency } })
  for (const currency of ['GBP', 'EUR', 'XXX', 'CHW']) t.same(found(invoice(currency)), [], currency)
  for (const currency of ['ZZZ', 'gbp', 'GBPP', '£'])
    t.same(found(invoice(currency)), [['code-not-in-value-set', 'Invoice.totalNet.currency']], currency)
})

const order = (): Resource => read('valid', 'MedicationRequest-methotrexate.json')

t.test('one answer names everything that is wrong, in the order of the document, absences last', async (t) => {
  const { status: _status, ...rest } = order()
  const broken = {
    ...rest,
    intent: 'wish',
    authoredOn: '2026-02-30',
    dosageInstruction: [{ timing: { repeat: { frequency: '1', periodUnit: 'week', dayOfWeek: [] } } }, {}],
    dispenseRequest: { quantity: { value: 1, colour: 'red' }, validityPeriod: [] },
  }
  t.same(found(broken), [
    ['code-not-in-value-set', 'MedicationRequest.intent'],
    ['primitive-invalid', 'MedicationRequest.authoredOn'],
    ['structure-wrong-type', 'MedicationRequest.dosageInstruction[0].timing.repeat.frequency'],
    ['code-not-in-value-set', 'MedicationRequest.dosageInstruction[0].timing.repeat.periodUnit'],
    ['structure-empty', 'MedicationRequest.dosageInstruction[0].timing.repeat.dayOfWeek'],
    ['structure-empty', 'MedicationRequest.dosageInstruction[1]'],
    ['structure-unknown-property', 'MedicationRequest.dispenseRequest.quantity.colour'],
    ['structure-too-many', 'MedicationRequest.dispenseRequest.validityPeriod'],
    ['structure-required', 'MedicationRequest.status'],
  ])
})

t.test('expressions start at the root that was given', async (t) => {
  const { status: _status, ...rest } = order()
  const issues = validator.validate(rest, { root: 'Bundle.entry[2].resource' })
  t.equal(issues[0]?.expression, 'Bundle.entry[2].resource.status')
})

t.test('what is no resource is refused, whatever it is', async (t) => {
  const hostile = [null, undefined, 1, 'text', true, [], [order()], {}, { resourceType: 'Doctor' }, { resourceType: 7 }]
  for (const value of hostile) t.equal(validator.validate(value, { root: 'Resource' }).length, 1, JSON.stringify(value))
  for (const name of ['__proto__', 'constructor', 'toString', 'DomainResource', 'Element', 'patient']) {
    t.equal(validate({ resourceType: name })[0]?.key, 'structure-resource-type', name)
  }
})

t.test('another type than the one that is expected is said to be so', async (t) => {
  t.same(
    validator.validate(order(), { root: 'Task', type: 'Task' }).map(({ key }) => key),
    ['type-mismatch'],
  )
  t.same(validator.validate(order(), { root: 'MedicationRequest', type: 'MedicationRequest' }).filter(isError), [])
})

t.test('any value in any place is an issue or in order, never a crash', async (t) => {
  const values = [null, 0, '', 'x', true, [], {}, [null], [[]], [{}], { a: 1 }, JSON.parse('{"__proto__":{"a":1}}')]
  let tried = 0
  for (const file of readdirSync(folder('valid'))) {
    const resource = read('valid', file)
    for (const [holder, name] of placesIn(resource)) {
      const before = holder[name]
      for (const value of values) {
        holder[name] = value
        tried++
        try {
          validate(resource)
        } catch (error) {
          t.fail(`${file} ${name} = ${JSON.stringify(value)}: ${String(error)}`)
        }
      }
      holder[name] = before
    }
  }
  t.ok(tried > 1000)
})

t.test('taking brackets off a list, or a list put in place of an object, is always noticed', async (t) => {
  const resource = order()
  for (const [holder, name] of placesIn(resource)) {
    const before = holder[name]
    if (typeof before !== 'object' || Array.isArray(holder)) continue
    holder[name] = Array.isArray(before) ? before[0] : [before]
    const keys = validate(resource).map(({ key }) => key)
    t.ok(keys.includes(Array.isArray(before) ? 'structure-not-a-list' : 'structure-too-many'), name)
    holder[name] = before
  }
})

/** Every member and item below a value, with what holds it. */
function* placesIn(value: unknown): Generator<[Record<string, unknown>, string]> {
  if (typeof value !== 'object' || value === null) return
  const holder = value as Record<string, unknown>
  for (const name of Object.keys(holder)) {
    yield [holder, name]
    yield* placesIn(holder[name])
  }
}

t.test('diagnostics tell the way out and never repeat what was sent', async (t) => {
  const secret = 'Zebedee Quux'
  const resource = order()
  for (const [holder, name] of placesIn(resource)) {
    const before = holder[name]
    if (name === 'resourceType') continue
    holder[name] = secret
    for (const { diagnostics, expression } of validate(resource))
      t.notMatch(`${diagnostics} ${expression}`, secret, name)
    holder[name] = before
  }
  t.notMatch(JSON.stringify(validate({ ...order(), [secret]: 1 })), secret, 'not as a property name either')
  const [misspelt] = validate({ ...order(), dosageInstructions: [] })
  t.match(misspelt?.diagnostics, 'Did you mean dosageInstruction?')
  const [release] = validate({ resourceType: 'Task', status: 'done', intent: 'order' })
  t.match(release?.diagnostics, 'draft, requested, received, accepted')
})

t.test('a modifier extension that the service understands is let through', async (t) => {
  const url = 'https://example.org/fhir/StructureDefinition/known'
  const definitions = loadBaseDefinitions(folder('base'))
  const knowing = createStructureValidator(definitions, { modifierExtensions: new Set([url]) })
  const resource = { ...order(), modifierExtension: [{ url, valueBoolean: true }] }
  t.same(knowing.validate(resource, { root: 'MedicationRequest' }).filter(isError), [])
  t.equal(validate(resource)[0]?.key, 'modifier-extension-unknown')
})

t.test('primitives may be extensions alone, and lists of them line up', async (t) => {
  const extension = [{ url: 'https://example.org/x', valueCode: 'y' }]
  const name = (value: object): object => ({ resourceType: 'Patient', name: [value] })
  t.same(found(name({ _given: [{ extension }] })), [])
  t.same(found(name({ given: [null, 'b'], _given: [{ extension }, null] })), [])
  t.same(found(name({ given: [null], _given: [null] })), [['structure-null', 'Patient.name[0].given[0]']])
  t.same(found(name({ given: ['a'], _given: [{}] })), [['structure-empty', 'Patient.name[0].given[0]']])
  t.same(found(name({ given: ['a', 'b'], _given: [{ extension }] })), [
    ['structure-list-unaligned', 'Patient.name[0].given'],
  ])
  t.same(found(name({ family: 'a', _family: {} })), [['structure-empty', 'Patient.name[0].family']])
  t.same(found(name({ family: 'a', _family: { id: 'b' } })), [], 'an id beside a value')
  t.same(found(name({ family: 'a', _family: { id: 'b c' } })), [['primitive-invalid', 'Patient.name[0].family.id']])
  t.same(found(name({ _family: { id: 'b' } })), [['structure-empty', 'Patient.name[0].family']], 'an id alone')
  t.same(found(name({ given: ['a', null], _given: [{ id: 'b' }, { id: 'c' }] })), [
    ['structure-empty', 'Patient.name[0].given[1]'],
  ])
  t.same(found(name({ family: 'a', _family: { value: 'b' } })), [
    ['structure-unknown-property', 'Patient.name[0].family.value'],
  ])
  t.same(found(name({ family: 'a', _family: [null] })), [['structure-too-many', 'Patient.name[0].family']])
})

t.test('an extension stands neither for the id of a resource nor for a code that must be one of a few', async (t) => {
  const extension = [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }]
  t.same(found({ resourceType: 'Patient', _id: { extension } }), [['primitive-invalid', 'Patient.id']])
  t.same(found({ resourceType: 'Patient', id: 'a', _id: { extension } }), [])
  const active = { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }
  const allergy = {
    resourceType: 'AllergyIntolerance',
    clinicalStatus: { coding: [active] },
    patient: { display: 'x' },
  }
  const missing = (index: number) => [['code-not-in-value-set', `AllergyIntolerance.category[${index}]`]]
  t.same(found({ ...allergy, _category: [{ extension }] }), missing(0))
  t.same(found({ ...allergy, category: ['food', null], _category: [null, { extension }] }), missing(1))
  t.same(found({ ...allergy, category: ['food'], _category: [{ extension }] }), [])
})

t.test('a choice given as a value and its own extension is one choice', async (t) => {
  const deceased = { resourceType: 'Patient', deceasedBoolean: true, _deceasedBoolean: { id: 'a', extension: [] } }
  t.same(found(deceased), [['structure-empty', 'Patient.deceased.ofType(boolean).extension']])
  const both = {
    resourceType: 'Patient',
    deceasedBoolean: true,
    _deceasedDateTime: { extension: [{ url: 'https://example.org/u', valueCode: 'x' }] },
  }
  t.same(found(both), [['structure-choice', 'Patient.deceased']])
})

t.test('what stands in a narrative where no browser would show it as it is written is refused', async (t) => {
  const faultOf = (inner: string) =>
    validate({
      resourceType: 'Patient',
      text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">a ${inner}</div>` },
    })[0]
  const refused = [
    '<li>a</li>',
    '<ul>a<li>b</li></ul>',
    '<ul><ul><li>a</li></ul></ul>',
    '<ul><li>a</li><b>b</b></ul>',
    '<dl>a<dt>b</dt></dl>',
    '<dl><dd><ul><li>a</li></ul></dd></dl>',
    '<td>a</td>',
    '<table><td>a</td></table>',
    '<table>a<tr><td>b</td></tr></table>',
    '<table><tr>a<td>b</td></tr></table>',
    '<table><tbody><caption>a</caption></tbody></table>',
    '<col/>',
    '<map name="m"><p>a</p></map>',
    '<p><p>a</p></p>',
    '<p><ul><li>a</li></ul></p>',
    '<p><span><blockquote>a</blockquote></span></p>',
    '<span><div>a</div></span>',
    '<h1><table><tr><td>a</td></tr></table></h1>',
    '<b>a<i><b>b</b></i></b>',
    '<p href="#">a</p>',
    '<th nowrap="nowrap">a</th>',
    '<table><tr><th nowrap="nowrap">a</th></tr></table>',
    '<p align="left" border="1">a</p>',
    '<del datetime="x">a</del>',
  ]
  for (const inner of refused) {
    t.equal(faultOf(inner)?.key, 'narrative-unsafe', inner)
    // An attribute sends it the long way.
    t.equal(faultOf(`<p class="a">b</p>${inner}`)?.key, 'narrative-unsafe', inner)
  }
  const told = faultOf('<p>b<ul><li>c</li></ul></p>')?.diagnostics
  t.equal(told, 'In the XHTML <ul> may not stand in <div> <p>.')
  const allowed = [
    '<ul> <li>a<ul><li>b</li></ul></li> </ul>',
    '<ul></ul>',
    '<dl><dt><b>a</b></dt><dd><p>b</p></dd></dl>',
    '<table border="1" width="9"><caption>a</caption><colgroup><col/></colgroup><col/><thead><tr><th>a</th></tr></thead><tfoot><tr><td>a</td></tr></tfoot><tbody><tr><td nowrap="nowrap"><p>a</p><ul><li>b</li></ul></td></tr></tbody></table>',
    '<map name="m"><area shape="rect" coords="1" nohref="nohref"/></map>',
    '<p><b>a</b><i><tt>b</tt></i><img src="http://example.org/a.png" alt="a" height="1"/><br/></p>',
    '<p><h1>a</h1><hr/></p>',
    '<span><span>a</span></span>',
    '<div><div><p>a</p></div></div>',
    '<blockquote cite="http://example.org"><p>a</p></blockquote>',
  ]
  for (const inner of allowed) t.same(faultOf(inner), undefined, inner)
})

t.test('narrative that hides a script is refused', async (t) => {
  const patient = (inner: string): object => ({
    resourceType: 'Patient',
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>` },
  })
  const refused = [
    '<svg onload="x"/>',
    '<img src="data:text/html,x"/>',
    '<img src="java\tscript:x"/>',
    '<a href="&#106;avascript:x">a</a>',
    '<a href="javascript&colon;x">a</a>',
    '<iframe src="https://example.org"/>',
    '<style>p{}</style>',
    '<p ONCLICK="x">a</p>',
    '<p onclick=x>a</p>',
    '<![CDATA[<script>]]>',
    '<?xml-stylesheet href="x"?>a',
    '<form action="x">a</form>',
    '<x:script xmlns:x="http://www.w3.org/1999/xhtml">a</x:script>',
    '</div><script>x</script><div>',
    'a & b',
    '<p title="a & b">a</p>',
    '<a href="urn:uuid:x">a</a>',
    '<a href="">a</a>',
    '<u>a</u>',
    '<ol start="2"><li>a</li></ol>',
    '<ul type="a"><li value="3">a</li></ul>',
    '<table><tr><td height="1">a</td></tr></table>',
    '<a href="https://example.org/a b">a</a>',
    '<a href=" https://example.org">a</a>',
    '<a href="https://example.org/&lt;a>">a</a>',
    '<a href="https://example.org/{id}">a</a>',
    '<img src="a b.png" alt="a"/>',
    '<img src="" alt="a"/>',
    '<img src="#" alt="a"/>',
    '<img src="data:image/png" alt="a"/>',
    '<img src="data:image/png;base64,AA,AA" alt="a"/>',
    '<img src="data:image/png;base64,AA AA" alt="a"/>',
    '<img src="data:image/svg+xml;base64,AAAA" alt="a"/>',
    '<p xmlns:x="http://example.org" x:y="z">a</p>',
    ' ',
    '&#32;&#x9;',
    '&#1;<p>&#x0A;</p>',
  ]
  for (const inner of refused) t.equal(validate(patient(inner))[0]?.key, 'narrative-unsafe', inner)
  const allowed = [
    'text',
    '<p>a &amp; b &#163;&#160;</p><br></br>',
    '<!-- a comment --><p style="color: #123456" class="a">a</p>',
    '<img src="data:image/png;base64,AAAA" alt="a"/>',
    '<table><tr><td colspan="2"><a href="https://example.org?a=1&amp;b=2">a</a></td></tr></table>',
    '<a href="#top" title=\'it &lt; that\'>a</a><p id="top">b</p>',
    '<p style="background: url(x.png)">a</p>',
    '<a href="https://example.org/arzt/müller(1)?a[0]=b|c~d%20e">a</a>',
    '<img src="data:image/jpeg;base64,AAAA" alt="a"/>',
    '<img src="data: image/png;base64,AAAA" alt="a"/>',
    '<p xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">a</p>',
    '\u00a0',
    '&#160;',
    '&#33;',
  ]
  for (const inner of allowed) t.same(found(patient(inner)), [], inner)
})

t.test('references to contained resources stop at the border of an entry', async (t) => {
  const entry = (resource: object): object => ({ resource, request: { method: 'POST', url: 'x' } })
  const contained = [{ resourceType: 'Organization', id: 'o', name: 'Example' }]
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      entry({ resourceType: 'Patient', contained, managingOrganization: { reference: '#o' } }),
      entry({ resourceType: 'Patient', managingOrganization: { reference: '#o' } }),
    ],
  }
  t.same(found(bundle), [['invariant', 'Bundle.entry[1].resource.managingOrganization.reference']])
})

t.test('# alone is the resource around a contained one, and of a type that is allowed there', async (t) => {
  const part = { resourceType: 'Organization', id: 'o', name: 'Example', partOf: { reference: '#' } }
  t.same(found({ resourceType: 'Organization', name: 'x', contained: [part], partOf: { reference: '#o' } }), [])
  t.same(found({ resourceType: 'Patient', contained: [part], managingOrganization: { reference: '#o' } }), [
    ['reference-target', 'Patient.contained[0].partOf'],
  ])
  const { id: _, ...alone } = part
  t.same(found(alone), [['invariant', 'Organization.partOf.reference']])
})

t.test(
  'where codes of others may be sent, what they call their system is a doubt, and a code that R4 knows to be none is wrong',
  async (t) => {
    const warned = (system: string) =>
      everything({ resourceType: 'Encounter', status: 'planned', class: { system, code: 'none' } }).flatMap(
        ({ key, severity = 'error' }) => (key.startsWith('invariant') ? [] : [`${key} ${severity}`]),
      )
    const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
    t.equal(warned(actCode)[0], 'code-unknown error')
    t.equal(warned('local')[0], 'uri-not-absolute warning')
    t.equal(warned('http://hl7.org/fhir/ValueSet/observation-category')[0], 'code-unknown warning')
    const tag = [{ system: actCode, code: 'none' }]
    t.same(found({ resourceType: 'Patient', meta: { tag } }), [['code-unknown', 'Patient.meta.tag[0].code']])
    const sopClass = (system: string) =>
      found({
        resourceType: 'ImagingStudy',
        status: 'available',
        subject: { display: 'a' },
        series: [{ uid: 'a', modality: { code: 'CT' }, instance: [{ uid: 'b', sopClass: { system, code: 'c' } }] }],
      })
    const place = 'ImagingStudy.series[0].instance[0].sopClass.system'
    t.same(sopClass('local'), [['uri-not-absolute', place]], 'the value set is none that R4 has')
    t.same(sopClass('urn:ietf:rfc:3986'), [])
  },
)

t.test('codes of DICOM and ASTM that R4 publishes are judged where codes are judged by form', async (t) => {
  const open = createStructureValidator(loadBaseDefinitions(folder('base')), { codeForms: true })
  const severities = (validator: typeof open, system: string, code: string) =>
    validator
      .validate(
        { resourceType: 'Observation', status: 'final', code: { coding: [{ system, code }] } },
        { root: 'Observation' },
      )
      .flatMap(({ key, severity = 'error', expression }) =>
        key === 'code-unknown' ? [`${severity} ${expression}`] : [],
      )
  const place = 'Observation.code.coding[0].code'
  for (const [system, code] of [
    ['http://dicom.nema.org/resources/ontology/DCM', '110112'],
    ['urn:iso-astm:E1762-95:2013', '1.2.840.10065.1.12.1.1'],
  ] as const) {
    t.same(severities(open, system, code), [], system)
    t.same(severities(open, system, 'none'), [`error ${place}`], system)
  }
  const strict = createStructureValidator(loadBaseDefinitions(folder('base')))
  t.same(severities(strict, 'http://dicom.nema.org/resources/ontology/DCM', 'none'), [`warning ${place}`], 'it grows')
})

t.test('white space in a reference leads nowhere, wherever references may lead', async (t) => {
  const free = createStructureValidator(loadBaseDefinitions(folder('base')), { references: 'free' })
  const basic = (reference: string) => ({ resourceType: 'Basic', code: { text: 'a' }, subject: { reference } })
  const place = 'Basic.subject.reference'
  const texts = [
    'Patient/a b',
    'Patient/1 ',
    ' Patient/1',
    'Patient/1\n',
    'http://a/Patient/a b',
    'urn:uuid:a b',
    'Patient?a=b c',
  ]
  for (const text of [...texts, 'Patient/1/_history/a b']) {
    t.same(found(basic(text)).at(-1), ['reference-invalid', place], JSON.stringify(text))
    const errors = free.validate(basic(text), { root: 'Basic' }).filter(isError)
    t.same(
      errors.map(({ key, expression }) => [key, expression]),
      [['reference-invalid', place]],
      JSON.stringify(text),
    )
  }
  const entry = [{ fullUrl: 'http://a/Basic/1', resource: { ...basic('Patient?a=b c'), id: '1' } }]
  t.same(found({ resourceType: 'Bundle', type: 'collection', entry }), [
    ['reference-invalid', 'Bundle.entry[0].resource.subject.reference'],
  ])
})

t.test('an identifier that is a URI may write its scheme in capitals', async (t) => {
  const identified = (value: string) =>
    found({ resourceType: 'Patient', identifier: [{ system: 'urn:ietf:rfc:3986', value }] })
  t.same(identified('URN:OID:1.2.3.4'), [])
  t.same(identified('1.2.3.4'), [['identifier-not-uri', 'Patient.identifier[0]']])
})

t.test('the type of a reference is one of R4, and the one that the reference leads to', async (t) => {
  const extended = (valueReference: object) =>
    found({
      resourceType: 'Basic',
      code: { text: 'a' },
      contained: [{ resourceType: 'Patient', id: 'p' }],
      subject: { reference: '#p' },
      extension: [{ url: 'http://example.org/a', valueReference }],
    })
  const place = 'Basic.extension[0].value.ofType(Reference)'
  for (const type of ['Nope', 'patient', 'http://hl7.org/fhir/StructureDefinition/Patient'])
    t.same(extended({ type, display: 'a' }), [['reference-target', `${place}.type`]], type)
  for (const reference of ['Patient/1', 'http://a.org/Patient/1/_history/2', '#p'])
    t.same(extended({ type: 'Medication', reference }), [['reference-target', place]], reference)
  for (const reference of ['Patient/1', '#p', 'http://a.org/b', 'urn:uuid:78d3c2eb-009e-4ec8-a358-b042954aa9b2'])
    t.same(extended({ type: 'Patient', reference }), [], reference)
  t.same(extended({ type: 'http://example.org/logical', display: 'a' }), [])
  t.same(extended({ type: 'Resource', reference: 'Patient/1' }), [])
  t.same(extended({ type: 'Practitioner', reference: 'Patient?identifier=1' }), [], 'a search may find another')
  const both = { resourceType: 'Basic', code: { text: 'a' }, author: { type: 'Medication', reference: 'Patient/1' } }
  t.same(found(both), [['reference-target', 'Basic.author']], 'told once')
})

t.test('a body made of faults costs an answer of bounded length, and is never in order', async (t) => {
  const faulty = (item: object): Issue[] =>
    validate({ resourceType: 'Patient', identifier: Array.from({ length: 100_000 }, () => item) })
  for (const item of [{}, { valeu: 'x' }, { period: { start: '2', end: '1' } }]) {
    const issues = faulty(item)
    t.equal(issues.length, 501)
    t.equal(issues.at(-1)?.key, 'structure-issues-cut')
  }
  const contained = Array.from({ length: 20_000 }, (_, index) => ({ resourceType: 'Patient', id: `p${index}` }))
  t.equal(everything({ resourceType: 'Basic', code: { text: 'x' }, contained }).length, 501)
})

t.test('where references are free, what only the text of one tells of a target elsewhere is a warning', (t) => {
  const free = createStructureValidator(loadBaseDefinitions(folder('base')), { references: 'free' })
  const severities = (subject: object, more: object = {}): (string | undefined)[] => {
    const observation = { resourceType: 'Observation', status: 'final', code: { text: 'a' }, subject, ...more }
    return free
      .validate(observation, { root: 'Observation' })
      .filter(({ key }) => key.startsWith('reference-'))
      .map(({ key, severity = 'error' }) => `${key} ${severity}`)
  }
  t.same(severities({ reference: 'Practitioner/1' }), ['reference-target warning'])
  t.same(severities({ reference: 'https://example.org/fhir/Practitioner/1' }), ['reference-target warning'])
  t.same(severities({ type: 'Practitioner', display: 'a' }), ['reference-target warning'])
  t.same(severities({ reference: 'surgery' }), ['reference-invalid warning'])
  const contained = [{ resourceType: 'Practitioner', id: 'p' }]
  t.same(severities({ reference: '#p' }, { contained }), ['reference-target error'], 'it is at hand')
  t.same(
    severities({ reference: 'Patient/1', type: 'Practitioner' }),
    ['reference-target error'],
    'it contradicts itself',
  )
  t.same(severities({ reference: 'Patient/1', type: 'http://hl7.org/fhir/StructureDefinition/Patient' }), [
    'reference-target error',
  ])
  t.end()
})

t.test('units and SNOMED CT codes are checked by form where no homecare rule does', (t) => {
  const strict = createStructureValidator(loadBaseDefinitions(folder('base')), { codeForms: true })
  const judge = (system: string, code: string): [string, string][] =>
    strict
      .validate(
        {
          resourceType: 'Observation',
          status: 'final',
          code: { coding: [{ system, code }] },
          valueQuantity: { value: 1, system, code },
        },
        { root: 'Observation' },
      )
      .filter(({ key }) => key === 'code-unknown')
      .map(({ severity = 'error', expression = '' }) => [severity, expression])
  t.same(judge('http://unitsofmeasure.org', 'mg/kg{dry}'), [])
  t.same(judge('http://unitsofmeasure.org', 'TAB'), [
    ['error', 'Observation.code.coding[0].code'],
    ['error', 'Observation.value.ofType(Quantity).code'],
  ])
  t.same(judge('http://snomed.info/sct', '276885007'), [])
  t.same(judge('http://snomed.info/sct', '276885008'), [
    ['warning', 'Observation.code.coding[0].code'],
    ['warning', 'Observation.value.ofType(Quantity).code'],
  ])
  t.same(judge('http://hl7.org/fhir/ValueSet/marital-status', 'M')[0], ['error', 'Observation.code.coding[0].system'])
  t.same(judge('urn:iso:std:iso:3166', 'UK')[0], ['error', 'Observation.code.coding[0].code'])
  for (const code of ['GB', 'GBR', 'gb', '826']) t.same(judge('urn:iso:std:iso:3166', code), [], code)
  const signature = '1.2.840.10065.1.12.1.'
  t.same(judge('urn:iso-astm:E1762-95:2013', `${signature}1`), [])
  t.same(judge('urn:iso-astm:E1762-95:2013', `${signature}19`).length, 2)
  const table = 'http://terminology.hl7.org/CodeSystem/v2-0203'
  t.same(judge(table, 'mr'), [], 'case does not matter there')
  t.same(judge(table, 'none')[0], ['error', 'Observation.code.coding[0].code'])
  const observation = {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: table, code: 'none' }] },
  }
  t.same(
    everything(observation).flatMap(({ key, severity }) => (key === 'code-unknown' ? severity : [])),
    ['warning'],
    'it may have grown',
  )
  const tablets = { value: 1, system: 'http://unitsofmeasure.org', code: 'tablets' }
  const advised = strict.validate(
    { resourceType: 'Patient', extension: [{ url: 'http://example.org/e', valueDuration: tablets }] },
    { root: 'Patient' },
  )
  t.same(
    advised.filter(({ key }) => key === 'code-unknown').map(({ severity }) => severity),
    ['warning'],
    'durations have rules of their own',
  )
  t.end()
})

t.test('what is no code system though it looks like one of HL7, or like one that everybody uses', async (t) => {
  const places = (system: string): unknown[] => {
    const coding = { system, code: 'x' }
    const resource = {
      ...{ resourceType: 'Observation', status: 'final', code: { coding: [coding] } },
      ...{ meta: { tag: [coding] }, valueQuantity: { value: 1, ...coding } },
      extension: [{ url: 'http://example.org/e', valueCoding: { system } }],
    }
    return found(resource).map(([key, place]) => `${key} ${place}`)
  }
  const told = ['code-unknown Observation.value.ofType(Quantity).system', 'code-unknown Observation.meta.tag[0].system']
  for (const system of [
    'http://hl7.org/fhir/v3/ActCode',
    'https://www.hl7.org/fhir/observation-status',
    'http://terminology.hl7.org/ValueSet/v3-ActCode',
    'http://loinc.org/',
    'http://snomed.info/sct/999000041000000102',
  ]) {
    t.same(places(system).sort(), told.toSorted(), `${system}: not in a concept, where others may stand beside it`)
  }
  for (const system of [
    'http://hl7.org/fhir/sid/icd-10',
    'http://hl7.org/fhir/message-events',
    'http://example.org/x',
  ]) {
    t.same(places(system), [], system)
  }
})

t.test('a canonical that names a contained definition, or one of R4, names one of the right type', (t) => {
  const response = (questionnaire: string) => ({
    resourceType: 'QuestionnaireResponse',
    contained: [
      { resourceType: 'ValueSet', id: 'v', status: 'active' },
      { resourceType: 'Questionnaire', id: 'q', status: 'active' },
    ],
    basedOn: [{ reference: '#v' }],
    questionnaire,
    status: 'completed',
  })
  const wrong = (questionnaire: string) =>
    found(response(questionnaire)).filter(([, place]) => place === 'QuestionnaireResponse.questionnaire')
  t.same(wrong('#q'), [])
  t.same(wrong('https://example.org/ValueSet/unknown'), [])
  const fault = [['reference-target', 'QuestionnaireResponse.questionnaire']]
  t.same(wrong('#v'), fault)
  t.same(wrong('http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1'), fault)
  t.same(wrong('http://hl7.org/fhir/StructureDefinition/Patient'), fault)
  t.end()
})
