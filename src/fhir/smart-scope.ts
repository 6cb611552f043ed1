/**
 * SMART scopes of system level: `system/[type].[cruds]` (https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html)
 * and the forms of SMART 1, `.read`, `.write`, `.*`. A scope that narrows by a query (`?category=…`) or is written for
 * a patient or user grants nothing here: to read it as more than it says would be worse than to refuse it.
 */

/** create, read, update, delete, search; the order in which a scope writes them. */
export const permissions = ['c', 'r', 'u', 'd', 's'] as const
export type Permission = (typeof permissions)[number]

export interface SmartScope {
  /** A resource type, or `*` for every one. */
  readonly type: string
  /** Some of `cruds`, in that order. */
  readonly permissions: string
  /** As it was written. */
  readonly text: string
}

const SCOPE = /^system\/(\*|[A-Z][A-Za-z]{1,63})\.(c?r?u?d?s?|read|write|\*)$/

const FIRST_VERSION: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' }

/** One scope, or undefined when it is none that grants anything here. */
export function readScope(text: string): SmartScope | undefined {
  const [, type, written] = SCOPE.exec(text) ?? []
  if (type === undefined || !written) return undefined
  return { type, permissions: FIRST_VERSION[written] ?? written, text }
}

/** Those of a list of scopes, separated by spaces, that grant something here. */
export const readScopes = (text: string): readonly SmartScope[] =>
  text.split(' ').flatMap((each) => readScope(each) ?? [])

export const scopeText = (type: string, wanted: string): string => `system/${type}.${wanted}`

/** Whether one of the scopes gives every one of the permissions on the type; on `*` only what is given for `*`. */
export const permits = (scopes: readonly SmartScope[], type: string, wanted: string): boolean =>
  [...wanted].every((permission) =>
    scopes.some((scope) => (scope.type === '*' || scope.type === type) && scope.permissions.includes(permission)),
  )

/**
 * What is both asked for and allowed. What is allowed whole is given in the asker's own words, so that a client that
 * compares finds what it asked for.
 */
export function narrow(asked: readonly SmartScope[], allowed: readonly SmartScope[]): readonly SmartScope[] {
  const given = new Map<string, SmartScope>()
  const add = (scope: SmartScope) => given.set(scope.text, scope)
  for (const scope of asked) {
    if (permits(allowed, scope.type, scope.permissions)) add(scope)
    else for (const part of parts(scope, allowed)) add(part)
  }
  return [...given.values()]
}

function parts(scope: SmartScope, allowed: readonly SmartScope[]): SmartScope[] {
  const types = scope.type === '*' ? [...new Set(allowed.map(({ type }) => type))] : [scope.type]
  return types.flatMap((type) => {
    const both = permissions.filter((each) => scope.permissions.includes(each) && permits(allowed, type, each)).join('')
    return both === '' ? [] : [{ type, permissions: both, text: scopeText(type, both) }]
  })
}
