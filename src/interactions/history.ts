/**
 * What the three history interactions share (https://hl7.org/fhir/R4/http.html#history): a page of versions, newest
 * first. A page ends at an event number, so what is written meanwhile stands before the first page and moves nothing.
 */
import type { Context } from '../context.ts'
import { queriedRange } from '../fhir/date-range.ts'
import { instant } from '../fhir/json.ts'
import { type Issue, Problem, refuse } from '../fhir/problem.ts'
import { COUNT_WORDS, isCount } from '../fhir/search-controls.ts'
import { countHistory, type HistoryFilter, type HistoryPlace, type HistoryRow, readHistory } from '../store/history.ts'
import type { FhirReply, FhirRequest } from './interaction.ts'
import { linkQuery, seal, unseal } from './page-link.ts'
import { type Part, PARTS, readPart } from './part.ts'

const PAGE = '_page'

/** Before the number of any event: backwards from there is the last page. */
const OLDEST = 0

/** What a history is asked for. */
interface Asked extends Pick<HistoryFilter, 'since' | 'at'> {
  readonly count: number
}

/** Answers a page of the history that the filter names; the query narrows it further. */
export async function history(context: Context, request: FhirRequest, of: HistoryFilter): Promise<FhirReply> {
  const { query } = context.database
  const path = [of.type, of.id, '_history'].filter((part) => part !== undefined).join('/')
  const link = pageLink(context, request, path)
  const pairs = link?.query ?? understood(request)
  const part = readPart(context, { query: pairs, prefer: {} }, of.type ?? '', PARAMETERS)
  const { count, ...asked } = readQuery(context, pairs)
  const filter = { ...of, ...asked }
  // The number of versions as the first page has told it: what is written meanwhile is not part of these pages.
  const total = link?.total ?? (await countHistory(query, filter))
  const rows = count === 0 ? [] : await readHistory(query, filter, link?.place, count + 1)
  const page = rows.slice(0, count)
  const backwards = link?.place.backwards === true
  if (backwards) page.reverse()
  const self = linkQuery(pairs)
  const links = [{ relation: 'self', url: `${context.base}/${path}${link ? `?${PAGE}=${link.sealed}` : self}` }]
  if (link) links.push({ relation: 'first', url: `${context.base}/${path}${self}` })
  const newest = link?.place.newest ?? page[0]?.seq ?? 0
  const add = (relation: 'next' | 'previous' | 'last', seq: number): void => {
    const position = { values: [total, newest], key: seq, backwards: relation !== 'next' }
    const sealed = seal(context.pageKey, request.caller, { type: path, query: pairs, position })
    links.push({ relation, url: `${context.base}/${path}?${PAGE}=${sealed}` })
  }
  const more = rows.length > count
  const [first, last] = [page[0], page.at(-1)]
  const isLast = backwards ? link?.place.beyond === OLDEST : !more
  if (first && (backwards ? more : link)) add('previous', first.seq)
  if (last && !isLast) add('next', last.seq)
  if (last && (link || more)) add('last', OLDEST)
  const entries = page.map((row) => entry(context, row, part))
  const members = [
    '"resourceType":"Bundle"',
    `"id":"${context.newId()}"`,
    `"meta":{"lastUpdated":"${instant(context.clock())}"}`,
    '"type":"history"',
    `"total":${total}`,
    `"link":${JSON.stringify(links)}`,
    // R4 has no empty arrays.
    ...(entries.length > 0 ? [`"entry":[${entries.join(',')}]`] : []),
  ]
  return { status: 200, body: `{${members.join(',')}}`, follows: ['handling'] }
}

interface Link {
  readonly sealed: string
  readonly query: FhirRequest['query']
  readonly place: HistoryPlace
  readonly total: number
}

function pageLink(context: Context, request: FhirRequest, path: string): Link | undefined {
  const sealed = request.query.find(([name]) => name === PAGE)?.[1]
  if (sealed === undefined) return undefined
  if (request.query.length > 1) {
    throw refuse('page-link-invalid', 'A page link is followed as it is: it takes no other parameters.')
  }
  const { type, query, position } = unseal(context.pageKey, request.caller, sealed)
  if (type !== path) throw refuse('page-link-invalid', 'The page link belongs to another address: follow it as it is.')
  const [total, newest] = position.values.map(Number)
  const place = { beyond: position.key, backwards: position.backwards === true, newest: newest ?? 0 }
  return { sealed, query, place, total: total ?? 0 }
}

/** The pairs that are not ignored, as `Prefer: handling=lenient` asks; the self link says which they are. */
const understood = ({ query, prefer }: FhirRequest): FhirRequest['query'] =>
  prefer.handling === 'lenient' ? query.filter(([name]) => [...PARAMETERS, ...PARTS].includes(name)) : query

const PARAMETERS = ['_count', '_since', '_at']

/** @throws Problem with everything that is wrong with the parameters of a history */
function readQuery(context: Context, pairs: FhirRequest['query']): Asked {
  const issues: Issue[] = []
  const invalid = (name: string, words: string) =>
    issues.push({ key: 'parameter-invalid', diagnostics: `Parameter "${name}": ${words}` })
  const given = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (!PARAMETERS.includes(name)) continue
    if (given.has(name)) invalid(name, 'It may be given once.')
    else given.set(name, value)
  }
  const [count, since, at] = PARAMETERS.map((name) => given.get(name))
  if (count !== undefined && !isCount(count)) invalid('_count', COUNT_WORDS)
  const sinceRange = since === undefined ? undefined : queriedRange(since)
  if (since !== undefined && !sinceRange) invalid('_since', 'It takes an instant, e.g. 2026-11-22T09:00:00Z.')
  const atRange = at === undefined ? undefined : queriedRange(at)
  if (at !== undefined && !atRange) invalid('_at', 'It takes a date or dateTime, e.g. 2026-11-22.')
  if (issues.length > 0) throw new Problem(issues)
  const { searchDefaultCount, searchMaxCount } = context.limits
  return {
    count: Math.min(count === undefined ? searchDefaultCount : Number(count), searchMaxCount),
    ...(sinceRange ? { since: sinceRange.low } : {}),
    ...(atRange ? { at: atRange } : {}),
  }
}

/** A version with the request that made it and the answer it got; a deletion has no resource. */
function entry(context: Context, row: HistoryRow, part: Part): string {
  const { type, id, version, tick, method, text } = row
  const created = method !== 'DELETE' && (version === 1 || row.afterDeletion)
  const request = { method, url: method === 'POST' ? type : `${type}/${id}` }
  const response = {
    status: method === 'DELETE' ? '204 No Content' : created ? '201 Created' : '200 OK',
    etag: `W/"${version}"`,
    lastModified: instant(tick),
  }
  const resource = method === 'DELETE' ? '' : `"resource":${part(text, type)},`
  return `{"fullUrl":"${context.base}/${type}/${id}",${resource}"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}}`
}
