/** The conditions of a search as SQL, the scope of the caller always among them. */
import { type IndexKind, normalise } from '../fhir/index-values.ts'
import {
  type Condition,
  type DateValue,
  type InCompartment,
  type IndexCondition,
  MARGIN,
  type NearValue,
  type NumberValue,
  type QuantityValue,
  type TokenValue,
} from '../fhir/search-condition.ts'
import { RADIANS, reach } from '../fhir/near.ts'
import type { Membership } from '../fhir/compartments.ts'
import type { SearchQuery } from '../fhir/search-query.ts'
import type { SqlValue } from './database.ts'
import { type Scope, shownSql as shownOf } from './read.ts'

export type { Scope } from './read.ts'

/** Values of a statement in the order of their placeholders. */
export class Parameters {
  readonly values: SqlValue[] = []
  #aliases = 0

  /** Adds a value and answers its placeholder. */
  add(value: SqlValue): string {
    return `$${this.values.push(value)}`
  }

  addAll(values: readonly SqlValue[]): string {
    return values.map((value) => this.add(value)).join(', ')
  }

  /** A name for a table that no other part of the statement uses. */
  alias(): string {
    return `t${++this.#aliases}`
  }
}

/** Whose rows, and where their values go. */
export interface Frame {
  readonly scope: Scope
  readonly parameters: Parameters
}

/** Everything a row must satisfy; the scope is never left out. */
export function where(search: SearchQuery, scope: Scope, parameters: Parameters): string[] {
  const frame = { scope, parameters }
  if (search.branches) {
    const branches = search.branches.map(({ type, conditions }) => `(${resourceSql(type, conditions, 'r', frame)})`)
    return [...(search.compartment ? [amongSql(search.compartment, parameters)] : []), anyOf(branches)]
  }
  const conditions = ['r.deleted = 0']
  if (namesType(search, scope)) conditions.push(`r.type = ${parameters.add(search.type)}`)
  if (isScoped(scope, search.type)) {
    const organization = parameters.add(scope.organization)
    const type = parameters.add(search.type)
    conditions.push(`r.key IN (SELECT key FROM access WHERE org = ${organization} AND type = ${type})`)
    conditions.push(...shownSql(scope, 'r', parameters))
  }
  for (const condition of search.conditions) conditions.push(conditionSql(condition, 'r', frame))
  return conditions
}

type OrganizationScope = Extract<Scope, { kind: 'organization' }>

/** Whether rows of a type are seen by some organisations only. */
export const isScoped = (scope: Scope, type: string): scope is OrganizationScope =>
  scope.kind === 'organization' && !scope.published?.has(type)

/** Conditions that hold for what the caller is shown of what its organisation may see. */
export const shownSql = (scope: OrganizationScope, row: string, parameters: Parameters): string[] =>
  shownOf(scope, row, (value) => parameters.add(value))

/**
 * Whether the statement names the type itself. The organisation's access rows and the parameters' names imply it; said
 * again, it leads SQLite to walk every resource of the type instead of the few that are looked up by key. It is said
 * where it makes an index useful: ids are unique within a type, and `_lastUpdated` with a lower bound, as pollers ask,
 * is a short walk in (type, tick).
 */
function namesType({ conditions, type }: SearchQuery, scope: Scope): boolean {
  const useful = conditions.some(
    (condition) =>
      (condition.kind === 'id' && !condition.negate) ||
      (condition.kind === 'lastUpdated' && condition.values.every(({ prefix }) => LOWER_BOUND.has(prefix))),
  )
  return useful || (!isScoped(scope, type) && !conditions.some(impliesType))
}

const LOWER_BOUND = new Set<DateValue['prefix']>(['eq', 'gt', 'ge', 'sa', 'ap'])

/** Whether all that satisfies a condition is of its type: parameters are named by type. */
export function impliesType(condition: Condition): boolean {
  switch (condition.kind) {
    case 'id':
    case 'lastUpdated':
    case 'constant':
      return false
    case 'missing':
      return !condition.missing
    case 'token':
      return !condition.negate
    case 'any':
      return condition.of.every(impliesType)
    default:
      return true
  }
}

/** A condition on a row of `resource`, whatever it looks for as a set of keys. */
export function conditionSql(condition: Condition, row: string, frame: Frame): string {
  const { parameters } = frame
  switch (condition.kind) {
    case 'constant':
      return condition.holds ? '1 = 1' : '1 = 0'
    case 'id':
      return `${row}.id ${condition.negate ? 'NOT IN' : 'IN'} (${parameters.addAll(condition.values)})`
    case 'lastUpdated':
      return anyOf(condition.values.map((value) => dateSql(value, `${row}.tick`, `${row}.tick`, parameters)))
    case 'missing': {
      const rows = `SELECT key FROM index_${condition.of} WHERE param = ${parameters.add(condition.param)}`
      return `${row}.key ${condition.missing ? 'NOT IN' : 'IN'} (${rows})`
    }
    case 'any':
      return anyOf(condition.of.map((each) => conditionSql(each, row, frame)))
    case 'chain':
      return chainSql(condition, row, frame)
    case 'has':
      return hasSql(condition, row, frame)
    case 'composite':
      return anyOf(condition.values.map((components) => compositeSql(components, row, parameters)))
    case 'near':
      return anyOf(condition.values.map((value) => nearSql(condition.param, value, row, parameters)))
    default: {
      const operator = condition.kind === 'token' && condition.negate ? 'NOT IN' : 'IN'
      return `${row}.key ${operator} (${rowsSql(condition, parameters)})`
    }
  }
}

/** The keys that an index has for a condition; what refers to a resource in two ways is there twice. */
export const rowsSql = (condition: IndexCondition | InCompartment, parameters: Parameters): string =>
  `SELECT key FROM index_${indexOf(condition)} i WHERE ${indexTests(condition, 'i', parameters)}`

const indexOf = ({ kind }: IndexCondition | InCompartment): IndexKind => (kind === 'compartment' ? 'reference' : kind)

/**
 * What a search through a whole compartment finds is among the few that refer to its resource, and that itself. The
 * branches say so too, type by type; said once for all, no type is walked.
 */
function amongSql({ params, target }: Membership, parameters: Parameters): string {
  const [type = '', id = ''] = target.split('/')
  const own = `SELECT key FROM resource WHERE type = ${parameters.add(type)} AND id = ${parameters.add(id)}`
  const refers = params.length > 0 ? [rowsSql({ kind: 'compartment', params, target }, parameters)] : []
  return `r.key IN (${[...refers, own].join(' UNION ALL ')})`
}

/** Whether one resource can be looked at by a single step in an index: not for what is a range or a set. */
export function isLookedAt(condition: Condition): boolean {
  switch (condition.kind) {
    case 'id':
    case 'lastUpdated':
    case 'constant':
    case 'reference':
    case 'compartment':
      return true
    case 'token':
      return condition.values.every(({ code }) => code !== undefined)
    case 'uri':
      return condition.match === 'equal'
    case 'string':
      return condition.match === 'exact'
    default:
      return false
  }
}

/** A condition on a row as one look into an index, where that is one step; else as a set. */
export function lookSql(condition: Condition, row: string, frame: Frame): string {
  const { kind } = condition
  if (!isLookedAt(condition) || kind === 'id' || kind === 'lastUpdated' || kind === 'constant') {
    return conditionSql(condition, row, frame)
  }
  const indexed = condition as IndexCondition | InCompartment
  const tests = indexTests(indexed, 'i', frame.parameters)
  const look = `(SELECT 1 FROM index_${indexOf(indexed)} i WHERE ${tests} AND i.key = ${row}.key LIMIT 1)`
  return kind === 'token' && condition.negate ? `${look} IS NULL` : `${look} = 1`
}

/** Resources of a type that satisfy conditions and that the caller may see, as conditions on `row`. */
function resourceSql(type: string, conditions: readonly Condition[], row: string, frame: Frame): string {
  const { scope, parameters } = frame
  const tests = [`${row}.type = ${parameters.add(type)}`, `${row}.deleted = 0`]
  if (isScoped(scope, type)) {
    const organization = parameters.add(scope.organization)
    tests.push(
      `EXISTS (SELECT 1 FROM access a WHERE a.org = ${organization} AND a.type = ${row}.type AND a.key = ${row}.key)`,
      ...shownSql(scope, row, parameters),
    )
  }
  for (const condition of conditions) tests.push(conditionSql(condition, row, frame))
  return tests.join(' AND ')
}

function chainSql(condition: Extract<Condition, { kind: 'chain' }>, row: string, frame: Frame): string {
  const { parameters } = frame
  const target = parameters.alias()
  const param = parameters.add(condition.param)
  const prefix = parameters.add(`${condition.type}/`)
  const targets = `SELECT ${prefix} || ${target}.id FROM resource ${target} WHERE ${resourceSql(condition.type, condition.conditions, target, frame)}`
  return `${row}.key IN (SELECT key FROM index_reference WHERE param = ${param} AND target IN (${targets}))`
}

function hasSql(condition: Extract<Condition, { kind: 'has' }>, row: string, frame: Frame): string {
  const { parameters } = frame
  const [self, link, from] = [parameters.alias(), parameters.alias(), parameters.alias()]
  const prefix = `${condition.target}/`
  const type = parameters.add(condition.target)
  const param = parameters.add(condition.param)
  const start = parameters.add(prefix)
  const ids = `
    SELECT substr(${link}.target, ${prefix.length + 1}) FROM index_reference ${link} JOIN resource ${from} ON ${from}.key = ${link}.key
    WHERE ${link}.param = ${param} AND substr(${link}.target, 1, ${prefix.length}) = ${start}
      AND ${resourceSql(condition.type, condition.conditions, from, frame)}`
  return `${row}.key IN (SELECT ${self}.key FROM resource ${self} WHERE ${self}.type = ${type} AND ${self}.id IN (${ids}))`
}

/** All components of one element: rows of one resource with the same element number. */
function compositeSql(components: readonly IndexCondition[], row: string, parameters: Parameters): string {
  const tables: string[] = []
  const tests: string[] = []
  let first = ''
  for (const component of components) {
    const alias = parameters.alias()
    if (first === '') tables.push(`index_${component.kind} ${alias}`)
    else
      tables.push(
        `JOIN index_${component.kind} ${alias} ON ${alias}.key = ${first}.key AND ${alias}.element = ${first}.element`,
      )
    tests.push(indexTests(component, alias, parameters))
    first ||= alias
  }
  return `${row}.key IN (SELECT ${first}.key FROM ${tables.join(' ')} WHERE ${tests.join(' AND ')})`
}

/** Positions around a place: a walk along the latitudes that may be near, each looked at (`isNear` in SQL). */
function nearSql(param: string, value: NearValue, row: string, parameters: Parameters): string {
  const { latitude, longitude, angle } = value
  const add = (number: number): string => parameters.add(number)
  const half = RADIANS / 2
  const north = `sin((i.low - ${add(latitude)}) * ${add(half)})`
  const east = `sin((i.high - ${add(longitude)}) * ${add(half)})`
  const tests = [
    `i.param = ${parameters.add(param)}`,
    `i.low >= ${add(latitude - angle / RADIANS)} AND i.low <= ${add(latitude + angle / RADIANS)}`,
    `${north} * ${north} + cos(i.low * ${add(RADIANS)}) * ${add(Math.cos(latitude * RADIANS))} * ${east} * ${east} <= ${add(reach(value))}`,
  ]
  return `${row}.key IN (SELECT i.key FROM index_number i WHERE ${tests.join(' AND ')})`
}

/** What the rows of an index must satisfy. */
function indexTests(condition: IndexCondition | InCompartment, row: string, parameters: Parameters): string {
  if (condition.kind === 'compartment') {
    return `${row}.param IN (${parameters.addAll(condition.params)}) AND ${row}.target = ${parameters.add(condition.target)}`
  }
  const param = `${row}.param = ${parameters.add(condition.param)}`
  return `${param} AND ${valueTests(condition, row, parameters)}`
}

function valueTests(condition: IndexCondition, row: string, parameters: Parameters): string {
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

const anyOf = (tests: readonly string[]): string =>
  tests.length === 0 ? '1 = 0' : tests.length === 1 ? tests.join('') : `(${tests.join(' OR ')})`

/** Conditions whose index rows can be counted without looking at what they stand for. */
export const hasRows = (condition: Condition): condition is IndexCondition | InCompartment =>
  !['id', 'lastUpdated', 'constant', 'missing', 'composite', 'near', 'chain', 'has', 'any'].includes(condition.kind)

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
function dateSql(value: DateValue, low: string, high: string, parameters: Parameters): string {
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
