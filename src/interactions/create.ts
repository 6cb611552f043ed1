import { conditionText, readDraft } from './draft.ts'
import type { Interaction } from './interaction.ts'
import { only, replyTo, submit } from './submit.ts'
import { checkUnconditional } from './unconditional.ts'

/** POST [base]/Type (https://hl7.org/fhir/R4/http.html#create), If-None-Exist decided in the lane. */
export const create: Interaction = async (context, request) => {
  const type = request.type ?? ''
  checkUnconditional('create', request)
  const { draft, warnings } = await readDraft(context, request, type)
  const { ifNoneExist } = request
  const committed = await submit(context, request.caller, [
    {
      kind: 'create',
      id: context.newId(),
      root: type,
      draft,
      ...(ifNoneExist === undefined ? {} : { ifNoneExist: conditionText(context, type, ifNoneExist) }),
    },
  ])
  return replyTo(context, request, only(committed), warnings)
}
