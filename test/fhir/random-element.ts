/** Random elements by the R4 definitions: mostly well formed, now and then odd. Seeded, so that a failure comes again. */
import type { Definitions, ElementDefinition, StructureDefinition } from '../../src/fhir/definitions.ts'
import { type Property, parentOf, propertiesOf } from '../../src/fhir/structure-properties.ts'
import { numbers, pick } from '../random.ts'

export interface Random {
  /** From 0 to 1. */
  next(): number
  pick<T>(list: readonly T[]): T
}

export function seeded(seed: number): Random {
  const next = numbers(seed)
  return { next, pick: (list) => pick(next, list) }
}

const DATES = ['2024-02-29', '2025-01-31', '2026-06-01', '2026-06-02']
const TIMES = ['2026-06-01T10:00:00Z', '2026-06-01T12:00:00+01:00', '2026-06-02T08:30:00.123Z', '2025-01-31T23:59:59Z']
const POOLS: Readonly<Record<string, readonly unknown[]>> = {
  base64Binary: ['AAAA', 'QUJD'],
  boolean: [true, false],
  date: DATES,
  dateTime: TIMES,
  instant: TIMES,
  time: ['08:00:00', '12:30:00', '23:59:59'],
  decimal: [0, 1, 1.5, 100, 101, 0.25, -1],
  integer: [0, 1, 2, 3, -1, 100],
  positiveInt: [1, 2, 3],
  unsignedInt: [0, 1, 2],
  oid: ['urn:oid:1.2.3', 'urn:oid:2.16.840.1'],
  uuid: ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520'],
  elementId: ['a', 'b'],
  id: ['a', 'b', 'one'],
  xhtml: ['<div xmlns="http://www.w3.org/1999/xhtml">a</div>'],
}
/** What constraints and paths look for, so that random text meets them. */
const WORDS = [
  'a',
  'b',
  'Name',
  'Name.path',
  'x.y',
  '*',
  '1',
  '5',
  'http://unitsofmeasure.org',
  '%',
  '#a',
  'Patient/1',
  'x/_history/1',
]

export class Arbitrary {
  readonly #definitions: Definitions
  readonly #random: Random
  readonly #words: readonly string[]
  readonly #siblings: boolean

  /**
   * @param options.words text that shall turn up
   * @param options.siblings whether primitives may have extensions
   */
  constructor(
    definitions: Definitions,
    random: Random,
    options: { words?: readonly string[]; siblings?: boolean } = {},
  ) {
    this.#definitions = definitions
    this.#random = random
    const { words = [], siblings = true } = options
    this.#words = [...WORDS, ...words, ...words, ...words]
    this.#siblings = siblings
  }

  /** A value for the element or type at `path`: an object, or the value of a primitive. */
  at(path: string, depth = 4): unknown {
    const type = path.split('.')[0] ?? ''
    if (this.#definitions.primitiveTypes.has(type)) return this.#primitive(type, undefined)
    const structure = this.#definitions.structure(type)
    if (structure === undefined) throw new Error(`There is no ${type}.`)
    const element = structure.snapshot.element.find((e) => e.path === path)
    const isGroup = structure.snapshot.element.some((e) => parentOf(e.path) === path)
    const code = element?.type?.[0]?.code
    return isGroup || code === undefined ? this.#object(structure, path, depth) : this.at(code, depth)
  }

  #object(structure: StructureDefinition, path: string, depth: number): Record<string, unknown> {
    const groups = new Set(structure.snapshot.element.map((e) => parentOf(e.path)).filter((p) => p !== ''))
    const isResource = structure.kind === 'resource' && path === structure.type
    const object: Record<string, unknown> = isResource ? { resourceType: structure.type } : {}
    const chosen = new Map<number, Property>()
    const properties = propertiesOf(this.#definitions, structure, path, groups)
    for (const property of properties) {
      const { choice, element } = property
      if (property.type?.code === 'Resource' || /\.(extension|modifierExtension|id)$/.test(element.path)) continue
      const rivals = choice === undefined ? 1 : properties.filter((other) => other.choice === choice).length
      const likely = element.min > 0 ? 0.95 : depth > 2 ? 0.4 : 0.3
      if (this.#random.next() > likely / rivals || depth <= 0) continue
      if (choice !== undefined && chosen.has(choice)) continue
      if (choice !== undefined) chosen.set(choice, property)
      this.#member(object, property, structure, depth)
    }
    return object
  }

  #member(object: Record<string, unknown>, property: Property, structure: StructureDefinition, depth: number): void {
    const { name, element, primitive } = property
    const isList = (element.base?.max ?? element.max) !== '1'
    const one = (): unknown =>
      primitive === undefined ? this.#complex(property, structure, depth - 1) : this.#primitive(primitive, element)
    const items = Array.from({ length: isList ? 1 + Math.floor(this.#random.next() * 3) : 1 }, one)
    const filled = items.filter((item) => typeof item !== 'object' || item === null || Object.keys(item).length > 0)
    if (filled.length === 0) return
    object[name] = isList ? filled : filled[0]
    if (
      primitive === undefined ||
      primitive === 'xhtml' ||
      element.path.endsWith('.url') ||
      !this.#siblings ||
      this.#random.next() > 0.06
    )
      return
    const extension = { extension: [{ url: 'http://example.org/why', valueCode: 'unknown' }] }
    object[`_${name}`] = isList ? filled.map(() => extension) : extension
    if (!isList && this.#random.next() < 0.5) delete object[name]
  }

  #complex({ element, type, group }: Property, structure: StructureDefinition, depth: number): unknown {
    if (group !== undefined) {
      const path = element.contentReference?.slice(1) ?? element.path
      return this.#object(structure, path, depth)
    }
    const named = this.#definitions.structure(type?.code ?? '')
    return named === undefined || named.abstract ? {} : this.#object(named, named.type, Math.min(depth, 2))
  }

  #primitive(type: string, element: ElementDefinition | undefined): unknown {
    const url = element?.binding?.strength === 'required' ? element.binding.valueSet : undefined
    const codes = url === undefined ? undefined : this.#definitions.valueSet(url)?.expansion?.contains
    if (codes !== undefined && codes.length > 0 && this.#random.next() < 0.9) return this.#random.pick(codes).code
    return this.#random.pick(POOLS[type] ?? this.#words)
  }
}
