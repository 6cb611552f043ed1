/**
 * FHIRPath -> JavaScript. The syntax tree is fhirpath's own; types are known before anything runs (R4's tables), so
 * that a path becomes a few property reads. A condition is written twice, as the test that it is true and the test
 * that it is false, whichever is asked for: that is FHIRPath's three-valued logic without a third value.
 *
 * In the text, `o` is the element, `B` its `_name` sibling, `R` %resource, `Z` %rootResource and `V` what other variables
 * there are; other names come from `fhir/fhirpath-runtime.ts`.
 */
import { descendsFrom, elementKeys, isFhirType, isResourceType } from './element-types.ts'
import { NotCompiled, nameOf, required, type Syntax } from './fhirpath-syntax.ts'
import { functionCode } from './fhirpath-functions.ts'
import { parse } from './syntax-trees.ts'
import {
  ANY,
  type Code,
  type Condition,
  conditionOf,
  existsCode,
  isDate,
  isNumber,
  isPrimitive,
  keyed,
  memberCode,
  quote,
  type Type,
  truthCode,
} from './fhirpath-values.ts'

/** Where an expression is compiled: constants are shared by all expressions of one unit of code. */
export interface Unit {
  /** Name of a constant with this JavaScript value. */
  constant(prefix: string, javaScript: string): string
}

export interface ConditionOptions {
  /** A type (`Patient`, `HumanName`, `code`) or the path of a backbone element (`Timing.repeat`). */
  readonly type: string
  /** Type of `%resource`, if it is not the one `type` starts with. */
  readonly resourceType?: string
  /** Types of what is named by `%name` besides FHIRPath's own; their values are `V.name`. */
  readonly variables?: Readonly<Record<string, string>>
  /** JavaScript that asks whether the element has this member (FHIRPath name), where there is a quicker way. */
  readonly exists?: (name: string) => string | undefined
}

/** A condition as JavaScript. */
export interface ConditionCode {
  /** True when the condition is true; false when it is false or empty. */
  readonly javaScript: string
  /** Whether it may throw, as FHIRPath does for several values where one is needed. */
  readonly throws: boolean
}

/**
 * @throws NotCompiled when the expression has a construct that is left to fhirpath's evaluator
 * @throws Error when it is not FHIRPath
 */
export function conditionCode(expression: string, options: ConditionOptions, unit: Unit): ConditionCode {
  const compiler = new Compiler(options, unit)
  const { isTrue } = conditionOf(compiler.compile(parse(expression), compiler.context))
  return { javaScript: isTrue, throws: compiler.throws || THROWING.test(isTrue) }
}

/** Helpers that insist on a single value. */
const THROWING =
  /\b(single|oneOf|noneOf|isIn|isResource|startsWith|endsWith|containsText|indexOf|split|matches|replaceMatches|replace|substring|textLength|upper|lower|trim|concat|toInteger|toText|toDateTime|number|compareTexts|compareDates)\(/

const UCUM = 'http://unitsofmeasure.org'
const CONSTANTS: Readonly<Record<string, string>> = {
  ucum: UCUM,
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
}

/** What a condition may ask about besides the item it is asked of; `TEXTS` are left out first. */
const VARIABLES = /(?<![.\w])(?:[oBRZV]|x\d+)\b/g
const TEXTS = /"(?:[^"\\]|\\.)*"/g

/** Functions that ask a condition `T` of the items of a collection; `any`, `every` and `where` do it for all conditions. */
const LOOPS = {
  any: (T: string) => `(x) => {
  if (!Array.isArray(x)) return exists(x) && ${T}(x)
  for (let i = 0; i < x.length; i++) if (${T}(x[i])) return true
  return false
}`,
  every: (T: string) => `(x) => {
  if (!Array.isArray(x)) return !exists(x) || ${T}(x)
  for (let i = 0; i < x.length; i++) if (!${T}(x[i])) return false
  return true
}`,
  where: (T: string) => `(x) => {
  if (!Array.isArray(x)) return exists(x) && ${T}(x) ? x : undefined
  let one
  for (let i = 0; i < x.length; i++) {
    const item = x[i]
    if (!${T}(item)) continue
    // A list is made where it is needed: of several, and of one that would be taken for nothing or for a list.
    if (one !== undefined || item === null || Array.isArray(item)) return where(x, ${T})
    one = item
  }
  return one
}`,
}

export class Compiler {
  readonly context: Code
  /** Whether a condition that stands in a constant may throw. */
  throws = false
  readonly #options: ConditionOptions
  readonly #unit: Unit
  #variables = 0

  constructor(options: ConditionOptions, unit: Unit) {
    this.#options = options
    this.#unit = unit
    this.context = { javaScript: 'o', types: typesAt(options.type), item: 'o', sibling: 'B' }
  }

  constant(prefix: string, javaScript: string): string {
    return this.#unit.constant(prefix, javaScript)
  }

  /** A lambda over the items of `of`, as JavaScript. */
  lambda(of: Code, body: (item: Code) => string): string {
    const name = `x${this.#variables++}`
    return `(${name}) => ${body({ javaScript: name, types: of.types, item: `${name}?` })}`
  }

  /**
   * JavaScript that asks a lambda of the items of a collection. One that asks of nothing else is a constant with a loop
   * of its own: a function that serves one condition is many times faster than one that serves all.
   */
  loop(kind: keyof typeof LOOPS, items: string, lambda: string): string {
    const own = lambda.slice(1, lambda.indexOf(')'))
    const asked = lambda.replace(TEXTS, '').match(VARIABLES) ?? []
    if (asked.some((name) => name !== own)) return `${kind}(${items}, ${lambda})`
    if (THROWING.test(lambda)) this.throws = true
    return `${this.constant('A', LOOPS[kind](this.constant('T', lambda)))}(${items})`
  }

  compile(syntax: Syntax, focus: Code): Code {
    const [left, right] = syntax.children ?? []
    switch (syntax.type) {
      case 'EntireExpression':
      case 'TermExpression':
      case 'ParenthesizedTerm':
      case 'LiteralTerm':
        return this.compile(required(left), focus)
      case 'InvocationTerm':
        return required(left).type === 'MemberInvocation'
          ? this.#rootMember(nameOf(left), focus)
          : this.compile(required(left), focus)
      case 'InvocationExpression':
        return this.#invocation(required(left), required(right), focus)
      case 'ThisInvocation':
        return focus
      case 'MemberInvocation':
        return this.member(focus, nameOf(syntax))
      case 'FunctionInvocation':
        return this.#call(focus, syntax, focus)
      case 'ExternalConstantTerm':
        return this.#variable(nameOf(left?.children?.[0]))
      case 'IndexerExpression':
        return functionCode(this, 'nth', this.compile(required(left), focus), [required(right)], focus)
      case 'StringLiteral':
      case 'BooleanLiteral':
      case 'NumberLiteral':
      case 'NullLiteral':
        return literal(syntax)
      case 'PolarityExpression':
        return this.#polarity(syntax.text ?? '', this.compile(required(left), focus))
      default:
        return this.#operation(syntax, this.compile(required(left), focus), required(right), focus)
    }
  }

  #operation(syntax: Syntax, left: Code, rightSyntax: Syntax, focus: Code): Code {
    const operator = syntax.text ?? ''
    if (syntax.type === 'TypeExpression') return functionCode(this, operator, left, [rightSyntax], focus)
    const right = this.compile(rightSyntax, focus)
    switch (syntax.type) {
      case 'AndExpression':
      case 'OrExpression':
      case 'ImpliesExpression':
        return logic(operator, conditionOf(left), conditionOf(right))
      case 'EqualityExpression':
        return this.#equality(operator, left, right)
      case 'InequalityExpression':
        return inequality(operator, left, right)
      case 'MembershipExpression':
        return operator === 'in' ? this.#membership(left, right) : this.#membership(right, left)
      case 'UnionExpression':
        return this.#union(left, right)
      case 'AdditiveExpression':
      case 'MultiplicativeExpression':
        return arithmetic(operator, left, right)
      default:
        throw new NotCompiled(syntax.type)
    }
  }

  #invocation(left: Syntax, right: Syntax, focus: Code): Code {
    const of = this.compile(left, focus)
    if (right.type === 'MemberInvocation') return this.member(of, nameOf(right))
    if (right.type === 'FunctionInvocation') return this.#call(of, right, focus)
    throw new NotCompiled(right.type)
  }

  /** @param focus what names in the arguments are relative to, where they are not relative to each item */
  #call(of: Code, syntax: Syntax, focus: Code): Code {
    const call = required(syntax.children?.[0])
    return functionCode(this, nameOf(call.children?.[0]), of, call.children?.[1]?.children ?? [], focus)
  }

  #variable(name: string): Code {
    const known = CONSTANTS[name]
    if (known !== undefined) return { javaScript: quote(known), types: [STRING], literal: known }
    const given = this.#options.variables?.[name]
    if (given !== undefined) return { javaScript: `V.${name}`, types: [{ type: given, path: given }] }
    const resourceType = this.#options.resourceType ?? this.#options.type.split('.')[0] ?? ''
    const isKnown = isResourceType(resourceType)
    const type = isKnown ? resourceType : 'Resource'
    if (name === 'context') return this.context
    if (name === 'resource') return { javaScript: 'R', types: [{ type, path: type }], item: 'R' }
    // The type of the container is only known to be the resource's where nothing can contain it.
    if (name === 'rootResource')
      return { javaScript: 'Z', types: [{ type: 'Resource', path: 'DomainResource' }], item: 'Z' }
    throw new NotCompiled(name)
  }

  /** A name that starts a path: the type of what is there (`Task.status`), else an element of it. */
  #rootMember(name: string, focus: Code): Code {
    if (
      isFhirType(name) &&
      focus.types.every(({ type, path }) => type !== ANY && descendsFrom(path.includes('.') ? type : path, name))
    )
      return focus
    return this.member(focus, name)
  }

  member(of: Code, name: string): Code {
    if (of === this.context) {
      const found = memberCode(this, of, name)
      const quicker = this.#options.exists?.(name)
      return quicker === undefined ? found : { ...found, exists: quicker }
    }
    return memberCode(this, of, name)
  }

  #polarity(sign: string, operand: Code): Code {
    if (typeof operand.literal !== 'number') throw new NotCompiled('polarity')
    return sign === '-' ? literalCode(-operand.literal) : operand
  }

  #equality(operator: string, left: Code, right: Code): Code {
    if (operator !== '=' && operator !== '!=') throw new NotCompiled(operator)
    const equal = this.#equal(left, right)
    return { ...NOTHING, condition: operator === '=' ? equal : negated(equal) }
  }

  #equal(left: Code, right: Code): Condition {
    if (left.condition && right.condition && left.condition.total && right.condition.total) {
      const isTrue = `((${left.condition.isTrue}) === (${right.condition.isTrue}))`
      return { isTrue, isFalse: `!${isTrue}`, total: true }
    }
    const [value, fixed] = left.literal === undefined ? [left, right] : [right, left]
    if (fixed.literal !== undefined && value.condition === undefined) return this.#equalsLiteral(value, fixed.literal)
    const call = `same(${truthCode(left)}, ${truthCode(right)})`
    if ([...value.types, ...fixed.types].some(isDate)) throw new NotCompiled('equality of dates')
    return { isTrue: `${call} === true`, isFalse: `${call} === false` }
  }

  #equalsLiteral(value: Code, literal: string | number | boolean): Condition {
    const js = value.javaScript
    const text = quote(literal)
    // A number that is always there needs not be made a collection.
    if (typeof literal === 'number' && value.number !== undefined && value.exists === 'true') {
      return { isTrue: `(${value.number} === ${text})`, isFalse: `(${value.number} !== ${text})`, total: true }
    }
    if (typeof literal !== 'string' || !value.types.some(isDate)) {
      // One function for each literal: V8 then knows what is compared.
      const is = this.constant('E', `(x) => x === ${text} || (Array.isArray(x) && x.length === 1 && x[0] === ${text})`)
      return { isTrue: `${is}(${js})`, isFalse: `${this.constant('E', `(x) => exists(x) && !${is}(x)`)}(${js})` }
    }
    // A date never equals a text, even one that reads the same.
    if (value.choice === undefined) throw new NotCompiled('equality of a date and a text')
    const { of, keys } = value.choice
    const texts = keyed(
      this,
      of,
      keys.filter((key) => !isDate({ type: key.type, path: key.path })),
    )
    const isTrue = `(count(${js}) === 1 && is(${texts.javaScript}, ${text}))`
    return { isTrue, isFalse: `(${existsCode(value)} && !${isTrue})` }
  }

  #membership(item: Code, items: Code): Code {
    const isSafe = items.literals?.every((literal) => typeof literal !== 'string')
    if (!isSafe && [...item.types, ...items.types].some(isDate)) throw new NotCompiled('membership of dates')
    const js = truthCode(item)
    if (items.literals !== undefined) {
      const list = this.constant('L', JSON.stringify(items.literals))
      return { ...NOTHING, condition: { isTrue: `oneOf(${js}, ${list})`, isFalse: `noneOf(${js}, ${list})` } }
    }
    const call = `isIn(${js}, ${truthCode(items)})`
    return { ...NOTHING, condition: { isTrue: `${call} === true`, isFalse: `${call} === false` } }
  }

  #union(left: Code, right: Code): Code {
    const types = [...left.types, ...right.types]
    const literals = [...literalsOf(left), ...literalsOf(right)]
    return {
      javaScript: `union(${truthCode(left)}, ${truthCode(right)})`,
      types,
      parts: [...(left.parts ?? [left]), ...(right.parts ?? [right])],
      exists: `(${existsCode(left)} || ${existsCode(right)})`,
      ...(literalsOf(left).length > 0 && literalsOf(right).length > 0 && { literals }),
    }
  }
}

/** What stands at a type's name or an element's path; several types where it is a choice (`Observation.value[x]`). */
function typesAt(place: string): Type[] {
  const dot = place.lastIndexOf('.')
  if (dot === -1) {
    if (!isFhirType(place)) throw new NotCompiled(place)
    return [{ type: place, path: place }]
  }
  const name = place.slice(dot + 1).replace('[x]', '')
  const keys = elementKeys(place.slice(0, dot), name)
  if (keys.length === 0) throw new NotCompiled(place)
  return keys.map(({ type, path }) => ({ type, path }))
}

const literalsOf = (code: Code): readonly unknown[] =>
  code.literals ?? (code.literal === undefined ? [] : [code.literal])

export const STRING: Type = { type: 'System.String', path: 'System.String' }
export const INTEGER: Type = { type: 'System.Integer', path: 'System.Integer' }
export const DECIMAL: Type = { type: 'System.Decimal', path: 'System.Decimal' }
export const BOOLEAN: Type = { type: 'System.Boolean', path: 'System.Boolean' }
/** A computed boolean: its JavaScript is made from the condition. */
const NOTHING: Code = { javaScript: '', types: [BOOLEAN] }

export const negated = ({ isTrue, isFalse, total }: Condition): Condition => ({
  isTrue: isFalse,
  isFalse: isTrue,
  ...(total && { total }),
})

function literalCode(value: string | number | boolean): Code {
  const type =
    typeof value === 'string'
      ? STRING
      : typeof value === 'boolean'
        ? BOOLEAN
        : Number.isInteger(value)
          ? INTEGER
          : DECIMAL
  return { javaScript: quote(value), types: [type], literal: value }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' }

function literal({ type, text = '' }: Syntax): Code {
  if (type === 'NullLiteral') return { javaScript: 'undefined', types: [] }
  if (type === 'BooleanLiteral') {
    const value = text === 'true'
    return { ...literalCode(value), condition: { isTrue: String(value), isFalse: String(!value), total: true } }
  }
  if (type === 'NumberLiteral') return literalCode(Number(text))
  const value = text
    .slice(1, -1)
    .replace(/\\(?:u([0-9A-Fa-f]{4})|(.))/g, (_, hex: string | undefined, c: string) =>
      hex === undefined ? (ESCAPES[c] ?? c) : String.fromCharCode(Number.parseInt(hex, 16)),
    )
  return literalCode(value)
}

function logic(operator: string, a: Condition, b: Condition): Code {
  const both = `(${a.isTrue} && ${b.isTrue})`
  const neither = `(${a.isFalse} && ${b.isFalse})`
  const total = a.total && b.total ? { total: true } : {}
  const code = (isTrue: string, isFalse: string): Code => ({ ...NOTHING, condition: { isTrue, isFalse, ...total } })
  switch (operator) {
    case 'and':
      return code(both, `(${a.isFalse} || ${b.isFalse})`)
    case 'or':
      return code(`(${a.isTrue} || ${b.isTrue})`, neither)
    case 'implies':
      return code(`(${a.isFalse} || ${b.isTrue})`, `(${a.isTrue} && ${b.isFalse})`)
    case 'xor':
      return code(`((${a.isTrue} && ${b.isFalse}) || (${a.isFalse} && ${b.isTrue}))`, `(${both} || ${neither})`)
    default:
      throw new NotCompiled(operator)
  }
}

const OPPOSITE: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' }

function inequality(operator: string, left: Code, right: Code): Code {
  const opposite = OPPOSITE[operator]
  if (opposite === undefined) throw new NotCompiled(operator)
  const all = (test: (type: Type) => boolean): boolean =>
    left.types.length > 0 && right.types.length > 0 && [...left.types, ...right.types].every(test)
  const compared = (call: string): Code => ({
    ...NOTHING,
    condition: { isTrue: `(${call} ${operator} 0)`, isFalse: `(${call} ${opposite} 0)` },
  })
  if (all(isNumber)) {
    const [a, b] = [numberCode(left), numberCode(right)]
    return { ...NOTHING, condition: { isTrue: `(${a} ${operator} ${b})`, isFalse: `(${a} ${opposite} ${b})` } }
  }
  const args = `(${left.javaScript}, ${right.javaScript})`
  if (all((type) => isDate(type) && type.type !== 'time')) return compared(`compareDates${args}`)
  if (all((type) => isPrimitive(type) && !isDate(type) && !isNumber(type) && !/boolean/i.test(type.type))) {
    return compared(`compareTexts${args}`)
  }
  throw new NotCompiled('comparison')
}

export const numberCode = (code: Code): string =>
  code.number ?? (typeof code.literal === 'number' ? quote(code.literal) : `number(${code.javaScript})`)

function arithmetic(operator: string, left: Code, right: Code): Code {
  if (operator === '&') {
    const isText = ({ type }: Type): boolean =>
      type !== ANY && !isNumber({ type, path: type }) && !/boolean/i.test(type)
    if (![...left.types, ...right.types].every(isText)) throw new NotCompiled('&')
    return { javaScript: `concat(${left.javaScript}, ${right.javaScript})`, types: [STRING] }
  }
  // Decimals are not binary fractions: their arithmetic is the evaluator's.
  const isWhole = ({ type }: Type): boolean => isNumber({ type, path: type }) && !/decimal/i.test(type)
  if (!['+', '-', '*'].includes(operator) || ![...left.types, ...right.types].every(isWhole))
    throw new NotCompiled(operator)
  const number = `(${numberCode(left)} ${operator} ${numberCode(right)})`
  return { javaScript: `numeric(${number})`, types: [INTEGER], number }
}
