/**
 * A prescription that takes the place of another (`priorPrescription`): the old one is barred from supply from the
 * instant at which the new one is good, so that nobody has two live orders for one treatment.
 */
import { refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { rangeOf } from '../homecare/dates.ts'
import type { Query } from '../store/database.ts'
import type { Change, Facts } from '../store/operation.ts'
import { parse, readAccess, readByToken, readCurrent, type Stored } from '../store/read.ts'

/** When a prescription begins to be good, in ms since the epoch; undefined when it is so from its activation on. */
export const startOf = (prescription: r4.MedicationRequest): number | undefined =>
  rangeOf(prescription.dispenseRequest?.validityPeriod?.start ?? '')?.low

/**
 * The stored prescription that another one replaces, by literal reference or by identifier. A number is looked for among
 * the prescriptions of one's own trust: what others have under it is as unknown here as if it were nowhere.
 * @param organizations ODS codes of those who prescribe
 */
export async function priorOf(
  next: Resource,
  facts: Pick<Facts, 'query' | 'target'>,
  organizations: readonly string[],
): Promise<Stored | undefined> {
  const prior = (next as unknown as r4.MedicationRequest).priorPrescription
  const local = facts.target(prior?.reference)
  if (local?.type === 'MedicationRequest') return readCurrent(facts.query, local.type, local.id, { kind: 'open' })
  const { system, value } = prior?.identifier ?? {}
  if (system === undefined || value === undefined) return undefined
  const all = await readByToken(facts.query, 'MedicationRequest.identifier', system, value)
  return firstPrescribedBy(facts.query, all, organizations)
}

/** The first that one of the organisations has prescribed: whoever else uses a number, it is nobody's but theirs. */
export async function firstPrescribedBy(
  query: Query,
  all: readonly Stored[],
  organizations: readonly string[],
): Promise<Stored | undefined> {
  for (const stored of all) {
    if ((await prescribersOf(query, stored)).some((org) => organizations.includes(org))) return stored
  }
  return undefined
}

/** ODS codes of those who prescribed what is stored. */
export const prescribersOf = async (query: Query, { type, key }: Pick<Stored, 'type' | 'key'>): Promise<string[]> =>
  (await readAccess(query, type, key)).flatMap(({ org, side }) => (side === 'requester' ? [org] : []))

const tail = (reference: string): string => reference.split('/').slice(-2).join('/')

/**
 * @throws Problem prior-prescription-differs when the prescription named belongs to another patient or trust: ending
 *   it would stop somebody else's medicine
 */
export async function checkPrior(change: Change, facts: Facts): Promise<void> {
  const { organization } = change.caller
  const stored = await priorOf(change.next, facts, [organization])
  if (!stored) return
  const prior = parse<r4.MedicationRequest>(stored)
  const own = (await prescribersOf(facts.query, stored)).includes(organization)
  const subject = facts.target((change.next.subject as r4.Reference | undefined)?.reference)
  const [asked, before] = [subject && `${subject.type}/${subject.id}`, prior.subject.reference]
  if (own && (asked === undefined || before === undefined || asked === tail(before))) return
  throw refuse(
    'prior-prescription-differs',
    'priorPrescription is not a prescription of your organisation for this patient: name the one that this prescription replaces, or leave it out.',
    `${change.root}.priorPrescription`,
  )
}
