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
  type ValueSet,
} from './definitions.ts'
import * as path from './fhirpath-runtime.ts'
import { primitives } from './primitives.ts'
import { isOfHl7 } from './base-codes.ts'
import { Constants } from './code-constants.ts'
import { constraintCode, isCovered } from './invariant-code.ts'
import {
  allowedNames,
  choiceName,
  functionName,
  isPlain,
  type Property,
  parentOf,
  propertiesOf,
} from './structure-properties.ts'

/** Members that few resources have: their cases come after the others. */
const RARE = /^case "(?:id|extension|modifierExtension|implicitRules|language|contained)"/
const rarity = (text: string): number => (text.startsWith('case "_') ? 2 : RARE.test(text) ? 1 : 0)

/** Stands before the second case of a primitive while the cases are put in order. */
const SIBLING = '/*_*/'

const MISNAMED = "if (s.isMisnamed && o.code !== undefined) f = misnamed(f, '')"
/** R4 gives durations and the like units by rules of their own (drt-1, age-1): another code of a unit is a doubt. */
const ADVISED =
  "if (s.codeFaults !== undefined && (r = knownCode(undefined, s, o.code)) !== undefined) f = join(f, '', softened(r))"
const QUANTITIES = ['Quantity', 'Age', 'Count', 'Distance', 'Duration']

const quote = (text: string): string => JSON.stringify(text)

/** JavaScript of the path of the item `i` of a list. */
const itemOf = ({ segment }: Property): string => `${quote(`${segment}[`)} + i + ']'`

/** What the data types are called among the types that functions are written for. */
export const DATA_TYPES = 'DataTypes'

/** Body of `(runtime) => …` that returns an object with a function for each complex data type. */
export function dataTypesSource(definitions: Definitions): string {
  const types = [...definitions.complexTypes]
  const unit = new Unit(definitions)
  const functions = types.map((type) => unit.functionsOf(type))
  return [PRELUDE, ...unit.constants.lines, ...functions, `return { ${types.join(', ')} }`].join('\n')
}

/** Body of `(runtime, dataTypes) => …` that returns the function for one resource type. */
export function resourceSource(definitions: Definitions, type: string): string {
  const unit = new Unit(definitions)
  const functions = unit.functionsOf(type)
  const used = [...unit.dataTypes].toSorted().join(', ')
  return [PRELUDE, `const { ${used} } = dataTypes`, ...unit.constants.lines, functions, `return ${type}`].join('\n')
}

const PRELUDE = `'use strict'
const { add, join, notObject, emptyObject, notList, asList, emptyList, badPrimitive, badCode, sibling, primitiveList,
  missing, choiceTwice, unknownProperty, broken, brokenRule, attempt, isPadded, padded, isAbsolute, relativeUri, isAdvice, knownUri, seeExtension, seeSystem,
  softened, ofOthers, attachmentSize, attachmentHash, identifierUri, securityLabels, freshIds, elementIdFault, codeNeeded, knownCode, isMisnamed, misnamed, valueSetOf, recommended, checks, codesOf, boundTo, formOf, isBound,
  notBound, canonicalTargets, wrongCanonical, targets, wrongTarget, referenceAt, referenceType, narrative, isKnownModifier, unknownModifier,
  resource, containedResource } = runtime
const { ${Object.keys(path).join(', ')} } = runtime.path
const B = undefined
const { ${Object.keys(primitives)
  .map((name) => `${name}: is_${name}`)
  .join(', ')} } = checks`

class Unit {
  readonly constants = new Constants()
  readonly dataTypes = new Set<string>(['Element'])
  readonly #definitions: Definitions

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
    return this.constants.constant(prefix, value)
  }

  #function(structure: StructureDefinition, path: string, groups: ReadonlySet<string>): string {
    const isResource = structure.kind === 'resource' && path === structure.type
    const properties = propertiesOf(this.#definitions, structure, path, groups)
    const required = properties.filter((p) => p.element.min > 0 && p.choice === undefined)
    if (required.length > 31) throw new Error(`${path} has more required elements than a bit mask holds.`)
    const choices = new Map<number, Property[]>()
    for (const p of properties) if (p.choice !== undefined) choices.set(p.choice, [...(choices.get(p.choice) ?? []), p])
    const asked = new Asked(properties, choices)
    const constraints = this.#constraints(structure, path, asked)
    const special = this.#specialRules(path, asked)
    // A name is compared with one case after the other: what is rare comes last.
    const cases = properties
      .flatMap((p) => this.#case(p, required.indexOf(p), choices, asked).split(SIBLING))
      .toSorted((a, b) => rarity(a) - rarity(b))
      .join('\n')
    const variables = [
      'f',
      'r',
      ...(required.length > 0 ? ['m = 0'] : []),
      ...(asked.names.length > 0 ? ['w = 0'] : []),
      ...(path === 'Reference' || KNOWN_URIS.has(`${path}.system`) || KNOWN_URIS.has(`${path}.url`) ? ['s'] : []),
      ...[...choices.keys()].map((c) => `c${c} = 0`),
    ]
    return `function ${functionName(path)}(o, S${path === 'Extension' ? ', own' : ''}) {
${OWN_IDS.has(path) ? 'S = freshIds(S)' : ''}
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
${special}
${constraints}
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

  #case(property: Property, requiredBit: number, choices: ReadonlyMap<number, Property[]>, asked: Asked): string {
    const { name, element, primitive, choice } = property
    const askedBit = choice === undefined ? asked.names.indexOf(name) : -1
    const bit = (requiredBit < 0 ? '' : `m |= ${1 << requiredBit};`) + (askedBit < 0 ? '' : `w |= ${1 << askedBit};`)
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
${SIBLING}case ${quote(`_${property.name}`)}: ${before}
f = sibling(f, ${segment}, v, o.${property.name}, Element, S)${this.#valueNeeded(property, segment)}
break`
  }

  /** An extension may stand for a value, but not for the id of a resource or a code that must be one of a few. */
  #valueNeeded(property: Property, segment: string): string {
    const { name, primitive } = property
    const call =
      primitive === 'id' && name === 'id'
        ? `add(f, 'primitive-invalid', ${segment}, 'An id is sent with its value: an extension does not stand for it.')`
        : this.#codeNeeded(property, segment)
    return call === undefined ? '' : `\nif (o.${name} === undefined) f = ${call}`
  }

  #codeNeeded({ element, primitive }: Property, path: string): string | undefined {
    const valueSet = this.#requiredSet(element)
    if (primitive !== 'code' || valueSet === undefined) return undefined
    return `codeNeeded(f, ${path}, ${this.#constant('B', `boundTo(${quote(valueSet.url)})`)})`
  }

  #requiredSet({ binding }: ElementDefinition): ValueSet | undefined {
    return binding?.strength === 'required' && binding.valueSet
      ? this.#definitions.valueSet(binding.valueSet)
      : undefined
  }

  #primitiveList(property: Property, before: string): string {
    const segment = quote(property.segment)
    const needed = this.#codeNeeded(property, 'p')
    const instead = needed === undefined ? '' : `, (f, p) => ${needed}`
    const slow = (values: string, siblings: string): string =>
      `f = primitiveList(f, ${segment}, ${values}, ${siblings}, (f, p, x) => { ${this.#value(property, 'x', 'p')}; return f }, (x) => Element(x, S)${instead})`
    return `case ${quote(property.name)}: ${before}
if (Array.isArray(v) && v.length > 0 && o._${property.name} === undefined) {
for (let i = 0; i < v.length; i++) { const x = v[i]
${this.#value(property, 'x', itemOf(property))} }
} else ${slow('v', `o._${property.name}`)}
break
${SIBLING}case ${quote(`_${property.name}`)}: ${before}
if (o.${property.name} === undefined) ${slow('undefined', 'v')}
break`
  }

  #list(property: Property): string {
    const segment = quote(property.segment)
    return `{ let a = v
if (!Array.isArray(v)) { f = notList(f, ${segment}, v); a = asList(v) } else if (v.length === 0) f = emptyList(f, ${segment})
for (let i = 0; i < a.length; i++) { const x = a[i]
${this.#value(property, 'x', itemOf(property))} } }`
  }

  /** Statement that checks one value; `v` and `path` are JavaScript expressions. */
  #value(property: Property, v: string, path: string): string {
    const { element, type, primitive, group } = property
    if (primitive === 'xhtml') return `f = narrative(f, ${path}, ${v}, S)`
    if (primitive !== undefined) return this.#primitiveValue(property, primitive, v, path)
    if (group !== undefined) return `if ((r = ${group}(${v}, S)) !== undefined) f = join(f, ${path}, r)`
    if (type?.code === 'Resource') {
      const call = `${element.path.endsWith('.contained') ? 'containedResource' : 'resource'}(${v}, S)`
      return `if ((r = ${call}) !== undefined) f = join(f, ${path}, r)`
    }
    return this.#complexValue(property, type?.code ?? '', v, path)
  }

  #primitiveValue({ element, type }: Property, primitive: string, v: string, path: string): string {
    const json = primitives[primitive]?.json
    if (json === undefined) throw new Error(`${element.path}: there is no check for ${primitive}.`)
    const valueSet = this.#requiredSet(element)
    if (primitive === 'code' && valueSet !== undefined) {
      const bound = this.#constant('B', `boundTo(${quote(valueSet.url)})`)
      const test =
        valueSet.expansion === undefined
          ? `!${this.#constant('F', `formOf(${quote(valueSet.url)})`)}(${v})`
          : `!${this.#constant('V', `codesOf(${quote(valueSet.url)})`)}.has(${v})`
      return `if (typeof ${v} !== 'string' || ${test}) f = badCode(f, ${path}, ${v}, ${bound})`
    }
    const known = KNOWN_URIS.has(element.path)
    const isRight = known
      ? `(s = knownUri(${v})).isUri`
      : primitive === 'canonical'
        ? `knownUri(${v}).isCanonical`
        : `is_${primitive}(${v})`
    const kept = element.path === REFERENCE ? `s = ${v}\n` : ''
    const checked = `${kept}if (typeof ${v} !== '${json}' || !${isRight}) f = badPrimitive(f, ${path}, '${primitive}', ${v})`
    const constraints = this.#valueConstraints(element, primitive, v, path)
    const targets = (type?.targetProfile ?? []).map((url) => url.slice(STRUCTURE_DEFINITION.length))
    if (primitive === 'canonical' && targets.length > 0 && !targets.includes('Resource')) {
      const set = this.#constant('T', `new Set(${JSON.stringify(targets)})`)
      constraints.push(`if (!canonicalTargets(${v}, ${set}, S)) f = wrongCanonical(f, ${path}, ${set})`)
    }
    if (primitive === 'code') constraints.push(...this.#recommendation(element, v, path))
    if (primitive === 'string') constraints.push(`if (isPadded(${v})) f = padded(f, ${path})`)
    const relative =
      RELATIVE[element.path] ?? (primitive === 'uri' && CANONICAL_URL.test(element.path) ? 'undefined' : undefined)
    if (relative !== undefined) {
      // Directories number their own people.
      const other = element.path === 'Identifier.system' ? ` && !${v}.startsWith('ldap:')` : ''
      const test = known ? `!s.isSystem${other}` : `!isAbsolute(${v})`
      constraints.push(`if (${test}) f = relativeUri(f, ${path}, ${relative})`)
    }
    if (primitive === 'elementId') constraints.push(`f = elementIdFault(f, ${v}, S)`)
    return constraints.length === 0 ? checked : `${checked}\nelse { ${constraints.join('; ')} }`
  }

  #complexValue({ element, type }: Property, name: string, v: string, path: string): string {
    this.dataTypes.add(name)
    const after: string[] = []
    if (name === 'Reference') {
      const allowed = (type?.targetProfile ?? []).map((url) => url.slice(STRUCTURE_DEFINITION.length))
      if (allowed.length > 0 && !allowed.includes('Resource')) {
        const set = this.#constant('T', `new Set(${JSON.stringify(allowed)})`)
        after.push(`if (!targets(${v}, ${set}, S)) f = wrongTarget(f, ${path}, ${set}, ${v}, S)`)
      }
    }
    after.push(...this.#recommendation(element, v, path))
    const { binding } = element
    if (binding?.strength === 'required' && binding.valueSet && this.#definitions.valueSet(binding.valueSet)) {
      if (name !== 'CodeableConcept' && name !== 'Coding')
        throw new Error(`${element.path}: a required binding on ${name}.`)
      const bound = this.#constant('B', `boundTo(${quote(this.#definitions.valueSet(binding.valueSet)?.url ?? '')})`)
      after.push(`if (!isBound(${v}, ${bound})) f = notBound(f, ${path}, ${bound})`)
    }
    // The codings of a concept may be in anybody's words, next to those that everybody knows.
    if (
      name === 'Coding' &&
      element.path !== 'CodeableConcept.coding' &&
      (binding?.strength ?? 'example') === 'example'
    ) {
      after.push(`if (isMisnamed(${v})) f = misnamed(f, ${path})`)
    }
    if (type?.profile?.includes(`${STRUCTURE_DEFINITION}SimpleQuantity`)) {
      const text = quote('sqty-1: The comparator is not used on a SimpleQuantity')
      after.push(
        `if (${v}.comparator !== undefined || ${v}._comparator !== undefined) f = brokenRule(f, ${path}, ${text})`,
      )
    }
    if (element.path.endsWith('.modifierExtension')) {
      after.push(`if (!isAbsolute(${v}.url)) f = relativeUri(f, ${path} + '.url')`)
      after.push(`if (!isKnownModifier(${v}.url)) f = unknownModifier(f, ${path})`)
    }
    if (name !== 'Extension') after.push(...this.#valueConstraints(element, name, v, path))
    // Where codes of others may be sent, they may call their system what they like.
    const isOpen = binding?.strength === 'extensible' && isOfHl7(binding.valueSet ?? '')
    const found = name === 'Coding' && isOpen ? 'ofOthers(r)' : 'r'
    const own = name === 'Extension' && after.length === 0 && !element.path.startsWith('Extension.') ? ', true' : ''
    const checked = `if ((r = ${name}(${v}, S${own})) !== undefined) f = join(f, ${path}, ${found})`
    // Advice on what is inside does not make it unfit to be judged as a whole.
    return after.length === 0 ? checked : `${checked}\nif (r === undefined || isAdvice(r)) { ${after.join('; ')} }`
  }

  #specialRules(path: string, asked: Asked): string {
    if (path === 'Extension') {
      const text = 'ext-1: an extension has either a value or extensions of its own, and not both.'
      const broken = `f = add(f, 'extension-invalid', '', ${quote(text)}, undefined, 'ext-1')`
      return `if (s !== undefined && s.isExtension) seeExtension(S)
if (${asked.code('extension')} === (c0 !== 0)) ${broken}
if (own === true && s !== undefined && !s.isAbsolute && (f === undefined || isAdvice(f))) f = relativeUri(f, '.url')`
    }
    const calls = CALLS[path]
    if (calls !== undefined)
      return calls.map(({ member, check }) => `if (${asked.code(member)}) f = ${check}(f, o)`).join('\n')
    const see = 'if (s.isMisformed !== undefined) seeSystem(o, s, S)'
    const judge = 'if (s.codeFaults !== undefined) f = knownCode(f, s, o.code)'
    if (path === 'Identifier') return `if (s !== undefined) { ${see}\nif (s.identifiesUris) f = identifierUri(f, o) }`
    if (path === 'Quantity') return `if (s !== undefined) { ${see}\n${judge}\n${MISNAMED} }`
    if (QUANTITIES.includes(path)) return `if (s !== undefined) { ${see}\n${ADVISED} }`
    if (path === 'Coding') {
      const text = 'A code has no meaning without its system.'
      const lone = `f = add(f, 'code-without-system', '', ${quote(text)}, 'warning')`
      const judged = `if (s !== undefined) { ${see}\n${judge} }`
      return `if (${asked.code('code')}) { if (${asked.code('system')}) { ${judged} } else ${lone} }`
    }
    if (path === 'Reference') {
      return `if (typeof s === 'string' && s !== '') f = referenceAt(f, s, S)
if (${asked.code('type')}) f = referenceType(f, o, S)`
    }
    return ''
  }

  /** The constraints of a type or backbone element, after its members were seen. */
  #constraints(structure: StructureDefinition, path: string, asked: Asked): string {
    const constraints = structure.snapshot.element.find((element) => element.path === path)?.constraint ?? []
    const resourceType = structure.kind === 'resource' ? { resourceType: structure.type } : {}
    const lines = constraints.filter(isOwn).map((constraint): string => {
      const options = { type: path, ...resourceType, exists: (name: string) => asked.code(name) }
      const { javaScript, throws } = constraintCode(constraint.expression ?? '', options, this.constants)
      const report = `f = broken(f, '', ${this.#rule(constraint)})`
      // FHIRPath that cannot be evaluated is not true.
      if (throws) return `r = false\ntry { r = ${javaScript} } catch {}\nif (!r) ${report}`
      // A contained resource is told in its container's narrative.
      const holds = constraint.key === 'dom-6' ? `S.resource !== S.root || ${javaScript}` : javaScript
      return `if (!(${holds})) ${report}`
    })
    const code = lines.join('\n')
    return /\b[RZ]\b/.test(code) ? `const R = S.resource, Z = S.root\n${code}` : code
  }

  /** Constraints that an element adds to those of its type. */
  #valueConstraints(element: ElementDefinition, type: string, v: string, path: string): string[] {
    return (element.constraint ?? []).filter(isOwn).map((constraint) => {
      const { javaScript } = constraintCode(constraint.expression ?? '', { type }, this.constants)
      return `if (!${this.#attempt(javaScript, v)}) f = broken(f, ${path}, ${this.#rule(constraint)})`
    })
  }

  /** A binding that only recommends (extensible, preferred), where its value set is known. */
  #recommendation({ binding }: ElementDefinition, v: string, path: string): string[] {
    const severity = binding?.strength === 'extensible' ? 'warning' : 'information'
    if (binding?.strength !== 'extensible' && binding?.strength !== 'preferred') return []
    const valueSet = this.#definitions.valueSet(binding.valueSet ?? '')
    if (valueSet === undefined) return []
    const set = this.#constant('W', `valueSetOf(${quote(valueSet.url)})`)
    return [`f = recommended(f, ${path}, ${v}, ${set}, '${severity}')`]
  }

  /** A condition as a call that takes an error for false. */
  #attempt(javaScript: string, v: string): string {
    return `attempt(${this.#constant('I', `(o, B, R, Z) => ${javaScript}`)}, ${v}, S)`
  }

  #rule({ key, human, severity }: Constraint): string {
    const weight = BEST_PRACTICE.has(key) ? 'information' : severity
    return this.#constant(
      'H',
      JSON.stringify({ rule: key, diagnostics: `${key}: ${human}${WAYS_OUT[key] ?? ''}`, severity: weight }),
    )
  }
}

/** Rules on types that a function of the runtime checks when the member is there. */
const CALLS: Readonly<Record<string, readonly { readonly member: string; readonly check: string }[]>> = {
  Attachment: [
    { member: 'size', check: 'attachmentSize' },
    { member: 'hash', check: 'attachmentHash' },
  ],
  Meta: [{ member: 'security', check: 'securityLabels' }],
}

/** Looked into after the other members. */
const REFERENCE = 'Reference.reference'

/** What repeats itself from one resource to the next. */
const KNOWN_URIS: ReadonlySet<string> = new Set([
  'Extension.url',
  ...['Identifier', 'Coding', ...QUANTITIES].map((type) => `${type}.system`),
])

/** URIs that must be absolute, and how bad it is if they are not, as JavaScript. */
const RELATIVE: Readonly<Record<string, string>> = {
  'ValueSet.compose.include.system': 'undefined',
  'Identifier.system': 'undefined',
  'Coding.system': 'undefined',
  ...Object.fromEntries(QUANTITIES.map((type) => [`${type}.system`, 'undefined'])),
}

/** What a definition is known by everywhere. */
const CANONICAL_URL = /^(?!Extension\b)[A-Z][A-Za-z]+\.url$/

/** The element ids below these are unique there, and may be those of the other. */
const OWN_IDS = new Set(['StructureDefinition.snapshot', 'StructureDefinition.differential'])

/** R4 marks it as best practice: true of documents, while what machines send each other has no narrative. */
const BEST_PRACTICE = new Set(['dom-6'])

/** What the published words of a rule leave out. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  'per-1': ' (on the same day: give both with a time, or both without)',
}

/** Rules that the structure step checks in its own words. */
const SPECIAL = new Set(['ext-1', 'ref-1', 'dom-2', 'dom-3', 'dom-4', 'dom-5', 'sqty-1', 'mqty-1'])
const isOwn = ({ key, expression }: Constraint): boolean =>
  expression !== undefined && !SPECIAL.has(key) && !isCovered(expression)

/** The members whose presence constraints ask for: a bit each, set when the member is seen. */
class Asked {
  readonly names: string[] = []
  readonly #properties: readonly Property[]
  readonly #choices: ReadonlyMap<number, Property[]>

  constructor(properties: readonly Property[], choices: ReadonlyMap<number, Property[]>) {
    this.#properties = properties
    this.#choices = choices
  }

  /** JavaScript that is true when the member was seen; undefined if it is left to a property read. */
  code(name: string): string | undefined {
    const choice = [...this.#choices].find(([, list]) => choiceName(list) === name)
    if (choice !== undefined) return `(c${choice[0]} !== 0)`
    if (!this.#properties.some((property) => property.name === name)) return undefined
    if (!this.names.includes(name) && this.names.length < 31) this.names.push(name)
    const index = this.names.indexOf(name)
    return index < 0 ? undefined : `((w & ${1 << index}) !== 0)`
  }
}
