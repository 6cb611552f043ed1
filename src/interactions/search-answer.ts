/**
 * A search from its query to its Bundle. Answers are the stored texts, joined; nothing is cached, so a write is seen by
 * the next search.
 */
import type { Caller } from '../caller.ts'
import { type Context, mayRead, maySearch, searchScope } from '../context.ts'
import { instant } from '../fhir/json.ts'
import { operationOutcome, refuse } from '../fhir/problem.ts'
import type { SearchOptions, SearchQuery } from '../fhir/search-query.ts'
import { feedName } from '../store/arrivals.ts'
import { included } from '../store/include.ts'
import {
  END,
  type FoundResource,
  type PagePosition,
  type SearchPage,
  searchKeys,
  type SearchRequest,
} from '../store/search.ts'
import { isScoped, type Scope } from '../store/search-conditions.ts'
import type { FhirReply, FhirRequest } from './interaction.ts'
import { type SearchLink, seal, unseal } from './page-link.ts'
import { checkAsked, shown } from './view.ts'

/** The one parameter of a page link: everything else is sealed inside it. */
const PAGE = '_page'

/** @param place below the base: a type, `Patient/1/Type` in a compartment, empty for the whole system */
export async function answerSearch(
  context: Context,
  request: FhirRequest,
  place: string,
  parse: (pairs: SearchQuery['applied'], options: SearchOptions) => SearchQuery,
): Promise<FhirReply> {
  const { caller } = request
  if (request.type !== undefined) checkAsked(context, request, request.type)
  const link = pageLink(context, request, place)
  const query = parse(link?.query ?? request.query, {
    lenient: request.prefer.handling === 'lenient',
    defaultCount: context.limits.searchDefaultCount,
    maxCount: context.limits.searchMaxCount,
    mayRead: maySearch(context, caller),
    mayExplain: caller.role === 'tester' && context.database.explain !== undefined,
    elementsOf: context.subsets.elementsOf,
    // All pages of a result are near the same dates.
    now: link?.issued ?? context.clock(),
  })
  const scope = searchScope(context, caller)
  const search: SearchRequest = {
    query,
    scope,
    limit: query.count,
    extract: context.search.extract,
    ...(link?.position ? { page: link.position } : {}),
    ...(link ? { snapshot: link.snapshot } : {}),
    ...(link?.total === undefined ? {} : { total: link.total }),
  }
  const page = asksInVain(context, query, scope)
    ? { rows: [], total: 0 }
    : await searchKeys(context.database.query, search)
  const others = await included(context.database.query, {
    includes: query.includes,
    matches: page.rows,
    params: context.search,
    scope,
    mayRead: mayRead(context, caller),
    types: context.exposedTypes,
  })
  const notes = [
    ...(query.ignored.length > 0 ? [ignoredEntry(query.ignored)] : []),
    ...(query.explain ? [await explainEntry(context, search)] : []),
  ]
  return bundle(context, request, place, query, page, link?.issued ?? context.clock(), [
    ...page.rows.map((row) => entry(context, caller, query, row, 'match')),
    ...others.map((row) => entry(context, caller, query, row, 'include')),
    ...notes,
  ])
}

/**
 * Whether a poll asks for what was written after an instant, and nothing that the caller sees was: most polls do, and
 * need no look at the store.
 */
function asksInVain({ arrivals }: Context, { type, conditions, total }: SearchQuery, scope: Scope): boolean {
  const feed = feedName(isScoped(scope, type) ? scope.organization : '', type)
  return (
    total === 'none' &&
    conditions.some(
      (condition) =>
        condition.kind === 'lastUpdated' &&
        condition.values.every(({ prefix, high }) => prefix === 'gt' && arrivals.isUnchangedSince(feed, high)),
    )
  )
}

function pageLink(context: Context, request: FhirRequest, place: string): SearchLink | undefined {
  const sealed = request.query.find(([name]) => name === PAGE)?.[1]
  if (sealed === undefined) return undefined
  const other = request.query.find(([name]) => name !== PAGE && !name.startsWith('_format') && name !== '_pretty')
  if (other) throw refuse('page-link-invalid', 'A page link is followed as it is: it takes no other parameters.')
  const link = unseal<SearchLink>(context.pageKey, request.caller, sealed)
  if (link.type !== place)
    throw refuse('page-link-invalid', 'The page link belongs to another type or compartment: follow it as it is.')
  const age = context.limits.pageLinkLifetime
  if (context.clock() - link.issued > age * 1000) {
    throw refuse('page-link-expired', `Page links are good for ${age} seconds: send the search again.`)
  }
  return link
}

function bundle(
  context: Context,
  request: FhirRequest,
  place: string,
  query: SearchQuery,
  page: SearchPage,
  issued: number,
  entries: readonly string[],
): FhirReply {
  const address = place === '' ? context.base : `${context.base}/${place}`
  const links = [{ relation: 'self', url: `${address}${queryText(query.applied)}` }]
  const { snapshot, total } = page
  const link = (relation: string, position: PagePosition | undefined): void => {
    if (!snapshot) return
    const content: SearchLink = {
      type: place,
      query: query.applied,
      snapshot,
      issued,
      ...(position ? { position } : {}),
      ...(total === undefined ? {} : { total }),
    }
    links.push({ relation, url: `${address}?${PAGE}=${seal(context.pageKey, request.caller, content)}` })
  }
  if (page.next || page.previous) link('first', undefined)
  if (page.previous) link('previous', page.previous)
  if (page.next) link('next', page.next)
  if (page.next || page.previous) link('last', END)
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

function entry(
  context: Context,
  caller: Caller,
  query: SearchQuery,
  row: FoundResource,
  mode: 'match' | 'include',
): string {
  const resource = partOf(context, query, { ...row, text: shown(context, caller, row.type)(row.text) }, mode)
  return `{"fullUrl":"${context.base}/${row.type}/${row.id}","resource":${resource},"search":{"mode":"${mode}"}}`
}

/** What was asked of the resource; elements without a type are asked of matches. */
function partOf(context: Context, { summary, elements }: SearchQuery, row: FoundResource, mode: string): string {
  if (summary) return context.subsets.summary(row.type, row.text, summary)
  if (!elements) return row.text
  const names = elements
    .filter(({ type }) => (type === undefined ? mode === 'match' : type === row.type))
    .map(({ name }) => name)
  return names.length > 0 ? context.subsets.elements(row.type, row.text, names) : row.text
}

/** Lenient handling says what it ignored: silence would look like an answer to the whole question. */
function ignoredEntry(ignored: SearchQuery['ignored']): string {
  const outcome = operationOutcome(
    ignored.map((issue) => ({
      ...issue,
      severity: 'warning',
      diagnostics: `Ignored, as Prefer: handling=lenient asks. ${issue.diagnostics}`,
    })),
  )
  return JSON.stringify({ resource: outcome, search: { mode: 'outcome' } })
}

/** How the engine finds the page: its statements and the steps it takes, no values. */
async function explainEntry(context: Context, search: SearchRequest): Promise<string> {
  const issue: { severity: 'information'; code: 'informational'; diagnostics: string }[] = []
  await searchKeys(async <R>(sql: string, params?: Parameters<typeof context.database.query>[1]) => {
    const steps = (await context.database.explain?.(sql, params)) ?? []
    const diagnostics = `${sql.replace(/\s+/g, ' ').trim()}\n${steps.join('\n')}`
    issue.push({ severity: 'information', code: 'informational', diagnostics })
    return context.database.query<R>(sql, params)
  }, search)
  return JSON.stringify({ resource: { resourceType: 'OperationOutcome', issue }, search: { mode: 'outcome' } })
}
