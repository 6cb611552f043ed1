/**
 * Structure of a resource by the R4 definitions: everything that is wrong, in the order of the document, in one pass.
 */

import { DATA_TYPES, dataTypesSource, resourceSource } from './structure-code.ts'
import { type BundleIndex, bundleFaults, bundleIndex } from './bundle-rules.ts'
import { type BaseCodes, createBaseCodes } from './base-codes.ts'
import { createDefinitionRules } from './definition-rules.ts'
import type { Definitions } from './definitions.ts'
import { isOfShortest } from './json.ts'
import { checks, isPlainText, plainChecks } from './primitives.ts'
import type { Issue } from './problem.ts'
import { type KnownUri, knownSystems } from './known-systems.ts'
import { containedFaults, containedScope, type Scope, scopeOf } from './reference-rules.ts'
import { FAULTS_MAX, type Faults, isReadable, notObject, unknownType } from './structure-faults.ts'
import { createRuntime, type Seen, type StructureMaker, type StructureOptions } from './structure-runtime.ts'
import { isObject } from './resource.ts'
import { fractionIssues } from './whole-numbers.ts'

export interface StructureValidator {
  /**
   * All issues, in document order (what is missing comes after what is there, and whole numbers written with a fraction
   * come last); empty if the structure is right. From
   * FAULTS_MAX issues on, the last one says that there may be more.
   * @param resource a parsed JSON value, of which nothing is known
   * @param options.root FHIRPath of the resource, prefix of every expression: `MedicationRequest`,
   *   `Bundle.entry[2].resource`
   * @param options.type the resource type that is expected, if only one is
   * @param options.text the JSON that the resource was parsed from. With it, most strings need not be looked at character
   *   by character, and whole numbers are judged as they were written
   * @param options.seen is given what was seen on the way; nothing where the resource is not one of R4 at all
   */
  validate(resource: unknown, options: { root: string; type?: string; text?: string | undefined; seen?: Seen }): Issue[]
  /** Compiles the function of a type now. @throws Error if R4 has no such resource type */
  compile(type: string): void
}

/** Undefined if nothing is wrong. `scope` is the resource that local references are relative to. */
type Check = (value: unknown, scope: Scope) => Faults

/**
 * A validator of resources by the base definitions. Functions are compiled at first use of a type (about a millisecond
 * each; the data types, once, about twenty), from the text of the definitions and never from a request.
 */
export function createStructureValidator(definitions: Definitions, options: StructureOptions = {}): StructureValidator {
  let current: Seen | undefined
  const codes = createBaseCodes(definitions, options.loaded?.judgeOf, options.codeForms === true ? 'error' : 'warning')
  const shared = { codes, knownUri: knownSystems(options, codes), seen: () => current }
  const careful = createCompiler(definitions, options, checks, shared)
  const plain = createCompiler(definitions, options, plainChecks, shared)
  return {
    validate(resource, { root, type, text, seen }) {
      if (type !== undefined && isObject(resource) && resource.resourceType !== type) {
        const sent = typeof resource.resourceType === 'string' && definitions.resourceTypes.has(resource.resourceType)
        if (sent) return [{ key: 'type-mismatch', expression: root, diagnostics: `A ${type} is needed here.` }]
      }
      const { check } = text !== undefined && isPlainText(text) ? plain : careful
      current = seen
      const issues = issuesOf(check(resource), root)
      if (text === undefined || isOfShortest(text)) return issues
      current = undefined
      const fractions = fractionIssues(text, issues, (marked) => issuesOf(check(marked), root))
      return fractions.length === 0 ? issues : [...issues, ...fractions]
    },
    compile(type) {
      careful.compile(type)
      plain.compile(type)
    },
  }
}

interface Compiler {
  check(resource: unknown): Faults
  compile(type: string): Check
}

/** What both sets of functions know. */
interface Shared {
  readonly codes: BaseCodes
  readonly knownUri: (uri: string) => KnownUri
  readonly seen: () => Seen | undefined
}

/** The functions of all types with one set of checks for primitives. */
function createCompiler(
  definitions: Definitions,
  options: StructureOptions,
  primitiveChecks: typeof checks,
  { codes, knownUri, seen }: Shared,
): Compiler {
  const compiled = new Map<string, Check>()
  const resources = {
    nested: (value: unknown, scope: Scope): Faults => resourceIn(value, undefined, scope.bundle),
    contained: (value: unknown, scope: Scope): Faults => resourceIn(value, scope, null),
  }
  const runtime = createRuntime(definitions, options, resources, primitiveChecks, codes, knownUri)
  const definitionRules = createDefinitionRules(definitions, options.loaded, options.watch?.isKnownExtension)
  const ruled = (check: Check, type: string): Check => {
    const rule = definitionRules.get(type)
    if (rule === undefined) return check
    return (value, scope) => {
      const found = check(value, scope)
      return isReadable(found) ? rule(found, value as Readonly<Record<string, unknown>>) : found
    }
  }
  const makerOf =
    options.written ??
    ((type: string): StructureMaker => {
      const source = type === DATA_TYPES ? dataTypesSource(definitions) : resourceSource(definitions, type)
      return new Function('runtime', 'dataTypes', source) as StructureMaker
    })
  let dataTypes: Readonly<Record<string, Check>> | undefined

  const compile = (type: string): Check => {
    const known = compiled.get(type)
    if (known !== undefined) return known
    if (!definitions.resourceTypes.has(type)) throw new Error(`${type} is not a resource type of R4.`)
    dataTypes ??= makerOf(DATA_TYPES)(runtime) as Readonly<Record<string, Check>>
    const check = ruled(makerOf(type)(runtime, dataTypes) as Check, type)
    compiled.set(type, check)
    return check
  }

  const checkOf = (type: unknown): Check | undefined => {
    if (typeof type !== 'string') return undefined
    return compiled.get(type) ?? (definitions.resourceTypes.has(type) ? compile(type) : undefined)
  }

  /** A resource by its own type; `outer` is given for contained ones, which belong to their container. */
  const resourceIn = (value: unknown, outer: Scope | undefined, around: BundleIndex): Faults => {
    if (!isObject(value)) return notObject(value)
    const type = value.resourceType
    const check = checkOf(type)
    if (check === undefined) return unknownType(type)
    const bundle = type === 'Bundle' ? bundleIndex(value) : around
    const scope = outer === undefined ? scopeOf(value, bundle, seen()) : containedScope(outer, value)
    let found = check(value, scope)
    if (type === 'Bundle') found = bundleFaults(found, value, definitions.resourceTypes)
    return outer === undefined && value.contained !== undefined ? containedFaults(found, value, scope) : found
  }
  return { check: (resource) => resourceIn(resource, undefined, null), compile }
}

function issuesOf(faults: Faults, root: string): Issue[] {
  if (faults === undefined) return []
  const issues = faults.map((fault): Issue => {
    const { key, severity, rule, hint } = fault
    const expression = root + fault.path
    const diagnostics = hint === undefined ? fault.diagnostics : fault.diagnostics + hint()
    const issue: { -readonly [name in keyof Issue]: Issue[name] } = { key, expression, diagnostics }
    if (severity !== undefined) issue.severity = severity
    if (rule !== undefined) issue.rule = rule
    return issue
  })
  if (faults.length < FAULTS_MAX) return issues
  const diagnostics = `There are ${FAULTS_MAX} issues or more: these are mended first, and the rest is told then.`
  return [...issues, { key: 'structure-issues-cut', expression: root, diagnostics }]
}
