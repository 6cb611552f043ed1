/** Rules on a Questionnaire that no invariant says: what a condition may depend on (https://hl7.org/fhir/R4/questionnaire.html). */
import { isObject } from './resource.ts'
import { add, type Faults } from './structure-faults.ts'

type Loose = Record<string, unknown>

interface Place {
  readonly item: Loose
  /** Counted from the front: what stands before another has been asked before it. */
  readonly order: number
  /** Of the last item below it. */
  end: number
}

const itemsOf = ({ item }: Loose): readonly Loose[] => (Array.isArray(item) ? (item as unknown[]).filter(isObject) : [])

/** What is wrong with a Questionnaire beyond its shape. */
export function questionnaireFaults(faults: Faults, questionnaire: Loose): Faults {
  const places = new Map<unknown, Place>()
  let order = 0
  const note = (item: Loose): Place => {
    const place = { item, order: order++, end: order }
    // The first of a name is meant; that it stands there twice is que-2.
    if (!places.has(item.linkId)) places.set(item.linkId, place)
    for (const inner of itemsOf(item)) note(inner)
    place.end = order
    return place
  }
  let found = faults
  const visit = (item: Loose, path: string): void => {
    for (const condition of Array.isArray(item.enableWhen) ? (item.enableWhen as unknown[]) : []) {
      if (isObject(condition)) found = conditionFaults(found, item, condition.question, path, places)
    }
    for (const [index, inner] of itemsOf(item).entries()) visit(inner, `${path}.item[${index}]`)
  }
  for (const item of itemsOf(questionnaire)) note(item)
  for (const [index, item] of itemsOf(questionnaire).entries()) visit(item, `.item[${index}]`)
  return found
}

function conditionFaults(
  found: Faults,
  item: Loose,
  question: unknown,
  path: string,
  places: ReadonlyMap<unknown, Place>,
): Faults {
  if (typeof question !== 'string') return found
  const target = places.get(question)
  const own = places.get(item.linkId)
  if (target === undefined) {
    return add(found, 'questionnaire-condition', path, 'A condition names a question that the questionnaire has not.')
  }
  if (own === undefined || own.item !== item) return found
  if (target === own) return add(found, 'questionnaire-condition', path, 'An item cannot depend on its own answer.')
  if (target.order > own.order && target.order < own.end) {
    return add(found, 'questionnaire-condition', path, 'An item cannot depend on an item below it.')
  }
  if (target.order < own.order) return found
  return add(found, 'questionnaire-condition', path, 'The item depends on one that is asked after it.', 'warning')
}
