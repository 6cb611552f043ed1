/**
 * States of the work: which one a resource is in, how it is written into one, who acts, and how all that is put in
 * words. The decision itself is in `lifecycle.ts`.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Caller, Role, Side } from '../caller.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import type { Facts } from './facts.ts'
import type { Lifecycle, ReasonRule, StateRow, TransitionRow } from './lifecycle-table.ts'

/** Whether the table governs the resource. */
export const governs = (table: Lifecycle, resource: Resource, facts: Facts): boolean =>
  table.resourceType === resource.resourceType && holds(table, table.appliesTo, resource, facts)

export const holds = (table: Lifecycle, expression: string, resource: Resource, facts: Facts): boolean =>
  table.evaluate.get(expression)?.(resource, facts) === true

/**
 * Roles in which the caller may act on this resource. A tester stands in for every role, the service included, so
 * that a conformance suite can walk every row. Without a side, a party has no part in the work.
 */
export function rolesOf(caller: Caller, sides: readonly Side[]): readonly Role[] {
  switch (caller.role) {
    case 'tester':
      return ['trust', 'pharmacist', 'provider', 'logistics', 'observer', 'tester', 'service']
    case 'service':
      return ['service']
    case 'trust':
      return sides.includes('requester') ? ['trust'] : []
    case 'pharmacist':
      return sides.includes('requester') ? ['trust', 'pharmacist'] : []
    case 'provider':
      return sides.includes('owner') ? ['provider'] : []
    case 'logistics':
      return sides.includes('carrier') ? ['logistics'] : []
    default:
      return []
  }
}

export const may = (acting: readonly Role[], by: readonly Role[]): boolean => by.some((role) => acting.includes(role))

/** How a state is written in words: `on-hold/suspended`. */
export const nameOf = (table: Lifecycle, state: StateRow): string =>
  table.businessStatus === undefined ? state.status : `${state.status}/${state.code}`

export const codeOf = (table: Lifecycle, resource: Resource): string | undefined => {
  if (table.businessStatus === undefined) return resource.status as string | undefined
  const concept = resource.businessStatus as r4.CodeableConcept | undefined
  return concept?.coding?.find((coding) => coding.system === table.businessStatus)?.code
}

/** The state a stored resource is in; undefined when it is in none of the table's. */
export function stateOf(table: Lifecycle, resource: Resource): StateRow | undefined {
  const state = table.stateOf.get(codeOf(table, resource) ?? '')
  return state?.status === resource.status ? state : undefined
}

/** The resource written into a state, with the business status the table gives it. */
export function inState(table: Lifecycle, resource: Resource, code: string, reason?: r4.CodeableConcept): Resource {
  const state = table.stateOf.get(code)
  if (!state) throw new Error(`lifecycle ${table.name} has no state ${code}`)
  const moved: Resource = { ...resource, status: state.status }
  if (table.businessStatus !== undefined && codeOf(table, resource) !== code) {
    moved.businessStatus = { coding: [{ system: table.businessStatus, code, display: state.display }] }
  }
  if (reason !== undefined) moved[table.reasonElement] = reason
  return moved
}

/** What is sent, with the words that `inState` has put to the code of its state: a report without them says nothing new. */
export function withWords(current: Resource, next: Resource): Resource {
  const codes = (concept: unknown) =>
    ((concept as r4.CodeableConcept | undefined)?.coding ?? []).map(({ display: _, ...code }) => code)
  const { businessStatus } = next
  return businessStatus !== undefined &&
    isDeepStrictEqual(businessStatus, { coding: codes(businessStatus) }) &&
    isDeepStrictEqual(codes(businessStatus), codes(current.businessStatus))
    ? { ...next, businessStatus: current.businessStatus }
    : next
}

export interface Allowed {
  readonly state: string
  readonly status: string
  readonly event: string
  readonly display: string
  readonly reason?: ReasonRule
  /** What is not true or present yet, in words that say what to do. */
  readonly missing: readonly string[]
}

/** Where this caller may move the resource now, and what each step still lacks. */
export function allowedNow(
  table: Lifecycle,
  resource: Resource,
  caller: Caller,
  sides: readonly Side[],
  facts: Facts,
): readonly Allowed[] {
  const from = stateOf(table, resource)
  if (!from) return []
  const acting = rolesOf(caller, sides)
  return rowsFrom(table, from.code)
    .filter((row) => row.changes === undefined && !row.skips && may(acting, row.by))
    .map((row) => ({
      state: row.to,
      status: table.stateOf.get(row.to)?.status ?? '',
      event: row.event,
      ...(row.reason ? { reason: row.reason } : {}),
      display: table.stateOf.get(row.to)?.display ?? row.to,
      missing: [...(row.requires ?? []), ...(table.stateOf.get(row.to)?.requires ?? [])]
        .filter(({ expression }) => !holds(table, expression, inState(table, resource, row.to), facts))
        .map(({ human }) => human),
    }))
}

export const rowsFrom = (table: Lifecycle, from: string): readonly TransitionRow[] =>
  table.transitions.filter((row) => row.from.includes(from))

export const listed = (table: Lifecycle, codes: readonly string[]): string =>
  [...new Set(codes)].map((code) => nameOf(table, table.stateOf.get(code) as StateRow)).join(', ')

export const adviceWords = (table: Lifecycle, from: StateRow, states: readonly string[]): string =>
  (table.advice ?? [])
    .filter((row) => row.from.includes(from.code) && row.to.some((to) => states.includes(to)))
    .map(({ human }) => ` ${human}`)
    .join('')

/** What the caller may do now, in words. */
export function allowedWords(table: Lifecycle, from: StateRow, acting: readonly Role[]): string {
  const mine = rowsFrom(table, from.code).filter((row) => row.to !== from.code && !row.skips && may(acting, row.by))
  const who = acting.length > 1 ? 'caller' : acting[0]
  if (mine.length > 0)
    return `Allowed now for this ${who}: ${listed(
      table,
      mine.map((row) => row.to),
    )}.`
  if (from.terminal) return `This is an end state: nothing further is allowed for this ${who}.`
  return `Nothing is allowed now for this ${who}; the next step is for the ${from.nextActor}.`
}
