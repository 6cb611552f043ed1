import { condition, readVersions } from './draft.ts'
import type { Interaction } from './interaction.ts'
import { patchOf, readPatch } from './patching.ts'
import { only, replyTo, submit } from './submit.ts'
import { checkUnconditional } from './unconditional.ts'

/**
 * PATCH [base]/Type/id and PATCH [base]/Type?condition (https://hl7.org/fhir/R4/http.html#patch), as JSON Patch or
 * FHIRPath Patch. What comes of it is held to everything that a PUT is held to.
 */
export const patch: Interaction = async (context, request) => {
  const type = request.type ?? ''
  if (request.id !== undefined) checkUnconditional('patch', request)
  const { operation, warnings } = await patchOf(context, request.caller, {
    type,
    id: request.id,
    match: request.id === undefined ? condition(context, type, request.query) : undefined,
    ifMatch: readVersions('If-Match', request.ifMatch),
    patch: readPatch(context, { body: request.body ?? '', contentType: request.contentType ?? '' }, 'Parameters'),
    root: type,
  })
  const outcome = only(await submit(context, request.caller, [operation]))
  return replyTo(context, request, outcome, warnings(), 'patch')
}
