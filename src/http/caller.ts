/** Who asks: the bearer token of a request becomes a Caller (RFC 6750), verified once and remembered for a moment. */
import { hash as digest } from 'node:crypto'
import type { Caller } from '../caller.ts'
import { badToken, noToken, type Verified, type Verify } from '../identity/verified.ts'

/** Ours have about 700 characters, those of outside issuers a few thousand; more is not worth hashing. */
const TOKEN_LENGTH_LIMIT = 8192
/** Verified tokens remembered; checking a signature costs more than the rest of a read. */
const CACHE_LIMIT = 10_000
/** ms after which a token is verified anew, so that a key that its issuer withdraws soon counts no more. */
const CACHE_TIME = 60 * 1000
/** ms for which a use is remembered beyond the end of its token: clocks differ. */
const GRACE = 60 * 1000

export interface Authentication {
  /**
   * Answers at once where the token is remembered.
   * @param certificate thumbprint (SHA-256, base64url) of the certificate the client has shown, if any
   * @param connection on which it was asked: who keeps it open shows the same header again and again
   * @throws Problem login-required, token-invalid, token-expired, identity-unknown, login-unavailable
   */
  authenticate(
    authorization: string | undefined,
    certificate?: () => string | undefined,
    connection?: object,
  ): Caller | Promise<Caller>
  /** Whom the connection has shown with the same header lately, as long as that is believed; nothing is verified. */
  shown(authorization: string | undefined, connection: object): Caller | undefined
}

interface Remembered extends Verified {
  /** ms since the epoch. */
  readonly at: number
}

/** The header that a connection has shown last. */
interface Shown {
  readonly authorization: string
  readonly found: Remembered
}

/**
 * @param clock milliseconds since the epoch
 * @param once notes that something was used, until an instant (ms); false when it was used before, on any node
 */
export function createAuthentication(options: {
  readonly verify: Verify
  readonly clock: () => number
  readonly once: (what: string, until: number) => Promise<boolean>
}): Authentication {
  const { verify, clock, once } = options
  /** By hash, so that the memory of the process holds no usable tokens, but for those that open connections show. */
  const verified = new Map<string, Remembered>()
  /** How often tokens of limited use were shown, as far as this node knows. */
  const shown = new Map<string, { count: number; readonly until: number }>()

  const lately = new WeakMap<object, Shown>()

  const isFresh = ({ until, at }: Remembered): boolean => {
    const now = clock()
    return now < until && now - at < CACHE_TIME
  }

  const verifiedAnew = async (token: string, hash: string): Promise<Remembered> => {
    const at = clock()
    verified.delete(hash)
    const fresh = { ...(await verify(token)), at }
    const oldest = verified.size >= CACHE_LIMIT ? verified.keys().next().value : undefined
    if (oldest !== undefined) verified.delete(oldest)
    verified.set(hash, fresh)
    return fresh
  }

  /** Takes the next use of a token that may be shown so many times. @throws Problem token-invalid when none is left */
  const use = async ({ replay, until }: Verified): Promise<void> => {
    if (!replay) return
    const now = clock()
    if (shown.size >= CACHE_LIMIT) for (const [id, seen] of shown) if (seen.until <= now) shown.delete(id)
    const seen = shown.get(replay.id) ?? { count: 0, until: until + GRACE }
    shown.set(replay.id, seen)
    while (seen.count < replay.uses) {
      // The number is taken before the wait, so that requests that come together try different ones.
      const number = ++seen.count
      if (await once(`${replay.id} ${number}`, seen.until)) return
    }
    throw badToken('has been used as often as its issuer allows')
  }

  const admitted = (found: Remembered, certificate?: () => string | undefined): Caller | Promise<Caller> => {
    if (found.certificate !== undefined && found.certificate !== certificate?.()) {
      throw badToken('is bound to a client certificate that did not come with the request')
    }
    return found.replay ? use(found).then(() => found.caller) : found.caller
  }

  const shownBy = (authorization: string | undefined, connection: object): Caller | undefined => {
    const last = lately.get(connection)
    return last && last.authorization === authorization && isFresh(last.found) ? last.found.caller : undefined
  }

  return {
    shown: shownBy,
    authenticate(authorization, certificate, connection) {
      if (authorization === undefined) throw noToken()
      const same = connection && shownBy(authorization, connection)
      if (same) return same
      const token = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization)?.[1]
      if (token === undefined) throw badToken('is not in the header as "Bearer [token]"')
      if (token.length > TOKEN_LENGTH_LIMIT) throw badToken('is longer than any this service trusts')
      const hash = digest('sha256', token, 'base64')
      const found = verified.get(hash)
      if (!found || !isFresh(found)) return verifiedAnew(token, hash).then((fresh) => admitted(fresh, certificate))
      // What is counted or bound to a certificate is looked at with every request.
      if (connection && !found.replay && found.certificate === undefined)
        lately.set(connection, { authorization, found })
      return admitted(found, certificate)
    },
  }
}
