/** Bundles as they come in (https://hl7.org/fhir/R4/bundle.html): entries parsed, and each resource's own text. */
import { arrayItems, objectMembers } from './json.ts'
import type { Resource } from './resource.ts'

/** What an entry asks for; its members are texts, or they were left out. */
export interface EntryRequest {
  readonly method?: string
  readonly url?: string
  readonly ifMatch?: string
  readonly ifNoneExist?: string
  readonly ifNoneMatch?: string
  readonly ifModifiedSince?: string
}

export interface BundleEntry {
  readonly index: number
  /** FHIRPath of the entry, e.g. `Bundle.entry[3]`. */
  readonly expression: string
  readonly fullUrl?: string
  readonly resource?: Resource
  /** The resource as sent, byte for byte; cut from the Bundle when it is asked for. */
  readonly text?: string | undefined
  readonly request?: EntryRequest
}

/** An address below the FHIR base, taken apart. */
export interface EntryAddress {
  /** Path segments, e.g. `['Patient', '1']`; empty for the base itself. */
  readonly path: readonly string[]
  /** Decoded pairs in the order sent. */
  readonly query: readonly (readonly [name: string, value: string])[]
}

/**
 * Reads the url of an entry: relative to the base, with a leading slash, or absolute below our own base.
 * @param base absolute FHIR base without trailing slash
 * @returns undefined for an address elsewhere
 */
export function entryAddress(url: string, base: string): EntryAddress | undefined {
  const own = url === base || url.startsWith(`${base}/`) || url.startsWith(`${base}?`)
  const relative = own ? url.slice(base.length) : url
  if (/^[a-z][a-z0-9+.-]*:/i.test(relative) || relative.startsWith('//')) return undefined
  const [path = '', ...query] = relative.split('?')
  return {
    path: path.split('/').filter((segment) => segment !== ''),
    query: [...new URLSearchParams(query.join('?'))],
  }
}

/**
 * The entries of a Bundle that may be anything yet: what is no list of objects has none, and the structure says why.
 * @param text the JSON that the Bundle was parsed from
 */
export function bundleEntries(bundle: Resource, text: string): BundleEntry[] {
  const { entry } = bundle
  if (!Array.isArray(entry) || !entry.every((each) => typeof each === 'object' && each !== null)) return []
  const parsed = entry as { fullUrl?: string; resource?: Resource; request?: EntryRequest }[]
  let texts: readonly string[] | undefined
  // Cutting the text takes longer than all checks of a small Bundle, and who is refused has no use for it.
  const textAt = (index: number): string | undefined => {
    texts ??= arrayItems(objectMembers(text).find(([name]) => name === 'entry')?.[1] ?? '[]')
    return objectMembers(texts[index] ?? '{}').find(([name]) => name === 'resource')?.[1]
  }
  return parsed.map((entry, index) => new Entry(entry, index, textAt))
}

/**
 * What entries without a fullUrl are known by: the type and id that a resource to be created was sent with. Those that
 * another entry has too, or addresses, are nobody's.
 * @returns `Type/id` by the entry's index
 */
export function sentNames(entries: readonly BundleEntry[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  const taken = new Map<string, number>()
  for (const { index, fullUrl, resource, request } of entries) {
    const isCreated = request?.method === 'POST' && fullUrl === undefined && typeof resource?.id === 'string'
    const name = isCreated ? `${resource.resourceType}/${resource.id}` : (request?.url ?? '')
    taken.set(name, (taken.get(name) ?? 0) + 1)
    if (isCreated) names.set(index, name)
  }
  for (const [index, name] of names) if ((taken.get(name) ?? 0) > 1) names.delete(index)
  return names
}

/** A class, because an object with a getter of its own takes ten times as long to make. */
class Entry implements BundleEntry {
  readonly index: number
  readonly expression: string
  declare readonly fullUrl?: string
  declare readonly resource?: Resource
  declare readonly request?: EntryRequest
  readonly #textAt: (index: number) => string | undefined

  constructor(
    { fullUrl, resource, request }: Pick<BundleEntry, 'fullUrl' | 'resource' | 'request'>,
    index: number,
    textAt: (index: number) => string | undefined,
  ) {
    this.index = index
    this.expression = `Bundle.entry[${index}]`
    if (fullUrl !== undefined) this.fullUrl = fullUrl
    if (resource !== undefined) this.resource = resource
    if (request !== undefined) this.request = request
    this.#textAt = textAt
  }

  get text(): string | undefined {
    return this.#textAt(this.index)
  }
}
