/** A prescription written anew for another provider, with what the first one has not supplied. */
import { CANONICAL } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'
import { hasLeft, supplyHasEnded } from './facts.ts'
import { ODS_ORGANISATION } from './identifiers.ts'
import { supplyNumber } from './supply-plan.ts'

/** Names a transferred prescription by the one it takes over from and its new provider, so that none is moved twice. */
const TRANSFER_ID = `${CANONICAL}/Id/transfer`

export interface Transfer {
  readonly prescription: r4.MedicationRequest & { readonly id: string }
  /** The order's supplies. */
  readonly supplies: readonly r4.Task[]
  /** ODS code of the provider that takes over. */
  readonly to: string
  /** `draft` waits for a prescriber's signature; `active` takes effect at once. */
  readonly status: 'draft' | 'active'
  /** ms since the epoch */
  readonly now: number
}

/** Supplies whose goods have not left. */
export const suppliesToMove = (supplies: readonly r4.Task[]): readonly r4.Task[] =>
  supplies.filter((supply) => !supplyHasEnded(supply) && !hasLeft(supply))

export const transferIdentifier = (prescription: string, to: string): r4.Identifier => ({
  system: TRANSFER_ID,
  value: `${prescription}-${to}`,
})

/**
 * How many supplies of one item are left. An item that is repeated less often than its order (a device that comes once) is
 * in the first of the supplies, so it is spent when they are. Before an order was accepted all of it is left.
 */
export function suppliesLeft({ prescription, supplies }: Pick<Transfer, 'prescription' | 'supplies'>): number {
  const all = 1 + (prescription.dispenseRequest?.numberOfRepeatsAllowed ?? 0)
  const numbers = new Set(supplies.map(supplyNumber))
  const open = new Set(suppliesToMove(supplies).map(supplyNumber))
  return Math.max(0, all - (numbers.size - open.size))
}

/** The new prescription, or undefined when nothing of the item is left to supply. */
export function transferred({ prescription, supplies, to, status, now }: Transfer): r4.MedicationRequest | undefined {
  const left = suppliesLeft({ prescription, supplies })
  if (left === 0) return undefined
  const { id, meta: _m, text: _t, statusReason: _s, implicitRules: _i, groupIdentifier, ...content } = prescription
  const { initialFill, ...request } = content.dispenseRequest ?? {}
  return {
    ...content,
    identifier: [transferIdentifier(id, to)],
    status,
    authoredOn: new Date(now).toISOString(),
    groupIdentifier: {
      system: `${TRANSFER_ID}-group`,
      value: `${groupIdentifier?.value ?? id}-${to}`,
    },
    priorPrescription: { reference: `MedicationRequest/${id}` },
    dispenseRequest: {
      ...request,
      // The first fill was the first provider's, unless it never came to it.
      ...(initialFill && left > (request.numberOfRepeatsAllowed ?? 0) ? { initialFill } : {}),
      numberOfRepeatsAllowed: left - 1,
      performer: { identifier: { system: ODS_ORGANISATION, value: to } },
    },
  }
}
