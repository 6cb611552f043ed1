/**
 * Part of a resource, as `_summary` and `_elements` ask for it (https://hl7.org/fhir/R4/search.html#summary). Cut from
 * the stored text, so that what is kept is kept to the last decimal digit; the tag SUBSETTED says that it is not whole.
 */
import type { Definitions } from './definitions.ts'
import { arrayItems, objectMembers } from './json.ts'

export type Summary = 'true' | 'text' | 'data'

export interface Subsets {
  /** Names of the top-level elements of a type, as FHIRPath names them (`value`, not `valueString`). */
  elementsOf(type: string): ReadonlySet<string>
  summary(type: string, text: string, summary: Summary): string
  /** @param names top-level elements that are wanted beside those that R4 demands */
  elements(type: string, text: string, names: readonly string[]): string
}

/** Elements of a type or backbone element: wanted in a summary or not, with what is below where that differs. */
interface Node {
  readonly name: string
  readonly choice: boolean
  readonly isSummary: boolean
  readonly isMandatory: boolean
  readonly isModifier: boolean
  readonly children: readonly Node[]
}

/** R4: always there, whatever is asked for. */
const ALWAYS = new Set(['resourceType', 'id', 'meta'])

/** Cuts stored texts down to what `_summary` and `_elements` ask for; decimals keep their digits. */
export function createSubsets(definitions: Definitions): Subsets {
  const known = new Map<string, readonly Node[]>()
  const nodesOf = (type: string): readonly Node[] => {
    const found = known.get(type) ?? childrenOf(definitions, type)
    known.set(type, found)
    return found
  }
  return {
    elementsOf: (type) => new Set(nodesOf(type).map(({ name }) => name)),
    summary(type, text, summary) {
      const nodes = nodesOf(type)
      const members = objectMembers(text)
      if (summary === 'data') return subsetted(members.filter(([name]) => name !== 'text'))
      if (summary === 'text') {
        const kept = (name: string): boolean =>
          ALWAYS.has(name) || name === 'text' || nodeOf(nodes, name)?.isMandatory === true
        return subsetted(members.filter(([name]) => kept(name)))
      }
      return subsetted(summaryOf(nodes, members))
    },
    elements(type, text, names) {
      const nodes = nodesOf(type)
      const wanted = (node: Node | undefined): boolean =>
        node !== undefined && (node.isMandatory || node.isModifier || names.includes(node.name))
      return subsetted(objectMembers(text).filter(([name]) => ALWAYS.has(name) || wanted(nodeOf(nodes, name))))
    },
  }
}

type Member = readonly [name: string, value: string]

function summaryOf(nodes: readonly Node[], members: readonly Member[]): Member[] {
  return members.flatMap(([name, value]): Member[] => {
    const node = nodeOf(nodes, name)
    if (!ALWAYS.has(name) && !node?.isSummary && !node?.isMandatory) return []
    return [[name, node && node.children.length > 0 ? summaryText(node, value) : value]]
  })
}

/** A backbone element, or a list of them, with what belongs in a summary. */
function summaryText(node: Node, value: string): string {
  if (value.startsWith('['))
    return `[${arrayItems(value)
      .map((item) => summaryText(node, item))
      .join(',')}]`
  return value.startsWith('{') ? objectText(summaryOf(node.children, objectMembers(value))) : value
}

const objectText = (members: readonly Member[]): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`

const TAG =
  '{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED","display":"subsetted"}'

function subsetted(members: readonly Member[]): string {
  const kept = members.map(([name, value]): Member => (name === 'meta' ? [name, tagged(value)] : [name, value]))
  return objectText(kept.some(([name]) => name === 'meta') ? kept : [...kept, ['meta', tagged('{}')]])
}

function tagged(meta: string): string {
  const members = objectMembers(meta)
  const tags = members.find(([name]) => name === 'tag')
  const items = tags ? arrayItems(tags[1]) : []
  return objectText([...members.filter((member) => member !== tags), ['tag', `[${[...items, TAG].join(',')}]`]])
}

/** The element a JSON property belongs to: by name, by the name of a choice, or as the sibling of a primitive. */
function nodeOf(nodes: readonly Node[], property: string): Node | undefined {
  const name = property.startsWith('_') ? property.slice(1) : property
  return nodes.find((node) =>
    node.choice ? name.startsWith(node.name) && /^[A-Z]/.test(name.slice(node.name.length)) : node.name === name,
  )
}

function childrenOf(definitions: Definitions, type: string): readonly Node[] {
  const elements = definitions.structure(type)?.snapshot.element ?? []
  const below = (path: string): readonly Node[] =>
    elements
      .filter((element) => element.path.startsWith(`${path}.`) && !element.path.includes('.', path.length + 1))
      .map((element) => ({
        name: element.path.slice(path.length + 1).replace('[x]', ''),
        choice: element.path.endsWith('[x]'),
        isSummary: element.isSummary === true,
        isMandatory: element.min > 0,
        isModifier: element.isModifier === true,
        children: below(element.path),
      }))
  return below(type)
}
