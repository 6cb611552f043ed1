/**
 * No pattern takes more than linear time, whatever text it meets. Those in the code are checked by lint; here are those
 * that are data: in definitions, profiles and tables, and in schemas.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import regexp from 'eslint-plugin-regexp'
import { Linter } from 'eslint'
import t from 'tap'
import { packageRoot } from '../src/config.ts'

const linter = new Linter()
const RULES = { 'regexp/no-super-linear-backtracking': 'error', 'regexp/no-super-linear-move': 'error' } as const

/** The engine reads a pattern in the mode that understands it. */
function compiled(source: string): RegExp {
  try {
    return new RegExp(source, 'u')
  } catch {
    return new RegExp(source)
  }
}

function faults(source: string): string[] {
  const code = `x = ${String(compiled(source))}`
  return linter.verify(code, [{ plugins: { regexp }, rules: RULES }]).map(({ message }) => message)
}

function* filesOf(folder: string): Generator<string> {
  for (const { name, parentPath } of readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })) {
    if (/\.(?:json|ndjson|ts)$/.test(name)) yield join(parentPath, name)
  }
}

/** Patterns of `matches('…')` in FHIRPath, of the primitive types of R4, and of JSON Schema. */
function* patternsIn(value: unknown, name = ''): Generator<string> {
  if (typeof value === 'string') {
    if (name === 'pattern') yield value
    for (const [, literal = ''] of value.matchAll(/matches\('((?:[^'\\]|\\.)*)'\)/g))
      yield literal.replace(/\\(['\\])/g, '$1')
    return
  }
  if (typeof value !== 'object' || value === null) return
  const { url, valueString } = value as { url?: unknown; valueString?: unknown }
  if (typeof valueString === 'string' && /\/regex$/.test(String(url))) yield valueString
  for (const [key, inner] of Object.entries(value)) yield* patternsIn(inner, key)
}

function collected(): Map<string, string> {
  const found = new Map<string, string>()
  for (const folder of ['profiles', 'conformance']) {
    for (const file of filesOf(folder)) {
      for (const line of file.endsWith('.ndjson')
        ? readFileSync(file, 'utf8').split('\n')
        : [readFileSync(file, 'utf8')]) {
        if (line.trim() !== '') for (const pattern of patternsIn(JSON.parse(line))) found.set(pattern, file)
      }
    }
  }
  for (const file of filesOf('src')) {
    for (const [, text = ''] of readFileSync(file, 'utf8').matchAll(/\bpattern: '((?:[^'\\]|\\.)*)'/g)) {
      found.set(text.replace(/\\(.)/g, '$1'), file)
    }
  }
  return found
}

t.test('the check finds what backtracks', async (t) => {
  t.equal(faults('^(a+)+$').length > 0, true)
  t.equal(faults('\\d+x').length > 0, true)
  t.same(faults('^\\d+x'), [])
})

t.test('patterns in definitions, profiles, tables and schemas take linear time', async (t) => {
  const patterns = collected()
  t.ok(patterns.size > 20, `${patterns.size} patterns`)
  for (const [pattern, file] of patterns) t.same(faults(pattern), [], `${file.slice(packageRoot.length)}: ${pattern}`)
})
