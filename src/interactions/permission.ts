/** What a token must allow for an interaction, besides what the table allows its role. */
import { type Caller, plays } from '../caller.ts'
import { permits, type Permission, scopeText } from '../fhir/smart-scope.ts'
import type { OperationRow, TypeInteraction, TypeRow } from '../server-table.ts'

/** A type, or `*` for every one, and some of `cruds`. */
export type NeededScope = readonly [type: string, permissions: string]

/** https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#scopes-for-requesting-fhir-resources */
export const permissionOf: Readonly<Record<TypeInteraction, Permission>> = {
  create: 'c',
  read: 'r',
  vread: 'r',
  'history-instance': 'r',
  update: 'u',
  patch: 'u',
  delete: 'd',
  'history-type': 's',
  'search-type': 's',
}

/** An operation of whose row nothing is known takes all there is: a forgotten row must not open a door. */
export const operationScopes = ({ scopes }: OperationRow, type = '*'): readonly NeededScope[] =>
  scopes === undefined
    ? [[type, 'cruds']]
    : scopes.map((scope) => {
        const [named = '', permissions = ''] = scope.split('.')
        return [named === '[type]' ? type : named, permissions]
      })

/** The scope that a caller would need and does not have. */
export const missingScope = (caller: Caller, type: string, permissions: string): string | undefined =>
  caller.scopes === undefined || permits(caller.scopes, type, permissions) ? undefined : scopeText(type, permissions)

/** Whether the table allows it to the caller's role, and the token to the caller. */
export const mayDo = (row: TypeRow | undefined, caller: Caller, interaction: TypeInteraction): boolean =>
  row !== undefined &&
  plays(caller.role, row.interactions[interaction] ?? []) &&
  missingScope(caller, row.type, permissionOf[interaction]) === undefined

export const scopeWords = (missing: string): string =>
  `The access token does not allow this: it lacks the scope ${missing}. Ask the token server for it.`
