/**
 * Finding in the audit log: what an organisation did, and what anybody did with resources that are its own. Rows say in
 * one text which resources they speak of, so that noting a read costs little; a search reads rows in their order and
 * looks at each. For one resource or one patient it first asks which chapters of the log speak of it, and reads those.
 */
import { AUDIT_CHAPTER, type AuditRow } from './audit-log.ts'
import type { Query } from './database.ts'
import { Parameters } from './search-conditions.ts'

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
  readonly conditions: readonly AuditCondition[]
  readonly missing: readonly AuditMissing[]
  /** Each a list of alternatives. */
  readonly periods: readonly (readonly AuditPeriod[])[]
  readonly newestFirst: boolean
  /** Behind this row. */
  readonly after?: number
  readonly limit: number
}

export interface AuditFound extends AuditRow {
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
const FIRST = 64
const MOST = 1024
/** Resources of a patient up to which chapters are asked for them; with more, nearly all would speak of one. */
const WANTED = 2000

/** What is found, in the order of the search. */
async function* found(
  query: Query,
  search: AuditSearch,
  patientParameters: PatientParameters,
): AsyncGenerator<AuditFound> {
  const eyes = new Eyes(query, search.organization, patientParameters)
  const about: ReadonlySet<string>[] = []
  for (const { kind, values } of search.conditions) {
    if (kind === 'entity') about.push(new Set(values))
    if (kind === 'patient') about.push(await eyes.ofPatients(values))
  }
  const concerning = search.missing.filter(({ of }) => of === 'patient')
  const few = about.filter(({ size }) => size <= WANTED)
  for await (const rows of few.length > 0 ? chapters(query, search, few) : looks(query, search)) {
    await eyes.look(rows)
    if (concerning.length > 0) await eyes.lookForPatients(rows)
    for (const row of rows) {
      const known = row.org === search.organization ? row.spoken : row.spoken.filter((each) => eyes.isOwn(each))
      if (row.org !== search.organization && known.length === 0) continue
      if (!about.every((wanted) => known.some((each) => wanted.has(each)))) continue
      if (concerning.some(({ missing }) => known.some((each) => eyes.isOfPatient(each)) === missing)) continue
      const { spoken: _spoken, ...kept } = row
      yield { ...kept, known }
    }
    // The embedded engine answers at once: others take their turn between two looks.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

interface SpeakingRow extends AuditRow {
  readonly spoken: readonly string[]
}

const speaking = (row: AuditRow): SpeakingRow => ({ ...row, spoken: JSON.parse(row.entities) as string[] })

/** Rows that meet what their columns can tell, some at a time. */
async function* looks(query: Query, search: AuditSearch, chapter?: number): AsyncGenerator<SpeakingRow[]> {
  let { after } = search
  const begin = chapter === undefined ? Math.max(FIRST, search.limit + 1) : AUDIT_CHAPTER
  for (let size = begin; ; size = Math.min(MOST, size * 2)) {
    const parameters = new Parameters()
    const conditions = where({ ...search, ...(after === undefined ? {} : { after }) }, parameters)
    if (chapter !== undefined) {
      const first = chapter * AUDIT_CHAPTER
      conditions.push(`a.seq BETWEEN ${parameters.add(first)} AND ${parameters.add(first + AUDIT_CHAPTER - 1)}`)
    }
    const rows = await query<AuditRow>(
      `SELECT a.* FROM audit a${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}
       ORDER BY a.seq ${search.newestFirst ? 'DESC' : 'ASC'} LIMIT ${parameters.add(size)}`,
      parameters.values,
    )
    if (rows.length > 0) yield rows.map(speaking)
    if (rows.length < size) return
    after = rows.at(-1)?.seq
  }
}

/** Chapters that are asked about at a time. */
const SPAN = 4096

/** The same out of those chapters that speak of what is wanted. */
async function* chapters(
  query: Query,
  search: AuditSearch,
  about: readonly ReadonlySet<string>[],
): AsyncGenerator<SpeakingRow[]> {
  const { newestFirst, after } = search
  const [end] = await query<{ seq: number }>('SELECT seq FROM audit ORDER BY seq DESC LIMIT 1')
  const last = chapterOf(newestFirst && after !== undefined ? after : (end?.seq ?? 0))
  const first = chapterOf(newestFirst || after === undefined ? 0 : after)
  for (let done = 0; done <= last - first; done += SPAN) {
    const [from, to] = newestFirst
      ? [Math.max(first, last - done - SPAN + 1), last - done]
      : [first + done, Math.min(last, first + done + SPAN - 1)]
    const speaking = await chaptersThatSpeak(query, from, to, about)
    for (const chapter of newestFirst ? speaking.reverse() : speaking) yield* looks(query, search, chapter)
  }
}

const chapterOf = (seq: number): number => Math.floor(seq / AUDIT_CHAPTER)

/** Chapters from one to another that speak of one of each list, ascending. */
async function chaptersThatSpeak(
  query: Query,
  from: number,
  to: number,
  about: readonly ReadonlySet<string>[],
): Promise<number[]> {
  const parameters = new Parameters()
  const range = `WITH RECURSIVE c(n) AS (SELECT CAST(${parameters.add(from)} AS BIGINT) UNION ALL SELECT n + 1 FROM c WHERE n < ${parameters.add(to)})`
  const tests = about.map((wanted) => {
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

/** Conditions on the columns of a row. */
function where(search: AuditSearch, parameters: Parameters): string[] {
  const { after, newestFirst } = search
  const conditions: string[] = []
  if (after !== undefined) conditions.push(`a.seq ${newestFirst ? '<' : '>'} ${parameters.add(after)}`)
  for (const { kind, values } of search.conditions) {
    if (kind === 'entity' || kind === 'patient') continue
    const tests = values.map((value) => conditionSql(kind, value, parameters))
    conditions.push(`(${tests.join(' OR ')})`)
  }
  for (const { of, missing } of search.missing) {
    if (of === 'others') conditions.push(missing ? '1 = 0' : '1 = 1')
    if (of === 'subtype') conditions.push(`a.kind ${missing ? '=' : '<>'} 'unknown'`)
  }
  for (const periods of search.periods) {
    const tests = periods.map(({ from, to, negate }) => {
      const within = `a.recorded BETWEEN ${parameters.add(from)} AND ${parameters.add(to)}`
      return negate ? `NOT (${within})` : `(${within})`
    })
    conditions.push(`(${tests.join(' OR ')})`)
  }
  return conditions
}

function conditionSql(
  kind: Exclude<AuditCondition['kind'], 'entity' | 'patient'>,
  value: string,
  parameters: Parameters,
): string {
  if (kind === 'seq') return `a.seq = ${parameters.add(Number(value))}`
  // What was seen by breaking the glass is found apart.
  if (kind === 'subtype' && value === 'BTG') return "substr(a.purpose, 1, 3) = 'BTG'"
  if (kind === 'subtype') return `a.kind = ${parameters.add(value)}`
  return `a.${kind} = ${parameters.add(value)}`
}

/** Ids asked for by one statement: always as many, so that it is one text to prepare. */
const IDS = 64

/** What an organisation may know of the resources that rows speak of. */
class Eyes {
  readonly #query: Query
  readonly #organization: string
  readonly #patientParameters: PatientParameters
  /** Whether a resource is the organisation's own: it sent it or works on it, and may not merely read it. */
  readonly #own = new Map<string, boolean>()
  /** Whether it speaks of a patient, to whoever may see it. */
  readonly #ofPatient = new Map<string, boolean>()

  constructor(query: Query, organization: string, patientParameters: PatientParameters) {
    this.#query = query
    this.#organization = organization
    this.#patientParameters = patientParameters
  }

  isOwn = (reference: string): boolean => this.#own.get(reference) === true

  isOfPatient = (reference: string): boolean =>
    reference.startsWith('Patient/') || this.#ofPatient.get(reference) === true

  /** To others than who asked, a row speaks of their own resources only: that there were more is none of their business. */
  look(rows: readonly SpeakingRow[]): Promise<void> {
    const others = rows.filter(({ org }) => org !== this.#organization)
    const own = `EXISTS (SELECT 1 FROM access x WHERE x.org = $1 AND x.type = r.type AND x.key = r.key AND x.side <> 'reader')`
    return this.#ask(this.#own, others, (parameters) => {
      parameters.add(this.#organization)
      return own
    })
  }

  lookForPatients(rows: readonly SpeakingRow[]): Promise<void> {
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
    rows: readonly SpeakingRow[],
    test: (parameters: Parameters) => string,
  ): Promise<void> {
    const idsOf = new Map<string, string[]>()
    for (const { spoken } of rows) {
      for (const reference of spoken) {
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
