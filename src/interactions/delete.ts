import { condition, readVersions } from './draft.ts'
import type { Interaction } from './interaction.ts'
import { only, replyTo, submit } from './submit.ts'
import { checkUnconditional } from './unconditional.ts'

/**
 * DELETE [base]/Type/id and DELETE [base]/Type?condition (https://hl7.org/fhir/R4/http.html#delete): reads answer 410
 * from then on, versions stay, the next PUT brings it back. What is not there is deleted already: 204 too.
 */
export const deleteResource: Interaction = async (context, request) => {
  const type = request.type ?? ''
  if (request.id !== undefined) checkUnconditional('delete', request)
  const ifMatch = readVersions('If-Match', request.ifMatch)
  const committed = await submit(context, request.caller, [
    {
      kind: 'delete',
      type,
      id: request.id ?? '',
      root: type,
      ifMatchRequired: false,
      ...(request.id === undefined ? { match: condition(context, type, request.query) } : {}),
      ...(ifMatch === undefined ? {} : { ifMatch }),
    },
  ])
  return replyTo(context, request, only(committed), [])
}
