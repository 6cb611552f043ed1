/** POST [base] with a Bundle (https://hl7.org/fhir/R4/http.html#transaction): its type says what is done with it. */
import { plays } from '../caller.ts'
import { refuse } from '../fhir/problem.ts'
import { batch } from './batch.ts'
import { readBundle } from './bundle-entries.ts'
import type { Interaction, Interactions } from './interaction.ts'
import { transact } from './transaction.ts'

const kinds = ['transaction', 'batch'] as const

/** @param interactions what the entries of a Bundle may ask for */
export const bundleOf =
  (interactions: Interactions): Interaction =>
  async (context, request) => {
    const bundle = readBundle(context, request)
    const kind = kinds.find((type) => type === bundle.type)
    const roles = kind && context.table.system[kind]
    if (!kind || !roles) {
      throw refuse(
        'bundle-type-unsupported',
        `Bundles of type ${kinds.filter((type) => context.table.system[type]).join(' and ')} are processed here; national messages go to $process-message.`,
        'Bundle.type',
      )
    }
    if (!plays(request.caller.role, roles)) {
      throw refuse(
        'role-forbidden',
        `A ${kind} takes the role ${roles.join(' or ')}; you act as ${request.caller.role}.`,
        'Bundle.type',
      )
    }
    return (kind === 'batch' ? batch : transact)(context, request, bundle, interactions)
  }
