/**
 * The lane: writers are ordered, and those that wait are committed together. Every piece of work in a group runs in
 * its own savepoint, so that each succeeds or fails on its own; answers leave only after COMMIT.
 */
import { type Problem, refuse } from '../fhir/problem.ts'
import { feedName } from './arrivals.ts'
import { type Database, DatabaseUnavailable, type Query } from './database.ts'
import { Group, Unclear } from './group.ts'
import type { Memory } from './memory.ts'
import type { Unsent } from './rehearsal.ts'
import type { Rows } from './rows.ts'
import { Turns } from './turns.ts'

/** Most pieces of work in one transaction: one fsync for many, yet no request waits for a thousand others. */
const GROUP_LIMIT = 128
/**
 * Characters of resources in one transaction: some hundred orders, or one Bundle of any size. What a group writes stays
 * in memory until it is durable, and everybody in it waits for the largest.
 */
const GROUP_SIZE = 4_000_000
/** Most pieces of work waiting. Beyond it a sender is better told at once than kept waiting. */
const QUEUE_LIMIT = 5000
/**
 * ms after which work that has not begun is refused, unless it only notes what was done (`quiet`): a sender that has given up must not be worked for while others
 * wait. Looked at between groups, so a group that stands still adds its own limit (that of the database) to it.
 */
const WAIT_LIMIT = 10_000
/** What work may use inside the lane. */
export interface LaneTransaction {
  /** Sees everything that was written before. */
  readonly query: Query
  /** Rows to insert: sent together, before the next statement that is sent and at the end of the work. */
  readonly rows: Rows
  /** What the group knows; must be told of every version and every access that is written. */
  readonly memory: Memory
  /** The instant of this group in ms since the epoch: later than that of every group before it, on every node. */
  readonly tick: number
  /** The next event number; numbers rise in commit order. */
  nextSeq(): number
  /** The event number given out last, here or in an earlier transaction. */
  lastSeq(): number
  /** What no statement finds because it is never sent: where the work is only rehearsed. */
  unsent?(): readonly Unsent[]
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
  /** Characters of the resources that it writes; 0 where it is not told. */
  readonly size?: number
  /** Reads what the work will read; all of a group do so at once, before any of them works. */
  readonly foresee?: (query: Query) => Promise<unknown>
  /** Appends to the audit log, so that its end is read along with what is foreseen. */
  readonly audited?: boolean
}

/** What became of a group that was committed. Times in ms. */
export interface GroupFigures {
  readonly size: number
  /** How long its oldest piece of work had waited when it began. */
  readonly waited: number
  /** From its beginning until it was durable. */
  readonly took: number
}

export interface Lane {
  /**
   * Runs `work` in the lane and resolves once it is durable. Where the database refuses a statement of a group, all
   * work of the group is run once more: what it does beside the database must be as good done twice.
   * @throws whatever `work` throws (nothing of it is stored), or Problem busy
   */
  submit<T>(work: (transaction: LaneTransaction) => Promise<T>, options?: SubmitOptions): Promise<T>
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>
  /** Pieces of work waiting, for the metrics. */
  waiting(): number
  /** Tells of every committed group, for the metrics. */
  observe(listener: (figures: GroupFigures) => void): void
}

interface Job extends SubmitOptions {
  /** By the lane's stopwatch, ms. */
  readonly since: number
  readonly work: (transaction: LaneTransaction) => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
}

type Outcome = { readonly value: unknown } | { readonly reason: unknown }

/**
 * @param clock ms since the epoch
 * @param committed is told of every group, after it is durable and before those who wrote it are answered
 * @param turns what the work takes of the event loop; its stopwatch tells who is overdue, which a clock that is set must not
 */
export function createLane(
  database: Database,
  clock: () => number,
  committed: (news: GroupNews) => void = () => {},
  turns: Turns = new Turns(),
): Lane {
  const { stopwatch } = turns
  const queue: Job[] = []
  const listeners: ((figures: GroupFigures) => void)[] = []
  let running: Promise<void> | undefined

  /** Does a group; where it is not clear whose fault something was, once more with care: then nothing of it has stayed. */
  async function durable(group: readonly Job[]): Promise<Done> {
    let state: Group | undefined
    const attempt = (careful: boolean) =>
      database.transaction((query, earlier) => {
        const before = careful ? undefined : earlier
        state = new Group(query, { careful, before, turns })
        return runGroup(state, { query, before, now: clock() }, group)
      })
    try {
      return await attempt(false)
    } catch (error) {
      // Where the database was away nothing is gained by asking it at once again.
      if (error instanceof Unclear || (!(error instanceof DatabaseUnavailable) && (await state?.fault())))
        return attempt(true)
      throw error
    }
  }

  async function run(): Promise<void> {
    while (queue.length > 0) {
      // Lets the requests that arrived in this turn of the event loop join the group.
      await new Promise((resolve) => setImmediate(resolve))
      const began = stopwatch()
      const overdue = queue.filter(({ since, quiet }) => !quiet && began - since > WAIT_LIMIT)
      for (const job of overdue) {
        queue.splice(queue.indexOf(job), 1)
        job.reject(busy())
      }
      const group = queue.splice(0, groupOf(queue))
      if (group.length === 0) continue
      try {
        const { outcomes, news } = await durable(group)
        committed(news)
        const figures = { size: group.length, waited: began - (group[0]?.since ?? began), took: stopwatch() - began }
        for (const listener of listeners) listener(figures)
        for (const [i, job] of group.entries()) {
          await turns.take()
          const outcome = outcomes[i]
          if (outcome && 'value' in outcome) job.resolve(outcome.value)
          else job.reject(outcome?.reason)
          // What its sender is answered is part of the turn: ticks come after all promises.
          await new Promise((resolve) => process.nextTick(resolve))
        }
      } catch (error) {
        // The transaction itself failed: nothing of any job is stored, and each sender may try again.
        for (const job of group) job.reject(error)
      }
    }
    // In the same step in which the queue was seen to be empty: work that comes a moment later must start a new run.
    running = undefined
  }

  return {
    submit<T>(work: (transaction: LaneTransaction) => Promise<T>, options: SubmitOptions = {}): Promise<T> {
      if (queue.length >= QUEUE_LIMIT) {
        return Promise.reject(busy())
      }
      return new Promise<T>((resolve, reject) => {
        queue.push({ since: stopwatch(), work, resolve: resolve as (value: unknown) => void, reject, ...options })
        running ??= run()
      })
    },
    async idle() {
      while (running) await running
    },
    waiting: () => queue.length,
    observe(listener) {
      listeners.push(listener)
    },
  }
}

/** How many of those that wait make the next group: always one, whatever its size. */
function groupOf(queue: readonly Job[]): number {
  let size = queue[0]?.size ?? 0
  let count = 1
  while (count < queue.length && count < GROUP_LIMIT) {
    size += queue[count]?.size ?? 0
    if (size > GROUP_SIZE) break
    count++
  }
  return count
}

/** Either takes the clock, and with it the lane. */
const MOVE = 'UPDATE clock SET tick = CASE WHEN tick >= $1 THEN tick + 1 ELSE $1 END WHERE id = 1 RETURNING tick, seq'
const HOLD = 'UPDATE clock SET tick = tick WHERE id = 1 RETURNING tick, seq'
const LOOK = 'SELECT tick, seq FROM clock WHERE id = 1'

interface Transaction {
  readonly query: Query
  readonly before: Query | undefined
  /** ms since the epoch */
  readonly now: number
}

/** The instant of a group and the number of the last event. @param quiet time need not move on */
async function readClock({ query, before, now }: Transaction, quiet: boolean): Promise<{ tick: number; seq: number }> {
  const [row] = before
    ? await before<{ tick: number; seq: number }>(LOOK)
    : await query<{ tick: number; seq: number }>(quiet ? HOLD : MOVE, quiet ? [] : [now])
  if (!row) throw new Error('The clock row is missing: the database was not migrated.')
  return before && !quiet ? { ...row, tick: Math.max(row.tick + 1, now) } : row
}

/** Nothing of the work has begun. */
const busy = (): Problem =>
  refuse('busy', 'Too many writes are waiting: send the same request again after the time in Retry-After.', undefined, {
    'retry-after': '1',
  })

interface Done {
  readonly outcomes: readonly Outcome[]
  readonly news: GroupNews
}

async function runGroup(state: Group, transaction: Transaction, group: readonly Job[]): Promise<Done> {
  const quiet = group.every((job) => job.quiet)
  // Sent together with the clock: on a server that is a network away it is one way there and back for all of them.
  const [{ tick, seq: from }] = await Promise.all([
    readClock(transaction, quiet),
    ...(transaction.before ? [] : group.map((job) => job.foresee?.(state.query))),
    group.some((job) => job.audited) ? state.memory.auditEnd() : undefined,
  ])
  let seq = from
  const feeds = new Set<string>()
  const lane: LaneTransaction = {
    query: state.query,
    rows: state.rows,
    memory: state.memory,
    tick,
    nextSeq: () => ++seq,
    lastSeq: () => seq,
    // Of work that fails it may stay announced: somebody then looks and finds nothing.
    announce: (organization, type) => feeds.add(feedName(organization, type)),
  }
  const outcomes: Outcome[] = []
  for (const job of group) {
    await state.turn()
    const before = seq
    try {
      outcomes.push({ value: await state.run(() => job.work(lane)) })
    } catch (reason) {
      if (reason instanceof Unclear) throw reason
      seq = before
      outcomes.push({ reason })
    }
  }
  state.end()
  if (!quiet || seq !== from) await transaction.query('UPDATE clock SET tick = $1, seq = $2 WHERE id = 1', [tick, seq])
  return { outcomes, news: { from, to: seq, tick, feeds } }
}
