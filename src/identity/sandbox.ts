/** Tokens of the sandbox: for one machine, signed with a key that lives as long as the process. */
import { type JWTPayload, errors, jwtVerify, SignJWT } from 'jose'
import { type Caller, callerRoles } from '../caller.ts'
import { badToken, type Verify } from './verified.ts'

const ISSUER = 'homecare-exchange'
const AUDIENCE = 'homecare-exchange/fhir'
const ALGORITHM = 'HS256'

export interface SandboxTokens {
  /** Signs a token for the caller. `expiresIn` is in seconds. */
  issue(caller: Caller): Promise<{ readonly token: string; readonly expiresIn: number }>
  readonly verify: Verify
}

/**
 * @param secret 32 bytes; fresh at every boot, so a restart ends every token
 * @param lifetime seconds
 * @param clock milliseconds since the epoch
 */
export function createSandboxTokens(options: {
  readonly secret: Uint8Array
  readonly lifetime: number
  readonly clock: () => number
}): SandboxTokens {
  const { secret, lifetime, clock } = options
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
    async verify(token) {
      const payload = await readToken(token, secret, clock())
      const caller = callerOf(payload)
      if (caller === undefined || payload.exp === undefined) throw badToken('is not one of this service')
      return { caller, until: payload.exp * 1000 }
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
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw badToken('has expired', 'token-expired')
    throw badToken('is not one of this service')
  }
}

function callerOf(payload: JWTPayload): Caller | undefined {
  const { role, organization, sub } = payload
  const known = callerRoles.find((name) => name === role)
  if (known === undefined || typeof organization !== 'string' || organization === '' || !sub) return undefined
  return { role: known, organization, client: sub }
}
