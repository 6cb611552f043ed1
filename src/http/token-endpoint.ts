/** `POST /oauth2/token` (RFC 6749 section 3.2): the form that comes in, the JSON that goes out; who gets what is the grant's. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { decodeJwt } from 'jose'
import type { Caller } from '../caller.ts'
import { OAuthError } from '../identity/oauth-error.ts'
import { type Audit, whoOf } from './audit.ts'
import { failure } from './failure.ts'
import { mediaType } from './media-type.ts'
import { type Allowances, createAllowances } from './throttle.ts'

/** What is answered, and to whom. @throws OAuthError */
export type Grant = (
  form: Readonly<Record<string, string>>,
  authorization: string | undefined,
) => Promise<{ readonly body: Readonly<Record<string, unknown>>; readonly caller: Caller }>

/** Where logins are recorded. */
export interface Logins {
  readonly audit: Pick<Audit, 'record'>
  /** ms since the epoch. */
  readonly clock: () => number
}

/**
 * Attempts in a minute of one client from one address; a token is good for five minutes. Whoever claims to be somebody
 * else from another address takes nothing away from them.
 */
const ATTEMPTS = 60
/** Bytes; a form with a signed assertion has about two thousand. */
const FORM_LIMIT = 65_536

/** No token, and no error about one, is kept anywhere on its way. */
const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' }

/**
 * Registers the token endpoint. Bodies arrive as text.
 * @param options `expected`: the form's parameters, for a sender of something else
 */
export function registerTokenEndpoint(
  app: FastifyInstance,
  options: {
    readonly expected: string
    readonly grant: Grant
    readonly logins: Logins
    /** Attempts are counted and limited. */
    readonly limited: boolean
  },
): void {
  const { expected, grant, logins } = options
  const attempts = options.limited ? createAllowances(ATTEMPTS, logins.clock) : undefined
  const login = (request: FastifyRequest, caller: Caller | null, status: number, problem: string) =>
    logins.audit.record({
      ...whoOf(caller),
      recorded: logins.clock(),
      action: 'E',
      kind: 'login',
      type: '',
      status,
      outcome: status >= 500 ? '8' : status >= 400 ? '4' : '0',
      problem,
      count: 0,
      purpose: '',
      parameters: '',
      request: request.id,
      entities: [],
    })

  app.route({
    method: 'POST',
    url: '/oauth2/token',
    bodyLimit: FORM_LIMIT,
    errorHandler: (error, request, reply) => {
      const refused = asOAuthError(error)
      const answerIt = () => answerError(refused, reply)
      const waiting = login(request, null, refused.status, refused.error)
      // A refusal gives nothing away: it is answered even when it cannot be recorded now.
      if (waiting) void waiting.then(answerIt, answerIt)
      else answerIt()
    },
    handler: async (request, reply) => {
      const form = readForm(request, expected)
      if (attempts) checkAttempts(attempts, request, form)
      const { body, caller } = await grant(form, request.headers.authorization)
      await login(request, caller, 200, '')
      reply.headers(NO_STORE)
      return body
    },
  })
}

/** @throws OAuthError with Retry-After */
function checkAttempts(attempts: Allowances, request: FastifyRequest, form: Readonly<Record<string, string>>): void {
  const name = `${request.ip}\n${claimedClient(form.client_assertion)}`
  const wait = attempts.wait(name)
  if (wait > 0) {
    const words = 'Too many attempts: a token serves for minutes, use it until it ends.'
    throw new OAuthError(429, 'temporarily_unavailable', words, { 'retry-after': String(wait) })
  }
  attempts.take(name)
}

/** Who an assertion says it comes from, nothing of it being proved. */
function claimedClient(assertion = ''): string {
  try {
    return decodeJwt(assertion).iss?.slice(0, 64) ?? ''
  } catch {
    return ''
  }
}

function readForm(request: FastifyRequest, expected: string): Record<string, string> {
  const type = mediaType(request.headers['content-type'])?.type
  if (typeof request.body !== 'string' || type !== 'application/x-www-form-urlencoded') {
    throw new OAuthError(
      400,
      'invalid_request',
      `Send a form (Content-Type application/x-www-form-urlencoded) with ${expected}.`,
    )
  }
  const form: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(request.body)) {
    // RFC 6749 section 3.2: a parameter comes at most once, one without a value counts as left out.
    if (Object.hasOwn(form, name)) throw new OAuthError(400, 'invalid_request', 'Send every parameter only once.')
    if (value !== '') form[name] = value
  }
  return { ...form }
}

/** Whatever is wrong with the request itself (size, length, encoding) is an invalid request in OAuth's words. */
function asOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error
  const { status } = failure(error)
  if (status === 503) {
    return new OAuthError(503, 'temporarily_unavailable', 'The service is busy: try again.', { 'retry-after': '1' })
  }
  return status < 500
    ? new OAuthError(400, 'invalid_request', 'The form cannot be read: send a short form in UTF-8.')
    : new OAuthError(500, 'server_error', 'The service failed to make a token: try again.')
}

function answerError(error: OAuthError, reply: FastifyReply): FastifyReply {
  return reply
    .code(error.status)
    .headers({ ...NO_STORE, ...error.headers })
    .send({ error: error.error, error_description: error.message })
}
