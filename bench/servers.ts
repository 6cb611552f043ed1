/** What the benchmark starts, and that all of it ends and is removed, whatever happens. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { packageRoot } from '../src/config.ts'
import { startPostgres, type PostgresServer } from '../test/postgres-server.ts'
import { atEnd } from '../test/at-end.ts'
import { ownFolder, removeFolder } from '../test/temporary-folder.ts'
import { Connection } from './client.ts'

export type Engine = 'sqlite' | 'postgres'

export interface Running {
  readonly origin: string
  readonly process: ChildProcess
  /** ms from starting the process to the line with its address. */
  readonly ms: number
}

/** ms a process gets to start, and to end before it is killed. */
const PATIENCE = 60_000
const LAST_WORDS = 30_000

/** Everything that was started, to be ended in any case. */
export class Stage {
  readonly folder = ownFolder('bench')
  readonly #running = new Set<Running>()
  readonly #connections: Connection[] = []
  #postgres: Promise<PostgresServer | undefined> | undefined
  #databases = 0

  constructor() {
    // Whoever is interrupted leaves nothing behind either; the folder sees to itself.
    atEnd(() => {
      for (const { process: child } of this.#running) child.kill('SIGKILL')
    })
  }

  /** Starts a server and resolves with the address it prints. @param args of `node` */
  async start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Running> {
    const before = performance.now()
    const child = spawn(process.execPath, args, {
      cwd: packageRoot,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
    let said = ''
    const origin = await new Promise<string>((found, failed) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (said.length > 10_000) return
        said += chunk.toString()
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
        if (address) found(address)
      })
      child.once('exit', (code) => failed(new Error(`node ${args.join(' ')} ended with ${code} instead of starting.`)))
    }).finally(() => clearTimeout(late))
    const running = { origin, process: child, ms: performance.now() - before }
    this.#running.add(running)
    return running
  }

  /** The service as an operator starts it, on a database of its own. */
  service(databaseUrl: string, env: Readonly<Record<string, string>> = {}, node: readonly string[] = []) {
    const settings = { PORT: '0', LOG_LEVEL: 'silent', POLL_LIMIT: '0', DATABASE_URL: databaseUrl }
    return this.start([...node, 'src/main.ts'], { ...settings, ...env })
  }

  async stop(running: Running): Promise<void> {
    this.#running.delete(running)
    const { process: child } = running
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), LAST_WORDS)
    await exited
    clearTimeout(late)
  }

  /** Kept-alive connections, closed with everything else. */
  async connect(origin: string, count: number): Promise<Connection[]> {
    const opened = await Promise.all(Array.from({ length: count }, () => Connection.open(origin)))
    this.#connections.push(...opened)
    return opened
  }

  /** URL of a database that does not exist yet; undefined when this machine has no such engine. */
  async database(engine: Engine): Promise<string | undefined> {
    const name = `bench${this.#databases++}`
    if (engine === 'sqlite') return `sqlite:${join(this.folder, `${name}.db`)}`
    this.#postgres ??= startPostgres(['shared_buffers=512MB', 'max_wal_size=4GB', 'max_connections=100'])
    const server = await this.#postgres
    if (!server) return undefined
    await administer(server, `CREATE DATABASE ${name} TEMPLATE template0`)
    return server.url(name)
  }

  /** What runs as PostgreSQL, in its own words. */
  async postgresVersion(): Promise<string | undefined> {
    return (await this.#postgres)?.version
  }

  /** Has the engine write to disk what was filled in, which would otherwise slow down what is measured next. */
  async settle(engine: Engine): Promise<void> {
    const server = engine === 'postgres' ? await this.#postgres : undefined
    if (server) await administer(server, 'CHECKPOINT')
  }

  /** A copy of a database that nobody uses at the moment. */
  async copy(url: string): Promise<string> {
    const name = `bench${this.#databases++}`
    if (url.startsWith('sqlite:')) {
      const file = join(this.folder, `${name}.db`)
      copyFileSync(url.slice('sqlite:'.length), file)
      return `sqlite:${file}`
    }
    const server = await this.#postgres
    if (!server) throw new Error('There is no PostgreSQL to copy in.')
    await administer(server, `CREATE DATABASE ${name} TEMPLATE ${new URL(url).pathname.slice(1)}`)
    return server.url(name)
  }

  /** Ends and removes everything. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close()
    await Promise.all([...this.#running].map((running) => this.stop(running)))
    await (await this.#postgres)?.close()
    removeFolder(this.folder)
  }
}

async function administer(server: PostgresServer, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('postgres') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Resident memory of a process in MB. */
export function memoryOf({ process: { pid } }: Running): number {
  const pages = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(pages) / 1024
}

/** Options of `node` that leave a CPU profile in a folder when the process ends. */
export const profiled = (folder: string | undefined): string[] =>
  folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(folder)}`]

/** Plays a benchmark and ends whatever it has started; the exit code tells when it stopped early. */
export async function onStage(run: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = new Stage()
  try {
    await run(stage)
  } catch (error) {
    process.stderr.write(`The benchmark stopped: ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  } finally {
    await stage.close()
  }
}
