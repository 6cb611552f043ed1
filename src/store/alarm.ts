/** Times at which the clock has to look at a resource again; part of the transaction that makes them so. */
import type { Query } from './database.ts'
import type { LaneTransaction } from './lane.ts'
import type { Stored } from './read.ts'

/** When the clock has to look again, and why. */
export interface Alarm {
  readonly kind: string
  /** ms since the epoch */
  readonly at: number
}

export interface StoredAlarm extends Alarm {
  readonly key: number
  readonly type: string
  readonly id: string
}

/** Sets the alarms of a resource; those it had before are gone. */
export function setAlarms(
  { rows }: Pick<LaneTransaction, 'rows'>,
  { key, type, id, version }: Pick<Stored, 'key' | 'type' | 'id' | 'version'>,
  alarms: readonly Alarm[],
): void {
  // What is new had none.
  if (version > 1) rows.change({ table: 'alarm', key, sql: 'DELETE FROM alarm WHERE key = $1', params: [key] })
  for (const { kind, at } of alarms) rows.add('alarm', [key, kind, type, id, at])
}

/** Alarms that are due, earliest first. */
export const dueAlarms = (query: Query, now: number, limit: number): Promise<StoredAlarm[]> =>
  query<StoredAlarm & Record<string, never>>(
    'SELECT key, kind, type, id, at FROM alarm WHERE at <= $1 ORDER BY at, key, kind LIMIT $2',
    [now, limit],
  )

/** Sets one alarm anew, or (without a time) takes it away. */
export async function moveAlarm(query: Query, alarm: StoredAlarm, at?: number): Promise<void> {
  await query('DELETE FROM alarm WHERE key = $1 AND kind = $2', [alarm.key, alarm.kind])
  if (at === undefined) return
  const { key, kind, type, id } = alarm
  await query('INSERT INTO alarm (key, kind, type, id, at) VALUES ($1, $2, $3, $4, $5)', [key, kind, type, id, at])
}
