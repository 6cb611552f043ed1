/**
 * Where a FHIRPath leads inside a resource, as places that can be changed. Paths are element names, indexes, `where`,
 * `first`, `last`, `single`, `tail`, `skip`, `take`, `ofType` and `extension`; what stands inside `where` is evaluated by fhirpath.
 */
import { type ElementKey, elementKeys } from './element-types.ts'
import { plain, type Tree } from './patch.ts'
import { fhirpath, r4Model } from './fhirpath-library.ts'
import type { Syntax } from './fhirpath-syntax.ts'
import { type Problem, refuse } from './problem.ts'
import { isObject } from './resource.ts'

export interface Place {
  /** What it stands in, and where. */
  readonly holder: Tree | unknown[]
  readonly key: string | number
  readonly value: unknown
  /** Element name (without a choice's type), and where it is defined. */
  readonly name: string
  readonly ownerPath: string
  /** Where its own elements are defined. */
  readonly path: string
  readonly type: string
  /** Element names that lead here from the resource. */
  readonly names: readonly string[]
  /** What holds the holder; absent at the resource itself. */
  readonly up?: Place
}

export interface List {
  readonly items: unknown[]
  readonly siblings?: unknown[]
  /** Where the elements of its items are defined. */
  readonly path: string
}

type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'call'; readonly name: string; readonly argument: string }

const STEP = /^(?:`([^`]+)`|([A-Za-z_]\w*))/

/**
 * @param operation its number, for the words of a refusal
 * @throws Problem patch-invalid for a path that is not read here
 */
export function locate(tree: Tree, path: string, operation: number): readonly Place[] {
  const steps = stepsOf(path, operation)
  const [first, ...rest] = steps
  const root = placeOfRoot(tree)
  // A path may begin with the type of the resource.
  const rooted = first?.kind === 'name' && first.name === tree.resourceType
  checkNames(rooted ? rest : steps, root.type, operation)
  return (rooted ? rest : steps).reduce<readonly Place[]>((places, step) => follow(places, step, operation), [root])
}

/**
 * A name that no resource of the type can have leads nowhere in every one of them: a mistake, which must not pass for
 * an element that is not there.
 * @throws Problem patch-invalid
 */
function checkNames(steps: readonly Step[], type: string, operation: number): void {
  let paths: readonly string[] = [type]
  for (const step of steps) {
    if (step.kind === 'call' && step.name === 'extension') paths = ['Extension']
    if (step.kind !== 'name') continue
    // Of what type a contained resource is, it says itself.
    if (paths.includes('Resource')) return
    paths = paths.flatMap((path) => elementKeys(path, step.name).map((element) => element.path))
    if (paths.length === 0) {
      throw refuse(
        'patch-invalid',
        `Operation ${operation} of the patch: "${step.name.slice(0, 60)}" is no element there.`,
        `Parameters.parameter[${operation}]`,
      )
    }
  }
}

/** The list that a path without index leads to; undefined when there is none. */
export function locateList(tree: Tree, path: string, operation: number): List | undefined {
  const places = locate(tree, path, operation)
  const lists = new Set(places.map(({ holder }) => holder))
  const [place] = places
  if (!place || lists.size > 1 || !Array.isArray(place.holder)) return undefined
  if (places.length !== place.holder.length) return undefined
  const siblings = siblingsOf(place)
  return { items: place.holder, path: place.path, ...(siblings ? { siblings } : {}) }
}

/** Ids and extensions of the items of a list of primitives, which stand in a list beside it. */
export function siblingsOf({ up }: Place): unknown[] | undefined {
  const siblings = up && !Array.isArray(up.holder) ? up.holder[`_${String(up.key)}`] : undefined
  return Array.isArray(siblings) ? siblings : undefined
}

function placeOfRoot(tree: Tree): Place {
  const type = String(tree.resourceType)
  return { holder: { '': tree }, key: '', value: tree, name: '', ownerPath: '', path: type, type, names: [] }
}

function follow(places: readonly Place[], step: Step, operation: number): readonly Place[] {
  if (step.kind === 'name') return places.flatMap((place) => children(place, step.name))
  if (step.kind === 'index') return places.slice(step.index, step.index + 1)
  const { name, argument } = step
  switch (name) {
    case 'first':
      return places.slice(0, 1)
    case 'last':
      return places.slice(-1)
    case 'single':
      // Of several, whoever asks refuses to choose.
      return places
    case 'tail':
      return places.slice(1)
    case 'skip':
      return places.slice(countIn(argument, operation))
    case 'take':
      return places.slice(0, countIn(argument, operation))
    case 'ofType':
    case 'as':
      return places.filter(({ type }) => type === argument.trim().replace(/^FHIR\./, ''))
    case 'extension': {
      const url = /^\s*'(.*)'\s*$/s.exec(argument)?.[1]
      return places.flatMap((place) =>
        children(place, 'extension').filter(({ value }) => isObject(value) && value.url === url),
      )
    }
    case 'where':
      return chosen(places, argument, operation)
    default:
      throw notRead(operation)
  }
}

function countIn(argument: string, operation: number): number {
  if (!/^\s*\d{1,9}\s*$/.test(argument)) throw notRead(operation)
  return Number(argument)
}

function children(owner: Place, name: string): readonly Place[] {
  const { value } = owner
  if (!isObject(value)) return []
  return elementKeys(owner.path, name).flatMap((element) => {
    const child = value[element.key]
    const whole = placeOf(owner, value, element.key, child, element, name)
    if (!Array.isArray(child)) {
      // A primitive may have extensions and no value.
      return child === undefined && value[element.sibling] === undefined ? [] : [whole]
    }
    return child.map((item: unknown, index) => ({ ...placeOf(owner, child, index, item, element, name), up: whole }))
  })
}

function placeOf(
  owner: Place,
  holder: Place['holder'],
  key: string | number,
  value: unknown,
  element: ElementKey,
  name: string,
): Place {
  // A contained resource says of what type it is.
  const type = isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : undefined
  return {
    holder,
    key,
    value,
    name,
    ownerPath: owner.path,
    path: type ?? element.path,
    type: type ?? element.type,
    names: [...owner.names, name],
    ...(owner.names.length > 0 ? { up: owner } : {}),
  }
}

/** Characters of a path, and places that one criterion is asked of. */
const MAX_PATH = 1000
const MAX_CANDIDATES = 200

/**
 * What a criterion may be made of: elements, literals, comparisons and these functions. The rest of FHIRPath would let a
 * sender of a patch keep the service busy as long as he likes: `matches` with a pattern of his, `repeat`, `aggregate`.
 */
const FUNCTIONS = new Set(
  'exists empty not count first last ofType as is extension hasValue startsWith endsWith contains lower upper'.split(
    ' ',
  ),
)
const NODES =
  /^(?:Entire|And|Or|Implies|Equality|Inequality|Membership|Type|Term|Invocation|Indexer|Polarity|Union)Expression$|^(?:Invocation|Literal|Parenthesized)Term$|^(?:Member|This|Function)Invocation$|Literal$|^(?:Functn|ParamList|Identifier|QualifiedIdentifier|TypeSpecifier|Quantity|Unit)$/

function isAllowed({ type, text = '', children = [] }: Syntax): boolean {
  return NODES.test(type) && (type !== 'Functn' || FUNCTIONS.has(text)) && children.every(isAllowed)
}

function criterionOf(place: Place, criterion: string): (value: unknown) => unknown {
  if (!isAllowed(fhirpath().parse(criterion) as Syntax)) throw new Error('This criterion is not evaluated.')
  const base = place.path === place.type ? place.type : place.path
  return fhirpath().compile({ base, expression: criterion }, r4Model())
}

function chosen(places: readonly Place[], criterion: string, operation: number): readonly Place[] {
  const [first] = places
  if (!first) return []
  try {
    if (places.length > MAX_CANDIDATES) throw new Error('There are too many places.')
    const ask = criterionOf(first, criterion)
    return places.filter(({ value }) => {
      const result = ask(plain(value))
      return Array.isArray(result) && result.length === 1 && result[0] === true
    })
  } catch {
    // The evaluator's message may quote the criterion, which may be somebody's number.
    throw notRead(operation)
  }
}

const notRead = (operation: number): Problem =>
  refuse(
    'patch-invalid',
    `Operation ${operation} of the patch: its path is not read here. A path is made of element names, indexes, where(…), first(), last(), single(), tail(), skip(…), take(…), ofType(…) and extension('…'); where compares elements with =, !=, <, >, and, or, exists() and the like.`,
    `Parameters.parameter[${operation}]`,
  )

function stepsOf(path: string, operation: number): Step[] {
  if (path.length > MAX_PATH) throw notRead(operation)
  const steps: Step[] = []
  let rest = path.trim()
  while (rest !== '') {
    if (steps.length > 0 && !rest.startsWith('[')) {
      if (!rest.startsWith('.')) throw notRead(operation)
      rest = rest.slice(1)
    }
    const index = /^\[\s*(\d{1,9})\s*\]/.exec(rest)
    if (index && steps.length > 0) {
      steps.push({ kind: 'index', index: Number(index[1]) })
      rest = rest.slice(index[0].length)
      continue
    }
    const named = STEP.exec(rest)
    if (!named) throw notRead(operation)
    const name = named[1] ?? named[2] ?? ''
    rest = rest.slice(named[0].length)
    if (!rest.startsWith('(')) {
      steps.push({ kind: 'name', name })
      continue
    }
    const end = closing(rest)
    if (end < 0) throw notRead(operation)
    steps.push({ kind: 'call', name, argument: rest.slice(1, end) })
    rest = rest.slice(end + 1)
  }
  if (steps.length === 0) throw notRead(operation)
  return steps
}

/** Offset of the bracket that closes the first one; -1 when none does. */
function closing(text: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === "'" || character === '`') {
      do i++
      while (i < text.length && (text.charAt(i) !== character || text.charAt(i - 1) === '\\'))
    } else if (character === '(') depth++
    else if (character === ')' && --depth === 0) return i
  }
  return -1
}
