/**
 * GET [base]/Type?… and POST [base]/Type/_search (https://hl7.org/fhir/R4/search.html); the same of what is in a
 * compartment: GET [base]/Compartment/id/Type?… and POST [base]/Compartment/id/Type/_search.
 */
import { parseSearch } from '../fhir/search-query.ts'
import { compartmentOf } from './compartment.ts'
import type { Interaction } from './interaction.ts'
import { answerSearch } from './search-answer.ts'

export const searchType: Interaction = async (context, request) => {
  const type = request.type ?? ''
  const compartment = await compartmentOf(context, request)
  const within = compartment && ((of: string) => context.compartments.condition(compartment.type, compartment.id, of))
  const place = compartment ? `${compartment.type}/${compartment.id}/${type}` : type
  return answerSearch(context, request, place, (pairs, options) =>
    parseSearch(type, pairs, context.search, within ? { ...options, within } : options),
  )
}
