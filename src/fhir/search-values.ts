/**
 * The value of one search parameter, read by its kind (https://hl7.org/fhir/R4/search.html#ptypes). Every function
 * answers a condition, or words that say what is wrong without quoting the value.
 */
import { type DateRange, reachedRange, searchedRange } from './date-range.ts'
import { normalise, isPhonetic } from './index-values.ts'
import { nearValues } from './near.ts'
import { soundsOf } from './phonetic.ts'
import { numberRange } from './number-range.ts'
import {
  type Condition,
  type DateValue,
  type IndexCondition,
  MARGIN,
  type NumberValue,
  type Prefix,
  prefixes,
  type QuantityValue,
} from './search-condition.ts'
import type { SearchParam, SearchParams } from './search-params.ts'
import { withoutSlashes } from './references.ts'
import { hierarchies, references } from './search-references.ts'
import { split, unescaped } from './search-text.ts'
import { ofType, tokenHierarchy, tokens, valueSetCodes } from './search-tokens.ts'
import { canonical, UCUM } from './ucum.ts'

/**
 * Reads a value.
 * @param modifier one that the parameter offers
 * @param now ms since the epoch: what `ap` allows a date grows with its distance from now
 * @returns the condition, or words for the sender
 */
export function conditionOf(
  param: SearchParam,
  modifier: string | undefined,
  value: string,
  params: SearchParams,
  now?: number,
): Condition | string {
  if (modifier === 'missing') return missing(param, value)
  const parts = split(value, ',')
  if (parts.includes(''))
    return 'One of the values between commas is empty. Write a comma that belongs to a value as "\\,".'
  if (parts.some((part) => /\\(?![,|$\\])/.test(part.replace(/\\\\/g, '')))) {
    return 'A backslash stands only before ",", "|", "$" or "\\".'
  }
  if (param.kind === 'composite') return composites(param, parts, params, now)
  if (param.kind === 'special') {
    const values = nearValues(parts)
    return typeof values === 'string' ? values : { kind: 'near', param: param.name, values }
  }
  return indexCondition(param, modifier, parts, params, now)
}

function indexCondition(
  param: SearchParam,
  modifier: string | undefined,
  parts: readonly string[],
  params: SearchParams,
  now: number | undefined,
): Condition | string {
  if (modifier === 'identifier') return tokens(parts, `${param.name}:identifier`, param, false)
  if (modifier === 'text') return strings(`${param.name}:text`, undefined, parts.map(unescaped))
  switch (param.kind) {
    case 'token':
      if (param.special) return ids(parts, modifier === 'not')
      if (modifier === 'of-type') return ofType(parts, param)
      if (modifier === 'in' || modifier === 'not-in') return valueSetCodes(parts, param, modifier === 'not-in', params)
      if (modifier === 'above' || modifier === 'below') return tokenHierarchy(parts, param, modifier, params)
      return tokens(parts, param.name, param, modifier === 'not')
    case 'date':
      return dates(param, parts, now)
    case 'string':
      return strings(param.name, modifier, parts.map(unescaped))
    case 'reference':
      if (modifier === 'above' || modifier === 'below')
        return hierarchies(param, modifier, parts.map(unescaped), params)
      return references(param, modifier, parts.map(unescaped), params)
    case 'uri':
      return uris(param, modifier, parts.map(unescaped))
    case 'number':
      return numbers(param, parts)
    case 'quantity':
      return quantities(param, parts)
    case 'composite':
    case 'special':
      return 'A composite has no composite inside.'
  }
}

function missing(param: SearchParam, value: string): Condition | string {
  if (value !== 'true' && value !== 'false') return 'With :missing its value is "true" or "false".'
  const holds = value === 'true'
  if (param.special) return { kind: 'constant', holds: !holds }
  if (param.kind === 'special') return { kind: 'missing', of: 'number', param: param.name, missing: holds }
  const { kind, name } = param.components[0] ?? param
  return kind === 'composite' || kind === 'special'
    ? 'It has no components.'
    : { kind: 'missing', of: kind, param: name, missing: holds }
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/

function ids(parts: readonly string[], negate: boolean): Condition | string {
  if (!parts.every((part) => ID.test(part))) return 'An id has 1 to 64 letters, digits, "-" and ".".'
  return { kind: 'id', negate, values: parts }
}

const PREFIXES = `with one of the prefixes ${prefixes.join(', ')} or none`

const DATE_FORM =
  'It takes a date such as 2024, 2024-03, 2024-03-31 or 2024-03-31T10:00:00Z that exists in the calendar, ' +
  `${PREFIXES}.`

/** Takes the prefix off. */
function prefixed(part: string): readonly [Prefix, string] {
  const prefix = prefixes.find((each) => part.startsWith(each))
  return prefix === undefined ? ['eq', part] : [prefix, part.slice(2)]
}

function dates(param: SearchParam, parts: readonly string[], now: number | undefined): Condition | string {
  const values: DateValue[] = []
  for (const part of parts) {
    const [prefix, text] = prefixed(part)
    const range = prefix === 'ge' || prefix === 'eb' ? reachedRange(text) : searchedRange(text)
    if (!range) return DATE_FORM
    values.push({ prefix, ...(prefix === 'ap' ? approximate(range, now) : range) })
  }
  return param.special ? { kind: 'lastUpdated', values } : { kind: 'date', param: param.name, values }
}

/**
 * What is near a date: R4 recommends a tenth of the gap between now and the date
 * (https://hl7.org/fhir/R4/search.html#prefix), and at least as much as the value itself is wide.
 */
function approximate({ low, high }: DateRange, now: number | undefined): DateRange {
  const gap = now === undefined ? 0 : Math.max(0, now - high, low - now)
  const margin = Math.max(high - low + 1, Math.ceil(gap * MARGIN))
  return { low: low - margin, high: high + margin }
}

const NUMBER_FORM = `It takes a number such as 100, 5.40 or 1e3, ${PREFIXES}.`

function numbers(param: SearchParam, parts: readonly string[]): Condition | string {
  const values: NumberValue[] = []
  for (const part of parts) {
    const [prefix, text] = prefixed(part)
    const range = numberRange(text)
    if (!range) return NUMBER_FORM
    values.push({ prefix, ...range })
  }
  return { kind: 'number', param: param.name, values }
}

const QUANTITY_FORM =
  'It takes a number such as 5.4, or number|system|code such as 5.4|http://unitsofmeasure.org|mg, or number||code; ' +
  `the number ${PREFIXES}.`

function quantities(param: SearchParam, parts: readonly string[]): Condition | string {
  const values: QuantityValue[] = []
  for (const part of parts) {
    const [number = '', system = '', code = '', ...rest] = split(part, '|').map(unescaped)
    const [prefix, text] = prefixed(number)
    const range = numberRange(text)
    if (!range || rest.length > 0) return QUANTITY_FORM
    values.push(quantity({ prefix, ...range }, system, code))
  }
  // Quantities in base units are in rows of their own; a query that asks for both kinds is two conditions.
  const inBase = values.filter((value) => value.canonical)
  const asSent = values.filter((value) => !value.canonical)
  const conditions: Condition[] = []
  if (asSent.length > 0) conditions.push({ kind: 'quantity', param: param.name, values: asSent })
  if (inBase.length > 0) conditions.push({ kind: 'quantity', param: `${param.name}:canonical`, values: inBase })
  const [only] = conditions
  return conditions.length === 1 && only ? only : { kind: 'any', of: conditions }
}

function quantity(value: NumberValue, system: string, code: string): QuantityValue {
  if (system === '') return code === '' ? value : { ...value, unit: code }
  if (code === '') return { ...value, system }
  const unit = system === UCUM ? canonical(value.value, code) : undefined
  const from = unit && canonical(value.from, code)
  const to = unit && canonical(value.to, code)
  if (!unit || !from || !to) return { ...value, system, code }
  return { prefix: value.prefix, value: unit.value, from: from.value, to: to.value, code: unit.unit, canonical: true }
}

const NOTHING = 'One of its values has nothing to look for.'

function strings(param: string, modifier: string | undefined, parts: readonly string[]): Condition | string {
  if (isPhonetic(param)) {
    const values = parts.map((part) => soundsOf(normalise(part)).join(' '))
    return values.includes('') ? NOTHING : { kind: 'string', param, match: 'exact', values }
  }
  const match = modifier === 'exact' || modifier === 'contains' ? modifier : 'start'
  const values = match === 'exact' ? parts : parts.map(normalise)
  // A lone accent or blank is normalised away and would match everything.
  if (values.some((value) => normalise(value) === '')) return NOTHING
  return { kind: 'string', param, match, values }
}

const URL_LIKE = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]/

/** `:above` and `:below` (https://hl7.org/fhir/R4/search.html#uri) have a meaning for URLs alone, not for URNs. */
function uris(param: SearchParam, modifier: string | undefined, parts: readonly string[]): Condition | string {
  if (modifier === undefined) return { kind: 'uri', param: param.name, match: 'equal', values: parts }
  if (!parts.every((part) => URL_LIKE.test(part))) return `With :${modifier} its value is a URL such as http://a.org/b.`
  const bare = parts.map((part) => withoutSlashes(part))
  if (modifier === 'below') return { kind: 'uri', param: param.name, match: 'below', values: bare }
  return { kind: 'uri', param: param.name, match: 'equal', values: [...new Set(bare.flatMap(above))] }
}

/** A URL and every URL it lies under, with and without the slash at the end. */
function above(url: string): string[] {
  const start = url.indexOf('://') + 3
  const found: string[] = []
  for (let end = url.length; end > start; end = url.lastIndexOf('/', end - 1)) {
    found.push(url.slice(0, end), `${url.slice(0, end)}/`)
  }
  return found
}

function composites(
  param: SearchParam,
  parts: readonly string[],
  params: SearchParams,
  now: number | undefined,
): Condition | string {
  const { components } = param
  const values: IndexCondition[][] = []
  for (const part of parts) {
    const texts = split(part, '$')
    if (texts.length !== components.length || texts.includes('')) {
      return `It has ${components.length} values with "$" between them: ${components.map(({ code, kind }) => `${code} (${kind})`).join('$')}.`
    }
    const conditions: IndexCondition[] = []
    for (const [index, component] of components.entries()) {
      const condition = indexCondition(component, undefined, [texts[index] ?? ''], params, now)
      if (typeof condition === 'string') return `Value ${index + 1} (${component.code}): ${condition}`
      conditions.push(condition as IndexCondition)
    }
    values.push(conditions)
  }
  return { kind: 'composite', values }
}
