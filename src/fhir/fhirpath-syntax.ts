/** fhirpath's syntax tree, as far as the compiler reads it: names, types, literals and the members of a union. */
import { descendsFrom, isFhirType, isResourceType } from './element-types.ts'

/** A node of fhirpath's syntax tree, as far as it is read here. */
export interface Syntax {
  readonly type: string
  readonly text?: string
  readonly children?: readonly Syntax[]
}

/** Thrown while compiling: this construct is the evaluator's. */
export class NotCompiled extends Error {}

/** The operands of `|` at the top of the expression, brackets and wrappers taken off. */
export function unionMembers(syntax: Syntax): Syntax[] {
  const children = syntax.children ?? []
  if (syntax.type === 'UnionExpression') return children.flatMap(unionMembers)
  const transparent = ['EntireExpression', 'ParenthesizedTerm', 'TermExpression'].includes(syntax.type)
  return transparent && children.length === 1 ? unionMembers(children[0]!) : [syntax]
}

/** True unless the path starts at the name of another resource type. */
export function startsAt(syntax: Syntax, type: string): boolean {
  let first = syntax
  while (first.type !== 'MemberInvocation' && first.children?.[0]) first = first.children[0]
  const name = first.type === 'MemberInvocation' ? (first.text ?? '') : ''
  return name === 'DomainResource' || isResourceType(name) ? descendsFrom(type, name) : true
}

/**
 * The element of a resource of the type that a path starts at, where the path finds nothing as soon as that element has
 * nothing; undefined for any other expression.
 */
export function startOf(syntax: Syntax, type: string): string | undefined {
  const [left, right] = syntax.children ?? []
  switch (syntax.type) {
    case 'EntireExpression':
    case 'TermExpression':
    case 'ParenthesizedTerm':
    case 'IndexerExpression':
      return left && startOf(left, type)
    case 'TypeExpression':
      return left && syntax.text === 'as' ? startOf(left, type) : undefined
    case 'InvocationExpression':
      if (!left || !right) return undefined
      if (right.type === 'MemberInvocation') return isRoot(left, type) ? nameOf(right) : startOf(left, type)
      return NARROWING.has(nameOf(right.children?.[0]?.children?.[0])) ? startOf(left, type) : undefined
    default:
      return undefined
  }
}

/** Functions that find nothing in nothing. */
const NARROWING: ReadonlySet<string> = new Set(['where', 'as', 'ofType', 'resolve', 'extension'])

/** Whether it is the name of the type, or of one that it descends from. */
function isRoot(syntax: Syntax, type: string): boolean {
  if (syntax.type !== 'MemberInvocation') return syntax.children?.length === 1 && isRoot(syntax.children[0]!, type)
  const name = nameOf(syntax)
  return isFhirType(name) && descendsFrom(type, name)
}

/**
 * A part of a syntax tree that must be there.
 * @throws NotCompiled when it is not
 */
export function required(syntax: Syntax | undefined): Syntax {
  if (!syntax) throw new NotCompiled('incomplete')
  return syntax
}

/** Names may be written with backticks: `` `div` ``. */
export const nameOf = (syntax: Syntax | undefined): string => (syntax?.text ?? '').replace(/^`(.*)`$/, '$1')

/** The type named by a specifier, or by an argument that is written like a path. `System` types are the evaluator's. */
export function typeName(syntax: Syntax): string {
  const name = (syntax.text ?? '').replace(/`/g, '').replace(/^FHIR\./, '')
  if (!isFhirType(name)) throw new NotCompiled(name)
  return name
}

function unwrap(syntax: Syntax): Syntax {
  const wrapper = ['TermExpression', 'LiteralTerm', 'ParenthesizedTerm', 'EntireExpression'].includes(syntax.type)
  return wrapper && syntax.children?.[0] ? unwrap(syntax.children[0]) : syntax
}

export const isLiteral = (syntax: Syntax): boolean => /^(String|Boolean|Number)Literal$/.test(unwrap(syntax).type)

/** A literal's value and type. */
export interface Literal {
  readonly type: string
  readonly value: string | number | boolean
}

/** @throws NotCompiled for anything but a plain text, boolean or whole number */
export function literalOf(wrapped: Syntax): Literal {
  const syntax = unwrap(wrapped)
  const text = syntax.text ?? ''
  switch (syntax.type) {
    case 'StringLiteral':
      // Escapes other than a quote are rare in definitions: the evaluator's.
      if (/\\[^'"]/.test(text)) throw new NotCompiled('escape')
      return { type: 'System.String', value: text.slice(1, -1).replace(/\\(['"])/g, '$1') }
    case 'BooleanLiteral':
      return { type: 'System.Boolean', value: text === 'true' }
    case 'NumberLiteral':
      if (!/^\d{1,9}$/.test(text)) throw new NotCompiled('number')
      return { type: 'System.Integer', value: Number(text) }
    default:
      throw new NotCompiled(syntax.type)
  }
}

/** The functions of FHIRPath (https://hl7.org/fhirpath/N1, with those of its STU parts) and R4's own (https://hl7.org/fhir/R4/fhirpath.html). */
export const FHIRPATH_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'empty exists all allTrue anyTrue allFalse anyFalse subsetOf supersetOf count distinct isDistinct where select ' +
    'repeat ofType single first last tail skip take intersect exclude union combine iif toBoolean convertsToBoolean ' +
    'toInteger convertsToInteger toDate convertsToDate toDateTime convertsToDateTime toDecimal convertsToDecimal ' +
    'toQuantity convertsToQuantity toString convertsToString toTime convertsToTime indexOf lastIndexOf substring ' +
    'startsWith endsWith contains upper lower replace matches matchesFull replaceMatches length toChars split join ' +
    'trim encode decode escape unescape abs ceiling exp floor ln log power round sqrt truncate children descendants ' +
    'trace now timeOfDay today aggregate not is as type lowBoundary highBoundary precision extension hasValue ' +
    'getValue resolve elementDefinition slice checkModifiers conformsTo memberOf subsumes subsumedBy htmlChecks ' +
    'htmlChecks1 htmlChecks2 comparable defineVariable sum min max avg'
  ).split(' '),
)
