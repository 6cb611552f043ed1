/**
 * The audit log: who asked for what, when, and how it ended; never what was answered. Rows are only ever appended, and
 * each carries a hash over itself and the one before it (SHA-256), so that a row that is changed, removed or put in
 * between breaks the chain from there on (`verifyAudit`). Whoever notes the last hash elsewhere can also tell whether
 * the end was cut off, or the whole chain written anew.
 *
 * A write has a row of its own; what was read is noted many entries in one row, whose number is that of the last of
 * them: a row with its indexes costs more than all else that belongs to the record of a read.
 */
import { hash as digest } from 'node:crypto'
import { type Query, type Row, type SqlValue, steady } from './database.ts'
import type { LaneTransaction } from './lane.ts'

/** What is recorded of one request, or of one commit of it. */
export interface AuditEntry {
  /** ms since the epoch. */
  readonly recorded: number
  /** Who: empty where nobody was known yet. */
  readonly org: string
  readonly role: string
  readonly client: string
  /** FHIR's audit-event-action: C, R, U, D, E. */
  readonly action: string
  /** Interaction code, `$operation`, or `login`. */
  readonly kind: string
  /** Resource type in the address, or empty. */
  readonly type: string
  /** HTTP status; 0 for a commit, which stands only where it succeeded. */
  readonly status: number
  /** FHIR's audit-event-outcome: 0, 4, 8. */
  readonly outcome: string
  /** Code of the refusal, or empty. */
  readonly problem: string
  /** Resources that were answered or written. */
  readonly count: number
  /** v3 PurposeOfUse, or empty. */
  readonly purpose: string
  /** Names, never values, of the query parameters. */
  readonly parameters: string
  readonly request: string
  /** `Type/id` of resources that were answered or written, each once. */
  readonly entities: readonly string[]
}

/** An entry as it stands in the log. Entries are numbered from 1 on, in the order in which they were appended. */
export interface AuditRecord extends AuditEntry {
  readonly seq: number
}

/** A row of the table. */
export interface AuditRow extends Omit<AuditEntry, 'entities'> {
  /** Number of its only or last entry. */
  readonly seq: number
  /** JSON list. */
  readonly entities: string
  readonly hash: string
  /** The earliest `recorded` in it; its own is the latest. */
  readonly since: number
  /** Its entries column by column (`pack`); empty where the row itself is the entry. */
  readonly packed: string
}

const COLUMNS = [
  'recorded',
  'org',
  'role',
  'client',
  'action',
  'kind',
  'type',
  'status',
  'outcome',
  'problem',
  'count',
  'purpose',
  'parameters',
  'request',
  'entities',
] as const

type Value = string | number | readonly string[]

/**
 * Several entries as JSON text: how many there are, then for each column its values, a single one where all entries
 * have the same, which most columns do when many are read: a quarter of the text of the same entries one by one, for
 * every one of which somebody has to hash, to send and to store it.
 */
const pack = (entries: readonly AuditEntry[]): string =>
  JSON.stringify([entries.length, ...COLUMNS.map((name) => columnOf(entries, name))])

function columnOf(entries: readonly AuditEntry[], name: (typeof COLUMNS)[number]): readonly Value[] {
  const first = entries[0]![name]
  for (const entry of entries) if (!isSame(entry[name], first)) return entries.map((each) => each[name])
  return [first]
}

const isSame = (value: Value, other: Value): boolean =>
  value === other ||
  (typeof value === 'object' &&
    typeof other === 'object' &&
    value.length === other.length &&
    value.every((item, i) => item === other[i]))

/** Entries one by one, each a list in the order of the columns: how rows were packed before columns were. */
type Listed = readonly (readonly Value[])[]
type Packed = Listed | readonly [number, ...(readonly (readonly Value[])[])]

const isColumns = (packed: Packed): packed is Exclude<Packed, Listed> => typeof packed[0] === 'number'

/** The entries of a packed row, each a list in the order of the columns. */
function unpack(text: string): Listed {
  const packed = JSON.parse(text) as Packed
  if (!isColumns(packed)) return packed
  const [count, ...columns] = packed
  return Array.from({ length: count }, (_, i) =>
    columns.map((values) => (values.length === 1 ? values[0]! : values[i]!)),
  )
}

/** The entries of a row, in their order. */
export function auditRecords(row: AuditRow): AuditRecord[] {
  if (row.packed === '') {
    const { hash: _hash, since: _since, packed: _packed, ...entry } = row
    return [{ ...entry, entities: JSON.parse(row.entities) as string[] }]
  }
  const entries = unpack(row.packed)
  const first = row.seq - entries.length + 1
  return entries.map((values, i) => {
    const named = Object.fromEntries(COLUMNS.map((name, column) => [name, values[column]]))
    return { ...(named as unknown as AuditEntry), seq: first + i }
  })
}

/** Entries of a row; as of one where somebody has written what is no list, which the hash then shows. */
export function countOf({ packed }: AuditRow): number {
  if (packed === '') return 1
  try {
    const entries = JSON.parse(packed) as Packed
    return isColumns(entries) ? entries[0] : entries.length
  } catch {
    return 1
  }
}

const hashOf = (before: string, seq: number, values: readonly SqlValue[], behind = ''): string =>
  digest('sha256', JSON.stringify([before, seq, ...values]) + behind, 'base64url')

/** The hash that a row must have. @param before that of the row before it */
export function rowHash(before: string, row: AuditRow): string {
  const values = COLUMNS.map((name) => row[name])
  if (row.packed === '') return hashOf(before, row.seq, values)
  return /^\[\d/.test(row.packed)
    ? hashOf(before, row.seq, values, row.packed)
    : hashOf(before, row.seq, [...values, row.packed])
}

/** The last row: what the next one follows. */
export interface AuditEnd {
  readonly seq: number
  readonly hash: string
}

/** What stands before the first row. */
export const BEGINNING: AuditEnd = { seq: 0, hash: '' }

const LAST = steady('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1')

/** The end of the log; in the lane it is read once for a whole group, and before any of it works (`foresee`). */
export const auditEnd = async (query: Query): Promise<AuditEnd> => (await query<AuditEnd & Row>(LAST))[0] ?? BEGINNING

/**
 * Entries of one chapter. Of each chapter is kept which resources its entries speak of and which organisations asked
 * (`audit_chapter`), so that what is asked for again and again is noted once, and a search for one reads few rows.
 */
export const AUDIT_CHAPTER = 1024
/** The chapter of an entry. */
export const chapterOf = (seq: number): number => Math.floor(seq / AUDIT_CHAPTER)
/** What stands for the type where the id is that of an organisation that asked. */
export const AGENT = ''
/** Most entries of one row: who looks for one of them reads all. */
export const AUDIT_PACK = 128

/** A row before its place in the log is known. */
export interface AuditPack {
  readonly count: number
  /** Its columns, but for the number, the hash, `since` and `packed`. */
  readonly values: readonly (string | number)[]
  readonly since: number
  readonly packed: string
  /** `Type/id` of what its entries speak of, who asked among them (`AGENT`), each once. */
  readonly speaksOf: readonly string[]
}

/** Makes a row of entries, at most `AUDIT_PACK` of them and at least one. */
export function packAudit(entries: readonly AuditEntry[]): AuditPack {
  const count = entries.length
  const agents = new Set<string>()
  const speaksOf = new Set<string>()
  for (const { org, entities } of entries) {
    agents.add(org)
    for (const entity of entities) speaksOf.add(entity)
  }
  for (const org of agents) speaksOf.add(`${AGENT}/${org}`)
  const about = { count, speaksOf: [...speaksOf] }
  const only = entries[0]!
  if (count === 1) {
    const values = COLUMNS.map((name) => (name === 'entities' ? JSON.stringify(only.entities) : only[name]))
    return { ...about, values, since: only.recorded, packed: '' }
  }
  const times = entries.map(({ recorded }) => recorded)
  return { ...about, values: [Math.max(...times), ...NO_ENTRY], since: Math.min(...times), packed: pack(entries) }
}

/** The columns of a row of several entries, but for the first. */
const NO_ENTRY = COLUMNS.slice(1).map((name) =>
  name === 'status' || name === 'count' ? 0 : name === 'entities' ? '[]' : '',
)

/** Appends entries in their order. To be called inside the lane, so that no two writers extend the same end. */
export function appendAudit(into: AuditWriter, entries: readonly AuditEntry[]): Promise<void> {
  const count = Math.ceil(entries.length / AUDIT_PACK)
  return appendPacks(
    into,
    Array.from({ length: count }, (_, i) => packAudit(entries.slice(i * AUDIT_PACK, (i + 1) * AUDIT_PACK))),
  )
}

type AuditWriter = Pick<LaneTransaction, 'rows' | 'memory'>

/** Appends what was packed before, in its order. To be called inside the lane, as `appendAudit`. */
export async function appendPacks({ rows, memory }: AuditWriter, packs: readonly AuditPack[]): Promise<void> {
  let { seq, hash } = await memory.auditEnd()
  let chapter = -1
  const noted = new Set<string>()
  for (const { count, values, since, packed, speaksOf } of packs) {
    // One that goes on into the next chapter is noted in both.
    for (let each = chapterOf(seq + 1); each <= chapterOf(seq + count); each++) {
      if (each !== chapter) noted.clear()
      chapter = each
      for (const name of speaksOf) {
        if (noted.has(name)) continue
        noted.add(name)
        const slash = name.indexOf('/')
        rows.add('audit_chapter', [chapter, name.slice(0, slash), name.slice(slash + 1)])
      }
    }
    seq += count
    hash = hashOf(hash, seq, values, packed)
    rows.add('audit', [seq, ...values, hash, since, packed])
  }
  memory.audited({ seq, hash })
}
