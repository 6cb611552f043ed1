/** Times at which the clock has to look at a resource again; part of the transaction that makes them so. */
import type { Query } from './database.ts'

export interface StoredAlarm {
  readonly key: number
  readonly kind: string
  readonly type: string
  readonly id: string
  /** ms since the epoch */
  readonly at: number
}

/** Sets the alarms of a resource; those it had before are gone. */
export async function setAlarms(
  query: Query,
  resource: { readonly key: number; readonly type: string; readonly id: string },
  alarms: readonly { readonly kind: string; readonly at: number }[],
): Promise<void> {
  const { key, type, id } = resource
  await query('DELETE FROM alarm WHERE key = $1', [key])
  for (const { kind, at } of alarms) {
    await query('INSERT INTO alarm (key, kind, type, id, at) VALUES ($1, $2, $3, $4, $5)', [key, kind, type, id, at])
  }
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
