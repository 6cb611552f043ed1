/** The whole service, but it writes to SQLite in the event loop: `node bench/in-loop-service.ts FILE`. */
import { pino } from 'pino'
import { createApp } from '../src/app.ts'
import { createContext } from '../src/boot.ts'
import { readConfig } from '../src/config.ts'
import { interactions } from '../src/interactions/index.ts'
import { migrate } from '../src/store/migrate.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { WrittenFile } from '../src/store/sqlite-writer.ts'

const file = process.argv[2] ?? ''
const config = readConfig({ DATABASE_URL: `sqlite:${file}`, LOG_LEVEL: 'silent', CLOCK_INTERVAL: '0', POLL_LIMIT: '0' })
const context = await createContext({
  config,
  log: pino({ level: 'silent' }),
  async open() {
    const database = openSqlite(file, () => ({ lost: new Promise(() => {}), open: inLoop }))
    await migrate(database)
    return database
  },
})
const app = createApp({ context, config, interactions })
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
process.on('SIGTERM', () => process.exit(0))

/** What the thread does with a file, done here and now. */
function inLoop(path: string) {
  const written = new WrittenFile(path)
  return {
    begin: async (expected: string | undefined) => written.begin(expected),
    run: async (...statement: Parameters<WrittenFile['run']>) => written.run(...statement),
    finish: async (sql: string) => void written.run(sql, []),
    close: async () => written.close(),
  }
}
