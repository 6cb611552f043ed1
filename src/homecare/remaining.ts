/** How much of a prescription was supplied, what is left, and how long the patient is covered. */
import type { r4 } from '../fhir/resource.ts'
import { dayAfter, rangeOf } from './dates.ts'
import { add, compare, type Decimal, decimal, toNumber, ZERO } from './decimal.ts'
import { replaces, supplyHasEnded } from './facts.ts'
import { authorised, supplied, supplyReferences } from './supply.ts'
import { daysOf } from './timing.ts'

export interface Remaining {
  /** Absent where the prescription states no quantity. */
  readonly authorised?: r4.Quantity
  /** Handed over; what left on a delivery that failed is not, whatever its dispense says. */
  readonly supplied: Decimal
  /** Being prepared, on the way, or on a delivery that failed and not taken back yet. */
  readonly underWay: Decimal
  /** What may still be supplied beyond both. */
  readonly remaining?: r4.Quantity
  readonly suppliesDelivered: number
  readonly suppliesOpen: number
  /** Days that what was handed over lasts, by `expectedSupplyDuration` or `daysSupply`; absent when nobody says. */
  readonly daysCovered?: number
  /** The first day on which the patient has nothing left, `YYYY-MM-DD`. */
  readonly coveredUntil?: string
  /** The open supply that is needed first. */
  readonly nextSupply?: r4.Task
}

/** @param dispenses every dispense of the prescription; @param supplies every supply of its order */
export function remainingOf(
  prescription: r4.MedicationRequest,
  dispenses: readonly r4.MedicationDispense[],
  supplies: readonly r4.Task[],
): Remaining {
  const limit = authorised(prescription)
  const handed = dispenses.filter((one) => one.status === 'completed' && !isLost(one, dispenses, supplies))
  const total = supplied(dispenses)
  const over = supplied(handed)
  const left = limit?.value === undefined ? undefined : minus(decimal(limit.value), total)
  const open = supplies.filter((supply) => !supplyHasEnded(supply))
  const [first] = [...open].sort((a, b) => dueDay(a).localeCompare(dueDay(b)))
  // An item that came once, in full, waits for nothing though the order goes on.
  const awaited = left === undefined || compare(left, ZERO) > 0 || compare(total, over) > 0
  const nextSupply = awaited ? first : undefined
  return {
    ...(limit ? { authorised: limit } : {}),
    supplied: over,
    underWay: minus(total, over),
    ...(limit && left ? { remaining: { ...limit, value: toNumber(compare(left, ZERO) < 0 ? ZERO : left) } } : {}),
    suppliesDelivered: supplies.filter(({ status }) => status === 'completed').length,
    suppliesOpen: open.length,
    ...coverOf(prescription, handed),
    ...(nextSupply ? { nextSupply } : {}),
  }
}

/**
 * Whether the goods never came: the delivery failed, and none took its place that brought the same goods (one that did
 * has no dispense of its own).
 */
function isLost(
  dispense: r4.MedicationDispense,
  dispenses: readonly r4.MedicationDispense[],
  supplies: readonly r4.Task[],
): boolean {
  const named = supplyReferences(dispense)
  const supply = supplies.find(({ id }) => named.includes(`Task/${id}`))
  return supply?.status === 'failed' && !cameAfterAll(supply, dispenses, supplies)
}

function cameAfterAll(
  failed: r4.Task,
  dispenses: readonly r4.MedicationDispense[],
  supplies: readonly r4.Task[],
): boolean {
  const next = supplies.find((one) => one.status !== 'entered-in-error' && replaces(one) === `Task/${failed.id}`)
  if (!next || dispenses.some((one) => supplyReferences(one).includes(`Task/${next.id}`))) return false
  return next.status === 'completed' || (next.status === 'failed' && cameAfterAll(next, dispenses, supplies))
}

const minus = (a: Decimal, b: Decimal): Decimal => add(a, { ...b, digits: -b.digits })
const dueDay = ({ restriction }: r4.Task): string => restriction?.period?.end ?? restriction?.period?.start ?? '9999'

/** Each supply lasts from the day it comes, or from the day the one before it runs out, whichever is later. */
function coverOf(
  prescription: r4.MedicationRequest,
  handed: readonly r4.MedicationDispense[],
): { daysCovered: number; coveredUntil: string } | undefined {
  const request = prescription.dispenseRequest
  const each = daysOf(request?.expectedSupplyDuration)
  let covered = 0
  let until: string | undefined
  for (const dispense of [...handed].sort((a, b) => (a.whenHandedOver ?? '').localeCompare(b.whenHandedOver ?? ''))) {
    const share = (dispense.quantity?.value ?? 0) / (request?.quantity?.value ?? Number.NaN)
    const days = daysOf(dispense.daysSupply) ?? (each === undefined || Number.isNaN(share) ? undefined : each * share)
    const came = dispense.whenHandedOver?.slice(0, 10)
    if (days === undefined || came === undefined || !rangeOf(came)) return undefined
    covered += days
    const from: string = until !== undefined && until > came ? until : came
    until = dayAfter(from, { days: Math.floor(days), months: 0 }, 1)
  }
  return until === undefined ? undefined : { daysCovered: Math.floor(covered), coveredUntil: until }
}
