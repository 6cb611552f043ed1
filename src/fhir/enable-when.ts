/** Whether a question of a questionnaire is asked at all (https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen). */
import { dateRange } from './date-range.ts'
import type { r4 } from './resource.ts'

/** A question and the item of the response that answers it; a list of them leads from the outermost inwards. */
export interface Answered {
  readonly question: r4.QuestionnaireItem
  readonly item: r4.QuestionnaireResponseItem
}

type Holder = { readonly item?: readonly r4.QuestionnaireResponseItem[] | undefined }
type Value = Readonly<Record<string, unknown>>

/** Conditions in a language of their own, which is not evaluated: an expression that comes with a request could do anything. */
const EXPRESSIONS = [
  'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression',
  'http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen',
]

/**
 * Whether the conditions of a question hold; undefined where that cannot be told: values that do not compare, or a
 * condition that only an extension gives.
 * @param way the items that the question stands in
 */
export function isEnabled(
  question: r4.QuestionnaireItem,
  questionnaire: r4.Questionnaire,
  response: r4.QuestionnaireResponse,
  way: readonly Answered[],
): boolean | undefined {
  if (question.extension?.some(({ url }) => EXPRESSIONS.includes(url))) return undefined
  const { enableWhen = [], enableBehavior } = question
  if (enableWhen.length === 0) return true
  const holds = enableWhen.map((condition) => {
    const scope = commonItem(questionnaire, question, condition.question, way)
    return isTrue(condition, valuesIn(scope ?? response, condition.question, scope !== undefined))
  })
  if (holds.length > 1 && enableBehavior === undefined) return undefined
  const decisive = enableBehavior === 'any' || holds.length === 1
  if (holds.includes(decisive)) return decisive
  return holds.includes(undefined) ? undefined : !decisive
}

/** The innermost item around the question that holds the other question as well, or is its answer; none at the root. */
function commonItem(
  questionnaire: r4.Questionnaire,
  question: r4.QuestionnaireItem,
  linkId: string,
  way: readonly Answered[],
): r4.QuestionnaireResponseItem | undefined {
  const path = pathTo(questionnaire.item ?? [], (item) => item.linkId === linkId) ?? []
  const own = pathTo(questionnaire.item ?? [], (item) => item === question) ?? []
  const common = own
    .slice(0, -1)
    .filter((item, index) => path[index] === item)
    .at(-1)
  return way.findLast((answered) => answered.question === common)?.item
}

function pathTo(
  items: readonly r4.QuestionnaireItem[],
  isIt: (item: r4.QuestionnaireItem) => boolean,
): r4.QuestionnaireItem[] | undefined {
  for (const item of items) {
    if (isIt(item)) return [item]
    const below = pathTo(item.item ?? [], isIt)
    if (below) return [item, ...below]
  }
  return undefined
}

/** The answers to a question at and below a place of the response, those under answers included. */
function valuesIn(holder: Holder, linkId: string, isItem: boolean): Value[] {
  const { answer = [], linkId: own } = (isItem ? holder : {}) as Partial<r4.QuestionnaireResponseItem>
  const below = [...(holder.item ?? []), ...answer.flatMap(({ item = [] }) => item)]
  const here =
    own === linkId ? (answer as unknown as readonly Value[]).filter((each) => valueKey(each) !== undefined) : []
  return [...here, ...below.flatMap((item) => valuesIn(item, linkId, true))]
}

/** The property that holds the value of an answer or of an expected one: `valueCoding`, `answerCoding`. */
export const valueKey = (holder: Value, prefix = 'value'): string | undefined =>
  Object.keys(holder).find((key) => key.startsWith(prefix))

function isTrue(condition: r4.QuestionnaireItemEnableWhen, values: readonly Value[]): boolean | undefined {
  const { operator } = condition
  const given = condition as unknown as Value
  const key = valueKey(given, 'answer')
  if (key === undefined) return undefined
  if (operator === 'exists') return values.length > 0 === given[key]
  const results = values.map((value) => compare(operator, value[key.replace('answer', 'value')], given[key]))
  if (results.includes(true)) return true
  return results.includes(undefined) ? undefined : false
}

/** @returns undefined when the two cannot be compared */
function compare(operator: string, actual: unknown, expected: unknown): boolean | undefined {
  if (actual === undefined || typeof actual !== typeof expected) return undefined
  if (typeof actual === 'object') return compareObjects(operator, actual as Value, expected as Value)
  if (typeof actual !== 'string') return ordered(operator, Number(actual) - Number(expected))
  const [one, other] = [dateRange(actual), dateRange(expected as string)]
  if (one && other) return ordered(operator, one.low - other.low)
  return ordered(operator, actual < (expected as string) ? -1 : actual === expected ? 0 : 1)
}

function compareObjects(operator: string, actual: Value, expected: Value): boolean | undefined {
  if (typeof actual.value === 'number' && typeof expected.value === 'number') {
    const unitOf = ({ system, code, unit }: Value): string =>
      JSON.stringify(code === undefined ? [unit] : [system, code])
    return unitOf(actual) === unitOf(expected) ? ordered(operator, actual.value - expected.value) : undefined
  }
  // A reference is the same when it leads to the same place, a code when system and code are.
  const isSame =
    expected.reference === undefined
      ? expected.code === actual.code && (expected.system === undefined || expected.system === actual.system)
      : expected.reference === actual.reference
  return operator === '=' ? isSame : operator === '!=' ? !isSame : undefined
}

function ordered(operator: string, difference: number): boolean | undefined {
  switch (operator) {
    case '=':
      return difference === 0
    case '!=':
      return difference !== 0
    case '>':
      return difference > 0
    case '<':
      return difference < 0
    case '>=':
      return difference >= 0
    case '<=':
      return difference <= 0
    default:
      return undefined
  }
}
