/** A service that runs: context, application, listening; and a stop that lets requests in flight finish. */
import { createServer } from 'node:net'
import { createApp } from './app.ts'
import { createContext } from './boot.ts'
import { type Config, origin } from './config.ts'
import type { Context } from './context.ts'
import { createLog } from './http/log.ts'
import { describe } from './http/failure.ts'
import { runClock } from './interactions/clock.ts'
import type { Tracing } from './http/tracing.ts'
import { interactions } from './interactions/index.ts'

export interface RunningServer {
  /** E.g. `http://127.0.0.1:8080`. */
  readonly origin: string
  /** The settings it runs with; `port` is the one really listened on. */
  readonly config: Config
  /** Resource types that are exposed. */
  readonly types: readonly string[]
  /** Resolves with the reason when the database cannot be used any more by this process; absent where it mends itself. */
  readonly lost?: Promise<Error>
  /** Finishes the requests in flight, then closes the database. */
  close(): Promise<void>
}

/**
 * Starts the service and resolves when it listens.
 * @throws Error with words for the operator when a table, the database or the port cannot be used
 */
export async function serve(settings: Config): Promise<RunningServer> {
  // Links are made from the base that the context is given, so a free port is found before anything else.
  const config = settings.port === 0 ? { ...settings, port: await freePort(settings.host) } : settings
  const log = createLog(config.logLevel)
  const context = await createContext({ config, log })
  try {
    const tracing = await startTraces(config, context)
    const app = createApp({ context, config, interactions, ...(tracing ? { tracing } : {}) })
    await app.listen({ host: config.host, port: config.port })
    // What is due can wait until the service answers; the thread that writes starts with it.
    const stopClock = startClock(context, config.clockInterval)
    return {
      origin: origin(config),
      config,
      types: context.exposedTypes,
      ...(context.database.lost ? { lost: context.database.lost } : {}),
      async close() {
        log.info('stopping')
        // Nobody new is let in from this moment, whatever the clock is at.
        await Promise.all([app.close(), stopClock()])
        await tracing?.close()
        await context.close()
        // Without this line the stop was cut short: by SHUTDOWN_TIMEOUT, a second signal or a kill.
        log.info('stopped')
      },
    }
  } catch (error) {
    await context.close()
    throw error
  }
}

/**
 * Looks at the clock every so many seconds, one look at a time.
 * @returns stops it and resolves when the look that is running has ended
 */
function startClock(context: Context, seconds: number): () => Promise<void> {
  if (seconds === 0) return () => Promise.resolve()
  let running: Promise<unknown> = Promise.resolve()
  let busy = false
  const look = () => {
    if (busy) return
    busy = true
    running = runClock(context)
      .catch((error: unknown) => context.log.error({ failure: describe(error) }, 'the clock failed'))
      .finally(() => {
        busy = false
      })
  }
  const timer = setInterval(look, seconds * 1000)
  look()
  return async () => {
    clearInterval(timer)
    await running
  }
}

/** Its libraries take a while to load, and are loaded only where somebody wants traces. */
async function startTraces(config: Config, { capabilityHead, log }: Context): Promise<Tracing | undefined> {
  if (config.tracesEndpoint === undefined) return undefined
  const { software } = capabilityHead as { readonly software?: { readonly version?: string } }
  const { startTracing } = await import('./http/tracing.ts')
  return startTracing({
    endpoint: config.tracesEndpoint,
    serviceVersion: software?.version ?? '',
    databaseSystem: config.databaseUrl.startsWith('sqlite:') ? 'sqlite' : 'postgresql',
    log,
  })
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, host, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
