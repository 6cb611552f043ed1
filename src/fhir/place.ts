/** Where a value stands, as FHIRPath: from the JSON properties that lead to it. */
import { elementKeys } from './element-types.ts'
import type { Resource } from './resource.ts'

/**
 * The FHIRPath of what JSON properties and indexes lead to, e.g. `extension[0].value.ofType(Identifier).value`;
 * empty for the resource itself.
 */
export function placeOf(resource: Resource, keys: readonly (string | number)[]): string {
  let path = resource.resourceType
  let value: unknown = resource
  let place = ''
  for (const key of keys) {
    value = (value as Record<string | number, unknown>)[key]
    if (typeof key === 'number') {
      place += `[${key}]`
      // A contained resource says of what type it is.
      path = typeOf(value) ?? path
      continue
    }
    const element = elementOf(path, key)
    place += `${place === '' ? '' : '.'}${element.words}`
    path = element.path
  }
  return place
}

const typeOf = (value: unknown): string | undefined => (value as { resourceType?: string } | null)?.resourceType

function elementOf(path: string, key: string): { readonly words: string; readonly path: string } {
  // A choice element stands under its own name and that of its type: `value` and `valueIdentifier`.
  for (const { index } of key.matchAll(/[A-Z]/g)) {
    const name = key.slice(0, index)
    const choice = elementKeys(path, name).find((candidate) => candidate.key === key)
    if (choice) return { words: `${name}.ofType(${choice.type})`, path: choice.path }
  }
  return { words: key, path: elementKeys(path, key)[0]?.path ?? key }
}
