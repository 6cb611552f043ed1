/**
 * What it takes to say what is wrong with a resource, made from the tables and definitions alone: no database. The
 * service and the command line check by the same.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, packageRoot } from './config.ts'
import { filterProperties, loadedCodes } from './fhir/base-codes.ts'
import type { Definitions } from './fhir/definitions.ts'
import { createProfiles, type Profiles } from './fhir/profile.ts'
import type { r4 } from './fhir/resource.ts'
import { createStructureValidator, type StructureValidator } from './fhir/structure.ts'
import { baseCodeSystems, createSearchTerminology, type SearchTerminology } from './fhir/search-terminology.ts'
import type { LoadedCodes } from './fhir/structure-runtime.ts'
import { createSubsets, type Subsets } from './fhir/subset.ts'
import {
  createTerminology,
  firstOf,
  lookupOf,
  type Terminology,
  type TerminologyOptions,
  type ValueSetSource,
} from './fhir/terminology.ts'
import { loadBaseDefinitions } from './generator/load-base.ts'
import { loadPackages, type TerminologySource } from './generator/packages.ts'
import { misformedOf } from './homecare/rule-identifiers.ts'
import { createHomecareRules, type HomecareRules } from './homecare/rules.ts'
import { isProven, writtenStructure } from './proofs.ts'
import { checkServerTable, rowsOf, type ServerTable, type TypeRow } from './server-table.ts'

export interface Limits {
  /** Entries of a Bundle. */
  readonly bundleEntries: number
  /** Nesting of objects and arrays in a body. */
  readonly jsonDepth: number
  /** Bytes of a body, after unpacking. */
  readonly bodyBytes: number
  /** Rows of a page when `_count` is not given, and at most. */
  readonly searchDefaultCount: number
  readonly searchMaxCount: number
  /** Seconds that a request may wait for news. */
  readonly wait: number
  /** Seconds the links of a page may be followed. */
  readonly pageLinkLifetime: number
}

export interface Validation extends Compiled {
  readonly limits: Limits
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** Tables and definitions, checked and compiled. */
export interface Compiled {
  readonly table: ServerTable
  /** Row of a resource type, a `*` row included; undefined for types that are not exposed. */
  row(type: string): TypeRow | undefined
  /** Every resource type that is exposed, in alphabetical order. */
  readonly exposedTypes: readonly string[]
  /** R4's own definitions. */
  readonly definitions: Definitions
  readonly structure: StructureValidator
  /** Our profiles and those of the packages that are configured. */
  readonly profiles: Profiles
  /** The codes of value sets and hierarchies that are known here, for searches. */
  readonly codes: SearchTerminology
  /** Which value sets that are known here hold a code. */
  readonly terminology: Terminology
  /** Value sets and code systems as R4, the packages and we publish them. */
  readonly published: TerminologyOptions
  readonly homecare: HomecareRules
  /** Parts of resources, for `_summary` and `_elements`. */
  readonly subsets: Subsets
}

/**
 * @param compiled of the same tables and packages, for another service in this process
 * @throws Error naming the file and what is wrong in it: nothing is checked by half a table
 */
export function createValidation(
  config: Config,
  clock: () => number = Date.now,
  compiled: Compiled = compileTables(config),
): Validation {
  const limits = {
    bundleEntries: config.bundleEntryLimit,
    jsonDepth: config.jsonDepthLimit,
    bodyBytes: config.bodyLimit,
    searchDefaultCount: config.searchDefaultCount,
    searchMaxCount: config.searchMaxCount,
    wait: config.waitLimit,
    pageLinkLifetime: config.pageLinkLifetime,
  }
  return { ...compiled, limits, clock }
}

/** @throws Error naming the file and what is wrong in it */
export function compileTables(config: Config): Compiled {
  const definitions = loadBaseDefinitions(join(packageRoot, 'profiles/base'))
  const types = [...definitions.resourceTypes]
  const table = checkServerTable(readJson(config.serverTable), types, config.serverTable)
  const rows = rowsOf(table, types)
  const proven = isProven('profiles', packageRoot)
  const { profiles, codes, terminology, published, loaded } = loadProfiles(
    definitions,
    config,
    table,
    rows.values(),
    proven,
  )
  return {
    table,
    row: (type) => rows.get(type),
    exposedTypes: [...rows.keys()],
    definitions,
    structure: createStructureValidator(definitions, {
      references: table.references,
      exposedTypes: new Set(rows.keys()),
      watch: { isKnownExtension: profiles.knowsExtension, misformedOf },
      codeForms: table.scope === 'open',
      loaded,
      modifierExtensions: new Set([...definitions.modifierExtensions, ...profiles.modifierExtensions]),
      ...(proven ? { written: writtenStructure } : {}),
    }),
    profiles,
    codes,
    terminology,
    published,
    subsets: createSubsets(definitions),
    homecare: createHomecareRules({
      rules: readJson(join(packageRoot, 'conformance/rules.json')),
      medicines: readJson(join(packageRoot, 'conformance/medicines.json')),
    }),
  }
}

type Published<T> = Omit<T, 'url' | 'version'> & { readonly url?: string; readonly version?: string }

/**
 * Our definitions and those of the packages from outside, compiled.
 * @throws Error naming file and reason, also when a row of the table names a profile that is not there
 */
function loadProfiles(
  definitions: Definitions,
  config: Config,
  { references }: ServerTable,
  rows: Iterable<TypeRow>,
  proven: boolean,
): Pick<Validation, 'profiles' | 'codes' | 'terminology' | 'published'> & { readonly loaded: LoadedCodes } {
  const own = ['StructureDefinition', 'ValueSet', 'CodeSystem'].map((type) => join(packageRoot, 'profiles', type))
  const { profiles: sources, valueSets, codeSystems } = loadPackages([...own, ...config.packages])
  const resources = <T>(files: readonly { readonly resource: unknown }[]): T[] =>
    files.map(({ resource }) => resource as T)
  const systems = resources<Published<r4.CodeSystem>>(codeSystems)
  const ownCodes = lookupOf(systems)
  const allSets = firstOf<ValueSetSource>(
    lookupOf(resources<ValueSetSource>(valueSets)),
    (url) => definitions.valueSet(url) as ValueSetSource | undefined,
  )
  // Where ours and R4's define the same system, ours is the newer.
  const allCodes = firstOf<r4.CodeSystem>(ownCodes, baseCodeSystems(definitions))
  const published = { codeSystems: allCodes, valueSets: allSets }
  const terminology = createTerminology(published)
  if (config.packages.length > 0) readAll(terminology, [...valueSets, ...codeSystems])
  const profiles = createProfiles(definitions, sources, {
    terminology,
    references,
    // Ours may build on what packages define.
    isProven: proven && config.packages.length === 0,
  })
  for (const { type, profile } of rows) {
    if (profile === undefined || profiles.typeOf(profile) === type) continue
    throw new Error(
      `${config.serverTable}: the row of ${type} names the profile ${profile}, and there is none for ${type}.`,
    )
  }
  const codes = createSearchTerminology({ terminology, ...published })
  const loaded = {
    judgeOf: loadedCodes(systems, terminology),
    has: terminology.has,
    filterProperty: filterProperties(allCodes),
  }
  return { profiles, codes, terminology, published, loaded }
}

/**
 * Sets and systems are read when they are first asked for: those of a package at the start, so that one that cannot be
 * read is no surprise while a prescription is written.
 * @throws Error naming file and reason
 */
function readAll(terminology: Terminology, sources: readonly TerminologySource[]): void {
  for (const { file, resource } of sources) {
    const { resourceType, url } = resource as { resourceType: string; url?: unknown }
    if (typeof url !== 'string') continue
    try {
      if (resourceType === 'ValueSet') terminology.has(url, undefined, '')
      else terminology.inSystem(url, '')
    } catch (error) {
      throw new Error(`${file}: the ${resourceType} cannot be read: ${(error as Error).message}`)
    }
  }
}

/** A file of ours. @throws Error naming it */
export const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`)
  }
}
