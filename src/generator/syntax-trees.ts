/**
 * `node src/generator/syntax-trees.ts [--check]`: has fhirpath parse every expression of what is shipped, and writes the
 * trees to `generated/syntax-trees.json`, so that the service starts without loading fhirpath and parsing them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../config.ts'
import type { Constraint, SearchParameter } from '../fhir/definitions.ts'
import { fromNode } from '../fhir/fhirpath.ts'
import { mended } from '../fhir/invariant-code.ts'
import { componentPath } from '../fhir/search-params.ts'
import { type WrittenTrees, writeTrees } from '../fhir/syntax-trees.ts'
import { expressionsOf } from '../homecare/lifecycle-load.ts'
import type { LifecycleTable } from '../homecare/lifecycle-table.ts'
import type { RulesTable } from '../homecare/rules.ts'
import { keepCurrent } from './keep-current.ts'

/** A structure or profile, as far as it holds expressions. */
interface Constrained {
  readonly snapshot?: { readonly element: readonly { readonly constraint?: readonly Constraint[] }[] }
  readonly differential?: Constrained['snapshot']
}

const text = (file: string): string => readFileSync(join(packageRoot, file), 'utf8')
const read = <T>(file: string): T => JSON.parse(text(file)) as T
const readLines = <T>(file: string): T[] =>
  text(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
const readFolder = <T>(folder: string): T[] =>
  readdirSync(join(packageRoot, folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => read<T>(`${folder}/${name}`))

function* ofStructures(): Generator<string | undefined> {
  const structures = [
    ...readLines<Constrained>('profiles/base/StructureDefinition.ndjson'),
    ...readLines<Constrained>('profiles/base/Profile.ndjson'),
    ...readFolder<Constrained>('profiles/StructureDefinition'),
  ]
  for (const { snapshot, differential } of structures) {
    for (const { constraint = [] } of [...(snapshot?.element ?? []), ...(differential?.element ?? [])]) {
      for (const { expression } of constraint) yield expression === undefined ? undefined : mended(expression)
    }
  }
}

function* ofSearchParameters(): Generator<string | undefined> {
  const parameters = readLines<SearchParameter>('profiles/base/SearchParameter.ndjson')
  const byUrl = new Map(parameters.map((parameter) => [parameter.url, parameter]))
  for (const { expression, component = [] } of parameters) {
    yield expression
    for (const { definition, expression: own } of component) {
      yield fromNode(componentPath(expression, byUrl.get(definition)?.expression, own))
    }
  }
}

function* ofTables(): Generator<string | undefined> {
  for (const table of readFolder<LifecycleTable>('conformance/lifecycle')) {
    for (const [, expression] of expressionsOf(table)) yield expression
  }
  for (const { expression } of read<RulesTable>('conformance/rules.json').rules) yield expression
}

/** Every expression of what is shipped, in the form in which it is parsed; once each, in an order that stays. */
export const shipped = (): string[] =>
  [...new Set([...ofStructures(), ...ofSearchParameters(), ...ofTables()])]
    .filter((expression) => expression !== undefined)
    .toSorted()

/** One tree a line. */
function textOf({ types, trees }: WrittenTrees): string {
  const lines = Object.entries(trees).map((entry) => entry.map((part) => JSON.stringify(part)).join(':'))
  return `{"types":${JSON.stringify(types)},"trees":{\n${lines.join(',\n')}\n}}\n`
}

if (import.meta.main) keepCurrent('generated/syntax-trees.json', textOf(writeTrees(shipped())))
