/**
 * How much is given: against the limits that a dosage sets itself, against the other doses it gives for the same time,
 * and against the product's own strength.
 */
import type { r4 } from '../fhir/resource.ts'
import { dailyMaximumOf, periodOf } from './dose-maximum.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import { directionsOf, doseAt, eachDosage, isAsNeeded, type ReadDosage } from './prescription-view.ts'
import { contentOf, sameUnit, type Strength, strengthOf } from './quantity.ts'
import { HAS } from './traits.ts'
import { type Measure, measured } from './units.ts'

/** Rounding of a dose to what can be measured. */
const LEEWAY = 1.05

/** Doses a day, at least; none where the patient decides how often. */
export const fewestADay = ({ rate, words, dosage }: ReadDosage): number =>
  isAsNeeded(dosage) ? 0 : ((rate ?? words?.rate)?.low ?? 0)

/** Doses in so many days, at least. */
const fewestIn = (read: ReadDosage, days: number): number => Math.max(1, Math.floor(fewestADay(read) * days + 1e-6))

export const ownMaximum: Check<Subject> = {
  codes: ['dose-above-own-maximum'],
  asks: HAS.maximum,
  run: (subject) => eachDosage(subject, (read, { medicine }) => aboveOwn(read, medicine.name)),
}

function aboveOwn(read: ReadDosage, name: string): readonly Finding[] {
  const { dosage, at } = read
  const { maxDosePerAdministration, maxDosePerPeriod, maxDosePerLifetime, text = '' } = dosage
  const given = dosage.doseAndRate?.[0]
  const least = given?.doseQuantity ?? given?.doseRange?.low
  if (!least) return NOTHING
  const finding = (element: string, of: string): readonly Finding[] => [
    {
      code: 'dose-above-own-maximum',
      at: `${at()}.${element}`,
      words: `Dose and timing come to more than the ${of} that stands beside them. Correct whichever is wrong: whoever gives it follows either.`,
    },
  ]
  if (exceeds(least, 1, maxDosePerAdministration, name)) return finding('maxDosePerAdministration', 'limit of one dose')
  const times = dosage.timing?.repeat?.count ?? 1
  if (exceeds(least, times, maxDosePerLifetime, name)) return finding('maxDosePerLifetime', 'limit of a lifetime')
  const days = periodOf(maxDosePerPeriod?.denominator)
  if (days !== undefined && exceeds(least, fewestIn(read, days), maxDosePerPeriod?.numerator, name)) {
    return finding('maxDosePerPeriod', 'limit of a period')
  }
  const said = dailyMaximumOf(text)
  return said && exceeds(least, fewestIn(read, 1), said, name) ? finding('text', 'daily limit in the text') : NOTHING
}

function exceeds(dose: r4.Quantity, times: number, most: r4.Quantity | undefined, name: string): boolean {
  if (most?.value === undefined || dose.value === undefined) return false
  if (sameUnit(dose, most)) return dose.value * times > most.value * LEEWAY
  const [a, b] = [measured(dose) ?? contentOf(dose, name), measured(most) ?? contentOf(most, name)]
  if (a && b && a.dimension === b.dimension) return a.value * times > b.value * LEEWAY
  const [held, limit] = [contentOf(dose, name), contentOf(most, name)]
  return held !== undefined && limit?.dimension === held.dimension && held.value * times > limit.value * LEEWAY
}

/** Doses calculated from a weight are rounded to what the product comes in; a reduction is to a half. */
const DIFFERS = { rounded: 1.12, more: 1.5, less: 2.5 }

export const dosesAgree: Check<Subject> = {
  codes: ['doses-disagree', 'doses-differ'],
  asks: HAS.doses,
  run: (subject) =>
    eachDosage(subject, (read, { medicine }) => {
      const { doseAndRate } = read.dosage
      return !doseAndRate || doseAndRate.length < 2 ? NOTHING : disagreements(read, doseAndRate, medicine.name)
    }),
}

interface Span {
  readonly low: Measure
  readonly high: Measure
  readonly kind: string | undefined
}

function spanOf({ doseQuantity, doseRange, type }: r4.DosageDoseAndRate, name: string): Span | undefined {
  const low = contentOf(doseQuantity ?? doseRange?.low, name) ?? measured(doseQuantity ?? doseRange?.low)
  const high = contentOf(doseQuantity ?? doseRange?.high, name) ?? measured(doseQuantity ?? doseRange?.high)
  const kind = type?.coding?.find(({ code }) => code === 'calculated' || code === 'ordered')?.code
  return low && high && low.dimension === high.dimension ? { low, high, kind } : undefined
}

function disagreements(read: ReadDosage, given: readonly r4.DosageDoseAndRate[], name: string): Finding[] {
  const spans = given.map((one) => spanOf(one, name))
  for (const [i, one] of spans.entries()) {
    for (let j = 0; one && j < i; j++) {
      const other = spans[j]
      if (!other || other.low.dimension !== one.low.dimension) continue
      const apart = Math.max(one.low.value / other.high.value, other.low.value / one.high.value)
      if (!(apart > DIFFERS.rounded)) continue
      const calculated = one.kind === 'calculated' ? one : other
      const ordered = calculated === one ? other : one
      const isMore = ordered.low.value > calculated.high.value
      const isReduced = calculated.kind === 'calculated' && ordered.kind === 'ordered'
      const code = isReduced && apart <= (isMore ? DIFFERS.more : DIFFERS.less) ? 'doses-differ' : 'doses-disagree'
      const words = isReduced
        ? `The dose ordered is ${isMore ? 'more' : 'less'} than the dose calculated, by more than rounding. Correct whichever is wrong; the reason for another dose belongs into the text or a note.`
        : 'Two entries of doseAndRate give two doses for the same time, which are not the same amount. Send one dose; a part that follows or comes at another time is a dosageInstruction of its own.'
      return [{ code, at: doseAt(read, i), words }]
    }
  }
  return []
}

/** Tablets, pens or syringes at a time, beyond which a unit was mistaken and not a dose meant. */
const MOST_UNITS = 60
const LEAST_PART = 1 / 20

export const doseAgainstStrength: Check<Subject> = {
  codes: ['dose-unit-contradicts-strength', 'dose-far-from-strength'],
  asks: HAS.dose,
  run: (subject) => {
    let findings: readonly Finding[] = NOTHING
    for (const { medicine, dosages } of directionsOf(subject)) {
      const strength = dosages.length === 0 ? undefined : strengthOf(medicine.name)
      if (!strength) continue
      for (const read of dosages) {
        const given = read.dosage.doseAndRate?.[0]
        const most = measured(given?.doseQuantity ?? given?.doseRange?.high)
        if (!most || most.dimension === 'volume' || most.value <= 0) continue
        const { mass, activity } = strength.holds
        const held = most.dimension === 'mass' ? mass : activity
        const isOther = held === undefined ? sameNumber(most, mass ?? activity ?? 0) : isThousandfold(most.value, held)
        if (isOther) {
          const words =
            'The dose has the number of the product’s strength and another unit, e.g. 62.5 mg of a tablet of 62.5 micrograms. Correct the unit of the dose, or the product.'
          findings = [...findings, { code: 'dose-unit-contradicts-strength', at: doseAt(read), words }]
        } else if (held !== undefined && isFar(most.value / held, strength)) {
          const words = `By the strength in its name, one dose is ${most.value > held ? `more than ${MOST_UNITS} units` : 'less than a twentieth of one unit'} of this product. Correct the dose, its unit or the product.`
          findings = [...findings, { code: 'dose-far-from-strength', at: doseAt(read), words }]
        }
      }
    }
    return findings
  },
}

const isThousandfold = (dose: number, held: number): boolean =>
  [1e-6, 1e-3, 1e3, 1e6].some((factor) => Math.abs(dose / held / factor - 1) < 1e-6)

/** The same number, in milligrams or in micrograms, where the strength is in units; or the other way round. */
const sameNumber = ({ value }: Measure, strength: number): boolean =>
  strength > 0 && (Math.abs(value / strength - 1) < 1e-6 || isThousandfold(value, strength))

const isFar = (units: number, { use, holds }: Strength): boolean =>
  // A bottle or a pen of so many millilitres holds any number of doses.
  units > MOST_UNITS || (use === 'measured' && holds.volume === undefined && units < LEAST_PART)
