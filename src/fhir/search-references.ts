/** Values of reference parameters (https://hl7.org/fhir/R4/search.html#reference): targets as the index has them. */
import { isResourceType } from './element-types.ts'
import { ownTarget, versioned } from './index-values.ts'
import type { Condition } from './search-condition.ts'
import type { SearchParam, SearchParams } from './search-params.ts'

const ID = /^[A-Za-z0-9\-.]{1,64}$/

/** The condition of a reference parameter, or in words why it has none. */
export function references(
  param: SearchParam,
  modifier: string | undefined,
  parts: readonly string[],
  params: SearchParams,
): Condition | string {
  const values: string[] = []
  for (const part of parts) {
    const found = targets(param, modifier, part, params)
    if (typeof found === 'string') return found
    values.push(...found)
  }
  return { kind: 'reference', param: param.name, values: [...new Set(values)] }
}

/**
 * `:above` and `:below` (https://hl7.org/fhir/R4/search.html#recursive): what refers to a resource, or to what that is
 * a part of, or to any of its parts.
 */
export function hierarchies(
  param: SearchParam,
  way: 'above' | 'below',
  parts: readonly string[],
  params: SearchParams,
): Condition | string {
  const read = references(param, undefined, parts, params)
  if (typeof read === 'string' || read.kind !== 'reference') return read
  const inType = (type: string): string[] => read.values.filter((target) => target.startsWith(`${type}/`))
  const of = wholes(param, params).flatMap(({ type, name: link }): Condition[] => {
    const values = inType(type)
    return values.length > 0 ? [{ kind: 'hierarchy', param: param.name, way, values, type, link }] : []
  })
  const [only] = of
  if (!only) return `With :${way} it refers to ${list(wholes(param, params).map(({ type }) => type))}.`
  return of.length === 1 ? only : { kind: 'any', of }
}

/**
 * For each type that a reference may lead to and that has a hierarchy: its parameter that leads from a part to its
 * whole. R4 marks these as hierarchies and calls them alike.
 */
export const wholes = (param: SearchParam, params: SearchParams): readonly SearchParam[] =>
  likelyTargets(param, params).flatMap((type) => {
    const link = params.param(type, 'part-of') ?? params.param(type, 'partof')
    return link?.kind === 'reference' && likelyTargets(link, params).includes(type) ? [link] : []
  })

/** The stored targets that one value stands for, or words. */
function targets(
  param: SearchParam,
  modifier: string | undefined,
  part: string,
  params: SearchParams,
): readonly string[] | string {
  const allowed = modifier === undefined ? param.targets : [modifier]
  if (ID.test(part)) {
    const types = modifier === undefined ? likelyTargets(param, params) : allowed
    return types.length > 0
      ? types.map((type) => `${type}/${part}`)
      : 'It needs a type before the id, such as "Patient/1".'
  }
  const target = ownTarget(part, params.bases)
  const relative = /^([A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(target)
  if (relative) {
    const [, type = ''] = relative
    if (!isResourceType(type)) return 'The name before the "/" is not an R4 resource type.'
    if (allowed.length > 0 && !allowed.includes(type)) return `It refers to ${list(allowed)}, not to ${type}.`
    return [target]
  }
  // A canonical, a URL elsewhere, or a URN: found as it was sent.
  const [, url = '', version = ''] = /^([A-Za-z][A-Za-z0-9+.-]*:[^\s|]+)(?:\|(\S*))?$/.exec(target) ?? []
  if (url !== '') return [version === '' ? url : versioned(url, version)]
  return 'It takes a reference such as "Patient/1", an id, or an absolute URL.'
}

/** Whether a reference may name a resource of a type by its canonical URL. */
export const isByCanonical = ({ leafTypes }: SearchParam, type: string, params: SearchParams): boolean =>
  params.param(type, 'url')?.kind === 'uri' && (leafTypes.length === 0 || leafTypes.includes('canonical'))

/** R4 writes every type into `target` where any may stand; then only those that are served are meant. */
const MANY_TARGETS = 20

/** The types an id alone may be of, and that may be named as a modifier. */
export const likelyTargets = ({ targets }: SearchParam, params: SearchParams): readonly string[] =>
  targets.length > MANY_TARGETS ? targets.filter((type) => params.has(type)) : targets

const list = (types: readonly string[]): string =>
  types.length > 20 ? `${types.slice(0, 20).join(', ')} and others` : types.join(', ')
