/** The trees that were written are those of fhirpath's parser; what is not shipped is parsed by it when it comes. */
import fhirpath from 'fhirpath'
import t from 'tap'
import type { Syntax } from '../../src/fhir/fhirpath-syntax.ts'
import { table } from '../../src/fhir/fhirpath-library.ts'
import { elementKeys, namesOfElements } from '../../src/fhir/element-types.ts'
import { parse, writtenTree } from '../../src/fhir/syntax-trees.ts'
import { shipped } from '../../src/generator/syntax-trees.ts'

/** What is read of fhirpath's nodes: not where each stands in the text. */
const pruned = ({ type, text, children = [] }: Syntax): Syntax => ({
  type,
  ...(text !== undefined && { text }),
  ...(children.length > 0 && { children: children.map(pruned) }),
})
const theirs = (expression: string): Syntax => pruned(fhirpath.parse(expression) as Syntax)

t.test('every expression of what is shipped has the tree that its parser makes of it', async (t) => {
  const expressions = shipped()
  t.ok(expressions.length > 1500, `${expressions.length} expressions`)
  for (const expression of expressions) {
    const written = writtenTree(expression)
    if (written === undefined) t.fail(`${expression} was not written: run npm run generated`)
    else if (JSON.stringify(written) !== JSON.stringify(theirs(expression))) t.strictSame(written, theirs(expression))
  }
})

t.test('any other expression is parsed when it comes, or refused with its place', async (t) => {
  for (const other of ["identifier.where(system = 'urn:x').value.matches('^[0-9]+$')", 'toString', '1 + 2 day']) {
    t.equal(writtenTree(other), undefined, other)
    t.strictSame(pruned(parse(other)), theirs(other))
  }
  t.throws(() => parse('name.where('), /line: 1/)
})

t.test('every element has the type that its tables give it', async (t) => {
  const elsewhere = table('pathsDefinedElsewhere')
  const paths = Object.entries(table('path2Type')).filter(([path]) => !Object.hasOwn(elsewhere, path))
  t.ok(paths.length > 8000, `${paths.length} elements`)
  const names = namesOfElements()
  for (const [path, found] of paths) {
    const end = path.lastIndexOf('.')
    const type = typeof found === 'object' ? found.code : found
    const [key] = elementKeys(path.slice(0, end), path.slice(end + 1))
    const known = type === 'System.String' ? 'string' : type
    if (key?.type !== known || key?.element !== path) t.match(key, { type: known, element: path })
    if (!names.has(path.slice(end + 1))) t.fail(`${path} has no name`)
  }
})
