/** What a token proves once it is verified, and the refusals of one that proves nothing (RFC 6750 section 3). */
import type { Caller } from '../caller.ts'
import { type Problem, type ProblemKey, refuse } from '../fhir/problem.ts'

export interface Verified {
  readonly caller: Caller
  /** ms since the epoch: not good from then on. */
  readonly until: number
  /** SHA-256 thumbprint, base64url, of the certificate that whoever shows the token must hold (RFC 8705). */
  readonly certificate?: string
  /** How often the token may be shown, and what it is known by then: not its text, which can be written in several ways. */
  readonly replay?: { readonly id: string; readonly uses: number }
}

/** @throws Problem token-invalid, token-expired, identity-unknown, login-unavailable */
export type Verify = (token: string) => Promise<Verified>

/** `Bearer …` of WWW-Authenticate; no value of ours holds a quote. */
export const challenge = (parameters: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  'www-authenticate': `Bearer ${Object.entries({ realm: 'homecare-exchange', ...parameters })
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`,
})

const HOW = 'get one from the token endpoint named in [base]/.well-known/smart-configuration'

export const noToken = (): Problem =>
  refuse(
    'login-required',
    `The request came without an access token: ${HOW} and send it as "Authorization: Bearer [token]".`,
    undefined,
    challenge(),
  )

/** @param why completes "The access token …" */
export function badToken(why: string, key: ProblemKey = 'token-invalid'): Problem {
  const description = `The access token ${why}`
  return refuse(
    key,
    `${description}: ${HOW}.`,
    undefined,
    challenge({ error: 'invalid_token', error_description: description }),
  )
}

/** An authentic token that does not say for whom its bearer acts: another one of the same kind would not help. */
export const unknownIdentity = (what: string): Problem =>
  refuse(
    'identity-unknown',
    `The access token is authentic, but ${what}: ask whoever runs the token server to correct it.`,
    undefined,
    challenge({ error: 'insufficient_scope' }),
  )
