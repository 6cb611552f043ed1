import t from 'tap'
import type { ProfileDefinition, ProfileElement } from '../../src/fhir/profile-definition.ts'
import { definitions, element, judge, load, profile } from './profile-kit.ts'

/** The snapshot that a publisher makes: every element of R4 repeated, with the differential in its place. */
function withSnapshot(definition: ProfileDefinition, afterPath: string): ProfileDefinition {
  const base = (definitions.structure(definition.type)?.snapshot.element ?? []) as unknown as ProfileElement[]
  const changes = definition.differential?.element ?? []
  const elements = base.flatMap((e): ProfileElement[] => {
    const change = changes.find((c) => c.path === e.path && c.sliceName === undefined && !c.id?.includes(':'))
    const own = { ...e, ...change }
    const slices = changes.filter((c) => c.id?.includes(':') && c.path.startsWith(afterPath))
    return e.path === afterPath ? [own, ...slices] : [own]
  })
  const { differential: _differential, ...rest } = definition
  return { ...rest, snapshot: { element: elements } }
}

const differential = profile('nhs', 'Patient', [
  element('Patient.birthDate', { min: 1 }),
  element('Patient.identifier', { slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'open' } }),
  { id: 'Patient.identifier:a', path: 'Patient.identifier', sliceName: 'a', min: 1, max: '1' },
  { id: 'Patient.identifier:a.system', path: 'Patient.identifier.system', min: 1, fixedUri: 'http://a' },
  { id: 'Patient.identifier:a.value', path: 'Patient.identifier.value', min: 1 },
  element('Patient.deceased[x]', { type: [{ code: 'boolean' }] }),
])

const resources = [
  { resourceType: 'Patient', birthDate: '1979', identifier: [{ system: 'http://a', value: '1' }] },
  { resourceType: 'Patient' },
  { resourceType: 'Patient', birthDate: '1979', identifier: [{ system: 'http://a' }, { value: '2' }] },
  {
    resourceType: 'Patient',
    birthDate: '1979',
    deceasedDateTime: '2020',
    identifier: [{ system: 'http://a', value: '1' }],
  },
]

t.test('a snapshot asks what its differential asks, no more and no less', async (t) => {
  const one = load(differential)
  const other = load(withSnapshot(differential, 'Patient.identifier'))
  t.same(
    resources.map((resource) => judge(one, resource).length),
    [0, 2, 1, 1],
  )
  for (const resource of resources) t.same(judge(other, resource), judge(one, resource))
})

t.test('what a snapshot repeats of R4 is left to R4', async (t) => {
  const bare = withSnapshot(profile('bare', 'MedicationRequest', []), '')
  const profiles = load(bare)
  t.same(profiles.notes, [], 'no rule of R4 is compiled again')
  t.same(judge(profiles, { resourceType: 'MedicationRequest', status: 'no such' }), [])
})

t.test('a differential on a base that has only a snapshot', async (t) => {
  const base = withSnapshot(differential, 'Patient.identifier')
  const derived = profile('derived', 'Patient', [element('Patient.gender', { min: 1 })], { baseDefinition: base.url })
  const profiles = load(derived, base)
  t.same(judge(profiles, resources[0] as object), [['profile-required', 'Patient.gender']])
  t.same(judge(profiles, resources[1] as object), [
    ['profile-required', 'Patient.identifier'],
    ['profile-required', 'Patient.gender'],
    ['profile-required', 'Patient.birthDate'],
  ])
})

t.test('a snapshot needs no base to be at hand', async (t) => {
  const definition = { ...withSnapshot(differential, 'Patient.identifier'), baseDefinition: 'https://example.org/gone' }
  t.same(judge(load(definition), resources[0] as object), [])
})

t.test('what snapshot and profiles of both say alike is told once', async (t) => {
  const snapshot = withSnapshot(differential, 'Patient.identifier')
  const copy = { ...snapshot, url: `${snapshot.url}-copy`, name: 'copy' }
  const profiles = load(snapshot, copy)
  const issues = profiles.validate(resources[1], { root: 'Patient', profiles: profiles.canonicals })
  t.same(issues.map(({ expression }) => expression).toSorted(), ['Patient.birthDate', 'Patient.identifier'])
})
