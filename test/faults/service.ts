/** The service in a process of its own, and parties that talk to it over loopback. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Client } from 'undici'
import { packageRoot } from '../../src/config.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { atEnd } from '../at-end.ts'

/** The same for every process, so that the links in answers do not change with the port. */
const BASE = 'http://localhost/fhir'

/** Under what a service is started. */
export interface Circumstances {
  /** A command that starts it, e.g. one that sets a limit first. */
  readonly through?: readonly string[]
  /** How far its clock is ahead, in ms. */
  readonly ahead?: number
  /** Megabytes that its heap may take. */
  readonly heap?: number
  /** A signal that does not end it. */
  readonly deafTo?: NodeJS.Signals
}

/** What runs in the process before the program does. */
function before({ ahead = 0, deafTo }: Circumstances): string[] {
  const scripts = [
    ...(ahead === 0 ? [] : [`const now = Date.now; Date.now = () => now() + ${ahead}`]),
    ...(deafTo === undefined ? [] : [`process.on('${deafTo}', () => {})`]),
  ]
  return scripts.flatMap((script) => ['--import', `data:text/javascript,${script}`])
}

const heapOf = ({ heap }: Circumstances): string[] => (heap === undefined ? [] : [`--max-old-space-size=${heap}`])

/** The program as it is started by an operator, in a process of its own. */
export class Service {
  readonly origin: string
  readonly #process: ChildProcess
  readonly #exited: Promise<unknown>

  private constructor(child: ChildProcess, exited: Promise<unknown>, origin: string) {
    this.#process = child
    this.#exited = exited
    this.origin = origin
  }

  static async start(databaseUrl: string, how: Circumstances = {}): Promise<Service> {
    const [command = '', ...args] = [
      ...(how.through ?? []),
      process.execPath,
      ...before(how),
      ...heapOf(how),
      'src/main.ts',
    ]
    const child = spawn(command, args, {
      cwd: packageRoot,
      env: { PORT: '0', BASE_URL: BASE, LOG_LEVEL: 'silent', DATABASE_URL: databaseUrl, POLL_LIMIT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const exited = once(child, 'exit')
    // It ends with whoever started it, whatever becomes of that.
    void exited.then(atEnd(() => child.kill('SIGKILL')))
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    const origin = new Promise<string>((resolve) => {
      child.stdout.on('data', (chunk) => {
        said += chunk
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
        if (address) resolve(address)
      })
    })
    const died = exited.then(() => {
      throw new Error(`The service did not start: ${said}`)
    })
    const service = new Service(child, exited, await Promise.race([origin, died]))
    died.catch(() => undefined)
    return service
  }

  /** As the power cut does it: no signal handler runs. */
  kill(): void {
    this.#process.kill('SIGKILL')
  }

  async gone(): Promise<void> {
    await this.#exited
  }

  /** Whatever has happened before. */
  async end(): Promise<void> {
    this.kill()
    await this.gone()
  }
}

export interface Answer {
  readonly status: number
  readonly text: string
  /** Empty where there is none. */
  readonly etag: string
}

/** One connection of one party. */
export class Party {
  readonly #client: Client
  /** Of its requests, for those that are sent by hand. */
  readonly authorization: string

  private constructor(client: Client, authorization: string) {
    this.#client = client
    this.authorization = authorization
  }

  static async connect(origin: string, role: string, organization: string): Promise<Party> {
    const client = new Client(origin)
    const { body } = await client.request({
      method: 'POST',
      path: '/oauth2/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=client_credentials&client_id=sandbox&client_secret=sandbox&role=${role}&organization=${organization}`,
    })
    const { access_token: token } = (await body.json()) as { access_token: string }
    return new Party(client, `Bearer ${token}`)
  }

  /** @throws Error when the connection breaks before the whole answer is there */
  async send(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await this.#client.request({
      method,
      path: `/fhir/${path}`,
      headers: {
        authorization: this.authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const etag = String(answer.headers.etag ?? '')
    return { status: answer.statusCode, text: await answer.body.text(), etag }
  }

  async search<T = Resource>(query: string): Promise<T[]> {
    const { status, text } = await this.send('GET', query)
    if (status !== 200) throw new Error(`${query}: status ${status} ${text}`)
    const bundle = JSON.parse(text) as r4.Bundle
    return (bundle.entry ?? []).map((entry) => entry.resource as unknown as T)
  }

  post = (bundle: r4.Bundle): Promise<Answer> => this.send('POST', '', bundle, { prefer: 'return=representation' })

  close = (): Promise<void> => this.#client.destroy()
}
