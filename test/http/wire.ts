/** One kept-alive connection to a service that listens: what it remembers of a connection is seen only on one. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'

export interface WireAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Wire {
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<WireAnswer>
}

interface Teardown {
  teardown(work: () => Promise<void> | void): void
}

/** Has the service listen where it does not yet. */
export async function wire(t: Teardown, app: FastifyInstance): Promise<Wire> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const { port } = app.server.address() as AddressInfo
  return {
    get: (path, headers = {}, method = 'GET') =>
      new Promise((resolve, reject) => {
        const asked = request({ agent, host: '127.0.0.1', port, path, method, headers }, (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => (text += chunk))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
        })
        asked.on('error', reject)
        asked.end()
      }),
  }
}
