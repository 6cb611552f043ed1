/**
 * What a group of writes has read and written, so that nothing is asked of the database twice. Holding the clock row,
 * the lane alone writes: what was read in this transaction stays true until the lane itself changes it, and every such
 * change is told here.
 */
import type { Side } from '../caller.ts'
import type { IndexRow } from '../fhir/index-row.ts'
import type { Query, Row, SqlValue } from './database.ts'
import { auditEnd, type AuditEnd } from './audit-log.ts'
import { KEPT } from './reply.ts'
import {
  ACCESS,
  ACCESS_BY_ID,
  BY_REFERENCE,
  BY_TOKEN,
  CURRENT,
  CURRENT_SEEN,
  LIVE_BY_SUBJECT,
  OWN_BY_TOKEN,
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

/** What is known already needs no promise: thousands of them would take turns in a group. */
type Soon<T> = T | Promise<T>

type Answer = (params: readonly SqlValue[]) => Soon<unknown[]>

export class Memory {
  readonly #send: Query
  readonly #before: Query
  /** What the group has written something of: keys, `Type/id`, values of an index; what was taken back as well. */
  readonly #touched = new Set<number | string>()
  /** By `Type/id`. */
  readonly #resources = new Map<string, Soon<Known>>()
  /** By key. */
  readonly #access = new Map<number, Soon<Access[]>>()
  /** What an index found, by the value asked for. */
  readonly #found = new Map<string, Soon<Stored[]>>()
  /** Prescriptions that are not over, by the value asked for. */
  readonly #live = new Map<string, Soon<Stored[]>>()
  /** What an organisation keeps itself, by the value asked for and the organisation. */
  readonly #owned = new Map<string, Map<string, Soon<unknown[]>>>()
  /** `Type/id` of what was made by this group: whatever refers to it was written by this group too. */
  readonly #new = new Set<string>()
  /** `Type/id` of what refers to something new, by the value asked for. */
  readonly #referring = new Map<string, Set<string>>()
  /** Answers that were kept, by organisation and identity. */
  readonly #replies = new Map<string, Soon<unknown[]>>()
  #changed = false
  /** `Type/id` of what the running work has written. */
  readonly #written = new Set<string>()
  /** The end of the audit log, as read or as it is after those works that stay. */
  #auditEnd: Promise<AuditEnd> | undefined
  /** What the running work makes of it. */
  #audited: AuditEnd | undefined
  readonly #answers: ReadonlyMap<string, Answer> = new Map<string, Answer>([
    [CURRENT, ([type, id]) => then(this.#resource(String(type), String(id)), ({ stored }) => listed(stored))],
    [
      CURRENT_SEEN,
      ([type, id, org]) =>
        then(this.#resource(String(type), String(id)), ({ stored, access }) =>
          access.some((row) => row.org === org) ? listed(stored) : [],
        ),
    ],
    // A copy: whoever walks it may grant meanwhile.
    [ACCESS, ([key, type]) => then(this.access(String(type), Number(key)), (access) => [...access])],
    [
      SIDES,
      ([org, type, key]) =>
        then(this.access(String(type), Number(key)), (access) =>
          access.filter((row) => row.org === org).map(({ side }) => ({ side })),
        ),
    ],
    [BY_TOKEN, (params) => this.#find(BY_TOKEN, params)],
    [OWN_BY_TOKEN, (params) => this.#findOwn(params)],
    [BY_REFERENCE, (params) => this.#toNew(params) ?? this.#find(BY_REFERENCE, params)],
    [LIVE_BY_SUBJECT, (params) => this.#none(params) ?? this.#find(LIVE_BY_SUBJECT, params, this.#live)],
    [KEPT, (params) => this.#reply(asked(params), params)],
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
    const found = this.#answers.get(sql)?.(params) as Soon<R[]> | undefined
    return found && Promise.resolve(found)
  }

  /** Who stands to a resource. */
  access(type: string, key: number): Soon<Access[]> {
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
    this.#access.set(stored.key, access)
    this.#keep(stored, access, was, false)
    this.#keep(stored, access, is, true)
    for (const row of was)
      if (row.kind === 'reference') this.#referring.get(asked([row.param, row.target]))?.delete(path)
    for (const row of is) if (row.kind === 'reference' && this.#new.has(row.target)) this.#refer(row, path)
  }

  /** The label of a resource is another one. @param rows what the index holds of it */
  async relabelled(stored: Stored, rows: readonly IndexRow[]): Promise<void> {
    this.#changed = true
    this.#keep(stored, await this.access(stored.type, stored.key), rows, true)
  }

  /** @param isFound whether the rows find it from now on, as it now is, or no longer do */
  #keep(stored: Stored, access: Access[], rows: readonly IndexRow[], isFound: boolean): void {
    const path = `${stored.type}/${stored.id}`
    this.#resources.set(path, { stored, access })
    this.#touched.add(path).add(stored.key)
    for (const row of rows) {
      if (row.kind !== 'token' && row.kind !== 'reference') continue
      const value = asked(row.kind === 'token' ? [row.param, row.code, row.system] : [row.param, row.target])
      this.#touched.add(value)
      this.#refind(value, stored, isFound)
      this.#live.delete(value)
      this.#owned.delete(value)
    }
  }

  /** What was found by a value, with the resource as it is now, or without it. */
  #refind(value: string, stored: Stored, isFound: boolean): void {
    const found = this.#found.get(value)
    if (found === undefined) return
    if (found instanceof Promise) this.#found.delete(value)
    else {
      const others = found.filter(({ key }) => key !== stored.key)
      this.#found.set(value, isFound ? [...others, stored].sort((a, b) => a.key - b.key) : others)
    }
  }

  #refer({ param, target }: { readonly param: string; readonly target: string }, path: string): void {
    const value = asked([param, target])
    const known = this.#referring.get(value)
    if (known) known.add(path)
    else this.#referring.set(value, new Set([path]))
  }

  /** Nothing, where nothing refers to what this group has made; undefined where the database must be asked. */
  #none(params: readonly SqlValue[]): Stored[] | undefined {
    return this.#toNew(params)?.length === 0 ? [] : undefined
  }

  /** What refers to something that this group has made; undefined where the database must be asked. */
  #toNew(params: readonly SqlValue[]): Stored[] | undefined {
    if (!this.#new.has(String(params[1]))) return undefined
    const found: Stored[] = []
    for (const path of this.#referring.get(asked(params)) ?? []) {
      const known = this.#resources.get(path)
      if (known && 'stored' in known && known.stored && !known.stored.deleted) found.push(known.stored)
    }
    return found.sort((a, b) => a.key - b.key)
  }

  /** An id that was just made: nothing can be there, and if there were, the insert would fail. */
  isNew(type: string, id: string): void {
    const path = `${type}/${id}`
    if (this.#resources.has(path)) return
    this.#resources.set(path, { stored: undefined, access: [] })
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

  /** An answer was kept. */
  replied(organization: string, identity: string): void {
    this.#changed = true
    const value = asked([organization, identity])
    this.#touched.add(value)
    this.#replies.delete(value)
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
      const lists = [this.#found, this.#live, this.#owned, this.#replies, this.#referring]
      for (const known of [this.#resources, this.#access, this.#new, ...lists]) known.clear()
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
  #resource(type: string, id: string): Soon<Known> {
    const path = `${type}/${id}`
    return remembered(this.#resources, path, async () => {
      const ask = this.#asking(path)
      const [[stored], access] = await Promise.all([
        ask<Stored & Row>(CURRENT, [type, id]),
        ask<Access & Row>(ACCESS_BY_ID, [type, id]),
      ])
      // Somebody was granted something by its key alone.
      if (stored && this.#touched.has(stored.key)) return { stored, access: await this.access(type, stored.key) }
      if (stored) this.#access.set(stored.key, access)
      return { stored, access }
    })
  }

  #reply(value: string, params: readonly SqlValue[]): Soon<unknown[]> {
    return remembered(this.#replies, value, () => this.#asking(value)(KEPT, params))
  }

  #find(sql: string, params: readonly SqlValue[], among = this.#found): Soon<Stored[]> {
    const value = asked(params)
    return remembered(among, value, () => this.#asking(value)<Stored & Row>(sql, params))
  }

  #findOwn(params: readonly SqlValue[]): Soon<unknown[]> {
    const [param = '', code = '', system = '', org] = params
    const value = asked([param, code, system])
    let known = this.#owned.get(value)
    if (!known) this.#owned.set(value, (known = new Map()))
    return remembered(known, String(org), () => this.#asking(value)(OWN_BY_TOKEN, params))
  }
}

/** What an index was asked for, as one text; no text that is stored or sent has the character between. */
const asked = (params: readonly SqlValue[]): string => params.join('\u0000')

const listed = (stored: Stored | undefined): Stored[] => (stored ? [stored] : [])

const then = <T, U>(soon: Soon<T>, use: (value: T) => U): Soon<U> =>
  soon instanceof Promise ? soon.then(use) : use(soon)

function remembered<K, V>(map: Map<K, Soon<V>>, key: K, ask: () => Promise<V>): Soon<V> {
  const known = map.get(key)
  if (known !== undefined) return known
  const asking = ask()
  map.set(key, asking)
  asking.then(
    (value) => {
      if (map.get(key) === asking) map.set(key, value)
    },
    // A failure is for whoever asked; the next one asks again.
    () => {
      if (map.get(key) === asking) map.delete(key)
    },
  )
  return asking
}
