/** What the faults of a structure leave to be asked by others, so that one answer tells as much as it can. */
import { type Issue, isError, type ProblemKey } from './problem.ts'
import type { Resource } from './resource.ts'

/** Faults after which a resource is not what the types of R4 say, so that code written for them may not look into it. */
const MISSHAPEN: ReadonlySet<ProblemKey> = new Set<ProblemKey>([
  'type-mismatch',
  'structure-resource-type',
  'structure-wrong-type',
  'structure-not-a-list',
  'structure-too-many',
  'structure-null',
  'structure-empty',
  'structure-list-unaligned',
  'structure-choice',
])

/** What may leave a resource without the shape of its type. */
export const misshapenIn = (issues: readonly Issue[]): readonly Issue[] =>
  issues.filter((issue) => (MISSHAPEN.has(issue.key) || issue.key === CUT) && isError(issue))

/** Of what was cut off nobody knows where it stands. */
const CUT: ProblemKey = 'structure-issues-cut'

/**
 * Whether the resource at `root` has the shape of its type, whatever else is wrong with it (values, codes, elements
 * that are missing or unknown).
 * @param misshapen what `misshapenIn` leaves of all that the structure step found
 */
export const isShaped = (misshapen: readonly Issue[], root: string): boolean =>
  !misshapen.some(({ key, expression = root }) => key === CUT || isWithin(expression, root))

/**
 * What rules found, without what they say of elements in which something is broken anyway, or of what such elements
 * are part of: there they would repeat it, or judge by a value that is not what was meant. Of a resource in which
 * anything is broken it is told what else would refuse it, and no doubts.
 * @param faults what else was found
 * @param roots places of the resources that were asked about
 */
export function besideFaults(
  found: readonly Issue[],
  faults: readonly Issue[],
  roots: readonly string[],
): readonly Issue[] {
  if (found.length === 0) return found
  const places = faults.flatMap((fault) => (isError(fault) && fault.expression !== undefined ? [fault.expression] : []))
  const broken = roots.filter((root) => places.some((place) => isWithin(place, root)))
  if (broken.length === 0) return found
  const parts = places.filter((place) => broken.some((root) => place !== root && isWithin(place, root)))
  return found.filter((issue) => {
    const { expression = '' } = issue
    if (!isError(issue) && broken.some((root) => isWithin(expression, root))) return false
    return parts.every((part) => !isWithin(part, expression) && !isWithin(expression, part))
  })
}

/** Whether a FHIRPath is `place` or leads on from it. */
const isWithin = (expression: string, place: string): boolean =>
  expression.startsWith(place) && /^(?:$|[.[])/.test(expression.slice(place.length))

/** A resource as far as others may look into it, and the places of what was left out. */
export interface Shaped {
  readonly resource: Resource
  readonly without: readonly string[]
}

/**
 * The resource without those of its elements in which something has not the shape of R4, each as a whole: half of a
 * dosage would be judged as a dosage. Undefined where that leaves nothing to go by: what is broken is the resource
 * itself, or what its references lead to.
 * @param misshapen see `misshapenIn`
 */
export function shapedPart(resource: Resource, misshapen: readonly Issue[], root: string): Shaped | undefined {
  const names = new Set<string>()
  for (const { key, expression = root } of misshapen) {
    if (key === CUT || expression === root) return undefined
    if (!isWithin(expression, root)) continue
    const name = /^\.(\w+)/.exec(expression.slice(root.length))?.[1]
    if (name === undefined || WHOLE.has(name)) return undefined
    names.add(name)
  }
  const isLeftOut = (member: string): boolean => {
    const name = member.replace(/^_/, '')
    return [...names].some((one) => name === one || (name.startsWith(one) && /^[A-Z]/.test(name.slice(one.length))))
  }
  const members = Object.entries(resource).filter(([member]) => !isLeftOut(member))
  return { resource: Object.fromEntries(members) as Resource, without: [...names].map((name) => `${root}.${name}`) }
}

/** What gives everything else its meaning. */
const WHOLE = new Set(['resourceType', 'contained'])
