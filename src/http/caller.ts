/** Who asks: the bearer token of a request becomes a Caller (RFC 6750, RFC 7519). */
import { createHash } from 'node:crypto'
import { type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { type Caller, type Role, roles } from '../caller.ts'
import { type Problem, refuse } from '../fhir/problem.ts'

const ISSUER = 'homecare-exchange'
const AUDIENCE = 'homecare-exchange/fhir'
const ALGORITHM = 'HS256'
/** Ours have about 300 characters; anything much longer is not worth hashing. */
const TOKEN_LENGTH_LIMIT = 4096
/** Verified tokens remembered; checking a signature costs more than the rest of a read. */
const CACHE_LIMIT = 10_000

/** Roles that can be asked for. `service` is the exchange itself and never comes from outside. */
export const callerRoles = roles.filter((role) => role !== 'service')

export interface Tokens {
  /** Signs a token for the caller. `expiresIn` is in seconds. */
  issue(caller: Caller): Promise<{ readonly token: string; readonly expiresIn: number }>
  /** @throws Problem login-required when the token is not one of ours, altered, or expired */
  verify(token: string): Promise<Caller>
  /** @throws Problem login-required when there is no usable token in the header */
  authenticate(authorization: string | undefined): Promise<Caller>
}

/**
 * Tokens signed with a key of our own.
 * @param secret 32 bytes; fresh at every boot, so a restart ends every token
 * @param lifetime seconds
 * @param clock milliseconds since the epoch
 */
export function createTokens(options: {
  readonly secret: Uint8Array
  readonly lifetime: number
  readonly clock: () => number
}): Tokens {
  const { secret, lifetime, clock } = options
  /** By hash, so that the memory of the process holds no usable tokens. `until` in milliseconds. */
  const verified = new Map<string, { readonly caller: Caller; readonly until: number }>()

  const verify = async (token: string): Promise<Caller> => {
    if (token.length > TOKEN_LENGTH_LIMIT) throw invalidToken()
    const hash = createHash('sha256').update(token).digest('base64')
    const hit = verified.get(hash)
    if (hit && clock() < hit.until) return hit.caller
    verified.delete(hash)
    const payload = await readToken(token, secret, clock())
    const caller = callerOf(payload)
    if (caller === undefined || payload.exp === undefined) throw invalidToken()
    const oldest = verified.size >= CACHE_LIMIT ? verified.keys().next().value : undefined
    if (oldest !== undefined) verified.delete(oldest)
    verified.set(hash, { caller, until: payload.exp * 1000 })
    return caller
  }

  return {
    async issue(caller) {
      const now = Math.floor(clock() / 1000)
      const token = await new SignJWT({ role: caller.role, organization: caller.organization })
        .setProtectedHeader({ alg: ALGORITHM })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(caller.client)
        .setIssuedAt(now)
        .setExpirationTime(now + lifetime)
        .sign(secret)
      return { token, expiresIn: lifetime }
    },
    verify,
    async authenticate(authorization) {
      if (authorization === undefined) throw noToken()
      const token = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization)?.[1]
      if (token === undefined) throw invalidToken()
      return verify(token)
    },
  }
}

async function readToken(token: string, secret: Uint8Array, now: number): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(now),
    })
    return payload
  } catch {
    throw invalidToken()
  }
}

function callerOf(payload: JWTPayload): Caller | undefined {
  const { role, organization, sub } = payload
  const known: Role | undefined = callerRoles.find((name) => name === role)
  if (known === undefined || typeof organization !== 'string' || organization === '' || !sub) return undefined
  return { role: known, organization, client: sub }
}

const HOW = 'get a token from POST /oauth2/token and send it as "Authorization: Bearer [token]".'

const noToken = (): Problem =>
  refuse('login-required', `The request came without an access token: ${HOW}`, undefined, {
    'www-authenticate': 'Bearer realm="homecare-exchange"',
  })

const invalidToken = (): Problem =>
  refuse('login-required', `The access token is not valid, or no longer: ${HOW}`, undefined, {
    'www-authenticate': 'Bearer realm="homecare-exchange", error="invalid_token"',
  })
