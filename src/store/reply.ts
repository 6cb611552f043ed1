/**
 * Answers already given, so that a sender who lost one gets the same again and nothing is done twice. Kept per
 * organisation; written in the transaction that did the work.
 */
import { refuse } from '../fhir/problem.ts'
import type { LaneTransaction } from './lane.ts'

export interface KeptReply {
  readonly status: number
  readonly text: string
}

/**
 * Does `work` unless the same organisation sent the same content under the same identity before.
 * @param identity what the sender calls the request, e.g. `message:<uuid>`
 * @param content hash of what was sent
 * @throws Problem duplicate-content when the identity was used for other content
 */
export async function once(
  transaction: LaneTransaction,
  sent: { readonly organization: string; readonly identity: string; readonly content: string },
  work: () => Promise<KeptReply>,
): Promise<KeptReply> {
  const { query, tick } = transaction
  const [kept] = await query<KeptReply & { content: string }>(
    'SELECT content, status, text FROM reply WHERE org = $1 AND identity = $2',
    [sent.organization, sent.identity],
  )
  if (kept && kept.content === sent.content) return { status: kept.status, text: kept.text }
  if (kept) {
    throw refuse(
      'duplicate-content',
      'Something else was sent under this identifier before: a repeat must be the same to the letter, a new message needs a new identifier.',
    )
  }
  const reply = await work()
  await query('INSERT INTO reply (org, identity, content, tick, status, text) VALUES ($1, $2, $3, $4, $5, $6)', [
    sent.organization,
    sent.identity,
    sent.content,
    tick,
    reply.status,
    reply.text,
  ])
  return reply
}
