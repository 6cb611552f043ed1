/**
 * `/openapi.json`, and `/docs`: a page that shows it. Everything the page needs is served from here, and it may load,
 * run and call nothing else.
 */
import { createHash } from 'node:crypto'
import swaggerUi, { type FastifySwaggerUiOptions } from '@fastify/swagger-ui'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Context } from '../context.ts'
import { names } from '../interactions/etag.ts'
import { registerCompression } from './content-coding.ts'
import type { Endpoints } from './endpoints.ts'
import { openApiDocument } from './openapi.ts'

const DOCS = '/docs'

/**
 * Called, not registered: as a registered plugin it asks for another one that makes the document from Fastify's routes.
 * It is asynchronous, other than its types say.
 */
const page = swaggerUi as unknown as FastifyPluginAsync<FastifySwaggerUiOptions>

/** Registers both addresses; neither needs a token, as `metadata` does not. */
export function registerDocs(app: FastifyInstance, context: Context, endpoints: Endpoints): void {
  let made: { readonly body: string; readonly etag: string } | undefined
  // Made when it is first asked for: the start does not wait for it.
  const documentText = () => {
    if (made) return made
    const body = JSON.stringify(openApiDocument(context, endpoints))
    made = { body, etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
    return made
  }
  app.register(async (scope) => {
    registerCompression(scope)
    scope.route({
      method: ['GET', 'HEAD'],
      url: '/openapi.json',
      handler: (request, reply) => {
        const { body, etag } = documentText()
        reply.headers({ etag, 'cache-control': 'no-cache', vary: 'accept-encoding' })
        if (names(request.headers['if-none-match'], etag)) return reply.code(304).send()
        return reply.header('content-type', 'application/json; charset=utf-8').send(body)
      },
    })
  })
  app.register(async (scope) => {
    // The page's own plugin asks for the document under this name.
    scope.decorate('swagger', () => documentText().body)
    scope.addHook('onSend', async (_request, reply) => {
      reply.headers({ 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin' })
    })
    scope.addHook('onRoute', (route) => {
      // The page's plugin knows GET alone.
      if (route.method === 'GET') route.method = ['GET', 'HEAD']
    })
    await page(scope, {
      routePrefix: DOCS,
      staticCSP: contentSecurityPolicy(context.base),
      uiConfig: { docExpansion: 'none', deepLinking: true, validatorUrl: null, persistAuthorization: false },
    })
  })
}

/** The page's scripts and styles are files; it calls the FHIR base, which a proxy may serve under another name. */
const contentSecurityPolicy = (base: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${new URL(base).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
