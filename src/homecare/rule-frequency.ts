/** Medicines that harm when they are given more often than they are meant to be: once a week, once in so many days. */
import type { r4 } from '../fhir/resource.ts'
import type { DoseWords } from './dose.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import type { IntervalMedicine } from './medicines.ts'
import { type Directions, directionsOf, placeIn, type ReadDosage } from './prescription-view.ts'
import { daysOf, exactly, type Rate, rateWords } from './timing.ts'
import { HAS } from './traits.ts'

/** How often by a dosage, in each of the places where it says so. */
function ratesOf({ rate, words, coded, instructions }: ReadDosage): { readonly rate: Rate; readonly at: string }[] {
  const rates = []
  if (rate) rates.push({ rate, at: 'timing' })
  if (words?.rate) rates.push({ rate: fewest(words), at: 'text' })
  if (coded) rates.push({ rate: coded, at: 'timing' })
  for (const { words, at } of instructions) if (words.rate) rates.push({ rate: fewest(words), at })
  return rates
}

/** "4 tablets weekly" may be four doses, and is meant as one. */
const fewest = ({ rate = exactly(0), loose }: DoseWords): Rate => (loose ? exactly(rate.low) : rate)

export const weeklyMedicines: Check<Subject> = {
  codes: ['weekly-medicine-too-often', 'weekly-medicine-unclear'],
  asks: HAS.weeklyMedicine,
  run: (subject) => {
    let findings: Finding[] | undefined
    for (const { known, dosages, at } of directionsOf(subject)) {
      const { weekly } = known
      if (!weekly) continue
      findings ??= []
      const most = weekly.dosesPerWeek / 7
      for (const read of dosages) {
        const rates = ratesOf(read)
        const often = rates.find(({ rate }) => rate.high > most * 1.2)
        if (often) {
          const words = `${weekly.name} is given ${count(weekly.dosesPerWeek)} a week; here it is ${rateWords(often.rate)}. More often is known to kill. Correct the directions, and check the dose with the prescriber.`
          findings.push({ code: 'weekly-medicine-too-often', at: placeIn(read, often.at), words })
        } else if (read.dosage.asNeededBoolean === true || read.dosage.asNeededCodeableConcept) {
          const words = `${weekly.name} is given ${count(weekly.dosesPerWeek)} a week, and not as needed: leave asNeeded out.`
          findings.push({ code: 'weekly-medicine-unclear', at: read.at(), words })
        } else if (!read.rate && !read.words?.rate && !read.coded) {
          const words = `${weekly.name} is given ${count(weekly.dosesPerWeek)} a week: say so in the text and in timing.repeat, with the day of the week. "As directed" is not enough.`
          findings.push({ code: 'weekly-medicine-unclear', at: read.at(), words })
        }
      }
      const [first] = dosages
      const sum = 7 * mostAtOnce(dosages)
      // One dose may be parted over a day; three and more are doses.
      if (first && findings.length === 0 && sum > weekly.dosesPerWeek * 2.5) {
        const words = `${weekly.name} is given ${count(weekly.dosesPerWeek)} a week; these directions together come to ${Math.round(sum)} doses. More often is known to kill. Correct the directions, and check the dose with the prescriber.`
        findings.push({ code: 'weekly-medicine-too-often', at: first.at(), words })
      }
      const named = first && findings.length === 0 ? daysNamed(dosages) : 0
      if (first && named > weekly.dosesPerWeek) {
        const words = `${weekly.name} is given ${count(weekly.dosesPerWeek)} a week; these directions name ${named} days of the week for it. More often is known to kill. Correct the directions, and check the dose with the prescriber.`
        findings.push({ code: 'weekly-medicine-too-often', at: first.at(), words })
      }
      if (dosages.length === 0 && at === '' && subject.resource.resourceType === 'MedicationDispense') {
        const words = `${weekly.name} is given ${count(weekly.dosesPerWeek)} a week: report the directions on the label in dosageInstruction.`
        findings.push({ code: 'weekly-medicine-unclear', at: 'dosageInstruction', words })
      }
    }
    return findings ?? NOTHING
  },
}

/** Days of the week that the directions of one sequence name together, at most. */
function daysNamed(dosages: readonly ReadDosage[]): number {
  if (dosages.length < 2) return 0
  const bySequence = new Map<number, Set<string>>()
  for (const { dosage } of dosages) {
    const days = bySequence.get(dosage.sequence ?? 1) ?? new Set()
    for (const day of dosage.timing?.repeat?.dayOfWeek ?? []) days.add(day)
    bySequence.set(dosage.sequence ?? 1, days)
  }
  return Math.max(...[...bySequence.values()].map(({ size }) => size))
}

/** Doses of a day by all directions that hold at one time. */
function mostAtOnce(dosages: readonly ReadDosage[]): number {
  const [only] = dosages
  if (only && dosages.length === 1) return (only.rate ?? only.words?.rate)?.low ?? 0
  const bySequence = new Map<number, number>()
  for (const { dosage, rate, words } of dosages) {
    const often = (rate ?? words?.rate)?.low ?? 0
    bySequence.set(dosage.sequence ?? 1, (bySequence.get(dosage.sequence ?? 1) ?? 0) + often)
  }
  return Math.max(0, ...bySequence.values())
}

const count = (doses: number): string => (doses === 1 ? 'once' : doses === 2 ? 'twice' : `${doses} times`)

export const doseIntervals: Check<Subject> = {
  codes: ['dose-interval-too-short', 'dose-interval-short'],
  asks: HAS.intervalMedicine,
  run: (subject) => {
    let findings: readonly Finding[] = NOTHING
    for (const directions of directionsOf(subject)) {
      const { interval } = directions.known
      if (interval && directions.dosages.length > 0)
        findings = [...findings, ...tooOften(subject, directions, interval)]
    }
    return findings
  },
}

function tooOften(subject: Subject, { dosages }: Directions, medicine: IntervalMedicine): Finding[] {
  const { warnAbove, refuseAbove } = subject.medicines.table.intervalTolerance
  const { dispenseRequest } = subject.resource as unknown as r4.MedicationRequest
  const isRepeated = dosages.length === 1 && (dispenseRequest?.numberOfRepeatsAllowed ?? 0) > 0
  const isOne = (read: ReadDosage): boolean => !isRepeated && isSingleDose(read)
  const last = Math.max(...dosages.map(({ dosage }) => dosage.sequence ?? 1))
  const findings = dosages.flatMap((read): Finding[] => {
    const days = isLoading(read, last) ? (medicine.loadingDays ?? medicine.days) : medicine.days
    const rates = ratesOf(isOne(read) ? { ...read, rate: undefined } : read)
    const [most] = rates.sort((a, b) => b.rate.high - a.rate.high)
    const times = (most?.rate.high ?? 0) * days
    if (!most || times <= warnAbove) return []
    const code = times > refuseAbove ? 'dose-interval-too-short' : 'dose-interval-short'
    return [{ code, at: placeIn(read, most.at), words: words(medicine.name, days, rateWords(most.rate)) }]
  })
  const [first] = dosages
  if (!first || findings.length > 0) return findings
  const given = dosages.filter((read) => !isOne(read))
  const [begins, goesOn] = [given.filter(isLimited), given.filter((read) => !isLimited(read))].map(mostAtOnce)
  const isOften = (rate = 0, days: number): boolean => rate * days > refuseAbove
  if (!isOften(begins, medicine.loadingDays ?? medicine.days) && !isOften(goesOn, medicine.days)) return findings
  const together = rateWords(exactly(Math.max(begins ?? 0, goesOn ?? 0)))
  return [{ code: 'dose-interval-too-short', at: first.at(), words: words(medicine.name, medicine.days, together) }]
}

const words = (name: string, days: number, rate: string): string =>
  `${name} is licensed to be given once in ${days} days at most; here it is ${rate}. Correct the directions, or check with the prescriber that they are meant. Doses to begin with are told by timing.repeat.count, by bounds, or by a dosage of their own before the one that goes on.`

/** Whether the structure counts one dose alone: frequency and period then say when it is given, and not how often. */
const isSingleDose = ({ dosage: { timing } }: ReadDosage): boolean =>
  timing?.repeat?.count === 1 && timing.repeat.countMax === undefined

/** At most this long are doses given to begin with. */
const LOADING_DAYS = 112

/** Whether a dosage is one to begin with: it is counted, soon over, or followed by another. */
const isLoading = (read: ReadDosage, last: number): boolean => isLimited(read) || (read.dosage.sequence ?? 1) < last

function isLimited({ dosage }: ReadDosage): boolean {
  const repeat = dosage.timing?.repeat
  const bounds = daysOf(repeat?.boundsDuration)
  return (bounds !== undefined && bounds <= LOADING_DAYS) || repeat?.count !== undefined
}
