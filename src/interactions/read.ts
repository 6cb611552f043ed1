import type { Caller } from '../caller.ts'
import { type Context, scopeOf } from '../context.ts'
import { refuse } from '../fhir/problem.ts'
import { readLatest } from '../store/read.ts'
import { names } from './etag.ts'
import type { FhirRequest, Interaction } from './interaction.ts'
import { readPart } from './part.ts'
import { shown } from './view.ts'

/**
 * GET [base]/Type/id (https://hl7.org/fhir/R4/http.html#read); 304 when If-None-Match names the current version, or
 * nothing was written after If-Modified-Since.
 */
export const read: Interaction = async (context, request) => {
  const type = request.type ?? ''
  const part = readPart(context, request, type)
  const stored = await visible(context, request.caller, type, request.id ?? '')
  const reply = { version: stored.version, lastModified: stored.tick }
  if (isKnown(request, stored)) return { status: 304, ...reply }
  const contentLocation = `${context.base}/${type}/${stored.id}/_history/${stored.version}`
  return {
    status: 200,
    ...reply,
    contentLocation,
    body: part(shown(context, request.caller, type)(stored.text)),
    follows: ['handling'],
  }
}

/**
 * What is there for the caller to see.
 * @throws Problem not-found, deleted
 */
export async function visible(context: Context, caller: Caller, type: string, id: string) {
  const stored = await readLatest(context.database.query, type, id, scopeOf(context, caller, type))
  if (!stored) throw refuse('not-found', `There is no ${type} with this id that you can see.`)
  if (stored.deleted) {
    throw refuse('deleted', `This ${type} was deleted; its history is kept.`, undefined, {
      etag: `W/"${stored.version}"`,
    })
  }
  return stored
}

/** Whether the client has this version already; If-None-Match decides alone when both are sent (RFC 9110 13.2.2). */
function isKnown(
  { ifNoneMatch, ifModifiedSince }: FhirRequest,
  { version, tick }: { readonly version: number; readonly tick: number },
): boolean {
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, `W/"${version}"`)
  // A date that cannot be read is ignored (RFC 9110 13.1.3); HTTP dates have whole seconds.
  const since = ifModifiedSince === undefined ? Number.NaN : Date.parse(ifModifiedSince)
  return Math.floor(tick / 1000) * 1000 <= since
}
