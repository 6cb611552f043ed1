/**
 * What the build has proven of the definitions that are shipped: that all of them compile, with nothing to say about any.
 * A start believes it of the same files, to the byte, and compiles each when it is first needed; of any other files, and
 * from `src/`, it compiles everything at once and stops at what is broken. The functions of R4's types, which are long,
 * are written by the build.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { StructureMaker } from './fhir/structure-runtime.ts'

/** By what is proven: files or folders, below the package root, that it depends on. */
const SOURCES = {
  lifecycles: ['conformance/lifecycle'],
  searchParameters: ['profiles/base/SearchParameter.ndjson'],
  profiles: ['profiles/base', 'profiles/StructureDefinition', 'profiles/ValueSet', 'profiles/CodeSystem'],
} as const

export type Provable = keyof typeof SOURCES

/** Beside the code that it is a proof for: a build has its own, and there is none in `src/`. */
const FILE = 'proofs.json'

/** Holds a CommonJS module for each type: its maker, as `structure.ts` would make it of the definitions. */
const STRUCTURES = 'structures'

/** @param root the package root */
export function isProven(what: Provable, root: string): boolean {
  let proofs: Partial<Record<Provable, string>>
  try {
    proofs = JSON.parse(readFileSync(join(import.meta.dirname, FILE), 'utf8')) as typeof proofs
  } catch {
    return false
  }
  return proofs[what] === digestOf(what, root)
}

/** @param folder that of the code that the build has made */
export function writeProofs(folder: string, root: string): void {
  const proofs = Object.fromEntries(Object.keys(SOURCES).map((what) => [what, digestOf(what as Provable, root)]))
  writeFileSync(join(folder, FILE), `${JSON.stringify(proofs, null, 2)}\n`)
}

/** @param source body of the maker of each type, which takes `runtime` and `dataTypes` */
export function writeStructures(folder: string, sources: Iterable<readonly [type: string, source: string]>): void {
  mkdirSync(join(folder, STRUCTURES), { recursive: true })
  for (const [type, source] of sources) {
    const text = `module.exports = function (runtime, dataTypes) {\n${source}\n}\n`
    writeFileSync(join(folder, STRUCTURES, `${type}.cjs`), text)
  }
}

const load = createRequire(import.meta.url)

/** The maker of a type's function that the build has written, where the base definitions are those it was written of. */
export const writtenStructure = (type: string): StructureMaker => load(`./${STRUCTURES}/${type}.cjs`) as StructureMaker

/** Of the names and contents of all files. */
function digestOf(what: Provable, root: string): string {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    if (statSync(join(root, path)).isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) add(join(path, name))
    } else hash.update(JSON.stringify(path)).update(readFileSync(join(root, path)))
  }
  for (const path of SOURCES[what]) add(path)
  return hash.digest('base64')
}
