/**
 * R4 definitions -> one JavaScript function per type and backbone element. A function makes one pass over the members
 * of its object (`switch` on the name), keeps required elements in a bit mask and choices in a number each, and
 * returns undefined when nothing is wrong; paths are only written while faults travel out.
 *
 * The text is compiled by `fhir/structure.ts`; names it uses without declaring come from `runtime` there.
 */

import {
  type Constraint,
  type Definitions,
  type ElementDefinition,
  STRUCTURE_DEFINITION,
  type StructureDefinition,
} from '../fhir/definitions.ts'
import { primitives } from '../fhir/primitives.ts'
import { inlineConstraint } from './inline-constraints.ts'
import {
  allowedNames,
  choiceName,
  functionName,
  isPlain,
  type Property,
  parentOf,
  propertiesOf,
} from './structure-properties.ts'

const quote = (text: string): string => JSON.stringify(text)

/** Body of `(runtime) => …` that returns an object with a function for each complex data type. */
export function dataTypesSource(definitions: Definitions): string {
  const types = [...definitions.complexTypes]
  const unit = new Unit(definitions)
  const functions = types.map((type) => unit.functionsOf(type))
  return [PRELUDE, ...unit.constants, ...functions, `return { ${types.join(', ')} }`].join('\n')
}

/** Body of `(runtime, dataTypes) => …` that returns the function for one resource type. */
export function resourceSource(definitions: Definitions, type: string): string {
  const unit = new Unit(definitions)
  const functions = unit.functionsOf(type)
  const used = [...unit.dataTypes].toSorted().join(', ')
  return [PRELUDE, `const { ${used} } = dataTypes`, ...unit.constants, functions, `return ${type}`].join('\n')
}

const PRELUDE = `'use strict'
const { add, join, notObject, emptyObject, notList, asList, emptyList, badPrimitive, badCode, sibling, primitiveList,
  missing, choiceTwice, unknownProperty, has, isBackwards, isRange, checks, codesOf, boundTo, formOf, isBound,
  notBound, targets, wrongTarget, referenceAt, narrative, isKnownModifier, unknownModifier,
  resource, containedResource } = runtime
const { ${Object.keys(primitives)
  .map((name) => `${name}: is_${name}`)
  .join(', ')} } = checks`

class Unit {
  readonly constants: string[] = []
  readonly dataTypes = new Set<string>(['Element'])
  readonly #definitions: Definitions
  readonly #names = new Map<string, string>()

  constructor(definitions: Definitions) {
    this.#definitions = definitions
  }

  /** The functions of a type and its backbone elements. @throws Error if R4 has no such type */
  functionsOf(type: string): string {
    const structure = this.#definitions.structure(type)
    if (structure === undefined) throw new Error(`There is no definition of ${type}.`)
    const { element } = structure.snapshot
    const groups = new Set(element.map(({ path }) => parentOf(path)).filter((path) => path !== ''))
    return [...groups].map((path) => this.#function(structure, path, groups)).join('\n')
  }

  #constant(prefix: string, value: string): string {
    const known = this.#names.get(value)
    if (known !== undefined) return known
    const name = `${prefix}${this.#names.size}`
    this.#names.set(value, name)
    this.constants.push(`const ${name} = ${value}`)
    return name
  }

  #function(structure: StructureDefinition, path: string, groups: ReadonlySet<string>): string {
    const isResource = structure.kind === 'resource' && path === structure.type
    const properties = propertiesOf(this.#definitions, structure, path, groups)
    const required = properties.filter((p) => p.element.min > 0 && p.choice === undefined)
    if (required.length > 31) throw new Error(`${path} has more required elements than a bit mask holds.`)
    const choices = new Map<number, Property[]>()
    for (const p of properties) if (p.choice !== undefined) choices.set(p.choice, [...(choices.get(p.choice) ?? []), p])
    const cases = properties.map((p) => this.#case(p, required.indexOf(p), choices)).join('\n')
    const variables = [
      'f',
      'r',
      ...(required.length > 0 ? ['m = 0'] : []),
      ...[...choices.keys()].map((c) => `c${c} = 0`),
    ]
    return `function ${functionName(path)}(o, S) {
${isResource ? '' : "if (typeof o !== 'object' || o === null || Array.isArray(o)) return notObject(o)\nlet n = 0"}
let ${variables.join(', ')}
for (const k in o) {
const v = o[k]
${isResource ? '' : 'n++'}
switch (k) {
${isResource ? "case 'resourceType': break" : ''}
${cases}
default: f = ${this.#unknown(path, properties, choices)}
}}
${isResource ? '' : 'if (n === 0) f = emptyObject(f)'}
${this.#absences(required, choices)}
${this.#specialRules(path)}
${this.#constraints(structure.snapshot.element.find((e) => e.path === path)?.constraint ?? [], properties, choices)}
return f
}`
  }

  #unknown(path: string, properties: Property[], choices: ReadonlyMap<number, Property[]>): string {
    const all = properties.flatMap((p) => (p.primitive && !isPlain(p) ? [p.name, `_${p.name}`] : [p.name]))
    const bases = [...choices.values()].map((list) => [choiceName(list), allowedNames(list)])
    const names = this.#constant('N', JSON.stringify(all))
    const choiceNames = this.#constant('X', JSON.stringify(Object.fromEntries(bases)))
    return `unknownProperty(f, k, ${quote(path)}, ${names}, ${choiceNames})`
  }

  #absences(required: Property[], choices: ReadonlyMap<number, Property[]>): string {
    const lines: string[] = []
    if (required.length > 0) {
      const full = required.length === 31 ? 0x7fffffff : (1 << required.length) - 1
      const entries = required.map((p) => [p.name, this.#allowedText(p.element)])
      lines.push(`if (m !== ${full}) f = missing(f, m, ${this.#constant('Q', JSON.stringify(entries))})`)
    }
    for (const [choice, list] of choices) {
      if ((list[0]?.element.min ?? 0) === 0) continue
      const text = `One of ${allowedNames(list)} is required and none was sent.`
      lines.push(
        `if (c${choice} === 0) f = add(f, 'structure-required', ${quote(`.${choiceName(list)}`)}, ${quote(text)})`,
      )
    }
    return lines.join('\n')
  }

  #allowedText({ binding }: ElementDefinition): string {
    if (binding?.strength !== 'required' || binding.valueSet === undefined) return ''
    const codes = this.#definitions.valueSet(binding.valueSet)?.expansion?.contains ?? []
    return codes.length > 24 ? '' : codes.map(({ code }) => code).join(', ')
  }

  #case(property: Property, requiredBit: number, choices: ReadonlyMap<number, Property[]>): string {
    const { name, element, primitive, choice } = property
    const bit = requiredBit < 0 ? '' : `m |= ${1 << requiredBit};`
    let seen = ''
    if (choice !== undefined) {
      const list = choices.get(choice) ?? []
      const index = list.indexOf(property) + 1
      const twice = `choiceTwice(f, ${quote(choiceName(list))}, ${quote(allowedNames(list))})`
      seen = `if (c${choice} !== 0 && c${choice} !== ${index}) { if (c${choice} > 0) f = ${twice}; c${choice} = -1 } else c${choice} = ${index};`
    }
    const isList = (element.base?.max ?? element.max) !== '1'
    const before = name === 'id' && primitive === 'elementId' ? 'n--;' : bit + seen
    if (primitive === undefined || isPlain(property)) {
      return `case ${quote(name)}: ${before}\n${isList ? this.#list(property) : this.#value(property, 'v', quote(property.segment))}\nbreak`
    }
    return isList ? this.#primitiveList(property, before) : this.#primitive(property, before)
  }

  #primitive(property: Property, before: string): string {
    const segment = quote(property.segment)
    return `case ${quote(property.name)}: ${before}
${this.#value(property, 'v', segment)}
break
case ${quote(`_${property.name}`)}: ${before}
f = sibling(f, ${segment}, Element(v, S))
break`
  }

  #primitiveList(property: Property, before: string): string {
    const segment = quote(property.segment)
    const slow = (values: string, siblings: string): string =>
      `f = primitiveList(f, ${segment}, ${values}, ${siblings}, (f, p, x) => { ${this.#value(property, 'x', 'p')}; return f }, (x) => Element(x, S))`
    return `case ${quote(property.name)}: ${before}
if (Array.isArray(v) && v.length > 0 && o._${property.name} === undefined) {
for (let i = 0; i < v.length; i++) { const x = v[i]
${this.#value(property, 'x', `${segment} + '[' + i + ']'`)} }
} else ${slow('v', `o._${property.name}`)}
break
case ${quote(`_${property.name}`)}: ${before}
if (o.${property.name} === undefined) ${slow('undefined', 'v')}
break`
  }

  #list(property: Property): string {
    const segment = quote(property.segment)
    return `{ let a = v
if (!Array.isArray(v)) { f = notList(f, ${segment}, v); a = asList(v) } else if (v.length === 0) f = emptyList(f, ${segment})
for (let i = 0; i < a.length; i++) { const x = a[i]
${this.#value(property, 'x', `${segment} + '[' + i + ']'`)} } }`
  }

  /** Statement that checks one value; `v` and `path` are JavaScript expressions. */
  #value(property: Property, v: string, path: string): string {
    const { element, type, primitive, group } = property
    if (primitive === 'xhtml') return `f = narrative(f, ${path}, ${v})`
    if (primitive !== undefined) return this.#primitiveValue(element, primitive, v, path)
    if (group !== undefined) return `if ((r = ${group}(${v}, S)) !== undefined) f = join(f, ${path}, r)`
    if (type?.code === 'Resource') {
      const call = element.path.endsWith('.contained') ? `containedResource(${v}, S)` : `resource(${v})`
      return `if ((r = ${call}) !== undefined) f = join(f, ${path}, r)`
    }
    return this.#complexValue(property, type?.code ?? '', v, path)
  }

  #primitiveValue(element: ElementDefinition, primitive: string, v: string, path: string): string {
    const json = primitives[primitive]?.json
    if (json === undefined) throw new Error(`${element.path}: there is no check for ${primitive}.`)
    const { binding } = element
    const valueSet =
      binding?.strength === 'required' && binding.valueSet ? this.#definitions.valueSet(binding.valueSet) : undefined
    if (primitive === 'code' && valueSet !== undefined) {
      const bound = this.#constant('B', `boundTo(${quote(valueSet.url)})`)
      const test =
        valueSet.expansion === undefined
          ? `!${this.#constant('F', `formOf(${quote(valueSet.url)})`)}(${v})`
          : `!${this.#constant('V', `codesOf(${quote(valueSet.url)})`)}.has(${v})`
      return `if (typeof ${v} !== 'string' || ${test}) f = badCode(f, ${path}, ${v}, ${bound})`
    }
    return `if (typeof ${v} !== '${json}' || !is_${primitive}(${v})) f = badPrimitive(f, ${path}, '${primitive}', ${v})`
  }

  #complexValue({ element, type }: Property, name: string, v: string, path: string): string {
    this.dataTypes.add(name)
    const after: string[] = []
    if (name === 'Reference') {
      const allowed = (type?.targetProfile ?? []).map((url) => url.slice(STRUCTURE_DEFINITION.length))
      if (allowed.length > 0 && !allowed.includes('Resource')) {
        const set = this.#constant('T', `new Set(${JSON.stringify(allowed)})`)
        after.push(`if (!targets(${v}, ${set}, S)) f = wrongTarget(f, ${path}, ${set})`)
      }
    }
    const { binding } = element
    if (binding?.strength === 'required' && binding.valueSet && this.#definitions.valueSet(binding.valueSet)) {
      if (name !== 'CodeableConcept' && name !== 'Coding')
        throw new Error(`${element.path}: a required binding on ${name}.`)
      const bound = this.#constant('B', `boundTo(${quote(this.#definitions.valueSet(binding.valueSet)?.url ?? '')})`)
      after.push(`if (!isBound(${v}, ${bound})) f = notBound(f, ${path}, ${bound})`)
    }
    if (type?.profile?.includes(`${STRUCTURE_DEFINITION}SimpleQuantity`)) {
      after.push(
        `if (has(${v}, 'comparator')) f = add(f, 'invariant', ${path} + '.comparator', 'sqty-1: The comparator is not used on a SimpleQuantity')`,
      )
    }
    if (element.path.endsWith('.modifierExtension')) {
      after.push(`if (!isKnownModifier(${v}.url)) f = unknownModifier(f, ${path})`)
    }
    for (const constraint of element.constraint ?? []) {
      const holds = name === 'Extension' ? undefined : inlineConstraint(constraint.expression ?? '', () => undefined)
      if (holds === undefined) continue
      after.push(`if (!(${holds.replaceAll(/\bv\./g, `${v}.`)})) ${fault(constraint, path)}`)
    }
    const checked = `if ((r = ${name}(${v}, S)) !== undefined) f = join(f, ${path}, r)`
    return after.length === 0 ? checked : `${checked}\nelse { ${after.join('; ')} }`
  }

  #specialRules(path: string): string {
    if (path === 'Extension') {
      const text = 'ext-1: an extension has either a value or extensions of its own, and not both.'
      return `if ((o.extension !== undefined) === (c0 !== 0)) f = add(f, 'extension-invalid', '', ${quote(text)})`
    }
    if (path === 'Reference')
      return "if (typeof o.reference === 'string' && o.reference !== '') f = referenceAt(f, o.reference, S)"
    return ''
  }

  #constraints(
    constraints: readonly Constraint[],
    properties: Property[],
    choices: ReadonlyMap<number, Property[]>,
  ): string {
    const exists = (name: string): string | undefined => {
      const property = properties.find((p) => p.name === name)
      if (property !== undefined) return property.primitive ? `has(o, ${quote(name)})` : `o.${name} !== undefined`
      const choice = [...choices].find(([, list]) => choiceName(list) === name)
      return choice === undefined ? undefined : `c${choice[0]} !== 0`
    }
    return constraints
      .filter(({ key }) => !['ele-1', 'ext-1', 'ref-1'].includes(key) && !key.startsWith('dom-'))
      .map((constraint): string => {
        const holds = inlineConstraint(constraint.expression ?? '', exists)
        return holds === undefined ? '' : `if (!(${holds})) ${fault(constraint, "''")}`
      })
      .filter((line) => line !== '')
      .join('\n')
  }
}

const fault = ({ key, human, severity }: Constraint, path: string): string =>
  `f = add(f, 'invariant', ${path}, ${quote(`${key}: ${human}`)}${severity === 'warning' ? ", 'warning'" : ''})`
