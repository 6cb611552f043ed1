/** JSON Patch (RFC 6902, https://hl7.org/fhir/R4/http.html#patch) on a resource that keeps its digits. */
import { isDeepStrictEqual } from 'node:util'
import { applyPatch, type Operation, Pointer } from 'rfc6902'
import { parseExact } from './exact.ts'
import { checkCount, IDENTITY, identityRefusal, type Patch, plain } from './patch.ts'
import { refuse } from './problem.ts'
import { isObject } from './resource.ts'

const KINDS = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const

/**
 * Reads a patch document.
 * @param text JSON that was found to be well-formed
 * @throws Problem patch-invalid
 */
export function readJsonPatch(text: string): Patch {
  const list = parseExact(text)
  if (!Array.isArray(list)) {
    throw refuse(
      'patch-invalid',
      'A JSON Patch is a list of operations: [{"op": "replace", "path": "/…", "value": …}].',
    )
  }
  checkCount(list)
  const operations = list.map(readOperation)
  return (tree) => {
    const emptied = new Set<unknown>()
    operations.forEach((operation, index) => {
      const taken = operation.op === 'remove' ? operation.path : operation.op === 'move' ? operation.from : undefined
      const holder = taken === undefined ? undefined : (Pointer.fromJSON(holderOf(taken)).get(tree) as unknown)
      apply(tree, operation, index)
      if (isEmpty(holder)) emptied.add(holder)
    })
    if (emptied.size > 0) dropEmptied(tree, emptied)
  }
}

function readOperation(value: unknown, index: number): Operation {
  const invalid = (words: string) => refuse('patch-invalid', `Operation ${index} of the patch: ${words}`)
  if (!isObject(value)) throw invalid('it is an object.')
  const { op, path, from, value: content } = value
  const kind = KINDS.find((known) => known === op)
  if (!kind) throw invalid(`op is one of ${KINDS.join(', ')}.`)
  if (!isPointer(path)) throw invalid('path is a JSON Pointer: it begins with "/".')
  const takesFrom = kind === 'move' || kind === 'copy'
  if (takesFrom && !isPointer(from)) throw invalid('from is a JSON Pointer.')
  if (kind === 'move' && path.startsWith(`${String(from)}/`)) throw invalid('nothing can be moved into itself.')
  if (['add', 'replace', 'test'].includes(kind) && !('value' in value)) throw invalid(`${kind} takes a value.`)
  const touched = kind === 'test' ? [] : kind === 'move' ? [path, from as string] : [path]
  for (const element of IDENTITY) {
    const pointer = `/${element.replace('.', '/')}`
    if (touched.some((at) => at === '' || at === pointer || at.startsWith(`${pointer}/`)))
      throw identityRefusal(element)
  }
  // Members that an operation does not define are ignored (RFC 6902 section 4).
  return (takesFrom ? { op: kind, path, from } : { op: kind, path, value: content }) as Operation
}

const isPointer = (value: unknown): value is string =>
  typeof value === 'string' && (value === '' || value.startsWith('/')) && !/~(?![01])|\/__proto__(?:\/|$)/.test(value)

function apply(tree: Record<string, unknown>, operation: Operation, index: number): void {
  if (operation.op === 'test') {
    // Numbers are equal when they are equal as numbers (RFC 6902 section 4.6).
    const isThere = leads(tree, operation.path, false)
    const { value } = Pointer.fromJSON(operation.path).evaluate(tree) as { value: unknown }
    if (isThere && isDeepStrictEqual(plain(value), plain(operation.value))) return
    throw refuse('patch-test-failed', `Operation ${index} of the patch: the resource is not as the test expects.`)
  }
  const isFound = !('from' in operation) || leads(tree, operation.from, false)
  // What is moved within a list has left it before it is put back.
  const isWithin = operation.op === 'move' && holderOf(operation.from) === holderOf(operation.path)
  if (isFound && 'from' in operation) checkWeight(Pointer.fromJSON(operation.from).get(tree), operation.path, index)
  if (
    isFound &&
    leads(tree, operation.path, MAKES.has(operation.op), isWithin ? 1 : 0) &&
    !applyPatch(tree, [operation])[0]
  )
    return
  throw refuse(
    'patch-not-applicable',
    `Operation ${index} of the patch: there is nothing at its path${'from' in operation ? ' or from' : ''} that it could ${operation.op}.`,
  )
}

/** Operations whose path may be that of something new. */
const MAKES: ReadonlySet<string> = new Set(['add', 'move', 'copy'])

/**
 * Whether every step of a pointer is a member of its own, or an index, of what the steps before it lead to. The library
 * would also walk into what all objects inherit, so that `/toString/call` changed a function of the whole process.
 * @param leaving how many items leave the list before something new comes into it
 */
function leads(tree: unknown, pointer: string, mayBeNew: boolean, leaving = 0): boolean {
  const tokens = Pointer.fromJSON(pointer).tokens.slice(1)
  let place = tree
  for (const [step, token] of tokens.entries()) {
    const isNew = mayBeNew && step === tokens.length - 1
    if (Array.isArray(place)) {
      if (!(isNew && token === '-') && !/^(?:0|[1-9]\d{0,8})$/.test(token)) return false
      if (!isNew && Number(token) >= place.length) return false
      // The next place of a list is the last that something new can have (RFC 6902 section 4.1).
      if (isNew && token !== '-' && Number(token) > place.length - leaving) return false
    } else if (!isObject(place) || !(Object.hasOwn(place, token) || (isNew && !(token in Object.prototype))))
      return false
    place = (place as Readonly<Record<string, unknown>>)[token]
  }
  return true
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

/**
 * Takes out the lists and objects that removals have left empty, and what is left empty by that: R4 has neither, and who
 * removes the last item wants the list gone. What was sent empty stays, and is refused.
 */
function dropEmptied(holder: object, emptied: ReadonlySet<unknown>): void {
  for (const [key, value] of Object.entries(holder).toReversed() as [string, unknown][]) {
    if (typeof value !== 'object' || value === null) continue
    const wasEmpty = isEmpty(value)
    dropEmptied(value, emptied)
    if (!isEmpty(value) || (wasEmpty && !emptied.has(value))) continue
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete (holder as Record<string, unknown>)[key]
  }
}

/** The pointer to what holds the place of a pointer. */
const holderOf = (pointer: string): string => pointer.slice(0, pointer.lastIndexOf('/'))

/** Objects, lists and values that one operation may copy or move: copies of copies double each time. */
const MAX_WEIGHT = 20_000
/** Levels that it may reach; deeper than any body may be. */
const MAX_DEPTH = 1000

function checkWeight(value: unknown, path: string, index: number): void {
  let depth = path.split('/').length
  let weight = 0
  for (let level = [value]; level.length > 0; depth++) {
    weight += level.length
    if (weight > MAX_WEIGHT || depth > MAX_DEPTH) {
      throw refuse('patch-not-applicable', `Operation ${index} of the patch: what is at from is too much to be copied.`)
    }
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
  }
}
