/** What a Bundle entry asks for: the same interactions, for the same roles, as the same request alone. */
import type { Context } from '../context.ts'
import { type BundleEntry, type EntryAddress, entryAddress, type EntryRequest } from '../fhir/bundle.ts'
import { notSearched } from '../fhir/compartments.ts'
import { type Issue, Problem, type ProblemKey } from '../fhir/problem.ts'
import { type Caller, plays, playersOf, type Role } from '../caller.ts'
import { offeredAt, type SystemInteraction, type TypeInteraction } from '../server-table.ts'
import type { FhirReply, FhirRequest, Interactions } from './interaction.ts'
import { patchIn } from './patching.ts'
import { missingScope, type NeededScope, operationScopes, permissionOf, scopeWords } from './permission.ts'
import { notTaken } from './unconditional.ts'

export interface EntryCall {
  readonly code: TypeInteraction | SystemInteraction | 'operation'
  readonly type?: string
  readonly id?: string
  readonly versionId?: string
  /** The resource whose compartment is searched; then there is no id. */
  readonly compartment?: { readonly type: string; readonly id: string }
  /** Name without the dollar sign. */
  readonly operation?: string
  readonly query: EntryAddress['query']
  /** No body is sent with the answer. */
  readonly head?: boolean
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type Method = (typeof methods)[number]

/** Methods whose entries carry a resource. */
const takesResource = (method: Method): boolean => method === 'POST' || method === 'PUT' || method === 'PATCH'

/**
 * Reads what an entry asks for.
 * @throws Problem with the element that is wrong, or when the table does not offer it to the caller
 */
export function callOf(context: Context, request: FhirRequest, entry: BundleEntry): EntryCall {
  const fault = (key: ProblemKey, element: string, diagnostics: string): Problem =>
    new Problem({ key, diagnostics, expression: `${entry.expression}.${element}` })
  const sent: EntryRequest = entry.request ?? {}
  const method = methods.find((known) => known === sent.method)
  if (sent.method === undefined || sent.url === undefined) {
    throw fault(
      'bundle-entry-invalid',
      'request',
      'Every entry of a batch or transaction says what to do: request.method and request.url.',
    )
  }
  if (!method) {
    throw fault('interaction-unsupported', 'request.method', `Entries take the methods ${methods.join(', ')}.`)
  }
  const address = typeof sent.url === 'string' ? entryAddress(sent.url, context.base) : undefined
  if (!address) {
    throw fault(
      'bundle-entry-invalid',
      'request.url',
      'The url is relative to the FHIR base, e.g. Patient/[id], or absolute below it.',
    )
  }
  const call = placeOf(method, address)
  if (!call && (method === 'GET' || method === 'HEAD')) {
    throw fault('unknown-endpoint', 'request.url', 'There is nothing at this address below the FHIR base.')
  }
  if (!call) {
    throw fault(
      'bundle-entry-invalid',
      'request.url',
      'POST takes the url Type or Type/_search?condition, PUT and DELETE take Type/id or Type?condition, GET what can be read or searched.',
    )
  }
  const refused = offered(context, request.caller, call, entry.expression)
  if (refused.length > 0) throw new Problem(refused)
  if (call.code === 'create' || call.id !== undefined) {
    const { query } = call
    const unknown = notTaken(call.code, { query, prefer: request.prefer }, `${entry.expression}.request.url`)
    if (unknown.length > 0) throw new Problem(unknown)
  }
  if (!takesResource(method) || call.code.startsWith('search')) return call
  const { resource } = entry
  if (!resource) throw fault('bundle-entry-invalid', 'resource', `${method} needs a resource.`)
  if (call.code === 'operation') return call
  if (call.code === 'patch') {
    patchIn(resource, entry)
    return call
  }
  if (resource.resourceType !== call.type) {
    throw fault('type-mismatch', 'request.url', 'The resource type in request.url is not that of the resource.')
  }
  if (call.id !== undefined && resource.id !== call.id) {
    throw fault('id-mismatch', 'resource.id', 'The resource must carry the id in request.url.')
  }
  return call
}

/** https://hl7.org/fhir/R4/http.html#summary */
function placeOf(method: Method, { path, query }: EntryAddress): EntryCall | undefined {
  const [first = '', second = '', third = '', fourth = ''] = path
  const last = path.at(-1) ?? ''
  if (last.startsWith('$')) {
    if (path.length > 3 || (method !== 'GET' && method !== 'POST')) return undefined
    const place = path.length === 1 ? {} : path.length === 2 ? { type: first } : { type: first, id: second }
    return { code: 'operation', operation: last.slice(1), ...place, query }
  }
  if (method === 'GET' || method === 'HEAD') {
    const head = method === 'HEAD' ? { head: true } : {}
    const call = (code: EntryCall['code'], at: Partial<EntryCall> = {}): EntryCall => ({ code, ...at, ...head, query })
    if (path.length === 0) return call('search-system')
    if (path.length === 1 && first === 'metadata') return call('capabilities')
    if (path.length === 1 && first === '_history') return call('history-system')
    if (path.length === 1) return call('search-type', { type: first })
    if (path.length === 2 && second === '_history') return call('history-type', { type: first })
    if (path.length < 2 || !ID.test(second)) return undefined
    if (path.length === 2) return call('read', { type: first, id: second })
    if (path.length === 3 && /^[A-Z]/.test(third)) {
      return call('search-type', { type: third, compartment: { type: first, id: second } })
    }
    if (path.length === 3 && third === '*') return call('search-system', { compartment: { type: first, id: second } })
    if (third !== '_history') return undefined
    if (path.length === 3) return call('history-instance', { type: first, id: second })
    return path.length === 4 ? call('vread', { type: first, id: second, versionId: fourth }) : undefined
  }
  if (method === 'POST' && last === '_search') {
    const searched = placeOf('GET', { path: path.slice(0, -1), query })
    return searched?.code.startsWith('search') ? searched : undefined
  }
  if (method === 'POST') return path.length === 1 ? { code: 'create', type: first, query } : undefined
  const code = method === 'PUT' ? 'update' : method === 'PATCH' ? 'patch' : 'delete'
  if (path.length === 1 && query.length > 0) return { code, type: first, query }
  return path.length === 2 && ID.test(second) ? { code, type: first, id: second, query } : undefined
}

/** Whether the table offers a call to the caller's role, and the caller's token allows it. */
function offered(context: Context, caller: Caller, call: EntryCall, expression: string): Issue[] {
  const { code, type, operation, compartment } = call
  if (compartment) {
    const refused = outside(context, caller, compartment.type, type, expression)
    if (refused.length > 0) return refused
  }
  if (type !== undefined && operation === undefined) {
    return allowed(context, caller, type, code as TypeInteraction, expression)
  }
  if (type !== undefined && !context.row(type)) return [unknownType(expression)]
  if (operation === undefined) return byRole(context.table.system[code as SystemInteraction], caller, code, expression)
  const level = type === undefined ? 'system' : call.id === undefined ? 'type' : 'instance'
  const row = context.table.operations.find(
    (each) => each.name === operation && each.levels.includes(level) && (type === undefined || offeredAt(each, type)),
  )
  const refused = byRole(row?.roles, caller, `$${operation}`, expression)
  return refused.length > 0 || !row ? refused : byScope(caller, operationScopes(row, type), expression)
}

/** Why a compartment, or a type in it, is not searched by the caller; nothing when it is, as far as the compartment goes. */
function outside(
  context: Context,
  caller: Caller,
  compartment: string,
  member: string | undefined,
  expression: string,
): Issue[] {
  const found = context.compartments.all.find(({ type }) => type === compartment)
  if (found && (member === undefined || found.members.includes(member))) {
    return allowed(context, caller, compartment, 'read', expression)
  }
  const diagnostics = notSearched(context.compartments, compartment, member ?? '*')
  return [{ key: 'unknown-endpoint', expression, diagnostics }]
}

/** Whether the table offers an interaction with a type to the caller's role, and the caller's token allows it. */
export function allowed(
  context: Context,
  caller: Caller,
  type: string,
  interaction: TypeInteraction,
  expression: string,
): Issue[] {
  const row = context.row(type)
  if (!row) return [unknownType(expression)]
  const refused = byRole(row.interactions[interaction], caller, `${interaction} of a ${type}`, expression)
  return refused.length > 0 ? refused : byScope(caller, [[type, permissionOf[interaction]]], expression)
}

const byScope = (caller: Caller, needed: readonly NeededScope[], expression: string): Issue[] =>
  needed.flatMap(([type, permissions]) => {
    const missing = missingScope(caller, type, permissions)
    return missing === undefined
      ? []
      : [{ key: 'scope-missing' as const, expression, diagnostics: scopeWords(missing) }]
  })

/** Without the name that was sent: in the URL of an entry it may be anything, a patient's name included. */
const unknownType = (expression: string): Issue => ({
  key: 'unknown-type',
  expression,
  diagnostics: 'The resource type that the URL of this entry names is not exposed here. See [base]/metadata.',
})

function byRole(roles: readonly Role[] | undefined, { role }: Caller, what: string, expression: string): Issue[] {
  if (!roles) {
    const diagnostics = `There is no ${what.slice(0, 100)} here. See [base]/metadata.`
    return [{ key: 'interaction-unsupported', expression, diagnostics }]
  }
  if (plays(role, roles)) return []
  const diagnostics = `The ${what} takes the role ${playersOf(roles).join(' or ')}; you act as ${role}.`
  return [{ key: 'role-forbidden', expression, diagnostics }]
}

/** Answers an entry as the request alone would be answered. */
export async function perform(
  context: Context,
  request: FhirRequest,
  entry: BundleEntry,
  call: EntryCall,
  interactions: Interactions,
): Promise<FhirReply> {
  const { code, operation, type, id, versionId, compartment, query, head } = call
  const interaction = code === 'operation' ? interactions.operations[operation ?? ''] : interactions[code]
  if (!interaction) throw new Error(`The server table promises what no code does: ${operation ?? code}.`)
  const { ifMatch, ifNoneMatch, ifNoneExist, ifModifiedSince, url = '' } = entry.request ?? {}
  const reply = await interaction(context, {
    base: request.base,
    url,
    query: query.filter(([name]) => name !== '_format' && name !== '_pretty'),
    prefer: request.prefer,
    caller: request.caller,
    requestId: request.requestId,
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(compartment === undefined ? {} : { compartment }),
    ...(operation === undefined ? {} : { operation }),
    ...(code === 'patch' ? patchIn(entry.resource, entry) : entry.text === undefined ? {} : { body: entry.text }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
    ...(ifModifiedSince === undefined ? {} : { ifModifiedSince }),
  })
  if (!head) return reply
  const { body: _body, ...rest } = reply
  return rest
}
