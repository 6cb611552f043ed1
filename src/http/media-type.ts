/** Media types with parameters and the lists that headers make of them (RFC 9110 sections 5.6 and 8.3.1). */

export interface MediaType {
  /** Lower case, e.g. `application/fhir+json`. */
  readonly type: string
  /** Names in lower case, values without quotes. */
  readonly parameters: ReadonlyMap<string, string>
}

const TYPE = /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/

/** Reads one media type or media range with its parameters; undefined when it is not one. */
export function mediaType(text: string | undefined): MediaType | undefined {
  const [type, ...rest] = splitOutsideQuotes(text ?? '', ';')
  const name = type?.trim().toLowerCase() ?? ''
  return TYPE.test(name) ? { type: name, parameters: parametersOf(rest) } : undefined
}

/** `name=value` parts; what has no value says nothing here. */
export function parametersOf(parts: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const part of parts) {
    const equals = part.indexOf('=')
    if (equals < 0) continue
    const value = part.slice(equals + 1).trim()
    parameters.set(part.slice(0, equals).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1'))
  }
  return parameters
}

/** The parts of a header's list; a separator inside a quoted string is none. */
export function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  if (!text.includes('"')) return text.split(separator)
  const parts = ['']
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (character === '"') quoted = !quoted
    if (character === separator && !quoted) parts.push('')
    else parts[parts.length - 1] += character === '\\' && quoted ? character + (text[++i] ?? '') : character
  }
  return parts
}

/** A weight (RFC 9110 section 12.4.2): 0 to 1, three decimals; undefined when it cannot be read. */
export function weightOf(parameters: ReadonlyMap<string, string>): number | undefined {
  const q = parameters.get('q') ?? '1'
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : undefined
}
