/**
 * What a sender sent, as one hash: a repeat of the same content is answered as the first time, other content under
 * the same identifier is refused. `id` and `meta` are not content. A reference to another entry of the same Bundle
 * counts as what that entry holds, because senders make new `urn:uuid` names for each attempt.
 */
import { createHash } from 'node:crypto'
import type { Resource } from './resource.ts'

/** How deep references are followed; prescriptions go three deep (prescription, role, organisation). */
const MAX_DEPTH = 5

/**
 * @param peer the resource that another entry of the same Bundle holds, by fullUrl
 * @returns 43 characters of base64url SHA-256
 */
export function contentHash(
  resource: Resource,
  peer: (link: string) => Resource | undefined = () => undefined,
): string {
  return hash(resource, peer, 0)
}

function hash(resource: Resource, peer: (link: string) => Resource | undefined, depth: number): string {
  const { id: _id, meta: _meta, ...content } = resource
  const canonical = JSON.stringify(content, (name, value: unknown) => {
    if (name === 'reference' && typeof value === 'string') {
      const target = depth < MAX_DEPTH ? peer(value) : undefined
      return target ? hash(target, peer, depth + 1) : value
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    }
    return value
  })
  return createHash('sha256').update(canonical).digest('base64url')
}
