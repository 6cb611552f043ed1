/** Who asks. The house word for the party behind a request, whatever proved its identity. */

/** Roles of the exchange (domain.md A). `service` is the exchange itself acting by its own rules. */
export const roles = ['trust', 'provider', 'observer', 'tester', 'service'] as const
export type Role = (typeof roles)[number]

export interface Caller {
  readonly role: Role
  /** ODS code of the organisation the caller acts for, upper case. */
  readonly organization: string
  /** Client id from the token, for the log and the audit. */
  readonly client: string
}

/**
 * How an organisation stands to a resource: `requester` (the trust side: it may change what trusts may change),
 * `owner` (the provider side), `reader` (may see it because a resource of theirs refers to it).
 */
export type Side = 'requester' | 'owner' | 'reader'
