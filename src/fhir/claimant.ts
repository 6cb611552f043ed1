/**
 * Who of an organisation works on a Task: it says so itself, in an output `claimed-by`, or as the author of its last
 * note. Staff, never a patient: it may be told to a colleague whose claim came second.
 */
import { CANONICAL } from './problem.ts'
import type { Resource, r4 } from './resource.ts'

const TASK_OUTPUT = `${CANONICAL}/CodeSystem/task-output`

/** How the worker is called; undefined where the resource does not say. */
export function claimantOf(resource: Resource): string | undefined {
  if (resource.resourceType !== 'Task') return undefined
  const { output = [], note = [] } = resource as unknown as r4.Task
  const claim = output.findLast(({ type }) =>
    type.coding?.some(({ system, code }) => system === TASK_OUTPUT && code === 'claimed-by'),
  )
  const last = note.at(-1)
  return claim?.valueString ?? nameOf(claim?.valueReference) ?? last?.authorString ?? nameOf(last?.authorReference)
}

/** Patients and relatives write notes too; they are nobody's colleague. */
const nameOf = (link: r4.Reference | undefined): string | undefined => {
  const kind = link?.type ?? link?.reference?.split('/').at(-2)
  if (kind !== undefined && !['Practitioner', 'PractitionerRole'].includes(kind)) return undefined
  return link?.display ?? link?.identifier?.value ?? link?.reference
}
