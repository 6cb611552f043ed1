/**
 * Public keys of somebody else, from their JWKS address (RFC 7517): fetched when needed, remembered, and asked for
 * again when a key id turns up that is not known. Only addresses that the operator has configured are ever fetched;
 * what a token says about where its key is (`jku`, `x5u`, `jwk`) is never followed.
 */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { refuse } from '../fhir/problem.ts'

/** ms after which a set is fetched again though it serves: a key that was withdrawn is trusted no longer than this. */
const FRESH = 10 * 60 * 1000
/** ms for which a set still serves while its address does not answer. */
const STALE = 24 * 60 * 60 * 1000
/** ms between two attempts: an unknown key id in every request must not become a request of ours each time. */
const REST = 30 * 1000

/** Answers a JWKS text. @throws Error when there is none in time */
export type FetchKeys = (url: string) => Promise<string>

/** Public keys of a set; what is symmetric or private is no key that anybody may verify with. */
export function publicKeys(value: unknown): JSONWebKeySet {
  const { keys } = (value ?? {}) as { keys?: unknown }
  if (!Array.isArray(keys)) throw new Error('There is no list of keys.')
  const usable = (keys as Record<string, unknown>[]).filter(
    (key) => typeof key === 'object' && key !== null && key.kty !== 'oct' && key.d === undefined && key.k === undefined,
  )
  if (usable.length === 0) throw new Error('There is no public key.')
  return { keys: usable } as unknown as JSONWebKeySet
}

export interface RemoteKeysOptions {
  readonly url: string
  /** ms since the epoch. */
  readonly clock: () => number
  readonly fetch: FetchKeys
}

/**
 * Keys from an address, in the shape jose asks for.
 * @throws Problem login-unavailable (503) where the address does not answer and nothing usable is remembered: the
 *   token may be good, so the sender should try again and not get another
 */
export function remoteKeys({ url, clock, fetch }: RemoteKeysOptions): JWTVerifyGetKey {
  let known: { readonly find: JWTVerifyGetKey; readonly at: number } | undefined
  let attempted = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined

  const load = async (): Promise<void> => {
    attempted = clock()
    try {
      known = { find: createLocalJWKSet(publicKeys(JSON.parse(await fetch(url)))), at: clock() }
    } catch {
      // What is remembered goes on serving; see `usable`.
    }
  }
  const refresh = (): Promise<void> => {
    if (!loading && clock() - attempted < REST) return Promise.resolve()
    loading ??= load().finally(() => {
      loading = undefined
    })
    return loading
  }
  const usable = (): JWTVerifyGetKey => {
    if (known && clock() - known.at < STALE) return known.find
    throw refuse(
      'login-unavailable',
      'The keys that tokens of this issuer are checked with cannot be fetched now: send the same request again later.',
      undefined,
      { 'retry-after': String(REST / 1000) },
    )
  }

  return async (header, token) => {
    if (!known || clock() - known.at >= FRESH) await refresh()
    try {
      return await usable()(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await refresh()
      return usable()(header, token)
    }
  }
}
