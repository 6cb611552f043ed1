/**
 * Invariants: FHIRPath that must be true at an element (https://hl7.org/fhir/R4/elementdefinition-definitions.html,
 * constraint). Compiled where the compiler knows every construct, otherwise left to fhirpath's evaluator.
 */
import type { UserInvocationTable } from 'fhirpath'
import { Constants } from './code-constants.ts'
import { constraintCode } from './invariant-code.ts'
import { fhirpath, r4Model } from './fhirpath-library.ts'
import * as runtime from './fhirpath-runtime.ts'
import { NotCompiled } from './fhirpath-syntax.ts'
import { isBound } from './profile-values.ts'
import type { Resource } from './resource.ts'
import { parsable } from './syntax-trees.ts'
import type { Terminology } from './terminology.ts'

export interface InvariantOptions {
  /** Where the expression starts: a type (`Patient`, `HumanName`, `code`) or an element's path (`Timing.repeat`). */
  readonly type: string
  /** Type of `%resource`, where it is known and `type` does not start with it. */
  readonly resourceType?: string
  /** Types (`System.String`) of what is named by `%name` besides FHIRPath's own; `check` is given their values. */
  readonly variables?: Readonly<Record<string, string>>
  /** What `memberOf(valueSet)` asks; without it such a rule does not hold. */
  readonly isMember?: Terminology['has']
  /** Who judges what `conformsTo(canonical)` asks; without one such a rule does not hold. */
  readonly conforms?: (canonical: string) => Conforms | undefined
}

/** Whether a value conforms to a profile or type, in the resource that holds it. */
export type Conforms = (value: unknown, resource: Resource, rootResource: Resource) => boolean

export interface Invariant {
  /**
   * Whether the invariant holds. Only `true` does: an expression that is empty, or that cannot be evaluated, does not.
   * @param resource what `%resource` is: the resource that holds the node, a contained one where it stands in one
   * @param node the JSON value of the element, which `%context` and `$this` are; a list's items are checked one by one
   * @param rootResource what `%rootResource` is: the container of a contained resource
   * @param sibling the `_name` beside a primitive node, if there is one
   * @param variables values of `variables`
   */
  check(resource: Resource, node: unknown, rootResource?: Resource, sibling?: unknown, variables?: object): boolean
  /**
   * The compiled expression itself, for generated code that calls many of them: it throws where the expression cannot be
   * evaluated. Undefined where fhirpath's evaluator does the work.
   */
  readonly holds?: Holds
  /** True when fhirpath's evaluator does the work: some hundred times slower, and worth a line in the log at boot. */
  readonly usesFallback: boolean
}

/**
 * Compiles an invariant.
 * @throws Error when the expression is not FHIRPath
 */
export function compileInvariant(expression: string, options: InvariantOptions): Invariant {
  try {
    const holds = compiled(expression, options)
    return {
      holds,
      usesFallback: false,
      check(resource, node, rootResource = resource, sibling = undefined, variables = NO_VARIABLES) {
        try {
          return holds(node, sibling, resource, rootResource, variables)
        } catch {
          return false
        }
      },
    }
  } catch (error) {
    if (!(error instanceof NotCompiled)) throw error
    return evaluated(expression, options)
  }
}

const NO_VARIABLES: object = {}

export type Holds = (
  node: unknown,
  sibling: unknown,
  resource: Resource,
  rootResource: Resource,
  variables: object,
) => boolean

function compiled(expression: string, options: InvariantOptions): Holds {
  const unit = new Constants()
  const { javaScript } = constraintCode(expression, options, unit)
  const code = [...unit.lines, `return (o, B, R, Z, V) => ${javaScript}`].join('\n')
  const names = [...new Set(code.match(/\b[a-z]\w*/gi))].filter((name) => Object.hasOwn(runtime, name))
  const source = [`'use strict'`, `const { ${names.join(', ')} } = runtime`, code]
  return new Function('runtime', source.join('\n'))(runtime) as Holds
}

/** `as String` means FHIR's string as well; the evaluator tells them apart. */
const SYSTEM_TYPE = /\b(?:as|is)\s+(?:String|Boolean|Integer|Decimal|Date|DateTime|Time)\b/g
const lowerCase = (words: string): string => words.replace(/[A-Z]/, (letter) => letter.toLowerCase())

/** https://hl7.org/fhir/R4/fhirpath.html#functions: what is not known is not held against the resource. */
const memberOf = (isMember: Terminology['has']): UserInvocationTable[string] => ({
  arity: { 1: ['String'] },
  fn: (inputs: readonly unknown[], valueSet: string) =>
    inputs.length === 1 ? [isBound(fhirpath().util.valData(inputs[0]), valueSet, isMember) !== 'no'] : [],
})

interface Around {
  readonly resource: Resource
  readonly rootResource: Resource
}

/** What `resolve()` finds where nothing may be fetched: what is contained. */
const resolveIn =
  ({ rootResource }: Around) =>
  (inputs: readonly unknown[]): readonly unknown[] => {
    const references = inputs.map((input): unknown => fhirpath().util.valData(input))
    const found: unknown = runtime.resolve(references, rootResource)
    return Array.isArray(found) ? (found as unknown[]) : found === undefined ? [] : [found]
  }

const conformsTo =
  ({ resource, rootResource }: Around, conforms: NonNullable<InvariantOptions['conforms']>) =>
  (inputs: readonly unknown[], canonical: string): boolean[] =>
    inputs.length === 1
      ? [conforms(canonical)?.(fhirpath().util.valData(inputs[0]), resource, rootResource) ?? false]
      : []

/** `%\`vs-name\`` and `%\`ext-name\`` (https://hl7.org/fhir/R4/fhirpath.html#vars): canonicals that HL7 publishes. */
function canonicalsIn(expression: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, kind = '', name = ''] of expression.matchAll(/%[`'"](vs|ext)-([\w.-]+)[`'"]/g)) {
    found[`${kind}-${name}`] = `http://hl7.org/fhir/${kind === 'vs' ? 'ValueSet' : 'StructureDefinition'}/${name}`
  }
  return found
}

/** By fhirpath's own evaluator. The invariant's node is its context, so that `%context` is typed as well. */
function evaluated(expression: string, { type, isMember, conforms }: InvariantOptions): Invariant {
  // What the functions of a rule are asked about changes with each resource; they are asked while it is checked.
  let around: Around | undefined
  const inThis =
    <T extends readonly unknown[]>(of: (around: Around) => (...args: T) => readonly unknown[]) =>
    (...args: T): readonly unknown[] =>
      around === undefined ? [] : of(around)(...args)
  const evaluate = fhirpath().compile(
    { base: type, expression: parsable(expression).replace(SYSTEM_TYPE, lowerCase) },
    r4Model(),
    {
      resolveInternalTypes: false,
      traceFn: () => undefined,
      userInvocationTable: {
        resolve: { arity: { 0: [] }, fn: inThis(resolveIn) },
        ...(isMember && { memberOf: memberOf(isMember) }),
        ...(conforms && {
          conformsTo: { arity: { 1: ['String'] }, fn: inThis((here) => conformsTo(here, conforms)) },
        }),
      },
    },
  )
  const canonicals = canonicalsIn(expression)
  return {
    usesFallback: true,
    check(resource, node, rootResource = resource, _sibling = undefined, variables = NO_VARIABLES) {
      const before = around
      around = { resource, rootResource }
      try {
        const result = evaluate(node, { ...canonicals, ...variables, resource, rootResource }) as unknown[]
        return result.length === 1 && result[0] === true
      } catch {
        return false
      } finally {
        around = before
      }
    },
  }
}
