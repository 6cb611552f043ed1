/**
 * Makes the index what the definitions of today say, while the service runs: a few resources per transaction, with
 * pauses in which others write. What has been gone through is remembered, so that a second run goes on from there.
 */
import type { IndexRow } from '../fhir/index-row.ts'
import type { Database, Query } from './database.ts'
import { countOf, type Extract, indexFaults, resourcesAfter, rowsOf } from './index-check.ts'
import { readIndexState, writeIndexState } from './index-state.ts'
import { identity, insertion, removal } from './index-table.ts'

export interface ReindexOptions {
  readonly extract: Extract
  /** Fingerprint of the definitions. */
  readonly definitions: string
  /** Lets others write for about as long as the last group took; called outside any transaction. */
  readonly pause: () => Promise<void>
  /** Resources gone through, those of an earlier run included, and how many there are. */
  readonly progress?: (done: number, total: number) => void
  /** Stops after the group under way. */
  readonly signal?: AbortSignal
}

export interface Reindexed {
  /** False when it was interrupted. */
  readonly finished: boolean
  /** Resources gone through in this run. */
  readonly resources: number
  readonly added: number
  readonly removed: number
}

/** Resources per transaction: what a writer may have to wait for. */
const GROUP = 20
/** What was answered before is no longer what would be found (`current.ts`). First, as writers take it first too. */
const MOVE = 'UPDATE clock SET tick = tick + 1 WHERE id = 1'
/** Looks at the whole index after which it counts as being changed by somebody else. */
const PASSES = 5

/** @throws Error when the index does not come to rest */
export async function reindex(database: Database, options: ReindexOptions): Promise<Reindexed> {
  const { extract, definitions, pause, progress = () => {}, signal } = options
  const sum = { resources: 0, added: 0, removed: 0 }
  const add = ({ added, removed }: Changed): void => {
    sum.added += added
    sum.removed += removed
  }
  const state = await readIndexState(database.query)
  let position = state.target === definitions ? state.position : 0
  const [before, total] = [await count(database.query, position), await count(database.query)]
  for (;;) {
    // What is counted is counted when it is durable: a transaction may be run once more.
    const { keys, end, changed } = await database.transaction(async (query) => {
      await query(MOVE)
      const resources = await resourcesAfter(query, position, GROUP)
      const changed: Changed[] = []
      for (const { key, text } of resources) changed.push(await mend(query, key, rowsOf(text, extract), []))
      const end = resources.at(-1)?.key ?? position
      await writeIndexState(query, { ...(await readIndexState(query)), target: definitions, position: end })
      return { keys: resources.length, end, changed }
    })
    position = end
    for (const change of changed) add(change)
    sum.resources += keys
    progress(before + sum.resources, Math.max(total, before + sum.resources))
    if (keys < GROUP) break
    if (signal?.aborted) return { finished: false, ...sum }
    await pause()
  }
  for (let pass = 0; pass < PASSES; pass++) {
    const found = await mendFaults(database, options)
    if (found === undefined) return { finished: false, ...sum }
    add(found)
    if (found.faults > 0) continue
    await database.transaction((query) => writeIndexState(query, { definitions, target: '', position: 0 }))
    return { finished: true, ...sum }
  }
  throw new Error('The index does not come to rest: is a service with other definitions writing to this database?')
}

interface Changed {
  readonly added: number
  readonly removed: number
}

/** Mends what a look at the whole index finds; undefined when it was interrupted. */
async function mendFaults(
  database: Database,
  { extract, pause, signal }: ReindexOptions,
): Promise<(Changed & { readonly faults: number }) | undefined> {
  const sum = { faults: 0, added: 0, removed: 0 }
  const whole = await database.snapshot(async (query) => {
    for await (const { key, row } of indexFaults(query, extract)) {
      if (signal?.aborted) return false
      const { added, removed } = await database.transaction(async (query) => {
        await query(MOVE)
        // The resource may have changed since the snapshot.
        const [resource] = await resourcesAfter(query, key - 1, 1)
        return mend(query, key, resource?.key === key ? rowsOf(resource.text, extract) : [], [row])
      })
      sum.faults++
      sum.added += added
      sum.removed += removed
      if (sum.faults % GROUP === 0) await pause()
    }
    return true
  })
  return whole ? sum : undefined
}

/** @param doubted stored rows that may not belong there */
async function mend(
  query: Query,
  key: number,
  expected: readonly IndexRow[],
  doubted: readonly IndexRow[],
): Promise<Changed> {
  let [added, removed] = [0, 0]
  const names = new Set(expected.map(identity))
  for (const row of doubted) {
    if (names.has(identity(row))) continue
    removed += await countOf(query, key, row)
    const { sql, params } = removal(key, row)
    await query(sql, params)
  }
  const counts = await Promise.all(expected.map((row) => countOf(query, key, row)))
  for (const [i, row] of expected.entries()) {
    const there = counts[i] ?? 0
    if (there === 1) continue
    if (there > 1) {
      const { sql, params } = removal(key, row)
      await query(sql, params)
      removed += there - 1
    } else added++
    const { sql, params } = insertion(key, row)
    await query(sql, params)
  }
  return { added, removed }
}

async function count(query: Query, upTo = Number.MAX_SAFE_INTEGER): Promise<number> {
  const [row] = await query<{ n: number }>('SELECT COUNT(*) AS n FROM resource WHERE key <= $1', [upTo])
  return row?.n ?? 0
}
