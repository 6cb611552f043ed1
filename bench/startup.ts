/**
 * How long until the service answers, beside a Fastify application that does nothing: from starting the process to
 * the line that says it listens. Part of `npm run bench`; alone with `node bench/startup.ts`.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../src/config.ts'
import type { ElementDefinition } from '../src/fhir/definitions.ts'
import { loadBaseDefinitions } from '../src/generator/load-base.ts'
import { ownFolder, removeFolder } from '../test/temporary-folder.ts'
import { login, postOrder } from './arena.ts'
import { ask, Connection } from './client.ts'
import { columns, spread } from './measure.ts'
import { smallOrder, TRUST } from './orders.ts'

const ROUNDS = 3
const PROFILES = 200
const BARE = `import Fastify from 'fastify'
const app = Fastify()
app.get('/', async () => 'here')
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))`

interface Start {
  readonly ms: number
  /** Resident memory in MB, once it listens. */
  readonly mb: number
}

/**
 * @param until what has to happen before the time ends, when being reachable is not enough
 * @param signal ends it: as a service is ended, SIGTERM, it keeps the code that V8 has compiled of what came late
 */
async function start(
  args: readonly string[],
  env: Record<string, string>,
  signal: NodeJS.Signals,
  until?: (origin: string) => Promise<unknown>,
): Promise<Start> {
  const before = performance.now()
  const child = spawn(process.execPath, args, {
    cwd: packageRoot,
    env: { ...process.env, ...env, PORT: '0', LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
    if (origin === undefined) continue
    await until?.(origin)
    const ms = performance.now() - before
    const mb = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)]).toString()) / 1000
    child.kill(signal)
    await exited
    return { ms, mb }
  }
  throw new Error(`node ${args.join(' ')} did not start.`)
}

/** A trust logs in and sends its first order. */
async function firstOrder(origin: string): Promise<void> {
  const connection = await Connection.open(origin)
  await ask(connection, postOrder(await login(connection, 'trust', TRUST), JSON.stringify(smallOrder())))
  connection.close()
}

/** A folder of profiles as a national body publishes them: snapshots with cardinality, slicing, bindings, invariants. */
function nationalPackage(folder: string): string {
  const definitions = loadBaseDefinitions(join(packageRoot, 'profiles/base'))
  const types = [...definitions.resourceTypes].filter((type) => {
    const elements = definitions.structure(type)?.snapshot.element ?? []
    return elements.some(({ path }) => path === `${type}.identifier`)
  })
  mkdirSync(folder)
  for (let i = 0; i < PROFILES; i++) {
    const type = types[i % types.length] ?? 'Patient'
    const structure = definitions.structure(type)
    if (!structure) throw new Error(`There is no ${type}.`)
    const url = `https://example.org/StructureDefinition/national-${type}-${i}`
    const element = structure.snapshot.element.flatMap((one) => profiled(one, type))
    const definition = {
      ...structure,
      id: `national-${type}-${i}`,
      url,
      derivation: 'constraint',
      snapshot: { element },
    }
    writeFileSync(join(folder, `${definition.id}.json`), JSON.stringify(definition))
  }
  return folder
}

function profiled(element: ElementDefinition, type: string): unknown[] {
  if (element.path === type) {
    const constraint = Array.from({ length: 3 }, (_, i) => ({
      key: `nat-${i}`,
      severity: 'error',
      human: 'An identifier has a value',
      expression: `identifier.where(system = 'https://example.org/Id/${i}').value.all(matches('^[0-9]{1,${i + 4}}$'))`,
    }))
    return [{ ...element, constraint: [...(element.constraint ?? []), ...constraint] }]
  }
  if (element.path !== `${type}.identifier` || element.max !== '*') return [element]
  const slicing = { discriminator: [{ type: 'value', path: 'system' }], rules: 'open' }
  const slice = (name: string) => {
    const id = `${type}.identifier:${name}`
    const below = { path: `${type}.identifier.system`, type: [{ code: 'uri' }], max: '1' }
    return [
      { ...element, id, sliceName: name, min: 0, max: '1' },
      { ...below, id: `${id}.system`, min: 1, fixedUri: `https://example.org/Id/${name}` },
    ]
  }
  return [{ ...element, slicing }, ...slice('national'), ...slice('local')]
}

interface Starter {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Record<string, string>
  readonly goal?: number
  readonly goalMs?: number
  readonly goalMb?: number
  readonly until?: (origin: string) => Promise<void>
}

const contests = (folder: string): Starter[] => {
  const database = (name: string) => ({ DATABASE_URL: `sqlite:${join(folder, `${name}.db`)}` })
  const all = { SERVER_TABLE: 'conformance/tester.json' }
  return [
    { name: 'bare Fastify', args: ['--input-type=module', '-e', BARE], env: {} },
    { name: 'npm start', args: ['dist/main.js'], env: database('home') },
    {
      name: 'npm start to the first accepted order',
      args: ['dist/main.js'],
      env: database('first'),
      goal: 2,
      until: firstOrder,
    },
    { name: 'npm start, all R4 types', args: ['dist/main.js'], env: { ...database('all'), ...all }, goal: 2 },
    { name: 'from src, all R4 types', args: ['src/main.ts'], env: { ...database('src'), ...all } },
    {
      name: `npm start, ${PROFILES} profiles more`,
      args: ['dist/main.js'],
      env: { ...database('national'), PACKAGES: nationalPackage(join(folder, 'national')) },
      goalMs: 5000,
      goalMb: 300,
    },
  ]
}

/** Starts everything in turn; a first round, which writes the databases and the compiled code, does not count. */
async function run(say: (line: string) => void): Promise<void> {
  execFileSync(process.execPath, ['src/generator/build.ts'], { cwd: packageRoot })
  const folder = ownFolder('start')
  try {
    const all = contests(folder).map((contest) => ({ ...contest, starts: [] as Start[] }))
    for (let round = -1; round < ROUNDS; round++) {
      for (const { args, env, starts, until } of all) {
        const one = await start(args, env, round < 0 ? 'SIGTERM' : 'SIGKILL', until)
        if (round >= 0) starts.push(one)
      }
    }
    const bare = all[0]?.starts ?? []
    const rows = all.map(({ name, starts, ...goals }) => {
      const { median, high } = spread(starts.map(({ ms }) => ms))
      const memory = spread(starts.map(({ mb }) => mb)).median
      const ratio = spread(starts.map(({ ms }, i) => ms / (bare[i]?.ms ?? Number.NaN))).median
      return { name, p50: median, p99: high, ratio, memory, ...verdict(goals, { median, memory, ratio }) }
    })
    say(
      columns([
        ['what', 'p50 ms', 'slowest ms', 'ratio', 'MB', 'goal', ''],
        ...rows.map(({ name, p50, p99, ratio, memory, goal, met }) => [
          name,
          ...[p50, p99].map((ms) => ms.toFixed(0)),
          ratio.toFixed(2),
          memory.toFixed(0),
          goal,
          met,
        ]),
      ]),
    )
    writeFileSync(join(import.meta.dirname, 'results-startup.json'), `${JSON.stringify(rows, null, 2)}\n`)
  } finally {
    removeFolder(folder)
  }
}

function verdict(
  { goal, goalMs, goalMb }: { readonly goal?: number; readonly goalMs?: number; readonly goalMb?: number },
  { median, memory, ratio }: { readonly median: number; readonly memory: number; readonly ratio: number },
): { readonly goal: string; readonly met: string } {
  if (goal !== undefined) return { goal: `at most ${goal.toFixed(2)}`, met: ratio <= goal ? 'met' : 'missed' }
  if (goalMs === undefined || goalMb === undefined) return { goal: '', met: '' }
  const isMet = median < goalMs && memory < goalMb
  return { goal: `under ${goalMs / 1000} s and ${goalMb} MB`, met: isMet ? 'met' : 'missed' }
}

await run((line) => process.stdout.write(`${line}\n`))
