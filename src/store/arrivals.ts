/**
 * Who waits for news. A request that waits costs a place in a list and nothing else: one wake-up per committed group
 * and feed, one beat for all deadlines together. A commit of another node is noticed at the next beat, by the clock
 * row. Nothing is answered from here: whoever is woken reads the store again.
 */
import { refuse } from '../fhir/problem.ts'
import type { Query } from './database.ts'
import type { GroupNews } from './lane.ts'

/** ms between two looks at deadlines and at the clock row, while anybody waits. */
const BEAT = 500

/** Name of the feed of an organisation (empty: of everybody) and a type. */
export const feedName = (organization: string, type: string): string => `${organization}\n${type}`

/** How far a log has come. */
interface LogEnd {
  readonly seq: number
  /** ms since the epoch */
  readonly tick: number
}

export interface ArrivalsOptions {
  readonly query: Query
  /** ms since the epoch */
  readonly clock: () => number
  /** Most requests that may wait at a time. */
  readonly limit: number
  /** Most of one organisation, so that none takes the places of all. */
  readonly limitPerOrganization: number
  /**
   * Where the log ended when this process began, if nobody but this process writes: then what was announced here is
   * all there is. Absent where other nodes write too: then the store is asked every time.
   */
  readonly aloneSince?: LogEnd
  /** The store's clock as whoever reads sees it (`Database.tick`). */
  readonly tick?: (() => number | undefined) | undefined
}

/** A place among those who wait, taken before the store is read so that nothing can come in between. */
export interface Place {
  /** Resolves when there may be news, the deadline has passed, the client is gone or the service stops. */
  readonly news: Promise<void>
  /** Gives the place back; to be called in any case. */
  leave(): void
}

export interface Arrivals {
  /**
   * @param who organisation of the caller
   * @param until deadline, ms since the epoch
   * @throws Problem waiting-too-many (429, this organisation) or busy (503, everybody)
   */
  enter(feed: string, who: string, until: number, gone?: AbortSignal): Place
  /** Wakes those whose feed has news. */
  committed(news: GroupNews): void
  /**
   * Whether a feed certainly has nothing behind an event: the answer to most polls, without a look at the store. Not
   * where the store's clock shows a group that was not announced yet: it would be missing in an answer that is kept as
   * that of this instant.
   */
  isQuietSince(feed: string, seq: number): boolean
  /** The same for what was written later than an instant, in ms since the epoch. */
  isUnchangedSince(feed: string, tick: number): boolean
  /** One look at deadlines and at the clock row; the timer calls it while anybody waits. */
  beat(): Promise<void>
  /** Requests that wait, for the metrics. */
  waiting(): number
  /** The service stops: nobody waits any more. */
  readonly closed: boolean
  /** Wakes everybody; from now on nobody waits. */
  close(): void
}

interface Waiter {
  readonly who: string
  readonly until: number
  wake(): void
}

/**
 * Who waits for changes of which feed, bounded in all and for each organisation; a group that was committed wakes
 * them.
 */
export function createArrivals(options: ArrivalsOptions): Arrivals {
  const { query, clock, limit, limitPerOrganization, aloneSince, tick = () => told } = options
  const feeds = new Map<string, Set<Waiter>>()
  const perOrganization = new Map<string, number>()
  /** Where each feed ended last, at most: of the group that announced it. */
  const ends = new Map<string, LogEnd>()
  /** The instant of the last group that was announced. */
  let told = aloneSince?.tick
  const endOf = (feed: string): LogEnd | undefined =>
    aloneSince && tick() === told ? (ends.get(feed) ?? aloneSince) : undefined
  let count = 0
  /** The last event number that those who wait have been told of; undefined until it is known. */
  let seen: number | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const wake = (waiters: Iterable<Waiter>): void => {
    for (const waiter of waiters) waiter.wake()
  }
  const wakeAll = (): void => {
    for (const waiters of feeds.values()) wake(waiters)
  }

  function checkLimits(who: string): void {
    if ((perOrganization.get(who) ?? 0) >= limitPerOrganization) {
      throw refuse(
        'waiting-too-many',
        `${limitPerOrganization} requests of your organisation wait already, more may not: let one of them wait for all, or ask without "Prefer: wait".`,
        undefined,
        { 'retry-after': '5' },
      )
    }
    if (count >= limit) {
      throw refuse(
        'busy',
        'Too many requests wait for news already: ask without "Prefer: wait", or again after the time in Retry-After.',
        undefined,
        { 'retry-after': '5' },
      )
    }
  }

  const arrivals: Arrivals = {
    enter(feed, who, until, gone) {
      if (closed || gone?.aborted) return { news: Promise.resolve(), leave() {} }
      checkLimits(who)
      const { promise, resolve } = Promise.withResolvers<void>()
      const waiter: Waiter = { who, until, wake: resolve }
      const waiters = feeds.get(feed) ?? new Set()
      feeds.set(feed, waiters.add(waiter))
      perOrganization.set(who, (perOrganization.get(who) ?? 0) + 1)
      count++
      gone?.addEventListener('abort', waiter.wake, { once: true })
      timer ??= setInterval(() => void arrivals.beat().catch(wakeAll), BEAT).unref()
      return {
        news: promise,
        leave() {
          if (!waiters.delete(waiter)) return
          if (waiters.size === 0 && feeds.get(feed) === waiters) feeds.delete(feed)
          const others = (perOrganization.get(who) ?? 1) - 1
          if (others === 0) perOrganization.delete(who)
          else perOrganization.set(who, others)
          gone?.removeEventListener('abort', waiter.wake)
          if (--count > 0) return
          clearInterval(timer)
          timer = undefined
        },
      }
    },
    committed({ from, to, tick, feeds: fresh }) {
      told = tick
      for (const feed of fresh) ends.set(feed, { seq: to, tick })
      // Another node has written in between: what, is not known here.
      if (from !== seen) wakeAll()
      else for (const feed of fresh) wake(feeds.get(feed) ?? [])
      seen = to
    },
    isQuietSince(feed, seq) {
      const end = endOf(feed)
      return end !== undefined && end.seq <= seq
    },
    isUnchangedSince(feed, tick) {
      const end = endOf(feed)
      return end !== undefined && end.tick <= tick
    },
    async beat() {
      const now = clock()
      for (const waiters of feeds.values()) {
        for (const waiter of waiters) if (waiter.until <= now) waiter.wake()
      }
      const [row] = await query<{ seq: number }>('SELECT seq FROM clock WHERE id = 1')
      if (row === undefined || row.seq <= (seen ?? -1)) return
      wakeAll()
      seen = row.seq
    },
    waiting: () => count,
    get closed() {
      return closed
    },
    close() {
      closed = true
      wakeAll()
    },
  }
  return arrivals
}
