/**
 * SNOMED CT identifiers by form (SNOMED CT Release File Specification, chapter 5 "SNOMED CT identifiers"): 6 to 18
 * digits, no leading zero, the last a Verhoeff check digit, the two before it the partition. Whether a well-formed
 * identifier exists is a terminology server's to say.
 */

const ZERO = 48

/** Multiplication in the dihedral group D5, row by row. */
const product = Uint8Array.from(
  [
    '0123456789',
    '1234067895',
    '2340178956',
    '3401289567',
    '4012395678',
    '5987604321',
    '6598710432',
    '7659821043',
    '8765932104',
    '9876543210',
  ].join(''),
  Number,
)

/** The permutation of each position from the right, eight in turn. */
const permutation = Uint8Array.from(
  ['0123456789', '1576283094', '5803796142', '8916043527', '9453126870', '4286573901', '2793806415', '7046913258'].join(
    '',
  ),
  Number,
)

/** What the sum so far becomes with a digit at a position: both tables in one. */
const step = Uint8Array.from({ length: 800 }, (_, i) => {
  const [position, check, digit] = [Math.floor(i / 100), Math.floor(i / 10) % 10, i % 10]
  return product[check * 10 + (permutation[position * 10 + digit] ?? 0)] ?? 0
})

/** Whether there are digits and nothing else, the last of which is the Verhoeff check digit of those before it. */
export function verhoeff(digits: string): boolean {
  let check = 0
  const last = digits.length - 1
  for (let i = last; i >= 0; i--) {
    const digit = digits.charCodeAt(i) - ZERO
    if (!(digit >= 0 && digit <= 9)) return false
    check = step[((last - i) & 7) * 100 + check * 10 + digit] as number
  }
  return check === 0
}

export type SnomedComponent = 'concept' | 'description' | 'relationship'

/** By the second digit of the partition. */
const components: readonly SnomedComponent[] = ['concept', 'description', 'relationship']

/** Whether there is nothing but digits, and one at least. */
function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO
    if (digit < 0 || digit > 9) return false
  }
  return text !== ''
}

/** What an identifier names, or undefined when the text cannot be a SNOMED CT identifier. */
export function snomedComponent(text: string): SnomedComponent | undefined {
  const { length } = text
  if (length < 6 || length > 18 || text.charCodeAt(0) === ZERO || !verhoeff(text)) return undefined
  // The long format holds a namespace of seven digits between item and partition.
  const format = text.charCodeAt(length - 3) - ZERO
  if (format > 1 || (format === 1 && length < 11)) return undefined
  return components[text.charCodeAt(length - 2) - ZERO]
}

/** Whether the text has the form of a concept identifier. */
export const isSnomedConcept = (text: string): boolean => snomedComponent(text) === 'concept'

/** Terms between bars, and strings and numbers of concrete values, hold no identifiers. */
const LITERALS = /\|[^|]*\||"[^"]*"|#[+-]?\d+(?:\.\d+)?/g
const GRAMMAR = /^[\d\s:=,+(){}<]+$/

/**
 * Whether a code of `http://snomed.info/sct` can be one: a concept identifier, or an expression in the compositional
 * grammar all of whose identifiers are (https://hl7.org/fhir/R4/snomedct.html, which allows both).
 */
export function isSnomedCode(code: string): boolean {
  if (isSnomedConcept(code)) return true
  if (isDigits(code)) return false
  const bare = code.replace(LITERALS, ' ').replace('===', ' ').replace('<<<', ' ')
  if (!GRAMMAR.test(bare)) return false
  const identifiers = bare.match(/\d+/g)
  return identifiers?.every(isSnomedConcept) ?? false
}
