/**
 * The part of a resource that a read or a history asks for (https://hl7.org/fhir/R4/http.html#general): `_summary` and `_elements`
 * mean the same as in a search. What is not known is refused: silence would look like an answer to the whole question.
 */
import type { Context } from '../context.ts'
import { type Issue, Problem } from '../fhir/problem.ts'
import type { ElementPick } from '../fhir/search-controls.ts'
import type { Summary } from '../fhir/subset.ts'
import type { FhirRequest } from './interaction.ts'

const SUMMARIES: readonly (Summary | 'false')[] = ['true', 'text', 'data', 'false']
/** Parameters that ask for a part. */
export const PARTS: readonly string[] = ['_summary', '_elements']

/** Makes the part of a resource's JSON text. @param of its type, where the address names none */
export type Part = (text: string, of?: string) => string

/**
 * Reads the query of an address that answers resources as they are stored.
 * @param type empty where resources of every type are answered
 * @param also parameters of the address itself, read by the caller
 * @throws Problem with everything that is wrong with the query
 */
export function readPart(
  context: Context,
  { query, prefer }: Pick<FhirRequest, 'query' | 'prefer'>,
  type: string,
  also: readonly string[] = [],
): Part {
  if (query.length === 0) return (text) => text
  const issues: Issue[] = []
  const isLenient = prefer.handling === 'lenient'
  const refused = (name: string, words: string) => {
    if (!isLenient) issues.push({ key: 'parameter-invalid', diagnostics: `Parameter "${name}": ${words}` })
  }
  const given = new Map<string, string>()
  for (const [name, value] of query) {
    if (also.includes(name)) continue
    if (!PARTS.includes(name)) {
      if (isLenient) continue
      const valid = [...also, ...PARTS, '_format', '_pretty'].join(', ')
      const diagnostics = `"${name.slice(0, 40)}" is not known here: this address takes ${valid}.`
      issues.push({ key: 'unknown-parameter', diagnostics })
    } else if (given.has(name)) refused(name, 'It may be given once.')
    else given.set(name, value)
  }
  const asked = given.get('_summary')
  const summary = SUMMARIES.find((each) => each === asked)
  if (asked !== undefined && !summary) refused('_summary', `It takes one of ${SUMMARIES.join(', ')} here.`)
  const elements = given.get('_elements')
  const picks = elements === undefined ? undefined : readPicks(context, elements, type)
  if (typeof picks === 'string') refused('_elements', picks)
  if (elements !== undefined && summary && summary !== 'false')
    refused('_elements', 'It does not go together with _summary: choose one.')
  if (issues.length > 0) throw new Problem(issues)
  if (picks && typeof picks !== 'string') return pickedBy(context, picks, type)
  return summary && summary !== 'false'
    ? (text, of = type) => context.subsets.summary(of, text, summary)
    : (text) => text
}

/** `name` or `Type.name`, each an element of one of the types that are answered; or words that say what is wrong. */
function readPicks({ subsets, exposedTypes }: Context, value: string, type: string): ElementPick[] | string {
  const types = type === '' ? exposedTypes : [type]
  const picks: ElementPick[] = []
  for (const part of value.split(',')) {
    // Clients that read JSON name it too; it is always there.
    if (part === 'resourceType') continue
    const [name = '', owner, ...rest] = part.split('.').reverse()
    const of = types.filter((each) => owner === undefined || each === owner)
    if (rest.length > 0 || !of.some((each) => subsets.elementsOf(each).has(name))) {
      const [only] = types
      return types.length === 1 && only !== undefined
        ? `It lists top-level elements of ${only}: ${[...subsets.elementsOf(only)].join(', ')}.`
        : 'It lists top-level elements, each as name or Type.name.'
    }
    picks.push(owner === undefined ? { name } : { type: owner, name })
  }
  return picks
}

/** Of a type that no pick is about the whole resource is answered. */
function pickedBy({ subsets }: Context, picks: readonly ElementPick[], type: string): Part {
  return (text, of = type) => {
    const names = picks.filter((pick) => pick.type === undefined || pick.type === of).map(({ name }) => name)
    return names.length > 0 ? subsets.elements(of, text, names) : text
  }
}
