/** The quick way through a profile against the checks that say what is wrong: it never vouches for what they refuse. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { ProfileSource } from '../../src/fhir/profile-definition.ts'
import { Library, type Profile } from '../../src/fhir/profile-library.ts'
import type { Loose, ProfileScope } from '../../src/fhir/profile-scope.ts'
import { loadPackages } from '../../src/generator/packages.ts'
import { CORE, definitions, element, profile, URL_BASE } from './profile-kit.ts'
import { seeded } from './random-element.ts'

const folder = (name: string): string => fileURLToPath(new URL(`../../${name}/`, import.meta.url))

/** Everything that a profile can say, on one type. */
const patient = profile('everything', 'Patient', [
  element('Patient', {
    constraint: [{ key: 'e-1', severity: 'error', human: 'A family name.', expression: 'name.family.exists()' }],
  }),
  element('Patient.extension', { slicing: { discriminator: [{ type: 'value', path: 'url' }], rules: 'closed' } }),
  { id: 'Patient.extension:a', path: 'Patient.extension', sliceName: 'a', max: '1' },
  { id: 'Patient.extension:a.url', path: 'Patient.extension.url', fixedUri: 'http://a' },
  { id: 'Patient.extension:a.value[x]', path: 'Patient.extension.value[x]', min: 1, type: [{ code: 'Coding' }] },
  element('Patient.identifier', {
    min: 1,
    slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'open' },
  }),
  { id: 'Patient.identifier:a', path: 'Patient.identifier', sliceName: 'a', min: 1, max: '1' },
  { id: 'Patient.identifier:a.system', path: 'Patient.identifier.system', min: 1, fixedUri: 'http://a' },
  { id: 'Patient.identifier:a.value', path: 'Patient.identifier.value', min: 1, maxLength: 3 },
  { id: 'Patient.identifier:b', path: 'Patient.identifier', sliceName: 'b', max: '1' },
  { id: 'Patient.identifier:b.system', path: 'Patient.identifier.system', min: 1, fixedUri: 'http://b' },
  { id: 'Patient.identifier:b.period', path: 'Patient.identifier.period', max: '0' },
  element('Patient.active', { fixedBoolean: true }),
  element('Patient.name', { max: '2' }),
  element('Patient.name.family', { min: 1, patternString: 'Example' }),
  element('Patient.name.given', { max: '1', maxLength: 5 }),
  element('Patient.telecom', {
    slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'openAtEnd', ordered: true },
  }),
  { id: 'Patient.telecom:phone', path: 'Patient.telecom', sliceName: 'phone', max: '1' },
  { id: 'Patient.telecom:phone.system', path: 'Patient.telecom.system', min: 1, fixedCode: 'phone' },
  element('Patient.gender', { min: 1 }),
  element('Patient.deceased[x]', { type: [{ code: 'boolean' }] }),
  element('Patient.maritalStatus', { patternCodeableConcept: { coding: [{ system: 'http://m', code: 'M' }] } }),
  element('Patient.managingOrganization', {
    type: [{ code: 'Reference', targetProfile: [`${CORE}Organization`] }],
  }),
  element('Patient.generalPractitioner', {
    type: [{ code: 'Reference', targetProfile: [`${CORE}Practitioner`] }],
  }),
  element('Patient.contact.telecom', { max: '1' }),
])

const conforming: Loose = {
  resourceType: 'Patient',
  extension: [{ url: 'http://a', valueCoding: { code: 'x' } }],
  identifier: [
    { system: 'http://a', value: '123' },
    { system: 'http://b', value: '12345' },
    { system: 'http://c', period: { start: '2020' } },
  ],
  active: true,
  name: [{ family: 'Example', given: ['Ann'] }],
  telecom: [
    { system: 'phone', value: '0' },
    { system: 'email', value: 'a@example.org' },
  ],
  gender: 'female',
  deceasedBoolean: false,
  maritalStatus: {
    coding: [
      { system: 'http://l', code: 'L' },
      { system: 'http://m', code: 'M' },
    ],
  },
  managingOrganization: { reference: 'Organization/1' },
  generalPractitioner: [{ reference: 'Practitioner/1' }, { identifier: { value: '2' } }],
  contact: [{ telecom: [{ system: 'phone', value: '1' }] }],
}

/** Derived from it: what its base asks already, and two things more. */
const derived = profile(
  'more',
  'Patient',
  [
    element('Patient.birthDate', { min: 1 }),
    element('Patient.name', {
      constraint: [{ key: 'm-1', severity: 'error', human: 'One given name.', expression: 'given.count() = 1' }],
    }),
  ],
  { baseDefinition: `${URL_BASE}everything` },
)

const own = loadPackages([folder('profiles/StructureDefinition'), folder('bench/package')]).profiles
const sources: ProfileSource[] = [
  ...own,
  ...[patient, derived].map((definition) => ({ file: `${definition.name}.json`, definition })),
]
const library = new Library(definitions, sources, { isMember: () => 'unknown', references: 'enforced' })
library.compileAll()

const examples = readdirSync(folder('profiles/valid'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(folder('profiles/valid') + file, 'utf8')) as Loose)
  .flatMap((example): Loose[] => {
    const entries = example.resourceType === 'Bundle' ? (example.entry as Loose[]) : []
    return [example, ...entries.flatMap(({ resource }) => (resource ? [resource as Loose] : []))]
  })
  .concat(conforming, { ...conforming, birthDate: '1979-01-01' })

const profilesOf = (type: unknown): Profile[] =>
  [...new Set(sources.flatMap(({ definition }) => library.find(definition.url) ?? []))].filter(
    (one) => one.type === type,
  )

const scopeOf = (resource: Loose): ProfileScope => ({
  resource,
  container: resource,
  bundle: undefined,
  judged: new Map(),
})

const isRefused = ({ careful, type }: Profile, value: Loose): boolean =>
  careful?.({ value, sibling: undefined, code: type, owner: type, segment: '' }, scopeOf(value)) !== undefined

type Place = readonly [holder: Record<string, unknown>, name: string]

function placesIn(value: unknown, into: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return into
  for (const name of Object.keys(value)) {
    into.push([value as Record<string, unknown>, name])
    placesIn((value as Record<string, unknown>)[name], into)
  }
  return into
}

const pool = examples.flatMap((example) => placesIn(example).map(([holder, name]) => [name, holder[name]] as const))
const ODD = [
  null,
  [],
  {},
  '',
  'text',
  0,
  7,
  true,
  ['x'],
  [null],
  [{}],
  { url: 'http://a' },
  'Patient/1',
  '#x',
  'urn:x:y',
]

t.test('what conforms is vouched for', async (t) => {
  const everything = library.find(`${URL_BASE}everything`) as Profile
  const more = library.find(`${URL_BASE}more`) as Profile
  t.equal(everything.quick?.holds(conforming, scopeOf(conforming)), true)
  t.equal(more.quick?.holds(conforming, scopeOf(conforming)), false, 'birthDate is missing')
  const complete = { ...conforming, birthDate: '1979-01-01' }
  t.equal(more.quick?.holds(complete, scopeOf(complete)), true)
})

t.test('nothing that is refused is vouched for, whatever is changed', async (t) => {
  const random = seeded(20261123)
  const tried = { vouched: 0, refused: 0, beyond: 0 }
  for (let round = 0; round < 12_000; round++) {
    const resource = structuredClone(random.pick(examples))
    for (let count = Math.floor(random.next() * 3); count > 0; count--) {
      const [holder, name] = random.pick(placesIn(resource))
      if (name === 'resourceType') continue
      const alike = pool.filter(([key]) => key === name)
      const way = Math.floor(random.next() * 6)
      if (way === 0) delete holder[name]
      else if (way === 1) holder[name] = structuredClone(random.pick(ODD))
      else if (way === 2) holder[`_${name}`] = { id: 'a' }
      else if (way === 3 && Array.isArray(holder[name])) holder[name] = [...holder[name], ...holder[name]]
      else if (way === 4) holder[random.pick(['valueString', 'deceasedDateTime', 'extension', 'use'])] = 'text'
      else holder[name] = structuredClone((random.pick(alike) ?? [name, null])[1])
    }
    const all = profilesOf(resource.resourceType)
    for (const one of all) {
      const refused = isRefused(one, resource)
      const vouched = one.quick?.holds(resource, scopeOf(resource)) ?? false
      if (refused) tried.refused++
      if (vouched) tried.vouched++
      if (refused && vouched) t.fail(`${one.url} vouches for ${JSON.stringify(resource)}`)
      for (const other of vouched ? all : []) {
        if (other === one || !other.quick || !one.quick) continue
        const both = other.quick.holdsBeyond(one.quick, resource, scopeOf(resource))
        if (both) tried.beyond++
        if (both && isRefused(other, resource)) t.fail(`${other.url} beyond ${one.url}: ${JSON.stringify(resource)}`)
        if (both !== other.quick.holds(resource, scopeOf(resource))) t.fail(`${other.url} beyond ${one.url} differs`)
      }
    }
  }
  for (const [name, count] of Object.entries(tried)) t.ok(count > 500, `${name}: ${count}`)
})
