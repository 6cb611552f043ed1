/** The token endpoint of the embedded authorization server, and the keys with which others verify its tokens. */
import type { FastifyInstance } from 'fastify'
import type { AuthorizationServer } from '../identity/authorization-server.ts'
import { type Grant, type Logins, registerTokenEndpoint } from './token-endpoint.ts'

export const JWKS_PATH = '/oauth2/jwks'

/** The token endpoint of the authorization server inside, and its public keys at `JWKS_PATH`. */
export function registerToken(app: FastifyInstance, server: AuthorizationServer, logins: Logins): void {
  const expected = 'grant_type, scope, client_assertion_type and client_assertion'
  const grant: Grant = async (form) => {
    const { token, expiresIn, scope, client } = await server.grant(form)
    const { id, organization, role } = client
    return {
      body: { access_token: token, token_type: 'Bearer', expires_in: expiresIn, scope },
      caller: { client: id, organization, role },
    }
  }
  registerTokenEndpoint(app, { expected, grant, logins, limited: true })
  app.route({
    method: ['GET', 'HEAD'],
    url: JWKS_PATH,
    handler: async (_request, reply) => {
      reply.headers({ 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' })
      return JSON.stringify(server.jwks())
    },
  })
}
