/** GET [base]/Type?… and POST [base]/Type/_search (https://hl7.org/fhir/R4/search.html). */
import { parseSearch } from '../fhir/search-query.ts'
import type { Interaction } from './interaction.ts'
import { answerSearch } from './search-answer.ts'

export const searchType: Interaction = (context, request) => {
  const type = request.type ?? ''
  return answerSearch(context, request, type, (pairs, options) => parseSearch(type, pairs, context.search, options))
}
