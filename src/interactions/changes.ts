/**
 * [base]/Type/$changes: everything in the caller's scope that was committed after a cursor, oldest first, and the next
 * cursor (conformance/OperationDefinition/changes.json). Reading changes nothing: a cursor is good as often as it is
 * sent, so a lost answer loses nothing. With `Prefer: wait=SECONDS` (RFC 7240) an answer that would be empty is held
 * until there is something to say.
 */
import type { Caller } from '../caller.ts'
import { type Context, scopeOf } from '../context.ts'
import { instant } from '../fhir/json.ts'
import { CANONICAL, refuse } from '../fhir/problem.ts'
import { feedName } from '../store/arrivals.ts'
import { BEGINNING, endOfLog, type FeedPosition, type FeedRow, readFeed } from '../store/events.ts'
import type { Scope } from '../store/read.ts'
import { bundleText, Entries } from './bundle-text.ts'
import type { Feed } from './cursor.ts'
import type { FhirReply, FhirRequest, Interaction } from './interaction.ts'
import { plainParameters } from './parameters.ts'
import { standing } from './standing.ts'

/** What is asked: where to begin and how much at most. */
interface Ask {
  readonly cursor?: string
  readonly from: 'start' | 'now'
  readonly count: number
}

export const changes: Interaction = async (context, request) => {
  const type = request.type ?? ''
  const ask = readAsk(context, request)
  const scope = scopeOf(context, request.caller, type)
  const feed: Feed = { organization: scope.kind === 'open' ? '' : scope.organization, type }
  const after = await beginning(context, feed, ask)
  const wait = Math.min(request.prefer.wait ?? 0, context.limits.wait)
  if (wait === 0 && ask.from !== 'now') return answerNow(context, request.caller, scope, feed, ask, after)
  const now = isQuiet(context, feed, after) ? [] : await readFeed(context.database.query, scope, type, after, ask.count)
  const rows =
    now.length === 0 && wait > 0 ? await waitForNews(context, request, scope, feed, after, { ...ask, wait }) : now
  const reply = answerOf(context, feed, ask, newsOf(context, feed, ask, after, rows))
  return wait > 0 ? { ...reply, headers: { 'preference-applied': `wait=${wait}` } } : reply
}

/** What came after a place in the feed, put down as the Bundle will have it. */
export interface NewsAnswer {
  readonly entries: Entries
  /** `Type/id` of what the entries show. */
  readonly answered: readonly string[]
  /** The sealed place behind them. */
  readonly next: string
}

/** From memory while it is known that nothing else came; the same place, asked for by the same caller, holds the same. */
async function answerNow(
  context: Context,
  caller: Caller,
  scope: Scope,
  feed: Feed,
  ask: Ask,
  after: FeedPosition,
): Promise<FhirReply> {
  const question = `${feed.type} ${ask.cursor ?? ''} ${ask.count}`
  const known = (asked?: number): FhirReply | undefined => {
    const quiet = isQuiet(context, feed, after)
    const found = quiet ? newsOf(context, feed, ask, after, []) : context.news.find(caller, question, asked)
    return found && answerOf(context, feed, ask, found, true)
  }
  const { reply, asked } = await standing(context.news, caller, question, known)
  if (reply) return reply
  const read = async () =>
    newsOf(context, feed, ask, after, await readFeed(context.database.query, scope, feed.type, after, ask.count))
  const found = await context.news.ask(caller, question, read, ({ entries }) => entries.size, asked)
  return answerOf(context, feed, ask, found)
}

/** Whether it is known without a look at the store that nothing came after a place. */
const isQuiet = ({ arrivals }: Context, { organization, type }: Feed, after: FeedPosition): boolean =>
  arrivals.isQuietSince(feedName(organization, type), after.seq)

async function beginning(context: Context, feed: Feed, { cursor, from }: Ask): Promise<FeedPosition> {
  const { query } = context.database
  if (cursor === undefined) return from === 'now' ? endOfLog(query) : BEGINNING
  return context.cursors.open(feed, cursor)
}

/** Reads again at every sign of news, until there is some or the time is up. */
async function waitForNews(
  context: Context,
  request: FhirRequest,
  scope: Scope,
  { organization, type }: Feed,
  after: FeedPosition,
  { count, wait }: { readonly count: number; readonly wait: number },
): Promise<FeedRow[]> {
  const { arrivals, clock, database } = context
  const until = clock() + wait * 1000
  for (;;) {
    // The place is taken before the store is read: what is committed from here on is not missed.
    const place = arrivals.enter(feedName(organization, type), request.caller.organization, until, request.gone)
    try {
      const rows = await readFeed(database.query, scope, type, after, count)
      if (rows.length > 0 || clock() >= until || request.gone?.aborted || arrivals.closed) return rows
      await place.news
    } finally {
      place.leave()
    }
  }
}

const NAMES = ['cursor', 'from', '_count']

function readAsk(context: Context, request: FhirRequest): Ask {
  const given = plainParameters(context, request, NAMES)
  const cursor = given.get('cursor')
  const from = given.get('from') ?? 'start'
  if (from !== 'start' && from !== 'now') {
    throw refuse('parameter-invalid', 'from takes "start" (everything, the default) or "now" (only what comes).')
  }
  if (cursor !== undefined && given.has('from')) {
    throw refuse('parameter-invalid', 'cursor and from exclude each other: a cursor says where to go on.')
  }
  return { from, count: readCount(context, given.get('_count')), ...(cursor === undefined ? {} : { cursor }) }
}

function readCount({ limits }: Context, text: string | undefined): number {
  if (text === undefined) return limits.searchDefaultCount
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (count < 1) throw refuse('parameter-invalid', '_count takes a whole number from 1.')
  return Math.min(count, limits.searchMaxCount)
}

function newsOf(context: Context, feed: Feed, ask: Ask, after: FeedPosition, rows: readonly FeedRow[]): NewsAnswer {
  const last = rows.at(-1)
  const next = last
    ? context.cursors.seal(feed, { seq: last.seq, key: last.key, tick: last.told })
    : // Nothing is new: the same place in the same words.
      (ask.cursor ?? context.cursors.seal(feed, after))
  const entries = new Entries(rows.map((row) => entry(context, feed.type, row)))
  return { entries, answered: [...new Set(rows.map(({ id }) => `${feed.type}/${id}`))], next }
}

function answerOf(
  context: Context,
  feed: Feed,
  ask: Ask,
  { entries, answered, next }: NewsAnswer,
  kept = false,
): FhirReply {
  const address = `${context.base}/${feed.type}/$changes`
  const count = `_count=${ask.count}`
  const self = ask.cursor === undefined ? `from=${ask.from}` : `cursor=${ask.cursor}`
  const members = [
    `"identifier":{"system":"${CURSOR_SYSTEM}","value":"${next}"}`,
    '"type":"history"',
    `"link":[{"relation":"self","url":"${address}?${self}&${count}"},{"relation":"next","url":"${address}?cursor=${next}&${count}"}]`,
  ]
  return { status: 200, ...bundleText(context, members.join(','), entries, kept), answered }
}

/** System of `Bundle.identifier`, which carries the next cursor. */
const CURSOR_SYSTEM = `${CANONICAL}/feed-cursor`

/** https://hl7.org/fhir/R4/bundle.html#history: what was asked and what came of it. */
function entry({ base }: Context, type: string, { id, version, tick, method, text }: FeedRow): string {
  const place = `${type}/${id}`
  const status = method === 'POST' ? '201 Created' : method === 'DELETE' ? '204 No Content' : '200 OK'
  const url = method === 'POST' ? type : place
  const resource = method === 'DELETE' ? '' : `"resource":${text},`
  return `{"fullUrl":"${base}/${place}",${resource}"request":{"method":"${method}","url":"${url}"},"response":{"status":"${status}","etag":"W/\\"${version}\\"","lastModified":"${instant(tick)}"}}`
}
