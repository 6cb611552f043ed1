/** The real tables and code systems of the project, as the service loads them. */
import { readdirSync, readFileSync } from 'node:fs'
import { type lifecycleNames } from '../../src/generator/lifecycles.ts'
import { effectNames } from '../../src/homecare/effects.ts'
import { loadLifecycle, type Surroundings } from '../../src/homecare/lifecycle-load.ts'
import type { Lifecycle } from '../../src/homecare/lifecycle-table.ts'

const root = new URL('../../', import.meta.url)
export const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'))
const readAll = (folder: string): unknown[] =>
  readdirSync(new URL(`profiles/${folder}`, root))
    .filter((name) => name.endsWith('.json'))
    .map((name) => readJson(`profiles/${folder}/${name}`))

export const surroundings: Surroundings = {
  codeSystems: readAll('CodeSystem') as Surroundings['codeSystems'],
  valueSets: readAll('ValueSet') as Surroundings['valueSets'],
  effects: effectNames,
}

export const loadTable = (name: (typeof lifecycleNames)[number]): Lifecycle =>
  loadLifecycle(`${name}.json`, readJson(`conformance/lifecycle/${name}.json`), surroundings)
