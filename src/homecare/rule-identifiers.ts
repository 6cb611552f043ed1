/** Rules for identifiers, codes and units by their form, wherever in a resource they stand. */
import { placeOf } from '../fhir/place.ts'
import type { ProblemKey } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { isSnomedCode, isSnomedConcept } from '../fhir/snomed.ts'
import { isUcum, UCUM } from '../fhir/ucum.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import {
  GMC,
  GPHC,
  isGmcNumber,
  isGphcNumber,
  isNhsNumber,
  isNmcPin,
  NHS_NUMBER,
  NMC,
  ODS_ORGANISATION,
  ODS_SITE,
  ORDER_NUMBER,
  odsCode,
  orderNumberFault,
} from './identifiers.ts'
import { HAS } from './traits.ts'

interface FormRule {
  readonly code: ProblemKey
  /** The property that is judged. */
  readonly property: 'value' | 'code'
  readonly holds: (text: string) => boolean
  readonly words: string
}

const ods: FormRule = {
  code: 'ods-code-invalid',
  property: 'value',
  holds: (text) => odsCode(text) !== undefined,
  words: 'An ODS code has 3 to 12 letters and digits and nothing else.',
}

const rules: Readonly<Record<string, FormRule>> = {
  [NHS_NUMBER]: {
    code: 'nhs-number-invalid',
    property: 'value',
    holds: isNhsNumber,
    words:
      'An NHS number has ten digits without spaces, the last of which is the check digit (modulus 11): this one is mistyped. Read it again from the patient’s record.',
  },
  [ODS_ORGANISATION]: ods,
  [ODS_SITE]: ods,
  [GMC]: {
    code: 'gmc-number-invalid',
    property: 'value',
    holds: isGmcNumber,
    words: 'A GMC number has seven digits and nothing else.',
  },
  [GPHC]: {
    code: 'gphc-number-invalid',
    property: 'value',
    holds: isGphcNumber,
    words: 'A GPhC registration number has seven digits.',
  },
  [NMC]: {
    code: 'nmc-pin-invalid',
    property: 'value',
    holds: isNmcPin,
    words: 'An NMC PIN has two digits, a letter, four digits and a letter, e.g. 12A3456E.',
  },
  [ORDER_NUMBER]: {
    code: 'order-number-invalid',
    property: 'value',
    holds: (text) => orderNumberFault(text) === undefined,
    words:
      'A prescription order number has the form XXXXXX-XXXXXX-XXXXXX in digits and capitals, the first and last group hexadecimal, and ends in the check character of ISO 7064 MOD 37-2 (with + for its 37th character).',
  },
  'http://snomed.info/sct': {
    code: 'snomed-form',
    property: 'code',
    holds: isSnomedCode,
    words:
      'This cannot be a SNOMED CT code: a concept identifier has 6 to 18 digits, partition 00 or 10, and ends in a Verhoeff check digit. A description identifier is not a code.',
  },
  'https://dmd.nhs.uk': {
    code: 'dmd-form',
    property: 'code',
    holds: isSnomedConcept,
    words:
      'This cannot be a dm+d code: it has the form of a SNOMED CT concept identifier, with partition 00 or 10 and a Verhoeff check digit.',
  },
  [UCUM]: {
    code: 'ucum-form',
    property: 'code',
    holds: isUcum,
    words:
      'This is no UCUM code. Codes are case sensitive: mg, ug (microgram), mL, [iU]; a tablet or a syringe has no UCUM code, send its SNOMED CT code or put it in braces, e.g. {tablet}.',
  },
}

const forms = new Map(Object.entries(rules))

function inspect({ resource, misformed }: Subject): readonly Finding[] {
  if (misformed === false || resource.status === 'entered-in-error') return NOTHING
  const findings: Finding[] = []
  visit(resource, resource, [], findings)
  return findings
}

/** Tells an Identifier, Coding or Quantity of the system that does not have the form it asks for; undefined if it asks for none. */
export function misformedOf(system: string): ((members: Readonly<Record<string, unknown>>) => boolean) | undefined {
  const rule = forms.get(system)
  if (rule === undefined) return undefined
  const { property, holds } = rule
  return (members) => {
    // Two names, each read where it always stands.
    const text = property === 'value' ? members.value : members.code
    return typeof text === 'string' && !holds(text)
  }
}

/** Objects with `system` are Identifiers, Codings and Quantities; all systems judged here belong to one of them. */
function visit(resource: Resource, value: unknown, keys: (string | number)[], findings: Finding[]): void {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (typeof value[i] !== 'object') continue
      keys.push(i)
      visit(resource, value[i], keys, findings)
      keys.pop()
    }
    return
  }
  const members = (value ?? {}) as Readonly<Record<string, unknown>>
  for (const key in members) {
    const member = members[key]
    if (typeof member === 'object') {
      keys.push(key)
      visit(resource, member, keys, findings)
      keys.pop()
    } else if (key === 'system' && typeof member === 'string') judge(resource, members, keys, findings)
  }
}

function judge(
  resource: Resource,
  members: Readonly<Record<string, unknown>>,
  keys: readonly (string | number)[],
  findings: Finding[],
): void {
  const system = members.system as string
  const rule = forms.get(system)
  const text = rule && members[rule.property]
  if (!rule || typeof text !== 'string' || rule.holds(text)) return
  const at = placeOf(resource, [...keys, rule.property])
  findings.push({ code: rule.code, at, words: wordsOf(rule, text) })
}

/** A group number is no patient data, and it helps to say which of its two rules was broken. */
const wordsOf = ({ code, words }: FormRule, text: string): string =>
  code === 'order-number-invalid' && orderNumberFault(text) === 'check'
    ? `The check character is wrong, so a character was mistyped or the number was made up. ${words}`
    : words

export const identifierForms: Check<Subject> = {
  codes: [...new Set(Object.values(rules).map(({ code }) => code))],
  asks: HAS.misformed,
  run: inspect,
}
