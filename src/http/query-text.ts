/** Queries and forms as pairs, in the order sent; and what in them is about the form of the answer. */
import { refuse } from '../fhir/problem.ts'

export type Pairs = (readonly [name: string, value: string])[]

/**
 * Decodes a query or form into its pairs in the order sent.
 * @param text without the leading "?"
 * @throws Problem parameter-invalid when an escape is broken or not UTF-8
 */
export function readPairs(text: string): Pairs {
  if (text === '') return []
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

/** A query, and apart from it what concerns the form of the answer and not its content. */
export interface TakenQuery {
  readonly query: Pairs
  /** Values of `_format`. */
  readonly formats: readonly string[]
  /** `_pretty`: indent for human eyes. */
  readonly pretty: boolean
}

const NOTHING: TakenQuery = { query: [], formats: [], pretty: false }

/** Takes out `_format` and `_pretty`. @throws Problem parameter-invalid */
export function takeFormat(pairs: Pairs): TakenQuery {
  if (!pairs.some(([name]) => name === '_format' || name === '_pretty')) return { ...NOTHING, query: pairs }
  const valuesOf = (wanted: string) => pairs.filter(([name]) => name === wanted).map(([, value]) => value)
  const pretty = valuesOf('_pretty')
  if (pretty.some((value) => value !== 'true' && value !== 'false')) {
    throw refuse('parameter-invalid', '_pretty takes true or false.')
  }
  return {
    query: pairs.filter(([name]) => name !== '_format' && name !== '_pretty'),
    // A form that was not filled in asks for nothing.
    formats: valuesOf('_format').filter((value) => value !== ''),
    pretty: pretty.includes('true'),
  }
}

/** Whether a URL (path and query) lies in the FHIR world, where every error is an OperationOutcome. */
export const isFhirUrl = (url: string): boolean => /^\/fhir(?:[/?]|$)/.test(url)

/** What stands before the "?" of a URL, as sent. */
export function pathOf(url: string): string {
  const mark = url.indexOf('?')
  return mark < 0 ? url : url.slice(0, mark)
}

/** What follows the "?", as sent. */
export const queryOf = (url: string): string => url.slice(pathOf(url).length + 1)
