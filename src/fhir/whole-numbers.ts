/**
 * Whole numbers are written as such: `1.0` is 1 to JSON and no integer to FHIR
 * (https://hl7.org/fhir/R4/datatypes.html#integer), and the parsed value no longer tells.
 */
import type { Issue } from './problem.ts'

/** A number with nothing but noughts after the point. Quantities have these all the time, and `value` is always decimal. */
const SUSPECT = /"(?!value")\w+"\s*:\s*(?:\[\s*)?-?\d+\.0+\s*[,\]}]/
const NOUGHTS = /\.0+$/

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
 * Issues of elements that take whole numbers and were sent one with a fraction of noughts.
 * @param text the JSON of the resource
 * @param known what was found in the resource as JSON reads it
 * @param validate finds what is wrong with the structure of a resource
 */
export function fractionIssues(
  text: string,
  known: readonly Issue[],
  validate: (resource: unknown) => Issue[],
): Issue[] {
  if (!hasNoughts(text) || !SUSPECT.test(text)) return []
  // With a fraction that JSON keeps, the elements that take none say so themselves.
  const marked = parseWithSource(text, (_name, value, { source = '' }) =>
    typeof value === 'number' && NOUGHTS.test(source) ? value + 0.5 : value,
  )
  const told = new Set(known.filter(isOfForm).map(({ expression }) => expression))
  return validate(marked)
    .filter((issue) => isOfForm(issue) && !told.has(issue.expression))
    .map((issue) => ({ ...issue, diagnostics: issue.diagnostics.replace(/\.$/, ', written without a fraction.') }))
}

const isOfForm = ({ key }: Issue): boolean => key === 'primitive-invalid'
