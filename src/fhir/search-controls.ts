/**
 * The parameters that shape an answer rather than select from the data (https://hl7.org/fhir/R4/search.html#return):
 * order, size, what is included, and which part of each resource is wanted.
 */
import { isResourceType } from './element-types.ts'
import type { IndexKind } from './index-values.ts'
import type { Issue } from './problem.ts'
import { hint, invalid, MAX_NAME } from './search-name.ts'
import type { SearchParams } from './search-params.ts'
import type { SearchOptions, SearchQuery } from './search-query.ts'

export const CONTROLS: readonly string[] = [
  '_sort',
  '_count',
  '_total',
  '_summary',
  '_elements',
  '_include',
  '_revinclude',
]
export const REPEATABLE: ReadonlySet<string> = new Set(['_include', '_revinclude'])

/** What was given for each control, with the name as sent (`_include:iterate`). */
export type Controls = Map<string, readonly { readonly name: string; readonly value: string }[]>

/** One key of `_sort`. */
export interface SortKey {
  readonly code: string
  readonly descending: boolean
  /** Absent for `_id` and `_lastUpdated`, which are answered from the resource itself. */
  readonly index?: { readonly kind: IndexKind; readonly name: string }
}

/** `_include=Type:code[:target]`, `_revinclude=Type:code[:target]`. */
export interface Include {
  /** Whether what matches refer to is wanted, or what refers to them. */
  readonly direction: 'forward' | 'reverse'
  /** The type that has the reference, or `*`. */
  readonly type: string
  /** A reference parameter of it, or `*`. */
  readonly code: string
  /** Only targets of this type. */
  readonly target?: string
  /** Also from what was included. */
  readonly iterate: boolean
}

/** `_elements=name` or `_elements=Type.name`. */
export interface ElementPick {
  readonly type?: string
  readonly name: string
}

/** Limits, each with words of its own. */
const MAX_SORT_KEYS = 5
const MAX_INCLUDES = 20
const MAX_ELEMENTS = 100

interface Asked {
  readonly types: readonly string[]
  readonly controls: Controls
  readonly params: SearchParams
  readonly options: SearchOptions & { readonly mayRead: (type: string) => boolean }
}

type Result = Pick<
  SearchQuery,
  'sort' | 'count' | 'total' | 'onlyTotal' | 'includes' | 'summary' | 'elements' | 'explain'
>

/** Reads them all; `result` means nothing when there are issues. */
export function readControls(asked: Asked): { readonly issues: readonly Issue[]; readonly result: Result } {
  const { controls, options } = asked
  const issues: Issue[] = []
  const one = (name: string): string | undefined => controls.get(name)?.[0]?.value
  for (const [control, given] of controls) {
    for (const { name } of given) {
      if (name !== control && !REPEATABLE.has(control)) issues.push(invalid(name, 'It takes no modifier.'))
    }
  }
  const wanted = one('_count')
  if (wanted !== undefined && !isCount(wanted)) issues.push(invalid('_count', COUNT_WORDS))
  const summary = readSummary(one('_summary'), issues)
  const elements = readElements(asked, one('_elements'), issues)
  const includes = readIncludes(asked, issues)
  if (elements && summary !== undefined && summary !== 'false') {
    issues.push(invalid('_elements', 'It does not go together with _summary: choose one.'))
  }
  if (summary === 'text' && includes.length > 0) {
    issues.push(invalid('_summary', '"text" does not go together with _include and _revinclude (R4).'))
  }
  const explain = one('__explain')
  if (explain !== undefined && explain !== 'true') issues.push(invalid('__explain', 'Its value is "true".'))
  const asTotal = one('_total')
  const total = asTotal === 'estimate' || asTotal === 'accurate' || asTotal === 'none' ? asTotal : undefined
  if (asTotal !== undefined && !total) issues.push(invalid('_total', 'It takes "none", "estimate" or "accurate".'))
  const onlyTotal = summary === 'count' || Number(wanted) === 0
  const count = onlyTotal ? 0 : Math.min(Number(wanted ?? options.defaultCount), options.maxCount)
  const result: Result = {
    sort: readSort(asked, one('_sort'), issues),
    count,
    total: onlyTotal ? 'accurate' : (total ?? options.total ?? 'free'),
    onlyTotal,
    includes,
    ...(summary === 'true' || summary === 'text' || summary === 'data' ? { summary } : {}),
    ...(elements ? { elements } : {}),
    explain: explain === 'true',
  }
  return { issues, result }
}

/** Whether a text is a page size: any that R4's integer holds, for clients that ask for all there is. */
export const isCount = (text: string): boolean => /^\d{1,10}$/.test(text) && Number(text) <= 2_147_483_647

export const COUNT_WORDS = 'It takes a whole number from 0 to 2147483647.'

const SUMMARIES = ['true', 'text', 'data', 'count', 'false'] as const

function readSummary(value: string | undefined, issues: Issue[]): (typeof SUMMARIES)[number] | undefined {
  const summary = SUMMARIES.find((each) => each === value)
  if (value !== undefined && !summary) issues.push(invalid('_summary', `It takes one of ${SUMMARIES.join(', ')}.`))
  return summary
}

function readElements(
  { types, params, options }: Asked,
  value: string | undefined,
  issues: Issue[],
): readonly ElementPick[] | undefined {
  if (value === undefined) return undefined
  const picks: ElementPick[] = []
  for (const part of value.split(',')) {
    const [name = '', owner] = part.split('.').reverse()
    const of = owner === undefined ? types : [owner]
    // Clients that read JSON name it too; it is always there.
    if (part === 'resourceType') continue
    const known = of.filter((type) => isResourceType(type) && params.has(type))
    const elements = new Set(known.flatMap((type) => [...(options.elementsOf?.(type) ?? [])]))
    if (known.length === 0 || part.split('.').length > 2) {
      issues.push(invalid('_elements', 'It lists top-level elements, each as name or Type.name.'))
    } else if (!elements.has(name)) {
      const list = types.length === 1 ? ` Valid here: ${[...elements].join(', ')}.` : ''
      issues.push(invalid('_elements', `It names an element that is not there.${hint(name, [...elements])}${list}`))
    } else picks.push(owner === undefined ? { name } : { type: owner, name })
  }
  if (picks.length > MAX_ELEMENTS) issues.push(invalid('_elements', `At most ${MAX_ELEMENTS} elements are named.`))
  return picks
}

const INCLUDE_FORM = 'It is written Type:reference or Type:reference:Target, such as Task:patient, or "*".'

function readIncludes(asked: Asked, issues: Issue[]): readonly Include[] {
  const includes: Include[] = []
  for (const control of REPEATABLE) {
    for (const { name, value } of asked.controls.get(control) ?? []) {
      const read = readInclude(asked, control, name, value)
      if (typeof read === 'string') issues.push(invalid(name, read))
      else includes.push(read)
    }
  }
  if (includes.length > MAX_INCLUDES) issues.push(invalid('_include', `At most ${MAX_INCLUDES} includes are read.`))
  return includes
}

function readInclude(
  { types, params, options }: Asked,
  control: string,
  name: string,
  value: string,
): Include | string {
  const modifier = name.slice(control.length + 1)
  if (name !== control && modifier !== 'iterate' && modifier !== 'recurse') return 'Its modifier is :iterate.'
  const direction = control === '_include' ? 'forward' : 'reverse'
  const iterate = name !== control
  // Some clients write the wildcard of both sides out.
  if (value === '*' || value === '*:*') return { direction, type: '*', code: '*', iterate }
  const [type = '', code = '', target, ...rest] = value.split(':')
  if (code === '' || rest.length > 0 || target === '') return INCLUDE_FORM
  if (!isResourceType(type) || !params.has(type) || !options.mayRead(type)) {
    return `It names a type that is not searched here. ${INCLUDE_FORM}`
  }
  if (target !== undefined && !isResourceType(target)) return `Its target is no R4 resource type. ${INCLUDE_FORM}`
  if (direction === 'forward' && !iterate && !types.includes(type) && !options.idleIncludes) {
    return `Its type is not the one that is searched: write ${control}:iterate to follow what was included.`
  }
  const param = params.param(type, code)
  const references = params.list(type).filter(({ kind }) => kind === 'reference')
  if (code !== '*' && param?.kind !== 'reference') {
    const codes = references.map((each) => each.code)
    return `"${code.slice(0, MAX_NAME)}" is no reference of ${type}.${hint(code, codes)} Valid here: ${codes.join(', ')}.`
  }
  const leads = (to: string): boolean =>
    code === '*' || !param || param.targets.length === 0 || param.targets.includes(to)
  if (target !== undefined && !leads(target)) return `${type}.${code} does not refer to ${target}.`
  if (direction === 'reverse' && !iterate && target !== undefined && !types.includes(target)) {
    return `Its target is not the type that is searched: what refers to a ${target} is not asked for here.`
  }
  if (direction === 'reverse' && !iterate && !types.some(leads)) {
    return `${type}.${code} does not refer to ${types.slice(0, 3).join(', ')}.`
  }
  return { direction, type, code, ...(target === undefined ? {} : { target }), iterate }
}

function readSort({ types, params }: Asked, value: string | undefined, issues: Issue[]): readonly SortKey[] {
  if (value === undefined) return []
  const [type = ''] = types
  const whole = types.length > 1
  const keys: SortKey[] = []
  for (const part of value.split(',')) {
    const descending = part.startsWith('-')
    const code = descending ? part.slice(1) : part
    const param = params.param(type, code)
    if (!param || (whole && !param.special)) {
      const valid = whole ? ['_id', '_lastUpdated'] : params.list(type).map((each) => each.code)
      const of = whole ? 'this search' : type
      const words = `"${code.slice(0, MAX_NAME)}" is not a search parameter of ${of}.${hint(code, valid)}`
      issues.push(invalid('_sort', `${words} Valid here, with "-" before it for descending: ${valid.join(', ')}.`))
    } else if (keys.some((key) => key.code === code)) {
      issues.push(invalid('_sort', `"${code}" is named twice.`))
    } else if (param.kind === 'composite') {
      issues.push(invalid('_sort', `"${code}" is a composite: sort by its parts.`))
    } else if (param.kind === 'special') {
      issues.push(invalid('_sort', `"${code}" has no order.`))
    } else {
      keys.push({ code, descending, ...(param.special ? {} : { index: { kind: param.kind, name: param.name } }) })
    }
  }
  if (keys.length > MAX_SORT_KEYS) issues.push(invalid('_sort', `At most ${MAX_SORT_KEYS} parameters are sorted by.`))
  return keys
}
