/** GET [base]?… and POST [base]/_search: one search over several types (https://hl7.org/fhir/R4/http.html#search). */
import { maySearch } from '../context.ts'
import { parseSystemSearch } from '../fhir/search-query.ts'
import type { Interaction } from './interaction.ts'
import { answerSearch } from './search-answer.ts'

export const searchSystem: Interaction = (context, request) => {
  const types = context.exposedTypes.filter(maySearch(context, request.caller))
  return answerSearch(context, request, '', (pairs, options) =>
    parseSystemSearch(types, pairs, context.search, options),
  )
}
