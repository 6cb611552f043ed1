/**
 * What security costs: GET and POST with token verification, scopes and audit, against the same service without them,
 * in turns in one run. The tokens are of an outside issuer, signed with ES384.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { packageRoot } from '../src/config.ts'
import { prescriptionBundle } from '../src/demo/prescription.ts'
import type { r4 } from '../src/fhir/resource.ts'
import { mod37Check } from '../src/homecare/identifiers.ts'
import { ownFolder, removeFolder } from '../test/temporary-folder.ts'
import { Connection, load, type Request } from './client.ts'
import { type Contest, play, type Result, table } from './measure.ts'

const ROUNDS = 7
/** ms of one turn. */
const TURN = 900
const CLIENTS = 32
const TRUST = 'RBA'
const ISSUER = 'https://login.example.org'
const AUDIENCE = 'https://exchange.example.org/fhir'

const freePort = async (): Promise<number> => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

interface Side {
  readonly process: ChildProcess
  readonly connections: readonly Connection[]
  /** Path of a stored prescription. */
  readonly stored: string
  post(): Request
}

type Headers = Readonly<Record<string, string>>

async function start(script: string, env: Record<string, string>, headers: Headers): Promise<Side> {
  const port = await freePort()
  const child = spawn(process.execPath, [script], {
    cwd: packageRoot,
    env: { ...env, PORT: String(port), LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const chunk of child.stdout) if (/http:\/\/127/.test(String(chunk))) break
  const origin = `http://127.0.0.1:${port}`
  const connections = await Promise.all(Array.from({ length: CLIENTS }, () => Connection.open(origin)))
  return { process: child, connections, ...(await fill(connections[0]!, headers)) }
}

/**
 * What a process has used of the processors. Per second of it says what security costs also where other programs take
 * turns with the two servers.
 */
function cpuSeconds({ pid }: ChildProcess): number {
  if (!existsSync(`/proc/${pid}/stat`)) return 0
  // Ticks of a hundredth of a second, in user and in system mode (proc(5)), behind the name in brackets.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

let orders = 0

function nextOrderNumber(): string {
  const stem = `DC2C66-${TRUST}000-${(orders++).toString(16).toUpperCase().padStart(5, '0')}`
  return stem + mod37Check(stem.replaceAll('-', ''))
}

/** One order, and how to post its prescription again under fresh identifiers. */
async function fill(connection: Connection, headers: Headers): Promise<Pick<Side, 'stored' | 'post'>> {
  const orderNumber = nextOrderNumber()
  const bundle = prescriptionBundle({
    trust: TRUST,
    provider: 'VN6XW',
    authoredOn: new Date().toISOString(),
    orderNumber,
  })
  const answer = await connection.send({
    method: 'POST',
    path: '/fhir',
    headers: { ...headers, prefer: 'return=representation' },
    body: JSON.stringify(bundle),
  })
  if (answer.status !== 200) throw new Error(`status ${answer.status} ${answer.body.toString()}`)
  const { entry = [] } = JSON.parse(answer.body.toString()) as r4.Bundle
  const made = entry.map(({ resource }) => resource).find((resource) => resource?.resourceType === 'MedicationRequest')
  const { id, meta: _meta, ...content } = made as r4.MedicationRequest
  const item = content.identifier?.[0]?.value ?? ''
  const text = JSON.stringify(content)
  const post = (): Request => ({
    method: 'POST',
    path: '/fhir/MedicationRequest',
    headers: { ...headers, prefer: 'return=minimal' },
    body: text.replaceAll(item, randomUUID()).replaceAll(orderNumber, nextOrderNumber()),
  })
  return { stored: `/fhir/MedicationRequest/${id}`, post }
}

/** A file of issuers with one in it, and a token of that one. */
async function issuer(folder: string): Promise<{ readonly file: string; readonly token: string }> {
  const { privateKey, publicKey } = await generateKeyPair('ES384')
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES384', use: 'sig' }] }
  const file = join(folder, 'issuers.json')
  writeFileSync(file, JSON.stringify([{ issuer: ISSUER, audience: [AUDIENCE], jwks }]))
  const token = await new SignJWT({ client_id: 'epr', organization: TRUST, role: 'trust', scope: 'system/*.cruds' })
    .setProtectedHeader({ alg: 'ES384', kid: 'a', typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey)
  return { file, token }
}

async function run(folder: string, started: Side[]): Promise<void> {
  const { file, token } = await issuer(folder)
  const json = { 'content-type': 'application/fhir+json' }
  const bearer = { ...json, authorization: `Bearer ${token}` }
  const databaseOf = (name: string) => ({ DATABASE_URL: `sqlite:${join(folder, name)}` })
  const secured = await start(
    'src/main.ts',
    { ...databaseOf('with.db'), AUTH: 'oauth', ISSUERS: file, REQUEST_RATE: '0' },
    bearer,
  )
  started.push(secured)
  // The same header travels, and nobody looks at it.
  const open = await start('bench/without-security.ts', databaseOf('without.db'), bearer)
  started.push(open)
  const turn = (side: Side, next: (side: Side) => Request, status: number, perCpu: boolean) => async () => {
    const before = cpuSeconds(side.process)
    let requests = 0
    const count = (): Request => {
      requests++
      return next(side)
    }
    const loaded = await load({ connections: side.connections, duration: TURN, next: count, status })
    return perCpu ? { rate: requests / (cpuSeconds(side.process) - before) } : loaded
  }
  const contest = (name: string, next: (side: Side) => Request, status: number, perCpu: boolean): Contest => ({
    name: `${name}, ${CLIENTS} clients${perCpu ? ', per CPU second' : ''}`,
    engine: 'sqlite',
    rounds: ROUNDS,
    ours: turn(secured, next, status, perCpu),
    bare: [
      {
        against: 'the same without token, scope and audit',
        goal: { atLeast: 0.85 },
        turn: turn(open, next, status, perCpu),
      },
    ],
  })
  const results: Result[] = []
  const get = ({ stored }: Side): Request => ({ method: 'GET', path: stored, headers: bearer })
  for (const perCpu of existsSync('/proc/self/stat') ? [false, true] : [false]) {
    results.push(...(await play(contest('GET by id, secured', get, 200, perCpu))))
    results.push(...(await play(contest('POST MedicationRequest, secured', ({ post }) => post(), 201, perCpu))))
  }
  process.stdout.write(`\n${table(results)}\n\n${ROUNDS} rounds, ${cpus().length} cores, Node ${process.version}, `)
  process.stdout.write(`load average ${loadavg()[0]?.toFixed(1)}. Security may cost 15 %: a ratio of 0.85.\n`)
  writeFileSync(
    join(import.meta.dirname, 'results-security.json'),
    `${JSON.stringify({ rounds: ROUNDS, node: process.version, results }, null, 2)}\n`,
  )
}

const folder = ownFolder('bench')
const started: Side[] = []
try {
  await run(folder, started)
} finally {
  for (const { process: child, connections } of started) {
    for (const connection of connections) connection.close()
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
  }
  removeFolder(folder)
}
