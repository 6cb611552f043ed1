/**
 * Where a text stops being JSON (RFC 8259), and what is probably meant there. V8 often tells no place, and quotes the
 * text around the fault, which may be a patient's name: of the text itself nothing is told here.
 */

const SPACE = /[ \t\n\r]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y
/** A number or a word; a number that goes on in a way that JSON does not know is none. */
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d.])|(?:true|false|null)(?!\w)/y

/** What may stand at a place; `more` is a comma or the end of what is open. */
type Expected = 'value' | 'first item' | 'name' | 'first name' | 'colon' | 'more' | 'end' | 'text'

interface Stop {
  /** Offset of the first character that cannot stand there; the length of the text where it is cut off. */
  readonly at: number
  readonly expected: Expected
}

/** A line and a column as V8 writes them, both from 1, the column in UTF-16 code units. */
export function placeWords(text: string, offset: number): string {
  const before = text.slice(0, offset)
  return `line ${before.split('\n').length} column ${offset - before.lastIndexOf('\n')}`
}

/**
 * What is wrong with a text that `JSON.parse` has refused, as the rest of the sentence "The body is not JSON: …".
 * @param text of any length; it is read once
 */
export function faultWords(text: string): string {
  const start = text.trimStart()
  if (start === '') return 'it is empty. Send the resource as FHIR JSON.'
  if (start.startsWith('<')) return 'it looks like XML or HTML. Send the resource as FHIR JSON.'
  if (start.startsWith('\u0000') || start.charAt(1) === '\u0000') {
    return 'it looks like UTF-16. Encode it as UTF-8 and send it again.'
  }
  const stop = stopOf(text)
  if (stop.at >= text.length) return 'it ends before it is complete. Was it cut off on its way?'
  return `parsing stopped (${placeWords(text, stop.at)}). ${meant(text, stop)}`
}

function stopOf(text: string): Stop {
  /** The brackets that close what is open. */
  const open: string[] = []
  let expected: Expected = 'value'
  for (let at = behind(SPACE, text, 0); at < text.length; at = behind(SPACE, text, at)) {
    const next = afterSign(text.charAt(at), expected, open)
    if (next !== undefined) {
      expected = next
      at++
      continue
    }
    const isName: boolean = expected === 'name' || expected === 'first name'
    if (!isName && !isValue(expected)) return { at, expected }
    if (text.charAt(at) === '"') {
      at = textStop(text, at)
      if (text.charAt(at) !== '"') return { at, expected: 'text' }
      at++
    } else {
      const end = isName ? at : behind(SCALAR, text, at)
      if (end === at) return { at, expected }
      at = end
    }
    expected = isName ? 'colon' : afterValue(open)
  }
  return { at: text.length, expected }
}

const isValue = (expected: Expected): boolean => expected === 'value' || expected === 'first item'

const afterValue = (open: readonly string[]): Expected => (open.length === 0 ? 'end' : 'more')

/** What follows a bracket, comma or colon that may stand there; undefined for anything else. */
function afterSign(sign: string, expected: Expected, open: string[]): Expected | undefined {
  if (isValue(expected) && (sign === '{' || sign === '[')) {
    open.push(sign === '{' ? '}' : ']')
    return sign === '{' ? 'first name' : 'first item'
  }
  if (sign === open.at(-1) && (expected === 'more' || expected === 'first name' || expected === 'first item')) {
    open.pop()
    return afterValue(open)
  }
  if (expected === 'more' && sign === ',') return open.at(-1) === '}' ? 'name' : 'value'
  return expected === 'colon' && sign === ':' ? 'value' : undefined
}

/** Offset of the quote that ends a text, or of what cannot stand in one where that comes first. */
function textStop(text: string, start: number): number {
  for (let at = start + 1; ;) {
    const code = text.charCodeAt(at)
    if (code === 34 || code < 32 || Number.isNaN(code)) return at
    const next = code === 92 ? behind(ESCAPE, text, at) : at + 1
    if (next === at) return at
    at = next
  }
}

/** Offset behind what a pattern finds at an offset; the offset itself where it finds nothing. */
function behind(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

/** What a sender has probably done, by the character at which parsing stopped. */
function meant(text: string, { at, expected }: Stop): string {
  const sign = text.charAt(at)
  if (expected === 'end') return 'The value was complete before: a body is one resource, and several go into a Bundle.'
  if (expected === 'text') {
    return sign === '\\'
      ? 'A backslash in a text is written \\\\.'
      : 'A line break in a text is written \\n, a tab \\t; or a quote is missing before.'
  }
  const isName = expected === 'name' || expected === 'first name'
  if (sign === "'" || (isName && /[\w\u201C\u201D]/.test(sign))) return 'Names and texts stand in double quotes.'
  if (sign === '/' || sign === '#') return 'JSON has no comments.'
  if ((sign === '}' || sign === ']') && (expected === 'name' || expected === 'value')) {
    return text.slice(0, at).trimEnd().endsWith(',') ? 'Leave out the comma before it.' : 'A value is missing there.'
  }
  if (isValue(expected) && /[-+.\d]/.test(sign)) {
    return 'A number is written as 4, 0.5 or -1: no plus, no zero in front, no point without digits on both sides.'
  }
  if (isValue(expected) && /\w/.test(sign)) return 'A word without quotes is true, false or null.'
  return 'Look there for a comma, quote or bracket too many or too few.'
}
