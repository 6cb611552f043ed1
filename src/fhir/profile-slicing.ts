/** Slicing: which slice an item belongs to, and what that asks of it and of the list (profiling.html#slicing). */
import type { Slicing } from './profile-definition.ts'
import { criterion, type Literal, type Match } from './profile-discriminators.ts'
import type { Elements, Found } from './profile-elements.ts'
import { type Quick, quickOf } from './profile-quick.ts'
import type { ProfileScope } from './profile-scope.ts'
import type { ProfileNode } from './profile-tree.ts'
import type { IsMember } from './profile-values.ts'
import { add, type Faults, join } from './structure-faults.ts'

export interface ItemCheck {
  (found: Found, scope: ProfileScope): Faults
  readonly quick?: Quick
}
export interface SlicingCheck {
  (faults: Faults, items: readonly Found[], scope: ProfileScope): Faults
  readonly quick?: QuickSlicing | undefined
}

/** Code that tells slices apart by one literal and counts their items. */
export interface QuickSlicing {
  readonly before: string
  readonly item: Quick
  readonly after: string
}

/** What the compiler of a profile offers to its slices. */
export interface Surroundings {
  readonly elements: Elements
  readonly isMember: IsMember
  /** The tree of a loaded profile. */
  tree(canonical: string): ProfileNode | undefined
  /** The type that a canonical is about: a type of R4 or a loaded profile. */
  typeOf(canonical: string): string | undefined
  /** Undefined for a profile that is not loaded. */
  conforms(canonical: string): ItemCheck | undefined
  /** Called for what is not enforced as the profile says. */
  readonly note: (words: string) => void
  /** What a slice asks of an item; undefined if nothing. */
  item(slice: ProfileNode): ItemCheck | undefined
}

interface Slice {
  readonly name: string
  readonly match: Match
  readonly min: number
  readonly max: number
  readonly item: ItemCheck | undefined
  readonly nested: SlicingCheck | undefined
  readonly words: string
  /** Where an item belongs to the slice if, and only if, one member is this text. */
  readonly literal: Literal | undefined
}

/** Extensions are told apart by url and choices by type, even where a profile does not say so. */
function slicingOf(node: ProfileNode): Slicing {
  if (node.slicing) return node.slicing
  if (node.info?.forms[0]?.code === 'Extension') return { discriminator: [{ type: 'value', path: 'url' }] }
  if (node.info?.isChoice) return { discriminator: [{ type: 'type', path: '$this' }] }
  // What occurs once can only be the slice (R4's own Catalog names one so).
  if (node.info && !node.info.isList) return {}
  throw new Error(`${node.label} has slices and does not say how they are told apart (slicing).`)
}

/**
 * @param inherited slicing of the element, for slices of a slice
 * @throws Error when a discriminator cannot be followed, or a profile it needs is not loaded
 */
export function compileSlicing(node: ProfileNode, around: Surroundings, inherited?: Slicing): SlicingCheck {
  const slicing = node.slicing ?? inherited ?? slicingOf(node)
  const slices = [...node.slices].map(([name, slice]) => compileSlice(name, slice, slicing, around))
  const { ordered = false, rules = 'open' } = slicing
  const path = `.${node.info?.name}`
  const label = node.label.slice(node.label.lastIndexOf('.') + 1)
  const list = slices.map(({ words }) => words).join('; ')

  const hasNested = slices.some(({ nested }) => nested)
  const isOptional = !hasNested && slices.every(({ min }) => min === 0)

  const check: SlicingCheck = (before, items, scope) => {
    if (items.length === 0 && isOptional) return before
    let faults = before
    const counts = new Array<number>(slices.length).fill(0)
    const members: Found[][] | undefined = hasNested ? slices.map(() => []) : undefined
    let last = -1
    let unmatched: Found | undefined
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as Found
      let index = 0
      while (index < slices.length && !slices[index]?.match(item, scope)) index++
      const slice = slices[index]
      if (slice === undefined) {
        if (rules === 'closed') faults = add(faults, 'profile-slice', item.segment, `Only these are allowed: ${list}.`)
        unmatched = item
        continue
      }
      if (rules === 'openAtEnd' && unmatched) {
        faults = add(faults, 'profile-slice', unmatched.segment, `Items of no slice come after all of these: ${list}.`)
        unmatched = undefined
      }
      if (ordered && index < last) {
        faults = add(faults, 'profile-slice', item.segment, `Slices come in this order: ${list}.`)
      }
      if (index > last) last = index
      counts[index] = (counts[index] ?? 0) + 1
      members?.[index]?.push(item)
      const below = slice.item?.(item, scope)
      if (below !== undefined) faults = join(faults, item.segment, below)
    }
    for (let index = 0; index < slices.length; index++) {
      const { min, max, nested, words } = slices[index] as Slice
      const count = counts[index] ?? 0
      if (count < min) {
        const text = min === 1 && count === 0 ? 'One item of' : `At least ${min} items of`
        faults = add(faults, 'profile-required', path, `${text} ${label} is required that is ${words}.`)
      }
      if (count > max) {
        const text = max === 0 ? 'No item of' : max === 1 ? 'At most one item of' : `At most ${max} items of`
        faults = add(faults, 'profile-too-many', path, `${text} ${label} is allowed that is ${words}.`)
      }
      if (nested) faults = nested(faults, members?.[index] ?? [], scope)
    }
    return faults
  }
  return Object.assign(check, { quick: ordered || rules === 'openAtEnd' ? undefined : quickSlicing(slices, rules) })
}

/** Undefined where slices are not told apart by different texts of one member. */
function quickSlicing(slices: readonly Slice[], rules: Slicing['rules']): QuickSlicing | undefined {
  const literals = slices.flatMap(({ literal, nested }) => (literal && !nested ? literal : []))
  const [first] = literals
  if (first === undefined || literals.length < slices.length) return undefined
  if (literals.some(({ member }) => member !== first.member)) return undefined
  if (new Set(literals.map(({ text }) => text)).size < slices.length) return undefined
  const limits = slices.flatMap(({ min, max }, i) => [
    ...(min > 0 ? [`c${i} < ${min}`] : []),
    ...(max === Number.POSITIVE_INFINITY ? [] : [`c${i} > ${max}`]),
  ])
  return {
    before: `let ${slices.map((_, i) => `c${i} = 0`).join(', ')}`,
    item: (at, unit) => {
      const cases = slices.map(({ item, literal }, i) => {
        const code = item ? quickOf(item)(at, unit).join('\n') : ''
        return `if (${at.value}.${first.member} === ${JSON.stringify(literal?.text)}) { c${i}++\n${code} }`
      })
      return [`${cases.join(' else ')}${rules === 'closed' ? ' else return false' : ''}`]
    },
    after: limits.length === 0 ? '' : `if (${limits.join(' || ')}) return false`,
  }
}

function compileSlice(name: string, slice: ProfileNode, slicing: Slicing, around: Surroundings): Slice {
  const discriminators = name === '@default' ? [] : (slicing.discriminator ?? [])
  const tests = discriminators.flatMap((discriminator) => criterion(slice, discriminator, around) ?? [])
  if (tests.length === 0 && discriminators.length > 0) {
    const paths = discriminators.map(({ type, path }) => `"${path}" (${type})`).join(', ')
    around.note(
      `${slice.label}: the discriminator ${paths} leads to nothing in this slice; items are told by all it asks.`,
    )
  }
  const item = around.item(slice)
  const byContent: Match = (found, scope) => item !== undefined && item(found, scope) === undefined
  const isOnly = slice.info?.isList === false && discriminators.length === 0
  const match: Match =
    name === '@default' || isOnly
      ? () => true
      : tests.length === 0
        ? byContent
        : (found, scope) => tests.every((test) => test.match(found, scope))
  const criteria = tests.map(({ words }) => words).join(' and ')
  const short = slice.short ? `: ${slice.short}` : ''
  return {
    name,
    match,
    min: slice.min ?? 0,
    max: slice.max ?? Number.POSITIVE_INFINITY,
    item: tests.length === 0 && name !== '@default' && !isOnly ? undefined : item,
    nested: slice.slices.size > 0 ? compileSlicing(slice, around, slicing) : undefined,
    literal: tests.length === 1 && name !== '@default' && !isOnly ? tests[0]?.literal : undefined,
    words: `"${name}"${criteria === '' ? '' : ` (${criteria})`}${short}`,
  }
}
