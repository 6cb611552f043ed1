/** Separators and escapes in the values of searches (https://hl7.org/fhir/R4/search.html#escaping). */

/** Splits at separators that have no backslash before them. */
export function split(value: string, separator: ',' | '|' | '$'): string[] {
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < value.length; at++) {
    if (value[at] === '\\') at++
    else if (value[at] === separator) {
      parts.push(value.slice(start, at))
      start = at + 1
    }
  }
  parts.push(value.slice(start))
  return parts
}

/** A text as a value of a search, with what would part it escaped. */
export const escaped = (text: string): string => text.replace(/[\\,$|]/g, '\\$&')

export const unescaped = (part: string): string => part.replace(/\\([,|$\\])/g, '$1')
