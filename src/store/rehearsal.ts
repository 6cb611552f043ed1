/**
 * The door's work on what is stored now, of which nothing is written: what it would say is learnt without the lane. What
 * the work would write is kept beside what the database answers, so that it finds it again as it would in the lane.
 */
import type { IndexRow } from '../fhir/index-row.ts'
import { Problem } from '../fhir/problem.ts'
import { commit } from './commit.ts'
import type { Query, Row, SqlValue } from './database.ts'
import { foresee } from './foresight.ts'
import { isRead } from './group.ts'
import type { LaneTransaction } from './lane.ts'
import { Memory } from './memory.ts'
import type { CommitRequest, Committed, DoorOptions } from './operation.ts'
import { BY_REFERENCE, BY_TOKEN, LIVE_BY_SUBJECT, OWN_BY_TOKEN, STATE_SINCE, type Stored, VERSION } from './read.ts'
import { Rows } from './rows.ts'

/** A version that no statement finds, with what the index would hold of it. */
export interface Unsent {
  readonly stored: Stored
  readonly rows: readonly IndexRow[]
}

/** Keys and event numbers of what is only rehearsed: greater than any that was given out, and told apart from each other. */
const FIRST_KEY = 2 ** 52

/** What became of one request. */
export interface Rehearsed {
  readonly problems: readonly Problem[]
  /** Absent where all of it was refused. */
  readonly committed?: Committed
}

/**
 * Plays requests one after the other, each on what those before it would leave. One operation that is refused does not
 * hide what is wrong with the others of its request.
 * @param query reads only are sent
 * @param clock ms since the epoch
 */
export async function rehearse(
  options: DoorOptions,
  query: Query,
  clock: number,
  requests: readonly CommitRequest[],
): Promise<Rehearsed[]> {
  const transaction = await stage(query, clock)
  const results: Rehearsed[] = []
  for (const request of requests) {
    const problems: Problem[] = []
    const gather = (problem: Problem): void => void problems.push(problem)
    await foresee(options, transaction.query, request)
    try {
      results.push({ problems, committed: await commit(options, transaction, { ...request, gather }) })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      gather(error)
      results.push({ problems })
    }
  }
  return results
}

/** What the door takes for the lane: its instant is later than that of everything stored. */
async function stage(query: Query, clock: number): Promise<LaneTransaction> {
  const [row] = await query<{ tick: number }>('SELECT tick FROM clock WHERE id = 1')
  const now = Math.max(clock, (row?.tick ?? 0) + 1)
  const unsent = new Map<number, Unsent>()
  const memory = new Stage((sql, params = []) => look(query, { unsent, now }, sql, params), unsent)
  let seq = FIRST_KEY
  return {
    query: (sql, params = []) => memory.answer(sql, params) ?? look(query, { unsent, now }, sql, params),
    rows: new Rows(),
    memory,
    tick: now,
    nextSeq: () => ++seq,
    lastSeq: () => seq,
    announce: () => {},
    unsent: () => [...unsent.values()],
  }
}

/** The memory of a group that also keeps, by key, what is never sent. */
class Stage extends Memory {
  readonly #unsent: Map<number, Unsent>

  constructor(send: Query, unsent: Map<number, Unsent>) {
    super(send)
    this.#unsent = unsent
  }

  override async wrote(stored: Stored, was: readonly IndexRow[], is: readonly IndexRow[]): Promise<void> {
    this.#unsent.set(stored.key, { stored, rows: is })
    await super.wrote(stored, was, is)
  }

  override async relabelled(stored: Stored, rows: readonly IndexRow[]): Promise<void> {
    this.#unsent.set(stored.key, { stored, rows })
    await super.relabelled(stored, rows)
  }
}

interface Played {
  readonly unsent: ReadonlyMap<number, Unsent>
  readonly now: number
}

/** Asks the database, and adds what it would know. Statements that write are not sent: `Stage` is told of what they do. */
async function look<R = Row>(query: Query, played: Played, sql: string, params: readonly SqlValue[]): Promise<R[]> {
  if (!isRead(sql)) return []
  const rows = await query(sql, params)
  if (played.unsent.size === 0) return rows as R[]
  return withUnsent(rows, played, sql, params) as R[]
}

function withUnsent(rows: readonly Row[], { unsent, now }: Played, sql: string, params: readonly SqlValue[]): Row[] {
  const [param, value, system] = params
  const found = (holds: (row: IndexRow) => boolean): Row[] =>
    [
      ...rows.filter(({ key }) => !unsent.has(Number(key))),
      ...[...unsent.values()].filter(({ stored, rows: is }) => !stored.deleted && is.some(holds)).map(rowOf),
    ].sort((a, b) => Number(a.key) - Number(b.key))
  const refers = (row: IndexRow): boolean => row.kind === 'reference' && row.param === param && row.target === value
  const named = [...unsent.values()].filter(({ stored }) => stored.type === param && stored.id === value)
  switch (sql) {
    // What is rehearsed is its sender's own.
    case OWN_BY_TOKEN:
    case BY_TOKEN:
      return found((row) => row.kind === 'token' && row.param === param && row.code === value && row.system === system)
    case BY_REFERENCE:
      return found(refers)
    case LIVE_BY_SUBJECT:
      return found(refers)
        .filter((row) => isLive(unsent.get(Number(row.key))))
        .reverse()
    case VERSION:
      return [...rows, ...named.filter(({ stored }) => stored.version === system).map(rowOf)]
    case STATE_SINCE:
      return named.length > 0 ? [{ tick: now }] : [...rows]
    default:
      return [...rows]
  }
}

const rowOf = ({ stored }: Unsent): Row => ({ ...stored })

/** What the database answered is alive already. */
const isLive = (unsent: Unsent | undefined): boolean =>
  !unsent ||
  unsent.rows.some(
    (row) =>
      row.kind === 'token' && row.param === 'MedicationRequest.status' && ['active', 'on-hold'].includes(row.code),
  )
