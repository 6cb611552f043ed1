/** The program: settings from the environment, the service, and signals that stop it. */
import { banner } from './banner.ts'
import { readConfig } from './config.ts'
import { describe } from './http/failure.ts'
import { type RunningServer, serve } from './serve.ts'

export { serve }

/** Starts the service; says why and exits with 1 when it cannot be started. */
export async function run(): Promise<void> {
  try {
    const server = await serve(readConfig(process.env))
    stopOnSignal(server)
    process.stdout.write(banner(server.config, server.types))
  } catch (error) {
    process.stderr.write(`Homecare Exchange did not start.\n${sentences(error)}\n`)
    process.exit(1)
  }
}

/** The first signal asks to stop, the second does not wait. Who has lost the database stops by itself. */
function stopOnSignal(server: RunningServer): void {
  let stopping = false
  const stop = async (code = 0) => {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), server.config.shutdownTimeout * 1000).unref()
    await server.close()
    // Exiting also flushes the log.
    process.exit(code)
  }
  // Whoever waits is still told so; what was acknowledged is on disk, and a new process reads it from there.
  void server.lost?.then((error) => {
    process.stderr.write(`${JSON.stringify({ msg: 'the database is lost, stopping', failure: describe(error) })}\n`)
    return stop(1)
  })
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
  // After an error nobody caught the state is unknown: what was acknowledged is on disk, so stop and be restarted.
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${JSON.stringify({ msg: 'unexpected error, stopping', failure: describe(error) })}\n`)
    process.exit(1)
  })
}

/** Words for the person at the terminal: no stack for what a setting can mend. */
function sentences(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return 'The port is in use by another program: stop it, or set PORT to another one.'
  if (code === 'EACCES')
    return `This user may not use the port or the file (${error.message}): set PORT or DATABASE_URL.`
  return error.message
}
