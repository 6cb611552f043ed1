/** A dispense against its prescriptions and everything dispensed on them before, read inside the lane. */
import { type Issue, Problem, refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { EXPIRES_IN_USE, expiresInUse } from '../homecare/batch.ts'
import { leftAt } from '../homecare/late.ts'
import { BEFORE_SIGNED, isBeforeSigned } from '../homecare/signed-first.ts'
import { checkDispense, supplies, supplyReferences } from '../homecare/supply.ts'
import type { Change, Facts } from '../store/operation.ts'
import { parse, readByReference, readCurrent, readLog, readSides, readStateSince } from '../store/read.ts'
import { barredSince, itemsOf, orderOf, resolve, resolveVersion } from './surroundings.ts'

/**
 * Whether a dispense may be reported: its prescriptions are the caller's to supply, and the sum is right.
 * @returns what is worth a second look though it is taken
 * @throws Problem
 */
export async function dispenseChecks(change: Change, facts: Facts): Promise<Issue[]> {
  const dispense = inOneSpelling(change.next as unknown as r4.MedicationDispense, facts)
  const references = (dispense.authorizingPrescription ?? []).map(({ reference }) => reference ?? '')
  const locals = references.map((reference) => facts.target(reference))
  if (locals.length === 0 || locals.some((local) => local?.type !== 'MedicationRequest')) {
    throw refuse(
      'dispense-prescription-missing',
      'Say in authorizingPrescription which prescription is supplied: a reference MedicationRequest/[id].',
      `${change.root}.authorizingPrescription`,
    )
  }
  const supplyReference = supplyReferences(dispense)[0]
  const supply = (await resolve(facts, supplyReference)) as unknown as r4.Task | undefined
  const medication = await medicationOf(dispense, facts)
  const issues: Issue[] = []
  const warnings: Issue[] = []
  let lasts = dispense.daysSupply
  for (const local of locals) {
    const reference = `${local?.type}/${local?.id}`
    const stored = await readCurrent(facts.query, 'MedicationRequest', local?.id ?? '', { kind: 'open' })
    const sides = stored ? await readSides(facts.query, stored.type, stored.key, change.caller.organization) : []
    if (!stored || !(sides.includes('owner') || change.caller.role === 'service')) {
      throw refuse(
        'reference-unresolved',
        'The prescription is not one that your organisation is to supply.',
        `${change.root}.authorizingPrescription`,
      )
    }
    const prescription = parse<r4.MedicationRequest>(stored)
    const prescribed = await medicationOf(prescription, facts)
    lasts ??= prescription.dispenseRequest?.expectedSupplyDuration
    if (supplies(dispense) && isBeforeSigned(dispense, prescription)) {
      const expression = `${change.root}.whenHandedOver`
      warnings.push({ key: 'dispense-before-signed', severity: 'warning', expression, diagnostics: BEFORE_SIGNED })
    }
    const order = await orderOf(facts, reference)
    const others = await readByReference(facts.query, 'MedicationDispense.prescription', reference)
    issues.push(
      ...checkDispense({
        dispense,
        current: change.current?.resource as unknown as r4.MedicationDispense | undefined,
        prescription,
        earlier: others
          .filter(({ id }) => id !== change.id)
          .map((other) => inOneSpelling(parse<r4.MedicationDispense>(other), facts)),
        order,
        ...(await pastOf(facts, prescription, order, supply)),
        batch: medication?.batch,
        supply,
        prescribed: prescribed?.code,
        product: medication?.code,
        now: facts.now,
        root: change.root,
      }),
    )
  }
  if (issues.length > 0) throw new Problem(issues)
  // A Medication that travels in the dispense was looked at with it, if it says for how long it is.
  const seen = dispense.daysSupply && dispense.medicationReference?.reference?.startsWith('#')
  if (!seen && expiresInUse(dispense, medication?.batch, facts.now, lasts)) {
    const expression = `${change.root}.medication`
    warnings.push({ key: 'batch-expires-in-use', severity: 'warning', expression, diagnostics: EXPIRES_IN_USE })
  }
  return warnings
}

/** Since when the prescription may not be supplied, and for one that may not: when the goods of the supply left. */
async function pastOf(
  facts: Facts,
  { id = '', status }: r4.MedicationRequest,
  order: r4.Task | undefined,
  supply: r4.Task | undefined,
): Promise<{ barredSince?: number; leftAt?: number | undefined }> {
  const ofOrder = order && (await barredSince(facts, order, await itemsOf(facts, order)))
  const ofItem = status === 'active' ? undefined : await readStateSince(facts.query, 'MedicationRequest', id)
  const since = Math.min(ofOrder ?? Infinity, ofItem ?? Infinity)
  if (since === Infinity) return {}
  const stored =
    supply?.id === undefined ? undefined : await readCurrent(facts.query, 'Task', supply.id, { kind: 'open' })
  if (!stored) return { barredSince: since }
  const versions = (await readLog(facts.query, stored.key)).map(({ text }) => JSON.parse(text) as Resource)
  // What this commit has still to write counts too: a supply and its dispense may be reported together.
  const { meta: _, ...pending } = supply as unknown as Resource
  return { barredSince: since, leftAt: leftAt([...versions, pending]) }
}

/** The Medication that a prescription or a dispense refers to: contained in it, or a resource of its own. */
async function medicationOf(
  { contained, medicationReference }: r4.MedicationRequest | r4.MedicationDispense,
  facts: Facts,
): Promise<r4.Medication | undefined> {
  const link = medicationReference?.reference
  if (link === undefined) return undefined
  if (!link.startsWith('#')) return (await resolveVersion(facts, link)) as unknown as r4.Medication | undefined
  const inner = contained?.find(({ id }) => id === link.slice(1))
  return inner?.resourceType === 'Medication' ? (inner as r4.Medication) : undefined
}

/** A supply is the same supply whether it is named by `Task/id`, by its version or below our base. */
function inOneSpelling(dispense: r4.MedicationDispense, facts: Facts): r4.MedicationDispense {
  if (!dispense.supportingInformation) return dispense
  const supportingInformation = dispense.supportingInformation.map((link) => {
    const local = facts.target(link.reference)
    return local ? { ...link, reference: `${local.type}/${local.id}` } : link
  })
  return { ...dispense, supportingInformation }
}
