/**
 * `npm run demo`: one prescription travels. A trust's EPR and a homecare provider, each with its own token, play a
 * whole order through the public API of a server on a temporary database. Every state, count and ETag is checked;
 * the first that differs ends the demonstration with exit code 1.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { type RunningServer, serve } from '../serve.ts'
import { play } from './story.ts'

const folder = mkdtempSync(join(tmpdir(), 'homecare-demo-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
// Whoever is interrupted leaves nothing behind either.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
let server: RunningServer | undefined
try {
  server = await serve(
    readConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      DATABASE_URL: `sqlite:${join(folder, 'demo.db')}`,
    }),
  )
  await play(server.origin, (line) => process.stdout.write(`${line}\n`))
} catch (error) {
  process.stderr.write(`The demonstration stopped: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await server?.close()
}
