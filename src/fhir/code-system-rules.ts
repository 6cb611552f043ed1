/**
 * Rules on a CodeSystem and on the filters of a ValueSet that no invariant says
 * (https://hl7.org/fhir/R4/codesystem.html#properties, https://hl7.org/fhir/R4/valueset-filter-operator.html).
 */
import { isObject, objectsIn } from './resource.ts'
import { add, type Faults } from './structure-faults.ts'

type Loose = Record<string, unknown>
/** Whether a system that is known in full lacks a code; false where that cannot be told. */
export type LacksCode = (system: string, code: string) => boolean

/** The properties that HL7 names, with their types (https://hl7.org/fhir/R4/codesystem-concept-properties.html). */
const CONCEPT_PROPERTIES = 'http://hl7.org/fhir/concept-properties#'
const KNOWN_PROPERTIES: Readonly<Record<string, string>> = {
  inactive: 'boolean',
  deprecated: 'dateTime',
  deprecationDate: 'dateTime',
  retirementDate: 'dateTime',
  notSelectable: 'boolean',
  parent: 'code',
  child: 'code',
  partOf: 'code',
  synonym: 'code',
  comment: 'string',
  itemWeight: 'decimal',
  status: 'code',
}

/** What is wrong with a CodeSystem beyond its shape: content, count, supplements, properties, concepts. */
export function codeSystemFaults(faults: Faults, system: Loose, lacks: LacksCode): Faults {
  return conceptFaults(propertyFaults(contentFaults(faults, system, lacks), system), system)
}

function contentFaults(faults: Faults, system: Loose, lacks: LacksCode): Faults {
  const { content, count, supplements } = system
  const concepts = objectsIn(system.concept)
  let found = faults
  const say = (path: string, words: string): void => {
    found = add(found, 'code-system-content', path, words)
  }
  if (typeof supplements === 'string') {
    if (content !== 'supplement') say('.content', 'What supplements a code system has the content "supplement".')
    for (const name of ['caseSensitive', 'hierarchyMeaning'] as const) {
      if (system[name] !== undefined) say(`.${name}`, 'This is said by the code system that is supplemented.')
    }
    const [base = ''] = supplements.split('|', 1)
    for (const [i, { code }] of concepts.entries()) {
      if (typeof code === 'string' && lacks(base, code)) {
        say(`.concept[${i}]`, 'The code system that is supplemented has no such code.')
      }
    }
  } else if (content === 'supplement') {
    say('.content', 'A supplement names in supplements the code system that it adds to.')
  }
  if (content === 'complete' && typeof count === 'number' && countOf(concepts) !== count) {
    say('.count', 'The content is complete, and there are more or fewer concepts than count says.')
  }
  if (content === 'not-present' && concepts.length > 0) {
    say('.concept[0]', 'By content no concept is here, and there are some.')
  }
  return found
}

const countOf = (concepts: readonly Loose[]): number =>
  concepts.reduce((sum, { concept }) => sum + 1 + countOf(objectsIn(concept)), 0)

function propertyFaults(faults: Faults, system: Loose): Faults {
  let found = faults
  const codes = new Set<unknown>()
  const uris = new Set<unknown>()
  for (const [i, { code, uri, type }] of objectsIn(system.property).entries()) {
    const say = (words: string): void => {
      found = add(found, 'code-system-property', `.property[${i}]`, words)
    }
    if (code !== undefined && codes.has(code)) say('Another property has this code.')
    if (uri !== undefined && uris.has(uri)) say('Another property has this uri.')
    codes.add(code)
    uris.add(uri)
    if (typeof uri !== 'string' || !uri.startsWith(CONCEPT_PROPERTIES)) continue
    const name = uri.slice(CONCEPT_PROPERTIES.length)
    const known = Object.hasOwn(KNOWN_PROPERTIES, name) ? KNOWN_PROPERTIES[name] : undefined
    if (known === undefined) say('HL7 has no concept property of this uri: take one of your own.')
    else if (type !== known) say(`The uri is that of a property of type ${known}.`)
  }
  return found
}

/** The properties of concepts are those that the system declares, and of their types. */
function conceptFaults(faults: Faults, system: Loose): Faults {
  const types = new Map(objectsIn(system.property).map(({ code, type }) => [code, type]))
  let found = faults
  const visit = (concepts: unknown, path: string): void => {
    for (const [i, concept] of objectsIn(concepts).entries()) {
      for (const [j, property] of objectsIn(concept.property).entries()) {
        const { code } = property
        const at = `${path}.concept[${i}].property[${j}]`
        const type = types.get(code)
        const value = Object.keys(property).find((key) => key.startsWith('value'))
        if (typeof code === 'string' && !types.has(code)) {
          found = add(found, 'code-system-property', at, 'The code system declares no property of this code.')
        } else if (
          typeof type === 'string' &&
          value &&
          value.slice('value'.length).toLowerCase() !== type.toLowerCase()
        ) {
          found = add(found, 'code-system-property', at, 'The property is declared with another type.')
        }
      }
      visit(concept.concept, `${path}.concept[${i}]`)
    }
  }
  visit(system.concept, '')
  return found
}

const BY_CODE = new Set(['=', 'is-a', 'descendent-of', 'is-not-a', 'generalizes'])

/** What a code system that is here says of a property that a filter may go by. */
export interface FilterProperty {
  readonly type: string
  /** Operators of the filter of this name; empty where the system names none. */
  readonly operators: readonly string[]
}
/** Undefined where the system is not here, or declares no such property. */
export type FilterPropertyOf = (system: string, property: string) => FilterProperty | undefined

/** What is wrong with a ValueSet beyond its shape: includes, concepts and filters that their system does not know. */
export function valueSetFaults(
  faults: Faults,
  valueSet: Loose,
  lacks: LacksCode,
  propertyOf: FilterPropertyOf = () => undefined,
): Faults {
  let found = faults
  const compose = isObject(valueSet.compose) ? valueSet.compose : {}
  for (const part of ['include', 'exclude'] as const) {
    for (const [i, { system, filter }] of objectsIn(compose[part]).entries()) {
      for (const [j, each] of objectsIn(filter).entries()) {
        const wrong = filterFault(system, each, lacks, propertyOf)
        if (wrong) found = add(found, 'value-set-filter', `.compose.${part}[${i}].filter[${j}]`, wrong)
      }
    }
  }
  return found
}

function filterFault(
  system: unknown,
  { property, op, value }: Loose,
  lacks: LacksCode,
  propertyOf: FilterPropertyOf,
): string | undefined {
  if (typeof system !== 'string' || typeof property !== 'string' || typeof value !== 'string') return undefined
  if (
    ((op === 'exists' && property === 'concept') || property === 'notSelectable' || property === 'inactive') &&
    !/^(true|false)$/.test(value)
  ) {
    return 'The value of this filter is true or false.'
  }
  if (property !== 'concept') return propertyFilterFault(propertyOf(system, property), String(op), value, lacks)
  if (op === 'regex') return 'A regular expression goes over the property "code".'
  const codes = BY_CODE.has(String(op)) ? [value] : op === 'in' || op === 'not-in' ? value.split(',') : []
  return codes.some((code) => lacks(system, code.trim())) ? 'The code system has no such code.' : undefined
}

const COMPARISON = /^(?:eq|ne|gt|lt|ge|le|sa|eb|ap)/
/** What a value is to look like, by the type of the property that it is compared with. */
const FORMS: Readonly<Record<string, readonly [RegExp, string]>> = {
  boolean: [/^(?:true|false)$/, 'The value of this filter is true or false.'],
  integer: [/^[-+]?\d+$/, 'The property holds integers.'],
  decimal: [/^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/, 'The property holds decimals.'],
  dateTime: [/^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d.*)?)?)?$/, 'The property holds dates.'],
}

/** A filter by a property that the code system declares: its operator, and values of the property's type. */
function propertyFilterFault(
  property: FilterProperty | undefined,
  op: string,
  value: string,
  lacks: LacksCode,
): string | undefined {
  if (property === undefined) return undefined
  const { type, operators } = property
  if (operators.length > 0 && !operators.includes(op)) {
    return `The code system has this filter only with: ${operators.join(', ')}.`
  }
  if (op === 'regex') return undefined
  if (op === 'exists') return FORMS.boolean?.[0].test(value) === true ? undefined : FORMS.boolean?.[1]
  const values = op === 'in' || op === 'not-in' ? value.split(',') : [value]
  if (type === 'Coding') return values.map((each) => codingFault(each, lacks)).find(Boolean)
  const [form, words] = FORMS[type] ?? []
  if (form === undefined) return undefined
  return values.every((each) => form.test(type === 'boolean' ? each : each.replace(COMPARISON, ''))) ? undefined : words
}

/** A Coding as a filter writes it: the system, # and the code; a version stands after | behind the system. */
function codingFault(value: string, lacks: LacksCode): string | undefined {
  const at = value.indexOf('#')
  if (at <= 0) return 'The property holds codings: write the system, # and the code.'
  const [system = ''] = value.slice(0, at).split('|', 1)
  return lacks(system, value.slice(at + 1)) ? 'The code system of the coding has no such code.' : undefined
}
