/**
 * AuditEvents, as IHE BALP writes them, made from the rows of the audit log when they are asked for
 * (https://profiles.ihe.net/ITI/BALP/). An organisation finds what it did itself, and what anybody did with its own.
 */
import type { Context } from '../context.ts'
import { instant } from '../fhir/json.ts'
import { type Problem, refuse } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'
import { parseSearch, type SearchQuery } from '../fhir/search-query.ts'
import type { Condition, DateValue } from '../fhir/search-condition.ts'
import { ODS_ORGANISATION } from '../homecare/identifiers.ts'
import {
  type AuditCondition,
  type AuditFound,
  type AuditMissing,
  type AuditPeriod,
  type AuditSearch,
  countAudit,
  searchAudit,
} from '../store/audit-search.ts'
import { auditId, auditSeq } from './audit-id.ts'
import { hiddenFrom } from './confidentiality.ts'
import type { FhirRequest, Interaction } from './interaction.ts'
import { linkQuery, seal, unseal } from './page-link.ts'

const PAGE = '_page'

export const readAuditEvent: Interaction = async (context, request) => {
  const seq = auditSeq(context.pageKey, request.id ?? '')
  const found = seq !== undefined && (await find(context, only(eyes(context, request), seq)))[0]
  if (!found) throw refuse('not-found', 'There is no AuditEvent with this id that you can see.')
  return {
    status: 200,
    body: JSON.stringify(auditEvent(context, found)),
    version: 1,
    lastModified: found.recorded,
  }
}

/** Of what is hidden from the caller's role the log does not tell either. */
function eyes({ table }: Context, { caller }: FhirRequest): Pick<AuditSearch, 'organization' | 'hidden'> {
  const hidden = hiddenFrom(table, caller)
  return { organization: caller.organization, ...(hidden ? { hidden } : {}) }
}

const only = (whose: ReturnType<typeof eyes>, seq: number): AuditSearch => ({
  ...whose,
  conditions: [{ kind: 'seq', values: [String(seq)] }],
  missing: [],
  periods: [],
  newestFirst: false,
  limit: 1,
})

export const searchAuditEvents: Interaction = async (context, request) => {
  const sealed = request.query.find(([name]) => name === PAGE)?.[1]
  const link = sealed === undefined ? undefined : unseal(context.pageKey, request.caller, sealed)
  if (link && link.type !== 'AuditEvent') throw refuse('page-link-invalid', 'The page link belongs to another type.')
  const query = parseSearch('AuditEvent', link?.query ?? request.query, context.search, {
    lenient: request.prefer.handling === 'lenient',
    defaultCount: context.limits.searchDefaultCount,
    maxCount: context.limits.searchMaxCount,
  })
  const search = searchOf(context, query, eyes(context, request), link?.position.key)
  const total =
    query.total === 'none' || query.total === 'free'
      ? {}
      : { total: await countAudit(context.database.query, search, patients(context)) }
  const found = query.onlyTotal ? [] : await find(context, search)
  const rows = found.slice(0, query.count)
  const last = rows.at(-1)
  const address = `${context.base}/AuditEvent`
  const links = [{ relation: 'self', url: `${address}${linkQuery(query.applied)}` }]
  if (last && found.length > rows.length) {
    const position = { values: [], key: last.seq }
    const next = seal(context.pageKey, request.caller, { type: 'AuditEvent', query: query.applied, position })
    links.push({ relation: 'next', url: `${address}?${PAGE}=${next}` })
  }
  const entry = rows.map((row) => ({
    fullUrl: `${address}/${auditId(context.pageKey, row.seq)}`,
    resource: auditEvent(context, row),
    search: { mode: 'match' },
  }))
  const bundle = { resourceType: 'Bundle', id: context.newId(), type: 'searchset', ...total, link: links }
  return { status: 200, body: JSON.stringify(entry.length > 0 ? { ...bundle, entry } : bundle) }
}

const find = (context: Context, search: AuditSearch): Promise<AuditFound[]> =>
  searchAudit(context.database.query, search, patients(context))

/** Search parameters by which resources say whose they are. */
const patients = (context: Context): string[] =>
  context.exposedTypes.flatMap((type) => {
    const param = context.search.param(type, 'patient')
    return param?.kind === 'reference' ? [param.name] : []
  })

function searchOf(
  context: Context,
  query: SearchQuery,
  whose: ReturnType<typeof eyes>,
  after: number | undefined,
): AuditSearch {
  const [sort, ...more] = query.sort
  if (more.length > 0 || (sort && sort.code !== 'date' && sort.code !== '_lastUpdated')) {
    throw unsupported('The audit log is sorted by date or -date.')
  }
  const periods: AuditPeriod[][] = []
  const conditions: AuditCondition[] = []
  const missing: AuditMissing[] = []
  for (const condition of query.conditions) {
    if (condition.kind === 'date' || condition.kind === 'lastUpdated') periods.push(condition.values.map(periodOf))
    else if (condition.kind === 'missing') missing.push({ of: of(condition.param), missing: condition.missing })
    else conditions.push(conditionOf(context, condition))
  }
  return {
    ...whose,
    conditions,
    missing,
    periods,
    newestFirst: sort?.descending === true,
    limit: query.count,
    ...(after === undefined ? {} : { after }),
  }
}

const unsupported = (words: string): Problem => refuse('parameter-invalid', words)

/** What the parameters of the table mean in the log. */
const columns: Readonly<Record<string, AuditCondition['kind']>> = {
  'AuditEvent.action': 'action',
  'AuditEvent.outcome': 'outcome',
  'AuditEvent.subtype': 'subtype',
  'AuditEvent.agent:identifier': 'org',
  'AuditEvent.entity': 'entity',
  'AuditEvent.patient': 'patient',
}

const of = (param: string): AuditMissing['of'] => {
  const kind = columns[param]
  return kind === 'patient' || kind === 'subtype' ? kind : 'others'
}

function conditionOf({ pageKey }: Context, condition: Condition): AuditCondition {
  if (condition.kind === 'id' && !condition.negate) {
    return { kind: 'seq', values: condition.values.map((id) => String(auditSeq(pageKey, id) ?? 0)) }
  }
  // Who acted is known by an ODS code alone: no literal reference leads to anybody.
  if (condition.kind === 'reference' && condition.param === 'AuditEvent.agent') return { kind: 'seq', values: ['0'] }
  const kind = 'param' in condition ? columns[condition.param] : undefined
  if (condition.kind === 'reference' && (kind === 'entity' || kind === 'patient'))
    return { kind, values: condition.values }
  if (condition.kind === 'token' && !condition.negate && kind && kind !== 'entity' && kind !== 'patient') {
    return { kind, values: condition.values.map(({ code = '' }) => (kind === 'org' ? code.toUpperCase() : code)) }
  }
  throw unsupported(
    'The audit log is searched by date, patient, entity, agent:identifier (an ODS code), action, outcome, subtype and _id, without other modifiers.',
  )
}

const EVER = Number.MAX_SAFE_INTEGER

function periodOf({ prefix, low, high }: DateValue): AuditPeriod {
  switch (prefix) {
    case 'gt':
    case 'sa':
      return { from: high + 1, to: EVER }
    case 'lt':
    case 'eb':
      return { from: 0, to: low - 1 }
    case 'ge':
      return { from: low, to: EVER }
    case 'le':
      return { from: 0, to: high }
    default:
      return { from: low, to: high, ...(prefix === 'ne' ? { negate: true } : {}) }
  }
}

const DCM = 'http://dicom.nema.org/resources/ontology/DCM'
const BALP = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition'
const EVENT_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-event-type'
const INTERACTION = 'http://hl7.org/fhir/restful-interaction'
const OBSERVER = { identifier: { system: 'https://homecare-exchange.org/fhir/Id/system', value: 'homecare-exchange' } }

/** The profile that a row satisfies, where there is one. */
const profiles: Readonly<Record<string, string>> = {
  C: 'IHE.BasicAudit.Create',
  R: 'IHE.BasicAudit.Read',
  U: 'IHE.BasicAudit.Update',
  D: 'IHE.BasicAudit.Delete',
}

/** A row as FHIR. */
function auditEvent({ pageKey }: Context, row: AuditFound): r4.AuditEvent {
  const profile = row.known.length === 1 && row.outcome === '0' ? profiles[row.action] : undefined
  const type = {
    ...(profile === undefined ? {} : { profile: [`${BALP}/${profile}`] }),
    versionId: '1',
    lastUpdated: instant(row.recorded),
  }
  const agent = { type: { coding: [{ system: DCM, code: '110153', display: 'Source Role ID' }] }, ...whoOf(row) }
  return {
    resourceType: 'AuditEvent',
    id: auditId(pageKey, row.seq),
    meta: type,
    ...kindOf(row),
    action: row.action as 'R',
    recorded: instant(row.recorded),
    outcome: row.outcome as '0',
    ...(row.problem === '' ? {} : { outcomeDesc: `${row.status} ${row.problem}` }),
    ...purposeIn(row),
    agent: [
      agent,
      {
        type: { coding: [{ system: DCM, code: '110152', display: 'Destination Role ID' }] },
        who: OBSERVER,
        requestor: false,
      },
    ],
    source: {
      observer: OBSERVER,
      type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
    },
    entity: entitiesOf(row),
  }
}

const REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'
const BROKEN_GLASS = { system: REASON, code: 'BTG', display: 'break the glass' }

/** The code, and where the glass was broken the reason that was given. */
function purposeIn({ purpose }: AuditFound): Pick<r4.AuditEvent, 'purposeOfEvent'> {
  if (purpose === '') return {}
  const [code = '', ...reason] = purpose.split(' ')
  const coding = [code === BROKEN_GLASS.code ? BROKEN_GLASS : { system: REASON, code }]
  return { purposeOfEvent: [{ coding, ...(reason.length > 0 ? { text: reason.join(' ') } : {}) }] }
}

function kindOf({ kind, purpose }: AuditFound): Pick<r4.AuditEvent, 'type' | 'subtype'> {
  if (kind === 'login') {
    return {
      type: { system: DCM, code: '110114', display: 'User Authentication' },
      subtype: [{ system: DCM, code: '110122', display: 'Login' }],
    }
  }
  const code = kind.startsWith('$') ? 'operation' : kind
  const subtype = [
    ...(code === 'unknown' ? [] : [{ system: INTERACTION, code }]),
    ...(purpose.startsWith(BROKEN_GLASS.code) ? [BROKEN_GLASS] : []),
  ]
  return {
    type: { system: EVENT_TYPE, code: 'rest', display: 'RESTful Operation' },
    ...(subtype.length > 0 ? { subtype } : {}),
  }
}

function whoOf({ org, role, client }: AuditFound): Pick<r4.AuditEventAgent, 'who' | 'requestor' | 'name' | 'role'> {
  if (org === '') return { requestor: true, name: 'nobody known' }
  return {
    who: { identifier: { system: ODS_ORGANISATION, value: org } },
    name: client,
    role: [{ text: role }],
    requestor: true,
  }
}

function entitiesOf(row: AuditFound): r4.AuditEventEntity[] {
  const domain = { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '4', display: 'Domain Resource' }
  const system = {
    system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
    code: '2',
    display: 'System Object',
  }
  const details = [
    ...(row.type === '' ? [] : [{ type: 'type', valueString: row.type }]),
    ...(row.kind.startsWith('$') ? [{ type: 'operation', valueString: row.kind }] : []),
    ...(row.parameters === '' ? [] : [{ type: 'parameters', valueString: row.parameters }]),
    { type: 'count', valueString: String(row.count) },
  ]
  return [
    ...row.known.map((reference) => ({ what: { reference }, type: system, role: domain })),
    {
      what: { identifier: { value: row.request } },
      type: { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', code: 'XrequestId' },
      detail: details,
    },
  ]
}
