/**
 * GET [base]?… and POST [base]/_search: one search over several types (https://hl7.org/fhir/R4/http.html#search); the
 * same of a whole compartment, with a star for the type (https://hl7.org/fhir/R4/http.html#vsearch).
 */
import { maySearch } from '../context.ts'
import { parseSystemSearch } from '../fhir/search-query.ts'
import { compartmentOf } from './compartment.ts'
import type { Interaction } from './interaction.ts'
import { answerSearch } from './search-answer.ts'

export const searchSystem: Interaction = async (context, request) => {
  const may = maySearch(context, request.caller)
  const compartment = await compartmentOf(context, request)
  if (!compartment) {
    const types = context.exposedTypes.filter(may)
    return answerSearch(context, request, '', (pairs, options) =>
      parseSystemSearch(types, pairs, context.search, options),
    )
  }
  const { type, id } = compartment
  const members = context.compartments.all.find((each) => each.type === type)?.members ?? []
  const within = (of: string) => context.compartments.condition(type, id, of)
  return answerSearch(context, request, `${type}/${id}/*`, (pairs, options) => {
    const query = parseSystemSearch(members.filter(may), pairs, context.search, { ...options, within })
    const searched = (query.branches ?? []).map((branch) => branch.type)
    return { ...query, compartment: context.compartments.membership(type, id, searched) }
  })
}
