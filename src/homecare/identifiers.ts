/** National identifiers: their systems and their forms. */
import type { r4 } from '../fhir/resource.ts'

export const ODS_ORGANISATION = 'https://fhir.nhs.uk/Id/ods-organization-code'
export const ODS_SITE = 'https://fhir.nhs.uk/Id/ods-site-code'
export const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number'

const ODS_FORM = /^[A-Z0-9]{3,12}$/

/** The ODS code in upper case, or undefined when it has not the form of one. Whether it exists only ODS knows. */
export function odsCode(text: string): string | undefined {
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
  const sum = [...text.slice(0, 9)].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0)
  const check = (11 - (sum % 11)) % 11
  return check !== 10 && check === Number(text[9])
}
