/** A service with a broken table or a database it does not know does not start, and says which file it is. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { createApp } from '../src/app.ts'
import { createContext } from '../src/boot.ts'
import { builtProgram, CODE, PROGRAM } from '../src/built-program.ts'
import { packageRoot, readConfig } from '../src/config.ts'
import type { Context } from '../src/context.ts'
import type { Resource } from '../src/fhir/resource.ts'
import { parse } from '../src/fhir/syntax-trees.ts'
import { compileSchema } from '../src/fhir/table-schema.ts'
import { interactions } from '../src/interactions/index.ts'
import { loadLifecycles } from '../src/interactions/lifecycles.ts'
import type { ServerTable } from '../src/server-table.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { surroundings } from './command.ts'
import { resourcesOf, startExchange } from './helper.ts'
import { located, orderBundle, orderTask, parties } from './orders.ts'
import { temporaryFolder } from './temporary-folder.ts'

const log = pino({ level: 'silent' })
const serverTable = (): ServerTable & { types: Record<string, unknown>[] } =>
  JSON.parse(readFileSync(join(packageRoot, 'conformance/server.json'), 'utf8'))

async function boot(env: Record<string, string>): Promise<void> {
  const config = readConfig({ LOG_LEVEL: 'silent', ...env })
  const context = await createContext({ config, log })
  try {
    createApp({ context, config, interactions })
  } finally {
    await context.close()
  }
}

/** Files of libraries that a plain start does without, as far as this process has loaded them. */
const loaded = (): string[] =>
  Object.keys(createRequire(import.meta.url).cache).filter((path) =>
    /node_modules\/(?:fhirpath\/(?:src|esm)|ajv\/dist\/(?:ajv|core|compile)|@lhncbc|undici|@fastify\/swagger-ui)\b/.test(
      path,
    ),
  )

// Before all others: what they load stays loaded.
t.test('what is shipped starts without parsing FHIRPath or compiling a schema: both were done before', async (t) => {
  const folder = temporaryFolder(t)
  for (const table of ['server', 'tester']) {
    await boot({ SERVER_TABLE: `conformance/${table}.json`, DATABASE_URL: `sqlite:${join(folder, `${table}.db`)}` })
    t.strictSame(loaded(), [], table)
  }
  parse('name.where(use.toString() = family)')
  t.match(loaded()[0], /fhirpath/, 'an expression of somebody else is parsed when it comes')
  compileSchema({ type: 'object' })({})
  t.ok(
    loaded().some((path) => path.includes('ajv')),
    'and a schema of somebody else compiled',
  )
})

t.test('a broken server table stops the start and is named', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'table.json')
  const withRow = (type: string, changes: object) => {
    const table = serverTable()
    return JSON.stringify({
      ...table,
      types: table.types.map((row) => (row.type === type ? { ...row, ...changes } : row)),
    })
  }
  const broken: [string, string, RegExp][] = [
    ['no JSON', '{', /table\.json cannot be read/],
    ['no table', '{}', /table\.json: .*required property/],
    [
      'a type that is none',
      withRow('Patient', { type: 'Pateint' }),
      /table\.json: "Pateint" is not an R4 resource type/,
    ],
    ['a type twice', withRow('Patient', { type: 'Task' }), /table\.json: Task has two rows/],
    [
      'a role that is none',
      withRow('Patient', { interactions: { read: ['admin'] } }),
      /table\.json: .*types\/\d+\/interactions\/read/,
    ],
    [
      'an interaction that is none',
      withRow('Patient', { interactions: { 'delete-all': ['trust'] } }),
      /table\.json: .*additional properties/,
    ],
    ['a member that is none', withRow('Patient', { serach: [] }), /table\.json: .*additional properties/],
    ['a search parameter that is none', withRow('Patient', { search: ['nonsense'] }), /nonsense.*Patient/],
    ['a lifecycle that is none', withRow('Task', { lifecycle: ['Nonsense'] }), /lifecycle\/Nonsense\.json/],
    ['a lifecycle of another type', withRow('Task', { lifecycle: ['MedicationRequest'] }), /Task.*MedicationRequest/],
    [
      'a tolerance where scope is kept',
      JSON.stringify({ ...serverTable(), tolerates: ['uri-not-absolute'] }),
      /only an open table/,
    ],
    [
      'a tolerance of nothing known',
      JSON.stringify({ ...serverTable(), scope: 'open', tolerates: ['uri-not-absolut'] }),
      /"uri-not-absolut" is no problem of the catalogue/,
    ],
    [
      'a status of nothing known',
      JSON.stringify({ ...serverTable(), statuses: { nonsense: 400 } }),
      /"nonsense" is no/,
    ],
    ['a status that is none', JSON.stringify({ ...serverTable(), statuses: { duplicate: 200 } }), /statuses/],
    [
      'an operation without code',
      JSON.stringify({
        ...serverTable(),
        operations: [{ name: 'everything', levels: ['system'], roles: ['trust'], definition: 'urn:x' }],
      }),
      /\$everything/,
    ],
  ]
  for (const [what, text, message] of broken) {
    writeFileSync(file, text)
    const database = join(folder, `${broken.findIndex(([name]) => name === what)}.db`)
    await t.rejects(boot({ SERVER_TABLE: file, DATABASE_URL: `sqlite:${database}` }), { message }, what)
  }
  writeFileSync(file, JSON.stringify(serverTable()))
  await t.resolves(
    boot({ SERVER_TABLE: file, DATABASE_URL: `sqlite:${join(folder, 'sound.db')}` }),
    'the sound one starts',
  )
})

t.test('a broken lifecycle table stops the start and is named', async (t) => {
  const root = temporaryFolder(t)
  for (const part of ['conformance/lifecycle', 'profiles/CodeSystem', 'profiles/ValueSet']) {
    mkdirSync(join(root, part), { recursive: true })
    cpSync(join(packageRoot, part), join(root, part), { recursive: true })
  }
  const file = join(root, 'conformance/lifecycle/Order.json')
  const sound = readFileSync(file, 'utf8')
  t.equal(loadLifecycles(root, serverTable()).size, 7)
  const broken: [string, string][] = [
    ['no JSON', sound.slice(0, 100)],
    ['no table', '{}'],
    ['a state that is none', sound.replace('"to": "received"', '"to": "recieved"')],
    ['an effect that is none', sound.replace('"create-supplies"', '"create-suplies"')],
    ['a fact that is none', sound.replace('%prescriptionsActive', '%prescriptionsActve')],
    ['a value set that is none', sound.replace('ValueSet/order-query-reason', 'ValueSet/order-quarry-reason')],
  ]
  for (const [what, text] of broken) {
    t.not(text, sound)
    writeFileSync(file, text)
    t.throws(() => loadLifecycles(root, serverTable()), { message: /Order\.json/ }, what)
  }
})

t.test('a database that this build does not know stops the start and is named', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'text.db'), 'this is no database, but it is long enough to be looked at as if it were one')
  await t.rejects(boot({ DATABASE_URL: `sqlite:${join(folder, 'text.db')}` }), { message: /text\.db/ })
  const file = join(folder, 'newer.db')
  await boot({ DATABASE_URL: `sqlite:${file}` })
  const database = openSqlite(file)
  await database.transaction((query) => query('INSERT INTO schema_version (number) VALUES (99)'))
  await database.close()
  await t.rejects(boot({ DATABASE_URL: `sqlite:${file}` }), { message: /newer\.db.*schema 99/ })
})

t.test('a restart keeps everything and publishes the definitions once', async (t) => {
  const first = await startExchange(t)
  const before = await parties(first)
  const posted = await before.trust.post('', orderBundle())
  const reference = located(posted, 'MedicationRequest')
  const task = await orderTask(before.provider, reference)
  await before.trust.post('', orderBundle())
  const page = (await before.provider.get('Task?_count=1')).body as Resource & {
    link: { relation: string; url: string }[]
  }
  const next = page.link.find(({ relation }) => relation === 'next')?.url.replace(/^.*\/fhir\//, '') ?? ''
  const definitions = await versions(first.context)
  t.ok(definitions > 10, `${definitions} definitions are published`)
  await first.close()

  const second = await startExchange(t, { DATABASE_URL: first.databaseUrl })
  const after = await parties(second)
  t.equal(await versions(second.context), definitions, 'none is published again')
  t.equal((await after.provider.get(`Task/${task.id}`)).text, JSON.stringify(task), 'byte for byte')
  t.equal((await after.provider.get(next)).status, 200, 'a link made before is followed after')
  t.equal((await after.trust.post('', orderBundle())).status, 200)
  const ticks = resourcesOf(await after.provider.get('Task?_sort=_lastUpdated')).map(
    ({ meta }) => meta?.lastUpdated ?? '',
  )
  t.same([ticks.length, ticks], [3, ticks.toSorted()], 'time goes on where it was, even when the clock stood still')
})

const versions = async (context: Context): Promise<number> => {
  const [row] = await context.database.query<{ n: number }>(
    "SELECT COUNT(*) AS n FROM version v JOIN resource r ON r.key = v.key WHERE r.type IN ('CodeSystem', 'ConceptMap', 'ValueSet', 'OperationDefinition', 'StructureDefinition', 'SearchParameter')",
  )
  return row?.n ?? 0
}

t.test('a rule of a package that only the slow evaluator understands is named in the log of the start', async (t) => {
  const folder = temporaryFolder(t)
  const constraint = (key: string, expression: string) => ({ key, severity: 'error', human: key, expression })
  const profile = {
    ...{
      resourceType: 'StructureDefinition',
      url: 'http://example.com/StructureDefinition/p',
      name: 'P',
      status: 'active',
    },
    ...{ kind: 'resource', abstract: false, type: 'Patient', derivation: 'constraint' },
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
    differential: {
      element: [
        {
          ...{ id: 'Patient', path: 'Patient' },
          constraint: [constraint('slow-1', 'birthDate <= today()'), constraint('quick-1', 'name.exists()')],
        },
      ],
    },
  }
  writeFileSync(join(folder, 'profile.json'), JSON.stringify(profile))
  const lines: string[] = []
  const config = readConfig({ PACKAGES: folder, DATABASE_URL: `sqlite:${join(temporaryFolder(t), 'exchange.db')}` })
  const heard = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  await (await createContext({ config, log: heard })).close()
  const notes = lines.flatMap((line) => (JSON.parse(line) as { note?: string }).note ?? [])
  t.match(notes, [/profile\.json: Patient: the rule slow-1 is left to fhirpath's evaluator\./])
  t.equal(notes.length, 1, 'and no other: all else is compiled')
})

t.test('what is built starts as what it is built from, and stops at what was broken since', async (t) => {
  const root = temporaryFolder(t)
  // As `npm pack` packs it: nothing else can be missing where it is installed.
  const { files } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { files: string[] }
  t.ok(files.includes('dist'))
  for (const name of [...files.filter((name) => name !== 'dist'), 'package.json']) {
    cpSync(join(packageRoot, name), join(root, name), { recursive: true })
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(root, 'node_modules'))
  execFileSync(process.execPath, [join(packageRoot, 'src/generator/build.ts'), join(root, 'dist')])
  t.ok(builtProgram(join(root, 'dist')).isCompiled, 'what was compiled for a first order is kept')
  const [then, later] = [statSync(join(root, 'dist', PROGRAM)).mtime, new Date(Date.now() + 3_600_000)]
  utimesSync(join(root, 'dist', PROGRAM), later, later)
  t.notOk(builtProgram(join(root, 'dist')).isCompiled, 'what was compiled of an earlier program is not taken')
  utimesSync(join(root, 'dist', PROGRAM), then, then)
  const example = join(root, 'profiles/invalid/rule-weekly-medicine-too-often.json')
  const program = (file: string, ...args: readonly string[]) => {
    const child = spawn(process.execPath, [join(root, 'dist', file), ...args], {
      cwd: root,
      env: { ...surroundings, PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: `sqlite:${join(root, 'exchange.db')}` },
    })
    t.teardown(() => child.kill('SIGKILL'))
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
    return { child, said: () => said, ended: once(child, 'exit') }
  }

  const { child, said, ended } = program('main.js')
  while (!/http\S+\d/.test(said()) && child.exitCode === null) await Promise.race([once(child.stdout, 'data'), ended])
  const answer = await fetch(`${/http\S+?:\d+/.exec(said())?.[0]}/fhir/metadata`)
  t.equal(answer.status, 200, said())
  child.kill('SIGTERM')
  t.equal((await ended)[0], 0, 'a signal stops it')

  writeFileSync(join(root, 'dist', CODE), 'made by another Node')
  const other = program('main.js')
  while (!/http\S+\d/.test(other.said()) && other.child.exitCode === null)
    await Promise.race([once(other.child.stdout, 'data'), other.ended])
  other.child.kill('SIGTERM')
  t.equal((await other.ended)[0], 0, other.said())
  t.ok(statSync(join(root, 'dist', CODE)).size > 100_000, 'compiled code is kept by who starts without it')
  rmSync(join(root, 'dist', CODE))

  const judged = program('cli.js', 'validate', example)
  t.equal((await judged.ended)[0], 1)
  t.match(judged.said(), 'weekly-medicine-too-often')

  const profile = join(root, 'profiles/StructureDefinition/homecare-patient.json')
  writeFileSync(profile, readFileSync(profile, 'utf8').replace(/"expression": "/, '$&(('))
  const broken = program('main.js')
  t.equal((await broken.ended)[0], 1)
  t.match(broken.said(), /did not start.\n.*homecare-patient\.json/)
  cpSync(join(packageRoot, 'profiles'), join(root, 'profiles'), { recursive: true })

  const lifecycle = join(root, 'conformance/lifecycle/Order.json')
  writeFileSync(lifecycle, readFileSync(lifecycle, 'utf8').replace('"appliesTo": "', '$&nmae.exists() and '))
  const guarded = program('main.js')
  t.equal((await guarded.ended)[0], 1)
  t.match(guarded.said(), /Order\.json:\n.*R4 has no element "nmae"/)
  cpSync(join(packageRoot, 'conformance'), join(root, 'conformance'), { recursive: true })

  const parameters = join(root, 'profiles/base/SearchParameter.ndjson')
  writeFileSync(parameters, readFileSync(parameters, 'utf8').replace('"Task.owner"', '"Patient.active"'))
  const unfit = program('main.js')
  t.equal((await unfit.ended)[0], 1)
  t.match(unfit.said(), /Task-owner has no expression for Task/)
})
