/** Numbers of a supply that do not go together: the first fill, the start of validity, the days that a dispense lasts. */
import type { r4 } from '../fhir/resource.ts'
import { DAY, isMonthsPast, rangeOf } from './dates.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import { directionsOf } from './prescription-view.ts'
import { needOf, sameUnit } from './quantity.ts'
import { HAS } from './traits.ts'

/** Loading doses take several times the supply that goes on; a slip takes ten times. */
const LARGEST_FIRST = 9
/** Months ahead for which a prescription is written at most. */
const AHEAD = 12

export const firstSupply: Check<Subject> = {
  codes: ['initial-fill-unit', 'initial-fill-large', 'validity-starts-late'],
  run: ({ resource }) => {
    const { dispenseRequest: request, authoredOn } = resource as unknown as r4.MedicationRequest
    const findings: Finding[] = []
    const [first, usual] = [request?.initialFill?.quantity, request?.quantity]
    const at = 'dispenseRequest.initialFill.quantity'
    if (first && usual && !sameUnit(first, usual)) {
      const words =
        'The first fill is in another unit than the quantity of a supply: the two cannot be added up. Send the same system and code.'
      findings.push({ code: 'initial-fill-unit', at, words })
    } else if ((usual?.value ?? 0) > 0 && (first?.value ?? 0) > LARGEST_FIRST * (usual?.value ?? 0)) {
      const words = 'The first fill is ten times a usual supply, or more. Correct whichever is wrong.'
      findings.push({ code: 'initial-fill-large', at, words })
    }
    const [start, signed] = [rangeOf(request?.validityPeriod?.start ?? ''), rangeOf(authoredOn ?? '')]
    if (start && signed && isMonthsPast(start.low, signed.high, AHEAD)) {
      const words =
        'The validity begins more than a year after the prescription was signed. Correct whichever date is wrong.'
      findings.push({ code: 'validity-starts-late', at: 'dispenseRequest.validityPeriod.start', words })
    }
    return findings.length === 0 ? NOTHING : findings
  },
}

export const timingInTime: Check<Subject> = {
  codes: ['timing-over', 'timing-outside-validity'],
  asks: HAS.dates,
  run: (subject) => {
    const { authoredOn, dispenseRequest } = subject.resource as unknown as r4.MedicationRequest
    const signed = rangeOf(authoredOn ?? '')
    const end = rangeOf(dispenseRequest?.validityPeriod?.end ?? '')
    return directionsOf(subject).flatMap(({ dosages }) =>
      dosages.flatMap(({ dosage: { timing }, at }): Finding[] => {
        const events = timing?.event
        const bounds = timing?.repeat?.boundsPeriod
        if (!events && !bounds) return []
        const last = rangeOf(bounds?.end ?? events?.toSorted().at(-1) ?? '')
        if (last && signed && last.high + DAY < signed.low) {
          const words = 'This dosage was over before the prescription was signed. Correct its dates.'
          return [{ code: 'timing-over', at: `${at()}.timing`, words }]
        }
        const begin = rangeOf(bounds?.start ?? '')
        if (!begin || !end || begin.low <= end.high) return []
        const words =
          'This dosage begins after validityPeriod.end: nothing could be supplied for it. Correct the dates.'
        return [{ code: 'timing-outside-validity', at: `${at()}.timing`, words }]
      }),
    )
  },
}

export const daysSupplied: Check<Subject> = {
  codes: ['days-supply-differs'],
  run: (subject) => {
    const { quantity, daysSupply } = subject.resource as unknown as r4.MedicationDispense
    const directions = directionsOf(subject)[0]
    if (quantity?.value === undefined || !daysSupply || !directions) return NOTHING
    const supply = { dispenseRequest: { quantity, expectedSupplyDuration: daysSupply } } as r4.MedicationRequest
    const need = needOf(supply, directions)
    const { refuseBelow, refuseAbove, spareUnits } = subject.medicines.table.quantityTolerance
    if (!need) return NOTHING
    const isFar =
      quantity.value < need.low * refuseBelow ||
      (quantity.value - need.high > spareUnits && quantity.value > need.high * refuseAbove)
    if (!isFar) return NOTHING
    const words =
      'The quantity is far from what the dose takes in the days that daysSupply says: the patient’s cover would be reckoned wrongly. Correct whichever is wrong.'
    return [{ code: 'days-supply-differs', at: 'daysSupply', words }]
  },
}
