/**
 * POST [base]/$process-message: the national message form of a prescription, turned into the same operations as a
 * transaction (https://hl7.org/fhir/R4/messageheader-operation-process-message.html). Inside there is one model.
 */
import type { Context } from '../context.ts'
import { type BundleEntry, bundleEntries } from '../fhir/bundle.ts'
import { contentHash, Peers } from '../fhir/content.ts'
import { type Issue, refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { parseSearch, type SearchQuery } from '../fhir/search-query.ts'
import { commit } from '../store/commit.ts'
import type { CommitRequest, Committed, Operation } from '../store/operation.ts'
import { firstReply, keptReply, once, type Sent } from '../store/reply.ts'
import { refuseErrors, terminologyIssues } from './draft.ts'
import type { FhirReply, FhirRequest, Interaction } from './interaction.ts'
import { cancelItems } from './message-cancel.ts'
import { dispenseEntries } from './message-dispense.ts'
import { MESSAGE_EVENT, responseMessage, type Told } from './message-response.ts'
import { factsNow } from './next.ts'
import { foreseen, requestOf } from './submit.ts'
import { allowed } from './bundle-call.ts'
import { draftOf, inspectBundle, readBundle, soundEntries } from './bundle-entries.ts'
import { checkUnconditional } from './unconditional.ts'

/**
 * Types that a message brings along and that have an identity of their own: the newest message wins, because a
 * medicine must go to the address that the trust knows now.
 */
const SUPPORTING = new Set(['Patient', 'Practitioner', 'PractitionerRole', 'Organization'])

export const processMessage: Interaction = async (context, request) => {
  const query = request.query.filter(([name, value]) => name !== 'async' || value !== 'false')
  checkUnconditional('process-message', { ...request, query })
  const bundle = readBundle(context, request)
  const message = readMessage(context, request, bundle, request.body ?? '')
  const { sent, event, entries } = message
  const kept = await keptReply(context.database.query, sent)
  if (kept) return { status: kept.status, body: kept.text }
  if (event === 'prescription-order-update') return cancel(context, request, message)
  return store(context, request, bundle, { ...message, entries: await storedEntries(context, request, event, entries) })
}

/** What becomes of the entries of a message: those that are stored, in the form in which they are. */
const storedEntries = (
  context: Context,
  request: FhirRequest,
  event: MessageEvent,
  entries: readonly BundleEntry[],
): Promise<readonly BundleEntry[]> | readonly BundleEntry[] =>
  event === 'dispense-notification' ? dispenseEntries(context, request, entries) : entries

/** @throws Problem for what is no message that is processed here, or not for this caller */
function readMessage(context: Context, request: FhirRequest, bundle: Resource, text: string): Message {
  if (bundle.type !== 'message') {
    throw refuse(
      'bundle-type-unsupported',
      '$process-message takes a Bundle of type message; a transaction is posted to [base].',
      'Bundle.type',
    )
  }
  const entries = bundleEntries(bundle, text)
  if (entries.length === 0) refuseErrors(inspectBundle(context, bundle, entries))
  const header = messageHeader(entries)
  const event = header.eventCoding?.code as MessageEvent
  const [type, interaction] = carried[event]
  if (!entries.some(({ resource }) => resource?.resourceType === type)) {
    throw refuse(
      'bundle-entry-invalid',
      `A ${event} holds at least one ${type}: this message has none.`,
      'Bundle.entry',
    )
  }
  refuseErrors(allowed(context, request.caller, type, interaction, 'Bundle.entry'))
  const sent = {
    organization: request.caller.organization,
    identity: `message:${messageIdentity(bundle, header)}`,
    content: contentHash(bundle),
  }
  return { sent, header, event, entries }
}

interface Message {
  readonly sent: Sent
  readonly header: r4.MessageHeader
  readonly event: MessageEvent
  readonly entries: readonly BundleEntry[]
}

/** What the events carry, and what it takes to send them. */
const carried = {
  'prescription-order': ['MedicationRequest', 'create'],
  'prescription-order-update': ['MedicationRequest', 'update'],
  'dispense-notification': ['MedicationDispense', 'create'],
} as const
type MessageEvent = keyof typeof carried

/** Ends what the message cancels; the answer says with a national code what became of each item. */
async function cancel(context: Context, request: FhirRequest, { sent, header, entries }: Message): Promise<FhirReply> {
  refuseErrors(context.structure.validate(header, { root: 'Bundle.entry[0].resource', type: 'MessageHeader' }))
  const identified = { ...header, id: header.id ?? context.newId() }
  const reply = await context.lane.submit((lane) =>
    once(lane, sent, async () => {
      const facts = { ...factsNow(context), query: lane.query, now: lane.tick }
      const told = await cancelItems(context, lane, { request, header: identified, entries }, facts)
      return { status: 200, text: responseMessage(context, { header: identified, told, at: lane.tick }) }
    }),
  )
  return { status: reply.status, body: reply.text }
}

/** Stores what the message brings, as a transaction would. */
async function store(
  context: Context,
  request: FhirRequest,
  bundle: Resource,
  { sent, header, entries }: Message,
): Promise<FhirReply> {
  const issues = inspectBundle(context, bundled(bundle, entries), entries)
  refuseErrors([
    ...issues,
    ...(await terminologyIssues(context, soundEntries(entries, issues))),
    ...entries.slice(1).flatMap((entry) => entryIssues(context, request, entry)),
  ])
  const commitRequest = wishesOf(context, request, entries)
  const reply = await context.lane.submit(
    (lane) =>
      once(lane, sent, async () => {
        const committed = await commit(context.door, lane, commitRequest)
        return { status: 200, text: responseMessage(context, { header, told: storedOf(committed), at: lane.tick }) }
      }),
    foreseen(context, commitRequest, sent),
  )
  return { status: reply.status, body: reply.text }
}

/** Everything but the header is stored. */
function wishesOf(context: Context, request: FhirRequest, entries: readonly BundleEntry[]): CommitRequest {
  const peers = new Peers(entries)
  const operations = entries.slice(1).map((entry) => operationOf(context, request, entry, peers))
  return requestOf(context, request.caller, operations)
}

/**
 * What a message asks to have written; nothing where it was sent before, cancels, or is not sound.
 * @throws Problem as the message would be refused before its turn
 */
export async function messagePlan(
  context: Context,
  request: FhirRequest,
  bundle: Resource,
  { text, sound }: { readonly text: string; readonly sound: boolean },
): Promise<CommitRequest[]> {
  const { sent, event, entries } = readMessage(context, request, bundle, text)
  const stores = sound && event !== 'prescription-order-update'
  if (!stores || (await firstReply(context.database.query, sent))) return []
  const stored = await storedEntries(context, request, event, entries)
  refuseErrors(stored.slice(1).flatMap((entry) => entryIssues(context, request, entry)))
  return [wishesOf(context, request, stored)]
}

/** The first entry, of one of the events that are processed. */
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
  if (eventCoding?.system !== MESSAGE_EVENT || !Object.hasOwn(carried, eventCoding.code ?? '')) {
    throw refuse(
      'message-event-unsupported',
      `The events processed here are ${Object.keys(carried).join(', ')} (${MESSAGE_EVENT}).`,
      'Bundle.entry[0].resource.eventCoding',
    )
  }
  return header as unknown as r4.MessageHeader
}

/** Characters; it is looked up by an index. */
const MAX_IDENTITY = 500

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
  const whole = `${identifier?.value === undefined ? '' : (identifier.system ?? '')}|${identity}`
  if (whole.length <= MAX_IDENTITY) return whole
  throw refuse(
    'message-unidentified',
    `The identity of a message has at most ${MAX_IDENTITY} characters, its system included.`,
    'Bundle.identifier',
  )
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
  const { resourceType: type } = entry.resource
  const needed =
    SUPPORTING.has(type) && identifierOf(entry.resource) ? (['create', 'update'] as const) : (['create'] as const)
  return needed.flatMap((each) => allowed(context, request.caller, type, each, `${entry.expression}.resource`))
}

function operationOf(context: Context, request: FhirRequest, entry: BundleEntry, peers: Peers): Operation {
  const resource = entry.resource as Resource
  const match = SUPPORTING.has(resource.resourceType) ? byIdentifier(context, resource) : undefined
  return {
    draft: draftOf(context, request.caller, entry, peers),
    id: context.newId(),
    root: `${entry.expression}.resource`,
    ...(entry.fullUrl === undefined ? {} : { fullUrl: entry.fullUrl }),
    wholeOrder: true,
    ...(match ? { kind: 'upsert', match } : { kind: 'create' }),
  }
}

/** By what the newest message finds the one before. */
const identifierOf = (resource: Resource): r4.Identifier | undefined =>
  [(resource.identifier ?? []) as r4.Identifier[]]
    .flat()
    .flatMap((each) => each ?? [])
    .find(({ system, value }) => system !== undefined && value !== undefined)

function byIdentifier(context: Context, resource: Resource): SearchQuery | undefined {
  const identifier = identifierOf(resource)
  if (!identifier) return undefined
  const escaped = (text = '') => text.replace(/[\\,|$]/g, (character) => `\\${character}`)
  const pairs = [['identifier', `${escaped(identifier.system)}|${escaped(identifier.value)}`]] as const
  return parseSearch(resource.resourceType, pairs, context.search, { lenient: false, defaultCount: 2, maxCount: 2 })
}

/** The Bundle with the entries as they are to be stored. */
const bundled = (bundle: Resource, entries: readonly BundleEntry[]): Resource => ({
  ...bundle,
  entry: entries.map(({ fullUrl, resource }) => ({ ...(fullUrl === undefined ? {} : { fullUrl }), resource })),
})

/** Types of which the answer tells what became of them. */
const TOLD = ['MedicationRequest', 'MedicationDispense', 'Task']

const storedOf = (committed: Committed): Told[] =>
  [...committed.outcomes, ...committed.consequences]
    .map(({ stored }) => stored)
    .filter(({ type }) => TOLD.includes(type))
    .map(({ type, id, text }) => ({ reference: `${type}/${id}`, text }))
