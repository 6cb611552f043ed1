/**
 * What the three history interactions share (https://hl7.org/fhir/R4/http.html#history): a page of versions, newest
 * first. A page ends at an event number, so what is written meanwhile stands before the first page and moves nothing.
 */
import type { Context } from '../context.ts'
import { dateRange } from '../fhir/date-range.ts'
import { instant } from '../fhir/json.ts'
import { type Issue, Problem, refuse } from '../fhir/problem.ts'
import { countHistory, type HistoryFilter, type HistoryRow, readHistory } from '../store/history.ts'
import type { FhirReply, FhirRequest } from './interaction.ts'
import { seal, unseal } from './page-link.ts'

const PAGE = '_page'

/** What a history is asked for. */
type Asked = Pick<HistoryFilter, 'since' | 'at'> & { readonly count: number }

/** Answers a page of the history that the filter names; the query narrows it further. */
export async function history(context: Context, request: FhirRequest, of: HistoryFilter): Promise<FhirReply> {
  const { query } = context.database
  const path = [of.type, of.id, '_history'].filter((part) => part !== undefined).join('/')
  const link = pageLink(context, request, path)
  const pairs = link?.query ?? request.query
  const { count, ...asked } = readQuery(context, pairs)
  const filter = { ...of, ...asked }
  // The number of versions as the first page has told it: what is written meanwhile is not part of these pages.
  const total = link?.total ?? (await countHistory(query, filter))
  const rows = count === 0 ? [] : await readHistory(query, filter, link?.before, count + 1)
  const page = rows.slice(0, count)
  const last = page.at(-1)
  const self =
    pairs.length > 0 ? `?${new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value]))}` : ''
  const links = [{ relation: 'self', url: `${context.base}/${path}${link ? `?${PAGE}=${link.sealed}` : self}` }]
  if (link) links.push({ relation: 'first', url: `${context.base}/${path}${self}` })
  if (last && rows.length > count) {
    const position = { values: [total], key: last.seq }
    const sealed = seal(context.pageKey, request.caller, { type: path, query: pairs, position })
    links.push({ relation: 'next', url: `${context.base}/${path}?${PAGE}=${sealed}` })
  }
  const entries = page.map((row) => entry(context, row))
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
  return { status: 200, body: `{${members.join(',')}}` }
}

interface Link {
  readonly sealed: string
  readonly query: FhirRequest['query']
  /** Event number at which the page before ended. */
  readonly before: number
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
  return { sealed, query, before: position.key, total: Number(position.values[0]) }
}

const PARAMETERS = ['_count', '_since', '_at']

/** @throws Problem with everything that is wrong with the query */
function readQuery(context: Context, pairs: FhirRequest['query']): Asked {
  const issues: Issue[] = []
  const invalid = (name: string, words: string) =>
    issues.push({ key: 'parameter-invalid', diagnostics: `Parameter "${name}": ${words}` })
  const given = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (!PARAMETERS.includes(name)) {
      issues.push({
        key: 'unknown-parameter',
        diagnostics: `A history takes ${PARAMETERS.join(', ')}; "${name.slice(0, 40)}" is not known here.`,
      })
    } else if (given.has(name)) invalid(name, 'It may be given once.')
    else given.set(name, value)
  }
  const [count, since, at] = PARAMETERS.map((name) => given.get(name))
  if (count !== undefined && !/^\d{1,9}$/.test(count)) invalid('_count', 'It is a whole number from 0.')
  const sinceRange = since === undefined ? undefined : dateRange(since)
  if (since !== undefined && !sinceRange) invalid('_since', 'It is an instant, e.g. 2026-11-22T09:00:00Z.')
  const atRange = at === undefined ? undefined : dateRange(at)
  if (at !== undefined && !atRange) invalid('_at', 'It is a date or dateTime, e.g. 2026-11-22.')
  if (issues.length > 0) throw new Problem(issues)
  const { searchDefaultCount, searchMaxCount } = context.limits
  return {
    count: Math.min(count === undefined ? searchDefaultCount : Number(count), searchMaxCount),
    ...(sinceRange ? { since: sinceRange.low } : {}),
    ...(atRange ? { at: atRange } : {}),
  }
}

/** A version with the request that made it and the answer it got; a deletion has no resource. */
function entry(context: Context, row: HistoryRow): string {
  const { type, id, version, tick, method, text } = row
  const created = method !== 'DELETE' && (version === 1 || row.afterDeletion)
  const request = { method, url: method === 'POST' ? type : `${type}/${id}` }
  const response = {
    status: method === 'DELETE' ? '204 No Content' : created ? '201 Created' : '200 OK',
    etag: `W/"${version}"`,
    lastModified: instant(tick),
  }
  const resource = method === 'DELETE' ? '' : `"resource":${text},`
  return `{"fullUrl":"${context.base}/${type}/${id}",${resource}"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}}`
}
