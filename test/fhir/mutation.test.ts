/** Valid resources with one thing broken: an issue is demanded, at the place where it was broken. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { isError } from '../../src/fhir/problem.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { createStructureValidator } from '../../src/fhir/structure.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'
import { Arbitrary, type Random, seeded } from './random-element.ts'

const folder = (name: string): string => fileURLToPath(new URL(`../../profiles/${name}/`, import.meta.url))
const definitions = loadBaseDefinitions(folder('base'))
const validator = createStructureValidator(definitions)
const examples = readdirSync(folder('valid')).map((file) => readFileSync(folder('valid') + file, 'utf8'))

/** JSON path of an expression: `value.ofType(Quantity)` is `valueQuantity` there. */
const jsonPath = (expression: string): string =>
  expression.replace(/\.ofType\((\w)(\w*)\)/g, (_, first: string, rest: string) => first.toUpperCase() + rest)

const errorsOf = (resource: unknown, root: string): string[] =>
  validator
    .validate(resource, { root })
    .filter(isError)
    .map(({ expression = '' }) => jsonPath(expression))

interface Place {
  readonly holder: Record<string, unknown>
  readonly name: string
  readonly path: string
  readonly isItem: boolean
}

function placesIn(value: unknown, path: string, into: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return into
  const isItem = Array.isArray(value)
  for (const name of Object.keys(value)) {
    // What stands beside a primitive is told at the primitive.
    const below = isItem ? `${path}[${name}]` : `${path}.${name.replace(/^_/, '')}`
    into.push({ holder: value as Record<string, unknown>, name, path: below, isItem })
    placesIn((value as Record<string, unknown>)[name], below, into)
  }
  return into
}

/** Ways to break a value; undefined where a way does not apply to it. */
const WAYS: Readonly<Record<string, (value: unknown, place: Place, random: Random) => unknown>> = {
  null: (_value, { holder, name, isItem }) =>
    isItem || name.startsWith('_') || holder[`_${name}`] !== undefined ? undefined : null,
  'another JSON type': (value) =>
    value === null ? undefined : typeof value === 'string' ? 7 : typeof value === 'object' ? 'text' : 'x',
  'a list for one': (value, { isItem }) => (Array.isArray(value) || isItem ? undefined : [value]),
  'one for a list': (value) => (Array.isArray(value) ? value[0] : undefined),
  'an empty value': (value) => (typeof value === 'string' ? '' : Array.isArray(value) ? [] : undefined),
  'an empty object': (value) => (typeof value === 'object' && !Array.isArray(value) ? {} : undefined),
  'a day that does not exist': (value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? `2026-02-30${value.slice(10)}` : undefined,
  'a time without zone': (value) =>
    typeof value === 'string' && /T.*(Z|[+-]\d\d:\d\d)$/.test(value) ? '2026-01-01T10:00:00' : undefined,
  'an unknown member': (value, _place, random) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value, [random.pick(['valeu', 'Status', 'x', 'extensions', 'toString'])]: 'x' }
      : undefined,
  'a number out of range': (value) =>
    typeof value === 'number' && Number.isInteger(value) ? 1e300 * 1e300 : undefined,
  'a control character': (value) => (typeof value === 'string' ? `${value}\u0001` : undefined),
}

t.test('one broken value is an error at its place, whatever and wherever it is', async (t) => {
  const random = seeded(20261122)
  const tried = new Map<string, number>()
  for (let round = 0; round < 6000; round++) {
    const resource = JSON.parse(random.pick(examples)) as Resource
    const root = resource.resourceType
    const place = random.pick(placesIn(resource, root))
    if (place.name === 'resourceType') continue
    const before = place.holder[place.name]
    const possible = Object.entries(WAYS)
      .map(([name, mutate]) => [name, mutate(before, place, random)] as const)
      .filter(([, value]) => value !== undefined)
    // Few places hold a time or a number: a way that applies there goes before those that apply everywhere.
    const [rarest] = possible.toSorted(([a], [b]) => (tried.get(a) ?? 0) - (tried.get(b) ?? 0))
    if (!rarest) continue
    const [way, broken] = rarest
    place.holder[place.name] = broken
    tried.set(way, (tried.get(way) ?? 0) + 1)
    const errors = errorsOf(resource, root)
    // A broken head of a Bundle or a resource is told where it shows, so an error at or below the place will do.
    const isTold = errors.some((path) => path.startsWith(place.path) || path === place.path.replace(/\[\d+\]$/, ''))
    if (!isTold) t.fail(`${way} at ${place.path}: told ${errors.join(', ') || 'nothing'}`)
  }
  for (const way of Object.keys(WAYS)) t.ok((tried.get(way) ?? 0) > 10, `${way}: ${tried.get(way)} times`)
})

t.test('every required element of every R4 type is missed when it is missing', async (t) => {
  let required = 0
  for (const type of definitions.resourceTypes) {
    const elements = definitions.structure(type)?.snapshot.element ?? []
    const needed = elements
      .filter(({ path, min }) => min > 0 && path.split('.').length === 2)
      .map(({ path }) => path.replace('[x]', ''))
    required += needed.length
    const missing = validator
      .validate({ resourceType: type }, { root: type })
      .filter(({ key }) => key === 'structure-required')
      .map(({ expression }) => expression)
    t.same(missing.toSorted(), needed.toSorted(), type)
  }
  t.ok(required > 200)
})

t.test('an unknown member is found in any element of any R4 type, and nothing crashes', async (t) => {
  const random = seeded(5)
  const arbitrary = new Arbitrary(definitions, random)
  for (const type of definitions.resourceTypes) {
    for (let round = 0; round < 3; round++) {
      const resource = arbitrary.at(type) as Record<string, unknown>
      const objects = placesIn(resource, type).filter(({ holder, name }) => {
        const value = holder[name]
        return typeof value === 'object' && value !== null && !Array.isArray(value)
      })
      if (objects.length === 0) continue
      const place = random.pick(objects)
      Object.assign(place.holder[place.name] as object, { unheardOf: 1 })
      const errors = validator.validate(resource, { root: type })
      const isTold = errors.some(
        ({ key, expression = '' }) => key === 'structure-unknown-property' && expression.endsWith('.unheardOf'),
      )
      t.ok(isTold, `${type}: ${place.path}`)
    }
  }
})
