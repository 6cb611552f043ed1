/** Whether the audit log is whole: nothing changed, removed or put in between, and nothing hidden from a search. */
import {
  AGENT,
  type AuditRecord,
  auditRecords,
  type AuditRow,
  BEGINNING,
  chapterOf,
  countOf,
  rowHash,
} from './audit-log.ts'
import type { Query } from './database.ts'

export type Verification =
  | { readonly whole: true; readonly rows: number; readonly head: string }
  | { readonly whole: false; readonly seq: number; readonly why: string }

/** Rows read at a time. */
const PAGE = 100

/**
 * Walks the whole chain, and looks whether a search finds every entry: the times and chapters by which it looks are made
 * from the entries, and whoever changed them would hide what still stands in the chain.
 * @param anchor a `seq:hash` noted earlier, which must still stand in it
 */
export async function verifyAudit(query: Query, anchor?: string): Promise<Verification> {
  const [, anchorSeq, anchorHash] = /^(\d+):(.+)$/.exec(anchor ?? '') ?? []
  let { seq, hash } = BEGINNING
  let anchored = anchor === undefined
  const chapters = new Chapters(query)
  for (;;) {
    const rows = await query<AuditRow>('SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2', [seq, PAGE])
    for (const row of rows) {
      const count = countOf(row)
      if (row.seq !== seq + count) return { whole: false, seq: seq + 1, why: 'is missing' }
      seq = row.seq
      hash = rowHash(hash, row)
      if (row.hash !== hash) return { whole: false, seq, why: 'was changed, or what stands before it' }
      const records = auditRecords(row)
      if (row.since !== Math.min(...records.map(({ recorded }) => recorded))) return { whole: false, seq, why: UNFOUND }
      const hidden = await chapters.follow(records)
      if (hidden !== undefined) return { whole: false, seq: hidden, why: UNFOUND }
      if (String(seq) === anchorSeq && hash === anchorHash) anchored = true
    }
    if (rows.length < PAGE) break
  }
  const hidden = await chapters.end()
  if (hidden !== undefined) return { whole: false, seq: hidden, why: UNFOUND }
  if (!anchored) return { whole: false, seq: Number(anchorSeq ?? 0), why: 'is not the one that was noted' }
  return { whole: true, rows: seq, head: `${seq}:${hash}` }
}

const UNFOUND = 'is not found by a search: what the log knows of it beside the chain was changed'

/** Entries in their order, against what is noted of their chapters. */
class Chapters {
  readonly #query: Query
  #chapter = 0
  /** What the entries of the chapter speak of, with the first that does. */
  #spoken = new Map<string, number>()

  constructor(query: Query) {
    this.#query = query
  }

  /** @returns the first entry of which a chapter that has ended does not speak */
  async follow(records: readonly AuditRecord[]): Promise<number | undefined> {
    for (const { seq, org, entities } of records) {
      if (chapterOf(seq) !== this.#chapter) {
        const hidden = await this.end()
        if (hidden !== undefined) return hidden
        this.#chapter = chapterOf(seq)
      }
      for (const name of [`${AGENT}/${org}`, ...entities]) if (!this.#spoken.has(name)) this.#spoken.set(name, seq)
    }
    return undefined
  }

  async end(): Promise<number | undefined> {
    const noted = await this.#query<{ type: string; id: string }>(
      'SELECT type, id FROM audit_chapter WHERE chapter = $1',
      [this.#chapter],
    )
    for (const { type, id } of noted) this.#spoken.delete(`${type}/${id}`)
    const [hidden] = this.#spoken.values()
    this.#spoken.clear()
    return hidden
  }
}
