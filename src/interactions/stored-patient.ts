/** Nothing is supplied to the dead: whether the stored record of the patient of a prescription says that they have died. */
import { type Context, scopeOf } from '../context.ts'
import type { Caller } from '../caller.ts'
import { type Issue, Problem } from '../fhir/problem.ts'
import { localReference } from '../fhir/references.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { NHS_NUMBER } from '../homecare/identifiers.ts'
import { isOrder } from '../homecare/order.ts'
import type { Placed } from '../homecare/rule-order.ts'
import type { Change, Facts } from '../store/operation.ts'
import { parse, readAccess, readByToken, readCurrent, type Stored } from '../store/read.ts'
import { recordsBeside } from './concurrent.ts'
import { hasDied } from './happenings.ts'
import { mayDo } from './permission.ts'
import { resolve } from './surroundings.ts'

const died = (root: string): Issue => ({
  key: 'patient-deceased',
  diagnostics:
    'The patient is recorded as having died: nothing is supplied. Check the patient, and correct the record if it is wrong.',
  expression: `${root}.subject`,
  national: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EPSIssueCode', code: 'PATIENT_DECEASED' },
})

const saysOtherwise = (root: string): Issue => ({
  ...died(root),
  severity: 'warning',
  diagnostics:
    'Another record of your organisation with the same NHS number says that the patient has died. Check which of the two is right, and correct the other.',
})

/**
 * Whoever the prescription is for, by reference or by the NHS number alone, is alive as far as the caller's own
 * organisation has recorded: what others have recorded is not told.
 * @returns a warning where the records of one number disagree
 * @throws Problem patient-deceased
 */
export async function checkAlive({ next, caller, root }: Change, facts: Facts): Promise<Issue[]> {
  const { reference, identifier } = (next.subject ?? {}) as r4.Reference
  const local = facts.target(reference)
  if (local) {
    const record = await resolve(facts, reference)
    if (hasDied(record as unknown as r4.Patient | undefined)) throw new Problem(died(root))
    const own = `${local.type}/${local.id}`
    for (const other of new Set(await recordsBeside(own, facts))) {
      if (other !== own && (await isOwnAndDied(other, facts, caller))) return [saysOtherwise(root)]
    }
    return []
  }
  if (identifier?.system !== NHS_NUMBER || identifier.value === undefined) return []
  const records = await readByToken(facts.query, 'Patient.identifier', NHS_NUMBER, identifier.value)
  const told: boolean[] = []
  for (const record of records) {
    if (await isOwn(record, facts, caller)) told.push(hasDied(parse<r4.Patient>(record)))
  }
  if (!told.includes(true)) return []
  if (!told.includes(false)) throw new Problem(died(root))
  return [saysOtherwise(root)]
}

async function isOwnAndDied(reference: string, facts: Facts, caller: Caller): Promise<boolean> {
  const id = reference.slice('Patient/'.length)
  const stored = await readCurrent(facts.query, 'Patient', id, { kind: 'open' })
  return stored !== undefined && !stored.deleted && hasDied(parse<r4.Patient>(stored)) && isOwn(stored, facts, caller)
}

/** Whether the organisation of the caller may see a record. */
async function isOwn({ type, key }: Stored, { query }: Facts, { organization }: Caller): Promise<boolean> {
  return (await readAccess(query, type, key)).some(({ org }) => org === organization)
}

/** The same for what is only to be validated, by the records that the caller may see. */
export async function storedPatientIssues(
  context: Context,
  caller: Caller,
  sound: readonly Placed[],
): Promise<Issue[]> {
  if (context.table.scope === 'open' || !mayDo(context.row('Patient'), caller, 'read')) return []
  const issues: Issue[] = []
  for (const { resource, root } of sound) {
    if (resource.resourceType !== 'MedicationRequest' || !isOrder(resource)) continue
    const local = localReference((resource.subject as r4.Reference | undefined)?.reference ?? '', context.base)
    if (local?.type !== 'Patient' || comesAlong(sound, local.id)) continue
    const scope = scopeOf(context, caller, 'Patient')
    const stored = await readCurrent(context.database.query, local.type, local.id, scope)
    if (stored && !stored.deleted && hasDied(parse<r4.Patient>(stored))) issues.push(died(root))
  }
  return issues
}

/** One that comes along was looked at with the prescription. */
const comesAlong = (sound: readonly Placed[], id: string | undefined): boolean =>
  sound.some(
    ({ resource }: { readonly resource: Resource }) => resource.resourceType === 'Patient' && resource.id === id,
  )
