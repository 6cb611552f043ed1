/** Answers against the definitions that they answer: contained, beside them in the Bundle, or stored where the caller may see them. */
import type { Caller } from '../caller.ts'
import { type Context, searchScope } from '../context.ts'
import { answersIn, containedDefinition, type Named, namedBy, type PlacedAnswer } from '../fhir/answers.ts'
import { measureReportIssues } from '../fhir/measure-report.ts'
import type { Issue } from '../fhir/problem.ts'
import { responseIssues } from '../fhir/questionnaire-response.ts'
import { isObject, type Resource, type r4 } from '../fhir/resource.ts'
import { escaped } from '../fhir/search-text.ts'
import { searchKeys } from '../store/search.ts'
import type { Validation } from '../validation.ts'
import { condition } from './draft.ts'
import { mayDo } from './permission.ts'

export type FindDefinition = (named: Named) => Resource | undefined

/** Definitions that are looked for in one request; answers to further ones are not checked, and it is said so. */
const SOUGHT_MAX = 20

/** What is wrong with the answers in what was sent whose own structure is right. */
export function answeredIssues(
  { terminology }: Validation,
  value: unknown,
  root: string,
  issues: readonly Issue[],
  stored: FindDefinition = () => undefined,
): Issue[] {
  if (issues.some(({ key }) => key === 'structure-issues-cut')) return []
  const isMalformed = (place: string): boolean => issues.some((issue) => spoils(issue, place))
  const find = (answer: Resource, named: Named): Resource | undefined => {
    if (named.canonical.startsWith('#')) return containedDefinition(answer, named)
    const beside = besideIn(value, named)
    if (!beside) return stored(named)
    return isMalformed(`${root}.entry[${beside.index}].resource`) ? undefined : beside.definition
  }
  const judge = (placed: PlacedAnswer): Issue[] => {
    const named = namedBy(placed.answer)
    if (named === undefined) return []
    const definition: unknown = find(placed.answer, named)
    if (named.type === 'Measure') return measureReportIssues(placed, definition as r4.Measure | undefined)
    return responseIssues(placed, definition as r4.Questionnaire | undefined, (set, system, code) =>
      typeof set === 'string' ? terminology.has(set, system, code) : terminology.hasIn(set, system, code),
    )
  }
  return answersIn(value, root)
    .filter((placed) => !isMalformed(placed.root))
    .flatMap(judge)
}

/** What has not the shape of an answer or of what it answers cannot be read as one. */
const spoils = ({ key, expression = '' }: Issue, place: string): boolean =>
  (expression === place || expression.startsWith(`${place}.`)) &&
  (key.startsWith('structure-') || key === 'type-mismatch')

/** The definition of a canonical among the entries of a Bundle. */
function besideIn(
  value: unknown,
  { type, canonical }: Named,
): { readonly definition: Resource; readonly index: number } | undefined {
  const entries: unknown = isObject(value) ? value.entry : undefined
  if (!Array.isArray(entries)) return undefined
  const [url, version] = canonical.split('|')
  for (const [index, entry] of (entries as unknown[]).entries()) {
    const resource = isObject(entry) ? entry.resource : undefined
    if (!isObject(resource) || resource.resourceType !== type || resource.url !== url) continue
    if (version === undefined || resource.version === version) return { definition: resource as Resource, index }
  }
  return undefined
}

/** Reads the stored definitions that answers name, the newest of a canonical. */
export async function storedDefinitions(context: Context, caller: Caller, value: unknown): Promise<FindDefinition> {
  const found = new Map<string, Resource>()
  const keyOf = ({ type, canonical }: Named): string => `${type} ${canonical}`
  const sought = new Map<string, Named>()
  for (const { answer } of answersIn(value, '')) {
    const named = namedBy(answer)
    if (named === undefined || named.canonical.startsWith('#') || besideIn(value, named)) continue
    if (mayDo(context.row(named.type), caller, 'search-type')) sought.set(keyOf(named), named)
  }
  for (const [key, { type, canonical }] of [...sought].slice(0, SOUGHT_MAX)) {
    const [url = '', version] = canonical.split('|')
    const query = condition(context, type, [
      ['url', escaped(url)],
      ...(version === undefined ? [] : [['version', escaped(version)] as const]),
      ['_sort', '-_lastUpdated'],
    ])
    const page = await searchKeys(context.database.query, { query, scope: searchScope(context, caller), limit: 1 })
    const [row] = page.rows
    if (row) found.set(key, JSON.parse(row.text) as Resource)
  }
  return (named) => found.get(keyOf(named))
}
