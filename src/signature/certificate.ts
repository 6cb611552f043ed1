/**
 * From the certificate of a signer to one that the trust relies on (RFC 5280 section 6, as far as signing needs it).
 * Node verifies names and signatures; what it does not tell (key usage, path length, critical extensions) is read here.
 */
import type { X509Certificate } from 'node:crypto'
import { AsnConvert } from '@peculiar/asn1-schema'
import { BasicConstraints, Certificate, KeyUsage, KeyUsageFlags } from '@peculiar/asn1-x509'
import type { Fault } from './jws.ts'

/** Certificates between a signer and its root, both included. */
const MAX_PATH = 6

const BASIC_CONSTRAINTS = '2.5.29.19'
const KEY_USAGE = '2.5.29.15'
/**
 * Critical extensions that are understood or say nothing against signing here: key usage, constraints, policies, other
 * names, purposes. Any other critical one makes a certificate unusable (RFC 5280 4.2), name constraints among them.
 */
const UNDERSTOOD = new Set([BASIC_CONSTRAINTS, KEY_USAGE, '2.5.29.32', '2.5.29.17', '2.5.29.37'])

/** Signature algorithms on MD2, MD5 and SHA-1. */
const WEAK = new Set([
  '1.2.840.113549.1.1.2',
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.5',
  '1.2.840.10045.4.1',
  '1.2.840.10040.4.3',
  '1.3.14.3.2.29',
])

/** The signer's certificate first, the root last. */
export type Path = readonly X509Certificate[]

/** What is read of a certificate beyond what Node tells. */
interface Details {
  readonly certificate: Certificate
  /** Flags of RFC 5280 4.2.1.3; absent: for any use. */
  readonly usage: number | undefined
  /** Authorities that may stand below. */
  readonly pathLength: number | undefined
}

function detailsOf({ raw }: X509Certificate): Details {
  const certificate = AsnConvert.parse(raw, Certificate)
  const find = (id: string): ArrayBuffer | undefined =>
    certificate.tbsCertificate.extensions?.find(({ extnID }) => extnID === id)?.extnValue.buffer
  const [usage, constraints] = [find(KEY_USAGE), find(BASIC_CONSTRAINTS)]
  return {
    certificate,
    usage: usage && AsnConvert.parse(usage, KeyUsage).toNumber(),
    pathLength: constraints && AsnConvert.parse(constraints, BasicConstraints).pathLenConstraint,
  }
}

const untrusted: Fault = {
  key: 'signature-untrusted',
  words:
    'The certificate of the signature leads to no authority that the trust relies on: send the whole chain in x5c.',
}
const unfit = (words: string): Fault => ({ key: 'signature-certificate-unfit', words })

/**
 * The way from the first certificate to a root, over the others.
 * @param roots certificates that are relied on as they are
 */
export function findPath(
  [signer, ...others]: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): Path | Fault {
  if (!signer) return untrusted
  const path = [signer]
  for (let current = signer; path.length < MAX_PATH;) {
    if (isAmong(current, roots)) return path
    const issues = (issuer: X509Certificate): boolean => current.checkIssued(issuer) && current.verify(issuer.publicKey)
    const root = roots.find(issues)
    if (root) return [...path, root]
    const next = others.find((other) => other.ca && !path.includes(other) && issues(other))
    if (!next) return untrusted
    path.push(next)
    current = next
  }
  return untrusted
}

const isAmong = ({ raw }: X509Certificate, list: readonly X509Certificate[]): boolean =>
  list.some((other) => other.raw.equals(raw))

/** Whether the certificates of a path are for what they were used for. */
export function fitnessFault(path: Path): Fault | undefined {
  try {
    for (const [place, certificate] of path.entries()) {
      // What is relied on as it is needs no leave from anybody; its constraints count all the same.
      const isRoot = place === path.length - 1
      const fault = unfitness(certificate, place, isRoot)
      if (fault) return fault
    }
    return undefined
  } catch {
    return unfit('A certificate of the signature cannot be read.')
  }
}

function unfitness(certificate: X509Certificate, place: number, isRoot: boolean): Fault | undefined {
  const { certificate: parsed, usage, pathLength } = detailsOf(certificate)
  const strange = parsed.tbsCertificate.extensions?.find(({ critical, extnID }) => critical && !UNDERSTOOD.has(extnID))
  if (strange) return unfit(`A certificate has a critical extension that is not understood here (${strange.extnID}).`)
  if (!isRoot && WEAK.has(parsed.signatureAlgorithm.algorithm)) {
    return unfit('A certificate of the signature was itself signed on SHA-1 or weaker.')
  }
  if (place === 0) {
    const signs = KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation
    if (usage === undefined || (usage & signs) !== 0) return undefined
    return unfit('The certificate is not for signing: its key usage names neither digitalSignature nor nonRepudiation.')
  }
  if (!certificate.ca) return unfit('A certificate above the signer’s is not that of an authority.')
  if (usage !== undefined && (usage & KeyUsageFlags.keyCertSign) === 0) {
    return unfit('A certificate above the signer’s is not for signing certificates.')
  }
  // Between this authority and the signer stand `place - 1` others.
  if (pathLength !== undefined && place - 1 > pathLength) {
    return unfit('An authority stands deeper below another than that one allows.')
  }
  return undefined
}

/**
 * Whether the certificates of a path were good. When a signature was made only its maker says, so they must also have
 * been good when it arrived: otherwise an old key could sign with an old date for ever.
 * @param signedAt ms since the epoch
 * @param received ms since the epoch
 */
export function validityFault(path: Path, signedAt: number, received: number): Fault | undefined {
  // What is relied on as it is, is relied on until it is taken off the list.
  const dated = path.length > 1 ? path.slice(0, -1) : path
  for (const { validFromDate, validToDate } of dated) {
    if (signedAt < validFromDate.getTime()) {
      const words = 'A certificate of the signature was not yet good when it was signed.'
      return { key: 'signature-certificate-not-yet-valid', words }
    }
    if (Math.max(signedAt, received) > validToDate.getTime()) {
      const words =
        'A certificate of the signature has expired: it must be good when the order is signed and when it arrives. Have it signed with a current one.'
      return { key: 'signature-certificate-expired', words }
    }
  }
  return undefined
}
