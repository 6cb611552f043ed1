/**
 * A profile as a tree of what it adds to R4: each node holds the constraints of one element or slice. A differential is
 * laid over the tree of its base; a snapshot over the bare type, where what only repeats R4 is dropped.
 */
import type { ElementType } from './definitions.ts'
import {
  type ProfileBinding,
  type ProfileConstraint,
  type ProfileDefinition,
  type ProfileElement,
  type ProfileType,
  type Slicing,
  withoutVersion,
} from './profile-definition.ts'
import type { ElementInfo, Elements } from './profile-elements.ts'

export interface ProfileNode {
  /** Undefined for the root. */
  readonly info: ElementInfo | undefined
  /** Type of the root. */
  readonly rootType: string | undefined
  /** As an element id: `Patient.identifier:nhsNumber.system`. */
  readonly label: string
  readonly slice: string | undefined
  short?: string
  min?: number
  max?: number
  types?: readonly ElementType[]
  fixed?: { readonly value: unknown }
  pattern?: { readonly value: unknown }
  minValue?: { readonly value: unknown }
  maxValue?: { readonly value: unknown }
  maxLength?: number
  minLength?: number
  binding?: { readonly strength: string; readonly valueSet: string }
  maxValueSet?: string
  slicing?: Slicing
  /** Whether the content that is defined elsewhere in the type is the one of this profile (`#Questionnaire.item`). */
  repeats?: boolean
  readonly constraints: Map<string, ProfileConstraint>
  /** By element name without `[x]`. */
  readonly children: Map<string, ProfileNode>
  /** By slice name; slices of a slice (`a/b`) below it. */
  readonly slices: Map<string, ProfileNode>
}

interface Step {
  readonly name: string
  readonly slices: readonly string[]
}

const MAX_VALUE_SET = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet'
const MIN_LENGTH = 'http://hl7.org/fhir/StructureDefinition/minLength'
const PROFILE_ELEMENT = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-profile-element'
const SYSTEM_TYPE = 'http://hl7.org/fhirpath/System.'

function newNode(head: Pick<ProfileNode, 'info' | 'rootType' | 'label' | 'slice'>): ProfileNode {
  return { ...head, constraints: new Map(), children: new Map(), slices: new Map() }
}

/** A tree that says nothing. */
export const rootNode = (type: string): ProfileNode =>
  newNode({ info: undefined, rootType: type, label: type, slice: undefined })

/** A deep copy, so that a profile adds to its base without changing it. */
export function cloneNode(node: ProfileNode): ProfileNode {
  const copy = (nodes: ReadonlyMap<string, ProfileNode>) => new Map([...nodes].map(([k, v]) => [k, cloneNode(v)]))
  return {
    ...node,
    constraints: new Map(node.constraints),
    children: copy(node.children),
    slices: copy(node.slices),
  }
}

/** The types that the values of a node may have, as far as the profile narrows them. */
export const typesOf = (node: ProfileNode): readonly ElementType[] =>
  node.types ??
  node.info?.element.type ??
  (node.rootType === undefined ? [{ code: 'BackboneElement' }] : [{ code: node.rootType }])

/** Where the children of a node may be defined. */
export function ownersOf(node: ProfileNode): readonly string[] {
  const { info } = node
  if (!info) return [node.rootType ?? '']
  const allowed = new Set(typesOf(node).map(({ code }) => code))
  const forms = info.forms.filter(({ code }) => allowed.has(code))
  // An element that may be any resource, narrowed to one.
  return forms.length > 0 ? forms.map(({ owner }) => owner) : info.forms[0]?.code === 'Resource' ? [...allowed] : []
}

/**
 * Lays the elements of a definition over a tree.
 * @param root changed in place
 * @throws Error naming the element that R4 does not have
 */
export function overlay(root: ProfileNode, elements: readonly ProfileElement[], r4: Elements): void {
  const open: { path: string; slices: readonly string[] }[] = []
  for (const element of elements) {
    const steps = stepsOf(element, open)
    let node = root
    for (const step of steps.slice(1)) node = descend(node, step, r4)
    apply(node, element, r4)
  }
}

const partsOf = (sliceName: string): string[] => sliceName.split('/')

/**
 * The way from the root: by `id` where it fits the path, otherwise by path, an element that names a slice being the
 * place of the elements that follow below its path.
 */
function stepsOf(element: ProfileElement, open: { path: string; slices: readonly string[] }[]): Step[] {
  const { path, sliceName } = element
  while (open.length > 0 && !path.startsWith(`${open.at(-1)?.path}.`)) open.pop()
  const names = path.split('.')
  const ids = element.id?.split('.') ?? []
  if (sliceName !== undefined) open.push({ path, slices: partsOf(sliceName) })
  const fits =
    ids.length === names.length &&
    ids.every((id, i) => names[i]?.startsWith((id.split(':', 1)[0] ?? '').replace('[x]', '')))
  if (fits && (sliceName === undefined || ids.at(-1)?.includes(':'))) {
    return ids.map((id, i): Step => {
      const colon = id.indexOf(':')
      if (colon < 0) return { name: names[i] ?? '', slices: [] }
      return { name: id.slice(0, colon), slices: partsOf(id.slice(colon + 1)) }
    })
  }
  return names.map((name, i): Step => {
    const here = names.slice(0, i + 1).join('.')
    return { name, slices: open.find((slice) => slice.path === here)?.slices ?? [] }
  })
}

function descend(parent: ProfileNode, step: Step, r4: Elements): ProfileNode {
  const name = step.name.replace('[x]', '')
  const { info, type } = lookUp(parent, name, r4)
  const label = `${parent.label}.${info.name}${info.isChoice ? '[x]' : ''}`
  let node = child(parent.children, info.name, () => newNode({ info, rootType: undefined, label, slice: undefined }))
  // `valueQuantity` stands for the slice of value[x] that has this type.
  const slices = type === undefined || step.slices.length > 0 ? step.slices : [name]
  for (const slice of slices) {
    const owner = node
    node = child(owner.slices, slice, () => sliceNode(owner, slice, info, r4))
    if (type !== undefined) node.types ??= [type]
  }
  return node
}

function sliceNode(owner: ProfileNode, slice: string, info: ElementInfo, r4: Elements): ProfileNode {
  const label = `${owner.label}${owner.slice === undefined ? ':' : '/'}${slice}`
  const node = newNode({ info, rootType: undefined, label, slice })
  // A slice of a choice that is named after its type need not repeat it.
  const type = info.isChoice ? info.forms.find(({ key }) => key === slice) : undefined
  const element = type && r4.find(ownerPath(info), info.name)?.element.type?.find(({ code }) => code === type.code)
  if (type) node.types = [element ?? { code: type.code }]
  return node
}

const ownerPath = ({ element }: ElementInfo): string => element.path.slice(0, element.path.lastIndexOf('.'))

function child(nodes: Map<string, ProfileNode>, name: string, make: () => ProfileNode): ProfileNode {
  let node = nodes.get(name)
  if (!node) {
    node = make()
    nodes.set(name, node)
  }
  return node
}

function lookUp(parent: ProfileNode, name: string, r4: Elements): { info: ElementInfo; type: ElementType | undefined } {
  const owners = ownersOf(parent)
  for (const owner of owners) {
    const info = r4.find(owner, name)
    if (info) return { info, type: undefined }
  }
  for (const owner of owners) {
    const typed = r4.findTyped(owner, name)
    if (typed) return typed
  }
  throw new Error(
    `${parent.label}.${name}: R4 has no such element in ${owners.join(' or ') || 'a content of no type'}.`,
  )
}

function apply(node: ProfileNode, element: ProfileElement, r4: Elements): void {
  const { info } = node
  if (element.short !== undefined) node.short = element.short
  if (element.slicing !== undefined) node.slicing = element.slicing
  if (element.contentReference?.startsWith('#')) node.repeats = true
  if (info !== undefined) {
    if (element.min !== undefined) node.min = element.min
    if (element.max !== undefined) node.max = maximum(node, element.max)
  }
  if (element.type !== undefined && info !== undefined) applyTypes(node, element.type)
  for (const name of ['fixed', 'pattern', 'minValue', 'maxValue'] as const) {
    const key = Object.keys(element).find(
      (candidate) => candidate.startsWith(name) && /[A-Z]/.test(candidate.charAt(name.length)),
    )
    if (key !== undefined) node[name] = { value: element[key] }
  }
  if (element.maxLength !== undefined) node.maxLength = element.maxLength
  const least = element.extension?.find(({ url }) => url === MIN_LENGTH)?.valueInteger
  if (least !== undefined) node.minLength = least
  if (element.binding !== undefined) applyBinding(node, element.binding)
  if (!element.constraint) return
  const known = r4.constraintKeys(node.rootType ?? '', info)
  for (const constraint of element.constraint) {
    if (!known.has(constraint.key)) node.constraints.set(constraint.key, constraint)
  }
}

function maximum(node: ProfileNode, max: string): number {
  const number = max === '*' ? Number.POSITIVE_INFINITY : Number(max)
  if (Number.isNaN(number)) throw new Error(`${node.label}: max "${max}" is neither a number nor *.`)
  return number
}

function applyTypes(node: ProfileNode, types: readonly ProfileType[]): void {
  const base = node.info?.element.type ?? []
  const own = types.map((type) => (type.code.startsWith(SYSTEM_TYPE) ? (base[0] ?? type) : pointed(type)))
  if (own.length === 0) return
  // Choice forms of the same type stated twice (older tools: one entry for each profile) are one type.
  const merged = new Map<string, ElementType>()
  for (const type of own) {
    const before = merged.get(type.code)
    merged.set(type.code, before ? join(before, type) : type)
  }
  const list = [...merged.values()]
  if (node.slice !== undefined || !sameTypes(list, base)) node.types = list
}

/** A profile of which a type names one element alone, as a canonical with that element's id after `#`. */
function pointed({ _profile, ...type }: ProfileType): ElementType {
  const profile = type.profile?.map((canonical, i) => {
    const element = _profile?.[i]?.extension?.find(({ url }) => url === PROFILE_ELEMENT)?.valueString
    return element === undefined ? canonical : `${canonical}#${element}`
  })
  return profile === undefined ? type : { ...type, profile }
}

const join = (a: ElementType, b: ElementType): ElementType => ({
  code: a.code,
  ...(a.profile && b.profile ? { profile: [...a.profile, ...b.profile] } : {}),
  ...(a.targetProfile && b.targetProfile ? { targetProfile: [...a.targetProfile, ...b.targetProfile] } : {}),
  ...(a.aggregation && b.aggregation ? { aggregation: [...a.aggregation, ...b.aggregation] } : {}),
})

export const sameList = (a: readonly string[] = [], b: readonly string[] = []): boolean => {
  const one = new Set(a.map(withoutVersion))
  return one.size === new Set(b.map(withoutVersion)).size && b.every((item) => one.has(withoutVersion(item)))
}

const sameTypes = (a: readonly ElementType[], b: readonly ElementType[]): boolean =>
  a.length === b.length &&
  a.every((type) => {
    const other = b.find(({ code }) => code === type.code)
    return (
      other &&
      sameList(type.profile, other.profile) &&
      sameList(type.targetProfile, other.targetProfile) &&
      sameList(type.aggregation, other.aggregation)
    )
  })

function applyBinding(node: ProfileNode, binding: ProfileBinding): void {
  const { strength, valueSet } = binding
  const base = node.info?.element.binding
  if (strength !== undefined && valueSet !== undefined) {
    const isBase =
      base?.strength === strength && base.valueSet && withoutVersion(base.valueSet) === withoutVersion(valueSet)
    if (!isBase) node.binding = { strength, valueSet }
  }
  const max = binding.extension?.find(({ url }) => url === MAX_VALUE_SET)?.valueCanonical
  if (max !== undefined) node.maxValueSet = max
}

/** The node of an element id: `Composition.section:summary.code`, without slices also a path; undefined for the root. */
export function nodeAt(root: ProfileNode, id: string): ProfileNode | undefined {
  let node: ProfileNode | undefined = root
  for (const step of id.split('.').slice(1)) {
    const [name = '', slices] = step.split(':', 2)
    node = node?.children.get(name.replace('[x]', ''))
    for (const slice of slices === undefined ? [] : partsOf(slices)) node = node?.slices.get(slice)
  }
  return node === root ? undefined : node
}

/** @throws Error when the definition has neither snapshot nor differential */
export function elementsOf(
  definition: ProfileDefinition,
  form: 'snapshot' | 'differential',
): readonly ProfileElement[] {
  const elements = definition[form]?.element
  if (!Array.isArray(elements)) throw new Error(`there is no ${form}.`)
  for (const element of elements as readonly unknown[]) {
    if (typeof (element as ProfileElement | null)?.path !== 'string')
      throw new Error(`an element of the ${form} has no path.`)
  }
  return elements
}
