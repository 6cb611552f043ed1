/**
 * How often a client may ask, and an organisation with all its clients. Each has an allowance of its own that fills up
 * evenly, so that one that asks in a loop is told to slow down while others are as quick as ever. Polls have a narrower
 * one than requests of all kinds; their rhythm is told with every answer to a poll (`RateLimit-Policy` and `RateLimit`,
 * draft-ietf-httpapi-ratelimit-headers).
 */
import type { Caller } from '../caller.ts'
import { refuse } from '../fhir/problem.ts'

/** Seconds of the window in which the allowance is told. */
const WINDOW = 60
/** Names remembered at most; those that have been quiet longest are forgotten, and begin anew with a full allowance. */
const NAME_LIMIT = 10_000
/** What all clients of one organisation may do together, in allowances of one: more clients are not more rights. */
const ORGANIZATION_SHARE = 4

export interface Throttle {
  /**
   * Counts one request of any kind.
   * @throws Problem requests-too-fast with Retry-After
   */
  request(caller: Caller): void
  /**
   * Counts one poll.
   * @returns headers that tell the rhythm and what is left of it; none where polls are not limited
   * @throws Problem polling-too-fast with Retry-After
   */
  poll(caller: Caller): Readonly<Record<string, string>>
  /** Whether a request, and where it is one a poll, would not be refused now. Nothing is counted. */
  admits(caller: Caller, polled: boolean): boolean
}

/** Allowances by name. */
export interface Allowances {
  /** Seconds to wait before the name may go on; 0 when it may now. Nothing is taken. */
  wait(name: string): number
  /** Takes one. @returns what is left, and the seconds until the allowance is full again */
  take(name: string): { readonly left: number; readonly full: number }
}

interface Allowance {
  /** With a fraction; as of `at`. */
  left: number
  /** ms since the epoch */
  at: number
}

/**
 * @param quota for each name in a minute
 * @param clock ms since the epoch
 */
export function createAllowances(quota: number, clock: () => number): Allowances {
  // Two halves: a map in which each request moved its name to the end would be a new table every few requests.
  let recent = new Map<string, Allowance>()
  let earlier = new Map<string, Allowance>()
  const perMs = quota / WINDOW / 1000
  const seconds = (missing: number): number => Math.ceil(missing / perMs / 1000)
  const allowanceOf = (name: string): Allowance => {
    const known = recent.get(name)
    if (known) return known
    const allowance = earlier.get(name) ?? { left: quota, at: clock() }
    if (recent.size >= NAME_LIMIT / 2) {
      earlier = recent
      recent = new Map()
    }
    recent.set(name, allowance)
    return allowance
  }
  const filled = (name: string): Allowance => {
    const now = clock()
    const allowance = allowanceOf(name)
    allowance.left = Math.min(quota, allowance.left + Math.max(0, now - allowance.at) * perMs)
    allowance.at = now
    return allowance
  }
  return {
    wait(name) {
      const { left } = filled(name)
      return left < 1 ? seconds(1 - left) : 0
    },
    take(name) {
      const allowance = filled(name)
      allowance.left -= 1
      return { left: Math.floor(allowance.left), full: seconds(quota - allowance.left) }
    },
  }
}

export interface ThrottleOptions {
  /** Of each client in a minute; 0: not limited. */
  readonly polls: number
  readonly requests: number
  /** ms since the epoch */
  readonly clock: () => number
}

interface Pair {
  readonly client: Allowances
  readonly organization: Allowances
}

/** The rates of `POLL_LIMIT` and `REQUEST_RATE`, for each client and for the organisation with all its clients. */
export function createThrottle({ polls, requests, clock }: ThrottleOptions): Throttle {
  const pairOf = (quota: number): Pair | undefined =>
    quota === 0
      ? undefined
      : {
          client: createAllowances(quota, clock),
          organization: createAllowances(quota * ORGANIZATION_SHARE, clock),
        }
  const [polled, requested] = [pairOf(polls), pairOf(requests)]
  const nameOf = ({ organization, client }: Caller): string => `${organization}\n${client}`
  const waitOf = (pair: Pair, caller: Caller): number =>
    Math.max(pair.client.wait(nameOf(caller)), pair.organization.wait(caller.organization))
  const take = (pair: Pair, caller: Caller) => {
    pair.organization.take(caller.organization)
    return pair.client.take(nameOf(caller))
  }
  const policy = `"poll";q=${polls};w=${WINDOW}`

  return {
    request(caller) {
      if (!requested) return
      const wait = waitOf(requested, caller)
      if (wait > 0) {
        throw refuse(
          'requests-too-fast',
          `You send more than ${requests} requests a minute, or your organisation more than ${ORGANIZATION_SHARE} times as many: send this one again after the time in Retry-After. A Bundle carries many changes in one request.`,
          undefined,
          { 'retry-after': String(wait) },
        )
      }
      take(requested, caller)
    },
    poll(caller) {
      if (!polled) return {}
      const wait = waitOf(polled, caller)
      if (wait > 0) {
        throw refuse(
          'polling-too-fast',
          `You poll more often than ${polls} times a minute, or your organisation more than ${ORGANIZATION_SHARE} times as often: ask again after the time in Retry-After, and follow Task/$changes with "Prefer: wait" instead, which answers when there is news.`,
          undefined,
          { 'retry-after': String(wait), 'ratelimit-policy': policy, ratelimit: `"poll";r=0;t=${wait}` },
        )
      }
      const { left, full } = take(polled, caller)
      return { 'ratelimit-policy': policy, ratelimit: `"poll";r=${left};t=${full}` }
    },
    admits: (caller, isPoll) =>
      !((requested && waitOf(requested, caller) > 0) || (isPoll && polled && waitOf(polled, caller) > 0)),
  }
}
