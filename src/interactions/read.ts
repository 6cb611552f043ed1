import { scopeOf } from '../context.ts'
import { refuse } from '../fhir/problem.ts'
import { readCurrent } from '../store/read.ts'
import type { Interaction } from './interaction.ts'

/** GET [base]/Type/id (https://hl7.org/fhir/R4/http.html#read); 304 when If-None-Match names the current version. */
export const read: Interaction = async (context, request) => {
  const type = request.type ?? ''
  const scope = scopeOf(context, request.caller, type)
  const stored = await readCurrent(context.database.query, type, request.id ?? '', scope)
  if (!stored) throw refuse('not-found', `There is no ${type} with this id that you can see.`)
  if (stored.deleted) throw refuse('deleted', `This ${type} was deleted.`)
  const reply = { version: stored.version, lastModified: stored.tick }
  if (namesVersion(request.ifNoneMatch, stored.version)) return { status: 304, ...reply }
  return { status: 200, ...reply, body: stored.text }
}

/** Whether If-None-Match (a list of ETags, or `*`) names a version. */
function namesVersion(header: string | undefined, version: number): boolean {
  if (header === undefined) return false
  return header
    .split(',')
    .some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '').replaceAll('"', '') === String(version))
}
