/** POST [base] with a Bundle (https://hl7.org/fhir/R4/http.html#transaction): its type says what is done with it. */
import { type Caller, plays, playersOf } from '../caller.ts'
import type { Context } from '../context.ts'
import { refuse } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { batch } from './batch.ts'
import { readBundle } from './bundle-entries.ts'
import type { Interaction, Interactions } from './interaction.ts'
import { transact } from './transaction.ts'
import { checkUnconditional } from './unconditional.ts'

const kinds = ['transaction', 'batch'] as const
const KIND_WORDS = { transaction: 'all or nothing, as an order is', batch: 'each entry by itself' } as const

/** @param interactions what the entries of a Bundle may ask for */
export const bundleOf =
  (interactions: Interactions): Interaction =>
  async (context, request) => {
    checkUnconditional('transaction', request)
    const bundle = readBundle(context, request)
    const kind = kindOf(context, request.caller, bundle)
    return (kind === 'batch' ? batch : transact)(context, request, bundle, interactions)
  }

/**
 * What is done with a Bundle that is posted to [base].
 * @throws Problem bundle-type-unsupported, role-forbidden
 */
export function kindOf({ table }: Context, { role }: Caller, bundle: Resource): (typeof kinds)[number] {
  const kind = kinds.find((type) => type === bundle.type)
  const roles = kind && table.system[kind]
  if (!kind || !roles) {
    throw refuse(
      'bundle-type-unsupported',
      `Say in Bundle.type what is to be done: ${kinds
        .filter((type) => table.system[type])
        .map((type) => `${type} (${KIND_WORDS[type]})`)
        .join(' or ')}. National messages go to $process-message.`,
      'Bundle.type',
    )
  }
  if (plays(role, roles)) return kind
  throw refuse(
    'role-forbidden',
    `A ${kind} takes the role ${playersOf(roles).join(' or ')}; you act as ${role}.`,
    'Bundle.type',
  )
}
