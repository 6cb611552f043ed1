/**
 * The catalogue of problems as a FHIR CodeSystem, so that vendors can look a code up:
 * `node src/generator/problem-codes.ts` writes `profiles/CodeSystem/problem.json`, with `--check` it only says
 * whether the file is current (exit code 1 when not).
 */
import { CANONICAL, catalogue, PROBLEM_SYSTEM } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'
import { keepCurrent } from './keep-current.ts'

/** Codes in the order of the catalogue, each with the HTTP status and the issue type it is answered with. */
export function problemCodes(): r4.CodeSystem {
  const concepts = Object.entries(catalogue).map(([code, { meaning, status, type }]) => ({
    code,
    definition: meaning,
    property: [
      { code: 'http-status', valueInteger: status },
      { code: 'issue-type', valueCode: type },
    ],
  }))
  return {
    resourceType: 'CodeSystem',
    id: 'problem',
    url: PROBLEM_SYSTEM,
    name: 'HomecareExchangeProblem',
    title: 'Homecare Exchange problem codes',
    status: 'active',
    description:
      'Why a request was refused: the codes of OperationOutcome.issue.details. A code never changes its meaning.',
    caseSensitive: true,
    content: 'complete',
    count: concepts.length,
    property: [
      {
        code: 'http-status',
        uri: `${CANONICAL}/property/http-status`,
        description: 'HTTP status of the answer when this is its first error.',
        type: 'integer',
      },
      {
        code: 'issue-type',
        uri: `${CANONICAL}/property/issue-type`,
        description: 'OperationOutcome.issue.code, from http://hl7.org/fhir/issue-type.',
        type: 'code',
      },
    ],
    concept: concepts,
  }
}

if (import.meta.main) {
  keepCurrent('profiles/CodeSystem/problem.json', `${JSON.stringify(problemCodes(), undefined, 2)}\n`)
}
