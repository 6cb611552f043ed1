/**
 * Rules that do not fit a table, called from its rows by name. Checks look at the resource as it would be stored;
 * setters write what the service adds to it.
 */
import type { Issue } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { rangeOf } from './dates.ts'
import type { Facts } from './facts.ts'
import { cancelOutcome } from './cancel-outcome.ts'
import { AGREED_SLOT, businessCode, FIRST_PROMISED, HELD_FROM, TASK_OUTPUT } from './states.ts'

export const checkNames = ['delivery-time'] as const
export type CheckName = (typeof checkNames)[number]
export const setterNames = [
  'record-booking',
  'record-held-from',
  'release-held-from',
  'record-cancel-outcome',
  'keep-time',
] as const
export type SetterName = (typeof setterNames)[number]

/** A report may run ahead of our clock by this much; the national tracker draws the same line. */
export const TOLERANCE_MS = 24 * 60 * 60 * 1000

/**
 * The time of handing over is a fact: it must be said, be no dream of the future, and not be the booked slot left over
 * from the booking (a delivery would then always count as on time).
 */
function deliveryTime(resource: Resource, facts: Facts, current: Resource): Issue[] {
  const task = resource as unknown as r4.Task
  const end = task.executionPeriod?.end
  const expression = 'Task.executionPeriod.end'
  const range = end === undefined ? undefined : rangeOf(end)
  if (!range) {
    const diagnostics = 'Say in executionPeriod.end when the goods were handed over, as a FHIR dateTime.'
    return [{ key: 'transition-requirement', expression, diagnostics }]
  }
  if (range.low > Date.parse(facts.now) + TOLERANCE_MS) {
    const diagnostics = 'executionPeriod.end is more than 24 hours ahead: report a delivery after it took place.'
    return [{ key: 'time-implausible', expression, diagnostics }]
  }
  const left = current as unknown as r4.Task
  // Only where the sender said when they left: the exchange's own note of the time is when it learnt of it.
  const said = left.lastModified === left.meta?.lastUpdated ? undefined : rangeOf(left.lastModified ?? '')
  if (businessCode(left) === 'dispatched' && said && range.high < said.low) {
    const diagnostics =
      'executionPeriod.end lies before the time at which the goods were dispatched: correct whichever of the two is wrong.'
    return [{ key: 'transition-requirement', expression, diagnostics }]
  }
  const slot = extensionOf(task, AGREED_SLOT)?.valuePeriod
  const leftOver = end === slot?.end && task.executionPeriod?.start === slot?.start
  if (leftOver && !(facts.timeSaid && rangeOf(task.lastModified ?? '')?.low === range.low)) {
    const diagnostics =
      'executionPeriod is still the agreed slot: put into its end the time at which the goods were handed over. Where that was exactly the end of the slot, say the same time in lastModified.'
    return [{ key: 'transition-requirement', expression, diagnostics }]
  }
  return []
}

export const checks: Readonly<Record<CheckName, (resource: Resource, facts: Facts, current: Resource) => Issue[]>> = {
  'delivery-time': deliveryTime,
}

export const extensionOf = (task: r4.Task, url: string): r4.Extension | undefined =>
  task.extension?.find((extension) => extension.url === url)

/** The Task with one extension of ours set (or, without a value, removed). */
export function withExtension(task: r4.Task, url: string, value?: Omit<r4.Extension, 'url'>): r4.Task {
  const others = (task.extension ?? []).filter((extension) => extension.url !== url)
  const extension = value === undefined ? others : [...others, { url, ...value }]
  const { extension: _, ...rest } = task
  return extension.length === 0 ? rest : { ...rest, extension }
}

/** Keeps the first promise for ever and the last agreement beside it: executionPeriod may be overwritten, they not. */
function recordBooking(next: r4.Task): r4.Task {
  const slot = next.executionPeriod
  if (slot?.start === undefined) return next
  const booked = withExtension(next, AGREED_SLOT, { valuePeriod: slot })
  return extensionOf(booked, FIRST_PROMISED)
    ? booked
    : withExtension(booked, FIRST_PROMISED, { valueDateTime: slot.start })
}

/** What became of a cancellation: the national code, and which goods had left and which have not. */
function recordCancelOutcome(next: r4.Task, _current: r4.Task | undefined, facts: Facts): r4.Task {
  const output = (code: string, value: Omit<r4.TaskOutput, 'type'>): r4.TaskOutput => ({
    type: { coding: [{ system: TASK_OUTPUT, code }] },
    ...value,
  })
  const outcome = cancelOutcome(next.status === 'completed' ? 'R-0001' : 'R-0004')
  return {
    ...next,
    output: [
      output('cancel-outcome', { valueCodeableConcept: { coding: [outcome] } }),
      ...facts.suppliesRecallable.map((reference) => output('supply-stopped', { valueReference: { reference } })),
      ...facts.suppliesLeft.map((reference) => output('supply-left', { valueReference: { reference } })),
    ],
  }
}

type Setter = (next: r4.Task, current: r4.Task | undefined, facts: Facts) => r4.Task

/** Setters work on Tasks: a signed prescription and a dispense report are never rewritten. */
export const setters: Readonly<Record<SetterName, Setter>> = {
  'record-booking': recordBooking,
  'record-held-from': (next, current) => {
    const code = current && businessCode(current)
    return code === undefined ? next : withExtension(next, HELD_FROM, { valueCode: code })
  },
  'release-held-from': (next) => withExtension(next, HELD_FROM),
  'record-cancel-outcome': recordCancelOutcome,
  // A correction says something else of what happened then.
  'keep-time': (next, current) =>
    current?.lastModified === undefined ? next : { ...next, lastModified: current.lastModified },
}
