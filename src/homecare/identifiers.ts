/** National identifiers: their systems and their forms. */
import type { Resource, r4 } from '../fhir/resource.ts'

export const ODS_ORGANISATION = 'https://fhir.nhs.uk/Id/ods-organization-code'
export const ODS_SITE = 'https://fhir.nhs.uk/Id/ods-site-code'
export const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number'

/** The NHS number of a patient. */
export const nhsNumberOf = (patient: Resource | r4.Patient): string | undefined =>
  ((patient.identifier ?? []) as r4.Identifier[]).find(({ system }) => system === NHS_NUMBER)?.value

const ODS_FORM = /^[A-Z0-9]{3,12}$/

/** The ODS code in upper case, or undefined when it has not the form of one. Whether it exists only ODS knows. */
export function odsCode(text: string): string | undefined {
  if (ODS_FORM.test(text)) return text
  const code = text.trim().toUpperCase()
  return ODS_FORM.test(code) ? code : undefined
}

/** The ODS code of an organisation or site identifier, upper case. */
export const organisationCode = (identifier: r4.Identifier | undefined): string | undefined =>
  identifier?.value !== undefined && (identifier.system === ODS_ORGANISATION || identifier.system === ODS_SITE)
    ? odsCode(identifier.value)
    : undefined

/** Whether ten digits are an NHS number: weights 10 to 2, modulus 11 (NHS Data Dictionary). */
export function isNhsNumber(text: string): boolean {
  if (!/^\d{10}$/.test(text)) return false
  let sum = 0
  for (let i = 0; i < 9; i++) sum += (text.charCodeAt(i) - 48) * (10 - i)
  const check = (11 - (sum % 11)) % 11
  return check !== 10 && check === text.charCodeAt(9) - 48
}

export const ORDER_NUMBER = 'https://fhir.nhs.uk/Id/prescription-order-number'
export const ITEM_NUMBER = 'https://fhir.nhs.uk/Id/prescription-order-item-number'
export const GMC = 'https://fhir.hl7.org.uk/Id/gmc-number'
export const GPHC = 'https://fhir.hl7.org.uk/Id/gphc-number'
export const NMC = 'https://fhir.hl7.org.uk/Id/nmc-number'

const ORDER_NUMBER_FORM = /^[0-9A-F]{6}-[0-9A-Z]{6}-[0-9A-F]{5}[0-9A-Z+]$/
/** Values 0 to 36; the national services write `+` where ISO 7064 has `*`. */
const MOD_37_2 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+'

const HYPHEN = 45

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
  if (!ORDER_NUMBER_FORM.test(text)) return 'form'
  return mod37Check(text.slice(0, -1)) === text.at(-1) ? undefined : 'check'
}

/** GMC reference number: seven digits; the consultant code puts a C before them (NHS Data Dictionary). */
export const isGmcNumber = (text: string): boolean => /^C?\d{7}$/.test(text)

/** GPhC registration number: seven digits; 20 begins a pharmacist's, 50 a technician's, premises are other numbers. */
export const isGphcNumber = (text: string): boolean => /^\d{7}$/.test(text)

/** NMC PIN: two digits, a letter, four digits, a letter (NHS Data Dictionary). */
export const isNmcPin = (text: string): boolean => /^\d{2}[A-Z]\d{4}[A-Z]$/i.test(text)
