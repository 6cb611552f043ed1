/** The questionnaires that responses answer: beside them in the Bundle, or stored where the caller may see them. */
import type { Caller } from '../caller.ts'
import { type Context, searchScope } from '../context.ts'
import type { Issue } from '../fhir/problem.ts'
import { canonicalOf, responseIssues, responsesIn } from '../fhir/questionnaire-response.ts'
import { isObject, type r4 } from '../fhir/resource.ts'
import { searchKeys } from '../store/search.ts'
import type { Validation } from '../validation.ts'
import { condition } from './draft.ts'
import { mayDo } from './permission.ts'

export type FindQuestionnaire = (canonical: string) => r4.Questionnaire | undefined

/** Questionnaires that are looked for in one request; responses to further ones are not checked, and it is said so. */
const SOUGHT_MAX = 20

/** What is wrong with the responses in what was sent whose own structure is right. */
export function questionnaireIssues(
  { terminology }: Validation,
  value: unknown,
  root: string,
  issues: readonly Issue[],
  stored: FindQuestionnaire = () => undefined,
): Issue[] {
  if (issues.some(({ key }) => key === 'structure-issues-cut')) return []
  const isMalformed = (place: string): boolean => issues.some((issue) => spoils(issue, place))
  const find: FindQuestionnaire = (canonical) => {
    const beside = besideIn(value, canonical)
    if (!beside) return stored(canonical)
    return isMalformed(`${root}.entry[${beside.index}].resource`) ? undefined : beside.questionnaire
  }
  return responsesIn(value, root)
    .filter((placed) => !isMalformed(placed.root))
    .flatMap((placed) =>
      responseIssues(placed, find, (set, system, code) =>
        typeof set === 'string' ? terminology.has(set, system, code) : terminology.hasIn(set, system, code),
      ),
    )
}

/** What has not the shape of a response or questionnaire cannot be read as one. */
const spoils = ({ key, expression = '' }: Issue, place: string): boolean =>
  (expression === place || expression.startsWith(`${place}.`)) &&
  (key.startsWith('structure-') || key === 'type-mismatch')

/** The definition of a canonical among the entries of a Bundle. */
function besideIn(
  value: unknown,
  canonical: string,
): { readonly questionnaire: r4.Questionnaire; readonly index: number } | undefined {
  const entries: unknown = isObject(value) ? value.entry : undefined
  if (!Array.isArray(entries)) return undefined
  const [url, version] = canonical.split('|')
  for (const [index, entry] of (entries as unknown[]).entries()) {
    const resource = isObject(entry) ? entry.resource : undefined
    if (!isObject(resource) || resource.resourceType !== 'Questionnaire' || resource.url !== url) continue
    if (version === undefined || resource.version === version) {
      return { questionnaire: resource as unknown as r4.Questionnaire, index }
    }
  }
  return undefined
}

/** Reads the stored questionnaires that responses name, the newest of a canonical. */
export async function storedQuestionnaires(
  context: Context,
  caller: Caller,
  value: unknown,
): Promise<FindQuestionnaire> {
  const found = new Map<string, r4.Questionnaire>()
  const named = responsesIn(value, '').flatMap(({ response }) => canonicalOf(response) ?? [])
  const canonicals = [...new Set(named)].filter((canonical) => besideIn(value, canonical) === undefined)
  if (!mayDo(context.row('Questionnaire'), caller, 'search-type')) return () => undefined
  for (const canonical of canonicals.slice(0, SOUGHT_MAX)) {
    const [url = '', version] = canonical.split('|')
    const escaped = (text: string): string => text.replace(/[\\,$|]/g, '\\$&')
    const query = condition(context, 'Questionnaire', [
      ['url', escaped(url)],
      ...(version === undefined ? [] : [['version', escaped(version)] as const]),
      ['_sort', '-_lastUpdated'],
    ])
    const page = await searchKeys(context.database.query, { query, scope: searchScope(context, caller), limit: 1 })
    const [row] = page.rows
    if (row) found.set(canonical, JSON.parse(row.text) as r4.Questionnaire)
  }
  return (canonical) => found.get(canonical)
}
