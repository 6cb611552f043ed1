/** What FHIRPath's compiler knows of a part of an expression, and how its JavaScript is written. */
import { descendsFrom, type ElementKey, elementKeys, isResourceType, namesOfChoices } from './element-types.ts'
import { NotCompiled } from './fhirpath-syntax.ts'
import type { Compiler } from './fhirpath-code.ts'

export interface Type {
  /** FHIR type, `System.…` for computed values, or ANY. */
  readonly type: string
  /** Where its children are defined. */
  readonly path: string
}

/** Of a value that was found by name alone. */
export const ANY = '*'

export interface Condition {
  readonly isTrue: string
  readonly isFalse: string
  /** It is never empty. */
  readonly total?: boolean
}

export interface Code {
  /** A collection: undefined, an item or an array. Empty text where there is a condition instead. */
  readonly javaScript: string
  readonly types: readonly Type[]
  /** How members of the one item are read: `o` for `o.name`, `x0?` for `x0?.name`. */
  readonly item?: string
  /** JavaScript of the `_name` siblings, where it is a primitive. */
  readonly sibling?: string
  /** JavaScript that asks whether there is anything, where that is quicker. */
  readonly exists?: string
  readonly condition?: Condition
  /** JavaScript of the number, NaN when there is none. */
  readonly number?: string
  readonly literal?: string | number | boolean
  /** All values of a union of literals. */
  readonly literals?: readonly unknown[]
  /** What a union is of: a condition on its items is asked of each part, and nothing is put together. */
  readonly parts?: readonly Code[]
  /** A choice element: its holder and the names it may have. */
  readonly choice?: { readonly of: Code; readonly keys: readonly ElementKey[] }
  /** Everything below, of which only members by name can be asked. */
  readonly wild?: 'children' | 'descendants'
}

export const quote = (value: string | number | boolean): string => JSON.stringify(value)

const NUMBERS = new Set(['integer', 'decimal', 'positiveInt', 'unsignedInt', 'System.Integer', 'System.Decimal'])
const DATES = new Set(['date', 'dateTime', 'instant', 'time', 'System.DateTime'])
export const isNumber = ({ type }: Type): boolean => NUMBERS.has(type)
export const isDate = ({ type }: Type): boolean => DATES.has(type)
/** FHIR primitives begin with a small letter; computed values are primitive too. */
export const isPrimitive = ({ type }: Type): boolean => /^[a-z]/.test(type) || type.startsWith('System.')

/** JavaScript of whether a value is there. */
export function existsCode(code: Code): string {
  if (code.exists !== undefined) return code.exists
  if (code.condition !== undefined) {
    return code.condition.total ? 'true' : `(${code.condition.isTrue} || ${code.condition.isFalse})`
  }
  return code.literal === undefined ? `exists(${code.javaScript})` : 'true'
}

/** The collection, also of a computed condition. */
export function truthCode({ javaScript, condition, literal }: Code): string {
  if (condition === undefined || literal !== undefined) return javaScript
  return condition.total
    ? `(${condition.isTrue})`
    : `(${condition.isTrue} ? true : ${condition.isFalse} ? false : undefined)`
}

/** The value as a condition (N1 4.5): a single item that is not a boolean counts as true. */
export function conditionOf(code: Code): Condition {
  if (code.condition !== undefined) return code.condition
  if (code.types.length === 0) return { isTrue: 'false', isFalse: 'false' }
  const booleans = code.types.filter(({ type }) => type === 'boolean' || type === 'System.Boolean')
  if (booleans.length === code.types.length) {
    return { isTrue: `is(${code.javaScript}, true)`, isFalse: `is(${code.javaScript}, false)` }
  }
  if (booleans.length > 0 || code.types.some(({ type }) => type === ANY))
    throw new NotCompiled('condition of unknown type')
  return { isTrue: `single(${code.javaScript}) !== undefined`, isFalse: 'false' }
}

/** Whether a name is a choice somewhere, so that its JSON names cannot be told without a type. */
const isChoice = (name: string): boolean => namesOfChoices().has(name)

/**
 * JavaScript of a member of a value, by what its type is known to have.
 * @throws NotCompiled when the member cannot be told
 */
export function memberCode(compiler: Compiler, of: Code, name: string): Code {
  if (of.wild !== undefined) {
    if (isChoice(name)) throw new NotCompiled(`${name} of unknown type`)
    const call = `below(${of.javaScript}, ${quote(name)}, ${of.wild === 'descendants'})`
    return { javaScript: call, types: [{ type: ANY, path: ANY }] }
  }
  if (of.types.some(({ type }) => type === ANY)) {
    if (isChoice(name)) throw new NotCompiled(`${name} of unknown type`)
    return { javaScript: `${reader(compiler, name)}(${of.javaScript})`, types: of.types }
  }
  if (of.types.length > 0 && of.types.every(isPrimitive)) return memberOfPrimitive(of, name)
  const keys = keysOf(of.types, name)
  return keys.length === 0 ? { javaScript: 'undefined', types: [], exists: 'false' } : keyed(compiler, of, keys)
}

function memberOfPrimitive(of: Code, name: string): Code {
  if (of.sibling === undefined) throw new NotCompiled(`${name} of a primitive`)
  const type = name === 'extension' ? 'Extension' : name === 'id' ? 'string' : undefined
  if (type === undefined) return { javaScript: 'undefined', types: [], exists: 'false' }
  return { javaScript: `at(${of.sibling}, ${quote(name)})`, types: [{ type, path: type }] }
}

function keysOf(types: readonly Type[], name: string): ElementKey[] {
  const found = new Map<string, ElementKey>()
  for (const { type, path } of types) {
    const keys = elementKeys(path, name)
    // What stands in a resource of unknown type is only known when every resource has it.
    if (keys.length === 0 && (type === 'Resource' || type === 'DomainResource'))
      throw new NotCompiled(`${name} of any resource`)
    for (const key of keys) found.set(`${key.key} ${key.path}`, key)
  }
  return [...found.values()]
}

/**
 * `at` for one name: a function of its own reads a member many times faster than one that is told the name, because it
 * learns where that member stands.
 */
const reader = (compiler: Compiler, name: string): string =>
  compiler.constant(
    'G',
    `(x) => {
  if (!Array.isArray(x)) return typeof x !== 'object' || x === null ? undefined : x.${name} ?? undefined
  let one
  for (let i = 0; i < x.length; i++) {
    const item = x[i]
    if (typeof item !== 'object' || item === null) continue
    const value = item.${name}
    if (value === undefined || value === null) continue
    if (one !== undefined) return at(x, ${quote(name)})
    one = value
  }
  return Array.isArray(one) && one.includes(null) ? at(x, ${quote(name)}) : one
}`,
  )

/** `primitive` for one name, likewise. No list is made for a single value. */
const primitiveReader = (compiler: Compiler, name: string): string =>
  compiler.constant(
    'G',
    `(x) => {
  if (!Array.isArray(x)) {
    if (typeof x !== 'object' || x === null) return undefined
    return x._${name} === undefined ? x.${name} ?? undefined : primitive(x, ${quote(name)})
  }
  let one, found
  for (let i = 0; i < x.length; i++) {
    const item = x[i]
    if (typeof item !== 'object' || item === null) continue
    const value = item.${name}
    if (item._${name} !== undefined || Array.isArray(value)) return primitive(x, ${quote(name)})
    if (value === undefined || value === null) continue
    if (one === undefined) one = value
    else if (found === undefined) found = [one, value]
    else found.push(value)
  }
  return found ?? one
}`,
  )

/** A member by its JSON names: one, or those of a choice. */
export function keyed(compiler: Compiler, of: Code, keys: readonly ElementKey[]): Code {
  const types = keys.map(({ type, path }): Type => ({ type, path }))
  const names = [...new Set(keys.map(({ key }) => key))]
  const primitive = (key: ElementKey): boolean => isPrimitive({ type: key.type, path: key.path })
  const exists =
    of.item === undefined
      ? undefined
      : names
          .map((name) => {
            const isPlain = keys.every((key) => key.key !== name || !primitive(key))
            return `${of.item}.${name} !== undefined${isPlain ? '' : ` || ${of.item}._${name} !== undefined`}`
          })
          .join(' || ')
  const shared = { types, ...(exists !== undefined && { exists: `(${exists})` }), choice: { of, keys } }
  const [name = ''] = names
  if (names.length > 1) {
    const list = names.map((key) => [key, keys.some((k) => k.key === key && primitive(k))])
    const all = compiler.constant('K', JSON.stringify(list))
    return { ...shared, javaScript: `choice(${of.javaScript}, ${all})` }
  }
  if (!keys.some(primitive)) {
    return {
      ...shared,
      javaScript: of.item === undefined ? `${reader(compiler, name)}(${of.javaScript})` : `${of.item}.${name}`,
    }
  }
  const whole = `primitive(${of.javaScript}, ${quote(name)})`
  const quick =
    of.item === undefined
      ? `${primitiveReader(compiler, name)}(${of.javaScript})`
      : `(${of.item}._${name} === undefined ? ${of.item}.${name} : ${whole})`
  return { ...shared, javaScript: quick, sibling: `at(${of.javaScript}, ${quote(`_${name}`)})` }
}

/** System types by the FHIR primitive that stands for them. */
const SYSTEM: Readonly<Record<string, string>> = {
  Boolean: 'boolean',
  String: 'string',
  Integer: 'integer',
  Decimal: 'decimal',
  Date: 'date',
  DateTime: 'dateTime',
  Time: 'time',
}

/** Whether an item is of a type, as far as it is known before it runs. */
export function fits({ type }: Type, wanted: string): boolean | undefined {
  const name = SYSTEM[wanted] ?? wanted
  if (type === ANY) throw new NotCompiled('type of what was found by name')
  if (type.startsWith('System.')) return SYSTEM[type.slice(7)] === name
  if (descendsFrom(type, name)) return true
  // A resource of unknown type may turn out to be of any.
  return (type === 'Resource' || type === 'DomainResource') && isResourceType(name) ? undefined : false
}
