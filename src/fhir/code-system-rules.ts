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

export function valueSetFaults(faults: Faults, valueSet: Loose, lacks: LacksCode): Faults {
  let found = faults
  const compose = isObject(valueSet.compose) ? valueSet.compose : {}
  for (const part of ['include', 'exclude'] as const) {
    for (const [i, { system, filter }] of objectsIn(compose[part]).entries()) {
      for (const [j, each] of objectsIn(filter).entries()) {
        const wrong = filterFault(system, each, lacks)
        if (wrong) found = add(found, 'value-set-filter', `.compose.${part}[${i}].filter[${j}]`, wrong)
      }
    }
  }
  return found
}

function filterFault(system: unknown, { property, op, value }: Loose, lacks: LacksCode): string | undefined {
  if (typeof system !== 'string' || typeof property !== 'string' || typeof value !== 'string') return undefined
  if (
    ((op === 'exists' && property === 'concept') || property === 'notSelectable' || property === 'inactive') &&
    !/^(true|false)$/.test(value)
  ) {
    return 'The value of this filter is true or false.'
  }
  if (property !== 'concept') return undefined
  if (op === 'regex') return 'A regular expression goes over the property "code".'
  const codes = BY_CODE.has(String(op)) ? [value] : op === 'in' || op === 'not-in' ? value.split(',') : []
  return codes.some((code) => lacks(system, code.trim())) ? 'The code system has no such code.' : undefined
}
