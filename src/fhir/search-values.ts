/**
 * The value of one search parameter, read by its kind (https://hl7.org/fhir/R4/search.html#ptypes). Every function
 * answers a condition, or words that say what is wrong without quoting the value.
 */
import { type DateRange, dateRange } from './date-range.ts'
import { isResourceType } from './element-types.ts'
import { type IndexKind, literalTarget, normalise } from './index-values.ts'
import type { SearchParam, SearchParams } from './search-params.ts'

export const datePrefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const
export type DatePrefix = (typeof datePrefixes)[number]

/** `system` absent: any system; empty: none. `code` absent: any code of the system. */
export interface TokenValue {
  readonly system?: string
  readonly code?: string
}

export interface DateValue extends DateRange {
  readonly prefix: DatePrefix
}

/** What a resource must satisfy; the values of one condition are alternatives. */
export type Condition =
  | { readonly kind: 'id'; readonly negate: boolean; readonly values: readonly string[] }
  | { readonly kind: 'lastUpdated'; readonly values: readonly DateValue[] }
  /** `_id:missing` and `_lastUpdated:missing`: every resource has both. */
  | { readonly kind: 'constant'; readonly holds: boolean }
  | { readonly kind: 'missing'; readonly of: IndexKind; readonly param: string; readonly missing: boolean }
  | {
      readonly kind: 'token'
      readonly param: string
      /** `:not`: no value of the resource is one of these; a resource without a value satisfies it. */
      readonly negate: boolean
      readonly values: readonly TokenValue[]
    }
  | { readonly kind: 'reference'; readonly param: string; readonly values: readonly string[] }
  | { readonly kind: 'date'; readonly param: string; readonly values: readonly DateValue[] }
  | {
      readonly kind: 'string'
      readonly param: string
      readonly match: 'start' | 'exact' | 'contains'
      /** As sent for `exact`, else normalised. */
      readonly values: readonly string[]
    }
  | { readonly kind: 'uri'; readonly param: string; readonly values: readonly string[] }

/**
 * Reads a value.
 * @param modifier one that the parameter offers
 * @returns the condition, or words for the sender
 */
export function conditionOf(
  param: SearchParam,
  modifier: string | undefined,
  value: string,
  params: SearchParams,
): Condition | string {
  if (modifier === 'missing') return missing(param, value)
  const parts = split(value, ',')
  if (parts.includes(''))
    return 'One of the values between commas is empty. Write a comma that belongs to a value as "\\,".'
  if (parts.some((part) => /\\(?![,|$\\])/.test(part.replace(/\\\\/g, '')))) {
    return 'A backslash stands only before ",", "|", "$" or "\\".'
  }
  if (modifier === 'identifier') return tokens(parts, `${param.name}:identifier`, false)
  switch (param.kind) {
    case 'token':
      return param.special ? ids(parts, modifier === 'not') : tokens(parts, param.name, modifier === 'not')
    case 'date':
      return dates(param, parts)
    case 'string':
      return strings(param, modifier, parts.map(unescaped))
    case 'reference':
      return references(param, modifier, parts.map(unescaped), params)
    case 'uri':
      return { kind: 'uri', param: param.name, values: parts.map(unescaped) }
  }
}

/** Splits at separators that have no backslash before them. */
function split(value: string, separator: ',' | '|'): string[] {
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < value.length; at++) {
    if (value[at] === '\\') at++
    else if (value[at] === separator) {
      parts.push(value.slice(start, at))
      start = at + 1
    }
  }
  parts.push(value.slice(start))
  return parts
}

const unescaped = (part: string): string => part.replace(/\\([,|$\\])/g, '$1')

function missing(param: SearchParam, value: string): Condition | string {
  if (value !== 'true' && value !== 'false') return 'With :missing its value is "true" or "false".'
  const holds = value === 'true'
  if (param.special) return { kind: 'constant', holds: !holds }
  return { kind: 'missing', of: param.kind, param: param.name, missing: holds }
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/

function ids(parts: readonly string[], negate: boolean): Condition | string {
  if (!parts.every((part) => ID.test(part))) return 'An id has 1 to 64 letters, digits, "-" and ".".'
  return { kind: 'id', negate, values: parts }
}

function tokens(parts: readonly string[], param: string, negate: boolean): Condition | string {
  const values: TokenValue[] = []
  for (const part of parts) {
    const halves = split(part, '|').map(unescaped)
    const [first = '', second = ''] = halves
    if (halves.length > 2) return 'It has more than one "|". Write a "|" that belongs to a code as "\\|".'
    if (halves.length === 1) values.push({ code: first })
    else if (first === '' && second === '') return 'It has neither system nor code.'
    else values.push(second === '' ? { system: first } : { system: first, code: second })
  }
  return { kind: 'token', param, negate, values }
}

const DATE_FORM =
  'It is a date such as 2024, 2024-03, 2024-03-31 or 2024-03-31T10:00:00Z that exists in the calendar, ' +
  `with one of the prefixes ${datePrefixes.join(', ')} or none. In a URL the "+" of a time zone is written %2B.`

function dates(param: SearchParam, parts: readonly string[]): Condition | string {
  const values: DateValue[] = []
  for (const part of parts) {
    const prefix = datePrefixes.find((each) => part.startsWith(each))
    const range = dateRange(prefix === undefined ? part : part.slice(2))
    if (!range) return DATE_FORM
    values.push({ prefix: prefix ?? 'eq', ...range })
  }
  return param.special ? { kind: 'lastUpdated', values } : { kind: 'date', param: param.name, values }
}

function strings(param: SearchParam, modifier: string | undefined, parts: readonly string[]): Condition | string {
  const match = modifier === 'exact' || modifier === 'contains' ? modifier : 'start'
  const values = match === 'exact' ? parts : parts.map(normalise)
  // A lone accent or blank is normalised away and would match everything.
  if (values.some((value) => normalise(value) === '')) return 'One of its values has nothing to look for.'
  return { kind: 'string', param: param.name, match, values }
}

function references(
  param: SearchParam,
  modifier: string | undefined,
  parts: readonly string[],
  params: SearchParams,
): Condition | string {
  const values: string[] = []
  for (const part of parts) {
    const found = targets(param, modifier, part, params)
    if (typeof found === 'string') return found
    values.push(...found)
  }
  return { kind: 'reference', param: param.name, values: [...new Set(values)] }
}

/** The stored targets that one value stands for, or words. */
function targets(
  param: SearchParam,
  modifier: string | undefined,
  part: string,
  params: SearchParams,
): readonly string[] | string {
  const allowed = modifier === undefined ? param.targets : [modifier]
  if (/\/_history\//.test(part)) return 'References are searched without a version: leave out "/_history/…".'
  if (ID.test(part)) {
    const types = modifier === undefined ? likelyTargets(param, params) : allowed
    return types.length > 0
      ? types.map((type) => `${type}/${part}`)
      : 'It needs a type before the id, such as "Patient/1".'
  }
  const target = literalTarget(part, params.bases)
  const relative = /^([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/.exec(target)
  if (relative) {
    const [, type = ''] = relative
    if (!isResourceType(type)) return 'The name before the "/" is not an R4 resource type.'
    if (allowed.length > 0 && !allowed.includes(type)) return `It refers to ${list(allowed)}, not to ${type}.`
    return [target]
  }
  // A canonical, a URL elsewhere, or a URN: found as it was sent.
  if (/^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/.test(target)) return [target]
  return 'It is a reference such as "Patient/1", an id, or an absolute URL.'
}

/** R4 writes every type into `target` where any may stand; then only those that are served are meant. */
const MANY_TARGETS = 20

/** The types an id alone may be of, and that may be named as a modifier. */
export const likelyTargets = ({ targets }: SearchParam, params: SearchParams): readonly string[] =>
  targets.length > MANY_TARGETS ? targets.filter((type) => params.has(type)) : targets

const list = (types: readonly string[]): string =>
  types.length > 20 ? `${types.slice(0, 20).join(', ')} and others` : types.join(', ')
