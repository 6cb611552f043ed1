/**
 * Which FHIR type an element has, by path: the R4 tables that come with fhirpath, in the form in which they are quick to
 * read (`generated/element-types.json`, written by `src/generator/element-types.ts`), asked once per path and kept.
 * Choice elements (`value[x]`) are found by the name FHIRPath uses (`value`) and by the name JSON uses (`valueString`).
 */
import { createRequire } from 'node:module'
import { remember } from './remember.ts'

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

/** What the file holds. */
export interface WrittenTypes {
  /** By type: what it descends from. */
  readonly parents: Readonly<Record<string, string>>
  /** By path: where the children are defined. */
  readonly elsewhere: Readonly<Record<string, string>>
  /** By path of a choice, without `[x]`: suffixes of the names it has in JSON. */
  readonly choices: Readonly<Record<string, readonly string[]>>
  /** By type: its elements, `path type`, one a line; most types are never asked for in one run. */
  readonly elements: Readonly<Record<string, string>>
}

const load = createRequire(import.meta.url)
let written: WrittenTypes | undefined
const tables = (): WrittenTypes => (written ??= load('#generated/element-types.json') as WrittenTypes)

const typesOf = remember(1000, (type): ReadonlyMap<string, string> => {
  const { elements } = tables()
  const lines = Object.hasOwn(elements, type) ? elements[type] : undefined
  return new Map((lines ?? '').split('\n').map((line) => line.split(' ') as [string, string]))
})

/** Type of an element at a path like `Task.input.type`. */
function typeAt(path: string): string | undefined {
  const end = path.indexOf('.')
  return typesOf(path.slice(0, end)).get(path.slice(end + 1))
}

/** The last parts of all paths. */
export function namesOfElements(): ReadonlySet<string> {
  const { elements, choices } = tables()
  const paths = Object.keys(elements).flatMap((type) => [...typesOf(type).keys()])
  return new Set([...paths, ...Object.keys(choices)].map(lastPart))
}

let choiceNames: ReadonlySet<string> | undefined

/** The last parts of the paths of choices. */
export const namesOfChoices = (): ReadonlySet<string> =>
  (choiceNames ??= new Set(Object.keys(tables().choices).map(lastPart)))

const lastPart = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

const known = new Map<string, Map<string, readonly ElementKey[]>>()

/** True for a name of R4's type hierarchy (resources, data types, primitives). */
export const isFhirType = (name: string): boolean => Object.hasOwn(tables().parents, name) || rootTypes.has(name)

const rootTypes = new Set(['Resource', 'Element'])

/** True when `type` is `ancestor` or descends from it. */
export function descendsFrom(type: string, ancestor: string): boolean {
  const { parents } = tables()
  for (let current: string | undefined = type; current !== undefined; current = parents[current]) {
    if (current === ancestor) return true
  }
  return false
}

/** The type and what it descends from, nearest first. */
export function ancestorsOf(type: string): string[] {
  const { parents } = tables()
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
  const { elsewhere, choices } = tables()
  for (let owner: string | undefined = path; owner !== undefined; owner = parentOf(owner)) {
    const full = `${owner}.${name}`
    const other = elsewhere[full]
    if (other !== undefined) return [elementKey(name, 'BackboneElement', other, full)]
    const suffixes = choices[full]
    if (suffixes) return suffixes.map((suffix) => choiceKey(name, suffix, full))
    const type = typeAt(full)
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
const parentOf = (path: string): string | undefined => (path.includes('.') ? 'BackboneElement' : tables().parents[path])
