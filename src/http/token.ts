/**
 * `POST /oauth2/token` of the sandbox: the client credentials grant (RFC 6749 section 4.4) with one client that
 * everybody knows, where the caller says which role and organisation it plays. Only ever offered on loopback.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, Role } from '../caller.ts'
import { compileSchema } from '../fhir/table-schema.ts'
import { callerRoles, type Tokens } from './caller.ts'
import { failure } from './failure.ts'
import { mediaType } from './media-type.ts'

const CLIENT = 'sandbox'
const SECRET = 'sandbox'

/** An error answer of RFC 6749 section 5.2. */
class OAuthError extends Error {
  readonly status: number
  readonly error: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, error: string, description: string, headers: Readonly<Record<string, string>> = {}) {
    super(description)
    this.status = status
    this.error = error
    this.headers = headers
  }
}

interface Grant {
  readonly grant_type: string
  readonly role: Role
  readonly organization: string
}

const validate = compileSchema<Grant>({
  type: 'object',
  required: ['grant_type', 'role', 'organization'],
  properties: {
    grant_type: { type: 'string' },
    role: { enum: callerRoles },
    organization: { type: 'string', pattern: '^[A-Za-z0-9]{2,12}$' },
  },
})

const expectations: Readonly<Record<string, string>> = {
  grant_type: 'grant_type=client_credentials',
  role: `role, one of ${callerRoles.join(', ')}`,
  organization: 'organization, an ODS code of 2 to 12 letters and digits, e.g. RBA',
}

/** Registers the token endpoint. Bodies arrive as text. */
export function registerToken(app: FastifyInstance, tokens: Tokens): void {
  app.route({
    method: 'POST',
    url: '/oauth2/token',
    errorHandler: (error, _request, reply) => answerError(asOAuthError(error), reply),
    handler: async (request, reply) => {
      const caller = readGrant(request)
      const { token, expiresIn } = await tokens.issue(caller)
      reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
      return {
        access_token: token,
        token_type: 'Bearer',
        expires_in: expiresIn,
        role: caller.role,
        organization: caller.organization,
      }
    },
  })
}

function readGrant(request: FastifyRequest): Caller {
  const type = mediaType(request.headers['content-type'])?.type
  if (typeof request.body !== 'string' || type !== 'application/x-www-form-urlencoded') {
    throw new OAuthError(
      400,
      'invalid_request',
      'Send a form (Content-Type application/x-www-form-urlencoded) with grant_type, client_id, client_secret, role and organization.',
    )
  }
  const form = readForm(request.body)
  // Which grant, then which client, then what for: the order in which a sender sets a client up.
  if (form.grant_type !== undefined && form.grant_type !== 'client_credentials') {
    throw new OAuthError(400, 'unsupported_grant_type', 'Send grant_type=client_credentials.')
  }
  authenticateClient(form, request.headers.authorization)
  const grant: unknown = form
  if (!validate(grant)) {
    const wrong = Object.keys(expectations).filter((name) =>
      validate.errors?.some((error) => error.instancePath === `/${name}` || error.params.missingProperty === name),
    )
    throw new OAuthError(400, 'invalid_request', `Send ${wrong.map((name) => expectations[name]).join('; ')}.`)
  }
  return { role: grant.role, organization: grant.organization.toUpperCase(), client: CLIENT }
}

function readForm(body: string): Record<string, string> {
  const form: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(body)) {
    // RFC 6749 section 3.2: a parameter comes at most once, one without a value counts as left out.
    if (Object.hasOwn(form, name)) throw new OAuthError(400, 'invalid_request', 'Send every parameter only once.')
    if (value !== '') form[name] = value
  }
  return form
}

/** HTTP Basic or the form, as RFC 6749 section 2.3.1 has it; not both. */
function authenticateClient(form: Readonly<Record<string, string>>, authorization: string | undefined): void {
  let id = form.client_id
  let secret = form.client_secret
  const basic = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization ?? '')?.[1]
  if (basic !== undefined) {
    if (secret !== undefined) {
      throw new OAuthError(400, 'invalid_request', 'Send the client secret once: in the form or as HTTP Basic.')
    }
    const pair = Buffer.from(basic, 'base64').toString('utf8')
    const colon = pair.indexOf(':')
    id = colon < 0 ? pair : pair.slice(0, colon)
    secret = colon < 0 ? undefined : pair.slice(colon + 1)
  }
  if (id !== CLIENT || secret !== SECRET) {
    throw new OAuthError(
      401,
      'invalid_client',
      `The sandbox has one client: client_id=${CLIENT}, client_secret=${SECRET}.`,
      {
        'www-authenticate': 'Basic realm="homecare-exchange"',
      },
    )
  }
}

/** Whatever is wrong with the request itself (size, length, encoding) is an invalid request in OAuth's words. */
function asOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error
  return failure(error).status < 500
    ? new OAuthError(400, 'invalid_request', 'The form cannot be read: send a short form in UTF-8.')
    : new OAuthError(500, 'server_error', 'The service failed to make a token: try again.')
}

function answerError(error: OAuthError, reply: FastifyReply): void {
  reply
    .code(error.status)
    .headers({ 'cache-control': 'no-store', pragma: 'no-cache', ...error.headers })
    .send({ error: error.error, error_description: error.message })
}
