/** Prescriptions whose medicine stands in a Medication that did not come with them: what the rules say of both. */
import { type Context, scopeOf } from '../context.ts'
import type { Caller } from '../caller.ts'
import { type Issue, isError, Problem } from '../fhir/problem.ts'
import { localReference } from '../fhir/references.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { isOrder } from '../homecare/order.ts'
import type { Placed } from '../homecare/rule-order.ts'
import type { Change, Facts } from '../store/operation.ts'
import { readCurrent } from '../store/read.ts'
import { mayDo } from './permission.ts'
import type { RulesOptions } from './rules-options.ts'
import { resolve } from './surroundings.ts'

/** The reference of an order to a Medication outside of it. */
function linkOf(resource: Resource): string | undefined {
  if (resource.resourceType !== 'MedicationRequest' || !isOrder(resource)) return undefined
  const link = (resource as unknown as r4.MedicationRequest).medicationReference?.reference
  return link?.startsWith('#') ? undefined : link
}

/**
 * What a sender whose order is accepted should look at.
 * @throws Problem controlled-drug, weekly-medicine-too-often, medicine-not-named and what else the medicine makes wrong
 */
export async function checkMedicine(
  { homecare }: RulesOptions,
  { next, root, current }: Change,
  facts: Facts,
): Promise<Issue[]> {
  const link = linkOf(next)
  const medication = link === undefined ? undefined : await resolve(facts, link)
  if (medication?.resourceType !== 'Medication') return []
  const written = { resource: next, root, creating: !current }
  const issues = homecare.checkMedicine(written, medication as unknown as r4.Medication, { now: facts.now })
  if (issues.some(isError)) throw new Problem(issues)
  return issues
}

/** The same for what is only to be validated, by the Medications that the caller may see. */
export async function storedMedicineIssues(
  context: Context,
  caller: Caller,
  sound: readonly Placed[],
  creating: boolean,
): Promise<Issue[]> {
  if (context.table.scope === 'open' || !mayDo(context.row('Medication'), caller, 'read')) return []
  const issues: Issue[] = []
  for (const { resource, root } of sound) {
    const local = localReference(linkOf(resource) ?? '', context.base)
    if (local?.type !== 'Medication') continue
    // One that comes along as well was looked at with the prescription.
    if (sound.some(({ resource: { resourceType, id } }) => resourceType === local.type && id === local.id)) continue
    const stored = await readCurrent(context.database.query, local.type, local.id, scopeOf(context, caller, local.type))
    if (!stored || stored.deleted) continue
    const medication = JSON.parse(stored.text) as r4.Medication
    issues.push(...context.homecare.checkMedicine({ resource, root, creating }, medication, { now: context.clock() }))
  }
  return issues
}
