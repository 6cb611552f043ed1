/**
 * Where tokens come from, for machines to find: `[base]/.well-known/smart-configuration`
 * (https://hl7.org/fhir/smart-app-launch/conformance.html#using-well-known) and the same by RFC 8414.
 */
import type { FastifyInstance } from 'fastify'
import { issuerOf, tokenUrlOf } from '../identity/addresses.ts'
import { ASSERTION_ALGORITHMS } from '../identity/authorization-server.ts'
import type { Identity } from '../identity/identity.ts'
import { JWKS_PATH } from './token.ts'

export interface WellKnownOptions {
  readonly identity: Identity
  /** Absolute FHIR base without trailing slash. */
  readonly base: string
  /** Resource types that are exposed. */
  readonly types: readonly string[]
  /** TLS ends here, so that certificates of clients are seen. */
  readonly tls: boolean
}

type Document = Readonly<Record<string, unknown>>

/** Where tokens come from, for machines: SMART configuration and RFC 8414 metadata. */
export function registerWellKnown(app: FastifyInstance, options: WellKnownOptions): void {
  const { identity, base } = options
  const smart = smartConfiguration(options)
  serve(app, '/fhir/.well-known/smart-configuration', smart)
  // RFC 8414 names the issuer, which SMART leaves out where nobody signs in; others speak for themselves.
  if (identity.sandbox || identity.server) {
    serve(app, '/.well-known/oauth-authorization-server', { issuer: issuerOf(base), ...smart })
  }
}

function serve(app: FastifyInstance, url: string, document: Document): void {
  const body = JSON.stringify(document)
  app.route({
    method: ['GET', 'HEAD'],
    url,
    handler: async (_request, reply) => reply.header('content-type', 'application/json; charset=utf-8').send(body),
  })
}

function smartConfiguration({ identity, base, types, tls }: WellKnownOptions): Document {
  const scopes = { scopes_supported: ['system/*.cruds', ...types.map((type) => `system/${type}.cruds`)] }
  const capabilities = ['permission-v1', 'permission-v2']
  const grants = { grant_types_supported: ['client_credentials'] }
  if (identity.sandbox) {
    return {
      token_endpoint: tokenUrlOf(base),
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      ...grants,
      capabilities: [],
    }
  }
  if (identity.server) {
    return {
      jwks_uri: `${issuerOf(base)}${JWKS_PATH}`,
      token_endpoint: identity.server.tokenUrl,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      ...grants,
      ...(tls ? { tls_client_certificate_bound_access_tokens: true } : {}),
      ...scopes,
      capabilities: ['client-confidential-asymmetric', ...capabilities],
    }
  }
  const [outside] = identity.outside
  return {
    ...(outside?.jwksUrl === undefined ? {} : { jwks_uri: outside.jwksUrl }),
    ...(outside?.tokenUrl === undefined ? {} : { token_endpoint: outside.tokenUrl }),
    ...grants,
    ...scopes,
    capabilities,
  }
}
