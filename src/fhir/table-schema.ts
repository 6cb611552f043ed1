/**
 * Checks of our own tables and of bodies that are not FHIR, by the part of JSON Schema (https://json-schema.org) that
 * they are described with. A table is checked once, at the start: walking over it takes a few hundred microseconds,
 * where a general validator would first be loaded and then write and compile code of its own for each schema.
 */
import { isDeepStrictEqual } from 'node:util'

/** The keywords that are understood; any other is a mistake in the schema. */
export interface Schema {
  /** Names of TYPES, one of which is meant. */
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly SchemaOrAny[]
  readonly oneOf?: readonly SchemaOrAny[]
  readonly minLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly items?: SchemaOrAny
  readonly minItems?: number
  readonly uniqueItems?: boolean
  readonly properties?: Readonly<Record<string, SchemaOrAny>>
  readonly required?: readonly string[]
  readonly additionalProperties?: SchemaOrAny | false
  readonly propertyNames?: SchemaOrAny
  readonly minProperties?: number
  /** Properties that a property asks for. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>
}

/** `true` takes anything. */
export type SchemaOrAny = Schema | true

export interface SchemaFault {
  /** JSON Pointer of what is wrong; empty for the whole. */
  readonly at: string
  readonly words: string
  /** Name of the property that is missing, where one is. */
  readonly missing?: string
}

/** Whether a value has the form; if it has not, `faults` says why, everything at once. */
export interface Form<T> {
  (value: unknown): value is T
  faults: readonly SchemaFault[]
}

type Tell = (at: string, words: string, missing?: string) => void
type Check = (value: unknown, at: string, tell: Tell) => void
type Members = Readonly<Record<string, unknown>>

/** @throws Error for a schema with a keyword that is not understood */
export function compileSchema<T>(schema: Schema): Form<T> {
  const check = compile(schema)
  const form = (value: unknown): value is T => {
    const faults: SchemaFault[] = []
    check(value, '', (at, words, missing) => {
      faults.push({ at, words, ...(missing === undefined ? {} : { missing }) })
    })
    compiled.faults = faults
    return faults.length === 0
  }
  const compiled: Form<T> = Object.assign(form, { faults: [] })
  return compiled
}

export const inWords = (faults: readonly SchemaFault[]): string[] =>
  faults.map(({ at, words }) => `${at === '' ? '/' : at} ${words}`)

function compile(schema: SchemaOrAny): Check {
  if (schema === true) return () => undefined
  const checks = Object.entries(schema).map(([keyword, wanted]) => {
    const make = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined
    if (make === undefined) throw new Error(`The keyword "${keyword}" of a schema is not understood.`)
    return make(wanted as never, schema)
  })
  return (value, at, tell) => {
    for (const check of checks) check(value, at, tell)
  }
}

/** What a keyword asks of the values of its type; others it says nothing about. */
const of =
  <V>(is: (value: unknown) => value is V) =>
  (isWrong: (value: V) => boolean, words: string): Check =>
  (value, at, tell) => {
    if (is(value) && isWrong(value)) tell(at, words)
  }
const isString = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const ofString = of(isString)
const ofNumber = of(isNumber)
const ofArray = of(isArray)
const ofObject = of(isObject)

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: isArray,
  string: isString,
  number: Number.isFinite,
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
}

const pointer = (at: string, name: string): string => `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** How many of the schemas take the value. */
const taking = (checks: readonly Check[], value: unknown): number =>
  checks.filter((check) => {
    let fits = true
    check(value, '', () => {
      fits = false
    })
    return fits
  }).length

const KEYWORDS: Readonly<Record<string, (wanted: never, schema: Schema) => Check>> = {
  type: (wanted: string | readonly string[]) => {
    const names = typeof wanted === 'string' ? [wanted] : wanted
    const tests = names.map((name) => {
      const test = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
      if (test === undefined) throw new Error(`The type "${name}" of a schema is not understood.`)
      return test
    })
    return (value, at, tell) => {
      if (!tests.some((test) => test(value))) tell(at, `must be ${names.join(' or ')}`)
    }
  },
  enum: (wanted: readonly unknown[]) => (value, at, tell) => {
    if (!wanted.some((one) => isDeepStrictEqual(one, value))) tell(at, `must be one of ${wanted.join(', ')}`)
  },
  const: (wanted: unknown) => (value, at, tell) => {
    if (!isDeepStrictEqual(wanted, value)) tell(at, `must be ${JSON.stringify(wanted)}`)
  },
  anyOf: (wanted: readonly SchemaOrAny[]) => {
    const checks = wanted.map(compile)
    return (value, at, tell) => {
      if (taking(checks, value) === 0) tell(at, 'must have one of the forms there are')
    }
  },
  oneOf: (wanted: readonly SchemaOrAny[]) => {
    const checks = wanted.map(compile)
    return (value, at, tell) => {
      if (taking(checks, value) !== 1) tell(at, 'must have exactly one of the forms there are')
    }
  },
  minLength: (wanted: number) =>
    ofString((text) => [...text].length < wanted, `must not have fewer than ${wanted} characters`),
  pattern: (wanted: string) => {
    const pattern = new RegExp(wanted, 'u')
    return ofString((text) => !pattern.test(text), `must match the pattern "${wanted}"`)
  },
  minimum: (wanted: number) => ofNumber((number) => number < wanted, `must be ${wanted} or more`),
  maximum: (wanted: number) => ofNumber((number) => number > wanted, `must be ${wanted} or less`),
  exclusiveMinimum: (wanted: number) => ofNumber((number) => number <= wanted, `must be more than ${wanted}`),
  items: (wanted: SchemaOrAny) => {
    const check = compile(wanted)
    return (value, at, tell) => {
      if (isArray(value)) value.forEach((item, index) => check(item, `${at}/${index}`, tell))
    }
  },
  minItems: (wanted: number) => ofArray((list) => list.length < wanted, `must not have fewer than ${wanted} items`),
  uniqueItems: (wanted: boolean) =>
    ofArray(
      (list) => wanted && list.some((item, i) => list.slice(0, i).some((other) => isDeepStrictEqual(item, other))),
      'must not have the same item twice',
    ),
  properties: (wanted: Readonly<Record<string, SchemaOrAny>>) => {
    const checks = Object.entries(wanted).map(([name, schema]): [string, Check] => [name, compile(schema)])
    return (value, at, tell) => {
      if (!isObject(value)) return
      for (const [name, check] of checks) {
        if (Object.hasOwn(value, name)) check(value[name], pointer(at, name), tell)
      }
    }
  },
  required: (wanted: readonly string[]) => (value, at, tell) => {
    if (!isObject(value)) return
    for (const name of wanted) if (!Object.hasOwn(value, name)) tell(at, `must have the property "${name}"`, name)
  },
  additionalProperties: (wanted: SchemaOrAny | false, { properties = {} }) => {
    const check: Check =
      wanted === false
        ? (_value, at, tell) => tell(at, 'is no property that may stand here (additional properties are refused)')
        : compile(wanted)
    return (value, at, tell) => {
      if (!isObject(value)) return
      for (const name of Object.keys(value)) {
        if (!Object.hasOwn(properties, name)) check(value[name], pointer(at, name), tell)
      }
    }
  },
  propertyNames: (wanted: SchemaOrAny) => {
    const check = compile(wanted)
    return (value, at, tell) => {
      if (isObject(value)) for (const name of Object.keys(value)) check(name, pointer(at, name), tell)
    }
  },
  minProperties: (wanted: number) =>
    ofObject((object) => Object.keys(object).length < wanted, `must not have fewer than ${wanted} properties`),
  dependencies: (wanted: Readonly<Record<string, readonly string[]>>) => (value, at, tell) => {
    if (!isObject(value)) return
    for (const [name, others] of Object.entries(wanted)) {
      for (const other of Object.hasOwn(value, name) ? others : []) {
        if (!Object.hasOwn(value, other)) tell(at, `must have the property "${other}" beside "${name}"`, other)
      }
    }
  },
}
