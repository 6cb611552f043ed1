/**
 * Queries that were read before: pollers send the same again and again, and after every write it would be read anew. What
 * a query means depends on its words, who asks and the tables of the service, none of which changes while it runs.
 */
import type { Caller } from '../caller.ts'
import type { SearchQuery } from '../fhir/search-query.ts'

/** Queries of one caller, and of all together; when either is reached, those are forgotten. */
const CALLER_LIMIT = 100
const LIMIT = 10_000

export class KnownQueries {
  /** Without its meaning what was asked once: most of that never is again. */
  #known = new WeakMap<Caller, Map<string, SearchQuery | undefined>>()
  #count = 0

  /**
   * @param question all on which the meaning depends beside the caller
   * @param parse throws where the query is refused, which is found out each time
   */
  read(caller: Caller, question: string, parse: () => SearchQuery): SearchQuery {
    let known = this.#known.get(caller)
    const kept = known?.get(question)
    if (kept) return kept
    const query = parse()
    const again = known?.has(question) === true
    if (!again && ++this.#count > LIMIT) {
      this.#known = new WeakMap()
      this.#count = 1
      known = undefined
    }
    if (!known || (!again && known.size >= CALLER_LIMIT)) this.#known.set(caller, (known = new Map()))
    known.set(question, again ? query : undefined)
    return query
  }
}
