/**
 * A query string read strictly (https://hl7.org/fhir/R4/search.html): every parameter, modifier, prefix and value is
 * understood or refused, and all that is wrong is told at once. A parameter that is silently ignored returns
 * everything, which is how a provider comes to work on orders it never asked for.
 */
import type { Membership } from './compartments.ts'
import { type Issue, Problem } from './problem.ts'
import type { Condition } from './search-condition.ts'
import {
  CONTROLS,
  type Controls,
  type ElementPick,
  type Include,
  REPEATABLE,
  readControls,
  type SortKey,
} from './search-controls.ts'
import { hint, invalid, readPair } from './search-name.ts'
import type { SearchParams } from './search-params.ts'
import type { SearchTerminology } from './search-terminology.ts'
import { codeHint } from './search-tokens.ts'

export type { Condition } from './search-condition.ts'

export type { ElementPick, Include, SortKey } from './search-controls.ts'

/** What is looked for in one type. */
export interface Branch {
  readonly type: string
  /** All must hold. */
  readonly conditions: readonly Condition[]
}

export interface SearchQuery {
  /** Empty for a search of the whole system. */
  readonly type: string
  /** All must hold; empty for a search of the whole system. */
  readonly conditions: readonly Condition[]
  /** Only for a search of the whole system: what is looked for, type by type. */
  readonly branches?: readonly Branch[]
  /** What all branches of a search through a whole compartment have in common. */
  readonly compartment?: Membership
  /** Most significant first; empty for the order in which resources were created. */
  readonly sort: readonly SortKey[]
  /** Resources on a page; 0 when only the total is wanted. */
  readonly count: number
  /** `estimate` is answered with the accurate number; `free`, where nothing is asked, where the number costs nothing. */
  readonly total: 'none' | 'free' | 'estimate' | 'accurate'
  /** True for `_summary=count` and `_count=0`: the answer has a total and no entries. */
  readonly onlyTotal: boolean
  /** What else belongs on the page: what matches refer to, and what refers to them. */
  readonly includes: readonly Include[]
  /** Which part of each resource is wanted. */
  readonly summary?: 'true' | 'text' | 'data'
  readonly elements?: readonly ElementPick[]
  /** How the answer is found is told too. */
  readonly explain: boolean
  /** The pairs that were understood, as sent, for self and next links. */
  readonly applied: readonly (readonly [name: string, value: string])[]
  /** What was ignored because the caller asked for lenient handling, and why. */
  readonly ignored: readonly Issue[]
  /** What was understood and cannot have been meant. */
  readonly hints: readonly Issue[]
}

export interface SearchOptions {
  /**
   * `Prefer: handling=lenient`: parameters that are unknown or ill-formed are ignored and reported. Unknown modifiers
   * never are: R4 has a server refuse them (https://hl7.org/fhir/R4/search.html#modifiers).
   */
  readonly lenient: boolean
  readonly defaultCount: number
  /** A larger `_count` is lowered to this, as R4 lets servers do. */
  readonly maxCount: number
  /** Whether an `_include` of a type that is not searched, which adds nothing, is taken all the same. */
  readonly idleIncludes?: boolean
  /** How the total is told where `_total` says nothing; where it costs nothing when absent. */
  readonly total?: SearchQuery['total'] | undefined
  /** Types the caller may search; all that the table names when absent. */
  readonly mayRead?: (type: string) => boolean
  /** Whether the caller may ask how an answer is found (`__explain=true`). */
  readonly mayExplain?: boolean
  /** Top-level elements of a type, for `_elements`; without it none can be named. */
  readonly elementsOf?: (type: string) => ReadonlySet<string>
  /** Value sets and code systems that are meant beside those of the parameters. */
  readonly terminology?: SearchTerminology | undefined
  /** ms since the epoch: a date is approximate (`ap`) by its distance from it. */
  readonly now?: number
  /** Holds for everything of a type that is found, beside what the query asks for. */
  readonly within?: (type: string) => Condition
}

/** Limits of one query, so that no query costs more than a page is worth. */
export const MAX_PARAMETERS = 50
export const MAX_TERMS = 1000

/** Answered by HTTP, not by the search. */
const TOLERATED = new Set(['_format', '_pretty'])

/** What is not offered, said with the value that asks for what is done anyway. */
const USUAL: Readonly<Record<string, string>> = { _contained: 'false' }

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
  const { branches, ...rest } = parse([type], pairs, params, options)
  return { type, conditions: branches[0]?.conditions ?? [], ...rest }
}

/**
 * Reads a search of the whole system (https://hl7.org/fhir/R4/http.html#search): parameters must be known for every
 * type that is named by `_type`, or for all that the caller may search.
 * @param types all that the caller may search
 * @throws Problem as `parseSearch`
 */
export function parseSystemSearch(
  types: readonly string[],
  pairs: readonly Pair[],
  params: SearchParams,
  options: SearchOptions,
): SearchQuery {
  const given = pairs.filter(([name]) => name === '_type')
  const named = given.flatMap(([, value]) => value.split(','))
  const unknown = named.find((type) => !types.includes(type))
  if (unknown !== undefined) {
    const words = `It names a type that is not searched here.${hint(unknown, types)} Valid here: ${types.join(', ')}.`
    throw new Problem(invalid('_type', words))
  }
  const others = pairs.filter(([name]) => name !== '_type')
  const wanted = named.length > 0 ? [...new Set(named)] : types
  const { applied, ...rest } = parse(wanted, others, params, options)
  return { type: '', conditions: [], ...rest, applied: [...given, ...applied] }
}

type Parsed = Omit<SearchQuery, 'type' | 'conditions' | 'branches'> & { readonly branches: readonly Branch[] }

function parse(types: readonly string[], pairs: readonly Pair[], known: SearchParams, options: SearchOptions): Parsed {
  const params = options.terminology ? { ...known, terminology: options.terminology } : known
  const issues: Issue[] = []
  const { within } = options
  const branches = types.map((type) => ({ type, conditions: within ? [within(type)] : ([] as Condition[]) }))
  const applied: Pair[] = []
  const ignored: Issue[] = []
  let controls: Controls = new Map()
  const { mayRead = params.has, mayExplain = false } = options
  const offered = mayExplain ? [...CONTROLS, '__explain'] : CONTROLS
  const names = { params, mayRead, others: [...offered, ...TOLERATED], now: options.now }
  if (pairs.length > MAX_PARAMETERS) throw new Problem(invalid('', `At most ${MAX_PARAMETERS} parameters are read.`))

  for (const pair of pairs) {
    const [name, value] = pair
    if (TOLERATED.has(name)) continue
    if (value.includes('\u0000')) {
      issues.push(invalid(name, 'No text holds the character U+0000.'))
      continue
    }
    if (USUAL[name] === value) {
      applied.push(pair)
      continue
    }
    const [control = ''] = name.split(':', 1)
    if (offered.includes(control)) {
      const earlier = controls.get(control) ?? []
      if (earlier.length > 0 && !REPEATABLE.has(control)) issues.push(invalid(name, 'It may be given once.'))
      controls.set(control, [...earlier, { name, value }])
      applied.push(pair)
      continue
    }
    const issue = readForAll(branches, name, value, names)
    if (issue && options.lenient && issue.key !== 'unknown-modifier') {
      ignored.push(issue)
      continue
    }
    if (issue) issues.push(issue)
    applied.push(pair)
  }
  const terms = branches.reduce((sum, { conditions }) => conditions.reduce((all, each) => all + termsOf(each), sum), 0)
  if (terms > MAX_TERMS)
    issues.push(invalid('', `At most ${MAX_TERMS} values are looked for at once; these are ${terms}.`))

  const readThem = (): ReturnType<typeof readControls> =>
    readControls({ types, controls, params, options: { ...options, mayRead } })
  let read = readThem()
  if (options.lenient && read.issues.length > 0) {
    const [others, faulty] = withoutFaulty(controls, read.issues)
    ignored.push(...read.issues)
    controls = others
    applied.splice(0, applied.length, ...applied.filter(([name]) => !faulty.has(name)))
    read = readThem()
  }
  issues.push(...read.issues)
  if (issues.length > 0) throw new Problem(issues)
  return { branches, ...read.result, applied, ignored, hints: branches.flatMap((branch) => hintsOf(branch, params)) }
}

function hintsOf({ type, conditions }: Branch, params: SearchParams): Issue[] {
  return conditions.flatMap((condition): Issue[] => {
    const code = condition.kind === 'token' ? condition.param.slice(type.length + 1) : ''
    const param = code === '' ? undefined : params.param(type, code)
    const diagnostics = param && codeHint(condition, param)
    return diagnostics === undefined
      ? []
      : [
          {
            key: 'search-code-unknown',
            diagnostics: `Search parameter "${code}": ${diagnostics}`,
            expression: `http.${code}`,
          },
        ]
  })
}

/** The controls that have no fault of their own, and the names of the others. */
function withoutFaulty(controls: Controls, issues: readonly Issue[]): readonly [Controls, ReadonlySet<string>] {
  const faulty = new Set(issues.map(({ expression = '' }) => expression.replace('http.', '')))
  const sound = [...controls].flatMap(([control, given]): [string, typeof given][] => {
    const kept = given.filter(({ name }) => !faulty.has(name))
    return kept.length > 0 ? [[control, kept]] : []
  })
  return [new Map(sound), faulty]
}

/** Adds the condition of a pair to every type; the first type that does not know it says so for all. */
function readForAll(
  branches: readonly { readonly type: string; readonly conditions: Condition[] }[],
  name: string,
  value: string,
  names: Parameters<typeof readPair>[3],
): Issue | undefined {
  const read: Condition[] = []
  for (const { type } of branches) {
    const condition = readPair(type, name, value, names)
    if ('key' in condition) return condition
    read.push(condition)
  }
  branches.forEach(({ conditions }, index) => {
    const condition = read[index]
    if (condition) conditions.push(condition)
  })
  return undefined
}

/** What a condition costs: the values that are looked for, here and behind its references. */
function termsOf(condition: Condition): number {
  switch (condition.kind) {
    case 'chain':
    case 'has':
      return condition.conditions.reduce((sum, each) => sum + termsOf(each), 1)
    case 'any':
      return condition.of.reduce((sum, each) => sum + termsOf(each), 0)
    case 'token':
      // What one `:in` or `:below` stands for has a limit of its own.
      return 'values' in condition ? Math.min(condition.values.length, MAX_TERMS) : 1
    default:
      return 'values' in condition ? condition.values.length : 1
  }
}
