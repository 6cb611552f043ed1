/**
 * The part of one resource that a read asks for (https://hl7.org/fhir/R4/http.html#general): `_summary` and `_elements`
 * mean the same as in a search. What is not known is refused: silence would look like an answer to the whole question.
 */
import type { Context } from '../context.ts'
import { type Issue, Problem } from '../fhir/problem.ts'
import type { Summary } from '../fhir/subset.ts'
import type { FhirRequest } from './interaction.ts'

const SUMMARIES: readonly (Summary | 'false')[] = ['true', 'text', 'data', 'false']
const PARAMETERS = ['_summary', '_elements']

/**
 * Reads the query of an address that answers one resource.
 * @param also parameters of the address itself, read by the caller
 * @returns what makes the part of a resource's JSON text
 * @throws Problem with everything that is wrong with the query
 */
export function readPart(
  context: Context,
  { query, prefer }: FhirRequest,
  type: string,
  also: readonly string[] = [],
): (text: string) => string {
  if (query.length === 0) return (text) => text
  const issues: Issue[] = []
  const refused = (name: string, words: string) =>
    issues.push({ key: 'parameter-invalid', diagnostics: `Parameter "${name}": ${words}` })
  const given = new Map<string, string>()
  for (const [name, value] of query) {
    if (also.includes(name)) continue
    if (!PARAMETERS.includes(name)) {
      if (prefer.handling === 'lenient') continue
      const valid = [...also, ...PARAMETERS, '_format', '_pretty'].join(', ')
      const diagnostics = `"${name.slice(0, 40)}" is not known here: this address takes ${valid}.`
      issues.push({ key: 'unknown-parameter', diagnostics })
    } else if (given.has(name)) refused(name, 'It may be given once.')
    else given.set(name, value)
  }
  const asked = given.get('_summary')
  const summary = SUMMARIES.find((each) => each === asked)
  if (asked !== undefined && !summary) refused('_summary', `It is one of ${SUMMARIES.join(', ')} here.`)
  const names = given
    .get('_elements')
    ?.split(',')
    .map((name) => (name.startsWith(`${type}.`) ? name.slice(type.length + 1) : name))
  if (names?.some((name) => !context.subsets.elementsOf(type).has(name))) {
    refused('_elements', `It lists top-level elements of ${type}: ${[...context.subsets.elementsOf(type)].join(', ')}.`)
  }
  if (names && summary && summary !== 'false')
    refused('_elements', 'It does not go together with _summary: choose one.')
  if (issues.length > 0) throw new Problem(issues)
  if (names) return (text) => context.subsets.elements(type, text, names)
  return summary && summary !== 'false' ? (text) => context.subsets.summary(type, text, summary) : (text) => text
}
