/** The resource whose compartment is searched (https://hl7.org/fhir/R4/http.html#vsearch). */
import type { Context } from '../context.ts'
import { refuse } from '../fhir/problem.ts'
import type { FhirRequest } from './interaction.ts'
import { visible } from './read.ts'

/**
 * The compartment of a request that searches one.
 * @throws Problem role-forbidden for who is shown a part of the type; not-found, deleted: as reading the resource would answer, so that the compartment of what belongs to
 *   another organisation does not exist either
 */
export async function compartmentOf(
  context: Context,
  { compartment, caller, type = '' }: FhirRequest,
): Promise<FhirRequest['compartment']> {
  if (compartment && context.row(type)?.views?.[caller.role]) {
    throw refuse('role-forbidden', `The role ${caller.role} asks for a ${type} by what it is shown alone.`)
  }
  if (compartment) await visible(context, caller, compartment.type, compartment.id)
  return compartment
}
