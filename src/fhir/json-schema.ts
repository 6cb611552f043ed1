/**
 * JSON Schemas of R4 types, made from their definitions for people who read an API description. They show what there
 * is; what is right is said by `structure.ts` and the profiles, which know more than a schema can.
 */
import type { Definitions, ElementDefinition } from './definitions.ts'

export interface JsonSchema {
  readonly [keyword: string]: unknown
}

const STRING: JsonSchema = { type: 'string' }
const primitives: Readonly<Record<string, JsonSchema>> = {
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  positiveInt: { type: 'integer', minimum: 1 },
  unsignedInt: { type: 'integer', minimum: 0 },
  decimal: { type: 'number' },
  instant: { type: 'string', format: 'date-time' },
  date: { type: 'string', description: 'YYYY, YYYY-MM or YYYY-MM-DD' },
  dateTime: { type: 'string', description: 'YYYY, YYYY-MM, YYYY-MM-DD or a time with seconds and zone' },
  base64Binary: { type: 'string', contentEncoding: 'base64' },
  uri: { type: 'string', format: 'uri-reference' },
  url: { type: 'string', format: 'uri' },
}

/** What stands for any resource: a reader looks at `resourceType` and then at that type. */
export const ANY_RESOURCE = 'Resource'

/**
 * Schemas by name: the types asked for, their backbone elements (`Task.input`), and every data type they use.
 * @param reference how a schema of that name is pointed to
 */
export function jsonSchemas(
  definitions: Definitions,
  types: readonly string[],
  reference: (name: string) => string,
): Record<string, JsonSchema> {
  const schemas: Record<string, JsonSchema> = {
    [ANY_RESOURCE]: { type: 'object', required: ['resourceType'], properties: { resourceType: STRING } },
  }
  const wanted = [...types]
  const pointTo = (name: string): JsonSchema => {
    if (!Object.hasOwn(schemas, name) && !wanted.includes(name)) wanted.push(name)
    return { $ref: reference(name) }
  }
  for (let type = wanted.shift(); type !== undefined; type = wanted.shift()) {
    if (Object.hasOwn(schemas, type)) continue
    for (const [name, schema] of schemasOf(definitions, type, { pointTo, refer: (to) => ({ $ref: reference(to) }) })) {
      schemas[name] = schema
    }
  }
  return schemas
}

interface Pointers {
  /** To a type, which is then described too. */
  readonly pointTo: (name: string) => JsonSchema
  /** To a part of the type being described. */
  readonly refer: (name: string) => JsonSchema
}

/** A type and its backbone elements, each as a schema named by its path. */
function* schemasOf(definitions: Definitions, type: string, pointers: Pointers): Iterable<[string, JsonSchema]> {
  const structure = definitions.structure(type)
  const elements = structure?.snapshot.element ?? []
  for (const owner of elements) {
    const members = elements.filter(({ path }) => parentOf(path) === owner.path)
    if (owner.path !== type && members.length === 0) continue
    const isResource = owner.path === type && structure?.kind === 'resource'
    const required = members.filter(({ min, path }) => min > 0 && !path.endsWith('[x]')).map(({ path }) => lastOf(path))
    const properties = Object.fromEntries(members.flatMap((member) => propertiesOf(definitions, member, pointers)))
    yield [
      owner.path,
      {
        type: 'object',
        ...(isResource ? { required: ['resourceType', ...required] } : required.length > 0 ? { required } : {}),
        properties: { ...(isResource ? { resourceType: { const: type } } : {}), ...properties },
      },
    ]
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')))
const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

/** One property; of a choice, one for each type. */
function propertiesOf(
  definitions: Definitions,
  element: ElementDefinition,
  { pointTo, refer }: Pointers,
): [string, JsonSchema][] {
  const name = lastOf(element.path)
  const listed = (schema: JsonSchema): JsonSchema =>
    element.max === '1' || element.max === '0' ? schema : { type: 'array', items: schema, minItems: 1 }
  if (element.contentReference !== undefined) {
    return [[name, listed(refer(element.contentReference.replace(/^.*#/, '')))]]
  }
  return (element.type ?? []).map(({ code, targetProfile }) => {
    const property = name.replace('[x]', `${code.slice(0, 1).toUpperCase()}${code.slice(1)}`)
    return [property, listed(described(element, schemaOf(code), targetProfile))]
  })

  function schemaOf(code: string): JsonSchema {
    if (code === 'BackboneElement' || code === 'Element') return refer(element.path)
    if (code === 'Resource') return pointTo(ANY_RESOURCE)
    return definitions.complexTypes.has(code) ? pointTo(code) : (primitives[code] ?? STRING)
  }
}

/** With what a reader needs beside the type: where a reference may point, which codes there are. */
function described(element: ElementDefinition, schema: JsonSchema, targets: readonly string[] = []): JsonSchema {
  const types = targets.map((target) => lastOf(target.replaceAll('/', '.')))
  const words = [
    ...(types.length > 0 ? [`To ${types.join(', ')}.`] : []),
    ...(element.binding?.valueSet === undefined
      ? []
      : [`Codes (${element.binding.strength}): ${element.binding.valueSet}`]),
  ]
  return words.length > 0 ? { ...schema, description: words.join(' ') } : schema
}
