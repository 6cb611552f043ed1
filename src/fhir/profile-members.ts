/** Closures over the members of an object: how often an element occurs, and what is asked of each of its values. */
import { type ElementForm, type ElementInfo, gather } from './profile-elements.ts'
import { isObject } from './resource.ts'
import { below, NEVER, type Quick, quickOf, type Unit } from './profile-quick.ts'
import type { Loose, ProfileScope } from './profile-scope.ts'
import type { ItemCheck, SlicingCheck } from './profile-slicing.ts'
import type { ProfileNode } from './profile-tree.ts'
import { add, type Faults, join } from './structure-faults.ts'

export interface MemberCheck {
  (faults: Faults, holder: Loose, scope: ProfileScope): Faults
  readonly quick?: QuickMember
}

/** @param holder the variable of an object */
export type QuickMember = (holder: string, unit: Unit) => string

export const quickMember = (check: MemberCheck): QuickMember =>
  check.quick ?? ((holder, unit) => `if (${unit.name(check)}(undefined, ${holder}, S) !== undefined) return false`)

export const maximumOf = ({ element }: ElementInfo): number =>
  element.max === '*' ? Number.POSITIVE_INFINITY : Number(element.max)

export interface Rules {
  readonly min: number
  readonly max: number
  readonly slicing: SlicingCheck | undefined
  readonly tooFew: string
  readonly tooMany: string
}

/** What is said when a member is there too seldom or too often. */
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
  const check: MemberCheck = (faults, holder, scope) => {
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
    const under = item(found, scope)
    return under === undefined ? faults : join(faults, segment, under)
  }
  if (isResource) return check
  const quick: QuickMember = (holder, unit) => {
    const v = below(holder)
    const absent = min > 0 ? 'return false' : isAbsent(holder, sibling)
    const present = max === 0 ? 'return false' : item === undefined ? '' : onValue(v, form, quickOf(item), holder, unit)
    return `{ const ${v} = ${holder}.${key}
      if (${v} === undefined) { ${absent} } else { ${present} } }`
  }
  return Object.assign(check, { quick })
}

/** A primitive that has only extensions is not vouched for. */
const isAbsent = (holder: string, sibling: string | undefined): string =>
  sibling === undefined ? '' : `if (${holder}.${sibling} !== undefined) return false`

function onValue(v: string, form: ElementForm, item: Quick, holder: string, unit: Unit): string {
  const { code, owner, sibling } = form
  // FHIRPath's own types, of ids and of the url of an extension, have no sibling.
  const isPrimitive = sibling !== undefined || !/^[A-Z]/.test(code)
  const odd = isPrimitive
    ? `typeof ${v} === 'object'${sibling === undefined ? '' : ` || ${holder}.${sibling} !== undefined`}`
    : `typeof ${v} !== 'object' || ${v} === null || Array.isArray(${v})`
  return [`if (${odd}) return false`, ...item({ value: v, code, owner }, unit)].join('\n')
}

/** The check of a member that may be there several times. */
export function several(info: ElementInfo, items: ReadonlyMap<string, ItemCheck>, rules: Rules): MemberCheck {
  const { min, max, slicing, tooFew, tooMany } = rules
  const path = `.${info.name}`
  const resource = info.forms[0]?.code === 'Resource' ? items.get('Resource') : undefined
  const check: MemberCheck = (before, holder, scope) => {
    const all = gather(holder, info)
    let faults = before
    if (all.length < min) faults = add(faults, 'profile-required', path, tooFew)
    if (all.length > max) faults = add(faults, 'profile-too-many', path, tooMany)
    if (items.size > 0) {
      for (const found of all) {
        const under = (resource ?? items.get(found.code))?.(found, scope)
        if (under !== undefined) faults = join(faults, found.segment, under)
      }
    }
    return slicing ? slicing(faults, all, scope) : faults
  }
  return resource ? check : Object.assign(check, { quick: quickSeveral(info, items, rules) })
}

function quickSeveral(info: ElementInfo, items: ReadonlyMap<string, ItemCheck>, rules: Rules): QuickMember {
  const { min, max, slicing } = rules
  return (holder, unit) => {
    const limits = [...(min > 0 ? [`n < ${min}`] : []), ...(max === Number.POSITIVE_INFINITY ? [] : [`n > ${max}`])]
    const sliced = slicing?.quick
    const called = slicing && !sliced
    const forms = info.forms.map((form) => {
      const item = items.get(form.code)
      const quick: Quick = (at, of) => [...(item ? quickOf(item)(at, of) : []), ...(sliced?.item(at, of) ?? [])]
      return item || sliced ? { form, quick } : { form, quick: undefined }
    })
    const isSimple = ({ code }: ElementForm): boolean => !items.has(code) || items.get(code)?.quick === NEVER
    const many = forms.length > FORMS_MANY && !sliced ? info.forms.filter(isSimple) : []
    const others = forms.filter(({ form }) => !many.includes(form))
    return [
      '{ let n = 0',
      sliced?.before ?? '',
      many.length === 0 ? '' : countMany(holder, many, items, unit),
      ...others.map(({ form, quick }) => (info.isList ? onList : onOne)(holder, form, quick, unit)),
      limits.length === 0 ? '' : `if (${limits.join(' || ')}) return false`,
      sliced?.after ?? '',
      called
        ? `if (${unit.name(slicing)}(undefined, ${unit.name(gather)}(${holder}, ${unit.name(info)}), S) !== undefined) return false`
        : '',
      '}',
    ].join('\n')
  }
}

/** From how many forms on the names of what is there are looked up, and not every form for what is there. */
const FORMS_MANY = 4

/** Forms of a choice that are refused, or of which nothing is asked. */
function countMany(
  holder: string,
  forms: readonly ElementForm[],
  items: ReadonlyMap<string, ItemCheck>,
  unit: Unit,
): string {
  const keys = new Map<string, number>()
  for (const { key, sibling, code } of forms) {
    keys.set(key, items.has(code) ? 2 : 1)
    if (sibling !== undefined) keys.set(sibling, 2)
  }
  const known = unit.name(keys, `forms ${[...keys].join(' ')}`)
  return `for (const key in ${holder}) { const kind = ${known}.get(key)
    if (kind === 2 || (kind === 1 && (${holder}[key] === null || Array.isArray(${holder}[key])))) return false
    if (kind === 1) n++ }`
}

function onOne(holder: string, form: ElementForm, item: Quick | undefined, unit: Unit): string {
  const v = below(holder)
  const code = item ? onValue(v, form, item, holder, unit) : `if (${v} === null || Array.isArray(${v})) return false`
  return `{ const ${v} = ${holder}.${form.key}
    if (${v} === undefined) { ${isAbsent(holder, form.sibling)} } else { n++\n${code} } }`
}

function onList(holder: string, form: ElementForm, item: Quick | undefined, unit: Unit): string {
  const v = below(holder)
  const [list, i] = [`l${v.slice(1)}`, `i${v.slice(1)}`]
  const value = item ? onValue(v, form, item, holder, unit) : `if (${v} === undefined || ${v} === null) return false`
  return `{ const ${list} = ${holder}.${form.key}
    if (${list} === undefined) { ${isAbsent(holder, form.sibling)} }
    else if (!Array.isArray(${list})) return false
    else { n += ${list}.length
      ${form.sibling === undefined ? '' : isAbsent(holder, form.sibling)}
      for (let ${i} = 0; ${i} < ${list}.length; ${i}++) { const ${v} = ${list}[${i}]
        ${value} } } }`
}
