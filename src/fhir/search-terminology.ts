/**
 * What searches ask of terminology: the codes of a value set, and the codes above or below a code. From local
 * definitions alone; what cannot be listed in full is not answered at all, since half a list would lose rows.
 */
import type { Concept, Definitions } from './definitions.ts'
import type { r4 } from './resource.ts'
import type { Lookup, Terminology, ValueSetSource } from './terminology.ts'

export interface ListedCode {
  readonly system: string
  readonly code: string
}

export interface SearchTerminology {
  /** Every code of a value set; undefined when it is not known here or cannot be listed. */
  codes(valueSet: string): readonly ListedCode[] | undefined
  /** The code itself and all below it; undefined when its code system is not known here in full. */
  below(system: string, code: string): readonly string[] | undefined
  /** The code itself and all above it. */
  above(system: string, code: string): readonly string[] | undefined
}

export const noTerminology: SearchTerminology = {
  codes: () => undefined,
  below: () => undefined,
  above: () => undefined,
}

export interface SearchTerminologyOptions {
  readonly terminology: Terminology
  readonly valueSets: Lookup<ValueSetSource>
  readonly codeSystems: Lookup<r4.CodeSystem>
}

/** The code systems that R4 publishes, in the form of those that come as resources. */
export const baseCodeSystems =
  (definitions: Definitions): Lookup<r4.CodeSystem> =>
  (canonical) => {
    const system = definitions.codeSystem(canonical.split('|', 1)[0] ?? '')
    return (
      system &&
      ({
        ...system,
        status: 'active',
        content: 'complete',
        caseSensitive: system.caseSensitive ?? false,
      } as r4.CodeSystem)
    )
  }

/** The value sets and hierarchies of codes that searches ask for, read when they are first needed. */
export function createSearchTerminology(options: SearchTerminologyOptions): SearchTerminology {
  const { terminology } = options
  const trees = new Map<string, Tree | undefined>()
  const treeOf = (system: string): Tree | undefined => {
    if (!trees.has(system)) {
      const definition = options.codeSystems(system)
      trees.set(system, definition?.content === 'complete' ? readTree(definition.concept ?? []) : undefined)
    }
    return trees.get(system)
  }
  /** Everything that may be in the set; undefined when that cannot be listed. */
  const candidates = (canonical: string, path: readonly string[]): ListedCode[] | undefined => {
    const definition = options.valueSets(canonical) ?? options.valueSets(canonical.split('|', 1)[0] ?? '')
    if (!definition || path.includes(canonical)) return undefined
    const found: ListedCode[] = []
    const gather = (list: readonly r4.ValueSetExpansionContains[]): void => {
      for (const { system = '', code, contains } of list) {
        if (code !== undefined) found.push({ system, code })
        if (contains) gather(contains)
      }
    }
    if (!definition.compose) {
      gather((definition.expansion?.contains ?? []) as readonly r4.ValueSetExpansionContains[])
      return definition.expansion ? found : undefined
    }
    for (const { system, concept, valueSet = [] } of definition.compose.include) {
      if (system === undefined) {
        const [first] = valueSet.map((other) => candidates(other, [...path, canonical]))
        if (!first) return undefined
        found.push(...first)
        continue
      }
      const codes = concept?.map(({ code }) => code) ?? treeOf(system)?.codes
      if (!codes) return undefined
      for (const code of codes) found.push({ system, code })
    }
    return found
  }
  return {
    codes: (valueSet) =>
      candidates(valueSet, [])?.filter(({ system, code }) => terminology.has(valueSet, system, code) === 'yes'),
    below: (system, code) => treeOf(system)?.walk(code, 'children'),
    above: (system, code) => treeOf(system)?.walk(code, 'parents'),
  }
}

interface Tree {
  readonly codes: readonly string[]
  /** The code and everything reached from it; undefined when the system does not have it. */
  walk(code: string, way: 'children' | 'parents'): readonly string[] | undefined
}

type AnyConcept = Concept | r4.CodeSystemConcept

function readTree(concepts: readonly AnyConcept[]): Tree {
  const nodes = new Map<string, { readonly children: string[]; readonly parents: string[] }>()
  const node = (code: string) => {
    const found = nodes.get(code) ?? { children: [], parents: [] }
    nodes.set(code, found)
    return found
  }
  const link = (parent: string, child: string): void => {
    node(parent).children.push(child)
    node(child).parents.push(parent)
  }
  const gather = (list: readonly AnyConcept[], parent?: string): void => {
    for (const concept of list) {
      node(concept.code)
      if (parent !== undefined) link(parent, concept.code)
      for (const property of 'property' in concept ? (concept.property ?? []) : []) {
        const other = property.valueCode
        if (other === undefined) continue
        if (property.code === 'parent' || property.code === 'subsumedBy') link(other, concept.code)
        if (property.code === 'child') link(concept.code, other)
      }
      gather(concept.concept ?? [], concept.code)
    }
  }
  gather(concepts)
  return {
    codes: [...nodes.keys()],
    walk(code, way) {
      if (!nodes.has(code)) return undefined
      const seen = new Set([code])
      for (const each of seen) for (const next of nodes.get(each)?.[way] ?? []) seen.add(next)
      return [...seen]
    },
  }
}
