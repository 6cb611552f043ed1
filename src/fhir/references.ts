/** Links inside a resource (https://hl7.org/fhir/R4/references.html). */
import { elementKeys } from './element-types.ts'
import { isObject, type Resource } from './resource.ts'

/** Types of elements in which a transaction rewrites links; canonicals are not (https://hl7.org/fhir/R4/http.html#trules). */
const LINK_TYPES = new Set(['uri', 'url', 'oid', 'uuid'])

/** A local literal reference: type and id. */
export interface LocalReference {
  readonly type: string
  readonly id: string
}

const LOCAL = /^([A-Z][A-Za-z]{0,63})\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/

/** Reads `Type/id`, with or without version, relative or below `base`; undefined for anything else. */
export function localReference(link: string, base?: string): LocalReference | undefined {
  const relative = base !== undefined && link.startsWith(`${base}/`) ? link.slice(base.length + 1) : link
  const match = LOCAL.exec(relative)
  return match?.[1] && match[2] ? { type: match[1], id: match[2] } : undefined
}

/**
 * The resource with links replaced: references, elements that hold a URI, `href` and `src` of narratives. The one given
 * stays as it is, because work in the lane may be done once more with it; what is not changed is shared with it.
 * @param replace gets the link, its member name, and its FHIRPath; undefined leaves the link
 */
export function withLinks<T extends Resource>(
  resource: T,
  replace: (link: string, member: string, expression: () => string) => string | undefined,
): T {
  const replaced = (value: string, name: string, type: string, expression: () => string): string => {
    if (type === 'Narrative' && name === 'div')
      return withNarrativeLinks(value, (link) => replace(link, name, expression)) ?? value
    const isLink = name === 'reference' || LINK_TYPES.has(elementKeys(type, name)[0]?.type ?? '')
    return (isLink ? replace(value, name, expression) : undefined) ?? value
  }
  const walk = (node: Record<string, unknown>, type: string, path: () => string): Record<string, unknown> => {
    let copy: Record<string, unknown> | undefined
    for (const name of Object.keys(node)) {
      const value = node[name]
      const next = valueOf(value, name, type, () => `${path()}.${name}`)
      if (next !== value) (copy ??= { ...node })[name] = next
    }
    return copy ?? node
  }
  const valueOf = (value: unknown, name: string, type: string, path: () => string): unknown => {
    if (typeof value === 'string') return replaced(value, name, type, path)
    if (typeof value !== 'object' || value === null) return value
    const below = elementKeys(type, name)[0]?.path ?? name
    if (!Array.isArray(value)) return descend(value as Record<string, unknown>, below, path)
    let copy: unknown[] | undefined
    value.forEach((item: unknown, i) => {
      const at = () => `${path()}[${i}]`
      const next =
        typeof item === 'string' ? replaced(item, name, type, at) : isObject(item) ? descend(item, below, at) : item
      if (next !== item) (copy ??= [...(value as unknown[])])[i] = next
    })
    return copy ?? value
  }
  // A contained resource says of what type it is.
  const descend = (node: Record<string, unknown>, type: string, path: () => string): Record<string, unknown> =>
    walk(node, typeof node.resourceType === 'string' ? node.resourceType : type, path)
  return walk(resource, resource.resourceType, () => resource.resourceType) as T
}

/** Visits every link that `withLinks` would offer to replace. */
export function eachLink(
  resource: Resource,
  visit: (link: string, member: string, expression: () => string) => void,
): void {
  withLinks(resource, (link, member, expression) => {
    visit(link, member, expression)
    return undefined
  })
}

const NARRATIVE_LINK = /(\s(?:href|src)\s*=\s*)(["'])(.*?)\2/gis

/** The narrative with its links replaced; undefined when none is. */
function withNarrativeLinks(div: string, replace: (link: string) => string | undefined): string | undefined {
  let found = false
  const text = div.replace(NARRATIVE_LINK, (whole: string, before: string, quote: string, link: string) => {
    const target = replace(link.replaceAll('&amp;', '&'))
    if (target === undefined) return whole
    found = true
    return `${before}${quote}${target.replaceAll('&', '&amp;')}${quote}`
  })
  return found ? text : undefined
}

/** A reference that names its target by what it says: `Patient?identifier=…`. */
export function conditionalReference(link: string): { readonly type: string; readonly query: string } | undefined {
  const match = /^([A-Z][A-Za-z]{0,63})\?(.*)$/s.exec(link)
  return match?.[1] ? { type: match[1], query: match[2] ?? '' } : undefined
}

/** The References that stand at a dotted element path, e.g. `dispenseRequest.performer`; lists are walked through. */
export function referencesAt(
  resource: Resource,
  path: string,
): { reference?: string; identifier?: { system?: string; value?: string } }[] {
  let nodes: unknown[] = [resource]
  for (const name of path.split('.')) {
    nodes = nodes.flatMap((node) => {
      if (typeof node !== 'object' || node === null) return []
      const value = (node as Record<string, unknown>)[name]
      return Array.isArray(value) ? value : value === undefined ? [] : [value]
    })
  }
  return nodes.filter((node): node is { reference?: string } => typeof node === 'object' && node !== null)
}

/** A URL without the slashes at its end. Not by a pattern, which would look for the end from every slash in it anew. */
export function withoutSlashes(url: string): string {
  let end = url.length
  while (url[end - 1] === '/') end--
  return url.slice(0, end)
}
