/**
 * The patient's NHS number in the Tasks that the service makes (`Task.for.identifier`): parties know a patient by it, and
 * `Task?patient:identifier=` looks at nothing else. It is copied from the record of the patient, and follows it.
 */
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
