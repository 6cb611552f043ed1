/** From operations to the lane and back to answers. */
import type { Caller } from '../caller.ts'
import { type Context, scopeOf } from '../context.ts'
import { type Issue, operationOutcome } from '../fhir/problem.ts'
import { commit } from '../store/commit.ts'
import { foresee } from '../store/foresight.ts'
import type { SubmitOptions } from '../store/lane.ts'
import { keptReply, type Sent } from '../store/reply.ts'
import { type CommitRequest, type Committed, type Operation, type Outcome, typeOf } from '../store/operation.ts'
import type { FhirReply, FhirRequest } from './interaction.ts'
import { missingScope, permissionOf } from './permission.ts'

/** Writes operations of one request, all or nothing, durable when it resolves. @throws Problem */
export function submit(context: Context, caller: Caller, operations: readonly Operation[]): Promise<Committed> {
  return submitRequest(context, requestOf(context, caller, operations))
}

/** The same for a request that is put together already. */
export const submitRequest = (context: Context, request: CommitRequest): Promise<Committed> =>
  context.lane.submit((transaction) => commit(context.door, transaction, request), foreseen(context, request))

/** What the lane may know of a request before its turn. @param sent where its answer is kept */
export const foreseen = (context: Context, request: CommitRequest, sent?: Sent): SubmitOptions => ({
  foresee: (query) => Promise.all([foresee(context.door, query, request), sent && keptReply(query, sent)]),
  size: request.operations.reduce((sum, operation) => sum + sizeOf(operation), 0),
})

/** Characters that an operation brings; a patch is small beside any resource. */
const sizeOf = (operation: Operation): number =>
  'draft' in operation ? operation.draft.text.members.reduce((sum, [, value]) => sum + value.length, 0) : 0

/** A caller's wishes with the caller's eyes. */
export function requestOf(context: Context, caller: Caller, operations: readonly Operation[]): CommitRequest {
  // Types that a caller can write are all seen with the same eyes; published definitions are not written by callers.
  const [first] = operations
  return { caller, operations, scope: scopeOf(context, caller, first ? typeOf(first) : '') }
}

/** What became of the one operation of a single request. */
export function only({ outcomes: [outcome] }: Committed): Outcome {
  if (!outcome) throw new Error('The lane gave no outcome.')
  return outcome
}

/** HTTP status of an outcome: a repeat is answered as the first time. */
export const statusOf = ({ status }: Outcome): 200 | 201 | 204 =>
  status === 'created' || status === 'repeated' ? 201 : isGone(status) ? 204 : 200

/** Whether there is nothing any more. */
export const isGone = (status: Outcome['status']): boolean => status === 'deleted' || status === 'absent'

/** `[base]/Type/id/_history/version` */
export const versionUrl = (context: Context, outcome: Outcome): string =>
  `${context.base}/${outcome.stored.type}/${outcome.stored.id}/_history/${outcome.stored.version}`

/**
 * The answer to a single write, in the form the sender prefers (https://hl7.org/fhir/R4/http.html#ops); warnings come
 * with an OperationOutcome.
 */
export function replyTo(
  context: Context,
  request: FhirRequest,
  outcome: Outcome,
  warnings: readonly Issue[],
  change: 'whole' | 'patch' = 'whole',
): FhirReply {
  const { version, tick: lastModified } = outcome.stored
  if (isGone(outcome.status)) {
    const told = request.prefer.return === 'OperationOutcome'
    return {
      ...(told ? { status: 200, ...body(context, request, outcome, warnings, change) } : { status: 204 }),
      ...(version > 0 ? { version, lastModified } : {}),
    }
  }
  return {
    status: statusOf(outcome),
    version,
    lastModified,
    location: versionUrl(context, outcome),
    follows: ['return'],
    ...body(context, request, outcome, warnings, change),
  }
}

/** What became of a write, in words. */
export const outcomeWords: { readonly [S in Outcome['status']]: string } = {
  created: 'The resource was created.',
  updated: 'The resource was updated.',
  unchanged: 'Nothing changed: the resource was already as sent.',
  matched: 'The condition matched an existing resource: nothing was created.',
  deleted: 'The resource was deleted; its versions are kept.',
  absent: 'There was nothing to delete.',
  repeated: 'The same content was sent before: nothing was created again.',
}

/**
 * Whether the answer to a write may hold the resource: what a sender has sent whole it knows; what a condition found, or
 * a patch was laid upon, is for tokens that may read it.
 */
export const mayBeTold = (caller: Caller, { status, stored }: Outcome, change: 'whole' | 'patch'): boolean =>
  (status !== 'matched' && change === 'whole') || missingScope(caller, stored.type, permissionOf.read) === undefined

function body(
  context: Context,
  request: FhirRequest,
  outcome: Outcome,
  warnings: readonly Issue[],
  change: 'whole' | 'patch',
): Pick<FhirReply, 'body' | 'contentLocation'> {
  switch (request.prefer.return) {
    case 'minimal':
      return {}
    case 'OperationOutcome':
      return {
        body: JSON.stringify(
          operationOutcome([
            { key: 'done', diagnostics: outcomeWords[outcome.status] },
            ...warnings,
            ...(outcome.warnings ?? []),
          ]),
        ),
      }
    default:
      if (!mayBeTold(request.caller, outcome, change)) return {}
      return { body: outcome.stored.text, contentLocation: versionUrl(context, outcome) }
  }
}
