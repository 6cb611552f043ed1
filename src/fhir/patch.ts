/**
 * Patches (https://hl7.org/fhir/R4/http.html#patch): a changed copy of a resource's text, in which everything that the
 * patch leaves alone stays as it was written.
 */
import { isDeepStrictEqual } from 'node:util'
import { parseExact, stringifyExact } from './exact.ts'
import { cutResource, objectMembers, type ResourceText } from './json.ts'
import { refuse } from './problem.ts'
import type { Resource } from './resource.ts'

/** Most operations of one patch: each may have to look at all of the resource. */
const MAX_OPERATIONS = 100

/** @throws Problem patch-invalid */
export function checkCount(operations: readonly unknown[]): void {
  if (operations.length <= MAX_OPERATIONS) return
  throw refuse(
    'patch-invalid',
    `A patch has at most ${MAX_OPERATIONS} operations: send several, or the whole resource by PUT.`,
  )
}

/** A resource as a tree of `exact.ts`. */
export type Tree = Record<string, unknown>

/** A patch that was read: changes a tree in place. @throws Problem when it does not fit */
export type Patch = (tree: Tree) => void

export interface Patched {
  readonly resource: Resource
  readonly text: ResourceText
}

/**
 * @param stored JSON text of the resource
 * @throws Problem when the patch does not fit, or touches what identifies the resource and its version
 */
export function patched(stored: string, patch: Patch): Patched {
  const before = parseExact(stored) as Tree
  const tree = structuredClone(before)
  patch(tree)
  checkIdentity(before, tree)
  const kept = new Map(objectMembers(stored))
  const members = Object.entries(tree).map(([name, value]) => {
    const text = isDeepStrictEqual(value, before[name]) ? kept.get(name) : undefined
    return `${JSON.stringify(name)}:${text ?? stringifyExact(value)}`
  })
  const text = `{${members.join(',')}}`
  const resource = JSON.parse(text) as Resource
  return { resource, text: cutResource(resource.resourceType, text) }
}

/** Elements that are the service's alone. */
export const IDENTITY = ['id', 'resourceType', 'meta.versionId', 'meta.lastUpdated'] as const

export const identityRefusal = (element: string) =>
  refuse('patch-identity', `A patch does not touch ${element}: it is what identifies the resource and its version.`)

function checkIdentity(before: Tree, after: Tree): void {
  for (const element of IDENTITY) {
    const [name = '', inner] = element.split('.')
    const read = (tree: Tree): unknown => (inner === undefined ? tree[name] : (tree[name] as Tree | undefined)?.[inner])
    // A new meta need not say the version again.
    const [was, is] = [read(before), read(after)]
    if (is !== was && !(inner !== undefined && is === undefined)) throw identityRefusal(element)
  }
}

/** Numbers as numbers: what can be compared with a value, or asked by FHIRPath. */
export const plain = (tree: unknown): unknown => (tree === undefined ? undefined : JSON.parse(stringifyExact(tree)))
