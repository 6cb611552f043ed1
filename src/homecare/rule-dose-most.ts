/**
 * How much is given, or may be taken, against the most that is known to be given of a medicine (doseLimits of
 * `conformance/medicines.json`).
 */
import { maximaOf } from './dose-maximum.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import type { DoseLimit } from './medicines.ts'
import { type Directions, directionsOf, doseAt, isAsNeeded, type ReadDosage } from './prescription-view.ts'
import { contentOf, strengthOf } from './quantity.ts'
import { fewestADay } from './rule-dose-limits.ts'
import { HAS } from './traits.ts'
import { type Dimension, type Measure, measureOf } from './units.ts'

export const doseLimits: Check<Subject> = {
  codes: ['dose-far-too-high', 'dose-high'],
  asks: HAS.doseLimit,
  run: (subject) => {
    let findings: readonly Finding[] = NOTHING
    for (const directions of directionsOf(subject)) {
      const { limit } = directions.known
      const found = limit && aboveLimit(subject, directions, limit)
      if (found) findings = [...findings, found]
    }
    return findings
  },
}

const PERIODS = [
  ['perDose', 0, 'at a time'],
  ['perDay', 1, 'a day'],
  ['perWeek', 7, 'a week'],
] as const

/** How many times the most that is known something is, and what. */
interface Excess {
  readonly times: number
  readonly most: number
  /** `a day` */
  readonly of: string
  readonly read: ReadDosage
  /** Where it stands in the dosage; undefined for the dose. */
  readonly element?: string
  /** What is given at least, what the dosage allows as its maximum, or what it comes to when taken as often as allowed. */
  readonly by: 'given' | 'maximum' | 'often'
}

/** The worst that these directions come to, by whichever period the row limits. */
function aboveLimit(subject: Subject, directions: Directions, limit: DoseLimit): Finding | undefined {
  const { warnAbove, refuseAbove } = subject.medicines.table.doseTolerance
  let worst: Excess | undefined
  const judge = (excess: Excess): void => {
    if (excess.times > (worst?.times ?? warnAbove)) worst = excess
  }
  for (const [period, days, of] of PERIODS) {
    const most = limit[period]
    if (most === undefined) continue
    judgeGiven(directions, limit, { most, days, of, judge })
    for (const read of directions.dosages) judgeAllowed(read, directions, limit, { most, days, of, judge })
  }
  return worst && found(worst, limit, limit.refuseAbove ?? refuseAbove)
}

interface Question {
  readonly most: number
  /** 0 for one dose */
  readonly days: number
  readonly of: string
  readonly judge: (excess: Excess) => void
}

const dimensionOf = ({ unit }: DoseLimit): Dimension => (unit === 'mg' ? 'mass' : 'activity')

/** What is given at least; the dosages of one sequence together. */
function judgeGiven({ medicine, known, dosages }: Directions, limit: DoseLimit, question: Question): void {
  const { most, days, of, judge } = question
  // That it is given too often is found by the rule for that.
  const often = known.weekly?.dosesPerWeek ?? Infinity
  const together = days === 0 || dosages.length === 1 ? undefined : new Map<number, number>()
  for (const read of dosages) {
    const dose = doseOf(read, medicine.name)
    if (dose?.dimension !== dimensionOf(limit)) continue
    const { sequence = 1 } = read.dosage
    const sum = (together?.get(sequence) ?? 0) + dose.value * (days === 0 ? 1 : Math.min(often, perPeriod(read, days)))
    together?.set(sequence, sum)
    judge({ times: sum / most, most, of, read, by: 'given' })
  }
}

/** Words that limit how often, whether or not they could be read. */
const SAYS_MOST = /max|more than|exceed|up to|only/i

/** What a dosage allows: by the limits it sets itself, or as needed by the shortest time between two doses. */
function judgeAllowed(read: ReadDosage, { medicine }: Directions, limit: DoseLimit, question: Question): void {
  const { most, days, of, judge } = question
  const { dosage } = read
  const maxima = maximaOf(dosage)
  for (const maximum of maxima) {
    // A limit of a time says nothing of one dose.
    if (maximum.days > 0 && days === 0) continue
    const allowed = contentOf(maximum.amount, medicine.name)
    if (allowed?.dimension !== dimensionOf(limit)) continue
    // Of a longer time its part; that a shorter one may come round again, nobody said.
    const part = maximum.days > days ? days / maximum.days : 1
    judge({ times: (allowed.value * part) / most, most, of, read, element: maximum.element, by: 'maximum' })
  }
  if (days !== 1 || !isAsNeeded(dosage) || maxima.some((maximum) => maximum.days > 0)) return
  const { text = '', patientInstruction = '', timing } = dosage
  if (dosage.maxDosePerPeriod || SAYS_MOST.test(text) || SAYS_MOST.test(patientInstruction)) return
  const dose = doseOf(read, medicine.name)
  if (dose?.dimension !== dimensionOf(limit)) return
  const rates = [read.rate, read.words?.rate, read.coded].flatMap((rate) => (rate ? [rate.low] : []))
  const doses = Math.min(timing?.repeat?.count ?? Infinity, ...rates)
  if (rates.length > 0) judge({ times: (dose.value * doses) / most, most, of, read, by: 'often' })
}

function found({ times, most, of, read, element, by }: Excess, limit: DoseLimit, refuseAbove: number): Finding {
  // How often it is really taken, the patient decides.
  const isFar = by !== 'often' && times > refuseAbove
  const [comes, check] = {
    given: ['these directions come to', 'Check'],
    maximum: ['the maximum that the dosage sets is', 'Check the maximum,'],
    often: [
      'taken as often as these directions allow, it is',
      'Say the most in a day in the text and in maxDosePerPeriod, or check',
    ],
  }[by]
  const words = `${limit.name}: the most that is known to be given is ${most} ${limit.unit} ${of}; ${comes} ${isFar ? 'far more' : 'more'}. ${check} product, dose, unit and timing with the prescriber${isFar ? ', and correct what is wrong' : ''}.`
  const at = read.dosage.doseAndRate ? doseAt(read) : `${read.at()}.text`
  return { code: isFar ? 'dose-far-too-high' : 'dose-high', at: element ? `${read.at()}.${element}` : at, words }
}

/** Doses in so many days, of which one may be all that the period sees. */
function perPeriod(read: ReadDosage, days: number): number {
  const { count } = read.dosage.timing?.repeat ?? {}
  return Math.max(1, Math.min(count ?? Infinity, fewestADay(read) * days))
}

/** One dose as it stands in the structure, or where there is none in the words. */
function doseOf({ dosage, words }: ReadDosage, name: string): Measure | undefined {
  const given = dosage.doseAndRate?.map(({ doseQuantity, doseRange }) =>
    contentOf(doseQuantity ?? doseRange?.high ?? doseRange?.low, name),
  )
  if (given && given.length > 0) {
    return given.reduce((most, one) => (one && (!most || one.value > most.value) ? one : most), undefined)
  }
  if (!words || words.complex) return undefined
  const [amount, ...more] = words.amounts
  const said = amount && measureOf(amount.value, amount.unit)
  if (said && more.length === 0 && said.dimension !== 'volume') return said
  const mass = words.solids === undefined ? undefined : strengthOf(name)?.holds.mass
  return mass === undefined || words.solids === undefined
    ? undefined
    : { dimension: 'mass', value: words.solids * mass }
}
