/**
 * The settings of `settings.ts` as the service uses them: read from the environment and checked at boot, all faults at
 * once. An empty variable counts as one that is not set.
 */
import { existsSync } from 'node:fs'
import { isIPv4, isIPv6 } from 'node:net'
import { resolve } from 'node:path'
import { withoutSlashes } from './fhir/references.ts'
import { compileSchema } from './fhir/table-schema.ts'
import { hostOf, isPrivateAddress } from './private-address.ts'
import { type LogLevel, type Setting, settings } from './settings.ts'

export interface Config {
  /** 0 lets the system choose a free port. */
  readonly port: number
  readonly host: string
  /** `sqlite:` and an absolute path, or a `postgres://` URL. */
  readonly databaseUrl: string
  /** `postgres://` URL of a replica that searches may be answered from where the client allows it. */
  readonly databaseReadUrl?: string
  readonly auth: 'sandbox' | 'oauth'
  /** Absolute path of the file of outside issuers. */
  readonly issuers?: string
  /** Absolute path of the clients of the embedded authorization server; absent: there is none. */
  readonly clients?: string
  /** Absolute path of the keys the embedded authorization server signs with. */
  readonly signingKeys: string
  /** Absolute paths of PEM files; both or neither. With them the service speaks HTTPS itself. */
  readonly tlsCertificate?: string
  readonly tlsKey?: string
  readonly logLevel: LogLevel
  /** Absolute path of the server table. */
  readonly serverTable: string
  /** Absolute path of the policy table. */
  readonly policy: string
  /** Hours for which the answer to a request with an Idempotency-Key is kept. */
  readonly idempotencyHours: number
  /** Seconds between two looks at the clock; 0: never. */
  readonly clockInterval: number
  /** Absolute paths of FHIR packages (`.tgz` or folders) whose profiles are enforced. */
  readonly packages: readonly string[]
  /** FHIR base without trailing slash; absent when it follows from host and port (see `fhirBase`). */
  readonly baseUrl?: string
  /** FHIR base of a terminology server, without trailing slash; absent: only the form of codes is checked. */
  readonly terminologyUrl?: string
  /** Hosts, lower case, of key sets and terminology server that may be at a private address. */
  readonly privateHosts: readonly string[]
  /** Base of an OTLP collector; absent: nothing is traced. */
  readonly tracesEndpoint?: string
  /** Web origins whose pages may call the service; `*` for any, empty for none. */
  readonly corsOrigins: readonly string[]
  /** Bytes. */
  readonly bodyLimit: number
  readonly bundleEntryLimit: number
  /** Levels of objects and arrays. */
  readonly jsonDepthLimit: number
  readonly searchDefaultCount: number
  readonly searchMaxCount: number
  /** Polls a minute that each client may make; 0: not limited. */
  readonly pollLimit: number
  /** Requests of any kind a minute that each client may make; 0: not limited. */
  readonly requestRate: number
  /** Seconds that a request may wait for news at most (`Prefer: wait`). */
  readonly waitLimit: number
  /** Requests that may wait at a time, of all callers and of one organisation. */
  readonly waitingLimit: number
  readonly waitingPerOrganization: number
  /** Seconds a page link may be followed. */
  readonly pageLinkLifetime: number
  /** Seconds. */
  readonly tokenLifetime: number
  /** Requests in hand at a time. */
  readonly requestLimit: number
  /** Bytes of large bodies, and of large answers not fetched yet, that may be in memory at a time. */
  readonly bodyMemory: number
  readonly answerMemory: number
  /** Open connections. */
  readonly connectionLimit: number
  /** Seconds a client may take to send the head of a request. */
  readonly headersTimeout: number
  /** Seconds a client may take to send a whole request. */
  readonly requestTimeout: number
  /** Seconds a client may take to fetch an answer. */
  readonly answerTimeout: number
  /** Seconds a connection may stay silent while a request is being answered. */
  readonly connectionTimeout: number
  /** Seconds an idle connection is kept open. */
  readonly keepAliveTimeout: number
  /** Seconds that requests in flight get to finish when the service is told to stop. */
  readonly shutdownTimeout: number
}

/** Where `profiles/` and `conformance/` are: one above `src/`, and above `dist/` when built. */
export const packageRoot = resolve(import.meta.dirname, '..')

/** Whether values by their key are settings; numbers are coerced from their text. */
export const isConfig = compileSchema<Config>(
  { type: 'object', properties: Object.fromEntries(settings.map((setting) => [setting.key, setting.schema])) },
  { coerceTypes: true },
)

/**
 * Reads the settings from environment variables.
 * @throws Error whose message has one sentence per line for every wrong setting, all of them at once
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const values: Record<string, unknown> = {}
  for (const setting of settings) {
    const given = env[setting.name]?.trim()
    const value = given ? given : setting.default
    if (value !== '') values[setting.key] = value
  }
  const wrong: string[] = []
  if (!isConfig(values)) {
    const keys = new Set(isConfig.errors?.map((error) => error.instancePath.slice(1)))
    for (const setting of settings.filter(({ key }) => keys.has(key))) wrong.push(sentence(setting, env))
    throw new Error(wrong.join('\n'))
  }
  const config: Config = { ...values, ...rates(values), ...places(values, env) }
  wrong.push(...contradictions(config, env))
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  return config
}

const rates = ({ pollLimit, requestRate, auth }: Partial<Config>): Pick<Config, 'pollLimit' | 'requestRate'> => ({
  pollLimit: pollLimit ?? (auth === 'sandbox' ? 0 : 600),
  requestRate: requestRate ?? (auth === 'sandbox' ? 0 : 6000),
})

/** The value is not repeated for DATABASE_URL: the URL of a database may carry a password. */
function sentence(setting: Setting, env: Readonly<Record<string, string | undefined>>): string {
  const subject =
    setting.key === 'databaseUrl' || setting.key === 'databaseReadUrl'
      ? setting.name
      : `${setting.name} is "${env[setting.name]?.trim()}": it`
  return `${subject} must be ${setting.expects}.`
}

const SQLITE = 'sqlite:'

function places(
  values: Config,
  env: Readonly<Record<string, string | undefined>>,
): Pick<
  Config,
  | 'databaseUrl'
  | 'serverTable'
  | 'policy'
  | 'packages'
  | 'corsOrigins'
  | 'privateHosts'
  | 'signingKeys'
  | 'issuers'
  | 'clients'
  | 'tlsCertificate'
  | 'tlsKey'
  | 'baseUrl'
  | 'terminologyUrl'
> {
  const embedded = values.databaseUrl.startsWith(SQLITE)
  return {
    databaseUrl: embedded ? `${SQLITE}${resolve(values.databaseUrl.slice(SQLITE.length))}` : values.databaseUrl,
    serverTable: resolve(env.SERVER_TABLE?.trim() ? process.cwd() : packageRoot, values.serverTable),
    policy: resolve(env.POLICY?.trim() ? process.cwd() : packageRoot, values.policy),
    packages: listed(env.PACKAGES).map((path) => resolve(path)),
    corsOrigins: listed(env.CORS_ORIGINS),
    privateHosts: listed(env.PRIVATE_HOSTS).map((host) => host.toLowerCase()),
    signingKeys: resolve(values.signingKeys),
    ...(values.tlsCertificate === undefined ? {} : { tlsCertificate: resolve(values.tlsCertificate) }),
    ...(values.tlsKey === undefined ? {} : { tlsKey: resolve(values.tlsKey) }),
    ...(values.issuers === undefined ? {} : { issuers: resolve(values.issuers) }),
    ...(values.clients === undefined ? {} : { clients: resolve(values.clients) }),
    ...(values.baseUrl === undefined ? {} : { baseUrl: withoutSlashes(values.baseUrl) }),
    ...(values.terminologyUrl === undefined ? {} : { terminologyUrl: withoutSlashes(values.terminologyUrl) }),
  }
}

const listed = (value = ''): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** What no single value can show: settings that exclude each other, files that are not there. */
function contradictions(config: Config, env: Readonly<Record<string, string | undefined>>): string[] {
  const wrong: string[] = [...identityContradictions(config, env)]
  if (config.databaseReadUrl !== undefined && config.databaseUrl.startsWith(SQLITE)) {
    wrong.push('DATABASE_READ_URL is for a replica of PostgreSQL, and DATABASE_URL names a file: leave it out.')
  }
  if ((config.tlsCertificate === undefined) !== (config.tlsKey === undefined)) {
    wrong.push('TLS_CERTIFICATE and TLS_KEY belong together: set both, or neither.')
  }
  for (const [name, file] of [
    ['TLS_CERTIFICATE', config.tlsCertificate],
    ['TLS_KEY', config.tlsKey],
  ]) {
    if (file !== undefined && !existsSync(file)) wrong.push(`${name} names ${file}, and there is no such file.`)
  }
  const { terminologyUrl, privateHosts } = config
  const asked = terminologyUrl === undefined ? '' : hostOf(terminologyUrl)
  if (isPrivateAddress(asked) && !isLoopback(asked) && !privateHosts.includes(asked)) {
    wrong.push(`TERMINOLOGY_URL is at the private address ${asked}: name it in PRIVATE_HOSTS if that is right.`)
  }
  if (config.searchDefaultCount > config.searchMaxCount) {
    wrong.push(
      `SEARCH_DEFAULT_COUNT (${config.searchDefaultCount}) is above SEARCH_MAX_COUNT (${config.searchMaxCount}): lower the first or raise the second.`,
    )
  }
  if (config.waitLimit >= config.connectionTimeout) {
    wrong.push(
      `WAIT_LIMIT (${config.waitLimit}) must be below CONNECTION_TIMEOUT (${config.connectionTimeout}): a request that waits longer than its connection may stay silent is cut.`,
    )
  }
  if (env.SERVER_TABLE?.trim() && !existsSync(config.serverTable)) {
    wrong.push(
      `SERVER_TABLE is "${env.SERVER_TABLE.trim()}" and there is no such file: give the path of a server table, e.g. conformance/server.json or conformance/tester.json.`,
    )
  }
  if (env.POLICY?.trim() && !existsSync(config.policy)) {
    wrong.push(`POLICY is "${env.POLICY.trim()}" and there is no such file: give the path of a policy table.`)
  }
  for (const path of config.packages.filter((path) => !existsSync(path))) {
    wrong.push(`PACKAGES names ${path}, and there is no such file or folder.`)
  }
  return wrong
}

function identityContradictions(config: Config, env: Readonly<Record<string, string | undefined>>): string[] {
  const wrong: string[] = []
  if (config.auth === 'sandbox') {
    const anybody = 'AUTH=sandbox gives a token to anybody, so it must not be reachable from other machines, and'
    if (!isLoopback(config.host)) {
      wrong.push(`${anybody} HOST is "${config.host}": set HOST to 127.0.0.1, ::1 or localhost.`)
    }
    if (config.baseUrl !== undefined && !isLoopback(hostOf(config.baseUrl))) {
      wrong.push(`${anybody} BASE_URL says that they reach it: set AUTH=oauth, or leave BASE_URL out.`)
    }
    if (env.NODE_ENV?.trim() === 'production') {
      wrong.push(`${anybody} NODE_ENV is "production": set AUTH=oauth.`)
    }
    return wrong
  }
  if (config.issuers === undefined && config.clients === undefined) {
    wrong.push(
      'AUTH=oauth needs to know whose tokens to accept: name a file of issuers in ISSUERS, or the clients of the authorization server inside in CLIENTS (homecare-exchange client add writes it).',
    )
  }
  for (const [name, file] of [
    ['ISSUERS', config.issuers],
    ['CLIENTS', config.clients],
    ['SIGNING_KEYS', config.clients === undefined ? undefined : config.signingKeys],
  ]) {
    if (file !== undefined && !existsSync(file)) wrong.push(`${name} names ${file}, and there is no such file.`)
  }
  return wrong
}

/** Whether only this machine can reach the address: 127.0.0.0/8, ::1, localhost. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

/** `http://HOST:PORT`, or `https://` with a certificate, with brackets around an IPv6 address. */
export function origin(config: Config): string {
  const scheme = config.tlsCertificate === undefined ? 'http' : 'https'
  return `${scheme}://${isIPv6(config.host) ? `[${config.host}]` : config.host}:${config.port}`
}

/** The absolute FHIR base without trailing slash. */
export function fhirBase(config: Config): string {
  return config.baseUrl ?? `${origin(config)}/fhir`
}
