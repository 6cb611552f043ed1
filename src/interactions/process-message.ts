/**
 * POST [base]/$process-message: the national message form of a prescription, turned into the same operations as a
 * transaction (https://hl7.org/fhir/R4/messageheader-operation-process-message.html). Inside there is one model.
 */
import type { Context } from '../context.ts'
import { type BundleEntry, bundleEntries } from '../fhir/bundle.ts'
import { contentHash } from '../fhir/content.ts'
import { instant } from '../fhir/json.ts'
import { type Issue, refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { parseSearch, type SearchQuery } from '../fhir/search-query.ts'
import { commit } from '../store/commit.ts'
import type { Committed, Operation } from '../store/operation.ts'
import { keptReply, once } from '../store/reply.ts'
import { refuseErrors, terminologyIssues } from './draft.ts'
import type { FhirRequest, Interaction } from './interaction.ts'
import { requestOf } from './submit.ts'
import { allowed } from './bundle-call.ts'
import { draftOf, inspectBundle, readBundle, soundEntries } from './bundle-entries.ts'

const MESSAGE_EVENT = 'https://fhir.nhs.uk/CodeSystem/message-event'

/**
 * Types that a message brings along and that have an identity of their own: the newest message wins, because a
 * medicine must go to the address that the trust knows now.
 */
const SUPPORTING = new Set(['Patient', 'Practitioner', 'PractitionerRole', 'Organization'])

export const processMessage: Interaction = async (context, request) => {
  const bundle = readBundle(context, request)
  if (bundle.type !== 'message') {
    throw refuse(
      'bundle-type-unsupported',
      '$process-message takes a Bundle of type message; a transaction is posted to [base].',
      'Bundle.type',
    )
  }
  const entries = bundleEntries(bundle, request.body ?? '')
  if (entries.length === 0) refuseErrors(inspectBundle(context, bundle, entries))
  const header = messageHeader(entries)
  if (!entries.some(({ resource }) => resource?.resourceType === 'MedicationRequest')) {
    throw refuse(
      'bundle-entry-invalid',
      'A prescription-order holds at least one MedicationRequest: this message has none.',
      'Bundle.entry',
    )
  }
  const sent = {
    organization: request.caller.organization,
    identity: `message:${messageIdentity(bundle, header)}`,
    content: contentHash(bundle),
  }
  const kept = await keptReply(context.database.query, sent)
  if (kept) return { status: kept.status, body: kept.text }
  const rest = entries.slice(1)
  const issues = inspectBundle(context, bundle, entries, request.body)
  refuseErrors([
    ...issues,
    ...(await terminologyIssues(context, soundEntries(entries, issues))),
    ...rest.flatMap((entry) => entryIssues(context, request, entry)),
  ])
  const operations = rest.map((entry) => operationOf(context, request, entry, entries))
  const commitRequest = requestOf(context, request.caller, operations)
  const reply = await context.lane.submit((lane) =>
    once(lane, sent, async () => {
      const committed = await commit(context.door, lane, commitRequest)
      return { status: 200, text: answer(context, header, committed, lane.tick) }
    }),
  )
  return { status: reply.status, body: reply.text }
}

/** The first entry, for the one event that is processed. */
function messageHeader(entries: readonly BundleEntry[]): r4.MessageHeader {
  const header = entries[0]?.resource
  if (header?.resourceType !== 'MessageHeader') {
    throw refuse(
      'bundle-entry-invalid',
      'The first entry of a message is its MessageHeader.',
      'Bundle.entry[0].resource',
    )
  }
  const { eventCoding } = header as unknown as r4.MessageHeader
  if (eventCoding?.system !== MESSAGE_EVENT || eventCoding.code !== 'prescription-order') {
    throw refuse(
      'message-event-unsupported',
      `The event processed here is prescription-order (${MESSAGE_EVENT}).`,
      'Bundle.entry[0].resource.eventCoding',
    )
  }
  return header as unknown as r4.MessageHeader
}

/** What the sender calls this message: Bundle.identifier (R4: unique per message), else MessageHeader.id. */
function messageIdentity(bundle: Resource, header: r4.MessageHeader): string {
  const identifier = bundle.identifier as r4.Identifier | undefined
  const identity = identifier?.value ?? header.id
  if (identity === undefined) {
    throw refuse(
      'message-unidentified',
      'Give the message an identity (Bundle.identifier), so that a repeat can be told from a second order.',
      'Bundle.identifier',
    )
  }
  return `${identifier?.value === undefined ? '' : (identifier.system ?? '')}|${identity}`
}

function entryIssues(context: Context, request: FhirRequest, entry: BundleEntry): Issue[] {
  if (!entry.resource) {
    return [
      {
        key: 'bundle-entry-invalid',
        expression: entry.expression,
        diagnostics: 'Every entry of a message holds a resource.',
      },
    ]
  }
  return allowed(context, request.caller.role, entry.resource.resourceType, 'create', `${entry.expression}.resource`)
}

function operationOf(
  context: Context,
  request: FhirRequest,
  entry: BundleEntry,
  entries: readonly BundleEntry[],
): Operation {
  const resource = entry.resource as Resource
  const match = SUPPORTING.has(resource.resourceType) ? byIdentifier(context, resource) : undefined
  return {
    draft: draftOf(context, request.caller, entry, entries),
    id: context.newId(),
    root: `${entry.expression}.resource`,
    ...(entry.fullUrl === undefined ? {} : { fullUrl: entry.fullUrl }),
    wholeOrder: true,
    ...(match ? { kind: 'upsert', match } : { kind: 'create' }),
  }
}

function byIdentifier(context: Context, resource: Resource): SearchQuery | undefined {
  const identifiers = (resource.identifier ?? []) as r4.Identifier[]
  const identifier = identifiers.find(({ system, value }) => system !== undefined && value !== undefined)
  if (!identifier) return undefined
  const escaped = (text = '') => text.replace(/[\\,|$]/g, (character) => `\\${character}`)
  const pairs = [['identifier', `${escaped(identifier.system)}|${escaped(identifier.value)}`]] as const
  return parseSearch(resource.resourceType, pairs, context.search, { lenient: false, defaultCount: 2, maxCount: 2 })
}

/** The response message: which message it answers, what was stored, and the Task by which the order is followed. */
function answer(context: Context, header: r4.MessageHeader, committed: Committed, tick: number): string {
  const stored = [...committed.outcomes, ...committed.consequences]
    .map((outcome) => outcome.stored)
    .filter(({ type }) => type === 'MedicationRequest' || type === 'Task')
  const id = context.newId()
  const responseHeader: r4.MessageHeader = {
    resourceType: 'MessageHeader',
    id,
    eventCoding: { system: MESSAGE_EVENT, code: 'prescription-order-response' },
    ...(header.sender ? { destination: [{ endpoint: header.source.endpoint, receiver: logical(header.sender) }] } : {}),
    source: { name: 'Homecare Exchange', endpoint: `${context.base}/$process-message` },
    response: { identifier: header.id ?? id, code: 'ok' },
    focus: stored.map(({ type, id }) => ({ reference: `${type}/${id}` })),
  }
  const entries = [
    `{"fullUrl":${JSON.stringify(`${context.base}/MessageHeader/${id}`)},"resource":${JSON.stringify(responseHeader)}}`,
    ...stored.map(
      ({ type, id, text }) => `{"fullUrl":${JSON.stringify(`${context.base}/${type}/${id}`)},"resource":${text}}`,
    ),
  ]
  const identifier = JSON.stringify({ system: 'https://tools.ietf.org/html/rfc4122', value: context.newId() })
  return `{"resourceType":"Bundle","id":"${context.newId()}","identifier":${identifier},"type":"message","timestamp":"${instant(tick)}","entry":[${entries.join(',')}]}`
}

/** A reference without its urn:uuid, which means nothing outside the message that it stood in. */
const logical = ({ identifier, display }: r4.Reference): r4.Reference => ({
  ...(identifier ? { identifier } : {}),
  ...(display === undefined ? {} : { display }),
})
