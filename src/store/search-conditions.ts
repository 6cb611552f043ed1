/** The conditions of a search as SQL, the scope of the caller always among them. */
import { innerType, inside } from '../fhir/contained-rows.ts'
import type { IndexKind } from '../fhir/index-values.ts'
import {
  type Condition,
  type DateValue,
  type InCompartment,
  type IndexCondition,
  type Hierarchy,
} from '../fhir/search-condition.ts'
import type { Membership } from '../fhir/compartments.ts'
import type { SearchQuery } from '../fhir/search-query.ts'
import type { Parameters } from './parameters.ts'
import { type Scope, shownSql as shownOf } from './read.ts'
import { anyOf, dateSql, nearTests, valueTests } from './search-values.ts'

export type { Scope } from './read.ts'

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
    case 'hierarchy':
      return hierarchySql(condition, row, frame)
    case 'near':
      return anyOf(
        condition.values.map(
          (value) =>
            `${row}.key IN (SELECT i.key FROM index_number i WHERE ${nearTests(condition.param, value, 'i', parameters)})`,
        ),
      )
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
  const satisfies = resourceSql(condition.type, condition.conditions, target, frame)
  const byId = `SELECT ${prefix} || ${target}.id FROM resource ${target} WHERE ${satisfies}`
  const targets = condition.byCanonical ? `${byId} UNION ALL ${canonicalsSql(condition, frame)}` : byId
  const outside = `SELECT key FROM index_reference WHERE param = ${param} AND target IN (${targets})`
  return `${row}.key IN (${outside} UNION ALL ${insideSql(condition, frame)})`
}

/** The keys of what contains a resource that satisfies the conditions and that the reference leads to. */
function insideSql({ param, type, conditions }: Extract<Condition, { kind: 'chain' }>, frame: Frame): string {
  const { parameters } = frame
  const [first, ...others] = conditions.map((condition) => inside(param, condition))
  if (first && others.length === 0 && hasRows(first) && !(first.kind === 'token' && first.negate)) {
    return rowsSql(first, parameters)
  }
  const holder = parameters.alias()
  const tests = [`${holder}.param = ${parameters.add(innerType(param, type))}`]
  for (const condition of first ? [first, ...others] : []) tests.push(conditionSql(condition, holder, frame))
  return `SELECT ${holder}.key FROM index_reference ${holder} WHERE ${tests.join(' AND ')}`
}

/** How references name resources of a type that satisfy conditions by canonical: any version, and the version each has. */
function canonicalsSql({ type, conditions }: Extract<Condition, { kind: 'chain' }>, frame: Frame): string {
  const { parameters } = frame
  const select = (isVersioned: boolean): string => {
    const [url, version, target] = [parameters.alias(), parameters.alias(), parameters.alias()]
    const join = isVersioned ? ` JOIN ${versionSql(type, url, version, parameters)}` : ''
    return `SELECT ${url}.value || ${parameters.add('|')}${isVersioned ? ` || ${version}.code` : ''} FROM index_uri ${url}
      JOIN resource ${target} ON ${target}.key = ${url}.key${join}
      WHERE ${url}.param = ${parameters.add(`${type}.url`)} AND ${resourceSql(type, conditions, target, frame)}`
  }
  return `${select(false)} UNION ALL ${select(true)}`
}

const versionSql = (type: string, url: string, version: string, parameters: Parameters): string =>
  `index_token ${version} ON ${version}.key = ${url}.key AND ${version}.param = ${parameters.add(`${type}.version`)}`

function hasSql(condition: Extract<Condition, { kind: 'has' }>, row: string, frame: Frame): string {
  const { parameters } = frame
  const prefix = `${condition.target}/`
  const refers = (column: (target: string) => string, test: (target: string) => string): string => {
    const [link, from] = [parameters.alias(), parameters.alias()]
    return `
    SELECT ${column(`${link}.target`)} FROM index_reference ${link} JOIN resource ${from} ON ${from}.key = ${link}.key
    WHERE ${link}.param = ${parameters.add(condition.param)}${test(`${link}.target`)}
      AND ${resourceSql(condition.type, condition.conditions, from, frame)}`
  }
  const self = parameters.alias()
  const type = parameters.add(condition.target)
  const ids = refers(
    (target) => `substr(${target}, ${prefix.length + 1})`,
    (target) => ` AND substr(${target}, 1, ${prefix.length}) = ${parameters.add(prefix)}`,
  )
  const byId = `SELECT ${self}.key FROM resource ${self} WHERE ${self}.type = ${type} AND ${self}.id IN (${ids})`
  if (!condition.byCanonical) return `${row}.key IN (${byId})`
  const [url, version] = [parameters.alias(), parameters.alias()]
  const named = (): string =>
    refers(
      (target) => target,
      () => '',
    )
  const byCanonical = `SELECT ${url}.key FROM index_uri ${url} LEFT JOIN ${versionSql(condition.target, url, version, parameters)}
    WHERE ${url}.param = ${parameters.add(`${condition.target}.url`)}
      AND (${url}.value || '|' IN (${named()}) OR ${url}.value || '|' || ${version}.code IN (${named()}))`
  return `${row}.key IN (${byId} UNION ALL ${byCanonical})`
}

/** Step by step from the resources that are named to all above or below them; a circle ends where it began. */
function hierarchySql({ param, way, values, type, link }: Hierarchy, row: string, frame: Frame): string {
  const { parameters } = frame
  const [tree, node, up] = [parameters.alias(), parameters.alias(), parameters.alias()]
  const prefix = `${type}/`
  const start = parameters.add(prefix)
  const whole = parameters.add(link)
  const toWhole = `${up}.param = ${whole}`
  const refers = parameters.add(param)
  const named = parameters.addAll(values)
  // Where something leads to them, so that they come from a column: engines compare texts as their columns say.
  const starts = `SELECT target FROM index_reference WHERE param IN (${refers}, ${whole}) AND target IN (${named})`
  const lowest = () =>
    ` UNION SELECT ${start} || id FROM resource WHERE type = ${parameters.add(type)} AND id IN (${parameters.addAll(values.map((value) => value.slice(prefix.length)))})`
  const step =
    way === 'below'
      ? `SELECT ${start} || ${node}.id FROM ${tree} JOIN index_reference ${up} ON ${toWhole} AND ${up}.target = ${tree}.target
         JOIN resource ${node} ON ${node}.key = ${up}.key WHERE`
      : `SELECT ${up}.target FROM ${tree} JOIN resource ${node} ON ${node}.id = substr(${tree}.target, ${prefix.length + 1})
         JOIN index_reference ${up} ON ${toWhole} AND ${up}.key = ${node}.key
         WHERE substr(${up}.target, 1, ${prefix.length}) = ${start} AND`
  const all = `WITH RECURSIVE ${tree}(target) AS (${starts}${way === 'above' ? lowest() : ''} UNION ${step} ${resourceSql(type, [], node, frame)}) SELECT target FROM ${tree}`
  return `${row}.key IN (SELECT key FROM index_reference WHERE param = ${refers} AND target IN (${all}))`
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

/** What the rows of an index must satisfy. */
function indexTests(condition: IndexCondition | InCompartment, row: string, parameters: Parameters): string {
  if (condition.kind === 'compartment') {
    return `${row}.param IN (${parameters.addAll(condition.params)}) AND ${row}.target = ${parameters.add(condition.target)}`
  }
  const param = `${row}.param = ${parameters.add(condition.param)}`
  return `${param} AND ${valueTests(condition, row, parameters)}`
}

/** Conditions whose index rows can be counted without looking at what they stand for. */
export const hasRows = (condition: Condition): condition is IndexCondition | InCompartment =>
  !['id', 'lastUpdated', 'constant', 'missing', 'composite', 'near', 'chain', 'has', 'hierarchy', 'any'].includes(
    condition.kind,
  )
