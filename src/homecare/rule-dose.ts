/**
 * Dose sense. The people who dispense read the words, the machines that plan and label read the structure: where the
 * two say different things, somebody gets the wrong dose.
 */
import type { r4 } from '../fhir/resource.ts'
import type { DoseWords } from './dose.ts'
import { type Amount, DEVICE } from './dose-amounts.ts'
import { notationsIn } from './dose-notation.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import type { Medicine } from './medicines.ts'
import { directionsOf, eachDosage, placeIn, type ReadDosage } from './prescription-view.ts'
import { isSolid, oralHolds, type Strength, strengthOf } from './quantity.ts'
import { contradicts, daysOf, type Rate, rateWords } from './timing.ts'
import { HAS } from './traits.ts'
import { type Measure, measured, measureOf, unitContradictsCode } from './units.ts'

export const wordsAgainstTiming: Check<Subject> = {
  codes: ['dosage-words-contradict-timing', 'alternate-doses-every-day', 'timing-not-positive'],
  run: (subject) =>
    eachDosage(subject, (read, { medicine, dosages }) => {
      const { words, rate, coded, dosage, at } = read
      if (dosage.timing?.repeat?.period === 0) {
        const diagnostics = 'A period of nothing comes round without end: say how often the dose is given.'
        return [{ code: 'timing-not-positive', at: `${at()}.timing.repeat.period`, words: diagnostics }]
      }
      if (coded && rate && contradicts(coded, rate)) {
        const diagnostics = `timing.code says ${rateWords(coded)}, timing.repeat says ${rateWords(rate)}. Correct whichever is wrong: the code stands for all that the structure says.`
        return [{ code: 'dosage-words-contradict-timing', at: `${at()}.timing`, words: diagnostics }]
      }
      if (words?.rate && rate && contradicts(words.rate, rate) && !isPartedAmount(words, rate, dosage, medicine)) {
        if (words.alternating && !contradicts(doubled(words.rate), rate) && hasAlternate(read, dosages)) {
          const diagnostics = `The text gives this dose and another by turns, the timing gives both ${rateWords(rate)}: a machine adds them up. Say ${rateWords(words.rate)} in the timing of each.`
          return [{ code: 'alternate-doses-every-day', at: `${at()}.timing`, words: diagnostics }]
        }
        const diagnostics = `The text says ${rateWords(words.rate)}, the timing says ${rateWords(rate)}. Correct whichever is wrong: text and timing.repeat must ask for the same number of doses.`
        return [{ code: 'dosage-words-contradict-timing', at: `${at()}.timing`, words: diagnostics }]
      }
      if (words?.single && rate && rate.low * 7 >= 1 && !isOnce(dosage)) {
        const diagnostics = `The text says that one dose is given and no more, the timing says ${rateWords(rate)}. Correct whichever is wrong: a single dose has timing.repeat.count 1.`
        return [{ code: 'dosage-words-contradict-timing', at: `${at()}.timing`, words: diagnostics }]
      }
      const meant = rate ?? words?.rate
      if (!meant || read.instructions.length === 0) return NOTHING
      return read.instructions.flatMap(({ words: said, at: place }): Finding[] => {
        if (!said.rate || !contradicts(said.rate, meant) || isPartedAmount(said, meant, dosage, medicine)) return []
        // "Take daily" beside "twice a day" says no number.
        if (said.loose && meant.low > said.rate.low && meant.high <= 4 * said.rate.low) return []
        const diagnostics = `This instruction says ${rateWords(said.rate)}, the ${rate ? 'timing' : 'text'} says ${rateWords(meant)}. Correct whichever is wrong: the patient follows either.`
        return [{ code: 'dosage-words-contradict-timing', at: placeIn(read, place), words: diagnostics }]
      })
    }),
}

const doubled = ({ low, high }: Rate): Rate => ({ low: 2 * low, high: 2 * high })

/** Whether another dosage of the same time is given by turns with this one. */
const hasAlternate = (read: ReadDosage, dosages: readonly ReadDosage[]): boolean =>
  dosages.some(
    (other) =>
      other !== read &&
      other.words?.alternating === true &&
      (other.dosage.sequence ?? 1) === (read.dosage.sequence ?? 1),
  )

/** Whether the structure holds one dose, or one day of doses. */
function isOnce({ timing }: r4.Dosage): boolean {
  const { count, boundsDuration } = timing?.repeat ?? {}
  return count === 1 || (daysOf(boundsDuration) ?? Infinity) <= 1
}

/** "20 mg daily" given as 10 mg twice a day is the same medicine in the same time. */
function isPartedAmount(words: DoseWords, rate: Rate, dosage: r4.Dosage, medicine: Medicine): boolean {
  const [amount, ...more] = words.amounts
  if (!words.loose || words.period === undefined || !amount || more.length > 0) return false
  const said = measureOf(amount.value, amount.unit)
  const given = dosage.doseAndRate?.[0]?.doseQuantity
  const mass = given && isSolid(given) ? strengthOf(medicine.name)?.holds.mass : undefined
  // Tablets of a strength that is not known may be any part of it.
  if (given && isSolid(given) && mass === undefined) return rate.high * words.period <= MOST_PARTS
  const dose = mass === undefined ? measured(given) : massOf(given, mass)
  return (
    said !== undefined && dose !== undefined && isSame(said, { ...dose, value: dose.value * rate.high * words.period })
  )
}

/** Times a day that a medicine told by the day is given. */
const MOST_PARTS = 4

const massOf = ({ value = 0 }: r4.Quantity = {}, mass: number): Measure => ({ dimension: 'mass', value: value * mass })

const isSame = (a: Measure, b: Measure): boolean =>
  a.dimension === b.dimension && Math.abs(a.value - b.value) <= 0.02 * Math.max(a.value, b.value)

export const wordsAgainstDose: Check<Subject> = {
  codes: ['dosage-words-contradict-dose'],
  asks: HAS.dose,
  run: (subject) =>
    eachDosage(subject, (read, { medicine }) => {
      const { words, dosage, at, instructions } = read
      if (words && isAnotherDose(words, read, medicine)) {
        const diagnostics =
          'The amount in the text is not the one in doseAndRate.doseQuantity. Correct whichever is wrong: both must give the same dose.'
        const part = dosage.doseAndRate?.[0]?.doseQuantity ? 'Quantity' : 'Range'
        const place = `${at()}.doseAndRate[0].dose.ofType(${part})`
        return [{ code: 'dosage-words-contradict-dose', at: place, words: diagnostics }]
      }
      if (instructions.length === 0) return NOTHING
      return instructions.flatMap(({ words: said, at: place }): Finding[] => {
        if (!isAnotherDose(said, read, medicine)) return []
        const diagnostics =
          'The amount in this instruction is not the one in doseAndRate.doseQuantity. Correct whichever is wrong: the patient follows either.'
        return [{ code: 'dosage-words-contradict-dose', at: placeIn(read, place), words: diagnostics }]
      })
    }),
}

export const doseNotation: Check<Subject> = {
  codes: ['dose-notation-unsafe', 'dose-notation-abbreviated'],
  asks: HAS.notation,
  run: (subject) =>
    eachDosage(subject, ({ dosage, at }) => {
      let findings: Finding[] | undefined
      for (const name of ['text', 'patientInstruction'] as const) {
        const { [name]: said } = dosage
        if (said === undefined) continue
        const { unsafe, abbreviated } = notationsIn(said)
        if (unsafe.length + abbreviated.length === 0) continue
        const place = `${at()}.${name}`
        findings ??= []
        for (const words of unsafe) findings.push({ code: 'dose-notation-unsafe', at: place, words })
        for (const words of abbreviated) findings.push({ code: 'dose-notation-abbreviated', at: place, words })
      }
      return findings ?? NOTHING
    }),
}

/** Whether words name another amount than the structure; of several doses, than each of them. */
function isAnotherDose(words: DoseWords, read: ReadDosage, medicine: Medicine): boolean {
  if (words.complex) return false
  let isGiven = false
  for (const one of read.dosage.doseAndRate ?? NOTHING) {
    if (!(one.doseQuantity ?? one.doseRange)) continue
    if (!isAnotherThan(words, read, one, medicine)) return false
    isGiven = true
  }
  return isGiven
}

function isAnotherThan(
  words: DoseWords,
  { rate, dosage }: ReadDosage,
  { doseQuantity, doseRange }: r4.DosageDoseAndRate,
  medicine: Medicine,
): boolean {
  if (doseQuantity && isSolid(doseQuantity)) return isAnotherCount(words, { rate, dosage }, doseQuantity, medicine)
  const { devices } = words
  if (devices && doseQuantity && devices.unit === deviceOf(doseQuantity)) return devices.value !== doseQuantity.value
  if (words.amounts.length === 0)
    return doseQuantity !== undefined && isAnotherByTablets(words, rate, doseQuantity, medicine)
  const [low, high] = [measured(doseQuantity ?? doseRange?.low), measured(doseQuantity ?? doseRange?.high)]
  if (!low || low.dimension !== high?.dimension) return false
  const direct = measuresOf(words.amounts, low)
  // A volume in words and a mass in the structure are one dose, by what the product holds.
  const strength = direct.length > 0 ? undefined : strengthOf(medicine.name)
  const liquid = direct.length > 0 || strength ? undefined : oralHolds(medicine.name, dosage.text)
  const holds = strength?.holds ?? liquid
  const said = holds ? measuresOf(words.amounts, low, holds) : direct
  const [only] = said
  // Several amounts of one kind are several things; which of them is the dose is not for a machine to say.
  if (!only || said.length > 1 || isSame(only, low) || isSame(only, high)) return false
  if (only.value > low.value && only.value < high.value) return false
  // What is measured with a spoon or an oral syringe is rounded.
  if (liquid && only.value < high.value * ROUNDED && only.value * ROUNDED > low.value) return false
  return !(rate && isPartedAmount(words, rate, dosage, medicine))
}

/** Whether so many tablets hold another amount than the dose; "4 tablets daily" may be two of them twice. */
function isAnotherByTablets(words: DoseWords, rate: Rate | undefined, dose: r4.Quantity, medicine: Medicine): boolean {
  if (words.solids === undefined || (words.loose && rate !== undefined && rate.high * (words.period ?? 1) > 1.2))
    return false
  const mass = strengthOf(medicine.name)?.holds.mass
  const given = measured(dose)
  return mass !== undefined && given?.dimension === 'mass' && !isSame(massOf({ value: words.solids }, mass), given)
}

/** Whether words name another number of tablets, or an amount that so many tablets do not hold. */
function isAnotherCount(
  words: DoseWords,
  { rate, dosage }: Pick<ReadDosage, 'rate' | 'dosage'>,
  { value }: r4.Quantity,
  medicine: Medicine,
): boolean {
  // "4 tablets daily" may be two of them twice.
  if (value === undefined || (words.loose && rate !== undefined && rate.high * (words.period ?? 1) > 1.2)) return false
  if (words.solids !== undefined) return Math.abs(words.solids - value) > 0.01
  const mass = strengthOf(medicine.name)?.holds.mass
  if (mass === undefined) return false
  const dose = massOf({ value }, mass)
  const [said, ...more] = measuresOf(words.amounts, dose)
  if (!said || more.length > 0 || isSame(said, dose)) return false
  return !(rate && isPartedAmount(words, rate, dosage, medicine))
}

const ROUNDED = 1.15

/** The pen, syringe or vial that a dose counts. */
const deviceOf = ({ unit = '' }: r4.Quantity): string =>
  DEVICE.exec(unit.trim().toLowerCase().split(' ').at(-1) ?? '')?.[1] ?? unit

/** The amounts that are of the dose's dimension; with what the product holds, all that it turns into that. */
function measuresOf(amounts: readonly Amount[], { dimension }: Measure, holds?: Strength['holds']): Measure[] {
  const found: Measure[] = []
  for (const { value, unit } of amounts) {
    const measure = measureOf(value, unit)
    if (!measure) continue
    if (!holds) {
      if (measure.dimension === dimension) found.push(measure)
      continue
    }
    const { [measure.dimension]: per, [dimension]: whole } = holds
    if (per && whole) found.push({ dimension, value: (measure.value * whole) / per })
  }
  return found
}

/** Where a dose stands in `doseAndRate`. */
type DosePart = 'ofType(Quantity)' | 'ofType(Range).low' | 'ofType(Range).high'

/** Visits the doses of a dosage in their order. */
function eachDose(
  { dosage, at }: ReadDosage,
  visit: (quantity: r4.Quantity, part: DosePart, place: () => string) => void,
): void {
  const { doseAndRate } = dosage
  if (!doseAndRate) return
  for (let i = 0; i < doseAndRate.length; i++) {
    const { doseQuantity, doseRange } = doseAndRate[i] as r4.DosageDoseAndRate
    const one = (quantity: r4.Quantity | undefined, part: DosePart): void => {
      if (quantity) visit(quantity, part, () => `${at()}.doseAndRate[${i}].dose.${part}`)
    }
    one(doseQuantity, 'ofType(Quantity)')
    if (!doseRange) continue
    one(doseRange.low, 'ofType(Range).low')
    one(doseRange.high, 'ofType(Range).high')
  }
}

export const doseQuantities: Check<Subject> = {
  codes: ['dose-unit-missing', 'dose-not-positive'],
  asks: HAS.emptyDose,
  run: (subject) =>
    eachDosage(subject, (read) => {
      let findings: Finding[] | undefined
      let before = 0
      eachDose(read, ({ value, unit, code }, part, place) => {
        const isFirst = before++ === 0
        if (value === undefined) return
        if (unit === undefined && code === undefined) {
          const words =
            'A dose without a unit can be read as any: say unit, system and code, e.g. mg of http://unitsofmeasure.org.'
          findings = [...(findings ?? []), { code: 'dose-unit-missing', at: place(), words }]
        }
        // The low end of a range may be nothing: "none to two tablets".
        if (value < 0 || (value === 0 && !(isFirst && part === 'ofType(Range).low'))) {
          const words = 'A dose is more than nothing: correct its value, or leave the dose out.'
          findings = [...(findings ?? []), { code: 'dose-not-positive', at: `${place()}.value`, words }]
        }
      })
      return findings ?? NOTHING
    }),
}

/** Units of everything that is counted, measured or waited for in a prescription or a dispense. */
export const unitWords: Check<Subject> = {
  codes: ['unit-contradicts-code'],
  run: (subject) => {
    const { dispenseRequest: request } = subject.resource as unknown as r4.MedicationRequest
    const { quantity, daysSupply } = subject.resource as unknown as r4.MedicationDispense
    let findings: Finding[] | undefined
    const judge = (found: r4.Quantity | undefined, at: () => string): void => {
      if (!found || !unitContradictsCode(found)) return
      const words =
        'unit and code are different units, e.g. microgram in words and mg in the code: one reader would take a thousand times the dose of the other. Correct whichever is wrong.'
      findings = [...(findings ?? []), { code: 'unit-contradicts-code', at: at(), words }]
    }
    for (const { dosages } of directionsOf(subject)) {
      for (const read of dosages) eachDose(read, (dose, _, place) => judge(dose, place))
    }
    judge(request?.quantity, () => 'dispenseRequest.quantity')
    judge(request?.expectedSupplyDuration, () => 'dispenseRequest.expectedSupplyDuration')
    judge(request?.dispenseInterval, () => 'dispenseRequest.dispenseInterval')
    judge(quantity, () => 'quantity')
    judge(daysSupply, () => 'daysSupply')
    return findings ?? NOTHING
  },
}
