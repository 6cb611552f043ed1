/** The service as it is, but without a log line, metrics and the check of access: what `watching.ts` compares with. */
import pino from 'pino'
import { createApp } from '../src/app.ts'
import { createContext } from '../src/boot.ts'
import { readConfig } from '../src/config.ts'
import type { Metrics } from '../src/http/metrics.ts'
import { interactions } from '../src/interactions/index.ts'

const config = readConfig(process.env)
const context = await createContext({ config, log: pino({ level: 'silent' }) })
const metrics: Metrics = { contentType: 'text/plain', answered: () => {}, polled: () => {}, text: async () => '' }
// Everybody is shown everything, so nobody is asked for.
const open = { ...context, table: { ...context.table, scope: 'open' as const } }
const app = createApp({ context: open, config, interactions, metrics })
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
process.on('SIGTERM', () => void app.close().then(() => context.close()))
