/**
 * The patient's NHS number in the Tasks that the service makes (`Task.for.identifier`): parties know a patient by it, and
 * `Task?patient:identifier=` looks at nothing else. It is copied from the record of the patient, and follows it.
 */
import { refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { labelOf, readLabel, stricter } from '../homecare/access.ts'
import { NHS_NUMBER, nhsNumberOf } from '../homecare/identifiers.ts'
import type { Change, Done, Facts } from '../store/operation.ts'
import { parse, readByReference } from '../store/read.ts'
import type { RulesOptions } from './rules-options.ts'
import { resolve } from './surroundings.ts'

export const PATIENT_RENUMBERED = 'patient-renumbered'

/**
 * The number that what carries a label may show. Who is not shown the record of a patient does not learn the number from
 * a Task either, so a sensitive record gives it only to what is as sensitive.
 * @param label as it is stored, of the Task or of what it is made from
 */
function shownNumber({ table }: RulesOptions, patient: Resource | undefined, label: string): string | undefined {
  if (patient?.resourceType !== 'Patient') return undefined
  const rows = table.confidentiality ?? []
  const { code } = readLabel(label)
  return stricter(rows, code, labelOf(rows, patient)) === code ? nhsNumberOf(patient) : undefined
}

const numbered = (subject: r4.Reference, number: string): r4.Reference =>
  subject.identifier?.system === NHS_NUMBER && subject.identifier.value === number
    ? subject
    : { ...subject, identifier: { system: NHS_NUMBER, value: number } }

/** Whom an order is for: the prescription's subject, with the NHS number that the record of the patient has. */
export async function forWhom(options: RulesOptions, done: Done, facts: Facts): Promise<r4.Reference> {
  const subject = done.next.subject as r4.Reference
  const number = shownNumber(options, await resolve(facts, subject.reference), done.stored.label)
  return number === undefined ? subject : numbered(subject, number)
}

/**
 * Some read the reference and some the number: they must not come to two patients.
 * @throws Problem subject-ambiguous when the number is neither that of the record nor, in a dispense, of the prescription
 */
export async function checkSubject({ type, current, next, root }: Change, facts: Facts): Promise<void> {
  const { reference, identifier } = (next.subject ?? {}) as r4.Reference
  const number = numberIn({ identifier })
  // A number that was right when it was sent does not hold up what is reported after it was put right.
  const before =
    current?.resource.status === 'draft' ? undefined : (current?.resource.subject as r4.Reference | undefined)
  if (number === undefined || number === numberIn(before)) return
  const [authorizing] = (next.authorizingPrescription ?? []) as r4.Reference[]
  const prescription = type === 'MedicationDispense' ? await resolve(facts, authorizing?.reference) : undefined
  const prescribed = prescription?.subject as r4.Reference | undefined
  const record = await resolve(facts, prescribed?.reference ?? reference)
  const known = [record && nhsNumberOf(record), numberIn(prescribed)].filter((one) => one !== undefined)
  if (known.length === 0 || known.includes(number)) return
  throw refuse(
    'subject-ambiguous',
    'subject carries the NHS number of another patient than the one it is for: send the right number, or the reference alone.',
    `${root}.subject`,
  )
}

const numberIn = ({ identifier }: r4.Reference = {}): string | undefined =>
  identifier?.system === NHS_NUMBER ? identifier.value : undefined

/** Whether the record of a patient has another number than before, or shows it to others. */
export const isRenumbered = ({ table }: RulesOptions, { current, next }: Change): boolean => {
  if (!current) return false
  const rows = table.confidentiality ?? []
  return nhsNumberOf(current.resource) !== nhsNumberOf(next) || labelOf(rows, current.resource) !== labelOf(rows, next)
}

/** The Tasks about a patient whose record has another number now, as they should read. */
export async function renumbered(options: RulesOptions, done: Done, facts: Facts): Promise<Resource[]> {
  const tasks: Resource[] = []
  for (const stored of await readByReference(facts.query, 'Task.subject', `Patient/${done.id}`)) {
    const task = parse(stored)
    const { identifier, ...subject } = task.for as r4.Reference
    const before = shownNumber(options, done.current?.resource, stored.label)
    const now = shownNumber(options, done.next, stored.label)
    const copied = identifier?.system === NHS_NUMBER && identifier.value === before
    if (now !== undefined) tasks.push({ ...task, for: numbered(task.for as r4.Reference, now) } as Resource)
    else if (copied) tasks.push({ ...task, for: subject } as Resource)
  }
  return tasks
}
