/**
 * Texts that we hand out and take back: encrypted and authenticated with AES-256-GCM, so that nobody can forge or read
 * them, and every node that has the key can open them: nothing is kept here.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Keys as the cipher takes them: to make one of its bytes each time costs four times as much as to seal with it. */
const prepared = new WeakMap<Uint8Array, KeyObject>()

function keyOf(bytes: Uint8Array): KeyObject {
  const known = prepared.get(bytes)
  if (known) return known
  const key = createSecretKey(bytes)
  prepared.set(bytes, key)
  return key
}

/**
 * Seals a text.
 * @param key 32 bytes, which are not changed afterwards
 * @param purpose bound into the seal, so that what was sealed for one use is never taken for another
 * @returns URL-safe text, another one each time
 */
export function seal(key: Uint8Array, purpose: string, content: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, keyOf(key), nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(purpose))
  return Buffer.concat([nonce, cipher.update(content, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  )
}

/** Opens a text; undefined when it was not sealed with this key for this purpose. */
export function open(key: Uint8Array, purpose: string, text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv(CIPHER, keyOf(key), bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(purpose))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const plain = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]
    return Buffer.concat(plain).toString('utf8')
  } catch {
    // Authentication failed: the only thing to say about a forged text is that it is none of ours.
    return undefined
  }
}
