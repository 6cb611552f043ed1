/** Rules for a patient: who it is, and how old. */
import type { r4 } from '../fhir/resource.ts'
import { addMonths, rangeOf } from './dates.ts'
import type { Check, Subject } from './finding.ts'
import { NHS_NUMBER } from './identifiers.ts'

const patientOf = ({ resource }: Subject): r4.Patient => resource as unknown as r4.Patient

const UNAVAILABLE = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberUnavailableReason'

export const nhsNumberPresent: Check<Subject> = {
  codes: ['nhs-number-missing'],
  run: (subject) => {
    const { identifier = [], extension = [] } = patientOf(subject)
    if (identifier.some(({ system, value }) => system === NHS_NUMBER && value !== undefined)) return []
    const excused = [...extension, ...identifier.flatMap((one) => one.extension ?? [])].some(
      ({ url }) => url === UNAVAILABLE,
    )
    const local = identifier.some(({ system, value }) => system !== NHS_NUMBER && value !== undefined)
    if (excused && local) return []
    const words = `A patient is known by the NHS number (identifier with system ${NHS_NUMBER}). Without one, send the extension ${UNAVAILABLE} and a local identifier with system and value.`
    return [{ code: 'nhs-number-missing', at: 'identifier', words }]
  },
}

/** Nobody has lived longer than 122 years. */
const OLDEST_YEARS = 130

export const birthDate: Check<Subject> = {
  codes: ['birth-date-implausible'],
  run: (subject) => {
    const range = rangeOf(patientOf(subject).birthDate ?? '')
    if (!range) return []
    // The day has begun east of here before it has begun in UTC.
    const future = range.low > subject.now + 14 * 3_600_000
    if (!future && range.high > addMonths(subject.now, -12 * OLDEST_YEARS)) return []
    const words = `birthDate lies ${future ? 'in the future' : `more than ${OLDEST_YEARS} years back`}: correct it from the patient’s record.`
    return [{ code: 'birth-date-implausible', at: 'birthDate', words }]
  },
}
