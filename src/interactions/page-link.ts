/**
 * The sealed part of a next link: the query, who asked it and where the page ended, encrypted and authenticated with
 * AES-256-GCM. Nobody can forge a position or move a link to another organisation, no query value (a patient's, maybe)
 * lands in a log, and any node that has the key can serve the next page: nothing is kept here.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Caller } from '../caller.ts'
import { refuse } from '../fhir/problem.ts'
import type { PagePosition, Snapshot } from '../store/search.ts'

/** What every link says; `type` is the address it belongs to. */
interface Link {
  readonly type: string
  /** The pairs that were understood, as sent. */
  readonly query: readonly (readonly [name: string, value: string])[]
}

export interface PageLink extends Link {
  readonly position: PagePosition
}

/** A link of a search. */
export interface SearchLink extends Link {
  /** Absent for the first page. */
  readonly position?: PagePosition
  /** The moment whose answer is paged. */
  readonly snapshot: Snapshot
  /** Counted once, for all pages. */
  readonly total?: number
  /** ms since the epoch; a link is good for a while. */
  readonly issued: number
}

/** Whom a link belongs to. */
type Holder = Pick<Caller, 'organization' | 'role'>

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Bound into the seal, so that another use of the same key can never be taken for a page link. */
const PURPOSE = Buffer.from('homecare-exchange page link 2')

/**
 * Seals a link for its holder.
 * @param key 32 bytes
 * @returns URL-safe text
 */
export function seal(key: Uint8Array, holder: Holder, link: PageLink | SearchLink): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(PURPOSE)
  const { organization, role } = holder
  const content = JSON.stringify({ ...link, organization, role })
  return Buffer.concat([nonce, cipher.update(content, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  )
}

/**
 * Opens a link. Whoever opens it compares `type` with its own address: that tells the links apart.
 * @throws Problem `page-link-invalid` (400) when it was not sealed with this key, or for somebody else
 */
export function unseal<L extends Link = PageLink>(key: Uint8Array, holder: Holder, text: string): L {
  const content = open<L>(key, text)
  if (!content || content.organization !== holder.organization || content.role !== holder.role) {
    throw refuse(
      'page-link-invalid',
      'This page link was not made by this service for you. Send the search again without it and follow its links.',
    )
  }
  const { organization: _organization, role: _role, ...link } = content
  return link as unknown as L
}

function open<L>(key: Uint8Array, text: string): (L & Holder) | undefined {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(PURPOSE)
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const plain = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]
    return JSON.parse(Buffer.concat(plain).toString('utf8')) as L & Holder
  } catch {
    // Authentication failed: the only thing to say about a forged link is that it is none of ours.
    return undefined
  }
}
