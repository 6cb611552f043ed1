/**
 * The R4 constraints that are cheaper as a line of JavaScript than as FHIRPath: those that only ask what is there,
 * translated, and a few others by hand. All others are left to the invariants step.
 */

/** JavaScript that is true when the constraint holds; undefined when it is not one of ours. */
export function inlineConstraint(expression: string, exists: (name: string) => string | undefined): string | undefined {
  return BY_HAND[expression] ?? new ExistenceTranslator(expression, exists).translate()
}

const UCUM = "'http://unitsofmeasure.org'"
const CODED = `(!has(o, 'value') || has(o, 'code')) && (o.system === undefined || o.system === ${UCUM})`
const inOrder = (start: string, end: string): string =>
  `typeof o.${start} !== 'string' || typeof o.${end} !== 'string' || !isBackwards(o.${start}, o.${end})`
const notHome = "v.use !== 'home'"

/** By expression and not by key, since R4 uses some keys twice. `o` is the element, `v` the value of a member. */
const BY_HAND: Readonly<Record<string, string>> = {
  'start.hasValue().not() or end.hasValue().not() or (start <= end)': inOrder('start', 'end'),
  'low.empty() or high.empty() or (low <= high)': 'isRange(o.low, o.high)',
  'lastModified.exists().not() or authoredOn.exists().not() or lastModified >= authoredOn': inOrder(
    'authoredOn',
    'lastModified',
  ),
  'whenHandedOver.empty() or whenPrepared.empty() or whenHandedOver >= whenPrepared': inOrder(
    'whenPrepared',
    'whenHandedOver',
  ),
  '(code.exists() or value.empty()) and (system.empty() or system = %ucum) and (value.empty() or value.hasValue().not() or value > 0)': `${CODED} && !(o.value <= 0)`,
  '(code.exists() or value.empty()) and (system.empty() or system = %ucum)': CODED,
  "(code.exists() or value.empty()) and (system.empty() or system = %ucum) and (code.empty() or code = '1') and (value.empty() or value.hasValue().not() or value.toString().contains('.').not())": `${CODED} && (o.code === undefined || o.code === '1') && (typeof o.value !== 'number' || Number.isInteger(o.value))`,
  'code.exists() implies ((system = %ucum) and value.exists())': `!has(o, 'code') || (o.system === ${UCUM} && has(o, 'value'))`,
  'duration.exists() implies duration >= 0': '!(o.duration < 0)',
  'period.exists() implies period >= 0': '!(o.period < 0)',
  "offset.empty() or (when.exists() and when.select($this in ('C' | 'CM' | 'CD' | 'CV')).allFalse())":
    "!has(o, 'offset') || (Array.isArray(o.when) && !o.when.some((w) => w === 'C' || w === 'CM' || w === 'CD' || w === 'CV'))",
  '(identifier.count() + name.count()) > 0': "has(o, 'identifier') || has(o, 'name')",
  "where(use = 'home').empty()": notHome,
  "(type = 'named-event' implies name.exists()) and (type = 'periodic' implies timing.exists()) and (type.startsWith('data-') implies data.exists())":
    "(o.type !== 'named-event' || has(o, 'name')) && (o.type !== 'periodic' || o.timingTiming !== undefined || o.timingReference !== undefined || has(o, 'timingDate') || has(o, 'timingDateTime')) && (typeof o.type !== 'string' || !o.type.startsWith('data-') || has(o, 'data'))",
}

const TOKEN = /\s*(?:([a-z]\w*)\.(exists|empty)\(\)|(\.not\(\))|(and|or|xor|implies)\b|(!?=)|([()]))/y

/**
 * Expressions of `name.exists()`, `name.empty()`, `.not()`, `and`, `or`, `xor`, `implies`, `=`, `!=` and
 * parentheses. None of these is ever empty, so that FHIRPath's three-valued logic is two-valued here.
 */
class ExistenceTranslator {
  readonly #tokens: string[] = []
  readonly #understood: boolean
  #at = 0

  constructor(expression: string, exists: (name: string) => string | undefined) {
    TOKEN.lastIndex = 0
    const text = expression.trim()
    let end = 0
    for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
      end = TOKEN.lastIndex
      const [, name, test, not, word, equals, parenthesis] = token
      if (name === undefined) {
        this.#tokens.push(not ?? word ?? equals ?? parenthesis ?? '')
        continue
      }
      const there = exists(name)
      if (there === undefined) {
        end = -1
        break
      }
      this.#tokens.push(test === 'exists' ? `?(${there})` : `?!(${there})`)
    }
    this.#understood = end === text.length && text !== ''
  }

  translate(): string | undefined {
    if (!this.#understood) return undefined
    const result = this.#implies()
    return this.#at === this.#tokens.length ? result : undefined
  }

  #take(...tokens: string[]): string | undefined {
    const token = this.#tokens[this.#at]
    if (token === undefined || !tokens.includes(token)) return undefined
    this.#at++
    return token
  }

  #implies(): string {
    let left = this.#or()
    while (this.#take('implies')) left = `(!(${left}) || (${this.#or()}))`
    return left
  }

  #or(): string {
    let left = this.#and()
    for (let word = this.#take('or', 'xor'); word; word = this.#take('or', 'xor')) {
      left = word === 'or' ? `(${left} || ${this.#and()})` : `((${left}) !== (${this.#and()}))`
    }
    return left
  }

  #and(): string {
    let left = this.#equality()
    while (this.#take('and')) left = `(${left} && ${this.#equality()})`
    return left
  }

  #equality(): string {
    const left = this.#term()
    const sign = this.#take('=', '!=')
    return sign === undefined ? left : `((${left}) ${sign === '=' ? '===' : '!=='} (${this.#term()}))`
  }

  #term(): string {
    let term: string
    if (this.#take('(')) {
      term = this.#implies()
      if (!this.#take(')')) return '<unbalanced>'
    } else term = (this.#tokens[this.#at++] ?? '').slice(1)
    while (this.#take('.not()')) term = `!(${term})`
    return `(${term})`
  }
}
