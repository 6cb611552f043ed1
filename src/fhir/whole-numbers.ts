/**
 * Whole numbers are written in digits alone: `1.0` and `1e3` are whole to JSON and no integers to FHIR
 * (https://hl7.org/fhir/R4/datatypes.html#integer), and the parsed value no longer tells.
 */
import type { Issue } from './problem.ts'

/**
 * A number with an exponent, or with nothing but noughts after the point. Quantities have these all the time, and
 * `value` is always decimal.
 */
const SUSPECT = /"(?!value")\w+"\s*:\s*(?:\[(?:[^\]"{[]*,)?\s*)?-?\d+(?:\.0+|(?:\.\d+)?[eE][+-]?\d+)\s*[,\]}]/
const NOT_DIGITS = /\.0+$|[eE]/

/** A number with an exponent, by its end: nothing that stands in a text ends like this but before more of the text. */
const EXPONENT = /\d[eE][+-]?\d+\s*[,\]}]/

/** Whether some number may end in a point and noughts: what stands in addresses and texts (`urn:oid:2.0`) goes on otherwise. */
function hasNoughts(text: string): boolean {
  for (let at = text.indexOf('.0'); at !== -1; at = text.indexOf('.0', at + 2)) {
    let end = at + 2
    while (text.charCodeAt(end) === 48) end++
    const next = text.charCodeAt(end)
    if (next === 44 || next === 93 || next === 125 || next <= 32) return true
  }
  return false
}

/** ECMAScript 2026, in Node 24; TypeScript's library does not know it yet. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown

/**
 * Issues of elements that take whole numbers and were sent one with a fraction of noughts or an exponent.
 * @param text the JSON of the resource
 * @param known what was found in the resource as JSON reads it
 * @param validate finds what is wrong with the structure of a resource
 */
export function fractionIssues(
  text: string,
  known: readonly Issue[],
  validate: (resource: unknown) => Issue[],
): Issue[] {
  if (!(hasNoughts(text) || EXPONENT.test(text)) || !SUSPECT.test(text)) return []
  // With a fraction that JSON keeps, the elements that take none say so themselves.
  const marked = parseWithSource(text, (_name, value, { source = '' }) =>
    typeof value === 'number' && NOT_DIGITS.test(source) ? withFraction(value) : value,
  )
  const told = new Set(known.filter(isOfForm).map(({ expression }) => expression))
  return validate(marked)
    .filter((issue) => isOfForm(issue) && !told.has(issue.expression))
    .map((issue) => ({ ...issue, diagnostics: issue.diagnostics.replace(/\.$/, ', written in digits alone.') }))
}

/** What is large has no room for a fraction, and is no number of 32 bits anyway. */
const withFraction = (value: number): number => (Number.isInteger(value) ? value + 0.5 : value)

const isOfForm = ({ key }: Issue): boolean => key === 'primitive-invalid'
