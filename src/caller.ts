/** Who asks. The house word for the party behind a request, whatever proved its identity. */
import type { SmartScope } from './fhir/smart-scope.ts'

/**
 * Roles of the exchange (domain.md A). `pharmacist` is the homecare team of a trust: it may do all that its trust may,
 * and more. `logistics` carries parcels: it sees address, slot and consignment of supplies that name it. `observer` (commissioners, regulators) and `manufacturer` see nobody: aggregates only, a manufacturer those of
 * its own scheme. `service` is the exchange itself acting by its own rules.
 */
export const roles = [
  'trust',
  'pharmacist',
  'provider',
  'logistics',
  'observer',
  'manufacturer',
  'tester',
  'service',
] as const
export type Role = (typeof roles)[number]

/** Roles that can be asked for. `service` never comes from outside. */
export const callerRoles = roles.filter((role) => role !== 'service')

export interface Caller {
  readonly role: Role
  /** ODS code of the organisation the caller acts for, upper case. */
  readonly organization: string
  /** Client id from the token, for the log and the audit. */
  readonly client: string
  /** It has broken the glass for this request: said why, and is on record. */
  readonly breaksGlass?: true
  /** What the token allows, within what the role may; absent where nothing narrows the role: sandbox, service. */
  readonly scopes?: readonly SmartScope[]
}

/**
 * The name under which access is kept for a caller. A carrier sees of a supply what its role shows; with another name for
 * that, nobody of the same organisation who comes in another role sees any of it.
 */
export const eyesOf = ({ role, organization }: Pick<Caller, 'role' | 'organization'>): string =>
  role === 'logistics' ? `${organization}/logistics` : organization

/** Whether a table that allows these roles allows the caller's: whoever acts for a trust's homecare team acts for the trust. */
export const plays = (role: Role, allowed: readonly Role[]): boolean =>
  allowed.includes(role) || (role === 'pharmacist' && allowed.includes('trust'))

/** Every role that a table which allows these roles allows: for words. */
export const playersOf = (allowed: readonly Role[]): readonly Role[] => roles.filter((role) => plays(role, allowed))

/**
 * How an organisation stands to a resource: `requester` (the trust side: it may change what trusts may change),
 * `owner` (the provider side), `carrier` (brings what it is about to the patient), `reader` (may see it because a
 * resource of theirs refers to it).
 */
export type Side = 'requester' | 'owner' | 'carrier' | 'reader'
