/** GET [base]/metadata (https://hl7.org/fhir/R4/http.html#capabilities): the table, in FHIR's words. */
import { createHash } from 'node:crypto'
import { playersOf, type Role } from '../caller.ts'
import type { Context } from '../context.ts'
import { refuse } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'
import type { SearchParam } from '../fhir/search-params.ts'
import { offeredAt, type OperationLevel, type TypeRow } from '../server-table.ts'
import { names } from './etag.ts'
import type { FhirRequest, Interaction } from './interaction.ts'
import { readPart } from './part.ts'

const modes = {
  full: capabilityStatement,
  normative: normativeStatement,
  terminology: terminologyCapabilities,
} as const satisfies Record<string, (context: Context) => r4.FhirResource>
type Mode = keyof typeof modes

/** What a service promises does not change while it runs: each view is written once. */
const written = new WeakMap<Context, Map<Mode, { readonly body: string; readonly etag: string }>>()

export const capabilities: Interaction = async (context, request) => {
  const mode = readMode(request)
  const type = mode === 'terminology' ? 'TerminologyCapabilities' : 'CapabilityStatement'
  const part = readPart(context, request, type, ['mode'])
  const { body, etag } = statementText(context, mode)
  const reply = {
    lastModified: context.started,
    // May be kept, but is asked for again: a restart may promise something else.
    headers: { etag, 'cache-control': 'no-cache' },
    follows: ['handling'] as const,
  }
  return names(request.ifNoneMatch, etag) ? { status: 304, ...reply } : { status: 200, ...reply, body: part(body) }
}

/** @throws Problem parameter-invalid */
function readMode({ query }: FhirRequest): Mode {
  const [mode = 'full', ...others] = query.filter(([name]) => name === 'mode').map(([, value]) => value)
  if (others.length > 0 || !Object.hasOwn(modes, mode)) {
    throw refuse('parameter-invalid', `mode takes one of ${Object.keys(modes).join(', ')}.`)
  }
  return mode as Mode
}

function statementText(context: Context, mode: Mode): { readonly body: string; readonly etag: string } {
  const known = written.get(context) ?? new Map<Mode, { readonly body: string; readonly etag: string }>()
  written.set(context, known)
  const kept = known.get(mode)
  if (kept) return kept
  const body = JSON.stringify(modes[mode](context))
  const text = { body, etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
  known.set(mode, text)
  return text
}

// The extension oauth-uris is left out: R4 lets it only name an authorize endpoint along with the token endpoint.
const SECURITY_SERVICE = 'http://terminology.hl7.org/CodeSystem/restful-security-service'

/** Everything that is routed is promised and everything promised is routed: both are made from the table. */
function capabilityStatement(context: Context): r4.CapabilityStatement {
  const { table } = context
  const operation = operationsAt(context, ['system'])
  const interaction = Object.entries(table.system)
    .filter(([code]) => code !== 'capabilities')
    .map(([code, roles]) => ({ code: code as 'transaction', documentation: roleWords(roles) }))
  const compartment = context.compartments.all.map(({ url }) => url)
  const offers = (code: string): boolean => context.exposedTypes.some((type) => has(context.row(type), code))
  return {
    ...(context.capabilityHead as unknown as r4.CapabilityStatement),
    implementation: implementationOf(context),
    ...(offers('patch') ? { patchFormat: ['application/json-patch+json', 'application/fhir+json'] } : {}),
    rest: [
      {
        mode: 'server',
        documentation: limitWords(context),
        security: {
          cors: context.cors,
          service: [
            {
              coding: [
                { system: SECURITY_SERVICE, code: 'OAuth', display: 'OAuth' },
                { system: SECURITY_SERVICE, code: 'SMART-on-FHIR', display: 'SMART-on-FHIR' },
              ],
              text: 'OAuth 2 client credentials: every request but this one carries a bearer token; SMART scopes of system level narrow what it allows',
            },
          ],
          description:
            'A token says which role and which organisation (ODS code) the caller acts for; a caller sees what its organisation stands to. Where tokens come from is in [base]/.well-known/smart-configuration.',
        },
        resource: context.exposedTypes.map((type) => resourceOf(context, type)),
        // R4 has no empty arrays.
        ...(interaction.length > 0 ? { interaction } : {}),
        ...systemSearchOf(context),
        ...(operation.length > 0 ? { operation } : {}),
        ...(compartment.length > 0 ? { compartment } : {}),
      },
    ],
  }
}

const has = (row: TypeRow | undefined, code: string): boolean =>
  row !== undefined && Object.hasOwn(row.interactions, code)

/** Whether a type is searched along with others; the audit log is not. */
const isJoined = (row: TypeRow | undefined): boolean => has(row, 'search-type') && row?.source !== 'audit'

const roleWords = (roles: readonly Role[]): string => `For the roles ${playersOf(roles).join(', ')}.`

const implementationOf = ({ table, base }: Context): { description: string; url: string } => ({
  description: `Homecare Exchange, table "${table.name}"`,
  url: base,
})

function limitWords({ limits, row }: Context): string {
  return [
    `A batch or transaction may have ${limits.bundleEntries} entries; the GET entries of a transaction see what its writes leave, and one that fails fails the transaction. A body may have ${limits.bodyBytes} bytes after unpacking (gzip, deflate, br).`,
    `A page of a search has ${limits.searchDefaultCount} rows unless _count asks for another number, and ${limits.searchMaxCount} at most.`,
    'Compartments are searched as [base]/[compartment]/[id]/[type] and [base]/[compartment]/[id]/*, by GET and by POST with /_search behind.',
    row('AuditEvent')?.source === 'audit' ? 'AuditEvents are searched by their own parameters alone.' : [],
    'An unknown parameter is refused unless Prefer says handling=lenient. Prefer: respond-async is answered at once and completely.',
  ]
    .flat()
    .join(' ')
}

const operationsAt = (
  context: Context,
  levels: readonly OperationLevel[],
  type?: string,
): { name: string; definition: string }[] =>
  context.table.operations
    .filter((row) => row.levels.some((level) => levels.includes(level)) && (type === undefined || offeredAt(row, type)))
    .map(({ name, definition }) => ({ name, definition }))

function resourceOf(context: Context, type: string): r4.CapabilityStatementRestResource {
  const row = context.row(type) as TypeRow
  const operation = operationsAt(context, ['type', 'instance'], type)
  const supportedProfile = profilesFor(context, type).filter((canonical) => canonical !== row.profile)
  return {
    type: type as r4.CapabilityStatementRestResource['type'],
    ...(row.profile === undefined ? {} : { profile: row.profile }),
    ...(supportedProfile.length > 0 ? { supportedProfile } : {}),
    ...documentationOf(row),
    interaction: Object.entries(row.interactions).map(([code, roles]) => ({
      code: code as 'read',
      documentation: roleWords(roles),
    })),
    versioning: row.ifMatch === 'required' ? 'versioned-update' : 'versioned',
    readHistory: has(row, 'history-instance'),
    ...(has(row, 'update') ? { updateCreate: row.updateCreate === true, conditionalUpdate: true } : {}),
    ...(has(row, 'create') ? { conditionalCreate: true } : {}),
    ...(has(row, 'read') ? { conditionalRead: 'full-support' } : {}),
    ...(has(row, 'delete') ? { conditionalDelete: 'single' } : {}),
    ...(row.source === 'store' ? { referencePolicy: referencePolicyOf(context) } : {}),
    ...searchOf(context, row, type),
    ...(operation.length > 0 ? { operation } : {}),
  }
}

const CONTENT =
  'A Binary is read as its content unless Accept or _format names FHIR, and written as bare content of any type or as a resource; X-Security-Context is its securityContext.'

function documentationOf({ type, documentation }: TypeRow): { documentation?: string } {
  const words = [documentation ?? [], type === 'Binary' ? CONTENT : []].flat()
  return words.length > 0 ? { documentation: words.join(' ') } : {}
}

/** Canonicals, without version, of the profiles that are enforced when a resource claims them. */
const profilesFor = ({ profiles }: Context, type: string): string[] => [
  ...new Set(
    profiles.canonicals
      .filter((canonical) => profiles.typeOf(canonical) === type)
      .map((canonical) => canonical.split('|', 1).join('')),
  ),
]

const referencePolicyOf = ({ table }: Context): ('literal' | 'logical' | 'enforced')[] => [
  'literal',
  'logical',
  ...(table.references === 'enforced' ? (['enforced'] as const) : []),
]

function searchOf(
  context: Context,
  row: TypeRow,
  type: string,
): Pick<r4.CapabilityStatementRestResource, 'searchParam' | 'searchInclude' | 'searchRevInclude'> {
  if (!has(row, 'search-type')) return {}
  const searchParam = context.search.list(type).map(searchParamOf)
  return searchParam.length > 0 ? { ...includesOf(context, type), searchParam } : {}
}

/** What every type can be searched by, and so several types at once. */
function systemSearchOf(context: Context): Pick<r4.CapabilityStatementRest, 'searchParam'> {
  const searched = context.exposedTypes.filter((type) => isJoined(context.row(type)))
  const [first = '', ...others] = searched
  const searchParam = context.search
    .list(first)
    .filter(({ code, url }) => others.every((type) => context.search.param(type, code)?.url === url))
    .map(searchParamOf)
  return context.table.system['search-system'] && searchParam.length > 0 ? { searchParam } : {}
}

const searchParamOf = ({
  code,
  url,
  kind,
  documentation,
}: SearchParam): r4.CapabilityStatementRestResourceSearchParam => ({
  name: code,
  definition: url,
  type: kind,
  ...(documentation ? { documentation } : {}),
})

/** The values that `_include` and `_revinclude` take in a search of the type. */
function includesOf(
  context: Context,
  type: string,
): Pick<r4.CapabilityStatementRestResource, 'searchInclude' | 'searchRevInclude'> {
  const references = (of: string) => context.search.list(of).filter(({ kind }) => kind === 'reference')
  const searchInclude = references(type).map(({ code }) => `${type}:${code}`)
  const searchRevInclude = context.exposedTypes
    .filter((from) => isJoined(context.row(from)))
    .flatMap((from) =>
      references(from)
        .filter(({ targets }) => targets.length === 0 || targets.includes(type))
        .map(({ code }) => `${from}:${code}`),
    )
  return {
    ...(searchInclude.length > 0 ? { searchInclude: ['*', ...searchInclude] } : {}),
    ...(searchRevInclude.length > 0 ? { searchRevInclude: ['*', ...searchRevInclude] } : {}),
  }
}

/** The types whose definition will not change any more (https://hl7.org/fhir/R4/versions.html#std-process). */
const normativeTypes = new Set([
  'Binary',
  'Bundle',
  'CapabilityStatement',
  'CodeSystem',
  'Observation',
  'OperationDefinition',
  'OperationOutcome',
  'Parameters',
  'Patient',
  'StructureDefinition',
  'ValueSet',
])

function normativeStatement(context: Context): r4.CapabilityStatement {
  const statement = capabilityStatement(context)
  const normative = ({ type }: r4.CapabilityStatementRestResource) => normativeTypes.has(type)
  return {
    ...statement,
    rest: (statement.rest ?? []).map((rest) => ({ ...rest, resource: (rest.resource ?? []).filter(normative) })),
  }
}

/** No terminology operation is offered: codes are checked where they are written. */
function terminologyCapabilities(context: Context): r4.TerminologyCapabilities {
  const { url, version, name, title, status, experimental, date, publisher, software } =
    context.capabilityHead as unknown as r4.CapabilityStatement
  return {
    resourceType: 'TerminologyCapabilities',
    id: `${context.capabilityHead.id as string}-terminology`,
    ...(url === undefined ? {} : { url: url.replace('/CapabilityStatement/', '/TerminologyCapabilities/') }),
    ...(version === undefined ? {} : { version }),
    name: `${name}Terminology`,
    title: `${title}: terminology`,
    status,
    ...(experimental === undefined ? {} : { experimental }),
    date,
    ...(publisher === undefined ? {} : { publisher }),
    description:
      'No terminology operation ($expand, $lookup, $validate-code, $translate, $closure) is offered. Codes are checked when a resource is written, and by $validate.',
    kind: 'instance',
    ...(software ? { software } : {}),
    implementation: implementationOf(context),
  }
}
