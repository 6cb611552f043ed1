/** The codes of a prescription, a dispense or a medicine of which a terminology server can say whether they exist. */
import type { Resource, r4 } from '../fhir/resource.ts'
import { isSnomedConcept } from '../fhir/snomed.ts'

/** A coding of a system that is too large to hold here. */
export interface OutsideCode {
  readonly system: string
  readonly code: string
  /** FHIRPath below the resource. */
  readonly at: string
}

/** Whether a coding is one of SNOMED CT or of dm+d, which is a part of it and has an address of its own too. */
export const isOfSnomed = (
  coding: r4.Coding,
): coding is r4.Coding & { readonly system: string; readonly code: string } =>
  coding.code !== undefined && (coding.system === 'http://snomed.info/sct' || coding.system === 'https://dmd.nhs.uk')

const codesOf = (concept: r4.CodeableConcept | undefined, at: string): OutsideCode[] =>
  (concept?.coding ?? []).flatMap((coding, i) =>
    isOfSnomed(coding) && isSnomedConcept(coding.code)
      ? [{ system: coding.system, code: coding.code, at: `${at}.coding[${i}].code` }]
      : [],
  )

type NameOf = (system: string, code: string) => string | undefined

/**
 * A prescription or a medicine with what its codes are called elsewhere beside what its sender calls them; undefined
 * where nothing is known of them.
 */
export function withNames(resource: Resource, nameOf: NameOf): Resource | undefined {
  const element = resource.resourceType === 'Medication' ? 'code' : 'medicationCodeableConcept'
  const concept = resource[element] as r4.CodeableConcept | undefined
  const names = (concept?.coding ?? []).flatMap(({ system, code }) => {
    const display = system === undefined || code === undefined ? undefined : nameOf(system, code)
    return display === undefined ? [] : [{ system, code, display } as r4.Coding]
  })
  if (names.length === 0) return undefined
  return { ...resource, [element]: { ...concept, coding: [...(concept?.coding ?? []), ...names] } }
}

/** Medicine, route, site and method, each code with its place; wrong forms are left out: they are refused anyway. */
export function outsideCodes(resource: Resource): OutsideCode[] {
  if (resource.resourceType === 'Medication') return codesOf((resource as unknown as r4.Medication).code, 'code')
  if (resource.resourceType !== 'MedicationRequest' && resource.resourceType !== 'MedicationDispense') return []
  const { medicationCodeableConcept, dosageInstruction = [] } = resource as unknown as r4.MedicationRequest
  return [
    ...codesOf(medicationCodeableConcept, 'medication.ofType(CodeableConcept)'),
    ...dosageInstruction.flatMap(({ route, site, method }, i) => [
      ...codesOf(route, `dosageInstruction[${i}].route`),
      ...codesOf(site, `dosageInstruction[${i}].site`),
      ...codesOf(method, `dosageInstruction[${i}].method`),
    ]),
  ]
}
