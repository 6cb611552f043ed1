/**
 * In which form an answer leaves and a body may arrive (https://hl7.org/fhir/R4/http.html#mime-type): this service
 * reads and writes FHIR R4 as JSON in UTF-8, and says so instead of guessing.
 */
import { refuse } from '../fhir/problem.ts'
import { type MediaType, mediaType, parametersOf, splitOutsideQuotes, weightOf } from './media-type.ts'

/** What may be sent as a body: a resource, a Binary or its content, a form (`_search`), a patch, nothing that is read. */
export type BodyKind = 'resource' | 'binary' | 'form' | 'patch' | 'none'

/**
 * The names of FHIR JSON, the best first. R4 asks to answer a generic name with the name that was asked for; the last
 * one is what older clients call it.
 */
export const jsonTypes = ['application/fhir+json', 'application/json', 'text/json', 'application/json+fhir'] as const

/** The content types that a body may have, the one to send first. */
export const bodyTypes: Readonly<Record<Exclude<BodyKind, 'none'>, readonly string[]>> = {
  resource: jsonTypes,
  binary: [...jsonTypes, '*/*'],
  form: ['application/x-www-form-urlencoded'],
  // JSON Patch, or FHIRPath Patch as a Parameters resource.
  patch: ['application/json-patch+json', ...jsonTypes],
}

/** Values of `_format`; a "+" that was not escaped arrives as a space. */
const jsonFormats = new Set<string>([...jsonTypes, 'json', 'application/fhir json', 'application/json fhir'])

/** R4 is `4.0` (https://hl7.org/fhir/R4/http.html#version-parameter). */
const isR4 = (parameters: MediaType['parameters']): boolean =>
  /^4\.0(\.\d+)?$/.test(parameters.get('fhirversion') ?? '4.0')

const isUtf8 = (parameters: MediaType['parameters']): boolean => /^utf-?8$/i.test(parameters.get('charset') ?? 'utf-8')

/** The Content-Type of an answer for which nothing else was asked. */
export const FHIR_JSON = 'application/fhir+json; charset=utf-8'

const contentType = (type: string, parameters: MediaType['parameters']): string =>
  `${type}; charset=utf-8${parameters.has('fhirversion') ? '; fhirVersion=4.0' : ''}`

/**
 * The Content-Type of the answer. `_format` wins over Accept; the most specific range that matches a type gives its
 * weight (RFC 9110 section 12.5.1); between equals FHIR's own name is sent.
 * @param formats values of `_format`
 * @throws Problem accept-unsupported
 */
export function negotiate(accept: string | undefined, formats: readonly string[]): string {
  if (formats.length > 0) return fromFormats(formats)
  if (accept === undefined || accept === 'application/fhir+json' || accept.trim() === '') return FHIR_JSON
  const ranges = rangesOf(accept)
  let best: { readonly type: string; readonly range: Range } | undefined
  for (const type of jsonTypes) {
    const range = rangeFor(ranges, type)
    if (range && range.weight > (best?.range.weight ?? 0)) best = { type, range }
  }
  if (best === undefined) throw notAcceptable()
  return contentType(best.type, best.range.parameters)
}

const notAcceptable = () =>
  refuse(
    'accept-unsupported',
    'Answers are FHIR R4 JSON in UTF-8 only: ask for "application/fhir+json" (fhirVersion 4.0) in Accept, or _format=json.',
  )

function fromFormats(formats: readonly string[]): string {
  let asked: MediaType['parameters'] = new Map()
  for (const format of formats) {
    const [name = '', ...rest] = splitOutsideQuotes(format, ';')
    const parameters = parametersOf(rest)
    if (!jsonFormats.has(name.trim().toLowerCase()) || !isR4(parameters) || !isUtf8(parameters)) throw notAcceptable()
    if (parameters.has('fhirversion')) asked = parameters
  }
  return contentType(jsonTypes[0], asked)
}

interface Range extends MediaType {
  /** 0 to 1. */
  readonly weight: number
}

/** What an Accept header lists, as far as it could be served. */
export const rangesOf = (accept: string): Range[] =>
  splitOutsideQuotes(accept, ',').flatMap((text) => readRange(text) ?? [])

/** The most specific range that matches a type. */
export const rangeFor = (ranges: readonly Range[], type: string): Range | undefined =>
  ranges.filter((range) => matches(range, type)).reduce<Range | undefined>(moreSpecific, undefined)

/** A range this service could serve; one of another version of FHIR or charset matches nothing here. */
function readRange(text: string): Range | undefined {
  const media = mediaType(text)
  const weight = media && weightOf(media.parameters)
  if (media === undefined || weight === undefined) return undefined
  return isR4(media.parameters) && isUtf8(media.parameters) ? { ...media, weight } : undefined
}

const matches = (range: Range, type: string): boolean =>
  range.type === type || range.type === '*/*' || range.type === `${type.split('/', 1)[0]}/*`

const specificity = (range: Range): number => {
  const wildcards = range.type === '*/*' ? 0 : range.type.endsWith('/*') ? 1 : 2
  return wildcards * 2 + (range.parameters.has('fhirversion') ? 1 : 0)
}

/** Of two ranges that match the same type; of equals the heavier, so that naming a type twice is no refusal. */
function moreSpecific(found: Range | undefined, range: Range): Range {
  if (found === undefined) return range
  const difference = specificity(range) - specificity(found)
  return difference > 0 || (difference === 0 && range.weight > found.weight) ? range : found
}

/**
 * Checks the headers that say in which form a body is, before it is read.
 * @throws Problem content-type-unsupported, with what may be sent (RFC 9110 section 15.5.16)
 */
export function checkContentType(
  kind: BodyKind,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): void {
  const hasBody =
    headers['transfer-encoding'] !== undefined || !['0', undefined].includes(headers['content-length']?.toString())
  if (kind === 'none' || !hasBody) return
  const accepted = bodyTypes[kind]
  const refusal = (what: string) =>
    refuse(
      'content-type-unsupported',
      `${what}: send "${accepted[0]}" in UTF-8${kind === 'resource' || kind === 'binary' ? ' (fhirVersion 4.0)' : ''}.`,
      undefined,
      { accept: accepted.join(', ') },
    )
  const media = mediaType(headers['content-type']?.toString())
  if (media === undefined) throw refusal('The Content-Type of the body is missing or unreadable')
  if (kind === 'binary') return
  if (!accepted.includes(media.type)) {
    throw refusal(media.type.endsWith('xml') ? 'XML is not read here' : 'The Content-Type is not one that is read here')
  }
  if (!isUtf8(media.parameters) || !isR4(media.parameters)) {
    throw refusal('The body has another charset or another version of FHIR')
  }
}
