/** Resources that answer a definition, so that what is right in them depends on it. */
import { isObject, type Resource } from './resource.ts'

/** The element that names the definition, and the type of that, by the type of the answer. */
const ANSWERS: Readonly<Record<string, { readonly element: string; readonly type: DefinitionType }>> = {
  QuestionnaireResponse: { element: 'questionnaire', type: 'Questionnaire' },
  MeasureReport: { element: 'measure', type: 'Measure' },
}

export type DefinitionType = 'Questionnaire' | 'Measure'

export interface PlacedAnswer {
  readonly answer: Resource
  /** Its FHIRPath. */
  readonly root: string
}

/** What an answer says that it answers. */
export interface Named {
  readonly type: DefinitionType
  /** A canonical, or `#id` of a contained resource. */
  readonly canonical: string
}

/** The answers in what was sent: itself, or what a Bundle or Parameters hold. */
export function answersIn(value: unknown, root: string): PlacedAnswer[] {
  if (!isObject(value)) return []
  const { resourceType } = value
  if (typeof resourceType === 'string' && Object.hasOwn(ANSWERS, resourceType)) {
    return [{ answer: value as Resource, root }]
  }
  const member = resourceType === 'Bundle' ? 'entry' : resourceType === 'Parameters' ? 'parameter' : ''
  const holders: unknown = value[member]
  if (!Array.isArray(holders)) return []
  return holders.flatMap((holder: unknown, index) =>
    isObject(holder) ? answersIn(holder.resource, `${root}.${member}[${index}].resource`) : [],
  )
}

/** Undefined where the answer names nothing. */
export function namedBy(answer: Resource): Named | undefined {
  const { element, type } = ANSWERS[answer.resourceType] ?? {}
  const canonical = element === undefined ? undefined : answer[element]
  return type !== undefined && typeof canonical === 'string' ? { type, canonical } : undefined
}

/** The definition that an answer holds itself, where it names one. */
export function containedDefinition({ contained }: Resource, { type, canonical }: Named): Resource | undefined {
  if (!Array.isArray(contained)) return undefined
  return (contained as readonly Resource[]).find((each) => each.resourceType === type && each.id === canonical.slice(1))
}
