/** One answer to one question: of the type that is asked for, and one of the options where these are all there is. */
import { valueKey } from './enable-when.ts'
import type { Issue } from './problem.ts'
import type { r4 } from './resource.ts'
import type { Membership, ValueSetSource } from './terminology.ts'

/** Whether a value set, by its canonical or as it stands, holds a code. */
export type HoldsCode = (valueSet: string | ValueSetSource, system: string | undefined, code: string) => Membership

type Answer = Readonly<Record<string, unknown>>

const CHOICE = ['Coding', 'date', 'time', 'integer', 'string', 'Reference']
/** Types of an answer by the type of the question (https://hl7.org/fhir/R4/valueset-item-type.html). */
const ANSWER_TYPES: Readonly<Record<string, readonly string[]>> = {
  boolean: ['boolean'],
  decimal: ['decimal'],
  integer: ['integer'],
  date: ['date'],
  dateTime: ['dateTime'],
  time: ['time'],
  string: ['string'],
  text: ['string'],
  url: ['uri'],
  choice: CHOICE,
  'open-choice': CHOICE,
  attachment: ['Attachment'],
  reference: ['Reference'],
  quantity: ['Quantity'],
}
const PRIMITIVES = new Set(['boolean', 'decimal', 'integer', 'date', 'dateTime', 'time', 'string', 'uri'])

const typeOf = (key: string): string => {
  const name = key.slice('value'.length)
  const small = name.charAt(0).toLowerCase() + name.slice(1)
  return PRIMITIVES.has(small) ? small : name
}

/**
 * @param contained the value sets that stand in the questionnaire, or beside it, by id
 * @param at FHIRPath of the answer
 */
export function answerIssues(
  answer: Answer,
  question: r4.QuestionnaireItem,
  at: string,
  holds: HoldsCode,
  contained: (id: string) => ValueSetSource | undefined,
): Issue[] {
  const allowed = ANSWER_TYPES[question.type]
  const key = valueKey(answer)
  if (allowed === undefined || key === undefined) return []
  const type = typeOf(key)
  const expression = `${at}.value.ofType(${type})`
  if (!allowed.includes(type)) {
    return [{ key: 'questionnaire-answer-type', expression, diagnostics: `The answer must be: ${allowed.join(', ')}.` }]
  }
  const value = answer[key]
  const { maxLength, answerOption = [], answerValueSet } = question
  if (maxLength !== undefined && typeof value === 'string' && [...value].length > maxLength) {
    const diagnostics = `The answer should have at most ${maxLength} characters.`
    return [{ key: 'questionnaire-answer-length', expression, diagnostics }]
  }
  if (allowed !== CHOICE) return []
  if (answerOption.length > 0) {
    const isFree = question.type === 'open-choice' && type === 'string'
    if (isFree || answerOption.some((option) => isSame((option as unknown as Answer)[key], value))) return []
    return [{ key: 'questionnaire-answer-option', expression, diagnostics: 'The answer is none of the options.' }]
  }
  if (answerValueSet === undefined || type !== 'Coding') return []
  const set = answerValueSet.startsWith('#') ? contained(answerValueSet.slice(1)) : answerValueSet
  const { system, code } = value as r4.Coding
  const membership = set === undefined ? 'unknown' : holds(set, system ?? '', code ?? '')
  if (membership !== 'no') return []
  return [
    {
      key: 'questionnaire-answer-option',
      expression,
      diagnostics: 'The code is not in the value set of the question.',
    },
  ]
}

/** A code is told by system and code, a reference by where it leads; words for people do not matter. */
function isSame(option: unknown, value: unknown): boolean {
  if (typeof option !== 'object' || typeof value !== 'object') return option === value
  const [one, other] = [option, value] as [Answer | null, Answer | null]
  return one?.system === other?.system && one?.code === other?.code && one?.reference === other?.reference
}
