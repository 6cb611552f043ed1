/** From a body to drafts: everything that is wrong with what was sent, in one answer, before the lane. */
import type { Context } from '../context.ts'
import { contentHash } from '../fhir/content.ts'
import { cutResource, parseJson } from '../fhir/json.ts'
import { type Issue, isError, Problem, refuse } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { parseSearch, type SearchQuery } from '../fhir/search-query.ts'
import { orderIssues } from '../homecare/order.ts'
import type { Draft } from '../store/operation.ts'
import type { FhirRequest } from './interaction.ts'

/**
 * The body as JSON.
 * @throws Problem body-missing, json-*
 */
export function readJson(context: Context, request: FhirRequest): unknown {
  if (request.body === undefined || request.body.trim() === '') {
    throw refuse('body-missing', 'Send the resource as the body, in FHIR JSON.')
  }
  return parseJson(request.body, context.limits.jsonDepth)
}

/**
 * The body as one resource of the type in the address, valid as far as it can be said before the lane.
 * @throws Problem with every issue found
 */
export function readDraft(context: Context, request: FhirRequest, type: string): Draft {
  const value = readJson(context, request)
  const sent = (value as { resourceType?: unknown } | null)?.resourceType
  if (typeof sent === 'string' && sent !== type) {
    throw refuse(
      'type-mismatch',
      `The address is for ${type}, the body is another type: post it to its own address.`,
      'resourceType',
    )
  }
  const issues = inspect(context, value, type, type)
  refuseErrors(issues)
  const resource = value as Resource
  return { resource, text: cutResource(type, request.body ?? ''), content: contentHash(resource) }
}

/** Everything that is wrong with a resource, whatever is stored. */
export function inspect(context: Context, value: unknown, type: string, root: string): Issue[] {
  const issues = context.structure.validate(value, { root, type })
  // Homecare's words would only repeat what the structure already says of a broken resource.
  if (type === 'MedicationRequest' && context.row(type)?.lifecycle && !issues.some(isError)) {
    issues.push(...orderIssues(value as Resource, root))
  }
  return issues
}

/** @throws Problem with all issues when one of them is an error */
export function refuseErrors(issues: readonly Issue[]): void {
  if (issues.some(isError)) throw new Problem(issues)
}

/**
 * If-None-Exist as a search (https://hl7.org/fhir/R4/http.html#ccreate).
 * @throws Problem for an empty or unknown condition: matching everything would be the worst reading of it
 */
export function readCondition(context: Context, type: string, condition: string, expression?: string): SearchQuery {
  const pairs = [...new URLSearchParams(condition.replace(/^\?/, ''))]
  if (pairs.length === 0) {
    throw refuse(
      'header-invalid',
      'The condition is empty: name a business identifier, e.g. identifier=system|value.',
      expression,
    )
  }
  const query = parseSearch(type, pairs, context.search, { lenient: false, defaultCount: 2, maxCount: 2 })
  if (query.conditions.length === 0) {
    throw refuse(
      'header-invalid',
      'The condition says nothing about the resource: name a business identifier.',
      expression,
    )
  }
  return query
}

/**
 * If-Match in the forms clients send: `W/"1"`, `"1"`, `1`.
 * @throws Problem header-invalid
 */
export function readIfMatch(value: string | undefined, expression?: string): number | undefined {
  if (value === undefined) return undefined
  const match = /^(?:W\/)?"?(\d{1,15})"?$/.exec(value.trim())
  if (!match) throw refuse('header-invalid', 'If-Match takes the ETag of the version you read, e.g. W/"3".', expression)
  return Number(match[1])
}
