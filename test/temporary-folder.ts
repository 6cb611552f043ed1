import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEnd } from './at-end.ts'

const MEMORY = '/dev/shm'
/** Bytes that must be free there: several files of tests run at a time, and some fill a store. */
const ROOM = 4e9

/**
 * Where tests keep what goes with them: in memory, where the machine has enough of it. A disk is waited for with every
 * commit, and whether that reaches the disk is not what these tests are about.
 */
export const scratch: string = hasRoom() ? MEMORY : tmpdir()

function hasRoom(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK)
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize > ROOM
  } catch {
    return false
  }
}

/** ms after which a folder whose process has ended is nobody's, whatever pids mean here. */
const AGE = 600_000

/** By folder of this process: takes back that it is removed at the end. */
const own = new Map<string, () => void>()
let swept = false

/**
 * A new folder that goes with this process, whichever way that ends; what was left by one that was killed goes with a
 * later one. The pid is in its name.
 * @param name what it is for
 */
export function ownFolder(name: string, root: string = tmpdir()): string {
  if (!swept) for (const place of new Set([tmpdir(), scratch])) sweep(place)
  swept = true
  const folder = mkdtempSync(join(root, `homecare-${name}-${process.pid}-`))
  own.set(
    folder,
    atEnd(() => remove(folder)),
  )
  return folder
}

/** Removes a folder of this process before its end. */
export function removeFolder(folder: string): void {
  remove(folder)
  own.get(folder)?.()
  own.delete(folder)
}

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })

function sweep(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = /^homecare-[a-z]+-(\d+)-\w{6}$/.exec(name)?.[1]
    const folder = join(root, name)
    if (pid === undefined || lives(Number(pid)) || !isOld(folder)) continue
    remove(folder)
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Of another user's process nothing is known, but that it lives.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

const isOld = (folder: string): boolean => {
  const { mtimeMs = Date.now() } = statSync(folder, { throwIfNoEntry: false }) ?? {}
  return Date.now() - mtimeMs > AGE
}

/**
 * A new folder that goes away with the test. Not `t.testdir()`, whose name is the same in every run: two runs at once
 * would write into one database.
 */
export function temporaryFolder(t: { teardown(work: () => void): void }): string {
  const folder = ownFolder('test', scratch)
  t.teardown(() => removeFolder(folder))
  return folder
}
