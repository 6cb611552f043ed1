/**
 * `npm run bench`: what the service costs beside its bare limits, as ratios measured in turns in one run. The servers
 * are processes of their own; this one is the load. See README.md for what each figure means.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../src/config.ts'
import { fillTasks } from './bulk.ts'
import { Connection } from './client.ts'
import { type Contest, play, type Result, table } from './measure.ts'
import { contestsOverHttp, fill, PROVIDER, type Servers, TRUST } from './over-http.ts'

const ROUNDS = 5
/** Orders that wait for the provider before anything is measured. */
const TASKS = 10_000
const { values: options } = parseArgs({
  options: { only: { type: 'string' }, profile: { type: 'string' }, past: { type: 'string', default: '100000' } },
})
/** Tasks of the past, which are over. */
const PAST = Number(options.past)

interface Running {
  readonly process: ChildProcess
  readonly origin: string
}

/** Starts a server and resolves with the address it prints. */
async function start(args: readonly string[], env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, args, { cwd: packageRoot, env, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
    if (origin) return { process: child, origin }
  }
  throw new Error(`${args.join(' ')} did not start.`)
}

async function stop({ process: child }: Running): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

/** Milliseconds that the disk takes to make 4 kB durable; the floor of every single write. */
function syncTime(folder: string): number {
  const file = openSync(join(folder, 'sync'), 'w')
  const page = Buffer.alloc(4096)
  const times = Array.from({ length: 50 }, () => {
    const before = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    return performance.now() - before
  })
  closeSync(file)
  return times.sort((a, b) => a - b)[25] ?? 0
}

const machine = (folder: string) => ({
  loadAverage: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  syncMs: Math.round(syncTime(folder) * 100) / 100,
})

async function run(folder: string, started: Running[]): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`)
  const before = machine(folder)
  const began = new Date()
  const profile = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(options.profile)}`]
  const database = `sqlite:${join(folder, 'exchange.db')}`
  say(`Filling the store with ${PAST} Tasks that are over ...`)
  await fillTasks(database, PAST, { trust: TRUST, provider: PROVIDER })
  const ours = await start([...profile, 'src/main.ts'], {
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database,
  })
  started.push(ours)
  const bare = await start(['bench/bare.ts', join(folder, 'bare.db')], {})
  started.push(bare)
  const connect = async (origin: string): Promise<Connection[]> =>
    Promise.all(Array.from({ length: 32 }, () => Connection.open(origin)))
  const servers: Servers = { ours: await connect(ours.origin), bare: await connect(bare.origin), newId: randomUUID }
  say(`Filling the store with ${TASKS} orders ...`)
  const filled = await fill(servers, TASKS)

  const results: Result[] = []
  const all: Contest[] = await contestsOverHttp(servers, filled)
  const contests = all.filter(({ name }) => name.includes(options.only ?? ''))
  if (contests.length === 0) throw new Error(`--only finds none of: ${all.map(({ name }) => name).join('; ')}`)
  for (const contest of contests) {
    say(`${contest.name} ...`)
    results.push(await play(contest, ROUNDS))
  }
  for (const connection of [...servers.ours, ...servers.bare]) connection.close()
  const after = machine(folder)
  const seconds = Math.round((Date.now() - began.getTime()) / 1000)
  say(`\n${table(results)}\n`)
  say(
    `${ROUNDS} rounds, ${cpus().length} cores, Node ${process.version}, ${seconds} s. Before and after: load average ` +
      `${before.loadAverage} and ${after.loadAverage}, a durable write of 4 kB ${before.syncMs} and ${after.syncMs} ms.`,
  )
  // The load and one server at a time keep two cores busy; what else ran shows in the spread.
  if (before.loadAverage > 0.5) say('The machine was not idle when this began: the spread tells how far to trust it.')
  if (options.only !== undefined || options.profile !== undefined) return
  const file = join(import.meta.dirname, 'results.json')
  const record = { began: began.toISOString(), seconds, rounds: ROUNDS, tasks: TASKS, node: process.version }
  writeFileSync(file, `${JSON.stringify({ ...record, cores: cpus().length, before, after, results }, null, 2)}\n`)
}

const folder = mkdtempSync(join(tmpdir(), 'homecare-bench-'))
const started: Running[] = []
try {
  await run(folder, started)
} catch (error) {
  process.stderr.write(`The benchmark stopped: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  for (const server of started) await stop(server)
  rmSync(folder, { recursive: true, force: true })
}
