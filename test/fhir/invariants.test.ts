import { isError } from '../../src/fhir/problem.ts'
import { fileURLToPath } from 'node:url'
import fhirpath from 'fhirpath'
import r4Model from 'fhirpath/fhir-context/r4'
import t from 'tap'
import type { Constraint, ElementDefinition } from '../../src/fhir/definitions.ts'
import { compileInvariant } from '../../src/fhir/invariants.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { createStructureValidator } from '../../src/fhir/structure.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'
import { Arbitrary, seeded } from './random-element.ts'

const definitions = loadBaseDefinitions(fileURLToPath(new URL('../../profiles/base/', import.meta.url)))
const validator = createStructureValidator(definitions)

interface Placed {
  readonly constraint: Constraint
  readonly element: ElementDefinition
  readonly type: string
}

/** Every constraint of R4 once, at the first element that has it. */
function constraints(): Placed[] {
  const found = new Map<string, Placed>()
  for (const type of [...definitions.complexTypes, ...definitions.resourceTypes]) {
    for (const element of definitions.structure(type)?.snapshot.element ?? []) {
      for (const constraint of element.constraint ?? []) {
        const name = `${constraint.key} ${constraint.expression}`
        if (!found.has(name)) found.set(name, { constraint, element, type })
      }
    }
  }
  return [...found.values()]
}

type Evaluate = (node: unknown, variables: object) => unknown[]
const evaluators = new Map<string, Evaluate>()
function compiled(expression: string, base: string): Evaluate {
  const name = `${base} ${expression}`
  const known =
    evaluators.get(name) ??
    (fhirpath.compile({ base, expression }, r4Model, { traceFn: () => undefined }) as unknown as Evaluate)
  evaluators.set(name, known)
  return known
}

function evaluate(expression: string, base: string, node: unknown, resource: Resource): boolean {
  const ask = compiled(expression, base)
  try {
    const result: unknown[] = ask(node, { resource, rootResource: resource })
    return result.length === 1 && result[0] === true
  } catch {
    return false
  }
}

/**
 * Constraints that the structure step checks in words of its own; a test below compares the verdicts, save those of txt-1
 * and txt-2, whose `htmlChecks` the evaluator does not have: examples prove these.
 */
const STRUCTURAL = new Set(['ele-1', 'dom-2', 'dom-3', 'txt-1', 'txt-2'])

/** What the evaluator is asked instead, because the published expression cannot be evaluated or misses its text. */
const MENDED: Readonly<Record<string, string>> = {
  // more than one, as its text and the publisher's validator have it
  'que-12': 'enableWhen.count() > 1 implies enableBehavior.exists()',
  // as the publisher's validator: nothing is below what has no value, and one unit in words is one unit
  'rng-2':
    'low.empty() or high.empty() or (low.value.exists() and high.value.exists() and ((low <= high) or ((low.code.empty() or high.code.empty()) and low.unit = high.unit and low.value <= high.value)))',
  // a FHIR boolean is no System.Boolean to the evaluator
  'que-7': "operator = 'exists' implies (answer is boolean)",
  // escapes that are right in Java and wrong in a JavaScript expression with the u flag
  'eld-16': "sliceName.empty() or sliceName.matches('^[a-zA-Z0-9/_@\\\\[\\\\]\\\\-]+$')",
  'eld-19': "path.matches('[^ \\\\s.,:;\"/|?!@#$%&*()\\\\[\\\\]\\\\{\\\\}\\\\u0027]{1,64}')",
  'eld-20': "path.matches('[A-Za-z][A-Za-z0-9]*')",
}
const PUBLISHED_NAME = "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')"
const NAME = "name.empty() or name.matches('^[A-Z]([A-Za-z0-9_]){0,254}$')"

/** Left to hand-made cases: the evaluator fetches what resolve() names. */
const NOT_EVALUATED = new Set(['ctm-1'])

t.test('every compiled invariant of R4 gives the verdict of the FHIRPath evaluator on the same elements', async (t) => {
  const all = constraints()
  t.ok(all.length > 230, 'all of them are looked at')
  let refused = 0
  for (const { constraint, element, type } of all) {
    const { key, expression = '' } = constraint
    if (STRUCTURAL.has(key) || NOT_EVALUATED.has(key)) continue
    const options = { type: element.path, ...(definitions.resourceTypes.has(type) && { resourceType: type }) }
    const invariant = compileInvariant(expression, options)
    t.notOk(invariant.usesFallback, `${key} is compiled`)
    const asked = expression === PUBLISHED_NAME ? NAME : (MENDED[key] ?? expression)
    const words = [...expression.matchAll(/'([^'\\]*)'/g)].map(([, word = '']) => word)
    // The evaluator tells primitives with different extensions apart, which says nothing about their values.
    const siblings = !expression.includes('isDistinct')
    const arbitrary = new Arbitrary(definitions, seeded(7), { words, siblings })
    // The evaluator does not take a bare number where an expression asks for an element of it.
    const types = element.type?.map(({ code }) => code).filter((code) => definitions.complexTypes.has(code)) ?? []
    for (let round = 0; round < 24; round++) {
      const isChoice = element.path.endsWith('[x]')
      const at = isChoice ? (types[round % types.length] ?? '') : element.path
      const node = arbitrary.at(at)
      const resource = (definitions.resourceTypes.has(element.path) ? node : { resourceType: 'Basic' }) as Resource
      const wanted = evaluate(asked, at, node, resource)
      if (!wanted) refused++
      const verdict = compileInvariant(expression, isChoice ? { type: at } : options).check(resource, node)
      if (verdict !== wanted) t.fail(`${key}: ${verdict} for ${JSON.stringify(node)}`)
    }
  }
  t.ok(refused > 1000, 'many of the elements break their rule')
})

t.test('what the structure step checks in its own way, it judges as the published expressions do', async (t) => {
  // `as` takes one item: of many the evaluator is asked for those of the type.
  const published = (key: string): string =>
    (constraints().find(({ constraint }) => constraint.key === key)?.constraint.expression ?? '').replaceAll(
      /descendants\(\)\.as\(/g,
      'descendants().ofType(',
    )
  const random = seeded(20261122)
  const tally = new Map<string, number>()
  const agree = (key: string, wanted: boolean, found: boolean, what: unknown): void => {
    tally.set(`${key} ${wanted}`, (tally.get(`${key} ${wanted}`) ?? 0) + 1)
    if (wanted !== found) t.fail(`${key}: ${found} for ${JSON.stringify(what)}`)
  }
  for (let round = 0; round < 400; round++) {
    const reference = () => ({ reference: random.pick(['#a', '#b', '#c', '#', 'Patient/1']) })
    const inner = (id: string) => ({
      ...{ resourceType: 'Basic', id, code: { text: 'x' } },
      ...(random.pick([true, false]) && { subject: reference() }),
      ...(random.pick([true, false, false]) && { contained: [{ resourceType: 'Patient', id: 'deep' }] }),
    })
    const resource = {
      ...{ resourceType: 'CarePlan', status: 'active', intent: 'plan', subject: reference() },
      contained: random.pick([[inner('a')], [inner('a'), inner('b')]]),
      ...(random.pick([true, false]) && { addresses: [reference()] }),
      ...(random.pick([true, false]) && { instantiatesUri: [random.pick(['#a', 'urn:x:y'])] }),
      ...(random.pick([true, false]) && { instantiatesCanonical: [random.pick(['#b', 'urn:x:y'])] }),
    } as unknown as Resource
    const broken = validator.validate(resource, { root: 'CarePlan' }).filter(({ key }) => key === 'invariant')
    for (const key of ['dom-2', 'dom-3']) {
      const found = !broken.some(({ diagnostics }) => diagnostics.startsWith(key))
      agree(key, evaluate(published(key), 'CarePlan', resource, resource), found, resource)
    }
    const contact = random.pick([{}, { id: 'x' }, { gender: 'male' }, { id: 'x', gender: 'male' }])
    const patient = { resourceType: 'Patient', contact: [contact] } as unknown as Resource
    const isEmpty = validator.validate(patient, { root: 'Patient' }).some(({ key }) => key === 'structure-empty')
    const ele1 = 'hasValue() or (children().count() > id.count())'
    agree('ele-1', evaluate(ele1, 'Patient.contact', contact, patient), !isEmpty, contact)
  }
  for (const key of ['dom-2', 'dom-3', 'ele-1'])
    for (const verdict of [true, false]) t.ok((tally.get(`${key} ${verdict}`) ?? 0) > 20, `${key}: often ${verdict}`)
})

t.test('compiled expressions answer as the evaluator does', async (t) => {
  const patient: Resource = {
    resourceType: 'Patient',
    id: 'p',
    active: true,
    name: [{ use: 'official', family: 'Ashe', given: ['A', 'B'] }, { text: 'x' }],
    _birthDate: { extension: [{ url: 'https://example.org/why', valueCode: 'unknown' }] },
    multipleBirthInteger: 2,
    contained: [{ resourceType: 'Organization', id: 'o', name: 'Trust' }],
    managingOrganization: { reference: '#o' },
    telecom: [
      { system: 'phone', value: '01', rank: 2 },
      { system: 'email', value: 'a@b', rank: 1 },
    ],
  }
  const expressions = [
    'active',
    'active.not()',
    'active and deceased.exists()',
    'deceased = true or active',
    'deceased = true implies active',
    '(deceased = true).not()',
    'deceased != true',
    'name.count() = 2',
    'name.given.count() + 1 = 3',
    "name.given.first() = 'A' and name.given.last() = 'B'",
    "name[0].given[1] = 'B'",
    "name.where(use = 'official').family.startsWith('As')",
    "name.family.startsWith('As')",
    "name.given.startsWith('A')",
    "name.text.endsWith('x') and name.text.contains('x')",
    'name.all(family.exists() or text.exists())',
    'name.select(family | text).count() = 2',
    "(name.family | name.given | name.text).all($this.matches('^[A-Z]'))",
    '(name.family | name.given).exists(length() = 1)',
    "(name.family | name.given | telecom.value).exists($this = 'B') and (name.given | {}).all($this != 'C')",
    "('A' | name.given | 'B').all($this in %resource.name.given)",
    '(telecom.value | name.family).all(length() > 2).not()',
    "telecom.system.subsetOf('phone' | 'email' | 'fax')",
    'telecom.rank.isDistinct() and telecom.exists(rank = 1)',
    'telecom.rank.exists($this > 1)',
    'birthDate.exists()',
    'birthDate.hasValue()',
    "birthDate.extension('https://example.org/why').exists()",
    "birthDate.extension.where(url = 'https://example.org/why').value = 'unknown'",
    'multipleBirth is integer',
    'multipleBirth.is(boolean)',
    'multipleBirth.ofType(integer) >= 2',
    '(multipleBirth as integer) < 2',
    'Patient.active',
    '%resource.active and %context.active and %rootResource.id.exists()',
    '%resource.id = id',
    "contained.ofType(Organization).name = 'Trust'",
    'contained.first().is(Patient)',
    "name.family.matches('^[A-Z][a-z]+$')",
    "name.family.replaceMatches('[a-z]', '-') = 'A---'",
    "name.family.length() = 4 and name.family.substring(1, 2) = 'sh'",
    "name.family.upper() = 'ASHE' and name.family.lower() = 'ashe'",
    "name.family & '!' = 'Ashe!'",
    'deceased.exists() xor active',
    'iif(active, name.exists(), name.empty())',
    "'official' in name.use",
    "name.use contains 'home'",
    'deceased in (true | false)',
    'name.given.skip(1).take(1).single() = %resource.name.given.tail()',
    "name.given.intersect('A' | 'C') = 'A'",
    "name.given.exclude('A') = 'B'",
    "name.given.combine('A').isDistinct()",
    'telecom.value.toInteger() = 1',
    'telecom.first().value.toInteger() = 1',
    'name.first() = name.first() and name.first() != name.last()',
    '{}.empty() and {}',
    // one, several and none that fit; conditions that ask about more than the item
    "telecom.where(system = 'phone').value = '01'",
    "telecom.where(system = 'fax').empty() and telecom.where(system = 'fax').count() = 0",
    'telecom.where(rank > 0).count() = 2 and telecom.where(rank > 1).count() != 2',
    'telecom.where(value.exists()).where(rank = 1).system = name.first().use',
    'telecom.all(rank <= %resource.telecom.count())',
    "name.where(given.exists($this = 'B')).family = 'Ashe'",
    "telecom.exists(system = 'email' and value.contains('@'))",
    'name.exists(given.count() = %resource.name.count())',
    "name.where(given.where($this = 'A') = 'A').use = 'official'",
    'contained.where(id = %resource.id).exists()',
    'telecom.count() = name.count()',
    'children().family.exists()',
    "active.trace('x')",
  ]
  for (const expression of expressions) {
    const invariant = compileInvariant(expression, { type: 'Patient' })
    t.notOk(invariant.usesFallback, `${expression} is compiled`)
    t.equal(invariant.check(patient, patient), evaluate(expression, 'Patient', patient, patient), expression)
  }
})

t.test('what the compiler does not know goes to the evaluator, and is said to', async (t) => {
  const name = { family: 'Ashe', period: { start: '2026-01-01' } }
  const resource: Resource = { resourceType: 'Patient', name: [name] }
  for (const [expression, holds] of [
    ['period.start < today()', true],
    ['period.start > today()', false],
    ['period.start = @2026-01-01', true],
    ["family.toChars().first() = 'A'", true],
    ['%context.period.start.exists() and family.toChars().exists()', true],
  ] as const) {
    const invariant = compileInvariant(expression, { type: 'HumanName' })
    t.ok(invariant.usesFallback, expression)
    t.equal(invariant.check(resource, name), holds, expression)
  }
  t.throws(() => compileInvariant('family.', { type: 'HumanName' }), 'what is no FHIRPath is refused when it is loaded')
})

t.test('an invariant sees the resource, its container and the extensions of a primitive', async (t) => {
  const inner: Resource = { resourceType: 'Organization', id: 'o' }
  const outer: Resource = { resourceType: 'Patient', id: 'p', contained: [inner] }
  const contained = compileInvariant('%resource.id != %rootResource.id', { type: 'Organization' })
  t.equal(contained.check(inner, inner, outer), true)
  t.equal(contained.check(outer, outer), false)
  const why = compileInvariant("hasValue() or extension('https://example.org/why').exists()", { type: 'date' })
  t.notOk(why.usesFallback)
  t.equal(why.check(outer, '2026-01-01'), true)
  t.equal(why.check(outer, undefined, outer, { extension: [{ url: 'https://example.org/why' }] }), true)
  t.equal(why.check(outer, undefined, outer, { id: 'x' }), false)
})

t.test('an invariant never throws, whatever stands in its place, and only true is true', async (t) => {
  const values = [null, undefined, 0, '', 'x', true, [], {}, [null], { period: 5 }, { start: {} }, { value: [1, 2] }]
  for (const { constraint, element, type } of constraints()) {
    if (STRUCTURAL.has(constraint.key)) continue
    const invariant = compileInvariant(constraint.expression ?? '', { type: element.path })
    for (const value of values) {
      t.type(invariant.check({ resourceType: type }, value), 'boolean', constraint.key)
    }
  }
})

t.test('a broken rule is an issue at its element, with its key for a program and its words for a reader', async (t) => {
  const timing = { resourceType: 'Basic', code: { text: 'x' }, extension: [] as object[] }
  timing.extension.push({ url: 'https://example.org/x', valueTiming: { repeat: { period: 1 } } })
  const [issue] = validator.validate(timing, { root: 'Basic' }).filter(({ rule }) => rule !== 'dom-6')
  t.match(issue, {
    key: 'invariant',
    rule: 'tim-2',
    severity: 'error',
    expression: 'Basic.extension[0].value.ofType(Timing).repeat',
    diagnostics: "tim-2: if there's a period, there needs to be period units",
  })
})

t.test('a recommendation is a warning: a resource without a narrative, but not a contained one', async (t) => {
  const contained = [{ resourceType: 'Organization', id: 'o', name: 'x' }]
  const patient = { resourceType: 'Patient', contained, managingOrganization: { reference: '#o' } }
  t.match(validator.validate(patient, { root: 'Patient' }), [
    { key: 'invariant', rule: 'dom-6', severity: 'information', expression: 'Patient' },
  ])
  const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' }
  t.same(validator.validate({ ...patient, text }, { root: 'Patient' }), [])
})

t.test('rules beyond the invariants: who acts on behalf of whom, codes defined twice', async (t) => {
  const keys = (resource: object): unknown[] =>
    validator
      .validate(resource, { root: 'x' })
      .filter(isError)
      .map(({ rule, expression }) => [rule, expression])
  const system = (concept: object[]): object => ({
    resourceType: 'CodeSystem',
    status: 'active',
    content: 'complete',
    concept,
  })
  t.same(keys(system([{ code: 'a', concept: [{ code: 'b' }] }, { code: 'c' }])), [])
  t.same(keys(system([{ code: 'a', concept: [{ code: 'b' }] }, { code: 'b' }])), [['csd-1', 'x']])
  const member = { reference: '#m' }
  const team = (type: string): object => ({
    resourceType: 'CareTeam',
    contained: [{ resourceType: type, id: 'm', ...(type === 'Organization' && { name: 'x' }) }],
    participant: [{ member, onBehalfOf: { reference: 'Organization/1' } }],
  })
  t.same(keys(team('Practitioner')), [])
  t.same(keys(team('Organization')), [['ctm-1', 'x.participant[0]']])
})
