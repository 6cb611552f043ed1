/**
 * The text of a resource. What was sent is what is kept: a stored resource gives back the sender's JSON to the last
 * decimal digit (https://hl7.org/fhir/R4/json.html#decimal), so a body is never stringified again. Its top-level
 * members are cut out as text, and only `id` and `meta` are the server's.
 */
import { faultWords, placeWords } from './json-fault.ts'
import { type Problem, refuse } from './problem.ts'
import type { Resource } from './resource.ts'

/** A resource's text, cut at its top-level members; `resourceType`, `id` and `meta` stand apart. */
export interface ResourceText {
  readonly type: string
  /** Members of `meta` but `versionId` and `lastUpdated`, as `"name":value` texts. */
  readonly meta: readonly string[]
  /** Every other member in the order sent: name, and its value as text. */
  readonly members: readonly (readonly [name: string, value: string])[]
}

/**
 * Parses a body and refuses what JSON.parse lets pass: nesting beyond `depthLimit`, and an object that names a
 * property twice (two readers could then see two different doses), and characters that are none: not every database
 * keeps U+0000, and halves of surrogate pairs are all one once they are written as bytes, in a signature's digest too
 * (RFC 8785 section 3.2.2.2).
 * @throws Problem json-malformed, json-too-deep, json-duplicate-key, json-character-invalid
 */
export function parseJson(text: string, depthLimit: number): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse('json-malformed', `The body is not JSON: ${faultWords(text)}`)
  }
  hasHundreds = false
  const length = lengthOf(value, depthLimit)
  const hasEscapes = text.includes('\\')
  // A text as long as what was read from it names nothing twice; most are, and need not be looked at again.
  if (length + (hasEscapes ? escapesIn(text) : 0) === text.length) {
    if (length < LONG && !hasHundreds) shortest = text
  } else if (Number.isNaN(length) || !isCounted(text, value)) {
    inspect(text, depthLimit)
  }
  // What arrives as UTF-8 has neither but by an escape.
  if (hasEscapes && text.includes('\\u') && !isText(value)) {
    throw refuse(
      'json-character-invalid',
      'A text of the body has \\u0000, or one half of a surrogate pair without the other: send whole characters.',
    )
  }
  return value
}

/**
 * What was parsed last of what is as short as can be and has no number that `1e2` is as short for; it is judged next, and
 * a set of all would cost each of them more.
 */
let shortest: string | undefined
/** Characters of a text that is not kept until the next one comes. */
const LONG = 100_000

/**
 * Whether a text is known to have no white space and numbers as short as can be, written in digits: `1`, never `1.0` or
 * `1e2`. Only of the one that was parsed last.
 */
export const isOfShortest = (text: string): boolean => text === shortest

/** Whether all names and texts of a value are made of whole characters. */
function isText(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000')
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isText)
  return Object.entries(value).every(([name, member]) => isText(name) && isText(member))
}

/**
 * How long the value is as JSON without white space and escapes, its numbers as short as can be; NaN where it is
 * nested beyond `depth`. Whatever a text has besides what was read from it, such as a property that came twice, makes
 * the text longer.
 */
function lengthOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value === 'number') return numberLength(value)
  if (typeof value !== 'object') return value === true ? 4 : 5
  if (value === null) return 4
  if (depth === 0) return Number.NaN
  let length = 1
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) length += 1 + lengthOf(value[i], depth - 1)
  } else {
    const members = value as Record<string, unknown>
    for (const name in members) {
      const member = members[name]
      length += name.length + 4 + (typeof member === 'string' ? member.length + 2 : lengthOf(member, depth - 1))
    }
  }
  return length === 1 ? 2 : length
}

/** Whether a number was met that can be written with an exponent at the same length, as 100 by `1e2`. */
let hasHundreds = false

/**
 * How long a number is at least; Infinity where an exponent may make it shorter than its digits (`1e3`, `1e-3`), so
 * that no length is right.
 */
function numberLength(value: number): number {
  if (value % 100 === 0 && value !== 0) hasHundreds = true
  if (value >= 0 && value < 1000 && Number.isInteger(value)) return value < 10 ? 1 : value < 100 ? 2 : 3
  const shown = String(value)
  return /^-?\d{1,12}(\.\d{1,12})?$/.test(shown) && !/000|^-?0\.00/.test(shown)
    ? shown.length
    : Number.POSITIVE_INFINITY
}

/** By how much escapes make the text longer: `\n` is one character, and so is `\u00e9`. */
function escapesIn(text: string): number {
  let extra = 0
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at + 2)) {
    extra += text.charCodeAt(at + 1) === 117 ? 5 : 1
  }
  return extra
}

/** Whether the text has as many strings and names as the value: then none was lost. White space does not matter. */
function isCounted(text: string, value: unknown): boolean {
  let quotes = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) quotes++
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at + 2)) {
    if (text.charCodeAt(at + 1) === QUOTE) quotes--
  }
  return quotes === 2 * stringsIn(value)
}

function stringsIn(value: unknown): number {
  if (typeof value === 'string') return 1
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) count += stringsIn(value[i])
  else for (const name in value) count += 1 + stringsIn((value as Record<string, unknown>)[name])
  return count
}

const QUOTE = 34
const BACKSLASH = 92

/** Walks text that is known to be JSON once, looking only at depth and property names. */
function inspect(text: string, depthLimit: number): void {
  const names: (Set<string> | undefined)[] = []
  // Names and indexes that lead to where the text is, from the first depth on.
  const path: (string | number)[] = []
  let depth = 0
  let expectName = false
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE: {
        const end = stringEnd(text, i)
        if (expectName) {
          const raw = text.slice(i + 1, end - 1)
          const name = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
          const seen = names[depth]
          path[depth] = name
          if (seen?.has(name)) throw twice(text, i, path.slice(1, depth + 1))
          seen?.add(name)
          expectName = false
        }
        i = end - 1
        break
      }
      case 123: // {
      case 91: // [
        if (++depth > depthLimit) {
          throw refuse('json-too-deep', `Objects and arrays may be nested ${depthLimit} deep; this body goes deeper.`)
        }
        expectName = text.charCodeAt(i) === 123
        names[depth] = expectName ? new Set() : undefined
        path[depth] = 0
        break
      case 125: // }
      case 93: // ]
        depth--
        expectName = false
        break
      case 44: // ,
        expectName = names[depth] !== undefined
        if (!expectName) path[depth] = Number(path[depth]) + 1
        break
    }
  }
}

/** What is said of a property that comes a second time: its name, where, and the expression of the element. */
function twice(text: string, offset: number, path: readonly (string | number)[]): Problem {
  const name = String(path.at(-1)).slice(0, 64)
  const type = (JSON.parse(text) as Partial<Resource> | null)?.resourceType
  // Names that are none of FHIR's make no expression.
  const told = path.every((one) => typeof one === 'number' || /^\w{1,64}$/.test(one)) && /^\w{1,64}$/.test(String(type))
  const steps = path.map((one) => (typeof one === 'number' ? `[${one}]` : `.${one}`)).join('')
  return refuse(
    'json-duplicate-key',
    `An object has the property "${name}" twice (the second in ${placeWords(text, offset)}): send it once.`,
    told && typeof type === 'string' ? `${type}${steps}` : undefined,
  )
}

/** Offset just behind the string that starts at `start`. */
function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0) {
    let back = end - 1
    while (text.charCodeAt(back) === BACKSLASH) back--
    if ((end - back) % 2 === 1) return end + 1
    end = text.indexOf('"', end + 1)
  }
  return text.length
}

/** The string from `start` to its end; few have an escape. */
function stringAt(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1)
  return inner.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : inner
}

/** A member's name as JSON. Those of FHIR have nothing to escape. */
const quoted = (name: string): string => (/^\w+$/.test(name) ? `"${name}"` : JSON.stringify(name))

/** Offset of the first character that is not white space. */
function skipSpace(text: string, at: number): number {
  for (;;) {
    const c = text.charCodeAt(at)
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return at
    at++
  }
}

/** Offset just behind the value that starts at `start`. */
function valueEnd(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (first === QUOTE) return stringEnd(text, start)
  if (first !== 123 && first !== 91) {
    let end = start
    for (;;) {
      const c = text.charCodeAt(end)
      if (Number.isNaN(c) || c === 44 || c === 125 || c === 93 || c <= 32) return end
      end++
    }
  }
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) i = stringEnd(text, i) - 1
    else if (c === 123 || c === 91) depth++
    else if ((c === 125 || c === 93) && --depth === 0) return i + 1
  }
  return text.length
}

/** The members of the JSON object whose text starts at `start`: names, and values as text. */
export function objectMembers(text: string, start = 0): [name: string, value: string][] {
  const members: [string, string][] = []
  let at = skipSpace(text, skipSpace(text, start) + 1)
  while (text.charCodeAt(at) === QUOTE) {
    const nameEnd = stringEnd(text, at)
    const name = stringAt(text, at, nameEnd)
    const valueStart = skipSpace(text, skipSpace(text, nameEnd) + 1)
    const end = valueEnd(text, valueStart)
    members.push([name, text.slice(valueStart, end)])
    at = skipSpace(text, end)
    if (text.charCodeAt(at) === 44) at = skipSpace(text, at + 1)
  }
  return members
}

/**
 * Offset of the value at a path of member names and indexes; undefined when there is none.
 * @param text JSON
 */
export function valueOffset(text: string, path: readonly (string | number)[]): number | undefined {
  let at = skipSpace(text, 0)
  for (const segment of path) {
    const found = typeof segment === 'string' ? memberOffset(text, at, segment) : itemOffset(text, at, segment)
    if (found === undefined) return undefined
    at = found
  }
  return at
}

function memberOffset(text: string, start: number, wanted: string): number | undefined {
  if (text.charCodeAt(start) !== 123) return undefined
  let at = skipSpace(text, start + 1)
  while (text.charCodeAt(at) === QUOTE) {
    const nameEnd = stringEnd(text, at)
    const value = skipSpace(text, skipSpace(text, nameEnd) + 1)
    if (stringAt(text, at, nameEnd) === wanted) return value
    at = skipSpace(text, valueEnd(text, value))
    if (text.charCodeAt(at) === 44) at = skipSpace(text, at + 1)
  }
  return undefined
}

function itemOffset(text: string, start: number, wanted: number): number | undefined {
  if (text.charCodeAt(start) !== 91) return undefined
  let at = skipSpace(text, start + 1)
  for (let index = 0; at < text.length && text.charCodeAt(at) !== 93; index++) {
    if (index === wanted) return at
    at = skipSpace(text, valueEnd(text, at))
    if (text.charCodeAt(at) === 44) at = skipSpace(text, at + 1)
  }
  return undefined
}

/** The values of the JSON array `text`, as texts. */
export function arrayItems(text: string): string[] {
  const items: string[] = []
  let at = skipSpace(text, skipSpace(text, 0) + 1)
  while (at < text.length && text.charCodeAt(at) !== 93) {
    const end = valueEnd(text, at)
    items.push(text.slice(at, end))
    at = skipSpace(text, end)
    if (text.charCodeAt(at) === 44) at = skipSpace(text, at + 1)
  }
  return items
}

/** Cuts a resource's text at its top-level members. The text must be a JSON object. */
export function cutResource(type: string, text: string): ResourceText {
  const members: [string, string][] = []
  let meta: string[] = []
  for (const [name, value] of objectMembers(text)) {
    if (name === 'meta' && value.startsWith('{')) {
      meta = objectMembers(value)
        .filter(([inner]) => inner !== 'versionId' && inner !== 'lastUpdated')
        .map(([inner, text]) => `${JSON.stringify(inner)}:${text}`)
    } else if (name !== 'resourceType' && name !== 'id' && name !== 'meta') members.push([name, value])
  }
  return { type, meta, members }
}

/** The text of a resource that the service itself makes. */
export const textOf = (resource: Resource): ResourceText => cutResource(resource.resourceType, JSON.stringify(resource))

/** The same text with top-level members replaced, added, or (value undefined) removed. */
export function withMembers(text: ResourceText, changes: Readonly<Record<string, unknown>>): ResourceText {
  const members = text.members
    .filter(([name]) => !(name in changes) || changes[name] !== undefined)
    .map(([name, value]) =>
      name in changes ? ([name, JSON.stringify(changes[name])] as const) : ([name, value] as const),
    )
  const known = new Set(text.members.map(([name]) => name))
  for (const [name, value] of Object.entries(changes)) {
    if (!known.has(name) && value !== undefined) members.push([name, JSON.stringify(value)] as const)
  }
  return { ...text, members }
}

/** The same text, the named members written as they are in the stored text `kept`. */
export function withTextOf(text: ResourceText, kept: string, names: readonly string[]): ResourceText {
  if (names.length === 0) return text
  const stored = new Map(objectMembers(kept))
  const members = text.members.map(([name, value]) =>
    names.includes(name) ? ([name, stored.get(name) ?? value] as const) : ([name, value] as const),
  )
  return { ...text, members }
}

/** The instant of a tick (ms since the epoch) as FHIR writes it. */
export const instant = (tick: number): string => new Date(tick).toISOString()

/** The text that is stored and sent: what came in, with the server's id, version and time. */
export function stamp(text: ResourceText, id: string, version: number, tick: number): string {
  const meta = [`"versionId":"${version}"`, `"lastUpdated":"${instant(tick)}"`, ...text.meta].join(',')
  const members = text.members.map(([name, value]) => `,${quoted(name)}:${value}`).join('')
  return `{"resourceType":"${text.type}","id":"${id}","meta":{${meta}}${members}}`
}
