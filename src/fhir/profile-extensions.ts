/** Extensions whose definition is known are checked against it wherever they stand, claimed or not. */
import { allowsContext } from './extension-context.ts'
import { placeOf } from './extension-place.ts'
import type { Elements } from './profile-elements.ts'
import type { KnownExtension } from './profile-library.ts'
import { isObject } from './resource.ts'
import type { Loose, ProfileScope } from './profile-scope.ts'
import { add, type Fault } from './structure-faults.ts'

/** Whether a member holds resources of their own. Definitions have lists that are called `resource` and hold none. */
const holdsResources = (key: string, value: object): boolean =>
  key === 'contained' || (key === 'resource' && !Array.isArray(value))

/** @param keys JSON keys from the resource to the extension */
type Visit = (extension: Loose, holders: readonly Loose[], keys: readonly (string | number)[]) => void

export interface Extensions {
  /** Undefined when the definition of the extension is not known. */
  extension(url: string): KnownExtension | undefined
  readonly elements: Elements
}

export interface ExtensionFaults {
  readonly url: string
  readonly faults: readonly Fault[]
}

/** Faults with places relative to the resource. */
export function extensionFaults(
  resource: Loose,
  scope: ProfileScope,
  { extension: find, elements }: Extensions,
): readonly ExtensionFaults[] {
  const found: ExtensionFaults[] = []
  walk([resource], [], (extension, holders, keys) => {
    const known = typeof extension.url === 'string' ? find(extension.url) : undefined
    if (known === undefined) return
    const place = placeOf(keys, String(resource.resourceType), elements)
    const below = faultsOf(extension, known, scope)
    const faults = below.map((fault) => ({ ...fault, path: place.path + fault.path }))
    // The other way round it is an unknown modifier, which is refused as that.
    if (known.isModifier && keys.at(-2) === 'extension') {
      const diagnostics = 'The extension changes the meaning of what holds it: it belongs in modifierExtension.'
      faults.push({ key: 'extension-context', path: place.path, diagnostics })
    }
    if (!allowsContext(known, { ...heldBy(holders), extension, resource, names: place.names })) {
      const allowed = known.context.map(({ expression }) => expression).join(', ')
      const words = `The extension is not allowed here. It belongs to: ${allowed}${invariantWords(known)}.`
      faults.push({ key: 'extension-context', path: place.holder, diagnostics: words })
    }
    if (faults.length > 0) found.push({ url: known.url, faults })
  })
  return found
}

const heldBy = (holders: readonly Loose[]): { holder: Loose; parent: Loose | undefined } => ({
  holder: holders.at(-1) ?? {},
  parent: holders.at(-2),
})

const invariantWords = ({ contextInvariant }: KnownExtension): string =>
  contextInvariant.length === 0 ? '' : `, where ${contextInvariant.join(' and ')}`

function faultsOf(extension: Loose, known: KnownExtension, scope: ProfileScope): readonly Fault[] {
  if (extension.url !== known.url) {
    return add(undefined, 'extension-version', '', 'Leave the version out of the url of an extension.')
  }
  const own = { value: extension, sibling: undefined, code: 'Extension', owner: 'Extension', segment: '' }
  let faults = known.check(own, scope)
  const { parts } = known
  if (parts.size === 0 || !Array.isArray(extension.extension)) return faults ?? []
  for (const [i, part] of extension.extension.entries()) {
    const url: unknown = isObject(part) ? part.url : undefined
    // One with an absolute url is an extension of its own.
    if (typeof url !== 'string' || url.includes(':') || parts.has(url)) continue
    const words = `The definition knows only these parts: ${[...parts].join(', ')}.`
    faults = add(faults, 'extension-part-unknown', `.extension[${i}]`, words)
  }
  return faults ?? []
}

/** @param holders the objects from the resource to the one that is looked at */
function walk(holders: Loose[], keys: (string | number)[], visit: Visit): void {
  const node = holders.at(-1) as Loose
  const into = (value: Loose): void => {
    holders.push(value)
    walk(holders, keys, visit)
    holders.pop()
  }
  for (const key in node) {
    const value = node[key]
    if (typeof value !== 'object' || value === null) continue
    if (holdsResources(key, value)) continue
    const isExtension = key === 'extension' || key === 'modifierExtension'
    keys.push(key)
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        const item: unknown = value[i]
        if (!isObject(item)) continue
        keys.push(i)
        if (isExtension) visit(item, holders, keys)
        into(item)
        keys.pop()
      }
    } else into(value as Loose)
    keys.pop()
  }
}
