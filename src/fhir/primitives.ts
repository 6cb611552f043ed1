/**
 * The form of every R4 primitive (https://hl7.org/fhir/R4/datatypes.html#primitive). Character loops instead of
 * regular expressions, since these run on every value of every resource; and calendar and clock are real ones, since
 * a prescription dated 30 February passes the published expressions.
 *
 * Every check takes a value of the right JSON type and answers whether its form is right.
 */

const INT_MAX = 2147483647
const INT_MIN = -2147483648
/** Strings SHALL NOT exceed 1 MB in size. Counted in UTF-16 units, as the limit is not meant to be hit. */
const STRING_MAX = 1048576
const ID_MAX = 64

const isDigit = (c: number): boolean => c >= 48 && c <= 57
/** XML white space and what `\s` adds to it in ASCII. */
const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13)

export const isBoolean = (value: boolean): boolean => typeof value === 'boolean'
export const isDecimal = (value: number): boolean => Number.isFinite(value)
export const isInteger = (value: number): boolean => Number.isInteger(value) && value >= INT_MIN && value <= INT_MAX
export const isUnsignedInt = (value: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= INT_MAX && !Object.is(value, -0)
export const isPositiveInt = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= INT_MAX

/** Not empty, no control characters other than tab, line feed and carriage return. */
export function isString(value: string): boolean {
  const length = value.length
  if (length === 0 || length > STRING_MAX) return false
  for (let i = 0; i < length; i++) {
    const c = value.charCodeAt(i)
    if (c < 32 && c !== 9 && c !== 10 && c !== 13) return false
  }
  return true
}

/** Separators of lines, paragraphs and words beyond Latin-1, which Unicode calls white space. */
const WIDE_SPACE = /[\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/
const isWideSpace = (c: number): boolean => WIDE_SPACE.test(String.fromCharCode(c))

/** Whether a string begins or ends with white space. */
export const isPadded = (value: string): boolean =>
  isSpace(value.charCodeAt(0)) || isSpace(value.charCodeAt(value.length - 1))

/** No white space at the ends, and none but single spaces inside. */
export function isCode(value: string): boolean {
  const length = value.length
  if (length === 0) return false
  let spaceBefore = true
  for (let i = 0; i < length; i++) {
    const c = value.charCodeAt(i)
    const space = c === 32
    if ((space && spaceBefore) || c < 32 || c === 0xa0 || (c >= 0x1680 && isWideSpace(c))) return false
    spaceBefore = space
  }
  return !spaceBefore
}

/** 1 to 64 of `A-Z a-z 0-9 - .` */
export function isId(value: string): boolean {
  const length = value.length
  if (length === 0 || length > ID_MAX) return false
  for (let i = 0; i < length; i++) {
    const c = value.charCodeAt(i)
    if (!((c >= 97 && c <= 122) || isDigit(c) || (c >= 65 && c <= 90) || c === 45 || c === 46)) return false
  }
  return true
}

/** The id of an element inside a resource: any string without spaces. */
export function isElementId(value: string): boolean {
  return value.length <= STRING_MAX && isNonSpace(value)
}

function isNonSpace(value: string): boolean {
  const length = value.length
  if (length === 0) return false
  for (let i = 0; i < length; i++) {
    const c = value.charCodeAt(i)
    if (c <= 32 || c === 0x7f) return false
  }
  return true
}

/** No white space; `urn:uuid:` and `urn:oid:` must be followed by one, and `uuid:` and `oid:` are no schemes. */
export function isUri(value: string): boolean {
  if (!isNonSpace(value)) return false
  const first = value.charCodeAt(0)
  if (first === 117) {
    if (value.startsWith('urn:uuid:')) return isUuidUri(value, 9)
    if (value.startsWith('urn:oid:')) return isOid(value)
    return !value.startsWith('uuid:')
  }
  return first !== 111 || !value.startsWith('oid:')
}

/** A URI with a scheme, or `#` and the id of a contained resource. */
export const isCanonical = (value: string): boolean =>
  isUri(value) && (value.charCodeAt(0) === 35 || isAbsoluteUri(value))

/** Whether a URI has a scheme, in lower case as it is compared, and more than that. */
export const isAbsoluteUri = (uri: string): boolean =>
  uri.startsWith('http://') || uri.startsWith('https://') || /^[a-z][a-z0-9+.-]*:./.test(uri)

/** Whether a URI may name a system of codes or numbers: those of no other schemes are kept by anybody. */
export const isSystemUri = (uri: string): boolean => /^(?:https?|urn):/.test(uri)

/** A UUID from `start` to the end, or to a fragment: `#` and a place in what it identifies. */
const isUuidUri = (value: string, start: number): boolean =>
  isUuidAt(value, start) || (value.charCodeAt(start + 36) === 35 && isUuidAt(value.slice(0, start + 36), start))

/** `8-4-4-4-12` hexadecimal digits in lower case from `start` to the end: two spellings would be two resources. */
function isUuidAt(value: string, start: number): boolean {
  if (value.length !== start + 36) return false
  for (let i = 0; i < 36; i++) {
    if (UUID[i] !== KIND[value.charCodeAt(start + i)]) return false
  }
  return true
}

/** What a character is in a UUID: 1 hexadecimal digit in lower case, 2 hyphen; and what stands at each place of one. */
const KIND = new Uint8Array(128)
for (const c of '0123456789abcdef') KIND[c.charCodeAt(0)] = 1
KIND['-'.charCodeAt(0)] = 2
const UUID = Uint8Array.from('xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx', (c) => (c === '-' ? 2 : 1))

/** `urn:uuid:` and a lower case UUID. */
export const isUuid = (value: string): boolean => value.startsWith('urn:uuid:') && isUuidAt(value, 9)

/** `urn:oid:` and an OID that an organisation can own (see `isShortOid`). */
export const isOid = (value: string): boolean => hasOidForm(value) && !isShortOid(value)

/**
 * Whether it has the form of an OID and is one of the first arcs of the tree, which belong to nobody who could name
 * things with it: HL7's validator refuses one whose last arc starts within its first four characters, 1.3.88 (GS1) excepted.
 */
export const isShortOid = (value: string): boolean =>
  value.lastIndexOf('.') < OID_START + 4 && value !== 'urn:oid:1.3.88' && hasOidForm(value)

const OID_START = 'urn:oid:'.length

/** `urn:oid:` and arcs without leading zeros, the first one 0, 1 or 2, at least two of them. */
function hasOidForm(value: string): boolean {
  if (!value.startsWith('urn:oid:')) return false
  const arcs = value.slice(OID_START).split('.')
  if (arcs.length < 2) return false
  const isArc = (arc: string): boolean => {
    if (arc.length === 0 || (arc.length > 1 && arc.charCodeAt(0) === 48)) return false
    for (let i = 0; i < arc.length; i++) if (!isDigit(arc.charCodeAt(i))) return false
    return true
  }
  const first = arcs[0]
  return (first === '0' || first === '1' || first === '2') && arcs.every(isArc)
}

/** What a character is in base64: 1 digit, 2 white space, 3 padding, 0 nothing. Signatures are long, hence a table. */
const BASE64 = new Uint8Array(128)
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') BASE64[c.charCodeAt(0)] = 1
for (const c of ' \t\n\v\f\r') BASE64[c.charCodeAt(0)] = 2
BASE64['='.charCodeAt(0)] = 3

/** Base64 with the standard alphabet, padded; white space is allowed anywhere. */
export function isBase64Binary(value: string): boolean {
  if (value.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value)) return true
  let digits = 0
  let padding = 0
  for (let i = 0; i < value.length; i++) {
    const kind = BASE64[value.charCodeAt(i)]
    if (kind === 1) {
      if (padding > 0) return false
      digits++
    } else if (kind === 3) padding++
    else if (kind !== 2) return false
  }
  return digits > 0 && (digits + padding) % 4 === 0 && padding <= 2
}

const two = (value: string, at: number): number => {
  const a = value.charCodeAt(at) - 48
  const b = value.charCodeAt(at + 1) - 48
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : -1
}

const daysInMonth = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Length of the date at the start of the text: 4, 7 or 10; 0 if there is none in the calendar. */
function datePart(value: string): number {
  const century = two(value, 0)
  const years = two(value, 2)
  if (century < 0 || years < 0 || century + years === 0) return 0
  if (value.charCodeAt(4) !== 45) return 4
  const month = two(value, 5)
  if (month < 1 || month > 12) return 0
  if (value.charCodeAt(7) !== 45) return 7
  const day = two(value, 8)
  return day >= 1 && day <= daysInMonth(century * 100 + years, month) ? 10 : 0
}

/** Where the time `hh:mm:ss[.fff]` that starts at `start` ends; 0 if it is none. Second 60 is a leap second. */
function timeEnd(value: string, start: number): number {
  const hour = two(value, start)
  const minute = two(value, start + 3)
  const second = two(value, start + 6)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return 0
  if (value.charCodeAt(start + 2) !== 58 || value.charCodeAt(start + 5) !== 58) return 0
  let end = start + 8
  if (value.charCodeAt(end) === 46) {
    end++
    const from = end
    while (isDigit(value.charCodeAt(end))) end++
    if (end === from) return 0
  }
  return end
}

/** Whether the text from `start` to the end is `Z` or an offset from -14:00 to +14:00. */
function isZone(value: string, start: number): boolean {
  const sign = value.charCodeAt(start)
  if (sign === 90) return value.length === start + 1
  if ((sign !== 43 && sign !== 45) || value.length !== start + 6 || value.charCodeAt(start + 3) !== 58) return false
  const hour = two(value, start + 1)
  const minute = two(value, start + 4)
  return hour >= 0 && minute >= 0 && minute <= 59 && (hour < 14 || (hour === 14 && minute === 0))
}

/** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
export function isDate(value: string): boolean {
  return value.length >= 4 && datePart(value) === value.length
}

/** A date, or a date with a time to the second and a zone. */
export function isDateTime(value: string): boolean {
  const end = datePart(value)
  if (end === 0) return false
  return end === value.length || isInstantFrom(value, end)
}

/** A date with a time to the second and a zone. */
export const isInstant = (value: string): boolean => isInstantFrom(value, datePart(value))

function isInstantFrom(value: string, date: number): boolean {
  if (date !== 10 || value.charCodeAt(10) !== 84) return false
  const end = timeEnd(value, 11)
  return end !== 0 && isZone(value, end)
}

/** `hh:mm:ss[.fff]` without a zone; 24:00 is not a time. */
export function isTime(value: string): boolean {
  const end = timeEnd(value, 0)
  return end !== 0 && end === value.length
}

/** JSON type, check and what a sender is told for each primitive. */
export interface Primitive {
  readonly json: 'string' | 'number' | 'boolean'
  readonly form: string
}

const text = (form: string): Primitive => ({ json: 'string', form })
const number = (form: string): Primitive => ({ json: 'number', form })

export const primitives: Readonly<Record<string, Primitive>> = {
  base64Binary: text('base64 in groups of four characters'),
  boolean: { json: 'boolean', form: 'true or false' },
  canonical: text('an absolute URI, optionally with |version, or # and the id of a contained resource, without spaces'),
  code: text('a code without spaces at its ends and with single spaces inside'),
  date: text('YYYY, YYYY-MM or YYYY-MM-DD, a day that exists in the calendar'),
  dateTime: text('YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a zone (Z or +hh:mm), a time that exists'),
  decimal: number('a decimal number'),
  id: text('1 to 64 letters, digits, hyphens or full stops'),
  instant: text('YYYY-MM-DDThh:mm:ss with a zone (Z or +hh:mm), a time that exists'),
  integer: number('a whole number of 32 bits'),
  markdown: text('text without control characters'),
  oid: text('urn:oid: and an OID'),
  positiveInt: number('a whole number from 1 to 2147483647'),
  string: text('text without control characters, at most 1 MB'),
  time: text('hh:mm:ss without a zone, 00:00:00 to 23:59:59'),
  unsignedInt: number('a whole number from 0 to 2147483647'),
  uri: text('a URI without spaces; after urn:uuid: a UUID in lower case, after urn:oid: an OID'),
  url: text('a URL without spaces'),
  uuid: text('urn:uuid: and a UUID in lower case'),
  elementId: text('text without spaces'),
}

/** The check of each primitive, by FHIR name. `elementId` is the id of an element, typed `string` in R4. */
export const checks: Readonly<Record<string, (value: never) => boolean>> = {
  base64Binary: isBase64Binary,
  boolean: isBoolean,
  canonical: isCanonical,
  code: isCode,
  date: isDate,
  dateTime: isDateTime,
  decimal: isDecimal,
  id: isId,
  instant: isInstant,
  integer: isInteger,
  markdown: isString,
  oid: isOid,
  positiveInt: isPositiveInt,
  string: isString,
  time: isTime,
  unsignedInt: isUnsignedInt,
  uri: isUri,
  url: isUri,
  uuid: isUuid,
  elementId: isElementId,
}

/**
 * Whether no string of a JSON text can hold a control character, DEL or white space beyond ASCII. JSON allows control
 * characters as escapes only, and all of them are rare: looking for them once in the text is much quicker than in every
 * string.
 */
export function isPlainText(json: string): boolean {
  if (json.includes('\u007f') || json.includes('\u00a0') || WIDE_SPACE.test(json)) return false
  for (let at = json.indexOf('\\'); at !== -1; at = json.indexOf('\\', at + 2)) {
    const escaped = json.charCodeAt(at + 1)
    if (escaped === 34 || escaped === 47 || escaped === 92) continue
    // \u
    if (escaped !== 117) return false
    const code = Number.parseInt(json.slice(at + 2, at + 6), 16)
    if (!(code >= 32 && code !== 0x7f && code !== 0xa0 && !isWideSpace(code))) return false
  }
  return true
}

const isPlainString = (value: string): boolean => value.length > 0 && value.length <= STRING_MAX
const isPlainCode = (value: string): boolean => (value.includes(' ') ? isCode(value) : value.length > 0)
const isPlainUri = (value: string): boolean => {
  const first = value.charCodeAt(0)
  if (first !== 117 && first !== 111) return value.length > 0 && !value.includes(' ')
  return value.startsWith('urn:uuid:') ? isUuidUri(value, 9) : isUri(value)
}

/** The checks for values from a plain text: the same answers, without looking at every character. */
export const plainChecks: typeof checks = {
  ...checks,
  canonical: (value: string) => isPlainUri(value) && (value.charCodeAt(0) === 35 || isAbsoluteUri(value)),
  code: isPlainCode,
  elementId: (value: string) => isPlainString(value) && !value.includes(' '),
  markdown: isPlainString,
  string: isPlainString,
  uri: isPlainUri,
  url: isPlainUri,
}
