/** Reads the lifecycle tables that a server table names. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { r4 } from '../fhir/resource.ts'
import { effectNames } from '../homecare/effects.ts'
import { loadLifecycle } from '../homecare/lifecycle-load.ts'
import type { Lifecycle } from '../homecare/lifecycle-table.ts'
import { loadReasonMap, type ReasonMap, type ReasonMapName, type ReasonMaps } from '../homecare/national-reasons.ts'
import type { ServerTable } from '../server-table.ts'

/**
 * @param root the package root
 * @param isProven whether all expressions in it are known to compile
 * @throws Error naming the file and what is wrong in it: a service with a broken table does not start
 */
export function loadLifecycles(root: string, table: ServerTable, isProven = false): ReadonlyMap<string, Lifecycle> {
  const codeSystems = readFolder<r4.CodeSystem>(join(root, 'profiles/CodeSystem'))
  const valueSets = readFolder<r4.ValueSet>(join(root, 'profiles/ValueSet'))
  const names = new Set(table.types.flatMap((row) => row.lifecycle ?? []))
  const lifecycles = new Map(
    [...names].map((name): [string, Lifecycle] => {
      const file = join(root, 'conformance/lifecycle', `${name}.json`)
      return [name, loadLifecycle(file, readJson(file), { codeSystems, valueSets, effects: effectNames, isProven })]
    }),
  )
  for (const row of table.types) {
    for (const name of row.lifecycle ?? []) {
      const governed = lifecycles.get(name)?.resourceType
      if (governed === row.type) continue
      throw new Error(`The row of ${row.type} names the lifecycle ${name}, which is one of ${governed}.`)
    }
  }
  return lifecycles
}

/** Whose each reason is, from the property of its code. */
export function readAttributions(root: string): ReadonlyMap<string, string> {
  const reasons = readJson<r4.CodeSystem>(join(root, 'profiles/CodeSystem/reason.json'))
  return new Map(
    (reasons.concept ?? []).flatMap(({ code, property }) => {
      const party = property?.find((one) => one.code === 'attribution')?.valueCode
      return party === undefined ? [] : [[code, party] as const]
    }),
  )
}

/**
 * Our reasons in national codes.
 * @throws Error naming the file and what is wrong in it
 */
export function readReasonMaps(root: string): ReasonMaps {
  const reasons = readJson<r4.CodeSystem>(join(root, 'profiles/CodeSystem/reason.json'))
  const load = (name: ReasonMapName): ReasonMap => {
    const file = join(root, 'profiles/ConceptMap', `${name}.json`)
    return loadReasonMap(file, readJson(file), reasons)
  }
  return {
    'reason-to-end-of-prescription': load('reason-to-end-of-prescription'),
    'reason-to-not-dispensed': load('reason-to-not-dispensed'),
    'reason-to-return': load('reason-to-return'),
  }
}

function readJson<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`)
  }
}

const readFolder = <T>(folder: string): T[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readJson<T>(join(folder, name)))
