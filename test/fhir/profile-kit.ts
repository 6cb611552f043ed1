/** Small profiles for tests: a differential in a few words. */
import { fileURLToPath } from 'node:url'
import { createProfiles, type Profiles } from '../../src/fhir/profile.ts'
import type { ProfileDefinition, ProfileElement } from '../../src/fhir/profile-definition.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { createTerminology, lookupOf, type ValueSetSource } from '../../src/fhir/terminology.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'

export const definitions = loadBaseDefinitions(fileURLToPath(new URL('../../profiles/base/', import.meta.url)))

export const URL_BASE = 'https://example.org/StructureDefinition/'
export const CORE = 'http://hl7.org/fhir/StructureDefinition/'

/** An element without its id, which follows from path and slice where it is not given. */
export const element = (path: string, rest: Omit<ProfileElement, 'path'> = {}): ProfileElement => ({ path, ...rest })

/** A profile in differential form. `name` ends its canonical. */
export function profile(
  name: string,
  type: string,
  elements: readonly ProfileElement[],
  rest: Partial<ProfileDefinition> = {},
): ProfileDefinition {
  return {
    resourceType: 'StructureDefinition',
    url: URL_BASE + name,
    name,
    kind: definitions.resourceTypes.has(type) ? 'resource' : 'complex-type',
    type,
    derivation: 'constraint',
    baseDefinition: CORE + type,
    differential: { element: elements },
    ...rest,
  }
}

const valueSets: readonly ValueSetSource[] = [
  {
    url: 'https://example.org/ValueSet/colours',
    compose: { include: [{ system: 'https://example.org/colours', concept: [{ code: 'red' }, { code: 'blue' }] }] },
  },
]

export const load = (...profiles: readonly ProfileDefinition[]): Profiles =>
  createProfiles(
    definitions,
    profiles.map((definition) => ({ file: `${definition.name}.json`, definition })),
    { terminology: createTerminology({ codeSystems: () => undefined, valueSets: lookupOf(valueSets) }) },
  )

/** Key and place of every issue that the first profile finds. */
export function judge(
  profiles: Profiles,
  resource: object,
  name: string | undefined = profiles.canonicals[0],
): [string, string | undefined][] {
  const { resourceType } = resource as Resource
  const issues = profiles.validate(resource, { root: resourceType, profiles: name === undefined ? [] : [name] })
  return issues.map(({ key, expression }) => [key, expression])
}
