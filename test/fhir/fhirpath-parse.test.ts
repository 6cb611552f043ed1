/** Our reader of FHIRPath gives the syntax tree of fhirpath's own parser, and leaves to it what it does not read. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fhirpath from 'fhirpath'
import fc from 'fast-check'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import { parse } from '../../src/fhir/fhirpath-parse.ts'
import type { Syntax } from '../../src/fhir/fhirpath-syntax.ts'

/** The members of a tree that anybody reads; places in the text are left out. */
const plain = ({ type, text, children }: Syntax): Syntax => ({
  type,
  ...(text === undefined ? {} : { text }),
  ...(children ? { children: children.map(plain) } : {}),
})

/** The tree, or that there is none. */
function treeBy(read: (expression: string) => Syntax, expression: string): Syntax | 'refused' {
  try {
    return plain(read(expression))
  } catch {
    return 'refused'
  }
}
const differs = (expression: string): boolean =>
  JSON.stringify(treeBy(parse, expression)) !==
  JSON.stringify(treeBy((text) => fhirpath.parse(text) as Syntax, expression))

/** Every `expression` in the definitions of R4, our own, and our tables. */
function published(): Set<string> {
  const files = globSync(['profiles/**/*.{json,ndjson}', 'conformance/**/*.json'], { cwd: packageRoot })
  const texts = files.map((file) => readFileSync(join(packageRoot, file), 'utf8'))
  const found = texts.flatMap((text) => [...text.matchAll(/"(?:expression|appliesTo|until)": ?("(?:[^"\\]|\\.)*")/g)])
  return new Set(found.map(([, quoted = '""']) => JSON.parse(quoted) as string))
}

t.test('every expression of R4, of our profiles and of our tables', async (t) => {
  const all = [...published()]
  t.ok(all.length > 1700, `${all.length} expressions`)
  t.strictSame(all.filter(differs), [])
})

const name = fc.constantFrom('a', 'status', 'as', 'is', 'in', 'contains', 'asc', '`div`', '`a b`', 'x1')
const literal = fc.constantFrom(
  "'a'",
  "'it\\'s'",
  "' \\\\ '",
  '1',
  '0.50',
  'true',
  'false',
  "''",
  '{}',
  '@2026',
  '5 days',
)
const expression = fc.letrec<{ any: string }>((tie) => {
  const any = tie('any')
  const binary = fc.constantFrom(
    ...['and', 'or', 'xor', 'implies', '=', '!=', '~', '!~', '<', '<=', '>', '>=', '|', '+', '-', '&', '*', '/'],
    ...['div', 'mod', 'in', 'contains'],
  )
  const call = fc
    .tuple(name, fc.array(any, { maxLength: 2 }))
    .map(([called, parameters]) => `${called}(${parameters.join(' , ')})`)
  return {
    any: fc.oneof(
      { maxDepth: 4 },
      name,
      literal,
      fc.constantFrom('$this', '%resource', '%context', '$index', "%'a'", '%`a`', 'day', 'a{}', 'sort(a desc)'),
      call,
      fc.tuple(any, fc.constantFrom('.', ' . '), fc.oneof(name, call)).map((parts) => parts.join('')),
      fc.tuple(any, any).map(([of, at]) => `${of}[${at}]`),
      fc.tuple(any, binary, any).map((parts) => parts.join(' ')),
      fc.tuple(any, binary, any).map((parts) => parts.join('')),
      fc
        .tuple(any, fc.constantFrom('is', 'as'), fc.constantFrom('Patient', 'System.String', 'FHIR.`x`'))
        .map((parts) => parts.join(' ')),
      any.map((inner) => `(${inner})`),
      any.map((inner) => `-${inner}`),
      any.map((inner) => `\n ${inner} /* said */`),
    ),
  }
}).any

t.test('whatever is put together from names, literals, calls and operators, mistakes included', async (t) => {
  let expressions = 0
  fc.assert(
    fc.property(
      expression,
      fc.nat(),
      fc.constantFrom('', '', '', ')', ' and', "'", '.', '$', '//'),
      (drawn, at, slip) => {
        const place = at % (drawn.length + 1)
        expressions++
        return !differs(slip === '' ? drawn : drawn.slice(0, place) + slip + drawn.slice(place))
      },
    ),
    { numRuns: 1500 },
  )
  t.equal(expressions, 1500)
})

t.test('a mistake is refused with its place', async (t) => {
  t.throws(() => parse('a.b('), /line: 1; column: 4/)
  t.throws(() => parse(''))
})
