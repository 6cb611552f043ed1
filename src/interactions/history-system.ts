import { scopeOf } from '../context.ts'
import { history } from './history.ts'
import type { Interaction } from './interaction.ts'
import { mayDo } from './permission.ts'

/**
 * GET [base]/_history (https://hl7.org/fhir/R4/http.html#history): versions of everything that the caller may see the
 * history of type by type, newest first. Published definitions are not the caller's and have histories of their own.
 */
export const historySystem: Interaction = async (context, request) => {
  const types = context.exposedTypes.filter((type) => {
    const row = context.row(type)
    return row?.source === 'store' && mayDo(row, request.caller, 'history-type')
  })
  // Of a table in which every type is offered to everybody, no type needs to be named.
  const named = types.length === context.exposedTypes.length ? {} : { types }
  return history(context, request, { scope: scopeOf(context, request.caller, ''), ...named })
}
