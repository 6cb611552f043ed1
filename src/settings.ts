/**
 * Every setting of the service, in one list: what `readConfig` reads, checks and defaults, and the source of the table in
 * the README (`src/generator/readme.ts`).
 */
import type { AnySchema } from 'ajv'
import type { Config } from './config.ts'

const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const
export type LogLevel = (typeof logLevels)[number]

export interface Setting {
  /** Name of the environment variable. */
  readonly name: string
  readonly key: keyof Config
  /** As it would be written in the environment; empty: not set unless given. */
  readonly default: string
  readonly description: string
  /** Completes the sentence "It must be …". */
  readonly expects: string
  /** JSON Schema of the value; numbers are coerced from their text. */
  readonly schema: AnySchema
  /** Relative paths start at the working directory; defaults of the package's own files at the package root. */
  readonly path?: 'working-directory' | 'package-root'
}

const whole = (minimum: number, maximum: number): Pick<Setting, 'schema' | 'expects'> => ({
  schema: { type: 'integer', minimum, maximum },
  expects: `a whole number from ${minimum} to ${maximum}`,
})

/** All settings, in the order in which the README shows them. */
export const settings: readonly Setting[] = [
  {
    name: 'PORT',
    key: 'port',
    default: '8080',
    description: 'TCP port to listen on; 0 takes a free one.',
    ...whole(0, 65535),
  },
  {
    name: 'HOST',
    key: 'host',
    default: '127.0.0.1',
    description: 'Address to listen on.',
    expects: 'an IP address or a host name',
    schema: { type: 'string', pattern: '^[A-Za-z0-9._:-]+$' },
  },
  {
    name: 'DATABASE_URL',
    key: 'databaseUrl',
    default: 'sqlite:data/exchange.db',
    description:
      'Where everything is kept: `sqlite:` and a file, made when missing, for one machine; or `postgres://user:password@host:5432/database` for several nodes (needs the package `pg`; TLS by `?sslmode=verify-full&sslrootcert=FILE`). Of several hosts (`one:5432,two:5432`) the one that is no standby is used.',
    expects: '"sqlite:" followed by a file path, or a postgres:// URL',
    schema: { type: 'string', pattern: '^(sqlite:.+|postgres(ql)?://.+)$' },
    path: 'working-directory',
  },
  {
    name: 'DATABASE_READ_URL',
    key: 'databaseReadUrl',
    default: '',
    description:
      'A read replica of the PostgreSQL in `DATABASE_URL`: searches that say `Cache-Control: max-stale` are answered from it, as of a moment ago. Polls (by `_lastUpdated`, `$changes`) and everything else never are.',
    expects: 'a postgres:// URL',
    schema: { type: 'string', pattern: '^postgres(ql)?://.+$' },
  },
  {
    name: 'AUTH',
    key: 'auth',
    default: 'sandbox',
    description:
      'How callers prove who they are. `oauth`: with tokens of the issuers in `ISSUERS`, of the authorization server inside (`CLIENTS`), or both. `sandbox` hands a token to anybody who asks, so it is allowed only where no other machine can reach it: HOST and BASE_URL on loopback, NODE_ENV not `production`.',
    expects: '"sandbox" or "oauth"',
    schema: { type: 'string', enum: ['sandbox', 'oauth'] },
  },
  {
    name: 'ISSUERS',
    key: 'issuers',
    default: '',
    description: 'With AUTH=oauth: JSON file of the issuers whose tokens are accepted, see "Who may come in".',
    expects: 'the path of a JSON file that exists',
    schema: { type: 'string' },
    path: 'working-directory',
  },
  {
    name: 'CLIENTS',
    key: 'clients',
    default: '',
    description:
      'With AUTH=oauth: file of the clients of the authorization server inside, written by `homecare-exchange client add`; without it there is no such server.',
    expects: 'the path of a JSON file that exists',
    schema: { type: 'string' },
    path: 'working-directory',
  },
  {
    name: 'SIGNING_KEYS',
    key: 'signingKeys',
    default: 'data/signing-keys.json',
    description:
      'Private file of the keys that the authorization server inside signs with, written by `homecare-exchange key rotate`.',
    expects: 'the path of a file',
    schema: { type: 'string' },
    path: 'working-directory',
  },
  {
    name: 'TLS_CERTIFICATE',
    key: 'tlsCertificate',
    default: '',
    description:
      'PEM file of the certificate, with its chain, with which the service speaks HTTPS itself; without it TLS ends at a proxy in front. Tokens bound to a client certificate need it.',
    expects: 'the path of a PEM file that exists',
    schema: { type: 'string' },
    path: 'working-directory',
  },
  {
    name: 'TLS_KEY',
    key: 'tlsKey',
    default: '',
    description: 'PEM file of the private key of `TLS_CERTIFICATE`.',
    expects: 'the path of a PEM file that exists',
    schema: { type: 'string' },
    path: 'working-directory',
  },
  {
    name: 'LOG_LEVEL',
    key: 'logLevel',
    default: 'info',
    description: `Least severe log line that is written: ${logLevels.map((level) => `\`${level}\``).join(', ')}.`,
    expects: `one of ${logLevels.join(', ')}`,
    schema: { type: 'string', enum: logLevels },
  },
  {
    name: 'SERVER_TABLE',
    key: 'serverTable',
    default: 'conformance/server.json',
    description:
      'The table of what the service promises. `conformance/tester.json` opens every R4 type to the role `tester`.',
    expects: 'the path of a JSON file that exists',
    schema: { type: 'string' },
    path: 'package-root',
  },
  {
    name: 'POLICY',
    key: 'policy',
    default: 'conformance/policy.json',
    description:
      'The table of what trusts, providers and therapies have agreed: due times, renewal lead, screening, signatures.',
    expects: 'the path of a JSON file that exists',
    schema: { type: 'string' },
    path: 'package-root',
  },
  {
    name: 'CLOCK_INTERVAL',
    key: 'clockInterval',
    default: '30',
    description:
      'Seconds between two looks at what is overdue, expires or must be renewed; 0 leaves it to other nodes.',
    ...whole(0, 3600),
  },
  {
    name: 'IDEMPOTENCY_HOURS',
    key: 'idempotencyHours',
    default: '72',
    description: 'Hours for which the answer to a write with an `Idempotency-Key` is kept and given again.',
    ...whole(1, 8760),
  },
  {
    name: 'PACKAGES',
    key: 'packages',
    default: '',
    description:
      'FHIR packages whose profiles are enforced when a resource claims them: `.tgz` files or unpacked folders, separated by commas, each with the packages it builds on.',
    expects: 'paths of .tgz files or folders that exist, separated by commas',
    schema: { type: 'string' },
    path: 'working-directory',
  },
  {
    name: 'BASE_URL',
    key: 'baseUrl',
    default: '',
    description:
      'Public FHIR base used in links and Location, e.g. `https://exchange.example.org/fhir` behind a proxy; without it `http://HOST:PORT/fhir`.',
    expects: 'an absolute http or https URL without query or fragment',
    schema: { type: 'string', pattern: '^https?://[^\\s/?#]+(/[^\\s?#]*)?$' },
  },
  {
    name: 'TERMINOLOGY_URL',
    key: 'terminologyUrl',
    default: '',
    description:
      'FHIR base of a terminology server that is asked (`$validate-code`) whether SNOMED CT and dm+d codes exist; without it their form is checked. When it does not answer, the write goes on with a warning.',
    expects: 'an absolute http or https URL without query or fragment',
    schema: { type: 'string', pattern: '^https?://[^\\s/?#]+(/[^\\s?#]*)?$' },
  },
  {
    name: 'PRIVATE_HOSTS',
    key: 'privateHosts',
    default: '',
    description:
      'Hosts of key sets (`jwksUrl`) and of `TERMINOLOGY_URL` that may be at a private or link-local address or on this machine, separated by commas, e.g. `terminology.internal,10.0.0.7`. Any other host is connected to at public addresses only, whatever its name resolves to; `localhost` and 127.0.0.1 may be written as they are.',
    expects: 'host names or IP addresses, without scheme and port, separated by commas',
    schema: { type: 'string', pattern: '^[A-Za-z0-9._:-]+(\\s*,\\s*[A-Za-z0-9._:-]+)*$' },
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    key: 'tracesEndpoint',
    default: '',
    description:
      'Base of an OpenTelemetry collector (OTLP over HTTP), e.g. `http://127.0.0.1:4318`: each request is then traced. The other `OTEL_…` variables are read as OpenTelemetry says.',
    expects: 'an absolute http or https URL without query or fragment',
    schema: { type: 'string', pattern: '^https?://[^\\s/?#]+(/[^\\s?#]*)?$' },
  },
  {
    name: 'CORS_ORIGINS',
    key: 'corsOrigins',
    default: '',
    description:
      'Web origins whose pages may call the service from a browser, e.g. `https://tracker.example.org`, separated by commas; `*` for any; without it none may.',
    expects: 'origins (scheme, host and port, nothing after them) separated by commas, or "*"',
    schema: { type: 'string', pattern: '^(\\*|https?://[^\\s/?#,]+(\\s*,\\s*https?://[^\\s/?#,]+)*)$' },
  },
  {
    name: 'BODY_LIMIT',
    key: 'bodyLimit',
    default: '5242880',
    description: 'Largest request body, in bytes, also after unpacking; a larger one is answered with 413.',
    ...whole(1024, 104_857_600),
  },
  {
    name: 'BUNDLE_ENTRY_LIMIT',
    key: 'bundleEntryLimit',
    default: '200',
    description: 'Most entries a Bundle may have; more is answered with 413.',
    ...whole(1, 10_000),
  },
  {
    name: 'JSON_DEPTH_LIMIT',
    key: 'jsonDepthLimit',
    default: '64',
    description: 'Deepest nesting of objects and arrays in a body; deeper is answered with 400.',
    ...whole(8, 1000),
  },
  {
    name: 'SEARCH_DEFAULT_COUNT',
    key: 'searchDefaultCount',
    default: '50',
    description: 'Resources on a search page when `_count` is not given.',
    ...whole(1, 1000),
  },
  {
    name: 'SEARCH_MAX_COUNT',
    key: 'searchMaxCount',
    default: '250',
    description: 'Most resources on a search page, whatever `_count` asks for.',
    ...whole(1, 1000),
  },
  {
    name: 'POLL_LIMIT',
    key: 'pollLimit',
    default: '',
    description:
      'Polls (searches and `$changes`) a minute that each client may make; more is answered with 429. 0: not limited. When not set: 600, and not limited with `AUTH=sandbox`, where test suites run.',
    ...whole(0, 1_000_000),
  },
  {
    name: 'REQUEST_RATE',
    key: 'requestRate',
    default: '',
    description:
      'Requests of any kind a minute that each client may make, and all clients of an organisation four times as many (as for polls); more is answered with 429. 0: not limited. When not set: 6000, and not limited with `AUTH=sandbox`.',
    ...whole(0, 10_000_000),
  },
  {
    name: 'WAIT_LIMIT',
    key: 'waitLimit',
    default: '30',
    description:
      'Most seconds that `$changes` with `Prefer: wait=SECONDS` is held open; more is cut to this. 0: nobody waits.',
    ...whole(0, 300),
  },
  {
    name: 'WAITING_LIMIT',
    key: 'waitingLimit',
    default: '1000',
    description: 'Requests that may wait for changes at a time; one more is answered with 503.',
    ...whole(0, 100_000),
  },
  {
    name: 'WAITING_PER_ORGANIZATION',
    key: 'waitingPerOrganization',
    default: '20',
    description: 'Requests of one organisation that may wait for changes at a time; one more is answered with 429.',
    ...whole(0, 100_000),
  },
  {
    name: 'PAGE_LINK_LIFETIME',
    key: 'pageLinkLifetime',
    default: '3600',
    description: 'Seconds for which the links of a search page may be followed; later they are answered with 410.',
    ...whole(1, 86_400),
  },
  {
    name: 'TOKEN_LIFETIME',
    key: 'tokenLifetime',
    default: '3600',
    description: 'Seconds a sandbox token is good for. A restart of the service ends every token.',
    ...whole(1, 86_400),
  },
  {
    name: 'REQUEST_LIMIT',
    key: 'requestLimit',
    default: '1000',
    description:
      'Requests in hand at a time, those that wait for changes apart; one more is answered with 503 at once. A node that answers 1,000 a second then keeps nobody waiting much longer than a second.',
    ...whole(1, 100_000),
  },
  {
    name: 'BODY_MEMORY',
    key: 'bodyMemory',
    default: '33554432',
    description:
      'Bytes of large bodies (above 64 kB) in hand at a time; more wait up to 5 s for room, then get 503. While a large Bundle is worked on it takes some ten times its size in memory. One client gets a quarter at most.',
    ...whole(1024, 4_294_967_296),
  },
  {
    name: 'ANSWER_MEMORY',
    key: 'answerMemory',
    default: '134217728',
    description: 'Bytes of large answers that slow clients have not fetched yet; further reads get 503 meanwhile.',
    ...whole(1024, 4_294_967_296),
  },
  {
    name: 'CONNECTION_LIMIT',
    key: 'connectionLimit',
    default: '10000',
    description:
      'Open connections; when one more comes, idle ones are closed to make room. Keep it below the limit on open files (`ulimit -n`).',
    ...whole(1, 1_000_000),
  },
  {
    name: 'HEADERS_TIMEOUT',
    key: 'headersTimeout',
    default: '10',
    description:
      'Seconds a client may take to send the head of a request; longer is answered with 408. A head is a packet or two, so only the slowest line needs more.',
    ...whole(1, 3600),
  },
  {
    name: 'REQUEST_TIMEOUT',
    key: 'requestTimeout',
    default: '30',
    description:
      'Seconds a client may take to send a whole request; longer is answered with 408. With the default a body at `BODY_LIMIT` needs a line of 1.4 Mbit/s.',
    ...whole(1, 3600),
  },
  {
    name: 'CONNECTION_TIMEOUT',
    key: 'connectionTimeout',
    default: '60',
    description: 'Seconds a connection may stay silent while a request is open before it is cut.',
    ...whole(1, 3600),
  },
  {
    name: 'ANSWER_TIMEOUT',
    key: 'answerTimeout',
    default: '60',
    description: 'Seconds a client may take to fetch an answer before its connection is cut.',
    ...whole(1, 3600),
  },
  {
    name: 'KEEP_ALIVE_TIMEOUT',
    key: 'keepAliveTimeout',
    default: '72',
    description: 'Seconds an idle connection is kept; keep it above the idle time of a proxy in front.',
    ...whole(1, 3600),
  },
  {
    name: 'SHUTDOWN_TIMEOUT',
    key: 'shutdownTimeout',
    default: '10',
    description: 'Seconds that requests in flight get to finish after SIGTERM or SIGINT.',
    ...whole(1, 600),
  },
]
