/**
 * `POST /oauth2/token` of the sandbox: the client credentials grant (RFC 6749 section 4.4) with one client that
 * everybody knows, where the caller says which role and organisation it plays. Only ever offered on loopback.
 */
import { compileSchema } from '../fhir/table-schema.ts'
import type { FastifyInstance } from 'fastify'
import { type Caller, callerRoles, type Role } from '../caller.ts'
import { OAuthError } from '../identity/oauth-error.ts'
import type { SandboxTokens } from '../identity/sandbox.ts'
import { type Grant as TokenGrant, type Logins, registerTokenEndpoint } from './token-endpoint.ts'

const CLIENT = 'sandbox'
const SECRET = 'sandbox'

interface Grant {
  readonly grant_type: string
  readonly role: Role
  readonly organization: string
}

/** Whether a form asks for a token of the sandbox. */
export const isSandboxGrant = compileSchema<Grant>({
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

/** Registers the token endpoint of the sandbox. */
export function registerSandboxToken(app: FastifyInstance, tokens: SandboxTokens, logins: Logins): void {
  const expected = 'grant_type, client_id, client_secret, role and organization'
  const grant: TokenGrant = async (form, authorization) => {
    const caller = readGrant(form, authorization)
    const { token, expiresIn } = await tokens.issue(caller)
    const { role, organization } = caller
    return { body: { access_token: token, token_type: 'Bearer', expires_in: expiresIn, role, organization }, caller }
  }
  registerTokenEndpoint(app, { expected, grant, logins, limited: false })
}

function readGrant(form: Readonly<Record<string, string>>, authorization: string | undefined): Caller {
  // Which grant, then which client, then what for: the order in which a sender sets a client up.
  if (form.grant_type !== undefined && form.grant_type !== 'client_credentials') {
    throw new OAuthError(400, 'unsupported_grant_type', 'Send grant_type=client_credentials.')
  }
  authenticateClient(form, authorization)
  const grant: unknown = form
  if (!isSandboxGrant(grant)) {
    const wrong = Object.keys(expectations).filter((name) =>
      isSandboxGrant.errors?.some(
        (error) => error.instancePath === `/${name}` || error.params.missingProperty === name,
      ),
    )
    throw new OAuthError(400, 'invalid_request', `Send ${wrong.map((name) => expectations[name]).join('; ')}.`)
  }
  return { role: grant.role, organization: grant.organization.toUpperCase(), client: CLIENT }
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
