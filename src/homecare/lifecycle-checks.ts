/** What a step is refused for, once it is known which step it is: reason, requirements, frozen elements. */
import { isDeepStrictEqual } from 'node:util'
import type { Role } from '../caller.ts'
import type { Issue } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import type { Facts } from './facts.ts'
import { holds, may, nameOf, stateOf } from './lifecycle-state.ts'
import type { Lifecycle, Mutable, ReasonRule, Requirement, StateRow, TransitionRow } from './lifecycle-table.ts'
import { inReasonList } from './reasons.ts'

/** An issue of a named check, with its place in what was sent. */
export const placed = (table: Lifecycle, issue: Issue, root: string): Issue =>
  issue.expression === undefined
    ? issue
    : { ...issue, expression: issue.expression.replace(new RegExp(`^${table.resourceType}(?=\\.|$)`), () => root) }

/** A reason explains the state it was given for; left over from the state before, it would explain nothing. */
export function withoutStaleReason(table: Lifecycle, row: TransitionRow, current: Resource, next: Resource): Resource {
  const name = table.reasonElement
  if (table.staleReason !== 'remove' || row.reason || !(name in next)) return next
  if (!isDeepStrictEqual(next[name], current[name])) return next
  const { [name]: _, ...rest } = next
  return rest as Resource
}

/** Whether the reason that a step takes is there, and is one of its list. */
export function reasonIssues(table: Lifecycle, rule: ReasonRule | undefined, next: Resource, root: string): Issue[] {
  if (!rule) return []
  const reason = next[table.reasonElement] as r4.CodeableConcept | undefined
  const expression = `${root}.${table.reasonElement}`
  const list = table.reasonLists.get(rule.valueSet ?? '')
  const words = list ? ` One of ${list.url} (${list.words}).` : ''
  if (reason === undefined) {
    if (!rule.required) return []
    return [{ key: 'reason-required', expression, diagnostics: `Say why in ${table.reasonElement}.${words}` }]
  }
  if (list && !inReasonList(list, reason)) {
    return [
      {
        key: 'reason-not-in-list',
        expression,
        diagnostics: `${table.reasonElement} has no code from the list.${words}`,
      },
    ]
  }
  return []
}

/** What a step requires of the resource or its surroundings and does not find. */
export function requirementIssues(
  table: Lifecycle,
  requirements: readonly Requirement[] | undefined,
  next: Resource,
  facts: Facts,
  root: string,
): Issue[] {
  return (requirements ?? [])
    .filter(({ expression }) => !holds(table, expression, next, facts))
    .map(({ human, element }) => ({
      key: 'transition-requirement' as const,
      diagnostics: human,
      expression: element === undefined ? root : `${root}.${element}`,
    }))
}

/** Members that are the state itself, or that the server keeps. */
const notFrozen = new Set(['status', '_status', 'businessStatus', 'meta', 'id', 'resourceType'])

/** Who may change a top-level element while the resource is in a state; `[]` when nobody may. */
function mayChange(table: Lifecycle, state: StateRow, element: string): readonly Role[] | '*' {
  const mutable: Mutable = state.mutable ?? table.mutable
  return mutable === '*' ? '*' : (mutable[element.replace(/^_/, '')] ?? [])
}

/** Whether the service itself may change a top-level element; what has ended stays as it ended. */
export function serviceMayChange(table: Lifecycle, resource: Resource, element: string): boolean {
  const state = stateOf(table, resource)
  const changers = state && !state.terminal ? mayChange(table, state, element) : []
  return changers === '*' || changers.includes('service')
}

/** Whether a top-level element changes for nobody while the resource is in a state. */
export const isFrozen = (table: Lifecycle, state: StateRow, element: string): boolean =>
  !notFrozen.has(element) && mayChange(table, state, element).length === 0

/** Elements that change though nobody, or nobody who is acting, may change them in this state. */
export function frozenIssues(
  table: Lifecycle,
  from: StateRow,
  current: Resource,
  next: Resource,
  acting: readonly Role[],
  root: string,
): Issue[] {
  const issues: Issue[] = []
  for (const name of new Set([...Object.keys(current), ...Object.keys(next)])) {
    if (notFrozen.has(name) || isDeepStrictEqual(current[name], next[name])) continue
    const by = mayChange(table, from, name)
    if (by === '*' || may(acting, by)) continue
    // The service drops a reason that is left over; nobody changed it.
    if (name === table.reasonElement && next[name] === undefined && table.staleReason === 'remove') continue
    const who = by.length === 0 ? 'it does not change any more' : `only the ${by.join(' or the ')} may change it`
    const diagnostics = `${name} is fixed while the ${table.name} is ${nameOf(table, from)}: ${who}. Send it as it is stored${by.length === 0 ? '; a change is a new resource' : ''}.`
    issues.push({ key: 'element-frozen', diagnostics, expression: `${root}.${name}` })
  }
  return issues
}
