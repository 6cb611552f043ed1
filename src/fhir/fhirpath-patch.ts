/** FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html): a Parameters resource whose operations say what changes. */
import { parseExact } from './exact.ts'
import { elementKeys } from './element-types.ts'
import { type List, locate, locateList, type Place, siblingsOf } from './fhirpath-place.ts'
import { checkCount, IDENTITY, identityRefusal, type Patch, type Tree } from './patch.ts'
import { type Problem, refuse } from './problem.ts'
import { isObject } from './resource.ts'

/** Whether element `name` of something at `path` (a type or dotted path) is a list. */
export type IsList = (path: string, name: string) => boolean

/** A value with the type that its part names; parts of an element without a type of its own. */
interface Value {
  readonly type?: string
  readonly value?: unknown
  /** The `_value…` beside a primitive. */
  readonly sibling?: unknown
  readonly parts?: readonly { readonly name: string; readonly value: Value }[]
}

interface Operation {
  readonly index: number
  readonly type: string
  readonly path: string
  readonly name?: string
  readonly value?: Value
  readonly numbers: ReadonlyMap<string, number>
}

const KINDS = ['add', 'insert', 'delete', 'replace', 'move']

/**
 * Reads a patch.
 * @param text JSON of a valid Parameters resource
 * @throws Problem patch-invalid
 */
export function readFhirPathPatch(text: string, isList: IsList): Patch {
  const parameters = (parseExact(text) as Tree).parameter ?? []
  checkCount(parameters as Tree[])
  const operations = (parameters as Tree[]).map(readOperation)
  return (tree) => {
    for (const operation of operations) carryOut(tree, operation, isList)
  }
}

const invalid = (index: number, words: string): Problem =>
  refuse('patch-invalid', `Operation ${index} of the patch: ${words}`, `Parameters.parameter[${index}]`)
const unfit = (index: number, words: string): Problem =>
  refuse('patch-not-applicable', `Operation ${index} of the patch: ${words}`, `Parameters.parameter[${index}]`)

function readOperation(parameter: Tree, index: number): Operation {
  if (parameter.name !== 'operation') throw invalid(index, 'its name is "operation".')
  const parts = new Map(
    (Array.isArray(parameter.part) ? (parameter.part as Tree[]) : []).map((part) => [part.name, part]),
  )
  const textOf = (name: string): string | undefined => {
    const { value } = readValue(parts.get(name) ?? {})
    return typeof value === 'string' ? value : undefined
  }
  const type = textOf('type') ?? ''
  if (!KINDS.includes(type)) throw invalid(index, `type is one of ${KINDS.join(', ')}.`)
  const path = textOf('path')
  if (path === undefined) throw invalid(index, 'it has a path.')
  const name = textOf('name')
  const numbers = new Map<string, number>()
  for (const part of ['index', 'source', 'destination']) {
    const number = textOf(part)?.replace('\u0000', '')
    if (number !== undefined && /^\d{1,9}$/.test(number)) numbers.set(part, Number(number))
  }
  const value = parts.get('value')
  const needs: Readonly<Record<string, readonly string[]>> = {
    add: ['name', 'value'],
    insert: ['index', 'value'],
    replace: ['value'],
    move: ['source', 'destination'],
  }
  for (const part of needs[type] ?? []) {
    const given = part === 'value' ? value !== undefined : part === 'name' ? name !== undefined : numbers.has(part)
    if (!given)
      throw invalid(
        index,
        `${type} takes a part "${part}"${part === 'value' || part === 'name' ? '' : ', a whole number'}.`,
      )
  }
  return {
    index,
    type,
    path,
    numbers,
    ...(name === undefined ? {} : { name }),
    ...(value ? { value: readValue(value) } : {}),
  }
}

function readValue(part: Tree): Value {
  if (Array.isArray(part.part)) {
    return { parts: (part.part as Tree[]).map((inner) => ({ name: String(inner.name), value: readValue(inner) })) }
  }
  if (isObject(part.resource)) return { type: String(part.resource.resourceType), value: part.resource }
  const key = Object.keys(part).find((name) => /^_?value[A-Z]/.test(name))
  if (key === undefined) return {}
  const plainKey = key.replace(/^_/, '')
  const sibling = part[`_${plainKey}`]
  return {
    type: plainKey.slice('value'.length),
    value: part[plainKey],
    ...(sibling === undefined ? {} : { sibling }),
  }
}

function carryOut(tree: Tree, operation: Operation, isList: IsList): void {
  const { index, type, path, name, value = {}, numbers } = operation
  const at = (part: string): number => numbers.get(part) ?? 0
  switch (type) {
    case 'add': {
      const target = only(index, placesForAdd(tree, path, index))
      if (!isObject(target.value)) throw unfit(index, 'elements are added to what has elements.')
      addTo(index, target.value, target.path, name ?? '', value, isList)
      return
    }
    case 'insert': {
      const list = listAt(tree, path, index)
      if (at('index') > list.items.length) throw unfit(index, `the list has ${list.items.length} items.`)
      refuseSibling(index, value)
      list.items.splice(at('index'), 0, jsonOf(index, value, list.path, isList))
      list.siblings?.splice(at('index'), 0, null)
      return
    }
    case 'delete': {
      const places = locate(tree, path, index)
      if (places.length > 1) throw unfit(index, 'the path leads to several elements: name one.')
      const [place] = places
      if (!place) return
      guard(place)
      remove(place)
      return
    }
    case 'replace': {
      const place = only(index, locate(tree, path, index))
      guard(place)
      replace(index, place, value, isList)
      return
    }
    case 'move': {
      const list = listAt(tree, path, index)
      const [source, destination] = [at('source'), at('destination')]
      if (Math.max(source, destination) >= list.items.length)
        throw unfit(index, `the list has ${list.items.length} items.`)
      for (const items of [list.items, list.siblings ?? []]) items.splice(destination, 0, ...items.splice(source, 1))
    }
  }
}

function only(index: number, places: readonly Place[]): Place {
  const [place, second] = places
  if (!place) throw unfit(index, 'nothing is found at its path.')
  if (second) throw unfit(index, 'the path leads to several elements: name one.')
  return place
}

function guard({ names }: Place): void {
  const path = names.join('.')
  for (const element of IDENTITY) if (path === element) throw identityRefusal(element)
}

/** To the item behind the last of a list a new one may be added by its index. */
function placesForAdd(tree: Tree, path: string, index: number): readonly Place[] {
  const places = locate(tree, path, index)
  const [, list, item] = /^(.*)\[(\d+)\]$/s.exec(path.trim()) ?? []
  if (places.length > 0 || list === undefined) return places
  const { items } = listAt(tree, list, index)
  if (items.length !== Number(item)) return places
  items.push({})
  return locate(tree, path, index)
}

function listAt(tree: Tree, path: string, index: number): List {
  const list = locateList(tree, path, index)
  if (list) return list
  throw unfit(index, 'there is no list at its path.')
}

function refuseSibling(index: number, { sibling }: Value): void {
  if (sibling !== undefined) throw invalid(index, 'an item with extensions is added by replacing the whole list.')
}

/** Adds an element: to the end of a list, or where there is none yet. */
function addTo(index: number, owner: Tree, path: string, name: string, value: Value, isList: IsList): void {
  const key = keyFor(path, name, value)
  if (!key) throw unfit(index, `there is no element "${name.slice(0, 60)}" of this type there.`)
  const json = jsonOf(index, value, key.path, isList)
  const there = owner[key.key]
  if (isList(path, name)) {
    refuseSibling(index, value)
    if (there !== undefined && !Array.isArray(there)) throw unfit(index, 'what is there is no list.')
    owner[key.key] = [...(Array.isArray(there) ? there : []), json]
    const siblings = owner[key.sibling]
    if (Array.isArray(siblings)) siblings.push(null)
    return
  }
  const taken = elementKeys(path, name).some((each) => owner[each.key] !== undefined)
  if (taken) throw unfit(index, `"${name}" is there already, and there is one at most: replace it.`)
  if (json !== undefined) owner[key.key] = json
  if (value.sibling !== undefined) owner[`_${key.key}`] = value.sibling
}

/** The JSON property for an element; of a choice the one for the value's type. */
function keyFor(path: string, name: string, { type }: Value): ReturnType<typeof elementKeys>[number] | undefined {
  const keys = elementKeys(path, name)
  if (keys.length < 2) return keys[0]
  return keys.find(({ key }) => type !== undefined && key === `${name}${type}`)
}

function jsonOf(index: number, value: Value, path: string, isList: IsList): unknown {
  if (!value.parts) {
    if (value.value === undefined && value.sibling === undefined) throw invalid(index, 'its value says nothing.')
    return value.value
  }
  const made: Tree = {}
  for (const part of value.parts) addTo(index, made, path, part.name, part.value, isList)
  return made
}

function replace(index: number, place: Place, value: Value, isList: IsList): void {
  const { holder, key, name, ownerPath } = place
  const json = jsonOf(index, value, place.path, isList)
  if (Array.isArray(holder)) {
    refuseSibling(index, value)
    holder[key as number] = json
    return
  }
  const next = keyFor(ownerPath, name, value)
  if (!next) throw unfit(index, `"${name}" does not take a value of this type.`)
  const entries = Object.entries(holder)
  // In its place, so that the resource reads as before.
  for (const each of Object.keys(holder)) delete holder[each]
  for (const [each, old] of entries) {
    if (each === `_${String(key)}`) continue
    if (each !== key) holder[each] = old
    else if (json !== undefined) holder[next.key] = json
  }
  if (value.sibling !== undefined) holder[`_${next.key}`] = value.sibling
}

/** Removes an element, and what is left empty by it: R4 has no empty objects and lists. */
function remove(place: Place): void {
  const { holder, key, up } = place
  if (Array.isArray(holder)) {
    holder.splice(key as number, 1)
    siblingsOf(place)?.splice(key as number, 1)
  } else {
    delete holder[key as string]
    delete holder[`_${String(key)}`]
  }
  if (up && Object.keys(holder).length === 0) remove(up)
}
