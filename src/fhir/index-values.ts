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
import { isObject } from './resource.ts'

export const indexKinds = ['token', 'reference', 'date', 'string', 'uri'] as const
export type IndexKind = (typeof indexKinds)[number]

/** Longest normalised string kept in the index, in characters: engines limit the size of an index entry. */
export const MAX_STRING = 500

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
  switch (kind) {
    case 'token':
      return nodes.flatMap((node) => tokens(node).map(([system, code]) => ({ kind, param, system, code })))
    case 'reference':
      return nodes.flatMap((node) => references(node, param, bases))
    case 'date':
      return nodes.flatMap((node) => {
        const range = rangeOf(node)
        return range ? [{ kind, param, ...range }] : []
      })
    case 'string':
      return nodes.flatMap((node) => strings(node).map((exact) => ({ kind, param, value: normalise(exact), exact })))
    case 'uri':
      return nodes.flatMap((node) => canonicals(node.value).map((value) => ({ kind, param, value })))
  }
}

/** Each row once. */
export function distinct(rows: readonly IndexRow[]): IndexRow[] {
  const seen = new Map<string, IndexRow>()
  for (const row of rows) seen.set(JSON.stringify(Object.values(row)), row)
  return [...seen.values()]
}

/**
 * Text as strings are compared by default: without case, accents and surplus white space
 * (https://hl7.org/fhir/R4/search.html#string).
 */
export const normalise = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/gu, ' ').trim().slice(0, MAX_STRING)

type Json = Readonly<Record<string, unknown>>

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** System and code of everything a token can stand for; both empty for an element with neither. */
function tokens({ type, value }: TypedNode): (readonly [system: string, code: string])[] {
  if (!isObject(value)) {
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [['', String(value)]]
      : []
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
      return [['', text(value.value)]]
    default:
      // E.g. Practitioner.communication in some definitions: nothing a token can be made of.
      return []
  }
}

function references(node: TypedNode, param: string, bases: readonly string[]): IndexRow[] {
  const { type, value } = node
  const row = (target: string): IndexRow => ({ kind: 'reference', param, target })
  if (typeof value === 'string') return canonicals(value).map(row)
  if (!isObject(value)) return []
  if (isResourceType(type)) return [row(typeof value.id === 'string' ? `${type}/${value.id}` : '')]
  if (type !== 'Reference') return []
  const { identifier } = value
  const literal = literalTarget(text(value.reference), bases)
  const token: IndexRow[] = isObject(identifier)
    ? [{ kind: 'token', param: `${param}:identifier`, system: text(identifier.system), code: text(identifier.value) }]
    : []
  return [row(literal), ...token]
}

/** The target as it is stored; empty for none and for a contained resource, which no search can name. */
export function literalTarget(reference: string, bases: readonly string[]): string {
  if (reference.startsWith('#')) return ''
  const base = bases.find((own) => reference.startsWith(`${own}/`))
  const target = base === undefined ? reference : reference.slice(base.length + 1)
  return target.replace(/\/_history\/[A-Za-z0-9\-.]{1,64}$/, '')
}

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
