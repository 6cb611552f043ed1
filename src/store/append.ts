/** One more version of a resource as rows: its text, its index, and the event that tells of it. */
import type { Caller } from '../caller.ts'
import type { Resource } from '../fhir/resource.ts'
import { grant } from './access.ts'
import { tellAll } from './events.ts'
import { indexChanges } from './index-table.ts'
import type { LaneTransaction } from './lane.ts'
import type { DoorOptions, Grant } from './operation.ts'
import type { Stored } from './read.ts'

export interface Addition {
  readonly type: string
  readonly id: string
  readonly caller: Caller
  /** HTTP verb: POST for what the service gave an id to, PUT, DELETE. */
  readonly method: 'POST' | 'PUT' | 'DELETE'
  /** The version before, a deletion included. */
  readonly before?: Stored
  /** What the index holds of it so far; absent for what is not there yet, or not any more. */
  readonly indexed?: Resource
  /** What the index is to hold; absent for a deletion. */
  readonly next?: Resource
  readonly content: string
  /** The text of the version; empty for a deletion. */
  text(version: number): string
  /** Who stands to it from now on; what others were granted before stays. */
  readonly grants: readonly Grant[]
  /** Its confidentiality (`labelText`), or empty. */
  readonly label: string
  /** The fact for the log. */
  readonly event: { readonly kind: string; readonly from: string; readonly to: string }
}

const MOVED_ON = 'UPDATE resource SET version = $1, tick = $2, deleted = $3, label = $4 WHERE key = $5'

/** Writes it. The clock's tick is the version's time, the event's number is the version's. */
export async function append(
  options: Pick<DoorOptions, 'extract'>,
  transaction: LaneTransaction,
  addition: Addition,
): Promise<Stored> {
  const { rows, tick } = transaction
  const { type, id, before, indexed, next, content, caller, event, method, label } = addition
  const seq = transaction.nextSeq()
  const key = before?.key ?? seq
  const version = (before?.version ?? 0) + 1
  const deleted = next ? 0 : 1
  const text = addition.text(version)
  const stored = { key, type, id, version, tick, deleted, label, content, text }
  const rowsOf = (resource: Resource | undefined) => (resource ? options.extract(resource) : [])
  const [was, is] = [rowsOf(indexed), rowsOf(next)]
  if (before) {
    const params = [version, tick, deleted, label, key]
    rows.change({ table: 'resource', key, sql: MOVED_ON, params })
  } else rows.add('resource', [key, type, id, version, tick, deleted, label])
  indexChanges(rows, key, was, is)
  rows.add('version', [key, version, tick, seq, method, content, text])
  const { kind, from, to } = event
  rows.add('event', [seq, tick, key, type, id, version, kind, caller.organization, caller.role, from, to])
  await transaction.memory.wrote(stored, was, is)
  for (const granted of addition.grants) await grant(transaction, type, key, granted)
  await tellAll(transaction, { type, key, version, seq })
  return stored
}

/** Gives a stored resource another label (`labelText`). It says who is shown the record, all its versions included. */
export async function relabel(
  { rows, memory }: LaneTransaction,
  { extract }: Pick<DoorOptions, 'extract'>,
  stored: Stored,
  label: string,
): Promise<void> {
  const sql = 'UPDATE resource SET label = $1 WHERE key = $2'
  rows.change({ table: 'resource', key: stored.key, sql, params: [label, stored.key] })
  await memory.relabelled({ ...stored, label }, extract(JSON.parse(stored.text) as Resource))
}
