/** What homecare's rules at the door are made from. */
import type { Lifecycle } from '../homecare/lifecycle-table.ts'
import type { HomecareRules } from '../homecare/rules.ts'
import type { Policies } from '../homecare/policy.ts'
import type { ServerTable, TypeRow } from '../server-table.ts'
import type { SignatureVerifier } from '../signature/verifier.ts'

export interface RulesOptions {
  readonly table: ServerTable
  row(type: string): TypeRow | undefined
  /** By file name in `conformance/lifecycle/`, without `.json`. */
  readonly lifecycles: ReadonlyMap<string, Lifecycle>
  readonly policies: Policies
  readonly homecare: HomecareRules
  readonly signatures: SignatureVerifier
  readonly newId: () => string
  /** Names of the reference parameters (`Task.for`) that may lead to a type. */
  referrers(type: string): readonly string[]
  /** Names in the index of elements by which something belongs to others and that nobody can search. */
  readonly inherited: readonly string[]
  /** Absolute FHIR base. */
  readonly base: string
}
