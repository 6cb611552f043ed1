/**
 * Vital signs: "if an Observation has one of these codes, it SHALL conform to the profile", claimed or not
 * (https://hl7.org/fhir/R4/observation-vitalsigns.html).
 */
import { STRUCTURE_DEFINITION } from './definitions.ts'
import { isObject } from './resource.ts'

const LOINC = 'http://loinc.org'

/** The codes of LOINC that R4 calls magic. */
const PROFILES: Readonly<Record<string, string>> = {
  '85353-1': 'vitalspanel',
  '9279-1': 'resprate',
  '8867-4': 'heartrate',
  '2708-6': 'oxygensat',
  '8310-5': 'bodytemp',
  '8302-2': 'bodyheight',
  '9843-4': 'headcircum',
  '29463-7': 'bodyweight',
  '39156-5': 'bmi',
  '85354-9': 'bp',
}

/** The profiles that an Observation must conform to by its code. */
export function vitalSigns({ code }: Readonly<Record<string, unknown>>): string[] {
  const codings: unknown = isObject(code) ? code.coding : undefined
  if (!Array.isArray(codings)) return []
  return codings.flatMap((coding) => {
    const known = isObject(coding) && coding.system === LOINC && typeof coding.code === 'string'
    const profile =
      known && Object.hasOwn(PROFILES, coding.code as string) ? PROFILES[coding.code as string] : undefined
    return profile === undefined ? [] : [STRUCTURE_DEFINITION + profile]
  })
}
