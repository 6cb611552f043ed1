/**
 * Searches on a read replica, where there is one: only for clients that say they take what is a moment old, and never
 * for those that look for work. What comes late to a replica would be behind a poller's time for good.
 */
import type { Context } from '../context.ts'
import { Problem } from '../fhir/problem.ts'
import type { FhirReply, FhirRequest } from '../interactions/interaction.ts'
import { Current } from '../store/current.ts'
import type { Endpoint, Endpoints } from './endpoints.ts'

/**
 * Whether a request may be answered with what is a moment old: a search of one type, without `_lastUpdated` and not a
 * further page (whose question is sealed), of a type that has no feed, with `Cache-Control: max-stale` (RFC 9111 section
 * 5.2.1.2; a number of seconds is not looked at, for a replica does not tell its age).
 */
export function mayBeStale(
  endpoints: Endpoints,
  { code, type }: Endpoint,
  cacheControl: string | undefined,
  query: FhirRequest['query'],
): boolean {
  if (cacheControl === undefined || code !== 'search-type') return false
  if (!/(?:^|[\s,])max-stale\b/i.test(cacheControl)) return false
  if (endpoints.get(`/${type}/$changes`)?.length) return false
  return !query.some(([name, value]) => name === '_page' || `${name} ${value}`.includes('_lastUpdated'))
}

/**
 * Asks the replica; without one, or where it fails, the database itself. It is away, or what it replays has just ended a
 * statement that was in the way (40001), or it does not have the newest tables yet.
 */
export async function fromReplica(context: Context, ask: (context: Context) => Promise<FhirReply>): Promise<FhirReply> {
  const { replica } = context
  if (!replica) return ask(context)
  try {
    // What it answers is not what the database's own clock stands for.
    return await ask({ ...context, database: replica, pages: new Current(replica) })
  } catch (error) {
    // A refusal is an answer.
    if (error instanceof Problem) throw error
    return ask(context)
  }
}
