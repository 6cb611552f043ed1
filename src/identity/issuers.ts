/**
 * Access tokens of outside issuers (RFC 9068, RFC 7519): which issuers are trusted, with what keys, and for whom they
 * may speak. Every issuer is a row of the file in ISSUERS; a broken row stops the boot.
 */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { type Caller, callerRoles, type Role } from '../caller.ts'
import { Problem } from '../fhir/problem.ts'
import { compileSchema, inWords } from '../fhir/table-schema.ts'
import { readScopes } from '../fhir/smart-scope.ts'
import { type FetchKeys, publicKeys, remoteKeys } from './key-set.ts'
import { badToken, unknownIdentity, type Verified, type Verify } from './verified.ts'

/** Signatures we accept; never `none`, never one whose key both sides share. */
export const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

export interface IssuerRow {
  /** The `iss` of its tokens, compared letter by letter. */
  readonly issuer: string
  /** One of these must be among the `aud` of a token. */
  readonly audience: readonly string[]
  /** Where its public keys are, or the keys themselves. */
  readonly jwksUrl?: string
  readonly jwks?: unknown
  /** Its token endpoint, for `.well-known/smart-configuration`. */
  readonly tokenUrl?: string
  readonly algorithms?: readonly string[]
  /** Claim that holds the ODS code: a name, or a JSON pointer (RFC 6901) that begins with "/". */
  readonly organizationClaim?: string
  readonly roleClaim?: string
  readonly scopeClaim?: string
  /** What its own words for roles mean here. */
  readonly roleNames?: Readonly<Record<string, Role>>
  /** Roles and organisations (ODS codes) it may speak for; absent: every one. */
  readonly roles?: readonly Role[]
  readonly organizations?: readonly string[]
  /** Longest life, in seconds, a token may be given. */
  readonly maxLifetime?: number
  /** `required`: a token without `jti` is refused. */
  readonly jti?: 'required'
  /** How often one token may be used, on all nodes together; needs `jti: required`. Each use is a write. */
  readonly uses?: number
  /** A token must be bound to a client certificate (`cnf`, RFC 8705). */
  readonly certificateBound?: boolean
}

/** It goes on record: one line of print, and whole characters. */
const CLIENT = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,256}$/u
/** Seconds by which clocks may differ. */
const SKEW = 10
/** Seconds; more is no access token but a password. */
const MAX_LIFETIME = 24 * 60 * 60

const texts = { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, uniqueItems: true }
const roleSchema = { enum: callerRoles }
const text = { type: 'string', minLength: 1 }
/** Whether a file of issuers has the right form. */
export const isIssuersFile = compileSchema<IssuerRow[]>({
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['issuer', 'audience'],
    oneOf: [{ required: ['jwksUrl'] }, { required: ['jwks'] }],
    properties: {
      issuer: text,
      audience: texts,
      jwksUrl: { type: 'string', pattern: '^(https://|http://(127\\.[0-9.]+|localhost|\\[::1\\])[:/])' },
      jwks: { type: 'object', required: ['keys'] },
      tokenUrl: { type: 'string', pattern: '^https?://' },
      algorithms: { type: 'array', items: { enum: algorithms }, minItems: 1 },
      organizationClaim: text,
      roleClaim: text,
      scopeClaim: text,
      roleNames: { type: 'object', additionalProperties: roleSchema },
      roles: { type: 'array', items: roleSchema, minItems: 1 },
      organizations: { type: 'array', items: { type: 'string', pattern: '^[A-Z0-9]{2,12}$' }, minItems: 1 },
      maxLifetime: { type: 'integer', minimum: 1, maximum: MAX_LIFETIME },
      jti: { const: 'required' },
      uses: { type: 'integer', minimum: 1, maximum: 100 },
      certificateBound: { type: 'boolean' },
    },
    dependencies: { uses: ['jti'] },
  },
})

/** @throws Error naming the file and the row that is wrong */
export function loadIssuers(file: string): readonly IssuerRow[] {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`)
  }
  if (!isIssuersFile(value)) {
    throw new Error(
      `${file}: ${inWords(isIssuersFile.errors).join('; ')}. Every issuer has issuer, audience and jwksUrl (https) or jwks.`,
    )
  }
  const names = value.map(({ issuer }) => issuer)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new Error(`${file}: ${twice} has two rows.`)
  for (const { issuer, jwks } of value) {
    try {
      if (jwks !== undefined) publicKeys(jwks)
    } catch (error) {
      throw new Error(`${file}: the jwks of ${issuer}: ${(error as Error).message}`)
    }
  }
  return value
}

/** An issuer with the keys its tokens are verified with. */
export interface TrustedIssuer extends IssuerRow {
  readonly keys: JWTVerifyGetKey
  /** The authorization server inside. */
  readonly own?: true
}

/** The issuers of the file `ISSUERS`, each with its keys, which are fetched when they are first needed. */
export function trustIssuers(
  rows: readonly IssuerRow[],
  options: { readonly clock: () => number; readonly fetch: FetchKeys },
): readonly TrustedIssuer[] {
  return rows.map((row) => ({
    ...row,
    keys:
      row.jwksUrl === undefined
        ? createLocalJWKSet(row.jwks as JSONWebKeySet)
        : remoteKeys({ ...options, url: row.jwksUrl }),
  }))
}

/**
 * Verifies tokens of the issuers.
 * @param clock ms since the epoch
 * @param testers whether the role tester may come from outside: only where the table is open to it anyway
 */
export function createVerifier(options: {
  readonly issuers: readonly TrustedIssuer[]
  readonly clock: () => number
  readonly testers: boolean
}): Verify {
  const { clock, testers } = options
  const issuers = new Map(options.issuers.map((row) => [row.issuer, row]))
  return async (token) => {
    const issuer = issuers.get(issuerOf(token))
    if (!issuer) throw badToken('was issued by nobody this service trusts')
    const payload = await verifySignature(token, issuer, clock())
    const until = checkTimes(payload, issuer, clock() / 1000)
    const replay = replayOf(payload, issuer)
    const caller = callerOf(payload, issuer)
    if (caller.role === 'tester' && !testers) throw unknownIdentity('the role tester is for the sandbox only')
    return {
      caller: issuers.size > 1 ? named(caller, issuer) : caller,
      until: until * 1000,
      ...binding(payload, issuer),
      ...replay,
    }
  }
}

/**
 * Two issuers may give one name to two clients: where several are trusted, the record says whose client it was, and none
 * of them can take the name, or use up the rate, of another's.
 */
const named = (caller: Caller, { issuer, own }: TrustedIssuer): Caller =>
  own ? caller : { ...caller, client: `${caller.client} of ${issuer}` }

/** Whose token it claims to be, nothing of it being proved yet. */
function issuerOf(token: string): string {
  try {
    const { typ } = decodeProtectedHeader(token)
    // An identity token, or one made for another purpose, must not pass as an access token (RFC 8725 section 3.11).
    if (typ !== undefined && !/^(application\/)?(at\+)?jwt$/i.test(typ)) throw badToken('is of another kind')
    return decodeJwt(token).iss ?? ''
  } catch (error) {
    throw error instanceof Problem ? error : badToken('is not a signed JWT')
  }
}

async function verifySignature(token: string, issuer: TrustedIssuer, now: number): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, issuer.keys, {
      algorithms: [...(issuer.algorithms ?? algorithms)],
      issuer: issuer.issuer,
      audience: [...issuer.audience],
      requiredClaims: ['exp', 'iat'],
      clockTolerance: SKEW,
      currentDate: new Date(now),
    })
    return payload
  } catch (error) {
    if (error instanceof Problem) throw error
    if (error instanceof errors.JWTExpired) throw badToken('has expired', 'token-expired')
    throw badToken(wordsFor(error))
  }
}

function wordsFor(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'was issued for another service'
    if (error.claim === 'nbf' && error.reason === 'check_failed') return 'is not valid yet'
    return `lacks a usable claim ${/^[a-z]{1,10}$/.test(error.claim) ? error.claim : ''}`.trimEnd()
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'is signed in a way that is not accepted'
  if (error instanceof errors.JWKSNoMatchingKey) return 'is signed with a key that its issuer does not publish'
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'does not name its key (kid), and there are several'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'has a signature that does not hold'
  return 'cannot be verified'
}

/** @returns when it ends, in seconds */
function checkTimes({ exp, iat }: JWTPayload, issuer: IssuerRow, now: number): number {
  if (exp === undefined || iat === undefined) throw badToken('lacks a usable claim exp or iat')
  if (iat > now + SKEW) throw badToken('was issued in the future')
  if (exp <= iat) throw badToken('ends before it begins')
  if (exp - iat > (issuer.maxLifetime ?? MAX_LIFETIME)) throw badToken('is good for longer than is accepted')
  return exp
}

function replayOf({ jti }: JWTPayload, { issuer, jti: demanded, uses }: IssuerRow): Pick<Verified, 'replay'> {
  if (demanded !== 'required') return {}
  if (typeof jti !== 'string' || jti === '') throw badToken('lacks the claim jti')
  return uses === undefined ? {} : { replay: { id: hash('sha256', JSON.stringify([issuer, jti]), 'base64url'), uses } }
}

/** RFC 8705 section 3.1. A token bound in another way (DPoP, say) is refused: nobody here could check the proof. */
function binding(payload: JWTPayload, issuer: IssuerRow): Pick<Verified, 'certificate'> {
  const { cnf } = payload
  if (cnf === undefined) {
    if (issuer.certificateBound) throw badToken('is not bound to a certificate (cnf x5t#S256)')
    return {}
  }
  const thumbprint = (cnf as Record<string, unknown> | null)?.['x5t#S256']
  if (typeof thumbprint !== 'string' || Object.keys(cnf as object).length !== 1) {
    throw badToken('is bound to something other than a certificate, which is not supported')
  }
  return { certificate: thumbprint }
}

function callerOf(payload: JWTPayload, issuer: IssuerRow): Caller {
  const organization = claim(payload, issuer.organizationClaim ?? 'organization')
  if (typeof organization !== 'string' || !/^[A-Za-z0-9]{2,12}$/.test(organization)) {
    throw unknownIdentity('it names no organisation by its ODS code')
  }
  const code = organization.toUpperCase()
  if (issuer.organizations && !issuer.organizations.includes(code)) {
    throw unknownIdentity('its issuer may not speak for the organisation it names')
  }
  const named = claim(payload, issuer.roleClaim ?? 'role')
  const role = roleOf(named, issuer)
  if (role === undefined) throw unknownIdentity(`it names no role that is known here (${callerRoles.join(', ')})`)
  if (issuer.roles && !issuer.roles.includes(role)) throw unknownIdentity('its issuer may not give the role it names')
  const client = [payload.client_id, payload.azp, payload.sub].find((id) => typeof id === 'string' && id !== '')
  if (typeof client !== 'string' || !CLIENT.test(client)) throw badToken('lacks a usable claim client_id or sub')
  return { role, organization: code, client, scopes: readScopes(scopesIn(payload, issuer)) }
}

function roleOf(named: unknown, { roleNames }: IssuerRow): Role | undefined {
  if (typeof named !== 'string') return undefined
  if (roleNames) return Object.hasOwn(roleNames, named) ? roleNames[named] : undefined
  return callerRoles.find((role) => role === named)
}

/** A text with spaces (RFC 8693) or a list, as some issuers write it. */
function scopesIn(payload: JWTPayload, { scopeClaim }: IssuerRow): string {
  const value = claim(payload, scopeClaim ?? 'scope')
  if (Array.isArray(value)) return value.filter((each) => typeof each === 'string').join(' ')
  return typeof value === 'string' ? value : ''
}

/** A claim by its name or JSON pointer; only what the token itself says, nothing inherited. */
function claim(payload: JWTPayload, name: string): unknown {
  const steps = name.startsWith('/')
    ? name
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    : [name]
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined,
    payload,
  )
}
