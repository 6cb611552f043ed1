/** Files that only their owner may read: private keys, and who may come in with which. */
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Bits of the mode that let anybody but the owner do anything. */
const OTHERS = 0o077

/** Writes a whole file, or leaves the one that was there: a service that reads it meanwhile sees one or the other. */
export function writePrivate(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const fresh = `${file}.${process.pid}.new`
  writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  // The mode above counts only for a file that was not there.
  chmodSync(fresh, 0o600)
  renameSync(fresh, file)
}

/**
 * Reads a JSON file.
 * @throws Error when there is none, it is not JSON, or others may read it
 */
export function readPrivate(file: string): unknown {
  let text: string
  try {
    const { mode } = statSync(file)
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      throw new Error('others than its owner may read or change it: chmod 600')
    }
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Error(`${file} cannot be used: ${code === 'ENOENT' ? 'there is no such file' : message}`)
  }
  try {
    return JSON.parse(text)
  } catch {
    // The parser's words would quote a key.
    throw new Error(`${file} is not JSON.`)
  }
}

/** A reading of a file that is done again when the file has changed. */
export function watched<T>(file: string, read: () => T): () => T {
  let stamp = ''
  let value: T
  return () => {
    const { mtimeMs, size, ino } = statSync(file)
    const now = `${mtimeMs} ${size} ${ino}`
    if (now !== stamp) {
      value = read()
      stamp = now
    }
    return value
  }
}
