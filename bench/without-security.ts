/** The service as it is, but that everybody is believed to be a trust and nothing is recorded: what `security.ts` compares with. */
import pino from 'pino'
import { createApp } from '../src/app.ts'
import { createContext } from '../src/boot.ts'
import { fhirBase, readConfig } from '../src/config.ts'
import type { Audit } from '../src/http/audit.ts'
import { interactions } from '../src/interactions/index.ts'

const config = readConfig(process.env)
const context = await createContext({ config, log: pino({ level: 'silent' }) })
const audit: Audit = { record: () => undefined, lane: (_asked, into) => into, flush: async () => {}, full: false }
const caller = { role: 'trust', organization: 'RBA', client: 'bench' } as const
const app = createApp({
  context,
  config,
  interactions,
  audit,
  authentication: { authenticate: () => caller, shown: () => caller },
})
await app.listen({ host: config.host, port: config.port })
process.stdout.write(`${fhirBase(config).replace(/\/fhir$/, '')}\n`)
process.on('SIGTERM', () => void app.close().then(() => context.close()))
