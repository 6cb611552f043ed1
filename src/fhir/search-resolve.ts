/** What `resolve()` finds while the index is extracted: nothing is fetched, only the type of the target is known. */
import { isResourceType } from './element-types.ts'
import { ANY_TYPE, type TypedNode } from './fhirpath.ts'
import type { Resource, r4 } from './resource.ts'

/** The resource type of a `urn:uuid:` reference that the commit has not resolved yet. */
export type TypeOfUrn = (urn: string) => string | undefined

/**
 * What `resolve()` finds: only the type is known, from the reference itself. A logical reference that does not say
 * its type, and a `urn:uuid:` nobody can place, count as any type (homecare messages name patients by NHS number and
 * no type; they must be found by `patient:identifier`).
 */
export function targetNode(
  node: TypedNode,
  root: Resource,
  bases: readonly string[],
  typeOf: TypeOfUrn,
): TypedNode | undefined {
  const { value } = node
  if (typeof value !== 'object' || value === null) return undefined
  const { reference, type, identifier } = value as r4.Reference
  const known = typeof type === 'string' ? type : undefined
  if (typeof reference !== 'string') return known || identifier ? typed(known ?? ANY_TYPE) : undefined
  if (reference.startsWith('urn:')) return typed(typeOf(reference) ?? known ?? ANY_TYPE)
  if (reference.startsWith('#')) {
    const contained = (root as Partial<r4.Patient>).contained?.find(({ id }) => `#${id}` === reference)
    return contained ? typed(contained.resourceType) : undefined
  }
  const path = bases.reduce(
    (rest, base) => (rest.startsWith(`${base}/`) ? rest.slice(base.length + 1) : rest),
    reference,
  )
  const [id, name] = path
    .replace(/\/_history\/[^/]*$/, '')
    .split('/')
    .reverse()
  return id !== undefined && name !== undefined && isResourceType(name) ? typed(name) : known ? typed(known) : undefined
}

const typed = (type: string): TypedNode => ({ type, value: undefined, path: type })
