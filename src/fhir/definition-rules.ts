/** Rules for authors of definitions that no invariant says, each told where HL7's validator tells it. */
import { createBaseCodes } from './base-codes.ts'
import { codeSystemFaults, type LacksCode, valueSetFaults } from './code-system-rules.ts'
import type { Definitions } from './definitions.ts'
import { descendsFrom, elementKeys } from './element-types.ts'
import { FHIRPATH_FUNCTIONS, type Syntax } from './fhirpath-syntax.ts'
import { createElements } from './profile-elements.ts'
import { profileFaults } from './profile-rules.ts'
import { questionnaireFaults } from './questionnaire-rules.ts'
import { conceptMapFaults } from './concept-map-rules.ts'
import { objectsIn } from './resource.ts'
import { add, type Faults } from './structure-faults.ts'
import type { LoadedCodes } from './structure-runtime.ts'
import { parse } from './syntax-trees.ts'

type Loose = Record<string, unknown>
export type DefinitionRule = (faults: Faults, definition: Loose) => Faults

/** The rules by resource type, for the types that have any. */
export function createDefinitionRules(
  definitions: Definitions,
  loaded?: LoadedCodes,
  isKnownExtension: (url: string) => boolean = () => false,
): ReadonlyMap<string, DefinitionRule> {
  const codes = createBaseCodes(definitions, loaded?.judgeOf)
  const elements = createElements(definitions)
  // What is only a warning elsewhere is no ground to refuse a definition here.
  const lacks: LacksCode = (system, code) => codes.judgeOf(system)?.(code) === 'error'
  return new Map<string, DefinitionRule>([
    ['Questionnaire', questionnaireFaults],
    ['CodeSystem', (faults, system) => codeSystemFaults(faults, system, lacks)],
    ['ValueSet', (faults, set) => valueSetFaults(faults, set, lacks, loaded?.filterProperty)],
    ['SearchParameter', searchParameterFaults],
    [
      'StructureDefinition',
      (faults, profile) =>
        constraintFaults(
          contextFaults(
            derivedExtensionFaults(profileFaults(faults, profile, definitions, elements), profile, isKnownExtension),
            profile,
          ),
          profile,
        ),
    ],
    ['Measure', measureFaults],
    ['ConceptMap', (faults, map) => conceptMapFaults(faults, map, lacks, loaded?.has)],
  ])
}

function searchParameterFaults(faults: Faults, { expression, base, type, component }: Loose): Faults {
  let found = faults
  if (type === 'composite' && (!Array.isArray(component) || component.length < 2)) {
    found = add(found, 'definition-inconsistent', '.component', 'A composite parameter has two components or more.')
  }
  const wrong = typeof expression === 'string' ? expressionFault(expression, base) : undefined
  return wrong === undefined ? found : add(found, 'definition-expression', '.expression', wrong)
}

/** An extension is known by its url, which the one that it builds on has fixed already. */
function derivedExtensionFaults(faults: Faults, profile: Loose, isKnownExtension: (url: string) => boolean): Faults {
  const { type, baseDefinition, differential } = profile
  if (type !== 'Extension' || typeof baseDefinition !== 'string') return faults
  const [base = ''] = baseDefinition.split('|', 1)
  if (!isKnownExtension(base)) return faults
  const { element } = (differential ?? {}) as Loose
  const at = objectsIn(element).findIndex(({ path, fixedUri }) => path === 'Extension.url' && fixedUri !== undefined)
  if (at < 0 || objectsIn(element)[at]?.fixedUri === base) return faults
  const words = 'The extension that this one builds on fixes the url already: constrain Extension itself.'
  return add(faults, 'definition-inconsistent', `.differential.element[${at}].fixed.ofType(uri)`, words)
}

function contextFaults(faults: Faults, { contextInvariant }: Loose): Faults {
  let found = faults
  for (const [i, expression] of Array.isArray(contextInvariant) ? contextInvariant.entries() : []) {
    const wrong = typeof expression === 'string' ? expressionFault(expression, undefined) : undefined
    if (wrong) found = add(found, 'definition-expression', `.contextInvariant[${i}]`, wrong)
  }
  return found
}

/** The rules that a profile adds are FHIRPath. */
function constraintFaults(faults: Faults, profile: Loose): Faults {
  let found = faults
  for (const form of ['differential', 'snapshot'] as const) {
    const { element } = (profile[form] ?? {}) as Loose
    for (const [i, { constraint }] of objectsIn(element).entries()) {
      for (const [j, { expression }] of objectsIn(constraint).entries()) {
        const wrong = typeof expression === 'string' ? expressionFault(expression, undefined) : undefined
        if (wrong) found = add(found, 'definition-expression', `.${form}.element[${i}].constraint[${j}]`, wrong)
      }
    }
  }
  return found
}

/** Longer expressions are not read: a parser's time would be in the hands of the sender. */
const EXPRESSION_MAX = 1000
const PLAIN_PATH = /^([A-Z]\w*)((?:\.[a-z]\w*)*)$/

/** What is wrong with an expression: its grammar, the name of a function, or a plain path that leads nowhere. */
function expressionFault(expression: string, base: unknown): string | undefined {
  if (expression.length > EXPRESSION_MAX) return undefined
  let syntax: Syntax
  try {
    syntax = parse(expression)
  } catch {
    return 'This is no FHIRPath.'
  }
  if (!functionsIn(syntax).every((name) => FHIRPATH_FUNCTIONS.has(name))) return 'FHIRPath has no such function.'
  if (!Array.isArray(base)) return undefined
  const types = base.filter((each): each is string => typeof each === 'string')
  for (const member of expression.split('|')) {
    const [, start, steps = ''] = PLAIN_PATH.exec(member.trim()) ?? []
    if (start === undefined) continue
    if (!types.some((type) => type === start || descendsFrom(type, start) || descendsFrom(start, type))) {
      return 'The path starts at a type that is not in base.'
    }
    if (!leadsSomewhere(start, steps.split('.').slice(1))) return 'The path leads to no element of R4.'
  }
  return undefined
}

const functionsIn = ({ type, children = [] }: Syntax): string[] => [
  ...(type === 'Functn' ? [children[0]?.text ?? ''] : []),
  ...children.flatMap(functionsIn),
]

function leadsSomewhere(start: string, steps: readonly string[]): boolean {
  let places = [start]
  for (const step of steps) {
    places = places.flatMap((place) => elementKeys(place, step).map(({ path }) => path))
    // Any resource may stand there, or any type.
    if (places.includes('Resource')) return true
  }
  return places.length > 0
}

function measureFaults(faults: Faults, { group, library }: Loose): Faults {
  if (Array.isArray(library) && library.length > 0) return faults
  let found = faults
  for (const [i, each] of objectsIn(group).entries()) {
    for (const [j, { criteria }] of objectsIn(each.stratifier).entries()) {
      const { language } = (criteria ?? {}) as Loose
      if (language !== 'text/cql' && language !== 'text/cql.identifier') continue
      const words = 'CQL is found in a library, and the measure names none.'
      found = add(found, 'definition-inconsistent', `.group[${i}].stratifier[${j}].criteria`, words)
    }
  }
  return found
}
