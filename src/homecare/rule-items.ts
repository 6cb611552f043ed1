/** What only shows where prescriptions are seen together, or with the patient they are for. */
import { equals } from '../fhir/profile-values.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { rangeOf } from './dates.ts'
import { NOTHING } from './finding.ts'
import { medicineOf } from './medicines.ts'
import { type OrderCheck, type OrderFinding, prescriptionOf } from './rule-order.ts'

export const itemsTwice: OrderCheck = {
  codes: ['item-repeated', 'weekly-medicine-twice'],
  run: ({ items, orders, medicines }) => {
    if (items.length < 2) return NOTHING
    return orders.flatMap((order) =>
      order.flatMap((item, i): OrderFinding[] => {
        const earlier = order.slice(0, i)
        if (earlier.some((other) => isSame(prescriptionOf(item), prescriptionOf(other)))) {
          const words =
            'This item asks for the same medicine in the same dose and quantity as another item of the order: the patient would get it twice. Leave one out, or say what is different.'
          return [{ code: 'item-repeated', expression: item.root, words }]
        }
        const weekly = medicines.weekly(medicineOf(prescriptionOf(item).medicationCodeableConcept))
        const isTwice =
          weekly &&
          earlier.some(
            (other) => medicines.weekly(medicineOf(prescriptionOf(other).medicationCodeableConcept)) === weekly,
          )
        if (!isTwice) return []
        const words = `${weekly.name} is in this order more than once. Two strengths of a weekly medicine are taken for each other, and both for the daily one: prescribe one strength, or check that both are meant.`
        return [{ code: 'weekly-medicine-twice', expression: `${item.root}.medication`, words }]
      }),
    )
  },
}

const isSame = (a: r4.MedicationRequest, b: r4.MedicationRequest): boolean =>
  a.medicationCodeableConcept !== undefined &&
  equals(a.medicationCodeableConcept, b.medicationCodeableConcept) &&
  equals(a.dosageInstruction, b.dosageInstruction) &&
  equals(a.dispenseRequest, b.dispenseRequest)

export const patientAlive: OrderCheck = {
  codes: ['patient-deceased', 'patient-inactive', 'authored-before-birth'],
  run: ({ orders, resolve, now }) =>
    orders.flatMap(([item]): OrderFinding[] => {
      const { subject, authoredOn } = prescriptionOf(item)
      const found = resolve(subject, item)
      const patient = patientOf(found?.resource)
      if (!found || !patient) return []
      if (patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined) {
        const words =
          'The patient is recorded as having died: nothing is delivered. Correct the patient, or do not send the prescription.'
        return [{ code: 'patient-deceased', expression: `${found.root}.deceased`, words }]
      }
      const [birth, signed] = [rangeOf(patient.birthDate ?? ''), rangeOf(authoredOn ?? '')]
      // One who is not born yet is found by the rule for birth dates.
      if (birth && signed && signed.high < birth.low && birth.low <= now) {
        const words =
          'The prescription was signed before the patient was born: correct birthDate, authoredOn or the patient.'
        return [{ code: 'authored-before-birth', expression: `${found.root}.birthDate`, words }]
      }
      if (patient.active !== false) return []
      const words =
        'The record of the patient is not in use (active is false), as one that was merged into another: prescribe for the record that is.'
      return [{ code: 'patient-inactive', expression: `${found.root}.active`, words }]
    }),
}

const patientOf = (resource: Resource | undefined): r4.Patient | undefined =>
  resource?.resourceType === 'Patient' ? (resource as unknown as r4.Patient) : undefined
