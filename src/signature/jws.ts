/**
 * A detached JSON Web Signature over prescriptions (RFC 7515 appendix F): the protected header names each item with its
 * digest (`sigD`, the header of ETSI TS 119 182-1 for detached objects) and says when it was signed (`iat`); the payload
 * is empty. Who signed says `x5c`, or `kid` for a key that the trust has registered. Addresses and keys that a header
 * offers in other ways (`jku`, `x5u`, `jwk`) are not looked at.
 */
import { X509Certificate } from 'node:crypto'
import { decodeProtectedHeader, errors, flattenedVerify, type FlattenedVerifyGetKey, type JWK } from 'jose'
import type { ProblemKey } from '../fhir/problem.ts'
import { isObject } from '../fhir/resource.ts'
import { SIGNED_ITEMS, type SignedItems } from '../homecare/signed-content.ts'
import { DETACHED } from './form.ts'

/** With what a prescription may be signed: nothing symmetric, nothing on SHA-1. */
export const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
  'EdDSA',
  'Ed25519',
]

/** Certificates that a signature may bring along: a signer, and those above. */
const MAX_CERTIFICATES = 6
/** Items that one signature may cover: far more than an order has. */
const MAX_ITEMS = 200
/** Characters of a whole signature; five certificates and ten items come to about 12,000. */
const MAX_LENGTH = 65_536

/** Why a signature does not hold. */
export interface Fault {
  readonly key: ProblemKey
  readonly words: string
}

/** What a signature says of itself; nothing of it is proven. */
export interface Opened {
  readonly parts: { readonly protected: string; readonly signature: string }
  readonly algorithm: string
  /** ms since the epoch. */
  readonly signedAt: number
  readonly items: SignedItems
  readonly certificates: readonly X509Certificate[]
  readonly kid: string | undefined
}

const fault = (key: ProblemKey, words: string): Fault => ({ key, words })
const malformed = (words: string): Fault => fault('signature-malformed', words)

export const isFault = (value: object): value is Fault => 'key' in value && 'words' in value

/** Reads a signature from `Signature.data`. */
export function openJws(data: string | undefined): Opened | Fault {
  const compact = Buffer.from(data ?? '', 'base64').toString('latin1')
  if (compact.length > MAX_LENGTH) return malformed(`The signature is longer than ${MAX_LENGTH} characters.`)
  if (!DETACHED.test(compact)) {
    return malformed('The data is the base64 form of a detached compact JWS: header, two dots, signature.')
  }
  const [encoded = '', , signature = ''] = compact.split('.')
  let header: Record<string, unknown>
  try {
    header = decodeProtectedHeader(compact)
  } catch {
    return malformed('The protected header of the JWS is not base64url JSON.')
  }
  const { alg, iat, sigD, kid } = header
  if (typeof alg !== 'string' || !ALGORITHMS.includes(alg)) {
    return fault('signature-algorithm-refused', `The algorithm of the signature is one of ${ALGORITHMS.join(', ')}.`)
  }
  if (typeof iat !== 'number' || !Number.isInteger(iat) || iat < 0 || iat > 9_999_999_999) {
    return malformed('The protected header says in iat when it was signed, in whole seconds since 1970.')
  }
  const items = signedItems(sigD)
  if (!items || !Array.isArray(header.crit) || !header.crit.includes('sigD')) {
    return malformed(
      `The protected header names the items in sigD (mId "${SIGNED_ITEMS}", hashM "S256", pars and hashV of one length) and lists sigD in crit.`,
    )
  }
  const certificates = certificatesOf(header.x5c)
  if (!certificates) return malformed(`x5c holds up to ${MAX_CERTIFICATES} certificates, each base64 DER.`)
  return {
    parts: { protected: encoded, signature },
    algorithm: alg,
    signedAt: iat * 1000,
    items,
    certificates,
    kid: typeof kid === 'string' ? kid : undefined,
  }
}

function signedItems(sigD: unknown): SignedItems | undefined {
  if (!isObject(sigD) || sigD.mId !== SIGNED_ITEMS || sigD.hashM !== 'S256') return undefined
  const { pars, hashV } = sigD
  if (!isTexts(pars) || !isTexts(hashV)) return undefined
  if (pars.length !== hashV.length || pars.length === 0 || pars.length > MAX_ITEMS) return undefined
  const items = new Map(pars.map((name, i) => [name, hashV[i] ?? '']))
  return items.size === pars.length ? items : undefined
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')

function certificatesOf(x5c: unknown): X509Certificate[] | undefined {
  if (x5c === undefined) return []
  if (!isTexts(x5c) || x5c.length === 0 || x5c.length > MAX_CERTIFICATES) return undefined
  try {
    return x5c.map((text) => new X509Certificate(Buffer.from(text, 'base64')))
  } catch {
    return undefined
  }
}

/** Whether the signature was made with the key. */
export async function mathFault(opened: Opened, key: JWK | X509Certificate['publicKey']): Promise<Fault | undefined> {
  const jws = { ...opened.parts, payload: '' }
  const find: FlattenedVerifyGetKey = () => key
  try {
    await flattenedVerify(jws, find, { algorithms: [opened.algorithm], crit: { sigD: true } })
    return undefined
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      return fault('signature-invalid', 'The signature was not made with this key over this header, or was altered.')
    }
    if (error instanceof errors.JWSInvalid || error instanceof errors.JOSENotSupported) {
      return malformed('The JWS cannot be read: check its header, and crit above all.')
    }
    return fault(
      'signature-algorithm-refused',
      'The key is not one for the algorithm of the signature, or is too short (RSA from 2048 bits).',
    )
  }
}
