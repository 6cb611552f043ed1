/** Codes against the code systems and value sets that R4 publishes. */
import type { FilterPropertyOf } from './code-system-rules.ts'
import type { Concept, Definitions, ValueSet } from './definitions.ts'
import type { r4 } from './resource.ts'
import { standardCodes } from './standard-codes.ts'
import type { Terminology } from './terminology.ts'

/** What is wrong with a code, or with what it names as its system; an error or a warning for one that is not there. */
export type CodeFault = 'error' | 'warning' | 'supplement'

/** Undefined when the code is in its system. */
export type CodeJudge = (code: string) => CodeFault | undefined

export interface BaseCodes {
  /**
   * Who judges the codes of a system: that one is not there is an error in systems that belong to R4, and in those of
   * HL7 v3, which hardly change; in the v2 tables and those of others, which grow apart from it, what the caller makes of
   * it. Undefined where the system is not known here.
   */
  judgeOf(system: string): CodeJudge | undefined
  /** Whether a value set of a binding that only recommends has the code; true where that cannot be told. */
  isRecommended(valueSet: ValueSet, system: unknown, code: string): boolean
}

interface Codes {
  readonly codes: ReadonlySet<string>
  readonly caseSensitive: boolean
  readonly isOfR4: boolean
}

const V3 = 'http://terminology.hl7.org/CodeSystem/v3-'
const R4_VERSION = '4.0.1'

function collect(concepts: readonly Concept[], into: Set<string>, caseSensitive: boolean): Set<string> {
  for (const { code, concept } of concepts) {
    into.add(caseSensitive ? code : code.toLowerCase())
    if (concept !== undefined) collect(concept, into, caseSensitive)
  }
  return into
}

/**
 * @param loaded who judges the codes of systems that R4 does not publish (see `loadedCodes`)
 * @param ofTables how bad it is that a v2 table of R4, or a system of others that it publishes, lacks a code
 */
export function createBaseCodes(
  definitions: Definitions,
  loaded: (system: string) => CodeJudge | undefined = () => undefined,
  ofTables: 'error' | 'warning' = 'warning',
): BaseCodes {
  const known = new Map<string, Codes>()
  const compositions = new Map<string, ReadonlyMap<string, ReadonlySet<string> | undefined>>()

  const systemOf = (url: string): Codes | undefined => {
    if (!isPublished(url)) return undefined
    const found = known.get(url)
    if (found !== undefined) return found
    const definition = definitions.codeSystem(url)
    if (definition === undefined) return undefined
    const caseSensitive = definition.caseSensitive === true
    const codes = collect(definition.concept, new Set(), caseSensitive)
    const system = { codes, caseSensitive, isOfR4: definition.version === R4_VERSION }
    known.set(url, system)
    return system
  }

  const has = ({ codes, caseSensitive }: Codes, code: string): boolean =>
    codes.has(caseSensitive ? code : code.toLowerCase())

  const compositionOf = (valueSet: ValueSet): ReadonlyMap<string, ReadonlySet<string> | undefined> => {
    const found = compositions.get(valueSet.url)
    if (found !== undefined) return found
    const composition = new Map<string, Set<string> | undefined>()
    for (const { system, concept } of valueSet.compose?.include ?? []) {
      const before = composition.get(system)
      composition.set(system, concept && collect(concept, before ?? new Set(), true))
    }
    for (const { system, code } of valueSet.expansion?.contains ?? []) {
      composition.set(system, (composition.get(system) ?? new Set()).add(code))
    }
    compositions.set(valueSet.url, composition)
    return composition
  }

  return {
    judgeOf(system) {
      const codes = systemOf(system)
      if (codes === undefined) {
        const isOne = Object.hasOwn(standardCodes, system) ? standardCodes[system] : undefined
        return isOne === undefined ? loaded(system) : (code) => (isOne(code) ? undefined : 'error')
      }
      const fault = codes.isOfR4 || system.startsWith(V3) ? 'error' : ofTables
      return (code) => (has(codes, code) ? undefined : fault)
    },
    isRecommended(valueSet, system, code) {
      const composition = compositionOf(valueSet)
      // The code of a primitive has no system: it is in the value set if any of its systems has it.
      if (system === undefined) return [...composition.values()].some((codes) => codes === undefined || codes.has(code))
      if (typeof system !== 'string' || !composition.has(system)) return false
      const codes = composition.get(system)
      if (codes !== undefined) return codes.has(code)
      const whole = systemOf(system)
      return whole === undefined || has(whole, code)
    },
  }
}

/**
 * Codes against the code systems of ours and of packages: an error where all its codes are here, a warning where some
 * are. A supplement adds to the codes of another system and has none (https://hl7.org/fhir/R4/codesystem.html#supplements).
 */
export function loadedCodes(
  systems: Iterable<{ readonly url?: string; readonly content: string; readonly supplements?: string | undefined }>,
  { inSystem }: Pick<Terminology, 'inSystem'>,
): (system: string) => CodeJudge | undefined {
  const contents = new Map(
    [...systems].map(({ url = '', content, supplements }) => [url, supplements === undefined ? content : 'supplement']),
  )
  return (system) => {
    const content = contents.get(system)
    if (content === 'supplement') return () => content
    if (content === undefined) return undefined
    if (content !== 'complete' && content !== 'fragment') return () => undefined
    const fault = content === 'complete' ? 'error' : 'warning'
    return (code) => (inSystem(system, code) === 'yes' ? undefined : fault)
  }
}

/** The properties that code systems declare, and the operators of the filters of these names. */
export function filterProperties(
  codeSystem: (url: string) => Pick<r4.CodeSystem, 'property' | 'filter'> | undefined,
): FilterPropertyOf {
  return (url, code) => {
    const { property = [], filter = [] } = codeSystem(url) ?? {}
    const declared = property.find((each) => each.code === code)
    if (declared === undefined) return undefined
    return {
      type: declared.type,
      operators: filter.flatMap((each) => (each.code === code ? each.operator : [])),
    }
  }
}

const isPublished = (system: string): boolean => isOfHl7(system) || PUBLISHED_FOR_OTHERS.has(system)

/** Whether a system or value set is one of HL7, by its address. */
export const isOfHl7 = (url: string): boolean =>
  url.startsWith('http://terminology.hl7.org/') || url.startsWith('http://hl7.org/')

/** Code systems of others that R4 publishes with all their codes: DICOM's, and the purposes of signatures. */
export const PUBLISHED_FOR_OTHERS: ReadonlySet<string> = new Set([
  'http://dicom.nema.org/resources/ontology/DCM',
  'urn:iso-astm:E1762-95:2013',
])
