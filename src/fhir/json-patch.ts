/** JSON Patch (RFC 6902, https://hl7.org/fhir/R4/http.html#patch) on a resource that keeps its digits. */
import { isDeepStrictEqual } from 'node:util'
import { applyPatch, type Operation, Pointer } from 'rfc6902'
import { parseExact } from './exact.ts'
import { IDENTITY, identityRefusal, type Patch, plain } from './patch.ts'
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
  const operations = list.map(readOperation)
  return (tree) => operations.forEach((operation, index) => apply(tree, operation, index))
}

function readOperation(value: unknown, index: number): Operation {
  const invalid = (words: string) => refuse('patch-invalid', `Operation ${index} of the patch: ${words}`)
  if (!isObject(value)) throw invalid('it is an object.')
  const { op, path, from } = value
  const kind = KINDS.find((known) => known === op)
  if (!kind) throw invalid(`op is one of ${KINDS.join(', ')}.`)
  if (!isPointer(path)) throw invalid('path is a JSON Pointer: it begins with "/".')
  if ((kind === 'move' || kind === 'copy') && !isPointer(from)) throw invalid('from is a JSON Pointer.')
  if (['add', 'replace', 'test'].includes(kind) && !('value' in value)) throw invalid(`${kind} takes a value.`)
  const touched = kind === 'test' ? [] : kind === 'move' ? [path, from as string] : [path]
  for (const element of IDENTITY) {
    const pointer = `/${element.replace('.', '/')}`
    if (touched.some((at) => at === '' || at === pointer || at.startsWith(`${pointer}/`)))
      throw identityRefusal(element)
  }
  return value as unknown as Operation
}

const isPointer = (value: unknown): value is string =>
  typeof value === 'string' && (value === '' || value.startsWith('/')) && !/~(?![01])|\/__proto__(?:\/|$)/.test(value)

function apply(tree: Record<string, unknown>, operation: Operation, index: number): void {
  if (operation.op === 'test') {
    // Numbers are equal when they are equal as numbers (RFC 6902 section 4.6).
    const { value } = Pointer.fromJSON(operation.path).evaluate(tree) as { value: unknown }
    if (value !== undefined && isDeepStrictEqual(plain(value), plain(operation.value))) return
    throw refuse('patch-test-failed', `Operation ${index} of the patch: the resource is not as the test expects.`)
  }
  const [fault] = applyPatch(tree, [operation])
  if (!fault) return
  throw refuse(
    'patch-not-applicable',
    `Operation ${index} of the patch: there is nothing at its path${'from' in operation ? ' or from' : ''} that it could ${operation.op}.`,
  )
}
