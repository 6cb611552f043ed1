/**
 * Two live orders for one medicine: if neither names the other, a patient may get both (domain: never two live orders
 * for the same patient and ingredient without saying so). Found in the lane, from what was there before this commit.
 */
import { type Issue, Problem } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { rangeOf } from '../homecare/dates.ts'
import { orderHasEnded } from '../homecare/facts.ts'
import { NHS_NUMBER, nhsNumberOf, organisationCode } from '../homecare/identifiers.ts'
import { therapiesOf } from '../homecare/policy.ts'
import { codeKey } from '../homecare/supply.ts'
import type { Query } from '../store/database.ts'
import type { Change, Facts } from '../store/operation.ts'
import {
  parse,
  readAccess,
  readByReference,
  readByToken,
  readCurrent,
  readLivePrescriptions,
  type Stored,
} from '../store/read.ts'
import { priorOf } from './replacement.ts'
import type { RulesOptions } from './rules-options.ts'
import { orderOf, resolve } from './surroundings.ts'

/**
 * Orders at one provider, and as many elsewhere, that one warning names. Who has more of one medicine has a sender that
 * goes round in circles, which must not slow the lane for everybody else.
 */
const MOST_BESIDE = 5

/** Starts the reads that the look for other orders will need, as far as what was sent says whom it is about. */
export function foreseenOrders(resource: Resource, query: Query): Promise<unknown>[] {
  if (resource.resourceType === 'MedicationRequest') {
    const reference = (resource.subject as r4.Reference | undefined)?.reference
    if (!reference?.startsWith('Patient/')) return []
    // The patient is read in any case, since the prescription refers to it; the other records then cost no further way.
    const stored = readCurrent(query, 'Patient', reference.slice('Patient/'.length), { kind: 'open' })
    return [foreseenOf(reference, query), stored.then((patient) => patient && foreseenTwins(parse(patient), query))]
  }
  return resource.resourceType === 'Patient' ? [foreseenTwins(resource, query)] : []
}

async function foreseenTwins(patient: Resource, query: Query): Promise<unknown> {
  const found = await recordsOf(patient, query)
  return Promise.all(found.filter((one) => one !== `Patient/${patient.id}`).map((one) => foreseenOf(one, query)))
}

/** Every record of the person that has the NHS number of a patient, as `Patient/[id]`. */
async function recordsOf(patient: Resource, query: Query): Promise<string[]> {
  const number = nhsNumberOf(patient)
  if (number === undefined) return []
  return (await readByToken(query, 'Patient.identifier', NHS_NUMBER, number)).map(({ id }) => `Patient/${id}`)
}

const foreseenOf = async (patient: string, query: Query): Promise<unknown> =>
  Promise.all(
    (await readLivePrescriptions(query, patient))
      .slice(0, MOST_BESIDE)
      .flatMap(({ type, id, key }) => [
        readAccess(query, type, key),
        readByReference(query, 'Task.based-on', `${type}/${id}`),
      ]),
  )

/** What one commit found before it wrote: later items of an order must not be taken for another order. */
interface Found {
  /** Other records of a patient that this commit writes, by `Patient/[id]`. */
  readonly twins: Map<string, readonly string[]>
  /** Prescriptions of a patient that are not over, by `Patient/[id]`. */
  readonly prescriptions: Map<string, readonly Stored[]>
  /** Orders that go on beside a prescription, by `MedicationRequest/[id]`. */
  readonly beside: Map<string, readonly r4.Task[]>
}
const foundBy = new WeakMap<Facts, Found>()

function foundIn(facts: Facts): Found {
  let found = foundBy.get(facts)
  if (!found) foundBy.set(facts, (found = { twins: new Map(), prescriptions: new Map(), beside: new Map() }))
  return found
}

/** Notes the other records of a patient that is about to be written. */
export async function notePatient({ id, next }: Change, facts: Facts): Promise<void> {
  if (nhsNumberOf(next) !== undefined) foundIn(facts).twins.set(`Patient/${id}`, await recordsOf(next, facts.query))
}

/** Orders that go on beside a prescription that this commit writes. */
export const ordersBeside = (facts: Facts, prescription: string): readonly r4.Task[] =>
  foundBy.get(facts)?.beside.get(prescription) ?? []

/**
 * Warnings for a prescription that would be supplied beside another one of the same medicine.
 * @throws Problem prescription-concurrent where the trust's policy refuses it (`secondOrder`)
 */
export async function checkConcurrent(options: RulesOptions, change: Change, facts: Facts): Promise<Issue[]> {
  const next = change.next as unknown as r4.MedicationRequest
  const policy = options.policies({
    trust: change.caller.organization,
    provider: organisationCode(next.dispenseRequest?.performer?.identifier),
    therapies: therapiesOf([next]),
  })
  if (policy.secondOrder === 'allow') return []
  const beside = await liveBeside(change, facts, next)
  if (beside.length === 0) return []
  foundIn(facts).beside.set(`MedicationRequest/${change.id}`, beside)
  const issue: Issue = {
    key: 'prescription-concurrent',
    severity: policy.secondOrder === 'refuse' ? 'error' : 'warning',
    expression: `${change.root}.priorPrescription`,
    diagnostics: `The patient has another live order of your organisation for this medicine (${beside.map(({ id }) => `Task/${id}`).join(', ')}): both would be supplied. Where this prescription takes its place, name the old one in priorPrescription; otherwise stop one of them, or make sure that both are meant.`,
  }
  if (policy.secondOrder === 'refuse') throw new Problem([issue])
  return [issue]
}

/** Orders of the same trust for the same patient and medicine that are alive together with this prescription. */
async function liveBeside(change: Change, facts: Facts, next: r4.MedicationRequest): Promise<r4.Task[]> {
  const codes = new Set(await codesOf(next, facts))
  const subject = facts.target(next.subject.reference)
  if (codes.size === 0 || !subject) return []
  const prior = await priorOf(change.next, facts, [change.caller.organization])
  const orders = new Map<string, r4.Task>()
  // Counted apart: what a provider is shown of its own orders does not depend on how many there are elsewhere.
  const found = { here: 0, elsewhere: 0 }
  for (const stored of await prescriptionsOf(`${subject.type}/${subject.id}`, facts)) {
    if (stored.id === change.id || stored.id === prior?.id) continue
    const other = parse<r4.MedicationRequest>(stored)
    if (sameGroup(next, other) || isOver(other, next) || isOver(next, other)) continue
    if (!(await codesOf(other, facts)).some((code) => codes.has(code))) continue
    const place = providerOf(other) === providerOf(next) ? 'here' : 'elsewhere'
    if (found[place] === MOST_BESIDE) continue
    const access = await readAccess(facts.query, stored.type, stored.key)
    if (!access.some(({ org, side }) => side === 'requester' && org === change.caller.organization)) continue
    const order = await orderOf(facts, `${stored.type}/${stored.id}`)
    if (!order || orderHasEnded(order) || orders.has(order.id ?? '')) continue
    orders.set(order.id ?? '', order)
    found[place]++
  }
  return [...orders.values()]
}

/** The records of the person that a record is of, as `Patient/[id]`, by the NHS number; looked for once in a commit. */
export async function recordsBeside(patient: string, facts: Facts): Promise<readonly string[]> {
  const { twins } = foundIn(facts)
  const known = twins.get(patient)
  if (known) return known
  const stored = await resolve(facts, patient)
  const records = [patient, ...(stored ? await recordsOf(stored, facts.query) : [])]
  twins.set(patient, records)
  return records
}

async function prescriptionsOf(patient: string, facts: Facts): Promise<Stored[]> {
  const { prescriptions } = foundIn(facts)
  const all: Stored[] = []
  for (const one of new Set([patient, ...(await recordsBeside(patient, facts))])) {
    const known = prescriptions.get(one) ?? (await readLivePrescriptions(facts.query, one))
    prescriptions.set(one, known)
    all.push(...known)
  }
  return all
}

/** The codes of the medicine, wherever they stand; a Medication that has none is known by its id. */
async function codesOf(
  { medicationCodeableConcept, medicationReference, contained }: r4.MedicationRequest,
  facts: Facts,
): Promise<string[]> {
  const link = medicationReference?.reference
  const inner = link?.startsWith('#') ? contained?.find(({ id }) => link === `#${id}`) : await resolve(facts, link)
  const { code } = (inner?.resourceType === 'Medication' ? inner : {}) as Partial<r4.Medication>
  const codes = ((medicationCodeableConcept ?? code)?.coding ?? []).filter((one) => one.code !== undefined).map(codeKey)
  const local = facts.target(link)
  return codes.length > 0 || !local ? codes : [`${local.type}/${local.id}`]
}

/** The provider that a prescription names, as it names it. */
const providerOf = ({ dispenseRequest }: r4.MedicationRequest): string | undefined =>
  organisationCode(dispenseRequest?.performer?.identifier) ?? dispenseRequest?.performer?.reference

const sameGroup = (a: r4.MedicationRequest, b: r4.MedicationRequest): boolean =>
  a.groupIdentifier?.value !== undefined &&
  a.groupIdentifier.value === b.groupIdentifier?.value &&
  a.groupIdentifier.system === b.groupIdentifier.system

/** Whether one prescription is over before the other begins. */
function isOver(one: r4.MedicationRequest, other: r4.MedicationRequest): boolean {
  const end = rangeOf(one.dispenseRequest?.validityPeriod?.end ?? '')
  const start = rangeOf(other.dispenseRequest?.validityPeriod?.start ?? '')
  return end !== undefined && start !== undefined && end.high < start.low
}
