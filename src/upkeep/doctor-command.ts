/**
 * `homecare-exchange doctor`: whether this machine and these settings can carry the service, in plain words. Exit code
 * 0: yes; 1: with warnings; 2: no.
 */
import { closeSync, existsSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { styleText } from 'node:util'
import { createSearch } from '../boot.ts'
import { type Config, fhirBase } from '../config.ts'
import type { Database } from '../store/database.ts'
import { readIndexState } from '../store/index-state.ts'
import { migrations } from '../store/migrate.ts'
import { openAsIs } from '../store/open.ts'
import { createValidation } from '../validation.ts'
import { withoutPassword } from '../store/open.ts'
import { serversOf } from '../store/postgres-servers.ts'
import { sqliteFile } from './backup-command.ts'
import type { Asked } from './command-line.ts'

export interface Finding {
  readonly severity: 'ok' | 'warning' | 'error'
  readonly about: string
  readonly words: string
}

const ok = (about: string, words: string): Finding => ({ severity: 'ok', about, words })
const warning = (about: string, words: string): Finding => ({ severity: 'warning', about, words })
const error = (about: string, words: string): Finding => ({ severity: 'error', about, words })

const colours = { ok: 'green', warning: 'yellow', error: 'red' } as const

/** @returns 0, 1 with warnings, 2 with errors */
export async function doctorCommand({ config, json }: Asked): Promise<number> {
  const findings = [
    nodeFinding(process.versions.node),
    ...settingFindings(config),
    ...diskFindings(config),
    ...(await databaseFindings(config)),
  ]
  for (const { severity, about, words } of findings) {
    const mark = styleText(colours[severity], severity.padEnd(7), { stream: process.stdout })
    process.stdout.write(json ? `${JSON.stringify({ severity, about, words })}\n` : `${mark}  ${about}: ${words}\n`)
  }
  const worst = new Set(findings.map(({ severity }) => severity))
  return worst.has('error') ? 2 : worst.has('warning') ? 1 : 0
}

/**
 * Whether this Node is new enough.
 * @param version e.g. `24.1.0`
 */
export function nodeFinding(version: string): Finding {
  const major = Number(version.split('.')[0])
  return major >= 24 ? ok('Node', version) : error('Node', `${version} is too old: 24 or later is needed`)
}

/** What the settings mean for those outside. */
export function settingFindings(config: Config): Finding[] {
  const { host, port, auth, databaseUrl, baseUrl } = config
  const base = fhirBase(config)
  const findings = [ok('address', `listens on ${host}, port ${port}; links begin with ${base}`)]
  if (auth === 'sandbox') {
    findings.push(
      warning('AUTH', 'sandbox: anybody who reaches this service gets a token for any organisation; tests only'),
    )
  }
  if (baseUrl === undefined) {
    findings.push(warning('BASE_URL', `not set: links that others follow lead to ${base}, which is this machine only`))
  } else if (new URL(baseUrl).protocol === 'http:' && !isLoopback(new URL(baseUrl).hostname)) {
    findings.push(
      warning(
        'TLS',
        `${baseUrl} is not encrypted: set TLS_CERTIFICATE and TLS_KEY or put a proxy with TLS in front, and say https`,
      ),
    )
  }
  if (sqliteFile(databaseUrl) === undefined) {
    const servers = serversOf(databaseUrl).map((server) => new URL(server))
    const mode = servers[0]?.searchParams.get('sslmode')
    if (!servers.every(({ hostname }) => isLoopback(hostname)) && mode !== 'verify-full' && mode !== 'verify-ca') {
      findings.push(warning('TLS', 'the way to PostgreSQL is not proven: add sslmode=verify-full to DATABASE_URL'))
    }
  }
  return findings
}

const isLoopback = (host: string): boolean => /^(localhost|127\..*|\[?::1\]?)$/.test(host)

const SYNCS = 50
const PAGE = 4096
/** Bytes below which a disk is nearly full, and full. */
const LOW = 1e9
const FULL = 1e8

/** The disk that SQLite writes to; PostgreSQL's is its server's. */
function diskFindings({ databaseUrl }: Config): Finding[] {
  const file = sqliteFile(databaseUrl)
  if (file === undefined) return []
  const folder = dirname(file)
  if (!existsSync(folder)) return [ok('disk', `${folder} does not exist yet; the first start makes it`)]
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const space = `${(free / 1e9).toFixed(1)} GB free in ${folder}`
  const room = free < FULL ? error('disk', space) : free < LOW ? warning('disk', space) : ok('disk', space)
  try {
    const rate = syncRate(folder)
    const said = `${Math.round(rate)} syncs a second: about as many groups of writes are made durable`
    return [room, rate < 50 ? warning('disk', `${said}; slow`) : ok('disk', said)]
  } catch (reason) {
    return [room, error('disk', `${folder} cannot be written: ${(reason as Error).message}`)]
  }
}

/** Pages written and synced one after the other, per second. */
function syncRate(folder: string): number {
  const file = join(folder, `.sync-${process.pid}`)
  const descriptor = openSync(file, 'wx')
  try {
    const page = Buffer.alloc(PAGE, 1)
    const start = performance.now()
    for (let i = 0; i < SYNCS; i++) {
      writeSync(descriptor, page)
      fdatasyncSync(descriptor)
    }
    return SYNCS / ((performance.now() - start) / 1000)
  } finally {
    closeSync(descriptor)
    rmSync(file, { force: true })
  }
}

async function databaseFindings(config: Config): Promise<Finding[]> {
  const file = sqliteFile(config.databaseUrl)
  const place = file ?? withoutPassword(config.databaseUrl)
  if (file !== undefined && !existsSync(file)) {
    return [ok('database', `${place} does not exist yet; the first start makes it`)]
  }
  let database: Database
  try {
    database = await openAsIs(config.databaseUrl)
  } catch (reason) {
    return [error('database', (reason as Error).message)]
  }
  try {
    return [
      ok('database', `${place}, schema ${migrations.length}, answers in ${await latency(database)} ms (median of 50)`),
      await clockFinding(database),
      await indexFinding(config, database),
    ]
  } finally {
    await database.close()
  }
}

async function latency({ query }: Database): Promise<string> {
  const times: number[] = []
  for (let i = 0; i < 50; i++) {
    const start = performance.now()
    await query('SELECT seq FROM clock WHERE id = 1')
    times.push(performance.now() - start)
  }
  return times.toSorted((a, b) => a - b)[25]!.toFixed(2)
}

/** ms by which clocks may differ. */
const SKEW = 2000

async function clockFinding({ query }: Database): Promise<Finding> {
  const now = Date.now()
  const [row] = await query<{ tick: number; now: unknown }>(
    'SELECT tick, CURRENT_TIMESTAMP AS now FROM clock WHERE id = 1',
  )
  const ahead = (row?.tick ?? 0) - now
  if (ahead > SKEW) {
    const until = `${Math.round(ahead / 1000)} s in the future: new versions are dated after it until then`
    return warning('clock', `the last write is dated ${until}; one node's clock was or is ahead`)
  }
  // Text in UTC on one engine, a date on the other.
  const server = row?.now instanceof Date ? row.now.getTime() : Date.parse(`${String(row?.now)}Z`)
  const skew = server - now
  return Math.abs(skew) > SKEW
    ? warning('clock', `this machine and the database differ by ${Math.round(skew / 1000)} s: set both by NTP`)
    : ok('clock', 'agrees with the database and with the last write')
}

async function indexFinding(config: Config, { query }: Database): Promise<Finding> {
  const { definitions, target } = await readIndexState(query)
  const { fingerprint } = createSearch(createValidation(config), fhirBase(config))
  if (definitions === fingerprint) return ok('search index', 'made by the definitions of this build and these settings')
  const half = target === '' ? '' : ' (one was begun and not finished)'
  return warning(
    'search index',
    `made by other definitions, or for another BASE_URL (HOST, PORT), than these settings say: run homecare-exchange reindex${half}`,
  )
}
