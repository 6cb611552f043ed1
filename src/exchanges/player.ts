/** Plays request/response pairs, one after the other, and says where an answer differs from what was expected. */
import { fhirpath, r4Model } from '../fhir/fhirpath-library.ts'
import { PROBLEM_SYSTEM } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'
import type { Exchange, ExchangeFile, Expectation, PartyOf } from './exchange-file.ts'
import { Variables } from './variables.ts'

export interface WireRequest {
  readonly method: string
  /** Below the FHIR base, without a slash in front. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface WireAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

/** How requests reach a server. */
export interface Wire {
  send(request: WireRequest): Promise<WireAnswer>
  /** A bearer token of a party. */
  token(name: string, party: PartyOf): Promise<string>
}

export interface Played {
  readonly exchange: Exchange
  readonly status: number
  /** What differs, in words; empty when all is as expected. */
  readonly differences: readonly string[]
}

/**
 * Plays a file; after a difference it goes on as far as the variables allow, because what follows tells more.
 * @param now ms since the epoch
 * @throws Error when the server cannot be reached or gives no token
 */
export async function play(file: ExchangeFile, wire: Wire, now: () => number = Date.now): Promise<Played[]> {
  const variables = new Variables(now)
  const answers = new Map<string, WireAnswer>()
  const tokens = new Map<string, string>()
  for (const [name, party] of Object.entries(file.parties)) tokens.set(name, await wire.token(name, party))
  const played: Played[] = []
  for (const exchange of file.exchanges) {
    let request: WireRequest
    try {
      request = requestOf(exchange, variables, answers, tokens)
    } catch (error) {
      played.push({ exchange, status: 0, differences: [(error as Error).message] })
      continue
    }
    const answer = await wire.send(request)
    const differences = compare(exchange.expect, answer, variables, answers)
    if (exchange.keepAnswer !== undefined) answers.set(exchange.keepAnswer, answer)
    differences.push(...keepValues(exchange, answer, variables))
    played.push({ exchange, status: answer.status, differences })
  }
  return played
}

function requestOf(
  { request, party }: Exchange,
  variables: Variables,
  answers: ReadonlyMap<string, WireAnswer>,
  tokens: ReadonlyMap<string, string>,
): WireRequest {
  const body = bodyOf(request, variables, answers)
  const given = Object.entries(request.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    variables.fill(value),
  ])
  return {
    method: request.method,
    path: variables.fill(request.path),
    headers: {
      ...(party === undefined ? {} : { authorization: `Bearer ${tokens.get(party)}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
      ...(Object.fromEntries(given) as Record<string, string>),
    },
    ...(body === undefined ? {} : { body }),
  }
}

function bodyOf(
  { body, bodyOf, set = {} }: Exchange['request'],
  variables: Variables,
  answers: ReadonlyMap<string, WireAnswer>,
): string | undefined {
  if (bodyOf === undefined && body === undefined) return undefined
  if (typeof body === 'string') return variables.fill(body)
  const kept = bodyOf === undefined ? undefined : answers.get(bodyOf)
  if (bodyOf !== undefined && kept === undefined) throw new Error(`There is no answer "${bodyOf}" to send back.`)
  const value = kept ? (JSON.parse(kept.text) as unknown) : variables.fillAll(body)
  for (const [path, member] of Object.entries(set)) setMember(value, path, variables.fillAll(member))
  return JSON.stringify(value)
}

/** Replaces a member, or takes it out when the new value is null. @throws Error when there is nothing to put it into */
function setMember(root: unknown, path: string, value: unknown): void {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '')
  const last = steps.pop() ?? ''
  let place = root
  for (const step of steps) place = (place as Record<string, unknown> | undefined)?.[step]
  if (typeof place !== 'object' || place === null) throw new Error(`The body has no place for ${path}.`)
  if (value === null) Reflect.deleteProperty(place, last)
  else Reflect.set(place, last, value)
}

function compare(
  expect: Expectation,
  answer: WireAnswer,
  variables: Variables,
  answers: ReadonlyMap<string, WireAnswer>,
): string[] {
  const differences: string[] = []
  if (answer.status !== expect.status) {
    differences.push(`status ${answer.status}, not ${expect.status}${firstWords(answer.text)}`)
  }
  for (const [name, wanted] of Object.entries(expect.headers ?? {})) {
    const found = answer.headers[name.toLowerCase()]
    if (!isAsWanted(found, wanted === null ? null : variables.fill(wanted))) {
      differences.push(`header ${name}: ${found ?? 'absent'}, not ${wanted ?? 'absent'}`)
    }
  }
  if (expect.empty && answer.text !== '') differences.push('a body, and none was expected')
  if (expect.sameBodyAs !== undefined && answers.get(expect.sameBodyAs)?.text !== answer.text) {
    differences.push(`the body is not that of "${expect.sameBodyAs}"`)
  }
  const codes = issueCodes(answer)
  for (const code of expect.issues ?? []) {
    if (!codes.includes(code)) differences.push(`no issue ${code} among ${codes.join(', ') || 'none'}`)
  }
  for (const expression of expect.fhirpath ?? []) {
    const result = evaluate(answer, variables.fill(expression), variables)
    if (result.length !== 1 || result[0] !== true) differences.push(`not true: ${expression}`)
  }
  return differences
}

function isAsWanted(found: string | undefined, wanted: string | null): boolean {
  if (wanted === null) return found === undefined
  if (!/^\/.+\/$/.test(wanted)) return found === wanted
  return found !== undefined && new RegExp(wanted.slice(1, -1)).test(found)
}

function bodyAsJson({ text }: WireAnswer): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

function issueCodes(answer: WireAnswer): string[] {
  const { issue = [] } = bodyAsJson(answer) as Partial<r4.OperationOutcome>
  return issue.flatMap(({ details }) =>
    (details?.coding ?? []).flatMap(({ system, code }) => (system === PROBLEM_SYSTEM && code ? [code] : [])),
  )
}

function evaluate(answer: WireAnswer, expression: string, variables: Variables): unknown[] {
  const environment = variables.environment()
  return fhirpath().evaluate(bodyAsJson(answer) as object, expression, environment, r4Model()) as unknown[]
}

function keepValues(exchange: Exchange, answer: WireAnswer, variables: Variables): string[] {
  return Object.entries(exchange.keep ?? {}).flatMap(([name, from]) => {
    const [value] = from.startsWith('header:')
      ? [answer.headers[from.slice('header:'.length).toLowerCase()]]
      : evaluate(answer, variables.fill(from), variables)
    if (typeof value !== 'string' && typeof value !== 'number') return [`nothing to keep as ${name}: ${from}`]
    variables.keep(name, String(value))
    return []
  })
}

const firstWords = (text: string): string => (text === '' ? '' : `: ${text.slice(0, 300)}`)
