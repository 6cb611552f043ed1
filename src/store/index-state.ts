/** By which definitions the search index was made, and how far making it anew has come. */
import type { Database, Query } from './database.ts'

export interface IndexState {
  /** Fingerprint (`fhir/index-fingerprint.ts`) of the definitions; empty: unknown, or not one alone. */
  readonly definitions: string
  /** Of the definitions it is being made anew by; empty when it is not. */
  readonly target: string
  /** Key of the last resource that was gone through for `target`. */
  readonly position: number
}

/** By which definitions the search index was made, and how far a reindex has come. */
export async function readIndexState(query: Query): Promise<IndexState> {
  const [state] = await query<IndexState>('SELECT definitions, target, position FROM index_state WHERE id = 1')
  return state ?? { definitions: '', target: '', position: 0 }
}

/** Notes it, in the transaction of the work it speaks of. */
export async function writeIndexState(query: Query, { definitions, target, position }: IndexState): Promise<void> {
  await query('UPDATE index_state SET definitions = $1, target = $2, position = $3 WHERE id = 1', [
    definitions,
    target,
    position,
  ])
}

/**
 * Notes at the start of a service by which definitions it will write.
 * @returns false when what is stored was indexed by others: searches may then miss it until it is indexed anew. From
 *   then on nobody counts as having made the index alone.
 */
export async function claimIndex(database: Database, definitions: string): Promise<boolean> {
  // Nearly every start: nothing to write.
  if ((await readIndexState(database.query)).definitions === definitions) return true
  return database.transaction(async (query) => {
    const state = await readIndexState(query)
    if (state.definitions === definitions) return true
    const [clock] = await query<{ seq: number }>('SELECT seq FROM clock WHERE id = 1')
    const empty = clock?.seq === 0
    await writeIndexState(query, { ...state, definitions: empty ? definitions : '' })
    return empty
  })
}
