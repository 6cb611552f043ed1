/** Counts of Tasks by what the log tells of them. No row of anybody leaves here, only numbers. */
import type { Query } from './database.ts'
import { Parameters } from './parameters.ts'

/** Of what is counted: a period, both in ms since the epoch, the end not included, and whose medicines. */
export interface CountFilter {
  readonly from: number
  readonly to: number
  /** Codes of medicines: only the work on prescriptions for one of them; absent: all. */
  readonly medicines?: readonly string[]
}

/** SQL for the work on prescriptions for the medicines; `row` has the key of a Task. */
function about({ medicines }: CountFilter, row: string, parameters: Parameters): string {
  if (medicines === undefined) return ''
  const codes = parameters.addAll(medicines)
  return ` AND ${row}.key IN (SELECT l.key FROM index_reference l WHERE l.param = 'Task.based-on' AND l.target IN
    (SELECT 'MedicationRequest/' || m.id FROM resource m WHERE m.type = 'MedicationRequest' AND m.key IN
      (SELECT c.key FROM index_token c WHERE c.param = 'MedicationRequest.code' AND c.code IN (${codes}))))`
}

/** How many Tasks an event of the first list was told of in the period, and of how many of these one of the second. */
export async function countHaving(
  query: Query,
  filter: CountFilter,
  of: readonly string[],
  having: readonly string[],
): Promise<{ readonly denominator: number; readonly numerator: number }> {
  const counts: number[] = []
  for (const among of [undefined, having]) {
    const parameters = new Parameters()
    const tests = [
      "e.type = 'Task'",
      `e.kind IN (${parameters.addAll(of)})`,
      `e.tick >= ${parameters.add(filter.from)}`,
      `e.tick < ${parameters.add(filter.to)}${about(filter, 'e', parameters)}`,
    ]
    if (among)
      tests.push(
        `EXISTS (SELECT 1 FROM event h WHERE h.key = e.key AND h.kind IN (${parameters.addAll(among)}) AND h.tick < ${parameters.add(filter.to)})`,
      )
    const [row] = await query<{ n: number }>(
      `SELECT COUNT(DISTINCT e.key) AS n FROM event e WHERE ${tests.join(' AND ')}`,
      parameters.values,
    )
    counts.push(row?.n ?? 0)
  }
  const [denominator = 0, numerator = 0] = counts
  return { denominator, numerator }
}

/** How many Tasks were in each state at the end of the period. */
export async function countStates(query: Query, filter: CountFilter): Promise<ReadonlyMap<string, number>> {
  const parameters = new Parameters()
  const end = parameters.add(filter.to)
  const rows = await query<{ state: string; n: number }>(
    `SELECT e.to_state AS state, COUNT(*) AS n FROM event e
     WHERE e.type = 'Task' AND e.to_state <> '' AND e.tick < ${end}${about(filter, 'e', parameters)}
       AND e.seq = (SELECT MAX(l.seq) FROM event l WHERE l.key = e.key AND l.to_state <> '' AND l.tick < ${end})
     GROUP BY e.to_state`,
    parameters.values,
  )
  return new Map(rows.map(({ state, n }) => [state, n]))
}
