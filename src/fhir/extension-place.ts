/** Where an extension stands, as FHIRPath and by the names that definitions give the element that holds it. */
import type { ElementDefinition } from './definitions.ts'
import { ancestorsOf } from './element-types.ts'
import type { ElementForm, Elements } from './profile-elements.ts'

export interface Place {
  /** Of the extension and of the element that holds it, relative to the resource. */
  readonly path: string
  readonly holder: string
  /** Paths and types of the element that holds it, without `[x]`: what a context may call it. */
  readonly names: ReadonlySet<string>
}

/** @param keys JSON keys from the resource to the extension; `valueQuantity` is `.value.ofType(Quantity)`, `_birthDate` is `.birthDate` */
export function placeOf(keys: readonly (string | number)[], type: string, elements: Elements): Place {
  let owner = type
  let path = ''
  let holder = ''
  let names: readonly string[] = ancestorsOf(type)
  let holders = names
  let full = type
  for (const key of keys) {
    if (typeof key === 'number') {
      path += `[${key}]`
      continue
    }
    holder = path
    holders = names
    const name = key.replace(/^_/, '')
    const info = elements.find(owner, name) ?? elements.findTyped(owner, name)?.info
    const form = info?.forms.find((candidate) => candidate.key === name)
    full += `.${info?.name ?? name}`
    names =
      info && form
        ? [...ancestorsOf(owner).map((type) => `${type}.${info.name}`), ...namesOf(full, name, info.element, form)]
        : [full]
    path += form?.segment ?? `.${name}`
    owner = form?.owner ?? owner
  }
  return { path, holder, names: new Set(holders) }
}

function namesOf(full: string, key: string, { path }: ElementDefinition, { code, owner }: ElementForm): string[] {
  const plain = path.replace('[x]', '')
  const typed = plain.slice(0, plain.lastIndexOf('.') + 1) + key
  return [full, plain, typed, owner, ...ancestorsOf(code)]
}
