/**
 * Elements of type `code` have no system beside them; their required binding gives it (R4 search, token: "the system
 * is implicit"). So `Task?status=http://hl7.org/fhir/task-status|requested` finds what `Task?status=requested` finds.
 */
import type { Definitions } from './definitions.ts'
import { elementKeys } from './element-types.ts'

/** What a plain path ends at. */
export interface Leaf {
  readonly type: string
  /** Where it is defined, e.g. `Task.status`. */
  readonly element: string
}

/** Whether a value of the element has this system; without `code`, whether any has. */
export type ImplicitCodes = (leaf: Leaf, system: string, code: string | undefined) => boolean

export const noImplicitCodes: ImplicitCodes = () => false

/** All codes that an element can have; undefined where they are not known, or others may stand there too. */
export type ElementCodes = (leaf: Leaf) => readonly string[] | undefined

/** R4 names the first; the second is where the code system was published. */
const BOOLEANS = ['http://hl7.org/fhir/special-values', 'http://terminology.hl7.org/CodeSystem/special-values']

/** The ends of those members of a union that are plain paths from the type; others are left out. */
export function leafElements(expression: string, type: string): readonly Leaf[] {
  return expression.split('|').flatMap((member) => {
    const [start, ...names] = member.replace(/[()\s]/g, '').split('.')
    if (start !== type || names.length === 0) return []
    let at: readonly { readonly path: string; readonly type: string; readonly element: string }[] = [
      { path: type, type, element: type },
    ]
    for (const name of names) at = at.flatMap(({ path }) => elementKeys(path, name))
    return at.map((key) => ({ type: key.type, element: key.element }))
  })
}

/** Reads bindings when they are first asked for. */
export function createImplicitCodes(definitions: Definitions): ImplicitCodes {
  const known = new Map<string, ReadonlyMap<string, ReadonlySet<string> | undefined>>()
  const systemsOf = (element: string): ReadonlyMap<string, ReadonlySet<string> | undefined> => {
    const found = known.get(element)
    if (found) return found
    const { valueSet } = boundTo(definitions, element)
    const systems = new Map<string, Set<string> | undefined>()
    for (const { system, code } of valueSet?.expansion?.contains ?? []) {
      systems.set(system, (systems.get(system) ?? new Set()).add(code))
    }
    for (const { system } of valueSet?.compose?.include ?? []) if (!systems.has(system)) systems.set(system, undefined)
    known.set(element, systems)
    return systems
  }
  return ({ type, element }, system, code) => {
    if (type === 'boolean') return BOOLEANS.includes(system)
    if (type !== 'code') return false
    const systems = systemsOf(element)
    if (!systems.has(system)) return false
    const codes = systems.get(system)
    return codes === undefined || code === undefined || codes.has(code)
  }
}

/** Reads required bindings of elements of type `code` when they are first asked for. */
export function createElementCodes(definitions: Definitions): ElementCodes {
  const known = new Map<string, readonly string[] | undefined>()
  return ({ type, element }) => {
    if (type !== 'code') return undefined
    if (!known.has(element)) known.set(element, codesOf(definitions, element))
    return known.get(element)
  }
}

function codesOf(definitions: Definitions, element: string): readonly string[] | undefined {
  const { strength, valueSet } = boundTo(definitions, element)
  const codes = strength === 'required' ? valueSet?.expansion?.contains?.map(({ code }) => code) : undefined
  return codes && codes.length > 0 ? codes : undefined
}

/** How firmly an element is bound, and to what, if that is known. @param element where it is defined, e.g. `Task.status` */
function boundTo(definitions: Definitions, element: string) {
  const structure = definitions.structure(element.split('.', 1)[0] ?? '')
  const { strength, valueSet } = structure?.snapshot.element.find(({ path }) => path === element)?.binding ?? {}
  return { strength, valueSet: valueSet === undefined ? undefined : definitions.valueSet(valueSet) }
}

/** The codes of all that an expression selects from the type; undefined where one of its members may be another. */
export function codesOfAll(expression: string, type: string, codes: ElementCodes): readonly string[] | undefined {
  const members = expression.split('|').filter((member) => member.replace(/[()\s]/g, '').startsWith(`${type}.`))
  const all: string[] = []
  for (const member of members) {
    const leaves = leafElements(member, type)
    if (leaves.length === 0) return undefined
    for (const leaf of leaves) {
      const own = codes(leaf)
      if (!own) return undefined
      all.push(...own)
    }
  }
  return all.length > 0 ? [...new Set(all)] : undefined
}
