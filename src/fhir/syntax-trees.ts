/**
 * Syntax trees of FHIRPath, all made by fhirpath's own parser. Those of what is shipped were made when it was: its parser
 * takes half a second for them, reading them a few milliseconds (`generated/syntax-trees.json`, written by
 * `src/generator/syntax-trees.ts`). Any other expression, of a package or of a changed table, is parsed when it comes.
 */
import { createRequire } from 'node:module'
import { fhirpath } from './fhirpath-library.ts'
import type { Syntax } from './fhirpath-syntax.ts'

/** What the file holds. */
export interface WrittenTrees {
  /** Types of nodes; a node names its own by its place in this list. */
  readonly types: readonly string[]
  /** The JSON of a tree's `Node` by its expression: most are never asked for in one run. */
  readonly trees: Readonly<Record<string, string>>
}

/** A node with its type, its text (0: none) and its children. */
type Node = readonly [type: number, text: string | 0, ...children: Node[]]

const load = createRequire(import.meta.url)
let written: WrittenTrees | undefined
/** Of what is shipped, so there is an end to them; search parameters are of several types, and asked for by each. */
const decoded = new Map<string, Syntax>()

/**
 * The syntax tree of an expression.
 * @throws Error with line and column when it is not FHIRPath
 */
export function parse(expression: string): Syntax {
  return writtenTree(expression) ?? (fhirpath().parse(parsable(expression)) as Syntax)
}

/**
 * `text.div`: the narrative's element has the name of an operator, which FHIRPath wants quoted and authors seldom quote.
 */
export const parsable = (expression: string): string => expression.replace(/\.div(?![\w`])/g, '.`div`')

/** The tree that was written when the service was built; undefined for an expression that is not shipped. */
export function writtenTree(expression: string): Syntax | undefined {
  const known = decoded.get(expression)
  if (known !== undefined) return known
  const { types, trees } = (written ??= load('#generated/syntax-trees.json') as WrittenTrees)
  const tree = Object.hasOwn(trees, expression) ? trees[expression] : undefined
  if (tree === undefined) return undefined
  const syntax = decode(JSON.parse(tree) as Node, types)
  decoded.set(expression, syntax)
  return syntax
}

/** Written for the start, where it runs thousands of times before it is optimised: no copies. */
function decode(node: Node, types: readonly string[]): Syntax {
  const type = types[node[0]] ?? ''
  const text = node[1]
  if (node.length === 2) return text === 0 ? { type } : { type, text }
  const children: Syntax[] = []
  for (let i = 2; i < node.length; i++) children.push(decode(node[i] as Node, types))
  return text === 0 ? { type, children } : { type, text, children }
}

/**
 * What the file holds for these expressions.
 * @throws Error with line and column for one that is not FHIRPath
 */
export function writeTrees(expressions: Iterable<string>): WrittenTrees {
  const types = new Map<string, number>()
  const encode = ({ type, text, children = [] }: Syntax): Node => {
    const number = types.get(type) ?? types.size
    types.set(type, number)
    return [number, text ?? 0, ...children.map(encode)]
  }
  const trees: Record<string, string> = {}
  for (const expression of expressions) {
    trees[expression] = JSON.stringify(encode(fhirpath().parse(expression) as Syntax))
  }
  return { types: [...types.keys()], trees }
}
