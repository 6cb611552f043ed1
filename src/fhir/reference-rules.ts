/** Rules on references that need the resource they stand in: form, local targets, target types, contained resources. */

import type { BundleIndex } from './bundle-rules.ts'
import { STRUCTURE_DEFINITION } from './definitions.ts'
import { localLinks } from './narrative.ts'
import { isAbsoluteUri, isId } from './primitives.ts'
import { add, brokenRule, type Fault, type Faults } from './structure-faults.ts'
import { isObject } from './resource.ts'
import type { Seen } from './structure-runtime.ts'

/** The resource that `#id` is relative to. */
export interface Scope {
  /** Type by id of the contained resources; null if there are none. */
  readonly contained: ReadonlyMap<string, string> | null
  /** Ids that some Reference points to. */
  readonly used: Set<string>
  /** `%resource` */
  readonly resource: Loose
  /** `%rootResource`: the container, for a contained resource. */
  readonly root: Loose
  /** The Bundle that holds the resource, where there is one. */
  readonly bundle: BundleIndex
  /** Ids of the elements seen so far; undefined until there is one. */
  elementIds: Set<string> | undefined
  readonly seen: Seen | undefined
}

const NONE_USED: Set<string> = new Set()

type Loose = Record<string, unknown>
/** @param bundle the entries among which the resource stands */
export function scopeOf(resource: Loose, bundle: BundleIndex, seen?: Seen): Scope {
  if (!Array.isArray(resource.contained))
    return { contained: null, used: NONE_USED, resource, root: resource, bundle, elementIds: undefined, seen }
  const contained = new Map<string, string>()
  for (const inner of resource.contained as unknown[]) {
    if (isObject(inner) && typeof inner.id === 'string' && typeof inner.resourceType === 'string') {
      contained.set(inner.id, inner.resourceType)
    }
  }
  return { contained, used: new Set(), resource, root: resource, bundle, elementIds: undefined, seen }
}

/** Inside a contained resource `#id` is still relative to the container. */
export const containedScope = (outer: Scope, resource: Loose): Scope => ({
  ...outer,
  resource,
  elementIds: undefined,
})

/** The id of an element is unique in its resource (https://hl7.org/fhir/R4/element.html). */
export function elementIdFault(faults: Faults, id: string, scope: Scope): Faults {
  if (scope.elementIds === undefined) scope.elementIds = new Set()
  if (!scope.elementIds.has(id)) {
    scope.elementIds.add(id)
    return faults
  }
  return add(faults, 'element-id-twice', '', 'Another element of the resource has the same id.')
}

const HISTORY = '/_history/'

/**
 * Form of Reference.reference; local references must be contained (ref-1). Undefined if it is in order.
 * @param severityOf how bad it is that a reference outside a Bundle leads nowhere
 */
export function referenceFault(
  text: string,
  scope: Scope,
  types: ReadonlySet<string>,
  severityOf: (scope: Scope) => 'warning' | undefined,
): Fault[] | undefined {
  if (text.charCodeAt(0) === 35) {
    const id = text.slice(1)
    if (scope.contained?.has(id)) {
      scope.used.add(id)
      return undefined
    }
    if (id === '') {
      if (scope.resource !== scope.root) return undefined
      return brokenRule(undefined, '.reference', 'ref-1: # alone is the container, and stands in a contained resource.')
    }
    return brokenRule(undefined, '.reference', 'ref-1: a # reference must name a contained resource of this resource.')
  }
  if (scope.bundle !== null && text.startsWith('urn:uuid:') && scope.bundle.has(text)) return undefined
  const slash = text.indexOf('/')
  const question = text.indexOf('?')
  const end = question === -1 ? slash : slash === -1 ? question : Math.min(slash, question)
  if (end > 0 && types.has(text.slice(0, end))) {
    if (end === question && !SPACE.test(text)) return undefined
    const history = text.indexOf(HISTORY, end)
    const id = text.slice(end + 1, history === -1 ? undefined : history)
    if (isId(id) && (history === -1 || isId(text.slice(history + HISTORY.length)))) return undefined
  } else {
    const colon = text.indexOf(':')
    if (colon > 0 && (slash === -1 || colon < slash) && !SPACE.test(text)) {
      if (scope.bundle === null || !text.startsWith('urn:')) {
        // A scheme in capitals is the same to a browser; a fullUrl is compared letter by letter.
        return scope.bundle === null || isAbsoluteUri(text)
          ? undefined
          : add(undefined, 'reference-invalid', '.reference', FORM)
      }
      if (scope.bundle.has(text)) return undefined
      return add(undefined, 'reference-unresolved', '.reference', NOT_IN_BUNDLE, 'warning')
    }
  }
  // In a Bundle it has to lead somewhere: on a server, if not to an entry.
  const isRead = !SPACE.test(text) && (scope.bundle === null || TYPE_AND_ID.test(text))
  return add(undefined, 'reference-invalid', '.reference', FORM, isRead ? severityOf(scope) : undefined)
}

const SPACE = /[ \t\n\v\f\r]/

/** What may be read as the address of a resource of a server, or of one of its versions. */
const TYPE_AND_ID = /^[^\s/:?#]+\/[^\s/]+(?:\/[^/]+\/[^/]+)?\/?$/

const NOT_IN_BUNDLE = 'No entry of the Bundle has this urn as its fullUrl, and it cannot be looked up elsewhere.'
const FORM = 'A reference must be [type]/[id] with an R4 resource type, an absolute URL, urn:uuid:[uuid] or #[id].'

/** The type of a contained resource, or of the one around it. */
const localType = (reference: string, { contained, resource, root }: Scope): string | undefined =>
  reference !== '#' ? contained?.get(reference.slice(1)) : resource === root ? undefined : String(root.resourceType)

/** The type a reference says it points to; undefined where its text does not tell (urn:uuid, other URLs). */
function typeOfTarget(reference: string, scope: Scope, types: ReadonlySet<string>): string | undefined {
  if (reference.charCodeAt(0) === 35) return localType(reference, scope)
  if (reference.startsWith('urn:')) return undefined
  const slash = reference.indexOf('/')
  if (slash > 0) {
    const head = reference.slice(0, slash)
    if (types.has(head)) return head
  }
  const relative = /^([A-Z][A-Za-z]+)[/?]/.exec(reference)?.[1]
  if (relative !== undefined) return relative
  const path = reference.split(HISTORY)[0] ?? reference
  const type = /\/([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]{1,64}$/.exec(path)?.[1]
  return type !== undefined && types.has(type) ? type : undefined
}

/** Whether the reference points to one of the allowed types, as far as can be told. */
export function isAllowedTarget(value: Loose, allowed: ReadonlySet<string>, scope: Scope, types: ReadonlySet<string>) {
  const { reference, type } = value
  let found: string | undefined
  if (typeof reference === 'string') {
    found = scope.bundle?.get(reference) || typeOfTarget(reference, scope, types)
    if (found !== undefined && !allowed.has(found)) return false
  }
  if (typeof type !== 'string') return true
  // R4: "Absolute URLs are only allowed for logical models".
  return allowed.has(type) && (found === undefined || found === type)
}

/**
 * Reference.type against R4's types and against what the reference itself says that it points to.
 * @param value a Reference with a type
 */
export function referenceTypeFault(faults: Faults, value: Loose, scope: Scope, types: ReadonlySet<string>): Faults {
  const { reference, type } = value
  if (typeof type !== 'string') return faults
  const isLogical = isAbsoluteUri(type) && !type.startsWith(STRUCTURE_DEFINITION)
  if (!isLogical && !types.has(type) && !ABSTRACT.has(type)) return add(faults, 'reference-target', '.type', NO_TYPE)
  if (typeof reference !== 'string' || ABSTRACT.has(type) || reference.includes('?')) return faults
  const found = scope.bundle?.get(reference) || typeOfTarget(reference, scope, types)
  return found === undefined || found === type || !types.has(found)
    ? faults
    : add(faults, 'reference-target', '', `The reference points to a ${found}, and its type names another.`)
}

const ABSTRACT = new Set(['Resource', 'DomainResource'])
const NO_TYPE = 'type must be the name of an R4 resource type (Patient), or the absolute URL of a logical model.'

/** Whether a wrong target is at hand, or the reference contradicts itself: not only its text tells. */
export function isCertain({ reference, type }: Loose, allowed: ReadonlySet<string>, scope: Scope): boolean {
  if (typeof reference !== 'string') return false
  const known = reference.startsWith('#') ? localType(reference, scope) : scope.bundle?.get(reference)
  return (known !== undefined && known !== '' && !allowed.has(known)) || (typeof type === 'string' && known !== type)
}

/** The fault of a reference to a type that the element does not allow. */
export function wrongTarget(faults: Faults, path: string, allowed: ReadonlySet<string>, severity?: 'warning'): Fault[] {
  const list = [...allowed].join(', ')
  const text = `The reference must point to (and its type, if sent, must be): ${list}.`
  return add(faults, 'reference-target', path, text, severity)
}

/** Rules dom-2 to dom-5 and the uniqueness of contained ids. */
export function containedFaults(faults: Faults, resource: Loose, scope: Scope): Faults {
  if (!Array.isArray(resource.contained)) return faults
  let found = faults
  const seen = new Set<string>()
  let elsewhere: ReadonlySet<string> | undefined
  for (const [index, inner] of (resource.contained as unknown[]).entries()) {
    if (!isObject(inner)) continue
    const path = `.contained[${index}]`
    const say = (rule: string, below: string): void => {
      found = brokenRule(found, path + below, rule)
    }
    if (inner.contained !== undefined) say('dom-2: a contained resource must not contain others.', '.contained')
    const { meta, id } = inner
    if (isObject(meta) && (meta.versionId !== undefined || meta.lastUpdated !== undefined)) {
      say('dom-4: a contained resource has no version: leave meta.versionId and meta.lastUpdated out.', '.meta')
    }
    if (isObject(meta) && meta.security !== undefined) {
      say('dom-5: a contained resource has no security label of its own.', '.meta.security')
    }
    if (typeof id !== 'string') {
      say('dom-3: a contained resource needs an id that a # reference can name.', '')
      continue
    }
    if (seen.has(id))
      found = add(found, 'contained-id-twice', `${path}.id`, 'Two contained resources have the same id.')
    seen.add(id)
    if (scope.used.has(id)) continue
    elsewhere ??= localMentions(resource, new Set())
    if (!elsewhere.has(`#${id}`) && !localMentions(inner, new Set()).has('#')) {
      say('dom-3: nothing in the resource refers to this contained resource (# and its id).', '')
    }
  }
  return found
}

/** Strings that start with #: a canonical, uri or narrative may name a contained resource as well as a Reference. */
function localMentions(value: unknown, into: Set<string>): Set<string> {
  if (typeof value === 'string') {
    if (value.charCodeAt(0) === 35) into.add(value)
    else if (value.startsWith('<div')) for (const id of localLinks(value)) into.add(`#${id}`)
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) localMentions(inner, into)
  }
  return into
}
