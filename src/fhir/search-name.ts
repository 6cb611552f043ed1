/**
 * One `name=value` of a query as a condition: a parameter with or without modifier, a chain through references
 * (`patient.name`), or a look at what refers to the resource (`_has:Task:patient:status`)
 * (https://hl7.org/fhir/R4/search.html#chaining, #has).
 */
import { nearest } from './did-you-mean.ts'
import { isPhonetic } from './index-values.ts'
import { isResourceType } from './element-types.ts'
import type { Issue } from './problem.ts'
import { type Chain, type Condition, MAX_LINKS } from './search-condition.ts'
import type { SearchParam, SearchParams } from './search-params.ts'
import { isByCanonical, likelyTargets, wholes } from './search-references.ts'
import { conditionOf } from './search-values.ts'

export interface NameOptions {
  readonly params: SearchParams
  /** Types the caller may search: a chain must not lead where the caller may not go. */
  readonly mayRead: (type: string) => boolean
  /** Names that are valid beside the parameters of a type, for the list in a refusal. */
  readonly others: readonly string[]
  /** ms since the epoch, for approximate dates. */
  readonly now?: number | undefined
}

/** Limits of one query, so that no query costs more than a page is worth. */
const MAX_VALUE_LENGTH = 40_000
/** Most types a chain may lead to without naming one. */
const MAX_CHAIN_TYPES = 8
/** Characters of a sender's name that are repeated in a refusal. */
export const MAX_NAME = 64

/** Modifiers by kind of parameter (https://hl7.org/fhir/R4/search.html#modifiers). */
const MODIFIERS: Readonly<Record<SearchParam['kind'], readonly string[]>> = {
  token: ['not', 'text', 'in', 'not-in', 'above', 'below', 'of-type', 'missing'],
  reference: ['identifier', 'text', 'missing'],
  date: ['missing'],
  string: ['exact', 'contains', 'missing'],
  uri: ['above', 'below', 'missing'],
  number: ['missing'],
  quantity: ['missing'],
  composite: ['missing'],
  special: ['missing'],
}

/** Parameters that R4 defines for all searches and that are not answered, with what to do instead. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  _list: 'Search by the ids that the list holds: _id=a,b,c.',
  _filter: 'Use search parameters: values separated by "," are alternatives, parameters are all to hold.',
  _text: 'Narratives are not indexed; coded elements take :text.',
  _content: 'The text of resources is not indexed; coded elements take :text.',
  _query: 'No named queries are offered.',
  _contained: 'Contained resources are found by what contains them.',
  _containedType: 'Contained resources are found by what contains them.',
  _type: 'It belongs to a search of the whole system: GET [base]?_type=….',
}

export const invalid = (name: string, words: string): Issue => ({
  key: 'parameter-invalid',
  diagnostics: name === '' ? words : `Search parameter "${name.slice(0, MAX_NAME)}": ${words}`,
  ...(name === '' ? {} : { expression: `http.${name.slice(0, MAX_NAME)}` }),
})

/** `Did you mean` for a refusal; empty when nothing is near. */
export function hint(name: string, valid: readonly string[], mark = ''): string {
  const meant = nearest(name, valid)
  return meant === undefined ? '' : ` Did you mean "${mark}${meant}"?`
}

/** The refusal of a parameter that the type does not have, with what was probably meant and what is valid. */
function unknownParameter(type: string, name: string, { params, others }: NameOptions): Issue {
  const shown = name.slice(0, MAX_NAME)
  const code = name.split(/[:.]/, 1)[0] ?? ''
  const valid = [...params.list(type).map((each) => each.code), ...others]
  const instead = Object.hasOwn(NOT_OFFERED, code) ? NOT_OFFERED[code] : undefined
  const words =
    instead === undefined
      ? `is not a search parameter of ${type}.${hint(code, valid)}`
      : `is not offered by this service. ${instead}`
  return {
    key: 'unknown-parameter',
    expression: `http.${shown}`,
    diagnostics: `"${shown}" ${words} Valid here: ${valid.toSorted().join(', ')}.`,
  }
}

/**
 * Reads one pair.
 * @param type the type whose parameter it is
 * @param links references followed so far
 */
export function readPair(
  type: string,
  name: string,
  value: string,
  options: NameOptions,
  links = 0,
): Condition | Issue {
  const { params, mayRead, now } = options
  if (name.startsWith('_has:')) return readHas(type, name, value, options, links)
  const [, code = '', modifier, dotted] = /^([^:.]*)(?::([^.]*))?(?:\.(.*))?$/s.exec(name) ?? []
  const param = params.param(type, code)
  if (!param) return unknownParameter(type, name, options)
  if (dotted !== undefined) return readChain(param, modifier, dotted, value, name, options, links)
  if (modifier !== undefined && !modifiersOf(param, params).includes(modifier)) {
    return unknownModifier(param, name, modifier, params)
  }
  // What is part of what says something of the resources between.
  if (param.kind === 'reference' && (modifier === 'above' || modifier === 'below')) {
    const hidden = wholes(param, params).some(({ type: between }) => !mayRead(between))
    if (hidden) return unknownModifier(param, name, modifier, params)
  }
  if (value === '') return invalid(name, 'It has no value. Leave the parameter out, or use :missing.')
  if (value.length > MAX_VALUE_LENGTH) return invalid(name, `Its value is longer than ${MAX_VALUE_LENGTH} characters.`)
  const read = conditionOf(param, modifier, value, params, now)
  return typeof read === 'string' ? invalid(name, read) : read
}

const isIssue = (read: Condition | Issue): read is Issue => 'key' in read

const tooFar = (name: string): Issue => invalid(name, `At most ${MAX_LINKS} references are followed.`)

function readChain(
  param: SearchParam,
  modifier: string | undefined,
  dotted: string,
  value: string,
  name: string,
  options: NameOptions,
  links: number,
): Condition | Issue {
  const { params, mayRead } = options
  if (param.kind !== 'reference') {
    return invalid(name, `${param.code} is of kind ${param.kind}: only references can be followed with ".".`)
  }
  if (links >= MAX_LINKS) return tooFar(name)
  const likely = likelyTargets(param, params).filter((type) => params.has(type) && mayRead(type))
  if (modifier !== undefined && !likely.includes(modifier))
    return unknownModifier(param, name, modifier, params, likely)
  const code = dotted.split(/[:.]/, 1)[0] ?? ''
  const types = modifier === undefined ? likely : [modifier]
  const able = types.filter((type) => code === '_has' || params.param(type, code))
  if (able.length === 0) {
    const [only] = types
    if (types.length === 1 && only !== undefined) return unknownParameter(only, dotted, options)
    return invalid(name, `"${code.slice(0, MAX_NAME)}" is not a search parameter of ${types.join(', ')}.`)
  }
  if (able.length > MAX_CHAIN_TYPES) {
    return invalid(name, `It may lead to many types: name one, such as ${param.code}:${able[0]}.${code}.`)
  }
  const chains: Chain[] = []
  let issue: Issue | undefined
  for (const type of able) {
    const read = readPair(type, dotted, value, options, links + 1)
    if (isIssue(read)) issue = read
    else
      chains.push({
        kind: 'chain',
        param: param.name,
        type,
        byCanonical: isByCanonical(param, type, params),
        conditions: [read],
      })
  }
  const [only] = chains
  if (!only) return issue ?? unknownParameter(param.type, name, options)
  return chains.length === 1 ? only : { kind: 'any', of: chains }
}

const HAS_FORM = 'It is written _has:Type:reference:parameter, such as _has:Task:patient:status.'

function readHas(type: string, name: string, value: string, options: NameOptions, links: number): Condition | Issue {
  const { params, mayRead } = options
  const [, from = '', code = '', rest = ''] = /^_has:([^:]*):([^:]*):(.+)$/s.exec(name) ?? []
  if (rest === '') return invalid(name, HAS_FORM)
  if (links >= MAX_LINKS) return tooFar(name)
  if (!isResourceType(from) || !params.has(from) || !mayRead(from)) {
    return invalid(name, `The name after "_has:" is not a type that can be searched here. ${HAS_FORM}`)
  }
  const param = params.param(from, code)
  if (!param || param.kind !== 'reference') {
    const valid = params.list(from).filter(({ kind, targets }) => kind === 'reference' && leadsTo(targets, type))
    const codes = valid.map((each) => each.code)
    return invalid(name, `It names no reference of ${from}.${hint(code, codes)} Valid here: ${codes.join(', ')}.`)
  }
  if (!leadsTo(param.targets, type)) return invalid(name, `${from}.${code} does not refer to ${type}.`)
  const read = readPair(from, rest, value, options, links + 1)
  if (isIssue(read)) return read
  const byCanonical = isByCanonical(param, type, params)
  return { kind: 'has', param: param.name, type: from, target: type, byCanonical, conditions: [read] }
}

const leadsTo = (targets: readonly string[], type: string): boolean => targets.length === 0 || targets.includes(type)

/** A reference takes the name of a type as modifier (`subject:Patient=123`). */
function modifiersOf(param: SearchParam, params: SearchParams): readonly string[] {
  if (param.special) return param.special === 'id' ? ['not', 'missing'] : ['missing']
  if (isPhonetic(param.name)) return ['missing']
  if (param.kind === 'reference') {
    const hierarchy = wholes(param, params).length > 0 ? ['above', 'below'] : []
    return [...MODIFIERS.reference, ...hierarchy, ...likelyTargets(param, params)]
  }
  if (param.kind !== 'token' || param.leafTypes.length === 0) return MODIFIERS[param.kind]
  // Where the types are known, only what can ever match is offered.
  const identifiers = param.leafTypes.includes('Identifier')
  const coded = param.leafTypes.some((type) => type === 'Coding' || type === 'CodeableConcept' || type === 'code')
  const worded = identifiers || param.leafTypes.some((type) => type === 'Coding' || type === 'CodeableConcept')
  const offered: Readonly<Record<string, boolean>> = {
    'of-type': identifiers,
    text: worded,
    in: coded,
    'not-in': coded,
    above: coded,
    below: coded,
  }
  return MODIFIERS.token.filter((modifier) => offered[modifier] ?? true)
}

function unknownModifier(
  param: SearchParam,
  name: string,
  modifier: string,
  params: SearchParams,
  valid = modifiersOf(param, params),
): Issue {
  const shown = name.slice(0, MAX_NAME)
  const list = valid.map((each) => `:${each}`).join(', ')
  return {
    key: 'unknown-modifier',
    expression: `http.${shown}`,
    diagnostics: `"${shown}": this modifier is not offered for ${param.name} (${param.kind}).${hint(modifier, valid, ':')} Valid here: ${list}.`,
  }
}
