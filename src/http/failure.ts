/**
 * The one mapping from anything that is thrown to what the sender is told. Problems speak for themselves, faults
 * that Fastify or Node find in a request get their catalogue entry, and everything else is ours: a 500 that shows
 * nothing, because an unexpected message may quote a patient.
 */
import { type Issue, Problem, type ProblemKey, refuse } from '../fhir/problem.ts'
import { DatabaseUnavailable } from '../store/database.ts'

export interface Failure {
  readonly status: number
  readonly issues: readonly Issue[]
  readonly headers: Readonly<Record<string, string>>
}

/** What a failure's `code` (Fastify's, Node's HTTP parser's) means to the sender. */
const requestFaults: Readonly<Record<string, readonly [key: ProblemKey, diagnostics: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'body-too-large',
    'The body is larger than this service accepts: send fewer entries, in several Bundles.',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'content-type-unsupported',
    'The Content-Type header cannot be read: send "application/fhir+json".',
  ],
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: [
    'content-type-unsupported',
    'The Content-Type header is missing: send "application/fhir+json".',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'request-malformed',
    'The body is not as long as the Content-Length header says: it was cut on its way, send it again.',
  ],
  FST_ERR_BAD_URL: [
    'request-malformed',
    'The address is not a readable URL: a "%" must be followed by two hexadecimal digits, and they must be UTF-8.',
  ],
  FST_ERR_MAX_PARAM_LENGTH: ['not-found', 'A part of the address is too long to be the id of anything.'],
  HPE_HEADER_OVERFLOW: [
    'request-head-too-large',
    'The address and headers are larger than 16 kB together: send a long search as POST [type]/_search.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    'request-timeout',
    'The request did not arrive completely in time: send it again on a new connection.',
  ],
}

/** What to answer for anything thrown; for a whole response or for one entry of a Bundle. */
export function failure(error: unknown): Failure {
  const problem = error instanceof Problem ? error : asProblem(error)
  return { status: problem.status, issues: problem.issues, headers: problem.headers }
}

/** Errors of SQLite (https://www.sqlite.org/rescode.html) that are over when the disk or the other process lets go. */
const SQLITE_TRANSIENT = new Set([5, 6, 10, 13])
const RETRY_AFTER = 2

/** Whether the database is away, locked or full: nothing is known to be stored, and the request may be repeated. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true
  const errcode = property(error, 'errcode')
  // The low byte is the primary code, the rest says more about it.
  return typeof errcode === 'number' && SQLITE_TRANSIENT.has(errcode & 0xff)
}

function asProblem(error: unknown): Problem {
  if (isUnavailable(error)) {
    return refuse(
      'database-unavailable',
      'The store cannot be reached or written now. It is not known whether a change was stored: send the same request again after the time in Retry-After; what is stored already is not done twice.',
      undefined,
      { 'retry-after': `${RETRY_AFTER}` },
    )
  }
  const code = property(error, 'code')
  const known = typeof code === 'string' && Object.hasOwn(requestFaults, code) ? requestFaults[code] : undefined
  if (known) return refuse(...known)
  const status = property(error, 'statusCode')
  const senders =
    (typeof status === 'number' && status >= 400 && status < 500) ||
    (typeof code === 'string' && code.startsWith('HPE_'))
  return senders
    ? refuse('request-malformed', 'The request cannot be read: check that it is complete and well-formed HTTP.')
    : refuse(
        'internal-error',
        'The service failed and the request was not answered. Read the resource before sending a change again, and quote the X-Request-ID of this answer when you report it.',
      )
}

/**
 * What the log may know of an unexpected error: its kind, its codes and where it was thrown. Never its message:
 * parsers and databases quote values in theirs.
 */
export function describe(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error }
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '))
  return {
    type: error.name,
    code: property(error, 'code'),
    errcode: property(error, 'errcode'),
    frames: frames?.map((line) => line.trim()),
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  }
}

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
