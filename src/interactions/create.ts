import { readCondition, readDraft } from './draft.ts'
import type { Interaction } from './interaction.ts'
import { replyTo, submit } from './submit.ts'

/** POST [base]/Type (https://hl7.org/fhir/R4/http.html#create), If-None-Exist decided in the lane. */
export const create: Interaction = async (context, request) => {
  const type = request.type ?? ''
  const { draft, warnings } = await readDraft(context, request, type)
  const { outcomes } = await submit(context, request.caller, [
    {
      kind: 'create',
      id: context.newId(),
      root: type,
      draft,
      ...(request.ifNoneExist === undefined ? {} : { ifNoneExist: readCondition(context, type, request.ifNoneExist) }),
    },
  ])
  const outcome = outcomes[0]
  if (!outcome) throw new Error('The lane gave no outcome for a create.')
  return replyTo(context, request, outcome, warnings)
}
