/**
 * The sealed part of a next link: the query, who asked it and where the page ended, encrypted and authenticated
 * (see sealed.ts). Nobody can forge a position or move a link to another organisation, no query value (a patient's, maybe)
 * lands in a log, and any node that has the key can serve the next page: nothing is kept here.
 */
import type { Caller } from '../caller.ts'
import { refuse } from '../fhir/problem.ts'
import type { PagePosition, Snapshot } from '../store/search.ts'
import { open, seal as sealText } from './sealed.ts'

/** What every link says; `type` is the address it belongs to. */
interface Link {
  readonly type: string
  /** The pairs that were understood, as sent. */
  readonly query: readonly (readonly [name: string, value: string])[]
}

export interface PageLink extends Link {
  readonly position: PagePosition
}

/** The links of one page of a search; where the first and the last page lie is known. */
export interface SearchLink extends Link {
  readonly next?: PagePosition
  readonly previous?: PagePosition
  /** The moment whose answer is paged. */
  readonly snapshot: Snapshot
  /** Counted once, for all pages. */
  readonly total?: number
  /** ms since the epoch; a link is good for a while. */
  readonly issued: number
}

/** Whom a link belongs to. */
type Holder = Pick<Caller, 'organization' | 'role'>

/** Bound into the seal, so that another use of the same key can never be taken for a page link. */
const PURPOSE = 'homecare-exchange page link 3'

/**
 * Seals a link for its holder.
 * @param key 32 bytes
 * @returns URL-safe text
 */
export function seal(key: Uint8Array, holder: Holder, link: PageLink | SearchLink): string {
  const { organization, role } = holder
  return sealText(key, PURPOSE, JSON.stringify({ ...link, organization, role }))
}

/**
 * Opens a link. Whoever opens it compares `type` with its own address: that tells the links apart.
 * @throws Problem `page-link-invalid` (400) when it was not sealed with this key, or for somebody else
 */
export function unseal<L extends Link = PageLink>(key: Uint8Array, holder: Holder, text: string): L {
  const opened = open(key, PURPOSE, text)
  const content = opened === undefined ? undefined : (JSON.parse(opened) as L & Holder)
  if (!content || content.organization !== holder.organization || content.role !== holder.role) {
    throw refuse(
      'page-link-invalid',
      'This page link was not made by this service for you. Send the search again without it and follow its links.',
    )
  }
  const { organization: _organization, role: _role, ...link } = content
  return link as unknown as L
}

/**
 * Pairs as the query of a link, with the question mark; empty where there are none. What may stand in a query as it is
 * (RFC 3986 section 3.4) stays readable: clients and people look for `active:missing=true` in a self link.
 */
export function linkQuery(pairs: readonly (readonly [name: string, value: string])[]): string {
  if (pairs.length === 0) return ''
  const text = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString()
  return `?${text.replace(/%(?:24|2C|2F|3A|40)|\+/g, (code) => (code === '+' ? '%20' : decodeURIComponent(code)))}`
}
