/**
 * Reports in any order. A step reported after a later one is recorded beside the state that it came too late to make:
 * what happened, when, and when the exchange learnt of it (extension `late-report`). The state, the dates of a supply
 * and its promises are those of the same reports in the order in which they happened.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Resource, r4 } from '../fhir/resource.ts'
import { lastingEffects } from './effects.ts'
import { goodsLeft, hasLeft } from './facts.ts'
import { frozenIssues, reasonIssues, requirementIssues } from './lifecycle-checks.ts'
import { codeOf, holds, inState, may, rolesOf, rowsFrom, stateOf } from './lifecycle-state.ts'
import type { Lifecycle, StateRow } from './lifecycle-table.ts'
import { type Decision, decide, type Question } from './lifecycle.ts'
import { extensionOf, withExtension } from './named-rules.ts'
import { AGREED_SLOT, FIRST_PROMISED, HELD_FROM, LATE_REPORT } from './states.ts'
import { isHandedOver, saysWhen, statedAt, timeOf, toldAt, withTime } from './step-time.ts'

/** A report of a step, late or not. */
export interface Report {
  readonly state: string
  /** When it happened, ms since the epoch. */
  readonly happened: number
  readonly reason?: r4.CodeableConcept
  /** What the report said of `executionPeriod`, where it said something new. */
  readonly slot?: r4.Period
  /** What it said of `restriction.period.end`, where it said something new. */
  readonly needBy?: string
}

interface LateReport extends Report {
  /** As the sender wrote it; absent where the sender could not say. */
  readonly said?: string
}

/** The reports that came late, in the order in which they came. */
export function lateReports(resource: Resource): readonly Report[] {
  const found = (resource.extension as readonly r4.Extension[] | undefined) ?? []
  return found.filter(({ url }) => url === LATE_REPORT).map(readReport)
}

function readReport({ extension = [] }: r4.Extension): Report {
  const part = (name: string) => extension.find(({ url }) => url === name)
  const reason = part('reason')?.valueCodeableConcept
  const slot = part('slot')?.valuePeriod
  const needBy = part('need-by')?.valueDateTime
  return {
    state: part('state')?.valueCode ?? '',
    happened: timeOf(part('happened')?.valueDateTime ?? part('learnt')?.valueInstant),
    ...(reason ? { reason } : {}),
    ...(slot ? { slot } : {}),
    ...(needBy === undefined ? {} : { needBy }),
  }
}

/** What is sent with the late reports that are known: a sender that does not know them cannot take them away. */
export function withLateReports(current: Resource, next: Resource): Resource {
  const stored = (current.extension ?? []) as r4.Extension[]
  const sent = ((next.extension ?? []) as r4.Extension[]).filter(({ url }) => url !== LATE_REPORT)
  const others = stored.filter(({ url }) => url !== LATE_REPORT)
  // Where nothing else was said, it stays in the order in which it is stored: it is no change.
  const extension = isDeepStrictEqual(sent, others)
    ? stored
    : [...sent, ...stored.filter((one) => !others.includes(one))]
  const { extension: _, ...rest } = next
  return (extension.length === 0 ? rest : { ...rest, extension }) as Resource
}

const written = (report: LateReport, learnt: number): r4.Extension => ({
  url: LATE_REPORT,
  extension: [
    { url: 'state', valueCode: report.state },
    ...(report.said === undefined ? [] : [{ url: 'happened', valueDateTime: report.said }]),
    { url: 'learnt', valueInstant: new Date(learnt).toISOString() },
    ...(report.reason ? [{ url: 'reason', valueCodeableConcept: report.reason }] : []),
    ...(report.slot ? [{ url: 'slot', valuePeriod: report.slot }] : []),
    ...(report.needBy === undefined ? [] : [{ url: 'need-by', valueDateTime: report.needBy }]),
  ],
})

/** When a stored version says that its state was reached; a dispense that does not say reached it when it was learnt. */
const reachedAt = (version: Resource): number =>
  timeOf(statedAt(version) ?? (version.resourceType === 'MedicationDispense' ? version.meta?.lastUpdated : undefined))

/** Whether a change is said to have happened before the last one. */
export const isEarlier = ({ table, current, next, facts }: Question): boolean =>
  table.milestones !== undefined &&
  current !== undefined &&
  facts.timeSaid &&
  timeOf(statedAt(next)) < (isHandedOver(next) ? timeOf(statedAt(current)) : reachedAt(current))

/**
 * The step that a change reports too late to be made; undefined for a change that is decided as any other. Late is what
 * happened before the step that made the present state, if the one can have led to the other; and what lies behind the
 * present state whenever it is said to have happened.
 * @param since when the step happened that made the present state, ms since the epoch; by default when the resource was
 *   last modified, which may be later: then what is found late must be asked again with the versions at hand
 */
export function lateReport(
  { table, current, next, caller, sides, facts }: Question,
  since = current ? reachedAt(current) : 0,
): LateReport | undefined {
  const from = current && stateOf(table, current)
  if (!current || !from || !table.milestones || (current.resourceType === 'Task' && !facts.timeSaid)) return undefined
  const acting = rolesOf(caller, sides)
  const state = reported(table, current, next, from.code)
  if (state === undefined || !table.transitions.some((row) => row.to === state && may(acting, row.by))) return undefined
  const said = toldAt(next)
  const happened = said === undefined ? Date.parse(facts.now) : timeOf(said)
  const rows = rowsFrom(table, from.code).filter((row) => row.to === state && may(acting, row.by))
  const rank = table.milestones.indexOf(state) - table.milestones.indexOf(from.code)
  const earlier = facts.timeSaid && (happened < since || (happened === since && rank < 0))
  const report = { state, happened, ...saidMore(table, current, next, state) }
  if (state === from.code) {
    const again = current.resourceType === 'Task' ? earlier || from.terminal : earlier && !from.terminal
    return again ? report : undefined
  }
  // An end is left only by what happened after it.
  if (from.terminal && rows.length > 0 && rows.every(({ skips }) => skips) && earlier) return report
  if (!table.ahead.get(state)?.has(from.code)) return undefined
  const open = (row: StateRow | undefined): boolean => row?.until === undefined || holds(table, row.until, next, facts)
  if (!open(from)) return report
  // What somebody else may still do from here need not have come before.
  const ahead = rowsFrom(table, from.code).some((row) => row.to === state)
  if (ahead && (!earlier || !open(table.stateOf.get(state)))) return undefined
  return report
}

/** The milestone that a change is about, where that is beyond doubt. */
function reported(table: Lifecycle, current: Resource, next: Resource, from: string): string | undefined {
  const milestones = table.milestones ?? []
  const code = codeOf(table, next)
  if (code !== undefined && code !== from && milestones.includes(code)) {
    return next.status === current.status || next.status === table.stateOf.get(code)?.status ? code : undefined
  }
  if (next.status !== current.status) {
    const fitting = milestones.filter((one) => table.stateOf.get(one)?.status === next.status)
    return fitting.length === 1 ? fitting[0] : undefined
  }
  return code === from && milestones.includes(from) ? from : undefined
}

function saidMore(
  table: Lifecycle,
  current: Resource,
  next: Resource,
  state: string,
): Omit<LateReport, 'state' | 'happened'> {
  const reason = next[table.reasonElement] as r4.CodeableConcept | undefined
  const needsReason = table.transitions.some((row) => row.to === state && row.reason?.required)
  const said = toldAt(next)
  return {
    ...(said === undefined ? {} : { said }),
    ...(reason && (needsReason || !isDeepStrictEqual(reason, current[table.reasonElement])) ? { reason } : {}),
    ...(next.resourceType === 'Task' ? newDates(current, next) : {}),
  }
}

/** What a version of a Task says of its dates that the one before it did not. */
function newDates(before: Resource | undefined, after: Resource): Pick<Report, 'slot' | 'needBy'> {
  const [old, task] = [before as r4.Task | undefined, after as unknown as r4.Task]
  const slot = task.executionPeriod
  const needBy = task.restriction?.period?.end
  return {
    ...(slot && !isDeepStrictEqual(slot, old?.executionPeriod) ? { slot } : {}),
    ...(needBy !== undefined && needBy !== old?.restriction?.period?.end ? { needBy } : {}),
  }
}

/**
 * When the step happened that made the present state, ms since the epoch; 0 for the state in which it came into being:
 * whatever is reported of a supply is later than its being planned.
 * @param versions oldest first
 */
export function stateSince(table: Lifecycle, versions: readonly Resource[]): number {
  const at = versions.findLastIndex((version, i) => {
    const before = versions[i - 1]
    if (i === 0 || before === undefined) return true
    if (codeOf(table, version) !== codeOf(table, before)) return true
    if (lateReports(version).length !== lateReports(before).length) return false
    if (version.resourceType === 'MedicationDispense') return saysWhen(before, version)
    // The service notes its own time where a party says none.
    const said = version.lastModified !== before.lastModified && version.lastModified !== version.meta?.lastUpdated
    return said || newDates(before, version).slot !== undefined
  })
  const made = versions[at]
  if (at > 0 && made) return reachedAt(made)
  return made?.resourceType === 'MedicationDispense' ? timeOf(statedAt(made)) : 0
}

/** Whether a version of a dispense reports a step, rather than saying more of the one before. */
const isStep = (table: Lifecycle, before: Resource, version: Resource): boolean =>
  codeOf(table, version) !== codeOf(table, before) || (!isHandedOver(version) && saysWhen(before, version))

/** The reports that a resource was made of, from its versions, oldest first; each is told once. */
export function reportsOf(table: Lifecycle, versions: readonly Resource[]): Report[] {
  const latest = versions.at(-1)
  const made = versions.flatMap((version, i): Report[] => {
    const before = versions[i - 1]
    const state = codeOf(table, version) ?? ''
    // A version that a late report made tells that report; its own state is older.
    const beside = before && lateReports(version).length > lateReports(before).length
    if (beside && codeOf(table, before) === state) return []
    if (version.resourceType === 'MedicationDispense' && before && !isStep(table, before, version)) return []
    const dates = version.resourceType === 'Task' && before ? newDates(before, version) : {}
    const reason = version[table.reasonElement] as r4.CodeableConcept | undefined
    const happened = before ? reachedAt(version) : timeOf(statedAt(version))
    return [{ state, happened, ...(reason ? { reason } : {}), ...dates }]
  })
  const reports = latest ? [...lateReports(latest)] : []
  for (const report of made) {
    const known = reports.some(({ state, happened }) => state === report.state && happened === report.happened)
    if (!known) reports.push(report)
  }
  return reports
}

/**
 * Records a report that came late. A report that is known already is no change.
 * @param reports what the resource was made of so far
 */
export function recordLate(question: Question, late: LateReport, reports: readonly Report[]): Decision {
  const { table, current, next, facts } = question
  const root = question.root ?? table.resourceType
  const from = current && stateOf(table, current)
  if (!current || !from) throw new Error('A late report is about something stored.')
  const said = inState(table, next, late.state)
  const ways = table.transitions.filter((row) => row.to === late.state)
  const refusals = ways.map((row) => reasonIssues(table, row.reason, withReason(table, said, late), root))
  const issues = [
    ...(refusals.some((list) => list.length === 0) ? [] : (refusals[0] ?? [])),
    ...requirementIssues(table, table.stateOf.get(late.state)?.requires, withReason(table, said, late), facts, root),
    ...frozenIssues(table, from, current, next, rolesOf(question.caller, question.sides), root),
  ]
  if (issues.length > 0) return { kind: 'refused', issues }
  const known = reports.some(
    ({ state, happened }) => state === late.state && (happened === late.happened || late.said === undefined),
  )
  const stored = known ? current : withReport(table, current, next, late, reports, Date.parse(facts.now))
  const way = ways.find(({ skips }) => !skips)
  return {
    kind: 'ok',
    from: from.code,
    to: from.code,
    event: known ? 'updated' : (way?.event ?? 'updated'),
    effects: known ? [] : (way?.effects ?? []).filter((name) => lastingEffects.has(name)),
    moved: false,
    next: stored,
    members: {},
  }
}

function withReason(table: Lifecycle, resource: Resource, { reason }: Report): Resource {
  const { [table.reasonElement]: _, ...rest } = resource
  return (reason ? { ...rest, [table.reasonElement]: reason } : rest) as Resource
}

/** Elements that tell the present state, and stay as they are. */
const ofState = ['status', 'businessStatus', 'lastModified', 'executionPeriod', 'restriction'] as const

/** What is stored now with the report beside it, and with the dates that all reports together make. */
function withReport(
  table: Lifecycle,
  current: Resource,
  next: Resource,
  late: LateReport,
  reports: readonly Report[],
  learnt: number,
): Resource {
  if (current.resourceType === 'MedicationDispense') {
    const prepared = current.whenPrepared ?? next.whenPrepared
    const extension = [...((current.extension as r4.Extension[] | undefined) ?? []), written(late, learnt)]
    const content = late.state === codeOf(table, current) ? next : current
    return { ...content, ...(prepared === undefined ? {} : { whenPrepared: prepared }), extension } as Resource
  }
  const kept: Record<string, unknown> = { ...next }
  for (const name of [...ofState, table.reasonElement]) {
    delete kept[name]
    if (name in current) kept[name] = current[name]
  }
  kept.extension = [...((current.extension as r4.Extension[] | undefined) ?? []), written(late, learnt)]
  return withDates(withHeldFrom(table, kept as Resource, late, reports), [...reports, late])
}

/** A suspended order goes back to where the reports of the time before the hold have brought it. */
function withHeldFrom(table: Lifecycle, resource: Resource, late: LateReport, reports: readonly Report[]): Resource {
  const task = resource as unknown as r4.Task
  const held = extensionOf(task, HELD_FROM)?.valueCode
  if (held === undefined || table.stateOf.get(late.state)?.terminal) return resource
  const reached = Math.max(0, ...reports.filter(({ state }) => state === held).map(({ happened }) => happened))
  const leads = rowsFrom(table, held).some(({ to }) => to === late.state)
  if (!leads || late.happened < reached) return resource
  return withExtension(task, HELD_FROM, { valueCode: late.state }) as unknown as Resource
}

/** The Task with the dates that its reports give it, in the order in which they happened. */
function withDates(resource: Resource, reports: readonly Report[]): Resource {
  const task = resource as unknown as r4.Task
  const inOrder = reports.toSorted((a, b) => a.happened - b.happened)
  const slots = inOrder.filter(({ slot }) => slot)
  const bookings = slots.filter(({ state }) => state === 'delivery-booked')
  const needBy = inOrder.findLast((report) => report.needBy !== undefined)?.needBy
  const slot = slots.at(-1)?.slot
  const [first, last] = [bookings[0]?.slot, bookings.at(-1)?.slot]
  const promised = task.extension?.find(({ url }) => url === FIRST_PROMISED)?.valueDateTime
  // A supply that takes the place of another keeps the promise that was made for that one.
  const inherited = promised !== undefined && bookings.every((booking) => booking.slot?.start !== promised)
  const start = inherited ? promised : first?.start
  const others = (task.extension ?? []).filter(
    ({ url }) => !(start !== undefined && url === FIRST_PROMISED) && !(last && url === AGREED_SLOT),
  )
  return {
    ...task,
    ...(slot ? { executionPeriod: slot } : {}),
    ...(needBy === undefined
      ? {}
      : { restriction: { ...task.restriction, period: { ...task.restriction?.period, end: needBy } } }),
    extension: [
      ...(last ? [{ url: AGREED_SLOT, valuePeriod: last }] : []),
      ...(start === undefined ? [] : [{ url: FIRST_PROMISED, valueDateTime: start }]),
      ...others,
    ],
  } as unknown as Resource
}

/**
 * Decides a change and then what was reported before its time: a report that could not be followed when it came, or
 * whose state this one takes away, is followed once the step before it is known.
 * @param reports what the resource was made of so far; needed where the change happened before the latest of them
 */
export function decideInOrder(question: Question, reports: readonly Report[] = []): Decision {
  const first = decide(question)
  if (first.kind === 'refused' || !first.moved || !question.table.milestones) return first
  const { table, current } = question
  const late = lateReports(first.next)
  const said = statedAt(first.next)
  const began = said === undefined ? Date.parse(question.facts.now) : timeOf(said)
  const displaced = reports.filter(
    ({ state, happened }) =>
      happened > began &&
      table.ahead.has(state) &&
      !late.some((one) => one.state === state && one.happened === happened),
  )
  const waiting = [...late, ...displaced].filter(({ happened }) => happened > began)
  let decision = first
  for (const report of waiting.toSorted((a, b) => a.happened - b.happened)) {
    const next = inState(table, withReason(table, decision.next, report), report.state)
    const dated = {
      ...withTime(next, isoOf(report.happened)),
      ...(report.slot ? { executionPeriod: report.slot } : {}),
    } as Resource
    const step = decide({ ...question, current: decision.next, next: dated })
    if (step.kind !== 'ok' || !step.moved) continue
    decision = { ...step, from: first.from, effects: [...decision.effects, ...step.effects] }
  }
  // The version tells the state that was reached; what led to it, and what waits, is told beside it.
  const passed = {
    state: first.to,
    happened: began,
    said: isoOf(began),
    ...saidMore(table, current ?? first.next, first.next, first.to),
  }
  const beside = [
    ...displaced.map((report) => ({ ...report, said: isoOf(report.happened) })),
    ...(decision === first ? [] : [passed]),
  ]
  if (beside.length === 0) return first
  const extension = [
    ...((decision.next.extension as r4.Extension[] | undefined) ?? []),
    ...beside.map((report) => written(report, Date.parse(question.facts.now))),
  ]
  return { ...decision, event: first.event, next: { ...decision.next, extension } }
}

const isoOf = (ms: number): string => new Date(ms).toISOString()

/**
 * When the goods of a supply left, ms since the epoch: the first thing told of it that cannot be before. Undefined while
 * they have not. No report counts as later than it was learnt: a sender's clock may run ahead.
 * @param versions of the supply Task, oldest first; without `meta` where it is not stored yet
 */
export function leftAt(versions: readonly Resource[]): number | undefined {
  const told = (version: Resource): number =>
    Math.min(reachedAt(version), version.meta ? timeOf(version.meta.lastUpdated) : Infinity)
  const left = versions.flatMap((version) => [
    ...(hasLeft(version as unknown as r4.Task) ? [told(version)] : []),
    ...lateReports(version).flatMap(({ state, happened }) => (goodsLeft.includes(state) ? [happened] : [])),
  ])
  return left.length === 0 ? undefined : Math.min(...left)
}
