/** A party of the demonstration: its own token, and nothing but the public API over HTTP. */
import { request } from 'undici'
import type { Resource } from '../fhir/resource.ts'

export interface Answer {
  readonly status: number
  readonly etag: string | undefined
  readonly body: Resource
}

export interface Client {
  readonly name: string
  get(path: string): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
  /** PUT of a resource as read and changed, under the version it was read at. */
  put(resource: Resource): Promise<Answer>
}

/**
 * Gets a sandbox token and answers a client that uses it.
 * @param origin `http://host:port`
 * @throws Error when no token is given
 */
export async function connect(origin: string, role: 'trust' | 'provider', organization: string): Promise<Client> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'sandbox',
    client_secret: 'sandbox',
    role,
    organization,
  })
  const login = await request(`${origin}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  })
  const token = (await login.body.json()) as { access_token?: string }
  if (token.access_token === undefined)
    throw new Error(`No token for ${role} ${organization}: status ${login.statusCode}`)
  const authorization = `Bearer ${token.access_token}`

  const send = async (
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const answer = await request(`${origin}/fhir/${path}`, {
      method,
      headers: {
        authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const etag = answer.headers.etag
    return {
      status: answer.statusCode,
      etag: typeof etag === 'string' ? etag : undefined,
      body: (await answer.body.json()) as Resource,
    }
  }
  return {
    name: `${role} ${organization}`,
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    put: (resource) =>
      send('PUT', `${resource.resourceType}/${resource.id}`, resource, {
        'if-match': `W/"${resource.meta?.versionId}"`,
      }),
  }
}
