/**
 * The lane: writers are ordered, and those that wait are committed together. Every piece of work in a group runs in
 * its own savepoint, so that each succeeds or fails on its own; answers leave only after COMMIT.
 */
import { refuse } from '../fhir/problem.ts'
import { feedName } from './arrivals.ts'
import type { Database, Query } from './database.ts'

/** Most pieces of work in one transaction: one fsync for many, yet no request waits for a thousand others. */
const GROUP_LIMIT = 128
/** Most pieces of work waiting. Beyond it a sender is better told at once than kept waiting. */
const QUEUE_LIMIT = 5000

/** What work may use inside the lane. */
export interface LaneTransaction {
  readonly query: Query
  /** The instant of this group in ms since the epoch: later than that of every group before it, on every node. */
  readonly tick: number
  /** The next event number; numbers rise in commit order. */
  nextSeq(): number
  /** The event number given out last, here or in an earlier transaction. */
  lastSeq(): number
  /** Says whose feed of which type has something new once this is committed; see `arrivals.ts`. */
  announce(organization: string, type: string): void
}

/** What a committed group says to those who wait for news. */
export interface GroupNews {
  /** Event numbers before and after the group. */
  readonly from: number
  readonly to: number
  /** Its instant, ms since the epoch. */
  readonly tick: number
  /** By `feedName`. */
  readonly feeds: ReadonlySet<string>
}

export interface SubmitOptions {
  /** Writes no resource, so time need not move on for it. */
  readonly quiet?: boolean
}

export interface Lane {
  /**
   * Runs `work` in the lane and resolves once it is durable.
   * @throws whatever `work` throws (nothing of it is stored), or Problem busy
   */
  submit<T>(work: (transaction: LaneTransaction) => Promise<T>, options?: SubmitOptions): Promise<T>
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>
  /** Pieces of work waiting, for the metrics. */
  waiting(): number
}

interface Job {
  readonly work: (transaction: LaneTransaction) => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
  readonly quiet: boolean
}

type Outcome = { readonly value: unknown } | { readonly reason: unknown }

/**
 * @param clock ms since the epoch
 * @param committed is told of every group, after it is durable and before those who wrote it are answered
 */
export function createLane(
  database: Database,
  clock: () => number,
  committed: (news: GroupNews) => void = () => {},
): Lane {
  const queue: Job[] = []
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (queue.length > 0) {
      // Lets the requests that arrived in this turn of the event loop join the group.
      await new Promise((resolve) => setImmediate(resolve))
      const group = queue.splice(0, GROUP_LIMIT)
      try {
        const { outcomes, news } = await database.transaction((query) => runGroup(query, clock, group))
        committed(news)
        group.forEach((job, i) => {
          const outcome = outcomes[i]
          if (outcome && 'value' in outcome) job.resolve(outcome.value)
          else job.reject(outcome?.reason)
        })
      } catch (error) {
        // The transaction itself failed: nothing of any job is stored, and each sender may try again.
        for (const job of group) job.reject(error)
      }
    }
    // In the same step in which the queue was seen to be empty: work that comes a moment later must start a new run.
    running = undefined
  }

  return {
    submit<T>(work: (transaction: LaneTransaction) => Promise<T>, { quiet = false }: SubmitOptions = {}): Promise<T> {
      if (queue.length >= QUEUE_LIMIT) {
        return Promise.reject(
          refuse(
            'busy',
            'Too many writes are waiting: send the same request again after the time in Retry-After.',
            undefined,
            { 'retry-after': '1' },
          ),
        )
      }
      return new Promise<T>((resolve, reject) => {
        queue.push({ work, resolve: resolve as (value: unknown) => void, reject, quiet })
        running ??= run()
      })
    },
    async idle() {
      while (running) await running
    },
    waiting: () => queue.length,
  }
}

/** Either takes the clock, and with it the lane. */
const MOVE = 'UPDATE clock SET tick = CASE WHEN tick >= $1 THEN tick + 1 ELSE $1 END WHERE id = 1 RETURNING tick, seq'
const HOLD = 'UPDATE clock SET tick = tick WHERE id = 1 RETURNING tick, seq'

async function runGroup(
  query: Query,
  clock: () => number,
  group: readonly Job[],
): Promise<{ outcomes: Outcome[]; news: GroupNews }> {
  const quiet = group.every((job) => job.quiet)
  const [row] = await query<{ tick: number; seq: number }>(quiet ? HOLD : MOVE, quiet ? [] : [clock()])
  if (!row) throw new Error('The clock row is missing: the database was not migrated.')
  let seq = row.seq
  const feeds = new Set<string>()
  const transaction: LaneTransaction = {
    query,
    tick: row.tick,
    nextSeq: () => ++seq,
    lastSeq: () => seq,
    // Of work that fails it may stay announced: somebody then looks and finds nothing.
    announce: (organization, type) => feeds.add(feedName(organization, type)),
  }
  const outcomes: Outcome[] = []
  for (const job of group) {
    await query('SAVEPOINT work')
    const before = seq
    try {
      const value = await job.work(transaction)
      // A statement that was not waited for may fail as late as here, and it must be this work that fails with it.
      await query('RELEASE SAVEPOINT work')
      outcomes.push({ value })
    } catch (reason) {
      await query('ROLLBACK TO SAVEPOINT work')
      await query('RELEASE SAVEPOINT work')
      seq = before
      outcomes.push({ reason })
    }
  }
  await query('UPDATE clock SET seq = $1 WHERE id = 1', [seq])
  return { outcomes, news: { from: row.seq, to: seq, tick: row.tick, feeds } }
}
