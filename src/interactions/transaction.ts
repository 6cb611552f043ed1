/**
 * A transaction (https://hl7.org/fhir/R4/http.html#trules): its writes are stored all or not at all, and its reads are
 * answered from what they leave.
 */
import type { Context } from '../context.ts'
import { type BundleEntry, bundleEntries } from '../fhir/bundle.ts'
import { contentHash, Peers } from '../fhir/content.ts'
import { type Issue, isError, Problem } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { isOrder } from '../homecare/order.ts'
import { commit } from '../store/commit.ts'
import type { CommitRequest, Committed, Operation, Outcome } from '../store/operation.ts'
import type { LaneTransaction } from '../store/lane.ts'
import { keptReply, once, type Sent } from '../store/reply.ts'
import { rank } from './batch.ts'
import { callOf, type EntryCall, perform } from './bundle-call.ts'
import { draftOf, inspectBundle, namesOf, soundEntries } from './bundle-entries.ts'
import { answerOf, type EntryAnswer, responseBundle, wantsResource } from './bundle-response.ts'
import { condition, conditionText, readVersions, refuseErrors, terminologyIssues, warningsOf } from './draft.ts'
import type { FhirReply, FhirRequest, Interactions } from './interaction.ts'
import { patchIn, patchOf, readPatch } from './patching.ts'
import { foreseen, isGone, mayBeTold, outcomeWords, requestOf, statusOf, submitRequest, versionUrl } from './submit.ts'
import { updateOf } from './wishes.ts'

/** An entry with what it asks for. */
interface Called {
  readonly entry: BundleEntry
  readonly call: EntryCall
}

/**
 * A transaction Bundle: all of it or nothing, in the order of R4 (DELETE, POST, PUT, PATCH, then reads).
 * @throws Problem with the issues of all entries
 */
export async function transact(
  context: Context,
  request: FhirRequest,
  bundle: Resource,
  interactions: Interactions,
): Promise<FhirReply> {
  const entries = bundleEntries(bundle, request.body ?? '')
  // A sender who lost the answer sends the Bundle again; a second order from it would be a second delivery.
  const sent = holdsOrder(entries) && context.table.scope !== 'open' ? sentAs(request, bundle) : undefined
  const kept = sent && (await keptReply(context.database.query, sent))
  const calls = callsOf(context, request, entries, sent !== undefined)
  if (kept) {
    // The answer of then is for who may ask the same now.
    refuseErrors(calls.issues)
    return { status: kept.status, body: kept.text }
  }
  const issues = inspectBundle(context, bundle, entries, { text: request.body })
  const found = [...issues, ...(await terminologyIssues(context, soundEntries(entries, issues)))]
  refuseErrors([...found, ...calls.issues.filter(({ expression }) => !isToldAt(found, expression))])
  const writes = writesOf(calls.called)
  const peers = new Peers(entries)
  const named = { peers, names: namesOf(context, entries) }
  const operations = await allOf(writes.map((called) => operationOf(context, request, called, named)))
  const commitRequest = requestOf(context, request.caller, operations)
  const warnings = warningsOf(found)
  const answersTo = (committed: Committed): EntryAnswer[] => {
    const answers: EntryAnswer[] = []
    writes.forEach((called, i) => {
      const outcome = committed.outcomes[i]
      if (outcome)
        answers[called.entry.index] = answerTo(context, request, outcome, committed.consequences, called, warnings)
    })
    return answers
  }
  if (sent) {
    const reply = await context.lane.submit(
      (lane) =>
        once(lane, sent, async () => {
          const answers = answersTo(await commit(context.door, lane, commitRequest))
          return { status: 200, text: responseBundle(context, 'transaction-response', answers) }
        }),
      foreseen(context, commitRequest, sent),
    )
    return { status: reply.status, body: reply.text, follows: ['return'] }
  }
  const reads = calls.called.filter(({ call }) => !isWrite(call))
  const read = (eyes: Context, written: readonly EntryAnswer[]) =>
    withReads(eyes, request, written, reads, interactions)
  const work = async (lane: LaneTransaction): Promise<EntryAnswer[]> =>
    read(asWritten(context, lane), answersTo(await commit(context.door, lane, commitRequest)))
  const answers =
    operations.length === 0
      ? await read(context, [])
      : reads.length === 0
        ? answersTo(await submitRequest(context, commitRequest))
        : await context.lane.submit(work, foreseen(context, commitRequest))
  return { status: 200, body: responseBundle(context, 'transaction-response', answers), follows: ['return'] }
}

/** Whether an element of a request is wrong in itself: that nothing can be asked for by it is then no news. */
const isToldAt = (issues: readonly Issue[], expression = ''): boolean =>
  expression.includes('.request.') && issues.some((issue) => isError(issue) && issue.expression === expression)

/** What all come to. @throws Problem with what is wrong in any of them */
async function allOf<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(work)
  const failed = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  const other = failed.find((reason) => !(reason instanceof Problem))
  if (other !== undefined) throw other
  const [first, second] = failed as Problem[]
  if (first) throw second ? new Problem((failed as Problem[]).flatMap(({ issues }) => issues)) : first
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}

/** The store as the lane has left it so far, with what is not committed yet: there nothing is known without a look. */
const asWritten = (context: Context, { query }: LaneTransaction): Context => ({
  ...context,
  database: { ...context.database, query },
  arrivals: { ...context.arrivals, isUnchangedSince: () => false },
})

/**
 * Adds the answers of the entries that read. One that fails fails the transaction
 * (https://hl7.org/fhir/R4/http.html#trules: "accept all actions … or reject all"), so they are answered inside the lane.
 * @throws Problem of the first that fails, with the place of its entry
 */
async function withReads(
  context: Context,
  request: FhirRequest,
  answers: readonly EntryAnswer[],
  reads: readonly Called[],
  interactions: Interactions,
): Promise<EntryAnswer[]> {
  const all = [...answers]
  for (const { entry, call } of reads) {
    try {
      all[entry.index] = answerOf(await perform(context, request, entry, call, interactions), true)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const expression = `${entry.expression}.request.url`
      throw new Problem(error.issues.map((issue) => ({ ...issue, expression })))
    }
  }
  return all
}

/** In the order in which they are written. */
const writesOf = (called: readonly Called[]): Called[] =>
  called
    .filter(({ call }) => isWrite(call))
    .toSorted((a, b) => rank(a.entry) - rank(b.entry) || a.entry.index - b.entry.index)

/**
 * What a transaction or a batch asks to have written, and what is wrong with its calls: a transaction all at once, a
 * batch entry by entry; nothing of a transaction that was sent before, or is refused for its calls or what it holds.
 * @throws Problem as it would be refused before its turn
 */
export async function bundlePlan(
  context: Context,
  request: FhirRequest,
  bundle: Resource,
  { text, sound }: { readonly text: string; readonly sound: boolean },
): Promise<{ readonly issues: readonly Issue[]; readonly requests: readonly CommitRequest[] }> {
  const entries = bundleEntries(bundle, text)
  const whole = bundle.type === 'transaction'
  const sent = whole && holdsOrder(entries) && context.table.scope !== 'open' ? sentAs(request, bundle) : undefined
  const { called, issues } = callsOf(context, request, entries, sent !== undefined)
  const refused = !sound || (whole && issues.length > 0)
  if (refused || (sent && (await keptReply(context.database.query, sent)))) return { issues, requests: [] }
  const operations: Operation[] = []
  const joined = whole ? entries : []
  const named = { peers: new Peers(joined), names: namesOf(context, joined) }
  operations.push(...(await allOf(writesOf(called).map((one) => operationOf(context, request, one, named)))))
  const parts = whole ? [operations] : operations.map((operation) => [operation])
  return { issues, requests: parts.map((part) => requestOf(context, request.caller, part)) }
}

const isWrite = ({ code }: EntryCall): boolean => ['create', 'update', 'patch', 'delete'].includes(code)

/** What the entries ask for, and everything that is wrong with it. */
function callsOf(
  context: Context,
  request: FhirRequest,
  entries: readonly BundleEntry[],
  isOrder: boolean,
): { readonly called: Called[]; readonly issues: Issue[] } {
  const called: Called[] = []
  const issues: Issue[] = []
  for (const entry of entries) {
    try {
      const call = callOf(context, request, entry)
      if (call.code === 'operation') issues.push(notHere(entry, 'Operations are not part of a transaction'))
      else if (isOrder && !isWrite(call)) issues.push(notHere(entry, SAME_ANSWER))
      else called.push({ entry, call })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      issues.push(...error.issues)
    }
  }
  return { called, issues }
}

const SAME_ANSWER = 'An order gets the same answer whenever it is sent again, so nothing is read with it'

const notHere = ({ expression }: BundleEntry, why: string): Issue => ({
  key: 'interaction-unsupported',
  diagnostics: `${why}: send this entry on its own, or in a batch.`,
  expression: `${expression}.request.url`,
})

const holdsOrder = (entries: readonly BundleEntry[]): boolean =>
  entries.some(({ resource }) => resource?.resourceType === 'MedicationRequest' && isOrder(resource))

function sentAs(request: FhirRequest, bundle: Resource): Sent {
  const content = contentHash(bundle)
  return { organization: request.caller.organization, identity: `transaction:${content}`, content }
}

/** What the entries of one transaction are to each other. */
interface Named {
  readonly peers: Peers
  /** Of entries without fullUrl, by index. */
  readonly names: ReadonlyMap<number, string>
}

async function operationOf(
  context: Context,
  request: FhirRequest,
  { entry, call }: Called,
  { peers, names }: Named,
): Promise<Operation> {
  const type = call.type ?? ''
  const sent = entry.request ?? {}
  const at = (element: string): string => `${entry.expression}.request.${element}`
  const match =
    call.code !== 'create' && call.id === undefined ? condition(context, type, call.query, at('url')) : undefined
  const ifMatch = readVersions('If-Match', sent.ifMatch, at('ifMatch'))
  const fullUrl = entry.fullUrl ?? names.get(entry.index)
  if (call.code === 'delete') {
    return {
      kind: 'delete',
      type,
      id: call.id ?? '',
      root: entry.expression,
      ifMatchRequired: false,
      ...(match ? { match } : {}),
      ...(ifMatch === undefined ? {} : { ifMatch }),
    }
  }
  if (call.code === 'patch') {
    const patch = readPatch(context, patchIn(entry.resource, entry), `${entry.expression}.resource`)
    const { id } = call
    const { operation } = await patchOf(context, request.caller, {
      type,
      id,
      match,
      ifMatch,
      patch,
      root: entry.expression,
    })
    return operation
  }
  const draft = draftOf(context, request.caller, entry, peers)
  const root = `${entry.expression}.resource`
  if (call.code === 'update') {
    const ifNone = readVersions('If-None-Match', sent.ifNoneMatch, at('ifNoneMatch'))
    return updateOf(context, request.caller, { draft, root, match, ifMatch, ifNone, fullUrl })
  }
  const { ifNoneExist } = sent
  return {
    kind: 'create',
    id: context.newId(),
    draft,
    root,
    ...(fullUrl === undefined ? {} : { fullUrl }),
    ...(ifNoneExist === undefined ? {} : { ifNoneExist: conditionText(context, type, ifNoneExist, at('ifNoneExist')) }),
  }
}

function answerTo(
  context: Context,
  request: FhirRequest,
  outcome: Outcome,
  consequences: readonly Outcome[],
  { entry: { index }, call }: Called,
  warnings: readonly Issue[],
): EntryAnswer {
  const { stored, status } = outcome
  const order =
    stored.type === 'MedicationRequest'
      ? consequences.find(
          ({ stored: task }) => task.type === 'Task' && task.text.includes(`MedicationRequest/${stored.id}"`),
        )
      : undefined
  const atDoor = warnings.filter(({ expression }) => expression?.startsWith(`Bundle.entry[${index}].`))
  // A Medication that came along was looked at with its prescription before; the lane cannot tell it from a stored one.
  const inLane = (outcome.warnings ?? []).filter(
    ({ key, expression }) => !atDoor.some((known) => known.key === key && known.expression === expression),
  )
  const told: Issue[] = [
    ...(request.prefer.return === 'OperationOutcome'
      ? [{ key: 'done' as const, diagnostics: outcomeWords[status] }]
      : []),
    ...(order
      ? [{ key: 'order-task' as const, diagnostics: `The order is followed as Task/${order.stored.id}.` }]
      : []),
    ...atDoor,
    ...inLane,
  ]
  const gone = isGone(status)
  return {
    status: statusOf(outcome),
    told,
    ...(gone ? {} : { location: versionUrl(context, outcome), fullUrl: `${context.base}/${stored.type}/${stored.id}` }),
    ...(stored.version > 0 ? { version: stored.version, lastModified: stored.tick } : {}),
    ...(wantsResource(context, request) &&
    !gone &&
    mayBeTold(request.caller, outcome, call.code === 'patch' ? 'patch' : 'whole')
      ? { resource: stored.text }
      : {}),
  }
}
