/** Refusals that need nothing but the address and the caller: in words that say where to go instead. */
import { type Caller, plays, playersOf } from '../caller.ts'
import { type Problem, refuse } from '../fhir/problem.ts'
import { type Compartments, notSearched } from '../fhir/compartments.ts'
import { challenge } from '../identity/verified.ts'
import { missingScope, scopeWords } from '../interactions/permission.ts'
import type { Endpoint } from './endpoints.ts'

/** https://hl7.org/fhir/R4/datatypes.html#id */
export const ID = /^[A-Za-z0-9\-.]{1,64}$/

/**
 * An address that leads nowhere. Only words that look like a type or an operation are repeated: anything else in an
 * address may be somebody's number.
 * @param path decoded or not, below the FHIR base
 */
export function unknownEndpoint(
  path: string,
  types: readonly string[],
  operations: readonly string[],
  compartments: Compartments,
): Problem {
  const [first = '', ...rest] = path.split('/').filter((segment) => segment !== '')
  if (first.startsWith('$')) return unknownOperation(operations)
  if (types.includes(first)) {
    const [, member = ''] = rest
    if (/^[A-Z][A-Za-z]{1,63}$/.test(member)) {
      const words = `There is nothing at this address below ${first}: ${notSearched(compartments, first, member)}`
      return refuse('unknown-endpoint', words)
    }
    return rest.at(-1)?.startsWith('$')
      ? unknownOperation(operations)
      : refuse(
          'unknown-endpoint',
          `There is nothing at this address below ${first}: the addresses are ${first}, ${first}/_search, ${first}/[id], ${first}/[id]/_history, ${first}/[id]/_history/[version] and ${first}/_history.`,
        )
  }
  if (!/^[A-Za-z]{1,64}$/.test(first)) {
    return refuse('unknown-endpoint', 'There is nothing at this address: GET [base]/metadata lists what is offered.')
  }
  if (first === 'Bundle') {
    const words =
      'A Bundle has no address of its own here: POST a transaction or batch to [base] itself, a message to [base]/$process-message, and what is only to be checked to [base]/$validate.'
    return refuse('unknown-type', words)
  }
  const near = types.filter((type) => isNear(type, first)).slice(0, 5)
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'GET [base]/metadata lists the types.'
  return refuse('unknown-type', `The resource type ${first} is not exposed here: ${hint}`)
}

function unknownOperation(operations: readonly string[]): Problem {
  const offered = operations.map((name) => `$${name}`).join(', ') || 'none'
  return refuse(
    'unknown-endpoint',
    `There is no such operation at this address. Operations offered: ${offered}; GET [base]/metadata says where.`,
  )
}

/** A known address, but not with this method (RFC 9110 section 15.5.6: the answer lists the methods). */
export function methodNotOffered(method: string, allow: string): Problem {
  const offered = allow === 'OPTIONS' ? 'nothing is offered at this address' : `this address takes ${allow}`
  return refuse('interaction-unsupported', `${method} is not offered here: ${offered}.`, undefined, { allow })
}

/** @throws Problem role-forbidden when the table does not name the caller's role */
export function checkRole(endpoint: Endpoint, caller: Caller): void {
  if (endpoint.roles === 'anyone' || plays(caller.role, endpoint.roles)) return
  const what = [endpoint.operation ? `$${endpoint.operation}` : endpoint.code, endpoint.type].filter(Boolean).join(' ')
  const who = endpoint.roles.length > 0 ? `allowed for ${playersOf(endpoint.roles).join(', ')}` : 'allowed for nobody'
  throw refuse('role-forbidden', `The role ${caller.role} may not do this: ${what} is ${who}.`)
}

/** @throws Problem scope-missing when the caller's token does not allow what the endpoint does */
export function checkScope(endpoint: Endpoint, caller: Caller): void {
  for (const [type, permission] of endpoint.scopes) {
    const missing = missingScope(caller, type, permission)
    if (missing === undefined) continue
    const headers = challenge({ error: 'insufficient_scope', scope: missing })
    throw refuse('scope-missing', scopeWords(missing), undefined, headers)
  }
}

/**
 * The name of an operation stands where an id belongs: it is none that is offered there, whatever the method.
 * @throws Problem unknown-endpoint
 */
export function checkOperation(params: { readonly id?: string }, operations: readonly string[]): void {
  if (params.id?.startsWith('$')) throw unknownOperation(operations)
}

/**
 * An id that no resource can have is the id of nothing, so it is 404 and not a fault of the request; but who would give
 * such an id to a resource is told that it cannot be.
 * @throws Problem not-found, version-not-found, parameter-invalid
 */
export function checkIds(params: { readonly id?: string; readonly versionId?: string }, method: string): void {
  if (params.id !== undefined && !ID.test(params.id)) {
    const words = 'No resource can have this id: ids are 1 to 64 letters, digits, "-" and ".".'
    throw refuse(method === 'PUT' ? 'parameter-invalid' : 'not-found', words)
  }
  if (params.versionId !== undefined && !ID.test(params.versionId)) {
    throw refuse('version-not-found', 'No version can have this id: take it from meta.versionId or the ETag.')
  }
}

/** Same word in other case, one the beginning of the other, or at most two letters apart. */
function isNear(type: string, asked: string): boolean {
  const [a, b] = [type.toLowerCase(), asked.toLowerCase()]
  if (Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a))) return true
  return distance(a, b) <= Math.min(2, b.length - 1)
}

/** Letters to insert, remove or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
