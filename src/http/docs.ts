/**
 * `/openapi.json`, and `/docs`: a page that shows it. Everything the page needs is served from here, and it may load,
 * run and call nothing else.
 */
import { createHash } from 'node:crypto'
import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { names } from '../interactions/etag.ts'
import { registerCompression } from './content-coding.ts'
import type { Endpoints } from './endpoints.ts'
import { openApiDocument } from './openapi.ts'

const DOCS = '/docs'

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
  let opened: Promise<FastifyInstance> | undefined
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    opened ??= openPage(context.base, () => documentText().body)
    const { method, url } = request
    const page = await opened
    const found = await page.inject({ method: method === 'HEAD' ? 'HEAD' : 'GET', url, headers: request.headers })
    if (found.statusCode === 404) return reply.callNotFound()
    const { connection: _connection, date: _date, ...headers } = found.headers
    return reply.code(found.statusCode).headers(headers).send(found.rawPayload)
  }
  for (const url of [DOCS, `${DOCS}/*`]) app.route({ method: ['GET', 'HEAD'], url, handler })
}

/**
 * The page as an application of its own, made when somebody first looks at it: its plugin loads more modules than all
 * the rest of HTTP, and most installations never show it.
 */
async function openPage(base: string, documentText: () => string): Promise<FastifyInstance> {
  const { default: swaggerUi } = await import('@fastify/swagger-ui')
  const scope = Fastify({ routerOptions: { ignoreTrailingSlash: true } })
  // The page's own plugin asks for the document under this name.
  scope.decorate('swagger', documentText)
  scope.addHook('onSend', async (_request, reply) => {
    reply.headers({ 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin' })
  })
  // Called, not registered: as a registered plugin it asks for another one that makes the document from Fastify's
  // routes. It is asynchronous, other than its types say.
  const page = swaggerUi as unknown as FastifyPluginAsync<FastifySwaggerUiOptions>
  await page(scope, {
    routePrefix: DOCS,
    staticCSP: contentSecurityPolicy(base),
    uiConfig: { docExpansion: 'none', deepLinking: true, validatorUrl: null, persistAuthorization: false },
  })
  return scope
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
