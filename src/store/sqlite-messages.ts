/** What travels between the loop and the thread that writes to SQLite files. */
import type { Row, SqlValue } from './database.ts'

/** To the thread, in batches; `file` is the connection's number, given out by the loop. */
export type Order =
  | { readonly kind: 'open'; readonly file: number; readonly path: string }
  | {
      readonly kind: 'run'
      readonly file: number
      readonly sql: string
      readonly params: readonly SqlValue[]
      /** Whether an answer is wanted. The fault of a statement without one comes out of the next that has one. */
      readonly waited: boolean
    }
  /** Takes the lock; answered with the version of the file, or with a fault that has the code `OUTDATED`. */
  | { readonly kind: 'begin'; readonly file: number; readonly expected: string | undefined }
  /** Answered when the file is closed; what was not committed is rolled back. */
  | { readonly kind: 'close'; readonly file: number }

/** Code of the fault of a transaction that was to begin where somebody else has written meanwhile. */
export const OUTDATED = 'HOMECARE_OUTDATED'

/** From the thread, one for each order of a batch that waits for one. */
export type Answer = { readonly rows: readonly Row[] } | { readonly fault: Fault }

/** An error as it travels: cloning one would lose the codes by which SQLite says what it was. */
export interface Fault {
  readonly message: string
  readonly stack?: string
  readonly code?: string
  /** https://www.sqlite.org/rescode.html */
  readonly errcode?: number
  readonly errstr?: string
}

/** Makes an error fit to travel. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code, errcode, errstr } = error as { code?: unknown; errcode?: unknown; errstr?: unknown }
  return {
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof errcode === 'number' ? { errcode } : {}),
    ...(typeof errstr === 'string' ? { errstr } : {}),
  }
}

/** The error as it was thrown in the thread. */
export const errorOf = ({ message, ...rest }: Fault): Error => Object.assign(new Error(message), rest)
