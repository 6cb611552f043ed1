/** The story of an order from the log: who did what and when, who held the ball and for how long, whose delay it was. */
import type { Resource, r4 } from '../fhir/resource.ts'
import { rangeOf } from './dates.ts'
import { toldAt } from './step-time.ts'

/** A fact of the log, with what its version says. */
export interface LoggedEvent {
  readonly seq: number
  /** When the exchange learnt of it, ms since the epoch. */
  readonly tick: number
  readonly type: string
  readonly id: string
  readonly version: number
  readonly kind: string
  readonly org: string
  readonly role: string
  readonly from: string
  readonly to: string
  /** When it happened, by its sender, ms since the epoch; `tick` where the sender does not say. */
  readonly happened: number
  readonly reason?: r4.CodeableConcept
  /** Who takes the next step of this resource, where its version says so. */
  readonly nextActor?: string
  /** For an overdue mark: since when. */
  readonly overdueSince?: string
  /** For a report that came late: the state it is about. The state of the resource stayed as it was. */
  readonly reported?: string
  /** For a report that came late: when the step happened that made the state of its version, ms since the epoch. */
  readonly stateSince?: number
}

/** A span in which somebody held the ball of a Task. */
export interface Held {
  readonly type: string
  readonly id: string
  readonly state: string
  readonly by: string
  /** ms */
  readonly length: number
  /** The part of it beyond the due time, ms. */
  readonly late: number
  /** Whose delay that part is: what the reason of the state says, else who held the ball. */
  readonly attribution: string
}

/** When a version says that it happened. */
export function happenedAt(resource: Resource, tick: number): number {
  const said = toldAt(resource) ?? resource.sent
  const range = typeof said === 'string' ? rangeOf(said) : undefined
  return range && range.low === range.high ? range.low : tick
}

/**
 * Who held the ball of each Task, state by state, by the times at which the steps happened.
 * @param attributions reason code -> party
 * @param now ms since the epoch; the end of a span that is still open
 */
export function heldBy(events: readonly LoggedEvent[], attributions: ReadonlyMap<string, string>, now: number): Held[] {
  const held: Held[] = []
  const byTask = Map.groupBy(
    events.filter(({ type }) => type === 'Task'),
    ({ id }) => id,
  )
  for (const steps of byTask.values()) {
    const made = steps
      .filter(
        ({ from, to, nextActor, reported }, i) =>
          from !== to || (reported === undefined && nextActor !== steps[i - 1]?.nextActor),
      )
      .map((step) => ({ ...step, happened: step.stateSince ?? step.happened }))
    const latest = made.at(-1)
    const lateOnes = steps.flatMap((step) =>
      step.reported === undefined || !latest
        ? []
        : [{ ...step, to: step.reported, happened: Math.min(step.happened, latest.happened) }],
    )
    // What came late stands where it happened, and never after the step that made the present state.
    const moves = [...made.slice(0, -1), ...lateOnes].toSorted((a, b) => a.happened - b.happened)
    if (latest) moves.push(latest)
    for (const [i, { id, type, to, nextActor = 'nobody', happened, reason }] of moves.entries()) {
      if (nextActor === 'nobody') continue
      const next = moves[i + 1]
      const end = Math.max(happened, next?.happened ?? now)
      const mark = steps.find(
        ({ overdueSince }) =>
          overdueSince !== undefined && Date.parse(overdueSince) >= happened && Date.parse(overdueSince) <= end,
      )
      const due = mark?.overdueSince === undefined ? undefined : Date.parse(mark.overdueSince)
      const code = reason?.coding?.find((coding) => attributions.has(coding.code ?? ''))?.code
      held.push({
        type,
        id,
        state: to,
        by: nextActor,
        length: end - happened,
        late: due === undefined ? 0 : Math.max(0, end - due),
        attribution: attributions.get(code ?? '') ?? nextActor,
      })
    }
  }
  return held
}
