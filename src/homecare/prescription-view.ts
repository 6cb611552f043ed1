/** A prescription or a dispense with its doses read once, for all the rules that ask about them. */
import { remember } from '../fhir/remember.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { type DoseWords, readWords } from './dose.ts'
import { readInstruction, readNote } from './dose-instruction.ts'
import { type Finding, NOTHING, type Subject } from './finding.ts'
import { INGREDIENT, type KnownMedicine, MADE_UP_DEPTH, type Medicine, medicineOf } from './medicines.ts'
import { codedRate, type Rate, timingRate } from './timing.ts'

export interface ReadDosage {
  readonly dosage: r4.Dosage
  /** FHIRPath below the resource, e.g. `dosageInstruction[0]`; asked for when something is wrong. */
  readonly at: () => string
  /** Undefined when there is no text. */
  readonly words: DoseWords | undefined
  /** By the structure; undefined when it does not say how often. */
  readonly rate: Rate | undefined
  /** By the code or the words of the timing, which R4 means to say all that its structure says. */
  readonly coded: Rate | undefined
  readonly instructions: readonly Instruction[]
}

/** What stands beside the text of a dosage and says how the medicine is taken. */
export interface Instruction {
  readonly words: DoseWords
  /** FHIRPath below the dosage, or of a note below the resource. */
  readonly at: string
}

/** FHIRPath, below the resource, of a place in a dosage or of a note beside it. */
export const placeIn = (read: ReadDosage, at: string): string => {
  const dosage = read.at()
  return at.startsWith('note[') ? dosage.replace(/dosageInstruction\[\d+\]$/, at) : `${dosage}.${at}`
}

/** FHIRPath, below the resource, of a dose, for words that are about its amount. */
export function doseAt({ at, dosage }: ReadDosage, i = 0): string {
  const part = dosage.doseAndRate?.[i]?.doseRange ? 'Range' : 'Quantity'
  return `${at()}.doseAndRate[${i}].dose.ofType(${part})`
}

/** A medicine and how it is to be taken. */
export interface Directions {
  readonly medicine: Medicine
  /** The medicine with what it is made of: an infusion that is made up is as dangerous as what is in it. */
  readonly contents: Medicine
  /** What the tables say of the contents. */
  readonly known: KnownMedicine
  /** FHIRPath below the resource; empty for the resource itself, `contained[1]` for a prescription inside a dispense. */
  readonly at: string
  readonly dosages: readonly ReadDosage[]
}

interface WithDirections {
  readonly medicationCodeableConcept?: r4.CodeableConcept
  readonly medicationReference?: r4.Reference
  readonly dosageInstruction?: readonly r4.Dosage[]
  readonly note?: readonly r4.Annotation[]
}

/** What is found in each dosage of a resource, in their order. */
export function eachDosage(
  subject: Subject,
  find: (read: ReadDosage, directions: Directions) => readonly Finding[],
): readonly Finding[] {
  let all: readonly Finding[] = NOTHING
  for (const directions of directionsOf(subject)) {
    for (const read of directions.dosages) {
      const found = find(read, directions)
      if (found.length > 0) all = [...all, ...found]
    }
  }
  return all
}

/** The directions of a resource, and of the prescriptions that a dispense contains. */
export function directionsOf(subject: Subject): readonly Directions[] {
  if (subject.directions) return subject.directions
  const { resource } = subject
  const view = [read(subject, resource, '')]
  if (resource.resourceType === 'MedicationDispense') {
    for (const [i, inner] of ((resource.contained ?? []) as Resource[]).entries()) {
      if (inner.resourceType === 'MedicationRequest') view.push(read(subject, inner, `contained[${i}]`))
    }
  }
  subject.directions = view
  return view
}

function read(subject: Subject, resource: Resource, at: string): Directions {
  const { medicationCodeableConcept, medicationReference, dosageInstruction, note } = resource as WithDirections
  const reference = medicationReference?.reference
  const medication = reference === undefined ? undefined : subject.medicationOf(reference)
  const concept = medicationCodeableConcept ?? medication?.code
  const medicine = medicineOf(
    concept ?? (medicationReference?.display ? { text: medicationReference.display } : undefined),
  )
  // What a reference is called is read by people, whatever it leads to.
  const called = concept && medicationReference?.display
  const contents = together(
    called === undefined ? medicine : { ...medicine, name: `${medicine.name} | ${medicineOf({ text: called }).name}` },
    medication ? ingredientsOf(subject, medication) : NOTHING,
  )
  return {
    medicine,
    contents,
    known: subject.medicines.known(contents),
    at,
    dosages: readDosages(dosageInstruction, { at, name: medicine.name, note }),
  }
}

function saidByCode(timing: r4.Timing | undefined): Rate | undefined {
  const text = timing?.code?.text
  return codedRate(timing) ?? (text === undefined ? undefined : readWords(text).rate)
}

/** Dosages as the rules compare them. */
export const readDosages = (
  dosages: readonly r4.Dosage[] = NOTHING,
  { at, name, note }: { at: string; name: string; note?: readonly r4.Annotation[] | undefined },
): readonly ReadDosage[] =>
  dosages.map((dosage, i) => ({
    dosage,
    at: () => `${at === '' ? '' : `${at}.`}dosageInstruction[${i}]`,
    words: dosage.text === undefined ? undefined : readWords(dosage.text),
    rate: timingRate(dosage.timing),
    coded: saidByCode(dosage.timing),
    // Of several dosages nobody can say which one a note is about.
    instructions: instructionsOf(dosage, name, dosages.length === 1 ? note : undefined),
  }))

function instructionsOf(
  { patientInstruction, additionalInstruction }: r4.Dosage,
  name: string,
  note: readonly r4.Annotation[] | undefined,
): readonly Instruction[] {
  if (patientInstruction === undefined && additionalInstruction === undefined && note === undefined) return NOTHING
  const instructions: Instruction[] = []
  if (patientInstruction !== undefined) {
    const words = readInstruction(patientInstruction, name)
    if (words) instructions.push({ words, at: 'patientInstruction' })
  }
  for (const [i, { text, coding }] of (additionalInstruction ?? NOTHING).entries()) {
    const shown = text ?? coding?.find(({ display }) => display !== undefined)?.display
    const words = shown === undefined ? undefined : readInstruction(shown, name)
    if (words) instructions.push({ words, at: `additionalInstruction[${i}]` })
  }
  for (const [i, { text }] of (note ?? NOTHING).entries()) {
    const words = readNote(text, name)
    if (words) instructions.push({ words, at: `note[${i}].text` })
  }
  return instructions
}

/** What is in it, by name or by reference. */
function ingredientsOf(subject: Subject, { ingredient = [], contained = [] }: r4.Medication, depth = 0): Medicine[] {
  return ingredient.flatMap(({ itemCodeableConcept, itemReference }) => {
    const named = medicineOf(
      itemCodeableConcept ?? (itemReference?.display ? { text: itemReference.display } : undefined),
    )
    const reference = itemReference?.reference
    if (reference === undefined || depth === MADE_UP_DEPTH) return [named]
    const within = contained.find(({ id }) => reference === `#${id}`) as r4.Medication | undefined
    const inner = within ?? subject.medicationOf(reference)
    return inner ? [named, medicineOf(inner.code), ...ingredientsOf(subject, inner, depth + 1)] : [named]
  })
}

function together(medicine: Medicine, ingredients: readonly Medicine[]): Medicine {
  if (ingredients.length === 0) return medicine
  const all = [medicine, ...ingredients]
  return { name: all.map(({ name }) => name).join(INGREDIENT), codes: all.flatMap(({ codes }) => codes) }
}

const AS_NEEDED = /\b(?:when|if|as) (?:required|needed|necessary)\b|\bprn\b/i
/** Whether words leave it to the patient how often. */
export const saysAsNeeded = remember(1000, (text) => AS_NEEDED.test(text))

const AS_DIRECTED =
  /^\s*(?:(?:to be )?(?:use|used|take|taken|inject|injected|give|given)\s+)?as (?:directed|before|discussed|advised)\.?\s*$/i
/** Whether words say nothing but that somebody said how. */
export const saysAsDirected = (text: string): boolean => AS_DIRECTED.test(text)

/** Whether the patient decides how often: said by the element, or by the words alone. */
export const isAsNeeded = ({ asNeededBoolean, asNeededCodeableConcept, text = '' }: r4.Dosage): boolean =>
  asNeededBoolean === true || asNeededCodeableConcept !== undefined || saysAsNeeded(text)
