/** Reads the lifecycle tables that a server table names. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { r4 } from '../fhir/resource.ts'
import { effectNames } from '../homecare/effects.ts'
import { type Lifecycle, loadLifecycle } from '../homecare/lifecycle-table.ts'
import type { ServerTable } from '../server-table.ts'

/**
 * @param root the package root
 * @throws Error naming the file and what is wrong in it: a service with a broken table does not start
 */
export function loadLifecycles(root: string, table: ServerTable): ReadonlyMap<string, Lifecycle> {
  const codeSystems = readFolder<r4.CodeSystem>(join(root, 'profiles/CodeSystem'))
  const valueSets = readFolder<r4.ValueSet>(join(root, 'profiles/ValueSet'))
  const names = new Set(table.types.flatMap((row) => row.lifecycle ?? []))
  return new Map(
    [...names].map((name) => {
      const file = join(root, 'conformance/lifecycle', `${name}.json`)
      const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
      return [name, loadLifecycle(file, value, { codeSystems, valueSets, effects: effectNames })]
    }),
  )
}

const readFolder = <T>(folder: string): T[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T)
