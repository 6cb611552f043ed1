/**
 * What compiled FHIRPath calls (see `fhir/fhirpath-code.ts`). A collection is undefined (empty), one item, or an
 * array of items; an item is a JSON value, or ABSENT for a primitive that has only extensions. Nothing here trusts
 * the shape of what it gets: invariants are also asked of resources whose structure is wrong.
 */

import { fhirpath, r4Model } from './fhirpath-library.ts'

type Items = unknown
type Loose = Record<string, unknown>

/** A primitive without a value: it exists and equals nothing. */
export const ABSENT: object = Object.freeze({})

const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null
const listOf = (items: Items): readonly unknown[] =>
  Array.isArray(items) ? items : items === undefined || items === null ? [] : [items]

/** @throws Error when there are several: FHIRPath's singleton evaluation */
export function single(items: Items): unknown {
  if (!Array.isArray(items)) return items ?? undefined
  if (items.length > 1) throw new Error('FHIRPath: one value is needed and there are several.')
  return items[0]
}

/** The elements `key` of each item. */
export function at(items: Items, key: string): Items {
  if (!Array.isArray(items)) return isObject(items) ? (items[key] ?? undefined) : undefined
  const found: unknown[] = []
  for (const item of items) if (isObject(item)) push(found, item[key])
  return found
}

function push(found: unknown[], items: Items): void {
  if (Array.isArray(items)) {
    for (const item of items) if (item !== undefined && item !== null) found.push(item)
  } else if (items !== undefined && items !== null) found.push(items)
}

/** The primitives `key` of each item, ABSENT where only `_key` is there. */
export function primitive(items: Items, key: string): Items {
  if (!Array.isArray(items)) return isObject(items) ? withSiblings(items[key], items[`_${key}`]) : undefined
  const found: unknown[] = []
  for (const item of items) if (isObject(item)) push(found, withSiblings(item[key], item[`_${key}`]))
  return found
}

function withSiblings(value: unknown, sibling: unknown): Items {
  if (sibling === undefined) return value ?? undefined
  if (!Array.isArray(value) && !Array.isArray(sibling)) return value ?? (isObject(sibling) ? ABSENT : undefined)
  const values = listOf(value)
  const siblings = listOf(sibling)
  const found: unknown[] = []
  for (let i = 0; i < Math.max(values.length, siblings.length); i++) {
    const item = values[i] ?? (isObject(siblings[i]) ? ABSENT : undefined)
    if (item !== undefined) found.push(item)
  }
  return found
}

/** The choice element of each item, by its JSON names; `[name, true]` for a primitive. */
export function choice(items: Items, keys: readonly (readonly [string, boolean])[]): Items {
  const of = (item: unknown): Items => {
    for (const [key, isPrimitive] of keys) {
      const found = isPrimitive ? primitive(item, key) : at(item, key)
      if (found !== undefined) return found
    }
    return undefined
  }
  return Array.isArray(items) ? map(items, of) : of(items)
}

export const exists = (items: Items): boolean =>
  items !== undefined && items !== null && !(Array.isArray(items) && items.length === 0)
export const count = (items: Items): number => (Array.isArray(items) ? items.length : exists(items) ? 1 : 0)

type Test = (item: unknown) => boolean

export const any = (items: Items, test: Test): boolean =>
  Array.isArray(items) ? items.some(test) : exists(items) && test(items)
export const every = (items: Items, test: Test): boolean =>
  Array.isArray(items) ? items.every(test) : !exists(items) || test(items)
export const where = (items: Items, test: Test): Items =>
  Array.isArray(items) ? items.filter(test) : exists(items) && test(items) ? items : undefined

export function map(items: Items, of: (item: unknown) => Items): Items {
  const found: unknown[] = []
  for (const item of listOf(items)) push(found, of(item))
  return found
}

/** Equality of one item with a literal. */
export const is = (items: Items, literal: unknown): boolean =>
  items === literal || (Array.isArray(items) && items.length === 1 && items[0] === literal)
export function oneOf(items: Items, literals: readonly unknown[]): boolean {
  const item = single(items)
  return item !== undefined && literals.includes(item)
}
export const noneOf = (items: Items, literals: readonly unknown[]): boolean => exists(items) && !oneOf(items, literals)

function sameItem(a: unknown, b: unknown): boolean {
  if (a === b) return a !== ABSENT
  if (!isObject(a) || !isObject(b) || a === ABSENT || b === ABSENT || Array.isArray(a) !== Array.isArray(b))
    return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameItem(a[name], b[name]))
  )
}

/** FHIRPath `=`: undefined when a side is empty. */
export function same(a: Items, b: Items): boolean | undefined {
  if (!exists(a) || !exists(b)) return undefined
  const left = listOf(a)
  const right = listOf(b)
  return left.length === right.length && left.every((item, i) => sameItem(item, right[i]))
}

const holds = (list: readonly unknown[], item: unknown): boolean => list.some((other) => sameItem(item, other))

/** `item in items`: undefined when there is no item. */
export function isIn(item: Items, items: Items): boolean | undefined {
  const one = single(item)
  return one === undefined ? undefined : holds(listOf(items), one)
}

export function distinct(items: Items): readonly unknown[] {
  const found: unknown[] = []
  const primitives = new Set<unknown>()
  for (const item of listOf(items)) {
    if (!isObject(item)) {
      if (primitives.has(item)) continue
      primitives.add(item)
    } else if (holds(found, item)) continue
    found.push(item)
  }
  return found
}
export const isDistinct = (items: Items): boolean => !Array.isArray(items) || distinct(items).length === items.length
export const union = (a: Items, b: Items): Items => distinct(combine(a, b))
export const combine = (a: Items, b: Items): Items => [...listOf(a), ...listOf(b)]
export const intersect = (a: Items, b: Items): Items => distinct(listOf(a).filter((item) => holds(listOf(b), item)))
export const exclude = (a: Items, b: Items): Items => listOf(a).filter((item) => !holds(listOf(b), item))
export const subsetOf = (a: Items, b: Items): boolean => listOf(a).every((item) => holds(listOf(b), item))

export const first = (items: Items): Items => (Array.isArray(items) ? items[0] : items)
export const last = (items: Items): Items => (Array.isArray(items) ? items.at(-1) : items)
export const slice = (items: Items, from: number, to?: number): Items => listOf(items).slice(from, to)
export const nth = (items: Items, index: number): Items => listOf(items)[index]

/** The resources of this type. */
export const ofResource = (items: Items, type: string): Items =>
  where(items, (item) => isObject(item) && item.resourceType === type)
export function isResource(items: Items, type: string): boolean | undefined {
  const item = single(items)
  return item === undefined ? undefined : isObject(item) && item.resourceType === type
}

/** Elements named `key` of the items' children, or of everything below them. */
export function below(items: Items, key: string, deep: boolean): Items {
  const found: unknown[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (isObject(value)) {
      push(found, value[key])
      if (deep) Object.values(value).forEach(visit)
    }
  }
  for (const item of listOf(items)) if (isObject(item)) Object.values(item).forEach(visit)
  return found
}

/** The contained resource that each reference names; others are not looked for. */
export function resolve(items: Items, root: unknown): Items {
  return map(items, (item) => {
    const reference = isObject(item) ? item.reference : item
    if (typeof reference !== 'string' || reference.charCodeAt(0) !== 35) return undefined
    if (reference === '#') return root
    const contained = listOf(at(root, 'contained'))
    return contained.find((inner) => isObject(inner) && inner.id === reference.slice(1))
  })
}

export const hasValue = (items: Items): boolean => count(items) === 1 && !isObject(first(items))

function text(items: Items): string | undefined {
  const item = single(items)
  if (item === undefined || item === ABSENT) return undefined
  if (typeof item !== 'string') throw new Error('FHIRPath: a string is needed.')
  return item
}

/** Functions of strings: undefined when one of the strings is missing. */
const ofTexts =
  <T>(of: (a: string, b: string) => T) =>
  (a: Items, b: Items): T | undefined => {
    const left = text(a)
    const right = text(b)
    return left === undefined || right === undefined ? undefined : of(left, right)
  }
export const startsWith = ofTexts((a, b) => a.startsWith(b))
export const endsWith = ofTexts((a, b) => a.endsWith(b))
export const containsText = ofTexts((a, b) => a.includes(b))
export const indexOf = ofTexts((a, b) => a.indexOf(b))
export const split = ofTexts((a, b): readonly string[] => a.split(b))

export function matches(items: Items, pattern: RegExp): boolean | undefined {
  const value = text(items)
  return value === undefined ? undefined : pattern.test(value)
}
export function replaceMatches(items: Items, pattern: RegExp, by: Items): string | undefined {
  const value = text(items)
  const replacement = text(by)
  return value === undefined || replacement === undefined ? undefined : value.replace(pattern, replacement)
}
export function replace(items: Items, what: Items, by: Items): string | undefined {
  const value = text(items)
  const old = text(what)
  const replacement = text(by)
  if (value === undefined || old === undefined || replacement === undefined) return undefined
  return value.replaceAll(old, () => replacement)
}
export function substring(items: Items, from: Items, length?: Items): string | undefined {
  const value = text(items)
  const start = single(from)
  if (value === undefined || typeof start !== 'number' || start < 0 || start >= value.length) return undefined
  const size = single(length)
  return typeof size === 'number' ? value.slice(start, start + Math.max(size, 0)) : value.slice(start)
}
export const textLength = (items: Items): number | undefined => text(items)?.length
export const upper = (items: Items): string | undefined => text(items)?.toUpperCase()
export const lower = (items: Items): string | undefined => text(items)?.toLowerCase()
export const trim = (items: Items): string | undefined => text(items)?.trim()
/** FHIRPath `&`: what is missing counts as an empty string. */
export const concat = (a: Items, b: Items): string => (text(a) ?? '') + (text(b) ?? '')

export function toInteger(items: Items): number | undefined {
  const item = single(items)
  if (typeof item === 'boolean') return item ? 1 : 0
  if (typeof item === 'number') return Number.isInteger(item) ? item : undefined
  return typeof item === 'string' && /^[+-]?\d+$/.test(item) ? Number(item) : undefined
}
/**
 * The text where it is a date or an instant, nothing where it is neither.
 * @throws Error for a time without seconds or zone, which compares to nothing here
 */
export function toDateTime(items: Items): string | undefined {
  const value = text(items)
  if (value === undefined || !/^\d{4}(?:-\d\d(?:-\d\d(?:T.*)?)?)?$/.test(value)) return undefined
  if (value.length > 10 && !/T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value))
    throw new Error('FHIRPath: a time needs seconds and zone.')
  return value
}
export function toText(items: Items): string | undefined {
  const item = single(items)
  return item === undefined || isObject(item) ? undefined : String(item)
}

/** A number, or NaN, which no comparison holds for. */
export function number(items: Items): number {
  const item = single(items)
  return typeof item === 'number' ? item : Number.NaN
}
/** Back from a computed number to a collection. */
export const numeric = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value)

/** Order of two strings: negative, zero, positive, or NaN when one is missing. */
export function compareTexts(a: Items, b: Items): number {
  const left = text(a)
  const right = text(b)
  if (left === undefined || right === undefined) return Number.NaN
  return left < right ? -1 : left > right ? 1 : 0
}

const two = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48

/** Seconds since the epoch of a dateTime with a time and zone. Date.parse takes ten times as long. */
function instantOf(text: string): number {
  const month = two(text, 5)
  // Days of the proleptic Gregorian calendar, with years that begin in March.
  const year = two(text, 0) * 100 + two(text, 2) - (month <= 2 ? 1 : 0)
  const days = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + two(text, 8) - 1
  const day = year * 365 + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + days - 719_468
  let seconds = ((day * 24 + two(text, 11)) * 60 + two(text, 14)) * 60 + two(text, 17)
  let at = 19
  if (text.charCodeAt(at) === 46) {
    for (let unit = 0.1, c = text.charCodeAt(++at); c >= 48 && c <= 57; c = text.charCodeAt(++at), unit /= 10) {
      seconds += (c - 48) * unit
    }
  }
  const sign = text.charCodeAt(at)
  if (sign === 90) return seconds
  const offset = (two(text, at + 1) * 60 + two(text, at + 4)) * 60
  return sign === 45 ? seconds + offset : seconds - offset
}

/** Order of two dates, dateTimes or instants; NaN when it cannot be told because one is less precise. */
export function compareDates(a: Items, b: Items): number {
  const left = text(a)
  const right = text(b)
  if (left === undefined || right === undefined) return Number.NaN
  if (left.length > 10 && right.length > 10) {
    if (left.length === right.length && left.slice(19) === right.slice(19))
      return left < right ? -1 : left > right ? 1 : 0
    return instantOf(left) - instantOf(right)
  }
  const shared = Math.min(left.length, right.length, 10)
  const x = left.slice(0, shared)
  const y = right.slice(0, shared)
  if (x === y) return left.length === right.length ? 0 : Number.NaN
  return x < y ? -1 : 1
}

/**
 * rng-2: `low <= high`. In different units of UCUM the evaluator converts; quantities that cannot be compared are not
 * in order.
 */
export function isRange(low: unknown, high: unknown): boolean {
  if (!isObject(low) || !isObject(high)) return true
  if (typeof low.value !== 'number' || typeof high.value !== 'number') return false
  if (low.code === high.code && low.system === high.system && (low.code !== undefined || low.unit === high.unit)) {
    return low.value <= high.value
  }
  const isHalfCoded = low.code === undefined || high.code === undefined
  if (isHalfCoded && low.unit !== undefined && low.unit === high.unit) return low.value <= high.value
  return isInOrder({ low, high })
}

let compare: ((range: object) => unknown[]) | undefined
function isInOrder(range: object): boolean {
  compare ??= fhirpath().compile({ base: 'Range', expression: 'low <= high' }, r4Model()) as (
    range: object,
  ) => unknown[]
  try {
    return compare(range)[0] === true
  } catch {
    return false
  }
}

/** csd-1: no code is defined twice, at whatever depth. */
export function conceptCodesDiffer(concepts: unknown): boolean {
  const seen = new Set<unknown>()
  const visit = (concept: unknown): boolean => {
    if (!isObject(concept)) return true
    if (concept.code !== undefined && seen.has(concept.code)) return false
    seen.add(concept.code)
    return listOf(concept.concept).every(visit)
  }
  return listOf(concepts).every(visit)
}

/** sdf-9: the root element of a snapshot or differential has no label, code or requirements. */
export const isRootBare = (elements: unknown): boolean =>
  every(at(elements, 'element'), (element) => {
    if (!isObject(element) || typeof element.path !== 'string' || element.path.includes('.')) return true
    return ['label', '_label', 'code', 'requirements', '_requirements'].every((name) => element[name] === undefined)
  })

/** bdl-3, bdl-4: either all entries have the member, or none. */
export function entriesHave(entries: unknown, name: string, wanted: boolean): boolean {
  if (!Array.isArray(entries)) return true
  for (const entry of entries) if (isObject(entry) && (entry[name] !== undefined) !== wanted) return false
  return true
}

/** bdl-7: no fullUrl and version occur twice. */
export function fullUrlsDiffer(entries: unknown): boolean {
  if (!Array.isArray(entries)) return true
  const seen = new Set<string>()
  let urls = 0
  for (const entry of entries) {
    if (!isObject(entry) || typeof entry.fullUrl !== 'string') continue
    const { resource } = entry
    const meta = isObject(resource) ? resource.meta : undefined
    const version = isObject(meta) && typeof meta.versionId === 'string' ? meta.versionId : ''
    seen.add(version === '' ? entry.fullUrl : entry.fullUrl + version)
    urls++
  }
  return seen.size === urls
}
