/** What a party may ask of another by a Task of its own: a renewal, a registration. */
import { refuse } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'
import { organisationCode } from '../homecare/identifiers.ts'
import { isRenewalTask } from '../homecare/states.ts'
import type { Change, Facts } from '../store/operation.ts'
import { readCurrent, readSides } from '../store/read.ts'

/**
 * Whoever asks, asks in its own name; and a renewal is asked of the trust whose prescription it is about: a Task that
 * named others would show them a patient who is none of theirs.
 * @throws Problem role-forbidden
 */
export async function checkAsked(change: Change, facts: Facts): Promise<void> {
  const { caller, root } = change
  if (caller.role === 'service' || caller.role === 'tester') return
  const task = change.next as unknown as r4.Task
  if (organisationCode(task.requester?.identifier) !== caller.organization) {
    throw refuse(
      'role-forbidden',
      'A Task is asked in the name of your own organisation: its ODS code as identifier of requester.',
      `${root}.requester`,
    )
  }
  if (!isRenewalTask(task)) return
  const owner = organisationCode(task.owner?.identifier) ?? ''
  for (const { reference } of task.basedOn ?? []) {
    const local = facts.target(reference)
    const stored = local && (await readCurrent(facts.query, local.type, local.id, { kind: 'open' }))
    const sides = stored ? await readSides(facts.query, stored.type, stored.key, owner) : []
    const own = stored ? await readSides(facts.query, stored.type, stored.key, caller.organization) : []
    if (stored?.type === 'MedicationRequest' && sides.includes('requester') && own.includes('owner')) continue
    throw refuse(
      'role-forbidden',
      'A renewal is about prescriptions that your organisation supplies (basedOn), and is asked of the trust that prescribed them: its ODS code as identifier of owner.',
      `${root}.owner`,
    )
  }
}
