import type { Caller } from '../caller.ts'
import { type Context, scopeOf } from '../context.ts'
import { refuse } from '../fhir/problem.ts'
import { currentAtOnce, readLatest, type Shown } from '../store/read.ts'
import { names } from './etag.ts'
import type { FhirReply, FhirRequest, Interaction } from './interaction.ts'
import { type Part, readPart } from './part.ts'
import { shown } from './view.ts'

/**
 * GET [base]/Type/id (https://hl7.org/fhir/R4/http.html#read); 304 when If-None-Match names the current version, or
 * nothing was written after If-Modified-Since.
 */
export const read: Interaction = async (context, request) => {
  const type = request.type ?? ''
  const part = readPart(context, request, type)
  const { caller, id = '' } = request
  const reply = (answer: ReadAnswer): FhirReply => replyOf(request, part, answer)
  const another = anotherOf(context, caller, type, reply)
  const kept = keptOf(context, caller, `${type}/${id}`, reply)
  if (kept) return { ...kept, ...another }
  const read = () => readFor(context, caller, type, id)
  return { ...reply(await context.reads.ask(caller, `${type}/${id}`, read, sizeOf)), ...another }
}

const sizeOf = ({ text }: ReadAnswer): number => text.length

type Reply = (answer: ReadAnswer) => FhirReply

/** What is answered without a look at the store. */
function keptOf({ reads }: Context, caller: Caller, question: string, reply: Reply): FhirReply | undefined {
  const kept = reads.find(caller, question)
  if (!kept) return undefined
  const again = (): FhirReply | undefined => {
    const found = reads.find(caller, question)
    return found && reply(found)
  }
  return { ...reply(kept), again }
}

/** What depends on caller and type alone is made out once for all ids. */
function anotherOf(context: Context, caller: Caller, type: string, reply: Reply): Pick<FhirReply, 'another'> {
  const { database, reads } = context
  if (!database.first) return {}
  const scope = scopeOf(context, caller, type)
  const answer = answerOf(context, caller, type)
  const another = (id: string): FhirReply | undefined => {
    const question = `${type}/${id}`
    const kept = reads.find(caller, question)
    if (kept) return reply(kept)
    const look = (): ReadAnswer | undefined => {
      const found = currentAtOnce(database, type, id, scope)
      return found && answer(id, found)
    }
    const found = reads.askAtOnce(caller, question, look, sizeOf)
    return found && reply(found)
  }
  return { another }
}

/** Makes what a caller is shown of a resource of the type. */
function answerOf(context: Context, caller: Caller, type: string): (id: string, found: Shown) => ReadAnswer {
  const view = shown(context, caller, type)
  return (id, { version, tick, text }) => ({
    version,
    lastModified: tick,
    contentLocation: `${context.base}/${type}/${id}/_history/${version}`,
    text: view(text),
  })
}

function replyOf(request: FhirRequest, part: Part, { text, contentLocation, ...reply }: ReadAnswer): FhirReply {
  // Last-Modified is of no use to who has the ETag (RFC 9110 section 15.4.5).
  if (isKnown(request, reply)) return { status: 304, version: reply.version, contentLocation }
  const answer = { status: 200, ...reply, contentLocation, body: part(text), follows: FOLLOWS }
  // The address names what was answered; a Bundle has addresses in it.
  return request.type === 'Bundle' ? answer : { ...answer, answered: NOTHING_ELSE }
}

const FOLLOWS = ['handling'] as const
const NOTHING_ELSE: readonly string[] = []

/** A resource as one caller is shown it. */
export interface ReadAnswer {
  readonly version: number
  /** ms since the epoch. */
  readonly lastModified: number
  readonly contentLocation: string
  readonly text: string
}

async function readFor(context: Context, caller: Caller, type: string, id: string): Promise<ReadAnswer> {
  const stored = await visible(context, caller, type, id)
  return answerOf(context, caller, type)(stored.id, stored)
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
export function isKnown(
  { ifNoneMatch, ifModifiedSince }: FhirRequest,
  { version, lastModified }: Pick<ReadAnswer, 'version' | 'lastModified'>,
): boolean {
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, `W/"${version}"`)
  // A date that cannot be read is ignored (RFC 9110 13.1.3); HTTP dates have whole seconds.
  const since = ifModifiedSince === undefined ? Number.NaN : Date.parse(ifModifiedSince)
  return Math.floor(lastModified / 1000) * 1000 <= since
}
