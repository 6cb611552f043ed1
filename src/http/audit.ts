/**
 * Every access is on record: a write with its commit, in the same transaction; a read or a refusal through a queue that
 * is written in groups, so that no answer waits for the disk. The queue is bounded: when it is full, answers wait until
 * it has been written, because a look that nobody could find later must not happen. A graceful stop writes all of it; a
 * crash loses at most what the last moment read.
 */
import type { FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import type { FhirReply } from '../interactions/interaction.ts'
import { appendAudit, appendPacks, AUDIT_PACK, type AuditEntry, type AuditPack, packAudit } from '../store/audit-log.ts'
import type { Lane } from '../store/lane.ts'
import type { Endpoint } from './endpoints.ts'
import { describe, type Failure } from './failure.ts'
import { purposeOf } from './purpose.ts'
import { queryOf } from './query-text.ts'

/** ms between an answer and its record on disk, at most, while the disk follows. */
const INTERVAL = 250
/** Entries that wait before they are written at once, 32 full rows: each group costs a way to the disk. */
const GROUP = 32 * AUDIT_PACK
/** Rows of one piece of work: between two of them the lane lets others take their turn. */
const PART = 4
/** Entries that wait before answers do. */
const LIMIT = 10_000

/** Who asked and how, as far as it was known. */
export type Asked = Omit<AuditEntry, 'status' | 'outcome' | 'problem' | 'count' | 'entities'>

export interface Audit {
  /** Records what was asked and how it ended; what it resolves to is to be waited for only when it is a promise. */
  record(entry: AuditEntry): Promise<void> | undefined
  /** Whether the next entry has to be waited for. */
  readonly full: boolean
  /** A lane that writes into another, with each commit, who asked for it. `written` is called when one has succeeded. */
  lane(asked: Asked, into: Lane, written: () => void): Lane
  /** Writes what waits. */
  flush(): Promise<void>
}

export interface AuditOptions {
  readonly lane: Lane
  readonly log: Logger
}

/** The record of reads and refusals: gathered, packed into rows and handed to the lane in groups. */
export function createAudit({ lane, log }: AuditOptions): Audit {
  /** What was recorded last. It is packed as soon as it fills a row: many small things kept for a while cost the collector of garbage. */
  let open: AuditEntry[] = []
  let packs: AuditPack[] = []
  /** Entries in both. */
  let waiting = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined

  const close = (): void => {
    if (open.length > 0) packs.push(packAudit(open))
    open = []
  }
  /** Writes one group of what waits. */
  const write = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (packs.length * AUDIT_PACK < GROUP) close()
    const parts = partsOf(packs.splice(0, GROUP / AUDIT_PACK))
    const ends = await Promise.allSettled(
      parts.map((part) => lane.submit((transaction) => appendPacks(transaction, part), { quiet: true, audited: true })),
    )
    packs = [...parts.filter((_, i) => ends[i]?.status === 'rejected').flat(), ...packs]
    waiting = packs.reduce((sum, { count }) => sum + count, open.length)
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }
  const writeGroup = (): Promise<void> => {
    writing ??= write()
      .catch((error: unknown) => {
        // They stay in the queue and are tried again.
        log.error({ waiting, failure: describe(error) }, 'the audit log cannot be written')
        throw error
      })
      .finally(() => {
        writing = undefined
      })
    return writing
  }
  const flush = async (): Promise<void> => {
    while (waiting > 0) await writeGroup()
  }
  const later = (): void => void (timer ??= setTimeout(inBackground, INTERVAL).unref())
  const inBackground = (): void => void writeGroup().then(gather, later)
  /** What comes while a group is written waits for the next: each costs a way to the disk, however small it is. */
  const gather = (): void => {
    if (writing || waiting === 0) return
    if (waiting >= GROUP) inBackground()
    else later()
  }

  return {
    record(entry) {
      waiting++
      if (open.push(entry) === AUDIT_PACK) close()
      if (waiting >= LIMIT) return flush()
      gather()
      return undefined
    },
    get full() {
      return waiting + 1 >= LIMIT
    },
    lane: (asked, into, written) => ({
      ...into,
      async submit(work, options) {
        const result = await into.submit(
          async (transaction) => {
            const done = await work(transaction)
            const entities = transaction.memory.written()
            const end = { status: 0, outcome: '0', problem: '', count: entities.length, entities }
            await appendAudit(transaction, [{ ...asked, ...end }])
            return done
          },
          { ...options, audited: true },
        )
        written()
        return result
      },
    }),
    flush,
  }
}

const partsOf = (packs: readonly AuditPack[]): AuditPack[][] =>
  Array.from({ length: Math.ceil(packs.length / PART) }, (_, i) => packs.slice(i * PART, (i + 1) * PART))

const actions: Readonly<Record<string, string>> = {
  create: 'C',
  read: 'R',
  vread: 'R',
  'history-instance': 'R',
  'history-type': 'R',
  'history-system': 'R',
  update: 'U',
  patch: 'U',
  delete: 'D',
}

/**
 * Who asks for what, as the record has it.
 * @param recorded ms since the epoch
 */
export function askedOf(endpoint: Endpoint | undefined, request: FastifyRequest, recorded: number): Asked {
  const kind = endpoint?.operation ? `$${endpoint.operation}` : (endpoint?.code ?? 'unknown')
  return {
    ...whoOf(request.caller),
    recorded,
    action: actions[kind] ?? 'E',
    kind,
    type: endpoint?.type ?? '',
    purpose: purposeOf(request),
    parameters: namesIn(queryOf(request.url)),
    request: request.id,
  }
}

const NOBODY = { org: '', role: '', client: '' }

export const whoOf = (caller: Caller | null): Pick<AuditEntry, 'org' | 'role' | 'client'> =>
  caller ? { org: caller.organization, role: caller.role, client: caller.client } : NOBODY

/** The names of the parameters of a query, each once. */
function namesIn(query: string): string {
  if (query === '') return ''
  // Hardly any name is escaped, and reading the values too would cost more than all the rest of the record.
  const names = /[%+]/.test(query)
    ? [...new URLSearchParams(query).keys()]
    : query.split('&').map((pair) => pair.split('=', 1)[0] ?? '')
  return [...new Set(names)].filter(isName).join(' ')
}

/** Names of parameters look like this; anything else may be a value in the wrong place. */
const isName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name)

/** How a refused request ended. */
export const refusedAs = (asked: Asked, { status, issues }: Failure): AuditEntry => ({
  ...asked,
  status,
  outcome: status >= 500 ? '8' : '4',
  problem: issues[0]?.key ?? '',
  count: 0,
  entities: [],
})

/** `Type/id` of the resource that the address names, in a compartment of that which it is of; empty where it names none. */
export function namedIn({ params }: Pick<FastifyRequest, 'params'>): readonly string[] {
  const { resourceType, id } = params as { resourceType?: string; id?: string }
  return id === undefined || resourceType === undefined ? [] : [`${resourceType}/${id}`]
}

/**
 * How an answered request ended: which resources went out, by the addresses in the answer.
 * @param own what its address names (`namedIn`)
 */
export function answeredAs(
  asked: Asked,
  own: readonly string[],
  { status, body, told = [], answered }: Pick<FhirReply, 'status' | 'body' | 'told' | 'answered'>,
  context: Pick<Context, 'base'>,
): AuditEntry {
  const found = body === undefined ? [] : (answered ?? [...new Set(entriesOf(body, context.base))])
  const named = body === undefined || told.length === 0 ? own : [...new Set([...own, ...told])]
  const entities = found.length === 0 ? named : named.length === 0 ? found : [...new Set([...named, ...found])]
  return { ...asked, status, outcome: '0', problem: '', count: entities.length, entities }
}

/** `Type/id` of every entry that has an address of ours. In JSON text, a quote that is not escaped begins a name or value. */
function* entriesOf(body: string, base: string): Generator<string> {
  const start = `"fullUrl":"${base}/`
  for (let at = body.indexOf(start); at >= 0; at = body.indexOf(start, at + 1)) {
    const from = at + start.length
    const reference = body.slice(from, body.indexOf('"', from))
    if (/^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.test(reference)) yield reference
  }
}
