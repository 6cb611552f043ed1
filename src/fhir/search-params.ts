/**
 * The search parameters this service answers: the rows of the server table joined with the R4 SearchParameter
 * definitions, each expression compiled once (https://hl7.org/fhir/R4/searchparameter.html). The same object
 * extracts the index, reads queries and feeds the CapabilityStatement, so they cannot disagree.
 */
import {
  codesOfAll,
  type ElementCodes,
  type ImplicitCodes,
  type Leaf,
  leafElements,
  noImplicitCodes,
} from './code-elements.ts'
import { containedRows, type InnerLink } from './contained-rows.ts'
import { ancestorsOf, isResourceType } from './element-types.ts'
import {
  type CompiledPath,
  compileNodePath,
  compilePath,
  type NodePath,
  type Resolve,
  type TypedNode,
} from './fhirpath.ts'
import type { IndexRow } from './index-row.ts'
import { distinct, type IndexKind, indexKinds, indexRows } from './index-values.ts'
import { NEAR, positionRows } from './near.ts'
import { localReference, referencesAt } from './references.ts'
import { isObject, type Resource, type r4 } from './resource.ts'
import { targetNode, type TypeOfUrn } from './search-resolve.ts'
import { noTerminology, type SearchTerminology } from './search-terminology.ts'

export type { TypeOfUrn } from './search-resolve.ts'

/** What is read of a SearchParameter definition. */
export type SearchParameterDefinition = Pick<r4.SearchParameter, 'url' | 'code' | 'type'> & {
  readonly base: readonly string[]
  readonly expression?: string
  readonly target?: readonly string[]
  readonly description?: string
  readonly component?: readonly { readonly definition: string; readonly expression: string }[]
}

/** A row of the server table, as far as search needs it. */
export interface SearchedType {
  readonly type: string
  readonly search: readonly string[] | '*'
  /** Elements through which it belongs to others (`TypeRow.inherits`): they are in the index, also where none searches them. */
  readonly inherits?: readonly string[]
}

export interface SearchParam {
  readonly type: string
  readonly code: string
  /** `special`: `near` of Location. */
  readonly kind: IndexKind | 'composite' | 'special'
  /** `Type.code`, as in the index. */
  readonly name: string
  /** Canonical of the definition. */
  readonly url: string
  readonly documentation: string
  /** Resource types a reference may point to; empty when any. */
  readonly targets: readonly string[]
  /** `id` and `lastUpdated` are answered from the resource itself and leave no index rows. */
  readonly special?: 'id' | 'lastUpdated'
  /** Of a composite, in order; empty otherwise. */
  readonly components: readonly SearchParam[]
  /** FHIR types of what it selects, where the expression is a plain path; empty when that is not known. */
  readonly leafTypes: readonly string[]
  /** All codes that it can find, where no resource that is taken has another; undefined where that is not known. */
  readonly codes?: readonly string[] | undefined
  /** Whether a `code` or boolean it selects has this system, though it is not written there. */
  isImplicit(system: string, code: string | undefined): boolean
  /** True when fhirpath's evaluator extracts it, because our compiler does not know a construct. */
  readonly usesFallback: boolean
}

export interface SearchParams {
  /** The absolute bases that are this service's own, without trailing slash. */
  readonly bases: readonly string[]
  readonly terminology: SearchTerminology
  /** True when the table lets the type be searched. */
  has(type: string): boolean
  param(type: string, code: string): SearchParam | undefined
  /** The targets of one reference parameter in a resource, as the index has them. */
  targets(resource: Resource, code: string): readonly string[]
  /** All parameters of a type by code; empty when the table does not name the type. */
  list(type: string): readonly SearchParam[]
  /**
   * Names in the index (`Communication.about:inherited`, rows of references) for elements by which a type belongs to
   * others and that no parameter of R4 searches; no query can ask for them.
   */
  readonly inherited: readonly string[]
  /**
   * Index rows of a resource, each once; none for a type the table does not name.
   * @param typeOf tells `where(resolve() is Patient)` what a `urn:uuid:` stands for; without an answer the reference
   *   counts as of any type: better found once too often than lost
   */
  extract(resource: Resource, typeOf?: TypeOfUrn): IndexRow[]
}

export interface SearchParamsOptions {
  readonly bases?: readonly string[]
  /** Systems of codes that have none written, from their bindings. */
  readonly implicitCodes?: ImplicitCodes
  /** Codes of elements that can have no others: who asks for another is told so. Absent: finds nothing, as R4 says. */
  readonly elementCodes?: ElementCodes | undefined
  /** Local value sets and code systems, for `:in`, `:above` and `:below`. */
  readonly terminology?: SearchTerminology
  /** All definitions are known to compile: each is compiled when it is first used. Else those of a type, together. */
  readonly isProven?: boolean
}

interface Prepared {
  readonly param: SearchParam
  /** What its expressions have become; compiled when it is first asked for. */
  selection(): Selection
}

interface Selection {
  readonly path: CompiledPath | undefined
  /** What plain paths end at. */
  readonly leaves: readonly Leaf[]
  /** Of a composite: each component's path from the element. */
  readonly components: readonly { readonly param: SearchParam; readonly path: NodePath }[]
}

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
  const { implicitCodes = noImplicitCodes, terminology = noTerminology, isProven = false, elementCodes } = options
  const byUrl = new Map(definitions.map((definition) => [definition.url, definition]))
  const byType = new Map<string, ReadonlyMap<string, Prepared>>()
  const rest = table.find((row) => row.type === '*')
  let urns: TypeOfUrn = () => undefined
  const resolve: Resolve = (node, root) => targetNode(node, root, bases, urns)

  const byBase = new Map<string, SearchParameterDefinition[]>()
  for (const definition of definitions) {
    for (const base of definition.base) byBase.set(base, [...(byBase.get(base) ?? []), definition])
  }
  const prepare = (type: string, row: SearchedType): ReadonlyMap<string, Prepared> => {
    const prepared = asked(byBase, type, row).map((definition) =>
      join({ definition, type, resolve, implicitCodes, elementCodes, byUrl }),
    )
    if (!isProven) for (const { selection } of prepared) selection()
    return new Map(prepared.map((each) => [each.param.code, each]))
  }
  for (const row of table) if (row.type !== '*') byType.set(row.type, prepare(row.type, row))
  if (rest) checkRest(definitions, rest)

  const paramsOf = (type: string): ReadonlyMap<string, Prepared> | undefined => {
    const found = byType.get(type)
    if (found || !rest || !isResourceType(type) || type === 'Resource') return found
    const prepared = prepare(type, rest)
    byType.set(type, prepared)
    return prepared
  }
  const links = new Map(
    table.map((row) => [row.type, row.inherits ? unsearched(asked(byBase, row.type, row), row) : []]),
  )
  const ownRows = (resource: Resource): IndexRow[] => {
    const rows: IndexRow[] = []
    for (const prepared of paramsOf(resource.resourceType)?.values() ?? []) {
      // Rows of two parameters, or of a parameter and a link, are never the same.
      for (const row of distinct(rowsOf(prepared, resource, bases))) rows.push(row)
    }
    return rows
  }
  const innerLinks = (resource: Resource): InnerLink[] =>
    [...(paramsOf(resource.resourceType)?.values() ?? [])].flatMap(({ param, selection }) => {
      const ids = param.kind === 'reference' ? (selection().path?.(resource) ?? []).flatMap(innerId) : []
      return ids.length > 0 ? [{ param: param.name, ids: [...new Set(ids)] }] : []
    })
  return {
    bases,
    terminology,
    inherited: [...links].flatMap(([type, paths]) => paths.map((path) => inheritedName(type, path))),
    has: (type) => paramsOf(type) !== undefined,
    param: (type, code) => paramsOf(type)?.get(code)?.param,
    list: (type) => [...(paramsOf(type)?.values() ?? [])].map(({ param }) => param),
    extract(resource, typeOf) {
      urns = typeOf ?? (() => undefined)
      const rows = ownRows(resource)
      for (const path of links.get(resource.resourceType) ?? []) {
        for (const row of distinct(linkRows(resource, path, bases))) rows.push(row)
      }
      const inner = containedRows(resource, { rows: ownRows, links: innerLinks })
      if (inner.length > 0) for (const row of distinct(inner)) rows.push(row)
      return rows
    },
    targets(resource, code) {
      const prepared = paramsOf(resource.resourceType)?.get(code)
      if (prepared?.param.kind !== 'reference') return []
      return rowsOf(prepared, resource, bases).flatMap((row) => (row.kind === 'reference' ? [row.target] : []))
    },
  }
}

/** The id of what a reference or canonical leads to within its resource. */
function innerId({ value }: TypedNode): string[] {
  const reference = isObject(value) ? value.reference : value
  return typeof reference === 'string' && reference.startsWith('#') ? [reference.slice(1)] : []
}

const inheritedName = (type: string, path: string): string => `${type}.${path}:inherited`

/** Elements by which a type belongs to others that none of its parameters searches as they are. */
const unsearched = (
  definitions: readonly SearchParameterDefinition[],
  { type, inherits = [] }: SearchedType,
): string[] =>
  inherits.filter(
    (path) =>
      !definitions.some(({ expression = '' }) => expression.split('|').some((one) => one.trim() === `${type}.${path}`)),
  )

const linkRows = (resource: Resource, path: string, bases: readonly string[]): IndexRow[] =>
  referencesAt(resource, path).flatMap(({ reference }) => {
    const [local] = [undefined, ...bases].flatMap((base) => localReference(reference ?? '', base) ?? [])
    const param = inheritedName(resource.resourceType, path)
    return local ? [{ kind: 'reference', param, target: `${local.type}/${local.id}` }] : []
  })

function rowsOf({ param, selection }: Prepared, resource: Resource, bases: readonly string[]): IndexRow[] {
  const { path, components } = selection()
  if (!path) return []
  if (param.kind === 'special') return path(resource).flatMap(({ value }) => positionRows(param.name, value))
  if (param.kind !== 'composite') return indexRows(param.kind, param.name, path(resource), bases)
  return path(resource).flatMap((element, index) => {
    const parts = components.map(({ param: { kind, name }, path: from }) =>
      kind === 'composite' || kind === 'special' ? [] : indexRows(kind, name, from(element, resource), bases),
    )
    // An element that lacks a component can never be found by the pair.
    if (parts.some((rows) => rows.length === 0)) return []
    return parts.flat().flatMap((row) => (IDENTIFYING.test(row.param) ? [{ ...row, element: index + 1 }] : []))
  })
}

/** Rows of a component itself and of its quantity in base units; nobody asks a component for words. */
const IDENTIFYING = /#\d+(:canonical)?$/

/** The definitions that a row asks for, by code, `_id` and `_lastUpdated` always among them. */
function asked(
  byBase: ReadonlyMap<string, readonly SearchParameterDefinition[]>,
  type: string,
  row: SearchedType,
): SearchParameterDefinition[] {
  // What a type defines itself stands above what it inherits.
  const inherited = ancestorsOf(type).reverse()
  const defined = new Map(inherited.flatMap((base) => byBase.get(base) ?? []).map((found) => [found.code, found]))
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

function kindOf({ type, url }: SearchParameterDefinition): SearchParam['kind'] | undefined {
  if (type === 'composite' || (type === 'special' && url === NEAR)) return type
  return indexKinds.find((kind) => kind === type)
}

const isSupported = (definition: SearchParameterDefinition): boolean =>
  kindOf(definition) !== undefined && definition.expression !== undefined

function unusable(
  type: string,
  code: string,
  definition: SearchParameterDefinition | undefined,
  defined: readonly string[],
): string {
  const row = `The server table promises the search parameter "${code}" of ${type}`
  if (!definition) return `${row}, which R4 does not define. Defined: ${defined.toSorted().join(', ')}.`
  if (kindOf(definition)) return `${row}, whose definition has no expression.`
  return `${row}, which is of kind ${definition.type}; offered are ${indexKinds.join(', ')}, composite.`
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

interface Joining {
  readonly definition: SearchParameterDefinition
  readonly type: string
  readonly resolve: Resolve
  readonly implicitCodes: ImplicitCodes
  readonly elementCodes: ElementCodes | undefined
  readonly byUrl: ReadonlyMap<string, SearchParameterDefinition>
}

function join(joining: Joining): Prepared {
  const { definition, type, implicitCodes, elementCodes } = joining
  const { code, url, expression, description } = definition
  const kind = kindOf(definition)
  if (!kind || expression === undefined) throw new Error(unusable(type, code, definition, []))
  const special = code === '_id' ? 'id' : code === '_lastUpdated' ? 'lastUpdated' : undefined
  let selected: Selection | undefined
  let codes: { readonly all: readonly string[] | undefined } | undefined
  const selection = (): Selection => (selected ??= select(joining, special === undefined, expression))
  const param: SearchParam = {
    type,
    code,
    kind,
    name: `${type}.${code}`,
    url,
    documentation: description ?? '',
    targets: kind === 'reference' ? (definition.target ?? []) : [],
    ...(special === undefined ? {} : { special }),
    get components() {
      return selection().components.map((component) => component.param)
    },
    get leafTypes() {
      return selection().leaves.map((leaf) => leaf.type)
    },
    get codes() {
      codes ??= { all: elementCodes && codesOfAll(expression, type, elementCodes) }
      return codes.all
    },
    isImplicit: (system, value) => selection().leaves.some((leaf) => implicitCodes(leaf, system, value)),
    get usesFallback() {
      return selection().path?.usesFallback ?? false
    },
  }
  return { param, selection }
}

/** @throws Error when an expression cannot be compiled, or is of other types only */
function select(joining: Joining, isIndexed: boolean, expression: string): Selection {
  const { definition, type, resolve } = joining
  const path = isIndexed ? compilePath(expression, { type, resolve }) : undefined
  if (path && !path.applies) {
    throw new Error(`SearchParameter ${definition.url} has no expression for ${type}: ${expression}`)
  }
  const components = definition.type === 'composite' ? componentsOf(joining) : []
  return { path, leaves: leafElements(expression, type), components }
}

/**
 * What a component selects, as a path from the composite's element. R4 has the two expressions of
 * DocumentReference-relationship the wrong way round; where the component's own parameter says, it is believed.
 * @param own expression of the parameter that the component names
 */
export function componentPath(composite: string | undefined, own: string | undefined, component: string): string {
  const start = `${composite}.`
  return own?.startsWith(start) && /^[\w.]+$/.test(own) ? own.slice(start.length) : component
}

/**
 * The components of a composite (https://hl7.org/fhir/R4/search.html#composite): each is of the kind of the parameter
 * it names, and selects from the composite's element.
 */
function componentsOf({ definition, type, implicitCodes, byUrl }: Joining): Selection['components'] {
  return (definition.component ?? []).map(({ definition: url, expression }, index) => {
    const named = byUrl.get(url)
    const kind = named && kindOf(named)
    if (!named || !kind || kind === 'composite' || kind === 'special') {
      throw new Error(`SearchParameter ${definition.url} has a component of no kind that is known: ${url}`)
    }
    const name = `${type}.${definition.code}#${index + 1}`
    const leaves = leafElements(named.expression ?? '', type)
    const param: SearchParam = {
      type,
      code: named.code,
      kind,
      name,
      url,
      documentation: named.description ?? '',
      targets: named.target ?? [],
      components: [],
      leafTypes: leaves.map((leaf) => leaf.type),
      isImplicit: (system, value) => leaves.some((leaf) => implicitCodes(leaf, system, value)),
      usesFallback: false,
    }
    return { param, path: compileNodePath(componentPath(definition.expression, named.expression, expression)) }
  })
}
