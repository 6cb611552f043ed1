/**
 * A profile's tree compiled to closures, once, at boot. Only what the profile adds to R4 is looked at, and a resource
 * that conforms allocates next to nothing: places are written while faults travel out, as in `structure.ts`.
 */
import { type ElementType, STRUCTURE_DEFINITION } from './definitions.ts'
import { descendsFrom, isResourceType } from './element-types.ts'
import { compileInvariant, type Invariant, type InvariantOptions } from './invariants.ts'
import { type ProfileConstraint, withoutVersion } from './profile-definition.ts'
import { targetOf } from './profile-discriminators.ts'
import { type ElementForm, type ElementInfo, type Found, gather } from './profile-elements.ts'
import { isObject } from './resource.ts'
import { type MemberCheck, maximumOf, quickMember, several, single, wordsOf } from './profile-members.ts'
import { calling, NEVER, type Place, quickOf, type Unit, withQuick } from './profile-quick.ts'
import { type Loose, type ProfileScope, resolve } from './profile-scope.ts'
import { compileSlicing, type ItemCheck, type Surroundings } from './profile-slicing.ts'
import { nodeAt, ownersOf, type ProfileNode, sameList, typesOf } from './profile-tree.ts'
import { valueChecks } from './profile-values.ts'
import type { Resource } from './resource.ts'
import { add, type Fault, type Faults, join } from './structure-faults.ts'

/** What the compiler needs of the set of profiles it belongs to. */
export interface CompileOptions extends Omit<Surroundings, 'item'> {
  /** `free`: the type of a target that is not at hand, known from the reference's text alone, is only a warning. */
  readonly references?: 'enforced' | 'free'
}

const NOTHING: Loose = {}

/**
 * The check of a profile on something of its type.
 * @throws Error for a slicing or an invariant that is not understood
 */
export function compileProfile(root: ProfileNode, options: CompileOptions): ItemCheck {
  const type = root.rootType ?? ''
  const form: ElementForm = { key: type, sibling: undefined, code: type, owner: type, segment: '' }
  return (
    new Compiler(root, options).item(root, form) ??
    withQuick(
      () => undefined,
      () => [],
    )
  )
}

/** The check of one element or slice of a profile on a value of it, for profiles that point to it alone. */
export function compileElement(root: ProfileNode, node: ProfileNode, options: CompileOptions): ItemCheck | undefined {
  return new Compiler(root, options).itemOfAnyForm(node)
}

class Compiler {
  readonly #root: ProfileNode
  readonly #options: CompileOptions
  readonly #around: Surroundings
  /** Item checks that a contentReference leads to. */
  readonly #shared = new Map<ProfileNode, { check: ItemCheck | undefined }>()

  constructor(root: ProfileNode, options: CompileOptions) {
    this.#root = root
    this.#options = options
    this.#around = { ...options, item: (slice) => this.itemOfAnyForm(slice) }
  }

  /** What a node asks of each value of one type; undefined if nothing. */
  item(node: ProfileNode, form: ElementForm): ItemCheck | undefined {
    const content = [...this.#ownChecks(node), ...this.#typeChecks(node, form), ...this.#memberChecks(node, form)]
    const invariants = this.#invariants(node, form)
    if (form.code !== 'Resource') return inTurn([...content, ...invariants])
    // A rule on the element is one of the resource around it; what the inner resource holds is its own.
    const inner = inTurn(content)
    return inTurn([...(inner ? [inOwnScope(inner, node.info?.name === 'contained')] : []), ...invariants])
  }

  #ownChecks(node: ProfileNode): ItemCheck[] {
    return valueChecks(node, this.#options.isMember).map((check): ItemCheck => {
      const { text } = check
      return withQuick(
        (found) => check(undefined, '', found.value),
        ({ value }, unit) =>
          text === undefined
            ? [`if (${unit.name(check)}(undefined, '', ${value}) !== undefined) return false`]
            : [`if (${value} !== ${JSON.stringify(text)}) return false`],
      )
    })
  }

  #typeChecks(node: ProfileNode, form: ElementForm): ItemCheck[] {
    if (node.types === undefined) return []
    const base = node.info?.element.type ?? []
    const checks: ItemCheck[] = []
    if (form.code === 'Resource') {
      const codes = node.types.map(({ code }) => code)
      checks.push(({ code }) =>
        codes.some((type) => descendsFrom(code, type))
          ? undefined
          : add(undefined, 'profile-type', '', `The profile allows only: ${codes.join(', ')}.`),
      )
    }
    for (const type of node.types) {
      if (type.code !== form.code && form.code !== 'Resource') continue
      const before = base.find(({ code }) => code === type.code)
      const profiles = sameList(type.profile, before?.profile) ? [] : (type.profile ?? [])
      const check = this.#oneOf(node, profiles, type.code, form.code)
      if (check) checks.push(form.code === 'Resource' ? only(type.code, check) : check)
      if (form.code === 'Reference' && !sameList(type.targetProfile, before?.targetProfile)) {
        const target = this.#target(node, type)
        if (target) checks.push(target)
      }
      if (form.code === 'Reference' && type.aggregation?.length) checks.push(aggregated(type.aggregation))
    }
    return checks
  }

  /** Conformance to at least one of the profiles on a type. */
  #oneOf(node: ProfileNode, profiles: readonly string[], type: string, form: string): ItemCheck | undefined {
    const checks: ItemCheck[] = []
    for (const canonical of profiles) {
      const about = this.#options.typeOf(canonical)
      if (about !== undefined && about !== type && form !== 'Resource' && !descendsFrom(type, about)) {
        this.#options.note(`${node.label}: the profile ${canonical} is for ${about}, so it is not enforced there.`)
        return undefined
      }
      const check = this.#options.conforms(canonical)
      // Where any resource may stand, the profile says of which type it is.
      if (form === 'Resource' && type === 'Resource' && about !== undefined && about !== 'Resource') {
        checks.push(ofType(about, check))
        continue
      }
      if (!check) {
        // A type of R4 asks nothing more than R4 does.
        if (this.#options.typeOf(canonical) !== undefined) return undefined
        this.#options.note(`${node.label}: the profile ${canonical} is not loaded, so it is not enforced there.`)
        // What one of several profiles asks is not known, so that nothing can be refused for failing all.
        return undefined
      }
      checks.push(check)
    }
    const [first] = checks
    if (first === undefined || checks.length === 1) return first
    const words = `The value conforms to none of the profiles ${profiles.join(', ')}.`
    return (found, scope) =>
      checks.some((check) => check(found, scope) === undefined) ? undefined : add(undefined, 'profile-type', '', words)
  }

  /** The type of a reference's target, and the profile of the target where it is contained or in the same Bundle. */
  #target(node: ProfileNode, { targetProfile = [] }: ElementType): ItemCheck | undefined {
    const { typeOf, conforms, note, references } = this.#options
    const candidates = targetProfile.map((canonical) => ({
      canonical,
      type: typeOf(canonical),
      check: conforms(canonical),
    }))
    const unknown = candidates.filter(({ type }) => type === undefined)
    for (const { canonical } of unknown) {
      note(`${node.label}: the target profile ${canonical} is not loaded, so targets are not checked against it.`)
    }
    if (candidates.length === 0 || unknown.length > 0 || candidates.some(({ type }) => type === 'Resource'))
      return undefined
    const list = targetProfile.map(withoutVersion).join(', ')
    const check: ItemCheck = (found, scope) => {
      const target = targetOf(found, scope)
      const { reference, type: stated } = isObject(found.value) ? found.value : NOTHING
      if (typeof stated === 'string' && reference !== undefined) {
        // What is said in so many words needs nobody to look: another type, or another than the reference itself names.
        const name = bare(stated)
        if (!candidates.some(({ type }) => type === name) || (target !== undefined && target.code !== name)) {
          return add(undefined, 'profile-target', '', `The profile allows as target: ${list}.`)
        }
      }
      if (target === undefined) return undefined
      const fitting = candidates.filter(({ type }) => type === target.code)
      const { value } = target
      if (fitting.length === 0) {
        const severity = references === 'free' && value === undefined ? 'warning' : undefined
        return add(undefined, 'profile-target', '', `The profile allows as target: ${list}.`, severity)
      }
      if (!isObject(value)) return undefined
      let first: Fault | undefined
      for (const { canonical, check } of fitting) {
        const fault = check && verdict(value, canonical, check, target, scope)
        if (fault === undefined) return undefined
        first ??= fault
      }
      const why = `${target.code}${first?.path}: ${first?.diagnostics}`
      return add(undefined, 'profile-target', '', `The target must conform to ${list}. It does not: ${why}`)
    }
    const types = candidates.map(({ type }) => `${type}/`)
    const isElsewhere = ({ reference, type }: Loose, { bundle }: ProfileScope): boolean =>
      reference === undefined
        ? type === undefined
        : bundle === undefined &&
          typeof reference === 'string' &&
          types.some((one) => isPlainLink(reference, one) && (type === undefined || `${String(type)}/` === one))
    return withQuick(check, (at, unit) => {
      const key = `targets ${candidates.map(({ canonical }) => canonical).join(' ')}`
      const [plain, called] = [unit.name(isElsewhere, `${key}?`), calling(check, key)(at, unit)]
      return [`if (!${plain}(${at.value}, S)) { ${called.join('\n')} }`]
    })
  }

  #memberChecks(node: ProfileNode, form: ElementForm): ItemCheck[] {
    const checks: MemberCheck[] = []
    const owner = form.code === 'Resource' ? (ownersOf(node)[0] ?? '') : form.owner
    // In the order of R4, whichever way the profile was written.
    for (const info of this.#options.elements.all(owner)) {
      const child = node.children.get(info.name)
      const own = child && this.#element(child, info)
      if (own) checks.push(own)
      const repeated = child?.repeats && !isStated(child) ? this.#recursion(info) : undefined
      if (repeated) checks.push(repeated)
    }
    if (checks.length === 0) return []
    const all: ItemCheck = ({ value, sibling }, scope) => {
      // The children of a primitive stand in its sibling, which may be missing.
      const holder = isObject(value) ? value : isObject(sibling) ? sibling : NOTHING
      let faults: Faults
      for (const check of checks) faults = check(faults, holder, scope)
      return faults
    }
    const quick = ({ value }: Place, unit: Unit): string[] => [
      `if (typeof ${value} !== 'object') return false`,
      ...checks.map((check) => quickMember(check)(value, unit)),
    ]
    return [withQuick(all, quick)]
  }

  /**
   * An element that is defined elsewhere in the type obeys what the profile says there, unless it says otherwise here.
   * Only a snapshot can ask for that: to a differential the element is as the type itself defines it.
   */
  #recursion(info: ElementInfo): MemberCheck | undefined {
    const { contentReference } = info.element
    if (contentReference === undefined) return undefined
    const target = nodeAt(this.#root, contentReference.slice(1))
    if (!target || !saysSomething(target)) return undefined
    let shared = this.#shared.get(target)
    if (!shared) {
      shared = { check: undefined }
      this.#shared.set(target, shared)
      const form = target.info?.forms[0]
      if (form) shared.check = this.item(target, form)
    }
    const holder = shared
    return (before, parent, scope) => {
      let faults = before
      for (const found of gather(parent, info)) {
        const below = holder.check?.(found, scope)
        if (below) faults = join(faults, found.segment, below)
      }
      return faults
    }
  }

  #element(node: ProfileNode, info: ElementInfo): MemberCheck | undefined {
    const min = (node.min ?? 0) > info.element.min ? (node.min ?? 0) : 0
    const max = node.max ?? Number.POSITIVE_INFINITY
    const limit = max < maximumOf(info) ? max : Number.POSITIVE_INFINITY
    const allowed = new Set(typesOf(node).map(({ code }) => code))
    const isTyped = node.types !== undefined && info.forms[0]?.code !== 'Resource'
    const wrongForms = isTyped ? info.forms.filter(({ code }) => !allowed.has(code)) : []
    const items = new Map<string, ItemCheck>()
    for (const form of info.forms) {
      const check = wrongForms.includes(form) ? wrongType(node, info) : this.item(node, form)
      if (check) items.set(form.code, check)
    }
    const slicing = node.slices.size > 0 ? compileSlicing(node, this.#around) : undefined
    if (min === 0 && limit === Number.POSITIVE_INFINITY && items.size === 0 && !slicing) return undefined
    const rules = { min, max: limit, slicing, ...wordsOf(node, info, min, limit) }
    const [form] = info.forms
    if (!info.isList && info.forms.length === 1 && form && !slicing) return single(form, items.get(form.code), rules)
    return several(info, items, rules)
  }

  /** The check of a slice or an element, whatever the type of the item. */
  itemOfAnyForm(slice: ProfileNode): ItemCheck | undefined {
    const { info } = slice
    if (!info) return undefined
    const [first, ...others] = info.forms
    if (first && others.length === 0) return this.item(slice, first)
    const allowed = new Set(typesOf(slice).map(({ code }) => code))
    const checks = new Map<string, ItemCheck>()
    for (const form of info.forms) {
      const check = allowed.has(form.code) ? this.item(slice, form) : wrongType(slice, info)
      if (check) checks.set(form.code, check)
    }
    return checks.size === 0 ? undefined : (found, scope) => checks.get(found.code)?.(found, scope)
  }

  #invariants(node: ProfileNode, form: ElementForm): ItemCheck[] {
    const type = form.code === 'Resource' ? (ownersOf(node)[0] ?? form.code) : form.owner
    return [...node.constraints.values()].flatMap((constraint) => {
      const check = invariant(constraint, type, node.label, this.#options)
      return check ? [check] : []
    })
  }
}

function inTurn(checks: readonly ItemCheck[]): ItemCheck | undefined {
  const [first] = checks
  if (checks.length < 2) return first
  return withQuick(
    (found, scope) => {
      let faults: Faults
      for (const check of checks) {
        const below = check(found, scope)
        if (below !== undefined) faults = join(faults, '', below)
      }
      return faults
    },
    (at, unit) => checks.flatMap((check) => quickOf(check)(at, unit)),
  )
}

/** A resource inside another is `%resource` to what is said of it; only a contained one keeps its container. */
function inOwnScope(check: ItemCheck, isContained: boolean): ItemCheck {
  return (found, scope) => {
    const { value } = found
    if (!isObject(value)) return undefined
    return check(found, { ...scope, resource: value, container: isContained ? scope.container : value })
  }
}

const ofType =
  (type: string, check: ItemCheck | undefined): ItemCheck =>
  (found, scope) =>
    descendsFrom(found.code, type)
      ? check?.(found, scope)
      : add(undefined, 'profile-type', '', `The profile allows only: ${type}.`)

const only =
  (type: string, check: ItemCheck): ItemCheck =>
  (found, scope) =>
    descendsFrom(found.code, type) ? check(found, scope) : undefined

/** Where the target of a reference may stand (https://hl7.org/fhir/R4/elementdefinition.html, aggregation). */
function aggregated(modes: readonly string[]): ItemCheck {
  const words = `The profile wants the target to be: ${modes.join(', ')}.`
  const holds = (reference: string, scope: ProfileScope): boolean => {
    if (reference.startsWith('#')) return modes.includes('contained')
    return modes.includes('referenced') || (modes.includes('bundled') && resolve(reference, scope) !== undefined)
  }
  return ({ value }, scope) => {
    const reference = isObject(value) ? value.reference : undefined
    if (typeof reference !== 'string' || holds(reference, scope)) return undefined
    return add(undefined, 'profile-target', '', words)
  }
}

/** Whether a target conforms; while it is being asked, it does. */
function verdict(
  value: Loose,
  canonical: string,
  check: ItemCheck,
  target: Found,
  scope: ProfileScope,
): Fault | undefined {
  scope.judged ??= new Map()
  let known = scope.judged.get(value)
  if (!known) {
    known = new Map()
    scope.judged.set(value, known)
  }
  const before = known.get(canonical)
  if (before === true) return undefined
  known.set(canonical, true)
  const isContained =
    scope.container !== value && Array.isArray(scope.container.contained) && scope.container.contained.includes(value)
  const own = { ...scope, resource: value, container: isContained ? scope.container : value }
  const fault = check(target, own)?.find(({ severity }) => severity !== 'warning')
  if (fault) known.set(canonical, false)
  return fault
}

function wrongType(node: ProfileNode, info: ElementInfo): ItemCheck {
  const allowed = typesOf(node).map(({ code }) => code)
  const words = `The profile allows ${info.name} only as: ${allowed.join(', ')}.`
  return withQuick(() => add(undefined, 'profile-type', '', words), NEVER)
}

/** A type as Reference.type names it: by name, or by R4's url of it. */
const bare = (type: string): string =>
  type.startsWith(STRUCTURE_DEFINITION) ? type.slice(STRUCTURE_DEFINITION.length) : type

/** Whether a reference surely names something of the type, as `typeNamed` reads it. */
const isPlainLink = (reference: string, type: string): boolean =>
  reference.startsWith(type) && !reference.includes('/', type.length) && !reference.includes('?', type.length)

/** @throws Error when the expression is not FHIRPath */
function invariant(
  constraint: ProfileConstraint,
  type: string,
  label: string,
  { note, isMember, ...options }: CompileOptions,
): ItemCheck | undefined {
  const { key, expression, human = '', severity } = constraint
  if (expression === undefined || expression.trim() === '') {
    note(`${label}: the rule ${key} has no FHIRPath and is not enforced.`)
    return undefined
  }
  const conforms = conformsBy(options)
  const compiled = compile(expression, { type, isMember, conforms }, `${label}: the rule ${key}`)
  if (compiled.usesFallback) note(`${label}: the rule ${key} is left to fhirpath's evaluator.`)
  const words = `${key}: ${human}`
  const kind = severity === 'warning' ? 'warning' : undefined
  return withQuick(
    ({ value, sibling }, { resource, container }) => {
      const holds = compiled.check(resource as Resource, value, container as Resource, sibling)
      return holds ? undefined : add(undefined, 'profile-invariant', '', words, kind)
    },
    ({ value }, unit) => {
      const key = `${type}: ${expression}`
      return compiled.holds
        ? [`if (!${unit.name(compiled.holds, key)}(${value}, undefined, R, Z)) return false`]
        : [`if (!${unit.name(compiled, key)}.check(R, ${value}, Z, undefined)) return false`]
    },
  )
}

/** `conformsTo`: what a profile that is here says; of a type of R4, whether the value is of it. */
const conformsBy =
  ({ conforms, typeOf }: Pick<CompileOptions, 'conforms' | 'typeOf'>): NonNullable<InvariantOptions['conforms']> =>
  (canonical) => {
    const code = typeOf(canonical)
    const check = conforms(canonical)
    if (code === undefined) return undefined
    return (value, resource, container) => {
      const own = isObject(value) ? value.resourceType : undefined
      if (typeof own === 'string' ? !descendsFrom(own, code) : isResourceType(code)) return false
      const scope = { resource, container, bundle: undefined, judged: undefined } as unknown as ProfileScope
      const found = { value, sibling: undefined, code, owner: code, segment: '' }
      return !(check?.(found, scope) ?? []).some(({ severity }) => severity === undefined || severity === 'error')
    }
  }

function compile(expression: string, options: InvariantOptions, subject: string): Invariant {
  try {
    return compileInvariant(expression, options)
  } catch (error) {
    throw new Error(`${subject} is not FHIRPath: ${(error as Error).message}`)
  }
}

/** Whether the profile says anything of the element, be it how often it occurs. */
const isStated = (node: ProfileNode): boolean =>
  saysSomething(node) ||
  node.slices.size > 0 ||
  (node.min ?? 0) > (node.info?.element.min ?? 0) ||
  (node.max ?? Number.POSITIVE_INFINITY) < (node.info ? maximumOf(node.info) : 0)

/** Whether something below the node is constrained at all. */
function saysSomething(node: ProfileNode): boolean {
  const { types, fixed, pattern, binding, maxLength, minLength, minValue, maxValue, maxValueSet } = node
  const { constraints, children } = node
  const own = types ?? fixed ?? pattern ?? binding ?? maxLength ?? minLength ?? minValue ?? maxValue ?? maxValueSet
  if (own !== undefined || constraints.size > 0) return true
  return [...children.values()].some(isStated)
}
