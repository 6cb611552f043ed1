/** The elements of R4 as profiles walk them: by owner (a type, or the path of a backbone element) and name. */
import type { Definitions, ElementDefinition, ElementType } from './definitions.ts'
import { isObject } from './resource.ts'

type Loose = Readonly<Record<string, unknown>>

/** One JSON property that may carry the element, with the type it has there. */
export interface ElementForm {
  readonly key: string
  /** The `_name` sibling; undefined where the type is not primitive. */
  readonly sibling: string | undefined
  /** FHIR type; `Resource` where any resource may stand. */
  readonly code: string
  /** Owner of the children: the type, or the path of the backbone element. */
  readonly owner: string
  /** FHIRPath segment: `.status`, `.value.ofType(Quantity)`. */
  readonly segment: string
}

export interface ElementInfo {
  readonly element: ElementDefinition
  /** Without `[x]`. */
  readonly name: string
  readonly isChoice: boolean
  readonly isList: boolean
  readonly forms: readonly ElementForm[]
}

/** A value found in a resource, with what R4 says it is. */
export interface Found {
  readonly value: unknown
  /** The `_name` beside a primitive. */
  readonly sibling: unknown
  readonly code: string
  readonly owner: string
  /** FHIRPath from its parent: `.identifier[1]`. */
  readonly segment: string
}

export interface Elements {
  /** Undefined if R4 gives the owner no such element. */
  find(owner: string, name: string): ElementInfo | undefined
  /** `valueQuantity` as the choice element `value[x]` and the type `Quantity`. */
  findTyped(owner: string, name: string): { readonly info: ElementInfo; readonly type: ElementType } | undefined
  /** Every element of the owner. */
  all(owner: string): readonly ElementInfo[]
  /** Keys of the constraints that R4 itself puts on the element. */
  constraintKeys(owner: string, info?: ElementInfo): ReadonlySet<string>
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** The elements of every type, by name, as profiles refer to them; made when a type is first asked for. */
export function createElements(definitions: Definitions): Elements {
  const owners = new Map<string, ReadonlyMap<string, ElementInfo>>()

  const index = (owner: string): ReadonlyMap<string, ElementInfo> => {
    const known = owners.get(owner)
    if (known) return known
    const type = owner.split('.', 1)[0] ?? owner
    const elements = definitions.structure(type)?.snapshot.element ?? []
    // Age, Count and the like keep the paths of Quantity.
    const prefix = `${(elements[0]?.path ?? type) + owner.slice(type.length)}.`
    const found = new Map<string, ElementInfo>()
    for (const element of elements) {
      if (!element.path.startsWith(prefix) || element.path.includes('.', prefix.length)) continue
      const info = infoOf(element, element.path.slice(prefix.length), definitions)
      found.set(info.name, info)
    }
    owners.set(owner, found)
    return found
  }

  return {
    find: (owner, name) => index(owner).get(name),
    findTyped(owner, name) {
      for (const info of index(owner).values()) {
        if (!info.isChoice || !name.startsWith(info.name)) continue
        const form = info.forms.find(({ key }) => key === name)
        const type = info.element.type?.find(({ code }) => code === form?.code)
        if (type) return { info, type }
      }
      return undefined
    },
    all: (owner) => [...index(owner).values()],
    constraintKeys(owner, info) {
      const keys = new Set(['ele-1', 'ext-1'])
      const root = (type: string) => definitions.structure(type)?.snapshot.element[0]?.constraint ?? []
      const own = info ? (info.element.constraint ?? []) : root(owner)
      const ofTypes = info?.forms.flatMap(({ code }) => root(code)) ?? []
      for (const { key } of [...own, ...ofTypes]) keys.add(key)
      return keys
    },
  }
}

function infoOf(element: ElementDefinition, lastSegment: string, definitions: Definitions): ElementInfo {
  const isChoice = lastSegment.endsWith('[x]')
  const name = isChoice ? lastSegment.slice(0, -3) : lastSegment
  const isList = (element.base?.max ?? element.max) !== '1'
  if (element.contentReference !== undefined) {
    const owner = element.contentReference.slice(1)
    const form = { key: name, sibling: undefined, code: 'BackboneElement', owner, segment: `.${name}` }
    return { element, name, isChoice, isList, forms: [form] }
  }
  const forms = (element.type ?? []).map(({ code }): ElementForm => {
    const key = isChoice ? name + capital(code) : name
    const isNested = code === 'BackboneElement' || code === 'Element'
    return {
      key,
      sibling: definitions.primitiveTypes.has(code) ? `_${key}` : undefined,
      code,
      owner: isNested ? element.path : code,
      segment: isChoice ? `.${name}.ofType(${code})` : `.${name}`,
    }
  })
  return { element, name, isChoice, isList, forms }
}

const NONE: readonly Found[] = []

/** The values of an element in its parent (an object, or the `_name` sibling of a primitive). */
export function gather(holder: Loose, info: ElementInfo): readonly Found[] {
  let found: Found[] | undefined
  for (const form of info.forms) {
    const value = holder[form.key]
    const sibling = form.sibling === undefined ? undefined : holder[form.sibling]
    if (value === undefined && sibling === undefined) continue
    found ??= []
    if (!Array.isArray(value) && !Array.isArray(sibling)) {
      if (value !== null || isObject(sibling)) found.push(foundOf(form, value, sibling, form.segment))
      continue
    }
    const values: readonly unknown[] = Array.isArray(value) ? value : []
    const siblings: readonly unknown[] = Array.isArray(sibling) ? sibling : []
    for (let i = 0; i < Math.max(values.length, siblings.length); i++) {
      const item = values[i] ?? undefined
      const beside = siblings[i] ?? undefined
      if (item === undefined && beside === undefined) continue
      found.push(foundOf(form, item, beside, `${form.segment}[${i}]`))
    }
  }
  return found ?? NONE
}

function foundOf({ code, owner }: ElementForm, value: unknown, sibling: unknown, segment: string): Found {
  // What stands where any resource may stand is what it says it is.
  const type = code === 'Resource' && isObject(value) ? value.resourceType : undefined
  if (typeof type === 'string') return { value, sibling, code: type, owner: type, segment }
  return { value, sibling, code, owner, segment }
}
