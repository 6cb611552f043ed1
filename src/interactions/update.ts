import { refuse } from '../fhir/problem.ts'
import { readDraft, readIfMatch } from './draft.ts'
import type { Interaction } from './interaction.ts'
import { replyTo, submit } from './submit.ts'

/** PUT [base]/Type/id (https://hl7.org/fhir/R4/http.html#update). Version, state and role are decided in the lane. */
export const update: Interaction = async (context, request) => {
  const type = request.type ?? ''
  const id = request.id ?? ''
  const ifMatch = readIfMatch(request.ifMatch)
  const { draft, warnings } = await readDraft(context, request, type)
  if (draft.resource.id !== id) {
    throw refuse('id-mismatch', 'The body must carry the id in the address.', `${type}.id`)
  }
  const { outcomes } = await submit(context, request.caller, [
    {
      kind: 'update',
      id,
      root: type,
      draft,
      ifMatchRequired: context.row(type)?.ifMatch === 'required',
      ...(ifMatch === undefined ? {} : { ifMatch }),
    },
  ])
  const outcome = outcomes[0]
  if (!outcome) throw new Error('The lane gave no outcome for an update.')
  return replyTo(context, request, outcome, warnings)
}
