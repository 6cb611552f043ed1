/**
 * The audit log: who asked for what, when, and how it ended; never what was answered. Rows are only ever appended, and
 * each carries a hash over itself and the one before it (SHA-256), so that a row that is changed, removed or put in
 * between breaks the chain from there on (`verifyAudit`). Whoever notes the last hash elsewhere can also tell whether
 * the end was cut off, or the whole chain written anew.
 */
import { hash as digest } from 'node:crypto'
import type { Query, Row, SqlValue } from './database.ts'
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

export interface AuditRow extends Omit<AuditEntry, 'entities'> {
  readonly seq: number
  /** JSON list. */
  readonly entities: string
  readonly hash: string
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

const hashOf = (before: string, seq: number, values: readonly SqlValue[]): string =>
  digest('sha256', JSON.stringify([before, seq, ...values]), 'base64url')

/** The last row: what the next one follows. */
export interface AuditEnd {
  readonly seq: number
  readonly hash: string
}

/** What stands before the first row. */
const BEGINNING: AuditEnd = { seq: 0, hash: '' }

const LAST = 'SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1'

/** The end of the log; in the lane it is read once for a whole group, and before any of it works (`foresee`). */
export const auditEnd = async (query: Query): Promise<AuditEnd> => (await query<AuditEnd & Row>(LAST))[0] ?? BEGINNING

/**
 * Rows of one chapter. Of each chapter is kept which resources its rows speak of (`audit_chapter`), so that what is
 * asked for again and again is noted once, and a search for one resource reads few rows.
 */
export const AUDIT_CHAPTER = 1024

/** Appends entries in their order. To be called inside the lane, so that no two writers extend the same end. */
export async function appendAudit(
  { rows, memory }: Pick<LaneTransaction, 'rows' | 'memory'>,
  entries: readonly AuditEntry[],
): Promise<void> {
  let { seq, hash } = await memory.auditEnd()
  let chapter = 0
  const spoken = new Set<string>()
  for (const entry of entries) {
    seq += 1
    const values = COLUMNS.map((name) => (name === 'entities' ? JSON.stringify(entry.entities) : entry[name]))
    hash = hashOf(hash, seq, values)
    rows.add('audit', [seq, ...values, hash])
    const current = Math.floor(seq / AUDIT_CHAPTER)
    if (current !== chapter) spoken.clear()
    chapter = current
    for (const entity of entry.entities) {
      if (spoken.has(entity)) continue
      spoken.add(entity)
      const slash = entity.indexOf('/')
      rows.add('audit_chapter', [chapter, entity.slice(0, slash), entity.slice(slash + 1)])
    }
  }
  memory.audited({ seq, hash })
}

export type Verification =
  | { readonly whole: true; readonly rows: number; readonly head: string }
  | { readonly whole: false; readonly seq: number; readonly why: string }

/** Rows read at a time. */
const PAGE = 1000

/** Walks the whole chain. @param anchor a `seq:hash` noted earlier, which must still stand in it */
export async function verifyAudit(query: Query, anchor?: string): Promise<Verification> {
  const [, anchorSeq, anchorHash] = /^(\d+):(.+)$/.exec(anchor ?? '') ?? []
  let { seq, hash } = BEGINNING
  let anchored = anchor === undefined
  for (;;) {
    const rows = await query<AuditRow>('SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2', [seq, PAGE])
    for (const row of rows) {
      seq += 1
      if (row.seq !== seq) return { whole: false, seq, why: 'is missing' }
      hash = hashOf(
        hash,
        seq,
        COLUMNS.map((name) => row[name]),
      )
      if (row.hash !== hash) return { whole: false, seq, why: 'was changed, or what stands before it' }
      if (String(seq) === anchorSeq && hash === anchorHash) anchored = true
    }
    if (rows.length < PAGE) break
  }
  if (!anchored) return { whole: false, seq: Number(anchorSeq ?? 0), why: 'is not the one that was noted' }
  return { whole: true, rows: seq, head: `${seq}:${hash}` }
}
