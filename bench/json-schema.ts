/**
 * A JSON Schema of an R4 type and all it is made of, as HL7's fhir.schema.json says it: members and their types, forms of
 * primitives, codes of required bindings. What a schema cannot say (choices, most cardinalities, invariants, references)
 * is not in it.
 */
import type { Definitions, ElementDefinition } from '../src/fhir/definitions.ts'

type Schema = Readonly<Record<string, unknown>>

const text = (pattern?: string): Schema => ({ type: 'string', ...(pattern === undefined ? {} : { pattern }) })
const DATE = '([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1]'
const ZONE = '(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))'
const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?'

/** Forms of primitives (https://hl7.org/fhir/R4/datatypes.html#primitive); all others are any text. */
const PRIMITIVES: Readonly<Record<string, Schema>> = {
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  unsignedInt: { type: 'integer', minimum: 0 },
  positiveInt: { type: 'integer', minimum: 1 },
  decimal: { type: 'number' },
  string: text('^[ \\r\\n\\t\\S]+$'),
  markdown: text('^[ \\r\\n\\t\\S]+$'),
  code: text('^[^\\s]+(\\s[^\\s]+)*$'),
  id: text('^[A-Za-z0-9\\-.]{1,64}$'),
  ...Object.fromEntries(['uri', 'url', 'canonical'].map((name) => [name, text('^\\S*$')])),
  oid: text('^urn:oid:[0-2](\\.(0|[1-9][0-9]*))+$'),
  uuid: text('^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
  date: text(`^${DATE}))?)?$`),
  dateTime: text(`^${DATE})(T${CLOCK}${ZONE})?)?)?$`),
  instant: text(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])T${CLOCK}${ZONE}$`),
  time: text(`^${CLOCK}$`),
}

/** @param type a resource type, e.g. `MedicationRequest` */
export function jsonSchemaOf(definitions: Definitions, type: string): Schema {
  const known: Record<string, Schema> = {}
  const referTo = (name: string): Schema => {
    if (!(name in known)) {
      known[name] = {}
      known[name] = objectOf(name)
    }
    return { $ref: `#/$defs/${name}` }
  }
  const valueOf = (code: string, { binding }: ElementDefinition): Schema => {
    // Ids of elements and URLs of extensions have a type of FHIRPath's.
    if (code === 'Resource') return { type: 'object', required: ['resourceType'] }
    if (definitions.complexTypes.has(code)) return referTo(code)
    const bound =
      binding?.strength === 'required' && code === 'code' ? definitions.valueSet(binding.valueSet ?? '') : undefined
    const codes = bound?.expansion?.contains.map((one) => one.code)
    return codes ? { enum: codes } : (PRIMITIVES[code] ?? text())
  }
  const objectOf = (path: string): Schema => {
    const elements = definitions.structure(path.split('.', 1)[0] ?? '')?.snapshot.element ?? []
    const below = (parent: string) =>
      elements.filter(({ path: at }) => at.startsWith(`${parent}.`) && !at.slice(parent.length + 1).includes('.'))
    const properties: Record<string, Schema> = path === type ? { resourceType: { const: type } } : {}
    const required: string[] = path === type ? ['resourceType'] : []
    for (const element of below(path)) {
      const name = element.path.slice(path.length + 1)
      const isList = element.max !== '1'
      const put = (member: string, value: Schema): void => {
        properties[member] = isList ? { type: 'array', items: value } : value
      }
      if (element.contentReference !== undefined) put(name, referTo(element.contentReference.replace(/^.*#/, '')))
      else if (below(element.path).length > 0) put(name, referTo(element.path))
      else {
        for (const { code } of element.type ?? []) {
          const member = name.replace('[x]', code.charAt(0).toUpperCase() + code.slice(1))
          put(member, valueOf(code, element))
          if (definitions.primitiveTypes.has(code)) {
            const extra = referTo('Element')
            properties[`_${member}`] = isList ? { type: 'array', items: { anyOf: [{ type: 'null' }, extra] } } : extra
          }
        }
      }
      const isComplex = element.type?.every(({ code }) => definitions.complexTypes.has(code)) ?? true
      if (element.min > 0 && isComplex && !name.endsWith('[x]')) required.push(name)
    }
    return { type: 'object', properties, required, additionalProperties: false }
  }
  return { ...referTo(type), $defs: known }
}
