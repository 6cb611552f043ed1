/** When the step happened that made the state of a resource, as its sender says. */
import type { Resource, r4 } from '../fhir/resource.ts'
import { rangeOf } from './dates.ts'
import { STATUS_CHANGED } from './states.ts'

/** ms since the epoch of a FHIR date or dateTime (its beginning); 0 for what is none. */
export const timeOf = (text: unknown): number => (typeof text === 'string' ? rangeOf(text)?.low : undefined) ?? 0

/** What a dispense says of when its status changed, as it is written. */
export const statusChanged = (resource: Resource): string | undefined =>
  (resource.extension as readonly r4.Extension[] | undefined)?.find(({ url }) => url === STATUS_CHANGED)?.valueDateTime

/**
 * When a resource says that its state was reached. R4 gives a dispense no time of its status: it says it in R5's
 * `statusChanged`, carried as HL7's extension; a completed one says it in `whenHandedOver` too.
 */
export function statedAt(resource: Resource): string | undefined {
  if (resource.resourceType !== 'MedicationDispense') return resource.lastModified as string | undefined
  const handedOver = isHandedOver(resource) ? (resource.whenHandedOver as string | undefined) : undefined
  return statusChanged(resource) ?? handedOver
}

/** The same for telling it: goods that are ready were made so when they were prepared. */
export const toldAt = (resource: Resource): string | undefined =>
  statedAt(resource) ??
  (resource.resourceType === 'MedicationDispense' && resource.status === 'in-progress'
    ? (resource.whenPrepared as string | undefined)
    : undefined)

/**
 * Whether a change says when its step took place; one that leaves the time as it was is an act of this instant.
 * A completed dispense says it in `whenHandedOver`, and is not completed without.
 */
export function saysWhen(current: Resource | undefined, next: Resource): boolean {
  if (next.resourceType === 'MedicationRequest' || isHandedOver(next)) return true
  const timeIn = next.resourceType === 'MedicationDispense' ? statusChanged : statedAt
  const said = timeIn(next)
  return said !== undefined && said !== (current && timeIn(current))
}

/** A dispense that is completed says when by what it is. */
export const isHandedOver = ({ resourceType, status }: Resource): boolean =>
  resourceType === 'MedicationDispense' && status === 'completed'

/** The resource with the time of its step. */
export function withTime(resource: Resource, said: string): Resource {
  if (resource.resourceType !== 'MedicationDispense') return { ...resource, lastModified: said }
  const others = ((resource.extension ?? []) as r4.Extension[]).filter(({ url }) => url !== STATUS_CHANGED)
  return { ...resource, extension: [...others, { url: STATUS_CHANGED, valueDateTime: said }] }
}

/** A dispense that moves on and still says when it reached the state before: the time goes with its step. */
export function withFreshTime(current: Resource, next: Resource, now: string): Resource {
  const said = statusChanged(next)
  if (said === undefined || said !== statusChanged(current) || next.status === current.status) return next
  const handedOver = next.status === 'completed' ? (next.whenHandedOver as string | undefined) : undefined
  return withTime(next, handedOver ?? now)
}
