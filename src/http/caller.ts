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

export interface Authentication {
  /**
   * @param certificate thumbprint (SHA-256, base64url) of the certificate the client has shown, if any
   * @throws Problem login-required, token-invalid, token-expired, identity-unknown, login-unavailable
   */
  authenticate(authorization: string | undefined, certificate?: () => string | undefined): Promise<Caller>
}

interface Remembered extends Verified {
  /** ms since the epoch. */
  readonly at: number
}

/** @param clock milliseconds since the epoch */
export function createAuthentication(options: {
  readonly verify: Verify
  readonly clock: () => number
}): Authentication {
  const { verify, clock } = options
  /** By hash, so that the memory of the process holds no usable tokens. */
  const verified = new Map<string, Remembered>()
  /** How often tokens of limited use were shown, by hash. */
  const shown = new Map<string, { count: number; readonly until: number }>()

  const remembered = async (token: string, hash: string): Promise<Remembered> => {
    const hit = verified.get(hash)
    const now = clock()
    if (hit && now < hit.until && now - hit.at < CACHE_TIME) return hit
    verified.delete(hash)
    const fresh = { ...(await verify(token)), at: now }
    const oldest = verified.size >= CACHE_LIMIT ? verified.keys().next().value : undefined
    if (oldest !== undefined) verified.delete(oldest)
    verified.set(hash, fresh)
    return fresh
  }

  const countUse = (hash: string, { uses, until }: Verified): void => {
    if (uses === undefined) return
    const now = clock()
    if (shown.size >= CACHE_LIMIT) for (const [key, use] of shown) if (use.until <= now) shown.delete(key)
    const use = shown.get(hash) ?? { count: 0, until: until + 60_000 }
    if (++use.count > uses) throw badToken('has been used as often as its issuer allows')
    shown.set(hash, use)
  }

  return {
    async authenticate(authorization, certificate) {
      if (authorization === undefined) throw noToken()
      const token = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization)?.[1]
      if (token === undefined) throw badToken('is not in the header as "Bearer [token]"')
      if (token.length > TOKEN_LENGTH_LIMIT) throw badToken('is longer than any this service trusts')
      const hash = digest('sha256', token, 'base64')
      const found = await remembered(token, hash)
      if (found.certificate !== undefined && found.certificate !== certificate?.()) {
        throw badToken('is bound to a client certificate that did not come with the request')
      }
      countUse(hash, found)
      return found.caller
    },
  }
}
