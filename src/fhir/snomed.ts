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

/** Whether the last of the digits is the Verhoeff check digit of those before it. */
export function verhoeff(digits: string): boolean {
  let check = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - ZERO
    if (digit < 0 || digit > 9) return false
    const moved = permutation[(i % 8) * 10 + digit] ?? 0
    check = product[check * 10 + moved] ?? 0
  }
  return check === 0
}

export type SnomedComponent = 'concept' | 'description' | 'relationship'

const components: Readonly<Record<string, SnomedComponent>> = {
  '00': 'concept',
  '01': 'description',
  '02': 'relationship',
  '10': 'concept',
  '11': 'description',
  '12': 'relationship',
}

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
  if (text.length < 6 || text.length > 18 || text.charCodeAt(0) === ZERO || !isDigits(text)) return undefined
  const component = components[text.slice(-3, -1)]
  // The long format holds a namespace of seven digits between item and partition.
  if (component === undefined || (text.at(-3) === '1' && text.length < 11)) return undefined
  return verhoeff(text) ? component : undefined
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
  if (isDigits(code)) return isSnomedConcept(code)
  const bare = code.replace(LITERALS, ' ').replace('===', ' ').replace('<<<', ' ')
  if (!GRAMMAR.test(bare)) return false
  const identifiers = bare.match(/\d+/g)
  return identifiers?.every(isSnomedConcept) ?? false
}
