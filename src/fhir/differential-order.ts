/** A differential lists elements in the order of the type it constrains (https://hl7.org/fhir/R4/profiling.html). */
import type { ProfileElement } from './profile-definition.ts'
import type { Elements } from './profile-elements.ts'

/** An element, or the way to one: `children` stand below the same instance of it. */
interface Node {
  readonly name: string
  /** Its place among the elements of its parent; undefined where R4 does not tell. */
  readonly place: number | undefined
  readonly owner: string | undefined
  /** The first element of the differential that stands here. */
  readonly first: number
  /** Whether the element itself is listed, and not only some below it. */
  readonly isListed: boolean
  readonly children: Node[]
}

/** Indexes of the elements after which one stands that comes before them in R4. */
export function misplaced(differential: readonly ProfileElement[], elements: Elements): number[] {
  const [type = ''] = differential[0]?.path.split('.', 1) ?? []
  const root: Node = { name: type, place: 0, owner: type, first: 0, isListed: true, children: [] }
  const early: number[] = []
  for (const [index, { path }] of differential.entries()) {
    const [, ...steps] = path.split('.')
    let node = root
    for (const [depth, name] of steps.entries()) {
      const last = node.children.at(-1)
      // The last step is an element again, or a slice of it, with children of its own.
      const isListed = depth === steps.length - 1
      if (last?.name === name && !isListed) {
        node = last
        continue
      }
      if (last?.name === name && !last.isListed) early.push(last.first)
      const next: Node = { name, ...placeOf(node.owner, name, elements), first: index, isListed, children: [] }
      node.children.push(next)
      node = next
    }
  }
  return [...new Set([...early, ...outOfOrder(root)])].toSorted((a, b) => a - b)
}

function outOfOrder({ children }: Node): number[] {
  const found: number[] = []
  let least = Number.POSITIVE_INFINITY
  for (const child of children.toReversed()) {
    if (child.place !== undefined && child.place > least) found.push(child.first)
    least = Math.min(least, child.place ?? least)
    found.push(...outOfOrder(child))
  }
  return found
}

function placeOf(owner: string | undefined, name: string, elements: Elements): Pick<Node, 'place' | 'owner'> {
  if (owner === undefined) return { place: undefined, owner: undefined }
  const plain = name.replace('[x]', '')
  const typed = elements.findTyped(owner, plain)
  const info = elements.find(owner, plain) ?? typed?.info
  if (info === undefined) return { place: undefined, owner: undefined }
  const form = typed ? info.forms.find(({ key }) => key === plain) : info.forms.length === 1 ? info.forms[0] : undefined
  return { place: elements.all(owner).indexOf(info), owner: form?.owner }
}
