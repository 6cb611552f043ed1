/**
 * Formats and preferences of a request (https://hl7.org/fhir/R4/http.html#mime-type): this service reads and
 * writes FHIR R4 as JSON in UTF-8, and says so instead of guessing.
 */
import { refuse } from '../fhir/problem.ts'
import type { FhirRequest } from '../interactions/interaction.ts'

export interface MediaType {
  /** Lower case, e.g. `application/fhir+json`. */
  readonly type: string
  /** Names in lower case, values without quotes. */
  readonly parameters: ReadonlyMap<string, string>
}

/** What may be sent as a body: a resource, a form (`_search`), nothing that is read. */
export type BodyKind = 'resource' | 'form' | 'none'

const bodyTypes: Readonly<Record<Exclude<BodyKind, 'none'>, readonly string[]>> = {
  resource: ['application/fhir+json', 'application/json'],
  form: ['application/x-www-form-urlencoded'],
}

const jsonTypes = new Set(['application/fhir+json', 'application/json', 'text/json', 'application/json+fhir'])
const wildcards = new Set(['*/*', 'application/*'])
/** Values of `_format`; a "+" that was not escaped arrives as a space. */
const jsonFormats = new Set([...jsonTypes, 'json', 'application/fhir json', 'application/json fhir'])

/** Reads one media type with its parameters; undefined when it is not one. */
export function mediaType(text: string | undefined): MediaType | undefined {
  const [type, ...rest] = (text ?? '').split(';')
  const name = type?.trim().toLowerCase() ?? ''
  if (!/^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/.test(name)) return undefined
  const parameters = new Map<string, string>()
  for (const part of rest) {
    const equals = part.indexOf('=')
    if (equals < 0) continue
    const value = part.slice(equals + 1).trim()
    parameters.set(part.slice(0, equals).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1'))
  }
  return { type: name, parameters }
}

/** R4 is `4.0` (https://hl7.org/fhir/R4/http.html#version-parameter). */
const isR4 = (media: MediaType): boolean => /^4\.0(\.\d+)?$/.test(media.parameters.get('fhirversion') ?? '4.0')

/**
 * Checks that the answer may be JSON. `_format` wins over Accept.
 * @param formats values of `_format`
 * @throws Problem accept-unsupported
 */
export function checkAccept(accept: string | undefined, formats: readonly string[]): void {
  const asked = formats.length > 0 ? formats.map((format) => format.toLowerCase()) : undefined
  const acceptable = asked
    ? asked.every((format) => jsonFormats.has(format.split(';', 1)[0]?.trim() ?? '') && isR4(withParameters(format)))
    : accept === undefined || accept.trim() === '' || accept.split(',').some(isAcceptable)
  if (acceptable) return
  throw refuse(
    'accept-unsupported',
    'Answers are FHIR R4 JSON only: ask for "application/fhir+json" (fhirVersion 4.0) in Accept, or _format=json.',
  )
}

/** `_format` may be a bare word, which is no media type: only its parameters matter here. */
const withParameters = (format: string): MediaType =>
  mediaType(format.replace(/^[^;]*/, 'application/json')) ?? { type: '', parameters: new Map() }

function isAcceptable(range: string): boolean {
  const media = mediaType(range)
  if (media === undefined || Number(media.parameters.get('q') ?? '1') === 0) return false
  return wildcards.has(media.type) || (jsonTypes.has(media.type) && isR4(media))
}

/**
 * Checks the headers that describe a body, before it is read.
 * @throws Problem content-type-unsupported
 */
export function checkContentType(
  kind: BodyKind,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): void {
  const hasBody =
    headers['transfer-encoding'] !== undefined || !['0', undefined].includes(headers['content-length']?.toString())
  if (kind === 'none' || !hasBody) return
  const accepted = bodyTypes[kind]
  const send = `send "${accepted[0]}" in UTF-8${kind === 'resource' ? ' (fhirVersion 4.0)' : ''}.`
  const encoding = headers['content-encoding']?.toString() ?? 'identity'
  if (encoding.toLowerCase() !== 'identity') {
    throw refuse('content-type-unsupported', `The body is compressed, which is not read here: ${send}`)
  }
  const media = mediaType(headers['content-type']?.toString())
  if (media === undefined) {
    throw refuse('content-type-unsupported', `The Content-Type of the body is missing or unreadable: ${send}`)
  }
  if (!accepted.includes(media.type)) {
    const xml = media.type.endsWith('xml') ? 'XML is not read here' : 'The Content-Type is not one that is read here'
    throw refuse('content-type-unsupported', `${xml}: ${send}`)
  }
  const charset = media.parameters.get('charset')?.toLowerCase() ?? 'utf-8'
  if (!['utf-8', 'utf8'].includes(charset) || !isR4(media)) {
    throw refuse('content-type-unsupported', `The body has another charset or another version of FHIR: ${send}`)
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The text of a body. Bytes that are not UTF-8 are refused: replaced by question marks they would change what was
 * prescribed without anybody noticing.
 * @throws Problem json-malformed
 */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    throw refuse('json-malformed', 'The body is not valid UTF-8: encode it as UTF-8 and send it again.')
  }
}

/** The Prefer header (RFC 7240); what is not known here is ignored, as it says. */
export function readPrefer(header: string | string[] | undefined): FhirRequest['prefer'] {
  const prefer: { return?: 'minimal' | 'representation' | 'OperationOutcome'; handling?: 'strict' | 'lenient' } = {}
  for (const part of (header ?? '').toString().split(/[,;]/)) {
    const [name, value] = part.split('=', 2).map((word) => word.trim().replace(/^"(.*)"$/, '$1'))
    if (name?.toLowerCase() === 'return') {
      if (value === 'minimal' || value === 'representation' || value === 'OperationOutcome') prefer.return ??= value
    } else if (name?.toLowerCase() === 'handling') {
      if (value === 'strict' || value === 'lenient') prefer.handling ??= value
    }
  }
  return prefer
}

type Pairs = (readonly [name: string, value: string])[]

/**
 * Decodes a query or form into its pairs in the order sent.
 * @param text without the leading "?"
 * @throws Problem parameter-invalid when an escape is broken or not UTF-8
 */
export function readPairs(text: string): Pairs {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      return equals < 0 ? [decode(part), ''] : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))]
    })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw refuse(
      'parameter-invalid',
      'A search parameter is not properly escaped: a "%" must be followed by two hexadecimal digits, and they must be UTF-8.',
    )
  }
}

/** Takes out what concerns the form of the answer and not its content: `_format` and `_pretty`. */
export function takeFormat(pairs: Pairs): {
  readonly query: Pairs
  readonly formats: string[]
  readonly pretty: boolean
} {
  const valuesOf = (wanted: string) => pairs.filter(([name]) => name === wanted).map(([, value]) => value)
  return {
    query: pairs.filter(([name]) => name !== '_format' && name !== '_pretty'),
    formats: valuesOf('_format'),
    pretty: valuesOf('_pretty').includes('true'),
  }
}
