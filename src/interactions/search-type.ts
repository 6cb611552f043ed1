/**
 * GET [base]/Type?… and POST [base]/Type/_search (https://hl7.org/fhir/R4/search.html). Answers are the stored texts,
 * joined; nothing is cached, so a write is seen by the next search.
 */
import { type Context, scopeOf } from '../context.ts'
import { instant } from '../fhir/json.ts'
import { operationOutcome, refuse } from '../fhir/problem.ts'
import { parseSearch, type SearchQuery } from '../fhir/search-query.ts'
import { feedName } from '../store/arrivals.ts'
import type { Scope } from '../store/read.ts'
import { type FoundResource, type SearchPage, searchKeys } from '../store/search.ts'
import type { FhirReply, FhirRequest, Interaction } from './interaction.ts'
import { type PageLink, seal, unseal } from './page-link.ts'

/** The one parameter of a next link: everything else is sealed inside it. */
const PAGE = '_page'

export const searchType: Interaction = async (context, request) => {
  const type = request.type ?? ''
  const link = pageLink(context, request, type)
  const lenient = request.prefer.handling === 'lenient'
  const query = parseSearch(type, link?.query ?? request.query, context.search, {
    lenient,
    defaultCount: context.limits.searchDefaultCount,
    maxCount: context.limits.searchMaxCount,
  })
  const scope = scopeOf(context, request.caller, type)
  const page = asksInVain(context, query, scope)
    ? { rows: [] }
    : await searchKeys(context.database.query, {
        query,
        scope,
        limit: query.count,
        ...(link ? { page: link.position } : {}),
      })
  return bundle(context, request, query, page)
}

/**
 * Whether a poll asks for what was written after an instant, and nothing that the caller sees was: most polls do, and
 * need no look at the store.
 */
function asksInVain({ arrivals }: Context, { type, conditions, total }: SearchQuery, scope: Scope): boolean {
  const feed = feedName(scope.kind === 'open' ? '' : scope.organization, type)
  return (
    total === 'none' &&
    conditions.some(
      (condition) =>
        condition.kind === 'lastUpdated' &&
        condition.values.every(({ prefix, high }) => prefix === 'gt' && arrivals.isUnchangedSince(feed, high)),
    )
  )
}

function pageLink(context: Context, request: FhirRequest, type: string): PageLink | undefined {
  const sealed = request.query.find(([name]) => name === PAGE)?.[1]
  if (sealed === undefined) return undefined
  const other = request.query.find(([name]) => name !== PAGE && !name.startsWith('_format') && name !== '_pretty')
  if (other) throw refuse('page-link-invalid', 'A page link is followed as it is: it takes no other parameters.')
  const link = unseal(context.pageKey, request.caller, sealed)
  if (link.type !== type)
    throw refuse('page-link-invalid', 'The page link belongs to another type: follow it as it is.')
  return link
}

function bundle(context: Context, request: FhirRequest, query: SearchQuery, page: SearchPage): FhirReply {
  const address = `${context.base}/${query.type}`
  const links = [{ relation: 'self', url: `${address}${queryText(query.applied)}` }]
  if (page.next) {
    const sealed = seal(context.pageKey, request.caller, {
      type: query.type,
      query: query.applied,
      position: page.next,
    })
    links.push({ relation: 'next', url: `${address}?${PAGE}=${sealed}` })
  }
  const entries = page.rows.map((row) => entry(context, row))
  if (query.ignored.length > 0) entries.push(ignoredEntry(query.ignored))
  const members = [
    '"resourceType":"Bundle"',
    `"id":"${context.newId()}"`,
    `"meta":{"lastUpdated":"${instant(context.clock())}"}`,
    '"type":"searchset"',
    ...(page.total === undefined ? [] : [`"total":${page.total}`]),
    `"link":${JSON.stringify(links)}`,
    // R4 has no empty arrays: a Bundle without results has no entry at all.
    ...(entries.length > 0 ? [`"entry":[${entries.join(',')}]`] : []),
  ]
  return { status: 200, body: `{${members.join(',')}}`, follows: ['handling'] }
}

const queryText = (pairs: SearchQuery['applied']): string => {
  const text = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString()
  return text === '' ? '' : `?${text}`
}

const entry = (context: Context, row: FoundResource): string =>
  `{"fullUrl":"${context.base}/${row.type}/${row.id}","resource":${row.text},"search":{"mode":"match"}}`

/** Lenient handling says what it ignored: silence would look like an answer to the whole question. */
function ignoredEntry(names: readonly string[]): string {
  const outcome = operationOutcome(
    names.map((name) => ({
      key: 'unknown-parameter',
      severity: 'warning',
      diagnostics: `The parameter "${name}" is not known here and was ignored, as Prefer: handling=lenient asks.`,
    })),
  )
  return JSON.stringify({ resource: outcome, search: { mode: 'outcome' } })
}
