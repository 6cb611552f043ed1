/**
 * How often a client may poll. Each has an allowance of its own that fills up evenly, so that one that asks in a loop
 * is told to slow down while others, and its own writes, are as quick as ever. The rhythm is told with every answer to
 * a poll (`RateLimit-Policy` and `RateLimit`, draft-ietf-httpapi-ratelimit-headers).
 */
import type { Caller } from '../caller.ts'
import { refuse } from '../fhir/problem.ts'

/** Seconds of the window in which the allowance is told. */
const WINDOW = 60
/** Clients remembered; the one that has been quiet longest is forgotten first, and begins anew with a full allowance. */
const CLIENT_LIMIT = 10_000

export interface Throttle {
  /**
   * Counts one poll.
   * @returns headers that tell the rhythm and what is left of it
   * @throws Problem polling-too-fast with Retry-After
   */
  poll(caller: Caller): Readonly<Record<string, string>>
}

interface Allowance {
  /** Polls left, with a fraction; as of `at`. */
  left: number
  /** ms since the epoch */
  at: number
}

/**
 * @param quota polls a minute for each client
 * @param clock ms since the epoch
 */
export function createThrottle(quota: number, clock: () => number): Throttle {
  const clients = new Map<string, Allowance>()
  const perMs = quota / WINDOW / 1000
  const policy = `"poll";q=${quota};w=${WINDOW}`

  const allowanceOf = ({ organization, client }: Caller): Allowance => {
    const name = `${organization}\n${client}`
    const allowance = clients.get(name) ?? { left: quota, at: clock() }
    // Put last again: the first is the one that has been quiet longest.
    clients.delete(name)
    clients.set(name, allowance)
    const oldest = clients.size > CLIENT_LIMIT ? clients.keys().next().value : undefined
    if (oldest !== undefined) clients.delete(oldest)
    return allowance
  }

  return {
    poll(caller) {
      const allowance = allowanceOf(caller)
      const now = clock()
      allowance.left = Math.min(quota, allowance.left + Math.max(0, now - allowance.at) * perMs)
      allowance.at = now
      if (allowance.left < 1) {
        const wait = Math.ceil((1 - allowance.left) / perMs / 1000)
        throw refuse(
          'polling-too-fast',
          `You poll more often than ${quota} times a minute: ask again after the time in Retry-After, and follow Task/$changes with "Prefer: wait" instead, which answers when there is news.`,
          undefined,
          { 'retry-after': String(wait), 'ratelimit-policy': policy, ratelimit: `"poll";r=0;t=${wait}` },
        )
      }
      allowance.left -= 1
      const full = Math.ceil((quota - allowance.left) / perMs / 1000)
      return { 'ratelimit-policy': policy, ratelimit: `"poll";r=${Math.floor(allowance.left)};t=${full}` }
    },
  }
}
