/** The whole service over the prototype of `threaded.ts`: `node bench/threaded-service.ts FILE`. */
import { pino } from 'pino'
import { createApp } from '../src/app.ts'
import { createContext } from '../src/boot.ts'
import { readConfig } from '../src/config.ts'
import { interactions } from '../src/interactions/index.ts'
import { migrate } from '../src/store/migrate.ts'
import { openThreaded } from './threaded.ts'

const url = `sqlite:${process.argv[2]}`
const config = readConfig({ DATABASE_URL: url, LOG_LEVEL: 'silent', CLOCK_INTERVAL: '0', POLL_LIMIT: '0' })
const context = await createContext({
  config,
  log: pino({ level: 'silent' }),
  async open() {
    const database = openThreaded(process.argv[2] ?? '')
    await migrate(database)
    return database
  },
})
const app = createApp({ context, config, interactions })
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
process.on('SIGTERM', () => process.exit(0))
