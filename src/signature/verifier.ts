/** Whether a signature over prescriptions was made by somebody the trust relies on: keys, certificates, times. */
import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { JWK } from 'jose'
import type { SignatureTrust } from '../homecare/policy.ts'
import { findPath, fitnessFault, type Path, validityFault } from './certificate.ts'
import { type Fault, isFault, mathFault, type Opened, openJws } from './jws.ts'
import { type RevocationFile, revocationFault, revocationFile } from './revocation.ts'

/** A signer's clock may be ahead of ours by as much, in ms. */
const SKEW = 5 * 60 * 1000
/** Signatures whose arithmetic is remembered: between the check before the lane and the one inside it. */
const REMEMBERED = 1000

/** Who signed, as far as that is proven. */
export type Signer =
  | { readonly kind: 'certificate'; readonly certificate: X509Certificate }
  | { readonly kind: 'key'; readonly kid: string }

export interface Verdict {
  /** Why it does not hold; empty when key, certificate and times are right. What it covers is for others to compare. */
  readonly faults: readonly Fault[]
  /** Absent when it cannot be read. */
  readonly opened?: Opened
  readonly signer?: Signer
}

export interface Moments {
  /** When the signature arrived here, in ms since the epoch. */
  readonly received: number
  readonly now: number
}

export interface SignatureVerifier {
  /** @param trust a row's own object: what it names was read at boot */
  verify(data: string | undefined, trust: SignatureTrust, moments: Moments): Promise<Verdict>
  /** Does the costly part ahead of time. */
  prepare(data: string | undefined): Promise<void>
}

interface Material {
  readonly roots: readonly X509Certificate[]
  readonly revocations: readonly RevocationFile[]
  readonly keys: ReadonlyMap<string, JWK>
}

interface Checked {
  readonly opened: Opened
  /** By the key of the first certificate. */
  readonly math?: Fault | undefined
  readonly paths: Map<Material, Path | Fault>
}

/**
 * Reads what the rows name.
 * @param folder where relative paths start
 * @throws Error naming the file that cannot be used
 */
export function createVerifier(folder: string, trusts: readonly SignatureTrust[]): SignatureVerifier {
  const materials = new Map(trusts.map((trust) => [trust, readMaterial(folder, trust)]))
  const known = new Map<string, Promise<Checked | Fault>>()

  const check = (data: string | undefined): Promise<Checked | Fault> => {
    const name = createHash('sha256')
      .update(data ?? '')
      .digest('base64')
    const before = known.get(name)
    if (before) return before
    const checking = open(data)
    if (known.size >= REMEMBERED) known.clear()
    known.set(name, checking)
    return checking
  }
  return {
    prepare: async (data) => void (await check(data)),
    verify: async (data, trust, moments) => {
      const checked = await check(data)
      if (isFault(checked)) return { faults: [checked] }
      const material = materials.get(trust) ?? NOTHING_TRUSTED
      return judge(checked, material, moments)
    },
  }
}

const NOTHING_TRUSTED: Material = { roots: [], revocations: [], keys: new Map() }

async function open(data: string | undefined): Promise<Checked | Fault> {
  const opened = openJws(data)
  if (isFault(opened)) return opened
  const [signer] = opened.certificates
  return { opened, math: signer && (await mathFault(opened, signer.publicKey)), paths: new Map() }
}

async function judge(checked: Checked, material: Material, { received, now }: Moments): Promise<Verdict> {
  const { opened } = checked
  const late = opened.signedAt > received + SKEW ? [aheadOfTime] : []
  const [certificate] = opened.certificates
  if (!certificate) {
    const { kid = '' } = opened
    const key = material.keys.get(kid)
    const wrong = key ? await mathFault(opened, key) : unknownKey
    return { opened, faults: [...(wrong ? [wrong] : []), ...late], ...(wrong ? {} : { signer: { kind: 'key', kid } }) }
  }
  if (checked.math) return { opened, faults: [checked.math] }
  const path = pathOf(checked, material)
  if (isFault(path)) return { opened, faults: [path, ...late] }
  const fault = validityFault(path, opened.signedAt, received) ?? revoked(path, material, received, now)
  return { opened, faults: [...(fault ? [fault] : []), ...late], signer: { kind: 'certificate', certificate } }
}

const revoked = (path: Path, { revocations }: Material, received: number, now: number): Fault | undefined =>
  revocationFault(path, revocations, received, now)

function pathOf({ opened, paths }: Checked, material: Material): Path | Fault {
  const before = paths.get(material)
  if (before) return before
  const found = findPath(opened.certificates, material.roots)
  const path = isFault(found) ? found : (fitnessFault(found) ?? found)
  paths.set(material, path)
  return path
}

const aheadOfTime: Fault = {
  key: 'signature-time-differs',
  words: 'The signature says that it was made after it arrived: set the clock of the machine that signs.',
}
const unknownKey: Fault = {
  key: 'signature-key-unknown',
  words: 'The signature brings no certificate (x5c), and its kid names no key that the trust has registered here.',
}

function readMaterial(folder: string, trust: SignatureTrust): Material {
  const files = (names: readonly string[] = []): string[] => names.map((name) => resolve(folder, name))
  return {
    roots: files(trust.roots).flatMap(readRoots),
    revocations: files(trust.revocationLists).map(revocationFile),
    keys: new Map(files(trust.keys).flatMap(readKeys)),
  }
}

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

function readRoots(file: string): X509Certificate[] {
  try {
    const found = readFileSync(file, 'utf8').match(PEM) ?? []
    if (found.length === 0) throw new Error('it holds none in PEM form')
    return found.map((pem) => new X509Certificate(pem))
  } catch (error) {
    throw new Error(`${file} holds no certificates that can be used: ${(error as Error).message}`)
  }
}

function readKeys(file: string): [string, JWK][] {
  try {
    const { keys } = JSON.parse(readFileSync(file, 'utf8')) as { keys?: (JWK & { kid?: string })[] }
    if (!Array.isArray(keys) || keys.length === 0) throw new Error('it is no JWKS (RFC 7517)')
    return keys.map((key) => {
      const { kid, kty, d, k } = key
      if (kid === undefined || kty === 'oct' || d !== undefined || k !== undefined) {
        throw new Error('each key has a kid and is the public half only')
      }
      createPublicKey({ key, format: 'jwk' } as never)
      return [kid, key]
    })
  } catch (error) {
    throw new Error(`${file} holds no registered keys that can be used: ${(error as Error).message}`)
  }
}
