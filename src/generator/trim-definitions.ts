/** What `definitions.ts` does to a published definition: put R4 back where the package changed it, then trim. */

export type Json = Record<string, unknown>

interface SourceType {
  code: string
  profile?: string[]
  targetProfile?: string[]
  extension?: { url: string; valueUrl?: string }[]
}

export interface SourceElement {
  id: string
  path: string
  min: number
  max: string
  base?: { path: string; min: number; max: string }
  type?: SourceType[]
  contentReference?: string
  binding?: { strength: string; valueSet?: string; extension?: { url: string; valueCanonical?: string }[] }
  constraint?: { key: string; severity: string; human: string; expression?: string; source?: string }[]
  isModifier?: boolean
  isSummary?: boolean
  [other: string]: unknown
}

export interface SourceStructure {
  id: string
  url: string
  version: string
  name: string
  status: string
  kind: string
  abstract: boolean
  type: string
  baseDefinition?: string
  derivation?: string
  snapshot: { element: SourceElement[] }
}

const FHIR_TYPE = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type'
const MAX_VALUE_SET = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet'

const sameRule = (a: SourceElement, b: SourceElement): boolean =>
  a.min === b.min &&
  a.max === b.max &&
  JSON.stringify(a.type) === JSON.stringify(b.type) &&
  a.binding?.strength === b.binding?.strength &&
  a.binding?.valueSet === b.binding?.valueSet

/** FHIR ids end at 64 characters, so a data element of a longer path (`de-` and the path) could not be published. */
const DATA_ELEMENT_ID_LIMIT = 64

/** Types that have no data elements of their own: they share the paths of Quantity. */
const QUANTITY_TYPES = new Set(['Age', 'Count', 'Distance', 'Duration'])

/**
 * R4 as published, from the package's changed copy and the R4 data elements (one per leaf element; backbone
 * elements have none). `corrections` names every path that was changed, for the README.
 */
export function restoreR4(
  structures: SourceStructure[],
  dataElements: SourceStructure[],
): { structures: SourceStructure[]; corrections: string[] } {
  const original = new Map(dataElements.flatMap(({ snapshot }) => snapshot.element).map((e) => [e.path, e]))
  const groups = new Set([...original.keys()].flatMap(ancestors))
  const corrections: string[] = []

  const isAddition = ({ path, contentReference }: SourceElement): boolean =>
    !original.has(path) &&
    !groups.has(path) &&
    contentReference === undefined &&
    !/\.(id|extension|modifierExtension)$/.test(path) &&
    `de-${path}`.length <= DATA_ELEMENT_ID_LIMIT

  const restore = (structure: SourceStructure): SourceStructure => {
    if (structure.derivation === 'constraint' || QUANTITY_TYPES.has(structure.type)) return structure
    const kept: SourceElement[] = []
    let dropped = ' '
    for (const element of structure.snapshot.element) {
      const { path } = element
      const source = original.get(path)
      if (path.startsWith(dropped)) continue
      if (path.includes('.') && isAddition(element)) {
        dropped = `${path}.`
        corrections.push(`${path}: removed`)
      } else if (source !== undefined && path !== SHARED_PATH && !sameRule(element, source)) {
        corrections.push(`${path}: as published`)
        const { min, max, type, binding } = source
        kept.push({ ...element, min, max, ...(type && { type }), ...(binding && { binding }) })
      } else kept.push(element)
    }
    return { ...structure, snapshot: { element: insertMissing(kept, original, corrections) } }
  }
  return { structures: structures.map(restore), corrections: corrections.toSorted() }
}

/** The one path whose data element is that of another type (SimpleQuantity forbids it, Quantity does not). */
const SHARED_PATH = 'Quantity.comparator'

function ancestors(path: string): string[] {
  const steps = path.split('.')
  return steps.slice(1).map((_, index) => steps.slice(0, index + 1).join('.'))
}

/** The order in R4 of elements that were put back, where it is not that of the data elements. */
const R4_ORDER: Readonly<Record<string, readonly string[]>> = {
  'EvidenceVariable.characteristic': [
    ...['description', 'definition[x]', 'usageContext', 'exclude', 'participantEffective[x]'],
    ...['timeFromStart', 'groupMeasure'],
  ],
}

function inR4Order(elements: readonly SourceElement[]): SourceElement[] {
  let ordered = [...elements]
  for (const [parent, names] of Object.entries(R4_ORDER)) {
    const rank = ({ path }: SourceElement): number => names.indexOf(path.slice(parent.length + 1))
    const isRanked = (element: SourceElement): boolean => element.path.startsWith(`${parent}.`) && rank(element) >= 0
    const ranked = ordered.filter(isRanked).toSorted((a, b) => rank(a) - rank(b))
    const first = ordered.findIndex(isRanked)
    if (first >= 0)
      ordered = [...ordered.slice(0, first), ...ranked, ...ordered.slice(first).filter((e) => !isRanked(e))]
  }
  return ordered
}

/** Adds the R4 elements that the package dropped, after the last element of their parent. */
function insertMissing(
  kept: SourceElement[],
  original: ReadonlyMap<string, SourceElement>,
  corrections: string[],
): SourceElement[] {
  const paths = new Set(kept.map(({ path }) => path))
  const root = kept[0]?.path
  const result = [...kept]
  for (const [path, element] of original) {
    if (paths.has(path) || !path.startsWith(`${root}.`)) continue
    const parent = path.slice(0, path.lastIndexOf('.'))
    const after = result.findLastIndex((candidate) => candidate.path.startsWith(`${parent}.`))
    result.splice(after + 1, 0, { ...element, id: path })
    corrections.push(`${path}: put back`)
  }
  return inR4Order(result)
}

function trimType(type: SourceType, isResourceId: boolean): Json {
  const code = type.extension?.find(({ url }) => url === FHIR_TYPE)?.valueUrl ?? type.code
  return {
    code: isResourceId ? 'id' : code,
    ...(type.profile && { profile: type.profile }),
    ...(type.targetProfile && { targetProfile: type.targetProfile }),
  }
}

function trimElement(element: SourceElement, structure: SourceStructure): Json {
  const { id, path, min, max, base, type, contentReference, binding, constraint } = element
  const isRoot = !path.includes('.')
  const ownConstraints = constraint?.filter(({ source }) => isRoot || source === undefined || source === structure.url)
  const maxValueSet = binding?.extension?.filter(({ url }) => url === MAX_VALUE_SET) ?? []
  const isResourceId = structure.kind === 'resource' && path === `${structure.type}.id`
  return {
    id,
    path,
    min,
    max,
    ...(base && base.max !== max && { base }),
    ...(type && { type: type.map((t) => trimType(t, isResourceId)) }),
    ...(contentReference && { contentReference }),
    ...(binding && {
      binding: {
        ...(maxValueSet.length > 0 && { extension: maxValueSet }),
        strength: binding.strength,
        ...(binding.valueSet && { valueSet: binding.valueSet }),
      },
    }),
    ...(ownConstraints?.length && {
      constraint: ownConstraints.map(({ key, severity, human, expression }) => ({ key, severity, human, expression })),
    }),
    ...Object.fromEntries(
      Object.entries(element).filter(([key]) => /^(fixed|pattern|minValue|maxValue|maxLength)/.test(key)),
    ),
    ...(element.isModifier && { isModifier: true }),
    ...(element.isSummary && { isSummary: true }),
  }
}

/** The members come in this order so that a reader can index a line by its head without parsing it. */
export const trimStructureDefinition = (structure: SourceStructure): Json => ({
  resourceType: 'StructureDefinition',
  id: structure.id,
  url: structure.url,
  version: structure.version,
  name: structure.name,
  status: structure.status,
  kind: structure.kind,
  abstract: structure.abstract,
  type: structure.type,
  ...(structure.baseDefinition && { baseDefinition: structure.baseDefinition }),
  ...(structure.derivation && { derivation: structure.derivation }),
  snapshot: { element: structure.snapshot.element.map((element) => trimElement(element, structure)) },
})

const PARAMETER_MEMBERS = [
  'resourceType',
  'id',
  'url',
  'version',
  'name',
  'status',
  'code',
  'base',
  'type',
  'expression',
  'target',
  'multipleOr',
  'multipleAnd',
  'comparator',
  'modifier',
  'chain',
  'component',
]

export const trimSearchParameter = (parameter: Json): Json =>
  Object.fromEntries(
    PARAMETER_MEMBERS.filter((member) => parameter[member] !== undefined).map((member) => [member, parameter[member]]),
  )

/** What enforcing a profile takes of its elements. */
const RULES =
  /^(id|path|sliceName|slicing|min|max|type|binding|maxLength|contentReference|(fixed|pattern|minValue|maxValue)[A-Z].*)$/

/**
 * A profile or extension of R4 with what is enforced of it. `isModifier` on the definition itself says that the
 * extension is a modifier, so that nobody needs to read its elements to know.
 */
export function trimProfile(structure: Json): Json {
  const { resourceType, id, url, version, name, kind, type, baseDefinition, derivation } = structure
  const { context, contextInvariant, differential } = structure
  const elements = (differential as { element: SourceElement[] }).element
  const element = elements.map((source) => {
    const kept: Json = Object.fromEntries(Object.entries(source).filter(([key]) => RULES.test(key)))
    if (kept.slicing) kept.slicing = without(kept.slicing as Json, 'description')
    if (kept.binding) kept.binding = bindingOf(source, BOUND_TOO_TIGHT.has(`${String(url)} ${source.path}`))
    if (source.constraint) {
      kept.constraint = source.constraint.map(({ key, severity, human, expression }) => ({
        key,
        severity,
        human,
        expression,
      }))
    }
    return kept
  })
  const head = { resourceType, id, url, version, name, kind, type, baseDefinition, derivation }
  const isModifier = type === 'Extension' && elements[0]?.isModifier === true
  return {
    ...head,
    context: contextOf(url, context),
    contextInvariant,
    ...(isModifier && { isModifier }),
    differential: { element },
  }
}

/** Places where R4's own definitions use these extensions, beyond what it says of them. */
const USED_AT: Readonly<Record<string, string>> = {
  [FHIR_TYPE]: 'ElementDefinition.type',
  'http://hl7.org/fhir/StructureDefinition/regex': 'ElementDefinition.type',
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version': 'Element',
  'http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation': 'Element',
  'http://hl7.org/fhir/StructureDefinition/capabilitystatement-prohibited': 'Element',
}

function contextOf(url: unknown, context: unknown): unknown {
  const expression = USED_AT[String(url)]
  return expression === undefined ? context : [...(context as unknown[]), { type: 'element', expression }]
}

const without = (value: Json, name: string): Json =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))

/** R4 requires common units of every part of a vital sign, also of flow rates, which it names itself: it recommends them. */
const BOUND_TOO_TIGHT = new Set(['http://hl7.org/fhir/StructureDefinition/vitalsigns Observation.component.value[x]'])

function bindingOf({ binding }: SourceElement, isTooTight: boolean): Json | undefined {
  if (!binding) return undefined
  const extension = binding.extension?.filter(({ url }) => url === MAX_VALUE_SET)
  return {
    ...(extension?.length ? { extension } : {}),
    strength: isTooTight ? 'extensible' : binding.strength,
    valueSet: binding.valueSet,
  }
}
