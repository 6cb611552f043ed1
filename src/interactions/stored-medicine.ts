/** Prescriptions whose medicine stands in a Medication that did not come with them: what the rules say of both. */
import { type Context, scopeOf } from '../context.ts'
import type { Caller } from '../caller.ts'
import { type Issue, isError, Problem, refuse } from '../fhir/problem.ts'
import { localReference } from '../fhir/references.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { MADE_UP_DEPTH } from '../homecare/medicines.ts'
import { isOrder } from '../homecare/order.ts'
import type { Placed } from '../homecare/rule-order.ts'
import type { Change, Facts } from '../store/operation.ts'
import { parse, readCurrent } from '../store/read.ts'
import { mayDo } from './permission.ts'
import type { RulesOptions } from './rules-options.ts'
import { resolveVersion } from './surroundings.ts'

/** The reference of an order to a Medication outside of it. */
function linkOf(resource: Resource): string | undefined {
  if (resource.resourceType !== 'MedicationRequest' || !isOrder(resource)) return undefined
  const link = (resource as unknown as r4.MedicationRequest).medicationReference?.reference
  return link?.startsWith('#') ? undefined : link
}

/** A Medication with the names of all that it is made of, wherever that stands. */
async function withContents(
  medication: r4.Medication,
  find: (reference: string) => Promise<Resource | undefined>,
): Promise<r4.Medication> {
  const named: r4.MedicationIngredient[] = []
  const collect = async ({ contained = [], ingredient = [] }: r4.Medication, depth: number): Promise<void> => {
    for (const { itemCodeableConcept, itemReference } of ingredient) {
      const { reference, display } = itemReference ?? {}
      if (itemCodeableConcept) named.push({ itemCodeableConcept })
      if (display !== undefined) named.push({ itemCodeableConcept: { text: display } })
      if (reference === undefined || depth === MADE_UP_DEPTH) continue
      const within = contained.find(({ id }) => reference === `#${id}`)
      const inner = (within ?? (await find(reference))) as r4.Medication | undefined
      if (inner?.code) named.push({ itemCodeableConcept: inner.code })
      if (inner) await collect({ ...inner, contained: inner.contained ?? contained }, depth + 1)
    }
  }
  await collect(medication, 0)
  const { ingredient: _, ...rest } = medication
  return named.length > 0 ? { ...rest, ingredient: named } : rest
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
  if (link === undefined) return []
  const find = (reference: string): Promise<Resource | undefined> => resolveVersion(facts, reference)
  const medication = await find(link)
  if (medication?.resourceType !== 'Medication') {
    throw refuse(
      'medicine-not-named',
      'The Medication that is referred to is not kept here in this version: send it in the same Bundle, refer to it by Medication/[id], or name the medicine by its code.',
      `${root}.medication`,
    )
  }
  const whole = await withContents(medication as unknown as r4.Medication, find)
  const written = { resource: next, root, creating: !current }
  const issues = homecare.checkMedicine(written, whole, { now: facts.now })
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
  const find = async (reference: string): Promise<Resource | undefined> => {
    const local = localReference(reference, context.base)
    const scope = scopeOf(context, caller, 'Medication')
    const stored = local && (await readCurrent(context.database.query, local.type, local.id, scope))
    return stored && !stored.deleted ? parse(stored) : undefined
  }
  const issues: Issue[] = []
  for (const { resource, root } of sound) {
    const link = linkOf(resource) ?? ''
    const local = localReference(link, context.base)
    if (local?.type !== 'Medication') continue
    // One that comes along as well was looked at with the prescription.
    if (sound.some(({ resource: { resourceType, id } }) => resourceType === local.type && id === local.id)) continue
    const medication = await find(link)
    if (!medication) continue
    const whole = await withContents(medication as unknown as r4.Medication, find)
    issues.push(...context.homecare.checkMedicine({ resource, root, creating }, whole, { now: context.clock() }))
  }
  return issues
}
