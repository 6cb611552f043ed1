/**
 * The fhirpath library: parser, evaluator and R4's tables. Loading it takes as long as a third of the start of the
 * service, and what is shipped needs neither its parser (`syntax-trees.ts`) nor, but for a few rules, its evaluator; so it
 * is loaded by whoever needs it first.
 */
import { createRequire } from 'node:module'
import type fhirpathModule from 'fhirpath'
import type { Model } from 'fhirpath'

const load = createRequire(import.meta.url)
let library: typeof fhirpathModule | undefined
let model: Model | undefined

/** The library itself. */
export const fhirpath = (): typeof fhirpathModule => (library ??= load('fhirpath') as typeof fhirpathModule)

/** What the library's evaluator is told of R4's types. */
export const r4Model = (): Model => (model ??= load('fhirpath/fhir-context/r4') as Model)

/** R4's types as the library has them: by path (`Task.status`; choices without `[x]`) or by name of a type. */
export interface Tables {
  /** Suffixes of the names that a choice has in JSON. */
  readonly choiceTypePaths: Readonly<Record<string, readonly string[]>>
  readonly pathsDefinedElsewhere: Readonly<Record<string, string>>
  readonly path2Type: Readonly<Record<string, string | { readonly code: string }>>
  readonly type2Parent: Readonly<Record<string, string>>
}

/** One of the tables, without the rest of the model. */
export const table = <Name extends keyof Tables>(name: Name): Tables[Name] =>
  load(`fhirpath/fhir-context/r4/${name}.json`) as Tables[Name]
