/** X.509 certificates (RFC 5280) made on the spot, as small as they can be: Node verifies them but makes none. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  const length =
    content.length < 128
      ? Buffer.from([content.length])
      : content.length < 256
        ? Buffer.from([0x81, content.length])
        : Buffer.from([0x82, content.length >> 8, content.length & 255])
  return Buffer.concat([Buffer.from([tag]), length, content])
}
const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts)
/** 0 to 127. */
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]))
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const TRUE = der(0x01, Buffer.from([0xff]))
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'))
const name = (common: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(common)))))
/** YYYYMMDDHHMMSSZ */
const time = (at: number): Buffer =>
  der(0x18, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))
const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [TRUE] : []), der(0x04, value))

export interface Certified {
  readonly name: string
  readonly key: KeyObject
  /** DER. */
  readonly raw: Buffer
  readonly pem: string
  readonly keyPem: string
}

export interface Wanted {
  /** Whoever signs it; absent: itself. */
  readonly by?: Certified
  /** ms since the epoch. */
  readonly from?: number
  readonly until?: number
  readonly authority?: boolean
  readonly serial?: number
  /** Bits of the key usage (RFC 5280 4.2.1.3), the first one highest; absent: what suits. */
  readonly usage?: number
  /** DER of further extensions. */
  readonly extensions?: readonly Buffer[]
}

/** An extension of a kind that nobody knows, and that must be understood. */
export const strangeExtension = (): Buffer => extension('2a0304', true, der(0x05))

/** The name of a server that is reached at 127.0.0.1 (RFC 5280 4.2.1.6). */
export const forLoopback = (): Buffer => extension('551d11', false, sequence(der(0x87, Buffer.from([127, 0, 0, 1]))))

const pemOf = (raw: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${raw.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`

/** A certificate with a fresh P-256 key. */
export function certificate(subject: string, wanted: Wanted = {}): Certified {
  const {
    from = Date.UTC(2020, 0, 1),
    until = Date.UTC(2040, 0, 1),
    authority = false,
    serial = 1,
    by,
    extensions = [],
  } = wanted
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const constraints = extension('551d13', true, sequence(...(authority ? [TRUE] : [])))
  // keyCertSign and cRLSign, or digitalSignature and nonRepudiation
  const bits = wanted.usage ?? (authority ? 0x06 : 0xc0)
  const usage = extension('551d0f', true, der(0x03, Buffer.from([0, bits])))
  const content = sequence(
    der(0xa0, integer(2)),
    integer(serial),
    ECDSA_SHA256,
    name(by?.name ?? subject),
    sequence(time(from), time(until)),
    name(subject),
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(constraints, usage, ...extensions)),
  )
  const signature = sign('sha256', content, by?.key ?? privateKey)
  const raw = sequence(content, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature))
  return {
    name: subject,
    key: privateKey,
    raw,
    pem: pemOf(raw),
    keyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  }
}

/** A list of revoked serial numbers with the instants since when (RFC 5280 section 5), PEM. */
export function revocationList(
  by: Certified,
  revoked: readonly { readonly serial: number; readonly since: number }[],
  { from = Date.UTC(2026, 0, 1), next = Date.UTC(2040, 0, 1) } = {},
): string {
  const rows = revoked.map(({ serial, since }) => sequence(integer(serial), time(since)))
  const list = rows.length > 0 ? [sequence(...rows)] : []
  const content = sequence(integer(1), ECDSA_SHA256, name(by.name), time(from), time(next), ...list)
  const raw = sequence(content, ECDSA_SHA256, der(0x03, Buffer.from([0]), sign('sha256', content, by.key)))
  return `-----BEGIN X509 CRL-----\n${raw.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END X509 CRL-----\n`
}
