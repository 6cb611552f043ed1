/**
 * FHIRPath compiled to plain closures. The syntax tree is that of fhirpath's own parser, so there is one grammar;
 * what is compiled here is the part that definitions use on every write: paths, choice types, unions, type tests,
 * `where`, `exists`, indexers, literals and logic. Everything else is handed to fhirpath's evaluator, which is also
 * the oracle in the tests (https://hl7.org/fhirpath/N1, https://hl7.org/fhir/R4/fhirpath.html).
 */
import { descendsFrom, elementKeys, isFhirType, isResourceType } from './element-types.ts'
import { fhirpath, r4Model } from './fhirpath-library.ts'
import { parse } from './syntax-trees.ts'
import {
  isLiteral,
  type Literal,
  literalOf,
  NotCompiled,
  nameOf,
  required,
  startOf,
  type Syntax,
  startsAt,
  typeName,
  unionMembers,
} from './fhirpath-syntax.ts'
import { isObject, type Resource } from './resource.ts'

/** A node of a resource with what R4 says it is. */
export interface TypedNode {
  /** FHIR type (`CodeableConcept`, `code`, `Task`), `System.Boolean` and the like for computed values, or ANY_TYPE. */
  readonly type: string
  /** The JSON value; undefined for a primitive that has only extensions. */
  readonly value: unknown
  /** Where its children are defined: see `ElementKey.path`. */
  readonly path: string
  /** The `_name` sibling of a primitive. */
  readonly sibling?: unknown
}

/** Type of a node whose type cannot be known from here: every type test holds for it. */
export const ANY_TYPE = '*'

/** What `resolve()` finds: nothing is fetched, so usually a node of which only the type is known. */
export type Resolve = (node: TypedNode, root: Resource) => TypedNode | undefined

export interface CompileOptions {
  /** Keep only those members of a top-level union that start at this resource type (or at no type at all). */
  readonly type?: string
  /** Without it `resolve()` finds nothing. */
  readonly resolve?: Resolve
}

export interface CompiledPath {
  (resource: Resource): readonly TypedNode[]
  /** True when fhirpath's evaluator does the work because the compiler does not know a construct. */
  readonly usesFallback: boolean
  /** False when `type` was given and no member of the union starts there. */
  readonly applies: boolean
}

interface Environment {
  readonly root: Resource
  readonly rootNodes: readonly TypedNode[]
  readonly resolve: Resolve
}

type Step = (input: readonly TypedNode[], environment: Environment) => readonly TypedNode[]

const NONE: readonly TypedNode[] = []
const TRUE: readonly TypedNode[] = [{ type: 'System.Boolean', value: true, path: 'System.Boolean' }]
const FALSE: readonly TypedNode[] = [{ type: 'System.Boolean', value: false, path: 'System.Boolean' }]
const truth = (value: boolean | undefined): readonly TypedNode[] => (value === undefined ? NONE : value ? TRUE : FALSE)

/**
 * Compiles one expression.
 * @throws Error when the expression is not FHIRPath, or when it needs both `resolve()` and the fallback
 */
export function compilePath(expression: string, options: CompileOptions = {}): CompiledPath {
  const syntax: Syntax = parse(expression)
  const { type } = options
  const all = unionMembers(syntax)
  const members = all.filter((member) => type === undefined || startsAt(member, type))
  const resolve = options.resolve ?? (() => undefined)
  let run: (resource: Resource) => readonly TypedNode[]
  let usesFallback = false
  try {
    // One member left of several still holds each value once, as their union would.
    const step = union(members.map(compile), all.length > 1)
    const isThere = type === undefined ? undefined : startsWith(members, type)
    run = (resource) => {
      if (isThere?.(resource) === false) return NONE
      const rootNodes = [{ type: resource.resourceType, value: resource, path: resource.resourceType }]
      return step(rootNodes, { root: resource, rootNodes, resolve })
    }
  } catch (error) {
    if (!(error instanceof NotCompiled)) throw error
    usesFallback = true
    run = evaluator(expression)
  }
  return Object.assign((resource: Resource) => run(resource), { usesFallback, applies: members.length > 0 })
}

/**
 * Whether a resource has any element that the members of a union start at: of most parameters it has none, and is told
 * so here without walking. Undefined where nothing there may still mean something (`exists()`).
 */
function startsWith(members: readonly Syntax[], type: string): ((resource: Resource) => boolean) | undefined {
  const names = members.map((member) => startOf(member, type))
  if (names.some((name) => name === undefined)) return undefined
  let keys: readonly string[] | undefined
  return (resource) => {
    if (resource.resourceType !== type) return true
    keys ??= names.flatMap((name = '') => elementKeys(type, name).flatMap(({ key, sibling }) => [key, sibling]))
    return keys.some((key) => Object.hasOwn(resource, key))
  }
}

/** An expression relative to a node of a resource. */
export type NodePath = (node: TypedNode, root: Resource) => readonly TypedNode[]

const TOP = '%resource.'

/**
 * What is parsed of an expression that starts at an element: what starts at %resource starts at the top; R4 writes
 * `DateTime` in Observation.code-value-date, where dateTime is meant.
 */
export const fromNode = (expression: string): string =>
  (expression.startsWith(TOP) ? expression.slice(TOP.length) : expression).replace(
    'ofType(DateTime)',
    'ofType(dateTime)',
  )

/**
 * Compiles an expression that starts at an element, as the components of composite search parameters do.
 * @throws Error when it is not FHIRPath, or needs more than the compiler knows
 */
export function compileNodePath(expression: string): NodePath {
  const top = expression.startsWith(TOP)
  const step = union(unionMembers(parse(fromNode(expression))).map(compile), true)
  return (node, root) => {
    const rootNodes = [{ type: root.resourceType, value: root, path: root.resourceType }]
    return step(top ? rootNodes : [node], { root, rootNodes, resolve: () => undefined })
  }
}

/** fhirpath's own evaluator with its results in our shape. */
function evaluator(expression: string): (resource: Resource) => readonly TypedNode[] {
  if (/\bresolve\s*\(/.test(expression)) {
    throw new Error(`"${expression}" uses resolve() together with a construct that is not compiled.`)
  }
  const evaluate = fhirpath().compile(expression, r4Model(), { resolveInternalTypes: false })
  return (resource) => {
    const nodes: unknown[] = evaluate(resource)
    const types = fhirpath().types(nodes)
    return nodes.map((node, index) => {
      const type = (types[index] ?? ANY_TYPE).replace(/^FHIR\./, '')
      const value = typeof node === 'object' && node !== null && 'data' in node ? node.data : node
      return { type, value, path: type }
    })
  }
}

function union(steps: readonly Step[], distinct = true): Step {
  const [only] = steps
  if (!distinct && only) return only
  return (input, environment) => {
    const all = steps.flatMap((step) => step(input, environment))
    if (all.length < 2) return all
    // A union holds each value once (N1 5.6.1); the same element reached twice is the case that occurs.
    return all.filter((node, index) => all.findIndex((other) => same(node, other)) === index)
  }
}

function same(one: TypedNode, other: TypedNode): boolean {
  if (one.value === other.value && one.sibling === other.sibling) return true
  if (typeof one.value !== 'object' || typeof other.value !== 'object') return false
  return JSON.stringify(canonical(one.value)) === JSON.stringify(canonical(other.value))
}

/** The value with the properties of every object in one order: FHIRPath equality does not look at order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, canonical(item)])
}

function compile(syntax: Syntax): Step {
  const children = syntax.children ?? []
  const [first, second] = children
  switch (syntax.type) {
    case 'EntireExpression':
    case 'TermExpression':
    case 'ParenthesizedTerm':
    case 'LiteralTerm':
      return compile(required(first))
    case 'InvocationTerm':
      return required(first).type === 'MemberInvocation' ? rootMember(nameOf(first)) : compile(required(first))
    case 'InvocationExpression': {
      const left = compile(required(first))
      const right = compile(required(second))
      return (input, environment) => right(left(input, environment), environment)
    }
    case 'MemberInvocation':
      return member(nameOf(syntax))
    case 'ThisInvocation':
      return (input) => input
    case 'FunctionInvocation':
      return functionCall(required(first))
    case 'UnionExpression':
      return union(children.map(compile))
    case 'IndexerExpression':
      return indexer(compile(required(first)), required(second))
    case 'TypeExpression':
      return typeOperator(syntax.text ?? '', compile(required(first)), typeName(required(second)))
    case 'EqualityExpression':
      return equality(syntax.text ?? '', required(first), required(second))
    case 'AndExpression':
    case 'OrExpression':
      return logic(syntax.text ?? '', compile(required(first)), compile(required(second)))
    default:
      return constant(literalOf(syntax))
  }
}

/** A name that starts a path: the type of what is there (`Task.status`), else an element of it. */
function rootMember(name: string): Step {
  const child = member(name)
  if (!isFhirType(name)) return child
  return (input, environment) => {
    const [only] = input
    // Nearly always: the resource itself.
    if (only && input.length === 1) return descendsFrom(only.type, name) ? input : child(input, environment)
    return input.flatMap((node) => (descendsFrom(node.type, name) ? [node] : child([node], environment)))
  }
}

function member(name: string): Step {
  return (input) => {
    const found: TypedNode[] = []
    for (const node of input) {
      if (node.type === name && isResourceType(name)) found.push(node)
      else collect(node, name, found)
    }
    return found
  }
}

function collect(node: TypedNode, name: string, found: TypedNode[]): void {
  // The children of a primitive (`extension`, `id`) stand in its sibling.
  const holder = isObject(node.value) ? node.value : node.sibling
  if (!isObject(holder)) return
  for (const { key, sibling, type, path } of elementKeys(node.path, name)) {
    const value = Object.hasOwn(holder, key) ? holder[key] : undefined
    const extra = Object.hasOwn(holder, sibling) ? holder[sibling] : undefined
    if (Array.isArray(value) || Array.isArray(extra)) {
      const values: readonly unknown[] = Array.isArray(value) ? value : []
      const extras: readonly unknown[] = Array.isArray(extra) ? extra : []
      for (let index = 0; index < Math.max(values.length, extras.length); index++) {
        add(values[index], extras[index], type, path, found)
      }
    } else add(value, extra, type, path, found)
  }
}

function add(value: unknown, sibling: unknown, type: string, path: string, found: TypedNode[]): void {
  if (value === undefined || value === null) {
    if (isObject(sibling)) found.push({ type, value: undefined, path, sibling })
    return
  }
  const inner = type === 'Resource' && isObject(value) ? value.resourceType : undefined
  const actual = typeof inner === 'string' ? inner : undefined
  const node = { type: actual ?? type, value, path: actual ?? path }
  found.push(isObject(sibling) ? { ...node, sibling } : node)
}

function functionCall(syntax: Syntax): Step {
  const name = nameOf(syntax.children?.[0])
  const parameters = syntax.children?.[1]?.children ?? []
  const [parameter] = parameters
  if (parameters.length > 1) throw new NotCompiled(name)
  switch (name) {
    case 'where':
      return where(compile(required(parameter)))
    case 'exists': {
      const filter = parameter ? where(compile(parameter)) : (input: readonly TypedNode[]) => input
      return (input, environment) => truth(filter(input, environment).length > 0)
    }
    case 'ofType':
    case 'as':
    case 'is':
      return typeOperator(name, (input) => input, typeName(required(parameter)))
    case 'extension': {
      const url = literalOf(required(parameter)).value
      const extensions = member('extension')
      return (input, environment) =>
        extensions(input, environment).filter((node) => isObject(node.value) && node.value.url === url)
    }
    case 'resolve':
      if (parameter) throw new NotCompiled(name)
      return (input, { resolve, root }) => input.flatMap((node) => resolve(node, root) ?? [])
    default:
      throw new NotCompiled(name)
  }
}

function where(criteria: Step): Step {
  return (input, environment) => input.filter((node) => booleanOf(criteria([node], environment)) === true)
}

/** Singleton evaluation (N1 4.5): a single item that is not a boolean counts as true. */
function booleanOf(nodes: readonly TypedNode[]): boolean | undefined {
  if (nodes.length > 1) throw new Error('FHIRPath: a condition has more than one value.')
  const [node] = nodes
  return node === undefined ? undefined : typeof node.value === 'boolean' ? node.value : true
}

function typeOperator(operator: string, operand: Step, type: string): Step {
  const fits = (node: TypedNode) => node.type === ANY_TYPE || descendsFrom(node.type, type)
  if (operator !== 'is') return (input, environment) => operand(input, environment).filter(fits)
  return (input, environment) => {
    const nodes = operand(input, environment)
    if (nodes.length > 1) throw new Error('FHIRPath: `is` has more than one value before it.')
    return nodes[0] ? truth(fits(nodes[0])) : NONE
  }
}

function indexer(operand: Step, position: Syntax): Step {
  const value = literalOf(position).value
  if (typeof value !== 'number') throw new NotCompiled('index')
  return (input, environment) => operand(input, environment).slice(value, value + 1)
}

/** Types whose equality is not that of their JSON text: the evaluator's. */
const DATE_TYPES = new Set(['date', 'dateTime', 'instant', 'time'])

function equality(operator: string, left: Syntax, right: Syntax): Step {
  if (operator !== '=' && operator !== '!=') throw new NotCompiled(operator)
  const [path, text] = isLiteral(right) ? [left, right] : [right, left]
  const wanted = literalOf(text).value
  const operand = compile(path)
  return (input, environment) => {
    const nodes = operand(input, environment)
    if (nodes.length === 0) return NONE
    const [node] = nodes
    // A date never equals a text, even one that reads the same.
    const equal = nodes.length === 1 && node !== undefined && node.value === wanted && !DATE_TYPES.has(node.type)
    return truth(equal === (operator === '='))
  }
}

/** Three-valued logic (N1 6.5). */
function logic(operator: string, left: Step, right: Step): Step {
  if (operator !== 'and' && operator !== 'or') throw new NotCompiled(operator)
  const decisive = operator === 'or'
  return (input, environment) => {
    const one = booleanOf(left(input, environment))
    if (one === decisive) return truth(decisive)
    const other = booleanOf(right(input, environment))
    if (other === decisive) return truth(decisive)
    return truth(one === undefined || other === undefined ? undefined : !decisive)
  }
}

function constant({ type, value }: Literal): Step {
  const nodes = [{ type, value, path: type }]
  return () => nodes
}
