/** Reading what is stored. The scope is a required argument: forgetting it does not compile. */
import type { Side } from '../caller.ts'
import type { Resource } from '../fhir/resource.ts'
import { type Database, type Query, single, steady } from './database.ts'

/** Whose eyes: an organisation sees what it stands to; `open` sees all (the tester table, and the service itself). */
export type Scope =
  | {
      readonly kind: 'organization'
      readonly organization: string
      /** Types that everybody may see, whoever sent them: what the service publishes. */
      readonly published?: ReadonlySet<string>
      /** Codes of what this caller is not shown, though its organisation may see it, unless it sent it; absent: none. */
      readonly hidden?: readonly string[]
    }
  | { readonly kind: 'open' }

/** A stored version of a resource. */
export interface Stored {
  readonly key: number
  readonly type: string
  readonly id: string
  readonly version: number
  /** ms since the epoch; `meta.lastUpdated` */
  readonly tick: number
  readonly deleted: number
  /** Where it is sensitive its confidentiality and who sent it (`labelText`), or empty. */
  readonly label: string
  /** What the sender sent, as a hash (see `contentHash`), or empty. */
  readonly content: string
  /** The resource, byte for byte. */
  readonly text: string
}

/** By version as it was read: within a group the same ones are asked for again and again. */
const parsed = new WeakMap<Stored, Resource>()

/** A stored resource, parsed once; whoever wants to change it makes a copy. */
export function parse<T = Resource>(stored: Stored): T {
  let resource = parsed.get(stored)
  if (!resource) parsed.set(stored, (resource = JSON.parse(stored.text) as Resource))
  return resource as T
}

export interface StoredVersion extends Stored {
  /** HTTP verb of the write; a version by DELETE has no text. */
  readonly method: string
}

/** The search parameter by which prescriptions are found for their patient. */
const SUBJECT = 'MedicationRequest.subject'

const COLUMNS = 'r.key, r.type, r.id, v.version, v.tick, r.deleted, r.label, v.content, v.text'

/** SQL that holds only for what the scope may see; `parameter` is the next free placeholder number. */
function visible(scope: Scope, parameter: number): { sql: string; params: string[] } {
  if (scope.kind === 'open') return { sql: '', params: [] }
  return {
    sql: ` AND EXISTS (SELECT 1 FROM access a WHERE a.org = $${parameter} AND a.type = r.type AND a.key = r.key)`,
    params: [scope.organization],
  }
}

/** The current version, or undefined when there is none for this scope or it was deleted. */
export async function readCurrent(query: Query, type: string, id: string, scope: Scope): Promise<Stored | undefined> {
  const rows = await latest(query, type, id, scope)
  return rows.find((stored) => !stored.deleted && isShown(stored, scope))
}

/** The latest version, be it a deletion (then it has no text), or undefined when there was never one for this scope. */
export async function readLatest(query: Query, type: string, id: string, scope: Scope): Promise<Stored | undefined> {
  const rows = await latest(query, type, id, scope)
  return rows.find((stored) => isShown(stored, scope))
}

const latest = (query: Query, type: string, id: string, scope: Scope): Promise<Stored[]> =>
  scope.kind === 'open'
    ? query<Stored>(CURRENT, [type, id])
    : query<Stored>(CURRENT_SEEN, [type, id, scope.organization])

/** What a reader is told of a version. */
export type Shown = Pick<Stored, 'version' | 'tick' | 'text'>

/**
 * The current version at once; undefined where that is not there to be seen, or asking takes a way to a server. For reads
 * that are answered without a promise: `readLatest` finds out what is the matter.
 */
export function currentAtOnce({ first }: Database, type: string, id: string, scope: Scope): Shown | undefined {
  if (!first) return undefined
  const row = scope.kind === 'open' ? first(SHOWN, [type, id]) : first(SHOWN_SEEN, [type, id, scope.organization])
  if (!row) return undefined
  const [version, tick, deleted, label, text] = row as [number, number, number, string, string]
  return deleted || !isShown({ label }, scope) ? undefined : { version, tick, text }
}

/** The content (`Stored.content`) of everything of these types, by `Type/id`. */
export async function readContents(query: Query, types: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (types.length === 0) return new Map()
  const rows = await query<Pick<Stored, 'type' | 'id' | 'content'>>(
    `SELECT r.type, r.id, v.content FROM resource r JOIN version v ON v.key = r.key AND v.version = r.version
     WHERE r.deleted = 0 AND r.type IN (${types.map((_, i) => `$${i + 1}`).join(', ')})`,
    types,
  )
  return new Map(rows.map(({ type, id, content }) => [`${type}/${id}`, content]))
}

/** Whether a caller is shown what its organisation may see; who sent it is shown it in every role. */
function isShown({ label }: Pick<Stored, 'label'>, scope: Scope): boolean {
  if (label === '' || scope.kind === 'open' || !scope.hidden) return true
  const [code = '', ...senders] = label.split(' ')
  return !scope.hidden.includes(code) || senders.includes(scope.organization)
}

/** The same as SQL. @param row alias of `resource` @param add takes a value and answers its placeholder */
export function shownSql(
  { hidden = [], organization }: Extract<Scope, { kind: 'organization' }>,
  row: string,
  add: (value: string) => string,
): string[] {
  if (hidden.length === 0) return []
  const codes = hidden.map(add).join(', ')
  return [
    `(${row}.label = '' OR substr(${row}.label, 1, 1) NOT IN (${codes}) OR ${row}.label || ' ' LIKE ${add(`% ${organization} %`)})`,
  ]
}

/**
 * Put together once: a text that is the same string each time is found at once among the prepared statements, and
 * `memory.ts` knows by it what is asked.
 */
export const CURRENT =
  single(`SELECT ${COLUMNS} FROM resource r JOIN version v ON v.key = r.key AND v.version = r.version
  WHERE r.type = $1 AND r.id = $2`)
export const CURRENT_SEEN = single(`${CURRENT}${visible({ kind: 'organization', organization: '' }, 3).sql}`)
/** As few columns as a read needs. */
const SHOWN = `SELECT v.version, v.tick, r.deleted, r.label, v.text FROM resource r
  JOIN version v ON v.key = r.key AND v.version = r.version WHERE r.type = $1 AND r.id = $2`
const SHOWN_SEEN = `${SHOWN}${visible({ kind: 'organization', organization: '' }, 3).sql}`
export const VERSION = single(`SELECT ${COLUMNS}, v.method FROM resource r JOIN version v ON v.key = r.key
  WHERE r.type = $1 AND r.id = $2 AND v.version = $3`)
const VERSION_SEEN = single(`${VERSION}${visible({ kind: 'organization', organization: '' }, 4).sql}`)

export const SIDES = steady('SELECT side FROM access WHERE org = $1 AND type = $2 AND key = $3')
export const ACCESS = steady('SELECT org, side FROM access WHERE key = $1 AND type = $2')
export const ACCESS_BY_ID = steady(`SELECT a.org AS org, a.side AS side FROM resource r
  JOIN access a ON a.key = r.key AND a.type = r.type WHERE r.type = $1 AND r.id = $2`)
export const BY_TOKEN =
  steady(`SELECT ${COLUMNS} FROM resource r JOIN version v ON v.key = r.key AND v.version = r.version
  WHERE r.deleted = 0 AND r.key IN (SELECT key FROM index_token WHERE param = $1 AND code = $2 AND system = $3)
  ORDER BY r.key`)
/**
 * The oldest that an organisation keeps itself. Whether it does is asked of each for itself: as an EXISTS a planner may
 * join it, and begin with all that the organisation has.
 */
export const OWN_BY_TOKEN = steady(`SELECT r.key AS key, r.id AS id FROM index_token i JOIN resource r ON r.key = i.key
  WHERE i.param = $1 AND i.code = $2 AND i.system = $3 AND r.deleted = 0 AND (SELECT COUNT(*) FROM access a
    WHERE a.org = $4 AND a.type = r.type AND a.key = i.key AND a.side <> 'reader') > 0
  ORDER BY i.key LIMIT 1`)
export const BY_REFERENCE =
  steady(`SELECT ${COLUMNS} FROM resource r JOIN version v ON v.key = r.key AND v.version = r.version
  WHERE r.deleted = 0 AND r.key IN (SELECT key FROM index_reference WHERE param = $1 AND target = $2)
  ORDER BY r.key`)
export const STATE_SINCE = steady(`SELECT MAX(tick) AS tick FROM event
  WHERE from_state <> to_state AND key = (SELECT key FROM resource WHERE type = $1 AND id = $2)`)
/**
 * The newest that are not over; walked from the end, so that a patient with a long history costs no more. The status is
 * asked of each for itself: as an EXISTS a planner may join it, and begin with all that are not over.
 */
export const LIVE_BY_SUBJECT = steady(`SELECT ${COLUMNS} FROM index_reference i JOIN resource r ON r.key = i.key
  JOIN version v ON v.key = r.key AND v.version = r.version
  WHERE i.param = $1 AND i.target = $2 AND r.deleted = 0 AND (SELECT COUNT(*) FROM index_token s
    WHERE s.param = 'MedicationRequest.status' AND s.code IN ('active', 'on-hold') AND s.key = i.key) > 0
  ORDER BY i.key DESC LIMIT 100`)

/** All versions, newest first; empty when there is no such resource for this scope. */
export async function readVersions(query: Query, type: string, id: string, scope: Scope): Promise<StoredVersion[]> {
  const seen = visible(scope, 3)
  const rows = await query<StoredVersion>(
    `SELECT ${COLUMNS}, v.method FROM resource r JOIN version v ON v.key = r.key
     WHERE r.type = $1 AND r.id = $2${seen.sql} ORDER BY v.version DESC`,
    [type, id, ...seen.params],
  )
  return rows.filter((stored) => isShown(stored, scope))
}

/** One version, or undefined. */
export async function readVersion(
  query: Query,
  type: string,
  id: string,
  version: number,
  scope: Scope,
): Promise<StoredVersion | undefined> {
  const rows =
    scope.kind === 'open'
      ? await query<StoredVersion>(VERSION, [type, id, version])
      : await query<StoredVersion>(VERSION_SEEN, [type, id, version, scope.organization])
  return rows.find((stored) => isShown(stored, scope))
}

/** When a resource entered the state it is in, in ms since the epoch; 0 when the log does not know it. */
export async function readStateSince(query: Query, type: string, id: string): Promise<number> {
  const rows = await query<{ tick: number | null }>(STATE_SINCE, [type, id])
  return rows[0]?.tick ?? 0
}

/** A fact of the log with the text of the version it made. */
export interface LogRow {
  readonly seq: number
  readonly tick: number
  readonly type: string
  readonly id: string
  readonly version: number
  readonly kind: string
  readonly org: string
  readonly role: string
  readonly from_state: string
  readonly to_state: string
  readonly text: string
}

/** Who made a version of a resource, and what happened then; undefined when the log does not know it. */
export async function readMaker(
  query: Query,
  key: number,
  version: number,
): Promise<{ readonly org: string; readonly role: string; readonly kind: string } | undefined> {
  const rows = await query<{ org: string; role: string; kind: string }>(
    'SELECT org, role, kind FROM event WHERE key = $1 AND version = $2',
    [key, version],
  )
  return rows[0]
}

/** Everything that happened to a resource, in the order of the log. */
export const readLog = (query: Query, key: number): Promise<LogRow[]> =>
  query<LogRow>(
    `SELECT e.seq, e.tick, e.type, e.id, e.version, e.kind, e.org, e.role, e.from_state, e.to_state, v.text
     FROM event e JOIN version v ON v.key = e.key AND v.version = e.version
     WHERE e.key = $1 ORDER BY e.seq`,
    [key],
  )

/** Current versions of a type to which one organisation stands as requester and another as owner. */
export async function readBetween(query: Query, type: string, requester: string, owner: string): Promise<Stored[]> {
  return query<Stored>(
    `SELECT ${COLUMNS} FROM resource r JOIN version v ON v.key = r.key AND v.version = r.version
     WHERE r.deleted = 0 AND r.type = $1
     AND r.key IN (SELECT key FROM access WHERE org = $2 AND type = $1 AND side = 'requester')
     AND r.key IN (SELECT key FROM access WHERE org = $3 AND type = $1 AND side = 'owner')
     ORDER BY r.key`,
    [type, requester, owner],
  )
}

/** How an organisation stands to a resource. */
export async function readSides(query: Query, type: string, key: number, organization: string): Promise<Side[]> {
  const rows = await query<{ side: Side }>(SIDES, [organization, type, key])
  return rows.map((row) => row.side)
}

/** Every organisation that stands to a resource. */
export const readAccess = (query: Query, type: string, key: number): Promise<{ org: string; side: Side }[]> =>
  query(ACCESS, [key, type])

/** Current versions that carry a token, e.g. `MedicationRequest.identifier`. */
export const readByToken = (query: Query, param: string, system: string, code: string): Promise<Stored[]> =>
  query(BY_TOKEN, [param, code, system])

/** The id of the oldest resource with a token that an organisation keeps itself, and does not only read. */
export async function readOwnByToken(
  query: Query,
  param: string,
  { system, code }: { readonly system: string; readonly code: string },
  organization: string,
): Promise<string | undefined> {
  const rows = await query<{ id: string }>(OWN_BY_TOKEN, [param, code, system, organization])
  return rows[0]?.id
}

/** Current versions that refer to a target (`Type/id`) through a search parameter, e.g. `Task.part-of`. */
export const readByReference = (query: Query, param: string, target: string): Promise<Stored[]> =>
  query(BY_REFERENCE, [param, target])

/** Prescriptions of a patient (`Patient/id`) that are active or on hold, the newest first, a hundred at most. */
export const readLivePrescriptions = (query: Query, patient: string): Promise<Stored[]> =>
  readLiveReferring(query, SUBJECT, patient)

/** The same for those that refer to a target through another search parameter, e.g. `MedicationRequest.requester`. */
export const readLiveReferring = (query: Query, param: string, target: string): Promise<Stored[]> =>
  query(LIVE_BY_SUBJECT, [param, target])

/** Whether anything refers to a target, what is only in one of two states (codes of a token parameter) aside. */
export async function isReferredTo(
  query: Query,
  param: string,
  target: string,
  status: string,
  [one, other]: readonly [string, string],
): Promise<boolean> {
  const rows = await query(
    `SELECT r.key AS key FROM index_reference i JOIN resource r ON r.key = i.key
     WHERE i.param = $1 AND i.target = $2 AND r.deleted = 0 AND NOT EXISTS (SELECT 1 FROM index_token s
       WHERE s.param = $3 AND s.code IN ($4, $5) AND s.key = r.key) LIMIT 1`,
    [param, target, status, one, other],
  )
  return rows.length > 0
}
