/**
 * A query string read strictly (https://hl7.org/fhir/R4/search.html): every parameter, modifier, prefix and value is
 * understood or refused, and all that is wrong is told at once. A parameter that is silently ignored returns
 * everything, which is how a provider comes to work on orders it never asked for.
 */
import { nearest } from './did-you-mean.ts'
import type { IndexKind } from './index-values.ts'
import { type Issue, Problem } from './problem.ts'
import type { SearchParam, SearchParams } from './search-params.ts'
import { type Condition, conditionOf, likelyTargets } from './search-values.ts'

export type { Condition } from './search-values.ts'

/** One key of `_sort`. */
export interface SortKey {
  readonly code: string
  readonly descending: boolean
  /** Absent for `_id` and `_lastUpdated`, which are answered from the resource itself. */
  readonly index?: { readonly kind: IndexKind; readonly name: string }
}

export interface SearchQuery {
  readonly type: string
  /** All must hold. */
  readonly conditions: readonly Condition[]
  /** Most significant first; empty for the order in which resources were created. */
  readonly sort: readonly SortKey[]
  /** Resources on a page; 0 when only the total is wanted. */
  readonly count: number
  /** `estimate` is answered with the accurate number. */
  readonly total: 'none' | 'estimate' | 'accurate'
  /** True for `_summary=count` and `_count=0`: the answer has a total and no entries. */
  readonly onlyTotal: boolean
  /** The pairs that were understood, as sent, for self and next links. */
  readonly applied: readonly (readonly [name: string, value: string])[]
  /** Names of parameters that were ignored because the caller asked for lenient handling. */
  readonly ignored: readonly string[]
}

export interface SearchOptions {
  /** `Prefer: handling=lenient`: unknown parameters are ignored and reported. Ill-formed values never are. */
  readonly lenient: boolean
  readonly defaultCount: number
  /** A larger `_count` is lowered to this, as R4 lets servers do. */
  readonly maxCount: number
}

/** Limits of one query, so that no query costs more than a page is worth. */
export const MAX_PARAMETERS = 50
export const MAX_TERMS = 1000
export const MAX_VALUE_LENGTH = 40_000

/** Answered by HTTP, not by the search. */
const TOLERATED = new Set(['_format', '_pretty'])
const CONTROLS = ['_sort', '_count', '_total', '_summary'] as const

/** Modifiers by kind of parameter (R4 search, modifiers), as far as they are built. */
const MODIFIERS: Readonly<Record<IndexKind, readonly string[]>> = {
  token: ['not', 'missing'],
  reference: ['identifier', 'missing'],
  date: ['missing'],
  string: ['exact', 'contains', 'missing'],
  uri: ['missing'],
}

type Pair = readonly [name: string, value: string]

/**
 * Reads the decoded pairs of a query.
 * @throws Problem 400 with one issue for each thing that is wrong: `unknown-parameter`, `unknown-modifier`,
 *   `parameter-invalid`. Values are never quoted: they may be a patient's.
 */
export function parseSearch(
  type: string,
  pairs: readonly Pair[],
  params: SearchParams,
  options: SearchOptions,
): SearchQuery {
  const issues: Issue[] = []
  const conditions: Condition[] = []
  const applied: Pair[] = []
  const ignored: string[] = []
  const controls = new Map<string, string>()
  if (pairs.length > MAX_PARAMETERS) throw new Problem(invalid('', `At most ${MAX_PARAMETERS} parameters are read.`))

  for (const pair of pairs) {
    const [name, value] = pair
    if (TOLERATED.has(name)) continue
    if (CONTROLS.some((control) => control === name)) {
      if (controls.has(name)) issues.push(invalid(name, 'It may be given once.'))
      controls.set(name, value)
      applied.push(pair)
      continue
    }
    const known = params.param(type, name.split(':', 1)[0] ?? '')
    if (!known || isChain(name)) {
      if (options.lenient) ignored.push(name.slice(0, MAX_NAME))
      else issues.push(unknownParameter(type, name, params))
      continue
    }
    const read = readCondition(known, name, value, params)
    if ('key' in read) issues.push(read)
    else conditions.push(read)
    applied.push(pair)
  }
  const terms = conditions.reduce((sum, condition) => sum + ('values' in condition ? condition.values.length : 1), 0)
  if (terms > MAX_TERMS)
    issues.push(invalid('', `At most ${MAX_TERMS} values are looked for at once; these are ${terms}.`))

  const read = readControls(type, controls, params, options)
  issues.push(...read.issues)
  if (issues.length > 0) throw new Problem(issues)
  return { type, conditions, ...read.result, applied, ignored }
}

const MAX_NAME = 64

const invalid = (name: string, words: string): Issue => ({
  key: 'parameter-invalid',
  diagnostics: name === '' ? words : `Search parameter "${name.slice(0, MAX_NAME)}": ${words}`,
  ...(name === '' ? {} : { expression: `http.${name.slice(0, MAX_NAME)}` }),
})

/** `subject:Patient.name`, `patient.name`: a parameter of the resource that is referred to. */
const isChain = (name: string): boolean => name.includes('.')

/** Parameters R4 defines for all searches that are not built; the sender need not look for a typing error. */
const NOT_OFFERED =
  /^(_include|_revinclude|_has|_elements|_contained|_containedType|_list|_filter|_text|_content|_query|_type)(:|$)/

function unknownParameter(type: string, name: string, params: SearchParams): Issue {
  const shown = name.slice(0, MAX_NAME)
  const expression = `http.${shown}`
  const valid = [...params.list(type).map(({ code }) => code), ...CONTROLS, ...TOLERATED]
  const words = NOT_OFFERED.test(name)
    ? 'is not offered by this service.'
    : isChain(name)
      ? 'is a chained parameter; chaining is not offered by this service.'
      : `is not a search parameter of ${type}.`
  const meant = NOT_OFFERED.test(name) || isChain(name) ? undefined : nearest(name.split(':', 1)[0] ?? '', valid)
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`
  return {
    key: 'unknown-parameter',
    expression,
    diagnostics: `"${shown}" ${words}${hint} Valid here: ${valid.toSorted().join(', ')}.`,
  }
}

function readCondition(param: SearchParam, name: string, value: string, params: SearchParams): Condition | Issue {
  const colon = name.indexOf(':')
  const modifier = colon < 0 ? undefined : name.slice(colon + 1)
  if (modifier !== undefined && !isOffered(param, modifier, params))
    return unknownModifier(param, name, modifier, params)
  if (value === '') return invalid(name, 'It has no value. Leave the parameter out, or use :missing.')
  if (value.length > MAX_VALUE_LENGTH) return invalid(name, `Its value is longer than ${MAX_VALUE_LENGTH} characters.`)
  const read = conditionOf(param, modifier, value, params)
  return typeof read === 'string' ? invalid(name, read) : read
}

/** A reference takes the name of a type as modifier (`subject:Patient=123`). */
function isOffered(param: SearchParam, modifier: string, params: SearchParams): boolean {
  return modifiersOf(param).includes(modifier) || typeModifiers(param, params).includes(modifier)
}

const modifiersOf = (param: SearchParam): readonly string[] =>
  param.special === 'lastUpdated' ? ['missing'] : MODIFIERS[param.kind]

const typeModifiers = (param: SearchParam, params: SearchParams): readonly string[] =>
  param.kind === 'reference' ? likelyTargets(param, params) : []

function unknownModifier(param: SearchParam, name: string, modifier: string, params: SearchParams): Issue {
  const shown = name.slice(0, MAX_NAME)
  const valid = [...modifiersOf(param), ...typeModifiers(param, params)]
  const meant = nearest(modifier, valid)
  const hint = meant === undefined ? '' : ` Did you mean ":${meant}"?`
  const list = valid.map((each) => `:${each}`).join(', ')
  return {
    key: 'unknown-modifier',
    expression: `http.${shown}`,
    diagnostics: `"${shown}": this modifier is not offered for ${param.name} (${param.kind}).${hint} Valid here: ${list}.`,
  }
}

interface Controls {
  readonly issues: readonly Issue[]
  readonly result: Pick<SearchQuery, 'sort' | 'count' | 'total' | 'onlyTotal'>
}

function readControls(
  type: string,
  controls: ReadonlyMap<string, string>,
  params: SearchParams,
  options: SearchOptions,
): Controls {
  const issues: Issue[] = []
  const sort = readSort(type, controls.get('_sort'), params, issues)
  const wanted = controls.get('_count')
  if (wanted !== undefined && !/^\d{1,9}$/.test(wanted)) issues.push(invalid('_count', 'It is a whole number from 0.'))
  const summary = controls.get('_summary')
  if (summary !== undefined && summary !== 'count' && summary !== 'false') {
    issues.push(invalid('_summary', 'This service offers "count" and "false".'))
  }
  const asked = controls.get('_total')
  const total = asked === 'estimate' || asked === 'accurate' || asked === 'none' ? asked : undefined
  if (asked !== undefined && !total) issues.push(invalid('_total', 'It is "none", "estimate" or "accurate".'))
  const onlyTotal = summary === 'count' || Number(wanted) === 0
  const count = onlyTotal ? 0 : Math.min(Number(wanted ?? options.defaultCount), options.maxCount)
  return { issues, result: { sort, count, total: onlyTotal ? 'accurate' : (total ?? 'none'), onlyTotal } }
}

function readSort(type: string, value: string | undefined, params: SearchParams, issues: Issue[]): readonly SortKey[] {
  if (value === undefined) return []
  const keys: SortKey[] = []
  for (const part of value.split(',')) {
    const descending = part.startsWith('-')
    const code = descending ? part.slice(1) : part
    const param = params.param(type, code)
    if (!param) {
      const valid = params.list(type).map((each) => each.code)
      const meant = nearest(code, valid)
      const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`
      const words = `"${code.slice(0, MAX_NAME)}" is not a search parameter of ${type}.${hint}`
      issues.push(invalid('_sort', `${words} Valid here, with "-" before it for descending: ${valid.join(', ')}.`))
    } else if (keys.some((key) => key.code === code)) {
      issues.push(invalid('_sort', `"${code}" is named twice.`))
    } else {
      keys.push({ code, descending, ...(param.special ? {} : { index: { kind: param.kind, name: param.name } }) })
    }
  }
  if (keys.length > MAX_SORT_KEYS) issues.push(invalid('_sort', `At most ${MAX_SORT_KEYS} parameters are sorted by.`))
  return keys
}

const MAX_SORT_KEYS = 5
