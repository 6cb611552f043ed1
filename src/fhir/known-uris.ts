/** URIs that many resources repeat (systems, extensions, profiles), each of which is looked at once. */
import { isAbsoluteUri, isCanonical, isSystemUri, isUri } from './primitives.ts'

export interface UriForm {
  readonly uri: string
  readonly isUri: boolean
  readonly isAbsolute: boolean
  readonly isCanonical: boolean
  readonly isSystem: boolean
}

/** A power of two. Senders use some dozens of URIs. */
const PLACES = 2048
/** Characters; what people write again and again is shorter. */
const LONGEST = 256

/**
 * A function that finds out what form a URI has and what `learn` says of it, and keeps it until another takes its place:
 * endless new ones need no more memory.
 *
 * The place is made of the length and two characters, and the text that is kept there is compared. A Map would have to
 * hash the text first, and a text that was just parsed has no hash yet: that takes longer than the rest.
 */
export function knownUris<T extends object>(learn: (uri: string) => T): (uri: string) => UriForm & T {
  const find = (uri: string): UriForm & T => ({
    uri,
    isUri: isUri(uri),
    isAbsolute: isAbsoluteUri(uri),
    isCanonical: isCanonical(uri),
    isSystem: isSystemUri(uri),
    ...learn(uri),
  })
  const kept = new Array<UriForm & T>(PLACES).fill(find(''))
  return (uri) => {
    const { length } = uri
    if (length > LONGEST) return find(uri)
    const last = uri.charCodeAt(length - 1)
    const inner = uri.charCodeAt((length * 3) >> 2)
    const place = (length ^ (last << 4) ^ (inner << 7)) & (PLACES - 1)
    const known = kept[place] as UriForm & T
    if (known.uri === uri) return known
    const found = find(uri)
    kept[place] = found
    return found
  }
}
