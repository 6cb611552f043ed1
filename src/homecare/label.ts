/** The label of a dispense against its prescription: the patient takes what the label says. */
import type { r4 } from '../fhir/resource.ts'
import { type Medicine, medicineOf } from './medicines.ts'
import { type ReadDosage, readDosages } from './prescription-view.ts'
import { strengthOf } from './quantity.ts'
import { contradicts, type Rate, rateWords } from './timing.ts'
import { type Dimension, type Measure, measured, measureOf } from './units.ts'

/** What is compared: directions, and the medicine they are for. */
export interface Labelled {
  readonly dosageInstruction?: readonly r4.Dosage[] | undefined
  readonly medicine: r4.CodeableConcept | undefined
}

/** What a label says otherwise than its prescription. */
export interface LabelFault {
  /** FHIRPath below the dispense. */
  readonly at: string
  readonly words: string
}

const ADVICE = 'Correct whichever is wrong; if the label has gone out like this, tell the patient at once.'

/**
 * Whether a label asks for another number of doses or another dose than the prescription. Directions of several parts
 * on either side are not compared: which part stands against which, they do not say.
 */
export function labelFaults(dispense: Labelled, prescription: Labelled): LabelFault[] {
  const [label, ordered] = [readOne(dispense), readOne(prescription)]
  if (!label || !ordered) return []
  const [given, asked] = [rateOf(label), rateOf(ordered)]
  if (given && asked && contradicts(given, asked)) {
    if (isLoosely(label, asked) || isLoosely(ordered, given)) return []
    const words = `The label says ${rateWords(given)}, the prescription ${rateWords(asked)}. ${ADVICE}`
    return [{ at: label.at(), words }]
  }
  if (!isAnotherDose(label, medicineOf(dispense.medicine), ordered, medicineOf(prescription.medicine))) return []
  const words = `The dose on the label is not the dose of the prescription. ${ADVICE}`
  return [{ at: `${label.at()}.doseAndRate`, words }]
}

function readOne({ dosageInstruction = [], medicine }: Labelled): ReadDosage | undefined {
  const [only, ...more] = readDosages(dosageInstruction, { at: '', name: medicineOf(medicine).name })
  return more.length > 0 ? undefined : only
}

const rateOf = ({ rate, words, coded }: ReadDosage): Rate | undefined => rate ?? words?.rate ?? coded

/** "10 mg daily" in words alone may be two parts of it, or four. */
const isLoosely = ({ rate, words }: ReadDosage, other: Rate): boolean =>
  rate === undefined &&
  words?.rate !== undefined &&
  words.loose &&
  other.low >= words.rate.low &&
  other.high <= 4 * words.rate.low

/** From the least to the most of one dose. */
interface Span {
  readonly dimension: Dimension
  readonly low: number
  readonly high: number
}

function isAnotherDose(label: ReadDosage, product: Medicine, ordered: ReadDosage, prescribed: Medicine): boolean {
  const [given, asked] = [spanOf(label), spanOf(ordered)]
  if (!given || !asked) return false
  // A volume is a dose only of the same strength.
  const isVolume = given.dimension === 'volume' && asked.dimension === 'volume'
  const [a, b] =
    isVolume && product.name !== prescribed.name ? [held(given, product), held(asked, prescribed)] : [given, asked]
  const [same, other] = a?.dimension === b?.dimension ? [a, b] : [held(given, product), held(asked, prescribed)]
  if (!same || !other || same.dimension !== other.dimension) return false
  return same.low > other.high * LEEWAY || other.low > same.high * LEEWAY
}

/** Rounding to what a syringe or a tablet can measure. */
const LEEWAY = 1.1

function spanOf({ dosage, words }: ReadDosage): Span | undefined {
  const given = dosage.doseAndRate
  if (given && given.length > 0) {
    const [{ doseQuantity, doseRange } = {}, ...more] = given
    return more.length > 0
      ? undefined
      : span(measured(doseQuantity ?? doseRange?.low), measured(doseQuantity ?? doseRange?.high))
  }
  const [amount, ...others] = words?.complex ? [] : (words?.amounts ?? [])
  const said = amount && measureOf(amount.value, amount.unit)
  return others.length > 0 ? undefined : span(said, said)
}

const span = (low: Measure | undefined, high: Measure | undefined): Span | undefined =>
  low && high && low.dimension === high.dimension
    ? { dimension: low.dimension, low: low.value, high: high.value }
    : undefined

/** A dose by what it holds: a volume as the mass or activity in it. */
function held(dose: Span, { name }: Medicine): Span | undefined {
  if (dose.dimension !== 'volume') return dose
  const holds = strengthOf(name)?.holds
  const content = (['mass', 'activity'] as const).find((dimension) => holds?.[dimension] !== undefined)
  const [amount, volume] = [content && holds?.[content], holds?.volume]
  if (!content || amount === undefined || !volume) return undefined
  return { dimension: content, low: (dose.low * amount) / volume, high: (dose.high * amount) / volume }
}
