/** Finding in the audit log: what an organisation did, and what anybody did with resources that are its own. */
import type { AuditRow } from './audit-log.ts'
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

/** A resource is an organisation's own when it sent it or works on it, not when it may merely read it. */
const OWN = `SELECT 1 FROM audit_entity e JOIN resource r ON r.type = e.type AND r.id = e.id
  JOIN access x ON x.key = r.key AND x.type = r.type WHERE e.seq = a.seq AND x.side <> 'reader' AND x.org = `

/** A page of rows, and one more when there are more. */
export async function searchAudit(
  query: Query,
  search: AuditSearch,
  patientParameters: PatientParameters,
): Promise<AuditFound[]> {
  const parameters = new Parameters()
  const conditions = where(search, parameters, patientParameters)
  const direction = search.newestFirst ? 'DESC' : 'ASC'
  const rows = await query<AuditRow>(
    `SELECT a.* FROM audit a WHERE ${conditions.join(' AND ')}
     ORDER BY a.seq ${direction} LIMIT ${parameters.add(search.limit + 1)}`,
    parameters.values,
  )
  return Promise.all(rows.map(async (row) => ({ ...row, known: await knownOf(query, row, search.organization) })))
}

/** How many rows there are. */
export async function countAudit(
  query: Query,
  search: AuditSearch,
  patientParameters: PatientParameters,
): Promise<number> {
  const parameters = new Parameters()
  const conditions = where({ ...search, limit: 1 }, parameters, patientParameters)
  const [row] = await query<{ n: number }>(
    `SELECT COUNT(*) AS n FROM audit a WHERE ${conditions.join(' AND ')}`,
    parameters.values,
  )
  return row?.n ?? 0
}

function where(search: AuditSearch, parameters: Parameters, patientParameters: PatientParameters): string[] {
  const { organization, after, newestFirst } = search
  const conditions = [`(a.org = ${parameters.add(organization)} OR EXISTS (${OWN}${parameters.add(organization)}))`]
  if (after !== undefined) conditions.push(`a.seq ${newestFirst ? '<' : '>'} ${parameters.add(after)}`)
  const known = () => `(a.org = ${parameters.add(organization)} OR ${ownEntity(parameters.add(organization))})`
  const seen = () =>
    `EXISTS (SELECT 1 FROM access s WHERE s.org = ${parameters.add(organization)} AND s.type = r.type AND s.key = r.key)`
  for (const { kind, values } of search.conditions) {
    const tests = values.map((value) => conditionSql(kind, value, { parameters, patientParameters, known, seen }))
    conditions.push(`(${tests.join(' OR ')})`)
  }
  for (const missing of search.missing)
    conditions.push(missingSql(missing, { parameters, patientParameters, known, seen }))
  for (const periods of search.periods) {
    const tests = periods.map(({ from, to, negate }) => {
      const within = `a.recorded BETWEEN ${parameters.add(from)} AND ${parameters.add(to)}`
      return negate ? `NOT (${within})` : `(${within})`
    })
    conditions.push(`(${tests.join(' OR ')})`)
  }
  return conditions
}

interface Words {
  readonly parameters: Parameters
  readonly patientParameters: PatientParameters
  /** SQL that holds where the viewer may know of entity `e` of row `a`: or a search would tell what the answer hides. */
  readonly known: () => string
  /** SQL that holds where the viewer sees resource `r`: whoever asks in vain for another's is told nothing of it here. */
  readonly seen: () => string
}

/** SQL that holds where entity `e` speaks of a patient. @param which a test of the reference */
const concerns = ({ parameters, patientParameters, seen }: Words, which = '1 = 1'): string =>
  `EXISTS (SELECT 1 FROM resource r WHERE r.type = e.type AND r.id = e.id AND ${seen()} AND r.key IN
    (SELECT key FROM index_reference WHERE param IN (${parameters.addAll(patientParameters)}) AND ${which}))`

const ownEntity = (organization: string): string =>
  `EXISTS (SELECT 1 FROM resource o JOIN access x ON x.key = o.key AND x.type = o.type
    WHERE o.type = e.type AND o.id = e.id AND x.side <> 'reader' AND x.org = ${organization})`

function conditionSql(kind: AuditCondition['kind'], value: string, words: Words): string {
  const { parameters, known } = words
  if (kind === 'seq') return `a.seq = ${parameters.add(Number(value))}`
  // What was seen by breaking the glass is found apart.
  if (kind === 'subtype' && value === 'BTG') return "substr(a.purpose, 1, 3) = 'BTG'"
  if (kind === 'subtype') return `a.kind = ${parameters.add(value)}`
  if (kind !== 'entity' && kind !== 'patient') return `a.${kind} = ${parameters.add(value)}`
  const [type = '', id = ''] = value.split('/')
  const itself = `(e.type = ${parameters.add(type)} AND e.id = ${parameters.add(id)})`
  const about = () => ` OR ${concerns(words, `target = ${parameters.add(value)}`)}`
  const matches = kind === 'entity' ? itself : `(${itself}${about()})`
  return `EXISTS (SELECT 1 FROM audit_entity e WHERE e.seq = a.seq AND ${matches} AND ${known()})`
}

function missingSql({ of, missing }: AuditMissing, words: Words): string {
  const { known } = words
  if (of === 'others') return missing ? '1 = 0' : '1 = 1'
  if (of === 'subtype') return `a.kind ${missing ? '=' : '<>'} 'unknown'`
  return `${missing ? 'NOT ' : ''}EXISTS (SELECT 1 FROM audit_entity e
    WHERE e.seq = a.seq AND (e.type = 'Patient' OR ${concerns(words)}) AND ${known()})`
}

/** To others than who asked, a row speaks of their own resources only: that there were more is none of their business. */
async function knownOf(query: Query, row: AuditRow, organization: string): Promise<readonly string[]> {
  const entities = JSON.parse(row.entities) as string[]
  if (row.org === organization) return entities
  const known = await query<{ type: string; id: string }>(
    `SELECT e.type AS type, e.id AS id FROM audit_entity e JOIN resource r ON r.type = e.type AND r.id = e.id
     WHERE e.seq = $1 AND EXISTS (SELECT 1 FROM access x WHERE x.key = r.key AND x.type = r.type AND x.side <> 'reader' AND x.org = $2)`,
    [row.seq, organization],
  )
  // In the order of the row: an order that the engine finds convenient would depend on what else is stored.
  const seen = new Set(known.map(({ type, id }) => `${type}/${id}`))
  return entities.filter((entity) => seen.has(entity))
}
