/** A prescription or a dispense with its doses read once, for all the rules that ask about them. */
import type { Resource, r4 } from '../fhir/resource.ts'
import { type DoseWords, readWords } from './dose.ts'
import { NOTHING, type Subject } from './finding.ts'
import { INGREDIENT, MADE_UP_DEPTH, type Medicine, medicineOf } from './medicines.ts'
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
}

/** A medicine and how it is to be taken. */
export interface Directions {
  readonly medicine: Medicine
  /** The medicine with what it is made of: an infusion that is made up is as dangerous as what is in it. */
  readonly contents: Medicine
  /** FHIRPath below the resource; empty for the resource itself, `contained[1]` for a prescription inside a dispense. */
  readonly at: string
  readonly dosages: readonly ReadDosage[]
}

interface WithDirections {
  readonly medicationCodeableConcept?: r4.CodeableConcept
  readonly medicationReference?: r4.Reference
  readonly dosageInstruction?: readonly r4.Dosage[]
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
  const { medicationCodeableConcept, medicationReference, dosageInstruction } = resource as WithDirections
  const reference = medicationReference?.reference
  const medication = reference === undefined ? undefined : subject.medicationOf(reference)
  const concept = medicationCodeableConcept ?? medication?.code
  const medicine = medicineOf(
    concept ?? (medicationReference?.display ? { text: medicationReference.display } : undefined),
  )
  // What a reference is called is read by people, whatever it leads to.
  const called = concept && medicationReference?.display
  return {
    medicine,
    contents: together(
      called === undefined
        ? medicine
        : { ...medicine, name: `${medicine.name} | ${medicineOf({ text: called }).name}` },
      medication ? ingredientsOf(subject, medication) : NOTHING,
    ),
    at,
    dosages: (dosageInstruction ?? []).map((dosage, i) => ({
      dosage,
      at: () => `${at === '' ? '' : `${at}.`}dosageInstruction[${i}]`,
      words: dosage.text === undefined ? undefined : readWords(dosage.text),
      rate: timingRate(dosage.timing),
      coded: codedRate(dosage.timing) ?? readWords(dosage.timing?.code?.text ?? '').rate,
    })),
  }
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
