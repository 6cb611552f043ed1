/**
 * From the nodes that a search parameter's expression selects to index rows
 * (https://hl7.org/fhir/R4/search.html#ptypes). Pure: what is stored decides what is found, and nothing else.
 *
 * An element that is there but has nothing to be found by (a CodeableConcept with only text, a reference with only a
 * display or to a contained resource) still leaves a row with an empty code or target, so that `:missing` tells the
 * truth. No query can name an empty code or target, so such a row is never found otherwise.
 */
import { dateRange, periodRange } from './date-range.ts'
import { isResourceType } from './element-types.ts'
import type { TypedNode } from './fhirpath.ts'
import type { IndexRow } from './index-row.ts'
import { HIGHEST, LOWEST } from './number-range.ts'
import { soundsOf } from './phonetic.ts'
import { isObject } from './resource.ts'
import { canonical, UCUM } from './ucum.ts'

/** Raise it with every change that makes other rows of the same definitions: stores then know that theirs are old. */
export const INDEX_RULES = 7

export const indexKinds = ['token', 'reference', 'date', 'string', 'uri', 'number', 'quantity'] as const
export type IndexKind = (typeof indexKinds)[number]

/** Longest normalised string kept in the index, in characters: engines limit the size of an index entry. */
const MAX_STRING = 500

/**
 * Rows of one parameter.
 * @param param `Type.code`
 * @param bases absolute FHIR bases that are this service's own: references to them become relative
 */
export function indexRows(
  kind: IndexKind,
  param: string,
  nodes: readonly TypedNode[],
  bases: readonly string[],
): IndexRow[] {
  // A resource has few of the elements that it could be found by.
  if (nodes.length === 0) return []
  switch (kind) {
    case 'token':
      return tokenRows(nodes, param)
    case 'reference':
      return nodes.flatMap((node) => references(node, param, bases))
    case 'date':
      return nodes.flatMap((node) => {
        const range = rangeOf(node)
        return range ? [{ kind, param, ...range }] : []
      })
    case 'string':
      return isPhonetic(param)
        ? nodes.flatMap((node) => strings(node).flatMap(sounds)).map((value) => ({ kind, param, value, exact: value }))
        : nodes.flatMap((node) => strings(node).map((exact) => ({ kind, param, value: normalise(exact), exact })))
    case 'uri':
      return nodes.flatMap((node) => canonicals(node.value).map((value) => ({ kind, param, value })))
    case 'number':
      return nodes.flatMap(({ value }) => (typeof value === 'number' ? [{ kind, param, low: value, high: value }] : []))
    case 'quantity':
      return nodes.flatMap((node) => quantities(node, param))
  }
}

function tokenRows(nodes: readonly TypedNode[], param: string): IndexRow[] {
  const rows: IndexRow[] = []
  for (const node of nodes) {
    for (const [system, code] of tokens(node)) rows.push({ kind: 'token', param, system, code })
    // What is not an object, as most codes are, has neither a type nor words of its own.
    if (isObject(node.value)) rows.push(...identifierTypes(node, param), ...words(tokenTexts(node), param))
    if (isMediaType(param)) rows.push(...mediaTypes(node, param))
  }
  return rows
}

/** Whether what is stored for a parameter is how names sound. @param param `Type.code` */
export const isPhonetic = (param: string): boolean => param.endsWith('.phonetic')

/**
 * The parameters of elements that are bound to R4's value set of media types: these have a hierarchy that needs no code
 * system. @param param `Type.code`
 */
export const isMediaType = (param: string): boolean => MEDIA_TYPES.has(param)

const MEDIA_TYPES: ReadonlySet<string> = new Set([
  'CapabilityStatement.format',
  'DocumentReference.contenttype',
  'Library.content-type',
  'Subscription.payload',
])

/** As media types are compared: without case and white space. */
export const mediaType = (text: string): string => text.toLowerCase().replace(/\s+/g, '')

/** What a media type lies under: its kind (`image`), itself without parameters, itself. */
function mediaTypes({ value }: TypedNode, param: string): IndexRow[] {
  if (typeof value !== 'string') return []
  const whole = mediaType(value)
  const [bare = ''] = whole.split(';', 1)
  const codes = new Set([bare.split('/', 1)[0] ?? '', bare, whole])
  return [...codes].map((code) => ({ kind: 'token', param: `${param}:below`, system: '', code }))
}

/** Of a part of a name: each of its words, and all of them in a row. */
function sounds(part: string): string[] {
  const each = soundsOf(normalise(part))
  return each.length > 1 ? [...each, each.join(' ')] : each
}

/** Rows up to which each is compared with each: most parameters find one or two. */
const FEW = 6

/** Each row once. */
export function distinct(rows: readonly IndexRow[]): readonly IndexRow[] {
  if (rows.length < 2) return rows
  if (rows.length <= FEW) return rows.some(isRepeated) ? rows.filter((row, i) => !isRepeated(row, i, rows)) : rows
  const seen = new Map<string, IndexRow>()
  for (const row of rows) seen.set(Object.values(row).join('\u0000'), row)
  return [...seen.values()]
}

const isRepeated = (row: IndexRow, at: number, rows: readonly IndexRow[]): boolean => {
  for (let i = 0; i < at; i++) if (isSame(row, rows[i])) return true
  return false
}

function isSame(one: IndexRow, other: IndexRow | undefined): boolean {
  if (one.kind !== other?.kind || one.element !== other.element) return false
  for (const name in one) if (one[name as keyof IndexRow] !== other[name as keyof IndexRow]) return false
  return true
}

/**
 * Text as strings are compared by default: without case, accents and surplus white space
 * (https://hl7.org/fhir/R4/search.html#string).
 */
export const normalise = (text: string): string =>
  (PLAIN.test(text) ? text : text.normalize('NFKD').replace(/\p{M}/gu, ''))
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim()
    .slice(0, MAX_STRING)

/** What has no accents and is composed of nothing. */
const PLAIN = /^[ -~]*$/

/** A token of an element of type `string` has no case (https://hl7.org/fhir/R4/search.html#token). */
export const withoutCase = (text: string): string => text.toLowerCase()

type Json = Readonly<Record<string, unknown>>

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** System and code of everything a token can stand for; both empty for an element with neither. */
function tokens({ type, value }: TypedNode): (readonly [system: string, code: string])[] {
  if (!isObject(value)) {
    if (typeof value === 'string') return [['', type === 'string' ? withoutCase(value) : value]]
    return typeof value === 'number' || typeof value === 'boolean' ? [['', String(value)]] : []
  }
  switch (type) {
    case 'CodeableConcept': {
      const codings = list(value.coding).filter(isObject)
      return codings.length === 0 ? [['', '']] : codings.map((coding) => [text(coding.system), text(coding.code)])
    }
    case 'Coding':
      return [[text(value.system), text(value.code)]]
    case 'Identifier':
      return [[text(value.system), text(value.value)]]
    case 'ContactPoint':
      // R4 takes its use for the system (https://hl7.org/fhir/R4/search.html#token), most clients its system.
      return [
        [text(value.use), text(value.value)],
        ...(text(value.system) === '' ? [] : [[text(value.system), text(value.value)] as const]),
      ]
    default:
      // E.g. Practitioner.communication in some definitions: nothing a token can be made of.
      return []
  }
}

/** For `:of-type`: the type of an identifier beside its value. */
function identifierTypes({ type, value }: TypedNode, param: string): IndexRow[] {
  if (type !== 'Identifier' || !isObject(value) || !isObject(value.type)) return []
  return list(value.type.coding)
    .filter(isObject)
    .filter(({ code }) => typeof code === 'string')
    .map((coding) => ({
      kind: 'token',
      param: `${param}:of-type`,
      system: text(coding.system),
      code: `${text(coding.code)}|${text(value.value)}`,
    }))
}

/** For `:text`: what R4 names as the words of a token (https://hl7.org/fhir/R4/search.html#modifiers). */
function tokenTexts({ type, value }: TypedNode): unknown[] {
  if (!isObject(value)) return []
  const displays = (coding: unknown): unknown[] =>
    list(coding)
      .filter(isObject)
      .map(({ display }) => display)
  if (type === 'Coding') return [value.display]
  if (type === 'CodeableConcept') return [value.text, ...displays(value.coding)]
  return type === 'Identifier' && isObject(value.type) ? [value.type.text] : []
}

const words = (texts: readonly unknown[], param: string): IndexRow[] =>
  texts
    .filter((each) => typeof each === 'string' && each.trim() !== '')
    .map((exact) => ({
      kind: 'string',
      param: `${param}:text`,
      value: normalise(exact as string),
      exact: exact as string,
    }))

/** A quantity as sent and, where its unit is UCUM's, in base units. Range and SampledData have two ends. */
function quantities({ type, value }: TypedNode, param: string): IndexRow[] {
  if (!isObject(value)) return []
  const ends = type === 'Range' ? rangeEnds(value) : type === 'SampledData' ? sampledEnds(value) : quantityEnds(value)
  if (!ends) return []
  const { low, high, of } = ends
  const system = typeof of.currency === 'string' ? 'urn:iso:std:iso:4217' : text(of.system)
  const code = typeof of.currency === 'string' ? of.currency : text(of.code)
  const row = { kind: 'quantity', param, low, high, system, code, unit: text(of.unit) } as const
  const from = system === UCUM ? inBase(low, code) : undefined
  const to = system === UCUM ? inBase(high, code) : undefined
  if (!from || !to) return [row]
  const base = { low: from.value, high: to.value, system: UCUM, code: from.unit, unit: '' }
  return [row, { kind: 'quantity', param: `${param}:canonical`, ...base }]
}

const inBase = (end: number, code: string): ReturnType<typeof canonical> => {
  const unit = canonical(1, code)?.unit
  if (unit === undefined) return undefined
  return end === LOWEST || end === HIGHEST ? { value: end, unit } : canonical(end, code)
}

interface Ends {
  readonly low: number
  readonly high: number
  /** The quantity that names the unit. */
  readonly of: Json
}

/** `< 5` stands for everything below (https://hl7.org/fhir/R4/valueset-quantity-comparator.html). */
function quantityEnds(quantity: Json): Ends | undefined {
  const { value, comparator } = quantity
  if (typeof value !== 'number') return undefined
  const below = comparator === '<' || comparator === '<='
  const above = comparator === '>' || comparator === '>='
  return { low: below ? LOWEST : value, high: above ? HIGHEST : value, of: quantity }
}

function rangeEnds({ low, high }: Json): Ends | undefined {
  const from = isObject(low) && typeof low.value === 'number' ? low.value : LOWEST
  const to = isObject(high) && typeof high.value === 'number' ? high.value : HIGHEST
  if (from === LOWEST && to === HIGHEST) return undefined
  return { low: from, high: to, of: (from === LOWEST ? high : low) as Json }
}

/** The smallest and the largest sample: `data` times `factor` plus `origin`. */
function sampledEnds({ origin, factor, data }: Json): Ends | undefined {
  if (!isObject(origin)) return undefined
  const base = typeof origin.value === 'number' ? origin.value : 0
  const samples = text(data)
    .split(' ')
    .map(Number)
    .filter(Number.isFinite)
    .map((sample) => base + sample * (typeof factor === 'number' ? factor : 1))
  if (samples.length === 0) return undefined
  const low = samples.reduce((a, b) => Math.min(a, b))
  return { low, high: samples.reduce((a, b) => Math.max(a, b)), of: origin }
}

function references(node: TypedNode, param: string, bases: readonly string[]): IndexRow[] {
  const { type, value } = node
  const row = (target: string): IndexRow => ({ kind: 'reference', param, target })
  if (typeof value === 'string') return canonicalTargets(value).map(row)
  if (!isObject(value)) return []
  if (isResourceType(type)) return [row(typeof value.id === 'string' ? `${type}/${value.id}` : '')]
  if (type !== 'Reference') return []
  const { identifier } = value
  const literal = literalTarget(text(value.reference), bases)
  const token: IndexRow[] = isObject(identifier)
    ? [{ kind: 'token', param: `${param}:identifier`, system: text(identifier.system), code: text(identifier.value) }]
    : []
  const version = VERSIONED.exec(text(value.reference))
  return [
    row(literal),
    ...(version && literal !== '' ? [row(literal + version[0])] : []),
    ...token,
    ...words([value.display], param),
  ]
}

/** The target as it is stored, without version; empty for none and for a contained resource, which no search can name. */
const literalTarget = (reference: string, bases: readonly string[]): string =>
  reference.startsWith('#') ? '' : ownTarget(reference, bases).replace(VERSIONED, '')

/** The version that a reference names. */
const VERSIONED = /\/_history\/[A-Za-z0-9\-.]{1,64}$/

/** References to this service become relative. */
export function ownTarget(reference: string, bases: readonly string[]): string {
  const base = bases.find((own) => reference.startsWith(`${own}/`))
  return base === undefined ? reference : reference.slice(base.length + 1)
}

/**
 * A canonical as the target of a reference: without its version, as most ask, and as `url|version`, by which it leads to
 * what has that version; `url|` is one that names none and leads to all. Versions have no case, as tokens of text.
 */
function canonicalTargets(value: string): string[] {
  if (value === '') return []
  const bar = value.indexOf('|')
  return bar > 0 ? [versioned(value.slice(0, bar), value.slice(bar + 1)), value.slice(0, bar)] : [value, `${value}|`]
}

/** What a canonical with a version is in the index of references. */
export const versioned = (url: string, version: string): string => `${url}|${withoutCase(version)}`

/** A canonical is found with its version and without. */
function canonicals(value: unknown): string[] {
  if (typeof value !== 'string' || value === '') return []
  const bar = value.indexOf('|')
  return bar > 0 ? [value, value.slice(0, bar)] : [value]
}

function rangeOf({ type, value }: TypedNode): ReturnType<typeof dateRange> {
  if (typeof value === 'string') return dateRange(value)
  if (!isObject(value)) return undefined
  return type === 'Timing' ? timingRange(value) : type === 'Period' ? periodRange(value.start, value.end) : undefined
}

/** A Timing is found by its outer limits; the schedule inside them is not looked at (R4 search, date). */
function timingRange(timing: Json): ReturnType<typeof dateRange> {
  const ranges = list(timing.event).map((event) => dateRange(text(event)))
  const bounds = isObject(timing.repeat) ? timing.repeat.boundsPeriod : undefined
  if (isObject(bounds)) ranges.push(periodRange(bounds.start, bounds.end))
  const found = ranges.filter((range) => range !== undefined)
  if (found.length === 0) return undefined
  return { low: Math.min(...found.map(({ low }) => low)), high: Math.max(...found.map(({ high }) => high)) }
}

const HUMAN_NAME = ['text', 'family', 'given', 'prefix', 'suffix']
const ADDRESS = ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country']

function strings({ type, value }: TypedNode): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value]
  if (!isObject(value)) return []
  const parts = type === 'HumanName' ? HUMAN_NAME : type === 'Address' ? ADDRESS : []
  return parts
    .flatMap((part) => list(value[part]))
    .filter((part) => typeof part === 'string' && part.trim() !== '') as string[]
}
