/** Values of reference parameters (https://hl7.org/fhir/R4/search.html#reference): targets as the index has them. */
import { isResourceType } from './element-types.ts'
import { ownTarget } from './index-values.ts'
import type { Condition } from './search-condition.ts'
import type { SearchParam, SearchParams } from './search-params.ts'

const ID = /^[A-Za-z0-9\-.]{1,64}$/

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
  if (/^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/.test(target)) return [target]
  return 'It is a reference such as "Patient/1", an id, or an absolute URL.'
}

/** R4 writes every type into `target` where any may stand; then only those that are served are meant. */
const MANY_TARGETS = 20

/** The types an id alone may be of, and that may be named as a modifier. */
export const likelyTargets = ({ targets }: SearchParam, params: SearchParams): readonly string[] =>
  targets.length > MANY_TARGETS ? targets.filter((type) => params.has(type)) : targets

const list = (types: readonly string[]): string =>
  types.length > 20 ? `${types.slice(0, 20).join(', ')} and others` : types.join(', ')
