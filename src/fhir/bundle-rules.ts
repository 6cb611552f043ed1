/**
 * Rules on a Bundle as a whole that no invariant says (https://hl7.org/fhir/R4/bundle.html): what a fullUrl is, which
 * entry a reference means, and that documents and messages hang together.
 */
import { ByUrl } from './by-url.ts'
import { isAbsoluteUri } from './primitives.ts'
import { add, type Faults } from './structure-faults.ts'
import { isObject } from './resource.ts'

type Loose = Record<string, unknown>
/** Resource type by fullUrl, '' where two entries of different types have the same; null outside of a Bundle. */
export type BundleIndex = Pick<ByUrl<string>, 'get' | 'has'> | null

const entriesOf = (bundle: Loose): readonly unknown[] => (Array.isArray(bundle.entry) ? bundle.entry : [])

/** The types of a Bundle’s entries by fullUrl; empty where entries of one fullUrl have several types. */
export function bundleIndex(bundle: Loose): BundleIndex {
  const entries = entriesOf(bundle)
  const index = new ByUrl<string>(entries.length)
  for (const entry of entries) {
    if (!isObject(entry) || typeof entry.fullUrl !== 'string') continue
    const type = isObject(entry.resource) ? String(entry.resource.resourceType) : ''
    const known = index.get(entry.fullUrl)
    index.set(entry.fullUrl, known === undefined || known === type ? type : '')
  }
  return index
}

/** In these a new resource may have no address yet. */
const FULL_URL_OPTIONAL = new Set(['transaction', 'transaction-response', 'batch', 'batch-response'])
const UNIQUE_RELATIONS = new Set(['self', 'first', 'previous', 'next', 'last'])
const RESTFUL = /^https?:\/\/.*\/([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/

/** @param types names of the resource types, which tell a server's address from another URL */
export function bundleFaults(faults: Faults, bundle: Loose, types: ReadonlySet<string>): Faults {
  let found = faults
  const entries = entriesOf(bundle)
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]
    if (!isObject(entry)) continue
    const wrong = fullUrlFault(entry, bundle.type, types)
    if (wrong !== undefined) found = add(found, 'bundle-full-url', `.entry[${i}]`, wrong)
  }
  found = linkFaults(found, bundle)
  if (bundle.type === 'searchset') found = searchFaults(found, bundle, entries, types)
  if (bundle.type === 'document' || bundle.type === 'message') found = unconnected(found, bundle, entries)
  return bundle.type === 'document' ? stylesheetFaults(found, bundle, entries) : found
}

function fullUrlFault({ fullUrl, resource }: Loose, type: unknown, types: ReadonlySet<string>): string | undefined {
  if (typeof fullUrl !== 'string') {
    if (fullUrl !== undefined || resource === undefined || FULL_URL_OPTIONAL.has(String(type))) return undefined
    return 'An entry needs a fullUrl, which identifies its resource; only in batches and transactions it may be left out.'
  }
  if (fullUrl.startsWith('urn:')) return undefined
  if (!isAbsoluteUri(fullUrl)) return 'fullUrl must be absolute: a URL, or urn:uuid: and a UUID.'
  const restful = RESTFUL.exec(fullUrl)
  if (restful === null || !types.has(restful[1] ?? '') || !isObject(resource)) return undefined
  if (resource.id === undefined) return 'fullUrl is the address of a resource on a server, but the resource has no id.'
  if (fullUrl.endsWith(`/${String(resource.resourceType)}/${String(resource.id)}`)) return undefined
  return 'fullUrl is the address of a resource on a server: it must end with the type and id of the resource.'
}

function linkFaults(faults: Faults, bundle: Loose): Faults {
  if (!Array.isArray(bundle.link)) return faults
  let found = faults
  const seen = new Set<unknown>()
  const isPaged = bundle.type === 'searchset' || bundle.type === 'history'
  for (const [i, link] of bundle.link.entries()) {
    if (!isObject(link) || !UNIQUE_RELATIONS.has(String(link.relation))) continue
    if (!isPaged && link.relation !== 'self') {
      found = add(found, 'bundle-link-relation', `.link[${i}].relation`, NO_PAGES)
    } else if (seen.has(link.relation)) {
      const at = isPaged ? `.link[${i}]` : `.link[${i}].relation`
      found = add(found, 'bundle-link-twice', at, 'A Bundle has one link of this relation.')
    }
    seen.add(link.relation)
  }
  return found
}

const NO_PAGES = 'Only a searchset or a history comes in pages: leave links to other pages out.'

/** A document brings the style sheets that it names by a relative link. */
function stylesheetFaults(faults: Faults, { link }: Loose, entries: readonly unknown[]): Faults {
  if (!Array.isArray(link)) return faults
  let found = faults
  const [head] = entries
  const from = isObject(head) ? String(head.fullUrl) : ''
  const urls = new Set(entries.map((entry) => (isObject(entry) ? entry.fullUrl : undefined)))
  for (const [i, each] of (link as unknown[]).entries()) {
    const { relation, url } = (isObject(each) ? each : {}) as Loose
    if (relation !== 'stylesheet' || typeof url !== 'string' || isAbsoluteUri(url)) continue
    if (!urls.has(absolute(url, from))) found = add(found, 'reference-unresolved', `.link[${i}].url`, NO_STYLESHEET)
  }
  return found
}

const NO_STYLESHEET =
  'No entry of the document is this style sheet: bring it as a Binary, or name it by an absolute URL.'
const NO_OUTCOME = 'With the search mode "outcome" an entry holds an OperationOutcome.'
const NO_ID = 'What a search finds has an id.'

/** What was found has an id and is of a type that was asked for; beside it stand OperationOutcomes of mode `outcome`. */
function searchFaults(faults: Faults, bundle: Loose, entries: readonly unknown[], types: ReadonlySet<string>): Faults {
  let found = faults
  const asked = typesAsked(bundle, types)
  for (let i = 0; i < entries.length; i++) {
    const { resource, search } = (isObject(entries[i]) ? entries[i] : {}) as Loose
    if (!isObject(resource)) continue
    const mode = isObject(search) ? search.mode : undefined
    const type = String(resource.resourceType)
    const at = `.entry[${i}].resource`
    if (mode === 'outcome') {
      if (type !== 'OperationOutcome') found = add(found, 'bundle-search-entry', at, NO_OUTCOME)
      continue
    }
    if (resource.id === undefined && (mode !== undefined || type !== 'OperationOutcome')) {
      found = add(found, 'bundle-search-entry', at, NO_ID, mode === undefined ? 'warning' : undefined)
    }
    if (mode === 'match' && asked.length > 0 && !asked.includes(type)) {
      const words = `By its self link the search was for ${asked.join(', ')}; what comes with that has the mode "include".`
      found = add(found, 'bundle-search-entry', at, words)
    }
  }
  return found
}

/** The types that the self link says were searched; none where it does not tell. */
function typesAsked({ link }: Loose, types: ReadonlySet<string>): readonly string[] {
  const links: readonly unknown[] = Array.isArray(link) ? link : []
  const self = links.find((each): each is Loose => isObject(each) && each.relation === 'self')
  if (typeof self?.url !== 'string') return []
  const [path = '', query = ''] = self.url.split('?', 2)
  const names = new URLSearchParams(query).getAll('_type').flatMap((value) => value.split(','))
  const last = path.split('/').at(-1) ?? ''
  return [...names, last].filter((name) => types.has(name))
}

interface Link {
  /** FHIRPath of the Reference below the resource. */
  readonly path: string
  readonly reference: string
}

/** References at the head of a document or message that must be in the same Bundle. */
const HEAD = /^\.(focus|subject|encounter|author|custodian|attester|event|section)\b/

const NOT_THERE = 'What the first entry of a document or message refers to must be in the Bundle.'
const APPARENT =
  'The Bundle has this resource under another fullUrl: refer to it by that, or give the two entries addresses on one server.'
const SEVERAL = 'Several entries have the address that is referred to: name the version that is meant.'

interface Place {
  readonly index: number
  /** `meta.versionId` of the resource. */
  readonly version: unknown
}

/** Entries by fullUrl: several are versions of one resource. */
function placesOf(entries: readonly unknown[]): ReadonlyMap<string, readonly Place[]> {
  const places = new Map<string, Place[]>()
  for (const [index, entry] of entries.entries()) {
    if (!isObject(entry)) continue
    const meta = isObject(entry.resource) ? entry.resource.meta : undefined
    const place = { index, version: isObject(meta) ? meta.versionId : undefined }
    const url = String(entry.fullUrl)
    places.set(url, [...(places.get(url) ?? []), place])
  }
  return places
}

/** `Patient/1`: how an entry would be referred to if its fullUrl did not count. */
function localName(entry: unknown): string[] {
  const { resource } = (isObject(entry) ? entry : {}) as Loose
  if (!isObject(resource) || typeof resource.id !== 'string') return []
  return [`${String(resource.resourceType)}/${resource.id}`]
}

/** A resource that does not say its version may be any. */
const isVersion = (own: unknown, version: string): boolean => own === undefined || own === version

/** In a document or message everything hangs on the first entry, by references in either direction. */
function unconnected(faults: Faults, bundle: Loose, entries: readonly unknown[]): Faults {
  let found = faults
  const places = placesOf(entries)
  const apparent = new Set(entries.flatMap((entry) => localName(entry)))
  const neighbours = entries.map((): number[] => [])
  for (const [i, entry] of entries.entries()) {
    if (!isObject(entry) || !isObject(entry.resource)) continue
    for (const { path, reference } of linksIn(entry.resource, '', [])) {
      const [plain = '', version] = reference.split('/_history/')
      const named = places.get(absolute(plain, String(entry.fullUrl))) ?? []
      const targets = named.filter((place) => version === undefined || isVersion(place.version, version))
      for (const target of targets) {
        neighbours[i]?.push(target.index)
        neighbours[target.index]?.push(i)
      }
      const at = `.entry[${i}].resource${path}`
      if (i === 0 && HEAD.test(path)) {
        if (targets.length !== 1)
          found = add(found, 'reference-unresolved', at, targets.length === 0 ? NOT_THERE : SEVERAL)
      } else if (named.length === 0 && apparent.has(plain)) found = add(found, 'bundle-reference', at, APPARENT)
    }
  }
  const reached = new Set([0])
  for (const place of reached) for (const next of neighbours[place] ?? []) reached.add(next)
  const severity = bundle.type === 'document' ? undefined : ('warning' as const)
  for (const [i, entry] of entries.entries()) {
    if (reached.has(i) || !isObject(entry) || !isObject(entry.resource)) continue
    const text = 'Nothing connects the entry with the first one: no reference leads from one to the other.'
    found = add(found, 'bundle-entry-unreachable', `.entry[${i}]`, text, severity)
  }
  return found
}

function linksIn(value: unknown, path: string, into: Link[]): Link[] {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) linksIn(item, `${path}[${i}]`, into)
  } else if (isObject(value)) {
    const { reference } = value
    if (typeof reference === 'string' && !reference.startsWith('#')) into.push({ path, reference })
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === 'object' && inner !== null) linksIn(inner, `${path}.${name}`, into)
    }
  }
  return into
}

/** A relative reference is relative to the server that the fullUrl of its entry names. */
function absolute(plain: string, fullUrl: string): string {
  if (isAbsoluteUri(plain)) return plain
  const base = /^(https?:\/\/.*\/)[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.exec(fullUrl)?.[1]
  return base === undefined ? plain : base + plain
}
