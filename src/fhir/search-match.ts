/**
 * Whether a version of a resource satisfies a condition, judged from its index rows alone: for versions that the index
 * has forgotten. Says in JavaScript what `store/search-conditions.ts` says in SQL; a test holds them against each other.
 */
import type { IndexRow } from './index-row.ts'
import { normalise } from './index-values.ts'
import { isNear } from './near.ts'
import {
  type Condition,
  type DateValue,
  type IndexCondition,
  MARGIN,
  type NumberValue,
  type QuantityValue,
} from './search-condition.ts'

export interface Version {
  readonly id: string
  /** ms since the epoch: `meta.lastUpdated` */
  readonly tick: number
  readonly rows: readonly IndexRow[]
}

/** Whether a condition depends on other resources, so that it cannot be judged from one. */
export const isAboutOthers = (condition: Condition): boolean =>
  condition.kind === 'chain' ||
  condition.kind === 'has' ||
  condition.kind === 'hierarchy' ||
  (condition.kind === 'any' && condition.of.some(isAboutOthers))

/** Conditions about other resources count as satisfied: the caller judges them. */
export function matches(condition: Condition, version: Version): boolean {
  if (isAboutOthers(condition)) return true
  const { id, tick, rows } = version
  switch (condition.kind) {
    case 'constant':
      return condition.holds
    case 'id':
      return condition.values.includes(id) !== condition.negate
    case 'lastUpdated':
      return condition.values.some((value) => dateHolds(value, tick, tick))
    case 'missing':
      return rows.some((row) => row.kind === condition.of && row.param === condition.param) !== condition.missing
    case 'any':
      return condition.of.some((each) => matches(each, version))
    case 'compartment':
      return rows.some(
        (row) => row.kind === 'reference' && condition.params.includes(row.param) && row.target === condition.target,
      )
    case 'composite':
      return condition.values.some((components) => compositeHolds(components, rows))
    case 'near':
      return nearHolds(condition, rows)
    case 'chain':
    case 'has':
    case 'hierarchy':
      return true
    default:
      return rows.some((row) => rowHolds(condition, row)) !== (condition.kind === 'token' && condition.negate)
  }
}

function compositeHolds(components: readonly IndexCondition[], rows: readonly IndexRow[]): boolean {
  const elements = new Set(rows.flatMap(({ element }) => (element === undefined ? [] : [element])))
  return [...elements].some((element) =>
    components.every((component) => rows.some((row) => row.element === element && rowHolds(component, row))),
  )
}

const nearHolds = ({ param, values }: Extract<Condition, { kind: 'near' }>, rows: readonly IndexRow[]): boolean =>
  rows.some(
    (row) => row.kind === 'number' && row.param === param && values.some((value) => isNear(value, row.low, row.high)),
  )

function rowHolds(condition: IndexCondition, row: IndexRow): boolean {
  if (row.param !== condition.param) return false
  switch (condition.kind) {
    case 'token':
      return (
        row.kind === 'token' &&
        condition.values.some(
          ({ system, code }) => (system ?? row.system) === row.system && (code ?? row.code) === row.code,
        )
      )
    case 'reference':
      return row.kind === 'reference' && condition.values.includes(row.target)
    case 'uri':
      return (
        row.kind === 'uri' &&
        condition.values.some(
          (value) => row.value === value || (condition.match === 'below' && row.value.startsWith(`${value}/`)),
        )
      )
    case 'date':
      return row.kind === 'date' && condition.values.some((value) => dateHolds(value, row.low, row.high))
    case 'number':
      return row.kind === 'number' && condition.values.some((value) => numberHolds(value, row.low, row.high))
    case 'quantity':
      return row.kind === 'quantity' && condition.values.some((value) => quantityHolds(value, row))
    case 'string':
      return row.kind === 'string' && condition.values.some((value) => stringHolds(condition.match, value, row))
  }
}

function stringHolds(
  match: 'start' | 'exact' | 'contains',
  value: string,
  row: Extract<IndexRow, { kind: 'string' }>,
): boolean {
  if (match === 'exact') return row.exact === value && row.value === normalise(value)
  return match === 'start' ? row.value.startsWith(value) : row.value.includes(value)
}

function dateHolds({ prefix, low, high }: DateValue, from: number, to: number): boolean {
  const within = from >= low && to <= high
  switch (prefix) {
    case 'eq':
      return within
    case 'ne':
      return !within
    case 'gt':
      return to > high
    case 'lt':
      return from < low
    case 'ge':
      return to >= low
    case 'le':
      return from <= high
    case 'sa':
      return from > high
    case 'eb':
      return to < low
    case 'ap':
      return from <= high && to >= low
  }
}

function numberHolds({ prefix, value, from, to }: NumberValue, low: number, high: number): boolean {
  const margin = Math.max(Math.abs(value) * MARGIN, to - value)
  switch (prefix) {
    case 'eq':
      return low >= from && high < to
    case 'ne':
      return low < from || high >= to
    case 'gt':
      return high > value
    case 'lt':
      return low < value
    case 'ge':
      return high >= value
    case 'le':
      return low <= value
    case 'sa':
      return low > value
    case 'eb':
      return high < value
    case 'ap':
      return low <= value + margin && high >= value - margin
  }
}

const quantityHolds = (value: QuantityValue, row: Extract<IndexRow, { kind: 'quantity' }>): boolean =>
  numberHolds(value, row.low, row.high) &&
  (value.system === undefined || value.system === row.system) &&
  (value.code === undefined || value.code === row.code) &&
  (value.unit === undefined || value.unit === row.code || value.unit === row.unit)
