import type { Context } from '../context.ts'
import { type BundleEntry, bundleEntries } from '../fhir/bundle.ts'
import { contentHash } from '../fhir/content.ts'
import { cutResource, instant } from '../fhir/json.ts'
import { type Issue, isError, operationOutcome, type ProblemKey, refuse } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { isOrder } from '../homecare/order.ts'
import type { Written } from '../homecare/rules.ts'
import { commit } from '../store/commit.ts'
import type { Committed, Operation, Outcome } from '../store/operation.ts'
import { keptReply, once, type Sent } from '../store/reply.ts'
import {
  homecareIssues,
  inspect,
  readCondition,
  readIfMatch,
  readJson,
  refuseErrors,
  terminologyIssues,
  warningsOf,
} from './draft.ts'
import type { Validation } from '../validation.ts'
import type { FhirReply, FhirRequest, Interaction } from './interaction.ts'
import { requestOf, statusOf, versionUrl } from './submit.ts'

/** POST [base] with a transaction Bundle (https://hl7.org/fhir/R4/http.html#transaction): all or nothing. */
export const transaction: Interaction = async (context, request) => {
  const bundle = readBundle(context, request)
  if (bundle.type !== 'transaction') {
    throw refuse(
      'bundle-type-unsupported',
      'Bundles of type transaction are processed here; national messages go to $process-message.',
      'Bundle.type',
    )
  }
  const entries = bundleEntries(bundle, request.body ?? '')
  // A sender who lost the answer sends the Bundle again; a second order from it would be a second delivery.
  const sent = holdsOrder(entries) && context.table.scope !== 'open' ? sentAs(request, bundle) : undefined
  const kept = sent && (await keptReply(context.database.query, sent))
  if (kept) return { status: kept.status, body: kept.text }
  const issues = inspectBundle(context, bundle, entries, request.body)
  const found = [...issues, ...(await terminologyIssues(context, soundEntries(entries, issues)))]
  refuseErrors([...found, ...entries.flatMap((entry) => requestIssues(context, request, entry))])
  const warnings = warningsOf(found)
  const operations = entries.map((entry) => operationOf(context, entry, entries))
  // POST before PUT (R4 processing order); answers stay in the order sent.
  const order = operations.map((_, i) => i).sort((a, b) => rank(operations[a]) - rank(operations[b]) || a - b)
  const work = (committed: Committed): FhirReply => {
    const outcomes: Outcome[] = []
    order.forEach((index, i) => {
      const outcome = committed.outcomes[i]
      if (outcome) outcomes[index] = outcome
    })
    return { status: 200, body: response(context, request, outcomes, committed.consequences, warnings) }
  }
  const commitRequest = requestOf(
    context,
    request.caller,
    order.flatMap((i) => operations[i] ?? []),
  )
  return context.lane.submit(async (lane) => {
    if (!sent) return work(await commit(context.door, lane, commitRequest))
    const reply = await once(lane, sent, async () => {
      const { status, body } = work(await commit(context.door, lane, commitRequest))
      return { status, text: body ?? '' }
    })
    return { status: reply.status, body: reply.text }
  })
}

const holdsOrder = (entries: readonly BundleEntry[]): boolean =>
  entries.some(({ resource }) => resource?.resourceType === 'MedicationRequest' && isOrder(resource))

function sentAs(request: FhirRequest, bundle: Resource): Sent {
  const content = contentHash(bundle)
  return { organization: request.caller.organization, identity: `transaction:${content}`, content }
}

const rank = (operation: Operation | undefined): number => (operation?.kind === 'update' ? 1 : 0)

/**
 * The body as a Bundle of bearable size.
 * @throws Problem
 */
export function readBundle(context: Context, request: FhirRequest): Resource {
  const value = readJson(context, request) as { resourceType?: unknown; entry?: unknown } | null
  if (value?.resourceType !== 'Bundle') {
    throw refuse(
      'type-mismatch',
      'This address takes a Bundle; a single resource is posted to its type, e.g. [base]/Patient.',
      'resourceType',
    )
  }
  if (Array.isArray(value.entry) && value.entry.length > context.limits.bundleEntries) {
    throw refuse(
      'bundle-too-many-entries',
      `A Bundle may have ${context.limits.bundleEntries} entries; this one has ${value.entry.length}. Send it in parts.`,
      'Bundle.entry',
    )
  }
  return value as Resource
}

/** Everything that is wrong with a Bundle and its resources, whatever is stored. */
export function inspectBundle(
  context: Validation,
  bundle: Resource,
  entries: readonly BundleEntry[],
  text?: string,
): Issue[] {
  const issues = inspect(context, bundle, 'Bundle', 'Bundle', { text })
  return [...issues, ...homecareIssues(context, soundEntries(entries, issues))]
}

/** Resources whose structure is right, so that others may look into them; what profiles say does not matter here. */
export function soundEntries(entries: readonly BundleEntry[], issues: readonly Issue[]): Written[] {
  return entries.flatMap(({ resource, expression, fullUrl, request }) => {
    const root = `${expression}.resource`
    const isBroken = (issue: Issue) =>
      isError(issue) && !issue.key.startsWith('profile-') && issue.expression?.startsWith(root)
    if (!resource || issues.some(isBroken)) return []
    return [{ resource, root, fullUrl, creating: request?.method !== 'PUT' }]
  })
}

const TARGET = /^([A-Z][A-Za-z]+)(?:\/([A-Za-z0-9\-.]{1,64}))?$/

/** Whether an entry asks for something that is offered to this caller. */
function requestIssues(context: Context, request: FhirRequest, entry: BundleEntry): Issue[] {
  const issue = (key: ProblemKey, element: string, diagnostics: string): Issue[] => [
    { key, diagnostics, expression: `${entry.expression}.${element}` },
  ]
  const { method, url } = entry.request ?? {}
  if (method === undefined || url === undefined) {
    return issue(
      'bundle-entry-invalid',
      'request',
      'Every entry of a transaction says what to do: request.method and request.url.',
    )
  }
  if (method !== 'POST' && method !== 'PUT') {
    return issue('interaction-unsupported', 'request.method', 'POST and PUT are processed in a transaction.')
  }
  const [, type, id] = TARGET.exec(url) ?? []
  if (!type || (method === 'PUT') !== (id !== undefined)) {
    return issue('bundle-entry-invalid', 'request.url', 'POST takes the url Type, PUT takes Type/id.')
  }
  const resource = entry.resource
  if (!resource) return issue('bundle-entry-invalid', 'resource', `${method} needs a resource.`)
  if (resource.resourceType !== type) {
    return issue('type-mismatch', 'request.url', 'The resource type in request.url is not that of the resource.')
  }
  if (method === 'PUT' && resource.id !== id) {
    return issue('id-mismatch', 'resource.id', 'The resource must carry the id in request.url.')
  }
  return allowed(context, request, type, method === 'POST' ? 'create' : 'update', entry.expression)
}

/** Whether the table offers an interaction to the caller's role. */
export function allowed(
  context: Context,
  request: FhirRequest,
  type: string,
  interaction: 'create' | 'update',
  expression: string,
): Issue[] {
  const row = context.row(type)
  const diagnostics = (words: string) => `${words} See [base]/metadata.`
  if (!row) return [{ key: 'unknown-type', expression, diagnostics: diagnostics(`${type} is not exposed here.`) }]
  const allowedRoles = row.interactions[interaction]
  if (!allowedRoles) {
    return [{ key: 'interaction-unsupported', expression, diagnostics: diagnostics(`${type} has no ${interaction}.`) }]
  }
  if (allowedRoles.includes(request.caller.role)) return []
  return [
    {
      key: 'role-forbidden',
      expression,
      diagnostics: `To ${interaction} a ${type} takes the role ${allowedRoles.join(' or ')}; you act as ${request.caller.role}.`,
    },
  ]
}

function operationOf(context: Context, entry: BundleEntry, entries: readonly BundleEntry[]): Operation {
  const resource = entry.resource as Resource
  const root = `${entry.expression}.resource`
  const base = {
    draft: draftOf(entry, entries),
    root,
    ...(entry.fullUrl === undefined ? {} : { fullUrl: entry.fullUrl }),
  }
  const sent = entry.request ?? {}
  if (sent.method === 'PUT') {
    const ifMatch = readIfMatch(sent.ifMatch, `${entry.expression}.request.ifMatch`)
    const ifMatchRequired = context.row(resource.resourceType)?.ifMatch === 'required'
    return {
      ...base,
      kind: 'update',
      id: resource.id ?? '',
      ifMatchRequired,
      ...(ifMatch === undefined ? {} : { ifMatch }),
    }
  }
  const condition = sent.ifNoneExist
  if (condition === undefined) return { ...base, kind: 'create', id: context.newId() }
  const ifNoneExist = readCondition(
    context,
    resource.resourceType,
    condition,
    `${entry.expression}.request.ifNoneExist`,
  )
  return { ...base, kind: 'create', id: context.newId(), ifNoneExist }
}

/** A Bundle entry as a draft; its content counts other entries by what they hold. */
export function draftOf(entry: BundleEntry, entries: readonly BundleEntry[]): Operation['draft'] {
  const resource = entry.resource as Resource
  return {
    resource,
    text: cutResource(resource.resourceType, entry.text ?? ''),
    content: contentHash(resource, (link) => entries.find((peer) => peer.fullUrl === link)?.resource),
  }
}

function response(
  context: Context,
  request: FhirRequest,
  outcomes: readonly Outcome[],
  consequences: readonly Outcome[],
  warnings: readonly Issue[],
): string {
  const tasks = consequences.filter(({ stored }) => stored.type === 'Task')
  const entries = outcomes.map((outcome, index) => {
    const { stored } = outcome
    const full = request.prefer.return === 'representation'
    const order =
      stored.type === 'MedicationRequest'
        ? tasks.find((task) => task.stored.text.includes(`MedicationRequest/${stored.id}"`))
        : undefined
    const told: Issue[] = [
      ...(order
        ? [{ key: 'order-task' as const, diagnostics: `The order is followed as Task/${order.stored.id}.` }]
        : []),
      ...warnings.filter(({ expression }) => expression?.startsWith(`Bundle.entry[${index}].`)),
    ]
    const answer = {
      status: statusOf(outcome) === 201 ? '201 Created' : '200 OK',
      location: versionUrl(context, outcome),
      etag: `W/"${stored.version}"`,
      lastModified: instant(stored.tick),
      ...(told.length > 0 ? { outcome: operationOutcome(told) } : {}),
    }
    const fullUrl = JSON.stringify(`${context.base}/${stored.type}/${stored.id}`)
    return `{"fullUrl":${fullUrl},${full ? `"resource":${stored.text},` : ''}"response":${JSON.stringify(answer)}}`
  })
  // R4 has no empty arrays.
  const list = entries.length > 0 ? `,"entry":[${entries.join(',')}]` : ''
  return `{"resourceType":"Bundle","id":"${context.newId()}","type":"transaction-response"${list}}`
}
