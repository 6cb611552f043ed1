/**
 * Finding in the audit log: what an organisation did, and what anybody did with resources that are its own. Entries lie
 * together in rows, so that noting a read costs little; a search reads rows in their order and looks at each entry. For
 * one resource, one patient or one agent it first asks which chapters of the log speak of it, and reads those.
 */
import {
  AGENT,
  AUDIT_CHAPTER,
  AUDIT_PACK,
  auditEnd,
  type AuditRecord,
  auditRecords,
  type AuditRow,
  chapterOf,
} from './audit-log.ts'
import type { Query } from './database.ts'
import { shownSql } from './read.ts'
import { Parameters } from './parameters.ts'

/** Alternatives within each, all of which must hold. */
export interface AuditCondition {
  readonly kind: 'seq' | 'org' | 'action' | 'outcome' | 'subtype' | 'entity' | 'patient'
  readonly values: readonly string[]
}

/** `:missing=`; all but these two are never missing. */
export interface AuditMissing {
  readonly of: 'subtype' | 'patient' | 'others'
  readonly missing: boolean
}

/** Moments in ms since the epoch, both included. */
export interface AuditPeriod {
  readonly from: number
  readonly to: number
  /** Outside instead of inside. */
  readonly negate?: boolean
}

export interface AuditSearch {
  /** Whose eyes: an ODS code. */
  readonly organization: string
  /** Confidentiality that is hidden from the role; see `Scope`. */
  readonly hidden?: readonly string[]
  readonly conditions: readonly AuditCondition[]
  readonly missing: readonly AuditMissing[]
  /** Each a list of alternatives. */
  readonly periods: readonly (readonly AuditPeriod[])[]
  readonly newestFirst: boolean
  /** Behind this row. */
  readonly after?: number
  readonly limit: number
}

export interface AuditFound extends Omit<AuditRecord, 'entities'> {
  /** `Type/id` of those entities that the organisation may know of. */
  readonly known: readonly string[]
}

/** Reference parameters that lead to a patient. */
export type PatientParameters = readonly string[]

/** A page of rows, and one more when there are more. */
export async function searchAudit(
  query: Query,
  search: AuditSearch,
  patientParameters: PatientParameters,
): Promise<AuditFound[]> {
  const page: AuditFound[] = []
  for await (const row of found(query, search, patientParameters)) {
    page.push(row)
    if (page.length > search.limit) break
  }
  return page
}

/** How many rows there are. */
export async function countAudit(
  query: Query,
  search: AuditSearch,
  patientParameters: PatientParameters,
): Promise<number> {
  const { after: _after, ...all } = search
  let count = 0
  for await (const _row of found(query, all, patientParameters)) count++
  return count
}

/** Rows of the first look, and most of a later one: each is bigger than the one before. */
const FIRST = 8
const MOST = 64
/** Resources of a patient up to which chapters are asked for them; with more, nearly all would speak of one. */
const WANTED = 2000

/** What is found, in the order of the search. */
async function* found(
  query: Query,
  search: AuditSearch,
  patientParameters: PatientParameters,
): AsyncGenerator<AuditFound> {
  const { organization } = search
  const eyes = new Eyes(query, search, patientParameters)
  const about: ReadonlySet<string>[] = []
  for (const { kind, values } of search.conditions) {
    if (kind === 'entity') about.push(new Set(values))
    if (kind === 'patient') about.push(await eyes.ofPatients(values))
  }
  const concerning = search.missing.filter(({ of }) => of === 'patient')
  for await (const records of looks(query, search, about)) {
    const meeting = records.filter((record) => meets(search, record))
    await eyes.look(meeting)
    if (concerning.length > 0) await eyes.lookForPatients(meeting)
    for (const { entities, ...record } of meeting) {
      const isOwn = record.org === organization
      const known = entities.filter((each) => (isOwn || eyes.isOwn(each)) && !eyes.isHidden(each))
      if (!isOwn && known.length === 0) continue
      if (!about.every((wanted) => known.some((each) => wanted.has(each)))) continue
      if (concerning.some(({ missing }) => known.some((each) => eyes.isOfPatient(each)) === missing)) continue
      // What is hidden is not counted either.
      yield { ...record, known, count: isOwn ? record.count - (entities.length - known.length) : known.length }
    }
    // The embedded engine answers at once: others take their turn between two looks.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Whether an entry is what was asked for, as far as it tells by itself. */
function meets(search: AuditSearch, record: AuditRecord): boolean {
  return (
    search.conditions.every(({ kind, values }) => values.some((value) => meetsValue(record, kind, value))) &&
    search.missing.every(({ of, missing }) =>
      of === 'patient' ? true : of === 'subtype' ? (record.kind === 'unknown') === missing : !missing,
    ) &&
    search.periods.every((periods) =>
      periods.some(({ from, to, negate = false }) => (record.recorded >= from && record.recorded <= to) !== negate),
    )
  )
}

function meetsValue(record: AuditRecord, kind: AuditCondition['kind'], value: string): boolean {
  switch (kind) {
    case 'entity':
    case 'patient':
      return true
    case 'seq':
      return String(record.seq) === value
    case 'subtype':
      // What was seen by breaking the glass is found apart.
      return value === 'BTG' ? record.purpose.startsWith('BTG') : record.kind === value
    default:
      return record[kind] === value
  }
}

/** Numbers of entries, both included. */
interface Stretch {
  readonly from: number
  readonly to: number
}

/** Entries that may be found, some at a time. */
async function* looks(
  query: Query,
  search: AuditSearch,
  about: readonly ReadonlySet<string>[],
): AsyncGenerator<AuditRecord[]> {
  const whole = await stretchOf(query, search)
  if (!whole) return
  const numbers = search.conditions.find(({ kind }) => kind === 'seq')?.values
  if (numbers) {
    const ordered = [...new Set(numbers.map(Number))].sort((a, b) => (search.newestFirst ? b - a : a - b))
    for (const seq of ordered) {
      if (seq >= whole.from && seq <= whole.to) yield* inStretch(query, search, { from: seq, to: seq })
    }
    return
  }
  const agents = search.conditions.flatMap(({ kind, values }) =>
    kind === 'org' ? [new Set(values.map((org) => `${AGENT}/${org}`))] : [],
  )
  const telling = [...about, ...agents].filter(({ size }) => size <= WANTED)
  if (telling.length === 0) yield* inStretch(query, search, whole)
  else yield* inChapters(query, search, whole, telling)
}

/** The part of the log in which the search lies: behind the last page, and in its time. */
async function stretchOf(query: Query, search: AuditSearch): Promise<Stretch | undefined> {
  const { after, newestFirst, periods } = search
  const end = await auditEnd(query)
  if (end.seq === 0) return undefined
  const low = Math.max(0, ...periods.map((each) => Math.min(...each.map(({ from, negate }) => (negate ? 0 : from)))))
  const ends = periods.map((each) => Math.max(...each.map(({ to, negate }) => (negate ? EVER : to))))
  const high = Math.min(EVER, ...ends)
  const timed = low > 0 || high < EVER
  const [of] = timed
    ? await query<{ first: number | null; last: number | null }>(
        'SELECT MIN(seq) AS first, MAX(seq) AS last FROM audit WHERE recorded >= $1 AND since <= $2',
        [low, high],
      )
    : [{ first: AUDIT_PACK, last: end.seq }]
  if (!of || of.first === null || of.last === null) return undefined
  const from = Math.max(of.first - AUDIT_PACK + 1, newestFirst || after === undefined ? 1 : after + 1)
  const to = Math.min(of.last, newestFirst && after !== undefined ? after - 1 : of.last)
  return from <= to ? { from, to } : undefined
}

const EVER = Number.MAX_SAFE_INTEGER

/** Entries of a stretch, some at a time, in the order of the search. */
async function* inStretch(
  query: Query,
  { newestFirst }: AuditSearch,
  { from, to }: Stretch,
  first = FIRST,
): AsyncGenerator<AuditRecord[]> {
  // The last of the stretch may lie in a row whose number is higher.
  const [end] = await query<{ seq: number }>('SELECT seq FROM audit WHERE seq >= $1 ORDER BY seq LIMIT 1', [to])
  let [low, high] = [from, end?.seq ?? to]
  for (let size = first; ; size = Math.min(MOST, size * 2)) {
    const rows = await query<AuditRow>(
      `SELECT * FROM audit WHERE seq >= $1 AND seq <= $2 ORDER BY seq ${newestFirst ? 'DESC' : 'ASC'} LIMIT $3`,
      [low, high, size],
    )
    const records = rows.flatMap((row) => (newestFirst ? auditRecords(row).reverse() : auditRecords(row)))
    if (records.length > 0) yield records.filter(({ seq }) => seq >= from && seq <= to)
    const last = rows.at(-1)?.seq
    if (last === undefined || rows.length < size) return
    if (newestFirst) high = last - 1
    else low = last + 1
  }
}

/** Chapters that are asked about at a time. */
const SPAN = 4096

/** The same out of those chapters that speak of what is wanted. */
async function* inChapters(
  query: Query,
  search: AuditSearch,
  { from, to }: Stretch,
  telling: readonly ReadonlySet<string>[],
): AsyncGenerator<AuditRecord[]> {
  const [first, last] = [chapterOf(from), chapterOf(to)]
  for (let done = 0; done <= last - first; done += SPAN) {
    const span = search.newestFirst
      ? { from: Math.max(first, last - done - SPAN + 1), to: last - done }
      : { from: first + done, to: Math.min(last, first + done + SPAN - 1) }
    const chapters = await chaptersThatSpeak(query, span, telling)
    for (const chapter of search.newestFirst ? chapters.reverse() : chapters) {
      const begin = chapter * AUDIT_CHAPTER
      const stretch = { from: Math.max(from, begin), to: Math.min(to, begin + AUDIT_CHAPTER - 1) }
      yield* inStretch(query, search, stretch, MOST)
    }
  }
}

/** Chapters from one to another that speak of one of each list, ascending. */
async function chaptersThatSpeak(
  query: Query,
  { from, to }: Stretch,
  telling: readonly ReadonlySet<string>[],
): Promise<number[]> {
  const parameters = new Parameters()
  const range = `WITH RECURSIVE c(n) AS (SELECT CAST(${parameters.add(from)} AS BIGINT) UNION ALL SELECT n + 1 FROM c WHERE n < ${parameters.add(to)})`
  const tests = telling.map((wanted) => {
    const byType = [...Map.groupBy(wanted, (reference) => reference.slice(0, reference.indexOf('/')))].map(
      ([type, references]) =>
        `EXISTS (SELECT 1 FROM audit_chapter e WHERE e.chapter = c.n AND e.type = ${parameters.add(type)}
         AND e.id IN (${parameters.addAll(references.map((reference) => reference.slice(type.length + 1)))}))`,
    )
    return byType.length > 0 ? `(${byType.join(' OR ')})` : '1 = 0'
  })
  const rows = await query<{ n: number }>(
    `${range} SELECT c.n AS n FROM c WHERE ${tests.join(' AND ')} ORDER BY c.n`,
    parameters.values,
  )
  return rows.map(({ n }) => n)
}

/** Ids asked for by one statement: always as many, so that it is one text to prepare. */
const IDS = 64

/** What an organisation may know of the resources that rows speak of. */
class Eyes {
  readonly #query: Query
  readonly #organization: string
  readonly #hidden: readonly string[]
  readonly #patientParameters: PatientParameters
  /** Whether a resource is the organisation's own: it sent it or works on it, and may not merely read it. */
  readonly #own = new Map<string, boolean>()
  /** Whether it is sensitive and hidden from the role that asks, though its organisation may see it. */
  readonly #isHidden = new Map<string, boolean>()
  /** Whether it speaks of a patient, to whoever may see it. */
  readonly #ofPatient = new Map<string, boolean>()

  constructor(
    query: Query,
    { organization, hidden = [] }: Pick<AuditSearch, 'organization' | 'hidden'>,
    patientParameters: PatientParameters,
  ) {
    this.#query = query
    this.#organization = organization
    this.#hidden = hidden
    this.#patientParameters = patientParameters
  }

  isOwn = (reference: string): boolean => this.#own.get(reference) === true

  isHidden = (reference: string): boolean => this.#isHidden.get(reference) === true

  isOfPatient = (reference: string): boolean =>
    reference.startsWith('Patient/') || this.#ofPatient.get(reference) === true

  /** To others than who asked, a row speaks of their own resources only: that there were more is none of their business. */
  async look(rows: readonly AuditRecord[]): Promise<void> {
    const others = rows.filter(({ org }) => org !== this.#organization)
    const own = `EXISTS (SELECT 1 FROM access x WHERE x.org = $1 AND x.type = r.type AND x.key = r.key AND x.side <> 'reader')`
    await this.#ask(this.#own, others, (parameters) => {
      parameters.add(this.#organization)
      return own
    })
    if (this.#hidden.length === 0) return
    const scope = { kind: 'organization', organization: this.#organization, hidden: this.#hidden } as const
    await this.#ask(this.#isHidden, rows, (parameters) => {
      const shown = shownSql(scope, 'r', (value) => parameters.add(value)).join(' AND ')
      return `NOT (${shown})`
    })
  }

  lookForPatients(rows: readonly AuditRecord[]): Promise<void> {
    return this.#ask(
      this.#ofPatient,
      rows,
      (parameters) =>
        `EXISTS (SELECT 1 FROM access s WHERE s.org = ${parameters.add(this.#organization)} AND s.type = r.type AND s.key = r.key)
         AND r.key IN (SELECT key FROM index_reference WHERE param IN (${parameters.addAll(this.#patientParameters)}))`,
    )
  }

  /** The patients, and what the organisation sees of them: whoever asks in vain for another's is told nothing of it here. */
  async ofPatients(patients: readonly string[]): Promise<ReadonlySet<string>> {
    const parameters = new Parameters()
    const rows = await this.#query<{ type: string; id: string }>(
      `SELECT r.type AS type, r.id AS id FROM resource r WHERE r.key IN
        (SELECT key FROM index_reference WHERE param IN (${parameters.addAll(this.#patientParameters)})
          AND target IN (${parameters.addAll(patients)}))
       AND EXISTS (SELECT 1 FROM access s WHERE s.org = ${parameters.add(this.#organization)} AND s.type = r.type AND s.key = r.key)`,
      parameters.values,
    )
    return new Set([...patients, ...rows.map(({ type, id }) => `${type}/${id}`)])
  }

  /** Asks for the resources of rows that nobody has asked for yet. */
  async #ask(
    known: Map<string, boolean>,
    rows: readonly AuditRecord[],
    test: (parameters: Parameters) => string,
  ): Promise<void> {
    const idsOf = new Map<string, string[]>()
    for (const { entities } of rows) {
      for (const reference of entities) {
        if (known.has(reference)) continue
        known.set(reference, false)
        const [type = '', id = ''] = reference.split('/')
        idsOf.set(type, [...(idsOf.get(type) ?? []), id])
      }
    }
    for (const [type, ids] of idsOf) {
      for (let start = 0; start < ids.length; start += IDS) {
        const chunk = ids.slice(start, start + IDS)
        const parameters = new Parameters()
        const condition = test(parameters)
        const asked = Array.from({ length: IDS }, (_, i) => chunk[i] ?? chunk[0] ?? '')
        const rows = await this.#query<{ id: string }>(
          `SELECT r.id AS id FROM resource r
           WHERE r.type = ${parameters.add(type)} AND r.id IN (${parameters.addAll(asked)}) AND ${condition}`,
          parameters.values,
        )
        for (const { id } of rows) known.set(`${type}/${id}`, true)
      }
    }
  }
}
