/** How slices are told apart: discriminators, followed in the definition of a slice and in what was sent. */
import { descendsFrom, isResourceType } from './element-types.ts'
import { type Discriminator, withoutVersion } from './profile-definition.ts'
import { type Found, gather } from './profile-elements.ts'
import { isObject } from './resource.ts'
import { type ProfileScope, resolve } from './profile-scope.ts'
import type { Surroundings } from './profile-slicing.ts'
import { ownersOf, type ProfileNode } from './profile-tree.ts'
import { equals, fits, isBound, shown } from './profile-values.ts'

export type Match = (found: Found, scope: ProfileScope) => boolean
/** The text of a plain member. */
export interface Literal {
  readonly member: string
  readonly text: string
}

type Select = (found: Found, scope: ProfileScope) => readonly Found[]

type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'ofType'; readonly type: string }
  | { readonly kind: 'resolve' }

/** Where a discriminator leads in the definition of a slice. */
interface Spot {
  readonly nodes: readonly ProfileNode[]
  readonly codes: readonly string[]
  readonly profiles: readonly string[]
}

const STEP =
  /(?:(\$this)|extension\(\s*['"]([^'"]+)['"]\s*\)|(resolve)\(\)|(?:ofType|as)\(\s*(?:FHIR\.)?(\w+)\s*\)|([A-Za-z]\w*)(?:\[x\])?)(?:\.|$)/y

/** @throws Error for a path outside the restricted FHIRPath of discriminators */
function stepsOf(path: string, label: string): Step[] {
  const steps: Step[] = []
  STEP.lastIndex = 0
  let end = 0
  for (let part = STEP.exec(path); part !== null; part = STEP.exec(path)) {
    end = STEP.lastIndex
    const [, self, url, resolving, type, name] = part
    if (self !== undefined) continue
    if (url !== undefined) steps.push({ kind: 'extension', url })
    else if (resolving !== undefined) steps.push({ kind: 'resolve' })
    else if (type !== undefined) steps.push({ kind: 'ofType', type })
    else steps.push({ kind: 'member', name: name ?? '' })
    if (end === path.length) break
  }
  if (path === '' || end !== path.length) throw new Error(`${label}: the discriminator "${path}" is not understood.`)
  return steps
}

/**
 * The test that tells whether an item belongs to a slice, by one discriminator, and what it looks for in words;
 * undefined when the slice says nothing where the discriminator leads, so that it tells nothing of this slice.
 * @throws Error when the discriminator cannot be followed
 */
export function criterion(
  slice: ProfileNode,
  { type, path }: Discriminator,
  around: Surroundings,
): { match: Match; words: string; literal?: Literal | undefined } | undefined {
  const steps = stepsOf(path, slice.label)
  const select = selection(steps, around)
  let spot = spotOf([slice])
  let url: string | undefined
  for (const step of steps) {
    url = step.kind === 'member' && step.name === 'url' ? spot.profiles[0] : undefined
    spot = follow(spot, step, around)
  }
  const some =
    (test: Match): Match =>
    (found, scope) =>
      select(found, scope).some((item) => test(item, scope))
  switch (type) {
    case 'value':
    case 'pattern': {
      for (const node of spot.nodes) {
        const test = valueTest(node, around)
        if (!test) continue
        const direct = directly(steps, slice, test.holds, around)
        const text = (node.fixed ?? node.pattern)?.value
        const [step] = steps
        const literal =
          direct && step?.kind === 'member' && typeof text === 'string' ? { member: step.name, text } : undefined
        return { match: direct ?? some(({ value }) => test.holds(value)), words: `${path} ${test.words}`, literal }
      }
      // An extension is known by the canonical of its profile, also when the profile itself is not loaded.
      const canonical = url === undefined ? undefined : withoutVersion(url)
      if (canonical === undefined) return undefined
      return { match: some(({ value }) => value === canonical), words: `${path} = ${shown(canonical)}` }
    }
    case 'exists': {
      const node = spot.nodes.find(({ min, max }) => max === 0 || (min ?? 0) > 0)
      if (!node) return undefined
      const wanted = node.max !== 0
      const match: Match = (found, scope) => select(found, scope).length > 0 === wanted
      return { match, words: `${path} ${wanted ? 'present' : 'absent'}` }
    }
    case 'type': {
      const codes = [...new Set(spot.codes)]
      if (codes.length === 0) return undefined
      return {
        match: some(({ code }) => codes.some((c) => descendsFrom(code, c))),
        words: `${path} is ${codes.join(' or ')}`,
      }
    }
    case 'profile': {
      if (spot.profiles.length === 0) return undefined
      const checks = spot.profiles.map((canonical): Match => {
        const check = around.conforms(canonical)
        const code = around.typeOf(canonical)
        if (code === undefined)
          throw new Error(`${slice.label}: slices are told apart by the profile ${canonical}, which is not loaded.`)
        return (found, scope) => descendsFrom(found.code, code) && check?.(found, scope) === undefined
      })
      const test: Match = (found, scope) => checks.some((conforms) => conforms(found, scope))
      return { match: some(test), words: `${path} conforms to ${spot.profiles.join(' or ')}` }
    }
    default:
      throw new Error(`${slice.label}: discriminators of type "${type}" are not known in R4.`)
  }
}

function selection(steps: readonly Step[], { elements }: Surroundings): Select {
  const [only] = steps
  if (only === undefined) return (found) => [found]
  const members = (found: Found, name: string): readonly Found[] => {
    const info = elements.find(found.owner, name)
    const holder = isObject(found.value) ? found.value : found.sibling
    return info && isObject(holder) ? gather(holder, info) : []
  }
  const select = (step: Step): Select => {
    if (step.kind === 'resolve')
      return (found, scope) => {
        const target = targetOf(found, scope)
        return target === undefined ? [] : [target]
      }
    if (step.kind === 'member') return (found) => members(found, step.name)
    if (step.kind === 'ofType') return (found) => (descendsFrom(found.code, step.type) ? [found] : [])
    return (found) => members(found, 'extension').filter(({ value }) => isObject(value) && value.url === step.url)
  }
  const selects = steps.map(select)
  if (selects.length === 1) return selects[0] as Select
  return (found, scope) =>
    selects.reduce<readonly Found[]>((all, next) => all.flatMap((item) => next(item, scope)), [found])
}

/** What a reference points to; of a target that is not at hand only the type is known. */
export function targetOf({ value, segment }: Found, scope: ProfileScope): Found | undefined {
  if (!isObject(value)) return undefined
  const reference = typeof value.reference === 'string' ? value.reference : ''
  const target = reference === '' ? undefined : resolve(reference, scope)
  const code = target?.resourceType ?? typeNamed(value)
  return typeof code === 'string' ? { value: target, sibling: undefined, code, owner: code, segment } : undefined
}

/** The type of target that a reference itself names. */
function typeNamed({ reference, type }: Record<string, unknown>): string | undefined {
  const text = typeof reference === 'string' ? reference : ''
  // Nothing but a scheme stands before the slash of a type: most references in a Bundle are urn:uuid.
  if (text.startsWith('urn:uuid:') && !text.includes('/') && !text.includes('?')) {
    return typeof type === 'string' && isResourceType(type) ? type : undefined
  }
  const query = text.indexOf('?')
  const link = query < 0 ? (text.split('/_history/', 1)[0] ?? '') : text.slice(0, query)
  const slash = query < 0 ? link.lastIndexOf('/') : link.length
  const named = slash < 0 ? '' : link.slice(link.lastIndexOf('/', slash - 1) + 1, slash)
  if (named !== '' && isResourceType(named)) return named
  return typeof type === 'string' && isResourceType(type) ? type : undefined
}

function spotOf(nodes: readonly ProfileNode[]): Spot {
  // A choice that only names its types in slices (`valueQuantity`) has these.
  const types = nodes.flatMap((node) => node.types ?? [...node.slices.values()].flatMap((slice) => slice.types ?? []))
  return { nodes, codes: types.map(({ code }) => code), profiles: types.flatMap(({ profile }) => profile ?? []) }
}

function follow(spot: Spot, step: Step, { tree, typeOf }: Surroundings): Spot {
  const holders = [...spot.nodes, ...spot.profiles.flatMap((canonical) => tree(canonical) ?? [])]
  switch (step.kind) {
    case 'member':
      return spotOf(holders.flatMap(({ children }) => children.get(step.name) ?? []))
    case 'extension': {
      const slices = holders.flatMap(({ children }) => [...(children.get('extension')?.slices.values() ?? [])])
      return spotOf(slices.filter((slice) => urlOf(slice) === step.url))
    }
    case 'ofType': {
      const narrowed = spot.nodes.flatMap(({ slices }) => [...slices.values()])
      return spotOf([...spot.nodes, ...narrowed.filter(({ types }) => types?.every(({ code }) => code === step.type))])
    }
    case 'resolve': {
      const profiles = spot.nodes.flatMap(
        ({ types }) => types?.flatMap(({ targetProfile }) => targetProfile ?? []) ?? [],
      )
      return {
        nodes: profiles.flatMap((canonical) => tree(canonical) ?? []),
        codes: profiles.flatMap((canonical) => typeOf(canonical) ?? []),
        profiles,
      }
    }
  }
}

/** The url of an extension slice. */
function urlOf(slice: ProfileNode): unknown {
  const profile = slice.types?.flatMap((type) => type.profile ?? [])[0]
  return slice.children.get('url')?.fixed?.value ?? (profile === undefined ? undefined : withoutVersion(profile))
}

/** The usual discriminator, one plain element (`system`, `url`), without a list of what it selects. */
function directly(
  steps: readonly Step[],
  slice: ProfileNode,
  holds: (value: unknown) => boolean,
  { elements }: Surroundings,
): Match | undefined {
  const [step] = steps
  if (step?.kind !== 'member' || steps.length > 1) return undefined
  const { name } = step
  const infos = ownersOf(slice).map((owner) => elements.find(owner, name))
  if (infos.some((info) => info === undefined || info.isChoice || info.isList)) return undefined
  return ({ value }) => {
    const member = isObject(value) ? value[name] : undefined
    return member !== undefined && holds(member)
  }
}

interface ValueTest {
  readonly holds: (value: unknown) => boolean
  readonly words: string
}

/** By the node's own fixed value, pattern or binding, else by those of everything below it. */
function valueTest(node: ProfileNode, around: Surroundings): ValueTest | undefined {
  const { fixed, pattern, binding } = node
  if (fixed) return { holds: (value) => equals(value, fixed.value), words: `= ${shown(fixed.value)}` }
  if (pattern) return { holds: (value) => fits(value, pattern.value), words: `has ${shown(pattern.value)}` }
  if (binding?.strength === 'required') {
    const { valueSet } = binding
    return { holds: (value) => isBound(value, valueSet, around.isMember) === 'yes', words: `in ${valueSet}` }
  }
  const parts = [...node.children].flatMap(([name, child]) => {
    const test = valueTest(child, around)
    const info = ownersOf(node).flatMap((owner) => around.elements.find(owner, name) ?? [])[0]
    return test && info ? [{ name, info, test }] : []
  })
  if (parts.length === 0) return undefined
  return {
    holds: (value) =>
      isObject(value) && parts.every(({ info, test }) => gather(value, info).some((found) => test.holds(found.value))),
    words: parts.map(({ name, test }) => `.${name} ${test.words}`).join(', '),
  }
}
