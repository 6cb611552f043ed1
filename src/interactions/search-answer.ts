/**
 * A search from its query to its Bundle. Answers are the stored texts, joined. What was found is found again without
 * asking only while the store's clock stands still (`store/current.ts`): a write is seen by the next search, always.
 */
import type { Caller } from '../caller.ts'
import { type Context, mayRead, maySearch, searchScope } from '../context.ts'
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
import { bundleText, Entries } from './bundle-text.ts'
import type { FhirReply, FhirRequest } from './interaction.ts'
import { linkQuery, type SearchLink, seal, unseal } from './page-link.ts'
import { standing } from './standing.ts'
import { namesTerminology, storedTerminology } from './stored-terminology.ts'
import { checkAsked, shown } from './view.ts'

/** The one parameter of a page link: everything else is sealed inside it. */
const PAGE = '_page'

/** What a search has found, put down as the Bundle will have it. */
export interface PageAnswer {
  readonly query: SearchQuery
  /** Where the page lies. */
  readonly page: Omit<SearchPage, 'rows'>
  readonly entries: Entries
  /** `Type/id` of what the entries show. */
  readonly answered: readonly string[]
  /** What was written around the entries last. */
  frame?: Frame
}

/** What a Bundle says about itself. */
interface Frame {
  /** When its links were sealed, ms since the epoch. */
  readonly issued: number
  readonly members: string
}

/** ms for which sealed links are handed out once more: so much earlier they may end. */
const LINKS_AGAIN = 1000

type Parse = (pairs: SearchQuery['applied'], options: SearchOptions) => SearchQuery

/** @param place below the base: a type, `Patient/1/Type` in a compartment, empty for the whole system */
export async function answerSearch(
  context: Context,
  request: FhirRequest,
  place: string,
  parse: Parse,
): Promise<FhirReply> {
  if (request.type !== undefined) checkAsked(context, request, request.type)
  const { link, position } = pageLink(context, request, place)
  // What a query means that names a stored value set changes with that.
  const question = link || namesTerminology(context, request.query) ? undefined : questionOf(request, place)
  const { caller } = request
  const known: Parse = (pairs, options) =>
    question === undefined ? parse(pairs, options) : context.queries.read(caller, question, () => parse(pairs, options))
  const find = (): Promise<PageAnswer> => pageOf(context, request, known, link, position)
  if (question === undefined) return answerOf(context, request, place, await find(), link?.issued ?? context.clock())
  const { pages } = context
  const kept = (asked?: number): FhirReply | undefined => {
    const found = pages.find(caller, question, asked)
    return found && answerOf(context, request, place, found, context.clock(), true)
  }
  const { reply, asked } = await standing(pages, caller, question, kept)
  if (reply) return reply
  const found = await pages.ask(caller, question, find, ({ entries }) => entries.size, asked)
  return answerOf(context, request, place, found, context.clock())
}

/** On what a first page depends; undefined where that is more than the store, the caller and the query. */
function questionOf({ query, prefer }: FhirRequest, place: string): string | undefined {
  const question = `${place} ${prefer.handling === 'lenient'} ${JSON.stringify(query)}`
  // What is near a date (`ap`) depends on the time, and how an answer is found on what was asked before.
  return /[",$]ap\d|"__explain"/.test(question) ? undefined : question
}

async function pageOf(
  context: Context,
  request: FhirRequest,
  parse: Parse,
  link: SearchLink | undefined,
  position: PagePosition | undefined,
): Promise<PageAnswer> {
  const { caller } = request
  const pairs = link?.query ?? request.query
  const query = parse(pairs, {
    lenient: request.prefer.handling === 'lenient',
    defaultCount: context.limits.searchDefaultCount,
    maxCount: context.limits.searchMaxCount,
    total: context.table.assumes?.total,
    idleIncludes: context.table.scope === 'open',
    mayRead: maySearch(context, caller),
    mayExplain: caller.role === 'tester' && context.database.explain !== undefined,
    elementsOf: context.subsets.elementsOf,
    terminology: namesTerminology(context, pairs) ? await storedTerminology(context, caller, pairs) : undefined,
    // All pages of a result are near the same dates.
    now: link?.issued ?? context.clock(),
  })
  const scope = searchScope(context, caller)
  const search: SearchRequest = {
    query,
    scope,
    limit: query.count,
    extract: context.search.extract,
    ...(position ? { page: position } : {}),
    ...(link ? { snapshot: link.snapshot } : {}),
    ...(link?.total === undefined ? {} : { total: link.total }),
  }
  const { rows, ...page }: SearchPage = asksInVain(context, query, scope)
    ? { rows: [], ...(query.total === 'free' && { total: 0 }) }
    : await searchKeys(context.database.query, search)
  const others = await included(context.database.query, {
    includes: query.includes,
    matches: rows,
    params: context.search,
    scope,
    mayRead: mayRead(context, caller),
    types: context.exposedTypes,
  })
  const notes = [
    ...(query.ignored.length > 0 ? [ignoredEntry(context, query.ignored)] : []),
    ...(query.hints.length > 0 ? [outcomeEntry(context, operationOutcome(query.hints))] : []),
    ...(query.explain ? [await explainEntry(context, search)] : []),
  ]
  const entries = [
    ...rows.map((row) => entry(context, caller, query, row, 'match')),
    ...others.map((row) => entry(context, caller, query, row, 'include')),
    ...notes,
  ]
  const answered = [...rows, ...others].map(({ type, id }) => `${type}/${id}`)
  return { query, page, entries: new Entries(entries), answered }
}

/**
 * Whether a poll asks for what was written after an instant, and nothing that the caller sees was: most polls do, and
 * need no look at the store.
 */
function asksInVain({ arrivals }: Context, { type, conditions, total }: SearchQuery, scope: Scope): boolean {
  const feed = feedName(isScoped(scope, type) ? scope.organization : '', type)
  return (
    (total === 'none' || total === 'free') &&
    conditions.some(
      (condition) =>
        condition.kind === 'lastUpdated' &&
        condition.values.every(({ prefix, high }) => prefix === 'gt' && arrivals.isUnchangedSince(feed, high)),
    )
  )
}

/** Pages that need no position. */
const ENDS: ReadonlySet<string> = new Set(['first', 'last'])

function pageLink(
  context: Context,
  request: FhirRequest,
  place: string,
): { readonly link?: SearchLink; readonly position?: PagePosition } {
  const sealed = request.query.find(([name]) => name === PAGE)?.[1]
  if (sealed === undefined) return {}
  const other = request.query.find(([name]) => name !== PAGE && !name.startsWith('_format') && name !== '_pretty')
  if (other) throw refuse('page-link-invalid', 'A page link is followed as it is: it takes no other parameters.')
  // One seal holds for all links of a page: which of them it is stands behind it.
  const [content = '', relation = ''] = sealed.split('.')
  const link = unseal<SearchLink>(context.pageKey, request.caller, content)
  const isPage = relation === 'next' || relation === 'previous' ? link[relation] : ENDS.has(relation)
  if (!isPage) throw refuse('page-link-invalid', 'A page link is followed as it is: this one was changed.')
  if (link.type !== place)
    throw refuse('page-link-invalid', 'The page link belongs to another type or compartment: follow it as it is.')
  const age = context.limits.pageLinkLifetime
  if (context.clock() - link.issued > age * 1000) {
    throw refuse('page-link-expired', `Page links are good for ${age} seconds: send the search again.`)
  }
  const position = relation === 'last' ? END : relation === 'first' ? undefined : link[relation as 'next' | 'previous']
  return { link, ...(position ? { position } : {}) }
}

/**
 * @param issued when the first page was answered, in ms since the epoch
 * @param kept whether it was answered before
 */
function answerOf(
  context: Context,
  request: FhirRequest,
  place: string,
  found: PageAnswer,
  issued: number,
  kept = false,
): FhirReply {
  const { entries, answered, frame } = found
  const isFresh = frame !== undefined && frame.issued <= issued && issued - frame.issued < LINKS_AGAIN
  const members = isFresh ? frame.members : membersOf(context, request, place, found, issued)
  if (kept && !isFresh) found.frame = { issued, members }
  return { status: 200, ...bundleText(context, members, entries, kept), follows: FOLLOWS, answered }
}

const FOLLOWS = ['handling'] as const

function membersOf(
  context: Context,
  request: FhirRequest,
  place: string,
  { query, page }: PageAnswer,
  issued: number,
): string {
  const address = place === '' ? context.base : `${context.base}/${place}`
  const links = [{ relation: 'self', url: `${address}${linkQuery(query.applied)}` }]
  const { snapshot, total, next, previous } = page
  if (snapshot && (next || previous)) {
    const content: SearchLink = {
      type: place,
      query: query.applied,
      snapshot,
      issued,
      ...(next ? { next } : {}),
      ...(previous ? { previous } : {}),
      ...(total === undefined ? {} : { total }),
    }
    const url = `${address}?${PAGE}=${seal(context.pageKey, request.caller, content)}`
    for (const relation of ['first', 'previous', 'next', 'last'] as const) {
      if (relation in content || relation === 'first' || relation === 'last') {
        links.push({ relation, url: `${url}.${relation}` })
      }
    }
  }
  const members = [
    '"type":"searchset"',
    ...(page.total === undefined ? [] : [`"total":${page.total}`]),
    `"link":${JSON.stringify(links)}`,
  ]
  return members.join(',')
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
function ignoredEntry(context: Context, ignored: SearchQuery['ignored']): string {
  const outcome = operationOutcome(
    ignored.map((issue) => ({
      ...issue,
      severity: 'warning',
      diagnostics: `Ignored, as Prefer: handling=lenient asks. ${issue.diagnostics}`,
    })),
  )
  return outcomeEntry(context, outcome)
}

/** Every entry of an answer has a fullUrl (HL7's validator asks for it); what is kept nowhere has a name for once. */
const outcomeEntry = ({ newId }: Context, resource: object): string =>
  JSON.stringify({ fullUrl: `urn:uuid:${newId()}`, resource, search: { mode: 'outcome' } })

/** How the engine finds the page: its statements and the steps it takes, no values. */
async function explainEntry(context: Context, search: SearchRequest): Promise<string> {
  const issue: { severity: 'information'; code: 'informational'; diagnostics: string }[] = []
  await searchKeys(async <R>(sql: string, params?: Parameters<typeof context.database.query>[1]) => {
    const steps = (await context.database.explain?.(sql, params)) ?? []
    const diagnostics = `${sql.replace(/\s+/g, ' ').trim()}\n${steps.join('\n')}`
    issue.push({ severity: 'information', code: 'informational', diagnostics })
    return context.database.query<R>(sql, params)
  }, search)
  return outcomeEntry(context, { resourceType: 'OperationOutcome', issue })
}
