/**
 * The log by organisation, and how a reader follows it. A row of `feed` says: since event `seq`, this organisation can
 * see this version. It is written with the event, in the same transaction, so a reader that goes on after the last
 * position it has seen misses nothing: numbers rise in commit order, and what an organisation gains later gets a
 * position of its own at that moment.
 */
import { type Query, single, steady } from './database.ts'
import type { LaneTransaction } from './lane.ts'
import { type Scope, shownSql } from './read.ts'

/** How far a reader has read. `key` tells apart what came with one event. */
export interface FeedPosition {
  readonly seq: number
  readonly key: number
  /** Of the event `seq`, ms since the epoch; 0 at the beginning. Shows whether it is still the same log. */
  readonly tick: number
}

export const BEGINNING: FeedPosition = { seq: 0, key: 0, tick: 0 }

/** A version as the feed tells of it. */
export interface FeedRow {
  readonly seq: number
  readonly key: number
  readonly id: string
  readonly version: number
  /** ms since the epoch; when the version was written, which may be before the organisation could see it. */
  readonly tick: number
  /** HTTP verb of the write. */
  readonly method: string
  /** The resource, byte for byte; empty for a deletion. */
  readonly text: string
  /** Of the event `seq`. */
  readonly told: number
}

/** Puts a version that was just written into the feed of everybody who stands to it. */
export async function tellAll(
  transaction: LaneTransaction,
  written: { readonly type: string; readonly key: number; readonly version: number; readonly seq: number },
): Promise<void> {
  const { type, key, version, seq } = written
  const access = await transaction.memory.access(type, key)
  for (const org of new Set(access.map((row) => row.org))) {
    transaction.rows.add('feed', [org, type, seq, key, version])
    transaction.announce(org, type)
  }
  transaction.announce('', type)
}

/** Puts what one organisation can see from now on into its feed. */
export function tellOne(
  transaction: LaneTransaction,
  organization: string,
  seen: { readonly type: string; readonly key: number; readonly version: number },
): void {
  transaction.rows.add('feed', [organization, seen.type, transaction.lastSeq(), seen.key, seen.version])
  transaction.announce(organization, seen.type)
}

/**
 * What came after a position, oldest first; only what the scope may see now.
 * @param limit most rows, at least 1
 */
export function readFeed(
  query: Query,
  scope: Scope,
  type: string,
  after: FeedPosition,
  limit: number,
): Promise<FeedRow[]> {
  if (scope.kind === 'open') return query<FeedRow>(WHOLE_FEED, [type, after.seq, limit])
  const values = [scope.organization, type, after.seq, after.key, limit]
  const shown = shownSql(scope, 'r', (value) => `$${values.push(value)}`)
  return query<FeedRow>(
    shown.length === 0 ? FEED : steady(FEED.replace('ORDER BY', `AND ${shown.join(' AND ')} ORDER BY`)),
    values,
  )
}

const COLUMNS = 'r.id AS id, v.version AS version, v.tick AS tick, v.method AS method, v.text AS text, e.tick AS told'
const WHOLE_FEED = steady(`
  SELECT e.seq AS seq, e.key AS key, ${COLUMNS}
  FROM event e JOIN version v ON v.key = e.key AND v.version = e.version JOIN resource r ON r.key = e.key
  WHERE e.type = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3`)
const FEED = steady(`
  SELECT f.seq AS seq, f.key AS key, ${COLUMNS}
  FROM feed f JOIN version v ON v.key = f.key AND v.version = f.version JOIN resource r ON r.key = f.key
    JOIN event e ON e.seq = f.seq
  WHERE f.org = $1 AND f.type = $2 AND (f.seq, f.key) > ($3, $4)
    AND EXISTS (SELECT 1 FROM access a WHERE a.org = f.org AND a.type = f.type AND a.key = f.key)
  ORDER BY f.seq, f.key LIMIT $5`)

/** Where the log ends now. What comes later comes after it. */
export async function endOfLog(query: Query): Promise<FeedPosition> {
  const [last] = await query<{ seq: number; tick: number }>('SELECT seq, tick FROM event ORDER BY seq DESC LIMIT 1')
  // Everything that came with that event is behind it, whatever its key.
  return last ? { ...last, key: Number.MAX_SAFE_INTEGER } : BEGINNING
}

const EVENT = single('SELECT tick FROM event WHERE seq = $1')

/** Whether a position lies in this log: after a return to an older backup the same number may be another event. */
export async function isInLog(query: Query, position: FeedPosition): Promise<boolean> {
  if (position.seq === 0) return true
  const [event] = await query<{ tick: number }>(EVENT, [position.seq])
  return event?.tick === position.tick
}
