/**
 * What a request will read in the lane, as far as it can be seen from what was sent. Read side by side, for a whole
 * group at once, it costs one way to the database and back; the memory of the group keeps it.
 */
import { localReference } from '../fhir/references.ts'
import type { Query } from './database.ts'
import { type CommitRequest, type DoorOptions, foreseenOf, type Operation } from './operation.ts'
import { parse, readLatest, type Stored } from './read.ts'

/** Reads what the operations of a request are about, what they refer to and what the rules will look up. */
export async function foresee(options: DoorOptions, query: Query, request: CommitRequest): Promise<void> {
  await Promise.all(request.operations.flatMap((operation) => readsOf(options, query, request, operation)))
}

function readsOf(
  options: DoorOptions,
  query: Query,
  { scope, caller }: CommitRequest,
  operation: Operation,
): Promise<unknown>[] {
  const reads: Promise<unknown>[] = []
  if (operation.kind === 'delete' || operation.kind === 'patch') {
    if (operation.match) return reads
    const current = readLatest(query, operation.type, operation.id, scope)
    return [...reads, operation.kind === 'patch' ? current.then((stored) => patched(options, query, stored)) : current]
  }
  const { resource } = operation.draft
  if (operation.kind === 'update' && !operation.match) {
    reads.push(readLatest(query, resource.resourceType, operation.id, scope))
  }
  const targets = new Set<string>()
  collect(resource, targets)
  for (const reference of targets) {
    const local = localReference(reference, options.base)
    if (local) reads.push(readLatest(query, local.type, local.id, scope))
  }
  return [...reads, ...(options.rules.foresee?.(foreseenOf(operation, caller), query) ?? [])]
}

/** What a patch changes decides what is read: one more way, but one for all patches of a group. */
async function patched({ rules }: DoorOptions, query: Query, stored: Stored | undefined): Promise<void> {
  if (!stored || stored.deleted) return
  await Promise.all(rules.foresee?.({ id: stored.id, resource: parse(stored), exists: true }, query) ?? [])
}

/** Every `reference` in a resource. Which element it stands in does not matter here: nothing is decided by it. */
function collect(node: object, found: Set<string>): void {
  for (const [name, value] of Object.entries(node) as [string, unknown][]) {
    if (name === 'reference' && typeof value === 'string') found.add(value)
    else if (typeof value === 'object' && value !== null) collect(value, found)
  }
}
