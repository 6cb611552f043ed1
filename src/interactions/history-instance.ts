import { scopeOf } from '../context.ts'
import { refuse } from '../fhir/problem.ts'
import { readLatest } from '../store/read.ts'
import { history } from './history.ts'
import type { Interaction } from './interaction.ts'

/** GET [base]/Type/id/_history (https://hl7.org/fhir/R4/http.html#history): versions of one resource, newest first. */
export const historyInstance: Interaction = async (context, request) => {
  const type = request.type ?? ''
  const id = request.id ?? ''
  const scope = scopeOf(context, request.caller, type)
  if (!(await readLatest(context.database.query, type, id, scope))) {
    throw refuse('not-found', `There is no ${type} with this id that you can see.`)
  }
  return history(context, request, { scope, type, id })
}
