/**
 * What the validator is measured on: a homecare prescription of about 4 kB and a transaction of 12 entries of about
 * 20 kB, made from the examples in `profiles/valid` and written without white space, as machines write.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../src/config.ts'
import type { r4 } from '../src/fhir/resource.ts'

const example = <T>(name: string): T =>
  JSON.parse(readFileSync(join(packageRoot, `profiles/valid/${name}.json`), 'utf8')) as T

/** Homecare rules look at the time: one at which the examples are in force. */
export const NOW = Date.parse('2026-10-01T12:00:00Z')

const reviewed =
  'Reviewed in clinic: disease activity stable, full blood count and liver function within range. Next blood test due ' +
  'before the third delivery.'

/** A prescription for one medicine that claims our profile and carries what a trust adds to it. */
export function medicationRequest(): r4.MedicationRequest {
  return {
    ...example<r4.MedicationRequest>('profile-homecare-medicationrequest'),
    reasonCode: [
      {
        coding: [{ system: 'http://snomed.info/sct', code: '69896004', display: 'Rheumatoid arthritis' }],
        text: 'Rheumatoid arthritis',
      },
    ],
    note: [{ authorString: 'Dr A Example', time: '2026-10-01T09:28:00+01:00', text: reviewed }],
  }
}

/** The second item of an order: tablets, where the first is an injection. */
export const prescriptionOfTablets = (): r4.MedicationRequest =>
  example<r4.Bundle & { entry: r4.BundleEntry[] }>('Bundle--prescription-of-two-items').entry[5]
    ?.resource as r4.MedicationRequest

const coded = (code: string, display: string): r4.CodeableConcept => ({
  coding: [{ system: 'http://snomed.info/sct', code, display }],
})

const MEDICINES = [
  coded('325427002', 'Prednisolone 5mg tablets'),
  coded('318590006', 'Bisoprolol 5mg tablets'),
  coded('319283006', 'Amlodipine 5mg tablets'),
  coded('408051007', 'Ramipril 5mg tablets'),
]
const role = 'urn:uuid:56166769-c1c4-4d07-afa8-132b5dfca666'

/** One order of six items: patient, prescriber, role, two organisations, six prescriptions and the signature. */
export function prescriptionBundle(): r4.Bundle & { entry: r4.BundleEntry[] } {
  const bundle = example<r4.Bundle & { entry: r4.BundleEntry[] }>('Bundle--prescription-of-two-items')
  const second = bundle.entry[5]?.resource as r4.MedicationRequest
  const further = MEDICINES.map((medicationCodeableConcept, i): r4.BundleEntry => {
    const value = `5a82c11e-ea26-4405-aceb-741d8ca68c0${i}`
    const identifier = second.identifier?.map((known) => ({ ...known, value })) ?? []
    return post(value, { ...second, identifier, medicationCodeableConcept, note: [{ text: reviewed }] })
  })
  const [patient, ...others] = bundle.entry
  const organization = example<r4.Organization>('profile-homecare-organization')
  const provenance = example<r4.Provenance>('Provenance')
  const items = [...bundle.entry, ...further].flatMap(({ fullUrl, resource }) =>
    resource?.resourceType === 'MedicationRequest' ? [{ reference: fullUrl ?? '' }] : [],
  )
  return {
    ...bundle,
    entry: [
      { ...patient, resource: example<r4.Patient>('profile-homecare-patient') },
      ...others,
      ...further,
      post('5a82c11e-ea26-4405-aceb-741d8ca68d01', { ...organization, id: 'provider' }),
      post('5a82c11e-ea26-4405-aceb-741d8ca68d02', {
        ...provenance,
        target: items,
        agent: [{ who: { reference: role } }],
        signature:
          provenance.signature?.map((one) => ({
            ...one,
            who: { reference: role },
            data: 'PFNpZ25hdHVyZS8+'.repeat(48),
          })) ?? [],
      }),
    ],
  }
}

const post = (id: string, resource: r4.FhirResource): r4.BundleEntry => ({
  fullUrl: `urn:uuid:${id}`,
  resource,
  request: { method: 'POST', url: resource.resourceType },
})
