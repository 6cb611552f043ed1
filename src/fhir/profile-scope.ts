/** What a profile check knows of the surroundings of a value: its resource, its container, its Bundle. */
import { ByUrl } from './by-url.ts'
import { isObject } from './resource.ts'

export type Loose = Record<string, unknown>

export interface ProfileScope {
  /** `%resource`: the nearest resource, a contained one included. */
  readonly resource: Loose
  /** `%rootResource`: what `#id` is relative to. */
  readonly container: Loose
  /** The Bundle that holds the resource, or that it is. */
  readonly bundle: BundleIndex | undefined
  /** Verdicts on targets of references, by resource and profile: a circle of references ends here. */
  judged: Map<Loose, Map<string, boolean>> | undefined
}

/** Entries of a Bundle by what a reference may call them. */
export interface BundleIndex {
  find(reference: string, from: Loose): Loose | undefined
}

interface Entry {
  readonly fullUrl: string
  readonly resource: Loose
}

function entriesOf(bundle: Loose): Entry[] {
  const found: Entry[] = []
  for (const entry of Array.isArray(bundle.entry) ? (bundle.entry as unknown[]) : []) {
    if (!isObject(entry) || !isObject(entry.resource)) continue
    found.push({ fullUrl: typeof entry.fullUrl === 'string' ? entry.fullUrl : '', resource: entry.resource })
  }
  return found
}

function indexed(entries: readonly Entry[]): ByUrl<Loose> {
  const index = new ByUrl<Loose>(entries.length)
  for (const { fullUrl, resource } of entries) index.set(fullUrl, resource)
  return index
}

/** Resolution inside a Bundle (https://hl7.org/fhir/R4/bundle.html#references); built when first asked. */
export function bundleIndex(bundle: Loose): BundleIndex {
  let entries: Entry[] | undefined
  let byUrl: ByUrl<Loose> | undefined
  return {
    find(reference, from) {
      entries ??= entriesOf(bundle)
      byUrl ??= indexed(entries)
      const version = reference.indexOf('/_history/')
      const link = version < 0 ? reference : reference.slice(0, version)
      const exact = byUrl.get(link)
      if (exact !== undefined || /^[a-z][a-z0-9+.-]*:/i.test(link)) return exact
      const own = entries.find(({ resource }) => resource === from)?.fullUrl ?? ''
      const base = /^(https?:.*\/)[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.exec(own)?.[1]
      const sameBase = base === undefined ? undefined : byUrl.get(base + link)
      if (sameBase !== undefined) return sameBase
      const [type, id] = link.split('/')
      return entries.find(({ resource }) => resource.resourceType === type && resource.id === id)?.resource
    },
  }
}

/** The resource that a reference points to, if it is contained or in the same Bundle. */
export function resolve(reference: string, { container, bundle }: ProfileScope): Loose | undefined {
  if (!reference.startsWith('#')) return bundle?.find(reference, container)
  const id = reference.slice(1)
  if (id === '') return container
  const contained: unknown[] = Array.isArray(container.contained) ? container.contained : []
  return contained.filter(isObject).find((inner) => inner.id === id)
}
