/**
 * What a sender sent, as one hash: a repeat of the same content is answered as the first time, other content under
 * the same identifier is refused. `id` and `meta` are not content. A reference to another entry of the same Bundle
 * counts as what that entry holds, because senders make new `urn:uuid` names for each attempt.
 */
import { hash as digest } from 'node:crypto'
import type { Resource } from './resource.ts'

/** How deep references are followed; prescriptions go three deep (prescription, role, organisation). */
const MAX_DEPTH = 5

/** What the entries of a Bundle hold, by fullUrl; each is hashed once, however many refer to it. */
export class Peers {
  readonly #resources = new Map<string, Resource>()
  /** By depth: below it a reference may be followed or not any more. */
  readonly #hashes = Array.from({ length: MAX_DEPTH }, () => new Map<string, string>())

  constructor(entries: readonly { readonly fullUrl?: string; readonly resource?: Resource }[] = []) {
    for (const { fullUrl, resource } of entries) {
      if (fullUrl !== undefined && resource && !this.#resources.has(fullUrl)) this.#resources.set(fullUrl, resource)
    }
  }

  /** The hash of what a link leads to; undefined where it leads out of the Bundle, or too deep. */
  hashOf(link: string, depth: number): string | undefined {
    const resource = this.#resources.get(link)
    const known = this.#hashes[depth]
    if (!resource || !known) return undefined
    let found = known.get(link)
    if (found === undefined) known.set(link, (found = hash(resource, this, depth + 1)))
    return found
  }
}

const NOBODY = new Peers()

/** @returns 43 characters of base64url SHA-256 */
export const contentHash = (resource: Resource, peers = NOBODY): string => hash(resource, peers, 0)

function hash({ id: _id, meta: _meta, ...content }: Resource, peers: Peers, depth: number): string {
  return digest('sha256', JSON.stringify(ordered(content, peers, depth)), 'base64url')
}

/** The members of every object in the order of their names. */
function ordered(content: object, peers: Peers, depth: number): object {
  if (Array.isArray(content))
    return content.map((item: unknown) => (isNested(item) ? ordered(item, peers, depth) : item))
  const members = content as Record<string, unknown>
  const sorted: Record<string, unknown> = {}
  for (const name of Object.keys(members).sort()) {
    const value = members[name]
    if (isNested(value)) sorted[name] = ordered(value, peers, depth)
    else
      sorted[name] = name === 'reference' && typeof value === 'string' ? (peers.hashOf(value, depth) ?? value) : value
  }
  return sorted
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null
