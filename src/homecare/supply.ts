/**
 * What may be dispensed. Called in the lane for every create and update of a MedicationDispense, with everything that
 * was dispensed before on the same prescription; the sum is therefore right at that instant.
 */
import type { Issue } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { addMonths, dayEnd, rangeOf } from './dates.ts'
import { labelFaults } from './label.ts'
import { add, compare, type Decimal, decimal, times, toNumber, ZERO } from './decimal.ts'
import { TOLERANCE_MS } from './named-rules.ts'
import { businessCode } from './states.ts'
import { statusChanged } from './step-time.ts'
import { supplyNumber } from './supply-plan.ts'

/**
 * The quantity that a prescription authorises in all: the first fill and every repeat
 * (https://hl7.org/fhir/R4/medicationrequest.html, dispenseRequest). Undefined when it states no quantity.
 */
export function authorised(prescription: r4.MedicationRequest): r4.Quantity | undefined {
  const request = prescription.dispenseRequest
  const quantity = request?.quantity
  if (quantity?.value === undefined) return undefined
  const repeats = times(decimal(quantity.value), request?.numberOfRepeatsAllowed ?? 0)
  const first = request?.initialFill?.quantity?.value ?? quantity.value
  return { ...quantity, value: toNumber(add(decimal(first), repeats)) }
}

/** Statuses of a dispense that supplies nothing. */
const void_ = ['cancelled', 'declined', 'stopped', 'entered-in-error']
export const supplies = (dispense: r4.MedicationDispense): boolean => !void_.includes(dispense.status)

/** What dispenses of a prescription add up to, those that supply nothing left out. */
export const supplied = (dispenses: readonly r4.MedicationDispense[]): Decimal =>
  dispenses.filter(supplies).reduce((sum, { quantity }) => add(sum, decimal(quantity?.value ?? 0)), ZERO)

/** References to Tasks by which a dispense says which supply it belongs to. */
export const supplyReferences = (dispense: r4.MedicationDispense): readonly string[] =>
  (dispense.supportingInformation ?? []).flatMap(({ reference }) =>
    reference !== undefined && /(^|\/)Task\/[^/]+$/.test(reference) ? [reference] : [],
  )

export interface DispenseQuestion {
  /** As it would be stored. */
  readonly dispense: r4.MedicationDispense
  /** As it is stored now; absent for a create. */
  readonly current?: r4.MedicationDispense | undefined
  readonly prescription: r4.MedicationRequest
  /** Every other dispense of the same prescription, the one in question left out. */
  readonly earlier: readonly r4.MedicationDispense[]
  /** The order Task of the prescription. */
  readonly order?: r4.Task | undefined
  /** Since when nothing of the prescription may be supplied, in ms since the epoch; absent while it may. */
  readonly barredSince?: number | undefined
  /** The supply Task that the dispense names, if any. */
  readonly supply?: r4.Task | undefined
  /** When the goods of the supply left, as far as it is told, in ms since the epoch; absent while they have not. */
  readonly leftAt?: number | undefined
  /** The concepts behind the Medication references of prescription and dispense, where they have one. */
  readonly prescribed?: r4.CodeableConcept | undefined
  readonly product?: r4.CodeableConcept | undefined
  /** The batch behind the dispense's Medication, if it names one. */
  readonly batch?: r4.MedicationBatch | undefined
  /** ms since the epoch */
  readonly now: number
  /** FHIRPath of the dispense in what was sent. */
  readonly root?: string
}

/** Everything that forbids this dispense; empty when it may be stored. */
export function checkDispense(question: DispenseQuestion): Issue[] {
  const { dispense } = question
  const issues = [...checkForm(question), ...checkTimes(question)]
  if (supplies(dispense)) {
    issues.push(
      ...checkMedication(question),
      ...checkLabel(question),
      ...checkBatch(question),
      ...checkQuantity(question),
      ...checkBelonging(question),
    )
    // Goods that have left are reported to the end, whatever was decided meanwhile: the truth is never refused.
    if (begins(question)) issues.push(...checkPermission(question), ...checkExpiry(question))
  }
  return issues
}

/** Whether this version begins or enlarges a supply, rather than reporting how one that had begun went on. */
function begins({ dispense, current }: DispenseQuestion): boolean {
  if (current?.status !== 'in-progress' && current?.status !== 'completed') return true
  return compare(decimal(dispense.quantity?.value ?? 0), decimal(current.quantity?.value ?? 0)) > 0
}

const issue = (
  question: Pick<DispenseQuestion, 'root'>,
  key: Issue['key'],
  element: string,
  diagnostics: string,
): Issue => ({
  key,
  diagnostics,
  expression: `${question.root ?? 'MedicationDispense'}${element === '' ? '' : `.${element}`}`,
})

function checkForm(question: DispenseQuestion): Issue[] {
  const { dispense, prescription } = question
  const issues: Issue[] = []
  const reason = dispense.statusReasonCodeableConcept ?? dispense.statusReasonReference
  if (reason && !['cancelled', 'stopped', 'declined', 'on-hold'].includes(dispense.status)) {
    const words =
      'A reason belongs to a dispense that is on-hold, declined or stopped: leave it out, or change the status.'
    issues.push(issue(question, 'status-reason-misplaced', 'statusReason', words))
  }
  if (dispense.status !== 'completed') return issues
  if (dispense.whenHandedOver === undefined) {
    const words = 'completed means handed over: say in whenHandedOver when. Goods on their way are in-progress.'
    issues.push(issue(question, 'dispense-handover-missing', 'whenHandedOver', words))
  }
  if (dispense.quantity?.value === undefined && prescription.dispenseRequest?.quantity?.value !== undefined) {
    const words = 'Say in quantity how much was handed over, in the unit of the prescription.'
    issues.push(issue(question, 'dispense-quantity-missing', 'quantity', words))
  }
  return issues
}

/** Times of a dispense that cannot be, whatever it belongs to. */
export function checkTimes(question: Pick<DispenseQuestion, 'dispense' | 'now' | 'root'>): Issue[] {
  const { dispense, now } = question
  const issues: Issue[] = []
  const changed = statusChanged(dispense as unknown as Resource)
  const times = { whenPrepared: dispense.whenPrepared, whenHandedOver: dispense.whenHandedOver, statusChanged: changed }
  for (const [name, text] of Object.entries(times)) {
    if (text === undefined) continue
    const range = rangeOf(text)
    if (!range || range.low > now + TOLERANCE_MS) {
      const element = name === 'statusChanged' ? 'extension' : name
      const words = `${name} is no time that can be, or lies more than 24 hours ahead: report what has happened, with the time at which it happened.`
      issues.push(issue(question, 'time-implausible', element, words))
    }
  }
  const prepared = rangeOf(dispense.whenPrepared ?? '')
  const handedOver = rangeOf(dispense.whenHandedOver ?? '')
  if (prepared && handedOver && handedOver.high < prepared.low) {
    const words = 'whenHandedOver lies before whenPrepared: goods are prepared before they are handed over.'
    issues.push(issue(question, 'dispense-times-reversed', 'whenHandedOver', words))
  }
  return issues
}

/**
 * What was done while it might be is reported whenever the report comes: the supply of the goods is on its way or
 * further; or they were prepared (or, where that is not said, handed over), or reached the status, before supply was
 * barred.
 */
function hadLeft({ dispense, supply, leftAt, barredSince }: DispenseQuestion): boolean {
  if (barredSince === undefined) return false
  if (supply && supply.status !== 'failed' && leftAt !== undefined && leftAt <= barredSince) return true
  const handedOver = dispense.status === 'completed' ? (dispense.whenPrepared ?? dispense.whenHandedOver) : undefined
  const happened = rangeOf(handedOver ?? statusChanged(dispense as unknown as Resource) ?? '')
  return happened !== undefined && happened.high < barredSince
}

function checkPermission(question: DispenseQuestion): Issue[] {
  const { prescription, order, supply } = question
  const issues: Issue[] = []
  if (hadLeft(question)) return issues
  if (prescription.status !== 'active') {
    const words = `The prescription is ${prescription.status ?? 'without status'}: only an active one may be dispensed. Ask the trust.`
    issues.push(issue(question, 'dispense-prescription-inactive', 'authorizingPrescription', words))
  }
  const orderState = order && (businessCode(order) ?? order.status)
  if (order && orderState !== 'accepted' && orderState !== 'in-supply') {
    const words = `The order is ${order.status}/${orderState}: a provider dispenses an order that it has accepted (accepted/accepted) or is supplying (in-progress/in-supply).`
    issues.push(issue(question, 'dispense-order-not-accepted', 'authorizingPrescription', words))
  }
  if (supply && ['cancelled', 'failed', 'entered-in-error'].includes(supply.status)) {
    const words = `The supply named is ${supply.status}/${businessCode(supply) ?? ''}: name the supply Task that takes its place.`
    issues.push(issue(question, 'dispense-not-of-order', 'supportingInformation', words))
  }
  return issues
}

/** `Patient/1` of a relative or absolute reference. */
const tail = (reference: string): string => reference.split('/').slice(-2).join('/')

function checkBelonging(question: DispenseQuestion): Issue[] {
  const { dispense, order, supply, prescription } = question
  const issues: Issue[] = []
  if (
    supply &&
    order?.id !== undefined &&
    !supply.partOf?.some(({ reference }) => reference?.endsWith(`Task/${order.id}`))
  ) {
    const words = 'The supply Task named in supportingInformation belongs to another order than the prescription.'
    issues.push(issue(question, 'dispense-not-of-order', 'supportingInformation', words))
  }
  const [asked, given] = [prescription.subject.reference, dispense.subject?.reference]
  if (asked !== undefined && given !== undefined && tail(asked) !== tail(given)) {
    const words = 'subject is not the patient of the prescription.'
    issues.push(issue(question, 'dispense-not-of-order', 'subject', words))
  }
  return issues
}

/**
 * Prescription-only medicines are not first dispensed later than six months after the appropriate date (Human
 * Medicines Regulations 2012, reg. 217); a repeat lasts as long as its validity. The day that counts is the day of
 * preparing, so that a report that comes late is not held against the provider. The order's own date stands in for a
 * prescription without `authoredOn`.
 */
function checkExpiry(question: DispenseQuestion): Issue[] {
  const { dispense, prescription, order, earlier, now } = question
  const issues: Issue[] = []
  const day = rangeOf(dispense.whenPrepared ?? dispense.whenHandedOver ?? '')?.low ?? now
  const end = rangeOf(prescription.dispenseRequest?.validityPeriod?.end ?? '')
  if (end && day > end.high) {
    const words =
      'The validity of the prescription is over (dispenseRequest.validityPeriod.end): ask the trust for a new one.'
    issues.push(issue(question, 'prescription-expired', 'authorizingPrescription', words))
  }
  const written = dayEnd(prescription.authoredOn ?? order?.authoredOn ?? '')
  if (written !== undefined && !earlier.some(supplies) && day > addMonths(written, 6)) {
    const words =
      'More than six months have passed since the prescription was written, and nothing was dispensed on it: it may not be dispensed any more. Ask the trust for a new one.'
    issues.push(issue(question, 'prescription-expired', 'authorizingPrescription', words))
  }
  return issues
}

const sameUnit = (asked: r4.Quantity, given: r4.Quantity): boolean => {
  if (asked.code !== undefined || given.code !== undefined) {
    const systems = asked.system === undefined || given.system === undefined || asked.system === given.system
    return asked.code === given.code && systems
  }
  return inSingular(asked.unit) === inSingular(given.unit)
}

/** A unit in words, where no code says it: 28 tablets are counted in the same unit as one tablet. */
const inSingular = (unit: string | undefined): string | undefined =>
  unit
    ?.trim()
    .toLowerCase()
    .replace(/\(?s\)?$/, '')

function checkQuantity(question: DispenseQuestion): Issue[] {
  const { dispense, prescription, earlier } = question
  const given = dispense.quantity
  const asked = prescription.dispenseRequest?.quantity
  if (given?.value === undefined || asked?.value === undefined) return []
  if (given.value < 0) {
    return [issue(question, 'dispense-quantity-missing', 'quantity.value', 'A quantity supplied is not negative.')]
  }
  if (!sameUnit(asked, given)) {
    const words =
      'quantity is in another unit than the prescription: send the same system and code, so that the sum can be kept.'
    return [issue(question, 'dispense-quantity-unit', 'quantity', words)]
  }
  const issues: Issue[] = []
  const limit = decimal(authorised(prescription)?.value ?? 0)
  if (compare(add(supplied(earlier), decimal(given.value)), limit) > 0) {
    const words =
      'Together with what was dispensed before, this is more than the prescription authorises (dispenseRequest.quantity, once and for each of numberOfRepeatsAllowed). Ask the trust for a new prescription.'
    issues.push(issue(question, 'dispense-exceeds-authorised', 'quantity', words))
  }
  const named = supplyReferences(dispense)
  const ofSupply = earlier.filter((other) => supplyReferences(other).some((reference) => named.includes(reference)))
  const first = prescription.dispenseRequest?.initialFill?.quantity?.value
  const number = question.supply && supplyNumber(question.supply)
  // The first fill is that of the first supply; where nobody says which supply it is, the larger of the two holds.
  const most =
    number === 1 ? (first ?? asked.value) : number === undefined ? Math.max(asked.value, first ?? 0) : asked.value
  if (named.length > 0 && compare(add(supplied(ofSupply), decimal(given.value)), decimal(most)) > 0) {
    const words =
      'One supply holds dispenseRequest.quantity of an item (the first one initialFill.quantity, where it is given). Report what belongs to another delivery with the supply Task of that delivery.'
    issues.push(issue(question, 'dispense-exceeds-supply', 'quantity', words))
  }
  return issues
}

/** Goods past the expiry of their batch are not handed over. */
function checkBatch(question: DispenseQuestion): Issue[] {
  const { dispense, batch, now } = question
  const expiry = rangeOf(batch?.expirationDate ?? '')
  const day = rangeOf(dispense.whenHandedOver ?? dispense.whenPrepared ?? '')?.low ?? now
  if (!expiry || day <= expiry.high) return []
  const words =
    'The batch had expired (Medication.batch.expirationDate) by the time of handing over: supply another one.'
  return [issue(question, 'dispense-batch-expired', 'medication', words)]
}

/** What the patient reads is what was prescribed. */
function checkLabel(question: DispenseQuestion): Issue[] {
  const { dispense, prescription } = question
  const faults = labelFaults(
    { ...dispense, medicine: dispense.medicationCodeableConcept ?? question.product },
    { ...prescription, medicine: prescription.medicationCodeableConcept ?? question.prescribed },
  )
  return faults.map(({ at, words }) => issue(question, 'dispense-label-differs', at, words))
}

/** dm+d is published under its own address and as part of SNOMED CT, with the same codes. */
export const codeKey = ({ system, code }: r4.Coding): string =>
  `${system === 'https://dmd.nhs.uk' ? 'http://snomed.info/sct' : system}|${code}`

/** Whether the prescriber lets another product be supplied. */
export const substitutionAllowed = ({ substitution }: r4.MedicationRequest): boolean =>
  substitution?.allowedBoolean === true ||
  ((substitution?.allowedCodeableConcept?.coding?.length ?? 0) > 0 &&
    !substitution?.allowedCodeableConcept?.coding?.some(({ code }) => code === 'N'))

/** The product supplied shares a code with the product prescribed, or substitution was allowed by the prescriber. */
function checkMedication(question: DispenseQuestion): Issue[] {
  const { dispense, prescription } = question
  if (substitutionAllowed(prescription)) return []
  const [asked, given] = [prescription.medicationReference?.reference, dispense.medicationReference?.reference]
  // `#m1` of two resources are two medicines.
  if (asked !== undefined && asked === given && !asked.startsWith('#')) return []
  const prescribed = prescription.medicationCodeableConcept ?? question.prescribed
  const product = dispense.medicationCodeableConcept ?? question.product
  const codes = new Set(prescribed?.coding?.filter(({ code }) => code !== undefined).map(codeKey))
  if (product?.coding?.some((coding) => codes.has(codeKey(coding)))) return []
  if (codes.size === 0 && prescribed?.text !== undefined && prescribed.text === product?.text) return []
  const words =
    'The medication has no code in common with the one prescribed, and substitution is not allowed. Send the prescribed dm+d code among the codings, beside that of the actual product; for another product the trust must prescribe it.'
  return [issue(question, 'dispense-medication-differs', 'medication', words)]
}
