/**
 * What leaves: a reply of an interaction, or a failure as OperationOutcome (inside `/fhir`) or plain JSON (outside).
 * Replies go straight to Node's response, with a head that is written once; failures, and what is compressed, through
 * Fastify and its hooks. Both have the same headers.
 */
import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isError, operationOutcome } from '../fhir/problem.ts'
import { remember } from '../fhir/remember.ts'
import type { FhirReply, FhirRequest, Pieces } from '../interactions/interaction.ts'
import { contentOf } from './binary.ts'
import { isCompressed } from './content-coding.ts'
import type { Failure } from './failure.ts'
import { idsOf } from './log.ts'
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

/** The request headers on which the form of a FHIR answer depends, beside the address. */
const VARY = 'accept, accept-encoding, prefer'

/** What every FHIR answer says: a result that is kept on the way hides new work from a poller, and may be read by somebody else. */
export const NOT_KEPT = { 'cache-control': 'no-store', vary: VARY }

/** Gives an answer that goes through Fastify's hooks the headers that every answer has, as far as it has none of its own. */
export function completeHead(
  request: Pick<FastifyRequest, 'id' | 'raw'>,
  reply: FastifyReply,
  every: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(every)) {
    if (!reply.hasHeader(name)) reply.header(name, value)
    else if (name === 'vary') reply.header(name, varyOf(reply.getHeader(name), value))
  }
  const ids = idsOf(request.raw, request.id)
  for (let i = 0; i < ids.length; i += 2) reply.header(ids[i]!, ids[i + 1])
}

const varyOf = (own: unknown, value: string): string => [own, value].flat().join(', ')

/** How the answers to a request leave, whatever they say. */
export interface Manner {
  readonly form: AnswerForm
  readonly prefer: FhirRequest['prefer']
  /** Headers of every FHIR answer, those that forbid to keep it among them. */
  readonly every: Readonly<Record<string, string>>
  /** The same of a 304, which says as little as it may (RFC 9110 section 15.4.5). */
  readonly unmodified: Readonly<Record<string, string>>
  /** Headers that hooks have set: the rhythm of polls, and what pages of other origins may read. */
  readonly marks?: Headers | undefined
}

/** Answers what an interaction has returned. @throws Error when a value cannot stand in a header; nothing is sent then */
export function sendReply(reply: FastifyReply, result: FhirReply, manner: Manner): void {
  const { form } = manner
  const content = result.body === undefined ? undefined : contentOf(result.body, form.raw)
  const payload = content?.bytes ?? (result.body === undefined ? undefined : textIn(form, result.body))
  const pieces = isSentAsIs(form) ? result.pieces : undefined
  const own = headersOf(result, manner, content?.headers)
  if (isCompressed(reply.request.headers['accept-encoding'], result.status, payload)) {
    reply.code(result.status).headers(own).send(payload)
    return
  }
  depart(
    reply.raw,
    result.status,
    headOf(result.status, own, manner, idsOf(reply.request.raw, reply.request.id)),
    pieces ?? payload,
  )
  reply.hijack()
}

/** Answers past Fastify what leaves as it is (`isSentAsIs`) and not compressed. @param ids see `idsOf` */
export function sendAgain(raw: ServerResponse, result: FhirReply, manner: Manner, ids: string[]): void {
  depart(
    raw,
    result.status,
    headOf(result.status, headersOf(result, manner), manner, ids),
    result.pieces ?? result.body,
  )
}

/** Whether answers leave as their JSON text, neither indented nor as what a Binary holds. */
export const isSentAsIs = ({ raw, pretty }: AnswerForm): boolean => raw === undefined && !pretty

function headOf(status: number, own: Headers, { every, unmodified, marks }: Manner, head: string[]): string[] {
  if (marks) Object.assign(own, marks)
  const always = status === 304 ? unmodified : every
  for (const name in always) {
    const set = own[name]
    if (set === undefined) head.push(name, always[name]!)
    else if (name === 'vary') own[name] = varyOf(set, always[name]!)
  }
  for (const name in own) head.push(name, own[name] as string)
  return head
}

const DAY = 86_400_000
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => number.toString().padStart(2, '0'))
/** `Sun, 06 Nov 1994`, by the number of the day since the epoch. */
const days = remember(1000, (day) => new Date(Number(day) * DAY).toUTCString().slice(0, -13))

/** As RFC 9110 writes a date (section 5.6.7). Made anew for each version, from a day that was made before. @param tick ms since the epoch */
function httpDate(tick: number): string {
  const day = Math.floor(tick / DAY)
  const seconds = Math.floor((tick - day * DAY) / 1000)
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return `${days(String(day))} ${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[seconds % 60]} GMT`
}

type Headers = Record<string, number | string | string[] | undefined>

function headersOf(result: FhirReply, { form, prefer }: Manner, content?: Readonly<Record<string, string>>): Headers {
  const headers: Headers = {}
  if (result.version !== undefined) headers.etag = `W/"${result.version}"`
  if (result.lastModified !== undefined) headers['last-modified'] = httpDate(result.lastModified)
  if (result.location !== undefined) headers.location = result.location
  if (result.contentLocation !== undefined) headers['content-location'] = result.contentLocation
  if (result.headers) Object.assign(headers, result.headers)
  const applied = preferenceApplied(prefer, result)
  if (applied !== undefined) headers['preference-applied'] = applied
  if (content) Object.assign(headers, content)
  else if (result.body !== undefined) headers['content-type'] ??= form.contentType
  return headers
}

type Payload = string | Buffer | Pieces

/** An answer whose head is written, and that leaves with the others of this turn of the event loop. */
interface Departing {
  readonly raw: ServerResponse
  readonly payload: Payload | undefined
  readonly encoding: 'latin1' | 'utf8'
}

let departing: Departing[] = []

/**
 * Answers that are ready in one turn of the event loop leave together at its end. Under load each client is then woken
 * by one burst of answers and not by every single one, which costs more than half of a short read; nobody waits longer
 * than the turn takes.
 * @throws Error when a value cannot stand in a header; nothing is sent then
 */
function depart(raw: ServerResponse, status: number, head: string[], payload: Payload | undefined): void {
  const length = lengthOf(payload)
  if (status !== 204 && status !== 304) head.push('content-length', String(length))
  raw.writeHead(status, head)
  // As many bytes as characters: nothing but ASCII, which is the same in both and sooner written in this one.
  const encoding = typeof payload === 'string' && payload.length === length ? 'latin1' : 'utf8'
  if (departing.push({ raw, payload, encoding }) === 1) setImmediate(leave)
}

function lengthOf(payload: Payload | undefined): number {
  if (payload === undefined) return 0
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return Buffer.byteLength(payload)
  return Buffer.byteLength(payload.before) + payload.bytes.length + Buffer.byteLength(payload.after)
}

/** Sends what is ready now, sooner than at the end of this turn. */
export function leave(): void {
  if (departing.length === 0) return
  const ready = departing
  departing = []
  for (const { raw, payload, encoding } of ready) {
    if (payload === undefined) raw.end()
    else if (typeof payload === 'string' || Buffer.isBuffer(payload)) raw.end(payload, encoding)
    else {
      raw.write(payload.before)
      raw.write(payload.bytes)
      raw.end(payload.after)
    }
  }
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
