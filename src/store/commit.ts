/**
 * The door: everything that writes goes through here. A single POST is a Bundle of one. What may happen *now*
 * (If-Match, If-None-Exist, state, quantity left) is decided here, inside the lane, against what is stored at that
 * moment; the rules themselves belong to homecare and are handed in.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Caller, Side } from '../caller.ts'
import { type ResourceText, stamp, textOf, withLinks, withMembers, withTextOf } from '../fhir/json.ts'
import { refuse } from '../fhir/problem.ts'
import { eachLink, localReference } from '../fhir/references.ts'
import type { Resource } from '../fhir/resource.ts'
import type { SearchQuery } from '../fhir/search-query.ts'
import { grant, share } from './access.ts'
import { tellAll } from './events.ts'
import { indexChanges } from './index-table.ts'
import type { LaneTransaction } from './lane.ts'
import {
  type Change,
  type CommitRequest,
  type Committed,
  creatorSides,
  type Done,
  type DoorOptions,
  type Draft,
  type Facts,
  type Operation,
  type Outcome,
  type Verdict,
} from './operation.ts'
import { readCurrent, readSides, type Scope, type Stored } from './read.ts'
import { matchKeys } from './search.ts'

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

interface Identity {
  readonly operation: Operation
  readonly current?: Stored
  readonly id: string
  /** If-None-Exist found it. */
  readonly matched?: Stored
}

class Writer {
  readonly facts: Facts
  readonly #options: DoorOptions
  readonly #transaction: LaneTransaction
  readonly #request: CommitRequest
  readonly #links = new Map<string, string>()
  readonly #pending = new Map<string, Resource>()
  readonly #done: Done[] = []

  constructor(options: DoorOptions, transaction: LaneTransaction, request: CommitRequest) {
    this.#options = options
    this.#transaction = transaction
    this.#request = request
    this.facts = {
      query: transaction.query,
      now: transaction.tick,
      target: (link) => (link === undefined ? undefined : localReference(this.#links.get(link) ?? link, options.base)),
      pending: ({ type, id }) => this.#pending.get(`${type}/${id}`),
      written: (type) => this.#done.filter((change) => change.type === type),
    }
  }

  async write(operations: readonly Operation[]): Promise<{ outcomes: Outcome[]; done: Done[] }> {
    const identities: Identity[] = []
    for (const operation of operations) {
      const identity = await this.#identify(operation)
      const reference = `${operation.draft.resource.resourceType}/${identity.id}`
      this.#checkApart(identities, identity)
      if (operation.fullUrl !== undefined) this.#links.set(operation.fullUrl, reference)
      if (!identity.matched) this.#pending.set(reference, operation.draft.resource)
      identities.push(identity)
    }
    const outcomes: Outcome[] = []
    const done: Done[] = []
    for (const index of this.#inOrder(identities)) {
      const identity = identities[index]
      if (!identity) continue
      if (identity.matched) {
        outcomes[index] = { status: 'matched', stored: identity.matched }
        continue
      }
      const result = await this.#one(identity)
      outcomes[index] = result.outcome
      if (!result.done) continue
      done.push(result.done)
      this.#done.push(result.done)
    }
    for (const change of done)
      await share(this.#transaction, this.#options, change.type, change.stored.key, change.next)
    return { outcomes, done }
  }

  /**
   * Whether an operation is about something else than those before it. What one Bundle says twice, it may say
   * differently: a link could then lead to the wrong patient, and a condition that found nothing would make two.
   * @throws Problem identity-twice
   */
  #checkApart(earlier: readonly Identity[], { operation, id, matched }: Identity): void {
    const type = operation.draft.resource.resourceType
    const { fullUrl } = operation
    if (fullUrl !== undefined && earlier.some((other) => other.operation.fullUrl === fullUrl)) {
      throw refuse(
        'identity-twice',
        'Two entries have the same fullUrl, so a reference to it would be ambiguous: give each entry its own.',
        operation.root,
      )
    }
    const condition = conditionText(operation)
    for (const other of earlier) {
      if (other.operation.draft.resource.resourceType !== type) continue
      if (other.id === id && !other.matched && !matched) {
        throw refuse('identity-twice', `${type}/${id} is written twice in one Bundle: send it once.`, operation.root)
      }
      if (condition !== undefined && !matched && condition === conditionText(other.operation)) {
        throw refuse(
          'identity-twice',
          `Two entries are the same ${type} by their condition or identifier: send it once and refer to it from both places.`,
          operation.root,
        )
      }
    }
  }

  /**
   * Positions in the order of writing. What others point to comes first, because it may turn out to repeat what is
   * stored already (a link to it then leads there), and because who stands to it stands to what points to it.
   */
  #inOrder(identities: readonly Identity[]): number[] {
    const rank = (index: number): number =>
      this.#options.precedence(identities[index]?.operation.draft.resource.resourceType ?? '')
    return identities.map((_, index) => index).sort((a, b) => rank(a) - rank(b) || a - b)
  }

  /** Which resource an operation is about. */
  async #identify(operation: Operation): Promise<Identity> {
    const { query } = this.#transaction
    const type = operation.draft.resource.resourceType
    if (operation.kind === 'update') {
      const scope: Scope = operation.byService ? { kind: 'open' } : this.#request.scope
      const current = await readCurrent(query, type, operation.id, scope)
      // What exists for others must look exactly like what does not exist.
      if (!current && operation.ifMatch !== undefined) {
        throw refuse('not-found', `There is no ${type} with this id that you can see.`, operation.root)
      }
      if (!current) {
        throw refuse(
          'update-as-create',
          `There is no ${type} with this id that you can change. The service assigns ids: create it with POST ${type}.`,
          operation.root,
        )
      }
      checkVersion(operation, current)
      return { operation, current, id: operation.id }
    }
    const search = searchOf(operation)
    if (search) {
      // Only among the caller's own: what another organisation keeps of the same patient may say another address.
      const matches = await matchKeys(query, search, this.#request.scope, 2, 'own')
      if (matches.length > 1 && operation.kind === 'create') {
        throw refuse(
          'multiple-matches',
          'The condition matches more than one resource of yours: use a business identifier.',
          operation.root,
        )
      }
      // Two records of one person must not keep a message from being processed: the older one is kept up to date.
      const match = matches[0]
      const stored = match && (await readCurrent(query, type, match.id, this.#request.scope))
      if (stored && operation.kind === 'create') return { operation, id: stored.id, matched: stored }
      if (stored) return { operation, current: stored, id: stored.id }
    }
    return { operation, id: operation.id }
  }

  async #sides(current: Stored | undefined, byService: boolean): Promise<readonly Side[]> {
    if (byService) return ['requester', 'owner']
    if (!current) return creatorSides(this.#request.caller)
    if (this.#request.scope.kind === 'open') return ['requester', 'owner']
    return readSides(this.#transaction.query, current.type, current.key, this.#request.scope.organization)
  }

  async #one({ operation, current, id }: Identity): Promise<{ outcome: Outcome; done?: Done }> {
    const { draft, root } = operation
    const byService = operation.byService === true
    const caller = byService ? serviceFor(this.#request.caller) : this.#request.caller
    const type = draft.resource.resourceType
    const text = this.#resolveLinks(draft)
    if (!byService) await this.#checkReferences(draft.resource, root)
    const sides = await this.#sides(current, byService)
    if (current && !sides.some((side) => side !== 'reader')) {
      throw refuse(
        'role-forbidden',
        `Your organisation may read this ${type} but not change it: it was sent by another one.`,
        root,
      )
    }
    const change: Change = {
      type,
      id,
      root,
      caller,
      sides,
      next: draft.resource,
      content: draft.content,
      wholeOrder: operation.wholeOrder === true,
      ...(current ? { current: { stored: current, resource: JSON.parse(current.text) as Resource } } : {}),
    }
    if (current && stamp(text, id, current.version, current.tick) === current.text) {
      return { outcome: { status: 'unchanged', stored: current } }
    }
    const verdict = await this.#options.rules.judge(change, this.facts)
    if (verdict.repeats) {
      const stored = verdict.repeats
      this.#pending.delete(`${type}/${id}`)
      if (operation.fullUrl !== undefined) this.#links.set(operation.fullUrl, `${type}/${stored.id}`)
      return { outcome: { status: 'repeated', stored } }
    }
    const frozen = [...(verdict.frozen ?? []), ...(byService ? sameMembers(change) : [])]
    const kept = current ? withTextOf(text, current.text, frozen) : text
    const stored = await this.#store(change, verdict, verdict.members ? withMembers(kept, verdict.members) : kept)
    const next = { ...draft.resource, ...verdict.members, id }
    this.#pending.set(`${type}/${id}`, next)
    return {
      outcome: { status: current ? 'updated' : 'created', stored },
      done: { ...change, next, stored, verdict },
    }
  }

  /** Rewrites what other entries of the Bundle are called to what they are; keeps text and parsed form alike. */
  #resolveLinks(draft: Draft): ResourceText {
    if (this.#links.size === 0) return draft.text
    let found = 0
    eachLink(draft.resource, (link) => {
      const target = this.#links.get(link)
      if (target !== undefined) found++
      return target
    })
    if (found === 0) return draft.text
    let written = 0
    const text = withLinks(draft.text, (link) => {
      const target = this.#links.get(link)
      if (target !== undefined) written++
      return target
    })
    // A link that is spelled so oddly that it is not found in the text must not be kept as it was sent.
    return written === found ? text : textOf(draft.resource)
  }

  /** A literal reference must lead somewhere, and only to what the sender may see: or it could be used to peep. */
  async #checkReferences(resource: Resource, root: string): Promise<void> {
    if (!this.#options.referencesEnforced) return
    const links: { link: string; expression: string }[] = []
    eachLink(resource, (link, member, expression) => {
      if (member === 'reference' && !link.startsWith('#')) {
        links.push({ link, expression: expression().replace(resource.resourceType, root) })
      }
      return undefined
    })
    for (const { link, expression } of links) {
      if (link.startsWith('urn:')) {
        throw refuse(
          'reference-unresolved',
          'The reference names a Bundle entry that is not there: send the entry, or use Type/id or an identifier.',
          expression,
        )
      }
      const local = localReference(link, this.#options.base)
      // What is neither ours nor absolute (a conditional reference, say) would lead nowhere for ever.
      if (!local && (!/^[a-z][a-z0-9+.-]*:/i.test(link) || link.startsWith(`${this.#options.base}/`))) {
        throw refuse(
          'reference-unresolved',
          'The reference is not resolved here: use Type/id, the fullUrl of another entry, or an identifier.',
          expression,
        )
      }
      if (!local || this.#pending.has(`${local.type}/${local.id}`)) continue
      const target = await readCurrent(this.#transaction.query, local.type, local.id, this.#request.scope)
      if (!target) {
        throw refuse(
          'reference-unresolved',
          `There is no ${local.type} with this id that you can see: send it in the same Bundle, or refer to it by identifier.`,
          expression,
        )
      }
    }
  }

  async #store(change: Change, verdict: Verdict, text: ResourceText): Promise<Stored> {
    const { query, tick } = this.#transaction
    const { type, id, current, caller } = change
    const seq = this.#transaction.nextSeq()
    const key = current?.stored.key ?? seq
    const version = (current?.stored.version ?? 0) + 1
    const stamped = stamp(text, id, version, tick)
    if (current) await query('UPDATE resource SET version = $1, tick = $2 WHERE key = $3', [version, tick, key])
    else
      await query('INSERT INTO resource (key, type, id, version, tick, deleted) VALUES ($1, $2, $3, $4, $5, 0)', [
        key,
        type,
        id,
        version,
        tick,
      ])
    const method = current ? 'PUT' : 'POST'
    await query(
      'INSERT INTO version (key, version, tick, seq, method, content, text) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [key, version, tick, seq, method, change.content, stamped],
    )
    const before = current ? this.#options.extract(current.resource) : []
    const after = this.#options.extract({ ...change.next, ...verdict.members, id })
    for (const { sql, params } of indexChanges(key, before, after)) await query(sql, params)
    for (const granted of verdict.grants) await grant(query, type, key, granted)
    await query(
      `INSERT INTO event (seq, tick, key, type, id, version, kind, org, role, from_state, to_state)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [seq, tick, key, type, id, version, verdict.event, caller.organization, caller.role, verdict.from, verdict.to],
    )
    await tellAll(this.#transaction, { type, key, version, seq })
    return { key, type, id, version, tick, deleted: 0, content: change.content, text: stamped }
  }
}

const searchOf = (operation: Operation): SearchQuery | undefined =>
  operation.kind === 'upsert' ? operation.match : operation.kind === 'create' ? operation.ifNoneExist : undefined

/** The condition of an operation, comparable with that of another. */
const conditionText = (operation: Operation): string | undefined => {
  const search = searchOf(operation)
  return search && JSON.stringify(search.conditions)
}

/** If-Match against the version as it is now (https://hl7.org/fhir/R4/http.html#concurrency). */
function checkVersion(operation: Operation & { kind: 'update' }, current: Stored): void {
  const how = `read it again, apply your change to what you read, and send it with If-Match: W/"${current.version}"`
  if (operation.ifMatch === undefined && operation.ifMatchRequired) {
    throw refuse(
      'if-match-required',
      `A ${current.type} is changed by several parties: say which version you change. It is at version ${current.version}; ${how}.`,
      operation.root,
    )
  }
  if (operation.ifMatch !== undefined && operation.ifMatch !== current.version) {
    throw refuse(
      'version-conflict',
      `The resource is at version ${current.version}, not ${operation.ifMatch}: ${how}.`,
      operation.root,
    )
  }
}

/** Top-level members that a change leaves alone; what a party wrote there keeps its last decimal digit. */
const sameMembers = ({ current, next }: Change): string[] =>
  Object.keys(next).filter((name) => isDeepStrictEqual(current?.resource[name], next[name]))
