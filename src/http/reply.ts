/** What leaves: a reply of an interaction, or a failure as OperationOutcome (inside `/fhir`) or plain JSON (outside). */
import type { FastifyReply } from 'fastify'
import { isError, operationOutcome } from '../fhir/problem.ts'
import type { FhirReply, FhirRequest } from '../interactions/interaction.ts'
import { contentOf } from './binary.ts'
import type { Failure } from './failure.ts'
import { FHIR_JSON } from './negotiation.ts'
import { preferenceApplied } from './prefer.ts'
import { pretty } from './pretty.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Codes of what it was refused for, each once; null where it was not refused. */
    refusal: readonly string[] | null
  }
}

/** The form in which a FHIR answer leaves. */
export interface AnswerForm {
  readonly contentType: string
  /** Indented for human eyes. */
  readonly pretty: boolean
  /** Of a Binary that is read: whether its content of a type (lower case) is sent as it is; absent: never. */
  readonly raw?: (type: string) => boolean
}

/** What is sent when nothing else was asked. */
export const PLAIN: AnswerForm = { contentType: FHIR_JSON, pretty: false }

/** Whether a URL (path and query) lies in the FHIR world, where every error is an OperationOutcome. */
export const isFhirUrl = (url: string): boolean => /^\/fhir(?:[/?]|$)/.test(url)

/** Answers what an interaction has returned. */
export function sendReply(
  reply: FastifyReply,
  result: FhirReply,
  form: AnswerForm,
  prefer: FhirRequest['prefer'],
): FastifyReply {
  reply.code(result.status)
  if (result.version !== undefined) reply.header('etag', `W/"${result.version}"`)
  if (result.lastModified !== undefined) reply.header('last-modified', new Date(result.lastModified).toUTCString())
  if (result.location !== undefined) reply.header('location', result.location)
  if (result.contentLocation !== undefined) reply.header('content-location', result.contentLocation)
  if (result.headers) reply.headers(result.headers)
  const applied = preferenceApplied(prefer, result)
  if (applied !== undefined) reply.header('preference-applied', applied)
  if (result.body === undefined) return reply.send()
  const content = contentOf(result.body, form.raw)
  if (content) return reply.headers(content.headers).send(content.bytes)
  if (!reply.hasHeader('content-type')) reply.header('content-type', form.contentType)
  return reply.send(textIn(form, result.body))
}

const textIn = (form: AnswerForm, json: string): string => (form.pretty ? `${pretty(json)}\n` : json)

/** Answers a failure: as an OperationOutcome, or where there is no FHIR as plain JSON. */
export function sendFailure(reply: FastifyReply, failed: Failure, form: AnswerForm | undefined): FastifyReply {
  reply.code(failed.status).headers(failed.headers)
  reply.request.refusal = [...new Set(failed.issues.filter(isError).map(({ key }) => key))]
  if (form) {
    const outcome = JSON.stringify(operationOutcome(failed.issues))
    return reply.header('content-type', form.contentType).send(textIn(form, outcome))
  }
  return reply
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify({ error: failed.issues[0]?.key, message: failed.issues[0]?.diagnostics }))
}
