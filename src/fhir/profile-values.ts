/** What a profile says of one value: fixed, pattern, length, bounds, value set. */
import { isObject } from './resource.ts'
import type { ProfileNode } from './profile-tree.ts'
import { add, type Fault, type Faults, join } from './structure-faults.ts'
import type { Terminology } from './terminology.ts'
import { canonical, UCUM } from './ucum.ts'

/** Whether a value set holds a code: see `Terminology.has`. */
export type IsMember = Terminology['has']

/** A test of one value; adds nothing when all is well. */
export interface ValueCheck {
  (faults: Faults, path: string, value: unknown): Faults
  /** The text that the value must be, where that is all there is to it. */
  readonly text?: string | undefined
}

/** Equality of values; the order of properties does not matter, that of lists does, an element's id is no part of it. */
export function equals(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => equals(item, b[i]))
  if (!isObject(a) || !isObject(b)) return false
  let count = 0
  for (const name in a) {
    if (name === 'id') continue
    if (!Object.hasOwn(b, name) || !equals(a[name], b[name])) return false
    count++
  }
  for (const name in b) if (name !== 'id') count--
  return count === 0
}

/** Whether the value has everything the pattern has (https://hl7.org/fhir/R4/elementdefinition.html, pattern[x]). */
export function fits(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((part) => value.some((item) => fits(item, part)))
  }
  if (!isObject(pattern)) return value === pattern
  return isObject(value) && Object.entries(pattern).every(([name, part]) => fits(value[name], part))
}

const PLACES_MAX = 10

/** Where a value is not as wanted: FHIRPath below it. */
function differences(value: unknown, wanted: unknown, isFixed: boolean): string[] {
  const [only, ...others] = Array.isArray(wanted) ? (wanted as unknown[]) : []
  if (Array.isArray(value) && Array.isArray(wanted) && (isFixed || others.length === 0)) {
    // Of several items that might be meant none is pointed at.
    if (!isFixed) return value.length === 1 ? below('[0]', differences(value[0], only, isFixed)) : ['']
    return wanted.flatMap((item, i) =>
      equals(value[i], item) ? [] : below(`[${i}]`, differences(value[i], item, isFixed)),
    )
  }
  if (!isObject(value) || !isObject(wanted)) return ['']
  const test = isFixed ? equals : fits
  const unlike = Object.keys(wanted).filter((name) => !test(value[name], wanted[name]))
  const foreign = isFixed ? Object.keys(value).filter((name) => name !== 'id' && !Object.hasOwn(wanted, name)) : []
  return [
    ...unlike.flatMap((name) =>
      below(`.${name}`, name in value ? differences(value[name], wanted[name], isFixed) : ['']),
    ),
    ...foreign.map((name) => `.${name}`),
  ]
}

const below = (segment: string, places: readonly string[]): string[] => places.map((place) => segment + place)

const TEXT_MAX = 300
/** A value of a definition, for words to the sender. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text
}

/** The checks that a node makes of each of its values, whatever their type. */
export function valueChecks(node: ProfileNode, isMember: IsMember): ValueCheck[] {
  const checks: ValueCheck[] = []
  const { fixed, pattern, maxLength, minLength, binding, maxValueSet } = node
  const say = (holds: (value: unknown) => boolean, words: string, wanted?: unknown): void => {
    const check = (faults: Faults, path: string, value: unknown): Faults => {
      if (value === undefined || holds(value)) return faults
      const within = isObject(wanted) ? differences(value, wanted, fixed !== undefined).slice(0, PLACES_MAX) : []
      const fault: Fault = { key: 'profile-value', path, diagnostics: words, ...(within.length > 0 && { within }) }
      return join(faults, '', [fault])
    }
    checks.push(typeof wanted === 'string' ? Object.assign(check, { text: wanted }) : check)
  }
  if (fixed) say((value) => equals(value, fixed.value), `The value must be exactly ${shown(fixed.value)}.`, fixed.value)
  if (pattern) {
    say((value) => fits(value, pattern.value), `The value must contain ${shown(pattern.value)}.`, pattern.value)
  }
  if (maxLength !== undefined) {
    say((v) => typeof v !== 'string' || [...v].length <= maxLength, `At most ${maxLength} characters are allowed.`)
  }
  if (minLength !== undefined) {
    say((v) => typeof v !== 'string' || [...v].length >= minLength, `At least ${minLength} characters are needed.`)
  }
  const { minValue, maxValue } = node
  if (minValue) say((v) => compare(v, minValue.value, 1), `The value must be at least ${shown(minValue.value)}.`)
  if (maxValue) say((v) => compare(v, maxValue.value, -1), `The value must be at most ${shown(maxValue.value)}.`)
  if (binding && ['required', 'extensible'].includes(binding.strength)) {
    checks.push(bindingCheck(binding.valueSet, binding.strength === 'required', isMember))
  }
  if (maxValueSet !== undefined) checks.push(bindingCheck(maxValueSet, true, isMember))
  return checks
}

/** Numbers, and dates that are written alike; anything else is not decided here. `sign` 1: not below, -1: not above. */
function compare(value: unknown, bound: unknown, sign: 1 | -1): boolean {
  if (typeof value === 'number' && typeof bound === 'number') return sign * (value - bound) >= 0
  if (typeof value === 'string' && typeof bound === 'string') {
    const length = Math.min(value.length, bound.length)
    const [a, b] = [value.slice(0, length), bound.slice(0, length)]
    return a === b || a > b === (sign === 1)
  }
  if (!isObject(value) || !isObject(bound) || value.system !== bound.system) return true
  if (value.code === bound.code) return compare(value.value, bound.value, sign)
  const [one, other] = [baseUnits(value), baseUnits(bound)]
  return one === undefined || other === undefined || one.unit !== other.unit || compare(one.value, other.value, sign)
}

/** A quantity of UCUM in base units, in which grams and kilograms can be compared. */
const baseUnits = ({ value, system, code }: Readonly<Record<string, unknown>>): ReturnType<typeof canonical> =>
  system === UCUM && typeof code === 'string' && typeof value === 'number' ? canonical(value, code) : undefined

/** The parts of a value that may carry a code: itself, or the codings of a CodeableConcept. */
function codedParts(value: unknown): readonly unknown[] {
  return isObject(value) && Array.isArray(value.coding) ? value.coding : [value]
}

const hasCode = (value: unknown): boolean =>
  typeof value === 'string' || codedParts(value).some((part) => isObject(part) && typeof part.code === 'string')

/** `no` only when no code is, or may be, in the value set. */
export function isBound(value: unknown, valueSet: string, isMember: IsMember): ReturnType<IsMember> {
  if (typeof value === 'string') return isMember(valueSet, undefined, value)
  const parts = codedParts(value)
  let result: ReturnType<IsMember> = 'no'
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    if (!isObject(part) || typeof part.code !== 'string') continue
    const member = isMember(valueSet, typeof part.system === 'string' ? part.system : '', part.code)
    if (member === 'yes') return 'yes'
    if (member === 'unknown') result = 'unknown'
  }
  return result
}

function bindingCheck(valueSet: string, required: boolean, isMember: IsMember): ValueCheck {
  const rule = required ? 'The profile requires a code' : 'The profile asks for a code'
  const words = `${rule} of the value set ${valueSet}${required ? '.' : ', unless none of them fits.'}`
  return (faults, path, value) => {
    if (value === undefined) return faults
    // Words alone are allowed where the value set is not the only source.
    if (!required && !hasCode(value)) return faults
    if (isBound(value, valueSet, isMember) !== 'no') return faults
    return add(faults, 'profile-binding', path, words, required ? undefined : 'warning')
  }
}
