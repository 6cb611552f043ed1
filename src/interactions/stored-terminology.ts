/**
 * Value sets and code systems that are kept here as resources, for the searches that name them (`:in`, `:not-in`,
 * `:above`, `:below`). What R4 or a package publishes under the same canonical is meant first.
 */
import type { Caller } from '../caller.ts'
import { type Context, maySearch, searchScope } from '../context.ts'
import { localReference } from '../fhir/references.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { parseSearch, type SearchQuery } from '../fhir/search-query.ts'
import { escaped } from '../fhir/search-text.ts'
import { createSearchTerminology, type SearchTerminology } from '../fhir/search-terminology.ts'
import { createTerminology, firstOf, type Lookup, type ValueSetSource } from '../fhir/terminology.ts'
import { readCurrent } from '../store/read.ts'
import { matchKeys } from '../store/search.ts'

/** Value sets and code systems that one search may lead to. */
const MAX_READ = 20

const TYPES = ['ValueSet', 'CodeSystem'] as const
type Named = { readonly type: (typeof TYPES)[number]; readonly canonical: string }

/** Whether a query may mean what is kept here, so that its meaning changes with it. */
export const namesTerminology = ({ row }: Context, pairs: SearchQuery['applied']): boolean =>
  TYPES.some((type) => row(type)?.source === 'store') && namedBy(pairs).length > 0

/**
 * The terminology of one search: what is published and what the caller may see of what is kept.
 * @returns undefined where the search names nothing that is kept
 */
export async function storedTerminology(
  context: Context,
  caller: Caller,
  pairs: SearchQuery['applied'],
): Promise<SearchTerminology | undefined> {
  const { published } = context
  const sets = new Map<string, ValueSetSource>()
  const systems = new Map<string, r4.CodeSystem>()
  const asked = namedBy(pairs)
  const seen = new Set<string>()
  // What a set includes is looked for in its turn.
  for (const named of asked) {
    const { type, canonical } = named
    const known = type === 'ValueSet' ? published.valueSets(canonical) : published.codeSystems(canonical)
    if (known || seen.has(`${type} ${canonical}`) || seen.size >= MAX_READ) continue
    seen.add(`${type} ${canonical}`)
    const found = await read(context, caller, named)
    if (!found) continue
    if (type === 'CodeSystem') systems.set(canonical, found as unknown as r4.CodeSystem)
    else {
      sets.set(canonical, found as unknown as ValueSetSource)
      asked.push(...includedIn(found as unknown as r4.ValueSet))
    }
  }
  if (sets.size + systems.size === 0) return undefined
  const lookup =
    <T>(kept: ReadonlyMap<string, T>): Lookup<T> =>
    (canonical) =>
      kept.get(canonical)
  const valueSets = firstOf(published.valueSets, lookup(sets))
  const codeSystems = firstOf(published.codeSystems, lookup(systems))
  const terminology = createTerminology({ valueSets, codeSystems })
  const made = createSearchTerminology({ terminology, valueSets, codeSystems })
  return { ...made, codes: (valueSet) => listed(made, valueSet) }
}

/** A set that leaves itself out cannot be listed. */
function listed(terminology: SearchTerminology, valueSet: string): ReturnType<SearchTerminology['codes']> {
  try {
    return terminology.codes(valueSet)
  } catch {
    return undefined
  }
}

function namedBy(pairs: SearchQuery['applied']): Named[] {
  return pairs.flatMap(([name, value]): Named[] => {
    const modifier = /:(in|not-in|above|below)$/.exec(name)?.[1]
    if (modifier === undefined) return []
    const values = value.split(',')
    if (modifier === 'in' || modifier === 'not-in') return values.map((canonical) => ({ type: 'ValueSet', canonical }))
    return values.flatMap((each): Named[] => {
      const [system = '', code] = each.split('|')
      return code === undefined || system === '' ? [] : [{ type: 'CodeSystem', canonical: system }]
    })
  })
}

const includedIn = ({ compose }: r4.ValueSet): Named[] =>
  [...(compose?.include ?? []), ...(compose?.exclude ?? [])].flatMap(({ system, valueSet = [] }): Named[] => [
    ...valueSet.map((canonical): Named => ({ type: 'ValueSet', canonical })),
    ...(system === undefined ? [] : [{ type: 'CodeSystem' as const, canonical: system }]),
  ])

/** By its canonical, with a version or without, or by its address here. */
async function read(context: Context, caller: Caller, { type, canonical }: Named): Promise<Resource | undefined> {
  if (context.row(type)?.source !== 'store' || !maySearch(context, caller)(type)) return undefined
  const { query } = context.database
  const scope = searchScope(context, caller)
  const local = localReference(canonical, context.base)
  const id = local?.type === type ? local.id : await idOf(context, caller, { type, canonical })
  const stored = id === undefined ? undefined : await readCurrent(query, type, id, scope)
  return stored && (JSON.parse(stored.text) as Resource)
}

async function idOf(context: Context, caller: Caller, { type, canonical }: Named): Promise<string | undefined> {
  const [url = '', version] = canonical.split('|')
  const pairs: [string, string][] = [
    ['url', escaped(url)],
    ...(version === undefined ? [] : [['version', escaped(version)] as [string, string]]),
  ]
  const search = parseSearch(type, pairs, context.search, { lenient: false, defaultCount: 1, maxCount: 1 })
  const [found] = await matchKeys(context.database.query, search, searchScope(context, caller), 1)
  return found?.id
}
