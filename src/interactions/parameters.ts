/** Parameters of an operation that takes plain values: from the query, and from a Parameters resource in the body. */
import type { Context } from '../context.ts'
import { parseJson } from '../fhir/json.ts'
import { refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import type { FhirRequest } from './interaction.ts'

/**
 * Each parameter that was given, once.
 * @param names those that the operation takes
 * @throws Problem unknown-parameter, parameter-invalid, type-mismatch
 */
export function plainParameters(
  context: Context,
  request: FhirRequest,
  names: readonly string[],
): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  for (const [name, value] of [...request.query, ...inBody(context, request)]) {
    if (!names.includes(name)) {
      const known = `"${name.slice(0, 40)}" is not known here: $${request.operation} takes ${names.join(', ')}.`
      throw refuse('unknown-parameter', known)
    }
    if (given.has(name)) throw refuse('parameter-invalid', `${name} was sent twice: send it once.`)
    given.set(name, value)
  }
  return given
}

function inBody(context: Context, request: FhirRequest): [name: string, value: string][] {
  if (request.body === undefined) return []
  const body = parseJson(request.body, context.limits.jsonDepth) as Resource
  const { parameter = [] } = body as unknown as r4.Parameters
  if (body?.resourceType !== 'Parameters' || !Array.isArray(parameter)) {
    throw refuse('type-mismatch', `The body of $${request.operation} is a Parameters resource.`, 'Parameters')
  }
  return parameter.map(({ name, valueString, valueCode, valueInteger }) => [
    name,
    valueString ?? valueCode ?? String(valueInteger ?? ''),
  ])
}
