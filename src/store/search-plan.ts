/**
 * How a page is found. Two ways lead to every page, and which is short depends on the data: walking the resources in
 * the order that is asked for and looking at each (short when most of them match), or starting from the few rows that
 * satisfy one condition (short when few do). The way is chosen here, by looking at the data with bounded steps, not
 * left to the engine: a poller asks the same question all day, and one that takes the long way costs a hundred times
 * the short one.
 */
import type { Condition, IndexCondition } from '../fhir/search-condition.ts'
import type { SearchQuery } from '../fhir/search-query.ts'
import type { Query } from './database.ts'
import { Parameters } from './parameters.ts'
import {
  conditionSql,
  type Frame,
  hasRows,
  impliesType,
  isLookedAt,
  isScoped,
  lookSql,
  rowsSql,
  shownSql,
  type Scope,
  where,
} from './search-conditions.ts'

/** Resources looked at before another way is tried. */
const SHORT_WALK = 200
const LONG_WALK = 20_000
/** Rows of one part that are gone along, in the order of their keys, before another way is tried. */
const SHORT_ROWS = 150
const LONG_ROWS = 5000
/** Rows of a condition that are few enough to start from. */
const FEW = 2000
/** How often what was seen of the data is used before it is looked at again. */
const USES = 64
/** Questions remembered. */
const REMEMBERED = 1000

/** How to find the rows of a page. */
export type Way =
  /** In order, looking at each; up to `edge` (a tick or a key) or to the end. */
  | { readonly kind: 'walk'; readonly edge?: number }
  /**
   * From the rows of one part: a condition by its index, or the organisation's own rows (-1); in the order of their
   * keys up to `edge`, or all of them.
   */
  | { readonly kind: 'from'; readonly part: number; readonly edge?: number }
  /** Every part is a set. */
  | { readonly kind: 'sets' }

/** What a walk goes along: the column of `resource`, its direction, and where it starts. */
export interface Course {
  readonly column: 'tick' | 'key'
  readonly descending: boolean
  /** Conditions on the start of the walk, for `r`. */
  start(parameters: Parameters): readonly string[]
}

const OPEN: Scope = { kind: 'open' }

interface Seen {
  uses: number
  readonly value: number
}

const remembered = new Map<string, Seen>()

async function seen(key: string, look: () => Promise<number>): Promise<number> {
  const known = remembered.get(key)
  if (known && ++known.uses < USES) return known.value
  const value = await look()
  // Plans, never answers: what is forgotten or out of date costs time, not rows.
  if (remembered.size >= REMEMBERED) remembered.clear()
  remembered.set(key, { uses: 0, value })
  return value
}

/** Tries one way after the other until one has found the page: whether a walk was long enough only it can tell. */
export async function* ways(
  query: Query,
  search: SearchQuery,
  scope: Scope,
  course: Course | undefined,
): AsyncGenerator<Way> {
  if (search.branches) {
    yield { kind: 'sets' }
    return
  }
  // What can only be found by a range is no quick look: such conditions are sets, or started from.
  if (!course || !search.conditions.every(isLookedAt)) {
    yield (await few(query, search, scope)) ?? { kind: 'sets' }
    return
  }
  const question = JSON.stringify([search.type, search.conditions.filter(isSteady), scopeName(scope, search.type)])
  const near = await edge(query, search, course, SHORT_WALK)
  if (near === undefined) {
    yield { kind: 'walk' }
    return
  }
  // Later pages begin elsewhere: what the first page was like says nothing of them.
  const apart = course.start(new Parameters()).length === 0 ? `apart ${question}` : undefined
  const met = apart === undefined ? undefined : remembered.get(apart)
  if (met && ++met.uses < USES) {
    yield { kind: 'sets' }
    return
  }
  const sparse = `sparse ${question}`
  const known = remembered.get(sparse)
  if (!known || ++known.uses >= USES) {
    remembered.delete(sparse)
    yield { kind: 'walk', edge: near }
    remembered.set(sparse, { uses: 0, value: 1 })
  }
  const start = await few(query, search, scope)
  if (start) {
    yield start
    return
  }
  if (course.column === 'key') {
    for (const count of [SHORT_ROWS, LONG_ROWS]) {
      const along = await farthest(query, { search, scope, course, question, count })
      if (along) yield along
    }
  }
  const far = await edge(query, search, course, LONG_WALK)
  yield far === undefined ? { kind: 'walk' } : { kind: 'walk', edge: far }
  if (far === undefined) return
  // Many rows on each side and next to none in common: the next poll need not find that out again.
  if (apart !== undefined) remembered.set(apart, { uses: 0, value: 1 })
  yield { kind: 'sets' }
}

/**
 * The way to the one resource that conditions name, without a look at the data: from what says most of it. All rows of
 * the organisation as a set would make every order of a trust dearer with every patient it has.
 */
export function wayToOne({ conditions }: SearchQuery): Way {
  const ranks = conditions.map(tells)
  const most = Math.max(...ranks)
  return most > 0 ? { kind: 'from', part: ranks.indexOf(most) } : { kind: 'sets' }
}

/** How much a condition says of which resource is meant; 0 where no index has what satisfies it. */
function tells(condition: Condition): number {
  if (condition.kind === 'id') return condition.negate ? 0 : 5
  if (!hasRows(condition)) return 0
  if (condition.kind !== 'token') return condition.kind === 'reference' ? 3 : 2
  if (condition.negate) return 0
  return !isOneValue(condition) ? 1 : condition.param.endsWith('.identifier') ? 4 : 2
}

/** What changes from poll to poll says nothing about the next one. */
const isSteady = (condition: Condition): boolean => condition.kind !== 'lastUpdated'

const scopeName = (scope: Scope, type: string): string => (isScoped(scope, type) ? scope.organization : '')

/** Where the n-th resource along a course stands; undefined when there are fewer. */
async function edge(query: Query, search: SearchQuery, course: Course, count: number): Promise<number | undefined> {
  const parameters = new Parameters()
  const tests = [`r.type = ${parameters.add(search.type)}`, ...course.start(parameters)]
  for (const condition of search.conditions) {
    if (condition.kind === 'lastUpdated') tests.push(conditionSql(condition, 'r', { scope: OPEN, parameters }))
  }
  const [row] = await query<{ edge: number }>(
    `SELECT r.${course.column} AS edge FROM resource r WHERE ${tests.join(' AND ')}
     ORDER BY r.${course.column}${course.descending ? ' DESC' : ''} LIMIT 1 OFFSET ${count}`,
    parameters.values,
  )
  return row?.edge
}

/** The part with the fewest rows, when it has few. */
async function few(query: Query, search: SearchQuery, scope: Scope): Promise<Way | undefined> {
  let best: { part: number; count: number } | undefined
  const consider = (part: number, count: number): void => {
    if (count <= FEW && (!best || count < best.count)) best = { part, count }
  }
  for (const [part, condition] of search.conditions.entries()) {
    if (condition.kind === 'id' && !condition.negate) consider(part, condition.values.length)
    if (!hasRows(condition) || (condition.kind === 'token' && condition.negate)) continue
    const rows = (parameters: Parameters): string => rowsSql(condition, parameters)
    consider(part, await seen(JSON.stringify(condition), () => countRows(query, rows)))
  }
  if (isScoped(scope, search.type)) {
    const { organization } = scope
    const own = (parameters: Parameters): string =>
      `SELECT key FROM access WHERE org = ${parameters.add(organization)} AND type = ${parameters.add(search.type)}`
    consider(-1, await seen(`access ${search.type} ${organization}`, () => countRows(query, own)))
  }
  return best && { kind: 'from', part: best.part }
}

interface Along {
  readonly search: SearchQuery
  readonly scope: Scope
  readonly course: Course
  /** What the same poll has in common from time to time. */
  readonly question: string
  readonly count: number
}

/**
 * The part whose rows lie farthest apart: going along them passes the most resources. An index has the rows of one
 * value in the order of their keys, and so has the table of access.
 */
async function farthest(query: Query, along: Along): Promise<Way | undefined> {
  const { search, scope, course, question, count } = along
  const parts = [...search.conditions.entries()].flatMap(([part, condition]) => (isOneValue(condition) ? [part] : []))
  if (isScoped(scope, search.type)) parts.push(-1)
  const edgeOf = (part: number) => partEdge(query, search, scope, part, course, count)
  const best =
    parts.length > 1 ? await seen(`along ${question}`, () => chooseFarthest(parts, edgeOf, course)) : parts[0]
  if (best === undefined) return undefined
  const edge = await edgeOf(best)
  return { kind: 'from', part: best, ...(edge === undefined ? {} : { edge }) }
}

async function chooseFarthest(
  parts: readonly number[],
  edgeOf: (part: number) => Promise<number | undefined>,
  { descending }: Course,
): Promise<number> {
  const edges: { readonly part: number; readonly edge: number }[] = []
  for (const part of parts) {
    const edge = await edgeOf(part)
    // All of its rows are passed.
    if (edge === undefined) return part
    edges.push({ part, edge })
  }
  return edges.reduce((best, one) => (one.edge < best.edge === descending ? one : best)).part
}

/** Where the n-th row of a part stands, from the beginning of the course on; undefined when there are fewer. */
async function partEdge(
  query: Query,
  search: SearchQuery,
  scope: Scope,
  part: number,
  course: Course,
  count: number,
): Promise<number | undefined> {
  const parameters = new Parameters()
  const rows = partRows(search, { scope, parameters }, part, course)
  const [row] = await query<{ edge: number }>(
    `SELECT key AS edge FROM (${rows}) rows ORDER BY key${course.descending ? ' DESC' : ''} LIMIT 1 OFFSET ${count}`,
    parameters.values,
  )
  return row?.edge
}

/** The keys of the rows of a part, from the beginning of the course up to an edge. */
function partRows(search: SearchQuery, frame: Frame, part: number, course: Course | undefined, edge?: number): string {
  const { scope, parameters } = frame
  const condition = search.conditions[part]
  const rows = condition
    ? rowsSql(condition as IndexCondition, parameters)
    : `SELECT i.key FROM access i WHERE i.org = ${parameters.add(isScoped(scope, search.type) ? scope.organization : '')} AND i.type = ${parameters.add(search.type)}`
  const bounds = course ? course.start(parameters).map((start) => start.replace(/^r\./, 'i.')) : []
  if (course && edge !== undefined) bounds.push(`i.key ${course.descending ? '>=' : '<='} ${parameters.add(edge)}`)
  return [rows, ...bounds].join(' AND ')
}

/** Whether the index has all rows of a condition in the order of their keys. */
const isOneValue = (condition: Condition): boolean =>
  (condition.kind === 'token' &&
    !condition.negate &&
    condition.values.length === 1 &&
    condition.values[0]?.code !== undefined) ||
  (condition.kind === 'reference' && condition.values.length === 1)

async function countRows(query: Query, rows: (parameters: Parameters) => string): Promise<number> {
  const parameters = new Parameters()
  const sql = rows(parameters)
  const [row] = await query<{ total: number }>(
    `SELECT COUNT(*) AS total FROM (${sql} LIMIT ${FEW + 1}) few`,
    parameters.values,
  )
  return row?.total ?? 0
}

/** The conditions of a page as one way wants them: what it starts from as a set, the others as a look at each row. */
export function conditionsFor(way: Way, search: SearchQuery, frame: Frame, course?: Course): string[] {
  const { scope, parameters } = frame
  if (search.branches) return where(search, scope, parameters)
  const isSet = (part: number): boolean => way.kind === 'sets' || (way.kind === 'from' && way.part === part)
  const tests = ['r.deleted = 0']
  const bounded = way.kind === 'from' && way.edge !== undefined ? way : undefined
  if (bounded) tests.push(`r.key IN (${partRows(search, frame, bounded.part, course, bounded.edge)})`)
  if (namesType(way, search, scope)) tests.push(`r.type = ${parameters.add(search.type)}`)
  if (isScoped(scope, search.type) && bounded?.part !== -1) {
    const [organization, type] = [parameters.add(scope.organization), parameters.add(search.type)]
    tests.push(
      isSet(-1)
        ? `r.key IN (SELECT key FROM access WHERE org = ${organization} AND type = ${type})`
        : `(SELECT 1 FROM access a WHERE a.org = ${organization} AND a.type = ${type} AND a.key = r.key LIMIT 1) = 1`,
      ...shownSql(scope, 'r', parameters),
    )
  }
  for (const [part, condition] of search.conditions.entries()) {
    if (bounded?.part !== part)
      tests.push(isSet(part) ? conditionSql(condition, 'r', frame) : lookSql(condition, 'r', frame))
  }
  return tests
}

/**
 * The type is named where resources are walked or found by id. Elsewhere it is implied by the rows that are started
 * from; said again it would invite the engine to walk every resource of the type.
 */
function namesType(way: Way, search: SearchQuery, scope: Scope): boolean {
  if (way.kind === 'walk') return true
  if (way.kind === 'from') return search.conditions[way.part]?.kind === 'id'
  return !isScoped(scope, search.type) && !search.conditions.some(impliesType)
}
