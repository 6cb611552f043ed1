/** Fetches the JWKS of somebody else; its HTTP client is loaded with this file, and only where there is one to fetch. */
import { type Dispatcher, request } from 'undici'
import type { FetchKeys } from './key-set.ts'

/** ms. */
const TIMEOUT = 5000
/** Bytes; a set of ten keys with certificates has about thirty thousand. */
const MAX_ANSWER = 256 * 1024

/** @param dispatcher decides which addresses may be connected to */
export const fetchKeys =
  (dispatcher: Dispatcher): FetchKeys =>
  async (url) => {
    // undici's request follows no redirects: an address that moves is configured anew.
    const { statusCode, body } = await request(url, {
      dispatcher,
      headers: { accept: 'application/jwk-set+json, application/json' },
      signal: AbortSignal.timeout(TIMEOUT),
    })
    let text = ''
    for await (const chunk of body.setEncoding('utf8')) {
      text += chunk
      if (text.length > MAX_ANSWER) throw new Error('The key set is too long.')
    }
    if (statusCode !== 200) throw new Error(`The key set was answered with ${statusCode}.`)
    return text
  }
