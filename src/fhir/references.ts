/** Links inside a resource (https://hl7.org/fhir/R4/references.html). */
import type { Resource } from './resource.ts'

/** Properties whose value may be a link that a transaction rewrites; the same list as in `json.ts`. */
const LINK_MEMBERS = new Set(['reference', 'valueUri', 'valueUrl', 'valueUuid', 'valueOid', 'valueCanonical'])

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
 * Visits every link of a resource and lets the visitor replace it.
 * @param visit gets the link, its member name, and its FHIRPath; what it returns (if not undefined) is stored
 */
export function eachLink(
  resource: Resource,
  visit: (link: string, member: string, expression: () => string) => string | undefined,
): void {
  const walk = (node: object, path: () => string): void => {
    if (Array.isArray(node)) {
      node.forEach((item, i) => {
        if (typeof item === 'object' && item !== null) walk(item, () => `${path()}[${i}]`)
      })
      return
    }
    const members = node as Record<string, unknown>
    for (const name of Object.keys(members)) {
      const value = members[name]
      if (typeof value === 'string') {
        if (!LINK_MEMBERS.has(name)) continue
        const replacement = visit(value, name, () => `${path()}.${name}`)
        if (replacement !== undefined) members[name] = replacement
      } else if (typeof value === 'object' && value !== null) walk(value, () => `${path()}.${name}`)
    }
  }
  walk(resource, () => resource.resourceType)
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
