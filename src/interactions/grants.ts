/** Who stands to what is written: its sender, the trust of an order, the provider named, and who stands to its target. */
import { refuse } from '../fhir/problem.ts'
import { localReference, referencesAt } from '../fhir/references.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { eyesOf } from '../caller.ts'
import { carriersOf, sidesOf, trustOf } from '../homecare/access.ts'
import { isSupplyTask } from '../homecare/states.ts'
import { therapiesOf } from '../homecare/policy.ts'
import type { TypeRow } from '../server-table.ts'
import { type Change, creatorSides, type Done, type Facts, type Grant } from '../store/operation.ts'
import { readAccess, readCurrent, readSides } from '../store/read.ts'
import type { RulesOptions } from './rules-options.ts'
import { type OrganizationFound, organizationsBehind } from './surroundings.ts'

/** Which organisations stand to a new resource, and how. */
export async function grantsFor(options: RulesOptions, row: TypeRow, change: Change, facts: Facts): Promise<Grant[]> {
  const grants: Grant[] = []
  if (change.caller.role !== 'service') {
    for (const side of creatorSides(change.caller)) grants.push({ organization: change.caller.organization, side })
  }
  const behind = change.type === 'MedicationRequest' ? await trustBehind(change, facts) : undefined
  if (behind) {
    for (const organization of [behind.trust, ...behind.also]) grants.push({ organization, side: 'requester' })
  }
  const trusts: ReadonlySet<string>[] = []
  for (const path of row.inherits ?? []) {
    for (const { reference } of referencesAt(change.next, path)) {
      const found = await inherited(options, reference, facts)
      trusts.push(new Set(found.flatMap(({ organization, side }) => (side === 'requester' ? [organization] : []))))
      grants.push(...found.map((each) => (row.lifecycle ? each : { ...each, side: 'reader' as const })))
    }
  }
  checkOneTrust(change, trusts)
  const naming = await named(row, change.next, facts)
  // A draft, and what has yet to be screened, stay inside the trust.
  return isWithheld(options, change, naming, behind?.trust)
    ? [...grants, ...naming].filter(({ side }) => side !== 'owner')
    : [...grants, ...naming]
}

/**
 * Whether the provider is not to be told yet: a draft, or an order that the trust's pharmacist screens first.
 * @param trust of a prescription
 */
function isWithheld(
  options: RulesOptions,
  { next, type, caller }: Change,
  naming: readonly Grant[],
  trust: string | undefined,
): boolean {
  if (type === 'Task') return next.status === 'draft'
  if (trust === undefined) return false
  if (next.status === 'draft') return true
  const provider = naming.find(({ side }) => side === 'owner')?.organization
  const therapies = therapiesOf([next as unknown as r4.MedicationRequest])
  return caller.role !== 'tester' && options.policies({ trust, provider, therapies }).screening
}

/** Who carries a supply sees of it what its role is shown, while the provider names it. */
export const carrierGrants = (row: TypeRow, next: Resource): Grant[] =>
  row.access?.carriers === undefined || !isSupplyTask(next as unknown as r4.Task)
    ? []
    : carriersOf(row, next).map((code) => ({
        organization: eyesOf({ role: 'logistics', organization: code }),
        side: 'carrier',
      }))

/** The effect by which a carrier that is not named any more sees it no more. */
export const WITHDRAW_CARRIERS = 'withdraw-carriers'

/** Carriers that a change names no more, as grants. */
export function carriersGone(row: TypeRow, { current, next }: Pick<Change, 'current' | 'next'>): Grant[] {
  const kept = new Set(carrierGrants(row, next).map(({ organization }) => organization))
  return current ? carrierGrants(row, current.resource).filter(({ organization }) => !kept.has(organization)) : []
}

/** Takes what was changed out of the sight of the carriers that it names no more. */
export async function withdrawCarriers({ row }: RulesOptions, done: Done, facts: Facts): Promise<void> {
  const of = row(done.type)
  if (!of) return
  for (const { organization } of carriersGone(of, done)) await facts.withdraw(done.stored, organization)
}

/**
 * The trust of a prescription: the organisation its sender acts for, or the one that organisation is part of. Only
 * what the sender itself has said of an organisation counts: anybody may write that another is part of it.
 */
export async function trustBehind(change: Change, facts: Facts): Promise<ReturnType<typeof trustOf>> {
  const requester = change.next.requester as r4.Reference | undefined
  const own: OrganizationFound[] = []
  for (const found of await organizationsBehind(facts, requester)) {
    if (await isOwn(found.source, change.caller.organization, facts)) own.push(found)
  }
  return trustOf(change.caller.organization, own)
}

/** Whether an organisation wrote what a reference leads to: with this commit, or before. */
async function isOwn(reference: string | undefined, organization: string, facts: Facts): Promise<boolean> {
  const local = facts.target(reference)
  if (!local) return false
  if (facts.pending(local)) return true
  const stored = await readCurrent(facts.query, local.type, local.id, { kind: 'open' })
  const sides = stored ? await readSides(facts.query, stored.type, stored.key, organization) : []
  return sides.some((side) => side !== 'reader')
}

/** Organisations that a resource's own elements name, by the access row of its type. */
export async function named(row: TypeRow, resource: Resource, facts: Facts): Promise<readonly Grant[]> {
  const codes = new Map<string, string[]>()
  for (const path of [...(row.access?.requester ?? []), ...(row.access?.owner ?? [])]) {
    for (const found of referencesAt(resource, path)) {
      if (found.reference === undefined) continue
      const behind = await organizationsBehind(facts, { reference: found.reference })
      codes.set(
        found.reference,
        behind.map(({ ods }) => ods),
      )
    }
  }
  return sidesOf(row, resource, (reference) => codes.get(reference) ?? [])
}

/**
 * What a provider says of the work of one trust is not shown to another.
 * @throws Problem reference-shows-others
 */
function checkOneTrust({ caller, root }: Change, trusts: readonly ReadonlySet<string>[]): void {
  if (caller.role !== 'provider') return
  const [first, ...rest] = trusts.filter(({ size }) => size > 0)
  if (!first || [...first].some((trust) => rest.every((others) => others.has(trust)))) return
  throw refuse(
    'reference-shows-others',
    'This refers to orders of several trusts, and each of them would see it: send one for each trust.',
    root,
  )
}

/** Who stands to the target, and how. */
async function inherited(options: RulesOptions, reference: string | undefined, facts: Facts): Promise<Grant[]> {
  const local = reference === undefined ? undefined : localReference(reference, options.base)
  const target = local && (await readCurrent(facts.query, local.type, local.id, { kind: 'open' }))
  if (!target) return []
  const access = await readAccess(facts.query, target.type, target.key)
  return access.map(({ org, side }) => ({ organization: org, side }))
}
