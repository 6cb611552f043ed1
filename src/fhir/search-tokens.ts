/** Values of token parameters (https://hl7.org/fhir/R4/search.html#token): conditions, or words for the sender. */
import { nearest } from './did-you-mean.ts'
import { isMediaType, mediaType, withoutCase } from './index-values.ts'
import type { Condition, TokenValue } from './search-condition.ts'
import type { SearchParam, SearchParams } from './search-params.ts'
import { split, unescaped } from './search-text.ts'

/** The condition of a token parameter, or in words why it has none. */
export function tokens(
  parts: readonly string[],
  param: string,
  of: SearchParam,
  negate: boolean,
): Extract<Condition, { kind: 'token' }> | string {
  const values: TokenValue[] = []
  const isText = of.leafTypes.length > 0 && of.leafTypes.every((type) => type === 'string')
  for (const part of parts) {
    const halves = split(isText ? withoutCase(part) : part, '|').map(unescaped)
    const [first = '', second = ''] = halves
    if (halves.length > 2) return 'It has more than one "|". Write a "|" that belongs to a code as "\\|".'
    if (halves.length === 1) values.push({ code: first })
    else if (first === '' && second === '') return 'It has neither system nor code.'
    else values.push(...withImplicit(of, first, second === '' ? undefined : second))
  }
  return { kind: 'token', param, negate, values }
}

/**
 * In words what is odd about a condition that asks for a code which nothing can have: who polls for it waits for ever. R4
 * has it answered with nothing and a hint (https://hl7.org/fhir/R4/search.html#errors).
 */
export function codeHint(condition: Condition, { codes, name }: SearchParam): string | undefined {
  if (!codes || condition.kind !== 'token' || condition.param !== name) return undefined
  const own = condition.values.flatMap(({ system = '', code }) => (system === '' && code !== undefined ? [code] : []))
  const unknown = own.find((code) => !codes.includes(code))
  if (unknown === undefined) return undefined
  const meant = nearest(unknown, codes)
  return `It asks for a code that no resource can have here.${meant === undefined ? '' : ` Did you mean ${meant}?`} The codes are ${codes.join(', ')}.`
}

/** The value, and where an element of type `code` has this system without writing it, the code without system. */
function withImplicit(param: SearchParam, system: string, code: string | undefined): TokenValue[] {
  const value = code === undefined ? { system } : { system, code }
  if (system === '' || !param.isImplicit(system, code)) return [value]
  return [value, code === undefined ? { system: '' } : { system: '', code }]
}

/** `identifier:of-type=system|code|value`: all three, says https://hl7.org/fhir/R4/search.html#modifiers. */
export function ofType(parts: readonly string[], param: SearchParam): Condition | string {
  const values: TokenValue[] = []
  for (const part of parts) {
    const thirds = split(part, '|').map(unescaped)
    const [system = '', code = '', value = ''] = thirds
    if (thirds.length !== 3 || thirds.includes('')) {
      return 'With :of-type its value is system|code|value: the type of the identifier, then the identifier.'
    }
    values.push({ system, code: `${code}|${value}` })
  }
  return { kind: 'token', param: `${param.name}:of-type`, negate: false, values }
}

/** Most codes that one `:in`, `:above` or `:below` may stand for. */
const MAX_CODES = 2000

/** The condition of `:in` and `:not-in`, or in words why it has none. */
export function valueSetCodes(
  parts: readonly string[],
  param: SearchParam,
  negate: boolean,
  { terminology }: SearchParams,
): Condition | string {
  const values: TokenValue[] = []
  for (const part of parts.map(unescaped)) {
    const codes = terminology.codes(part)
    if (!codes) {
      return 'With :in and :not-in it names, by its canonical URL, a value set that is known here and can be listed.'
    }
    values.push(...codes.flatMap(({ system, code }) => withImplicit(param, system, code)))
  }
  if (values.length > MAX_CODES)
    return `The value set has more than the ${MAX_CODES} codes that are looked for at once.`
  return values.length > 0 ? { kind: 'token', param: param.name, negate, values } : { kind: 'constant', holds: negate }
}

/** The condition of `:above` and `:below`, or in words why it has none. */
export function tokenHierarchy(
  parts: readonly string[],
  param: SearchParam,
  way: 'above' | 'below',
  { terminology }: SearchParams,
): Condition | string {
  if (way === 'below' && isMediaType(param.name)) {
    const values = parts.map((part) => ({ code: mediaType(unescaped(part)) }))
    return { kind: 'token', param: `${param.name}:below`, negate: false, values }
  }
  const values: TokenValue[] = []
  for (const part of parts) {
    const [system = '', code = '', ...rest] = split(part, '|').map(unescaped)
    if (system === '' || code === '' || rest.length > 0) return `With :${way} its value is system|code.`
    const codes = terminology[way](system, code)
    if (!codes) return `With :${way} it names a code of a code system whose hierarchy is known here.`
    values.push(...codes.flatMap((each) => withImplicit(param, system, each)))
  }
  if (values.length > MAX_CODES) return `It stands for more than the ${MAX_CODES} codes that are looked for at once.`
  return { kind: 'token', param: param.name, negate: false, values }
}
