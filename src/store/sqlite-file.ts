/** A SQLite store as one file: copied while a service writes to it, and put back. */
import { closeSync, copyFileSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'

/** Beside the file itself while a service uses it. */
const COMPANIONS = ['-wal', '-shm']
/** Pages of one step of a backup: 16 MB of 4 kB each, a fraction of a second between two looks at the bar. */
const BACKUP_STEP = 4000

export interface BackupOptions {
  /** Told after each step but the last. What it throws ends the backup, and nothing is left of it. */
  readonly progress?: (pagesDone: number, pages: number) => void
  /** Pages of a step. */
  readonly step?: number
}

/**
 * Copies a store as it is at one moment; writers do not wait.
 * @param target must not exist
 * @throws Error when it does, or when the copy is not sound; then there is no copy
 */
export async function backupFile(source: string, target: string, options: BackupOptions = {}): Promise<void> {
  if (existsSync(target)) throw new Error(`${target} exists already: a backup never overwrites, name another file.`)
  const partial = `${target}.partial`
  removeStore(partial)
  try {
    await copyPages(source, partial, options)
    asOneFile(partial)
    const faults = fileFaults(partial)
    if (faults.length > 0) throw new Error(`The copy is not sound, and neither may be ${source}: ${faults[0]}`)
    sync(partial)
    // Unlike a rename it fails when somebody else has made the file meanwhile.
    linkSync(partial, target)
    sync(dirname(target))
  } finally {
    removeStore(partial)
  }
}

async function copyPages(
  source: string,
  target: string,
  { progress, step = BACKUP_STEP }: BackupOptions,
): Promise<void> {
  const connection = new DatabaseSync(source, { readOnly: true })
  try {
    // A transaction that reads holds the moment. Without one, whatever is written between two steps makes the copy begin
    // anew (https://www.sqlite.org/backup.html), and beside a service that is written to it would not end.
    connection.exec('BEGIN; SELECT COUNT(*) FROM sqlite_schema')
    await backup(connection, target, {
      rate: step,
      progress: ({ totalPages, remainingPages }) => progress?.(totalPages - remainingPages, totalPages),
    })
  } finally {
    connection.close()
  }
}

/** The copy says of itself that it has a write-ahead log; whoever only looks at it would leave one behind. */
function asOneFile(file: string): void {
  const connection = new DatabaseSync(file)
  try {
    connection.exec('PRAGMA journal_mode=DELETE')
  } finally {
    connection.close()
  }
}

function removeStore(file: string): void {
  for (const name of ['', '-journal', ...COMPANIONS]) rmSync(file + name, { force: true })
}

/** What SQLite's own check finds in a file. @throws Error when it is no database */
export function fileFaults(file: string): string[] {
  const connection = new DatabaseSync(file, { readOnly: true })
  try {
    const rows = connection.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
    return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok')
  } finally {
    connection.close()
  }
}

/** Number of the schema in a file; 0 when it is none of ours. */
export function schemaOf(file: string): number {
  const connection = new DatabaseSync(file, { readOnly: true })
  try {
    const row = connection.prepare('SELECT MAX(number) AS number FROM schema_version').get()
    return Number(row?.number ?? 0)
  } catch {
    return 0
  } finally {
    connection.close()
  }
}

/**
 * Puts a backup in the place of a store that nobody uses. What was there before is kept beside it.
 * @param now ms since the epoch, for the name of what is kept
 * @returns where the store before is kept; undefined when there was none
 * @throws Error when a service uses it
 */
export function restoreFile(backup: string, target: string, now: number): string | undefined {
  const partial = `${target}.partial`
  rmSync(partial, { force: true })
  try {
    copyFileSync(backup, partial)
    sync(partial)
    const kept = existsSync(target) ? putAside(target, now) : undefined
    renameSync(partial, target)
    sync(dirname(target))
    return kept
  } finally {
    rmSync(partial, { force: true })
  }
}

function putAside(target: string, now: number): string {
  foldBack(target)
  const kept = `${target}.replaced-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`
  renameSync(target, kept)
  // Left over only by a store so damaged that it could not be folded together.
  for (const companion of COMPANIONS) {
    if (existsSync(target + companion)) renameSync(target + companion, kept + companion)
  }
  return kept
}

/** Makes one file of a store and its write-ahead log, which SQLite allows only when nobody else has it open. */
function foldBack(file: string): void {
  let connection: DatabaseSync | undefined
  try {
    connection = new DatabaseSync(file)
    connection.exec('PRAGMA journal_mode=DELETE')
  } catch (error) {
    if (isLocked(error)) {
      throw new Error(`${file} is in use: stop the service first, and start it again afterwards.`, { cause: error })
    }
    // Anything else is damage, the reason why somebody restores.
  } finally {
    connection?.close()
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED (https://www.sqlite.org/rescode.html). */
const isLocked = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (error.errcode === 5 || error.errcode === 6)

/** Makes a file, or the names in a folder, durable. */
function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
