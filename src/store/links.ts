/** Literal references at the door: they lead somewhere when they are written, and go on doing so. */
import { refuse } from '../fhir/problem.ts'
import { eachLink, localReference } from '../fhir/references.ts'
import type { Resource } from '../fhir/resource.ts'
import type { Query } from './database.ts'
import { matches } from '../fhir/search-match.ts'
import type { SearchQuery } from '../fhir/search-query.ts'
import type { LaneTransaction } from './lane.ts'
import type { ConditionalReference, DoorOptions, Operation } from './operation.ts'
import { readCurrent, type Scope, type Stored } from './read.ts'
import type { Unsent } from './rehearsal.ts'
import { matchKeys } from './search.ts'

/** What a search would find of what is only rehearsed; what it asks of other resources counts as given. */
const unsentMatches = ({ type, conditions }: SearchQuery, unsent: readonly Unsent[] = []): Stored[] =>
  unsent.flatMap(({ stored, rows }) => {
    const version = { id: stored.id, tick: stored.tick, rows }
    const isNew = stored.type === type && stored.version === 1
    return isNew && conditions.every((condition) => matches(condition, version)) ? [stored] : []
  })

/** What the entries of one Bundle call each other, and what they are (https://hl7.org/fhir/R4/bundle.html#references). */
export class Links {
  readonly #targets = new Map<string, { readonly reference: string; readonly version: number }>()

  get size(): number {
    return this.#targets.size
  }

  /** @param version the one that is being written */
  name(
    fullUrl: string | undefined,
    to: { readonly type: string; readonly id: string; readonly version: number },
  ): void {
    if (fullUrl === undefined) return
    this.#targets.set(fullUrl, { reference: `${to.type}/${to.id}`, version: to.version })
  }

  /**
   * Where a link leads; a link to a version leads to the version that is written. A relative link means a neighbour on
   * the server that the entry it stands in comes from.
   * @param from fullUrl of the entry
   */
  target(link: string, from?: string): string | undefined {
    const [bare = link, version] = link.split('/_history/', 2)
    const found = this.#targets.get(bare) ?? this.#targets.get(`${serverOf(from)}/${bare}`)
    if (!found) return undefined
    return version === undefined ? found.reference : `${found.reference}/_history/${found.version}`
  }
}

/** Whether a condition may name another entry of the Bundle. */
export const namesEntry = (operation: Operation): boolean =>
  searchOf(operation)?.conditions.some(
    (condition) => condition.kind === 'reference' && condition.values.some((value) => value.startsWith('urn:')),
  ) === true

/** The operation with the entries that its condition names replaced by what they are. */
export function withTargets(operation: Operation, links: Links): Operation {
  const search = searchOf(operation)
  if (!search) return operation
  const conditions = search.conditions.map((condition) =>
    condition.kind === 'reference'
      ? { ...condition, values: condition.values.map((value) => links.target(value) ?? value) }
      : condition,
  )
  const resolved = { ...search, conditions }
  return operation.kind === 'create' ? { ...operation, ifNoneExist: resolved } : { ...operation, match: resolved }
}

const searchOf = (operation: Operation): SearchQuery | undefined =>
  operation.kind === 'create' ? operation.ifNoneExist : operation.match

/** The FHIR base of a resource's address on its server, or empty. */
const serverOf = (fullUrl = ''): string =>
  /^(https?:\/\/.*)\/[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.exec(fullUrl)?.[1] ?? ''

/**
 * What conditional references lead to (https://hl7.org/fhir/R4/http.html#trules): the one resource that matches.
 * @throws Problem when none does, or several do
 */
export async function matchConditions(
  { query, unsent }: Pick<LaneTransaction, 'query' | 'unsent'>,
  scope: Scope,
  conditions: readonly ConditionalReference[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const { link, search, expression } of conditions) {
    if (found.has(link)) continue
    const [match, second] = [...(await matchKeys(query, search, scope, 2)), ...unsentMatches(search, unsent?.())]
    if (second) {
      throw refuse(
        'multiple-matches',
        `The reference by condition matches more than one ${search.type} that you can see: refer to the one that is meant by its id (${search.type}/[id]).`,
        expression,
      )
    }
    if (!match) {
      throw refuse(
        'reference-unresolved',
        `The reference by condition matches no ${search.type} that you can see: send it in the same Bundle, or refer to it by identifier.`,
        expression,
      )
    }
    found.set(link, `${match.type}/${match.id}`)
  }
  return found
}

interface Surroundings {
  readonly query: Query
  readonly scope: Scope
  readonly base: string
  /** Whether this commit writes it. */
  isPending(reference: string): boolean
  /** The resource as it is stored: what it refers to already was looked at when that was written. */
  readonly stored?: Resource
}

/**
 * A literal reference must lead somewhere, and only to what the sender may see: or it could be used to peep.
 * @throws Problem reference-unresolved
 */
export async function checkReferences(surroundings: Surroundings, resource: Resource, root: string): Promise<void> {
  const { base, stored } = surroundings
  const links: { link: string; expression: string }[] = []
  const known = new Set<string>()
  if (stored) {
    eachLink(stored, (link) => {
      known.add(link)
    })
  }
  eachLink(resource, (link, member, expression) => {
    if (member === 'reference' && !link.startsWith('#') && !known.has(link)) {
      links.push({ link, expression: expression().replace(resource.resourceType, root) })
    }
  })
  for (const { link, expression } of links) {
    if (link.startsWith('urn:')) {
      throw refuse(
        'reference-unresolved',
        'The reference names an entry that is not there: send it in the same transaction (entries of a batch do not know each other), or use Type/id or an identifier.',
        expression,
      )
    }
    const local = localReference(link, base)
    // What is neither ours nor absolute (a conditional reference, say) would lead nowhere for ever.
    if (!local && (!/^[a-z][a-z0-9+.-]*:/i.test(link) || link.startsWith(`${base}/`))) {
      throw refuse(
        'reference-unresolved',
        'The reference is not resolved here: use Type/id, the fullUrl of another entry, or an identifier.',
        expression,
      )
    }
    if (!local || surroundings.isPending(`${local.type}/${local.id}`)) continue
    if (!(await readCurrent(surroundings.query, local.type, local.id, surroundings.scope))) {
      throw refuse(
        'reference-unresolved',
        `There is no ${local.type} with this id that you can see: send it in the same Bundle, or refer to it by identifier.`,
        expression,
      )
    }
  }
}

/**
 * What others still refer to is not deleted: a prescription without its patient can be given to nobody. Asked after
 * everything of the commit is written, so that a whole may go with its parts. References in elements that R4 has no
 * search parameter for are not seen.
 * @throws Problem still-referenced
 */
export async function checkNotReferred(
  { query, unsent = () => [] }: Pick<LaneTransaction, 'query' | 'unsent'>,
  options: Pick<DoorOptions, 'referrers'>,
  { type, id, key }: Stored,
  { scope, root }: { readonly scope: Scope; readonly root: string },
): Promise<void> {
  const params = options.referrers(type)
  if (params.length === 0) return
  const names = params.map((_, index) => `$${index + 3}`).join(', ')
  const target = `${type}/${id}`
  const rehearsed = unsent()
  const stored = await query<{ key: number; type: string; id: string }>(
    `SELECT r.key AS key, r.type AS type, r.id AS id FROM resource r WHERE r.deleted = 0 AND r.key <> $1 AND r.key IN
       (SELECT key FROM index_reference WHERE param IN (${names}) AND target = $2) LIMIT ${1 + rehearsed.length}`,
    [key, target, ...params],
  )
  const refers = ({ stored: { deleted }, rows }: Unsent): boolean =>
    !deleted && rows.some((row) => row.kind === 'reference' && params.includes(row.param) && row.target === target)
  const [referrer] = [
    ...stored.filter((one) => rehearsed.every((other) => other.stored.key !== one.key)),
    ...rehearsed.filter(refers).map((one) => one.stored),
  ]
  if (!referrer) return
  // What another organisation keeps is not named, not even by its type.
  const seen = await readCurrent(query, referrer.type, referrer.id, scope)
  throw refuse(
    'still-referenced',
    `A ${seen ? referrer.type : 'resource of another organisation'} still refers to this ${type}. Delete or change what refers to it first, or in the same transaction; to take it out of use and keep it, set its status or active.`,
    root,
  )
}
