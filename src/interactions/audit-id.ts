/**
 * Ids of AuditEvents: the number of the row, enciphered. Rows of all organisations are numbered in one sequence, and
 * from two plain numbers anybody could tell how much the others did in between.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'

const CIPHER = 'aes-256-ecb'
const PURPOSE = 'homecare-exchange audit id 1'
const ID = /^audit-([0-9a-f]{32})$/

const keyOf = (key: Uint8Array): Buffer => createHash('sha256').update(PURPOSE).update(key).digest()

/** @param key 32 bytes; the same number has the same id for ever */
export function auditId(key: Uint8Array, seq: number): string {
  const block = Buffer.alloc(16)
  block.writeBigUInt64BE(BigInt(seq), 8)
  // One block, each with another content: here the plain block mode is what is wanted, a permutation.
  const cipher = createCipheriv(CIPHER, keyOf(key), null).setAutoPadding(false)
  return `audit-${cipher.update(block).toString('hex')}`
}

/** The number of the row, or undefined for what is no id of ours. */
export function auditSeq(key: Uint8Array, id: string): number | undefined {
  const [, hex] = ID.exec(id) ?? []
  if (hex === undefined) return undefined
  const block = createDecipheriv(CIPHER, keyOf(key), null).setAutoPadding(false).update(Buffer.from(hex, 'hex'))
  return block.readBigUInt64BE(0) === 0n ? Number(block.readBigUInt64BE(8)) : undefined
}
