/**
 * What must be true of a database whatever has happened to it: the checker of the tests that write a lot, and of
 * those that kill the service. `commit.test.ts` proves that it finds each kind of damage.
 */

import type { IndexRow } from '../../src/fhir/index-row.ts'
import { instant } from '../../src/fhir/json.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { engine } from '../database.ts'
import type { Query, SqlValue } from '../../src/store/database.ts'

const indexColumns = {
  token: ['param', 'code', 'system'],
  reference: ['param', 'target'],
  date: ['param', 'low', 'high'],
  string: ['param', 'value', 'exact'],
  uri: ['param', 'value'],
  number: ['param', 'low', 'high'],
  quantity: ['param', 'low', 'high', 'code', 'system', 'unit'],
} as const satisfies Record<IndexRow['kind'], readonly string[]>

const kinds = Object.keys(indexColumns) as IndexRow['kind'][]

interface ResourceRow {
  readonly key: number
  readonly type: string
  readonly id: string
  readonly version: number
  readonly tick: number
  readonly deleted: number
}

interface VersionRow {
  readonly key: number
  readonly version: number
  readonly tick: number
  readonly seq: number
  readonly method: string
  readonly text: string
}

interface EventRow {
  readonly seq: number
  readonly tick: number
  readonly key: number
  readonly type: string
  readonly id: string
  readonly version: number
}

/** Every way in which the tables contradict each other; empty when they do not. */
export async function faultsOf(query: Query, extract: (resource: Resource) => IndexRow[]): Promise<string[]> {
  const resources = await query<ResourceRow>('SELECT key, type, id, version, tick, deleted FROM resource ORDER BY key')
  const versions = await query<VersionRow>(
    'SELECT key, version, tick, seq, method, text FROM version ORDER BY key, version',
  )
  return [
    ...(await engineFaults(query)),
    ...versionFaults(resources, versions),
    ...(await eventFaults(query, resources, versions)),
    ...(await indexFaults(query, resources, versions, extract)),
    ...(await accessFaults(query, resources)),
    ...(await feedFaults(query, resources, versions)),
  ]
}

async function engineFaults(query: Query): Promise<string[]> {
  // PostgreSQL has no such check in reach of SQL.
  if (engine === 'postgres') return []
  const rows = await query<{ integrity_check: string }>('PRAGMA integrity_check')
  return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok')
}

function versionFaults(resources: readonly ResourceRow[], versions: readonly VersionRow[]): string[] {
  const faults: string[] = []
  const chains = Map.groupBy(versions, (row) => row.key)
  for (const { key, type, id, version, tick, deleted } of resources) {
    const chain = chains.get(key) ?? []
    const name = `${type}/${id}`
    if (chain.length !== version || chain.some((row, i) => row.version !== i + 1)) {
      faults.push(`${name}: is at version ${version} and has versions ${chain.map((row) => row.version)}`)
    }
    if (chain.at(-1)?.tick !== tick) faults.push(`${name}: its time is not that of its last version`)
    if ((chain.at(-1)?.method === 'DELETE') !== (deleted === 1)) {
      faults.push(`${name}: is ${deleted ? '' : 'not '}deleted, and its last version says otherwise`)
    }
    if (chain[0]?.seq !== key) faults.push(`${name}: its key is not the event number of its first version`)
    for (const row of chain) faults.push(...textFaults(name, row))
  }
  const known = new Set(resources.map((row) => row.key))
  for (const row of versions) if (!known.has(row.key)) faults.push(`version ${row.seq} belongs to no resource`)
  return faults
}

function textFaults(name: string, row: VersionRow): string[] {
  if (row.method === 'DELETE') return row.text === '' ? [] : [`${name}: a deletion has a text`]
  const resource = JSON.parse(row.text) as Resource
  const said = [`${resource.resourceType}/${resource.id}`, resource.meta?.versionId, resource.meta?.lastUpdated]
  const meant = [name, String(row.version), instant(row.tick)]
  return said.join() === meant.join() ? [] : [`${meant.join()}: its text says ${said.join()}`]
}

async function eventFaults(
  query: Query,
  resources: readonly ResourceRow[],
  versions: readonly VersionRow[],
): Promise<string[]> {
  const faults: string[] = []
  const events = await query<EventRow>('SELECT seq, tick, key, type, id, version FROM event ORDER BY seq')
  const names = new Map(resources.map(({ key, type, id }) => [key, `${type}/${id}`]))
  const described = new Map(versions.map((row) => [row.seq, `${names.get(row.key)} ${row.version} ${row.tick}`]))
  let last = 0
  events.forEach(({ seq, tick, type, id, version }, i) => {
    if (seq !== i + 1) faults.push(`event ${seq} stands where ${i + 1} should`)
    if (tick < last) faults.push(`event ${seq} is older than the one before it`)
    last = tick
    if (described.get(seq) !== `${type}/${id} ${version} ${tick}`) {
      faults.push(`event ${seq} tells of ${type}/${id} ${version} ${tick}, stored is ${described.get(seq)}`)
    }
    described.delete(seq)
  })
  for (const [seq, what] of described) faults.push(`no event ${seq} tells of ${what}`)
  const [clock] = await query<{ tick: number; seq: number }>('SELECT tick, seq FROM clock')
  if (clock?.seq !== events.length) faults.push(`the clock counts ${clock?.seq} events, the log ${events.length}`)
  if ((clock?.tick ?? 0) < last) faults.push('the clock is behind the last event')
  return faults
}

async function indexFaults(
  query: Query,
  resources: readonly ResourceRow[],
  versions: readonly VersionRow[],
  extract: (resource: Resource) => IndexRow[],
): Promise<string[]> {
  const stored: string[] = []
  for (const kind of kinds) {
    const columns = ['key', ...indexColumns[kind], 'element']
    const rows = await query(`SELECT ${columns.join(', ')} FROM index_${kind}`)
    stored.push(...rows.map((row) => JSON.stringify([kind, ...columns.map((name) => row[name])])))
  }
  const current = new Map(versions.map((row) => [`${row.key} ${row.version}`, row.text]))
  const expected = resources.flatMap(({ key, version }) => {
    const text = current.get(`${key} ${version}`)
    if (text === undefined || text === '') return []
    return extract(JSON.parse(text) as Resource).map((row) => {
      const values = row as unknown as Record<string, SqlValue>
      return JSON.stringify([row.kind, key, ...indexColumns[row.kind].map((name) => values[name]), row.element ?? 0])
    })
  })
  return difference(stored, expected).map(([row, count]) =>
    count > 0 ? `index row too many: ${row}` : `index row missing: ${row}`,
  )
}

/** Rows that occur more (positive) or less often in `a` than in `b`. */
function difference(a: readonly string[], b: readonly string[]): [row: string, count: number][] {
  const counts = new Map<string, number>()
  for (const row of a) counts.set(row, (counts.get(row) ?? 0) + 1)
  for (const row of b) counts.set(row, (counts.get(row) ?? 0) - 1)
  return [...counts].filter(([, count]) => count !== 0)
}

/** Nobody stands to what is not there, and everything that a party sent has a party that may change it. */
async function accessFaults(query: Query, resources: readonly ResourceRow[]): Promise<string[]> {
  const faults: string[] = []
  const rows = await query<{ key: number; type: string; side: string }>('SELECT key, type, side FROM access')
  const types = new Map(resources.map((row) => [row.key, row.type]))
  for (const { key, type } of rows) if (types.get(key) !== type) faults.push(`access to ${type} ${key}: no such thing`)
  const held = new Set(rows.filter(({ side }) => side !== 'reader').map((row) => row.key))
  // What the service itself publishes belongs to nobody.
  const published = await query<{ key: number }>("SELECT key FROM event WHERE version = 1 AND org = 'SERVICE'")
  for (const { key } of published) held.add(key)
  for (const { key, type, id } of resources) if (!held.has(key)) faults.push(`${type}/${id}: nobody may change it`)
  return faults
}

/** Everybody who may see a resource has been told of it as it is, and nobody of what never was. */
async function feedFaults(
  query: Query,
  resources: readonly ResourceRow[],
  versions: readonly VersionRow[],
): Promise<string[]> {
  const faults: string[] = []
  const told = await query<{ org: string; seq: number; key: number; version: number }>('SELECT * FROM feed')
  const written = new Map(versions.map((row) => [`${row.key} ${row.version}`, row.seq]))
  for (const { org, seq, key, version } of told) {
    const since = written.get(`${key} ${version}`)
    if (since === undefined || since > seq) faults.push(`${org} was told at ${seq} of version ${version} of ${key}`)
  }
  const known = new Set(told.map(({ org, key, version }) => `${org} ${key} ${version}`))
  const current = new Map(resources.map((row) => [row.key, row]))
  for (const { org, key } of await query<{ org: string; key: number }>('SELECT DISTINCT org, key FROM access')) {
    const row = current.get(key)
    if (row && !known.has(`${org} ${key} ${row.version}`))
      faults.push(`${row.type}/${row.id}: ${org} was not told of it`)
  }
  return faults
}
