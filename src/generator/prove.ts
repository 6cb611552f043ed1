/** Compiles all definitions that are shipped, so that no start has to do it again to know that it could: see `proofs.ts`. */
import { join } from 'node:path'
import { packageRoot, readConfig } from '../config.ts'
import { createSearchParams } from '../fhir/search-params.ts'
import { writeProofs } from '../proofs.ts'
import { compileTables } from '../validation.ts'

/** @throws Error naming file and reason of a definition that does not compile, or is not enforced as it says */
export function prove(folder: string): void {
  for (const table of ['conformance/server.json', 'conformance/tester.json']) {
    const { profiles, definitions } = compileTables(readConfig({ SERVER_TABLE: join(packageRoot, table) }))
    if (profiles.notes.length > 0) throw new Error(profiles.notes.join('\n'))
    const search = createSearchParams(definitions.searchParameters(), [{ type: '*', search: '*' }])
    for (const type of definitions.resourceTypes) {
      for (const { name, usesFallback } of search.list(type)) {
        if (usesFallback) throw new Error(`${name} is left to fhirpath's evaluator.`)
      }
    }
  }
  writeProofs(folder, packageRoot)
}
