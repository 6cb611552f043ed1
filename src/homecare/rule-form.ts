/** The unit of doses and quantities against the form of the product: nobody takes millilitres of tablets. */
import { remember } from '../fhir/remember.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import { directionsOf, doseAt, type ReadDosage } from './prescription-view.ts'
import type { ProductForm } from './product-form.ts'
import { presentations } from './quantity.ts'
import { HAS, isBare, quantityOf } from './traits.ts'
import { measured } from './units.ts'

/** What a unit counts, by its words or by dm+d's code. */
type Counted = 'tablets' | 'capsules' | 'millilitres' | 'devices' | 'puffs'
const COUNTED: readonly (readonly [RegExp, Counted])[] = [
  [/^tab(?:let)?(?:s|\(s\))?$/, 'tablets'],
  [/^cap(?:sule)?(?:s|\(s\))?$/, 'capsules'],
  [/^(?:pre-?filled .*|.*\b)?(?:pen|syringe|vial|ampoule|cartridge|injection|auto-?injector)s?$/, 'devices'],
  [/^(?:puff|spray|drop|patch|actuation)(?:s|es)?$/, 'puffs'],
]
const countedByWords = remember(
  500,
  (unit): Counted | undefined => COUNTED.find(([pattern]) => pattern.test(unit.trim().toLowerCase()))?.[1],
)
/** The commonest codes of units: SNOMED CT as dm+d uses it, and UCUM. */
const CODED: ReadonlyMap<string | undefined, Counted | 'mass'> = new Map<string | undefined, Counted | 'mass'>([
  ...presentations,
  ['mg', 'mass'],
  ['mL', 'millilitres'],
])
function countedBy(quantity: r4.Quantity): Counted | undefined {
  const coded = CODED.get(quantity.code)
  if (coded) return coded === 'mass' ? undefined : coded
  if (measured(quantity, 1)?.dimension === 'volume') return 'millilitres'
  return quantity.unit === undefined ? undefined : countedByWords(quantity.unit)
}

/** Units that a form can be counted in, besides masses and whatever is not known here. */
const fits: Readonly<Record<ProductForm, readonly Counted[]>> = {
  tablets: ['tablets'],
  capsules: ['capsules'],
  drink: ['millilitres', 'devices', 'puffs'],
  injection: ['millilitres', 'devices'],
}
const isSolidForm = (form: ProductForm): boolean => form === 'tablets' || form === 'capsules'
const isSolid = (counted: Counted): boolean => counted === 'tablets' || counted === 'capsules'

/** What is made of tablets before they are taken, and what they are taken with. */
const PREPARED = /dis(?:pers|solv)|crush|mix|made up|suspen|solution|water|juice|milk|liquid|empt|open/i
const isPrepared = remember(1000, (text) => PREPARED.test(text))

const NAMES: Readonly<Record<ProductForm, string>> = {
  tablets: 'tablets',
  capsules: 'capsules',
  drink: 'a liquid to be drunk',
  injection: 'an injection',
}

export const unitForms: Check<Subject> = {
  codes: ['dose-unit-unfit', 'dose-form-differs', 'quantity-unit-unfit'],
  asks: HAS.form,
  run: (subject) => {
    let findings: readonly Finding[] = NOTHING
    for (const { known, dosages, at } of directionsOf(subject)) {
      const { form } = known
      if (!form) continue
      for (const read of dosages) {
        const found = dosed(read, form)
        if (found) findings = [...findings, found]
      }
      const found = at === '' ? supplied(subject, form) : undefined
      if (found) findings = [...findings, found]
    }
    return findings
  },
}

export const quantityUnits: Check<Subject> = {
  codes: ['quantity-unit-missing'],
  asks: HAS.bareQuantity,
  run: ({ resource }) => {
    if (!isBare(quantityOf(resource))) return NOTHING
    const words =
      'The quantity has no unit: four of pens and four packs of pens are not the same. Say unit, system and code.'
    return [{ code: 'quantity-unit-missing', at: quantityAt(resource), words }]
  },
}

const quantityAt = ({ resourceType }: Resource): string =>
  resourceType === 'MedicationRequest' ? 'dispenseRequest.quantity' : 'quantity'

function dosed(read: ReadDosage, form: ProductForm): Finding | undefined {
  const { doseAndRate, text = '', patientInstruction = '' } = read.dosage
  const given = doseAndRate?.[0]
  const dose = given?.doseQuantity ?? given?.doseRange?.high
  const counted = dose && countedBy(dose)
  if (counted && !fits[form].includes(counted)) {
    if (isSolidForm(form) && (isPrepared(text) || isPrepared(patientInstruction))) return undefined
    // Tablets and capsules are taken for each other in speech; tablets of what is injected are found with the routes.
    if (isSolidForm(form) && isSolid(counted)) return differs(doseAt(read), `The dose is in ${counted}`, form)
    if (form === 'injection' && isSolid(counted)) return undefined
    const words = `The dose is in ${counted === 'puffs' ? 'puffs, drops or patches' : counted}, and by its name the product is ${NAMES[form]}. Correct the unit, the dose or the product.`
    return { code: 'dose-unit-unfit', at: doseAt(read), words }
  }
  const { words } = read
  if (!words || words.complex) return undefined
  if (words.solids !== undefined) {
    if (isSolidForm(form) || isPrepared(text)) return undefined
    return differs(`${read.at()}.text`, 'The text counts tablets or capsules', form)
  }
  if (doseAndRate || !isSolidForm(form) || words.amounts.length !== 1 || isPrepared(text)) return undefined
  return words.amounts[0]?.unit === 'mL'
    ? differs(`${read.at()}.text`, 'The text speaks of millilitres', form)
    : undefined
}

const differs = (at: string, what: string, form: ProductForm): Finding => ({
  code: 'dose-form-differs',
  at,
  words: `${what}, and by its name the product is ${NAMES[form]}. Correct whichever is wrong.`,
})

function supplied({ resource }: Subject, form: ProductForm): Finding | undefined {
  const quantity = quantityOf(resource)
  const counted = quantity && countedBy(quantity)
  if (!counted || fits[form].includes(counted)) return undefined
  const words = `The quantity is in ${counted}, and by its name the product is ${NAMES[form]}: nobody could supply it. Correct the unit or the product.`
  return { code: 'quantity-unit-unfit', at: quantityAt(resource), words }
}
