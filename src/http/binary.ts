/**
 * Binary, the one type that travels as what it holds (https://hl7.org/fhir/R4/binary.html#rest): bytes of any type
 * come in and go out with their own Content-Type, `securityContext` in a header. Inside it is a resource like any other.
 */
import { refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { decodeBody } from './content-coding.ts'
import { mediaType } from './media-type.ts'
import { FHIR_JSON, jsonTypes, negotiate, rangeFor, rangesOf } from './negotiation.ts'
import type { AnswerForm } from './reply.ts'

/** The reference that is `Binary.securityContext` of what is sent or answered as bytes. */
const SECURITY_CONTEXT = 'x-security-context'

/** FHIR's own names: who says one of them means the resource. The others may be the content's own type as well. */
const FHIR_NAMES = ['application/fhir+json', 'application/json+fhir', 'application/fhir+xml', 'application/xml+fhir']
const XML_NAMES = ['application/fhir+xml', 'application/xml+fhir', 'application/xml', 'text/xml']

/** The name of the root element of an XML document: the first tag that is no declaration and no comment. */
const ROOT = /<(?![?!])(?:\w+:)?(\w+)/

interface Sent {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
  /** The id in the address of an update. */
  readonly id?: string | undefined
}

/**
 * What was sent as the JSON of a Binary: the resource itself, or made of the bytes whatever they are, FHIR of another
 * type included.
 * @param limit most bytes that the JSON may have
 * @throws Problem content-type-unsupported, json-malformed, body-too-large
 */
export function binaryText({ headers, body, id }: Sent, limit: number): string {
  const sent = headers['content-type']?.toString() ?? ''
  const type = mediaType(sent)?.type ?? ''
  if (jsonTypes.some((name) => name === type)) {
    const text = decodeBody(body)
    if (mayBeBinary(text)) return text
  }
  if (XML_NAMES.includes(type) && isXmlBinary(Buffer.from(body.subarray(0, 1000)).toString('latin1'))) {
    throw refuse(
      'content-type-unsupported',
      'XML is not read here: send the Binary as FHIR JSON, or its content with its own Content-Type.',
    )
  }
  const reference = headers[SECURITY_CONTEXT]?.toString().trim()
  const text = JSON.stringify({
    resourceType: 'Binary',
    ...(id === undefined ? {} : { id }),
    contentType: sent.trim().replaceAll(/\s+/g, ' '),
    ...(reference === undefined ? {} : { securityContext: { reference } }),
    data: Buffer.from(body).toString('base64'),
  })
  if (text.length <= limit) return text
  throw refuse(
    'body-too-large',
    `The content is kept as base64 in a resource of at most ${limit} bytes: it may have some ${Math.floor((limit * 3) / 4)} bytes.`,
  )
}

const isXmlBinary = (head: string): boolean =>
  ROOT.exec(head)?.[1] === 'Binary' && head.includes('"http://hl7.org/fhir"')

/** Whether a JSON text is a Binary, or so broken that nobody can tell: then it is refused and not kept as content. */
function mayBeBinary(text: string): boolean {
  try {
    return (JSON.parse(text) as Resource | null)?.resourceType === 'Binary'
  } catch {
    return true
  }
}

/**
 * In which form a Binary is read: as what it holds, unless FHIR is asked for by name; where both are named, as what
 * weighs more.
 * @throws Problem accept-unsupported when only a form of FHIR is asked for that is not served
 */
export function binaryForm(accept: string | undefined, formats: readonly string[]): Omit<AnswerForm, 'pretty'> {
  if (formats.length > 0) return { contentType: negotiate(accept, formats) }
  const ranges = rangesOf(accept ?? '*/*')
  const named = Math.max(...FHIR_NAMES.map((name) => ranges.find(({ type }) => type === name)?.weight ?? 0))
  if (named > 0) {
    const contentType = negotiate(accept, [])
    return { contentType, raw: (type) => (ranges.find((range) => range.type === type)?.weight ?? 0) > named }
  }
  const generic = jsonTypes.some((name) => ranges.some(({ type, weight }) => type === name && weight > 0))
  // The content is answered even where it is not acceptable: FHIR was not asked for.
  if (!generic) return { contentType: FHIR_JSON, raw: () => true }
  return { contentType: negotiate(accept, []), raw: (type) => (rangeFor(ranges, type)?.weight ?? 0) > 0 }
}

export interface Content {
  readonly bytes: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** What a value must be to stand in a header. */
const HEADER_SAFE = /^[\x20-\x7e]+$/

/**
 * A Binary as what it holds; undefined where it is asked for as a resource. Nothing that somebody stored is shown as a
 * page of this service.
 * @param json of the resource, whole
 */
export function contentOf(json: string, raw: AnswerForm['raw']): Content | undefined {
  if (!raw) return undefined
  const { contentType = '', data = '', securityContext } = JSON.parse(json) as Partial<r4.Binary>
  const type = mediaType(contentType)
  if (!raw(type?.type ?? '')) return undefined
  const reference = securityContext?.reference
  return {
    bytes: Buffer.from(data, 'base64'),
    headers: {
      'content-type': type && HEADER_SAFE.test(contentType) ? contentType : 'application/octet-stream',
      'content-disposition': 'attachment',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      ...(reference !== undefined && HEADER_SAFE.test(reference) ? { [SECURITY_CONTEXT]: reference } : {}),
    },
  }
}
