/** Closures over the members of an object: how often an element occurs, and what is asked of each of its values. */
import { type ElementForm, type ElementInfo, gather } from './profile-elements.ts'
import { isObject } from './resource.ts'
import type { Loose, ProfileScope } from './profile-scope.ts'
import type { ItemCheck, SlicingCheck } from './profile-slicing.ts'
import type { ProfileNode } from './profile-tree.ts'
import { add, type Faults, join } from './structure-faults.ts'

export type MemberCheck = (faults: Faults, holder: Loose, scope: ProfileScope) => Faults

export const maximumOf = ({ element }: ElementInfo): number =>
  element.max === '*' ? Number.POSITIVE_INFINITY : Number(element.max)

export interface Rules {
  readonly min: number
  readonly max: number
  readonly slicing: SlicingCheck | undefined
  readonly tooFew: string
  readonly tooMany: string
}

export function wordsOf(
  node: ProfileNode,
  { name }: ElementInfo,
  min: number,
  max: number,
): Pick<Rules, 'tooFew' | 'tooMany'> {
  const short = node.short ? ` (${node.short})` : ''
  return {
    tooFew:
      min === 1
        ? `${name} is required and was not sent${short}.`
        : `${name} is required at least ${min} times${short}.`,
    tooMany: max === 0 ? `${name} must not be sent${short}.` : `${name} may occur at most ${max} times${short}.`,
  }
}

/** An element that occurs once and has one type: the common case, without a list of what was found. */
export function single(
  form: ElementForm,
  item: ItemCheck | undefined,
  { min, max, tooFew, tooMany }: Rules,
): MemberCheck {
  const { key, sibling, segment, code, owner } = form
  const isResource = code === 'Resource'
  return (faults, holder, scope) => {
    const value = holder[key]
    const beside = sibling === undefined ? undefined : holder[sibling]
    if (value === undefined && beside === undefined) {
      return min > 0 ? add(faults, 'profile-required', segment, tooFew) : faults
    }
    if (max === 0) return add(faults, 'profile-too-many', segment, tooMany)
    if (item === undefined || Array.isArray(value)) return faults
    const type =
      isResource && isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : undefined
    const found = { value, sibling: beside, code: type ?? code, owner: type ?? owner, segment }
    const below = item(found, scope)
    return below === undefined ? faults : join(faults, segment, below)
  }
}

export function several(info: ElementInfo, items: ReadonlyMap<string, ItemCheck>, rules: Rules): MemberCheck {
  const { min, max, slicing, tooFew, tooMany } = rules
  const path = `.${info.name}`
  const resource = info.forms[0]?.code === 'Resource' ? items.get('Resource') : undefined
  return (before, holder, scope) => {
    const all = gather(holder, info)
    let faults = before
    if (all.length < min) faults = add(faults, 'profile-required', path, tooFew)
    if (all.length > max) faults = add(faults, 'profile-too-many', path, tooMany)
    if (items.size > 0) {
      for (const found of all) {
        const below = (resource ?? items.get(found.code))?.(found, scope)
        if (below !== undefined) faults = join(faults, found.segment, below)
      }
    }
    return slicing ? slicing(faults, all, scope) : faults
  }
}
