/** A reader's place in the feed of a type, sealed for the organisation whose feed it is. */
import { refuse } from '../fhir/problem.ts'
import type { FeedPosition } from '../store/events.ts'
import { open, seal } from './sealed.ts'

const PURPOSE = 'homecare-exchange feed cursor 1'

/** Whose feed of what. An organisation's readers may hand a cursor to each other, whatever their roles. */
export interface Feed {
  /** Empty where every caller sees all. */
  readonly organization: string
  readonly type: string
}

/** @param key 32 bytes */
export function sealCursor(
  key: Uint8Array,
  { organization, type }: Feed,
  { seq, key: row, tick }: FeedPosition,
): string {
  return seal(key, PURPOSE, JSON.stringify([organization, type, seq, row, tick]))
}

/** @throws Problem `cursor-invalid` (400) when it was not sealed with this key, or for another feed */
export function openCursor(key: Uint8Array, feed: Feed, text: string): FeedPosition {
  // It is repeated in the answer's links: nothing but what we write ourselves gets there.
  const content = /^[\w-]+$/.test(text) ? open(key, PURPOSE, text) : undefined
  const [organization, type, seq = 0, row = 0, tick = 0] = content
    ? (JSON.parse(content) as [string, string, number, number, number])
    : []
  if (organization !== feed.organization || type !== feed.type) {
    throw refuse(
      'cursor-invalid',
      `This cursor was not made by this service for your organisation and ${feed.type}/$changes: use the one of your last answer, or none to begin.`,
    )
  }
  return { seq, key: row, tick }
}
