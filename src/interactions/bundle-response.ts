/** Entries of the answer to a batch or transaction (https://hl7.org/fhir/R4/http.html#transaction-response). */
import type { Context } from '../context.ts'
import { instant } from '../fhir/json.ts'
import { type Issue, operationOutcome, Problem, refuse } from '../fhir/problem.ts'
import { DatabaseUnavailable } from '../store/database.ts'
import type { FhirReply, FhirRequest } from './interaction.ts'

/** What is told of one entry. */
export interface EntryAnswer {
  readonly status: number
  readonly fullUrl?: string
  /** JSON text. */
  readonly resource?: string
  readonly location?: string
  readonly version?: number
  /** ms since the epoch */
  readonly lastModified?: number
  readonly told?: readonly Issue[]
  /** JSON text of an OperationOutcome, where it is not made of `told`. */
  readonly outcome?: string
}

// Imported as a module, node:http would have all its parts loaded, an HTTP client and WebSockets among them.
const { STATUS_CODES } = process.getBuiltinModule('node:http')

const OUTCOME = '{"resourceType":"OperationOutcome"'

/** Whether entries that write are answered with their resources: when that is preferred, or the table assumes it. */
export const wantsResource = ({ table }: Context, { prefer }: FhirRequest): boolean =>
  (prefer.return ?? table.assumes?.return) === 'representation'

/** The answer of a single request as an entry. @param withBody where it has one that is no OperationOutcome */
export function answerOf(reply: FhirReply, withBody: boolean): EntryAnswer {
  const { status, body, location, version, lastModified } = reply
  const isOutcome = body?.startsWith(OUTCOME) === true
  const wanted = body !== undefined && !isOutcome && withBody
  return {
    status,
    ...(wanted ? { resource: body } : {}),
    ...(isOutcome ? { outcome: body } : {}),
    ...(location === undefined ? {} : { location, fullUrl: location.replace(/\/_history\/[^/]*$/, '') }),
    ...(version === undefined ? {} : { version }),
    ...(lastModified === undefined ? {} : { lastModified }),
  }
}

/** A refusal as an entry; what is thrown but is no refusal is ours, and the log learns its kind. */
export function refusalOf(context: Context, request: FhirRequest, error: unknown): EntryAnswer {
  if (error instanceof Problem) return { status: error.status, told: error.issues }
  const kind = error instanceof Error ? error.name : typeof error
  context.log.error({ requestId: request.requestId, failure: { type: kind } }, 'bundle entry failed')
  const { status, issues } =
    error instanceof DatabaseUnavailable
      ? refuse('busy', 'The database cannot be reached now: send this entry again later.')
      : refuse(
          'internal-error',
          'The service failed and this entry was not answered. Read the resource before sending the change again.',
        )
  return { status, told: issues }
}

/** The Bundle of the answers, in the order of the entries they answer. */
export function responseBundle(
  context: Context,
  type: 'batch-response' | 'transaction-response',
  answers: readonly EntryAnswer[],
): string {
  const named = new Set<string>()
  const entries = answers.map((answer) => {
    const { status, location, version, lastModified, told = [], outcome } = answer
    const words = STATUS_CODES[status]
    const members = [
      `"status":${JSON.stringify(words ? `${status} ${words}` : String(status))}`,
      ...(location === undefined ? [] : [`"location":${JSON.stringify(location)}`]),
      ...(version === undefined ? [] : [`"etag":${JSON.stringify(`W/"${version}"`)}`]),
      ...(lastModified === undefined ? [] : [`"lastModified":"${instant(lastModified)}"`]),
      ...(outcome === undefined ? [] : [`"outcome":${outcome}`]),
      ...(told.length === 0 ? [] : [`"outcome":${JSON.stringify(operationOutcome(told))}`]),
    ]
    // A Bundle names nothing twice (bdl-7), though two of its entries may answer with the same resource.
    const fullUrl = answer.fullUrl !== undefined && !named.has(answer.fullUrl) ? answer.fullUrl : undefined
    if (fullUrl !== undefined) named.add(fullUrl)
    const head = fullUrl === undefined ? '' : `"fullUrl":${JSON.stringify(fullUrl)},`
    const resource = answer.resource === undefined ? '' : `"resource":${answer.resource},`
    return `{${head}${resource}"response":{${members.join(',')}}}`
  })
  // R4 has no empty arrays.
  const list = entries.length > 0 ? `,"entry":[${entries.join(',')}]` : ''
  return `{"resourceType":"Bundle","id":"${context.newId()}","type":"${type}"${list}}`
}
