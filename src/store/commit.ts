/**
 * The door: everything that writes goes through here. A single POST is a Bundle of one. What may happen *now*
 * (If-Match, If-None-Exist, state, quantity left) is decided here, inside the lane, against what is stored at that
 * moment; the rules themselves belong to homecare and are handed in.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Caller, Side } from '../caller.ts'
import { withChanged } from '../fhir/exact.ts'
import { stamp, withMembers, withTextOf } from '../fhir/json.ts'
import { Problem, refuse } from '../fhir/problem.ts'
import { localReference, referencesAt, withLinks } from '../fhir/references.ts'
import type { Resource } from '../fhir/resource.ts'
import { admit, share, withdraw } from './access.ts'
import { setAlarms } from './alarm.ts'
import { append, relabel } from './append.ts'
import { checkApart, type Identity, identify } from './identity.ts'
import type { LaneTransaction } from './lane.ts'
import { checkNotReferred, checkReferences, Links, matchConditions, namesEntry, withTargets } from './links.ts'
import {
  type Change,
  type CommitRequest,
  type Committed,
  creatorSides,
  type Done,
  type DoorOptions,
  type Draft,
  type Facts,
  foreseenOf,
  isUnconditional,
  type Grant,
  type Operation,
  type Outcome,
  typeOf,
} from './operation.ts'
import { parse, readSides, type Stored } from './read.ts'
import { isUnchanged, sameMembers } from './unchanged.ts'

/** How many effects may follow from one request: a table that goes round in circles stops here. */
const MAX_EFFECTS = 2000

/**
 * Writes the operations of one request, all or nothing, and what follows from them. Runs inside the lane.
 * @throws Problem when any of them may not happen
 */
export async function commit(
  options: DoorOptions,
  transaction: LaneTransaction,
  request: CommitRequest,
): Promise<Committed> {
  const writer = new Writer(options, transaction, request)
  const { outcomes, done } = await writer.write(request.operations)
  const consequences: Outcome[] = []
  // What follows from half of a request would be judged as if it were the whole.
  if (writer.gathered) return { outcomes, consequences }
  // One effect at a time, so that each sees what the one before it has done.
  const effects = done.flatMap((change) => change.verdict.effects.map((effect) => ({ change, effect })))
  for (let count = 0; effects.length > 0; count++) {
    if (count === MAX_EFFECTS) throw new Error('Effects do not end: check the effects in conformance/lifecycle.')
    const next = effects.shift()
    if (!next) break
    const followed = await writer.write(await options.rules.follow(next.change, next.effect, writer.facts))
    consequences.push(...followed.outcomes)
    effects.push(...followed.done.flatMap((change) => change.verdict.effects.map((effect) => ({ change, effect }))))
  }
  return { outcomes, consequences }
}

/** The service's own hand, for consequences; `organization` is kept so that the log says on whose act. */
const serviceFor = (caller: Caller): Caller => ({
  role: 'service',
  organization: caller.organization,
  client: 'service',
})

/** A write that is to happen: what it is about and what it is to be. */
interface Write extends Identity {
  readonly draft: Draft
}

class Writer {
  readonly facts: Facts
  /** Whether something was refused and the rest went on (`CommitRequest.gather`). */
  gathered = false
  readonly #options: DoorOptions
  readonly #transaction: LaneTransaction
  readonly #request: CommitRequest
  readonly #links = new Links()
  readonly #pending = new Map<string, Resource>()
  readonly #done: Done[] = []

  constructor(options: DoorOptions, transaction: LaneTransaction, request: CommitRequest) {
    this.#options = options
    this.#transaction = transaction
    this.#request = request
    this.facts = {
      query: transaction.query,
      now: transaction.tick,
      target: (link) =>
        link === undefined ? undefined : localReference(this.#links.target(link) ?? link, options.base),
      pending: ({ type, id }) => this.#pending.get(`${type}/${id}`),
      admit: (stored, grants) => admit(transaction, options, stored, grants),
      withdraw: (stored, organization) => withdraw(transaction, options, stored, organization),
      relabel: (stored, label) => relabel(transaction, options, stored, label),
      remind: (stored, alarms) => setAlarms(transaction, stored, alarms),
      written: (type) => this.#done.filter((change) => change.type === type),
    }
  }

  /** Deletes first, so that a condition no longer finds what is gone (https://hl7.org/fhir/R4/http.html#trules). */
  async write(operations: readonly Operation[]): Promise<{ outcomes: Outcome[]; done: Done[] }> {
    if (operations.length === 0) return { outcomes: [], done: [] }
    const outcomes: Outcome[] = []
    const identities: Identity[] = []
    const deleted: Identity[] = []
    const writes = new Map<number, Write>()
    const { query } = this.#transaction
    // Side by side, so that what the service adds of its own accord costs one way to the database as well.
    await Promise.all(
      operations.flatMap((operation) =>
        operation.byService && 'draft' in operation
          ? (this.#options.rules.foresee?.(foreseenOf(operation, this.#request.caller), query) ?? [])
          : [],
      ),
    )
    for (const deleting of [true, false]) {
      const now = [...operations.entries()]
        .filter(([, operation]) => (operation.kind === 'delete') === deleting)
        // What a condition names must be known before it is looked for.
        .sort(([, a], [, b]) => Number(namesEntry(a)) - Number(namesEntry(b)))
      // A deletion may change what the next one is about; the others only look.
      const looks = deleting
        ? []
        : now.map(([, operation]) => (namesEntry(operation) ? undefined : this.#look(operation)))
      for (const [place, [index, operation]] of now.entries()) {
        const looked = looks[place] ?? this.#look(withTargets(operation, this.#links))
        const identity = await this.#refusable(async () => this.#note(await looked, identities))
        if (!identity) {
          this.#expectRefused(operation)
          continue
        }
        if (operation.kind === 'delete') {
          const outcome = await this.#refusable(() => this.#delete(identity))
          if (!outcome) continue
          outcomes[index] = outcome
          if (outcome.status === 'deleted') deleted.push(identity)
        } else if (identity.matched) outcomes[index] = { status: 'matched', stored: identity.matched }
        else writes.set(index, this.#expect({ ...identity, draft: draftOf(operation, identity) }))
      }
    }
    const done: Done[] = []
    const reaching: Done[] = []
    for (const [index, write] of this.#inOrder(writes)) {
      const result = await this.#refusable(() => this.#one(write))
      if (!result) continue
      outcomes[index] = result.outcome
      if (!result.done) continue
      done.push(result.done)
      this.#done.push(result.done)
      if (result.reaches) reaching.push(result.done)
    }
    for (const change of reaching) {
      const { type, stored, next } = change
      await this.#refusable(() => share(this.#transaction, this.#options, type, stored.key, next, change))
    }
    if (this.#options.referencesEnforced) {
      for (const { current, operation } of deleted)
        if (current) {
          const { scope } = this.#request
          const around = { scope, root: operation.root }
          await this.#refusable(() => checkNotReferred(this.#transaction, this.#options, current, around))
        }
    }
    return { outcomes, done }
  }

  /** Does a part of the work; what it is refused for ends all of it, unless everything is to be gathered. */
  #refusable<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { gather } = this.#request
    if (!gather) return work()
    return work().catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error
      this.gathered = true
      gather(error)
      return undefined
    })
  }

  /** Others may refer to what is refused: that is no fault of theirs. */
  #expectRefused(operation: Operation): void {
    if (!('draft' in operation)) return
    const local = { type: typeOf(operation), id: operation.id || 'refused' }
    this.#links.name(operation.fullUrl, { ...local, version: 1 })
    this.#pending.set(`${local.type}/${local.id}`, operation.draft.resource)
  }

  #look(operation: Operation): Promise<Identity> {
    if (operation.kind === 'create') this.#transaction.memory.isNew(typeOf(operation), operation.id)
    const looking = identify(this.#transaction.query, this.#request.scope, operation)
    // Its fault is met when its turn comes, or not at all when an earlier operation is refused.
    looking.catch(() => {})
    return looking
  }

  #note(identity: Identity, identities: Identity[]): Identity {
    checkApart(identities, identity)
    identities.push(identity)
    this.#links.name(
      identity.operation.fullUrl,
      identity.matched ?? { ...identity, version: (identity.current?.version ?? 0) + 1 },
    )
    return identity
  }

  /** Notes what will be there when everything is written. */
  #expect(write: Write): Write {
    this.#pending.set(`${write.type}/${write.id}`, write.draft.resource)
    return write
  }

  /**
   * Writes in their order. What others point to comes first, because it may turn out to repeat what is stored already
   * (a link to it then leads there), and because who stands to it stands to what points to it.
   */
  #inOrder(writes: ReadonlyMap<number, Write>): [number, Write][] {
    const rank = ([, { type }]: [number, Write]): number => this.#options.precedence(type)
    // A condition may mean what the same Bundle creates (R4 resolves conditional references last).
    const conditional = ([, { draft }]: [number, Write]): number => (draft.conditions ? 1 : 0)
    return [...writes].sort((a, b) => conditional(a) - conditional(b) || rank(a) - rank(b) || a[0] - b[0])
  }

  async #sides(current: Stored | undefined, byService: boolean): Promise<readonly Side[]> {
    if (byService) return ['requester', 'owner']
    if (!current) return creatorSides(this.#request.caller)
    if (this.#request.scope.kind === 'open') return ['requester', 'owner']
    return readSides(this.#transaction.query, current.type, current.key, this.#request.scope.organization)
  }

  /** How the caller stands to a resource. @throws Problem role-forbidden for a mere reader of what is stored */
  async #actingSides(identity: Identity): Promise<readonly Side[]> {
    const { operation, current, type } = identity
    const sides = await this.#sides(current, operation.byService === true)
    if (!current || sides.some((side) => side !== 'reader')) return sides
    throw refuse(
      'role-forbidden',
      `Your organisation may read this ${type} but not change it: it was sent by another one.`,
      operation.root,
    )
  }

  async #delete(identity: Identity): Promise<Outcome> {
    const { operation, type, id, current } = identity
    if (!current || current.deleted) return { status: 'absent', stored: current ?? nothing(type, id) }
    const { caller } = this.#request
    const sides = await this.#actingSides(identity)
    const resource = parse(current)
    const { root } = operation
    this.#options.rules.mayDelete({ type, id, root, caller, sides, current: { stored: current, resource } })
    const stored = await append(this.#options, this.#transaction, {
      type,
      id,
      caller,
      method: 'DELETE',
      before: current,
      indexed: resource,
      content: '',
      text: () => '',
      grants: [],
      label: current.label,
      event: { kind: 'deleted', from: '', to: '' },
    })
    return { status: 'deleted', stored }
  }

  async #one(write: Write): Promise<{ outcome: Outcome; done?: Done; reaches?: boolean }> {
    const { operation, id, type } = write
    const { root } = operation
    const byService = operation.byService === true
    const caller = byService ? serviceFor(this.#request.caller) : this.#request.caller
    const found = await matchConditions(this.#transaction, this.#request.scope, write.draft.conditions ?? [])
    const draft = this.#resolved(write, found)
    const { text } = draft
    this.#pending.set(`${type}/${id}`, draft.resource)
    const current = write.current?.deleted ? undefined : write.current
    const resource = current && parse(current)
    if (!byService) await this.#checkReferences(draft.resource, root, resource)
    const sides = await this.#actingSides(write)
    const change: Change = {
      type,
      id,
      root,
      caller,
      sides,
      next: draft.resource,
      content: draft.content,
      wholeOrder: operation.wholeOrder === true,
      unconditional: isUnconditional(operation),
      ...(current && resource ? { current: { stored: current, resource } } : {}),
    }
    if (current && isUnchanged(change, current, text)) return { outcome: { status: 'unchanged', stored: current } }
    const verdict = await this.#options.rules.judge(change, this.facts)
    if (verdict.repeats) {
      const stored = verdict.repeats
      this.#pending.delete(`${type}/${id}`)
      this.#links.name(operation.fullUrl, stored)
      return { outcome: { status: current ? 'unchanged' : 'repeated', stored } }
    }
    const frozen = [...(verdict.frozen ?? []), ...(byService ? sameMembers(change) : [])]
    const kept = current ? withTextOf(text, current.text, frozen) : text
    const whole = verdict.members ? withMembers(kept, verdict.members) : kept
    const next = { ...draft.resource, ...verdict.members, id }
    const reaches = await this.#reaches(change, next, verdict.grants)
    const stored = await append(this.#options, this.#transaction, {
      type,
      id,
      caller,
      method: operation.kind === 'update' || current ? 'PUT' : 'POST',
      ...(write.current ? { before: write.current } : {}),
      ...(change.current ? { indexed: change.current.resource } : {}),
      next,
      content: change.content,
      text: (version) => stamp(whole, id, version, this.#transaction.tick),
      grants: verdict.grants,
      label: verdict.label ?? '',
      event: { kind: verdict.event, from: verdict.from, to: verdict.to },
    })
    this.#pending.set(`${type}/${id}`, next)
    return {
      outcome: {
        status: current ? 'updated' : 'created',
        stored,
        ...(verdict.warnings ? { warnings: verdict.warnings } : {}),
      },
      done: { ...change, next, stored, verdict },
      reaches,
    }
  }

  /** Whether somebody may come to see what a resource points to: who stands to it, or what it points to, is new. */
  async #reaches({ type, current }: Change, next: Resource, grants: readonly Grant[]): Promise<boolean> {
    // Where a reference may lead nowhere, what it names may have come since.
    if (!current || !this.#options.referencesEnforced) return true
    const access = await this.#transaction.memory.access(type, current.stored.key)
    if (grants.some(({ organization, side }) => !access.some((row) => row.org === organization && row.side === side)))
      return true
    return this.#options
      .shares(type)
      .some((path) => !isDeepStrictEqual(referencesAt(next, path), referencesAt(current.resource, path)))
  }

  /** The draft with what other entries of the Bundle are called replaced by what they are, in text and parsed form alike. */
  #resolved({ draft, operation }: Write, conditional: ReadonlyMap<string, string>): Draft {
    if (this.#links.size === 0 && conditional.size === 0) return draft
    const target = (link: string) => conditional.get(link) ?? this.#links.target(link, operation.fullUrl)
    const changed = new Set<string>()
    const resource = withLinks(draft.resource, (link, _member, expression) => {
      const found = target(link)
      if (found !== undefined) changed.add(expression().split(/[.[]/, 2)[1] ?? '')
      return found
    })
    if (changed.size === 0) return draft
    return { ...draft, resource, text: withChanged(draft.text, changed, (member) => withLinks(member, target)) }
  }

  async #checkReferences(resource: Resource, root: string, stored: Resource | undefined): Promise<void> {
    if (!this.#options.referencesEnforced) return
    const { query } = this.#transaction
    const { scope } = this.#request
    const isPending = (reference: string) => this.#pending.has(reference)
    const around = { query, scope, base: this.#options.base, isPending, ...(stored ? { stored } : {}) }
    await checkReferences(around, resource, root)
  }
}

/** What is to be stored: as sent, or as a patch leaves what is stored now. */
function draftOf(operation: Exclude<Operation, { kind: 'delete' }>, { current }: Identity): Draft {
  if (operation.kind !== 'patch') return operation.draft
  if (!current) throw new Error('A patch was let through without what it changes.')
  return operation.apply(current)
}

/** There was never any. */
const nothing = (type: string, id: string): Stored => ({
  key: 0,
  type,
  id,
  version: 0,
  tick: 0,
  deleted: 1,
  label: '',
  content: '',
  text: '',
})
