/**
 * `Idempotency-Key`: a sender who lost an answer sends the same request under the same key and gets what the first
 * one led to, also where it could not be carried out again (a PUT whose If-Match is no longer the current version).
 * What the lane answered is kept with the work, in one transaction.
 */
import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import { Problem, refuse } from '../fhir/problem.ts'
import type { Lane, LaneTransaction, SubmitOptions } from '../store/lane.ts'
import { keepReply, keptUnder } from '../store/reply.ts'
import type { FhirRequest, Interaction } from './interaction.ts'

const KEY = /^[\x21-\x7e]{1,128}$/

/** What of a request must be the same under one key, in the order in which a difference is told. */
const parts = [
  'address',
  'conditions (If-Match, If-None-Match, If-None-Exist)',
  'body',
  'role (with Purpose-Of-Use)',
  'Content-Type',
] as const

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 24)

function contentOf(request: FhirRequest): string {
  const address = [request.type, request.id, request.operation, JSON.stringify(request.query)].join(' ')
  const { ifMatch, ifNoneMatch, ifNoneExist, caller } = request
  const conditions = [ifMatch, ifNoneExist, ...(ifNoneMatch === undefined ? [] : ['none', ifNoneMatch])].join(' ')
  // Roles of one organisation are not shown the same: what one was answered is not another's.
  const role = `${caller.role} ${caller.breaksGlass === true}`
  // Parameters may be put in the place of a resource or patch it.
  return [address, conditions, request.body ?? '', role, request.contentType ?? ''].map(hash).join('.')
}

/** The interaction, answering a repeat under the same key as it was answered first. @param key as it was sent */
export const keyed =
  (interaction: Interaction, key: string): Interaction =>
  async (context, request) => {
    if (!KEY.test(key)) {
      throw refuse('header-invalid', 'Idempotency-Key takes 1 to 128 visible ASCII characters, e.g. a UUID.')
    }
    return interaction({ ...context, lane: keyedLane(context, request, key) }, request)
  }

/** The lane for one request: what its pieces of work answered under this key before is answered again. */
function keyedLane({ lane }: Context, request: FhirRequest, key: string): Lane {
  const content = contentOf(request)
  const { organization } = request.caller
  // A Bundle of independent entries goes to the lane once for each of them, in the order of its entries.
  let count = 0
  return {
    ...lane,
    submit<T>(work: (transaction: LaneTransaction) => Promise<T>, options?: SubmitOptions): Promise<T> {
      const identity = `key:${key}#${count++}`
      return lane.submit(async (transaction) => {
        const kept = await keptUnder(transaction.query, organization, identity)
        if (kept) {
          checkSame(kept.content, content)
          return (JSON.parse(kept.text) as { value: T }).value
        }
        const value = await work(transaction)
        const text = JSON.stringify({ value })
        keepReply(transaction, { organization, identity, content }, { status: 200, text })
        return value
      }, options)
    },
  }
}

function checkSame(kept: string, sent: string): void {
  if (kept === sent) return
  const [before, now] = [kept.split('.'), sent.split('.')]
  // What an earlier build kept has fewer parts.
  const differ = parts.filter((_, i) => before[i] !== undefined && before[i] !== now[i])
  if (differ.length === 0) return
  throw new Problem({
    key: 'idempotency-key-reused',
    diagnostics: `This Idempotency-Key was used before for another request: its ${differ.join(' and its ')} ${differ.length > 1 ? 'differ' : 'differs'}. A repeat must be the same; a new request needs a new key.`,
  })
}
