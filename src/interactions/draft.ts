/** From a body to drafts: everything that is wrong with what was sent, in one answer, before the lane. */
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import { contentHash } from '../fhir/content.ts'
import { cutResource, parseJson } from '../fhir/json.ts'
import { type Issue, isError, Problem, refuse, severityOf } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { besideFaults, isShaped, misshapenIn, shapedPart } from '../fhir/shape.ts'
import { nothingSeen, type Seen } from '../fhir/structure-runtime.ts'
import { conditionalReference, eachLink } from '../fhir/references.ts'
import { parseSearch, type SearchQuery } from '../fhir/search-query.ts'
import { outsideCodes, withNames } from '../homecare/medicine-codes.ts'
import { isOrder, orderIssues } from '../homecare/order.ts'
import type { Placed } from '../homecare/rule-order.ts'
import type { Written } from '../homecare/rules.ts'
import type { ConditionalReference, Draft, IfMatch } from '../store/operation.ts'
import type { Validation } from '../validation.ts'
import type { FhirRequest } from './interaction.ts'
import { mayDo } from './permission.ts'
import type { TerminologyServer } from './terminology-server.ts'

/**
 * The body as JSON.
 * @throws Problem body-missing, json-*
 */
export function readJson(context: Context, request: FhirRequest): unknown {
  if (request.body === undefined || request.body.trim() === '') {
    throw refuse('body-missing', 'Send the resource as the body, in FHIR JSON.')
  }
  return parseJson(request.body, context.limits.jsonDepth)
}

/**
 * The body as one resource of the type in the address, valid as far as it can be said before the lane; with what was
 * found that does not refuse it.
 * @throws Problem with every issue found
 */
export async function readDraft(
  context: Context,
  request: FhirRequest,
  type: string,
): Promise<{ readonly draft: Draft; readonly warnings: readonly Issue[] }> {
  const value = readJson(context, request)
  const sent = (value as { resourceType?: unknown } | null)?.resourceType
  if (typeof sent === 'string' && sent !== type) {
    const diagnostics = context.definitions.resourceTypes.has(sent)
      ? `The address is for ${type}, the body is a ${sent}: post it to ${sent === 'Bundle' ? '[base] itself' : `[base]/${sent}`}.`
      : `The address is for ${type}, and resourceType is no type of R4 (names are case-sensitive): send "${type}".`
    throw refuse('type-mismatch', diagnostics, 'resourceType')
  }
  const issues = inspect(context, value, type, type, { creating: request.id === undefined, text: request.body })
  if (!issues.some(isError))
    issues.push(...(await terminologyIssues(context, [{ resource: value as Resource, root: type }])))
  refuseErrors(issues)
  const resource = value as Resource
  const draft = {
    resource,
    text: cutResource(type, request.body ?? ''),
    content: contentHash(resource),
    ...conditionalReferences(context, request.caller, resource, type),
  }
  return { draft, warnings: warningsOf(issues) }
}

export interface InspectOptions {
  /** The resource is new. */
  readonly creating?: boolean
  /** The JSON it was parsed from. */
  readonly text?: string | undefined
  /** The verdict itself was asked for ($validate): an open table then judges by code as well. */
  readonly asked?: boolean
  /** What the structure step saw, for those who go on from there. */
  readonly seen?: Seen
}

/** Everything that is wrong with a resource, whatever is stored. */
export function inspect(
  context: Validation,
  value: unknown,
  type: string,
  root: string,
  { creating = true, text, asked = false, seen = nothingSeen() }: InspectOptions = {},
): Issue[] {
  const issues = context.structure.validate(value, { root, type, text, seen })
  const structural = [...issues]
  issues.push(...profileIssues(context, value, type, root, { asked, seen }))
  // What is not kept here cannot be part of an order.
  if (type !== 'Bundle' && context.row(type)) {
    const written = { resource: value as Resource, root, creating }
    const misshapen = misshapenIn(structural)
    issues.push(
      ...(isShaped(misshapen, root)
        ? besideFaults(homecareIssues(context, [written], seen), structural, [root])
        : partIssues(context, written, misshapen, structural)),
    )
  }
  return asked || issues.length === 0 ? issues : issues.map((issue) => asTabled(context, issue))
}

/** What the table does not refuse a write for is a warning; what it refuses may have a status of its own. */
export function asTabled({ table: { tolerates, statuses } }: Validation, issue: Issue): Issue {
  if (!isError(issue)) return issue
  if (tolerates?.some((code) => code === issue.key || code === issue.rule)) return { ...issue, severity: 'warning' }
  const status = statuses?.[issue.key]
  return status === undefined ? issue : { ...issue, status }
}

/** By the profile of the type's row and by those that are claimed, for a Bundle entry by entry. */
function profileIssues(
  context: Validation,
  value: unknown,
  type: string,
  root: string,
  { asked, seen }: { readonly asked: boolean; readonly seen: Seen },
): Issue[] {
  if ((value as Resource | null | undefined)?.resourceType !== type) return []
  const profileOf = (name: string): string | undefined => context.row(name)?.profile
  const own = profileOf(type)
  // A tester stores an Observation for its code alone; that it is a poor vital sign, $validate says.
  const byCode = asked || context.table.scope !== 'open'
  return context.profiles.validate(value, {
    root,
    profileOf,
    byCode,
    extended: seen.extended,
    ...(own === undefined ? {} : { profiles: [own] }),
  })
}

/** What homecare asks of sound resources that come together; an open table serves testers, to whom it does not apply. */
export function homecareIssues(context: Validation, written: readonly Written[], seen?: Seen): Issue[] {
  const issues: Issue[] = []
  for (const { resource, root } of written) {
    if (isOrder(resource) && context.row(resource.resourceType)?.lifecycle) issues.push(...orderIssues(resource, root))
  }
  if (context.table.scope === 'open') return issues
  const found = context.homecare.checkTogether(written, { now: context.clock(), misformed: seen?.misformed })
  return issues.length === 0 ? found : [...issues, ...found]
}

/**
 * What homecare asks of a resource in which something has not the shape of R4, as far as the rest of it tells: of what
 * comes with it in a Bundle nothing is asked, since nobody knows what was meant to go together.
 * @param misshapen see `misshapenIn`
 * @param faults what else was found
 */
export function partIssues(
  context: Validation,
  written: Written,
  misshapen: readonly Issue[],
  faults: readonly Issue[],
): readonly Issue[] {
  const part = shapedPart(written.resource, misshapen, written.root)
  if (part === undefined) return []
  const found = homecareIssues(context, [{ ...written, resource: part.resource }])
  const left = part.without.map((expression): Issue => ({ key: 'structure-wrong-type', diagnostics: '', expression }))
  return besideFaults(found, [...faults, ...left], [written.root])
}

/** What the terminology server, where there is one, says of the codes of sound resources. */
export async function terminologyIssues(context: Context, sound: readonly Placed[]): Promise<Issue[]> {
  const { terminologyServer, table } = context
  if (!terminologyServer || table.scope === 'open') return []
  const codes = sound.flatMap(({ resource, root }) =>
    outsideCodes(resource).map(({ system, code, at }) => ({ system, code, expression: `${root}.${at}` })),
  )
  const issues = codes.length === 0 ? [] : await terminologyServer.check(codes)
  if (issues.some(({ key }) => key === 'terminology-unavailable')) {
    context.log.warn('The terminology server gives no answer: codes are stored with their form checked only.')
  }
  return [...issues, ...namedIssues(context, terminologyServer, sound)]
}

/** What is wrong with medicines by what the terminology server calls them, beside what is wrong by what the sender does. */
function namedIssues(context: Context, { nameOf }: TerminologyServer, sound: readonly Placed[]): Issue[] {
  let isNamed = false
  const named = sound.map((placed) => {
    const resource = withNames(placed.resource, nameOf)
    isNamed ||= resource !== undefined
    return { ...placed, creating: false, resource: resource ?? placed.resource }
  })
  if (!isNamed) return []
  const occasion = { now: context.clock() }
  const identity = ({ key, expression }: Issue): string => `${key} ${expression}`
  const plain = sound.map((placed) => ({ ...placed, creating: false }))
  const known = new Set(context.homecare.checkTogether(plain, occasion).map(identity))
  return context.homecare.checkTogether(named, occasion).filter((issue) => !known.has(identity(issue)))
}

/** What a sender whose write is accepted should still look at. */
export const warningsOf = (issues: readonly Issue[]): readonly Issue[] =>
  issues.filter((issue) => severityOf(issue) === 'warning')

/**
 * @throws Problem with the errors and warnings, when one of them is an error. What is merely good to know is for
 *   `$validate`: among the reasons for a refusal it would only be in the way.
 */
export function refuseErrors(issues: readonly Issue[]): void {
  if (!issues.some(isError)) return
  throw new Problem(issues.filter((issue) => severityOf(issue) !== 'information'))
}

/**
 * The references that name their target by what it says (https://hl7.org/fhir/R4/http.html#trules), as searches.
 * @throws Problem for a condition that cannot be read, or on a type that the caller may not search
 */
export function conditionalReferences(
  context: Context,
  caller: Caller,
  resource: Resource,
  root: string,
): Pick<Draft, 'conditions'> {
  const conditions: ConditionalReference[] = []
  eachLink(resource, (link, member, expression) => {
    const conditional = member === 'reference' ? conditionalReference(link) : undefined
    if (!conditional) return
    const at = expression().replace(resource.resourceType, root)
    if (!mayDo(context.row(conditional.type), caller, 'search-type')) {
      throw refuse(
        'reference-unresolved',
        `No ${conditional.type} can be searched for here: refer to it by its id.`,
        at,
      )
    }
    conditions.push({ link, search: conditionText(context, conditional.type, conditional.query, at), expression: at })
  })
  return conditions.length > 0 ? { conditions } : {}
}

/** If-None-Exist as a search (https://hl7.org/fhir/R4/http.html#ccreate); see `condition`. */
export const conditionText = (context: Context, type: string, text: string, expression?: string): SearchQuery =>
  condition(context, type, [...new URLSearchParams(text.replace(/^.*\?/, ''))], expression)

/**
 * The pairs that name one resource by what it says, as a search.
 * @throws Problem for an empty or unknown condition: matching everything would be the worst reading of it
 */
export function condition(
  context: Context,
  type: string,
  pairs: FhirRequest['query'],
  expression?: string,
): SearchQuery {
  if (pairs.length === 0) {
    throw refuse(
      'condition-missing',
      `Neither an id nor a condition says which ${type} is meant: name ${type}/[id], or a business identifier, e.g. identifier=system|value.`,
      expression,
    )
  }
  const query = readSearch(context, type, pairs, expression)
  if (query.conditions.length === 0) {
    throw refuse(
      'condition-missing',
      'The condition says nothing about the resource: name a business identifier.',
      expression,
    )
  }
  return query
}

/** @throws Problem whose issues say where the condition stands */
function readSearch(
  context: Context,
  type: string,
  pairs: FhirRequest['query'],
  expression: string | undefined,
): SearchQuery {
  try {
    return parseSearch(type, pairs, context.search, {
      lenient: false,
      defaultCount: 2,
      maxCount: 2,
      now: context.clock(),
    })
  } catch (error) {
    if (!(error instanceof Problem) || expression === undefined) throw error
    throw new Problem(error.issues.map((issue) => ({ ...issue, expression })))
  }
}

/**
 * If-Match and If-None-Match of a write, in the forms clients send: `W/"1"`, `"1"`, `1`, several of them, or `*`. An
 * ETag that was never one of ours matches nothing (RFC 9110 sections 13.1.1 and 13.1.2).
 * @throws Problem header-invalid
 */
export function readVersions(
  header: 'If-Match' | 'If-None-Match',
  value: string | undefined,
  expression?: string,
): IfMatch | undefined {
  if (value === undefined) return undefined
  if (value.trim() === '*') return '*'
  return value.split(',').flatMap((tag) => {
    const match = /^(?:W\/)?"?(\d{1,15})"?$/.exec(tag.trim())
    if (match) return Number(match[1])
    if (/^(?:W\/)?"[^"]*"$/.test(tag.trim())) return []
    throw refuse('header-invalid', `${header} takes the ETag of a version, e.g. W/"3", or "*".`, expression)
  })
}
