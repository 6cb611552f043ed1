/** National identifiers: their systems and their forms. */
import type { Resource, r4 } from '../fhir/resource.ts'

export const ODS_ORGANISATION = 'https://fhir.nhs.uk/Id/ods-organization-code'
export const ODS_SITE = 'https://fhir.nhs.uk/Id/ods-site-code'
export const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number'

/** The NHS number of a patient. */
export const nhsNumberOf = (patient: Resource | r4.Patient): string | undefined =>
  ((patient.identifier ?? []) as r4.Identifier[]).find(({ system }) => system === NHS_NUMBER)?.value

const ZERO = 48
const HYPHEN = 45

/** Whether there are digits and nothing else from one place to another; these run on every identifier that is sent. */
function isNumeric(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - ZERO
    if (!(digit >= 0 && digit <= 9)) return false
  }
  return true
}

/** 0 to 35 for digits and capitals, -1 for others. */
const valueOf = (code: number): number =>
  code >= 48 && code <= 57 ? code - 48 : code >= 65 && code <= 90 ? code - 55 : -1

function isOdsForm(text: string): boolean {
  if (text.length < 3 || text.length > 12) return false
  for (let i = 0; i < text.length; i++) if (valueOf(text.charCodeAt(i)) === -1) return false
  return true
}

/** The ODS code in upper case, or undefined when it has not the form of one. Whether it exists only ODS knows. */
export function odsCode(text: string): string | undefined {
  if (isOdsForm(text)) return text
  const code = text.trim().toUpperCase()
  return isOdsForm(code) ? code : undefined
}

/** The ODS code of an organisation or site identifier, upper case. */
export const organisationCode = (identifier: r4.Identifier | undefined): string | undefined =>
  identifier?.value !== undefined && (identifier.system === ODS_ORGANISATION || identifier.system === ODS_SITE)
    ? odsCode(identifier.value)
    : undefined

/** Whether ten digits are an NHS number: weights 10 to 2, modulus 11 (NHS Data Dictionary). */
export function isNhsNumber(text: string): boolean {
  if (text.length !== 10 || !isNumeric(text, 0, 10)) return false
  let sum = 0
  for (let i = 0; i < 9; i++) sum += (text.charCodeAt(i) - ZERO) * (10 - i)
  const check = (11 - (sum % 11)) % 11
  return check !== 10 && check === text.charCodeAt(9) - 48
}

export const ORDER_NUMBER = 'https://fhir.nhs.uk/Id/prescription-order-number'
export const ITEM_NUMBER = 'https://fhir.nhs.uk/Id/prescription-order-item-number'
export const GMC = 'https://fhir.hl7.org.uk/Id/gmc-number'
export const GPHC = 'https://fhir.hl7.org.uk/Id/gphc-number'
export const NMC = 'https://fhir.hl7.org.uk/Id/nmc-number'

/** Values 0 to 36; the national services write `+` where ISO 7064 has `*`. */
const MOD_37_2 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+'

/** The check character of ISO 7064 MOD 37-2 over digits and capitals; hyphens do not count. */
export function mod37Check(text: string): string {
  let sum = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === HYPHEN) continue
    // `0` to `9`, `A` to `Z`; the 37th character stands only at the end, where it is computed.
    sum = ((sum + (code < 65 ? code - 48 : code - 55)) * 2) % 37
  }
  return MOD_37_2.charAt((38 - sum) % 37)
}

/** What is wrong with a prescription order number: its form, its check character, or nothing. */
export function orderNumberFault(text: string): 'form' | 'check' | undefined {
  if (text.length !== 20) return 'form'
  for (let i = 0; i < 19; i++) {
    const code = text.charCodeAt(i)
    if (i === 6 || i === 13) {
      if (code !== HYPHEN) return 'form'
      continue
    }
    const value = valueOf(code)
    // The groups at the ends are hexadecimal.
    if (value === -1 || (value > 15 && (i < 6 || i > 13))) return 'form'
  }
  const last = text.charAt(19)
  if (last !== '+' && valueOf(text.charCodeAt(19)) === -1) return 'form'
  return mod37Check(text.slice(0, 19)) === last ? undefined : 'check'
}

/** GMC reference number: seven digits; the consultant code puts a C before them (NHS Data Dictionary). */
export const isGmcNumber = (text: string): boolean =>
  text.length === 8 ? text.startsWith('C') && isNumeric(text, 1, 8) : isGphcNumber(text)

/** GPhC registration number: seven digits; 20 begins a pharmacist's, 50 a technician's, premises are other numbers. */
export const isGphcNumber = (text: string): boolean => text.length === 7 && isNumeric(text, 0, 7)

/** NMC PIN: two digits, a letter, four digits, a letter (NHS Data Dictionary). */
export const isNmcPin = (text: string): boolean => /^\d{2}[A-Z]\d{4}[A-Z]$/i.test(text)
