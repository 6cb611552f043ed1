/** What the text of a generated validator finds under its names (see `generator/structure-code.ts`). */

import type { Definitions, ValueSet } from './definitions.ts'
import { narrativeFault } from './narrative.ts'
import { checks, isBackwards } from './primitives.ts'
import { isAllowedTarget, referenceFault, type Scope, wrongTarget } from './reference-rules.ts'
import * as faults from './structure-faults.ts'
import { add, allowedCodes, type BoundCodes, badPrimitive, type Faults, join } from './structure-faults.ts'

type Loose = Record<string, unknown>
type ResourceCheck = (value: unknown, scope?: Scope) => Faults

interface Bound extends BoundCodes {
  /** `system|code`. */
  readonly members: ReadonlySet<string>
  readonly isForm: ((code: string) => boolean) | undefined
}

const isVisible = (code: string): boolean => {
  for (let i = 0; i < code.length; i++) {
    const c = code.charCodeAt(i)
    if (c <= 32 || c > 126) return false
  }
  return code !== ''
}

/** Forms of the code systems that no value set of R4 enumerates. */
const FORMS: Readonly<Record<string, (code: string) => boolean>> = {
  // BCP-13: type/subtype by RFC 6838, parameters allowed
  'urn:ietf:bcp:13': (code) => /^[A-Za-z0-9][\w!#$&^.+-]*\/[A-Za-z0-9*][\w!#$&^.+-]*(\s*;\s*[^\s;]+)*$/.test(code),
  'urn:ietf:bcp:47': (code) => /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(code),
  'urn:iso:std:iso:4217': (code) => /^[A-Z]{3}$/.test(code),
  'http://unitsofmeasure.org': isVisible,
}

function formOf(valueSet: ValueSet): ((code: string) => boolean) | undefined {
  if (valueSet.expansion !== undefined) return undefined
  const forms = valueSet.compose?.include.map(({ system }) => FORMS[system]) ?? []
  if (forms.length === 0 || forms.includes(undefined))
    throw new Error(`${valueSet.url}: no form is known for its codes.`)
  return (code) => forms.some((isForm) => isForm?.(code))
}

/** @param resource checks a nested resource; with a scope it is a contained one */
export function createRuntime(
  definitions: Definitions,
  modifierExtensions: ReadonlySet<string>,
  resource: ResourceCheck,
): Readonly<Record<string, unknown>> {
  const types = definitions.resourceTypes
  const valueSet = (url: string): ValueSet => {
    const found = definitions.valueSet(url)
    if (found === undefined) throw new Error(`There is no value set ${url}.`)
    return found
  }
  return {
    ...faults,
    checks,
    isBackwards,
    wrongTarget,
    has: (o: Loose, name: string): boolean => o[name] !== undefined || o[`_${name}`] !== undefined,
    isRange,
    resource: (value: unknown): Faults => resource(value),
    containedResource: (value: unknown, scope: Scope): Faults => resource(value, scope),
    targets: (value: Loose, allowed: ReadonlySet<string>, scope: Scope): boolean =>
      isAllowedTarget(value, allowed, scope, types),
    referenceAt: (found: Faults, text: string, scope: Scope): Faults => {
      const wrong = referenceFault(text, scope, types)
      return wrong === undefined ? found : join(found, '', wrong)
    },
    narrative: (found: Faults, path: string, value: unknown): Faults => {
      if (typeof value !== 'string' || value === '') return badPrimitive(found, path, 'string', value)
      const wrong = narrativeFault(value)
      return wrong === undefined ? found : add(found, 'narrative-unsafe', path, wrong)
    },
    isKnownModifier: (url: unknown): boolean => typeof url === 'string' && modifierExtensions.has(url),
    unknownModifier: (found: Faults, path: string): Faults =>
      add(
        found,
        'modifier-extension-unknown',
        path,
        'This service does not understand the modifier extension, so it cannot act safely on the element.',
      ),
    codesOf: (url: string): ReadonlySet<string> => new Set(valueSet(url).expansion?.contains.map(({ code }) => code)),
    formOf: (url: string) => formOf(valueSet(url)),
    boundTo: (url: string): Bound => {
      const set = valueSet(url)
      const contains = set.expansion?.contains
      return {
        url,
        ...(contains && { codes: contains.map(({ code }) => code) }),
        members: new Set(contains?.map(({ system, code }) => `${system}|${code}`)),
        isForm: formOf(set),
      }
    },
    isBound,
    notBound: (found: Faults, path: string, bound: Bound): Faults =>
      add(found, 'code-not-in-value-set', path, allowedCodes(bound)),
  }
}

/** Whether a Coding, or one coding of a CodeableConcept, is in the value set. */
function isBound(value: Loose, { members, isForm }: Bound): boolean {
  const codings = Array.isArray(value.coding) ? (value.coding as Loose[]) : value.code === undefined ? [] : [value]
  return codings.some(({ system, code }) =>
    isForm === undefined ? members.has(`${system}|${code}`) : typeof code === 'string' && isForm(code),
  )
}

/** rng-2, where the two are comparable: numbers in the same unit. */
function isRange(low: unknown, high: unknown): boolean {
  const a = low as Loose | null | undefined
  const b = high as Loose | null | undefined
  if (typeof a?.value !== 'number' || typeof b?.value !== 'number') return true
  const sameUnit =
    a.code === undefined && b.code === undefined ? a.unit === b.unit : a.code === b.code && a.system === b.system
  return !sameUnit || a.value <= b.value
}
