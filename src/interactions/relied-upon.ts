/** Changes of what stored prescriptions rely on, decided in the lane: see `homecare/relied-upon.ts`. */
import { type Issue, Problem } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { MADE_UP_DEPTH } from '../homecare/medicines.ts'
import { isAnotherPerson, isAnothersRole, otherMedicine } from '../homecare/relied-upon.ts'
import type { Change, Facts } from '../store/operation.ts'
import { isReferredTo, readByReference, readLiveReferring } from '../store/read.ts'

/** @throws Problem medicine-in-use, person-in-use when prescriptions would silently be of something or somebody else */
export async function checkReliedUpon({ type, id, root, current, next }: Change, facts: Facts): Promise<void> {
  const before = current?.resource
  if (!before) return
  const target = `${type}/${id}`
  if (type === 'Medication') {
    const [first, ...others] = otherMedicine(before, next)
    if (first === undefined || !(await isPrescribed(target, facts))) return
    throw new Problem([first, ...others].map((name) => medicineIssue(`${root}.${name}`)))
  }
  const isOther = swapped[type]?.(before, next) ?? false
  if (isOther && (await isBehindOrders(type, target, facts))) throw new Problem(personIssue(type, root))
}

const swapped: Readonly<Record<string, (before: Resource, after: Resource) => boolean>> = {
  Patient: isAnotherPerson,
  Practitioner: isAnotherPerson,
  PractitionerRole: isAnothersRole,
}

/** Whether a prescription past its draft or a dispense is of it, or of something that it is in. */
async function isPrescribed(target: string, facts: Facts, depth = 0): Promise<boolean> {
  for (const type of ['MedicationRequest', 'MedicationDispense']) {
    if (await isReferredTo(facts.query, `${type}.medication`, target, `${type}.status`, ['draft', 'preparation']))
      return true
  }
  if (depth === MADE_UP_DEPTH) return true
  for (const whole of await readByReference(facts.query, 'Medication.ingredient', target)) {
    if (await isPrescribed(`Medication/${whole.id}`, facts, depth + 1)) return true
  }
  return false
}

/** Whether a prescription that is active or on hold is for or by whom it is about. */
async function isBehindOrders(type: string, target: string, facts: Facts): Promise<boolean> {
  const param = type === 'Patient' ? 'MedicationRequest.subject' : 'MedicationRequest.requester'
  if ((await readLiveReferring(facts.query, param, target)).length > 0) return true
  if (type !== 'Practitioner') return false
  for (const role of await readByReference(facts.query, 'PractitionerRole.practitioner', target)) {
    if ((await readLiveReferring(facts.query, param, `PractitionerRole/${role.id}`)).length > 0) return true
  }
  return false
}

const medicineIssue = (expression: string): Issue => ({
  key: 'medicine-in-use',
  diagnostics:
    'Prescriptions or dispenses refer to this Medication, so what it is stays as it was. Send another Medication; where the patient is to have that, replace the prescription by a new one (priorPrescription).',
  expression,
})

const personIssue = (type: string, root: string): Issue => ({
  key: 'person-in-use',
  diagnostics: `This would make the ${type} somebody else’s, and live prescriptions refer to it. Send the other person as a resource of their own; to put a record right, change number, name or date of birth one at a time.`,
  expression: root,
})
