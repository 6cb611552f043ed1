/**
 * The part of a resource that a role is shown (`views` in the table): what is not named is left out, and nothing may be
 * asked by it either. The tag SUBSETTED says that it is not whole.
 */
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import { type Issue, Problem } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import type { TypeRow, View } from '../server-table.ts'
import type { FhirRequest } from './interaction.ts'

/** What makes of a resource's JSON text what the caller is shown. */
export function shown(context: Context, caller: Caller, type: string): (text: string) => string {
  const view = context.row(type)?.views?.[caller.role]
  return view ? (text) => JSON.stringify(partOf(view, JSON.parse(text) as Resource)) : (text) => text
}

const TAG = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
  display: 'subsetted',
}

function partOf(view: View, resource: Resource): unknown {
  const { resourceType, id, meta } = resource
  const part: Record<string, unknown> = {
    resourceType,
    id,
    meta: { versionId: meta?.versionId, lastUpdated: meta?.lastUpdated, tag: [TAG] },
  }
  for (const path of view.elements) put(part, resource, path.split('.'))
  for (const [element, codes] of Object.entries(view.items ?? {})) {
    const items = ((part[element] ?? []) as Typed[]).filter(({ type }) =>
      type?.coding?.some(({ code }) => code !== undefined && codes.includes(code)),
    )
    if (items.length > 0) part[element] = items
    else delete part[element]
  }
  return part
}

interface Typed {
  readonly type?: { readonly coding?: readonly { readonly code?: string }[] }
}

/** Copies one element; what lies inside the items of a list is reached by naming the list. */
function put(
  to: Record<string, unknown>,
  from: Readonly<Record<string, unknown>>,
  [name = '', ...rest]: string[],
): void {
  const value = from[name]
  if (value === undefined) return
  if (rest.length === 0) to[name] = value
  else {
    const inner = (to[name] ?? {}) as Record<string, unknown>
    put(inner, value as Record<string, unknown>, rest)
    if (Object.keys(inner).length > 0) to[name] = inner
  }
}

const CONTROLS = ['_count', '_total', '_summary', '_elements', '_format', '_pretty', '_page']

/** @throws Problem parameter-invalid for everything by which the caller may not ask, or sort, or include */
export function checkAsked(context: Context, { caller, query }: FhirRequest, type: string): void {
  const view = context.row(type)?.views?.[caller.role]
  if (!view) return
  const isNamed = (code: string): boolean => view.search.includes(code.replace(/^-/, ''))
  const isAllowed = ([name, value]: readonly [string, string]): boolean => {
    if (name === '_sort') return value.split(',').every(isNamed)
    if (name === '_include') return value.startsWith(`${type}:`) && isNamed(value.split(':')[1] ?? '')
    return CONTROLS.includes(name) || isNamed(name)
  }
  const issues = query
    .filter((pair) => !isAllowed(pair))
    .map(([name]): Issue => {
      const known = `The role ${caller.role} asks for a ${type} by ${view.search.join(', ')}, sorts and includes by these, and uses ${CONTROLS.slice(0, 4).join(', ')}.`
      return {
        key: 'parameter-invalid',
        diagnostics: `Parameter "${name.slice(0, 40)}" is not for this role. ${known}`,
      }
    })
  if (issues.length > 0) throw new Problem(issues)
}

/** What is wrong with the views of a type's row. */
export function viewFaults(
  { type, views = {} }: TypeRow,
  known: { readonly elements: ReadonlySet<string>; isParam(code: string): boolean },
): string[] {
  return Object.entries(views).flatMap(([role, { elements, items = {}, search }]) => [
    ...[...elements, ...Object.keys(items)]
      .filter((path) => !known.elements.has(path.split('.')[0] ?? ''))
      .map((path) => `the view of ${type} for ${role} names ${path}, which is no element`),
    ...search
      .filter((code) => !known.isParam(code))
      .map((code) => `the view of ${type} for ${role} names ${code}, which is no search parameter`),
  ])
}
