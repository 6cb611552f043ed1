/** What only shows where prescriptions are seen together, or with the patient they are for. */
import { equals } from '../fhir/profile-values.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { rangeOf } from './dates.ts'
import { NOTHING } from './finding.ts'
import { medicineOf } from './medicines.ts'
import { type Order, type OrderCheck, type OrderFinding, type Placed, prescriptionOf } from './rule-order.ts'

export const itemsTwice: OrderCheck = {
  codes: ['item-repeated', 'weekly-medicine-twice', 'medicine-twice'],
  run: ({ items, orders, medicines }) => {
    if (items.length < 2) return NOTHING
    let findings: OrderFinding[] | undefined
    for (const order of orders) {
      const weeklies: unknown[] = []
      const names: string[] = []
      for (let i = 0; i < order.length; i++) {
        const item = order[i] as Placed
        const medicine = medicineOf(prescriptionOf(item).medicationCodeableConcept)
        const { weekly } = medicines.known(medicine)
        if (isRepeated(order, i)) {
          const words =
            'This item asks for the same medicine in the same dose and quantity as another item of the order: the patient would get it twice. Leave one out, or say what is different.'
          findings ??= []
          findings.push({ code: 'item-repeated', expression: item.root, words })
        } else if (weekly && weeklies.includes(weekly)) {
          const words = `${weekly.name} is in this order more than once. Two strengths of a weekly medicine are taken for each other, and both for the daily one: prescribe one strength, or check that both are meant.`
          findings ??= []
          findings.push({ code: 'weekly-medicine-twice', expression: `${item.root}.medication`, words })
        } else if (medicine.name !== '' && names.includes(medicine.name)) {
          const words =
            'The same product is in this order more than once, with other directions: both are supplied, and both may be taken. Put the directions of one product into one item, or check that both are meant.'
          findings ??= []
          findings.push({ code: 'medicine-twice', expression: `${item.root}.medication`, words })
        }
        names.push(medicine.name)
        if (weekly) weeklies.push(weekly)
      }
    }
    return findings ?? NOTHING
  },
}

/** Whether an item before it in the order is the same. */
function isRepeated(order: Order, i: number): boolean {
  const item = prescriptionOf(order[i] as Placed)
  for (let before = 0; before < i; before++) {
    if (isSame(item, prescriptionOf(order[before] as Placed))) return true
  }
  return false
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
