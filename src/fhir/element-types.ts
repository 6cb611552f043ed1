/**
 * Which FHIR type an element has, by path: the R4 tables that come with fhirpath, asked once per path and kept.
 * Choice elements (`value[x]`) are found by the name FHIRPath uses (`value`) and by the name JSON uses
 * (`valueString`).
 */
import { table } from './fhirpath-library.ts'

/** One JSON property that may carry an element. */
export interface ElementKey {
  /** Property name in JSON, e.g. `medicationReference`. */
  readonly key: string
  /** The property's sibling for id and extensions of a primitive, e.g. `_status`. */
  readonly sibling: string
  /** FHIR type, e.g. `Reference`; `Resource` where any resource may stand. */
  readonly type: string
  /** Where its children are defined: the type, or the dotted path for an element with children of its own. */
  readonly path: string
  /** Where the element itself is defined, e.g. `Task.status`; choices by their FHIRPath name. */
  readonly element: string
}

const parents = table('type2Parent')
const pathsDefinedElsewhere = table('pathsDefinedElsewhere')
const choiceTypePaths = table('choiceTypePaths')
const types = table('path2Type')
const known = new Map<string, Map<string, readonly ElementKey[]>>()

/** True for a name of R4's type hierarchy (resources, data types, primitives). */
export const isFhirType = (name: string): boolean => Object.hasOwn(parents, name) || rootTypes.has(name)

const rootTypes = new Set(['Resource', 'Element'])

/** True when `type` is `ancestor` or descends from it. */
export function descendsFrom(type: string, ancestor: string): boolean {
  for (let current: string | undefined = type; current !== undefined; current = parents[current]) {
    if (current === ancestor) return true
  }
  return false
}

/** The type and what it descends from, nearest first. */
export function ancestorsOf(type: string): string[] {
  const chain: string[] = []
  for (let current: string | undefined = type; current !== undefined; current = parents[current]) chain.push(current)
  return chain
}

/** True for the name of an R4 resource type that can be instantiated. */
export const isResourceType = (name: string): boolean => name !== 'DomainResource' && descendsFrom(name, 'Resource')

/**
 * The JSON properties in which element `name` of something at `path` may stand; an empty list when R4 has no such
 * element.
 * @param path a type (`Patient`, `HumanName`) or the dotted path of a backbone element (`Task.input`)
 */
export function elementKeys(path: string, name: string): readonly ElementKey[] {
  let names = known.get(path)
  if (!names) {
    names = new Map()
    known.set(path, names)
  }
  let keys = names.get(name)
  if (!keys) {
    keys = lookUp(path, name)
    names.set(name, keys)
  }
  return keys
}

function lookUp(path: string, name: string): readonly ElementKey[] {
  for (let owner: string | undefined = path; owner !== undefined; owner = parentOf(owner)) {
    const full = `${owner}.${name}`
    const elsewhere = pathsDefinedElsewhere[full]
    if (elsewhere !== undefined) return [elementKey(name, 'BackboneElement', elsewhere, full)]
    const choices = choiceTypePaths[full]
    if (choices) return choices.map((suffix) => choiceKey(name, suffix, full))
    const found = types[full]
    const type = typeof found === 'object' ? found.code : found
    if (type !== undefined) return [elementKey(name, type, full, full)]
  }
  return []
}

const choiceKey = (name: string, suffix: string, element: string): ElementKey => {
  const type = isFhirType(suffix) ? suffix : `${suffix.charAt(0).toLowerCase()}${suffix.slice(1)}`
  return elementKey(`${name}${suffix}`, type, type, element)
}

function elementKey(key: string, type: string, path: string, element: string): ElementKey {
  const plain = type === 'System.String' ? 'string' : type
  const nested = plain === 'BackboneElement' || plain === 'Element'
  return { key, sibling: `_${key}`, type: plain, path: nested ? path : plain, element }
}

/** Backbone elements inherit from BackboneElement (`Task.input` has `modifierExtension`), types from their parent. */
const parentOf = (path: string): string | undefined => (path.includes('.') ? 'BackboneElement' : parents[path])
