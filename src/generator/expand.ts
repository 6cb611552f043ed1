/** Expansion of the value sets that R4 binds with strength `required`. */

import { PUBLISHED_FOR_OTHERS } from '../fhir/base-codes.ts'
import type { Json, SourceStructure } from './trim-definitions.ts'

interface Concept {
  code: string
  display?: string
  concept?: Concept[]
  property?: { code: string; valueBoolean?: boolean }[]
}

interface SourceValueSet {
  id: string
  url: string
  version: string
  name: string
  status: string
  compose: {
    include: { system: string; version?: string; concept?: Concept[]; filter?: unknown; valueSet?: unknown }[]
    exclude?: unknown
  }
}

interface Contains {
  system: string
  code: string
  display?: string
}

/** Depth first, without concepts that only group others (`notSelectable`). */
function* selectable(system: string, concepts: Concept[]): Generator<Contains> {
  for (const concept of concepts) {
    const grouping = concept.property?.some(({ code, valueBoolean }) => code === 'notSelectable' && valueBoolean)
    if (!grouping) yield { system, code: concept.code, ...(concept.display && { display: concept.display }) }
    if (concept.concept) yield* selectable(system, concept.concept)
  }
}

/**
 * Every value set that a required binding of `structures` names, as a FHIR ValueSet with `expansion.contains`.
 * `byForm`: value sets whose system is not published with R4; they keep `compose` and have no expansion.
 * `unknown`: canonicals that R4 names without publishing them.
 *
 * Throws on a composition it does not understand: a value set that is silently too small would refuse, and one
 * that is too large would let through.
 */
export function expandRequiredValueSets(
  structures: SourceStructure[],
  terminology: Json[],
): { valueSets: Json[]; byForm: string[]; unknown: string[] } {
  const byUrl = new Map(terminology.map((resource) => [`${resource.resourceType} ${resource.url}`, resource]))
  const wanted = new Set(
    structures
      .flatMap(({ snapshot }) => snapshot.element)
      .filter(({ binding }) => binding?.strength === 'required' && binding.valueSet)
      .map(({ binding }) => binding?.valueSet?.split('|')[0] ?? ''),
  )
  const valueSets: Json[] = []
  const byForm: string[] = []
  const unknown: string[] = []
  for (const url of [...wanted].toSorted()) {
    const source = byUrl.get(`ValueSet ${url}`) as SourceValueSet | undefined
    if (source === undefined) {
      unknown.push(url)
      continue
    }
    const { id, version, name, status, compose } = source
    const head = { resourceType: 'ValueSet', id, url, version, name, status }
    const contains = expand(source, byUrl)
    if (contains === undefined) byForm.push(url)
    valueSets.push(
      contains === undefined
        ? { ...head, compose: { include: compose.include.map(({ system }) => ({ system })) } }
        : { ...head, expansion: { timestamp: '2019-11-01T09:29:23+11:00', total: contains.length, contains } },
    )
  }
  return { valueSets, byForm, unknown }
}

const RECOMMENDING = ['extensible', 'preferred']

/**
 * The value sets of bindings that only recommend (extensible, preferred), and of those of R4's profiles, by composition: whole systems, and lists of
 * codes. Those with filters, imports or exclusions are left out, as are those R4 does not publish: a recommendation
 * that is not known in full is not given.
 */
export function composedValueSets(
  structures: SourceStructure[],
  profiles: SourceStructure[],
  terminology: Json[],
  known: Json[],
): Json[] {
  const done = new Set(known.map(({ url }) => url))
  const boundIn = (from: SourceStructure[], strengths: readonly string[]) =>
    from
      .flatMap(({ snapshot }) => snapshot.element)
      .filter(({ binding }) => strengths.includes(binding?.strength ?? ''))
      .map(({ binding }) => binding?.valueSet?.split('|')[0])
  const wanted = new Set([...boundIn(structures, RECOMMENDING), ...boundIn(profiles, [...RECOMMENDING, 'required'])])
  return terminology
    .filter(({ resourceType, url }) => resourceType === 'ValueSet' && wanted.has(url as string) && !done.has(url))
    .map((resource) => resource as unknown as SourceValueSet)
    .filter(({ compose }) => !compose.exclude && !compose.include.some(({ filter, valueSet }) => filter || valueSet))
    .map(({ id, url, version, name, status, compose }) => ({
      ...{ resourceType: 'ValueSet', id, url, version, name, status },
      compose: {
        include: compose.include.map(({ system, concept }) => ({
          system,
          ...(concept && { concept: codes(concept) }),
        })),
      },
    }))
}

const codes = (concepts: Concept[]): Json[] =>
  concepts.map(({ code, concept }) => ({ code, ...(concept && { concept: codes(concept) }) }))

const OF_HL7 = /^http:\/\/(terminology\.)?hl7\.org\/[^|]+$/
/** Versions that R4 was published with; others belong to a later release. */
const OF_R4 = /^(4\.0\.1$|[23]\.|2018-|2014-)/

/** The code systems of HL7, and of others whose codes R4's own value sets use, that R4 publishes in full: codes alone. */
export const codeSystems = (terminology: Json[]): Json[] =>
  terminology
    .filter(({ resourceType, content, concept }) => resourceType === 'CodeSystem' && content === 'complete' && concept)
    .filter(({ url, version }) =>
      OF_HL7.test(String(url)) ? OF_R4.test(String(version)) : PUBLISHED_FOR_OTHERS.has(String(url)),
    )
    .map(({ resourceType, id, url, version, name, status, caseSensitive, concept }) => ({
      ...{ resourceType, id, url, version, name, status },
      ...(caseSensitive === true && { caseSensitive }),
      content: 'complete',
      concept: codes(concept as Concept[]),
    }))

function expand(source: SourceValueSet, byUrl: ReadonlyMap<string, Json>): Contains[] | undefined {
  const { include, exclude } = source.compose
  if (exclude || include.some(({ filter, valueSet }) => filter || valueSet)) {
    throw new Error(`${source.url}: the composition uses a filter, an import or an exclusion`)
  }
  const all: Contains[] = []
  for (const { system, concept } of include) {
    const codeSystem = byUrl.get(`CodeSystem ${system}`)
    const concepts = concept ?? (codeSystem?.concept as Concept[] | undefined)
    if (concepts === undefined) return undefined
    all.push(...selectable(system, concepts))
  }
  return all
}
