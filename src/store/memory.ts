/**
 * What a group of writes has read and written, so that nothing is asked of the database twice. Holding the clock row,
 * the lane alone writes: what was read in this transaction stays true until the lane itself changes it, and every such
 * change is told here.
 */
import type { Side } from '../caller.ts'
import type { IndexRow } from '../fhir/index-row.ts'
import type { Query, Row, SqlValue } from './database.ts'
import { auditEnd, type AuditEnd } from './audit-log.ts'
import {
  ACCESS,
  ACCESS_BY_ID,
  BY_REFERENCE,
  BY_TOKEN,
  CURRENT,
  CURRENT_SEEN,
  LIVE_BY_SUBJECT,
  SIDES,
  type Stored,
} from './read.ts'

export interface Access {
  readonly org: string
  readonly side: Side
}

/** A resource and who stands to it. */
interface Known {
  readonly stored: Stored | undefined
  readonly access: Access[]
}

type Answer = (params: readonly SqlValue[]) => Promise<unknown[]>

export class Memory {
  readonly #send: Query
  readonly #before: Query
  /** What the group has written something of: keys, `Type/id`, values of an index; what was taken back as well. */
  readonly #touched = new Set<number | string>()
  /** By `Type/id`. */
  readonly #resources = new Map<string, Promise<Known>>()
  /** By key. */
  readonly #access = new Map<number, Promise<Access[]>>()
  /** What an index found, by the value asked for. */
  readonly #found = new Map<string, Promise<Stored[]>>()
  /** Prescriptions that are not over, by the value asked for. */
  readonly #live = new Map<string, Promise<Stored[]>>()
  /** `Type/id` of what was made by this group: whatever refers to it was written by this group too. */
  readonly #new = new Set<string>()
  /** `Type/id` of what refers to something new, by the value asked for. */
  readonly #referring = new Map<string, Set<string>>()
  #changed = false
  /** `Type/id` of what the running work has written. */
  readonly #written = new Set<string>()
  /** The end of the audit log, as read or as it is after those works that stay. */
  #auditEnd: Promise<AuditEnd> | undefined
  /** What the running work makes of it. */
  #audited: AuditEnd | undefined
  readonly #answers: ReadonlyMap<string, Answer> = new Map<string, Answer>([
    [CURRENT, async ([type, id]) => listed((await this.#resource(String(type), String(id))).stored)],
    [CURRENT_SEEN, async ([type, id, org]) => this.#seen(String(type), String(id), String(org))],
    // A copy: whoever walks it may grant meanwhile.
    [ACCESS, async ([key, type]) => [...(await this.access(String(type), Number(key)))]],
    [
      SIDES,
      async ([org, type, key]) =>
        (await this.access(String(type), Number(key))).filter((row) => row.org === org).map(({ side }) => ({ side })),
    ],
    [BY_TOKEN, (params) => this.#find(BY_TOKEN, params)],
    [BY_REFERENCE, (params) => this.#toNew(params) ?? this.#find(BY_REFERENCE, params)],
    [LIVE_BY_SUBJECT, (params) => this.#find(LIVE_BY_SUBJECT, params, this.#live)],
  ])

  /**
   * @param send asks the database; sees everything written so far
   * @param before asks what was there before the group; for what nobody of the group has written
   */
  constructor(send: Query, before = send) {
    this.#send = send
    this.#before = before
  }

  /** How to ask for what depends on nothing but one key, `Type/id` or value of an index. */
  #asking(about: number | string): Query {
    return this.#touched.has(about) ? this.#send : this.#before
  }

  /** The rows of a statement of `read.ts` that can be remembered; undefined for any other. */
  answer<R = Row>(sql: string, params: readonly SqlValue[]): Promise<R[]> | undefined {
    return this.#answers.get(sql)?.(params) as Promise<R[]> | undefined
  }

  /** Who stands to a resource. */
  access(type: string, key: number): Promise<Access[]> {
    return remembered(
      this.#access,
      key,
      () => this.#asking(key)<Access & Row>(ACCESS, [key, type]) as Promise<Access[]>,
    )
  }

  /** A version was written. @param was what the index held of the resource @param is what it holds now */
  async wrote(stored: Stored, was: readonly IndexRow[], is: readonly IndexRow[]): Promise<void> {
    this.#changed = true
    const path = `${stored.type}/${stored.id}`
    this.#written.add(path)
    const access = stored.version === 1 ? [] : await this.access(stored.type, stored.key)
    this.#access.set(stored.key, Promise.resolve(access))
    this.#keep(stored, access, was)
    this.#keep(stored, access, is)
    for (const row of was)
      if (row.kind === 'reference') this.#referring.get(asked([row.param, row.target]))?.delete(path)
    for (const row of is) if (row.kind === 'reference' && this.#new.has(row.target)) this.#refer(row, path)
  }

  /** The label of a resource is another one. @param rows what the index holds of it */
  async relabelled(stored: Stored, rows: readonly IndexRow[]): Promise<void> {
    this.#changed = true
    this.#keep(stored, await this.access(stored.type, stored.key), rows)
  }

  #keep(stored: Stored, access: Access[], rows: readonly IndexRow[]): void {
    const path = `${stored.type}/${stored.id}`
    this.#resources.set(path, Promise.resolve({ stored, access }))
    this.#touched.add(path).add(stored.key)
    // Whatever finds the resource now finds it changed, also where the row itself stays.
    for (const row of rows) {
      if (row.kind !== 'token' && row.kind !== 'reference') continue
      const value = asked(row.kind === 'token' ? [row.param, row.code, row.system] : [row.param, row.target])
      this.#touched.add(value)
      this.#found.delete(value)
      this.#live.delete(value)
    }
  }

  #refer({ param, target }: { readonly param: string; readonly target: string }, path: string): void {
    const value = asked([param, target])
    const known = this.#referring.get(value)
    if (known) known.add(path)
    else this.#referring.set(value, new Set([path]))
  }

  /** What refers to something that this group has made; undefined where the database must be asked. */
  #toNew(params: readonly SqlValue[]): Promise<Stored[]> | undefined {
    return this.#new.has(String(params[1])) ? this.#storedAt(this.#referring.get(asked(params)) ?? []) : undefined
  }

  async #storedAt(paths: Iterable<string>): Promise<Stored[]> {
    const found: Stored[] = []
    for (const path of paths) {
      const { stored } = (await this.#resources.get(path)) ?? {}
      if (stored && !stored.deleted) found.push(stored)
    }
    return found.sort((a, b) => a.key - b.key)
  }

  /** An id that was just made: nothing can be there, and if there were, the insert would fail. */
  isNew(type: string, id: string): void {
    const path = `${type}/${id}`
    if (this.#resources.has(path)) return
    this.#resources.set(path, Promise.resolve({ stored: undefined, access: [] }))
    this.#new.add(path)
  }

  async granted(type: string, key: number, access: Access): Promise<void> {
    this.#changed = true
    this.#touched.add(key)
    ;(await this.access(type, key)).push(access)
  }

  async withdrawn(type: string, key: number, org: string): Promise<void> {
    this.#changed = true
    this.#touched.add(key)
    const access = await this.access(type, key)
    // In place: the resource itself may be remembered with the same list.
    access.splice(0, access.length, ...access.filter((row) => row.org !== org))
  }

  /** `Type/id` of what the running work has written so far, each once. */
  written(): readonly string[] {
    return [...this.#written]
  }

  /** The last row of the audit log, those included that wait to be inserted. */
  auditEnd(): Promise<AuditEnd> {
    if (this.#audited) return Promise.resolve(this.#audited)
    // Asked before anybody of the group appends to it.
    this.#auditEnd ??= auditEnd(this.#before).catch((error: unknown) => {
      this.#auditEnd = undefined
      throw error
    })
    return this.#auditEnd
  }

  /** Rows were appended to the audit log. */
  audited(end: AuditEnd): void {
    this.#audited = end
  }

  /** What was written since `settle` is not stored after all. */
  undo(): void {
    this.#written.clear()
    this.#audited = undefined
    if (this.#changed) {
      for (const known of [this.#resources, this.#access, this.#found, this.#live, this.#new, this.#referring])
        known.clear()
    }
    this.#changed = false
  }

  /** What was written so far stays, unless the whole group fails. */
  settle(): void {
    this.#written.clear()
    if (this.#audited) this.#auditEnd = Promise.resolve(this.#audited)
    this.#audited = undefined
    this.#changed = false
  }

  /** Both are nearly always wanted; asked at once they cost one round trip. */
  #resource(type: string, id: string): Promise<Known> {
    const path = `${type}/${id}`
    return remembered(this.#resources, path, async () => {
      const ask = this.#asking(path)
      const [[stored], access] = await Promise.all([
        ask<Stored & Row>(CURRENT, [type, id]),
        ask<Access & Row>(ACCESS_BY_ID, [type, id]),
      ])
      // Somebody was granted something by its key alone.
      if (stored && this.#touched.has(stored.key)) return { stored, access: await this.access(type, stored.key) }
      if (stored) this.#access.set(stored.key, Promise.resolve(access))
      return { stored, access }
    })
  }

  async #seen(type: string, id: string, org: string): Promise<Stored[]> {
    const { stored, access } = await this.#resource(type, id)
    return access.some((row) => row.org === org) ? listed(stored) : []
  }

  #find(sql: string, params: readonly SqlValue[], among = this.#found): Promise<Stored[]> {
    const value = asked(params)
    return remembered(among, value, () => this.#asking(value)<Stored & Row>(sql, params))
  }
}

/** What an index was asked for, as one text. */
const asked = (params: readonly SqlValue[]): string => JSON.stringify(params)

const listed = (stored: Stored | undefined): Stored[] => (stored ? [stored] : [])

function remembered<K, V>(map: Map<K, Promise<V>>, key: K, ask: () => Promise<V>): Promise<V> {
  let known = map.get(key)
  if (!known) {
    known = ask()
    map.set(key, known)
    // A failure is for whoever asked; the next one asks again.
    known.catch(() => map.delete(key))
  }
  return known
}
