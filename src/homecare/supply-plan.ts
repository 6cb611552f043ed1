/** The supplies of an order: one child Task per due delivery, planned when the provider accepts. */
import type { r4 } from '../fhir/resource.ts'
import { calendarStep, dayAfter } from './dates.ts'
import { extensionOf } from './named-rules.ts'
import { FIRST_PROMISED, SUPPLY_STATUS, TASK_CODE, TASK_INPUT } from './states.ts'

export interface SupplyPlan {
  /** The order Task, with its id. */
  readonly order: r4.Task
  /** Prescriptions of the order that may be dispensed. */
  readonly prescriptions: readonly r4.MedicationRequest[]
  readonly newId: () => string
  /** ms since the epoch */
  readonly now: number
}

/** More supplies than any homecare prescription holds (weekly for two years); a limit keeps a typing error small. */
const MAX_SUPPLIES = 104

/** The first delivery and its repeats: the most that any item of the order asks for. */
export const suppliesPlanned = (prescriptions: readonly r4.MedicationRequest[]): number =>
  Math.min(
    MAX_SUPPLIES,
    1 + Math.max(0, ...prescriptions.map((item) => item.dispenseRequest?.numberOfRepeatsAllowed ?? 0)),
  )

/** The value that all items give, or undefined when they differ or one is silent. */
function agreed<T>(values: readonly (T | undefined)[], same: (a: T, b: T) => boolean): T | undefined {
  const first = values[0]
  if (first === undefined) return undefined
  return values.every((value) => value !== undefined && same(first, value)) ? first : undefined
}

/**
 * The items that give an order its rhythm: those that are repeated as often as it is. A spare set for a day, a pen device
 * or a sharps bin that comes once says nothing of when the next delivery is due.
 */
export function rhythmOf(prescriptions: readonly r4.MedicationRequest[]): readonly r4.MedicationRequest[] {
  const repeats = (item: r4.MedicationRequest): number => item.dispenseRequest?.numberOfRepeatsAllowed ?? 0
  const most = Math.max(0, ...prescriptions.map(repeats))
  return prescriptions.filter((item) => repeats(item) === most)
}

type Step = NonNullable<ReturnType<typeof calendarStep>>

/** The shortest of the durations that can be counted in days: then the first of the items has run out. */
function shortest(durations: readonly r4.Duration[]): Step | undefined {
  const length = ({ days, months }: Step): number => days + months * 30.44
  return durations.flatMap((one) => calendarStep(one) ?? []).sort((a, b) => length(a) - length(b))[0]
}

/**
 * When supply n is due and needed. Due: the first day of validity (or of authoring) plus n-1 intervals
 * (`dispenseInterval`, else `expectedSupplyDuration`). Needed by: the day the earlier supplies run out, known from
 * the second supply on; where items last for different times, the day on which the first of them does. A first fill
 * that lasts for another time (`initialFill.duration`) moves what comes after it. Nothing is invented: without an
 * interval there are no dates, and the need-by day of a first supply is the clinic's to say.
 */
export function supplyPeriod(prescriptions: readonly r4.MedicationRequest[], n: number): r4.Period | undefined {
  const same = (a: string, b: string): boolean => a.slice(0, 10) === b.slice(0, 10)
  const anchor = agreed(
    prescriptions.map((item) => item.dispenseRequest?.validityPeriod?.start ?? item.authoredOn),
    same,
  )
  // Ancillary items (sharps bins, wipes) often have no schedule of their own: the items that have one decide.
  const requests = rhythmOf(prescriptions).flatMap(({ dispenseRequest }) => dispenseRequest ?? [])
  const intervals = requests.flatMap(({ dispenseInterval }) => dispenseInterval ?? [])
  const lasts = shortest(requests.flatMap(({ expectedSupplyDuration }) => expectedSupplyDuration ?? []))
  const first = shortest(requests.flatMap(({ initialFill }) => initialFill?.duration ?? []))
  const step = shortest(intervals) ?? (intervals.length === 0 ? lasts : undefined)
  if (anchor === undefined) return undefined
  const after = (each: Step | undefined): string | undefined => {
    if (!each || !first) return each && dayAfter(anchor, each, n - 1)
    const second = dayAfter(anchor, first, 1)
    return second && dayAfter(second, each, n - 2)
  }
  const needBy = n > 1 ? after(lasts) : undefined
  const due = n === 1 ? dayAfter(anchor, { days: 0, months: 0 }, 0) : after(step)
  const start = due !== undefined && needBy !== undefined && needBy < due ? needBy : due
  if (start === undefined && needBy === undefined) return undefined
  return { ...(start === undefined ? {} : { start }), ...(needBy === undefined ? {} : { end: needBy }) }
}

/** Which delivery of its order a supply is, counted from 1; one that takes the place of another has its number. */
export const supplyNumber = ({ input }: r4.Task): number | undefined =>
  input?.find(({ type }) => type.coding?.some(({ system, code }) => system === TASK_INPUT && code === 'supply-number'))
    ?.valuePositiveInt

const input = (code: string, value: Omit<r4.TaskInput, 'type'>): r4.TaskInput => ({
  type: { coding: [{ system: TASK_INPUT, code }] },
  ...value,
})

/** The supply Tasks of an accepted order, all `ready`/`due`, numbered from 1. */
export function supplyTasks({ order, prescriptions, newId, now }: SupplyPlan): r4.Task[] {
  const planned = suppliesPlanned(prescriptions)
  const instant = new Date(now).toISOString()
  return Array.from({ length: planned }, (_, index) => {
    const period = supplyPeriod(prescriptions, index + 1)
    return {
      resourceType: 'Task',
      id: newId(),
      ...(order.basedOn ? { basedOn: order.basedOn } : {}),
      ...(order.groupIdentifier ? { groupIdentifier: order.groupIdentifier } : {}),
      partOf: [{ reference: `Task/${order.id}` }],
      status: 'ready',
      businessStatus: { coding: [{ system: SUPPLY_STATUS, code: 'due', display: 'Due' }] },
      intent: 'order',
      ...(order.priority ? { priority: order.priority } : {}),
      code: { coding: [{ system: TASK_CODE, code: 'supply', display: 'Supply' }] },
      ...(order.focus ? { focus: order.focus } : {}),
      ...(order.for ? { for: order.for } : {}),
      authoredOn: instant,
      lastModified: instant,
      ...(order.requester ? { requester: order.requester } : {}),
      ...(order.owner ? { owner: order.owner } : {}),
      ...(period ? { restriction: { period } } : {}),
      input: [
        input('supply-number', { valuePositiveInt: index + 1 }),
        input('supplies-planned', { valuePositiveInt: planned }),
      ],
    } satisfies r4.Task
  })
}

/**
 * The supply that takes the place of one that failed: the same number, dates and first promise (the patient still
 * waits for what was promised first), due again.
 */
export function replacementOf(failed: r4.Task, id: string, now: number): r4.Task {
  const {
    executionPeriod: _e,
    statusReason: _s,
    note: _n,
    output: _o,
    meta: _m,
    extension: _x,
    text: _t,
    ...kept
  } = failed
  const promised = extensionOf(failed, FIRST_PROMISED)
  const instant = new Date(now).toISOString()
  const isReplaces = (entry: r4.TaskInput): boolean =>
    entry.type.coding?.some(({ system, code }) => system === TASK_INPUT && code === 'replaces') ?? false
  return {
    ...kept,
    id,
    ...(promised ? { extension: [promised] } : {}),
    status: 'ready',
    businessStatus: { coding: [{ system: SUPPLY_STATUS, code: 'due', display: 'Due' }] },
    authoredOn: instant,
    lastModified: instant,
    input: [
      ...(failed.input ?? []).filter((entry) => !isReplaces(entry)),
      input('replaces', { valueReference: { reference: `Task/${failed.id}` } }),
    ],
  }
}
