/**
 * JSON as a tree that still knows how its numbers were written: `1.00` is the string `"\u00001.00"` in it, which no
 * string of a FHIR resource can be (https://hl7.org/fhir/R4/json.html#decimal, https://hl7.org/fhir/R4/datatypes.html#string).
 */
import { isDeepStrictEqual } from 'node:util'
import { type ResourceText } from './json.ts'

const NUMBER = /^\u0000(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

/** ECMAScript 2026, in Node 24; TypeScript's library does not know either yet. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }

/** Where a number may stand: many resources have none, and are parsed in a third of the time. */
const NUMBER_IN_TEXT = /(?:^|[:[,])\s*-?\d[\d.eE+-]*\s*(?:[,\]}]|$)/

export const parseExact = (text: string): unknown =>
  NUMBER_IN_TEXT.test(text)
    ? parseWithSource(text, (_name, value, { source }) => (typeof value === 'number' ? `\u0000${source}` : value))
    : JSON.parse(text)

export const stringifyExact = (tree: unknown): string =>
  JSON.stringify(tree, (_name, value: unknown) => {
    const number = typeof value === 'string' ? NUMBER.exec(value)?.[1] : undefined
    return number === undefined ? value : rawJSON(number)
  })

/**
 * Whether two JSON texts say the same: members in any order, white space and escapes as they come, but numbers to the
 * last digit.
 */
export const isSameText = (a: string, b: string): boolean => isDeepStrictEqual(parseExact(a), parseExact(b))

/** The same text with some top-level members as `changed` returns their tree; the others byte for byte. */
export function withChanged(
  text: ResourceText,
  names: ReadonlySet<string>,
  changed: (member: Record<string, unknown> & { resourceType: string }) => Readonly<Record<string, unknown>>,
): ResourceText {
  const members = text.members.map(([name, value]) => {
    if (!names.has(name)) return [name, value] as const
    const tree = changed({ resourceType: text.type, [name]: parseExact(value) })
    return [name, stringifyExact(tree[name])] as const
  })
  return { ...text, members }
}
