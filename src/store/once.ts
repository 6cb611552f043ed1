/** What may be used once only, remembered until it would not be accepted anyway; the same on every node. */
import type { Lane } from './lane.ts'

/**
 * @param what at most a hash: nothing secret is kept
 * @param until ms since the epoch
 * @returns false when it was used before
 */
export const useOnce = (lane: Lane, what: string, until: number): Promise<boolean> =>
  lane.submit(async ({ query, tick }) => {
    await query('DELETE FROM used WHERE until < $1', [tick])
    const fresh = await query('INSERT INTO used (what, until) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING what', [
      what,
      Math.ceil(until),
    ])
    return fresh.length > 0
  })
