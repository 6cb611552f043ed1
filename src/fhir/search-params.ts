/**
 * The search parameters this service answers: the rows of the server table joined with the R4 SearchParameter
 * definitions, each expression compiled once (https://hl7.org/fhir/R4/searchparameter.html). The same object
 * extracts the index, reads queries and feeds the CapabilityStatement, so they cannot disagree.
 */
import { descendsFrom, isResourceType } from './element-types.ts'
import { ANY_TYPE, type CompiledPath, compilePath, type Resolve, type TypedNode } from './fhirpath.ts'
import type { IndexRow } from './index-row.ts'
import { distinct, type IndexKind, indexKinds, indexRows } from './index-values.ts'
import type { Resource, r4 } from './resource.ts'

/** What is read of a SearchParameter definition. */
export type SearchParameterDefinition = Pick<r4.SearchParameter, 'url' | 'code' | 'type'> & {
  readonly base: readonly string[]
  readonly expression?: string
  readonly target?: readonly string[]
  readonly description?: string
}

/** A row of the server table, as far as search needs it. */
export interface SearchedType {
  readonly type: string
  readonly search: readonly string[] | '*'
}

export interface SearchParam {
  readonly type: string
  readonly code: string
  readonly kind: IndexKind
  /** `Type.code`, as in the index. */
  readonly name: string
  /** Canonical of the definition. */
  readonly url: string
  readonly documentation: string
  /** Resource types a reference may point to; empty when any. */
  readonly targets: readonly string[]
  /** `id` and `lastUpdated` are answered from the resource itself and leave no index rows. */
  readonly special?: 'id' | 'lastUpdated'
  /** True when fhirpath's evaluator extracts it, because our compiler does not know a construct. */
  readonly usesFallback: boolean
}

/** The resource type of a `urn:uuid:` reference that the commit has not resolved yet. */
export type TypeOfUrn = (urn: string) => string | undefined

export interface SearchParams {
  /** The absolute bases that are this service's own, without trailing slash. */
  readonly bases: readonly string[]
  /** True when the table lets the type be searched. */
  has(type: string): boolean
  param(type: string, code: string): SearchParam | undefined
  /** All parameters of a type by code; empty when the table does not name the type. */
  list(type: string): readonly SearchParam[]
  /**
   * Index rows of a resource, each once; none for a type the table does not name.
   * @param typeOf tells `where(resolve() is Patient)` what a `urn:uuid:` stands for; without an answer the reference
   *   counts as of any type: better found once too often than lost
   */
  extract(resource: Resource, typeOf?: TypeOfUrn): IndexRow[]
}

export interface SearchParamsOptions {
  readonly bases?: readonly string[]
}

interface Prepared {
  readonly param: SearchParam
  readonly path: CompiledPath | undefined
}

/** Phonetic matching has no meaning of its own in R4; answering it with something else would be a pretence. */
const UNSUPPORTED_CODES = new Set(['phonetic'])

/**
 * Joins table and definitions.
 * @throws Error when a row names a code that R4 does not define for the type, or one of a kind that is not built, or
 *   when an expression cannot be compiled: the service must not start with a promise it cannot keep
 */
export function createSearchParams(
  definitions: readonly SearchParameterDefinition[],
  table: readonly SearchedType[],
  options: SearchParamsOptions = {},
): SearchParams {
  const bases = options.bases ?? []
  const byType = new Map<string, ReadonlyMap<string, Prepared>>()
  const rest = table.find((row) => row.type === '*')
  let urns: TypeOfUrn = () => undefined
  const resolve: Resolve = (node, root) => targetNode(node, root, bases, urns)

  const prepare = (type: string, row: SearchedType): ReadonlyMap<string, Prepared> =>
    new Map(select(definitions, type, row).map((definition) => [definition.code, join(definition, type, resolve)]))
  for (const row of table) if (row.type !== '*') byType.set(row.type, prepare(row.type, row))
  if (rest) checkRest(definitions, rest)

  const paramsOf = (type: string): ReadonlyMap<string, Prepared> | undefined => {
    const found = byType.get(type)
    if (found || !rest || !isResourceType(type) || type === 'Resource') return found
    const prepared = prepare(type, rest)
    byType.set(type, prepared)
    return prepared
  }
  return {
    bases,
    has: (type) => paramsOf(type) !== undefined,
    param: (type, code) => paramsOf(type)?.get(code)?.param,
    list: (type) => [...(paramsOf(type)?.values() ?? [])].map(({ param }) => param),
    extract(resource, typeOf) {
      urns = typeOf ?? (() => undefined)
      const rows: IndexRow[] = []
      for (const { param, path } of paramsOf(resource.resourceType)?.values() ?? []) {
        if (path) rows.push(...indexRows(param.kind, param.name, path(resource), bases))
      }
      return distinct(rows)
    },
  }
}

/** The definitions a row asks for, by code, `_id` and `_lastUpdated` always among them. */
function select(
  definitions: readonly SearchParameterDefinition[],
  type: string,
  row: SearchedType,
): SearchParameterDefinition[] {
  const defined = new Map(
    definitions.filter(({ base }) => base.some((b) => descendsFrom(type, b))).map((found) => [found.code, found]),
  )
  for (const own of SPECIAL) if (!defined.has(own.code)) defined.set(own.code, own)
  const always = SPECIAL.map(({ code }) => code)
  const wanted = row.search === '*' ? [...defined.keys()] : [...new Set([...always, ...row.search])]
  const selected: SearchParameterDefinition[] = []
  for (const code of wanted.toSorted()) {
    const definition = defined.get(code)
    // A row for many types names what any of them may have.
    if (definition && isSupported(definition)) selected.push(definition)
    else if (row.type !== '*' && row.search !== '*')
      throw new Error(unusable(type, code, definition, [...defined.keys()]))
  }
  return selected
}

function checkRest(definitions: readonly SearchParameterDefinition[], row: SearchedType): void {
  if (row.search === '*') return
  for (const code of row.search) {
    const found = [...definitions, ...SPECIAL].find((definition) => definition.code === code && isSupported(definition))
    if (!found) throw new Error(unusable('*', code, undefined, []))
  }
}

const kindOf = (definition: SearchParameterDefinition): IndexKind | undefined =>
  indexKinds.find((kind) => kind === definition.type)

const isSupported = (definition: SearchParameterDefinition): boolean =>
  kindOf(definition) !== undefined && definition.expression !== undefined && !UNSUPPORTED_CODES.has(definition.code)

function unusable(
  type: string,
  code: string,
  definition: SearchParameterDefinition | undefined,
  defined: readonly string[],
): string {
  const row = `The server table promises the search parameter "${code}" of ${type}`
  if (!definition) return `${row}, which R4 does not define. Defined: ${defined.toSorted().join(', ')}.`
  if (UNSUPPORTED_CODES.has(code)) return `${row}, which this service does not offer.`
  if (kindOf(definition)) return `${row}, whose definition has no expression.`
  return `${row}, which is of kind ${definition.type}; offered are ${indexKinds.join(', ')}.`
}

/** Answered from the resource row; R4 defines them for every type. */
const SPECIAL: readonly SearchParameterDefinition[] = [
  {
    url: 'http://hl7.org/fhir/SearchParameter/Resource-id',
    code: '_id',
    type: 'token',
    base: ['Resource'],
    expression: 'Resource.id',
    description: 'Logical id of this artifact',
  },
  {
    url: 'http://hl7.org/fhir/SearchParameter/Resource-lastUpdated',
    code: '_lastUpdated',
    type: 'date',
    base: ['Resource'],
    expression: 'Resource.meta.lastUpdated',
    description: 'When the resource version last changed',
  },
]

function join(definition: SearchParameterDefinition, type: string, resolve: Resolve): Prepared {
  const { code, url, expression } = definition
  const kind = kindOf(definition)
  if (!kind || expression === undefined) throw new Error(unusable(type, code, definition, []))
  const special = code === '_id' ? 'id' : code === '_lastUpdated' ? 'lastUpdated' : undefined
  const path = special ? undefined : compilePath(expression, { type, resolve })
  if (path && !path.applies) throw new Error(`SearchParameter ${url} has no expression for ${type}: ${expression}`)
  const targets = kind === 'reference' ? (definition.target ?? []) : []
  const param: SearchParam = {
    type,
    code,
    kind,
    name: `${type}.${code}`,
    url,
    documentation: definition.description ?? '',
    targets,
    ...(special === undefined ? {} : { special }),
    usesFallback: path?.usesFallback ?? false,
  }
  return { param, path }
}

/**
 * What `resolve()` finds: only the type is known, from the reference itself. A logical reference that does not say
 * its type, and a `urn:uuid:` nobody can place, count as any type (homecare messages name patients by NHS number and
 * no type; they must be found by `patient:identifier`).
 */
function targetNode(
  node: TypedNode,
  root: Resource,
  bases: readonly string[],
  typeOf: TypeOfUrn,
): TypedNode | undefined {
  const { value } = node
  if (typeof value !== 'object' || value === null) return undefined
  const { reference, type, identifier } = value as r4.Reference
  const known = typeof type === 'string' ? type : undefined
  if (typeof reference !== 'string') return known || identifier ? typed(known ?? ANY_TYPE) : undefined
  if (reference.startsWith('urn:')) return typed(typeOf(reference) ?? known ?? ANY_TYPE)
  if (reference.startsWith('#')) {
    const contained = (root as Partial<r4.Patient>).contained?.find(({ id }) => `#${id}` === reference)
    return contained ? typed(contained.resourceType) : undefined
  }
  const path = bases.reduce(
    (rest, base) => (rest.startsWith(`${base}/`) ? rest.slice(base.length + 1) : rest),
    reference,
  )
  const [id, name] = path
    .replace(/\/_history\/[^/]*$/, '')
    .split('/')
    .reverse()
  return id !== undefined && name !== undefined && isResourceType(name) ? typed(name) : known ? typed(known) : undefined
}

const typed = (type: string): TypedNode => ({ type, value: undefined, path: type })
