import { refuse } from '../fhir/problem.ts'
import { condition, readDraft, readVersions } from './draft.ts'
import type { Interaction } from './interaction.ts'
import { only, replyTo, submit } from './submit.ts'
import { checkUnconditional } from './unconditional.ts'
import { updateOf } from './wishes.ts'

/**
 * PUT [base]/Type/id and PUT [base]/Type?condition (https://hl7.org/fhir/R4/http.html#update). Version, match, state
 * and role are decided in the lane.
 */
export const update: Interaction = async (context, request) => {
  const type = request.type ?? ''
  if (request.id !== undefined) checkUnconditional('update', request)
  const match = request.id === undefined ? condition(context, type, request.query) : undefined
  const ifMatch = readVersions('If-Match', request.ifMatch)
  const ifNone = readVersions('If-None-Match', request.ifNoneMatch)
  const { draft, warnings } = await readDraft(context, request, type)
  if (request.id !== undefined && draft.resource.id !== request.id) {
    throw refuse('id-mismatch', 'The body must carry the id in the address.', `${type}.id`)
  }
  const operation = updateOf(context, request.caller, { draft, root: type, match, ifMatch, ifNone })
  return replyTo(context, request, only(await submit(context, request.caller, [operation])), warnings)
}
