/** Whether what a StructureDefinition asks for can be asked at all, by what R4 says of the type it constrains. */
import { type Definitions, type ElementDefinition, STRUCTURE_DEFINITION } from './definitions.ts'
import { descendsFrom, isResourceType } from './element-types.ts'
import type { ProfileElement, Slicing } from './profile-definition.ts'
import type { Elements } from './profile-elements.ts'
import { misplaced } from './differential-order.ts'
import { overlay, rootNode } from './profile-tree.ts'
import { isObject } from './resource.ts'
import { add, type Faults } from './structure-faults.ts'

type Loose = Record<string, unknown>

/** Binding strengths from the weakest: a profile keeps or raises them. */
const STRENGTHS = ['example', 'preferred', 'extensible', 'required']

/** What is wrong with a StructureDefinition that derives from a type known here. */
export function profileFaults(faults: Faults, profile: Loose, definitions: Definitions, elements: Elements): Faults {
  const { derivation, baseDefinition, type, kind } = profile
  const [base = ''] = typeof baseDefinition === 'string' ? baseDefinition.split('|', 1) : []
  if (!base.startsWith(STRUCTURE_DEFINITION)) return faults
  const name = base.slice(STRUCTURE_DEFINITION.length)
  if (derivation === undefined) {
    return add(faults, 'definition-inconsistent', '.derivation', 'What has a base says how it is derived from it.')
  }
  const structure = definitions.structure(name)
  if (derivation !== 'constraint' || structure?.type !== name || structure.derivation === 'constraint') return faults
  if (type !== name) return add(faults, 'definition-inconsistent', '.type', `The type is that of the base: ${name}.`)
  let found = faults
  if (kind !== structure.kind) {
    found = add(found, 'definition-inconsistent', '.kind', `The kind is that of the base: ${structure.kind}.`)
  }
  const differential = isObject(profile.differential) ? profile.differential.element : undefined
  if (!Array.isArray(differential) || !differential.every(isElement)) return found
  const snapshot = isObject(profile.snapshot) ? profile.snapshot.element : undefined
  if (Array.isArray(snapshot) && snapshot.every(isElement)) found = slicingFaults(found, snapshot, 'snapshot')
  else found = slicingFaults(found, differential, 'differential')
  found = slicingAgainFaults(discriminatorFaults(found, differential, elements), differential)
  const [root] = differential
  if (root?.path === name && root.slicing !== undefined) {
    found = add(found, 'definition-inconsistent', '.differential.element[0]', 'The root of a type is not sliced.')
  }
  found = pathFaults(found, differential, name, elements)
  for (const i of misplaced(differential, elements)) {
    const words = 'Elements stand in the order of R4: one that comes before this one stands after it.'
    found = add(found, 'definition-inconsistent', `.differential.element[${i}]`, words)
  }
  for (const [i, element] of differential.entries()) {
    const at = `.differential.element[${i}]`
    const wrong = constraintFault(element, elements)
    if (wrong) found = add(found, 'definition-inconsistent', at, wrong)
    found = typeProfileFaults(found, element, at, definitions)
  }
  if (type !== 'Extension') return found
  const fixed = differential.find(({ path }) => path === 'Extension.url')?.fixedUri
  if (fixed === profile.url) return found
  return add(
    found,
    'definition-inconsistent',
    '.url',
    'An extension fixes its url (Extension.url) to that of its definition.',
  )
}

const isElement = (element: unknown): element is ProfileElement => isObject(element) && typeof element.path === 'string'

/** The first element that the type does not have; what comes after it may follow from it. */
function pathFaults(faults: Faults, differential: readonly ProfileElement[], type: string, elements: Elements): Faults {
  const fits = (count: number): boolean => {
    try {
      overlay(rootNode(type), differential.slice(0, count), elements)
      return true
    } catch {
      return false
    }
  }
  const stray = differential.findIndex(({ path }) => path !== type && !path.startsWith(`${type}.`))
  if (stray >= 0) {
    return add(faults, 'definition-path', `.differential.element[${stray}]`, `The paths start with ${type}.`)
  }
  if (fits(differential.length)) return faults
  let [good, bad] = [0, differential.length]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (fits(middle)) good = middle
    else bad = middle
  }
  return add(faults, 'definition-path', `.differential.element[${good}]`, `${type} has no such element.`)
}

/** Elements that R4 lets be sliced without more ado: extensions by url; a choice by type, in a differential. */
const isSliced = (path: string, form: string): boolean =>
  /\.(?:modifierE|e)xtension$/.test(path) || (form === 'differential' && path.endsWith('[x]'))

/** A slice comes after the element that says how it is sliced. */
function slicingFaults(faults: Faults, list: readonly ProfileElement[], form: 'differential' | 'snapshot'): Faults {
  let found = faults
  const sliced = new Set<string>()
  for (const [i, { path, slicing, sliceName }] of list.entries()) {
    if (slicing !== undefined) sliced.add(path)
    if (sliceName === undefined || sliced.has(path) || isSliced(path, form)) continue
    const words = 'Before its first slice an element says by its slicing how slices are told apart.'
    found = add(found, 'definition-inconsistent', `.${form}.element[${i}]`, words)
  }
  return found
}

/** What is sliced one way is not sliced another way by one of its slices. */
function slicingAgainFaults(faults: Faults, differential: readonly ProfileElement[]): Faults {
  const first = new Map<string, Slicing>()
  for (const { id, path, slicing } of differential) {
    if (slicing === undefined || id === undefined) continue
    const place = `${id.slice(0, id.lastIndexOf('.'))}${path.slice(path.lastIndexOf('.'))}`
    const before = first.get(place)
    if (before === undefined) first.set(place, slicing)
    else if (!isSameSlicing(before, slicing)) {
      return add(faults, 'definition-inconsistent', '', `${path} is sliced, and one of its slices slices it otherwise.`)
    }
  }
  return faults
}

/** What the second leaves open is as the first says it. */
const isSameSlicing = (first: Slicing, { discriminator, ordered, rules }: Slicing): boolean =>
  (ordered === undefined || ordered === first.ordered) &&
  (rules === undefined || rules === first.rules) &&
  (discriminator === undefined || JSON.stringify(discriminator) === JSON.stringify(first.discriminator))

/** Slices are told apart by elements that are there; paths with functions in them are left to the profile's reader. */
function discriminatorFaults(faults: Faults, differential: readonly ProfileElement[], elements: Elements): Faults {
  let found = faults
  for (const [i, { path, slicing }] of differential.entries()) {
    for (const [j, discriminator] of (slicing?.discriminator ?? []).entries()) {
      if (!/^[a-z]\w*(?:\.[a-z]\w*)*$/.test(discriminator.path)) continue
      if (leads(path, discriminator.path, elements)) continue
      const at = `.differential.element[${i}].slicing.discriminator[${j}]`
      found = add(found, 'definition-inconsistent', at, 'What is sliced has no such element to tell slices apart by.')
    }
  }
  return found
}

function leads(path: string, to: string, elements: Elements): boolean {
  let owners = ownersAt(path, elements)
  for (const step of to.split('.')) {
    // Where any type may stand nothing can be said.
    if (owners === undefined || owners.some((owner) => owner === '' || owner === 'Resource')) return true
    const infos = owners.flatMap((owner) => elements.find(owner, step) ?? [])
    const typed = owners.flatMap((owner) => elements.findTyped(owner, step)?.type.code ?? [])
    if (infos.length === 0 && typed.length === 0) return false
    owners = [...infos.flatMap(({ forms }) => forms.map(({ owner }) => owner)), ...typed]
  }
  return true
}

/** Where the children of a path are; undefined where that cannot be told. */
function ownersAt(path: string, elements: Elements): readonly string[] | undefined {
  const [type = '', ...steps] = path.split('.')
  let owners: readonly string[] = [type]
  for (const step of steps) {
    const [owner = '', ...more] = owners
    const info = more.length === 0 ? elements.find(owner, step.replace('[x]', '')) : undefined
    if (info === undefined) return undefined
    owners = info.forms.map((form) => form.owner)
  }
  return owners
}

/** Whether what is a `type` may stand for `code`; an Age is no Quantity where a Quantity is asked for. */
const isOn = (type: string, code: string): boolean =>
  type === code || (/^(?:Domain)?Resource$|^(?:Backbone)?Element$/.test(code) && descendsFrom(type, code))

/** A profile named for a type is one on this type. */
function typeProfileFaults(faults: Faults, { type }: ProfileElement, at: string, definitions: Definitions): Faults {
  let found = faults
  for (const [i, { code, profile }] of (type ?? []).entries()) {
    for (const [j, canonical] of (profile ?? []).entries()) {
      const [url = ''] = canonical.split('|', 1)
      const name = url.startsWith(STRUCTURE_DEFINITION) ? url.slice(STRUCTURE_DEFINITION.length) : ''
      const known = definitions.profile(url) ?? definitions.structure(name)
      if (known === undefined || known.url !== url || isOn(known.type, code)) continue
      const words = `The profile is one on ${known.type}, and the element is of type ${code}.`
      found = add(found, 'definition-inconsistent', `${at}.type[${i}].profile[${j}]`, words)
    }
  }
  return found
}

/** An element of the type itself, not of a slice: what is asked of it is within what R4 allows. */
function constraintFault(element: ProfileElement, elements: Elements): string | undefined {
  const { path, min, max, id, sliceName } = element
  if (sliceName !== undefined || id?.includes(':')) return undefined
  const base = baseOf(path, elements)
  if (base === undefined) return undefined
  if (min !== undefined && min < base.min) return `R4 asks for ${base.min} at least: a profile cannot ask for less.`
  const most = base.max === '*' ? Number.POSITIVE_INFINITY : Number(base.max)
  if (max !== undefined && (max === '*' ? Number.POSITIVE_INFINITY : Number(max)) > most) {
    return `R4 allows ${base.max} at most: a profile cannot allow more.`
  }
  const types = new Set(base.type?.map(({ code }) => code))
  const asked = element.type?.map(({ code }) => code) ?? []
  const isOpen = types.size === 0 || ['Resource', 'Element', 'BackboneElement', '*'].some((code) => types.has(code))
  if (!isOpen && asked.some((code) => !types.has(code) && !code.startsWith('http'))) {
    return `R4 has another type there: ${[...types].join(', ')}.`
  }
  if (strayTarget(element, base)) return 'A reference points to what R4 allows there: a profile cannot add a target.'
  const fixed = Object.keys(element).find((key) => /^(?:fixed|pattern)[A-Z]/.test(key))
  if (fixed && !isOpen) {
    const code = fixed.replace(/^(?:fixed|pattern)/, '').toLowerCase()
    if (![...types].some((type) => type.toLowerCase() === code || type.startsWith('http'))) {
      return `A fixed value or pattern is of the type of its element: ${[...types].join(', ')}.`
    }
  }
  const bound = asked.length > 0 ? asked : [...types]
  if (element.binding && bound.length > 0 && bound.every((code) => NOT_CODED.has(code))) {
    return 'Only what holds a code or words is bound to a value set.'
  }
  const strength = STRENGTHS.indexOf(element.binding?.strength ?? '')
  if (strength >= 0 && base.binding?.strength === 'required' && strength < STRENGTHS.indexOf('required')) {
    return 'R4 requires a code of its value set: a profile cannot make that weaker.'
  }
  return undefined
}

/** Types that hold no code at all. */
const NOT_CODED = new Set(
  'base64Binary boolean date dateTime decimal instant integer positiveInt time unsignedInt Address Annotation Attachment HumanName Identifier Period Range Ratio Reference'.split(
    ' ',
  ),
)

/** Whether a target is a type of R4 that the element of R4 does not point to. */
function strayTarget({ type }: ProfileElement, base: ElementDefinition): boolean {
  const allowed = new Set(base.type?.flatMap(({ targetProfile = [] }) => targetProfile))
  if (allowed.size === 0 || allowed.has(`${STRUCTURE_DEFINITION}Resource`)) return false
  const asked = type?.flatMap(({ code, targetProfile = [] }) => (code === 'Reference' ? targetProfile : [])) ?? []
  return asked.some((url) => url.startsWith(STRUCTURE_DEFINITION) && isType(url) && !allowed.has(url))
}

const isType = (url: string): boolean => isResourceType(url.slice(STRUCTURE_DEFINITION.length))

/** What R4 says of a path below a resource or data type; undefined where the path goes through a choice or content of any type. */
function baseOf(path: string, elements: Elements): ElementDefinition | undefined {
  const [type = '', ...steps] = path.split('.')
  let owner = type
  let found: ElementDefinition | undefined
  for (const [i, step] of steps.entries()) {
    const info = elements.find(owner, step.replace('[x]', ''))
    if (info === undefined || (i < steps.length - 1 && info.forms.length !== 1)) return undefined
    found = info.element
    owner = info.forms[0]?.owner ?? ''
  }
  return found
}
