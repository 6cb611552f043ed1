/** The product against what is said about it: its other names, the words and units of doses, and substitution. */
import type { r4 } from '../fhir/resource.ts'
import { UCUM } from '../fhir/ucum.ts'
import { tabletsIn } from './dose-course.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import { isOfSnomed } from './medicine-codes.ts'
import { medicineOf } from './medicines.ts'
import { type Directions, directionsOf, doseAt } from './prescription-view.ts'
import { concentrationOf, isSolid, strengthOf } from './quantity.ts'
import { substitutionAllowed } from './supply.ts'
import { HAS } from './traits.ts'
import { codeOfWords, type Measure, measured, measureOf } from './units.ts'

/** A salt weighs more than its base, and names are given in either; a slip is further off. */
const APART = 1.9

const areFar = (a: Measure | undefined, b: Measure | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.dimension === b.dimension &&
  Math.max(a.value / b.value, b.value / a.value) > APART

/** What one tablet or one syringe holds, where the name says no volume. */
function massOf(name: string): Measure | undefined {
  const { holds } = strengthOf(name) ?? {}
  return holds?.mass === undefined || holds.volume !== undefined ? undefined : { dimension: 'mass', value: holds.mass }
}

export const medicineNames: Check<Subject> = {
  codes: ['medicine-names-disagree'],
  asks: HAS.medicineNames,
  run: ({ resource }) => {
    const { medicationCodeableConcept: concept } = resource as unknown as r4.MedicationRequest
    const shown = [concept?.text, ...(concept?.coding ?? []).map(({ display }) => display)]
    const texts = shown.filter((text) => text !== undefined)
    if (texts.length < 2) return NOTHING
    const names = texts.map((text) => medicineOf({ text }).name)
    const isOther = names.some((one, i) =>
      names
        .slice(0, i)
        .some((other) => areFar(concentrationOf(one), concentrationOf(other)) || areFar(massOf(one), massOf(other))),
    )
    if (!isOther) return NOTHING
    const words =
      'The names of the medicine (text and display of its codings) give two strengths: one reader would dispense another product than the other. Correct the text or the code.'
    return [{ code: 'medicine-names-disagree', at: 'medication', words }]
  },
}

export const doseUnits: Check<Subject> = {
  codes: ['dose-unit-unfit', 'dose-per-weight', 'words-strength-differs'],
  run: (subject) => {
    let findings: readonly Finding[] = NOTHING
    for (const directions of directionsOf(subject)) {
      const { medicine, dosages } = directions
      for (const one of dosages) {
        const { dosage, at, words: read } = one
        const given = dosage.doseAndRate?.[0]
        const dose = given?.doseQuantity ?? given?.doseRange?.high
        const what = dose && unfit(subject, dose, directions)
        if (what !== undefined) {
          const words = `${what} Correct the unit, the dose or the product.`
          findings = [...findings, { code: 'dose-unit-unfit', at: doseAt(one), words }]
        }
        const ordered = dosage.doseAndRate ?? NOTHING
        if (ordered.length > 0 && ordered.every(isPerWeight) && (read?.amounts.length ?? 0) === 0) {
          const words =
            'The dose is told by weight or surface alone, and who gives it would have to reckon: send the dose to be given beside it, as ordered, in doseAndRate.'
          findings = [...findings, { code: 'dose-per-weight', at: `${at()}.doseAndRate[0]`, words }]
        }
        const own = dosage.text === undefined ? undefined : massOf(medicine.name)
        const said = own
          ? tabletsIn(dosage.text ?? '').map((one) => measureOf(one.value, codeOfWords(one.unit) ?? ''))
          : []
        if (said.length === 0 || !said.every((one) => one && own && Math.abs(one.value - own.value) > own.value * 0.02))
          continue
        const words =
          'The text speaks of tablets or capsules of another strength than the product has. Correct whichever is wrong, or say the dose in milligrams.'
        findings = [...findings, { code: 'words-strength-differs', at: `${at()}.text`, words }]
      }
    }
    return findings
  },
}

const TIMES = ['s', 'min', 'h', 'd', 'wk', 'mo', 'a']

function isPerWeight({ doseQuantity, doseRange }: r4.DosageDoseAndRate): boolean {
  const code = (doseQuantity ?? doseRange?.low)?.code
  return code !== undefined && (code.includes('/kg') || code.includes('/m2'))
}

/** Why the unit of a dose cannot be that of the medicine. */
function unfit(
  { medicines }: Subject,
  dose: r4.Quantity,
  { contents: medicine, known }: Directions,
): string | undefined {
  if (dose.system === UCUM && TIMES.includes(dose.code ?? '')) {
    return 'The unit of the dose is one of time.'
  }
  if (medicine.name === '') return undefined
  const form = isSolid(dose) ? medicines.routes.form(medicine.name) : undefined
  if (form && !form.uncertain && !form.routes.includes('oral')) {
    return 'The dose counts tablets or capsules, and by its name the product is none.'
  }
  const isMass = measured(dose)?.dimension === 'mass'
  return isMass && known.limit?.unit === 'unit'
    ? 'This medicine is dosed in units, and the dose is one of weight.'
    : undefined
}

export const biologicSubstitution: Check<Subject> = {
  codes: ['biologic-substitution'],
  asks: HAS.biologic,
  run: (subject) => {
    const prescription = subject.resource as unknown as r4.MedicationRequest
    if (!substitutionAllowed(prescription)) return NOTHING
    const [directions] = directionsOf(subject)
    const biologic = directions?.known.biologic
    if (!biologic) return NOTHING
    const words = `${biologic.name} is a biological medicine: it is prescribed by brand, and another brand is the prescriber’s decision. Set allowed to false, or prescribe the other brand.`
    return [{ code: 'biologic-substitution', at: 'substitution.allowed', words }]
  },
}

export const brands: Check<Subject> = {
  codes: ['brand-missing'],
  asks: HAS.unbranded,
  run: (subject) => {
    const named = directionsOf(subject)[0]?.known.unbranded
    if (!named) return NOTHING
    const words = `${named.name} is prescribed by brand: other products of the name are not the same to the patient, and what is supplied must be known by its brand. Send the brand in the name and its dm+d code (of the actual product, AMP).`
    return [{ code: 'brand-missing', at: 'medication', words }]
  },
}

export const reported: Check<Subject> = {
  codes: ['reported-not-prescribed'],
  asks: HAS.reported,
  run: ({ resource }) => {
    if (resource.reportedBoolean !== true) return NOTHING
    const words =
      'A prescription that is reported, and not the prescriber’s own, is no authority to supply: send the prescription itself, or leave reported out.'
    return [{ code: 'reported-not-prescribed', at: 'reported', words }]
  },
}

export const medicineCodes: Check<Subject> = {
  codes: ['medicine-without-code'],
  asks: HAS.noCode,
  run: (subject) => {
    const { medicationCodeableConcept, medicationReference } = subject.resource as unknown as r4.MedicationRequest
    const reference = medicationReference?.reference
    const medication = reference === undefined ? undefined : subject.medicationOf(reference)
    // What is made up for one patient has no code of its own; what nobody named is found by another rule.
    const concept = medicationCodeableConcept ?? (medication?.ingredient ? undefined : medication?.code)
    const coded = (concept?.coding ?? NOTHING).filter(({ code }) => code !== undefined)
    if (!concept || (concept.text === undefined && coded.length === 0)) return NOTHING
    if (coded.some(isOfSnomed)) return NOTHING
    const words = `The medicine is told ${coded.length > 0 ? 'by codes that are none of dm+d’s' : 'in words alone'}: the provider must guess the product, and duplicates are not found. Send its dm+d code (system http://snomed.info/sct) beside its name.`
    return [{ code: 'medicine-without-code', at: 'medication', words }]
  },
}
