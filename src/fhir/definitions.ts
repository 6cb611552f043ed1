/**
 * Lookups over the R4 definitions of `profiles/base`. Pure: takes the text of the files, parses a definition when it
 * is first asked for (a line is found by its head), and keeps it.
 */

import type { ProfileDefinition } from './profile-definition.ts'

export interface ElementType {
  readonly code: string
  readonly profile?: readonly string[]
  readonly targetProfile?: readonly string[]
  /** Where the target of a reference may stand: `contained`, `bundled` or `referenced`. */
  readonly aggregation?: readonly string[]
}

export interface Constraint {
  readonly key: string
  readonly severity: 'error' | 'warning'
  readonly human: string
  readonly expression?: string
}

/** An element of a trimmed snapshot (see profiles/base/README.md for what is left out). */
export interface ElementDefinition {
  readonly id: string
  readonly path: string
  readonly min: number
  readonly max: string
  readonly base?: { readonly path: string; readonly min: number; readonly max: string }
  readonly type?: readonly ElementType[]
  readonly contentReference?: string
  readonly binding?: { readonly strength: string; readonly valueSet?: string }
  readonly constraint?: readonly Constraint[]
  readonly isModifier?: true
  readonly isSummary?: true
}

export interface StructureDefinition {
  readonly resourceType: 'StructureDefinition'
  readonly id: string
  readonly url: string
  readonly name: string
  readonly kind: 'resource' | 'complex-type' | 'primitive-type'
  readonly abstract: boolean
  readonly type: string
  readonly baseDefinition?: string
  readonly derivation?: 'specialization' | 'constraint'
  readonly snapshot: { readonly element: readonly ElementDefinition[] }
}

export interface SearchParameter {
  readonly resourceType: 'SearchParameter'
  readonly id: string
  readonly url: string
  readonly name: string
  readonly code: string
  readonly base: readonly string[]
  readonly type: 'number' | 'date' | 'string' | 'token' | 'reference' | 'composite' | 'quantity' | 'uri' | 'special'
  readonly expression?: string
  readonly target?: readonly string[]
  readonly multipleOr?: boolean
  readonly multipleAnd?: boolean
  readonly comparator?: readonly string[]
  readonly modifier?: readonly string[]
  readonly component?: readonly { readonly definition: string; readonly expression: string }[]
}

export interface ValueSet {
  readonly resourceType: 'ValueSet'
  readonly url: string
  readonly name: string
  /**
   * Absent when the set cannot be enumerated: then `compose` names the system whose form is checked; and absent for
   * bindings that only recommend: then `compose` has the systems and codes.
   */
  readonly expansion?: {
    readonly contains: readonly { readonly system: string; readonly code: string; readonly display?: string }[]
  }
  readonly compose?: {
    readonly include: readonly { readonly system: string; readonly concept?: readonly Concept[] }[]
  }
}

export interface Concept {
  readonly code: string
  readonly concept?: readonly Concept[]
}

/** A code system of HL7, codes alone. */
export interface CodeSystem {
  readonly resourceType: 'CodeSystem'
  readonly url: string
  readonly version: string
  readonly name: string
  readonly caseSensitive?: true
  readonly concept: readonly Concept[]
}

export interface Definitions {
  /** Names of the concrete resource types: 146 in R4. */
  readonly resourceTypes: ReadonlySet<string>
  /** Names of the complex data types, abstract ones included, profiles on them not. */
  readonly complexTypes: ReadonlySet<string>
  readonly primitiveTypes: ReadonlySet<string>
  /** By type name, e.g. `MedicationRequest`; undefined if R4 has no such type. */
  structure(type: string): StructureDefinition | undefined
  /** By canonical url, a `|version` is ignored; undefined if no binding of R4 names it, or its content is not known. */
  valueSet(url: string): ValueSet | undefined
  /** By url; undefined if it is not one of HL7's that R4 publishes in full. */
  codeSystem(url: string): CodeSystem | undefined
  /** R4's own profiles and extensions by url; undefined for any other. */
  profile(url: string): ProfileDefinition | undefined
  /** Urls of R4's own modifier extensions. */
  readonly modifierExtensions: ReadonlySet<string>
  searchParameters(): readonly SearchParameter[]
  compartments(): readonly CompartmentDefinition[]
}

/** What belongs to a compartment; types without `param` never do and are left out. */
export interface CompartmentDefinition {
  readonly resourceType: 'CompartmentDefinition'
  readonly id: string
  readonly url: string
  readonly version: string
  readonly name: string
  readonly status: string
  /** Type of the resource that the compartment is of. */
  readonly code: string
  readonly search: boolean
  /** By type: codes of search parameters, or `{def}` for the resource that the compartment is of. */
  readonly resource: readonly { readonly code: string; readonly param: readonly string[] }[]
}

/** Texts of the `.ndjson` files of `profiles/base`. */
export interface DefinitionTexts {
  readonly structureDefinitions: string
  readonly searchParameters: string
  readonly valueSets: string
  readonly codeSystems?: string
  readonly profiles?: string
  readonly compartments?: string
}

export const STRUCTURE_DEFINITION = 'http://hl7.org/fhir/StructureDefinition/'

interface Head {
  readonly id: string
  readonly kind: string
  readonly abstract: boolean
  readonly line: string
}

const member = (line: string, name: string): string => {
  const start = line.indexOf(`"${name}":`) + name.length + 3
  return line.charCodeAt(start) === 34
    ? line.slice(start + 1, line.indexOf('"', start + 1))
    : line.slice(start, line.indexOf(',', start))
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '')

/** Parses on demand. @throws SyntaxError at first use of a line that is not JSON */
function lazily<T>(lines: Iterable<readonly [string, string]>): (key: string) => T | undefined {
  const texts = new Map(lines)
  const parsed = new Map<string, T>()
  return (key) => {
    const known = parsed.get(key)
    if (known !== undefined) return known
    const text = texts.get(key)
    if (text === undefined) return undefined
    const value = JSON.parse(text) as T
    parsed.set(key, value)
    return value
  }
}

/** @throws Error when a text holds no definitions: a service without them must not start. */
export function parseDefinitions(texts: DefinitionTexts): Definitions {
  const heads = linesOf(texts.structureDefinitions).map((line): Head => ({
    id: member(line, 'id'),
    kind: member(line, 'kind'),
    abstract: member(line, 'abstract') === 'true',
    line,
  }))
  const named = (test: (head: Head) => boolean): ReadonlySet<string> => new Set(heads.filter(test).map(({ id }) => id))
  const valueSet = lazily<ValueSet>(linesOf(texts.valueSets).map((line) => [member(line, 'url'), line]))
  const resourceTypes = named(({ kind, abstract }) => kind === 'resource' && !abstract)
  if (resourceTypes.size === 0) throw new Error('The base definitions hold no resource type.')
  const profiles = linesOf(texts.profiles ?? '')
  let parameters: readonly SearchParameter[] | undefined
  return {
    resourceTypes,
    complexTypes: named(({ kind, line }) => kind === 'complex-type' && member(line, 'type') === member(line, 'id')),
    primitiveTypes: named(({ kind }) => kind === 'primitive-type'),
    structure: lazily<StructureDefinition>(heads.map(({ id, line }) => [id, line])),
    valueSet: (url) => valueSet(url.split('|')[0] ?? url),
    codeSystem: lazily<CodeSystem>(linesOf(texts.codeSystems ?? '').map((line) => [member(line, 'url'), line])),
    profile: lazily<ProfileDefinition>(profiles.map((line) => [member(line, 'url'), line])),
    modifierExtensions: new Set(
      profiles.filter((line) => line.includes('"isModifier":true')).map((line) => member(line, 'url')),
    ),
    searchParameters: () => {
      parameters ??= linesOf(texts.searchParameters).map((line) => JSON.parse(line) as SearchParameter)
      return parameters
    },
    compartments: () => linesOf(texts.compartments ?? '').map((line) => JSON.parse(line) as CompartmentDefinition),
  }
}
