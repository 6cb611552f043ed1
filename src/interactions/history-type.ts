import { scopeOf } from '../context.ts'
import { history } from './history.ts'
import type { Interaction } from './interaction.ts'

/** GET [base]/Type/_history (https://hl7.org/fhir/R4/http.html#history): versions of a type, newest first. */
export const historyType: Interaction = async (context, request) => {
  const type = request.type ?? ''
  return history(context, request, { scope: scopeOf(context, request.caller, type), type })
}
