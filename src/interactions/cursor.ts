/** A reader's place in the feed of a type, sealed for the organisation whose feed it is. */
import { refuse } from '../fhir/problem.ts'
import type { Database } from '../store/database.ts'
import { type FeedPosition, isInLog } from '../store/events.ts'
import { open, seal } from './sealed.ts'

const PURPOSE = 'homecare-exchange feed cursor 1'

/** Whose feed of what. An organisation's readers may hand a cursor to each other, whatever their roles. */
export interface Feed {
  /** Empty where every caller sees all. */
  readonly organization: string
  readonly type: string
}

/** Cursors that were opened and found in the log: it only grows, so what was true of them stays true until it is replaced. */
const REMEMBERED = 10_000

export interface Cursors {
  seal(feed: Feed, position: FeedPosition): string
  /** @throws Problem `cursor-invalid` (400) not made here or for another feed, `cursor-expired` (410) of another log */
  open(feed: Feed, text: string): Promise<FeedPosition>
}

/**
 * @param key 32 bytes
 * @param database holds the log that positions lie in; where other nodes may have it replaced by a backup meanwhile,
 *   it is asked every time
 */
export function createCursors(key: Uint8Array, database: Database): Cursors {
  const known = new Map<string, Opened>()
  return {
    seal: ({ organization, type }, { seq, key: row, tick }) =>
      seal(key, PURPOSE, JSON.stringify([organization, type, seq, row, tick])),
    async open(feed, text) {
      const opened = known.get(text) ?? read(key, text)
      if (opened?.organization !== feed.organization || opened.type !== feed.type) {
        throw refuse(
          'cursor-invalid',
          `This cursor was not made by this service for your organisation and ${feed.type}/$changes: use the one of your last answer, or none to begin.`,
        )
      }
      const wasOpened = known.has(text)
      if (wasOpened && database.exclusive) return opened.position
      if (!(await isInLog(database.query, opened.position))) {
        throw refuse(
          'cursor-expired',
          'This cursor is of a log that the service no longer has (it went back to a backup): begin again without a cursor, and compare with what you hold.',
        )
      }
      if (wasOpened) return opened.position
      const oldest = known.size >= REMEMBERED ? known.keys().next().value : undefined
      if (oldest !== undefined) known.delete(oldest)
      known.set(text, opened)
      return opened.position
    },
  }
}

interface Opened extends Feed {
  readonly position: FeedPosition
}

function read(key: Uint8Array, text: string): Opened | undefined {
  // It is repeated in the answer's links: nothing but what we write ourselves gets there.
  const content = /^[\w-]+$/.test(text) ? open(key, PURPOSE, text) : undefined
  if (content === undefined) return undefined
  const [organization, type, seq, row, tick] = JSON.parse(content) as [string, string, number, number, number]
  return { organization, type, position: { seq, key: row, tick } }
}
