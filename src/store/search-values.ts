/** Values of search parameters as comparisons with the columns of an index. */
import { normalise } from '../fhir/index-values.ts'
import { RADIANS, reach } from '../fhir/near.ts'
import {
  type DateValue,
  type IndexCondition,
  MARGIN,
  type NearValue,
  type NumberValue,
  type QuantityValue,
  type TokenValue,
} from '../fhir/search-condition.ts'
import type { Parameters } from './parameters.ts'

/** What the rows of one index must satisfy beside their parameter. */
export function valueTests(condition: IndexCondition, row: string, parameters: Parameters): string {
  switch (condition.kind) {
    case 'token':
      return tokenSql(condition.values, row, parameters)
    case 'reference':
      return `${row}.target IN (${parameters.addAll(condition.values)})`
    case 'uri':
      return condition.match === 'equal'
        ? `${row}.value IN (${parameters.addAll(condition.values)})`
        : anyOf(condition.values.map((value) => belowSql(value, `${row}.value`, parameters)))
    case 'date':
      return anyOf(condition.values.map((value) => dateSql(value, `${row}.low`, `${row}.high`, parameters)))
    case 'number':
      return anyOf(condition.values.map((value) => numberSql(value, row, parameters)))
    case 'quantity':
      return anyOf(condition.values.map((value) => quantitySql(value, row, parameters)))
    case 'string':
      return anyOf(condition.values.map((value) => stringSql(condition.match, value, row, parameters)))
  }
}

export const anyOf = (tests: readonly string[]): string =>
  tests.length === 0 ? '1 = 0' : tests.length === 1 ? tests.join('') : `(${tests.join(' OR ')})`

/** Positions around a place: a walk along the latitudes that may be near, each looked at (`isNear` in SQL). */
export function nearTests(param: string, value: NearValue, row: string, parameters: Parameters): string {
  const { latitude, longitude, angle } = value
  const add = (number: number): string => parameters.add(number)
  const half = RADIANS / 2
  const north = `sin((${row}.low - ${add(latitude)}) * ${add(half)})`
  const east = `sin((${row}.high - ${add(longitude)}) * ${add(half)})`
  const tests = [
    `${row}.param = ${parameters.add(param)}`,
    `${row}.low >= ${add(latitude - angle / RADIANS)} AND ${row}.low <= ${add(latitude + angle / RADIANS)}`,
    `${north} * ${north} + cos(${row}.low * ${add(RADIANS)}) * ${add(Math.cos(latitude * RADIANS))} * ${east} * ${east} <= ${add(reach(value))}`,
  ]
  return tests.join(' AND ')
}

/**
 * Codes are compared with case: R4 leaves it open, and an If-None-Exist that took one prescription's identifier for
 * another's would lose an order. Values that differ in the code alone are one list, however many they are.
 */
function tokenSql(values: readonly TokenValue[], row: string, parameters: Parameters): string {
  const bySystem = new Map<string | undefined, (string | undefined)[]>()
  for (const { system, code } of values) bySystem.set(system, [...(bySystem.get(system) ?? []), code])
  const tests: string[] = []
  for (const [system, codes] of bySystem) {
    const named = codes.filter((code) => code !== undefined)
    const ofSystem = system === undefined ? '' : `${row}.system = ${parameters.add(system)}`
    // A system alone stands for all its codes, those that are named beside it too.
    if (named.length < codes.length) tests.push(ofSystem)
    else {
      const codeTest = `${row}.code IN (${parameters.addAll(named)})`
      tests.push(ofSystem === '' ? codeTest : `(${codeTest} AND ${ofSystem})`)
    }
  }
  return anyOf(tests)
}

/**
 * R4's prefixes as comparisons of ranges (https://hl7.org/fhir/R4/search.html#prefix): [low, high] is the resource's
 * value, the search value is a range too. `ge` and `le` take in whatever reaches into the range, so that
 * `ge2024-03-31` with `le2024-03-31` finds every period that touches the day, one that ends on it included. `ap` comes
 * with its margin.
 */
export function dateSql(value: DateValue, low: string, high: string, parameters: Parameters): string {
  const from = () => parameters.add(value.low)
  const to = () => parameters.add(value.high)
  switch (value.prefix) {
    case 'eq':
      // `low <= to` is implied by `high <= to`; said again it bounds the walk through the index on both sides.
      return `(${low} >= ${from()} AND ${low} <= ${to()} AND ${high} <= ${to()})`
    case 'ne':
      return `(${low} < ${from()} OR ${high} > ${to()})`
    case 'gt':
      return `${high} > ${to()}`
    case 'lt':
      return `${low} < ${from()}`
    case 'ge':
      return `${high} >= ${from()}`
    case 'le':
      return `${low} <= ${to()}`
    case 'sa':
      return `${low} > ${to()}`
    case 'eb':
      return `${high} < ${from()}`
    case 'ap':
      return `(${low} <= ${to()} AND ${high} >= ${from()})`
  }
}

/**
 * `eq` and `ne` compare with the range that the digits of the search value stand for, the others with the number
 * itself (https://hl7.org/fhir/R4/search.html#number); what is stored may be a range.
 */
function numberSql({ prefix, value, from, to }: NumberValue, row: string, parameters: Parameters): string {
  const [low, high] = [`${row}.low`, `${row}.high`]
  const add = (number: number): string => parameters.add(number)
  switch (prefix) {
    case 'eq':
      return `(${low} >= ${add(from)} AND ${low} < ${add(to)} AND ${high} < ${add(to)})`
    case 'ne':
      return `(${low} < ${add(from)} OR ${high} >= ${add(to)})`
    case 'gt':
      return `${high} > ${add(value)}`
    case 'lt':
      return `${low} < ${add(value)}`
    case 'ge':
      return `${high} >= ${add(value)}`
    case 'le':
      return `${low} <= ${add(value)}`
    case 'sa':
      return `${low} > ${add(value)}`
    case 'eb':
      return `${high} < ${add(value)}`
    case 'ap': {
      const margin = Math.max(Math.abs(value) * MARGIN, to - value)
      return `(${low} <= ${add(value + margin)} AND ${high} >= ${add(value - margin)})`
    }
  }
}

function quantitySql(value: QuantityValue, row: string, parameters: Parameters): string {
  const tests = [numberSql(value, row, parameters)]
  if (value.system !== undefined) tests.push(`${row}.system = ${parameters.add(value.system)}`)
  if (value.code !== undefined) tests.push(`${row}.code = ${parameters.add(value.code)}`)
  if (value.unit !== undefined) {
    tests.push(`(${row}.code = ${parameters.add(value.unit)} OR ${row}.unit = ${parameters.add(value.unit)})`)
  }
  return tests.length === 1 ? tests.join('') : `(${tests.join(' AND ')})`
}

/** The URL itself and what lies under it; case counts. */
function belowSql(url: string, column: string, parameters: Parameters): string {
  const under = `${url}/`
  return `(${column} = ${parameters.add(url)} OR substr(${column}, 1, ${under.length}) = ${parameters.add(under)})`
}

/** The last code point: behind everything that starts with the text before it. */
const LAST = '\u{10FFFF}'

/**
 * What starts with a text lies between that text and the last that starts so in the order of code points, which is a
 * walk in the index. LIKE folds ASCII case on one engine and not on the other; `value` is lower case, so both answer
 * the same.
 */
function stringSql(match: 'start' | 'exact' | 'contains', value: string, row: string, parameters: Parameters): string {
  const add = (text: string): string => parameters.add(text)
  switch (match) {
    case 'exact':
      return `(${row}.value = ${add(normalise(value))} AND ${row}.exact = ${add(value)})`
    case 'start':
      return `(${row}.value >= ${add(value)} AND ${row}.value < ${add(value + LAST)})`
    case 'contains':
      return `${row}.value LIKE ${add(`%${value.replace(/[\\%_]/g, '\\$&')}%`)} ESCAPE '\\'`
  }
}
