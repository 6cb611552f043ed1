/**
 * The embedded authorization server, for those who have none: SMART Backend Services
 * (https://hl7.org/fhir/smart-app-launch/backend-services.html). A client proves itself with a signed assertion
 * (RFC 7523) and gets a token for a few minutes; there are no passwords, sessions, redirects or pages.
 *
 * jose does all cryptography. A general server (oidc-provider, certified) was weighed: it brings a second HTTP
 * framework, storage of its own and 20,000 lines for the one grant used here, and takes a closed list of scopes where
 * SMART's are a grammar.
 */
import { createHash, randomUUID } from 'node:crypto'
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from 'jose'
import { Problem } from '../fhir/problem.ts'
import { narrow, readScopes } from '../fhir/smart-scope.ts'
import { issuerOf, tokenUrlOf } from './addresses.ts'
import { type Client, loadClients } from './clients.ts'
import type { TrustedIssuer } from './issuers.ts'
import { type FetchKeys, remoteKeys } from './key-set.ts'
import { OAuthError } from './oauth-error.ts'
import { watched } from './private-file.ts'
import { loadSigningKeys, SIGNING_ALGORITHM } from './signing-keys.ts'

/** What SMART asks a server to accept. */
export const ASSERTION_ALGORITHMS = ['RS384', 'ES384']
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** Seconds a token is good for; SMART recommends at most these. */
export const TOKEN_LIFETIME = 300
/** Seconds an assertion may be good for. */
const ASSERTION_LIFETIME = 300
/** Seconds by which clocks may differ. */
const SKEW = 10
const ID_LIMIT = 256

export interface Granted {
  readonly token: string
  /** Seconds. */
  readonly expiresIn: number
  readonly scope: string
  readonly client: Client
}

export interface AuthorizationServer {
  /** Itself as an issuer that the resource server trusts. */
  readonly trusted: TrustedIssuer
  readonly tokenUrl: string
  jwks(): JSONWebKeySet
  /** @throws OAuthError */
  grant(form: Readonly<Record<string, string>>): Promise<Granted>
}

export interface AuthorizationServerOptions {
  /** Absolute FHIR base without trailing slash: the audience of tokens. */
  readonly base: string
  readonly clientsFile: string
  readonly keysFile: string
  /** ms since the epoch. */
  readonly clock: () => number
  /** Notes that something was used, until an instant (ms). @returns false when it was used before */
  readonly once: (what: string, until: number) => Promise<boolean>
  /** How key sets of clients are asked for. */
  readonly fetch: FetchKeys
}

/** @throws Error when the clients or the keys cannot be used */
export function createAuthorizationServer(options: AuthorizationServerOptions): AuthorizationServer {
  const { base, clock, once } = options
  const issuer = issuerOf(base)
  const tokenUrl = tokenUrlOf(base)
  const keys = loadSigningKeys(options.keysFile)
  const clients = watched(options.clientsFile, () => withKeys(loadClients(options.clientsFile), options))
  clients()

  const authenticate = async (form: Readonly<Record<string, string>>): Promise<Client> => {
    const assertion = assertionIn(form)
    const { client, find } = clients().get(claimedClient(assertion)) ?? {}
    if (!client || !find) throw notAuthentic()
    const payload = await verifyAssertion(assertion, { client, find, audience: [tokenUrl, issuer], now: clock() })
    const exp = payload.exp ?? 0
    if (exp - clock() / 1000 > ASSERTION_LIFETIME + SKEW) {
      throw invalidClient(`The assertion may be good for ${ASSERTION_LIFETIME} seconds at most (exp).`)
    }
    const { jti } = payload
    if (typeof jti !== 'string' || jti === '' || jti.length > ID_LIMIT) {
      throw invalidClient('The assertion needs a jti, fresh for each one.')
    }
    const used = createHash('sha256').update(`${client.id} ${jti}`).digest('base64url')
    if (!(await once(used, (exp + SKEW) * 1000))) {
      throw invalidClient('The assertion was used before: make a fresh one, with a jti of its own, for each request.')
    }
    return client
  }

  return {
    trusted: {
      own: true,
      issuer,
      audience: [base],
      algorithms: [SIGNING_ALGORITHM],
      maxLifetime: TOKEN_LIFETIME,
      keys: keys.find,
    },
    tokenUrl,
    jwks: () => keys.jwks(),
    async grant(form) {
      if (form.grant_type !== 'client_credentials') {
        throw new OAuthError(400, 'unsupported_grant_type', 'Send grant_type=client_credentials.')
      }
      const client = await authenticate(form)
      const scope = scopeFor(client, form.scope)
      const now = Math.floor(clock() / 1000)
      const { kid, key } = keys.current()
      const { certificate } = client
      const token = await new SignJWT({
        client_id: client.id,
        organization: client.organization,
        role: client.role,
        scope,
        ...(certificate === undefined ? {} : { cnf: { 'x5t#S256': certificate } }),
      })
        .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(base)
        .setSubject(client.id)
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + TOKEN_LIFETIME)
        .sign(key)
      return { token, expiresIn: TOKEN_LIFETIME, scope, client }
    },
  }
}

interface KnownClient {
  readonly client: Client
  readonly find: JWTVerifyGetKey
}

const withKeys = (
  clients: readonly Client[],
  { clock, fetch }: Pick<AuthorizationServerOptions, 'clock' | 'fetch'>,
): ReadonlyMap<string, KnownClient> =>
  new Map(
    clients.map((client): [string, KnownClient] => {
      const { id, jwks, jwksUrl: url } = client
      const find = url === undefined ? createLocalJWKSet(jwks as JSONWebKeySet) : remoteKeys({ url, clock, fetch })
      return [id, { client, find }]
    }),
  )

function assertionIn(form: Readonly<Record<string, string>>): string {
  if (form.client_secret !== undefined) {
    throw invalidClient('Secrets are not accepted: prove the client with a signed assertion (private_key_jwt).')
  }
  const { client_assertion: assertion, client_assertion_type: type } = form
  if (type !== ASSERTION_TYPE || assertion === undefined) {
    throw new OAuthError(400, 'invalid_request', `Send client_assertion_type=${ASSERTION_TYPE} and client_assertion.`)
  }
  return assertion
}

/** Which client an assertion claims to come from, nothing of it being proved yet. */
function claimedClient(assertion: string): string {
  try {
    const { kid, typ } = decodeProtectedHeader(assertion)
    if (typeof kid !== 'string' || (typ !== undefined && !/^jwt$/i.test(typ))) throw notAuthentic()
    return decodeJwt(assertion).iss ?? ''
  } catch {
    throw notAuthentic()
  }
}

async function verifyAssertion(
  assertion: string,
  options: KnownClient & { readonly audience: string[]; readonly now: number },
): Promise<JWTPayload> {
  const { client, find, audience, now } = options
  try {
    const { payload } = await jwtVerify(assertion, find, {
      algorithms: ASSERTION_ALGORITHMS,
      issuer: client.id,
      subject: client.id,
      audience,
      requiredClaims: ['exp', 'jti'],
      clockTolerance: SKEW,
      currentDate: new Date(now),
    })
    return payload
  } catch (error) {
    if (error instanceof Problem) {
      throw new OAuthError(
        503,
        'temporarily_unavailable',
        'The client’s keys cannot be fetched now: try again later.',
        {
          'retry-after': '30',
        },
      )
    }
    if (error instanceof errors.JWTExpired) throw invalidClient('The assertion has expired: make a fresh one.')
    // By now the signature holds, so whoever asks is the client and may know what else is wrong.
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
      throw invalidClient(`The audience (aud) of the assertion must be ${audience[0]}.`)
    }
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw invalidClient('The assertion needs iss and sub (both the client id), aud, exp and jti.')
    }
    throw notAuthentic()
  }
}

const invalidClient = (description: string): OAuthError => new OAuthError(401, 'invalid_client', description)

/** The same words whether the client is unknown, the key, or the signature: nobody learns which clients there are. */
const notAuthentic = (): OAuthError =>
  invalidClient(
    `The assertion proves no client of this server: a JWT signed with ${ASSERTION_ALGORITHMS.join(' or ')}, its key named by kid, and iss and sub the client id.`,
  )

function scopeFor(client: Client, asked: string | undefined): string {
  const scopes = narrow(readScopes(asked ?? ''), readScopes(client.scope))
  if (scopes.length === 0) {
    throw new OAuthError(
      400,
      'invalid_scope',
      `Ask for scopes like system/Task.rs; this client may have ${client.scope}.`,
    )
  }
  return scopes.map(({ text }) => text).join(' ')
}
