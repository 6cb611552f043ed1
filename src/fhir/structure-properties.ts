/** From the elements of a definition to the properties of JSON objects. */

import type { Definitions, ElementDefinition, ElementType, StructureDefinition } from './definitions.ts'

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)
const lastSegment = (path: string): string => path.slice(path.lastIndexOf('.') + 1)
export const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('.'), 0))
export const functionName = (path: string): string => path.replaceAll('.', '_')

/** One property of a JSON object; a choice element has one for each of its types. */
export interface Property {
  readonly name: string
  readonly element: ElementDefinition
  readonly type: ElementType | undefined
  /** Function of the backbone element, where it is one. */
  readonly group: string | undefined
  readonly primitive: string | undefined
  /** FHIRPath segment: `.status`, `.value.ofType(Quantity)`. */
  readonly segment: string
  readonly choice: number | undefined
}

/** The primitive without `_name` beside it: id and Extension.url are XML attributes, xhtml is not extensible. */
export const isPlain = (property: Property): boolean =>
  property.primitive === 'elementId' || property.element.path === 'Extension.url' || property.primitive === 'xhtml'

/** The properties of the objects at `path`, a type or one of its backbone elements (`groups`). */
export function propertiesOf(
  definitions: Definitions,
  structure: StructureDefinition,
  path: string,
  groups: ReadonlySet<string>,
): Property[] {
  const children = structure.snapshot.element.filter((element) => parentOf(element.path) === path)
  let choices = 0
  return children.flatMap((element): Property[] => {
    if (element.max === '0') return []
    const name = lastSegment(element.path)
    if (element.contentReference !== undefined) {
      const group = functionName(element.contentReference.slice(1))
      const rest = { type: undefined, primitive: undefined, choice: undefined }
      return [{ name, element, group, segment: `.${name}`, ...rest }]
    }
    const isChoice = name.endsWith('[x]')
    const base = isChoice ? name.slice(0, -3) : name
    const choice = isChoice ? choices++ : undefined
    return (element.type ?? []).map((type): Property => {
      const primitive = primitiveOf(definitions, structure, element, type)
      return {
        name: isChoice ? base + capital(type.code) : base,
        element,
        type,
        group: groups.has(element.path) ? functionName(element.path) : undefined,
        primitive,
        segment: isChoice ? `.${base}.ofType(${type.code})` : `.${base}`,
        choice,
      }
    })
  })
}

function primitiveOf(
  definitions: Definitions,
  structure: StructureDefinition,
  element: ElementDefinition,
  type: ElementType,
): string | undefined {
  if (element.path.endsWith('.id') && type.code === 'string') {
    if (structure.kind !== 'resource' || element.path !== `${structure.type}.id`) return 'elementId'
  }
  return definitions.primitiveTypes.has(type.code) ? type.code : undefined
}

export const choiceName = (list: Property[]): string => lastSegment(list[0]?.element.path ?? '').replace('[x]', '')
export const allowedNames = (list: Property[]): string => list.map(({ name }) => name).join(', ')
