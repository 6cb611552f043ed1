/** Who holds the ball and until when, written into every Task; and the alarms that the clock is set for. */
import type { Resource, r4 } from '../fhir/resource.ts'
import { addMonths, dayAfter, rangeOf } from './dates.ts'
import type { Lifecycle } from './lifecycle-table.ts'
import { extensionOf, withExtension } from './named-rules.ts'
import { dueAt, type Policy } from './policy.ts'
import { isOrderTask, isSupplyTask, NEXT_ACTOR, NEXT_DUE, OVERDUE_SINCE, RUN_OUT } from './states.ts'
import { rhythmOf } from './supply-plan.ts'

/**
 * The Task with its next actor and due time for a state. The state began when its step happened (`lastModified`), which
 * may be before `now` (ms since the epoch), the time at which the exchange learns of it.
 */
export function withNextAction(table: Lifecycle, policy: Policy, state: string, task: Resource, now: number): Resource {
  const row = table.stateOf.get(state)
  const happened = rangeOf((task.lastModified as string | undefined) ?? '')?.low ?? now
  const due = row?.terminal ? undefined : dueAt(policy, table.name, state, task, Math.min(now, happened))
  let next = withExtension(task as unknown as r4.Task, OVERDUE_SINCE)
  next = withExtension(next, NEXT_ACTOR, { valueCode: row?.nextActor ?? 'nobody' })
  next = withExtension(next, NEXT_DUE, due === undefined ? undefined : { valueDateTime: new Date(due).toISOString() })
  return next as unknown as Resource
}

export type AlarmKind = 'overdue' | 'run-out' | 'expiry' | 'renewal' | 'replace'

export interface Alarm {
  readonly kind: AlarmKind
  /** ms since the epoch */
  readonly at: number
}

const HOUR = 3_600_000

/**
 * When the clock has to look at a Task again. Overdue: at its due time. Run out: when its need-by day is over. Expiry:
 * when the validity of the order is over; without one, six months after it was written, unless a supply has begun
 * (Human Medicines Regulations 2012, reg. 217). Renewal: see `renewalAt`.
 */
export function alarmsOf(table: Lifecycle, state: string, task: r4.Task): Alarm[] {
  if (table.stateOf.get(state)?.terminal) return []
  const alarms: Alarm[] = []
  const due = extensionOf(task, NEXT_DUE)?.valueDateTime
  if (due !== undefined && !extensionOf(task, OVERDUE_SINCE)) alarms.push({ kind: 'overdue', at: Date.parse(due) })
  const needBy = rangeOf(task.restriction?.period?.end ?? '')
  if (isSupplyTask(task) && needBy && !extensionOf(task, RUN_OUT)) alarms.push({ kind: 'run-out', at: needBy.high + 1 })
  if (!isOrderTask(task)) return alarms
  const written = rangeOf(task.authoredOn ?? '')
  if (needBy) alarms.push({ kind: 'expiry', at: needBy.high + 1 })
  else if (written && state !== 'in-supply') alarms.push({ kind: 'expiry', at: addMonths(written.high, 6) + 1 })
  // When exactly is worked out when the alarm rings: supplies move.
  if (state === 'in-supply' || state === 'accepted')
    alarms.push({ kind: 'renewal', at: Date.parse(task.lastModified ?? '') + HOUR })
  return alarms
}

export interface SupplyLeft {
  readonly prescriptions: readonly r4.MedicationRequest[]
  readonly supplies: readonly r4.Task[]
  /** ms since the epoch */
  readonly now: number
}

/**
 * The day on which the patient runs out when every supply still to come has been delivered: the supplies left, each
 * lasting `expectedSupplyDuration` (of the items that give the order its rhythm), after the last delivery (or after the first due day, or today). Undefined where no
 * item says how long a supply lasts.
 */
export function runOutOf({ prescriptions, supplies, now }: SupplyLeft): string | undefined {
  const live = prescriptions.filter(({ status }) => status === 'active')
  const durations = rhythmOf(live).flatMap(({ dispenseRequest }) => dispenseRequest?.expectedSupplyDuration ?? [])
  const days = durations.map(({ value = 0, code }) => value * ({ d: 1, wk: 7, mo: 30, a: 365 }[code ?? ''] ?? 0))
  const lasts = Math.min(...days.filter((length) => length > 0))
  if (!Number.isFinite(lasts)) return undefined
  const delivered = supplies
    .filter(({ status }) => status === 'completed')
    .flatMap(({ executionPeriod }) => executionPeriod?.end?.slice(0, 10) ?? [])
    .sort()
  const open = supplies.filter(
    ({ status }) => !['completed', 'failed', 'cancelled', 'entered-in-error'].includes(status),
  )
  const last = delivered.at(-1)
  const first = open.flatMap(({ restriction }) => restriction?.period?.start?.slice(0, 10) ?? []).sort()[0]
  const anchor = last ?? first ?? new Date(now).toISOString().slice(0, 10)
  return dayAfter(anchor, { days: Math.round(lasts), months: 0 }, open.length + (last === undefined ? 0 : 1))
}

/** When the trust is to be asked for a renewal: so many days before the patient runs out. */
export function renewalAt(left: SupplyLeft, leadDays: number): number | undefined {
  const runOut = runOutOf(left)
  const range = runOut === undefined ? undefined : rangeOf(runOut)
  return range && range.low - leadDays * 24 * HOUR
}
