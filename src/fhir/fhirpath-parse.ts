/**
 * FHIRPath -> syntax tree. The grammar is fhirpath's (https://hl7.org/fhirpath/N1/grammar.html): what definitions are
 * written in, names, functions, operators and plain literals, is read here by precedence, a hundred times faster; and
 * whatever else there is, mistakes among them, is left to fhirpath's own parser. Tests hold that both give the same tree.
 */
import { fhirpath } from './fhirpath-library.ts'
import type { Syntax } from './fhirpath-syntax.ts'

/**
 * The syntax tree of an expression.
 * @throws Error with line and column when it is not FHIRPath
 */
export function parse(expression: string): Syntax {
  return new Reader(expression).entire() ?? (fhirpath().parse(expression) as Syntax)
}

/** Spaces, then one token: a name, a whole number or decimal, a text, an operator or bracket. */
const TOKEN =
  /[ \r\n\t]*(?:([A-Za-z_]\w*)|(`(?:\\.|[^\\`])+`)|(\d+(?:\.\d+)?)(?!\w)|('(?:\\.|[^\\'])*')|(\$this\b|<=|>=|!=|!~|[-.,()[\]+*&|<>=~%/{}]))/sy

/** Binary operators from the one that binds loosest to the one that binds closest, each level from the left. */
const LEVELS: Readonly<Record<string, readonly [level: number, type: string]>> = {
  implies: [1, 'ImpliesExpression'],
  or: [2, 'OrExpression'],
  xor: [2, 'OrExpression'],
  and: [3, 'AndExpression'],
  in: [4, 'MembershipExpression'],
  contains: [4, 'MembershipExpression'],
  '=': [5, 'EqualityExpression'],
  '~': [5, 'EqualityExpression'],
  '!=': [5, 'EqualityExpression'],
  '!~': [5, 'EqualityExpression'],
  '<=': [6, 'InequalityExpression'],
  '<': [6, 'InequalityExpression'],
  '>': [6, 'InequalityExpression'],
  '>=': [6, 'InequalityExpression'],
  '|': [7, 'UnionExpression'],
  is: [8, 'TypeExpression'],
  as: [8, 'TypeExpression'],
  '+': [9, 'AdditiveExpression'],
  '-': [9, 'AdditiveExpression'],
  '&': [9, 'AdditiveExpression'],
  '*': [10, 'MultiplicativeExpression'],
  '/': [10, 'MultiplicativeExpression'],
  div: [10, 'MultiplicativeExpression'],
  mod: [10, 'MultiplicativeExpression'],
}
const LOOSEST = 1
const POLARITY = 11

/** Words of the grammar that cannot be names, and those that make a quantity of a number before them. */
const RESERVED = new Set(['and', 'or', 'xor', 'implies', 'div', 'mod', 'true', 'false'])
const PRECISIONS = /^(?:year|month|week|day|hour|minute|second|millisecond)s?$/

/** Thrown where fhirpath's parser has to look. */
class Unread extends Error {}

type Kind = 'name' | 'delimited' | 'number' | 'string' | 'symbol' | 'end'

class Reader {
  readonly #source: string
  #kind: Kind = 'end'
  #text = ''
  /** Where the token begins, the next one begins, and the one before ended. */
  #start = 0
  #next = 0
  #before = 0

  constructor(source: string) {
    this.#source = source
  }

  /** Undefined for what is fhirpath's to read. */
  entire(): Syntax | undefined {
    try {
      this.#advance()
      const children = [this.#expression(LOOSEST)]
      // fhirpath has this node twice.
      const tree = { type: 'EntireExpression', children: [{ type: 'EntireExpression', children }] }
      return this.#kind === 'end' ? tree : undefined
    } catch (error) {
      if (error instanceof Unread) return undefined
      throw error
    }
  }

  #advance(): void {
    this.#before = this.#next
    TOKEN.lastIndex = this.#next
    const found = TOKEN.exec(this.#source)
    if (found === null) {
      if (this.#source.slice(this.#next).trim() !== '') throw new Unread()
      this.#kind = 'end'
      this.#text = ''
      return
    }
    const [, name, delimited, number, string, symbol] = found
    this.#kind =
      name !== undefined
        ? 'name'
        : delimited !== undefined
          ? 'delimited'
          : number !== undefined
            ? 'number'
            : string !== undefined
              ? 'string'
              : 'symbol'
    this.#text = name ?? delimited ?? number ?? string ?? symbol ?? ''
    this.#next = TOKEN.lastIndex
    this.#start = this.#next - this.#text.length
    // A comment, or an object made in place.
    const after = this.#source[this.#next]
    if (this.#text === '{' || (this.#text === '/' && (after === '/' || after === '*'))) throw new Unread()
  }

  /** Takes the token when it is this symbol. */
  #took(symbol: string): boolean {
    if (this.#kind !== 'symbol' || this.#text !== symbol) return false
    this.#advance()
    return true
  }

  #expect(symbol: string): void {
    if (!this.#took(symbol)) throw new Unread()
  }

  /** What binds at least as closely as `level`. */
  #expression(level: number): Syntax {
    let left = this.#operand()
    for (;;) {
      const operator = this.#kind === 'name' || this.#kind === 'symbol' ? LEVELS[this.#text] : undefined
      if (operator === undefined || operator[0] < level) return left
      const [binds, type] = operator
      const text = this.#text
      this.#advance()
      const right = type === 'TypeExpression' ? this.#typeSpecifier() : this.#expression(binds + 1)
      left = { type, text, children: [left, right] }
    }
  }

  #operand(): Syntax {
    if (this.#kind === 'symbol' && (this.#text === '+' || this.#text === '-')) {
      const text = this.#text
      this.#advance()
      return { type: 'PolarityExpression', text, children: [this.#expression(POLARITY)] }
    }
    let left: Syntax = { type: 'TermExpression', children: [this.#term()] }
    for (;;) {
      if (this.#took('.')) left = { type: 'InvocationExpression', children: [left, this.#invocation()] }
      else if (this.#took('[')) {
        left = { type: 'IndexerExpression', children: [left, this.#expression(LOOSEST)] }
        this.#expect(']')
      } else return left
    }
  }

  #term(): Syntax {
    const text = this.#text
    if (this.#took('(')) {
      const children = [this.#expression(LOOSEST)]
      this.#expect(')')
      return { type: 'ParenthesizedTerm', children }
    }
    if (this.#took('%')) {
      const children = [{ type: 'ExternalConstant', children: [this.#identifier()] }]
      const name = children[0]?.children[0]?.text ?? ''
      if (name.startsWith('`')) throw new Unread()
      return { type: 'ExternalConstantTerm', text: name, children }
    }
    const literal = this.#literalType()
    if (literal === undefined) return { type: 'InvocationTerm', children: [this.#invocation()] }
    this.#advance()
    if (literal === 'NumberLiteral' && (this.#kind === 'string' || PRECISIONS.test(this.#text))) throw new Unread()
    return { type: 'LiteralTerm', text, children: [{ type: literal, text }] }
  }

  #literalType(): string | undefined {
    if (this.#kind === 'number') return 'NumberLiteral'
    if (this.#kind === 'string') return 'StringLiteral'
    return this.#kind === 'name' && (this.#text === 'true' || this.#text === 'false') ? 'BooleanLiteral' : undefined
  }

  #invocation(): Syntax {
    if (this.#took('$this')) return { type: 'ThisInvocation' }
    const name = this.#identifier()
    const text = name.text ?? ''
    if (!this.#took('(')) return { type: 'MemberInvocation', text, children: [name] }
    if (text === 'sort' || text === '`sort`') throw new Unread()
    const children = this.#took(')') ? [name] : [name, this.#parameters()]
    return { type: 'FunctionInvocation', text, children: [{ type: 'Functn', text, children }] }
  }

  #parameters(): Syntax {
    const children: Syntax[] = []
    do {
      const from = this.#start
      const parameter = this.#expression(LOOSEST)
      // Some functions read a parameter as a name.
      const isPath = parameter.type === 'TermExpression' || parameter.type === 'InvocationExpression'
      children.push(isPath ? { ...parameter, text: this.#textFrom(from) } : parameter)
    } while (this.#took(','))
    this.#expect(')')
    return { type: 'ParamList', children }
  }

  /** The tokens since a place, without the spaces between them. */
  #textFrom(from: number): string {
    const text = this.#source.slice(from, this.#before)
    return text.replace(/('(?:\\.|[^\\'])*'|`(?:\\.|[^\\`])+`)|[ \r\n\t]+/gs, '$1')
  }

  #typeSpecifier(): Syntax {
    const names = [this.#identifier()]
    while (this.#took('.')) names.push(this.#identifier())
    const text = names.map((name) => name.text).join('.')
    return { type: 'TypeSpecifier', text, children: [{ type: 'QualifiedIdentifier', children: names }] }
  }

  #identifier(): { readonly type: string; readonly text: string } {
    const text = this.#text
    const isName = this.#kind === 'name' && !RESERVED.has(text) && !PRECISIONS.test(text)
    if (!isName && this.#kind !== 'delimited') throw new Unread()
    this.#advance()
    return { type: 'Identifier', text }
  }
}
