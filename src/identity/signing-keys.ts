/** The keys that the embedded authorization server signs tokens with: a private file, newest key first. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import { calculateJwkThumbprint, createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { readPrivate, watched, writePrivate } from './private-file.ts'

export const SIGNING_ALGORITHM = 'ES384'
/** Keys that are kept: the one that signs, and the one before it for tokens that are still good. */
const KEPT = 2

type PrivateJwk = JsonWebKey & { readonly kid: string; readonly created: string }

interface KeyFile {
  readonly keys: readonly PrivateJwk[]
}

export interface SigningKeys {
  /** The key to sign with now. */
  current(): { readonly kid: string; readonly key: KeyObject }
  /** What the world may know. */
  jwks(): JSONWebKeySet
  readonly find: JWTVerifyGetKey
}

/** A private key for ES384 as JWK, named by its thumbprint (RFC 7638). */
export async function makeKey(now: Date): Promise<PrivateJwk> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const jwk = privateKey.export({ format: 'jwk' })
  const kid = await calculateJwkThumbprint(jwk as Parameters<typeof calculateJwkThumbprint>[0])
  return { ...jwk, kid, alg: SIGNING_ALGORITHM, use: 'sig', created: now.toISOString() }
}

/** The public half of a private JWK. */
export function publicJwk(jwk: JsonWebKey): JsonWebKey {
  const { kid, alg, use } = jwk
  const key = createPublicKey({ key: createPrivateKey({ key: jwk, format: 'jwk' }), format: 'jwk' } as never)
  return { ...key.export({ format: 'jwk' }), kid, alg, use } as JsonWebKey
}

function readKeys(file: string): readonly PrivateJwk[] {
  const { keys } = (readPrivate(file) ?? {}) as Partial<KeyFile>
  const sound = Array.isArray(keys) && keys.length > 0 && keys.every(({ kty, kid, d }) => kty === 'EC' && kid && d)
  if (!sound) throw new Error(`${file} holds no signing keys: homecare-exchange key rotate makes some.`)
  return keys
}

/** Puts a fresh key in front; the one that signed until now still verifies. @returns its key id */
export async function rotateKeys(file: string, now: Date): Promise<string> {
  const before = existsSync(file) ? readKeys(file) : []
  const fresh = await makeKey(now)
  writePrivate(file, { keys: [fresh, ...before].slice(0, KEPT) })
  return fresh.kid
}

/** Key ids with the instant of their making, the signing one first. */
export const listKeys = (file: string): readonly { readonly kid: string; readonly created: string }[] =>
  readKeys(file).map(({ kid, created }) => ({ kid, created }))

/**
 * Keys from their file, read again when it changes, so that a running service follows a rotation.
 * @throws Error when the file is there and cannot be used
 */
export function loadSigningKeys(file: string): SigningKeys {
  const load = watched(file, () => {
    const keys = readKeys(file)
    const jwks = { keys: keys.map(publicJwk) } as unknown as JSONWebKeySet
    const [first] = keys as [PrivateJwk]
    const key = createPrivateKey({ key: first, format: 'jwk' })
    return { current: { kid: first.kid, key }, jwks, find: createLocalJWKSet(jwks) }
  })
  load()
  return {
    current: () => load().current,
    jwks: () => load().jwks,
    find: (header, token) => load().find(header, token),
  }
}
