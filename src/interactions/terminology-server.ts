/**
 * The optional terminology server (https://hl7.org/fhir/R4/codesystem-operation-validate-code.html): whether a code
 * that has the right form exists. What it says is kept; when it does not answer, nothing is refused and nothing waits
 * for it again until a while has passed.
 */
import { type Dispatcher, request } from 'undici'
import type { Issue } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'

/** A code and where it stands in what was sent. */
export interface CodeInPlace {
  readonly system: string
  readonly code: string
  /** FHIRPath of the coding. */
  readonly expression: string
}

export interface TerminologyServerOptions {
  /** FHIR base without trailing slash. */
  readonly url: string
  /** Decides which addresses may be connected to. */
  readonly dispatcher: Dispatcher
  /** ms since the epoch */
  readonly clock: () => number
  /** ms a write waits for an answer */
  readonly timeout?: number
}

export interface TerminologyServer {
  /**
   * Codes the server does not know are errors; codes it could not be asked about are one warning. Never rejects.
   */
  check(codes: readonly CodeInPlace[]): Promise<Issue[]>
  /** What the server calls a code that was asked about, if it said so. */
  nameOf(system: string, code: string): string | undefined
}

const TIMEOUT = 2000
/** A code that exists today exists tomorrow; one that does not may come with the next release. */
const KEPT = 24 * 60 * 60 * 1000
/** How long a server that failed is left alone. */
const REST = 30 * 1000
const MAX_KEPT = 5000
/** Bytes of an answer that are read; a result is a few hundred. */
const MAX_ANSWER = 64 * 1024

interface Answer {
  readonly verdict: 'known' | 'unknown' | 'unsaid'
  readonly name?: string | undefined
}
const UNSAID: Answer = { verdict: 'unsaid' }

/** Asks `TERMINOLOGY_URL` about codes, remembers what it said, and waits no longer than `timeout` (ms). */
export function createTerminologyServer({
  url,
  dispatcher,
  clock,
  timeout = TIMEOUT,
}: TerminologyServerOptions): TerminologyServer {
  const kept = new Map<string, { readonly answer: Answer; readonly until: number }>()
  const asking = new Map<string, Promise<Answer>>()
  let restUntil = Number.NEGATIVE_INFINITY

  const ask = async (system: string, code: string): Promise<Answer> => {
    if (clock() < restUntil) return UNSAID
    try {
      const answer = await validateCode({ url, dispatcher, timeout }, system, code)
      if (kept.size >= MAX_KEPT) kept.clear()
      kept.set(`${system}|${code}`, { answer, until: clock() + (answer.verdict === 'unsaid' ? REST : KEPT) })
      return answer
    } catch {
      restUntil = clock() + REST
      return UNSAID
    }
  }
  const answerTo = async (system: string, code: string): Promise<Answer> => {
    const key = `${system}|${code}`
    const known = kept.get(key)
    if (known && clock() < known.until) return known.answer
    let asked = asking.get(key)
    if (!asked) {
      asked = ask(system, code).finally(() => asking.delete(key))
      asking.set(key, asked)
    }
    return asked
  }
  return {
    nameOf: (system, code) => kept.get(`${system}|${code}`)?.answer.name,
    async check(codes) {
      const answers = await Promise.all(codes.map(({ system, code }) => answerTo(system, code)))
      const issues = codes.flatMap(({ system, code, expression }, i): Issue[] => {
        if (answers[i]?.verdict !== 'unknown') return []
        const diagnostics = `The terminology server does not know ${code} in ${system}: the code is mistyped, or from a release it does not have yet.`
        return [{ key: 'terminology-code-unknown', expression, diagnostics }]
      })
      const [unsaid] = codes.filter((_, i) => answers[i]?.verdict === 'unsaid')
      if (!unsaid) return issues
      const diagnostics =
        'Whether this code exists could not be checked, because the terminology server gave no answer. Its form was checked; nothing was refused for it.'
      return [...issues, { key: 'terminology-unavailable', expression: unsaid.expression, diagnostics }]
    },
  }
}

/** @throws Error when there is no answer in time, or none that can be read */
async function validateCode(
  { url, dispatcher, timeout }: Required<Pick<TerminologyServerOptions, 'url' | 'dispatcher' | 'timeout'>>,
  system: string,
  code: string,
): Promise<Answer> {
  const query = new URLSearchParams({ url: system, code })
  const { statusCode, body } = await request(`${url}/CodeSystem/$validate-code?${query}`, {
    dispatcher,
    headers: { accept: 'application/fhir+json' },
    signal: AbortSignal.timeout(timeout),
    headersTimeout: timeout,
    bodyTimeout: timeout,
  })
  let text = ''
  for await (const chunk of body.setEncoding('utf8')) {
    text += chunk
    if (text.length > MAX_ANSWER) throw new Error('The answer of the terminology server is too long.')
  }
  if (statusCode >= 500 || statusCode === 429) throw new Error(`The terminology server answered ${statusCode}.`)
  // 400, 404 and 422: it works, and does not hold this code system.
  if (statusCode !== 200) return UNSAID
  const { resourceType, parameter } = JSON.parse(text) as r4.Parameters
  const result = parameter?.find(({ name }) => name === 'result')?.valueBoolean
  if (resourceType !== 'Parameters' || result === undefined) throw new Error('The answer is no result.')
  const name = parameter?.find((one) => one.name === 'display')?.valueString
  return result ? { verdict: 'known', name } : { verdict: 'unknown' }
}
