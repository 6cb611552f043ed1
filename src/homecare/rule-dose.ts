/**
 * Dose sense. The people who dispense read the words, the machines that plan and label read the structure: where the
 * two say different things, somebody gets the wrong dose.
 */
import type { r4 } from '../fhir/resource.ts'
import type { Amount, DoseWords } from './dose.ts'
import type { Check, Finding, Subject } from './finding.ts'
import { directionsOf, type ReadDosage } from './prescription-view.ts'
import { contradicts, type Rate, rateWords } from './timing.ts'
import { type Measure, measured, measureOf, unitContradictsCode } from './units.ts'

const each = (subject: Subject, find: (read: ReadDosage) => Finding[]): Finding[] =>
  directionsOf(subject).flatMap(({ dosages }) => dosages.flatMap(find))

export const wordsAgainstTiming: Check<Subject> = {
  codes: ['dosage-words-contradict-timing'],
  run: (subject) =>
    each(subject, ({ words, rate, dosage, at }) => {
      if (!words?.rate || !rate || !contradicts(words.rate, rate) || isPartedAmount(words, rate, dosage)) return []
      const diagnostics = `The text says ${rateWords(words.rate)}, the timing says ${rateWords(rate)}. Correct whichever is wrong: text and timing.repeat must ask for the same number of doses.`
      return [{ code: 'dosage-words-contradict-timing', at: `${at}.timing`, words: diagnostics }]
    }),
}

/** "20 mg daily" given as 10 mg twice a day is the same medicine in the same time. */
function isPartedAmount(words: DoseWords, rate: Rate, dosage: r4.Dosage): boolean {
  const [amount, ...more] = words.amounts
  if (!words.loose || words.period === undefined || !amount || more.length > 0) return false
  const said = measureOf(amount.value, amount.unit)
  const dose = measured(dosage.doseAndRate?.[0]?.doseQuantity)
  return (
    said !== undefined && dose !== undefined && isSame(said, { ...dose, value: dose.value * rate.high * words.period })
  )
}

const isSame = (a: Measure, b: Measure): boolean =>
  a.dimension === b.dimension && Math.abs(a.value - b.value) <= 0.02 * Math.max(a.value, b.value)

export const wordsAgainstDose: Check<Subject> = {
  codes: ['dosage-words-contradict-dose'],
  run: (subject) =>
    each(subject, ({ words, rate, dosage, at }) => {
      const [given, ...more] = dosage.doseAndRate ?? []
      const dose = measured(given?.doseQuantity)
      if (!words || words.complex || !dose || more.length > 0) return []
      const said = words.amounts.flatMap((amount) => comparable(amount, dose))
      const [only, ...others] = said
      // Several amounts of one kind are several things; which of them is the dose is not for a machine to say.
      if (!only || others.length > 0 || isSame(only, dose)) return []
      if (rate && isPartedAmount(words, rate, dosage)) return []
      const diagnostics =
        'The amount in the text is not the one in doseAndRate.doseQuantity. Correct whichever is wrong: both must give the same dose.'
      return [
        { code: 'dosage-words-contradict-dose', at: `${at}.doseAndRate[0].dose.ofType(Quantity)`, words: diagnostics },
      ]
    }),
}

const comparable = ({ value, unit }: Amount, dose: Measure): Measure[] => {
  const measure = measureOf(value, unit)
  return measure?.dimension === dose.dimension ? [measure] : []
}

interface Placed {
  readonly quantity: r4.Quantity
  readonly at: string
}

function dosesOf({ dosage, at }: ReadDosage): Placed[] {
  return (dosage.doseAndRate ?? []).flatMap(({ doseQuantity, doseRange }, i) => {
    const place = `${at}.doseAndRate[${i}].dose`
    return [
      ...(doseQuantity ? [{ quantity: doseQuantity, at: `${place}.ofType(Quantity)` }] : []),
      ...(doseRange?.low ? [{ quantity: doseRange.low, at: `${place}.ofType(Range).low` }] : []),
      ...(doseRange?.high ? [{ quantity: doseRange.high, at: `${place}.ofType(Range).high` }] : []),
    ]
  })
}

export const doseQuantities: Check<Subject> = {
  codes: ['dose-unit-missing', 'dose-not-positive'],
  run: (subject) =>
    each(subject, (read) =>
      dosesOf(read).flatMap(({ quantity, at }, i): Finding[] => {
        if (quantity.value === undefined) return []
        const findings: Finding[] = []
        if (quantity.unit === undefined && quantity.code === undefined) {
          const words =
            'A dose without a unit can be read as any: say unit, system and code, e.g. mg of http://unitsofmeasure.org.'
          findings.push({ code: 'dose-unit-missing', at, words })
        }
        // The low end of a range may be nothing: "none to two tablets".
        if (quantity.value < 0 || (quantity.value === 0 && (i > 0 || !at.endsWith('.low')))) {
          const words = 'A dose is more than nothing: correct its value, or leave the dose out.'
          findings.push({ code: 'dose-not-positive', at: `${at}.value`, words })
        }
        return findings
      }),
    ),
}

/** Units of everything that is counted, measured or waited for in a prescription or a dispense. */
export const unitWords: Check<Subject> = {
  codes: ['unit-contradicts-code'],
  run: (subject) => {
    const { dispenseRequest: request } = subject.resource as unknown as r4.MedicationRequest
    const { quantity, daysSupply } = subject.resource as unknown as r4.MedicationDispense
    const placed: Placed[] = directionsOf(subject).flatMap(({ dosages }) => dosages.flatMap(dosesOf))
    const add = (found: r4.Quantity | undefined, at: string): void => {
      if (found) placed.push({ quantity: found, at })
    }
    add(request?.quantity, 'dispenseRequest.quantity')
    add(request?.expectedSupplyDuration, 'dispenseRequest.expectedSupplyDuration')
    add(request?.dispenseInterval, 'dispenseRequest.dispenseInterval')
    add(quantity, 'quantity')
    add(daysSupply, 'daysSupply')
    return placed
      .filter((one) => unitContradictsCode(one.quantity))
      .map(({ at }) => ({
        code: 'unit-contradicts-code',
        at,
        words:
          'unit and code are different units, e.g. microgram in words and mg in the code: one reader would take a thousand times the dose of the other. Correct whichever is wrong.',
      }))
  },
}

export const weeklyMedicines: Check<Subject> = {
  codes: ['weekly-medicine-too-often', 'weekly-medicine-unclear'],
  run: (subject) =>
    directionsOf(subject).flatMap(({ medicine, dosages, at }) => {
      const weekly = medicine.name === '' ? undefined : subject.medicines.weekly(medicine)
      if (!weekly) return []
      const most = weekly.dosesPerWeek / 7
      const findings: Finding[] = []
      for (const read of dosages) {
        const often = [read.rate, read.words?.rate].filter((rate) => rate !== undefined && rate.high > most * 1.2)
        const [rate] = often
        if (rate) {
          const place = rate === read.rate ? 'timing' : 'text'
          const words = `${weekly.name} is given ${count(weekly.dosesPerWeek)} a week; here it is ${rateWords(rate)}. More often is known to kill. Correct the directions, and check the dose with the prescriber.`
          findings.push({ code: 'weekly-medicine-too-often', at: `${read.at}.${place}`, words })
        } else if (!read.rate && !read.words?.rate) {
          const words = `${weekly.name} is given ${count(weekly.dosesPerWeek)} a week: say so in the text and in timing.repeat, with the day of the week. "As directed" is not enough.`
          findings.push({ code: 'weekly-medicine-unclear', at: read.at, words })
        }
      }
      if (dosages.length === 0 && at === '' && subject.resource.resourceType === 'MedicationDispense') {
        const words = `${weekly.name} is given ${count(weekly.dosesPerWeek)} a week: report the directions on the label in dosageInstruction.`
        findings.push({ code: 'weekly-medicine-unclear', at: 'dosageInstruction', words })
      }
      return findings
    }),
}

const count = (doses: number): string => (doses === 1 ? 'once' : doses === 2 ? 'twice' : `${doses} times`)
