/** Extensions whose definition is loaded are checked against it wherever they stand, claimed or not. */
import { type Elements } from './profile-elements.ts'
import { isObject } from './resource.ts'
import type { Loose, ProfileScope } from './profile-scope.ts'
import type { ItemCheck } from './profile-slicing.ts'
import type { Fault } from './structure-faults.ts'

/** Members that hold resources of their own. */
const RESOURCES = new Set(['contained', 'resource'])

type Visit = (extension: Loose, keys: readonly (string | number)[]) => void

/**
 * @param find the check of the extension with a url, undefined when it is not loaded
 * @returns faults with places relative to the resource; undefined when there is nothing to say
 */
export function extensionFaults(
  resource: Loose,
  scope: ProfileScope,
  find: (url: string) => ItemCheck | undefined,
  elements: Elements,
): readonly { readonly url: string; readonly faults: readonly Fault[] }[] | undefined {
  if (!mentions(resource, find)) return undefined
  let found: { url: string; faults: Fault[] }[] | undefined
  const visit: Visit = (extension, keys) => {
    const { url } = extension
    const check = typeof url === 'string' ? find(url) : undefined
    const faults = check?.(
      { value: extension, sibling: undefined, code: 'Extension', owner: 'Extension', segment: '' },
      scope,
    )
    if (faults === undefined) return
    const place = pathOf(keys, String(resource.resourceType), elements)
    found ??= []
    found.push({ url: String(url), faults: faults.map((fault) => ({ ...fault, path: place + fault.path })) })
  }
  walk(resource, [], visit)
  return found
}

/** Whether there is anything to look at: the usual answer is no, so that no path is kept on the way. */
function mentions(node: Loose, find: (url: string) => unknown): boolean {
  for (const key in node) {
    const value = node[key]
    if (typeof value !== 'object' || value === null || RESOURCES.has(key)) continue
    if (!Array.isArray(value)) {
      if (mentions(value as Loose, find)) return true
      continue
    }
    const isExtension = key === 'extension' || key === 'modifierExtension'
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i]
      if (typeof item !== 'object' || item === null) continue
      if (isExtension && typeof (item as Loose).url === 'string' && find((item as Loose).url as string)) return true
      if (mentions(item as Loose, find)) return true
    }
  }
  return false
}

function walk(node: Loose, keys: (string | number)[], visit: Visit): void {
  for (const key in node) {
    const value = node[key]
    if (typeof value !== 'object' || value === null) continue
    if (RESOURCES.has(key)) continue
    const isExtension = key === 'extension' || key === 'modifierExtension'
    keys.push(key)
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        const item: unknown = value[i]
        if (!isObject(item)) continue
        keys.push(i)
        if (isExtension) visit(item, keys)
        walk(item, keys, visit)
        keys.pop()
      }
    } else walk(value as Loose, keys, visit)
    keys.pop()
  }
}

/** JSON keys as FHIRPath: `valueQuantity` is `.value.ofType(Quantity)`, `_birthDate` is `.birthDate`. */
function pathOf(keys: readonly (string | number)[], type: string, elements: Elements): string {
  let owner = type
  let path = ''
  for (const key of keys) {
    if (typeof key === 'number') {
      path += `[${key}]`
      continue
    }
    const name = key.replace(/^_/, '')
    const info = elements.find(owner, name) ?? elements.findTyped(owner, name)?.info
    const form = info?.forms.find((candidate) => candidate.key === name)
    path += form?.segment ?? `.${name}`
    owner = form?.owner ?? owner
  }
  return path
}
