import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

/**
 * A new folder that goes away with the test. Not `t.testdir()`, whose name is the same in every run: two runs at once
 * would write into one database.
 */
export function temporaryFolder(t: { teardown(work: () => void): void }): string {
  const folder = mkdtempSync(join(scratch, 'homecare-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
