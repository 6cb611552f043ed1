/** Signs the prescriptions of a Bundle, as an EPR would with libraries of its own: what the door verifies, made. */
import { createPrivateKey, type KeyObject, randomUUID, X509Certificate } from 'node:crypto'
import { FlattenedSign } from 'jose'
import { parseExact, stringifyExact } from '../fhir/exact.ts'
import { isObject, type Resource, type r4 } from '../fhir/resource.ts'
import { GMC, ITEM_NUMBER, NHS_NUMBER, ODS_ORGANISATION } from '../homecare/identifiers.ts'
import { digestOf, itemName, signableIssues, SIGNED_ITEMS } from '../homecare/signed-content.ts'
import { ALGORITHMS } from './jws.ts'

export interface SigningKey {
  readonly key: KeyObject
  readonly algorithm: string
  /** The signer's certificate first; empty where the key itself is registered. */
  readonly chain: readonly X509Certificate[]
  readonly kid?: string
}

interface Entry {
  readonly fullUrl?: string
  readonly resource?: Resource
}

/** Of several identifiers that a resource carries, which one says best who it is. */
const TELLING = [NHS_NUMBER, GMC, ODS_ORGANISATION, ITEM_NUMBER]

/**
 * A Bundle of type transaction or message with a Provenance that signs its prescriptions. References of a prescription
 * that do not say who is meant get the identifier of the entry they lead to; nothing else is touched, decimals keep
 * their digits.
 * @param text the Bundle as JSON
 * @param now ms since the epoch
 * @throws Error with words for whoever wants to sign
 */
export async function signOrder(text: string, signing: SigningKey, now: number): Promise<string> {
  const bundle = parseExact(text) as Resource
  const entries = bundle.resourceType === 'Bundle' && Array.isArray(bundle.entry) ? (bundle.entry as Entry[]) : []
  const items = entries.filter(({ resource }) => resource?.resourceType === 'MedicationRequest')
  const [first] = items
  if (!first) throw new Error('This is no Bundle with a MedicationRequest in it.')
  for (const { resource } of items) if (resource) identify(resource, entries)
  checkSignable(items)
  const requester = first.resource?.requester as r4.Reference | undefined
  if (!requester) throw new Error('The MedicationRequest has no requester: nobody would have signed.')
  const signedAt = Math.floor(now / 1000)
  const when = new Date(signedAt * 1000).toISOString()
  const plain = items.map(({ resource }) => JSON.parse(stringifyExact(resource)) as Resource)
  const provenance: r4.Provenance = {
    resourceType: 'Provenance',
    target: items.map(({ fullUrl = '' }) => ({ reference: fullUrl })),
    recorded: when,
    agent: [{ who: requester }],
    signature: [
      {
        type: [{ system: 'urn:iso-astm:E1762-95:2013', code: '1.2.840.10065.1.12.1.1', display: 'Author’s Signature' }],
        when,
        who: requester,
        targetFormat: 'application/fhir+json',
        sigFormat: 'application/jose',
        data: Buffer.from(await detachedJws(plain, signing, signedAt)).toString('base64'),
      },
    ],
  }
  const request = bundle.type === 'transaction' ? { request: { method: 'POST', url: 'Provenance' } } : {}
  const signed = { fullUrl: `urn:uuid:${randomUUID()}`, resource: provenance, ...request }
  return stringifyExact({ ...bundle, entry: [...entries, signed] })
}

/** Header and signature over prescriptions as they are going to be sent. @param signedAt seconds since the epoch */
export async function detachedJws(
  prescriptions: readonly Resource[],
  { key, algorithm, chain, kid }: SigningKey,
  signedAt: number,
): Promise<string> {
  const x5c = chain.map(({ raw }) => raw.toString('base64'))
  const sigD = {
    mId: SIGNED_ITEMS,
    pars: prescriptions.map((prescription) => itemName(prescription)),
    hashM: 'S256',
    hashV: prescriptions.map((prescription) => digestOf(prescription)),
  }
  const header = { alg: algorithm, ...(x5c.length > 0 ? { x5c } : {}), ...(kid === undefined ? {} : { kid }) }
  const signed = await new FlattenedSign(new Uint8Array())
    .setProtectedHeader({ ...header, iat: signedAt, sigD, crit: ['sigD'] })
    .sign(key, { crit: { sigD: true } })
  return `${signed.protected}..${signed.signature}`
}

/** Says beside each reference who or what is meant, as far as the Bundle tells. */
function identify(item: Resource, entries: readonly Entry[]): void {
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk)
    if (!isObject(node)) return
    const { reference, identifier } = node
    if (typeof reference === 'string' && identifier === undefined) {
      const found = identifierOf(entries.find(({ fullUrl }) => fullUrl === reference)?.resource, entries)
      if (found) node.identifier = found
    }
    Object.values(node).forEach(walk)
  }
  walk(item)
}

/** A role is known by its holder. */
function identifierOf(resource: Resource | undefined, entries: readonly Entry[]): r4.Identifier | undefined {
  const whole = ([resource?.identifier ?? []].flat() as r4.Identifier[]).filter(
    ({ system, value }) => system !== undefined && value !== undefined,
  )
  const found = whole.find(({ system = '' }) => TELLING.includes(system)) ?? whole[0]
  if (found) return { system: found.system ?? '', value: found.value ?? '' }
  const holder = resource?.practitioner as r4.Reference | undefined
  if (resource?.resourceType !== 'PractitionerRole' || !holder) return undefined
  return (
    holder.identifier ??
    identifierOf(entries.find(({ fullUrl }) => fullUrl !== undefined && fullUrl === holder.reference)?.resource, [])
  )
}

function checkSignable(items: readonly Entry[]): void {
  const faults = items.flatMap(({ resource, fullUrl }, i) => {
    if (!resource) return []
    const root = `MedicationRequest[${i}]`
    const issues = signableIssues({ resource, root }, stringifyExact(resource))
    const unnamed =
      fullUrl === undefined ? [`${root}: give the entry a fullUrl (urn:uuid:…), so that it can be signed.`] : []
    return [...unnamed, ...issues.map(({ expression, diagnostics }) => `${expression}: ${diagnostics}`)]
  })
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

/**
 * A private key with what proves whose it is.
 * @param keyText PEM (PKCS#8) or JWK
 * @param chainText PEM certificates, the signer's first; without them the key must be registered by its `kid`
 */
export function readSigningKey(keyText: string, chainText: string | undefined, kid: string | undefined): SigningKey {
  const jwk = keyText.trimStart().startsWith('{') ? (JSON.parse(keyText) as { alg?: string; kid?: string }) : undefined
  const key = jwk ? createPrivateKey({ key: jwk, format: 'jwk' } as never) : createPrivateKey(keyText)
  const chain = (chainText?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  )
  const [signer] = chain
  if (chainText !== undefined && !signer) throw new Error('There is no PEM certificate in the chain.')
  if (signer && !signer.checkPrivateKey(key)) throw new Error('The first certificate is not that of the key.')
  const named = kid ?? jwk?.kid
  if (!signer && named === undefined) {
    throw new Error('Say whose key this is: --cert with its certificate, or --kid with the name it is registered by.')
  }
  const algorithm = jwk?.alg !== undefined && ALGORITHMS.includes(jwk.alg) ? jwk.alg : algorithmOf(key)
  return { key, algorithm, chain, ...(named === undefined ? {} : { kid: named }) }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  switch (asymmetricKeyType) {
    case 'rsa':
      return 'PS256'
    case 'ed25519':
      return 'Ed25519'
    case 'ec': {
      const found = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }[
        asymmetricKeyDetails?.namedCurve ?? ''
      ]
      if (found !== undefined) return found
    }
  }
  throw new Error('Sign with an RSA key (from 2048 bits), an EC key (P-256, P-384, P-521) or an Ed25519 key.')
}
