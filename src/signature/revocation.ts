/** Lists of revoked certificates (RFC 5280 section 5), from files that whoever runs the service keeps up to date. */
import { verify, type X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { AsnConvert } from '@peculiar/asn1-schema'
import { Certificate, CertificateList, InvalidityDate } from '@peculiar/asn1-x509'
import { watched } from '../identity/private-file.ts'
import type { Path } from './certificate.ts'
import type { Fault } from './jws.ts'

const INVALIDITY_DATE = '2.5.29.24'

/** Hash by signature algorithm; nothing on SHA-1. */
const HASHES: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
}

/** A list as read; who made it is proven against the issuer when it is used. */
interface RevocationList {
  /** DER of the issuer's name. */
  readonly issuer: Buffer
  readonly content: Buffer
  readonly signature: Buffer
  readonly hash: string | null
  /** ms since the epoch; absent where the list does not say. */
  readonly nextUpdate: number | undefined
  /** Serial number, upper-case hexadecimal -> since when, in ms. */
  readonly revoked: ReadonlyMap<string, number>
}

/** One of the configured files, as it is now. */
export type RevocationFile = () => RevocationList

const hex = (bytes: ArrayBuffer): string =>
  Buffer.from(bytes)
    .toString('hex')
    .toUpperCase()
    .replace(/^(?:00)+(?=.)/, '')

function readList(file: string): RevocationList {
  const bytes = readFileSync(file)
  const pem = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/.exec(bytes.toString('latin1'))?.[1]
  const list = AsnConvert.parse(pem === undefined ? bytes : Buffer.from(pem, 'base64'), CertificateList)
  const { issuer, nextUpdate, revokedCertificates = [], crlExtensions = [] } = list.tbsCertList
  const hash = HASHES[list.signatureAlgorithm.algorithm]
  if (hash === undefined || !list.tbsCertListRaw) throw new Error('its signature algorithm is not one that is trusted')
  // A delta, or a list for some certificates only, would be taken for a whole one.
  if (crlExtensions.some(({ critical }) => critical)) {
    throw new Error('it has a critical extension: only whole lists of one issuer are read')
  }
  return {
    issuer: Buffer.from(AsnConvert.serialize(issuer)),
    content: Buffer.from(list.tbsCertListRaw),
    signature: Buffer.from(list.signature),
    hash,
    nextUpdate: nextUpdate?.getTime().getTime(),
    revoked: new Map(
      revokedCertificates.map(({ userCertificate, revocationDate, crlEntryExtensions = [] }) => {
        // The date since which the key is known or feared to be in other hands counts before that of the listing.
        const since = crlEntryExtensions.find(({ extnID }) => extnID === INVALIDITY_DATE)?.extnValue.buffer
        const listed = revocationDate.getTime().getTime()
        const feared = since ? AsnConvert.parse(since, InvalidityDate).value.getTime() : listed
        return [hex(userCertificate), Math.min(listed, feared)]
      }),
    ),
  }
}

/**
 * A file that is read again when it has changed; while a new one cannot be read the one before it serves, until it is
 * out of date.
 * @throws Error when the file cannot be used at the start
 */
export function revocationFile(file: string): RevocationFile {
  const read = watched(file, () => readList(file))
  let list: RevocationList
  try {
    list = read()
  } catch (error) {
    throw new Error(`${file} is no list of revoked certificates that can be used: ${(error as Error).message}`)
  }
  return () => {
    try {
      list = read()
    } catch {
      // The next reading may succeed; nextUpdate limits how long the old one serves.
    }
    return list
  }
}

/** Proven once for each list and issuer. */
const proven = new WeakMap<RevocationList, WeakSet<X509Certificate>>()

function isBy(list: RevocationList, issuer: X509Certificate): boolean {
  if (proven.get(list)?.has(issuer)) return true
  if (!verify(list.hash, list.content, issuer.publicKey, list.signature)) return false
  const issuers = proven.get(list) ?? new WeakSet()
  proven.set(list, issuers.add(issuer))
  return true
}

/**
 * Whether a certificate of a path was revoked. What was revoked after a signature arrived does not undo it.
 * @param received ms since the epoch: when the signature arrived here
 * @param now ms since the epoch
 */
export function revocationFault(
  path: Path,
  files: readonly RevocationFile[],
  received: number,
  now: number,
): Fault | undefined {
  if (files.length === 0) return undefined
  const lists = files.map((read) => read())
  for (const [place, certificate] of path.slice(0, -1).entries()) {
    const issuer = path[place + 1] as X509Certificate
    const name = Buffer.from(AsnConvert.serialize(AsnConvert.parse(issuer.raw, Certificate).tbsCertificate.subject))
    const found = lists.filter((list) => list.issuer.equals(name) && isBy(list, issuer))
    if (found.some(({ revoked }) => (revoked.get(serialOf(certificate)) ?? Infinity) <= received)) {
      const words = 'A certificate of the signature was revoked by its issuer: have the order signed with another key.'
      return { key: 'signature-certificate-revoked', words }
    }
    const isCurrent = found.some(({ nextUpdate }) => nextUpdate === undefined || nextUpdate >= now)
    if (place === 0 && !isCurrent) {
      const words =
        'Whether the signer’s certificate was revoked cannot be said: the list of its issuer is missing or out of date here. Send the same request again when whoever runs the service has renewed it.'
      return { key: 'signature-revocation-unknown', words }
    }
  }
  return undefined
}

const serialOf = ({ serialNumber }: X509Certificate): string => serialNumber.replace(/^(?:00)+(?=.)/, '')
