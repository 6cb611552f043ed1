/** What must hold of every answer, whatever was asked. */
import { catalogue } from '../../src/fhir/problem.ts'
import type { r4 } from '../../src/fhir/resource.ts'
import { isFhirUrl } from '../../src/http/query-text.ts'
import { type Exchange, rowCounts } from '../helper.ts'
import { MARK } from './hostile-values.ts'
import type { HostileRequest } from './hostile-requests.ts'

/** CPU seconds that one request may cost. The slowest good one costs a tenth of it. */
const WORK_LIMIT = 3

export interface Attack {
  readonly exchange: Exchange
  readonly authorization: string
  /** Log lines as they were written, and emptied by whoever reads them. */
  readonly log: string[]
}

/** @throws Error that says what was promised and does not hold */
export async function judge({ exchange, authorization, log }: Attack, request: HostileRequest): Promise<number> {
  const before = await stateOf(exchange)
  const began = process.cpuUsage()
  const { method, url, payload } = request
  const answer = await exchange.app.inject({
    method,
    url,
    headers: { authorization, ...request.headers },
    ...(payload === undefined ? {} : { payload }),
  })
  const { user, system } = process.cpuUsage(began)
  const seconds = (user + system) / 1e6
  const fail = (what: string): never => {
    throw new Error(
      `${what}\nstatus ${answer.statusCode}: ${answer.body.slice(0, 600)}\nlog: ${log.slice(-2).join('')}`,
    )
  }
  if (answer.statusCode >= 500) fail('The service failed.')
  if (seconds > WORK_LIMIT) fail(`One request cost ${seconds} s of work.`)
  for (const [name, value] of Object.entries(answer.headers)) {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(String(value)) || /injected/i.test(name))
      fail(`The header ${name} was injected.`)
  }
  if (answer.statusCode >= 400) {
    if (isFhirUrl(new URL(url, 'http://x').pathname)) {
      if (method !== 'HEAD') faultIn(answer.body, namesMark(request), fail)
    } else if (answer.body.length > 2000) fail('A refusal outside FHIR is short.')
    if ((await stateOf(exchange)) !== before) fail('A refusal has changed the store.')
  } else if (answer.body !== '' && /json/.test(String(answer.headers['content-type']))) JSON.parse(answer.body)
  if (Object.keys(Object.prototype).length > 0 || 'polluted' in {}) fail('A prototype was changed.')
  for (const line of log.splice(0)) {
    const { requestId: _id, correlationId: _correlation, ...said } = JSON.parse(line) as Record<string, unknown>
    if (line.slice(0, -1).includes('\n') || JSON.stringify(said).includes(MARK))
      fail(`A log line was injected: ${line}`)
  }
  return answer.statusCode
}

/** An OperationOutcome, each issue with a code of the catalogue. */
function faultIn(body: string, named: boolean, fail: (what: string) => never): void {
  const outcome = JSON.parse(body) as r4.OperationOutcome
  if (outcome.resourceType !== 'OperationOutcome') {
    // $validate and Bundles answer with what they found.
    fail('A refusal is no OperationOutcome.')
  }
  if (outcome.issue.length === 0) fail('A refusal gives no reason.')
  for (const { details, severity, code, diagnostics } of outcome.issue) {
    const key = details?.coding?.[0]?.code ?? ''
    if (!Object.hasOwn(catalogue, key) || !severity || !code || !diagnostics)
      fail(`The code "${key}" is not catalogued.`)
    if (!named && diagnostics.includes(MARK)) fail('The words of a refusal quote what was sent.')
  }
}

const stateOf = async ({ context }: Exchange): Promise<string> => JSON.stringify(await rowCounts(context))

/** What is sent as a name (of a parameter, a type, an element) is given back in a refusal, what is sent as a value is not. */
function namesMark({ url, headers, payload }: HostileRequest): boolean {
  const [path = '', query = ''] = url.split('?', 2)
  const queries = [query, String(headers['if-none-exist'] ?? ''), typeof payload === 'string' ? payload : '']
  const pairs = queries.flatMap((one) => [...new URLSearchParams(one)])
  return path.includes(MARK) || pairs.some(([name]) => name.includes(MARK))
}
