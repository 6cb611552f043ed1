/** The forms in which signatures come (https://hl7.org/fhir/R4/datatypes.html#Signature). */
import type { r4 } from '../fhir/resource.ts'

/** The author's signature (ASTM E1762): the prescriber's own. */
const AUTHOR = '1.2.840.10065.1.12.1.1'

/** `xml`: the national form, an XML signature over a form of the order that does not travel with it. */
export type SignatureForm = 'jws' | 'xml' | 'other'

/** Detached: header and signature, with nothing between them (RFC 7515 appendix F). */
export const DETACHED = /^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+$/

export const isAuthors = ({ type }: r4.Signature): boolean => type.some(({ code }) => code === AUTHOR)

/** By what it says of itself, else by how it begins. */
export function formOf({ sigFormat, data }: r4.Signature): SignatureForm {
  if (sigFormat === 'application/jose') return 'jws'
  if (sigFormat !== undefined) return /xml/i.test(sigFormat) ? 'xml' : 'other'
  const text = Buffer.from(data ?? '', 'base64')
    .toString('latin1')
    .trimStart()
  if (DETACHED.test(text.trimEnd())) return 'jws'
  return text.startsWith('<') ? 'xml' : 'other'
}
