/** Which prescriptions `POST MedicationRequest/$verify` is asked about: by reference, by number, or by a copy. */
import { type Context, scopeOf } from '../context.ts'
import { parseJson } from '../fhir/json.ts'
import { type Problem, refuse } from '../fhir/problem.ts'
import { localReference } from '../fhir/references.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { isOrderTask } from '../homecare/states.ts'
import { parse, readByToken, readCurrent, type Stored } from '../store/read.ts'
import type { FhirRequest } from './interaction.ts'
import { factsNow } from './next.ts'
import { itemsOf } from './surroundings.ts'

/** Prescriptions of one request; an order has four items at most by national rule, a clinic's list some more. */
const MAX_ASKED = 100

export interface Asked {
  readonly stored: Stored
  /** What the asker holds, where that is to be judged in place of what is stored. */
  readonly copy?: Resource
}

/** @throws Problem parameter-invalid, unknown-parameter, type-mismatch, not-found */
export async function prescriptionsAsked(context: Context, request: FhirRequest): Promise<Asked[]> {
  const sent = parseJson(request.body ?? '', context.limits.jsonDepth) as Resource | null
  const { parameter } = (sent ?? {}) as unknown as r4.Parameters
  if (sent?.resourceType !== 'Parameters' || !Array.isArray(parameter))
    throw refuse('type-mismatch', 'The body of $verify is a Parameters resource.', 'Parameters')
  if (parameter.length === 0 || parameter.length > MAX_ASKED) throw oneOf()
  const found = new Map<number, Asked>()
  for (const each of parameter) {
    for (const asked of await named(context, request, each)) found.set(asked.stored.key, asked)
  }
  return [...found.values()]
}

const oneOf = (): Problem =>
  refuse(
    'parameter-invalid',
    `Name 1 to ${MAX_ASKED} prescriptions: each as prescription (valueReference), identifier (valueIdentifier: the number of an item or of an order), or resource (a MedicationRequest as you hold it).`,
    'Parameters.parameter',
  )

async function named(context: Context, request: FhirRequest, parameter: r4.ParametersParameter): Promise<Asked[]> {
  const { name, valueReference, valueIdentifier, resource } = parameter
  if (name === 'prescription' && typeof valueReference?.reference === 'string') {
    const local = localReference(valueReference.reference, context.base)
    return [{ stored: await seen(context, request, local?.type === 'MedicationRequest' ? local.id : '') }]
  }
  if (name === 'identifier' && valueIdentifier) return byNumber(context, request, valueIdentifier)
  if (name === 'resource' && resource?.resourceType === 'MedicationRequest') {
    const copy = resource as unknown as Resource & Pick<r4.MedicationRequest, 'identifier'>
    return [{ stored: await original(context, request, copy), copy }]
  }
  if (!['prescription', 'identifier', 'resource'].includes(name))
    throw refuse('unknown-parameter', '$verify takes prescription, identifier and resource.', 'Parameters.parameter')
  throw oneOf()
}

const notThere = (): Problem => refuse('not-found', 'There is no such MedicationRequest that you can see.')

async function seen(context: Context, { caller }: FhirRequest, id: string): Promise<Stored> {
  const scope = scopeOf(context, caller, 'MedicationRequest')
  const stored = await readCurrent(context.database.query, 'MedicationRequest', id, scope)
  if (!stored) throw notThere()
  return stored
}

/** The item with this number, or all items of the order with it. */
async function byNumber(context: Context, request: FhirRequest, { system, value }: r4.Identifier): Promise<Asked[]> {
  if (typeof system !== 'string' || typeof value !== 'string') throw oneOf()
  const { query } = context.database
  const { caller } = request
  const ids = (await readByToken(query, 'MedicationRequest.identifier', system, value)).map(({ id }) => id)
  for (const { id } of await readByToken(query, 'Task.group-identifier', system, value)) {
    const task = await readCurrent(query, 'Task', id, scopeOf(context, caller, 'Task'))
    const order = task && parse<r4.Task>(task)
    if (!order || !isOrderTask(order)) continue
    for (const { resource } of await itemsOf(factsNow(context), order)) ids.push(resource.id ?? '')
  }
  const found: Asked[] = []
  for (const id of ids) {
    const scope = scopeOf(context, caller, 'MedicationRequest')
    const stored = await readCurrent(query, 'MedicationRequest', id, scope)
    if (stored) found.push({ stored })
  }
  if (found.length === 0) throw notThere()
  return found
}

/** What a copy is a copy of: by its id, else by one of its numbers. */
async function original(
  context: Context,
  request: FhirRequest,
  copy: Resource & Pick<r4.MedicationRequest, 'identifier'>,
): Promise<Stored> {
  if (typeof copy.id === 'string') return seen(context, request, copy.id)
  const { query } = context.database
  for (const { system, value } of Array.isArray(copy.identifier) ? copy.identifier : []) {
    if (typeof system !== 'string' || typeof value !== 'string') continue
    for (const { id } of await readByToken(query, 'MedicationRequest.identifier', system, value)) {
      const scope = scopeOf(context, request.caller, 'MedicationRequest')
      const stored = await readCurrent(query, 'MedicationRequest', id, scope)
      if (stored) return stored
    }
  }
  throw notThere()
}
