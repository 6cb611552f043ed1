/**
 * What must be true of a store whatever has happened to it. Walks by ranges of keys and event numbers, so memory does
 * not grow with the store; finds nothing where nothing is wrong, and never quotes a resource's content.
 */
import { instant } from '../fhir/json.ts'
import type { Resource } from '../fhir/resource.ts'
import type { Query } from './database.ts'
import { type Extract, indexFaults } from './index-check.ts'

export interface Fault {
  readonly area: 'version' | 'event' | 'index' | 'access' | 'feed'
  readonly words: string
}

export interface CheckOptions {
  /** The index rows of a resource by the definitions of today. */
  readonly extract: Extract
  /** In an open table nothing belongs to anybody. */
  readonly open?: boolean
  /** Told after every range of resources. */
  readonly progress?: (resources: number) => void
}

/** Resources, events or feed rows per range. */
const RANGE = 500
/** Characters of text read at a time, unless one resource alone has more. */
const TEXT_SHARE = 4_000_000

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
  readonly size: number
  /** Number of the event that tells of it. */
  readonly told: number | null
}

/**
 * Every way in which the tables contradict each other or the definitions.
 * @param query must see one state throughout: a snapshot, or a store nobody writes to
 */
export async function* checkStore(query: Query, options: CheckOptions): AsyncGenerator<Fault> {
  yield* as('version', resourceFaults(query, options))
  yield* as('event', eventFaults(query))
  for await (const { words } of indexFaults(query, options.extract)) yield { area: 'index', words }
  yield* as('feed', feedFaults(query))
}

async function* as(area: Fault['area'], found: AsyncIterable<string | Fault>): AsyncGenerator<Fault> {
  for await (const fault of found) yield typeof fault === 'string' ? { area, words: fault } : fault
}

/** Versions, texts and access, range by range. */
async function* resourceFaults(query: Query, options: CheckOptions): AsyncGenerator<string | Fault> {
  let after = 0
  let done = 0
  for (;;) {
    const resources = await query<ResourceRow>(
      'SELECT key, type, id, version, tick, deleted FROM resource WHERE key > $1 ORDER BY key LIMIT $2',
      [after, RANGE],
    )
    // What belongs to no resource lies in some range as well; the last one reaches to the end.
    const to = resources.length < RANGE ? Number.MAX_SAFE_INTEGER : (resources.at(-1)?.key ?? 0)
    const versions = await query<VersionRow>(
      `SELECT v.key AS key, v.version AS version, v.tick AS tick, v.seq AS seq, v.method AS method,
         LENGTH(v.text) AS size, e.seq AS told
       FROM version v LEFT JOIN event e ON e.seq = v.seq AND e.key = v.key AND e.version = v.version
       WHERE v.key > $1 AND v.key <= $2 ORDER BY v.key, v.version`,
      [after, to],
    )
    yield* chainFaults(resources, versions)
    yield* textFaults(query, resources, versions)
    yield* as('access', accessFaults(query, resources, after, to, options))
    done += resources.length
    options.progress?.(done)
    if (resources.length < RANGE) return
    after = to
  }
}

function* chainFaults(resources: readonly ResourceRow[], versions: readonly VersionRow[]): Generator<string | Fault> {
  const chains = Map.groupBy(versions, (row) => row.key)
  for (const { key, type, id, version, tick, deleted } of resources) {
    const chain = chains.get(key) ?? []
    chains.delete(key)
    const name = `${type}/${id}`
    if (chain.length !== version || chain.some((row, i) => row.version !== i + 1)) {
      yield `${name}: is at version ${version} and has versions ${chain.map((row) => row.version)}`
    }
    if (chain.at(-1)?.tick !== tick) yield `${name}: its time is not that of its last version`
    if ((chain.at(-1)?.method === 'DELETE') !== (deleted === 1)) {
      yield `${name}: is ${deleted ? '' : 'not '}deleted, and its last version says otherwise`
    }
    if (chain[0]?.seq !== key) yield `${name}: its key is not the event number of its first version`
    for (const { version, seq, told } of chain) {
      if (told === null) yield { area: 'event', words: `no event ${seq} tells of ${name} ${version}` }
    }
  }
  for (const orphans of chains.values()) for (const row of orphans) yield `version ${row.seq} belongs to no resource`
}

/** The texts against the rows they stand in; a share of them at a time. */
async function* textFaults(
  query: Query,
  resources: readonly ResourceRow[],
  versions: readonly VersionRow[],
): AsyncGenerator<string> {
  const names = new Map(resources.map(({ key, type, id }) => [key, `${type}/${id}`]))
  for (let from = 0; from < versions.length;) {
    let to = from
    for (let size = versions[from]!.size; to + 1 < versions.length; to++) {
      size += versions[to + 1]!.size
      if (size > TEXT_SHARE) break
    }
    const [first, last] = [versions[from]!, versions[to]!]
    const texts = await query<{ key: number; version: number; tick: number; method: string; text: string }>(
      `SELECT key, version, tick, method, text FROM version
       WHERE (key, version) >= ($1, $2) AND (key, version) <= ($3, $4) ORDER BY key, version`,
      [first.key, first.version, last.key, last.version],
    )
    for (const row of texts) {
      const name = names.get(row.key)
      const fault = name === undefined ? undefined : textFault(name, row)
      if (fault !== undefined) yield fault
    }
    from = to + 1
  }
}

function textFault(
  name: string,
  row: { readonly version: number; readonly tick: number; readonly method: string; readonly text: string },
): string | undefined {
  if (row.method === 'DELETE') return row.text === '' ? undefined : `${name}: a deletion has a text`
  const meant = [name, String(row.version), instant(row.tick)].join()
  let resource: Resource
  try {
    resource = JSON.parse(row.text) as Resource
  } catch {
    return `${meant}: its text is no JSON`
  }
  const said = [`${resource.resourceType}/${resource.id}`, resource.meta?.versionId, resource.meta?.lastUpdated].join()
  return said === meant ? undefined : `${meant}: its text says ${said}`
}

/** Numbers without a gap in the order of time, each telling of a version that is there. */
async function* eventFaults(query: Query): AsyncGenerator<string> {
  let last = { seq: 0, tick: 0 }
  for (;;) {
    const events = await query<{
      seq: number
      tick: number
      type: string
      id: string
      version: number
      stored: string | null
      at: number | null
      number: number | null
    }>(
      `SELECT e.seq AS seq, e.tick AS tick, e.type AS type, e.id AS id, e.version AS version,
         r.type || '/' || r.id AS stored, v.tick AS at, v.seq AS number
       FROM event e LEFT JOIN resource r ON r.key = e.key
         LEFT JOIN version v ON v.key = e.key AND v.version = e.version
       WHERE e.seq > $1 ORDER BY e.seq LIMIT $2`,
      [last.seq, RANGE],
    )
    for (const { seq, tick, type, id, version, stored, at, number } of events) {
      if (seq !== last.seq + 1) yield `event ${seq} stands where ${last.seq + 1} should`
      if (tick < last.tick) yield `event ${seq} is older than the one before it`
      if (stored !== `${type}/${id}` || at !== tick || number !== seq) {
        yield `event ${seq} tells of ${type}/${id} ${version}, and what is stored does not bear it out`
      }
      last = { seq, tick }
    }
    if (events.length < RANGE) break
  }
  const [clock] = await query<{ tick: number; seq: number }>('SELECT tick, seq FROM clock WHERE id = 1')
  if (clock?.seq !== last.seq) yield `the clock counts ${clock?.seq} events, the log ends with ${last.seq}`
  if ((clock?.tick ?? 0) < last.tick) yield 'the clock is behind the last event'
}

/** Nobody stands to what is not there, everything that a party sent has one that may change it, and all were told. */
async function* accessFaults(
  query: Query,
  resources: readonly ResourceRow[],
  after: number,
  to: number,
  { open = false }: CheckOptions,
): AsyncGenerator<string | Fault> {
  const rows = await query<{ key: number; type: string; side: string }>(
    'SELECT key, type, side FROM access WHERE key > $1 AND key <= $2',
    [after, to],
  )
  const types = new Map(resources.map((row) => [row.key, row.type]))
  for (const { key, type } of rows) if (types.get(key) !== type) yield `access to ${type} ${key}: no such thing`
  const held = new Set(rows.filter(({ side }) => side !== 'reader').map((row) => row.key))
  // What the service itself publishes belongs to nobody. The key is the number of the first event.
  const published = await query<{ key: number }>(
    "SELECT key FROM event WHERE seq > $1 AND seq <= $2 AND version = 1 AND org = 'SERVICE'",
    [after, to],
  )
  for (const { key } of published) held.add(key)
  if (!open) for (const { key, type, id } of resources) if (!held.has(key)) yield `${type}/${id}: nobody may change it`
  const untold = await query<{ org: string; type: string; id: string }>(
    `SELECT DISTINCT a.org AS org, r.type AS type, r.id AS id
     FROM access a JOIN resource r ON r.key = a.key JOIN version v ON v.key = r.key AND v.version = r.version
     WHERE a.key > $1 AND a.key <= $2 AND NOT EXISTS (SELECT 1 FROM feed f
       WHERE f.org = a.org AND f.type = a.type AND f.seq >= v.seq AND f.key = a.key AND f.version = r.version)`,
    [after, to],
  )
  for (const { org, type, id } of untold) yield { area: 'feed', words: `${type}/${id}: ${org} was not told of it` }
}

/** Nobody is told of what never was, or before it was. */
async function* feedFaults(query: Query): AsyncGenerator<string> {
  let last = { org: '', type: '', seq: 0, key: 0 }
  for (;;) {
    const rows = await query<typeof last & { version: number; since: number | null }>(
      `SELECT f.org AS org, f.type AS type, f.seq AS seq, f.key AS key, f.version AS version, v.seq AS since
       FROM feed f LEFT JOIN version v ON v.key = f.key AND v.version = f.version
       WHERE (f.org, f.type, f.seq, f.key) > ($1, $2, $3, $4) ORDER BY f.org, f.type, f.seq, f.key LIMIT $5`,
      [last.org, last.type, last.seq, last.key, RANGE],
    )
    for (const { org, seq, key, version, since } of rows) {
      if (since === null || since > seq) yield `${org} was told at ${seq} of version ${version} of ${key}`
    }
    if (rows.length < RANGE) return
    last = rows.at(-1)!
  }
}
