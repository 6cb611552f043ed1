/**
 * Membership of codes in value sets, from local definitions alone (https://hl7.org/fhir/R4/valueset.html#compositions).
 * What cannot be known from here is said to be unknown, never guessed: the code systems of SNOMED CT, dm+d and the
 * like are judged by the form of their codes, and the rest is left to a terminology server.
 */
import type { r4 } from './resource.ts'
import { isSnomedCode, isSnomedConcept } from './snomed.ts'
import { standardCodes } from './standard-codes.ts'
import { isUcum, UCUM } from './ucum.ts'

export type Membership = 'yes' | 'no' | 'unknown'

/** Definitions by canonical, as asked: with or without `|version`. */
export type Lookup<T> = (canonical: string) => T | undefined

/** What is used of a ValueSet; the trimmed ones of `profiles/base` fit too. */
export interface ValueSetSource {
  readonly url?: string | undefined
  readonly version?: string | undefined
  readonly compose?:
    | {
        readonly include: readonly r4.ValueSetComposeInclude[]
        readonly exclude?: readonly r4.ValueSetComposeInclude[] | undefined
      }
    | undefined
  readonly expansion?:
    | {
        readonly total?: number | undefined
        readonly offset?: number | undefined
        readonly extension?: readonly r4.Extension[] | undefined
        readonly contains?: readonly r4.ValueSetExpansionContains[] | undefined
      }
    | undefined
}

export interface TerminologyOptions {
  readonly codeSystems: Lookup<r4.CodeSystem>
  readonly valueSets: Lookup<ValueSetSource>
}

export interface Terminology {
  /**
   * Whether a value set holds a code.
   * @param valueSet canonical, a `|version` is respected
   * @param system undefined for elements of type `code`, which have none: then any system of the set will do
   * @throws Error when the value set includes itself, directly or through others
   */
  has(valueSet: string, system: string | undefined, code: string): Membership
  /** The same of a value set that is at hand itself, contained in another resource. */
  hasIn(valueSet: ValueSetSource, system: string | undefined, code: string): Membership
  /** Whether a code system holds a code: by its definition, or by the form of its codes. */
  inSystem(system: string, code: string): Membership
}

type Member = (system: string | undefined, code: string) => Membership

const SNOMED = 'http://snomed.info/sct'
const DMD = 'https://dmd.nhs.uk'

/** A code of the right form may or may not exist; one of the wrong form does not. */
const byForm = (test: (code: string) => boolean): ((code: string) => Membership) => {
  return (code) => (test(code) ? 'unknown' : 'no')
}

/** Code systems that no file lists: form decides what form can decide. */
const forms: Readonly<Record<string, (code: string) => Membership>> = {
  [SNOMED]: byForm(isSnomedCode),
  [DMD]: byForm(isSnomedConcept),
  [UCUM]: (code) => (isUcum(code) ? 'yes' : 'no'),
  ...Object.fromEntries(
    Object.entries(standardCodes).map(([system, isOne]) => [system, (code: string) => (isOne(code) ? 'yes' : 'no')]),
  ),
  'urn:ietf:bcp:47': byForm((code) => /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(code)),
  'urn:ietf:bcp:13': byForm((code) => /^[\w!#$&.+^-]+\/[\w!#$&.+^*-]+( *;.*)?$/.test(code)),
}

/** Makes a lookup of definitions: by url, by `url|version`; the first of a url answers for all its versions. */
export function lookupOf<T extends { readonly url?: string | undefined; readonly version?: string | undefined }>(
  definitions: Iterable<T>,
): Lookup<T> {
  const byCanonical = new Map<string, T>()
  for (const definition of definitions) {
    const { url, version } = definition
    if (url === undefined) continue
    if (!byCanonical.has(url)) byCanonical.set(url, definition)
    if (version !== undefined && !byCanonical.has(`${url}|${version}`)) {
      byCanonical.set(`${url}|${version}`, definition)
    }
  }
  return (canonical) => byCanonical.get(canonical)
}

/** Asks each lookup in turn. */
export const firstOf =
  <T>(...lookups: readonly Lookup<T>[]): Lookup<T> =>
  (canonical) => {
    for (const lookup of lookups) {
      const found = lookup(canonical)
      if (found !== undefined) return found
    }
    return undefined
  }

const and = (a: Membership, b: Membership): Membership =>
  a === 'no' || b === 'no' ? 'no' : a === 'unknown' || b === 'unknown' ? 'unknown' : 'yes'
const or = (a: Membership, b: Membership): Membership =>
  a === 'yes' || b === 'yes' ? 'yes' : a === 'unknown' || b === 'unknown' ? 'unknown' : 'no'
const not = (a: Membership): Membership => (a === 'yes' ? 'no' : a === 'no' ? 'yes' : 'unknown')

/** Value sets are compiled when they are first asked for, and kept. */
export function createTerminology(options: TerminologyOptions): Terminology {
  const members = new Map<string, Member>()
  const systems = new Map<string, Concepts | undefined>()
  const conceptsOf = (system: string): Concepts | undefined => {
    if (!systems.has(system)) systems.set(system, conceptsIn(options.codeSystems, system))
    return systems.get(system)
  }
  const inSystem = (system: string, code: string): Membership => {
    const bare = system.split('|')[0] ?? system
    const concepts = conceptsOf(system) ?? (bare === system ? undefined : conceptsOf(bare))
    if (concepts) return concepts.get(code) ? 'yes' : concepts.complete ? 'no' : 'unknown'
    return forms[bare]?.(code) ?? 'unknown'
  }
  const source: Source = { inSystem, conceptsOf, member: (canonical, path) => memberOf(canonical, path) }
  function memberOf(canonical: string, path: readonly string[]): Member {
    const kept = members.get(canonical)
    if (kept) return kept
    if (path.includes(canonical)) {
      throw new Error(`The ValueSet ${canonical} includes itself: ${[...path, canonical].join(' -> ')}.`)
    }
    const [url = canonical, version] = canonical.split('|')
    const exact = options.valueSets(canonical)
    const definition = exact ?? options.valueSets(url)
    const compiled = definition ? compileSet(definition, source, [...path, canonical]) : () => 'unknown' as const
    // Another version may have gained the code since, or lost nothing: only what it holds is known.
    const other = !exact && version !== undefined && definition?.version !== undefined && definition.version !== version
    const member: Member = other ? (system, code) => or(compiled(system, code), 'unknown') : compiled
    members.set(canonical, member)
    return member
  }
  return {
    inSystem,
    has: (valueSet, system, code) => memberOf(valueSet, [])(system, code),
    hasIn: (valueSet, system, code) => compileSet(valueSet, source, [])(system, code),
  }
}

interface Source {
  inSystem(system: string, code: string): Membership
  conceptsOf(system: string): Concepts | undefined
  member(canonical: string, path: readonly string[]): Member
}

function compileSet(definition: ValueSetSource, source: Source, path: readonly string[]): Member {
  const composed = definition.compose && composition(definition.compose, source, path)
  const expanded = definition.expansion && expansion(definition.expansion)
  if (!composed || !expanded) return composed ?? expanded ?? (() => 'unknown')
  // What the composition leaves open, an expansion that came with it settles.
  return (system, code) => {
    const answer = composed(system, code)
    return answer === 'unknown' ? expanded(system, code) : answer
  }
}

function composition(compose: NonNullable<ValueSetSource['compose']>, source: Source, path: readonly string[]): Member {
  const include = compose.include.map((part) => compilePart(part, source, path))
  const exclude = (compose.exclude ?? []).map((part) => compilePart(part, source, path))
  return (system, code) => {
    let answer: Membership = 'no'
    for (const part of include) {
      answer = or(answer, part(system, code))
      if (answer === 'yes') break
    }
    for (const part of exclude) {
      if (answer === 'no') break
      answer = and(answer, not(part(system, code)))
    }
    return answer
  }
}

const INCOMPLETE = [
  'http://hl7.org/fhir/StructureDefinition/valueset-unclosed',
  'http://hl7.org/fhir/StructureDefinition/valueset-toocostly',
]

function expansion(given: NonNullable<ValueSetSource['expansion']>): Member {
  const codes = new Map<string, Set<string>>()
  let count = 0
  const gather = (list: readonly r4.ValueSetExpansionContains[]): void => {
    for (const { system = '', code, abstract, contains } of list) {
      count++
      if (code !== undefined && !abstract) {
        const known = codes.get(system)
        if (known) known.add(code)
        else codes.set(system, new Set([code]))
      }
      if (contains) gather(contains)
    }
  }
  gather(given.contains ?? [])
  const cut = given.extension?.some(({ url }) => INCOMPLETE.includes(url)) ?? false
  const closed = !cut && (given.total ?? 0) <= count && (given.offset ?? 0) === 0
  const all = [...codes.values()]
  return (system, code) => {
    const found = system === undefined ? all.some((known) => known.has(code)) : codes.get(system)?.has(code)
    return found ? 'yes' : closed ? 'no' : 'unknown'
  }
}

/** One include or exclude: the codes of a system that its list and filters leave, within every value set named. */
function compilePart(part: r4.ValueSetComposeInclude, source: Source, path: readonly string[]): Member {
  const { system, concept, filter = [], version } = part
  const sets = (part.valueSet ?? []).map((canonical) => source.member(canonical, path))
  const inSets: Member = (asked, code) =>
    sets.reduce<Membership>((answer, member) => (answer === 'no' ? 'no' : and(answer, member(asked, code))), 'yes')
  if (system === undefined) return sets.length === 0 ? () => 'unknown' : inSets
  const canonical = version === undefined ? system : `${system}|${version}`
  const listed = concept && new Set(concept.map(({ code }) => code))
  const filters = filter.map((one) => compileFilter(one, system, source))
  return (asked, code) => {
    if (asked !== undefined && asked !== system) return 'no'
    let answer: Membership = listed ? (listed.has(code) ? 'yes' : 'no') : source.inSystem(canonical, code)
    for (const test of filters) {
      if (answer === 'no') return 'no'
      answer = and(answer, test(code))
    }
    return answer === 'no' ? 'no' : and(answer, inSets(system, code))
  }
}

/** A filter over the concepts at hand; what is not known of them is unknown (https://hl7.org/fhir/R4/valueset-filter-operator.html). */
function compileFilter(
  { property, op, value }: r4.ValueSetComposeIncludeFilter,
  system: string,
  source: Source,
): (code: string) => Membership {
  const decide = filterTest(property, op, value)
  return (code) => {
    const concepts = source.conceptsOf(system)
    const concept = concepts?.get(code)
    if (!concepts || !decide) return 'unknown'
    if (!concept) return concepts.complete ? 'no' : 'unknown'
    // Without the whole hierarchy the absence of a way up proves nothing.
    const answer = decide(concept, concepts)
    return answer ? 'yes' : concepts.complete ? 'no' : 'unknown'
  }
}

type FilterTest = (concept: Concept, concepts: Concepts) => boolean

function filterTest(property: string, op: string, value: string): FilterTest | undefined {
  const values = value.split(',').map((one) => one.trim())
  const held = (concept: Concept): readonly string[] =>
    property === 'concept' || property === 'code'
      ? [concept.code]
      : property === 'display'
        ? [concept.display ?? '']
        : property === 'parent' || property === 'child'
          ? concept[property === 'parent' ? 'parents' : 'children']
          : (concept.properties.get(property) ?? [])
  switch (op) {
    case '=':
      return (concept) => held(concept).includes(value)
    case 'in':
      return (concept) => held(concept).some((one) => values.includes(one))
    case 'not-in':
      return (concept) => !held(concept).some((one) => values.includes(one))
    case 'exists':
      return (concept) => held(concept).length > 0 === (value === 'true')
    case 'is-a':
      return (concept, concepts) => concept.code === value || concepts.isBelow(concept, value)
    case 'descendent-of':
      return (concept, concepts) => concepts.isBelow(concept, value)
    case 'is-not-a':
      return (concept, concepts) => concept.code !== value && !concepts.isBelow(concept, value)
    case 'generalizes':
      return (concept, concepts) => {
        const below = concepts.get(value)
        return concept.code === value || (below !== undefined && concepts.isBelow(below, concept.code))
      }
    default:
      // `regex` among them: an expression from a package could take exponential time.
      return undefined
  }
}

interface Concept {
  readonly code: string
  readonly display?: string | undefined
  /** By the place in the list, and by the properties of these names (https://hl7.org/fhir/R4/codesystem.html#hierarchy). */
  readonly parents: string[]
  readonly children: string[]
  readonly properties: ReadonlyMap<string, readonly string[]>
}

interface Concepts {
  /** Whether every code of the system is here. */
  readonly complete: boolean
  get(code: string): Concept | undefined
  isBelow(concept: Concept, ancestor: string): boolean
}

function conceptsIn(codeSystems: Lookup<r4.CodeSystem>, system: string): Concepts | undefined {
  const definition = codeSystems(system)
  if (!definition || definition.content === 'supplement' || definition.content === 'not-present') return undefined
  // R4 leaves open what a missing value means; validators take the codes as the same then.
  const fold = definition.caseSensitive === true ? (code: string) => code : (code: string) => code.toLowerCase()
  const concepts = new Map<string, Concept>()
  const pairs: [parent: string, child: string][] = []
  const gather = (list: readonly r4.CodeSystemConcept[], parent?: string): void => {
    for (const { code, display, property = [], concept } of list) {
      const properties = new Map<string, string[]>()
      for (const entry of property) {
        const text = propertyText(entry)
        if (text !== undefined) properties.set(entry.code, [...(properties.get(entry.code) ?? []), text])
      }
      const parents = [...(properties.get('parent') ?? []), ...(properties.get('subsumedBy') ?? [])]
      for (const child of properties.get('child') ?? []) pairs.push([code, child])
      for (const each of parents) pairs.push([each, code])
      if (parent !== undefined) pairs.push([parent, code])
      concepts.set(fold(code), { code, display, parents: [], children: [], properties })
      if (concept) gather(concept, code)
    }
  }
  gather(definition.concept ?? [])
  const get = (code: string): Concept | undefined => concepts.get(fold(code))
  for (const [parent, child] of pairs) {
    get(child)?.parents.push(parent)
    get(parent)?.children.push(child)
  }
  const isBelow = (concept: Concept, ancestor: string): boolean => {
    const seen = new Set<string>()
    const open = [...concept.parents]
    for (let code = open.pop(); code !== undefined; code = open.pop()) {
      if (fold(code) === fold(ancestor)) return true
      if (seen.has(code)) continue
      seen.add(code)
      open.push(...(get(code)?.parents ?? []))
    }
    return false
  }
  return { complete: definition.content === 'complete', get, isBelow }
}

function propertyText(property: r4.CodeSystemConceptProperty): string | undefined {
  const value =
    property.valueCode ??
    property.valueString ??
    property.valueCoding?.code ??
    property.valueBoolean ??
    property.valueInteger ??
    property.valueDecimal ??
    property.valueDateTime
  return value === undefined ? undefined : String(value)
}
