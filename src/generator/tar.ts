/**
 * Reads a tar archive held in memory, as far as npm-style packages use it: regular files, folders, long names by pax
 * (POSIX.1-2001) or GNU. Sixty lines instead of a dependency, because a package is read at boot with the rights of the
 * service: nothing is written to disk, links are refused, and every length is checked before it is used.
 */

export interface TarFile {
  /** With `/`, never absolute, never with `..`. */
  readonly name: string
  readonly content: Buffer
}

const BLOCK = 512

/** @throws Error when the archive is damaged, holds something else than files and folders, or leaves its folder */
export function readTar(archive: Buffer): TarFile[] {
  const files: TarFile[] = []
  let longName: string | undefined
  let offset = 0
  while (offset + BLOCK <= archive.length) {
    const header = archive.subarray(offset, offset + BLOCK)
    if (header.every((byte) => byte === 0)) return files
    checkSum(header, offset)
    const size = octal(header, 124, 12)
    const start = offset + BLOCK
    const end = start + size
    if (end > archive.length) throw new Error(`the archive ends inside ${text(header, 0, 100)}.`)
    const content = archive.subarray(start, end)
    offset = start + Math.ceil(size / BLOCK) * BLOCK
    const kind = String.fromCharCode(header[156] ?? 0)
    const name = longName ?? nameOf(header)
    longName = undefined
    if (kind === 'x') longName = paxPath(content)
    else if (kind === 'L') longName = text(content, 0, content.length)
    else if (kind === '0' || kind === '\0') files.push({ name: safe(name), content })
    else if (kind !== '5' && kind !== 'g') throw new Error(`${name} is neither a file nor a folder (type "${kind}").`)
  }
  throw new Error('the archive has no end: it was cut off.')
}

function checkSum(header: Buffer, offset: number): void {
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (header[i] ?? 0)
  if (sum !== Number.parseInt(text(header, 148, 8).trim(), 8))
    throw new Error(`the header at byte ${offset} is damaged, or this is no tar archive.`)
}

function text(bytes: Buffer, start: number, length: number): string {
  const end = bytes.indexOf(0, start)
  return bytes.toString('utf8', start, end === -1 || end > start + length ? start + length : end)
}

function octal(header: Buffer, start: number, length: number): number {
  const digits = text(header, start, length).trim()
  if (!/^[0-7]+$/.test(digits))
    throw new Error('the archive has a header without a length, or with one that is too large.')
  return Number.parseInt(digits, 8)
}

function nameOf(header: Buffer): string {
  const isUstar = text(header, 257, 5) === 'ustar'
  const prefix = isUstar ? text(header, 345, 155) : ''
  const name = text(header, 0, 100)
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Records of the form `28 path=package/a.json\n`; the number counts the bytes of the record. */
function paxPath(content: Buffer): string | undefined {
  let at = 0
  while (at < content.length) {
    const space = content.indexOf(32, at)
    const length = Number(content.toString('latin1', at, space))
    if (space < 0 || !Number.isInteger(length) || length <= 0) throw new Error('the archive has a damaged pax header.')
    const record = content.toString('utf8', space + 1, at + length - 1)
    if (record.startsWith('path=')) return record.slice('path='.length)
    at += length
  }
  return undefined
}

function safe(name: string): string {
  const isUnsafe =
    name.startsWith('/') || /^[A-Za-z]:/.test(name) || name.includes('\\') || name.split('/').includes('..')
  if (isUnsafe) throw new Error('the archive holds a file outside its own folder.')
  return name.replace(/^(?:\.\/)+/, '')
}
