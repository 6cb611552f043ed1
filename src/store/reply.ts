/**
 * Answers already given, so that a sender who lost one gets the same again and nothing is done twice. Kept per
 * organisation; written in the transaction that did the work.
 */
import { refuse } from '../fhir/problem.ts'
import { type Query, steady } from './database.ts'
import type { LaneTransaction } from './lane.ts'

export interface KeptReply {
  readonly status: number
  readonly text: string
}

/** What identifies a request and what it said. */
export interface Sent {
  readonly organization: string
  /** What the sender calls the request, e.g. `message:<uuid>`. */
  readonly identity: string
  /** Hash of what was sent. */
  readonly content: string
}

/** What an organisation was answered under an identity. */
export const KEPT = steady('SELECT content, status, text FROM reply WHERE org = $1 AND identity = $2')

async function find(query: Query, sent: Sent): Promise<(KeptReply & { readonly content: string }) | undefined> {
  const [kept] = await query<KeptReply & { content: string }>(KEPT, [sent.organization, sent.identity])
  return kept
}

/** What an organisation's identity is kept with, whatever was sent under it. */
export const keptUnder = (
  query: Query,
  organization: string,
  identity: string,
): Promise<(KeptReply & { readonly content: string }) | undefined> =>
  find(query, { organization, identity, content: '' })

/** Keeps an answer; part of the transaction that did the work. */
export function keepReply({ rows, tick, memory }: LaneTransaction, sent: Sent, { status, text }: KeptReply): void {
  rows.add('reply', [sent.organization, sent.identity, sent.content, tick, status, text])
  memory.replied(sent.organization, sent.identity)
}

/** Forgets answers under identities that begin so and were kept before a time, in ms since the epoch. */
export async function forgetReplies(query: Query, begins: string, before: number): Promise<void> {
  await query('DELETE FROM reply WHERE tick < $1 AND identity >= $2 AND identity < $3', [
    before,
    begins,
    `${begins}\u{10ffff}`,
  ])
}

/**
 * The answer that the same request got before. Asked before anything is checked: rules and the clock may have moved on
 * since, and a repeat must still get its first answer.
 */
export async function keptReply(query: Query, sent: Sent): Promise<KeptReply | undefined> {
  const kept = await find(query, sent)
  return kept?.content === sent.content ? { status: kept.status, text: kept.text } : undefined
}

/**
 * The answer that the same request got before.
 * @throws Problem duplicate-content when the identity was used for other content
 */
export async function firstReply(query: Query, sent: Sent): Promise<KeptReply | undefined> {
  const kept = await find(query, sent)
  if (!kept || kept.content === sent.content) return kept && { status: kept.status, text: kept.text }
  throw refuse(
    'duplicate-content',
    'Something else was sent under this identifier before: a repeat must be the same to the letter, a new message needs a new identifier.',
  )
}

/**
 * Does `work` unless the same organisation sent the same content under the same identity before.
 * @throws Problem duplicate-content when the identity was used for other content
 */
export async function once(
  transaction: LaneTransaction,
  sent: Sent,
  work: () => Promise<KeptReply>,
): Promise<KeptReply> {
  const kept = await firstReply(transaction.query, sent)
  if (kept) return kept
  const reply = await work()
  keepReply(transaction, sent, reply)
  return reply
}
