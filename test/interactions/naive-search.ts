/**
 * A search that is slow and plain: it looks at every resource with fhirpath.js and the words of
 * https://hl7.org/fhir/R4/search.html, and shares no code with the engine that it judges. It reads what random queries
 * of a test say, and nothing else.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fhirpath from 'fhirpath'
import r4Model from 'fhirpath/fhir-context/r4'
import { packageRoot } from '../../src/config.ts'
import type { Resource } from '../../src/fhir/resource.ts'

interface Definition {
  readonly url: string
  readonly code: string
  readonly type: string
  readonly base: readonly string[]
  readonly expression?: string
  readonly component?: readonly { readonly definition: string; readonly expression: string }[]
}

const definitions: readonly Definition[] = readFileSync(
  join(packageRoot, 'profiles/base/SearchParameter.ndjson'),
  'utf8',
)
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Definition)

const definitionOf = (type: string, code: string): Definition => {
  const bases = [type, 'DomainResource', 'Resource']
  const found = definitions.find((each) => each.code === code && each.base.some((base) => bases.includes(base)))
  if (!found) throw new Error(`No ${code} of ${type}`)
  return found
}

type Json = Readonly<Record<string, unknown>>
interface Node {
  readonly type: string
  readonly value: unknown
}

const evaluate = (base: string, node: unknown, expression: string): Node[] => {
  const run = (path: string): unknown[] =>
    fhirpath.evaluate(node as object, base === '' ? path : { base, expression: path }, {}, r4Model) as unknown[]
  const types = run(`(${expression}).type().name`)
  return run(expression).map((value, index) => ({ value, type: String(types[index]) }))
}

const selected = new WeakMap<Resource, Map<string, Node[]>>()

/** What a parameter selects. What `resolve()` would find is told by the reference itself. */
function select(resource: Resource, { url, expression = '' }: Definition): Node[] {
  const known = selected.get(resource) ?? new Map<string, Node[]>()
  selected.set(resource, known)
  const nodes = known.get(url) ?? expression.split(' | ').flatMap((part) => selectPart(resource, part))
  known.set(url, nodes)
  return nodes
}

function selectPart(resource: Resource, part: string): Node[] {
  if (!new RegExp(`^\\(?(${resource.resourceType}|Resource|DomainResource)\\b`).test(part)) return []
  const [, path = part, target] = /^(.*)\.where\(resolve\(\) is (\w+)\)$/.exec(part) ?? []
  const nodes = evaluate('', resource, path)
  return target === undefined ? nodes : nodes.filter(({ value }) => mayBe(value as Json, target))
}

const mayBe = ({ reference, type, identifier }: Json, target: string): boolean =>
  typeof reference === 'string' ? reference.includes(`${target}/`) : type === target || (!type && Boolean(identifier))

const listOf = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value])
const objects = (value: unknown): Json[] => listOf(value) as Json[]

/** Systems that codes without one have by their binding. */
const BOUND: Readonly<Record<string, string>> = {
  'Patient.gender': 'http://hl7.org/fhir/administrative-gender',
  'Observation.status': 'http://hl7.org/fhir/observation-status',
}

type Pair = readonly [system: unknown, code: unknown]

function pairs({ type, value }: Node): Pair[] {
  if (typeof value !== 'object' || value === null) return [[undefined, String(value)]]
  const element = value as Json
  switch (type) {
    case 'CodeableConcept':
      return objects(element.coding).map(({ system, code }): Pair => [system, code])
    case 'Coding':
      return [[element.system, element.code]]
    case 'Identifier':
      return [[element.system, element.value]]
    case 'ContactPoint':
      return [[element.use, element.value], ...(element.system ? [[element.system, element.value] as const] : [])]
    default:
      throw new Error(`No token is made of ${type}`)
  }
}

const isToken = (bound: string | undefined, found: readonly Pair[], asked: string): boolean => {
  const [first = '', second] = asked.split('|')
  return found.some(([system, code]) => {
    if (second === undefined) return code === first
    const systems = bound === undefined ? [system] : [undefined, bound]
    const ofSystem = first === '' ? systems.includes(undefined) : systems.includes(first)
    return ofSystem && (second === '' ? code !== undefined : code === second)
  })
}

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .join(' ')

const NAMED: Readonly<Record<string, readonly string[]>> = {
  HumanName: ['text', 'family', 'given', 'prefix', 'suffix'],
  Address: ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'],
}
const textsOf = ({ type, value }: Node): string[] =>
  typeof value === 'string' ? [value] : (NAMED[type] ?? []).flatMap((part) => listOf((value as Json)[part]) as string[])

const isText = (modifier: string, text: string, asked: string): boolean =>
  modifier === 'exact'
    ? text === asked
    : modifier === 'contains'
      ? plain(text).includes(plain(asked))
      : plain(text).startsWith(plain(asked))

/** First and last millisecond. */
type Span = readonly [low: number, high: number]

function span(text: string): Span {
  const [date = '', time] = text.split('T')
  const [year, month, day] = date.split('-').map(Number)
  const start = (y: number, m: number, d: number): number => Date.parse(new Date(Date.UTC(y, m, d)).toISOString())
  if (month === undefined) return [start(year!, 0, 1), start(year! + 1, 0, 1) - 1]
  if (day === undefined) return [start(year!, month - 1, 1), start(year!, month, 1) - 1]
  if (time === undefined) return [start(year!, month - 1, day), start(year!, month - 1, day + 1) - 1]
  const zoned = /Z|[+-]\d\d:\d\d$/.test(time) ? text : `${text}Z`
  const low = Date.parse(zoned)
  const clock = time.replace(/Z|[+-]\d\d:\d\d$/, '')
  return [low, low + (clock.includes('.') ? 0 : clock.length > 5 ? 999 : 59_999)]
}

function spanOf({ value }: Node): Span {
  if (typeof value === 'string') return span(value)
  const { start, end, event } = value as Json
  if (event) {
    const all = (event as string[]).map(span)
    return [Math.min(...all.map(([low]) => low)), Math.max(...all.map(([, high]) => high))]
  }
  return [start ? span(String(start))[0] : -Infinity, end ? span(String(end))[1] : Infinity]
}

const PREFIX = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/

function isDate([low, high]: Span, asked: string, now: number): boolean {
  const [, prefix = 'eq', text = ''] = PREFIX.exec(asked) ?? []
  const [from, to] = span(text)
  const inside = from <= low && high <= to
  const gap = Math.max(0, from - now, now - to)
  const margin = Math.max(to - from + 1, Math.ceil(gap / 10))
  return {
    eq: inside,
    ne: !inside,
    gt: high > to,
    lt: low < from,
    ge: high >= from,
    le: low <= to,
    sa: low > to,
    eb: high < from,
    ap: low <= to + margin && high >= from - margin,
  }[prefix as 'eq']
}

function isNumber([low, high]: Span, prefix: string, text: string, scale = 1): boolean {
  const digits = text.split('.')[1]?.length ?? 0
  const half = (sign: number): number =>
    Number((Number(text) + (sign * 0.5) / 10 ** digits).toFixed(digits + 1)) * scale
  const value = Number(text) * scale
  const inside = low >= half(-1) && low < half(1) && high < half(1)
  const margin = Math.max(Math.abs(value) / 10, half(1) - value)
  return {
    eq: inside,
    ne: !(low >= half(-1) && high < half(1)),
    gt: high > value,
    lt: low < value,
    ge: high >= value,
    le: low <= value,
    sa: low > value,
    eb: high < value,
    ap: low <= value + margin && high >= value - margin,
  }[prefix as 'eq']
}

const UCUM = 'http://unitsofmeasure.org'
const MILLIGRAMS: Readonly<Record<string, number>> = { ug: 0.001, mg: 1, g: 1000 }

interface Amount {
  readonly span: Span
  readonly of: Json
}

function amount({ type, value }: Node): Amount | undefined {
  const { low, high, comparator, value: number } = value as Json
  const end = (side: unknown): unknown => (side as Json | undefined)?.value
  if (type === 'Range') {
    return { span: [Number(end(low) ?? -Infinity), Number(end(high) ?? Infinity)], of: (low ?? high) as Json }
  }
  if (number === undefined) return undefined
  const text = String(comparator ?? '')
  const from = text.startsWith('<') ? -Infinity : Number(number)
  const to = text.startsWith('>') ? Infinity : Number(number)
  return { span: [from, to], of: value as Json }
}

function isQuantity(node: Node, asked: string): boolean {
  const found = amount(node)
  if (!found) return false
  const [number = '', system = '', code = ''] = asked.split('|')
  const [, prefix = 'eq', text = ''] = PREFIX.exec(number) ?? []
  const { of } = found
  const own = MILLIGRAMS[String(of.code)]
  const wanted = MILLIGRAMS[code]
  if (system === UCUM && wanted !== undefined) {
    if (of.system !== UCUM || own === undefined) return false
    return isNumber([found.span[0] * own, found.span[1] * own], prefix, text, wanted)
  }
  const ofUnit =
    system === ''
      ? code === '' || of.code === code || of.unit === code
      : of.system === system && (!code || of.code === code)
  return ofUnit && isNumber(found.span, prefix, text)
}

/** By the law of cosines, where the engine uses haversines: kilometres on a sphere of the earth's mean radius. */
function isNear({ value }: Node, asked: string): boolean {
  const [latitude = 0, longitude = 0, kilometres = 0] = asked.split('|').map(Number)
  const own = value as { latitude: number; longitude: number }
  const [a, b, apart] = [latitude, own.latitude, longitude - own.longitude].map((each) => (each * Math.PI) / 180)
  const cosine = Math.sin(a!) * Math.sin(b!) + Math.cos(a!) * Math.cos(b!) * Math.cos(apart!)
  return 6371.0088 * Math.acos(Math.max(-1, Math.min(1, cosine))) <= kilometres
}

export interface NaiveOptions {
  /** In the order of creation, deleted ones left out. */
  readonly resources: readonly Resource[]
  readonly base: string
  /** ms since the epoch */
  readonly now: number
}

type Query = readonly (readonly [name: string, value: string])[]

export class NaiveSearch {
  readonly #options: NaiveOptions

  constructor(options: NaiveOptions) {
    this.#options = options
  }

  /** Resources of a type that satisfy every pair, in the order of creation. */
  matches(type: string, query: Query): Resource[] {
    return this.#options.resources
      .filter(({ resourceType }) => resourceType === type)
      .filter((resource) => query.every(([name, value]) => this.#holds(resource, name, value)))
  }

  /** Sorted as `_sort` says, ties in the order given. */
  sorted(found: readonly Resource[], sort: string): Resource[] {
    const keys = sort.split(',').filter(Boolean)
    return found.toSorted((a, b) => {
      for (const key of keys) {
        const descending = key.startsWith('-')
        const [one, other] = [a, b].map((each) => this.#sortValue(each, key.replace(/^-/, ''), descending))
        if (one === other) continue
        if (one === undefined || other === undefined) return one === undefined ? 1 : -1
        return one < other === descending ? 1 : -1
      }
      return 0
    })
  }

  /** `Type/id` of what `_include` (`Type:code[:target]`) and `_revinclude` add to a page, one step. */
  included(page: readonly Resource[], include: string): Resource[] {
    const [type, code = '', target] = include.split(':')
    const sources = page.filter(({ resourceType }) => resourceType === type)
    const targets = sources.flatMap((each) => this.#targets(each, code))
    return this.#options.resources.filter(
      (each) => (target ?? each.resourceType) === each.resourceType && targets.includes(nameOf(each)),
    )
  }

  revincluded(page: readonly Resource[], include: string): Resource[] {
    const [type, code = ''] = include.split(':')
    const wanted = page.map(nameOf)
    return this.#options.resources.filter(
      (each) => each.resourceType === type && this.#targets(each, code).some((target) => wanted.includes(target)),
    )
  }

  #holds(resource: Resource, name: string, value: string): boolean {
    if (name.startsWith('_has:')) {
      const [, type = '', code = '', ...rest] = name.split(':')
      return this.matches(type, [[rest.join(':'), value]]).some((each) =>
        this.#targets(each, code).includes(nameOf(resource)),
      )
    }
    const [head = '', ...chain] = name.split('.')
    const [code = '', modifier = ''] = head.split(':')
    if (chain.length > 0) {
      return this.#options.resources.some(
        (each) =>
          (modifier || each.resourceType) === each.resourceType &&
          this.#targets(resource, code).includes(nameOf(each)) &&
          this.#knows(each.resourceType, chain.join('.')) &&
          this.#holds(each, chain.join('.'), value),
      )
    }
    const parts = value.split(/(?<!\\),/).map((part) => part.replace(/\\(.)/g, '$1'))
    if (code === '_id') return parts.includes(resource.id ?? '') !== (modifier === 'not')
    if (code === '_lastUpdated') {
      const at = Date.parse(resource.meta?.lastUpdated ?? '')
      return parts.some((part) => isDate([at, at], part, this.#options.now))
    }
    const definition = definitionOf(resource.resourceType, code)
    if (definition.type === 'reference' && (modifier === 'below' || modifier === 'above')) {
      const asked = parts.map((part) => (part.includes('/') ? this.#local(part) : `Organization/${part}`))
      const found = asked.flatMap((name) => [...this.#family(name, modifier)])
      return this.#targets(resource, code).some((target) => found.includes(target))
    }
    if (definition.type === 'composite')
      return parts.some((part) => composite(resource, definition, part, this.#options.now))
    const nodes = select(resource, definition)
    if (modifier === 'missing') return (nodes.length === 0) === (value === 'true')
    const some = parts.some((part) =>
      nodes.some((node) => this.#isNode(`${resource.resourceType}.${code}`, definition.type, node, modifier, part)),
    )
    return modifier === 'not' ? !some : some
  }

  /** A name and those of all organisations above or below it. */
  #family(name: string, way: 'above' | 'below', found = new Set<string>()): Set<string> {
    if (found.has(name)) return found
    found.add(name)
    for (const each of this.#options.resources.filter(({ resourceType }) => resourceType === 'Organization')) {
      const wholes = this.#targets(each, 'partof').filter(Boolean)
      if (way === 'below' && wholes.includes(name)) this.#family(nameOf(each), way, found)
      if (way === 'above' && nameOf(each) === name) for (const whole of wholes) this.#family(whole, way, found)
    }
    return found
  }

  /** Whether the first parameter of a chain is one of the type. */
  #knows(type: string, chain: string): boolean {
    const code = chain.split(/[.:]/)[0] ?? ''
    return code.startsWith('_') || definitions.some((each) => each.code === code && each.base.includes(type))
  }

  #isNode(name: string, kind: string, node: Node, modifier: string, part: string): boolean {
    const { now } = this.#options
    if (modifier === 'text') return wordsOf(node).some((text) => isText('', text, part))
    if (modifier === 'identifier') {
      const { identifier } = node.value as Json
      return identifier !== undefined && isToken(undefined, pairs({ type: 'Identifier', value: identifier }), part)
    }
    if (modifier === 'of-type') {
      const [system, code, value] = part.split('|')
      const { type, value: own } = node.value as Json
      const typed = objects((type as Json | undefined)?.coding)
      return own === value && typed.some((each) => each.system === system && each.code === code)
    }
    switch (kind) {
      case 'token':
        return isToken(BOUND[name], pairs(node), part)
      case 'string':
        return textsOf(node).some((text) => isText(modifier, text, part))
      case 'date':
        return isDate(spanOf(node), part, now)
      case 'number':
        return typeof node.value === 'number' && isNumber([node.value, node.value], ...prefixed(part))
      case 'quantity':
        return isQuantity(node, part)
      case 'uri':
        return isUri(String(node.value), modifier, part)
      case 'special':
        return isNear(node, part)
      case 'reference':
        return this.#isReference(node, modifier, part)
      default:
        throw new Error(`${kind} is not judged`)
    }
  }

  #isReference({ value }: Node, modifier: string, asked: string): boolean {
    const target = this.#local(String((value as Json).reference ?? ''))
    const wanted = this.#local(asked)
    if (/^[\w.-]+$/.test(wanted)) {
      const [type = '', id] = target.split('/')
      return id === wanted && (modifier === '' || modifier === type)
    }
    return target === wanted
  }

  #local(reference: string): string {
    const { base } = this.#options
    return reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : reference
  }

  #targets(resource: Resource, code: string): string[] {
    return select(resource, definitionOf(resource.resourceType, code)).map(({ value }) =>
      this.#local(String((value as Json).reference ?? '')),
    )
  }

  #sortValue(resource: Resource, code: string, descending: boolean): string | number | undefined {
    if (code === '_id') return resource.id
    if (code === '_lastUpdated') return resource.meta?.lastUpdated
    const definition = definitionOf(resource.resourceType, code)
    const nodes = select(resource, definition)
    const pick = ([low, high]: Span): number => (descending ? high : low)
    const values: (string | number)[] = nodes.flatMap((node): (string | number)[] => {
      if (definition.type === 'date') return [pick(spanOf(node))]
      if (definition.type === 'number') return typeof node.value === 'number' ? [node.value] : []
      if (definition.type === 'quantity') return [amount(node)].flatMap((found) => (found ? [pick(found.span)] : []))
      if (definition.type === 'string') return textsOf(node).map(plain)
      if (definition.type === 'reference') {
        const target = this.#local(String((node.value as Json).reference ?? ''))
        return target === '' ? [] : [target]
      }
      return pairs(node).flatMap(([, text]) => (typeof text === 'string' ? [text] : []))
    })
    return values.reduce<string | number | undefined>(
      (best, each) => (best === undefined || each < best !== descending ? each : best),
      undefined,
    )
  }
}

export const nameOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`

const prefixed = (part: string): [prefix: string, text: string] => {
  const [, prefix = 'eq', text = ''] = PREFIX.exec(part) ?? []
  return [prefix, text]
}

const wordsOf = ({ type, value }: Node): string[] => {
  const { text, coding, display, type: kind } = value as Json
  if (type === 'CodeableConcept') return [text, ...objects(coding).map((each) => each.display)].filter(isString)
  if (type === 'Identifier') return [(kind as Json | undefined)?.text].filter(isString)
  return [display].filter(isString)
}

const isString = (value: unknown): value is string => typeof value === 'string'

const isUri = (own: string, modifier: string, asked: string): boolean =>
  modifier === 'below'
    ? own === asked || own.startsWith(`${asked}/`)
    : modifier === 'above'
      ? asked === own || asked.startsWith(`${own}/`)
      : own === asked

/** All components in one element. */
function composite(
  resource: Resource,
  { expression = '', component = [] }: Definition,
  asked: string,
  now: number,
): boolean {
  const parts = asked.split('$')
  return evaluate('', resource, expression).some((element) =>
    component.every(({ definition: url, expression: path }, index) => {
      const part = parts[index] ?? ''
      const kind = definitions.find((each) => each.url === url)?.type
      return evaluate(expression, element.value, path).some((node) =>
        kind === 'token'
          ? isToken(undefined, pairs(node), part)
          : kind === 'quantity'
            ? isQuantity(node, part)
            : kind === 'date'
              ? isDate(spanOf(node), part, now)
              : textsOf(node).some((text) => isText('', text, part)),
      )
    }),
  )
}
