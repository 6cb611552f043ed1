/** Rules for one prescription seen alone: what it is, until when it is good, and whether its supply comes out. */
import type { r4 } from '../fhir/resource.ts'
import { DAY, dayEnd, isMonthsPast, rangeOf } from './dates.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import { TOLERANCE_MS } from './named-rules.ts'
import { directionsOf } from './prescription-view.ts'
import { needOf } from './quantity.ts'
import { daysOf } from './timing.ts'
import { HAS } from './traits.ts'

const prescriptionOf = ({ resource }: Subject): r4.MedicationRequest => resource as unknown as r4.MedicationRequest

const CATEGORY_SYSTEMS = [
  'http://terminology.hl7.org/CodeSystem/medicationrequest-category',
  'https://fhir.hl7.org.uk/CodeSystem/UKCore-MedicationRequestCategory',
]
/** EPS homecare examples say outpatient, the older guide community: both are read as homecare. */
const HOMECARE_CATEGORIES = ['outpatient', 'community']

export const category: Check<Subject> = {
  codes: ['category-not-homecare'],
  run: (subject) => {
    let isOther = false
    for (const { coding } of prescriptionOf(subject).category ?? NOTHING) {
      for (const { system, code } of coding ?? NOTHING) {
        if (system === undefined || !CATEGORY_SYSTEMS.includes(system)) continue
        if (code && HOMECARE_CATEGORIES.includes(code)) return NOTHING
        isOther = true
      }
    }
    if (!isOther) return NOTHING
    const words = 'A homecare prescription has the category outpatient (or community, as older guides say).'
    return [{ code: 'category-not-homecare', at: 'category', words }]
  },
}

const PRESCRIPTION_TYPE = 'https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionType'

export const prescriptionType: Check<Subject> = {
  codes: ['prescription-type-not-homecare'],
  asks: HAS.extensions,
  run: (subject) => {
    const extensions = prescriptionOf(subject).extension
    if (extensions === undefined) return NOTHING
    const index = extensions.findIndex(({ url }) => url === PRESCRIPTION_TYPE)
    const code = extensions[index]?.valueCoding?.code
    const types = subject.medicines.table.homecarePrescriptionTypes
    if (code === undefined || types.includes(code)) return NOTHING
    const words = `Prescription type ${/^\d{4}$/.test(code) ? `${code} ` : ''}is not one of homecare: 1201 stands for a medical prescriber, other homecare types are ${types.slice(1).join(', ')}.`
    return [{ code: 'prescription-type-not-homecare', at: `extension[${index}].value.ofType(Coding)`, words }]
  },
}

export const authoredOn: Check<Subject> = {
  codes: ['authored-in-future'],
  run: (subject) => {
    const range = rangeOf(prescriptionOf(subject).authoredOn ?? '')
    if (!range || range.low <= subject.now + TOLERANCE_MS) return NOTHING
    const words =
      'authoredOn lies more than 24 hours ahead: it is the date of signing. A prescription that is not to be dispensed before a date says so in dispenseRequest.validityPeriod.start.'
    return [{ code: 'authored-in-future', at: 'authoredOn', words }]
  },
}

/** The later of the date of signing and the date before which it is not to be dispensed (Human Medicines Regulations 2012, reg. 217). */
function appropriateDate({ authoredOn, dispenseRequest }: r4.MedicationRequest): number | undefined {
  if (authoredOn === undefined) return undefined
  const signed = dayEnd(authoredOn)
  const start = dayEnd(dispenseRequest?.validityPeriod?.start ?? '')
  return signed === undefined || start === undefined ? (signed ?? start) : Math.max(signed, start)
}

/** Months for which a prescription is good: six to its first supply, and a year with repeats (the custom of homecare). */
const MONTHS = { first: 6, repeats: 12 }

export const validity: Check<Subject> = {
  codes: ['prescription-out-of-date', 'validity-too-long'],
  run: (subject) => {
    const prescription = prescriptionOf(subject)
    const date = appropriateDate(prescription)
    if (date === undefined) return NOTHING
    const findings: Finding[] = []
    // A repeat of an order accepted in time may run longer; only what arrives now is judged by now.
    if (subject.creating && isMonthsPast(subject.now, date, MONTHS.first)) {
      const words =
        'More than six months have passed since the prescription was signed (or since dispenseRequest.validityPeriod.start, if later): it may not be dispensed any more. Send a new prescription.'
      findings.push({ code: 'prescription-out-of-date', at: 'authoredOn', words })
    }
    const request = prescription.dispenseRequest
    const end = rangeOf(request?.validityPeriod?.end ?? '')
    if (subject.creating && end && findings.length === 0 && end.high + DAY < subject.now) {
      const words =
        'The validity of the prescription is over before it arrives (dispenseRequest.validityPeriod.end): nothing could be dispensed on it. Correct the date, or send a new prescription.'
      findings.push({ code: 'prescription-out-of-date', at: 'dispenseRequest.validityPeriod.end', words })
    }
    const repeats = (request?.numberOfRepeatsAllowed ?? 0) > 0
    if (end && isMonthsPast(end.low - DAY, date, repeats ? MONTHS.repeats : MONTHS.first)) {
      const words = repeats
        ? 'The validity is longer than twelve months: review the patient and send a new prescription sooner.'
        : 'The validity is longer than six months, and a prescription without repeats may not be dispensed after that: shorten validityPeriod, or say numberOfRepeatsAllowed.'
      findings.push({ code: 'validity-too-long', at: 'dispenseRequest.validityPeriod.end', words })
    }
    return findings
  },
}

/** A supply in hand is kept, a second one on top of it is not. */
const OVERLAP = 1.5

export const supplies: Check<Subject> = {
  codes: ['supplies-exceed-validity', 'supply-gap', 'supply-overlap', 'repeat-duration-missing'],
  run: (subject) => {
    const request = prescriptionOf(subject).dispenseRequest
    const repeats = request?.numberOfRepeatsAllowed ?? 0
    const duration = daysOf(request?.expectedSupplyDuration)
    const interval = daysOf(request?.dispenseInterval)
    const findings: Finding[] = []
    if (repeats > 0 && duration === undefined && interval === undefined) {
      const words =
        'Say in expectedSupplyDuration how long one supply lasts (e.g. 28 d), so that the deliveries can be planned before the medicine runs out.'
      findings.push({ code: 'repeat-duration-missing', at: 'dispenseRequest', words })
    }
    // A week of leeway: deliveries are booked around the due date.
    if (interval !== undefined && duration !== undefined && interval > duration + 7) {
      const words =
        'dispenseInterval is longer than expectedSupplyDuration: the patient would be without medicine between supplies. Correct whichever is wrong.'
      findings.push({ code: 'supply-gap', at: 'dispenseRequest.dispenseInterval', words })
    }
    if (interval !== undefined && duration !== undefined && repeats > 0 && duration > interval * OVERLAP) {
      const words =
        'dispenseInterval is much shorter than expectedSupplyDuration: a new supply comes long before the last one is used up. Correct whichever is wrong.'
      findings.push({ code: 'supply-overlap', at: 'dispenseRequest.dispenseInterval', words })
    }
    const period = request?.validityPeriod
    const step = interval ?? duration
    if (step !== undefined && period?.end === undefined && repeats * step > 366 + 7) {
      const words =
        'The repeats run for longer than a year, and no validityPeriod.end says when they are over: say it, or lower numberOfRepeatsAllowed.'
      findings.push({ code: 'supplies-exceed-validity', at: 'dispenseRequest.numberOfRepeatsAllowed', words })
    }
    if (step === undefined || period?.end === undefined) return findings
    const start = rangeOf(period.start ?? prescriptionOf(subject).authoredOn ?? '')
    const end = rangeOf(period.end)
    if (start && end && start.low + (repeats * step - 7) * DAY > end.high) {
      const words =
        'The last repeat falls due after validityPeriod.end, so it would never be dispensed: lengthen the validity, or lower numberOfRepeatsAllowed.'
      findings.push({ code: 'supplies-exceed-validity', at: 'dispenseRequest.numberOfRepeatsAllowed', words })
    }
    return findings
  },
}

const CONTROLLED_DRUG = 'https://fhir.nhs.uk/StructureDefinition/Extension-DM-ControlledDrug'

/** The schedule that the sender declares, 1 to 5, and where. */
function declaredSchedule({ extension }: r4.MedicationRequest): { schedule: string; at: string } | undefined {
  if (extension === undefined) return undefined
  const index = extension.findIndex(({ url }) => url === CONTROLLED_DRUG)
  if (index < 0) return undefined
  const parts = extension[index]?.extension ?? []
  const part = parts.findIndex(({ url }) => url === 'schedule')
  const schedule = /^CD([1-5])/.exec(parts[part]?.valueCoding?.code ?? '')?.[1]
  return schedule === undefined ? undefined : { schedule, at: `extension[${index}].extension[${part}]` }
}

const isRefused = (schedule: string): schedule is '1' | '2' | '3' => /^[123]$/.test(schedule)

export const controlledDrugs: Check<Subject> = {
  codes: ['controlled-drug'],
  asks: HAS.controlled,
  run: (subject) => {
    const declared = declaredSchedule(prescriptionOf(subject))
    const directions = directionsOf(subject)[0]
    const drug = directions?.known.controlled
    const schedule = drug ? String(drug.schedule) : declared?.schedule
    if (schedule === undefined || !isRefused(schedule)) return NOTHING
    const route = subject.medicines.table.controlledDrugRoutes[schedule]
    const words = `${drug?.name ?? 'The medicine'} is a controlled drug of Schedule ${schedule}. ${route}`
    return [{ code: 'controlled-drug', at: drug ? 'medication' : (declared?.at ?? 'medication'), words }]
  },
}

const isNamed = (concept: r4.CodeableConcept | undefined): boolean =>
  concept?.text !== undefined || (concept?.coding?.some(({ code }) => code !== undefined) ?? false)

/** What is made up for one patient may be known by its ingredients alone, as in R4's own examples. */
export const medicineNamed: Check<Subject> = {
  codes: ['medicine-not-named'],
  asks: HAS.medicationReference,
  run: (subject) => {
    const { medicationReference: link } = prescriptionOf(subject)
    const reference = link?.reference
    if (link && reference === undefined && link.display === undefined) {
      const words = 'medicationReference leads to no Medication and says no name: send the medicine by its code.'
      return [{ code: 'medicine-not-named', at: 'medication', words }]
    }
    const medication = reference === undefined ? undefined : subject.medicationOf(reference)
    if (!medication || isNamed(medication.code)) return NOTHING
    const isMadeUp = medication.ingredient?.some(
      ({ itemCodeableConcept, itemReference }) => itemReference !== undefined || isNamed(itemCodeableConcept),
    )
    if (isMadeUp) return NOTHING
    const words =
      'The Medication that is referred to says neither by a code nor in words which medicine it is: send Medication.code, or the ingredients of what is made up.'
    return [{ code: 'medicine-not-named', at: 'medication', words }]
  },
}

export const medicineByCode: Check<Subject> = {
  codes: ['medicine-by-code-alone'],
  run: (subject) => {
    const { contents } = directionsOf(subject)[0] ?? {}
    if (!contents || contents.codes.length === 0 || contents.name.trim() !== '') return NOTHING
    const words =
      'The medicine is told by a code alone. People cannot read it, and controlled drugs, weekly medicines and strengths are recognised by name: they were looked for only as far as a terminology server names the code. Send its name too (text, or display of the coding).'
    return [{ code: 'medicine-by-code-alone', at: 'medication', words }]
  },
}

export const quantity: Check<Subject> = {
  codes: ['quantity-far-from-dose', 'quantity-differs-from-dose'],
  run: (subject) => {
    const prescription = prescriptionOf(subject)
    const directions = directionsOf(subject)[0]
    const need = directions && needOf(prescription, directions)
    const value = prescription.dispenseRequest?.quantity?.value
    if (!need || value === undefined) return NOTHING
    const tolerance = subject.medicines.table.quantityTolerance
    const spare = value - need.high > tolerance.spareUnits
    const far = value < need.low * tolerance.refuseBelow || (spare && value > need.high * tolerance.refuseAbove)
    const off = value < need.low * tolerance.warnBelow || (spare && value > need.high * tolerance.warnAbove)
    if (!far && !off) return NOTHING
    const code = far ? 'quantity-far-from-dose' : 'quantity-differs-from-dose'
    const doses = need.doses === 1 ? 'one dose' : `${need.doses} doses`
    const units = need.low === need.high ? round(need.high) : `${round(need.low)} to ${round(need.high)}`
    const words = `Dose and timing come to ${doses} in ${round(need.days)} days, which is a quantity of ${units} in the unit given; dispenseRequest.quantity is ${value < need.low ? 'less' : 'more'}. Correct quantity, dose, timing or expectedSupplyDuration: dispenseRequest.quantity is that of one supply.`
    return [{ code, at: 'dispenseRequest.quantity', words }]
  },
}

const round = (value: number): number => Math.round(value * 100) / 100
