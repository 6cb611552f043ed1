/**
 * Narrative.div (https://hl7.org/fhir/R4/narrative.html#xhtml, txt-1 and txt-2): a well-formed XHTML fragment of
 * formatting elements, with nothing in it that a browser would run or fetch without being asked.
 */
import { holdsNoText, isAttributeOf, isMisplaced, words } from './narrative-nesting.ts'

/** HTML 4.0 chapters 7 to 11 (without section 4 of chapter 9) and 15, `a` and images, without what is deprecated. */
const ELEMENTS = words(
  'div span p br hr h1 h2 h3 h4 h5 h6 a b i em strong small big tt dfn q var abbr acronym cite code samp kbd sub ' +
    'sup bdo address blockquote pre ul ol li dl dt dd table caption colgroup col thead tfoot tbody tr th td img map area',
)
/** Elements usually written without an end. */
const EMPTY = words('br hr img area col')
const XHTML = 'http://www.w3.org/1999/xhtml'

const TOKEN =
  /<!--[\s\S]*?-->|<\/([A-Za-z][\w:.-]*)\s*>|<([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+|</gy
const ATTRIBUTE = /(?<![\w:.-])([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
/** XML knows five entities by name; those of HTML (`&nbsp;`) need a document type, which a fragment does not have. */
const BAD_ENTITY = /&(?!#\d+;|#x[0-9A-Fa-f]+;|(?:amp|lt|gt|quot|apos);)/
const ENTITY = 'An & must be written as &amp;, and other entities by number: &#160; instead of &nbsp;.'
/** Links inside the narrative, to an element of it or of the resource, or to a contained resource. */
const LOCAL_LINK = /\s(?:href|src)\s*=\s*["']#([^"']+)["']/g

/** The ids that links of a narrative name. */
export const localLinks = (div: string): string[] =>
  div.includes('#') ? [...div.matchAll(LOCAL_LINK)].map(([, id = '']) => id) : []

/**
 * What is wrong with the narrative, in words; undefined if nothing.
 * @param resource the resource it stands in, for links to what has an id there
 * @param entries by fullUrl, those of the Bundle it stands in: a transaction rewrites links to them
 */
export function narrativeFault(
  div: string,
  resource?: unknown,
  entries?: { has(fullUrl: string): boolean } | null,
): string | undefined {
  return (
    fragmentFault(entries && div.includes('href') ? withoutEntryLinks(div, entries) : div) ?? linkFault(div, resource)
  )
}

/** The narrative as it would be with the namespace that its <div> does not say; undefined where it says one. */
export function withNamespace(div: string): string | undefined {
  const text = div.trimStart()
  if (!text.startsWith('<div')) return undefined
  return text.slice(0, text.indexOf('>')).includes('xmlns') ? undefined : `<div xmlns="${XHTML}"${text.slice(4)}`
}

const withoutEntryLinks = (div: string, entries: { has(fullUrl: string): boolean }): string =>
  div.replace(/(\shref\s*=\s*)(["'])(urn:[^"']*)\2/gi, (whole, before: string, quote: string, link: string) =>
    entries.has(link) ? `${before}${quote}#${quote}` : whole,
  )

function linkFault(div: string, resource: unknown): string | undefined {
  for (const id of localLinks(div)) {
    if (div.includes(`id="${id}"`) || div.includes(`name="${id}"`) || div.includes(`id='${id}'`)) continue
    if (!hasId(resource, id))
      return 'A link or image of the narrative starts with # and leads to nothing that has this id.'
  }
  return undefined
}

/** Whether the value, or anything below it, has the id. */
function hasId(value: unknown, id: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (value as { id?: unknown }).id === id || Object.values(value).some((inner) => hasId(inner, id))
}

function fragmentFault(div: string): string | undefined {
  if (isPlain(div)) return undefined
  const open: string[] = []
  let content = false
  let ended = false
  TOKEN.lastIndex = 0
  const text = div.trim()
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const [whole, closing, opening, attributes = '', selfClosing] = token
    if (whole.startsWith('<!--')) continue
    if (ended) return 'There must be nothing after the closing </div>.'
    if (closing !== undefined) {
      if (open.pop() !== closing) return 'The XHTML is not well formed: an end tag does not match its start tag.'
      ended = open.length === 0
    } else if (opening !== undefined) {
      const wrong = elementFault(opening, attributes, open.length === 0)
      if (wrong !== undefined) return wrong
      if (isMisplaced(opening, open)) return misplaced(opening, open)
      if (opening === 'img') content = true
      if (selfClosing !== '/') open.push(opening)
      else if (open.length === 0) ended = true
    } else if (whole === '<') return 'The XHTML is not well formed, or it holds a processing instruction or CDATA.'
    else {
      if (open.length === 0) return 'The narrative must be a single <div>.'
      if (BAD_ENTITY.test(whole)) return ENTITY
      if (!hasInk(whole)) continue
      if (holdsNoText(open.at(-1))) return misplaced('text', open)
      content = true
    }
  }
  if (!ended) return 'The narrative must be a single <div> that is closed.'
  return content ? undefined : 'The narrative must hold some text or an image (txt-2).'
}

const misplaced = (name: string, open: readonly string[]): string =>
  `In the XHTML ${name === 'text' ? name : `<${name}>`} may not stand in ${open.map((one) => `<${one}>`).join(' ')}.`

/** What is said of a <div> that does not say it is XHTML. */
export const NO_NAMESPACE = `The <div> must say xmlns="${XHTML}".`
const START = `<div xmlns="${XHTML}">`
const END = '</div>'

/**
 * The commonest narrative: text in elements without attributes, closed in order. What is not as plain as that is read
 * by the pattern, which answers the same and takes ten times as long.
 */
function isPlain(div: string): boolean {
  if (!div.startsWith(START) || !div.endsWith(END) || (div.includes('&') && BAD_ENTITY.test(div))) return false
  const end = div.length - END.length
  const open = ['div']
  let content = false
  let at = START.length
  while (at < end) {
    const tag = div.indexOf('<', at)
    const mayHoldText = !holdsNoText(open.at(-1))
    if (!(content && mayHoldText) && hasInk(div.slice(at, Math.min(tag, end)))) {
      if (!mayHoldText) return false
      content = true
    }
    if (tag === end) break
    const close = div.indexOf('>', tag)
    if (close > end) return false
    const isEnd = div.charCodeAt(tag + 1) === SLASH
    const isEmpty = div.charCodeAt(close - 1) === SLASH
    const name = div.slice(isEnd ? tag + 2 : tag + 1, isEmpty ? close - 1 : close)
    if (!ELEMENTS.has(name) || name === 'img' || isEmpty !== EMPTY.has(name)) return false
    if (isEnd) {
      if (isEmpty || open.length === 1 || open.pop() !== name) return false
    } else if (isMisplaced(name, open)) return false
    else if (!isEmpty) open.push(name)
    at = close + 1
  }
  return content && open.length === 1
}
const SLASH = 47

function elementFault(name: string, attributes: string, isRoot: boolean): string | undefined {
  if (isRoot && name !== 'div') return 'The narrative must be a <div>.'
  if (!ELEMENTS.has(name)) return 'The narrative holds an element that is not allowed, such as script, form or object.'
  if (attributes === '') return isRoot ? NO_NAMESPACE : undefined
  let namespace: string | undefined
  for (const [, attribute = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    const value = double ?? single ?? ''
    // Tools declare the namespaces of the document they work on, of which nothing is used here.
    if (attribute.startsWith('xmlns:')) continue
    if (!isAttributeOf(attribute, name))
      return 'The narrative holds an attribute that is not allowed there, such as onclick anywhere, or href outside of <a>.'
    if (attribute === 'xmlns') namespace = value.trim()
    if (BAD_ENTITY.test(value)) return ENTITY
    const wrong = attribute === 'href' || attribute === 'src' ? targetFault(value, attribute) : undefined
    if (wrong !== undefined) return wrong
    if (
      attribute === 'style' &&
      /expression\s*\(|@import|(?:java|vb)script:|(?:behavior|-moz-binding)\s*:/i.test(value)
    ) {
      return 'A style of the narrative would run something.'
    }
  }
  if (isRoot && namespace !== XHTML) return NO_NAMESPACE
  return namespace !== undefined && namespace !== XHTML
    ? 'The narrative holds an element of another namespace.'
    : undefined
}

/** Letters and digits of any language, and what divides a URL (RFC 3986 section 2, with the `|` of versions). */
const URL_TEXT = /^[\p{Alphabetic}\p{Nd};?:@&=+$.,/%\-_~#[\]!'()*|]*$/u
const IMAGE = /^data:image\/(?:png|gif|jpe?g|webp|bmp)[^,]*,[^,]+$/i
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Entities and control characters could hide the scheme, so they are taken out before it is read. */
function targetFault(value: string, attribute: 'href' | 'src'): string | undefined {
  if (value.trim() === '') return 'A link or image of the narrative is empty.'
  if (value === '#' && attribute === 'src') return 'An image of the narrative leads nowhere.'
  const plain = value
    .replace(/&#x([0-9a-f]+);?/gi, (_, hex: string) => character(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);?/g, (_, decimal: string) => character(Number(decimal)))
    .replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => NAMED[name] ?? '')
  let scheme = ''
  for (const c of plain) if (c.charCodeAt(0) > 32) scheme += c
  const isData = /^data:/i.test(scheme)
  if (/^(javascript|vbscript|blob):/i.test(scheme) || (isData && !(attribute === 'src' && IMAGE.test(scheme)))) {
    return 'A link or image of the narrative would run code, or is no image.'
  }
  if (attribute === 'href' && /^(urn|cid):/i.test(scheme)) return 'No browser can follow a link to a urn or cid.'
  // HL7's own pages write `data: image/png;base64,…`.
  const text = isData ? plain.slice(plain.indexOf(',')) : plain
  return (isData ? /\s/.test(text) : !URL_TEXT.test(text)) ? SPACED : undefined
}
const SPACED = 'A link or image of the narrative has a character that no URL has: write a space as %20, others alike.'

/** Whether there is anything to be seen: XML's white space and control characters, also as entities, are nothing. */
function hasInk(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c <= 32) continue
    if (c !== AMPERSAND) return true
    const [entity, hex, decimal] = /^&#(?:x([0-9A-Fa-f]+)|(\d+));/.exec(text.slice(i, i + ENTITY_MAX)) ?? ['']
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    if (entity === '' || code > 32) return true
    i += entity.length - 1
  }
  return false
}
const AMPERSAND = 38
const ENTITY_MAX = 12

const character = (code: number): string => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '')
