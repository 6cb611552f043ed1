/**
 * The examples of the catalogue, judged as a write would judge them: every rule has one that is right and, of the same
 * name, the same broken in one place.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot, readConfig } from '../src/config.ts'
import { parseJson } from '../src/fhir/json.ts'
import { catalogue, type Issue, Problem, severityOf } from '../src/fhir/problem.ts'
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
    return inspectText(validation, value, text, []).filter((issue) => severityOf(issue) !== 'information')
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
