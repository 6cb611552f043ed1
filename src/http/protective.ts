/**
 * What a browser is told with every answer, also to what never became a request: it shows none of them, in no frame
 * and to no other site, and guesses no types. The page at `/docs` allows itself a little more.
 */
import type { Config } from '../config.ts'

const PROTECTIVE = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

/** A year, with HTTPS of our own; a proxy that ends TLS says it itself. */
const STRICT_TRANSPORT = { 'strict-transport-security': 'max-age=31536000' }

/** Headers of every answer. */
export const protectiveHeaders = ({ tlsKey }: Pick<Config, 'tlsKey'>): Readonly<Record<string, string>> =>
  tlsKey === undefined ? PROTECTIVE : { ...PROTECTIVE, ...STRICT_TRANSPORT }

/** Those of an answer that has no content to be shown, framed or guessed at, nor changes how what is kept may be. */
export const withoutContent = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !(name in PROTECTIVE)))
