/** Where the authorization server inside is, as others see it: beside the FHIR base. */

/** @param base absolute FHIR base without trailing slash */
export const issuerOf = (base: string): string => base.replace(/\/[^/]*$/, '')

export const tokenUrlOf = (base: string): string => `${issuerOf(base)}/oauth2/token`
