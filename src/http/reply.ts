/** What leaves: a reply of an interaction, or a failure as OperationOutcome (inside `/fhir`) or plain JSON (outside). */
import type { FastifyReply } from 'fastify'
import { operationOutcome } from '../fhir/problem.ts'
import type { FhirReply } from '../interactions/interaction.ts'
import type { Failure } from './failure.ts'
import { pretty } from './pretty.ts'

export const FHIR_JSON = 'application/fhir+json; charset=utf-8'

/** Whether a URL (path and query) lies in the FHIR world, where every error is an OperationOutcome. */
export const isFhirUrl = (url: string): boolean => /^\/fhir(?:[/?]|$)/.test(url)

/** Answers what an interaction has returned; `indent` for human eyes. */
export function sendReply(reply: FastifyReply, result: FhirReply, indent: boolean): FastifyReply {
  reply.code(result.status)
  if (result.version !== undefined) reply.header('etag', `W/"${result.version}"`)
  if (result.lastModified !== undefined) reply.header('last-modified', new Date(result.lastModified).toUTCString())
  if (result.location !== undefined) reply.header('location', result.location)
  if (result.headers) reply.headers(result.headers)
  if (result.body === undefined) return reply.send()
  if (!reply.hasHeader('content-type')) reply.header('content-type', FHIR_JSON)
  return reply.send(indent ? `${pretty(result.body)}\n` : result.body)
}

/** Answers a failure. */
export function sendFailure(reply: FastifyReply, failed: Failure, fhir: boolean): FastifyReply {
  reply.code(failed.status).headers(failed.headers)
  if (fhir) {
    return reply.header('content-type', FHIR_JSON).send(JSON.stringify(operationOutcome(failed.issues)))
  }
  return reply
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify({ error: failed.issues[0]?.key, message: failed.issues[0]?.diagnostics }))
}
