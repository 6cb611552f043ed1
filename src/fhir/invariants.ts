/**
 * Invariants: FHIRPath that must be true at an element (https://hl7.org/fhir/R4/elementdefinition-definitions.html,
 * constraint). Compiled where the compiler knows every construct, otherwise left to fhirpath's evaluator.
 */
import fhirpath, { type UserInvocationTable } from 'fhirpath'
import r4Model from 'fhirpath/fhir-context/r4'
import { Constants } from './code-constants.ts'
import { constraintCode } from './invariant-code.ts'
import * as runtime from './fhirpath-runtime.ts'
import { NotCompiled } from './fhirpath-syntax.ts'
import { isBound } from './profile-values.ts'
import type { Resource } from './resource.ts'
import type { Terminology } from './terminology.ts'

export interface InvariantOptions {
  /** Where the expression starts: a type (`Patient`, `HumanName`, `code`) or an element's path (`Timing.repeat`). */
  readonly type: string
  /** Type of `%resource`, where it is known and `type` does not start with it. */
  readonly resourceType?: string
  /** What `memberOf(valueSet)` asks; without it such a rule does not hold. */
  readonly isMember?: Terminology['has']
}

export interface Invariant {
  /**
   * Whether the invariant holds. Only `true` does: an expression that is empty, or that cannot be evaluated, does not.
   * @param resource what `%resource` is: the resource that holds the node, a contained one where it stands in one
   * @param node the JSON value of the element, which `%context` and `$this` are; a list's items are checked one by one
   * @param rootResource what `%rootResource` is: the container of a contained resource
   * @param sibling the `_name` beside a primitive node, if there is one
   */
  check(resource: Resource, node: unknown, rootResource?: Resource, sibling?: unknown): boolean
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
      usesFallback: false,
      check(resource, node, rootResource = resource, sibling = undefined) {
        try {
          return holds(node, sibling, resource, rootResource)
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

type Holds = (node: unknown, sibling: unknown, resource: Resource, rootResource: Resource) => boolean

function compiled(expression: string, options: InvariantOptions): Holds {
  const unit = new Constants()
  const { javaScript } = constraintCode(expression, options, unit)
  const source = [
    `'use strict'`,
    `const { ${Object.keys(runtime).join(', ')} } = runtime`,
    ...unit.lines,
    `return (o, B, R, Z) => ${javaScript}`,
  ]
  return new Function('runtime', source.join('\n'))(runtime) as Holds
}

/** `as String` means FHIR's string as well; the evaluator tells them apart. */
const SYSTEM_TYPE = /\b(?:as|is)\s+(?:String|Boolean|Integer|Decimal|Date|DateTime|Time)\b/g
const lowerCase = (words: string): string => words.replace(/[A-Z]/, (letter) => letter.toLowerCase())

/** https://hl7.org/fhir/R4/fhirpath.html#functions: what is not known is not held against the resource. */
const memberOf = (isMember: Terminology['has']): UserInvocationTable[string] => ({
  arity: { 1: ['String'] },
  fn: (inputs: readonly unknown[], valueSet: string) =>
    inputs.length === 1 ? [isBound(fhirpath.util.valData(inputs[0]), valueSet, isMember) !== 'no'] : [],
})

/** By fhirpath's own evaluator. The invariant's node is its context, so that `%context` is typed as well. */
function evaluated(expression: string, { type, isMember }: InvariantOptions): Invariant {
  const evaluate = fhirpath.compile({ base: type, expression: expression.replace(SYSTEM_TYPE, lowerCase) }, r4Model, {
    resolveInternalTypes: false,
    traceFn: () => undefined,
    ...(isMember && { userInvocationTable: { memberOf: memberOf(isMember) } }),
  })
  return {
    usesFallback: true,
    check(resource, node, rootResource = resource) {
      try {
        const result: unknown[] = evaluate(node, { resource, rootResource })
        return result.length === 1 && result[0] === true
      } catch {
        return false
      }
    },
  }
}
