import { scopeOf } from '../context.ts'
import { refuse } from '../fhir/problem.ts'
import { readVersion } from '../store/read.ts'
import type { Interaction } from './interaction.ts'
import { readPart } from './part.ts'
import { isKnown } from './read.ts'

/** GET [base]/Type/id/_history/vid (https://hl7.org/fhir/R4/http.html#vread); 304 for who has this version already. */
export const vread: Interaction = async (context, request) => {
  const type = request.type ?? ''
  const part = readPart(context, request, type)
  const scope = scopeOf(context, request.caller, type)
  const version = /^\d{1,9}$/.test(request.versionId ?? '') ? Number(request.versionId) : 0
  const stored = await readVersion(context.database.query, type, request.id ?? '', version, scope)
  if (!stored) throw refuse('version-not-found', `There is no such version of a ${type} that you can see.`)
  if (stored.method === 'DELETE') {
    throw refuse('deleted', `With this version the ${type} was deleted; read the version before it.`)
  }
  const { tick: lastModified } = stored
  const contentLocation = `${context.base}/${type}/${stored.id}/_history/${version}`
  if (isKnown(request, { version, lastModified })) return { status: 304, version, contentLocation }
  return {
    status: 200,
    version,
    lastModified,
    contentLocation,
    body: part(stored.text),
    follows: ['handling'],
  }
}
