/** The service's own check (`homecare-exchange check`) as a list of sentences; empty when nothing is wrong. */
import type { Query } from '../../src/store/database.ts'
import { checkStore } from '../../src/store/check.ts'
import type { Extract } from '../../src/store/index-check.ts'

/** @param query of a transaction or of a store nobody writes to */
export async function faultsOf(query: Query, extract: Extract): Promise<string[]> {
  const faults: string[] = []
  for await (const { words } of checkStore(query, { extract })) faults.push(words)
  return faults
}
