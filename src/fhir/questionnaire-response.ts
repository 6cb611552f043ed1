/**
 * A QuestionnaireResponse against the Questionnaire that it answers
 * (https://hl7.org/fhir/R4/questionnaireresponse.html#link): what was asked, in its order and as often as it may be
 * answered; that what must be answered is, and what was not asked is not.
 */
import { answerIssues, type HoldsCode } from './answer-rules.ts'
import type { PlacedAnswer } from './answers.ts'
import { type Answered, isEnabled } from './enable-when.ts'
import type { Issue, ProblemKey } from './problem.ts'
import type { Resource, r4 } from './resource.ts'
import type { ValueSetSource } from './terminology.ts'

type Question = r4.QuestionnaireItem
type Item = r4.QuestionnaireResponseItem

/**
 * @param answer a QuestionnaireResponse whose structure is right
 * @param questionnaire what it answers; undefined if that is not known here
 * @returns every issue, what stands first in the response first; a warning where there is no questionnaire to check by
 */
export function responseIssues(
  { answer, root }: PlacedAnswer,
  questionnaire: r4.Questionnaire | undefined,
  holds: HoldsCode,
): Issue[] {
  if (questionnaire === undefined) {
    const diagnostics = 'The questionnaire is not known here: the response was not checked against it.'
    return [{ key: 'questionnaire-unknown', expression: `${root}.questionnaire`, diagnostics }]
  }
  const response = answer as unknown as r4.QuestionnaireResponse
  return new Reader({
    ...{ response, questionnaire, holds },
    valueSet: (id) => valueSetIn(questionnaire.contained, id) ?? valueSetIn(response.contained, id),
  }).read(root)
}

/** A contained value set by its id. */
const valueSetIn = (contained: readonly object[] = [], id: string): ValueSetSource | undefined =>
  (contained as readonly Resource[]).find((each) => each.resourceType === 'ValueSet' && each.id === id) as
    ValueSetSource | undefined

interface Reading {
  readonly response: r4.QuestionnaireResponse
  readonly questionnaire: r4.Questionnaire
  readonly holds: HoldsCode
  valueSet(id: string): ValueSetSource | undefined
}

interface PlacedItem {
  readonly item: Item
  readonly at: string
}

class Reader {
  private readonly issues: Issue[] = []
  private readonly reading: Reading

  constructor(reading: Reading) {
    this.reading = reading
  }

  read(root: string): Issue[] {
    const { questionnaire, response } = this.reading
    this.items(questionnaire.item ?? [], response.item ?? [], root, root, [])
    return this.issues
  }

  private say(key: ProblemKey, expression: string, diagnostics: string, severity?: 'warning'): void {
    this.issues.push(severity ? { key, expression, diagnostics, severity } : { key, expression, diagnostics })
  }

  /**
   * The items that stand in one place, against the questions of that place.
   * @param at FHIRPath of the place
   * @param holder FHIRPath of the item or response that lacks what is missing
   */
  private items(
    questions: readonly Question[],
    items: readonly Item[],
    at: string,
    holder: string,
    way: readonly Answered[],
  ): void {
    const sent = new Map<Question, PlacedItem[]>()
    let last = -1
    for (const [index, item] of items.entries()) {
      const placed = { item, at: `${at}.item[${index}]` }
      const position = questions.findIndex(({ linkId }) => linkId === item.linkId)
      const question = questions[position]
      if (question === undefined) {
        this.foreign(placed, way)
        continue
      }
      if (position < last) {
        this.say('questionnaire-item-order', placed.at, 'Items stand in the order of their questions.')
      }
      last = position
      // An item that says nothing is as good as none.
      if (item.answer !== undefined || item.item !== undefined) {
        sent.set(question, [...(sent.get(question) ?? []), placed])
      }
    }
    for (const question of questions) this.question(question, sent.get(question) ?? [], holder, way)
  }

  private foreign({ item, at }: PlacedItem, way: readonly Answered[]): void {
    const question = itemOf(this.reading.questionnaire.item ?? [], item.linkId)
    if (question === undefined) {
      this.say('questionnaire-item-unknown', at, 'The questionnaire has no item with this linkId.')
      return
    }
    this.say('questionnaire-item-unknown', at, 'The item stands in another place than its question does.')
    this.item(question, { item, at }, way)
  }

  private question(question: Question, sent: readonly PlacedItem[], holder: string, way: readonly Answered[]): void {
    const { questionnaire, response } = this.reading
    const enabled = isEnabled(question, questionnaire, response, way)
    if (sent.length === 0) {
      if (enabled === true && question.required) this.missing(question, holder)
      return
    }
    for (const { at } of sent) {
      if (enabled === false) {
        this.say('questionnaire-item-disabled', at, 'By the other answers this is not asked: send no answer to it.')
      }
    }
    const [, second] = sent
    if (second && !question.repeats)
      this.say('questionnaire-too-many', second.at, 'The question is answered in one item.')
    for (const placed of sent) this.item(question, placed, way)
  }

  /** What is being filled in may still lack answers. */
  private missing({ linkId }: Question, holder: string): void {
    const severity = this.reading.response.status === 'in-progress' ? 'warning' : undefined
    this.say('questionnaire-answer-missing', holder, `The item "${linkId}" must be answered.`, severity)
  }

  private item(question: Question, { item, at }: PlacedItem, way: readonly Answered[]): void {
    const { type, text } = question
    const { answer: answers = [], item: items = [] } = item
    const inner = [...way, { question, item }]
    if (item.text !== undefined && item.text !== text) {
      this.say('questionnaire-item-text', `${at}.text`, 'The text is that of the questionnaire, or it is left out.')
    }
    if (answers.length > 1 && !question.repeats) {
      this.say('questionnaire-too-many', `${at}.answer[1]`, 'The question takes one answer.')
    }
    if (type === 'group') {
      if (answers.length > 0) this.say('questionnaire-nesting', `${at}.answer[0]`, 'A group has items, and no answer.')
      this.items(question.item ?? [], items, at, at, inner)
      return
    }
    for (const [index, answer] of answers.entries()) this.answer(question, answer, `${at}.answer[${index}]`, at, inner)
    if (items.length > 0) {
      const words =
        type === 'display' ? 'A text to be shown has no items.' : 'Items below a question stand in its answer.'
      this.say('questionnaire-nesting', `${at}.item[0]`, words)
    } else if (answers.length === 0 && question.required && type !== 'display') {
      this.missing(question, at)
    }
  }

  private answer(
    question: Question,
    answer: r4.QuestionnaireResponseItemAnswer,
    at: string,
    holder: string,
    way: readonly Answered[],
  ): void {
    const { holds, valueSet } = this.reading
    this.issues.push(...answerIssues(answer as unknown as Record<string, unknown>, question, at, holds, valueSet))
    if (question.type !== 'display') this.items(question.item ?? [], answer.item ?? [], at, holder, way)
  }
}

function itemOf(questions: readonly Question[], linkId: string | undefined): Question | undefined {
  for (const question of questions) {
    if (question.linkId === linkId) return question
    const below = itemOf(question.item ?? [], linkId)
    if (below) return below
  }
  return undefined
}
