/** Which organisation stands to which resource, as rows. */
import type { Caller } from '../caller.ts'
import { refuse } from '../fhir/problem.ts'
import { localReference, referencesAt } from '../fhir/references.ts'
import type { Resource } from '../fhir/resource.ts'
import type { Query } from './database.ts'
import { tellOne } from './events.ts'
import type { LaneTransaction } from './lane.ts'
import type { DoorOptions, Grant } from './operation.ts'
import { parse, readAccess, readByReference, readCurrent, readSides, type Stored } from './read.ts'

/** How far sharing follows references: prescription, role, organisation, the one it is part of. */
const MAX_DEPTH = 4

/** Lets an organisation stand to a resource; nothing happens when it does already. */
export async function grant(
  { memory, rows }: LaneTransaction,
  type: string,
  key: number,
  { organization, side }: Grant,
): Promise<void> {
  const access = await memory.access(type, key)
  if (access.some((row) => row.org === organization && row.side === side)) return
  rows.add('access', [organization, type, key, side])
  await memory.granted(type, key, { org: organization, side })
}

/** Lets organisations stand to a stored resource from now on: their feeds tell of it, and of what it points to. */
export async function admit(
  transaction: LaneTransaction,
  options: Pick<DoorOptions, 'shares' | 'base'>,
  stored: Stored,
  grants: readonly Grant[],
): Promise<void> {
  for (const granted of grants) {
    const { organization } = granted
    const before = await readSides(transaction.query, stored.type, stored.key, organization)
    await grant(transaction, stored.type, stored.key, granted)
    if (before.length === 0) tellOne(transaction, organization, stored)
  }
  await share(transaction, options, stored.type, stored.key, parse(stored))
}

/**
 * Ends that an organisation stands to a resource, and that it sees what the resource points to unless another resource
 * of the same type that it sees points there too. For those who see nothing but such resources: carriers.
 */
export async function withdraw(
  transaction: LaneTransaction,
  options: Pick<DoorOptions, 'shares' | 'referrers' | 'base'>,
  stored: Stored,
  organization: string,
): Promise<void> {
  await forget(transaction, stored, organization)
  const { query } = transaction
  const resource = parse(stored)
  for (const { reference } of options.shares(stored.type).flatMap((path) => referencesAt(resource, path))) {
    const local = reference === undefined ? undefined : localReference(reference, options.base)
    const target = local && (await readCurrent(query, local.type, local.id, { kind: 'open' }))
    if (target && !(await isShownBy(transaction, options, stored.type, target, organization)))
      await forget(transaction, target, organization)
  }
}

/** Whether an organisation stands to a resource of the type that refers to the target. */
async function isShownBy(
  { query }: LaneTransaction,
  { referrers }: Pick<DoorOptions, 'referrers'>,
  type: string,
  target: Stored,
  organization: string,
): Promise<boolean> {
  for (const param of referrers(target.type).filter((name) => name.startsWith(`${type}.`))) {
    for (const { key } of await readByReference(query, param, `${target.type}/${target.id}`)) {
      if ((await readSides(query, type, key, organization)).length > 0) return true
    }
  }
  return false
}

async function forget({ query, memory }: LaneTransaction, { type, key }: Stored, organization: string): Promise<void> {
  await query('DELETE FROM access WHERE org = $1 AND type = $2 AND key = $3', [organization, type, key])
  await memory.withdrawn(type, key, organization)
}

/** Whose change shares something, and where it stood. */
export interface Sharing {
  readonly caller: Caller
  /** FHIRPath. */
  readonly root: string
}

/**
 * Who may see a resource may see what it points to: the provider needs the patient of its prescription. A provider works
 * for several trusts and reads patients and staff of each: it shows none of them to another by a reference.
 * @throws Problem reference-shows-others
 */
export async function share(
  transaction: LaneTransaction,
  options: Pick<DoorOptions, 'shares' | 'base'>,
  type: string,
  key: number,
  resource: Resource,
  by?: Sharing,
  depth = 0,
): Promise<void> {
  const paths = options.shares(type)
  if (paths.length === 0 || depth > MAX_DEPTH) return
  const { query } = transaction
  const access = await readAccess(query, type, key)
  const organizations = [...new Set(access.map((row) => row.org))]
  const carriers = new Set(access.filter(({ side }) => side === 'carrier').map((row) => row.org))
  for (const path of paths) {
    for (const { reference } of referencesAt(resource, path)) {
      const local = reference === undefined ? undefined : localReference(reference, options.base)
      const target = local && (await readCurrent(query, local.type, local.id, { kind: 'open' }))
      if (!target) continue
      let fresh = false
      for (const organization of organizations) {
        if ((await readSides(query, target.type, target.key, organization)).length > 0) continue
        // Who carries a supply is shown the patient by whoever names the carrier.
        if (by && !carriers.has(organization)) await checkOwn(query, target, by)
        await grant(transaction, target.type, target.key, { organization, side: 'reader' })
        tellOne(transaction, organization, target)
        fresh = true
      }
      if (fresh) await share(transaction, options, target.type, target.key, parse(target), by, depth + 1)
    }
  }
}

/** Whether a provider may show it: what it merely reads is for the trust that sent it to show. */
async function checkOwn(query: Query, { type, key }: Stored, { caller, root }: Sharing): Promise<void> {
  if (caller.role !== 'provider') return
  if ((await readSides(query, type, key, caller.organization)).some((side) => side !== 'reader')) return
  throw refuse(
    'reference-shows-others',
    `This would show a ${type} to an organisation that it does not concern: refer to the patient and prescriber of this prescription, and to resources that your own organisation has sent.`,
    root,
  )
}
