/**
 * What generated validators call when something is wrong, so never on the way of a correct resource. A fault's path
 * is relative to where it was found; every function on the way out puts its own segment in front.
 */

import { checks, isShortOid, type Primitive, primitives } from './primitives.ts'
import type { ProblemKey, Severity } from './problem.ts'
import { isObject } from './resource.ts'

export interface Fault {
  readonly key: ProblemKey
  /** Grows at its front while the fault travels out. */
  path: string
  readonly diagnostics: string
  readonly severity?: Severity
  /** Key of the constraint that is broken. */
  readonly rule?: string
  /** Places below the path where the fault shows. */
  readonly within?: readonly string[]
  /** Words that cost time to find, added to the diagnostics of the faults that are answered. */
  readonly hint?: () => string
}

/** Undefined when nothing is wrong: a correct element allocates nothing. */
export type Faults = Fault[] | undefined

/** How many allowed codes are spelled out before the value set is named instead. */
const CODES_LISTED = 24
const NAME_MAX = 64
/** A hostile body could hold a million faults: this many are answered, and that there are more. */
export const FAULTS_MAX = 500
/** Warnings end here, so that they never take the place of an error. */
export const WARNINGS_MAX = 250

const isError = ({ severity }: Fault): boolean => severity === undefined || severity === 'error'

/** Whether nothing among them is an error. */
export const isAdvice = (faults: readonly Fault[]): boolean => !faults.some(isError)

/** What is missing, unknown, empty or there twice is no value of a wrong type. */
const TYPED: ReadonlySet<ProblemKey> = new Set<ProblemKey>([
  'structure-required',
  'structure-unknown-property',
  'structure-choice',
  'structure-empty',
])

/** Whether every value that is there has the JSON type that R4 gives it, so that rules may look into them. */
export const isReadable = (faults: Faults): boolean =>
  faults === undefined ||
  (faults.length < FAULTS_MAX && !faults.some(({ key }) => key.startsWith('structure-') && !TYPED.has(key)))

/** The faults before, with one more. */
export function add(
  faults: Faults,
  key: ProblemKey,
  path: string,
  diagnostics: string,
  severity?: Severity,
  rule?: string,
): Fault[] {
  const fault: Fault = { key, path, diagnostics }
  return push(faults, severity || rule ? { ...fault, ...(severity && { severity }), ...(rule && { rule }) } : fault)
}

function push(faults: Faults, fault: Fault): Fault[] {
  if (faults === undefined) return [fault]
  if (faults.length < (isError(fault) ? FAULTS_MAX : WARNINGS_MAX)) faults.push(fault)
  return faults
}

/** Adds what was found below `segment`; `below` is given away. */
export function join(faults: Faults, segment: string, below: Fault[]): Fault[] {
  for (const fault of below) fault.path = segment + fault.path
  if (faults === undefined) return below
  for (const fault of below) push(faults, fault)
  return faults
}

const asWarnings = (below: Fault[], isDoubt: (fault: Fault) => boolean): Fault[] =>
  below.map((fault) => (isDoubt(fault) ? { ...fault, severity: 'warning' } : fault))

/** What is found in a Coding whose binding allows for codes of others: what they call their system is a doubt. */
export const ofOthers = (below: Fault[]): Fault[] =>
  asWarnings(below, ({ key, path }) => key === 'uri-not-absolute' || (key === 'code-unknown' && path === '.system'))

/** What is found in a unit: that nobody knows the code is a warning. */
export const softened = (below: Fault[]): Fault[] => asWarnings(below, ({ key }) => key === 'code-unknown')

/** A constraint, as far as it is told to a sender. */
export interface Rule {
  readonly rule: string
  readonly diagnostics: string
  readonly severity: Severity
}

/** A constraint that does not hold. */
export function broken(faults: Faults, path: string, { rule, diagnostics, severity }: Rule): Fault[] {
  return push(faults, { key: 'invariant', path, diagnostics, rule, severity })
}

/** A rule of the structure step itself: its key stands at the head of the words. */
export function brokenRule(faults: Faults, path: string, diagnostics: string): Fault[] {
  return push(faults, { key: 'invariant', path, diagnostics, rule: diagnostics.slice(0, diagnostics.indexOf(':')) })
}

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

const fault = (key: ProblemKey, diagnostics: string): Fault[] => [{ key, path: '', diagnostics }]

/** Instead of an object something else was sent. */
export function notObject(value: unknown): Fault[] {
  if (value === null) return fault('structure-null', 'null is not allowed here: leave the property out.')
  if (Array.isArray(value)) {
    return fault('structure-too-many', 'A list was sent where a single object is allowed: send it without brackets.')
  }
  return fault('structure-wrong-type', `An object is needed here, and ${kindOf(value)} was sent.`)
}

/** A resource without `resourceType`, or with one that R4 does not know. */
export function unknownType(type: unknown): Fault[] {
  const rule = 'a resource names its type in resourceType, and R4 must know it (names are case-sensitive).'
  const text = type === undefined ? `resourceType was not sent: ${rule}` : `The resourceType is not one of R4: ${rule}`
  return fault('structure-resource-type', text)
}

/** An object without members. */
export function emptyObject(faults: Faults): Fault[] {
  return add(faults, 'structure-empty', '', 'An element needs a value or content: leave an empty object out (ele-1).')
}

/** A single value where R4 has a list. */
export function notList(faults: Faults, path: string, value: unknown): Fault[] {
  if (value === null) return add(faults, 'structure-null', path, 'null is not allowed here: leave the property out.')
  return add(faults, 'structure-not-a-list', path, `A list is needed here, and ${kindOf(value)} was sent: use [ ].`)
}

/** The object of a would-be list is still looked at, so that one answer names everything. */
export const asList = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? [value] : []

/** A list without items. */
export function emptyList(faults: Faults, path: string): Fault[] {
  return add(faults, 'structure-empty', path, 'An empty list is not allowed: leave the property out.')
}

/** A primitive of the wrong JSON type or the wrong form. The value is never quoted. */
export function badPrimitive(faults: Faults, path: string, type: string, value: unknown): Fault[] {
  const { json, form } = primitives[type] as Primitive
  if (value === null) return add(faults, 'structure-null', path, 'null is not allowed here: leave the property out.')
  if (Array.isArray(value)) {
    return add(
      faults,
      'structure-too-many',
      path,
      'A list was sent where a single value is allowed: send it without [ ].',
    )
  }
  const shown = type === 'elementId' ? 'string' : type
  if (typeof value !== json) {
    return add(
      faults,
      'structure-wrong-type',
      path,
      `A JSON ${json} is needed (${shown}), and ${kindOf(value)} was sent.`,
    )
  }
  if (value === '')
    return add(faults, 'structure-empty', path, 'An empty string is not allowed: leave the property out.')
  if (URIS.has(type) && isShortOid(String(value))) return add(faults, 'oid-short', path, SHORT_OID)
  const isRelative = type === 'canonical' && checks.uri?.(value as never) === true
  // R4's own examples have such; a table for testers takes them.
  return add(
    faults,
    isRelative ? 'uri-not-absolute' : 'primitive-invalid',
    path,
    `Not a valid ${shown}: it must be ${form}.`,
  )
}

const URIS: ReadonlySet<string> = new Set(['uri', 'url', 'canonical', 'oid'])
const SHORT_OID = 'An OID this short is an arc that nobody owns: take one that was given to whoever defines the system.'

export const padded = (faults: Faults, path: string): Fault[] =>
  add(
    faults,
    'white-space-outside',
    path,
    'White space at the beginning or end means nothing: leave it out.',
    'warning',
  )

export interface BoundCodes {
  readonly url: string
  /** Codes for `code` elements, `system|code` for Coding and CodeableConcept; absent where only the form is checked. */
  readonly codes?: readonly string[]
}

/** A code that is not in its required value set, or no code at all. */
export function badCode(faults: Faults, path: string, value: unknown, bound: BoundCodes): Fault[] {
  if (typeof value !== 'string' || value === '') return badPrimitive(faults, path, 'code', value)
  return add(faults, 'code-not-in-value-set', path, allowedCodes(bound))
}

/** Which codes are allowed, in words. */
export function allowedCodes({ url, codes }: BoundCodes): string {
  if (codes === undefined) return `The code does not have the form that ${url} asks for, or is none of its codes.`
  const allowed = codes.length > CODES_LISTED ? `a code of ${url}` : `one of: ${codes.join(', ')} (${url})`
  return `The code is not in the value set: it must be ${allowed}.`
}

/** `id` and `extension` beside a primitive. With a value beside it, an id alone is enough. */
export function sibling<S>(
  faults: Faults,
  path: string,
  beside: unknown,
  value: unknown,
  element: (beside: unknown, scope: S) => Faults,
  scope: S,
): Faults {
  const below = element(beside, scope)
  if (below === undefined) return faults
  if (value === undefined || value === null || !isIdAlone(beside)) return join(faults, path, below)
  // An id is enough where there is a value.
  const rest = below.filter((fault) => fault.key !== 'structure-empty' || fault.path !== '')
  return rest.length === 0 ? faults : join(faults, path, rest)
}

const isIdAlone = (beside: unknown): boolean => isObject(beside) && Object.keys(beside).join() === 'id'

/**
 * A list of primitives that is not plain: no list, empty, with nulls, or with a `_name` list beside it
 * (https://hl7.org/fhir/R4/json.html#primitive).
 * @param instead what there is to say of extensions that stand for a value
 */
export function primitiveList(
  faults: Faults,
  path: string,
  values: unknown,
  siblings: unknown,
  check: (faults: Faults, path: string, value: unknown) => Faults,
  element: (value: unknown) => Faults,
  instead: (faults: Faults, path: string) => Faults = (faults) => faults,
): Faults {
  if (values !== undefined && !Array.isArray(values)) return notList(faults, path, values)
  if (siblings !== undefined && !Array.isArray(siblings)) return notList(faults, path, siblings)
  if (values?.length === 0 || siblings?.length === 0) return emptyList(faults, path)
  let found = faults
  if (values !== undefined && siblings !== undefined && values.length !== siblings.length) {
    const text = 'The list of values and the list of their extensions (_ before the name) must be of the same length.'
    found = add(found, 'structure-list-unaligned', path, `${text} Fill gaps with null.`)
  }
  const length = Math.max(values?.length ?? 0, siblings?.length ?? 0)
  for (let i = 0; i < length; i++) {
    const value: unknown = values?.[i]
    const beside: unknown = siblings?.[i]
    const at = `${path}[${i}]`
    const nothingBeside = beside === null || beside === undefined
    if (value === undefined || (value === null && !nothingBeside)) {
      if (nothingBeside) found = add(found, 'structure-null', at, 'There is neither a value nor an extension here.')
      else found = instead(found, at)
    } else found = check(found, at, value)
    if (!nothingBeside) found = sibling(found, at, beside, value, element, undefined)
  }
  return found
}

/** The elements of `required` whose bit is not in `seen`. */
export function missing(faults: Faults, seen: number, required: readonly (readonly [string, string])[]): Faults {
  let found = faults
  required.forEach(([name, allowed], index) => {
    if ((seen & (1 << index)) !== 0) return
    const text = allowed === '' ? '' : `: one of ${allowed}`
    found = add(found, 'structure-required', `.${name}`, `${name} is required and was not sent${text}.`)
  })
  return found
}

/** A choice element that was sent in two forms. */
export function choiceTwice(faults: Faults, name: string, allowed: string): Fault[] {
  return add(faults, 'structure-choice', `.${name}`, `Only one of ${allowed} may be sent, and there are several.`)
}

const isName = (name: string): boolean => name.length <= NAME_MAX && /^_?[A-Za-z][A-Za-z0-9]*$/.test(name)

/** @param names every JSON property of the type; @param choices e.g. `value` to its allowed property names */
export function unknownProperty(
  faults: Faults,
  name: string,
  type: string,
  names: readonly string[],
  choices: Readonly<Record<string, string>>,
): Fault[] {
  // A name that is no name may hold anything, also a patient's data, so it is not repeated.
  if (!isName(name))
    return add(faults, 'structure-unknown-property', '', `${type} has a property that R4 does not know.`)
  const choice = Object.keys(choices).find((base) => name === base || isSuffixed(name, base))
  const allowed = choice === undefined ? undefined : choices[choice]
  const hint = (): string => {
    if (allowed !== undefined) return ` Allowed: ${allowed}.`
    const near = nearest(name, names)
    if (near !== undefined) return ` Did you mean ${near}?`
    return ` Known are: ${names.filter((known) => !known.startsWith('_')).join(', ')}.`
  }
  const diagnostics = `${type} has no property ${name}.`
  return push(faults, { key: 'structure-unknown-property', path: `.${name}`, diagnostics, hint })
}

const isSuffixed = (name: string, base: string): boolean =>
  name.length > base.length && name.startsWith(base) && /[A-Z]/.test(name.charAt(base.length))

function nearest(name: string, names: readonly string[]): string | undefined {
  const limit = name.length < 5 ? 1 : 2
  let best: string | undefined
  let least = limit + 1
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) > limit) continue
    const d = candidate.toLowerCase() === name.toLowerCase() ? 0 : editDistance(name, candidate)
    if (d < least) {
      least = d
      best = candidate
    }
  }
  return best
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let d = Math.min(last[j]! + 1, row[j - 1]! + 1, replaced)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, beforeLast[j - 2]! + 1)
      row.push(d)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
