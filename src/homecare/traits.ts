/**
 * What a prescription or a dispense has of the things that few have. Most rules are about one of them, and the code of a
 * rule that finds nothing costs more to fetch than what it asks: so each says what it `asks` for, one look at the
 * resource tells what there is, and a rule is run only where it could find something.
 */
import { remember } from '../fhir/remember.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { courseIn } from './dose-course.ts'
import { dailyMaximumIn } from './dose-maximum.ts'
import { isPlaceholder, saysStop } from './dose-placeholder.ts'
import { notationsIn } from './dose-notation.ts'
import type { Subject } from './finding.ts'
import { isOfSnomed } from './medicine-codes.ts'
import { type Directions, directionsOf, saysAsDirected, saysAsNeeded } from './prescription-view.ts'

/** One bit each. Of directions and dosages it is enough that one of them has it. */
export const HAS = {
  /** An identifier, code or unit of the wrong form, or nobody has looked. */
  misformed: 1,
  extensions: 1 << 1,
  medicationReference: 1 << 2,
  /** More than one name of the medicine. */
  medicineNames: 1 << 3,
  weeklyMedicine: 1 << 4,
  intervalMedicine: 1 << 5,
  doseLimit: 1 << 6,
  biologic: 1 << 7,
  /** A drug known to be controlled, or an extension, which may say so. */
  controlled: 1 << 8,
  /** Several dosages of one medicine. */
  dosages: 1 << 9,
  dose: 1 << 10,
  /** Several entries of doseAndRate in one dosage. */
  doses: 1 << 11,
  /** A dose without unit, or of nothing. */
  emptyDose: 1 << 12,
  /** A limit that a dosage sets itself, by elements or in its words. */
  maximum: 1 << 13,
  /** A rate of an infusion, or how long it runs. */
  rate: 1 << 14,
  /** asNeeded that is true, or words that say so beside one that is false. */
  asNeeded: 1 << 15,
  asDirected: 1 << 16,
  /** Days of the week, or the length of a course in the words. */
  course: 1 << 17,
  /** Dates in the timing. */
  dates: 1 << 18,
  /** A way of writing a dose that is misread. */
  notation: 1 << 19,
  /** A medicine that is prescribed by brand, and is named without one. */
  unbranded: 1 << 20,
  /** A name that leaves no doubt of the form of the product. */
  form: 1 << 21,
  /** A quantity without a unit. */
  bareQuantity: 1 << 22,
  /** No code of dm+d in the resource itself. */
  noCode: 1 << 23,
  reported: 1 << 24,
  /** A dosage without text, timing or dose, or a text that is no direction. */
  gap: 1 << 25,
  /** asNeeded in any form, or words that say so. */
  leftToPatient: 1 << 26,
} as const

/** By the text of a dosage. */
const inText = remember(
  1000,
  (text) =>
    (dailyMaximumIn(text) === undefined ? 0 : HAS.maximum) |
    (courseIn(text) === undefined ? 0 : HAS.course) |
    (saysAsDirected(text) ? HAS.asDirected : 0) |
    (saysAsNeeded(text) ? HAS.leftToPatient : 0) |
    (isPlaceholder(text) || saysStop(text) ? HAS.gap : 0) |
    inInstruction(text),
)

function inInstruction(text: string): number {
  const { unsafe, abbreviated } = notationsIn(text)
  return unsafe.length + abbreviated.length === 0 ? 0 : HAS.notation
}

/** What there is of all that rules ask for; see `HAS`. */
export function traitsOf(subject: Subject): number {
  let traits = subject.misformed === false ? 0 : HAS.misformed
  const { extension, medicationReference, medicationCodeableConcept, reportedBoolean } =
    subject.resource as Partial<r4.MedicationRequest>
  if (extension !== undefined) traits |= HAS.extensions | HAS.controlled
  if (medicationReference !== undefined) traits |= HAS.medicationReference
  const { text, coding } = medicationCodeableConcept ?? {}
  if ((coding?.length ?? 0) + (text === undefined ? 0 : 1) > 1) traits |= HAS.medicineNames
  if (reportedBoolean === true) traits |= HAS.reported
  if (!coding?.some(isOfSnomed)) traits |= HAS.noCode
  if (isBare(quantityOf(subject.resource))) traits |= HAS.bareQuantity
  for (const directions of directionsOf(subject)) traits |= inDirections(directions)
  return traits
}

/** What is to be supplied by a prescription, or was by a dispense. */
export const quantityOf = (resource: Resource): r4.Quantity | undefined =>
  resource.resourceType === 'MedicationRequest'
    ? (resource as unknown as r4.MedicationRequest).dispenseRequest?.quantity
    : (resource as unknown as r4.MedicationDispense).quantity

function inDirections({ known, dosages }: Directions): number {
  let traits = dosages.length > 1 ? HAS.dosages : 0
  if (known.weekly) traits |= HAS.weeklyMedicine
  if (known.interval) traits |= HAS.intervalMedicine
  if (known.limit) traits |= HAS.doseLimit
  if (known.biologic) traits |= HAS.biologic
  if (known.controlled) traits |= HAS.controlled
  if (known.unbranded) traits |= HAS.unbranded
  if (known.form) traits |= HAS.form
  for (const { dosage } of dosages) traits |= inDosage(dosage)
  return traits
}

function inDosage(dosage: r4.Dosage): number {
  const { text, patientInstruction, asNeededBoolean, timing, doseAndRate } = dosage
  let traits = text === undefined ? 0 : inText(text)
  if (patientInstruction !== undefined) traits |= inInstruction(patientInstruction)
  if (asNeededBoolean === true || (asNeededBoolean === false && saysAsNeeded(text ?? ''))) traits |= HAS.asNeeded
  if (asNeededBoolean === true || dosage.asNeededCodeableConcept !== undefined) traits |= HAS.leftToPatient
  if (text === undefined || timing === undefined || doseAndRate === undefined) traits |= HAS.gap
  if (dosage.maxDosePerAdministration ?? dosage.maxDosePerPeriod ?? dosage.maxDosePerLifetime) traits |= HAS.maximum
  if (timing !== undefined) {
    const { event, repeat } = timing
    if (event !== undefined) traits |= HAS.dates
    if (repeat !== undefined) {
      if (repeat.boundsPeriod !== undefined) traits |= HAS.dates
      if (repeat.dayOfWeek !== undefined) traits |= HAS.course
      if (repeat.duration !== undefined) traits |= HAS.rate
    }
  }
  if (doseAndRate === undefined) return traits
  traits |= doseAndRate.length > 1 ? HAS.dose | HAS.doses : HAS.dose
  for (const { doseQuantity, doseRange, rateQuantity, rateRange, rateRatio } of doseAndRate) {
    if (rateQuantity ?? rateRange ?? rateRatio) traits |= HAS.rate
    if (isEmpty(doseQuantity) || (doseRange !== undefined && (isEmpty(doseRange.low) || isEmpty(doseRange.high))))
      traits |= HAS.emptyDose
  }
  return traits
}

/** Whether an amount has no unit. */
export const isBare = (amount: r4.Quantity | undefined): boolean =>
  amount?.value !== undefined && amount.unit === undefined && amount.code === undefined

const isEmpty = (dose: r4.Quantity | undefined): boolean =>
  dose?.value !== undefined && (dose.value <= 0 || isBare(dose))

/** Types whose rules say what they ask for. */
export const hasTraits = ({ resourceType }: Resource): boolean =>
  resourceType === 'MedicationRequest' || resourceType === 'MedicationDispense'
