import t from 'tap'
import { fileURLToPath } from 'node:url'
import { loadedCodes } from '../../src/fhir/base-codes.ts'
import { severityOf } from '../../src/fhir/problem.ts'
import { createStructureValidator } from '../../src/fhir/structure.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'
import type { r4 } from '../../src/fhir/resource.ts'
import { isSnomedCode, snomedComponent, verhoeff } from '../../src/fhir/snomed.ts'
import { createTerminology, firstOf, lookupOf } from '../../src/fhir/terminology.ts'
import { isUcum } from '../../src/fhir/ucum.ts'

const animals: r4.CodeSystem = {
  resourceType: 'CodeSystem',
  url: 'http://example.org/animals',
  status: 'active',
  content: 'complete',
  caseSensitive: true,
  concept: [
    {
      code: 'mammal',
      concept: [
        { code: 'dog', property: [{ code: 'legs', valueInteger: 4 }], concept: [{ code: 'poodle' }] },
        { code: 'whale', property: [{ code: 'legs', valueInteger: 0 }] },
      ],
    },
    { code: 'bat', property: [{ code: 'parent', valueCode: 'mammal' }] },
    { code: 'Bird' },
  ],
}
const part: r4.CodeSystem = { ...animals, url: 'http://example.org/part', content: 'fragment' }
const loose: r4.CodeSystem = { ...animals, url: 'http://example.org/loose', caseSensitive: false }
const { caseSensitive: _, ...unsaid }: r4.CodeSystem = { ...animals, url: 'http://example.org/unsaid' }

type Include = r4.ValueSetComposeInclude
const set = (name: string, include: Include[], exclude?: Include[]): r4.ValueSet => ({
  resourceType: 'ValueSet',
  url: `http://example.org/vs/${name}`,
  status: 'active',
  compose: { include, ...(exclude ? { exclude } : {}) },
})
const filter = (property: string, op: string, value: string): Include => ({
  system: animals.url as string,
  filter: [{ property, op: op as 'is-a', value }],
})
const vs = (name: string): string => `http://example.org/vs/${name}`

const valueSets: r4.ValueSet[] = [
  set('all', [{ system: 'http://example.org/animals' }]),
  set('listed', [{ system: 'http://example.org/animals', concept: [{ code: 'dog' }, { code: 'Bird' }] }]),
  set('mammals', [filter('concept', 'is-a', 'mammal')]),
  set('below', [filter('concept', 'descendent-of', 'mammal')]),
  set('not-mammals', [filter('concept', 'is-not-a', 'mammal')]),
  set('four-legs', [filter('legs', '=', '4')]),
  set('with-legs', [filter('legs', 'exists', 'true')]),
  set('in', [filter('code', 'in', 'dog,bat')]),
  set('regex', [filter('code', 'regex', '(a+)+$')]),
  set('without-dogs', [{ system: 'http://example.org/animals' }], [filter('concept', 'is-a', 'dog')]),
  set('nested', [{ valueSet: [vs('mammals')] }, { system: 'http://example.org/other', concept: [{ code: 'x' }] }]),
  set('both', [{ valueSet: [vs('mammals'), vs('listed')] }]),
  set('part', [{ system: 'http://example.org/part' }]),
  set('loose', [{ system: 'http://example.org/loose' }]),
  set('unsaid', [{ system: 'http://example.org/unsaid' }]),
  set('children', [filter('parent', '=', 'mammal')]),
  set('parents', [filter('child', 'exists', 'true')]),
  set('absent', [{ system: 'http://example.org/absent' }]),
  set('snomed', [
    { system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '736542009' }] },
  ]),
  set('ucum', [{ system: 'http://unitsofmeasure.org' }]),
  set('cycle-a', [{ valueSet: [vs('cycle-b')] }]),
  set('cycle-b', [{ valueSet: [vs('cycle-a')] }]),
  { ...set('versioned', [{ system: 'http://example.org/animals', concept: [{ code: 'dog' }] }]), version: '2' },
  {
    resourceType: 'ValueSet',
    url: vs('expanded'),
    status: 'active',
    expansion: {
      timestamp: '2026-01-01',
      contains: [{ system: 's', code: 'group', abstract: true, contains: [{ system: 's', code: 'leaf' }] }],
    },
  },
  {
    resourceType: 'ValueSet',
    url: vs('cut'),
    status: 'active',
    expansion: { timestamp: '2026-01-01', total: 9, contains: [{ system: 's', code: 'leaf' }] },
  },
]

const terminology = createTerminology({
  codeSystems: lookupOf([animals, part, loose, unsaid]),
  valueSets: lookupOf(valueSets),
})
const asked = (name: string, codes: string[], system: string | undefined = animals.url): string =>
  codes.map((code) => `${code}:${terminology.has(vs(name), system, code)}`).join(' ')

t.test('include, exclude, lists, whole systems, filters, nested sets', async (t) => {
  t.equal(asked('all', ['dog', 'poodle', 'DOG', 'cat']), 'dog:yes poodle:yes DOG:no cat:no')
  t.equal(asked('listed', ['dog', 'bat']), 'dog:yes bat:no')
  t.equal(asked('mammals', ['mammal', 'poodle', 'bat', 'Bird']), 'mammal:yes poodle:yes bat:yes Bird:no')
  t.equal(asked('below', ['mammal', 'dog']), 'mammal:no dog:yes')
  t.equal(asked('not-mammals', ['Bird', 'bat', 'cat']), 'Bird:yes bat:no cat:no')
  t.equal(asked('four-legs', ['dog', 'whale']), 'dog:yes whale:no')
  t.equal(asked('with-legs', ['whale', 'poodle']), 'whale:yes poodle:no')
  t.equal(asked('in', ['dog', 'bat', 'whale']), 'dog:yes bat:yes whale:no')
  t.equal(asked('children', ['dog', 'bat', 'poodle']), 'dog:yes bat:yes poodle:no')
  t.equal(asked('parents', ['dog', 'mammal', 'bat']), 'dog:yes mammal:yes bat:no')
  t.equal(asked('without-dogs', ['dog', 'poodle', 'bat']), 'dog:no poodle:no bat:yes')
  t.equal(asked('nested', ['dog', 'Bird']), 'dog:yes Bird:no')
  t.equal(asked('both', ['dog', 'whale', 'Bird']), 'dog:yes whale:no Bird:no')
})

t.test('another system is another code; an element without system takes any', async (t) => {
  t.equal(asked('all', ['dog'], 'http://example.org/plants'), 'dog:no')
  t.equal(terminology.has(vs('nested'), undefined, 'x'), 'yes')
  t.equal(terminology.has(vs('nested'), undefined, 'y'), 'no')
})

t.test('what cannot be known is unknown, not refused', async (t) => {
  t.equal(asked('part', ['dog', 'cat'], part.url), 'dog:yes cat:unknown')
  t.equal(asked('loose', ['DOG', 'cat'], loose.url), 'DOG:yes cat:no')
  t.equal(asked('unsaid', ['DOG', 'cat'], unsaid.url), 'DOG:yes cat:no')
  t.equal(asked('absent', ['x'], 'http://example.org/absent'), 'x:unknown')
  t.equal(asked('no-such-set', ['dog']), 'dog:unknown')
  t.equal(asked('regex', ['dog']), 'dog:unknown')
  t.equal(asked('expanded', ['leaf', 'group', 'x'], 's'), 'leaf:yes group:no x:no')
  t.equal(asked('cut', ['leaf', 'x'], 's'), 'leaf:yes x:unknown')
  t.equal(terminology.has(`${vs('versioned')}|2`, animals.url, 'bat'), 'no')
  t.equal(terminology.has(`${vs('versioned')}|1`, animals.url, 'bat'), 'unknown')
  t.equal(terminology.has(`${vs('versioned')}|1`, animals.url, 'dog'), 'yes')
})

t.test('systems that no file lists are judged by the form of their codes', async (t) => {
  t.equal(asked('snomed', ['34206005', '34206006'], 'http://snomed.info/sct'), '34206005:unknown 34206006:no')
  t.equal(asked('ucum', ['mg', 'mcg'], 'http://unitsofmeasure.org'), 'mg:yes mcg:no')
})

t.test('a set that includes itself is refused with the way round', async (t) => {
  t.throws(() => terminology.has(vs('cycle-a'), undefined, 'x'), /cycle-a -> .*cycle-b -> .*cycle-a/)
})

t.test('lookups are asked in turn', async (t) => {
  const lookup = firstOf(lookupOf<{ url: string }>([]), lookupOf([{ url: 'b' }]))
  t.same(lookup('b'), { url: 'b' })
  t.equal(lookup('c'), undefined)
})

t.test('SNOMED CT identifiers: check digit, partition, length', async (t) => {
  for (const code of ['15517911000001104', '34206005', '422145002', '3318611000001103', '138875005']) {
    t.equal(snomedComponent(code), 'concept', code)
    for (let i = 0; i < code.length; i++) {
      const wrong = `${code.slice(0, i)}${(Number(code[i]) + 1) % 10}${code.slice(i + 1)}`
      t.notOk(verhoeff(wrong), `${code} mistyped at ${i}`)
    }
  }
  t.equal(snomedComponent('680946014'), 'description')
  for (const text of ['', '12345', '034206005', '1'.repeat(19), 'abc', '34206005 ']) {
    t.equal(snomedComponent(text), undefined, text)
  }
})

t.test('SNOMED CT codes: concepts, and expressions made of concepts', async (t) => {
  t.ok(isSnomedCode('34206005'))
  t.ok(isSnomedCode('34206005|Subcutaneous route|'))
  t.ok(isSnomedCode('421720008 |Spray| : 736542009 = { 34206005 }'))
  t.ok(isSnomedCode('=== 34206005 + 422145002'))
  for (const code of ['680946014', '34206006', '34206005 : 34206006', 'syringe', '', '()'])
    t.notOk(isSnomedCode(code), code)
})

t.test('UCUM: a text that is no unit is not written to standard output by the library', async (t) => {
  const printed = t.capture(console, 'log')
  for (const code of ['Ada Example', '()', '2()', '{}2', '{Ada}2', 'mg{Ada}2', '[', '(', '{', '10*', '/', '..'])
    t.notOk(isUcum(code) && code !== '10*', code)
  t.same(printed(), [])
})

t.test('UCUM: what is a unit, and what only looks like one', async (t) => {
  for (const code of ['mg', 'ug', 'mL', '[iU]', 'mg/kg', '{tablet}', 'mmol/L', '10*9/L', '{beats per min}', 'mg{}'])
    t.ok(isUcum(code), code)
  for (const code of ['mcg', 'ML.', 'tablet', '', ' mg', 'milligram', 'IU', 'x'.repeat(500)])
    t.notOk(isUcum(code), code.slice(0, 9))
})

t.test('a code is in the system that a package has of it; a supplement is no system', (t) => {
  const system = (name: string, content: string, code = 'a') => ({
    ...{ resourceType: 'CodeSystem' as const, status: 'active' as const, url: `https://example.org/${name}` },
    ...{ content: content as 'complete', concept: [{ code }] },
  })
  const systems = [
    system('whole', 'complete'),
    system('part', 'fragment'),
    system('none', 'not-present'),
    { ...system('more', 'supplement'), supplements: 'https://example.org/whole' },
    { ...system('sloppy', 'complete'), supplements: 'https://example.org/whole' },
  ]
  const terminology = createTerminology({ codeSystems: lookupOf(systems), valueSets: () => undefined })
  const judgeOf = loadedCodes(systems, terminology)
  const of = (name: string, code: string) => judgeOf(`https://example.org/${name}`)?.(code)
  t.same([of('whole', 'a'), of('whole', 'b')], [undefined, 'error'])
  t.same([of('part', 'a'), of('part', 'b')], [undefined, 'warning'])
  t.same([of('none', 'b'), of('unknown', 'b')], [undefined, undefined], 'nobody can tell')
  t.same([of('more', 'a'), of('sloppy', 'a')], ['supplement', 'supplement'], 'whatever it says of its content')
  const definitions = loadBaseDefinitions(fileURLToPath(new URL('../../profiles/base/', import.meta.url)))
  const structure = createStructureValidator(definitions, { loaded: { judgeOf, has: terminology.has } })
  const told = (name: string, code: string) =>
    structure
      .validate(
        { resourceType: 'Basic', code: { coding: [{ system: `https://example.org/${name}`, code }] } },
        { root: 'Basic' },
      )
      .map((issue) => [severityOf(issue), issue.key, issue.expression])
      .filter(([severity]) => severity !== 'information')
  t.same(told('whole', 'a'), [])
  t.same(told('whole', 'b'), [['error', 'code-unknown', 'Basic.code.coding[0].code']])
  t.same(told('part', 'b'), [['warning', 'code-unknown', 'Basic.code.coding[0].code']])
  t.same(told('more', 'a'), [['error', 'code-unknown', 'Basic.code.coding[0].system']])
  t.end()
})
