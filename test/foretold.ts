/** A party that asks $validate what a write would be told before it writes, and holds the two answers against each other. */
import type { Test } from 'tap'
import type { r4 } from '../src/fhir/resource.ts'
import { type Answer, type Party, partyOf } from './helper.ts'

/** Code and place of what a write is refused for, as `code place`. */
export const refusals = ({ body }: Pick<Answer, 'body'>): string[] =>
  issuesIn(body).flatMap(({ severity, details, expression }) =>
    severity === 'error' || severity === 'fatal' ? [`${details?.coding?.[0]?.code} ${expression?.[0] ?? ''}`] : [],
  )

function issuesIn(body: { resourceType: string }): r4.OperationOutcomeIssue[] {
  if (body.resourceType === 'OperationOutcome') return (body as unknown as r4.OperationOutcome).issue
  if (body.resourceType !== 'Bundle') return []
  return ((body as unknown as r4.Bundle).entry ?? []).flatMap(({ response }) =>
    response?.outcome ? issuesIn(response.outcome as unknown as r4.OperationOutcome) : [],
  )
}

/** What of a request $validate is asked about; undefined for what it is not about. */
function questionOf(method: string, path: string): string | undefined {
  if (method === 'POST' && (path === '' || path === '$process-message')) return '$validate?mode=create'
  if (method === 'POST' && /^[A-Z][A-Za-z]+$/.test(path)) return `${path}/$validate?mode=create`
  if (method === 'PUT' && /^[A-Z][A-Za-z]+\/[^/?]+$/.test(path)) return `${path}/$validate?mode=update`
  return undefined
}

/** Where a write is told more or less on purpose: the version it must name, and what its own envelope is refused for. */
const OF_THE_WRITE = ['if-match-required', 'type-mismatch', 'idempotency-key-reused']

/**
 * What $validate foretold is what the write was told: everything it was refused for (and what it would have been told
 * next), nothing where it was accepted.
 * @param t asserts, and counts what it compared in `seen`, by code
 */
export function foretelling(t: Pick<Test, 'same'>, party: Party, seen: Set<string> = new Set()): Party {
  return partyOf(party.organization, async (method, path, body, headers = {}) => {
    const question = questionOf(method, path)
    const asked = question === undefined ? undefined : await party.post(question, body, headers)
    const answer = await party.send(method, path, body, headers)
    if (asked?.status !== 200) return answer
    const [foretold, found] = [refusals(asked), refusals(answer)]
    // A repeat under an Idempotency-Key is answered before it is looked at.
    const repeated = headers['idempotency-key'] !== undefined && answer.status < 300
    if (repeated || found.some((one) => OF_THE_WRITE.includes(one.split(' ')[0] ?? ''))) return answer
    const missed = found.length > 0 ? found.filter((one) => !foretold.includes(one)) : foretold
    t.same(missed, [], `${method} ${path}: ${foretold.join(', ')} | ${found.join(', ')}`)
    for (const one of found) seen.add(one.split(' ')[0] ?? '')
    return answer
  })
}
