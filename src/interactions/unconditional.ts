/**
 * Writes that take nothing in their query: a create, and a change of the resource that the address names by its id. A
 * condition that nobody looks at would create a second resource, or change one that the sender did not mean.
 */
import { type Issue, Problem } from '../fhir/problem.ts'
import type { FhirRequest } from './interaction.ts'

const INSTEAD = {
  create: 'a create takes no parameters. To create only what is not there yet, send the condition in If-None-Exist.',
  update: 'what is named by its id takes no further condition but If-Match and If-None-Match.',
  patch: 'what is named by its id takes no further condition but If-Match.',
  delete: 'what is named by its id takes no further condition but If-Match.',
  'process-message': 'a message is answered at once (async=false), in the answer to its request.',
  transaction: 'a Bundle takes no parameters; its entries have their own.',
} as const

/** About the form of the answer; HTTP has taken out its own, entries of Bundles may carry them. */
const FORM = ['_format', '_pretty']

/**
 * What is in a query that the write does not take; `handling=lenient` ignores it.
 * @param expression FHIRPath of the address, in a Bundle
 */
export function notTaken(
  code: string,
  { query, prefer }: Pick<FhirRequest, 'query' | 'prefer'>,
  expression?: string,
): readonly Issue[] {
  const instead = INSTEAD[code as keyof typeof INSTEAD]
  if (query.length === 0 || instead === undefined || prefer.handling === 'lenient') return NOTHING
  return query
    .filter(([name]) => !FORM.includes(name))
    .map(([name]) => ({
      key: 'unknown-parameter' as const,
      diagnostics: `"${name.slice(0, 40)}" is not known here: ${instead}`,
      ...(expression === undefined ? {} : { expression }),
    }))
}

const NOTHING: readonly Issue[] = []

/** @throws Problem unknown-parameter for each parameter that the write does not take */
export function checkUnconditional(code: keyof typeof INSTEAD, request: FhirRequest): void {
  const issues = notTaken(code, request)
  if (issues.length > 0) throw new Problem(issues)
}
