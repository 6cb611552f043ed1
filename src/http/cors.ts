/**
 * Cross-origin requests (https://fetch.spec.whatwg.org/#http-cors-protocol): off unless origins are configured. Only
 * what a page may need is opened: FHIR, the token, the description of the API.
 */
import cors, { type FastifyCorsOptionsDelegateCallback } from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

const OPEN = /^\/(?:fhir|oauth2|openapi\.json|\.well-known)(?:[/?]|$)/

/** What a script may read besides the few headers that every script may. */
const EXPOSED = [
  'Allow',
  'Content-Location',
  'Date',
  'ETag',
  'Last-Modified',
  'Link',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Correlation-ID',
  'X-Request-ID',
  'X-Security-Context',
]

/** What a script may send. */
const ACCEPTED = [
  'Accept',
  'Authorization',
  'Break-Glass-Reason',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-Modified-Since',
  'If-None-Exist',
  'If-None-Match',
  'Prefer',
  'Purpose-Of-Use',
  'X-Correlation-ID',
  'X-Request-ID',
  'X-Security-Context',
]

/** @param origins e.g. `https://tracker.example.org`; `*` alone for any; empty: nothing is opened */
export function registerCors(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return
  const open = {
    origin: origins.includes('*') ? '*' : [...origins],
    // Tokens travel in a header that the page sets itself: cookies and other credentials of the browser stay out.
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ACCEPTED,
    exposedHeaders: EXPOSED,
    // Seconds that a browser remembers a preflight.
    maxAge: 600,
  }
  const delegator: FastifyCorsOptionsDelegateCallback = (request, done) => {
    // An OPTIONS that is no preflight asks what the address takes, and is answered by the address.
    const preflight = request.headers['access-control-request-method'] !== undefined
    const answered = OPEN.test(request.url) && (request.method !== 'OPTIONS' || preflight)
    done(null, answered ? open : { origin: false })
  }
  app.register(cors, { delegator })
}
