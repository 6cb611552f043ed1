/**
 * Decides whether a resource may move from one state to another, by a lifecycle table. A state is the pair of
 * `status` and business status; a caller may change either and the other follows where only one is possible.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Caller, Role, Side } from '../caller.ts'
import type { Issue } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { rangeOf } from './dates.ts'
import type { Facts } from './facts.ts'
import { frozenIssues, placed, reasonIssues, requirementIssues, withoutStaleReason } from './lifecycle-checks.ts'
import {
  adviceWords,
  allowedWords,
  codeOf,
  holds,
  inState,
  listed,
  may,
  nameOf,
  rolesOf,
  rowsFrom,
  stateOf,
} from './lifecycle-state.ts'
import type { Lifecycle, StateRow, TransitionRow } from './lifecycle-table.ts'
import { checks, setters } from './named-rules.ts'
import { inReasonList } from './reasons.ts'
import { isHandedOver, statedAt } from './step-time.ts'

export { allowedNow, governs, inState, stateOf } from './lifecycle-state.ts'

export interface Question {
  readonly table: Lifecycle
  /** As stored now; absent for a create. */
  readonly current?: Resource | undefined
  /** As the caller wants it. */
  readonly next: Resource
  readonly caller: Caller
  /** How the caller's organisation stands to the resource. */
  readonly sides: readonly Side[]
  readonly facts: Facts
  /** FHIRPath of the resource in what was sent, e.g. `Bundle.entry[2].resource`; the type when absent. */
  readonly root?: string
}

export type Decision =
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] }
  | {
      readonly kind: 'ok'
      /** State code before; empty for a create. */
      readonly from: string
      readonly to: string
      /** The fact for the log: the row's event, or `updated` when the state stays. */
      readonly event: string
      /** Named effects to be carried out in the same commit, in order. */
      readonly effects: readonly string[]
      /** A row of the table was walked (also one that leads to its own state), so the next step begins to be due. */
      readonly moved: boolean
      /** What to store. */
      readonly next: Resource
      /** Top-level members in which `next` differs from what was sent; undefined means removed. */
      readonly members: Readonly<Record<string, unknown>>
    }

const refused = (...issues: Issue[]): Decision => ({ kind: 'refused', issues })

/** Decides one create or update. Pure: reads nothing but its arguments. */
export function decide(question: Question): Decision {
  const { table, caller, sides, current } = question
  const root = question.root ?? table.resourceType
  const acting = rolesOf(caller, sides)
  if (acting.length === 0) {
    const diagnostics = `Only the parties to this ${table.resourceType} may write it: the trust that asked, and the provider that supplies.`
    return refused({ key: 'role-forbidden', diagnostics, expression: root })
  }
  const decision =
    current === undefined ? decideCreate(question, acting, root) : decideUpdate(question, current, acting, root)
  if (decision.kind === 'refused') return decision
  return { ...decision, members: differences(question.next, decision.next) }
}

/** Top-level members in which what is stored differs from what was sent; undefined means removed. */
export function differences(sent: Resource, stored: Resource): Record<string, unknown> {
  const members: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(sent), ...Object.keys(stored)])) {
    if (!isDeepStrictEqual(sent[name], stored[name])) members[name] = stored[name]
  }
  return members
}

function decideCreate(question: Question, acting: readonly Role[], root: string): Decision {
  const { table, next, facts } = question
  const mine = table.initial.filter(({ by }) => may(acting, by))
  if (mine.length === 0) {
    const by = [...new Set(table.initial.flatMap((row) => row.by))].join(', ')
    const diagnostics = `A ${table.name} is not created by a ${acting[0]}: it is created by ${by}. An order Task and its supply Tasks come from the prescriptions that are posted.`
    return refused({ key: 'transition-not-yours', diagnostics, expression: root })
  }
  const code = codeOf(table, next)
  const fits = mine.filter(({ state }) => {
    const row = table.stateOf.get(state)
    return code === undefined ? row?.status === next.status : state === code && row?.status === next.status
  })
  const chosen = fits.length === 1 ? fits[0] : fits.find((row) => row.default)
  if (!chosen) {
    const states = listed(
      table,
      mine.map(({ state }) => state),
    )
    const diagnostics = `A ${table.name} begins in one of these states: ${states}.`
    return refused({ key: 'transition-not-allowed', diagnostics, expression: `${root}.status` })
  }
  const stored = inState(table, next, chosen.state)
  const issues = [
    ...reasonIssues(table, chosen.reason, stored, root),
    ...requirementIssues(table, table.stateOf.get(chosen.state)?.requires, stored, facts, root),
  ]
  if (issues.length > 0) return refused(...issues)
  const { state: to, event, effects = [] } = chosen
  return { kind: 'ok', from: '', to, event, effects, moved: true, next: stored, members: {} }
}

function decideUpdate(question: Question, current: Resource, acting: readonly Role[], root: string): Decision {
  const { table, next } = question
  const from = stateOf(table, current)
  if (!from) {
    const diagnostics = `The ${table.resourceType} is stored in a state that its lifecycle does not know, so it cannot be changed.`
    return refused({ key: 'state-unknown', diagnostics, expression: `${root}.status` })
  }
  if (sameContent(current, next)) {
    const stored = inState(table, next, from.code)
    return unmoved(from, 'updated', stored)
  }
  const target = targetOf(question, current, from, acting, root)
  if ('refusal' in target) return refused(target.refusal)
  if (!('row' in target)) return stay(question, current, from, acting, root)
  return move(question, current, from, target.row, acting, root)
}

/** Nothing but what the service itself keeps (meta) differs. */
export function sameContent(current: Resource, next: Resource): boolean {
  const names = new Set([...Object.keys(current), ...Object.keys(next)])
  names.delete('meta')
  return [...names].every((name) => isDeepStrictEqual(current[name], next[name]))
}

type Target = { readonly row: TransitionRow } | { readonly refusal: Issue } | { readonly stays: true }

/** Which row the caller means, from what it changed: status, business status, both, or neither. */
function targetOf(
  question: Question,
  current: Resource,
  from: StateRow,
  acting: readonly Role[],
  root: string,
): Target {
  const { table, next } = question
  const code = codeOf(table, next)
  const statusChanged = next.status !== current.status
  const codeChanged = table.businessStatus !== undefined && code !== undefined && code !== from.code
  if (!statusChanged && !codeChanged) {
    const rows = rowsFrom(table, from.code).filter(
      ({ changes, skips }) =>
        changes !== undefined &&
        !isDeepStrictEqual(current[changes], next[changes]) &&
        (!skips || tellsThePast(question)),
    )
    const row = rows.find((one) => fits(question, one)) ?? rows[0]
    return row ? { row } : { stays: true }
  }
  if (codeChanged || table.businessStatus === undefined) {
    const wanted = code ?? ''
    const state = table.stateOf.get(wanted)
    if (!state || (statusChanged && state.status !== next.status)) return { refusal: unknownState(table, state, root) }
    return rowTo(question, from, [wanted], acting, root)
  }
  const states = table.states.filter(({ status }) => status === next.status).map((state) => state.code)
  return rowTo(question, from, states, acting, root)
}

function unknownState(table: Lifecycle, state: StateRow | undefined, root: string): Issue {
  const states = listed(
    table,
    table.states.map(({ code }) => code),
  )
  const diagnostics = state
    ? `Business status ${state.code} goes with status ${state.status}: send that pair, or change only one of the two.`
    : `The lifecycle has no such state. Its states (status/business status) are: ${states}.`
  return { key: 'state-unknown', diagnostics, expression: `${root}.${state ? 'status' : stateElement(table)}` }
}

const stateElement = (table: Lifecycle): string => (table.businessStatus === undefined ? 'status' : 'businessStatus')

/** An act is reported at once; what is said to have happened longer ago than this, ms, is a report of the past. */
const ACT_MS = 60_000

/** Whether the sender says that the step took place some time ago: reports of the past may overtake each other. */
function tellsThePast({ next, facts }: Question): boolean {
  const said = rangeOf(statedAt(next) ?? '')
  const past = said === undefined || said.low <= Date.parse(facts.now) - ACT_MS
  return facts.timeSaid && (past || isHandedOver(next))
}

/** The one row to any of the states, or the refusal that says what is possible. */
function rowTo(
  question: Question,
  from: StateRow,
  states: readonly string[],
  acting: readonly Role[],
  root: string,
): Target {
  const { table } = question
  const all = rowsFrom(table, from.code).filter((row) => row.to !== from.code && states.includes(row.to))
  // Steps are left out only by a report of the past, and only where no step that leaves none out fits.
  const rows = all.filter(({ skips }) => !skips)
  const steps = rows.filter((row) => may(acting, row.by))
  const one = states.length === 1 || steps.length === 0
  const reports = one && tellsThePast(question) ? all.filter((row) => row.skips && may(acting, row.by)) : []
  const mine = steps.some((row) => fits(question, row)) ? steps : [...steps, ...reports]
  if (mine.length === 0) {
    return {
      refusal:
        rows.length > 0
          ? notYours(question, from, rows, acting, root)
          : notAllowed(question, from, states, acting, root, all),
    }
  }
  const fitting = mine.length === 1 ? mine : mine.filter((row) => fits(question, row))
  const chosen = only(fitting) ?? fitting.find((row) => row.default) ?? mine.find((row) => row.default) ?? only(mine)
  if (chosen) return { row: chosen }
  const choices = (fitting.length > 0 ? fitting : mine).map((row) => row.to)
  const diagnostics = `Several states have this status: send businessStatus too. Possible now: ${listed(table, choices)}.${reasonWords(mine)}`
  return { refusal: { key: 'state-ambiguous', diagnostics, expression: `${root}.businessStatus` } }
}

/** The row, if all of them lead to the same state. */
const only = (rows: readonly TransitionRow[]): TransitionRow | undefined =>
  rows.every((row) => row.to === rows[0]?.to) ? rows[0] : undefined

const reasonWords = (rows: readonly TransitionRow[]): string =>
  rows.some((row) => row.reason?.required) ? ' Or send the reason, from which the state follows where it is clear.' : ''

/** Whether the reason and the requirements of a row speak for it. */
function fits({ table, next, facts }: Question, row: TransitionRow): boolean {
  const reason = next[table.reasonElement] as r4.CodeableConcept | undefined
  const list = table.reasonLists.get(row.reason?.valueSet ?? '')
  if (row.reason?.required && (reason === undefined || (list && !inReasonList(list, reason)))) return false
  return (row.requires ?? []).every(({ expression }) => holds(table, expression, inState(table, next, row.to), facts))
}

function notYours(
  { table }: Question,
  from: StateRow,
  rows: readonly TransitionRow[],
  acting: readonly Role[],
  root: string,
): Issue {
  const by = [...new Set(rows.flatMap((row) => row.by))].map((role) =>
    role === 'service' ? 'the service itself' : `the ${role}`,
  )
  const diagnostics = `From ${nameOf(table, from)} to ${listed(
    table,
    rows.map((row) => row.to),
  )} is for ${by.join(' or ')}. ${allowedWords(table, from, acting)}${adviceWords(
    table,
    from,
    rows.map((row) => row.to),
  )}`
  return { key: 'transition-not-yours', diagnostics, expression: `${root}.status` }
}

function notAllowed(
  { table }: Question,
  from: StateRow,
  states: readonly string[],
  acting: readonly Role[],
  root: string,
  rows: readonly TransitionRow[],
): Issue {
  const report = rows.some((row) => row.skips && may(acting, row.by))
    ? ` To report what has happened already, say when in ${table.resourceType === 'Task' ? 'lastModified' : 'the extension statusChanged'}: the steps between may be reported later.`
    : ''
  const diagnostics = `The ${table.name} is ${nameOf(table, from)}. ${allowedWords(table, from, acting)}${adviceWords(table, from, states)}${report}`
  return { key: 'transition-not-allowed', diagnostics, expression: `${root}.status` }
}

/** A change within a state: notes and other facts, by a party, of elements that may change. */
function stay(question: Question, current: Resource, from: StateRow, acting: readonly Role[], root: string): Decision {
  const { table, next, facts } = question
  if (from.terminal) {
    const diagnostics = `The ${table.name} is ${nameOf(table, from)}, an end state: it does not change any more. ${allowedWords(table, from, acting)}`
    return refused({ key: 'state-final', diagnostics, expression: root })
  }
  const stored = inState(table, next, from.code)
  const issues = [
    ...requirementIssues(table, from.requires, stored, facts, root),
    ...frozenIssues(table, from, current, stored, acting, root),
  ]
  if (issues.length > 0) return refused(...issues)
  return unmoved(from, markOf(table, from, acting, current, stored) ?? 'updated', stored)
}

/** What the service's clock noted, if that is what the change is. */
function markOf(
  table: Lifecycle,
  from: StateRow,
  acting: readonly Role[],
  current: Resource,
  next: Resource,
): string | undefined {
  if (!acting.includes('service')) return undefined
  const valueOf = (resource: Resource, url: string) =>
    (resource.extension as readonly r4.Extension[] | undefined)?.find((extension) => extension.url === url)
  return table.marks?.find(
    ({ extension, from: states }) =>
      states.includes(from.code) && !isDeepStrictEqual(valueOf(current, extension), valueOf(next, extension)),
  )?.event
}

const unmoved = ({ code }: StateRow, event: string, next: Resource): Decision => ({
  kind: 'ok',
  from: code,
  to: code,
  event,
  effects: [],
  moved: false,
  next,
  members: {},
})

function move(
  question: Question,
  current: Resource,
  from: StateRow,
  row: TransitionRow,
  acting: readonly Role[],
  root: string,
): Decision {
  const { table, facts } = question
  // A self row may be met by a caller it is not for.
  if (!may(acting, row.by)) return refused(notYours(question, from, [row], acting, root))
  const to = table.stateOf.get(row.to) as StateRow
  let stored = withoutStaleReason(table, row, current, inState(table, question.next, row.to))
  const issues = [
    ...reasonIssues(table, row.reason, stored, root),
    ...requirementIssues(table, [...(row.requires ?? []), ...(to.requires ?? [])], stored, facts, root),
    ...(row.checks ?? []).flatMap((name) =>
      checks[name](stored, facts, current).map((issue) => placed(table, issue, root)),
    ),
    ...frozenIssues(table, from, current, stored, acting, root),
  ]
  if (issues.length > 0) return refused(...issues)
  for (const name of row.sets ?? []) {
    stored = setters[name](stored as unknown as r4.Task, current as unknown as r4.Task, facts) as unknown as Resource
  }
  const effects = row.effects ?? []
  return { kind: 'ok', from: from.code, to: row.to, event: row.event, effects, moved: true, next: stored, members: {} }
}
