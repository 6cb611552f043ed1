/** What an index depends on, as one hash: stores made by the same are searched alike. */
import { createHash } from 'node:crypto'
import { INDEX_RULES } from './index-values.ts'
import type { SearchedType, SearchParameterDefinition } from './search-params.ts'

/** @param bases absolute FHIR bases that are this service's own: references to them are indexed as relative */
export function indexFingerprint(
  definitions: readonly SearchParameterDefinition[],
  table: readonly SearchedType[],
  bases: readonly string[],
): string {
  const hash = createHash('sha256').update(JSON.stringify([INDEX_RULES, bases]))
  for (const { type, search, inherits } of table)
    hash.update(JSON.stringify([type, search, ...(inherits ? [inherits] : [])]))
  for (const { code, type, base, expression, target } of definitions) {
    hash.update(JSON.stringify([code, type, base, expression, target]))
  }
  return hash.digest('base64url')
}
