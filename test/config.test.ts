import { readFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import t from 'tap'
import { banner } from '../src/banner.ts'
import { fhirBase, isLoopback, origin, packageRoot, readConfig } from '../src/config.ts'
import { settings } from '../src/settings.ts'
import { catalogue } from '../src/fhir/problem.ts'
import { problemCodes } from '../src/generator/problem-codes.ts'
import { renderBlocks } from '../src/generator/readme.ts'

const sentences = (env: Record<string, string>): string[] => {
  try {
    readConfig(env)
    return []
  } catch (error) {
    return (error as Error).message.split('\n')
  }
}

t.test(
  'without any variable the service listens on loopback and keeps its data beside the working directory',
  async (t) => {
    const config = readConfig({})
    t.match(config, { port: 8080, host: '127.0.0.1', auth: 'sandbox', logLevel: 'info', bodyLimit: 5_242_880 })
    t.equal(config.databaseUrl, `sqlite:${resolve('data/exchange.db')}`)
    t.equal(config.serverTable, join(packageRoot, 'conformance/server.json'))
    t.equal(config.baseUrl, undefined)
    t.equal(fhirBase(config), 'http://127.0.0.1:8080/fhir')
    t.ok(6_000_000 > config.bodyLimit, 'a body of 6 MB is over the limit')
  },
)

t.test('origins are a list, and nothing that only looks like one', async (t) => {
  t.strictSame(readConfig({}).corsOrigins, [])
  t.strictSame(readConfig({ CORS_ORIGINS: '*' }).corsOrigins, ['*'])
  const two = readConfig({ CORS_ORIGINS: ' https://a.example , http://localhost:3000' })
  t.strictSame(two.corsOrigins, ['https://a.example', 'http://localhost:3000'])
  for (const wrong of ['a.example', 'https://a.example/', 'https://a.example/fhir', '*, https://a.example', 'null']) {
    t.match(sentences({ CORS_ORIGINS: wrong }), [/^CORS_ORIGINS is .* must be origins/], wrong)
  }
})

t.test('an empty variable counts as not set, so that PORT= in a compose file is no error', async (t) => {
  t.equal(readConfig({ PORT: '', HOST: ' ', BASE_URL: '' }).port, 8080)
})

t.test('every setting can be given and arrives as its type', async (t) => {
  const config = readConfig({
    PORT: '0',
    HOST: '::1',
    DATABASE_URL: 'sqlite:/tmp/exchange.db',
    LOG_LEVEL: 'silent',
    SERVER_TABLE: 'package.json',
    AUTH: 'oauth',
    ISSUERS: 'package.json',
    BASE_URL: 'https://exchange.example.org/fhir/',
    TOKEN_LIFETIME: '60',
  })
  t.match(config, { port: 0, databaseUrl: 'sqlite:/tmp/exchange.db', logLevel: 'silent', tokenLifetime: 60 })
  t.equal(config.serverTable, resolve('package.json'))
  t.equal(fhirBase(config), 'https://exchange.example.org/fhir')
  t.equal(origin({ ...config, port: 4711 }), 'http://[::1]:4711')
})

t.test('all wrong settings are named at once, each in one sentence with what is allowed', async (t) => {
  t.strictSame(sentences({ PORT: 'eighty', LOG_LEVEL: 'loud', BODY_LIMIT: '5MB', BASE_URL: 'exchange' }), [
    'PORT is "eighty": it must be a whole number from 0 to 65535.',
    'LOG_LEVEL is "loud": it must be one of silent, fatal, error, warn, info, debug, trace.',
    'BASE_URL is "exchange": it must be an absolute http or https URL without query or fragment.',
    'BODY_LIMIT is "5MB": it must be a whole number from 1024 to 104857600.',
  ])
  t.equal(sentences({ PORT: '65536' }).length, 1)
  t.equal(sentences({ PORT: '8080.5' }).length, 1)
  t.equal(sentences({ AUTH: 'none' }).length, 1)
})

t.test('a database URL that is refused is not repeated: it may carry a password', async (t) => {
  const [sentence] = sentences({ DATABASE_URL: 'mysql://u:secret@h/db' })
  t.equal(sentence, 'DATABASE_URL must be "sqlite:" followed by a file path, or a postgres:// URL.')
})

t.test('sandbox tokens are never handed out beyond this machine', async (t) => {
  for (const host of ['0.0.0.0', '::', '10.0.0.7', 'exchange.example.org', '127.example.org']) {
    const [sentence] = sentences({ HOST: host })
    t.match(sentence, /set HOST to 127\.0\.0\.1, ::1 or localhost/, host)
  }
  for (const host of ['127.0.0.1', '127.8.9.10', '::1', 'localhost']) {
    t.ok(isLoopback(host), host)
    t.strictSame(sentences({ HOST: host }), [])
  }
})

t.test('nor behind a proxy that others reach, nor in production', async (t) => {
  for (const url of [
    'https://exchange.example.org/fhir',
    'http://10.0.0.7/fhir',
    'http://127.0.0.1.example.org/fhir',
  ]) {
    t.match(sentences({ BASE_URL: url }), [/BASE_URL says that they reach it: set AUTH=oauth/], url)
  }
  for (const url of ['http://localhost:8080/fhir', 'http://[::1]/fhir', 'http://127.0.0.1/fhir'])
    t.strictSame(sentences({ BASE_URL: url }), [], url)
  t.match(sentences({ NODE_ENV: 'production' }), [/NODE_ENV is "production"/])
  t.strictSame(sentences({ HOST: '0.0.0.0', NODE_ENV: 'production', AUTH: 'oauth', ISSUERS: 'package.json' }), [])
  t.match(sentences({ AUTH: 'oauth' }), [/ISSUERS, or the clients/])
  t.match(sentences({ AUTH: 'oauth', CLIENTS: 'nowhere.json' }), [/CLIENTS names/, /SIGNING_KEYS names/])
  t.match(sentences({ TLS_KEY: 'package.json' }), [/belong together/])
})

t.test('settings that contradict each other or name a missing file stop the start', async (t) => {
  t.match(sentences({ SEARCH_DEFAULT_COUNT: '100', SEARCH_MAX_COUNT: '50' }), [/SEARCH_DEFAULT_COUNT \(100\)/])
  t.match(sentences({ SERVER_TABLE: 'nowhere/server.json' }), [/no such file/])
})

t.test('the table of settings has a name, words and a default that is itself allowed for every key', async (t) => {
  const names = settings.map(({ name }) => name)
  t.equal(new Set(names).size, names.length)
  const config: Record<string, unknown> = { ...readConfig({}) }
  for (const { key, default: value, description } of settings) {
    t.ok(description.endsWith('.'), key)
    if (value !== '') t.ok(config[key] !== undefined, key)
  }
  t.ok(isAbsolute(readConfig({}).serverTable))
})

t.test('the generated README block lists every setting and leaves the rest of the text alone', async (t) => {
  const text = 'before\n<!-- generated:configuration -->\nold\n<!-- /generated:configuration -->\nafter\n'
  const current = renderBlocks(text)
  for (const { name } of settings) t.match(current, `| \`${name}\` |`)
  t.notMatch(current, /\nold\n/)
  t.ok(current.startsWith('before\n<!--') && current.endsWith('-->\nafter\n'))
  t.equal(renderBlocks(current), current)
  t.throws(() => renderBlocks('no markers'), /generated:configuration/)
})

t.test('the published CodeSystem has exactly the codes that are answered', async (t) => {
  const published = JSON.parse(readFileSync(join(packageRoot, 'profiles/CodeSystem/problem.json'), 'utf8'))
  t.strictSame(published, problemCodes(), 'run node src/generator/problem-codes.ts')
  t.strictSame(
    problemCodes().concept?.map(({ code }) => code),
    Object.keys(catalogue),
  )
})

t.test('the banner shows no password of the database, wherever its URL has it', async (t) => {
  for (const url of [
    'postgres://a:s3cret@db/x',
    'postgres://a@db/x?password=s3cret',
    'postgres://db/x?sslpassword=s3cret',
  ]) {
    const text = banner(readConfig({ DATABASE_URL: url }), ['Task'])
    t.notMatch(text, /s3cret/)
    t.match(text, 'db/x')
  }
})

t.test('the banner names the address and a line that can be pasted', async (t) => {
  const text = banner(readConfig({ PORT: '4711' }), ['Task', 'MedicationRequest'])
  t.match(text, 'http://127.0.0.1:4711/fhir/metadata')
  t.match(text, "curl -s 'http://127.0.0.1:4711/oauth2/token'")
  t.match(text, 'Task, MedicationRequest')
})
