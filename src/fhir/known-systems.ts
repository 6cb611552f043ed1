/** What the structure step knows of a system, an extension or a profile by its URI. */
import type { BaseCodes } from './base-codes.ts'
import { knownUris, type UriForm } from './known-uris.ts'
import type { ProblemKey } from './problem.ts'
import { isSnomedCode } from './snomed.ts'
import type { StructureOptions } from './structure-runtime.ts'
import { add, type Faults } from './structure-faults.ts'
import { isUcum, UCUM } from './ucum.ts'

export interface KnownUri extends UriForm {
  /** The system of identifiers that are URIs (https://hl7.org/fhir/R4/identifier-registry.html#uri). */
  readonly identifiesUris: boolean
  readonly isExtension: boolean
  /** Whether it is no code system, though its address is that of HL7, or nearly that of a system that everybody uses. */
  readonly isMisnamed: boolean
  /** Adds what is wrong with a code of the system; undefined where nobody can tell. */
  readonly codeFaults: ((found: Faults, code: string) => Faults) | undefined
  /** See `Watch`. */
  readonly isMisformed: ((value: Readonly<Record<string, unknown>>) => boolean) | undefined
}

const SNOMED = 'http://snomed.info/sct'
const VALUE_SET = 'http://hl7.org/fhir/ValueSet/'
const NOT_UCUM = 'UCUM has no such unit (codes are case-sensitive, words stand in { }).'
const NOT_SNOMED = 'SNOMED CT cannot have this code: its check digit or its form is wrong.'
const A_SUPPLEMENT = 'This adds to a code system and is none: name the code system that it supplements.'
const NOT_A_SYSTEM = 'This is a value set. A code comes from a code system: name that one.'
const UNKNOWN_CODE = 'The code system has no such code: look for a misspelling, or for a code of another system.'

/**
 * What is known of a system by its URI: the form of its codes, whether a code is one of it, and whether it is no
 * system at all.
 */
export function knownSystems(
  { watch, codeForms = false }: StructureOptions,
  codes: BaseCodes,
): (uri: string) => KnownUri {
  return knownUris((uri) => ({
    identifiesUris: uri === 'urn:ietf:rfc:3986',
    isExtension: watch?.isKnownExtension(uri) === true,
    isMisnamed: isMisnamed(uri, codes),
    codeFaults: codeFaults(uri, codeForms, codes),
    isMisformed: watch?.misformedOf(uri),
  }))
}

/** Systems that are known by one address alone, whatever is put behind it. */
const BY_ONE_NAME = [SNOMED, 'http://loinc.org', UCUM, 'http://www.nlm.nih.gov/research/umls/rxnorm']
const OF_HL7 = /^https?:\/\/(?:www\.)?hl7\.org\/fhir/
/** Codes of others (https://hl7.org/fhir/R4/terminologies-systems.html), and what R4 publishes without codes. */
const WITHOUT_CODES =
  /^http:\/\/hl7\.org\/fhir(?:\/sid\/|\/test|\/message-events$|\/CodeSystem\/(?:summary|example-supplement)$)/
const VALUE_SETS = 'http://terminology.hl7.org/ValueSet/'

function isMisnamed(system: string, codes: BaseCodes): boolean {
  if (BY_ONE_NAME.some((name) => system !== name && system.startsWith(name)) || system.startsWith(VALUE_SETS))
    return true
  // A value set in the place of a system is told wherever it stands.
  if (system.startsWith(VALUE_SET) || !OF_HL7.test(system)) return false
  return !WITHOUT_CODES.test(system) && codes.judgeOf(system) === undefined
}

/** What to say of a system that is none. */
export const MISNAMED =
  'No code system has this address: look for a misspelling, and for what R4 calls it (http://terminology.hl7.org/CodeSystem/…).'

const KEY: ProblemKey = 'code-unknown'

function codeFaults(system: string, codeForms: boolean, codes: BaseCodes): KnownUri['codeFaults'] {
  if (system === SNOMED) {
    if (!codeForms) return undefined
    return (found, code) => (isSnomedCode(code) ? found : add(found, KEY, '.code', NOT_SNOMED, 'warning'))
  }
  if (system.startsWith(VALUE_SET)) return (found) => add(found, KEY, '.system', NOT_A_SYSTEM)
  const judge = codes.judgeOf(system)
  const isForm = codeForms && system === UCUM ? isUcum : undefined
  if (judge === undefined && isForm === undefined) return undefined
  return (found, code) => {
    if (isForm?.(code) === false) return add(found, KEY, '.code', NOT_UCUM)
    const fault = judge?.(code)
    if (fault === undefined) return found
    if (fault === 'supplement') return add(found, KEY, '.system', A_SUPPLEMENT)
    return add(found, KEY, '.code', UNKNOWN_CODE, fault === 'error' ? undefined : fault)
  }
}
