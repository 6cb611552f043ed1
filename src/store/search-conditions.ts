/** The conditions of a search as SQL, the scope of the caller always among them. */
import type { IndexKind } from '../fhir/index-values.ts'
import type { SearchQuery } from '../fhir/search-query.ts'
import type { Condition, DateValue, TokenValue } from '../fhir/search-values.ts'
import type { SqlValue } from './database.ts'

/** What a caller may see. A required argument everywhere: forgetting it does not compile. */
export type Scope = { readonly kind: 'organization'; readonly organization: string } | { readonly kind: 'open' }

/** Values of a statement in the order of their placeholders. */
export class Parameters {
  readonly values: SqlValue[] = []

  /** Adds a value and answers its placeholder. */
  add(value: SqlValue): string {
    return `$${this.values.push(value)}`
  }

  addAll(values: readonly SqlValue[]): string {
    return values.map((value) => this.add(value)).join(', ')
  }
}

/** Everything a row must satisfy; the scope is never left out. */
export function where(search: SearchQuery, scope: Scope, parameters: Parameters): string[] {
  const conditions = ['r.deleted = 0']
  if (namesType(search, scope)) conditions.push(`r.type = ${parameters.add(search.type)}`)
  if (scope.kind === 'organization') {
    const organization = parameters.add(scope.organization)
    const type = parameters.add(search.type)
    conditions.push(`r.key IN (SELECT key FROM access WHERE org = ${organization} AND type = ${type})`)
  }
  for (const condition of search.conditions) conditions.push(conditionSql(condition, parameters))
  return conditions
}

/**
 * Whether the statement names the type itself. The organisation's access rows and the parameters' names imply it; said
 * again, it leads SQLite to walk every resource of the type instead of the few that are looked up by key. It is said
 * where it makes an index useful: ids are unique within a type, and `_lastUpdated` with a lower bound, as pollers ask,
 * is a short walk in (type, tick).
 */
function namesType({ conditions }: SearchQuery, scope: Scope): boolean {
  const useful = conditions.some(
    (condition) =>
      (condition.kind === 'id' && !condition.negate) ||
      (condition.kind === 'lastUpdated' && condition.values.every(({ prefix }) => LOWER_BOUND.has(prefix))),
  )
  return useful || (scope.kind === 'open' && !conditions.some(impliesType))
}

const LOWER_BOUND = new Set<DateValue['prefix']>(['eq', 'gt', 'ge', 'sa', 'ap'])

function impliesType(condition: Condition): boolean {
  switch (condition.kind) {
    case 'id':
    case 'lastUpdated':
    case 'constant':
      return false
    case 'missing':
      return !condition.missing
    case 'token':
      return !condition.negate
    default:
      return true
  }
}

function conditionSql(condition: Condition, parameters: Parameters): string {
  switch (condition.kind) {
    case 'constant':
      return condition.holds ? '1 = 1' : '1 = 0'
    case 'id':
      return `r.id ${condition.negate ? 'NOT IN' : 'IN'} (${parameters.addAll(condition.values)})`
    case 'lastUpdated':
      return anyOf(condition.values.map((value) => dateSql(value, 'r.tick', 'r.tick', parameters)))
    case 'missing': {
      const rows = `SELECT key FROM index_${condition.of} WHERE param = ${parameters.add(condition.param)}`
      return `r.key ${condition.missing ? 'NOT IN' : 'IN'} (${rows})`
    }
    case 'token':
      return inIndex('token', condition, parameters, tokenSql, condition.negate ? 'NOT IN' : 'IN')
    case 'reference':
      return inIndex('reference', condition, parameters, (value, p) => `target = ${p.add(value)}`)
    case 'uri':
      return inIndex('uri', condition, parameters, (value, p) => `value = ${p.add(value)}`)
    case 'date':
      return inIndex('date', condition, parameters, (value, p) => dateSql(value, 'low', 'high', p))
    case 'string':
      return inIndex('string', condition, parameters, (value, p) => stringSql(condition.match, value, p))
  }
}

function inIndex<V>(
  kind: IndexKind,
  condition: { readonly param: string; readonly values: readonly V[] },
  parameters: Parameters,
  test: (value: V, parameters: Parameters) => string,
  operator: 'IN' | 'NOT IN' = 'IN',
): string {
  const param = parameters.add(condition.param)
  const tests = anyOf(condition.values.map((value) => test(value, parameters)))
  return `r.key ${operator} (SELECT key FROM index_${kind} WHERE param = ${param} AND ${tests})`
}

const anyOf = (tests: readonly string[]): string => (tests.length === 1 ? tests.join('') : `(${tests.join(' OR ')})`)

/**
 * Codes are compared with case: R4 leaves it open, and an If-None-Exist that took one prescription's identifier for
 * another's would lose an order.
 */
function tokenSql({ system, code }: TokenValue, parameters: Parameters): string {
  const tests: string[] = []
  if (code !== undefined) tests.push(`code = ${parameters.add(code)}`)
  if (system !== undefined) tests.push(`system = ${parameters.add(system)}`)
  return tests.join(' AND ')
}

/**
 * R4's prefixes as comparisons of ranges (https://hl7.org/fhir/R4/search.html#prefix): [low, high] is the resource's
 * value, the search value is a range too. `ap` is the value widened by its own precision on both sides; R4 leaves the
 * margin open, and one that depended on the time of asking would change between two pages.
 * @param high the same column as `low` for a value that is a moment: then `ge` and `le` are one walk in its index
 */
function dateSql(value: DateValue, low: string, high: string, parameters: Parameters): string {
  const from = () => parameters.add(value.low)
  const to = () => parameters.add(value.high)
  // `low <= to` is implied by `high <= to`; said again it bounds the walk through the index on both sides.
  const within = () => `(${low} >= ${from()} AND ${low} <= ${to()} AND ${high} <= ${to()})`
  switch (value.prefix) {
    case 'eq':
      return within()
    case 'ne':
      return `(${low} < ${from()} OR ${high} > ${to()})`
    case 'gt':
      return `${high} > ${to()}`
    case 'lt':
      return `${low} < ${from()}`
    case 'ge':
      if (low === high) return `${low} >= ${from()}`
      return `(${high} > ${to()} OR ${within()})`
    case 'le':
      if (low === high) return `${low} <= ${to()}`
      return `(${low} < ${from()} OR ${within()})`
    case 'sa':
      return `${low} > ${to()}`
    case 'eb':
      return `${high} < ${from()}`
    case 'ap': {
      const margin = value.high - value.low + 1
      const last = parameters.add(value.high + margin)
      return `(${low} <= ${last} AND ${high} >= ${parameters.add(value.low - margin)})`
    }
  }
}

/** LIKE folds ASCII case on one engine and not on the other; `value` is lower case, so both answer the same. */
function stringSql(match: 'start' | 'exact' | 'contains', value: string, parameters: Parameters): string {
  if (match === 'exact') return `exact = ${parameters.add(value)}`
  const pattern = `${match === 'contains' ? '%' : ''}${value.replace(/[\\%_]/g, '\\$&')}%`
  return `value LIKE ${parameters.add(pattern)} ESCAPE '\\'`
}
