/** Compiles all definitions that are shipped, so that no start has to do it again to know that it could: see `proofs.ts`. */
import { join } from 'node:path'
import { packageRoot, readConfig } from '../config.ts'
import { createSearchParams } from '../fhir/search-params.ts'
import { DATA_TYPES, dataTypesSource, resourceSource } from '../fhir/structure-code.ts'
import { loadLifecycles } from '../interactions/lifecycles.ts'
import { writeProofs, writeStructures } from '../proofs.ts'
import { type Compiled, compileTables } from '../validation.ts'

/** @throws Error naming file and reason of a definition that does not compile, or is not enforced as it says */
export function prove(folder: string): void {
  const [compiled] = ['conformance/server.json', 'conformance/tester.json'].map((table) => {
    const compiled = compileTables(readConfig({ SERVER_TABLE: join(packageRoot, table) }))
    if (compiled.profiles.notes.length > 0) throw new Error(compiled.profiles.notes.join('\n'))
    loadLifecycles(packageRoot, compiled.table)
    return compiled
  })
  const { definitions, structure } = compiled as Compiled
  const search = createSearchParams(definitions.searchParameters(), [{ type: '*', search: '*' }])
  for (const type of definitions.resourceTypes) {
    for (const { name, usesFallback } of search.list(type)) {
      if (usesFallback) throw new Error(`${name} is left to fhirpath's evaluator.`)
    }
    structure.compile(type)
  }
  writeStructures(folder, [
    [DATA_TYPES, dataTypesSource(definitions)],
    ...[...definitions.resourceTypes].map((type) => [type, resourceSource(definitions, type)] as const),
  ])
  writeProofs(folder, packageRoot)
}
