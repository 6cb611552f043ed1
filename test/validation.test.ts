/**
 * The examples of the catalogue, judged as a write would judge them: every rule has one that is right and, of the same
 * name, the same broken in one place.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot, readConfig } from '../src/config.ts'
import { parseJson } from '../src/fhir/json.ts'
import { positionOf } from '../src/fhir/position.ts'
import { catalogue, type Issue, Problem, severityOf } from '../src/fhir/problem.ts'
import type { r4 } from '../src/fhir/resource.ts'
import { inspectText } from '../src/interactions/validate.ts'
import { createValidation, readJson } from '../src/validation.ts'

type Folder = 'valid' | 'invalid'
const folder = (name: Folder): string => join(packageRoot, 'profiles', name)
const names = (name: Folder): string[] =>
  readdirSync(folder(name))
    .map((file) => file.replace(/\.json$/, ''))
    .toSorted()
const textOf = (name: Folder, example: string): string => readFileSync(join(folder(name), `${example}.json`), 'utf8')

/** Within the validity of the examples, after everything they report. */
const validation = createValidation(readConfig({}), () => Date.UTC(2026, 10, 22))

function issuesOf(name: Folder, example: string): readonly Issue[] {
  const text = textOf(name, example)
  try {
    const value = parseJson(text, validation.limits.jsonDepth)
    // Besides what is wrong, what is always only good to know, in the example that is for it.
    const isForIt = ({ key }: Issue): boolean => catalogue[key].severity === 'information' && key === codeOf(example)
    return inspectText(validation, value, text, []).filter(
      (issue) => severityOf(issue) !== 'information' || isForIt(issue),
    )
  } catch (error) {
    if (error instanceof Problem) return error.issues
    throw error
  }
}

const keysOf = (issues: readonly Issue[]): string[] => issues.map(({ key }) => key)
const codeOf = (example: string): string => example.replace(/--.*/, '').replace(/^rule-/, '')
const { rules } = readJson(join(packageRoot, 'conformance/rules.json')) as { rules: readonly { code: string }[] }
const valid = names('valid')
const invalid = names('invalid')
/** Of each rule the example that is there twice, right and wrong. */
const pairs = invalid.filter((example) => valid.includes(example))

/** What is wrong in R4 here is against our profile, or no order of ours, as well. */
const wrongTwice: Readonly<Record<string, string>> = {
  'extension-invalid--neither': 'profile-required',
  'profile-required--group-system': 'order-group-missing',
  'profile-required--nhs-number-value': 'nhs-number-missing',
  'profile-value--provider-not-by-ods-code': 'order-provider-missing',
  'reference-target': 'profile-target',
  'reference-target--absolute': 'profile-target',
  'reference-target--contained': 'profile-target',
}

t.test('nothing is wrong with any valid example, and nothing needs a look', async (t) => {
  for (const example of valid) t.same(issuesOf('valid', example), [], example)
})

t.test('every invalid example shows the code it is named after, and nothing else', async (t) => {
  for (const example of invalid) {
    const second = wrongTwice[example]
    t.same(keysOf(issuesOf('invalid', example)), [codeOf(example), ...(second ? [second] : [])], example)
  }
})

t.test('every rule has a valid and an invalid example of one name', async (t) => {
  const shown = new Set(pairs.map(codeOf))
  const keys = Object.keys(catalogue)
  const between = (first: string, last: string) => keys.slice(keys.indexOf(first), keys.indexOf(last) + 1)
  const wanted = [
    'json-duplicate-key',
    ...between('structure-resource-type', 'invariant'),
    ...between('profile-unknown', 'extension-version'),
    ...between('questionnaire-condition', 'measure-subjects'),
    ...rules.map(({ code }) => code),
  ]
  // The one takes five hundred faults; the other a store, or a batch around it: test/fhir/bundle-rules.test.ts.
  const elsewhere = ['structure-issues-cut', 'reference-unresolved']
  t.same(
    wanted.filter((code) => !shown.has(code)),
    elsewhere.filter((code) => wanted.includes(code)),
  )
  t.same(
    invalid.map(codeOf).filter((code) => !shown.has(code)),
    [],
    'no code is shown by invalid examples alone',
  )
})

t.test(
  'a pair differs in one element, or in three at most of one resource: what is changed is what is wrong',
  async (t) => {
    for (const example of pairs.filter((name) => name !== 'json-duplicate-key')) {
      const places = differences(JSON.parse(textOf('valid', example)), JSON.parse(textOf('invalid', example)))
      t.ok(places.length > 0 && places.length <= 3, `${example}: ${places.join(' ')}`)
      const resources = new Set(places.map((place) => /^\.entry\.\d+/.exec(place)?.[0]))
      t.equal(resources.size, 1, `${example}: one resource`)
    }
  },
)

t.test('line and column of every issue lead into the text, to the wrong value where there is one', async (t) => {
  let led = 0
  for (const example of invalid.filter((name) => name !== 'json-duplicate-key')) {
    const text = textOf('invalid', example)
    const lines = text.split('\n')
    for (const { expression = '' } of issuesOf('invalid', example)) {
      const { line, column } = positionOf(text, expression) ?? { line: 0, column: 0 }
      const rest = lines[line - 1]?.slice(column - 1) ?? ''
      t.match(rest, /^["{[\-\dtfn]/, `${example}: a value begins at ${line}:${column}`)
      const [, name] = /\.(\w+)$/.exec(expression) ?? []
      if (name !== undefined && lines[line - 1]?.includes(`"${name}":`)) led++
    }
  }
  t.ok(led > 50, `${led} lead to the line of the element itself`)
})

/** What a sender may have typed into the wrong element: as words, code, address, date, reference. */
const MARKS = ['Qzx7 Marked', 'qzx7', 'http://qzx7.example/1', '1979-02-30 qzx7', 'Patient/qzx7', '#qzx7', '()qzx7']

t.test('no value that stands in a resource is told in words, whatever element it stands in', async (t) => {
  const printed = t.capture(console, 'log')
  const quoted = new Set<string>()
  let told = 0
  // The examples of homecare rules are one prescription over and over; it is here once.
  for (const example of valid.filter((name) => !name.startsWith('rule-'))) {
    const resource = JSON.parse(textOf('valid', example)) as object
    for (const { holder, name, path } of leavesOf(resource)) {
      const before = holder[name]
      for (const mark of MARKS) {
        holder[name] = mark
        for (const { key, diagnostics } of inspectText(validation, resource, JSON.stringify(resource), [])) {
          told++
          if (/qzx7/i.test(diagnostics)) quoted.add(`${key} ${path}`)
        }
      }
      holder[name] = before
    }
  }
  t.ok(told > 10_000, `${told} issues`)
  // Which profile is not loaded and which question lacks an answer must be said, and these names are nobody's data.
  const named = [/^profile-unknown (.*\.)?meta\.profile\.\d+$/, /^questionnaire-answer-missing contained\..*\.linkId$/]
  t.same(
    [...quoted].filter((where) => !named.some((name) => name.test(where))),
    [],
  )
  t.same(printed(), [], 'nothing is written to standard output either')
})

interface Leaf {
  readonly holder: Record<string, unknown>
  readonly name: string
  readonly path: string
}

/** Every primitive value of a resource but the types of resources. */
function leavesOf(value: object, path = ''): Leaf[] {
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((name) => {
    const inner = holder[name]
    const below = path === '' ? name : `${path}.${name}`
    if (typeof inner === 'object' && inner !== null) return leavesOf(inner, below)
    return name === 'resourceType' ? [] : [{ holder, name, path: below }]
  })
}

/** Where two JSON values differ: the paths of the smallest parts that do; lists of different length as a whole. */
function differences(a: unknown, b: unknown, path = ''): string[] {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b ? [] : [path]
  if (Array.isArray(a) !== Array.isArray(b)) return [path]
  if (Array.isArray(a) && a.length !== (b as unknown[]).length) return [path]
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].flatMap((key) =>
    key in left && key in right ? differences(left[key], right[key], `${path}.${key}`) : [`${path}.${key}`],
  )
}

t.test('one answer tells what R4, a profile and homecare refuse', (t) => {
  const found = (change: (item: r4.MedicationRequest, patient: r4.Patient) => void): readonly string[] => {
    const bundle = JSON.parse(textOf('valid', 'Bundle--order')) as r4.Bundle
    const of = (type: string) => bundle.entry?.find(({ resource }) => resource?.resourceType === type)?.resource
    change(of('MedicationRequest') as r4.MedicationRequest, of('Patient') as r4.Patient)
    const text = JSON.stringify(bundle)
    return inspectText(validation, bundle, text, [])
      .filter((issue) => severityOf(issue) === 'error')
      .map(({ key, expression }) => `${key} ${expression}`)
  }
  const item = 'Bundle.entry[4].resource'
  t.same(
    found((item, patient) => {
      item.authoredOn = '22/11/2026'
      delete item.groupIdentifier
      delete item.substitution
      patient.birthDate = '14/03/1979'
      delete patient.identifier
    }).toSorted(),
    [
      'nhs-number-missing Bundle.entry[0].resource.identifier',
      `order-group-missing ${item}.groupIdentifier`,
      'primitive-invalid Bundle.entry[0].resource.birthDate',
      `primitive-invalid ${item}.authoredOn`,
      `profile-required ${item}.substitution`,
    ],
    'and nothing of the same element twice',
  )
  t.same(
    found((item) => {
      Object.assign(item, { dosageInstruction: 'weekly' })
      delete item.groupIdentifier
    }),
    [`structure-not-a-list ${item}.dosageInstruction`, `order-group-missing ${item}.groupIdentifier`],
    'what has another shape than R4 gives it is not looked into; the rest of the resource is',
  )
  t.end()
})

/** What an example is judged as, but for what is merely good to know. */
const judged = (resource: unknown): readonly Issue[] => {
  const text = JSON.stringify(resource)
  return inspectText(validation, JSON.parse(text), text, [])
}
const place = ({ key, expression }: Issue): string => `${key} ${expression}`
const example = (name: Folder, file: string): Record<string, unknown> =>
  JSON.parse(textOf(name, file)) as Record<string, unknown>

t.test('a value of a wrong JSON type hides nothing that is wrong elsewhere in the resource', async (t) => {
  const ofRules = new Set<string>(validation.homecare.rows.map(({ code }) => code))
  let asked = 0
  for (const name of names('invalid').filter((file) => ofRules.has(codeOf(file)))) {
    const resource = example('invalid', name)
    const errors = judged(resource).filter((issue) => severityOf(issue) === 'error' && ofRules.has(issue.key))
    const root = String(resource.resourceType)
    const own = errors.filter(({ expression = root }) => expression !== root)
    if (root === 'Bundle' || own.length === 0) continue
    asked++
    const found = judged({ ...resource, language: 5 }).map(place)
    t.ok(found.includes(`structure-wrong-type ${root}.language`), name)
    for (const issue of own) t.ok(found.includes(place(issue)), `${name}: ${place(issue)}`)
  }
  t.ok(asked > 15, `${asked} examples`)
  const bundle = example('valid', 'Bundle--order') as { entry: { resource: Record<string, unknown> }[] }
  const index = bundle.entry.findIndex(({ resource }) => resource.resourceType === 'MedicationRequest')
  const item = bundle.entry[index]?.resource as { authoredOn?: string; language?: unknown }
  item.authoredOn = '2027-12-01'
  const late = judged(bundle)
    .filter(({ key }) => ofRules.has(key))
    .map(place)
  item.language = 5
  const both = judged(bundle).map(place)
  t.ok(late.includes(`authored-in-future Bundle.entry[${index}].resource.authoredOn`), late.join())
  t.ok(both.includes(`authored-in-future Bundle.entry[${index}].resource.authoredOn`), both.join())
  t.ok(both.includes(`structure-wrong-type Bundle.entry[${index}].resource.language`))
})

t.test('an element of a wrong JSON type is told as that alone: nothing is made of its absence', async (t) => {
  const ofRules = new Set<string>(validation.homecare.rows.map(({ code }) => code))
  for (const name of [
    'MedicationRequest-adalimumab',
    'MedicationRequest-methotrexate',
    'Bundle--prescription-of-two-items',
  ]) {
    const whole = example('valid', name)
    const resources =
      name.startsWith('Bundle') && Array.isArray(whole.entry)
        ? (whole.entry as { resource: Record<string, unknown> }[]).map(({ resource }) => resource)
        : [whole]
    for (const resource of resources) {
      for (const member of Object.keys(resource).filter((one) => !['resourceType', 'id'].includes(one))) {
        const before = resource[member]
        for (const wrong of [5, [], null, {}]) {
          resource[member] = wrong
          const rules = judged(whole).filter((issue) => ofRules.has(issue.key) && severityOf(issue) === 'error')
          t.same(rules.map(place), [], `${name}: ${member} ${JSON.stringify(wrong)}`)
        }
        resource[member] = before
      }
    }
  }
})

t.test('a fullUrl that is no text is told, and the rest of the Bundle is judged', async (t) => {
  for (const wrong of [5, [[]], {}, null, true]) {
    const bundle = example('valid', 'Bundle--order') as { entry: { fullUrl: unknown; resource: object }[] }
    const [first] = bundle.entry
    if (first) first.fullUrl = wrong
    const found = judged(bundle).map(place)
    t.match(found[0], /^structure-[a-z-]+ Bundle\.entry\[0\]\.fullUrl$/, JSON.stringify(wrong))
  }
})
