/** One fault each in a prescription that is right: what a validator should find. */
import type { r4 } from '../src/fhir/resource.ts'

type Loose = Record<string, unknown>

export interface PlantedFault {
  readonly name: string
  readonly plant: (prescription: r4.MedicationRequest) => unknown
}

const without =
  (name: string) =>
  ({ ...rest }: Loose): Loose => {
    delete rest[name]
    return rest
  }
const having =
  (members: Loose) =>
  (prescription: r4.MedicationRequest): Loose => ({ ...prescription, ...members })
const dosage = (members: Loose) => (prescription: r4.MedicationRequest) => ({
  ...prescription,
  dosageInstruction: [{ ...prescription.dosageInstruction?.[0], ...members }],
})

const faults: Readonly<Record<string, (prescription: r4.MedicationRequest) => unknown>> = {
  'no status': (prescription) => without('status')(prescription as unknown as Loose),
  'no intent': (prescription) => without('intent')(prescription as unknown as Loose),
  'no subject': (prescription) => without('subject')(prescription as unknown as Loose),
  'no medication': (prescription) => without('medicationCodeableConcept')(prescription as unknown as Loose),
  'two medications': having({ medicationReference: { reference: 'Medication/1' } }),
  'nonsense status': having({ status: 'nonsense' }),
  'nonsense period unit': dosage({ timing: { repeat: { frequency: 1, period: 1, periodUnit: 'weekly' } } }),
  '30 February': having({ authoredOn: '2026-02-30' }),
  'a time without zone': having({ authoredOn: '2026-10-01T09:30:00' }),
  'a number as text': dosage({ sequence: '1' }),
  'a text as number': dosage({ text: 10 }),
  'a single object for a list': having({ identifier: { value: '1' } }),
  'a list for a single object': having({ subject: [{ reference: 'Patient/1' }] }),
  'an unknown property': having({ dosage: 'once weekly' }),
  'an unknown property below': dosage({ doseText: '10 mg' }),
  'an empty object': having({ groupIdentifier: {} }),
  'an empty list': having({ note: [] }),
  'an empty string': dosage({ text: '' }),
  'null in a list': having({ note: [null] }),
  'a reference of the wrong type': having({ subject: { reference: 'Medication/1' } }),
  'a reference to no contained resource': having({ requester: { reference: '#nobody' } }),
  'a reference that is none': having({ subject: { reference: 'the patient' } }),
  'a period that ends before it starts': having({
    dispenseRequest: { validityPeriod: { start: '2026-10-01', end: '2026-09-01' } },
  }),
  'a frequency with an offset and no event (tim-9)': dosage({ timing: { repeat: { offset: 30 } } }),
  'a duration without unit (tim-1)': dosage({ timing: { repeat: { duration: 30 } } }),
  'a negative number of repeats': having({ dispenseRequest: { numberOfRepeatsAllowed: -1 } }),
  'an extension with value and extensions': having({
    extension: [{ url: 'https://example.org/x', valueString: 'a', extension: [{ url: 'b', valueString: 'c' }] }],
  }),
  'an unknown modifier extension': having({
    modifierExtension: [{ url: 'https://example.org/negated', valueBoolean: true }],
  }),
  'active content in the narrative': having({
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><script>1</script></div>' },
  }),
  'a contained resource nobody refers to': (prescription) => ({
    ...prescription,
    contained: [...(prescription.contained ?? []), { resourceType: 'Patient', id: 'nobody' }],
  }),
  'an unknown resource type': having({ contained: [{ resourceType: 'Prescriber', id: 'requester' }] }),
}

export const plantedFaults: readonly PlantedFault[] = Object.entries(faults).map(([name, plant]) => ({ name, plant }))
